//! What an installation takes by its size: its start, its memory at rest, and its memory at most
//! while messages and files go through.

use std::{fmt, path::Path};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::{
    arguments::{Arguments, Backend},
    database::Database,
    program::{Kind, Program},
};

/// One build on one database with so many bots. Memory in MiB.
#[derive(Debug, Serialize)]
struct Size {
    relay: String,
    binary_mib: f64,
    engine: String,
    bots: usize,
    ready_ms: f64,
    idle_mib: f64,
    /// While messages come as fast as they go.
    flood_mib: f64,
    /// While files of 20 MB go through at the same time.
    files_mib: f64,
}

pub(crate) async fn measure(arguments: &Arguments) -> Result<()> {
    let mut sizes = Vec::new();
    for backend in &arguments.database {
        for relay in arguments.relays() {
            for bots in &arguments.size {
                eprintln!("{backend}: {bots} bots");
                let arguments = Arguments { bots: *bots, ..arguments.clone() };
                sizes.push(measure_one(*backend, &relay, &arguments).await?);
            }
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&sizes)?);
        return Ok(());
    }
    println!(
        "\n| relay | binary MiB | database | bots | ready ms | idle MiB | flood MiB | {} files MiB |",
        arguments.files
    );
    println!("|---|--:|---|--:|--:|--:|--:|--:|");
    for size in &sizes {
        println!("{size}");
    }
    Ok(())
}

async fn measure_one(backend: Backend, relay: &Path, arguments: &Arguments) -> Result<Size> {
    let mut database = Database::open(backend, arguments).await?;
    let kind = Kind::Relay(relay.to_owned());
    let mut program = Program::start(kind, &mut database, arguments).await?;
    let files_mib = program.files(arguments.files, arguments).await?;
    let flood_mib = program.busiest(arguments).await?;
    let length = std::fs::metadata(relay).context("no binary")?.len();
    let size = Size {
        relay: program.name(),
        binary_mib: f64::from(u32::try_from(length >> 10)?) / 1024.0,
        engine: database.engine.clone(),
        bots: arguments.bots,
        ready_ms: program.process.ready_after.as_secs_f64() * 1e3,
        idle_mib: program.idle_memory,
        flood_mib,
        files_mib,
    };
    drop(program);
    database.remove().await?;
    Ok(size)
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { relay, binary_mib, engine, bots, ready_ms, idle_mib, flood_mib, files_mib } =
            self;
        let engine = engine.split(',').next().unwrap_or(engine);
        write!(
            out,
            "| {relay} | {binary_mib:.1} | {engine} | {bots} | {ready_ms:.0} | {idle_mib:.1} | {flood_mib:.1} | {files_mib:.1} |"
        )
    }
}
