//! How a statement is tried again, and what a repetition leaves open: pure.

use std::time::{Duration, Instant};

use rand::RngExt;

use super::Fault;

/// The pauses between the tries of one statement: long enough for a deadlock to dissolve and for a
/// server that is restarted to drop its old connections.
const PAUSES: [u64; 5] = [20, 60, 150, 400, 1000];
/// What took so long is not tried once more: who waits for it has waited long enough.
const ENOUGH: Duration = Duration::from_secs(12);

/// The tries of one statement.
pub(super) struct Tries {
    began: Instant,
    made: usize,
}

impl Tries {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), made: 0 }
    }

    /// The pause before the next try, if there is to be one.
    pub(super) fn next(&mut self, fault: Fault) -> Option<Duration> {
        if !matches!(fault, Fault::Again | Fault::Doubtful) || self.began.elapsed() > ENOUGH {
            return None;
        }
        let pause = *PAUSES.get(self.made)?;
        self.made += 1;
        // Two that got in each other's way do not meet again.
        Some(Duration::from_millis(rand::rng().random_range(pause / 2..=pause)))
    }
}

/// How a statement that changes rows went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// The rows it matched, the last time it was run.
    pub(super) rows: u64,
    /// Whether it may have been carried out before, with nobody learning of it.
    pub(super) doubt: bool,
}

impl Written {
    /// Whether it changed something. Where it was repeated and found nothing left to change, it is
    /// taken to have done so the first time.
    pub(super) fn changed(self) -> bool {
        self.rows > 0 || self.doubt
    }
}

/// How an insertion went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inserted {
    /// The row is new.
    Now,
    /// The key was taken.
    Before,
    /// The key is taken, perhaps by a first try of this very insertion.
    NowOrBefore,
}

impl Inserted {
    /// Whether the row is, as far as anybody knows, the one to be inserted.
    pub(super) fn is_ours(self) -> bool {
        self != Self::Before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_work_soon_is_tried_again_and_not_for_ever() {
        for fault in [Fault::NotNow, Fault::Unusable, Fault::Refused] {
            assert_eq!(Tries::begin().next(fault), None, "{fault:?}");
        }
        for fault in [Fault::Again, Fault::Doubtful] {
            let mut tries = Tries::begin();
            let pauses: Vec<_> = std::iter::from_fn(|| tries.next(fault)).collect();
            assert_eq!(pauses.len(), PAUSES.len());
            assert!(pauses.iter().sum::<Duration>() < Duration::from_secs(2));
        }
        let mut late = Tries { began: Instant::now(), made: 0 };
        late.began = late.began.checked_sub(ENOUGH * 2).unwrap_or(late.began);
        assert_eq!(late.next(Fault::Again), None);
    }

    #[test]
    fn a_repetition_that_finds_nothing_to_do_counts_as_done() {
        assert!(Written { rows: 0, doubt: true }.changed());
        assert!(!Written { rows: 0, doubt: false }.changed());
        assert!(Inserted::NowOrBefore.is_ours() && !Inserted::Before.is_ours());
    }
}
