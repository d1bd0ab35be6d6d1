//! Reactions, both ways: what one side puts on a message, the other side sees on its counterpart.
//!
//! ```text
//! Anna puts ❤ on the owner's answer:    the owner sees ❤ on his reply (instead of the bot's 👍)
//! the owner puts 🙏 on Anna's copy:      Anna sees 🙏 on her message
//! ```
//!
//! A bot shows one reaction on a message. Taken away, the bot's own comes back: the receipt on a
//! delivered reply, the acknowledgement on a customer's message.
//!
//! - [`nearest`]: the standard emoji nearest to one that may not be used (pure)

pub(super) mod nearest;

use serde_json::{Value, json};
use teloxide::types::{ChatId, MessageId};

use super::{Relay, Verdict, customer::Customer, outbound::running, written::wait_for};
use crate::{
    model::{Direction, MessageKey, OwnerId, Part},
    settings::Acknowledgement,
    store::StoreError,
    telegram::{CallError, Caller, Refusal},
    update::Reaction,
};

/// The bot's own reaction: the receipt on a delivered reply, the acknowledgement of a message.
pub(super) const RECEIPT: &str = "👍";

/// The message that shows a reaction, and the bot that puts it there.
struct Counterpart {
    writer: Caller,
    key: MessageKey,
    /// What the bot shows when nobody else reacts.
    own: Option<&'static str>,
}

impl Relay {
    /// Shows a customer's reaction in the inbox.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn inbound_reaction(
        &self,
        customer: &Customer<'_>,
        reaction: &Reaction,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let (owner, bot) = (customer.owner(), customer.client.id());
        let on = MessageKey { bot, chat: customer.chat, message: reaction.message };
        if self.inner.store.is_handled(bot, update).await? {
            return Ok(Verdict::Done);
        }
        let counterpart = self.in_inbox(owner, on).await?;
        self.mirror_in_time(counterpart, &customer.client.caller, reaction).await;
        self.changed_once(bot, update, Verdict::Done).await
    }

    /// Shows an owner's reaction to the customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbound_reaction(
        &self,
        owner: OwnerId,
        reaction: &Reaction,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let master = &self.inner.master;
        let on = MessageKey { bot: master.bot, chat: reaction.chat.id, message: reaction.message };
        if self.inner.store.is_handled(master.bot, update).await? {
            return Ok(Verdict::Done);
        }
        let counterpart = self.at_customer(owner, on).await?;
        self.mirror_in_time(counterpart, master, reaction).await;
        self.changed_once(master.bot, update, Verdict::Done).await
    }

    /// What in the inbox stands for a message of the customer's chat.
    async fn in_inbox(
        &self,
        owner: OwnerId,
        on: MessageKey,
    ) -> Result<Option<Counterpart>, StoreError> {
        let writer = self.inner.master.clone();
        let own = self.inner.store.reference_of_source(owner, on, Part::Main).await?;
        if let Some(own) = own.filter(|own| !own.is_deleted()) {
            let copy = own.copy_message.map(|copy| own.copy_key(copy));
            return Ok(copy.map(|key| Counterpart { writer, key, own: None }));
        }
        let answer = self.reference_of_copy(owner, on).await?;
        let answer = answer.filter(|answer| answer.direction == Direction::Outbound);
        Ok(answer.map(|answer| Counterpart { writer, key: answer.source, own: Some(RECEIPT) }))
    }

    /// What in the customer's chat stands for a message of the inbox.
    async fn at_customer(
        &self,
        owner: OwnerId,
        on: MessageKey,
    ) -> Result<Option<Counterpart>, StoreError> {
        let (found, key) = match self.reference_of_copy(owner, on).await? {
            // On what only points at a message, or on a card, it is meant for nobody.
            Some(copy) if Part::is_pointer(copy.part) => return Ok(None),
            Some(copy) if copy.direction == Direction::Inbound => {
                let key = copy.source;
                (copy, Some(key))
            }
            Some(_) => return Ok(None),
            None => {
                let reply = self.inner.store.reference_of_source(owner, on, Part::Main).await?;
                let Some(reply) = reply.filter(|reply| reply.direction == Direction::Outbound)
                else {
                    return Ok(None);
                };
                let key = reply.copy_message.map(|copy| reply.copy_key(copy));
                (reply, key)
            }
        };
        let Some((client, key)) = running(self, owner, found.client_bot()).await?.zip(key) else {
            return Ok(None);
        };
        let acknowledges = client.settings.acknowledgement == Acknowledgement::Reaction;
        let own = (found.direction == Direction::Inbound && acknowledges).then_some(RECEIPT);
        Ok(Some(Counterpart { writer: client.caller.clone(), key, own }))
    }

    /// Shows it on the side, and waits a moment for that: what takes longer delays nothing.
    async fn mirror_in_time(&self, to: Option<Counterpart>, seen_by: &Caller, reaction: &Reaction) {
        let (relay, seen_by, reaction) = (self.clone(), seen_by.clone(), reaction.clone());
        let task = self.inner.side_work.spawn(async move {
            relay.mirror(to, &seen_by, &reaction).await;
            Ok(())
        });
        let _ = wait_for(task).await;
    }

    /// Puts a person's reaction on the counterpart. It tells nobody when that fails: nothing that
    /// was said is lost.
    async fn mirror(&self, to: Option<Counterpart>, seen_by: &Caller, reaction: &Reaction) {
        let Some(Counterpart { writer, key, own }) = to else { return };
        let _turn = self.inner.changes.turn(key).await;
        // The latest of several that a person with Premium may set.
        let Some(wanted) = reaction.now.last() else {
            self.inner.mirrored.remove(&key);
            let own = own.map(|emoji| json!({"type": "emoji", "emoji": emoji}));
            report(&self.put(&writer, key, own).await);
            return;
        };
        self.inner.mirrored.insert(key, ());
        let as_it_is = match wanted.get("type").and_then(Value::as_str) {
            // A custom emoji is for people with Premium only, which no bot has.
            Some("emoji") => self.put(&writer, key, Some(wanted.clone())).await,
            _ => Err(Refusal::Other { code: 400, description: String::new() }.into()),
        };
        let Err(CallError::NotSent(Refusal::Other { code: 400, .. })) = as_it_is else {
            return report(&as_it_is);
        };
        let stands_for = self.stands_for(seen_by, wanted).await;
        let nearest = nearest::nearest(&stands_for);
        let nearest = json!({"type": "emoji", "emoji": nearest});
        report(&self.put(&writer, key, Some(nearest)).await);
    }

    async fn put(
        &self,
        writer: &Caller,
        key: MessageKey,
        reaction: Option<Value>,
    ) -> Result<(), CallError> {
        self.inner.telegram.set_reaction(writer, key.chat, key.message, reaction).await
    }

    /// The emoji a reaction is, or that its custom emoji stands for.
    async fn stands_for(&self, seen_by: &Caller, reaction: &Value) -> String {
        let text = |key| reaction.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("type") != "custom_emoji" {
            return text("emoji").to_owned();
        }
        let found = self.inner.telegram.custom_emoji(seen_by, text("custom_emoji_id")).await;
        found.unwrap_or_else(|error| {
            tracing::debug!(%error, "what a custom emoji stands for could not be asked");
            String::new()
        })
    }

    /// Shows the bot's own reaction on a message, unless it shows somebody's.
    pub(super) async fn show_own_reaction(
        &self,
        writer: &Caller,
        chat: ChatId,
        message: MessageId,
    ) {
        let key = MessageKey { bot: writer.bot, chat, message };
        let _turn = self.inner.changes.turn(key).await;
        if self.inner.mirrored.get(&key).is_none() {
            report(&self.inner.telegram.react(writer, chat, message, RECEIPT).await);
        }
    }

    /// Takes the bot's reaction off a message.
    pub(super) async fn take_own_reaction(
        &self,
        writer: &Caller,
        chat: ChatId,
        message: MessageId,
    ) {
        let key = MessageKey { bot: writer.bot, chat, message };
        let _turn = self.inner.changes.turn(key).await;
        report(&self.put(writer, key, None).await);
    }
}

fn report(done: &Result<(), CallError>) {
    if let Err(error) = done {
        tracing::debug!(%error, "a reaction could not be shown");
    }
}
