//! Updates as Telegram sends them, and the people and bots in them.
//!
//! Each text carries its number between two tildes, by which the call it causes is known.

use std::ops::Range;

/// The path of `PUBLIC_URL`.
pub(crate) const PREFIX: &str = "/hooks";
pub(crate) const MASTER: i64 = 4_000_000_001;
pub(crate) const MASTER_TOKEN: &str = "4000000001:AAEbenchbenchbenchbenchbenchbench000";

const FIRST_BOT: i64 = 5_000_000_000;
const FIRST_OWNER: i64 = 700_000_000;
const FIRST_CUSTOMER: i64 = 900_000_000;
const MARK: char = '~';

pub(crate) fn bot_id(number: usize) -> i64 {
    FIRST_BOT + as_i64(number)
}

pub(crate) fn bot_token(number: usize) -> String {
    format!("{}:AAEbench{:027}", bot_id(number), number)
}

pub(crate) fn owner_id(number: usize) -> i64 {
    FIRST_OWNER + as_i64(number)
}

/// Whose inbox the bare program writes to.
pub(crate) fn owner_of_bot(bot: i64) -> i64 {
    FIRST_OWNER + bot % 32
}

fn as_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A customer's text to a client bot.
pub(crate) fn inbound(mark: usize, bot: usize, customer: usize) -> String {
    // The same person's chat id is the same for every bot; different people are the usual case.
    let id = FIRST_CUSTOMER + as_i64(bot * 10_000 + customer);
    let person = format!(
        r#""id":{id},"first_name":"Anna {customer}","last_name":"Kovalenko","username":"anna_{id}""#
    );
    let text = format!(
        "Good morning! Do you still have the green tea from last week, \\u0438 \\ud83c\\udf75? {MARK}{mark}{MARK}"
    );
    format!(
        r#"{{"update_id":{update},"message":{{"message_id":{message},"from":{{{person},"is_bot":false,"language_code":"en"}},"chat":{{{person},"type":"private"}},"date":1770000000,"text":"{text}","entities":[{{"offset":0,"length":12,"type":"bold"}}]}}}}"#,
        update = mark + 1,
        message = mark + 1,
    )
}

/// The size of the files that go through: about the biggest a bot may read.
pub(crate) const FILE_SIZE: usize = 20_000_000;

/// A customer's file to a client bot.
pub(crate) fn document(mark: usize, bot: usize, customer: usize) -> String {
    let id = FIRST_CUSTOMER + as_i64(bot * 10_000 + customer);
    let person = format!(r#""id":{id},"first_name":"Anna {customer}","username":"anna_{id}""#);
    format!(
        r#"{{"update_id":{update},"message":{{"message_id":{message},"from":{{{person},"is_bot":false,"language_code":"en"}},"chat":{{{person},"type":"private"}},"date":1770000000,"caption":"the plans","document":{{"file_id":"f{mark}","file_unique_id":"u{mark}","file_name":"plans.bin","file_size":{FILE_SIZE}}}}}}}"#,
        update = mark + 1,
        message = mark + 1,
    )
}

/// What an owner writes to the master bot; `answered` is the copy he replies to.
pub(crate) fn of_owner(mark: usize, owner: usize, text: &str, answered: Option<i64>) -> String {
    let id = owner_id(owner);
    let person = format!(r#""id":{id},"first_name":"Olga","username":"olga_{owner}""#);
    let chat = format!(r#""chat":{{{person},"type":"private"}},"date":1770000000"#);
    let copy = answered.map_or(String::new(), |copy| {
        format!(
            r#""reply_to_message":{{"message_id":{copy},"from":{{"id":{MASTER},"is_bot":true,"first_name":"Master","username":"master_bot"}},{chat},"text":"\ud83c\udd95 Anna Kovalenko @anna \u2192 @shop_bot\nDo you have tea?","entities":[{{"offset":3,"length":14,"type":"bold"}}]}},"#
        )
    });
    format!(
        r#"{{"update_id":{update},"message":{{"message_id":{message},"from":{{{person},"is_bot":false,"language_code":"en"}},{chat},{copy}"text":"{text}"}}}}"#,
        update = mark + 1,
        message = mark + 1,
    )
}

/// An owner's reply to the copy of a customer's message.
pub(crate) fn reply(mark: usize, owner: usize, copy: i64) -> String {
    let text = format!("Yes, we have both the green and the black one. {MARK}{mark}{MARK}");
    of_owner(mark, owner, &text, Some(copy))
}

/// The number a text carries.
pub(crate) fn mark_in(text: &str) -> Option<usize> {
    let Range { start, end } = text.find(MARK).zip(text.rfind(MARK)).map(|(a, b)| a + 1..b)?;
    text.get(start..end)?.parse().ok()
}
