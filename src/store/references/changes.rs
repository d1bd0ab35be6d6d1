//! What happens to a copy after it was made, in its reference.

use super::of_source;
use crate::{
    model::{MessageKey, OwnerId, Part, Reference},
    store::{Store, StoreError, sql},
};

impl Store {
    /// Writes that a copy's words are about to be changed: from now on nobody may put earlier ones
    /// there.
    pub async fn begin_change(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET is_changing = 1 \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?");
        self.write(of_source(update, owner, source, part)).await?;
        Ok(())
    }

    /// Writes that a change of a copy's words has ended, and when it was made if it was: UTC
    /// seconds by Telegram's clock.
    pub async fn end_change(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
        made_at: Option<i64>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references \
             SET is_changing = NULL, changed_at = COALESCE(?, changed_at) \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?")
        .bind(made_at);
        self.write(of_source(update, owner, source, part)).await?;
        Ok(())
    }

    /// Records what became of a copy that was to be deleted: `deleted`, or why it stays.
    pub async fn set_copy_reason(
        &self,
        copy: &Reference,
        reason: &'static str,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET reason = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?")
        .bind(reason)
        .bind(copy.owner)
        .bind(copy.source.bot)
        .bind(copy.source.chat)
        .bind(copy.source.message)
        .bind(copy.part);
        self.write(update).await?;
        Ok(())
    }
}
