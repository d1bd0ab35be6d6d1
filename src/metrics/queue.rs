//! How long the oldest of what waits has waited: in this process's memory, held back for a later
//! delivery, parked until its moment.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::model::MessageKey;

/// Held messages that are remembered; more are counted by none of these.
const MOST: usize = 10_000;
/// How much later than asked for something may come again until it is thought to be settled
/// elsewhere: by another process, or because Telegram has dropped it.
const GRACE: Duration = Duration::from_mins(10);

/// How many wait, and how long the oldest one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    /// How many.
    pub length: usize,
    /// The oldest one's age; nothing where none waits.
    pub age: Duration,
}

/// Updates being handled. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Mutex<(u64, BTreeMap<u64, Instant>)>>);

/// An update that is being handled, until this is dropped.
#[derive(Debug)]
pub struct Flight {
    all: InFlight,
    number: u64,
}

impl InFlight {
    fn all(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Instant>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more came at `now`.
    pub fn comes(&self, now: Instant) -> Flight {
        let mut all = self.all();
        let number = all.0;
        all.0 = number.wrapping_add(1);
        all.1.insert(number, now);
        drop(all);
        Flight { all: self.clone(), number }
    }

    /// How they stand.
    pub fn queue(&self) -> Queue {
        let all = self.all();
        let oldest = all.1.first_key_value().map(|(_, at)| at.elapsed());
        Queue { length: all.1.len(), age: oldest.unwrap_or_default() }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.all.all().1.remove(&self.number);
    }
}

#[derive(Debug, Clone, Copy)]
struct Holding {
    since: Instant,
    forgotten: Instant,
}

/// Messages that certainly or perhaps were not sent, and come again. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Held(Arc<(AtomicBool, Mutex<HashMap<MessageKey, Holding>>)>);

impl Held {
    fn all(&self) -> MutexGuard<'_, HashMap<MessageKey, Holding>> {
        self.0.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message of this age comes again after some time.
    pub fn holds(&self, source: MessageKey, age: Duration, after: Duration) {
        let now = Instant::now();
        let mut all = self.all();
        if all.len() >= MOST && !all.contains_key(&source) {
            return;
        }
        let since = now.checked_sub(age).unwrap_or(now);
        all.insert(source, Holding { since, forgotten: now + after + GRACE });
        self.0.0.store(true, Ordering::Relaxed);
    }

    /// It is settled. Costs a look at a flag where nothing is held.
    pub fn settles(&self, source: MessageKey) {
        if !self.0.0.load(Ordering::Relaxed) {
            return;
        }
        let mut all = self.all();
        all.remove(&source);
        self.0.0.store(!all.is_empty(), Ordering::Relaxed);
    }

    /// How they stand.
    pub fn queue(&self) -> Queue {
        let now = Instant::now();
        let mut all = self.all();
        all.retain(|_, held| held.forgotten > now);
        let oldest = all.values().map(|held| held.since).min();
        let age = oldest.map(|since| now.duration_since(since));
        Queue { length: all.len(), age: age.unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use teloxide::types::{ChatId, MessageId};

    use super::*;
    use crate::model::BotId;

    fn key(message: i32) -> MessageKey {
        MessageKey { bot: BotId(1), chat: ChatId(2), message: MessageId(message) }
    }

    #[test]
    fn the_oldest_in_flight_is_the_first_that_is_not_done() {
        let flights = InFlight::default();
        assert_eq!(flights.queue(), Queue::default());
        let now = Instant::now();
        let ago = |seconds| now.checked_sub(Duration::from_secs(seconds)).unwrap();
        let first = flights.comes(ago(9));
        let second = flights.comes(ago(5));
        assert_eq!(flights.queue().length, 2);
        assert!((9..12).contains(&flights.queue().age.as_secs()));
        drop(first);
        assert!((5..8).contains(&flights.queue().age.as_secs()));
        drop(second);
        assert_eq!(flights.queue(), Queue::default());
    }

    #[test]
    fn what_is_held_ages_until_it_is_settled() {
        let held = Held::default();
        held.settles(key(1));
        held.holds(key(1), Duration::from_mins(1), Duration::from_secs(5));
        held.holds(key(2), Duration::from_secs(7), Duration::from_secs(5));
        held.holds(key(2), Duration::from_secs(8), Duration::from_secs(5));
        let now = held.queue();
        assert!(now.length == 2 && (60..63).contains(&now.age.as_secs()), "{now:?}");
        held.settles(key(1));
        assert!((8..11).contains(&held.queue().age.as_secs()));
        held.settles(key(2));
        assert_eq!(held.queue(), Queue::default());
    }
}
