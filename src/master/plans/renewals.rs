//! Whether subscriptions go on: stopped, resumed, ended by whoever leaves.
//!
//! Who paid two offers has two subscriptions, and Telegram charges for each. So all of them are
//! stopped, whatever is known of them here, and those that ended long ago refuse it harmlessly.

use super::{may_pass, refused_by_telegram, renew_button};
use crate::{
    clock,
    master::{
        Master, MasterError, Owner,
        actions::{Answer, plain},
    },
    model::OwnerId,
    plan::{Ledger, Renewal, Renewing},
    store::StoreError,
};

impl Master {
    /// Stops the renewal. What is paid stays paid; it works also where plans are sold no more.
    pub(super) async fn unsubscribe(&self, owner: Owner) -> Result<Answer, MasterError> {
        let language = owner.language;
        let (ledger, standing) = self.plans().account(owner.id).await?;
        let is_stopped = self.stop_all(owner.id, &ledger).await?;
        let was_stopped = standing.renewing == Renewing::Stopped;
        let paid = standing.until.filter(|_| standing.is_paid(clock::now_ms()));
        let Some(until) = paid.filter(|_| !ledger.subscriptions().is_empty()) else {
            // One that was given back, or that Telegram still tries to take the Stars for.
            return Ok(plain(match (is_stopped && !was_stopped, self.sells()) {
                (true, _) => language.unsubscribe_unpaid(),
                (false, true) => language.unsubscribe_none(),
                (false, false) => language.no_plans(),
            }));
        };
        if !is_stopped && !was_stopped {
            return Ok(plain(language.plan_refused()));
        }
        let date = self.date(owner.id, until).await?;
        let text = if was_stopped {
            language.unsubscribe_already(&date)
        } else {
            language.unsubscribe_done(&date)
        };
        Ok(Answer { text, buttons: renew_button(language) })
    }

    /// Lets the subscription that was stopped go on: the newest one.
    pub(super) async fn renew(&self, owner: Owner) -> Result<Answer, MasterError> {
        let language = owner.language;
        let (ledger, standing) = self.plans().account(owner.id).await?;
        let paid = standing.until.filter(|_| standing.is_paid(clock::now_ms()));
        let (Some(until), Some(payment)) = (paid, ledger.subscription()) else {
            return Ok(plain(language.unsubscribe_none()));
        };
        let date = self.date(owner.id, until).await?;
        if standing.renewing != Renewing::Yes {
            let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
            let resumed =
                telegram.edit_subscription(caller, owner.id.0, &payment.charge, false).await;
            if let Err(error) = resumed {
                return refused_by_telegram(error, language);
            }
            self.put_renewal(owner.id, Renewing::Yes).await?;
        }
        Ok(plain(language.renew_done(&date)))
    }

    /// Stops the renewal for somebody who leaves: who has nothing here is not charged any more.
    ///
    /// # Errors
    /// When the database fails, or Telegram does not answer for now.
    pub(in crate::master) async fn end_subscription(
        &self,
        owner: OwnerId,
    ) -> Result<(), MasterError> {
        let (ledger, _) = self.plans().account(owner).await?;
        self.stop_all(owner, &ledger).await?;
        Ok(())
    }

    /// Stops all subscriptions of an owner's; gives whether Telegram stopped one.
    async fn stop_all(&self, owner: OwnerId, ledger: &Ledger) -> Result<bool, MasterError> {
        let first = ledger.subscriptions().into_iter();
        let charges: Vec<_> = first.map(|payment| payment.charge.clone()).collect();
        let is_stopped = self.stop_charges(owner, &charges).await?;
        if is_stopped {
            self.put_renewal(owner, Renewing::Stopped).await?;
        }
        Ok(is_stopped)
    }

    /// Stops the subscriptions that Telegram knows by these payments of one person; gives whether
    /// it stopped one, or had.
    ///
    /// # Errors
    /// When Telegram does not answer for now: the same is to be done once more.
    pub(super) async fn stop_charges(
        &self,
        payer: OwnerId,
        charges: &[String],
    ) -> Result<bool, MasterError> {
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        let mut is_stopped = false;
        for charge in charges {
            match telegram.edit_subscription(caller, payer.0, charge, true).await {
                Ok(()) => is_stopped = true,
                Err(error) if may_pass(&error) => return Err(MasterError::Answer(error)),
                Err(error) => {
                    tracing::warn!(owner.id = %payer, charge, %error, "Telegram refused to end a subscription");
                }
            }
        }
        Ok(is_stopped)
    }

    /// Records whether an owner's subscription goes on.
    pub(super) async fn put_renewal(
        &self,
        owner: OwnerId,
        state: Renewing,
    ) -> Result<(), StoreError> {
        let (store, said) = (&self.inner.store, Renewal { state, changed_at: clock::now_ms() });
        store.insist(|| store.put_renewal(owner, said, None)).await
    }
}
