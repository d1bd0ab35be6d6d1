//! MySQL 8 and MariaDB 10.11 or newer.

use std::{
    io,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use sqlx::{
    ConnectOptions, Connection, Executor, MySql, MySqlConnection, MySqlPool,
    migrate::MigrateError,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    pool::{PoolConnection, PoolConnectionMetadata},
};

use super::{StoreError, sql};

/// Connections kept at most. A commit holds one for well under a millisecond.
const CONNECTIONS: u32 = 16;
/// How long a statement may take. A slow server needs some seconds for each of the two steps of a
/// statement it sees for the first time; what takes longer hangs.
pub(super) const STATEMENT_LIMIT: Duration = Duration::from_secs(15);
/// How long to wait for a connection: making one takes a slow server three answers or more.
const CONNECTION_LIMIT: Duration = Duration::from_secs(25);
/// A connection that was used so lately is taken to be alive: a ping before each use would be a
/// third round trip of every message.
const ALIVE: Duration = Duration::from_secs(5);

/// A server, and when a connection to it last turned out to be dead.
#[derive(Clone)]
pub(super) struct Server {
    pool: MySqlPool,
    broke: Broke,
}

/// After a restart of the server every connection from before is dead. The first one that shows it
/// makes all that were idle then be looked at before they are used.
#[derive(Clone, Default)]
struct Broke(Arc<Mutex<Option<Instant>>>);

impl Broke {
    fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection that has been idle for so long may be dead.
    fn concerns(&self, idle: Duration) -> bool {
        let broke = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle > ALIVE || broke.is_some_and(|at| at.elapsed() <= idle)
    }
}

/// A connection in use. Unless it is given back it is dropped for good: nobody knows what would
/// come out of it next.
struct Borrowed(Option<PoolConnection<MySql>>);

impl Borrowed {
    fn give_back(mut self) {
        if let Some(mut connection) = self.0.take() {
            // The pool looks whether it is alive, which on a dead network never ends.
            let returning = connection.return_to_pool();
            tokio::spawn(tokio::time::timeout(STATEMENT_LIMIT, returning));
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(connection.detach());
        }
    }
}

impl Server {
    /// Connects and brings the schema up to date.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = MySqlConnectOptions::from_str(url)
            .map_err(StoreError::not_connected)?
            // Our SQL needs neither, and Vitess refuses the statement that would set them.
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            // A slow database would fill the log with them.
            .disable_statement_logging();
        // Tried by itself: the pool would go on trying for a while without a word.
        let first = within(CONNECTION_LIMIT, options.connect()).await;
        let _ = first.map_err(StoreError::not_connected)?.close().await;
        let broke = Broke::default();
        let looked_at = broke.clone();
        let pool = MySqlPoolOptions::new()
            .max_connections(CONNECTIONS)
            .idle_timeout(Duration::from_mins(2))
            .acquire_timeout(CONNECTION_LIMIT)
            .acquire_slow_threshold(CONNECTION_LIMIT)
            .test_before_acquire(false)
            .before_acquire(move |connection, known| {
                let broke = looked_at.clone();
                Box::pin(async move { Ok(is_alive(connection, &known, &broke).await) })
            })
            .after_connect(|connection, _| Box::pin(limit_locks(connection)))
            .connect_lazy_with(options);
        let server = Self { pool, broke };
        migrate(&server.pool).await?;
        Ok(server)
    }

    /// Uses a connection for one statement, as long as that may take.
    pub(super) async fn run<T>(
        &self,
        statement: impl for<'c> FnOnce(&'c mut MySqlConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    ) -> Result<T, StoreError> {
        let connection = self.pool.acquire().await.map_err(StoreError::not_connected)?;
        let mut borrowed = Borrowed(Some(connection));
        let Some(connection) = &mut borrowed.0 else { return Err(sqlx::Error::PoolClosed.into()) };
        let done = within(STATEMENT_LIMIT, statement(connection)).await;
        match &done {
            Ok(_) | Err(sqlx::Error::Database(_)) => borrowed.give_back(),
            Err(_) => self.broke.now(),
        }
        Ok(done?)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    pub(super) async fn version(&self) -> Result<String, StoreError> {
        version(&self.pool).await
    }

    pub(super) async fn durability_warnings(&self) -> Result<Vec<String>, StoreError> {
        durability_warnings(&self.pool).await
    }
}

/// Waits for the database, but not for ever.
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {limit:?}"));
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late().into()))
}

async fn is_alive(
    connection: &mut MySqlConnection,
    known: &PoolConnectionMetadata,
    broke: &Broke,
) -> bool {
    if !broke.concerns(known.idle_for) {
        return true;
    }
    within(STATEMENT_LIMIT / 2, connection.ping()).await.is_ok()
}

/// Lets the server give up waiting for a lock before we give up waiting for the server: else a
/// statement nobody waits for any more would be carried out later. A server that knows no such
/// limits is taken as it is.
async fn limit_locks(connection: &mut MySqlConnection) -> sqlx::Result<()> {
    let limits = "SET SESSION lock_wait_timeout = 10, innodb_lock_wait_timeout = 10";
    match connection.execute(limits).await {
        Err(error) if error.as_database_error().is_none() => Err(error),
        _ => Ok(()),
    }
}

/// Brings the schema up to date. A start that was killed in the middle of a migration leaves it
/// marked as begun, because MySQL can't undo a change of the schema; each file is one statement
/// that may be run again, so the mark is taken away and the file is.
async fn migrate(pool: &MySqlPool) -> Result<(), StoreError> {
    let migrations = sqlx::migrate!("migrations/mysql");
    let mut again = None;
    loop {
        let version = match migrations.run(pool).await {
            Ok(()) => return Ok(()),
            Err(MigrateError::Dirty(version)) if again != Some(version) => version,
            Err(MigrateError::ExecuteMigration(error, version)) if is_there(&error) => {
                // It was cut off after its change and before its mark.
                let mark = sql("UPDATE _sqlx_migrations SET success = TRUE WHERE version = ?");
                mark.bind(version).mysql().execute(pool).await?;
                continue;
            }
            Err(error) => return Err(StoreError::Migration(Arc::new(error))),
        };
        tracing::warn!(version, "a migration was cut off; it is run again");
        let mark = sql("DELETE FROM _sqlx_migrations WHERE version = ? AND success = FALSE");
        mark.bind(version).mysql().execute(pool).await?;
        again = Some(version);
    }
}

/// Whether the column to be added exists (`ER_DUP_FIELDNAME`).
fn is_there(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    let error = error.and_then(|error| error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>());
    error.is_some_and(|error| error.number() == 1060)
}

async fn version(pool: &MySqlPool) -> Result<String, StoreError> {
    let (version,): (String,) = sql("SELECT VERSION()").mysql_as().fetch_one(pool).await?;
    Ok(if version.contains("MariaDB") { version } else { format!("MySQL {version}") })
}

async fn durability_warnings(pool: &MySqlPool) -> Result<Vec<String>, StoreError> {
    let query = sql("SELECT CAST(@@innodb_flush_log_at_trx_commit AS SIGNED), \
                     CAST(@@log_bin AS SIGNED), CAST(@@sync_binlog AS SIGNED)");
    let (flush, binlog, sync): (i64, i64, i64) = query.mysql_as().fetch_one(pool).await?;
    let mut warnings = Vec::new();
    if flush != 1 {
        warnings.push(format!(
            "innodb_flush_log_at_trx_commit is {flush}: a power cut can lose the last references; set it to 1"
        ));
    }
    if binlog == 1 && sync != 1 {
        warnings.push(format!(
            "sync_binlog is {sync}: a power cut can lose the last references; set it to 1"
        ));
    }
    Ok(warnings)
}
