//! Tables `bans`, `notes` and `languages`: what an owner decided about a customer, what he noted,
//! and which language a person chose.

use teloxide::types::ChatId;

use super::{Store, StoreError, sql};
use crate::model::{BotId, OwnerId};

/// Bans that hold for all of an owner's bots have this in place of a bot.
const EVERYWHERE: i64 = 0;

/// A ban as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ban {
    /// Who is banned.
    pub customer: ChatId,
    /// From which bot; `None`: from all of the owner's.
    pub only: Option<BotId>,
    /// The client bot through which the owner met him.
    pub seen_by: BotId,
    /// When, in UTC milliseconds.
    pub banned_at: i64,
}

impl Store {
    /// Bans a customer from one bot, or from all of an owner's; `false` when he is banned so.
    pub async fn ban(&self, owner: OwnerId, ban: Ban) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO bans (owner_id, customer_id, bot_id, seen_by, banned_at) \
                          VALUES (?, ?, ?, ?, ?)")
        .bind(owner)
        .bind(ban.customer)
        .bind(ban.only.map_or(EVERYWHERE, |bot| bot.0))
        .bind(ban.seen_by)
        .bind(ban.banned_at);
        Ok(self.insert_new(insert).await?.is_ours())
    }

    /// Ends a ban from one bot, or the one from all of them; `false` when there was none.
    pub async fn unban(
        &self,
        owner: OwnerId,
        customer: ChatId,
        only: Option<BotId>,
    ) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM bans WHERE owner_id = ? AND customer_id = ? AND bot_id = ?")
            .bind(owner)
            .bind(customer)
            .bind(only.map_or(EVERYWHERE, |bot| bot.0));
        Ok(self.write(delete).await?.changed())
    }

    /// An owner's bans, the newest first.
    pub async fn bans_of(
        &self,
        owner: OwnerId,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<Ban>, StoreError> {
        let query = sql("SELECT customer_id, bot_id, seen_by, banned_at FROM bans \
                         WHERE owner_id = ? ORDER BY banned_at DESC, customer_id LIMIT ? OFFSET ?");
        let rows =
            self.list::<(i64, i64, i64, i64)>(query.bind(owner).bind(limit).bind(offset)).await?;
        Ok(rows.into_iter().map(ban).collect())
    }

    /// The bans of one customer by an owner.
    pub async fn bans_of_customer(
        &self,
        owner: OwnerId,
        customer: ChatId,
    ) -> Result<Vec<Ban>, StoreError> {
        let query = sql("SELECT customer_id, bot_id, seen_by, banned_at FROM bans \
                         WHERE owner_id = ? AND customer_id = ? ORDER BY bot_id");
        let rows = self.list::<(i64, i64, i64, i64)>(query.bind(owner).bind(customer)).await?;
        Ok(rows.into_iter().map(ban).collect())
    }

    /// Remembers that a banned customer is told so now, unless he was since `before`; says whether
    /// he is to be told.
    pub async fn mark_ban_told(
        &self,
        owner: OwnerId,
        customer: ChatId,
        bot: BotId,
        now: i64,
        before: i64,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE bans SET told_at = ? WHERE owner_id = ? AND customer_id = ? \
                          AND bot_id IN (0, ?) AND (told_at IS NULL OR told_at < ?)")
        .bind(now)
        .bind(owner)
        .bind(customer)
        .bind(bot)
        .bind(before);
        Ok(self.write(update).await?.changed())
    }

    /// Forgets which banned customers were told so: the text has changed.
    pub async fn forget_ban_told(&self, owner: OwnerId) -> Result<(), StoreError> {
        let update = sql("UPDATE bans SET told_at = NULL WHERE owner_id = ?").bind(owner);
        self.write(update).await?;
        Ok(())
    }

    /// An owner's sealed note on a customer.
    pub async fn note(
        &self,
        owner: OwnerId,
        customer: ChatId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sql("SELECT note FROM notes WHERE owner_id = ? AND customer_id = ?");
        Ok(self.find::<(Vec<u8>,)>(query.bind(owner).bind(customer)).await?.map(|(note,)| note))
    }

    /// Keeps a sealed note on a customer in place of an earlier one.
    pub async fn put_note(
        &self,
        owner: OwnerId,
        customer: ChatId,
        note: Vec<u8>,
        now: i64,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE notes SET note = ?, written_at = ? \
                          WHERE owner_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO notes (note, written_at, owner_id, customer_id) \
                          VALUES (?, ?, ?, ?)");
        let [update, insert] = [update, insert]
            .map(|statement| statement.bind(note.clone()).bind(now).bind(owner).bind(customer));
        self.put(update, insert).await
    }

    /// Removes a note; `false` when there was none.
    pub async fn remove_note(&self, owner: OwnerId, customer: ChatId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM notes WHERE owner_id = ? AND customer_id = ?");
        Ok(self.write(delete.bind(owner).bind(customer)).await?.changed())
    }

    /// The language a person chose with a bot.
    pub async fn chosen_language(
        &self,
        bot: BotId,
        person: ChatId,
    ) -> Result<Option<String>, StoreError> {
        let query = sql("SELECT language FROM languages WHERE bot_id = ? AND person_id = ?");
        let row = self.find::<(String,)>(query.bind(bot).bind(person)).await?;
        Ok(row.map(|(language,)| language))
    }

    /// Remembers the language a person chose with a bot; `None`: his app's again.
    pub async fn choose_language(
        &self,
        bot: BotId,
        person: ChatId,
        language: Option<&str>,
        now: i64,
    ) -> Result<(), StoreError> {
        let Some(language) = language else {
            let delete = sql("DELETE FROM languages WHERE bot_id = ? AND person_id = ?");
            self.write(delete.bind(bot).bind(person)).await?;
            return Ok(());
        };
        let update = sql("UPDATE languages SET language = ?, chosen_at = ? \
                          WHERE bot_id = ? AND person_id = ?");
        let insert = sql("INSERT INTO languages (language, chosen_at, bot_id, person_id) \
                          VALUES (?, ?, ?, ?)");
        let [update, insert] = [update, insert]
            .map(|statement| statement.bind(language).bind(now).bind(bot).bind(person));
        self.put(update, insert).await
    }
}

fn ban((customer, bot, seen_by, banned_at): (i64, i64, i64, i64)) -> Ban {
    Ban {
        customer: ChatId(customer),
        only: (bot != EVERYWHERE).then_some(BotId(bot)),
        seen_by: BotId(seen_by),
        banned_at,
    }
}
