//! Table `album_items`: which messages were sent as one album, so that it can be taken back whole.

use teloxide::types::MessageId;

use super::{Store, StoreError, references::message_id, sql};
use crate::model::{BotId, MessageKey, OwnerId};

impl Store {
    /// Remembers that a message is part of the album that begins with `first`.
    pub async fn put_album_item(
        &self,
        owner: OwnerId,
        source: MessageKey,
        first: MessageId,
        now: i64,
    ) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO album_items (owner_id, source_bot, source_chat, \
             source_message, first_message, sent_at) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(owner)
        .bind(source.bot)
        .bind(source.chat)
        .bind(source.message)
        .bind(first)
        .bind(now);
        self.insert_new(insert).await?;
        Ok(())
    }

    /// The messages of the album a message is part of, in order; that message alone where it is
    /// part of none.
    pub async fn album_of(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Vec<MessageKey>, StoreError> {
        // Read by the table's own key from the album's first message on.
        let query = sql("SELECT i.source_message FROM album_items i \
             JOIN album_items own ON own.owner_id = i.owner_id \
             AND own.source_bot = i.source_bot AND own.source_chat = i.source_chat \
             AND own.first_message = i.first_message \
             WHERE own.owner_id = ? AND own.source_bot = ? AND own.source_chat = ? \
             AND own.source_message = ? AND i.source_message >= own.first_message \
             ORDER BY i.source_message LIMIT 10")
        .bind(owner)
        .bind(source.bot)
        .bind(source.chat)
        .bind(source.message);
        let rows = self.list::<(i64,)>(query).await?;
        let read = |(message,): (i64,)| {
            let message = message_id(message, "album_items.source_message")?;
            Ok(MessageKey { message, ..source })
        };
        let items: Vec<MessageKey> =
            rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
        Ok(if items.is_empty() { vec![source] } else { items })
    }

    /// Forgets albums sent before `limit`: nothing older than 48 h can be taken back.
    pub async fn forget_albums_before(&self, limit: i64) -> Result<u64, StoreError> {
        Ok(self.write(sql("DELETE FROM album_items WHERE sent_at < ?").bind(limit)).await?.rows)
    }

    /// Removes what is parked in the chats of a bot that is detached.
    pub async fn forget_parked_of(&self, bot: BotId) -> Result<u64, StoreError> {
        Ok(self.write(sql("DELETE FROM parked WHERE bot_id = ?").bind(bot)).await?.rows)
    }
}
