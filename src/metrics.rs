//! What is counted, for Prometheus. No ids of people, no names, no content; bots by state only.
//!
//! Each room counts what it does ([`Vitals`], [`Traffic`], [`Tally`]); here they are named and
//! written out. `docs/monitoring.md` says what each means.
//!
//! - [`queue`]: how long the oldest of what waits has waited
//! - [`process`]: memory, files, processor time
//! - [`classic`]: the older text format (pure)

mod classic;
mod process;
mod queue;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use prometheus_client::{
    collector::Collector,
    encoding::{
        DescriptorEncoder, EncodeLabelSet, EncodeMetric,
        text::{encode_eof, encode_registry},
    },
    metrics::{
        counter::Counter,
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
    },
    registry::{Registry, Unit},
};

pub use queue::{Flight, Held, InFlight, Queue};

use crate::{
    account::{Fate, Rule},
    relay::Tally,
    store::Vitals,
    telegram::Traffic,
};

/// The words besides a [`Fate`]'s: where an update was not settled, and why not.
const OTHER_OUTCOMES: [&str; 3] = ["later", "failed", "full"];
/// Fates that are counted from the start on.
const FATES: [&str; 16] = [
    "handled", "relayed", "changed", "reacted", "parked", "told", "too_fast", "answered",
    "command", "button", "words", "noted", "ignored", "repeated", "held", "unknown",
];
/// Seconds from an update's arrival to its acknowledgement.
const SECONDS: [f64; 11] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ruled {
    rule: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Faring {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Built {
    version: &'static str,
}

/// What the rooms count themselves.
pub struct Rooms {
    /// The database.
    pub database: Vitals,
    /// Requests to Telegram.
    pub telegram: Traffic,
    /// Messages on their way.
    pub relay: Tally,
    /// How much is parked at this moment, and for how long.
    pub parked: Box<dyn Fn() -> Queue + Send + Sync>,
}

/// What is counted. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    updates: Family<Labels, Counter>,
    ignored: Family<Ruled, Counter>,
    seconds: Histogram,
    in_flight: InFlight,
    bots: Family<Faring, Gauge>,
    master: Family<Faring, Gauge>,
    registries: Arc<[Registry; 2]>,
}

impl Metrics {
    /// Counters at zero, and what the rooms count themselves.
    pub fn new(rooms: Rooms) -> Self {
        let mut own = Registry::with_prefix("feedback_relay");
        let mut process = Registry::default();
        process.register_collector(Box::new(process::Process));
        let metrics = (Family::default(), Family::default(), Histogram::new(SECONDS));
        let (updates, ignored, seconds) = metrics;
        let (bots, master, in_flight) = (Family::default(), Family::default(), InFlight::default());
        for outcome in FATES.into_iter().chain(OTHER_OUTCOMES) {
            drop(updates.get_or_create(&Labels { outcome }));
        }
        for rule in Rule::ALL {
            drop(ignored.get_or_create(&Ruled { rule: rule.word() }));
        }
        own.register("updates", "Updates by what became of them", updates.clone());
        own.register("ignored", "Updates left alone, by the rule that says so", ignored.clone());
        let about = "From an update's arrival to its acknowledgement";
        own.register_with_unit("update_duration", about, Unit::Seconds, seconds.clone());
        own.register("bots", "Client bots by state", bots.clone());
        own.register("master_bot", "1 for the state the master bot is in", master.clone());
        let build = Family::<Built, Gauge>::default();
        build.get_or_create(&Built { version: env!("CARGO_PKG_VERSION") }).set(1);
        own.register("build_info", "Always 1; the label says the version", build);
        register_rooms(&mut own, &rooms);
        let queues = Queues {
            in_flight: in_flight.clone(),
            held: rooms.relay.holding,
            parked: rooms.parked,
        };
        own.register_collector(Box::new(queues));
        let registries = Arc::new([own, process]);
        Self { updates, ignored, seconds, in_flight, bots, master, registries }
    }

    /// An update is being handled, until what this gives is dropped.
    pub fn comes(&self) -> Flight {
        self.in_flight.comes(Instant::now())
    }

    /// Counts an update that is settled.
    pub fn settled(&self, fate: Fate, took: Duration) {
        if let Some(rule) = fate.rule() {
            self.ignored.get_or_create(&Ruled { rule }).inc();
        }
        self.update(fate.word(), took);
    }

    /// Counts an update.
    pub fn update(&self, outcome: &'static str, took: Duration) {
        self.updates.get_or_create(&Labels { outcome }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts an update for which there was no place: it was not even read.
    pub fn full(&self) {
        self.updates.get_or_create(&Labels { outcome: "full" }).inc();
    }

    /// Counts an update that was given up after a fault of ours, besides what it is counted as.
    pub fn given_up(&self) {
        self.updates.get_or_create(&Labels { outcome: "failed" }).inc();
    }

    /// How many client bots are in a state, and whether the master bot is.
    pub fn bots(&self, state: &'static str, count: usize, master: bool) {
        let faring = Faring { state };
        self.bots.get_or_create(&faring).set(i64::try_from(count).unwrap_or(i64::MAX));
        self.master.get_or_create(&faring).set(i64::from(master));
    }

    /// All of it in Prometheus' text format 0.0.4.
    pub fn text(&self) -> String {
        classic::classic(&self.openmetrics())
    }

    /// All of it as `OpenMetrics` 1.0.
    pub fn openmetrics(&self) -> String {
        let mut text = String::new();
        for registry in self.registries.iter() {
            // Writing to a string does not fail.
            let _ = encode_registry(&mut text, registry);
        }
        let _ = encode_eof(&mut text);
        text
    }
}

/// The memory this process has in RAM, in bytes, where the system says so.
pub fn memory() -> Option<u64> {
    metrics_process::collector::collect().resident_memory_bytes
}

fn register_rooms(own: &mut Registry, rooms: &Rooms) {
    let Rooms { database, telegram, relay, .. } = rooms;
    let about = "Messages that have a copy";
    own.register("relayed", about, relay.relayed.clone());
    own.register("failed", "Messages given up, by reason", relay.failed.clone());
    let about = "Attempts that ended with the message held back for a later one";
    own.register("held", about, relay.held.clone());
    let about = "Attempts that follow an earlier one at the same message";
    own.register("retried", about, relay.retried.clone());
    own.register("sends", "Sends of copies, by how they ended", relay.sends.clone());
    let about = "From a copy's first send to its outcome, waiting for limits included";
    own.register_with_unit("send_duration", about, Unit::Seconds, relay.seconds.clone());
    let about = "Requests to the Bot API by what they do and how they ended";
    own.register("telegram_requests", about, telegram.requests.clone());
    let about = "From a request to its answer, by what it does";
    let name = "telegram_request_duration";
    own.register_with_unit(name, about, Unit::Seconds, telegram.seconds.clone());
    let about = "Statements that failed although they were tried again";
    own.register("store_faults", about, database.faults.clone());
    let about = "1 while the database takes what it is asked to take";
    own.register("store_up", about, database.works.clone());
    let about = "How long a statement took, its tries included";
    let name = "store_statement_duration";
    own.register_with_unit(name, about, Unit::Seconds, database.seconds.clone());
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    queue: &'static str,
}

/// How long things wait, looked at for each scrape.
struct Queues {
    in_flight: InFlight,
    held: Held,
    parked: Box<dyn Fn() -> Queue + Send + Sync>,
}

impl fmt::Debug for Queues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Queues")
    }
}

impl Collector for Queues {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let queues = [
            ("in_flight", self.in_flight.queue()),
            ("held", self.held.queue()),
            ("parked", (self.parked)()),
        ];
        let about = "How long the oldest has waited; 0 where none waits";
        let shape = ConstGauge::new(0.0_f64).metric_type();
        let unit = Unit::Seconds;
        let mut family = encoder.encode_descriptor("queue_age", about, Some(&unit), shape)?;
        for (queue, now) in queues {
            let age = ConstGauge::new(now.age.as_secs_f64());
            age.encode(family.encode_family(&Named { queue })?)?;
        }
        let about = "How many wait (parked: in how many chats)";
        let shape = ConstGauge::new(0_i64).metric_type();
        let mut family = encoder.encode_descriptor("queue_length", about, None, shape)?;
        for (queue, now) in queues {
            let length = ConstGauge::new(i64::try_from(now.length).unwrap_or(i64::MAX));
            length.encode(family.encode_family(&Named { queue })?)?;
        }
        Ok(())
    }
}
