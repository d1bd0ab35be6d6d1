//! Whether the database works: since when it does not, as seen by those who use it.
//!
//! Reads and writes are looked at apart, because a full disk can be read.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use super::StoreError;

/// What was not disturbed for so long works again; a success between two faults says little.
const CALM: Duration = Duration::from_secs(10);
/// How often the log says that it does not.
const LOGGED_EVERY: Duration = Duration::from_mins(1);

/// What the database refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer.
    Silent,
    /// It can be read, but takes nothing: its disk is full, or it is read-only.
    ReadOnly,
}

/// Which half of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Reads = 0,
    Writes = 1,
}

#[derive(Clone, Copy, Default)]
struct Beat {
    worked: Option<Instant>,
    failed: Option<Instant>,
    /// The first fault of the row that is not over.
    since: Option<Instant>,
    is_about_writing: bool,
}

impl Beat {
    fn works(&mut self, now: Instant) {
        self.worked = Some(now);
        if self.failed.is_some_and(|failed| now.duration_since(failed) >= CALM) {
            self.since = None;
        }
    }

    fn fails(&mut self, now: Instant, is_about_writing: bool) {
        self.failed = Some(now);
        self.since = self.since.or(Some(now));
        self.is_about_writing = is_about_writing;
    }

    /// Whether the last that is known is a fault.
    fn is_failing(&self) -> bool {
        self.failed.is_some_and(|failed| self.worked.is_none_or(|worked| worked < failed))
    }
}

#[derive(Default)]
struct Beats {
    halves: [Beat; 2],
    logged: Option<Instant>,
    unlogged: u64,
}

impl Beats {
    /// Whether a fault is to be logged now, and how many were not since the last one that was.
    fn log_line(&mut self, now: Instant) -> Option<u64> {
        if self.logged.is_some_and(|logged| now.duration_since(logged) < LOGGED_EVERY) {
            self.unlogged += 1;
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.unlogged))
    }

    fn trouble(&self) -> Option<(Instant, Trouble)> {
        let [reads, writes] = &self.halves;
        match (reads.since, writes.since) {
            (None, Some(since)) if writes.is_about_writing => Some((since, Trouble::ReadOnly)),
            (Some(read), Some(write)) => Some((read.min(write), Trouble::Silent)),
            (Some(since), None) | (None, Some(since)) => Some((since, Trouble::Silent)),
            (None, None) => None,
        }
    }
}

/// Seconds a statement takes, its tries included.
const SECONDS: [f64; 10] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 1.0, 5.0, 30.0];

/// Whether a statement reads or writes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Does {
    does: &'static str,
}

const READS: Does = Does { does: "read" };
const WRITES: Does = Does { does: "write" };

/// What `/metrics` says about the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vitals {
    /// Statements that failed although they were tried again.
    pub faults: Counter,
    /// 1 while the database works, 0 while it does not.
    pub works: Gauge,
    /// How long statements took.
    pub seconds: Family<Does, Histogram, fn() -> Histogram>,
}

/// The pulse. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pulse {
    beats: Arc<Mutex<Beats>>,
    pub(super) vitals: Vitals,
}

impl Default for Pulse {
    fn default() -> Self {
        let seconds =
            Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        for does in [READS, WRITES] {
            drop(seconds.get_or_create(&does));
        }
        let vitals = Vitals { faults: Counter::default(), works: Gauge::default(), seconds };
        vitals.works.set(1);
        Self { beats: Arc::default(), vitals }
    }
}

impl Pulse {
    fn with<T>(&self, look: impl FnOnce(&mut Beats) -> T) -> T {
        let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        let found = look(&mut beats);
        let failing = beats.halves.iter().any(Beat::is_failing);
        self.vitals.works.set(i64::from(!failing));
        found
    }

    /// Takes note of how a statement went that began at a moment.
    pub(super) fn note<T>(&self, half: Half, began: Instant, done: &Result<T, StoreError>) {
        let now = Instant::now();
        let does = if half == Half::Reads { READS } else { WRITES };
        let seconds = self.vitals.seconds.get_or_create(&does);
        seconds.observe(now.duration_since(began).as_secs_f64());
        drop(seconds);
        let error = match done {
            Err(error) if error.is_passing() => error,
            // A refusal is an answer.
            _ => return self.with(|beats| beats.halves[half as usize].works(now)),
        };
        self.vitals.faults.inc();
        let line = self.with(|beats| {
            beats.halves[half as usize].fails(now, error.is_about_writing());
            beats.log_line(now)
        });
        if let Some(more) = line {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, more, "the database fails; what needs it waits");
        }
    }

    /// Somebody waited for an answer that did not come, and waits no longer.
    pub(super) fn note_silence(&self) {
        self.with(|beats| beats.halves[Half::Reads as usize].fails(Instant::now(), false));
    }

    /// What is wrong, and since when.
    pub(super) fn trouble(&self) -> Option<(Instant, Trouble)> {
        self.with(|beats| beats.trouble())
    }

    /// Whether what was asked of it last worked.
    pub(super) fn is_well(&self) -> bool {
        self.with(|beats| !beats.halves.iter().any(Beat::is_failing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_lasts_until_it_was_calm_for_a_while() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut beats = Beats::default();
        assert_eq!(beats.trouble(), None);
        beats.halves[1].fails(at(1), true);
        assert_eq!(beats.trouble(), Some((at(1), Trouble::ReadOnly)));
        beats.halves[1].works(at(2));
        beats.halves[1].fails(at(3), true);
        beats.halves[1].works(at(4));
        assert!(!beats.halves[1].is_failing());
        assert_eq!(beats.trouble(), Some((at(1), Trouble::ReadOnly)), "one success says little");
        beats.halves[1].works(at(13));
        assert_eq!(beats.trouble(), None);
    }

    #[test]
    fn a_database_that_can_not_be_read_either_is_silent() {
        let start = Instant::now();
        let mut beats = Beats::default();
        beats.halves[1].fails(start, true);
        beats.halves[0].fails(start + Duration::from_secs(1), false);
        assert_eq!(beats.trouble(), Some((start, Trouble::Silent)));
    }

    #[test]
    fn the_log_says_it_now_and_then() {
        let start = Instant::now();
        let mut beats = Beats::default();
        let lines =
            (0..150).filter_map(|second| beats.log_line(start + Duration::from_secs(second)));
        assert_eq!(lines.collect::<Vec<_>>(), [0, 59, 59]);
    }
}
