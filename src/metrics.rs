//! Counters for Prometheus. They hold no ids of people, no names, no content.

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::store::Vitals;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Faring {
    state: &'static str,
}

/// What is counted. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    updates: Family<Labels, Counter>,
    seconds: Histogram,
    bots: Family<Faring, Gauge>,
    master: Family<Faring, Gauge>,
    registry: Arc<Registry>,
}

impl Metrics {
    /// Counters at zero, and what the database counts itself.
    pub fn new(database: Vitals) -> Self {
        let mut registry = Registry::with_prefix("feedback_relay");
        let updates = Family::<Labels, Counter>::default();
        let bounds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0];
        let seconds = Histogram::new(bounds);
        registry.register(
            "updates",
            "Updates by outcome: handled, later (asked to come again), full",
            updates.clone(),
        );
        registry.register(
            "store_faults",
            "Statements that failed although they were tried again",
            database.faults,
        );
        registry.register(
            "store_up",
            "1 while the database takes what it is asked to take",
            database.works,
        );
        registry.register_with_unit(
            "update_duration",
            "From an update's arrival to its acknowledgement",
            Unit::Seconds,
            seconds.clone(),
        );
        let bots = Family::<Faring, Gauge>::default();
        registry.register(
            "bots",
            "Client bots by state: active, revoked (token), contested (another program has them)",
            bots.clone(),
        );
        let master = Family::<Faring, Gauge>::default();
        registry.register("master_bot", "1 for the state the master bot is in", master.clone());
        Self { updates, seconds, bots, master, registry: Arc::new(registry) }
    }

    /// Counts an update.
    pub fn update(&self, outcome: &'static str, took: Duration) {
        self.updates.get_or_create(&Labels { outcome }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// How many client bots are in a state, and whether the master bot is.
    pub fn bots(&self, state: &'static str, count: usize, master: bool) {
        let faring = Faring { state };
        self.bots.get_or_create(&faring).set(i64::try_from(count).unwrap_or(i64::MAX));
        self.master.get_or_create(&faring).set(i64::from(master));
    }

    /// All counters in Prometheus' text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let _ = encode(&mut text, &self.registry);
        text
    }
}
