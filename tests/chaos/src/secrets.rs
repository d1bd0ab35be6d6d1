//! Searches everything that is left on the disk for tokens and message text.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use anyhow::Result;

use crate::stage::Stage;

/// Where something was found that must not be there; and how many bytes were searched.
#[derive(Debug, Default)]
pub struct Search {
    /// What, in which file.
    pub found: Vec<String>,
    /// Bytes searched.
    pub bytes: u64,
}

/// Searches folders and all below them.
pub fn search(stage: &Stage, folders: &[PathBuf]) -> Result<Search> {
    let tokens = std::iter::once(&stage.master).chain(&stage.bots);
    let secrets = tokens.filter_map(|bot| bot.token.split_once(':'));
    let mut needles: Vec<(String, &str)> =
        secrets.map(|(_, secret)| (secret.to_owned(), "a token")).collect();
    needles.push((stage.secret.clone(), "message text"));
    let finder = AhoCorasick::new(needles.iter().map(|(needle, _)| needle))?;
    let mut search = Search::default();
    for folder in folders {
        look_into(folder, &finder, &needles, &mut search)?;
    }
    Ok(search)
}

fn look_into(
    path: &Path,
    finder: &AhoCorasick,
    needles: &[(String, &str)],
    search: &mut Search,
) -> Result<()> {
    let kind = std::fs::symlink_metadata(path)?.file_type();
    if kind.is_dir() {
        for entry in std::fs::read_dir(path)? {
            look_into(&entry?.path(), finder, needles, search)?;
        }
        return Ok(());
    }
    if !kind.is_file() {
        return Ok(());
    }
    // A file may vanish meanwhile: a database server is at work.
    let Ok(file) = File::open(path) else { return Ok(()) };
    search.bytes += file.metadata().map_or(0, |metadata| metadata.len());
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut place = 0;
    let mut window = Vec::new();
    // Windows overlap, so that nothing is missed at their ends.
    let overlap = needles.iter().map(|(needle, _)| needle.len()).max().unwrap_or(0);
    loop {
        let before = window.len();
        let read = reader.by_ref().take(1 << 20).read_to_end(&mut window)?;
        if let Some(found) = finder.find(&window) {
            let what = needles[found.pattern().as_usize()].1;
            let at = place + found.start();
            let around =
                &window[found.start().saturating_sub(60)..(found.end() + 40).min(window.len())];
            let around = String::from_utf8_lossy(around).escape_debug().to_string();
            search.found.push(format!("{what} in {} at {at}: …{around}…", path.display()));
            return Ok(());
        }
        if read == 0 {
            return Ok(());
        }
        let keep = window.len().min(overlap);
        place += before + read - keep;
        window.drain(..window.len() - keep);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::search;
    use crate::{arguments::Arguments, stage::Stage};

    #[tokio::test]
    async fn tokens_and_words_are_found_wherever_they_stand() {
        let stage = Stage::set(&Arguments::parse_from(["chaos", "--relay", "x"])).await.unwrap();
        let secret = stage.bots[3].token.split_once(':').unwrap().1;
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("deep/harmless"), vec![b'x'; 3 << 20]).unwrap();
        assert!(search(&stage, &folders).unwrap().found.is_empty());
        // Across the end of a window.
        let mut bytes = vec![0; (1 << 20) - 5];
        bytes.extend(stage.secret.as_bytes());
        std::fs::write(folder.path().join("deep/words"), bytes).unwrap();
        std::fs::write(folder.path().join("token"), format!("…{secret}…")).unwrap();
        let found = search(&stage, &folders).unwrap().found;
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
