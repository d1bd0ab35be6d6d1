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
//! - [`moment`]: when a change may be made
//! - [`call`]: the call that makes it (pure)
//! - [`attempt`]: that call made, and what its answer means
//! - [`memory`]: what was changed lately
//! - [`shown`]: what of a change the owner sees besides the copy

mod attempt;
mod call;
mod memory;
mod moment;
mod shown;

use std::{slice, time::Duration};

use attempt::Changed;
pub(super) use call::{changed_content, moved_location};
pub(super) use memory::Edited;
use moment::Moment;
use teloxide::types::MessageId;

use super::{
    Failure, Relay, Verdict,
    album::{Item, group_of},
    content::{Content, Reading, read},
    customer::Customer,
    header::{Header, set_apart},
    inbound::with_buttons,
    outbound::running,
    parking::Lane,
    patience::is_outdated,
    rich::RichText,
    worth_telling_later, worth_telling_within_a_day,
};
use crate::{
    clock, failpoint,
    model::{BotId, Direction, MessageKey, OwnerId, Part, Reference},
    store::{ParkedKind, StoreError},
    telegram::{Caller, ClientBot, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// A copy, and its reference.
type Copy = (MessageId, Reference);

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
        if let Some(verdict) = self.stop_change(customer, message, update).await? {
            return Ok(verdict);
        }
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
                let buttons = customer.contact_buttons(message.id);
                let own = buttons.as_ref().filter(|_| group_of(message).is_none());
                self.change(writer, holder, to, with_buttons(edit, own)).await
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
        let client = running(self, owner, reference.client_bot()).await?;
        let (changed, gone) = if let Some(client) = client {
            (self.change_reply(&client, message, (copy, reference)).await?, None)
        } else {
            let why = self.why_none_runs(owner).await?;
            (Changed::Refused(Refusal::TokenRevoked), Some(why))
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
                    refusal => gone.unwrap_or_else(|| Failure::of(&refusal)).reason(language, ""),
                };
                let text = language.change_not_delivered(&reason);
                self.drop_change(&self.inner.master, message, &text).await
            }
        };
        self.changed_once(source.bot, update, verdict).await
    }

    /// Changes the copy of a reply.
    async fn change_reply(
        &self,
        client: &ClientBot,
        message: &Message,
        (copy, reference): Copy,
    ) -> Result<Changed, StoreError> {
        let key = reference.copy_key(copy);
        let with = |label| self.changed(message, Language::English, label, (key, false));
        let conversation = (client.owner, reference.client_bot(), reference.customer());
        let labelled = if reference.attempts > 1 {
            // Where there is no room for it, it stands above.
            with(Some(self.repeat_label(conversation).await?)).filter(Result::is_ok)
        } else {
            None
        };
        let changed = || labelled.or_else(|| with(None));
        let edit = moved_location(message).map(Ok).or_else(changed);
        let to = (reference.customer(), copy);
        Ok(match edit {
            Some(Ok(edit)) => self.change(&client.caller, &self.inner.master, to, edit).await,
            Some(Err(())) => Changed::Refused(Refusal::MessageFixed),
            None => Changed::Done(None),
        })
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

    /// Remembers which file a copy shows, so that a changed caption does not move it again.
    pub(super) fn shows(&self, copy: MessageKey, content: &Content) {
        self.inner.edited.showing(copy, content);
    }
}
