//! What the owner sees once his reply is delivered: 👍 on the reply, and ✅ instead of 🆕 on the
//! copy he answered. Side work: it never delays or aborts a delivery.

use std::time::Instant;

use serde_json::{Map, Value};
use teloxide::types::MessageId;

use super::{
    Relay, SIDE_HOLD,
    compose::text_message,
    header::{ANSWERED, Header, NEW},
    outbound::{Target, running},
    rich::{shifted, units},
};
use crate::{
    clock,
    model::{MessageKey, OwnerId, Part, Reference},
    store::StoreError,
    telegram::{CallError, Outgoing},
    text::Language,
    update::{Message, Person},
};

/// The receipt on a delivered reply.
const RECEIPT: &str = "👍";

impl Relay {
    /// Shows that a reply was delivered.
    pub(super) fn show_delivered(
        &self,
        owner: OwnerId,
        reply: MessageId,
        answered: Option<&Message>,
        target: Target,
    ) {
        let source = MessageKey { bot: self.inner.master.bot, chat: owner.chat(), message: reply };
        self.inner.receipts.insert(source, ());
        let (relay, answered) = (self.clone(), answered.cloned());
        self.inner.side_work.spawn(async move {
            let inner = &relay.inner;
            let key = (owner, target.bot, target.customer);
            if let Err(error) = inner.store.end_waiting(key, clock::now_ms()).await {
                tracing::warn!(%error, "a conversation could not be marked as answered");
            }
            let receipt = inner.telegram.react(&inner.master, owner.chat(), reply, RECEIPT).await;
            report("a receipt could not be shown", &receipt);
            let Some(answered) = answered else { return };
            if let Err(error) = relay.mark_answered(owner, &answered, target).await {
                tracing::warn!(%error, "a copy could not be marked as answered");
            }
        });
    }

    /// Whether this process has shown the receipt of a reply. After a restart nobody knows, and it
    /// is shown once more, which changes nothing.
    pub(super) fn is_receipt_shown(&self, reply: MessageKey) -> bool {
        self.inner.receipts.get(&reply).is_some()
    }

    async fn mark_answered(
        &self,
        owner: OwnerId,
        answered: &Message,
        target: Target,
    ) -> Result<(), StoreError> {
        let inner = &self.inner;
        let key =
            MessageKey { bot: inner.master.bot, chat: answered.chat.id, message: answered.id };
        let Some(copy) = inner.store.reference_of_copy(owner, key).await? else { return Ok(()) };
        let _turn = inner.changes.turn(key).await;
        if inner.edited.since(key, answered.words().unwrap_or_default()) {
            // What the customer says now is not answered yet.
            return Ok(());
        }
        // Not by the looks: a customer's own words may begin like a header.
        let edit = match self.separate_header(owner, &copy).await? {
            Some((header, repeat)) if header != answered.id => {
                self.header_edit(owner, target, header, repeat).await?
            }
            _ => with_new_mark(answered),
        };
        let Some(edit) = edit else { return Ok(()) };
        let master = &self.inner.master;
        let deadline = Instant::now() + SIDE_HOLD;
        let edited =
            self.inner.telegram.deliver(master, answered.chat.id, &edit, master, deadline).await;
        report("a copy could not be marked as answered", &edited.map(drop));
        Ok(())
    }

    /// The header of a copy, where it is a message of its own, and whether it says "possibly a
    /// repeat".
    pub(super) async fn separate_header(
        &self,
        owner: OwnerId,
        copy: &Reference,
    ) -> Result<Option<(MessageId, bool)>, StoreError> {
        let main = Part::main_of(copy.part);
        for (part, repeat) in [(main.header(), false), (main.repeat_notice(), true)] {
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
        header: MessageId,
        repeat: bool,
    ) -> Result<Option<Outgoing>, StoreError> {
        let inner = &self.inner;
        let Some(client) = running(self, owner, target.bot) else { return Ok(None) };
        let person = inner.telegram.person(&client.caller, target.customer).await;
        let Some(person) = person.ok().as_ref().and_then(Person::read) else { return Ok(None) };
        let known = inner.store.known(owner, target.bot, target.customer).await?;
        let language = Language::of(known.owner_language.as_deref());
        let line = Header {
            mark: ANSWERED,
            remark: repeat.then(|| language.repeat()),
            ..Header::new(&person, &client, known.conversation.as_ref(), language)
        };
        let Outgoing { mut parameters, .. } = text_message(line.rich(), None);
        parameters.insert("message_id".to_owned(), header.0.into());
        Ok(Some(Outgoing::new("editMessageText", parameters)))
    }
}

fn report(what: &str, done: &Result<(), CallError>) {
    if let Err(error) = done {
        tracing::debug!(%error, "{what}");
    }
}

/// The edit that turns a copy's 🆕 into ✅, all else as it was; `None` where there is no 🆕.
fn with_new_mark(copy: &Message) -> Option<Outgoing> {
    let (method, text, entities, kept) = if copy.text().is_some() {
        ("editMessageText", "text", "entities", "link_preview_options")
    } else {
        ("editMessageCaption", "caption", "caption_entities", "show_caption_above_media")
    };
    let rest = copy.words()?.strip_prefix(NEW)?;
    let by = i64::try_from(units(ANSWERED)).unwrap_or(0) - i64::try_from(units(NEW)).unwrap_or(0);
    let mut parameters = Map::new();
    parameters.insert("message_id".to_owned(), copy.id.0.into());
    parameters.insert(text.to_owned(), format!("{ANSWERED}{rest}").into());
    if let Some(all) = copy.get(entities).and_then(Value::as_array) {
        let moved: Vec<Value> = all.iter().map(|entity| shifted(entity.clone(), by)).collect();
        parameters.insert(entities.to_owned(), moved.into());
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
        let edit = with_new_mark(&read).unwrap();
        assert_eq!(edit.method, "editMessageText");
        assert_eq!(edit.parameters["text"], "✅ Anna → @b\nhi");
        assert_eq!(edit.parameters["entities"][0]["offset"], 2);
    }

    #[test]
    fn captions_keep_their_place_and_other_copies_are_left_alone() {
        let read = Message::with(&json!({"caption": "🆕 A", "show_caption_above_media": true}));
        let edit = with_new_mark(&read).unwrap();
        assert_eq!(edit.parameters["show_caption_above_media"], true);
        assert_eq!(with_new_mark(&Message::with(&json!({"text": "✅ A"}))), None);
        assert_eq!(with_new_mark(&Message::with(&json!({"sticker": {}}))), None);
    }
}
