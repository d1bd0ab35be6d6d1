//! What a value's text means, one small reading for each kind.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use teloxide::types::UserId;

use super::problems::Wrong;
use super::{CustomerRate, LogFormat, OwnerRate, Registration};
use crate::token::BotToken;

/// Telegram's user ids have at most 52 significant bits.
pub(super) const USER_ID_LIMIT: u64 = 1 << 52;

/// The largest number in `CUSTOMER_RATE` and `OWNER_RATE`.
const FASTEST: u32 = 10_000;

pub(super) fn bot_token(text: &str) -> Result<BotToken, Wrong> {
    BotToken::parse(text).map_err(|error| Wrong::new(error.to_string()))
}

/// Names are not looked up: the answer could change between two starts, and reading asks nobody.
pub(super) fn socket_addr(text: &str) -> Result<SocketAddr, Wrong> {
    text.parse().map_err(|_| {
        Wrong::new("it is not an IP address and a port (host names are not looked up)")
    })
}

pub(super) fn metrics_addr(text: &str, listen: Option<SocketAddr>) -> Result<SocketAddr, Wrong> {
    let metrics = socket_addr(text)?;
    if listen.is_some_and(|listen| collide(listen, metrics)) {
        return Err(Wrong::new("it takes the same port as LISTEN_ADDR"));
    }
    Ok(metrics)
}

/// Whether the second could not be bound after the first.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let one_holds_all = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && (one_holds_all || one.ip() == other.ip())
}

pub(super) fn owner_ids(text: &str) -> Result<Vec<UserId>, Wrong> {
    let mut ids = Vec::new();
    for (index, entry) in text.split(',').enumerate() {
        let id = digits(entry.trim())
            .filter(|id| (1..USER_ID_LIMIT).contains(id))
            .ok_or_else(|| Wrong::new(format!("entry {} is not a user id", index + 1)))?;
        if !ids.contains(&UserId(id)) {
            ids.push(UserId(id));
        }
    }
    Ok(ids)
}

pub(super) fn registration(text: &str) -> Result<Registration, Wrong> {
    one_of(text, [("closed", Registration::Closed), ("open", Registration::Open)])
}

pub(super) fn on_or_off(text: &str) -> Result<bool, Wrong> {
    one_of(text, [("on", true), ("off", false)])
}

/// `None` where nobody is limited.
pub(super) fn customer_rate(text: &str) -> Result<Option<CustomerRate>, Wrong> {
    let rate = two_numbers(text)?;
    Ok(rate.map(|(a_minute, at_once)| CustomerRate { a_minute, at_once }))
}

/// `None` where nobody is limited.
pub(super) fn owner_rate(text: &str) -> Result<Option<OwnerRate>, Wrong> {
    let rate = two_numbers(text)?;
    Ok(rate.map(|(checks_an_hour, changes_an_hour)| OwnerRate { checks_an_hour, changes_an_hour }))
}

/// Two numbers with a slash between them, or `None` for `off`.
fn two_numbers(text: &str) -> Result<Option<(NonZeroU32, NonZeroU32)>, Wrong> {
    if text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let number = |text: &str| {
        let number = digits(text.trim()).and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number <= FASTEST).and_then(NonZeroU32::new)
    };
    text.split_once('/')
        .and_then(|(first, second)| Some((number(first)?, number(second)?)))
        .map(Some)
        .ok_or_else(|| Wrong::new(format!("it is not two numbers from 1 to {FASTEST}")))
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, Wrong> {
    one_of(text, [("text", LogFormat::Text), ("json", LogFormat::Json)])
}

fn one_of<T>(text: &str, words: [(&str, T); 2]) -> Result<T, Wrong> {
    words
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, meaning)| meaning)
        .ok_or_else(|| Wrong::new("it is none of the two"))
}

pub(super) fn file_path(text: &str) -> Result<PathBuf, Wrong> {
    if text.ends_with('/') {
        return Err(Wrong::new("it names a folder"));
    }
    Ok(PathBuf::from(text))
}

pub(super) fn whole_number(range: RangeInclusive<u32>) -> impl FnOnce(&str) -> Result<u32, Wrong> {
    move |text| {
        digits(text)
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                Wrong::new(format!(
                    "it is not a whole number from {} to {}",
                    range.start(),
                    range.end()
                ))
            })
    }
}

/// A number in plain digits: no sign, no blanks, no separators.
fn digits(text: &str) -> Option<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
