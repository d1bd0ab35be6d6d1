//! Table `bots`: the client bots, whose they are, their sealed tokens and how they fare.

use sqlx::FromRow;

use super::{Inserted, Store, StoreError, sql, statement::Statement};
use crate::model::{BotId, BotState, OwnerId};

/// A client bot as stored. The token is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotRow {
    /// Its Telegram id.
    pub bot: BotId,
    /// The owner who attached it.
    pub owner: OwnerId,
    /// Its username, without `@`.
    pub username: String,
    /// Its display name.
    pub name: String,
    /// Its sealed token; wiped when it is removed.
    pub token: Option<Vec<u8>>,
    /// Whether it runs.
    pub state: BotState,
    /// Fingerprint of the webhook Telegram was told, to notice that it changed.
    pub webhook: Option<Vec<u8>>,
    /// Its sealed settings; `None` while they are as at first.
    pub settings: Option<Vec<u8>>,
    /// When it was changed last, its settings included, in UTC milliseconds.
    pub changed_at: i64,
}

#[derive(FromRow)]
struct Columns {
    bot_id: i64,
    owner_id: i64,
    username: String,
    name: String,
    token: Option<Vec<u8>>,
    state: String,
    webhook: Option<Vec<u8>>,
    settings: Option<Vec<u8>>,
    updated_at: i64,
}

impl TryFrom<Columns> for BotRow {
    type Error = StoreError;

    fn try_from(row: Columns) -> Result<Self, StoreError> {
        Ok(Self {
            bot: BotId(row.bot_id),
            owner: OwnerId(row.owner_id),
            username: row.username,
            name: row.name,
            token: row.token,
            state: BotState::from_word(&row.state).ok_or(StoreError::Corrupt("bots.state"))?,
            webhook: row.webhook,
            settings: row.settings,
            changed_at: row.updated_at,
        })
    }
}

/// Begins a query for whole bots; what follows names which.
macro_rules! select {
    ($which:literal) => {
        sql(concat!(
            "SELECT b.bot_id, owner_id, username, name, token, state, webhook, settings, \
             updated_at FROM bots b LEFT JOIN bot_settings s ON s.bot_id = b.bot_id ",
            $which
        ))
    };
}

/// A bot, when it was changed (UTC milliseconds), and whether it has a token.
pub type Change = (BotId, i64, bool);

impl Store {
    /// A client bot, whoever owns it. Only attaching may ask without a tenant: a token proves more.
    pub async fn bot(&self, bot: BotId) -> Result<Option<BotRow>, StoreError> {
        let query = select!("WHERE b.bot_id = ?");
        self.find::<Columns>(query.bind(bot)).await?.map(BotRow::try_from).transpose()
    }

    /// An owner's client bots that are not removed, oldest first.
    pub async fn bots_of(&self, owner: OwnerId) -> Result<Vec<BotRow>, StoreError> {
        let query = select!(
            "WHERE owner_id = ? AND state <> 'removed' \
                         ORDER BY attached_at, b.bot_id"
        );
        let rows = self.list::<Columns>(query.bind(owner)).await?;
        rows.into_iter().map(BotRow::try_from).collect()
    }

    /// An owner's client bots that are not removed: those he chose to answer first, the one chosen
    /// last before all, then the others, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bots_by_choice(&self, owner: OwnerId) -> Result<Vec<BotId>, StoreError> {
        let query = sql("SELECT bot_id FROM bots WHERE owner_id = ? AND state <> 'removed' \
             ORDER BY CASE WHEN chosen_at IS NULL THEN 1 ELSE 0 END, chosen_at DESC, \
             attached_at, bot_id");
        let rows = self.list::<(i64,)>(query.bind(owner)).await?;
        Ok(rows.into_iter().map(|(bot,)| BotId(bot)).collect())
    }

    /// Puts one of an owner's bots before all others; `false` when he has no such bot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn choose_bot(
        &self,
        owner: OwnerId,
        bot: BotId,
        now: i64,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE bots SET chosen_at = ? \
             WHERE bot_id = ? AND owner_id = ? AND state <> 'removed'");
        Ok(self.write(update.bind(now).bind(bot).bind(owner)).await?.changed())
    }

    /// Every client bot with a token.
    pub async fn all_bots(&self) -> Result<Vec<BotRow>, StoreError> {
        let query = select!("WHERE token IS NOT NULL ORDER BY b.bot_id");
        let rows = self.list::<Columns>(query).await?;
        rows.into_iter().map(BotRow::try_from).collect()
    }

    /// Attaches a bot or gives it a new token. `false` when it is another owner's by now.
    pub async fn attach_bot(&self, row: &BotRow, now: i64) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO bots (bot_id, owner_id, username, name, token, state, \
                          attached_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(row.bot)
        .bind(row.owner)
        .bind(row.username.as_str())
        .bind(row.name.as_str())
        .bind(row.token.clone())
        .bind(row.state.word())
        .bind(now)
        .bind(now);
        if self.insert_new(insert).await? == Inserted::Now {
            return Ok(true);
        }
        // From left to right, so that both databases look at the owner before.
        let update = sql("UPDATE bots \
                          SET chosen_at = CASE WHEN owner_id = ? THEN chosen_at ELSE NULL END, \
                          owner_id = ?, username = ?, name = ?, token = ?, \
                          state = ?, webhook = NULL, \
                          updated_at = CASE WHEN updated_at < ? THEN ? ELSE updated_at + 1 END \
                          WHERE bot_id = ? AND (owner_id = ? OR state = 'removed')")
        .bind(row.owner)
        .bind(row.owner)
        .bind(row.username.as_str())
        .bind(row.name.as_str())
        .bind(row.token.clone())
        .bind(row.state.word())
        .bind(now)
        .bind(now)
        .bind(row.bot)
        .bind(row.owner);
        // Not by what may have been: another owner may have it.
        Ok(self.write(update).await?.rows > 0)
    }

    /// Keeps an owner's settings of a bot; `false` when he has no such bot.
    pub async fn put_bot_settings(
        &self,
        owner: OwnerId,
        bot: BotId,
        settings: Vec<u8>,
        now: i64,
    ) -> Result<bool, StoreError> {
        let own = self.bot(bot).await?;
        if own.is_none_or(|own| own.owner != owner || own.state == BotState::Removed) {
            return Ok(false);
        }
        let update = sql("UPDATE bot_settings SET settings = ?, changed_at = ? WHERE bot_id = ?");
        let insert =
            sql("INSERT INTO bot_settings (settings, changed_at, bot_id) VALUES (?, ?, ?)");
        let [update, insert] =
            [update, insert].map(|statement| statement.bind(settings.clone()).bind(now).bind(bot));
        self.put(update, insert).await?;
        // Which other processes notice.
        let touch = sql(
            "UPDATE bots SET updated_at = CASE WHEN updated_at < ? THEN ? ELSE updated_at + 1 END \
             WHERE bot_id = ?",
        )
        .bind(now)
        .bind(now)
        .bind(bot);
        self.write(touch).await?;
        Ok(true)
    }

    /// When a bot was changed last, in UTC milliseconds; `None` where it is not known.
    pub async fn bot_changed_at(&self, bot: BotId) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT updated_at FROM bots WHERE bot_id = ?").bind(bot);
        Ok(self.find::<(i64,)>(query).await?.map(|(at,)| at))
    }

    /// The bots changed at this time or later, at most a thousand: when, and whether they run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bots_changed_since(&self, at: i64) -> Result<Vec<Change>, StoreError> {
        let query = sql("SELECT bot_id, updated_at, CASE WHEN token IS NULL THEN 0 ELSE 1 END \
             FROM bots WHERE updated_at >= ? ORDER BY updated_at LIMIT 1000");
        self.bot_changes(query.bind(at)).await
    }

    /// The same of all bots there ever were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_bots_changed_at(&self) -> Result<Vec<Change>, StoreError> {
        let query = sql("SELECT bot_id, updated_at, CASE WHEN token IS NULL THEN 0 ELSE 1 END \
             FROM bots");
        self.bot_changes(query).await
    }

    async fn bot_changes(&self, query: Statement) -> Result<Vec<Change>, StoreError> {
        let rows = self.list::<(i64, i64, i64)>(query).await?;
        let change = |(bot, at, runs): (i64, i64, i64)| (BotId(bot), at, runs == 1);
        Ok(rows.into_iter().map(change).collect())
    }

    /// Forgets a bot's settings: it is another owner's now.
    pub async fn forget_bot_settings(&self, bot: BotId) -> Result<(), StoreError> {
        self.write(sql("DELETE FROM bot_settings WHERE bot_id = ?").bind(bot)).await?;
        Ok(())
    }

    /// Removes an owner's bot: its token is wiped, its references stay.
    pub async fn remove_bot(
        &self,
        owner: OwnerId,
        bot: BotId,
        now: i64,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE bots SET token = NULL, webhook = NULL, state = 'removed', \
                          updated_at = CASE WHEN updated_at < ? THEN ? ELSE updated_at + 1 END \
                          WHERE bot_id = ? AND owner_id = ? AND state <> 'removed'")
        .bind(now)
        .bind(now)
        .bind(bot)
        .bind(owner);
        Ok(self.write(update).await?.changed())
    }

    /// Records how a bot fares; `false` when that was known.
    pub async fn set_bot_state(
        &self,
        bot: BotId,
        state: BotState,
        now: i64,
    ) -> Result<bool, StoreError> {
        let update = sql("UPDATE bots SET state = ?, \
                          updated_at = CASE WHEN updated_at < ? THEN ? ELSE updated_at + 1 END \
                          WHERE bot_id = ? AND state <> ? AND state <> 'removed'")
        .bind(state.word())
        .bind(now)
        .bind(now)
        .bind(bot)
        .bind(state.word());
        Ok(self.write(update).await?.changed())
    }

    /// Records the fingerprint of the webhook Telegram was told, or that there is none.
    pub async fn set_bot_webhook(
        &self,
        bot: BotId,
        fingerprint: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE bots SET webhook = ? WHERE bot_id = ?");
        self.write(update.bind(fingerprint).bind(bot)).await?;
        Ok(())
    }
}
