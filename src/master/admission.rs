//! Who is an owner: by `OWNER_IDS`, by the claim link, by open registration. Everybody else is a
//! stranger: he is refused politely, once, and nothing works for him.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;
use teloxide::types::ChatId;

use super::{Command, Master, MasterError, Owner};
use crate::{
    clock,
    model::OwnerId,
    telegram::{CallError, Caller, Outgoing},
    text::Language,
    update::{Message, Person},
};

/// How often an answer is tried whose fate is unknown.
const TRIES: u32 = 3;

/// The installation's fact that names who claimed it.
pub(super) const CLAIMED: &str = "claimed by";
/// The one that says when its last claimer left.
const CLAIM_ENDED: &str = "claim ended at";
/// The one that says when somebody left last.
const LAST_LEFT: &str = "last left at";
/// What is written so soon after that may still be his who left, in milliseconds: he has not read
/// yet that it is done, or clocks differ.
const AFTER_LEAVING_MS: i64 = 10 * 60 * 1000;
/// What stands before the code in the claim link.
const PREFIX: &str = "claim_";

/// Whether a person may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// He is an owner.
    Owner(Owner),
    /// He is one whom the operator suspended.
    Suspended(Owner),
    /// He has just become one by the claim link, and was told so.
    Claimed,
    /// He is not; he was refused, now or before.
    Stranger,
}

impl Master {
    /// Finds out whether a person is an owner, or becomes one by what he sent.
    ///
    /// # Errors
    /// When the database fails, or he could not be answered.
    pub async fn admit(
        &self,
        person: &Person,
        message: Option<&Message>,
        update: i64,
    ) -> Result<Admission, MasterError> {
        let store = &self.inner.store;
        let id = OwnerId(person.id);
        let language = Language::of(person.language.as_deref());
        let owner = Owner { id, language };
        let command = message.and_then(Command::parse);
        let payload = match &command {
            Some(Command::Start { payload }) => Some(payload.as_str()),
            _ => None,
        };
        if let Some(known) = store.owner(self.inner.caller.bot, id).await? {
            let language = known.chosen.map_or(language, |chosen| Language::of(Some(&chosen)));
            let owner = Owner { id, language };
            self.learns(owner);
            if known.language.as_deref() != Some(language.code()) {
                store.set_owner_language(id, language.code()).await?;
            }
            // Owners who came by open registration may claim it, too.
            if self.claims(id, payload, true).await? {
                return self.welcome_claimer(owner).await;
            }
            return self.admitted(owner, known.is_suspended).await;
        }
        // An owner who has left may press what is still there, and what he wrote before may be
        // delivered once more: neither makes him one again.
        if message.is_none() || store.is_handled(self.inner.caller.bot, update).await? {
            return Ok(Admission::Stranger);
        }
        if self.claims(id, payload, false).await? {
            self.register(owner).await?;
            return self.welcome_claimer(owner).await;
        }
        let (doors, begins) = (&self.inner.doors, payload.is_some());
        let is_named = doors.owners.contains(&id);
        // Of who has just left, it may have waited behind that.
        let has_left = self.inner.left.get(&id).is_some();
        if (begins && doors.open) || (is_named && (begins || !has_left)) {
            self.register(owner).await?;
            self.inner.left.remove(&id);
            return self.admitted(owner, store.is_suspended(id).await?).await;
        }
        let may_begin = is_named || doors.open;
        if command == Some(Command::Privacy) {
            // Only those are written down who are refused.
            let text = if may_begin {
                language.privacy_newcomer()
            } else {
                language.privacy_stranger(&self.inner.installation.retention_days.to_string())
            };
            return self.answer_stranger(owner, &text, update).await;
        }
        if let Some(Command::PaySupport { words }) = &command
            && self.sells()
        {
            return self.support_stranger(person, owner, words, update).await;
        }
        if may_begin {
            return self.answer_stranger(owner, &language.send_start(), update).await;
        }
        if self.may_be_of_who_left(id, message).await? {
            return self.answer_stranger(owner, &language.stranger(), update).await;
        }
        self.refuse(id, language).await?;
        Ok(Admission::Stranger)
    }

    /// Whether a message may have been written by somebody who left, before that or in the minutes
    /// after it: who it is must not be written down once more. One who was refused before is none.
    async fn may_be_of_who_left(
        &self,
        id: OwnerId,
        message: Option<&Message>,
    ) -> Result<bool, MasterError> {
        let store = &self.inner.store;
        let left = store.installation_fact(LAST_LEFT).await?;
        let left = left.and_then(|at| at.try_into().ok()).map(i64::from_le_bytes);
        let written = message.and_then(|message| message.get("date")).and_then(Value::as_i64);
        let is_near = left.zip(written).is_some_and(|(left, written)| {
            written.saturating_mul(1000) <= left.saturating_add(AFTER_LEAVING_MS)
        });
        Ok(is_near && !store.is_refused(self.inner.caller.bot, id.chat()).await?)
    }

    /// Before somebody leaves: when that was, not who.
    pub(super) async fn note_leaving(&self) -> Result<(), MasterError> {
        let now = clock::now_ms().to_le_bytes().to_vec();
        Ok(self.inner.store.put_fact(LAST_LEFT, now).await?)
    }

    /// Lets an owner go on, if he is not suspended. The operator is not: where one becomes it who
    /// was, nobody else could let him go on.
    async fn admitted(&self, owner: Owner, is_suspended: bool) -> Result<Admission, MasterError> {
        if !is_suspended {
            return Ok(Admission::Owner(owner));
        }
        if !self.is_operator(owner.id).await? {
            return Ok(Admission::Suspended(owner));
        }
        self.resume(owner.id).await?;
        tracing::info!(owner.id = %owner.id, "the operator was suspended, and goes on");
        Ok(Admission::Owner(owner))
    }

    /// Answers what somebody who is no owner may ask, as often as an owner may.
    async fn answer_stranger(
        &self,
        person: Owner,
        text: &str,
        update: i64,
    ) -> Result<Admission, MasterError> {
        if !self.stop_if_too_fast(person).await? {
            self.answer_once(person.id, text, update).await?;
        }
        Ok(Admission::Stranger)
    }

    /// Passes a question about a payment on of somebody who is no owner: he may have left and be
    /// charged all the same.
    async fn support_stranger(
        &self,
        person: &Person,
        asking: Owner,
        words: &str,
        update: i64,
    ) -> Result<Admission, MasterError> {
        if !self.stop_if_too_fast(asking).await? {
            let text = self.pay_support_of_stranger(person, asking.language, words).await?;
            self.answer_once(asking.id, &text, update).await?;
        }
        Ok(Admission::Stranger)
    }

    async fn answer_once(&self, id: OwnerId, text: &str, update: i64) -> Result<(), MasterError> {
        self.speak(id.chat(), text).await?;
        let master = self.inner.caller.bot;
        self.inner.store.insist_handled(master, update, clock::now_ms()).await?;
        Ok(())
    }

    async fn welcome_claimer(&self, owner: Owner) -> Result<Admission, MasterError> {
        let is_suspended = self.inner.store.is_suspended(owner.id).await?;
        self.admitted(owner, is_suspended).await?;
        self.refresh_menu(owner);
        self.speak(owner.id.chat(), &owner.language.claimed()).await?;
        tracing::info!(owner.id = %owner.id, "the installation was claimed");
        Ok(Admission::Claimed)
    }

    /// Refuses a stranger once. It is recorded after it was said, or a process that ends in between
    /// would leave him without an answer.
    async fn refuse(&self, id: OwnerId, language: Language) -> Result<(), MasterError> {
        let (store, master) = (&self.inner.store, self.inner.caller.bot);
        // What he writes and what he presses comes in lanes of its own.
        let _turn = self.inner.refusals.turn(id).await;
        if store.is_refused(master, id.chat()).await? {
            return Ok(());
        }
        let said = self.speak(id.chat(), &language.stranger()).await;
        if said.as_ref().is_err_and(MasterError::is_passing) {
            return said;
        }
        store.refuse_once(master, id.chat(), clock::now_ms()).await?;
        said
    }

    /// The one-time link that makes whoever opens it first the owner; `None` when somebody has
    /// opened it, or `OWNER_IDS` names one. Owners who came by open registration do not keep it from
    /// whoever reads it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_link(&self) -> Result<Option<String>, MasterError> {
        let (doors, store) = (&self.inner.doors, &self.inner.store);
        let Some(username) = self.inner.username.get() else { return Ok(None) };
        if !doors.owners.is_empty() || store.installation_fact(CLAIMED).await?.is_some() {
            return Ok(None);
        }
        let code = self.claim_code().await?;
        Ok(Some(format!("https://t.me/{username}?start={PREFIX}{code}")))
    }

    async fn claim_code(&self) -> Result<String, MasterError> {
        let ended = self.inner.store.installation_fact(CLAIM_ENDED).await?;
        Ok(self.inner.seal.claim_code(self.inner.caller.bot, ended.as_deref()))
    }

    async fn claims(
        &self,
        id: OwnerId,
        payload: Option<&str>,
        is_owner: bool,
    ) -> Result<bool, MasterError> {
        let Some(code) = payload.and_then(|payload| payload.strip_prefix(PREFIX)) else {
            return Ok(false);
        };
        let expected = self.claim_code().await?;
        let right: bool = code.as_bytes().ct_eq(expected.as_bytes()).into();
        if !right || !self.inner.doors.owners.is_empty() {
            return Ok(false);
        }
        let store = &self.inner.store;
        let claimer = id.0.to_le_bytes().to_vec();
        // The unique key lets one claimer through; he may come again after a crash right here.
        Ok(store.settle_fact(CLAIMED, claimer.clone()).await?
            || (!is_owner && store.installation_fact(CLAIMED).await? == Some(claimer)))
    }

    /// Before whoever claimed the installation leaves: the link he opened must not work again.
    pub(super) async fn end_claim(&self, owner: OwnerId) -> Result<(), MasterError> {
        let store = &self.inner.store;
        let claimer = owner.0.to_le_bytes();
        if store.installation_fact(CLAIMED).await?.is_some_and(|known| known == claimer) {
            store.put_fact(CLAIM_ENDED, clock::now_ms().to_le_bytes().to_vec()).await?;
        }
        Ok(())
    }

    async fn register(&self, owner: Owner) -> Result<(), MasterError> {
        let store = &self.inner.store;
        self.make_owner(owner.id).await?;
        store.set_owner_language(owner.id, owner.language.code()).await?;
        self.learns(owner);
        Ok(())
    }

    /// Says a text of ours in a chat with the master bot.
    pub(super) async fn speak(&self, chat: ChatId, text: &str) -> Result<(), MasterError> {
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), json!(text));
        self.send(chat, Outgoing::new("sendMessage", parameters)).await
    }

    /// Sends a message of ours in a chat with the master bot.
    pub(super) async fn send(&self, chat: ChatId, outgoing: Outgoing) -> Result<(), MasterError> {
        let caller = &self.inner.caller;
        self.send_from(chat, &outgoing, caller).await.map(drop).map_err(MasterError::Answer)
    }

    /// The same, with a file of `holder`; gives the message as Telegram has it.
    pub(super) async fn send_from(
        &self,
        chat: ChatId,
        outgoing: &Outgoing,
        holder: &Caller,
    ) -> Result<Value, CallError> {
        let deadline = Instant::now() + Duration::from_secs(40);
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        let mut tries = 1;
        loop {
            match telegram.deliver(caller, chat, outgoing, holder, deadline).await {
                // It would rather be said twice than never.
                Err(CallError::Unknown(_)) if tries < TRIES && Instant::now() < deadline => {
                    tries += 1;
                }
                said => return said,
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
