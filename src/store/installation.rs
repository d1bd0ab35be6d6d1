//! Table `installation`: facts about this installation as a whole, by name.

use super::{Store, StoreError, sql};
use crate::clock;

impl Store {
    /// A fact's value.
    pub async fn installation_fact(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sql("SELECT value FROM installation WHERE name = ?").bind(name);
        Ok(self.find::<(Vec<u8>,)>(query).await?.map(|(value,)| value))
    }

    /// Records a fact for ever; `false` when it has a value already, which stays.
    pub async fn settle_fact(&self, name: &str, value: Vec<u8>) -> Result<bool, StoreError> {
        let inserted = self
            .insert_new(
                sql("INSERT INTO installation (name, value) VALUES (?, ?)").bind(name).bind(value),
            )
            .await?;
        Ok(inserted.is_ours())
    }

    /// Writes something, to see whether the database takes it.
    ///
    /// # Errors
    /// When it does not.
    pub async fn probe_writing(&self) -> Result<(), StoreError> {
        let now = clock::now_ms().to_le_bytes().to_vec();
        self.put_fact("written to after trouble", now).await
    }

    /// Forgets a fact.
    pub async fn remove_fact(&self, name: &str) -> Result<(), StoreError> {
        self.write(sql("DELETE FROM installation WHERE name = ?").bind(name)).await?;
        Ok(())
    }

    /// Records a fact's newest value.
    pub async fn put_fact(&self, name: &str, value: Vec<u8>) -> Result<(), StoreError> {
        let update =
            sql("UPDATE installation SET value = ? WHERE name = ?").bind(value.clone()).bind(name);
        let insert =
            sql("INSERT INTO installation (name, value) VALUES (?, ?)").bind(name).bind(value);
        self.put(update, insert).await
    }
}
