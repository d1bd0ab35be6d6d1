//! What a test can look at.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    Arrival, Bot, Delivery, Effect, Emulator, Group, Person,
    files::render,
    state::{ChatKey, Message, State},
};

/// The state at one instant, given to the closures of [`Emulator::wait`]. Calling the emulator itself
/// from there would wait for its own lock; the view has everything that can be read.
pub struct View<'a>(pub(crate) &'a State);

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("View")
    }
}

/// A message as people see it: Bot API shape plus `reactions` (`[{actor, reaction}]`) and, for a reply
/// keyboard, `reply_keyboard`.
fn seen(bot: i64, message: &Message) -> Value {
    let mut value = render(bot, &message.value);
    let reactions: Vec<Value> = message
        .reactions
        .iter()
        .flat_map(|(actor, list)| list.iter().map(move |r| json!({"actor": actor, "reaction": r})))
        .collect();
    if !reactions.is_empty() {
        value["reactions"] = json!(reactions);
    }
    if let Some(keyboard) = &message.keyboard {
        value["reply_keyboard"] = keyboard.clone();
    }
    value
}

impl View<'_> {
    fn log(&self, bot: i64, key: ChatKey) -> Vec<Value> {
        let Some(log) = self.0.chats.get(&key) else {
            return Vec::new();
        };
        log.messages.values().filter(|m| !m.deleted).map(|m| seen(bot, m)).collect()
    }

    /// Messages now visible in a person's chat with a bot, oldest first.
    pub fn chat(&self, person: &Person, bot: &Bot) -> Vec<Value> {
        self.log(bot.id, ChatKey::Private { bot: bot.id, user: person.id })
    }

    /// Messages now visible in a group, with one bot's ids (in a basic group: as that bot sees it).
    pub fn group_chat(&self, group: &Group, bot: &Bot) -> Vec<Value> {
        self.0.key_of(bot.id, group.id).map_or_else(Vec::new, |key| self.log(bot.id, key))
    }

    /// One message of a chat (private or group) a bot is in.
    pub fn message(&self, bot: &Bot, chat: i64, id: i64) -> Option<Value> {
        let key = self.0.key_of(bot.id, chat)?;
        self.0.message(key, id).map(|m| seen(bot.id, m))
    }

    /// Texts and captions of a private chat, as lines `name: text`; other kinds as `name: [kind]`.
    pub fn lines(&self, person: &Person, bot: &Bot) -> Vec<String> {
        self.chat(person, bot).iter().map(line).collect()
    }

    /// Every executed call except getUpdates, in order.
    pub fn ledger(&self) -> &[Effect] {
        &self.0.ledger
    }

    /// Every update that was queued for a bot, in order.
    pub fn arrivals(&self) -> &[Arrival] {
        &self.0.arrivals
    }

    /// Every webhook POST that has ended.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.0.deliveries
    }

    /// Every rule the client broke.
    pub fn complaints(&self) -> &[String] {
        &self.0.complaints
    }

    /// Updates a bot has not acknowledged, oldest first.
    pub fn pending(&self, bot: &Bot) -> Vec<Value> {
        crate::polling::waiting(self.0, bot.id)
    }

    /// How many updates of all bots nobody has acknowledged.
    pub fn pending_updates(&self) -> usize {
        self.0.bots.values().map(|bot| bot.pending.len()).sum()
    }

    /// Whether the bot ever asked for updates by `getUpdates`.
    pub fn has_polled(&self, bot: &Bot) -> bool {
        self.0.bot(bot.id).poll.used
    }

    /// Updates Telegram gave up on.
    pub fn dropped_updates(&self, bot: &Bot) -> Vec<i64> {
        self.0.bot(bot.id).dropped.clone()
    }

    /// Chats the bot left by itself.
    pub fn left_chats(&self, bot: &Bot) -> Vec<i64> {
        self.0.bot(bot.id).left.clone()
    }

    /// Commands of a scope (`default`, `all_private_chats`, `chat:<id>`, `chat_member:<chat>:<user>` ...) and language.
    pub fn commands(&self, bot: &Bot, scope: &str, language: &str) -> Vec<Value> {
        let commands = self.0.bot(bot.id).commands.get(&(scope.to_owned(), language.to_owned()));
        commands.and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// A text the bot set: `name`, `description` or `short_description`.
    pub fn bot_text(&self, bot: &Bot, what: &str, language: &str) -> Option<String> {
        let texts = &self.0.bot(bot.id).texts;
        texts.iter().find(|((w, l), _)| *w == what && l == language).map(|(_, t)| t.clone())
    }

    /// Anything else the bot set for itself, by what it is: `profile_photo`, `menu_button` ...
    pub fn bot_setting(&self, bot: &Bot, what: &str) -> Option<Value> {
        self.0.bot(bot.id).settings.get(what).cloned()
    }

    /// `getWebhookInfo`, plus the secret; `None` without a webhook.
    pub fn webhook_of(&self, bot: &Bot) -> Option<Value> {
        let hook = self.0.bot(bot.id).webhook.as_ref()?;
        let mut info = crate::delivery::info(self.0, bot.id);
        info["secret_token"] = json!(hook.secret);
        Some(info)
    }

    /// Every answerCallbackQuery that was accepted, in order.
    pub fn answered_callbacks(&self) -> &[Value] {
        &self.0.answered
    }

    /// Whether a bot has asked for this kind of update.
    pub fn wants(&self, bot: &Bot, kind: &str) -> bool {
        self.0.wants(bot.id, kind)
    }

    /// How a bot answered a checkout: yes, or why not.
    pub fn checkout_answer(&self, id: &str) -> Option<Result<(), String>> {
        self.0.shop.checkouts.get(id)?.answer.clone()
    }

    /// Whether a subscription's renewal is stopped, by its first charge.
    pub fn is_canceled(&self, charge: &str) -> Option<bool> {
        self.0.shop.charges.get(charge)?.is_canceled
    }

    /// Whether a charge was given back.
    pub fn is_refunded(&self, charge: &str) -> bool {
        self.0.shop.charges.get(charge).is_some_and(|charge| charge.is_refunded)
    }

    /// Bytes behind a file id of this bot.
    pub fn file_bytes(&self, bot: &Bot, file_id: &str) -> Option<Bytes> {
        self.0.files.bytes(bot.id, file_id)
    }

    /// Hits still to come of the faults that have a number.
    pub fn faults_left(&self) -> usize {
        self.0.faults_left()
    }

    /// Names of a group's forum topics, by thread id.
    pub fn topics(&self, bot: &Bot, chat: i64) -> BTreeMap<i64, Value> {
        let key = self.0.key_of(bot.id, chat);
        key.and_then(|k| self.0.chats.get(&k)).map_or_else(BTreeMap::new, |log| log.topics.clone())
    }

    fn busy(&self) -> Vec<String> {
        let bots = self.0.bots.values().filter(|b| !b.pending.is_empty());
        bots.map(|b| format!("@{}: {} updates pending", b.bot.username, b.pending.len())).collect()
    }

    /// All chats, pending updates, complaints and the last calls, for a person to read.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        let mut keys: Vec<_> = self.0.chats.keys().copied().collect();
        keys.sort();
        for key in keys {
            let bot = match key {
                ChatKey::Private { bot, .. } | ChatKey::Basic { bot, .. } => bot,
                ChatKey::Shared { .. } => 0,
            };
            let name = self.0.bots.get(&bot).map_or("", |b| &b.bot.username);
            let _ = writeln!(out, "== {key:?} @{name}");
            for message in self.log(bot, key).iter().rev().take(30).rev() {
                let _ = writeln!(out, "  #{} {}", message["message_id"], line(message));
            }
        }
        for busy in self.busy() {
            let _ = writeln!(out, "== {busy}");
        }
        for effect in self.0.ledger.iter().rev().take(15).rev() {
            let result = match &effect.result {
                Ok(_) => format!("ok {:?}", effect.message_ids()),
                Err(e) => format!("{} {}", e.code, e.description),
            };
            let _ = writeln!(
                out,
                "== call {} {} chat {:?}: {result}",
                effect.bot,
                effect.method,
                effect.chat()
            );
        }
        for delivery in self.0.deliveries.iter().rev().take(10).rev() {
            let (status, error) = (delivery.status, &delivery.error);
            let _ = writeln!(
                out,
                "== delivery {} {} {status:?} {error:?}",
                delivery.update_id, delivery.kind
            );
        }
        for complaint in &self.0.complaints {
            let _ = writeln!(out, "== complaint: {complaint}");
        }
        out
    }
}

fn line(message: &Value) -> String {
    let who = message["from"]["first_name"]
        .as_str()
        .or(message["sender_chat"]["title"].as_str())
        .unwrap_or("?");
    let known = [
        "message_id",
        "from",
        "sender_chat",
        "chat",
        "date",
        "reply_to_message",
        "entities",
        "caption",
        "caption_entities",
        "reply_markup",
        "edit_date",
        "reactions",
        "message_thread_id",
        "media_group_id",
    ];
    let kind = message
        .as_object()
        .into_iter()
        .flatten()
        .map(|(k, _)| k)
        .find(|k| !known.contains(&k.as_str()));
    let kind = kind.map_or("?", String::as_str);
    match (message["text"].as_str(), message["caption"].as_str()) {
        (Some(text), _) => format!("{who}: {text}"),
        (None, Some(caption)) => format!("{who}: [{kind}] {caption}"),
        (None, None) => format!("{who}: [{kind}]"),
    }
}

macro_rules! forward {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        /// The same as on [`View`], as copies.
        impl Emulator {
            $($(#[$doc])* pub fn $name(&self, $($arg: $type),*) -> $result {
                self.view(|v| v.$name($($arg),*).to_owned())
            })*
        }
    };
}

forward! {
    /// See [`View::bots`].
    bots() -> Vec<Bot>;
    /// See [`View::chat`].
    chat(person: &Person, bot: &Bot) -> Vec<Value>;
    /// See [`View::group_chat`].
    group_chat(group: &Group, bot: &Bot) -> Vec<Value>;
    /// See [`View::message`].
    message(bot: &Bot, chat: i64, id: i64) -> Option<Value>;
    /// See [`View::lines`].
    lines(person: &Person, bot: &Bot) -> Vec<String>;
    /// See [`View::ledger`].
    ledger() -> Vec<Effect>;
    /// See [`View::arrivals`].
    arrivals() -> Vec<Arrival>;
    /// See [`View::deliveries`].
    deliveries() -> Vec<Delivery>;
    /// See [`View::complaints`].
    complaints() -> Vec<String>;
    /// See [`View::pending`].
    pending(bot: &Bot) -> Vec<Value>;
    /// See [`View::pending_updates`].
    pending_updates() -> usize;
    /// See [`View::has_polled`].
    has_polled(bot: &Bot) -> bool;
    /// See [`View::dropped_updates`].
    dropped_updates(bot: &Bot) -> Vec<i64>;
    /// See [`View::left_chats`].
    left_chats(bot: &Bot) -> Vec<i64>;
    /// See [`View::commands`].
    commands(bot: &Bot, scope: &str, language: &str) -> Vec<Value>;
    /// See [`View::bot_text`].
    bot_text(bot: &Bot, what: &str, language: &str) -> Option<String>;
    /// See [`View::bot_setting`].
    bot_setting(bot: &Bot, what: &str) -> Option<Value>;
    /// See [`View::webhook_of`].
    webhook_of(bot: &Bot) -> Option<Value>;
    /// See [`View::answered_callbacks`].
    answered_callbacks() -> Vec<Value>;
    /// See [`View::checkout_answer`].
    checkout_answer(id: &str) -> Option<Result<(), String>>;
    /// See [`View::is_canceled`].
    is_canceled(charge: &str) -> Option<bool>;
    /// See [`View::is_refunded`].
    is_refunded(charge: &str) -> bool;
    /// See [`View::faults_left`].
    faults_left() -> usize;
    /// See [`View::topics`].
    topics(bot: &Bot, chat: i64) -> BTreeMap<i64, Value>;
    /// See [`View::dump`].
    dump() -> String;
}

impl Emulator {
    /// Looks at one instant.
    pub fn view<R>(&self, look: impl FnOnce(&View<'_>) -> R) -> R {
        self.read(|s| look(&View(s)))
    }

    /// Bytes behind a file id of this bot.
    ///
    /// # Panics
    /// If the id is not one of this bot's.
    pub fn file_bytes(&self, bot: &Bot, file_id: &str) -> Bytes {
        self.view(|v| v.file_bytes(bot, file_id))
            .unwrap_or_else(|| panic!("{file_id} is no file id of {bot:?}"))
    }

    /// Waits until the closure gives a value, looking again after every change.
    ///
    /// # Panics
    /// After the limit (30 s unless the builder says otherwise), with all chats.
    pub async fn wait<T>(&self, what: &str, look: impl FnMut(&View<'_>) -> Option<T>) -> T {
        self.wait_for(self.read(|s| s.settings.patience), what, look).await
    }

    /// [`Emulator::wait`] with a limit of its own.
    ///
    /// # Panics
    /// After the limit, with all chats.
    pub async fn wait_for<T>(
        &self,
        limit: Duration,
        what: &str,
        mut look: impl FnMut(&View<'_>) -> Option<T>,
    ) -> T {
        let mut changed = self.inner.changed.subscribe();
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            changed.mark_unchanged();
            if let Some(found) = self.view(|v| look(v)) {
                return found;
            }
            if tokio::time::timeout_at(deadline, changed.changed()).await.is_err() {
                if let Some(found) = self.view(|v| look(v)) {
                    return found;
                }
                panic!("waited {limit:?} in vain for: {what}\n{}", self.dump());
            }
        }
    }

    /// Waits until every queued update is acknowledged: a 2xx, or an offset beyond it.
    ///
    /// # Panics
    /// After the limit, with all chats.
    pub async fn quiet(&self) {
        self.wait("all updates to be acknowledged", |v| v.busy().is_empty().then_some(())).await;
    }
}
