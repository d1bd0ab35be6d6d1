//! A statement as plain data, so that it is written once and run on either database.
#![expect(clippy::disallowed_methods, reason = "every statement of the store is run from here")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{
    AssertSqlSafe, FromRow, MySql, Sqlite,
    mysql::{MySqlArguments, MySqlRow},
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use teloxide::types::{ChatId, MessageId};

use super::joint::Joint;
use crate::model::{BotId, OwnerId};

/// A row struct that either database can fill.
pub(super) trait Row:
    for<'r> FromRow<'r, MySqlRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin + 'static
{
}

impl<T> Row for T where
    T: for<'r> FromRow<'r, MySqlRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin + 'static
{
}

/// A bound value: the three kinds of column we have.
#[derive(Clone)]
pub(super) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// SQL text with `?` and the values for them. Cheap to clone.
#[derive(Clone)]
pub(super) struct Statement {
    sql: &'static str,
    sqlite: &'static str,
    values: Arc<Vec<Value>>,
    joint: Option<Jointly>,
}

/// How it can be put together with others like it, and its own row there, if that is not what is
/// bound in it.
#[derive(Clone)]
struct Jointly {
    joint: &'static Joint,
    row: Option<Arc<[Value]>>,
}

/// Begins a statement.
pub(super) fn sql(sql: &'static str) -> Statement {
    twin(sql, sql)
}

/// Begins a statement for which the databases have different words.
pub(super) fn twin(mysql: &'static str, sqlite: &'static str) -> Statement {
    Statement { sql: mysql, sqlite, values: Arc::new(Vec::with_capacity(13)), joint: None }
}

macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Integer(value) => query.bind(*value),
                Value::Text(value) => query.bind(value.clone()),
                Value::Bytes(value) => query.bind(value.clone()),
            };
        }
        query
    }};
}

impl Statement {
    /// Adds the value for the next `?`.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        Arc::make_mut(&mut self.values).push(value.into());
        self
    }

    /// On MySQL it may go with others like it: what is bound in it is its row among them.
    pub(super) fn jointly(mut self, joint: &'static Joint) -> Self {
        self.joint = Some(Jointly { joint, row: None });
        self
    }

    /// The same with another row.
    pub(super) fn jointly_with(mut self, joint: &'static Joint, row: Vec<Value>) -> Self {
        self.joint = Some(Jointly { joint, row: Some(row.into()) });
        self
    }

    /// How it goes with others, if it does.
    pub(super) fn joint(&self) -> Option<&'static Joint> {
        self.joint.as_ref().map(|jointly| jointly.joint)
    }

    /// Its values in a row among others.
    pub(super) fn row_values(&self) -> &[Value] {
        let row = self.joint.as_ref().and_then(|jointly| jointly.row.as_deref());
        row.unwrap_or(&self.values)
    }

    pub(super) fn mysql(self) -> Query<'static, MySql, MySqlArguments> {
        bind_all!(sqlx::query(self.sql), self.values.iter())
    }

    pub(super) fn sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        bind_all!(sqlx::query(self.sqlite), self.values.iter())
    }
}

/// Takes rows as they come, whatever they become: what runs a query is there once, not once for each
/// kind of row.
pub(super) trait TakesRows: Send + Sync {
    /// Forgets what came: the query is run anew.
    fn begin(&self);
    /// Takes a row of `MySQL`.
    fn mysql(&self, row: &MySqlRow) -> sqlx::Result<()>;
    /// Takes a row of `SQLite`.
    fn sqlite(&self, row: &SqliteRow) -> sqlx::Result<()>;
}

/// The rows that were read.
pub(super) struct Rows<T>(Mutex<Vec<T>>);

impl<T> Rows<T> {
    pub(super) fn none() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them.
    pub(super) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.lock())
    }
}

impl<T: Row> TakesRows for Rows<T> {
    fn begin(&self) {
        self.lock().clear();
    }

    fn mysql(&self, row: &MySqlRow) -> sqlx::Result<()> {
        let row = T::from_row(row)?;
        self.lock().push(row);
        Ok(())
    }

    fn sqlite(&self, row: &SqliteRow) -> sqlx::Result<()> {
        let row = T::from_row(row)?;
        self.lock().push(row);
        Ok(())
    }
}

/// Several statements as one.
pub(super) fn joined(
    joint: &Joint,
    statements: &[&Statement],
) -> Query<'static, MySql, MySqlArguments> {
    // Made of words that stand in the program.
    let text = AssertSqlSafe(joint.text(statements.len()));
    bind_all!(sqlx::query(text), &joint.values(statements))
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        }
    )*};
}

value_from! {
    i64 => |value| Self::Integer(Some(value));
    Option<i64> => |value| Self::Integer(value);
    OwnerId => |value| Self::Integer(Some(value.0));
    Option<OwnerId> => |value| Self::Integer(value.map(|owner| owner.0));
    BotId => |value| Self::Integer(Some(value.0));
    ChatId => |value| Self::Integer(Some(value.0));
    MessageId => |value| Self::Integer(Some(value.0.into()));
    String => |value| Self::Text(Some(value));
    &str => |value| Self::Text(Some(value.to_owned()));
    Option<String> => |value| Self::Text(value);
    Vec<u8> => |value| Self::Bytes(Some(value));
    Option<Vec<u8>> => |value| Self::Bytes(value);
}
