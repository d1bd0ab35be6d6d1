//! The paid plan, as owners see it: `/subscribe`, `/unsubscribe`, `/plan`.
//!
//! ```text
//! Olga:         /subscribe
//! @master_bot:  ⭐ Pro for 250 Stars a month: …                          [Subscribe for 250 ⭐]
//! @master_bot:  ✅ Thank you! You have Pro until 2026-12-21 14:05 (UTC+2). …
//! ```
//!
//! - [`payments`]: what Telegram tells of payments, and the answer it waits for
//! - [`renewals`]: subscriptions stopped and resumed
//! - [`gone`]: payments of people who have nothing here
//! - [`ends`]: owners are told when a plan ended
//! - [`support`]: `/paysupport`, `/terms`, `/refund`
//! - [`view`]: `/plan` in words (pure)

mod ends;
mod gone;
mod payments;
mod renewals;
mod support;
mod view;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    Master, MasterError, Owner,
    actions::{Answer, Done, Occasion, plain},
    state::Press,
};
use crate::{
    clock,
    model::{BotId, OwnerId},
    plan::{self, Limits, Plans, Renewing, Standing, month, offer::Offer},
    stats::Clock,
    store::StoreError,
    telegram::{CallError, Invoice, Outgoing, Refusal},
    text::Language,
};

/// What an owner asks for about his plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanErrand {
    /// `/subscribe`
    Subscribe,
    /// `/unsubscribe`
    Unsubscribe,
    /// `/plan`
    Show,
    /// `/paysupport`, with what follows it.
    PaySupport(String),
    /// `/terms`
    Terms,
    /// `/refund`, with what follows it.
    Refund(String),
    /// He wants to attach one bot more than he may.
    Full,
    /// This bot is to answer.
    Choose(BotId),
    /// The subscription is to go on.
    Renew,
}

/// Tries of a call to Telegram for which an owner waits.
const TRIES: u32 = 3;
/// The longest wait between two of them.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Master {
    /// Whether there are paid plans.
    pub fn sells(&self) -> bool {
        self.plans().limits().is_some()
    }

    pub(super) fn plans(&self) -> &Plans {
        &self.inner.installation.plans
    }

    pub(super) async fn of_plan(
        &self,
        owner: Owner,
        errand: PlanErrand,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        Ok(match errand {
            PlanErrand::Subscribe => self.subscribe(owner).await?,
            PlanErrand::Unsubscribe => Done::Say(self.unsubscribe(owner).await?),
            PlanErrand::Show => Done::Say(self.show_plan(owner).await?),
            PlanErrand::PaySupport(words) => self.pay_support(owner, &words, occasion).await?,
            PlanErrand::Terms => Done::Say(self.terms(owner)),
            PlanErrand::Refund(words) => Done::Say(self.refund(owner, &words).await?),
            PlanErrand::Full => Done::Say(self.no_room(owner)),
            PlanErrand::Choose(bot) => self.choose_answering(owner, bot).await?,
            PlanErrand::Renew => Done::Say(self.renew(owner).await?),
        })
    }

    /// What an owner reads who wants to attach one bot more than is free.
    pub(super) fn no_room(&self, owner: Owner) -> Answer {
        let bots = self.plans().limits().map_or(0, |limits| limits.bots);
        plain(owner.language.plan_full(&bots.to_string()))
    }

    /// Offers the plan by a link, or says that he has it.
    async fn subscribe(&self, owner: Owner) -> Result<Done, MasterError> {
        let language = owner.language;
        let Some(limits) = self.plans().limits() else {
            return Ok(Done::Say(plain(language.no_plans())));
        };
        let (_, standing) = self.plans().account(owner.id).await?;
        if let Some(until) = standing.until.filter(|_| standing.is_paid(clock::now_ms())) {
            let date = self.date(owner.id, until).await?;
            match standing.renewing {
                Renewing::Yes => {
                    return Ok(Done::Say(plain(language.subscribe_active(&date))));
                }
                Renewing::Stopped => {
                    let text = language.subscribe_stopped(&date);
                    return Ok(Done::Say(Answer { text, buttons: renew_button(language) }));
                }
                Renewing::Failed | Renewing::Never => {}
            }
        }
        let now = clock::now_ms();
        let offer = Offer { owner: owner.id, stars: limits.price, made_at: now };
        let invoice = Invoice {
            title: language.invoice_title(),
            description: language.invoice_description(),
            payload: offer.payload(&self.inner.seal),
            stars: limits.price,
            period_s: plan::PERIOD_S,
        };
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        let link = match patiently(|| telegram.subscription_link(caller, &invoice)).await {
            Ok(link) => link,
            Err(error) => return Ok(Done::Say(refused_by_telegram(&error, language))),
        };
        self.show_offer(owner, limits, &link).await?;
        Ok(Done::Shown)
    }

    async fn show_offer(
        &self,
        owner: Owner,
        limits: Limits,
        link: &str,
    ) -> Result<(), MasterError> {
        let (price, language) = (limits.price.to_string(), owner.language);
        let text =
            language.subscribe_offer(&price, &limits.bots.to_string(), &limits.replies.to_string());
        let button = json!({"text": language.button_subscribe(&price), "url": link});
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), text.into());
        parameters.insert("reply_markup".to_owned(), json!({"inline_keyboard": [[button]]}));
        self.send(owner.id.chat(), Outgoing::new("sendMessage", parameters)).await
    }

    /// Until when an owner has paid, by his clock; `None` where he has not.
    pub(super) async fn paid_until(&self, owner: OwnerId) -> Result<Option<String>, MasterError> {
        let (_, standing) = self.plans().account(owner).await?;
        match standing.until.filter(|_| standing.is_paid(clock::now_ms())) {
            Some(until) => Ok(Some(self.date(owner, until).await?)),
            None => Ok(None),
        }
    }

    /// `/plan`.
    async fn show_plan(&self, owner: Owner) -> Result<Answer, MasterError> {
        let (now, language) = (clock::now_ms(), owner.language);
        let (ledger, standing) = self.plans().account(owner.id).await?;
        let going_on = ledger.going_on(now);
        let renews_at = going_on.iter().map(|(_, until)| *until).min();
        let stars = ledger.payments().last().map(|payment| payment.stars);
        let Some(limits) = self.plans().limits() else {
            let mut text = language.no_plans();
            // What was bought while there was a plan is charged until somebody stops it.
            if let (Some(at), Some(stars)) = (renews_at, stars) {
                let date = self.date(owner.id, at).await?;
                text = format!("{text}\n\n{}", language.plan_renews(&date, &stars.to_string()));
            }
            return Ok(plain(text));
        };
        let shown = view::View {
            language,
            limits,
            standing,
            renews_at,
            subscriptions: going_on.len(),
            now,
            stars: stars.unwrap_or(limits.price),
            clock: self.clock_of(owner.id).await?,
            used: self.plans().replies_used(owner.id, limits, now).await?,
            month_ends: month(now).1,
            bots: self.bots_in_order(owner.id).await?,
        };
        Ok(shown.answer())
    }

    /// An owner's bots in the order in which they may answer: each with its username.
    async fn bots_in_order(&self, owner: OwnerId) -> Result<Vec<(BotId, String)>, StoreError> {
        let store = &self.inner.store;
        let (order, rows) = (store.bots_by_choice(owner).await?, store.bots_of(owner).await?);
        let named = |bot: BotId| {
            let row = rows.iter().find(|row| row.bot == bot)?;
            Some((bot, row.username.clone()))
        };
        Ok(order.into_iter().filter_map(named).collect())
    }

    /// Lets one of an owner's bots answer, and shows what that leads to.
    async fn choose_answering(&self, owner: Owner, bot: BotId) -> Result<Done, MasterError> {
        let store = &self.inner.store;
        if !store.choose_bot(owner.id, bot, clock::now_ms()).await? {
            return Ok(Done::Stale);
        }
        Ok(Done::Say(self.show_plan(owner).await?))
    }

    async fn clock_of(&self, owner: OwnerId) -> Result<Clock, StoreError> {
        let minutes = self.inner.store.owner_clock(owner).await?;
        Ok(minutes.map(Clock::of).unwrap_or_default())
    }

    /// A moment by an owner's clock.
    async fn date(&self, owner: OwnerId, at: i64) -> Result<String, StoreError> {
        Ok(plan::moment(at, self.clock_of(owner).await?))
    }

    /// Which of an owner's bots do not answer without the paid plan, in words; empty where all do.
    async fn resting(&self, owner: OwnerId, standing: Standing) -> Result<Vec<String>, StoreError> {
        let Some(limits) = self.plans().limits() else { return Ok(Vec::new()) };
        if standing.is_paid(clock::now_ms()) {
            return Ok(Vec::new());
        }
        let bots = self.bots_in_order(owner).await?;
        Ok(bots.into_iter().skip(limits.bots).map(|(_, name)| format!("@{name}")).collect())
    }

    /// Says something with buttons in an owner's chat.
    async fn say_answer(&self, owner: OwnerId, answer: &Answer) -> Result<(), MasterError> {
        let mut parameters: Map<String, Value> = Map::new();
        parameters.insert("text".to_owned(), answer.text.as_str().into());
        if !answer.buttons.is_empty() {
            let keyboard = super::actions::keyboard(&answer.buttons);
            parameters.insert("reply_markup".to_owned(), keyboard);
        }
        self.send(owner.chat(), Outgoing::new("sendMessage", parameters)).await
    }
}

fn renew_button(language: Language) -> Vec<Vec<(String, Press)>> {
    vec![vec![(language.button_renew(), Press::Renew)]]
}

/// Makes a call for which an owner waits, and with him all that he writes after it: some times,
/// where it may pass within seconds.
async fn patiently<T, F>(call: impl Fn() -> F) -> Result<T, CallError>
where
    F: Future<Output = Result<T, CallError>>,
{
    let mut tries = 1;
    loop {
        let done = call().await;
        let wait = match &done {
            Err(CallError::NotSent(Refusal::TooFast { retry_after })) => *retry_after,
            Err(error) if error.may_pass() => Duration::from_secs(1),
            _ => return done,
        };
        if tries == TRIES || wait > LONGEST_WAIT {
            return done;
        }
        tries += 1;
        tokio::time::sleep(wait).await;
    }
}

/// What Telegram did not do, in words. He is not kept waiting for what may pass: his replies to
/// customers would wait behind it.
fn refused_by_telegram(error: &CallError, language: Language) -> Answer {
    tracing::warn!(%error, "Telegram did not do what was asked about a payment");
    plain(if error.may_pass() { language.plan_later() } else { language.plan_refused() })
}
