//! A fresh database for each test, removed with it.

use std::env;

use sqlx::{Connection, MySqlConnection};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    /// The server named by `TEST_MYSQL_URL`. Without it the test fails.
    MySql,
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

    pub fn url(&self) -> &str {
        &self.url
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
