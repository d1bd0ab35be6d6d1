//! Tables `payments`, `renewals`, `plan_notices`: what was paid, whether it goes on, and which end
//! was told. A plan is derived from them ([`crate::plan`]); nothing here is ever taken back.

use super::{Inserted, Store, StoreError, sql};
use crate::{
    model::{BotId, OwnerId},
    payment::{NUMBERS_TELL_MS, Payment, PaymentKind, Renewal, Renewing},
};

/// A payment, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// Who paid; `None` where he left.
    pub owner: Option<OwnerId>,
    /// What he paid.
    pub payment: Payment,
    /// Whether he was told that it arrived.
    pub is_told: bool,
    /// Whether he was told that it was given back.
    pub is_refund_told: bool,
}

/// An end of a plan that is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanEnd {
    /// Whose plan.
    pub owner: OwnerId,
    /// When it ended, in UTC milliseconds.
    pub until: i64,
}

/// How many ends are told in one go.
const AT_A_TIME: i64 = 100;

type Columns = (
    String,
    Option<i64>,
    i64,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

macro_rules! select {
    ($which:literal) => {
        sql(concat!(
            "SELECT charge_id, owner_id, stars, kind, paid_at, paid_until, refunded_at, seen_at, \
             told_at, refund_told_at, offered_at, update_id, stopped_at, lapsed_at FROM payments ",
            $which
        ))
    };
}

fn row(columns: Columns) -> Result<PaymentRow, StoreError> {
    let (charge, owner, stars, kind, paid_at, paid_until, refunded_at, seen_at, ..) = columns;
    let (.., told, refund_told, offered_at, update, stopped_at, lapsed_at) = columns;
    let kind = PaymentKind::from_word(&kind).ok_or(StoreError::Corrupt("payments.kind"))?;
    let payment = Payment {
        charge,
        stars,
        kind,
        paid_at,
        paid_until,
        refunded_at,
        seen_at,
        offered_at,
        update,
        stopped_at,
        lapsed_at,
    };
    Ok(PaymentRow {
        owner: owner.map(OwnerId),
        payment,
        is_told: told.is_some(),
        is_refund_told: refund_told.is_some(),
    })
}

impl Store {
    /// Takes note of a payment or a refund, known or not. What is known stays, what is missing is
    /// filled in, and what was given back stays given back. `owner`: whose it is; `None` where he
    /// has nothing here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_payment(
        &self,
        owner: Option<OwnerId>,
        told: &Payment,
    ) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO payments (charge_id, owner_id, stars, kind, paid_at, \
             paid_until, refunded_at, seen_at, offered_at, update_id) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(told.charge.as_str())
        .bind(owner)
        .bind(told.stars)
        .bind(told.kind.word())
        .bind(told.paid_at)
        .bind(told.paid_until)
        .bind(told.refunded_at)
        .bind(told.seen_at)
        .bind(told.offered_at)
        .bind(told.update);
        if self.insert_new(insert).await? == Inserted::Now {
            return Ok(());
        }
        if told.kind != PaymentKind::Refund {
            let fill = sql("UPDATE payments SET kind = ?, stars = ?, paid_at = ?, \
                 paid_until = ?, seen_at = ?, offered_at = ?, update_id = ? WHERE charge_id = ? AND kind = 'refund' \
                 AND (owner_id IS NULL OR owner_id = ?)")
            .bind(told.kind.word())
            .bind(told.stars)
            .bind(told.paid_at)
            .bind(told.paid_until)
            .bind(told.seen_at)
            .bind(told.offered_at)
            .bind(told.update)
            .bind(told.charge.as_str())
            .bind(owner);
            self.write(fill).await?;
        }
        if let Some(at) = told.refunded_at {
            let refund = sql("UPDATE payments SET refunded_at = ? \
                 WHERE charge_id = ? AND refunded_at IS NULL \
                 AND (owner_id IS NULL OR owner_id = ?)");
            self.write(refund.bind(at).bind(told.charge.as_str()).bind(owner)).await?;
        }
        Ok(())
    }

    /// A payment by its charge id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payment(&self, charge: &str) -> Result<Option<PaymentRow>, StoreError> {
        let query = select!("WHERE charge_id = ?").bind(charge);
        self.find::<Columns>(query).await?.map(row).transpose()
    }

    /// The first payments of the subscriptions that this offer brought, whoever paid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_charges(&self, offered_at: i64) -> Result<Vec<String>, StoreError> {
        let query = sql("SELECT charge_id FROM payments WHERE offered_at = ? AND kind = 'first'");
        let rows = self.list::<(String,)>(query.bind(offered_at)).await?;
        Ok(rows.into_iter().map(|(charge,)| charge).collect())
    }

    /// An owner's payments, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payments_of(&self, owner: OwnerId) -> Result<Vec<Payment>, StoreError> {
        let query = select!("WHERE owner_id = ? ORDER BY paid_at, charge_id").bind(owner);
        let rows = self.list::<Columns>(query).await?;
        rows.into_iter().map(|columns| row(columns).map(|row| row.payment)).collect()
    }

    /// Until when an owner has paid, in UTC milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paid_until(&self, owner: OwnerId) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT MAX(paid_until) FROM payments \
             WHERE owner_id = ? AND refunded_at IS NULL");
        let found = self.find::<(Option<i64>,)>(query.bind(owner)).await?;
        Ok(found.and_then(|(until,)| until))
    }

    /// Records that a payer was told of his payment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payment_is_told(&self, charge: &str, now: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE payments SET told_at = ? WHERE charge_id = ?");
        self.write(update.bind(now).bind(charge)).await?;
        Ok(())
    }

    /// Records that a payer was told of his refund.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refund_is_told(&self, charge: &str, now: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE payments SET refund_told_at = ? WHERE charge_id = ?");
        self.write(update.bind(now).bind(charge)).await?;
        Ok(())
    }

    /// Records that we stopped the subscription that a payment began. What is known stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscription_is_stopped(&self, charge: &str, now: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE payments SET stopped_at = ? \
             WHERE charge_id = ? AND stopped_at IS NULL");
        self.write(update.bind(now).bind(charge)).await?;
        Ok(())
    }

    /// Records that Telegram said that the subscription which a payment began does not go on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscription_lapses(&self, charge: &str, now: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE payments SET lapsed_at = ? WHERE charge_id = ?");
        self.write(update.bind(now).bind(charge)).await?;
        Ok(())
    }

    /// Records that the subscription which a payment began goes on, after all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscription_goes_on(&self, charge: &str) -> Result<(), StoreError> {
        let update = sql("UPDATE payments SET stopped_at = NULL, lapsed_at = NULL \
             WHERE charge_id = ?");
        self.write(update.bind(charge)).await?;
        Ok(())
    }

    /// Refunds of which nobody was told, though they were made before this moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn untold_refunds(&self, before: i64) -> Result<Vec<PaymentRow>, StoreError> {
        let query = select!(
            "WHERE refunded_at < ? AND refund_told_at IS NULL AND owner_id IS NOT NULL LIMIT ?"
        );
        let rows = self.list::<Columns>(query.bind(before).bind(AT_A_TIME)).await?;
        rows.into_iter().map(row).collect()
    }

    /// What was last said of an owner's renewal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renewal(&self, owner: OwnerId) -> Result<Option<Renewal>, StoreError> {
        let query = sql("SELECT state, changed_at FROM renewals WHERE owner_id = ?").bind(owner);
        let Some((word, changed_at)) = self.find::<(String, i64)>(query).await? else {
            return Ok(None);
        };
        let state = Renewing::from_word(&word).ok_or(StoreError::Corrupt("renewals.state"))?;
        Ok(Some(Renewal { state, changed_at }))
    }

    /// Records what was said of an owner's renewal, by the update of this number where one said it;
    /// an update older than the one that was last heeded says nothing new. Of somebody who is no
    /// owner nothing is recorded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_renewal(
        &self,
        owner: OwnerId,
        said: Renewal,
        update: Option<i64>,
    ) -> Result<(), StoreError> {
        let Renewal { state, changed_at } = said;
        let number = update.unwrap_or(0);
        let newer = sql("UPDATE renewals SET state = ?, changed_at = ?, \
             update_id = CASE WHEN ? = 0 THEN update_id ELSE ? END \
             WHERE owner_id = ? AND (? = 0 OR update_id <= ? OR changed_at < ?)")
        .bind(state.word())
        .bind(changed_at)
        .bind(number)
        .bind(number)
        .bind(owner)
        .bind(number)
        .bind(number)
        .bind(changed_at.saturating_sub(NUMBERS_TELL_MS));
        let insert = sql("INSERT INTO renewals (state, changed_at, update_id, owner_id) \
             SELECT ?, ?, ?, owner_id FROM owners WHERE owner_id = ?")
        .bind(state.word())
        .bind(changed_at)
        .bind(number)
        .bind(owner);
        self.put(newer, insert).await
    }

    /// Plans that ended by this moment and not before `since`, and of whose end nobody was told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ends_to_tell(&self, since: i64, now: i64) -> Result<Vec<PlanEnd>, StoreError> {
        let query = sql("SELECT p.owner_id, MAX(p.paid_until) FROM payments p \
             LEFT JOIN plan_notices n ON n.owner_id = p.owner_id \
             WHERE p.owner_id IS NOT NULL AND p.refunded_at IS NULL AND p.paid_until IS NOT NULL \
             GROUP BY p.owner_id, n.told_for \
             HAVING MAX(p.paid_until) <= ? AND MAX(p.paid_until) >= ? \
             AND (n.told_for IS NULL OR n.told_for < MAX(p.paid_until)) \
             ORDER BY p.owner_id LIMIT ?");
        let rows = self.list::<(i64, i64)>(query.bind(now).bind(since).bind(AT_A_TIME)).await?;
        let end = |(owner, until)| PlanEnd { owner: OwnerId(owner), until };
        Ok(rows.into_iter().map(end).collect())
    }

    /// When the next payment ends to count after this moment, in UTC milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_end(&self, now: i64) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT MIN(paid_until) FROM payments \
             WHERE paid_until > ? AND refunded_at IS NULL");
        let found = self.find::<(Option<i64>,)>(query.bind(now)).await?;
        Ok(found.and_then(|(until,)| until))
    }

    /// Records that an owner knows that his plan ended at this moment, unless he has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_is_told(&self, owner: OwnerId, until: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE plan_notices SET told_for = ? WHERE owner_id = ?");
        let insert = sql("INSERT INTO plan_notices (told_for, owner_id) \
             SELECT ?, owner_id FROM owners WHERE owner_id = ?");
        let [update, insert] = [update, insert].map(|put| put.bind(until).bind(owner));
        self.put(update, insert).await
    }

    /// How many replies of an owner arrived since a moment, in his chat with this master bot; at
    /// most so many. What was taken back counts, too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_replies(
        &self,
        owner: OwnerId,
        master: BotId,
        since: i64,
        most: i64,
    ) -> Result<i64, StoreError> {
        // Not by the numbers of messages: an old one that is sent again counts when it goes out. The
        // newest come first, so that whoever has used all is known soon.
        let query = sql("SELECT COUNT(*) FROM (SELECT source_message FROM message_references \
             WHERE owner_id = ? AND source_bot = ? AND source_chat = ? AND part = 0 \
             AND direction = 'out' AND state = 'sent' AND created_at >= ? \
             ORDER BY source_message DESC LIMIT ?) sent")
        .bind(owner)
        .bind(master)
        .bind(owner.chat())
        .bind(since)
        .bind(most);
        Ok(self.find::<(i64,)>(query).await?.map_or(0, |(count,)| count))
    }
}
