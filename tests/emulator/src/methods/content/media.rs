//! Files and their captions: from upload or file id to a media object.

use serde_json::{Map, Value, json};

use super::{Content, truth};
use crate::{
    draft::as_document,
    error::ApiError,
    files::Upload,
    methods::Call,
    text::{self, utf16_len},
};

const CAPTION_LIMIT: usize = 1024;

impl Call<'_> {
    /// Adds `caption` and its entities from an object of parameters (the call's own, or an album item's).
    fn add_caption(from: &dyn Fn(&str) -> Value, into: &mut Content) -> Result<(), ApiError> {
        let caption = from("caption");
        let list = |v: Value| match v {
            Value::String(s) => serde_json::from_str(&s).unwrap_or(Value::Null),
            other => other,
        };
        if let Some(caption) = caption.as_str().filter(|c| !c.is_empty()) {
            let entities = list(from("caption_entities")).as_array().cloned().unwrap_or_default();
            let formatted = text::format(caption, from("parse_mode").as_str(), &entities)?;
            if utf16_len(&formatted.text) > CAPTION_LIMIT {
                return Err(ApiError::complaint(400, "Bad Request: message caption is too long"));
            }
            if !formatted.text.is_empty() {
                into.insert("caption".into(), json!(formatted.text));
            }
            if !formatted.entities.is_empty() {
                into.insert("caption_entities".into(), Value::Array(formatted.entities));
            }
        }
        if truth(&from("show_caption_above_media")) {
            into.insert("show_caption_above_media".into(), json!(true));
        }
        if truth(&from("has_spoiler")) {
            into.insert("has_media_spoiler".into(), json!(true));
        }
        Ok(())
    }

    /// A file given by `attach://`, under the parameter's own name, or by id: its media object.
    fn file(
        &mut self,
        kind: &'static str,
        parameter: &str,
        given: &Value,
        meta: Value,
    ) -> Result<Value, ApiError> {
        if let Some(upload) = self.upload(parameter, given)? {
            return self.keep(kind, &upload, meta);
        }
        let missing = || {
            ApiError::complaint(
                400,
                format!("Bad Request: there is no {} in the request", spoken(kind)),
            )
        };
        let id = given.as_str().filter(|s| !s.is_empty()).ok_or_else(missing)?;
        if id.starts_with("http://") || id.starts_with("https://") {
            return Err(ApiError::complaint(400, "Bad Request: failed to get HTTP URL content"));
        }
        let wrong = || ApiError::bad("wrong file identifier/HTTP URL specified");
        let object = self.s.files.resolve(self.bot, id).ok_or_else(wrong)?;
        // A video may be sent on as a document only by content; the id says what it is.
        if object.kind != kind {
            let why = format!(
                "Bad Request: can't use file of type {} as {}",
                title(object.kind),
                title(kind)
            );
            return Err(ApiError::complaint(400, why));
        }
        Ok(object.content.clone())
    }

    /// The uploaded file a parameter means, or `None` if it names a file id.
    pub(crate) fn upload(
        &self,
        parameter: &str,
        given: &Value,
    ) -> Result<Option<Upload>, ApiError> {
        let name = match given.as_str().and_then(|s| s.strip_prefix("attach://")) {
            Some(name) => name,
            None if self.p.files.contains_key(parameter) && given.is_null() => parameter,
            None => return Ok(None),
        };
        let upload = self.p.files.get(name);
        let missing = || {
            ApiError::complaint(400, format!("Bad Request: the part attach://{name} is missing"))
        };
        Ok(Some(upload.ok_or_else(missing)?.clone()))
    }

    fn keep(
        &mut self,
        kind: &'static str,
        upload: &Upload,
        meta: Value,
    ) -> Result<Value, ApiError> {
        if upload.size() == 0 {
            return Err(ApiError::bad("file must be non-empty"));
        }
        if kind == "photo" && upload.size() > 10 << 20 {
            let size = upload.size();
            return Err(ApiError::bad(format!(
                "file of size {size} bytes is too big for a photo; the maximum size is 10485760 bytes"
            )));
        }
        Ok(self.s.files.add(kind, upload, &meta))
    }

    fn thumbnail(&mut self, given: &Value, meta: &mut Value) -> Result<(), ApiError> {
        if let Some(upload) = self.upload("thumbnail", given)? {
            let size = json!({"width": 90, "height": 90});
            meta["thumbnail"] = self.keep("thumbnail", &upload, size)?;
        }
        Ok(())
    }

    /// One media with caption; `from` gives its parameters, `parameter` is where its file stands.
    pub(crate) fn media_content(
        &mut self,
        kind: &'static str,
        parameter: &str,
        from: &dyn Fn(&str) -> Value,
    ) -> Result<Content, ApiError> {
        let given = from(parameter);
        let upload = self.upload(parameter, &given)?;
        let mut meta = json!({});
        if upload.is_some() {
            meta = stated(kind, from, upload.as_ref());
            self.thumbnail(&from("thumbnail"), &mut meta)?;
        }
        let object = self.file(kind, parameter, &given, meta)?;
        let mut content = Map::new();
        if kind == "animation" {
            content.insert("document".into(), as_document(&object));
        }
        content.insert(kind.into(), object);
        if !matches!(kind, "sticker" | "video_note") {
            Self::add_caption(from, &mut content)?;
        }
        Ok(content)
    }
}

/// What the sender states about a file, as it stands in the media object.
fn stated(kind: &str, from: &dyn Fn(&str) -> Value, upload: Option<&Upload>) -> Value {
    let number = |key: &str, default: i64| {
        let value = from(key);
        json!(value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(default))
    };
    let mut meta = match kind {
        "video" | "animation" => {
            json!({"duration": number("duration", 0), "width": number("width", 320), "height": number("height", 320)})
        }
        "audio" | "voice" => json!({"duration": number("duration", 0)}),
        "video_note" => json!({"duration": number("duration", 0), "length": number("length", 240)}),
        "sticker" => sticker(upload, &from("emoji")),
        _ => json!({}),
    };
    if kind == "audio" {
        for key in ["performer", "title"] {
            if let Some(text) = from(key).as_str().filter(|t| !t.is_empty()) {
                meta[key] = json!(text);
            }
        }
    }
    let Some(upload) = upload else { return meta };
    if matches!(kind, "document" | "video" | "animation" | "audio") {
        meta["file_name"] = json!(upload.name.clone().unwrap_or_else(|| "file".into()));
    }
    if !matches!(kind, "photo" | "sticker" | "video_note") {
        let default = match kind {
            "video" | "animation" => "video/mp4",
            "audio" => "audio/mpeg",
            "voice" => "audio/ogg",
            _ => "application/octet-stream",
        };
        meta["mime_type"] = json!(mime_of(upload, default));
    }
    meta
}

/// The server goes by the file's name and falls back to the part's own type.
fn mime_of(upload: &Upload, default: &str) -> String {
    let known = [
        (".pdf", "application/pdf"),
        (".txt", "text/plain"),
        (".jpg", "image/jpeg"),
        (".png", "image/png"),
        (".mp4", "video/mp4"),
        (".mp3", "audio/mpeg"),
        (".ogg", "audio/ogg"),
        (".zip", "application/zip"),
    ];
    let name = upload.name.as_deref().unwrap_or_default().to_lowercase();
    let by_name =
        known.iter().find(|(ext, _)| name.ends_with(ext)).map(|(_, mime)| (*mime).to_owned());
    let by_part = upload.mime.clone().filter(|m| m != "application/octet-stream");
    by_name.or(by_part).unwrap_or_else(|| default.to_owned())
}

fn sticker(upload: Option<&Upload>, emoji: &Value) -> Value {
    let name = upload.and_then(|u| u.name.as_deref()).unwrap_or_default();
    let mut sticker = json!({
        "type": "regular", "width": 512, "height": 512, "is_animated": name.ends_with(".tgs"),
        "is_video": name.ends_with(".webm"),
    });
    if emoji.is_string() {
        sticker["emoji"] = emoji.clone();
    }
    sticker
}

fn spoken(kind: &str) -> String {
    kind.replace('_', " ")
}

fn title(kind: &str) -> String {
    let names = [
        ("photo", "Photo"),
        ("document", "Document"),
        ("video_note", "VideoNote"),
        ("voice", "VoiceNote"),
    ];
    let known = names.iter().find(|(k, _)| *k == kind).map(|(_, t)| (*t).to_owned());
    known.unwrap_or_else(|| {
        let mut chars = kind.chars();
        chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
    })
}
