//! Paying, and making managed bots.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{
    Bot, Emulator, Person, draft,
    shop::{Charge, Query},
};

/// What a paid invoice was about.
#[derive(Clone, Debug)]
pub struct Payment {
    /// `invoice_payload` of the invoice.
    pub payload: String,
    /// Smallest units; whole Stars for `XTR`.
    pub amount: i64,
    /// `XTR` for Stars.
    pub currency: String,
    /// Fields of `successful_payment` besides the usual, such as `is_recurring`.
    pub extra: Value,
}

impl Payment {
    /// A payment in Stars.
    pub fn stars(payload: &str, amount: i64) -> Self {
        Self { payload: payload.into(), amount, currency: "XTR".into(), extra: json!({}) }
    }

    /// As Telegram tells of a subscription's payment.
    #[must_use]
    pub fn recurring(mut self, first: bool, until: i64) -> Self {
        self.extra = json!({"is_recurring": true, "subscription_expiration_date": until});
        if first {
            self.extra["is_first_recurring"] = true.into();
        }
        self
    }
}

impl Emulator {
    /// Presses *Pay*: a `pre_checkout_query`; gives its id. Nothing is paid yet.
    pub fn checkout(&self, person: &Person, bot: &Bot, payment: &Payment) -> String {
        self.write(|s| {
            let id = (s.random() >> 1).to_string();
            let query = json!({
                "id": id, "from": person.user(), "currency": payment.currency,
                "total_amount": payment.amount, "invoice_payload": payment.payload,
            });
            let asked = Query { bot: bot.id, asked: Instant::now(), answer: None };
            s.shop.checkouts.insert(id.clone(), asked);
            s.add_update(bot.id, "pre_checkout_query", query);
            id
        })
    }

    /// What the link of an invoice asks for.
    pub fn invoice(&self, link: &str) -> Option<Payment> {
        let invoice = self.read(|s| s.shop.invoices.get(link).cloned())?;
        let currency = invoice.currency;
        Some(Payment { currency, ..Payment::stars(&invoice.payload, invoice.amount) })
    }

    /// Opens an invoice's link and pays, if the bot lets him: the first month of a subscription,
    /// until then; where the link is of none, it is paid once. Gives the charge id, or what the bot
    /// says.
    ///
    /// # Panics
    /// If the link leads nowhere, or the bot does not answer in time.
    pub async fn subscribe(
        &self,
        person: &Person,
        bot: &Bot,
        link: &str,
        until: i64,
    ) -> Result<String, String> {
        let payment = self.invoice(link).unwrap_or_else(|| panic!("no invoice at {link}"));
        let id = self.checkout(person, bot, &payment);
        self.wait("an answer to a checkout", |view| view.checkout_answer(&id)).await?;
        let period = self.read(|s| s.shop.invoices.get(link)?.period);
        let paid = if period.is_some() { payment.recurring(true, until) } else { payment };
        Ok(self.pay(person, bot, &paid).await.1)
    }

    /// A subscription's next month is paid; gives the charge id.
    ///
    /// # Panics
    /// If there is no such charge.
    pub async fn renew(&self, person: &Person, bot: &Bot, charge: &str, until: i64) -> String {
        let first = self.read(|s| s.shop.charges.get(charge).cloned());
        let first = first.unwrap_or_else(|| panic!("no charge {charge}"));
        let payment = Payment::stars(&first.payload, first.stars).recurring(false, until);
        self.pay(person, bot, &payment).await.1
    }

    /// A subscription changes in Telegram itself (10.2): `canceled`, `active` or `failed`.
    pub fn change_subscription(&self, person: &Person, bot: &Bot, charge: &str, state: &str) {
        self.write(|s| {
            let Some(paid) = s.shop.charges.get_mut(charge) else { return };
            if state != "failed" {
                paid.is_canceled = Some(state == "canceled");
            }
            let payload = paid.payload.clone();
            let update = json!({"user": person.user(), "invoice_payload": payload, "state": state});
            s.add_update(bot.id, "subscription", update);
        });
    }

    /// The payment goes through: a message with `successful_payment`; gives the message's id and the charge id.
    pub async fn pay(&self, person: &Person, bot: &Bot, payment: &Payment) -> (i64, String) {
        let is_first = payment.extra["is_first_recurring"] == true;
        let charge = self.write(|s| {
            let id = format!("stx{:x}", s.random());
            let paid = Charge {
                bot: bot.id,
                user: person.id,
                stars: payment.amount,
                payload: payment.payload.clone(),
                is_refunded: false,
                is_canceled: is_first.then_some(false),
            };
            s.shop.charges.insert(id.clone(), paid);
            id
        });
        let mut paid = json!({
            "currency": payment.currency, "total_amount": payment.amount, "invoice_payload": payment.payload,
            "telegram_payment_charge_id": charge, "provider_payment_charge_id": "",
        });
        for (key, value) in payment.extra.as_object().into_iter().flatten() {
            paid[key] = value.clone();
        }
        let id = self.send(person, bot, draft::service("successful_payment", paid)).await;
        (id, charge)
    }

    /// A person confirms a managed bot (9.6): it exists, the manager gets `managed_bot` and a message
    /// `managed_bot_created`, and may ask for its token.
    pub async fn make_managed_bot(
        &self,
        person: &Person,
        manager: &Bot,
        username: &str,
        name: &str,
    ) -> Bot {
        let bot = self.add_bot(username, name);
        let user = self.write(|s| {
            let user = s.bot(bot.id).user();
            s.bot_mut(bot.id).settings.insert("managed_by".into(), json!(manager.id));
            let update = json!({"user": person.user(), "bot": user});
            s.add_update(manager.id, "managed_bot", update);
            user
        });
        self.send(person, manager, draft::service("managed_bot_created", json!({"bot": user})))
            .await;
        bot
    }
}
