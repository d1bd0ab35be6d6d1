//! An owner's album, to the customer whose copy one of its items replies to.

use super::{
    Item,
    compose::compose_album,
    group::{Group, GroupEnding, GroupStanding},
};
use crate::{
    model::{DeliveryState, OwnerId, Part, Reference},
    relay::{
        BUSY, Failure, Relay, Verdict,
        carry::{Attempt, Carriage, Ending},
        compose::Reply,
        content::{Content, Reading, read},
        outbound::{Replied, Target, Undelivered, initial_of, running, with_protection},
    },
    store::StoreError,
    telegram::{Caller, ClientBot},
    update::Message,
};

/// An album that is no reply: whoever talks with the owner says how one replies.
pub struct Unclaimed {
    pub(super) items: Vec<Item>,
}

impl Unclaimed {
    /// Its first item, and the update that brought it.
    pub fn first(&self) -> Option<(&Message, i64)> {
        self.items.first().map(|item| (&item.message, item.row.update))
    }
}

/// An album on its way to a customer.
struct Outgoing<'a> {
    client: &'a ClientBot,
    target: Target,
    contents: Vec<Content>,
    reply: Option<Reply>,
}

impl Relay {
    pub(super) async fn outbound_album(
        &self,
        owner: OwnerId,
        items: Vec<Item>,
        unclaimed: &mut Vec<Unclaimed>,
    ) -> Result<Verdict, StoreError> {
        let mut found = None;
        let closings = self.closings();
        for item in &items {
            if let Some(about) = self.about(owner, &item.message).await? {
                found = Some((about, item.message.clone()));
                break;
            }
        }
        let Some((about, replying)) = found else {
            unclaimed.push(Unclaimed { items });
            return Ok(Verdict::Done);
        };
        let Some(_present) = self.begins_about(about.customer(), closings).await? else {
            return Ok(Verdict::TryLater(BUSY));
        };
        self.reply_with_album(owner, &items, &about, &replying).await
    }

    async fn reply_with_album(
        &self,
        owner: OwnerId,
        items: &[Item],
        about: &Reference,
        replying: &Message,
    ) -> Result<Verdict, StoreError> {
        let target = Target::of(about);
        let replied = self.send_album(owner, items, target, Some(replying)).await?;
        let Some(first) = items.first() else { return Ok(Verdict::Done) };
        let sources: Vec<_> = items.iter().map(|item| item.row.source).collect();
        match self.in_patience(owner, &first.message, &sources, replied).await? {
            Replied::Done => {}
            Replied::Delivered => {
                let answered = replying.reply_to();
                let last = items.last().unwrap_or(first).message.id;
                let ends = (first.message.id, last);
                self.show_delivered(owner, ends, answered.as_ref(), target);
                self.tell_few_left(owner, items.len());
            }
            Replied::Later(after) => return Ok(Verdict::TryLater(after)),
            Replied::Undelivered(undelivered) => {
                return self.album_undelivered(owner, items, &undelivered).await;
            }
        }
        self.unpark(items).await?;
        Ok(Verdict::Done)
    }

    /// Says once that an album did not arrive. Its items stay, for *Send again*.
    async fn album_undelivered(
        &self,
        owner: OwnerId,
        items: &[Item],
        undelivered: &Undelivered,
    ) -> Result<Verdict, StoreError> {
        let mut missing = Vec::new();
        for item in items {
            let known =
                self.inner.store.reference_of_source(owner, item.row.source, Part::Main).await?;
            if known.is_some_and(|known| known.state == DeliveryState::Sent) {
                self.inner.store.unpark(&item.row).await?;
            } else {
                missing.push(item);
            }
        }
        let Some(first) = missing.first() else { return Ok(Verdict::Done) };
        let told = self.tell_undelivered(owner, &first.message, undelivered).await?;
        if told != Verdict::Done {
            return Ok(told);
        }
        self.tell_album(owner, items, undelivered.failure).await?;
        for item in missing {
            if undelivered.failure.can_send_again() {
                self.inner.store.keep_parked(&item.row).await?;
            } else {
                self.inner.store.unpark(&item.row).await?;
            }
        }
        Ok(Verdict::Done)
    }

    /// Records that the owner was told of an album that did not arrive; what did arrive stays so.
    pub(in crate::relay) async fn tell_album(
        &self,
        owner: OwnerId,
        items: &[Item],
        failure: Failure,
    ) -> Result<(), StoreError> {
        let store = &self.inner.store;
        for item in items {
            let source = item.row.source;
            let find = || store.reference_of_source(owner, source, Part::Main);
            let known = store.insist(find).await?;
            if known.is_some_and(|known| known.state != DeliveryState::Sent) {
                let (state, reason) = (DeliveryState::Told, Some(failure.word()));
                store
                    .insist(|| store.set_reference_state(owner, source, Part::Main, state, reason))
                    .await?;
            }
        }
        Ok(())
    }

    /// Sends the items as an album, or one by one where Telegram does not take them together.
    pub(in crate::relay) async fn send_album(
        &self,
        owner: OwnerId,
        items: &[Item],
        target: Target,
        replying: Option<&Message>,
    ) -> Result<Replied, StoreError> {
        let undelivered = |failure, kind: &str| {
            Ok(Replied::Undelivered(Undelivered { failure, kind: kind.to_owned() }))
        };
        let language = self.owner_language(owner).await?;
        let mut contents = Vec::with_capacity(items.len());
        for item in items {
            match read(&item.message, language) {
                Reading::Content(content) => contents.push(*content),
                Reading::Service => {}
                Reading::Unshowable(kind) => return undelivered(Failure::Kind, &kind),
            }
        }
        let Some(client) = running(self, owner, target.bot).await? else {
            return self.without_bot(owner, items, target).await;
        };
        if let Some(first) = items.first()
            && let Some(failure) = self.refused_by_plan(owner, target.bot, first.row.source).await?
        {
            return self.refuse_album(owner, items, (&client.caller, target), failure).await;
        }
        let reply = match replying {
            Some(replying) => self.reply_at_customer(owner, replying, target).await?,
            None => None,
        };
        let outgoing = Outgoing { client: &client, target, contents, reply };
        let replied = self.carry_album_out(owner, items, &outgoing).await?;
        if let Replied::Undelivered(Undelivered { failure: Failure::TokenRevoked, .. }) = &replied {
            self.inner.bots.token_refused(&client).await?;
        }
        if let Replied::Delivered = &replied {
            self.inner.bots.shows_life(client.id());
        }
        Ok(replied)
    }

    async fn carry_album_out(
        &self,
        owner: OwnerId,
        items: &[Item],
        outgoing: &Outgoing<'_>,
    ) -> Result<Replied, StoreError> {
        let undelivered =
            |failure| Replied::Undelivered(Undelivered { failure, kind: "album".to_owned() });
        let group = Group(items.iter().map(|item| self.way(owner, item, outgoing)).collect());
        let composed = |label| compose_album(&outgoing.contents, label, outgoing.reply.as_ref());
        let Some(plain) = composed(None).filter(|_| outgoing.contents.len() == items.len()) else {
            return self.singly(owner, items, outgoing).await;
        };
        let attempt = match group.begin(DeliveryState::Held).await? {
            GroupStanding::Go(attempt) => attempt,
            GroupStanding::Settled => return Ok(Replied::Done),
            GroupStanding::Busy(after) => return Ok(Replied::Later(after)),
            GroupStanding::Scattered => return self.singly(owner, items, outgoing).await,
        };
        let key = (owner, outgoing.target.bot, outgoing.target.customer);
        let label = if attempt.is_repeat() { Some(self.repeat_label(key).await?) } else { None };
        let composed = label.and_then(|label| composed(Some(label))).unwrap_or(plain);
        let main = with_protection(composed.main, outgoing.client);
        let first = match composed.header {
            Some(first) => Some(group.attempt_first(first, attempt).await),
            None => None,
        };
        let ending = match first {
            None => group.send(main, attempt).await?,
            Some(Ending::Sent(_)) => {
                let goes_on = Attempt { initial: DeliveryState::Sending, ..attempt };
                group.send(main, goes_on).await?
            }
            Some(ending) => group.stopped(ending).await?,
        };
        Ok(match ending {
            GroupEnding::Sent => Replied::Delivered,
            GroupEnding::Partly(_) | GroupEnding::Never(_) => {
                return self.singly(owner, items, outgoing).await;
            }
            GroupEnding::Later(_, failure @ Failure::TooFast) => {
                let failure = if attempt.is_repeat() { Failure::Uncertain } else { failure };
                group.record(DeliveryState::Failed, Some(failure)).await?;
                undelivered(failure)
            }
            GroupEnding::Later(after, _) => Replied::Later(after),
            GroupEnding::Unknown => {
                if let Some(after) = group.next_attempt_after(attempt.number) {
                    return Ok(Replied::Later(after));
                }
                group.record(DeliveryState::Failed, Some(Failure::Uncertain)).await?;
                undelivered(Failure::Uncertain)
            }
        })
    }

    /// Each item by itself. The first that fails stands for all that are left: they are told about
    /// once.
    async fn singly(
        &self,
        owner: OwnerId,
        items: &[Item],
        outgoing: &Outgoing<'_>,
    ) -> Result<Replied, StoreError> {
        let mut all = Replied::Done;
        for (item, content) in items.iter().zip(&outgoing.contents) {
            let carriage = self.way(owner, item, outgoing);
            let standing = carriage.begin(Part::Main, initial_of(content)).await?;
            let reply = outgoing.reply.as_ref();
            match self.carry_out(&carriage, content, reply, standing).await? {
                Replied::Done => {}
                Replied::Delivered => all = Replied::Delivered,
                other => return Ok(other),
            }
        }
        Ok(all)
    }

    /// The bot the customer wrote to is gone, or its owner is suspended.
    async fn without_bot(
        &self,
        owner: OwnerId,
        items: &[Item],
        target: Target,
    ) -> Result<Replied, StoreError> {
        let writer = Caller { bot: target.bot, token: self.inner.master.token.clone() };
        let failure = self.why_none_runs(owner).await?;
        let mut replied = Replied::Done;
        for item in items {
            let to = (&writer, target.customer);
            let carriage = Carriage::outbound(self, owner, item.row.source, to);
            match carriage.give_up(target.bot, Undelivered::without_bot(failure)).await? {
                Replied::Done => {}
                other => replied = other,
            }
        }
        Ok(replied)
    }

    /// The owner's plan does not let it go out.
    async fn refuse_album(
        &self,
        owner: OwnerId,
        items: &[Item],
        (writer, target): (&Caller, Target),
        failure: Failure,
    ) -> Result<Replied, StoreError> {
        let mut replied = Replied::Done;
        for item in items {
            let to = (writer, target.customer);
            let carriage = Carriage::outbound(self, owner, item.row.source, to);
            let undelivered = Undelivered { failure, kind: "album".to_owned() };
            match carriage.refuse(undelivered).await? {
                Replied::Done => {}
                other => replied = other,
            }
        }
        Ok(replied)
    }

    fn way<'a>(&'a self, owner: OwnerId, item: &Item, outgoing: &Outgoing<'a>) -> Carriage<'a> {
        let to = (&outgoing.client.caller, outgoing.target.customer);
        Carriage::outbound(self, owner, item.row.source, to)
    }
}
