use std::io::Write;
use std::sync::{Arc, Mutex};
use std::thread;

use tracing::{Dispatch, dispatcher};

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(filter: &str, format: LogFormat, deeds: impl FnOnce()) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let filter = LogFilter::parse(filter).unwrap();
    let subscriber = subscriber(&filter, format, false, move || writer.clone());
    dispatcher::with_default(&Dispatch::new(subscriber), deeds);
    lines.text()
}

#[test]
fn a_line_of_text_has_a_utc_time_and_no_colour() {
    let text = logged("info", LogFormat::Text, || {
        tracing::info!(bot.id = 42, "attached");
        tracing::debug!("unseen");
    });
    let (time, rest) = text.split_once(' ').unwrap();
    assert!(time.ends_with('Z') && time.contains('T'), "{text}");
    assert_eq!(rest.trim(), "INFO feedback_relay::telemetry::tests: attached bot.id=42");
}

#[test]
fn a_line_of_json_reads_alone() {
    let text = logged("info", LogFormat::Json, || {
        let span = tracing::info_span!("update", update.id = 7);
        span.in_scope(|| tracing::warn!(bot.id = 42, "late"));
    });
    let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "late");
    assert_eq!(line["bot.id"], 42);
    assert_eq!(line["spans"][0]["update.id"], 7);
    assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn no_filter_lifts_the_clamp() {
    for filter in
        ["trace", "reqwest=trace", "reqwest::connect::verbose=trace", "teloxide::dispatching=trace"]
    {
        let text = logged(filter, LogFormat::Text, || {
            tracing::trace!(target: "reqwest::connect::verbose", "hunter2");
            tracing::debug!(target: "reqwest::connect", "hunter2");
            tracing::debug!(target: "hyper_util::client::legacy::client", "hunter2");
            tracing::error!(target: "teloxide::dispatching::dispatcher", "hunter2");
            tracing::trace!(target: "axum::rejection", "hunter2");
            tracing::trace!(target: "sqlx::explain", "hunter2");
        });
        assert_eq!(text, "", "{filter}");
    }
}

#[test]
fn the_clamp_leaves_the_rest_alone() {
    let text = logged("trace", LogFormat::Text, || {
        tracing::info!(target: "reqwest::connect", "one");
        tracing::trace!(target: "reqwest::connected", "two");
        tracing::trace!(target: "feedback_relay", "three");
        tracing::debug!(target: "sqlx::query", "four");
    });
    assert_eq!(text.lines().count(), 4, "{text}");
}

#[test]
fn the_filter_decides_how_much_is_looked_at_at_all() {
    let filter = LogFilter::parse("info").unwrap();
    let subscriber = subscriber(&filter, LogFormat::Text, false, io::sink);
    assert_eq!(subscriber.max_level_hint(), Some(LevelFilter::INFO));
}

#[test]
fn a_panic_is_told_by_its_place_only() {
    let before = Arc::new(panic::take_hook());
    let (others, this) = (Arc::clone(&before), thread::current().id());
    let text = logged("info", LogFormat::Text, || {
        // The hook is the process's; other tests keep theirs.
        panic::set_hook(Box::new(move |panic| {
            if thread::current().id() == this {
                log_panic(panic);
            } else {
                others(panic);
            }
        }));
        let _ = panic::catch_unwind(|| panic!("hunter2"));
    });
    panic::set_hook(Box::new(move |panic| before(panic)));
    assert!(
        text.contains("a task panicked panic.file=\"src/telemetry/tests.rs\" panic.line="),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}
