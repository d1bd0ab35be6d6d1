//! What an owner's export reads: all that is his, a page at a time.

use sqlx::FromRow;

use super::{Store, StoreError, sql};
use crate::model::{BotId, OwnerId};

/// Rows of one statement.
const PAGE: i64 = 5000;

/// A reference as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ReferenceRow {
    /// The chat of the message somebody wrote.
    pub source_chat: i64,
    /// That message.
    pub source_message: i64,
    /// Which of its copies it is.
    pub part: i64,
    /// `in` or `out`.
    pub direction: String,
    /// The bot that made the copy.
    pub copy_bot: i64,
    /// The chat it is in.
    pub copy_chat: i64,
    /// The copy, where there is one.
    pub copy_message: Option<i64>,
    /// How far it got.
    pub state: String,
    /// Why it failed, or that it was taken back.
    pub reason: Option<String>,
    /// When it was written, in UTC milliseconds.
    pub created_at: i64,
}

/// A conversation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CustomerRow {
    /// The customer's chat.
    pub customer_id: i64,
    /// The label he came with last.
    pub label: Option<String>,
    /// The language of his app.
    pub language: Option<String>,
    /// When he came first, in UTC milliseconds.
    pub first_seen_at: i64,
    /// Since when he waits.
    pub waiting_since: Option<i64>,
    /// When his last wait ended.
    pub answered_at: Option<i64>,
    /// Since when he blocks the bot.
    pub blocked_at: Option<i64>,
    /// When he pressed the button for newcomers.
    pub checked_at: Option<i64>,
    /// When he was accepted.
    pub trusted_at: Option<i64>,
}

/// Where a page of references begins: after this part of this message of this chat.
pub type After = (i64, i64, i64);

macro_rules! references {
    ($which:literal) => {
        sql(concat!(
            "SELECT source_chat, source_message, part, direction, copy_bot, copy_chat, \
             copy_message, state, reason, created_at FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND ",
            $which,
            " ORDER BY source_chat, source_message, part LIMIT ?"
        ))
    };
}

impl Store {
    /// When somebody became an owner, his language, and how far his clock is from UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner_facts(
        &self,
        owner: OwnerId,
    ) -> Result<Option<(i64, Option<String>, Option<i64>)>, StoreError> {
        let query =
            sql("SELECT registered_at, language, utc_offset FROM owners WHERE owner_id = ?");
        self.find(query.bind(owner)).await
    }

    /// How many references an owner has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_references_of(&self, owner: OwnerId) -> Result<i64, StoreError> {
        let query = sql("SELECT COUNT(*) FROM message_references WHERE owner_id = ?").bind(owner);
        Ok(self.find::<(i64,)>(query).await?.map_or(0, |(count,)| count))
    }

    /// The bots in whose chats the messages of an owner's references were written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn source_bots_of(&self, owner: OwnerId) -> Result<Vec<BotId>, StoreError> {
        let query = sql("SELECT DISTINCT source_bot FROM message_references WHERE owner_id = ?");
        let rows = self.list::<(i64,)>(query.bind(owner)).await?;
        Ok(rows.into_iter().map(|(bot,)| BotId(bot)).collect())
    }

    /// The bots through which somebody is an owner's customer: also those that are somebody else's by
    /// now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers_bots_of(&self, owner: OwnerId) -> Result<Vec<BotId>, StoreError> {
        let query = sql("SELECT DISTINCT bot_id FROM conversations WHERE owner_id = ?");
        let rows = self.list::<(i64,)>(query.bind(owner)).await?;
        Ok(rows.into_iter().map(|(bot,)| BotId(bot)).collect())
    }

    /// A page of an owner's references of messages written to one bot; empty after the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn references_after(
        &self,
        owner: OwnerId,
        bot: BotId,
        after: Option<After>,
    ) -> Result<Vec<ReferenceRow>, StoreError> {
        if let Some((chat, message, part)) = after {
            // In the same chat first, by the table's own key: one chat may have most of them.
            let query = references!(
                "source_chat = ? AND source_message >= ? AND (source_message > ? OR part > ?)"
            );
            let query = query.bind(owner).bind(bot).bind(chat).bind(message);
            let rows = self.list(query.bind(message).bind(part).bind(PAGE)).await?;
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        let chat = after.map_or(i64::MIN, |(chat, ..)| chat);
        let query = references!("source_chat > ?");
        self.list(query.bind(owner).bind(bot).bind(chat).bind(PAGE)).await
    }

    /// A page of the customers of one bot, after this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers_after(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: i64,
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let query = sql("SELECT c.customer_id, c.label, c.language, c.first_seen_at, \
             s.waiting_since, s.answered_at, s.blocked_at, s.checked_at, s.trusted_at FROM conversations c \
             LEFT JOIN conversation_states s ON s.owner_id = c.owner_id \
             AND s.bot_id = c.bot_id AND s.customer_id = c.customer_id \
             WHERE c.owner_id = ? AND c.bot_id = ? AND c.customer_id > ? \
             ORDER BY c.customer_id LIMIT ?");
        self.list(query.bind(owner).bind(bot).bind(customer).bind(PAGE)).await
    }

    /// The labels of the customers of one bot from one to another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn labels_between(
        &self,
        owner: OwnerId,
        bot: BotId,
        (first, last): (i64, i64),
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let query = sql("SELECT customer_id, label FROM labels WHERE owner_id = ? AND bot_id = ? \
                         AND customer_id >= ? AND customer_id <= ? ORDER BY customer_id, label");
        self.list(query.bind(owner).bind(bot).bind(first).bind(last)).await
    }

    /// A page of an owner's bans after this customer and bot: who, from which bot (0: all), when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bans_after(
        &self,
        owner: OwnerId,
        (customer, bot): (i64, i64),
    ) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let query = sql("SELECT customer_id, bot_id, banned_at FROM bans WHERE owner_id = ? \
             AND customer_id >= ? AND (customer_id > ? OR bot_id > ?) \
             ORDER BY customer_id, bot_id LIMIT ?");
        let query = query.bind(owner).bind(customer).bind(customer).bind(bot);
        self.list(query.bind(PAGE)).await
    }

    /// A page of an owner's sealed notes after this customer: on whom, and when written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notes_after(
        &self,
        owner: OwnerId,
        customer: i64,
    ) -> Result<Vec<(i64, Vec<u8>, i64)>, StoreError> {
        let query = sql("SELECT customer_id, note, written_at FROM notes \
             WHERE owner_id = ? AND customer_id > ? ORDER BY customer_id LIMIT ?");
        self.list(query.bind(owner).bind(customer).bind(PAGE)).await
    }
}
