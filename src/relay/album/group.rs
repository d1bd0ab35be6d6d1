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
    store::{Made, StoreError},
    telegram::{Attachment, Outgoing, Refusal},
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
    /// Another process is at it, or Telegram answers nothing: to be tried after this time.
    Busy(Duration),
}

/// How an attempt ended.
pub(super) enum GroupEnding {
    Sent,
    /// Telegram made some of them, these; the others are to go one by one.
    Partly(Vec<Option<MessageId>>),
    Later(Duration, Failure),
    /// Telegram refuses the album; its items may fare better one by one.
    Never(Refusal),
    Unknown,
}

impl Group<'_> {
    /// Writes all references in `initial` state, or takes over from an earlier attempt.
    pub(super) async fn begin(&self, initial: DeliveryState) -> Result<GroupStanding, StoreError> {
        let Some(first) = self.0.first() else { return Ok(GroupStanding::Settled) };
        let life = first.relay.inner.store.stay_alive().await?;
        // Some may be written while others are not: only patience keeps them together.
        let begun = self.0.iter().map(|carriage| {
            let store = &carriage.relay.inner.store;
            store.insist(move || carriage.begin(Part::Main, initial))
        });
        let standings = try_join_all(begun).await?;
        failpoint::at("album", "written");
        let busy = standings.iter().find_map(|standing| match standing {
            Standing::Busy(after) => Some(*after),
            _ => None,
        });
        if let Some(after) = busy {
            self.let_go(&standings).await?;
            return Ok(GroupStanding::Busy(after));
        }
        let (mut most, mut settled) = (0, 0);
        for standing in &standings {
            match standing {
                Standing::Go(attempt) => most = most.max(attempt.number),
                Standing::Sent(_) | Standing::Told => settled += 1,
                Standing::Busy(_) | Standing::Failed(_) => return Ok(GroupStanding::Scattered),
            }
        }
        Ok(match settled {
            0 => GroupStanding::Go(Attempt { part: Part::Main, initial, number: most, life }),
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
        attempt: Attempt,
    ) -> Result<GroupEnding, StoreError> {
        let Some(first) = self.0.first() else { return Ok(GroupEnding::Sent) };
        let media = outgoing.media.clone();
        let ending = match first.call(&self.written(attempt), outgoing, plainer).await {
            Ok(answer) => match copies(&media, &answer) {
                Some(copies) => return self.are_out(copies).await,
                None => Ending::Unknown,
            },
            Err(ending) => ending,
        };
        self.stopped(ending).await
    }

    /// Writes which of them Telegram made. The others certainly were not.
    async fn are_out(&self, copies: Vec<Option<MessageId>>) -> Result<GroupEnding, StoreError> {
        failpoint::at("album", "sent");
        self.record_copies(&copies).await?;
        if let Some(first) = self.0.first() {
            first.relay.inner.tally.relayed(first.direction, copies.iter().flatten().count());
        }
        failpoint::at("album", "recorded");
        let missing = self.0.iter().zip(&copies).filter(|(_, copy)| copy.is_none());
        let missing: Vec<_> = missing.map(|(carriage, _)| carriage).collect();
        for carriage in &missing {
            carriage.record(Part::Main, DeliveryState::Held, None).await?;
        }
        self.remember().await;
        if missing.is_empty() {
            return Ok(GroupEnding::Sent);
        }
        tracing::warn!(missing = missing.len(), "Telegram made a part of an album");
        Ok(GroupEnding::Partly(copies))
    }

    /// When they are tried again after so many attempts with an unknown outcome, if they are.
    pub(super) fn next_attempt_after(&self, attempts: i64) -> Option<Duration> {
        self.0.first()?.next_attempt_after(attempts)
    }

    /// Writes how an attempt without copies ended.
    pub(super) async fn stopped(&self, ending: Ending) -> Result<GroupEnding, StoreError> {
        match ending {
            Ending::Sent(_) => Ok(GroupEnding::Sent),
            Ending::Later(after, failure) => {
                self.record(DeliveryState::Held, None).await?;
                for carriage in &self.0 {
                    carriage.relay.inner.tally.held(carriage.direction);
                }
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
    pub(super) async fn attempt_first(&self, line: Outgoing, attempt: Attempt) -> Ending {
        let Some(first) = self.0.first() else { return Ending::Unknown };
        match first.call(&self.written(attempt), line, plainer).await {
            Ok(message) => made(&message),
            Err(ending) => ending,
        }
    }

    fn written(&self, attempt: Attempt) -> Written<'_> {
        let rows: Vec<_> = self.0.iter().map(|carriage| (carriage.source, Part::Main)).collect();
        Written::of(&self.0[0], &rows, attempt)
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
    async fn record_copies(&self, copies: &[Option<MessageId>]) -> Result<(), StoreError> {
        let Some(first) = self.0.first() else { return Ok(()) };
        let made = |(carriage, copy): (&Carriage<'_>, &Option<MessageId>)| {
            copy.map(|copy| Made { of: carriage.reference(Part::Main), copy })
        };
        let made: Vec<_> = self.0.iter().zip(copies).filter_map(made).collect();
        let store = &first.relay.inner.store;
        store.insist(|| store.finish_attempts(&made)).await
    }
}

/// The copies Telegram answered with, each in the place of its item; `None` where that can't be
/// told.
fn copies(media: &[Attachment], answer: &Value) -> Option<Vec<Option<MessageId>>> {
    let messages = answer.as_array().filter(|list| !list.is_empty())?;
    let ids = messages.iter().map(|message| match made(message) {
        Ending::Sent(id) => Some(id),
        _ => None,
    });
    let ids: Vec<MessageId> = ids.collect::<Option<_>>()?;
    let places = places(media, messages)?;
    let mut copies = vec![None; media.len()];
    for (place, id) in places.into_iter().zip(ids) {
        copies[place] = Some(id);
    }
    Some(copies)
}

/// Which item each of these messages is: they come in the items' order. Where some are missing it
/// is seen by the file, which has one number for all bots, or by the kind where only one way is
/// left.
fn places(media: &[Attachment], messages: &[Value]) -> Option<Vec<usize>> {
    if messages.len() == media.len() {
        return Some((0..media.len()).collect());
    }
    in_order(media, messages, Attachment::is_shown_by).or_else(|| {
        let first = in_order(media, messages, Attachment::is_kind_of)?;
        let turned =
            |places: Vec<usize>| places.iter().rev().map(|at| media.len() - 1 - at).collect();
        let (back, said): (Vec<_>, Vec<_>) =
            (media.iter().rev().cloned().collect(), messages.iter().rev().cloned().collect());
        let last: Vec<usize> = turned(in_order(&back, &said, Attachment::is_kind_of)?);
        (first == last).then_some(first)
    })
}

/// Each message's first place behind that of the one before it.
fn in_order(
    media: &[Attachment],
    messages: &[Value],
    fits: impl Fn(&Attachment, &Value) -> bool,
) -> Option<Vec<usize>> {
    let mut items = media.iter().enumerate();
    let place = |message| items.find(|(_, item)| fits(item, message)).map(|(place, _)| place);
    messages.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::telegram::RemoteFile;

    fn media(items: &[(&'static str, &str)]) -> Vec<Attachment> {
        let file = |unique_id: &str| RemoteFile {
            id: String::new(),
            unique_id: unique_id.to_owned(),
            size: None,
            name: String::new(),
            mime: None,
        };
        items.iter().map(|(field, unique)| Attachment { field, file: file(unique) }).collect()
    }

    fn answer(items: &[(&str, &str)]) -> Value {
        let message = |(at, (field, unique)): (usize, &(&str, &str))| json!({"message_id": at + 1, *field: {"file_unique_id": unique}});
        items.iter().enumerate().map(message).collect()
    }

    fn found(items: &[(&'static str, &str)], made: &[(&str, &str)]) -> Option<Vec<Option<i32>>> {
        let copies = copies(&media(items), &answer(made))?;
        Some(copies.into_iter().map(|copy| copy.map(|id| id.0)).collect())
    }

    #[test]
    fn what_telegram_made_is_put_in_its_place() {
        let items = [("photo", "a"), ("video", "b"), ("photo", "c")];
        let all = Some(vec![Some(1), Some(2), Some(3)]);
        assert_eq!(found(&items, &[("photo", "x"), ("video", "y"), ("photo", "z")]), all);
        let without_second = Some(vec![Some(1), None, Some(2)]);
        assert_eq!(found(&items, &[("photo", "a"), ("photo", "c")]), without_second);
        assert_eq!(found(&items, &[("photo", "x"), ("photo", "z")]), without_second);
        assert_eq!(found(&items, &[("photo", "c")]), Some(vec![None, None, Some(1)]));
        assert_eq!(found(&items, &[("photo", "x")]), None, "it may be either");
        assert_eq!(found(&items, &[("audio", "x")]), None);
        assert_eq!(found(&items, &[]), None);
    }
}
