//! An update of one bot to the one handler for it, and what became of it.
//!
//! Each update is handled in a task of its own: a caller that hangs up cancels nothing, and a panic
//! costs one update. Updates of one chat go one at a time, so a second delivery of the same message
//! waits for the first and then finds its reference. One log line closes each update.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use teloxide::types::ChatId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use crate::{
    bots::Bots,
    clock,
    lanes::Lanes,
    master::{About, Admission, Command, Master, MasterError, Owner, Said},
    metrics::Metrics,
    model::{BotId, OwnerId},
    relay::{
        Due, Lane, Reception, Relay, SEND_AGAIN, Verdict,
        content::{self, Reading},
    },
    store::{Purpose, Store, StoreError},
    update::{Button, Kind, Message, Update},
};

/// Updates handled at a time; more are asked to come again.
const CAPACITY: usize = 1024;
/// When to come again after a fault of ours.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// When to come again where all places are taken.
pub const WHEN_FULL: Duration = Duration::from_secs(2);
/// How long an update waits for those of its chat before it; Telegram hangs up after 60 s.
const TURN_PATIENCE: Duration = Duration::from_secs(50);
/// When to come again where the turn did not come.
const AFTER_NO_TURN: Duration = Duration::from_secs(5);
/// When to come again to a process that stops: by then there is another one.
const AFTER_STOP: Duration = Duration::from_secs(2);
/// How long callers wait for their updates once the process stops.
const ANSWERED_AT_STOP: Duration = Duration::from_secs(17);

/// When to come again to a chat in which another process is at work.
const BUSY: Duration = Duration::from_secs(1);
/// Between two looks for what processes that are gone left parked.
const LOOK_FOR_PARKED: Duration = Duration::from_secs(5);

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It may be acknowledged.
    Handled,
    /// It is to be delivered again after this time.
    TryLater(Duration),
}

/// One of the places in which updates are handled.
pub struct Place {
    _place: OwnedSemaphorePermit,
    /// The memory the update takes, where somebody counts it.
    _load: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Keeps this taken, too, until the update is handled.
    #[must_use]
    pub fn with_load(self, load: OwnedSemaphorePermit) -> Self {
        Self { _load: Some(load), ..self }
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
    capacity: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Dispatch {
    /// Puts the handlers together.
    pub fn new(store: Store, bots: Bots, master: Master, relay: Relay, metrics: Metrics) -> Self {
        let inner = Inner {
            store,
            bots,
            master,
            relay,
            metrics,
            lanes: Lanes::default(),
            capacity: Arc::new(Semaphore::new(CAPACITY)),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Handles an update and waits for the end of it.
    pub async fn handle(&self, bot: BotId, update: Arc<Update>) -> Outcome {
        match self.place() {
            Some(place) => self.handle_in(place, bot, update).await,
            None => Outcome::TryLater(WHEN_FULL),
        }
    }

    /// One of the places, if any is free.
    pub fn place(&self) -> Option<Place> {
        let place = Arc::clone(&self.inner.capacity).try_acquire_owned().ok();
        if place.is_none() {
            self.inner.metrics.update("full", Duration::ZERO);
        }
        Some(Place { _place: place?, _load: None })
    }

    /// Handles an update in its place and waits for the end of it, or for that of the process: what
    /// is not handled by then goes on, and is delivered again.
    pub async fn handle_in(&self, place: Place, bot: BotId, update: Arc<Update>) -> Outcome {
        let span = tracing::info_span!("update", update.id = update.id, bot.id = %bot);
        let dispatch = self.clone();
        let work = async move {
            let outcome = dispatch.in_turn(bot, update).await;
            drop(place);
            outcome
        };
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
            tracing::error!(bot.id = %bot, panicked = error.is_panic(), "a handler broke off");
            Outcome::TryLater(AFTER_FAULT)
        })
    }

    /// The process stops: what waits for its turn or its moment is left for the next start.
    pub fn stop_waiting(&self) {
        self.inner.stop.cancel();
    }

    /// Whether it stops.
    pub fn is_stopping(&self) -> bool {
        self.inner.stop.is_cancelled()
    }

    /// Takes up what a process before this one left parked. Call it before updates come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_up_parked(&self) -> Result<(), StoreError> {
        for lane in self.inner.relay.find_parked().await? {
            self.keep_parked(lane);
        }
        Ok(())
    }

    /// Sees to it that what is parked in a chat is passed on when its moment comes.
    fn keep_parked(&self, lane: Lane) {
        if !self.inner.relay.keeps_parked(lane) {
            return;
        }
        let (dispatch, stop) = (self.clone(), self.inner.stop.clone());
        self.inner.tasks.spawn(async move {
            while let Some(moment) = dispatch.inner.relay.next_moment(lane) {
                let wait = tokio::time::sleep_until(moment.into());
                if stop.run_until_cancelled(wait).await.is_none() {
                    // It is taken up by the next start.
                    return;
                }
                let _turn = dispatch.inner.lanes.turn((lane.0, (0, lane.1.0))).await;
                let due = dispatch.inner.relay.due(lane);
                if let Err(error) = dispatch.pass_on_alone(lane).await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "something parked waits"
                    );
                    dispatch.inner.relay.postpone(lane, due, AFTER_FAULT);
                }
            }
        });
    }

    /// Passes on what is due in a chat, if no other process is at it, and nothing has come to it.
    async fn pass_on_alone(&self, lane: Lane) -> Result<(), Fault> {
        let (store, relay) = (&self.inner.store, &self.inner.relay);
        if !store.take_lease(lane, Purpose::Chat).await? {
            relay.postpone(lane, relay.due(lane), BUSY);
            return Ok(());
        }
        let passed = async {
            if store.is_shared() {
                relay.look_up_parked(lane).await?;
            }
            self.pass_parked_on(lane, relay.due(lane)).await
        };
        let passed = passed.await.map(drop);
        store.end_lease(lane, Purpose::Chat).await?;
        passed
    }

    /// Takes up what processes that are gone left parked, until stopped.
    pub async fn keep_looking_for_parked(&self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_FOR_PARKED)).await.is_some() {
            match self.inner.relay.find_abandoned().await {
                Ok(lanes) => lanes.into_iter().for_each(|lane| self.keep_parked(lane)),
                Err(error) => tracing::debug!(%error, "what is parked could not be looked up"),
            }
        }
    }

    /// Passes on what is parked in a chat; an owner's album that goes to nobody is the master's.
    async fn pass_parked_on(&self, lane: Lane, due: Due) -> Result<Verdict, Fault> {
        let (verdict, unclaimed) = self.inner.relay.pass_parked_on(lane, due).await?;
        for album in &unclaimed {
            if let Some((message, update)) = album.first()
                && let Some(person) = &message.from
                && let Admission::Owner(owner) = self.inner.master.admit(person, None).await?
            {
                let said = Said::Message(message.clone(), None);
                self.once(update, self.inner.master.handle(owner, said)).await?;
            }
            self.inner.relay.claimed(album).await?;
        }
        if verdict == Verdict::Done && !unclaimed.is_empty() {
            self.inner.relay.settled(lane, due);
        }
        Ok(verdict)
    }

    /// Waits for the updates under way and what they began on the side.
    pub async fn finish(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        self.inner.relay.finish().await;
        self.inner.master.finish().await;
        self.inner.bots.finish().await;
    }

    async fn in_turn(&self, bot: BotId, update: Arc<Update>) -> Outcome {
        let began = Instant::now();
        let lane = update.lane();
        let turn = tokio::time::timeout(TURN_PATIENCE, self.inner.lanes.turn((bot, lane)));
        let Some(Ok(_turn)) = self.inner.stop.run_until_cancelled(turn).await else {
            tracing::info!(
                took_ms = began.elapsed().as_secs_f64() * 1e3,
                "an update's turn did not come"
            );
            self.inner.metrics.update("later", began.elapsed());
            return Outcome::TryLater(AFTER_NO_TURN);
        };
        let outcome = match self.route(bot, Arc::unwrap_or_clone(update)).await {
            Ok(Verdict::Done) => Outcome::Handled,
            Ok(Verdict::TryLater(after)) => Outcome::TryLater(after),
            Err(error) => error.outcome(),
        };
        self.keep_parked((bot, ChatId(lane.1)));
        let word = match outcome {
            Outcome::Handled => "handled",
            Outcome::TryLater(_) => "later",
        };
        let took = began.elapsed();
        self.inner.metrics.update(word, took);
        tracing::info!(outcome = word, took_ms = took.as_secs_f64() * 1e3, "update");
        outcome
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
                Received::Parked(update) => Box::pin(self.alone(lane, *update)).await,
            };
        }
        Box::pin(self.alone(lane, update)).await
    }

    /// Handles an update while no other process does anything in its chat.
    async fn alone(&self, lane: Lane, update: Update) -> Result<Verdict, Fault> {
        let (store, relay) = (&self.inner.store, &self.inner.relay);
        if !store.take_lease(lane, Purpose::Chat).await? {
            return Ok(Verdict::TryLater(BUSY));
        }
        let handled = async {
            if store.is_shared() {
                relay.look_up_parked(lane).await?;
            }
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
        let handled = handled.await;
        if let Err(error) = store.end_lease(lane, Purpose::Chat).await {
            tracing::debug!(%error, "a lease stays until this process takes it again");
        }
        handled
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
            // Detached while the update was on its way: the rule is that nobody is there.
            return Ok(Received::Settled(Verdict::Done));
        };
        let Update { id, kind, .. } = update;
        Ok(match self.inner.relay.of_client(client, kind, id, looked_up).await? {
            Reception::Settled(verdict) => Received::Settled(verdict),
            Reception::Parked(kind) => Received::Parked(Box::new(Update { id, kind: *kind })),
        })
    }

    async fn of_master(&self, update: Update) -> Result<Verdict, Fault> {
        let (person, message) = match &update.kind {
            Kind::Message(message) | Kind::Edited(message) if message.chat.is_private => {
                (message.from.clone(), Some(message))
            }
            Kind::Button(button) => (Some(button.from.clone()), None),
            Kind::Reaction(reaction) if reaction.chat.is_private => (reaction.from.clone(), None),
            _ => return Ok(Verdict::Done),
        };
        let Some(person) = person.filter(|person| !person.is_bot) else {
            return Ok(Verdict::Done);
        };
        let is_new = !matches!(update.kind, Kind::Edited(_));
        let asking = message.filter(|_| is_new);
        if matches!(update.kind, Kind::Reaction(_)) {
            return self.reacted(OwnerId(person.id), update).await;
        }
        let owner = match self.inner.master.admit(&person, asking).await? {
            Admission::Owner(owner) => owner,
            Admission::Claimed => {
                // Delivered again, it would come from an owner, who would be welcomed once more.
                let master = self.inner.relay.master().bot;
                self.inner.store.insist_handled(master, update.id, clock::now_ms()).await?;
                return Ok(Verdict::Done);
            }
            Admission::Stranger => {
                if let Kind::Button(button) = &update.kind {
                    self.inner.master.release(button).await;
                }
                return Ok(Verdict::Done);
            }
        };
        match update.kind {
            Kind::Edited(message) => {
                Ok(self.inner.relay.outbound_edit(owner.id, &message, update.id).await?)
            }
            Kind::Message(message) => self.of_owner(owner, message, update.id).await,
            Kind::Button(button) => self.pressed(owner, button, update.id).await,
            Kind::Membership(_) | Kind::Reaction(_) | Kind::Other => Ok(Verdict::Done),
        }
    }

    /// A stranger's reaction finds nothing of his, so nobody has to be asked who he is.
    async fn reacted(&self, owner: OwnerId, update: Update) -> Result<Verdict, Fault> {
        let Kind::Reaction(reaction) = &update.kind else { return Ok(Verdict::Done) };
        if reaction.chat.id != owner.chat() {
            return Ok(Verdict::Done);
        }
        Ok(self.inner.relay.outbound_reaction(owner, reaction, update.id).await?)
    }

    /// A reply to a copy is the relay's, all else the master's.
    async fn of_owner(
        &self,
        owner: Owner,
        message: Message,
        update: i64,
    ) -> Result<Verdict, Fault> {
        let relay = &self.inner.relay;
        let mut about = None;
        let command = Command::parse(&message);
        if command == Some(Command::Delete) {
            let delete = async { Ok(relay.delete(owner.id, &message).await?) };
            return self.once(update, delete).await;
        }
        if command.is_some() {
            about = relay.about(owner.id, &message).await?.map(About::from);
        } else if let Some(verdict) = relay.outbound(owner.id, &message, update).await? {
            return Ok(verdict);
        }
        if matches!(content::read(&message, owner.language), Reading::Service) {
            // Telegram wrote it, such as that something was pinned: it asks for no answer.
            return Ok(Verdict::Done);
        }
        self.once(update, self.inner.master.handle(owner, Said::Message(message, about))).await
    }

    async fn pressed(&self, owner: Owner, button: Button, update: i64) -> Result<Verdict, Fault> {
        // Who presses it is its own chat's owner, and it is there.
        let chat = button.message.as_ref().map(|message| message.chat.id);
        if chat.is_some_and(|chat| chat != owner.id.chat()) || !button.is_shown() {
            return self.once(update, self.inner.master.answer_stale(owner, &button)).await;
        }
        if button.data == SEND_AGAIN {
            let again = async { Ok(self.inner.relay.again(owner.id, &button).await?) };
            return self.once(update, again).await;
        }
        if Relay::is_undo(&button.data) {
            if !button.is_surely_shown() {
                return self.once(update, self.inner.master.answer_stale(owner, &button)).await;
            }
            let undo = async { Ok(self.inner.relay.undo(owner.id, &button).await?) };
            return self.once(update, undo).await;
        }
        self.once(update, self.inner.master.handle(owner, Said::Button(button))).await
    }

    /// Lets an update that leaves no reference have its effect once.
    async fn once(
        &self,
        update: i64,
        work: impl Future<Output = Result<(), MasterError>>,
    ) -> Result<Verdict, Fault> {
        let (store, master) = (&self.inner.store, self.inner.relay.master().bot);
        if store.is_handled(master, update).await? {
            return Ok(Verdict::Done);
        }
        if let Err(error) = work.await {
            if error.is_passing() {
                return Err(error.into());
            }
            tracing::warn!(error = &error as &dyn std::error::Error, "an owner's request failed");
        }
        store.insist_handled(master, update, clock::now_ms()).await?;
        Ok(Verdict::Done)
    }
}

/// What became of an update at its handler.
enum Received {
    Settled(Verdict),
    /// What is parked in its chat is to be looked up first.
    Parked(Box<Update>),
}

/// Why a handler did not get through.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Master(#[from] MasterError),
}

impl Fault {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Master(error) if !error.is_passing() => {
                tracing::warn!(error = error as &dyn std::error::Error, "an answer failed");
                Outcome::Handled
            }
            // The store says it now and then, not once for each update.
            Self::Store(error) | Self::Master(MasterError::Store(error)) if error.is_passing() => {
                tracing::debug!(error = error as &dyn std::error::Error, "an update waits");
                Outcome::TryLater(AFTER_FAULT)
            }
            fault => {
                tracing::error!(error = fault as &dyn std::error::Error, "an update waits");
                Outcome::TryLater(AFTER_FAULT)
            }
        }
    }
}
