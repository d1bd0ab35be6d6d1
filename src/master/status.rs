//! `/status`: whether everything works, and what to do where it does not.
//!
//! ```text
//! feedback-relay 0.1.0, running for 3 d
//! 🟢 Database: SQLite, 12 MB
//! 🟢 Updates come by webhook to relay.example.org
//!
//! Your bots: 2, in trouble: 1
//! 🔴 @cafe_bot (Café): Telegram no longer accepts its token. …
//! 🟢 @shop_bot: works. Last message: 5 min ago. Waiting at Telegram: 0
//! ```
//!
//! An owner sees his own bots. What concerns the installation as a whole is for the one it belongs
//! to. Telegram is asked about the bots of one page, all at once and for a moment only; bots whose
//! tokens it has not seen lately only within its limits. [`view`]: the words, [`fault`]: what
//! goes wrong and what to do (both pure).

mod fault;
mod view;

use std::{collections::HashMap, time::Duration};

use futures::future::{join, join_all};
use tokio::time::timeout;

use super::{
    Master, MasterError, Owner, actions::Answer, admission::CLAIMED, reports::ReportPress,
    state::Press,
};
use crate::{
    bots::Cut,
    clock,
    model::{BotId, BotState, OwnerId},
    store::{BotRow, Trouble},
    telegram::{CallError, Caller, Refusal, WebhookInfo},
    update::{Kind, Update},
};
use view::{Asked, BotStatus, Facts, InstallationFacts};

/// How long Telegram, and the database, may take with their answers.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bots on a page.
const PAGE: usize = 8;

impl Master {
    /// A page of how everything fares.
    pub(super) async fn status(&self, owner: Owner, page: u16) -> Result<Answer, MasterError> {
        let mut rows = self.inner.store.bots_of(owner.id).await?;
        // Those in trouble first, else in the order in which they were attached.
        rows.sort_by_key(|row| row.state == BotState::Active);
        let last = u16::try_from(rows.len().div_ceil(PAGE).max(1) - 1).unwrap_or(u16::MAX);
        let page = page.min(last);
        let known = rows.iter().filter(|row| row.state != BotState::Active).count();
        let count = rows.len();
        let shown: Vec<BotRow> =
            rows.into_iter().skip(usize::from(page) * PAGE).take(PAGE).collect();
        let (bots, installation) =
            join(self.statuses(owner, shown), self.installation_facts(owner)).await;
        // Besides what is known of all, what Telegram said of those of this page just now.
        let found = |bot: &&BotStatus| bot.state == BotState::Active && bot.is_in_trouble();
        let in_trouble = known + bots.iter().filter(found).count();
        let facts = Facts {
            version: env!("CARGO_PKG_VERSION"),
            runs_ms: clock::in_ms(self.inner.installation.began.elapsed()),
            trouble: self.trouble(),
            installation: installation?,
            cut_off: self.cut_off().is_some(),
            count,
            in_trouble,
            bots,
            pages: (page, last),
        };
        let mut buttons = Vec::new();
        let to = |page| Press::Report(ReportPress::Status(page));
        let mut row = Vec::new();
        if let Some(before) = page.checked_sub(1) {
            row.push(("◀".to_owned(), to(before)));
        }
        row.push((owner.language.status_again(), to(page)));
        if page < last {
            row.push(("▶".to_owned(), to(page + 1)));
        }
        buttons.push(row);
        Ok(Answer { text: view::text(owner.language, &facts), buttons })
    }

    /// Since when the database is in trouble, and how.
    fn trouble(&self) -> Option<(i64, Trouble)> {
        let trouble = self.inner.store.trouble();
        trouble.map(|(since, trouble)| (clock::in_ms(since.elapsed()), trouble))
    }

    /// For how long Telegram has not reached us, and why.
    fn cut_off(&self) -> Option<(Duration, Cut)> {
        self.inner.bots.cut_off().flatten()
    }

    async fn statuses(&self, owner: Owner, rows: Vec<BotRow>) -> Vec<BotStatus> {
        let store = &self.inner.store;
        let latest = timeout(PATIENCE, store.last_messages_of(owner.id));
        let asked = join_all(rows.iter().map(|row| self.ask(owner.id, row)));
        let (latest, asked) = join(latest, asked).await;
        let is_known = matches!(latest, Ok(Ok(_)));
        let latest: HashMap<BotId, i64> =
            latest.ok().and_then(Result::ok).unwrap_or_default().into_iter().collect();
        let now = clock::now_ms();
        let mut bots: Vec<BotStatus> = rows
            .into_iter()
            .zip(asked)
            .map(|(row, asked)| {
                let heard = self.inner.bots.last_heard(row.bot);
                let last = heard.max(latest.get(&row.bot).copied());
                BotStatus {
                    ago: last.map(|at| now.saturating_sub(at)),
                    is_ago_known: is_known || heard.is_some(),
                    username: row.username,
                    name: row.name,
                    state: row.state,
                    asked,
                    missed: self.inner.bots.last_missed(row.bot),
                }
            })
            .collect();
        bots.sort_by_key(|bot| !bot.is_in_trouble());
        bots
    }

    /// What Telegram says of a bot, if it may be asked and answers soon.
    async fn ask(&self, owner: OwnerId, row: &BotRow) -> Asked {
        if row.state == BotState::Revoked {
            // It would be refused.
            return Asked::Needless;
        }
        let bots = &self.inner.bots;
        let found = timeout(PATIENCE, bots.find_quietly(row.bot)).await;
        let client = found.ok().and_then(Result::ok).flatten();
        let Some(client) = client.filter(|client| client.owner == owner) else {
            return Asked::Needless;
        };
        if !timeout(PATIENCE, bots.may_wake(row.bot)).await.unwrap_or(false) {
            return Asked::NotNow;
        }
        self.ask_telegram(&client.caller).await
    }

    async fn ask_telegram(&self, caller: &Caller) -> Asked {
        match timeout(PATIENCE, self.inner.telegram.webhook_info(caller)).await {
            Ok(Ok(info)) => Asked::Said(self.understood(info)),
            Ok(Err(CallError::NotSent(Refusal::TokenRevoked))) => Asked::Refused,
            Ok(Err(CallError::NotSent(Refusal::TooFast { .. }))) => Asked::NotNow,
            Ok(Err(_)) | Err(_) => Asked::Silent,
        }
    }

    fn understood(&self, info: WebhookInfo) -> view::Said {
        let bots = &self.inner.bots;
        // None yet, by webhook: it is being ordered.
        let is_ours = info.url.is_empty() || bots.by_webhook() && bots.is_ours(&info.url);
        // By polling there is no webhook of ours that could fail.
        let is_about_us = bots.by_webhook() && info.last_error_date > 0;
        let words = info.last_error_message.filter(|_| is_about_us);
        let error = words.map(|words| (words, info.last_error_date.saturating_mul(1000)));
        view::Said { pending: info.pending_update_count, is_ours, error }
    }

    /// What the one to whom the installation belongs is told; `None` for everybody else.
    async fn installation_facts(
        &self,
        owner: Owner,
    ) -> Result<Option<InstallationFacts>, MasterError> {
        if !self.is_of_installation(owner.id).await? {
            return Ok(None);
        }
        let store = &self.inner.store;
        let engine = async { timeout(PATIENCE, store.engine()).await.ok().and_then(Result::ok) };
        let size =
            async { timeout(PATIENCE, store.size()).await.ok().and_then(Result::ok).flatten() };
        let tenants =
            async { timeout(PATIENCE, store.count_tenants()).await.ok().and_then(Result::ok) };
        let master = self.ask_telegram(&self.inner.caller);
        let ((engine, size), (tenants, asked)) =
            join(join(engine, size), join(tenants, master)).await;
        Ok(Some(InstallationFacts {
            engine: engine
                .unwrap_or_else(|| if store.is_shared() { "MySQL" } else { "SQLite" }.to_owned()),
            size,
            tenants,
            memory: crate::metrics::memory(),
            host: self.inner.installation.host.clone(),
            cut: self.cut_off(),
            master: self.inner.bots.master_state(),
            asked,
            missed: self.inner.bots.last_missed(self.inner.caller.bot),
        }))
    }

    /// Whether the installation is this owner's: by `OWNER_IDS`, or because he claimed it.
    async fn is_of_installation(&self, owner: OwnerId) -> Result<bool, MasterError> {
        let named = &self.inner.doors.owners;
        if !named.is_empty() {
            return Ok(named.contains(&owner));
        }
        let claimer = self.inner.store.installation_fact(CLAIMED).await?;
        Ok(claimer.is_some_and(|claimer| claimer == owner.0.to_le_bytes()))
    }

    /// Who asks for `/status` by this update, if he does: known by heart, because the database may
    /// not be there to ask.
    pub fn asks_for_status(&self, bot: BotId, update: &Update) -> Option<Owner> {
        let Kind::Message(message) = &update.kind else { return None };
        let from = message.from.as_ref().filter(|from| !from.is_bot)?;
        let is_asked = bot == self.inner.caller.bot
            && message.chat.is_private
            && message.command().is_some_and(|(command, _)| command == "status");
        let known = is_asked.then(|| self.inner.by_heart.all());
        known?.into_iter().find(|owner| owner.id.0 == from.id)
    }

    /// Answers `/status` where the database did not; whether that was said.
    pub async fn status_without_database(&self, owner: Owner) -> bool {
        let Some((since_ms, trouble)) = self.trouble().or(Some((0, Trouble::Silent))) else {
            return false;
        };
        let runs_ms = clock::in_ms(self.inner.installation.began.elapsed());
        let text = view::without_database(owner.language, runs_ms, (since_ms, trouble));
        self.speak(owner.id.chat(), &text).await.is_ok()
    }
}
