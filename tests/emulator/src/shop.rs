//! What bots offered for Stars, what people paid, and what was given back.

use std::{collections::BTreeMap, time::Instant};

/// How long a bot may take to answer a checkout.
pub(crate) const CHECKOUT_SECONDS: u64 = 10;

/// Everything about payments.
#[derive(Debug, Default)]
pub(crate) struct Shop {
    /// By link.
    pub(crate) invoices: BTreeMap<String, Invoice>,
    /// By query id.
    pub(crate) checkouts: BTreeMap<String, Query>,
    /// By charge id.
    pub(crate) charges: BTreeMap<String, Charge>,
}

/// An invoice a link leads to.
#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) payload: String,
    /// In the currency's smallest unit.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    /// For how long a payment of a subscription holds, in seconds; `None` where it is paid once.
    pub(crate) period: Option<i64>,
}

/// A `pre_checkout_query`.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) bot: i64,
    pub(crate) asked: Instant,
    /// Yes, or why not.
    pub(crate) answer: Option<Result<(), String>>,
}

/// Something that was paid.
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) bot: i64,
    pub(crate) user: i64,
    pub(crate) stars: i64,
    pub(crate) payload: String,
    pub(crate) is_refunded: bool,
    /// Whether its subscription is stopped; `None` where it is none's first.
    pub(crate) is_canceled: Option<bool>,
}
