//! Table `parked`: messages that were acknowledged to Telegram before they could be passed on: the
//! items of an album that is being collected, an edit that follows another too quickly, and what a
//! newcomer writes before he has pressed his button. The content is sealed, and the row is removed
//! when it has been passed on.

use teloxide::types::ChatId;

use super::{Store, StoreError, references::message_id, sql};
use crate::model::{BotId, MessageKey};

/// Why a message is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParkedKind {
    /// An item of an album.
    Item,
    /// A change of a message.
    Edit,
    /// An item of an album that could not be delivered, for *Send again*.
    Kept,
    /// What a newcomer writes while he is asked to show that he is a person.
    Asked,
}

impl ParkedKind {
    fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Edit => "edit",
            Self::Kept => "kept",
            Self::Asked => "asked",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Item, Self::Edit, Self::Kept, Self::Asked]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A parked message as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedRow {
    /// The message.
    pub source: MessageKey,
    /// Why it is parked.
    pub kind: ParkedKind,
    /// The update that brought it.
    pub update: i64,
    /// The message, sealed.
    pub content: Vec<u8>,
    /// When, in UTC milliseconds.
    pub parked_at: i64,
}

impl Store {
    /// Parks a message, in place of an earlier version of it.
    pub async fn park(&self, row: ParkedRow) -> Result<(), StoreError> {
        let update = sql("UPDATE parked SET update_id = ?, content = ?, parked_at = ? \
             WHERE bot_id = ? AND chat_id = ? AND message_id = ? AND kind = ?");
        let insert = sql("INSERT INTO parked \
             (update_id, content, parked_at, bot_id, chat_id, message_id, kind) \
             VALUES (?, ?, ?, ?, ?, ?, ?)");
        let [update, insert] = [update, insert].map(|statement| {
            statement
                .bind(row.update)
                .bind(row.content.clone())
                .bind(row.parked_at)
                .bind(row.source.bot)
                .bind(row.source.chat)
                .bind(row.source.message)
                .bind(row.kind.word())
        });
        // Most are new: insert first.
        if !self.insert_new(insert).await?.is_ours() {
            self.write(update).await?;
        }
        // For whoever watches the protocol itself, as of references: ids only.
        tracing::trace!(
            bot.id = row.source.bot.0,
            chat.id = row.source.chat.0,
            message.id = row.source.message.0,
            kind = row.kind.word(),
            "parked"
        );
        Ok(())
    }

    /// What is parked in a chat, in the order it was written.
    pub async fn parked_in(&self, bot: BotId, chat: ChatId) -> Result<Vec<ParkedRow>, StoreError> {
        let query = sql("SELECT message_id, kind, update_id, content, parked_at FROM parked \
                         WHERE bot_id = ? AND chat_id = ? ORDER BY message_id, kind");
        let rows =
            self.list::<(i64, String, i64, Vec<u8>, i64)>(query.bind(bot).bind(chat)).await?;
        let read = |(message, kind, update, content, parked_at): (i64, String, _, _, _)| {
            Ok(ParkedRow {
                source: MessageKey {
                    bot,
                    chat,
                    message: message_id(message, "parked.message_id")?,
                },
                kind: ParkedKind::from_word(&kind).ok_or(StoreError::Corrupt("parked.kind"))?,
                update,
                content,
                parked_at,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Removes a parked message that was passed on, unless a newer version took its place.
    pub async fn unpark(&self, row: &ParkedRow) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM parked WHERE bot_id = ? AND chat_id = ? AND message_id = ? \
                          AND kind = ? AND update_id = ?")
        .bind(row.source.bot)
        .bind(row.source.chat)
        .bind(row.source.message)
        .bind(row.kind.word())
        .bind(row.update);
        Ok(self.write(delete).await?.changed())
    }

    /// Keeps an item that could not be delivered until it is sent again, or is too old.
    pub async fn keep_parked(&self, row: &ParkedRow) -> Result<(), StoreError> {
        let update = sql("UPDATE parked SET kind = 'kept' WHERE bot_id = ? AND chat_id = ? \
                          AND message_id = ? AND kind = 'item'")
        .bind(row.source.bot)
        .bind(row.source.chat)
        .bind(row.source.message);
        match self.write(update).await {
            // It is kept since an earlier attempt.
            Ok(_) | Err(StoreError::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes what was kept since before `limit`.
    pub async fn forget_kept_before(&self, limit: i64) -> Result<u64, StoreError> {
        let delete = sql("DELETE FROM parked WHERE kind = 'kept' AND parked_at < ?").bind(limit);
        Ok(self.write(delete).await?.rows)
    }

    /// How much waits for its moment in the chats of a bot.
    pub async fn count_parked_of(&self, bot: BotId) -> Result<i64, StoreError> {
        let query =
            sql("SELECT COUNT(*) FROM parked WHERE bot_id = ? AND kind IN ('item', 'edit')");
        Ok(self.find::<(i64,)>(query.bind(bot)).await?.map_or(0, |(count,)| count))
    }

    /// The chats of a bot in which something waits for its moment or a button.
    pub async fn chats_waiting(&self, bot: BotId) -> Result<Vec<ChatId>, StoreError> {
        let query = sql("SELECT DISTINCT chat_id FROM parked \
                         WHERE bot_id = ? AND kind IN ('item', 'edit', 'asked')");
        let rows = self.list::<(i64,)>(query.bind(bot)).await?;
        Ok(rows.into_iter().map(|(chat,)| ChatId(chat)).collect())
    }

    /// All chats in which something waits for its moment.
    pub async fn chats_with_parked(&self) -> Result<Vec<(BotId, ChatId)>, StoreError> {
        let query =
            sql("SELECT DISTINCT bot_id, chat_id FROM parked WHERE kind IN ('item', 'edit')");
        let rows = self.list::<(i64, i64)>(query).await?;
        Ok(rows.into_iter().map(|(bot, chat)| (BotId(bot), ChatId(chat))).collect())
    }
}
