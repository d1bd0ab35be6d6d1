//! Everything the emulated Telegram knows, behind one lock that is never held over an await.
#![expect(clippy::disallowed_methods, reason = "the emulator keeps a time of its own")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

use crate::{
    delivery::Webhook,
    error::ApiError,
    faults::{Armed, Mixing},
    files::{Files, render},
    ledger::{Arrival, Delivery, Effect},
    people::{Bot, Group, Membership, Person},
    polling::Poll,
    rates::Rates,
    shop::Shop,
    updates::Pending,
};

/// What the builder decides.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) speed: f64,
    pub(crate) strict_rates: bool,
    pub(crate) start_limits: bool,
    pub(crate) strict_calls: bool,
    pub(crate) download_limit: u64,
    pub(crate) upload_limit: u64,
    pub(crate) latency: Duration,
    pub(crate) answer_limit: Option<Duration>,
    pub(crate) patience: Duration,
    pub(crate) keep_records: bool,
}

impl Settings {
    /// How long a webhook may take to answer.
    pub(crate) fn answer_wait(&self) -> Duration {
        self.answer_limit.unwrap_or_else(|| self.wait(60.0))
    }

    /// A wait of the real server, shortened by the speed.
    pub(crate) fn wait(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64((seconds / self.speed).max(0.0))
    }
}

/// Which numbering and history a message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ChatKey {
    /// One person's chat with one bot; ids from the bot's counter.
    Private { bot: i64, user: i64 },
    /// A basic group as one bot sees it; ids from the bot's counter.
    Basic { bot: i64, chat: i64 },
    /// A supergroup or channel, the same for all.
    Shared { chat: i64 },
}

/// A message as it is now.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) author: i64,
    /// Bot API shape, with object keys in place of file ids.
    pub(crate) value: Value,
    pub(crate) deleted: bool,
    pub(crate) reactions: BTreeMap<i64, Vec<Value>>,
    /// A reply keyboard; it is not part of the Bot API's `Message`.
    pub(crate) keyboard: Option<Value>,
}

impl Message {
    pub(crate) fn date(&self) -> i64 {
        self.value["date"].as_i64().unwrap_or(0)
    }
}

#[derive(Debug, Default)]
pub(crate) struct ChatLog {
    pub(crate) messages: BTreeMap<i64, Message>,
    pub(crate) last_id: i64,
    pub(crate) topics: BTreeMap<i64, Value>,
    pub(crate) pinned: Vec<i64>,
}

#[derive(Debug)]
pub(crate) struct GroupState {
    pub(crate) group: Group,
    pub(crate) members: BTreeMap<i64, Membership>,
}

/// A bot's side of the server.
#[derive(Debug)]
pub(crate) struct BotState {
    pub(crate) bot: Bot,
    /// Extra fields of `getMe`.
    pub(crate) flags: Map<String, Value>,
    pub(crate) last_message_id: i64,
    pub(crate) last_update_id: i64,
    pub(crate) allowed_updates: Option<Vec<String>>,
    pub(crate) pending: BTreeMap<i64, Pending>,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) webhook_generation: u64,
    pub(crate) last_error: Option<(i64, String)>,
    pub(crate) set_webhook_at: Option<Instant>,
    pub(crate) poll: Poll,
    pub(crate) history: BTreeMap<i64, bytes::Bytes>,
    pub(crate) commands: BTreeMap<(String, String), Value>,
    /// (what, language) to text: name, description, short description.
    pub(crate) texts: BTreeMap<(&'static str, String), String>,
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) left: Vec<i64>,
    pub(crate) dropped: Vec<i64>,
    pub(crate) started: HashSet<i64>,
    pub(crate) blocked: HashSet<i64>,
}

impl BotState {
    /// The `User` object, as it stands in `from`.
    pub(crate) fn user(&self) -> Value {
        json!({"id": self.bot.id, "is_bot": true, "first_name": self.bot.name, "username": self.bot.username})
    }

    /// The `User` object `getMe` gives.
    pub(crate) fn me(&self) -> Value {
        let mut me = self.user();
        for flag in [
            "can_join_groups",
            "can_read_all_group_messages",
            "supports_guest_queries",
            "supports_inline_queries",
            "can_connect_to_business",
            "has_main_web_app",
            "has_topics_enabled",
            "allows_users_to_create_topics",
            "can_manage_bots",
            "supports_join_request_queries",
        ] {
            me[flag] = json!(flag == "can_join_groups");
        }
        for (key, value) in &self.flags {
            me[key] = value.clone();
        }
        me
    }
}

pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) bots: BTreeMap<i64, BotState>,
    pub(crate) tokens: HashMap<String, i64>,
    pub(crate) people: BTreeMap<i64, Person>,
    pub(crate) gone_people: HashSet<i64>,
    /// Profile photos, the newest first, each the array of its sizes with object keys.
    pub(crate) profile_photos: HashMap<i64, Vec<Value>>,
    pub(crate) groups: BTreeMap<i64, GroupState>,
    /// Basic groups that became supergroups.
    pub(crate) migrated: HashMap<i64, i64>,
    pub(crate) chats: HashMap<ChatKey, ChatLog>,
    pub(crate) files: Files,
    pub(crate) routes: Vec<(String, Vec<String>)>,
    pub(crate) faults: Vec<Armed>,
    pub(crate) mixing: Option<Mixing>,
    pub(crate) rates: Rates,
    pub(crate) ledger: Vec<Effect>,
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) complaints: Vec<String>,
    /// Custom emoji and what each stands for.
    pub(crate) custom_emoji: BTreeMap<String, String>,
    /// Callback query id to (bot, when).
    pub(crate) callbacks: HashMap<String, (i64, i64)>,
    pub(crate) answered: Vec<Value>,
    pub(crate) clock_offset: i64,
    pub(crate) shop: Shop,
    /// Bots that may have something to deliver.
    pub(crate) dirty: BTreeSet<i64>,
    counter: u64,
}

impl State {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            bots: BTreeMap::new(),
            tokens: HashMap::new(),
            people: BTreeMap::new(),
            gone_people: HashSet::new(),
            profile_photos: HashMap::new(),
            groups: BTreeMap::new(),
            migrated: HashMap::new(),
            chats: HashMap::new(),
            files: Files::default(),
            routes: Vec::new(),
            faults: Vec::new(),
            mixing: None,
            rates: Rates::default(),
            ledger: Vec::new(),
            arrivals: Vec::new(),
            deliveries: Vec::new(),
            complaints: Vec::new(),
            custom_emoji: BTreeMap::new(),
            callbacks: HashMap::new(),
            answered: Vec::new(),
            clock_offset: 0,
            shop: Shop::default(),
            dirty: BTreeSet::new(),
            counter: 0,
        }
    }

    /// Server time in seconds.
    pub(crate) fn now(&self) -> i64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        i64::try_from(real).unwrap_or(i64::MAX) + self.clock_offset
    }

    /// The next of an endless row of numbers, for ids.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// A number nobody can foresee well enough to hard-code (dice, ids): splitmix64 over time and counter.
    pub(crate) fn random(&mut self) -> u64 {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        let mut z = self.next().wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(nanos);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn complain(&mut self, bot: i64, what: impl std::fmt::Display) {
        self.complaints.push(format!("bot {bot}: {what}"));
    }

    pub(crate) fn bot(&self, id: i64) -> &BotState {
        self.bots.get(&id).unwrap_or_else(|| panic!("no bot {id} in this emulator"))
    }

    pub(crate) fn bot_mut(&mut self, id: i64) -> &mut BotState {
        self.bots.get_mut(&id).unwrap_or_else(|| panic!("no bot {id} in this emulator"))
    }

    /// `User` of a person or bot.
    pub(crate) fn user(&self, id: i64) -> Option<Value> {
        self.people.get(&id).map(Person::user).or_else(|| self.bots.get(&id).map(BotState::user))
    }

    /// `Chat` object of a chat as a bot sees it.
    pub(crate) fn chat_object(&self, key: ChatKey) -> Value {
        match key {
            ChatKey::Private { user, .. } => {
                self.people.get(&user).map_or(Value::Null, Person::chat)
            }
            ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } => {
                self.groups.get(&chat).map_or(Value::Null, |g| g.group.chat())
            }
        }
    }

    /// The history a bot means by a chat id, without any rule about access.
    pub(crate) fn key_of(&self, bot: i64, chat: i64) -> Option<ChatKey> {
        if self.people.contains_key(&chat) {
            return Some(ChatKey::Private { bot, user: chat });
        }
        let group = &self.groups.get(&chat)?.group;
        Some(match group.kind {
            crate::people::GroupKind::Basic => ChatKey::Basic { bot, chat },
            _ => ChatKey::Shared { chat },
        })
    }

    /// The same, from what stands in `chat_id`.
    pub(crate) fn find_chat(&self, bot: i64, chat: &Value) -> Result<ChatKey, ApiError> {
        let not_found = || ApiError::bad("chat not found");
        let id = match chat {
            Value::Null => return Err(ApiError::bad("chat_id is empty")),
            Value::Number(n) => n.as_i64().ok_or_else(not_found)?,
            Value::String(s) if s.is_empty() => return Err(ApiError::bad("chat_id is empty")),
            Value::String(s) => match (s.parse(), s.strip_prefix('@')) {
                (Ok(id), _) => id,
                (_, Some(name)) => self
                    .groups
                    .values()
                    .find(|g| {
                        g.group.username.as_deref().is_some_and(|u| u.eq_ignore_ascii_case(name))
                    })
                    .map(|g| g.group.id)
                    .ok_or_else(not_found)?,
                _ => return Err(not_found()),
            },
            _ => return Err(not_found()),
        };
        if id == bot {
            return Err(not_found());
        }
        if self.bots.contains_key(&id) {
            return Err(ApiError::forbidden("bot can't send messages to bots"));
        }
        self.key_of(bot, id).ok_or_else(not_found)
    }

    /// Whether the bot may write there now (SRV `Client::check_chat_access` and Telegram's own refusals).
    pub(crate) fn check_write(&self, bot: i64, key: ChatKey) -> Result<(), ApiError> {
        let me = self.bot(bot);
        match key {
            ChatKey::Private { user, .. } => {
                if self.gone_people.contains(&user) {
                    return Err(ApiError::forbidden("user is deactivated"));
                }
                if !me.started.contains(&user) {
                    return Err(ApiError::forbidden("bot can't initiate conversation with a user"));
                }
                if me.blocked.contains(&user) {
                    return Err(ApiError::forbidden("bot was blocked by the user"));
                }
                Ok(())
            }
            ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } => self.check_member(bot, chat),
        }
    }

    pub(crate) fn check_member(&self, bot: i64, chat: i64) -> Result<(), ApiError> {
        if let Some(target) = self.migrated.get(&chat) {
            let gone = ApiError::bad("group chat was upgraded to a supergroup chat");
            return Err(ApiError { migrate_to: Some(*target), ..gone });
        }
        let Some(group) = self.groups.get(&chat) else {
            return Err(ApiError::bad("chat not found"));
        };
        let kind = group.group.kind_name();
        match group.members.get(&bot) {
            Some(m) if m.inside() => Ok(()),
            Some(Membership::Kicked) => {
                Err(ApiError::forbidden(format!("bot was kicked from the {kind} chat")))
            }
            _ => Err(ApiError::forbidden(format!("bot is not a member of the {kind} chat"))),
        }
    }

    pub(crate) fn message(&self, key: ChatKey, id: i64) -> Option<&Message> {
        self.chats.get(&key)?.messages.get(&id).filter(|m| !m.deleted)
    }

    pub(crate) fn message_mut(&mut self, key: ChatKey, id: i64) -> Option<&mut Message> {
        self.chats.get_mut(&key)?.messages.get_mut(&id).filter(|m| !m.deleted)
    }

    fn next_message_id(&mut self, key: ChatKey) -> i64 {
        let counter = match key {
            ChatKey::Private { bot, .. } | ChatKey::Basic { bot, .. } => {
                &mut self.bot_mut(bot).last_message_id
            }
            ChatKey::Shared { .. } => &mut self.chats.entry(key).or_default().last_id,
        };
        *counter += 1;
        *counter
    }

    /// Adds a message to a chat and gives its id. `content` is all but `message_id`, `from`, `chat`, `date`.
    pub(crate) fn post(&mut self, key: ChatKey, author: i64, content: Map<String, Value>) -> i64 {
        let id = self.next_message_id(key);
        let chat = self.chat_object(key);
        let mut value = Map::new();
        value.insert("message_id".into(), json!(id));
        if let Some(thread) = content.get("message_thread_id") {
            value.insert("message_thread_id".into(), thread.clone());
        }
        if chat["type"] == "channel" {
            value.insert("sender_chat".into(), chat.clone());
        } else if let Some(from) = self.user(author) {
            value.insert("from".into(), from);
        }
        value.insert("chat".into(), chat);
        value.insert("date".into(), json!(self.now()));
        value.extend(content);
        let message = Message {
            author,
            value: Value::Object(value),
            deleted: false,
            reactions: BTreeMap::new(),
            keyboard: None,
        };
        self.chats.entry(key).or_default().messages.insert(id, message);
        id
    }

    /// A message as the bot is told of it.
    pub(crate) fn shown(&self, bot: i64, key: ChatKey, id: i64) -> Value {
        self.message(key, id).map_or(Value::Null, |m| render(bot, &m.value))
    }

    /// What a reply carries of the message it answers: all but its own reply (DOC `reply_to_message`).
    pub(crate) fn as_reply_target(&self, key: ChatKey, id: i64) -> Option<Value> {
        let mut value = self.message(key, id)?.value.clone();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("reply_to_message");
            fields.remove("external_reply");
            fields.remove("quote");
        }
        Some(value)
    }
}
