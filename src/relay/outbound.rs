//! Inbox → customer.
//!
//! ```text
//! the owner, as a reply to Anna's copy:   Yes, green and black.
//! Anna sees, from @shop_bot:              Yes, green and black.
//! the owner sees:                         👍 on his reply, and ✅ instead of 🆕 on the copy
//! ```
//!
//! Where it goes is read from the message replied to and from nothing else.

use std::time::Duration;

use serde_json::{Value, json};
use teloxide::types::{ChatId, MessageId};

use super::{
    BUSY, Failure, Relay, SEND_AGAIN, Verdict,
    carry::{Attempt, Before, Carriage, Ending, Standing},
    compose::{Composed, Quote, Reply, compose, plainer},
    content::{Content, Reading, read},
    inbound::Carried,
    patience::{Patience, age, patience},
    rich::RichText,
    worth_telling_within_a_day,
};
use crate::{
    account::{Fate, note, note_first},
    clock, failpoint,
    model::{BotId, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference},
    store::{ConversationKey, StoreError},
    telegram::{ClientBot, Outgoing},
    text::Language,
    update::Message,
};

/// Whom a reply goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) bot: BotId,
    pub(super) customer: ChatId,
    /// The message in the customer's chat that is answered.
    answered: Option<MessageId>,
    /// Whether the customer wrote that message, as opposed to the owner before.
    by_customer: bool,
}

/// What of a reply could not be carried.
pub(super) struct Undelivered {
    pub(super) failure: Failure,
    pub(super) kind: String,
}

impl Relay {
    /// Sends an owner's reply to the customer whose copy he replied to. `None` when the message
    /// replied to is no copy of his. An album waits until it is complete, whether it is a reply or
    /// not.
    ///
    /// # Errors
    /// When the database fails; the reply then is to be delivered again.
    pub async fn outbound(
        &self,
        owner: OwnerId,
        message: &Message,
        update: i64,
    ) -> Result<Option<Verdict>, StoreError> {
        let master = self.inner.master.bot;
        if let Some(verdict) = self.park_item(owner, master, message, update).await? {
            return Ok(Some(verdict));
        }
        let Some(replied) = message.reply_to() else { return Ok(None) };
        let closings = self.closings();
        let Some(about) = self.about(owner, message).await? else {
            let asked = (&replied, age(message, clock::now_ms()));
            return Ok(self.is_still_sent(owner, asked).await?.then_some(Verdict::TryLater(BUSY)));
        };
        let target = Target::of(&about);
        let Some(_present) = self.begins_about(target.customer, closings).await? else {
            return Ok(Some(Verdict::TryLater(BUSY)));
        };
        let source = self.source(message);
        let sent = self.send_reply(owner, message, target, source).await?;
        let undelivered = match self.in_patience(owner, message, &[source], sent).await? {
            Replied::Done => {
                note_first(Fate::Repeated);
                return Ok(Some(Verdict::Done));
            }
            Replied::Delivered => {
                self.show_delivered(owner, (message.id, message.id), Some(&replied), target);
                self.tell_few_left(owner, 1);
                return Ok(Some(Verdict::Done));
            }
            Replied::Later(after) => return Ok(Some(Verdict::TryLater(after))),
            Replied::Undelivered(undelivered) => undelivered,
        };
        self.tell_undelivered(owner, message, &undelivered).await.map(Some)
    }

    /// Whether a message of ours that is no copy as far as we know may turn out to be one: something
    /// has been sent into its chat for a long time, and how that ended is still to be written.
    async fn is_still_sent(
        &self,
        owner: OwnerId,
        (replied, age): (&Message, Duration),
    ) -> Result<bool, StoreError> {
        let master = self.inner.master.bot;
        let is_ours = replied.from.as_ref().is_some_and(|from| from.id == master.0);
        if !is_ours || !matches!(patience(age, BUSY), Patience::Wait(_)) {
            return Ok(false);
        }
        let before = clock::now_ms().saturating_sub(1000);
        self.inner.store.is_sending_to(owner, (master, replied.chat.id), before).await
    }

    /// The reference of what an owner's message replies to: a copy, or an earlier reply of his.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn about(
        &self,
        owner: OwnerId,
        message: &Message,
    ) -> Result<Option<Reference>, StoreError> {
        let Some(replied) = message.reply_to() else { return Ok(None) };
        let key =
            MessageKey { bot: self.inner.master.bot, chat: message.chat.id, message: replied.id };
        if let Some(copy) = self.reference_of_copy(owner, key).await? {
            return Ok(Some(copy).filter(|copy| copy.direction == Direction::Inbound));
        }
        let own = self.inner.store.reference_of_source(owner, key, Part::Main).await?;
        Ok(own.filter(|own| own.direction == Direction::Outbound))
    }

    pub(super) fn source(&self, message: &Message) -> MessageKey {
        MessageKey { bot: self.inner.master.bot, chat: message.chat.id, message: message.id }
    }

    async fn send_reply(
        &self,
        owner: OwnerId,
        message: &Message,
        target: Target,
        source: MessageKey,
    ) -> Result<Replied, StoreError> {
        let language = self.owner_language(owner).await?;
        let content = match read(message, language) {
            Reading::Service => return Ok(Replied::Done),
            Reading::Content(content) => Ok(*content),
            Reading::Unshowable(kind) => Err(kind),
        };
        let client = running(self, owner, target.bot).await?;
        let reply = self.reply_at_customer(owner, message, target).await?;
        let writer = client.as_ref().map_or(&self.inner.master, |client| &client.caller);
        let carriage = Carriage::outbound(self, owner, source, (writer, target.customer));
        let (content, client) = match (content, client.as_deref()) {
            (Ok(content), Some(client)) => (content, client),
            (Err(kind), _) => {
                let undelivered = Undelivered { failure: Failure::Kind, kind };
                return carriage.give_up(target.bot, undelivered).await;
            }
            (Ok(_), None) => {
                let undelivered = Undelivered::without_bot(self.why_none_runs(owner).await?);
                return carriage.give_up(target.bot, undelivered).await;
            }
        };
        if let Some(failure) = self.refused_by_plan(owner, target.bot, source).await? {
            return carriage.refuse(Undelivered { failure, kind: content.kind.to_owned() }).await;
        }
        let begins = initial_of(&content);
        let standing = carriage.begin(Part::Main, begins).await?;
        let replied = self.carry_out(&carriage, &content, reply.as_ref(), standing).await?;
        if let Replied::Undelivered(Undelivered { failure: Failure::TokenRevoked, .. }) = &replied {
            self.inner.bots.token_refused(client).await?;
        }
        if let Replied::Delivered = &replied {
            self.inner.bots.shows_life(client.id());
        }
        Ok(replied)
    }

    /// The message in the customer's chat that the reply quotes: what the owner picked out, else
    /// the customer's message unless it is his latest, which needs no quote.
    pub(super) async fn reply_at_customer(
        &self,
        owner: OwnerId,
        message: &Message,
        target: Target,
    ) -> Result<Option<Reply>, StoreError> {
        let Some(answered) = target.answered else { return Ok(None) };
        let quote = Quote::read(message);
        if target.by_customer && quote.is_none() {
            let store = &self.inner.store;
            let latest = store.latest_source(owner, target.bot, target.customer).await?;
            if latest == Some(answered) {
                return Ok(None);
            }
        }
        Ok(Some(Reply { message: answered, quote }))
    }

    pub(super) async fn carry_out(
        &self,
        carriage: &Carriage<'_>,
        content: &Content,
        reply: Option<&Reply>,
        standing: Standing,
    ) -> Result<Replied, StoreError> {
        let undelivered =
            |failure| Replied::Undelivered(Undelivered { failure, kind: content.kind.to_owned() });
        let attempt = match standing {
            // After a crash its receipt may be missing.
            Standing::Sent(_) if !self.is_receipt_shown(carriage.source) => {
                return Ok(Replied::Delivered);
            }
            Standing::Sent(_) | Standing::Told => return Ok(Replied::Done),
            Standing::Busy(after) => return Ok(Replied::Later(after)),
            Standing::Failed(failure) => return Ok(undelivered(failure)),
            Standing::Go(attempt) => attempt,
        };
        let ending = self.send_out(carriage, content, reply, attempt).await?;
        if let Ending::Sent(copy) = ending {
            carriage.record_copy(Part::Main, copy, DeliveryState::Sent, None).await?;
            self.inner.tally.relayed(carriage.direction, 1);
            note(Fate::Relayed(carriage.direction));
            let (bot, chat) = (carriage.writer.bot, carriage.chat);
            self.shows(MessageKey { bot, chat, message: copy }, content);
            return Ok(Replied::Delivered);
        }
        if let Ending::Later(_, Failure::TooFast) = ending {
            let failure = if attempt.is_repeat() { Failure::Uncertain } else { Failure::TooFast };
            carriage.record(Part::Main, DeliveryState::Failed, Some(failure)).await?;
            return Ok(undelivered(failure));
        }
        Ok(match carriage.settle(Part::Main, ending, attempt.number).await? {
            Carried::Done | Carried::Before | Carried::Told => Replied::Delivered,
            Carried::Later(after) => Replied::Later(after),
            Carried::Tell(failure) => undelivered(failure),
        })
    }

    /// Sends a reply: in one message, or with its words before it, where they are too long for a
    /// caption.
    async fn send_out(
        &self,
        carriage: &Carriage<'_>,
        content: &Content,
        reply: Option<&Reply>,
        attempt: Attempt,
    ) -> Result<Ending, StoreError> {
        let target = (carriage.owner, carriage.writer.bot, carriage.chat);
        let label = if attempt.is_repeat() { Some(self.repeat_label(target).await?) } else { None };
        let client = self.inner.bots.get(carriage.writer.bot);
        let protected = |call: Outgoing| match &client {
            Some(client) => with_protection(call, client),
            None => call,
        };
        let going_on = Attempt { initial: DeliveryState::Sending, ..attempt };
        let plain = compose(content, None, reply);
        if let Composed { header: Some(words), main } = plain {
            let again = self.repeat_label(target).await?;
            let again = compose(content, Some(again), reply).header.unwrap_or(words.clone());
            let message =
                |attempt: Attempt| protected(if attempt.is_repeat() { again } else { words });
            if let Before::Stop(ending) = carriage.send_before(Part::Header, message).await? {
                return Ok(ending);
            }
            let file = Content { words: RichText::default(), ..content.clone() };
            let main = if label.is_some() { compose(&file, label, reply).main } else { main };
            return Ok(carriage.attempt(attempt, protected(main), plainer).await);
        }
        let Composed { header, main } = match label {
            Some(label) => compose(content, Some(label), reply),
            None => plain,
        };
        let main = protected(main);
        // The label, where there is no room for it in the message. Nobody replies to it: it needs
        // no reference.
        let Some(header) = header else {
            return Ok(carriage.attempt(attempt, main, plainer).await);
        };
        Ok(match carriage.attempt(attempt, header, plainer).await {
            Ending::Sent(_) => carriage.attempt(going_on, main, plainer).await,
            ending => ending,
        })
    }

    /// The line that says "possibly a repeat", in the customer's language.
    pub(super) async fn repeat_label(
        &self,
        (owner, bot, customer): ConversationKey,
    ) -> Result<RichText, StoreError> {
        let known = self.inner.store.known(owner, bot, customer).await?;
        Ok(RichText::plain(Language::of(known.customer_language(None)).repeat()))
    }

    /// What the owner is told about a reply that did not arrive, or of which the words alone did.
    pub(super) async fn undelivered_text(
        &self,
        owner: OwnerId,
        source: MessageKey,
        undelivered: &Undelivered,
        language: Language,
    ) -> Result<String, StoreError> {
        let Undelivered { failure, kind } = undelivered;
        if let Some(reason) = self.reason_of_plan(owner, source, *failure, language).await? {
            return Ok(language.not_delivered(&reason));
        }
        let words = self.inner.store.reference_of_source(owner, source, Part::Header).await?;
        let have_arrived = words.is_some_and(|words| words.state == DeliveryState::Sent);
        Ok(if have_arrived {
            failure.for_owner_of_words(language, kind)
        } else {
            failure.for_owner(language, kind)
        })
    }

    /// Says that a reply did not arrive, as an answer to it, and records that it was said.
    pub(super) async fn tell_undelivered(
        &self,
        owner: OwnerId,
        message: &Message,
        undelivered: &Undelivered,
    ) -> Result<Verdict, StoreError> {
        let language = self.owner_language(owner).await?;
        let text = self.undelivered_text(owner, self.source(message), undelivered, language);
        let text = text.await?;
        let keyboard = undelivered.failure.can_send_again().then(|| send_again_keyboard(language));
        let master = &self.inner.master;
        let told = self.say(master, message.chat.id, Some(message.id), &text, keyboard).await;
        if let Some(after) = worth_telling_within_a_day(&told) {
            return Ok(Verdict::TryLater(after));
        }
        failpoint::at("outbound", "told");
        let source = self.source(message);
        let reason = Some(undelivered.failure.word());
        let (store, state) = (&self.inner.store, DeliveryState::Told);
        store
            .insist(|| store.set_reference_state(owner, source, Part::Main, state, reason))
            .await?;
        self.inner.tally.failed(Direction::Outbound, undelivered.failure);
        note(Fate::Told);
        Ok(Verdict::Done)
    }
}

/// How a reply's reference begins: a file has to be moved first.
pub(super) fn initial_of(content: &Content) -> DeliveryState {
    let is_file = content.outgoing.attachment.is_some();
    if is_file { DeliveryState::Held } else { DeliveryState::Sending }
}

/// How an owner's reply fared.
pub(super) enum Replied {
    /// Nothing more is to be done.
    Done,
    /// The customer has it now.
    Delivered,
    /// The update is to be delivered again after this time.
    Later(Duration),
    /// The owner is to be told.
    Undelivered(Undelivered),
}

impl Carriage<'_> {
    /// Records a reply that can't even be tried: there is no bot to send it, or no method for it.
    pub(super) async fn give_up(
        &self,
        bot: BotId,
        undelivered: Undelivered,
    ) -> Result<Replied, StoreError> {
        let writer = super::Caller { bot, token: self.writer.token.clone() };
        let carriage = Carriage { writer: &writer, ..*self };
        carriage.refuse(undelivered).await
    }

    /// Records a reply that is not tried.
    pub(super) async fn refuse(&self, undelivered: Undelivered) -> Result<Replied, StoreError> {
        let standing = self.begin(Part::Main, DeliveryState::Held).await?;
        match standing {
            Standing::Sent(_) | Standing::Told => return Ok(Replied::Done),
            Standing::Busy(after) => return Ok(Replied::Later(after)),
            Standing::Go(_) | Standing::Failed(_) => {}
        }
        self.record(Part::Main, DeliveryState::Failed, Some(undelivered.failure)).await?;
        Ok(Replied::Undelivered(undelivered))
    }
}

impl Target {
    pub(super) fn of(about: &Reference) -> Self {
        match about.direction {
            Direction::Inbound => Self::of_copy(about),
            Direction::Outbound => Self::of_reply(about),
        }
    }

    fn of_copy(copy: &Reference) -> Self {
        Self {
            bot: copy.client_bot(),
            customer: copy.customer(),
            answered: Some(copy.source.message),
            by_customer: true,
        }
    }

    fn of_reply(own: &Reference) -> Self {
        Self {
            bot: own.client_bot(),
            customer: own.customer(),
            answered: own.copy_message,
            by_customer: false,
        }
    }

    /// The target of a reply sent once more: what it answered is no longer known.
    pub(super) fn of_repeat(own: &Reference) -> Self {
        Self { answered: None, ..Self::of_reply(own) }
    }
}

/// A call that makes a message customers can't forward or save, where the bot is set so.
pub(super) fn with_protection(mut outgoing: Outgoing, client: &ClientBot) -> Outgoing {
    if client.settings.protect_content {
        outgoing.parameters.insert("protect_content".to_owned(), true.into());
    }
    outgoing
}

/// The button *Send again*.
pub(super) fn send_again_keyboard(language: Language) -> Value {
    let button = json!({"text": language.send_again(), "callback_data": SEND_AGAIN});
    json!({"inline_keyboard": [[button]]})
}

impl Undelivered {
    /// There is nobody to send it.
    pub(super) fn without_bot(failure: Failure) -> Self {
        Self { failure, kind: String::new() }
    }
}

impl Relay {
    /// Why no client bot sends anything for this owner, where [`running`] found none.
    pub(super) async fn why_none_runs(&self, owner: OwnerId) -> Result<Failure, StoreError> {
        let is_suspended = self.inner.store.is_suspended(owner).await?;
        Ok(if is_suspended { Failure::Suspended } else { Failure::BotRemoved })
    }
}

/// The client bot of a target, if it still is this owner's and runs, and he is not suspended.
pub(super) async fn running(
    relay: &Relay,
    owner: OwnerId,
    bot: BotId,
) -> Result<Option<std::sync::Arc<ClientBot>>, StoreError> {
    let bots = &relay.inner.bots;
    let store = &relay.inner.store;
    let client = async {
        if store.is_shared() {
            // Another process may have detached it, or given it a new token.
            bots.current(bot).await
        } else {
            Ok(bots.get(bot))
        }
    };
    let (client, is_suspended) = tokio::try_join!(client, store.is_suspended(owner))?;
    Ok(client.filter(|client| client.owner == owner && !is_suspended))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_fits_telegrams_limit() {
        assert!(SEND_AGAIN.len() <= 64);
        let keyboard = send_again_keyboard(Language::English);
        assert_eq!(keyboard["inline_keyboard"][0][0]["callback_data"], SEND_AGAIN);
    }
}
