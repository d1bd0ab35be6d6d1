//! What went wrong when a bot's updates were last fetched by long polling: for `/status`.
//!
//! In memory only: what still fails after a start fails again at once.

use std::{sync::PoisonError, time::Duration};

use super::Bots;
use crate::{
    clock,
    model::BotId,
    telegram::{CallError, Caller, Refusal},
};

/// Without a conflict for so long, another poller is gone.
pub(crate) const CALM: Duration = Duration::from_mins(1);

/// A bot's last fetch that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// When it failed, in UTC milliseconds.
    pub at_ms: i64,
    /// Why.
    pub error: CallError,
    /// Whether one has worked since.
    pub works_since: bool,
}

impl Missed {
    /// Whether it may still be so at a time in UTC milliseconds. Two pollers throw each other out by
    /// turns, so that a fetch that worked does not end their conflict.
    pub fn holds(&self, now_ms: i64) -> bool {
        let by_poller = self.error.refusal() == Some(&Refusal::Contested { webhook: false });
        let ago = now_ms.saturating_sub(self.at_ms);
        !self.works_since || by_poller && ago < clock::in_ms(CALM)
    }
}

impl Bots {
    /// A bot's updates could not be fetched. With a token it no longer has, that says nothing.
    pub fn missed(&self, caller: &Caller, error: &CallError) {
        let is_master = caller.bot == self.inner.master.bot;
        if !is_master && self.get(caller.bot).is_none_or(|now| now.caller.token != caller.token) {
            return;
        }
        let missed = Missed { at_ms: clock::now_ms(), error: error.clone(), works_since: false };
        let mut all = self.inner.missed.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(caller.bot, missed);
    }

    /// A bot's updates were fetched.
    pub fn fetched(&self, bot: BotId) {
        let mut all = self.inner.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(missed) = all.get_mut(&bot) {
            missed.works_since = true;
        }
    }

    /// A bot's last fetch that failed since the start, or since it has its token.
    pub fn last_missed(&self, bot: BotId) -> Option<Missed> {
        self.inner.missed.lock().unwrap_or_else(PoisonError::into_inner).get(&bot).cloned()
    }

    /// The bot has a new token, or is gone.
    pub(super) fn forget_missed(&self, bot: BotId) {
        self.inner.missed.lock().unwrap_or_else(PoisonError::into_inner).remove(&bot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::Doubt;

    #[test]
    fn a_conflict_outlasts_the_fetch_that_worked() {
        let calm = clock::in_ms(CALM);
        let holds = |error: CallError, works_since, ago| {
            Missed { at_ms: 1_000_000, error, works_since }.holds(1_000_000 + ago)
        };
        let fault = || CallError::Unknown(Doubt::ServerFault(500));
        let conflict = |webhook| CallError::NotSent(Refusal::Contested { webhook });
        assert!(holds(fault(), false, 10 * calm) && !holds(fault(), true, 0));
        assert!(holds(conflict(true), false, 10 * calm) && !holds(conflict(true), true, 0));
        assert!(holds(conflict(false), true, calm - 1) && !holds(conflict(false), true, calm));
        assert!(holds(conflict(false), false, calm));
    }
}
