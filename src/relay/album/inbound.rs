//! A customer's album, into the inbox.

use std::{slice, time::Duration};

use serde_json::Map;
use teloxide::types::MessageId;

use super::{
    Item,
    compose::{compose_album, compose_album_below},
    group::{Group, GroupEnding, GroupStanding},
};
use crate::{
    clock,
    model::Direction,
    relay::{
        BUSY, Failure, Relay, Verdict,
        carry::{Carriage, initial},
        compose::Composed,
        content::{Content, Reading, read},
        customer::Customer,
        header::Header,
        inbound::{HeaderEnding, Incoming},
        parking::Lane,
        patience::{LONGEST, Patience, age, patience},
        worth_telling_later, worth_telling_within_a_day,
    },
    store::StoreError,
    telegram::{Outgoing, Refusal},
};

impl Relay {
    pub(super) async fn inbound_album(
        &self,
        (bot, chat): Lane,
        items: Vec<Item>,
    ) -> Result<Verdict, StoreError> {
        let client = self.inner.bots.current(bot).await?;
        let from = items.iter().find_map(|item| item.message.from.clone());
        let (Some(client), Some(from)) = (client, from) else {
            let verdict = self.lost_by_detaching(bot, &items).await?;
            if verdict == Verdict::Done {
                self.unpark(&items).await?;
            }
            return Ok(verdict);
        };
        let known = self.inner.store.known(client.owner, bot, chat).await?;
        let customer = Customer { client: &client, from: &from, chat, known };
        let mut verdict = if customer.known.is_banned {
            Verdict::Done
        } else {
            self.album_of(&customer, &items).await?
        };
        if let Verdict::TryLater(after) = verdict {
            verdict = self.album_waits(&customer, &items, after).await?;
        }
        let holding = &self.inner.tally.holding;
        for item in &items {
            match verdict {
                Verdict::TryLater(after) => {
                    holding.holds(item.row.source, age(&item.message, clock::now_ms()), after);
                }
                Verdict::Done => holding.settles(item.row.source),
            }
        }
        if verdict == Verdict::Done {
            self.unpark(&items).await?;
        }
        Ok(verdict)
    }

    /// Tells the customer once that his album is delayed, and in the end that it did not arrive.
    async fn album_waits(
        &self,
        customer: &Customer<'_>,
        items: &[Item],
        after: Duration,
    ) -> Result<Verdict, StoreError> {
        let Some(first) = items.first() else { return Ok(Verdict::Done) };
        match patience(age(&first.message, clock::now_ms()), after) {
            Patience::Wait(after) => Ok(Verdict::TryLater(after)),
            Patience::Tell(after) => {
                let sources: Vec<_> = items.iter().map(|item| item.row.source).collect();
                self.tell_delay(customer, &sources, after).await
            }
            Patience::GiveUp => {
                let mut failure = Failure::Unreachable;
                for item in items {
                    let waits = self.still_waits(customer.owner(), item.row.source).await?;
                    failure = waits.filter(|why| *why == Failure::Uncertain).unwrap_or(failure);
                }
                self.give_album_up(customer, items, failure).await
            }
        }
    }

    async fn album_of(
        &self,
        customer: &Customer<'_>,
        items: &[Item],
    ) -> Result<Verdict, StoreError> {
        let language = customer.owner_language();
        let read = |item: &Item| match read(&item.message, language) {
            Reading::Content(content) => Some(*content),
            _ => None,
        };
        let contents: Option<Vec<Content>> = items.iter().map(read).collect();
        let Some(contents) = contents.filter(|contents| contents.len() > 1) else {
            return self.one_by_one(customer, items).await;
        };
        let Some(mut incoming) = self.prepare_album(customer, items, &contents).await? else {
            return self.one_by_one(customer, items).await;
        };
        let ids = items.iter().map(|item| item.row.source.message);
        incoming.buttons = ids.into_iter().find_map(|id| customer.contact_buttons(id));
        let composed = |header| match &incoming.buttons {
            Some(_) => compose_album_below(&contents, header, incoming.reply.as_ref()),
            None => compose_album(&contents, Some(header), incoming.reply.as_ref()),
        };
        let Some(plain) = composed(incoming.header.rich()) else {
            return self.one_by_one(customer, items).await;
        };
        let carriage = |item: &Item| Carriage::inbound(self, customer, item.row.source);
        let group = Group(items.iter().map(carriage).collect());
        self.begins_waiting(&group.0[0], &incoming).await?;
        let attempt = match group.begin(initial(&plain)).await? {
            GroupStanding::Go(attempt) => attempt,
            GroupStanding::Settled => return Ok(Verdict::Done),
            GroupStanding::Busy(after) => return Ok(Verdict::TryLater(after)),
            GroupStanding::Scattered => return self.one_by_one(customer, items).await,
        };
        let labelled =
            if attempt.is_repeat() { composed(incoming.labelled().rich()) } else { None };
        let composed = labelled.unwrap_or(plain);
        let bearer = bearer_of(&composed);
        let ending = match self.header_first(&group.0[0], &incoming, composed, attempt).await? {
            HeaderEnding::Main(main) => group.send(*main, attempt).await?,
            HeaderEnding::Stop(ending) => group.stopped(ending).await?,
        };
        if let (GroupEnding::Partly(copies), Some(bearer)) = (&ending, bearer)
            && copies.get(bearer).is_some_and(Option::is_none)
        {
            let header = if attempt.is_repeat() { incoming.labelled() } else { incoming.header };
            self.name_the_rest(&group.0[0], header, copies).await;
        }
        let again = group.next_attempt_after(attempt.number);
        self.album_ended(customer, items, (ending, attempt.number, again)).await
    }

    /// The item with the header above its words is the one Telegram left out: the first of the
    /// others, which have no words, gets the header instead.
    async fn name_the_rest(
        &self,
        carriage: &Carriage<'_>,
        header: Header,
        copies: &[Option<MessageId>],
    ) {
        let Some(first) = copies.iter().flatten().next() else { return };
        let words = header.rich();
        let mut parameters = Map::new();
        parameters.insert("message_id".to_owned(), first.0.into());
        parameters.insert("caption".to_owned(), words.text.into());
        parameters.insert("caption_entities".to_owned(), words.entities.into());
        let edit = Outgoing::new("editMessageCaption", parameters);
        let (writer, telegram) = (carriage.writer, &self.inner.telegram);
        let deadline = carriage.deadline;
        let named = telegram.deliver(writer, carriage.chat, &edit, writer, deadline).await;
        if let Err(error) = named {
            tracing::warn!(%error, "a part of an album does not say who sent it");
        }
    }

    async fn album_ended(
        &self,
        customer: &Customer<'_>,
        items: &[Item],
        (ending, attempts, again): (GroupEnding, i64, Option<Duration>),
    ) -> Result<Verdict, StoreError> {
        let Some(first) = items.first() else { return Ok(Verdict::Done) };
        match ending {
            GroupEnding::Sent => {
                self.refusals_shown(customer.key(), customer.known.state.refused).await;
                self.acknowledge(customer, &first.message);
                Ok(Verdict::Done)
            }
            GroupEnding::Partly(_) => self.one_by_one(customer, items).await,
            GroupEnding::Later(after, _) => Ok(Verdict::TryLater(after)),
            GroupEnding::Never(refusal) if !is_of_inbox(&refusal) => {
                self.one_by_one(customer, items).await
            }
            GroupEnding::Unknown if again.is_some() => Ok(Verdict::TryLater(again.unwrap_or(BUSY))),
            ending @ (GroupEnding::Unknown | GroupEnding::Never(_)) => {
                let failure = match ending {
                    GroupEnding::Never(refusal) if attempts == 1 => Failure::of(&refusal),
                    _ => Failure::Uncertain,
                };
                self.give_album_up(customer, items, failure).await
            }
        }
    }

    /// Tells the customer once that his album did not arrive. What did arrive of it stays so.
    async fn give_album_up(
        &self,
        customer: &Customer<'_>,
        items: &[Item],
        failure: Failure,
    ) -> Result<Verdict, StoreError> {
        let Some(first) = items.first() else { return Ok(Verdict::Done) };
        let sentence = failure.for_customer(customer.language());
        let (caller, about) = (&customer.client.caller, Some(first.message.id));
        let told = self.say(caller, customer.chat, about, &sentence, None).await;
        let is_last = age(&first.message, clock::now_ms()) >= LONGEST;
        let again = if is_last { worth_telling_later } else { worth_telling_within_a_day };
        if let Some(after) = again(&told) {
            return Ok(Verdict::TryLater(after));
        }
        self.tell_album(customer.owner(), items, failure).await?;
        for _ in items {
            self.inner.tally.failed(Direction::Inbound, failure);
        }
        self.inner.store.recount_waiting(customer.key()).await?;
        Ok(Verdict::Done)
    }

    /// What a single message needs to know, for the album as a whole: the header of the first item,
    /// the reply of whichever has one.
    async fn prepare_album(
        &self,
        customer: &Customer<'_>,
        items: &[Item],
        contents: &[Content],
    ) -> Result<Option<Incoming>, StoreError> {
        let replying = items.iter().find(|item| item.message.reply_to().is_some());
        let Some(first) = replying.or(items.first()) else { return Ok(None) };
        let incoming = self.prepare(customer, &first.message).await?;
        let content = contents.first().cloned();
        Ok(incoming.zip(content).map(|(incoming, content)| Incoming { content, ..incoming }))
    }

    async fn one_by_one(
        &self,
        customer: &Customer<'_>,
        items: &[Item],
    ) -> Result<Verdict, StoreError> {
        for item in items {
            let verdict = self.inbound_now(customer, &item.message).await?;
            if verdict != Verdict::Done {
                return Ok(verdict);
            }
            self.unpark(slice::from_ref(item)).await?;
        }
        Ok(Verdict::Done)
    }
}

/// The item that bears the header: the only one with words, where the header is no message of its
/// own.
fn bearer_of(composed: &Composed) -> Option<usize> {
    if composed.header.is_some() {
        return None;
    }
    let media = composed.main.parameters.get("media")?.as_array()?;
    media.iter().position(|item| item.get("caption").is_some())
}

/// Whether it is the inbox that takes nothing, so that no item would fare better by itself.
fn is_of_inbox(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Blocked
            | Refusal::Deactivated
            | Refusal::NotStarted
            | Refusal::Forbidden(_)
            | Refusal::ChatNotFound
    )
}
