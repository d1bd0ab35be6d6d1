//! An update of one bot to the one handler for it, and what became of it.
//!
//! Each update is handled in a task of its own: a caller that hangs up cancels nothing, and a panic
//! costs one update. Updates of one chat go one at a time, so a second delivery of the same message
//! waits for the first and then finds its reference. One log line closes each update.

mod fault;
mod owner;
mod parked;
mod place;
mod suspended;
mod trouble;

use std::{
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;
use teloxide::types::ChatId;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use crate::{
    account::{self, Fate},
    bots::Bots,
    lanes::Lanes,
    master::{Master, Owner},
    metrics::Metrics,
    model::{BotId, MessageKey, OwnerId},
    relay::{Concern, Due, Lane, Reception, Relay, Verdict},
    share::Room,
    store::{Purpose, Store},
    update::{Kind, Update},
};

use fault::Fault;
pub use place::{Place, Tenant};
use trouble::{Failing, Then, Troubles, concern};

/// Updates handled at a time; more are asked to come again.
const CAPACITY: usize = 1024;
/// When to come again after a fault of ours.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// When to come again where all places are taken.
pub const WHEN_FULL: Duration = Duration::from_secs(2);
/// When to come again after a fault of ours with a payment.
const AFTER_PAYMENT: Duration = Duration::from_mins(1);
/// When to come again where the turn did not come.
const AFTER_NO_TURN: Duration = Duration::from_secs(5);
/// When to come again to a process that stops: by then there is another one.
const AFTER_STOP: Duration = Duration::from_secs(2);
/// How long callers wait for their updates once the process stops.
const ANSWERED_AT_STOP: Duration = Duration::from_secs(17);

/// When to come again to a chat in which another process is at work.
const BUSY: Duration = Duration::from_secs(1);
/// How long somebody who asks for `/status` waits before he is told that the database is slow to
/// answer; a tenth of it where it is known to fail.
const STATUS_PATIENCE: Duration = Duration::from_secs(10);

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It may be acknowledged.
    Handled,
    /// It is to be delivered again after this time.
    TryLater(Duration),
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Done => Self::Handled,
            Verdict::TryLater(after) => Self::TryLater(after),
        }
    }
}

/// The way from an update to its handler. Cheap to clone.
#[derive(Clone)]
pub struct Dispatch {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    bots: Bots,
    master: Master,
    relay: Relay,
    metrics: Metrics,
    lanes: Lanes<(BotId, (u8, i64))>,
    turn_patience: Duration,
    troubles: Troubles,
    places: Room<Tenant>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Dispatch {
    /// Puts the handlers together.
    pub fn new(
        store: Store,
        bots: Bots,
        (master, relay): (Master, Relay),
        metrics: Metrics,
        turn_patience: Duration,
    ) -> Self {
        let inner = Inner {
            store,
            bots,
            master,
            relay,
            metrics,
            lanes: Lanes::default(),
            turn_patience,
            troubles: Troubles::new(),
            places: Room::new(CAPACITY),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Handles an update and waits for the end of it.
    pub async fn handle(&self, bot: BotId, update: Arc<Update>) -> Outcome {
        match self.place(self.tenant_of(bot)) {
            Some(place) => self.handle_in(place, bot, update).await,
            None => Outcome::TryLater(WHEN_FULL),
        }
    }

    /// Whose share of this process an update of this bot uses.
    pub fn tenant_of(&self, bot: BotId) -> Tenant {
        let client = self.inner.bots.get(bot);
        client.map_or(Tenant::Bot(bot), |client| Tenant::Owner(client.owner))
    }

    /// One of the places, if any is free for this tenant.
    pub fn place(&self, whose: Tenant) -> Option<Place> {
        let place = self.inner.places.take(whose, 1);
        if place.is_none() {
            self.inner.metrics.full();
        }
        Some(Place { _place: place?, _load: None })
    }

    /// Handles an update in its place and waits for the end of it, or for that of the process: what
    /// is not handled by then goes on, and is delivered again.
    pub async fn handle_in(&self, place: Place, bot: BotId, update: Arc<Update>) -> Outcome {
        let chat = update.chat().map(|chat| chat.0);
        let span =
            tracing::info_span!("update", update.id = update.id, bot.id = bot.0, chat.id = chat);
        let dispatch = self.clone();
        // Boxed before it is passed on: each hand on its way to the runtime would copy all of it.
        let work = Box::pin(async move {
            let outcome = dispatch.in_turn(bot, update).await;
            drop(place);
            outcome
        });
        let task = self.inner.tasks.spawn(work.instrument(span));
        let stopped = async {
            self.inner.stop.cancelled().await;
            tokio::time::sleep(ANSWERED_AT_STOP).await;
        };
        let ended = tokio::select! {
            biased;
            ended = task => ended,
            () = stopped => return Outcome::TryLater(AFTER_STOP),
        };
        ended.unwrap_or_else(|error| {
            tracing::error!(bot.id = bot.0, panicked = error.is_panic(), "a handler broke off");
            Outcome::TryLater(AFTER_FAULT)
        })
    }

    /// Whether updates of this bot may be about payments.
    pub fn sells_by(&self, bot: BotId) -> bool {
        bot == self.inner.relay.master().bot && self.inner.master.sells()
    }

    /// Whether somebody is about to pay: Telegram waits ten seconds for the answer, so it comes
    /// before places, lanes and leases.
    pub fn is_checkout(&self, bot: BotId, update: &Update) -> bool {
        matches!(update.kind, Kind::Checkout(_)) && bot == self.inner.relay.master().bot
    }

    /// Answers somebody who is about to pay. A caller that hangs up cancels nothing.
    pub async fn answer_checkout(&self, update: &Update) {
        let Kind::Checkout(checkout) = &update.kind else { return };
        let (dispatch, checkout, id) = (self.clone(), checkout.clone(), update.id);
        let task = self.inner.tasks.spawn(async move {
            let (began, _flight) = (Instant::now(), dispatch.inner.metrics.comes());
            dispatch.inner.master.answer_checkout(&checkout).await;
            let span = tracing::info_span!("update", update.id = id);
            span.in_scope(|| dispatch.closes(Outcome::Handled, Fate::Command, began));
        });
        if task.await.is_err() {
            tracing::error!(update.id = id, "a checkout's answer broke off");
        }
    }

    /// The process stops: what waits for its turn or its moment is left for the next start.
    pub fn stop_waiting(&self) {
        self.inner.stop.cancel();
    }

    /// Comes to the end of what was begun to be forgotten, until stopped.
    pub async fn keep_forgetting(&self, stop: CancellationToken) {
        self.inner.relay.keep_forgetting(stop).await;
    }

    /// Whether it stops.
    pub fn is_stopping(&self) -> bool {
        self.inner.stop.is_cancelled()
    }

    /// Waits for the updates under way and what they began on the side.
    pub async fn finish(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        self.inner.relay.finish().await;
        self.inner.master.finish().await;
    }

    async fn in_turn(&self, bot: BotId, update: Arc<Update>) -> Outcome {
        let (began, _flight) = (Instant::now(), self.inner.metrics.comes());
        let lane = update.lane();
        let turn = self.inner.lanes.turn((bot, lane));
        let turn = tokio::time::timeout(self.inner.turn_patience, turn);
        let Some(Ok(_turn)) = self.inner.stop.run_until_cancelled(turn).await else {
            tracing::debug!("an update's turn did not come");
            return self.closes(Outcome::TryLater(AFTER_NO_TURN), Fate::Handled, began);
        };
        let _work = self.inner.store.at_work();
        let (failing, concern) = (Failing::Update(bot, update.id), concern(bot, &update));
        let delivered = self.delivered_by(bot, &update);
        let asks_status = self.inner.master.asks_for_status(bot, &update);
        let is_money =
            bot == self.inner.relay.master().bot && self.inner.master.payment_of(&update).is_some();
        // In its place: moved along, it would be here several times.
        let ((handled, mut fate), is_told) = {
            let handling = self.route(bot, Arc::unwrap_or_clone(update));
            let handling = pin!(AssertUnwindSafe(handling).catch_unwind());
            let handling = pin!(account::of(handling));
            self.or_status(asks_status, handling).await
        };
        let handled = handled.unwrap_or(Err(Fault::Panic));
        if handled.is_err()
            && let Some((owner, source)) = delivered
        {
            self.let_go((bot, lane), owner, source);
        }
        let outcome = match handled {
            Ok(verdict) => {
                self.inner.troubles.over(failing);
                verdict.into()
            }
            Err(fault)
                if fault.is_of_database()
                    && (is_told || Box::pin(self.says_status(asks_status)).await) =>
            {
                fate = Fate::Command;
                Outcome::Handled
            }
            Err(fault) if fault.is_ours() && is_money => {
                // Telegram delivers it for a day; given up, it would be paid for nothing.
                tracing::error!(error = fault.shown(), "a payment could not be written down yet");
                Outcome::TryLater(AFTER_PAYMENT)
            }
            Err(fault) if fault.is_ours() => self.in_trouble(failing, concern, &fault).await,
            Err(fault) if fault.is_doubtful() => {
                self.in_doubt((bot, ChatId(lane.1)), failing, &fault)
            }
            Err(fault) => fault.outcome(),
        };
        self.keep_parked((bot, ChatId(lane.1)));
        self.closes(outcome, fate, began)
    }

    /// Counts an update, and writes the one line its log gets.
    fn closes(&self, outcome: Outcome, fate: Fate, began: Instant) -> Outcome {
        let took = began.elapsed();
        // In tenths of a millisecond.
        let took_ms = (took.as_secs_f64() * 1e4).round() / 10.0;
        match outcome {
            Outcome::Handled => {
                self.inner.metrics.settled(fate, took);
                let (word, rule, direction) = (fate.word(), fate.rule(), fate.direction());
                tracing::info!(outcome = word, rule, direction, took_ms, "update");
            }
            Outcome::TryLater(after) => {
                let word = fate.unsettled();
                self.inner.metrics.update(word, took);
                let again_s = after.as_secs_f64();
                tracing::info!(outcome = word, again_s, took_ms, "update");
            }
        }
        outcome
    }

    /// Waits until an update is handled. One that asks for `/status` is told meanwhile that the
    /// database does not answer, where it does not; whether that was said.
    async fn or_status<T>(
        &self,
        asks: Option<Owner>,
        mut handling: Pin<&mut impl Future<Output = T>>,
    ) -> (T, bool) {
        if asks.is_none() {
            return (handling.await, false);
        }
        let works = self.inner.store.is_well();
        let patience = if works { STATUS_PATIENCE } else { STATUS_PATIENCE / 10 };
        if let Ok(done) = tokio::time::timeout(patience, handling.as_mut()).await {
            return (done, false);
        }
        let is_told = Box::pin(self.says_status(asks)).await;
        (handling.await, is_told)
    }

    /// Answers an owner who asks for `/status` although the database fails: that is the answer.
    async fn says_status(&self, asks: Option<Owner>) -> bool {
        match asks {
            Some(owner) => self.inner.master.status_without_database(owner).await,
            None => false,
        }
    }

    /// The message this update wants delivered, and whose conversation it belongs to.
    fn delivered_by(&self, bot: BotId, update: &Update) -> Option<(OwnerId, MessageKey)> {
        let Kind::Message(message) = &update.kind else { return None };
        let chat = message.chat.id;
        let owner = match self.tenant_of(bot) {
            Tenant::Owner(owner) => owner,
            Tenant::Bot(_) => OwnerId(chat.0),
        };
        Some((owner, MessageKey { bot, chat, message: message.id }))
    }

    /// Something failed in the middle of a delivery: once the database works, any process may go
    /// on with it, not only this one. Until then it is the chat's next.
    fn let_go(&self, lane: (BotId, (u8, i64)), owner: OwnerId, source: MessageKey) {
        if !self.inner.store.is_shared() {
            return;
        }
        let dispatch = self.clone();
        self.inner.tasks.spawn(async move {
            let _turn = dispatch.inner.lanes.turn(lane).await;
            if let Err(error) = dispatch.inner.relay.let_go(owner, source).await {
                tracing::debug!(%error, "a delivery stays with this process");
            }
        });
    }

    /// Counts a failure by a fault of ours. The last one is told to the person concerned, whose
    /// chat then goes on.
    async fn in_trouble(
        &self,
        failing: Failing,
        concern: Option<Concern>,
        fault: &Fault,
    ) -> Outcome {
        match self.inner.troubles.failed(failing) {
            Then::Again(after) => {
                tracing::error!(error = fault.shown(), "an update failed and is tried again");
                Outcome::TryLater(after)
            }
            Then::GiveUp(number) => {
                tracing::error!(
                    error = fault.shown(),
                    reference = number,
                    "an update failed too often"
                );
                let told = match &concern {
                    Some(concern) => self.inner.relay.tell_of_trouble(concern, &number).await,
                    None => None,
                };
                if let Some(after) = told {
                    return Outcome::TryLater(after);
                }
                self.inner.metrics.given_up();
                Outcome::Handled
            }
        }
    }

    /// Whoever asked may not have his answer: he gets it once more, until he gets other things and
    /// this alone does not arrive.
    fn in_doubt(&self, chat: Lane, failing: Failing, fault: &Fault) -> Outcome {
        let times = self.inner.troubles.count(failing);
        if let Some(after) = self.inner.relay.next_answer_after(chat, times.into()) {
            tracing::info!(error = fault.shown(), "an answer may be lost, and is given again");
            return Outcome::TryLater(after);
        }
        self.inner.troubles.over(failing);
        tracing::warn!(error = fault.shown(), "an answer may be lost");
        Outcome::Handled
    }

    /// Handles an update, alone among all processes where the database would not keep two of them
    /// apart: a message that is relayed has its reference for that.
    async fn route(&self, bot: BotId, update: Update) -> Result<Verdict, Fault> {
        let (store, lane) = (&self.inner.store, (bot, ChatId(update.lane().1)));
        let is_relayed = match &update.kind {
            Kind::Message(message) if bot != self.inner.relay.master().bot => {
                message.command().is_none()
            }
            _ => false,
        };
        let ends_album = |update: &Update| match &update.kind {
            Kind::Message(message) => self.inner.relay.ends_album(bot, message),
            _ => false,
        };
        if is_relayed && !ends_album(&update) {
            return match self.receive(bot, update, !store.is_shared()).await? {
                Received::Settled(verdict) => Ok(verdict),
                Received::Parked(update) => self.alone(lane, *update).await,
            };
        }
        self.alone(lane, update).await
    }

    /// Handles an update while no other process does anything in its chat.
    async fn alone(&self, lane: Lane, update: Update) -> Result<Verdict, Fault> {
        let handled = async {
            let relay = &self.inner.relay;
            if let Kind::Message(message) = &update.kind
                && relay.ends_album(lane.0, message)
            {
                // What was sent before this message arrives before it.
                let items = Due { items: true, edits: false };
                let verdict = self.pass_parked_on(lane, items).await?;
                if verdict != Verdict::Done {
                    return Ok(verdict);
                }
            }
            match self.receive(lane.0, update, true).await? {
                Received::Settled(verdict) => Ok(verdict),
                Received::Parked(_) => Ok(Verdict::TryLater(BUSY)),
            }
        };
        Ok(self.leased(lane, Box::pin(handled)).await?.unwrap_or(Verdict::TryLater(BUSY)))
    }

    /// Does something in a chat with its lease, knowing what is parked there; `None` where another
    /// process is at work. However it ends, the lease is given back.
    async fn leased<T>(
        &self,
        lane: Lane,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<Option<T>, Fault> {
        let (store, relay) = (&self.inner.store, &self.inner.relay);
        if !store.take_lease(lane, Purpose::Chat).await? {
            return Ok(None);
        }
        let informed = async {
            if store.is_shared() {
                relay.look_up_parked(lane).await?;
            }
            work.await
        };
        let done = AssertUnwindSafe(informed).catch_unwind().await;
        store.end_lease(lane, Purpose::Chat).await;
        done.unwrap_or(Err(Fault::Panic)).map(Some)
    }

    async fn receive(
        &self,
        bot: BotId,
        update: Update,
        looked_up: bool,
    ) -> Result<Received, Fault> {
        if bot == self.inner.relay.master().bot {
            return self.of_master(update).await.map(Received::Settled);
        }
        let Some(client) = self.inner.bots.find(bot).await? else {
            // Detached while the update was on its way: it stays with Telegram.
            return Ok(Received::Settled(Verdict::TryLater(BUSY)));
        };
        let Update { id, kind, .. } = update;
        Ok(match self.inner.relay.of_client(client, kind, id, looked_up).await? {
            Reception::Settled(verdict) => Received::Settled(verdict),
            Reception::Parked(kind) => Received::Parked(Box::new(Update { id, kind: *kind })),
        })
    }
}

/// What became of an update at its handler.
enum Received {
    Settled(Verdict),
    /// What is parked in its chat is to be looked up first.
    Parked(Box<Update>),
}
