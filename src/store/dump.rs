//! Everything that is stored, as of one moment, while others go on writing: for a backup.
#![expect(
    clippy::disallowed_methods,
    reason = "statements over every table are put together from the list of tables"
)]

use std::path::Path;

use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use sqlx::{
    AssertSqlSafe, ColumnIndex, ConnectOptions as _, Connection as _, Database, Decode, MySql,
    MySqlConnection, Row, Sqlite, SqliteConnection, Type, sqlite::SqliteConnectOptions,
};

use super::{
    StoreError, mysql, schema,
    tables::{Kind, Table},
};
use crate::config::DatabaseUrl;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Unicode text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A connection of its own to either database.
pub(super) enum Line {
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

/// One moment of a database. What happens after it is not in it.
pub struct Snapshot {
    line: Line,
    schema: i64,
}

impl Snapshot {
    /// Takes the moment; the schema stays as it is. `None` where there is no relay's database.
    ///
    /// # Errors
    /// When the database can't be read, is of a newer version, or in the middle of a migration.
    pub async fn take(database: &DatabaseUrl) -> Result<Option<Self>, StoreError> {
        let mut line = match database {
            DatabaseUrl::MySql(server) => {
                let mut connection = mysql::connect_alone(server.reveal()).await?;
                for statement in [
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                    "START TRANSACTION WITH CONSISTENT SNAPSHOT",
                ] {
                    sqlx::raw_sql(statement).execute(&mut connection).await?;
                }
                Line::MySql(connection)
            }
            DatabaseUrl::Sqlite(file) => return Self::of_file(file.path()).await,
        };
        let schema = schema::version(&mut line).await?;
        Ok(schema.map(|schema| Self { line, schema }))
    }

    /// The same of a file of SQLite.
    ///
    /// # Errors
    /// As above.
    pub async fn of_file(path: &Path) -> Result<Option<Self>, StoreError> {
        if !path.exists() {
            return Ok(None);
        }
        let options =
            SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
        let mut connection = options.connect().await.map_err(StoreError::not_connected)?;
        sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
        let mut line = Line::Sqlite(connection);
        // The first thing that is read begins the moment.
        let schema = schema::version(&mut line).await?;
        Ok(schema.map(|schema| Self { line, schema }))
    }

    /// The number of the newest migration it had.
    pub fn schema(&self) -> i64 {
        self.schema
    }

    /// The columns of a table that exist in this schema, in the order in which rows have them; none
    /// where there is no such table yet.
    pub async fn columns(
        &mut self,
        table: &'static Table,
    ) -> Result<Vec<(&'static str, Kind)>, StoreError> {
        let there = schema::columns(&mut self.line, table.name).await?;
        let known = table.columns.iter().copied();
        Ok(known.filter(|(name, _)| there.iter().any(|column| column == name)).collect())
    }

    /// A fact of the installation.
    pub async fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = "SELECT value FROM installation WHERE name = ?";
        let found: Option<(Vec<u8>,)> = match &mut self.line {
            Line::MySql(on) => sqlx::query_as(query).bind(name).fetch_optional(on).await?,
            Line::Sqlite(on) => sqlx::query_as(query).bind(name).fetch_optional(on).await?,
        };
        Ok(found.map(|(value,)| value))
    }

    /// Every row of a table, one at a time.
    pub fn rows<'s>(&'s mut self, table: &str, columns: &'s [(&'static str, Kind)]) -> Rows<'s> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let query = AssertSqlSafe(format!("SELECT {} FROM {table}", names.join(", ")));
        match &mut self.line {
            Line::MySql(on) => {
                let rows = sqlx::query(query).fetch(on);
                Rows(rows.map(|row| cells::<MySql>(&row?, columns)).boxed())
            }
            Line::Sqlite(on) => {
                let rows = sqlx::query(query).fetch(on);
                Rows(rows.map(|row| cells::<Sqlite>(&row?, columns)).boxed())
            }
        }
    }

    /// Lets the moment go.
    pub async fn close(self) {
        let _ = match self.line {
            Line::MySql(connection) => connection.close().await,
            Line::Sqlite(connection) => connection.close().await,
        };
    }
}

/// Rows on their way: the database waits until they are taken.
pub struct Rows<'s>(BoxStream<'s, Result<Vec<Cell>, StoreError>>);

impl Rows<'_> {
    /// The next one, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<Vec<Cell>>, StoreError> {
        self.0.try_next().await
    }
}

fn cells<DB: Database>(
    row: &DB::Row,
    columns: &[(&'static str, Kind)],
) -> Result<Vec<Cell>, StoreError>
where
    usize: ColumnIndex<DB::Row>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    for<'r> Vec<u8>: Decode<'r, DB> + Type<DB>,
{
    let cell = |(at, (_, kind)): (usize, &(&str, Kind))| {
        Ok(match kind {
            Kind::Integer => row.try_get::<Option<i64>, _>(at)?.map(Cell::Integer),
            Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Cell::Text),
            Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Cell::Bytes),
        }
        .unwrap_or(Cell::Null))
    };
    columns.iter().enumerate().map(cell).collect()
}
