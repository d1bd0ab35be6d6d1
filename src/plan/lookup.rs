//! What an owner may do now, asked of the database. Where there are no plans, nothing is asked.

use super::{Ledger, Limits, Refused, Standing, month};
use crate::{
    model::{BotId, OwnerId},
    store::{Store, StoreError},
};

/// What the plans allow. Cheap to clone.
#[derive(Clone)]
pub struct Plans {
    store: Store,
    limits: Option<Limits>,
    master: BotId,
}

impl Plans {
    /// Without limits nobody is limited.
    pub fn new(store: Store, limits: Option<Limits>, master: BotId) -> Self {
        Self { store, limits, master }
    }

    /// What is free and what is sold; `None` where there are no plans.
    pub fn limits(&self) -> Option<Limits> {
        self.limits
    }

    /// What an owner paid for, and his payments.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account(&self, owner: OwnerId) -> Result<(Ledger, Standing), StoreError> {
        let ledger: Ledger = self.store.payments_of(owner).await?.into_iter().collect();
        let standing = ledger.standing(self.store.renewal(owner).await?);
        Ok((ledger, standing))
    }

    /// The limits that hold for an owner now; `None` where none do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn limits_of(&self, owner: OwnerId, now: i64) -> Result<Option<Limits>, StoreError> {
        let Some(limits) = self.limits else { return Ok(None) };
        let until = self.store.paid_until(owner).await?;
        Ok(until.is_none_or(|until| until <= now).then_some(limits))
    }

    /// How many replies an owner sent this month; at most one more than are free.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replies_used(
        &self,
        owner: OwnerId,
        limits: Limits,
        now: i64,
    ) -> Result<i64, StoreError> {
        let most = limits.replies.saturating_add(1);
        self.store.count_replies(owner, self.master, month(now).0, most).await
    }

    /// Why a reply through one of an owner's bots may not be sent now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refusal(
        &self,
        owner: OwnerId,
        bot: BotId,
        now: i64,
    ) -> Result<Option<Refused>, StoreError> {
        let Some(limits) = self.limits_of(owner, now).await? else { return Ok(None) };
        let bots = self.store.bots_by_choice(owner).await?;
        // A bot that is not there has a reason of its own.
        let place = bots.iter().position(|own| *own == bot).unwrap_or(0);
        Ok(limits.refuses(place, self.replies_used(owner, limits, now).await?))
    }

    /// Whether an owner may attach this bot now. One that he has may always get a new token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn may_attach(
        &self,
        owner: OwnerId,
        bot: BotId,
        now: i64,
    ) -> Result<bool, StoreError> {
        let Some(limits) = self.limits_of(owner, now).await? else { return Ok(true) };
        let bots = self.store.bots_by_choice(owner).await?;
        Ok(bots.contains(&bot) || limits.has_room(bots.len()))
    }
}
