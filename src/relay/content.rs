//! What a message holds, and the call that makes its copy. Pure: nothing is sent here.
//!
//! Every field passes through as it came; only what a sending method does not take is left out.

use serde_json::{Map, Value, json};

use super::{header::clean, rich::RichText};
use crate::{
    telegram::{Attachment, Outgoing, RemoteFile},
    text::Language,
    update::Message,
};

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

/// A kind of media: the field, its method, where words go, its usual file name, and the fields of
/// the object and of the message that the method takes.
struct MediaKind {
    field: &'static str,
    method: &'static str,
    place: WordsPlace,
    file: (&'static str, &'static str),
    of_object: &'static [&'static str],
    of_message: &'static [&'static str],
}

/// A covered picture, as a message says it and as the sending methods take it.
const SPOILER: (&str, &str) = ("has_media_spoiler", "has_spoiler");

/// In this order: an animation also carries `document`, so it comes first.
const MEDIA: &[MediaKind] = &[
    MediaKind {
        field: "animation",
        method: "sendAnimation",
        place: WordsPlace::Caption,
        file: ("animation.mp4", "video/mp4"),
        of_object: &["duration", "width", "height"],
        of_message: &["has_media_spoiler", "show_caption_above_media"],
    },
    MediaKind {
        field: "photo",
        method: "sendPhoto",
        place: WordsPlace::Caption,
        file: ("photo.jpg", "image/jpeg"),
        of_object: &[],
        of_message: &["has_media_spoiler", "show_caption_above_media"],
    },
    MediaKind {
        field: "video",
        method: "sendVideo",
        place: WordsPlace::Caption,
        file: ("video.mp4", "video/mp4"),
        of_object: &["duration", "width", "height", "start_timestamp"],
        of_message: &["has_media_spoiler", "show_caption_above_media"],
    },
    MediaKind {
        field: "audio",
        method: "sendAudio",
        place: WordsPlace::Caption,
        file: ("audio.mp3", "audio/mpeg"),
        of_object: &["duration", "performer", "title"],
        of_message: &[],
    },
    MediaKind {
        field: "voice",
        method: "sendVoice",
        place: WordsPlace::Caption,
        file: ("voice.ogg", "audio/ogg"),
        of_object: &["duration"],
        of_message: &[],
    },
    MediaKind {
        field: "video_note",
        method: "sendVideoNote",
        place: WordsPlace::None,
        file: ("video_note.mp4", "video/mp4"),
        of_object: &["duration", "length"],
        of_message: &[],
    },
    MediaKind {
        field: "document",
        method: "sendDocument",
        place: WordsPlace::Caption,
        file: ("file", "application/octet-stream"),
        of_object: &[],
        of_message: &[],
    },
    MediaKind {
        field: "sticker",
        method: "sendSticker",
        place: WordsPlace::None,
        file: ("sticker.webp", "image/webp"),
        of_object: &["emoji"],
        of_message: &[],
    },
];

fn media(json: &Value) -> Option<Content> {
    let (kind, object) = MEDIA.iter().find_map(|kind| {
        let object = json.get(kind.field)?;
        let object = object.as_array().map_or(Some(object), |sizes| largest(sizes))?;
        object.get("file_id")?.as_str()?;
        Some((kind, object))
    })?;
    let mut parameters = pick(object, kind.of_object);
    parameters.append(&mut pick(json, kind.of_message));
    if let Some(covered) = parameters.remove(SPOILER.0) {
        parameters.insert(SPOILER.1.to_owned(), covered);
    }
    if kind.field == "document" {
        // Else Telegram may turn a file into a photo or a video of its own accord.
        parameters.insert("disable_content_type_detection".to_owned(), true.into());
    }
    if kind.field == "video" {
        parameters.insert("supports_streaming".to_owned(), true.into());
    }
    let file = remote_file(kind, object)?;
    let words = RichText::read(json, "caption", "caption_entities").unwrap_or_default();
    let rendition = words.clone();
    let attachment = Some(Attachment { field: kind.field, file });
    let outgoing = Outgoing { method: kind.method, parameters, attachment };
    Some(Content { outgoing, words, place: kind.place, kind: kind.field, rendition })
}

/// The biggest of a photo's sizes; a list with odd entries still has one.
fn largest(sizes: &[Value]) -> Option<&Value> {
    let number = |size: &Value, key| size.get(key).and_then(Value::as_i64).unwrap_or(0);
    sizes.iter().filter(|size| size.get("file_id").is_some_and(Value::is_string)).max_by_key(
        |size| {
            (
                number(size, "width").saturating_mul(number(size, "height")),
                number(size, "file_size"),
            )
        },
    )
}

fn remote_file(kind: &MediaKind, object: &Value) -> Option<RemoteFile> {
    let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let flag = |key| object.get(key).and_then(Value::as_bool).unwrap_or(false);
    let usual = match kind.field {
        "sticker" if flag("is_animated") => ("sticker.tgs", "application/x-tgsticker"),
        "sticker" if flag("is_video") => ("sticker.webm", "video/webm"),
        _ => kind.file,
    };
    let or =
        |own: &str, usual: &str| if own.is_empty() { usual.to_owned() } else { own.to_owned() };
    Some(RemoteFile {
        id: object.get("file_id")?.as_str()?.to_owned(),
        unique_id: text("file_unique_id").to_owned(),
        size: object.get("file_size").and_then(Value::as_u64),
        name: or(&one_line(text("file_name")), usual.0),
        mime: Some(or(text("mime_type"), usual.1)),
    })
}

/// A file name without what would end a header line of the form.
fn one_line(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}

fn place(json: &Value) -> Option<Content> {
    if let Some(venue) = json.get("venue") {
        let fields = [
            "title",
            "address",
            "foursquare_id",
            "foursquare_type",
            "google_place_id",
            "google_place_type",
        ];
        let mut parameters = pick(venue, &fields);
        parameters.append(&mut pick(venue.get("location")?, &["latitude", "longitude"]));
        let rendition = ["title", "address"].map(|key| said(venue, key)).join("\n");
        return Some(bare("sendVenue", parameters, "venue", rendition));
    }
    let location = json.get("location")?;
    let parameters = pick(location, LOCATION);
    let rendition = format!("{}, {}", location.get("latitude")?, location.get("longitude")?);
    Some(bare("sendLocation", parameters, "location", rendition))
}

/// The fields of a location that sending and updating it take.
pub const LOCATION: &[&str] = &[
    "latitude",
    "longitude",
    "horizontal_accuracy",
    "live_period",
    "heading",
    "proximity_alert_radius",
];

fn contact(json: &Value) -> Option<Content> {
    let contact = json.get("contact")?;
    let parameters = pick(contact, &["phone_number", "first_name", "last_name", "vcard"]);
    let rendition = ["first_name", "last_name", "phone_number"].map(|key| said(contact, key));
    Some(bare("sendContact", parameters, "contact", rendition.join(" ")))
}

fn poll(json: &Value, language: Language) -> Option<Content> {
    let poll = json.get("poll")?;
    let mut parameters = pick(
        poll,
        &["question", "question_entities", "is_anonymous", "type", "allows_multiple_answers"],
    );
    let options: Vec<Value> = poll
        .get("options")?
        .as_array()?
        .iter()
        .map(|option| Value::Object(pick(option, &["text", "text_entities"])))
        .collect();
    let mut rendition = RichText::plain("📊 ");
    rendition.append(RichText::read(poll, "question", "question_entities")?);
    for option in &options {
        rendition.push("\n• ");
        rendition.append(RichText::read(option, "text", "text_entities").unwrap_or_default());
    }
    parameters.insert("options".to_owned(), options.into());
    if poll.get("type").and_then(Value::as_str) == Some("quiz") {
        let answer = pick(
            poll,
            &["correct_option_id", "correct_option_ids", "explanation", "explanation_entities"],
        );
        if answer.keys().any(|key| key.starts_with("correct_option")) {
            parameters.extend(answer);
        } else {
            // Bots are not told the answer of somebody's quiz, and a quiz can't be sent without.
            parameters.insert("type".to_owned(), "regular".into());
            parameters.remove("allows_multiple_answers");
            rendition = RichText::plain(format!("{} ", language.quiz())).above(rendition);
        }
    }
    if poll.get("is_closed").and_then(Value::as_bool) == Some(true) {
        parameters.insert("is_closed".to_owned(), true.into());
    }
    let outgoing = Outgoing::new("sendPoll", parameters);
    let words = RichText::default();
    Some(Content { outgoing, words, place: WordsPlace::None, kind: "poll", rendition })
}

/// Kinds that no bot can send as they are, told in words.
fn told(json: &Value, language: Language) -> Option<Content> {
    let (kind, words) = if let Some(dice) = json.get("dice") {
        // A dice sent anew would fall anew.
        let value = dice.get("value").and_then(Value::as_i64)?;
        ("dice", RichText::plain(format!("{} {value}", said(dice, "emoji"))))
    } else if let Some(checklist) = json.get("checklist") {
        ("checklist", told_checklist(checklist)?)
    } else {
        let chat = json.get("story")?.get("chat")?;
        let id = json.get("story")?.get("id").and_then(Value::as_i64)?;
        ("story", told_story(chat, id, language))
    };
    let outgoing = Outgoing::new("sendMessage", Map::new());
    let rendition = words.clone();
    Some(Content { outgoing, words, place: WordsPlace::Text, kind, rendition })
}

fn told_checklist(checklist: &Value) -> Option<RichText> {
    let mut words = RichText::plain("☑️ ");
    words.append(RichText::read(checklist, "title", "title_entities")?);
    for task in checklist.get("tasks").and_then(Value::as_array).into_iter().flatten() {
        let done = task.get("completion_date").and_then(Value::as_i64).is_some_and(|at| at > 0);
        words.push(if done { "\n☑ " } else { "\n☐ " });
        words.append(RichText::read(task, "text", "text_entities").unwrap_or_default());
    }
    Some(words)
}

fn told_story(chat: &Value, id: i64, language: Language) -> RichText {
    let username = said(chat, "username");
    let title = [said(chat, "title"), said(chat, "first_name"), username.clone()]
        .into_iter()
        .map(|title| clean(&title))
        .find(|title| !title.is_empty())
        .unwrap_or_default();
    let told = format!("📖 {}", language.story(&title));
    let told = RichText::plain(told.trim_end_matches([' ', ':']));
    if username.is_empty() {
        told
    } else {
        told.above(RichText::plain(format!("https://t.me/{username}/s/{id}")))
    }
}

/// A call whose kind takes no words.
fn bare(
    method: &'static str,
    parameters: Map<String, Value>,
    kind: &'static str,
    rendition: String,
) -> Content {
    Content {
        outgoing: Outgoing::new(method, parameters),
        words: RichText::default(),
        place: WordsPlace::None,
        kind,
        rendition: RichText::plain(rendition),
    }
}

/// The named fields of an object, where it has them.
pub fn pick(json: &Value, keys: &[&str]) -> Map<String, Value> {
    let field = |key: &&str| Some(((*key).to_owned(), json.get(*key)?.clone()));
    keys.iter().filter_map(field).collect()
}

fn said(json: &Value, key: &str) -> String {
    json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
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
mod tests {
    use super::*;

    fn read_json(extra: &Value) -> Reading {
        let mut json = json!({"message_id": 5, "chat": {"id": 7, "type": "private"}, "date": 1});
        for (key, value) in extra.as_object().unwrap() {
            json[key] = value.clone();
        }
        read(&Message::read(json).unwrap(), Language::English)
    }

    fn content(extra: &Value) -> Content {
        match read_json(extra) {
            Reading::Content(content) => *content,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn entities_of_the_future_pass_through() {
        let entities = json!([{"type": "date_time", "offset": 0, "length": 2, "unix_time": 5}]);
        let read = content(&json!({"text": "at 5", "entities": entities}));
        assert_eq!(json!(read.words.entities), entities);
    }

    #[test]
    fn a_covered_photo_stays_covered() {
        let sizes = json!([{"file_id": "a", "width": 8, "height": 6}]);
        let read = content(&json!({"photo": sizes, "has_media_spoiler": true}));
        assert_eq!(Value::Object(read.outgoing.parameters), json!({"has_spoiler": true}));
    }

    #[test]
    fn an_animation_is_no_document() {
        let file = json!({"file_id": "a", "file_unique_id": "u", "duration": 2});
        let read = content(&json!({"document": file, "animation": file}));
        assert_eq!(read.outgoing.method, "sendAnimation");
    }

    #[test]
    fn the_largest_photo_is_taken_whatever_the_order() {
        let sizes = json!([
            {"file_id": "big", "width": 800, "height": 600},
            {"file_id": "small", "width": 80, "height": 60},
            {"width": 9000, "height": 9000}, 5
        ]);
        let file = content(&json!({"photo": sizes})).outgoing.attachment.unwrap().file;
        assert_eq!(file.id, "big");
    }

    #[test]
    fn a_dice_keeps_its_value_and_a_venue_is_no_mere_location() {
        assert_eq!(content(&json!({"dice": {"emoji": "🎲", "value": 4}})).words.text, "🎲 4");
        let at = json!({"latitude": 1.5, "longitude": 2.5});
        let venue = json!({"title": "Cafe", "address": "Main St", "location": at});
        let read = content(&json!({"location": at, "venue": venue}));
        assert_eq!(read.outgoing.method, "sendVenue");
        assert_eq!(read.outgoing.parameters["latitude"], 1.5);
    }

    #[test]
    fn a_quiz_without_its_answer_becomes_a_plain_poll() {
        let quiz = json!({"question": "2+2?", "type": "quiz", "is_anonymous": true,
            "options": [{"text": "4", "voter_count": 0}, {"text": "5", "voter_count": 0}]});
        let read = content(&json!({ "poll": quiz }));
        assert_eq!(read.outgoing.parameters["type"], "regular");
        assert_eq!(read.outgoing.parameters["options"][0], json!({"text": "4"}));
    }

    #[test]
    fn service_messages_are_known_and_future_kinds_named() {
        assert_eq!(read_json(&json!({"pinned_message": {}})), Reading::Service);
        assert_eq!(
            read_json(&json!({"brain_wave<b>": {}})),
            Reading::Unshowable("brain waveb".to_owned())
        );
        assert_eq!(read_json(&json!({})), Reading::Unshowable("unknown".to_owned()));
        assert_eq!(
            read_json(&json!({"paid_media": {}, "caption": "x"})),
            Reading::Unshowable("paid media".to_owned())
        );
    }
}
