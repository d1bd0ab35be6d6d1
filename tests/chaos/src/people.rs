//! Carries the script out: customers write as fast as Telegram's queue lets them, owners answer what they see.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use telegram_emulator::{Draft, draft};

use crate::{
    chance::Chance,
    marker::{Key, Marker},
    script::{Answer, Deed, Fate, Kind, Script},
    stage::Stage,
};

/// How often people look whether they may go on.
const LOOK: Duration = Duration::from_millis(10);

/// Which message in which chat became of what the script says: a key's message id with its writer.
#[derive(Debug, Clone, Default)]
pub struct Written(Arc<Mutex<HashMap<Key, i64>>>);

impl Written {
    /// The message's id in its writer's chat.
    pub fn id(&self, key: Key) -> Option<i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied()
    }

    /// All of them.
    pub fn all(&self) -> HashMap<Key, i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, key: Key, id: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, id);
    }
}

/// Customers do what the script says, in its order, while no more than `pending` updates wait. Gives how much of it was
/// not done because nothing went on for longer than `patience`.
pub async fn customers(
    stage: &Stage,
    script: &Script,
    written: &Written,
    (pending, patience): (usize, Duration),
) -> usize {
    for (done, deed) in script.deeds.iter().enumerate() {
        let began = Instant::now();
        while stage.telegram.pending_updates() >= pending {
            if began.elapsed() > patience {
                return script.deeds.len() - done;
            }
            tokio::time::sleep(LOOK).await;
        }
        customer(stage, written, deed).await;
    }
    0
}

async fn customer(stage: &Stage, written: &Written, deed: &Deed) {
    let (Deed::Write(key, _) | Deed::Edit(key, ..) | Deed::TakeBack(key)) = *deed;
    let (person, bot) = (&stage.lines[key.line].person, stage.bot(key.line));
    let telegram = &stage.telegram;
    match *deed {
        Deed::Write(key, kind) => {
            let draft = message(stage, key.version(0), kind);
            written.note(key, telegram.send(person, bot, draft).await);
        }
        Deed::Edit(key, kind, version) => {
            let Some(id) = written.id(key) else { return };
            let draft = change(stage, key.version(version), kind);
            telegram.edit(person, bot, id, draft).await;
        }
        Deed::TakeBack(key) => {
            let Some(id) = written.id(key) else { return };
            telegram.reply(person, bot, id, draft::text("/delete")).await;
        }
    }
}

/// The words of a message: its marker, and after it what makes it as long as it is to be.
pub fn words(stage: &Stage, marker: Marker, kind: Kind) -> String {
    let mut words = marker.write(&stage.secret);
    let mut chance = Chance::new(marker.key.number as u64, &words);
    let length = if kind == Kind::Long { 4090 } else { words.len() + chance.below(120) };
    while words.len() < length {
        let letters = 1 + chance.below(9);
        words.push(' ');
        words.push_str(&chance.word(letters));
    }
    words.truncate(length.max(1));
    words
}

/// Bytes that say whose they are.
fn bytes(stage: &Stage, marker: Marker) -> Vec<u8> {
    let mut bytes = marker.write(&stage.secret).into_bytes();
    let mut chance = Chance::new(marker.key.number as u64, "bytes");
    let length = 200 + chance.below(8000);
    bytes.extend((0..length).map(|_| u8::try_from(chance.below(256)).unwrap_or(0)));
    bytes
}

fn message(stage: &Stage, marker: Marker, kind: Kind) -> Draft {
    let words = words(stage, marker, kind);
    match kind {
        Kind::Text | Kind::Long => draft::text(words),
        Kind::Photo => draft::photo(bytes(stage, marker)).caption(&words),
        Kind::Document => {
            draft::document("list.pdf", "application/pdf", bytes(stage, marker)).caption(&words)
        }
        Kind::Voice => draft::voice(bytes(stage, marker)).caption(&words),
        Kind::Sticker => draft::sticker_static(bytes(stage, marker)),
        Kind::AlbumItem { album } => {
            let photo = draft::photo(bytes(stage, marker)).caption(&words);
            photo.media_group_id(&format!("album{album}"))
        }
    }
}

fn change(stage: &Stage, marker: Marker, kind: Kind) -> Draft {
    let words = words(stage, marker, kind);
    if kind.is_caption() { Draft::default().caption(&words) } else { draft::text(words) }
}

/// Owners answer the copies of messages that the script gives an answer to, as they appear, and change and react as it
/// says. Never ends.
pub async fn owners(stage: &Stage, script: &Script, written: &Written) {
    let mut seen = 0;
    let mut open: Vec<(Fate, i64)> = Vec::new();
    loop {
        for (key, copy) in new_copies(stage, &mut seen) {
            let fate = script.fates.get(key.line).and_then(|fates| fates.get(key.number));
            let asks = |fate: &&Fate| fate.answer.is_some() || fate.reaction;
            if let Some(fate) = fate.filter(asks)
                && written.id(fate.answer_key()).is_none()
                && !open.iter().any(|(other, _)| other.key == key)
            {
                open.push((fate.clone(), copy));
            }
        }
        for (fate, copy) in open.drain(..) {
            let owner = stage.owner(fate.key.line);
            if fate.reaction && stage.telegram.message(&stage.master, owner.id, copy).is_some() {
                stage.telegram.react(owner, &stage.master, copy, Some("❤"));
            }
            if let Some(answer) = fate.answer {
                reply(stage, written, (fate.answer_key(), answer), copy).await;
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Customers' messages whose copies were made since the last look, with the copy.
fn new_copies(stage: &Stage, seen: &mut usize) -> Vec<(Key, i64)> {
    stage.telegram.view(|view| {
        let ledger = view.ledger();
        let from = std::mem::replace(seen, ledger.len());
        let made = ledger[from..].iter().filter(|effect| {
            effect.bot == stage.master.id && effect.is_send() && !effect.answer_lost
        });
        let messages = made.flat_map(|effect| crate::witness::messages(effect).to_vec());
        let copy = |message: serde_json::Value| {
            let marker = Marker::read(crate::stage::text(&message), &stage.secret)?;
            (!marker.key.outbound).then(|| (marker.key, crate::stage::id(&message)))
        };
        messages.filter_map(copy).collect()
    })
}

async fn reply(stage: &Stage, written: &Written, (key, answer): (Key, Answer), copy: i64) {
    let (telegram, owner) = (&stage.telegram, stage.owner(key.line));
    if telegram.message(&stage.master, owner.id, copy).is_none() {
        return;
    }
    let draft = message(stage, key.version(0), answer.kind);
    let id = telegram.reply(owner, &stage.master, copy, draft).await;
    written.note(key, id);
    for version in 1..=answer.edits {
        let draft = change(stage, key.version(version), answer.kind);
        telegram.edit(owner, &stage.master, id, draft).await;
    }
}
