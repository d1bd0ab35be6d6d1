//! One at a time for each key, in the order of asking; different keys never wait for each other.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

type Queue = Arc<tokio::sync::Mutex<()>>;

/// Locks by key. A key nobody uses takes no memory.
pub struct Lanes<K: Eq + Hash + Clone>(Arc<Mutex<HashMap<K, Queue>>>);

/// The turn of one key's holder, or his place among those who wait for it; its end lets the next
/// one in.
pub struct Turn<K: Eq + Hash + Clone> {
    lanes: Arc<Mutex<HashMap<K, Queue>>>,
    key: K,
    guard: Option<OwnedMutexGuard<()>>,
}

impl<K: Eq + Hash + Clone> Default for Lanes<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash + Clone> Lanes<K> {
    /// How many have the key's turn or wait for it.
    pub fn waiting(&self, key: &K) -> usize {
        let lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The map has one more.
        lanes.get(key).map_or(0, |queue| Arc::strong_count(queue).saturating_sub(1))
    }

    /// Waits for the key's turn. Who stops waiting leaves nothing behind.
    pub async fn turn(&self, key: K) -> Turn<K> {
        // Made before the wait, so that it tidies up after one that is given up too.
        let mut turn = Turn { lanes: Arc::clone(&self.0), key, guard: None };
        let queue = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(lanes.entry(turn.key.clone()).or_default())
        };
        turn.guard = Some(queue.lock_owned().await);
        turn
    }
}

impl<K: Eq + Hash + Clone> Drop for Turn<K> {
    fn drop(&mut self) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        self.guard = None;
        // Whoever waits holds the queue too; it goes when the map alone holds it.
        if lanes.get(&self.key).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            lanes.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_is_kept_in_order_and_leaves_nothing_behind() {
        let lanes = Arc::new(Lanes::<u8>::default());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let first = lanes.turn(1).await;
        let mut waiting = Vec::new();
        for number in 0..5 {
            let (lanes, seen) = (Arc::clone(&lanes), Arc::clone(&seen));
            waiting.push(tokio::spawn(async move {
                let _turn = lanes.turn(1).await;
                seen.lock().unwrap().push(number);
            }));
            tokio::task::yield_now().await;
        }
        drop(lanes.turn(2).await);
        drop(first);
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(*seen.lock().unwrap(), [0, 1, 2, 3, 4]);
        assert!(lanes.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_nothing_behind() {
        let lanes = Lanes::<u8>::default();
        let first = lanes.turn(1).await;
        let mut waiting = Box::pin(lanes.turn(1));
        assert!(futures::poll!(&mut waiting).is_pending());
        // The turn is passed to the one who waits, and he goes in the same moment.
        drop(first);
        drop(waiting);
        assert!(lanes.0.lock().unwrap().is_empty());
        let _turn = lanes.turn(1).await;
    }
}
