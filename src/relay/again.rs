//! *Send again*: the button under "was not delivered".
//!
//! The button's message is an answer to the owner's reply, and Telegram gives that reply along with
//! the press: nothing of it needs to be stored. The reference lets one press through, however
//! often the button is pressed.

use serde_json::{Map, Value};

use super::{
    Failure, OUTBOUND_HOLD, Relay,
    album::group_of,
    carry::{Attempt, Carriage, Standing},
    content::{Reading, read},
    outbound::{Replied, Target, Undelivered, running, send_again_keyboard},
    worth_telling_later,
};
use crate::{
    clock,
    model::{DeliveryState, Direction, MessageKey, OwnerId, Part, Reference},
    store::{ParkedKind, StoreError},
    telegram::{CallError, Outgoing},
    update::{Button, Message},
};

impl Relay {
    /// Sends a reply once more, and says in place of the notice how that went; gives why that could
    /// not be said.
    ///
    /// # Errors
    /// When the database fails; the press then is to be delivered again.
    pub async fn again(
        &self,
        owner: OwnerId,
        button: &Button,
    ) -> Result<Result<(), CallError>, StoreError> {
        let language = self.owner_language(owner).await?;
        let original = button.message.as_ref().and_then(Message::reply_to);
        let Some((notice, original)) = button.message.as_ref().zip(original) else {
            self.toast(button, Some(language.original_gone())).await;
            return Ok(Ok(()));
        };
        self.toast(button, Some(language.sending_again())).await;
        let source = self.source(&original);
        let store = &self.inner.store;
        let closings = self.closings();
        let known = store.reference_of_source(owner, source, Part::Main).await?;
        let present = match &known {
            Some(known) => self.begins_about(known.customer(), closings).await?,
            None => None,
        };
        // Without it he was forgotten, or is just now.
        let Some((known, _present)) = known.zip(present) else {
            return Ok(self.rewrite(notice, &language.reply_to_unknown(), None).await);
        };
        let Some(replied) = self.all_once_more(owner, &original, &known).await? else {
            return Ok(self.rewrite(notice, &language.original_gone(), None).await);
        };
        let (text, keyboard) = match replied {
            Replied::Done => (language.delivered_now(), None),
            Replied::Delivered => {
                let only = (original.id, original.id);
                self.show_delivered(owner, only, None, Target::of_repeat(&known));
                (language.delivered_now(), None)
            }
            Replied::Later(_) => {
                let failure = self.still_waits(owner, source).await?;
                let failure = failure.unwrap_or(Failure::Uncertain);
                // Nobody tries it by himself any more: a change of it must not wait for that.
                self.is_told(owner, source, failure).await?;
                (failure.for_owner(language, ""), Some(send_again_keyboard(language)))
            }
            Replied::Undelivered(undelivered) => {
                let failure = undelivered.failure;
                self.is_told(owner, source, failure).await?;
                let again = failure.can_send_again().then(|| send_again_keyboard(language));
                (self.undelivered_text(owner, source, &undelivered, language).await?, again)
            }
        };
        Ok(self.rewrite(notice, &text, keyboard).await)
    }

    /// Sends a reply or its album once more, if the owner's plan lets him; `None` where it is gone.
    async fn all_once_more(
        &self,
        owner: OwnerId,
        original: &Message,
        known: &Reference,
    ) -> Result<Option<Replied>, StoreError> {
        if known.state != DeliveryState::Sent
            && let Some(failure) = self.refused_now(owner, known.client_bot()).await?
        {
            let undelivered = Undelivered { failure, kind: String::new() };
            return Ok(Some(Replied::Undelivered(undelivered)));
        }
        Ok(match group_of(original) {
            Some(group) => self.album_once_more(owner, group, known).await?,
            None => Some(self.once_more(owner, original, known).await?),
        })
    }

    /// Writes that the owner knows that a reply is not delivered.
    async fn is_told(
        &self,
        owner: OwnerId,
        source: MessageKey,
        failure: Failure,
    ) -> Result<(), StoreError> {
        let (store, state) = (&self.inner.store, DeliveryState::Told);
        let reason = Some(failure.word());
        store.insist(|| store.set_reference_state(owner, source, Part::Main, state, reason)).await
    }

    /// Sends an album once more, from the items kept for this; `None` where they are gone.
    async fn album_once_more(
        &self,
        owner: OwnerId,
        group: &str,
        known: &Reference,
    ) -> Result<Option<Replied>, StoreError> {
        if known.state == DeliveryState::Sent {
            return Ok(Some(Replied::Done));
        }
        let store = &self.inner.store;
        let mut items =
            self.parked((known.source.bot, known.source.chat), ParkedKind::Kept).await?;
        items.retain(|item| group_of(&item.message) == Some(group));
        if items.is_empty() {
            return Ok(None);
        }
        for item in &items {
            let source = item.row.source;
            let own = store.reference_of_source(owner, source, Part::Main).await?;
            let Some(own) = own.filter(|own| own.state != DeliveryState::Sent) else { continue };
            // As an attempt that was cut off, where nobody knows what the last one did.
            let uncertain = Failure::from_word(own.reason.as_deref()) == Failure::Uncertain;
            let state = if uncertain { DeliveryState::Sending } else { DeliveryState::Held };
            store.set_reference_state(owner, source, Part::Main, state, None).await?;
            store.written_anew(owner, source, clock::now_ms()).await?;
        }
        let replied = self.send_album(owner, &items, Target::of_repeat(known), None).await?;
        match &replied {
            Replied::Done | Replied::Delivered => self.unpark(&items).await?,
            Replied::Undelivered(undelivered) => {
                self.tell_album(owner, &items, undelivered.failure).await?;
            }
            Replied::Later(_) => {
                self.tell_album(owner, &items, Failure::Uncertain).await?;
            }
        }
        Ok(Some(replied))
    }

    async fn once_more(
        &self,
        owner: OwnerId,
        original: &Message,
        known: &Reference,
    ) -> Result<Replied, StoreError> {
        let undelivered =
            |failure| Ok(Replied::Undelivered(Undelivered { failure, kind: String::new() }));
        let language = self.owner_language(owner).await?;
        let Reading::Content(content) = read(original, language) else {
            return undelivered(Failure::Kind);
        };
        let Some(client) = running(self, owner, known.client_bot()).await? else {
            return undelivered(self.why_none_runs(owner).await?);
        };
        let store = &self.inner.store;
        let life = store.stay_alive().await?;
        // By this the plan counts it: in the month in which it goes out.
        store.written_anew(owner, known.source, clock::now_ms()).await?;
        let Some(known) = self.claim(owner, known).await? else { return Ok(Replied::Done) };
        self.inner.tally.retried(Direction::Outbound);
        let to = (&client.caller, known.customer());
        let carriage = Carriage::outbound(self, owner, known.source, to);
        let repeat = known.state == DeliveryState::Sending
            || known.attempts > 1
            || Failure::from_word(known.reason.as_deref()) == Failure::Uncertain;
        let attempts = known.next_attempt();
        let attempt = Attempt {
            part: Part::Main,
            initial: DeliveryState::Sending,
            number: if repeat { attempts.max(2) } else { 1 },
            life,
        };
        self.carry_out(&carriage, &content, None, Standing::Go(attempt)).await
    }

    /// Takes a reply that was given up for one more attempt, and gives it as it was before; `None`
    /// when it is delivered already. The notice can be pressed before it is recorded as said, so
    /// what changes meanwhile is looked at again.
    async fn claim(
        &self,
        owner: OwnerId,
        known: &Reference,
    ) -> Result<Option<Reference>, StoreError> {
        let store = &self.inner.store;
        let mut known = known.clone();
        loop {
            if known.state == DeliveryState::Sent || known.direction != Direction::Outbound {
                return Ok(None);
            }
            if store.resume_reference(&known, Part::Main, DeliveryState::Sending).await? {
                return Ok(Some(known));
            }
            let now = store.reference_of_source(owner, known.source, Part::Main).await?;
            let Some(now) = now else { return Ok(None) };
            known = now;
        }
    }

    pub(super) async fn toast(&self, button: &Button, text: Option<String>) {
        let inner = &self.inner;
        if let Err(error) = inner.telegram.answer_button(&inner.master, &button.query, text).await {
            tracing::debug!(%error, "a button press could not be answered");
        }
    }

    /// Changes the words of a notice. Where that is refused for good, such as one that is deleted,
    /// nobody reads the old ones.
    async fn rewrite(
        &self,
        notice: &Message,
        text: &str,
        keyboard: Option<Value>,
    ) -> Result<(), CallError> {
        let mut parameters = Map::new();
        parameters.insert("message_id".to_owned(), notice.id.0.into());
        parameters.insert("text".to_owned(), text.into());
        if let Some(keyboard) = keyboard {
            parameters.insert("reply_markup".to_owned(), keyboard);
        }
        let edit = Outgoing::new("editMessageText", parameters);
        let (master, chat) = (&self.inner.master, notice.chat.id);
        let edited = self.deliver_often(master, chat, &edit, OUTBOUND_HOLD).await;
        let Err(error) = edited else { return Ok(()) };
        tracing::debug!(%error, "a notice could not be rewritten");
        match error {
            // Messages may get through where changes do not.
            CallError::Unknown(_) => self.say(master, chat, Some(notice.id), text, None).await,
            error if worth_telling_later(&Err(error.clone())).is_some() => Err(error),
            CallError::NotSent(_) => Ok(()),
        }
    }
}
