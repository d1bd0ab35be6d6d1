//! Folders of ours.

use std::{fs::DirBuilder, io, os::unix::fs::DirBuilderExt as _, path::Path};

/// Makes a folder, with those above it, where there is none: for its owner alone, because ids and
/// usernames stand in the database in clear. One that is there stays as it is.
///
/// # Errors
/// When it can't be made.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
