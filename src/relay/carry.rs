//! The delivery protocol: a reference is written before its message is sent, and how the sending
//! ended is written before anybody is told it did.
//!
//! ```text
//! (none) ── begin ──> sending ── sent ──> sent
//!                        │  └─ not sent, later ──> held ── begin ──> sending
//!                        │  └─ not sent, never ──> failed ── told ──> told
//!                        └─ unknown: stays; the next attempt says "possibly a repeat"
//! ```

mod written;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;
use teloxide::types::{ChatId, MessageId};

pub(super) use written::Written;

use super::{
    BUSY, Failure, INBOUND_HOLD, OUTBOUND_HOLD, Relay,
    compose::{Composed, plainer},
    customer::Customer,
    patience::{OUT_OF_ORDER, QUIET_ATTEMPTS},
};
use crate::{
    clock, failpoint,
    model::{DeliveryState, Direction, MessageKey, OwnerId, Part},
    store::{Life, Made, NewReference, StoreError},
    telegram::{CallError, Caller, Errand, Outgoing, Refusal, Watch},
};

/// One message on its way from its source to one chat.
#[derive(Clone, Copy)]
pub(super) struct Carriage<'a> {
    pub(super) relay: &'a Relay,
    pub(super) owner: OwnerId,
    pub(super) direction: Direction,
    pub(super) source: MessageKey,
    /// The bot that makes the copy.
    pub(super) writer: &'a Caller,
    /// The bot that has the source's files.
    pub(super) holder: &'a Caller,
    /// The chat the copy goes to.
    pub(super) chat: ChatId,
    /// How long the limits may hold it.
    pub(super) deadline: Instant,
}

/// An attempt that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    /// The copy it makes.
    pub(super) part: Part,
    /// What is written about it: `held` until it goes out, or `sending` already.
    pub(super) initial: DeliveryState,
    /// The first is number 1. Only attempts with an unknown outcome are counted: after one of these,
    /// whatever came between, a copy may exist.
    pub(super) number: i64,
    /// The life of this process in which it began.
    pub(super) life: Life,
}

impl Attempt {
    /// Whether an earlier one may have succeeded.
    pub(super) fn is_repeat(self) -> bool {
        self.number > 1
    }
}

/// How things stand before an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// An attempt may begin.
    Go(Attempt),
    /// The copy exists.
    Sent(MessageId),
    /// It was given up; the person concerned is still to be told.
    Failed(Failure),
    /// It was given up, and that was told.
    Told,
    /// Another process is at it, or Telegram answers nothing: it is to be tried after this time.
    Busy(Duration),
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// The copy exists.
    Sent(MessageId),
    /// Certainly not sent; try after this time.
    Later(Duration, Failure),
    /// Certainly not sent, and no later attempt would fare better.
    Never(Refusal),
    /// Nobody knows.
    Unknown,
}

/// How a message that goes before the main one fared.
pub(super) enum Before {
    /// It is there.
    There(MessageId),
    /// It was given up; the main one goes without.
    Without,
    /// It is not there, and the main one has to wait for it or shares its end.
    Stop(Ending),
}

impl<'a> Carriage<'a> {
    /// A customer's message on its way into the inbox.
    pub(super) fn inbound(relay: &'a Relay, customer: &Customer<'a>, source: MessageKey) -> Self {
        let owner = customer.owner();
        Self {
            relay,
            owner,
            direction: Direction::Inbound,
            source,
            writer: &relay.inner.master,
            holder: &customer.client.caller,
            chat: relay.inbox(owner).chat,
            deadline: Instant::now() + INBOUND_HOLD,
        }
    }

    /// An owner's reply on its way to a customer, by the client bot `writer`.
    pub(super) fn outbound(
        relay: &'a Relay,
        owner: OwnerId,
        source: MessageKey,
        (writer, chat): (&'a Caller, ChatId),
    ) -> Self {
        Self {
            relay,
            owner,
            direction: Direction::Outbound,
            source,
            writer,
            holder: &relay.inner.master,
            chat,
            deadline: Instant::now() + OUTBOUND_HOLD,
        }
    }
}

impl Carriage<'_> {
    /// Writes the reference in `initial` state, or finds how far an earlier attempt got and takes
    /// over from it.
    pub(super) async fn begin(
        &self,
        part: Part,
        initial: DeliveryState,
    ) -> Result<Standing, StoreError> {
        let store = &self.relay.inner.store;
        let life = store.stay_alive().await?;
        if self.write_down(part, initial).await? {
            failpoint::at(self.deed(part), "written");
            return Ok(Standing::Go(Attempt { part, initial, number: 1, life }));
        }
        let known = store.reference_of_source(self.owner, self.source, part).await?;
        let Some(known) = known else {
            // It was removed between the two statements: as good as never written.
            return Ok(Standing::Go(Attempt { part, initial, number: 2, life }));
        };
        Ok(match known.state {
            DeliveryState::Sent => known.copy_message.map_or(Standing::Told, Standing::Sent),
            DeliveryState::Told => Standing::Told,
            DeliveryState::Failed => Standing::Failed(Failure::from_word(known.reason.as_deref())),
            DeliveryState::Sending | DeliveryState::Held => {
                if store.is_held_elsewhere(&known).await? {
                    return Ok(Standing::Busy(BUSY));
                }
                if known.next_attempt() > QUIET_ATTEMPTS
                    && !self.relay.inner.telegram.answers(self.writer).await
                {
                    return Ok(Standing::Busy(OUT_OF_ORDER));
                }
                // Else nobody would know whether this attempt is written down, and nothing is sent.
                let doubted = AtomicBool::new(false);
                let resume = async || {
                    let resumed = store.resume_reference(&known, part, initial).await;
                    doubted.fetch_or(resumed.is_err(), Ordering::Relaxed);
                    resumed
                };
                let resumed = store.insist(resume).await?
                    || doubted.into_inner() && store.is_resumed(&known, part, initial).await?;
                if !resumed {
                    return Ok(Standing::Busy(BUSY));
                }
                if part == Part::Main {
                    self.relay.inner.tally.retried(self.direction);
                }
                Standing::Go(Attempt { part, initial, number: known.next_attempt(), life })
            }
        })
    }

    /// Writes a new reference; `false` where there is one of an earlier attempt. Where nobody knows
    /// whether it was written (the connection broke), it is remembered here that nothing was sent
    /// after it, so that the next attempt does not call itself a repeat.
    async fn write_down(&self, part: Part, initial: DeliveryState) -> Result<bool, StoreError> {
        let store = &self.relay.inner.store;
        let new = self.reference(part);
        let (unsent, key) = (&self.relay.inner.unsent, (self.source, part.number()));
        let doubted = unsent.get(&key);
        let now = doubted.unwrap_or_else(clock::now_ms);
        let mut begun = store.begin_reference(new, initial, now).await;
        if doubted.is_some() && matches!(begun, Ok(false)) {
            begun = store.is_untouched(&new, initial, now).await;
        }
        match begun {
            Ok(_) => drop(unsent.remove(&key)),
            Err(_) => unsent.insert(key, now),
        }
        begun
    }

    /// The reference of one of its copies.
    pub(super) fn reference(&self, part: Part) -> NewReference {
        NewReference {
            owner: self.owner,
            direction: self.direction,
            source: self.source,
            part,
            copy_bot: self.writer.bot,
            copy_chat: self.chat,
        }
    }

    /// When it is tried again after so many attempts with an unknown outcome, if it is.
    pub(super) fn next_attempt_after(&self, attempts: i64) -> Option<Duration> {
        self.relay.next_attempt_after((self.writer.bot, self.chat), attempts)
    }

    /// Sends a message that goes before the main one, unless it is there already. It has a reference
    /// of its own, so that it is not sent again when the main one has to wait, or fails.
    pub(super) async fn send_before(
        &self,
        part: Part,
        message: impl FnOnce(Attempt) -> Outgoing,
    ) -> Result<Before, StoreError> {
        let attempt = match self.begin(part, DeliveryState::Sending).await? {
            Standing::Sent(copy) => return Ok(Before::There(copy)),
            Standing::Failed(_) | Standing::Told => return Ok(Before::Without),
            Standing::Busy(after) => {
                return Ok(Before::Stop(Ending::Later(after, Failure::Unreachable)));
            }
            Standing::Go(attempt) => attempt,
        };
        let ending = self.attempt(attempt, message(attempt), plainer).await;
        if let Ending::Sent(copy) = ending {
            self.record_copy(part, copy, DeliveryState::Sent, None).await?;
            return Ok(Before::There(copy));
        }
        let doubt = ending == Ending::Unknown;
        let state = if doubt { DeliveryState::Sending } else { DeliveryState::Held };
        self.record(part, state, None).await?;
        Ok(Before::Stop(ending))
    }

    /// Makes the call, with plainer ones where Telegram refuses the first, and says how it ended.
    /// The reference follows whether it waits or goes out.
    pub(super) async fn attempt(
        &self,
        attempt: Attempt,
        outgoing: Outgoing,
        plainer: impl Fn(&Outgoing, &Refusal) -> Option<Outgoing>,
    ) -> Ending {
        let written = Written::of(self, &[(self.source, attempt.part)], attempt);
        match self.call(&written, outgoing, plainer).await {
            Ok(message) => made(&message),
            Err(ending) => ending,
        }
    }

    /// The same, with Telegram's whole answer where it made what was asked for.
    pub(super) async fn call(
        &self,
        written: &Written<'_>,
        outgoing: Outgoing,
        plainer: impl Fn(&Outgoing, &Refusal) -> Option<Outgoing>,
    ) -> Result<Value, Ending> {
        let began = Instant::now();
        let done = self.call_until_settled(written, outgoing, plainer).await;
        self.relay.inner.tally.sent(self.direction, began.elapsed(), &done);
        done
    }

    async fn call_until_settled(
        &self,
        written: &Written<'_>,
        outgoing: Outgoing,
        plainer: impl Fn(&Outgoing, &Refusal) -> Option<Outgoing>,
    ) -> Result<Value, Ending> {
        let mut outgoing = outgoing;
        let mut pause = Duration::from_secs(1);
        loop {
            let telegram = &self.relay.inner.telegram;
            let errand = Errand { holder: self.holder, watch: written };
            let call =
                telegram.deliver_watched(self.writer, self.chat, &outgoing, errand, self.deadline);
            let refusal = match call.await {
                Ok(message) => return Ok(message),
                Err(CallError::Unknown(doubt)) => {
                    tracing::warn!(bot.id = self.writer.bot.0, method = outgoing.method, %doubt,
                        "a send's outcome is unknown");
                    return Err(Ending::Unknown);
                }
                Err(CallError::NotSent(Refusal::FileLater { retry_after })) => {
                    let wait = retry_after.unwrap_or(pause);
                    // A file that never comes must not keep the customer's next messages waiting
                    // for a day: after the hold it is told about instead.
                    if Instant::now() + wait < self.deadline {
                        written.waits().await;
                        if !telegram.pause(wait).await {
                            return Err(Ending::Later(wait, Failure::Unreachable));
                        }
                        pause *= 2;
                        continue;
                    }
                    if let Some(retry_after) = retry_after {
                        return Err(Ending::Later(retry_after, Failure::TooFast));
                    }
                    Refusal::FileUnavailable
                }
                Err(CallError::NotSent(refusal)) => refusal,
            };
            tracing::debug!(bot.id = self.writer.bot.0, method = outgoing.method, %refusal,
                "Telegram refused a send");
            match plainer(&outgoing, &refusal) {
                Some(next) => outgoing = next,
                None => return Err(self.refused(refusal)),
            }
        }
    }

    fn refused(&self, refusal: Refusal) -> Ending {
        let failure = Failure::of(&refusal);
        match refusal {
            Refusal::TooFast { retry_after } => Ending::Later(retry_after, failure),
            Refusal::Unreachable => Ending::Later(Duration::from_secs(5), failure),
            // This process stood still for so long that another one may have taken over.
            Refusal::Lapsed => Ending::Later(BUSY, failure),
            // The master's dead token is the operator's to mend; customers' messages wait for it.
            Refusal::TokenRevoked if self.writer.bot == self.relay.inner.master.bot => {
                Ending::Later(Duration::from_mins(1), failure)
            }
            refusal => Ending::Never(refusal),
        }
    }

    /// Writes that the copy exists, in `state`. The message is out: as long as the process lives it
    /// must be known, or a later delivery would repeat it.
    pub(super) async fn record_copy(
        &self,
        part: Part,
        copy: MessageId,
        state: DeliveryState,
        reason: Option<Failure>,
    ) -> Result<(), StoreError> {
        let store = &self.relay.inner.store;
        let reason = reason.map(Failure::word);
        failpoint::at(self.deed(part), "sent");
        let made = Made { of: self.reference(part), copy };
        store.insist(|| store.finish_attempt(&made, state, reason)).await?;
        failpoint::at(self.deed(part), "recorded");
        Ok(())
    }

    /// Writes a state without a copy: how an attempt ended, or that somebody was told. Both are known
    /// here alone, so it is as patient.
    pub(super) async fn record(
        &self,
        part: Part,
        state: DeliveryState,
        reason: Option<Failure>,
    ) -> Result<(), StoreError> {
        let store = &self.relay.inner.store;
        let reason = reason.map(Failure::word);
        let (owner, source) = (self.owner, self.source);
        let write = || async move {
            match state {
                DeliveryState::Told => {
                    store.set_reference_state(owner, source, part, state, reason).await
                }
                state => store.release_reference(owner, source, part, state, reason).await,
            }
        };
        store.insist(write).await?;
        if state == DeliveryState::Failed {
            failpoint::at(self.deed(part), "failed");
        }
        Ok(())
    }

    /// What it does, to a [`failpoint`].
    fn deed(&self, part: Part) -> &'static str {
        match (self.direction, part) {
            (Direction::Inbound, Part::Main) => "inbound",
            (Direction::Inbound, _) => "header",
            (Direction::Outbound, Part::Header) => "words",
            (Direction::Outbound, _) => "outbound",
        }
    }
}

/// How a reference begins: what has its files to be moved first, or a message of its own to go before
/// it, is not being sent yet.
pub(super) fn initial(composed: &Composed) -> DeliveryState {
    let Composed { header, main } = composed;
    let is_alone = header.is_none() && main.attachment.is_none() && main.media.is_empty();
    if is_alone { DeliveryState::Sending } else { DeliveryState::Held }
}

pub(super) fn made(message: &Value) -> Ending {
    let id = message.get("message_id").and_then(Value::as_i64);
    id.and_then(|id| i32::try_from(id).ok())
        .map_or(Ending::Unknown, |id| Ending::Sent(MessageId(id)))
}
