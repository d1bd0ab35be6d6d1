//! A changed message changes its copy: new words, another file, or a live location that moved or
//! ended.
//!
//! ```text
//! Anna changes "at 5" to "at 6":   🆕 Anna @anna → @shop_bot
//!                                  ✏️ edited
//!                                  at 6
//! ```
//!
//! A copy is changed at most once a second: changes that follow quicker are parked, the last one
//! wins. Where a copy can't be changed any more, what the customer changed comes as a reply to it;
//! an owner is told. A change of something never relayed changes nothing.
//!
//! - [`memory`]: what was changed lately
//! - [`call`]: the call that makes the change (pure)
//! - [`shown`]: what of a change the owner sees besides the copy

mod call;
mod memory;
mod shown;

use std::{
    slice,
    time::{Duration, Instant},
};

use call::is_end_of_location;
pub(super) use call::{changed_content, moved_location};
pub(super) use memory::Edited;
use serde_json::Value;
use teloxide::types::{ChatId, MessageId};

use super::{
    Failure, INBOUND_HOLD, OUTBOUND_HOLD, Relay, Verdict,
    album::Item,
    compose::plainer,
    content::{Content, Reading, read},
    customer::Customer,
    header::{Header, set_apart},
    outbound::running,
    parking::Lane,
    patience::{is_late, is_outdated},
    rich::RichText,
    worth_telling_later, worth_telling_within_a_day,
};
use crate::{
    clock, failpoint,
    model::{BotId, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference},
    store::{ParkedKind, StoreError},
    telegram::{CallError, Caller, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// An owner's change that has to wait so long is parked.
const LONG: Duration = Duration::from_secs(4);
/// When to look again for a copy that is being made.
const SOON: Duration = Duration::from_secs(1);

/// How often a change is tried whose fate is unknown.
const DOUBTS: u32 = 5;

/// How a change of a copy went.
enum Changed {
    /// The copy shows it; when it was made, in UTC seconds by Telegram's clock, where that is known.
    Done(Option<i64>),
    /// It is to be tried again after this time.
    Later(Duration),
    /// The copy can't be changed so.
    Refused(Refusal),
}

impl Relay {
    /// Changes the copy of a customer's changed message.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn inbound_edit(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let source = customer.source(message);
        match self.is_its_moment(customer.owner(), source, message, update).await? {
            Moment::Now(copy) => self.change_inbound(customer, message, update, *copy).await,
            Moment::Settled(verdict) => Ok(verdict),
            Moment::Never => {
                let text = customer.language().customer_change_not_delivered();
                let told = self.drop_change(&customer.client.caller, message, &text).await;
                self.changed_once(source.bot, update, told).await
            }
        }
    }

    /// Changes what the customer sees of an owner's changed reply.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbound_edit(
        &self,
        owner: OwnerId,
        message: &Message,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let source = self.source(message);
        match self.is_its_moment(owner, source, message, update).await? {
            Moment::Now(copy) if copy.1.direction == Direction::Outbound => {
                let verdict = self.change_outbound(owner, message, update, *copy).await?;
                self.out_of_the_way(source, message, (update, verdict)).await
            }
            Moment::Now(_) => Ok(Verdict::Done),
            Moment::Settled(verdict) => Ok(verdict),
            Moment::Never => {
                let language = self.owner_language(owner).await?;
                let text = language.change_not_delivered(&language.reason_unreachable());
                let told = self.drop_change(&self.inner.master, message, &text).await;
                self.changed_once(source.bot, update, told).await
            }
        }
    }

    /// Parks a change that has to wait for long: one customer's chat must not hold up what the owner
    /// writes to others.
    async fn out_of_the_way(
        &self,
        source: MessageKey,
        message: &Message,
        (update, verdict): (i64, Verdict),
    ) -> Result<Verdict, StoreError> {
        let Verdict::TryLater(after) = verdict else { return Ok(verdict) };
        if after < LONG {
            return Ok(verdict);
        }
        self.park(source, ParkedKind::Edit, message, update).await?;
        self.inner.parking.edit((source.bot, source.chat), after);
        Ok(Verdict::Done)
    }

    /// Whether a change may be made now; else it is settled here: parked, or without effect.
    async fn is_its_moment(
        &self,
        owner: OwnerId,
        source: MessageKey,
        message: &Message,
        update: i64,
    ) -> Result<Moment, StoreError> {
        let store = &self.inner.store;
        if store.is_handled(source.bot, update).await?
            || self.replace_parked_item(source, message).await?
        {
            return Ok(Moment::Settled(Verdict::Done));
        }
        let Some(known) = store.reference_of_source(owner, source, Part::Main).await? else {
            return Ok(Moment::Settled(Verdict::Done));
        };
        let Some(copy) = known.copy_message else {
            let comes = matches!(known.state, DeliveryState::Sending | DeliveryState::Held);
            return Ok(match comes {
                true if is_late(message, clock::now_ms()) => Moment::Never,
                true => Moment::Settled(Verdict::TryLater(SOON)),
                false => Moment::Settled(Verdict::Done),
            });
        };
        if known.is_deleted() {
            return Ok(Moment::Settled(Verdict::Done));
        }
        let lane = (source.bot, source.chat);
        let wait = self.inner.edited.wait(source);
        let mut earlier = Vec::new();
        if self.inner.parking.has_edits(lane) || !wait.is_zero() {
            earlier = self.parked(lane, ParkedKind::Edit).await?;
            earlier.retain(|earlier| earlier.row.source == source);
        }
        if wait.is_zero() && earlier.is_empty() {
            return Ok(Moment::Now(Box::new((copy, known))));
        }
        // A change that waits is outdone by this one, and must not come back.
        for earlier in earlier {
            if earlier.row.update != update {
                store.mark_handled(source.bot, earlier.row.update, clock::now_ms()).await?;
            }
        }
        self.park(source, ParkedKind::Edit, message, update).await?;
        failpoint::at("edit", "parked");
        self.inner.parking.edit(lane, wait);
        Ok(Moment::Settled(Verdict::Done))
    }

    /// Makes the changes that were parked in a chat and whose moment has come.
    pub(super) async fn pass_edits_on(&self, lane: Lane) -> Result<Verdict, StoreError> {
        let mut next = None::<Duration>;
        for item in self.parked(lane, ParkedKind::Edit).await? {
            let mut wait = self.inner.edited.wait(item.row.source);
            if wait.is_zero() {
                match self.change_parked(lane, &item).await? {
                    Verdict::Done => {
                        failpoint::at("edit", "passed");
                        self.inner.store.unpark(&item.row).await?;
                        continue;
                    }
                    // Those of other messages may have more luck.
                    Verdict::TryLater(after) => wait = after,
                }
            }
            next = Some(next.map_or(wait, |next| next.min(wait)));
        }
        Ok(next.map_or(Verdict::Done, Verdict::TryLater))
    }

    async fn change_parked(&self, (bot, chat): Lane, item: &Item) -> Result<Verdict, StoreError> {
        let (source, message, update) = (item.row.source, &item.message, item.row.update);
        if bot == self.inner.master.bot {
            let owner = OwnerId(chat.0);
            let Some(copy) = self.copy_of(owner, source).await? else { return Ok(Verdict::Done) };
            return self.change_outbound(owner, message, update, copy).await;
        }
        let client = self.inner.bots.current(bot).await?;
        let (Some(client), Some(from)) = (client, &item.message.from) else {
            return self.lost_by_detaching(bot, slice::from_ref(item)).await;
        };
        let known = self.inner.store.known(client.owner, bot, chat).await?;
        if known.is_banned {
            return Ok(Verdict::Done);
        }
        let customer = Customer { client: &client, from, chat, known };
        let found = self.copy_of(customer.owner(), source).await?;
        let Some(copy) = found else { return Ok(Verdict::Done) };
        self.change_inbound(&customer, message, update, copy).await
    }

    async fn change_inbound(
        &self,
        customer: &Customer<'_>,
        message: &Message,
        update: i64,
        (copy, reference): Copy,
    ) -> Result<Verdict, StoreError> {
        let source = customer.source(message);
        let owner = customer.owner();
        self.inner.edited.now(source);
        let language = customer.owner_language();
        let separate = self.separate_header(owner, &reference).await?;
        let mut header = Header::of(customer);
        if reference.attempts > 1 || separate.is_some_and(|(_, repeat)| repeat) {
            // It still may be one.
            header = header.remarked(language.repeat());
        }
        let header = header.remarked(language.edited());
        let joined = separate.is_none().then_some(&header);
        let edit = moved_location(message).map(Ok).or_else(|| {
            let key = reference.copy_key(copy);
            self.changed(message, language, joined.map(Header::rich), (key, separate.is_some()))
        });
        let writer = &self.inner.master;
        let to = (reference.copy_chat, copy);
        let holder = &customer.client.caller;
        let changed = match edit {
            None => Changed::Done(None),
            // There is no room for the header, without which a copy does not say who wrote it.
            Some(Err(())) => Changed::Refused(Refusal::MessageFixed),
            Some(Ok(edit)) => {
                if moved_location(message).is_none() {
                    self.inner.store.begin_change(owner, source, Part::Main).await?;
                }
                self.change(writer, holder, to, edit).await
            }
        };
        self.has_changed(owner, source, &changed).await?;
        let verdict = match changed {
            Changed::Later(after) => Verdict::TryLater(after),
            Changed::Done(_) => {
                let header_copy = separate.map(|(header_copy, _)| header_copy);
                self.is_changed(customer, message, (header, header_copy)).await?;
                Verdict::Done
            }
            Changed::Refused(refusal) => {
                tracing::debug!(%refusal, "a copy can't be changed; the change is said anew");
                self.say_anew(customer, message, header, (copy, update)).await?
            }
        };
        let verdict = if verdict != Verdict::Done && is_outdated(message, clock::now_ms()) {
            let text = customer.language().customer_change_not_delivered();
            self.drop_change(&customer.client.caller, message, &text).await
        } else {
            verdict
        };
        self.changed_once(source.bot, update, verdict).await
    }

    async fn change_outbound(
        &self,
        owner: OwnerId,
        message: &Message,
        update: i64,
        (copy, reference): Copy,
    ) -> Result<Verdict, StoreError> {
        let source = self.source(message);
        self.inner.edited.now(source);
        let changed = match running(self, owner, reference.client_bot()).await? {
            None => Changed::Refused(Refusal::TokenRevoked),
            Some(client) => {
                let key = reference.copy_key(copy);
                let with = |label| self.changed(message, Language::English, label, (key, false));
                let conversation = (owner, reference.client_bot(), reference.customer());
                let labelled = if reference.attempts > 1 {
                    // Where there is no room for it, it stands above.
                    with(Some(self.repeat_label(conversation).await?)).filter(Result::is_ok)
                } else {
                    None
                };
                let changed = || labelled.or_else(|| with(None));
                let edit = moved_location(message).map(Ok).or_else(changed);
                let to = (reference.customer(), copy);
                match edit {
                    Some(Ok(edit)) => {
                        self.change(&client.caller, &self.inner.master, to, edit).await
                    }
                    Some(Err(())) => Changed::Refused(Refusal::MessageFixed),
                    None => Changed::Done(None),
                }
            }
        };
        let verdict = match changed {
            Changed::Done(_) => Verdict::Done,
            Changed::Later(after) if !is_outdated(message, clock::now_ms()) => {
                Verdict::TryLater(after)
            }
            refused => {
                let refusal = match refused {
                    Changed::Refused(refusal) => refusal,
                    _ => Refusal::Unreachable,
                };
                let language = self.owner_language(owner).await?;
                let reason = match refusal {
                    Refusal::MessageGone => language.reason_gone(),
                    Refusal::MessageFixed => language.reason_fixed(),
                    refusal => Failure::of(&refusal).reason(language, ""),
                };
                let text = language.change_not_delivered(&reason);
                self.drop_change(&self.inner.master, message, &text).await
            }
        };
        self.changed_once(source.bot, update, verdict).await
    }

    /// Says to whoever changed a message that his change did not arrive.
    async fn drop_change(&self, caller: &Caller, message: &Message, text: &str) -> Verdict {
        let told = self.say(caller, message.chat.id, Some(message.id), text, None).await;
        let again = if is_outdated(message, clock::now_ms()) {
            worth_telling_later(&told)
        } else {
            worth_telling_within_a_day(&told)
        };
        again.map_or(Verdict::Done, Verdict::TryLater)
    }

    /// The call for changed content; `Err` where its header finds no room in it.
    fn changed(
        &self,
        message: &Message,
        language: Language,
        header: Option<RichText>,
        (copy, is_apart): (MessageKey, bool),
    ) -> Option<Result<Outgoing, ()>> {
        let Reading::Content(mut content) = read(message, language) else { return None };
        if is_apart {
            content.words = set_apart(content.words);
        }
        let is_same_file = self.inner.edited.shows(copy, &content);
        let composed = changed_content(&content, header, is_same_file)?;
        Some(if composed.header.is_some() { Err(()) } else { Ok(composed.main) })
    }

    /// Remembers a change that was made: delivered again after newer ones, it would undo them.
    pub(super) async fn changed_once(
        &self,
        bot: BotId,
        update: i64,
        verdict: Verdict,
    ) -> Result<Verdict, StoreError> {
        if verdict == Verdict::Done {
            self.inner.store.insist_handled(bot, update, clock::now_ms()).await?;
            failpoint::at("edit", "remembered");
        }
        Ok(verdict)
    }

    /// Leaves *Undo* below a copy of the inbox: an edit without buttons takes them away.
    pub(super) fn with_its_buttons(&self, copy: MessageKey, edit: &mut Outgoing) {
        if let Some(keyboard) = self.buttons_of(OwnerId(copy.chat.0), copy) {
            edit.parameters.insert("reply_markup".to_owned(), keyboard);
        }
    }

    async fn copy_of(
        &self,
        owner: OwnerId,
        source: MessageKey,
    ) -> Result<Option<Copy>, StoreError> {
        let known = self.inner.store.reference_of_source(owner, source, Part::Main).await?;
        // A change may have waited while what it changes was taken back.
        let known = known.filter(|known| !known.is_deleted());
        Ok(known.and_then(|known| Some((known.copy_message?, known))))
    }

    async fn change(
        &self,
        writer: &Caller,
        holder: &Caller,
        (chat, copy): (ChatId, MessageId),
        mut edit: Outgoing,
    ) -> Changed {
        edit.parameters.insert("message_id".to_owned(), copy.0.into());
        let is_outbound = writer.bot != self.inner.master.bot;
        let hold = if is_outbound { OUTBOUND_HOLD } else { INBOUND_HOLD };
        let deadline = Instant::now() + hold;
        let key = MessageKey { bot: writer.bot, chat, message: copy };
        let _turn = self.inner.changes.turn(key).await;
        self.with_its_buttons(key, &mut edit);
        let mut pause = Duration::from_secs(1);
        loop {
            let done = self.inner.telegram.deliver(writer, chat, &edit, holder, deadline).await;
            let refusal = match done {
                done @ (Ok(_) | Err(CallError::NotSent(Refusal::NotModified))) => {
                    failpoint::at("edit", "made");
                    self.inner.edited.remember(key, &edit);
                    let now = || clock::now_ms() / 1000;
                    let made_at = |answer: Value| answer.get("edit_date").and_then(Value::as_i64);
                    return Changed::Done(Some(done.ok().and_then(made_at).unwrap_or_else(now)));
                }
                // An edit repeated changes nothing, so "unknown" needs no label; but one that never
                // gets a clear answer must not keep what follows waiting for a day.
                Err(CallError::Unknown(_)) if self.inner.edited.doubt(key) < DOUBTS => {
                    return Changed::Later(Duration::from_secs(2));
                }
                Err(CallError::Unknown(_)) => return Changed::Refused(Refusal::Unreachable),
                Err(CallError::NotSent(Refusal::TooFast { retry_after })) => {
                    return Changed::Later(retry_after);
                }
                Err(CallError::NotSent(Refusal::FileLater { retry_after: Some(wait) })) => {
                    return Changed::Later(wait);
                }
                // A file that never comes must not keep what follows waiting for a day.
                Err(CallError::NotSent(Refusal::FileLater { retry_after: None }))
                    if Instant::now() + pause < deadline =>
                {
                    if !self.inner.telegram.pause(pause).await {
                        return Changed::Later(pause);
                    }
                    pause *= 2;
                    continue;
                }
                Err(CallError::NotSent(Refusal::FileLater { .. })) => Refusal::FileUnavailable,
                Err(CallError::NotSent(Refusal::Unreachable)) => {
                    return Changed::Later(Duration::from_secs(5));
                }
                Err(CallError::NotSent(refusal)) => refusal,
            };
            match plainer(&edit, &refusal) {
                Some(next) => edit = next,
                // It was no live location, or has ended by itself: there is nothing new to say.
                None if is_end_of_location(&edit) => return Changed::Done(None),
                None => return Changed::Refused(refusal),
            }
        }
    }

    /// Remembers which file a copy shows, so that a changed caption does not move it again.
    pub(super) fn shows(&self, copy: MessageKey, content: &Content) {
        self.inner.edited.showing(copy, content);
    }
}

/// A copy, and its reference.
type Copy = (MessageId, Reference);

/// Whether a change may be made.
enum Moment {
    /// It may, in this copy.
    Now(Box<Copy>),
    /// There is nothing more to do.
    Settled(Verdict),
    /// What it changes was given up in the middle, and nobody makes a copy of it any more.
    Never,
}
