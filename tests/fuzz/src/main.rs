//! `scripts/fuzz`: bodies by the million. See docs/reliability.md.

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;
use fuzz::run::{Failure, Fuzzer};

/// Gives odd updates to everything in the relay that only decides.
#[derive(Parser)]
struct Arguments {
    /// How many bodies.
    #[arg(long, default_value_t = 200_000)]
    bodies: u64,
    /// Where chance begins; the same seed makes the same bodies.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this one of them.
    #[arg(long)]
    only: Option<u64>,
    /// Where a body that fails is written.
    #[arg(long, default_value = "target/fuzz")]
    failures: PathBuf,
    /// How many at a time; as many as there are processors where it is left out.
    #[arg(long)]
    threads: Option<usize>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let fuzzer = match Fuzzer::new() {
        Ok(fuzzer) => fuzzer,
        Err(error) => {
            eprintln!("the corpus can't be read: {error}");
            return ExitCode::from(2);
        }
    };
    let seed = arguments.seed;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    let done = match arguments.only {
        Some(number) => fuzzer.case(seed, number),
        None => fuzzer.cases(seed, arguments.bodies, arguments.threads.unwrap_or_else(cores)),
    };
    let bodies = arguments.only.map_or(arguments.bodies, |_| 1);
    match done {
        Ok(()) => {
            let (shapes, took) = (fuzzer.shapes(), began.elapsed());
            println!(
                "{bodies} bodies from {shapes} shapes, seed {seed}: nothing found in {took:.1?}"
            );
            ExitCode::SUCCESS
        }
        Err(failure) => {
            report(&arguments, &failure);
            ExitCode::FAILURE
        }
    }
}

fn report(arguments: &Arguments, Failure { number, what, body }: &Failure) {
    let seed = arguments.seed;
    eprintln!("FOUND: {what}\nagain: scripts/fuzz --seed {seed} --only {number}");
    let file = arguments.failures.join(format!("{seed}-{number}.json"));
    let written = fs::create_dir_all(&arguments.failures).and_then(|()| fs::write(&file, body));
    match written {
        Ok(()) => eprintln!("body: {}", file.display()),
        Err(error) => eprintln!("the body can't be written to {}: {error}", file.display()),
    }
}
