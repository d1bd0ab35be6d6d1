//! Where a database still names somebody: every table, every column, whatever is added to them.

use feedback_relay::store::{Cell, OF_PROCESSES, Snapshot, TABLES};

use super::{Stage, database::config_of};

impl Stage {
    /// The places in which a number stands, as `table.column`: as a number, in the words of a text,
    /// or in the bytes of a fact. What is kept of processes is looked at, too.
    pub async fn traces_of(&self, id: i64) -> Vec<String> {
        let config = config_of(&self.variables());
        let snapshot = Snapshot::take(&config.database_url).await.expect("the database is read");
        let mut snapshot = snapshot.expect("there is a database");
        let mut found = Vec::new();
        for table in TABLES {
            let columns = snapshot.columns(table).await.expect("the columns");
            let mut rows = snapshot.rows(table.name, &columns);
            while let Some(row) = rows.next().await.expect("the rows") {
                for ((column, _), cell) in columns.iter().zip(&row) {
                    if names(cell, id) {
                        found.push(format!("{}.{column}", table.name));
                    }
                }
            }
        }
        snapshot.close().await;
        for table in OF_PROCESSES {
            for (name, column) in self.database.columns().await {
                if name == *table && ["chat_id", "person_id", "owner_id"].contains(&&*column) {
                    let rows = format!("{table} WHERE {column} = {id}");
                    if self.database.count(&rows).await > 0 {
                        found.push(format!("{table}.{column}"));
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Waits until nothing names somebody any more: what is left is done on the side.
    pub async fn nothing_names(&self, id: i64) {
        let began = std::time::Instant::now();
        loop {
            let traces = self.traces_of(id).await;
            if traces.is_empty() {
                return;
            }
            assert!(began.elapsed().as_secs() < 20, "{id} is still named in {traces:?}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

fn names(cell: &Cell, id: i64) -> bool {
    let digits = id.to_string();
    match cell {
        Cell::Null => false,
        Cell::Integer(number) => *number == id,
        Cell::Text(text) => text.split(|c: char| !c.is_ascii_digit()).any(|word| word == digits),
        Cell::Bytes(bytes) => {
            let [little, big] = [id.to_le_bytes(), id.to_be_bytes()];
            let has = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
            has(&little) || has(&big) || has(digits.as_bytes())
        }
    }
}

#[test]
fn a_number_is_found_in_whatever_it_is_written() {
    for cell in [
        Cell::Integer(77),
        Cell::Text("{\"customer\":77}".to_owned()),
        Cell::Bytes(77_i64.to_le_bytes().to_vec()),
    ] {
        assert!(names(&cell, 77), "{cell:?}");
        assert!(!names(&cell, 7), "{cell:?}");
    }
}
