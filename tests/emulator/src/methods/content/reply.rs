//! What a message answers, and the buttons under it.

use serde_json::{Map, Value, json};

use super::{Content, truth};
use crate::{
    error::ApiError,
    methods::Call,
    state::ChatKey,
    text::{self, utf16_len},
};

impl Call<'_> {
    /// Adds what the reply parameters ask for.
    pub(crate) fn add_reply(&self, key: ChatKey, into: &mut Content) -> Result<(), ApiError> {
        let mut reply = self.p.json("reply_parameters");
        if reply.is_null()
            && let Some(id) = self.p.int("reply_to_message_id")
        {
            let lenient = self.p.flag("allow_sending_without_reply");
            reply = json!({"message_id": id, "allow_sending_without_reply": lenient});
        }
        let Some(id) = reply["message_id"].as_i64() else {
            return Ok(());
        };
        let elsewhere = match &reply["chat_id"] {
            Value::Null => key,
            chat => self.s.find_chat(self.bot, chat)?,
        };
        let Some(target) = self.s.as_reply_target(elsewhere, id) else {
            if truth(&reply["allow_sending_without_reply"]) {
                return Ok(());
            }
            return Err(ApiError::bad("message to be replied not found"));
        };
        if let Some(quote) = quote(&reply, &target)? {
            into.insert("quote".into(), quote);
        }
        if elsewhere == key {
            into.insert("reply_to_message".into(), target);
            return Ok(());
        }
        into.insert("external_reply".into(), external(target));
        Ok(())
    }

    /// The reply markup: inline keyboards go into the message, others beside it.
    pub(crate) fn reply_markup(&self) -> Result<Option<Value>, ApiError> {
        let markup = self.p.json("reply_markup");
        let Some(object) = markup.as_object() else {
            return Ok(None);
        };
        if object.is_empty() {
            return Ok(None);
        }
        if let Some(rows) = object.get("inline_keyboard") {
            check_inline(rows)?;
        }
        Ok(Some(markup))
    }
}

/// The quoted part, which must stand in the message word for word.
fn quote(reply: &Value, target: &Value) -> Result<Option<Value>, ApiError> {
    let Some(given) = reply["quote"].as_str().filter(|q| !q.is_empty()) else {
        return Ok(None);
    };
    let entities = reply["quote_entities"].as_array().cloned().unwrap_or_default();
    let formatted = text::format(given, reply["quote_parse_mode"].as_str(), &entities)?;
    if utf16_len(&formatted.text) > 1024 {
        return Err(ApiError::complaint(400, "Bad Request: MESSAGE_QUOTE_TOO_LONG"));
    }
    let whole = target["text"].as_str().or(target["caption"].as_str()).unwrap_or_default();
    let Some(at) = whole.find(&formatted.text) else {
        return Err(ApiError::bad("QUOTE_TEXT_INVALID"));
    };
    let mut quote =
        json!({"text": formatted.text, "position": utf16_len(&whole[..at]), "is_manual": true});
    let kept: Vec<Value> = formatted
        .entities
        .into_iter()
        .filter(|e| {
            let kept = [
                "bold",
                "italic",
                "underline",
                "strikethrough",
                "spoiler",
                "custom_emoji",
                "date_time",
            ];
            kept.contains(&e["type"].as_str().unwrap_or_default())
        })
        .collect();
    if !kept.is_empty() {
        quote["entities"] = json!(kept);
    }
    Ok(Some(quote))
}

/// `ExternalReplyInfo` of a message in another chat.
fn external(target: Value) -> Value {
    let mut info = Map::new();
    let origin = json!({"type": "user", "date": target["date"], "sender_user": target["from"]});
    info.insert("origin".into(), origin);
    if target["chat"]["type"] != "private" {
        info.insert("chat".into(), target["chat"].clone());
        info.insert("message_id".into(), target["message_id"].clone());
    }
    let kept = [
        "link_preview_options",
        "animation",
        "audio",
        "document",
        "photo",
        "sticker",
        "story",
        "video",
        "video_note",
        "voice",
        "has_media_spoiler",
        "checklist",
        "contact",
        "dice",
        "location",
        "poll",
        "venue",
        "invoice",
    ];
    for (key, value) in target.as_object().into_iter().flatten() {
        if kept.contains(&key.as_str()) {
            info.insert(key.clone(), value.clone());
        }
    }
    Value::Object(info)
}

/// Rows of buttons, each with a text and exactly one thing it does.
fn check_inline(rows: &Value) -> Result<(), ApiError> {
    let refuse = |why: &str| Err(ApiError::complaint(400, format!("Bad Request: {why}")));
    let Some(rows) = rows.as_array() else {
        return refuse("field \"inline_keyboard\" must be an Array of Arrays");
    };
    let mut count = 0;
    for row in rows {
        let Some(row) = row.as_array() else {
            return refuse("field \"inline_keyboard\" must be an Array of Arrays");
        };
        for button in row {
            count += 1;
            if button["text"].as_str().is_none_or(str::is_empty) {
                return refuse("can't parse inline keyboard button: Can't find field \"text\"");
            }
            if let Some(data) = button["callback_data"].as_str()
                && !(1..=64).contains(&data.len())
            {
                return refuse("BUTTON_DATA_INVALID");
            }
            if let Some(url) = button["url"].as_str()
                && !["http://", "https://", "tg://", "t.me/"].iter().any(|p| url.starts_with(p))
            {
                return refuse(&format!(
                    "inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
                ));
            }
            let looks = ["text", "icon_custom_emoji_id", "style"];
            let does = button
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(k, v)| !looks.contains(&k.as_str()) && !v.is_null());
            match does.count() {
                0 => {
                    return refuse(
                        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
                    );
                }
                1 => {}
                _ => {
                    return refuse(
                        "can't parse inline keyboard button: exactly one of the optional fields must be used",
                    );
                }
            }
        }
    }
    if count > 100 {
        return refuse("reply markup is too long");
    }
    Ok(())
}
