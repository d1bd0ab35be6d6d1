//! What the operator of an installation sees of its owners: how many there are, who they are, how
//! much is written. Never what.

use sqlx::FromRow;

use super::{Store, StoreError, sql};
use crate::model::{BotState, OwnerId};

/// An owner as the operator sees him.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Tenant {
    /// His id.
    pub owner_id: i64,
    /// The language he reads.
    pub language: Option<String>,
    /// When he became one, in UTC milliseconds.
    pub registered_at: i64,
    /// Since when he is suspended.
    pub suspended_at: Option<i64>,
}

/// How many messages were copied, one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    /// Of those that are remembered, all.
    pub all: i64,
    /// In the last 30 days.
    pub month: i64,
    /// In the last day.
    pub day: i64,
}

impl Volume {
    fn plus(self, more: Self) -> Self {
        let Self { all, month, day } = more;
        Self { all: self.all + all, month: self.month + month, day: self.day + day }
    }
}

/// Messages of customers, and replies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volumes {
    /// Customer → inbox.
    pub inbound: Volume,
    /// Inbox → customer.
    pub outbound: Volume,
}

/// Owners whose messages are counted in one statement, so that nobody waits long behind it.
const OWNERS: i64 = 50;
const DAY_MS: i64 = 24 * 3600 * 1000;

impl Store {
    /// How many owners there are, and how many of them are suspended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_owners(&self) -> Result<(i64, i64), StoreError> {
        let query = sql("SELECT COUNT(*), COUNT(suspended_at) FROM owners");
        Ok(self.find(query).await?.unwrap_or_default())
    }

    /// How many client bots are attached, by how they fare.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_bots(&self) -> Result<Vec<(BotState, i64)>, StoreError> {
        let query = sql("SELECT state, COUNT(*) FROM bots WHERE state <> 'removed' GROUP BY state");
        let rows = self.list::<(String, i64)>(query).await?;
        let read = |(word, count): (String, i64)| {
            let state = BotState::from_word(&word).ok_or(StoreError::Corrupt("bots.state"))?;
            Ok((state, count))
        };
        rows.into_iter().map(read).collect()
    }

    /// How many customers an owner has, by all of his client bots.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_customers(&self, owner: OwnerId) -> Result<i64, StoreError> {
        let query = sql("SELECT COUNT(DISTINCT customer_id) FROM conversations WHERE owner_id = ?");
        Ok(self.find::<(i64,)>(query.bind(owner)).await?.map_or(0, |(count,)| count))
    }

    /// A page of the owners, those of the longest standing first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners_page(&self, limit: i64, offset: i64) -> Result<Vec<Tenant>, StoreError> {
        let query = sql("SELECT owner_id, language, registered_at, suspended_at FROM owners \
             ORDER BY registered_at, owner_id LIMIT ? OFFSET ?");
        self.list(query.bind(limit).bind(offset)).await
    }

    /// One of the owners.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tenant(&self, owner: OwnerId) -> Result<Option<Tenant>, StoreError> {
        let query = sql("SELECT owner_id, language, registered_at, suspended_at FROM owners \
             WHERE owner_id = ?");
        self.find(query.bind(owner)).await
    }

    /// Whose client bot has this username (without `@`, in whatever case).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner_of_bot(&self, username: &str) -> Result<Option<OwnerId>, StoreError> {
        let query = sql("SELECT owner_id FROM bots \
             WHERE LOWER(username) = ? AND state <> 'removed' ORDER BY bot_id LIMIT 1");
        let row = self.find::<(i64,)>(query.bind(username.to_lowercase())).await?;
        Ok(row.map(|(id,)| OwnerId(id)))
    }

    /// How many messages all owners' bots copied.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn volumes(&self, now: i64) -> Result<Volumes, StoreError> {
        let mut all = Volumes::default();
        let mut after = i64::MIN;
        loop {
            let query = sql("SELECT owner_id FROM owners WHERE owner_id > ? \
                 ORDER BY owner_id LIMIT ?");
            let owners = self.list::<(i64,)>(query.bind(after).bind(OWNERS)).await?;
            let (Some((first,)), Some((last,))) = (owners.first(), owners.last()) else {
                return Ok(all);
            };
            let some = self.volumes_of((OwnerId(*first), OwnerId(*last)), now).await?;
            all.inbound = all.inbound.plus(some.inbound);
            all.outbound = all.outbound.plus(some.outbound);
            after = *last;
        }
    }

    /// The same of the owners from one id to another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn volumes_of(
        &self,
        (first, last): (OwnerId, OwnerId),
        now: i64,
    ) -> Result<Volumes, StoreError> {
        let query =
            sql("SELECT direction, COUNT(*), COUNT(CASE WHEN created_at >= ? THEN 1 END), \
             COUNT(CASE WHEN created_at >= ? THEN 1 END) FROM message_references \
             WHERE owner_id BETWEEN ? AND ? AND part = 0 AND copy_message IS NOT NULL \
             GROUP BY direction")
            .bind(now - 30 * DAY_MS)
            .bind(now - DAY_MS)
            .bind(first)
            .bind(last);
        let mut volumes = Volumes::default();
        for (direction, all, month, day) in self.list::<(String, i64, i64, i64)>(query).await? {
            let volume = Volume { all, month, day };
            match direction.as_str() {
                "in" => volumes.inbound = volume,
                _ => volumes.outbound = volume,
            }
        }
        Ok(volumes)
    }
}
