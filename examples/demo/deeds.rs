//! What people do in the page: each deed is checked as their app would, then done in the emulator.

use serde::Deserialize;
use serde_json::{Value, json};
use telegram_emulator::{Bot, Person};

use crate::{sketch::Sketch, stage::Stage};

/// Something a person does; `person` and `bot` name the chat.
#[derive(Debug, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Deed {
    /// Writes; several drafts are one album.
    Send { person: i64, bot: i64, drafts: Vec<Sketch>, reply_to: Option<i64>, thread: Option<i64> },
    /// Changes what he wrote.
    Edit { person: i64, bot: i64, message: i64, draft: Sketch },
    /// Sets his reaction, or takes it away.
    React { person: i64, bot: i64, message: i64, emoji: Option<String> },
    /// Presses an inline button.
    Press { person: i64, bot: i64, message: i64, data: String },
    /// Deletes messages on both sides.
    Delete { person: i64, bot: i64, messages: Vec<i64> },
    /// Opens `t.me/<username>?start=<payload>` and presses *Start*.
    Open { person: i64, username: String, payload: String },
    /// Blocks the bot or lets it write again.
    Block { person: i64, bot: i64, blocked: bool },
    /// Opens a topic in his chat with the bot.
    OpenTopic { person: i64, bot: i64, name: String },
    /// Makes a bot at the demo's BotFather.
    NewBot { name: String, username: String },
}

/// What the page is told: the result, or a sentence why an app would not do it.
pub(crate) type Answer = Result<Value, String>;

/// Does it.
pub(crate) async fn carry_out(stage: &Stage, deed: Deed) -> Answer {
    let telegram = &stage.telegram;
    match deed {
        Deed::Send { person, bot, drafts, reply_to, thread } => {
            send(stage, &chat(stage, person, bot)?, &drafts, (reply_to, thread)).await
        }
        Deed::Edit { person, bot, message, draft } => {
            let (person, bot) = chat(stage, person, bot)?;
            let shown = present(stage, &person, &bot, message)?;
            if shown["from"]["id"] != person.id {
                return Err("Only your own messages can be edited.".to_owned());
            }
            telegram.edit(&person, &bot, message, draft.draft()?).await;
            Ok(json!(message))
        }
        Deed::React { person, bot, message, emoji } => {
            let (person, bot) = chat(stage, person, bot)?;
            present(stage, &person, &bot, message)?;
            telegram.react(&person, &bot, message, emoji.as_deref());
            Ok(json!(message))
        }
        Deed::Press { person, bot, message, data } => {
            let (person, bot) = chat(stage, person, bot)?;
            let shown = present(stage, &person, &bot, message)?;
            if !shown["reply_markup"].to_string().contains(&json!(data).to_string()) {
                return Err("This button is gone.".to_owned());
            }
            Ok(json!(telegram.press(&person, &bot, message, &data)))
        }
        Deed::Delete { person, bot, messages } => {
            let (person, bot) = chat(stage, person, bot)?;
            for message in messages {
                telegram.delete(&person, &bot, message);
            }
            Ok(json!(true))
        }
        Deed::Open { person, username, payload } => open(stage, person, &username, &payload).await,
        Deed::Block { person, bot, blocked } => {
            let (person, bot) = chat(stage, person, bot)?;
            if blocked {
                telegram.block(&person, &bot);
            } else {
                telegram.unblock(&person, &bot);
            }
            Ok(json!(blocked))
        }
        Deed::OpenTopic { person, bot, name } => {
            let (person, bot) = chat(stage, person, bot)?;
            let name = name.trim();
            if !(1..=128).contains(&name.encode_utf16().count()) {
                return Err("A topic's name has 1 to 128 characters.".to_owned());
            }
            Ok(json!(telegram.open_private_topic(&person, &bot, name)?))
        }
        Deed::NewBot { name, username } => new_bot(stage, name.trim(), username.trim()),
    }
}

async fn send(
    stage: &Stage,
    (person, bot): &(Person, Bot),
    drafts: &[Sketch],
    (reply_to, thread): (Option<i64>, Option<i64>),
) -> Answer {
    if !(1..=10).contains(&drafts.len()) {
        return Err("An album has 2 to 10 parts.".to_owned());
    }
    writable(stage, person, bot)?;
    if let Some(target) = reply_to {
        present(stage, person, bot, target)?;
    }
    if let Some(thread) = thread {
        let topics = stage.telegram.view(|view| view.private_topics(person, bot));
        topics.get(&thread).ok_or("This topic is gone.")?;
    }
    let album = (drafts.len() > 1).then(|| format!("{}", feedback_relay::clock::now_ms()));
    let ready = drafts.iter().map(Sketch::draft).collect::<Result<Vec<_>, _>>()?;
    let mut ids = Vec::new();
    for mut draft in ready {
        if let Some(album) = &album {
            draft = draft.media_group_id(album);
        }
        if let Some(target) = reply_to {
            draft = draft.reply_to(target);
        }
        if let Some(thread) = thread {
            draft = draft.thread(thread);
        }
        ids.push(stage.telegram.send(person, bot, draft).await);
    }
    Ok(json!(ids))
}

async fn open(stage: &Stage, person: i64, username: &str, payload: &str) -> Answer {
    let bots = stage.telegram.bots();
    let bot = bots.into_iter().find(|bot| bot.username.eq_ignore_ascii_case(username));
    let bot = bot.ok_or_else(|| format!("There is no @{username} in this demo."))?;
    let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if payload.len() > 64 || !payload.chars().all(label) {
        return Err("This link's start word is none that Telegram passes on.".to_owned());
    }
    let (person, bot) = chat(stage, person, bot.id)?;
    writable(stage, &person, &bot)?;
    Ok(json!({"message": stage.telegram.start(&person, &bot, payload).await, "bot": bot.id}))
}

/// As @BotFather makes one. The token is given to this caller alone and never streamed.
fn new_bot(stage: &Stage, name: &str, username: &str) -> Answer {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let good = (5..=32).contains(&username.len())
        && username.starts_with(|c: char| c.is_ascii_alphabetic())
        && username.chars().all(letters)
        && username.to_lowercase().ends_with("bot");
    if !good {
        return Err(
            "A bot's username has 5 to 32 letters, digits or underscores and ends in “bot”."
                .to_owned(),
        );
    }
    if !(1..=64).contains(&name.encode_utf16().count()) {
        return Err("A bot's name has 1 to 64 characters.".to_owned());
    }
    let bots = stage.telegram.bots();
    if bots.iter().any(|bot| bot.username.eq_ignore_ascii_case(username)) {
        return Err(format!("@{username} is taken."));
    }
    let bot = stage.telegram.add_bot(username, name);
    Ok(json!({"id": bot.id, "username": bot.username, "token": bot.token}))
}

/// A chat that is on this person's phone.
fn chat(stage: &Stage, person: i64, bot: i64) -> Result<(Person, Bot), String> {
    let person =
        stage.people().find(|known| known.id == person).ok_or("There is no such person.")?;
    let all = stage.telegram.bots();
    let bot = stage.bots_of(person, &all).into_iter().find(|known| known.id == bot);
    Ok((person.clone(), bot.ok_or("This bot is not on this phone.")?))
}

fn writable(stage: &Stage, person: &Person, bot: &Bot) -> Result<(), String> {
    if stage.telegram.view(|view| view.has_blocked(person, bot)) {
        return Err(format!("{} has blocked @{}.", person.first_name, bot.username));
    }
    Ok(())
}

fn present(stage: &Stage, person: &Person, bot: &Bot, message: i64) -> Answer {
    let shown = stage.telegram.view(|view| view.message(bot, person.id, message));
    shown.ok_or_else(|| "This message is gone.".to_owned())
}
