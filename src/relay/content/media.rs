//! Messages whose content is a file.

use serde_json::Value;

use super::{Content, WordsPlace, pick};
use crate::{
    relay::rich::RichText,
    telegram::{Attachment, Outgoing, RemoteFile},
};

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

/// Reads a message that is a file.
pub(super) fn media(json: &Value) -> Option<Content> {
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
    let attachment = Attachment { field: kind.field, file };
    let outgoing = Outgoing::with_file(kind.method, parameters, attachment);
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
