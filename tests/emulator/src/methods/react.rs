//! Reactions and button presses.

use serde_json::{Value, json};

use super::{Call, Outcome};
use crate::{error::ApiError, state::ChatKey};

/// The emoji everyone may react with (DOC `ReactionTypeEmoji`).
const EMOJI: &[&str] = &[
    "❤",
    "👍",
    "👎",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤‍🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨‍💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷‍♂",
    "🤷",
    "🤷‍♀",
    "😡",
];
/// A press stays answerable for a while; the server does not say how long, the update lives 150 s.
const ANSWERABLE: i64 = 150;

/// setMessageReaction: one reaction, of the list; none takes it away.
pub(crate) fn set(c: &mut Call<'_>) -> Outcome {
    let key = c.chat("chat_id")?;
    match key {
        ChatKey::Private { .. } => c.s.check_write(c.bot, key)?,
        ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } => c.s.check_member(c.bot, chat)?,
    }
    let id = c.p.int("message_id").unwrap_or(0);
    c.existing(key, id, "message to react")?;
    let reactions = c.p.list("reaction");
    for reaction in &reactions {
        let allowed = match reaction["type"].as_str() {
            Some("emoji") => reaction["emoji"]
                .as_str()
                .is_some_and(|e| EMOJI.contains(&e.trim_end_matches('\u{fe0f}'))),
            Some("custom_emoji" | "paid") => false,
            _ => {
                return Err(ApiError::complaint(
                    400,
                    "Bad Request: can't parse reaction types: invalid reaction type specified",
                ));
            }
        };
        if !allowed {
            return Err(ApiError::bad("REACTION_INVALID"));
        }
    }
    if reactions.len() > 1 {
        return Err(ApiError::bad("REACTIONS_TOO_MANY"));
    }
    let bot = c.bot;
    if let Some(message) = c.s.message_mut(key, id) {
        if reactions.is_empty() {
            message.reactions.remove(&bot);
        } else {
            message.reactions.insert(bot, reactions);
        }
    }
    Ok(json!(true))
}

/// getCustomEmojiStickers: at most 200, unknown ones are left out.
pub(crate) fn custom_emoji(c: &mut Call<'_>) -> Outcome {
    let ids = c.p.list("custom_emoji_ids");
    if ids.len() > 200 {
        return Err(ApiError::bad("too many custom emoji identifiers specified"));
    }
    let sticker = |id: &Value| {
        let id = id.as_str()?;
        let emoji = c.s.custom_emoji.get(id)?;
        Some(json!({
            "file_id": format!("custom-emoji-{id}"), "file_unique_id": format!("e{id}"),
            "type": "custom_emoji", "width": 100, "height": 100, "is_animated": false,
            "is_video": false, "emoji": emoji, "custom_emoji_id": id,
        }))
    };
    Ok(ids.iter().filter_map(sticker).collect())
}

/// answerCallbackQuery: an id of this bot, not too old.
pub(crate) fn answer_callback(c: &mut Call<'_>) -> Outcome {
    let id = c.p.text("callback_query_id").unwrap_or_default();
    let now = c.s.now();
    let known =
        c.s.callbacks.get(&id).is_some_and(|(bot, at)| *bot == c.bot && at + ANSWERABLE >= now);
    if !known {
        return Err(ApiError::bad(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    }
    if c.p.text("text").is_some_and(|t| crate::text::utf16_len(&t) > 200) {
        return Err(ApiError::complaint(400, "Bad Request: MESSAGE_TOO_LONG"));
    }
    let mut answer: Value = c.p.values.clone().into();
    answer["bot"] = json!(c.bot);
    c.s.answered.push(answer);
    Ok(json!(true))
}
