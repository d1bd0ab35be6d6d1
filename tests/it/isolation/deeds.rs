//! What an attacker tries.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::buttons::templates;

/// Where he does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In his chat with the master bot.
    Master,
    /// In his chat with Victor's bot, whose customer he is.
    Kiosk,
}

use Place::{Kiosk, Master};

/// What he does, with placeholders for numbers: see [`super::numbers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Says(&'static str),
    /// A button with this data.
    Presses(&'static str),
    /// To a message with a number of Victor's chats.
    Replies(&'static str),
    /// With a part of an album.
    RepliesAlbum,
    /// A message of Victor's customer.
    Forwards,
    Reacts,
    Changes,
    /// A payment or refund with Victor's charge id.
    Pays(&'static str),
}

/// Something he does somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// A question about what is his own, which is open when he does it.
    pub after: Option<&'static str>,
    pub place: Place,
    pub act: Act,
}

fn at(place: Place) -> impl Fn(Act) -> Deed {
    move |act| Deed { after: None, place, act }
}

const COMMANDS: &[&str] = &[
    "/start",
    "/start claim_guessed",
    "/help",
    "/bots",
    "/inbox",
    "/banned",
    "/status",
    "/stats all 12m",
    "/stats",
    "/stats @NAME",
    "/settings",
    "/qr",
    "/qr LABEL",
    "/remove",
    "/export",
    "/privacy",
    "/language",
    "/leave",
    "/cancel",
    "/note",
    "/ban",
    "/info",
    "/delete",
    "hello",
    "/plan",
    "/subscribe",
    "/unsubscribe",
    "/paysupport where is my money?",
    "/terms",
    "/add",
    "/add TOKEN",
    "TOKEN",
    "/add BOT:AAExxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "/admin",
    "/admin announce",
    "/admin announce I was here",
    "/admin OWNER",
    "/admin @NAME",
    "/admin suspend OWNER",
    "/admin suspend @NAME",
    "/admin resume OWNER",
    "/refund CHARGE",
];

/// Most of these are no commands of a client bot: Victor reads them as his customer wrote them.
const WRITTEN: &[&str] = &[
    "hello",
    "/start",
    "/start LABEL",
    "/help",
    "/privacy",
    "/language",
    "/delete",
    "/forget",
    "/export",
    "/ban CUSTOMER",
    "/admin suspend OWNER",
];

const REPLIES: &[&str] = &["Hi!", "/ban", "/info", "/note mine", "/note", "/delete"];

const WRITTEN_REPLIES: &[&str] = &["Hi!", "/delete", "/ban"];

const PAYMENTS: &[&str] = &["successful_payment", "refunded_payment"];

/// A question about what is his own, and how the data of the buttons begins that may mean another's
/// then.
const OPENINGS: &[(&str, &[&str])] = &[
    ("choose-removal:BOT", &["remove:", "cancel:", "takeover:"]),
    ("set:BOT:ask.set.ack.never", &["set:BOT:save.", "set:BOT:cancel."]),
    ("set:BOT:write.greeting.all", &["set:BOT:save."]),
    ("note:BOT:CUSTOMER", &["note:", "cancel:", "choose-removal:"]),
    ("/qr LABEL", &["qr"]),
    ("/leave", &["stay:", "cancel:", "takeover:"]),
    ("/add", &["takeover:", "cancel:"]),
    ("/admin announce", &["admin:send", "admin:drop"]),
];

/// What follows an opening in words.
const ANSWERS: &[&str] = &["hello", "BOT", "@NAME", "CUSTOMER", "-"];

fn presses() -> impl Iterator<Item = Act> {
    templates().iter().map(|data| Act::Presses(data))
}

/// One of each word, and those that a client bot knows: all others are nothing to it.
fn presses_of_customers() -> impl Iterator<Item = Act> {
    let mut words = BTreeSet::new();
    presses().filter(move |act| {
        let Act::Presses(data) = act else { return false };
        let word = data.split(':').next().unwrap_or_default();
        words.insert(word) || ["forget", "language", "newcomer"].contains(&word)
    })
}

fn others(place: Place) -> Vec<Act> {
    let (commands, replies) = match place {
        Master => (COMMANDS, REPLIES),
        Kiosk => (WRITTEN, WRITTEN_REPLIES),
    };
    let mut all: Vec<Act> = commands.iter().map(|words| Act::Says(words)).collect();
    all.extend(replies.iter().map(|words| Act::Replies(words)));
    all.extend([Act::Reacts, Act::Changes, Act::Forwards, Act::RepliesAlbum]);
    if place == Master {
        all.extend(PAYMENTS.iter().map(|kind| Act::Pays(kind)));
    }
    all
}

fn meeting() -> Vec<Deed> {
    let mut all = Vec::new();
    for (opening, beginnings) in OPENINGS {
        let meets = |act: &Act| {
            let Act::Presses(data) = act else { return false };
            beginnings.iter().any(|beginning| data.starts_with(beginning))
        };
        let answers = ANSWERS.iter().map(|words| Act::Says(words));
        all.extend(
            presses()
                .filter(meets)
                .chain(answers)
                .map(|act| Deed { after: Some(opening), ..at(Master)(act) }),
        );
    }
    all
}

/// Those that end what he has, and have to come last.
const LAST: &[Deed] = &[
    Deed { after: Some("/leave"), place: Master, act: Act::Presses("leave:0") },
    Deed { after: None, place: Kiosk, act: Act::Presses("forget:yes") },
];

/// Every deed once, those of a customer where he is one.
pub fn every_deed(is_customer: bool) -> Vec<Deed> {
    let mut all: Vec<Deed> = presses().chain(others(Master)).map(at(Master)).collect();
    all.extend(meeting());
    if is_customer {
        all.extend(presses_of_customers().chain(others(Kiosk)).map(at(Kiosk)));
    }
    all.retain(|deed| !LAST.contains(deed));
    all.extend(LAST.iter().filter(|deed| is_customer || deed.place == Master));
    all
}

fn deed(place: Place) -> impl Strategy<Value = Deed> {
    let of_place = |acts: Vec<Act>| prop::sample::select(acts).prop_map(at(place));
    let met = if place == Master { meeting() } else { LAST.to_vec() };
    prop_oneof![
        5 => of_place(others(place)),
        4 => of_place(presses().collect()),
        2 => prop::sample::select(met),
    ]
}

/// Any deed.
pub fn any_deed(is_customer: bool) -> impl Strategy<Value = Deed> {
    prop_oneof![2 => deed(Master), 1 => deed(if is_customer { Kiosk } else { Master })]
}
