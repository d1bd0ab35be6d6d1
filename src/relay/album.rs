//! Albums, both ways.
//!
//! ```text
//! Anna sends three photos at once:   🆕 Anna @anna → @shop_bot
//!                                    [photo] [photo] [photo]
//! ```
//!
//! Their items come one by one, the next only after the one before was acknowledged, and nothing
//! says which is the last. So each is parked, sealed, and acknowledged; after a second without
//! another one, or when another message follows, all are sent as one album.
//!
//! - [`compose`]: items put together into one call (pure)
//! - [`group`]: the delivery protocol for several messages at once
//! - [`inbound`], [`outbound`]: what each side's albums mean

mod compose;
mod group;
mod inbound;
mod outbound;

use std::time::Duration;

pub(super) use compose::{as_media, compose_album};
pub use outbound::Unclaimed;

use super::{
    BUSY, Relay, Verdict,
    parking::{Due, Lane},
};
use crate::{
    account::{Fate, note},
    clock, failpoint,
    model::{BotId, DeliveryState, MessageKey, OwnerId, Part},
    store::{ParkedKind, ParkedRow, StoreError},
    update::Message,
};

/// Without another item for so long, an album is complete.
const QUIET: Duration = Duration::from_secs(1);
/// After a start, Telegram needs longer: it tries again at growing intervals, about as long as it
/// was refused.
const QUIET_AFTER_START: Duration = Duration::from_secs(4);
/// What has waited for so long goes without waiting for more, however often the process is killed.
const LONG_ENOUGH: Duration = Duration::from_secs(20);

/// A parked message, opened.
pub(super) struct Item {
    pub(super) row: ParkedRow,
    pub(super) message: Message,
}

impl Item {
    fn group(&self) -> Option<&str> {
        group_of(&self.message)
    }
}

/// The album a message belongs to.
pub(super) fn group_of(message: &Message) -> Option<&str> {
    message.get("media_group_id")?.as_str()
}

impl Relay {
    /// Parks an item of an album; `None` when the message is no such item. One that came through
    /// already is done.
    pub(super) async fn park_item(
        &self,
        owner: OwnerId,
        bot: BotId,
        message: &Message,
        update: i64,
    ) -> Result<Option<Verdict>, StoreError> {
        let Some(group) = group_of(message) else { return Ok(None) };
        let source = MessageKey { bot, chat: message.chat.id, message: message.id };
        let store = &self.inner.store;
        let known = store.reference_of_source(owner, source, Part::Main).await?;
        if known.is_some_and(|known| is_settled(known.state))
            || store.is_handled(bot, update).await?
        {
            note(Fate::Repeated);
            return Ok(Some(Verdict::Done));
        }
        let lane = (bot, message.chat.id);
        if !self.is_parked(lane, source, update).await? {
            self.park(source, ParkedKind::Item, message, update).await?;
            failpoint::at("album", "parked");
        }
        self.inner.parking.item(lane, group, QUIET);
        note(Fate::Parked);
        Ok(Some(Verdict::Done))
    }

    /// Whether an earlier delivery of an item is parked; it may have been changed since.
    async fn is_parked(
        &self,
        lane: Lane,
        source: MessageKey,
        update: i64,
    ) -> Result<bool, StoreError> {
        if !self.inner.parking.is_collecting(lane) {
            return Ok(false);
        }
        let rows = self.inner.store.parked_in(lane.0, lane.1).await?;
        let is_it = |row: &ParkedRow| {
            (row.source, row.kind, row.update) == (source, ParkedKind::Item, update)
        };
        Ok(rows.iter().any(is_it))
    }

    /// Takes a changed item in place of the parked one; `false` when none is parked.
    pub(super) async fn replace_parked_item(
        &self,
        source: MessageKey,
        message: &Message,
    ) -> Result<bool, StoreError> {
        let lane = (source.bot, source.chat);
        if !self.inner.parking.is_collecting(lane) {
            return Ok(false);
        }
        let rows = self.inner.store.parked_in(source.bot, source.chat).await?;
        let is_it = |row: &&ParkedRow| row.source == source && row.kind == ParkedKind::Item;
        let Some(row) = rows.iter().find(is_it) else { return Ok(false) };
        self.park(source, ParkedKind::Item, message, row.update).await?;
        Ok(true)
    }

    /// Writes a message, sealed, so that it may be acknowledged.
    pub(super) async fn park(
        &self,
        source: MessageKey,
        kind: ParkedKind,
        message: &Message,
        update: i64,
    ) -> Result<(), StoreError> {
        let corrupt = || StoreError::Corrupt("parked.content");
        let json = serde_json::to_vec(message.json()).map_err(|_| corrupt())?;
        let content =
            self.inner.seal.seal(&source.parked_context(), &json).map_err(|_| corrupt())?;
        let parked_at = clock::now_ms();
        self.inner.store.park(ParkedRow { source, kind, update, content, parked_at }).await
    }

    /// What is parked in a chat, opened. What does not open is gone, loudly.
    pub(super) async fn parked(
        &self,
        (bot, chat): Lane,
        kind: ParkedKind,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        for row in self.inner.store.parked_in(bot, chat).await? {
            if row.kind != kind {
                continue;
            }
            let opened = self.inner.seal.open(&row.source.parked_context(), &row.content).ok();
            let json = opened.and_then(|json| serde_json::from_slice(&json).ok());
            let Some(message) = json.and_then(Message::read) else {
                tracing::error!(bot.id = bot.0, "a parked message does not open; it is lost");
                self.inner.store.unpark(&row).await?;
                continue;
            };
            items.push(Item { row, message });
        }
        Ok(items)
    }

    /// Reads what a process before this one left parked. Gives the chats it is in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_parked(&self) -> Result<Vec<Lane>, StoreError> {
        let lanes = self.inner.store.chats_with_parked().await?;
        for lane in &lanes {
            let pause = |age: Duration| {
                if age < LONG_ENOUGH { (age + QUIET).max(QUIET_AFTER_START) } else { QUIET }
            };
            self.take_note_of(*lane, pause).await?;
        }
        Ok(lanes)
    }

    /// Looks up what is parked in a chat, whichever process parked it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_up_parked(&self, lane: Lane) -> Result<(), StoreError> {
        self.take_note_of(lane, |age| QUIET.saturating_sub(age)).await
    }

    /// Takes note of what is parked in a chat; `pause` says how long its album still waits by the
    /// age of the last item.
    async fn take_note_of(
        &self,
        lane: Lane,
        pause: impl Fn(Duration) -> Duration,
    ) -> Result<(), StoreError> {
        let items = self.parked(lane, ParkedKind::Item).await?;
        if let Some(last) = items.last() {
            let group = last.group().unwrap_or(NO_ALBUM);
            self.inner.parking.found_item(lane, group, pause(age_of(last)));
        }
        if !self.inner.parking.has_edits(lane)
            && !self.parked(lane, ParkedKind::Edit).await?.is_empty()
        {
            self.inner.parking.edit(lane, QUIET);
        }
        Ok(())
    }

    /// The chats in which a process that is gone may have left something parked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_abandoned(&self) -> Result<Vec<Lane>, StoreError> {
        let mut lanes = self.inner.store.chats_with_parked().await?;
        lanes.retain(|lane| !self.inner.parking.knows(*lane));
        for lane in &lanes {
            self.look_up_parked(*lane).await?;
        }
        Ok(lanes)
    }

    /// Whether a message ends the album that is being collected in its chat.
    pub fn ends_album(&self, bot: BotId, message: &Message) -> bool {
        self.inner.parking.is_ended_by((bot, message.chat.id), group_of(message))
    }

    /// Whether the caller is to wait for what is parked in a chat; see [`Relay::next_moment`].
    pub fn keeps_parked(&self, lane: Lane) -> bool {
        self.inner.parking.keep(lane)
    }

    /// When something parked in a chat is to be passed on; `None` when nothing is parked any more.
    pub fn next_moment(&self, lane: Lane) -> Option<std::time::Instant> {
        self.inner.parking.next(lane)
    }

    /// What is parked in a chat and due.
    pub fn due(&self, lane: Lane) -> Due {
        self.inner.parking.due(lane)
    }

    /// What was due in a chat has to wait longer.
    pub fn postpone(&self, lane: Lane, due: Due, pause: Duration) {
        self.inner.parking.postpone(lane, due, pause);
    }

    /// Passes on what is parked in a chat. The chat's turn has to be held. What nobody is to get
    /// (an album of the owner's that is no reply) is given back.
    ///
    /// # Errors
    /// When the database fails; it stays parked.
    pub async fn pass_parked_on(
        &self,
        lane: Lane,
        due: Due,
    ) -> Result<(Verdict, Vec<Unclaimed>), StoreError> {
        let mut unclaimed = Vec::new();
        // Until nothing more is written.
        let Some(_present) = self.goes_on_in(lane).await? else {
            self.inner.parking.postpone(lane, due, BUSY);
            return Ok((Verdict::TryLater(BUSY), unclaimed));
        };
        let mut verdict = Verdict::Done;
        if due.items {
            verdict = self.pass_items_on(lane, &mut unclaimed).await?;
        }
        if due.edits && verdict == Verdict::Done {
            verdict = self.pass_edits_on(lane).await?;
        }
        match verdict {
            Verdict::Done if unclaimed.is_empty() => self.inner.parking.settled(lane, due),
            // It stays until `claimed`.
            Verdict::Done => {}
            Verdict::TryLater(after) => self.inner.parking.postpone(lane, due, after),
        }
        Ok((verdict, unclaimed))
    }

    /// Whoever talks with the owner has taken what was given back: it stays parked no longer, and
    /// delivered again it means nothing more.
    ///
    /// # Errors
    /// When the database fails; it stays parked.
    pub async fn claimed(&self, unclaimed: &Unclaimed) -> Result<(), StoreError> {
        for item in &unclaimed.items {
            let (row, now) = (&item.row, clock::now_ms());
            self.inner.store.mark_handled(row.source.bot, row.update, now).await?;
        }
        self.unpark(&unclaimed.items).await
    }

    /// What was due in a chat is passed on.
    pub fn settled(&self, lane: Lane, due: Due) {
        self.inner.parking.settled(lane, due);
    }

    async fn pass_items_on(
        &self,
        lane: Lane,
        unclaimed: &mut Vec<Unclaimed>,
    ) -> Result<Verdict, StoreError> {
        let mut items = self.parked(lane, ParkedKind::Item).await?;
        while !items.is_empty() {
            let group = items[0].group().map(str::to_owned);
            // What belongs to no album goes by itself.
            let end = match &group {
                None => Some(1),
                Some(_) => items.iter().position(|item| item.group() != group.as_deref()),
            };
            let later = items.split_off(end.unwrap_or(items.len()).min(MOST));
            let verdict = if lane.0 == self.inner.master.bot {
                self.outbound_album(OwnerId(lane.1.0), items, unclaimed).await?
            } else {
                self.inbound_album(lane, items).await?
            };
            if verdict != Verdict::Done {
                return Ok(verdict);
            }
            items = later;
        }
        Ok(Verdict::Done)
    }

    pub(super) async fn unpark(&self, items: &[Item]) -> Result<(), StoreError> {
        for item in items {
            self.inner.store.unpark(&item.row).await?;
            failpoint::at("album", "unparked");
        }
        Ok(())
    }
}

/// Stands for the album of what belongs to none.
const NO_ALBUM: &str = "";

/// The most items an album has (Bot API, `sendMediaGroup`).
const MOST: usize = 10;

/// How far the clocks of several processes may be apart.
const APART: i64 = 5_000;

/// How long a message has been parked. One from the future was parked before the clock was set
/// back: it has waited long enough, or it would wait for as long as that was.
fn age_of(item: &Item) -> Duration {
    let age = clock::now_ms().saturating_sub(item.row.parked_at);
    if age < -APART {
        return LONG_ENOUGH;
    }
    Duration::from_millis(u64::try_from(age).unwrap_or(0))
}

fn is_settled(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Sent | DeliveryState::Failed | DeliveryState::Told)
}
