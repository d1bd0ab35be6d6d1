//! `getUpdates` in: one loop for each running bot, with the promises webhooks have.
//!
//! The offset advances over the finished prefix only, so what was not finished comes again. Each
//! chat has its lane: one that waits holds nobody else up.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    bots::{Bots, CLIENT_UPDATES, MASTER_UPDATES},
    dispatch::{Dispatch, Outcome},
    model::{BotId, BotState},
    telegram::{CallError, Caller, ClientBot, Refusal, Telegram},
    update::Update,
};

/// How long Telegram may hold an empty answer; its own limit is 50 s.
const LONG_POLL: Duration = Duration::from_secs(45);
/// Until the window is looked at again while something in it is unfinished.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// Updates of one bot at a time: what one `getUpdates` gives at most.
const WINDOW: usize = 100;
/// Telegram goes on with another number after a week without updates; before that the offset is
/// forgotten, when nothing is left it could acknowledge.
const NUMBERS_LAST: Duration = Duration::from_hours(144);
/// New tokens a minute: Telegram refuses an address that wakes more than twenty.
const STARTS_A_MINUTE: usize = 15;

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

/// Keeps one loop running for each client bot, and none for those detached.
pub async fn poll_clients(
    telegram: Telegram,
    dispatch: Dispatch,
    bots: Bots,
    stop: CancellationToken,
) {
    let mut changed = bots.watch();
    let mut loops: HashMap<BotId, (Caller, CancellationToken)> = HashMap::new();
    let tracker = TaskTracker::new();
    let mut starts = VecDeque::new();
    loop {
        changed.mark_unchanged();
        let wanted: HashMap<_, _> = bots
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
        for (id, bot) in wanted {
            if loops.contains_key(&id) {
                continue;
            }
            if stop.run_until_cancelled(turn_to_start(&mut starts)).await.is_none() {
                break;
            }
            let end = stop.child_token();
            loops.insert(id, (bot.caller.clone(), end.clone()));
            let (telegram, dispatch, bots) = (telegram.clone(), dispatch.clone(), bots.clone());
            tracker.spawn(poll_client(telegram, dispatch, bots, bot, end));
        }
        if stop.run_until_cancelled(changed.changed()).await.is_none_or(|news| news.is_err()) {
            break;
        }
    }
    tracker.close();
    tracker.wait().await;
}

/// Waits until another token may be woken.
async fn turn_to_start(starts: &mut VecDeque<Instant>) {
    if starts.len() >= STARTS_A_MINUTE
        && let Some(oldest) = starts.pop_front()
    {
        let minute = Duration::from_mins(1);
        tokio::time::sleep(minute.saturating_sub(oldest.elapsed())).await;
    }
    starts.push_back(Instant::now());
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
            Some(Refusal::Contested { .. }) => bots.contested(&client).await,
            _ => Ok(()),
        };
        if let Err(error) = known {
            tracing::warn!(bot.id = %client.id(), %error, "a bot's state could not be recorded");
        }
        tracing::debug!(bot.id = %client.id(), %error, "updates can't be fetched");
        if stop.run_until_cancelled(pause.after(&error)).await.is_none() {
            return;
        }
        if matches!(error.refusal(), Some(Refusal::Contested { .. })) {
            feed.recovering(&bots, &client).await;
        }
    }
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

type Lane = (u8, i64);

/// The updates of one bot on their way.
struct Feed {
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
}

impl Feed {
    fn new(
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
        }
    }

    /// Fetches and hands out until stopped (`None`) or until fetching fails; what is under way goes
    /// on meanwhile.
    async fn run(&mut self, pause: &mut Pause) -> Option<CallError> {
        loop {
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
            Err(error) => return Some(Err(error)),
        };
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
        self.tasks.wait().await;
        while let Ok(id) = self.done.try_recv() {
            self.window.finish(id);
        }
        let offset = self.window.offset();
        if offset == 0 {
            return;
        }
        if let Err(error) = self.telegram.confirm_updates(&self.caller, offset).await {
            tracing::debug!(bot.id = %self.caller.bot, %error, "the offset could not be confirmed");
        }
    }

    /// After a conflict: says so once fetching works again.
    async fn recovering(&self, bots: &Bots, client: &ClientBot) {
        let fetch = self.telegram.updates(&self.caller, 0, Duration::ZERO, self.allowed);
        if let Some(Ok(_)) = self.stop.run_until_cancelled(fetch).await
            && let Err(error) = bots.recovered(client).await
        {
            tracing::warn!(bot.id = %client.id(), %error, "a bot's state could not be recorded");
        }
    }

    /// Puts an update into its chat's lane; a lane that was empty gets a task to empty it.
    fn hand_out(&self, update: Arc<Update>) {
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

/// Which updates were seen and which are finished: the offset stands before the first unfinished.
#[derive(Default)]
struct Window {
    running: BTreeSet<i64>,
    finished: BTreeSet<i64>,
    offset: i64,
}

impl Window {
    /// Takes note of an update; `false` when it is known.
    fn begin(&mut self, id: i64) -> bool {
        let news = id >= self.offset && !self.finished.contains(&id);
        news && self.running.insert(id)
    }

    fn finish(&mut self, id: i64) {
        if self.running.remove(&id) {
            self.finished.insert(id);
        }
        let first_running = self.running.first().copied().unwrap_or(i64::MAX);
        while let Some(done) = self.finished.first().copied().filter(|done| *done < first_running) {
            self.finished.remove(&done);
            self.offset = done + 1;
        }
    }

    /// The `offset` parameter; 0 before anything was finished.
    fn offset(&self) -> i64 {
        self.offset
    }

    fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    fn len(&self) -> usize {
        self.running.len() + self.finished.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_offset_never_passes_an_unfinished_update() {
        let mut window = Window::default();
        for id in [5, 6, 9] {
            assert!(window.begin(id));
            assert!(!window.begin(id));
        }
        window.finish(9);
        window.finish(6);
        assert_eq!((window.offset(), window.is_empty()), (0, false));
        assert!(!window.begin(9), "it is finished and must not begin again");
        window.finish(5);
        assert_eq!((window.offset(), window.is_empty()), (10, true));
        assert!(!window.begin(6));
    }

    proptest! {
        #[test]
        fn in_whatever_order_updates_finish(order in Just((1..40_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut window = Window::default();
            for id in 1..40 {
                window.begin(id);
            }
            for (count, id) in order.iter().enumerate() {
                window.finish(*id);
                let unfinished = order[count + 1..].iter().min().copied().unwrap_or(40);
                prop_assert!(window.offset() <= unfinished);
            }
            prop_assert_eq!(window.offset(), 40);
        }
    }
}
