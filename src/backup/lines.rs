//! The inside of a backup: lines of JSON.
//!
//! ```text
//! {"backup":{"program":"0.1.0","schema":24,"master":123456,"made_at":1763740800000,"live":false}}
//! {"table":"owners","columns":[["owner_id","i"],["language","t"],["registered_at","i"]]}
//! [5000000001,"de",1763740800000]
//! {"end":1}
//! {"whole":1}
//! ```

use std::io::{self, BufRead, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeSeq as _};
use serde_json::Value;

use crate::store::{Cell, Kind};

/// What a backup says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The version of the program that made it.
    pub(super) program: String,
    /// The number of the newest migration the database had.
    pub(super) schema: i64,
    /// The master bot's id.
    pub(super) master: i64,
    /// When, in UTC milliseconds.
    pub(super) made_at: i64,
    /// Whether a relay was at work meanwhile.
    pub(super) live: bool,
}

/// What a line that is no row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Backup(Manifest),
    /// How many rows the table had.
    End(u64),
    /// How many rows all tables had.
    Whole(u64),
    #[serde(untagged)]
    Table {
        table: String,
        columns: Vec<(String, char)>,
    },
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Rows of another table follow.
    Table { name: String, columns: Vec<String> },
    /// A row of it.
    Row(Vec<Cell>),
    /// It has no more.
    End,
    /// All of the backup was read: so many rows.
    Whole(u64),
}

/// Writes lines.
pub(super) struct Writing<W> {
    into: W,
    in_table: u64,
    all: u64,
}

impl<W: Write> Writing<W> {
    /// Begins with what the backup says about itself.
    pub(super) fn begin(into: W, manifest: &Manifest) -> io::Result<Self> {
        let mut writing = Self { into, in_table: 0, all: 0 };
        writing.mark(&Mark::Backup(manifest.clone()))?;
        Ok(writing)
    }

    /// Begins a table.
    pub(super) fn table(&mut self, name: &str, columns: &[(&'static str, Kind)]) -> io::Result<()> {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), letter(*kind)));
        self.in_table = 0;
        self.mark(&Mark::Table { table: name.to_owned(), columns: columns.collect() })
    }

    /// Adds a row to it.
    pub(super) fn row(&mut self, row: &[Cell]) -> io::Result<()> {
        self.in_table += 1;
        self.all += 1;
        serde_json::to_writer(&mut self.into, &Row(row))?;
        self.into.write_all(b"\n")
    }

    /// Ends it.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.mark(&Mark::End(self.in_table))
    }

    /// How many rows were written.
    pub(super) fn rows(&self) -> u64 {
        self.all
    }

    /// Ends everything.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.mark(&Mark::Whole(self.all))?;
        Ok(self.into)
    }

    fn mark(&mut self, mark: &Mark) -> io::Result<()> {
        serde_json::to_writer(&mut self.into, mark)?;
        self.into.write_all(b"\n")
    }
}

/// Reads lines.
pub(super) struct Reading<R> {
    from: R,
    line: Vec<u8>,
    /// Of the table that is being read.
    kinds: Option<Vec<Kind>>,
    in_table: u64,
    all: u64,
}

impl<R: BufRead> Reading<R> {
    /// Reads what the backup says about itself.
    pub(super) fn begin(from: R) -> io::Result<(Self, Manifest)> {
        let mut reading = Self { from, line: Vec::new(), kinds: None, in_table: 0, all: 0 };
        reading.read_line()?;
        match reading.parse::<Mark>()? {
            Mark::Backup(manifest) => Ok((reading, manifest)),
            _ => Err(odd()),
        }
    }

    /// What comes next. What counts wrongly or comes out of turn is an error.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        self.read_line()?;
        if self.line.first() == Some(&b'[') {
            let row: Vec<Value> = self.parse()?;
            self.in_table += 1;
            self.all += 1;
            return Ok(Next::Row(cells(row, self.kinds.as_deref().ok_or_else(odd)?)?));
        }
        match self.parse()? {
            Mark::Table { table, columns } if self.kinds.is_none() => {
                if !is_name(&table) || !columns.iter().all(|(name, _)| is_name(name)) {
                    return Err(odd());
                }
                let kinds: Option<Vec<Kind>> =
                    columns.iter().map(|(_, kind)| kind_of(*kind)).collect();
                self.kinds = Some(kinds.ok_or_else(odd)?);
                self.in_table = 0;
                let columns = columns.into_iter().map(|(name, _)| name).collect();
                Ok(Next::Table { name: table, columns })
            }
            Mark::End(rows) if rows == self.in_table && self.kinds.take().is_some() => {
                Ok(Next::End)
            }
            Mark::Whole(rows) if rows == self.all && self.kinds.is_none() => {
                // The rest: nothing, but only reading it shows that nothing was cut off.
                if self.from.fill_buf()?.is_empty() { Ok(Next::Whole(rows)) } else { Err(odd()) }
            }
            _ => Err(odd()),
        }
    }

    fn read_line(&mut self) -> io::Result<()> {
        self.line.clear();
        let read = self.from.read_until(b'\n', &mut self.line)?;
        if read == 0 { Err(odd()) } else { Ok(()) }
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self) -> io::Result<T> {
        serde_json::from_slice(&self.line).map_err(|_| odd())
    }
}

/// What was sealed with the right key was written by a relay; this is a fault of one.
fn odd() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its lines are not those of a backup")
}

/// Names go into SQL as they are.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(fits)
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::Integer => 'i',
        Kind::Text => 't',
        Kind::Bytes => 'b',
    }
}

fn kind_of(letter: char) -> Option<Kind> {
    [Kind::Integer, Kind::Text, Kind::Bytes].into_iter().find(|kind| self::letter(*kind) == letter)
}

struct Row<'a>(&'a [Cell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(self.0.len()))?;
        for cell in self.0 {
            match cell {
                Cell::Null => row.serialize_element(&()),
                Cell::Integer(value) => row.serialize_element(value),
                Cell::Text(value) => row.serialize_element(value),
                Cell::Bytes(value) => row.serialize_element(&STANDARD.encode(value)),
            }?;
        }
        row.end()
    }
}

fn cells(row: Vec<Value>, kinds: &[Kind]) -> io::Result<Vec<Cell>> {
    if row.len() != kinds.len() {
        return Err(odd());
    }
    let cell = |(value, kind): (Value, &Kind)| match (value, kind) {
        (Value::Null, _) => Ok(Cell::Null),
        (Value::Number(number), Kind::Integer) => {
            number.as_i64().map(Cell::Integer).ok_or_else(odd)
        }
        (Value::String(text), Kind::Text) => Ok(Cell::Text(text)),
        (Value::String(text), Kind::Bytes) => {
            STANDARD.decode(text).map(Cell::Bytes).map_err(|_| odd())
        }
        _ => Err(odd()),
    };
    row.into_iter().zip(kinds).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: &[(&str, Kind)] =
        &[("id", Kind::Integer), ("name", Kind::Text), ("token", Kind::Bytes)];

    fn manifest() -> Manifest {
        Manifest { program: "0.1.0".into(), schema: 24, master: 7, made_at: 1, live: true }
    }

    fn written(rows: &[Vec<Cell>]) -> Vec<u8> {
        let mut writing = Writing::begin(Vec::new(), &manifest()).unwrap();
        writing.table("bots", COLUMNS).unwrap();
        for row in rows {
            writing.row(row).unwrap();
        }
        writing.end().unwrap();
        writing.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<Next>> {
        let (mut reading, found) = Reading::begin(bytes)?;
        assert_eq!(found, manifest());
        let mut all = Vec::new();
        loop {
            all.push(reading.next()?);
            if matches!(all.last(), Some(Next::Whole(_))) {
                return Ok(all);
            }
        }
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(
            rows in proptest::collection::vec((any::<Option<i64>>(), any::<Option<String>>(),
                any::<Option<Vec<u8>>>()), 0..5)
        ) {
            let rows: Vec<Vec<Cell>> = rows.into_iter().map(|(id, name, token)| vec![
                id.map_or(Cell::Null, Cell::Integer),
                name.map_or(Cell::Null, Cell::Text),
                token.map_or(Cell::Null, Cell::Bytes),
            ]).collect();
            let found = read(&written(&rows)).unwrap();
            let expected: Vec<Next> = rows.iter().cloned().map(Next::Row).collect();
            prop_assert_eq!(&found[1..=rows.len()], &expected[..]);
            prop_assert_eq!(found.last(), Some(&Next::Whole(rows.len() as u64)));
        }
    }

    #[test]
    fn what_is_missing_or_strange_is_noticed() {
        let row = vec![Cell::Integer(1), Cell::Null, Cell::Bytes(vec![0, 255])];
        let good = String::from_utf8(written(&[row.clone(), row])).unwrap();
        assert!(read(good.as_bytes()).is_ok());
        let lines: Vec<&str> = good.lines().collect();
        for left_out in 1..lines.len() {
            let mut less = lines.clone();
            less.remove(left_out);
            assert!(read((less.join("\n") + "\n").as_bytes()).is_err(), "{}", lines[left_out]);
        }
        for (from, to) in [("bots", "bots; DROP"), ("\"id\"", "\"id, x\""), ("[1,", "[1.5,")] {
            assert!(read(good.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }
}
