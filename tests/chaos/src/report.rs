//! What is printed, and what is kept.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use crate::{
    arguments::Arguments,
    oracle::{Breach, Verdict},
};

/// A run's figures besides the verdict.
#[derive(Debug)]
pub struct Figures {
    /// Until the last customer had written.
    pub writing: Duration,
    /// From then until nothing was missing any more.
    pub settling: Duration,
    /// Calls of the Bot API that were executed.
    pub calls: usize,
    /// Faults of each kind.
    pub faults: BTreeMap<&'static str, usize>,
    /// What else was done to the relay.
    pub history: BTreeMap<&'static str, usize>,
    /// The most memory of any process, in MiB.
    pub most_memory: u64,
    /// Bytes searched for secrets.
    pub searched: u64,
}

/// The line that says how to do the same again.
pub fn command(arguments: &Arguments) -> String {
    let database = if arguments.database_url.is_some() { "mariadb" } else { "sqlite" };
    let intake = format!("{:?}", arguments.intake).to_lowercase();
    let faults = format!("{:?}", arguments.faults).to_lowercase();
    let plain = |every: crate::arguments::Every| every.to_string().replace(" s", "");
    format!(
        "--messages {} --seed {} --database {database} --replicas {} --intake {intake} --owners {} --bots {} \
         --customers {} --kill {} --freeze {}{} --database-restart {} --database-trouble {} --faults {faults}",
        arguments.messages,
        arguments.seed,
        arguments.replicas,
        arguments.owners,
        arguments.bots,
        arguments.customers,
        plain(arguments.kill),
        plain(arguments.freeze),
        arguments.freeze_for.map_or(String::new(), |time| format!(" --freeze-for {time}")),
        plain(arguments.database_restart),
        plain(arguments.database_trouble),
    )
}

/// The summary, as a table.
pub fn table(arguments: &Arguments, verdict: &Verdict, figures: &Figures) -> String {
    let [inbound, outbound] = verdict.written;
    let writing = figures.writing.as_secs_f64();
    let rate = inbound as f64 / writing.max(0.001);
    let rows = [
        ("messages of customers", format!("{inbound}, copied {}", verdict.copied[0])),
        ("answers of owners", format!("{outbound}, copied {}", verdict.copied[1])),
        ("given up and told", verdict.told.to_string()),
        ("labelled repeats", verdict.repeats.to_string()),
        ("labelled, though alone", verdict.labelled_alone.to_string()),
        ("changes seen, taken back", format!("{}, {}", verdict.changed, verdict.taken_back)),
        ("time", format!("{writing:.1} s ({rate:.1} messages a second)")),
        ("until all had arrived", format!("{:.1} s more", figures.settling.as_secs_f64())),
        ("calls executed", figures.calls.to_string()),
        ("faults", counts(&figures.faults)),
        ("done to the relay", counts(&figures.history)),
        ("most memory of a process", format!("{} MiB", figures.most_memory)),
        ("searched for secrets", format!("{} MiB", figures.searched >> 20)),
    ];
    sheet(&command(arguments), &rows, verdict)
}

/// A command, what came of it, and how often each promise was broken.
pub fn sheet(command: &str, rows: &[(&str, String)], verdict: &Verdict) -> String {
    let mut out = format!("scripts/chaos {command}\n\n");
    for (name, value) in rows {
        let _ = writeln!(out, "  {name:<28} {value}");
    }
    let _ = writeln!(out);
    for breach in Breach::ALL {
        let _ = writeln!(out, "  {:<28} {}", breach.name(), verdict.count(breach));
    }
    out
}

fn counts(counts: &BTreeMap<&'static str, usize>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let parts: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    parts.join(", ")
}

/// Every violation, with what is known about it.
pub fn ledger(verdict: &Verdict) -> String {
    let mut breaches: Vec<_> = verdict.breaches.iter().collect();
    breaches.sort_by_key(|(breach, _)| *breach);
    let lines = breaches.iter().map(|(breach, what)| format!("{}: {what}\n", breach.name()));
    lines.collect()
}
