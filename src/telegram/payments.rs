//! Telegram Stars: invoices, their checkout, subscriptions, refunds.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    CALL_TIMEOUT, Caller, Telegram,
    outcome::{CallError, Refusal},
};

/// How long one try of an answer to a checkout may take: there has to be room for another.
const CHECKOUT_TRY: Duration = Duration::from_secs(3);
/// Between two tries.
const CHECKOUT_PAUSE: Duration = Duration::from_millis(200);

/// Words of Telegram's that say that a subscription is as it should be already.
const UNCHANGED: &[&str] = &["not_modified", "already"];
/// Words that say that a payment was given back before.
const REFUNDED: &str = "charge_already_refunded";

/// A subscription that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// What it is called: 32 characters at most.
    pub title: String,
    /// What it brings: 255 characters at most.
    pub description: String,
    /// What comes back with the payment: 128 bytes at most.
    pub payload: String,
    /// Its price for a period, in Stars: 1 to 10,000.
    pub stars: i64,
    /// Its period in seconds; Telegram takes 30 days only.
    pub period_s: i64,
}

impl Telegram {
    /// `createInvoiceLink` of a subscription.
    ///
    /// # Errors
    /// What Telegram said.
    pub async fn subscription_link(
        &self,
        caller: &Caller,
        invoice: &Invoice,
    ) -> Result<String, CallError> {
        let asked = json!({
            "title": invoice.title, "description": invoice.description,
            "payload": invoice.payload, "provider_token": "", "currency": "XTR",
            "prices": [{"label": invoice.title, "amount": invoice.stars}],
            "subscription_period": invoice.period_s,
        });
        self.call_json(caller, "createInvoiceLink", &asked, CALL_TIMEOUT).await
    }

    /// `answerPreCheckoutQuery`, tried until this moment: yes, or no with the reason. Answering
    /// twice changes nothing.
    ///
    /// # Errors
    /// What Telegram said last.
    pub async fn answer_checkout(
        &self,
        caller: &Caller,
        query: &str,
        objection: Option<&str>,
        until: Instant,
    ) -> Result<(), CallError> {
        let mut asked = json!({ "pre_checkout_query_id": query, "ok": objection.is_none() });
        if let Some(objection) = objection {
            asked["error_message"] = objection.into();
        }
        loop {
            let method = "answerPreCheckoutQuery";
            let left = until.saturating_duration_since(Instant::now());
            let answered =
                self.call_json::<Value>(caller, method, &asked, left.min(CHECKOUT_TRY)).await;
            let pause = match &answered {
                Err(CallError::NotSent(Refusal::TooFast { retry_after })) => *retry_after,
                Err(CallError::NotSent(Refusal::Unreachable) | CallError::Unknown(_)) => {
                    CHECKOUT_PAUSE
                }
                _ => return answered.map(drop),
            };
            if Instant::now() + pause >= until {
                return answered.map(drop);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// `editUserStarSubscription`: stops the renewal of a subscription, or lets it go on. That it
    /// is so already counts as done.
    ///
    /// # Errors
    /// What Telegram said.
    pub async fn edit_subscription(
        &self,
        caller: &Caller,
        user: i64,
        charge: &str,
        is_canceled: bool,
    ) -> Result<(), CallError> {
        let asked = json!({
            "user_id": user, "telegram_payment_charge_id": charge, "is_canceled": is_canceled,
        });
        let method = "editUserStarSubscription";
        let done = self.call_json::<Value>(caller, method, &asked, CALL_TIMEOUT).await;
        unless_said(done, UNCHANGED)
    }

    /// `refundStarPayment`. That it was given back before counts as done.
    ///
    /// # Errors
    /// What Telegram said.
    pub async fn refund(&self, caller: &Caller, user: i64, charge: &str) -> Result<(), CallError> {
        let asked = json!({ "user_id": user, "telegram_payment_charge_id": charge });
        let done = self.call_json::<Value>(caller, "refundStarPayment", &asked, CALL_TIMEOUT).await;
        unless_said(done, &[REFUNDED])
    }
}

/// Takes a refusal with one of these words for success.
fn unless_said(done: Result<Value, CallError>, words: &[&str]) -> Result<(), CallError> {
    if let Err(CallError::NotSent(Refusal::Other { description, .. })) = &done {
        let said = description.to_lowercase();
        if words.iter().any(|word| said.contains(word)) {
            return Ok(());
        }
    }
    done.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_already_is_done() {
        let said = |description: &str| -> Result<Value, CallError> {
            Err(Refusal::Other { code: 400, description: description.to_owned() }.into())
        };
        assert_eq!(unless_said(said("Bad Request: CHARGE_ALREADY_REFUNDED"), &[REFUNDED]), Ok(()));
        assert!(unless_said(said("Bad Request: CHARGE_ID_INVALID"), &[REFUNDED]).is_err());
        assert!(unless_said(Err(Refusal::Unreachable.into()), &[REFUNDED]).is_err());
        assert_eq!(unless_said(Ok(Value::Bool(true)), &[REFUNDED]), Ok(()));
    }
}
