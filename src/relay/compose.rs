//! Puts header, content and reply together into one call, or two where one can't hold all. Pure.

use serde_json::{Map, Value, json};
use teloxide::types::MessageId;

use super::{
    content::{Content, WordsPlace, with_words},
    header::set_apart,
    rich::RichText,
};
use crate::{
    telegram::{Outgoing, Refusal},
    update::Message,
};

/// What a copy replies to in its own chat.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// The message.
    pub message: MessageId,
    /// The part of it the writer picked out.
    pub quote: Option<Quote>,
}

/// A part of a message that a reply picks out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quote {
    // Without its position: it counts in the original, and a copy has a header before its words.
    words: RichText,
}

impl Quote {
    /// The part a person picked out by hand; the one Telegram adds by itself does not count.
    pub(super) fn read(message: &Message) -> Option<Self> {
        let quote = message.get("quote")?;
        let by_hand = quote.get("is_manual").and_then(Value::as_bool).unwrap_or(false);
        let words = RichText::read(quote, "text", "entities")?;
        by_hand.then_some(Self { words })
    }
}

/// One copy, as one or two calls.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Composed {
    /// The header as a message of its own, where the content has no room for it.
    pub header: Option<Outgoing>,
    /// The message itself.
    pub main: Outgoing,
}

/// Puts a copy together.
pub(super) fn compose(
    content: &Content,
    header: Option<RichText>,
    reply: Option<&Reply>,
) -> Composed {
    let words = content.words.clone();
    let (header, words) = match header {
        // Some people may write longer captions than bots: the words then go before the file, and
        // what has no room there below it.
        header if words.units() > content.place.limit() => {
            let all = header.unwrap_or_default().above(words);
            let (before, below) = all.over_two(WordsPlace::Text.limit(), content.place.limit());
            (Some(before), set_apart(below))
        }
        None => (None, words),
        Some(header) if fits(&header, &words, content.place) => (None, header.above(words)),
        Some(header) => (Some(header), set_apart(words)),
    };
    let main = with_words(content.outgoing.clone(), content.place, words);
    let header = header.map(|header| text_message(header, reply));
    Composed { header, main: replying(main, reply) }
}

fn fits(header: &RichText, words: &RichText, place: WordsPlace) -> bool {
    let joint = usize::from(!words.text.is_empty());
    header.units() + joint + words.units() <= place.limit()
}

/// A text of ours as a call.
pub(super) fn text_message(words: RichText, reply: Option<&Reply>) -> Outgoing {
    let bare = Outgoing::new("sendMessage", Map::new());
    replying(with_words(bare, WordsPlace::Text, words), reply)
}

/// Makes a call a reply.
pub(super) fn replying(mut outgoing: Outgoing, reply: Option<&Reply>) -> Outgoing {
    let Some(reply) = reply else { return outgoing };
    let mut parameters = json!({
        "message_id": reply.message.0, "allow_sending_without_reply": true,
    });
    if let Some(quote) = &reply.quote {
        parameters["quote"] = quote.words.text.clone().into();
        if !quote.words.entities.is_empty() {
            parameters["quote_entities"] = json!(quote.words.entities);
        }
    }
    outgoing.parameters.insert("reply_parameters".to_owned(), parameters);
    outgoing
}

/// Entities the sending methods take (Bot API 10.3). One of a newer kind may be refused.
const ENTITIES: &[&str] = &[
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];

/// The same call with less ornament, where that is what Telegram refused: without the quoted part,
/// without the reply, without entities of unknown kinds, and at last without any.
pub(super) fn plainer(outgoing: &Outgoing, refusal: &Refusal) -> Option<Outgoing> {
    let mut plainer = outgoing.clone();
    match refusal {
        Refusal::QuoteMismatch => {
            let reply = plainer.parameters.get_mut("reply_parameters")?.as_object_mut()?;
            reply.remove("quote")?;
            reply.remove("quote_entities");
        }
        Refusal::ReplyTargetGone => {
            plainer.parameters.remove("reply_parameters")?;
        }
        Refusal::Other { code: 400, .. } => {
            let key = ["entities", "caption_entities"]
                .into_iter()
                .find(|key| plainer.parameters.contains_key(*key));
            let Some(key) = key else {
                let reply = plainer.parameters.get_mut("reply_parameters")?.as_object_mut()?;
                reply.remove("quote_entities")?;
                return Some(plainer);
            };
            let entities = plainer.parameters.get_mut(key)?.as_array_mut()?;
            let before = entities.len();
            entities.retain(is_known);
            if entities.len() == before {
                plainer.parameters.remove(key);
            }
        }
        _ => return None,
    }
    Some(plainer)
}

fn is_known(entity: &Value) -> bool {
    let kind = entity.get("type").and_then(Value::as_str).unwrap_or_default();
    ENTITIES.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(place: WordsPlace, words: &str) -> Content {
        Content {
            outgoing: Outgoing::new("sendX", Map::new()),
            words: RichText::plain(words),
            place,
            kind: "x",
            rendition: RichText::default(),
        }
    }

    #[test]
    fn a_header_joins_while_there_is_room_in_utf16_units() {
        let header = RichText::plain("🆕 A");
        let joins = |place, words: &str| {
            compose(&content(place, words), Some(header.clone()), None).header.is_none()
        };
        assert!(joins(WordsPlace::Text, &"x".repeat(4096 - 5)));
        assert!(!joins(WordsPlace::Text, &"x".repeat(4096 - 4)));
        assert!(joins(WordsPlace::Caption, &"🦊".repeat(509)));
        assert!(!joins(WordsPlace::Caption, &"🦊".repeat(510)));
        assert!(joins(WordsPlace::Caption, ""));
        assert!(!joins(WordsPlace::None, ""));
    }

    #[test]
    fn a_caption_longer_than_bots_may_write_goes_before_its_file_and_below_it() {
        let header = RichText::plain("🆕 A");
        let composed = |length: usize| {
            let caption = content(WordsPlace::Caption, &"x".repeat(length));
            let Composed { header, main } = compose(&caption, Some(header.clone()), None);
            let units = |call: &Outgoing, key: &str| {
                call.parameters.get(key).and_then(Value::as_str).map_or(0, str::len)
            };
            // The header's first letter has four bytes.
            (units(&header.unwrap(), "text") - 2, units(&main, "caption"))
        };
        assert_eq!(composed(1025), (5 + 1025, 0));
        assert_eq!(composed(4091), (4096, 0));
        assert_eq!(composed(4096), (4096, 5));
    }

    #[test]
    fn what_telegram_refuses_gets_plainer_until_nothing_is_left_to_take_away() {
        let refusal = Refusal::Other { code: 400, description: String::new() };
        let mut outgoing = text_message(RichText::plain("x"), None);
        let entities = json!([{"type": "bold"}, {"type": "hologram"}]);
        outgoing.parameters.insert("entities".to_owned(), entities);
        let once = plainer(&outgoing, &refusal).unwrap();
        assert_eq!(once.parameters["entities"], json!([{"type": "bold"}]));
        let twice = plainer(&once, &refusal).unwrap();
        assert!(!twice.parameters.contains_key("entities"));
        assert_eq!(plainer(&twice, &refusal), None);
        assert_eq!(plainer(&twice, &Refusal::Blocked), None);
    }
}
