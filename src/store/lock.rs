//! One process on one SQLite file: two would repeat each other's messages and hold up each other's
//! writes. The kernel takes the lock back when its process ends, however it ends.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Held as long as the database is used.
#[derive(Debug)]
pub struct SoleUse(#[expect(dead_code, reason = "the lock ends with the open file")] Option<File>);

/// Takes the file for this process. An update starts the new process before the old one has ended,
/// so it waits for a while; `None` when another process still uses it.
///
/// # Errors
/// When the lock file can't be made.
pub async fn sole_use(database: &Path, patience: Duration) -> io::Result<Option<SoleUse>> {
    let path = beside(database)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path)?;
    let began = Instant::now();
    let mut is_said = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(SoleUse(Some(file)))),
            Err(TryLockError::WouldBlock) if began.elapsed() >= patience => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "this file system knows no locks: see to it that no second process uses the database");
                return Ok(Some(SoleUse(None)));
            }
        }
        if !std::mem::replace(&mut is_said, true) {
            tracing::warn!(lock = %path.display(), "another process uses the database; waiting for its end");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// `<database>.lock`, the same for every name the file has.
fn beside(database: &Path) -> io::Result<PathBuf> {
    let folder = match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    crate::folder::make(folder)?;
    let known = database.canonicalize();
    let mut path = match (known, database.file_name()) {
        (Ok(path), _) => path,
        (Err(_), Some(name)) => folder.canonicalize()?.join(name),
        (Err(error), None) => return Err(error),
    }
    .into_os_string();
    path.push(".lock");
    Ok(PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_holds_it_whatever_name_the_file_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/relay.db");
        let first = sole_use(&path, Duration::ZERO).await.unwrap();
        assert!(first.is_some());
        File::create(&path).unwrap();
        let other = folder.path().join("other.db");
        std::os::unix::fs::symlink(&path, &other).unwrap();
        for name in [&path, &other] {
            assert!(sole_use(name, Duration::ZERO).await.unwrap().is_none());
        }
        drop(first);
        assert!(sole_use(&other, Duration::ZERO).await.unwrap().is_some());
    }
}
