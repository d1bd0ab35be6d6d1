//! The report: medians of each program, and ratios taken within each round.

use std::fmt;

use anyhow::Result;
use serde::Serialize;

use crate::{
    arguments::Arguments,
    database::Database,
    figures::{Flood, Latency, Round, median},
    program::Program,
};

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    engine: String,
    sync_micros: f64,
    cores: usize,
    bots: usize,
    customers_of_each: usize,
    concurrency: usize,
    messages: usize,
    rounds: usize,
    pace: usize,
    programs: Vec<Line>,
    ratios: Vec<Ratio>,
}

/// One program's medians.
#[derive(Debug, Serialize)]
struct Line {
    program: String,
    inbound: Flood,
    latency: Latency,
    outbound: Option<Flood>,
    ready_ms: f64,
    idle_mib: f64,
    peak_mib: f64,
}

/// How a program compares with a bare one: medians of each round's ratio.
#[derive(Debug, Serialize)]
struct Ratio {
    program: String,
    over: String,
    a_second: f64,
    cpu: f64,
    send_p50: f64,
    ack_p50: f64,
    ack_p99: f64,
}

impl Report {
    pub(crate) fn new(
        database: &Database,
        arguments: &Arguments,
        programs: &[Program],
        rounds: &[Vec<Round>],
    ) -> Result<Self> {
        let of = |number: usize| rounds.iter().map(|round| round[number]).collect::<Vec<_>>();
        let lines =
            programs.iter().enumerate().map(|(number, program)| Line::new(program, &of(number)));
        let mut ratios = Vec::new();
        for (number, program) in programs.iter().enumerate().filter(|(_, it)| it.is_relay()) {
            for (other, base) in programs.iter().enumerate().take(number) {
                ratios.push(Ratio::new(program, base, &of(number), &of(other)));
            }
        }
        Ok(Self {
            engine: database.engine.clone(),
            sync_micros: database.sync_micros()?,
            cores: std::thread::available_parallelism()?.get(),
            bots: arguments.bots,
            customers_of_each: arguments.customers,
            concurrency: arguments.concurrency,
            messages: arguments.messages,
            rounds: arguments.rounds,
            pace: arguments.pace,
            programs: lines.collect(),
            ratios,
        })
    }
}

impl Line {
    fn new(program: &Program, rounds: &[Round]) -> Self {
        let inbound: Vec<_> = rounds.iter().map(|round| round.inbound).collect();
        let latency: Vec<_> = rounds.iter().map(|round| round.latency).collect();
        let outbound: Vec<_> = rounds.iter().filter_map(|round| round.outbound).collect();
        Self {
            program: program.name(),
            inbound: Flood::median(&inbound),
            latency: Latency::median(&latency),
            outbound: (!outbound.is_empty()).then(|| Flood::median(&outbound)),
            ready_ms: program.process.ready_after.as_secs_f64() * 1e3,
            idle_mib: program.idle_memory,
            peak_mib: rounds.iter().map(|round| round.peak_memory).fold(0.0, f64::max),
        }
    }
}

impl Ratio {
    fn new(program: &Program, base: &Program, rounds: &[Round], over: &[Round]) -> Self {
        let ratio = |field: fn(&Round) -> f64| {
            let pairs = rounds.iter().zip(over);
            median(pairs.map(|(round, base)| field(round) / field(base)).collect())
        };
        Self {
            program: program.name(),
            over: base.name(),
            a_second: ratio(|round| round.inbound.a_second),
            cpu: ratio(|round| round.inbound.cpu_micros),
            send_p50: ratio(|round| round.latency.send_p50),
            ack_p50: ratio(|round| round.latency.ack_p50),
            ack_p99: ratio(|round| round.latency.ack_p99),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "\n{}; one fdatasync {:.0} µs; {} cores",
            self.engine, self.sync_micros, self.cores
        )?;
        writeln!(
            out,
            "{} bots × {} customers, {} messages × {} rounds, {} at a time; latency at {}/s; medians\n",
            self.bots,
            self.customers_of_each,
            self.messages,
            self.rounds,
            self.concurrency,
            self.pace
        )?;
        writeln!(
            out,
            "| program | msg/s | CPU µs/msg (kernel) | msg/CPU-s | → send p50 / p99 ms | → 200 p50 / p99 ms | idle / peak MiB | ready ms |"
        )?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
        for line in &self.programs {
            let Line { program, inbound, latency, ready_ms, idle_mib, peak_mib, .. } = line;
            writeln!(
                out,
                "| {program} | {:.0} | {:.0} ({:.0}) | {:.0} | {:.2} / {:.2} | {:.2} / {:.2} | {idle_mib:.1} / {peak_mib:.1} | {ready_ms:.0} |",
                inbound.a_second,
                inbound.cpu_micros,
                inbound.system_micros,
                inbound.a_cpu_second,
                latency.send_p50,
                latency.send_p99,
                latency.ack_p50,
                latency.ack_p99,
            )?;
        }
        for (program, reply) in self.programs.iter().filter_map(|it| Some((it, it.outbound?))) {
            writeln!(
                out,
                "| {}: owners' replies | {:.0} | {:.0} ({:.0}) | {:.0} | | | | |",
                program.program,
                reply.a_second,
                reply.cpu_micros,
                reply.system_micros,
                reply.a_cpu_second,
            )?;
        }
        writeln!(out, "\n| ratio | msg/s | CPU/msg | → send p50 | → 200 p50 | → 200 p99 |")?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
        for Ratio { program, over, a_second, cpu, send_p50, ack_p50, ack_p99 } in &self.ratios {
            writeln!(
                out,
                "| {program} / {over} | {a_second:.2} | {cpu:.2} | {send_p50:.2} | {ack_p50:.2} | {ack_p99:.2} |"
            )?;
        }
        Ok(())
    }
}
