//! One change of one copy: the call, and what its answer means.

use std::time::{Duration, Instant};

use serde_json::Value;
use teloxide::types::{ChatId, MessageId};

use super::{
    super::{INBOUND_HOLD, OUTBOUND_HOLD, Relay, compose::plainer},
    call::is_end_of_location,
};
use crate::{
    clock, failpoint,
    model::{MessageKey, OwnerId},
    telegram::{CallError, Caller, Outgoing, Refusal},
};

/// How often a change is tried whose fate is unknown.
const DOUBTS: u32 = 5;

/// How a change of a copy went.
pub(super) enum Changed {
    /// The copy shows it; when it was made, in UTC seconds by Telegram's clock, where that is known.
    Done(Option<i64>),
    /// It is to be tried again after this time.
    Later(Duration),
    /// The copy can't be changed so.
    Refused(Refusal),
}

impl Relay {
    /// Leaves *Undo* below a copy of the inbox: an edit without buttons takes them away.
    pub(in crate::relay) fn with_its_buttons(&self, copy: MessageKey, edit: &mut Outgoing) {
        if let Some(keyboard) = self.buttons_of(OwnerId(copy.chat.0), copy) {
            edit.parameters.insert("reply_markup".to_owned(), keyboard);
        }
    }

    /// Makes the change `edit` of a copy, plainer where Telegram does not take it as it is.
    pub(super) async fn change(
        &self,
        writer: &Caller,
        holder: &Caller,
        (chat, copy): (ChatId, MessageId),
        mut edit: Outgoing,
    ) -> Changed {
        edit.parameters.insert("message_id".to_owned(), copy.0.into());
        let is_outbound = writer.bot != self.inner.master.bot;
        let hold = if is_outbound { OUTBOUND_HOLD } else { INBOUND_HOLD };
        let deadline = Instant::now() + hold;
        let key = MessageKey { bot: writer.bot, chat, message: copy };
        let _turn = self.inner.changes.turn(key).await;
        self.with_its_buttons(key, &mut edit);
        let mut pause = Duration::from_secs(1);
        loop {
            let done = self.inner.telegram.deliver(writer, chat, &edit, holder, deadline).await;
            let refusal = match done {
                done @ (Ok(_) | Err(CallError::NotSent(Refusal::NotModified))) => {
                    failpoint::at("edit", "made");
                    self.inner.edited.remember(key, &edit);
                    let now = || clock::now_ms() / 1000;
                    let made_at = |answer: Value| answer.get("edit_date").and_then(Value::as_i64);
                    return Changed::Done(Some(done.ok().and_then(made_at).unwrap_or_else(now)));
                }
                // An edit repeated changes nothing, so "unknown" needs no label; but one that never
                // gets a clear answer must not keep what follows waiting for a day.
                Err(CallError::Unknown(_)) if self.inner.edited.doubt(key) < DOUBTS => {
                    return Changed::Later(Duration::from_secs(2));
                }
                Err(CallError::Unknown(_)) => return Changed::Refused(Refusal::Unreachable),
                Err(CallError::NotSent(Refusal::TooFast { retry_after })) => {
                    return Changed::Later(retry_after);
                }
                Err(CallError::NotSent(Refusal::FileLater { retry_after: Some(wait) })) => {
                    return Changed::Later(wait);
                }
                // A file that never comes must not keep what follows waiting for a day.
                Err(CallError::NotSent(Refusal::FileLater { retry_after: None }))
                    if Instant::now() + pause < deadline =>
                {
                    if !self.inner.telegram.pause(pause).await {
                        return Changed::Later(pause);
                    }
                    pause *= 2;
                    continue;
                }
                Err(CallError::NotSent(Refusal::FileLater { .. })) => Refusal::FileUnavailable,
                Err(CallError::NotSent(Refusal::Unreachable)) => {
                    return Changed::Later(Duration::from_secs(5));
                }
                Err(CallError::NotSent(refusal)) => refusal,
            };
            match plainer(&edit, &refusal) {
                Some(next) => edit = next,
                // It was no live location, or has ended by itself: there is nothing new to say.
                None if is_end_of_location(&edit) => return Changed::Done(None),
                None => return Changed::Refused(refusal),
            }
        }
    }
}
