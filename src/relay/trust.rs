//! What a newcomer may write, and what is done with it: pure.
//!
//! A newcomer is a customer whom the owner has neither answered nor accepted, through any of his
//! bots. Each bot has three rules for newcomers, off at first and independent of each other: words
//! only, and few of them ([`offence`], [`slower`]); the owner is asked; the newcomer presses a button.

use std::num::NonZeroU32;

use governor::Quota;
use serde_json::Value;

use crate::{model::ConversationState, settings::NewcomerRules, update::Message};

/// How many messages of a newcomer arrive before the owner has accepted or answered him: nobody
/// should have to say everything in one, and "Hello" tells an owner nothing.
pub(super) const BEFORE_ACCEPTED: i64 = 5;
/// How much of a newcomer waits for his button at most.
pub(super) const WAITING: usize = 20;

/// How many messages a careful bot takes from a newcomer in a minute, and as many at once.
const A_MINUTE: NonZeroU32 = match NonZeroU32::new(5) {
    Some(five) => five,
    None => NonZeroU32::MIN,
};

/// How fast newcomers may write to a careful bot, where everybody may write as fast as `quota`.
pub(super) fn slower(quota: Option<Quota>) -> Quota {
    let slow = Quota::per_minute(A_MINUTE);
    let Some(quota) = quota else { return slow };
    let burst = slow.burst_size().min(quota.burst_size());
    let slower = if quota.replenish_interval() > slow.replenish_interval() { quota } else { slow };
    slower.allow_burst(burst)
}

/// Why something of a newcomer is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reason {
    /// It holds a link, or names a channel or a bot.
    Link,
    /// It holds a file, or anything else that is not words.
    File,
    /// It was written elsewhere, or made by another bot.
    Forward,
    /// It is too much for one whom the owner has not accepted.
    Wait,
    /// Too much waits for his button.
    Full,
    /// He writes too fast.
    TooFast,
    /// It changed into something of these.
    Change,
    /// Not refused: it waits for his button.
    Button,
}

/// What is done with a newcomer's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is passed on.
    Pass,
    /// It is passed on, and the owner is asked below its copy.
    Introduce,
    /// It is not passed on, and he is told why: the reason, and what of it this is.
    Refuse(Reason, &'static str),
    /// He is asked to press a button, which carries it.
    Ask,
    /// He was asked: it waits.
    Keep,
    /// It is the one below which he was asked.
    Asked,
}

/// All that is known when a newcomer's message comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newcomer<'a> {
    /// How the bot is set.
    pub(super) rules: NewcomerRules,
    /// How far he got.
    pub(super) state: &'a ConversationState,
    /// How many messages of his have come since the one below which the owner was asked.
    pub(super) came: i64,
    /// How much of his waits for his button.
    pub(super) waits: usize,
}

impl Newcomer<'_> {
    /// Whether he still has to press his button.
    pub(super) fn is_unchecked(&self) -> bool {
        self.rules.check && self.state.checked_at.is_none()
    }

    /// What is done with his message.
    pub(super) fn step(&self, message: &Message) -> Step {
        if self.rules.careful
            && let Some((reason, what)) = offence(message)
        {
            return Step::Refuse(reason, what);
        }
        if self.is_unchecked() {
            return match self.state.check_message {
                None => Step::Ask,
                Some(asked) if asked == message.id => Step::Asked,
                Some(_) if self.waits >= WAITING => Step::Refuse(Reason::Full, ""),
                Some(_) => Step::Keep,
            };
        }
        if !self.rules.ask_first {
            return Step::Pass;
        }
        match self.state.contact_message {
            None => Step::Introduce,
            Some(first) if first == message.id => Step::Pass,
            Some(_) if self.came + 1 >= BEFORE_ACCEPTED => Step::Refuse(Reason::Wait, ""),
            Some(_) => Step::Pass,
        }
    }
}

/// Fields of a message that are not its content: what it replies to, and who wrote it where.
const ABOUT: &[&str] = &["reply_to_message", "from", "chat", "sender_chat", "quote"];
/// Fields that only a message made elsewhere has.
const ELSEWHERE: &[&str] = &[
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_sender_name",
    "forward_date",
    "is_automatic_forward",
    "external_reply",
    "story",
    "via_bot",
];
/// Content that is as good as words.
const WORDS: &[&str] = &["text", "location", "venue", "contact", "dice"];
/// Kinds of files people send; what is none of these and no words is refused as well.
const FILES: &[&str] =
    &["animation", "photo", "video", "audio", "voice", "video_note", "document", "sticker", "poll"];
/// Entities that lead somewhere when they are touched.
const LINKS: &[&str] = &["url", "text_link", "mention", "text_mention"];
/// Entities that lead to a channel or a bot where they name one, as `#tea@channel` and `/start@bot` do
/// (Bot API `MessageEntity`).
const NAMING: &[&str] = &["hashtag", "cashtag", "bot_command"];
/// What links begin with where Telegram does not mark them.
const BEGINNINGS: &[&str] = &["://", "www.", "t.me/", "telegram.me/"];

/// Why a careful bot does not take this message from a newcomer, if it does not, and what of it
/// that is: he is told of each by itself.
pub(super) fn offence(message: &Message) -> Option<(Reason, &'static str)> {
    let has = |key: &&&'static str| message.get(key).is_some();
    if let Some(elsewhere) = ELSEWHERE.iter().find(has) {
        return Some((Reason::Forward, elsewhere));
    }
    if WORDS.iter().find(has).is_none() {
        // The parts of an album are refused as one.
        let of_album = message.get("media_group_id").is_some();
        let what = FILES.iter().find(has).filter(|_| !of_album);
        return Some((Reason::File, what.copied().unwrap_or_default()));
    }
    let content = message.json().as_object()?;
    let own = content.iter().filter(|(key, _)| !ABOUT.contains(&key.as_str()));
    let link = own.map(|(_, value)| value).find_map(link_in);
    link.or_else(|| name_in(message)).map(|what| (Reason::Link, what))
}

/// A tag or a command in a text that names a channel or a bot.
fn name_in(message: &Message) -> Option<&'static str> {
    let (text, entities) = (message.text()?, message.get("entities")?.as_array()?);
    entities.iter().find_map(|entity| {
        let kind = entity.get("type")?.as_str()?;
        let kind = NAMING.iter().find(|naming| **naming == kind)?;
        let number = |key| usize::try_from(entity.get(key)?.as_u64()?).ok();
        let mut covered = text.encode_utf16().skip(number("offset")?).take(number("length")?);
        covered.any(|unit| unit == u16::from(b'@')).then_some(*kind)
    })
}

/// A link anywhere in a part of a message: an entity, a button, or plain words.
fn link_in(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(words) => {
            let words = words.to_lowercase();
            BEGINNINGS.iter().find(|beginning| words.contains(**beginning)).copied()
        }
        Value::Array(parts) => parts.iter().find_map(link_in),
        Value::Object(parts) => {
            let kind = parts.get("type").and_then(Value::as_str);
            let kind = kind.filter(|_| parts.contains_key("offset"));
            let entity = kind.and_then(|kind| LINKS.iter().find(|link| **link == kind).copied());
            // Of a button or a preview: whatever it begins with.
            let url = parts.get("url").is_some_and(Value::is_string).then_some("url");
            entity.or(url).or_else(|| parts.values().find_map(link_in))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use teloxide::types::MessageId;

    use super::*;

    fn offends(extra: &Value) -> Option<Reason> {
        offence(&Message::with(extra)).map(|(reason, _)| reason)
    }

    fn words() -> Message {
        Message::with(&json!({"text": "hi"}))
    }

    /// A text with one entity on words of it.
    fn marked(text: &str, kind: &str, on: &str) -> Value {
        let units = |text: &str| text.encode_utf16().count();
        let offset = units(&text[..text.find(on).unwrap()]);
        let entity = json!({"type": kind, "offset": offset, "length": units(on)});
        json!({"text": text, "entities": [entity]})
    }

    fn with_button(button: &Value) -> Value {
        json!({"text": "x", "reply_markup": {"inline_keyboard": [[button]]}})
    }

    #[test]
    fn words_are_no_offence() {
        for fine in [
            json!({"text": "Do you have tea? I am anna@example.org, +49 30 1234"}),
            marked("I am anna@example.org", "email", "anna@example.org"),
            marked("+49 30 1234", "phone_number", "+49 30 1234"),
            marked("bold", "bold", "bold"),
            marked("🍵", "custom_emoji", "🍵"),
            marked("tomorrow", "date_time", "tomorrow"),
            marked("#tea, anna@example.org", "hashtag", "#tea"),
            marked("5 $TON", "cashtag", "$TON"),
            marked("/price of tea", "bot_command", "/price"),
            json!({"text": "x", "entities": [{"type": "hashtag", "offset": -1, "length": 9}]}),
            json!({"location": {"latitude": 1.0, "longitude": 2.0}}),
            json!({"location": {"latitude": 1.0, "longitude": 2.0, "live_period": 60}}),
            json!({"venue": {"title": "Tea house", "address": "Main St 1", "location": {}}}),
            json!({"contact": {"phone_number": "1", "first_name": "A", "user_id": 7}}),
            json!({"contact": {"phone_number": "1", "vcard": "BEGIN:VCARD\nTEL:1\nEND:VCARD"}}),
            json!({"dice": {"emoji": "🎲", "value": 6}}),
            json!({"text": "yes", "reply_to_message": {"text": "https://ours.example"}}),
            json!({"text": "yes", "quote": {"text": "https://ours.example"}}),
            json!({"text": "yes", "link_preview_options": {"is_disabled": true}}),
            with_button(&json!({"text": "x", "callback_data": "y"})),
        ] {
            assert_eq!(offends(&fine), None, "{fine}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_an_offence() {
        for kind in LINKS {
            assert_eq!(offends(&marked("look", kind, "look")), Some(Reason::Link), "{kind}");
        }
        for link in [
            json!({"text": "see HTTPS://evil.example"}),
            json!({"text": "T.me/evil"}),
            marked("🍵 #tea@evil now", "hashtag", "#tea@evil"),
            marked("🍵 $TEA@evil", "cashtag", "$TEA@evil"),
            marked("/start@evil_bot", "bot_command", "/start@evil_bot"),
            with_button(&json!({"text": "x", "url": "tg://resolve"})),
            with_button(&json!({"text": "x", "url": "evil.example"})),
            with_button(&json!({"text": "x", "login_url": {"url": "evil.example"}})),
            with_button(&json!({"text": "x", "web_app": {"url": "evil.example"}})),
            with_button(&json!({"text": "x", "copy_text": {"text": "https://evil.example"}})),
            json!({"text": "x", "link_preview_options": {"url": "evil.example"}}),
            json!({"contact": {"vcard": "URL:www.evil.example"}}),
            json!({"venue": {"title": "t.me/evil", "address": "x", "location": {}}}),
        ] {
            assert_eq!(offends(&link), Some(Reason::Link), "{link}");
        }
    }

    #[test]
    fn what_is_no_words_is_an_offence() {
        for file in [
            "photo",
            "video",
            "animation",
            "audio",
            "voice",
            "video_note",
            "document",
            "sticker",
            "poll",
            "paid_media",
            "live_photo",
            "giveaway",
            "giveaway_winners",
            "checklist",
            "game",
            "invoice",
            "rich_message",
            "hologram",
        ] {
            assert_eq!(offends(&json!({file: {"file_id": "f"}})), Some(Reason::File), "{file}");
        }
        let captioned = json!({"photo": [{"file_id": "f"}], "caption": "https://evil.example"});
        assert_eq!(offends(&captioned), Some(Reason::File), "it is told of once");
    }

    #[test]
    fn what_was_made_elsewhere_is_an_offence() {
        for key in ELSEWHERE {
            assert_eq!(offends(&json!({"text": "x", *key: {}})), Some(Reason::Forward), "{key}");
            assert_eq!(offends(&json!({"photo": [], *key: {}})), Some(Reason::Forward), "{key}");
        }
    }

    #[test]
    fn newcomers_are_slower_than_everybody() {
        let per_minute = |number| Quota::per_minute(NonZeroU32::new(number).unwrap());
        assert_eq!(slower(None), per_minute(5));
        assert_eq!(slower(Some(per_minute(20))), per_minute(5));
        assert_eq!(slower(Some(per_minute(1))), per_minute(1));
    }

    #[test]
    fn a_newcomer_says_a_little_before_he_is_accepted() {
        let rules = NewcomerRules { ask_first: true, ..NewcomerRules::default() };
        let state = ConversationState::default();
        let newcomer = Newcomer { rules, state: &state, came: 0, waits: 0 };
        assert_eq!(newcomer.step(&words()), Step::Introduce);
        let state = ConversationState { contact_message: Some(MessageId(1)), ..state };
        let step = |came| Newcomer { state: &state, came, ..newcomer }.step(&words());
        assert_eq!([0, 3].map(step), [Step::Pass; 2]);
        assert_eq!([4, 9].map(step), [Step::Refuse(Reason::Wait, ""); 2]);
    }

    fn states() -> impl Strategy<Value = ConversationState> {
        let some = || proptest::option::of((1..9_i32).prop_map(MessageId));
        (some(), some(), proptest::option::of(0..9_i64)).prop_map(|(check, contact, checked)| {
            ConversationState {
                check_message: check,
                contact_message: contact,
                checked_at: checked,
                ..ConversationState::default()
            }
        })
    }

    fn messages() -> impl Strategy<Value = Message> {
        let content = prop_oneof![
            Just(json!({"text": "hi"})),
            Just(json!({"text": "https://x.example"})),
            Just(json!({"photo": [{"file_id": "f"}]})),
            Just(json!({"text": "hi", "forward_origin": {}})),
        ];
        (content, 1..9_i64).prop_map(|(mut content, id)| {
            content["message_id"] = id.into();
            Message::with(&content)
        })
    }

    proptest! {
        #[test]
        fn each_rule_does_its_own_and_no_other(
            state in states(),
            message in messages(),
            (careful, ask_first, check) in any::<(bool, bool, bool)>(),
            came in 0..9_i64,
            waits in 0..40_usize,
        ) {
            let rules = NewcomerRules { careful, ask_first, check };
            let step = Newcomer { rules, state: &state, came, waits }.step(&message);
            if !rules.any() {
                prop_assert_eq!(step, Step::Pass);
            }
            let of_contents =
                matches!(step, Step::Refuse(Reason::Link | Reason::File | Reason::Forward, _));
            prop_assert_eq!(of_contents, careful && offence(&message).is_some());
            if of_contents {
                return Ok(());
            }
            // What has no button pressed for it never gets through, and is never lost without a word.
            let is_unchecked = check && state.checked_at.is_none();
            let waits_for_button = matches!(
                step,
                Step::Ask | Step::Keep | Step::Asked | Step::Refuse(Reason::Full, _)
            );
            prop_assert_eq!(waits_for_button, is_unchecked);
            if !is_unchecked {
                let introduces = ask_first && state.contact_message.is_none();
                prop_assert_eq!(step == Step::Introduce, introduces);
                prop_assert!(ask_first || step == Step::Pass);
            }
        }

        #[test]
        fn no_message_is_too_odd(text in ".{0,40}", kind in "[a-z_]{0,12}", depth in 0..4_usize) {
            let mut value = json!({"type": kind, "offset": 0, "text": text});
            for _ in 0..depth {
                value = json!([{ "inner": value }]);
            }
            let _ = offends(&json!({"text": text, "odd": value}));
        }
    }
}
