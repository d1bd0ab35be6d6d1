//! Owners are told when the database fails for long, and when it works again.
//!
//! ```text
//! @master_bot: 🔴 The database does not answer. ... Messages wait at Telegram for up to 24 hours.
//! @master_bot: 🟢 The database works again. What waited arrives now.
//! ```
//!
//! Whom to tell, and in which language, is known by heart: the database can't be asked then.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{Master, Owner};
use crate::{model::OwnerId, store::Trouble, text::Language};

/// How long trouble lasts before anybody is told: a restart is no news.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked at.
const PAUSE: Duration = Duration::from_secs(5);
/// How often the database is asked something where nobody else asks.
const PROBE_EVERY: Duration = Duration::from_secs(20);
/// How many owners are told where none is named: all of a small installation's.
const TOLD: usize = 50;

/// What there is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Fails(Trouble),
    Works,
}

/// What was told last.
#[derive(Debug, Default)]
struct Health {
    is_told: bool,
}

impl Health {
    /// What to tell now, where the database has been in trouble for so long.
    fn news(&mut self, trouble: Option<(Duration, Trouble)>) -> Option<News> {
        match trouble {
            Some((lasts, trouble)) if !self.is_told && lasts >= PATIENCE => {
                self.is_told = true;
                Some(News::Fails(trouble))
            }
            None if self.is_told => {
                self.is_told = false;
                Some(News::Works)
            }
            _ => None,
        }
    }
}

/// The owners to tell, with the languages they read.
#[derive(Default)]
pub(super) struct ByHeart(Mutex<BTreeMap<OwnerId, Language>>);

impl ByHeart {
    fn learn(&self, owner: Owner) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < TOLD || known.contains_key(&owner.id) {
            known.insert(owner.id, owner.language);
        }
    }

    pub(super) fn all(&self) -> Vec<Owner> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(id, language)| Owner { id: *id, language: *language }).collect()
    }
}

impl Master {
    /// Learns an owner by heart, if he is one of those who are told.
    pub(super) fn learns(&self, owner: Owner) {
        let named = &self.inner.doors.owners;
        if named.is_empty() || named.contains(&owner.id) {
            self.inner.by_heart.learn(owner);
        }
    }

    /// Watches the database until stopped.
    pub async fn watch_database(&self, stop: CancellationToken) {
        self.learn_owners().await;
        let (mut health, mut probed) = (Health::default(), Instant::now());
        while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            let store = &self.inner.store;
            if store.trouble().is_some() {
                // Only what is written shows that it takes anything.
                let _ = stop.run_until_cancelled(store.probe_writing()).await;
                probed = Instant::now();
            } else if probed.elapsed() >= PROBE_EVERY {
                let _ = stop.run_until_cancelled(store.has_owner()).await;
                probed = Instant::now();
            }
            let trouble = store.trouble().map(|(since, trouble)| (since.elapsed(), trouble));
            if let Some(news) = health.news(trouble) {
                self.tell_all(news);
            }
        }
    }

    async fn learn_owners(&self) {
        let (store, master) = (&self.inner.store, self.inner.caller.bot);
        let stored = store.first_owners(TOLD).await.unwrap_or_default();
        for id in self.inner.doors.owners.iter().copied().chain(stored) {
            let row = store.owner(master, id).await.ok().flatten();
            let tag = row.and_then(|row| row.chosen.or(row.language));
            self.learns(Owner { id, language: Language::of(tag.as_deref()) });
        }
    }

    fn tell_all(&self, news: News) {
        tracing::warn!(?news, "owners are told about the database");
        for owner in self.inner.by_heart.all() {
            let language = owner.language;
            let text = match news {
                News::Fails(Trouble::Silent) => language.alarm_database_silent(),
                News::Fails(Trouble::ReadOnly) => language.alarm_database_full(),
                News::Works => language.alarm_database_works(),
            };
            let master = self.clone();
            self.inner.side_work.spawn(async move {
                if let Err(error) = master.speak(owner.id.chat(), &text).await {
                    tracing::warn!(owner.id = %owner.id, %error, "an owner could not be told");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_once_and_its_end_once() {
        let mut health = Health::default();
        let silent = |seconds| Some((Duration::from_secs(seconds), Trouble::Silent));
        assert_eq!(health.news(None), None);
        assert_eq!(health.news(silent(59)), None);
        assert_eq!(health.news(silent(60)), Some(News::Fails(Trouble::Silent)));
        assert_eq!(health.news(silent(600)), None);
        assert_eq!(health.news(Some((PATIENCE, Trouble::ReadOnly))), None);
        assert_eq!(health.news(None), Some(News::Works));
        assert_eq!(health.news(None), None);
    }

    #[test]
    fn what_passes_quickly_is_no_news() {
        let mut health = Health::default();
        assert_eq!(health.news(Some((Duration::from_secs(30), Trouble::Silent))), None);
        assert_eq!(health.news(None), None);
    }

    #[test]
    fn not_everybody_is_learnt_by_heart() {
        let by_heart = ByHeart::default();
        for id in 0..200 {
            by_heart.learn(Owner { id: OwnerId(id), language: Language::English });
        }
        by_heart.learn(Owner { id: OwnerId(7), language: Language::German });
        let all = by_heart.all();
        assert_eq!(all.len(), TOLD);
        assert_eq!(all[7].language, Language::German);
    }
}
