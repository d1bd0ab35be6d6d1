//! In groups and channels.

use serde_json::json;

use super::{my_chat_member, post_draft};
use crate::{
    Bot, Draft, Emulator, Group, Membership, Person,
    people::GroupKind,
    state::{ChatKey, State},
};

impl Emulator {
    /// Puts a person into a group, without a word to its bots.
    pub fn join(&self, group: &Group, person: &Person, standing: Membership) {
        self.write(|s| {
            s.groups.get_mut(&group.id).map(|g| g.members.insert(person.id, standing));
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
            let state =
                s.groups.get_mut(&group.id).unwrap_or_else(|| panic!("no group {}", group.id));
            state.members.entry(actor.id).or_insert(Membership::Creator);
            let old = state.members.insert(bot.id, standing).unwrap_or(Membership::Left);
            let key = s.key_of(bot.id, group.id).unwrap_or(ChatKey::Shared { chat: group.id });
            let (before, after) =
                (old.object(&user, group.kind), standing.object(&user, group.kind));
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
        let new = Group { id: 0, kind: GroupKind::Supergroup, ..group.clone() };
        let new = self.add_group(new);
        self.write(|s| {
            let old = s.groups.get(&group.id).unwrap_or_else(|| panic!("no group {}", group.id));
            let members = old.members.clone();
            let bots: Vec<i64> =
                members.keys().copied().filter(|id| s.bots.contains_key(id)).collect();
            if let Some(state) = s.groups.get_mut(&new.id) {
                state.members = members;
            }
            let key = ChatKey::Shared { chat: new.id };
            let from =
                json!({"migrate_from_chat_id": group.id}).as_object().cloned().unwrap_or_default();
            let arrived = s.post(key, actor.id, from);
            for bot in bots {
                let to =
                    json!({"migrate_to_chat_id": new.id}).as_object().cloned().unwrap_or_default();
                let left = ChatKey::Basic { bot, chat: group.id };
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
            let state =
                s.groups.get_mut(&group.id).unwrap_or_else(|| panic!("no group {}", group.id));
            state.members.entry(person.id).or_insert(Membership::Member);
            let inside = state.members.iter().filter(|(_, m)| m.inside());
            let members: Vec<(i64, Membership)> = inside.map(|(id, m)| (*id, *m)).collect();
            let bots: Vec<(i64, Membership)> =
                members.into_iter().filter(|(id, _)| s.bots.contains_key(id)).collect();
            let kind = if group.kind == GroupKind::Channel { "channel_post" } else { "message" };
            let mut ids = Vec::new();
            for (bot, standing) in bots {
                let key = s.key_of(bot, group.id).unwrap_or(ChatKey::Shared { chat: group.id });
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
                ids.push(post_draft(s, ChatKey::Shared { chat: group.id }, person.id, &draft));
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
        let key = self.read(|s| s.key_of(bot.id, group.id)).expect("the group exists");
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
        let key = self.read(|s| s.key_of(bot.id, group.id)).expect("the group exists");
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
        let key = self.read(|s| s.key_of(bot.id, group.id)).expect("the group exists");
        self.write(|s| s.press(key, person, bot, message_id, data))
    }

    /// Opens a topic in a forum by hand; gives its thread id.
    pub fn open_topic(&self, person: &Person, group: &Group, name: &str) -> i64 {
        let topic = json!({"name": name, "icon_color": 7_322_096});
        self.write(|s| {
            let key = ChatKey::Shared { chat: group.id };
            let content = json!({"forum_topic_created": topic, "is_topic_message": true});
            let id = s.post(key, person.id, content.as_object().cloned().unwrap_or_default());
            if let Some(message) = s.message_mut(key, id) {
                message.value["message_thread_id"] = json!(id);
            }
            s.chats.entry(key).or_default().topics.insert(id, topic);
            id
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
    let command =
        value["entities"].as_array().into_iter().flatten().any(|e| e["type"] == "bot_command");
    let mention = text.is_some_and(|t| t.contains(&format!("@{}", me.bot.username)));
    service || command || mention || value["reply_to_message"]["from"]["id"] == bot
}
