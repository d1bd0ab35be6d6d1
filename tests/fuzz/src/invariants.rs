//! What must be true of everything that is made from a body, whatever the body is.

use std::collections::HashSet;

use feedback_relay::{
    label::Label,
    master::state::Press,
    name::{NAME_LENGTH, one_line},
    relay::header::{Header, NEW, clean},
    telegram::Outgoing,
    token::{BotToken, find_tokens},
};
use serde_json::{Map, Value};

/// What is not as it must be.
pub type Finding = Result<(), String>;

const TEXT_LIMIT: usize = 4096;
const CAPTION_LIMIT: usize = 1024;
/// The most bytes a button carries (Bot API, `InlineKeyboardButton`).
const BUTTON_LIMIT: usize = 64;

fn must(holds: bool, what: impl FnOnce() -> String) -> Finding {
    if holds { Ok(()) } else { Err(what()) }
}

/// A call keeps Telegram's limits, and its entities stand on whole letters of its text.
pub fn call(call: &Outgoing) -> Finding {
    let within = |found: Finding| found.map_err(|what| format!("{}: {what}", call.method));
    within(words(&call.parameters))?;
    if let Some(reply) = call.parameters.get("reply_parameters").and_then(Value::as_object) {
        within(entities(reply, "quote", "quote_entities"))?;
    }
    let media = match call.parameters.get("media") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(item)) => vec![item],
        _ => Vec::new(),
    };
    let files = call.media.len();
    must(files == media.len(), || format!("{} names {files} files", call.method))?;
    media.into_iter().try_for_each(|item| within(words(item)))?;
    must(call.media.iter().chain(&call.attachment).all(|file| !file.file.name.is_empty()), || {
        "a file has no name".to_owned()
    })
}

fn words(parameters: &Map<String, Value>) -> Finding {
    let fits = |text: &str, limit| {
        let text = parameters.get(text).and_then(Value::as_str).unwrap_or_default();
        let units = text.encode_utf16().count();
        must(units <= limit, || format!("{units} units where {limit} fit"))
    };
    fits("text", TEXT_LIMIT)?;
    fits("caption", CAPTION_LIMIT)?;
    entities(parameters, "text", "entities")?;
    entities(parameters, "caption", "caption_entities")
}

fn entities(parameters: &Map<String, Value>, text: &str, entities: &str) -> Finding {
    let Some(list) = parameters.get(entities).and_then(Value::as_array) else { return Ok(()) };
    if list.is_empty() {
        return Ok(());
    }
    let text = parameters.get(text).and_then(Value::as_str).unwrap_or_default();
    let mut edges = vec![true];
    for letter in text.chars() {
        edges.extend((1..letter.len_utf16()).map(|_| false).chain([true]));
    }
    let is_edge = |at: usize| edges.get(at).copied().unwrap_or(false);
    for entity in list {
        let number = |key: &str| usize::try_from(entity.get(key)?.as_u64()?).ok();
        let place = number("offset").zip(number("length"));
        let stands = place.is_some_and(|(offset, length)| {
            let end = offset.checked_add(length);
            length > 0 && is_edge(offset) && end.is_some_and(is_edge)
        });
        must(stands, || format!("{entity} stands on no letters of {} units", edges.len() - 1))?;
    }
    Ok(())
}

/// A header is one line that nobody else could have written.
pub fn header(header: &Header) -> Finding {
    let line = header.rich();
    must(line.text.starts_with(NEW), || "a header has no mark".to_owned())?;
    must(line.text.chars().count() < 512, || "a header is long".to_owned())?;
    one_visible_line(&line.text)?;
    must(!header.name.trim().is_empty(), || "a header has no name".to_owned())?;
    for sign in ['@', '#', '/', '→', '🆕', '✅', '↻'] {
        must(!header.name.contains(sign), || format!("a name holds {sign}"))?;
    }
    let bold = line.entities.first();
    let units = header.name.encode_utf16().count() as u64;
    let is_right = bold.is_some_and(|bold| bold["offset"] == 3 && bold["length"] == units);
    must(is_right && line.entities.len() == 1, || format!("{:?}", line.entities))
}

/// Without line breaks, control letters, and letters that turn the direction of writing.
fn one_visible_line(line: &str) -> Finding {
    let turns = |letter: char| {
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
    };
    let bad = line.chars().find(|letter| letter.is_control() || turns(*letter));
    bad.map_or(Ok(()), |bad| Err(format!("a line holds {bad:?}")))
}

/// A cleaned name is one short line, and clean.
pub fn name(name: &str) -> Finding {
    for cleaned in [one_line(name), clean(name)] {
        one_visible_line(&cleaned)?;
        let letters = cleaned.chars().count();
        must(letters <= NAME_LENGTH, || format!("a name of {letters} letters"))?;
        must(cleaned.trim() == cleaned, || "a name has blanks around it".to_owned())?;
    }
    let cleaned = clean(name);
    must(clean(&cleaned) == cleaned, || format!("{cleaned:?} is not as clean as it gets"))
}

/// A label is what Telegram lets through, letter by letter.
pub fn label(text: &str) -> Finding {
    let Ok(label) = Label::parse(text) else { return Ok(()) };
    let letter = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-');
    must(label.as_str() == text, || "a label differs from its text".to_owned())?;
    must((1..=64).contains(&text.len()) && text.bytes().all(letter), || format!("{text:?}"))
}

/// Tokens stand in the text as they are found, each once, and none can be read off its printed form.
pub fn tokens(text: &str) -> Finding {
    let found = find_tokens(text);
    let mut seen = HashSet::new();
    for token in &found {
        let whole = token.reveal();
        must(text.contains(whole), || "a token is not in the text".to_owned())?;
        must(seen.insert(whole), || "a token is found twice".to_owned())?;
        must(BotToken::parse(whole).as_ref() == Ok(token), || "a token is none".to_owned())?;
        let secret = whole.split_once(':').map_or(whole, |(_, secret)| secret);
        must(!format!("{token} {token:?}").contains(secret), || "a token is printed".to_owned())?;
    }
    Ok(())
}

/// What a button is read as is written as what is read the same again, and fits into a button.
pub fn press(data: &str) -> Finding {
    let Ok(press) = data.parse::<Press>() else { return Ok(()) };
    let written = press.data();
    must(written.len() <= BUTTON_LIMIT, || format!("{written:?} has no room in a button"))?;
    must(written.parse() == Ok(press), || format!("{data:?} is {press:?}, then {written:?}"))
}
