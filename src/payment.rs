//! A payment and a renewal as the ledger has them: plain values.

/// Telegram's clock and ours may be so far apart; what happened closer together is put in the order
/// in which we learned of it.
const CLOCKS_APART_MS: i64 = 60_000;
/// Numbers of updates begin anew after a quiet week, so an older one is no proof for longer.
pub(crate) const NUMBERS_TELL_MS: i64 = 24 * 3600 * 1000;

/// What a payment was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentKind {
    /// The first of a subscription.
    First,
    /// A later one.
    Renewal,
    /// It belongs to no subscription.
    Once,
    /// Only its refund is known so far.
    Refund,
}

const KINDS: [(PaymentKind, &str); 4] = [
    (PaymentKind::First, "first"),
    (PaymentKind::Renewal, "renewal"),
    (PaymentKind::Once, "once"),
    (PaymentKind::Refund, "refund"),
];

impl PaymentKind {
    /// The word the database keeps.
    pub fn word(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("once", |(_, word)| word)
    }

    /// Reads the database's word.
    pub fn from_word(word: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }

    /// Whether it belongs to a subscription.
    pub fn is_recurring(self) -> bool {
        matches!(self, Self::First | Self::Renewal)
    }
}

/// A payment as the ledger has it. Times are UTC milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Telegram's id for it, which is never given twice.
    pub charge: String,
    /// How much it was, in Stars.
    pub stars: i64,
    /// What it was.
    pub kind: PaymentKind,
    /// When it was made.
    pub paid_at: i64,
    /// Until when it pays; `None` where only the refund is known.
    pub paid_until: Option<i64>,
    /// When it was given back.
    pub refunded_at: Option<i64>,
    /// When we learned of it.
    pub seen_at: i64,
    /// When the offer it pays was made, which a subscription's renewals say as its first payment
    /// does; `None` where it does not say so.
    pub offered_at: Option<i64>,
    /// The number of the update that told of it; `None` where only the refund is known.
    pub update: Option<i64>,
    /// When we stopped the subscription it began; `None` where we did not, or let it go on again.
    pub stopped_at: Option<i64>,
    /// When Telegram said last that the subscription it began does not go on; `None` where it did
    /// not, or said since that it does.
    pub lapsed_at: Option<i64>,
}

impl Payment {
    /// Until when it counts.
    pub fn counts_until(&self) -> Option<i64> {
        self.paid_until.filter(|_| self.refunded_at.is_none())
    }
}

/// Whether a subscription goes on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewing {
    /// It does.
    Yes,
    /// Somebody stopped it.
    Stopped,
    /// Telegram could not take the Stars.
    Failed,
    /// There is no subscription.
    Never,
}

impl Renewing {
    /// The word the database keeps; Telegram's own.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "active",
            Self::Stopped => "canceled",
            Self::Failed => "failed",
            Self::Never => "never",
        }
    }

    /// Reads it.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Yes, Self::Stopped, Self::Failed].into_iter().find(|state| state.word() == word)
    }
}

/// What was last said of an owner's renewal, besides by payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Whether it goes on.
    pub state: Renewing,
    /// When that was said, in UTC milliseconds.
    pub changed_at: i64,
}

impl Renewal {
    /// Whether it was said after this payment: a payment made since shows that it goes on.
    pub fn is_later_than(self, payment: &Payment) -> bool {
        if payment.paid_at.abs_diff(self.changed_at) > CLOCKS_APART_MS.unsigned_abs() {
            return self.changed_at > payment.paid_at;
        }
        self.changed_at >= payment.seen_at
    }
}
