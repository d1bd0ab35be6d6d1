//! Which of an owner's subscriptions go on. Who paid two links has two: Telegram charges for each,
//! and tells of each by the offer that was paid. Pure.

use super::{Ledger, Payment, PaymentKind, Renewal, Renewing};

impl Ledger {
    /// The subscriptions that are paid at a moment and go on: the payment by which each is known,
    /// and until when it is paid. The oldest comes first.
    pub fn going_on(&self, now: i64) -> Vec<(&Payment, i64)> {
        let mut found = self.each();
        found.retain(|first| self.goes_on(first));
        let until = |first| self.paid_for(first).filter_map(Payment::counts_until).max();
        let paid = |first| until(first).filter(|until| *until > now).map(|until| (first, until));
        found.into_iter().filter_map(paid).collect()
    }

    /// Whether the subscription that a payment began goes on, as far as is known. What Telegram said
    /// against it holds until the next payment; what we did, until we take it back.
    pub fn goes_on(&self, first: &Payment) -> bool {
        let is_lapsed = first.lapsed_at.is_some_and(|at| {
            let newest = self.paid_for(first).max_by_key(|payment| payment.paid_at);
            newest.is_none_or(|newest| ended(at).is_later_than(newest))
        });
        first.stopped_at.is_none() && !is_lapsed
    }

    /// Whether a subscription other than the ones known by these charges is paid at a moment and
    /// goes on.
    pub fn has_another(&self, charges: &[String], now: i64) -> bool {
        let is_paid = |payment: &&Payment| payment.counts_until().is_some_and(|until| until > now);
        let is_another = |first: &&Payment| !charges.contains(&first.charge) && self.goes_on(first);
        self.0.values().filter(|payment| payment.kind.is_recurring()).filter(is_paid).any(
            |payment| {
                let begun = self.subscription_of(payment);
                begun.iter().filter(|first| !self.is_followed(first)).any(is_another)
            },
        )
    }

    /// The subscription that Telegram tells of by the offer that was paid; where one link was paid
    /// several times, one of them that does not stand as it tells yet.
    pub fn told_of(&self, offered_at: Option<i64>, goes_on: bool) -> Option<&Payment> {
        let offered_at = offered_at?;
        let mut paid = self.each();
        paid.retain(|first| first.offered_at == Some(offered_at));
        let changes = paid.iter().find(|first| self.goes_on(first) != goes_on);
        changes.or(paid.first()).copied()
    }

    /// The subscription a renewal belongs to, where we had stopped it before that was paid: it is
    /// to be stopped again. Empty where it may belong to one that goes on.
    pub fn stopped_before(&self, paid: &Payment) -> Vec<String> {
        if paid.kind != PaymentKind::Renewal {
            return Vec::new();
        }
        let is_stopped =
            |first: &&Payment| first.stopped_at.is_some_and(|at| !ended(at).is_later_than(paid));
        let begun = self.subscription_of(paid);
        if !begun.iter().all(is_stopped) {
            return Vec::new();
        }
        begun.into_iter().map(|first| first.charge.clone()).collect()
    }

    /// Each subscription once, the oldest first.
    fn each(&self) -> Vec<&Payment> {
        let mut found = self.subscriptions();
        found.retain(|first| !self.is_followed(first));
        found
    }

    /// Whether a payment is one of several months of a subscription whose first is not known: the
    /// newest of them stands for it.
    fn is_followed(&self, payment: &Payment) -> bool {
        let follows = |later: &&Payment| {
            later.kind == PaymentKind::Renewal
                && later.offered_at == payment.offered_at
                && later.paid_at > payment.paid_at
        };
        payment.kind == PaymentKind::Renewal && self.subscriptions().iter().any(follows)
    }

    /// What was paid for the subscription that a payment began.
    fn paid_for<'a>(&'a self, first: &'a Payment) -> impl Iterator<Item = &'a Payment> {
        let belongs = move |payment: &&Payment| {
            self.subscription_of(payment).iter().any(|begun| begun.charge == first.charge)
        };
        self.0.values().filter(|payment| payment.kind.is_recurring()).filter(belongs)
    }
}

fn ended(changed_at: i64) -> Renewal {
    Renewal { state: Renewing::Stopped, changed_at }
}
