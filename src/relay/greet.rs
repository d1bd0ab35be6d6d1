//! What a client bot answers by itself, and what it leaves.
//!
//! `/start`, `/help` and `/language` of a customer are answered here and never relayed; a label in
//! the link is remembered. `/start` is answered in the owner's words, where he wrote a greeting. A
//! group or channel a client bot is added to is left again, and the owner is told.

use super::{
    BUSY, Relay, Verdict, customer::Customer, header::clean, language::keyboard,
    worth_telling_later, written::Saying,
};
use crate::{
    clock, failpoint,
    label::Label,
    model::Conversation,
    store::{Purpose, StoreError},
    telegram::{CallError, ClientBot, Refusal},
    update::{Chat, Message},
};

/// Labels of one customer that are remembered: anybody can make up links.
const LABELS: usize = 100;

impl Relay {
    /// Answers a customer's command; gives `None` for every other message.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn greet(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Option<Verdict>, StoreError> {
        let (client, language) = (customer.client, customer.language());
        let (saying, label) = match message.command() {
            Some((command, argument)) if command == "start" => {
                let ours = Some(language.greeting());
                (Saying::of(customer, &client.settings.greeting, ours), Label::parse(argument).ok())
            }
            Some((command, _)) if command == "help" => {
                (Saying::ours(customer, language.customer_help()), None)
            }
            Some((command, _)) if command == "language" => {
                let saying = Saying::ours(customer, language.language_question());
                (saying.with(keyboard(language)), None)
            }
            _ => return Ok(None),
        };
        let store = &self.inner.store;
        if store.is_handled(client.id(), update).await? {
            return Ok(Some(Verdict::Done));
        }
        if let Some(label) = label {
            self.remember_label(customer, label).await?;
        }
        if let Some(after) = self.say_in_time(saying).await {
            return Ok(Some(Verdict::TryLater(after)));
        }
        store.insist_handled(client.id(), update, clock::now_ms()).await?;
        Ok(Some(Verdict::Done))
    }

    async fn remember_label(
        &self,
        customer: &Customer<'_>,
        label: Label,
    ) -> Result<(), StoreError> {
        let (store, now) = (&self.inner.store, clock::now_ms());
        let conversation =
            Conversation { label: Some(label.clone().into()), ..customer.conversation() };
        let (owner, bot, chat) = customer.key();
        // Its row first: by it everything else of the customer is found.
        let inbox = self.inbox(customer.owner());
        if !store.begin_conversation(&conversation, inbox, now).await? {
            store.set_label(&conversation).await?;
        }
        if store.labels_of(owner, bot, chat).await?.len() < LABELS {
            store.add_label(&conversation, label.as_str(), now).await?;
        }
        Ok(())
    }

    /// Leaves a group or channel, and tells the owner of the bot about it once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave(&self, client: &ClientBot, chat: &Chat) -> Result<Verdict, StoreError> {
        let left = self.inner.telegram.leave(&client.caller, chat.id).await;
        if let Some(after) = worth_telling_later(&left) {
            return Ok(Verdict::TryLater(after));
        }
        if let Err(CallError::NotSent(Refusal::TokenRevoked)) = left {
            // It is still there, and tries again with what comes next from there.
            return Ok(Verdict::Done);
        }
        failpoint::at("leave", "left");
        // That it was added and what is written there come next to each other, perhaps to several
        // processes.
        let place = (client.id(), chat.id);
        let _turn = self.inner.leaving.turn(place).await;
        let store = &self.inner.store;
        if !store.take_lease(place, Purpose::Chat).await? {
            return Ok(Verdict::TryLater(BUSY));
        }
        let told = self.tell_of_leaving(client, chat).await;
        store.end_lease(place, Purpose::Chat).await;
        told
    }

    /// Tells the owner of a bot once that it left. It is recorded after it was said, or a process
    /// that ends in between would leave him without knowing.
    async fn tell_of_leaving(
        &self,
        client: &ClientBot,
        chat: &Chat,
    ) -> Result<Verdict, StoreError> {
        let store = &self.inner.store;
        if store.is_refused(client.id(), chat.id).await? {
            return Ok(Verdict::Done);
        }
        let language = self.owner_language(client.owner).await?;
        let text = language.left_group(&client.username, &clean(&chat.title));
        let told = self.say(&self.inner.master, client.owner.chat(), None, &text, None).await;
        if let Some(after) = worth_telling_later(&told) {
            return Ok(Verdict::TryLater(after));
        }
        if let Err(error) = told {
            tracing::warn!(owner.id = %client.owner, %error, "an owner could not be told");
        }
        failpoint::at("leave", "told");
        store.insist(|| store.refuse_once(client.id(), chat.id, clock::now_ms())).await?;
        Ok(Verdict::Done)
    }
}
