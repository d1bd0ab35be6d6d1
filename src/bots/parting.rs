//! What waits in a bot's chats when it is detached: it is passed on while there is a token for its
//! files, or whoever wrote it is told while there is one to tell him with.
//!
//! ```text
//! Anna, to @shop_bot:   (an album that Telegram does not take yet, or words before her button)
//! the owner:            /remove
//! @shop_bot:            ❌ What you wrote here was not passed on: this bot is not in use any more.
//! ```

use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::{Map, json};
use teloxide::types::{ChatId, MessageId};

use super::Bots;
use crate::{
    model::{BotId, DeliveryState, Part},
    store::{ParkedKind, ParkedRow, Purpose, StoreError},
    telegram::{CallError, ClientBot, Outgoing},
    text::Language,
    update::Message,
};

/// How long detaching a bot waits for what is to be passed on in a moment.
const PARKED_PASSES: Duration = Duration::from_secs(5);
/// How long the telling may take: an owner waits for it. Who is not told by then never is.
const PATIENCE: Duration = Duration::from_secs(10);
/// Chats told at a time.
const AT_A_TIME: usize = 8;

/// Why a bot is detached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    /// Its owner does not want it any more: what was to be passed on and was not, he is told of.
    Removed,
    /// Its owner leaves: only those who wrote it can be told.
    Left,
}

impl Parting {
    /// Whether this is told to whoever wrote it.
    fn concerns(self, kind: ParkedKind) -> bool {
        match kind {
            ParkedKind::Asked => true,
            ParkedKind::Item | ParkedKind::Edit => self == Self::Left,
            ParkedKind::Kept => false,
        }
    }
}

impl Bots {
    /// Gives what was acknowledged and has its moment soon, such as an album that is being collected,
    /// the time to be passed on while there is a token for its files.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lets_parked_pass(&self, bots: &[BotId]) -> Result<(), StoreError> {
        let until = Instant::now() + PARKED_PASSES;
        for bot in bots {
            while self.inner.store.count_parked_of(*bot).await? > 0 && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// Tells the customers of a bot whose words wait that these are not passed on.
    pub(super) async fn tell_who_waits(
        &self,
        client: &ClientBot,
        parting: Parting,
    ) -> Result<(), StoreError> {
        let chats = self.inner.store.chats_waiting(client.id()).await?;
        let deadline = Instant::now() + PATIENCE;
        let telling = futures::stream::iter(chats).for_each_concurrent(AT_A_TIME, async |chat| {
            if let Err(error) = self.tell_chat(client, chat, (parting, deadline)).await {
                tracing::warn!(bot.id = client.id().0, %error, "a customer is not told");
            }
        });
        telling.await;
        Ok(())
    }

    async fn tell_chat(
        &self,
        client: &ClientBot,
        chat: ChatId,
        (parting, deadline): (Parting, Instant),
    ) -> Result<(), StoreError> {
        let (store, lane) = (&self.inner.store, (client.id(), chat));
        if !store.take_lease(lane, Purpose::Chat).await? {
            // Another process is passing it on.
            return Ok(());
        }
        let told = self.tell_chat_alone(client, chat, (parting, deadline)).await;
        store.end_lease(lane, Purpose::Chat).await;
        told
    }

    async fn tell_chat_alone(
        &self,
        client: &ClientBot,
        chat: ChatId,
        (parting, deadline): (Parting, Instant),
    ) -> Result<(), StoreError> {
        let store = &self.inner.store;
        let mut rows = store.parked_in(client.id(), chat).await?;
        rows.retain(|row| parting.concerns(row.kind));
        let Some(first) = rows.first() else { return Ok(()) };
        let known = store.known(client.owner, client.id(), chat).await?;
        let spoken = self.language_in(first);
        let language = Language::of(known.customer_language(spoken.as_deref()));
        let said = self.words_about(client, &rows, language).await?;
        if let Some((about, words)) = said.filter(|_| !known.is_banned)
            && let Err(error) = self.tell_writer(client, (chat, about), words, deadline).await
        {
            tracing::warn!(bot.id = client.id().0, %error, "a customer is not told");
        }
        for row in &rows {
            store.unpark(row).await?;
        }
        Ok(())
    }

    /// What is to be said, and about which message, by how certain it is that none of it arrived;
    /// `None` where all of it did, or he was told.
    async fn words_about(
        &self,
        client: &ClientBot,
        rows: &[ParkedRow],
        language: Language,
    ) -> Result<Option<(MessageId, String)>, StoreError> {
        let (mut missing, mut may_be_there) = (None, false);
        for row in rows.iter().filter(|row| row.kind != ParkedKind::Edit) {
            let find = self.inner.store.reference_of_source(client.owner, row.source, Part::Main);
            match find.await?.map(|known| (known.state, known.attempts)) {
                Some((DeliveryState::Sent | DeliveryState::Failed | DeliveryState::Told, _)) => {
                    continue;
                }
                None | Some((DeliveryState::Held, 1)) => {}
                Some(_) => may_be_there = true,
            }
            missing = missing.or(Some(row.source.message));
        }
        let changed = rows.iter().find(|row| row.kind == ParkedKind::Edit);
        Ok(match (missing, changed) {
            (Some(about), _) if may_be_there => {
                Some((about, language.customer_maybe_not_delivered()))
            }
            (Some(about), _) => Some((about, language.customer_bot_gone())),
            (None, Some(row)) => {
                Some((row.source.message, language.customer_change_not_delivered()))
            }
            (None, None) => None,
        })
    }

    async fn tell_writer(
        &self,
        client: &ClientBot,
        (chat, about): (ChatId, MessageId),
        words: String,
        deadline: Instant,
    ) -> Result<(), CallError> {
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), words.into());
        let about = json!({"message_id": about.0, "allow_sending_without_reply": true});
        parameters.insert("reply_parameters".to_owned(), about);
        let outgoing = Outgoing::new("sendMessage", parameters);
        let (telegram, caller) = (&self.inner.telegram, &client.caller);
        telegram.deliver(caller, chat, &outgoing, caller, deadline).await.map(drop)
    }

    /// The language of the app in which something parked was written.
    fn language_in(&self, row: &ParkedRow) -> Option<String> {
        let opened = self.inner.seal.open(&row.source.parked_context(), &row.content).ok()?;
        let message = Message::read(serde_json::from_slice(&opened).ok()?)?;
        message.from?.language
    }
}
