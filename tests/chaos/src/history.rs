//! What was done to the relay and when: by this a repeat is explained.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// A record that several tasks write. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    deaths: HashMap<String, Instant>,
    counts: BTreeMap<&'static str, usize>,
    events: Vec<(Instant, String)>,
    most_memory: u64,
}

impl History {
    fn change<R>(&self, change: impl FnOnce(&mut Record) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A process is dead.
    pub fn died(&self, caller: &str) {
        self.change(|record| record.deaths.insert(caller.to_owned(), Instant::now()));
    }

    /// When a process died.
    pub fn death_of(&self, caller: &str) -> Option<Instant> {
        self.change(|record| record.deaths.get(caller).copied())
    }

    /// Something of a kind happened, to somebody.
    pub fn happened(&self, kind: &'static str, whom: &str) {
        self.change(|record| {
            *record.counts.entry(kind).or_default() += 1;
            record.events.push((Instant::now(), format!("{kind} {whom}")));
        });
    }

    /// How often each kind of thing happened.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.change(|record| record.counts.clone())
    }

    /// What happened in a while.
    pub fn between(&self, from: Instant, to: Instant) -> Vec<String> {
        self.change(|record| {
            let within = record.events.iter().filter(|(at, _)| *at >= from && *at <= to);
            within.map(|(at, what)| format!("{what} at +{:.1?}", at.duration_since(from))).collect()
        })
    }

    /// A process has used so many KiB at most.
    pub fn used_memory(&self, kibibytes: u64) {
        self.change(|record| record.most_memory = record.most_memory.max(kibibytes));
    }

    /// The most any process used, in MiB.
    pub fn most_memory(&self) -> u64 {
        self.change(|record| record.most_memory / 1024)
    }
}
