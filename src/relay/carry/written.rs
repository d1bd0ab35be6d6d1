//! What is written about a call while it waits and when it goes out.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::{BoxFuture, join_all};

use super::{Attempt, Carriage};
use crate::{
    model::{DeliveryState, MessageKey, OwnerId, Part},
    relay::Relay,
    store::Life,
    telegram::Watch,
};

/// Keeps references true while their call is made: `held` while it waits, so that whoever finds them
/// after a crash knows that nothing was sent, `sending` from when it goes out.
pub(in crate::relay) struct Written<'a> {
    relay: &'a Relay,
    owner: OwnerId,
    rows: Vec<(MessageKey, Part)>,
    is_held: AtomicBool,
    life: Life,
}

impl<'a> Written<'a> {
    pub(in crate::relay) fn of(
        carriage: &Carriage<'a>,
        rows: &[(MessageKey, Part)],
        attempt: Attempt,
    ) -> Self {
        let is_held = AtomicBool::new(attempt.initial == DeliveryState::Held);
        let (relay, owner, life) = (carriage.relay, carriage.owner, attempt.life);
        Self { relay, owner, rows: rows.to_vec(), is_held, life }
    }
}

impl Watch for Written<'_> {
    fn waits(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if self.is_held.swap(true, Ordering::Relaxed) {
                return;
            }
            let store = &self.relay.inner.store;
            for (source, part) in &self.rows {
                let state = DeliveryState::Held;
                if let Err(error) = store.mark_state(self.owner, *source, *part, state).await {
                    tracing::debug!(%error, "what waits stays written as being sent");
                }
            }
        })
    }

    fn goes(&self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            let store = &self.relay.inner.store;
            if !store.lives_on(self.life) {
                return false;
            }
            if !self.is_held.load(Ordering::Relaxed) {
                return true;
            }
            let marks = self.rows.iter().map(|(source, part)| {
                let mark = || store.mark_state(self.owner, *source, *part, DeliveryState::Sending);
                store.insist(mark)
            });
            if !join_all(marks).await.into_iter().all(|marked| marked.unwrap_or(false)) {
                return false;
            }
            self.is_held.store(false, Ordering::Relaxed);
            store.lives_on(self.life)
        })
    }

    fn queues(&self) -> bool {
        true
    }
}
