//! Which tokens Telegram has seen from us, and when the next new one may be shown to it.
//!
//! Telegram refuses an address that shows it more than twenty new tokens a minute or six hundred an
//! hour. What is done in the background shows it ten a minute, whatever it is done for.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use crate::model::BotId;

/// New tokens in any minute.
const A_MINUTE: usize = 10;
/// A minute as Telegram counts it, with some time on the way.
const MINUTE: Duration = Duration::from_secs(61);

/// The tokens that are awake.
#[derive(Debug, Default)]
pub(super) struct Waking {
    awake: HashSet<BotId>,
    woken: VecDeque<Instant>,
}

impl Waking {
    /// Notes that Telegram knows a bot's token, because it did something by itself.
    pub(super) fn note(&mut self, bot: BotId) {
        self.awake.insert(bot);
    }

    pub(super) fn is_awake(&self, bot: BotId) -> bool {
        self.awake.contains(&bot)
    }

    /// Whether a bot may call Telegram now; one that is woken by it counts.
    pub(super) fn wake(&mut self, bot: BotId, now: Instant) -> bool {
        if self.awake.contains(&bot) {
            return true;
        }
        let free = self.wait(now).is_zero();
        if free {
            self.awake.insert(bot);
            self.woken.push_back(now);
            self.woken.drain(..self.woken.len().saturating_sub(A_MINUTE));
        }
        free
    }

    /// How long until one more may be woken.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let oldest = if self.woken.len() < A_MINUTE { None } else { self.woken.front() };
        let waited = oldest.map_or(MINUTE, |oldest| now.duration_since(*oldest));
        MINUTE.saturating_sub(waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_ten_tokens_are_woken_in_any_minute() {
        let (mut waking, began) = (Waking::default(), Instant::now());
        let mut next = 0;
        let woken: Vec<u64> = (0..180)
            .filter(|second| {
                let now = began + Duration::from_secs(*second);
                let first = next;
                while waking.wake(BotId(next), now) {
                    next += 1;
                }
                assert!(next - first <= 10);
                next > first
            })
            .collect();
        assert_eq!((woken, next), (vec![0, 61, 122], 30));
    }

    #[test]
    fn who_is_awake_may_always_call() {
        let (mut waking, now) = (Waking::default(), Instant::now());
        for bot in 0..100 {
            waking.note(BotId(bot));
        }
        assert!((0..100).all(|bot| waking.wake(BotId(bot), now)));
        assert_eq!((100..200).filter(|bot| waking.wake(BotId(*bot), now)).count(), 10);
    }
}
