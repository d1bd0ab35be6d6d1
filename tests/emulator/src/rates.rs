//! Rate limits, when switched on: 1 message a second in a chat with a short burst, 20 a minute in a
//! group, 30 a second for a bot (bots FAQ). And 20 newly seen tokens a minute, 600 an hour from one
//! address (SRV `ClientManager::send`).

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use crate::{error::ApiError, state::ChatKey};

/// How many messages a private chat takes at once before the pace of one a second holds.
const BURST: usize = 5;

/// Recent sends.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    chats: HashMap<(i64, ChatKey), VecDeque<Instant>>,
    bots: HashMap<i64, VecDeque<Instant>>,
    seen: HashSet<String>,
    starts: VecDeque<Instant>,
}

/// Seconds until one more event fits `limit` in `window`; forgets what is older.
fn wait_for(
    events: &mut VecDeque<Instant>,
    limit: usize,
    window: Duration,
    now: Instant,
) -> Option<u64> {
    while events.front().is_some_and(|at| now.duration_since(*at) >= window) {
        events.pop_front();
    }
    if events.len() < limit {
        return None;
    }
    let free_at = events[events.len() - limit] + window;
    Some(free_at.saturating_duration_since(now).as_secs() + 1)
}

impl Rates {
    /// Counts `messages` sent to a chat, or says how long to wait.
    pub(crate) fn send(&mut self, bot: i64, key: ChatKey, messages: usize) -> Result<(), ApiError> {
        let now = Instant::now();
        let all = self.bots.entry(bot).or_default();
        let chat = self.chats.entry((bot, key)).or_default();
        let (limit, window) = match key {
            ChatKey::Private { .. } => (BURST, Duration::from_secs(BURST as u64)),
            _ => (20, Duration::from_secs(60)),
        };
        let wait =
            wait_for(chat, limit, window, now).max(wait_for(all, 30, Duration::from_secs(1), now));
        if let Some(seconds) = wait {
            return Err(ApiError::too_many_requests(seconds));
        }
        for _ in 0..messages {
            chat.push_back(now);
            all.push_back(now);
        }
        Ok(())
    }

    /// Counts a token seen for the first time.
    pub(crate) fn start(&mut self, token: &str) -> Result<(), ApiError> {
        if self.seen.contains(token) {
            return Ok(());
        }
        let now = Instant::now();
        // The hour first: looking at the minute would forget what is older than a minute.
        if let Some(seconds) = wait_for(&mut self.starts, 600, Duration::from_secs(3600), now) {
            return Err(ApiError::too_many_requests(seconds));
        }
        let minute = self
            .starts
            .iter()
            .filter(|at| now.duration_since(**at) < Duration::from_secs(60))
            .count();
        if minute >= 20 {
            let oldest = self.starts[self.starts.len() - 20];
            let left = (oldest + Duration::from_secs(60)).saturating_duration_since(now);
            return Err(ApiError::too_many_requests(left.as_secs() + 1));
        }
        self.seen.insert(token.to_owned());
        self.starts.push_back(now);
        Ok(())
    }
}
