//! What Telegram's rules for Stars ask of whoever sells: terms, support for payments, refunds.
//!
//! ```text
//! Olga:          /paysupport I paid twice
//! @master_bot:   Your words were passed on …
//! the operator:  💬 Olga @olga (7): I paid twice … /refund stx1
//! ```

use std::time::Instant;

use super::may_pass;
use crate::{
    clock, failpoint,
    master::{
        Master, MasterError, Owner,
        actions::{Answer, Done, Occasion, plain},
        allowances::wait_in_words,
    },
    model::OwnerId,
    plan::{Payment, PaymentKind, moment},
    relay::{header::shown_name, rich::RichText},
    stats::Clock,
    store::Whom,
    text::Language,
};

/// The most UTF-16 units of a message.
const MOST: usize = 4096;
/// Payments listed below a question: the newest.
const LISTED: usize = 12;

impl Master {
    pub(super) fn terms(&self, owner: Owner) -> Answer {
        let language = owner.language;
        let Some(limits) = self.plans().limits() else { return plain(language.no_plans()) };
        plain(language.terms(
            &limits.price.to_string(),
            &limits.bots.to_string(),
            &limits.replies.to_string(),
        ))
    }

    /// Passes a question about payments on to the operator, with what he needs to answer it.
    pub(super) async fn pay_support(
        &self,
        owner: Owner,
        words: &str,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let language = owner.language;
        let (ledger, _) = self.plans().account(owner.id).await?;
        let payments = ledger.payments();
        if !self.sells() && payments.is_empty() {
            return Ok(Done::Say(plain(language.no_plans())));
        }
        if words.is_empty() {
            return Ok(Done::Say(plain(language.paysupport_how())));
        }
        let Some(operator) = self.operator().await? else {
            return Ok(Done::Say(plain(language.paysupport_nobody())));
        };
        let allowances = &self.inner.allowances;
        if let Err(wait) = allowances.ask(owner.id, Instant::now()) {
            let text = language.paysupport_too_many(&wait_in_words(language, wait));
            return Ok(Done::Say(plain(text)));
        }
        let from = match occasion {
            Occasion::Words(message) => message.from.as_ref(),
            _ => None,
        };
        let theirs = self.language_of(operator, None).await?;
        let mut name = from.map_or_else(String::new, |from| shown_name(from, theirs));
        if let Some(username) = from.and_then(|from| from.username.as_ref()) {
            name = format!("{name} @{username}");
        }
        let newest = payments.iter().rev().take(LISTED).map(|payment| listed(theirs, payment));
        let head =
            |words: &str| theirs.paysupport_request(name.trim(), &owner.id.to_string(), words);
        let request = composed(head, words, &newest.collect::<Vec<_>>());
        match self.speak(operator.chat(), &request).await {
            Err(error) if error.is_passing() || error.is_doubtful() => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "a question about a payment did not reach the operator");
                return Ok(Done::Say(plain(language.paysupport_nobody())));
            }
            Ok(()) => {}
        }
        allowances.has_asked(owner.id, Instant::now());
        Ok(Done::Say(plain(language.paysupport_sent())))
    }

    /// `/refund CHARGE`: gives a payment back. For anybody else there is no such command.
    pub(super) async fn refund(&self, owner: Owner, words: &str) -> Result<Answer, MasterError> {
        let language = owner.language;
        if !self.is_operator(owner.id).await? {
            return Ok(plain(self.unknown_command(owner).await?));
        }
        let charge = words.trim();
        if charge.is_empty() {
            return Ok(plain(language.refund_how()));
        }
        let store = &self.inner.store;
        let row = store.payment(charge).await?;
        let Some(row) = row else { return Ok(plain(language.refund_unknown())) };
        let Some(payer) = row.owner else { return Ok(plain(language.refund_left())) };
        // Nothing may be written of a payer who is just leaving.
        let Some(_present) = store.enter(Whom::Owner(payer)) else { return Err(MasterError::Busy) };
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        if let Err(error) = telegram.refund(caller, payer.0, charge).await {
            if may_pass(&error) {
                return Err(MasterError::Answer(error));
            }
            tracing::warn!(%error, "Telegram refused a refund");
            return Ok(plain(language.refund_failed()));
        }
        failpoint::at("refund", "given");
        let refund = Payment {
            kind: PaymentKind::Refund,
            paid_until: None,
            refunded_at: Some(clock::now_ms()),
            ..row.payment.clone()
        };
        // Before it is recorded, so that a refund that is known has stopped it, too.
        let is_stopped = self.stop_refunded(payer, &row.payment).await?;
        failpoint::at("refund", "stopped");
        store.insist(|| store.note_payment(Some(payer), &refund)).await?;
        failpoint::at("refund", "stored");
        tracing::info!(owner.id = %payer, charge, is_stopped, "a payment was given back");
        let (stars, payer) = (row.payment.stars.to_string(), payer.to_string());
        Ok(plain(if is_stopped {
            language.refund_done(&stars, &payer)
        } else {
            language.refund_done_only(&stars, &payer)
        }))
    }

    /// Stops the subscription that a payment belongs to: who got his Stars back is not to pay again
    /// next month. It does not matter whether the refund is known here already. `false` where
    /// Telegram refused, as it may where the payment was the subscription's first.
    async fn stop_refunded(&self, payer: OwnerId, paid: &Payment) -> Result<bool, MasterError> {
        let (ledger, _) = self.plans().account(payer).await?;
        let first = ledger.subscription_of(paid).into_iter();
        let charges: Vec<_> = first.map(|payment| payment.charge.clone()).collect();
        self.stop_some(payer, &ledger, &charges).await
    }
}

/// A question in one message: the words, cut where they leave no room for the newest payment, and
/// below them as many payments as fit.
fn composed(head: impl Fn(&str) -> String, words: &str, newest: &[String]) -> String {
    let units = |text: &str| text.encode_utf16().count();
    let kept = newest.first().map_or(0, |line| units(line) + 2);
    let around = units(&head("x")) - 1 + kept;
    let words = RichText::plain(words.to_owned()).cut(MOST.saturating_sub(around));
    let mut text = head(&words.text);
    let breaks = ["\n\n"].into_iter().chain(std::iter::repeat("\n"));
    for (line, gap) in newest.iter().zip(breaks) {
        if units(&text) + units(gap) + units(line) > MOST {
            break;
        }
        text.push_str(gap);
        text.push_str(line);
    }
    text
}

/// A payment in a line, with the command that gives it back.
fn listed(language: Language, payment: &Payment) -> String {
    let (date, stars) = (moment(payment.paid_at, Clock::default()), payment.stars.to_string());
    if payment.refunded_at.is_some() {
        return language.paysupport_refunded(&date, &stars, &payment.charge);
    }
    language.paysupport_payment(&date, &stars, &payment.charge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_and_its_payments_fit_into_one_message() {
        let head = |words: &str| format!("from Olga:\n\n{words}");
        let newest: Vec<_> =
            (0..12).map(|number| format!("{number} {}", "c".repeat(200))).collect();
        let short = composed(head, "twice", &newest);
        assert!(short.starts_with("from Olga:\n\ntwice\n\n0 c") && short.contains("\n11 c"));
        let long = composed(head, &"🙂".repeat(4000), &newest);
        assert!(long.encode_utf16().count() <= MOST && long.encode_utf16().count() > MOST - 3);
        assert!(long.contains("…\n\n0 c") && !long.contains("\n1 c"));
        let most = composed(head, &"x".repeat(MOST), &[]);
        assert_eq!(most.encode_utf16().count(), MOST);
        let some = composed(head, &"x".repeat(3000), &newest);
        assert!(some.contains("\n4 c") && !some.contains("\n5 c") && !some.contains('…'));
    }
}
