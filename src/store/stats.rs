//! What `/stats` and `/status` read: of tables that others write, and never more than a page in one
//! statement, so that nobody waits behind it.
//!
//! No index exists for it: it would cost every message. References lie in the order of their key,
//! so those of one client bot come by customer, and an owner's replies in the order written.

use sqlx::FromRow;
use teloxide::types::ChatId;

use super::{Store, StoreError, sql};
use crate::model::{BotId, OwnerId};

/// Rows of one statement.
const PAGE: usize = 5000;

/// A message of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Question {
    /// The customer's chat.
    pub source_chat: i64,
    /// The message.
    pub source_message: i64,
    /// When it came, in UTC milliseconds.
    pub created_at: i64,
}

/// A reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Given {
    /// The owner's message.
    pub source_message: i64,
    /// The client bot.
    pub copy_bot: i64,
    /// The customer's chat.
    pub copy_chat: i64,
    /// When it was given, in UTC milliseconds.
    pub created_at: i64,
    /// Whether it was taken back: 1, else 0.
    pub is_taken_back: i64,
}

/// What is known of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Known {
    /// The customer's chat.
    pub customer_id: i64,
    /// When he came first.
    pub first_seen_at: i64,
    /// The label he came with last.
    pub label: Option<String>,
    /// Since when he waits.
    pub waiting_since: Option<i64>,
    /// The first message that waits.
    pub waiting_message: Option<i64>,
    /// When his last wait ended.
    pub answered_at: Option<i64>,
}

/// How big one page is, and whether another may follow.
pub fn is_last_page(rows: usize) -> bool {
    rows < PAGE
}

fn page() -> i64 {
    i64::try_from(PAGE).unwrap_or(i64::MAX)
}

impl Store {
    /// The client bots an owner has, or had and nobody else has since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bots_ever_of(&self, owner: OwnerId) -> Result<Vec<BotId>, StoreError> {
        let query = sql("SELECT bot_id FROM bots WHERE owner_id = ? ORDER BY bot_id");
        let rows = self.list::<(i64,)>(query.bind(owner)).await?;
        Ok(rows.into_iter().map(|(bot,)| BotId(bot)).collect())
    }

    /// A page of what customers wrote to a bot since a moment and what was copied of it, by customer,
    /// after this message of this chat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn questions_since(
        &self,
        owner: OwnerId,
        bot: BotId,
        since: i64,
        (chat, message): (i64, i64),
    ) -> Result<Vec<Question>, StoreError> {
        let query = sql("SELECT source_chat, source_message, created_at FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat >= ? \
             AND (source_chat > ? OR source_message > ?) AND part = 0 AND direction = 'in' \
             AND created_at >= ? AND copy_message IS NOT NULL \
             AND (reason IS NULL OR reason NOT LIKE 'deleted%') \
             ORDER BY source_chat, source_message LIMIT ?");
        let query = query.bind(owner).bind(bot).bind(chat).bind(chat).bind(message);
        self.list(query.bind(since).bind(page())).await
    }

    /// A page of an owner's replies since a moment that arrived, also those taken back later, after
    /// this message of his chat with the master bot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replies_since(
        &self,
        owner: OwnerId,
        master: BotId,
        since: i64,
        message: i64,
    ) -> Result<Vec<Given>, StoreError> {
        let query = sql("SELECT source_message, copy_bot, copy_chat, created_at, \
             CASE WHEN reason LIKE 'deleted%' THEN 1 ELSE 0 END AS is_taken_back \
             FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message > ? \
             AND part = 0 AND direction = 'out' AND created_at >= ? AND copy_message IS NOT NULL \
             ORDER BY source_message LIMIT ?");
        let query = query.bind(owner).bind(master).bind(owner.chat()).bind(message);
        self.list(query.bind(since).bind(page())).await
    }

    /// A page of a bot's conversations, after this customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversations_after(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: i64,
    ) -> Result<Vec<Known>, StoreError> {
        let query = sql("SELECT c.customer_id, c.first_seen_at, c.label, s.waiting_since, \
             s.waiting_message, s.answered_at FROM conversations c LEFT JOIN conversation_states s \
             ON s.owner_id = c.owner_id AND s.bot_id = c.bot_id AND s.customer_id = c.customer_id \
             WHERE c.owner_id = ? AND c.bot_id = ? AND c.customer_id > ? \
             ORDER BY c.customer_id LIMIT ?");
        self.list(query.bind(owner).bind(bot).bind(customer).bind(page())).await
    }

    /// The customers an owner banned, and from which bot; `None`: from all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn banned_by(
        &self,
        owner: OwnerId,
    ) -> Result<Vec<(ChatId, Option<BotId>)>, StoreError> {
        let query = sql("SELECT customer_id, bot_id FROM bans WHERE owner_id = ?");
        let rows = self.list::<(i64, i64)>(query.bind(owner)).await?;
        let ban = |(customer, bot)| (ChatId(customer), (bot != 0).then_some(BotId(bot)));
        Ok(rows.into_iter().map(ban).collect())
    }

    /// When each client bot of an owner last brought a message that was copied, in UTC
    /// milliseconds, whichever process handled it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_messages_of(&self, owner: OwnerId) -> Result<Vec<(BotId, i64)>, StoreError> {
        let query = sql("SELECT source_bot, MAX(created_at) FROM message_references \
             WHERE owner_id = ? AND direction = 'in' GROUP BY source_bot");
        let rows = self.list::<(i64, i64)>(query.bind(owner)).await?;
        Ok(rows.into_iter().map(|(bot, at)| (BotId(bot), at)).collect())
    }

    /// How many owners there are, and how many client bots they have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_tenants(&self) -> Result<(i64, i64), StoreError> {
        let owners = self.find::<(i64,)>(sql("SELECT COUNT(*) FROM owners")).await?;
        let bots = sql("SELECT COUNT(*) FROM bots WHERE state <> 'removed'");
        let bots = self.find::<(i64,)>(bots).await?;
        let count = |row: Option<(i64,)>| row.map_or(0, |(count,)| count);
        Ok((count(owners), count(bots)))
    }

    /// How far an owner's clock is from UTC, in minutes, where he said so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner_clock(&self, owner: OwnerId) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT utc_offset FROM owners WHERE owner_id = ?");
        let row = self.find::<(Option<i64>,)>(query.bind(owner)).await?;
        Ok(row.and_then(|(minutes,)| minutes))
    }

    /// Remembers how far an owner's clock is from UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_owner_clock(&self, owner: OwnerId, minutes: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE owners SET utc_offset = ? WHERE owner_id = ?");
        self.write(update.bind(minutes).bind(owner)).await?;
        Ok(())
    }

    /// How much room the database takes, in bytes, where that is cheap to know.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn size(&self) -> Result<Option<i64>, StoreError> {
        let query = super::statement::twin(
            "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED) \
             FROM information_schema.tables WHERE table_schema = DATABASE()",
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        );
        Ok(self.find::<(i64,)>(query).await?.map(|(bytes,)| bytes))
    }
}
