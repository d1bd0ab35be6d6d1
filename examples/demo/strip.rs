//! What happens between the phones: an update goes in, its reference is written, calls go out, the
//! update is acknowledged. Each list grows at its end, so a page is told what came since.

use serde_json::{Value, json};
use telegram_emulator::{Arrival, Delivery, Effect, View};

use crate::{references::Step, stage::Stage};

/// How many entries of each list a page that has just been opened gets.
const RECENT: usize = 60;

/// How far a page has read the lists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    arrivals: usize,
    calls: usize,
    answers: usize,
    steps: usize,
}

impl Cursor {
    /// The beginning of what is recent.
    pub(crate) fn recent(view: &View<'_>, steps: &[Step]) -> Self {
        let recent = |length: usize| length.saturating_sub(RECENT);
        Self {
            arrivals: recent(view.arrivals().len()),
            calls: recent(view.ledger().len()),
            answers: recent(view.deliveries().len()),
            steps: recent(steps.len()),
        }
    }

    /// What came since, in no order: the page sorts by time.
    pub(crate) fn advance(&mut self, stage: &Stage, view: &View<'_>, steps: &[Step]) -> Vec<Value> {
        let mut entries = Vec::new();
        read(&mut entries, &mut self.arrivals, view.arrivals(), |it| arrival(stage, it));
        read(&mut entries, &mut self.calls, view.ledger(), |it| call(stage, it));
        read(&mut entries, &mut self.answers, view.deliveries(), |it| answer(stage, it));
        read(&mut entries, &mut self.steps, steps, |it| step(stage, it));
        entries
    }
}

fn read<T>(entries: &mut Vec<Value>, from: &mut usize, list: &[T], show: impl Fn(&T) -> Value) {
    for (number, item) in list.iter().enumerate().skip(*from) {
        let mut entry = show(item);
        entry["id"] = json!(format!("{}-{number}", entry["kind"].as_str().unwrap_or_default()));
        entries.push(entry);
    }
    *from = list.len();
}

/// UTC in milliseconds, with three more digits: steps are often less than a millisecond apart.
pub(crate) fn time(stage: &Stage, at: std::time::Instant) -> f64 {
    let (instant, ms) = stage.epoch;
    #[expect(clippy::cast_precision_loss, reason = "2^53 ms are far away")]
    let ms = ms as f64;
    if at >= instant {
        ms + (at - instant).as_secs_f64() * 1e3
    } else {
        ms - (instant - at).as_secs_f64() * 1e3
    }
}

fn arrival(stage: &Stage, arrival: &Arrival) -> Value {
    json!({
        "kind": "update", "at": time(stage, arrival.at), "bot": arrival.bot,
        "update": arrival.update_id, "what": arrival.kind, "person": arrival.person.or(arrival.chat),
    })
}

fn call(stage: &Stage, effect: &Effect) -> Value {
    let error = effect.result.as_ref().err().map(|error| error.description.clone());
    json!({
        "kind": "call", "at": time(stage, effect.at), "bot": effect.bot, "method": effect.method,
        "chat": effect.chat(), "error": error,
    })
}

fn answer(stage: &Stage, delivery: &Delivery) -> Value {
    json!({
        "kind": "answer", "at": time(stage, delivery.started + delivery.duration),
        "bot": delivery.bot, "update": delivery.update_id, "what": delivery.kind,
        "status": delivery.status, "error": delivery.error,
        "took": delivery.duration.as_secs_f64() * 1e3,
    })
}

fn step(stage: &Stage, step: &Step) -> Value {
    json!({
        "kind": if step.kept.is_some() { "kept" } else { "reference" }, "at": time(stage, step.at),
        "bot": step.bot, "chat": step.chat, "message": step.message, "part": step.part,
        "state": step.state, "what": step.kept,
    })
}
