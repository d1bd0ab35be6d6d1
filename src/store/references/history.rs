//! What references tell of the past, and when they are forgotten.

use teloxide::types::ChatId;

use super::of_source;
use crate::{
    model::{BotId, Inbox, MessageKey, OwnerId, Part},
    store::{Store, StoreError, sql},
};

impl Store {
    /// How many messages of a customer have a copy, and how many replies he got.
    pub async fn counts_of(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<(i64, i64), StoreError> {
        let wrote = sql("SELECT COUNT(*) FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND copy_message IS NOT NULL");
        let answered = sql("SELECT COUNT(*) FROM message_references \
             WHERE owner_id + 0 = ? AND copy_bot = ? AND copy_chat = ? AND part = 0 \
             AND direction = 'out' AND copy_message IS NOT NULL");
        let [wrote, answered] =
            [wrote, answered].map(|query| query.bind(owner).bind(bot).bind(customer));
        let count = |row: Option<(i64,)>| row.map_or(0, |(count,)| count);
        Ok((count(self.find(wrote).await?), count(self.find(answered).await?)))
    }

    /// When a customer wrote and when he was answered, in UTC milliseconds and in that order, as
    /// far as references reach back: at most the latest `limit` of each.
    pub async fn times_of(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
        limit: i64,
    ) -> Result<(Vec<i64>, Vec<i64>), StoreError> {
        let wrote = sql("SELECT created_at FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND state = 'sent' ORDER BY source_message DESC LIMIT ?")
        .bind(owner)
        .bind(bot)
        .bind(customer)
        .bind(limit);
        let answered = sql("SELECT created_at FROM message_references \
             WHERE copy_bot = ? AND copy_chat = ? AND owner_id + 0 = ? AND part = 0 \
             AND direction = 'out' AND state = 'sent' AND (reason IS NULL OR reason NOT LIKE 'deleted%') \
             ORDER BY copy_message DESC LIMIT ?")
        .bind(bot)
        .bind(customer)
        .bind(owner)
        .bind(limit);
        let sorted = |rows: Vec<(i64,)>| {
            let mut times: Vec<i64> = rows.into_iter().map(|(at,)| at).collect();
            times.sort_unstable();
            times
        };
        Ok((sorted(self.list(wrote).await?), sorted(self.list(answered).await?)))
    }

    /// When a reference was written, in UTC milliseconds.
    pub async fn written_at(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT created_at FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?");
        let row = self.find::<(i64,)>(of_source(query, owner, source, Part::Main)).await?;
        Ok(row.map(|(at,)| at))
    }

    /// How many messages did not reach an inbox because its owner had blocked the bot that writes
    /// into it, and that he was not told of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_missed(&self, owner: OwnerId, inbox: Inbox) -> Result<i64, StoreError> {
        let query = sql("SELECT COUNT(*) FROM message_references \
             WHERE copy_bot = ? AND copy_chat = ? AND copy_message IS NULL AND owner_id + 0 = ? \
             AND part = 0 AND direction = 'in' AND state = 'told' AND reason = 'blocked'")
        .bind(inbox.bot)
        .bind(inbox.chat)
        .bind(owner);
        Ok(self.find::<(i64,)>(query).await?.map_or(0, |(count,)| count))
    }

    /// Writes that he was told of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missed_are_told(&self, owner: OwnerId, inbox: Inbox) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET reason = 'blocked, known' \
             WHERE copy_bot = ? AND copy_chat = ? AND copy_message IS NULL AND owner_id + 0 = ? \
             AND part = 0 AND direction = 'in' AND state = 'told' AND reason = 'blocked'")
        .bind(inbox.bot)
        .bind(inbox.chat)
        .bind(owner);
        self.write(update).await?;
        Ok(())
    }

    /// Removes references older than `limit` of one client bot, or of an owner's replies: a part
    /// of the table at a time, so that no statement holds it for long. Gives how many went.
    pub async fn forget_references_before(&self, limit: i64) -> Result<u64, StoreError> {
        let groups = sql("SELECT DISTINCT owner_id, source_bot FROM message_references");
        let mut gone = 0;
        for (owner, bot) in self.list::<(i64, i64)>(groups).await? {
            let delete = sql("DELETE FROM message_references \
                              WHERE owner_id = ? AND source_bot = ? AND created_at < ?");
            gone += self.write(delete.bind(owner).bind(bot).bind(limit)).await?.rows;
        }
        Ok(gone)
    }
}
