//! What customers of a suspended owner meet: they are told, once a day, that their message was not
//! passed on.
//!
//! ```text
//! Anna:      Do you have tea?
//! @shop_bot: ⏸ This message was not passed on: the bot is out of service at the moment. …
//! ```
//!
//! What a customer asks about himself or takes back goes on working, and so does what was begun
//! before.

use super::{
    Relay, Verdict,
    content::{Reading, read},
    customer::Customer,
    edit::moved_location,
    worth_telling_later,
};
use crate::{
    account::{Fate, Rule, note},
    clock,
    store::StoreError,
    update::{Kind, Message},
};

/// How long a customer who was told is not told again, in milliseconds.
const TOLD_FOR: i64 = 24 * 3600 * 1000;
/// Commands that are answered all the same.
const COMMANDS: [&str; 5] = ["help", "language", "delete", "privacy", "forget"];

impl Relay {
    /// Stops what a customer of a suspended owner did; `None` where it goes on all the same.
    ///
    /// # Errors
    /// When the database fails; the update then is to be delivered again.
    pub(super) async fn stop_if_suspended(
        &self,
        customer: &Customer<'_>,
        kind: &Kind,
    ) -> Result<Option<Verdict>, StoreError> {
        if !customer.known.is_owner_suspended {
            return Ok(None);
        }
        match kind {
            Kind::Message(message) if is_answered(message) => Ok(None),
            Kind::Message(message) => {
                // It was on its way before: nobody knows yet, or it was told, how that ended.
                if self.has_reference(customer, customer.source(message)).await? {
                    return Ok(None);
                }
                self.tell_of_suspension(customer, message).await.map(Some)
            }
            Kind::Edited(message) if moved_location(message).is_none() => {
                self.tell_of_suspension(customer, message).await.map(Some)
            }
            Kind::Edited(_) | Kind::Reaction(_) => {
                note(Fate::Ignored(Rule::Suspended));
                Ok(Some(Verdict::Done))
            }
            Kind::Button(_)
            | Kind::Membership(_)
            | Kind::Checkout(_)
            | Kind::Subscription(_)
            | Kind::Other => Ok(None),
        }
    }

    async fn tell_of_suspension(
        &self,
        customer: &Customer<'_>,
        message: &Message,
    ) -> Result<Verdict, StoreError> {
        note(Fate::Ignored(Rule::Suspended));
        let (store, caller, chat) = (&self.inner.store, &customer.client.caller, customer.chat);
        let since = clock::now_ms().saturating_sub(TOLD_FOR);
        if read(message, customer.language()) == Reading::Service
            || store.is_refused_since(caller.bot, chat, since).await?
        {
            return Ok(Verdict::Done);
        }
        let text = customer.language().customer_suspended();
        let told = self.say(caller, chat, Some(message.id), &text, None).await;
        if let Some(after) = worth_telling_later(&told) {
            return Ok(Verdict::TryLater(after));
        }
        // Written once it is said: after a crash between the two it is said twice, never not.
        store.insist(|| store.refuse_again(caller.bot, chat, clock::now_ms())).await?;
        note(Fate::Told);
        Ok(Verdict::Done)
    }
}

fn is_answered(message: &Message) -> bool {
    message.command().is_some_and(|(command, _)| COMMANDS.contains(&command.as_str()))
}
