//! Tables `conversation_states` and `parked`, as far as they tell newcomers from people an owner
//! has answered.

use teloxide::types::{ChatId, MessageId};

use super::{ConversationKey, Store, StoreError, sql, statement::Statement};
use crate::model::{BotId, OwnerId};

impl Store {
    /// The bots that wait for a person's button, with words of his parked.
    pub async fn bots_asking(&self, person: ChatId) -> Result<Vec<BotId>, StoreError> {
        let query = sql("SELECT DISTINCT bot_id FROM parked WHERE chat_id = ? AND kind = 'asked'");
        let rows = self.list::<(i64,)>(query.bind(person)).await?;
        Ok(rows.into_iter().map(|(bot,)| BotId(bot)).collect())
    }

    /// Whether an owner has answered or accepted a customer, through any of his bots. A reply that
    /// is delivered counts from the moment its copy is recorded.
    pub async fn is_trusted(&self, owner: OwnerId, customer: ChatId) -> Result<bool, StoreError> {
        let accepted = sql("SELECT s.trusted_at FROM bots b JOIN conversation_states s \
             ON s.owner_id = b.owner_id AND s.bot_id = b.bot_id AND s.customer_id = ? \
             WHERE b.owner_id = ? AND s.trusted_at IS NOT NULL LIMIT 1");
        if self.find::<(i64,)>(accepted.bind(customer).bind(owner)).await?.is_some() {
            return Ok(true);
        }
        let answered = sql("SELECT r.source_message FROM bots b JOIN message_references r \
             ON r.copy_bot = b.bot_id AND r.copy_chat = ? \
             WHERE b.owner_id = ? AND r.owner_id = b.owner_id AND r.direction = 'out' \
             AND r.copy_message IS NOT NULL LIMIT 1");
        Ok(self.find::<(i64,)>(answered.bind(customer).bind(owner)).await?.is_some())
    }

    /// The customer is no newcomer from now on.
    pub async fn trust(&self, key: ConversationKey, now: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states SET trusted_at = COALESCE(trusted_at, ?) \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO conversation_states \
             (trusted_at, owner_id, bot_id, customer_id) VALUES (?, ?, ?, ?)");
        self.set_of(key, update.bind(now), insert.bind(now)).await
    }

    /// The owner is asked about the customer below the copy of this message, unless he is below
    /// another one.
    pub async fn ask_contact(
        &self,
        key: ConversationKey,
        message: MessageId,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states \
             SET contact_message = COALESCE(contact_message, ?) \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO conversation_states \
             (contact_message, owner_id, bot_id, customer_id) VALUES (?, ?, ?, ?)");
        self.set_of(key, update.bind(message), insert.bind(message)).await
    }

    /// The customer is asked below this message to show that he is a person; `None`: no more.
    pub async fn ask_check(
        &self,
        key: ConversationKey,
        message: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let message = message.map(|message| i64::from(message.0));
        let update = sql("UPDATE conversation_states SET check_message = ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO conversation_states \
             (check_message, owner_id, bot_id, customer_id) VALUES (?, ?, ?, ?)");
        self.set_of(key, update.bind(message), insert.bind(message)).await
    }

    /// The customer has shown that he is a person.
    pub async fn set_checked(&self, key: ConversationKey, now: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states \
             SET checked_at = COALESCE(checked_at, ?), check_message = NULL \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO conversation_states \
             (checked_at, owner_id, bot_id, customer_id) VALUES (?, ?, ?, ?)");
        self.set_of(key, update.bind(now), insert.bind(now)).await
    }

    async fn set_of(
        &self,
        (owner, bot, customer): ConversationKey,
        update: Statement,
        insert: Statement,
    ) -> Result<(), StoreError> {
        let of_key = |statement: Statement| statement.bind(owner).bind(bot).bind(customer);
        self.put(of_key(update), of_key(insert)).await
    }

    /// How many of a customer's messages have come into the inbox, or are on their way there, since
    /// this one and without it and `but`; an album counts once. Counts to `most`.
    pub async fn came_since(
        &self,
        (owner, bot, customer): ConversationKey,
        since: MessageId,
        but: MessageId,
        most: i64,
    ) -> Result<i64, StoreError> {
        let query = sql("SELECT COUNT(*) FROM (SELECT r.source_message FROM message_references r \
             WHERE r.owner_id = ? AND r.source_bot = ? AND r.source_chat = ? AND r.part = 0 \
             AND r.source_message > ? AND r.source_message < ? AND r.direction = 'in' \
             AND NOT EXISTS (SELECT 1 FROM album_items a WHERE a.owner_id = r.owner_id \
             AND a.source_bot = r.source_bot AND a.source_chat = r.source_chat \
             AND a.source_message = r.source_message AND a.first_message <> a.source_message) \
             LIMIT ?) came")
        .bind(owner)
        .bind(bot)
        .bind(customer)
        .bind(since)
        .bind(but)
        .bind(most);
        Ok(self.find::<(i64,)>(query).await?.map_or(0, |(count,)| count))
    }

    /// What waited for a customer's button is to be passed on now; gives how much that is.
    pub async fn release_asked(&self, bot: BotId, chat: ChatId) -> Result<u64, StoreError> {
        let update = sql("UPDATE parked SET kind = 'item' \
                          WHERE bot_id = ? AND chat_id = ? AND kind = 'asked'");
        Ok(self.write(update.bind(bot).bind(chat)).await?.rows)
    }

    /// The chats in which something has waited for a button since before `limit`.
    pub async fn asked_before(&self, limit: i64) -> Result<Vec<(BotId, ChatId)>, StoreError> {
        let query = sql("SELECT DISTINCT bot_id, chat_id FROM parked \
                         WHERE kind = 'asked' AND parked_at < ? LIMIT 100");
        let rows = self.list::<(i64, i64)>(query.bind(limit)).await?;
        Ok(rows.into_iter().map(|(bot, chat)| (BotId(bot), ChatId(chat))).collect())
    }
}
