//! A picture of ours with buttons below it, as a message or in the place of one.

use std::time::Duration;

use reqwest::multipart;
use serde_json::{Value, json};
use teloxide::types::{ChatId, MessageId};

use super::{
    CALL_TIMEOUT, Caller, Telegram,
    methods::LONGEST_WAIT,
    outcome::{CallError, Refusal},
};

/// A picture, the words below it, and the buttons.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The picture itself.
    pub png: Vec<u8>,
    /// Up to 1024 UTF-16 units.
    pub caption: String,
    /// An `InlineKeyboardMarkup`.
    pub markup: Value,
}

impl Telegram {
    /// `sendPhoto`, or `editMessageMedia` in the place of a message; tried three times as long as
    /// it certainly did not arrive. A picture in the place of another one may be put there twice.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn show_picture(
        &self,
        caller: &Caller,
        chat: ChatId,
        instead_of: Option<MessageId>,
        picture: &Picture,
    ) -> Result<(), CallError> {
        let mut tries = 1;
        loop {
            let form = form(chat, instead_of, picture);
            let method = if instead_of.is_some() { "editMessageMedia" } else { "sendPhoto" };
            let done = self.call_multipart::<Value>(caller, method, form, CALL_TIMEOUT).await;
            let Err(error) = done else { return Ok(()) };
            let wait = match &error {
                CallError::NotSent(Refusal::TooFast { retry_after }) => *retry_after,
                CallError::NotSent(Refusal::Unreachable) => Duration::from_secs(1),
                CallError::Unknown(_) if instead_of.is_some() => Duration::from_secs(1),
                CallError::NotSent(Refusal::NotModified) => return Ok(()),
                _ => return Err(error),
            };
            if tries == 3 || wait > LONGEST_WAIT || !self.pause(wait).await {
                return Err(error);
            }
            tries += 1;
        }
    }
}

fn form(chat: ChatId, instead_of: Option<MessageId>, picture: &Picture) -> multipart::Form {
    let file = multipart::Part::bytes(picture.png.clone()).file_name("stats.png");
    let form = multipart::Form::new()
        .text("chat_id", chat.0.to_string())
        .text("reply_markup", picture.markup.to_string())
        .part("file0", file);
    let Some(message) = instead_of else {
        return form.text("caption", picture.caption.clone()).text("photo", "attach://file0");
    };
    let media = json!({"type": "photo", "media": "attach://file0", "caption": picture.caption});
    form.text("message_id", message.0.to_string()).text("media", media.to_string())
}
