//! Who is at work about whom in this process, so that whoever wants a person's rows, or an owner's,
//! gone can wait until nobody writes another one.
//!
//! It is taken before anything about the person is looked up and held until nothing more is
//! written; while somebody is being forgotten nobody gets it for anything new. What was acknowledged
//! before and waits for its moment still does, until whoever forgets him is alone.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use teloxide::types::ChatId;

use crate::model::OwnerId;

/// Whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whom {
    /// Somebody who writes to client bots.
    Customer(ChatId),
    /// A tenant, with all that is his.
    Owner(OwnerId),
}

#[derive(Debug, Default, Clone, Copy)]
struct Here {
    at_work: usize,
    is_closed: bool,
    is_shut: bool,
}

/// Everybody about whom something is under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Presence {
    here: Arc<Mutex<HashMap<Whom, Here>>>,
    closings: Arc<AtomicU64>,
}

/// Something under way about somebody.
#[derive(Debug)]
pub struct Present {
    all: Presence,
    whom: Whom,
}

/// As long as it exists nothing new begins about somebody.
#[derive(Debug)]
pub struct Closed {
    all: Presence,
    whom: Whom,
}

impl Presence {
    fn all(&self) -> MutexGuard<'_, HashMap<Whom, Here>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins something; `None` while he is being forgotten.
    pub(super) fn enter(&self, whom: Whom) -> Option<Present> {
        self.enter_unless(whom, |here| here.is_closed)
    }

    /// Goes on with what began before he was to be forgotten; `None` once that is too late.
    pub(super) fn go_on(&self, whom: Whom) -> Option<Present> {
        self.enter_unless(whom, |here| here.is_shut)
    }

    fn enter_unless(&self, whom: Whom, is_refused: impl Fn(&Here) -> bool) -> Option<Present> {
        let mut all = self.all();
        let here = all.entry(whom).or_default();
        if is_refused(here) {
            return None;
        }
        here.at_work += 1;
        Some(Present { all: self.clone(), whom })
    }

    /// Lets nothing begin from now on; `None` where somebody else does.
    pub(super) fn close(&self, whom: Whom) -> Option<Closed> {
        let mut all = self.all();
        let here = all.entry(whom).or_default();
        if std::mem::replace(&mut here.is_closed, true) {
            return None;
        }
        self.closings.fetch_add(1, Ordering::AcqRel);
        Some(Closed { all: self.clone(), whom })
    }

    /// How often anybody was closed to so far.
    pub(super) fn closings(&self) -> u64 {
        self.closings.load(Ordering::Acquire)
    }

    fn change(&self, whom: Whom, change: impl FnOnce(&mut Here)) {
        let mut all = self.all();
        let Some(here) = all.get_mut(&whom) else { return };
        change(here);
        if here.at_work == 0 && !here.is_closed {
            all.remove(&whom);
        }
    }
}

impl Closed {
    /// How much is still under way.
    pub fn at_work(&self) -> usize {
        self.all.all().get(&self.whom).map_or(0, |here| here.at_work)
    }

    /// Lets nothing go on any more, if no more than `inside` is under way; whether that is so.
    pub fn shuts(&self, inside: usize) -> bool {
        let mut all = self.all.all();
        let Some(here) = all.get_mut(&self.whom) else { return false };
        here.is_shut = here.is_shut || here.at_work <= inside;
        here.is_shut
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.all.change(self.whom, |here| here.at_work = here.at_work.saturating_sub(1));
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        self.all.change(self.whom, |here| (here.is_closed, here.is_shut) = (false, false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_closes_waits_for_those_inside_and_lets_nobody_in() {
        let (all, anna) = (Presence::default(), Whom::Customer(ChatId(1)));
        let inside = all.enter(anna).unwrap();
        let closed = all.close(anna).unwrap();
        assert_eq!(closed.at_work(), 1);
        assert!(all.enter(anna).is_none() && all.close(anna).is_none());
        assert!(all.enter(Whom::Owner(OwnerId(1))).is_some(), "the same number is another side");
        drop(inside);
        assert_eq!(closed.at_work(), 0);
        drop(closed);
        assert!(all.enter(anna).is_some());
        assert!(all.all().is_empty(), "nobody is remembered");
    }

    #[test]
    fn what_began_before_goes_on_until_whoever_closes_is_alone() {
        let (all, anna) = (Presence::default(), Whom::Customer(ChatId(1)));
        let press = all.enter(anna).unwrap();
        let closed = all.close(anna).unwrap();
        let album = all.go_on(anna).unwrap();
        assert!(all.enter(anna).is_none() && !closed.shuts(1));
        drop(album);
        assert!(closed.shuts(1) && all.go_on(anna).is_none());
        drop((press, closed));
        assert!(all.go_on(anna).is_some() && all.all().is_empty());
    }
}
