//! Faults a test puts in the client's way: single ones by rules, or a mix of them by chance.

mod mix;

use std::time::Duration;

use serde_json::Value;

pub use self::mix::Mix;
pub(crate) use self::mix::Mixing;
use crate::{Bot, error::ApiError, state::State};

/// What happens instead of the normal answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 429, nothing executed.
    TooManyRequests {
        /// Seconds the caller is told to wait.
        retry_after: u64,
    },
    /// 500 `Internal Server Error`, nothing executed.
    Internal,
    /// Executed, then 500.
    InternalAfter,
    /// 502 with nginx's HTML page, nothing executed.
    HtmlBadGateway,
    /// Executed, then 502 with the HTML page.
    HtmlBadGatewayAfter,
    /// An HTML page with this status, of something that stands between; nothing executed.
    Page(u16),
    /// The connection is reset before anything is executed.
    ResetBefore,
    /// Executed, then the connection is reset without a byte of an answer.
    ResetAfter,
    /// Executed at once; the answer comes after this time.
    Hang(Duration),
    /// Executed only after this time, and never if the caller has gone by then.
    HangBefore(Duration),
    /// Executed without the item of `media` in this place, and answered so.
    Without(usize),
    /// Refused with this code and description, nothing executed.
    Refuse(u16, String),
    /// For downloads (method `file`): half of the bytes, then the connection breaks.
    CutBody,
}

/// A rule: which calls are hit, how often, and how.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    bot: Option<i64>,
    chat: Option<i64>,
    skip: usize,
    times: usize,
    answer: Answer,
}

impl Fault {
    /// A fault on a method (`*`: every method but getUpdates; `file`: downloads). It hits once unless told otherwise.
    pub fn on(method: impl Into<String>) -> Self {
        Self {
            method: method.into().to_lowercase(),
            bot: None,
            chat: None,
            skip: 0,
            times: 1,
            answer: Answer::Internal,
        }
    }

    /// Only calls of this bot.
    #[must_use]
    pub fn bot(mut self, bot: &Bot) -> Self {
        self.bot = Some(bot.id);
        self
    }

    /// Only calls for this chat.
    #[must_use]
    pub fn chat(mut self, chat: i64) -> Self {
        self.chat = Some(chat);
        self
    }

    /// How many calls it hits.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// It hits until it is cleared.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// How many matching calls pass before it hits.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// What it does.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answer = answer;
        self
    }
}

/// A fault in place.
#[derive(Debug)]
pub(crate) struct Armed {
    rule: Fault,
    left: usize,
    skip: usize,
}

impl Armed {
    pub(crate) fn new(rule: Fault) -> Self {
        Self { left: rule.times, skip: rule.skip, rule }
    }
}

impl State {
    /// The fault this call meets, if any; it is used up.
    pub(crate) fn meet_fault(
        &mut self,
        bot: i64,
        method: &str,
        chat: Option<i64>,
    ) -> Option<Answer> {
        let method = method.to_lowercase();
        for armed in &mut self.faults {
            let rule = &armed.rule;
            let named = rule.method == method || (rule.method == "*" && method != "getupdates");
            let here =
                rule.bot.is_none_or(|b| b == bot) && (rule.chat.is_none() || rule.chat == chat);
            if !named || !here || armed.left == 0 {
                continue;
            }
            if armed.skip > 0 {
                armed.skip -= 1;
                continue;
            }
            if armed.left != usize::MAX {
                armed.left -= 1;
            }
            return Some(armed.rule.answer.clone());
        }
        self.mixing.as_mut().and_then(|mixing| mixing.draw(&method))
    }

    /// A call whose answer was held back has been answered after all.
    pub(crate) fn answered_at_last(&mut self, recorded: Option<usize>) {
        if let Some(effect) = recorded.and_then(|index| self.ledger.get_mut(index)) {
            effect.answer_lost = false;
        }
    }

    /// How many hits are still to come of the faults that have a number.
    pub(crate) fn faults_left(&self) -> usize {
        self.faults.iter().map(|a| a.left).filter(|n| *n != usize::MAX).sum()
    }
}

/// The refusal an answer stands for, when it executes nothing.
pub(crate) fn refusal(answer: &Answer) -> Option<ApiError> {
    match answer {
        Answer::TooManyRequests { retry_after } => Some(ApiError::too_many_requests(*retry_after)),
        Answer::Internal => Some(ApiError::new(500, "Internal Server Error")),
        Answer::Refuse(code, text) => Some(ApiError::new(*code, text.clone())),
        _ => None,
    }
}

/// nginx's own page, which no JSON parser likes.
pub(crate) const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n";

/// The chat a call is for, as far as a fault's filter needs it.
pub(crate) fn chat_of(params: &Value) -> Option<i64> {
    let id = &params["chat_id"];
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}
