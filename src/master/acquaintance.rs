//! Customers as an owner knows them: looked up inside his tenant, whatever a button says.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use teloxide::types::{ChatId, MessageId};

use super::{
    Master, MasterError, Owner,
    actions::{Done, Occasion, plain},
    people::{Errand, PeoplePress, Whom},
    state::Input,
};
use crate::{
    model::{BotId, Known},
    relay::header::shown_name,
    store::{self, BotRow, Present},
    telegram::ClientBot,
    update::Person,
};

/// How long a list waits for a name.
pub(super) const NAME_PATIENCE: Duration = Duration::from_secs(5);
/// Entries on a page of a list.
pub(super) const PAGE: u16 = 8;

/// A customer of an owner.
pub(super) struct Customer {
    pub(super) whom: Whom,
    /// The client bot's username.
    pub(super) bot: String,
    /// The client bot, where it runs.
    pub(super) client: Option<Arc<ClientBot>>,
    /// What the database knows of him.
    pub(super) known: Known,
    /// What Telegram says of him now, where it does.
    pub(super) person: Option<Person>,
    /// His cleaned name, or words for a customer without one.
    pub(super) name: String,
    /// As long as something is done about him he is not forgotten.
    pub(super) _present: Option<Present>,
}

impl Master {
    /// Does what an owner asked about customers.
    pub(super) async fn of_people(
        &self,
        owner: Owner,
        errand: Errand,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        match errand {
            Errand::Ban(whom) => self.ban(owner, whom).await,
            Errand::Card(whom) => self.show_card(owner, whom, occasion).await,
            Errand::FindForNote(whom) => {
                let found = self.knows(owner, whom).await?.then_some(whom);
                Ok(Done::Next(Input::NoteAbout(found)))
            }
            Errand::AskNote(whom) => self.ask_note(owner, whom, occasion).await,
            Errand::KeepNote(whom, text) => self.keep_note(owner, whom, &text).await,
            Errand::Inbox(page) => self.list_waiting(owner, page).await.map(Done::Say),
            Errand::Banned(page) => self.list_banned(owner, page).await.map(Done::Say),
            Errand::Press(press) => self.pressed_about(owner, press, occasion).await,
        }
    }

    async fn pressed_about(
        &self,
        owner: Owner,
        press: PeoplePress,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        match press {
            PeoplePress::Ban(deed, place, whom) => {
                self.change_ban(owner, (deed, place), whom, occasion).await
            }
            PeoplePress::Contact(contact, whom) => {
                self.decide_contact(owner, contact, whom, occasion).await
            }
            PeoplePress::Jump(whom) => self.point_at(owner, whom, occasion).await,
            PeoplePress::Answered(whom, message) => self.mark_answered(owner, whom, message).await,
            PeoplePress::Inbox(page) => self.list_waiting(owner, page).await.map(Done::Say),
            PeoplePress::Banned(page) => self.list_banned(owner, page).await.map(Done::Say),
            PeoplePress::Lift { customer, only, page } => {
                self.lift(owner, customer, only, page).await
            }
            // The dialogue takes it before it comes here.
            PeoplePress::Note(_) => Ok(Done::Stale),
        }
    }

    /// One of an owner's customers; `None` for everybody else, so that nobody learns who exists.
    pub(super) async fn customer(
        &self,
        owner: Owner,
        whom: Whom,
    ) -> Result<Option<Customer>, MasterError> {
        let Some(row) = self.own_bot(owner, whom.bot).await? else { return Ok(None) };
        let who = store::Whom::Customer(whom.customer);
        let Some(present) = self.inner.store.enter(who) else { return Ok(None) };
        let known = self.inner.store.known(owner.id, whom.bot, whom.customer).await?;
        if known.conversation.is_none() || known.is_being_forgotten {
            return Ok(None);
        }
        let client = self.own_client(owner, whom.bot).await?;
        let person = self.person_now(client.as_deref(), whom.customer).await;
        let name = name_of(owner, person.as_ref(), whom.customer);
        let bot = row.username;
        Ok(Some(Customer { whom, bot, client, known, person, name, _present: Some(present) }))
    }

    async fn knows(&self, owner: Owner, whom: Whom) -> Result<bool, MasterError> {
        if self.own_bot(owner, whom.bot).await?.is_none() {
            return Ok(false);
        }
        let known = self.inner.store.known(owner.id, whom.bot, whom.customer).await?;
        Ok(known.conversation.is_some())
    }

    /// A bot that is, or was last, this owner's.
    pub(super) async fn own_bot(
        &self,
        owner: Owner,
        bot: BotId,
    ) -> Result<Option<BotRow>, MasterError> {
        Ok(self.inner.store.bot(bot).await?.filter(|row| row.owner == owner.id))
    }

    async fn own_client(
        &self,
        owner: Owner,
        bot: BotId,
    ) -> Result<Option<Arc<ClientBot>>, MasterError> {
        Ok(self.inner.bots.find(bot).await?.filter(|client| client.owner == owner.id))
    }

    /// The name a customer has now and the username of the bot he writes to.
    pub(super) async fn names(
        &self,
        owner: Owner,
        bot: BotId,
        customer: ChatId,
    ) -> Result<(String, String), MasterError> {
        let client = self.own_client(owner, bot).await?;
        let person = self.person_now(client.as_deref(), customer).await;
        let username = match client {
            Some(client) => client.username.clone(),
            None => self.own_bot(owner, bot).await?.map(|row| row.username).unwrap_or_default(),
        };
        Ok((name_of(owner, person.as_ref(), customer), username))
    }

    async fn person_now(&self, client: Option<&ClientBot>, customer: ChatId) -> Option<Person> {
        let asked = self.inner.telegram.person(&client?.caller, customer);
        let answer = tokio::time::timeout(NAME_PATIENCE, asked).await.ok()?.ok()?;
        Person::read(&answer)
    }
}

fn name_of(owner: Owner, person: Option<&Person>, customer: ChatId) -> String {
    let nobody = Person { id: customer.0, ..Person::default() };
    shown_name(person.unwrap_or(&nobody), owner.language)
}

/// The answer to a command about somebody who is nobody here.
pub(super) fn unknown(owner: Owner) -> Done {
    Done::Say(plain(owner.language.reply_to_unknown()))
}

/// The parameters that make a message a reply. What it replies to may be gone.
pub(super) fn as_reply(to: Option<MessageId>, allow_without: bool) -> Map<String, Value> {
    let mut parameters = Map::new();
    if let Some(to) = to {
        let reply = json!({"message_id": to.0, "allow_sending_without_reply": allow_without});
        parameters.insert("reply_parameters".to_owned(), reply);
    }
    parameters
}
