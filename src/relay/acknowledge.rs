//! How a customer learns that his message was passed on, and what a banned one learns.
//!
//! ```text
//! Anna:      Do you have tea?
//! @shop_bot: ✅ Your message was passed on. The answer comes into this chat.
//! ```
//!
//! Once per conversation, each time, by a reaction, or not at all, as the owner set it. A banned
//! customer sees nothing, unless the owner wrote a text for him.

use super::{
    Relay, Verdict,
    content::{Reading, read},
    customer::Customer,
    written::Saying,
};
use crate::{
    clock,
    settings::Acknowledgement,
    store::StoreError,
    update::{Kind, Message},
};

/// The reaction that says so.
const PASSED_ON: &str = "👍";
/// How long a banned customer who was told so is not told again.
const BAN_TOLD_FOR: i64 = 60 * 60 * 1000;

impl Relay {
    /// Acknowledges a message that was passed on, as the bot's settings say. Side work: nobody waits
    /// for it.
    pub(super) fn acknowledge(&self, customer: &Customer<'_>, message: &Message) {
        let settings = &customer.client.settings;
        let saying = || {
            let ours = customer.language().acknowledgement();
            Saying::of(customer, &settings.acknowledgement_text, Some(ours))
        };
        match settings.acknowledgement {
            Acknowledgement::Never => {}
            Acknowledgement::Once if customer.known.state.acknowledged_at.is_some() => {}
            Acknowledgement::Once => self.acknowledge_once(customer, saying()),
            Acknowledgement::Always => {
                let (relay, saying) = (self.clone(), saying().about(message.id));
                self.inner.side_work.spawn(async move { relay.say_on_the_side(saying).await });
            }
            Acknowledgement::Reaction => self.react_to(customer, message),
        }
    }

    fn acknowledge_once(&self, customer: &Customer<'_>, saying: Saying) {
        let (relay, key) = (self.clone(), customer.key());
        self.inner.side_work.spawn(async move {
            // Written first: after a crash between the two he is told nothing, and never twice.
            match relay.inner.store.mark_acknowledged(key, clock::now_ms()).await {
                Ok(true) => relay.say_on_the_side(saying).await,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "an acknowledgement was left out"),
            }
        });
    }

    fn react_to(&self, customer: &Customer<'_>, message: &Message) {
        let (relay, caller) = (self.clone(), customer.client.caller.clone());
        let (chat, message) = (customer.chat, message.id);
        self.inner.side_work.spawn(async move {
            let reacted = relay.inner.telegram.react(&caller, chat, message, PASSED_ON).await;
            if let Err(error) = reacted {
                tracing::debug!(%error, "a message could not be acknowledged by a reaction");
            }
        });
    }

    async fn say_on_the_side(&self, saying: Saying) {
        if let Err(error) = self.say_written(&saying).await {
            tracing::debug!(%error, "a customer could not be told");
        }
    }

    /// Answers a banned customer, where the owner chose a text for that.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of_banned(
        &self,
        customer: &Customer<'_>,
        kind: &Kind,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let message = match kind {
            Kind::Message(message) => message,
            Kind::Button(button) => {
                self.dismiss(&customer.client.caller, button, None).await;
                return Ok(Verdict::Done);
            }
            _ => return Ok(Verdict::Done),
        };
        let saying = Saying::of(customer, &customer.client.settings.banned_text, None);
        if saying.is_empty() || read(message, customer.language()) == Reading::Service {
            return Ok(Verdict::Done);
        }
        let (store, bot, now) = (&self.inner.store, customer.client.id(), clock::now_ms());
        if store.is_handled(bot, update).await? {
            return Ok(Verdict::Done);
        }
        let before = now - BAN_TOLD_FOR;
        let is_due = store.mark_ban_told(customer.owner(), customer.chat, bot, now, before).await?;
        if is_due {
            let relay = self.clone();
            self.inner.side_work.spawn(async move { relay.say_on_the_side(saying).await });
        }
        store.mark_handled(bot, update, now).await?;
        Ok(Verdict::Done)
    }
}
