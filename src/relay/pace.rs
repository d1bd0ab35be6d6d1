//! How fast a customer may write to a client bot. Who writes faster is told so, once a minute, and
//! the owner reads in the next copy how many messages were not passed on.
//!
//! ```text
//! Anna:            (the eleventh message within seconds)
//! @shop_bot:       ⏳ You are writing faster than messages can be passed on. …
//! the owner sees:  🆕 Anna @anna → @shop_bot
//!                  ⏳ messages not passed on, too many at once: 7
//!                  the next one that came through
//! ```
//!
//! Counted is when he wrote ([`allowance`]): a message that had to wait for a full inbox has not
//! become one of a slower customer. An album counts as one message. Commands have a rate of their
//! own. What was admitted or refused once stays so, however often it is delivered: what this
//! process remembers is backed by the reference of what was admitted and by the number of the latest
//! message that was refused.

mod allowance;

use std::sync::{Arc, Mutex, PoisonError};

use governor::Quota;
use quick_cache::sync::Cache;
use serde_json::Value;
use teloxide::types::MessageId;

use allowance::Allowance;

use super::{
    Relay, Verdict,
    album::group_of,
    content::{Reading, read},
    customer::Customer,
    parking::Lane,
    patience::IMPOSSIBLE,
    trust::{Reason, slower},
    worth_telling_later,
};
use crate::{
    clock,
    model::{ConversationState, MessageKey, Part},
    store::{ConversationKey, ParkedKind, StoreError},
    update::Message,
};

/// Customers whose pace is known; the quietest is forgotten first, and may write at once again.
const CUSTOMERS: usize = 16_384;
/// Of newcomers to careful bots.
const NEWCOMERS: usize = 1024;
/// People without a conversation who were told; who was told first is told again first.
const TOLD: usize = 1024;
/// Messages and albums of which it is remembered whether they were admitted.
const DECISIONS: usize = 16_384;
/// How long a notice that messages are not passed on holds, in milliseconds.
const NOTICE_HOLDS: i64 = 60_000;
/// How long a refused message may still be delivered again, in milliseconds.
const REDELIVERY: i64 = 25 * 3600 * 1000;
/// The commands a client bot answers.
const COMMANDS: [&str; 6] = ["start", "help", "language", "delete", "privacy", "forget"];

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Message,
    /// Of a newcomer to a careful bot.
    Newcomer,
    Command,
}

/// How far Telegram's clock may be ahead of ours.
const AHEAD_MS: i64 = 3600 * 1000;

/// What one decision is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Message(MessageKey),
    Album(Lane, String),
}

impl Subject {
    fn of(source: MessageKey, message: &Message) -> Self {
        group_of(message).map_or(Self::Message(source), |group| {
            Self::Album((source.bot, source.chat), group.to_owned())
        })
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Admitted,
    /// With the message that was refused: of an album the item that came first.
    Refused(MessageId),
}

/// The pace of every customer, in bounded memory.
pub(super) struct Paces {
    quota: Option<Quota>,
    messages: Cache<Lane, Arc<Mutex<Allowance>>>,
    newcomers: Cache<Lane, Arc<Mutex<Allowance>>>,
    commands: Cache<Lane, Arc<Mutex<Allowance>>>,
    decided: Cache<Subject, Decision>,
    /// When people without a conversation were told last, in UTC milliseconds.
    told: Cache<Lane, i64>,
}

impl Paces {
    /// Without a quota nobody is limited.
    pub(super) fn new(quota: Option<Quota>) -> Self {
        Self {
            quota,
            messages: Cache::new(CUSTOMERS),
            newcomers: Cache::new(NEWCOMERS),
            commands: Cache::new(CUSTOMERS),
            decided: Cache::new(DECISIONS),
            told: Cache::new(TOLD),
        }
    }

    /// Whether a message written at a moment keeps the pace of this quota. It is counted the first
    /// time it is asked about.
    fn decide(
        &self,
        quota: Option<Quota>,
        (source, written_at): (MessageKey, i64),
        subject: &Subject,
        counted: Counted,
    ) -> Decision {
        let Some(quota) = quota else { return Decision::Admitted };
        if let Some(decided) = self.decided.get(subject) {
            return decided;
        }
        let allowances = match counted {
            Counted::Message => &self.messages,
            Counted::Newcomer => &self.newcomers,
            Counted::Command => &self.commands,
        };
        let lane = (source.bot, source.chat);
        let allowance = allowances.get(&lane).unwrap_or_else(|| {
            let new = Arc::default();
            allowances.insert(lane, Arc::clone(&new));
            new
        });
        let admitted = {
            let mut allowance = allowance.lock().unwrap_or_else(PoisonError::into_inner);
            allowance.admits(quota, written_at)
        };
        let decided = if admitted { Decision::Admitted } else { Decision::Refused(source.message) };
        self.decided.insert(subject.clone(), decided);
        decided
    }

    /// A message that was to be refused had been admitted before.
    fn admit(&self, subject: Subject) {
        self.decided.insert(subject, Decision::Admitted);
    }
}

/// Whether a message was refused by an earlier delivery, as far as the database tells: Telegram
/// brings no message of a chat before those sent earlier are acknowledged.
fn came_before(state: &ConversationState, message: &Message, now: i64) -> bool {
    let is_recent = state.refused_told_at.is_some_and(|told| now - told < REDELIVERY);
    is_recent && state.refused_upto.is_some_and(|upto| message.id.0 <= upto.0)
}

/// When a message was written, in milliseconds. One without a date is new, and so is one whose date
/// can't be: Telegram keeps nothing for longer than a day, and a clock may be wrong.
fn written_at(message: &Message, now: i64) -> i64 {
    let date = message.get("date").and_then(Value::as_i64);
    let date = date.map(|date| date.saturating_mul(1000));
    let oldest = now.saturating_sub(clock::in_ms(IMPOSSIBLE));
    date.filter(|date| (oldest..=now + AHEAD_MS).contains(date)).unwrap_or(now)
}

/// Whether the latest notice no longer covers what is refused now.
fn is_notice_due(told_at: Option<i64>, now: i64) -> bool {
    told_at.is_none_or(|told| !(0..NOTICE_HOLDS).contains(&(now - told)))
}

impl Relay {
    /// Stops a message of a customer who writes too fast; `None` when it may go on. `is_slow`: a
    /// newcomer wrote it to a careful bot.
    ///
    /// # Errors
    /// When the database fails; the message then is to be delivered again.
    pub(super) async fn stop_if_too_fast(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
        is_slow: bool,
    ) -> Result<Option<Verdict>, StoreError> {
        let (source, state) = (customer.source(message), &customer.known.state);
        let now = clock::now_ms();
        if came_before(state, message, now) {
            let known = self.has_reference(customer, source).await?;
            return Ok((!known).then_some(Verdict::Done));
        }
        let command = message.command();
        let is_command = command.is_some_and(|(command, _)| COMMANDS.contains(&command.as_str()));
        let counted = match (is_command, is_slow) {
            (true, _) => Counted::Command,
            (false, true) => Counted::Newcomer,
            (false, false) => Counted::Message,
        };
        let subject = Subject::of(source, message);
        let written = (source, written_at(message, now));
        let everybody = self.inner.paces.quota;
        let is_slow = counted == Counted::Newcomer;
        let quota = if is_slow { Some(slower(everybody)) } else { everybody };
        let decided = self.inner.paces.decide(quota, written, &subject, counted);
        let Decision::Refused(first) = decided else { return Ok(None) };
        if read(message, customer.owner_language()) == Reading::Service {
            return Ok(None);
        }
        if self.was_admitted(customer, source, (message, update)).await? {
            self.inner.paces.admit(subject);
            return Ok(None);
        }
        tracing::debug!(bot.id = source.bot.0, "a customer writes too fast");
        let counts = counted != Counted::Command && first == message.id;
        if is_slow {
            let why = (Reason::TooFast, "");
            return self.refuse_newcomer(customer, message, why, counts).await.map(Some);
        }
        // Commands leave nothing of somebody who has no conversation.
        let leaves_nothing = is_command && customer.known.conversation.is_none();
        self.refuse(customer, message, (counts, leaves_nothing)).await.map(Some)
    }

    async fn refuse(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        (counts, leaves_nothing): (bool, bool),
    ) -> Result<Verdict, StoreError> {
        let (paces, lane) = (&self.inner.paces, (customer.client.id(), customer.chat));
        let told_at = if leaves_nothing {
            paces.told.get(&lane)
        } else {
            customer.known.state.refused_told_at
        };
        let mut told = None;
        if is_notice_due(told_at, clock::now_ms()) {
            let text = customer.language().customer_too_fast();
            let (caller, about) = (&customer.client.caller, Some(message.id));
            let said = self.say(caller, customer.chat, about, &text, None).await;
            if let Some(after) = worth_telling_later(&said) {
                return Ok(Verdict::TryLater(after));
            }
            // Written once it is said: after a crash between the two it is said twice, never not.
            told = Some(clock::now_ms());
        }
        if !leaves_nothing {
            self.inner.store.refuse(customer.key(), message.id, counts, told).await?;
        } else if let Some(told) = told {
            paces.told.insert(lane, told);
        }
        Ok(Verdict::Done)
    }

    /// Whether an earlier delivery of a message, of an item of its album or of a command got
    /// through, perhaps in another process.
    pub(super) async fn was_admitted(
        &self,
        customer: &Customer<'_>,
        source: MessageKey,
        (message, update): (&Message, i64),
    ) -> Result<bool, StoreError> {
        if self.has_reference(customer, source).await?
            || self.inner.store.is_handled(source.bot, update).await?
        {
            return Ok(true);
        }
        let Some(group) = group_of(message) else { return Ok(false) };
        let parked = self.parked((source.bot, source.chat), ParkedKind::Item).await?;
        Ok(parked.iter().any(|item| group_of(&item.message) == Some(group)))
    }

    pub(super) async fn has_reference(
        &self,
        customer: &Customer<'_>,
        source: MessageKey,
    ) -> Result<bool, StoreError> {
        let store = &self.inner.store;
        Ok(store.reference_of_source(customer.owner(), source, Part::Main).await?.is_some())
    }

    /// The owner has a copy that says how many messages before it were not passed on. Where that
    /// can't be written, the next copy says so once more.
    pub(super) async fn refusals_shown(&self, key: ConversationKey, count: i64) {
        if count > 0
            && let Err(error) = self.inner.store.refusals_shown(key, count).await
        {
            tracing::warn!(%error, "refused messages will be shown once more");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use serde_json::json;
    use teloxide::types::ChatId;

    use super::*;
    use crate::model::BotId;

    const LANE: Lane = (BotId(1), ChatId(7));

    fn paces(at_once: u32) -> Paces {
        let quota = Quota::per_hour(NonZeroU32::MIN);
        Paces::new(Some(quota.allow_burst(NonZeroU32::new(at_once).unwrap())))
    }

    fn key(id: i32) -> MessageKey {
        MessageKey { bot: LANE.0, chat: LANE.1, message: MessageId(id) }
    }

    fn admits(paces: &Paces, source: MessageKey, counted: Counted) -> bool {
        let subject = Subject::Message(source);
        paces.decide(paces.quota, (source, 0), &subject, counted) == Decision::Admitted
    }

    #[test]
    fn only_who_writes_too_fast_is_refused_and_each_message_counts_once() {
        let paces = paces(2);
        for id in [1, 1, 1, 2] {
            assert!(admits(&paces, key(id), Counted::Message));
        }
        assert!(!admits(&paces, key(3), Counted::Message));
        assert!(admits(&paces, key(1), Counted::Message), "it was admitted before");
        assert!(admits(&paces, key(4), Counted::Command), "a rate of their own");
        assert!(admits(&paces, MessageKey { chat: ChatId(8), ..key(5) }, Counted::Message));
        assert!(admits(&paces, MessageKey { bot: BotId(2), ..key(6) }, Counted::Message));
        paces.admit(Subject::Message(key(3)));
        assert!(admits(&paces, key(3), Counted::Message));
    }

    #[test]
    fn an_album_is_one_message() {
        let album = |id, group| {
            let item = Message::with(&json!({ "media_group_id": group }));
            (key(id), Subject::of(key(id), &item))
        };
        let paces = paces(1);
        let decide = |(source, subject): (MessageKey, Subject)| {
            paces.decide(paces.quota, (source, 0), &subject, Counted::Message)
        };
        assert!((1..=10).all(|id| decide(album(id, "g")) == Decision::Admitted));
        for id in 11..=20 {
            assert_eq!(decide(album(id, "h")), Decision::Refused(MessageId(11)));
        }
    }

    #[test]
    fn without_a_quota_nobody_is_limited() {
        let paces = Paces::new(None);
        assert!((0..1000).all(|id| admits(&paces, key(id), Counted::Message)));
    }

    #[test]
    fn a_flood_of_customers_takes_bounded_memory() {
        let paces = paces(1);
        for chat in 0..100_000 {
            admits(&paces, MessageKey { chat: ChatId(chat), ..key(1) }, Counted::Message);
        }
        assert!(paces.messages.len() <= CUSTOMERS && paces.decided.len() <= DECISIONS);
    }

    #[test]
    fn a_notice_holds_for_a_minute_whatever_the_clock_does() {
        assert!(is_notice_due(None, 5));
        assert!(!is_notice_due(Some(5), 5) && !is_notice_due(Some(5), 60_004));
        assert!(is_notice_due(Some(5), 60_005) && is_notice_due(Some(5), 4));
    }

    #[test]
    fn what_was_refused_is_known_by_its_number_for_a_day() {
        let refused = |upto, told| ConversationState {
            refused_upto: Some(MessageId(upto)),
            refused_told_at: Some(told),
            ..ConversationState::default()
        };
        let five = Message::with(&json!({}));
        assert!(came_before(&refused(5, 0), &five, 1000));
        assert!(!came_before(&refused(4, 0), &five, 1000));
        assert!(!came_before(&refused(5, 0), &five, REDELIVERY));
        assert!(!came_before(&ConversationState::default(), &five, 1000));
    }
}
