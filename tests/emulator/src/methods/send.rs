//! send*: one message, or an album.

use serde_json::{Value, json};

use super::{Call, Outcome, content::Content};
use crate::{error::ApiError, state::ChatKey};

/// Any method that makes one message.
pub(crate) fn one(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_chat()?;
    c.check_thread(key)?;
    let mut content = c.content()?;
    c.add_reply(key, &mut content)?;
    c.pace(key, 1)?;
    let id = c.deliver(key, content)?;
    Ok(c.shown(key, id))
}

/// sendMediaGroup: 2–10, photos with videos, or documents alone, or audio alone.
pub(crate) fn album(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_chat()?;
    c.check_thread(key)?;
    let media = c.p.list("media");
    if !(2..=10).contains(&media.len()) {
        let why = "Bad Request: wrong number of media in the album: there must be 2-10";
        return Err(ApiError::complaint(400, why));
    }
    let kind_of = |item: &Value| item["type"].as_str().unwrap_or_default().to_owned();
    let kinds: Vec<String> = media.iter().map(kind_of).collect();
    let all = |allowed: &[&str]| kinds.iter().all(|k| allowed.contains(&k.as_str()));
    if !(all(&["photo", "video", "live_photo"]) || all(&["document"]) || all(&["audio"])) {
        let why = "Bad Request: can't use the media of the specified type in the album";
        return Err(ApiError::complaint(400, why));
    }
    let mut contents = Vec::new();
    for item in &media {
        let mut content = c.input_media(item)?;
        c.add_reply(key, &mut content)?;
        contents.push(content);
    }
    c.pace(key, contents.len())?;
    let group = (c.s.random() >> 1).to_string();
    let mut ids = Vec::new();
    for mut content in contents {
        content.insert("media_group_id".into(), json!(group));
        ids.push(c.deliver(key, content)?);
    }
    Ok(ids.into_iter().map(|id| c.shown(key, id)).collect())
}

/// sendChatAction.
pub(crate) fn action(c: &mut Call<'_>) -> Outcome {
    c.writable_chat()?;
    let known = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    match c.p.text("action") {
        Some(action) if known.contains(&action.as_str()) => Ok(json!(true)),
        _ => Err(ApiError::complaint(400, "Bad Request: wrong parameter action in request")),
    }
}

/// sendMessageDraft: nothing stays in the chat.
pub(crate) fn draft(c: &mut Call<'_>) -> Outcome {
    c.writable_chat()?;
    c.text_content()?;
    Ok(json!(true))
}

impl Call<'_> {
    /// Rate limits, if switched on.
    pub(crate) fn pace(&mut self, key: ChatKey, messages: usize) -> Result<(), ApiError> {
        if !self.s.settings.strict_rates {
            return Ok(());
        }
        self.s.rates.send(self.bot, key, messages)
    }

    /// A topic must exist (SRV `message thread not found`).
    pub(crate) fn check_thread(&self, key: ChatKey) -> Result<(), ApiError> {
        let Some(thread) = self.p.int("message_thread_id") else {
            return Ok(());
        };
        let known = self.s.chats.get(&key).is_some_and(|log| log.topics.contains_key(&thread));
        let general = thread == 1 && self.s.chat_object(key)["is_forum"] == true;
        if known || general || thread == 0 {
            return Ok(());
        }
        Err(ApiError::bad("message thread not found"))
    }

    /// Puts the message into the chat with what every send method shares.
    pub(crate) fn deliver(&mut self, key: ChatKey, mut content: Content) -> Result<i64, ApiError> {
        let markup = self.reply_markup()?;
        if let Some(thread) = self.p.int("message_thread_id").filter(|t| *t > 0) {
            content.insert("message_thread_id".into(), json!(thread));
            content.insert("is_topic_message".into(), json!(true));
        }
        if self.p.flag("protect_content") {
            content.insert("has_protected_content".into(), json!(true));
        }
        if let Some(effect) = self.p.text("message_effect_id") {
            content.insert("effect_id".into(), json!(effect));
        }
        let inline = markup.as_ref().is_some_and(|m| m.get("inline_keyboard").is_some());
        if let Some(markup) = markup.clone().filter(|m| inline && m["inline_keyboard"] != json!([]))
        {
            content.insert("reply_markup".into(), markup);
        }
        let id = self.s.post(key, self.bot, content);
        if let Some(message) = self.s.message_mut(key, id).filter(|_| !inline) {
            message.keyboard = markup;
        }
        Ok(id)
    }

    /// `InputMedia` of an album or an edit.
    pub(crate) fn input_media(&mut self, item: &Value) -> Result<Content, ApiError> {
        let kind = match item["type"].as_str() {
            Some("photo") => "photo",
            Some("video") => "video",
            Some("document") => "document",
            Some("audio") => "audio",
            Some("animation") => "animation",
            _ => {
                return Err(ApiError::complaint(
                    400,
                    "Bad Request: can't parse InputMedia: wrong type",
                ));
            }
        };
        let owned = item.clone();
        let from = move |name: &str| {
            let name = if name == kind { "media" } else { name };
            owned[name].clone()
        };
        let content = self.media_content(kind, kind, &from)?;
        Ok(content)
    }
}
