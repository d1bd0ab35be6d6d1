//! What is counted of requests to Telegram: by what they do, never by bot or chat.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
};

use super::outcome::{CallError, Refusal};

/// Seconds from a request's first byte to its answer's last.
const SECONDS: [f64; 10] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 300.0];

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It makes a message out of words or what Telegram has already.
    Send,
    /// It uploads a file.
    Upload,
    /// It changes or removes a message.
    Change,
    /// It waits for updates: as long as there are none.
    Poll,
    /// Anything else.
    Other,
}

impl Class {
    const ALL: [Self; 5] = [Self::Send, Self::Upload, Self::Change, Self::Poll, Self::Other];

    /// What a method without an upload does.
    pub(super) fn of(method: &str) -> Self {
        let begins = |verbs: &[&str]| verbs.iter().any(|verb| method.starts_with(verb));
        if begins(&["send", "copy", "forward"]) {
            Self::Send
        } else if begins(&["edit", "delete", "stop"]) && method != "deleteWebhook" {
            Self::Change
        } else if method == "getUpdates" {
            Self::Poll
        } else {
            Self::Other
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Upload => "upload",
            Self::Change => "change",
            Self::Poll => "poll",
            Self::Other => "other",
        }
    }
}

/// A request's class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Kind {
    class: &'static str,
}

/// A request's class and outcome.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    class: &'static str,
    outcome: &'static str,
}

/// The counters. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// Requests by outcome.
    pub requests: Family<Answered, Counter>,
    /// How long they took, but for those that wait for updates.
    pub seconds: Family<Kind, Histogram, fn() -> Histogram>,
}

impl Default for Traffic {
    fn default() -> Self {
        let seconds =
            Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        let traffic = Self { requests: Family::default(), seconds };
        for class in Class::ALL {
            let class = class.word();
            for outcome in ["ok", "not_now", "refused", "unknown"] {
                drop(traffic.requests.get_or_create(&Answered { class, outcome }));
            }
            if class != Class::Poll.word() {
                drop(traffic.seconds.get_or_create(&Kind { class }));
            }
        }
        traffic
    }
}

impl Traffic {
    /// A request ended.
    pub(super) fn note<T>(&self, class: Class, took: Duration, done: &Result<T, CallError>) {
        let outcome = match done {
            Ok(_) => "ok",
            Err(CallError::NotSent(Refusal::TooFast { .. } | Refusal::Unreachable)) => "not_now",
            Err(CallError::NotSent(_)) => "refused",
            Err(CallError::Unknown(_)) => "unknown",
        };
        self.requests.get_or_create(&Answered { class: class.word(), outcome }).inc();
        if class != Class::Poll {
            self.seconds.get_or_create(&Kind { class: class.word() }).observe(took.as_secs_f64());
        }
    }
}
