//! Updates that fail again and again by a fault of ours: after some tries the person concerned is
//! told, with a number under which the log has it, and his chat goes on.
//!
//! A database that does not answer is no such fault: what waits for it is delivered again.

use std::time::Duration;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::{
    model::BotId,
    relay::{Concern, Lane},
    update::{Kind, Update},
};

/// How often an update may fail so.
pub(super) const TRIES: u32 = 5;
/// Updates whose failures are remembered.
const REMEMBERED: usize = 4096;

/// What failed: an update, or what is parked in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Failing {
    Update(BotId, i64),
    Parked(Lane),
}

/// Failures by what failed.
pub(super) struct Troubles(Cache<Failing, u32>);

/// What follows from a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It is tried again after this time.
    Again(Duration),
    /// It is given up, under this number.
    GiveUp(String),
}

impl Troubles {
    pub(super) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    /// Counts a failure.
    pub(super) fn failed(&self, what: Failing) -> Then {
        let times = self.count(what);
        if times < TRIES {
            return Then::Again(Duration::from_secs(times.into()));
        }
        Then::GiveUp(number(what))
    }

    /// Counts once more, and says how often that was.
    pub(super) fn count(&self, what: Failing) -> u32 {
        let times = self.0.get(&what).unwrap_or(0).saturating_add(1);
        self.0.insert(what, times);
        times
    }

    /// It got through, or was given up.
    pub(super) fn over(&self, what: Failing) {
        self.0.remove(&what);
    }
}

/// A number people can read to each other; the same for the same thing.
fn number(what: Failing) -> String {
    let hash = Sha256::digest(format!("{what:?}"));
    let digits: Vec<String> = hash.iter().take(4).map(|byte| format!("{byte:02X}")).collect();
    format!("{}-{}", digits[..2].concat(), digits[2..].concat())
}

/// Whom an update concerns, as far as it says so itself.
pub(super) fn concern(bot: BotId, update: &Update) -> Option<Concern> {
    let (chat, message, from, query) = match &update.kind {
        Kind::Message(message) | Kind::Edited(message) if message.chat.is_private => {
            (message.chat.id, Some(message.id), message.from.as_ref()?, None)
        }
        Kind::Button(button) => {
            let about = button.message.as_ref();
            let chat = about.map(|message| message.chat.id)?;
            (chat, about.map(|message| message.id), &button.from, Some(button.query.clone()))
        }
        _ => return None,
    };
    let language = from.language.clone();
    (!from.is_bot).then_some(Concern { bot, chat, message, language, query })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const UPDATE: Failing = Failing::Update(BotId(1), 7);

    #[test]
    fn the_fifth_failure_is_the_last() {
        let troubles = Troubles::new();
        for _ in 1..TRIES {
            assert!(matches!(troubles.failed(UPDATE), Then::Again(_)));
        }
        let Then::GiveUp(number) = troubles.failed(UPDATE) else { panic!("it is given up") };
        assert_eq!(number.len(), 9);
        assert!(matches!(troubles.failed(Failing::Update(BotId(1), 8)), Then::Again(_)));
        troubles.over(UPDATE);
        assert!(matches!(troubles.failed(UPDATE), Then::Again(_)));
    }

    #[test]
    fn only_people_are_told() {
        let message = |is_bot: bool| {
            json!({"update_id": 1, "message": {"message_id": 5, "date": 1, "text": "hi",
                "chat": {"id": 9, "type": "private"},
                "from": {"id": 9, "is_bot": is_bot, "first_name": "A", "language_code": "de"}}})
        };
        let told = concern(BotId(1), &Update::read(message(false)).unwrap()).unwrap();
        assert_eq!((told.chat.0, told.language.as_deref()), (9, Some("de")));
        assert!(concern(BotId(1), &Update::read(message(true)).unwrap()).is_none());
        assert!(concern(BotId(1), &Update::read(json!({"update_id": 1})).unwrap()).is_none());
    }
}
