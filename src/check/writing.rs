//! Whether the relay could make and write its files: tried, because rights, owners, mounts and
//! sandboxes all have a say.

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// What stands in the way, and what helps.
#[derive(Debug)]
pub(super) struct Obstacle {
    pub(super) found: String,
    pub(super) fix: String,
}

/// What keeps a file of the relay's from being made, or from being written where it is there, it
/// and those that stand beside it under these further endings. What is tried leaves no trace: a
/// file without a name.
pub(super) fn obstacle(file: &Path, beside: &[&str], variable: &str) -> Option<Obstacle> {
    let file = &std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().unwrap_or(file);
    if file.is_dir() {
        let found = format!("{} is a folder", file.display());
        return Some(Obstacle { found, fix: format!("name a file in it: {variable}") });
    }
    let place = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    if let Err(error) = tempfile::tempfile_in(place) {
        let found = format!("no file can be made in {}{}", place.display(), told(place, &error));
        return Some(Obstacle { found, fix: fix_of_folder(folder, &error, variable) });
    }
    let there = ["" as &str].iter().chain(beside).map(|ending| with(file, ending));
    there.filter(|path| path.exists()).find_map(|path| {
        let error = OpenOptions::new().write(true).open(&path).err()?;
        let found = format!("{} can't be written{}", path.display(), told(&path, &error));
        let fix = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                format!("it has to belong to the user who runs the relay: {}", chown(&path))
            }
            _ => elsewhere(variable),
        };
        Some(Obstacle { found, fix })
    })
}

/// What makes a file of the relay's readable.
pub(super) fn chown(path: &Path) -> String {
    format!("sudo chown {} {}", ourselves(), path.display())
}

fn with(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The reason, and whose it is where that is the reason.
fn told(path: &Path, error: &io::Error) -> String {
    match (error.kind(), path.metadata()) {
        (io::ErrorKind::PermissionDenied, Ok(found)) => format!(
            ": it belongs to user {} (mode {:03o}), and this is user {}",
            found.uid(),
            found.permissions().mode() & 0o7777,
            rustix::process::geteuid().as_raw(),
        ),
        _ => format!(": {error}"),
    }
}

fn fix_of_folder(folder: &Path, error: &io::Error, variable: &str) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied if folder.parent().is_some() => {
            let (user, group) = ids();
            format!(
                "the folder has to belong to the user who runs the relay, for example: \
                 sudo install -d -o {user} -g {group} -m 0700 {}",
                folder.display()
            )
        }
        io::ErrorKind::StorageFull => "make room".to_owned(),
        _ => elsewhere(variable),
    }
}

fn elsewhere(variable: &str) -> String {
    format!("name a place in {variable} that may be written: a volume, a folder of the service")
}

fn ids() -> (u32, u32) {
    (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
}

fn ourselves() -> String {
    let (user, group) = ids();
    format!("{user}:{group}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_made_is_no_trouble_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not/yet/there.db");
        assert!(obstacle(&file, &["-wal"], "DATABASE_URL").is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("plain");
        std::fs::write(&plain, "").unwrap();
        for (file, words) in [
            (plain.join("relay.db"), "no file can be made in"),
            (folder.path().to_owned(), "is a folder"),
            (PathBuf::from("/proc/none/relay.db"), "no file can be made in /proc: "),
        ] {
            let obstacle = obstacle(&file, &[], "DATABASE_URL").unwrap();
            assert!(obstacle.found.contains(words), "{obstacle:?}");
            assert!(obstacle.fix.contains("DATABASE_URL"), "{obstacle:?}");
        }
    }
}
