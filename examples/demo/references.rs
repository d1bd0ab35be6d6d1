//! What the relay writes into its references while it delivers, and what it keeps for a moment, as
//! its own trace says it.
//!
//! Nothing here is guessed from outside: the relay's store says each state as it is committed, and
//! this layer keeps the line.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tokio::sync::watch;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer, filter::LevelFilter, fmt, layer::Context, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// A state that was written.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The bot the message was written to.
    pub(crate) bot: i64,
    /// The chat it was written in.
    pub(crate) chat: i64,
    /// The message.
    pub(crate) message: i64,
    /// Which of its copies: 0 is the message itself.
    pub(crate) part: i64,
    /// `held`, `sending`, `sent`, `failed`, `told`, or `deleted` once the copy was taken back.
    pub(crate) state: String,
    /// No reference, but the message itself, kept sealed: an `item` of an album or an `edit`.
    pub(crate) kept: Option<String>,
    /// When.
    pub(crate) at: Instant,
}

/// All states in the order they were written. Clones are the same list.
#[derive(Clone, Debug)]
pub(crate) struct References {
    steps: Arc<Mutex<Vec<Step>>>,
    changed: watch::Sender<()>,
}

impl Default for References {
    fn default() -> Self {
        Self { steps: Arc::default(), changed: watch::Sender::new(()) }
    }
}

impl References {
    /// Looks at the list.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&[Step]) -> R) -> R {
        look(&self.steps.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says when there is more.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

/// Listens from now on, and shows the relay's warnings on stderr.
pub(crate) fn watch(references: References) -> anyhow::Result<()> {
    let warnings = fmt::layer().with_writer(std::io::stderr).with_filter(LevelFilter::WARN);
    let mine = references.with_filter(tracing_subscriber::filter::filter_fn(|metadata| {
        let writes = ["feedback_relay::store::references", "feedback_relay::store::parked"];
        writes.contains(&metadata.target())
    }));
    Ok(tracing_subscriber::registry().with(mine).with(warnings).try_init()?)
}

impl<S: Subscriber> Layer<S> for References {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut step = Step {
            bot: 0,
            chat: 0,
            message: 0,
            part: 0,
            state: String::new(),
            kept: None,
            at: Instant::now(),
        };
        event.record(&mut step);
        if !step.state.is_empty() || step.kept.is_some() {
            self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
            self.changed.send_replace(());
        }
    }
}

impl Visit for Step {
    fn record_i64(&mut self, field: &Field, value: i64) {
        match field.name() {
            "bot.id" => self.bot = value,
            "chat.id" => self.chat = value,
            "message.id" => self.message = value,
            "part" => self.part = value,
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "state" => value.clone_into(&mut self.state),
            "kind" => self.kept = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
