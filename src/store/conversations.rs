//! Table `conversations`: a customer's dialogue with one client bot, its inbox and label.

use teloxide::types::ChatId;

use super::{Store, StoreError, sql};
use crate::model::{BotId, Conversation, Inbox, OwnerId};

/// The owner's language; the customer, his label and language, where the conversation has begun.
type Columns = (Option<String>, Option<i64>, Option<String>, Option<String>);

impl Store {
    /// What a customer's message needs to know: his conversation, if it has begun, and the language
    /// of the owner he writes to. One query, because every message asks it.
    pub async fn conversation(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<(Option<Conversation>, Option<String>), StoreError> {
        let query = sql("SELECT o.language, c.customer_id, c.label, c.language FROM owners o \
             LEFT JOIN conversations c \
             ON c.owner_id = o.owner_id AND c.bot_id = ? AND c.customer_id = ? \
             WHERE o.owner_id = ?")
        .bind(bot)
        .bind(customer)
        .bind(owner);
        let (owner_language, begun, label, language) =
            self.find::<Columns>(query).await?.unwrap_or_default();
        let begun = begun.map(|_| Conversation { owner, bot, customer, label, language });
        Ok((begun, owner_language))
    }

    /// Begins a conversation; one that exists stays as it is.
    pub async fn begin_conversation(
        &self,
        conversation: &Conversation,
        inbox: Inbox,
        now: i64,
    ) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO conversations \
             (owner_id, bot_id, customer_id, inbox_chat, inbox_thread, label, language, \
             first_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(conversation.owner)
        .bind(conversation.bot)
        .bind(conversation.customer)
        .bind(inbox.chat)
        .bind(inbox.thread.map(i64::from))
        .bind(conversation.label.clone())
        .bind(conversation.language.as_deref().map(|tag| tag.chars().take(16).collect::<String>()))
        .bind(now);
        self.insert_new(insert).await
    }

    /// Remembers the label a customer came with last.
    pub async fn set_label(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let update = sql("UPDATE conversations SET label = ? \
                          WHERE owner_id = ? AND bot_id = ? AND customer_id = ?")
        .bind(conversation.label.clone())
        .bind(conversation.owner)
        .bind(conversation.bot)
        .bind(conversation.customer);
        self.write(update).await?;
        Ok(())
    }
}
