//! Which tokens Telegram has seen from us, and when the next new one may be shown to it.
//!
//! Telegram refuses an address that shows it more than twenty new tokens a minute or six hundred an
//! hour. What is done in the background shows it ten a minute, whatever it is done for. Which ones
//! is kept in the database, so that a process that is started over and over does not begin with ten
//! others each time.

use std::{
    collections::{HashSet, VecDeque},
    sync::PoisonError,
    time::{Duration, Instant},
};

use super::Bots;
use crate::{clock, model::BotId, store::StoreError};

/// New tokens in any minute.
const A_MINUTE: usize = 10;
/// A minute as Telegram counts it, with some time on the way.
const MINUTE: Duration = Duration::from_secs(61);

/// The installation's fact that names the tokens woken last, and when.
const WOKEN: &str = "woken tokens";
/// How long one entry of it is: an id and a time.
const ENTRY: usize = 16;

/// The tokens that are awake.
#[derive(Debug, Default)]
pub(super) struct Waking {
    awake: HashSet<BotId>,
    woken: VecDeque<(Instant, BotId, i64)>,
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
            self.woken.push_back((now, bot, clock::now_ms()));
            self.woken.drain(..self.woken.len().saturating_sub(A_MINUTE));
        }
        free
    }

    /// How long until one more may be woken.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let oldest = if self.woken.len() < A_MINUTE { None } else { self.woken.front() };
        let waited = oldest.map_or(MINUTE, |(oldest, ..)| now.duration_since(*oldest));
        MINUTE.saturating_sub(waited)
    }

    /// Forgets bots whose owner leaves.
    fn forget(&mut self, bots: &[BotId]) {
        self.awake.retain(|bot| !bots.contains(bot));
        self.woken.retain(|(_, bot, _)| !bots.contains(bot));
    }

    fn to_bytes(&self) -> Vec<u8> {
        let entry = |(_, bot, at): &(Instant, BotId, i64)| [bot.0.to_le_bytes(), at.to_le_bytes()];
        self.woken.iter().flat_map(entry).flatten().collect()
    }

    /// What a process before this one woke in the last minute.
    fn read(bytes: &[u8], now: Instant, now_ms: i64) -> Self {
        let mut waking = Self::default();
        for entry in bytes.chunks_exact(ENTRY) {
            let number = |at: usize| {
                entry
                    .get(at..at + 8)
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(i64::from_le_bytes)
            };
            let (Some(bot), Some(at)) = (number(0), number(8)) else { continue };
            let age = u64::try_from(now_ms.saturating_sub(at)).ok().map(Duration::from_millis);
            let Some(age) = age.filter(|age| *age < MINUTE) else { continue };
            if let Some(then) = now.checked_sub(age) {
                waking.awake.insert(BotId(bot));
                waking.woken.push_back((then, BotId(bot), at));
            }
        }
        waking
    }
}

impl Bots {
    /// Notes that Telegram knows a bot's token.
    pub(super) fn note_awake(&self, bot: BotId) {
        self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner).note(bot);
    }

    /// Takes over what a process before this one woke.
    pub(super) async fn load_woken(&self) -> Result<(), StoreError> {
        let bytes = self.inner.store.installation_fact(WOKEN).await?.unwrap_or_default();
        let waking = Waking::read(&bytes, Instant::now(), clock::now_ms());
        *self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner) = waking;
        Ok(())
    }

    /// Forgets when bots were woken whose owner leaves.
    pub async fn forget_woken(&self, bots: &[BotId]) -> Result<(), StoreError> {
        self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner).forget(bots);
        self.record_woken().await
    }

    /// Whether a bot may call Telegram in the background now; it is awake from then on.
    pub async fn may_wake(&self, bot: BotId) -> bool {
        {
            let mut waking = self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner);
            if waking.is_awake(bot) {
                return true;
            }
            if !waking.wake(bot, Instant::now()) {
                return false;
            }
        }
        if let Err(error) = self.record_woken().await {
            tracing::warn!(bot.id = bot.0, %error, "that a token is woken could not be recorded");
        }
        true
    }

    /// Writes down what was woken. What is not attached any more is looked for afterwards: its owner
    /// may have left by way of another process, which has removed all that it knew of.
    async fn record_woken(&self) -> Result<(), StoreError> {
        loop {
            let (woken, bytes) = {
                let waking = self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner);
                let woken: Vec<BotId> = waking.woken.iter().map(|(_, bot, _)| *bot).collect();
                (woken, waking.to_bytes())
            };
            self.inner.store.put_fact(WOKEN, bytes).await?;
            let mut gone = Vec::new();
            for bot in woken {
                if !self.has_token(bot).await? {
                    gone.push(bot);
                }
            }
            if gone.is_empty() {
                return Ok(());
            }
            self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner).forget(&gone);
        }
    }

    /// How long until one more bot may be woken.
    pub fn wake_wait(&self) -> Duration {
        let waking = self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner);
        waking.wait(Instant::now())
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

    #[test]
    fn a_process_goes_on_where_the_one_before_it_ended() {
        let (mut waking, now) = (Waking::default(), Instant::now());
        for bot in 0..10 {
            assert!(waking.wake(BotId(bot), now));
        }
        let now_ms = clock::now_ms();
        let mut next = Waking::read(&waking.to_bytes(), now, now_ms);
        assert!((0..10).all(|bot| next.wake(BotId(bot), now)));
        assert!(!next.wake(BotId(10), now));
        let mut later = Waking::read(&waking.to_bytes(), now, now_ms + 62_000);
        assert!(!later.is_awake(BotId(0)) && later.wake(BotId(10), now));
        assert_eq!(Waking::read(b"what nobody wrote", now, now_ms).woken.len(), 0);
    }
}
