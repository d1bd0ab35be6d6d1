//! A message as one line.

use serde_json::Value;
use telegram_emulator::{Bot, Person, View, slice_utf16, utf16_len};

use crate::support::{by_bot, content::header_lines, text};

/// Letters of a message that stand in its line; of a longer one its length stands there, too.
const LENGTH: usize = 150;

const KINDS: &[&str] = &[
    "animation",
    "photo",
    "video",
    "audio",
    "voice",
    "video_note",
    "document",
    "sticker",
    "venue",
    "location",
    "contact",
    "poll",
    "dice",
    "pinned_message",
    "hologram",
];

/// Who, what, as a reply to what, with which reactions and buttons.
pub fn line(view: &View<'_>, person: &Person, bot: &Bot, message: &Value) -> String {
    let who = if by_bot(message) { "bot".to_owned() } else { person.first_name.to_lowercase() };
    let who: String = who.chars().take_while(|letter| letter.is_ascii_alphabetic()).collect();
    let mut parts = vec![format!("{who}:")];
    parts.extend(kind(view, bot, message));
    parts.extend(Some(shortened(&visible(text(message)))).filter(|words| !words.is_empty()));
    parts.extend(entities(message));
    if let Some(replied) = message.get("reply_to_message") {
        let words = visible(text(replied).lines().last().unwrap_or_default());
        let words: String = words.chars().take(30).collect();
        let kind = if words.is_empty() { kind(view, bot, replied) } else { None };
        parts.push(format!("↩«{}»", kind.unwrap_or(words)));
    }
    let quote = message["quote"]["text"].as_str();
    parts.extend(quote.map(|quote| format!("❝{quote}❞")));
    for (key, word) in [
        ("media_group_id", "album"),
        ("has_protected_content", "protected"),
        ("has_media_spoiler", "covered"),
        ("forward_origin", "forwarded"),
    ] {
        parts.extend(message.get(key).map(|_| format!("({word})")));
    }
    for reaction in message["reactions"].as_array().into_iter().flatten() {
        let actor = if reaction["actor"] == bot.id { "bot" } else { who_reacts(person) };
        let emoji = reaction["reaction"]["emoji"].as_str().unwrap_or("custom");
        parts.push(format!("{{{actor} {emoji}}}"));
    }
    let rows = message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let labels = rows.filter_map(Value::as_array).flatten().filter_map(|it| it["text"].as_str());
    parts.extend(labels.map(|label| format!("[{}]", masked(label))));
    parts.join(" ")
}

fn who_reacts(person: &Person) -> &str {
    person.first_name.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or("?")
}

/// What kind of message it is, unless it is text, and what identifies it.
fn kind(view: &View<'_>, bot: &Bot, message: &Value) -> Option<String> {
    let kind = KINDS.iter().find(|kind| message.get(kind).is_some())?;
    let sizes = message[kind].as_array().and_then(|sizes| sizes.last());
    let object = sizes.unwrap_or(&message[kind]);
    let file = object["file_id"].as_str().and_then(|file| view.file_bytes(bot, file));
    let file = file.map(|bytes| match std::str::from_utf8(&bytes) {
        Ok(name) if name.len() < 40 => name.to_owned(),
        _ => "…".to_owned(),
    });
    let place = |at: &Value| {
        let live = if at["live_period"].is_number() { " live" } else { "" };
        format!("{} {}{live}", at["latitude"], at["longitude"])
    };
    let word = |key: &str| object[key].as_str().map(str::to_owned);
    let what = match *kind {
        "location" => Some(place(object)),
        "venue" => word("title"),
        "contact" => word("first_name"),
        "poll" => word("question"),
        "dice" => word("emoji"),
        _ => file,
    };
    Some(format!(
        "[{}]",
        [Some((*kind).to_owned()), what].into_iter().flatten().collect::<Vec<_>>().join(" ")
    ))
}

/// What a person or bot made of the words; what Telegram finds by itself goes without saying, but
/// for the header, which must have nothing else.
fn entities(message: &Value) -> Vec<String> {
    const FOUND: &[&str] =
        &["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"];
    let words = text(message);
    let key = if message.get("text").is_some() { "entities" } else { "caption_entities" };
    let header = header_lines(words).filter(|_| by_bot(message));
    let header_units = header.map_or(0, utf16_len);
    let mut shown = Vec::new();
    let mut above = Vec::new();
    for entity in message[key].as_array().into_iter().flatten() {
        let number = |key: &str| usize::try_from(entity[key].as_u64().unwrap_or(0)).unwrap_or(0);
        let kind = entity["type"].as_str().unwrap_or("?");
        let covers = slice_utf16(words, number("offset"), number("length")).unwrap_or("?");
        if number("offset") < header_units {
            above.push((kind, covers));
        } else if !FOUND.contains(&kind) {
            let is_number = covers.chars().all(|digit| digit.is_ascii_digit()) && covers.len() > 8;
            let covers = if is_number { "…".to_owned() } else { visible(covers) };
            shown.push(format!("‹{kind} {covers}›"));
        }
    }
    let in_header = |words: &str| header.is_some_and(|header| header.contains(words));
    let is_right = |&(kind, covers): &(&str, &str)| match kind {
        "bold" => in_header(&format!(" {covers} ")),
        "mention" => covers.starts_with('@') && in_header(&format!(" {covers}")),
        "hashtag" => in_header(&format!(" {covers}")),
        _ => false,
    };
    if above.iter().any(|(kind, covers)| *kind == "blockquote" && words.trim_end() == *covers) {
        // What is no header of ours says so by standing in a quote.
        shown.push("a quote".to_owned());
        return shown;
    }
    let bold = above.iter().filter(|(kind, _)| *kind == "bold").count();
    if header.is_some() && (bold != 1 || above.len() > 4 || !above.iter().all(is_right)) {
        shown.push(format!("an odd header: {above:?}"));
    }
    shown
}

/// Words in one line, in which what cannot be seen can be seen, and what differs from day to day is
/// left out.
fn visible(words: &str) -> String {
    let mut shown = String::new();
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => shown.push_str(" ⏎ "),
            '\u{300}'..='\u{36f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' => {
                let mut times = 1;
                while letters.next_if_eq(&letter).is_some() {
                    times += 1;
                }
                shown.push_str(&format!("⟨{:x}×{times}⟩", u32::from(letter)));
            }
            letter => shown.push(letter),
        }
    }
    masked(&shown)
}

/// Numbers of persons, dates and durations as what they are.
fn masked(words: &str) -> String {
    let mut masked = words.replace("less than 1 min", "a moment").replace("1 min", "a moment");
    if let Some((before, after)) = masked.split_once("ID: ") {
        let after = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
        masked = format!("{before}ID: …{after}");
    }
    let mut dated = String::new();
    let mut rest = masked.as_str();
    while let Some(at) = rest.find("20").filter(|at| rest[*at..].len() >= 10) {
        let date = rest.get(at..at + 10).unwrap_or_default();
        let is_date = date.is_ascii() && date.as_bytes()[4] == b'-' && date.as_bytes()[7] == b'-';
        dated.push_str(&rest[..at]);
        dated.push_str(if is_date { "a day" } else { "20" });
        rest = &rest[at + if is_date { 10 } else { 2 }..];
    }
    dated + rest
}

fn shortened(words: &str) -> String {
    let length = words.chars().count();
    if length <= LENGTH {
        return words.to_owned();
    }
    let beginning: String = words.chars().take(LENGTH).collect();
    format!("{beginning}…({length})")
}
