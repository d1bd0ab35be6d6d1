//! The sentences of the master that need nothing to be filled in.

/// Sentences without anything to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentence {
    /// To an owner who sends `/start`.
    Welcome,
    /// What exists.
    Help,
    /// There is no such command.
    UnknownCommand,
    /// How to get a token.
    AddPrompt,
    /// No token found.
    TokenMissing,
    /// More than one found.
    TokensSeveral,
    /// Telegram does not accept it.
    TokenRejected,
    /// It is the master's.
    TokenIsMaster,
    /// Another owner has the bot.
    BotTaken,
    /// Telegram does not answer.
    TelegramUnreachable,
    /// Something was ended.
    Cancelled,
    /// There was nothing to end.
    NothingToCancel,
    /// There is no bot.
    NoBots,
    /// What was given can be no label.
    LabelUnusable,
    /// How customers are answered.
    HowToReply,
    /// The message replied to is no copy.
    ReplyToUnknown,
    /// `/ban` without a customer.
    BanHow,
    /// `/info` without a customer.
    InfoHow,
    /// `/note` without a customer.
    NoteHow,
    /// The note is no text.
    NoteMissing,
    /// The note has too many letters.
    NoteTooLong,
    /// This can't be a greeting.
    UnfitGreeting,
    /// Only text can stand here.
    UnfitText,
    /// There is a token in it.
    UnfitToken,
    /// Bots can't fetch its file.
    UnfitFile,
    /// Telegram does not show it.
    UnfitRefused,
    /// A question is open.
    SaveFirst,
    /// Asks for an announcement.
    AnnouncePrompt,
    /// This can't be announced.
    AnnounceUnfit,
    /// It is too long.
    AnnounceTooLong,
    /// There is nobody to tell.
    AnnounceNobody,
}
