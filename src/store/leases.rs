//! Table `leases`: what only one process at a time may do, such as passing on what is parked in a
//! chat. A lease ends with its process, whose life [`Store::lives`] knows; a file of SQLite has one
//! process anyway, so that nothing is written there.

use teloxide::types::ChatId;

use super::{Inserted, Pool, Store, StoreError, sql, statement::Statement};
use crate::model::BotId;

/// What a lease is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Handling what happens in a chat.
    Chat,
    /// The installation's background work.
    Duties,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Duties => "duties",
        }
    }
}

fn of_key(statement: Statement, (bot, chat): (BotId, ChatId), purpose: Purpose) -> Statement {
    statement.bind(bot).bind(chat).bind(purpose.word())
}

impl Store {
    /// Takes a lease, or finds it taken by this process; `false` when another one that lives has it.
    /// Each one taken is to be given back by [`Store::end_lease`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_lease(
        &self,
        key: (BotId, ChatId),
        purpose: Purpose,
    ) -> Result<bool, StoreError> {
        let _turn = self.process.lease_turns.turn((key, purpose)).await;
        let taken = self.claim_lease(key, purpose).await?;
        if taken {
            *self.process.leases().entry((key, purpose)).or_default() += 1;
        }
        Ok(taken)
    }

    async fn claim_lease(
        &self,
        key: (BotId, ChatId),
        purpose: Purpose,
    ) -> Result<bool, StoreError> {
        if matches!(self.pool, Pool::Sqlite { .. }) {
            return Ok(true);
        }
        match purpose {
            Purpose::Chat => self.stay_alive().await.map(|_| ())?,
            // It is asked for now and then: no reason to give signs of life all the time.
            Purpose::Duties => self.be_alive().await?,
        }
        let me = self.process.id;
        let insert =
            sql("INSERT INTO leases (holder, bot_id, chat_id, purpose) VALUES (?, ?, ?, ?)");
        if self.insert_new(of_key(insert.bind(me), key, purpose)).await? == Inserted::Now {
            return Ok(true);
        }
        let Some(holder) = self.holder_of(key, purpose).await? else {
            // It was given back meanwhile; whoever asks again may be luckier.
            return Ok(false);
        };
        if holder == me {
            return Ok(true);
        }
        if self.lives(holder).await? {
            return Ok(false);
        }
        let update = sql("UPDATE leases SET holder = ? \
                          WHERE bot_id = ? AND chat_id = ? AND purpose = ? AND holder = ?");
        if self.write(of_key(update.bind(me), key, purpose).bind(holder)).await?.rows > 0 {
            return Ok(true);
        }
        // Somebody else in this process may have been quicker, or the first try of this one.
        Ok(self.holder_of(key, purpose).await? == Some(me))
    }

    async fn holder_of(
        &self,
        key: (BotId, ChatId),
        purpose: Purpose,
    ) -> Result<Option<i64>, StoreError> {
        let query =
            sql("SELECT holder FROM leases WHERE bot_id = ? AND chat_id = ? AND purpose = ?");
        let found = self.find::<(i64,)>(of_key(query, key, purpose)).await?;
        Ok(found.map(|(holder,)| holder))
    }

    /// Gives a lease back; others get it when the last one who took it in this process has done so.
    /// Where the database fails that is made up for later, see [`Store::end_leases_left`].
    pub async fn end_lease(&self, key: (BotId, ChatId), purpose: Purpose) {
        let _turn = self.process.lease_turns.turn((key, purpose)).await;
        let is_last = {
            let mut leases = self.process.leases();
            let left = leases.get(&(key, purpose)).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                leases.remove(&(key, purpose));
            } else {
                leases.insert((key, purpose), left);
            }
            left == 0
        };
        if is_last && let Err(error) = self.delete_lease(key, purpose).await {
            tracing::debug!(%error, "a lease is given back later");
            self.process.leases_left().insert((key, purpose));
        }
    }

    /// Gives back what could not be given back at its end: others would wait for it as long as this
    /// process lives.
    pub(super) async fn end_leases_left(&self) {
        let left: Vec<_> = self.process.leases_left().iter().copied().collect();
        for (key, purpose) in left {
            let _turn = self.process.lease_turns.turn((key, purpose)).await;
            let is_taken = self.process.leases().contains_key(&(key, purpose));
            if is_taken || self.delete_lease(key, purpose).await.is_ok() {
                self.process.leases_left().remove(&(key, purpose));
            }
        }
    }

    async fn delete_lease(&self, key: (BotId, ChatId), purpose: Purpose) -> Result<(), StoreError> {
        if matches!(self.pool, Pool::Sqlite { .. }) {
            return Ok(());
        }
        let delete = sql("DELETE FROM leases \
                          WHERE bot_id = ? AND chat_id = ? AND purpose = ? AND holder = ?");
        self.write(of_key(delete, key, purpose).bind(self.process.id)).await?;
        Ok(())
    }
}
