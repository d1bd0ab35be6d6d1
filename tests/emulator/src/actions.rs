//! What people do in their apps. Each action changes the chat at once and queues the bot's update.

use serde_json::{Map, Value, json};

use crate::{
    Bot, Draft, Emulator, Group, Membership, Person, draft,
    files::render,
    people::GroupKind,
    state::{ChatKey, State},
    text::{Formatted, detect},
};

/// Adds to a person's text or caption what the server finds in it.
fn detect_in(content: &mut Map<String, Value>) {
    for (text, entities) in [("text", "entities"), ("caption", "caption_entities")] {
        let Some(string) = content.get(text).and_then(Value::as_str) else {
            continue;
        };
        let given = content
            .get(entities)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut formatted = Formatted {
            text: string.to_owned(),
            entities: given,
        };
        detect(&mut formatted);
        if formatted.entities.is_empty() {
            content.shift_remove(entities);
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
    s.post(key, author, content)
}

fn private(person: &Person, bot: &Bot) -> ChatKey {
    ChatKey::Private {
        bot: bot.id,
        user: person.id,
    }
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
            let now = s.now();
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
        self.edit(
            person,
            bot,
            message_id,
            draft::live_location(latitude, longitude, period),
        )
        .await;
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

    fn react_in(
        &self,
        key: ChatKey,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        emoji: Option<&str>,
    ) {
        self.write(|s| {
            let new: Vec<Value> = emoji
                .iter()
                .map(|e| json!({"type": "emoji", "emoji": e}))
                .collect();
            let (chat, date) = (s.chat_object(key), s.now());
            let message = s
                .message_mut(key, message_id)
                .unwrap_or_else(|| panic!("no message {message_id} to react"));
            let old = message
                .reactions
                .insert(person.id, new.clone())
                .unwrap_or_default();
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
        self.press_in(private(person, bot), person, bot, message_id, data)
    }

    fn press_in(
        &self,
        key: ChatKey,
        person: &Person,
        bot: &Bot,
        message_id: i64,
        data: &str,
    ) -> String {
        self.write(|s| {
            let shown = s.shown(bot.id, key, message_id);
            let rows = shown["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
            let buttons: Vec<_> = rows.iter().filter_map(Value::as_array).flatten().collect();
            assert!(
                buttons.iter().any(|b| b["callback_data"] == data),
                "no button {data:?} on message {message_id}; there are {:?}",
                buttons.iter().map(|b| b["callback_data"].to_string()).collect::<Vec<_>>()
            );
            let id = (s.random() >> 1).to_string();
            let instance = (s.chats.len() as i64 * 7_919 + person.id).to_string();
            let now = s.now();
            s.callbacks.insert(id.clone(), (bot.id, now));
            let query = json!({
                "id": id, "from": person.user(), "message": shown, "chat_instance": instance, "data": data,
            });
            s.add_update(bot.id, "callback_query", query);
            id
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
            let changed = if blocked {
                me.blocked.insert(person.id)
            } else {
                me.blocked.remove(&person.id)
            };
            if !changed {
                return;
            }
            let user = me.user();
            let (member, kicked) = (
                Membership::Member.object(&user, GroupKind::Basic),
                Membership::Kicked.object(&user, GroupKind::Basic),
            );
            let (old, new) = if blocked {
                (member, kicked)
            } else {
                (kicked, member)
            };
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

    /// Puts a person into a group, without a word to its bots.
    pub fn join(&self, group: &Group, person: &Person, standing: Membership) {
        self.write(|s| {
            s.groups
                .get_mut(&group.id)
                .map(|g| g.members.insert(person.id, standing));
        });
    }

    /// Someone changes what a bot is in a group, channel or supergroup: adds, promotes, removes, bans it.
    /// The bot gets `my_chat_member`, and in groups the service message of coming or going.
    ///
    /// # Panics
    /// If there is no such group.
    pub fn set_bot_standing(&self, actor: &Person, group: &Group, bot: &Bot, standing: Membership) {
        self.write(|s| {
            let user = s.bot(bot.id).user();
            let state = s
                .groups
                .get_mut(&group.id)
                .unwrap_or_else(|| panic!("no group {}", group.id));
            state.members.entry(actor.id).or_insert(Membership::Creator);
            let old = state
                .members
                .insert(bot.id, standing)
                .unwrap_or(Membership::Left);
            let key = s
                .key_of(bot.id, group.id)
                .unwrap_or(ChatKey::Shared { chat: group.id });
            let (before, after) = (
                old.object(&user, group.kind),
                standing.object(&user, group.kind),
            );
            my_chat_member(s, bot.id, group.chat(), actor.user(), &before, &after);
            let service = match (old.inside(), standing.inside()) {
                (false, true) => json!({"new_chat_members": [user]}),
                (true, false) => json!({"left_chat_member": user}),
                _ => return,
            };
            if group.kind == GroupKind::Channel {
                return;
            }
            let content = service.as_object().cloned().unwrap_or_default();
            let id = s.post(key, actor.id, content);
            let shown = s.shown(bot.id, key, id);
            if standing.inside() || group.kind == GroupKind::Basic {
                s.add_update(bot.id, "message", shown);
            }
        });
    }

    /// Adds a bot to a group as administrator or member.
    pub fn add_to_group(&self, actor: &Person, group: &Group, bot: &Bot, standing: Membership) {
        self.set_bot_standing(actor, group, bot, standing);
    }

    /// Makes a basic group a supergroup: a new id, the old one is 400 with `migrate_to_chat_id`; its bots
    /// get the service messages of both.
    ///
    /// # Panics
    /// If there is no such group.
    pub fn upgrade_group(&self, actor: &Person, group: &Group) -> Group {
        let new = Group {
            id: 0,
            kind: GroupKind::Supergroup,
            ..group.clone()
        };
        let new = self.add_group(new);
        self.write(|s| {
            let old = s
                .groups
                .get(&group.id)
                .unwrap_or_else(|| panic!("no group {}", group.id));
            let members = old.members.clone();
            let bots: Vec<i64> = members
                .keys()
                .copied()
                .filter(|id| s.bots.contains_key(id))
                .collect();
            if let Some(state) = s.groups.get_mut(&new.id) {
                state.members = members;
            }
            let key = ChatKey::Shared { chat: new.id };
            let from = json!({"migrate_from_chat_id": group.id})
                .as_object()
                .cloned()
                .unwrap_or_default();
            let arrived = s.post(key, actor.id, from);
            for bot in bots {
                let to = json!({"migrate_to_chat_id": new.id})
                    .as_object()
                    .cloned()
                    .unwrap_or_default();
                let left = ChatKey::Basic {
                    bot,
                    chat: group.id,
                };
                let id = s.post(left, actor.id, to);
                for (key, id) in [(left, id), (key, arrived)] {
                    let shown = s.shown(bot, key, id);
                    s.add_update(bot, "message", shown);
                }
            }
            s.migrated.insert(group.id, new.id);
        });
        new
    }

    /// Writes into a group or channel; every bot there that may see it gets it. Gives the id (in a basic
    /// group, where ids differ, the one of the first bot).
    ///
    /// # Panics
    /// If there is no such group.
    pub async fn send_to_group(&self, person: &Person, group: &Group, draft: Draft) -> i64 {
        self.write(|s| {
            let state = s
                .groups
                .get_mut(&group.id)
                .unwrap_or_else(|| panic!("no group {}", group.id));
            state.members.entry(person.id).or_insert(Membership::Member);
            let inside = state.members.iter().filter(|(_, m)| m.inside());
            let members: Vec<(i64, Membership)> = inside.map(|(id, m)| (*id, *m)).collect();
            let bots: Vec<(i64, Membership)> = members
                .into_iter()
                .filter(|(id, _)| s.bots.contains_key(id))
                .collect();
            let kind = if group.kind == GroupKind::Channel {
                "channel_post"
            } else {
                "message"
            };
            let mut ids = Vec::new();
            for (bot, standing) in bots {
                let key = s
                    .key_of(bot, group.id)
                    .unwrap_or(ChatKey::Shared { chat: group.id });
                if group.kind == GroupKind::Basic || ids.is_empty() {
                    ids.push(post_draft(s, key, person.id, &draft));
                }
                let id = ids.last().copied().unwrap_or(0);
                if sees(s, bot, standing, key, id) {
                    let shown = s.shown(bot, key, id);
                    s.add_update(bot, kind, shown);
                }
            }
            if ids.is_empty() {
                ids.push(post_draft(
                    s,
                    ChatKey::Shared { chat: group.id },
                    person.id,
                    &draft,
                ));
            }
            ids[0]
        })
    }

    /// Edits his message in a group; told to one bot.
    pub async fn edit_in_group(
        &self,
        person: &Person,
        group: &Group,
        bot: &Bot,
        message_id: i64,
        draft: Draft,
    ) {
        let key = self
            .read(|s| s.key_of(bot.id, group.id))
            .expect("the group exists");
        self.edit_in(key, person, bot, message_id, &draft);
    }

    /// Reacts in a group; told to one bot.
    pub fn react_in_group(
        &self,
        person: &Person,
        group: &Group,
        bot: &Bot,
        message_id: i64,
        emoji: Option<&str>,
    ) {
        let key = self
            .read(|s| s.key_of(bot.id, group.id))
            .expect("the group exists");
        self.react_in(key, person, bot, message_id, emoji);
    }

    /// Presses a button in a group.
    pub fn press_in_group(
        &self,
        person: &Person,
        group: &Group,
        bot: &Bot,
        message_id: i64,
        data: &str,
    ) -> String {
        let key = self
            .read(|s| s.key_of(bot.id, group.id))
            .expect("the group exists");
        self.press_in(key, person, bot, message_id, data)
    }

    /// Opens a topic in a forum by hand; gives its thread id.
    pub fn open_topic(&self, person: &Person, group: &Group, name: &str) -> i64 {
        let topic = json!({"name": name, "icon_color": 7_322_096});
        self.write(|s| {
            let key = ChatKey::Shared { chat: group.id };
            let content = json!({"forum_topic_created": topic, "is_topic_message": true});
            let id = s.post(
                key,
                person.id,
                content.as_object().cloned().unwrap_or_default(),
            );
            if let Some(message) = s.message_mut(key, id) {
                message.value["message_thread_id"] = json!(id);
            }
            s.chats.entry(key).or_default().topics.insert(id, topic);
            id
        })
    }

    /// A message as one bot would get it in an update.
    pub fn shown_to(&self, bot: &Bot, chat: i64, message_id: i64) -> Option<Value> {
        self.read(|s| {
            let key = s.key_of(bot.id, chat)?;
            s.message(key, message_id).map(|m| render(bot.id, &m.value))
        })
    }
}

/// Privacy mode: an ordinary member bot gets commands, replies to itself, mentions and service
/// messages; an administrator, or with privacy off, everything (DOC "Privacy mode").
fn sees(s: &State, bot: i64, standing: Membership, key: ChatKey, id: i64) -> bool {
    let me = s.bot(bot);
    let all = me.flags.get("can_read_all_group_messages") == Some(&json!(true));
    if all || matches!(standing, Membership::Administrator | Membership::Creator) {
        return true;
    }
    let Some(message) = s.message(key, id) else {
        return false;
    };
    let value = &message.value;
    let text = value["text"].as_str().or(value["caption"].as_str());
    let service = text.is_none() && value["new_chat_members"].is_array();
    let command = value["entities"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|e| e["type"] == "bot_command");
    let mention = text.is_some_and(|t| t.contains(&format!("@{}", me.bot.username)));
    service || command || mention || value["reply_to_message"]["from"]["id"] == bot
}

/// What a paid invoice was about.
#[derive(Clone, Debug)]
pub struct Payment {
    /// `invoice_payload` of the invoice.
    pub payload: String,
    /// Smallest units; whole Stars for `XTR`.
    pub amount: i64,
    /// `XTR` for Stars.
    pub currency: String,
    /// Fields of `successful_payment` besides the usual, such as `is_recurring`.
    pub extra: Value,
}

impl Payment {
    /// A payment in Stars.
    pub fn stars(payload: &str, amount: i64) -> Self {
        Self {
            payload: payload.into(),
            amount,
            currency: "XTR".into(),
            extra: json!({}),
        }
    }

    /// As Telegram tells of a subscription's payment.
    #[must_use]
    pub fn recurring(mut self, first: bool, until: i64) -> Self {
        self.extra = json!({"is_recurring": true, "is_first_recurring": first, "subscription_expiration_date": until});
        self
    }
}

impl Emulator {
    /// Presses *Pay*: a `pre_checkout_query`; gives its id. Nothing is paid yet.
    pub fn checkout(&self, person: &Person, bot: &Bot, payment: &Payment) -> String {
        self.write(|s| {
            let id = (s.random() >> 1).to_string();
            let query = json!({
                "id": id, "from": person.user(), "currency": payment.currency,
                "total_amount": payment.amount, "invoice_payload": payment.payload,
            });
            s.add_update(bot.id, "pre_checkout_query", query);
            id
        })
    }

    /// The payment goes through: a message with `successful_payment`; gives the message's id and the charge id.
    pub async fn pay(&self, person: &Person, bot: &Bot, payment: &Payment) -> (i64, String) {
        let charge = self.read_mut(|s| format!("stx{:x}", s.random()));
        let mut paid = json!({
            "currency": payment.currency, "total_amount": payment.amount, "invoice_payload": payment.payload,
            "telegram_payment_charge_id": charge, "provider_payment_charge_id": "",
        });
        for (key, value) in payment.extra.as_object().into_iter().flatten() {
            paid[key] = value.clone();
        }
        let id = self
            .send(person, bot, draft::service("successful_payment", paid))
            .await;
        (id, charge)
    }

    /// A person confirms a managed bot (9.6): it exists, the manager gets `managed_bot` and a message
    /// `managed_bot_created`, and may ask for its token.
    pub async fn make_managed_bot(
        &self,
        person: &Person,
        manager: &Bot,
        username: &str,
        name: &str,
    ) -> Bot {
        let bot = self.add_bot(username, name);
        let user = self.write(|s| {
            let user = s.bot(bot.id).user();
            s.bot_mut(bot.id)
                .settings
                .insert("managed_by".into(), json!(manager.id));
            let update = json!({"user": person.user(), "bot": user});
            s.add_update(manager.id, "managed_bot", update);
            user
        });
        self.send(
            person,
            manager,
            draft::service("managed_bot_created", json!({"bot": user})),
        )
        .await;
        bot
    }
}
