//! How a delivery begins, goes on, and ends, in its reference.

use teloxide::types::{ChatId, MessageId};

use super::{direction_word, now_is, now_reads, of_source};
use crate::{
    clock,
    model::{BotId, DELETED, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference},
    store::{
        Inserted, Store, StoreError,
        joint::{Joint, Line},
        sql,
    },
};

macro_rules! insert {
    () => {
        "INSERT INTO message_references (owner_id, source_bot, source_chat, source_message, part, \
         direction, copy_bot, copy_chat, state, attempts, created_at, holder) VALUES "
    };
}

/// New references of the same moment.
static BEGINNINGS: Joint =
    Joint::new(Line::Begin, [insert!(), "(?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)", ", ", ""], 0..5);

/// Copies made at the same moment. The rows are looked up in the order given, by their whole keys:
/// no other row is locked.
static ENDINGS: Joint = Joint::new(
    Line::Finish,
    [
        "UPDATE (",
        "SELECT CAST(? AS SIGNED) AS copy, CAST(? AS SIGNED) AS owner_id, \
         CAST(? AS SIGNED) AS source_bot, CAST(? AS SIGNED) AS source_chat, \
         CAST(? AS SIGNED) AS source_message, CAST(? AS SIGNED) AS part, \
         CAST(? AS SIGNED) AS holder",
        " UNION ALL ",
        ") k STRAIGHT_JOIN message_references r FORCE INDEX (PRIMARY) \
         ON r.owner_id = k.owner_id AND r.source_bot = k.source_bot \
         AND r.source_chat = k.source_chat AND r.source_message = k.source_message \
         AND r.part = k.part \
         SET r.state = 'sent', r.reason = NULL, r.copy_message = k.copy \
         WHERE r.holder = k.holder OR (r.holder IS NULL AND r.state IN ('sending', 'held'))",
    ],
    1..6,
);

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
/// A copy that an attempt made.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// What it is a copy of, and where it is.
    pub of: NewReference,
    /// The copy.
    pub copy: MessageId,
}

impl Store {
    /// Writes a reference in its first state, held by this process; `false` when this source has one. What was written at
    /// `now` by an insertion that nobody saw succeed is taken for one's own.
    pub async fn begin_reference(
        &self,
        new: NewReference,
        state: DeliveryState,
        now: i64,
    ) -> Result<bool, StoreError> {
        let insert = sql(concat!(insert!(), "(?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)"));
        let insert = of_source(insert, new.owner, new.source, new.part)
            .bind(direction_word(new.direction))
            .bind(new.copy_bot)
            .bind(new.copy_chat)
            .bind(state.word())
            .bind(now)
            .bind(self.process.id)
            .jointly(&BEGINNINGS);
        match self.insert_new(insert).await? {
            Inserted::Now => {
                now_is(new.source, new.part, state);
                Ok(true)
            }
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
        if written.rows > 0 {
            now_is(reference.source, part, state);
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

    /// Lets a message that was given up count as written at this moment, at which it is sent after
    /// all; one that is sent keeps its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn written_anew(
        &self,
        owner: OwnerId,
        source: MessageKey,
        now: i64,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET created_at = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ? AND state <> 'sent'")
        .bind(now);
        self.write(of_source(update, owner, source, Part::Main)).await?;
        Ok(())
    }

    /// Records that the copy exists: `sent`, or `failed` when a part of the message is missing and
    /// its sender is still to be told. Where another process took over meanwhile there are two
    /// copies; this one is then recorded beside the other one's, so that replies to both are known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_attempt(
        &self,
        made: &Made,
        state: DeliveryState,
        reason: Option<&'static str>,
    ) -> Result<(), StoreError> {
        let NewReference { owner, source, part, .. } = made.of;
        let update = match (state, reason) {
            (DeliveryState::Sent, None) => sql("UPDATE message_references \
                 SET state = 'sent', reason = NULL, copy_message = ? \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
                 AND part = ? AND (holder = ? OR (holder IS NULL AND state IN ('sending', 'held')))")
            .jointly(&ENDINGS),
            _ => sql("UPDATE message_references SET state = ?, reason = ?, copy_message = ? \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
                 AND part = ? AND (holder = ? OR (holder IS NULL AND state IN ('sending', 'held')))")
            .bind(state.word())
            .bind(reason.map(str::to_owned)),
        };
        let update = of_source(update.bind(made.copy), owner, source, part).bind(self.process.id);
        if self.write(update).await?.rows > 0 {
            now_is(source, part, state);
            return Ok(());
        }
        self.add_copy(made).await
    }

    /// Records in one commit that the copies of several messages of one chat exist: at most ten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_attempts(&self, made: &[Made]) -> Result<(), StoreError> {
        let Some(last) = made.last() else { return Ok(()) };
        let update = sql("UPDATE message_references SET state = 'sent', reason = NULL, \
             copy_message = CASE source_message WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? \
             WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? \
             WHEN ? THEN ? WHEN ? THEN ? END \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND source_message IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AND holder = ?");
        // One statement for every number of copies: the last one fills up.
        let filled = || made.iter().chain(std::iter::repeat(last)).take(10);
        let update = filled()
            .fold(update, |update, made| update.bind(made.of.source.message).bind(made.copy));
        let NewReference { owner, source, .. } = last.of;
        let update = update.bind(owner).bind(source.bot).bind(source.chat);
        let update = filled().fold(update, |update, made| update.bind(made.of.source.message));
        let found = self.write(update.bind(self.process.id)).await?.rows;
        if usize::try_from(found).is_ok_and(|found| found == made.len()) {
            for made in made {
                now_is(made.of.source, Part::Main, DeliveryState::Sent);
            }
            return Ok(());
        }
        for made in made {
            self.finish_attempt(made, DeliveryState::Sent, None).await?;
        }
        Ok(())
    }

    /// Records a second copy of a message whose reference is another process's by now.
    async fn add_copy(&self, made: &Made) -> Result<(), StoreError> {
        let NewReference { owner, source, part, .. } = made.of;
        let known = self.reference_of_source(owner, source, part).await?;
        if known.is_none_or(|known| known.copy_message == Some(made.copy)) {
            // It was forgotten meanwhile, or recorded by a first try of the same statement.
            return Ok(());
        }
        let insert = sql("INSERT INTO message_references (owner_id, source_bot, source_chat, \
             source_message, part, direction, copy_bot, copy_chat, state, attempts, created_at, \
             copy_message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'sent', 1, ?, ?)");
        let insert = of_source(insert, owner, source, Part::Pointer(made.copy.0))
            .bind(direction_word(made.of.direction))
            .bind(made.of.copy_bot)
            .bind(made.of.copy_chat)
            .bind(clock::now_ms())
            .bind(made.copy);
        self.insert_new(insert).await?;
        Ok(())
    }

    /// Records the message of ours that a reference without an attempt stands for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_pointer(
        &self,
        owner: OwnerId,
        source: MessageKey,
        part: Part,
        pointer: MessageId,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET copy_message = ? \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = ?")
        .bind(pointer);
        self.write(of_source(update, owner, source, part)).await?;
        Ok(())
    }

    /// Lets go of a message with all its parts, which this process had begun to deliver and gave
    /// up without knowing how that ended: another one may go on. `unsent`: nothing was sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn let_go(
        &self,
        owner: OwnerId,
        source: MessageKey,
        unsent: bool,
    ) -> Result<(), StoreError> {
        if unsent {
            self.mark_state(owner, source, Part::Main, DeliveryState::Held).await?;
        }
        let update = sql("UPDATE message_references SET holder = NULL \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND holder = ? AND state IN ('sending', 'held')")
        .bind(owner)
        .bind(source.bot)
        .bind(source.chat)
        .bind(source.message)
        .bind(self.process.id);
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
        let held = self.write(update).await?.rows > 0;
        if held {
            now_is(source, part, state);
        }
        Ok(held)
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
        let update = of_source(update, owner, source, part).bind(self.process.id);
        if self.write(update).await?.rows > 0 {
            now_is(source, part, state);
        }
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
        // Nor must word of a failure that another process has made good meanwhile.
        let update = match state {
            DeliveryState::Sending | DeliveryState::Held => {
                sql("UPDATE message_references SET state = ?, reason = ? \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
                 AND part = ? AND copy_message IS NULL")
            }
            DeliveryState::Told => sql("UPDATE message_references SET state = ?, reason = ? \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
                 AND part = ? AND state <> 'sent'"),
            _ => sql("UPDATE message_references SET state = ?, reason = ? \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
                 AND part = ?"),
        };
        let update = update.bind(state.word()).bind(reason.map(str::to_owned));
        if self.write(of_source(update, owner, source, part)).await?.rows > 0 {
            // A copy taken back keeps its state; the reason is what was written.
            match reason {
                Some(reason) if reason.starts_with(DELETED) => now_reads(source, part, DELETED),
                _ => now_is(source, part, state),
            }
        }
        Ok(())
    }
}
