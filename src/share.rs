//! Room that many use and nobody may fill: places for updates, memory for bodies, files on the move.
//!
//! Whoever uses some may have at most [`TIMES_THE_REST`] times as much as is left after that
//! (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). One
//! alone gets four fifths, two get four ninths each: whoever comes next finds room, and where
//! nobody else comes little is wasted.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// How much more one may have than is left for others.
const TIMES_THE_REST: usize = 4;

/// The room. Cheap to clone.
pub struct Room<K: Eq + Hash + Clone>(Arc<Inner<K>>);

impl<K: Eq + Hash + Clone> Clone for Room<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<K> {
    whole: usize,
    taken: Mutex<HashMap<K, usize>>,
    given_back: Notify,
}

impl<K> Inner<K> {
    fn taken(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What somebody has of it, until this is dropped.
pub struct Taken<K: Eq + Hash + Clone> {
    room: Room<K>,
    who: K,
    amount: usize,
}

impl<K: Eq + Hash + Clone> Drop for Taken<K> {
    fn drop(&mut self) {
        let mut taken = self.room.0.taken();
        if let Some(his) = taken.get_mut(&self.who) {
            *his = his.saturating_sub(self.amount);
            if *his == 0 {
                taken.remove(&self.who);
            }
        }
        drop(taken);
        self.room.0.given_back.notify_waiters();
    }
}

impl<K: Eq + Hash + Clone> Room<K> {
    /// An empty room of this size.
    pub fn new(whole: usize) -> Self {
        let (taken, given_back) = (Mutex::default(), Notify::new());
        Self(Arc::new(Inner { whole, taken, given_back }))
    }

    /// So much of it; `None` where it is not left, or not for him.
    pub fn take(&self, who: K, amount: usize) -> Option<Taken<K>> {
        let mut taken = self.0.taken();
        let used: usize = taken.values().sum();
        let left = self.0.whole.checked_sub(used)?.checked_sub(amount)?;
        let his = taken.get(&who).copied().unwrap_or(0) + amount;
        // Who has nothing yet may have the last of it.
        if his > amount && his > left.saturating_mul(TIMES_THE_REST) {
            return None;
        }
        taken.insert(who.clone(), his);
        drop(taken);
        Some(Taken { room: self.clone(), who, amount })
    }

    /// The same, waiting for it as long as the caller does.
    pub async fn wait_for(&self, who: K, amount: usize) -> Taken<K> {
        loop {
            // Asked for before looking, so that nothing given back in between is missed.
            let given_back = self.0.given_back.notified();
            if let Some(taken) = self.take(who.clone(), amount) {
                return taken;
            }
            given_back.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(room: &Room<u8>, who: u8) -> Vec<Taken<u8>> {
        std::iter::from_fn(|| room.take(who, 1)).collect()
    }

    #[test]
    fn one_alone_gets_most_of_it_and_leaves_some() {
        let room = Room::new(1000);
        let his = fill(&room, 1);
        assert_eq!(his.len(), 800);
        let others = fill(&room, 2);
        assert_eq!(others.len(), 160);
        assert!(room.take(3, 1).is_some());
        drop((his, others));
        assert!(room.0.taken().is_empty());
    }

    #[test]
    fn what_is_not_left_is_not_given() {
        let room = Room::new(10);
        assert!(room.take(1, 11).is_none());
        let whole = room.take(1, 10).unwrap();
        assert!(room.take(2, 1).is_none());
        drop(whole);
        assert!(room.take(2, 1).is_some());
    }

    #[tokio::test]
    async fn who_waits_gets_what_is_given_back() {
        let room = Room::new(1);
        let first = room.take(1, 1).unwrap();
        let mut second = Box::pin(room.wait_for(2, 1));
        assert!(futures::poll!(&mut second).is_pending());
        drop(first);
        drop(second.await);
    }
}
