//! Table `conversation_states`: who waits for an answer and since when, and what else changes in a
//! conversation while both talk. A row is written when something changes, not for every message.

use teloxide::types::{ChatId, MessageId};

use super::{Inserted, Store, StoreError, references::message_id, sql, statement::Statement};
use crate::model::{BotId, OwnerId, Waiting};

/// Which conversation: the tenant, the client bot, the customer's chat with it.
pub type ConversationKey = (OwnerId, BotId, ChatId);

type WaitingColumns = (i64, i64, i64, i64, i64);

fn of_key(statement: Statement, (owner, bot, customer): ConversationKey) -> Statement {
    statement.bind(owner).bind(bot).bind(customer)
}

impl Store {
    /// The customer waits since `now` for an answer to `message`, unless he waits already.
    pub async fn begin_waiting(
        &self,
        key: ConversationKey,
        message: MessageId,
        now: i64,
    ) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO conversation_states \
             (waiting_since, waiting_message, owner_id, bot_id, customer_id) \
             VALUES (?, ?, ?, ?, ?)");
        if self.insert_new(of_key(insert.bind(now).bind(message), key)).await? == Inserted::Now {
            return Ok(());
        }
        let update = sql("UPDATE conversation_states \
             SET waiting_since = ?, waiting_message = ?, reminded_at = NULL \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? AND waiting_since IS NULL");
        self.write(of_key(update.bind(now).bind(message), key)).await?;
        Ok(())
    }

    /// The customer has his answer, and is no newcomer from now on; `false` when he was not
    /// waiting, and no newcomer.
    pub async fn end_waiting(&self, key: ConversationKey, now: i64) -> Result<bool, StoreError> {
        // MySQL sets one column after the other, so what looks at another one comes before it.
        let update = sql("UPDATE conversation_states \
             SET answered_at = CASE WHEN waiting_since IS NULL THEN answered_at ELSE ? END, \
             waiting_since = NULL, waiting_message = NULL, reminded_at = NULL, \
             trusted_at = COALESCE(trusted_at, ?) \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? \
             AND (waiting_since IS NOT NULL OR trusted_at IS NULL)");
        Ok(self.write(of_key(update.bind(now).bind(now), key)).await?.changed())
    }

    /// The same, only if it is this message that waits: `false` where another one does, or none.
    pub async fn end_waiting_of(
        &self,
        key: ConversationKey,
        message: MessageId,
        now: i64,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE conversation_states \
             SET waiting_since = NULL, waiting_message = NULL, reminded_at = NULL, \
             answered_at = ? WHERE owner_id = ? AND bot_id = ? AND customer_id = ? \
             AND waiting_since IS NOT NULL AND waiting_message = ?");
        Ok(self.write(of_key(update.bind(now), key).bind(message)).await?.changed())
    }

    /// After a message was taken back: the customer waits since the first of those that are left,
    /// or no more.
    pub async fn recount_waiting(&self, key: ConversationKey) -> Result<(), StoreError> {
        let (owner, bot, customer) = key;
        let query = sql("SELECT r.source_message, r.created_at FROM message_references r \
             JOIN conversation_states s ON s.owner_id = r.owner_id AND s.bot_id = r.source_bot \
             AND s.customer_id = r.source_chat \
             WHERE r.owner_id = ? AND r.source_bot = ? AND r.source_chat = ? AND r.part = 0 \
             AND r.copy_message IS NOT NULL AND (r.reason IS NULL OR r.reason NOT LIKE 'deleted%') \
             AND r.source_message >= s.waiting_message AND r.direction = 'in' \
             ORDER BY r.source_message LIMIT 1");
        let first = self.find::<(i64, i64)>(of_key(query, key)).await?;
        let (message, since) = first.unzip();
        let update = sql("UPDATE conversation_states SET waiting_since = ?, waiting_message = ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? AND waiting_since IS NOT NULL");
        let update = update.bind(since).bind(message);
        self.write(of_key(update, (owner, bot, customer))).await?;
        Ok(())
    }

    /// An owner's customers who wait for an answer, the longest waiting first. Banned ones, and
    /// those of detached bots, do not count.
    pub async fn waiting_of(
        &self,
        owner: OwnerId,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<Waiting>, StoreError> {
        let query = sql("SELECT s.owner_id, s.bot_id, s.customer_id, s.waiting_since, \
             s.waiting_message FROM conversation_states s \
             JOIN bots b ON b.bot_id = s.bot_id AND b.owner_id = s.owner_id \
             WHERE s.owner_id = ? AND s.waiting_since IS NOT NULL AND b.state <> 'removed' \
             AND NOT EXISTS (SELECT 1 FROM bans n WHERE n.owner_id = s.owner_id \
             AND n.customer_id = s.customer_id AND n.bot_id IN (0, s.bot_id)) \
             ORDER BY s.waiting_since, s.bot_id, s.customer_id LIMIT ? OFFSET ?");
        let rows = self.list::<WaitingColumns>(query.bind(owner).bind(limit).bind(offset)).await?;
        rows.into_iter().map(waiting).collect()
    }

    /// The customers of one client bot who have waited since before `limit` and of whom the owner
    /// has not been reminded. One who is suspended can't answer them.
    pub async fn forgotten_by(
        &self,
        owner: OwnerId,
        bot: BotId,
        limit: i64,
    ) -> Result<Vec<Waiting>, StoreError> {
        let query = sql("SELECT s.owner_id, s.bot_id, s.customer_id, s.waiting_since, \
             s.waiting_message FROM conversation_states s \
             WHERE s.owner_id = ? AND s.bot_id = ? AND s.waiting_since <= ? \
             AND s.reminded_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM owners o WHERE o.owner_id = s.owner_id \
             AND o.suspended_at IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM bans n WHERE n.owner_id = s.owner_id \
             AND n.customer_id = s.customer_id AND n.bot_id IN (0, s.bot_id)) \
             ORDER BY s.waiting_since, s.customer_id LIMIT 50");
        let rows = self.list::<WaitingColumns>(query.bind(owner).bind(bot).bind(limit)).await?;
        rows.into_iter().map(waiting).collect()
    }

    /// Remembers that the owner was reminded of a waiting customer; `false` when he was before.
    pub async fn mark_reminded(&self, key: ConversationKey, now: i64) -> Result<bool, StoreError> {
        let update = sql("UPDATE conversation_states SET reminded_at = ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? AND reminded_at IS NULL \
             AND waiting_since IS NOT NULL");
        Ok(self.write(of_key(update.bind(now), key)).await?.changed())
    }

    /// Forgets that the owner was reminded: it could not be said.
    pub async fn unmark_reminded(&self, key: ConversationKey) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states SET reminded_at = NULL \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        self.write(of_key(update, key)).await?;
        Ok(())
    }

    /// Remembers that the customer was told that his messages arrive; `false` when he was before.
    pub async fn mark_acknowledged(
        &self,
        key: ConversationKey,
        now: i64,
    ) -> Result<bool, StoreError> {
        // On the side of what it acknowledges, so that the conversation may be gone by now.
        let insert = sql("INSERT INTO conversation_states \
             (acknowledged_at, owner_id, bot_id, customer_id) \
             SELECT ?, owner_id, bot_id, customer_id FROM conversations \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let inserted = self.insert_new(of_key(insert.bind(now), key)).await?;
        if inserted == Inserted::Now {
            return Ok(true);
        }
        let update = sql("UPDATE conversation_states SET acknowledged_at = ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? AND acknowledged_at IS NULL");
        let updated = self.write(of_key(update.bind(now), key)).await?;
        Ok(updated.changed() || inserted.is_ours())
    }

    /// Remembers since when the customer blocks the bot, or that he does not.
    pub async fn set_blocked(
        &self,
        key: ConversationKey,
        since: Option<i64>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states SET blocked_at = ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO conversation_states \
             (blocked_at, owner_id, bot_id, customer_id) VALUES (?, ?, ?, ?)");
        self.put(of_key(update.bind(since), key), of_key(insert.bind(since), key)).await
    }

    /// Remembers whether the customer has Telegram Premium.
    pub async fn set_premium(&self, key: ConversationKey, is: bool) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states SET is_premium = ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ?");
        let insert = sql("INSERT INTO conversation_states \
             (is_premium, owner_id, bot_id, customer_id) VALUES (?, ?, ?, ?)");
        let is = i64::from(is);
        self.put(of_key(update.bind(is), key), of_key(insert.bind(is), key)).await
    }

    /// Takes note of a message that is not passed on because it came too fast, once however often
    /// it is delivered: `count` adds it to those the owner does not know of, `told` is when the
    /// customer was told now.
    pub async fn refuse(
        &self,
        key: ConversationKey,
        message: MessageId,
        count: bool,
        told: Option<i64>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states \
             SET refused = COALESCE(refused, 0) + ?, refused_upto = ?, \
             refused_told_at = COALESCE(?, refused_told_at) \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? \
             AND (refused_upto IS NULL OR refused_upto < ?)");
        let update = update.bind(i64::from(count)).bind(message).bind(told);
        if self.write(of_key(update, key).bind(message)).await?.rows == 0 {
            let insert = sql("INSERT INTO conversation_states \
                 (refused, refused_upto, refused_told_at, owner_id, bot_id, customer_id) \
                 VALUES (?, ?, ?, ?, ?, ?)");
            let insert = insert.bind(i64::from(count)).bind(message).bind(told);
            self.insert_new(of_key(insert, key)).await?;
        }
        Ok(())
    }

    /// The owner has seen that so many messages were not passed on.
    pub async fn refusals_shown(&self, key: ConversationKey, count: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE conversation_states SET refused = refused - ? \
             WHERE owner_id = ? AND bot_id = ? AND customer_id = ? AND refused >= ?");
        self.write(of_key(update.bind(count), key).bind(count)).await?;
        Ok(())
    }
}

fn waiting(row: WaitingColumns) -> Result<Waiting, StoreError> {
    let (owner, bot, customer, since, message) = row;
    Ok(Waiting {
        owner: OwnerId(owner),
        bot: BotId(bot),
        customer: ChatId(customer),
        since,
        message: message_id(message, "conversation_states.waiting_message")?,
    })
}
