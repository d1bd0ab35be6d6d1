//! Log lines: to stderr, in UTC, as text or JSON, and without secrets at any level.
//!
//! Our own lines follow the rule "never a token, a name or message text". What libraries print is out of our hands, so
//! their sources were read, and the places that print what we must not are cut off below the user's filter.

use std::io::{self, IsTerminal as _};
use std::panic::{self, PanicHookInfo};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry};

use crate::config::{LogFilter, LogFormat};

/// The most detailed level each of these targets, and everything beneath it, may speak at.
///
/// A directive in the user's filter could be lifted by a more specific one, so this is a second filter of its own.
/// Several of these places are unreachable with the features and options used today; they stay listed because a
/// dependency's feature can be switched on from afar. Paths and levels are those of the versions in `Cargo.lock`.
const CLAMPED: &[(&str, LevelFilter)] = &[
    // At TRACE `connect::verbose` prints all bytes of a connection (with `connection_verbose`), and a request to
    // Telegram has the token in its first line. At DEBUG `connect` prints proxy addresses.
    ("reqwest::connect", LevelFilter::INFO),
    // At DEBUG prints a whole request URI that is not absolute, at WARN the path of a CONNECT.
    ("hyper_util::client::legacy::client", LevelFilter::ERROR),
    // Silent today, since its `tracing` feature needs a compiler flag; its DEBUG lines name headers it takes offence at.
    ("hyper::proto", LevelFilter::WARN),
    // At TRACE prints each request's payload and each answer: message text and names.
    ("teloxide_core::adaptors", LevelFilter::DEBUG),
    // At WARN and ERROR print whole updates. The relay dispatches on its own; if these ever speak, it is a mistake.
    ("teloxide::dispatching", LevelFilter::OFF),
    ("teloxide::update_listeners", LevelFilter::OFF),
    ("teloxide::error_handlers", LevelFilter::OFF),
    // At TRACE prints the body of a refused request's answer, which quotes the request.
    ("axum::rejection", LevelFilter::DEBUG),
    // At TRACE prints a statement's program with the constants in it.
    ("sqlx::explain", LevelFilter::DEBUG),
    // At TRACE prints handshakes and session tickets.
    ("rustls", LevelFilter::DEBUG),
];

/// Starts logging for the process, and makes panics log their place only. To be called once, before anything is logged.
pub fn init(filter: &LogFilter, format: LogFormat) -> Result<(), TryInitError> {
    subscriber(filter, format, io::stderr().is_terminal(), io::stderr).try_init()?;
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn subscriber<W>(
    filter: &LogFilter,
    format: LogFormat,
    terminal: bool,
    writer: W,
) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = fmt::layer()
        .with_timer(SystemTime)
        .with_writer(writer)
        // Without this a full disk or a closed pipe behind stderr would be told on stderr, and panic.
        .log_internal_errors(false);
    // Colour may be switched off by NO_COLOR, which the layer looks at; it is never switched on against it.
    let lines = if terminal { lines } else { lines.with_ansi(false) };
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => Box::new(lines),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).with_current_span(false)),
    };
    let asked = EnvFilter::builder().parse_lossy(filter.as_str());
    let safe = filter_fn(is_safe).with_max_level_hint(LevelFilter::TRACE);
    registry().with(lines.with_filter(asked.and(safe)))
}

fn is_safe(metadata: &Metadata<'_>) -> bool {
    level_of(metadata.target()).is_none_or(|most| *metadata.level() <= most)
}

fn level_of(target: &str) -> Option<LevelFilter> {
    CLAMPED
        .iter()
        .find(|(clamped, _)| {
            let beneath = target.strip_prefix(clamped);
            beneath.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
        .map(|(_, level)| *level)
}

/// Says where, never what: a panic's message may quote the text it stumbled over.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let (file, line) =
        panic.location().map_or(("unknown", 0), |place| (place.file(), place.line()));
    tracing::event!(Level::ERROR, panic.file = file, panic.line = line, "a task panicked");
}

#[cfg(test)]
mod tests;
