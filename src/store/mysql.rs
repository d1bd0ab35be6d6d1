//! MySQL 8 and MariaDB 10.11 or newer.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    MySqlPool,
    migrate::MigrateError,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
};

use super::{StoreError, sql};

/// Connections kept at most. A commit holds one for well under a millisecond.
const CONNECTIONS: u32 = 16;

/// Connects and brings the schema up to date.
pub(super) async fn open(url: &str) -> Result<MySqlPool, StoreError> {
    let options = MySqlConnectOptions::from_str(url)?
        // Our SQL needs neither, and Vitess refuses the statement that would set them.
        .pipes_as_concat(false)
        .no_engine_substitution(false);
    let pool = MySqlPoolOptions::new()
        .max_connections(CONNECTIONS)
        .idle_timeout(Duration::from_mins(2))
        .acquire_timeout(Duration::from_secs(10))
        // A ping before each use would be a third round trip of every message; a connection that
        // died shows itself by an error, which is tried again like any other.
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    migrate(&pool).await?;
    Ok(pool)
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

pub(super) async fn version(pool: &MySqlPool) -> Result<String, StoreError> {
    let (version,): (String,) = sql("SELECT VERSION()").mysql_as().fetch_one(pool).await?;
    Ok(if version.contains("MariaDB") { version } else { format!("MySQL {version}") })
}

pub(super) async fn durability_warnings(pool: &MySqlPool) -> Result<Vec<String>, StoreError> {
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
