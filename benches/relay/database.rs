//! A fresh database for each program, on a disk, with durable settings.

use std::{io::Write as _, path::PathBuf, time::Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, MySqlConnection};
use tempfile::TempDir;

use crate::{
    arguments::{Arguments, Backend},
    figures::median,
};

/// Where databases are made.
pub(crate) struct Database {
    pub(crate) backend: Backend,
    /// What the server says it is.
    pub(crate) engine: String,
    folder: TempDir,
    server: String,
    tag: u32,
    created: usize,
}

impl Database {
    pub(crate) async fn open(backend: Backend, arguments: &Arguments) -> Result<Self> {
        // Below the target folder: a temporary folder may be memory, which has nothing to sync.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let server = arguments.mysql.trim_end_matches('/').to_owned();
        let engine = match backend {
            Backend::Sqlite => "SQLite, WAL, synchronous=FULL".to_owned(),
            Backend::Mysql => durable_engine(&server).await?,
        };
        Ok(Self { backend, engine, folder, server, tag: rand::random(), created: 0 })
    }

    /// A folder and the address of a new, empty database for one program.
    pub(crate) async fn create(&mut self) -> Result<(PathBuf, String)> {
        self.created += 1;
        let folder = self.folder.path().join(self.created.to_string());
        std::fs::create_dir_all(&folder)?;
        if self.backend == Backend::Sqlite {
            let url = format!("sqlite://{}/relay.db", folder.display());
            return Ok((folder, url));
        }
        let name = self.name(self.created);
        execute(&self.server, format!("CREATE DATABASE {name}")).await?;
        Ok((folder, format!("{}/{name}", self.server)))
    }

    /// Drops what was created; call it when nothing uses it any more.
    pub(crate) async fn remove(self) -> Result<()> {
        if self.backend == Backend::Mysql {
            for number in 1..=self.created {
                let name = self.name(number);
                execute(&self.server, format!("DROP DATABASE {name}")).await?;
            }
        }
        Ok(())
    }

    /// How long one small write takes to reach the disk, in microseconds: the middle one of many.
    pub(crate) fn sync_micros(&self) -> Result<f64> {
        let mut file = tempfile::tempfile_in(self.folder.path())?;
        let mut took = Vec::new();
        for _ in 0..200 {
            let began = Instant::now();
            file.write_all(&[0; 4096])?;
            file.sync_data()?;
            took.push(began.elapsed().as_secs_f64() * 1e6);
        }
        Ok(median(took))
    }

    fn name(&self, number: usize) -> String {
        format!("relay_bench_{:08x}_{number}", self.tag)
    }
}

async fn execute(server: &str, statement: String) -> Result<()> {
    let mut connection = MySqlConnection::connect(server).await?;
    #[expect(clippy::disallowed_methods, reason = "databases are created outside the store")]
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// The server's version; refuses one that would not keep what it commits.
#[expect(clippy::disallowed_methods, reason = "the benchmark looks at the server, not the store")]
async fn durable_engine(server: &str) -> Result<String> {
    let connected = MySqlConnection::connect(server).await;
    let mut connection = connected.context("TEST_MYSQL_URL: no server answers there")?;
    let query = "SELECT VERSION(), CAST(@@innodb_flush_log_at_trx_commit AS SIGNED)";
    let (version, flush): (String, i64) = sqlx::query_as(query).fetch_one(&mut connection).await?;
    ensure!(flush == 1, "innodb_flush_log_at_trx_commit is {flush}: only 1 is worth measuring");
    connection.close().await?;
    Ok(format!("{version}, innodb_flush_log_at_trx_commit=1"))
}
