//! getUpdates, after `Client::process_get_updates_query`.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{Emulator, error::ApiError, params::Params, state::State};

/// What the server remembers of a bot's polling.
#[derive(Debug, Default)]
pub(crate) struct Poll {
    /// Counts the calls; a waiting one that is no longer the newest is told to stop.
    generation: u64,
    waiting: Option<u64>,
    previous: Option<(i64, Instant)>,
    conflict_until: Option<Instant>,
    /// Whether this bot ever polled.
    pub(crate) used: bool,
}

const WEBHOOK: &str = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

enum Turn {
    Answer(Value),
    Conflict(&'static str),
    Wait,
}

struct Request {
    bot: i64,
    limit: usize,
    generation: u64,
    webhook_generation: u64,
}

impl State {
    fn begin_poll(&mut self, bot: i64, params: &Params) -> Result<(Request, f64), ApiError> {
        let me = self.bot_mut(bot);
        me.poll.used = true;
        if me.webhook.is_some() {
            return Err(ApiError::new(409, WEBHOOK));
        }
        if let Some(names) = params.allowed_updates() {
            me.allowed_updates = names;
        }
        let offset = params.int("offset").unwrap_or(0);
        let mut limit =
            usize::try_from(params.int("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
        let mut timeout = params.int("timeout").unwrap_or(0).clamp(0, 50) as f64;
        let now = Instant::now();
        let scale = self.settings.speed;
        let me = self.bot_mut(bot);
        if let Some((before, at)) = me.poll.previous
            && before == offset
        {
            let ago = now.duration_since(at).as_secs_f64() * scale;
            if timeout < 3.0 && ago < 3.0 {
                timeout = 3.0;
            }
            if ago < 0.5 {
                limit = 1;
            }
        }
        me.poll.previous = Some((offset, now));
        me.poll.generation += 1;
        let request = Request {
            bot,
            limit,
            generation: me.poll.generation,
            webhook_generation: me.webhook_generation,
        };
        me.poll.waiting = Some(request.generation);
        // An offset acknowledges at once, also when the call then waits.
        self.forget_before(bot, offset);
        Ok((request, timeout))
    }

    fn forget_before(&mut self, bot: i64, offset: i64) {
        let me = self.bot(bot);
        let first_kept = if offset < 0 {
            let back = usize::try_from(-offset).unwrap_or(usize::MAX);
            let skipped = me.pending.len().saturating_sub(back);
            me.pending.keys().nth(skipped).copied().unwrap_or(i64::MAX)
        } else {
            offset
        };
        let done: Vec<i64> = me.pending.range(..first_kept).map(|(id, _)| *id).collect();
        for id in done {
            self.acknowledge(bot, id);
        }
    }

    fn turn(&mut self, request: &Request, last: bool) -> Turn {
        let now = self.now();
        let me = self.bot_mut(request.bot);
        if me.webhook_generation != request.webhook_generation && me.webhook.is_some() {
            return Turn::Conflict("Conflict: terminated by setWebhook request");
        }
        if me.poll.generation != request.generation {
            return Turn::Conflict(OTHER);
        }
        let expired: Vec<i64> =
            me.pending.iter().filter(|(_, p)| p.expires_at < now).map(|(id, _)| *id).collect();
        for id in expired {
            me.dropped.push(id);
            me.pending.remove(&id);
        }
        if me.pending.is_empty() && !last {
            return Turn::Wait;
        }
        me.poll.waiting = None;
        Turn::Answer(me.pending.values().take(request.limit).map(|p| p.value.clone()).collect())
    }
}

impl Emulator {
    pub(crate) async fn get_updates(&self, bot: i64, params: &Params) -> Result<Value, ApiError> {
        let mut changed = self.inner.changed.subscribe();
        let begun = self.write(|s| s.begin_poll(bot, params));
        let (request, timeout) = match begun {
            Ok(begun) => begun,
            Err(conflict) => return Err(self.slow_conflict(bot, conflict).await),
        };
        let deadline = tokio::time::Instant::now() + self.read(|s| s.settings.wait(timeout));
        let mut last = false;
        loop {
            changed.mark_unchanged();
            match self.read_mut(|s| s.turn(&request, last)) {
                Turn::Answer(updates) => return Ok(updates),
                Turn::Conflict(text) => {
                    return Err(self.slow_conflict(bot, ApiError::new(409, text)).await);
                }
                Turn::Wait => {}
            }
            last = tokio::time::timeout_at(deadline, changed.changed()).await.is_err();
        }
    }

    /// A conflict right after another one is answered 3 s later (SRV `fail_query_conflict`).
    async fn slow_conflict(&self, bot: i64, conflict: ApiError) -> ApiError {
        let wait = self.read_mut(|s| {
            let pause = s.settings.wait(3.0);
            let now = Instant::now();
            let poll = &mut s.bot_mut(bot).poll;
            if poll.conflict_until.is_none_or(|until| now >= until) {
                poll.conflict_until = Some(now + pause);
                return None;
            }
            Some(pause)
        });
        if let Some(pause) = wait {
            tokio::time::sleep(pause).await;
        }
        conflict
    }
}

/// The raw update list, for a test that wants to look without a poll.
pub(crate) fn waiting(state: &State, bot: i64) -> Vec<Value> {
    state.bot(bot).pending.values().map(|p| json!(p.value)).collect()
}
