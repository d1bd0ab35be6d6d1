//! Records for the tests: what was executed, what was delivered.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::ApiError;

/// One executed call, in the order of execution.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The calling bot.
    pub bot: i64,
    /// The method in its documented spelling.
    pub method: &'static str,
    /// Its parameters; an uploaded file is `{"$file": {name, mime_type, size, hash}}`.
    pub params: Value,
    /// When it was executed.
    pub at: Instant,
    /// Its `result`, or the refusal.
    pub result: Result<Value, ApiError>,
    /// A fault took the answer away: it was executed, but the caller cannot know.
    pub answer_lost: bool,
    /// Who called, where the caller said so: `NAME` for a base URL that ends in `/via/NAME`.
    pub caller: Option<String>,
}

impl Effect {
    /// `chat_id`, if it is a number.
    pub fn chat(&self) -> Option<i64> {
        let id = &self.params["chat_id"];
        id.as_i64().or_else(|| id.as_str()?.parse().ok())
    }

    /// Ids of the messages it made or changed: of one message, an album, or copies.
    pub fn message_ids(&self) -> Vec<i64> {
        let id = |value: &Value| value["message_id"].as_i64();
        match &self.result {
            Ok(Value::Array(items)) => items.iter().filter_map(id).collect(),
            Ok(value) => id(value).into_iter().collect(),
            Err(_) => Vec::new(),
        }
    }

    /// The refusal's code, or `None` if it worked.
    pub fn error_code(&self) -> Option<u16> {
        self.result.as_ref().err().map(|e| e.code)
    }

    /// Whether it put something new into a chat.
    pub fn is_send(&self) -> bool {
        let verb = ["send", "copy", "forward"].iter().any(|v| self.method.starts_with(v));
        verb && self.method != "sendChatAction" && self.result.is_ok()
    }
}

/// One update, as it was queued for its bot.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The bot it is for.
    pub bot: i64,
    /// Its number.
    pub update_id: i64,
    /// Its kind.
    pub kind: String,
    /// The chat it is about, where it names one.
    pub chat: Option<i64>,
    /// The person who caused it, where it names one.
    pub person: Option<i64>,
    /// When it was queued.
    pub at: Instant,
}

/// One webhook POST.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The bot it was for.
    pub bot: i64,
    /// The update.
    pub update_id: i64,
    /// Its kind, or `redelivered` for a copy a test asked for.
    pub kind: String,
    /// 1 for the first attempt; 0 for a copy a test asked for.
    pub attempt: u32,
    /// When the POST began.
    pub started: Instant,
    /// How long until the answer was complete.
    pub duration: Duration,
    /// HTTP status; `None` if there was no answer.
    pub status: Option<u16>,
    /// What `getWebhookInfo` says about it.
    pub error: Option<String>,
    /// The secret header sent.
    pub secret: Option<String>,
    /// Bytes sent.
    pub body_length: usize,
    /// Bytes answered; anything but 0 on a 2xx is a complaint.
    pub answer_length: usize,
    /// The `Retry-After` of the answer.
    pub retry_after: Option<f64>,
}
