//! What Telegram tells of payments. A payment is written down first, in one row that is the plan as
//! well; then it is told. Whatever comes twice, late or in another order leaves the same rows.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    clock, failpoint,
    master::{Master, MasterError},
    model::OwnerId,
    plan::{
        self, Payment, PaymentKind,
        offer::{Objection, Offer},
    },
    store::{PaymentRow, StoreError},
    text::Language,
    update::{Checkout, Kind, Message, Update},
};

/// Telegram waits ten seconds for the answer to a checkout, which was on its way to us for some of
/// them.
const CHECKOUT_TIME: Duration = Duration::from_secs(8);
/// How long the database may take to say that the payer is suspended: then he is let through.
const LOOK_TIME: Duration = Duration::from_secs(1);

/// A payment or refund as Telegram tells of it.
pub struct Told {
    pub(super) owner: OwnerId,
    language: Option<String>,
    payment: Payment,
}

impl Master {
    /// Answers somebody who is about to pay: by what the invoice says of itself, because there is
    /// no time to ask anybody else. Only whether he is suspended is looked up, where that is quick.
    pub async fn answer_checkout(&self, checkout: &Checkout) {
        let until = Instant::now() + CHECKOUT_TIME;
        let (inner, limits) = (&self.inner, self.plans().limits());
        let mut objection = Objection::to(checkout, &inner.seal, limits, clock::now_ms());
        if objection.is_none() && self.seems_suspended(OwnerId(checkout.from.id)).await {
            objection = Some(Objection::Suspended);
        }
        let language = Language::of(checkout.from.language.as_deref());
        let words = objection.map(|objection| objection.words(language));
        let answered =
            inner.telegram.answer_checkout(&inner.caller, &checkout.query, words.as_deref(), until);
        match answered.await {
            Ok(()) => tracing::info!(owner.id = checkout.from.id, ?objection, "a checkout"),
            Err(error) => {
                tracing::warn!(owner.id = checkout.from.id, %error, "a checkout stays unanswered");
            }
        }
    }

    /// Whether the database says, and says quickly, that somebody is suspended: what he pays for
    /// would be of no use to him.
    async fn seems_suspended(&self, payer: OwnerId) -> bool {
        let look = self.inner.store.is_suspended(payer);
        matches!(tokio::time::timeout(LOOK_TIME, look).await, Ok(Ok(true)))
    }

    /// The payment or refund an update tells of, if it is one.
    pub fn payment_of(&self, update: &Update) -> Option<Told> {
        let Kind::Message(message) = &update.kind else { return None };
        if !message.chat.is_private {
            return None;
        }
        let mut told = read(message, clock::now_ms())?;
        let is_refund = told.payment.kind == PaymentKind::Refund;
        told.payment.update = (!is_refund).then_some(update.id);
        let paid =
            ["successful_payment", "refunded_payment"].iter().find_map(|key| message.get(key));
        let payload = paid.and_then(|paid| paid.get("invoice_payload")).and_then(Value::as_str);
        let offer = payload.and_then(|payload| Offer::read(payload, &self.inner.seal));
        told.payment.offered_at = offer.map(|offer| offer.made_at);
        Some(told)
    }

    /// Writes a payment or refund down, and tells the payer unless he was told. Of somebody who is
    /// no owner the payment is written down without him.
    ///
    /// # Errors
    /// When the database fails, or he could not be told for now: it is to be delivered again.
    pub async fn note_payment(&self, told: Told) -> Result<(), MasterError> {
        let (store, charge) = (&self.inner.store, told.payment.charge.as_str());
        // Before it is written down: whatever the database does, the log has it.
        tracing::info!(owner.id = %told.owner, charge, kind = told.payment.kind.word(), "a payment");
        let is_owner = self.is_owner(told.owner).await?;
        store.note_payment(is_owner.then_some(told.owner), &told.payment).await?;
        failpoint::at("payment", "stored");
        let Some(row) = store.payment(charge).await? else { return Ok(()) };
        let language = self.language_of(told.owner, told.language.as_deref()).await?;
        match row.owner {
            None => return self.give_back(&told, &row, language).await,
            // Whoever comes with the id of somebody else's payment learns nothing of it.
            Some(payer) if !is_owner || payer != told.owner => return Ok(()),
            Some(_) => {}
        }
        if row.payment.refunded_at.is_some() {
            return self.tell_refund(&row, language).await;
        }
        if row.is_told {
            return Ok(());
        }
        let text = self.thanks(told.owner, &row.payment, language).await?;
        match self.speak(told.owner.chat(), &text).await {
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(%error, "a payer could not be told"),
            Ok(()) => {}
        }
        failpoint::at("payment", "told");
        let now = clock::now_ms();
        store.insist(|| store.payment_is_told(charge, now)).await?;
        Ok(())
    }

    /// What a payer reads of his payment. A subscription that we had stopped before it is stopped
    /// again first.
    async fn thanks(
        &self,
        owner: OwnerId,
        paid: &Payment,
        language: Language,
    ) -> Result<String, MasterError> {
        let (ledger, standing) = self.plans().account(owner).await?;
        // A later month may be known already.
        let until = standing.until.max(paid.paid_until);
        let date = self.date(owner, until.unwrap_or_default()).await?;
        Ok(match paid.kind {
            PaymentKind::Renewal => {
                let stopped = ledger.stopped_before(paid);
                if stopped.is_empty() {
                    language.paid_renewal(&date)
                } else if self.stop_some(owner, &ledger, &stopped).await? {
                    language.paid_though_stopped(&date)
                } else {
                    language.paid_not_stopped(&date)
                }
            }
            PaymentKind::First if ledger.going_on(clock::now_ms()).len() > 1 => {
                format!("{}\n\n{}", language.paid_once(&date), language.subscriptions_several())
            }
            PaymentKind::First => language.paid_first(&date),
            PaymentKind::Once | PaymentKind::Refund => language.paid_once(&date),
        })
    }

    /// Tells a payer that he got his Stars back, unless he was told, and what that leads to.
    pub(super) async fn tell_refund(
        &self,
        row: &PaymentRow,
        language: Language,
    ) -> Result<(), MasterError> {
        let Some(owner) = row.owner.filter(|_| !row.is_refund_told) else { return Ok(()) };
        let (store, now) = (&self.inner.store, clock::now_ms());
        let (_, standing) = self.plans().account(owner).await?;
        let stars = row.payment.stars.to_string();
        let paid = standing.until.filter(|_| standing.is_paid(now));
        let text = if let Some(until) = paid {
            language.refunded_stays(&stars, &self.date(owner, until).await?)
        } else {
            let resting = self.resting(owner, standing).await?;
            let mut lines = vec![language.refunded(&stars)];
            if !resting.is_empty() {
                lines.push(language.plan_rest(&resting.join(", ")));
            }
            lines.join("\n")
        };
        match self.speak(owner.chat(), &text).await {
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(%error, "a payer could not be told of his refund"),
            Ok(()) => {}
        }
        if paid.is_none() {
            // Nobody is told of the same end twice.
            store.insist(|| store.end_is_told(owner, now)).await?;
        }
        store.insist(|| store.refund_is_told(&row.payment.charge, now)).await?;
        Ok(())
    }

    pub(super) async fn is_owner(&self, person: OwnerId) -> Result<bool, StoreError> {
        Ok(self.inner.store.owner(self.inner.caller.bot, person).await?.is_some())
    }

    /// The language an owner reads: as he chose, else that of his app, now or when he last wrote.
    pub(in crate::master) async fn language_of(
        &self,
        owner: OwnerId,
        of_app: Option<&str>,
    ) -> Result<Language, MasterError> {
        let known = self.inner.store.owner(self.inner.caller.bot, owner).await?;
        let (chosen, before) = known.map_or((None, None), |known| (known.chosen, known.language));
        let language = chosen.or_else(|| of_app.map(str::to_owned)).or(before);
        Ok(Language::of(language.as_deref()))
    }
}

/// A payment or refund in Stars that a message of Telegram's tells of.
fn read(message: &Message, now: i64) -> Option<Told> {
    let (paid, is_refund) = match message.get("successful_payment") {
        Some(paid) => (paid, false),
        None => (message.get("refunded_payment")?, true),
    };
    let text = |key: &str| paid.get(key)?.as_str();
    let number = |key: &str| paid.get(key)?.as_i64();
    let is = |key: &str| paid.get(key).and_then(Value::as_bool).unwrap_or(false);
    if text("currency") != Some("XTR") {
        return None;
    }
    let charge = text("telegram_payment_charge_id").filter(|charge| !charge.is_empty())?;
    let date = message.get("date").and_then(Value::as_i64);
    let at = date.map_or(now, |date| date.saturating_mul(1000));
    let expires = number("subscription_expiration_date").map(|date| date.saturating_mul(1000));
    let kind = if is_refund {
        PaymentKind::Refund
    } else if is("is_first_recurring") {
        PaymentKind::First
    } else if is("is_recurring") {
        PaymentKind::Renewal
    } else if expires.is_some() {
        PaymentKind::First
    } else {
        PaymentKind::Once
    };
    let until = expires.unwrap_or_else(|| at.saturating_add(plan::PERIOD_S * 1000));
    let payment = Payment {
        charge: charge.to_owned(),
        stars: number("total_amount").unwrap_or_default(),
        kind,
        paid_at: at,
        paid_until: (!is_refund).then_some(until),
        refunded_at: is_refund.then_some(at),
        seen_at: now,
        offered_at: None,
        update: None,
        stopped_at: None,
        lapsed_at: None,
    };
    let language = message.from.as_ref().filter(|from| !from.is_bot);
    let language = language.and_then(|from| from.language.clone());
    Some(Told { owner: OwnerId(message.chat.id.0), language, payment })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(extra: &serde_json::Value) -> Option<Payment> {
        read(&Message::with(extra), 5).map(|told| told.payment)
    }

    #[test]
    fn a_payment_says_what_it_is() {
        let paid = |more: serde_json::Value| {
            let mut paid = json!({
                "currency": "XTR", "total_amount": 250, "telegram_payment_charge_id": "c",
            });
            for (key, value) in more.as_object().unwrap() {
                paid[key] = value.clone();
            }
            told(&json!({"date": 100, "successful_payment": paid})).unwrap()
        };
        let first = paid(json!({"is_recurring": true, "is_first_recurring": true,
            "subscription_expiration_date": 200}));
        assert_eq!(
            (first.kind, first.paid_at, first.paid_until),
            (PaymentKind::First, 100_000, Some(200_000))
        );
        let renewal = paid(json!({"is_recurring": true, "subscription_expiration_date": 300}));
        assert_eq!((renewal.kind, renewal.stars), (PaymentKind::Renewal, 250));
        let once = paid(json!({}));
        assert_eq!(once.kind, PaymentKind::Once);
        assert_eq!(once.paid_until, Some(100_000 + plan::PERIOD_S * 1000));
    }

    #[test]
    fn a_refund_has_no_time_of_its_own() {
        let refund = json!({"currency": "XTR", "total_amount": 250,
            "telegram_payment_charge_id": "c"});
        let refund = told(&json!({"date": 100, "refunded_payment": refund})).unwrap();
        assert_eq!((refund.paid_until, refund.refunded_at), (None, Some(100_000)));
    }

    #[test]
    fn what_is_no_payment_in_stars_is_none() {
        assert_eq!(told(&json!({"text": "hi"})), None);
        let dollars = json!({"currency": "USD", "telegram_payment_charge_id": "c"});
        assert_eq!(told(&json!({"successful_payment": dollars})), None);
        assert_eq!(told(&json!({"successful_payment": {"currency": "XTR"}})), None);
    }
}
