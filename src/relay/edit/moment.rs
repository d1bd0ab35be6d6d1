//! When a change may be made: now, when its copy is there, or with those that wait already.

use std::time::Duration;

use super::{
    super::{Relay, Verdict, patience::is_late},
    Copy,
};
use crate::{
    account::{Fate, note},
    clock, failpoint,
    model::{DeliveryState, MessageKey, OwnerId, Part},
    store::{ParkedKind, StoreError},
    update::Message,
};

/// An owner's change that has to wait so long is parked.
const LONG: Duration = Duration::from_secs(4);
/// When to look again for a copy that is being made.
const SOON: Duration = Duration::from_secs(1);

/// Whether a change may be made.
pub(super) enum Moment {
    /// It may, in this copy.
    Now(Box<Copy>),
    /// There is nothing more to do.
    Settled(Verdict),
    /// What it changes was given up in the middle, and nobody makes a copy of it any more.
    Never,
}

impl Relay {
    /// Whether a change may be made now; else it is settled here: parked, or without effect.
    pub(super) async fn is_its_moment(
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
        note(Fate::Parked);
        Ok(Moment::Settled(Verdict::Done))
    }

    /// Parks a change that has to wait for long: one customer's chat must not hold up what the owner
    /// writes to others.
    pub(super) async fn out_of_the_way(
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
        note(Fate::Parked);
        Ok(Verdict::Done)
    }
}
