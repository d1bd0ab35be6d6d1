//! The delivery protocol for several messages that are sent by one call: every reference is written
//! before it, and all of them together after it.

use std::time::Duration;

use futures::future::try_join_all;
use serde_json::Value;
use teloxide::types::MessageId;

use crate::{
    clock, failpoint,
    model::{DeliveryState, Part},
    relay::{
        Failure,
        carry::{Attempt, Carriage, Ending, Standing, Written, made},
        compose::plainer,
    },
    store::StoreError,
    telegram::{Outgoing, Refusal},
};

/// Messages that travel together.
pub(super) struct Group<'a>(pub(super) Vec<Carriage<'a>>);

/// How things stand before an attempt.
pub(super) enum GroupStanding {
    /// All of them can go.
    Go(Attempt),
    /// They were not all equally lucky before: each has to go its own way.
    Scattered,
    /// Nothing is left to be sent.
    Settled,
    /// Another process is at it.
    Busy,
}

/// How an attempt ended.
pub(super) enum GroupEnding {
    Sent,
    Later(Duration, Failure),
    /// Telegram refuses the album; its items may fare better one by one.
    Never(Refusal),
    Unknown,
}

impl Group<'_> {
    /// Writes all references in `initial` state, or takes over from an earlier attempt.
    pub(super) async fn begin(&self, initial: DeliveryState) -> Result<GroupStanding, StoreError> {
        // Some may be written while others are not: only patience keeps them together.
        let begun = self.0.iter().map(|carriage| {
            let store = &carriage.relay.inner.store;
            store.insist(move || carriage.begin(Part::Main, initial))
        });
        let standings = try_join_all(begun).await?;
        failpoint::at("album", "written");
        if standings.contains(&Standing::Busy) {
            self.let_go(&standings).await?;
            return Ok(GroupStanding::Busy);
        }
        let (mut most, mut settled) = (0, 0);
        for standing in &standings {
            match standing {
                Standing::Go(attempt) => most = most.max(attempt.number),
                Standing::Sent(_) | Standing::Told => settled += 1,
                Standing::Busy | Standing::Failed(_) => return Ok(GroupStanding::Scattered),
            }
        }
        Ok(match settled {
            0 => GroupStanding::Go(Attempt { part: Part::Main, initial, number: most }),
            all if all == standings.len() => GroupStanding::Settled,
            _ => GroupStanding::Scattered,
        })
    }

    /// Lets go of what was taken: two processes with a part each would wait for each other.
    async fn let_go(&self, standings: &[Standing]) -> Result<(), StoreError> {
        for (carriage, standing) in self.0.iter().zip(standings) {
            if matches!(standing, Standing::Go(_)) {
                carriage.record(Part::Main, DeliveryState::Held, None).await?;
            }
        }
        Ok(())
    }

    /// Sends them and writes what became of them. The header of its own, if any, has been sent.
    pub(super) async fn send(
        &self,
        outgoing: Outgoing,
        initial: DeliveryState,
    ) -> Result<GroupEnding, StoreError> {
        let Some(first) = self.0.first() else { return Ok(GroupEnding::Sent) };
        let ending = match first.call(&self.written(initial), outgoing, plainer).await {
            Ok(answer) => match self.copies(&answer) {
                Some(copies) => {
                    failpoint::at("album", "sent");
                    self.record_copies(&copies).await?;
                    failpoint::at("album", "recorded");
                    self.remember().await;
                    return Ok(GroupEnding::Sent);
                }
                None => Ending::Unknown,
            },
            Err(ending) => ending,
        };
        self.stopped(ending).await
    }

    /// Writes how an attempt without copies ended.
    pub(super) async fn stopped(&self, ending: Ending) -> Result<GroupEnding, StoreError> {
        match ending {
            Ending::Sent(_) => Ok(GroupEnding::Sent),
            Ending::Later(after, failure) => {
                self.record(DeliveryState::Held, None).await?;
                Ok(GroupEnding::Later(after, failure))
            }
            Ending::Never(refusal) => {
                self.record(DeliveryState::Held, None).await?;
                Ok(GroupEnding::Never(refusal))
            }
            Ending::Unknown => {
                self.record(DeliveryState::Sending, None).await?;
                Ok(GroupEnding::Unknown)
            }
        }
    }

    /// Writes a state without copies for all of them.
    pub(super) async fn record(
        &self,
        state: DeliveryState,
        failure: Option<Failure>,
    ) -> Result<(), StoreError> {
        try_join_all(self.0.iter().map(|carriage| carriage.record(Part::Main, state, failure)))
            .await?;
        Ok(())
    }

    /// Sends the line that says it may be a repeat.
    pub(super) async fn attempt_first(&self, line: Outgoing, initial: DeliveryState) -> Ending {
        let Some(first) = self.0.first() else { return Ending::Unknown };
        match first.call(&self.written(initial), line, plainer).await {
            Ok(message) => made(&message),
            Err(ending) => ending,
        }
    }

    fn written(&self, initial: DeliveryState) -> Written<'_> {
        let rows: Vec<_> = self.0.iter().map(|carriage| (carriage.source, Part::Main)).collect();
        Written::of(&self.0[0], &rows, initial)
    }

    /// The copies Telegram answered with, in order.
    fn copies(&self, answer: &Value) -> Option<Vec<MessageId>> {
        let messages = answer.as_array().filter(|list| list.len() == self.0.len())?;
        let ids = messages.iter().map(|message| match made(message) {
            Ending::Sent(id) => Some(id),
            _ => None,
        });
        ids.collect()
    }

    /// Remembers that they are one album, so that it can be taken back whole. They are out: where
    /// that fails, they are taken back one by one.
    async fn remember(&self) {
        let Some(first) = self.0.first() else { return };
        let (store, now) = (&first.relay.inner.store, clock::now_ms());
        let head = first.source.message;
        let put =
            |carriage: &Carriage<'_>| store.put_album_item(first.owner, carriage.source, head, now);
        let put = |carriage| store.insist(move || put(carriage));
        if let Err(error) = try_join_all(self.0.iter().map(put)).await {
            tracing::warn!(%error, "an album could not be remembered as one");
        }
    }

    /// Writes all copies in one commit: after a crash either all are known or none. The messages
    /// are out: as long as the process lives it must be known.
    async fn record_copies(&self, copies: &[MessageId]) -> Result<(), StoreError> {
        let Some(first) = self.0.first() else { return Ok(()) };
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|carriage| carriage.source.message)
            .zip(copies.iter().copied())
            .collect();
        let store = &first.relay.inner.store;
        store.insist(|| store.finish_references(first.owner, first.source, &pairs)).await
    }
}
