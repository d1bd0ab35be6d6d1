//! Whom something that went wrong concerns, and how he is told.

use std::time::Duration;

use teloxide::types::{ChatId, MessageId};

use super::{
    BUSY, Lane, Relay, Verdict,
    album::{Item, group_of},
    header::shown_name,
    worth_telling_later,
};
use crate::{
    model::{BotId, MessageKey, OwnerId, Part},
    store::{ParkedKind, StoreError},
    telegram::Caller,
    text::Language,
};

/// A person to be told about something he did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The bot he talks to.
    pub bot: BotId,
    /// His chat with it.
    pub chat: ChatId,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// The language of his app.
    pub language: Option<String>,
    /// The press to be answered, where it was a button.
    pub query: Option<String>,
}

impl Relay {
    /// Says that something went wrong on our side, under a number that the log has too; gives the
    /// time after which that is to be tried again.
    pub async fn tell_of_trouble(&self, concern: &Concern, number: &str) -> Option<Duration> {
        let caller = self.caller_of(concern.bot).await?;
        let text = Language::of(concern.language.as_deref()).internal_error(number);
        if let Some(query) = &concern.query {
            // It can be answered for a short time only; the words below are what counts.
            let _ = self.inner.telegram.answer_button(&caller, query, None).await;
        }
        let told = self.say(&caller, concern.chat, concern.message, &text, None).await;
        if let Err(error) = &told {
            tracing::debug!(bot.id = concern.bot.0, %error, "nobody could be told of a fault");
        }
        worth_telling_later(&told)
    }

    /// Says to an owner who had blocked the master bot how many messages did not reach him. Who
    /// wrote them was told when he did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_back(&self, owner: OwnerId) -> Result<Verdict, StoreError> {
        let (store, inbox) = (&self.inner.store, self.inbox(owner));
        let missed = store.count_missed(owner, inbox).await?;
        if missed == 0 {
            return Ok(Verdict::Done);
        }
        let text = self.owner_language(owner).await?.missed_while_blocked(&missed.to_string());
        let told = self.say(&self.inner.master, owner.chat(), None, &text, None).await;
        if let Some(after) = worth_telling_later(&told) {
            return Ok(Verdict::TryLater(after));
        }
        if told.is_ok() {
            store.insist(|| store.missed_are_told(owner, inbox)).await?;
        }
        Ok(Verdict::Done)
    }

    /// Gives up what is parked in a chat: whoever wrote it is told, and it is removed. Gives the
    /// time after which that is to be tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_parked_up(
        &self,
        lane: Lane,
        number: &str,
    ) -> Result<Option<Duration>, StoreError> {
        let Some(_present) = self.goes_on_in(lane).await? else { return Ok(Some(BUSY)) };
        for kind in [ParkedKind::Item, ParkedKind::Edit] {
            let items = self.parked(lane, kind).await?;
            for (place, item) in items.iter().enumerate() {
                let group = group_of(&item.message);
                let is_same = |before: &super::album::Item| group_of(&before.message) == group;
                let is_first = group.is_none() || place == 0 || !is_same(&items[place - 1]);
                let from = item.message.from.as_ref();
                let concern = Concern {
                    bot: lane.0,
                    chat: lane.1,
                    message: Some(item.message.id),
                    language: from.and_then(|from| from.language.clone()),
                    query: None,
                };
                if is_first && let Some(after) = self.tell_of_trouble(&concern, number).await {
                    return Ok(Some(after));
                }
                self.inner.store.unpark(&item.row).await?;
            }
        }
        Ok(None)
    }

    /// Lets go of a message whose delivery broke off by a fault of the database, so that any process
    /// may go on with it.
    ///
    /// # Errors
    /// When the database refuses it for good, or the process is to end.
    pub async fn let_go(&self, owner: OwnerId, source: MessageKey) -> Result<(), StoreError> {
        let unsent = self.inner.unsent.get(&(source, Part::Main.number())).is_some();
        let store = &self.inner.store;
        store.insist(|| store.let_go(owner, source, unsent)).await
    }

    /// What was acknowledged to a customer and not passed on when his bot was detached: without its
    /// token neither can he be told nor his files be had. Its owner is told.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn lost_by_detaching(
        &self,
        bot: BotId,
        items: &[Item],
    ) -> Result<Verdict, StoreError> {
        let Some(row) = self.inner.store.bot(bot).await? else { return Ok(Verdict::Done) };
        let language = self.owner_language(row.owner).await?;
        let from = items.iter().find_map(|item| item.message.from.as_ref());
        let name = from.map_or_else(String::new, |from| shown_name(from, language));
        let text = language.lost_by_detaching(&row.username, &items.len().to_string(), &name);
        let told = self.say(&self.inner.master, row.owner.chat(), None, &text, None).await;
        Ok(worth_telling_later(&told).map_or(Verdict::Done, Verdict::TryLater))
    }

    async fn caller_of(&self, bot: BotId) -> Option<Caller> {
        if bot == self.inner.master.bot {
            return Some(self.inner.master.clone());
        }
        // The database may be what is at fault.
        self.inner.bots.find(bot).await.ok().flatten().map(|client| client.caller.clone())
    }
}
