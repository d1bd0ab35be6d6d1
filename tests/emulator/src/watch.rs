//! For whoever shows the chats on a screen: what changed, and what a person's app shows besides messages.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::sync::watch;

use crate::{
    Bot, Emulator, Person, View,
    state::{ChatKey, State},
};

/// Says when to look again. Changes that come while nobody waits are one.
#[derive(Debug)]
pub struct Changes(watch::Receiver<u64>);

impl Changes {
    /// Waits until something changed since the last time this returned; at first it returns at once.
    /// `false` when the emulator is gone.
    pub async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

impl Emulator {
    /// A subscription to changes: of chats, updates, calls.
    pub fn changes(&self) -> Changes {
        let mut seen = self.inner.changed.subscribe();
        seen.mark_changed();
        Changes(seen)
    }
}

fn private(person: &Person, bot: &Bot) -> ChatKey {
    ChatKey::Private { bot: bot.id, user: person.id }
}

impl View<'_> {
    /// All bots, the oldest first.
    pub fn bots(&self) -> Vec<Bot> {
        self.0.bots.values().map(|me| me.bot.clone()).collect()
    }

    /// Whether a person ever wrote to a bot, so that it may write to him.
    pub fn has_started(&self, person: &Person, bot: &Bot) -> bool {
        self.0.bot(bot.id).started.contains(&person.id)
    }

    /// Whether a person has blocked a bot.
    pub fn has_blocked(&self, person: &Person, bot: &Bot) -> bool {
        self.0.bot(bot.id).blocked.contains(&person.id)
    }

    /// The commands a person's app offers in his chat with a bot: those of the narrowest scope that
    /// has any, in his language before those for all (DOC "Determining list of commands").
    pub fn menu(&self, person: &Person, bot: &Bot) -> Vec<Value> {
        let chat = format!("chat:{}", person.id);
        let language = person.language_code.as_deref().unwrap_or_default();
        let language = language.split('-').next().unwrap_or_default();
        [chat.as_str(), "all_private_chats", "default"]
            .into_iter()
            .flat_map(|scope| [(scope, language), (scope, "")])
            .map(|(scope, language)| self.commands(bot, scope, language))
            .find(|commands| !commands.is_empty())
            .unwrap_or_default()
    }

    /// The messages of a person whose updates the bot has not acknowledged yet.
    pub fn unacknowledged(&self, person: &Person, bot: &Bot) -> Vec<i64> {
        let pending = self.0.bot(bot.id).pending.values().filter(|update| update.kind == "message");
        pending
            .map(|update| &update.value["message"])
            .filter(|message| message["chat"]["id"] == person.id)
            .filter_map(|message| message["message_id"].as_i64())
            .collect()
    }

    /// Topics of a person's chat with a bot, by thread id.
    pub fn private_topics(&self, person: &Person, bot: &Bot) -> BTreeMap<i64, Value> {
        let log = self.0.chats.get(&private(person, bot));
        log.map_or_else(BTreeMap::new, |log| log.topics.clone())
    }
}

impl Emulator {
    /// Opens a topic in a person's chat with a bot by hand; gives its thread id.
    ///
    /// # Errors
    /// If the bot has no topics, or does not let people create them (`has_topics_enabled`,
    /// `allows_users_to_create_topics`): his app would not offer it.
    pub fn open_private_topic(
        &self,
        person: &Person,
        bot: &Bot,
        name: &str,
    ) -> Result<i64, &'static str> {
        let topic = serde_json::json!({"name": name, "icon_color": 7_322_096});
        self.write(|s| {
            let on = |s: &State, flag: &str| s.bot(bot.id).flags.get(flag) == Some(&true.into());
            if !on(s, "has_topics_enabled") || !on(s, "allows_users_to_create_topics") {
                return Err("this bot does not let people create topics");
            }
            s.bot_mut(bot.id).started.insert(person.id);
            let key = private(person, bot);
            let content =
                serde_json::json!({"forum_topic_created": topic, "is_topic_message": true});
            let id = s.post(key, person.id, content.as_object().cloned().unwrap_or_default());
            if let Some(message) = s.message_mut(key, id) {
                message.value["message_thread_id"] = id.into();
            }
            s.chats.entry(key).or_default().topics.insert(id, topic);
            let shown = s.shown(bot.id, key, id);
            s.add_update(bot.id, "message", shown);
            Ok(id)
        })
    }
}
