//! What a call's failure means. Outside this room nobody reads Telegram's error texts.

use std::time::Duration;

use serde::Deserialize;

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Certain: Telegram did not do it.
    #[error("not done: {0}")]
    NotSent(#[from] Refusal),
    /// Telegram may have done it; the answer is missing.
    #[error("outcome unknown: {0}")]
    Unknown(#[from] Doubt),
}

/// A certain "no".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too many requests (429), or our own limit says so.
    #[error("too fast, again in {} s", retry_after.as_secs())]
    TooFast {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The token is not valid (401, or 404 for a token Telegram cannot even read).
    #[error("the token is not valid")]
    TokenRevoked,
    /// The person blocked the bot.
    #[error("the person blocked the bot")]
    Blocked,
    /// The person's account is gone.
    #[error("the person's account is deleted")]
    Deactivated,
    /// The person never started the bot.
    #[error("the person has not started the bot")]
    NotStarted,
    /// Any other "you may not" (403).
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// No such chat.
    #[error("the chat is not found")]
    ChatNotFound,
    /// The quoted text is not in the message replied to.
    #[error("the quote does not match")]
    QuoteMismatch,
    /// The message replied to is gone.
    #[error("the message replied to is gone")]
    ReplyTargetGone,
    /// The edit changes nothing.
    #[error("the message is as it should be")]
    NotModified,
    /// The message to edit or delete is gone.
    #[error("the message is gone")]
    MessageGone,
    /// The message to edit or delete may not be changed.
    #[error("the message can't be changed")]
    MessageFixed,
    /// The file is over Telegram's limit for bots.
    #[error("the file is too big")]
    FileTooBig,
    /// The file id is another bot's, or has expired.
    #[error("the file id is not valid here")]
    BadFileId,
    /// The file could not be read to its end from the bot that has it.
    #[error("the file could not be fetched")]
    FileUnavailable,
    /// The file could not be fetched just now; trying again may work.
    #[error("the file can't be fetched just now")]
    FileLater {
        /// How long Telegram asks to wait, where it does.
        retry_after: Option<Duration>,
    },
    /// Somebody else receives this bot's updates (409).
    #[error("another program receives this bot's updates")]
    Contested {
        /// A webhook is set, as opposed to a second poller.
        webhook: bool,
    },
    /// Telegram could not be reached at all, or the process stops before it was asked.
    #[error("Telegram can't be reached")]
    Unreachable,
    /// It was not tried: whoever wanted it may no longer.
    #[error("the right to send it has lapsed")]
    Lapsed,
    /// Anything else, for the log.
    #[error("{code} {description}")]
    Other {
        /// HTTP status.
        code: u16,
        /// Telegram's words.
        description: String,
    },
}

/// Why an outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection ended before the answer.
    #[error("the connection was cut")]
    Cut,
    /// Telegram had a fault of its own.
    #[error("Telegram answered {0}")]
    ServerFault(u16),
    /// The answer makes no sense.
    #[error("the answer is unreadable")]
    Unreadable,
}

impl CallError {
    /// The certain refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::NotSent(refusal) => Some(refusal),
            Self::Unknown(_) => None,
        }
    }

    /// Whether the same call may work later: also where nobody knows what came of it.
    pub fn may_pass(&self) -> bool {
        self.refusal().is_none_or(Refusal::may_pass)
    }
}

impl Refusal {
    /// Whether the same call may work later: Telegram has no time or does not answer, or the token
    /// may be replaced.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::TooFast { .. } | Self::Unreachable | Self::TokenRevoked)
    }
}

/// The longest wait that is taken at its word, in seconds: updates are kept for a day.
const LONGEST_WAIT: u64 = 24 * 3600;

/// The error half of Telegram's answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorAnswer {
    pub(super) ok: Option<bool>,
    pub(super) error_code: Option<u16>,
    pub(super) description: String,
    pub(super) parameters: ErrorParameters,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorParameters {
    pub(super) retry_after: Option<u64>,
}

/// Texts of Bad Request answers that mean something to us, lower case.
const BAD_REQUESTS: &[(&str, Refusal)] = &[
    ("file is too big", Refusal::FileTooBig),
    ("message is not modified", Refusal::NotModified),
    ("message to edit not found", Refusal::MessageGone),
    ("message to delete not found", Refusal::MessageGone),
    ("message can't be edited", Refusal::MessageFixed),
    ("message can't be deleted", Refusal::MessageFixed),
    ("message to be replied not found", Refusal::ReplyTargetGone),
    ("message to reply not found", Refusal::ReplyTargetGone),
    ("replied message not found", Refusal::ReplyTargetGone),
    ("quote_text_invalid", Refusal::QuoteMismatch),
    ("quote not found", Refusal::QuoteMismatch),
    ("wrong file", Refusal::BadFileId),
    ("invalid file", Refusal::BadFileId),
    ("file_id", Refusal::BadFileId),
    ("file reference", Refusal::BadFileId),
    ("wrong remote file", Refusal::BadFileId),
    ("chat not found", Refusal::ChatNotFound),
    ("peer_id_invalid", Refusal::ChatNotFound),
    ("user is deactivated", Refusal::Deactivated),
];

/// Sorts an error answer: `status` is HTTP's, `answer` what its body said.
pub(super) fn classify(status: u16, answer: &ErrorAnswer) -> CallError {
    let code = answer.error_code.unwrap_or(status);
    let text = answer.description.to_lowercase();
    match code {
        500.. => CallError::Unknown(Doubt::ServerFault(code)),
        429 => {
            let seconds = answer.parameters.retry_after.unwrap_or(1).clamp(1, LONGEST_WAIT);
            Refusal::TooFast { retry_after: Duration::from_secs(seconds) }.into()
        }
        401 => Refusal::TokenRevoked.into(),
        404 if text.trim() == "not found" => Refusal::TokenRevoked.into(),
        403 => forbidden(&text, answer).into(),
        409 => Refusal::Contested { webhook: text.contains("webhook") }.into(),
        413 => Refusal::FileTooBig.into(),
        _ => BAD_REQUESTS
            .iter()
            .find(|(part, _)| text.contains(part))
            .map_or_else(|| other(code, answer), |(_, refusal)| refusal.clone())
            .into(),
    }
}

fn forbidden(text: &str, answer: &ErrorAnswer) -> Refusal {
    if text.contains("blocked by the user") {
        Refusal::Blocked
    } else if text.contains("deactivated") {
        Refusal::Deactivated
    } else if text.contains("can't initiate conversation") {
        Refusal::NotStarted
    } else {
        Refusal::Forbidden(short(&answer.description))
    }
}

fn other(code: u16, answer: &ErrorAnswer) -> Refusal {
    Refusal::Other { code, description: short(&answer.description) }
}

/// Telegram's words, cut to what a log line bears: where they go into detail or quote, they may
/// repeat a message's text. What is said of a webhook is kept, it repeats an address of ours.
fn short(description: &str) -> String {
    let detail = description.match_indices(':').nth(1).map(|(at, _)| at);
    let quote = description.find(['"', '\'', '“', '«']);
    let end =
        if description.contains("webhook") { None } else { detail.into_iter().chain(quote).min() };
    description[..end.unwrap_or(description.len())].trim_end().chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, description: &str) -> CallError {
        let answer = ErrorAnswer { description: description.to_owned(), ..ErrorAnswer::default() };
        classify(code, &answer)
    }

    #[test]
    fn the_servers_real_texts_are_understood() {
        let cases = [
            (403, "Forbidden: bot was blocked by the user", Refusal::Blocked),
            (403, "Forbidden: user is deactivated", Refusal::Deactivated),
            (403, "Forbidden: bot can't initiate conversation with a user", Refusal::NotStarted),
            (400, "Bad Request: file is too big", Refusal::FileTooBig),
            (400, "Bad Request: QUOTE_TEXT_INVALID", Refusal::QuoteMismatch),
            (400, "Bad Request: message to be replied not found", Refusal::ReplyTargetGone),
            (400, "Bad Request: wrong file identifier/HTTP URL specified", Refusal::BadFileId),
            (413, "Request Entity Too Large", Refusal::FileTooBig),
            (401, "Unauthorized", Refusal::TokenRevoked),
            (404, "Not Found", Refusal::TokenRevoked),
            (
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook",
                Refusal::Contested { webhook: true },
            ),
            (
                409,
                "Conflict: terminated by other getUpdates request",
                Refusal::Contested { webhook: false },
            ),
        ];
        for (code, text, refusal) in cases {
            assert_eq!(said(code, text), CallError::NotSent(refusal), "{text}");
        }
    }

    #[test]
    fn what_may_repeat_a_text_is_cut_off() {
        for (said, kept) in [
            ("Bad Request: PEER_FLOOD", "Bad Request: PEER_FLOOD"),
            ("Bad Request: can't parse entities: at <tea>", "Bad Request: can"),
            ("Bad Request: wrong URL: no host in tea", "Bad Request: wrong URL"),
            ("Bad Request: URL \"http://tea\" is wrong", "Bad Request: URL"),
            ("Bad Request: bad webhook: no such host", "Bad Request: bad webhook: no such host"),
        ] {
            assert_eq!(short(said), kept);
        }
    }

    #[test]
    fn only_server_faults_leave_the_outcome_open() {
        assert_eq!(said(500, "Internal"), CallError::Unknown(Doubt::ServerFault(500)));
        assert_eq!(said(502, ""), CallError::Unknown(Doubt::ServerFault(502)));
        assert!(said(404, "Not Found: method not found").refusal().is_some());
        assert!(said(418, "").refusal().is_some());
    }

    #[test]
    fn a_429_without_a_number_waits_a_second() {
        let refusal = Refusal::TooFast { retry_after: Duration::from_secs(1) };
        assert_eq!(said(429, "Too Many Requests"), CallError::NotSent(refusal));
    }

    #[test]
    fn a_429_for_all_eternity_waits_a_day() {
        let parameters = ErrorParameters { retry_after: Some(u64::MAX) };
        let said = classify(429, &ErrorAnswer { parameters, ..ErrorAnswer::default() });
        let refusal = Refusal::TooFast { retry_after: Duration::from_hours(24) };
        assert_eq!(said, CallError::NotSent(refusal));
    }
}
