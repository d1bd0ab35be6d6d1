//! The paid plan: what an owner paid for, until when, and what he may do without it. Pure, but for
//! [`Plans`], which looks up what it is derived from.
//!
//! No plan is stored. It follows from the payments (in whatever order, and however often, they
//! became known), from the clock and from the limits. So a payment and its plan are one row, and
//! nobody has to be there when a plan ends.
//!
//! - [`offer`]: what an invoice says, and whether it may be paid
//! - [`subscriptions`]: which of an owner's subscriptions go on
//! - [`lookup`]: the same questions, asked of the database

pub mod lookup;
pub mod offer;
pub mod subscriptions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::{config, payment::NUMBERS_TELL_MS, spans::day, stats::Clock};

pub use crate::payment::{Payment, PaymentKind, Renewal, Renewing};
pub use lookup::Plans;

/// The only period Telegram sells subscriptions for, in seconds: 30 days.
pub const PERIOD_S: i64 = 2_592_000;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// What is sold, and what is free without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The price of the paid plan, in Stars a month.
    pub price: i64,
    /// Client bots that are free.
    pub bots: usize,
    /// Replies that are free in a month of UTC.
    pub replies: i64,
}

impl From<config::Plans> for Limits {
    fn from(plans: config::Plans) -> Self {
        Self {
            price: plans.price_stars.into(),
            bots: usize::try_from(plans.free_bots).unwrap_or(usize::MAX),
            replies: plans.free_replies_per_month.into(),
        }
    }
}

/// All payments of an owner, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger(BTreeMap<String, Payment>);

impl FromIterator<Payment> for Ledger {
    fn from_iter<T: IntoIterator<Item = Payment>>(payments: T) -> Self {
        let mut ledger = Self::default();
        for payment in payments {
            ledger.note(payment);
        }
        ledger
    }
}

impl Ledger {
    /// Takes note of a payment or a refund, known or not, as the database does: what is known
    /// stays, what is missing is filled in, and what was given back stays given back.
    pub fn note(&mut self, told: Payment) {
        let Some(known) = self.0.get_mut(&told.charge) else {
            self.0.insert(told.charge.clone(), told);
            return;
        };
        let refunded_at = known.refunded_at.or(told.refunded_at);
        let (stopped_at, lapsed_at) = (known.stopped_at, known.lapsed_at);
        if known.kind == PaymentKind::Refund && told.kind != PaymentKind::Refund {
            *known = told;
        }
        *known = Payment { refunded_at, stopped_at, lapsed_at, ..known.clone() };
    }

    /// Its payments, the oldest first.
    pub fn payments(&self) -> Vec<&Payment> {
        let mut payments: Vec<_> = self.0.values().collect();
        payments.sort_by_key(|payment| payment.paid_at);
        payments
    }

    /// Until when is paid, in UTC milliseconds; `None` where nothing is.
    pub fn until(&self) -> Option<i64> {
        self.0.values().filter_map(Payment::counts_until).max()
    }

    /// The payment by which Telegram knows the subscription that an owner has: the newest one's
    /// first, as far as that is known.
    pub fn subscription(&self) -> Option<&Payment> {
        let paid = |kind: fn(PaymentKind) -> bool| {
            let counts =
                move |payment: &&Payment| payment.counts_until().is_some() && kind(payment.kind);
            let when = |payment: &&Payment| (payment.paid_at, payment.charge.clone());
            self.0.values().filter(counts).max_by_key(when)
        };
        paid(|kind| kind == PaymentKind::First).or_else(|| paid(PaymentKind::is_recurring))
    }

    /// The payments by which Telegram may know subscriptions of his, given back or not: the first of
    /// each, as far as they are known; the oldest first.
    pub fn subscriptions(&self) -> Vec<&Payment> {
        let mut paid = self.payments();
        paid.retain(|payment| payment.kind.is_recurring());
        if paid.iter().any(|payment| payment.kind == PaymentKind::First) {
            paid.retain(|payment| payment.kind == PaymentKind::First);
        }
        paid
    }

    /// The payments by which Telegram may know the subscription that a payment belongs to. A
    /// renewal has the offer in common with the first one; where that is not known, it may belong
    /// to any that began before it.
    pub fn subscription_of<'a>(&'a self, payment: &'a Payment) -> Vec<&'a Payment> {
        match payment.kind {
            PaymentKind::Once => Vec::new(),
            PaymentKind::First | PaymentKind::Refund => vec![payment],
            PaymentKind::Renewal => {
                let mut begun = self.subscriptions();
                begun.retain(|first| first.paid_at <= payment.paid_at);
                let is_same = |first: &&Payment| {
                    first.offered_at.is_some_and(|at| Some(at) == payment.offered_at)
                };
                if begun.iter().any(is_same) {
                    begun.retain(is_same);
                }
                if begun.is_empty() { vec![payment] } else { begun }
            }
        }
    }

    /// Whether a payment was told by an update that came after this one: the payment shows how
    /// things stand since. Where the update is about one offer, a payment of another shows nothing.
    pub fn is_paid_since(&self, update: i64, offered_at: Option<i64>, now: i64) -> bool {
        let tells = |payment: &Payment| now.saturating_sub(payment.seen_at) < NUMBERS_TELL_MS;
        let later = |payment: &Payment| payment.update.is_some_and(|number| number > update);
        let is_other = |payment: &Payment| {
            offered_at.zip(payment.offered_at).is_some_and(|(told, paid)| told != paid)
        };
        self.0.values().any(|it| it.kind.is_recurring() && later(it) && tells(it) && !is_other(it))
    }

    /// How things stand, given what is known of the renewal.
    pub fn standing(&self, renewal: Option<Renewal>) -> Standing {
        let recurring = |payment: &&Payment| payment.kind.is_recurring();
        let counting = self.0.values().filter(|payment| payment.counts_until().is_some());
        let newest = counting.filter(recurring).max_by_key(|payment| payment.counts_until());
        let Some(newest) = newest else {
            return Standing { until: self.until(), renewing: Renewing::Never };
        };
        let renewing = match renewal {
            Some(renewal) if renewal.is_later_than(newest) => renewal.state,
            _ => Renewing::Yes,
        };
        Standing { until: self.until(), renewing }
    }
}

/// What an owner has paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Until when, in UTC milliseconds, be it over or not.
    pub until: Option<i64>,
    /// Whether it goes on then.
    pub renewing: Renewing,
}

impl Standing {
    /// Whether the paid plan holds at this moment.
    pub fn is_paid(&self, now: i64) -> bool {
        self.until.is_some_and(|until| until > now)
    }
}

/// Why an owner without the paid plan may not send a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The month's free replies are sent.
    RepliesUsed,
    /// The bot is not among those that answer.
    Resting,
}

impl Limits {
    /// Whether another client bot may be attached without the paid plan.
    pub fn has_room(self, attached: usize) -> bool {
        attached < self.bots
    }

    /// Why a reply through the bot at this place among the owner's is not sent without the paid
    /// plan, after so many this month.
    pub fn refuses(self, place: usize, used: i64) -> Option<Refused> {
        if place >= self.bots {
            return Some(Refused::Resting);
        }
        (used >= self.replies).then_some(Refused::RepliesUsed)
    }

    /// How many free replies are left after so many.
    pub fn left(self, used: i64) -> i64 {
        self.replies.saturating_sub(used).max(0)
    }

    /// Whether the last `sent` of so many replies are those after which few are left, which is to
    /// be said once.
    pub fn runs_low(self, used: i64, sent: i64) -> bool {
        let few = (self.replies / 10).max(1);
        let mark = self.replies.saturating_sub(few);
        mark > 0 && used >= mark && used.saturating_sub(sent) < mark && used < self.replies
    }
}

/// The month of UTC a moment lies in: its first moment, and that of the next one.
pub fn month(now: i64) -> (i64, i64) {
    let first = |at: i64| {
        let of_month: i64 =
            day(at).rsplit('-').next().and_then(|day| day.parse().ok()).unwrap_or(1);
        at.div_euclid(DAY_MS).saturating_sub(of_month - 1).saturating_mul(DAY_MS)
    };
    let begin = first(now);
    (begin, first(begin.saturating_add(32 * DAY_MS)))
}

/// A moment as its reader's clock shows it: `2026-11-21 14:05 (UTC+2)`.
pub fn moment(at: i64, clock: Clock) -> String {
    let of_day = at.saturating_add(clock.minutes() * MINUTE_MS).rem_euclid(DAY_MS) / MINUTE_MS;
    let (hour, minute) = (of_day / 60, of_day % 60);
    format!("{} {hour:02}:{minute:02} ({})", clock.day(at), clock.shown())
}
