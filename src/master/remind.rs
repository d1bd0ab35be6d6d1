//! Reminders of customers who have waited for long, where the owner wants them.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Master, MasterError, Owner, people::Whom};
use crate::{
    clock,
    model::{MessageKey, Part, Waiting},
    spans::span,
    store,
    telegram::ClientBot,
    text::Language,
};

/// When it is looked first after a start: not while everything else begins.
const FIRST: Duration = Duration::from_secs(3);
/// How often it is looked.
const PAUSE: Duration = Duration::from_mins(1);
const HOUR_MS: i64 = 3600 * 1000;

impl Master {
    /// Reminds owners until stopped.
    pub async fn keep_reminding(&self, stop: CancellationToken) {
        let mut next = FIRST;
        while stop.run_until_cancelled(tokio::time::sleep(next)).await.is_some() {
            next = PAUSE;
            if !self.inner.bots.may_work().await {
                continue;
            }
            for client in self.inner.bots.all() {
                if stop.is_cancelled() {
                    return;
                }
                if let Err(error) = self.remind_of(&client, clock::now_ms()).await {
                    tracing::warn!(bot.id = client.id().0, %error, "a reminder failed");
                }
            }
        }
    }

    /// Reminds the owner of a client bot of everybody who has waited for longer than he allows.
    async fn remind_of(&self, client: &ClientBot, now: i64) -> Result<(), MasterError> {
        let hours = i64::from(client.settings.reminder_hours);
        if hours == 0 {
            return Ok(());
        }
        let store = &self.inner.store;
        let limit = now.saturating_sub(hours.saturating_mul(HOUR_MS));
        let forgotten = store.forgotten_by(client.owner, client.id(), limit).await?;
        if forgotten.is_empty() {
            return Ok(());
        }
        let language = store.owner_language(client.owner).await?;
        let owner = Owner { id: client.owner, language: Language::of(language.as_deref()) };
        for waiting in forgotten {
            self.remind(owner, &waiting, now).await?;
        }
        Ok(())
    }

    async fn remind(&self, owner: Owner, waiting: &Waiting, now: i64) -> Result<(), MasterError> {
        let whom = Whom { bot: waiting.bot, customer: waiting.customer };
        let who = store::Whom::Customer(waiting.customer);
        let Some(_present) = self.inner.store.enter(who) else { return Ok(()) };
        // First of all, so that neither a restart nor a second process says it again.
        if !self.inner.store.mark_reminded(whom.key(owner.id), now).await? {
            return Ok(());
        }
        let (name, bot) = self.names(owner, waiting.bot, waiting.customer).await?;
        let age = span(owner.language, now.saturating_sub(waiting.since));
        let text = owner.language.reminder(&name, &bot, &age);
        let source =
            MessageKey { bot: waiting.bot, chat: waiting.customer, message: waiting.message };
        let told = self.point(owner, source, &text).await;
        if told.as_ref().is_err_and(MasterError::is_passing) {
            self.inner.store.unmark_reminded(whom.key(owner.id)).await?;
        }
        let told = told?;
        let Some(told) = told else { return Ok(()) };
        self.record_pointer(owner, source, Part::Pointer(told.0), Some(told)).await
    }
}
