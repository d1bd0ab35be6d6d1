//! What is counted of messages on their way. Neither people nor bots are told apart.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
};

use super::{Failure, carry::Ending, failure};
use crate::{metrics::Held, model::Direction};

/// Seconds from a send's beginning to its outcome, the wait for limits included.
const SECONDS: [f64; 12] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 20.0, 45.0, 300.0];

/// Which way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Way {
    direction: &'static str,
}

/// Which way, and how a send ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Sent {
    direction: &'static str,
    outcome: &'static str,
}

/// Which way, and why something was given up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Failed {
    direction: &'static str,
    reason: &'static str,
}

/// The counters. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Messages that have a copy.
    pub relayed: Family<Way, Counter>,
    /// Messages given up, by reason.
    pub failed: Family<Failed, Counter>,
    /// Attempts that ended with the message held back for a later one.
    pub held: Family<Way, Counter>,
    /// Attempts that follow an earlier one at the same message.
    pub retried: Family<Way, Counter>,
    /// Sends by outcome.
    pub sends: Family<Sent, Counter>,
    /// How long sends took.
    pub seconds: Family<Way, Histogram, fn() -> Histogram>,
    /// What is held at this moment.
    pub holding: Held,
}

impl Default for Tally {
    fn default() -> Self {
        let tally = Self {
            relayed: Family::default(),
            failed: Family::default(),
            held: Family::default(),
            retried: Family::default(),
            sends: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            holding: Held::default(),
        };
        // What never happened is 0, not absent: an alert on its rate needs that.
        for direction in Direction::BOTH.map(Direction::word) {
            for family in [&tally.relayed, &tally.held, &tally.retried] {
                drop(family.get_or_create(&Way { direction }));
            }
            drop(tally.seconds.get_or_create(&Way { direction }));
            for outcome in ["sent", "not_now", "never", "unknown"] {
                drop(tally.sends.get_or_create(&Sent { direction, outcome }));
            }
            for (_, reason) in failure::WORDS {
                drop(tally.failed.get_or_create(&Failed { direction, reason }));
            }
        }
        tally
    }
}

impl Tally {
    /// So many messages have a copy now.
    pub(super) fn relayed(&self, direction: Direction, count: usize) {
        let count = u64::try_from(count).unwrap_or_default();
        self.relayed.get_or_create(&Way { direction: direction.word() }).inc_by(count);
    }

    /// A message was given up.
    pub(super) fn failed(&self, direction: Direction, failure: Failure) {
        let failed = Failed { direction: direction.word(), reason: failure.word() };
        self.failed.get_or_create(&failed).inc();
    }

    /// A message has to wait for a later attempt.
    pub(super) fn held(&self, direction: Direction) {
        self.held.get_or_create(&Way { direction: direction.word() }).inc();
    }

    /// A later attempt begins.
    pub(super) fn retried(&self, direction: Direction) {
        self.retried.get_or_create(&Way { direction: direction.word() }).inc();
    }

    /// A send ended: with an answer, or else.
    pub(super) fn sent<T>(&self, direction: Direction, took: Duration, done: &Result<T, Ending>) {
        let direction = direction.word();
        let outcome = match done {
            Ok(_) | Err(Ending::Sent(_)) => "sent",
            Err(Ending::Later(..)) => "not_now",
            Err(Ending::Never(_)) => "never",
            Err(Ending::Unknown) => "unknown",
        };
        self.sends.get_or_create(&Sent { direction, outcome }).inc();
        self.seconds.get_or_create(&Way { direction }).observe(took.as_secs_f64());
    }
}
