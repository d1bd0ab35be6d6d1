//! What Telegram's rules for Stars ask of whoever sells: terms, support for payments, refunds.
//!
//! ```text
//! Olga:          /paysupport I paid twice
//! @master_bot:   Your words were passed on …
//! the operator:  💬 Olga @olga (7): I paid twice … /refund stx1
//! ```

use std::time::Instant;

use serde_json::{Map, Value, json};

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
    telegram::Outgoing,
    text::Language,
    update::Person,
};

/// The most UTF-16 units of a message.
const MOST: usize = 4096;
/// Stands for a name to find out where it goes: no text of ours has it.
const PLACE: &str = "\u{f8ff}";
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
        let nobody = Person { id: owner.id.0, ..Person::default() };
        let from = match occasion {
            Occasion::Words(message) => message.from.as_ref().unwrap_or(&nobody),
            _ => &nobody,
        };
        if !self.pass_question_on(operator, from, words, Some(&payments)).await? {
            return Ok(Done::Say(plain(language.paysupport_nobody())));
        }
        allowances.has_asked(owner.id, Instant::now());
        Ok(Done::Say(plain(language.paysupport_sent())))
    }

    /// The same for somebody who has no account here, such as one who left and is charged all the
    /// same; gives the answer. All of them together have a limit, too.
    pub(in crate::master) async fn pay_support_of_stranger(
        &self,
        person: &Person,
        language: Language,
        words: &str,
    ) -> Result<String, MasterError> {
        if words.is_empty() {
            return Ok(language.paysupport_how_stranger());
        }
        let (allowances, id) = (&self.inner.allowances, OwnerId(person.id));
        if let Err(wait) = allowances.ask(id, Instant::now()) {
            return Ok(language.paysupport_too_many(&wait_in_words(language, wait)));
        }
        let operator = self.operator().await?;
        let operator = operator.filter(|_| allowances.strangers_may_ask(Instant::now()));
        let Some(operator) = operator else { return Ok(language.paysupport_nobody()) };
        if !self.pass_question_on(operator, person, words, None).await? {
            return Ok(language.paysupport_nobody());
        }
        allowances.stranger_has_asked(id, Instant::now());
        Ok(language.paysupport_sent_stranger())
    }

    /// Passes a person's question on to the operator, with his payments where he has an account;
    /// `false` where that can't be. The name leads to him, also where he has no username.
    async fn pass_question_on(
        &self,
        operator: OwnerId,
        from: &Person,
        words: &str,
        payments: Option<&[&Payment]>,
    ) -> Result<bool, MasterError> {
        let theirs = self.language_of(operator, None).await?;
        let (name, id) = (shown_name(from, theirs), from.id.to_string());
        let shown = match &from.username {
            Some(username) => format!("{name} @{username}"),
            None => name.clone(),
        };
        let head = |name: &str, words: &str| match payments {
            Some(_) => theirs.paysupport_request(name, &id, words),
            None => theirs.paysupport_request_stranger(name, &id, words),
        };
        let newest = payments.unwrap_or_default().iter().rev().take(LISTED);
        let newest: Vec<_> = newest.map(|payment| listed(theirs, payment)).collect();
        let text = composed(|words| head(&shown, words), words, &newest);
        let entities = [mention(&head(PLACE, ""), &name, from.id)];
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), text.into());
        parameters.insert("entities".to_owned(), json!(entities));
        let said = self.send(operator.chat(), Outgoing::new("sendMessage", parameters)).await;
        match said {
            Err(error) if error.is_passing() || error.is_doubtful() => Err(error),
            Err(error) => {
                tracing::warn!(%error, "a question about a payment did not reach the operator");
                Ok(false)
            }
            Ok(()) => Ok(true),
        }
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
            if error.may_pass() {
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

/// Makes the name of a person who asks lead to him; `sample` has [`PLACE`] where the name goes.
fn mention(sample: &str, name: &str, person: i64) -> Value {
    let units = |text: &str| text.encode_utf16().count();
    let before = sample.split(PLACE).next().unwrap_or_default();
    let user = json!({"id": person, "is_bot": false, "first_name": name});
    json!({"type": "text_mention", "offset": units(before), "length": units(name), "user": user})
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
    fn the_name_of_who_asks_leads_to_him() {
        for language in Language::ALL {
            let ask = |name: &str| language.paysupport_request(name, "7", "x");
            let entity = mention(&ask(PLACE), "Zoë 🦊", 7);
            let number = |key: &str| usize::try_from(entity[key].as_u64().unwrap()).unwrap();
            let text: Vec<u16> = ask("Zoë 🦊").encode_utf16().collect();
            let from = number("offset");
            let named = String::from_utf16(&text[from..from + number("length")]).unwrap();
            assert_eq!((named.as_str(), &entity["user"]["id"]), ("Zoë 🦊", &json!(7)));
        }
    }

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
