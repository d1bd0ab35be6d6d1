//! Which migrations a database has had, and whether this program knows them all.
#![expect(clippy::disallowed_methods, reason = "it asks the databases about themselves")]

use sqlx::migrate::{MigrateError, Migrator};

use super::{StoreError, dump::Line};

/// SQLite's half of the migrations. They have the same numbers as the others.
pub(super) static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// The number of this program's newest migration.
pub fn newest_schema() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Whether this program has a migration of this number.
pub fn knows_schema(version: i64) -> bool {
    SQLITE.version_exists(version)
}

/// What a migration that failed means.
pub(super) fn failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) | MigrateError::Dirty(found)
            if !knows_schema(found) =>
        {
            StoreError::Newer { found, known: newest_schema() }
        }
        error => StoreError::Migration(std::sync::Arc::new(error)),
    }
}

/// The number of a database's newest migration; `None` where it has had none.
///
/// # Errors
/// When one of them is unknown to this program, or was cut off in the middle.
pub(super) async fn version(line: &mut Line) -> Result<Option<i64>, StoreError> {
    const APPLIED: &str = "_sqlx_migrations";
    if columns(line, APPLIED).await?.is_empty() {
        return Ok(None);
    }
    let query = "SELECT version, success FROM _sqlx_migrations ORDER BY version";
    let applied: Vec<(i64, bool)> = match line {
        Line::MySql(on) => sqlx::query_as(query).fetch_all(on).await?,
        Line::Sqlite(on) => sqlx::query_as(query).fetch_all(on).await?,
    };
    if let Some((found, _)) = applied.iter().find(|(version, _)| !knows_schema(*version)) {
        return Err(StoreError::Newer { found: *found, known: newest_schema() });
    }
    if applied.iter().any(|(_, is_whole)| !is_whole) {
        return Err(StoreError::HalfMigrated);
    }
    Ok(applied.last().map(|(version, _)| *version))
}

/// The names of a table's columns; none where there is no such table.
pub(super) async fn columns(line: &mut Line, table: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = match line {
        Line::MySql(on) => {
            let query = "SELECT CAST(column_name AS CHAR) FROM information_schema.columns \
                         WHERE table_schema = DATABASE() AND table_name = ? \
                         ORDER BY ordinal_position";
            sqlx::query_as(query).bind(table).fetch_all(on).await?
        }
        Line::Sqlite(on) => {
            let query = "SELECT name FROM pragma_table_info(?)";
            sqlx::query_as(query).bind(table).fetch_all(on).await?
        }
    };
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
