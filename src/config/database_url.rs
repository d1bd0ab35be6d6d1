//! `DATABASE_URL`: which database, and how to reach it.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

use super::problems::Wrong;

const MYSQL_PORT: u16 = 3306;
/// What `sqlx` understands and the relay does not set itself. Others it would ignore in silence.
const MYSQL_OPTIONS: [&str; 4] = ["ssl-mode", "ssl-ca", "ssl-cert", "ssl-key"];
const SSL_MODES: [&str; 5] = ["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"];

/// The database to use. `Debug` and `Display` never show a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file, created if it does not exist.
    Sqlite(SqliteUrl),
    /// A `MySQL` or `MariaDB` server.
    MySql(MySqlUrl),
}

impl DatabaseUrl {
    /// Reads either form.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let (scheme, rest) = text.split_once(':').ok_or_else(|| Wrong::new("it has no scheme"))?;
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => SqliteUrl::parse(rest).map(Self::Sqlite),
            "mysql" => MySqlUrl::parse(text).map(Self::MySql),
            _ => Err(Wrong::new("its scheme is neither sqlite nor mysql")),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(sqlite) => write!(f, "sqlite://{}", sqlite.path.display()),
            Self::MySql(mysql) => mysql.fmt(f),
        }
    }
}

/// An `SQLite` file, relative to the working directory unless the path begins with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteUrl {
    path: PathBuf,
}

impl SqliteUrl {
    /// What follows `sqlite:`, read as `sqlx` reads it: `//` is dropped, then the path is percent-decoded.
    fn parse(rest: &str) -> Result<Self, Wrong> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        // `mode=rwc` is what the relay does anyway, and much documentation tells people to write it.
        if !matches!(options, "" | "mode=rwc") {
            return Err(Wrong::new("no options but mode=rwc may follow the path"));
        }
        let path = percent_decoded(path)?;
        if path.contains(":memory:") {
            return Err(Wrong::new("a database in memory would lose everything at each restart"));
        }
        if path.contains('\0') {
            return Err(Wrong::new("the path holds a NUL character"));
        }
        if path.is_empty()
            || path.ends_with('/')
            || path.ends_with("/.")
            || path.ends_with("..")
            || path == "."
        {
            return Err(Wrong::new("its path does not name a file"));
        }
        Ok(Self { path: PathBuf::from(path.as_ref()) })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A `MySQL` server, an account on it and a database.
#[derive(Clone, PartialEq, Eq)]
pub struct MySqlUrl {
    url: Url,
}

impl MySqlUrl {
    fn parse(text: &str) -> Result<Self, Wrong> {
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(Wrong::new("it holds a blank or a backslash that is not percent-encoded"));
        }
        let url =
            Url::parse(text).map_err(|error| Wrong::new(format!("it is not a URL ({error})")))?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(Wrong::new("it has no host"));
        }
        if percent_decoded(url.username())?.is_empty() {
            return Err(Wrong::new("it has no user"));
        }
        percent_decoded(url.password().unwrap_or_default())?;
        if url.port() == Some(0) {
            return Err(Wrong::new("its port is 0"));
        }
        if url.fragment().is_some() {
            return Err(Wrong::new("it holds a # that is not percent-encoded"));
        }
        check_database_name(url.path().strip_prefix('/').unwrap_or_default())?;
        check_options(&url)?;
        Ok(Self { url })
    }

    /// The whole URL with the password, as `sqlx` takes it. Not for a message.
    pub fn reveal(&self) -> &str {
        self.url.as_str()
    }

    /// The account's name.
    pub fn user(&self) -> String {
        percent_decoded(self.url.username()).unwrap_or_default().into_owned()
    }

    /// The server's name or address.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The server's port.
    pub fn port(&self) -> u16 {
        self.url.port().unwrap_or(MYSQL_PORT)
    }

    /// The database's name.
    pub fn database(&self) -> &str {
        self.url.path().strip_prefix('/').unwrap_or_default()
    }
}

/// Names the account, the server and the database; leaves out the password and the options.
impl fmt::Display for MySqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, host, port) = (self.url.username(), self.host(), self.port());
        write!(f, "mysql://{user}@{host}:{port}/{}", self.database())
    }
}

impl fmt::Debug for MySqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MySqlUrl({self})")
    }
}

/// Also catches most passwords with a bare `/`, `?` or `@`: their rest ends up where the name should be.
fn check_database_name(name: &str) -> Result<(), Wrong> {
    if name.is_empty() {
        return Err(Wrong::new("it has no database name"));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$');
    if name.len() > 64 || !name.chars().all(plain) {
        return Err(Wrong::new(
            "its database name is not 1 to 64 letters, digits, _, - and $ (a password with / ? # or @ must be \
             percent-encoded)",
        ));
    }
    Ok(())
}

fn check_options(url: &Url) -> Result<(), Wrong> {
    for (name, value) in url.query_pairs() {
        if !MYSQL_OPTIONS.contains(&name.as_ref()) {
            return Err(Wrong::new(format!(
                "it has an option other than {}",
                MYSQL_OPTIONS.join(", ")
            )));
        }
        if name == "ssl-mode" && !SSL_MODES.iter().any(|mode| mode.eq_ignore_ascii_case(&value)) {
            return Err(Wrong::new(format!("its ssl-mode is none of {}", SSL_MODES.join(", "))));
        }
    }
    Ok(())
}

fn percent_decoded(text: &str) -> Result<Cow<'_, str>, Wrong> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = hex
            .filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match decoded {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ if *first == b'%' => {
                return Err(Wrong::new("it holds a % that is not percent-encoded (%25)"));
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    let text =
        String::from_utf8(bytes).map_err(|_| Wrong::new("its percent-encoding is not UTF-8"))?;
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sqlite_path(text: &str) -> String {
        match DatabaseUrl::parse(text) {
            Ok(DatabaseUrl::Sqlite(sqlite)) => sqlite.path().display().to_string(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn sqlite_paths_are_relative_absolute_or_encoded() {
        assert_eq!(sqlite_path("sqlite://data/relay.db"), "data/relay.db");
        assert_eq!(sqlite_path("sqlite:data/relay.db"), "data/relay.db");
        assert_eq!(sqlite_path("SQLite:///var/lib/relay.db?mode=rwc"), "/var/lib/relay.db");
        assert_eq!(sqlite_path("sqlite://a%20b%3F%23.db"), "a b?#.db");
        assert_eq!(sqlite_path("sqlite://дата.db"), "дата.db");
    }

    #[test]
    fn mysql_is_taken_apart_and_hides_its_password() {
        let DatabaseUrl::MySql(mysql) =
            DatabaseUrl::parse("mysql://re%40lay:p%2Fw%25@db.example:3307/relay?ssl-mode=required")
                .unwrap()
        else {
            panic!("not MySQL");
        };
        assert_eq!((mysql.host(), mysql.port(), mysql.database()), ("db.example", 3307, "relay"));
        assert_eq!(mysql.to_string(), "mysql://re%40lay@db.example:3307/relay");
        assert_eq!(format!("{mysql:?}"), "MySqlUrl(mysql://re%40lay@db.example:3307/relay)");
        assert_eq!(mysql.user(), "re@lay");
        assert!(mysql.reveal().contains("p%2Fw%25"));
        let local = DatabaseUrl::parse("mysql://root@[::1]/relay").unwrap();
        assert_eq!(local.to_string(), "mysql://root@[::1]:3306/relay");
    }

    #[test]
    fn what_passes_here_is_taken_by_sqlx() {
        use std::str::FromStr as _;
        for text in
            ["mysql://u@h/d", "mysql://u:p%40@[::1]:1/d-$_?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca.pem"]
        {
            let DatabaseUrl::MySql(mysql) = DatabaseUrl::parse(text).unwrap() else {
                panic!("{text}")
            };
            sqlx::mysql::MySqlConnectOptions::from_str(mysql.reveal()).unwrap();
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(sqlite|mysql):[ -~é%]{0,40}") {
            let _ = DatabaseUrl::parse(&text);
        }

        #[test]
        fn a_password_never_shows(password in "[a-z]{12}[/@#?%:]{0,2}[a-z]{12}") {
            let shown = match DatabaseUrl::parse(&format!("mysql://u:{password}@host/db")) {
                Ok(url) => format!("{url} {url:?}"),
                Err(wrong) => format!("{wrong} {wrong:?}"),
            };
            prop_assert!(!shown.contains(&password[..12]), "{}", shown);
            prop_assert!(!shown.contains(&password[password.len() - 12..]), "{}", shown);
        }
    }
}
