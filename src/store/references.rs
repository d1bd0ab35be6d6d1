//! Table `message_references`: which copy stands for which message. Never content.
//!
//! Found by its source (a second delivery of the same message) and by its copy (a reply to it).
//! Both look-ups name the tenant and the full key. In look-ups by copy the tenant stands as
//! `owner_id + 0`: a bare `owner_id` draws SQLite to the table's own key, and it reads every
//! reference of the owner.

mod attempts;
mod changes;
mod history;

pub use attempts::{Made, NewReference};

use sqlx::FromRow;
use teloxide::types::{ChatId, MessageId};

use super::ConversationKey;
use super::{Store, StoreError, sql, statement::Statement};
use crate::model::{
    BotId, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference, deleted_by,
};

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

pub(super) fn direction_word(direction: Direction) -> &'static str {
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

/// Says which state was just written, to whoever watches the protocol itself (level trace, ids only).
fn now_is(source: MessageKey, part: Part, state: DeliveryState) {
    now_reads(source, part, state.word());
}

/// The same of what is no state by itself: `deleted` is written as a reason.
fn now_reads(source: MessageKey, part: Part, state: &'static str) {
    tracing::trace!(
        bot.id = source.bot.0,
        chat.id = source.chat.0,
        message.id = source.message.0,
        part = part.number(),
        state,
        "reference"
    );
}

impl Store {
    async fn find_reference(&self, query: Statement) -> Result<Option<Reference>, StoreError> {
        self.find::<Columns>(query).await?.map(Reference::try_from).transpose()
    }

    async fn list_references(&self, query: Statement) -> Result<Vec<Reference>, StoreError> {
        let rows = self.list::<Columns>(query).await?;
        rows.into_iter().map(Reference::try_from).collect()
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

    /// Whether a message to this chat is being sent, begun before this time (UTC milliseconds), whose
    /// copy is not recorded yet.
    pub async fn is_sending_to(
        &self,
        owner: OwnerId,
        (copy_bot, chat): (BotId, ChatId),
        before: i64,
    ) -> Result<bool, StoreError> {
        let query = sql("SELECT DISTINCT holder FROM message_references \
             WHERE copy_bot = ? AND copy_chat = ? AND copy_message IS NULL AND owner_id + 0 = ? \
             AND state = 'sending' AND holder IS NOT NULL AND created_at < ? LIMIT 10")
        .bind(copy_bot)
        .bind(chat)
        .bind(owner)
        .bind(before);
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
}
