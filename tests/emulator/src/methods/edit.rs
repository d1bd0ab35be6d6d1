//! edit*, stop*, delete*.

use serde_json::{Map, Value, json};

use super::{Call, Outcome, content::Content};
use crate::{error::ApiError, state::ChatKey};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the \
                            same as a current content and reply markup of the message";
/// Messages can be deleted for 48 hours.
const DELETE_LIMIT: i64 = 48 * 3600;

/// What makes up a message's content, as opposed to its place.
const CONTENT: &[&str] = &[
    "text",
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "photo",
    "video",
    "document",
    "audio",
    "animation",
    "voice",
    "video_note",
    "location",
    "venue",
];

impl Call<'_> {
    /// The bot's own message that is to be edited.
    fn editable(&self) -> Result<(ChatKey, i64), ApiError> {
        if self.p.text("chat_id").is_none() && self.p.text("inline_message_id").is_some() {
            return Err(ApiError::bad("MESSAGE_ID_INVALID"));
        }
        let key = self.chat("chat_id")?;
        if let ChatKey::Private { user, .. } = key
            && self.s.gone_people.contains(&user)
        {
            return Err(ApiError::forbidden("user is deactivated"));
        }
        if let ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } = key {
            self.s.check_member(self.bot, chat)?;
        }
        let id = self.p.int("message_id").unwrap_or(0);
        self.existing(key, id, "message to edit")?;
        let message = self.s.message(key, id);
        let forwarded = message.is_some_and(|m| m.value["forward_origin"].is_object());
        if message.is_none_or(|m| m.author != self.bot) || forwarded {
            return Err(ApiError::bad("message can't be edited"));
        }
        Ok((key, id))
    }

    fn has(&self, key: ChatKey, id: i64, field: &str) -> bool {
        self.s.message(key, id).is_some_and(|m| !m.value[field].is_null())
    }

    /// Replaces content fields and the inline keyboard (absent: removed, as the server does).
    fn replace(&mut self, key: ChatKey, id: i64, gone: &[&str], content: Content) -> Outcome {
        let markup = self.reply_markup()?.filter(|m| m["inline_keyboard"] != json!([]));
        let now = self.s.now();
        let Some(message) = self.s.message_mut(key, id) else {
            return Err(ApiError::bad("message to edit not found"));
        };
        let mut new = message.value.as_object().cloned().unwrap_or_default();
        new.retain(|k, _| !gone.contains(&k.as_str()) && k != "reply_markup");
        new.extend(content);
        if let Some(markup) = markup {
            new.insert("reply_markup".into(), markup);
        }
        let mut before = message.value.as_object().cloned().unwrap_or_default();
        let mut after = new.clone();
        before.remove("edit_date");
        after.remove("edit_date");
        if sorted(&before) == sorted(&after) {
            return Err(ApiError::bad(NOT_MODIFIED));
        }
        new.insert("edit_date".into(), json!(now));
        message.value = Value::Object(new);
        Ok(self.shown(key, id))
    }
}

fn sorted(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut list: Vec<_> = fields.iter().collect();
    list.sort_by_key(|(k, _)| *k);
    list
}

/// editMessageText: text messages only.
pub(crate) fn text(c: &mut Call<'_>) -> Outcome {
    let content = c.text_content()?;
    let (key, id) = c.editable()?;
    if !c.has(key, id, "text") {
        return Err(ApiError::bad("there is no text in the message to edit"));
    }
    c.replace(key, id, &["text", "entities", "link_preview_options"], content)
}

/// editMessageCaption: media with captions only; an empty one removes it.
pub(crate) fn caption(c: &mut Call<'_>) -> Outcome {
    let (key, id) = c.editable()?;
    let captioned = ["photo", "video", "document", "audio", "animation", "voice", "paid_media"];
    if !captioned.iter().any(|k| c.has(key, id, k)) {
        return Err(ApiError::bad("there is no caption in the message to edit"));
    }
    let mut content = Map::new();
    let text = c.p.text("caption").unwrap_or_default();
    let formatted = crate::text::format(
        &text,
        c.p.text("parse_mode").as_deref(),
        &c.p.list("caption_entities"),
    )?;
    if crate::text::utf16_len(&formatted.text) > 1024 {
        return Err(ApiError::complaint(400, "Bad Request: message caption is too long"));
    }
    if !formatted.text.is_empty() {
        content.insert("caption".into(), json!(formatted.text));
    }
    if !formatted.entities.is_empty() {
        content.insert("caption_entities".into(), json!(formatted.entities));
    }
    if c.p.flag("show_caption_above_media") {
        content.insert("show_caption_above_media".into(), json!(true));
    }
    c.replace(key, id, &["caption", "caption_entities", "show_caption_above_media"], content)
}

/// editMessageMedia.
pub(crate) fn media(c: &mut Call<'_>) -> Outcome {
    let (key, id) = c.editable()?;
    let item = c.p.json("media");
    let album = c.has(key, id, "media_group_id");
    let content = c.input_media(&item)?;
    let kind = item["type"].as_str().unwrap_or_default();
    if album {
        let visual = |k: &str| matches!(k, "photo" | "video");
        let old = ["photo", "video", "document", "audio"]
            .into_iter()
            .find(|k| c.has(key, id, k))
            .unwrap_or("");
        if old != kind && !(visual(old) && visual(kind)) {
            return Err(ApiError::complaint(
                400,
                "Bad Request: can't use the media of the specified type in the album",
            ));
        }
    }
    if ["location", "poll", "contact", "dice", "sticker", "voice", "video_note"]
        .iter()
        .any(|k| c.has(key, id, k))
    {
        return Err(ApiError::bad("message can't be edited"));
    }
    c.replace(key, id, CONTENT, content)
}

/// editMessageReplyMarkup.
pub(crate) fn markup(c: &mut Call<'_>) -> Outcome {
    let (key, id) = c.editable()?;
    c.replace(key, id, &[], Map::new())
}

/// editMessageLiveLocation: while it lives.
pub(crate) fn location(c: &mut Call<'_>) -> Outcome {
    let (key, id) = c.editable()?;
    check_live(c, key, id)?;
    let mut location = c.location_content()?;
    if location["live_period"].is_null() {
        location["live_period"] =
            c.s.message(key, id)
                .map_or(Value::Null, |m| m.value["location"]["live_period"].clone());
    }
    c.replace(key, id, &["location"], super::content::one("location", location))
}

/// stopMessageLiveLocation.
pub(crate) fn stop_location(c: &mut Call<'_>) -> Outcome {
    let (key, id) = c.editable()?;
    check_live(c, key, id)?;
    let mut location = c.s.message(key, id).map_or(Value::Null, |m| m.value["location"].clone());
    if let Some(fields) = location.as_object_mut() {
        fields.retain(|k, _| k == "latitude" || k == "longitude");
    }
    c.replace(key, id, &["location"], super::content::one("location", location))
}

fn check_live(c: &Call<'_>, key: ChatKey, id: i64) -> Result<(), ApiError> {
    let Some(message) = c.s.message(key, id) else {
        return Err(ApiError::bad("message to edit not found"));
    };
    let Some(period) = message.value["location"]["live_period"].as_i64() else {
        return Err(ApiError::bad("there is no live location in the message to edit"));
    };
    if message.date().saturating_add(period) < c.s.now() {
        return Err(ApiError::bad("message can't be edited"));
    }
    Ok(())
}

/// stopPoll.
pub(crate) fn stop_poll(c: &mut Call<'_>) -> Outcome {
    let (key, id) = c.editable()?;
    let mut poll = c.s.message(key, id).map_or(Value::Null, |m| m.value["poll"].clone());
    if poll.is_null() {
        return Err(ApiError::bad("message with poll to stop not found"));
    }
    if poll["is_closed"] == true {
        return Err(ApiError::bad("poll has already been closed"));
    }
    poll["is_closed"] = json!(true);
    let shown = c.replace(key, id, &["poll"], super::content::one("poll", poll))?;
    Ok(shown["poll"].clone())
}

fn deletable(c: &Call<'_>, key: ChatKey, id: i64) -> Result<(), ApiError> {
    let Some(message) = c.s.message(key, id) else {
        return Err(ApiError::bad("message to delete not found"));
    };
    let old = message.date() + DELETE_LIMIT < c.s.now();
    if let ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } = key {
        let standing = c.s.groups.get(&chat).and_then(|g| g.members.get(&c.bot)).copied();
        let admin =
            matches!(standing, Some(crate::Membership::Administrator | crate::Membership::Creator));
        if admin {
            return Ok(());
        }
        if message.author != c.bot {
            return Err(ApiError::bad("message can't be deleted"));
        }
    }
    if old {
        return Err(ApiError::bad("message can't be deleted for everyone"));
    }
    Ok(())
}

fn remove(c: &mut Call<'_>, key: ChatKey, id: i64) {
    if let Some(message) = c.s.message_mut(key, id) {
        message.deleted = true;
    }
}

/// deleteMessage.
pub(crate) fn delete(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_or_left()?;
    let id = c.p.int("message_id").ok_or_else(|| {
        ApiError::complaint(400, "Bad Request: message identifier is not specified")
    })?;
    deletable(c, key, id)?;
    remove(c, key, id);
    Ok(json!(true))
}

/// deleteMessages: what is gone already is skipped; one that may not be deleted fails the call.
pub(crate) fn delete_many(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_or_left()?;
    let ids: Vec<i64> = c.p.list("message_ids").iter().filter_map(Value::as_i64).collect();
    if ids.is_empty() || ids.len() > 100 {
        return Err(ApiError::complaint(400, "Bad Request: message identifiers are not specified"));
    }
    let there: Vec<i64> = ids.into_iter().filter(|id| c.s.message(key, *id).is_some()).collect();
    for id in &there {
        deletable(c, key, *id)?;
    }
    for id in there {
        remove(c, key, id);
    }
    Ok(json!(true))
}

impl Call<'_> {
    /// Deleting works also in the chat of someone who blocked the bot.
    fn writable_or_left(&self) -> Result<ChatKey, ApiError> {
        let key = self.chat("chat_id")?;
        match key {
            ChatKey::Private { user, .. } if self.s.gone_people.contains(&user) => {
                Err(ApiError::forbidden("user is deactivated"))
            }
            ChatKey::Private { .. } => Ok(key),
            ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } => {
                self.s.check_member(self.bot, chat).map(|()| key)
            }
        }
    }
}
