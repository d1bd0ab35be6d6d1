//! The time now. The only place that asks the machine for it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 in UTC. A clock before 1970 counts as 1970.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
