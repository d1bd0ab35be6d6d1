//! What the delivery protocol costs: the relay beside a bare receive → insert → send program.
//!
//! ```text
//! cargo bench --bench relay -- --database sqlite
//! TEST_MYSQL_URL=mysql://root@127.0.0.1:3306/ cargo bench --bench relay -- --database mysql --json
//! scripts/bench                     both databases, with a private MariaDB on the disk
//! ```
//!
//! Each program runs as a process of its own, so that its processor time and memory are read by
//! themselves. This process is Telegram: it posts updates by webhook ([`load`]) and takes the calls
//! they cause, answering at once ([`telegram`]). All programs get the same updates over the same
//! code, in turns, several rounds; the report gives medians, and ratios within each round.
//!
//! `docs/performance.md` says what the figures mean. Without cargo's own `--bench` (that is, under
//! `cargo test --all-targets`) a few messages prove that the benchmark works.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark reports to a terminal")]

mod arguments;
mod bare;
mod database;
mod figures;
mod load;
mod process;
mod program;
mod report;
mod sizes;
mod telegram;
mod updates;

use anyhow::{Context as _, Result, ensure};

use arguments::{Arguments, Backend, Command};
use database::Database;
use figures::Round;
use program::Program;
use report::Report;

fn main() -> Result<()> {
    let arguments = Arguments::read();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &arguments.command {
            Some(Command::Bare(bare)) => bare::run(bare).await,
            None => measure(&arguments).await,
        }
    })
}

async fn measure(arguments: &Arguments) -> Result<()> {
    if !arguments.size.is_empty() {
        return sizes::measure(arguments).await;
    }
    let mut reports = Vec::new();
    for backend in &arguments.database {
        reports.push(measure_on(*backend, arguments).await?);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    } else {
        for report in &reports {
            println!("{report}");
        }
    }
    Ok(())
}

async fn measure_on(backend: Backend, arguments: &Arguments) -> Result<Report> {
    ensure!(arguments.messages <= telegram::REMEMBERED / 2, "--messages: that is too many");
    let mut database = Database::open(backend, arguments).await?;
    let mut programs = Vec::new();
    for kind in arguments.programs() {
        let program = Program::start(kind, &mut database, arguments).await;
        programs.push(program.context("a program does not start")?);
    }
    for program in &mut programs {
        program.warm_up(arguments).await?;
    }
    let mut rounds = Vec::new();
    for number in 1..=arguments.rounds {
        eprintln!("{backend}: round {number} of {}", arguments.rounds);
        let mut round: Vec<Round> = Vec::new();
        for program in &mut programs {
            round.push(program.round(arguments).await?);
        }
        rounds.push(round);
    }
    let report = Report::new(&database, arguments, &programs, &rounds)?;
    drop(programs);
    database.remove().await?;
    Ok(report)
}
