//! What the process itself uses, under Prometheus' own names for it.

use std::fmt;

use metrics_process::collector::collect;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

/// Looked at for each scrape.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let now = collect();
        let whole = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
        let gauges = [
            ("resident_memory_bytes", "Memory in RAM", whole(now.resident_memory_bytes)),
            ("virtual_memory_bytes", "Memory in addresses", whole(now.virtual_memory_bytes)),
            ("open_fds", "Open files and connections", whole(now.open_fds)),
            ("max_fds", "How many may be open", whole(now.max_fds)),
            ("threads", "Threads of the system", whole(now.threads)),
            (
                "start_time_seconds",
                "When the process began, since 1970",
                whole(now.start_time_seconds),
            ),
        ];
        for (name, help, number) in gauges {
            let Some(number) = number else { continue };
            let gauge = ConstGauge::new(number);
            let name = format!("process_{name}");
            gauge.encode(encoder.encode_descriptor(&name, help, None, gauge.metric_type())?)?;
        }
        if let Some(seconds) = now.cpu_seconds_total {
            let counter = ConstCounter::new(seconds);
            let (name, help) = ("process_cpu_seconds", "Processor time, the system's included");
            counter.encode(encoder.encode_descriptor(
                name,
                help,
                None,
                counter.metric_type(),
            )?)?;
        }
        Ok(())
    }
}
