//! How the bots fare: recorded, shown in `/bots`, and told to whom it concerns.
//!
//! ```text
//! 🔴 Telegram no longer accepts the token of @shop_bot, so customers can't reach you through it. …
//! ```
//!
//! An alarm is recorded before it is told and ticked off afterwards, so that a process that ends in
//! between leaves it to the next one. How the master bot fares is the operator's matter: it stands
//! in the log and in the metrics.

use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use futures::StreamExt;
use serde_json::Map;
use teloxide::types::ChatId;
use tokio_util::sync::CancellationToken;

use super::Bots;
use crate::{
    clock,
    model::{BotState, OwnerId},
    store::{Alarm, Purpose, StoreError},
    telegram::{CallError, ClientBot, Outgoing},
    text::Language,
};

/// How often it is looked whether something is still to be told.
const PAUSE: Duration = Duration::from_mins(1);
/// How long telling may take: a stop waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Owners told at a time.
const AT_A_TIME: usize = 4;

impl Bots {
    /// Telegram no longer accepts a bot's token: it is shown in `/bots`, and its owner is told once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_refused(&self, client: &ClientBot) -> Result<(), StoreError> {
        self.fares(client, BotState::Revoked).await
    }

    /// Somebody else receives a bot's updates: shown in `/bots`, and its owner is told once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contested(&self, client: &ClientBot) -> Result<(), StoreError> {
        self.fares(client, BotState::Contested).await
    }

    /// A bot's updates come (again).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovered(&self, client: &ClientBot) -> Result<(), StoreError> {
        let state = self.same(client).map(|now| now.state);
        match state {
            None | Some(BotState::Active) => return Ok(()),
            Some(BotState::Revoked) => {
                if !self.is_current(client).await? {
                    return Ok(());
                }
                self.inner.store.end_told_alarm(client.id(), BotState::Revoked).await?;
            }
            Some(_) => self.inner.store.end_alarm(client.id()).await?,
        }
        self.set_state(client, BotState::Active).await?;
        // What could not be fetched before says nothing any more.
        self.fetched(client.id());
        self.inner.alarm.notify_one();
        tracing::info!(bot.id = client.id().0, "a client bot's updates come again");
        Ok(())
    }

    /// How many client bots fare how.
    pub fn count_by_state(&self) -> [(BotState, usize); 3] {
        let all = self.all();
        [BotState::Active, BotState::Revoked, BotState::Contested]
            .map(|state| (state, all.iter().filter(|bot| bot.state == state).count()))
    }

    /// How the master bot fares.
    pub fn master_state(&self) -> BotState {
        *self.inner.master_state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of how the master bot fares, and says it in the log when it is news.
    pub fn master_fares(&self, state: BotState) {
        let mut now = self.inner.master_state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *now, state);
        drop(now);
        if before == state {
            return;
        }
        match state {
            BotState::Active | BotState::Removed => {
                tracing::info!("the master bot works again");
            }
            BotState::Revoked => tracing::error!(
                "MASTER_BOT_TOKEN: Telegram does not accept this token; get the current one from \
                 @BotFather (/mybots, API Token), set it and start again. Until then nothing \
                 reaches the owners"
            ),
            BotState::Contested => tracing::error!(
                "another program receives the master bot's updates; stop it, or revoke the token \
                 in @BotFather, set the new one as MASTER_BOT_TOKEN and start again. Until then \
                 owners' messages may not arrive"
            ),
        }
        self.inner.changed.send_replace(());
    }

    /// Tells what is to be told until stopped, and what a process before this one left untold.
    pub async fn keep_telling(&self, stop: CancellationToken) {
        loop {
            if self.may_work().await
                && let Err(error) = self.tell_all(&stop).await
            {
                tracing::warn!(%error, "alarms could not be read");
            }
            let news = async {
                tokio::select! {
                    () = self.inner.alarm.notified() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
            };
            if stop.run_until_cancelled(news).await.is_none() {
                return;
            }
        }
    }

    async fn tell_all(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let alarms = self.inner.store.alarms_to_tell().await?;
        let telling = futures::stream::iter(alarms).for_each_concurrent(AT_A_TIME, async |alarm| {
            if stop.is_cancelled() {
                return;
            }
            if let Err(error) = self.tell(&alarm).await {
                tracing::warn!(bot.id = alarm.bot.0, %error, "an alarm stays to be told");
            }
        });
        telling.await;
        Ok(())
    }

    async fn tell(&self, alarm: &Alarm) -> Result<(), StoreError> {
        let store = &self.inner.store;
        let language = store.owner_language(alarm.owner).await?;
        let language = Language::of(language.as_deref());
        let text = match alarm.state {
            BotState::Revoked => language.alarm_revoked(&alarm.username),
            BotState::Contested => language.alarm_contested(&alarm.username),
            BotState::Active => language.alarm_works(&alarm.username),
            BotState::Removed => return store.end_alarm(alarm.bot).await,
        };
        match self.tell_owner(alarm.owner, text).await {
            Ok(()) => {}
            // Where nobody knows, once more rather than not at all.
            Err(error) if error.may_pass() => {
                tracing::warn!(owner.id = %alarm.owner, %error, "an owner is told of an alarm later");
                return Ok(());
            }
            Err(error) => {
                tracing::warn!(owner.id = %alarm.owner, %error, "an owner can't be told of an alarm");
            }
        }
        let is_past = !store.alarm_told(alarm, clock::now_ms()).await?;
        if is_past && alarm.state == BotState::Revoked {
            // It ended while it was told.
            store.raise_if_over(alarm.bot).await?;
            self.inner.alarm.notify_one();
        }
        Ok(())
    }

    /// Tells an owner something by the master bot.
    pub(super) async fn tell_owner(&self, owner: OwnerId, text: String) -> Result<(), CallError> {
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), text.into());
        let outgoing = Outgoing::new("sendMessage", parameters);
        let (telegram, master) = (&self.inner.telegram, &self.inner.master);
        let deadline = Instant::now() + PATIENCE;
        telegram.deliver(master, owner.chat(), &outgoing, master, deadline).await.map(drop)
    }

    /// Records how a bot fares and that its owner is to be told, unless that is known.
    async fn fares(&self, client: &ClientBot, state: BotState) -> Result<(), StoreError> {
        if self.same(client).is_none_or(|now| now.state == state)
            || !self.is_current(client).await?
        {
            return Ok(());
        }
        // First of all: what ends in the middle is found again by whoever comes next.
        self.inner.store.raise_alarm(client.id(), state).await?;
        if state == BotState::Revoked {
            self.doubt(client.id());
        }
        if self.set_state(client, state).await? {
            tracing::warn!(
                bot.id = client.id().0,
                state = state.word(),
                "a client bot fares badly"
            );
        }
        self.inner.alarm.notify_one();
        Ok(())
    }

    async fn set_state(&self, client: &ClientBot, state: BotState) -> Result<bool, StoreError> {
        let news = self.inner.store.set_bot_state(client.id(), state, clock::now_ms()).await?;
        self.change(client.id(), |now| {
            if now.caller.token == client.caller.token {
                now.state = state;
            }
        });
        Ok(news)
    }

    /// The bot as it runs here, if it has this token: a new one is not judged by the old one.
    pub(super) fn same(&self, client: &ClientBot) -> Option<Arc<ClientBot>> {
        self.get(client.id()).filter(|now| now.caller.token == client.caller.token)
    }

    /// Whether the database still has this bot with this token: another process may have detached
    /// it, or given it a new one.
    pub(super) async fn is_current(&self, client: &ClientBot) -> Result<bool, StoreError> {
        let row = self.inner.store.bot(client.id()).await?;
        let stored = row.filter(|row| row.state != BotState::Removed);
        let stored = stored.and_then(|row| self.open(&row));
        if stored.as_ref().is_some_and(|now| now.caller.token == client.caller.token) {
            return Ok(true);
        }
        match stored {
            Some(now) => self.insert(now),
            None => self.forget(client.id()),
        }
        Ok(false)
    }

    /// Whether what one process does for all of them is this one's to do. Asked at the head of each
    /// round of work in the background.
    pub async fn may_work(&self) -> bool {
        // Nobody takes it from a process that is known to live.
        if self.inner.leads.load(Ordering::Relaxed) && self.inner.store.is_surely_alive() {
            return true;
        }
        let duties = (self.inner.master.bot, ChatId(0));
        let taken = self.inner.store.take_lease(duties, Purpose::Duties).await;
        let leads = taken.unwrap_or_else(|error| {
            tracing::debug!(%error, "whose background work it is could not be asked");
            false
        });
        self.inner.leads.store(leads, Ordering::Relaxed);
        leads
    }
}
