//! `feedback-relay backup` and `restore`: everything that is stored, in one file, for either
//! database.
//!
//! - [`container`]: the outside of the file: compressed, sealed with the installation's key
//! - [`lines`]: the inside: tables and rows
//! - [`restore`](mod@restore): the way back
//! - [`leftovers`]: what killed ones left
//!
//! The key is never in the file. Without it the file can't be opened, so it may lie anywhere.

mod container;
mod leftovers;
mod lines;
mod restore;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use flate2::{Compression, write::DeflateEncoder};
use tempfile::NamedTempFile;

use crate::{
    clock,
    config::{Config, DatabaseUrl},
    keyring::{self, KeyError},
    store::{LoadError, Snapshot, StoreError, TABLES, is_busy, sole_use},
};
use container::Sealing;
use lines::{Manifest, Writing};
pub use restore::{Source, restore};

/// How the name of a file begins that is being written.
const BEGUN: &str = ".backup-";
/// How often a long run says how far it is.
const SAID_EVERY: Duration = Duration::from_secs(5);

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nothing is stored.
    #[error("DATABASE_URL: there is no relay's database in {0}: nothing to back up")]
    Nothing(String),
    /// The key is missing or wrong.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database failed.
    #[error("DATABASE_URL: {0} can't be used")]
    Database(String, #[source] StoreError),
    /// The database's file is none, or damaged.
    #[error(
        "DATABASE_URL: {0} is no database, or damaged; --replace puts the backup in its place and \
         keeps this file as <name>.damaged"
    )]
    Damaged(String, #[source] StoreError),
    /// A database can't be filled.
    #[error("DATABASE_URL: {0} can't be filled")]
    Load(String, #[source] LoadError),
    /// The database failed while it was read.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The file exists.
    #[error("{} exists; choose another name, or replace it with --overwrite", .0.display())]
    Exists(PathBuf),
    /// It is a folder.
    #[error("{} is a folder; name a file in it", .0.display())]
    Folder(PathBuf),
    /// The file can't be written.
    #[error("{0} can't be written")]
    Writing(String, #[source] io::Error),
    /// The file can't be read, or is damaged.
    #[error("the backup can't be read")]
    Reading(#[source] io::Error),
    /// It is no backup.
    #[error("this file is not a backup of feedback-relay")]
    Foreign,
    /// It is of a later kind.
    #[error(
        "this backup has format {0}, which this version does not know: use the version that made it, or a later one"
    )]
    Format(u32),
    /// It was made with another key.
    #[error(
        "this backup was made with another key: put the secret.key (or SECRET_KEY) of the \
         installation it is from in place first"
    )]
    OtherKey,
    /// There is no key yet.
    #[error(
        "SECRET_KEY_FILE: {} does not exist: put the secret.key of the installation the backup \
         is from there first", .0.display()
    )]
    NoKey(PathBuf),
    /// It is of a newer version.
    #[error(
        "this backup was made by feedback-relay {program} (its schema has number {found}, this \
         version knows {known}): restore it with that version or a later one"
    )]
    Newer {
        /// The program that made it.
        program: String,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// There is something in the database already.
    #[error(
        "DATABASE_URL: {database} is not empty (owners: {owners}, bots: {bots}, references: \
         {references}); --replace puts the backup in their place"
    )]
    NotEmpty {
        /// The database.
        database: String,
        /// Its owners.
        owners: i64,
        /// Its client bots.
        bots: i64,
        /// Its references.
        references: i64,
    },
    /// A relay runs on it.
    #[error("DATABASE_URL: a relay or another program uses {0}: stop it first")]
    InUse(String),
}

impl BackupError {
    /// Whether the configuration is at fault: exit code 2 instead of 1.
    pub fn is_configuration(&self) -> bool {
        matches!(
            self,
            Self::Key(KeyError::Wrong(_) | KeyError::Missing(_) | KeyError::Malformed(..))
                | Self::NoKey(_)
                | Self::OtherKey
        )
    }
}

/// Where a backup goes.
#[derive(Debug, Clone)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file that has this name only when it is whole.
    File {
        /// Its name.
        path: PathBuf,
        /// Whether it may take the place of another.
        overwrite: bool,
    },
}

/// Writes everything that is stored at this moment, whether a relay runs or not. Gives the number
/// of rows. `say` gets sentences for a person.
///
/// # Errors
/// See [`BackupError`]; nothing is left behind then.
pub async fn backup(
    config: &Config,
    target: &Target,
    say: &dyn Fn(&str),
) -> Result<u64, BackupError> {
    let database = &config.database_url;
    if let Target::File { path, .. } = target
        && path.is_dir()
    {
        return Err(BackupError::Folder(path.clone()));
    }
    if let Target::File { path, overwrite: false } = target
        && path.symlink_metadata().is_ok()
    {
        return Err(BackupError::Exists(path.clone()));
    }
    let failed = |error| BackupError::Database(database.to_string(), error);
    let resting = is_at_rest(database).await.map_err(failed)?;
    let taken = Snapshot::take(database).await.map_err(failed)?;
    let is_at_rest = resting.is_some();
    // A relay may start now: what it does comes after the moment.
    drop(resting);
    let Some(mut snapshot) = taken else { return Err(BackupError::Nothing(database.to_string())) };
    let Some(check) = snapshot.fact(keyring::FACT).await.map_err(failed)? else {
        return Err(BackupError::Nothing(database.to_string()));
    };
    let seal = keyring::fitting(&config.secret_key, &check)?;
    let manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: snapshot.schema(),
        master: config.master_bot_token.bot_id().0,
        made_at: clock::now_ms(),
        live: !is_at_rest,
    };
    let (name, out) = open(target)?;
    let unwritten = |error| BackupError::Writing(name.clone(), error);
    let sealing = Sealing::begin(out, &seal).map_err(unwritten)?;
    let packing = DeflateEncoder::new(sealing, Compression::fast());
    let packing = BufWriter::with_capacity(32 * 1024, packing);
    let mut writing = Writing::begin(packing, &manifest).map_err(unwritten)?;
    copy(&mut snapshot, &mut writing, &name, say).await?;
    snapshot.close().await;
    let rows = writing.rows();
    let packing = writing.finish().map_err(unwritten)?;
    let packing = packing.into_inner().map_err(|error| unwritten(error.into_error()))?;
    let sealing = packing.finish().map_err(unwritten)?;
    let out = sealing.finish().map_err(unwritten)?;
    out.publish(target).map_err(|error| match (error.kind(), target) {
        (io::ErrorKind::AlreadyExists, Target::File { path, .. }) => {
            BackupError::Exists(path.clone())
        }
        _ => unwritten(error),
    })?;
    say(&format!("{rows} rows written to {name}"));
    if let crate::config::KeySource::File(path) = &config.secret_key {
        say(&format!(
            "keep {} as well, somewhere else: without it nobody can open this backup",
            path.display()
        ));
    } else {
        say("keep SECRET_KEY as well, somewhere else: without it nobody can open this backup");
    }
    Ok(rows)
}

/// Something that keeps a relay from starting, if none runs.
async fn is_at_rest(
    database: &DatabaseUrl,
) -> Result<Option<Option<crate::store::SoleUse>>, StoreError> {
    match database {
        DatabaseUrl::MySql(server) => Ok((!is_busy(server.reveal()).await?).then_some(None)),
        DatabaseUrl::Sqlite(file) if file.path().exists() => {
            // Where there can be no lock file nobody knows, and a relay may well run.
            let sole = sole_use(file.path(), Duration::ZERO).await.unwrap_or(None);
            Ok(sole.map(Some))
        }
        DatabaseUrl::Sqlite(_) => Ok(None),
    }
}

async fn copy<W: Write>(
    snapshot: &mut Snapshot,
    writing: &mut Writing<W>,
    name: &str,
    say: &dyn Fn(&str),
) -> Result<(), BackupError> {
    let unwritten = |error| BackupError::Writing(name.to_owned(), error);
    let mut progress = Progress::begin();
    for table in TABLES {
        let columns = snapshot.columns(table).await?;
        if columns.is_empty() {
            continue;
        }
        writing.table(table.name, &columns).map_err(unwritten)?;
        let mut rows = snapshot.rows(table.name, &columns);
        while let Some(row) = rows.next().await? {
            writing.row(&row).map_err(unwritten)?;
            progress.at(writing.rows(), say);
        }
        drop(rows);
        writing.end().map_err(unwritten)?;
    }
    Ok(())
}

/// Says now and then how far a long run is.
struct Progress(Instant);

impl Progress {
    fn begin() -> Self {
        Self(Instant::now())
    }

    fn at(&mut self, rows: u64, say: &dyn Fn(&str)) {
        if rows.is_multiple_of(1000) && self.0.elapsed() >= SAID_EVERY {
            self.0 = Instant::now();
            say(&format!("{rows} rows so far"));
        }
    }
}

/// What a backup is written to.
enum Out {
    Stdout(BufWriter<io::Stdout>),
    /// It vanishes unless it gets its name.
    File(BufWriter<NamedTempFile>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(out) => out.flush(),
        }
    }
}

fn open(target: &Target) -> Result<(String, Out), BackupError> {
    let Target::File { path, .. } = target else {
        return Ok(("standard output".to_owned(), Out::Stdout(BufWriter::new(io::stdout()))));
    };
    let name = path.display().to_string();
    leftovers::remove(folder_of(path), BEGUN);
    // Readable by its owner alone, as that crate makes them.
    let file = tempfile::Builder::new()
        .prefix(BEGUN)
        .tempfile_in(folder_of(path))
        .map_err(|error| BackupError::Writing(name.clone(), error))?;
    Ok((name, Out::File(BufWriter::with_capacity(256 * 1024, file))))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl Out {
    /// Makes it durable, then visible.
    fn publish(self, target: &Target) -> io::Result<()> {
        match (self, target) {
            (Self::Stdout(mut out), _) => out.flush(),
            (Self::File(out), Target::File { path, overwrite }) => {
                let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                if *overwrite {
                    file.persist(path)?;
                } else {
                    file.persist_noclobber(path)?;
                }
                File::open(folder_of(path))?.sync_all()
            }
            (Self::File(_), Target::Stdout) => Ok(()),
        }
    }
}
