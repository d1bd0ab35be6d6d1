//! What a person is about to send, as the page describes it, made into a draft of the emulator.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use telegram_emulator::{Draft, draft};

use crate::page;

/// A message before it is sent. Which fields count depends on its kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sketch {
    /// `text`, `photo`, `video`, `voice`, `sticker`, `document`, `location`, `contact`, `dice`, or
    /// `caption` for the change of one.
    kind: String,
    text: String,
    entities: Vec<Value>,
    /// A file of the page's own, by name.
    prop: Option<String>,
    /// A file of the visitor's.
    base64: Option<String>,
    name: String,
    mime: String,
    width: Option<i64>,
    height: Option<i64>,
    duration: Option<i64>,
    emoji: String,
}

/// Longest text and caption, in UTF-16 units, that an app lets a person send.
const TEXT: usize = 4096;
const CAPTION: usize = 1024;

impl Sketch {
    /// The draft, or why an app would not send it.
    pub(crate) fn draft(&self) -> Result<Draft, String> {
        let length = self.text.encode_utf16().count();
        let (limit, words) =
            if self.kind == "text" { (TEXT, "text") } else { (CAPTION, "caption") };
        if length > limit {
            return Err(format!("This {words} is too long: {length} of {limit} characters."));
        }
        if self.kind == "text" {
            if self.text.trim().is_empty() {
                return Err("There is nothing to send.".to_owned());
            }
            return Ok(draft::text(&*self.text).entities(json!(self.entities)));
        }
        let made = self.without_caption()?;
        if self.text.is_empty() {
            return Ok(made);
        }
        Ok(made.caption(&self.text).caption_entities(json!(self.entities)))
    }

    fn without_caption(&self) -> Result<Draft, String> {
        Ok(match self.kind.as_str() {
            "caption" => Draft::default(),
            "location" => draft::location(52.516_3, 13.377_7),
            "contact" => draft::contact("+49 30 1234567", "Tea Shop", None),
            "dice" => {
                draft::dice("🎲", self.duration.and_then(|n| u8::try_from(n).ok()).unwrap_or(4))
            }
            "photo" => self.sized(draft::photo(self.bytes()?)),
            "video" => self.sized(self.named(draft::video(self.bytes()?))),
            "voice" => draft::voice(self.bytes()?)
                .meta("duration", self.duration.unwrap_or(1))
                .meta("mime_type", if self.mime.is_empty() { "audio/ogg" } else { &*self.mime }),
            "sticker" => draft::sticker_static(self.bytes()?).meta("emoji", &*self.emoji),
            "document" => draft::document(&self.name, &self.mime, self.bytes()?),
            other => return Err(format!("The demo knows no {other}.")),
        })
    }

    fn sized(&self, draft: Draft) -> Draft {
        match (self.width, self.height) {
            (Some(width), Some(height)) => draft.meta("width", width).meta("height", height),
            _ => draft,
        }
    }

    fn named(&self, draft: Draft) -> Draft {
        if self.name.is_empty() { draft } else { draft.meta("file_name", &*self.name) }
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        if let Some(name) = &self.prop {
            let file = page::file(&format!("art/{name}"));
            return file.map(|file| file.bytes.to_vec()).ok_or_else(|| format!("No {name} here."));
        }
        let text = self.base64.as_deref().ok_or("There is no file.")?;
        STANDARD.decode(text).map_err(|_| "The file arrived damaged.".to_owned())
    }
}
