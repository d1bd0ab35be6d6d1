//! The master bot's commands.

use crate::{label::Label, text::Language, token::BotToken, token::find_tokens, update::Message};

/// A command, with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `/start`, with the payload of the link it came from.
    Start {
        /// What stood after `?start=`.
        payload: String,
    },
    /// `/help`
    Help,
    /// `/add`, with the tokens pasted behind it.
    Add {
        /// Every token found; none where none was pasted.
        tokens: Vec<BotToken>,
        /// Whether anything was pasted at all.
        pasted: bool,
    },
    /// `/bots`
    Bots,
    /// `/stats`, with what follows it.
    Stats {
        /// A bot, a period, a clock; empty for the usual ones.
        words: String,
    },
    /// `/status`
    Status,
    /// `/remove`
    Remove,
    /// `/qr`, with the label customers are to come with.
    Qr {
        /// The label, where one was given.
        label: Option<Label>,
    },
    /// `/qr` with what can be no label.
    QrUnusable,
    /// `/delete`; the relay answers it.
    Delete,
    /// `/inbox`
    Inbox,
    /// `/info`
    Info,
    /// `/note`, with what follows it.
    Note {
        /// The note; empty where it is to be asked for.
        text: String,
    },
    /// `/ban`
    Ban,
    /// `/banned`
    Banned,
    /// `/settings`
    Settings,
    /// `/language`
    Language,
    /// `/privacy`
    Privacy,
    /// `/export`
    Export,
    /// `/leave`
    Leave,
    /// `/subscribe`
    Subscribe,
    /// `/cancel`
    Cancel,
    /// Any other.
    Unknown,
}

/// A command's description.
type Description = fn(Language) -> String;

/// The commands people are shown, in this order, and what they do.
pub(super) const SHOWN: &[(&str, Description)] = &[
    ("add", |language| language.command_add()),
    ("bots", |language| language.command_bots()),
    ("stats", |language| language.command_stats()),
    ("status", |language| language.command_status()),
    ("remove", |language| language.command_remove()),
    ("qr", |language| language.command_qr()),
    ("inbox", |language| language.command_inbox()),
    ("info", |language| language.command_info()),
    ("note", |language| language.command_note()),
    ("ban", |language| language.command_ban()),
    ("banned", |language| language.command_banned()),
    ("delete", |language| language.command_delete()),
    ("settings", |language| language.command_settings()),
    ("language", |language| language.command_language()),
    ("privacy", |language| language.command_privacy()),
    ("export", |language| language.command_export()),
    ("leave", |language| language.command_leave()),
    ("subscribe", |language| language.command_subscribe()),
    ("help", |language| language.command_help()),
    ("cancel", |language| language.command_cancel()),
];

impl Command {
    /// The command a message begins with.
    pub fn parse(message: &Message) -> Option<Self> {
        let (command, argument) = message.command()?;
        Some(match command.as_str() {
            "start" => Self::Start { payload: argument.to_owned() },
            "help" => Self::Help,
            "add" => Self::Add { tokens: find_tokens(argument), pasted: !argument.is_empty() },
            "bots" => Self::Bots,
            "stats" => Self::Stats { words: argument.to_owned() },
            "status" => Self::Status,
            "remove" => Self::Remove,
            "qr" if argument.is_empty() => Self::Qr { label: None },
            "qr" => Label::parse(argument)
                .map_or(Self::QrUnusable, |label| Self::Qr { label: Some(label) }),
            "delete" => Self::Delete,
            "inbox" => Self::Inbox,
            "info" => Self::Info,
            "note" => Self::Note { text: argument.to_owned() },
            "ban" => Self::Ban,
            "banned" => Self::Banned,
            "settings" => Self::Settings,
            "language" => Self::Language,
            "privacy" => Self::Privacy,
            "export" => Self::Export,
            "leave" => Self::Leave,
            "subscribe" => Self::Subscribe,
            "cancel" => Self::Cancel,
            _ => Self::Unknown,
        })
    }
}

/// The list of commands as text.
pub(super) fn list(language: Language) -> String {
    let line = |(command, does): &(&str, Description)| format!("/{command}: {}", does(language));
    SHOWN.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Option<Command> {
        let json = json!({"message_id": 1, "chat": {"id": 1, "type": "private"}, "text": text});
        Command::parse(&Message::read(json).unwrap())
    }

    #[test]
    fn every_shown_command_exists() {
        for (command, _) in SHOWN {
            assert_ne!(parse(&format!("/{command}")), Some(Command::Unknown), "{command}");
        }
    }

    #[test]
    fn commands_carry_what_follows_them() {
        assert_eq!(parse("/start claim_x"), Some(Command::Start { payload: "claim_x".into() }));
        assert_eq!(parse("/add"), Some(Command::Add { tokens: vec![], pasted: false }));
        assert_eq!(parse("/add nothing"), Some(Command::Add { tokens: vec![], pasted: true }));
        let label = |text| Some(Label::parse(text).unwrap());
        assert_eq!(parse("/qr"), Some(Command::Qr { label: None }));
        assert_eq!(parse("/qr  table7 "), Some(Command::Qr { label: label("table7") }));
        for unusable in ["/qr table 7", "/qr #7", "/qr <b>", &format!("/qr {}", "x".repeat(65))] {
            assert_eq!(parse(unusable), Some(Command::QrUnusable), "{unusable}");
        }
        assert_eq!(parse("/dance"), Some(Command::Unknown));
        assert_eq!(parse("hello"), None);
    }
}
