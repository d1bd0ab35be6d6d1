//! A changed message changes its copy: new words, or a live location that moved or ended.
//!
//! ```text
//! Anna changes "at 5" to "at 6":   🆕 Anna @anna → @shop_bot
//!                                  ✏️ edited
//!                                  at 6
//! ```
//!
//! A change of something never relayed changes nothing.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Instant,
};

use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use teloxide::types::{ChatId, MessageId};

use super::{
    INBOUND_HOLD, Relay, Verdict,
    compose::{Composed, Reply, compose, plainer, replying, text_message},
    content::{Content, LOCATION, Reading, WordsPlace, pick, read},
    customer::Customer,
    header::Header,
    outbound::running,
    rich::RichText,
};
use crate::{
    clock,
    model::{BotId, Direction, MessageKey, OwnerId, Part, Reference},
    store::StoreError,
    telegram::{CallError, Caller, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// Copies whose latest edit is remembered.
const REMEMBERED: usize = 4096;

impl Relay {
    /// Changes the copy of a customer's changed message.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn inbound_edit(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let client = customer.client;
        let source = MessageKey { bot: client.id(), chat: message.chat.id, message: message.id };
        if self.inner.store.is_handled(source.bot, update).await? {
            return Ok(Verdict::Done);
        }
        let Some((copy, reference)) = self.copy_of(client.owner, source).await? else {
            return Ok(Verdict::Done);
        };
        let edit = if let Some(moved) = moved_location(message) {
            Some(moved)
        } else {
            let language = customer.owner_language();
            let mut header = Header::of(customer);
            header.remark = Some(language.edited());
            match changed_words(message, language, Some(&header)) {
                Some(Composed { header: Some(header), main })
                    if self.separate_header(client.owner, &reference).await?.is_none() =>
                {
                    let verdict = self.say_anew(reference.copy_chat, copy, header, &main).await;
                    return self.changed_once(source.bot, update, verdict).await;
                }
                changed => changed.map(|changed| changed.main),
            }
        };
        let writer = &self.inner.master;
        let verdict = self.change(writer, reference.copy_chat, copy, edit).await;
        self.changed_once(source.bot, update, verdict).await
    }

    /// Changes what the customer sees of an owner's changed reply.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbound_edit(
        &self,
        owner: OwnerId,
        message: &Message,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let source = self.source(message);
        if self.inner.store.is_handled(source.bot, update).await? {
            return Ok(Verdict::Done);
        }
        let found = self.copy_of(owner, source).await?;
        let Some((copy, reference)) = found else { return Ok(Verdict::Done) };
        if reference.direction != Direction::Outbound {
            return Ok(Verdict::Done);
        }
        let Some(client) = running(self, owner, reference.client_bot()) else {
            return Ok(Verdict::Done);
        };
        let edit = moved_location(message).or_else(|| {
            changed_words(message, Language::English, None).map(|changed| changed.main)
        });
        let verdict = self.change(&client.caller, reference.customer(), copy, edit).await;
        self.changed_once(source.bot, update, verdict).await
    }

    /// Remembers a change that was made: delivered again after newer ones, it would undo them.
    async fn changed_once(
        &self,
        bot: BotId,
        update: i64,
        verdict: Verdict,
    ) -> Result<Verdict, StoreError> {
        if verdict == Verdict::Done {
            self.inner.store.mark_handled(bot, update, clock::now_ms()).await?;
        }
        Ok(verdict)
    }

    /// Says changed words below their copy, which has no room for them: without its header a copy
    /// would no longer say who wrote it.
    async fn say_anew(
        &self,
        chat: ChatId,
        copy: MessageId,
        header: Outgoing,
        changed: &Outgoing,
    ) -> Verdict {
        let reply = Reply { message: copy, quote: None };
        let words = ["text", "caption"].map(|key| {
            let entities = if key == "text" { "entities" } else { "caption_entities" };
            RichText::read(&Value::Object(changed.parameters.clone()), key, entities)
        });
        let words = words.into_iter().flatten().next().unwrap_or_default();
        let writer = &self.inner.master;
        let deadline = Instant::now() + INBOUND_HOLD;
        for part in [replying(header, Some(&reply)), text_message(words, Some(&reply))] {
            let said = self.inner.telegram.deliver(writer, chat, &part, writer, deadline).await;
            if let Err(CallError::NotSent(Refusal::TooFast { retry_after })) = said {
                return Verdict::TryLater(retry_after);
            }
        }
        Verdict::Done
    }

    async fn copy_of(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Option<(MessageId, Reference)>, StoreError> {
        let known = self.inner.store.reference_of_source(owner, source, Part::Main).await?;
        Ok(known.and_then(|known| Some((known.copy_message?, known))))
    }

    async fn change(
        &self,
        writer: &Caller,
        chat: ChatId,
        copy: MessageId,
        edit: Option<Outgoing>,
    ) -> Verdict {
        let Some(mut edit) = edit else { return Verdict::Done };
        edit.parameters.insert("message_id".to_owned(), copy.0.into());
        let deadline = Instant::now() + INBOUND_HOLD;
        let key = MessageKey { bot: writer.bot, chat, message: copy };
        let _turn = self.inner.changes.turn(key).await;
        loop {
            let done = self.inner.telegram.deliver(writer, chat, &edit, writer, deadline).await;
            let refusal = match done {
                // An edit repeated changes nothing, so "unknown" needs no label.
                Err(CallError::Unknown(_)) => {
                    return Verdict::TryLater(std::time::Duration::from_secs(2));
                }
                Err(CallError::NotSent(Refusal::TooFast { retry_after })) => {
                    return Verdict::TryLater(retry_after);
                }
                Err(CallError::NotSent(refusal)) => refusal,
                Ok(_) => {
                    self.inner.edited.remember(key, words_of(&edit));
                    return Verdict::Done;
                }
            };
            let Some(next) = plainer(&edit, &refusal) else {
                tracing::debug!(%refusal, "a copy could not be changed");
                return Verdict::Done;
            };
            edit = next;
        }
    }
}

/// Which words the latest edits put into copies, as hashes: content is kept nowhere. An answer
/// carries the copy as it was when the owner wrote, and its mark must not bring that back.
pub(super) struct Edited(Cache<MessageKey, u64>);

impl Edited {
    pub(super) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    fn remember(&self, copy: MessageKey, words: &str) {
        self.0.insert(copy, hash(words));
    }

    /// Whether a copy shows other words by now.
    pub(super) fn since(&self, copy: MessageKey, words: &str) -> bool {
        self.0.get(&copy).is_some_and(|now| now != hash(words))
    }
}

fn hash(words: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.trim_end().hash(&mut hasher);
    hasher.finish()
}

fn words_of(edit: &Outgoing) -> &str {
    let words = ["text", "caption"].iter().find_map(|key| edit.parameters.get(*key)?.as_str());
    words.unwrap_or_default()
}

/// The call for a live location that moved, or that ended and so has no period any more.
fn moved_location(message: &Message) -> Option<Outgoing> {
    let location = message.get("location").filter(|_| message.get("venue").is_none())?;
    if location.get("live_period").is_none() {
        return Some(Outgoing::new("stopMessageLiveLocation", Map::new()));
    }
    let mut parameters = pick(location, LOCATION);
    parameters.remove("live_period");
    Some(Outgoing::new("editMessageLiveLocation", parameters))
}

/// The call for changed words, with the header above them where there is room.
fn changed_words(
    message: &Message,
    language: Language,
    header: Option<&Header>,
) -> Option<Composed> {
    let Reading::Content(content) = read(message, language) else { return None };
    let Content { place, ref outgoing, .. } = *content;
    let (method, kept) = match place {
        WordsPlace::Text => ("editMessageText", &["link_preview_options"][..]),
        WordsPlace::Caption => ("editMessageCaption", &["show_caption_above_media"][..]),
        WordsPlace::None => return None,
    };
    let kept: Map<_, _> = kept
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), outgoing.parameters.get(*key)?.clone())))
        .collect();
    let edit = Content { outgoing: Outgoing::new(method, kept), ..*content };
    Some(compose(&edit, header.map(Header::rich), None))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_location_moves_while_it_lives_and_then_stops() {
        let live = json!({"latitude": 1.0, "longitude": 2.0, "live_period": 60, "heading": 9});
        let moved = moved_location(&Message::with(&json!({ "location": live }))).unwrap();
        assert_eq!(moved.method, "editMessageLiveLocation");
        assert_eq!(
            Value::Object(moved.parameters),
            json!({"latitude": 1.0, "longitude": 2.0, "heading": 9})
        );
        let ended = json!({"latitude": 1.0, "longitude": 2.0});
        let ended = moved_location(&Message::with(&json!({ "location": ended }))).unwrap();
        assert_eq!(ended.method, "stopMessageLiveLocation");
    }

    #[test]
    fn changed_words_keep_what_belongs_to_them() {
        let options = json!({"is_disabled": true});
        let read = Message::with(&json!({"text": "at 6", "link_preview_options": options}));
        let edit = changed_words(&read, Language::English, None).unwrap().main;
        assert_eq!(edit.method, "editMessageText");
        assert_eq!(edit.parameters["text"], "at 6");
        assert_eq!(edit.parameters["link_preview_options"], options);
        assert!(
            changed_words(
                &Message::with(&json!({"sticker": {"file_id": "x"}})),
                Language::English,
                None
            )
            .is_none()
        );
    }
}
