//! Forum topics: in supergroups with topics, and in private chats of bots that have them switched on.

use serde_json::{Value, json};

use super::{Call, Outcome};
use crate::{error::ApiError, state::ChatKey, text::utf16_len};

/// The six colours a topic's icon may have.
const COLORS: [i64; 6] = [7_322_096, 16_766_590, 13_338_331, 9_367_192, 16_749_490, 16_478_047];

/// One of this file's methods.
pub(crate) fn call(c: &mut Call<'_>) -> Outcome {
    if c.method == "getForumTopicIconStickers" {
        return Ok(json!([]));
    }
    let key = c.writable_chat()?;
    let forum = match key {
        ChatKey::Private { bot, .. } => {
            c.s.bot(bot).flags.get("has_topics_enabled") == Some(&json!(true))
        }
        _ => c.s.chat_object(key)["is_forum"] == true,
    };
    if !forum {
        return Err(ApiError::bad("the chat is not a forum"));
    }
    if let ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } = key {
        let standing = c.s.groups.get(&chat).and_then(|g| g.members.get(&c.bot)).copied();
        if standing != Some(crate::Membership::Administrator) {
            return Err(ApiError::bad("not enough rights to create a topic"));
        }
    }
    match c.method {
        "createForumTopic" => create(c, key),
        method if method.contains("General") => Ok(json!(true)),
        method => change(c, key, method),
    }
}

fn name(c: &Call<'_>) -> Result<String, ApiError> {
    let name =
        c.p.text("name")
            .ok_or_else(|| ApiError::complaint(400, "Bad Request: TOPIC_TITLE_EMPTY"))?;
    if utf16_len(&name) > 128 {
        return Err(ApiError::complaint(400, "Bad Request: TOPIC_TITLE_INVALID"));
    }
    Ok(name)
}

fn create(c: &mut Call<'_>, key: ChatKey) -> Outcome {
    let color = c.p.int("icon_color").unwrap_or(COLORS[0]);
    if !COLORS.contains(&color) {
        return Err(ApiError::complaint(400, "Bad Request: TOPIC_ICON_COLOR_INVALID"));
    }
    let mut topic = json!({"name": name(c)?, "icon_color": color});
    if let Some(icon) = c.p.text("icon_custom_emoji_id") {
        topic["icon_custom_emoji_id"] = json!(icon);
    }
    let content = super::content::one("forum_topic_created", topic.clone());
    let id = announce(c, key, content, None);
    c.s.chats.entry(key).or_default().topics.insert(id, topic.clone());
    topic["message_thread_id"] = json!(id);
    Ok(topic)
}

/// The service message; the bot gets it too (SRV `need_skip_update_message`). A topic's thread is its id.
fn announce(
    c: &mut Call<'_>,
    key: ChatKey,
    mut content: super::content::Content,
    thread: Option<i64>,
) -> i64 {
    content.insert("is_topic_message".into(), json!(true));
    let id = c.s.post(key, c.bot, content);
    if let Some(message) = c.s.message_mut(key, id) {
        message.value["message_thread_id"] = json!(thread.unwrap_or(id));
    }
    let shown = c.shown(key, id);
    c.s.add_update(c.bot, "message", shown);
    id
}

fn change(c: &mut Call<'_>, key: ChatKey, method: &str) -> Outcome {
    let thread = c.p.int("message_thread_id").unwrap_or(0);
    let missing = || ApiError::bad("TOPIC_ID_INVALID");
    let mut topic =
        c.s.chats.get(&key).and_then(|l| l.topics.get(&thread)).cloned().ok_or_else(missing)?;
    let service = match method {
        "editForumTopic" => {
            let mut edited = json!({});
            for key in ["name", "icon_custom_emoji_id"] {
                if let Some(text) = c.p.text(key) {
                    topic[key] = json!(text);
                    edited[key] = json!(text);
                }
            }
            Some(("forum_topic_edited", edited))
        }
        "closeForumTopic" | "reopenForumTopic" => {
            let closed = method == "closeForumTopic";
            if (topic["is_closed"] == true) == closed {
                return Err(ApiError::bad("TOPIC_NOT_MODIFIED"));
            }
            topic["is_closed"] = json!(closed);
            Some((if closed { "forum_topic_closed" } else { "forum_topic_reopened" }, json!({})))
        }
        _ => None,
    };
    let log = c.s.chats.entry(key).or_default();
    if method == "deleteForumTopic" {
        log.topics.remove(&thread);
        for message in log.messages.values_mut().filter(|m| m.value["message_thread_id"] == thread)
        {
            message.deleted = true;
        }
        return Ok(json!(true));
    }
    log.topics.insert(thread, topic);
    if let Some((kind, value)) = service {
        announce(c, key, super::content::one(kind, value), Some(thread));
    }
    Ok(Value::Bool(true))
}
