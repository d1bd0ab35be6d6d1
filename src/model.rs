//! Plain values every room shares: who, which bot, which message, how far it got.

use std::fmt;

use serde::{Deserialize, Serialize};
use teloxide::types::{ChatId, MessageId};

/// A bot's Telegram id: the number before the colon of its token. Unique in all of Telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BotId(pub i64);

impl fmt::Display for BotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An owner's Telegram user id. It is the tenant's id: every look-up names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnerId(pub i64);

impl OwnerId {
    /// The owner's private chat with the master bot: Telegram gives it the person's own id.
    pub fn chat(self) -> ChatId {
        ChatId(self.0)
    }
}

impl fmt::Display for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One message as one bot sees it. Message ids repeat in other chats and for other bots, and a
/// person's chat id is the same for every bot, so nothing less than all three names a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// The bot whose chat it is.
    pub bot: BotId,
    /// The chat, as that bot numbers it.
    pub chat: ChatId,
    /// The message in that chat.
    pub message: MessageId,
}

impl MessageKey {
    /// What the sealed content of a parked message is bound to.
    pub(crate) fn parked_context(self) -> String {
        format!("message {} in chat {} of bot {}", self.message.0, self.chat.0, self.bot)
    }
}

/// Which way a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Customer → inbox.
    Inbound,
    /// Inbox → customer.
    Outbound,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Inbound, Self::Outbound];

    /// The word in logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// Where the copies of a conversation appear: a chat of one bot, and a topic in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inbox {
    /// The bot that writes the copies.
    pub bot: BotId,
    /// The chat they appear in.
    pub chat: ChatId,
    /// The topic in that chat, where it has topics.
    pub thread: Option<i32>,
}

/// Numbers of parts that belong to one message.
const FAMILY: i64 = 4;
/// The reason of a reference whose copy was taken back, or what it begins with.
pub const DELETED: &str = "deleted";

/// The reason of a reference whose copy this update took back: delivered again, the update finds by
/// it what it meant.
pub fn deleted_by(update: i64) -> String {
    format!("{DELETED}:{update}")
}

/// The first number of the parts that stand for what an update changed.
fn family(update: i64) -> i64 {
    FAMILY.saturating_mul(update.saturating_add(1))
}

/// Which of the messages that stand for one source message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The message itself.
    Main,
    /// The header, where it needs a message of its own.
    Header,
    /// The line that says "possibly a repeat", where it needs a message of its own.
    RepeatNotice,
    /// What its sender was told about its delay. It is no copy: the row only says that he was.
    DelayNotice,
    /// A message of ours that points at the copy, so that a reply to it reaches the customer, too:
    /// numbered by a message in the inbox, this one or the list it was chosen from.
    Pointer(i32),
    /// What was changed by this update, said anew because the message itself can't be changed.
    Change(i64),
    /// Its header.
    ChangeHeader(i64),
    /// Its "possibly a repeat".
    ChangeRepeatNotice(i64),
}

/// Pointers are numbered from here on, above all other parts.
const POINTERS: i64 = 1 << 60;

impl Part {
    /// The number the database keeps.
    pub fn number(self) -> i64 {
        match self {
            Self::Main => 0,
            Self::Header => 1,
            Self::RepeatNotice => 2,
            Self::DelayNotice => 3,
            Self::Pointer(message) => POINTERS + i64::from(message),
            Self::Change(update) => family(update),
            Self::ChangeHeader(update) => family(update).saturating_add(1),
            Self::ChangeRepeatNotice(update) => family(update).saturating_add(2),
        }
    }

    /// Whether a number of the database is that of a pointer.
    pub fn is_pointer(number: i64) -> bool {
        number >= POINTERS
    }

    /// The message whose parts a number of the database belongs to.
    pub fn main_of(number: i64) -> Self {
        match number / FAMILY {
            0 => Self::Main,
            _ if Self::is_pointer(number) => Self::Main,
            family => Self::Change(family - 1),
        }
    }

    /// The header that belongs to a message.
    #[must_use]
    pub fn header(self) -> Self {
        match self {
            Self::Change(update)
            | Self::ChangeHeader(update)
            | Self::ChangeRepeatNotice(update) => Self::ChangeHeader(update),
            _ => Self::Header,
        }
    }

    /// The "possibly a repeat" that belongs to a message.
    #[must_use]
    pub fn repeat_notice(self) -> Self {
        match self {
            Self::Change(update)
            | Self::ChangeHeader(update)
            | Self::ChangeRepeatNotice(update) => Self::ChangeRepeatNotice(update),
            _ => Self::RepeatNotice,
        }
    }
}

/// How far a delivery got. `Sending` found by a later attempt means: outcome unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// The request is being made, or was cut off while it was made.
    Sending,
    /// Certainly not sent; another attempt follows.
    Held,
    /// The copy exists.
    Sent,
    /// Given up; the person concerned is still to be told.
    Failed,
    /// Given up, and the person concerned was told.
    Told,
}

impl DeliveryState {
    /// The word the database keeps.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Held => "held",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Told => "told",
        }
    }

    /// Reads the database's word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sending, Self::Held, Self::Sent, Self::Failed, Self::Told]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// The stored pair of a source message and its copy. Never the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The tenant.
    pub owner: OwnerId,
    /// Which way it travelled.
    pub direction: Direction,
    /// The message somebody wrote.
    pub source: MessageKey,
    /// Which of its copies this is.
    pub part: i64,
    /// The bot that made, or is to make, the copy.
    pub copy_bot: BotId,
    /// The chat the copy is in.
    pub copy_chat: ChatId,
    /// The copy, once it exists.
    pub copy_message: Option<MessageId>,
    /// How far it got.
    pub state: DeliveryState,
    /// How many attempts began.
    pub attempts: i64,
    /// Why it failed: a short code, see `relay::Failure`.
    pub reason: Option<String>,
    /// The process that makes the copy; `None` while none does.
    pub holder: Option<i64>,
    /// Whether a change of the copy's words has begun and nobody knows yet how it ended.
    pub is_changing: bool,
    /// When the copy's words were changed last, in UTC seconds by Telegram's clock.
    pub changed_at: Option<i64>,
}

impl Reference {
    /// The client bot this reference belongs to, whichever way it travelled.
    pub fn client_bot(&self) -> BotId {
        match self.direction {
            Direction::Inbound => self.source.bot,
            Direction::Outbound => self.copy_bot,
        }
    }

    /// The number of the next attempt. One whose outcome is unknown counts, one that certainly sent
    /// nothing does not.
    pub fn next_attempt(&self) -> i64 {
        self.attempts + i64::from(self.state == DeliveryState::Sending)
    }

    /// Whether its copy was taken back.
    pub fn is_deleted(&self) -> bool {
        self.reason.as_deref().is_some_and(|reason| reason.starts_with(DELETED))
    }

    /// The key of its copy.
    pub fn copy_key(&self, message: MessageId) -> MessageKey {
        MessageKey { bot: self.copy_bot, chat: self.copy_chat, message }
    }

    /// The customer's chat with that client bot.
    pub fn customer(&self) -> ChatId {
        match self.direction {
            Direction::Inbound => self.source.chat,
            Direction::Outbound => self.copy_chat,
        }
    }
}

/// Whether a client bot runs, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BotState {
    /// Messages are relayed.
    Active,
    /// Telegram refuses the token; the owner has to send a new one.
    Revoked,
    /// Somebody else receives this bot's updates.
    Contested,
    /// The owner removed it; its token is wiped, its references are kept.
    Removed,
}

impl BotState {
    /// The word the database keeps.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
            Self::Contested => "contested",
            Self::Removed => "removed",
        }
    }

    /// Reads the database's word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Revoked, Self::Contested, Self::Removed]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// Everything a customer's message needs to know before it is relayed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, of one look-up")]
pub struct Known {
    /// The language of the owner he writes to.
    pub owner_language: Option<String>,
    /// Whether the operator suspended that owner.
    pub is_owner_suspended: bool,
    /// The conversation, where it has begun.
    pub conversation: Option<Conversation>,
    /// The language the customer chose himself.
    pub chosen_language: Option<String>,
    /// Whether the owner banned him.
    pub is_banned: bool,
    /// Whether he is being forgotten, by whichever process.
    pub is_being_forgotten: bool,
    /// Whether something of his is parked, by whichever process.
    pub has_parked: bool,
    /// When the bot was changed last, in UTC milliseconds; `None` where it is not known.
    pub bot_changed_at: Option<i64>,
    /// Whose turn it is, and what else changes while they talk.
    pub state: ConversationState,
}

impl Known {
    /// The language a customer reads: the one he chose, else his app's now, else his app's when the
    /// conversation began.
    pub fn customer_language<'a>(&'a self, now: Option<&'a str>) -> Option<&'a str> {
        let begun = || self.conversation.as_ref().and_then(|begun| begun.language.as_deref());
        self.chosen_language.as_deref().or(now).or_else(begun)
    }
}

/// What changes in a conversation while both talk. Times are UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConversationState {
    /// Since when the customer waits for an answer; `None` while he does not.
    pub waiting_since: Option<i64>,
    /// The first of his messages that waits.
    pub waiting_message: Option<MessageId>,
    /// When the owner answered, or marked it as answered, last.
    pub answered_at: Option<i64>,
    /// When the customer was told that his messages arrive.
    pub acknowledged_at: Option<i64>,
    /// Since when he blocks the bot.
    pub blocked_at: Option<i64>,
    /// Whether he had Telegram Premium when he wrote last.
    pub is_premium: bool,
    /// His messages that were not passed on because they came too fast, and of which the owner does
    /// not know yet.
    pub refused: i64,
    /// The latest of them.
    pub refused_upto: Option<MessageId>,
    /// When he was told so last.
    pub refused_told_at: Option<i64>,
    /// When the owner answered him first, or accepted him: from then on he is no newcomer.
    pub trusted_at: Option<i64>,
    /// When he pressed the button by which newcomers show that they are people.
    pub checked_at: Option<i64>,
    /// The message below which he was asked to press it, while he has not.
    pub check_message: Option<MessageId>,
    /// The message of his whose copy has *Accept* and *Ban*.
    pub contact_message: Option<MessageId>,
}

/// What an owner decides below the first message of a newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// He may write like everybody.
    Accept,
    /// He may not write at all.
    Ban,
}

impl Contact {
    /// Both, in the order of their buttons.
    pub const BOTH: [Self; 2] = [Self::Accept, Self::Ban];

    /// What its button's data begins with; the bot and the customer follow.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept => "contact-accept",
            Self::Ban => "contact-ban",
        }
    }

    /// The data of its button, at most 64 bytes.
    pub fn data(self, bot: BotId, customer: ChatId) -> String {
        format!("{}:{bot}:{customer}", self.word())
    }
}

/// A conversation whose customer waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The tenant.
    pub owner: OwnerId,
    /// The client bot he wrote to.
    pub bot: BotId,
    /// His chat with it.
    pub customer: ChatId,
    /// Since when, in UTC milliseconds.
    pub since: i64,
    /// The first of his messages that waits.
    pub message: MessageId,
}

/// One customer's dialogue with one client bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The tenant.
    pub owner: OwnerId,
    /// The client bot he writes to.
    pub bot: BotId,
    /// His chat with it.
    pub customer: ChatId,
    /// The label he came with.
    pub label: Option<String>,
    /// The language of his app when the conversation began.
    pub language: Option<String>,
}
