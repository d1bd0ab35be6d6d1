//! What a bot can do, one file per field.

mod chat;
mod content;
mod copy;
mod edit;
mod me;
mod payments;
mod react;
mod send;
mod topics;
mod webhook;

use serde_json::{Value, json};

use crate::{
    error::ApiError,
    params::Params,
    state::{ChatKey, State},
};

/// One call: who, what, on which state.
pub(crate) struct Call<'a> {
    pub(crate) s: &'a mut State,
    pub(crate) bot: i64,
    pub(crate) method: &'static str,
    pub(crate) p: &'a Params,
}

pub(crate) type Outcome = Result<Value, ApiError>;

impl Call<'_> {
    /// The chat named by a parameter.
    pub(crate) fn chat(&self, parameter: &str) -> Result<ChatKey, ApiError> {
        self.s.find_chat(self.bot, &self.p.value(parameter))
    }

    /// The same, and the bot may write there.
    pub(crate) fn writable_chat(&self) -> Result<ChatKey, ApiError> {
        let key = self.chat("chat_id")?;
        self.s.check_write(self.bot, key)?;
        Ok(key)
    }

    /// The message a method is about; `what` is the server's name for it, as in `message to edit`.
    pub(crate) fn existing(&self, key: ChatKey, id: i64, what: &str) -> Result<(), ApiError> {
        self.s
            .message(key, id)
            .map(|_| ())
            .ok_or_else(|| ApiError::bad(format!("{what} not found")))
    }

    pub(crate) fn shown(&self, key: ChatKey, id: i64) -> Value {
        self.s.shown(self.bot, key, id)
    }
}

/// Notes parameters the documentation does not know and mistakes of the encoding.
pub(crate) fn check_parameters(
    s: &mut State,
    bot: i64,
    method: &str,
    known: &str,
    params: &Params,
) {
    for fault in &params.faults {
        s.complain(bot, format!("{method}: {fault}"));
    }
    if !s.settings.strict_calls {
        return;
    }
    for name in params.values.keys() {
        if !known.split(' ').any(|k| k == name) {
            s.complain(bot, format!("{method}: unknown parameter {name}"));
        }
    }
    for (name, value) in &params.values {
        let Value::String(text) = value else { continue };
        let nested = [
            "reply_markup",
            "reply_parameters",
            "entities",
            "caption_entities",
            "media",
            "reaction",
        ];
        if nested.contains(&name.as_str()) && serde_json::from_str::<Value>(text).is_err() {
            s.complain(bot, format!("{method}: {name} is not JSON"));
        }
    }
    let used: String = params.values.values().map(Value::to_string).collect();
    for (name, file) in &params.files {
        if !known.split(' ').any(|k| k == name) && !used.contains(&format!("attach://{name}")) {
            s.complain(
                bot,
                format!(
                    "{method}: the file part {name} ({} bytes) is not referred to",
                    file.size()
                ),
            );
        }
    }
}

/// Executes a call. The name is the documented one.
pub(crate) fn call(s: &mut State, bot: i64, method: &'static str, p: &Params) -> Outcome {
    let mut call = Call { s, bot, method, p };
    let c = &mut call;
    match method {
        "sendMessage" | "sendPhoto" | "sendDocument" | "sendVideo" | "sendAnimation"
        | "sendAudio" | "sendVoice" | "sendVideoNote" | "sendSticker" | "sendLocation"
        | "sendVenue" | "sendContact" | "sendPoll" | "sendDice" | "sendChecklist"
        | "sendInvoice" => send::one(c),
        "sendMediaGroup" => send::album(c),
        "sendChatAction" => send::action(c),
        "sendMessageDraft" => send::draft(c),
        "copyMessage" => copy::copy_one(c),
        "copyMessages" => copy::copy_many(c),
        "forwardMessage" => copy::forward_one(c),
        "forwardMessages" => copy::forward_many(c),
        "editMessageText" => edit::text(c),
        "editMessageCaption" => edit::caption(c),
        "editMessageMedia" => edit::media(c),
        "editMessageReplyMarkup" => edit::markup(c),
        "editMessageLiveLocation" => edit::location(c),
        "stopMessageLiveLocation" => edit::stop_location(c),
        "stopPoll" => edit::stop_poll(c),
        "deleteMessage" => edit::delete(c),
        "deleteMessages" => edit::delete_many(c),
        "setMessageReaction" => react::set(c),
        "getCustomEmojiStickers" => react::custom_emoji(c),
        "answerCallbackQuery" => react::answer_callback(c),
        "answerInlineQuery" | "answerWebAppQuery" => Ok(json!(true)),
        "getFile" => {
            let file_id =
                p.text("file_id").ok_or_else(|| ApiError::bad("file_id not specified"))?;
            let (limit, now) = (s.settings.download_limit, s.now());
            s.files.get_file(bot, &file_id, limit, now)
        }
        "setWebhook" => webhook::set(c),
        "deleteWebhook" => webhook::delete(c),
        "getWebhookInfo" => Ok(crate::delivery::info(s, bot)),
        "logOut" | "close" => Ok(json!(true)),
        "createInvoiceLink"
        | "answerPreCheckoutQuery"
        | "answerShippingQuery"
        | "refundStarPayment"
        | "getStarTransactions"
        | "getMyStarBalance"
        | "editUserStarSubscription" => payments::call(c),
        "createForumTopic"
        | "editForumTopic"
        | "closeForumTopic"
        | "reopenForumTopic"
        | "deleteForumTopic"
        | "unpinAllForumTopicMessages"
        | "getForumTopicIconStickers"
        | "editGeneralForumTopic"
        | "closeGeneralForumTopic"
        | "reopenGeneralForumTopic"
        | "hideGeneralForumTopic"
        | "unhideGeneralForumTopic" => topics::call(c),
        "getChat"
        | "getChatMember"
        | "getChatAdministrators"
        | "getChatMemberCount"
        | "leaveChat"
        | "getUserProfilePhotos"
        | "pinChatMessage"
        | "unpinChatMessage"
        | "unpinAllChatMessages"
        | "banChatMember"
        | "unbanChatMember"
        | "setChatTitle"
        | "setChatDescription" => chat::call(c),
        _ => me::call(c),
    }
}
