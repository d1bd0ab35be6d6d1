//! Table `dialogues`: where each owner's dialogue with the master bot stands, as JSON.

use super::{Store, StoreError, sql};
use crate::model::OwnerId;

impl Store {
    /// The stored state of an owner's dialogue.
    pub async fn dialogue(&self, owner: OwnerId) -> Result<Option<String>, StoreError> {
        let query = sql("SELECT state FROM dialogues WHERE owner_id = ?").bind(owner);
        Ok(self.find::<(String,)>(query).await?.map(|(state,)| state))
    }

    /// Stores the state of an owner's dialogue.
    pub async fn put_dialogue(
        &self,
        owner: OwnerId,
        state: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE dialogues SET state = ?, updated_at = ? WHERE owner_id = ?")
            .bind(state)
            .bind(now)
            .bind(owner);
        let insert = sql("INSERT INTO dialogues (owner_id, state, updated_at) VALUES (?, ?, ?)")
            .bind(owner)
            .bind(state)
            .bind(now);
        self.put(update, insert).await
    }

    /// Forgets the state: the dialogue is at rest.
    pub async fn clear_dialogue(&self, owner: OwnerId) -> Result<(), StoreError> {
        self.write(sql("DELETE FROM dialogues WHERE owner_id = ?").bind(owner)).await?;
        Ok(())
    }
}
