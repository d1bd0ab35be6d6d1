//! What the owner sees of a customer's change besides the copy itself: its header says so, or, where
//! the copy can't be changed, what was changed comes as a reply to it.

use std::time::Instant;

use serde_json::Value;
use teloxide::types::{ChatId, MessageId};

use super::Changed;

use crate::{
    clock,
    model::{MessageKey, OwnerId, Part},
    relay::{
        INBOUND_HOLD, Relay, Verdict,
        album::group_of,
        carry::Carriage,
        compose::{Reply, text_message},
        customer::Customer,
        header::{ANSWERED, Header},
        inbound::{Carried, Incoming, with_buttons},
    },
    store::StoreError,
    telegram::Outgoing,
    update::Message,
};

impl Relay {
    /// After a copy was changed: its header says so, and it waits for an answer like what is new. A
    /// place that moves asks nothing, and says once that it does.
    pub(super) async fn is_changed(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        (header, header_copy): (Header, Option<MessageId>),
    ) -> Result<(), StoreError> {
        let moves = message.get("location").is_some();
        let inbox = self.inbox(customer.owner());
        let buttons = customer.contact_buttons(message.id).filter(|_| group_of(message).is_some());
        if let Some(message_id) = header_copy {
            let key = MessageKey { bot: inbox.bot, chat: inbox.chat, message: message_id };
            let is_waiting = customer.known.state.waiting_since.is_some();
            let mark = if moves && !is_waiting { ANSWERED } else { header.mark };
            if !moves || !self.inner.edited.is_remarked(key) {
                let header = Header { mark, ..header };
                self.remark(inbox.chat, message_id, &header, buttons).await;
            }
        }
        if !moves {
            let now = clock::now_ms();
            self.inner.store.begin_waiting(customer.key(), message.id, now).await?;
        }
        Ok(())
    }

    /// Writes how a change of a copy's words ended. Unless nobody knows: then it stays written that
    /// one has begun.
    pub(super) async fn has_changed(
        &self,
        owner: OwnerId,
        source: MessageKey,
        changed: &Changed,
    ) -> Result<(), StoreError> {
        let made_at = match changed {
            Changed::Done(made_at) => *made_at,
            Changed::Refused(_) => None,
            Changed::Later(_) => return Ok(()),
        };
        let store = &self.inner.store;
        store.insist(|| store.end_change(owner, source, Part::Main, made_at)).await
    }

    /// Marks a header that is a message of its own.
    async fn remark(
        &self,
        chat: ChatId,
        header_copy: MessageId,
        header: &Header,
        buttons: Option<Value>,
    ) {
        let Outgoing { mut parameters, .. } = text_message(header.rich(), None);
        parameters.insert("message_id".to_owned(), header_copy.0.into());
        let edit = Outgoing::new("editMessageText", parameters);
        let mut edit = with_buttons(edit, buttons.as_ref());
        let master = &self.inner.master;
        let deadline = Instant::now() + INBOUND_HOLD;
        let key = MessageKey { bot: master.bot, chat, message: header_copy };
        let _turn = self.inner.changes.turn(key).await;
        self.with_its_buttons(key, &mut edit);
        let edited = self.inner.telegram.deliver(master, chat, &edit, master, deadline).await;
        self.inner.edited.remarked(key);
        if let Err(error) = edited {
            tracing::debug!(%error, "a header could not be marked as edited");
        }
    }

    /// Says what the customer changed as a reply to the copy that can't be changed.
    pub(super) async fn say_anew(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        header: Header,
        (copy, update): (MessageId, i64),
    ) -> Result<Verdict, StoreError> {
        let Some(incoming) = self.prepare(customer, message).await? else {
            return Ok(Verdict::Done);
        };
        let reply = Some(Reply { message: copy, quote: None });
        let incoming = Incoming { header, reply, refused: 0, buttons: None, ..incoming };
        let carriage = Carriage::inbound(self, customer, customer.source(message));
        let part = Part::Change(update);
        let failure = match self.carry_in(&carriage, &incoming, part).await? {
            Carried::Done | Carried::Before | Carried::Told => return Ok(Verdict::Done),
            Carried::Later(after) => return Ok(Verdict::TryLater(after)),
            Carried::Tell(failure) => failure,
        };
        self.tell_customer(customer, &carriage, part, failure).await
    }
}
