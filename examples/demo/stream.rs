//! Server-sent events: everything when a page connects, then what changed. A page that lost its
//! connection simply gets everything again.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::Arc,
};

use axum::response::sse::Event;
use futures::{Stream, stream};
use serde_json::{Value, json};
use telegram_emulator::Changes;
use tokio::sync::watch;

use crate::{snapshot, stage::Stage, strip::Cursor};

/// What one page has been told.
struct Told {
    stage: Arc<Stage>,
    changes: Changes,
    written: watch::Receiver<()>,
    parts: HashMap<String, String>,
    cursor: Option<Cursor>,
    ready: VecDeque<Event>,
}

/// The events of one page.
pub(crate) fn events(stage: Arc<Stage>) -> impl Stream<Item = Result<Event, Infallible>> {
    let told = Told {
        changes: stage.telegram.changes(),
        written: stage.references.changes(),
        parts: HashMap::new(),
        cursor: None,
        ready: VecDeque::new(),
        stage,
    };
    stream::unfold(told, async |mut told| {
        loop {
            if let Some(event) = told.ready.pop_front() {
                return Some((Ok(event), told));
            }
            let goes_on = tokio::select! {
                goes_on = told.changes.next() => goes_on,
                written = told.written.changed() => written.is_ok(),
            };
            if !goes_on {
                return None;
            }
            told.look();
        }
    })
}

impl Told {
    fn look(&mut self) {
        let stage = self.stage.clone();
        let first = self.cursor.is_none();
        let (parts, entries) = stage.references.look(|steps| {
            stage.telegram.view(|view| {
                let cursor = self.cursor.get_or_insert_with(|| Cursor::recent(view, steps));
                (snapshot::parts(&stage, view), cursor.advance(&stage, view, steps))
            })
        });
        for (name, value) in parts {
            self.tell(name, &value);
        }
        if first || !entries.is_empty() {
            let strip = json!({"anew": first, "entries": entries});
            self.ready.push_back(event("strip", &strip));
        }
        if first {
            self.ready.push_back(event("ready", &json!({})));
        }
    }

    fn tell(&mut self, name: String, value: &Value) {
        let text = value.to_string();
        if self.parts.get(&name) != Some(&text) {
            let kind = name.split(':').next().unwrap_or_default();
            self.ready.push_back(Event::default().event(kind).data(&text));
            self.parts.insert(name, text);
        }
    }
}

fn event(kind: &str, value: &Value) -> Event {
    Event::default().event(kind).data(value.to_string())
}
