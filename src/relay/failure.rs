//! Why something did not arrive: a word for the database, a sentence for the person concerned.

use crate::{telegram::Refusal, text::Language};

/// Why a message was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The recipient blocked the bot.
    Blocked,
    /// The recipient's account is gone.
    Deactivated,
    /// The recipient never started the bot.
    NotStarted,
    /// The file is over Telegram's limit.
    TooBig,
    /// The file could not be fetched.
    File,
    /// The client bot is no longer attached.
    BotRemoved,
    /// The client bot's token is dead.
    TokenRevoked,
    /// The operator suspended the owner.
    Suspended,
    /// Telegram asks to wait longer than a reply may wait.
    TooFast,
    /// Telegram can't be reached.
    Unreachable,
    /// Telegram refuses.
    Refused,
    /// No bot can send this kind.
    Kind,
    /// It was tried, and nobody knows whether it arrived.
    Uncertain,
    /// The owner's plan has no more replies this month.
    RepliesUsed,
    /// The owner's plan does not let this bot answer.
    Resting,
}

pub(super) const WORDS: &[(Failure, &str)] = &[
    (Failure::Blocked, "blocked"),
    (Failure::Deactivated, "deactivated"),
    (Failure::NotStarted, "not_started"),
    (Failure::TooBig, "too_big"),
    (Failure::File, "file"),
    (Failure::BotRemoved, "bot_removed"),
    (Failure::TokenRevoked, "token_revoked"),
    (Failure::Suspended, "suspended"),
    (Failure::TooFast, "too_fast"),
    (Failure::Unreachable, "unreachable"),
    (Failure::Refused, "refused"),
    (Failure::Kind, "kind"),
    (Failure::Uncertain, "uncertain"),
    (Failure::RepliesUsed, "replies_used"),
    (Failure::Resting, "resting"),
];

impl Failure {
    /// The word the database keeps.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(failure, _)| *failure == self).map_or("refused", |(_, word)| word)
    }

    /// Reads the database's word.
    pub fn from_word(word: Option<&str>) -> Self {
        let known = WORDS.iter().find(|(_, known)| Some(*known) == word);
        known.map_or(Self::Refused, |(failure, _)| *failure)
    }

    /// The failure behind Telegram's refusal.
    pub fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Blocked => Self::Blocked,
            Refusal::Deactivated => Self::Deactivated,
            Refusal::NotStarted | Refusal::ChatNotFound => Self::NotStarted,
            Refusal::FileTooBig => Self::TooBig,
            Refusal::FileUnavailable | Refusal::FileLater { .. } | Refusal::BadFileId => Self::File,
            Refusal::TokenRevoked => Self::TokenRevoked,
            Refusal::TooFast { .. } => Self::TooFast,
            Refusal::Unreachable => Self::Unreachable,
            _ => Self::Refused,
        }
    }

    /// Why a reply did not reach the customer. `kind` is what was to be sent.
    pub fn reason(self, language: Language, kind: &str) -> String {
        match self {
            Self::Blocked => language.reason_blocked(),
            Self::Deactivated => language.reason_deactivated(),
            Self::NotStarted => language.reason_not_started(),
            Self::TooBig => language.reason_too_big(),
            Self::File => language.reason_file_unavailable(),
            Self::BotRemoved => language.reason_bot_removed(),
            Self::TokenRevoked => language.reason_token_revoked(),
            Self::Suspended => language.reason_suspended(),
            Self::TooFast => language.reason_too_fast(),
            Self::Unreachable => language.reason_unreachable(),
            Self::Kind => language.reason_kind(kind),
            Self::RepliesUsed | Self::Resting => language.reason_plan(),
            Self::Refused | Self::Uncertain => language.reason_refused(),
        }
    }

    /// What the owner is told about his reply, worded by certainty.
    pub fn for_owner(self, language: Language, kind: &str) -> String {
        let reason = self.reason(language, kind);
        match self {
            Self::Uncertain => language.maybe_not_delivered(),
            Self::TooFast | Self::Unreachable => language.not_delivered_yet(&reason),
            _ => language.not_delivered(&reason),
        }
    }

    /// The same, where the words of the reply arrived and its file is what did not.
    pub fn for_owner_of_words(self, language: Language, kind: &str) -> String {
        let reason = self.reason(language, kind);
        match self {
            Self::Uncertain => language.words_delivered_file_maybe(),
            Self::TooFast | Self::Unreachable => language.words_delivered_file_not_yet(&reason),
            _ => language.words_delivered_file_not(&reason),
        }
    }

    /// Whether sending once more can help.
    pub fn can_send_again(self) -> bool {
        !matches!(self, Self::TooBig | Self::Kind | Self::Deactivated)
    }

    /// What a customer is told about his message.
    pub fn for_customer(self, language: Language) -> String {
        match self {
            Self::Kind => language.customer_kind(),
            Self::TooBig => language.customer_file(),
            Self::File => language.customer_file_lost(),
            Self::Uncertain => language.customer_maybe_not_delivered(),
            _ => language.customer_not_delivered(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_comes_back_from_its_word() {
        for (failure, word) in WORDS {
            assert_eq!(Failure::from_word(Some(failure.word())), *failure);
            assert!(word.len() <= 32, "the column is that wide");
        }
    }
}
