//! What a backup or a restore left that was killed: files of the size of everything.

use std::{fs, io, path::Path, time::Duration};

use crate::clock;

/// What is written by somebody who lives was written to less long ago.
const OLD: Duration = Duration::from_hours(1);
/// How many signs of its own such a name has at its end.
const OWN: usize = 6;

/// Removes what was begun in a folder under a name with this beginning and not touched for an hour.
/// What can't be removed stays: it is in nobody's way.
pub(super) fn remove(folder: &Path, beginning: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str());
        let own = name.and_then(|name| name.strip_prefix(beginning));
        if own.is_none_or(|own| own.len() != OWN) || !is_old(&path).unwrap_or(false) {
            continue;
        }
        let removed =
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        if let Err(error) = removed {
            tracing::debug!(%error, "what a killed process left can't be removed");
        }
    }
}

/// By the newest file of a folder.
fn is_old(path: &Path) -> io::Result<bool> {
    let found = fs::symlink_metadata(path)?;
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            if !is_old(&entry?.path())? {
                return Ok(false);
            }
        }
    }
    let changed = found.modified()?.duration_since(std::time::UNIX_EPOCH);
    let changed_ms = changed.map_err(io::Error::other)?.as_millis();
    let now_ms = u128::try_from(clock::now_ms()).unwrap_or(0);
    Ok(now_ms.saturating_sub(changed_ms) > OLD.as_millis())
}
