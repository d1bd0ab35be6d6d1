//! Files and their ids.
//!
//! Bytes are kept once, under a `file_unique_id` made from their kind and contents: the same for
//! every bot. A `file_id` is made from the bot and the media object, so that another bot's id is
//! refused and a resend keeps duration, name and so on (DOC `File`, TDLib `FileManager`).
//! A stored message carries the object's key as its `file_id`; [`render`] puts in the bot's own.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hasher},
};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::error::ApiError;

/// A file as it came in: from a person's draft or as a part of a request.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) name: Option<String>,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Bytes,
    /// A size other than the length of `bytes`, for files too big to be worth keeping.
    pub(crate) declared: Option<u64>,
}

impl Upload {
    pub(crate) fn size(&self) -> u64 {
        self.declared.unwrap_or(self.bytes.len() as u64)
    }
}

/// 64 bits of a stable hash; `std`'s is fast also in a debug build, and fixed keys make it repeatable.
pub(crate) fn hash(salt: &str, bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(salt.as_bytes());
    hasher.write_u8(0xff);
    hasher.write(bytes);
    hasher.finish()
}

#[derive(Debug)]
struct Stored {
    bytes: Bytes,
    size: u64,
    number: u64,
}

/// A media object somebody can send again.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// `photo`, `document`, ...: a file can only be sent again as what it is.
    pub(crate) kind: &'static str,
    unique: String,
    extension: String,
    /// What stands in the message: an object, for a photo the array of its sizes.
    pub(crate) content: Value,
}

/// All files of one emulator.
#[derive(Debug, Default)]
pub(crate) struct Files {
    stored: HashMap<String, Stored>,
    objects: HashMap<String, Object>,
    /// Paths handed out by `getFile`: (bot, path) to (unique id, valid until).
    paths: HashMap<(i64, String), (String, i64)>,
}

impl Files {
    fn keep(&mut self, kind: &str, bytes: &Bytes, size: u64) -> String {
        let declared = if size == bytes.len() as u64 { String::new() } else { size.to_string() };
        let unique = format!("AQAD{:016x}", hash(&format!("{kind}{declared}"), bytes));
        let number = self.stored.len() as u64;
        self.stored.entry(unique.clone()).or_insert_with(|| Stored {
            bytes: bytes.clone(),
            size,
            number,
        });
        unique
    }

    /// Keeps an uploaded file and gives its media object; `meta` are the fields its sender stated.
    pub(crate) fn add(&mut self, kind: &'static str, upload: &Upload, meta: &Value) -> Value {
        let size = upload.size();
        if kind == "photo" {
            return self.add_photo(upload, meta);
        }
        let unique = self.keep(kind, &upload.bytes, size);
        let mut object = json!({"file_id": "", "file_unique_id": unique});
        for (key, value) in meta.as_object().into_iter().flatten() {
            object[key] = value.clone();
        }
        object["file_size"] = json!(size);
        let key = format!("{:016x}", hash(kind, object.to_string().as_bytes()));
        object["file_id"] = json!(key);
        let extension = extension(kind, upload, &object);
        self.objects.insert(key, Object { kind, unique, extension, content: object.clone() });
        object
    }

    /// Two sizes: a small one with bytes of its own, so that a client that fetches the wrong one is
    /// found out, and the picture itself, last.
    fn add_photo(&mut self, upload: &Upload, meta: &Value) -> Value {
        let small = Bytes::from(format!("small size of {:016x}", hash("photo", &upload.bytes)));
        let mut sizes = Vec::new();
        let mut keys = Vec::new();
        let full = (meta["width"].as_i64().unwrap_or(1280), meta["height"].as_i64().unwrap_or(960));
        for (bytes, size, (width, height)) in
            [(&small, small.len() as u64, (90, 68)), (&upload.bytes, upload.size(), full)]
        {
            let unique = self.keep("photo", bytes, size);
            let key = format!(
                "{:016x}",
                hash("photo-size", format!("{unique}{width}x{height}").as_bytes())
            );
            sizes.push(json!({
                "file_id": key, "file_unique_id": unique, "file_size": size, "width": width, "height": height,
            }));
            keys.push((key, unique));
        }
        let content = Value::Array(sizes);
        for (key, unique) in keys {
            let object =
                Object { kind: "photo", unique, extension: "jpg".into(), content: content.clone() };
            self.objects.insert(key, object);
        }
        content
    }

    /// The object behind a bot's file id; `None` also for an id made for another bot.
    pub(crate) fn resolve(&self, bot: i64, file_id: &str) -> Option<&Object> {
        let (owner, key) = file_id.strip_prefix("BQACAgIAAxk")?.split_once('-')?;
        if i64::from_str_radix(owner, 16).ok()? != bot {
            return None;
        }
        self.objects.get(key)
    }

    /// The bytes behind a bot's file id.
    pub(crate) fn bytes(&self, bot: i64, file_id: &str) -> Option<Bytes> {
        Some(self.stored.get(&self.resolve(bot, file_id)?.unique)?.bytes.clone())
    }

    /// `getFile`: a path that is good for an hour, or why not (SRV `Client::do_get_file`).
    pub(crate) fn get_file(
        &mut self,
        bot: i64,
        file_id: &str,
        limit: u64,
        now: i64,
    ) -> Result<Value, ApiError> {
        let wrong = || ApiError::bad("invalid file_id");
        let object = self.resolve(bot, file_id).ok_or_else(wrong)?;
        let stored = self.stored.get(&object.unique).ok_or_else(wrong)?;
        if stored.size > limit {
            return Err(ApiError::bad("file is too big"));
        }
        let folder = match object.kind {
            "video_note" => "video_notes".to_owned(),
            "voice" => "voice".to_owned(),
            "audio" => "music".to_owned(),
            kind => format!("{kind}s"),
        };
        let path = format!("{folder}/file_{}.{}", stored.number, object.extension);
        let answer = json!({
            "file_id": file_id, "file_unique_id": object.unique, "file_size": stored.size, "file_path": path,
        });
        self.paths.insert((bot, path), (object.unique.clone(), now + 3600));
        Ok(answer)
    }

    /// The bytes at a path `getFile` gave to this bot.
    pub(crate) fn download(&self, bot: i64, path: &str, now: i64) -> Option<Bytes> {
        let (unique, until) = self.paths.get(&(bot, path.to_owned()))?;
        (*until >= now).then(|| self.stored.get(unique).map(|s| s.bytes.clone()))?
    }
}

fn extension(kind: &str, upload: &Upload, object: &Value) -> String {
    if let Some((_, ext)) = upload.name.as_deref().and_then(|n| n.rsplit_once('.'))
        && ext.len() <= 5
        && ext.chars().all(|c| c.is_ascii_alphanumeric())
    {
        return ext.to_lowercase();
    }
    match kind {
        "sticker" if object["is_animated"] == true => "tgs",
        "sticker" if object["is_video"] == true => "webm",
        "sticker" => "webp",
        "voice" => "oga",
        "audio" => "mp3",
        "video" | "video_note" | "animation" => "mp4",
        "photo" | "thumbnail" => "jpg",
        _ => "bin",
    }
    .into()
}

/// The id a bot knows a media object by.
fn file_id(bot: i64, key: &str) -> String {
    format!("BQACAgIAAxk{bot:x}-{key}")
}

/// A stored value as one bot sees it: every object with a `file_unique_id` gets that bot's file id.
pub(crate) fn render(bot: i64, value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|v| render(bot, v)).collect(),
        Value::Object(fields) => {
            let file = fields.contains_key("file_unique_id");
            fields
                .iter()
                .map(|(k, v)| match v {
                    Value::String(key) if file && k == "file_id" => {
                        (k.clone(), json!(file_id(bot, key)))
                    }
                    v => (k.clone(), render(bot, v)),
                })
                .collect()
        }
        other => other.clone(),
    }
}
