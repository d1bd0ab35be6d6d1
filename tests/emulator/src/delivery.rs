//! Webhook delivery, after the server's own `WebhookActor.cpp`.
//!
//! Updates stand in queues by key; one of a queue is in flight at a time, up to `max_connections`
//! in all, and only twice that many are loaded from the backlog: a chat whose updates all fail can
//! therefore fill the window, as it can with the real server.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::Value;

use crate::{Emulator, ledger::Delivery, state::State};

/// A set webhook and its sender.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) max_connections: usize,
    pub(crate) has_certificate: bool,
    pub(crate) ip_address: Option<String>,
    pub(crate) generation: u64,
    /// Last update taken from the backlog.
    loaded_up_to: i64,
    loaded: usize,
    queues: HashMap<i64, VecDeque<i64>>,
    ready: BTreeSet<(Instant, i64)>,
    in_flight: usize,
    timer: Option<Instant>,
    unique: i64,
}

impl Webhook {
    pub(crate) fn new(
        url: String,
        secret: String,
        max_connections: usize,
        generation: u64,
    ) -> Self {
        Self {
            url,
            secret,
            max_connections,
            has_certificate: false,
            ip_address: None,
            generation,
            loaded_up_to: i64::MIN,
            loaded: 0,
            queues: HashMap::new(),
            ready: BTreeSet::new(),
            in_flight: 0,
            timer: None,
            // Far from every real key, so that unkeyed updates never share a queue.
            unique: i64::MAX / 2,
        }
    }
}

/// One POST to make.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) bot: i64,
    generation: u64,
    pub(crate) update_id: i64,
    kind: String,
    attempt: u32,
    /// Where to connect; `None` if nobody listens at that address.
    target: Option<String>,
    secret: String,
    body: Bytes,
}

/// How a POST ended.
struct Answer {
    status: Option<u16>,
    error: Option<String>,
    retry_after: Option<f64>,
    body: Bytes,
}

impl State {
    /// Where an https webhook really goes: the routed origin, path kept; one of several by chance.
    pub(crate) fn target(&self, url: &str, chance: u64) -> Option<String> {
        self.routes.iter().find_map(|(from, to)| {
            let rest = url.strip_prefix(from.as_str())?;
            if !rest.is_empty() && !rest.starts_with(['/', '?']) {
                return None;
            }
            let chosen = usize::try_from(chance % to.len().max(1) as u64).ok()?;
            Some(format!("{}{rest}", to.get(chosen)?))
        })
    }

    /// Everything that can be sent now, and when to look again.
    pub(crate) fn take_jobs(&mut self) -> (Vec<Job>, Vec<(i64, u64, Instant)>) {
        let mut jobs = Vec::new();
        let mut timers = Vec::new();
        for bot in std::mem::take(&mut self.dirty) {
            let first = jobs.len();
            if let Some(timer) = self.take_bot_jobs(bot, &mut jobs) {
                timers.push(timer);
            }
            let url = self.bots.get(&bot).and_then(|b| b.webhook.as_ref()).map(|w| w.url.clone());
            for job in &mut jobs[first..] {
                let chance = self.random();
                job.target = url.as_ref().and_then(|url| self.target(url, chance));
            }
        }
        (jobs, timers)
    }

    fn take_bot_jobs(&mut self, bot: i64, jobs: &mut Vec<Job>) -> Option<(i64, u64, Instant)> {
        let now = Instant::now();
        let me = self.bots.get_mut(&bot)?;
        let hook = me.webhook.as_mut()?;
        load(hook, &me.pending);
        while hook.in_flight < hook.max_connections {
            let (wakeup, key) = *hook.ready.first()?;
            if wakeup > now {
                if hook.timer.is_some_and(|t| t <= wakeup && t > now) {
                    return None;
                }
                hook.timer = Some(wakeup);
                return Some((bot, hook.generation, wakeup));
            }
            hook.ready.pop_first();
            let id = *hook.queues.get(&key)?.front()?;
            let pending = me.pending.get(&id)?;
            hook.in_flight += 1;
            jobs.push(Job {
                bot,
                generation: hook.generation,
                update_id: id,
                kind: pending.kind.clone(),
                attempt: pending.fails + 1,
                target: None,
                secret: hook.secret.clone(),
                body: pending.body.clone(),
            });
        }
        None
    }

    /// Records how a POST ended and decides what follows (SRV `on_update_ok`, `on_update_error`).
    fn finish(&mut self, job: &Job, delivery: Delivery, answer: &Answer) {
        let now = self.now();
        let good = answer.status.is_some_and(|s| (200..300).contains(&s));
        if good && !answer.body.is_empty() {
            self.complain(
                job.bot,
                format!(
                    "the answer to update {} has a body of {} bytes; Telegram may execute it",
                    job.update_id,
                    answer.body.len()
                ),
            );
        }
        if self.settings.keep_records {
            self.deliveries.push(delivery);
        }
        let resend_cap = 60.0 + (self.random() % 61) as f64;
        let wait = |seconds: f64| self.settings.wait(seconds);
        let Some(me) = self.bots.get_mut(&job.bot) else {
            return;
        };
        let Some(hook) = me.webhook.as_mut().filter(|h| h.generation == job.generation) else {
            return;
        };
        hook.in_flight -= 1;
        let Some(pending) = me.pending.get_mut(&job.update_id) else {
            return;
        };
        let mut drop_it = good;
        if !good {
            let error = answer.error.clone().unwrap_or_default();
            me.last_error = Some((now, error));
            let asked = answer.retry_after.unwrap_or(0.0).clamp(0.0, 3600.0);
            let mut delay = asked;
            if asked == 0.0 && pending.fails > 0 {
                pending.delay = (pending.delay * 2.0).min(resend_cap);
                delay = pending.delay;
            }
            pending.fails += 1;
            pending.wakeup_at = Instant::now() + wait(delay);
            if now + delay as i64 > pending.expires_at {
                me.dropped.push(job.update_id);
                drop_it = true;
            }
        }
        let key = if pending.key == 0 { key_holding(hook, job.update_id) } else { pending.key };
        if drop_it {
            hook.loaded -= 1;
            let queue = hook.queues.entry(key).or_default();
            queue.pop_front();
            match queue.front().and_then(|next| me.pending.get(next)) {
                Some(next) => {
                    hook.ready.insert((next.wakeup_at, key));
                }
                None => {
                    hook.queues.remove(&key);
                }
            }
            self.acknowledge(job.bot, job.update_id);
        } else {
            let at = pending.wakeup_at;
            hook.ready.insert((at, key));
        }
        self.dirty.insert(job.bot);
    }
}

fn key_holding(hook: &Webhook, id: i64) -> i64 {
    hook.queues.iter().find(|(_, q)| q.front() == Some(&id)).map_or(0, |(k, _)| *k)
}

/// Takes updates from the backlog, oldest first, while the window has room.
fn load(hook: &mut Webhook, pending: &std::collections::BTreeMap<i64, crate::updates::Pending>) {
    let window = hook.max_connections * 2;
    let from = hook.loaded_up_to.saturating_add(1);
    for (id, update) in pending.range(from..) {
        if hook.loaded >= window {
            break;
        }
        let key = if update.key == 0 {
            hook.unique += 1;
            hook.unique
        } else {
            update.key
        };
        let queue = hook.queues.entry(key).or_default();
        if queue.is_empty() {
            hook.ready.insert((update.wakeup_at, key));
        }
        queue.push_back(*id);
        hook.loaded += 1;
        hook.loaded_up_to = *id;
    }
}

impl Emulator {
    /// Sends what became ready; called after every change.
    pub(crate) fn pump(&self, jobs: Vec<Job>, timers: Vec<(i64, u64, Instant)>) {
        for job in jobs {
            let me = self.clone();
            self.inner.runtime.spawn(async move { me.deliver(job).await });
        }
        for (bot, generation, at) in timers {
            let me = self.clone();
            self.inner.runtime.spawn(async move {
                tokio::time::sleep_until(at.into()).await;
                me.write(|s| {
                    let hook = s.bots.get_mut(&bot).and_then(|b| b.webhook.as_mut());
                    if let Some(hook) = hook.filter(|h| h.generation == generation) {
                        hook.timer = None;
                        s.dirty.insert(bot);
                    }
                });
            });
        }
    }

    async fn deliver(&self, job: Job) {
        let started = Instant::now();
        let limit = self.read(|s| s.settings.answer_wait());
        let answer = self.post(&job, limit).await;
        let delivery = record(&job, &answer, started);
        self.write(|s| s.finish(&job, delivery, &answer));
    }

    async fn post(&self, job: &Job, limit: Duration) -> Answer {
        let failed = |why: String| Answer {
            status: None,
            error: Some(why),
            retry_after: None,
            body: Bytes::new(),
        };
        let Some(target) = &job.target else {
            return failed("Connection refused".into());
        };
        let mut request = self
            .inner
            .http
            .post(target)
            .header("content-type", "application/json")
            .header("accept-encoding", "gzip, deflate")
            .body(job.body.clone());
        if !job.secret.is_empty() {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", &job.secret);
        }
        let exchange = async {
            let response = request.send().await?;
            let status = response.status();
            let retry =
                response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
            Ok::<_, reqwest::Error>((status, retry, response.bytes().await?))
        };
        match tokio::time::timeout(limit, exchange).await {
            Err(_) => failed("Read timeout expired".into()),
            Ok(Err(e)) if e.is_connect() => failed("Connection refused".into()),
            Ok(Err(_)) => failed("Webhook connection closed".into()),
            Ok(Ok((status, retry_after, body))) => {
                let reason = status.canonical_reason().unwrap_or("");
                let error =
                    format!("Wrong response from the webhook: {} {reason}", status.as_u16());
                Answer {
                    status: Some(status.as_u16()),
                    error: (!status.is_success()).then_some(error),
                    retry_after,
                    body,
                }
            }
        }
    }

    /// Posts an update again as it was, next to whatever else is going on; gives each answer's status.
    ///
    /// Telegram does this after a lost answer, and two attempts overlap when the first was cut at 60 s.
    ///
    /// # Panics
    /// If the bot has no webhook or never got that update.
    pub async fn redeliver(
        &self,
        bot: &crate::Bot,
        update_id: i64,
        copies: usize,
        overlapping: bool,
    ) -> Vec<Option<u16>> {
        let job = self.read(|s| {
            let me = s.bot(bot.id);
            let hook = me.webhook.as_ref().expect("redeliver needs a webhook");
            let body = me
                .history
                .get(&update_id)
                .or_else(|| me.pending.get(&update_id).map(|p| &p.body))
                .unwrap_or_else(|| panic!("update {update_id} was never delivered to {bot:?}"));
            Job {
                bot: bot.id,
                generation: hook.generation,
                update_id,
                kind: "redelivered".into(),
                attempt: 0,
                target: s.target(&hook.url, update_id.unsigned_abs()),
                secret: hook.secret.clone(),
                body: body.clone(),
            }
        });
        let once = || async {
            let started = Instant::now();
            let limit = self.read(|s| s.settings.answer_wait());
            let answer = self.post(&job, limit).await;
            let delivery = record(&job, &answer, started);
            self.write(|s| s.deliveries.push(delivery));
            answer.status
        };
        if overlapping {
            return futures::future::join_all((0..copies).map(|_| once())).await;
        }
        let mut statuses = Vec::new();
        for _ in 0..copies {
            statuses.push(once().await);
        }
        statuses
    }
}

fn record(job: &Job, answer: &Answer, started: Instant) -> Delivery {
    Delivery {
        bot: job.bot,
        update_id: job.update_id,
        kind: job.kind.clone(),
        attempt: job.attempt,
        started,
        duration: started.elapsed(),
        status: answer.status,
        error: answer.error.clone(),
        secret: (!job.secret.is_empty()).then(|| job.secret.clone()),
        body_length: job.body.len(),
        answer_length: answer.body.len(),
        retry_after: answer.retry_after,
    }
}

/// `getWebhookInfo` (SRV `JsonWebhookInfo`).
pub(crate) fn info(state: &State, bot: i64) -> Value {
    let me = state.bot(bot);
    let mut info = serde_json::json!({
        "url": me.webhook.as_ref().map_or("", |h| &h.url),
        "has_custom_certificate": me.webhook.as_ref().is_some_and(|h| h.has_certificate),
        "pending_update_count": me.pending.len(),
    });
    if let Some(hook) = &me.webhook {
        if let Some(ip) = &hook.ip_address {
            info["ip_address"] = serde_json::json!(ip);
        }
        if let Some((date, text)) = &me.last_error {
            info["last_error_date"] = serde_json::json!(date);
            info["last_error_message"] = serde_json::json!(text);
        }
        info["max_connections"] = serde_json::json!(hook.max_connections);
    }
    if let Some(names) = &me.allowed_updates {
        info["allowed_updates"] = serde_json::json!(names);
    }
    info
}
