//! Columns `suspended_at` and `told_suspended_at` of the table `owners`: who is suspended, and what
//! he was told of it.

use super::{Store, StoreError, sql};
use crate::model::OwnerId;

impl Store {
    /// Suspends an owner; one who is suspended stays so since when he was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suspend_owner(&self, owner: OwnerId, now: i64) -> Result<(), StoreError> {
        let update =
            sql("UPDATE owners SET suspended_at = ? WHERE owner_id = ? AND suspended_at IS NULL");
        self.write(update.bind(now).bind(owner)).await?;
        Ok(())
    }

    /// Lets an owner go on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume_owner(&self, owner: OwnerId) -> Result<(), StoreError> {
        let update = sql("UPDATE owners SET suspended_at = NULL WHERE owner_id = ?");
        self.write(update.bind(owner)).await?;
        Ok(())
    }

    /// Whether an owner is suspended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_suspended(&self, owner: OwnerId) -> Result<bool, StoreError> {
        let query =
            sql("SELECT owner_id FROM owners WHERE owner_id = ? AND suspended_at IS NOT NULL");
        Ok(self.find::<(i64,)>(query.bind(owner)).await?.is_some())
    }

    /// Owners who were suspended, or may go on, and do not know of it: since when they are
    /// suspended, and the languages they read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suspensions_to_tell(
        &self,
    ) -> Result<Vec<(OwnerId, Option<i64>, Option<String>)>, StoreError> {
        let query = sql("SELECT owner_id, suspended_at, language FROM owners \
             WHERE (suspended_at IS NULL) <> (told_suspended_at IS NULL) \
             ORDER BY owner_id LIMIT 100");
        let rows = self.list::<(i64, Option<i64>, Option<String>)>(query).await?;
        Ok(rows.into_iter().map(|(id, since, language)| (OwnerId(id), since, language)).collect())
    }

    /// An owner knows since when he is suspended, or that he is not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suspension_told(
        &self,
        owner: OwnerId,
        since: Option<i64>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE owners SET told_suspended_at = ? WHERE owner_id = ?");
        self.write(update.bind(since).bind(owner)).await?;
        Ok(())
    }
}
