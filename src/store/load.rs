//! Fills a database with what a backup holds: all of it or nothing.
//!
//! SQLite gets a new file beside the old one, which takes its name when it is whole. A server gets
//! everything in one transaction; changes of the schema, which no transaction undoes, come before
//! it and lose nothing.
#![expect(
    clippy::disallowed_methods,
    reason = "statements over every table are put together from the list of tables"
)]

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, MySqlConnection, SqliteConnection,
    migrate::Migrate as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tempfile::TempDir;

use super::{
    Snapshot, StoreError,
    dump::{Cell, Line},
    mysql,
    references::direction_word,
    schema,
    tables::{OF_PROCESSES, TABLES},
};
use crate::model::{BotId, DeliveryState, Direction};

/// How the name of a folder begins in which a file is being filled.
pub const RESTORING: &str = ".restoring-";

/// Placeholders of one statement at most; a server takes 65,535, SQLite 32,766.
const PLACEHOLDERS: usize = 8_000;
/// Between two looks at who is connected: what stays that long is no passing health check.
const SECOND_LOOK: Duration = Duration::from_millis(1500);

/// Why a database can't be filled.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be written or renamed.
    #[error("{path} can't be written", path = .1.display())]
    File(#[source] io::Error, PathBuf),
    /// Something else is connected.
    #[error("{0} other connections are open in this database: stop the relay that uses it")]
    InUse(usize),
    /// Another restore, or a relay that starts, holds the lock.
    #[error("a relay that starts, or another restore, is at work on this database")]
    Locked,
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a database holds that a restore would replace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupants {
    /// Owners.
    pub owners: i64,
    /// Client bots, removed ones too.
    pub bots: i64,
    /// References.
    pub references: i64,
}

impl Occupants {
    /// Whether nobody would miss anything.
    pub fn are_none(self) -> bool {
        self == Self::default()
    }

    /// Looks into a file.
    pub async fn of_file(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let options = SqliteConnectOptions::new().filename(path).disable_statement_logging();
        let connection = options.connect().await.map_err(StoreError::not_connected)?;
        let mut line = Line::Sqlite(connection);
        let found = Self::of(&mut line).await;
        if let Line::Sqlite(connection) = line {
            let _ = connection.close().await;
        }
        found
    }

    async fn of(line: &mut Line) -> Result<Self, StoreError> {
        Ok(Self {
            owners: count(line, "owners").await?,
            bots: count(line, "bots").await?,
            references: count(line, "message_references").await?,
        })
    }
}

async fn count(line: &mut Line, table: &str) -> Result<i64, StoreError> {
    if schema::columns(line, table).await?.is_empty() {
        return Ok(0);
    }
    let query = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let (count,): (i64,) = match line {
        Line::MySql(on) => sqlx::query_as(query).fetch_one(on).await?,
        Line::Sqlite(on) => sqlx::query_as(query).fetch_one(on).await?,
    };
    Ok(count)
}

/// A server's database that nobody else uses. A relay that starts meanwhile waits for its end.
pub struct Claim(MySqlConnection);

impl Claim {
    /// Takes it.
    ///
    /// # Errors
    /// When something else is connected to it.
    pub async fn take(url: &str) -> Result<Self, LoadError> {
        let mut connection = mysql::connect_alone(url).await?;
        // What every start takes while it looks at the schema.
        let locking = tokio::time::timeout(Duration::from_secs(10), connection.lock());
        locking.await.map_err(|_| LoadError::Locked)?.map_err(schema::failed)?;
        match staying(&mut connection).await? {
            0 => Ok(Self(connection)),
            staying => Err(LoadError::InUse(staying)),
        }
    }

    /// What the database holds.
    pub async fn occupants(self) -> Result<(Self, Occupants), StoreError> {
        let mut line = Line::MySql(self.0);
        let occupants = Occupants::of(&mut line).await?;
        match line {
            Line::MySql(connection) => Ok((Self(connection), occupants)),
            Line::Sqlite(_) => Err(StoreError::Corrupt("connection")),
        }
    }

    /// Brings its schema up to date.
    pub async fn migrate(&mut self) -> Result<(), StoreError> {
        mysql::migrate(&mut self.0).await
    }
}

/// The connections other than this one.
async fn others(connection: &mut MySqlConnection) -> Result<Vec<i64>, StoreError> {
    let query = "SELECT CAST(id AS SIGNED) FROM information_schema.processlist \
                 WHERE db = DATABASE() AND id <> CONNECTION_ID()";
    let found: Vec<(i64,)> = sqlx::query_as(query).fetch_all(connection).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// How many of them are no passing ones.
async fn staying(connection: &mut MySqlConnection) -> Result<usize, StoreError> {
    let before = others(connection).await?;
    if before.is_empty() {
        return Ok(0);
    }
    tokio::time::sleep(SECOND_LOOK).await;
    let now = others(connection).await?;
    Ok(now.iter().filter(|id| before.contains(id)).count())
}

/// Whether somebody other than this backup is connected to a server's database.
pub async fn is_busy(url: &str) -> Result<bool, StoreError> {
    let mut connection = mysql::connect_alone(url).await?;
    let staying = staying(&mut connection).await?;
    let _ = connection.close().await;
    Ok(staying > 0)
}

/// A database that is being filled. Dropped, it leaves everything as it was.
pub struct Loading(Into);

enum Into {
    Server(MySqlConnection),
    File(NewFile),
}

/// A new file of SQLite, and where it goes.
struct NewFile {
    /// It vanishes with everything in it.
    folder: TempDir,
    connection: SqliteConnection,
    target: PathBuf,
}

impl Loading {
    /// Begins a file with the schema of a version. It appears under its name at the end.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub async fn into_file(target: &Path, version: i64) -> Result<Self, LoadError> {
        let target = resolved(target)?;
        let beside = target.parent().unwrap_or(Path::new(".")).to_owned();
        let folder = tempfile::Builder::new()
            .prefix(RESTORING)
            .tempdir_in(&beside)
            .map_err(|error| LoadError::File(error, beside))?;
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("relay.db"))
            .create_if_missing(true)
            // Half of it is worth nothing, so nothing is done to keep half of it.
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .disable_statement_logging();
        let mut connection = options.connect().await?;
        schema::SQLITE.run_to(version, &mut connection).await.map_err(schema::failed)?;
        sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
        Ok(Self(Into::File(NewFile { folder, connection, target })))
    }

    /// Begins to replace what a server's database holds. Its schema is up to date.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn into_server(claim: Claim) -> Result<Self, LoadError> {
        let Claim(mut connection) = claim;
        sqlx::raw_sql("START TRANSACTION").execute(&mut connection).await?;
        let tables = TABLES.iter().map(|table| table.name);
        for name in tables.chain(OF_PROCESSES.iter().copied()) {
            let delete = AssertSqlSafe(format!("DELETE FROM {name}"));
            sqlx::query(delete).execute(&mut connection).await?;
        }
        Ok(Self(Into::Server(connection)))
    }

    /// How many rows of so many columns go into one statement.
    pub fn rows_at_once(columns: usize) -> usize {
        (PLACEHOLDERS / columns.max(1)).clamp(1, 500)
    }

    /// Adds rows to a table, not more than [`Loading::rows_at_once`].
    pub async fn insert(
        &mut self,
        table: &str,
        columns: &[String],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), LoadError> {
        let is_full = rows.len() == Self::rows_at_once(columns.len());
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let all = vec![row; rows.len()].join(", ");
        let insert = format!("INSERT INTO {table} ({}) VALUES {all}", columns.join(", "));
        macro_rules! run {
            ($on:expr) => {{
                // The same words again and again are worth remembering.
                let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(is_full);
                for cell in rows.into_iter().flatten() {
                    query = match cell {
                        Cell::Null => query.bind(None::<i64>),
                        Cell::Integer(value) => query.bind(value),
                        Cell::Text(value) => query.bind(value),
                        Cell::Bytes(value) => query.bind(value),
                    };
                }
                query.execute($on).await?;
            }};
        }
        match &mut self.0 {
            Into::Server(on) => run!(on),
            Into::File(file) => run!(&mut file.connection),
        }
        Ok(())
    }

    /// Ends the rows of a file, and brings its schema up to date.
    pub async fn migrate(&mut self) -> Result<(), LoadError> {
        if let Into::File(file) = &mut self.0 {
            sqlx::raw_sql("COMMIT").execute(&mut file.connection).await?;
            schema::SQLITE.run(&mut file.connection).await.map_err(schema::failed)?;
            sqlx::raw_sql("BEGIN").execute(&mut file.connection).await?;
        }
        Ok(())
    }

    /// The relay went on after the backup was made, so nobody knows what became of what was under
    /// way: what comes once more is to be called a repeat. That holds for messages that waited, and
    /// for items of customers' albums, which have no reference before they are sent. An announcement
    /// ends: most have read it, and whom it had not reached is known to the relay of then alone.
    pub async fn doubt_what_was_under_way(
        &mut self,
        master: BotId,
        now: i64,
    ) -> Result<(), LoadError> {
        let held = "UPDATE message_references SET state = ? WHERE state = ?";
        let (sending, held_word) = (DeliveryState::Sending.word(), DeliveryState::Held.word());
        let inbound = direction_word(Direction::Inbound);
        let items = "INSERT INTO message_references (owner_id, source_bot, source_chat, \
             source_message, part, direction, copy_bot, copy_chat, state, attempts, created_at) \
             SELECT b.owner_id, p.bot_id, p.chat_id, p.message_id, 0, ?, ?, b.owner_id, ?, 1, \
             p.parked_at \
             FROM parked p JOIN bots b ON b.bot_id = p.bot_id \
             LEFT JOIN message_references r ON r.owner_id = b.owner_id \
             AND r.source_bot = p.bot_id AND r.source_chat = p.chat_id \
             AND r.source_message = p.message_id AND r.part = 0 \
             WHERE p.kind = 'item' AND r.part IS NULL";
        let announcements = "UPDATE announcements \
             SET text = NULL, reached = 0, trying = NULL, ended_at = ? WHERE ended_at IS NULL";
        macro_rules! run {
            ($on:expr) => {{
                sqlx::query(announcements).bind(now).execute(&mut *$on).await?;
                sqlx::query(held).bind(sending).bind(held_word).execute(&mut *$on).await?;
                let items = sqlx::query(items).bind(inbound).bind(master.0).bind(sending);
                items.execute(&mut *$on).await?;
            }};
        }
        match &mut self.0 {
            Into::Server(on) => run!(on),
            Into::File(file) => run!(&mut file.connection),
        }
        Ok(())
    }

    /// Puts everything in place. Until then nothing has changed.
    pub async fn finish(self) -> Result<(), LoadError> {
        match self.0 {
            Into::Server(mut connection) => {
                sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
                let _ = connection.close().await;
                Ok(())
            }
            Into::File(mut file) => {
                sqlx::raw_sql("COMMIT").execute(&mut file.connection).await?;
                file.connection.close().await?;
                let made = file.folder.path().join("relay.db");
                set_aside(&file.target).await?;
                put_in_place(&made, &file.target)
                    .map_err(|error| LoadError::File(error, file.target.clone()))
            }
        }
    }

    /// Ends a file that nobody else sees, and looks at it as it is.
    pub async fn into_snapshot(self) -> Result<Option<(TempDir, Snapshot)>, LoadError> {
        let Into::File(mut file) = self.0 else { return Ok(None) };
        sqlx::raw_sql("COMMIT").execute(&mut file.connection).await?;
        file.connection.close().await?;
        let found = Snapshot::of_file(&file.folder.path().join("relay.db")).await?;
        Ok(found.map(|snapshot| (file.folder, snapshot)))
    }
}

/// The file behind a name; its folder is made.
fn resolved(target: &Path) -> Result<PathBuf, LoadError> {
    let failed = |error| LoadError::File(error, target.to_owned());
    if let Ok(path) = target.canonicalize() {
        return Ok(path);
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    crate::folder::make(folder).map_err(failed)?;
    let folder = folder.canonicalize().map_err(failed)?;
    Ok(folder.join(target.file_name().unwrap_or_default()))
}

/// Sees to it that the old file has no log of its own left, which SQLite would take for the new
/// one's. A file that SQLite can't open any more is kept under another name.
async fn set_aside(target: &Path) -> Result<(), LoadError> {
    if !target.exists() {
        return Ok(());
    }
    // Leaving this mode takes the file alone, and brings the log into it.
    let options = SqliteConnectOptions::new()
        .filename(target)
        .journal_mode(SqliteJournalMode::Delete)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    let opened = match options.connect().await {
        Ok(connection) => connection.close().await,
        Err(error) => Err(error),
    };
    let Err(error) = opened else { return Ok(()) };
    let error = StoreError::not_connected(error);
    if error.is_worth_waiting_for() {
        return Err(error.into());
    }
    let beside = |suffix: &str| {
        let mut path = target.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    };
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (beside(suffix), beside(&format!(".damaged{suffix}")));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| LoadError::File(error, to))?;
        }
    }
    Ok(())
}

/// Gives a whole file its name, durably. It gets the owner and the rights of the one it replaces,
/// or the owner of its folder: who restores may be root, who runs the relay is not.
fn put_in_place(made: &Path, target: &Path) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let made_as = fs::metadata(made)?;
    let like = fs::metadata(target).or_else(|_| fs::metadata(folder))?;
    if (like.uid(), like.gid()) != (made_as.uid(), made_as.gid()) {
        chown(made, Some(like.uid()), Some(like.gid()))?;
    }
    if like.is_file() {
        fs::set_permissions(made, like.permissions())?;
    }
    File::open(made)?.sync_all()?;
    fs::rename(made, target)?;
    File::open(folder)?.sync_all()
}
