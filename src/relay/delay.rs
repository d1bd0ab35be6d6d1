//! What has to wait: tried again in time, spoken of after some minutes, and at last given up.
//!
//! ```text
//! Anna, to @shop_bot:   Do you have tea?
//! @shop_bot:            ⏳ Your message is delayed. It will be passed on as soon as possible …
//! ```
//!
//! [`patience`] says when.

use std::time::Duration;

use teloxide::types::ChatId;

use super::{
    BUSY, Failure, OUTBOUND_HOLD, Relay, Verdict,
    carry::Carriage,
    customer::Customer,
    outbound::{Replied, Undelivered},
    patience::{Patience, QUIET_ATTEMPTS, age, is_last, is_lost, patience, pause_after},
    worth_telling_later,
};
use crate::{
    clock,
    model::{BotId, DeliveryState, MessageKey, OwnerId, Part},
    store::StoreError,
    update::Message,
};

impl Relay {
    /// Relays a customer's message into his owner's inbox. Where it has to wait for long, he is told.
    ///
    /// # Errors
    /// When the database fails; the message then is to be delivered again.
    pub(super) async fn inbound(
        &self,
        customer: &Customer<'_>,
        message: &Message,
    ) -> Result<Verdict, StoreError> {
        let verdict = self.inbound_in_patience(customer, message).await?;
        let (source, holding) = (customer.source(message), &self.inner.tally.holding);
        match verdict {
            Verdict::TryLater(after) => {
                holding.holds(source, age(message, clock::now_ms()), after);
            }
            Verdict::Done => holding.settles(source),
        }
        Ok(verdict)
    }

    async fn inbound_in_patience(
        &self,
        customer: &Customer<'_>,
        message: &Message,
    ) -> Result<Verdict, StoreError> {
        let verdict = self.inbound_now(customer, message).await?;
        let Verdict::TryLater(after) = verdict else { return Ok(verdict) };
        let patience = patience(age(message, clock::now_ms()), after);
        if let Patience::Wait(after) = patience {
            return Ok(Verdict::TryLater(after));
        }
        let carriage = Carriage::inbound(self, customer, customer.source(message));
        // Of what is given up already, only the notice waits.
        let Some(failure) = self.still_waits(carriage.owner, carriage.source).await? else {
            return Ok(verdict);
        };
        if let Patience::Tell(after) = patience {
            return self.tell_delay(customer, &[carriage.source], after).await;
        }
        carriage.record(Part::Main, DeliveryState::Failed, Some(failure)).await?;
        self.tell_customer(customer, &carriage, Part::Main, failure).await
    }

    /// Tells a customer that a message, or an album, is delayed, unless he was told so before.
    pub(super) async fn tell_delay(
        &self,
        customer: &Customer<'_>,
        sources: &[MessageKey],
        after: Duration,
    ) -> Result<Verdict, StoreError> {
        let (store, owner) = (&self.inner.store, customer.owner());
        let Some(first) = sources.first() else { return Ok(Verdict::TryLater(after)) };
        if store.reference_of_source(owner, *first, Part::DelayNotice).await?.is_some() {
            return Ok(Verdict::TryLater(after));
        }
        let (caller, text) = (&customer.client.caller, customer.language().customer_delayed());
        let told = self.say(caller, customer.chat, Some(first.message), &text, None).await;
        if let Some(sooner) = worth_telling_later(&told) {
            return Ok(Verdict::TryLater(after.min(sooner)));
        }
        for source in sources {
            let carriage = Carriage::inbound(self, customer, *source);
            // The row alone says that it was told.
            carriage.begin(Part::DelayNotice, DeliveryState::Told).await?;
        }
        Ok(Verdict::TryLater(after))
    }

    /// A reply that has to wait does so for some minutes, one that may have arrived for a moment:
    /// whatever else its owner writes waits behind it. Then he is told, and it is his to send again.
    /// Nothing is written before he is told: where he can't be, it is tried again.
    pub(super) async fn in_patience(
        &self,
        owner: OwnerId,
        message: &Message,
        sources: &[MessageKey],
        replied: Replied,
    ) -> Result<Replied, StoreError> {
        let replied = self.while_patient(owner, message, sources, replied).await?;
        let holding = &self.inner.tally.holding;
        for source in sources {
            match replied {
                Replied::Later(after) => {
                    holding.holds(*source, age(message, clock::now_ms()), after);
                }
                _ => holding.settles(*source),
            }
        }
        Ok(replied)
    }

    async fn while_patient(
        &self,
        owner: OwnerId,
        message: &Message,
        sources: &[MessageKey],
        replied: Replied,
    ) -> Result<Replied, StoreError> {
        let Replied::Later(after) = replied else { return Ok(replied) };
        let age = age(message, clock::now_ms());
        let (is_young, after) = match patience(age, after) {
            Patience::Wait(after) => (true, after),
            Patience::Tell(_) | Patience::GiveUp => (false, after),
        };
        if is_young && age < OUTBOUND_HOLD {
            return Ok(Replied::Later(after.min(OUTBOUND_HOLD.saturating_sub(age)).max(BUSY)));
        }
        let mut failure = Failure::Unreachable;
        for source in sources {
            let known = self.inner.store.reference_of_source(owner, *source, Part::Main).await?;
            if let Some(known) = &known
                && self.inner.store.is_held_elsewhere(known).await?
            {
                // Another process is at it.
                return Ok(Replied::Later(after));
            }
            match known.map(|known| (known.state, known.attempts)) {
                // What is old already when it is first tried has its tries, too.
                Some((DeliveryState::Sending, attempts)) if attempts < QUIET_ATTEMPTS => {
                    return Ok(Replied::Later(after));
                }
                Some((DeliveryState::Sending, _)) => failure = Failure::Uncertain,
                _ if is_young => return Ok(Replied::Later(after)),
                Some((DeliveryState::Held, attempts)) => {
                    failure = if attempts > 1 { Failure::Uncertain } else { failure };
                }
                _ => {}
            }
        }
        Ok(Replied::Undelivered(Undelivered { failure, kind: String::new() }))
    }

    /// When something is sent into a chat again after so many attempts with an unknown outcome;
    /// `None`: not any more.
    pub fn next_attempt_after(
        &self,
        (bot, chat): (BotId, ChatId),
        attempts: i64,
    ) -> Option<Duration> {
        let worked = self.inner.telegram.worked_ago(bot, chat);
        (!is_last(attempts, worked)).then(|| pause_after(attempts))
    }

    /// When an answer that may be lost is given into a chat again; `None`: not any more, because it
    /// alone does not get there.
    pub fn next_answer_after(&self, (bot, chat): (BotId, ChatId), times: i64) -> Option<Duration> {
        let worked = self.inner.telegram.worked_ago(bot, chat);
        (!is_lost(times, worked)).then(|| pause_after(times))
    }

    /// Whether a message waits for another attempt, and with which reason it is to be given up if
    /// it has waited too long: an earlier attempt may have succeeded.
    pub(super) async fn still_waits(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Option<Failure>, StoreError> {
        let known = self.inner.store.reference_of_source(owner, source, Part::Main).await?;
        Ok(match known.map(|known| (known.state, known.attempts)) {
            Some((DeliveryState::Sent | DeliveryState::Failed | DeliveryState::Told, _)) => None,
            Some((DeliveryState::Held, 1)) | None => Some(Failure::Unreachable),
            Some(_) => Some(Failure::Uncertain),
        })
    }
}
