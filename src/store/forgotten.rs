//! What is removed when a customer asks to be forgotten, or an owner leaves, and the little that
//! stays: tables `forgettings` (under way), `forgotten_notices` (owners who are to be told, without
//! saying of whom) and `forgotten_marks` (keyed fingerprints: bans that go on holding, messages that
//! Telegram may deliver once more).
//!
//! Rows of a customer are found by his conversations. A conversation's own row goes last, so that
//! what a killed process left is found again.

use teloxide::types::{ChatId, MessageId};

use super::{
    Store, StoreError,
    presence::{Closed, Present, Whom},
    references::message_id,
    sql,
};
use crate::model::{BotId, MessageKey, OwnerId};

/// Messages of one customer and bot that are marked at most: Telegram repeats the latest alone.
const MARKED: i64 = 100;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A ban.
    Ban,
    /// A message that was settled before its sender was forgotten.
    Message,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Ban => "ban",
            Self::Message => "message",
        }
    }
}

/// A mark as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// What it stands for.
    pub kind: Mark,
    /// The fingerprint.
    pub mark: Vec<u8>,
    /// From which bot a ban is; `None`: from all.
    pub only: Option<BotId>,
    /// When the ban was made, or the message forgotten, in UTC milliseconds.
    pub marked_at: i64,
}

impl Store {
    /// Begins something about somebody in this process; `None` while he is being forgotten. What is
    /// known of him is to be looked up after it, and it is held until nothing more is written.
    pub fn enter(&self, whom: Whom) -> Option<Present> {
        self.presence.enter(whom)
    }

    /// Goes on with what was acknowledged about somebody before, such as an album that waited for its
    /// moment, also while he is being forgotten; `None` once that is too late. Held like the above.
    pub fn go_on(&self, whom: Whom) -> Option<Present> {
        self.presence.go_on(whom)
    }

    /// Lets nothing more begin about somebody in this process; `None` where it is so already.
    pub fn close_to(&self, whom: Whom) -> Option<Closed> {
        self.presence.close(whom)
    }

    /// How often anybody was closed to so far in this process: what was looked up before may be gone.
    pub fn closings(&self) -> u64 {
        self.presence.closings()
    }

    /// Writes that somebody is being forgotten, for all processes; gives the number of it and when
    /// that began.
    pub async fn begin_forgetting(
        &self,
        person: ChatId,
        now: i64,
    ) -> Result<(i64, i64), StoreError> {
        let insert = sql("INSERT INTO forgettings (person_id, ticket, asked_at) VALUES (?, ?, ?)");
        let ticket = rand::random_range(1..i64::MAX);
        self.insert_new(insert.bind(person).bind(ticket).bind(now)).await?;
        let query = sql("SELECT ticket, asked_at FROM forgettings WHERE person_id = ?");
        Ok(self.find(query.bind(person)).await?.unwrap_or((ticket, now)))
    }

    /// Whether somebody is being forgotten, by whichever process.
    pub async fn is_being_forgotten(&self, person: ChatId) -> Result<bool, StoreError> {
        let query = sql("SELECT person_id FROM forgettings WHERE person_id = ?").bind(person);
        Ok(self.find::<(i64,)>(query).await?.is_some())
    }

    /// Those whom a process began to forget before `limit` and did not come to the end.
    pub async fn forgettings_before(&self, limit: i64) -> Result<Vec<ChatId>, StoreError> {
        let query = sql("SELECT person_id FROM forgettings WHERE asked_at < ? LIMIT 100");
        let rows = self.list::<(i64,)>(query.bind(limit)).await?;
        Ok(rows.into_iter().map(|(person,)| ChatId(person)).collect())
    }

    /// The last step of forgetting somebody.
    pub async fn end_forgetting(&self, person: ChatId) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM forgettings WHERE person_id = ?").bind(person);
        self.write(delete).await?;
        Ok(())
    }

    /// The conversations of a customer in the whole installation, and what is kept like one.
    pub async fn conversations_of_person(
        &self,
        person: ChatId,
    ) -> Result<Vec<(OwnerId, BotId)>, StoreError> {
        let query = sql("SELECT owner_id, bot_id FROM conversations WHERE customer_id = ? \
             UNION SELECT owner_id, bot_id FROM conversation_states WHERE customer_id = ? \
             UNION SELECT b.owner_id, l.bot_id FROM languages l JOIN bots b \
             ON b.bot_id = l.bot_id WHERE l.person_id = ?");
        let rows = self.list::<(i64, i64)>(query.bind(person).bind(person).bind(person)).await?;
        Ok(rows.into_iter().map(|(owner, bot)| (OwnerId(owner), BotId(bot))).collect())
    }

    /// Owners who know a customer: those he wrote to, or who noted or decided something about him.
    pub async fn owners_of_person(&self, person: ChatId) -> Result<Vec<OwnerId>, StoreError> {
        let query = sql("SELECT owner_id FROM conversations WHERE customer_id = ? \
             UNION SELECT owner_id FROM bans WHERE customer_id = ? \
             UNION SELECT owner_id FROM notes WHERE customer_id = ?");
        let rows = self.list::<(i64,)>(query.bind(person).bind(person).bind(person)).await?;
        Ok(rows.into_iter().map(|(owner,)| OwnerId(owner)).collect())
    }

    /// Whether another process that lives is at work in a chat of a person's, or makes a copy from or
    /// into one.
    pub async fn others_are_at(
        &self,
        person: ChatId,
        own_lease: BotId,
        conversations: &[(OwnerId, BotId)],
    ) -> Result<bool, StoreError> {
        if !self.is_shared() {
            return Ok(false);
        }
        let leases = sql("SELECT holder FROM leases WHERE chat_id = ? AND bot_id <> ?");
        let mut holders = self.list::<(i64,)>(leases.bind(person).bind(own_lease)).await?;
        for (owner, bot) in conversations {
            let inbound = sql("SELECT DISTINCT holder FROM message_references \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ? \
                 AND state IN ('sending', 'held') AND holder IS NOT NULL");
            holders
                .extend(self.list::<(i64,)>(inbound.bind(*owner).bind(*bot).bind(person)).await?);
            let outbound = sql("SELECT DISTINCT holder FROM message_references \
                 WHERE copy_bot = ? AND copy_chat = ? AND state IN ('sending', 'held') \
                 AND holder IS NOT NULL");
            holders.extend(self.list::<(i64,)>(outbound.bind(*bot).bind(person)).await?);
        }
        for (holder,) in holders {
            if holder != self.process.id && self.lives(holder).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A customer's messages to a bot that are not settled: neither with its owner, nor was he told
    /// that they are not. `true`: it is not known whether one is.
    pub async fn unsettled_of(
        &self,
        owner: OwnerId,
        bot: BotId,
        person: ChatId,
    ) -> Result<Vec<(MessageId, bool)>, StoreError> {
        let query = sql("SELECT source_message, state FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND direction = 'in' AND state IN ('sending', 'held', 'failed') \
             AND copy_message IS NULL ORDER BY source_message LIMIT 100");
        let rows = self.list::<(i64, String)>(query.bind(owner).bind(bot).bind(person)).await?;
        let read = |(message, state): (i64, String)| {
            let message = message_id(message, "message_references.source_message")?;
            Ok((message, state == "sending"))
        };
        rows.into_iter().map(read).collect()
    }

    /// Writes that a message is settled without a copy: he was told so.
    pub async fn settle_untold(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE message_references SET state = 'told', holder = NULL \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND source_message = ? \
             AND part = 0 AND state <> 'sent'");
        let update = update.bind(owner).bind(source.bot).bind(source.chat);
        self.write(update.bind(source.message)).await?;
        Ok(())
    }

    /// The latest settled messages of a customer since `since`, which Telegram may deliver once more.
    pub async fn settled_since(
        &self,
        owner: OwnerId,
        bot: BotId,
        person: ChatId,
        since: i64,
    ) -> Result<Vec<MessageKey>, StoreError> {
        let query = sql("SELECT source_message FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND direction = 'in' AND created_at >= ? ORDER BY source_message DESC LIMIT ?");
        let query = query.bind(owner).bind(bot).bind(person).bind(since).bind(MARKED);
        let rows = self.list::<(i64,)>(query).await?;
        let read = |(message,): (i64,)| {
            let message = message_id(message, "message_references.source_message")?;
            Ok(MessageKey { bot, chat: person, message })
        };
        rows.into_iter().map(read).collect()
    }

    /// Keeps a mark; one that is there stays.
    pub async fn put_mark(&self, owner: OwnerId, marked: &Marked) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO forgotten_marks (owner_id, mark, bot_id, kind, marked_at) \
                          VALUES (?, ?, ?, ?, ?)")
        .bind(owner)
        .bind(marked.mark.clone())
        .bind(marked.only.map_or(0, |bot| bot.0))
        .bind(marked.kind.word())
        .bind(marked.marked_at);
        self.insert_new(insert).await?;
        Ok(())
    }

    /// What is marked by either of two fingerprints.
    pub async fn marks(
        &self,
        owner: OwnerId,
        [one, other]: [Vec<u8>; 2],
    ) -> Result<Vec<Marked>, StoreError> {
        let query = sql("SELECT mark, bot_id, kind, marked_at FROM forgotten_marks \
                         WHERE owner_id = ? AND mark IN (?, ?)");
        let rows =
            self.list::<(Vec<u8>, i64, String, i64)>(query.bind(owner).bind(one).bind(other));
        let read = |(mark, bot, kind, marked_at): (Vec<u8>, i64, String, i64)| {
            let kind = [Mark::Ban, Mark::Message].into_iter().find(|known| known.word() == kind);
            let kind = kind.ok_or(StoreError::Corrupt("forgotten_marks.kind"))?;
            Ok(Marked { kind, mark, only: (bot != 0).then_some(BotId(bot)), marked_at })
        };
        rows.await?.into_iter().map(read).collect()
    }

    /// Takes a mark away: what it stood for has its row again.
    pub async fn remove_mark(&self, owner: OwnerId, mark: Vec<u8>) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM forgotten_marks WHERE owner_id = ? AND mark = ?");
        self.write(delete.bind(owner).bind(mark)).await?;
        Ok(())
    }

    /// Forgets which messages were forgotten before `limit`: Telegram repeats none after 24 h.
    pub async fn forget_message_marks_before(&self, limit: i64) -> Result<u64, StoreError> {
        let delete = sql("DELETE FROM forgotten_marks WHERE kind = 'message' AND marked_at < ?");
        Ok(self.write(delete.bind(limit)).await?.rows)
    }

    /// All bans of a person, whoever made them.
    pub async fn bans_of_person(
        &self,
        person: ChatId,
    ) -> Result<Vec<(OwnerId, Option<BotId>, i64)>, StoreError> {
        let query = sql("SELECT owner_id, bot_id, banned_at FROM bans WHERE customer_id = ?");
        let rows = self.list::<(i64, i64, i64)>(query.bind(person)).await?;
        let ban = |(owner, bot, at)| (OwnerId(owner), (bot != 0).then_some(BotId(bot)), at);
        Ok(rows.into_iter().map(ban).collect())
    }

    /// An owner is to be told that a customer of his was forgotten.
    pub async fn note_forgotten(
        &self,
        owner: OwnerId,
        ticket: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let insert =
            sql("INSERT INTO forgotten_notices (owner_id, ticket, noted_at) VALUES (?, ?, ?)");
        self.insert_new(insert.bind(owner).bind(ticket).bind(now)).await?;
        Ok(())
    }

    /// Owners who are to be told, since before `limit`.
    pub async fn forgotten_notices(&self, limit: i64) -> Result<Vec<(OwnerId, i64)>, StoreError> {
        let query = sql("SELECT owner_id, ticket FROM forgotten_notices WHERE noted_at <= ? \
                         ORDER BY noted_at LIMIT 100");
        let rows = self.list::<(i64, i64)>(query.bind(limit)).await?;
        Ok(rows.into_iter().map(|(owner, ticket)| (OwnerId(owner), ticket)).collect())
    }

    /// An owner was told.
    pub async fn forgotten_is_told(&self, owner: OwnerId, ticket: i64) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM forgotten_notices WHERE owner_id = ? AND ticket = ?");
        self.write(delete.bind(owner).bind(ticket)).await?;
        Ok(())
    }

    /// Removes all rows of a customer's conversation with one bot; its own last.
    pub async fn forget_conversation(
        &self,
        owner: OwnerId,
        bot: BotId,
        person: ChatId,
    ) -> Result<(), StoreError> {
        for delete in [
            // Items of an owner's album on their way to him.
            sql("DELETE FROM parked WHERE kind = 'kept' AND EXISTS (SELECT 1 \
                 FROM message_references r WHERE r.owner_id = ? AND r.copy_bot = ? \
                 AND r.copy_chat = ? AND r.source_bot = parked.bot_id \
                 AND r.source_chat = parked.chat_id AND r.source_message = parked.message_id)"),
            sql(
                "DELETE FROM album_items WHERE owner_id = ? AND source_bot = ? AND source_chat = ?",
            ),
            sql("DELETE FROM message_references \
                 WHERE owner_id = ? AND source_bot = ? AND source_chat = ?"),
            sql("DELETE FROM message_references \
                 WHERE owner_id + 0 = ? AND copy_bot = ? AND copy_chat = ?"),
            sql("DELETE FROM labels WHERE owner_id = ? AND bot_id = ? AND customer_id = ?"),
            sql("DELETE FROM conversation_states \
                 WHERE owner_id = ? AND bot_id = ? AND customer_id = ?"),
            sql("DELETE FROM conversations WHERE owner_id = ? AND bot_id = ? AND customer_id = ?"),
        ] {
            self.write(delete.bind(owner).bind(bot).bind(person)).await?;
        }
        Ok(())
    }

    /// Removes what is stored of a customer beside his conversations. Rows about him as an owner, in
    /// his chat with the master bot, stay.
    pub async fn forget_person(&self, person: ChatId, master: BotId) -> Result<(), StoreError> {
        for delete in [
            sql("DELETE FROM languages WHERE person_id = ? AND bot_id <> ?"),
            sql("DELETE FROM parked WHERE chat_id = ? AND bot_id <> ?"),
        ] {
            self.write(delete.bind(person).bind(master)).await?;
        }
        for delete in [
            sql("DELETE FROM notes WHERE customer_id = ?"),
            sql("DELETE FROM bans WHERE customer_id = ?"),
            sql("DELETE FROM refused_chats WHERE chat_id = ?"),
        ] {
            self.write(delete.bind(person)).await?;
        }
        self.forget_in_dialogues(person).await?;
        self.forget_dead_leases(person).await
    }

    /// Ends the dialogues of owners that are about a customer.
    async fn forget_in_dialogues(&self, person: ChatId) -> Result<(), StoreError> {
        let [in_between, at_end] =
            [",", "}"].map(|after| format!("%\"customer\":{}{after}%", person.0));
        let delete = sql("DELETE FROM dialogues WHERE state LIKE ? OR state LIKE ?");
        self.write(delete.bind(in_between).bind(at_end)).await?;
        Ok(())
    }

    /// Removes leases in a chat that processes left which are gone.
    pub(super) async fn forget_dead_leases(&self, chat: ChatId) -> Result<(), StoreError> {
        let query = sql("SELECT DISTINCT holder FROM leases WHERE chat_id = ?").bind(chat);
        for (holder,) in self.list::<(i64,)>(query).await? {
            if !self.lives(holder).await? {
                let delete = sql("DELETE FROM leases WHERE chat_id = ? AND holder = ?");
                self.write(delete.bind(chat).bind(holder)).await?;
            }
        }
        Ok(())
    }
}
