//! What a client bot keeps of a customer, in words, and how he is forgotten.
//!
//! ```text
//! Anna:      /forget
//! @shop_bot: Shall everything that is stored about you be removed? …   [Forget me]  [Cancel]
//! Anna presses Forget me
//! @shop_bot: ✅ You are forgotten. …
//! each owner she wrote to: 🕊 A customer asked to be forgotten. …
//! ```
//!
//! All rows of hers go, in the whole installation. Nothing begins about her meanwhile: what comes
//! has to come again. What is under way ends first; what can't get through, she is told of. Bans
//! stay as keyed fingerprints, looked at where a conversation would begin.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use teloxide::types::ChatId;
use tokio_util::sync::CancellationToken;

use super::{
    BUSY, Failure, Lane, Relay, Verdict,
    content::{Reading, read},
    customer::Customer,
    worth_telling_later,
    written::Saying,
};
use crate::{
    account::{Fate, note},
    clock, failpoint,
    model::{BotId, Known, MessageKey, OwnerId},
    store::{Ban, Closed, Mark, Marked, ParkedKind, Present, Purpose, StoreError, Whom},
    text::Language,
    update::{Button, Kind, Message},
};

/// How long a press waits for what is under way; then it is delivered again.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it waits for other processes to see that nothing may begin.
const GRACE: Duration = Duration::from_millis(1500);
/// For how long what is parked may still get through, in milliseconds.
const PARKED_PASSES_MS: i64 = 30_000;
/// What a process did not come to the end of for so long is taken up, in milliseconds.
const ABANDONED_MS: i64 = 120_000;
/// How often that is looked for.
const LOOK: Duration = Duration::from_mins(1);
/// For how long Telegram may deliver a message once more, in milliseconds.
const REPEATED_MS: i64 = 2 * 24 * 3600 * 1000;

/// What is known of a person without a conversation.
pub(super) enum Return {
    /// He is new, or as good as.
    Fresh,
    /// He was forgotten while he was banned, and is banned.
    Banned,
    /// This message of his was settled before he was forgotten.
    Settled,
}

/// A button below the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    Yes,
    No,
}

impl Press {
    fn data(self) -> &'static str {
        match self {
            Self::Yes => "forget:yes",
            Self::No => "forget:no",
        }
    }

    fn read(data: &str) -> Option<Self> {
        [Self::Yes, Self::No].into_iter().find(|press| press.data() == data)
    }
}

/// Whether a button's data says that somebody wants to be forgotten.
pub(super) fn is_forgetting(data: &str) -> bool {
    Press::read(data) == Some(Press::Yes)
}

/// Whether a button is one of ours here.
pub(super) fn is_ours(data: &str) -> bool {
    Press::read(data).is_some()
}

fn keyboard(language: Language) -> Value {
    let button = |text: String, press: Press| json!({"text": text, "callback_data": press.data()});
    let row =
        [button(language.forget_yes(), Press::Yes), button(language.button_cancel(), Press::No)];
    json!({ "inline_keyboard": [row] })
}

/// Whether a conversation begins by it. What somebody asks about himself, changes, presses or does
/// to the bot leaves no row of him.
fn begins(kind: &Kind, language: Language) -> bool {
    match kind {
        Kind::Message(message) => {
            message.command().is_none() && read(message, language) != Reading::Service
        }
        _ => false,
    }
}

impl Relay {
    /// Answers `/privacy` and `/forget`; `None` for every other message.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of_privacy(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Option<Verdict>, StoreError> {
        let language = customer.language();
        let saying = match message.command() {
            Some((command, _)) if command == "privacy" => {
                let days = self.inner.retention_days.to_string();
                Saying::ours(customer, language.customer_privacy(&days))
            }
            Some((command, _)) if command == "forget" => {
                Saying::ours(customer, language.forget_question()).with(keyboard(language))
            }
            _ => return Ok(None),
        };
        let (store, bot) = (&self.inner.store, customer.client.id());
        if store.is_handled(bot, update).await? {
            return Ok(Some(Verdict::Done));
        }
        if let Some(after) = self.say_in_time(saying).await {
            return Ok(Some(Verdict::TryLater(after)));
        }
        store.insist_handled(bot, update, clock::now_ms()).await?;
        Ok(Some(Verdict::Done))
    }

    /// A button below the question was pressed.
    ///
    /// # Errors
    /// When the database fails; the press then is to be delivered again.
    pub(super) async fn answered_forget(
        &self,
        customer: &Customer<'_>,
        button: &Button,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        note(Fate::Button);
        let (store, bot, language) = (&self.inner.store, customer.client.id(), customer.language());
        if store.is_handled(bot, update).await? {
            return Ok(Verdict::Done);
        }
        let press = Press::read(&button.data).filter(|_| button.is_surely_shown());
        let (Some(press), Some(question)) = (press, &button.message) else {
            self.dismiss(&customer.client.caller, button, Some(language.button_stale())).await;
            store.insist_handled(bot, update, clock::now_ms()).await?;
            return Ok(Verdict::Done);
        };
        let words = match press {
            Press::No => language.cancelled(),
            Press::Yes => {
                if let Some(after) = self.forget(customer.chat, 1, bot).await? {
                    return Ok(Verdict::TryLater(after));
                }
                self.forgotten_words(customer.chat, language).await?
            }
        };
        if let Some(after) = self.settle_question(customer, button, question, words).await {
            return Ok(Verdict::TryLater(after));
        }
        failpoint::at("forget", "said");
        store.insist_handled(bot, update, clock::now_ms()).await?;
        failpoint::at("forget", "remembered");
        Ok(Verdict::Done)
    }

    async fn forgotten_words(
        &self,
        person: ChatId,
        language: Language,
    ) -> Result<String, StoreError> {
        let known = self.inner.store.owner(self.inner.master.bot, OwnerId(person.0)).await?;
        Ok(match known {
            Some(_) => format!("{}\n\n{}", language.forgotten(), language.forgotten_not_owner()),
            None => language.forgotten(),
        })
    }

    /// Forgets a person as a customer, everywhere. `inside`: how much of what is under way about him
    /// is the caller's; `lease`: the bot in whose chat the caller is alone. Gives when to try again
    /// where something is still under way.
    async fn forget(
        &self,
        person: ChatId,
        inside: usize,
        lease: BotId,
    ) -> Result<Option<Duration>, StoreError> {
        let (store, now) = (&self.inner.store, clock::now_ms());
        let Some(closed) = store.close_to(Whom::Customer(person)) else { return Ok(Some(BUSY)) };
        let (ticket, asked_at) = store.begin_forgetting(person, now).await?;
        failpoint::at("forget", "begun");
        if !self.is_quiet(person, &closed, inside, lease).await?
            || !self.nothing_is_parked(person, (&closed, inside), (asked_at, lease)).await?
        {
            return Ok(Some(BUSY));
        }
        for owner in store.owners_of_person(person).await? {
            if owner.chat() != person {
                store.note_forgotten(owner, ticket, now).await?;
            }
        }
        failpoint::at("forget", "noted");
        // What waits for a newcomer's button waits for nothing any more.
        for bot in store.bots_asking(person).await? {
            if !self.drop_parked((bot, person), &[ParkedKind::Asked]).await? {
                return Ok(Some(BUSY));
            }
        }
        for (owner, only, marked_at) in store.bans_of_person(person).await? {
            let mark = self.ban_mark(owner, person);
            let marked = Marked { kind: Mark::Ban, mark, only, marked_at };
            store.put_mark(owner, &marked).await?;
        }
        for (owner, bot) in store.conversations_of_person(person).await? {
            if let Some(after) = self.settle_all(owner, bot, person, now).await? {
                return Ok(Some(after));
            }
            store.forget_conversation(owner, bot, person).await?;
            failpoint::at("forget", "conversation");
        }
        store.forget_person(person, self.inner.master.bot).await?;
        failpoint::at("forget", "removed");
        store.end_forgetting(person).await?;
        store.empty_log().await;
        failpoint::at("forget", "ended");
        drop(closed);
        let relay = self.clone();
        self.inner.side_work.spawn(async move { relay.tell_owners(now, Some(ticket)).await });
        Ok(None)
    }

    /// Waits until nothing is under way about a person any more; `false` where that takes too long.
    async fn is_quiet(
        &self,
        person: ChatId,
        closed: &Closed,
        inside: usize,
        lease: BotId,
    ) -> Result<bool, StoreError> {
        let (store, until) = (&self.inner.store, Instant::now() + PATIENCE);
        if store.is_shared() {
            tokio::time::sleep(GRACE).await;
        }
        loop {
            let conversations = store.conversations_of_person(person).await?;
            if closed.at_work() <= inside
                && !store.others_are_at(person, lease, &conversations).await?
            {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether what a person's messages were parked for is done, and lets nothing of it go on from
    /// then. What does not get through in time he is told of, unless it is on its way.
    async fn nothing_is_parked(
        &self,
        person: ChatId,
        (closed, inside): (&Closed, usize),
        (asked_at, own): (i64, BotId),
    ) -> Result<bool, StoreError> {
        let (store, until) = (&self.inner.store, Instant::now() + PATIENCE);
        loop {
            let lanes = store.chats_with_parked().await?;
            let of_his =
                |(bot, chat): &(BotId, ChatId)| *chat == person && *bot != self.inner.master.bot;
            let lanes: Vec<_> = lanes.into_iter().filter(of_his).collect();
            let is_late = clock::now_ms().saturating_sub(asked_at) > PARKED_PASSES_MS;
            if (lanes.is_empty() || is_late) && closed.shuts(inside) {
                for lane in lanes {
                    if !self.drop_parked(lane, &[ParkedKind::Item, ParkedKind::Edit]).await? {
                        return Ok(false);
                    }
                }
                return Ok(true);
            }
            // In the caller's own chat nothing is passed on before it lets go.
            if lanes.contains(&(own, person)) || Instant::now() >= until {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Tells a person that what is parked in a chat of his was not passed on, and removes it; `false`
    /// where another process is at it.
    async fn drop_parked(&self, lane: Lane, kinds: &[ParkedKind]) -> Result<bool, StoreError> {
        let store = &self.inner.store;
        if !store.take_lease(lane, Purpose::Chat).await? {
            return Ok(false);
        }
        let dropped = self.drop_parked_alone(lane, kinds).await;
        store.end_lease(lane, Purpose::Chat).await;
        dropped.map(|()| true)
    }

    async fn drop_parked_alone(&self, lane: Lane, kinds: &[ParkedKind]) -> Result<(), StoreError> {
        for kind in kinds {
            for item in self.parked(lane, *kind).await? {
                if let Some(client) = self.inner.bots.find_quietly(lane.0).await? {
                    let from = item.message.from.as_ref();
                    let language = Language::of(from.and_then(|from| from.language.as_deref()));
                    let (about, words) = (Some(item.message.id), language.customer_not_delivered());
                    let told = self.say(&client.caller, lane.1, about, &words, None).await;
                    if let Err(error) = told {
                        tracing::debug!(%error, "a customer could not be told");
                    }
                }
                self.inner.store.unpark(&item.row).await?;
            }
        }
        Ok(())
    }

    /// Sees to it that every message of a conversation is settled, and that one which Telegram
    /// delivers once more is known to be.
    async fn settle_all(
        &self,
        owner: OwnerId,
        bot: BotId,
        person: ChatId,
        now: i64,
    ) -> Result<Option<Duration>, StoreError> {
        let store = &self.inner.store;
        for (message, is_doubtful) in store.unsettled_of(owner, bot, person).await? {
            let failure = if is_doubtful { Failure::Uncertain } else { Failure::Unreachable };
            if let Some(client) = self.inner.bots.find_quietly(bot).await? {
                let known = store.known(owner, bot, person).await?;
                let language = Language::of(known.customer_language(None));
                let words = failure.for_customer(language);
                let told = self.say(&client.caller, person, Some(message), &words, None).await;
                if let Some(after) = worth_telling_later(&told) {
                    return Ok(Some(after));
                }
            }
            let source = MessageKey { bot, chat: person, message };
            store.settle_untold(owner, source).await?;
        }
        let since = now.saturating_sub(REPEATED_MS);
        for source in store.settled_since(owner, bot, person, since).await? {
            let mark = self.message_mark(source);
            let marked = Marked { kind: Mark::Message, mark, only: Some(bot), marked_at: now };
            store.put_mark(owner, &marked).await?;
        }
        Ok(None)
    }

    /// Whether a person without a conversation is one who was forgotten: his bans hold again, and a
    /// message from before is not passed on once more.
    pub(super) async fn comes_back(
        &self,
        customer: &Customer<'_>,
        kind: &Kind,
    ) -> Result<Return, StoreError> {
        let (store, (owner, bot, person)) = (&self.inner.store, customer.key());
        let of_ban = self.ban_mark(owner, person);
        let of_message = match kind {
            Kind::Message(message) | Kind::Edited(message) => {
                self.message_mark(MessageKey { bot, chat: person, message: message.id })
            }
            _ => of_ban.clone(),
        };
        let found = store.marks(owner, [of_ban.clone(), of_message]).await?;
        if found.iter().any(|marked| marked.kind == Mark::Message) {
            return Ok(Return::Settled);
        }
        let is_banned = found.iter().any(|marked| marked.only.is_none_or(|only| only == bot));
        if !found.is_empty() && begins(kind, customer.language()) {
            for Marked { only, marked_at, .. } in &found {
                let seen_by = only.unwrap_or(bot);
                let ban = Ban { customer: person, only: *only, seen_by, banned_at: *marked_at };
                store.ban(owner, ban).await?;
            }
            store.remove_mark(owner, of_ban).await?;
        }
        Ok(if is_banned { Return::Banned } else { Return::Fresh })
    }

    fn ban_mark(&self, owner: OwnerId, person: ChatId) -> Vec<u8> {
        self.inner.seal.mark(&format!("owner {owner} banned {}", person.0))
    }

    fn message_mark(&self, MessageKey { bot, chat, message }: MessageKey) -> Vec<u8> {
        self.inner.seal.mark(&format!("message {} in chat {} of bot {bot}", message.0, chat.0))
    }

    /// Tells owners that a customer of theirs was forgotten: those of one forgetting, or all who were
    /// to be told before `limit`.
    async fn tell_owners(&self, limit: i64, only: Option<i64>) {
        let told = async {
            let store = &self.inner.store;
            for (owner, ticket) in store.forgotten_notices(limit).await? {
                if only.is_some_and(|only| only != ticket) {
                    continue;
                }
                let words = self.owner_language(owner).await?.customer_forgotten();
                let said = self.say(&self.inner.master, owner.chat(), None, &words, None).await;
                if worth_telling_later(&said).is_none() {
                    failpoint::at("forget", "told");
                    store.insist(|| store.forgotten_is_told(owner, ticket)).await?;
                }
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = told.await {
            tracing::debug!(%error, "owners are told later that somebody was forgotten");
        }
    }

    /// Comes to the end of what processes that are gone began, and tells owners who could not be
    /// told, until stopped.
    pub async fn keep_forgetting(&self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            if !self.inner.bots.may_work().await {
                continue;
            }
            let now = clock::now_ms();
            self.tell_owners(now.saturating_sub(ABANDONED_MS), None).await;
            let left = self.inner.store.forgettings_before(now.saturating_sub(ABANDONED_MS)).await;
            for person in left.unwrap_or_default() {
                if let Err(error) = self.forget(person, 0, BotId(0)).await {
                    tracing::warn!(%error, "somebody could not be forgotten yet");
                }
            }
        }
    }

    /// The number of closings so far in this process; see [`Relay::begins_about`].
    pub(super) fn closings(&self) -> u64 {
        self.inner.store.closings()
    }

    /// Begins something about a customer that was looked up when there had been so many closings;
    /// `None` where he is, or may have been, forgotten since: it is to be tried again.
    pub(super) async fn begins_about(
        &self,
        customer: ChatId,
        closings: u64,
    ) -> Result<Option<Present>, StoreError> {
        let store = &self.inner.store;
        let Some(present) = store.enter(Whom::Customer(customer)) else { return Ok(None) };
        let may_be_gone = store.closings() != closings
            || store.is_shared() && store.is_being_forgotten(customer).await?;
        Ok(Some(present).filter(|_| !may_be_gone))
    }
}

impl Relay {
    /// Goes on with what is parked in a chat, also while the customer is being forgotten, or the
    /// owner leaves; `None` once that is too late: what is parked is about to be removed.
    pub(super) async fn goes_on_in(
        &self,
        (bot, chat): Lane,
    ) -> Result<Option<Vec<Present>>, StoreError> {
        let (store, mut present) = (&self.inner.store, Vec::new());
        if bot == self.inner.master.bot {
            // Its owner leaves by a press in the same chat, which has its turn.
            return Ok(Some(present));
        }
        let owner = self.inner.bots.find_quietly(bot).await?.map(|client| client.owner);
        let everybody = [Some(Whom::Customer(chat)), owner.map(Whom::Owner)];
        for whom in everybody.into_iter().flatten() {
            let Some(one) = store.go_on(whom) else { return Ok(None) };
            present.push(one);
        }
        Ok(Some(present))
    }
}

impl Known {
    /// Whether nothing is stored that would say so by itself.
    pub(super) fn is_stranger(&self) -> bool {
        self.conversation.is_none() && !self.is_banned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_say_what_they_mean() {
        assert!(is_forgetting(Press::Yes.data()) && !is_forgetting(Press::No.data()));
        assert!(is_ours(Press::No.data()) && !is_ours("language:en"));
    }
}
