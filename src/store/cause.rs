//! Why a database can't be used, for whoever set it up: pure.

use std::io;

use sqlx::migrate::MigrateError;

use super::{StoreError, fault};

/// What somebody has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nobody listens at the server's address.
    NobodyThere,
    /// The server's name leads nowhere.
    NoSuchHost,
    /// The server can't be reached, or does not answer.
    NoAnswer,
    /// The server refuses the account, its password, or where it comes from.
    Account,
    /// The account may not do what it has to.
    Rights,
    /// The server has no database of this name.
    NoSuchDatabase,
    /// The server's certificate is not trusted, or there is no TLS where it is asked for.
    Certificate,
    /// The file is no database, or damaged.
    Damaged,
    /// The file or its folder can't be opened or written.
    Unwritable,
    /// There is no room.
    Full,
    /// A newer version of this program has used it.
    Newer,
    /// A change of the schema was cut off.
    HalfMigrated,
    /// Something else: the error's own words have to do.
    Other,
}

impl StoreError {
    /// What somebody has to look at.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Newer { .. } => Cause::Newer,
            Self::HalfMigrated => Cause::HalfMigrated,
            Self::NotConnected(error) | Self::Database(error) => Cause::of(error),
            Self::Migration(error) => match &**error {
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                    Cause::of(error)
                }
                _ => Cause::Other,
            },
            Self::Duplicate | Self::Corrupt(_) => Cause::Other,
        }
    }
}

impl Cause {
    fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) => Self::of_connection(error),
            sqlx::Error::Tls(_) => Self::Certificate,
            _ => match fault::Code::of(error) {
                Some(fault::Code::MySql(number)) => Self::of_mysql(number),
                Some(fault::Code::Sqlite(code)) => Self::of_sqlite(code),
                None => Self::Other,
            },
        }
    }

    fn of_connection(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Self::NobodyThere,
            // The resolver's errors have no kind of their own.
            _ if error.to_string().contains("lookup") => Self::NoSuchHost,
            _ => Self::NoAnswer,
        }
    }

    fn of_mysql(number: u16) -> Self {
        match number {
            1045 | 1130 | 1251 | 1275 | 1524 | 1698 | 1820 | 1862 | 3118 | 4151 => Self::Account,
            1044 | 1046 | 1142 | 1143 | 1227 => Self::Rights,
            1049 => Self::NoSuchDatabase,
            _ if fault::is_full(number) => Self::Full,
            _ => Self::Other,
        }
    }

    /// By SQLite's result code; the lowest byte is the primary one.
    fn of_sqlite(code: i32) -> Self {
        match code & 0xff {
            // CORRUPT, NOTADB
            11 | 26 => Self::Damaged,
            // PERM, READONLY, CANTOPEN, AUTH
            3 | 8 | 14 | 23 => Self::Unwritable,
            13 => Self::Full,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_locks_us_out_has_a_cause_with_a_way_out() {
        for number in fault::LOCKED_OUT {
            assert_ne!(Cause::of_mysql(*number), Cause::Other, "{number}");
        }
    }

    #[test]
    fn connections_fail_in_their_own_ways() {
        let of = |error: io::Error| StoreError::not_connected(sqlx::Error::Io(error)).cause();
        assert_eq!(of(io::ErrorKind::ConnectionRefused.into()), Cause::NobodyThere);
        assert_eq!(of(io::ErrorKind::TimedOut.into()), Cause::NoAnswer);
        let words = "failed to lookup address information: Name or service not known";
        assert_eq!(of(io::Error::other(words)), Cause::NoSuchHost);
        let wrong = sqlx::Error::Tls(words.into());
        assert_eq!(StoreError::not_connected(wrong).cause(), Cause::Certificate);
    }

    #[test]
    fn files_fail_in_their_own_ways() {
        for (code, cause) in [
            (26, Cause::Damaged),
            (11, Cause::Damaged),
            (14, Cause::Unwritable),
            (1032, Cause::Unwritable),
            (13, Cause::Full),
            (1, Cause::Other),
        ] {
            assert_eq!(Cause::of_sqlite(code), cause, "{code}");
        }
    }
}
