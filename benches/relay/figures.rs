//! What a round gives, and medians over rounds.

use std::time::Duration;

use serde::Serialize;

use crate::{load::Passage, process::Cpu};

/// What one program did in one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) inbound: Flood,
    pub(crate) latency: Latency,
    /// Owners' replies; the relay alone has them.
    pub(crate) outbound: Option<Flood>,
    /// MiB.
    pub(crate) peak_memory: f64,
}

/// As many messages as go.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Flood {
    /// Messages through in a second.
    pub(crate) a_second: f64,
    /// Processor time of the program for one message, in microseconds.
    pub(crate) cpu_micros: f64,
    /// How much of that was spent in the kernel.
    pub(crate) system_micros: f64,
    /// Messages for each second of processor time.
    pub(crate) a_cpu_second: f64,
}

/// Milliseconds from the webhook at a steady pace: to the call it causes, and to its answer.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Latency {
    pub(crate) send_p50: f64,
    pub(crate) send_p99: f64,
    pub(crate) ack_p50: f64,
    pub(crate) ack_p99: f64,
}

impl Flood {
    #[expect(clippy::cast_precision_loss, reason = "counts of messages are small")]
    pub(crate) fn new(count: usize, took: Duration, before: Cpu, after: Cpu) -> Self {
        let count = count as f64;
        let system = after.system - before.system;
        // A tick at least, so that a very short run divides by something.
        let cpu = (after.user - before.user + system).max(0.01);
        Self {
            a_second: count / took.as_secs_f64(),
            cpu_micros: cpu / count * 1e6,
            system_micros: system / count * 1e6,
            a_cpu_second: count / cpu,
        }
    }

    pub(crate) fn median(floods: &[Self]) -> Self {
        let of = |field: fn(&Self) -> f64| median(floods.iter().map(field).collect());
        Self {
            a_second: of(|it| it.a_second),
            cpu_micros: of(|it| it.cpu_micros),
            system_micros: of(|it| it.system_micros),
            a_cpu_second: of(|it| it.a_cpu_second),
        }
    }
}

impl Latency {
    pub(crate) fn of(passages: &[Passage]) -> Self {
        let sends: Vec<u64> = passages.iter().map(|passage| passage.to_send).collect();
        let acks: Vec<u64> = passages.iter().map(|passage| passage.to_ack).collect();
        let (send_p50, send_p99) = percentiles(sends);
        let (ack_p50, ack_p99) = percentiles(acks);
        Self { send_p50, send_p99, ack_p50, ack_p99 }
    }

    pub(crate) fn median(latencies: &[Self]) -> Self {
        let of = |field: fn(&Self) -> f64| median(latencies.iter().map(field).collect());
        Self {
            send_p50: of(|it| it.send_p50),
            send_p99: of(|it| it.send_p99),
            ack_p50: of(|it| it.ack_p50),
            ack_p99: of(|it| it.ack_p99),
        }
    }
}

/// The middle and the 99th percentile of nanoseconds, in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a benchmark fit")]
fn percentiles(mut nanos: Vec<u64>) -> (f64, f64) {
    nanos.sort_unstable();
    let at = |hundredths: usize| {
        let place = (nanos.len() * hundredths).div_ceil(100).saturating_sub(1);
        nanos.get(place).map_or(f64::NAN, |nanos| *nanos as f64 / 1e6)
    };
    (at(50), at(99))
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}
