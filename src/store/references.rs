//! Table `message_references`: which copy stands for which message. Never content.
//!
//! Found by its source (a second delivery of the same message) and by its copy (a reply to it).
//! Both look-ups name the tenant and the full key. In look-ups by copy the tenant stands as
//! `owner_id + 0`: a bare `owner_id` draws SQLite to the table's own key, and it reads every
//! reference of the owner.

use sqlx::FromRow;
use teloxide::types::{ChatId, MessageId};

use super::ConversationKey;
use super::{Inserted, Store, StoreError, sql, statement::Statement};
use crate::model::{
    BotId, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference, deleted_by,
};

/// A reference about to be written as `sending`.
#[derive(Debug, Clone, Copy)]
pub struct NewReference {
    /// The tenant.
    pub owner: OwnerId,
    /// Which way it travels.
    pub direction: Direction,
    /// The message somebody wrote.
    pub source: MessageKey,
    /// Which of its copies this is.
    pub part: Part,
    /// The bot that will make the copy.
    pub copy_bot: BotId,
    /// The chat the copy goes to.
    pub copy_chat: ChatId,
}

#[derive(FromRow)]
struct Columns {
    owner_id: i64,
    source_bot: i64,
    source_chat: i64,
    source_message: i64,
    part: i64,
    direction: String,
    copy_bot: i64,
    copy_chat: i64,
    copy_message: Option<i64>,
    state: String,
    reason: Option<String>,
    attempts: i64,
    holder: Option<i64>,
    is_changing: Option<i64>,
    changed_at: Option<i64>,
}

impl TryFrom<Columns> for Reference {
    type Error = StoreError;

    fn try_from(row: Columns) -> Result<Self, StoreError> {
        let copy_message = row
            .copy_message
            .map(|id| message_id(id, "message_references.copy_message"))
            .transpose()?;
        Ok(Self {
            owner: OwnerId(row.owner_id),
            direction: match row.direction.as_str() {
                INBOUND => Direction::Inbound,
                OUTBOUND => Direction::Outbound,
                _ => return Err(StoreError::Corrupt("message_references.direction")),
            },
            source: MessageKey {
                bot: BotId(row.source_bot),
                chat: ChatId(row.source_chat),
                message: message_id(row.source_message, "message_references.source_message")?,
            },
            part: row.part,
            copy_bot: BotId(row.copy_bot),
            copy_chat: ChatId(row.copy_chat),
            copy_message,
            state: DeliveryState::from_word(&row.state)
                .ok_or(StoreError::Corrupt("message_references.state"))?,
            attempts: row.attempts,
            reason: row.reason,
            holder: row.holder,
            is_changing: row.is_changing == Some(1),
            changed_at: row.changed_at,
        })
    }
}

const INBOUND: &str = "in";
const OUTBOUND: &str = "out";

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => INBOUND,
        Direction::Outbound => OUTBOUND,
    }
}

pub(super) fn message_id(id: i64, column: &'static str) -> Result<MessageId, StoreError> {
    i32::try_from(id).map(MessageId).map_err(|_| StoreError::Corrupt(column))
}

/// Begins a query for whole references; what follows names which.
macro_rules! select {
    ($which:literal) => {
        sql(concat!(
            "SELECT owner_id, source_bot, source_chat, source_message, part, direction, copy_bot, \
             copy_chat, copy_message, state, reason, attempts, holder, is_changing, \
             changed_at FROM message_references ",
            $which
        ))
    };
}

fn of_source(query: Statement, owner: OwnerId, source: MessageKey, part: Part) -> Statement {
    query.bind(owner).bind(source.bot).bind(source.chat).bind(source.message).bind(part.number())
}

impl Store {
    async fn find_reference(&self, query: Statement) -> Result<Option<Reference>, StoreError> {
        self.find::<Columns>(query).await?.map(Reference::try_from).transpose()
    }

    async fn list_references(&self, query: Statement) -> Result<Vec<Reference>, StoreError> {
        let rows = self.list::<Columns>(query).await?;
        rows.into_iter().map(Reference::try_from).collect()
    }

    /// Writes a reference in its first state, held by this process; `false` when this source has one. What was written at
    /// `now` by an insertion that nobody saw succeed is taken for one's own.
    pub async fn begin_reference(
        &self,
        new: NewReference,
        state: DeliveryState,
        now: i64,
    ) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO message_references (owner_id, source_bot, source_chat, \
             source_message, part, direction, copy_bot, copy_chat, state, attempts, created_at, \
             holder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)");
        let insert = of_source(insert, new.owner, new.source, new.part)
            .bind(direction_word(new.direction))
            .bind(new.copy_bot)
            .bind(new.copy_chat)
            .bind(state.word())
            .bind(now)
            .bind(self.process.id);
        match self.insert_new(insert).await? {
            Inserted::Now => Ok(true),
            Inserted::Before => Ok(false),
            Inserted::NowOrBefore => self.is_untouched(&new, state, now).await,
        }
    }

    /// Whether a reference is as an insertion at this moment wrote it.
    pub async fn is_untouched(
        &self,
        new: &NewReference,
        state: DeliveryState,
        now: i64,
    ) -> Result<bool, StoreError> {
        let query = sql("SELECT part FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ? AND state = ? AND created_at = ? AND attempts = 1 \
             AND copy_message IS NULL AND holder = ?");
        let query = of_source(query, new.owner, new.source, new.part)
            .bind(state.word())
            .bind(now)
            .bind(self.process.id);
        Ok(self.find::<(i64,)>(query).await?.is_some())
    }

    /// Whether another process that lives is making the copy.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_held_elsewhere(&self, reference: &Reference) -> Result<bool, StoreError> {
        match reference.holder {
            Some(holder) if holder != self.process.id => self.lives(holder).await,
            _ => Ok(false),
        }
    }

    /// Marks another attempt, of this process, at a reference found in a state that an attempt may
    /// follow; `false` when somebody else was quicker. An attempt that certainly sent nothing does
    /// not count.
    pub async fn resume_reference(
        &self,
        reference: &Reference,
        part: Part,
        state: DeliveryState,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE message_references \
             SET state = ?, attempts = ?, reason = NULL, holder = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ? AND state = ? AND attempts = ? AND COALESCE(holder, 0) = ?")
        .bind(state.word())
        .bind(reference.next_attempt())
        .bind(self.process.id);
        let update = of_source(update, reference.owner, reference.source, part)
            .bind(reference.state.word())
            .bind(reference.attempts)
            .bind(reference.holder.unwrap_or(0));
        let written = self.write(update).await?;
        if written.rows == 0 && written.doubt {
            return self.is_resumed(reference, part, state).await;
        }
        Ok(written.rows > 0)
    }

    /// Whether a reference is as [`Store::resume_reference`] of this process leaves it, of which
    /// nobody learned whether it was carried out.
    pub async fn is_resumed(
        &self,
        reference: &Reference,
        part: Part,
        state: DeliveryState,
    ) -> Result<bool, StoreError> {
        let now = self.reference_of_source(reference.owner, reference.source, part).await?;
        let ours = (Some(self.process.id), state, reference.next_attempt());
        Ok(now.is_some_and(|now| (now.holder, now.state, now.attempts) == ours))
    }

    /// Records that the copy exists: `sent`, or `failed` when a part of the message is missing and
    /// its sender is still to be told.
    pub async fn finish_reference(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
        copy: MessageId,
        state: DeliveryState,
        reason: Option<&'static str>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET state = ?, reason = ?, copy_message = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?")
        .bind(state.word())
        .bind(reason.map(str::to_owned))
        .bind(copy);
        self.write(of_source(update, owner, source, part)).await?;
        Ok(())
    }

    /// Records in one commit that the copies of several messages of one chat exist: at most ten
    /// pairs of message and copy.
    pub async fn finish_references(
        &self,
        owner: OwnerId,
        of_chat: MessageKey,
        pairs: &[(MessageId, MessageId)],
    ) -> Result<(), StoreError> {
        let Some(last) = pairs.last() else { return Ok(()) };
        let update = sql("UPDATE message_references SET state = 'sent', reason = NULL, \
             copy_message = CASE source_message WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? \
             WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? \
             WHEN ? THEN ? WHEN ? THEN ? END \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND source_message IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        // One statement for every number of pairs: the last one fills up.
        let filled = || pairs.iter().chain(std::iter::repeat(last)).take(10);
        let update =
            filled().fold(update, |update, (source, copy)| update.bind(*source).bind(*copy));
        let update = update.bind(owner).bind(of_chat.bot).bind(of_chat.chat);
        let update = filled().fold(update, |update, (source, _)| update.bind(*source));
        self.write(update).await?;
        Ok(())
    }

    /// Writes that what this process holds waits, or is being sent now; `false` when it holds it no
    /// longer.
    pub async fn mark_state(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
        state: DeliveryState,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE message_references SET state = ?, reason = NULL \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ? AND holder = ?")
        .bind(state.word());
        let update = of_source(update, owner, source, part).bind(self.process.id);
        Ok(self.write(update).await?.rows > 0)
    }

    /// Records how an attempt without a copy ended, and lets the reference go; one that another
    /// process has taken over stays as that one left it.
    pub async fn release_reference(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
        state: DeliveryState,
        reason: Option<&'static str>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET state = ?, reason = ?, holder = NULL \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ? AND (holder IS NULL OR holder = ?)")
        .bind(state.word())
        .bind(reason.map(str::to_owned));
        self.write(of_source(update, owner, source, part).bind(self.process.id)).await?;
        Ok(())
    }

    /// Records a state other than `sent`, with its reason.
    pub async fn set_reference_state(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
        state: DeliveryState,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        // Such a state is about an attempt under way: it must never undo a copy that was recorded.
        let is_under_way = matches!(state, DeliveryState::Sending | DeliveryState::Held);
        let update = if is_under_way {
            sql("UPDATE message_references SET state = ?, reason = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ? AND copy_message IS NULL")
        } else {
            sql("UPDATE message_references SET state = ?, reason = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?")
        };
        let update = update.bind(state.word()).bind(reason.map(str::to_owned));
        self.write(of_source(update, owner, source, part)).await?;
        Ok(())
    }

    /// The reference of a source message.
    pub async fn reference_of_source(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
    ) -> Result<Option<Reference>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?"
        );
        self.find_reference(of_source(query, owner, source, part)).await
    }

    /// The reference whose copy this message is, inside one tenant.
    pub async fn reference_of_copy(
        &self,
        owner: OwnerId,
        copy: MessageKey,
    ) -> Result<Option<Reference>, StoreError> {
        let query = select!(
            "WHERE copy_bot = ? AND copy_chat = ? AND copy_message = ? AND owner_id + 0 = ? \
             ORDER BY created_at DESC LIMIT 1"
        )
        .bind(copy.bot)
        .bind(copy.chat)
        .bind(copy.message)
        .bind(owner);
        self.find_reference(query).await
    }

    /// Whether a message to this chat is being sent whose copy is not recorded yet.
    pub async fn is_sending_to(
        &self,
        owner: OwnerId,
        copy_bot: BotId,
        chat: ChatId,
    ) -> Result<bool, StoreError> {
        let query = sql("SELECT DISTINCT holder FROM message_references \
             WHERE copy_bot = ? AND copy_chat = ? AND copy_message IS NULL AND owner_id + 0 = ? \
             AND state = 'sending' AND holder IS NOT NULL LIMIT 10")
        .bind(copy_bot)
        .bind(chat)
        .bind(owner);
        for (holder,) in self.list::<(i64,)>(query).await? {
            // What a process that is gone was sending is not being sent any more.
            if self.lives(holder).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The latest message a customer wrote to a client bot that we know of.
    pub async fn latest_source(
        &self,
        owner: OwnerId,
        bot: BotId,
        chat: ChatId,
    ) -> Result<Option<MessageId>, StoreError> {
        let query = sql("SELECT MAX(source_message) FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ?")
        .bind(owner)
        .bind(bot)
        .bind(chat);
        let latest = self.find::<(Option<i64>,)>(query).await?.and_then(|(latest,)| latest);
        latest.map(|id| message_id(id, "message_references.source_message")).transpose()
    }

    /// The latest message of a customer that has a copy, as the copy's own key.
    pub async fn latest_copy(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<Option<Reference>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND copy_message IS NOT NULL AND (reason IS NULL OR reason NOT LIKE 'deleted%') \
             ORDER BY source_message DESC LIMIT 1"
        )
        .bind(owner)
        .bind(bot)
        .bind(customer);
        self.find_reference(query).await
    }

    /// The first of a customer's messages that this update took back.
    pub async fn deleted_by(
        &self,
        (owner, bot, customer): ConversationKey,
        update: i64,
    ) -> Result<Option<Reference>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND reason = ? ORDER BY source_message LIMIT 1"
        )
        .bind(owner)
        .bind(bot)
        .bind(customer)
        .bind(deleted_by(update));
        self.find_reference(query).await
    }

    /// All references of one source message: its copy, its header, what was said of its changes.
    pub async fn parts_of(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Vec<Reference>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             ORDER BY part"
        )
        .bind(owner)
        .bind(source.bot)
        .bind(source.chat)
        .bind(source.message);
        self.list_references(query).await
    }

    /// The copies in an inbox of everything a customer wrote to a client bot, newest first.
    pub async fn copies_of_customer(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
        limit: i64,
    ) -> Result<Vec<Reference>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND source_bot = ? AND source_chat = ? \
             AND copy_message IS NOT NULL AND (reason IS NULL OR reason NOT LIKE 'deleted%') \
             ORDER BY source_message DESC, part LIMIT ?"
        )
        .bind(owner)
        .bind(bot)
        .bind(customer)
        .bind(limit);
        self.list_references(query).await
    }

    /// The copies of what a customer wrote to a client bot from one message on, the oldest first.
    pub async fn copies_since(
        &self,
        owner: OwnerId,
        source: MessageKey,
        limit: i64,
    ) -> Result<Vec<Reference>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message >= ? \
             AND part = 0 AND copy_message IS NOT NULL \
             AND (reason IS NULL OR reason NOT LIKE 'deleted%') \
             ORDER BY source_message LIMIT ?"
        )
        .bind(owner)
        .bind(source.bot)
        .bind(source.chat)
        .bind(source.message)
        .bind(limit);
        self.list_references(query).await
    }

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

    /// How many messages of a customer have a copy, and how many replies he got.
    pub async fn counts_of(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<(i64, i64), StoreError> {
        let wrote = sql("SELECT COUNT(*) FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND copy_message IS NOT NULL");
        let answered = sql("SELECT COUNT(*) FROM message_references \
             WHERE owner_id + 0 = ? AND copy_bot = ? AND copy_chat = ? AND part = 0 \
             AND direction = 'out' AND copy_message IS NOT NULL");
        let [wrote, answered] =
            [wrote, answered].map(|query| query.bind(owner).bind(bot).bind(customer));
        let count = |row: Option<(i64,)>| row.map_or(0, |(count,)| count);
        Ok((count(self.find(wrote).await?), count(self.find(answered).await?)))
    }

    /// When a customer wrote and when he was answered, in UTC milliseconds and in that order, as
    /// far as references reach back: at most the latest `limit` of each.
    pub async fn times_of(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
        limit: i64,
    ) -> Result<(Vec<i64>, Vec<i64>), StoreError> {
        let wrote = sql("SELECT created_at FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND state = 'sent' ORDER BY source_message DESC LIMIT ?")
        .bind(owner)
        .bind(bot)
        .bind(customer)
        .bind(limit);
        let answered = sql("SELECT created_at FROM message_references \
             WHERE copy_bot = ? AND copy_chat = ? AND owner_id + 0 = ? AND part = 0 \
             AND direction = 'out' AND state = 'sent' AND (reason IS NULL OR reason NOT LIKE 'deleted%') \
             ORDER BY copy_message DESC LIMIT ?")
        .bind(bot)
        .bind(customer)
        .bind(owner)
        .bind(limit);
        let sorted = |rows: Vec<(i64,)>| {
            let mut times: Vec<i64> = rows.into_iter().map(|(at,)| at).collect();
            times.sort_unstable();
            times
        };
        Ok((sorted(self.list(wrote).await?), sorted(self.list(answered).await?)))
    }

    /// When a reference was written, in UTC milliseconds.
    pub async fn written_at(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT created_at FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?");
        let row = self.find::<(i64,)>(of_source(query, owner, source, Part::Main)).await?;
        Ok(row.map(|(at,)| at))
    }

    /// Removes references older than `limit` of one client bot, or of an owner's replies: a part
    /// of the table at a time, so that no statement holds it for long. Gives how many went.
    pub async fn forget_references_before(&self, limit: i64) -> Result<u64, StoreError> {
        let groups = sql("SELECT DISTINCT owner_id, source_bot FROM message_references");
        let mut gone = 0;
        for (owner, bot) in self.list::<(i64, i64)>(groups).await? {
            let delete = sql("DELETE FROM message_references \
                              WHERE owner_id = ? AND source_bot = ? AND created_at < ?");
            gone += self.write(delete.bind(owner).bind(bot).bind(limit)).await?.rows;
        }
        Ok(gone)
    }
}
