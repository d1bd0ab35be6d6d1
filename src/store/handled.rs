//! Tables `handled_updates` and `refused_chats`: what must have its effect only once.

use teloxide::types::ChatId;

use super::{Store, StoreError, sql};
use crate::model::BotId;

impl Store {
    /// Whether an update that leaves no reference (a command, a button) was handled.
    pub async fn is_handled(&self, bot: BotId, update: i64) -> Result<bool, StoreError> {
        let query = sql("SELECT update_id FROM handled_updates WHERE bot_id = ? AND update_id = ?");
        Ok(self.find::<(i64,)>(query.bind(bot).bind(update)).await?.is_some())
    }

    /// Remembers that an update was handled.
    pub async fn mark_handled(&self, bot: BotId, update: i64, now: i64) -> Result<(), StoreError> {
        let insert =
            sql("INSERT INTO handled_updates (bot_id, update_id, handled_at) VALUES (?, ?, ?)");
        self.insert_new(insert.bind(bot).bind(update).bind(now)).await?;
        Ok(())
    }

    /// The same, however long the database takes: what the update asked for has been done, and must
    /// not be done again.
    pub async fn insist_handled(
        &self,
        bot: BotId,
        update: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        self.insist(|| self.mark_handled(bot, update, now)).await
    }

    /// Forgets updates handled before `limit`: Telegram repeats none after 24 h.
    pub async fn forget_handled_before(&self, limit: i64) -> Result<u64, StoreError> {
        Ok(self
            .write(sql("DELETE FROM handled_updates WHERE handled_at < ?").bind(limit))
            .await?
            .rows)
    }

    /// Whether a chat got its one refusal.
    pub async fn is_refused(&self, bot: BotId, chat: ChatId) -> Result<bool, StoreError> {
        let query = sql("SELECT chat_id FROM refused_chats WHERE bot_id = ? AND chat_id = ?");
        Ok(self.find::<(i64,)>(query.bind(bot).bind(chat)).await?.is_some())
    }

    /// Records that a chat got its one refusal; `false` when it had it before.
    pub async fn refuse_once(
        &self,
        bot: BotId,
        chat: ChatId,
        now: i64,
    ) -> Result<bool, StoreError> {
        let insert =
            sql("INSERT INTO refused_chats (bot_id, chat_id, refused_at) VALUES (?, ?, ?)");
        Ok(self.insert_new(insert.bind(bot).bind(chat).bind(now)).await?.is_ours())
    }

    /// Whether a chat got a refusal since a moment.
    pub async fn is_refused_since(
        &self,
        bot: BotId,
        chat: ChatId,
        since: i64,
    ) -> Result<bool, StoreError> {
        let query = sql("SELECT chat_id FROM refused_chats \
                         WHERE bot_id = ? AND chat_id = ? AND refused_at >= ?");
        let query = query.bind(bot).bind(chat).bind(since);
        Ok(self.find::<(i64,)>(query).await?.is_some())
    }

    /// Records when a chat got its latest refusal.
    pub async fn refuse_again(&self, bot: BotId, chat: ChatId, now: i64) -> Result<(), StoreError> {
        let update =
            sql("UPDATE refused_chats SET refused_at = ? WHERE bot_id = ? AND chat_id = ?");
        let insert =
            sql("INSERT INTO refused_chats (refused_at, bot_id, chat_id) VALUES (?, ?, ?)");
        let [update, insert] =
            [update, insert].map(|statement| statement.bind(now).bind(bot).bind(chat));
        self.put(update, insert).await
    }

    /// Forgets refusals before `limit`, so that strangers do not fill the database.
    pub async fn forget_refused_before(&self, limit: i64) -> Result<u64, StoreError> {
        Ok(self
            .write(sql("DELETE FROM refused_chats WHERE refused_at < ?").bind(limit))
            .await?
            .rows)
    }
}
