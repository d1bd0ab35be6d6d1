//! What the operator can ask for about the installation, as `/admin` and its buttons say it. Pure.
//!
//! A button's data says all there is to know. Whether the person who presses it is the operator is
//! looked up then, whatever it says; to everybody else `/admin` is no command.

use std::str::FromStr;

use super::state::Sentence;
use crate::{model::OwnerId, seal::fingerprint};

/// A button below what `/admin` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminPress {
    /// Shows the numbers.
    Home,
    /// Shows a page of the owners.
    Owners(u16),
    /// Shows one owner.
    Owner(OwnerId),
    /// Asks whether to suspend him.
    Ask(OwnerId),
    /// Suspends him.
    Suspend(OwnerId),
    /// Lets him go on.
    Resume(OwnerId),
    /// Asks for an announcement.
    Announce,
    /// Sends the announcement with this [`tag`].
    Send(u32),
    /// Does not.
    Drop(u32),
}

/// What is done for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminErrand {
    /// What stood behind `/admin`.
    Command(String),
    /// What a button says.
    Press(AdminPress),
    /// Looks at what was written when an announcement had been asked for; gives
    /// [`Drafted`].
    Consider,
    /// Asks whether to send this to so many.
    Question(String, i64),
    /// Sends what is sealed in this.
    Send(String),
}

/// What became of an announcement that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafted {
    /// Its text is to come.
    Awaited,
    /// It can be sent; it is sealed, and for so many.
    Fit(String, i64),
    /// It can't.
    Unfit(Sentence),
    /// Whoever writes it may not.
    NotHis,
}

/// What the words behind `/admin` ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    Home,
    Show(Named),
    Suspend(Named),
    Resume(Named),
    /// With the text, where it stands there already.
    Announce(String),
    Unknown,
}

/// How an owner is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// By his id.
    Id(OwnerId),
    /// By the username of one of his bots.
    Bot(String),
}

impl Order {
    /// Reads the words behind `/admin`.
    pub(super) fn read(words: &str) -> Self {
        let words = words.trim();
        let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
        let rest = rest.trim();
        let about =
            |named: Option<Named>, order: fn(Named) -> Self| named.map_or(Self::Unknown, order);
        match first.to_lowercase().as_str() {
            "" => Self::Home,
            "announce" => Self::Announce(rest.to_owned()),
            "suspend" => about(Named::read(rest), Self::Suspend),
            "resume" => about(Named::read(rest), Self::Resume),
            _ if rest.is_empty() => about(Named::read(first), Self::Show),
            _ => Self::Unknown,
        }
    }
}

impl Named {
    fn read(word: &str) -> Option<Self> {
        if let Some(username) = word.strip_prefix('@') {
            return Some(Self::Bot(username.to_owned()));
        }
        word.parse().ok().map(OwnerId).map(Self::Id)
    }
}

/// A number that tells what was sealed for one question from all other.
pub(super) fn tag(sealed: &str) -> u32 {
    let mark = fingerprint(&[sealed.as_bytes()]);
    mark.iter().take(4).fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

impl FromStr for AdminPress {
    type Err = ();

    fn from_str(data: &str) -> Result<Self, ()> {
        let words = data.strip_prefix("admin:").ok_or(())?;
        let (word, number) = words.split_once(':').unwrap_or((words, ""));
        let owner = || number.parse().map(OwnerId).map_err(|_| ());
        let tag = || number.parse().map_err(|_| ());
        Ok(match word {
            "home" if number.is_empty() => Self::Home,
            "announce" if number.is_empty() => Self::Announce,
            "owners" => Self::Owners(number.parse().map_err(|_| ())?),
            "owner" => Self::Owner(owner()?),
            "ask" => Self::Ask(owner()?),
            "suspend" => Self::Suspend(owner()?),
            "resume" => Self::Resume(owner()?),
            "send" => Self::Send(tag()?),
            "drop" => Self::Drop(tag()?),
            _ => return Err(()),
        })
    }
}

impl AdminPress {
    /// The button's data, at most 64 bytes.
    pub(super) fn data(self) -> String {
        match self {
            Self::Home => "admin:home".to_owned(),
            Self::Announce => "admin:announce".to_owned(),
            Self::Owners(page) => format!("admin:owners:{page}"),
            Self::Owner(owner) => format!("admin:owner:{owner}"),
            Self::Ask(owner) => format!("admin:ask:{owner}"),
            Self::Suspend(owner) => format!("admin:suspend:{owner}"),
            Self::Resume(owner) => format!("admin:resume:{owner}"),
            Self::Send(tag) => format!("admin:send:{tag}"),
            Self::Drop(tag) => format!("admin:drop:{tag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_says_is_read_again_and_fits() {
        let owner = OwnerId(i64::MIN);
        for press in [
            AdminPress::Home,
            AdminPress::Owners(u16::MAX),
            AdminPress::Owner(owner),
            AdminPress::Ask(owner),
            AdminPress::Suspend(owner),
            AdminPress::Resume(owner),
            AdminPress::Announce,
            AdminPress::Send(u32::MAX),
            AdminPress::Drop(0),
        ] {
            assert!(press.data().len() <= 64, "{}", press.data());
            assert_eq!(press.data().parse(), Ok(press));
        }
        for wrong in
            ["admin", "admin:", "admin:home:1", "admin:owners:-1", "admin:owner:x", "owner:1"]
        {
            assert_eq!(wrong.parse::<AdminPress>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn words_name_a_deed_and_an_owner() {
        let id = || Named::Id(OwnerId(4711));
        let bot = || Named::Bot("shop_bot".to_owned());
        for (words, order) in [
            ("", Order::Home),
            ("4711", Order::Show(id())),
            ("@shop_bot", Order::Show(bot())),
            ("Suspend  4711 ", Order::Suspend(id())),
            ("resume @shop_bot", Order::Resume(bot())),
            ("announce", Order::Announce(String::new())),
            ("announce We move\ntonight", Order::Announce("We move\ntonight".to_owned())),
            ("suspend", Order::Unknown),
            ("suspend everybody", Order::Unknown),
            ("dance", Order::Unknown),
            ("4711 4712", Order::Unknown),
        ] {
            assert_eq!(Order::read(words), order, "{words}");
        }
    }
}
