//! Newcomers: customers whom the owner has neither answered nor accepted. What [`trust`](super::trust)
//! decided about what they write is done here.
//!
//! ```text
//! Anna, to @shop_bot:   look: https://example.org
//! @shop_bot:            🔒 This was not passed on: it holds a link. …
//!
//! Anna:                 Do you have tea?
//! @shop_bot:            👋 Please press the button … [I am a person]
//! (pressed)             the owner sees:  🆕 Anna @anna → @shop_bot
//!                                        Do you have tea?
//!                                        [Accept] [Ban]
//! ```
//!
//! The question with the button replies to what was written, and the press brings that back: nothing
//! of ours stores it. What is written between the two is parked, sealed, and passed on in its order
//! after the press. Without one it is told, within a day, that it was not passed on.
//!
//! - [`button`]: all that is about the button

mod button;

use button::check_buttons;
use quick_cache::sync::Cache;
use teloxide::types::MessageId;

use super::{
    BUSY, Relay, Verdict,
    content::{Reading, read},
    customer::Customer,
    parking::Lane,
    trust::{BEFORE_ACCEPTED, Newcomer, Reason, Step, offence},
    worth_telling_later,
};
use crate::{
    account::{Fate, note},
    clock, failpoint,
    store::{ParkedKind, ParkedRow, StoreError},
    text::Language,
    update::Message,
};

/// The data of the button by which a newcomer shows that he is a person.
pub(super) const CHECK: &str = "newcomer";

/// Customers who were told something lately; who was told longest ago is forgotten first.
const TOLD: usize = 1024;
/// For so long the same is not told again, in milliseconds.
const HOLDS: i64 = 20_000;
/// The same for what follows from nothing but writing on.
const HOLDS_LONG: i64 = 60_000;

/// Why something is not passed on, and what of it this is.
pub(super) type Why = (Reason, &'static str);

const BUTTON: Why = (Reason::Button, "");

/// What became of a newcomer's message.
pub(super) enum Met {
    /// It goes its way.
    Goes,
    /// It goes its way, and the owner is asked below its copy.
    Introduced,
    /// It is settled.
    Settled(Verdict),
}

/// What newcomers were told lately, in bounded memory: after a restart it is told once more.
pub(super) struct Notices(Cache<(Lane, Why), i64>);

impl Notices {
    pub(super) fn new() -> Self {
        Self(Cache::new(TOLD))
    }

    fn is_due(&self, lane: Lane, why: Why, now: i64) -> bool {
        let holds = match why.0 {
            Reason::TooFast | Reason::Wait | Reason::Full => HOLDS_LONG,
            Reason::Link | Reason::File | Reason::Forward | Reason::Change | Reason::Button => {
                HOLDS
            }
        };
        let told = self.0.get(&(lane, why));
        told.is_none_or(|told| !(0..holds).contains(&(now - told)))
    }

    fn told(&self, lane: Lane, why: Why, now: i64) {
        self.0.insert((lane, why), now);
    }
}

/// What a newcomer is told.
fn in_words(reason: Reason, language: Language) -> String {
    match reason {
        Reason::Link => language.newcomer_link(),
        Reason::File => language.newcomer_file(),
        Reason::Forward => language.newcomer_forward(),
        Reason::Wait => language.newcomer_wait(),
        Reason::Full => language.newcomer_full(),
        Reason::TooFast => language.newcomer_too_fast(),
        Reason::Change => language.newcomer_change(),
        Reason::Button => language.newcomer_check(),
    }
}

fn lane_of(customer: &Customer<'_>) -> Lane {
    (customer.client.id(), customer.chat)
}

impl Relay {
    /// Whether his bot's rules for newcomers hold for a customer. Where a bot has none, and for
    /// somebody known not to be one, nothing is looked up.
    pub(super) async fn is_newcomer(&self, customer: &Customer<'_>) -> Result<bool, StoreError> {
        let minds = customer.client.settings.newcomers.any();
        if !minds || customer.known.state.trusted_at.is_some() {
            return Ok(false);
        }
        let store = &self.inner.store;
        if !store.is_trusted(customer.owner(), customer.chat).await? {
            return Ok(true);
        }
        store.trust(customer.key(), clock::now_ms()).await?;
        Ok(false)
    }

    /// Looks at a message of a newcomer, or of somebody who was one when he was asked to press a
    /// button.
    ///
    /// # Errors
    /// When the database fails; the message then is to be delivered again.
    pub(super) async fn meet(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
        is_new: bool,
    ) -> Result<Met, StoreError> {
        let (store, state) = (&self.inner.store, &customer.known.state);
        if read(message, customer.owner_language()) == Reading::Service {
            return Ok(Met::Goes);
        }
        let lane = lane_of(customer);
        let (mut came, mut waits) = (0, 0);
        if let Some(first) = state
            .contact_message
            .filter(|first| customer.client.settings.newcomers.ask_first && first.0 < message.id.0)
        {
            let most = BEFORE_ACCEPTED;
            came = store.came_since(customer.key(), first, message.id, most).await?;
        }
        if state.check_message.is_some() {
            let other = |row: &&ParkedRow| {
                row.kind == ParkedKind::Asked && row.source.message != message.id
            };
            waits = store.parked_in(lane.0, lane.1).await?.iter().filter(other).count();
        }
        let newcomer = Newcomer { rules: customer.client.settings.newcomers, state, came, waits };
        if state.check_message.is_some() && !(is_new && newcomer.is_unchecked()) {
            // The rule has ended meanwhile: what waits goes before this message.
            store.release_asked(lane.0, lane.1).await?;
            store.ask_check(customer.key(), None).await?;
            self.look_up_parked(lane).await?;
            return Ok(Met::Settled(Verdict::TryLater(BUSY)));
        }
        let step = newcomer.step(message);
        if step == Step::Pass || !is_new {
            return Ok(Met::Goes);
        }
        if self.was_admitted(customer, customer.source(message), (message, update)).await? {
            return Ok(Met::Goes);
        }
        Ok(Met::Settled(match step {
            Step::Pass => return Ok(Met::Goes),
            Step::Introduce => {
                store.ask_contact(customer.key(), message.id).await?;
                failpoint::at("newcomer", "introduced");
                return Ok(Met::Introduced);
            }
            Step::Asked => Verdict::Done,
            Step::Refuse(reason, what) => {
                self.refuse_newcomer(customer, message, (reason, what), false).await?
            }
            Step::Ask => self.ask_check(customer, message).await?,
            Step::Keep => self.keep_asked(customer, message, update).await?,
        }))
    }

    /// Tells a newcomer why his message is not passed on, unless he was told the same a moment ago.
    /// `counts`: the owner is to read that there was one.
    pub(super) async fn refuse_newcomer(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        why: Why,
        counts: bool,
    ) -> Result<Verdict, StoreError> {
        let told = match self.tell_newcomer(customer, message.id, why).await {
            Ok(told) => told,
            Err(verdict) => return Ok(verdict),
        };
        note(if why.0 == Reason::TooFast { Fate::TooFast } else { Fate::Told });
        self.inner.store.refuse(customer.key(), message.id, counts, told).await?;
        Ok(Verdict::Done)
    }

    /// Says something to a newcomer; gives when, or `None` where he was told so a moment ago.
    async fn tell_newcomer(
        &self,
        customer: &Customer<'_>,
        about: MessageId,
        why: Why,
    ) -> Result<Option<i64>, Verdict> {
        let (reason, _) = why;
        let (lane, now, language) = (lane_of(customer), clock::now_ms(), customer.language());
        if !self.inner.notices.is_due(lane, why, now) {
            return Ok(None);
        }
        let buttons = (reason == Reason::Button).then(|| check_buttons(language));
        let (caller, text) = (&customer.client.caller, in_words(reason, language));
        let said = self.say(caller, customer.chat, Some(about), &text, buttons).await;
        if let Some(after) = worth_telling_later(&said) {
            return Err(Verdict::TryLater(after));
        }
        self.inner.notices.told(lane, why, now);
        Ok(Some(now))
    }

    /// Stops a change by a newcomer that his message itself would have been stopped for, and takes
    /// in one of what waits for his button; `None` when it goes its way.
    ///
    /// # Errors
    /// When the database fails; the change then is to be delivered again.
    pub(super) async fn stop_change(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Option<Verdict>, StoreError> {
        let (rules, state) = (customer.client.settings.newcomers, &customer.known.state);
        let offends = rules.careful && offence(message).is_some();
        if !offends && state.check_message.is_none() {
            return Ok(None);
        }
        let (store, source) = (&self.inner.store, customer.source(message));
        let offends = offends && self.is_newcomer(customer).await?;
        let rows = store.parked_in(source.bot, source.chat).await?;
        let kept = rows.iter().find(|row| row.source == source && row.kind == ParkedKind::Asked);
        let is_asked = state.check_message == Some(message.id);
        // What the button would bring may not be changed there, so it waits changed.
        if !offends && (kept.is_some() || is_asked) {
            let update = kept.map_or(update, |kept| kept.update);
            self.park(source, ParkedKind::Asked, message, update).await?;
            note(Fate::Parked);
            return Ok(Some(Verdict::Done));
        }
        let is_here = kept.is_some() || is_asked || self.has_reference(customer, source).await?;
        if !offends || !is_here || store.is_handled(source.bot, update).await? {
            return Ok(None);
        }
        let told = self.tell_newcomer(customer, message.id, (Reason::Change, "")).await;
        let verdict = told.map_or_else(|verdict| verdict, |_| Verdict::Done);
        note(Fate::Told);
        self.changed_once(source.bot, update, verdict).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use teloxide::types::ChatId;

    use super::*;
    use crate::model::BotId;

    #[test]
    fn the_same_is_told_once_in_a_while_and_something_else_at_once() {
        let (notices, lane) = (Notices::new(), (BotId(1), ChatId(2)));
        assert!(notices.is_due(lane, (Reason::Link, "x"), 5));
        notices.told(lane, (Reason::Link, "x"), 5);
        assert!(!notices.is_due(lane, (Reason::Link, "x"), 5 + HOLDS - 1));
        assert!(notices.is_due(lane, (Reason::Link, "x"), 5 + HOLDS));
        assert!(notices.is_due(lane, (Reason::Link, "x"), 4), "the clock went back");
        assert!(notices.is_due(lane, (Reason::File, "x"), 6));
        assert!(notices.is_due(lane, (Reason::Link, "y"), 6));
        assert!(notices.is_due((BotId(1), ChatId(3)), (Reason::Link, "x"), 6));
        notices.told(lane, (Reason::TooFast, "x"), 5);
        assert!(!notices.is_due(lane, (Reason::TooFast, "x"), 5 + HOLDS));
    }

    #[test]
    fn every_reason_is_said_in_its_own_words() {
        let reasons = [
            Reason::Link,
            Reason::File,
            Reason::Forward,
            Reason::Wait,
            Reason::Full,
            Reason::TooFast,
            Reason::Change,
            Reason::Button,
        ];
        for language in Language::ALL {
            let words: std::collections::HashSet<_> =
                reasons.iter().map(|reason| in_words(*reason, language)).collect();
            assert_eq!(words.len(), reasons.len(), "{language:?}");
        }
    }
}
