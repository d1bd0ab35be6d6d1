//! What the owner sees once his reply is delivered: 👍 on the reply, ✅ instead of 🆕 on the copy he
//! answered, and below it *Undo*. Side work: it never delays or aborts a delivery.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use teloxide::types::{ChatId, MessageId};

use super::{
    Lane, Relay, SIDE_HOLD,
    album::group_of,
    compose::{compose, text_message},
    content::{Reading, WordsPlace, read},
    header::{ANSWERED, Header, NEW},
    outbound::{Target, running},
    rich::RichText,
};
use crate::{
    clock,
    model::{MessageKey, OwnerId, Part, Reference},
    store::{Purpose, StoreError},
    telegram::{CallError, Outgoing},
    text::Language,
    update::{Message, Person},
};

/// What begins a message that points at a copy: the inbox's pointers and the reminders.
const POINTING: [&str; 2] = ["👆", "⏰"];

/// How often a mark tries to be alone in the customer's chat, and how long it waits between.
const TRIES_TO_BE_ALONE: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(300);

impl Relay {
    /// Shows that a reply was delivered. `replies`: the first and last message of it; they differ
    /// for an album.
    pub(super) fn show_delivered(
        &self,
        owner: OwnerId,
        replies: (MessageId, MessageId),
        answered: Option<&Message>,
        target: Target,
    ) {
        let (bot, chat) = (self.inner.master.bot, owner.chat());
        self.inner.receipts.insert(MessageKey { bot, chat, message: replies.0 }, ());
        let (relay, answered) = (self.clone(), answered.cloned());
        self.inner.side_work.spawn(async move {
            let inner = &relay.inner;
            let key = (owner, target.bot, target.customer);
            let now = clock::now_ms();
            if let Err(error) = inner.store.insist(|| inner.store.end_waiting(key, now)).await {
                tracing::warn!(%error, "a conversation could not be marked as answered");
            }
            relay.show_own_reaction(&inner.master, owner.chat(), replies.0).await;
            if let Err(error) = relay.mark_answered(owner, replies, answered, target).await {
                tracing::warn!(%error, "a copy could not be marked as answered");
            }
        });
    }

    /// Whether this process has shown the receipt of a reply. After a restart nobody knows, and it
    /// is shown once more, which changes nothing.
    pub(super) fn is_receipt_shown(&self, reply: MessageKey) -> bool {
        self.inner.receipts.get(&reply).is_some()
    }

    /// Turns the mark of the answered copy, and offers *Undo* below it: the last reply alone can be
    /// undone by a button, so the one before loses it.
    async fn mark_answered(
        &self,
        owner: OwnerId,
        replies: (MessageId, MessageId),
        answered: Option<Message>,
        target: Target,
    ) -> Result<(), StoreError> {
        let inner = &self.inner;
        let language = self.owner_language(owner).await?;
        let keyboard = Self::undo_keyboard(language, replies.0, replies.1);
        let (bot, chat) = (inner.master.bot, owner.chat());
        let copy_key = |message| MessageKey { bot, chat, message };
        let copy = match &answered {
            Some(answered) => inner.store.reference_of_copy(owner, copy_key(answered.id)).await?,
            None => None,
        };
        // A card has buttons of its own, and no mark.
        let copy = copy.filter(|copy| {
            let words = answered.as_ref().and_then(Message::words).unwrap_or_default();
            !Part::is_pointer(copy.part) || POINTING.iter().any(|mark| words.starts_with(mark))
        });
        let place = if let (Some(_), Some(answered)) = (&copy, &answered) {
            Some(answered.id)
        } else {
            // An answer to an own reply: the customer's latest message stands for it.
            let latest = inner.store.latest_copy(owner, target.bot, target.customer).await?;
            latest.and_then(|latest| latest.copy_message)
        };
        let Some(place) = place else { return Ok(()) };
        let turn = inner.changes.turn(copy_key(place)).await;
        let before = inner.undo_places.get(&owner);
        inner.undo_places.insert(owner, (copy_key(place), keyboard.clone()));
        // Another process may be changing the copy as the customer changed his message.
        let lane = (target.bot, target.customer);
        let is_alone = self.waits_to_be_alone(lane).await?;
        let edit = match (copy, &answered) {
            (Some(copy), Some(answered)) if is_alone => {
                self.marked(owner, answered, &copy, target).await
            }
            _ => Ok(None),
        };
        let edit = edit.inspect_err(|error| tracing::debug!(%error, "a mark stays")).ok().flatten();
        let mut offered = false;
        if let Some(mut edit) = edit {
            offered = edit.parameters.get("message_id") == Some(&place.0.into());
            if offered {
                edit.parameters.insert("reply_markup".to_owned(), keyboard.clone());
            }
            self.edit_in_inbox(chat, &edit).await;
        }
        if !offered {
            self.edit_in_inbox(chat, &keyboard_edit(place, Some(keyboard))).await;
        }
        drop(turn);
        if is_alone {
            inner.store.end_lease(lane, Purpose::Chat).await;
        }
        if let Some((before, _)) = before
            && before != copy_key(place)
        {
            let _turn = inner.changes.turn(before).await;
            self.edit_in_inbox(before.chat, &keyboard_edit(before.message, None)).await;
        }
        Ok(())
    }

    /// Takes the lease of a chat, in which others are at work for a moment at most.
    async fn waits_to_be_alone(&self, lane: Lane) -> Result<bool, StoreError> {
        for _ in 0..TRIES_TO_BE_ALONE {
            if self.inner.store.take_lease(lane, Purpose::Chat).await? {
                return Ok(true);
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        Ok(false)
    }

    /// The buttons below a copy, which an edit without them would take away.
    pub(super) fn buttons_of(&self, owner: OwnerId, copy: MessageKey) -> Option<Value> {
        let (place, keyboard) = self.inner.undo_places.get(&owner)?;
        (place == copy).then_some(keyboard)
    }

    /// The edit that shows a copy as answered; `None` where nothing is to be turned.
    async fn marked(
        &self,
        owner: OwnerId,
        answered: &Message,
        copy: &Reference,
        target: Target,
    ) -> Result<Option<Outgoing>, StoreError> {
        let key =
            MessageKey { bot: self.inner.master.bot, chat: answered.chat.id, message: answered.id };
        let known = self.inner.edited.since(key, answered.words().unwrap_or_default());
        if known || self.is_changed_since(owner, answered, copy).await? {
            // What the customer says now is not answered yet.
            return Ok(None);
        }
        // Not by the looks: a customer's own words may begin like a header.
        Ok(match self.separate_header(owner, copy).await? {
            Some((header, repeat)) if header != answered.id => {
                self.header_edit(owner, target, (header, repeat), answered).await?
            }
            _ if Part::is_pointer(copy.part) => {
                POINTING.iter().find_map(|mark| with_new_mark(answered, mark, ANSWERED))
            }
            _ => with_new_mark(answered, NEW, ANSWERED),
        })
    }

    /// Whether the words of a copy were changed after the owner saw them like this, by whichever
    /// process.
    async fn is_changed_since(
        &self,
        owner: OwnerId,
        seen: &Message,
        copy: &Reference,
    ) -> Result<bool, StoreError> {
        let main = Part::main_of(copy.part);
        let now = self.inner.store.reference_of_source(owner, copy.source, main).await?;
        let seen_at = seen.get("edit_date").and_then(Value::as_i64).unwrap_or(0);
        Ok(now.is_some_and(|now| now.is_changing || now.changed_at.is_some_and(|at| at > seen_at)))
    }

    /// Takes the button *Undo* off a copy, and marks it as new again where it is unanswered.
    pub(super) async fn without_undo(&self, owner: OwnerId, copy: &Message, is_new: bool) {
        let (bot, chat) = (self.inner.master.bot, copy.chat.id);
        let key = MessageKey { bot, chat, message: copy.id };
        let _turn = self.inner.changes.turn(key).await;
        if self.buttons_of(owner, key).is_some() {
            self.inner.undo_places.remove(&owner);
        }
        let turned = if is_new { with_new_mark(copy, ANSWERED, NEW) } else { None };
        let edit = turned.unwrap_or_else(|| keyboard_edit(copy.id, None));
        self.edit_in_inbox(chat, &edit).await;
    }

    async fn edit_in_inbox(&self, chat: ChatId, edit: &Outgoing) {
        let master = &self.inner.master;
        let deadline = Instant::now() + SIDE_HOLD;
        let edited = self.inner.telegram.deliver(master, chat, edit, master, deadline).await;
        report("a copy could not be marked", &edited.map(drop));
    }

    /// The header of a copy, where it is a message of its own, and whether it says "possibly a
    /// repeat".
    pub(super) async fn separate_header(
        &self,
        owner: OwnerId,
        copy: &Reference,
    ) -> Result<Option<(MessageId, bool)>, StoreError> {
        let main = Part::main_of(copy.part);
        // Of two, the one above the copy that counts is that of the repeat.
        for (part, repeat) in [(main.repeat_notice(), true), (main.header(), false)] {
            let known = self.inner.store.reference_of_source(owner, copy.source, part).await?;
            if let Some(header) = known.and_then(|header| header.copy_message) {
                return Ok(Some((header, repeat)));
            }
        }
        Ok(None)
    }

    /// The edit of a header that is a message of its own: its text is made anew, from the name the
    /// customer has now.
    async fn header_edit(
        &self,
        owner: OwnerId,
        target: Target,
        (header, repeat): (MessageId, bool),
        copy: &Message,
    ) -> Result<Option<Outgoing>, StoreError> {
        let inner = &self.inner;
        let Some(client) = running(self, owner, target.bot).await? else { return Ok(None) };
        let person = inner.telegram.person(&client.caller, target.customer).await;
        let Some(person) = person.ok().as_ref().and_then(Person::read) else { return Ok(None) };
        let known = inner.store.known(owner, target.bot, target.customer).await?;
        let language = Language::of(known.owner_language.as_deref());
        let line = Header {
            mark: ANSWERED,
            remark: if repeat {
                Some(language.repeat())
            } else {
                let (bot, chat) = (inner.master.bot, owner.chat());
                let key = MessageKey { bot, chat, message: header };
                inner.edited.is_remarked(key).then(|| language.edited())
            },
            ..Header::new(&person, &client, known.conversation.as_ref(), language)
        };
        if holds_words(copy, &line, language) {
            return Ok(None);
        }
        let Outgoing { mut parameters, .. } = text_message(line.rich(), None);
        parameters.insert("message_id".to_owned(), header.0.into());
        Ok(Some(Outgoing::new("editMessageText", parameters)))
    }
}

/// Whether the header that is apart from this copy holds words that had no room below the file:
/// there was room for the header alone. Made anew it would lose them, so it keeps its mark.
fn holds_words(copy: &Message, line: &Header, language: Language) -> bool {
    if group_of(copy).is_some() {
        return false;
    }
    let Reading::Content(content) = read(copy, language) else { return false };
    let fits = || compose(&content, Some(line.rich()), None).header.is_none();
    content.place == WordsPlace::Caption && fits()
}

fn report(what: &str, done: &Result<(), CallError>) {
    if let Err(error) = done {
        tracing::debug!(%error, "{what}");
    }
}

/// The edit that gives a message other buttons, or none.
fn keyboard_edit(message: MessageId, keyboard: Option<Value>) -> Outgoing {
    let mut parameters = Map::new();
    parameters.insert("message_id".to_owned(), message.0.into());
    if let Some(keyboard) = keyboard {
        parameters.insert("reply_markup".to_owned(), keyboard);
    }
    Outgoing::new("editMessageReplyMarkup", parameters)
}

/// The edit that turns a copy's mark into another, all else as it was; `None` where it has another
/// mark.
pub(super) fn with_new_mark(copy: &Message, old: &str, new: &str) -> Option<Outgoing> {
    let (method, text, entities, kept) = if copy.text().is_some() {
        ("editMessageText", "text", "entities", "link_preview_options")
    } else {
        ("editMessageCaption", "caption", "caption_entities", "show_caption_above_media")
    };
    let turned = RichText::read(copy.json(), text, entities)?.with_beginning(old, new)?;
    let mut parameters = Map::new();
    parameters.insert("message_id".to_owned(), copy.id.0.into());
    parameters.insert(text.to_owned(), turned.text.into());
    if !turned.entities.is_empty() {
        parameters.insert(entities.to_owned(), turned.entities.into());
    }
    if let Some(value) = copy.get(kept) {
        parameters.insert(kept.to_owned(), value.clone());
    }
    Some(Outgoing::new(method, parameters))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_mark_changes_and_entities_stay_on_their_words() {
        let bold = json!([{"type": "bold", "offset": 3, "length": 4}]);
        let read = Message::with(&json!({"text": "🆕 Anna → @b\nhi", "entities": bold}));
        let edit = with_new_mark(&read, NEW, ANSWERED).unwrap();
        assert_eq!(edit.method, "editMessageText");
        assert_eq!(edit.parameters["text"], "✅ Anna → @b\nhi");
        assert_eq!(edit.parameters["entities"][0]["offset"], 2);
    }

    #[test]
    fn entities_on_the_mark_go_with_it() {
        let quote = |length| json!([{"type": "blockquote", "offset": 0, "length": length}]);
        let read = Message::with(&json!({"text": "🆕 A", "entities": quote(4)}));
        let edit = with_new_mark(&read, NEW, ANSWERED).unwrap();
        assert_eq!(edit.parameters["entities"], quote(3));
        let read = Message::with(&json!({"text": "✅ A", "entities": quote(1)}));
        let edit = with_new_mark(&read, ANSWERED, NEW).unwrap();
        assert_eq!(edit.parameters["entities"], quote(2));
    }

    #[test]
    fn captions_keep_their_place_and_other_copies_are_left_alone() {
        let read = Message::with(&json!({"caption": "🆕 A", "show_caption_above_media": true}));
        let edit = with_new_mark(&read, NEW, ANSWERED).unwrap();
        assert_eq!(edit.parameters["show_caption_above_media"], true);
        assert_eq!(with_new_mark(&Message::with(&json!({"text": "✅ A"})), NEW, ANSWERED), None);
        assert_eq!(with_new_mark(&Message::with(&json!({"sticker": {}})), NEW, ANSWERED), None);
    }
}
