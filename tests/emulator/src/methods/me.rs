//! What a bot sets about itself.

use serde_json::{Value, json};

use super::{Call, Outcome};
use crate::{error::ApiError, text::utf16_len};

/// One of this file's methods; anything else is known to Telegram but not here.
pub(crate) fn call(c: &mut Call<'_>) -> Outcome {
    match c.method {
        "getMe" => Ok(c.s.bot(c.bot).me()),
        "setMyCommands" => set_commands(c),
        "getMyCommands" => {
            let key = (scope(c)?, language(c));
            Ok(c.s.bot(c.bot).commands.get(&key).cloned().unwrap_or(json!([])))
        }
        "deleteMyCommands" => {
            let key = (scope(c)?, language(c));
            c.s.bot_mut(c.bot).commands.remove(&key);
            Ok(json!(true))
        }
        "setMyName" => set_text(c, "name", 64),
        "setMyDescription" => set_text(c, "description", 512),
        "setMyShortDescription" => set_text(c, "short_description", 120),
        "getMyName" => {
            let name = c.s.bot(c.bot).bot.name.clone();
            Ok(get_text(c, "name", name))
        }
        "getMyDescription" => Ok(get_text(c, "description", String::new())),
        "getMyShortDescription" => Ok(get_text(c, "short_description", String::new())),
        "setMyProfilePhoto" => set_photo(c),
        "removeMyProfilePhoto" => {
            c.s.bot_mut(c.bot).settings.remove("profile_photo");
            Ok(json!(true))
        }
        "setChatMenuButton" => remember(c, "menu_button"),
        "setMyDefaultAdministratorRights" => remember(c, "rights"),
        "getChatMenuButton" => Ok(json!({"type": "commands"})),
        "getManagedBotToken" | "replaceManagedBotToken" => managed_token(c),
        other => Err(ApiError::complaint(400, format!("Bad Request: {other} is not emulated"))),
    }
}

/// `default`, `all_private_chats`, `chat:5`, `chat_member:5:6` ...
fn scope(c: &Call<'_>) -> Result<String, ApiError> {
    let scope = c.p.json("scope");
    let Some(kind) = scope["type"].as_str() else {
        return Ok("default".into());
    };
    let id = |key: &str| {
        scope[key]
            .as_i64()
            .map_or_else(|| scope[key].as_str().unwrap_or("").to_owned(), |n| n.to_string())
    };
    match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => {
            Ok(kind.to_owned())
        }
        "chat" | "chat_administrators" => {
            c.s.find_chat(c.bot, &scope["chat_id"])?;
            Ok(format!("{kind}:{}", id("chat_id")))
        }
        "chat_member" => Ok(format!("{kind}:{}:{}", id("chat_id"), id("user_id"))),
        _ => Err(ApiError::complaint(
            400,
            "Bad Request: can't parse BotCommandScope: Unsupported type specified",
        )),
    }
}

fn language(c: &Call<'_>) -> String {
    c.p.text("language_code").unwrap_or_default()
}

fn set_commands(c: &mut Call<'_>) -> Outcome {
    let commands = c.p.list("commands");
    if commands.len() > 100 {
        return Err(ApiError::complaint(400, "Bad Request: BOT_COMMANDS_TOO_MUCH"));
    }
    for command in &commands {
        let name = command["command"].as_str().unwrap_or_default().trim_start_matches('/');
        let valid = (1..=32).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !valid {
            return Err(ApiError::complaint(400, "Bad Request: BOT_COMMAND_INVALID"));
        }
        let length = command["description"].as_str().map_or(0, utf16_len);
        if !(1..=256).contains(&length) {
            return Err(ApiError::complaint(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    let language = language(c);
    if !language.is_empty()
        && (language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()))
    {
        return Err(ApiError::complaint(400, "Bad Request: BOT_COMMANDS_LANGUAGE_INVALID"));
    }
    let key = (scope(c)?, language);
    c.s.bot_mut(c.bot).commands.insert(key, Value::Array(commands));
    Ok(json!(true))
}

fn set_text(c: &mut Call<'_>, what: &'static str, limit: usize) -> Outcome {
    let text = c.p.text(what).unwrap_or_default();
    if utf16_len(&text) > limit {
        return Err(ApiError::complaint(
            400,
            format!("Bad Request: bot {} is too long", what.replace('_', " ")),
        ));
    }
    let language = language(c);
    let me = c.s.bot_mut(c.bot);
    if text.is_empty() {
        me.texts.remove(&(what, language));
    } else {
        if what == "name" && language.is_empty() {
            me.bot.name.clone_from(&text);
        }
        me.texts.insert((what, language), text);
    }
    Ok(json!(true))
}

fn get_text(c: &Call<'_>, what: &'static str, default: String) -> Value {
    let texts = &c.s.bot(c.bot).texts;
    let found = texts.get(&(what, language(c))).or_else(|| texts.get(&(what, String::new())));
    json!({ what: found.cloned().unwrap_or(default) })
}

/// A photo must be uploaded anew; an id is refused (SRV `Photo must be uploaded as a file`).
fn set_photo(c: &mut Call<'_>) -> Outcome {
    let photo = c.p.json("photo");
    let upload = c.upload("photo", &photo["photo"])?;
    let Some(upload) = upload else {
        return Err(ApiError::complaint(400, "Bad Request: photo must be uploaded as a file"));
    };
    let kept = c.s.files.add("photo", &upload, &json!({}));
    c.s.bot_mut(c.bot).settings.insert("profile_photo".into(), kept);
    Ok(json!(true))
}

fn remember(c: &mut Call<'_>, what: &str) -> Outcome {
    let values = Value::Object(c.p.values.clone());
    c.s.bot_mut(c.bot).settings.insert(what.into(), values);
    Ok(json!(true))
}

/// The token of a bot this one manages (9.6): its maker is kept as the flag `managed_by` of that bot.
fn managed_token(c: &mut Call<'_>) -> Outcome {
    let id = c.p.int("user_id").unwrap_or(0);
    let managed =
        c.s.bots.get(&id).is_some_and(|b| b.settings.get("managed_by") == Some(&json!(c.bot)));
    if !managed {
        return Err(ApiError::bad("USER_ID_INVALID"));
    }
    if c.method == "replaceManagedBotToken" {
        c.s.renew_token(id);
    }
    Ok(json!(c.s.bot(id).bot.token))
}
