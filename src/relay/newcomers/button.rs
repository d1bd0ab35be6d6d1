//! The button by which newcomers show that they are people: asked for, pressed, or not.

use serde_json::{Value, json};
use teloxide::types::MessageId;

use super::{BUTTON, CHECK, in_words, lane_of};
use crate::{
    account::{Fate, note},
    clock, failpoint,
    relay::{
        Relay, Verdict, customer::Customer, parking::Lane, patience::LONGEST, trust::offence,
        worth_telling_later,
    },
    store::{ParkedKind, ParkedRow, StoreError},
    text::Language,
    update::{Button, Message},
};

impl Relay {
    /// Asks a newcomer to press a button, below the message that waits for it.
    pub(super) async fn ask_check(
        &self,
        customer: &Customer<'_>,
        message: &Message,
    ) -> Result<Verdict, StoreError> {
        // Here it is always due: the message is with this question alone.
        let (language, caller) = (customer.language(), &customer.client.caller);
        let (text, buttons) = (language.newcomer_check(), check_buttons(language));
        let said = self.say(caller, customer.chat, Some(message.id), &text, Some(buttons)).await;
        if let Some(after) = worth_telling_later(&said) {
            return Ok(Verdict::TryLater(after));
        }
        self.inner.notices.told(lane_of(customer), BUTTON, clock::now_ms());
        failpoint::at("newcomer", "asked");
        // Written once it is said: after a crash between the two he is asked twice, never not.
        let (store, key) = (&self.inner.store, customer.key());
        store.insist(|| store.ask_check(key, Some(message.id))).await?;
        note(Fate::Answered);
        Ok(Verdict::Done)
    }

    /// Keeps what a newcomer writes before he has pressed his button, and asks him once more.
    pub(super) async fn keep_asked(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let (store, lane) = (&self.inner.store, lane_of(customer));
        self.park(customer.source(message), ParkedKind::Asked, message, update).await?;
        failpoint::at("newcomer", "kept");
        if store.is_shared() {
            // He may have pressed it at this moment, and another process passed on what waited.
            let known = store.known(customer.owner(), lane.0, lane.1).await?;
            if known.state.checked_at.is_some() {
                store.release_asked(lane.0, lane.1).await?;
                self.look_up_parked(lane).await?;
                return Ok(Verdict::Done);
            }
        }
        note(Fate::Parked);
        let about = customer.known.state.check_message.unwrap_or(message.id);
        let told = self.tell_newcomer(customer, about, BUTTON).await;
        Ok(told.map_or_else(|verdict| verdict, |_| Verdict::Done))
    }

    /// A newcomer pressed his button: what it replies to is passed on, and what he wrote since.
    ///
    /// # Errors
    /// When the database fails; the press then is to be delivered again.
    pub(in crate::relay) async fn check_pressed(
        &self,
        customer: &Customer<'_>,
        button: &Button,
        update: i64,
    ) -> Result<(), StoreError> {
        let (store, key, lane) = (&self.inner.store, customer.key(), lane_of(customer));
        let Some(question) = &button.message else { return Ok(()) };
        let is_new = self.is_newcomer(customer).await?;
        let is_own =
            |it: &Message| it.from.as_ref().is_some_and(|from| from.id == customer.from.id);
        let original = question.reply_to().filter(is_own);
        let mut text = customer.language().newcomer_passed();
        if let Some(original) = &original
            && is_new
            && customer.client.settings.newcomers.careful
            && let Some((reason, _)) = offence(original)
        {
            // He has changed it since.
            text = in_words(reason, customer.language());
        } else if let Some(original) = &original {
            self.keep_original(customer, original, update).await?;
        }
        let mut rows = store.parked_in(lane.0, lane.1).await?;
        rows.retain(|row| matches!(row.kind, ParkedKind::Asked | ParkedKind::Item));
        let asks_owner = is_new && customer.client.settings.newcomers.ask_first;
        if let Some(first) = rows.first().filter(|_| asks_owner) {
            store.ask_contact(key, first.source.message).await?;
        }
        if rows.is_empty() && original.is_none() {
            text = customer.language().newcomer_gone();
        }
        // What is released goes its way after any crash, and is there before he counts as checked.
        store.release_asked(lane.0, lane.1).await?;
        failpoint::at("newcomer", "released");
        store.set_checked(key, clock::now_ms()).await?;
        self.look_up_parked(lane).await?;
        // He is through, said or not: there is nothing to try again.
        let _ = self.settle_question(customer, button, question, text).await;
        Ok(())
    }

    /// Keeps what a question replies to until it is passed on, unless it is already.
    async fn keep_original(
        &self,
        customer: &Customer<'_>,
        original: &Message,
        update: i64,
    ) -> Result<(), StoreError> {
        let (store, source) = (&self.inner.store, customer.source(original));
        let rows = store.parked_in(source.bot, source.chat).await?;
        let is_it = |row: &ParkedRow| {
            row.source == source && matches!(row.kind, ParkedKind::Asked | ParkedKind::Item)
        };
        if rows.iter().any(is_it) || self.has_reference(customer, source).await? {
            return Ok(());
        }
        self.park(source, ParkedKind::Asked, original, update).await?;
        failpoint::at("newcomer", "brought");
        Ok(())
    }

    /// Takes back what waits for a newcomer's button: one message, or the last; gives it where there
    /// was any.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::relay) async fn take_asked_back(
        &self,
        customer: &Customer<'_>,
        message: Option<MessageId>,
    ) -> Result<Option<MessageId>, StoreError> {
        if customer.known.state.check_message.is_none() {
            return Ok(None);
        }
        let (bot, chat) = lane_of(customer);
        let rows = self.inner.store.parked_in(bot, chat).await?;
        let is_it = |row: &&ParkedRow| {
            row.kind == ParkedKind::Asked && message.is_none_or(|it| it == row.source.message)
        };
        let Some(row) = rows.iter().rfind(is_it) else { return Ok(None) };
        self.inner.store.unpark(row).await?;
        Ok(Some(row.source.message))
    }

    /// The chats in which something has waited for a button too long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asked_too_long(&self) -> Result<Vec<Lane>, StoreError> {
        self.inner.store.asked_before(clock::now_ms() - clock::in_ms(LONGEST)).await
    }

    /// Gives up what waits for a button in a chat, and says so. The chat's turn has to be held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_asked_up(&self, (bot, chat): Lane) -> Result<(), StoreError> {
        let store = &self.inner.store;
        let Some(_present) = self.goes_on_in((bot, chat)).await? else { return Ok(()) };
        let mut rows = store.parked_in(bot, chat).await?;
        rows.retain(|row| row.kind == ParkedKind::Asked);
        let items = self.parked((bot, chat), ParkedKind::Asked).await?;
        let from = items.iter().find_map(|item| item.message.from.as_ref());
        if let (Some(client), Some(from)) = (self.inner.bots.current(bot).await?, from) {
            let known = store.known(client.owner, bot, chat).await?;
            let customer = Customer { client: &client, from, chat, known };
            if !customer.known.is_banned {
                let text = customer.language().newcomer_expired();
                let about = rows.first().map(|row| row.source.message);
                let said = self.say(&client.caller, chat, about, &text, None).await;
                if worth_telling_later(&said).is_some() {
                    // The next look tells it.
                    return Ok(());
                }
                failpoint::at("newcomer", "expired");
            }
            store.ask_check(customer.key(), None).await?;
        }
        for row in &rows {
            store.unpark(row).await?;
        }
        Ok(())
    }
}

pub(super) fn check_buttons(language: Language) -> Value {
    let button = json!({"text": language.newcomer_check_button(), "callback_data": CHECK});
    json!({"inline_keyboard": [[button]]})
}
