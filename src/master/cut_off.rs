//! Owners are told when Telegram has not reached us for long, and when it does again.
//!
//! ```text
//! @master_bot: 🔴 Telegram can't deliver messages to relay.example.org: “Connection refused”. …
//! @master_bot: 🟢 Telegram delivers messages again. What waited arrives now.
//! ```
//!
//! Messages of ours still go out then. What was told is remembered, so that a process started
//! meanwhile does not tell it again and yet tells of the end.

use std::{collections::HashMap, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Master, MasterError};
use crate::{bots::Cut, model::OwnerId, store::StoreError};

/// How often it is looked at while nobody needs to be told.
const LOOKS: u32 = 60;
/// The installation's fact that says whether owners think that nothing comes.
const TOLD: &str = "told that nothing comes";

/// Who thinks that nothing comes.
#[derive(Default)]
struct Telling {
    /// Whether owners do; `None` until it was read.
    is_told: Option<bool>,
    /// Who was told something else while others could not be told.
    others: HashMap<OwnerId, bool>,
}

impl Telling {
    /// Whether there is nothing to tell anybody.
    fn is_over(&self, is_cut: bool) -> bool {
        self.is_told == Some(is_cut) && self.others.is_empty()
    }

    fn knows(&self, owner: OwnerId, is_cut: bool) -> bool {
        self.others.get(&owner).copied().or(self.is_told) == Some(is_cut)
    }
}

impl Master {
    /// Watches until stopped whether Telegram reaches us; owners are told when it has not for as
    /// long as `patience`.
    pub async fn watch_reach(&self, patience: Duration, stop: CancellationToken) {
        let mut telling = Telling::default();
        while stop.run_until_cancelled(tokio::time::sleep(patience / LOOKS)).await.is_some() {
            let news = match self.inner.bots.cut_off() {
                Some(Some((lasts, cut))) if lasts >= patience => Some(cut),
                Some(None) => None,
                // It is not known, or not for long enough.
                _ => continue,
            };
            // A stop waits for it: what was said is to be recorded.
            if let Err(error) = self.tell_reach(&mut telling, news, &stop).await {
                tracing::debug!(%error, "whether Telegram reaches us is told later");
            }
        }
    }

    async fn tell_reach(
        &self,
        telling: &mut Telling,
        news: Option<Cut>,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let store = &self.inner.store;
        let is_cut = news.is_some();
        if telling.is_over(is_cut) || !self.inner.bots.may_work().await {
            return Ok(());
        }
        // Another process may have told it meanwhile.
        let fact = store.installation_fact(TOLD).await?;
        telling.is_told = Some(fact.is_some_and(|fact| fact == [1]));
        if telling.is_over(is_cut) {
            return Ok(());
        }
        tracing::warn!(?news, "owners are told whether Telegram reaches us");
        let owners = self.inner.by_heart.all();
        let mut all_know = !owners.is_empty();
        for owner in owners {
            if telling.knows(owner.id, is_cut) {
                continue;
            }
            let text = match &news {
                Some(cut) => owner.language.alarm_cut_off(&cut.host, &cut.reason),
                None => owner.language.alarm_reached(),
            };
            if stop.is_cancelled() {
                return Ok(());
            }
            match self.speak(owner.id.chat(), &text).await {
                Err(error) if MasterError::is_passing(&error) => all_know = false,
                Err(error) => {
                    tracing::warn!(owner.id = %owner.id, %error, "an owner could not be told");
                    telling.others.insert(owner.id, is_cut);
                }
                Ok(()) => drop(telling.others.insert(owner.id, is_cut)),
            }
        }
        if all_know {
            store.put_fact(TOLD, vec![u8::from(is_cut)]).await?;
            *telling = Telling { is_told: Some(is_cut), others: HashMap::new() };
        }
        Ok(())
    }
}
