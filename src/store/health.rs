//! Table `bot_health`: what has to be told of a bot that fares badly, and how often its updates
//! were ordered anew because somebody else had ordered them. The master bot has a row, too.

use super::{Inserted, Store, StoreError, sql};
use crate::model::{BotId, BotState, OwnerId};

/// An alarm its owner has not been told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The client bot.
    pub bot: BotId,
    /// Its tenant.
    pub owner: OwnerId,
    /// Its username, without `@`.
    pub username: String,
    /// How it fares.
    pub state: BotState,
}

/// Alarms told in one go.
const AT_A_TIME: i64 = 100;

impl Store {
    /// Records that the owner is to be told how a bot fares; nothing when that stands there already.
    pub async fn raise_alarm(&self, bot: BotId, state: BotState) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO bot_health (alarm, bot_id, reset_1, reset_2, reset_3) \
             VALUES (?, ?, 0, 0, 0)");
        if self.insert_new(insert.bind(state.word()).bind(bot)).await? == Inserted::Now {
            return Ok(());
        }
        let update = sql("UPDATE bot_health SET alarm = ?, told_at = NULL \
             WHERE bot_id = ? AND (alarm IS NULL OR alarm <> ?)");
        self.write(update.bind(state.word()).bind(bot).bind(state.word())).await?;
        Ok(())
    }

    /// The alarms that are still to be told, at most a hundred. That a bot works again waits until
    /// it does.
    pub async fn alarms_to_tell(&self) -> Result<Vec<Alarm>, StoreError> {
        let query = sql("SELECT h.bot_id, b.owner_id, b.username, h.alarm FROM bot_health h \
             JOIN bots b ON b.bot_id = h.bot_id \
             WHERE h.alarm IS NOT NULL AND h.told_at IS NULL AND b.state <> 'removed' \
             AND (h.alarm <> 'active' OR b.state = 'active') \
             ORDER BY h.bot_id LIMIT ?");
        let rows = self.list::<(i64, i64, String, String)>(query.bind(AT_A_TIME)).await?;
        let alarm = |(bot, owner, username, word): (i64, i64, String, String)| {
            let state =
                BotState::from_word(&word).ok_or(StoreError::Corrupt("bot_health.alarm"))?;
            Ok(Alarm { bot: BotId(bot), owner: OwnerId(owner), username, state })
        };
        rows.into_iter().map(alarm).collect()
    }

    /// Records that an alarm was told; `false` when it is over by now.
    pub async fn alarm_told(&self, alarm: &Alarm, now: i64) -> Result<bool, StoreError> {
        let update = sql("UPDATE bot_health SET told_at = ? WHERE bot_id = ? AND alarm = ?");
        let told = self.write(update.bind(now).bind(alarm.bot).bind(alarm.state.word())).await?;
        Ok(told.changed())
    }

    /// The bot fares well again. Its owner is to be told so, if he was told of this alarm.
    pub async fn end_told_alarm(&self, bot: BotId, state: BotState) -> Result<(), StoreError> {
        // In one statement: it may be told at this moment. From left to right, so that both databases
        // look at the same value.
        let update = sql("UPDATE bot_health \
             SET alarm = CASE WHEN told_at IS NULL THEN NULL ELSE ? END, told_at = NULL \
             WHERE bot_id = ? AND alarm = ?");
        self.write(update.bind(BotState::Active.word()).bind(bot).bind(state.word())).await?;
        Ok(())
    }

    /// The owner is to be told that a bot fares well, unless there is an alarm by now.
    pub async fn raise_if_over(&self, bot: BotId) -> Result<(), StoreError> {
        let update = sql("UPDATE bot_health SET alarm = ?, told_at = NULL \
             WHERE bot_id = ? AND alarm IS NULL");
        self.write(update.bind(BotState::Active.word()).bind(bot)).await?;
        Ok(())
    }

    /// The bot fares well: there is nothing to tell, and the next alarm is news.
    pub async fn end_alarm(&self, bot: BotId) -> Result<(), StoreError> {
        let update = sql("UPDATE bot_health SET alarm = NULL, told_at = NULL WHERE bot_id = ?");
        self.write(update.bind(bot)).await?;
        Ok(())
    }

    /// Records that a bot's updates are ordered anew; `false` when that happened three times since
    /// `limit` already or, asked for the `first` in a while, at all since `limit`.
    pub async fn take_reset(
        &self,
        bot: BotId,
        limit: i64,
        now: i64,
        first: bool,
    ) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO bot_health (reset_3, bot_id, reset_1, reset_2) \
             VALUES (?, ?, 0, 0)");
        if self.insert_new(insert.bind(now).bind(bot)).await?.is_ours() {
            return Ok(true);
        }
        // From left to right, so that both databases move the same values.
        let update = if first {
            sql("UPDATE bot_health SET reset_1 = reset_2, reset_2 = reset_3, reset_3 = ? \
                 WHERE bot_id = ? AND reset_3 <= ?")
        } else {
            sql("UPDATE bot_health SET reset_1 = reset_2, reset_2 = reset_3, reset_3 = ? \
                 WHERE bot_id = ? AND reset_1 <= ?")
        };
        Ok(self.write(update.bind(now).bind(bot).bind(limit)).await?.changed())
    }

    /// Takes back the latest reset: it certainly did not come about.
    pub async fn return_reset(&self, bot: BotId) -> Result<(), StoreError> {
        let update =
            sql("UPDATE bot_health SET reset_3 = reset_2, reset_2 = reset_1, reset_1 = 0 \
             WHERE bot_id = ?");
        self.write(update.bind(bot)).await?;
        Ok(())
    }

    /// Forgets how a bot fared: it has a new token.
    pub async fn forget_health(&self, bot: BotId) -> Result<(), StoreError> {
        self.write(sql("DELETE FROM bot_health WHERE bot_id = ?").bind(bot)).await?;
        Ok(())
    }
}
