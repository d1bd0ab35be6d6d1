//! Which client bots run: attach, detach, look up, and say when one fares badly.
//!
//! - [`webhooks`]: tells Telegram where a bot's updates go, only when that changed
//! - [`watching`]: notices when somebody else changed it
//! - [`alarms`]: how the bots fare, and the telling of it
//! - [`doubts`]: looks again at those whose token was refused
//! - [`fetching`]: what went wrong when updates were fetched last
//! - [`parting`]: what waits in a bot's chats when it is detached
//! - [`reach`]: whether Telegram reaches us
//! - [`waking`]: how many tokens Telegram may see anew in a minute
//! - [`withdrawing`]: no updates any more of bots that were detached
//!
//! What a bot does with an update is not known here.

mod alarms;
mod doubts;
mod fetching;
mod parting;
mod reach;
mod waking;
mod watching;
mod webhooks;
mod withdrawing;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock, atomic::AtomicBool},
    time::Duration,
};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use doubts::Doubts;
pub(crate) use fetching::CALM;
pub use fetching::Missed;
pub use parting::Parting;
pub use reach::Cut;
use reach::Reach;
use waking::Waking;
pub use webhooks::{CLIENT_UPDATES, MASTER_UPDATES, OrderError, SELLING_UPDATES};
pub(crate) use webhooks::{client_mark, host_of};
use withdrawing::Withdrawal;

use crate::{
    clock,
    config::Intake,
    failpoint,
    model::{BotId, BotState, OwnerId},
    seal::Seal,
    settings::BotSettings,
    store::{BotRow, Store, StoreError},
    telegram::{BotIdentity, CallError, Caller, ClientBot, Telegram},
    token::BotToken,
};

/// Between two looks at what other processes changed.
const KEEP_UP: Duration = Duration::from_secs(5);
/// Looks after which all bots are looked at, not only what was changed lately.
const ALL_AGAIN: u32 = 60;
/// How far clocks of several machines may be apart before that takes longer, in milliseconds.
const MARGIN_MS: i64 = 60_000;

/// The registry. Cheap to clone.
#[derive(Clone)]
pub struct Bots {
    inner: Arc<Inner>,
}

struct Inner {
    /// Whether the installation's background work is this process's, as far as it knows.
    leads: AtomicBool,
    running: RwLock<HashMap<BotId, Arc<ClientBot>>>,
    /// When each bot last brought anything to this process, in UTC milliseconds.
    heard: Mutex<HashMap<BotId, i64>>,
    /// The last fetch of each that failed.
    missed: Mutex<HashMap<BotId, Missed>>,
    changed: watch::Sender<()>,
    store: Store,
    telegram: Telegram,
    seal: Seal,
    intake: Intake,
    master: Caller,
    /// Whether there are paid plans, of whose payments Telegram has to tell.
    sells: bool,
    master_state: Mutex<BotState>,
    master_order: tokio::sync::Mutex<()>,
    waking: Mutex<Waking>,
    doubts: Mutex<Doubts>,
    reach: Mutex<Reach>,
    withdrawals: Mutex<Vec<Withdrawal>>,
    doubt: Notify,
    alarm: Notify,
    withdraw: Notify,
}

/// How attaching went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// It is another owner's.
    Taken,
    /// It runs; `replaced`: it did before, with another token. `intake`: whether Telegram took the
    /// order where to send its updates; if not, that is tried again in the background.
    Running {
        /// Whether this owner had it attached already.
        replaced: bool,
        /// What Telegram said to the webhook.
        intake: Result<(), CallError>,
    },
}

impl Bots {
    /// An empty registry; [`Bots::load`] fills it. `sells`: whether there are paid plans.
    pub fn new(
        store: Store,
        telegram: Telegram,
        seal: Seal,
        intake: Intake,
        (master, sells): (Caller, bool),
    ) -> Self {
        let (changed, _) = watch::channel(());
        let running = RwLock::default();
        let inner = Inner {
            leads: AtomicBool::new(false),
            running,
            heard: Mutex::default(),
            missed: Mutex::default(),
            changed,
            store,
            telegram,
            seal,
            intake,
            master,
            sells,
            master_state: Mutex::new(BotState::Active),
            master_order: tokio::sync::Mutex::default(),
            waking: Mutex::default(),
            doubts: Mutex::default(),
            reach: Mutex::default(),
            withdrawals: Mutex::default(),
            doubt: Notify::new(),
            alarm: Notify::new(),
            withdraw: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Reads all attached bots from the database. Asks Telegram nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(&self) -> Result<usize, StoreError> {
        let rows = self.inner.store.all_bots().await?;
        let bots: HashMap<_, _> =
            rows.into_iter().filter_map(|row| self.open(&row)).map(|bot| (bot.id(), bot)).collect();
        let count = bots.len();
        self.load_woken().await?;
        *self.inner.running.write().unwrap_or_else(PoisonError::into_inner) = bots;
        self.inner.changed.send_replace(());
        Ok(count)
    }

    /// A running client bot.
    pub fn get(&self, bot: BotId) -> Option<Arc<ClientBot>> {
        self.inner.running.read().unwrap_or_else(PoisonError::into_inner).get(&bot).cloned()
    }

    /// A running client bot; one that another process attached is found in the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, bot: BotId) -> Result<Option<Arc<ClientBot>>, StoreError> {
        if let Some(client) = self.get(bot) {
            self.note_awake(bot);
            self.inner
                .heard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(bot, clock::now_ms());
            if self.by_webhook() {
                // Telegram brings updates of tokens it accepts alone.
                self.shows_life(bot);
            }
            return Ok(Some(client));
        }
        let Some(client) = self.inner.store.bot(bot).await?.and_then(|row| self.open(&row)) else {
            return Ok(None);
        };
        self.insert(Arc::clone(&client));
        Ok(Some(client))
    }

    /// When a bot last brought anything to this process, in UTC milliseconds.
    pub fn last_heard(&self, bot: BotId) -> Option<i64> {
        self.inner.heard.lock().unwrap_or_else(PoisonError::into_inner).get(&bot).copied()
    }

    /// A client bot, of whichever process: to ask Telegram about it, not because it did something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_quietly(&self, bot: BotId) -> Result<Option<Arc<ClientBot>>, StoreError> {
        match self.get(bot) {
            Some(client) => Ok(Some(client)),
            None => Ok(self.inner.store.bot(bot).await?.and_then(|row| self.open(&row))),
        }
    }

    /// A client bot as it is now, whichever process changed it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn current(&self, bot: BotId) -> Result<Option<Arc<ClientBot>>, StoreError> {
        let known = self.get(bot);
        let changed_at = self.inner.store.bot_changed_at(bot).await?;
        if let Some(known) = known.filter(|known| Some(known.changed_at) == changed_at) {
            return Ok(Some(known));
        }
        self.refresh(bot).await
    }

    /// Reads a client bot anew; `None` when it does not run any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&self, bot: BotId) -> Result<Option<Arc<ClientBot>>, StoreError> {
        let client = self.inner.store.bot(bot).await?.and_then(|row| self.open(&row));
        match &client {
            Some(client) => self.insert(Arc::clone(client)),
            None => self.forget(bot),
        }
        Ok(client)
    }

    /// Learns what other processes changed, now and then, until stopped.
    pub async fn keep_up(&self, stop: CancellationToken) {
        // What the loaded ones say, and not this machine's clock: others may have another time.
        let mut seen = self.all().iter().map(|bot| bot.changed_at).max().unwrap_or(0);
        let mut looks = 0_u32;
        while stop.run_until_cancelled(tokio::time::sleep(KEEP_UP)).await.is_some() {
            looks = looks.wrapping_add(1);
            let store = &self.inner.store;
            // What was written by a clock that is behind comes late, not never.
            let changed = if looks.is_multiple_of(ALL_AGAIN) {
                store.all_bots_changed_at().await
            } else {
                store.bots_changed_since(seen - MARGIN_MS).await
            };
            for (bot, changed_at, runs) in changed.unwrap_or_default() {
                seen = seen.max(changed_at);
                let known = self.get(bot);
                if known.as_ref().is_none_or(|known| known.changed_at != changed_at)
                    && (runs || known.is_some())
                    && let Err(error) = self.refresh(bot).await
                {
                    tracing::debug!(bot.id = bot.0, %error, "a bot could not be read anew");
                }
            }
        }
    }

    /// All running client bots.
    pub fn all(&self) -> Vec<Arc<ClientBot>> {
        let running = self.inner.running.read().unwrap_or_else(PoisonError::into_inner);
        running.values().cloned().collect()
    }

    /// Wakes whoever watches each time a bot is attached, detached or gets a new token.
    pub fn watch(&self) -> watch::Receiver<()> {
        self.inner.changed.subscribe()
    }

    /// Attaches a bot, or gives an attached one its new token; its updates come from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attach(
        &self,
        owner: OwnerId,
        token: &BotToken,
        identity: &BotIdentity,
    ) -> Result<Attached, StoreError> {
        let inner = &self.inner;
        let known = inner.store.bot(identity.id).await?;
        if known.as_ref().is_some_and(|row| row.owner != owner && row.state != BotState::Removed) {
            // Nothing of what is its owner's may be touched below.
            return Ok(Attached::Taken);
        }
        let own = known.as_ref().filter(|row| row.owner == owner);
        let replaced = own.is_some_and(|row| row.state != BotState::Removed);
        // What another owner had set is his alone.
        let settings = own.map(|row| self.settings_of(row)).unwrap_or_default();
        let sealed = inner.seal.seal(&token_context(identity.id), token.reveal().as_bytes());
        let row = BotRow {
            bot: identity.id,
            owner,
            username: identity.username.clone(),
            name: identity.name.chars().take(128).collect(),
            token: Some(sealed.map_err(|_| StoreError::Corrupt("bots.token"))?),
            state: BotState::Active,
            webhook: None,
            settings: None,
            // What was written is looked up when it is needed first.
            changed_at: 0,
        };
        if known.as_ref().is_some_and(|row| row.owner != owner) {
            // What its former owner's customers wrote must not reach this one.
            inner.store.forget_parked_of(identity.id).await?;
        }
        // The new token is nobody else's, and works.
        inner.store.forget_health(identity.id).await?;
        if !inner.store.attach_bot(&row, clock::now_ms()).await? {
            return Ok(Attached::Taken);
        }
        failpoint::at("attach", "stored");
        if known.is_some_and(|row| row.owner != owner) {
            inner.store.forget_bot_settings(identity.id).await?;
        }
        self.in_doubt(|doubts| doubts.forget(identity.id));
        let caller = Caller { bot: identity.id, token: token.clone() };
        let client = ClientBot::of(&row, settings, caller);
        self.note_awake(identity.id);
        let intake = self.order_updates(&client).await;
        if let Err(error) = &intake {
            tracing::warn!(bot.id = identity.id.0, %error, "where its updates go could not be ordered");
        }
        failpoint::at("attach", "ordered");
        let client = self.with_order(client, intake.is_ok());
        self.insert(Arc::new(client));
        self.forget_missed(identity.id);
        Ok(Attached::Running { replaced, intake })
    }

    /// Detaches an owner's bot: no more updates, its token is wiped, its references are kept, and
    /// customers whose words wait are told. Where Telegram does not end the updates within seconds,
    /// that is insisted on in the background. `false` when he has no such bot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn detach(
        &self,
        owner: OwnerId,
        bot: BotId,
        parting: Parting,
    ) -> Result<bool, StoreError> {
        let Some(client) = self.find(bot).await?.filter(|client| client.owner == owner) else {
            return self.inner.store.remove_bot(owner, bot, clock::now_ms()).await;
        };
        if parting == Parting::Removed {
            self.lets_parked_pass(&[bot]).await?;
        }
        // With the token still there: once it is wiped, another process can't withdraw anything.
        let left = self.withdraw_at_once(&client).await;
        failpoint::at("detach", "withdrawn");
        self.tell_who_waits(&client, parting).await?;
        let removed = self.inner.store.remove_bot(owner, bot, clock::now_ms()).await?;
        failpoint::at("detach", "stored");
        // What nobody passed on yet stays: its owner is told of it when its moment comes.
        self.forget(bot);
        if let Some(left) = left {
            self.insists_on(left);
        }
        Ok(removed)
    }

    fn forget(&self, bot: BotId) {
        self.in_doubt(|doubts| doubts.forget(bot));
        self.forget_missed(bot);
        let mut running = self.inner.running.write().unwrap_or_else(PoisonError::into_inner);
        running.remove(&bot);
        drop(running);
        self.inner.changed.send_replace(());
    }

    fn insert(&self, client: Arc<ClientBot>) {
        let mut running = self.inner.running.write().unwrap_or_else(PoisonError::into_inner);
        running.insert(client.id(), client);
        drop(running);
        self.inner.changed.send_replace(());
    }

    /// Changes a running bot as it is now: two changes at a time keep both.
    fn change(&self, bot: BotId, change: impl FnOnce(&mut ClientBot)) {
        let mut running = self.inner.running.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = running.get_mut(&bot) {
            change(Arc::make_mut(client));
        }
        drop(running);
        self.inner.changed.send_replace(());
    }

    /// A stored bot with its token opened; one whose token does not open is left out, loudly.
    fn open(&self, row: &BotRow) -> Option<Arc<ClientBot>> {
        // A bot that was detached has none.
        row.token.as_ref()?;
        let Some(caller) = caller_of(row, &self.inner.seal) else {
            tracing::error!(
                bot.id = row.bot.0,
                "a stored token does not open; send it again with /add"
            );
            return None;
        };
        Some(Arc::new(ClientBot::of(row, self.settings_of(row), caller)))
    }

    /// A stored bot's settings; ones that do not open or can't be read count as never made, loudly.
    fn settings_of(&self, row: &BotRow) -> Arc<BotSettings> {
        let Some(sealed) = &row.settings else { return Arc::default() };
        let opened = self.inner.seal.open(&settings_context(row.bot), sealed).ok();
        let read = opened.and_then(|json| serde_json::from_slice(&json).ok());
        let unread = || {
            tracing::error!(
                bot.id = row.bot.0,
                "stored settings can't be read; the first ones hold"
            );
            Arc::default()
        };
        read.map_or_else(unread, Arc::new)
    }

    /// An owner's settings of a bot as they are stored; `None` when he has no such bot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored_settings(
        &self,
        owner: OwnerId,
        bot: BotId,
    ) -> Result<Option<BotSettings>, StoreError> {
        let row = self.inner.store.bot(bot).await?;
        let own = row.filter(|row| row.owner == owner && row.state != BotState::Removed);
        Ok(own.map(|row| BotSettings::clone(&self.settings_of(&row))))
    }

    /// Keeps an owner's settings of a bot and lets them hold from now on; `false` when he has no
    /// such bot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_settings(
        &self,
        owner: OwnerId,
        bot: BotId,
        settings: BotSettings,
    ) -> Result<bool, StoreError> {
        let corrupt = || StoreError::Corrupt("bot_settings.settings");
        let json = serde_json::to_vec(&settings).map_err(|_| corrupt())?;
        let sealed = self.inner.seal.seal(&settings_context(bot), &json).map_err(|_| corrupt())?;
        if !self.inner.store.put_bot_settings(owner, bot, sealed, clock::now_ms()).await? {
            return Ok(false);
        }
        self.change(bot, |now| {
            if now.owner == owner {
                now.settings = Arc::new(settings);
            }
        });
        Ok(true)
    }
}

fn settings_context(bot: BotId) -> String {
    format!("settings of bot {bot}")
}

/// A stored bot as one that can make calls; `None` where its token does not open.
pub(crate) fn caller_of(row: &BotRow, seal: &Seal) -> Option<Caller> {
    let opened = seal.open(&token_context(row.bot), row.token.as_ref()?).ok()?;
    let token = BotToken::parse(&String::from_utf8(opened).ok()?).ok()?;
    Some(Caller { bot: row.bot, token })
}

/// What a client bot's sealed token is bound to.
pub fn token_context(bot: BotId) -> String {
    format!("token of bot {bot}")
}
