//! A backup put into a database: all of it or nothing.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    time::Duration,
};

use flate2::read::DeflateDecoder;

use super::{
    BackupError, Progress,
    container::Opening,
    folder_of, leftovers,
    lines::{Manifest, Next, Reading},
};
use crate::{
    clock,
    config::{Config, DatabaseUrl, KeySource},
    keyring,
    seal::Seal,
    spans,
    store::{
        Cause, Cell, Claim, LoadError, Loading, Occupants, RESTORING, Snapshot, SoleUse, TABLES,
        knows_schema, newest_schema, sole_use,
    },
    text::Language,
};

/// How much of large rows one statement holds.
const BATCH_BYTES: usize = 1 << 20;

/// Where a backup comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

type Lines = Reading<BufReader<DeflateDecoder<Opening<Box<dyn BufRead + Send>>>>>;

/// Puts a backup into the configured database. Nothing that is there is touched before the whole
/// backup is there in its place. Gives the number of rows; `say` gets sentences for a person.
///
/// # Errors
/// See [`BackupError`].
pub async fn restore(
    config: &Config,
    source: &Source,
    replace: bool,
    say: &dyn Fn(&str),
) -> Result<u64, BackupError> {
    let seal = key(&config.secret_key)?;
    let (mut lines, manifest) = open(source, &seal)?;
    check_version(&manifest)?;
    introduce(config, &manifest, say);
    if let Source::File(_) = source {
        // Before anything is touched: the whole of it opens.
        read_through(&mut lines)?;
        (lines, _) = open(source, &seal)?;
    }
    let (_sole, claim) = make_room(&config.database_url, replace).await?;
    let mut pouring =
        Pouring { config, manifest: &manifest, claim, progress: Progress::begin(), say };
    let rows = pouring.all(&mut lines).await?;
    say(&format!("{rows} rows restored to {}; the relay can be started", config.database_url));
    Ok(rows)
}

/// The key a backup is opened with. None is made.
fn key(source: &KeySource) -> Result<Seal, BackupError> {
    match (keyring::given(source)?, source) {
        (Some((_, seal)), _) => Ok(seal),
        (None, KeySource::File(path)) => Err(BackupError::NoKey(path.clone())),
        (None, KeySource::Given(_)) => Err(BackupError::OtherKey),
    }
}

fn open(source: &Source, seal: &Seal) -> Result<(Lines, Manifest), BackupError> {
    let bytes: Box<dyn BufRead + Send> = match source {
        Source::Stdin => Box::new(BufReader::with_capacity(128 * 1024, io::stdin())),
        Source::File(path) => {
            let file = File::open(path).map_err(BackupError::Reading)?;
            Box::new(BufReader::with_capacity(128 * 1024, file))
        }
    };
    let unpacked = BufReader::new(DeflateDecoder::new(Opening::begin(bytes, seal)?));
    Reading::begin(unpacked).map_err(BackupError::Reading)
}

fn check_version(manifest: &Manifest) -> Result<(), BackupError> {
    if knows_schema(manifest.schema) {
        return Ok(());
    }
    Err(BackupError::Newer {
        program: manifest.program.clone(),
        found: manifest.schema,
        known: newest_schema(),
    })
}

fn introduce(config: &Config, manifest: &Manifest, say: &dyn Fn(&str)) {
    let age = clock::now_ms().saturating_sub(manifest.made_at).max(0);
    say(&format!(
        "a backup by feedback-relay {} of {} ago{}",
        manifest.program,
        spans::span(Language::English, age),
        if manifest.live { ", made while the relay ran" } else { "" }
    ));
    if manifest.master != config.master_bot_token.bot_id().0 {
        say("warning: MASTER_BOT_TOKEN is of another master bot than the backup's; \
             copies in the old one's chats can't be replied to");
    }
}

/// Reads all of it, to see that it can be read.
fn read_through(lines: &mut Lines) -> Result<(), BackupError> {
    while !matches!(lines.next().map_err(BackupError::Reading)?, Next::Whole(_)) {}
    Ok(())
}

/// Sees to it that nobody uses the database, and that nothing in it would be missed.
async fn make_room(
    database: &DatabaseUrl,
    replace: bool,
) -> Result<(Option<SoleUse>, Option<Claim>), BackupError> {
    let name = || database.to_string();
    let failed = |error| BackupError::Database(name(), error);
    let (sole, claim, found) = match database {
        DatabaseUrl::Sqlite(file) => {
            let sole = sole_use(file.path(), Duration::ZERO).await;
            let sole = sole.map_err(|error| {
                BackupError::Load(name(), LoadError::File(error, file.path().into()))
            })?;
            let Some(sole) = sole else { return Err(BackupError::InUse(name())) };
            let known = file.path().canonicalize();
            leftovers::remove(folder_of(known.as_deref().unwrap_or(file.path())), RESTORING);
            let found = match Occupants::of_file(file.path()).await {
                // A file that SQLite can't read any more is a reason to restore.
                Err(error) if replace && !error.is_worth_waiting_for() => Occupants::default(),
                Err(error) if error.cause() == Cause::Damaged => {
                    return Err(BackupError::Damaged(name(), error));
                }
                found => found.map_err(failed)?,
            };
            (Some(sole), None, found)
        }
        DatabaseUrl::MySql(server) => {
            let claim =
                Claim::take(server.reveal()).await.map_err(|error| unfilled(database, error))?;
            let (mut claim, found) = claim.occupants().await.map_err(failed)?;
            if replace || found.are_none() {
                claim.migrate().await.map_err(failed)?;
            }
            (None, Some(claim), found)
        }
    };
    if replace || found.are_none() {
        return Ok((sole, claim));
    }
    let Occupants { owners, bots, references } = found;
    Err(BackupError::NotEmpty { database: name(), owners, bots, references })
}

fn unfilled(database: &DatabaseUrl, error: LoadError) -> BackupError {
    match error {
        LoadError::Store(error) => BackupError::Database(database.to_string(), error),
        LoadError::InUse(_) => BackupError::InUse(database.to_string()),
        error => BackupError::Load(database.to_string(), error),
    }
}

/// A backup on its way into the database.
struct Pouring<'a> {
    config: &'a Config,
    manifest: &'a Manifest,
    /// A server's database.
    claim: Option<Claim>,
    progress: Progress,
    say: &'a dyn Fn(&str),
}

impl Pouring<'_> {
    async fn all(&mut self, lines: &mut Lines) -> Result<u64, BackupError> {
        let schema = self.manifest.schema;
        let (mut loading, rows) = match &self.config.database_url {
            DatabaseUrl::Sqlite(file) => {
                let loading = Loading::into_file(file.path(), schema).await;
                let mut loading = loading.map_err(|error| self.unfilled(error))?;
                let rows = self.lines(lines, &mut loading).await?;
                loading.migrate().await.map_err(|error| self.unfilled(error))?;
                (loading, rows)
            }
            DatabaseUrl::MySql(_) if schema == newest_schema() => {
                let mut loading = self.server().await?;
                let rows = self.lines(lines, &mut loading).await?;
                (loading, rows)
            }
            DatabaseUrl::MySql(_) => self.by_way_of_a_file(lines).await?,
        };
        if self.manifest.live {
            let master = self.config.master_bot_token.bot_id();
            let doubted = loading.doubt_what_was_under_way(master, clock::now_ms()).await;
            doubted.map_err(|error| self.unfilled(error))?;
        }
        loading.finish().await.map_err(|error| self.unfilled(error))?;
        Ok(rows)
    }

    /// A server's schema can't be changed inside a transaction, so what is older is brought up to
    /// date in a file first.
    async fn by_way_of_a_file(&mut self, lines: &mut Lines) -> Result<(Loading, u64), BackupError> {
        (self.say)(
            "it is of an older version, so it is brought up to date in a temporary file first",
        );
        let scratch = std::env::temp_dir().join("relay.db");
        let older = Loading::into_file(&scratch, self.manifest.schema).await;
        let mut older = older.map_err(|error| self.unfilled(error))?;
        self.lines(lines, &mut older).await?;
        older.migrate().await.map_err(|error| self.unfilled(error))?;
        let snapshot = older.into_snapshot().await.map_err(|error| self.unfilled(error))?;
        let mut loading = self.server().await?;
        let mut rows = 0;
        if let Some((folder, mut snapshot)) = snapshot {
            rows = self.tables(&mut snapshot, &mut loading).await?;
            snapshot.close().await;
            drop(folder);
        }
        Ok((loading, rows))
    }

    async fn server(&mut self) -> Result<Loading, BackupError> {
        let claim = self.claim.take().ok_or(LoadError::Locked);
        let loading = match claim {
            Ok(claim) => Loading::into_server(claim).await,
            Err(error) => Err(error),
        };
        loading.map_err(|error| self.unfilled(error))
    }

    /// Every row of the backup.
    async fn lines(
        &mut self,
        lines: &mut Lines,
        loading: &mut Loading,
    ) -> Result<u64, BackupError> {
        let mut batch = Batch::default();
        let mut count = 0;
        loop {
            match lines.next().map_err(BackupError::Reading)? {
                Next::Table { name, columns } => batch = Batch::of(name, columns),
                Next::Row(row) => {
                    count += 1;
                    self.progress.at(count, self.say);
                    if batch.add(row) {
                        batch.pour(loading).await.map_err(|error| self.unfilled(error))?;
                    }
                }
                Next::End => batch.pour(loading).await.map_err(|error| self.unfilled(error))?,
                Next::Whole(rows) => return Ok(rows),
            }
        }
    }

    /// Every row of another database.
    async fn tables(
        &mut self,
        snapshot: &mut Snapshot,
        loading: &mut Loading,
    ) -> Result<u64, BackupError> {
        let mut count = 0;
        for table in TABLES {
            let columns = snapshot.columns(table).await?;
            let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
            let mut batch = Batch::of(table.name.to_owned(), names);
            let mut rows = snapshot.rows(table.name, &columns);
            while let Some(row) = rows.next().await? {
                count += 1;
                self.progress.at(count, self.say);
                if batch.add(row) {
                    batch.pour(loading).await.map_err(|error| self.unfilled(error))?;
                }
            }
            batch.pour(loading).await.map_err(|error| self.unfilled(error))?;
        }
        Ok(count)
    }

    fn unfilled(&self, error: LoadError) -> BackupError {
        unfilled(&self.config.database_url, error)
    }
}

/// Rows for one statement.
#[derive(Default)]
struct Batch {
    table: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl Batch {
    fn of(table: String, columns: Vec<String>) -> Self {
        Self { table, columns, rows: Vec::new(), bytes: 0 }
    }

    /// Takes a row; whether it is full now.
    fn add(&mut self, row: Vec<Cell>) -> bool {
        let bytes = |cell: &Cell| match cell {
            Cell::Null | Cell::Integer(_) => 8,
            Cell::Text(text) => text.len(),
            Cell::Bytes(bytes) => bytes.len(),
        };
        self.bytes += row.iter().map(bytes).sum::<usize>();
        self.rows.push(row);
        self.rows.len() == Loading::rows_at_once(self.columns.len()) || self.bytes >= BATCH_BYTES
    }

    async fn pour(&mut self, loading: &mut Loading) -> Result<(), LoadError> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        loading.insert(&self.table, &self.columns, rows).await
    }
}
