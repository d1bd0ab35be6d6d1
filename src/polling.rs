//! `getUpdates` in: one loop for each running bot, with the promises webhooks have.
//!
//! The offset advances over the finished prefix only, so what was not finished comes again. Each
//! chat has its lane: one that waits holds nobody else up.

mod feed;
mod window;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use feed::Feed;

use crate::{
    bots::{Bots, CLIENT_UPDATES, MASTER_UPDATES},
    dispatch::Dispatch,
    model::{BotId, BotState},
    telegram::{CallError, Caller, ClientBot, Refusal, Telegram},
};

/// New tokens a minute: Telegram refuses an address that wakes more than twenty.
const STARTS_A_MINUTE: usize = 15;
const MINUTE: Duration = Duration::from_mins(1);

/// Polls for the master bot until stopped.
pub async fn poll_master(
    telegram: Telegram,
    dispatch: Dispatch,
    caller: Caller,
    stop: CancellationToken,
) {
    let mut feed = Feed::new(telegram, dispatch, caller, MASTER_UPDATES, stop.clone());
    let mut pause = Pause::default();
    loop {
        let Some(error) = feed.run(&mut pause).await else { return };
        tracing::error!(%error, "the master bot's updates can't be fetched");
        if stop.run_until_cancelled(pause.after(&error)).await.is_none() {
            return;
        }
    }
}

/// Keeps one loop running for each client bot, and none for those detached. Bots attached before
/// this start are woken at Telegram's pace; one attached meanwhile was woken by that already.
pub async fn poll_clients(
    telegram: Telegram,
    dispatch: Dispatch,
    bots: Bots,
    stop: CancellationToken,
) {
    let mut changed = bots.watch();
    let mut asleep: HashSet<BotId> = bots.all().iter().map(|bot| bot.id()).collect();
    let mut loops: HashMap<BotId, (Caller, CancellationToken)> = HashMap::new();
    let tracker = TaskTracker::new();
    let mut starts = Starts::default();
    loop {
        changed.mark_unchanged();
        let mut wanted: HashMap<_, _> = bots
            .all()
            .into_iter()
            .filter(|bot| bot.state != BotState::Revoked)
            .map(|bot| (bot.id(), bot))
            .collect();
        loops.retain(|bot, (caller, end)| {
            let keeps = wanted.get(bot).is_some_and(|now| now.caller.token == caller.token);
            if !keeps {
                end.cancel();
            }
            keeps
        });
        wanted.retain(|bot, _| !loops.contains_key(bot));
        asleep.retain(|bot| wanted.contains_key(bot));
        for (id, bot) in wanted {
            if asleep.contains(&id) && !starts.take(Instant::now()) {
                continue;
            }
            asleep.remove(&id);
            let end = stop.child_token();
            loops.insert(id, (bot.caller.clone(), end.clone()));
            let (telegram, dispatch, bots) = (telegram.clone(), dispatch.clone(), bots.clone());
            tracker.spawn(poll_client(telegram, dispatch, bots, bot, end));
        }
        let next = async {
            if asleep.is_empty() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(starts.wait(Instant::now())).await;
        };
        tokio::select! {
            _ = changed.changed() => {}
            () = next => {}
            () = stop.cancelled() => break,
        }
    }
    tracker.close();
    tracker.wait().await;
}

/// When tokens were woken, to wake no more than Telegram allows in a minute.
#[derive(Default)]
struct Starts(VecDeque<Instant>);

impl Starts {
    /// Wakes one more, if it may be.
    fn take(&mut self, now: Instant) -> bool {
        let free = self.wait(now).is_zero();
        if free {
            self.0.push_back(now);
            self.0.drain(..self.0.len().saturating_sub(STARTS_A_MINUTE));
        }
        free
    }

    /// How long until one more may be woken.
    fn wait(&self, now: Instant) -> Duration {
        let oldest = if self.0.len() < STARTS_A_MINUTE { None } else { self.0.front() };
        let waited = oldest.map_or(MINUTE, |oldest| now.duration_since(*oldest));
        MINUTE.saturating_sub(waited)
    }
}

async fn poll_client(
    telegram: Telegram,
    dispatch: Dispatch,
    bots: Bots,
    client: Arc<ClientBot>,
    stop: CancellationToken,
) {
    let caller = client.caller.clone();
    let mut feed = Feed::new(telegram, dispatch, caller, CLIENT_UPDATES, stop.clone());
    if client.state == BotState::Contested {
        feed.contested(false);
    }
    feed.tells_recovery(&bots, &client);
    let mut pause = Pause::default();
    loop {
        let Some(error) = feed.run(&mut pause).await else { return };
        let known = match error.refusal() {
            Some(Refusal::TokenRevoked) => {
                let known = bots.token_refused(&client).await;
                if known.is_ok() {
                    return;
                }
                known
            }
            Some(Refusal::Contested { webhook: true }) if has_old_order(&bots, &client) => {
                // It is our own, from before updates were polled for.
                bots.put_right(&client).await;
                Ok(())
            }
            Some(Refusal::Contested { webhook }) => {
                feed.contested(*webhook);
                bots.contested(&client).await
            }
            _ => Ok(()),
        };
        if let Err(error) = known {
            tracing::warn!(bot.id = %client.id(), %error, "a bot's state could not be recorded");
        }
        tracing::debug!(bot.id = %client.id(), %error, "updates can't be fetched");
        if stop.run_until_cancelled(pause.after(&error)).await.is_none() {
            return;
        }
    }
}

fn has_old_order(bots: &Bots, client: &ClientBot) -> bool {
    bots.get(client.id()).is_some_and(|now| now.webhook.is_some())
}

/// Growing pauses after failures.
#[derive(Default)]
struct Pause(u32);

impl Pause {
    async fn after(&mut self, error: &CallError) {
        self.0 = (self.0 + 1).min(6);
        let wait = match error.refusal() {
            Some(Refusal::TooFast { retry_after }) => *retry_after,
            _ => Duration::from_millis(500) * 2_u32.pow(self.0),
        };
        tokio::time::sleep(wait).await;
    }

    fn over(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_fifteen_tokens_are_woken_in_any_minute() {
        let (mut starts, began) = (Starts::default(), Instant::now());
        let woken: Vec<u64> = (0..180)
            .filter(|second| {
                let now = began + Duration::from_secs(*second);
                let before = starts.0.len();
                let woken = (0..50).filter(|_| starts.take(now)).count();
                assert!(starts.0.len() >= before && woken <= STARTS_A_MINUTE);
                woken > 0
            })
            .collect();
        assert_eq!(woken, [0, 60, 120]);
    }
}
