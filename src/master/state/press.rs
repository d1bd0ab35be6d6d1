//! The buttons below the master's messages, and what their data says.

use std::str::FromStr;

use super::settings::Knob;
use crate::{
    master::{admin::AdminPress, people::PeoplePress, reports::ReportPress},
    model::BotId,
    text::{Language, LanguageChoice},
};

/// A button, as its data says it (at most 64 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Take the webhook of this bot over.
    TakeOver(BotId),
    /// Ask whether to detach this bot.
    ChooseRemoval(BotId),
    /// Detach this bot.
    Remove(BotId),
    /// Draw this bot's code.
    Qr(BotId),
    /// Draw this bot's code with the label that was asked about: its [`Label::tag`](crate::label::Label::tag).
    QrLabel(BotId, u32),
    /// Answer the question about this bot with no.
    Cancel(BotId),
    /// Let this bot answer where the plan allows only some to.
    Answering(BotId),
    /// Let the subscription go on.
    Renew,
    /// Remove everything of the owner's.
    Leave,
    /// Remove nothing of the owner's.
    Stay,
    /// Choose none of a list.
    Close,
    /// Something about customers.
    People(PeoplePress),
    /// A button of the operator's.
    Admin(AdminPress),
    /// A button below a report.
    Report(ReportPress),
    /// A button in the settings of this bot.
    Settings(BotId, Knob),
    /// Speak this language; `None`: the app's.
    Language(Option<Language>),
}

type MakePress = fn(BotId) -> Press;

const PRESSES: &[(&str, MakePress)] = &[
    ("takeover", Press::TakeOver),
    ("choose-removal", Press::ChooseRemoval),
    ("remove", Press::Remove),
    ("qr", Press::Qr),
    ("cancel", Press::Cancel),
    ("answering", Press::Answering),
    ("renew", |_| Press::Renew),
    ("close", |_| Press::Close),
    ("leave", |_| Press::Leave),
    ("stay", |_| Press::Stay),
];

const QR_LABEL: &str = "qr-label";
/// What stands before a button of `/settings`.
const SETTINGS: &str = "set";

impl FromStr for Press {
    type Err = ();

    fn from_str(data: &str) -> Result<Self, ()> {
        if let Ok(press) = data.parse() {
            return Ok(Self::People(press));
        }
        if let Ok(press) = data.parse() {
            return Ok(Self::Report(press));
        }
        if let Ok(press) = data.parse() {
            return Ok(Self::Admin(press));
        }
        if let Some(LanguageChoice(language)) = LanguageChoice::read(data) {
            return Ok(Self::Language(language));
        }
        let (word, bot) = data.split_once(':').ok_or(())?;
        if word == QR_LABEL {
            let (bot, tag) = bot.split_once(':').ok_or(())?;
            let tag = tag.parse().map_err(|_| ())?;
            return bot.parse().map(|bot| Self::QrLabel(BotId(bot), tag)).map_err(|_| ());
        }
        if word == SETTINGS {
            let (bot, knob) = bot.split_once(':').ok_or(())?;
            let bot = bot.parse().map(BotId).map_err(|_| ())?;
            return Ok(Self::Settings(bot, Knob::read(knob).ok_or(())?));
        }
        let bot = bot.parse().map(BotId).map_err(|_| ())?;
        let known = PRESSES.iter().find(|(known, _)| *known == word).ok_or(())?;
        Ok(known.1(bot))
    }
}

impl Press {
    /// The button's data.
    pub fn data(self) -> String {
        let (word, bot) = match self {
            Self::TakeOver(bot) => ("takeover", bot),
            Self::ChooseRemoval(bot) => ("choose-removal", bot),
            Self::Remove(bot) => ("remove", bot),
            Self::Qr(bot) => ("qr", bot),
            Self::QrLabel(bot, tag) => return format!("{QR_LABEL}:{bot}:{tag}"),
            Self::Cancel(bot) => ("cancel", bot),
            Self::Answering(bot) => ("answering", bot),
            Self::Renew => ("renew", BotId(0)),
            Self::Close => ("close", BotId(0)),
            Self::Leave => ("leave", BotId(0)),
            Self::Stay => ("stay", BotId(0)),
            Self::People(press) => return press.data(),
            Self::Report(press) => return press.data(),
            Self::Admin(press) => return press.data(),
            Self::Settings(bot, knob) => return format!("{SETTINGS}:{bot}:{knob}"),
            Self::Language(language) => {
                return LanguageChoice(language).data();
            }
        };
        format!("{word}:{bot}")
    }
}
