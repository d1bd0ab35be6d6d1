//! MySQL 8 and MariaDB 10.11 or newer.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    MySqlPool,
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
    sqlx::migrate!("migrations/mysql")
        .run(&pool)
        .await
        .map_err(|error| StoreError::Migration(Arc::new(error)))?;
    Ok(pool)
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
