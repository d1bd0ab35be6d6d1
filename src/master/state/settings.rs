//! What the buttons of `/settings` mean, and what each makes of the dialogue. Pure.
//!
//! ```text
//! menu ─ topic ─ choice ──────────────── question ─ Save
//!              └ language ─ prompt ─ text ┘       └ Cancel
//! ```
//!
//! Nothing is stored before *Save*, and *Save* and *Cancel* say what they are about: under an older
//! question they do nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Action, Choice, MasterState, Sentence};
use crate::{settings::Acknowledgement, text::Language};

/// After how many hours an owner can be reminded; 0: never.
pub const REMINDERS: [u32; 6] = [0, 1, 4, 12, 24, 48];

/// A text of the owner's that customers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// On `/start`; may hold a file.
    Greeting,
    /// After a message was passed on.
    Acknowledgement,
    /// When he is banned.
    Banned,
}

/// A text for people of one language, or for all others (`None`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    /// Which text.
    pub text: TextKind,
    /// Whose.
    pub language: Option<Language>,
}

/// What a page of the menu is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// A text: for which language?
    Text(TextKind),
    /// How customers learn that a message was passed on.
    Acknowledgement,
    /// When the owner is reminded.
    Reminder,
    /// Whether content may be forwarded and saved.
    Protect,
    /// Whether headers show usernames.
    Usernames,
    /// What is different for newcomers.
    Newcomers,
    /// Whether they may send words only.
    Careful,
    /// Whether the owner is asked about them.
    AskFirst,
    /// Whether they press a button first.
    Check,
}

/// A value that is chosen by a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// How customers learn that a message was passed on.
    Acknowledgement(Acknowledgement),
    /// After how many hours the owner is reminded.
    Reminder(u32),
    /// Whether content is protected.
    Protect(bool),
    /// Whether usernames are left out.
    HideUsernames(bool),
    /// Whether newcomers may send words only.
    Careful(bool),
    /// Whether the owner is asked about newcomers.
    AskFirst(bool),
    /// Whether newcomers press a button first.
    Check(bool),
}

/// A change that is to be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Change {
    /// A value is chosen.
    Choose(Value),
    /// A text is written, in this message of the owner's.
    Write(Place, i32),
    /// A text is taken away.
    Remove(Place),
}

/// A button of `/settings`. Its words are in keyboards of long ago, and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knob {
    /// Show all settings.
    Menu,
    /// Show one.
    Open(Topic),
    /// Ask for a text.
    Write(Place),
    /// Ask whether to make this change.
    Ask(Change),
    /// Make it.
    Save(Change),
    /// Leave it.
    Cancel(Change),
    /// Take the buttons away.
    Close,
}

/// What the menu's message shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// All settings.
    Menu,
    /// The same, after a change was left.
    Unchanged,
    /// The same, without buttons.
    Closed,
    /// One setting.
    Topic(Topic),
    /// A text is awaited.
    Prompt(Place),
    /// What a change will do, and whether to make it.
    Question(Change),
}

/// What became of a message that is to be a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Considered {
    /// It can be, and was shown; it came in this message, and is sealed.
    Fit(Choice, i32, String),
    /// It can't be.
    Unfit(Sentence),
    /// The bot is gone.
    Gone,
}

/// What a button makes of a state. The bot is the owner's: that was looked up.
pub(super) fn on_knob(state: MasterState, choice: Choice, knob: Knob) -> (MasterState, Action) {
    let bot = choice.bot;
    match knob {
        Knob::Menu => (left(state), Action::Settings(choice, Page::Menu)),
        Knob::Close => (left(state), Action::Settings(choice, Page::Closed)),
        Knob::Open(topic) => (left(state), Action::Settings(choice, Page::Topic(topic))),
        Knob::Write(place) => (
            MasterState::EditingSetting { bot, place },
            Action::Settings(choice, Page::Prompt(place)),
        ),
        Knob::Ask(change) => {
            let asked = MasterState::ConfirmingSetting { bot, change, sealed: String::new() };
            (asked, Action::Settings(choice, Page::Question(change)))
        }
        Knob::Save(change) => match state {
            MasterState::ConfirmingSetting { bot: asked, change: about, sealed }
                if (asked, about) == (bot, change) =>
            {
                (MasterState::Idle, Action::SaveSetting(choice, change, sealed))
            }
            state => (state, Action::Stale),
        },
        Knob::Cancel(change) => match state {
            MasterState::ConfirmingSetting { bot: asked, change: about, .. }
                if (asked, about) == (bot, change) =>
            {
                (MasterState::Idle, Action::Settings(choice, Page::Unchanged))
            }
            state => (state, Action::Stale),
        },
    }
}

/// What became of the message a text was awaited in.
pub(super) fn on_considered(state: MasterState, considered: Considered) -> (MasterState, Action) {
    let MasterState::EditingSetting { bot, place } = state else { return (state, Action::Stale) };
    match considered {
        Considered::Fit(choice, message, sealed) => {
            let change = Change::Write(place, message);
            let asked = MasterState::ConfirmingSetting { bot, change, sealed };
            (asked, Action::Settings(choice, Page::Question(change)))
        }
        Considered::Unfit(sentence) => (state, Action::Say(sentence)),
        Considered::Gone => (MasterState::Idle, Action::Say(Sentence::Cancelled)),
    }
}

/// Who leafs through the menu has left its question.
fn left(state: MasterState) -> MasterState {
    match state {
        MasterState::EditingSetting { .. } | MasterState::ConfirmingSetting { .. } => {
            MasterState::Idle
        }
        state => state,
    }
}

impl TextKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Greeting, Self::Acknowledgement, Self::Banned];

    fn word(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Acknowledgement => "ack",
            Self::Banned => "banned",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Value {
    /// Every value there is to choose.
    pub fn all() -> impl Iterator<Item = Self> {
        let acknowledgements = Acknowledgement::ALL.into_iter().map(Self::Acknowledgement);
        let switches = [false, true].into_iter();
        acknowledgements
            .chain(REMINDERS.into_iter().map(Self::Reminder))
            .chain(switches.clone().map(Self::Protect))
            .chain(switches.clone().map(Self::HideUsernames))
            .chain(switches.clone().map(Self::Careful))
            .chain(switches.clone().map(Self::AskFirst))
            .chain(switches.map(Self::Check))
    }

    /// The page it is chosen on.
    pub fn topic(self) -> Topic {
        match self {
            Self::Acknowledgement(_) => Topic::Acknowledgement,
            Self::Reminder(_) => Topic::Reminder,
            Self::Protect(_) => Topic::Protect,
            Self::HideUsernames(_) => Topic::Usernames,
            Self::Careful(_) => Topic::Careful,
            Self::AskFirst(_) => Topic::AskFirst,
            Self::Check(_) => Topic::Check,
        }
    }
}

fn on_or_off(is: bool) -> &'static str {
    if is { "on" } else { "off" }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledgement(Acknowledgement::Once) => f.write_str("ack.once"),
            Self::Acknowledgement(Acknowledgement::Always) => f.write_str("ack.always"),
            Self::Acknowledgement(Acknowledgement::Reaction) => f.write_str("ack.reaction"),
            Self::Acknowledgement(Acknowledgement::Never) => f.write_str("ack.never"),
            Self::Reminder(hours) => write!(f, "reminder.{hours}"),
            Self::Protect(true) => f.write_str("protect.on"),
            Self::Protect(false) => f.write_str("protect.off"),
            Self::HideUsernames(true) => f.write_str("usernames.hide"),
            Self::HideUsernames(false) => f.write_str("usernames.show"),
            Self::Careful(is) => write!(f, "careful.{}", on_or_off(*is)),
            Self::AskFirst(is) => write!(f, "ask-first.{}", on_or_off(*is)),
            Self::Check(is) => write!(f, "check.{}", on_or_off(*is)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.text.word(), self.language.map_or("all", Language::code))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choose(value) => write!(f, "set.{value}"),
            Self::Write(place, message) => write!(f, "text.{place}.{message}"),
            Self::Remove(place) => write!(f, "drop.{place}"),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(kind) => write!(f, "text.{}", kind.word()),
            Self::Acknowledgement => f.write_str("ack"),
            Self::Reminder => f.write_str("reminder"),
            Self::Protect => f.write_str("protect"),
            Self::Usernames => f.write_str("usernames"),
            Self::Newcomers => f.write_str("newcomers"),
            Self::Careful => f.write_str("careful"),
            Self::AskFirst => f.write_str("ask-first"),
            Self::Check => f.write_str("check"),
        }
    }
}

impl fmt::Display for Knob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Menu => f.write_str("menu"),
            Self::Close => f.write_str("close"),
            Self::Open(topic) => write!(f, "open.{topic}"),
            Self::Write(place) => write!(f, "write.{place}"),
            Self::Ask(change) => write!(f, "ask.{change}"),
            Self::Save(change) => write!(f, "save.{change}"),
            Self::Cancel(change) => write!(f, "cancel.{change}"),
        }
    }
}

impl Knob {
    /// Reads a button's words.
    pub fn read(words: &str) -> Option<Self> {
        let words: Vec<&str> = words.split('.').collect();
        Some(match words.as_slice() {
            ["menu"] => Self::Menu,
            ["close"] => Self::Close,
            ["open", topic @ ..] => Self::Open(read_topic(topic)?),
            ["write", place @ ..] => Self::Write(read_place(place)?),
            // What is written comes in a message, never in a button.
            ["ask", "text", ..] => return None,
            ["ask", change @ ..] => Self::Ask(read_change(change)?),
            ["save", change @ ..] => Self::Save(read_change(change)?),
            ["cancel", change @ ..] => Self::Cancel(read_change(change)?),
            _ => return None,
        })
    }
}

fn read_topic(words: &[&str]) -> Option<Topic> {
    Some(match words {
        ["text", kind] => Topic::Text(TextKind::read(kind)?),
        ["ack"] => Topic::Acknowledgement,
        ["reminder"] => Topic::Reminder,
        ["protect"] => Topic::Protect,
        ["usernames"] => Topic::Usernames,
        ["newcomers"] => Topic::Newcomers,
        ["careful"] => Topic::Careful,
        ["ask-first"] => Topic::AskFirst,
        ["check"] => Topic::Check,
        _ => return None,
    })
}

fn read_place(words: &[&str]) -> Option<Place> {
    let [text, language] = words else { return None };
    let text = TextKind::read(text)?;
    if *language == "all" {
        return Some(Place { text, language: None });
    }
    Some(Place { text, language: Some(Language::with_code(language)?) })
}

fn read_change(words: &[&str]) -> Option<Change> {
    Some(match words {
        ["set", value @ ..] => {
            let value = value.join(".");
            Change::Choose(Value::all().find(|known| known.to_string() == value)?)
        }
        ["text", place @ .., message] => {
            Change::Write(read_place(place)?, message.parse().ok().filter(|id| *id > 0)?)
        }
        ["drop", place @ ..] => Change::Remove(read_place(place)?),
        _ => return None,
    })
}

/// What a stored state holds is not one of ours.
#[derive(Debug, thiserror::Error)]
#[error("these words name no setting")]
pub struct UnknownWords;

impl TryFrom<String> for Place {
    type Error = UnknownWords;

    fn try_from(words: String) -> Result<Self, UnknownWords> {
        read_place(&words.split('.').collect::<Vec<_>>()).ok_or(UnknownWords)
    }
}

impl TryFrom<String> for Change {
    type Error = UnknownWords;

    fn try_from(words: String) -> Result<Self, UnknownWords> {
        read_change(&words.split('.').collect::<Vec<_>>()).ok_or(UnknownWords)
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl From<Change> for String {
    fn from(change: Change) -> Self {
        change.to_string()
    }
}

#[cfg(test)]
mod tests;
