//! Telegram's rates, kept on our side so that a 429 is rare, and obeyed where one comes.
//!
//! A message a second in one chat with short bursts, twenty a minute in a group, thirty a second
//! for a bot (Bot FAQ, "My bot is hitting limits"). Each limit belongs to its own destination:
//! nobody waits for somebody else's chat. Changes of messages (a mark, a button) have a limit of
//! their own beside that of messages, so that ornament never delays what somebody wrote.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use teloxide::types::ChatId;
use tokio_util::sync::CancellationToken;

use crate::model::BotId;

type Destination = (BotId, ChatId);

/// What a call does to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// It makes messages.
    Send,
    /// It changes or removes one.
    Change,
}

impl Deed {
    /// What a Bot API method does.
    pub(super) fn of(method: &str) -> Self {
        let changes = ["edit", "stop", "delete"].iter().any(|verb| method.starts_with(verb));
        if changes { Self::Change } else { Self::Send }
    }
}

/// Messages a chat may get at once before the rate of one a second begins.
const CHAT_BURST: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Messages a minute in a group.
const GROUP_A_MINUTE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Messages a second of one bot.
const BOT_A_SECOND: NonZeroU32 = NonZeroU32::new(30).unwrap();
const ONE: NonZeroU32 = NonZeroU32::new(1).unwrap();

pub(super) struct Limits {
    pacing: bool,
    chats: DefaultKeyedRateLimiter<Destination>,
    changes: DefaultKeyedRateLimiter<Destination>,
    groups: DefaultKeyedRateLimiter<Destination>,
    bots: DefaultKeyedRateLimiter<BotId>,
    told_to_wait: Mutex<HashMap<Destination, Instant>>,
    stop: CancellationToken,
}

/// Why a call does not get its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTurn {
    /// It would still take this long, which is past the deadline.
    Past(Duration),
    /// The process stops before the turn comes.
    Stopping,
}

impl Limits {
    /// With `pacing` off only Telegram's own 429s are obeyed.
    pub(super) fn new(pacing: bool) -> Self {
        Self {
            pacing,
            chats: DefaultKeyedRateLimiter::keyed(Quota::per_second(ONE).allow_burst(CHAT_BURST)),
            changes: DefaultKeyedRateLimiter::keyed(Quota::per_second(ONE).allow_burst(CHAT_BURST)),
            groups: DefaultKeyedRateLimiter::keyed(Quota::per_minute(GROUP_A_MINUTE)),
            bots: DefaultKeyedRateLimiter::keyed(Quota::per_second(BOT_A_SECOND)),
            told_to_wait: Mutex::default(),
            stop: CancellationToken::new(),
        }
    }

    /// Waits for a turn to write to a chat, or to change something in it.
    ///
    /// # Errors
    /// See [`NoTurn`].
    pub(super) async fn turn(
        &self,
        bot: BotId,
        chat: ChatId,
        deed: Deed,
        deadline: Instant,
    ) -> Result<(), NoTurn> {
        loop {
            let wait = self.wait_for(bot, chat, deed);
            if wait.is_zero() {
                return Ok(());
            }
            if Instant::now() + wait > deadline {
                return Err(NoTurn::Past(wait));
            }
            if !self.pause(wait).await {
                return Err(NoTurn::Stopping);
            }
        }
    }

    /// Waits; `false` when the process stops before the time is over.
    pub(super) async fn pause(&self, wait: Duration) -> bool {
        self.stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some()
    }

    /// Ends every wait, now and from now on.
    pub(super) fn stop_waiting(&self) {
        self.stop.cancel();
    }

    /// Telegram said 429 for this destination.
    pub(super) fn told_to_wait(&self, bot: BotId, chat: ChatId, retry_after: Duration) {
        let mut waiting = self.told_to_wait.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert((bot, chat), Instant::now() + retry_after);
    }

    /// Drops what no longer limits anybody.
    pub(super) fn forget_quiet(&self) {
        self.chats.retain_recent();
        self.changes.retain_recent();
        self.groups.retain_recent();
        self.bots.retain_recent();
        let now = Instant::now();
        let mut waiting = self.told_to_wait.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, until| *until > now);
    }

    fn wait_for(&self, bot: BotId, chat: ChatId, deed: Deed) -> Duration {
        let told = self.still_told_to_wait((bot, chat));
        if !told.is_zero() || !self.pacing {
            return told;
        }
        let now = DefaultClock::default().now();
        let (is_group, key) = (chat.0 < 0, (bot, chat));
        let group = if is_group { self.groups.check_key(&key) } else { Ok(()) };
        let of_chat = if deed == Deed::Send { &self.chats } else { &self.changes };
        group
            .and_then(|()| of_chat.check_key(&key))
            .and_then(|()| self.bots.check_key(&bot))
            .map_or_else(|not_yet| not_yet.wait_time_from(now), |()| Duration::ZERO)
    }

    fn still_told_to_wait(&self, destination: Destination) -> Duration {
        let waiting = self.told_to_wait.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .get(&destination)
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOT: BotId = BotId(1);

    #[tokio::test]
    async fn a_full_chat_waits_and_its_neighbour_does_not() {
        let limits = Limits::new(true);
        let now = Instant::now();
        for _ in 0..CHAT_BURST.get() {
            limits.turn(BOT, ChatId(1), Deed::Send, now).await.unwrap();
        }
        assert!(limits.turn(BOT, ChatId(1), Deed::Send, now).await.is_err());
        assert!(limits.turn(BOT, ChatId(2), Deed::Send, now).await.is_ok());
    }

    #[tokio::test]
    async fn marks_take_no_messages_turn() {
        let limits = Limits::new(true);
        let now = Instant::now();
        for _ in 0..CHAT_BURST.get() {
            limits.turn(BOT, ChatId(1), Deed::of("editMessageText"), now).await.unwrap();
        }
        assert!(limits.turn(BOT, ChatId(1), Deed::of("deleteMessage"), now).await.is_err());
        assert!(limits.turn(BOT, ChatId(1), Deed::of("sendMessage"), now).await.is_ok());
    }

    #[tokio::test]
    async fn a_429_holds_its_destination_only_even_without_pacing() {
        let limits = Limits::new(false);
        let now = Instant::now();
        limits.told_to_wait(BOT, ChatId(1), Duration::from_secs(9));
        let told = limits.turn(BOT, ChatId(1), Deed::Send, now).await.unwrap_err();
        assert!(matches!(told, NoTurn::Past(wait) if wait > Duration::from_secs(8)), "{told:?}");
        assert!(limits.turn(BOT, ChatId(2), Deed::Send, now).await.is_ok());
        assert!(limits.turn(BotId(2), ChatId(1), Deed::Send, now).await.is_ok());
    }

    #[tokio::test]
    async fn nobody_waits_once_the_process_stops() {
        let limits = Limits::new(false);
        limits.told_to_wait(BOT, ChatId(1), Duration::from_secs(40));
        let deadline = Instant::now() + Duration::from_secs(45);
        let waiting = limits.turn(BOT, ChatId(1), Deed::Send, deadline);
        let stop = async { limits.stop_waiting() };
        assert_eq!(tokio::join!(waiting, stop).0, Err(NoTurn::Stopping));
        assert_eq!(limits.turn(BOT, ChatId(1), Deed::Send, deadline).await, Err(NoTurn::Stopping));
        assert!(limits.turn(BOT, ChatId(2), Deed::Send, deadline).await.is_ok());
    }
}
