//! Telegram's rates, kept on our side so that a 429 is rare, and obeyed where one comes.
//!
//! A message a second in one chat with short bursts, twenty a minute in a group, thirty a second
//! for a bot (Bot FAQ, "My bot is hitting limits"). Each limit belongs to its own destination:
//! nobody waits for somebody else's chat. What one bot may send in a second is shared among the chats
//! it writes to: each has one place among those who wait, and they go in turn, so that a chat with
//! much to come delays the others no more than one with little. Changes of messages (a mark, a button) have a limit of
//! their own beside that of messages, so that ornament never delays what somebody wrote.

use std::{
    collections::HashMap,
    hash::Hash,
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

use crate::{
    lanes::{Lanes, Turn},
    model::BotId,
};

type Destination = (BotId, ChatId);

fn quota(period: Duration, burst: NonZeroU32) -> Quota {
    // A period of nothing is no period; these are more.
    let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN));
    quota.allow_burst(burst)
}

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
/// Between two messages in a chat after that. A little more than a second: one that comes too soon,
/// if by a millisecond on the way, costs a whole second more.
const CHAT_PERIOD: Duration = Duration::from_millis(1050);
/// The same in a group, of which twenty get through in any minute.
const GROUP_BURST: NonZeroU32 = NonZeroU32::new(3).unwrap();
const GROUP_PERIOD: Duration = Duration::from_millis(3500);
/// Between two messages of one bot in all its chats, of which thirty get through in any second.
const BOT_PERIOD: Duration = Duration::from_millis(35);

pub(super) struct Limits {
    pacing: bool,
    chats: DefaultKeyedRateLimiter<Destination>,
    changes: DefaultKeyedRateLimiter<Destination>,
    groups: DefaultKeyedRateLimiter<Destination>,
    bots: DefaultKeyedRateLimiter<BotId>,
    told_to_wait: Mutex<HashMap<Destination, Instant>>,
    queues: Lanes<Destination>,
    /// A chat's one place among those that wait for their bot.
    gates: Lanes<Destination>,
    /// Who waits for a bot, in the order of asking.
    shares: Lanes<BotId>,
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
            chats: DefaultKeyedRateLimiter::keyed(quota(CHAT_PERIOD, CHAT_BURST)),
            changes: DefaultKeyedRateLimiter::keyed(quota(CHAT_PERIOD, CHAT_BURST)),
            groups: DefaultKeyedRateLimiter::keyed(quota(GROUP_PERIOD, GROUP_BURST)),
            bots: DefaultKeyedRateLimiter::keyed(quota(BOT_PERIOD, NonZeroU32::MIN)),
            told_to_wait: Mutex::default(),
            queues: Lanes::default(),
            gates: Lanes::default(),
            shares: Lanes::default(),
            stop: CancellationToken::new(),
        }
    }

    /// Waits for a turn to write to a chat, or to change something in it. With `queueing`, those
    /// before it go first, and where they are too many it is known at once that the turn comes too
    /// late; without, it takes the next one it can get.
    ///
    /// # Errors
    /// See [`NoTurn`].
    pub(super) async fn turn(
        &self,
        (bot, chat): Destination,
        deed: Deed,
        queueing: bool,
        deadline: Instant,
    ) -> Result<(), NoTurn> {
        let destination = (bot, chat);
        let _place = if queueing { Some(self.place(destination, deadline).await?) } else { None };
        loop {
            let told = self.still_told_to_wait(destination);
            if !told.is_zero() {
                self.wait(told, deadline).await?;
                continue;
            }
            if !self.pacing {
                return Ok(());
            }
            // One after the other: what one limit has granted is not asked of it again because the
            // next one does not.
            if chat.0 < 0 {
                self.granted(&self.groups, &destination, deadline).await?;
            }
            let of_chat = if deed == Deed::Send { &self.chats } else { &self.changes };
            self.granted(of_chat, &destination, deadline).await?;
            self.share(destination, deadline).await?;
            let told = self.still_told_to_wait(destination);
            if told.is_zero() {
                return Ok(());
            }
        }
    }

    /// A place at the head of those who wait for the same chat.
    async fn place(
        &self,
        destination: Destination,
        deadline: Instant,
    ) -> Result<Turn<Destination>, NoTurn> {
        let ahead = u32::try_from(self.queues.waiting(&destination)).unwrap_or(u32::MAX);
        let interval = if !self.pacing {
            Duration::ZERO
        } else if destination.1.0 < 0 {
            GROUP_PERIOD
        } else {
            CHAT_PERIOD
        };
        let expected = self.still_told_to_wait(destination) + interval.saturating_mul(ahead);
        if Instant::now() + expected > deadline {
            return Err(NoTurn::Past(expected));
        }
        match self.in_time(self.queues.turn(destination), deadline).await {
            Err(NoTurn::Past(_)) => Err(NoTurn::Past(expected.max(CHAT_PERIOD))),
            place => place,
        }
    }

    /// Waits for what its bot may send at all: one message of a chat at a time, chat after chat.
    async fn share(&self, destination: Destination, deadline: Instant) -> Result<(), NoTurn> {
        let bot = destination.0;
        let _gate = self.in_time(self.gates.turn(destination), deadline).await?;
        let _share = self.in_time(self.shares.turn(bot), deadline).await?;
        self.granted(&self.bots, &bot, deadline).await
    }

    async fn in_time<T>(
        &self,
        place: impl Future<Output = T>,
        deadline: Instant,
    ) -> Result<T, NoTurn> {
        let place = tokio::time::timeout_at(deadline.into(), place);
        match self.stop.run_until_cancelled(place).await {
            Some(Ok(place)) => Ok(place),
            Some(Err(_)) => Err(NoTurn::Past(CHAT_PERIOD)),
            None => Err(NoTurn::Stopping),
        }
    }

    /// Waits until a limit lets the next one through.
    async fn granted<K: Hash + Eq + Clone>(
        &self,
        limit: &DefaultKeyedRateLimiter<K>,
        key: &K,
        deadline: Instant,
    ) -> Result<(), NoTurn> {
        while let Err(not_yet) = limit.check_key(key) {
            self.wait(not_yet.wait_time_from(DefaultClock::default().now()), deadline).await?;
        }
        Ok(())
    }

    async fn wait(&self, wait: Duration, deadline: Instant) -> Result<(), NoTurn> {
        if Instant::now() + wait > deadline {
            return Err(NoTurn::Past(wait));
        }
        if self.pause(wait).await { Ok(()) } else { Err(NoTurn::Stopping) }
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

    fn still_told_to_wait(&self, destination: Destination) -> Duration {
        let waiting = self.told_to_wait.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .get(&destination)
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream::FuturesUnordered};

    use super::*;

    const BOT: BotId = BotId(1);

    #[tokio::test]
    async fn a_full_chat_waits_and_its_neighbour_does_not() {
        let limits = Limits::new(true);
        let (now, soon) = (Instant::now(), Instant::now() + Duration::from_secs(9));
        for _ in 0..CHAT_BURST.get() {
            limits.turn((BOT, ChatId(1)), Deed::Send, false, soon).await.unwrap();
        }
        assert!(limits.turn((BOT, ChatId(1)), Deed::Send, false, now).await.is_err());
        assert!(limits.turn((BOT, ChatId(2)), Deed::Send, false, soon).await.is_ok());
    }

    #[tokio::test]
    async fn marks_take_no_messages_turn() {
        let limits = Limits::new(true);
        let (now, soon) = (Instant::now(), Instant::now() + Duration::from_secs(9));
        for _ in 0..CHAT_BURST.get() {
            limits.turn((BOT, ChatId(1)), Deed::of("editMessageText"), false, soon).await.unwrap();
        }
        assert!(
            limits.turn((BOT, ChatId(1)), Deed::of("deleteMessage"), false, now).await.is_err()
        );
        assert!(limits.turn((BOT, ChatId(1)), Deed::of("sendMessage"), false, soon).await.is_ok());
    }

    #[tokio::test]
    async fn a_429_holds_its_destination_only_even_without_pacing() {
        let limits = Limits::new(false);
        let now = Instant::now();
        limits.told_to_wait(BOT, ChatId(1), Duration::from_secs(9));
        let told = limits.turn((BOT, ChatId(1)), Deed::Send, false, now).await.unwrap_err();
        assert!(matches!(told, NoTurn::Past(wait) if wait > Duration::from_secs(8)), "{told:?}");
        assert!(limits.turn((BOT, ChatId(2)), Deed::Send, false, now).await.is_ok());
        assert!(limits.turn((BotId(2), ChatId(1)), Deed::Send, false, now).await.is_ok());
    }

    #[tokio::test]
    async fn nobody_waits_once_the_process_stops() {
        let limits = Limits::new(false);
        limits.told_to_wait(BOT, ChatId(1), Duration::from_secs(40));
        let deadline = Instant::now() + Duration::from_secs(45);
        let waiting = limits.turn((BOT, ChatId(1)), Deed::Send, false, deadline);
        let stop = async { limits.stop_waiting() };
        assert_eq!(tokio::join!(waiting, stop).0, Err(NoTurn::Stopping));
        assert_eq!(
            limits.turn((BOT, ChatId(1)), Deed::Send, false, deadline).await,
            Err(NoTurn::Stopping)
        );
        assert!(limits.turn((BOT, ChatId(2)), Deed::Send, false, deadline).await.is_ok());
    }
    #[tokio::test]
    async fn turns_come_in_the_order_of_asking_and_too_long_a_queue_is_known_at_once() {
        let limits = Limits::new(true);
        let here = (BOT, ChatId(1));
        let soon = || Instant::now() + Duration::from_secs(10);
        for _ in 0..CHAT_BURST.get() {
            limits.turn(here, Deed::Send, true, soon()).await.unwrap();
        }
        let mut waiting: Vec<_> =
            (0..10).map(|_| Box::pin(limits.turn(here, Deed::Send, true, soon()))).collect();
        for turn in &mut waiting {
            assert!(futures::poll!(turn).is_pending());
        }
        let late = limits.turn(here, Deed::Send, true, soon());
        assert!(matches!(late.await, Err(NoTurn::Past(wait)) if wait >= Duration::from_secs(10)));
        // Whoever has no place in the queue is not put behind all of it.
        let first = futures::future::select_all(waiting).await;
        assert_eq!((first.0, first.1), (Ok(()), 0));
    }
    #[tokio::test]
    async fn no_second_gets_more_than_telegram_takes_from_a_bot() {
        let limits = Limits::new(true);
        let (began, soon) = (Instant::now(), Instant::now() + Duration::from_secs(9));
        for chat in 0..30 {
            limits.turn((BOT, ChatId(chat + 1)), Deed::Send, true, soon).await.unwrap();
        }
        assert!(began.elapsed() >= Duration::from_millis(950), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_chat_with_much_to_come_delays_another_by_one_message() {
        let limits = Limits::new(true);
        let soon = || Instant::now() + Duration::from_secs(30);
        let send = async |chat| {
            limits.turn((BOT, ChatId(chat)), Deed::Send, false, soon()).await.unwrap();
            chat
        };
        let flood = (0..CHAT_BURST.get()).map(|_| 1);
        let turns = flood.chain(2..7).map(|chat| Box::pin(send(chat)));
        let granted: Vec<_> = turns.collect::<FuturesUnordered<_>>().collect().await;
        let last = granted.iter().rposition(|chat| *chat != 1).unwrap();
        // Nobody waited when the first went, and the second had its place before them.
        assert!(last < 2 + 5 + 1, "{granted:?}");
    }
}
