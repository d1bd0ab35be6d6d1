//! `/export`: all that is stored of an owner's, as files in his chat.
//!
//! ```text
//! the owner:   /export
//! master bot:  [feedback-relay-1.json]  📦 Your data, file 1 of 1. …
//! ```
//!
//! Read page by page and written to files without a name, which vanish with the process. What is
//! big is packed, and cut into files that bots may send; each of them is JSON by itself. There are
//! no message texts in it and no tokens.
//!
//! - [`parts`]: the files

mod parts;

use parts::{File, Parts};
use serde_json::{Map, Value, json};

use super::{
    Master, MasterError, Owner,
    actions::{Done, plain},
    card::note_context,
};
use crate::{
    clock,
    model::{BotId, BotState},
    payment::Payment,
    settings::{BotSettings, Texts},
    store::export::{CustomerRow, ReferenceRow},
    telegram::StoredFile,
    text::Language,
};

/// Exports written at the same time.
pub(super) const AT_A_TIME: usize = 2;
/// So many references, and it is packed.
const MANY: i64 = 20_000;
/// How big a file becomes: bots may send 50 MB.
const MOST: u64 = 45 << 20;

impl Master {
    /// Sends an owner all that is stored of his.
    pub(super) async fn export(&self, owner: Owner) -> Result<Done, MasterError> {
        let Ok(_place) = self.inner.exports.try_acquire() else {
            return Ok(Done::Say(plain(owner.language.export_busy())));
        };
        let files = match self.write_export(owner).await {
            Err(MasterError::File(error)) => {
                let number = format!("{:06}", rand::random_range(0..1_000_000));
                tracing::error!(%error, reference = number, "an export could not be written");
                return Ok(Done::Say(plain(owner.language.internal_error(&number))));
            }
            files => files?,
        };
        let parts = files.len().to_string();
        let (telegram, caller, chat) = (&self.inner.telegram, &self.inner.caller, owner.id.chat());
        for (number, file) in (1..).zip(files) {
            let caption = owner.language.export_part(&i32::to_string(&number), &parts);
            let ending = if file.is_packed { "json.gz" } else { "json" };
            let mime = if file.is_packed { "application/gzip" } else { "application/json" };
            let name = format!("feedback-relay-{number}.{ending}");
            let file = StoredFile { name, mime, content: file.content, caption };
            telegram.send_stored(caller, chat, file).await.map_err(MasterError::Answer)?;
        }
        Ok(Done::Shown)
    }

    async fn write_export(&self, owner: Owner) -> Result<Vec<File>, MasterError> {
        let store = &self.inner.store;
        let is_packed = store.count_references_of(owner.id).await? > MANY;
        let mut parts = Parts::begin(is_packed, MOST).map_err(MasterError::File)?;
        let facts = store.owner_facts(owner.id).await?;
        let (registered_at, language, utc_offset) = facts.unwrap_or_default();
        let himself = json!({
            "id": owner.id.0, "registered_at": registered_at, "language": language,
            "utc_offset_minutes": utc_offset, "exported_at": clock::now_ms(),
        });
        parts = parts.rows("owner", vec![himself]).await?;
        parts = parts.rows("bots", self.bots_to_export(owner).await?).await?;
        parts = parts.rows("payments", self.payments_to_export(owner).await?).await?;
        parts = self.export_customers(owner, parts).await?;
        parts = self.export_bans(owner, parts).await?;
        parts = self.export_notes(owner, parts).await?;
        parts = self.export_references(owner, parts).await?;
        parts.end().await
    }

    async fn bots_to_export(&self, owner: Owner) -> Result<Vec<Value>, MasterError> {
        let mut bots = Vec::new();
        for bot in self.inner.store.bots_ever_of(owner.id).await? {
            let Some(row) = self.own_bot(owner, bot).await? else { continue };
            let settings = self.inner.bots.stored_settings(owner.id, bot).await?;
            bots.push(json!({
                "id": bot.0, "username": row.username, "name": row.name,
                "state": row.state.word(), "is_attached": row.state != BotState::Removed,
                "settings": settings.as_ref().map(settings_shown),
            }));
        }
        Ok(bots)
    }

    async fn payments_to_export(&self, owner: Owner) -> Result<Vec<Value>, MasterError> {
        let payments = self.inner.store.payments_of(owner.id).await?;
        let shown = |payment: &Payment| {
            json!({
                "charge": payment.charge, "stars": payment.stars, "kind": payment.kind.word(),
                "paid_at": payment.paid_at, "paid_until": payment.paid_until,
                "refunded_at": payment.refunded_at,
            })
        };
        Ok(payments.iter().map(shown).collect())
    }

    async fn export_customers(&self, owner: Owner, mut parts: Parts) -> Result<Parts, MasterError> {
        let store = &self.inner.store;
        for bot in store.customers_bots_of(owner.id).await? {
            let mut after = i64::MIN;
            loop {
                let rows = store.customers_after(owner.id, bot, after).await?;
                let ends = rows.first().zip(rows.last());
                let Some((first, last)) = ends.map(|(f, l)| (f.customer_id, l.customer_id)) else {
                    break;
                };
                after = last;
                let labels = store.labels_between(owner.id, bot, (first, last)).await?;
                let rows = rows.iter().map(|row| customer_shown(bot, row, &labels)).collect();
                parts = parts.rows("customers", rows).await?;
            }
        }
        Ok(parts)
    }

    async fn export_bans(&self, owner: Owner, mut parts: Parts) -> Result<Parts, MasterError> {
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let rows = self.inner.store.bans_after(owner.id, after).await?;
            let Some(&(customer, bot, _)) = rows.last() else { return Ok(parts) };
            after = (customer, bot);
            let ban = |&(customer, bot, at): &(i64, i64, i64)| {
                let only = (bot != 0).then_some(bot);
                json!({"customer": customer, "only_from_bot": only, "banned_at": at})
            };
            parts = parts.rows("bans", rows.iter().map(ban).collect()).await?;
        }
    }

    async fn export_notes(&self, owner: Owner, mut parts: Parts) -> Result<Parts, MasterError> {
        let mut after = i64::MIN;
        loop {
            let rows = self.inner.store.notes_after(owner.id, after).await?;
            let Some((last, ..)) = rows.last() else { return Ok(parts) };
            after = *last;
            let note = |(customer, sealed, at): &(i64, Vec<u8>, i64)| {
                let whom = teloxide::types::ChatId(*customer);
                let opened = self.inner.seal.open(&note_context(owner, whom), sealed).ok();
                let note = opened.and_then(|note| String::from_utf8(note).ok());
                json!({"customer": customer, "note": note, "written_at": at})
            };
            parts = parts.rows("notes", rows.iter().map(note).collect()).await?;
        }
    }

    async fn export_references(
        &self,
        owner: Owner,
        mut parts: Parts,
    ) -> Result<Parts, MasterError> {
        let store = &self.inner.store;
        for bot in store.source_bots_of(owner.id).await? {
            let mut after = None;
            loop {
                let rows = store.references_after(owner.id, bot, after).await?;
                let Some(last) = rows.last() else { break };
                after = Some((last.source_chat, last.source_message, last.part));
                let rows = rows.iter().map(|row| reference_shown(bot, row)).collect();
                parts = parts.rows("references", rows).await?;
            }
        }
        Ok(parts)
    }
}

fn settings_shown(settings: &BotSettings) -> Value {
    json!({
        "greeting": words(&settings.greeting),
        "acknowledgement": settings.acknowledgement,
        "acknowledgement_text": words(&settings.acknowledgement_text),
        "reminder_hours": settings.reminder_hours,
        "banned_text": words(&settings.banned_text),
        "protect_content": settings.protect_content,
        "hide_usernames": settings.hide_usernames,
        "newcomers": settings.newcomers,
    })
}

/// The words of the owner's own texts, by language; `*`: for all others.
fn words(texts: &Texts) -> Value {
    let own = |language: Option<Language>| {
        let text = texts.of(language)?;
        let words = text.words().unwrap_or_default().to_owned();
        Some((language.map_or("*", Language::code).to_owned(), Value::String(words)))
    };
    texts.languages().filter_map(own).collect::<Map<_, _>>().into()
}

fn customer_shown(bot: BotId, row: &CustomerRow, labels: &[(i64, String)]) -> Value {
    let own = labels.iter().filter(|(customer, _)| *customer == row.customer_id);
    let labels: Vec<&String> = own.map(|(_, label)| label).collect();
    json!({
        "bot": bot.0, "customer": row.customer_id, "language": row.language,
        "label": row.label, "labels": labels, "first_seen_at": row.first_seen_at,
        "waiting_since": row.waiting_since, "answered_at": row.answered_at,
        "blocked_at": row.blocked_at, "checked_at": row.checked_at, "trusted_at": row.trusted_at,
    })
}

fn reference_shown(bot: BotId, row: &ReferenceRow) -> Value {
    json!({
        "direction": row.direction, "source_bot": bot.0, "source_chat": row.source_chat,
        "source_message": row.source_message, "part": row.part, "copy_bot": row.copy_bot,
        "copy_chat": row.copy_chat, "copy_message": row.copy_message, "state": row.state,
        "reason": row.reason, "created_at": row.created_at,
    })
}
