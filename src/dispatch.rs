//! An update of one bot to the one handler for it, and what became of it.
//!
//! Each update is handled in a task of its own: a caller that hangs up cancels nothing, and a panic
//! costs one update. Updates of one chat go one at a time, so a second delivery of the same message
//! waits for the first and then finds its reference. One log line closes each update.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use teloxide::types::ChatId;
use tokio::sync::Semaphore;
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
        Due, Lane, Relay, SEND_AGAIN, Verdict,
        content::{self, Reading},
    },
    store::{Store, StoreError},
    update::{Button, Kind, Message, Update},
};

/// Updates handled at a time; more are asked to come again.
const CAPACITY: usize = 1024;
/// When to come again after a fault of ours.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// When to come again where all places are taken.
const WHEN_FULL: Duration = Duration::from_secs(2);

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It may be acknowledged.
    Handled,
    /// It is to be delivered again after this time.
    TryLater(Duration),
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
        let Ok(place) = Arc::clone(&self.inner.capacity).try_acquire_owned() else {
            self.inner.metrics.update("full", Duration::ZERO);
            return Outcome::TryLater(WHEN_FULL);
        };
        let span = tracing::info_span!("update", update.id = update.id, bot.id = %bot);
        let dispatch = self.clone();
        let work = async move {
            let _place = place;
            dispatch.in_turn(bot, update).await
        };
        let task = self.inner.tasks.spawn(work.instrument(span));
        task.await.unwrap_or_else(|error| {
            tracing::error!(bot.id = %bot, panicked = error.is_panic(), "a handler broke off");
            Outcome::TryLater(AFTER_FAULT)
        })
    }

    /// Reads an update and handles it; what is no update is `None`.
    pub async fn handle_json(&self, bot: BotId, json: Value) -> Option<Outcome> {
        let update = Arc::new(Update::read(json)?);
        Some(self.handle(bot, update).await)
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
                if let Err(error) = dispatch.pass_parked_on(lane, due).await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "something parked waits"
                    );
                    dispatch.inner.relay.postpone(lane, due, AFTER_FAULT);
                }
            }
        });
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
    }

    async fn in_turn(&self, bot: BotId, update: Arc<Update>) -> Outcome {
        let began = Instant::now();
        let lane = update.lane();
        let _turn = self.inner.lanes.turn((bot, lane)).await;
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

    async fn route(&self, bot: BotId, update: Update) -> Result<Verdict, Fault> {
        if let Kind::Message(message) = &update.kind
            && self.inner.relay.ends_album(bot, message)
        {
            // What was sent before this message arrives before it.
            let items = Due { items: true, edits: false };
            let verdict = self.pass_parked_on((bot, message.chat.id), items).await?;
            if verdict != Verdict::Done {
                return Ok(verdict);
            }
        }
        if bot == self.inner.relay.master().bot {
            return self.of_master(update).await;
        }
        match self.inner.bots.find(bot).await? {
            Some(client) => Ok(self.inner.relay.of_client(&client, update.kind, update.id).await?),
            // Detached while the update was on its way: the rule is that nobody is there.
            None => Ok(Verdict::Done),
        }
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
                self.inner.store.mark_handled(master, update.id, clock::now_ms()).await?;
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
        store.mark_handled(master, update, clock::now_ms()).await?;
        Ok(Verdict::Done)
    }
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
            fault => {
                tracing::error!(error = fault as &dyn std::error::Error, "an update waits");
                Outcome::TryLater(AFTER_FAULT)
            }
        }
    }
}
