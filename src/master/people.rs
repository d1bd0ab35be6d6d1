//! What an owner can ask for about a customer, as commands and buttons say it. Pure.
//!
//! A button's data names the bot and the customer: whether they are this owner's is looked up when
//! it is pressed, whatever it says.

use std::str::FromStr;

use teloxide::types::{ChatId, MessageId};

use super::About;
use crate::{
    model::{BotId, Contact},
    store::ConversationKey,
};

/// Letters a note may have.
pub(super) const NOTE_LENGTH: usize = 1000;

/// Which customer of which client bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whom {
    /// The client bot.
    pub bot: BotId,
    /// The customer's chat with it.
    pub customer: ChatId,
}

impl Whom {
    /// The key of his conversation with an owner.
    pub(super) fn key(self, owner: crate::model::OwnerId) -> ConversationKey {
        (owner, self.bot, self.customer)
    }
}

impl From<&About> for Whom {
    fn from(about: &About) -> Self {
        Self { bot: about.bot, customer: about.customer }
    }
}

/// What is done about a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Ban him from all bots.
    Ban,
    /// Let the ban hold for this bot only.
    Only,
    /// Delete the copies of his messages.
    Wipe,
    /// Let him write again.
    Unban,
}

/// Whether the buttons are below the answer to a ban, or on the customer's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below what was said of the ban.
    Answer,
    /// On the card.
    Card,
}

/// A button about customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeoplePress {
    /// Does something about a ban.
    Ban(Deed, Place, Whom),
    /// Asks for a note.
    Note(Whom),
    /// Points at the message that waits.
    Jump(Whom),
    /// Decides about a newcomer, below his first message.
    Contact(Contact, Whom),
    /// Marks the wait that this message of the customer began as over.
    Answered(Whom, MessageId),
    /// Shows another page of those who wait.
    Inbox(u16),
    /// Shows another page of those who are banned.
    Banned(u16),
    /// Lifts one ban of the list, and shows that page of it.
    Lift {
        /// Who is banned.
        customer: ChatId,
        /// From which bot; `None`: from all.
        only: Option<BotId>,
        /// The page.
        page: u16,
    },
}

const DEEDS: &[(&str, Deed, Place)] = &[
    ("ban", Deed::Ban, Place::Answer),
    ("ban-only", Deed::Only, Place::Answer),
    ("ban-wipe", Deed::Wipe, Place::Answer),
    ("unban", Deed::Unban, Place::Answer),
    ("card-ban", Deed::Ban, Place::Card),
    ("card-ban-only", Deed::Only, Place::Card),
    ("card-ban-wipe", Deed::Wipe, Place::Card),
    ("card-unban", Deed::Unban, Place::Card),
];

impl FromStr for PeoplePress {
    type Err = ();

    fn from_str(data: &str) -> Result<Self, ()> {
        let mut parts = data.split(':');
        let word = parts.next().ok_or(())?;
        let numbers: Vec<i64> = parts.map(str::parse).collect::<Result<_, _>>().map_err(|_| ())?;
        let whom = |bot, customer| Whom { bot: BotId(bot), customer: ChatId(customer) };
        let page = |number: i64| u16::try_from(number).map_err(|_| ());
        let read = match (word, numbers.as_slice()) {
            ("note", &[bot, customer]) => Self::Note(whom(bot, customer)),
            ("jump", &[bot, customer]) => Self::Jump(whom(bot, customer)),
            ("answered", &[bot, customer, message]) => {
                let message = i32::try_from(message).map_err(|_| ())?;
                Self::Answered(whom(bot, customer), MessageId(message))
            }
            ("inbox", &[number]) => Self::Inbox(page(number)?),
            ("banned", &[number]) => Self::Banned(page(number)?),
            ("lift", &[customer, bot, number]) => Self::Lift {
                customer: ChatId(customer),
                only: (bot != 0).then_some(BotId(bot)),
                page: page(number)?,
            },
            (word, &[bot, customer]) => {
                let is_it = |contact: &Contact| contact.word() == word;
                if let Some(contact) = Contact::BOTH.into_iter().find(is_it) {
                    return Ok(Self::Contact(contact, whom(bot, customer)));
                }
                let (_, deed, place) = DEEDS.iter().find(|(known, ..)| *known == word).ok_or(())?;
                Self::Ban(*deed, *place, whom(bot, customer))
            }
            _ => return Err(()),
        };
        Ok(read)
    }
}

impl PeoplePress {
    /// The button's data, at most 64 bytes.
    pub(super) fn data(self) -> String {
        let about = |word: &str, whom: Whom| format!("{word}:{}:{}", whom.bot, whom.customer);
        match self {
            Self::Ban(deed, place, whom) => {
                let known = DEEDS.iter().find(|known| (known.1, known.2) == (deed, place));
                about(known.map_or("", |(word, ..)| word), whom)
            }
            Self::Note(whom) => about("note", whom),
            Self::Jump(whom) => about("jump", whom),
            Self::Contact(contact, whom) => contact.data(whom.bot, whom.customer),
            Self::Answered(whom, message) => format!("{}:{message}", about("answered", whom)),
            Self::Inbox(page) => format!("inbox:{page}"),
            Self::Banned(page) => format!("banned:{page}"),
            Self::Lift { customer, only, page } => {
                format!("lift:{customer}:{}:{page}", only.map_or(0, |bot| bot.0))
            }
        }
    }
}

/// What is to be done about a customer, or about several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Bans the customer whose message was replied to.
    Ban(Whom),
    /// Shows his card.
    Card(Whom),
    /// Finds out whether there is such a customer to note something on; gives `Input::NoteAbout`.
    FindForNote(Whom),
    /// Asks for a note.
    AskNote(Whom),
    /// Keeps a note, or removes it where it says `-`.
    KeepNote(Whom, String),
    /// Lists who waits.
    Inbox(u16),
    /// Lists who is banned.
    Banned(u16),
    /// Does what a button says.
    Press(PeoplePress),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_button_says_is_read_again_and_fits() {
        let whom = Whom { bot: BotId(i64::MAX), customer: ChatId(i64::MIN) };
        let deeds = [Deed::Ban, Deed::Only, Deed::Wipe, Deed::Unban];
        let deeds = deeds.map(|deed| {
            [Place::Answer, Place::Card].map(|place| PeoplePress::Ban(deed, place, whom))
        });
        let near = Whom { bot: BotId(9_999_999_999), customer: ChatId(999_999_999_999) };
        let others = [
            PeoplePress::Note(whom),
            PeoplePress::Jump(whom),
            PeoplePress::Contact(Contact::Accept, whom),
            PeoplePress::Contact(Contact::Ban, whom),
            PeoplePress::Answered(near, MessageId(i32::MAX)),
            PeoplePress::Inbox(u16::MAX),
            PeoplePress::Banned(0),
            PeoplePress::Lift { customer: whom.customer, only: None, page: 3 },
            PeoplePress::Lift { customer: whom.customer, only: Some(near.bot), page: u16::MAX },
        ];
        for press in deeds.into_iter().flatten().chain(others) {
            let data = press.data();
            assert!(data.len() <= 64, "{data}");
            assert_eq!(data.parse(), Ok(press));
        }
    }

    #[test]
    fn what_no_button_says_is_refused() {
        for data in [
            "",
            "ban",
            "ban:1",
            "ban:1:2:3",
            "ban:x:2",
            "ban:1:99999999999999999999",
            "inbox:-1",
            "inbox:65536",
            "answered:1:2:4294967296",
            "lift:1:2",
            "lift:1:2:-1",
            ":1:2",
            "dance:1:2",
        ] {
            assert_eq!(data.parse::<PeoplePress>(), Err(()), "{data}");
        }
    }

    proptest! {
        #[test]
        fn any_data_is_read_or_refused(data in ".{0,80}") {
            let _ = data.parse::<PeoplePress>();
        }
    }
}
