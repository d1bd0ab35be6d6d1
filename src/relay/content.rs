//! What a message holds, and the call that makes its copy. Pure: nothing is sent here.
//!
//! Every field passes through as it came; only what a sending method does not take is left out.

mod media;
mod things;

use serde_json::{Map, Value, json};

use media::media;
pub use things::LOCATION;
use things::{contact, place, poll, told};

use super::rich::RichText;
use crate::{telegram::Outgoing, text::Language, update::Message};

/// What is to be done with a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// It can be copied.
    Content(Box<Content>),
    /// It tells about the chat; nobody wrote it.
    Service,
    /// A kind that no bot can send, or that is newer than this program.
    Unshowable(String),
}

/// A message's content as a call that would copy it.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The call, without the words.
    pub outgoing: Outgoing,
    /// The text or caption.
    pub words: RichText,
    /// Where a call of this kind takes words.
    pub place: WordsPlace,
    /// What kind it is, for people.
    pub kind: &'static str,
    /// The content said in words, for when the call itself is refused.
    pub rendition: RichText,
}

/// Where a call takes words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsPlace {
    /// `text` and `entities`, up to 4096 units.
    Text,
    /// `caption` and `caption_entities`, up to 1024 units.
    Caption,
    /// Nowhere.
    None,
}

impl WordsPlace {
    /// The most UTF-16 units it takes.
    pub fn limit(self) -> usize {
        match self {
            Self::Text => 4096,
            Self::Caption => 1024,
            Self::None => 0,
        }
    }

    /// The parameters it takes text and entities by.
    pub fn parameters(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Text => Some(("text", "entities")),
            Self::Caption => Some(("caption", "caption_entities")),
            Self::None => None,
        }
    }
}

/// Fields that describe a message of any kind.
const ABOUT: &[&str] = &[
    "message_id",
    "message_thread_id",
    "direct_messages_topic",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "date",
    "guest_query_id",
    "guest_bot_caller_user",
    "guest_bot_caller_chat",
    "business_connection_id",
    "chat",
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_from_message_id",
    "forward_signature",
    "forward_sender_name",
    "forward_date",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "via_bot",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "media_group_id",
    "author_signature",
    "paid_star_count",
    "paid_message_star_count",
    "effect_id",
    "suggested_post_info",
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "reply_markup",
    "receiver_user",
    "ephemeral_message_id",
];

/// Fields of messages nobody wrote (Bot API 10.3).
const SERVICE: &[&str] = &[
    "new_chat_members",
    "new_chat_member",
    "new_chat_participant",
    "left_chat_member",
    "left_chat_participant",
    "chat_owner_left",
    "chat_owner_changed",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "user_shared",
    "chat_shared",
    "gift",
    "unique_gift",
    "gift_upgrade_sent",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "direct_message_price_changed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "giveaway_completed",
    "managed_bot_created",
    "paid_message_price_changed",
    "poll_option_added",
    "poll_option_deleted",
    "suggested_post_approved",
    "suggested_post_approval_failed",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "voice_chat_scheduled",
    "voice_chat_started",
    "voice_chat_ended",
    "voice_chat_participants_invited",
    "web_app_data",
    "community_chat_added",
    "community_chat_removed",
    "community_chat_joined",
];

/// Reads a message's content.
pub fn read(message: &Message, language: Language) -> Reading {
    let json = message.json();
    let content = text(json)
        .or_else(|| media(json))
        .or_else(|| place(json))
        .or_else(|| contact(json))
        .or_else(|| poll(json, language))
        .or_else(|| told(json, language));
    if let Some(content) = content {
        return Reading::Content(Box::new(content));
    }
    let keys = || json.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    if keys().any(|key| SERVICE.contains(&key)) {
        return Reading::Service;
    }
    let kind = keys().find(|key| !ABOUT.contains(key)).unwrap_or("unknown");
    Reading::Unshowable(kind_in_words(kind))
}

/// A field's name as people read it. It may come from a hostile peer.
fn kind_in_words(key: &str) -> String {
    let words: String = key
        .chars()
        .map(|c| if c == '_' { ' ' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
        .take(40)
        .collect();
    let words = words.trim().to_owned();
    if words.is_empty() { "unknown".to_owned() } else { words }
}

fn text(json: &Value) -> Option<Content> {
    let words = RichText::read(json, "text", "entities").filter(|words| !words.text.is_empty())?;
    let outgoing = Outgoing::new("sendMessage", pick(json, &["link_preview_options"]));
    let rendition = words.clone();
    Some(Content { outgoing, words, place: WordsPlace::Text, kind: "text", rendition })
}

/// The named fields of an object, where it has them.
pub fn pick(json: &Value, keys: &[&str]) -> Map<String, Value> {
    let field = |key: &&str| Some(((*key).to_owned(), json.get(*key)?.clone()));
    keys.iter().filter_map(field).collect()
}

/// Puts a content's words into its call.
pub fn with_words(mut outgoing: Outgoing, place: WordsPlace, words: RichText) -> Outgoing {
    if let Some((text, entities)) = place.parameters()
        && !words.text.is_empty()
    {
        outgoing.parameters.insert(text.to_owned(), words.text.into());
        if !words.entities.is_empty() {
            outgoing.parameters.insert(entities.to_owned(), json!(words.entities));
        }
    }
    outgoing
}

#[cfg(test)]
mod tests;
