//! What the server says when it refuses.

use serde_json::{Value, json};

/// A refused call: HTTP status, description and the optional `parameters` object.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// HTTP status, also `error_code` in the body.
    pub code: u16,
    /// The text, with its `Bad Request: ` or `Forbidden: ` prefix.
    pub description: String,
    /// Seconds, for 429.
    pub retry_after: Option<u64>,
    /// The supergroup a basic group has become.
    pub migrate_to: Option<i64>,
    /// A rule that no correct client breaks was broken; it is kept for `complaints()`.
    pub(crate) complain: bool,
}

impl ApiError {
    /// Any refusal.
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            retry_after: None,
            migrate_to: None,
            complain: false,
        }
    }

    /// 400 with the usual prefix.
    pub(crate) fn bad(what: impl std::fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {what}"))
    }

    /// 403 with the usual prefix.
    pub(crate) fn forbidden(what: impl std::fmt::Display) -> Self {
        Self::new(403, format!("Forbidden: {what}"))
    }

    /// A refusal only a faulty client can meet.
    pub(crate) fn complaint(code: u16, description: impl Into<String>) -> Self {
        Self { complain: true, ..Self::new(code, description) }
    }

    /// 429 as `Query::set_retry_after_error` builds it.
    pub fn too_many_requests(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(429, format!("Too Many Requests: retry after {retry_after}"))
        }
    }

    /// The JSON body.
    pub(crate) fn body(&self) -> Value {
        let mut body =
            json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({"retry_after": seconds});
        }
        if let Some(chat) = self.migrate_to {
            body["parameters"] = json!({"migrate_to_chat_id": chat});
        }
        body
    }
}
