//! A payment of somebody who has no account here, such as one who left before it arrived, or who
//! paid a link from before: nothing is bought by it, so he gets his Stars back, and nothing more is
//! charged. Nothing that is written names him.
//!
//! ```text
//! Olga has left, and pays a link that was offered to her before.
//! @master_bot:  ↩️ 250 Stars were given back to you: there is no account of yours here any more. …
//! ```

use super::payments::Told;
use crate::{
    clock, failpoint,
    master::{Master, MasterError},
    plan::{Payment, PaymentKind},
    store::PaymentRow,
    text::Language,
};

impl Master {
    /// Gives a payment back that is written down without its payer, and tells him, unless he was
    /// told.
    ///
    /// # Errors
    /// When the database fails, or Telegram does not answer for now: it is to be delivered again.
    pub(super) async fn give_back(
        &self,
        told: &Told,
        row: &PaymentRow,
        language: Language,
    ) -> Result<(), MasterError> {
        let (payer, paid) = (told.owner, &row.payment);
        // Where only its refund is known there is nothing left to do.
        if row.is_told || paid.kind == PaymentKind::Refund {
            return Ok(());
        }
        let charges = self.charges_of(paid).await?;
        self.stop_charges(payer, &charges).await?;
        let (store, telegram) = (&self.inner.store, &self.inner.telegram);
        let text = match telegram.refund(&self.inner.caller, payer.0, &paid.charge).await {
            Ok(()) => {
                failpoint::at("gone", "returned");
                let refund = Payment { refunded_at: Some(clock::now_ms()), ..paid.clone() };
                store.insist(|| store.note_payment(None, &refund)).await?;
                language.paid_gone(&paid.stars.to_string())
            }
            Err(error) if error.may_pass() => return Err(MasterError::Answer(error)),
            Err(error) => {
                tracing::warn!(charge = paid.charge, %error, "Telegram refused a refund");
                language.paid_gone_kept(&paid.stars.to_string(), &paid.charge)
            }
        };
        match self.speak(payer.chat(), &text).await {
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(%error, "a payer could not be told"),
            Ok(()) => {}
        }
        let now = clock::now_ms();
        store.insist(|| store.payment_is_told(&paid.charge, now)).await?;
        Ok(())
    }

    /// The payments by which Telegram may know the subscription that a payment belongs to.
    async fn charges_of(&self, paid: &Payment) -> Result<Vec<String>, MasterError> {
        let own = vec![paid.charge.clone()];
        Ok(match (paid.kind, paid.offered_at) {
            (PaymentKind::Once, _) => Vec::new(),
            (PaymentKind::Renewal, Some(offered_at)) => {
                let first = self.inner.store.first_charges(offered_at).await?;
                if first.is_empty() { own } else { first }
            }
            _ => own,
        })
    }
}
