//! What people do in their apps. Each action changes the chat at once and queues the bot's update.

mod groups;
mod payments;

use serde_json::{Map, Value, json};

use crate::{
    Bot, Draft, Emulator, Membership, Person, draft,
    files::{Upload, render},
    people::GroupKind,
    state::{ChatKey, State},
    text::{Formatted, detect},
};

pub use payments::Payment;

/// Adds to a person's text or caption what the server finds in it.
fn detect_in(content: &mut Map<String, Value>) {
    for (text, entities) in [("text", "entities"), ("caption", "caption_entities")] {
        let Some(string) = content.get(text).and_then(Value::as_str) else {
            continue;
        };
        let given = content.get(entities).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut formatted = Formatted { text: string.to_owned(), entities: given };
        detect(&mut formatted);
        if formatted.entities.is_empty() {
            content.remove(entities);
        } else {
            content.insert(entities.into(), Value::Array(formatted.entities));
        }
    }
}

/// Posts a person's draft; the message's id.
fn post_draft(s: &mut State, key: ChatKey, author: i64, draft: &Draft) -> i64 {
    let mut content = draft.content(&mut s.files);
    detect_in(&mut content);
    if let Some(target) = draft.reply_to {
        let replied = s.as_reply_target(key, target);
        // A reply to a deleted message arrives without it, as from a real client.
        if let Some(replied) = replied {
            content.insert("reply_to_message".into(), replied);
            if let Some(quote) = &draft.quote {
                content.insert("quote".into(), quote.clone());
            }
        }
    }
    if draft.age != 0 {
        content.insert("date".into(), json!(s.now() - draft.age));
    }
    s.post(key, author, content)
}

fn private(person: &Person, bot: &Bot) -> ChatKey {
    ChatKey::Private { bot: bot.id, user: person.id }
}

fn my_chat_member(s: &mut State, bot: i64, chat: Value, actor: Value, old: &Value, new: &Value) {
    let date = s.now();
    let update = json!({
        "chat": chat, "from": actor, "date": date, "old_chat_member": old, "new_chat_member": new,
    });
    s.add_update(bot, "my_chat_member", update);
}

impl Emulator {
    /// Writes to a bot; gives the message's id in that chat.
    ///
    /// # Panics
    /// If the person has blocked the bot: his app would not let him.
    pub async fn send(&self, person: &Person, bot: &Bot, draft: Draft) -> i64 {
        self.write(|s| {
            let me = s.bot_mut(bot.id);
            assert!(
                !me.blocked.contains(&person.id),
                "{} blocked {bot:?} and cannot write",
                person.first_name
            );
            me.started.insert(person.id);
            let key = private(person, bot);
            let id = post_draft(s, key, person.id, &draft);
            let shown = s.shown(bot.id, key, id);
            s.add_update(bot.id, "message", shown);
            id
        })
    }

    /// `/start` with a payload, or bare if it is empty.
    pub async fn start(&self, person: &Person, bot: &Bot, payload: &str) -> i64 {
        let text = format!("/start {payload}");
        self.send(person, bot, draft::text(text.trim())).await
    }

    /// Answers a message of the chat with the bot; the update carries the whole message answered.
    ///
    /// # Panics
    /// If there is no such message in that chat.
    pub async fn reply(&self, person: &Person, bot: &Bot, message_id: i64, draft: Draft) -> i64 {
        let there = self.read(|s| s.message(private(person, bot), message_id).is_some());
        assert!(
            there,
            "{} cannot reply to message {message_id}: it is not in the chat",
            person.first_name
        );
        self.send(person, bot, draft.reply_to(message_id)).await
    }

    /// Edits a message of his; what the draft does not name (reply, album) stays.
    ///
    /// # Panics
    /// If the message is not his or gone.
    pub async fn edit(&self, person: &Person, bot: &Bot, message_id: i64, draft: Draft) {
        self.edit_in(private(person, bot), person, bot, message_id, &draft);
    }

    fn edit_in(&self, key: ChatKey, person: &Person, bot: &Bot, message_id: i64, draft: &Draft) {
        self.write(|s| {
            let mut content = draft.content(&mut s.files);
            detect_in(&mut content);
            let now = s.now() - draft.age;
            let message = s
                .message_mut(key, message_id)
                .unwrap_or_else(|| panic!("no message {message_id} to edit"));
            assert_eq!(
                message.author, person.id,
                "message {message_id} is not {}'s",
                person.first_name
            );
            let kept = [
                "message_id",
                "message_thread_id",
                "is_topic_message",
                "from",
                "sender_chat",
                "chat",
                "date",
                "reply_to_message",
                "quote",
                "external_reply",
                "media_group_id",
                "forward_origin",
            ];
            if let Some(fields) = message.value.as_object_mut() {
                let media_change = content.keys().any(|k| !k.starts_with("caption"));
                fields.retain(|k, _| {
                    kept.contains(&k.as_str()) || (!media_change && !k.starts_with("caption"))
                });
                fields.extend(content);
                fields.insert("edit_date".into(), json!(now));
            }
            let shown = s.shown(bot.id, key, message_id);
            let kind = if shown["chat"]["type"] == "channel" {
                "edited_channel_post"
            } else {
                "edited_message"
            };
            s.add_update(bot.id, kind, shown);
        });
    }

    /// Moves a live location.
    pub async fn edit_location(
        &self,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        latitude: f64,
        longitude: f64,
    ) {
        let period = self.live_period(person, bot, message_id);
        self.edit(person, bot, message_id, draft::live_location(latitude, longitude, period)).await;
    }

    /// Ends a live location: one last edit, without a live period.
    pub async fn stop_location(&self, person: &Person, bot: &Bot, message_id: i64) {
        let last = self
            .message(bot, person.id, message_id)
            .map(|m| m["location"].clone())
            .unwrap_or_default();
        let (latitude, longitude) = (last["latitude"].as_f64(), last["longitude"].as_f64());
        let draft = draft::location(latitude.unwrap_or(0.0), longitude.unwrap_or(0.0));
        self.edit(person, bot, message_id, draft).await;
    }

    fn live_period(&self, person: &Person, bot: &Bot, message_id: i64) -> i64 {
        let message = self.message(bot, person.id, message_id);
        message
            .and_then(|m| m["location"]["live_period"].as_i64())
            .unwrap_or_else(|| panic!("message {message_id} is no live location"))
    }

    /// Deletes a message on both sides. No update tells the bot.
    pub fn delete(&self, person: &Person, bot: &Bot, message_id: i64) {
        self.write(|s| {
            if let Some(message) = s.message_mut(private(person, bot), message_id) {
                message.deleted = true;
            }
        });
    }

    /// Sets his reaction to a message, or takes it away.
    ///
    /// # Panics
    /// If the message isn't there.
    pub fn react(&self, person: &Person, bot: &Bot, message_id: i64, emoji: Option<&str>) {
        self.react_in(private(person, bot), person, bot, message_id, emoji);
    }

    /// Sets his reactions to any list of `ReactionType`: custom emoji, several with Premium.
    ///
    /// # Panics
    /// If the message isn't there.
    pub fn react_with(&self, person: &Person, bot: &Bot, message_id: i64, reactions: &[Value]) {
        self.set_reactions(private(person, bot), person, bot, message_id, reactions.to_vec());
    }

    /// Makes a custom emoji that stands for a standard one; gives its id.
    pub fn add_custom_emoji(&self, emoji: &str) -> String {
        self.write(|s| {
            let id = format!("53{:017}", s.random() % 100_000_000_000_000_000);
            s.custom_emoji.insert(id.clone(), emoji.to_owned());
            id
        })
    }

    fn react_in(
        &self,
        key: ChatKey,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        emoji: Option<&str>,
    ) {
        let new = emoji.iter().map(|e| json!({"type": "emoji", "emoji": e})).collect();
        self.set_reactions(key, person, bot, message_id, new);
    }

    fn set_reactions(
        &self,
        key: ChatKey,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        new: Vec<Value>,
    ) {
        self.write(|s| {
            let (chat, date) = (s.chat_object(key), s.now());
            let message = s
                .message_mut(key, message_id)
                .unwrap_or_else(|| panic!("no message {message_id} to react"));
            let old = message.reactions.insert(person.id, new.clone()).unwrap_or_default();
            let update = json!({
                "chat": chat, "message_id": message_id, "user": person.user(), "date": date,
                "old_reaction": old, "new_reaction": new,
            });
            s.add_update(bot.id, "message_reaction", update);
        });
    }

    /// Presses the inline button with this callback data; gives the query's id.
    ///
    /// # Panics
    /// If no such button is on that message.
    pub fn press(&self, person: &Person, bot: &Bot, message_id: i64, data: &str) -> String {
        self.press_all(person, bot, message_id, &[data]).remove(0)
    }

    /// Presses several buttons of a message, or one several times, before the bot can change it;
    /// gives the queries' ids.
    ///
    /// # Panics
    /// If there is no such button on that message.
    pub fn press_all(
        &self,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        data: &[&str],
    ) -> Vec<String> {
        let key = private(person, bot);
        self.write(|s| {
            data.iter().map(|data| s.press(key, person, bot, message_id, data)).collect()
        })
    }

    /// Blocks the bot: 403 from now on, and a `my_chat_member`.
    pub fn block(&self, person: &Person, bot: &Bot) {
        self.set_blocked(person, bot, true);
    }

    /// Unblocks it.
    pub fn unblock(&self, person: &Person, bot: &Bot) {
        self.set_blocked(person, bot, false);
    }

    fn set_blocked(&self, person: &Person, bot: &Bot, blocked: bool) {
        self.write(|s| {
            let me = s.bot_mut(bot.id);
            let changed =
                if blocked { me.blocked.insert(person.id) } else { me.blocked.remove(&person.id) };
            if !changed {
                return;
            }
            let user = me.user();
            let (member, kicked) = (
                Membership::Member.object(&user, GroupKind::Basic),
                Membership::Kicked.object(&user, GroupKind::Basic),
            );
            let (old, new) = if blocked { (member, kicked) } else { (kicked, member) };
            my_chat_member(s, bot.id, person.chat(), person.user(), &old, &new);
        });
    }

    /// Deletes his account: 403 `user is deactivated`. No update tells the bot.
    pub fn delete_account(&self, person: &Person) {
        self.write(|s| s.gone_people.insert(person.id));
    }

    /// Changes a person's names or language: what his next messages carry.
    pub fn update_person(&self, person: &Person) {
        self.write(|s| s.people.insert(person.id, person.clone()));
    }

    /// Gives a person a new profile photo, above those he has; bots he has met can ask for it.
    pub fn set_profile_photo(&self, person: &Person, jpeg: Vec<u8>) {
        self.write(|s| {
            let upload = Upload { name: None, mime: None, bytes: jpeg.into(), declared: None };
            let sizes = s.files.add("photo", &upload, &json!({"width": 640, "height": 640}));
            s.profile_photos.entry(person.id).or_default().insert(0, sizes);
        });
    }

    /// A message as one bot would get it in an update.
    pub fn shown_to(&self, bot: &Bot, chat: i64, message_id: i64) -> Option<Value> {
        self.read(|s| {
            let key = s.key_of(bot.id, chat)?;
            s.message(key, message_id).map(|m| render(bot.id, &m.value))
        })
    }
}

impl State {
    pub(super) fn press(
        &mut self,
        key: ChatKey,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        data: &str,
    ) -> String {
        let shown = self.shown(bot.id, key, message_id);
        let rows = shown["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
        let buttons: Vec<_> = rows.iter().filter_map(Value::as_array).flatten().collect();
        assert!(
            buttons.iter().any(|b| b["callback_data"] == data),
            "no button {data:?} on message {message_id}; there are {:?}",
            buttons.iter().map(|b| b["callback_data"].to_string()).collect::<Vec<_>>()
        );
        let id = (self.random() >> 1).to_string();
        let instance = (self.chats.len() as i64 * 7_919 + person.id).to_string();
        let now = self.now();
        self.callbacks.insert(id.clone(), (bot.id, now));
        let query = json!({
            "id": id, "from": person.user(), "message": shown, "chat_instance": instance, "data": data,
        });
        self.add_update(bot.id, "callback_query", query);
        id
    }
}
