//! `getUpdates` in: one loop for each running bot, with the promises webhooks have.
//!
//! The offset advances over the finished prefix only, so what was not finished comes again. Each
//! chat has its lane: one that waits holds nobody else up.

mod feed;
mod window;

use std::{cmp::Reverse, collections::HashMap, sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use feed::Feed;

use crate::{
    bots::{Bots, CLIENT_UPDATES},
    dispatch::Dispatch,
    model::{BotId, BotState},
    telegram::{CallError, Caller, ClientBot, Refusal, Telegram},
};

/// Conflicts with another poller before it counts as one: a process that makes room for this one may
/// fetch a last time.
const TRIES: u32 = 3;

/// Polls for the master bot until stopped.
pub async fn poll_master(
    telegram: Telegram,
    dispatch: Dispatch,
    bots: Bots,
    caller: Caller,
    stop: CancellationToken,
) {
    let mut feed = Feed::new(telegram, dispatch, caller, bots.master_updates(), stop.clone());
    feed.tells_recovery(bots.clone(), None);
    let mut pause = Pause::default();
    loop {
        let Some(error) = feed.run(&mut pause).await else { return };
        match error.refusal() {
            Some(Refusal::TokenRevoked) => {
                feed.hindered(false);
                bots.master_fares(BotState::Revoked);
            }
            Some(Refusal::Contested { webhook }) => {
                let times = feed.hindered(!webhook);
                if *webhook {
                    if let Err(error) = bots.order_master_updates().await {
                        tracing::warn!(%error, "the master bot's webhook could not be removed");
                    }
                } else if times >= TRIES {
                    bots.master_fares(BotState::Contested);
                }
            }
            _ => tracing::error!(%error, "the master bot's updates can't be fetched"),
        }
        if stop.run_until_cancelled(pause.after(&error)).await.is_none() {
            return;
        }
    }
}

/// Keeps one loop running for each client bot, and none for those detached. Bots that have not
/// called yet are woken at Telegram's pace, newest first, so that each start wakes the same ones.
pub async fn poll_clients(
    telegram: Telegram,
    dispatch: Dispatch,
    bots: Bots,
    stop: CancellationToken,
) {
    let mut changed = bots.watch();
    let mut loops: HashMap<BotId, (Caller, CancellationToken)> = HashMap::new();
    let tracker = TaskTracker::new();
    loop {
        changed.mark_unchanged();
        let mut wanted = bots.all();
        let tokens: HashMap<_, _> =
            wanted.iter().map(|bot| (bot.id(), &bot.caller.token)).collect();
        loops.retain(|bot, (caller, end)| {
            let keeps = tokens.get(bot).is_some_and(|now| **now == caller.token);
            if !keeps {
                end.cancel();
            }
            keeps
        });
        wanted.retain(|bot| bot.state != BotState::Revoked && !loops.contains_key(&bot.id()));
        wanted.sort_unstable_by_key(|bot| Reverse(bot.id()));
        let mut asleep = false;
        for bot in wanted {
            if !bots.may_wake(bot.id()).await {
                asleep = true;
                continue;
            }
            let end = stop.child_token();
            loops.insert(bot.id(), (bot.caller.clone(), end.clone()));
            let (telegram, dispatch, bots) = (telegram.clone(), dispatch.clone(), bots.clone());
            tracker.spawn(poll_client(telegram, dispatch, bots, bot, end));
        }
        let next = async {
            if !asleep {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(bots.wake_wait()).await;
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
        feed.hindered(true);
    }
    feed.tells_recovery(bots.clone(), Some(Arc::clone(&client)));
    let mut pause = Pause::default();
    loop {
        let Some(error) = feed.run(&mut pause).await else { return };
        let known = match error.refusal() {
            Some(Refusal::TokenRevoked) => {
                let known = bots.token_refused(&client).await;
                let again = bots.works_again(&client);
                if known.is_ok() && stop.run_until_cancelled(again).await.is_none() {
                    return;
                }
                known
            }
            Some(Refusal::Contested { webhook: true }) if has_old_order(&bots, &client) => {
                // It is our own, from before updates were polled for.
                let _ = bots.put_right(&client).await;
                Ok(())
            }
            Some(Refusal::Contested { webhook: true }) => {
                feed.hindered(false);
                bots.take_back(&client).await
            }
            Some(Refusal::Contested { webhook: false }) if feed.hindered(true) >= TRIES => {
                bots.contested(&client).await
            }
            _ => Ok(()),
        };
        if let Err(error) = known {
            tracing::warn!(bot.id = client.id().0, %error, "a bot's state could not be recorded");
        }
        tracing::debug!(bot.id = client.id().0, %error, "updates can't be fetched");
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
