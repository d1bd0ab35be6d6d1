//! A message to a chat: waits for the limits, obeys 429 while the caller can wait, and streams the
//! file where there is one.

use std::{
    borrow::Cow,
    fmt,
    future::ready,
    pin::pin,
    sync::atomic::Ordering,
    task::Poll,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use reqwest::{Body, multipart};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use teloxide::types::ChatId;
use tokio::time::timeout;

use super::{
    CALL_TIMEOUT, Caller, TRANSFER_TIMEOUT, Telegram,
    files::{OpenFile, RemoteFile, Watched},
    limits::{Deed, NoTurn},
    outcome::{CallError, Refusal},
};
use crate::share::Taken;

/// How long a file waits for one of the places in which files are moved.
const SLOT_PATIENCE: Duration = Duration::from_secs(20);
/// The name of the one file part of a form.
const PART: &str = "file0";
/// The member of a message that names it in its chat.
const NUMBER: &str = "message_id";

/// A call that makes or changes a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The Bot API method.
    pub method: &'static str,
    /// Its parameters, without `chat_id` and the file.
    pub parameters: Map<String, Value>,
    /// The file to move from another bot, if any.
    pub attachment: Option<Attachment>,
    /// The files of `media`, in its order: `sendMediaGroup` has a list of them there,
    /// `editMessageMedia` one.
    pub media: Vec<Attachment>,
}

/// A file that travels with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The parameter that names it, which is also the key of the answer's object and, in `media`,
    /// the item's type.
    pub field: &'static str,
    /// The file.
    pub file: RemoteFile,
}

/// Who keeps an eye on a call: what he wrote about it is to be true at every moment.
pub trait Watch: Sync {
    /// It has to wait; nothing of it is out.
    fn waits(&self) -> BoxFuture<'_, ()>;
    /// It goes out now; `false`: it may not.
    fn goes(&self) -> BoxFuture<'_, bool>;
    /// Whether it waits behind others on their way into the same chat. What nobody keeps an eye on
    /// is an answer or a notice, and goes before what is only passed on.
    fn queues(&self) -> bool;
}

/// A call nobody keeps an eye on.
struct Unwatched;

impl Watch for Unwatched {
    fn waits(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn goes(&self) -> BoxFuture<'_, bool> {
        Box::pin(ready(true))
    }

    fn queues(&self) -> bool {
        false
    }
}

/// What a call needs besides itself.
#[derive(Clone, Copy)]
pub struct Errand<'a> {
    /// The bot that has its files.
    pub holder: &'a Caller,
    /// Who keeps an eye on it.
    pub watch: &'a dyn Watch,
}

impl Attachment {
    /// Whether a message of Telegram's shows something of this kind.
    pub fn is_kind_of(&self, message: &Value) -> bool {
        file_in(message, self.field).is_some()
    }

    /// Whether it shows this very file.
    pub fn is_shown_by(&self, message: &Value) -> bool {
        let shown = file_in(message, self.field).and_then(|file| file.get("file_unique_id"));
        !self.file.unique_id.is_empty()
            && shown.and_then(Value::as_str) == Some(self.file.unique_id.as_str())
    }
}

impl Errand<'_> {
    pub(super) async fn goes(&self) -> Result<(), CallError> {
        if self.watch.goes().await { Ok(()) } else { Err(Refusal::Lapsed.into()) }
    }
}

impl Outgoing {
    /// A call without a file.
    pub fn new(method: &'static str, parameters: Map<String, Value>) -> Self {
        Self { method, parameters, attachment: None, media: Vec::new() }
    }

    /// A call with one file.
    pub fn with_file(
        method: &'static str,
        parameters: Map<String, Value>,
        attachment: Attachment,
    ) -> Self {
        Self { attachment: Some(attachment), ..Self::new(method, parameters) }
    }
}

/// Parameters with the chat they are for.
#[derive(Serialize)]
struct InChat<'a> {
    chat_id: i64,
    #[serde(flatten)]
    parameters: &'a Map<String, Value>,
}

/// A message of Telegram's of which only the number is kept: more is never asked of one without
/// files, and to build all of it is a good part of what a call costs.
struct Numbered(Value);

impl<'de> Deserialize<'de> for Numbered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Numbers)
    }
}

struct Numbers;

impl<'de> Visitor<'de> for Numbers {
    type Value = Numbered;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a message, or true")
    }

    fn visit_bool<E>(self, said: bool) -> Result<Numbered, E> {
        Ok(Numbered(said.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Numbered, A::Error> {
        let mut message = Map::new();
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == NUMBER {
                message.insert(NUMBER.to_owned(), members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Numbered(message.into()))
    }
}

impl Telegram {
    /// Makes the call in `chat` as `caller`; a file is read as `holder`. Waits for limits and 429s
    /// until `deadline`; past it the answer is [`Refusal::TooFast`]. Of a message without files only
    /// its `message_id` is given back.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn deliver(
        &self,
        caller: &Caller,
        chat: ChatId,
        outgoing: &Outgoing,
        holder: &Caller,
        deadline: Instant,
    ) -> Result<Value, CallError> {
        let errand = Errand { holder, watch: &Unwatched };
        self.deliver_watched(caller, chat, outgoing, errand, deadline).await
    }

    /// The same, under somebody's eyes; see [`Watch`].
    ///
    /// # Errors
    /// [`Refusal::Lapsed`] when he forbids it; else see [`CallError`].
    pub async fn deliver_watched(
        &self,
        caller: &Caller,
        chat: ChatId,
        outgoing: &Outgoing,
        errand: Errand<'_>,
        deadline: Instant,
    ) -> Result<Value, CallError> {
        loop {
            let deed = Deed::of(outgoing.method);
            let (destination, queueing) = ((caller.bot, chat), errand.watch.queues());
            let turn = self.inner.limits.turn(destination, deed, queueing, deadline);
            let mut turn = pin!(turn);
            let turn = match futures::poll!(turn.as_mut()) {
                Poll::Ready(turn) => turn,
                Poll::Pending => {
                    errand.watch.waits().await;
                    turn.await
                }
            };
            turn.map_err(|no_turn| match no_turn {
                NoTurn::Past(retry_after) => Refusal::TooFast { retry_after },
                // Not a matter of the rates: nobody is told of one, it goes on after the start.
                NoTurn::Stopping => Refusal::Unreachable,
            })?;
            let result = self.attempt(caller, chat, outgoing, errand).await;
            let Err(CallError::NotSent(Refusal::TooFast { retry_after })) = result else {
                if result.is_ok() && deed == Deed::Send {
                    self.inner.worked.insert(destination, Instant::now());
                }
                return result;
            };
            self.inner.limits.told_to_wait(caller.bot, chat, retry_after);
        }
    }

    async fn attempt(
        &self,
        caller: &Caller,
        chat: ChatId,
        outgoing: &Outgoing,
        errand: Errand<'_>,
    ) -> Result<Value, CallError> {
        if outgoing.media.is_empty() && outgoing.attachment.is_none() {
            errand.goes().await?;
            let parameters = InChat { chat_id: chat.0, parameters: &outgoing.parameters };
            let made = self.call_json(caller, outgoing.method, &parameters, CALL_TIMEOUT).await;
            return made.map(|Numbered(message)| message);
        }
        // Boxed: it is big, and a message with a file takes its time anyway.
        Box::pin(self.attempt_with_files(caller, chat, outgoing, errand)).await
    }

    async fn attempt_with_files(
        &self,
        caller: &Caller,
        chat: ChatId,
        outgoing: &Outgoing,
        errand: Errand<'_>,
    ) -> Result<Value, CallError> {
        let holder = errand.holder;
        let mut parameters = outgoing.parameters.clone();
        parameters.insert("chat_id".to_owned(), chat.0.into());
        let Some(attachment) = &outgoing.attachment else {
            return self.attempt_media((caller, chat), parameters, outgoing, errand).await;
        };
        let known = self.inner.file_ids.get(caller.bot, attachment.field, &attachment.file);
        let known =
            known.or_else(|| (holder.bot == caller.bot).then(|| attachment.file.id.clone()));
        if let Some(id) = known {
            let mut by_id = parameters.clone();
            by_id.insert(attachment.field.to_owned(), id.into());
            errand.goes().await?;
            let result = self.call_json(caller, outgoing.method, &by_id, CALL_TIMEOUT).await;
            if !matches!(result, Err(CallError::NotSent(Refusal::BadFileId))) {
                return result;
            }
            self.inner.file_ids.forget(caller.bot, attachment.field, &attachment.file);
        }
        let upload = self.upload((caller, chat), outgoing.method, parameters, attachment, errand);
        let answer = upload.await?;
        if let Some(id) = file_id_in(&answer, attachment.field) {
            self.inner.file_ids.put(caller.bot, attachment.field, &attachment.file, id);
        }
        Ok(answer)
    }

    async fn upload(
        &self,
        (caller, chat): (&Caller, ChatId),
        method: &'static str,
        parameters: Map<String, Value>,
        attachment: &Attachment,
        errand: Errand<'_>,
    ) -> Result<Value, CallError> {
        let _slot = self.transfer_slot(chat).await?;
        let opened = self.open_file(errand.holder, &attachment.file).await.map_err(of_holder)?;
        let OpenFile { content, length } = opened;
        let (content, failed) = Watched::new(content);
        let form = form(parameters, attachment, Body::wrap_stream(content), length);
        errand.goes().await?;
        let result = self.call_multipart(caller, method, form, TRANSFER_TIMEOUT).await;
        match result {
            Err(CallError::Unknown(_)) if failed.load(Ordering::Relaxed) => {
                Err(Refusal::FileLater { retry_after: None }.into())
            }
            result => result,
        }
    }
}

impl Telegram {
    /// One of the places in which files are moved into this chat: one inbox does not take them all.
    pub(super) async fn transfer_slot(&self, chat: ChatId) -> Result<Taken<ChatId>, Refusal> {
        let slot = timeout(SLOT_PATIENCE, self.inner.transfers.wait_for(chat, 1)).await;
        slot.map_err(|_| Refusal::FileLater { retry_after: Some(SLOT_PATIENCE) })
    }
}

/// The holder's trouble is not the sender's: its dead token or its limit must not be taken for that
/// of the bot that writes.
pub(super) fn of_holder(error: CallError) -> Refusal {
    match error {
        CallError::NotSent(Refusal::FileTooBig) => Refusal::FileTooBig,
        CallError::NotSent(later @ Refusal::FileLater { .. }) => later,
        CallError::NotSent(Refusal::TooFast { retry_after }) => {
            Refusal::FileLater { retry_after: Some(retry_after) }
        }
        CallError::NotSent(Refusal::Unreachable) | CallError::Unknown(_) => {
            Refusal::FileLater { retry_after: None }
        }
        CallError::NotSent(_) => Refusal::FileUnavailable,
    }
}

/// A form with each parameter as a text field; objects as JSON.
pub(super) fn text_fields(parameters: Map<String, Value>) -> multipart::Form {
    parameters.into_iter().fold(multipart::Form::new(), |form, (name, value)| {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        form.text(name, text)
    })
}

fn form(
    parameters: Map<String, Value>,
    attachment: &Attachment,
    body: Body,
    length: Option<u64>,
) -> multipart::Form {
    let part = match length {
        Some(length) => multipart::Part::stream_with_length(body, length),
        None => multipart::Part::stream(body),
    };
    let part = typed(part.file_name(attachment.file.name.clone()), &attachment.file);
    text_fields(parameters).text(attachment.field, format!("attach://{PART}")).part(PART, part)
}

pub(super) fn typed(part: multipart::Part, file: &RemoteFile) -> multipart::Part {
    // `mime_str` takes the part; a type it can't read is left out rather than losing the part.
    let readable =
        file.mime.as_deref().filter(|mime| multipart::Part::text("").mime_str(mime).is_ok());
    match readable {
        Some(mime) => part.mime_str(mime).unwrap_or_else(|_| multipart::Part::text("")),
        None => part,
    }
}

/// The new file's id in the message Telegram answers with.
pub(super) fn file_id_in(message: &Value, field: &str) -> Option<String> {
    Some(file_in(message, field)?.get("file_id")?.as_str()?.to_owned())
}

/// A message's file; a photo is a list of sizes.
fn file_in<'a>(message: &'a Value, field: &str) -> Option<&'a Value> {
    let object = message.get(field)?;
    object.as_array().map_or(Some(object), |sizes| sizes.last())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_plain_message_the_number_is_kept() {
        let kept = |answer: &str| serde_json::from_str::<Numbered>(answer).map(|kept| kept.0).ok();
        let message = r#"{"chat": {"id": 7, "message_id": 8}, "message_id": 5, "text": "\u00e4"}"#;
        assert_eq!(kept(message), Some(json!({"message_id": 5})));
        assert_eq!(kept(r#"{"m\u0065ssage_id": 5}"#), Some(json!({"message_id": 5})));
        assert_eq!(kept("true"), Some(json!(true)));
        assert_eq!(kept("{}"), Some(json!({})));
        assert_eq!(kept("[5]"), None);
    }
}
