//! The installation's key: read, or made at the very first start, and never the wrong one.
//!
//! The database remembers something sealed with the key. A key that does not open it is refused
//! before anything is written, and so is a missing key file next to a database that knows a key.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rand::Rng;

use crate::{
    config::{KeySource, SecretKey},
    seal::Seal,
    store::{Store, StoreError},
};

/// The installation's fact that only the right key opens.
pub(crate) const FACT: &str = "key check";
const SEALED: &[u8] = b"feedback-relay";

/// Why there is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database knows another key.
    #[error(
        "{0}: this is not the key the database was made with, so nothing in it can be opened; \
         give the right key back (nothing was changed)"
    )]
    Wrong(String),
    /// The database knows a key, but the file is gone.
    #[error(
        "SECRET_KEY_FILE: {} does not exist, but the database was made with a key; \
         put the file back (no new key was made)", .0.display()
    )]
    Missing(PathBuf),
    /// The file does not hold a key.
    #[error("SECRET_KEY_FILE: {path}: {wrong}; expected 32 random bytes in base64", path = .0.display(), wrong = .1)]
    Malformed(PathBuf, String),
    /// The file can't be read or written.
    #[error("SECRET_KEY_FILE: {} can't be read or created", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyError {
    /// Whether the configuration is at fault: exit code 2 instead of 1.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Wrong(_) | Self::Missing(_) | Self::Malformed(..))
    }
}

/// The key, proven against the database. With `create`, a new one is made where neither file nor
/// database knows any.
///
/// # Errors
/// See [`KeyError`].
pub async fn open(
    source: &KeySource,
    store: &Store,
    create: bool,
) -> Result<Option<Seal>, KeyError> {
    let known = store.installation_fact(FACT).await?;
    let (name, key) = match source {
        KeySource::Given(key) => ("SECRET_KEY".to_owned(), key.clone()),
        KeySource::File(path) => {
            let name = format!("SECRET_KEY_FILE ({})", path.display());
            match read(path)? {
                Some(key) => (name, key),
                None if known.is_some() => return Err(KeyError::Missing(path.clone())),
                None if !create => return Ok(None),
                None => (name, make(path)?),
            }
        }
    };
    let seal = Seal::new(key);
    let known = match known {
        Some(known) => known,
        None if !create => return Ok(Some(seal)),
        None => {
            let sealed = seal.seal(FACT, SEALED).map_err(|_| KeyError::Wrong(name.clone()))?;
            store.settle_fact(FACT, sealed).await?;
            // Another process may have settled it a moment ago, with its own key.
            store.installation_fact(FACT).await?.unwrap_or_default()
        }
    };
    match seal.open(FACT, &known) {
        Ok(_) => Ok(Some(seal)),
        Err(_) => Err(KeyError::Wrong(name)),
    }
}

/// The key as it is configured, and what to call it; `None` where there is none yet.
///
/// # Errors
/// When the file can't be read or holds no key.
pub fn given(source: &KeySource) -> Result<Option<(String, Seal)>, KeyError> {
    Ok(match source {
        KeySource::Given(key) => Some(("SECRET_KEY".to_owned(), Seal::new(key.clone()))),
        KeySource::File(path) => {
            let name = format!("SECRET_KEY_FILE ({})", path.display());
            read(path)?.map(|key| (name, Seal::new(key)))
        }
    })
}

/// The key, proven against what a database remembers of it.
///
/// # Errors
/// See [`KeyError`].
pub fn fitting(source: &KeySource, known: &[u8]) -> Result<Seal, KeyError> {
    match (given(source)?, source) {
        (Some((name, seal)), _) => match seal.open(FACT, known) {
            Ok(_) => Ok(seal),
            Err(_) => Err(KeyError::Wrong(name)),
        },
        (None, KeySource::File(path)) => Err(KeyError::Missing(path.clone())),
        (None, KeySource::Given(_)) => Err(KeyError::Wrong("SECRET_KEY".to_owned())),
    }
}

fn read(path: &Path) -> Result<Option<SecretKey>, KeyError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyError::File(path.to_owned(), error)),
    };
    let malformed = |wrong: String| KeyError::Malformed(path.to_owned(), wrong);
    SecretKey::parse(&text).map(Some).map_err(|wrong| malformed(wrong.to_string()))
}

/// Makes a key and a file only its owner can read. A file that appears meanwhile is not touched.
fn make(path: &Path) -> Result<SecretKey, KeyError> {
    let failed = |error| KeyError::File(path.to_owned(), error);
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let key = SecretKey::from_bytes(bytes);
    if let Some(folder) = path.parent() {
        crate::folder::make(folder).map_err(failed)?;
    }
    // Written under another name first: a start that is killed here must not leave half a key.
    let half = path.with_extension(format!("{:016x}", rand::rng().next_u64()));
    let written = write_private(&half, &key).and_then(|()| publish(&half, path));
    let _ = std::fs::remove_file(&half);
    written.map_err(failed)?;
    Ok(key)
}

/// Gives the whole file its name. A link fails where that name is taken; where a file system knows
/// no links, renaming has to do.
fn publish(half: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(half, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => std::fs::rename(half, path),
        linked => linked,
    }
}

fn write_private(path: &Path, key: &SecretKey) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", key.reveal_base64())?;
    file.sync_all()
}
