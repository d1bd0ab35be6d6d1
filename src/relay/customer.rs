//! What a customer did, to the one place that handles it.
//!
//! A banned customer reaches nobody: not by messages, edits, reactions or buttons.

use std::sync::Arc;

use serde_json::{Value, json};
use teloxide::types::{ChatId, MessageId};

use super::{
    BUSY, Relay, Verdict,
    forget::{Return, is_forgetting, is_ours},
    newcomers::Met,
    trust::offence,
};
use crate::{
    account::{Fate, Rule, note, note_first},
    clock,
    model::{Contact, Conversation, Known, MessageKey, OwnerId},
    store::{ConversationKey, StoreError, Whom},
    telegram::ClientBot,
    text::Language,
    update::{Button, Chat, Kind, Membership, Message, Person},
};

/// A customer with all that is known of him before anything is done.
pub(super) struct Customer<'a> {
    /// The client bot he talks to.
    pub client: &'a ClientBot,
    /// Himself, as Telegram names him now.
    pub from: &'a Person,
    /// His chat with the bot.
    pub chat: ChatId,
    /// What the database knows.
    pub known: Known,
}

impl Customer<'_> {
    /// The language he reads.
    pub(super) fn language(&self) -> Language {
        Language::of(self.known.customer_language(self.from.language.as_deref()))
    }

    /// The language he reads while he has chosen none.
    pub(super) fn app_language(&self) -> Language {
        let begun = self.known.conversation.as_ref().and_then(|begun| begun.language.as_deref());
        Language::of(self.from.language.as_deref().or(begun))
    }

    /// The language of the owner he writes to.
    pub(super) fn owner_language(&self) -> Language {
        Language::of(self.known.owner_language.as_deref())
    }

    /// The tenant.
    pub(super) fn owner(&self) -> OwnerId {
        self.client.owner
    }

    /// The key of his conversation.
    pub(super) fn key(&self) -> ConversationKey {
        (self.client.owner, self.client.id(), self.chat)
    }

    /// The key of a message of his.
    pub(super) fn source(&self, message: &Message) -> MessageKey {
        MessageKey { bot: self.client.id(), chat: self.chat, message: message.id }
    }

    /// The same after his owner was asked about him below this message.
    fn introduced_by(&self, message: MessageId) -> Self {
        let mut known = self.known.clone();
        known.state.contact_message = Some(message);
        Self { client: self.client, from: self.from, chat: self.chat, known }
    }

    /// *Accept* and *Ban*, where it is below the copy of this message that his owner is asked about
    /// him.
    pub(super) fn contact_buttons(&self, message: MessageId) -> Option<Value> {
        let state = &self.known.state;
        let asks = self.client.settings.newcomers.ask_first
            && state.trusted_at.is_none()
            && state.contact_message == Some(message);
        let language = self.owner_language();
        let button = |contact: Contact| {
            let text = match contact {
                Contact::Accept => language.button_accept(),
                Contact::Ban => language.button_ban(),
            };
            json!({"text": text, "callback_data": contact.data(self.client.id(), self.chat)})
        };
        asks.then(|| json!({"inline_keyboard": [Contact::BOTH.map(button)]}))
    }

    /// His conversation as it would begin now.
    pub(super) fn conversation(&self) -> Conversation {
        Conversation {
            owner: self.client.owner,
            bot: self.client.id(),
            customer: self.chat,
            label: None,
            language: self.from.language.clone(),
        }
    }
}

/// What became of a client bot's update.
pub enum Reception {
    /// It was handled.
    Settled(Verdict),
    /// Something is parked in its chat, perhaps by another process, which is to be looked up first.
    Parked(Box<Kind>),
}

impl Relay {
    /// Handles an update of a client bot. `looked_up`: what is parked in its chat is known.
    ///
    /// # Errors
    /// When the database fails; the update then is to be delivered again.
    pub async fn of_client(
        &self,
        client: Arc<ClientBot>,
        kind: Kind,
        update: i64,
        looked_up: bool,
    ) -> Result<Reception, StoreError> {
        let Some((chat, from)) = self.parties(&client, &kind).await else {
            note(Fate::Ignored(Rule::Kind));
            return Ok(Reception::Settled(Verdict::Done));
        };
        if !chat.is_private {
            note(Fate::Ignored(Rule::Group));
            let is_there = !matches!(&kind, Kind::Membership(change) if !change.is_member);
            let left = if is_there { self.leave(&client, &chat).await? } else { Verdict::Done };
            return Ok(Reception::Settled(left));
        }
        let Some(from) = from.filter(|from| !from.is_bot) else {
            note(Fate::Ignored(Rule::Bot));
            return Ok(Reception::Settled(Verdict::Done));
        };
        // Before anything of him is looked up, until nothing more is written.
        let store = &self.inner.store;
        let present =
            store.enter(Whom::Customer(chat.id)).zip(store.enter(Whom::Owner(client.owner)));
        let Some(_present) = present else {
            return Ok(Reception::Settled(Verdict::TryLater(BUSY)));
        };
        let Some((client, known)) = self.current(client, chat.id).await? else {
            // Another process has detached it: it stays with Telegram.
            return Ok(Reception::Settled(Verdict::TryLater(BUSY)));
        };
        let asks_again = matches!(&kind, Kind::Button(button) if is_forgetting(&button.data));
        if known.is_being_forgotten && !asks_again {
            return Ok(Reception::Settled(Verdict::TryLater(BUSY)));
        }
        // What a newcomer writes may leave no reference, by which others see that it is under way.
        let is_newcomer = client.settings.newcomers.any() && known.state.trusted_at.is_none();
        if (known.has_parked || is_newcomer) && !looked_up {
            return Ok(Reception::Parked(Box::new(kind)));
        }
        let mut customer = Customer { client: &client, from: &from, chat: chat.id, known };
        if customer.known.is_stranger() {
            match self.comes_back(&customer, &kind).await? {
                Return::Fresh => {}
                Return::Banned => customer.known.is_banned = true,
                Return::Settled => {
                    note(Fate::Repeated);
                    return Ok(Reception::Settled(Verdict::Done));
                }
            }
        }
        self.of_customer(&customer, &kind, update).await.map(Reception::Settled)
    }

    /// The bot as it is now, whichever process changed it, and what is known of a customer of its.
    async fn current(
        &self,
        mut client: Arc<ClientBot>,
        chat: ChatId,
    ) -> Result<Option<(Arc<ClientBot>, Known)>, StoreError> {
        loop {
            let known = self.inner.store.known(client.owner, client.id(), chat).await?;
            if known.bot_changed_at == Some(client.changed_at) {
                return Ok(Some((client, known)));
            }
            match self.inner.bots.refresh(client.id()).await? {
                Some(now) => client = now,
                None => return Ok(None),
            }
        }
    }

    /// Where an update happened and who did it; `None` where it concerns nobody.
    async fn parties(&self, client: &ClientBot, kind: &Kind) -> Option<(Chat, Option<Person>)> {
        match kind {
            Kind::Message(message) | Kind::Edited(message) => {
                Some((message.chat.clone(), message.from.clone()))
            }
            Kind::Membership(change) => Some((change.chat.clone(), change.from.clone())),
            Kind::Reaction(reaction) => Some((reaction.chat.clone(), reaction.from.clone())),
            // A private chat has the id of its person: nobody else has a button there.
            Kind::Button(Button { message: Some(message), from, .. })
                if message.chat.id.0 == from.id =>
            {
                Some((message.chat.clone(), Some(from.clone())))
            }
            Kind::Button(button) => {
                self.dismiss(&client.caller, button, None).await;
                None
            }
            Kind::Checkout(_) | Kind::Subscription(_) | Kind::Other => None,
        }
    }

    async fn of_customer(
        &self,
        customer: &Customer<'_>,
        kind: &Kind,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        if let Kind::Membership(change) = kind {
            note(Fate::Noted);
            return self.came_or_went(customer, change).await;
        }
        if let Kind::Button(button) = kind
            && is_ours(&button.data)
        {
            return self.answered_forget(customer, button, update).await;
        }
        if customer.known.is_banned {
            // What is kept of him, he may know, and have removed.
            if let Kind::Message(message) = kind
                && let Some(verdict) = self.of_privacy(customer, message, update).await?
            {
                note(Fate::Answered);
                return Ok(verdict);
            }
            note(Fate::Ignored(Rule::Banned));
            return self.of_banned(customer, kind, update).await;
        }
        if let Some(verdict) = self.stop_if_suspended(customer, kind).await? {
            return Ok(verdict);
        }
        match kind {
            Kind::Message(message) => self.message_of(customer, message, update).await,
            Kind::Edited(message) => {
                let changed = self.inbound_edit(customer, message, update).await;
                note_first(Fate::Changed);
                changed
            }
            Kind::Reaction(reaction) => {
                note(Fate::Reacted);
                self.inbound_reaction(customer, reaction, update).await
            }
            Kind::Button(button) => {
                note(Fate::Button);
                self.pressed(customer, button, update).await
            }
            Kind::Membership(_) | Kind::Checkout(_) | Kind::Subscription(_) | Kind::Other => {
                Ok(Verdict::Done)
            }
        }
    }

    async fn message_of(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let is_new = self.is_newcomer(customer).await?;
        // What is refused for what it is takes nothing of what he may say.
        let is_slow =
            is_new && customer.client.settings.newcomers.careful && offence(message).is_none();
        if let Some(verdict) = self.stop_if_too_fast(customer, message, update, is_slow).await? {
            note(Fate::TooFast);
            return Ok(verdict);
        }
        if let Some(verdict) = self.of_privacy(customer, message, update).await? {
            note(Fate::Answered);
            return Ok(verdict);
        }
        if let Some(verdict) = self.greet(customer, message, update).await? {
            note(Fate::Answered);
            return Ok(verdict);
        }
        if let Some(verdict) = self.take_back(customer, message, update).await? {
            note(Fate::Changed);
            return Ok(verdict);
        }
        let introduced;
        let mut customer = customer;
        if is_new || customer.known.state.check_message.is_some() {
            match Box::pin(self.meet(customer, message, update, is_new)).await? {
                Met::Goes => {}
                Met::Introduced => {
                    introduced = customer.introduced_by(message.id);
                    customer = &introduced;
                }
                Met::Settled(verdict) => return Ok(verdict),
            }
        }
        let (owner, bot) = (customer.owner(), customer.client.id());
        if let Some(verdict) = self.park_item(owner, bot, message, update).await? {
            return Ok(verdict);
        }
        self.inbound(customer, message).await
    }

    /// He blocked the bot or came back: shown in his card, not told.
    async fn came_or_went(
        &self,
        customer: &Customer<'_>,
        change: &Membership,
    ) -> Result<Verdict, StoreError> {
        let was_blocked = customer.known.state.blocked_at.is_some();
        if was_blocked == change.is_member && customer.known.conversation.is_some() {
            let since = (!change.is_member).then(clock::now_ms);
            self.inner.store.set_blocked(customer.key(), since).await?;
        }
        Ok(Verdict::Done)
    }
}
