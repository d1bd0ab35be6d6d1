//! *Accept* and *Ban* below the first message of a newcomer.
//!
//! ```text
//! 🆕 Anna @anna → @shop_bot        (accepted)   the buttons go, and Anna may write like everybody
//! Do you have tea?                 (banned)     🚫 Anna is banned from all your bots.
//! [Accept] [Ban]                                [Delete his messages here too] …
//! ```

use std::time::{Duration, Instant};

use serde_json::Map;

use super::{
    Master, MasterError, Owner,
    acquaintance::{Customer, as_reply},
    actions::{Done, Occasion, keyboard},
    people::Whom,
};
use crate::{clock, failpoint, model::Contact, telegram::Outgoing, text::Language, update::Button};

/// How long it is tried to tell a customer that he is accepted.
const HOLD: Duration = Duration::from_secs(10);

impl Master {
    /// Decides about a newcomer. The copy stays as it is, without its buttons.
    pub(super) async fn decide_contact(
        &self,
        owner: Owner,
        contact: Contact,
        whom: Whom,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(Done::Stale) };
        match contact {
            Contact::Accept => self.accept(owner, &customer, occasion).await,
            Contact::Ban => self.ban_contact(owner, &customer, occasion).await,
        }
    }

    async fn accept(
        &self,
        owner: Owner,
        customer: &Customer,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        if customer.known.is_banned {
            // He was banned by other means meanwhile: that is lifted where bans are.
            return Ok(Done::Stale);
        }
        let key = customer.whom.key(owner.id);
        self.inner.store.trust(key, clock::now_ms()).await?;
        failpoint::at("contact", "accepted");
        self.take_buttons(owner, occasion).await?;
        if customer.known.state.refused_told_at.is_some() {
            self.tell_accepted(customer);
        }
        Ok(Done::Noted(owner.language.contact_accepted(&customer.name)))
    }

    async fn ban_contact(
        &self,
        owner: Owner,
        customer: &Customer,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let bans = self.bans_of_customer(owner, customer.whom.customer).await?;
        self.ban_everywhere(owner, customer.whom, &bans).await?;
        let answer = self.ban_answer(owner, customer, None).await?;
        let copy = match occasion {
            Occasion::Press(Button { message: Some(copy), .. }) => Some(copy.id),
            _ => None,
        };
        let mut parameters = as_reply(copy, true);
        parameters.insert("text".to_owned(), answer.text.into());
        parameters.insert("reply_markup".to_owned(), keyboard(&answer.buttons));
        self.send(owner.id.chat(), Outgoing::new("sendMessage", parameters)).await?;
        self.take_buttons(owner, occasion).await?;
        Ok(Done::Shown)
    }

    /// Takes the buttons off the copy they were pressed on. Where Telegram refuses that, they do
    /// nothing that was not decided before.
    async fn take_buttons(&self, owner: Owner, occasion: Occasion<'_>) -> Result<(), MasterError> {
        let Occasion::Press(Button { message: Some(copy), .. }) = occasion else { return Ok(()) };
        let mut parameters = Map::new();
        parameters.insert("message_id".to_owned(), copy.id.0.into());
        let edit = Outgoing::new("editMessageReplyMarkup", parameters);
        match self.send(owner.id.chat(), edit).await {
            Err(error) if error.is_passing() => Err(error),
            Err(error) => {
                tracing::debug!(%error, "the buttons of a newcomer stay");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Tells a customer who was refused something that he may send it now. Side work: that he is
    /// accepted holds, said or not.
    fn tell_accepted(&self, customer: &Customer) {
        let Some(client) = customer.client.clone() else { return };
        let language = Language::of(customer.known.customer_language(None));
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), language.newcomer_accepted().into());
        let outgoing = Outgoing::new("sendMessage", parameters);
        let (telegram, chat) = (self.inner.telegram.clone(), customer.whom.customer);
        self.inner.side_work.spawn(async move {
            let (caller, deadline) = (&client.caller, Instant::now() + HOLD);
            if let Err(error) = telegram.deliver(caller, chat, &outgoing, caller, deadline).await {
                tracing::debug!(%error, "a customer could not be told that he is accepted");
            }
        });
    }
}
