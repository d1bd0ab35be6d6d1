//! What was sent is taken back.
//!
//! ```text
//! the owner, as a reply to his own reply:   /delete      (or Undo, below the copy he answered last)
//! Anna no longer sees it.
//! Anna, in her chat with the bot:           /delete      her last message leaves the inbox
//! ```
//!
//! Telegram lets bots delete for 48 hours (Bot API, `deleteMessage`); after that it is said so.

use serde_json::{Map, Value, json};
use teloxide::types::{ChatId, MessageId};

use super::{
    Failure, Relay, SIDE_HOLD, Verdict, customer::Customer, outbound::running, worth_telling_later,
};
use crate::{
    clock, failpoint,
    model::{DELETED, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference, deleted_by},
    store::{ConversationKey, StoreError},
    telegram::{CallError, Caller, Doubt, Outgoing, Refusal},
    text::Language,
    update::{Button, Message},
};

/// What the data of the button *Undo* begins with; the replies' first and last message follow.
const UNDO: &str = "undo:";

/// How taking something back went.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Taken {
    /// It is gone.
    Back,
    /// It was gone before.
    Before,
    /// Telegram lets nobody delete it any more.
    TooLate,
    /// There was nothing of the kind.
    Nothing,
    /// It is still there.
    Failed(Failure),
}

impl Relay {
    /// Takes back the reply that the owner's `/delete` replies to, and says how that went; gives why
    /// that could not be said.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(
        &self,
        owner: OwnerId,
        command: &Message,
    ) -> Result<Result<(), CallError>, StoreError> {
        let language = self.owner_language(owner).await?;
        let about = self.about(owner, command).await?;
        let own = about.filter(|about| about.direction == Direction::Outbound);
        let text = match own {
            None => language.delete_how(),
            Some(own) => {
                let album = self.inner.store.album_of(owner, own.source).await?;
                let (taken, _) = self.take_replies_back(owner, &album, DELETED).await?;
                told(&taken, language)
            }
        };
        let about = command.reply_to().map_or(command.id, |replied| replied.id);
        let master = &self.inner.master;
        Ok(self.say(master, command.chat.id, Some(about), &text, None).await)
    }

    /// Takes back what the button *Undo* stands for; an error of Telegram's means that it is still
    /// there and may be gone after another try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undo(
        &self,
        owner: OwnerId,
        button: &Button,
        update: i64,
    ) -> Result<Result<(), CallError>, StoreError> {
        let language = self.owner_language(owner).await?;
        let sources = self.undo_sources(owner, &button.data);
        let by = deleted_by(update);
        let (taken, found) = self.take_replies_back(owner, &sources, &by).await?;
        let toast = match taken {
            Taken::Nothing | Taken::Before => language.button_stale(),
            ref taken => told(taken, language),
        };
        self.toast(button, Some(toast)).await;
        // A button of long ago takes nothing off that stands there now.
        if taken == Taken::Failed(Failure::Unreachable) {
            return Ok(Err(Doubt::TimedOut.into()));
        }
        if matches!(taken, Taken::Failed(_)) || (taken != Taken::Back && !button.is_shown()) {
            return Ok(Ok(()));
        }
        let Some(copy) = &button.message else { return Ok(Ok(())) };
        let target = found.map(|own| (own.client_bot(), own.customer()));
        let again = match target.filter(|_| taken == Taken::Back) {
            Some((bot, customer)) => self.waits_again(owner, copy, (owner, bot, customer)).await?,
            None => false,
        };
        self.without_undo(owner, copy, again).await;
        Ok(Ok(()))
    }

    /// Whether a button's data is an *Undo*.
    pub fn is_undo(data: &str) -> bool {
        data.starts_with(UNDO)
    }

    /// The button *Undo* for these replies of the owner's.
    pub(super) fn undo_keyboard(language: Language, first: MessageId, last: MessageId) -> Value {
        let data = format!("{UNDO}{}-{}", first.0, last.0);
        json!({"inline_keyboard": [[{"text": language.undo(), "callback_data": data}]]})
    }

    /// The replies an *Undo* stands for. Whether they exist and whose they are is looked up.
    fn undo_sources(&self, owner: OwnerId, data: &str) -> Vec<MessageKey> {
        let range = data.strip_prefix(UNDO).and_then(|range| range.split_once('-'));
        let range = range.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
        let Some((first, last)) = range.filter(|(first, last)| first <= last) else {
            return Vec::new();
        };
        let (bot, chat) = (self.inner.master.bot, owner.chat());
        (first..=last).take(10).map(|id| MessageKey { bot, chat, message: MessageId(id) }).collect()
    }

    /// Deletes the copies of replies at their customers, and writes why they are gone. Gives how the
    /// worst of them went, and the first reply found.
    async fn take_replies_back(
        &self,
        owner: OwnerId,
        sources: &[MessageKey],
        reason: &str,
    ) -> Result<(Taken, Option<Reference>), StoreError> {
        let store = &self.inner.store;
        let (mut worst, mut found) = (Taken::Nothing, None);
        for source in sources {
            let own = store.reference_of_source(owner, *source, Part::Main).await?;
            let Some(own) = own.filter(|own| own.direction == Direction::Outbound) else {
                continue;
            };
            let taken = self.take_reply_back(owner, &own, reason).await?;
            if taken == Taken::Back {
                let master = &self.inner.master;
                self.take_own_reaction(master, source.chat, source.message).await;
            }
            worst = match (worst, taken) {
                (Taken::Failed(failure), _) | (_, Taken::Failed(failure)) => Taken::Failed(failure),
                (Taken::TooLate, _) | (_, Taken::TooLate) => Taken::TooLate,
                (Taken::Back, _) => Taken::Back,
                (_, taken) => taken,
            };
            found.get_or_insert(own);
        }
        Ok((worst, found))
    }

    async fn take_reply_back(
        &self,
        owner: OwnerId,
        own: &Reference,
        reason: &str,
    ) -> Result<Taken, StoreError> {
        if own.reason.as_deref() == Some(reason) {
            // By this very update, in a process that was killed before it could say so.
            return Ok(Taken::Back);
        }
        if own.is_deleted() {
            return Ok(Taken::Before);
        }
        // Words too long for a caption stand above it.
        let store = &self.inner.store;
        let words = store.reference_of_source(owner, own.source, Part::Header).await?;
        let words = words.filter(|words| words.copy_message.is_some());
        if own.copy_message.is_none() && words.is_none() {
            return Ok(Taken::Nothing);
        }
        let Some(client) = running(self, owner, own.client_bot()).await? else {
            return Ok(Taken::Failed(self.why_none_runs(owner).await?));
        };
        let mut taken = Taken::Before;
        if let Some((words, copy)) =
            words.and_then(|words| Some((words.clone(), words.copy_message?)))
            && !words.is_deleted()
        {
            taken = self.erase(&client.caller, own.customer(), copy).await;
            if taken != Taken::Back {
                return Ok(taken);
            }
            store.insist(|| store.set_copy_reason(&words, DELETED)).await?;
        }
        let Some(copy) = own.copy_message else { return Ok(taken) };
        let taken = self.erase(&client.caller, own.customer(), copy).await;
        if taken == Taken::Back {
            failpoint::at("delete", "made");
            self.mark_deleted(owner, own.source, reason).await?;
            failpoint::at("delete", "marked");
        }
        Ok(taken)
    }

    async fn mark_deleted(
        &self,
        owner: OwnerId,
        source: MessageKey,
        reason: &str,
    ) -> Result<(), StoreError> {
        let (state, reason) = (DeliveryState::Sent, Some(reason));
        let store = &self.inner.store;
        store.insist(|| store.set_reference_state(owner, source, Part::Main, state, reason)).await
    }

    /// Deletes one message of a bot's chat. Deleting twice changes nothing, so it is tried again
    /// where nobody knows.
    async fn erase(&self, caller: &Caller, chat: ChatId, message: MessageId) -> Taken {
        let mut parameters = Map::new();
        parameters.insert("message_id".to_owned(), message.0.into());
        let call = Outgoing::new("deleteMessage", parameters);
        match self.deliver_often(caller, chat, &call, SIDE_HOLD).await {
            Ok(()) | Err(CallError::NotSent(Refusal::MessageGone)) => Taken::Back,
            Err(CallError::NotSent(Refusal::MessageFixed)) => Taken::TooLate,
            Err(CallError::Unknown(_)) => Taken::Failed(Failure::Unreachable),
            Err(CallError::NotSent(refusal)) => Taken::Failed(Failure::of(&refusal)),
        }
    }

    /// After an *Undo*: whether the copy is unanswered again. Then its customer waits as before.
    async fn waits_again(
        &self,
        owner: OwnerId,
        copy: &Message,
        key: ConversationKey,
    ) -> Result<bool, StoreError> {
        let (bot, chat) = (self.inner.master.bot, copy.chat.id);
        let at = MessageKey { bot, chat, message: copy.id };
        let store = &self.inner.store;
        let answered = store.reference_of_copy(owner, at).await?;
        let inbound = |found: &Reference| {
            found.direction == Direction::Inbound
                && (owner, found.client_bot(), found.customer()) == key
        };
        let Some(asked) = answered.filter(inbound) else { return Ok(false) };
        let Some(since) = store.written_at(owner, asked.source).await? else { return Ok(false) };
        let (_, answers) = store.times_of(owner, key.1, key.2, 100).await?;
        if answers.last().is_some_and(|last| *last >= since) {
            return Ok(false);
        }
        store.begin_waiting(key, asked.source.message, since).await?;
        Ok(true)
    }

    /// Answers a customer's `/delete`; gives `None` for every other message.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn take_back(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Option<Verdict>, StoreError> {
        if !matches!(message.command(), Some((command, _)) if command == "delete") {
            return Ok(None);
        }
        let (store, bot) = (&self.inner.store, customer.client.id());
        if store.is_handled(bot, update).await? {
            return Ok(Some(Verdict::Done));
        }
        let replied = message.reply_to();
        let own = replied.as_ref().filter(|replied| is_by(replied, customer));
        let (taken, about) = match (replied.as_ref(), own) {
            (Some(_), None) => (Taken::Nothing, None),
            (_, own) => {
                let own = own.map(|own| own.id);
                match self.take_asked_back(customer, own).await? {
                    Some(asked) => (Taken::Back, Some(asked)),
                    None => self.take_message_back(customer, own, update).await?,
                }
            }
        };
        let language = customer.language();
        let text = match taken {
            Taken::Back | Taken::Before => language.customer_taken_back(),
            Taken::TooLate => language.customer_delete_too_late(),
            Taken::Nothing => language.customer_nothing_to_delete(),
            Taken::Failed(_) => language.customer_delete_failed(),
        };
        let caller = &customer.client.caller;
        let said = self.say(caller, customer.chat, about, &text, None).await;
        if let Some(after) = worth_telling_later(&said) {
            return Ok(Some(Verdict::TryLater(after)));
        }
        failpoint::at("delete", "told");
        store.insist_handled(bot, update, clock::now_ms()).await?;
        Ok(Some(Verdict::Done))
    }

    /// Deletes the copies of one message of a customer's, or of his last one.
    async fn take_message_back(
        &self,
        customer: &Customer<'_>,
        message: Option<MessageId>,
        update: i64,
    ) -> Result<(Taken, Option<MessageId>), StoreError> {
        let (owner, bot, chat) = customer.key();
        let store = &self.inner.store;
        // Delivered again, the command must not mean the message before the one that is gone.
        let done = store.deleted_by(customer.key(), update).await?.map(|own| own.source.message);
        let message = match done.or(message) {
            Some(message) => Some(message),
            None => store.latest_copy(owner, bot, chat).await?.map(|last| last.source.message),
        };
        let Some(message) = message else { return Ok((Taken::Nothing, None)) };
        let mut parts = Vec::new();
        for item in store.album_of(owner, MessageKey { bot, chat, message }).await? {
            parts.extend(store.parts_of(owner, item).await?);
        }
        // What only points at it stays: an owner may be about to answer it.
        parts.retain(|part| part.copy_message.is_some() && !Part::is_pointer(part.part));
        let (mains, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.part == 0);
        if done.is_none() && mains.iter().any(Reference::is_deleted) {
            return Ok((Taken::Before, Some(message)));
        }
        let taken = match done {
            Some(_) => Taken::Back,
            None => self.erase_copies(&mains, &others).await,
        };
        if taken == Taken::Back {
            failpoint::at("delete", "made");
            for main in &mains {
                self.mark_deleted(owner, main.source, &deleted_by(update)).await?;
                failpoint::at("delete", "marked");
            }
            store.recount_waiting(customer.key()).await?;
        }
        Ok((taken, Some(message)))
    }

    /// Deletes the copies of a customer's message or album. The messages themselves come first and
    /// decide; a header goes with them as well as it can.
    async fn erase_copies(&self, mains: &[Reference], others: &[Reference]) -> Taken {
        let mut taken = Taken::Nothing;
        for part in mains.iter().chain(others.iter().filter(|_| !mains.is_empty())) {
            let Some(copy) = part.copy_message else { continue };
            let gone = self.erase(&self.inner.master, part.copy_chat, copy).await;
            if part.part == 0 {
                taken = gone;
            }
            if taken != Taken::Back {
                break;
            }
        }
        taken
    }
}

fn is_by(message: &Message, customer: &Customer<'_>) -> bool {
    message.from.as_ref().is_some_and(|from| from.id == customer.from.id)
}

fn told(taken: &Taken, language: Language) -> String {
    match taken {
        Taken::Back | Taken::Before => language.deleted_at_customer(),
        Taken::TooLate => language.delete_too_late(),
        Taken::Nothing => language.delete_how(),
        Taken::Failed(failure) => language.delete_failed(&failure.reason(language, "")),
    }
}
