//! The updates of one bot: fetched, handed out to the lanes of their chats, and confirmed.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Pause, window::Window};
use crate::{
    bots::{Bots, CALM},
    dispatch::{Dispatch, Outcome},
    model::{BotId, BotState},
    telegram::{CallError, Caller, ClientBot, Telegram},
    update::Update,
};

/// How long Telegram may hold an empty answer; its own limit is 50 s.
const LONG_POLL: Duration = Duration::from_secs(45);
/// Until the window is looked at again while something in it is unfinished.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// Until it is looked again, while it stops, whether somebody is about to pay.
const WHILE_STOPPING: Duration = Duration::from_secs(1);
/// Updates of one bot at a time: what one `getUpdates` gives at most.
const WINDOW: usize = 100;
/// Telegram goes on with another number after a week without updates; before that the offset is
/// forgotten, when nothing is left it could acknowledge.
const NUMBERS_LAST: Duration = Duration::from_hours(144);

type Lane = (u8, i64);

/// The updates of one bot on their way.
pub(super) struct Feed {
    telegram: Telegram,
    dispatch: Dispatch,
    caller: Caller,
    allowed: &'static [&'static str],
    stop: CancellationToken,
    lanes: Arc<Mutex<HashMap<Lane, VecDeque<Arc<Update>>>>>,
    tasks: TaskTracker,
    window: Window,
    finished: mpsc::UnboundedSender<i64>,
    /// Bounded by the window: each update in it is reported once.
    done: mpsc::UnboundedReceiver<i64>,
    last_news: Instant,
    hindrance: Option<Hindrance>,
    recovery: Option<(Bots, Option<Arc<ClientBot>>)>,
}

/// Why updates did not come, and how often in a row.
struct Hindrance {
    since: Instant,
    times: u32,
    /// Another poller, as opposed to a webhook in the way or a token that is refused.
    by_poller: bool,
}

impl Hindrance {
    /// Whether a fetch that worked is the end of it. Two pollers throw each other out by turns, so
    /// each of them succeeds now and then; otherwise none does.
    fn is_over(&self, now: Instant) -> bool {
        !self.by_poller || now.duration_since(self.since) >= CALM
    }
}

impl Feed {
    pub(super) fn new(
        telegram: Telegram,
        dispatch: Dispatch,
        caller: Caller,
        allowed: &'static [&'static str],
        stop: CancellationToken,
    ) -> Self {
        let (finished, done) = mpsc::unbounded_channel();
        Self {
            telegram,
            dispatch,
            caller,
            allowed,
            stop,
            lanes: Arc::default(),
            tasks: TaskTracker::new(),
            window: Window::default(),
            finished,
            done,
            last_news: Instant::now(),
            hindrance: None,
            recovery: None,
        }
    }

    /// Fetches and hands out until stopped (`None`) or until fetching fails; what is under way goes
    /// on meanwhile.
    pub(super) async fn run(&mut self, pause: &mut Pause) -> Option<CallError> {
        // A full window fetches nothing, so that it does not notice a stop by that.
        while !self.stop.is_cancelled() {
            if self.window.len() < WINDOW {
                match self.fetch().await {
                    None => break,
                    Some(Err(error)) => return Some(error),
                    Some(Ok(())) => pause.over(),
                }
            }
            let look_again = tokio::time::sleep(LOOK_AGAIN);
            tokio::pin!(look_again);
            while !self.window.is_empty() && !self.stop.is_cancelled() {
                tokio::select! {
                    Some(id) = self.done.recv() => self.window.finish(id),
                    () = &mut look_again => break,
                    () = self.stop.cancelled() => break,
                }
            }
        }
        self.finish().await;
        None
    }

    async fn fetch(&mut self) -> Option<Result<(), CallError>> {
        if self.window.is_empty() && self.last_news.elapsed() > NUMBERS_LAST {
            self.window = Window::default();
            self.last_news = Instant::now();
        }
        let wait = if self.window.is_empty() { LONG_POLL } else { Duration::ZERO };
        let fetch = self.telegram.updates(&self.caller, self.window.offset(), wait, self.allowed);
        let updates = match self.stop.run_until_cancelled(fetch).await? {
            Ok(updates) => updates,
            Err(error) => {
                if let Some((bots, _)) = &self.recovery {
                    bots.missed(&self.caller, &error);
                }
                return Some(Err(error));
            }
        };
        if let Some((bots, client)) = &self.recovery {
            bots.fetched(self.caller.bot);
            if let Some(client) = client {
                bots.shows_life(client.id());
            }
        }
        self.recover().await;
        for update in updates.into_iter().filter_map(Update::read) {
            if self.window.begin(update.id) {
                self.last_news = Instant::now();
                self.hand_out(Arc::new(update));
            }
        }
        Some(Ok(()))
    }

    /// Waits for what is under way, and tells Telegram what is finished, or all of it would come
    /// once more.
    async fn finish(&mut self) {
        self.tasks.close();
        tokio::select! {
            biased;
            () = self.tasks.wait() => {}
            () = self.answer_checkouts() => {}
        }
        while let Ok(id) = self.done.try_recv() {
            self.window.finish(id);
        }
        let offset = self.window.offset();
        if offset == 0 {
            return;
        }
        if let Err(error) = self.telegram.confirm_updates(&self.caller, offset).await {
            tracing::debug!(bot.id = self.caller.bot.0, %error, "the offset could not be confirmed");
        }
    }

    /// Somebody who is about to pay can't wait for the next start. Whatever else is fetched is left to
    /// that: none of it is confirmed.
    async fn answer_checkouts(&self) {
        if !self.allowed.contains(&"pre_checkout_query") {
            std::future::pending::<()>().await;
        }
        let mut answered = HashSet::new();
        loop {
            let (offset, wait) = (self.window.offset(), Duration::ZERO);
            let updates = self.telegram.updates(&self.caller, offset, wait, self.allowed).await;
            for update in updates.unwrap_or_default().into_iter().filter_map(Update::read) {
                if self.dispatch.is_checkout(self.caller.bot, &update)
                    && !self.window.knows(update.id)
                    && answered.insert(update.id)
                {
                    self.dispatch.answer_checkout(&update).await;
                }
            }
            tokio::time::sleep(WHILE_STOPPING).await;
        }
    }

    /// Whom to tell when the updates come again: of a client bot, or of the master bot.
    pub(super) fn tells_recovery(&mut self, bots: Bots, client: Option<Arc<ClientBot>>) {
        self.recovery = Some((bots, client));
    }

    /// Takes note of why updates do not come; gives how often in a row.
    pub(super) fn hindered(&mut self, by_poller: bool) -> u32 {
        let before = self.hindrance.as_ref().map_or(0, |before| before.times);
        let times = before.saturating_add(1);
        self.hindrance = Some(Hindrance { since: Instant::now(), times, by_poller });
        times
    }

    /// After a fetch that worked: says so where it counts.
    async fn recover(&mut self) {
        if !self.hindrance.as_ref().is_some_and(|hindrance| hindrance.is_over(Instant::now())) {
            return;
        }
        let Some((bots, client)) = &self.recovery else { return };
        let Some(client) = client else {
            bots.master_fares(BotState::Active);
            self.hindrance = None;
            return;
        };
        match bots.recovered(client).await {
            Ok(()) => self.hindrance = None,
            Err(error) => {
                tracing::warn!(bot.id = client.id().0, %error, "a bot's state could not be recorded");
            }
        }
    }

    /// Puts an update into its chat's lane; a lane that was empty gets a task to empty it.
    fn hand_out(&self, update: Arc<Update>) {
        if self.dispatch.is_checkout(self.caller.bot, &update) {
            // Telegram waits for ten seconds only: it waits behind nothing.
            let (dispatch, finished) = (self.dispatch.clone(), self.finished.clone());
            self.tasks.spawn(async move {
                dispatch.answer_checkout(&update).await;
                let _ = finished.send(update.id);
            });
            return;
        }
        let lane = update.lane();
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = lanes.get_mut(&lane) {
            queue.push_back(update);
            return;
        }
        lanes.insert(lane, VecDeque::from([update]));
        drop(lanes);
        let worker = Worker {
            dispatch: self.dispatch.clone(),
            bot: self.caller.bot,
            lane,
            lanes: Arc::clone(&self.lanes),
            stop: self.stop.clone(),
            finished: self.finished.clone(),
        };
        self.tasks.spawn(worker.run());
    }
}

/// Empties one lane.
struct Worker {
    dispatch: Dispatch,
    bot: BotId,
    lane: Lane,
    lanes: Arc<Mutex<HashMap<Lane, VecDeque<Arc<Update>>>>>,
    stop: CancellationToken,
    finished: mpsc::UnboundedSender<i64>,
}

impl Worker {
    async fn run(self) {
        while let Some(update) = self.next() {
            if !self.finish(update).await {
                // Stopping: what is left comes again after the next start.
                self.lanes.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.lane);
                return;
            }
        }
    }

    fn next(&self) -> Option<Arc<Update>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let next = lanes.get_mut(&self.lane)?.pop_front();
        if next.is_none() {
            lanes.remove(&self.lane);
        }
        next
    }

    /// Handles an update until it is handled; `false` when stopped before.
    async fn finish(&self, update: Arc<Update>) -> bool {
        let id = update.id;
        loop {
            if self.stop.is_cancelled() {
                return false;
            }
            match self.dispatch.handle(self.bot, Arc::clone(&update)).await {
                Outcome::Handled => {
                    let _ = self.finished.send(id);
                    return true;
                }
                Outcome::TryLater(after) => {
                    let wait = tokio::time::sleep(after);
                    if self.stop.run_until_cancelled(wait).await.is_none() {
                        return false;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_poller_is_gone_only_after_a_while() {
        let since = Instant::now();
        let hindrance = |by_poller| Hindrance { since, times: 1, by_poller };
        assert!(hindrance(false).is_over(since));
        assert!(!hindrance(true).is_over(since + CALM / 2));
        assert!(hindrance(true).is_over(since + CALM));
    }
}
