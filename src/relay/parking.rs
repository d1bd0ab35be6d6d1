//! Which chats have something parked, and when its moment comes. The rows in the database are what
//! counts; this remembers only what to wait for.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use teloxide::types::ChatId;

use crate::{metrics::Queue, model::BotId};

/// A chat as its bot numbers it: what is parked in it waits together.
pub type Lane = (BotId, ChatId);

/// What is parked in one chat.
#[derive(Debug, Default)]
struct Parked {
    /// The album being collected, and when it is complete if nothing more comes.
    items: Option<(String, Instant)>,
    /// When the next changes may be passed on.
    edits: Option<Instant>,
    /// Since when something is parked here, as far as this process knows.
    since: Option<Instant>,
    /// Whether somebody waits for these moments.
    is_kept: bool,
}

impl Parked {
    fn begun(&mut self) -> &mut Self {
        self.since.get_or_insert_with(Instant::now);
        self
    }
}

/// What has its moment now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// The items of an album.
    pub items: bool,
    /// Changes.
    pub edits: bool,
}

/// All chats with something parked.
#[derive(Debug, Default)]
pub(super) struct Parking(Mutex<HashMap<Lane, Parked>>);

impl Parking {
    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, Parked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An item was parked: its album is complete after a pause.
    pub(super) fn item(&self, lane: Lane, group: &str, pause: Duration) {
        let due = Instant::now() + pause;
        self.lanes().entry(lane).or_default().begun().items = Some((group.to_owned(), due));
    }

    /// A change was parked; a moment set before stays.
    pub(super) fn edit(&self, lane: Lane, pause: Duration) {
        let due = Instant::now() + pause;
        self.lanes().entry(lane).or_default().begun().edits.get_or_insert(due);
    }

    /// Whether an album is being collected that a message with this group does not belong to.
    pub(super) fn is_ended_by(&self, lane: Lane, group: Option<&str>) -> bool {
        let lanes = self.lanes();
        let items = lanes.get(&lane).and_then(|parked| parked.items.as_ref());
        items.is_some_and(|(collected, _)| Some(collected.as_str()) != group)
    }

    /// Whether something is known to be parked in a lane.
    pub(super) fn knows(&self, lane: Lane) -> bool {
        self.lanes().contains_key(&lane)
    }

    /// An item was found that may have been parked by another process: its album is complete after
    /// a pause, or later where that is known.
    pub(super) fn found_item(&self, lane: Lane, group: &str, pause: Duration) {
        let due = Instant::now() + pause;
        let mut lanes = self.lanes();
        let items = &mut lanes.entry(lane).or_default().begun().items;
        match items {
            Some((collected, at)) if collected == group => *at = due.max(*at),
            _ => *items = Some((group.to_owned(), due)),
        }
    }

    /// Whether an album is being collected.
    pub(super) fn is_collecting(&self, lane: Lane) -> bool {
        self.lanes().get(&lane).is_some_and(|parked| parked.items.is_some())
    }

    /// Whether changes wait.
    pub(super) fn has_edits(&self, lane: Lane) -> bool {
        self.lanes().get(&lane).is_some_and(|parked| parked.edits.is_some())
    }

    /// Whether the caller is to wait for the lane's moments: `true` once, until [`Parking::next`]
    /// says that there is none.
    pub(super) fn keep(&self, lane: Lane) -> bool {
        let mut lanes = self.lanes();
        let Some(parked) = lanes.get_mut(&lane) else { return false };
        !std::mem::replace(&mut parked.is_kept, true)
    }

    /// The lane's next moment; without one, whoever waited is released.
    pub(super) fn next(&self, lane: Lane) -> Option<Instant> {
        let mut lanes = self.lanes();
        let parked = lanes.get(&lane)?;
        let items = parked.items.as_ref().map(|(_, due)| *due);
        let next = items.into_iter().chain(parked.edits).min();
        if next.is_none() {
            lanes.remove(&lane);
        }
        next
    }

    /// What has its moment now.
    pub(super) fn due(&self, lane: Lane) -> Due {
        let now = Instant::now();
        let lanes = self.lanes();
        let Some(parked) = lanes.get(&lane) else { return Due::default() };
        Due {
            items: parked.items.as_ref().is_some_and(|(_, due)| *due <= now),
            edits: parked.edits.is_some_and(|due| due <= now),
        }
    }

    /// What was due is passed on.
    pub(super) fn settled(&self, lane: Lane, due: Due) {
        if let Some(parked) = self.lanes().get_mut(&lane) {
            if due.items {
                parked.items = None;
            }
            if due.edits {
                parked.edits = None;
            }
            if parked.items.is_none() && parked.edits.is_none() {
                parked.since = None;
            }
        }
    }

    /// In how many chats something is parked, and for how long in the one where it is for longest.
    pub(super) fn queue(&self) -> Queue {
        let lanes = self.lanes();
        let since = lanes.values().filter_map(|parked| parked.since);
        Queue {
            length: since.clone().count(),
            age: since.min().map(|since| since.elapsed()).unwrap_or_default(),
        }
    }

    /// What was due has to wait longer.
    pub(super) fn postpone(&self, lane: Lane, due: Due, pause: Duration) {
        let later = Instant::now() + pause;
        if let Some(parked) = self.lanes().get_mut(&lane) {
            if due.items
                && let Some((_, at)) = &mut parked.items
            {
                *at = later;
            }
            if due.edits {
                parked.edits = Some(later);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANE: Lane = (BotId(1), ChatId(2));

    #[test]
    fn an_album_ends_by_another_message_and_by_nothing_of_its_own() {
        let parking = Parking::default();
        assert!(!parking.is_ended_by(LANE, None) && !parking.is_collecting(LANE));
        parking.item(LANE, "a", Duration::from_secs(9));
        assert!(parking.is_collecting(LANE) && !parking.is_ended_by(LANE, Some("a")));
        assert!(parking.is_ended_by(LANE, Some("b")) && parking.is_ended_by(LANE, None));
        assert!(!parking.is_ended_by((BotId(1), ChatId(3)), None));
        assert_eq!(parking.due(LANE), Due::default());
        parking.item(LANE, "a", Duration::ZERO);
        assert_eq!(parking.due(LANE), Due { items: true, edits: false });
    }

    #[test]
    fn one_keeps_a_lane_until_nothing_is_left_in_it() {
        let parking = Parking::default();
        assert!(!parking.keep(LANE), "nothing is parked");
        parking.edit(LANE, Duration::ZERO);
        assert!(parking.keep(LANE) && !parking.keep(LANE));
        assert!(parking.next(LANE).is_some());
        parking.postpone(LANE, Due { items: false, edits: true }, Duration::from_secs(9));
        assert_eq!(parking.due(LANE), Due::default());
        assert_eq!(parking.queue().length, 1);
        parking.settled(LANE, Due { items: false, edits: true });
        assert_eq!(parking.queue(), Queue::default());
        assert!(parking.next(LANE).is_none());
        parking.edit(LANE, Duration::ZERO);
        assert!(parking.keep(LANE), "it was released");
    }
}
