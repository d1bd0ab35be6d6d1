//! Strings that have been trouble somewhere.

use rand::{RngExt as _, rngs::StdRng};

/// Pieces of which odd strings are made.
const PIECES: &[&str] = &[
    "",
    " ",
    "a",
    "tea",
    "\n",
    "\r\n",
    "\t",
    "\u{0}",
    "\u{b}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{301}",
    "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{200b}",
    "\u{200d}",
    "\u{200e}",
    "\u{202e}",
    "\u{2066}",
    "\u{2028}",
    "\u{feff}",
    "\u{fe0f}",
    "\u{ffff}",
    "\u{e0041}",
    "\u{10ffff}",
    "🦊",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🆕",
    "🆕 Olga @olga → @shop_bot #table7",
    "✅",
    "↻",
    "→",
    "@shop_bot",
    "#table7",
    "/start ",
    "/add ",
    "/qr ",
    "/note ",
    "ж",
    "中文",
    "ﷺ",
    "שלום",
    ":",
    "7200000003:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0",
    "sha256:",
    "bot7200000003:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0/getMe",
    "https://t.me/shop_bot?start=table7",
    "../",
    "\"",
    "\\",
    "%00",
    "{name}",
    "-1",
    "9223372036854775808",
    "table7",
    "A-z_0",
];

/// Words and signs of buttons.
const BUTTONS: &[&str] = &[
    "takeover",
    "choose-removal",
    "remove",
    "qr",
    "qr-label",
    "cancel",
    "close",
    "set",
    "menu",
    "open",
    "write",
    "ask",
    "save",
    "drop",
    "text",
    "greeting",
    "ack",
    "banned",
    "all",
    "uk",
    "reminder",
    "24",
    "protect",
    "on",
    "usernames",
    "hide",
    "once",
    "ban",
    "ban-only",
    "ban-wipe",
    "unban",
    "card-ban",
    "note",
    "jump",
    "answered",
    "inbox",
    "lift",
    "language",
    "app",
    "again",
    "undo",
    "0",
    "1",
    "-1",
    "+5",
    "007",
    "7200000001",
    "7100000001",
    "65536",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "🦊",
    "\u{202e}",
    "",
    ":",
    ".",
    "-",
    ":",
    ".",
    ":",
    ":",
    ".",
];

/// A string of odd pieces, now and then a very long one.
pub fn odd(random: &mut StdRng) -> String {
    let piece = |random: &mut StdRng| PIECES[random.random_range(0..PIECES.len())];
    if random.random_range(0..40) == 0 {
        return piece(random).repeat(random.random_range(0..1500));
    }
    (0..random.random_range(0..8)).map(|_| piece(random)).collect()
}

/// The same put somewhere into another string.
pub fn twisted(random: &mut StdRng, text: &str) -> String {
    let places = text.char_indices().count();
    let at = text.char_indices().map(|(at, _)| at).nth(random.random_range(0..=places));
    let (before, after) = text.split_at(at.unwrap_or(text.len()));
    match random.random_range(0..4) {
        0 => before.to_owned(),
        1 => after.to_owned(),
        _ => format!("{before}{}{after}", odd(random)),
    }
}

/// What a button might carry.
pub fn button(random: &mut StdRng) -> String {
    let parts = random.random_range(1..10);
    (0..parts).map(|_| BUTTONS[random.random_range(0..BUTTONS.len())]).collect()
}
