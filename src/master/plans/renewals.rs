//! Whether subscriptions go on: stopped, resumed, changed in Telegram, ended by whoever leaves.
//!
//! Who paid two offers has two subscriptions, and Telegram charges for each. So all of them are
//! stopped, whatever is known of them here, and those that ended long ago refuse it harmlessly.

use super::{patiently, refused_by_telegram, renew_button};
use crate::{
    clock,
    master::{
        Master, MasterError, Owner,
        actions::{Answer, plain},
    },
    model::OwnerId,
    plan::{Ledger, Payment, Renewal, Renewing, offer::Offer},
    store::StoreError,
    text::Language,
    update::Subscription,
};

impl Master {
    /// Stops the renewal. What is paid stays paid; it works also where plans are sold no more.
    pub(super) async fn unsubscribe(&self, owner: Owner) -> Result<Answer, MasterError> {
        let language = owner.language;
        let (ledger, standing) = self.plans().account(owner.id).await?;
        let is_stopped = match self.stop_all(owner.id, &ledger).await {
            Err(MasterError::Answer(error)) => return Ok(refused_by_telegram(&error, language)),
            done => done?,
        };
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

    /// Whether a subscription goes on was changed in Telegram itself.
    ///
    /// # Errors
    /// When the database fails, or its owner could not be told for now.
    pub async fn subscription_changed(
        &self,
        subscription: &Subscription,
        update: i64,
    ) -> Result<(), MasterError> {
        let Some(state) = Renewing::from_word(&subscription.state) else { return Ok(()) };
        let (store, owner) = (&self.inner.store, OwnerId(subscription.from.id));
        let (ledger, before) = self.plans().account(owner).await?;
        if !self.is_owner(owner).await? {
            // He left, which ended it: nothing of his comes back by that.
            return Ok(());
        }
        let offer = Offer::read(&subscription.payload, &self.inner.seal);
        let (now, offered_at) = (clock::now_ms(), offer.map(|offer| offer.made_at));
        if ledger.is_paid_since(update, offered_at, now) {
            // Delivered late.
            return Ok(());
        }
        let first = ledger.told_of(offered_at, state == Renewing::Yes);
        let another = first.filter(|first| {
            let charge = std::slice::from_ref(&first.charge);
            state != Renewing::Yes && ledger.has_another(charge, now)
        });
        let of_all = if another.is_some() { Renewing::Yes } else { state };
        let said = Renewal { state: of_all, changed_at: now };
        store.put_renewal(owner, said, Some(update)).await?;
        if store.renewal(owner).await? != Some(said) {
            // Delivered late.
            return Ok(());
        }
        let language = self.language_of(owner, subscription.from.language.as_deref()).await?;
        if let Some(first) = another {
            return self.one_less(owner, &ledger, first, language).await;
        }
        match first {
            Some(first) if state == Renewing::Yes => {
                store.subscription_goes_on(&first.charge).await?;
            }
            Some(first) => store.subscription_lapses(&first.charge, now).await?,
            None => {}
        }
        // He knows it where it stood so before.
        if before.renewing == state {
            return Ok(());
        }
        self.tell_change(owner, state, language).await
    }

    /// Tells an owner that what he paid for goes on or does not, unless a payment shows otherwise.
    async fn tell_change(
        &self,
        owner: OwnerId,
        state: Renewing,
        language: Language,
    ) -> Result<(), MasterError> {
        let (_, after) = self.plans().account(owner).await?;
        let paid = after.until.filter(|_| after.is_paid(clock::now_ms()));
        let Some(until) = paid.filter(|_| after.renewing == state) else { return Ok(()) };
        let date = self.date(owner, until).await?;
        let text = match state {
            Renewing::Stopped => language.renewal_stopped(&date),
            Renewing::Failed => language.renewal_failed(&date),
            Renewing::Yes | Renewing::Never => language.renew_done(&date),
        };
        self.speak(owner.chat(), &text).await
    }

    /// One of an owner's subscriptions does not go on, another one does: he is told so, unless he
    /// knows.
    async fn one_less(
        &self,
        owner: OwnerId,
        ledger: &Ledger,
        first: &Payment,
        language: Language,
    ) -> Result<(), MasterError> {
        if !ledger.goes_on(first) {
            return Ok(());
        }
        let (store, now) = (&self.inner.store, clock::now_ms());
        let others = ledger.going_on(now).into_iter();
        let others = others.filter(|(other, _)| other.charge != first.charge);
        let until = others.map(|(_, until)| until).min().or(ledger.until());
        let date = self.date(owner, until.unwrap_or_default()).await?;
        let told = self.speak(owner.chat(), &language.renewal_one_less(&date)).await;
        if told.as_ref().is_err_and(|error| error.is_passing() || error.is_doubtful()) {
            return told;
        }
        store.insist(|| store.subscription_lapses(&first.charge, now)).await?;
        told
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
            let resume = || telegram.edit_subscription(caller, owner.id.0, &payment.charge, false);
            if let Err(error) = patiently(resume).await {
                return Ok(refused_by_telegram(&error, language));
            }
            let store = &self.inner.store;
            store.insist(|| store.subscription_goes_on(&payment.charge)).await?;
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

    /// Stops all subscriptions of an owner's; gives whether Telegram stopped one, and none that is paid
    /// goes on.
    async fn stop_all(&self, owner: OwnerId, ledger: &Ledger) -> Result<bool, MasterError> {
        let first = ledger.subscriptions().into_iter();
        let charges: Vec<_> = first.map(|payment| payment.charge.clone()).collect();
        if !self.stop_charges(owner, &charges).await? {
            return Ok(false);
        }
        let (ledger, _) = self.plans().account(owner).await?;
        let is_over = ledger.going_on(clock::now_ms()).is_empty();
        if is_over {
            self.put_renewal(owner, Renewing::Stopped).await?;
        }
        Ok(is_over)
    }

    /// Stops these subscriptions of an owner's. Where no other of his goes on, his plan does not.
    /// `false` where Telegram refused.
    pub(super) async fn stop_some(
        &self,
        owner: OwnerId,
        ledger: &Ledger,
        charges: &[String],
    ) -> Result<bool, MasterError> {
        let is_stopped = charges.is_empty() || self.stop_charges(owner, charges).await?;
        if is_stopped && !ledger.has_another(charges, clock::now_ms()) {
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
        let (store, mut is_stopped) = (&self.inner.store, false);
        for charge in charges {
            match patiently(|| telegram.edit_subscription(caller, payer.0, charge, true)).await {
                Ok(()) => {
                    is_stopped = true;
                    let now = clock::now_ms();
                    store.insist(|| store.subscription_is_stopped(charge, now)).await?;
                }
                Err(error) if error.may_pass() => return Err(MasterError::Answer(error)),
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
