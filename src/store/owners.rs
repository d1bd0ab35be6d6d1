//! Table `owners`: who owns this installation or a part of it. One row is one tenant.

use super::{Store, StoreError, sql};
use crate::model::{BotId, OwnerId};

/// An owner as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRow {
    /// The language he reads: what his messages came with last, or what he chose.
    pub language: Option<String>,
    /// The language he chose.
    pub chosen: Option<String>,
    /// Whether the operator suspended him.
    pub is_suspended: bool,
}

impl Store {
    /// Makes a person an owner; `false` when he is one.
    pub async fn register_owner(&self, owner: OwnerId, now: i64) -> Result<bool, StoreError> {
        let inserted = self
            .insert_new(
                sql("INSERT INTO owners (owner_id, registered_at) VALUES (?, ?)")
                    .bind(owner)
                    .bind(now),
            )
            .await?;
        Ok(inserted.is_ours())
    }

    /// The same for a person whom the operator suspended, and who had left: he is suspended still,
    /// and knows it.
    pub async fn register_suspended_owner(
        &self,
        owner: OwnerId,
        now: i64,
    ) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO owners \
             (owner_id, registered_at, suspended_at, told_suspended_at) VALUES (?, ?, ?, ?)");
        self.insert_new(insert.bind(owner).bind(now).bind(now).bind(now)).await?;
        Ok(())
    }

    /// An owner, if this person is one, and the language he chose with the master bot.
    pub async fn owner(
        &self,
        master: BotId,
        owner: OwnerId,
    ) -> Result<Option<OwnerRow>, StoreError> {
        let query = sql("SELECT o.language, l.language, o.suspended_at FROM owners o \
             LEFT JOIN languages l ON l.bot_id = ? AND l.person_id = o.owner_id \
             WHERE o.owner_id = ?")
        .bind(master)
        .bind(owner);
        let row = self.find::<(Option<String>, Option<String>, Option<i64>)>(query).await?;
        Ok(row.map(|(language, chosen, suspended_at)| {
            let is_suspended = suspended_at.is_some();
            OwnerRow { language, chosen, is_suspended }
        }))
    }

    /// Whether there is any owner at all.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        Ok(self.find::<(i64,)>(sql("SELECT owner_id FROM owners LIMIT 1")).await?.is_some())
    }

    /// The owners of the longest standing.
    pub async fn first_owners(&self, limit: usize) -> Result<Vec<OwnerId>, StoreError> {
        let query = sql("SELECT owner_id FROM owners ORDER BY registered_at, owner_id LIMIT ?");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.list::<(i64,)>(query.bind(limit)).await?;
        Ok(rows.into_iter().map(|(id,)| OwnerId(id)).collect())
    }

    /// The language an owner's messages came with last.
    pub async fn owner_language(&self, owner: OwnerId) -> Result<Option<String>, StoreError> {
        let query = sql("SELECT language FROM owners WHERE owner_id = ?").bind(owner);
        Ok(self.find::<(Option<String>,)>(query).await?.and_then(|(language,)| language))
    }

    /// Remembers an owner's language.
    pub async fn set_owner_language(
        &self,
        owner: OwnerId,
        language: &str,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE owners SET language = ? WHERE owner_id = ?");
        self.write(update.bind(language).bind(owner)).await?;
        Ok(())
    }
}
