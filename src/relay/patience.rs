//! How long somebody's message may wait before he hears of it: pure.
//!
//! ```text
//! Anna:       Do you have tea?
//! @shop_bot:  ⏳ Your message is delayed. …         (after five minutes, once)
//! @shop_bot:  ❌ … could not be delivered.           (after 22 hours)
//! ```
//!
//! Its age is counted from the date Telegram gave it, so that it goes on over restarts. Nothing is
//! given up only because it is old: an attempt is made first, and these are the words for one that
//! has to come later.

use std::time::Duration;

use serde_json::Value;

use crate::update::Message;

/// Older than this, a message that waits is spoken of.
const DELAYED: Duration = Duration::from_mins(5);
/// The longest something may wait: Telegram keeps it for 24 h, and whoever wrote it is to be told
/// before.
pub(super) const LONGEST: Duration = Duration::from_hours(22);
/// Nothing that is delivered is older: Telegram keeps nothing for longer than a day.
pub(super) const IMPOSSIBLE: Duration = Duration::from_hours(25);
/// Telegram is never asked to come again sooner.
const SOONEST: Duration = Duration::from_secs(1);

/// Attempts with an unknown outcome before the sender is told, where Telegram works otherwise: it is
/// this message that it can't cope with.
const ATTEMPTS: i64 = 5;
/// The same where nothing was sent there meanwhile: minutes of attempts. In an outage no attempt is
/// made at all, see [`QUIET_ATTEMPTS`].
const ATTEMPTS_OUT_OF_ORDER: i64 = 10;
/// After so many it is asked first whether Telegram answers anything at all.
pub(super) const QUIET_ATTEMPTS: i64 = 2;
/// When that is asked again.
pub(super) const OUT_OF_ORDER: Duration = Duration::from_secs(15);
/// How often an answer is given that does not get through, for about half an hour.
const ANSWERS: i64 = 60;
/// The longest pause between two attempts: what waits is to arrive soon after an outage.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The time before the next attempt after so many with an unknown outcome.
pub(super) fn pause_after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 10)).unwrap_or(0);
    Duration::from_secs(1 << doublings).min(LONGEST_PAUSE)
}

/// Whether that was the last attempt. `worked`: how long ago anything was sent for certain; since
/// the attempt before this one is what counts.
pub(super) fn is_last(attempts: i64, worked: Option<Duration>) -> bool {
    is_its_own_fault(attempts, worked) || attempts >= ATTEMPTS_OUT_OF_ORDER
}

/// Whether so many attempts failed while others got through.
fn is_its_own_fault(attempts: i64, worked: Option<Duration>) -> bool {
    attempts >= ATTEMPTS && worked.is_some_and(|ago| ago < pause_after(attempts - 1))
}

/// Whether an answer is given up that did not get through so often: it leaves no other trace with
/// whoever asked, so only after a long time in which others did.
pub(super) fn is_lost(times: i64, worked: Option<Duration>) -> bool {
    times >= ANSWERS && is_its_own_fault(times, worked)
}

/// What is to be done about something that has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It is to be tried again after this time.
    Wait(Duration),
    /// The same, and its sender is to be told that it is delayed, unless he was.
    Tell(Duration),
    /// It is to be given up.
    GiveUp,
}

/// Decides about something of this age that would be tried again after a time. The time is cut so
/// that the next notice is not late.
pub(super) fn patience(age: Duration, after: Duration) -> Patience {
    let until = |limit: Duration| after.min(limit.saturating_sub(age)).max(SOONEST);
    if age >= LONGEST {
        Patience::GiveUp
    } else if age >= DELAYED {
        Patience::Tell(until(LONGEST))
    } else {
        Patience::Wait(until(DELAYED))
    }
}

/// How long ago a message was written. One without a date counts as new.
pub(super) fn age(message: &Message, now: i64) -> Duration {
    since(message, "date", now)
}

/// Whether a change has waited for so long that its copy will not come by itself any more.
pub(super) fn is_late(change: &Message, now: i64) -> bool {
    since(change, "edit_date", now) >= DELAYED
}

/// Whether a change has waited too long.
pub(super) fn is_outdated(change: &Message, now: i64) -> bool {
    since(change, "edit_date", now) >= LONGEST
}

fn since(message: &Message, key: &str, now: i64) -> Duration {
    let date = message.get(key).and_then(Value::as_i64).filter(|date| *date > 0);
    let since = date.map_or(0, |date| now.saturating_sub(date.saturating_mul(1000)));
    let since = Duration::from_millis(u64::try_from(since).unwrap_or(0));
    // Telegram keeps nothing for so long: a clock is wrong, and nobody is told of its error.
    if since > IMPOSSIBLE { Duration::ZERO } else { since }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_notice_is_never_late_because_of_a_long_wait() {
        assert_eq!(patience(s(0), s(5)), Patience::Wait(s(5)));
        assert_eq!(patience(s(0), s(3600)), Patience::Wait(s(300)));
        assert_eq!(patience(s(299), s(3600)), Patience::Wait(s(1)));
        assert_eq!(patience(s(300), s(3600)), Patience::Tell(s(3600)));
        assert_eq!(patience(s(22 * 3600 - 90), s(3600)), Patience::Tell(s(90)));
        assert_eq!(patience(s(22 * 3600), s(1)), Patience::GiveUp);
        assert_eq!(patience(s(400), s(0)), Patience::Tell(s(1)), "never at once");
    }

    #[test]
    fn a_message_telegram_can_not_cope_with_is_given_up_soon_and_an_outage_is_sat_out() {
        let pauses: Vec<u64> = (1..8).map(|number| pause_after(number).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!((pause_after(0), pause_after(i64::MAX)), (s(1), LONGEST_PAUSE));
        assert!(!is_last(4, Some(s(0))) && is_last(5, Some(s(3))));
        assert!(!is_last(5, Some(s(9))) && !is_last(9, None));
        assert!(is_last(10, None));
    }

    #[test]
    fn a_change_is_as_old_as_itself() {
        let now = 1_000_000_000;
        let changed = |at| Message::with(&json!({"date": 1, "edit_date": at}));
        assert!(!is_outdated(&changed(999_990), now));
        assert!(is_outdated(&changed(1_000_000 - 22 * 3600), now));
    }

    #[test]
    fn odd_dates_make_nothing_old() {
        let now = 1_000_000_000;
        let of = |fields| age(&Message::with(&fields), now);
        assert_eq!(of(json!({"date": 999_990})), s(10));
        assert_eq!(of(json!({"date": 999_900, "edit_date": 999_990})), s(100));
        assert_eq!(of(json!({"date": 2_000_000})), s(0));
        assert_eq!(of(json!({"date": "soon"})), s(0));
        assert_eq!(of(json!({"date": 1_000_000 - 24 * 3600})), s(24 * 3600));
        assert_eq!(of(json!({"date": 1_000_000 - 26 * 3600})), s(0), "a clock jumped");
        assert_eq!(of(json!({"date": 0})), s(0));
        assert_eq!(of(json!({"date": i64::MIN})), s(0));
        assert_eq!(of(json!({"date": i64::MAX})), s(0));
    }
}
