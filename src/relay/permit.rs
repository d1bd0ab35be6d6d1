//! What the owner's plan lets him reply. Customers' messages reach him whatever it is.
//!
//! ```text
//! the owner, as a reply to Anna's copy:   Yes, green and black.
//! the owner sees:                         ❌ Not delivered: your 100 free replies of this month are
//!                                         used up … /subscribe …              [Send again]
//! ```
//!
//! Where there are no plans, nothing is asked of the database.

use super::{Failure, Relay};
use crate::{
    clock,
    model::{BotId, MessageKey, OwnerId, Part},
    plan::{Refused, month},
    spans::day,
    store::StoreError,
    text::Language,
};

impl Relay {
    /// Why the owner's plan does not let a reply go out. What was begun before is not asked about.
    pub(super) async fn refused_by_plan(
        &self,
        owner: OwnerId,
        bot: BotId,
        source: MessageKey,
    ) -> Result<Option<Failure>, StoreError> {
        if self.inner.plans.limits().is_none() {
            return Ok(None);
        }
        let known = self.inner.store.reference_of_source(owner, source, Part::Main).await?;
        if known.is_some() { Ok(None) } else { self.refused_now(owner, bot).await }
    }

    /// The same of a reply that is to be sent once more.
    pub(super) async fn refused_now(
        &self,
        owner: OwnerId,
        bot: BotId,
    ) -> Result<Option<Failure>, StoreError> {
        let refused = self.inner.plans.refusal(owner, bot, clock::now_ms()).await?;
        Ok(refused.map(|refused| match refused {
            Refused::RepliesUsed => Failure::RepliesUsed,
            Refused::Resting => Failure::Resting,
        }))
    }

    /// That in words, with what helps; `None` where it is no matter of the plan.
    pub(super) async fn reason_of_plan(
        &self,
        owner: OwnerId,
        source: MessageKey,
        failure: Failure,
        language: Language,
    ) -> Result<Option<String>, StoreError> {
        let Some(limits) = self.inner.plans.limits() else { return Ok(None) };
        Ok(match failure {
            Failure::RepliesUsed => {
                let next = day(month(clock::now_ms()).1);
                Some(language.reason_replies_used(&limits.replies.to_string(), &next))
            }
            Failure::Resting => {
                let known = self.inner.store.reference_of_source(owner, source, Part::Main).await?;
                let client = known.and_then(|known| self.inner.bots.get(known.client_bot()));
                let bot = client.map(|client| client.username.clone()).unwrap_or_default();
                Some(language.reason_bot_rests(&bot, &limits.bots.to_string()))
            }
            _ => None,
        })
    }

    /// Says once in a month, on the side, that few free replies are left; `sent` are the last ones.
    pub(super) fn tell_few_left(&self, owner: OwnerId, sent: usize) {
        if self.inner.plans.limits().is_none() {
            return;
        }
        let relay = self.clone();
        self.inner.side_work.spawn(async move {
            if let Err(error) = relay.say_few_left(owner, sent).await {
                tracing::debug!(owner.id = %owner, %error, "how many replies are left is not said");
            }
        });
    }

    async fn say_few_left(&self, owner: OwnerId, sent: usize) -> Result<(), StoreError> {
        let (plans, now) = (&self.inner.plans, clock::now_ms());
        let Some(limits) = plans.limits_of(owner, now).await? else { return Ok(()) };
        let used = plans.replies_used(owner, limits, now).await?;
        if !limits.runs_low(used, i64::try_from(sent).unwrap_or(i64::MAX)) {
            return Ok(());
        }
        let language = self.owner_language(owner).await?;
        let (left, all) = (limits.left(used).to_string(), limits.replies.to_string());
        let text = language.few_left(&left, &all, &day(month(now).1));
        let told = self.say(&self.inner.master, owner.chat(), None, &text, None).await;
        if let Err(error) = told {
            tracing::debug!(owner.id = %owner, %error, "how many replies are left is not said");
        }
        Ok(())
    }
}
