//! What was acknowledged before it was passed on: kept until its moment, and passed on then, by one
//! process at a time.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio_util::sync::CancellationToken;

use super::{
    AFTER_FAULT, BUSY, Dispatch, Fault,
    trouble::{Failing, Then},
};
use crate::{
    master::{Admission, Said},
    relay::{Due, Lane, Verdict},
    store::StoreError,
};

/// Between two looks for what processes that are gone left parked.
const LOOK_FOR_PARKED: Duration = Duration::from_secs(5);
/// Between two looks for what waits for a button too long.
const LOOK_FOR_ASKED: Duration = Duration::from_mins(1);

impl Dispatch {
    /// Takes up what a process before this one left parked. Call it before updates come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_up_parked(&self) -> Result<(), StoreError> {
        for lane in self.inner.relay.find_parked().await? {
            self.keep_parked(lane);
        }
        Ok(())
    }

    /// Sees to it that what is parked in a chat is passed on when its moment comes.
    pub(super) fn keep_parked(&self, lane: Lane) {
        if !self.inner.relay.keeps_parked(lane) {
            return;
        }
        let (dispatch, stop) = (self.clone(), self.inner.stop.clone());
        self.inner.tasks.spawn(async move {
            while let Some(moment) = dispatch.inner.relay.next_moment(lane) {
                let wait = tokio::time::sleep_until(moment.into());
                if stop.run_until_cancelled(wait).await.is_none() {
                    // It is taken up by the next start.
                    return;
                }
                let _turn = dispatch.inner.lanes.turn((lane.0, (0, lane.1.0))).await;
                let _work = dispatch.inner.store.at_work();
                let due = dispatch.inner.relay.due(lane);
                let passed = AssertUnwindSafe(dispatch.pass_on_alone(lane)).catch_unwind().await;
                if let Err(fault) = passed.unwrap_or(Err(Fault::Panic)) {
                    let after = dispatch.parked_in_trouble(lane, &fault).await;
                    dispatch.inner.relay.postpone(lane, due, after);
                } else {
                    dispatch.inner.troubles.over(Failing::Parked(lane));
                }
            }
        });
    }

    /// What is parked could not be passed on: gives when that is to be tried again. What fails too
    /// often by a fault of ours is given up, and told.
    async fn parked_in_trouble(&self, lane: Lane, fault: &Fault) -> Duration {
        if !fault.is_ours() {
            fault.log("something parked waits");
            return AFTER_FAULT;
        }
        let number = match self.inner.troubles.failed(Failing::Parked(lane)) {
            Then::Again(after) => {
                tracing::error!(
                    error = fault.shown(),
                    "something parked failed and is tried again"
                );
                return after;
            }
            Then::GiveUp(number) => number,
        };
        tracing::error!(
            error = fault.shown(),
            reference = number,
            "something parked failed too often"
        );
        match self.inner.relay.give_parked_up(lane, &number).await {
            Ok(after) => after.unwrap_or(Duration::ZERO),
            Err(_) => AFTER_FAULT,
        }
    }

    /// Passes on what is due in a chat, if no other process is at it, and nothing has come to it.
    async fn pass_on_alone(&self, lane: Lane) -> Result<(), Fault> {
        let relay = &self.inner.relay;
        // What is due is asked after what is parked was looked up.
        let passed = async { self.pass_parked_on(lane, relay.due(lane)).await };
        if self.leased(lane, Box::pin(passed)).await?.is_none() {
            relay.postpone(lane, relay.due(lane), BUSY);
        }
        Ok(())
    }

    /// Takes up what processes that are gone left parked, until stopped.
    pub async fn keep_looking_for_parked(&self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_FOR_PARKED)).await.is_some() {
            match self.inner.relay.find_abandoned().await {
                Ok(lanes) => lanes.into_iter().for_each(|lane| self.keep_parked(lane)),
                Err(error) => tracing::debug!(%error, "what is parked could not be looked up"),
            }
        }
    }

    /// Gives up what has waited too long for a newcomer's button, until stopped.
    pub async fn keep_giving_asked_up(&self, stop: CancellationToken) {
        let mut pause = LOOK_FOR_PARKED;
        while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
            pause = LOOK_FOR_ASKED;
            if let Err(fault) = self.give_asked_up().await {
                fault.log("what waits for a button could not be given up");
            }
        }
    }

    async fn give_asked_up(&self) -> Result<(), Fault> {
        let relay = &self.inner.relay;
        for lane in relay.asked_too_long().await? {
            let turn = self.inner.lanes.turn((lane.0, (0, lane.1.0)));
            // One busy chat must not keep the others waiting: the next look takes it.
            let Ok(_turn) = tokio::time::timeout(BUSY, turn).await else { continue };
            let _work = self.inner.store.at_work();
            let given_up = async { Ok(relay.give_asked_up(lane).await?) };
            self.leased(lane, Box::pin(given_up)).await?;
        }
        Ok(())
    }

    /// Passes on what is parked in a chat; an owner's album that goes to nobody is the master's.
    pub(super) async fn pass_parked_on(&self, lane: Lane, due: Due) -> Result<Verdict, Fault> {
        let (verdict, unclaimed) = self.inner.relay.pass_parked_on(lane, due).await?;
        for album in &unclaimed {
            if let Some((message, update)) = album.first()
                && let Some(person) = &message.from
            {
                match self.inner.master.admit(person, None, update).await? {
                    Admission::Owner(owner) => {
                        let said = Said::Message(message.clone(), None);
                        self.once(update, self.inner.master.handle(owner, said)).await?;
                    }
                    Admission::Suspended(owner) => {
                        self.once(update, self.inner.master.say_suspended(owner)).await?;
                    }
                    Admission::Claimed | Admission::Stranger => {}
                }
            }
            self.inner.relay.claimed(album).await?;
        }
        if verdict == Verdict::Done && !unclaimed.is_empty() {
            self.inner.relay.settled(lane, due);
        }
        Ok(verdict)
    }
}
