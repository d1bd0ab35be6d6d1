//! Start and exit code; nothing else.
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "this is what a terminal sees")]

use std::process::ExitCode;

use clap::Parser as _;
use feedback_relay::{
    app::{self, StartError},
    check,
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
            None => run(&config).await,
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done.unwrap_or_else(|error| {
        eprintln!("{:#}", anyhow::Error::from(error));
        ExitCode::FAILURE
    })
}

async fn look(config: &Config) -> Result<ExitCode, StartError> {
    let report = match check::check(config).await {
        Err(error) if error.is_configuration() => return Ok(misconfigured(error)),
        report => report?,
    };
    print!("{}", report.text);
    Ok(if report.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

fn misconfigured(error: StartError) -> ExitCode {
    eprintln!("{:#}", anyhow::Error::from(error));
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
