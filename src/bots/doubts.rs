//! Looks again at client bots whose token Telegram refused: a refusal may pass.
//!
//! ```text
//! 🟢 @shop_bot works again: Telegram accepts its token. …
//! ```
//!
//! By itself after a minute, then with pauses that double up to an hour. Sooner when something shows
//! that it works: Telegram brought an update, or took a message. A bot whose token is refused and
//! accepted by turns is looked at ever less often, so that its owner is not told each time.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{Bots, watching::A_ROUND};
use crate::{
    model::{BotId, BotState},
    store::StoreError,
    telegram::{ClientBot, Refusal},
};

/// The pause after which the first look is taken.
const FIRST: Duration = Duration::from_mins(1);
/// The longest pause, as a multiple of the first one.
const LONGEST: u32 = 60;

/// The bots whose tokens were refused.
#[derive(Debug)]
pub(super) struct Doubts {
    first: Duration,
    bots: HashMap<BotId, Doubt>,
}

#[derive(Debug)]
struct Doubt {
    /// When it was refused, or looked at last.
    since: Instant,
    /// How often it was looked at in vain.
    looks: u32,
    /// How often it was refused again soon after it had worked again.
    relapses: u32,
    /// Whether something has shown since that it works.
    shows_life: bool,
    /// Since when it works again.
    works: Option<Instant>,
}

impl Default for Doubts {
    fn default() -> Self {
        Self { first: FIRST, bots: HashMap::new() }
    }
}

impl Doubts {
    fn refused(&mut self, bot: BotId, now: Instant) {
        let doubt = self.doubt(bot, now);
        if doubt.works.is_some() {
            *doubt = Doubt { relapses: doubt.relapses.saturating_add(1), ..Doubt::new(now) };
        }
    }

    fn shows_life(&mut self, bot: BotId, now: Instant) {
        self.doubt(bot, now).shows_life = true;
    }

    /// It was looked at in vain.
    fn remains(&mut self, bot: BotId, now: Instant) {
        let doubt = self.doubt(bot, now);
        let (looks, relapses) = (doubt.looks.saturating_add(1), doubt.relapses);
        *doubt = Doubt { looks, relapses, ..Doubt::new(now) };
    }

    fn works(&mut self, bot: BotId, now: Instant) {
        self.doubt(bot, now).works = Some(now);
    }

    /// Takes note of which ones work, whoever found it out, and forgets those that have for long.
    fn settle(&mut self, is_refused: impl Fn(BotId) -> bool, now: Instant) {
        let long = self.first * LONGEST;
        self.bots.retain(|bot, doubt| {
            doubt.works = if is_refused(*bot) { None } else { doubt.works.or(Some(now)) };
            doubt.works.is_none_or(|works| now.duration_since(works) < long)
        });
    }

    /// It has a new token, or is gone.
    pub(super) fn forget(&mut self, bot: BotId) {
        self.bots.remove(&bot);
    }

    fn is_due(&mut self, bot: BotId, now: Instant) -> bool {
        let first = self.first;
        let pause = |doublings: u32| first * 2_u32.saturating_pow(doublings).min(LONGEST);
        let doubt = self.doubt(bot, now);
        let waits = match doubt {
            Doubt { shows_life: true, relapses: 0, looks: 0, .. } => Duration::ZERO,
            Doubt { shows_life: true, relapses, .. } => pause(*relapses),
            Doubt { relapses, looks, .. } => pause(relapses.saturating_add(*looks)),
        };
        now.duration_since(doubt.since) >= waits
    }

    fn doubt(&mut self, bot: BotId, now: Instant) -> &mut Doubt {
        self.bots.entry(bot).or_insert_with(|| Doubt::new(now))
    }
}

impl Doubt {
    fn new(since: Instant) -> Self {
        Self { since, looks: 0, relapses: 0, shows_life: false, works: None }
    }
}

impl Bots {
    /// Something shows that a bot's token works; if it was refused, it is looked at again.
    pub fn shows_life(&self, bot: BotId) {
        if self.get(bot).is_some_and(|client| client.state == BotState::Revoked) {
            self.in_doubt(|doubts| doubts.shows_life(bot, Instant::now()));
            self.inner.doubt.notify_one();
        }
    }

    /// Waits until a bot's token is no longer thought to be refused.
    pub async fn works_again(&self, client: &ClientBot) {
        let mut changed = self.watch();
        while self.same(client).is_some_and(|now| now.state == BotState::Revoked) {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Looks again at the bots whose tokens were refused until stopped, `first` after the refusal.
    pub async fn keep_doubting(&self, first: Duration, stop: CancellationToken) {
        self.in_doubt(|doubts| doubts.first = first);
        loop {
            let next = async {
                tokio::select! {
                    () = self.inner.doubt.notified() => {}
                    () = tokio::time::sleep(first / A_ROUND) => {}
                }
            };
            if stop.run_until_cancelled(next).await.is_none() {
                return;
            }
            // One at a time: a thousand of them must not call at once.
            if let Some(client) = self.next_in_doubt()
                && self.may_wake(client.id()).await
                && let Err(error) = self.look_again(&client).await
            {
                tracing::warn!(bot.id = client.id().0, %error, "how a bot fares could not be recorded");
            }
        }
    }

    /// Telegram refused a bot's token.
    pub(super) fn doubt(&self, bot: BotId) {
        self.in_doubt(|doubts| doubts.refused(bot, Instant::now()));
    }

    fn next_in_doubt(&self) -> Option<Arc<ClientBot>> {
        let now = Instant::now();
        let mut refused = self.all();
        refused.retain(|client| client.state == BotState::Revoked);
        let ids: HashSet<BotId> = refused.iter().map(|client| client.id()).collect();
        self.in_doubt(|doubts| {
            doubts.settle(|bot| ids.contains(&bot), now);
            refused.retain(|client| doubts.is_due(client.id(), now));
            refused.into_iter().min_by_key(|client| doubts.doubt(client.id(), now).since)
        })
    }

    async fn look_again(&self, client: &ClientBot) -> Result<(), StoreError> {
        let bot = client.id();
        let looked = self.inner.telegram.identify(&client.caller).await;
        let now = Instant::now();
        let Err(error) = looked else {
            // At once: it may be refused again before the next round.
            self.in_doubt(|doubts| doubts.works(bot, now));
            return self.recovered(client).await;
        };
        tracing::debug!(bot.id = bot.0, %error, "a bot that was refused was looked at in vain");
        self.in_doubt(|doubts| doubts.remains(bot, now));
        if error.refusal() == Some(&Refusal::TokenRevoked) {
            // It stands there, unless a process was killed while it recorded the opposite.
            self.inner.store.raise_alarm(bot, BotState::Revoked).await?;
        }
        Ok(())
    }

    pub(super) fn in_doubt<T>(&self, act: impl FnOnce(&mut Doubts) -> T) -> T {
        act(&mut self.inner.doubts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOT: BotId = BotId(7);
    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn the_pauses_grow_to_an_hour() {
        let (mut doubts, mut now) = (Doubts::default(), Instant::now());
        doubts.refused(BOT, now);
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert!(
                !doubts
                    .is_due(BOT, now + (MINUTE * minutes).saturating_sub(Duration::from_secs(1)))
            );
            now += MINUTE * minutes;
            assert!(doubts.is_due(BOT, now));
            doubts.remains(BOT, now);
        }
    }

    #[test]
    fn a_sign_of_life_is_heeded_at_once_and_then_once_a_minute() {
        let (mut doubts, mut now) = (Doubts::default(), Instant::now());
        doubts.refused(BOT, now);
        doubts.shows_life(BOT, now);
        assert!(doubts.is_due(BOT, now));
        for _ in 0..10 {
            doubts.remains(BOT, now);
            doubts.shows_life(BOT, now);
            assert!(!doubts.is_due(BOT, now));
            now += MINUTE;
            assert!(doubts.is_due(BOT, now));
        }
    }

    #[test]
    fn a_token_refused_by_turns_is_looked_at_ever_less_often() {
        let (mut doubts, mut now) = (Doubts::default(), Instant::now());
        doubts.refused(BOT, now);
        for minutes in [2, 4, 8, 16] {
            doubts.works(BOT, now);
            now += MINUTE;
            doubts.refused(BOT, now);
            doubts.shows_life(BOT, now);
            assert!(!doubts.is_due(BOT, now + MINUTE * (minutes - 1)));
            now += MINUTE * minutes;
            doubts.settle(|_| true, now);
            assert!(doubts.is_due(BOT, now));
        }
        doubts.settle(|_| false, now);
        now += MINUTE * LONGEST;
        doubts.settle(|_| false, now);
        doubts.refused(BOT, now);
        doubts.shows_life(BOT, now);
        assert!(doubts.is_due(BOT, now), "it has worked for long");
    }
}
