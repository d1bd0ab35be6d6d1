//! Every call a message can lead to, made without a database and without Telegram.
//!
//! The relay itself has no use for it: it is the window through which `tests/fuzz` looks at the
//! rooms that only decide.

use teloxide::types::MessageId;

use super::{
    album::{as_media, compose_album},
    answered::with_new_mark,
    compose::{Composed, Quote, Reply, compose, plainer},
    content::{Content, Reading, WordsPlace, read},
    edit::{changed_content, moved_location},
    header::{ANSWERED, Header, NEW, set_apart},
    inbound::Incoming,
    outbound::with_protection,
    reaction::nearest,
    rich::units,
    trust::offence,
};
use crate::{
    model::Conversation,
    telegram::{ClientBot, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// Refusals after which a call is made plainer or told in words.
fn refusals() -> [Refusal; 6] {
    let refused = Refusal::Other { code: 400, description: String::new() };
    let fetched = [Refusal::FileTooBig, Refusal::FileUnavailable, Refusal::BadFileId];
    let [big, gone, bad] = fetched;
    [refused, Refusal::QuoteMismatch, Refusal::ReplyTargetGone, big, gone, bad]
}

/// Where a message comes to.
pub struct Scene<'a> {
    /// The client bot it was written to.
    pub client: &'a ClientBot,
    /// What is known of its writer.
    pub conversation: Option<&'a Conversation>,
    /// The language of whoever reads it.
    pub language: Language,
}

impl Scene<'_> {
    /// The header above a message.
    pub fn header(&self, message: &Message) -> Header {
        let from = message.from.clone().unwrap_or_default();
        Header::new(&from, self.client, self.conversation, self.language)
    }

    /// The calls for one message, each with what would follow its refusal.
    pub fn calls(&self, message: &Message) -> Vec<Outgoing> {
        let mut calls = Vec::new();
        calls.extend(marks_changed(message));
        calls.extend(moved_location(message));
        let Some(incoming) = self.incoming(message) else { return calls };
        let repeated = incoming.labelled().rich();
        for header in [None, Some(incoming.header.rich()), Some(repeated)] {
            for reply in [None, incoming.reply.as_ref()] {
                calls.extend(both(compose(&incoming.content, header.clone(), reply)));
            }
            for is_same_file in [true, false] {
                let changed = changed_content(&incoming.content, header.clone(), is_same_file);
                calls.extend(changed.into_iter().flat_map(both));
            }
        }
        let refused: Vec<_> =
            calls.iter().flat_map(|call| after_refusals(&incoming, call)).collect();
        calls.extend(refused);
        calls.into_iter().map(|call| with_protection(call, self.client)).collect()
    }

    /// The calls for messages that were sent together.
    pub fn album_calls(&self, messages: &[Message]) -> Vec<Outgoing> {
        let incoming: Vec<_> = messages.iter().filter_map(|item| self.incoming(item)).collect();
        let contents: Vec<Content> = incoming.iter().map(|item| item.content.clone()).collect();
        let Some(first) = incoming.first() else { return Vec::new() };
        let (header, reply) = (first.header.rich(), first.reply.as_ref());
        let composed = [Some(header), None].map(|header| compose_album(&contents, header, reply));
        composed.into_iter().flatten().flat_map(both).collect()
    }

    fn incoming(&self, message: &Message) -> Option<Incoming> {
        let content = match read(message, self.language) {
            Reading::Service => return None,
            Reading::Content(content) => *content,
            Reading::Unshowable(kind) => Incoming::untold(message, &kind, self.language),
        };
        let _ = (as_media(&content, &content.words), set_apart(content.words.clone()));
        let _ = offence(message);
        let quote = Quote::read(message);
        let reply = message.reply_to().map(|to| Reply { message: MessageId(to.id.0), quote });
        let header = self.header(message);
        Some(Incoming {
            header,
            content,
            reply,
            incomplete: None,
            owner_language: self.language,
            is_waiting: false,
            refused: 0,
            buttons: None,
        })
    }
}

/// The standard reaction nearest to an emoji.
pub fn nearest_reaction(emoji: &str) -> &'static str {
    nearest::nearest(emoji)
}

/// The edits of a copy's mark. A copy is a message of ours, so it is not longer than they are.
fn marks_changed(message: &Message) -> Vec<Outgoing> {
    let place = if message.text().is_some() { WordsPlace::Text } else { WordsPlace::Caption };
    if units(message.words().unwrap_or_default()) >= place.limit() {
        return Vec::new();
    }
    let turned =
        [(NEW, ANSWERED), (ANSWERED, NEW)].map(|(old, new)| with_new_mark(message, old, new));
    turned.into_iter().flatten().collect()
}

fn both(composed: Composed) -> Vec<Outgoing> {
    composed.header.into_iter().chain([composed.main]).collect()
}

/// What follows when Telegram refuses a call, as far as it goes.
fn after_refusals(incoming: &Incoming, call: &Outgoing) -> Vec<Outgoing> {
    let next = |call: &Outgoing, refusal: &Refusal| {
        plainer(call, refusal).or_else(|| incoming.in_words(call, refusal, true))
    };
    let mut calls = Vec::new();
    for refusal in refusals() {
        let mut call = next(call, &refusal);
        while let Some(made) = call {
            call = next(&made, &refusal);
            calls.push(made);
            if calls.len() > ENDLESS {
                return calls;
            }
        }
    }
    calls
}

/// More plainer calls than one message can have: then it never ends, which the fuzzer reports.
pub const ENDLESS: usize = 64;
