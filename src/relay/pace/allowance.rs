//! What one customer may still write: pure.
//!
//! Counted by when he wrote, not by when it came here: what waited at Telegram while the relay was
//! down or his inbox was full comes all at once, and was perhaps written in an hour; and what was
//! written in a second is too much however slowly it comes.

use governor::Quota;

use crate::clock;

/// How much of what he may write at once is used up: until the moment, in milliseconds, by which
/// all of it has come back.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    used_until: i64,
}

impl Allowance {
    /// Whether a message written at this moment keeps the pace; if so, it is counted.
    pub(super) fn admits(&mut self, quota: Quota, written_at: i64) -> bool {
        let each = clock::in_ms(quota.replenish_interval());
        let most = each.saturating_mul(i64::from(quota.burst_size().get()));
        let latest = written_at.saturating_add(most);
        // What was counted never reaches beyond that: somebody's clock went back.
        let used = if self.used_until > latest { written_at } else { self.used_until };
        let then = used.max(written_at).saturating_add(each);
        let admitted = then <= latest;
        if admitted {
            self.used_until = then;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    /// A message a second, three at once.
    fn quota() -> Quota {
        Quota::per_second(NonZeroU32::MIN).allow_burst(NonZeroU32::new(3).unwrap())
    }

    fn admitted(moments: impl IntoIterator<Item = i64>) -> usize {
        let mut allowance = Allowance::default();
        moments.into_iter().filter(|at| allowance.admits(quota(), *at)).count()
    }

    #[test]
    fn a_few_at_once_and_then_as_many_as_come_back() {
        assert_eq!(admitted([50_000; 20]), 3);
        assert_eq!(admitted([50_000, 50_000, 50_000, 50_999, 51_000, 51_000]), 4);
        assert_eq!(admitted((0..100).map(|n| 50_000 + n * 100)), 12);
        assert_eq!(admitted((0..100).map(|n| 50_000 + n * 1000)), 100);
    }

    #[test]
    fn who_was_refused_has_lost_nothing() {
        let mut allowance = Allowance::default();
        assert!((0..1000).filter(|_| allowance.admits(quota(), 50_000)).count() == 3);
        assert!(allowance.admits(quota(), 51_000) && !allowance.admits(quota(), 51_000));
    }

    #[test]
    fn a_clock_that_jumps_silences_nobody() {
        assert_eq!(admitted([i64::MAX, 50_000, 50_000]), 3);
        assert_eq!(admitted([4_000_000_000_000, 50_000, 60_000, 70_000]), 4);
        assert_eq!(admitted([i64::MIN, 50_000]), 2);
    }
}
