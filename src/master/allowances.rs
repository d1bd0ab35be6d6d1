//! How much an owner may ask for, so that one leaves Telegram's rates to the others.
//!
//! ```text
//! the owner:   (the 31st token within an hour)
//! @master_bot: ⏳ Those were too many tokens within an hour. I can look at the next one within 2 min; …
//! ```
//!
//! Counted is in this process: what several replicas let through is the sum.

use std::{
    collections::{HashMap, VecDeque},
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};

use super::{Master, MasterError, Owner};
use crate::{clock, config::OwnerRate, model::OwnerId, spans::answered_within, text::Language};

/// What an owner may ask at once, and how long until he may ask once more: less than a chat may get
/// from a bot, so that no answer waits for Telegram's rates and holds what comes behind it.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(15).unwrap();
const PERIOD: Duration = Duration::from_millis(1500);
/// How many questions about payments are passed on for an owner, and within what time: the operator
/// gets them in the chat in which his customers' messages come.
const ASKED_MOST: usize = 5;
const ASKED_WITHIN: Duration = Duration::from_hours(24);
/// How many are passed on in that time for all people together who have no account: there may be any
/// number of them.
const STRANGERS_MOST: usize = 20;
/// How long a notice holds.
const NOTICE: Duration = Duration::from_mins(1);
/// Owners after whom it is time to forget those who have been quiet.
const MANY: usize = 4096;

type Limit = DefaultKeyedRateLimiter<OwnerId>;

/// What every owner has left.
pub(super) struct Allowances {
    checks: Option<Limit>,
    changes: Option<Limit>,
    questions: Option<Limit>,
    notices: Limit,
    asked: Mutex<HashMap<OwnerId, VecDeque<Instant>>>,
    strangers: Mutex<VecDeque<Instant>>,
}

impl Allowances {
    /// Without a rate nobody is limited; with `paced` off they may ask as fast as they like.
    pub(super) fn new(rate: Option<OwnerRate>, paced: bool) -> Self {
        let hourly = |number| Limit::keyed(Quota::per_hour(number));
        let every = |period, at_once| {
            // A period of nothing is no period; these are more.
            let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN));
            Limit::keyed(quota.allow_burst(at_once))
        };
        Self {
            checks: rate.map(|rate| hourly(rate.checks_an_hour)),
            changes: rate.map(|rate| hourly(rate.changes_an_hour)),
            questions: rate.filter(|_| paced).map(|_| every(PERIOD, AT_ONCE)),
            notices: every(NOTICE, NonZeroU32::MIN),
            asked: Mutex::default(),
            strangers: Mutex::default(),
        }
    }

    /// Whether one more token may be looked at, or after how long.
    pub(super) fn check(&self, owner: OwnerId) -> Result<(), Duration> {
        take(self.checks.as_ref(), owner)
    }

    /// Whether one more bot may be attached or detached, or after how long.
    pub(super) fn change(&self, owner: OwnerId) -> Result<(), Duration> {
        take(self.changes.as_ref(), owner)
    }

    /// Whether one more question of his may be passed on to the operator, or after how long. It
    /// counts when it was: what has to be tried again counts once.
    pub(super) fn ask(&self, owner: OwnerId, now: Instant) -> Result<(), Duration> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |at: &&Instant| now.duration_since(**at) < ASKED_WITHIN;
        let Some(times) = asked.get(&owner) else { return Ok(()) };
        let mut times = times.iter().filter(lately);
        match (times.next(), times.count() + 1 >= ASKED_MOST) {
            (Some(first), true) => Err(ASKED_WITHIN.saturating_sub(now.duration_since(*first))),
            _ => Ok(()),
        }
    }

    /// Whether one more question may be passed on of people who have no account.
    pub(super) fn strangers_may_ask(&self, now: Instant) -> bool {
        let mut asked = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|at| now.duration_since(*at) < ASKED_WITHIN);
        asked.len() < STRANGERS_MOST
    }

    /// One of a person without an account was passed on.
    pub(super) fn stranger_has_asked(&self, person: OwnerId, now: Instant) {
        self.has_asked(person, now);
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).push_back(now);
    }

    /// One was passed on.
    pub(super) fn has_asked(&self, owner: OwnerId, now: Instant) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = |at: &Instant| now.duration_since(*at) >= ASKED_WITHIN;
        if asked.len() > MANY {
            asked.retain(|_, times| times.back().is_some_and(|at| !is_old(at)));
        }
        let times = asked.entry(owner).or_default();
        times.retain(|at| !is_old(at));
        times.push_back(now);
    }
}

fn take(limit: Option<&Limit>, owner: OwnerId) -> Result<(), Duration> {
    let Some(limit) = limit else { return Ok(()) };
    if limit.len() > MANY {
        limit.retain_recent();
    }
    limit.check_key(&owner).map_err(|not_yet| not_yet.wait_time_from(DefaultClock::default().now()))
}

/// A wait in words, no shorter than it is.
pub(super) fn wait_in_words(language: Language, wait: Duration) -> String {
    answered_within(language, clock::in_ms(wait))
}

impl Master {
    /// Whether an owner asks for more than he can be answered. He is told so now and then.
    ///
    /// # Errors
    /// When he can't be told now but can be later.
    pub async fn stop_if_too_fast(&self, owner: Owner) -> Result<bool, MasterError> {
        let allowances = &self.inner.allowances;
        if take(allowances.questions.as_ref(), owner.id).is_ok() {
            return Ok(false);
        }
        if take(Some(&allowances.notices), owner.id).is_ok() {
            self.speak(owner.id.chat(), &owner.language.owner_too_fast()).await?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate() -> OwnerRate {
        let number = |number| NonZeroU32::new(number).unwrap();
        OwnerRate { checks_an_hour: number(3), changes_an_hour: number(2) }
    }

    #[test]
    fn each_owner_has_his_own_and_reads_when_it_goes_on() {
        let allowances = Allowances::new(Some(rate()), true);
        let (one, other) = (OwnerId(1), OwnerId(2));
        assert!((0..3).all(|_| allowances.check(one).is_ok()));
        let wait = allowances.check(one).unwrap_err();
        assert!(wait <= Duration::from_mins(20) && wait > Duration::from_mins(19), "{wait:?}");
        assert_eq!(wait_in_words(Language::English, wait), "20 min");
        assert!(allowances.check(other).is_ok());
        assert!(allowances.change(one).is_ok() && allowances.change(one).is_ok());
        assert!(allowances.change(one).is_err());
    }

    #[test]
    fn questions_are_passed_on_so_often_in_a_day() {
        let allowances = Allowances::new(None, false);
        let (one, other, hour) = (OwnerId(1), OwnerId(2), Duration::from_hours(1));
        let began = Instant::now();
        for number in 0..5 {
            let now = began + hour * number;
            assert_eq!(allowances.ask(one, now), Ok(()));
            // What was not passed on does not count.
            assert_eq!(allowances.ask(one, now), Ok(()));
            allowances.has_asked(one, now);
        }
        assert_eq!(allowances.ask(one, began + hour * 4), Err(hour * 20));
        assert_eq!(allowances.ask(one, began + hour * 23), Err(hour));
        assert_eq!(allowances.ask(other, began + hour * 4), Ok(()));
        let next_day = began + hour * 24;
        assert_eq!(allowances.ask(one, next_day), Ok(()));
        allowances.has_asked(one, next_day);
        assert_eq!(allowances.ask(one, next_day), Err(hour));
    }

    #[test]
    fn strangers_share_what_is_passed_on_in_a_day() {
        let allowances = Allowances::new(None, false);
        let began = Instant::now();
        for number in 0..20 {
            assert!(allowances.strangers_may_ask(began));
            allowances.stranger_has_asked(OwnerId(number), began);
        }
        assert!(!allowances.strangers_may_ask(began + Duration::from_hours(23)));
        assert_eq!(
            allowances.ask(OwnerId(99), began),
            Ok(()),
            "owners are asked for by themselves"
        );
        assert!(allowances.strangers_may_ask(began + Duration::from_hours(24)));
    }

    #[test]
    fn without_a_rate_nobody_is_limited() {
        let allowances = Allowances::new(None, true);
        assert!((0..1000).all(|_| allowances.check(OwnerId(1)).is_ok()));
        assert!((0..1000).all(|_| allowances.change(OwnerId(1)).is_ok()));
        assert!(allowances.questions.is_none());
    }
}
