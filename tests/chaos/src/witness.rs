//! Everything Telegram was made to send, with the marker of what it is a copy of.

use std::{collections::HashMap, time::Instant};

use serde_json::Value;
use telegram_emulator::{Effect, View};

use crate::{
    marker::Marker,
    stage::{Stage, id, text},
};

/// How the relay says that a copy may be a second one.
const REPEAT: &str = "↻";

/// One message a bot made that carries a marker.
#[derive(Debug, Clone)]
pub struct Copy {
    /// What it is a copy of.
    pub marker: Marker,
    /// Its place in the ledger: what was made earlier stands before it.
    pub place: (usize, usize),
    /// Who made it, where, and its id there.
    pub at: (i64, i64, i64),
    /// The call that made it.
    pub method: &'static str,
    /// When.
    pub made: Instant,
    /// The process that called.
    pub caller: String,
    /// Whether a fault took the answer away.
    pub answer_lost: bool,
    /// Whether it says that it may be a repeat.
    pub labelled: bool,
    /// The header above its words, if they have one.
    pub header: Option<String>,
}

/// The messages a call made.
pub fn messages(effect: &Effect) -> &[Value] {
    match &effect.result {
        Ok(Value::Array(items)) => items,
        Ok(value) => std::slice::from_ref(value),
        Err(_) => &[],
    }
}

/// Every copy, in the order of sending.
pub fn copies(stage: &Stage, view: &View<'_>) -> Vec<Copy> {
    let mut copies = Vec::new();
    // Whether the newest message a bot put into a chat was a label alone: it belongs to the next one.
    let mut label_alone: HashMap<(i64, i64), bool> = HashMap::new();
    let sends = view.ledger().iter().enumerate().filter(|(_, effect)| effect.is_send());
    for (place, effect) in sends {
        let (bot, chat) = (effect.bot, effect.chat().unwrap_or_default());
        let items = messages(effect);
        let below_label = label_alone.get(&(bot, chat)).copied().unwrap_or(false);
        let labelled = below_label || items.iter().any(is_labelled);
        let mut carries_something = false;
        for (item, message) in items.iter().enumerate() {
            let Some(marker) = marker(stage, view, bot, message) else { continue };
            carries_something = true;
            let header = text(message).split_once(&stage.secret).map(|(above, _)| above);
            copies.push(Copy {
                marker,
                place: (place, item),
                at: (bot, chat, id(message)),
                method: effect.method,
                made: effect.at,
                caller: effect.caller.clone().unwrap_or_default(),
                answer_lost: effect.answer_lost,
                labelled,
                header: header.filter(|above| above.contains("→ @")).map(str::to_owned),
            });
        }
        let is_label = !carries_something && items.iter().any(is_labelled);
        label_alone.insert((bot, chat), is_label);
    }
    copies
}

/// The marker of a message: in its words, or else in its file.
pub fn marker(stage: &Stage, view: &View<'_>, bot: i64, message: &Value) -> Option<Marker> {
    if let Some(marker) = Marker::read(text(message), &stage.secret) {
        return Some(marker);
    }
    let bot = stage.bot_by_id(bot)?;
    let file = ["sticker", "voice", "document"].iter().find_map(|kind| message.get(kind));
    let file = file.or_else(|| message["photo"].as_array()?.last())?;
    let bytes = view.file_bytes(bot, file["file_id"].as_str()?)?;
    Marker::read(&String::from_utf8_lossy(bytes.get(..80).unwrap_or(&bytes)), &stage.secret)
}

/// In its own words or in those of the header it answers.
fn is_labelled(message: &Value) -> bool {
    [message, &message["reply_to_message"]].iter().any(|shown| {
        let words = text(shown);
        words.lines().take(3).any(|line| line.starts_with(REPEAT))
    })
}
