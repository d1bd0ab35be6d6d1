//! Table `announcements`: what the operator says to all owners, and how far it has come. The text
//! is sealed, and gone when everybody was told.

use sqlx::FromRow;

use super::{Store, StoreError, sql, statement::Statement};
use crate::model::OwnerId;

/// An announcement under way.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Announcement {
    /// Who makes it.
    pub operator_id: i64,
    /// The message that asked him whether to send it, and shows how far it has come.
    pub question_id: i64,
    /// What it says, sealed.
    pub text: Option<Vec<u8>>,
    /// When it was made, in UTC milliseconds.
    pub made_at: i64,
    /// How many it is for.
    pub owners: i64,
    /// The last owner who was told, or could not be; they come in the order of their ids.
    pub reached: i64,
    /// The owner who is being told; where that is not known to have ended, it may have happened.
    pub trying: Option<i64>,
    /// How many were told.
    pub sent: i64,
    /// How many could not be.
    pub failed: i64,
}

impl Announcement {
    fn key(&self, statement: Statement) -> Statement {
        statement.bind(self.operator_id).bind(self.question_id)
    }
}

impl Store {
    /// Begins an announcement; one that is known by its question stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce(&self, new: &Announcement) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO announcements (operator_id, question_id, text, made_at, \
             owners, reached, sent, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        let insert = new.key(insert).bind(new.text.clone()).bind(new.made_at).bind(new.owners);
        self.insert_new(insert.bind(new.reached).bind(new.sent).bind(new.failed)).await?;
        Ok(())
    }

    /// Whether an announcement has begun, or ended a short while ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_announcement(&self, like: &Announcement) -> Result<bool, StoreError> {
        let query = sql("SELECT question_id FROM announcements \
             WHERE operator_id = ? AND question_id = ?");
        Ok(self.find::<(i64,)>(like.key(query)).await?.is_some())
    }

    /// The oldest announcement that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announcement_under_way(&self) -> Result<Option<Announcement>, StoreError> {
        self.find(sql("SELECT operator_id, question_id, text, made_at, owners, reached, trying, \
             sent, failed FROM announcements WHERE ended_at IS NULL \
             ORDER BY made_at, question_id LIMIT 1"))
            .await
    }

    /// The first owner after those who were told, and the language he reads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_owner(
        &self,
        of: &Announcement,
    ) -> Result<Option<(OwnerId, Option<String>)>, StoreError> {
        let query = sql("SELECT owner_id, language FROM owners \
             WHERE owner_id > ? AND owner_id <> ? ORDER BY owner_id LIMIT 1");
        let row = self.find(query.bind(of.reached).bind(of.operator_id)).await?;
        Ok(row.map(|(id, language): (i64, Option<String>)| (OwnerId(id), language)))
    }

    /// An owner is told now; `None`: what was begun with him certainly did not happen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announcement_goes(
        &self,
        of: &Announcement,
        owner: Option<OwnerId>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE announcements SET trying = ? \
             WHERE operator_id = ? AND question_id = ? AND reached <= ?");
        self.write(of.key(update.bind(owner.map(|owner| owner.0))).bind(of.reached)).await?;
        Ok(())
    }

    /// He was told, or could not be. It counts once, however often it is written; where the owner
    /// before him has left meanwhile, it says one less than was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announcement_reached(
        &self,
        of: &Announcement,
        owner: OwnerId,
        is_told: bool,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE announcements \
             SET sent = sent + ?, failed = failed + ?, trying = NULL, reached = ? \
             WHERE operator_id = ? AND question_id = ? AND reached <= ?");
        let update = update.bind(i64::from(is_told)).bind(i64::from(!is_told)).bind(owner);
        self.write(of.key(update).bind(of.reached)).await?;
        Ok(())
    }

    /// It has come to its end: what it said, and whom it reached last, is gone. Its row stays for a
    /// while, so that a button that is delivered again does not begin it anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_announcement(&self, of: &Announcement, now: i64) -> Result<(), StoreError> {
        let update =
            sql("UPDATE announcements SET text = NULL, reached = 0, trying = NULL, ended_at = ? \
             WHERE operator_id = ? AND question_id = ?");
        self.write(of.key(update.bind(now))).await?;
        Ok(())
    }

    /// Forgets announcements that ended before `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_announcements_before(&self, limit: i64) -> Result<u64, StoreError> {
        Ok(self.write(sql("DELETE FROM announcements WHERE ended_at < ?").bind(limit)).await?.rows)
    }
}
