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
    /// `/admin`, with what follows it.
    Admin {
        /// An owner, or what to do; empty for the numbers.
        words: String,
    },
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
    /// `/unsubscribe`
    Unsubscribe,
    /// `/plan`
    Plan,
    /// `/paysupport`, with what follows it.
    PaySupport {
        /// The question; empty where it is to be asked for.
        words: String,
    },
    /// `/terms`
    Terms,
    /// `/refund`, with what follows it; the operator's alone.
    Refund {
        /// The charge id.
        words: String,
    },
    /// `/cancel`
    Cancel,
    /// Any other.
    Unknown,
}

/// A command's description.
type Description = fn(Language) -> String;

/// The commands people are shown, in this order, and what they do.
const SHOWN: &[(&str, Description)] = &[
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

/// The commands there are besides where there are paid plans, in place of `/subscribe` alone.
const OF_PLANS: &[(&str, Description)] = &[
    ("plan", |language| language.command_plan()),
    ("subscribe", |language| language.command_subscribe_pro()),
    ("unsubscribe", |language| language.command_unsubscribe()),
    ("paysupport", |language| language.command_paysupport()),
    ("terms", |language| language.command_terms()),
];

/// The commands that the operator is shown beside them.
const OF_THE_OPERATOR: &[(&str, Description)] = &[("admin", |language| language.command_admin())];

/// The command that he is shown where there are paid plans.
const REFUND: (&str, Description) = ("refund", |language| language.command_refund());

/// Whom commands are shown to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audience {
    /// Whether there are paid plans.
    pub(super) plans: bool,
    /// Whether he runs the installation.
    pub(super) operator: bool,
}

/// The commands a person is shown.
pub(super) fn shown(audience: Audience) -> Vec<(&'static str, Description)> {
    let mut shown = Vec::with_capacity(SHOWN.len() + OF_PLANS.len() + 2);
    for command in SHOWN {
        match command.0 {
            "subscribe" if audience.plans => shown.extend_from_slice(OF_PLANS),
            _ => shown.push(*command),
        }
    }
    if audience.operator {
        shown.extend_from_slice(OF_THE_OPERATOR);
        shown.extend(audience.plans.then_some(REFUND));
    }
    shown
}

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
            "admin" => Self::Admin { words: argument.to_owned() },
            "settings" => Self::Settings,
            "language" => Self::Language,
            "privacy" => Self::Privacy,
            "export" => Self::Export,
            "leave" => Self::Leave,
            "subscribe" => Self::Subscribe,
            "unsubscribe" => Self::Unsubscribe,
            "plan" => Self::Plan,
            "paysupport" => Self::PaySupport { words: argument.to_owned() },
            "terms" => Self::Terms,
            "refund" => Self::Refund { words: argument.to_owned() },
            "cancel" => Self::Cancel,
            _ => Self::Unknown,
        })
    }
}

/// The list of commands as text.
pub(super) fn list(language: Language, audience: Audience) -> String {
    let line = |(command, does): &(&str, Description)| format!("/{command}: {}", does(language));
    shown(audience).iter().map(line).collect::<Vec<_>>().join("\n")
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
        for plans in [false, true] {
            for (command, _) in shown(Audience { plans, operator: true }) {
                assert_ne!(parse(&format!("/{command}")), Some(Command::Unknown), "{command}");
            }
        }
    }

    #[test]
    fn what_is_the_operators_and_what_is_sold_is_shown_to_nobody_else() {
        let names = |plans, operator| {
            let shown = shown(Audience { plans, operator });
            shown.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        let has = |plans, operator, name: &str| names(plans, operator).contains(&name);
        assert!(!has(false, false, "admin") && has(false, true, "admin"));
        assert!(!has(false, true, "refund") && !has(true, false, "refund"));
        assert!(has(true, true, "refund"));
        assert!(!has(false, true, "plan") && has(true, false, "plan"));
        for (plans, operator) in [(false, false), (false, true), (true, false), (true, true)] {
            let all = names(plans, operator);
            assert_eq!(all.iter().filter(|name| **name == "subscribe").count(), 1);
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
