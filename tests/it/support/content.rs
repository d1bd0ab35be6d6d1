//! What a message shows, in a shape in which a copy and its original can be compared: entities with
//! the words they cover, files by their bytes.

use serde_json::{Map, Value, json};
use telegram_emulator::{Bot, View, slice_utf16, utf16_len};

/// The line of a copy that may be a second one.
pub const REPEAT: &str = "↻ possibly a repeat";

/// What a message shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    pub kind: String,
    pub words: String,
    /// Each with its offset, length, other fields, and what it covers.
    pub entities: Vec<Value>,
    /// Everything else: the file's bytes and metadata, the place, the options.
    pub fields: Value,
}

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
    "checklist",
    "story",
    "text",
];

/// What a sending method can say about a file, and so must be kept.
const STATED: &[&str] = &[
    "file_name",
    "mime_type",
    "duration",
    "width",
    "height",
    "length",
    "performer",
    "title",
    "emoji",
    "is_animated",
    "is_video",
    "file_size",
];

/// Entities Telegram takes from nobody: the relay leaves them out.
const FUTURE: &[&str] = &["hologram"];

impl Content {
    pub fn read(view: &View<'_>, bot: &Bot, message: &Value) -> Self {
        let kind = KINDS.iter().find(|kind| message.get(kind).is_some()).copied();
        let kind = kind.unwrap_or("unknown").to_owned();
        let is_text = message.get("text").is_some();
        let (text, entities) =
            if is_text { ("text", "entities") } else { ("caption", "caption_entities") };
        let words = message[text].as_str().unwrap_or_default().to_owned();
        let covered = |entity: &Value| {
            let number =
                |key: &str| usize::try_from(entity[key].as_u64().unwrap_or(0)).unwrap_or(0);
            let mut entity = entity.clone();
            entity["covers"] = json!(slice_utf16(&words, number("offset"), number("length")));
            entity
        };
        let list = message[entities].as_array().into_iter().flatten();
        let entities = list
            .filter(|entity| !FUTURE.contains(&entity["type"].as_str().unwrap_or("")))
            .map(covered)
            .collect();
        let fields = Value::Object(fields(view, bot, message, &kind));
        Self { kind, words, entities, fields }
    }

    /// A copy as it is below its header; words that only begin like one stand in a quote.
    pub fn without_header(&self) -> Self {
        let mut own = self.clone();
        let is_apart = |entity: &Value| {
            entity["type"] == "blockquote" && entity["covers"] == self.words.trim_end()
        };
        if own.entities.first().is_some_and(is_apart) {
            own.entities.remove(0);
            return own;
        }
        let Some(header) = header_lines(&self.words) else { return own };
        self.below(header)
    }

    /// A reply as it is below the line that says it may be a repeat.
    pub fn without_label(&self) -> Self {
        if self.is_labelled() { self.below(REPEAT) } else { self.clone() }
    }

    pub fn is_labelled(&self) -> bool {
        self.words.starts_with(REPEAT)
    }

    fn below(&self, header: &str) -> Self {
        let rest = &self.words[header.len()..];
        let words = rest.strip_prefix('\n').unwrap_or(rest).to_owned();
        let units = utf16_len(&self.words) - utf16_len(&words);
        let moved = |entity: &Value| {
            let offset = usize::try_from(entity["offset"].as_u64()?).ok()?.checked_sub(units)?;
            let mut entity = entity.clone();
            entity["offset"] = json!(offset);
            Some(entity)
        };
        let entities = self.entities.iter().filter_map(moved).collect();
        Self { words, entities, ..self.clone() }
    }

    /// Whether this copy shows the original: unit by unit, byte by byte; kinds no bot can send as a
    /// rendition in words.
    pub fn shows(&self, original: &Self) -> bool {
        match original.kind.as_str() {
            "dice" => {
                self.words
                    == format!(
                        "{} {}",
                        original.fields["emoji"].as_str().unwrap_or(""),
                        original.fields["value"]
                    )
            }
            "checklist" => self.words.contains(original.fields["title"].as_str().unwrap_or("?")),
            "story" => self.words.contains("Story"),
            "unknown" => self.words.contains("can't be shown"),
            _ => self == original,
        }
    }
}

fn fields(view: &View<'_>, bot: &Bot, message: &Value, kind: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    for key in ["link_preview_options", "has_media_spoiler", "show_caption_above_media"] {
        if let Some(value) = message.get(key) {
            fields.insert(key.to_owned(), value.clone());
        }
    }
    let object = match &message[kind] {
        Value::Array(sizes) => sizes.last().cloned().unwrap_or_default(),
        object => object.clone(),
    };
    if let Some(file) = object["file_id"].as_str() {
        let bytes = view.file_bytes(bot, file);
        fields.insert("bytes".to_owned(), json!(bytes.map(|bytes| digest(&bytes))));
        let stated =
            STATED.iter().filter_map(|key| Some(((*key).to_owned(), object.get(*key)?.clone())));
        fields.extend(stated);
        if ["photo", "voice", "sticker", "video_note"].contains(&kind) {
            // Telegram makes these names and sizes itself.
            fields.remove("file_name");
        }
        return fields;
    }
    let keys: &[&str] = match kind {
        "venue" => &["location", "title", "address"],
        "location" => &["latitude", "longitude", "live_period"],
        "contact" => &["phone_number", "first_name", "last_name", "vcard"],
        "poll" => &["question", "is_anonymous", "allows_multiple_answers"],
        "dice" => &["emoji", "value"],
        "checklist" => &["title"],
        _ => &[],
    };
    fields
        .extend(keys.iter().filter_map(|key| Some(((*key).to_owned(), object.get(*key)?.clone()))));
    if let Some(options) = object["options"].as_array() {
        let texts: Vec<&Value> = options.iter().map(|option| &option["text"]).collect();
        fields.insert("options".to_owned(), json!(texts));
    }
    fields
}

/// Length and a checksum: enough to compare, short enough to print.
fn digest(bytes: &[u8]) -> String {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{} bytes, {:016x}", bytes.len(), hasher.finish())
}

/// The first lines of a copy that are its header: name and bot, and below it a remark.
pub fn header_lines(text: &str) -> Option<&str> {
    let marked = text.starts_with("🆕 ") || text.starts_with("✅ ");
    let first = text.lines().next().filter(|line| marked && line.contains(" → @"))?;
    let rest = &text[first.len()..];
    let remark = ["↻ possibly a repeat", "✏️ edited"].into_iter().find(|remark| {
        rest.strip_prefix('\n')
            .is_some_and(|rest| rest == *remark || rest.starts_with(&format!("{remark}\n")))
    });
    Some(&text[..first.len() + remark.map_or(0, |remark| 1 + remark.len())])
}
