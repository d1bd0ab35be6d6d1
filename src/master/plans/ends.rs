//! Owners are told once when a plan ended, and which of their bots rest then. Nothing is switched
//! at that moment: what they may do follows from the clock.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    master::{Master, MasterError, Owner, actions::Answer, state::Press},
    model::OwnerId,
    plan::Renewing,
    store::{PaymentRow, PlanEnd, Whom},
};

/// When it is looked first after a start.
const FIRST: Duration = Duration::from_secs(2);
/// How often it is looked at least, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(20));
/// Ends that nobody was told of for so long are no news.
const OLD_MS: i64 = 30 * 24 * 3600 * 1000;
/// How long a payment that renews may be on its way.
const ON_ITS_WAY_MS: i64 = 10_000;
/// Who is about to be told of a refund by the update about it is not told before.
const REFUND_MS: i64 = 20_000;

impl Master {
    /// Tells ends until stopped.
    pub async fn keep_plans(&self, stop: CancellationToken) {
        if !self.sells() {
            return;
        }
        let mut next = FIRST;
        while stop.run_until_cancelled(tokio::time::sleep(next)).await.is_some() {
            next = PAUSES.1;
            if !self.inner.bots.may_work().await {
                continue;
            }
            match self.tell_ends(&stop).await {
                Ok(pause) => next = pause,
                Err(error) => tracing::warn!(%error, "the end of a plan is told later"),
            }
        }
    }

    /// Tells what is to be told, and gives the time until it is looked again.
    async fn tell_ends(&self, stop: &CancellationToken) -> Result<Duration, MasterError> {
        let (store, now) = (&self.inner.store, clock::now_ms());
        for row in store.untold_refunds(now - REFUND_MS).await? {
            let Some(owner) = row.owner.filter(|_| !stop.is_cancelled()) else { continue };
            // Whoever can't be reached for now does not keep the others from being told.
            if let Err(error) = self.tell_late(owner, &row).await {
                tracing::warn!(owner.id = %owner, %error, "a refund stays to be told");
            }
        }
        let mut waits = PAUSES.1;
        for end in store.ends_to_tell(now - OLD_MS, now).await? {
            if stop.is_cancelled() {
                break;
            }
            let told = self.tell_end(end, now).await;
            match told {
                Ok(true) => {}
                Ok(false) => waits = PAUSES.0,
                Err(error) => {
                    tracing::warn!(owner.id = %end.owner, %error, "an end stays to be told");
                }
            }
        }
        let next = store.next_end(now).await?.map_or(i64::MAX, |at| at.saturating_sub(now));
        let next = Duration::from_millis(u64::try_from(next).unwrap_or_default());
        Ok(next.clamp(PAUSES.0, waits))
    }

    async fn tell_late(&self, owner: OwnerId, row: &PaymentRow) -> Result<(), MasterError> {
        let Some(_present) = self.inner.store.enter(Whom::Owner(owner)) else { return Ok(()) };
        let language = self.language_of(owner, None).await?;
        self.tell_refund(row, language).await
    }

    /// Tells an end; `false` while a payment may still be on its way.
    async fn tell_end(&self, end: PlanEnd, now: i64) -> Result<bool, MasterError> {
        let PlanEnd { owner, until } = end;
        // Nothing may be written of somebody who is just leaving.
        let Some(_present) = self.inner.store.enter(Whom::Owner(owner)) else { return Ok(true) };
        let (_, standing) = self.plans().account(owner).await?;
        let may_renew = standing.renewing == Renewing::Yes && now - until < ON_ITS_WAY_MS;
        if may_renew || standing.is_paid(now) {
            return Ok(false);
        }
        let known = Owner { id: owner, language: self.language_of(owner, None).await? };
        let answer = self.end_in_words(known, until).await?;
        match self.say_answer(owner, &answer).await {
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(owner.id = %owner, %error, "an end could not be told"),
            Ok(()) => {}
        }
        let store = &self.inner.store;
        store.insist(|| store.end_is_told(owner, until)).await?;
        Ok(true)
    }

    async fn end_in_words(&self, owner: Owner, until: i64) -> Result<Answer, MasterError> {
        let (language, id) = (owner.language, owner.id);
        let date = self.date(id, until).await?;
        let limits = self.plans().limits();
        let (bots, replies) = limits.map_or((0, 0), |limits| (limits.bots, limits.replies));
        let mut text = language.plan_over(&date, &bots.to_string(), &replies.to_string());
        let mut buttons = Vec::new();
        let resting: Vec<_> = self.bots_in_order(id).await?.into_iter().skip(bots).collect();
        if !resting.is_empty() {
            let names: Vec<_> = resting.iter().map(|(_, name)| format!("@{name}")).collect();
            text = format!("{text}\n\n{}", language.plan_rest(&names.join(", ")));
            for (bot, name) in resting.into_iter().take(90) {
                buttons.push(vec![(format!("💤 @{name}"), Press::Answering(bot))]);
            }
        }
        Ok(Answer { text, buttons })
    }
}
