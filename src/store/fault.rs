//! What an error of the database means for the statement and for whoever asked for it: pure.

use std::sync::Arc;

use sqlx::{
    error::DatabaseError, migrate::MigrateError, mysql::MySqlDatabaseError, sqlite::SqliteError,
};

/// What can go wrong with the database.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists.
    #[error("a row with this key exists")]
    Duplicate,
    /// There was no connection to use: the statement was certainly not executed.
    #[error("there is no connection to the database")]
    NotConnected(#[source] Arc<sqlx::Error>),
    /// The database did not answer, or refused.
    #[error("the database failed")]
    Database(#[source] Arc<sqlx::Error>),
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date")]
    Migration(#[source] Arc<MigrateError>),
    /// A newer version of this program made or changed the database.
    #[error(
        "a newer version of feedback-relay has used this database (its schema has number {found}, \
         this version knows {known}): run that version, or restore a backup from before it \
         (nothing was changed)"
    )]
    Newer {
        /// A migration the database has had.
        found: i64,
        /// The newest one this program has.
        known: i64,
    },
    /// A start was killed while it changed the schema.
    #[error(
        "the last change of the database's schema was cut off: start the relay once, it goes on with it"
    )]
    HalfMigrated,
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

impl StoreError {
    /// An error of getting a connection rather than of using it.
    pub(super) fn not_connected(error: sqlx::Error) -> Self {
        Self::NotConnected(Arc::new(error))
    }

    /// Whether it passes, however long that takes: the same statement will work some day. Else the
    /// database says no to this statement and will say no again.
    pub fn is_passing(&self) -> bool {
        !matches!(self.fault(), Fault::Refused)
    }

    /// Whether waiting helps. What is wrong with the configuration (a password, a name, a file that
    /// is no database) passes only by somebody's hand.
    pub fn is_worth_waiting_for(&self) -> bool {
        matches!(self.fault(), Fault::Again | Fault::Doubtful | Fault::NotNow)
    }

    /// Whether the disk is full, or nothing may be written for another reason.
    pub fn is_about_writing(&self) -> bool {
        let Self::Database(error) = self else { return false };
        match Code::of(error) {
            Some(Code::MySql(number)) => DISK_FULL.contains(&number) || READ_ONLY.contains(&number),
            Some(Code::Sqlite(code)) => matches!(code & 0xff, 8 | 13),
            None => false,
        }
    }

    /// What it means for the statement.
    pub(super) fn fault(&self) -> Fault {
        match self {
            Self::Duplicate | Self::Corrupt(_) | Self::Newer { .. } | Self::HalfMigrated => {
                Fault::Refused
            }
            Self::Database(error) => Fault::of(error),
            Self::NotConnected(error) => match Fault::of(error) {
                Fault::Doubtful => Fault::Again,
                Fault::Refused => Fault::Unusable,
                fault => fault,
            },
            Self::Migration(error) => match &**error {
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                    Fault::of(error)
                }
                _ => Fault::Refused,
            },
        }
    }
}

/// What became of a statement that failed, and whether it may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Certainly not executed, and the next try may well work: a deadlock, a lock.
    Again,
    /// Nobody knows whether it was executed: the connection broke, no answer came.
    Doubtful,
    /// Certainly not executed, and not for a while: a full disk, no free connection.
    NotNow,
    /// Not executed, and not before somebody mends something: a password, a missing file.
    Unusable,
    /// The database says no to this very statement.
    Refused,
}

impl Fault {
    pub(super) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(_) => match Code::of(error) {
                Some(Code::MySql(number)) => Self::of_mysql(number),
                Some(Code::Sqlite(code)) => Self::of_sqlite(code),
                None => Self::Refused,
            },
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                Self::Doubtful
            }
            // A handshake that was cut off, as opposed to a certificate that is wrong.
            sqlx::Error::Tls(error) => {
                let cut = error.downcast_ref::<std::io::Error>();
                let cut = cut.is_some_and(|io| io.kind() != std::io::ErrorKind::InvalidData);
                if cut { Self::Again } else { Self::Unusable }
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement => Self::NotNow,
            _ => Self::Refused,
        }
    }

    fn of_mysql(number: u16) -> Self {
        let is_in = |numbers: &[u16]| numbers.contains(&number);
        if is_in(ROLLED_BACK) {
            Self::Again
        } else if is_in(BROKEN_OFF) {
            Self::Doubtful
        } else if is_in(OVERLOADED) || is_in(DISK_FULL) || is_in(READ_ONLY) || is_in(DAMAGED) {
            Self::NotNow
        } else if is_in(LOCKED_OUT) {
            Self::Unusable
        } else {
            Self::Refused
        }
    }

    /// By SQLite's result code; the lowest byte is the primary one.
    fn of_sqlite(code: i32) -> Self {
        match code & 0xff {
            // ABORT, BUSY, LOCKED, INTERRUPT, PROTOCOL (of locking), SCHEMA.
            4 | 5 | 6 | 9 | 15 | 17 => Self::Again,
            // IOERR
            10 => Self::Doubtful,
            // NOMEM, READONLY, FULL, CANTOPEN: the file or its folder may come back.
            7 | 8 | 13 | 14 => Self::NotNow,
            // PERM, CORRUPT, NOLFS, AUTH, NOTADB
            3 | 11 | 22 | 23 | 26 => Self::Unusable,
            _ => Self::Refused,
        }
    }
}

/// The server undid it: lock wait timeout, deadlock, a row changed under it, too long or interrupted
/// before its end, a lost vote in a cluster.
const ROLLED_BACK: &[u16] =
    &[1205, 1213, 1020, 1206, 1297, 1614, 1689, 1969, 3024, 3058, 3101, 3572];
/// The server went away under it: shutdown, network, a killed connection or query, a commit without
/// an end. 2006 and 2013 come from proxies between us and the server.
const BROKEN_OFF: &[u16] = &[
    1053, 1077, 1079, 1080, 1152, 1153, 1158, 1159, 1160, 1161, 1180, 1181, 1184, 1317, 1927, 2006,
    2013, 2014, 2027, 3169, 4031,
];
/// No connection, memory or thread to spare, a cluster that is not ready, a proxy without a server
/// behind it (1105 Vitess, 9001 `ProxySQL`).
const OVERLOADED: &[u16] = &[
    1037, 1038, 1040, 1041, 1047, 1078, 1105, 1129, 1135, 1203, 1226, 1429, 2002, 2003, 3032, 3168,
    9001, 9002, 9006,
];
/// 3 and 28 are errors of the operating system that the server passes on.
const DISK_FULL: &[u16] = &[3, 20, 28, 1021, 1026, 1030, 1114, 1298, 3675];

/// Whether this error of a server means that it has no room.
pub(super) fn is_full(number: u16) -> bool {
    DISK_FULL.contains(&number)
}

/// Read-only by an option, by a transaction, by recovery; a replica by mistake.
const READ_ONLY: &[u16] = &[1036, 1290, 1792, 1836, 1874, 3100];
/// Files or tables that can't be read now: nothing the statement could help.
const DAMAGED: &[u16] =
    &[1016, 1017, 1018, 1023, 1024, 1033, 1034, 1035, 1146, 1194, 1195, 1712, 1812, 1813, 1932];
/// Wrong account, password, rights, host or name of the database.
pub(super) const LOCKED_OUT: &[u16] = &[
    1044, 1045, 1046, 1049, 1130, 1142, 1143, 1227, 1251, 1275, 1524, 1698, 1820, 1862, 3118, 4151,
];

/// What the database calls an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    MySql(u16),
    Sqlite(i32),
}

impl Code {
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        let error: &dyn DatabaseError = error.as_database_error()?;
        if let Some(mysql) = error.try_downcast_ref::<MySqlDatabaseError>() {
            return Some(Self::MySql(mysql.number()));
        }
        error.try_downcast_ref::<SqliteError>()?;
        error.code()?.parse().ok().map(Self::Sqlite)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn database(error: sqlx::Error) -> StoreError {
        StoreError::from(error)
    }

    #[test]
    fn mysql_errors_are_sorted_by_number() {
        for (number, fault) in [
            (1205, Fault::Again),
            (1213, Fault::Again),
            (1053, Fault::Doubtful),
            (1927, Fault::Doubtful),
            (2013, Fault::Doubtful),
            (1040, Fault::NotNow),
            (1021, Fault::NotNow),
            (1114, Fault::NotNow),
            (28, Fault::NotNow),
            (1290, Fault::NotNow),
            (1792, Fault::NotNow),
            (1836, Fault::NotNow),
            (1045, Fault::Unusable),
            (1049, Fault::Unusable),
            // A trigger's SIGNAL, data too long, a syntax error, NULL, a check, a column.
            (1644, Fault::Refused),
            (1406, Fault::Refused),
            (1064, Fault::Refused),
            (1048, Fault::Refused),
            (4025, Fault::Refused),
            (1054, Fault::Refused),
        ] {
            assert_eq!(Fault::of_mysql(number), fault, "{number}");
        }
    }

    #[test]
    fn no_number_means_two_things() {
        let all = [ROLLED_BACK, BROKEN_OFF, OVERLOADED, DISK_FULL, READ_ONLY, DAMAGED, LOCKED_OUT]
            .concat();
        let unique: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
    }

    #[test]
    fn sqlite_errors_are_sorted_by_primary_code() {
        for (code, fault) in [
            (5, Fault::Again),
            (517, Fault::Again),
            (6, Fault::Again),
            (10, Fault::Doubtful),
            (1034, Fault::Doubtful),
            (13, Fault::NotNow),
            (8, Fault::NotNow),
            (1032, Fault::NotNow),
            (14, Fault::NotNow),
            (11, Fault::Unusable),
            (26, Fault::Unusable),
            // A constraint, a trigger's RAISE, an SQL error, too big.
            (19, Fault::Refused),
            (1811, Fault::Refused),
            (1, Fault::Refused),
            (18, Fault::Refused),
        ] {
            assert_eq!(Fault::of_sqlite(code), fault, "{code}");
        }
    }

    #[test]
    fn a_broken_connection_passes_and_is_certain_where_nothing_was_sent() {
        let reset = || sqlx::Error::Io(io::ErrorKind::ConnectionReset.into());
        let used = database(reset());
        assert_eq!((used.fault(), used.is_passing()), (Fault::Doubtful, true));
        let unused = StoreError::not_connected(reset());
        assert_eq!((unused.fault(), unused.is_passing()), (Fault::Again, true));
        let none = StoreError::not_connected(sqlx::Error::PoolTimedOut);
        assert_eq!((none.fault(), none.is_passing()), (Fault::NotNow, true));
        assert!(none.is_worth_waiting_for());
    }

    #[test]
    fn what_the_database_holds_wrongly_is_internal() {
        let decode =
            sqlx::Error::ColumnDecode { index: "0".to_owned(), source: "no number".into() };
        assert!(!database(decode).is_passing());
        assert!(!StoreError::Corrupt("bots.state").is_passing());
        assert!(!StoreError::Duplicate.is_passing());
        assert!(!database(sqlx::Error::RowNotFound).is_passing());
    }

    #[test]
    fn a_wrong_certificate_is_nothing_to_wait_for() {
        let wrong = io::Error::new(io::ErrorKind::InvalidData, "bad certificate");
        assert!(!StoreError::not_connected(sqlx::Error::Tls(wrong.into())).is_worth_waiting_for());
        let cut = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert!(StoreError::not_connected(sqlx::Error::Tls(cut.into())).is_worth_waiting_for());
    }
}
