//! The only SQL. One [`Store`] over MySQL/MariaDB or SQLite; each statement is written once.
//!
//! - [`statement`]: a statement as plain data, run on either database
//! - [`sqlite`]: opening SQLite, and its one writer, which commits in groups
//! - [`mysql`]: opening MySQL or MariaDB
//! - one file per table: the row's shape and its statements
//!
//! Not found is `None`. A unique key already taken is [`StoreError::Duplicate`], which is how a
//! second delivery of the same message is noticed: both databases report it alike, while the row
//! counts of their upserts differ.

mod albums;
mod bots;
mod conversations;
mod dialogues;
mod handled;
mod health;
mod installation;
mod mysql;
mod owners;
mod parked;
mod people;
mod references;
mod sqlite;
mod statement;
mod states;

use std::sync::Arc;

use sqlx::{MySqlPool, SqlitePool};

pub use bots::BotRow;
pub use health::Alarm;
pub use owners::OwnerRow;
pub use parked::{ParkedKind, ParkedRow};
pub use people::Ban;
pub use references::NewReference;
use sqlite::Writer;
use statement::{Row, Statement, sql};
pub use states::ConversationKey;

use crate::config::DatabaseUrl;

/// What can go wrong with the database.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists.
    #[error("a row with this key exists")]
    Duplicate,
    /// The database did not answer, or refused.
    #[error("the database failed")]
    Database(#[source] Arc<sqlx::Error>),
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date")]
    Migration(#[source] Arc<sqlx::migrate::MigrateError>),
    /// A column holds what this program never wrote.
    #[error("column {0} holds a value this version does not know")]
    Corrupt(&'static str),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Duplicate,
            _ => Self::Database(Arc::new(error)),
        }
    }
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
}

#[derive(Clone)]
enum Pool {
    MySql(MySqlPool),
    Sqlite { read: SqlitePool, write: Writer },
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// When it can't be reached or created, or a migration fails.
    pub async fn open(database: &DatabaseUrl) -> Result<Self, StoreError> {
        let pool = match database {
            DatabaseUrl::MySql(server) => Pool::MySql(mysql::open(server.reveal()).await?),
            DatabaseUrl::Sqlite(file) => {
                let (read, write) = sqlite::open(file.path()).await?;
                Pool::Sqlite { read, write }
            }
        };
        Ok(Self { pool })
    }

    /// "SQLite" or what the server says it is, for `check` and the log.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engine(&self) -> Result<String, StoreError> {
        match &self.pool {
            Pool::MySql(pool) => mysql::version(pool).await,
            Pool::Sqlite { .. } => Ok("SQLite".to_owned()),
        }
    }

    /// What about this server's settings could lose a committed row in a power cut, in words.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn durability_warnings(&self) -> Result<Vec<String>, StoreError> {
        match &self.pool {
            Pool::MySql(pool) => mysql::durability_warnings(pool).await,
            Pool::Sqlite { .. } => Ok(Vec::new()),
        }
    }

    /// Lets what was begun finish, then closes all connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::MySql(pool) => pool.close().await,
            Pool::Sqlite { read, write } => {
                write.close().await;
                read.close().await;
            }
        }
    }

    /// Runs one statement in a commit of its own; gives the number of rows it matched.
    async fn write(&self, statement: Statement) -> Result<u64, StoreError> {
        match &self.pool {
            Pool::MySql(pool) => Ok(statement.mysql().execute(pool).await?.rows_affected()),
            Pool::Sqlite { write, .. } => write.run(statement).await,
        }
    }

    /// Gives the row a query finds, if there is one.
    async fn find<T: Row>(&self, query: Statement) -> Result<Option<T>, StoreError> {
        Ok(match &self.pool {
            Pool::MySql(pool) => query.mysql_as::<T>().fetch_optional(pool).await?,
            Pool::Sqlite { read, .. } => query.sqlite_as::<T>().fetch_optional(read).await?,
        })
    }

    /// Gives all rows a query finds.
    async fn list<T: Row>(&self, query: Statement) -> Result<Vec<T>, StoreError> {
        Ok(match &self.pool {
            Pool::MySql(pool) => query.mysql_as::<T>().fetch_all(pool).await?,
            Pool::Sqlite { read, .. } => query.sqlite_as::<T>().fetch_all(read).await?,
        })
    }

    /// Inserts unless the key is taken; says whether it inserted.
    async fn insert_new(&self, insert: Statement) -> Result<bool, StoreError> {
        match self.write(insert).await {
            Ok(_) => Ok(true),
            Err(StoreError::Duplicate) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Updates the row of a key, or inserts it where there is none.
    async fn put(&self, update: Statement, insert: Statement) -> Result<(), StoreError> {
        if self.write(update.clone()).await? == 0 && !self.insert_new(insert).await? {
            self.write(update).await?;
        }
        Ok(())
    }
}
