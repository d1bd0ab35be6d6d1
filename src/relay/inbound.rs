//! Customer → inbox.
//!
//! ```text
//! Anna, to @shop_bot:   Do you have tea?
//! the owner sees:       🆕 Anna @anna → @shop_bot
//!                       Do you have tea?
//! ```
//!
//! A kind without room for words (a sticker, a round video) follows its header as a reply to it.
//! What can't be shown is told to the owner, and that it was not delivered to the customer.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Failure, Relay, Verdict,
    carry::{Attempt, Before, Carriage, Ending, Standing, initial},
    compose::{Composed, Quote, Reply, compose, plainer, replying, text_message},
    content::{Content, Reading, WordsPlace, read},
    customer::Customer,
    header::{Header, shown_name},
    rich::RichText,
    worth_telling_later, worth_telling_within_a_day,
};
use crate::{
    account::{Fate, Rule, note},
    clock, failpoint,
    model::{DeliveryState, MessageKey, Part},
    store::StoreError,
    telegram::{Caller, ClientBot, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// A customer's message with all that is known before it is sent.
pub(super) struct Incoming {
    pub(super) header: Header,
    pub(super) content: Content,
    pub(super) reply: Option<Reply>,
    /// What the customer is to be told although the owner got a copy.
    pub(super) incomplete: Option<Failure>,
    pub(super) owner_language: Language,
    /// Whether the customer waits for an answer to an earlier message.
    pub(super) is_waiting: bool,
    /// How many messages before it were not passed on, as its header says.
    pub(super) refused: i64,
    /// The buttons below the copy.
    pub(super) buttons: Option<Value>,
}

impl Relay {
    /// Relays a customer's message into his owner's inbox, or finds that it has to wait.
    ///
    /// # Errors
    /// When the database fails; the message then is to be delivered again.
    pub(super) async fn inbound_now(
        &self,
        customer: &Customer<'_>,
        message: &Message,
    ) -> Result<Verdict, StoreError> {
        let Some(incoming) = self.prepare(customer, message).await? else {
            note(Fate::Ignored(Rule::Service));
            return Ok(Verdict::Done);
        };
        let carriage = Carriage::inbound(self, customer, customer.source(message));
        let failure = match self.carry_in(&carriage, &incoming, Part::Main).await? {
            Carried::Before => {
                note(Fate::Repeated);
                self.acknowledge_late(customer, message);
                return Ok(Verdict::Done);
            }
            Carried::Done => {
                self.acknowledge(customer, message);
                return Ok(Verdict::Done);
            }
            Carried::Told => {
                note(Fate::Repeated);
                return Ok(Verdict::Done);
            }
            Carried::Later(after) => return Ok(Verdict::TryLater(after)),
            Carried::Tell(failure) => failure,
        };
        self.tell_customer(customer, &carriage, Part::Main, failure).await
    }

    /// Says that a message was not delivered, as an answer to it, and records that it was said.
    pub(super) async fn tell_customer(
        &self,
        customer: &Customer<'_>,
        carriage: &Carriage<'_>,
        part: Part,
        failure: Failure,
    ) -> Result<Verdict, StoreError> {
        let sentence = failure.for_customer(customer.language());
        let (caller, about) = (&customer.client.caller, Some(carriage.source.message));
        let told = self.say(caller, customer.chat, about, &sentence, None).await;
        // What the owner has a copy of must not hold up the customer's next messages.
        let known = self.inner.store.reference_of_source(carriage.owner, carriage.source, part);
        let has_copy =
            told.is_err() && known.await?.is_some_and(|known| known.copy_message.is_some());
        let again = if has_copy { worth_telling_later } else { worth_telling_within_a_day };
        if let Some(after) = again(&told) {
            return Ok(Verdict::TryLater(after));
        }
        failpoint::at("inbound", "told");
        carriage.record(part, DeliveryState::Told, Some(failure)).await?;
        self.inner.tally.failed(carriage.direction, failure);
        note(Fate::Told);
        self.inner.store.recount_waiting(customer.key()).await?;
        Ok(Verdict::Done)
    }

    /// The customer waits for an answer from now on, unless he does already. While he waits, his
    /// further messages cost nothing here.
    pub(super) async fn begins_waiting(
        &self,
        carriage: &Carriage<'_>,
        incoming: &Incoming,
    ) -> Result<(), StoreError> {
        if incoming.is_waiting {
            return Ok(());
        }
        let source = carriage.source;
        let (store, now) = (&self.inner.store, clock::now_ms());
        let key = (carriage.owner, source.bot, source.chat);
        store.insist(|| store.begin_waiting(key, source.message, now)).await
    }

    pub(super) async fn prepare(
        &self,
        customer: &Customer<'_>,
        message: &Message,
    ) -> Result<Option<Incoming>, StoreError> {
        let owner_language = customer.owner_language();
        let (content, incomplete) = match read(message, owner_language) {
            Reading::Service => return Ok(None),
            Reading::Content(content) => (*content, None),
            Reading::Unshowable(kind) => {
                (Incoming::untold(message, &kind, owner_language), Some(Failure::Kind))
            }
        };
        self.get_to_know(customer).await?;
        let refused = customer.known.state.refused;
        let mut header = Header::of(customer);
        if refused > 0 {
            header = header.remarked(owner_language.not_passed_on(&refused.to_string()));
        }
        let reply = self.reply_in_inbox(customer.client, message).await?;
        let is_waiting = customer.known.state.waiting_since.is_some();
        Ok(Some(Incoming {
            header,
            content,
            reply,
            incomplete,
            owner_language,
            is_waiting,
            refused,
            buttons: customer.contact_buttons(message.id),
        }))
    }

    /// Begins the conversation, or takes note of what has changed about the customer.
    async fn get_to_know(&self, customer: &Customer<'_>) -> Result<(), StoreError> {
        let (store, from) = (&self.inner.store, customer.from);
        match &customer.known.conversation {
            None => {
                let inbox = self.inbox(customer.owner());
                store.begin_conversation(&customer.conversation(), inbox, clock::now_ms()).await?;
            }
            Some(begun) if from.language.is_some() && from.language != begun.language => {
                let language = from.language.as_deref().unwrap_or_default();
                store.set_customer_language(begun, language).await?;
            }
            Some(_) => {}
        }
        let premium = from.is_premium.unwrap_or(false);
        if premium != customer.known.state.is_premium {
            store.set_premium(customer.key(), premium).await?;
        }
        if customer.known.state.blocked_at.is_some() {
            // Who writes does not block, whatever became of the update that said so.
            store.set_blocked(customer.key(), None).await?;
        }
        Ok(())
    }

    /// The copy in the inbox of what the customer replies to.
    async fn reply_in_inbox(
        &self,
        client: &ClientBot,
        message: &Message,
    ) -> Result<Option<Reply>, StoreError> {
        let Some(replied) = message.reply_to() else { return Ok(None) };
        let (owner, inbox) = (client.owner, self.inbox(client.owner));
        let key = MessageKey { bot: client.id(), chat: message.chat.id, message: replied.id };
        let store = &self.inner.store;
        let own = store.reference_of_source(owner, key, Part::Main).await?;
        let here = |bot, chat| (bot, chat) == (inbox.bot, inbox.chat);
        let copy = if let Some(own) = own.filter(|own| here(own.copy_bot, own.copy_chat)) {
            own.copy_message
        } else {
            let answer = self.reference_of_copy(owner, key).await?;
            let source = answer.map(|answer| answer.source);
            source.filter(|source| here(source.bot, source.chat)).map(|source| source.message)
        };
        Ok(copy.map(|message_id| Reply { message: message_id, quote: Quote::read(message) }))
    }

    pub(super) async fn carry_in(
        &self,
        carriage: &Carriage<'_>,
        incoming: &Incoming,
        part: Part,
    ) -> Result<Carried, StoreError> {
        let plain =
            compose(&incoming.content, Some(incoming.header.rich()), incoming.reply.as_ref());
        let attempt = match carriage.begin(part, initial(&plain)).await? {
            Standing::Sent(_) => return Ok(Carried::Before),
            Standing::Told => return Ok(Carried::Told),
            Standing::Busy(after) => return Ok(Carried::Later(after)),
            Standing::Failed(failure) => return Ok(Carried::Tell(failure)),
            Standing::Go(attempt) => attempt,
        };
        let (carried, waits) = tokio::join!(
            self.carry_now(carriage, incoming, plain, attempt),
            self.begins_waiting(carriage, incoming),
        );
        waits.and(carried)
    }

    async fn carry_now(
        &self,
        carriage: &Carriage<'_>,
        incoming: &Incoming,
        plain: Composed,
        attempt: Attempt,
    ) -> Result<Carried, StoreError> {
        let Attempt { part, number, .. } = attempt;
        let composed = if attempt.is_repeat() { incoming.repeated() } else { plain };
        let main = match self.header_first(carriage, incoming, composed, attempt).await? {
            HeaderEnding::Main(main) => *main,
            HeaderEnding::Stop(ending) => return carriage.settle(part, ending, number).await,
        };
        failpoint::at("inbound", "begun");
        self.send_main(carriage, incoming, main, attempt).await
    }

    /// Sends the header where it is a message of its own, and makes the message a reply to it.
    pub(super) async fn header_first(
        &self,
        carriage: &Carriage<'_>,
        incoming: &Incoming,
        composed: Composed,
        attempt: Attempt,
    ) -> Result<HeaderEnding, StoreError> {
        let Composed { header, main } = composed;
        // An album has no room for buttons.
        let above = incoming.buttons.as_ref().filter(|_| main.method == ALBUM);
        let Some(header) = header else { return Ok(HeaderEnding::Main(Box::new(main))) };
        let part = attempt.part;
        let part = if attempt.is_repeat() { part.repeat_notice() } else { part.header() };
        let message = |attempt: Attempt| {
            if !attempt.is_repeat() {
                return with_buttons(header, above);
            }
            // With the words it holds, where it holds any.
            let repeat = incoming.repeated().header.unwrap_or_else(|| incoming.repeat_header());
            with_buttons(repeat, above)
        };
        let header_copy = match carriage.send_before(part, message).await? {
            Before::There(copy) => copy,
            Before::Without => return Ok(HeaderEnding::Main(Box::new(main))),
            Before::Stop(ending) => return Ok(HeaderEnding::Stop(ending)),
        };
        if incoming.reply.is_some() {
            return Ok(HeaderEnding::Main(Box::new(main)));
        }
        let below = Reply { message: header_copy, quote: None };
        Ok(HeaderEnding::Main(Box::new(replying(main, Some(&below)))))
    }

    async fn send_main(
        &self,
        carriage: &Carriage<'_>,
        incoming: &Incoming,
        main: Outgoing,
        attempt: Attempt,
    ) -> Result<Carried, StoreError> {
        let Attempt { part, number, .. } = attempt;
        let missing = std::sync::Mutex::new(None);
        let next = |outgoing: &Outgoing, refusal: &Refusal| {
            plainer(outgoing, refusal).or_else(|| {
                let told = incoming.in_words(outgoing, refusal, attempt.is_repeat())?;
                let about_file = matches!(refusal, Refusal::FileTooBig | Refusal::FileUnavailable);
                let failure = if about_file { Failure::of(refusal) } else { Failure::Kind };
                *missing.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(failure);
                Some(told)
            })
        };
        let main = with_buttons(main, incoming.buttons.as_ref());
        let ending = carriage.attempt(attempt, main, next).await;
        let Ending::Sent(copy) = ending else {
            return carriage.settle(part, ending, number).await;
        };
        let missing = missing.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let incomplete = missing.or(incoming.incomplete);
        let state = if incomplete.is_some() { DeliveryState::Failed } else { DeliveryState::Sent };
        carriage.record_copy(part, copy, state, incomplete).await?;
        self.inner.tally.relayed(carriage.direction, 1);
        note(Fate::Relayed(carriage.direction));
        let MessageKey { bot, chat, .. } = carriage.source;
        self.refusals_shown((carriage.owner, bot, chat), incoming.refused).await;
        if missing.is_none() {
            let (bot, chat) = (carriage.writer.bot, carriage.chat);
            self.shows(MessageKey { bot, chat, message: copy }, &incoming.content);
        }
        Ok(incomplete.map_or(Carried::Done, Carried::Tell))
    }

    /// The bot that writes into inboxes.
    pub(crate) fn master(&self) -> &Caller {
        &self.inner.master
    }
}

/// Whether a customer's message is settled.
pub(super) enum Carried {
    /// It is; this attempt did it.
    Done,
    /// It is since an earlier delivery.
    Before,
    /// It failed, and was told of since an earlier delivery.
    Told,
    Later(Duration),
    Tell(Failure),
}

pub(super) enum HeaderEnding {
    Main(Box<Outgoing>),
    Stop(Ending),
}

impl Carriage<'_> {
    /// Writes how an attempt without a copy ended.
    pub(super) async fn settle(
        &self,
        part: Part,
        ending: Ending,
        attempts: i64,
    ) -> Result<Carried, StoreError> {
        let failure = match ending {
            Ending::Sent(_) => return Ok(Carried::Done),
            Ending::Later(after, _) => {
                self.record(part, DeliveryState::Held, None).await?;
                self.relay.inner.tally.held(self.direction);
                note(Fate::Held);
                return Ok(Carried::Later(after));
            }
            Ending::Unknown => match self.next_attempt_after(attempts) {
                Some(after) => {
                    // The reference stays `sending`, which is what makes the next attempt a repeat.
                    self.record(part, DeliveryState::Sending, None).await?;
                    note(Fate::Unknown);
                    return Ok(Carried::Later(after));
                }
                None => Failure::Uncertain,
            },
            // This attempt failed for certain; what an earlier one did is still not known.
            Ending::Never(_) if attempts > 1 => Failure::Uncertain,
            Ending::Never(refusal) => Failure::of(&refusal),
        };
        self.record(part, DeliveryState::Failed, Some(failure)).await?;
        Ok(Carried::Tell(failure))
    }
}

impl Incoming {
    /// What stands for a message of a kind that can't be shown.
    pub(super) fn untold(message: &Message, kind: &str, language: Language) -> Content {
        let from = message.from.clone().unwrap_or_default();
        telling(language.unshowable(&shown_name(&from, language), kind))
    }

    /// The copy with the line that says it may be a repeat.
    fn repeated(&self) -> Composed {
        compose(&self.content, Some(self.labelled().rich()), self.reply.as_ref())
    }

    fn repeat_header(&self) -> Outgoing {
        text_message(self.labelled().rich(), self.reply.as_ref())
    }

    pub(super) fn labelled(&self) -> Header {
        self.header.remarked(self.owner_language.repeat())
    }

    /// The message in words, where Telegram refuses its file or its kind for good.
    pub(super) fn in_words(
        &self,
        refused: &Outgoing,
        refusal: &Refusal,
        repeat: bool,
    ) -> Option<Outgoing> {
        let language = self.owner_language;
        let told = match refusal {
            Refusal::FileTooBig | Refusal::FileUnavailable => {
                let file = &refused.attachment.as_ref()?.file;
                let reason = Failure::of(refusal).reason(language, self.content.kind);
                language.file_missing(&file.name, &shown_size(file.size), &reason)
            }
            Refusal::Other { code: 400, .. } | Refusal::BadFileId
                if refused.method != "sendMessage" =>
            {
                language.content_refused(self.content.kind)
            }
            _ => return None,
        };
        let header = if repeat { self.labelled() } else { self.header.clone() };
        let header = header.rich().above(RichText::plain(told));
        let words = header.above(self.content.rendition.clone()).cut(WordsPlace::Text.limit());
        let mut outgoing = text_message(words, None);
        if let Some(reply) = refused.parameters.get("reply_parameters") {
            outgoing.parameters.insert("reply_parameters".to_owned(), json!(reply));
        }
        Some(with_buttons(outgoing, self.buttons.as_ref()))
    }
}

/// The method that sends an album.
const ALBUM: &str = "sendMediaGroup";

/// A call with buttons below what it makes.
pub(super) fn with_buttons(mut outgoing: Outgoing, buttons: Option<&Value>) -> Outgoing {
    if let Some(buttons) = buttons {
        outgoing.parameters.insert("reply_markup".to_owned(), buttons.clone());
    }
    outgoing
}

/// A sentence of ours in the place of a content that can't be shown.
fn telling(sentence: String) -> Content {
    Content {
        outgoing: text_message(RichText::default(), None),
        words: RichText::plain(sentence),
        place: WordsPlace::Text,
        kind: "text",
        rendition: RichText::default(),
    }
}

/// A size as people say it.
fn shown_size(bytes: Option<u64>) -> String {
    match bytes {
        None => "?".to_owned(),
        Some(bytes) if bytes < 1 << 20 => format!("{} KB", bytes.div_ceil(1 << 10)),
        Some(bytes) => {
            let tenths = (bytes * 10).div_ceil(1 << 20);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_like_sizes() {
        assert_eq!(shown_size(Some(1)), "1 KB");
        assert_eq!(shown_size(Some(45 << 20)), "45.0 MB");
        assert_eq!(shown_size(Some((20 << 20) + 1)), "20.1 MB");
        assert_eq!(shown_size(None), "?");
    }
}
