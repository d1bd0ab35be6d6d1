//! What inbound and outbound mean: messages between customers and inboxes, both ways.
//!
//! - [`content`]: what a message holds, and the call that copies it (pure)
//! - [`header`]: the line that says who wrote (pure)
//! - [`rich`], [`compose`]: words with entities; header and content put together (pure)
//! - [`carry`]: the delivery protocol: reference before send, three outcomes
//! - [`inbound`]: customer → inbox
//! - [`outbound`]: inbox → customer
//! - [`album`]: messages sent together, both ways
//! - [`parking`]: when what is parked has its moment
//! - [`edit`]: a changed message, a moving location
//! - [`concern`]: whom a fault of ours concerns, and how he is told
//! - [`pace`]: how fast a customer may write
//! - [`trust`], [`newcomers`]: what newcomers may write (pure); what is said and done
//! - [`patience`], [`delay`]: how long something may wait (pure); what is said and done then
//! - [`customer`]: what a customer did, to its handler; banned ones stop there
//! - [`delete`]: what was sent is taken back
//! - [`reaction`]: reactions, both ways
//! - [`greet`]: what a client bot answers by itself
//! - [`forget`]: what is kept of a customer, said; how he is forgotten
//! - [`language`]: which language a client bot speaks with a customer
//! - [`written`]: what a client bot says in its owner's words
//! - [`acknowledge`]: how a customer learns that his message was passed on
//! - [`answered`]: 👍 and 🆕→✅ after a reply
//! - [`again`]: the button *Send again*
//! - [`permit`]: what the owner's plan lets him reply
//! - [`failure`]: why something did not arrive, in words
//! - [`suspended`]: what customers of a suspended owner meet
//! - [`tally`]: what is counted

mod acknowledge;
mod again;
pub mod album;
mod answered;
mod carry;
mod compose;
mod concern;
pub mod content;
mod customer;
mod delay;
mod delete;
mod edit;
mod failure;
mod forget;
mod greet;
pub mod header;
mod inbound;
mod language;
mod newcomers;
mod outbound;
mod pace;
mod parking;
mod patience;
mod permit;
pub mod pure;
mod reaction;
pub mod rich;
mod suspended;
mod tally;
mod trust;
mod written;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use governor::Quota;
use quick_cache::sync::Cache;
use serde_json::{Map, Value, json};
use teloxide::types::{ChatId, MessageId};
use tokio_util::task::TaskTracker;

pub use album::Unclaimed;
pub use concern::Concern;
pub use customer::Reception;
pub use failure::Failure;
pub use parking::{Due, Lane};
pub use tally::Tally;

use crate::{
    bots::Bots,
    clock,
    lanes::Lanes,
    metrics::Queue,
    model::{BotId, Inbox, MessageKey, OwnerId, Reference},
    plan::Plans,
    seal::Seal,
    store::{Store, StoreError},
    telegram::{CallError, Caller, Outgoing, Refusal, Telegram},
    text::Language,
};

/// How long a customer's message may wait inside its request; Telegram cuts at 60 s.
const INBOUND_HOLD: Duration = Duration::from_secs(45);
/// How long an owner's reply may wait before he is told.
const OUTBOUND_HOLD: Duration = Duration::from_secs(20);
/// How long an answer waits for the reference of what it answers: as long as a slow database takes.
const RECORDING: Duration = Duration::from_secs(20);
/// How much later than an answer, by another process's clock, its question's reference may have been
/// written.
const CLOCKS_APART_MS: i64 = 1000;
/// When to come again for what another process is at.
const BUSY: Duration = Duration::from_secs(1);
/// How long a side message may wait.
const SIDE_HOLD: Duration = Duration::from_secs(30);
/// When somebody is told once more of what he may not have been told.
const TELL_AGAIN: Duration = Duration::from_secs(20);
/// When somebody is told once more by a bot whose token Telegram did not take.
const WITHOUT_TOKEN: Duration = Duration::from_mins(1);

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be acknowledged.
    Done,
    /// Telegram is to deliver it again after this time.
    TryLater(Duration),
}

/// Receipts remembered.
const RECEIPTS: usize = 4096;
/// How often a notice, or what may be done twice, is tried while its fate is unknown.
const NOTICE_TRIES: u32 = 3;

/// The data of the button *Send again*.
pub const SEND_AGAIN: &str = "again";

/// Carries messages between customers and inboxes. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    telegram: Telegram,
    bots: Bots,
    seal: Seal,
    master: Caller,
    plans: Plans,
    parking: parking::Parking,
    /// Groups a client bot is leaving.
    leaving: Lanes<(BotId, ChatId)>,
    /// One change of a copy at a time, so that what is remembered of it is what it shows.
    changes: Lanes<MessageKey>,
    edited: edit::Edited,
    /// Replies whose receipts this process has shown.
    receipts: Cache<MessageKey, ()>,
    /// Messages on which a bot shows somebody's reaction.
    mirrored: Cache<MessageKey, ()>,
    /// By owner: the copy below which he can undo his last reply, and the button there.
    undo_places: Cache<OwnerId, (MessageKey, Value)>,
    under_way: acknowledge::UnderWay,
    /// References that may have been written at this moment, and after which nothing was sent.
    unsent: Cache<(MessageKey, i64), i64>,
    paces: pace::Paces,
    notices: newcomers::Notices,
    /// For how many days references are kept.
    retention_days: i64,
    tally: Tally,
    /// Reactions, marks and acknowledgements, which nobody waits for but a shutdown.
    side_work: TaskTracker,
}

impl Relay {
    /// Puts the rooms the relay needs together. Without a rate customers may write as fast as they
    /// like.
    pub fn new(
        store: Store,
        telegram: Telegram,
        bots: Bots,
        seal: Seal,
        (master, plans): (Caller, Plans),
        customer_rate: Option<Quota>,
        retention_days: i64,
    ) -> Self {
        let side_work = TaskTracker::new();
        Self {
            inner: Arc::new(Inner {
                store,
                telegram,
                bots,
                seal,
                master,
                plans,
                parking: parking::Parking::default(),
                leaving: Lanes::default(),
                changes: Lanes::default(),
                edited: edit::Edited::new(),
                receipts: Cache::new(RECEIPTS),
                mirrored: Cache::new(RECEIPTS),
                undo_places: Cache::new(RECEIPTS),
                under_way: acknowledge::UnderWay::default(),
                unsent: Cache::new(RECEIPTS),
                paces: pace::Paces::new(customer_rate),
                notices: newcomers::Notices::new(),
                retention_days,
                tally: Tally::default(),
                side_work,
            }),
        }
    }

    /// What `/metrics` says about messages.
    pub fn tally(&self) -> Tally {
        self.inner.tally.clone()
    }

    /// How much is parked, and for how long.
    pub fn parked_queue(&self) -> Queue {
        self.inner.parking.queue()
    }

    /// Waits for reactions and marks under way.
    pub async fn finish(&self) {
        self.inner.side_work.close();
        self.inner.side_work.wait().await;
    }

    /// Where the copies of an owner's customers appear.
    fn inbox(&self, owner: OwnerId) -> Inbox {
        Inbox { bot: self.inner.master.bot, chat: owner.chat(), thread: None }
    }

    /// The reference whose copy this message is. A person can answer a copy before its reference is
    /// recorded: as long as something is being sent into that chat that was begun before he
    /// answered, it is worth a wait.
    async fn reference_of_copy(
        &self,
        owner: OwnerId,
        copy: MessageKey,
    ) -> Result<Option<Reference>, StoreError> {
        let store = &self.inner.store;
        let (began, until) = (Instant::now(), clock::now_ms().saturating_add(CLOCKS_APART_MS));
        let mut pause = Duration::from_millis(10);
        loop {
            let found = store.reference_of_copy(owner, copy).await?;
            if found.is_some() || began.elapsed() > RECORDING {
                return Ok(found);
            }
            if !store.is_sending_to(owner, (copy.bot, copy.chat), until).await? {
                // What was recorded between the two questions is found now.
                return store.reference_of_copy(owner, copy).await;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    async fn owner_language(&self, owner: OwnerId) -> Result<Language, StoreError> {
        Ok(Language::of(self.inner.store.owner_language(owner).await?.as_deref()))
    }

    /// Says something in a chat as a reply to the message it is about.
    async fn say(
        &self,
        caller: &Caller,
        chat: ChatId,
        about: Option<MessageId>,
        text: &str,
        keyboard: Option<Value>,
    ) -> Result<(), CallError> {
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), text.into());
        if let Some(message) = about {
            let reply = json!({"message_id": message.0, "allow_sending_without_reply": true});
            parameters.insert("reply_parameters".to_owned(), reply);
        }
        if let Some(keyboard) = keyboard {
            parameters.insert("reply_markup".to_owned(), keyboard);
        }
        let outgoing = Outgoing::new("sendMessage", parameters);
        // It would rather be said twice than never.
        self.deliver_often(caller, chat, &outgoing, SIDE_HOLD).await
    }

    /// Makes a call that may be made twice, and makes it again while nobody knows how it ended.
    async fn deliver_often(
        &self,
        caller: &Caller,
        chat: ChatId,
        outgoing: &Outgoing,
        hold: Duration,
    ) -> Result<(), CallError> {
        let deadline = Instant::now() + hold;
        let mut tries = 1;
        loop {
            let done = self.inner.telegram.deliver(caller, chat, outgoing, caller, deadline).await;
            match done {
                Err(CallError::Unknown(_)) if tries < NOTICE_TRIES => tries += 1,
                done => return done.map(drop),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Whether a person could not be told now but can be later. He would rather be told twice than
/// never; who can't be reached at all needs no second try.
fn worth_telling_later(told: &Result<(), CallError>) -> Option<Duration> {
    match told {
        Err(CallError::NotSent(Refusal::TooFast { retry_after })) => Some(*retry_after),
        Err(CallError::NotSent(Refusal::Unreachable)) => Some(Duration::from_secs(5)),
        Err(CallError::Unknown(_)) => Some(TELL_AGAIN),
        _ => None,
    }
}

/// The same, for what Telegram delivers again for a day at most: a bot whose token is not taken now
/// may have one again by then.
fn worth_telling_within_a_day(told: &Result<(), CallError>) -> Option<Duration> {
    let without_token = matches!(told, Err(CallError::NotSent(Refusal::TokenRevoked)));
    worth_telling_later(told).or(without_token.then_some(WITHOUT_TOKEN))
}
