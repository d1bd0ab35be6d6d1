//! Start and exit code; nothing else.
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "this is what a terminal sees")]

use std::{path::PathBuf, process::ExitCode};

use clap::Parser as _;
use feedback_relay::{
    app::{self, StartError},
    backup::{BackupError, Source, Target, backup, restore},
    chain::chain,
    check::{self, Verdict},
    config::{Cli, Command, Config},
    telemetry,
};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load() {
        Ok(config) => config,
        Err(errors) => {
            eprintln!("{errors}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = telemetry::init(&config.log, config.log_format) {
        eprintln!("the log can't be started: {error}");
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program can't be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Some(Command::Check) => look(&config).await,
            Some(Command::Backup { file, overwrite }) => {
                return carry(Box::pin(backup_to(&config, file, overwrite))).await;
            }
            Some(Command::Restore { file, replace }) => {
                return carry(Box::pin(restore_from(&config, file, replace))).await;
            }
            Some(Command::Healthy) => return ask(&config).await,
            None => run(&config).await,
        }
        .unwrap_or_else(failed)
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done
}

fn failed(error: impl std::error::Error) -> ExitCode {
    eprintln!("{}", chain(&error));
    ExitCode::FAILURE
}

/// Runs a backup or a restore until its end or a signal. What it has begun vanishes with it.
async fn carry(work: impl Future<Output = Result<u64, BackupError>>) -> ExitCode {
    let done = tokio::select! {
        done = work => done,
        () = stop_signal() => {
            eprintln!("stopped; nothing was changed");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) if error.is_configuration() => misconfigured(error),
        Err(error) => failed(error),
    }
}

async fn backup_to(config: &Config, file: PathBuf, overwrite: bool) -> Result<u64, BackupError> {
    let is_stdout = file.as_os_str() == "-";
    let target = if is_stdout { Target::Stdout } else { Target::File { path: file, overwrite } };
    backup(config, &target, &|sentence| eprintln!("{sentence}")).await
}

async fn restore_from(config: &Config, file: PathBuf, replace: bool) -> Result<u64, BackupError> {
    let source = if file.as_os_str() == "-" { Source::Stdin } else { Source::File(file) };
    restore(config, &source, replace, &|sentence| eprintln!("{sentence}")).await
}

async fn ask(config: &Config) -> ExitCode {
    match check::is_alive(config.listen_addr).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the relay at {} is not well: {error}", config.listen_addr);
            ExitCode::FAILURE
        }
    }
}

async fn look(config: &Config) -> Result<ExitCode, StartError> {
    let report = check::check(config).await?;
    print!("{}", report.text);
    Ok(match report.verdict {
        Verdict::Good => ExitCode::SUCCESS,
        Verdict::Faulty => ExitCode::FAILURE,
        Verdict::Misconfigured => ExitCode::from(2),
    })
}

async fn run(config: &Config) -> Result<ExitCode, StartError> {
    let mut stopped = std::pin::pin!(stop_signal());
    let started = tokio::select! {
        started = app::start(config) => started,
        // It may be waiting for its database.
        () = &mut stopped => return Ok(ExitCode::SUCCESS),
    };
    let running = match started {
        Err(error) if error.is_configuration() => return Ok(misconfigured(error)),
        running => running?,
    };
    stopped.await;
    tokio::select! {
        _ = running.stop() => {}
        // A second signal cuts off what still runs.
        () = stop_signal() => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn misconfigured(error: impl std::error::Error) -> ExitCode {
    eprintln!("{}", chain(&error));
    ExitCode::from(2)
}

async fn stop_signal() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
