//! What a person writes: builders over the body of a message.
//!
//! A draft is a Bot API message without sender, chat and date. Files are given as bytes; the
//! emulator makes their ids when the draft is sent.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::files::{Files, Upload};

/// A message to be sent.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(crate) body: Map<String, Value>,
    media: Option<Media>,
    pub(crate) reply_to: Option<i64>,
    pub(crate) age: i64,
    pub(crate) quote: Option<Value>,
}

#[derive(Clone, Debug)]
struct Media {
    kind: &'static str,
    upload: Upload,
    meta: Value,
    thumbnail: bool,
}

impl Draft {
    fn with(kind: &str, value: Value) -> Self {
        let mut draft = Self::default();
        draft.body.insert(kind.to_owned(), value);
        draft
    }

    fn media(
        kind: &'static str,
        name: Option<&str>,
        mime: Option<&str>,
        bytes: Bytes,
        mut meta: Value,
    ) -> Self {
        if let Some(name) = name {
            meta["file_name"] = json!(name);
        }
        if let Some(mime) = mime {
            meta["mime_type"] = json!(mime);
        }
        let upload = Upload {
            name: name.map(str::to_owned),
            mime: mime.map(str::to_owned),
            bytes,
            declared: None,
        };
        let thumbnail = matches!(kind, "video" | "animation" | "video_note");
        Self { media: Some(Media { kind, upload, meta, thumbnail }), ..Self::default() }
    }

    /// Any field of the message, replacing what was there.
    #[must_use]
    pub fn extra(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    /// Entities of the text. Those the server finds by itself are added when it is sent.
    #[must_use]
    pub fn entities(self, entities: Value) -> Self {
        self.extra("entities", entities)
    }

    /// How links are previewed.
    #[must_use]
    pub fn link_preview_options(self, options: Value) -> Self {
        self.extra("link_preview_options", options)
    }

    /// Text under the media.
    #[must_use]
    pub fn caption(self, caption: &str) -> Self {
        self.extra("caption", caption)
    }

    /// Entities of the caption.
    #[must_use]
    pub fn caption_entities(self, entities: Value) -> Self {
        self.extra("caption_entities", entities)
    }

    /// Covers the media.
    #[must_use]
    pub fn has_media_spoiler(self) -> Self {
        self.extra("has_media_spoiler", true)
    }

    /// Puts the caption above.
    #[must_use]
    pub fn show_caption_above_media(self) -> Self {
        self.extra("show_caption_above_media", true)
    }

    /// Makes it part of an album.
    #[must_use]
    pub fn media_group_id(self, id: &str) -> Self {
        self.extra("media_group_id", id)
    }

    /// Makes it a forward from elsewhere.
    #[must_use]
    pub fn forward_origin(self, origin: Value) -> Self {
        self.extra("forward_origin", origin)
    }

    /// Puts it into a topic.
    #[must_use]
    pub fn thread(self, message_thread_id: i64) -> Self {
        self.extra("message_thread_id", message_thread_id).extra("is_topic_message", true)
    }

    /// Makes it a reply to a message of the same chat.
    #[must_use]
    pub fn reply_to(mut self, message_id: i64) -> Self {
        self.reply_to = Some(message_id);
        self
    }

    /// Makes it, or the change it is, so many seconds old, as what waited for a relay that was down.
    #[must_use]
    pub fn aged(mut self, seconds: i64) -> Self {
        self.age = seconds;
        self
    }

    /// Quotes a part of the message replied to; `position` in UTF-16 units.
    #[must_use]
    pub fn quote(mut self, text: &str, position: usize, entities: Value) -> Self {
        let mut quote = json!({"text": text, "position": position, "is_manual": true});
        if entities.as_array().is_some_and(|e| !e.is_empty()) {
            quote["entities"] = entities;
        }
        self.quote = Some(quote);
        self
    }

    /// A field inside the media object: `duration`, `width`, `performer`, `file_name` ...; `null` removes it.
    #[must_use]
    pub fn meta(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Some(media) = &mut self.media {
            let value = value.into();
            if key == "file_name" {
                media.upload.name = value.as_str().map(str::to_owned);
            }
            media.meta[key] = value;
            if let Some(fields) = media.meta.as_object_mut() {
                fields.retain(|_, v| !v.is_null());
            }
        }
        self
    }

    /// The message's own fields, its file kept and turned into a media object.
    pub(crate) fn content(&self, files: &mut Files) -> Map<String, Value> {
        let mut content = Map::new();
        if let Some(media) = &self.media {
            let mut meta = media.meta.clone();
            if media.thumbnail {
                let picture = Upload {
                    name: None,
                    mime: None,
                    bytes: Bytes::from(format!("thumbnail of {} bytes", media.upload.size())),
                    declared: None,
                };
                meta["thumbnail"] =
                    files.add("thumbnail", &picture, &json!({"width": 90, "height": 90}));
            }
            let object = files.add(media.kind, &media.upload, &meta);
            if media.kind == "animation" {
                content.insert("document".into(), as_document(&object));
            }
            content.insert(media.kind.to_owned(), object);
        }
        for (key, value) in &self.body {
            content.insert(key.clone(), value.clone());
        }
        content
    }
}

/// An animation also carries `document`, for old clients (DOC `Message.animation`).
pub(crate) fn as_document(animation: &Value) -> Value {
    let fields = animation.as_object().into_iter().flatten();
    let kept = fields.filter(|(k, _)| !matches!(k.as_str(), "width" | "height" | "duration"));
    kept.map(|(k, v)| (k.clone(), v.clone())).collect::<Map<_, _>>().into()
}

/// Plain text; entities as for [`Draft::entities`].
pub fn text(text: impl Into<String>) -> Draft {
    Draft::with("text", json!(text.into()))
}

/// A photo: arrives in two sizes, the last one being these bytes.
pub fn photo(bytes: impl Into<Bytes>) -> Draft {
    Draft::media("photo", None, None, bytes.into(), json!({}))
}

/// An MP4 video with a thumbnail.
pub fn video(bytes: impl Into<Bytes>) -> Draft {
    let meta = json!({"duration": 5, "width": 1280, "height": 720});
    Draft::media("video", Some("video.mp4"), Some("video/mp4"), bytes.into(), meta)
}

/// A GIF-like animation.
pub fn animation(bytes: impl Into<Bytes>) -> Draft {
    let meta = json!({"duration": 2, "width": 320, "height": 240});
    Draft::media("animation", Some("animation.mp4"), Some("video/mp4"), bytes.into(), meta)
}

/// A piece of music.
pub fn audio(bytes: impl Into<Bytes>) -> Draft {
    let meta = json!({"duration": 180, "performer": "The Performer", "title": "The Title"});
    Draft::media("audio", Some("song.mp3"), Some("audio/mpeg"), bytes.into(), meta)
}

/// A voice message.
pub fn voice(bytes: impl Into<Bytes>) -> Draft {
    Draft::media("voice", None, Some("audio/ogg"), bytes.into(), json!({"duration": 3}))
}

/// A round video.
pub fn video_note(bytes: impl Into<Bytes>) -> Draft {
    Draft::media("video_note", None, None, bytes.into(), json!({"duration": 4, "length": 240}))
}

/// Any file.
pub fn document(name: &str, mime: &str, bytes: impl Into<Bytes>) -> Draft {
    Draft::media("document", Some(name), Some(mime), bytes.into(), json!({}))
}

/// A document of a size without its bytes: getFile says it is too big.
pub fn big_document(name: &str, size: u64) -> Draft {
    let mut draft = document(name, "application/octet-stream", name.to_owned());
    if let Some(media) = &mut draft.media {
        media.upload.declared = Some(size);
    }
    draft
}

fn sticker(bytes: Bytes, animated: bool, video: bool) -> Draft {
    let meta = json!({
        "type": "regular", "width": 512, "height": 512, "is_animated": animated, "is_video": video,
        "emoji": "🙂", "set_name": "EmulatedStickers",
    });
    Draft::media("sticker", None, None, bytes, meta)
}

/// A .webp sticker.
pub fn sticker_static(bytes: impl Into<Bytes>) -> Draft {
    sticker(bytes.into(), false, false)
}

/// A .tgs sticker.
pub fn sticker_animated(bytes: impl Into<Bytes>) -> Draft {
    sticker(bytes.into(), true, false)
}

/// A .webm sticker.
pub fn sticker_video(bytes: impl Into<Bytes>) -> Draft {
    sticker(bytes.into(), false, true)
}

/// A point on the map.
pub fn location(latitude: f64, longitude: f64) -> Draft {
    Draft::with("location", json!({"latitude": latitude, "longitude": longitude}))
}

/// A location that moves for `live_period` seconds.
pub fn live_location(latitude: f64, longitude: f64, live_period: i64) -> Draft {
    Draft::with(
        "location",
        json!({"latitude": latitude, "longitude": longitude, "live_period": live_period}),
    )
}

/// A place with a name; carries `location` as well, as Telegram's does.
pub fn venue(latitude: f64, longitude: f64, title: &str, address: &str) -> Draft {
    let location = json!({"latitude": latitude, "longitude": longitude});
    let venue = json!({"location": location, "title": title, "address": address});
    Draft::with("location", location).extra("venue", venue)
}

/// An address book entry.
pub fn contact(phone: &str, first_name: &str, last_name: Option<&str>) -> Draft {
    let mut contact = json!({"phone_number": phone, "first_name": first_name});
    if let Some(name) = last_name {
        contact["last_name"] = json!(name);
    }
    Draft::with("contact", contact)
}

/// A regular anonymous poll.
pub fn poll(question: &str, options: &[&str]) -> Draft {
    Draft::with("poll", poll_object("5390000000000000001", question, options))
}

pub(crate) fn poll_object(id: &str, question: &str, options: &[&str]) -> Value {
    let option = |(n, text): (usize, &&str)| json!({"persistent_id": n.to_string(), "text": text, "voter_count": 0});
    let options: Vec<Value> = options.iter().enumerate().map(option).collect();
    json!({
        "id": id, "question": question, "options": options, "total_voter_count": 0, "is_closed": false,
        "is_anonymous": true, "type": "regular", "allows_multiple_answers": false, "allows_revoting": true,
        "members_only": false,
    })
}

/// A dice or its like with a value.
pub fn dice(emoji: &str, value: u8) -> Draft {
    Draft::with("dice", json!({"emoji": emoji, "value": value}))
}

/// A to-do list.
pub fn checklist(title: &str, tasks: &[&str]) -> Draft {
    let task = |(n, text): (usize, &&str)| json!({"id": n + 1, "text": text});
    let tasks: Vec<Value> = tasks.iter().enumerate().map(task).collect();
    let list = json!({
        "title": title, "tasks": tasks, "others_can_add_tasks": false, "others_can_mark_tasks_as_done": false,
    });
    Draft::with("checklist", list)
}

/// A forwarded story of a channel.
pub fn story(chat: Value, id: i64) -> Draft {
    Draft::with("story", json!({"chat": chat, "id": id}))
}

/// A kind of content nobody has heard of yet.
pub fn unknown(kind: &str, value: Value) -> Draft {
    Draft::with(kind, value)
}

/// A service message, such as `pinned_message` or `write_access_allowed`.
pub fn service(kind: &str, value: Value) -> Draft {
    Draft::with(kind, value)
}
