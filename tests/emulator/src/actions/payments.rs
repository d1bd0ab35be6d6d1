//! Paying, and making managed bots.

use serde_json::{Value, json};

use crate::{Bot, Emulator, Person, draft};

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
        self.extra = json!({"is_recurring": true, "is_first_recurring": first, "subscription_expiration_date": until});
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
            s.add_update(bot.id, "pre_checkout_query", query);
            id
        })
    }

    /// The payment goes through: a message with `successful_payment`; gives the message's id and the charge id.
    pub async fn pay(&self, person: &Person, bot: &Bot, payment: &Payment) -> (i64, String) {
        let charge = self.read_mut(|s| format!("stx{:x}", s.random()));
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
