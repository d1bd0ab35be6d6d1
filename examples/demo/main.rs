//! The relay, shown: `cargo run --example demo` and open the page it names.
//!
//! One process holds three things: the emulated Telegram, the real relay in front of it, and a small
//! web server with one page on which people's phones can be used by hand. Nothing leaves the machine.
//!
//! In reading order: [`stage`] (who takes part), [`deeds`] and [`sketch`] (what people do in the
//! page), [`snapshot`] and [`strip`] (what the page shows), [`stream`] (how it hears of changes),
//! [`web`] and [`page`] (how it is served).

mod deeds;
mod page;
mod references;
mod sketch;
mod snapshot;
mod stage;
mod stream;
mod strip;
mod web;

use std::{
    io::{self, Write},
    net::Ipv4Addr,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;

use crate::{references::References, stage::Stage};

/// A page that looks like Telegram, with the real relay behind it and no token needed.
#[derive(Parser)]
#[command(name = "demo")]
struct Options {
    /// The port of the page on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 8090)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What cannot be said on stderr cannot be said at all.
            let _ = writeln!(io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let listener = listen(options.port).await?;
    let address = listener.local_addr()?;
    let references = References::default();
    references::watch(references.clone())?;
    let stage = Arc::new(Stage::set(references).await?);
    writeln!(io::stdout(), "The demo is at http://{address} (Ctrl-C ends it)")?;
    let app = web::router(stage.clone(), address);
    // A page keeps its stream open for as long as it is shown, so there is no waiting for the last one.
    let served = tokio::select! {
        served = async { axum::serve(listener, app).await } => served,
        () = stop => Ok(()),
    };
    stage.clear().await?;
    served.context("the page can no longer be served")
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "Port {port} is taken by another program. Take another one: \
             cargo run --example demo -- --port {} (0 takes any free one)",
            port.checked_add(1).unwrap_or(8090)
        ),
        _ => anyhow::Error::new(error).context(format!("port {port} can't be listened on")),
    })
}

/// Ends with Ctrl-C, and where there is one, with SIGTERM. Listening begins at once, so that a
/// signal during the start is not lost.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
