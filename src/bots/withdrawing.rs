//! Ends the order to send us a bot's updates when it is detached, however Telegram stumbles.
//!
//! ```text
//! the owner:   /remove, [Detach]
//! master bot:  @shop_bot is detached, its token is wiped.       (after some seconds at most)
//! ```
//!
//! What does not work in that time is insisted on in the background. The token is in this process's
//! memory alone then; it is gone with it, or after a day, as is what Telegram kept meanwhile. Until
//! it works, what customers write is refused and not lost: Telegram keeps it for whoever attaches
//! the bot next.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::Bots;
use crate::{
    model::BotId,
    store::{StoreError, Whom},
    telegram::{CallError, ClientBot, Refusal},
    text::Language,
};

/// How long an owner who detaches a bot waits for it.
const AT_ONCE: Duration = Duration::from_secs(3);
/// How long it is insisted on: so long Telegram keeps what it can't deliver.
const INSISTS: Duration = Duration::from_hours(24);
/// The first pause between two tries, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(5));
/// So often it may be refused for a reason that waiting does not mend.
const REFUSALS: u32 = 3;

/// A bot that was detached, whose updates may still be sent to us.
#[derive(Debug)]
pub(super) struct Withdrawal {
    client: Arc<ClientBot>,
    insisting: Insisting,
}

/// How often and when something is tried that has to be done.
#[derive(Debug)]
struct Insisting {
    until: Instant,
    due: Instant,
    pause: Duration,
    refused: u32,
}

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// There is no order of ours any more, or nothing to end it with.
    Done,
    Later,
    /// It is of no use to go on.
    InVain,
}

impl Insisting {
    fn begin(now: Instant) -> Self {
        Self { until: now + INSISTS, due: now, pause: PAUSES.0, refused: 0 }
    }

    /// Takes note of why it did not work.
    fn failed(&mut self, error: &CallError, now: Instant) -> Tried {
        let wait = match error {
            CallError::NotSent(Refusal::TokenRevoked) => return Tried::Done,
            CallError::NotSent(Refusal::TooFast { retry_after }) => (*retry_after).max(PAUSES.0),
            passing => {
                let passes = matches!(
                    passing,
                    CallError::Unknown(_) | CallError::NotSent(Refusal::Unreachable)
                );
                self.refused += u32::from(!passes);
                let wait = self.pause;
                self.pause = (wait * 2).min(PAUSES.1);
                wait
            }
        };
        self.due = now + wait;
        if self.refused >= REFUSALS || self.due > self.until { Tried::InVain } else { Tried::Later }
    }
}

impl Bots {
    /// Ends the order to send us a bot's updates while its owner waits; gives what is to be insisted
    /// on where that did not work.
    pub(super) async fn withdraw_at_once(&self, client: &Arc<ClientBot>) -> Option<Withdrawal> {
        let now = Instant::now();
        let mut left = Withdrawal { client: Arc::clone(client), insisting: Insisting::begin(now) };
        let trying = async {
            loop {
                let tried = self.try_to_withdraw(&mut left).await;
                if tried != Tried::Later || left.insisting.due > now + AT_ONCE {
                    return tried;
                }
                tokio::time::sleep_until(left.insisting.due.into()).await;
            }
        };
        // A try that is cut off may have worked: it is no harm to try again.
        let tried = tokio::time::timeout(AT_ONCE, trying).await.unwrap_or(Tried::Later);
        if tried == Tried::InVain {
            // Once more, behind his back: then he is told.
            left.insisting.due = now;
        }
        (tried != Tried::Done).then_some(left)
    }

    /// Insists from now on. The bot is detached, and its token wiped, wherever it was stored.
    pub(super) fn insists_on(&self, left: Withdrawal) {
        let mut all = self.inner.withdrawals.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(left);
        drop(all);
        self.inner.withdraw.notify_one();
    }

    /// Ends what could not be ended at once, until stopped.
    pub async fn keep_withdrawing(&self, stop: CancellationToken) {
        loop {
            let next = async {
                tokio::select! {
                    () = self.inner.withdraw.notified() => {}
                    () = self.next_withdrawal() => {}
                }
            };
            if stop.run_until_cancelled(next).await.is_none() {
                return;
            }
            let tries = async {
                for left in self.due_withdrawals() {
                    self.insist(left).await;
                }
            };
            if stop.run_until_cancelled(tries).await.is_none() {
                return;
            }
        }
    }

    async fn next_withdrawal(&self) {
        let due = {
            let all = self.inner.withdrawals.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().map(|left| left.insisting.due).min()
        };
        match due {
            Some(due) => tokio::time::sleep_until(due.into()).await,
            None => std::future::pending().await,
        }
    }

    fn due_withdrawals(&self) -> Vec<Withdrawal> {
        let now = Instant::now();
        let mut all = self.inner.withdrawals.lock().unwrap_or_else(PoisonError::into_inner);
        all.extract_if(.., |left| left.insisting.due <= now).collect()
    }

    async fn insist(&self, mut left: Withdrawal) {
        let bot = left.client.id();
        // Whoever attached it since has ordered its updates.
        let tried = match self.has_token(bot).await {
            Ok(true) => return,
            Ok(false) => self.try_to_withdraw(&mut left).await,
            Err(error) => {
                tracing::debug!(bot.id = bot.0, %error, "a webhook is removed later");
                left.insisting.due = Instant::now() + PAUSES.1;
                Tried::Later
            }
        };
        match tried {
            Tried::Done => {
                tracing::info!(bot.id = bot.0, "the webhook of a detached bot is removed at last");
                self.order_if_attached(bot).await;
            }
            Tried::Later => self.insists_on(left),
            Tried::InVain => {
                tracing::error!(
                    bot.id = bot.0,
                    "the webhook of a detached bot could not be removed; what comes is refused"
                );
                if let Err(error) = self.tell_of_webhook(&left.client).await {
                    tracing::warn!(bot.id = bot.0, %error, "its owner is not told");
                }
            }
        }
    }

    /// Whether updates of a bot are for anybody here: whichever process attached it, or the master's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_attached(&self, bot: BotId) -> Result<bool, StoreError> {
        if bot == self.inner.master.bot || self.get(bot).is_some() {
            return Ok(true);
        }
        self.has_token(bot).await
    }

    /// Whether a bot is attached, as the database has it.
    pub(super) async fn has_token(&self, bot: BotId) -> Result<bool, StoreError> {
        Ok(self.inner.store.bot(bot).await?.is_some_and(|row| row.token.is_some()))
    }

    async fn try_to_withdraw(&self, left: &mut Withdrawal) -> Tried {
        match self.withdraw_order(&left.client).await {
            Ok(()) => Tried::Done,
            Err(error) => {
                let bot = left.client.id();
                tracing::warn!(bot.id = bot.0, %error, "a webhook could not be removed");
                left.insisting.failed(&error, Instant::now())
            }
        }
    }

    /// Where somebody attached a bot while its former order was ended, it is ordered anew.
    async fn order_if_attached(&self, bot: BotId) {
        match self.find_quietly(bot).await {
            Ok(Some(client)) => {
                // What went wrong is said there, and looked after.
                let _ = self.put_right(&client).await;
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(bot.id = bot.0, %error, "a bot could not be looked up"),
        }
    }

    /// Tells whoever detached a bot, if he is still an owner here.
    async fn tell_of_webhook(&self, client: &ClientBot) -> Result<(), StoreError> {
        let (store, owner, master) = (&self.inner.store, client.owner, &self.inner.master);
        let Some(_present) = store.enter(Whom::Owner(owner)) else { return Ok(()) };
        let Some(known) = store.owner(master.bot, owner).await? else { return Ok(()) };
        let language = Language::of(known.chosen.or(known.language).as_deref());
        let text = language.webhook_stays(&client.username);
        if let Err(error) = self.tell_owner(owner, text).await {
            tracing::warn!(owner.id = %owner, %error, "an owner can't be told of a webhook");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::Doubt;

    fn unknown() -> CallError {
        CallError::Unknown(Doubt::Unreadable)
    }

    #[test]
    fn the_pauses_grow_and_end_after_a_day() {
        let mut now = Instant::now();
        let mut insisting = Insisting::begin(now);
        let until = now + INSISTS;
        let mut waits = Vec::new();
        while insisting.failed(&unknown(), now) == Tried::Later {
            waits.push(insisting.due - now);
            now = insisting.due;
        }
        assert_eq!(waits[..4], [1, 2, 4, 8].map(Duration::from_secs));
        assert_eq!(waits.last(), Some(&PAUSES.1));
        assert!(now <= until && now + PAUSES.1 > until);
    }

    #[test]
    fn what_telegram_asks_for_is_obeyed() {
        let now = Instant::now();
        let mut insisting = Insisting::begin(now);
        let retry_after = Duration::from_secs(77);
        let limited = CallError::NotSent(Refusal::TooFast { retry_after });
        assert_eq!(insisting.failed(&limited, now), Tried::Later);
        assert_eq!(insisting.due, now + retry_after);
        let for_long = Refusal::TooFast { retry_after: INSISTS * 2 };
        assert_eq!(insisting.failed(&CallError::NotSent(for_long), now), Tried::InVain);
    }

    #[test]
    fn what_waiting_does_not_mend_is_given_up() {
        let now = Instant::now();
        let mut insisting = Insisting::begin(now);
        let no = CallError::NotSent(Refusal::Forbidden("no".to_owned()));
        let tried = [0; 3].map(|_| insisting.failed(&no, now));
        assert_eq!(tried, [Tried::Later, Tried::Later, Tried::InVain]);
        let revoked = CallError::NotSent(Refusal::TokenRevoked);
        assert_eq!(Insisting::begin(now).failed(&revoked, now), Tried::Done);
    }
}
