//! getChat and its kin, pins, leaving.

use serde_json::{Map, Value, json};

use super::{Call, Outcome};
use crate::{Membership, error::ApiError, files::render, people::GroupKind, state::ChatKey};

/// One of this file's methods.
pub(crate) fn call(c: &mut Call<'_>) -> Outcome {
    match c.method {
        "getChat" => full_info(c),
        "getUserProfilePhotos" => profile_photos(c),
        "pinChatMessage" => pin(c),
        "unpinChatMessage" | "unpinAllChatMessages" => unpin(c),
        "leaveChat" => leave(c),
        "getChatMember" => member(c),
        "getChatAdministrators" => administrators(c),
        "getChatMemberCount" => {
            let count = match group(c)? {
                Some((_, members)) => members.iter().filter(|(_, m)| m.inside()).count(),
                None => 2,
            };
            Ok(json!(count))
        }
        _ => moderate(c),
    }
}

type Members = Vec<(i64, Membership)>;

fn group(c: &Call<'_>) -> Result<Option<(GroupKind, Members)>, ApiError> {
    match c.chat("chat_id")? {
        ChatKey::Private { .. } => Ok(None),
        ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } => {
            c.s.check_member(c.bot, chat)?;
            let state = c.s.groups.get(&chat);
            Ok(state.map(|g| (g.group.kind, g.members.iter().map(|(id, m)| (*id, *m)).collect())))
        }
    }
}

fn full_info(c: &Call<'_>) -> Outcome {
    let key = c.chat("chat_id")?;
    match key {
        ChatKey::Private { user, .. } if !c.s.bot(c.bot).started.contains(&user) => {
            return Err(ApiError::bad("chat not found"));
        }
        ChatKey::Private { .. } => {}
        ChatKey::Basic { chat, .. } | ChatKey::Shared { chat } => c.s.check_member(c.bot, chat)?,
    }
    let mut info = c.s.chat_object(key);
    if let Some(name) = info["username"].as_str() {
        info["active_usernames"] = json!([name]);
    }
    info["accent_color_id"] = json!(1);
    info["max_reaction_count"] = json!(11);
    info["accepted_gift_types"] = json!({
        "unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true,
        "gifts_from_channels": true,
    });
    if let Some(person) = info["id"].as_i64().and_then(|id| c.s.people.get(&id))
        && person.hides_forwards
    {
        info["has_private_forwards"] = json!(true);
    }
    if let Some(log) = c.s.chats.get(&key)
        && let Some(last) = log.pinned.last()
    {
        info["pinned_message"] = c.shown(key, *last);
    }
    Ok(info)
}

/// A bot sees the photos of people it has met (SRV `process_get_user_profile_photos_query`, which
/// checks the user first); 100 at a time at most.
fn profile_photos(c: &Call<'_>) -> Outcome {
    let user = c.p.int("user_id").ok_or_else(|| ApiError::bad("invalid user_id specified"))?;
    if !c.s.bot(c.bot).started.contains(&user) {
        return Err(ApiError::bad("user not found"));
    }
    let number = |key, usual: i64| usize::try_from(c.p.int(key).unwrap_or(usual)).unwrap_or(0);
    let limit = number("limit", 100).clamp(1, 100);
    let all = c.s.profile_photos.get(&user).map_or(&[][..], Vec::as_slice);
    let photos: Vec<Value> = all.iter().skip(number("offset", 0)).take(limit).cloned().collect();
    Ok(render(c.bot, &json!({"total_count": all.len(), "photos": photos})))
}

fn member(c: &Call<'_>) -> Outcome {
    let user_id = c.p.int("user_id").unwrap_or(0);
    let user = c.s.user(user_id).ok_or_else(|| ApiError::bad("user not found"))?;
    match group(c)? {
        None => Ok(Membership::Member.object(&user, GroupKind::Basic)),
        Some((kind, members)) => {
            let standing =
                members.iter().find(|(id, _)| *id == user_id).map_or(Membership::Left, |(_, m)| *m);
            Ok(standing.object(&user, kind))
        }
    }
}

fn administrators(c: &Call<'_>) -> Outcome {
    let Some((kind, members)) = group(c)? else {
        return Err(ApiError::bad("there are no administrators in the private chat"));
    };
    let admins = members
        .into_iter()
        .filter(|(_, m)| matches!(m, Membership::Creator | Membership::Administrator));
    Ok(admins.filter_map(|(id, m)| Some(m.object(&c.s.user(id)?, kind))).collect())
}

/// A pin is announced by a service message, which the pinning bot gets as well (SRV `need_skip_update_message`).
fn pin(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_chat()?;
    let id = c.p.int("message_id").unwrap_or(0);
    c.existing(key, id, "message to pin")?;
    let pinned = c.s.as_reply_target(key, id).unwrap_or_default();
    let mut content = Map::new();
    content.insert("pinned_message".into(), pinned);
    c.s.chats.entry(key).or_default().pinned.push(id);
    let service = c.s.post(key, c.bot, content);
    let shown = c.shown(key, service);
    c.s.add_update(c.bot, "message", shown);
    Ok(json!(true))
}

fn unpin(c: &mut Call<'_>) -> Outcome {
    let key = c.writable_chat()?;
    let id = c.p.int("message_id");
    let pinned = &mut c.s.chats.entry(key).or_default().pinned;
    match (c.method, id) {
        ("unpinAllChatMessages", _) => pinned.clear(),
        (_, Some(id)) if pinned.contains(&id) => pinned.retain(|p| *p != id),
        (_, Some(_)) => return Err(ApiError::bad("message to unpin not found")),
        (_, None) => {
            pinned.pop();
        }
    }
    Ok(json!(true))
}

fn leave(c: &mut Call<'_>) -> Outcome {
    let (ChatKey::Basic { chat, .. } | ChatKey::Shared { chat }) = c.chat("chat_id")? else {
        return Err(ApiError::bad("chat member status can't be changed in private chats"));
    };
    c.s.check_member(c.bot, chat)?;
    let bot = c.bot;
    let user = c.s.bot(bot).user();
    let date = c.s.now();
    if let Some(state) = c.s.groups.get_mut(&chat) {
        let old = state.members.insert(bot, Membership::Left).unwrap_or(Membership::Left);
        let (kind, object) = (state.group.kind, state.group.chat());
        let update = json!({
            "chat": object, "from": user, "date": date,
            "old_chat_member": old.object(&user, kind), "new_chat_member": Membership::Left.object(&user, kind),
        });
        c.s.add_update(bot, "my_chat_member", update);
    }
    c.s.bot_mut(bot).left.push(chat);
    Ok(json!(true))
}

fn moderate(c: &mut Call<'_>) -> Outcome {
    let (ChatKey::Basic { chat, .. } | ChatKey::Shared { chat }) = c.chat("chat_id")? else {
        return Err(ApiError::bad("method is available only for groups and supergroups"));
    };
    c.s.check_member(c.bot, chat)?;
    let standing = c.s.groups.get(&chat).and_then(|g| g.members.get(&c.bot)).copied();
    if standing != Some(Membership::Administrator) {
        return Err(ApiError::bad("not enough rights"));
    }
    let user = c.p.int("user_id");
    let title = c.p.text("title");
    if let Some(state) = c.s.groups.get_mut(&chat) {
        match (c.method, user, title) {
            ("banChatMember", Some(user), _) => {
                state.members.insert(user, Membership::Kicked);
            }
            ("unbanChatMember", Some(user), _) => {
                state.members.insert(user, Membership::Left);
            }
            ("setChatTitle", _, Some(title)) => state.group.title = title,
            _ => {}
        }
    }
    Ok(Value::Bool(true))
}
