//! Whether Telegram reaches us: it says of each webhook what went wrong, and what it brings shows
//! that it does.
//!
//! All bots have one address, so one that hears anything vouches for all of them.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use super::{Bots, host_of};
use crate::{clock, model::BotId, telegram::WebhookInfo};

/// An error of a delivery that is older than this is over, unless it is the latest of many.
pub(super) const RECENT_S: i64 = 10 * 60;

/// What is known of Telegram's way to us.
#[derive(Debug, Default)]
pub(super) enum Reach {
    /// Nothing since the start.
    #[default]
    Unknown,
    /// Something came.
    Works,
    /// Nothing comes.
    Fails(Failing),
}

/// Since when nothing comes, and why.
#[derive(Debug)]
pub(super) struct Failing {
    bot: BotId,
    since: Instant,
    cut: Cut,
}

/// Why Telegram does not reach us, as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The host it tries to reach.
    pub host: String,
    /// Telegram's words.
    pub reason: String,
}

impl Reach {
    /// Telegram said how a bot's webhook fares.
    fn look(&mut self, bot: BotId, info: &WebhookInfo, (now, now_ms): (Instant, i64)) {
        let begun = match self {
            Self::Fails(failing) if failing.bot == bot => Some(failing.since),
            _ => None,
        };
        let is_recent = info.last_error_date.saturating_add(RECENT_S) > now_ms / 1000;
        let waits = info.pending_update_count > 0;
        // Between two attempts there may be an hour.
        match trouble(info).filter(|_| waits && (is_recent || begun.is_some())) {
            None if begun.is_some() => *self = Self::Works,
            Some(_) if begun.is_none() && matches!(self, Self::Fails(_)) => {}
            Some(reason) => {
                let cut = Cut { host: host_of(&info.url), reason };
                *self = Self::Fails(Failing { bot, since: begun.unwrap_or(now), cut });
            }
            None => {}
        }
    }
}

impl Bots {
    /// Telegram brought something.
    pub fn heard(&self) {
        self.reach(|reach| *reach = Reach::Works);
    }

    /// For how long Telegram has not reached us, and why; `Some(None)` when it does, `None` when
    /// that is not known.
    pub fn cut_off(&self) -> Option<Option<(Duration, Cut)>> {
        self.reach(|reach| match reach {
            Reach::Unknown => None,
            Reach::Works => Some(None),
            Reach::Fails(failing) => Some(Some((failing.since.elapsed(), failing.cut.clone()))),
        })
    }

    pub(super) fn looked_at(&self, bot: BotId, info: &WebhookInfo) {
        if self.is_ours(&info.url) {
            let now = (Instant::now(), clock::now_ms());
            self.reach(|reach| reach.look(bot, info, now));
        }
    }

    fn reach<T>(&self, act: impl FnOnce(&mut Reach) -> T) -> T {
        act(&mut self.inner.reach.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What Telegram says of deliveries to us, as people can read it. A 503 is our own "later".
pub(super) fn trouble(info: &WebhookInfo) -> Option<String> {
    let words = info.last_error_message.as_ref().filter(|words| !words.contains("503"))?;
    Some(words.chars().filter(|c| !c.is_control()).take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_800_000_000;

    fn info(waiting: i64, age_s: i64, words: &str) -> WebhookInfo {
        WebhookInfo {
            url: "https://relay.example.org/telegram/1".to_owned(),
            last_error_message: Some(words.to_owned()),
            last_error_date: NOW_S - age_s,
            pending_update_count: waiting,
            allowed_updates: None,
        }
    }

    fn since(reach: &Reach) -> Option<Instant> {
        if let Reach::Fails(failing) = reach { Some(failing.since) } else { None }
    }

    #[test]
    fn it_fails_from_the_first_error_until_what_waited_is_gone() {
        let (mut reach, began) = (Reach::default(), Instant::now());
        let look = |reach: &mut Reach, bot, info: &WebhookInfo, minutes: u64| {
            let now = (began + Duration::from_mins(minutes), NOW_S * 1000);
            reach.look(BotId(bot), info, now);
        };
        look(&mut reach, 1, &info(0, 5, "Connection refused"), 0);
        look(&mut reach, 1, &info(1, 5, "Wrong response from the webhook: 503 later"), 1);
        look(&mut reach, 1, &info(1, RECENT_S, "Connection refused"), 2);
        assert_eq!(since(&reach), None);
        let first = began + Duration::from_mins(3);
        look(&mut reach, 1, &info(1, 5, "Connection refused"), 3);
        look(&mut reach, 2, &info(2, 5, "SSL error"), 4);
        look(&mut reach, 2, &info(0, 5, "SSL error"), 5);
        look(&mut reach, 1, &info(1, 3000, "Connection refused"), 6);
        assert_eq!(since(&reach), Some(first), "{reach:?}");
        look(&mut reach, 1, &info(0, 5, "Connection refused"), 7);
        assert!(matches!(reach, Reach::Works));
    }
}
