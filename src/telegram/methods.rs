//! The control calls by name: who a bot is, how its updates come, menus, reactions.

use std::{
    io::{Seek, SeekFrom},
    time::Duration,
};

use reqwest::{Body, multipart};
use serde::Deserialize;
use serde_json::{Value, json};
use teloxide::{
    payloads::{
        AnswerCallbackQuery, AnswerCallbackQuerySetters, DeleteMessage, DeleteWebhook, LeaveChat,
        SetMyCommands, SetMyCommandsSetters,
    },
    types::{BotCommand, BotCommandScope, CallbackQueryId, ChatId, MessageId},
};
use tokio_util::io::ReaderStream;

use super::{
    CALL_TIMEOUT, Caller, TRANSFER_TIMEOUT, Telegram,
    outcome::{CallError, Doubt, Refusal},
};
use crate::model::BotId;

/// Telegram hangs up after a minute, so an update is not held longer for one wait.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Who a bot is (`getMe`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotIdentity {
    /// Its id.
    pub id: BotId,
    /// Its username, without `@`.
    pub username: String,
    /// Its display name.
    pub name: String,
}

#[derive(Deserialize)]
struct Me {
    id: i64,
    #[serde(default)]
    username: String,
    #[serde(default)]
    first_name: String,
}

#[derive(Deserialize)]
struct ProfilePhotos {
    #[serde(default)]
    photos: Vec<Vec<Value>>,
}

/// Where a bot's updates go (`getWebhookInfo`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WebhookInfo {
    /// The address; empty when none is set.
    pub url: String,
    /// What went wrong with the last delivery that failed.
    pub last_error_message: Option<String>,
    /// When that was, in seconds since 1970.
    pub last_error_date: i64,
    /// How many updates wait to be delivered.
    pub pending_update_count: i64,
    /// The kinds of update asked for.
    pub allowed_updates: Option<Vec<String>>,
}

/// What `setWebhook` is asked for. Pending updates are never dropped.
#[derive(Debug, Clone)]
pub struct WebhookOrder {
    /// The address.
    pub url: String,
    /// The secret Telegram sends with each update.
    pub secret: String,
    /// The kinds of update wanted, always said outright.
    pub allowed_updates: &'static [&'static str],
    /// A self-signed certificate's PEM.
    pub certificate: Option<bytes::Bytes>,
    /// Updates delivered at a time, where it is not to be Telegram's own 40.
    pub max_connections: Option<u8>,
}

/// A file of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// What it is.
    pub mime: &'static str,
    /// What it holds.
    pub bytes: bytes::Bytes,
    /// The words below it.
    pub caption: String,
}

/// A file of ours that lies on a disk.
#[derive(Debug)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub mime: &'static str,
    /// What it holds, from its beginning.
    pub content: std::fs::File,
    /// The words below it.
    pub caption: String,
}

impl Telegram {
    /// `getMe`.
    ///
    /// # Errors
    /// [`super::Refusal::TokenRevoked`] when Telegram does not accept the token.
    pub async fn identify(&self, caller: &Caller) -> Result<BotIdentity, CallError> {
        let me: Me = self.call_json(caller, "getMe", &json!({}), CALL_TIMEOUT).await?;
        Ok(BotIdentity { id: BotId(me.id), username: me.username, name: me.first_name })
    }

    /// `getWebhookInfo`.
    pub async fn webhook_info(&self, caller: &Caller) -> Result<WebhookInfo, CallError> {
        self.call_json(caller, "getWebhookInfo", &json!({}), CALL_TIMEOUT).await
    }

    /// `setWebhook`; a certificate makes it a form.
    pub async fn set_webhook(
        &self,
        caller: &Caller,
        order: &WebhookOrder,
    ) -> Result<(), CallError> {
        let method = "setWebhook";
        let allowed = json!(order.allowed_updates);
        let done: bool = if let Some(certificate) = &order.certificate {
            let file = multipart::Part::stream(certificate.clone()).file_name("certificate.pem");
            let mut form = multipart::Form::new()
                .text("url", order.url.clone())
                .text("secret_token", order.secret.clone())
                .text("allowed_updates", allowed.to_string())
                .part("certificate", file);
            if let Some(most) = order.max_connections {
                form = form.text("max_connections", most.to_string());
            }
            self.call_multipart(caller, method, form, CALL_TIMEOUT).await?
        } else {
            let mut asked = json!({
                "url": order.url, "secret_token": order.secret, "allowed_updates": allowed,
            });
            if let Some(most) = order.max_connections {
                asked["max_connections"] = most.into();
            }
            self.call_json(caller, method, &asked, CALL_TIMEOUT).await?
        };
        if done { Ok(()) } else { Err(Doubt::Unreadable.into()) }
    }

    /// `deleteWebhook`, keeping what is pending.
    pub async fn delete_webhook(&self, caller: &Caller) -> Result<(), CallError> {
        self.call(caller, &DeleteWebhook::new()).await.map(drop)
    }

    /// `getUpdates` from `offset` on; waits up to `wait` for the first. Each update stays raw JSON.
    pub async fn updates(
        &self,
        caller: &Caller,
        offset: i64,
        wait: Duration,
        allowed_updates: &'static [&'static str],
    ) -> Result<Vec<Value>, CallError> {
        let asked = json!({
            "offset": offset, "timeout": wait.as_secs(), "limit": 100,
            "allowed_updates": allowed_updates,
        });
        self.call_json(caller, "getUpdates", &asked, wait + Duration::from_secs(15)).await
    }

    /// `getUpdates` that only tells Telegram how far we are: with a limit of one and no wait.
    pub async fn confirm_updates(&self, caller: &Caller, offset: i64) -> Result<(), CallError> {
        let asked = json!({ "offset": offset, "timeout": 0, "limit": 1 });
        let timeout = Duration::from_secs(5);
        self.call_json::<Value>(caller, "getUpdates", &asked, timeout).await.map(drop)
    }

    /// `setMessageReaction` with one emoji; tried three times.
    pub async fn react(
        &self,
        caller: &Caller,
        chat: ChatId,
        message: MessageId,
        emoji: &str,
    ) -> Result<(), CallError> {
        let reaction = json!({"type": "emoji", "emoji": emoji});
        self.set_reaction(caller, chat, message, Some(reaction)).await
    }

    /// `setMessageReaction` with a `ReactionType` as Telegram gave it, or none; tried three times.
    pub async fn set_reaction(
        &self,
        caller: &Caller,
        chat: ChatId,
        message: MessageId,
        reaction: Option<Value>,
    ) -> Result<(), CallError> {
        let reactions: Vec<Value> = reaction.into_iter().collect();
        let asked = json!({"chat_id": chat.0, "message_id": message.0, "reaction": reactions});
        let mut tries = 1;
        loop {
            // Setting it twice changes nothing, so an unknown outcome is as good as a refusal.
            let done = self.call_json::<Value>(caller, "setMessageReaction", &asked, CALL_TIMEOUT);
            let wait = match done.await {
                Err(CallError::NotSent(Refusal::TooFast { retry_after })) => retry_after,
                Err(CallError::Unknown(_)) => Duration::from_secs(1),
                done => return done.map(drop),
            };
            if tries == 3 || !self.pause(wait).await {
                return Err(Refusal::TooFast { retry_after: wait }.into());
            }
            tries += 1;
        }
    }

    /// The emoji a custom emoji stands for (`getCustomEmojiStickers`).
    pub async fn custom_emoji(&self, caller: &Caller, id: &str) -> Result<String, CallError> {
        let asked = json!({ "custom_emoji_ids": [id] });
        let stickers: Vec<Value> =
            self.call_json(caller, "getCustomEmojiStickers", &asked, CALL_TIMEOUT).await?;
        let emoji = stickers.first().and_then(|sticker| sticker.get("emoji")?.as_str());
        Ok(emoji.unwrap_or_default().to_owned())
    }

    /// `deleteMessage`.
    pub async fn delete_message(
        &self,
        caller: &Caller,
        chat: ChatId,
        message: MessageId,
    ) -> Result<(), CallError> {
        self.call(caller, &DeleteMessage::new(chat, message)).await.map(drop)
    }

    /// `deleteMessages`: up to a hundred of one chat. One that may not be deleted fails them all;
    /// ones that are gone count as deleted.
    pub async fn delete_messages(
        &self,
        caller: &Caller,
        chat: ChatId,
        messages: &[MessageId],
    ) -> Result<(), CallError> {
        let ids: Vec<i32> = messages.iter().map(|message| message.0).collect();
        let asked = json!({ "chat_id": chat.0, "message_ids": ids });
        let mut tries = 1;
        loop {
            // Deleting twice changes nothing, so an unknown outcome is as good as a refusal.
            let done: Result<Value, _> =
                self.call_json(caller, "deleteMessages", &asked, CALL_TIMEOUT).await;
            let wait = match done {
                Err(CallError::NotSent(Refusal::TooFast { retry_after })) => retry_after,
                Err(CallError::Unknown(_)) => Duration::from_secs(1),
                done => return done.map(drop),
            };
            let is_last = tries == 3 || wait > Duration::from_secs(15);
            if is_last || !self.pause(wait).await {
                return Err(Refusal::TooFast { retry_after: wait }.into());
            }
            tries += 1;
        }
    }

    /// `getUserProfilePhotos`: the sizes of a person's newest photo; none where he shows none to
    /// this bot.
    pub async fn profile_photo(
        &self,
        caller: &Caller,
        person: ChatId,
    ) -> Result<Vec<Value>, CallError> {
        let asked = json!({ "user_id": person.0, "limit": 1 });
        let found: ProfilePhotos =
            self.call_json(caller, "getUserProfilePhotos", &asked, CALL_TIMEOUT).await?;
        Ok(found.photos.into_iter().next().unwrap_or_default())
    }

    /// `answerCallbackQuery`: ends the button's waiting sign, with a short text or without.
    pub async fn answer_button(
        &self,
        caller: &Caller,
        query: &str,
        text: Option<String>,
    ) -> Result<(), CallError> {
        let mut payload = AnswerCallbackQuery::new(CallbackQueryId(query.to_owned()));
        if let Some(text) = text {
            payload = payload.text(text);
        }
        self.call(caller, &payload).await.map(drop)
    }

    /// `setMyCommands` for a scope and a language (`None`: for every other language).
    pub async fn set_commands(
        &self,
        caller: &Caller,
        commands: Vec<BotCommand>,
        scope: BotCommandScope,
        language: Option<&str>,
    ) -> Result<(), CallError> {
        let mut payload = SetMyCommands::new(commands).scope(scope);
        if let Some(language) = language {
            payload = payload.language_code(language);
        }
        self.call(caller, &payload).await.map(drop)
    }

    /// `sendPhoto` with a picture of ours.
    pub async fn send_picture(
        &self,
        caller: &Caller,
        chat: ChatId,
        png: Vec<u8>,
        caption: &str,
    ) -> Result<(), CallError> {
        let file = multipart::Part::bytes(png).file_name("qr.png");
        let form = multipart::Form::new()
            .text("chat_id", chat.0.to_string())
            .text("caption", caption.to_owned())
            .text("photo", "attach://file0")
            .part("file0", file);
        self.call_multipart::<Value>(caller, "sendPhoto", form, CALL_TIMEOUT).await.map(drop)
    }

    /// `sendDocument` with a file of ours; tried three times as long as it certainly did not arrive,
    /// because what was sent together with it already has.
    pub async fn send_document(
        &self,
        caller: &Caller,
        chat: ChatId,
        document: &Document,
    ) -> Result<(), CallError> {
        let mut tries = 1;
        loop {
            // `mime_str` takes the part, so another one stands in where the type can't be read.
            let file = || {
                let file = multipart::Part::stream(document.bytes.clone());
                file.file_name(document.name.clone())
            };
            let file = file().mime_str(document.mime).unwrap_or_else(|_| file());
            let form = multipart::Form::new()
                .text("chat_id", chat.0.to_string())
                .text("caption", document.caption.clone())
                .text("document", "attach://file0")
                .part("file0", file);
            let sent = self.call_multipart::<Value>(caller, "sendDocument", form, CALL_TIMEOUT);
            let Err(error) = sent.await else { return Ok(()) };
            let wait = match error.refusal() {
                Some(Refusal::TooFast { retry_after }) => *retry_after,
                Some(Refusal::Unreachable) => Duration::from_secs(1),
                _ => return Err(error),
            };
            if tries == 3 || wait > LONGEST_WAIT || !self.pause(wait).await {
                return Err(error);
            }
            tries += 1;
        }
    }

    /// `sendDocument` with a file that lies on a disk: read as it goes. Tried three times as long as
    /// it certainly did not arrive.
    pub async fn send_stored(
        &self,
        caller: &Caller,
        chat: ChatId,
        file: StoredFile,
    ) -> Result<(), CallError> {
        let unable = |_| CallError::from(Refusal::FileUnavailable);
        let length = file.content.metadata().map_err(unable)?.len();
        let mut tries = 1;
        loop {
            let mut content = file.content.try_clone().map_err(unable)?;
            content.seek(SeekFrom::Start(0)).map_err(unable)?;
            let content = ReaderStream::new(tokio::fs::File::from_std(content));
            let part = multipart::Part::stream_with_length(Body::wrap_stream(content), length);
            let part = part.file_name(file.name.clone()).mime_str(file.mime);
            let part = part.map_err(|_| CallError::from(Refusal::FileUnavailable))?;
            let form = multipart::Form::new()
                .text("chat_id", chat.0.to_string())
                .text("caption", file.caption.clone())
                .text("document", "attach://file0")
                .part("file0", part);
            let sent = self.call_multipart::<Value>(caller, "sendDocument", form, TRANSFER_TIMEOUT);
            let Err(error) = sent.await else { return Ok(()) };
            let wait = match error.refusal() {
                Some(Refusal::TooFast { retry_after }) => *retry_after,
                Some(Refusal::Unreachable) => Duration::from_secs(1),
                _ => return Err(error),
            };
            if tries == 3 || wait > LONGEST_WAIT || !self.pause(wait).await {
                return Err(error);
            }
            tries += 1;
        }
    }

    /// `leaveChat`.
    pub async fn leave(&self, caller: &Caller, chat: ChatId) -> Result<(), CallError> {
        self.call(caller, &LeaveChat::new(chat)).await.map(drop)
    }

    /// `getFile`: whether a bot can fetch a file.
    ///
    /// # Errors
    /// [`Refusal::FileTooBig`] when it is over Telegram's limit.
    pub async fn can_fetch(&self, caller: &Caller, file: &str) -> Result<(), CallError> {
        let asked = json!({ "file_id": file });
        self.call_json::<Value>(caller, "getFile", &asked, CALL_TIMEOUT).await.map(drop)
    }

    /// A person's name and username now (`getChat`), as a message's `from` would have them.
    pub async fn person(&self, caller: &Caller, chat: ChatId) -> Result<Value, CallError> {
        self.call_json(caller, "getChat", &json!({ "chat_id": chat.0 }), CALL_TIMEOUT).await
    }
}
