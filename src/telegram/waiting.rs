//! Waiting for an answer, by the time in which this process ran.

use std::{pin::pin, time::Duration};

use tokio::time::{Instant, timeout};

/// In how many steps a time is waited for.
const STEPS: u32 = 10;

/// What the work gives, or `None` when it takes longer than that.
///
/// A process that was frozen has not waited: the answer may have come long ago, and to give it up
/// unread would mean to send again what has arrived. So a step in which the process stood still is
/// not counted, and the next one leaves the time to read.
pub(super) async fn in_time<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let step = limit / STEPS;
    let mut work = pin!(work);
    let mut steps = 0;
    while steps < STEPS {
        let began = Instant::now();
        if let Ok(done) = timeout(step, &mut work).await {
            return Some(done);
        }
        steps += u32::from(began.elapsed() < step * 2);
    }
    None
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_never_comes_is_waited_for_as_long_as_said() {
        let (began, limit) = (Instant::now(), Duration::from_millis(300));
        assert_eq!(in_time(limit, std::future::pending::<()>()).await, None);
        assert!(began.elapsed() >= limit);
        assert_eq!(in_time(limit, async { 5 }).await, Some(5));
    }

    #[tokio::test]
    async fn an_answer_that_came_while_the_process_stood_still_is_read() {
        for _ in 0..20 {
            let (send, arrives) = oneshot::channel();
            let (pass_on, answer) = oneshot::channel();
            // As a connection has a task of its own.
            tokio::spawn(async move { pass_on.send(arrives.await) });
            tokio::spawn(async move {
                std::thread::spawn(move || send.send(7));
                std::thread::sleep(Duration::from_millis(60));
            });
            let answered = in_time(Duration::from_millis(50), answer).await;
            assert_eq!(answered.map(|answer| answer.unwrap().unwrap()), Some(7));
        }
    }
}
