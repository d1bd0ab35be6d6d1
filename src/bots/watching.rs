//! Notices where a bot's updates go in truth: whoever has its token can have them sent elsewhere.
//!
//! By webhook, Telegram is asked: the master bot's webhook each minute, client bots in turn, each
//! once a minute as long as there are no more than sixty, else one a second. Those that have not
//! called since this process started are woken at Telegram's pace, newest first. Long polling
//! notices by itself.
//!
//! What somebody else changed is ordered anew, three times in a day. After that the two would only
//! take the bot from each other: its owner is told, and it is tried once a day.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    Bots, OrderError,
    reach::{RECENT_S, trouble},
    webhooks::is_right,
};
use crate::{
    clock,
    model::{BotId, BotState},
    store::StoreError,
    telegram::{ClientBot, Refusal, WebhookInfo},
};

/// In so long, somebody else's order is changed three times at most.
const DAY_MS: i64 = 24 * 3600 * 1000;
/// Client bots looked at in the time in which the master bot is looked at once.
pub(super) const A_ROUND: u32 = 60;
/// How long the same trouble with deliveries is not said again.
const SAID: Duration = Duration::from_hours(1);
/// What Telegram may say of deliveries in different words before old ones are forgotten.
const WORDS: usize = 100;

/// When which bot was looked at, and what was said.
#[derive(Default)]
struct Rounds {
    looked: HashMap<BotId, Instant>,
    said: HashMap<String, Instant>,
}

impl Bots {
    /// Looks where updates go until stopped, where they come by webhook.
    pub async fn keep_watch(&self, every: Duration, stop: CancellationToken) {
        if !self.by_webhook() {
            return;
        }
        let mut rounds = Rounds::default();
        // The start has just looked at the master bot; a process that is started over and over has
        // better to do than look at the others.
        let mut master_due = Instant::now() + every;
        let mut wait = every / 3;
        while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
            wait = every / A_ROUND;
            if !self.may_work().await {
                wait = every;
                continue;
            }
            if master_due <= Instant::now() {
                master_due = Instant::now() + every;
                self.look_at_master(&mut rounds).await;
            }
            if let Some(client) = self.next_to_look_at(&rounds, every)
                && self.may_wake(client.id()).await
            {
                rounds.looked.insert(client.id(), Instant::now());
                self.look_at(&client, &mut rounds).await;
            }
        }
    }

    /// A bot that may be woken, newest first; else the one that was not looked at for longest.
    fn next_to_look_at(&self, rounds: &Rounds, every: Duration) -> Option<Arc<ClientBot>> {
        let now = Instant::now();
        let waking = self.inner.waking.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.all();
        let watched = |client: &&Arc<ClientBot>| client.state != BotState::Revoked;
        let asleep = all.iter().filter(watched).filter(|client| !waking.is_awake(client.id()));
        if waking.wait(now).is_zero()
            && let Some(client) = asleep.max_by_key(|client| client.id())
        {
            return Some(Arc::clone(client));
        }
        let due = |client: &&Arc<ClientBot>| {
            let looked = rounds.looked.get(&client.id());
            waking.is_awake(client.id())
                && looked.is_none_or(|looked| now.duration_since(*looked) >= every)
        };
        let due = all.iter().filter(watched).filter(due);
        due.min_by_key(|client| rounds.looked.get(&client.id())).cloned()
    }

    async fn look_at_master(&self, rounds: &mut Rounds) {
        match self.order_master_updates().await {
            Ok(info) => {
                self.looked_at(self.inner.master.bot, &info);
                rounds.warn_of(self.inner.master.bot, &info);
            }
            Err(OrderError::Call(error)) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                self.master_fares(BotState::Revoked);
            }
            Err(error) => tracing::warn!(%error, "the master bot's webhook could not be looked at"),
        }
    }

    async fn look_at(&self, client: &ClientBot, rounds: &mut Rounds) {
        if self.is_wrongly_ordered(client) {
            // That is our own doing, and being put right.
            return;
        }
        let looked = match self.inner.telegram.webhook_info(&client.caller).await {
            Ok(info) if is_right(&info, self.client_order(client.id()).as_ref()) => {
                self.looked_at(client.id(), &info);
                rounds.warn_of(client.id(), &info);
                self.recovered(client).await
            }
            Ok(_) => self.take_back(client).await,
            Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                self.token_refused(client).await
            }
            Err(error) => {
                tracing::debug!(bot.id = client.id().0, %error, "a webhook could not be looked at");
                Ok(())
            }
        };
        if let Err(error) = looked {
            tracing::warn!(bot.id = client.id().0, %error, "how a bot fares could not be recorded");
        }
    }

    /// Orders a client bot's updates anew because somebody else had ordered them; when that did not
    /// last, its owner is told instead.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn take_back(&self, client: &ClientBot) -> Result<(), StoreError> {
        let Some(now) = self.same(client) else { return Ok(()) };
        if !self.is_current(client).await? {
            return Ok(());
        }
        let is_lost = now.state == BotState::Contested;
        if !self.take_reset(client.id(), is_lost).await? {
            return self.contested(client).await;
        }
        tracing::warn!(
            bot.id = client.id().0,
            "another program changed where its updates go; they are ordered anew"
        );
        if self.put_right(client).await.is_err_and(|error| error.refusal().is_some()) {
            self.inner.store.return_reset(client.id()).await?;
        }
        Ok(())
    }

    /// Whether a bot's updates may be ordered anew against somebody else: three times a day, or once
    /// where that did not help.
    pub(super) async fn take_reset(&self, bot: BotId, is_lost: bool) -> Result<bool, StoreError> {
        let now = clock::now_ms();
        self.inner.store.take_reset(bot, now.saturating_sub(DAY_MS), now, is_lost).await
    }
}

impl Rounds {
    /// Says what Telegram says of deliveries to us.
    fn warn_of(&mut self, bot: BotId, info: &WebhookInfo) {
        let Some(reason) = trouble(info) else { return };
        let recent = info.last_error_date.saturating_add(RECENT_S) > clock::now_ms() / 1000;
        let said = self.said.get(&reason).is_some_and(|said| said.elapsed() < SAID);
        if !recent || said {
            return;
        }
        if self.said.len() >= WORDS {
            self.said.clear();
        }
        self.said.insert(reason.clone(), Instant::now());
        tracing::error!(
            bot.id = bot.0,
            address = %super::host_of(&info.url),
            waiting = info.pending_update_count,
            %reason,
            "Telegram can't deliver updates to PUBLIC_URL"
        );
    }
}
