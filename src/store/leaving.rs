//! Everything of an owner's, removed: when he leaves.

use teloxide::types::ChatId;

use super::{Store, StoreError, sql};
use crate::model::{BotId, OwnerId};

/// References that one statement removes at most, or so: nobody waits long behind it.
const PAGE: i64 = 5000;

impl Store {
    /// Whether another process that lives makes a copy for an owner, or is at work in a chat of his
    /// bots.
    pub async fn others_work_for(&self, owner: OwnerId) -> Result<bool, StoreError> {
        if !self.is_shared() {
            return Ok(false);
        }
        let query = sql("SELECT DISTINCT holder FROM message_references WHERE owner_id = ? \
                         AND state IN ('sending', 'held') AND holder IS NOT NULL");
        let mut holders = self.list::<(i64,)>(query.bind(owner)).await?;
        let query = sql("SELECT DISTINCT l.holder FROM bots b JOIN leases l \
                         ON l.bot_id = b.bot_id AND l.purpose = 'chat' WHERE b.owner_id = ?");
        holders.extend(self.list::<(i64,)>(query.bind(owner)).await?);
        for (holder,) in holders {
            if holder != self.process.id && self.lives(holder).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes all rows of an owner's and of his bots', the row that makes him an owner last; his
    /// bots are to be detached. Rows about him as a customer of other owners stay. `claimed`: the
    /// name of the fact by which he may have claimed the installation.
    pub async fn forget_owner(
        &self,
        owner: OwnerId,
        master: BotId,
        claimed: &str,
    ) -> Result<(), StoreError> {
        for bot in self.bots_ever_of(owner).await? {
            self.forget_bot(bot).await?;
        }
        self.forget_references_of(owner).await?;
        for delete in [
            sql("DELETE FROM album_items WHERE owner_id = ?"),
            sql("DELETE FROM labels WHERE owner_id = ?"),
            sql("DELETE FROM conversation_states WHERE owner_id = ?"),
            sql("DELETE FROM conversations WHERE owner_id = ?"),
            sql("DELETE FROM bans WHERE owner_id = ?"),
            sql("DELETE FROM notes WHERE owner_id = ?"),
            sql("DELETE FROM renewals WHERE owner_id = ?"),
            sql("DELETE FROM plan_notices WHERE owner_id = ?"),
            // A charge id stays, so that a payment delivered once more is known: without his id.
            sql("UPDATE payments SET owner_id = NULL WHERE owner_id = ?"),
            sql("DELETE FROM announcements WHERE operator_id = ?"),
            // One that is under way goes on after him all the same.
            sql("UPDATE announcements SET reached = reached - 1 WHERE reached = ?"),
            sql("UPDATE announcements SET trying = NULL WHERE trying = ?"),
            sql("DELETE FROM forgotten_notices WHERE owner_id = ?"),
            sql("DELETE FROM forgotten_marks WHERE owner_id = ?"),
            sql("DELETE FROM bots WHERE owner_id = ?"),
        ] {
            self.write(delete.bind(owner)).await?;
        }
        for delete in [
            sql("DELETE FROM parked WHERE bot_id = ? AND chat_id = ?"),
            sql("DELETE FROM refused_chats WHERE bot_id = ? AND chat_id = ?"),
            sql("DELETE FROM languages WHERE bot_id = ? AND person_id = ?"),
        ] {
            self.write(delete.bind(master).bind(owner)).await?;
        }
        self.forget_dead_leases(ChatId(owner.0)).await?;
        let delete = sql("DELETE FROM installation WHERE name = ? AND value = ?");
        self.write(delete.bind(claimed).bind(owner.0.to_le_bytes().to_vec())).await?;
        for delete in [
            sql("DELETE FROM dialogues WHERE owner_id = ?"),
            sql("DELETE FROM owners WHERE owner_id = ?"),
        ] {
            self.write(delete.bind(owner)).await?;
        }
        Ok(())
    }

    /// Removes what is kept by the number of a bot whose owner leaves.
    async fn forget_bot(&self, bot: BotId) -> Result<(), StoreError> {
        for delete in [
            sql("DELETE FROM bot_settings WHERE bot_id = ?"),
            sql("DELETE FROM bot_health WHERE bot_id = ?"),
            sql("DELETE FROM parked WHERE bot_id = ?"),
            sql("DELETE FROM languages WHERE bot_id = ?"),
            sql("DELETE FROM refused_chats WHERE bot_id = ?"),
            sql("DELETE FROM handled_updates WHERE bot_id = ?"),
        ] {
            self.write(delete.bind(bot)).await?;
        }
        Ok(())
    }

    /// Removes an owner's references, a part of them at a time.
    async fn forget_references_of(&self, owner: OwnerId) -> Result<(), StoreError> {
        let bots = sql("SELECT DISTINCT source_bot FROM message_references WHERE owner_id = ?");
        for (bot,) in self.list::<(i64,)>(bots.bind(owner)).await? {
            while let Some((chat, message)) = self.end_of_page(owner, bot).await? {
                let chats_before = sql("DELETE FROM message_references \
                     WHERE owner_id = ? AND source_bot = ? AND source_chat < ?");
                self.write(chats_before.bind(owner).bind(bot).bind(chat)).await?;
                let messages_before = sql("DELETE FROM message_references WHERE owner_id = ? \
                     AND source_bot = ? AND source_chat = ? AND source_message <= ?");
                let delete = messages_before.bind(owner).bind(bot).bind(chat).bind(message);
                self.write(delete).await?;
            }
            let rest = sql("DELETE FROM message_references WHERE owner_id = ? AND source_bot = ?");
            self.write(rest.bind(owner).bind(bot)).await?;
        }
        Ok(())
    }

    async fn end_of_page(
        &self,
        owner: OwnerId,
        bot: i64,
    ) -> Result<Option<(i64, i64)>, StoreError> {
        let query = sql("SELECT source_chat, source_message FROM message_references \
             WHERE owner_id = ? AND source_bot = ? ORDER BY source_chat, source_message, part \
             LIMIT 1 OFFSET ?");
        self.find(query.bind(owner).bind(bot).bind(PAGE)).await
    }
}
