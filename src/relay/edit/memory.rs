//! What was changed lately, as far as this process knows. Only hashes and times: content is kept
//! nowhere.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;

use crate::{model::MessageKey, relay::content::Content, telegram::Outgoing};

/// Copies remembered.
const REMEMBERED: usize = 4096;
/// Between two changes of one message.
const PACE: Duration = Duration::from_secs(1);

/// What the latest changes put into copies, and when.
pub(in crate::relay) struct Edited {
    /// By copy: a hash of the words an edit put there.
    words: Cache<MessageKey, u64>,
    /// By copy: a hash of the file it shows.
    files: Cache<MessageKey, u64>,
    /// Headers that say that what follows was changed.
    remarked: Cache<MessageKey, ()>,
    /// By copy: changes in a row whose fate is unknown.
    doubts: Cache<MessageKey, u32>,
    /// By source: when its copy was changed last.
    times: Cache<MessageKey, Instant>,
}

impl Edited {
    pub(in crate::relay) fn new() -> Self {
        Self {
            words: Cache::new(REMEMBERED),
            files: Cache::new(REMEMBERED),
            remarked: Cache::new(REMEMBERED),
            doubts: Cache::new(REMEMBERED),
            times: Cache::new(REMEMBERED),
        }
    }

    /// How long a message has to wait until it may be changed again.
    pub(super) fn wait(&self, source: MessageKey) -> Duration {
        let last = self.times.get(&source);
        last.map_or(Duration::ZERO, |last| PACE.saturating_sub(last.elapsed()))
    }

    /// A message is being changed.
    pub(super) fn now(&self, source: MessageKey) {
        self.times.insert(source, Instant::now());
    }

    /// A header says by now that what follows it was changed.
    pub(super) fn remarked(&self, header: MessageKey) {
        self.remarked.insert(header, ());
    }

    /// Whether a header says that what follows it was changed.
    pub(in crate::relay) fn is_remarked(&self, header: MessageKey) -> bool {
        self.remarked.get(&header).is_some()
    }

    /// Nobody knows whether a copy was changed. Gives how often in a row that was so.
    pub(super) fn doubt(&self, copy: MessageKey) -> u32 {
        let doubts = self.doubts.get(&copy).unwrap_or(0) + 1;
        self.doubts.insert(copy, doubts);
        doubts
    }

    /// A copy was changed so.
    pub(super) fn remember(&self, copy: MessageKey, edit: &Outgoing) {
        self.doubts.remove(&copy);
        self.words.insert(copy, hash(words_of(edit)));
        if let Some(item) = edit.media.first() {
            self.showing_file(copy, &item.file.unique_id);
        }
    }

    /// A copy shows this content.
    pub(super) fn showing(&self, copy: MessageKey, content: &Content) {
        if let Some(attachment) = &content.outgoing.attachment {
            self.showing_file(copy, &attachment.file.unique_id);
        }
    }

    fn showing_file(&self, copy: MessageKey, unique_id: &str) {
        if !unique_id.is_empty() {
            self.files.insert(copy, hash(unique_id));
        }
    }

    /// Whether a copy shows the file of this content already, as far as is known.
    pub(super) fn shows(&self, copy: MessageKey, content: &Content) -> bool {
        let file = content.outgoing.attachment.as_ref().map(|attachment| &attachment.file);
        file.is_some_and(|file| self.files.get(&copy) == Some(hash(&file.unique_id)))
    }

    /// Whether a copy shows other words by now: an answer carries the copy as it was when the owner
    /// wrote, and its mark must not bring that back.
    pub(in crate::relay) fn since(&self, copy: MessageKey, words: &str) -> bool {
        self.words.get(&copy).is_some_and(|now| now != hash(words))
    }
}

fn hash(words: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.trim_end().hash(&mut hasher);
    hasher.finish()
}

fn words_of(edit: &Outgoing) -> &str {
    let media = edit.parameters.get("media").and_then(|media| media.get("caption"));
    let words = ["text", "caption"].iter().find_map(|key| edit.parameters.get(*key)?.as_str());
    words.or_else(|| media?.as_str()).unwrap_or_default()
}
