//! copyMessage(s), forwardMessage(s).

use serde_json::{Map, Value, json};

use super::{
    Call, Outcome,
    content::{Content, truth},
};
use crate::{
    error::ApiError,
    state::ChatKey,
    text::{self, utf16_len},
};

/// What belongs to the message's place, not to what it says.
const PLACE: &[&str] = &[
    "message_id",
    "message_thread_id",
    "is_topic_message",
    "from",
    "sender_chat",
    "chat",
    "date",
    "edit_date",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_markup",
    "has_protected_content",
    "effect_id",
    "media_group_id",
    "author_signature",
    "via_bot",
];
const UNCOPYABLE: &[&str] = &[
    "invoice",
    "paid_media",
    "giveaway",
    "giveaway_winners",
    "giveaway_created",
    "giveaway_completed",
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "pinned_message",
    "successful_payment",
    "refunded_payment",
    "write_access_allowed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "users_shared",
    "chat_shared",
    "managed_bot_created",
    "gift",
    "unique_gift",
    "message_auto_delete_timer_changed",
];

/// The ids of a call, 1–100 and strictly increasing.
fn ids(c: &Call<'_>) -> Result<Vec<i64>, ApiError> {
    let ids: Vec<i64> = c.p.list("message_ids").iter().filter_map(Value::as_i64).collect();
    if ids.is_empty() {
        return Err(ApiError::complaint(400, "Bad Request: message identifiers are not specified"));
    }
    if ids.len() > 100 {
        return Err(ApiError::complaint(
            400,
            "Bad Request: too many message identifiers specified",
        ));
    }
    if !ids.is_sorted_by(|a, b| a < b) {
        return Err(ApiError::complaint(
            400,
            "Bad Request: message identifiers must be in a strictly increasing order",
        ));
    }
    Ok(ids)
}

fn source(c: &Call<'_>) -> Result<ChatKey, ApiError> {
    let key = c.chat("from_chat_id")?;
    if let ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } = key {
        c.s.check_member(c.bot, chat)?;
    }
    Ok(key)
}

fn content_of(c: &Call<'_>, from: ChatKey, id: i64, verb: &str) -> Result<Content, ApiError> {
    let missing = || {
        ApiError::bad(format!(
            "message to {} not found",
            verb.trim_end_matches("ed").replace("copi", "copy")
        ))
    };
    let message = c.s.message(from, id).ok_or_else(missing)?;
    let fields = message.value.as_object().cloned().unwrap_or_default();
    let protected = truth(&message.value["has_protected_content"]);
    if protected || (verb == "copied" && fields.keys().any(|k| UNCOPYABLE.contains(&k.as_str()))) {
        return Err(ApiError::bad(format!("message can't be {verb}")));
    }
    Ok(fields.into_iter().filter(|(k, _)| !PLACE.contains(&k.as_str())).collect())
}

/// copyMessage: a new message without a trace of its source.
pub(crate) fn copy_one(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_chat()?;
    c.check_thread(key)?;
    let from = source(c)?;
    let id = c.p.int("message_id").unwrap_or(0);
    let mut content = content_of(c, from, id, "copied")?;
    content.remove("forward_origin");
    if let Some(caption) = c.p.values.get("caption").and_then(Value::as_str)
        && !content.contains_key("text")
    {
        let formatted = text::format(
            caption,
            c.p.text("parse_mode").as_deref(),
            &c.p.list("caption_entities"),
        )?;
        if utf16_len(&formatted.text) > 1024 {
            return Err(ApiError::complaint(400, "Bad Request: message caption is too long"));
        }
        content.remove("caption");
        content.remove("caption_entities");
        if !formatted.text.is_empty() {
            content.insert("caption".into(), json!(formatted.text));
        }
        if !formatted.entities.is_empty() {
            content.insert("caption_entities".into(), json!(formatted.entities));
        }
    }
    c.add_reply(key, &mut content)?;
    c.pace(key, 1)?;
    let id = c.deliver(key, content)?;
    Ok(json!({ "message_id": id }))
}

/// copyMessages: what cannot be copied is skipped; albums stay albums.
pub(crate) fn copy_many(c: &mut Call<'_>) -> Outcome {
    many(c, "copied", |c, from, id, content| {
        if c.p.flag("remove_caption") {
            content.remove("caption");
            content.remove("caption_entities");
        }
        content.remove("forward_origin");
        regroup(c, from, id, content);
    })
}

/// An album's new id is made from the call and the old id: members of one album share it.
fn regroup(c: &Call<'_>, from: ChatKey, id: i64, content: &mut Content) {
    let old =
        c.s.message(from, id).and_then(|m| m.value["media_group_id"].as_str().map(str::to_owned));
    if let Some(old) = old {
        let call = c.p.text("message_ids").unwrap_or_default();
        let new = crate::files::hash(&old, call.as_bytes()) >> 1;
        content.insert("media_group_id".into(), json!(new.to_string()));
    }
}

/// forwardMessage: the copy names its source.
pub(crate) fn forward_one(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_chat()?;
    c.check_thread(key)?;
    let from = source(c)?;
    let id = c.p.int("message_id").unwrap_or(0);
    let mut content = content_of(c, from, id, "forwarded")?;
    add_origin(c, from, id, &mut content);
    c.pace(key, 1)?;
    let id = c.deliver(key, content)?;
    Ok(c.shown(key, id))
}

/// forwardMessages.
pub(crate) fn forward_many(c: &mut Call<'_>) -> Outcome {
    many(c, "forwarded", |c, from, id, content| {
        add_origin(c, from, id, content);
        regroup(c, from, id, content);
    })
}

fn many(c: &mut Call<'_>, verb: &str, adapt: fn(&Call<'_>, ChatKey, i64, &mut Content)) -> Outcome {
    let key = c.writable_chat()?;
    c.check_thread(key)?;
    let from = source(c)?;
    let mut contents = Vec::new();
    for id in ids(c)? {
        if let Ok(mut content) = content_of(c, from, id, verb) {
            adapt(c, from, id, &mut content);
            contents.push(content);
        }
    }
    if contents.is_empty() {
        let verb = if verb == "copied" { "copy" } else { "forward" };
        return Err(ApiError::bad(format!("there are no messages to {verb}")));
    }
    c.pace(key, contents.len())?;
    let mut made = Vec::new();
    for content in contents {
        made.push(json!({"message_id": c.deliver(key, content)?}));
    }
    Ok(Value::Array(made))
}

fn add_origin(c: &Call<'_>, from: ChatKey, id: i64, content: &mut Content) {
    let Some(message) = c.s.message(from, id) else {
        return;
    };
    if content.contains_key("forward_origin") {
        return;
    }
    let value = &message.value;
    let mut origin = Map::new();
    if let Some(person) = c.s.people.get(&message.author).filter(|p| p.hides_forwards) {
        let name = [Some(person.first_name.clone()), person.last_name.clone()];
        let name: Vec<String> = name.into_iter().flatten().collect();
        origin.insert("type".into(), json!("hidden_user"));
        origin.insert("sender_user_name".into(), json!(name.join(" ")));
    } else if value["sender_chat"].is_object() {
        origin.insert("type".into(), json!("channel"));
        origin.insert("chat".into(), value["sender_chat"].clone());
        origin.insert("message_id".into(), json!(id));
    } else {
        origin.insert("type".into(), json!("user"));
        origin.insert("sender_user".into(), value["from"].clone());
    }
    origin.insert("date".into(), value["date"].clone());
    content.insert("forward_origin".into(), Value::Object(origin));
}
