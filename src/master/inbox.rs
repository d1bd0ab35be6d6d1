//! Who waits for an answer: the list over all bots, the pointer at the message that waits, and
//! *Mark as answered*.

use futures::future::join_all;
use serde_json::Value;
use teloxide::types::MessageId;

use super::{
    Master, MasterError, Owner,
    acquaintance::{PAGE, as_reply},
    actions::{Answer, Done, Occasion, keyboard, plain},
    bans::pages,
    people::{PeoplePress, Whom},
    state::Press,
};
use crate::{
    clock,
    model::{DeliveryState, Direction, MessageKey, Part, Reference, Waiting},
    spans::span,
    store::NewReference,
    telegram::{CallError, Outgoing, Refusal},
};

/// Copies tried when some are gone from the chat.
const TRIED: i64 = 5;

impl Master {
    /// A page of `/inbox`; one that is empty by now gives way to one before it.
    pub(super) async fn list_waiting(
        &self,
        owner: Owner,
        page: u16,
    ) -> Result<Answer, MasterError> {
        let (store, language) = (&self.inner.store, owner.language);
        for page in [page, page.saturating_sub(1), 0] {
            let offset = i64::from(page) * i64::from(PAGE);
            let waiting = store.waiting_of(owner.id, i64::from(PAGE) + 1, offset).await?;
            if !waiting.is_empty() {
                return self.waiting_page(owner, page, waiting).await;
            }
        }
        Ok(plain(language.inbox_empty()))
    }

    async fn waiting_page(
        &self,
        owner: Owner,
        page: u16,
        mut waiting: Vec<Waiting>,
    ) -> Result<Answer, MasterError> {
        let language = owner.language;
        let has_more = waiting.len() > usize::from(PAGE);
        waiting.truncate(usize::from(PAGE));
        let now = clock::now_ms();
        let names = waiting.iter().map(|one| self.names(owner, one.bot, one.customer));
        let mut lines = vec![language.inbox_title(), String::new()];
        let mut buttons = Vec::new();
        for (index, (one, names)) in waiting.iter().zip(join_all(names).await).enumerate() {
            let (name, bot) = names?;
            let number = usize::from(page) * usize::from(PAGE) + index + 1;
            let age = span(language, now.saturating_sub(one.since));
            lines.push(format!("{number}. {name} → @{bot}, {age}"));
            let whom = Whom { bot: one.bot, customer: one.customer };
            let label = format!("{number}. {name} · {age}");
            buttons.push(vec![(label, Press::People(PeoplePress::Jump(whom)))]);
        }
        buttons.extend(pages(page, has_more, PeoplePress::Inbox));
        Ok(Answer { text: lines.join("\n"), buttons })
    }

    /// Answers the copy of the message that waits, so that one tap on the answer leads to it.
    pub(super) async fn point_at(
        &self,
        owner: Owner,
        whom: Whom,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let Occasion::Press(button) = occasion else { return Ok(Done::Stale) };
        let Some(list) = button.message.as_ref() else { return Ok(Done::Stale) };
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(Done::Stale) };
        let state = customer.known.state;
        let waiting = state.waiting_message.zip(state.waiting_since);
        let Some((message, since)) = waiting.filter(|_| !customer.known.is_banned) else {
            return Ok(Done::Stale);
        };
        // The list stands in the key: a second press on it finds that it was done.
        let source = MessageKey { bot: whom.bot, chat: whom.customer, message };
        let part = Part::Pointer(list.id.0);
        let earlier = self.inner.store.reference_of_source(owner.id, source, part).await?;
        if earlier.is_some_and(|earlier| earlier.state == DeliveryState::Sent) {
            return Ok(Done::Stale);
        }
        let age = span(owner.language, clock::now_ms().saturating_sub(since));
        let text = owner.language.pointer(&customer.name, &customer.bot, &age);
        let pointer = self.point(owner, source, &text).await?;
        self.record_pointer(owner, source, part, pointer).await?;
        Ok(Done::Shown)
    }

    /// Sends a text as a reply to the copy of a message, or of the next one whose copy is there.
    pub(super) async fn point(
        &self,
        owner: Owner,
        source: MessageKey,
        text: &str,
    ) -> Result<Option<MessageId>, MasterError> {
        let copies = self.inner.store.copies_since(owner.id, source, TRIED).await?;
        let here = |copy: &&Reference| {
            (copy.copy_bot, copy.copy_chat) == (self.inner.caller.bot, owner.id.chat())
        };
        let copies = copies.iter().filter(here).map(|copy| copy.copy_message);
        let whom = Whom { bot: source.bot, customer: source.chat };
        let answered = Press::People(PeoplePress::Answered(whom, source.message));
        let buttons = [vec![(owner.language.button_answered(), answered)]];
        // At last without a copy: that he waits is worth saying in any case.
        for copy in copies.chain([None]) {
            let mut parameters = as_reply(copy, false);
            parameters.insert("text".to_owned(), text.into());
            parameters.insert("reply_markup".to_owned(), keyboard(&buttons));
            let outgoing = Outgoing::new("sendMessage", parameters);
            match self.send_from(owner.id.chat(), &outgoing, &self.inner.caller).await {
                Err(CallError::NotSent(Refusal::ReplyTargetGone)) => {}
                Err(error) => return Err(MasterError::Answer(error)),
                Ok(sent) => return Ok(message_id(&sent)),
            }
        }
        Ok(None)
    }

    /// Lets a reply to a message of ours reach the customer whom it is about.
    pub(super) async fn record_pointer(
        &self,
        owner: Owner,
        source: MessageKey,
        part: Part,
        pointer: Option<MessageId>,
    ) -> Result<(), MasterError> {
        let Some(pointer) = pointer else { return Ok(()) };
        let store = &self.inner.store;
        let reference = NewReference {
            owner: owner.id,
            direction: Direction::Inbound,
            source,
            part,
            copy_bot: self.inner.caller.bot,
            copy_chat: owner.id.chat(),
        };
        let state = DeliveryState::Sent;
        let now = clock::now_ms();
        store.insist(|| store.begin_reference(reference, state, now)).await?;
        let finish = || store.finish_pointer(owner.id, source, part, pointer);
        store.insist(finish).await?;
        Ok(())
    }

    /// *Mark as answered*: ends the wait that began with this message, and no other.
    pub(super) async fn mark_answered(
        &self,
        owner: Owner,
        whom: Whom,
        message: MessageId,
    ) -> Result<Done, MasterError> {
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(Done::Stale) };
        let key = whom.key(owner.id);
        let ended = self.inner.store.end_waiting_of(key, message, clock::now_ms()).await?;
        let waits_for = customer.known.state.waiting_message;
        if !ended && waits_for.is_some_and(|waits_for| waits_for != message) {
            return Ok(Done::Stale);
        }
        let text = owner.language.marked_answered(&customer.name, &customer.bot);
        Ok(Done::Say(plain(text)))
    }
}

pub(super) fn message_id(sent: &Value) -> Option<MessageId> {
    i32::try_from(sent.get("message_id")?.as_i64()?).ok().map(MessageId)
}
