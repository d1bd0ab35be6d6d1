//! Table `owners`: who owns this installation or a part of it. One row is one tenant.

use super::{Store, StoreError, sql};
use crate::model::OwnerId;

/// An owner as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRow {
    /// The language his messages came with last.
    pub language: Option<String>,
}

impl Store {
    /// Makes a person an owner; `false` when he is one.
    pub async fn register_owner(&self, owner: OwnerId, now: i64) -> Result<bool, StoreError> {
        self.insert_new(
            sql("INSERT INTO owners (owner_id, registered_at) VALUES (?, ?)").bind(owner).bind(now),
        )
        .await
    }

    /// An owner, if this person is one.
    pub async fn owner(&self, owner: OwnerId) -> Result<Option<OwnerRow>, StoreError> {
        let query = sql("SELECT language FROM owners WHERE owner_id = ?").bind(owner);
        let row = self.find::<(Option<String>,)>(query).await?;
        Ok(row.map(|(language,)| OwnerRow { language }))
    }

    /// Whether there is any owner at all.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        Ok(self.find::<(i64,)>(sql("SELECT owner_id FROM owners LIMIT 1")).await?.is_some())
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
