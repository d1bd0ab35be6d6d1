//! A fresh database for each test, removed with it.

use std::{
    env,
    time::{Duration, Instant},
};

use feedback_relay::config::Config;
use sqlx::{Connection, Executor, MySqlConnection, SqliteConnection};
use tempfile::TempDir;

use super::oracle::Row;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    /// The server named by `TEST_MYSQL_URL`. Without it the test fails.
    MySql,
}

/// The configuration these variables give.
pub fn config_of(variables: &std::collections::HashMap<String, String>) -> Config {
    let read = Config::read(&|name: &str| variables.get(name).map(std::ffi::OsString::from));
    read.unwrap_or_else(|errors| panic!("{errors}"))
}

/// A database that vanishes when it is dropped.
pub struct Database {
    url: String,
    folder: TempDir,
    created: Option<(String, String)>,
}

impl Database {
    pub async fn create(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match backend {
            Backend::Sqlite => {
                let url = format!("sqlite://{}/relay.db", folder.path().display());
                Self { url, folder, created: None }
            }
            Backend::MySql => {
                let server = server_url();
                let name = format!("relay_{:016x}", rand::random::<u64>());
                let statement = format!("CREATE DATABASE {name}");
                execute(&server, statement).await;
                let url = format!("{}/{name}", server.trim_end_matches('/'));
                Self { url, folder, created: Some((server, name)) }
            }
        }
    }

    /// Every byte that is stored: SQLite's files as they are, all columns of all tables of a server.
    pub async fn dump(&self) -> Vec<u8> {
        let Some((server, name)) = &self.created else {
            let files = std::fs::read_dir(self.folder.path()).expect("the folder");
            let files = files.map(|file| file.expect("a file").path());
            let stored = files.filter(|path| path.display().to_string().contains("relay.db"));
            return stored.flat_map(|path| std::fs::read(path).expect("its bytes")).collect();
        };
        let mut connection = MySqlConnection::connect(server).await.expect("the server answers");
        let columns = "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR) \
                       FROM information_schema.columns WHERE table_schema = ?";
        let columns: Vec<(String, String)> =
            sqlx::query_as(columns).bind(name).fetch_all(&mut connection).await.expect("columns");
        let mut stored = Vec::new();
        for (table, column) in columns {
            let all = format!("SELECT CAST({column} AS BINARY) FROM {name}.{table}");
            let values: Vec<(Option<Vec<u8>>,)> = sqlx::query_as(sqlx::AssertSqlSafe(all))
                .fetch_all(&mut connection)
                .await
                .expect("values");
            stored.extend(values.into_iter().filter_map(|(value,)| value).flatten());
            stored.push(b'\n');
        }
        let _ = connection.close().await;
        stored
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every reference, as a person with access to the database would read it.
    #[expect(clippy::disallowed_methods, reason = "the judge reads what the relay wrote")]
    pub async fn references(&self) -> Vec<Row> {
        type Columns = (i64, i64, i64, i64, i64, String, i64, i64, Option<i64>, String);
        let query = "SELECT owner_id, source_bot, source_chat, source_message, part, direction, \
                     copy_bot, copy_chat, copy_message, state FROM message_references \
                     ORDER BY owner_id, source_bot, source_chat, source_message, part";
        let rows: Vec<Columns> = if self.created.is_some() {
            let mut connection = MySqlConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(query).fetch_all(&mut connection).await.expect("the references")
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(query).fetch_all(&mut connection).await.expect("the references")
        };
        rows.into_iter()
            .map(
                |(owner, bot, chat, message, part, direction, copy_bot, copy_chat, copy, state)| {
                    Row {
                        owner,
                        source: (bot, chat, message),
                        part,
                        direction,
                        copy_bot,
                        copy_chat,
                        copy,
                        state,
                    }
                },
            )
            .collect()
    }

    /// Waits until there are such rows: a table's name and a condition.
    pub async fn until(&self, rows: &str) {
        let began = Instant::now();
        while self.count(rows).await == 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "waited in vain for {rows}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until there are no such rows any more.
    pub async fn until_none(&self, rows: &str) {
        let began = Instant::now();
        while self.count(rows).await > 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "they stay: {rows}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets a customer have waited for some seconds more than he has.
    #[expect(clippy::disallowed_methods, reason = "nobody can wait for hours here")]
    pub async fn age_waiting(&self, customer: i64, seconds: i64) {
        let update = "UPDATE conversation_states SET waiting_since = waiting_since - ? \
                      WHERE customer_id = ? AND waiting_since IS NOT NULL";
        let aged = if self.created.is_some() {
            let mut connection = MySqlConnection::connect(&self.url).await.expect("a connection");
            let update = sqlx::query(update).bind(seconds * 1000).bind(customer);
            update.execute(&mut connection).await.expect("the update").rows_affected()
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("a connection");
            let update = sqlx::query(update).bind(seconds * 1000).bind(customer);
            update.execute(&mut connection).await.expect("the update").rows_affected()
        };
        assert_eq!(aged, 1, "he waits");
    }

    /// Runs a statement in this database, as somebody with access to it would.
    #[expect(clippy::disallowed_methods, reason = "a test breaks what is stored")]
    pub async fn run(&self, statement: &str) {
        let statement = || sqlx::AssertSqlSafe(statement.to_owned());
        if self.created.is_some() {
            let mut connection = MySqlConnection::connect(&self.url).await.expect("a connection");
            connection.execute(sqlx::raw_sql(statement())).await.expect("it works");
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("a connection");
            connection.execute(sqlx::raw_sql(statement())).await.expect("it works");
        }
    }

    /// Writes so many references of an owner's, as if his customers had sent that many messages.
    pub async fn fill_references(&self, owner: i64, bot: i64, master: i64, count: i64) {
        let head = "INSERT INTO message_references (owner_id, source_bot, source_chat, \
             source_message, part, direction, copy_bot, copy_chat, copy_message, state, attempts, \
             created_at)";
        let row = format!(
            "SELECT {owner}, {bot}, 700000 + n % 1000, n, 0, 'in', {master}, {owner}, n, 'sent', 1, n"
        );
        let numbers = "WITH RECURSIVE numbers (n) AS \
             (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n <";
        if self.created.is_some() {
            let depth = if self.is_mariadb().await {
                "max_recursive_iterations"
            } else {
                "cte_max_recursion_depth"
            };
            self.run(&format!(
                "SET SESSION {depth} = {}; {head} {numbers} {count}) {row} FROM numbers",
                count + 1
            ))
            .await;
        } else {
            self.run(&format!("{numbers} {count}) {head} {row} FROM numbers")).await;
        }
    }

    async fn is_mariadb(&self) -> bool {
        self.count("(SELECT 1 AS it WHERE VERSION() LIKE '%MariaDB%') v").await > 0
    }

    /// Lets the database refuse every new row of a table of which this is true, such as
    /// `source_message = 5`.
    pub async fn refuses_new(&self, table: &str, column: &str, value: i64) {
        let trigger = if self.created.is_some() {
            format!(
                "CREATE TRIGGER refuses BEFORE INSERT ON {table} FOR EACH ROW \
                 BEGIN IF NEW.{column} = {value} THEN \
                 SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF; END"
            )
        } else {
            format!(
                "CREATE TRIGGER refuses BEFORE INSERT ON {table} WHEN NEW.{column} = {value} \
                 BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        };
        self.run(&trigger).await;
    }

    /// How many rows a table has.
    #[expect(clippy::disallowed_methods, reason = "a test looks at what is stored")]
    pub async fn count(&self, table: &str) -> i64 {
        let query = || sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let (count,): (i64,) = if self.created.is_some() {
            let mut connection = MySqlConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(query()).fetch_one(&mut connection).await.expect("a number")
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(query()).fetch_one(&mut connection).await.expect("a number")
        };
        count
    }

    /// Every table's columns.
    #[expect(clippy::disallowed_methods, reason = "a test looks at the schema")]
    pub async fn columns(&self) -> Vec<(String, String)> {
        if self.created.is_some() {
            let query = "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR) \
                         FROM information_schema.columns WHERE table_schema = DATABASE()";
            let mut connection = MySqlConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(query).fetch_all(&mut connection).await.expect("the columns")
        } else {
            let query = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
                         WHERE t.type = 'table'";
            let mut connection = SqliteConnection::connect(&self.url).await.expect("a connection");
            sqlx::query_as(query).fetch_all(&mut connection).await.expect("the columns")
        }
    }

    /// The same where there may be no file yet.
    pub async fn columns_if_any(&self) -> Vec<(String, String)> {
        let is_there = self.created.is_some() || self.folder.path().join("relay.db").exists();
        if is_there { self.columns().await } else { Vec::new() }
    }

    /// The folder of this test: the SQLite file, the key file.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.created.take() else { return };
        // A thread of its own: the test's runtime may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(execute(&server, format!("DROP DATABASE {name}")));
        });
        let _ = dropped.join();
    }
}

#[expect(clippy::disallowed_methods, reason = "the test script names the server")]
fn server_url() -> String {
    env::var("TEST_MYSQL_URL").expect("TEST_MYSQL_URL names no server: run scripts/test")
}

#[expect(clippy::disallowed_methods, reason = "databases are created outside the store")]
async fn execute(server: &str, statement: String) {
    let mut connection = MySqlConnection::connect(server).await.expect("the test server answers");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("the statement works");
    let _ = connection.close().await;
}
