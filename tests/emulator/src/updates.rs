//! Updates waiting for a bot: which may be seen, in which queue they stand, how long they live.

use std::time::Instant;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{ledger::Arrival, state::State};

/// An update nobody has acknowledged yet.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) kind: String,
    pub(crate) value: Value,
    pub(crate) body: Bytes,
    pub(crate) key: i64,
    pub(crate) expires_at: i64,
    pub(crate) delay: f64,
    pub(crate) fails: u32,
    pub(crate) wakeup_at: Instant,
}

/// Not delivered unless asked for by name (SRV `DEFAULT_ALLOWED_UPDATE_TYPES`).
const ON_REQUEST: &[&str] = &["chat_member", "message_reaction", "message_reaction_count"];

/// The update's kind: its only key besides `update_id`.
pub(crate) fn kind_of(update: &Value) -> String {
    let keys = update.as_object().into_iter().flatten();
    keys.map(|(k, _)| k).find(|k| *k != "update_id").cloned().unwrap_or_default()
}

/// The webhook queue: updates of one queue go one at a time (SRV `add_update` calls). 0 = a queue of its own.
fn queue_key(kind: &str, payload: &Value) -> i64 {
    let id = |value: &Value| value["id"].as_i64().unwrap_or(0);
    let chat = id(&payload["chat"]);
    let from = id(&payload["from"]);
    let shifted = |id: i64, by: i64| id.wrapping_add(by << 33);
    match kind {
        "message" | "edited_message" | "channel_post" | "edited_channel_post" => chat,
        "inline_query" => shifted(from, 1),
        "chosen_inline_result" => shifted(from, 2),
        "callback_query" => shifted(from, 3),
        "shipping_query" | "pre_checkout_query" | "purchased_paid_media" => shifted(from, 4),
        "my_chat_member" => shifted(chat, 5),
        "chat_member" | "chat_join_request" => shifted(from, 6),
        "chat_boost" | "removed_chat_boost" => shifted(chat, 7),
        "message_reaction" => shifted(chat, 8),
        "message_reaction_count" => shifted(chat, 9),
        "business_connection" => shifted(id(&payload["user"]), 10),
        "business_message" | "edited_business_message" | "deleted_business_messages" => {
            shifted(chat, 11)
        }
        "guest_message" => shifted(chat, 12),
        "managed_bot" | "subscription" => shifted(id(&payload["user"]), 13),
        _ => 0,
    }
}

/// Seconds an update lives: 24 h from the message's date, 150 s for a button, and so on.
fn lifetime(kind: &str) -> i64 {
    match kind {
        "callback_query" | "shipping_query" | "pre_checkout_query" => 150,
        "inline_query" => 30,
        "chosen_inline_result" => 600,
        _ => 86_400,
    }
}

/// What is remembered of an update for whoever watches.
fn arrival(bot: i64, update_id: i64, kind: &str, payload: &Value) -> Arrival {
    let id = |value: &Value| value["id"].as_i64();
    Arrival {
        bot,
        update_id,
        kind: kind.to_owned(),
        chat: id(&payload["chat"]).or(id(&payload["message"]["chat"])),
        person: id(&payload["from"]).or(id(&payload["user"])),
        at: Instant::now(),
    }
}

impl State {
    /// Whether the bot has asked for this kind.
    pub(crate) fn wants(&self, bot: i64, kind: &str) -> bool {
        match &self.bot(bot).allowed_updates {
            Some(names) => names.iter().any(|n| n == kind),
            None => !ON_REQUEST.contains(&kind),
        }
    }

    /// Queues an update of a kind; gives its id, or `None` if the bot does not want the kind.
    pub(crate) fn add_update(&mut self, bot: i64, kind: &str, payload: Value) -> Option<i64> {
        if !self.wants(bot, kind) {
            return None;
        }
        Some(self.add_raw_update(bot, json!({ kind: payload })))
    }

    /// Queues an update as it is; a missing `update_id` is filled in.
    pub(crate) fn add_raw_update(&mut self, bot: i64, update: Value) -> i64 {
        let kind = kind_of(&update);
        let now = self.now();
        let payload = &update[&kind];
        let date = payload["edit_date"].as_i64().or(payload["date"].as_i64()).unwrap_or(now);
        let me = self.bot_mut(bot);
        let id = update["update_id"].as_i64().unwrap_or(me.last_update_id + 1);
        me.last_update_id = me.last_update_id.max(id);
        if self.settings.keep_records {
            self.arrivals.push(arrival(bot, id, &kind, &update[&kind]));
        }
        let mut value = json!({ "update_id": id });
        for (name, field) in update.as_object().into_iter().flatten() {
            value[name] = field.clone();
        }
        let pending = Pending {
            key: queue_key(&kind, &update[&kind]),
            expires_at: date + lifetime(&kind),
            body: Bytes::from(value.to_string()),
            value,
            kind,
            delay: 1.0,
            fails: 0,
            wakeup_at: Instant::now(),
        };
        self.bot_mut(bot).pending.insert(id, pending);
        self.dirty.insert(bot);
        id
    }

    /// An update has reached its bot: kept so that a test can deliver it once more.
    pub(crate) fn acknowledge(&mut self, bot: i64, id: i64) {
        let keep = self.settings.keep_records;
        let me = self.bot_mut(bot);
        if let Some(done) = me.pending.remove(&id)
            && keep
        {
            me.history.insert(id, done.body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_follow_the_server() {
        let chat = json!({"chat": {"id": 7}, "from": {"id": 7}});
        assert_eq!(queue_key("message", &chat), queue_key("edited_message", &chat));
        let keys = ["message", "callback_query", "message_reaction", "my_chat_member"]
            .map(|k| queue_key(k, &chat));
        assert!(keys.iter().enumerate().all(|(i, k)| !keys[i + 1..].contains(k)));
        assert_eq!(queue_key("something_new", &chat), 0);
    }
}
