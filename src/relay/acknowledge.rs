//! How a customer learns that his message was passed on, and what a banned one learns.
//!
//! ```text
//! Anna:      Do you have tea?
//! @shop_bot: ✅ Your message was passed on. The answer comes into this chat.
//! ```
//!
//! Once per conversation, each time, by a reaction, or not at all, as the owner set it. A banned
//! customer sees nothing, unless the owner wrote a text for him.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use teloxide::types::ChatId;

use super::{
    Relay, Verdict,
    content::{Reading, read},
    customer::Customer,
    written::Saying,
};
use crate::{
    clock,
    model::BotId,
    settings::Acknowledgement,
    store::{StoreError, Whom},
    update::{Kind, Message},
};

/// How long a banned customer who was told so is not told again.
const BAN_TOLD_FOR: i64 = 60 * 60 * 1000;

/// Acknowledgements under way in one chat, and chats that have any. What is more is left out: a
/// customer who floods the bot takes nobody else's place, and memory stays bounded.
const AT_A_TIME: (usize, usize) = (16, 1024);

/// The places of acknowledgements under way.
#[derive(Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashMap<(BotId, ChatId), usize>>>);

/// One place, given back when it is dropped.
struct Place {
    all: UnderWay,
    chat: (BotId, ChatId),
}

impl UnderWay {
    fn take(&self, chat: (BotId, ChatId)) -> Option<Place> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.get(&chat).copied().unwrap_or(0);
        if taken >= AT_A_TIME.0 || (taken == 0 && places.len() >= AT_A_TIME.1) {
            return None;
        }
        places.insert(chat, taken + 1);
        Some(Place { all: self.clone(), chat })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        match places.get_mut(&self.chat) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(places.remove(&self.chat)),
        }
    }
}

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
            Acknowledgement::Once => {
                let (relay, key, saying) = (self.clone(), customer.key(), saying());
                self.on_the_side(customer, async move {
                    // Written first: after a crash between the two he is told nothing, never twice.
                    match relay.inner.store.mark_acknowledged(key, clock::now_ms()).await {
                        Ok(true) => relay.say_on_the_side(saying).await,
                        Ok(false) => {}
                        Err(error) => tracing::warn!(%error, "an acknowledgement was left out"),
                    }
                });
            }
            Acknowledgement::Always => {
                let (relay, saying) = (self.clone(), saying().about(message.id));
                self.on_the_side(customer, async move { relay.say_on_the_side(saying).await });
            }
            Acknowledgement::Reaction => {
                let (relay, caller) = (self.clone(), customer.client.caller.clone());
                let (chat, message) = (customer.chat, message.id);
                self.on_the_side(customer, async move {
                    relay.show_own_reaction(&caller, chat, message).await;
                });
            }
        }
    }

    /// Acknowledges a message that is delivered again, where that is done once per conversation and
    /// was not: a process that was killed may have left it out.
    pub(super) fn acknowledge_late(&self, customer: &Customer<'_>, message: &Message) {
        if customer.client.settings.acknowledgement == Acknowledgement::Once {
            self.acknowledge(customer, message);
        }
    }

    fn on_the_side(
        &self,
        customer: &Customer<'_>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let Some(place) = self.inner.under_way.take((customer.client.id(), customer.chat)) else {
            tracing::debug!("too many acknowledgements are under way; one is left out");
            return;
        };
        // He may want to be forgotten meanwhile.
        let Some(present) = self.inner.store.enter(Whom::Customer(customer.chat)) else { return };
        self.inner.side_work.spawn(async move {
            work.await;
            drop((place, present));
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
        store.insist_handled(bot, update, now).await?;
        Ok(Verdict::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_takes_its_own_places_only_and_gives_them_back() {
        let (all, flooding) = (UnderWay::default(), (BotId(1), ChatId(1)));
        let mut places: Vec<_> = (0..AT_A_TIME.0).map(|_| all.take(flooding).unwrap()).collect();
        assert!(all.take(flooding).is_none());
        assert!(all.take((BotId(1), ChatId(2))).is_some());
        assert!(all.take((BotId(2), ChatId(1))).is_some());
        places.pop();
        places.push(all.take(flooding).unwrap());
        assert!(all.take(flooding).is_none());
        drop(places);
        assert!(all.0.lock().unwrap().is_empty());
        let others = 0..i64::try_from(AT_A_TIME.1).unwrap();
        let _others: Vec<_> = others.map(|it| all.take((BotId(3), ChatId(it))).unwrap()).collect();
        assert!(all.take(flooding).is_none());
    }
}
