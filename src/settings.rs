//! What an owner can set for each of his client bots. Plain values; stored sealed, because a
//! greeting is content.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{text::Language, update::Message};

/// How one client bot behaves. It is stored as JSON, so a field is never renamed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotSettings {
    /// What a customer is greeted with on `/start`; empty: our own sentence.
    pub greeting: Texts,
    /// How a customer learns that his message was passed on.
    pub acknowledgement: Acknowledgement,
    /// What he is told then; empty: our own sentence.
    pub acknowledgement_text: Texts,
    /// After how many hours of waiting the owner is reminded; 0: never.
    pub reminder_hours: u32,
    /// What a banned customer is told; empty: nothing.
    pub banned_text: Texts,
    /// Whether customers are kept from forwarding and saving what they are sent.
    pub protect_content: bool,
    /// Whether headers leave out customers' usernames.
    pub hide_usernames: bool,
    /// What holds for customers whom the owner has neither answered nor accepted.
    pub newcomers: NewcomerRules,
}

/// What holds for newcomers; each by itself, and off at first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewcomerRules {
    /// Whether they may send words only, and fewer of them.
    pub careful: bool,
    /// Whether the owner is asked about each, who can write little before that is answered.
    pub ask_first: bool,
    /// Whether they have to press a button before anything of theirs is passed on.
    pub check: bool,
}

impl NewcomerRules {
    /// Whether any of them holds.
    pub fn any(self) -> bool {
        self.careful || self.ask_first || self.check
    }
}

/// How a customer learns that his message was passed on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledgement {
    /// By a message, the first time he writes.
    #[default]
    Once,
    /// By a message, each time.
    Always,
    /// By a reaction to his message, each time.
    Reaction,
    /// Not at all.
    Never,
}

impl Acknowledgement {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Once, Self::Always, Self::Reaction, Self::Never];
}

/// A message of the owner's, for everybody and for people of one language.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<String, Map<String, Value>>);

/// Fields of a message that come with its content.
const BESIDE: &[&str] = &[
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
];

/// Fields of a message that are its content: one of these it must have.
const CONTENT: &[&str] = &[
    "text",
    "animation",
    "photo",
    "video",
    "audio",
    "voice",
    "video_note",
    "document",
    "sticker",
    "location",
    "venue",
    "contact",
];

impl Texts {
    /// Whether nothing was written for anybody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The languages something was written for; `None` stands for all others.
    pub fn languages(&self) -> impl Iterator<Item = Option<Language>> {
        self.0.keys().map(|code| Language::ALL.into_iter().find(|known| known.code() == code))
    }

    /// Whether a message holds anything that can be kept and sent again as it is.
    pub fn can_hold(message: &Message) -> bool {
        CONTENT.iter().any(|key| message.get(key).is_some())
    }

    /// The file a message holds, by its id.
    pub fn file_in(message: &Message) -> Option<String> {
        let object = CONTENT.iter().find_map(|key| message.get(key))?;
        let object = object.as_array().map_or(Some(object), |sizes| sizes.last())?;
        Some(object.get("file_id")?.as_str()?.to_owned())
    }

    /// What people of a language read: what was written for it, else for all.
    pub fn read_by(&self, language: Language) -> Option<Message> {
        let content = self.0.get(language.code()).or_else(|| self.0.get(""))?;
        as_message(content)
    }

    /// What was written for one language, or for all others (`None`).
    pub fn of(&self, language: Option<Language>) -> Option<Message> {
        as_message(self.0.get(language.map_or("", Language::code))?)
    }

    /// Keeps the content of a message for a language, or for all others (`None`).
    pub fn put(&mut self, language: Option<Language>, message: &Message) {
        let json = message.json();
        let field = |key: &&str| Some(((*key).to_owned(), json.get(*key)?.clone()));
        let content = CONTENT.iter().chain(BESIDE).filter_map(field).collect();
        self.0.insert(language.map_or("", Language::code).to_owned(), content);
    }

    /// Takes away what was written for a language, or for all others (`None`).
    pub fn remove(&mut self, language: Option<Language>) {
        self.0.remove(language.map_or("", Language::code));
    }
}

/// The content as a message nobody sent, so that it is read like any other.
fn as_message(content: &Map<String, Value>) -> Option<Message> {
    let mut json = json!({"message_id": 0, "chat": {"id": 0, "type": "private"}});
    json.as_object_mut()?.extend(content.clone());
    Message::read(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_row_and_an_unknown_field_are_read() {
        let read: BotSettings = serde_json::from_str("{}").unwrap();
        assert_eq!(read, BotSettings::default());
        let future = json!({"reminder_hours": 4, "brain_waves": true});
        let read: BotSettings = serde_json::from_value(future).unwrap();
        assert_eq!(read.reminder_hours, 4);
    }

    #[test]
    fn a_language_without_a_text_of_its_own_reads_the_one_for_all() {
        let mut texts = Texts::default();
        assert!(texts.read_by(Language::German).is_none() && texts.is_empty());
        texts.put(None, &Message::with(&json!({"text": "Hi"})));
        texts.put(Some(Language::German), &Message::with(&json!({"text": "Moin"})));
        let said = |language| texts.read_by(language).unwrap().text().unwrap().to_owned();
        assert_eq!((said(Language::German), said(Language::Spanish)), ("Moin".into(), "Hi".into()));
        let stored = serde_json::to_string(&texts).unwrap();
        assert_eq!(serde_json::from_str::<Texts>(&stored).unwrap(), texts);
        assert!(!stored.contains("chat"), "who sent it is not kept");
    }
}
