//! What people do, in which order: decided by the seed alone, before anything runs.

use crate::{
    chance::Chance,
    marker::{Key, inbound, outbound},
};

/// What a message is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A short text.
    Text,
    /// A text that leaves no room for a header.
    Long,
    /// A photo with words.
    Photo,
    /// A file with words.
    Document,
    /// A voice message with words.
    Voice,
    /// A sticker, which has no words.
    Sticker,
    /// One photo of several that are sent together.
    AlbumItem {
        /// The same for all of them.
        album: usize,
    },
}

impl Kind {
    /// Whether its words can be changed.
    pub fn has_words(self) -> bool {
        self != Self::Sticker
    }

    /// Whether its words stand below a file.
    pub fn is_caption(self) -> bool {
        !matches!(self, Self::Text | Self::Long)
    }
}

/// One thing one person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A customer writes.
    Write(Key, Kind),
    /// A customer changes what he wrote, so many changes into it.
    Edit(Key, Kind, u32),
    /// A customer takes back what he wrote.
    TakeBack(Key),
}

/// What an owner does about a customer's message when he sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What the answer is made of.
    pub kind: Kind,
    /// How often it is changed afterwards.
    pub edits: u32,
}

/// What happens to one message, as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Which message.
    pub key: Key,
    /// What it is made of.
    pub kind: Kind,
    /// Its last version.
    pub version: u32,
    /// Whether it is taken back at last.
    pub taken_back: bool,
    /// Whether and how it is answered.
    pub answer: Option<Answer>,
    /// Whether the owner reacts to it.
    pub reaction: bool,
}

impl Fate {
    /// The answer's own key.
    pub fn answer_key(&self) -> Key {
        outbound(self.key.line, self.key.number)
    }
}

/// Everything customers do, in order, and what becomes of each message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// In the order of doing; one conversation's deeds are in its own order.
    pub deeds: Vec<Deed>,
    /// For each conversation its messages in the order of writing.
    pub fates: Vec<Vec<Fate>>,
}

const MEDIA: f64 = 0.10;
const LONG: f64 = 0.01;
const ANSWERED: f64 = 0.10;
const EDITED: f64 = 0.05;
const TAKEN_BACK: f64 = 0.005;
const REACTED: f64 = 0.02;

/// Writes the script.
pub fn write(seed: u64, lines: usize, messages: usize) -> Script {
    let mut chance = Chance::new(seed, "script");
    let mut script = Script { deeds: Vec::new(), fates: vec![Vec::new(); lines] };
    let mut written = 0;
    // What is done about earlier messages, and after which message of all.
    let mut later: Vec<(usize, Deed)> = Vec::new();
    while written < messages {
        let line = chance.below(lines);
        let kind = kind(&mut chance, written);
        let items = if matches!(kind, Kind::AlbumItem { .. }) { 2 + chance.below(3) } else { 1 };
        for _ in 0..items.min(messages - written) {
            let fate = fate(&mut chance, inbound(line, script.fates[line].len()), kind);
            script.deeds.push(Deed::Write(fate.key, kind));
            let mut at = written;
            for version in 1..=fate.version {
                at += 1 + chance.below(lines * 2);
                later.push((at, Deed::Edit(fate.key, kind, version)));
            }
            if fate.taken_back {
                later.push((at + 1 + chance.below(lines * 2), Deed::TakeBack(fate.key)));
            }
            script.fates[line].push(fate);
            written += 1;
        }
        // Stable: what was planned first for the same moment is done first.
        later.sort_by_key(|(at, _)| *at);
        let due = later.partition_point(|(at, _)| *at < written);
        script.deeds.extend(later.drain(..due).map(|(_, deed)| deed));
    }
    script.deeds.extend(later.into_iter().map(|(_, deed)| deed));
    script
}

fn kind(chance: &mut Chance, album: usize) -> Kind {
    if chance.happens(LONG) {
        return Kind::Long;
    }
    if !chance.happens(MEDIA) {
        return Kind::Text;
    }
    // An album is several messages, so it is chosen less often.
    match chance.below(13) {
        0..4 => Kind::Photo,
        4..7 => Kind::Document,
        7..10 => Kind::Voice,
        10..12 => Kind::Sticker,
        _ => Kind::AlbumItem { album },
    }
}

fn fate(chance: &mut Chance, key: Key, kind: Kind) -> Fate {
    let mut fate = Fate { key, kind, version: 0, taken_back: false, answer: None, reaction: false };
    if kind.has_words() && chance.happens(EDITED) {
        fate.version = 1 + u32::from(chance.happens(0.3));
    }
    let in_album = matches!(kind, Kind::AlbumItem { .. });
    if !in_album && chance.happens(TAKEN_BACK) {
        fate.taken_back = true;
        return fate;
    }
    // Answering what is just being changed is when an answer's mark may undo the change.
    if chance.happens(if fate.version > 0 { 4.0 * ANSWERED } else { ANSWERED }) {
        let kinds =
            [Kind::Text, Kind::Text, Kind::Text, Kind::Photo, Kind::Document, Kind::Sticker];
        let kind = kinds[chance.below(kinds.len())];
        let edits = u32::from(kind.has_words() && chance.happens(EDITED));
        fate.answer = Some(Answer { kind, edits });
    }
    fate.reaction = chance.happens(REACTED);
    fate
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_same_seed_writes_the_same_script() {
        assert_eq!(write(5, 20, 500), write(5, 20, 500));
        assert_ne!(write(5, 20, 500), write(6, 20, 500));
    }

    #[test]
    fn everything_planned_is_done_once_and_after_its_message() {
        let script = write(3, 40, 3000);
        assert_eq!(script.fates.iter().map(Vec::len).sum::<usize>(), 3000);
        let mut versions: HashMap<Key, u32> = HashMap::new();
        let mut gone = Vec::new();
        for deed in &script.deeds {
            match *deed {
                Deed::Write(key, _) => assert_eq!(versions.insert(key, 0), None),
                Deed::Edit(key, _, version) => {
                    assert_eq!(versions.insert(key, version), Some(version - 1));
                    assert!(!gone.contains(&key));
                }
                Deed::TakeBack(key) => gone.push(key),
            }
        }
        for fate in script.fates.iter().flatten() {
            assert_eq!(versions[&fate.key], fate.version);
            assert_eq!(gone.contains(&fate.key), fate.taken_back);
        }
        let answered = script.fates.iter().flatten().filter(|fate| fate.answer.is_some()).count();
        assert!((240..360).contains(&answered), "{answered}");
        assert!(!gone.is_empty());
    }
}
