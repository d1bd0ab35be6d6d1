//! From a call's parameters to what stands in the message.

use serde_json::{Map, Value, json};

use super::Call;
use crate::{
    draft::{as_document, poll_object},
    error::ApiError,
    files::Upload,
    state::ChatKey,
    text::{self, utf16_len},
};

pub(crate) type Content = Map<String, Value>;

const TEXT_LIMIT: usize = 4096;
const CAPTION_LIMIT: usize = 1024;
/// SRV refuses longer input before it looks for entities.
const RAW_LIMIT: usize = 1 << 15;

impl Call<'_> {
    /// `text`, `entities`, `link_preview_options`.
    pub(crate) fn text_content(&self) -> Result<Content, ApiError> {
        let text = self
            .p
            .text("text")
            .ok_or_else(|| ApiError::complaint(400, "Bad Request: message text is empty"))?;
        if text.len() > RAW_LIMIT {
            return Err(ApiError::complaint(400, "Bad Request: text is too long"));
        }
        let formatted = text::format(
            &text,
            self.p.text("parse_mode").as_deref(),
            &self.p.list("entities"),
        )?;
        if formatted.text.is_empty() {
            return Err(ApiError::complaint(
                400,
                "Bad Request: text must be non-empty",
            ));
        }
        if utf16_len(&formatted.text) > TEXT_LIMIT {
            return Err(ApiError::complaint(400, "Bad Request: message is too long"));
        }
        let mut content = Map::new();
        content.insert("text".into(), json!(formatted.text));
        if !formatted.entities.is_empty() {
            content.insert("entities".into(), Value::Array(formatted.entities));
        }
        let preview = self.p.json("link_preview_options");
        if preview.as_object().is_some_and(|o| !o.is_empty()) {
            content.insert("link_preview_options".into(), preview);
        }
        Ok(content)
    }

    /// Adds `caption` and its entities from an object of parameters (the call's own, or an album item's).
    fn add_caption(from: &dyn Fn(&str) -> Value, into: &mut Content) -> Result<(), ApiError> {
        let caption = from("caption");
        let list = |v: Value| match v {
            Value::String(s) => serde_json::from_str(&s).unwrap_or(Value::Null),
            other => other,
        };
        if let Some(caption) = caption.as_str().filter(|c| !c.is_empty()) {
            let entities = list(from("caption_entities"))
                .as_array()
                .cloned()
                .unwrap_or_default();
            let formatted = text::format(caption, from("parse_mode").as_str(), &entities)?;
            if utf16_len(&formatted.text) > CAPTION_LIMIT {
                return Err(ApiError::complaint(
                    400,
                    "Bad Request: message caption is too long",
                ));
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
        let id = given
            .as_str()
            .filter(|s| !s.is_empty())
            .ok_or_else(missing)?;
        if id.starts_with("http://") || id.starts_with("https://") {
            return Err(ApiError::complaint(
                400,
                "Bad Request: failed to get HTTP URL content",
            ));
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
            ApiError::complaint(
                400,
                format!("Bad Request: the part attach://{name} is missing"),
            )
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

    /// The content a send method makes of its parameters.
    pub(crate) fn content(&mut self) -> Result<Content, ApiError> {
        let p = self.p;
        let from = |name: &str| p.value(name);
        let kind = match self.method {
            "sendMessage" => return self.text_content(),
            "sendPhoto" => "photo",
            "sendDocument" => "document",
            "sendVideo" => "video",
            "sendAnimation" => "animation",
            "sendAudio" => "audio",
            "sendVoice" => "voice",
            "sendVideoNote" => "video_note",
            "sendSticker" => "sticker",
            "sendLocation" => return self.location_content().map(|l| one("location", l)),
            "sendVenue" => return self.venue_content(),
            "sendContact" => return self.contact_content(),
            "sendPoll" => return self.poll_content(),
            "sendDice" => return self.dice_content(),
            "sendChecklist" => return self.checklist_content(),
            "sendInvoice" => return self.invoice_content(),
            other => {
                return Err(ApiError::complaint(
                    400,
                    format!("Bad Request: {other} is not emulated"),
                ));
            }
        };
        self.media_content(kind, kind, &from)
    }

    pub(crate) fn location_content(&self) -> Result<Value, ApiError> {
        let latitude = self
            .p
            .float("latitude")
            .ok_or_else(|| ApiError::bad("latitude is empty"))?;
        let longitude = self
            .p
            .float("longitude")
            .ok_or_else(|| ApiError::bad("longitude is empty"))?;
        if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
            return Err(ApiError::complaint(
                400,
                "Bad Request: wrong location specified",
            ));
        }
        let mut location = json!({"latitude": latitude, "longitude": longitude});
        if let Some(period) = self.p.int("live_period") {
            let forever = 0x7FFF_FFFF;
            if period != forever && !(60..=86_400).contains(&period) {
                return Err(ApiError::complaint(
                    400,
                    "Bad Request: wrong live location period specified",
                ));
            }
            location["live_period"] = json!(period);
        }
        for key in ["heading", "proximity_alert_radius"] {
            if let Some(value) = self.p.int(key) {
                location[key] = json!(value);
            }
        }
        if let Some(accuracy) = self.p.float("horizontal_accuracy") {
            location["horizontal_accuracy"] = json!(accuracy);
        }
        Ok(location)
    }

    fn venue_content(&self) -> Result<Content, ApiError> {
        let location = self.location_content()?;
        let mut venue = json!({"location": location});
        for key in ["title", "address"] {
            venue[key] = json!(
                self.p
                    .text(key)
                    .ok_or_else(|| ApiError::bad(format!("venue {key} must be non-empty")))?
            );
        }
        for key in [
            "foursquare_id",
            "foursquare_type",
            "google_place_id",
            "google_place_type",
        ] {
            if let Some(value) = self.p.text(key) {
                venue[key] = json!(value);
            }
        }
        let mut content = one("location", location);
        content.insert("venue".into(), venue);
        Ok(content)
    }

    fn contact_content(&self) -> Result<Content, ApiError> {
        let mut contact = json!({});
        for key in ["phone_number", "first_name"] {
            let text = self
                .p
                .text(key)
                .ok_or_else(|| ApiError::bad(format!("contact {key} must be non-empty")))?;
            contact[key] = json!(text);
        }
        for key in ["last_name", "vcard"] {
            if let Some(value) = self.p.text(key) {
                contact[key] = json!(value);
            }
        }
        Ok(one("contact", contact))
    }

    fn poll_content(&mut self) -> Result<Content, ApiError> {
        let question = self
            .p
            .text("question")
            .ok_or_else(|| ApiError::bad("poll question must be non-empty"))?;
        if utf16_len(&question) > 300 {
            return Err(ApiError::complaint(
                400,
                "Bad Request: poll question length must not exceed 300",
            ));
        }
        let given = self.p.list("options");
        let texts: Vec<&str> = given
            .iter()
            .filter_map(|o| o.as_str().or(o["text"].as_str()))
            .collect();
        if texts.len() != given.len() || texts.iter().any(|t| t.is_empty() || utf16_len(t) > 100) {
            return Err(ApiError::complaint(
                400,
                "Bad Request: poll options length must not exceed 100",
            ));
        }
        if texts.is_empty() || texts.len() > 12 {
            return Err(ApiError::complaint(
                400,
                "Bad Request: poll must have at least 1 option and at most 12",
            ));
        }
        let mut poll = poll_object(&(self.s.random() >> 1).to_string(), &question, &texts);
        if self.p.values.contains_key("is_anonymous") {
            poll["is_anonymous"] = json!(self.p.flag("is_anonymous"));
        }
        if self.p.text("type").as_deref() == Some("quiz") {
            poll["type"] = json!("quiz");
            if let Some(id) = self.p.int("correct_option_id") {
                poll["correct_option_ids"] = json!([id]);
            } else if self.p.json("correct_option_ids").is_array() {
                poll["correct_option_ids"] = self.p.json("correct_option_ids");
            }
            if let Some(text) = self.p.text("explanation") {
                poll["explanation"] = json!(text);
            }
        }
        for key in ["allows_multiple_answers", "allows_revoting", "is_closed"] {
            if self.p.values.contains_key(key) {
                poll[key] = json!(self.p.flag(key));
            }
        }
        Ok(one("poll", poll))
    }

    /// A value nobody chose: it cannot be relayed, only drawn anew.
    fn dice_content(&mut self) -> Result<Content, ApiError> {
        let emoji = self.p.text("emoji").unwrap_or_else(|| "🎲".into());
        let sides = match emoji.as_str() {
            "🎲" | "🎯" | "🎳" => 6,
            "🏀" | "⚽" => 5,
            "🎰" => 64,
            _ => return Err(ApiError::complaint(400, "Bad Request: DICE_EMOJI_INVALID")),
        };
        let value = self.s.random() % sides + 1;
        Ok(one("dice", json!({"emoji": emoji, "value": value})))
    }

    fn checklist_content(&self) -> Result<Content, ApiError> {
        Err(ApiError::bad("business connection not found"))
    }

    fn invoice_content(&self) -> Result<Content, ApiError> {
        super::payments::check_invoice(self.p)?;
        let total: i64 = self
            .p
            .list("prices")
            .iter()
            .filter_map(|p| p["amount"].as_i64())
            .sum();
        let text = |key: &str| json!(self.p.text(key).unwrap_or_default());
        Ok(one(
            "invoice",
            json!({
                "title": text("title"), "description": text("description"),
                "start_parameter": text("start_parameter"), "currency": text("currency"), "total_amount": total,
            }),
        ))
    }

    /// Adds what the reply parameters ask for.
    pub(crate) fn add_reply(&self, key: ChatKey, into: &mut Content) -> Result<(), ApiError> {
        let mut reply = self.p.json("reply_parameters");
        if reply.is_null()
            && let Some(id) = self.p.int("reply_to_message_id")
        {
            let lenient = self.p.flag("allow_sending_without_reply");
            reply = json!({"message_id": id, "allow_sending_without_reply": lenient});
        }
        let Some(id) = reply["message_id"].as_i64() else {
            return Ok(());
        };
        let elsewhere = match &reply["chat_id"] {
            Value::Null => key,
            chat => self.s.find_chat(self.bot, chat)?,
        };
        let Some(target) = self.s.as_reply_target(elsewhere, id) else {
            if truth(&reply["allow_sending_without_reply"]) {
                return Ok(());
            }
            return Err(ApiError::bad("message to be replied not found"));
        };
        if let Some(quote) = quote(&reply, &target)? {
            into.insert("quote".into(), quote);
        }
        if elsewhere == key {
            into.insert("reply_to_message".into(), target);
            return Ok(());
        }
        into.insert("external_reply".into(), external(target));
        Ok(())
    }

    /// The reply markup: inline keyboards go into the message, others beside it.
    pub(crate) fn reply_markup(&self) -> Result<Option<Value>, ApiError> {
        let markup = self.p.json("reply_markup");
        let Some(object) = markup.as_object() else {
            return Ok(None);
        };
        if object.is_empty() {
            return Ok(None);
        }
        if let Some(rows) = object.get("inline_keyboard") {
            check_inline(rows)?;
        }
        Ok(Some(markup))
    }
}

/// The quoted part, which must stand in the message word for word.
fn quote(reply: &Value, target: &Value) -> Result<Option<Value>, ApiError> {
    let Some(given) = reply["quote"].as_str().filter(|q| !q.is_empty()) else {
        return Ok(None);
    };
    let entities = reply["quote_entities"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let formatted = text::format(given, reply["quote_parse_mode"].as_str(), &entities)?;
    if utf16_len(&formatted.text) > 1024 {
        return Err(ApiError::complaint(
            400,
            "Bad Request: MESSAGE_QUOTE_TOO_LONG",
        ));
    }
    let whole = target["text"]
        .as_str()
        .or(target["caption"].as_str())
        .unwrap_or_default();
    let Some(at) = whole.find(&formatted.text) else {
        return Err(ApiError::bad("QUOTE_TEXT_INVALID"));
    };
    let mut quote =
        json!({"text": formatted.text, "position": utf16_len(&whole[..at]), "is_manual": true});
    let kept: Vec<Value> = formatted
        .entities
        .into_iter()
        .filter(|e| {
            let kept = [
                "bold",
                "italic",
                "underline",
                "strikethrough",
                "spoiler",
                "custom_emoji",
                "date_time",
            ];
            kept.contains(&e["type"].as_str().unwrap_or_default())
        })
        .collect();
    if !kept.is_empty() {
        quote["entities"] = json!(kept);
    }
    Ok(Some(quote))
}

/// `ExternalReplyInfo` of a message in another chat.
fn external(target: Value) -> Value {
    let mut info = Map::new();
    let origin = json!({"type": "user", "date": target["date"], "sender_user": target["from"]});
    info.insert("origin".into(), origin);
    if target["chat"]["type"] != "private" {
        info.insert("chat".into(), target["chat"].clone());
        info.insert("message_id".into(), target["message_id"].clone());
    }
    let kept = [
        "link_preview_options",
        "animation",
        "audio",
        "document",
        "photo",
        "sticker",
        "story",
        "video",
        "video_note",
        "voice",
        "has_media_spoiler",
        "checklist",
        "contact",
        "dice",
        "location",
        "poll",
        "venue",
        "invoice",
    ];
    for (key, value) in target.as_object().into_iter().flatten() {
        if kept.contains(&key.as_str()) {
            info.insert(key.clone(), value.clone());
        }
    }
    Value::Object(info)
}

/// Rows of buttons, each with a text and exactly one thing it does.
fn check_inline(rows: &Value) -> Result<(), ApiError> {
    let refuse = |why: &str| Err(ApiError::complaint(400, format!("Bad Request: {why}")));
    let Some(rows) = rows.as_array() else {
        return refuse("field \"inline_keyboard\" must be an Array of Arrays");
    };
    let mut count = 0;
    for row in rows {
        let Some(row) = row.as_array() else {
            return refuse("field \"inline_keyboard\" must be an Array of Arrays");
        };
        for button in row {
            count += 1;
            if button["text"].as_str().is_none_or(str::is_empty) {
                return refuse("can't parse inline keyboard button: Can't find field \"text\"");
            }
            if let Some(data) = button["callback_data"].as_str()
                && !(1..=64).contains(&data.len())
            {
                return refuse("BUTTON_DATA_INVALID");
            }
            if let Some(url) = button["url"].as_str()
                && !["http://", "https://", "tg://", "t.me/"]
                    .iter()
                    .any(|p| url.starts_with(p))
            {
                return refuse(&format!(
                    "inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
                ));
            }
            let looks = ["text", "icon_custom_emoji_id", "style"];
            let does = button
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(k, v)| !looks.contains(&k.as_str()) && !v.is_null());
            match does.count() {
                0 => {
                    return refuse(
                        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
                    );
                }
                1 => {}
                _ => {
                    return refuse(
                        "can't parse inline keyboard button: exactly one of the optional fields must be used",
                    );
                }
            }
        }
    }
    if count > 100 {
        return refuse("reply markup is too long");
    }
    Ok(())
}

/// What the sender states about a file, as it stands in the media object.
fn stated(kind: &str, from: &dyn Fn(&str) -> Value, upload: Option<&Upload>) -> Value {
    let number = |key: &str, default: i64| {
        let value = from(key);
        json!(
            value
                .as_i64()
                .or_else(|| value.as_str()?.parse().ok())
                .unwrap_or(default)
        )
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
    let by_name = known
        .iter()
        .find(|(ext, _)| name.ends_with(ext))
        .map(|(_, mime)| (*mime).to_owned());
    let by_part = upload
        .mime
        .clone()
        .filter(|m| m != "application/octet-stream");
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

pub(crate) fn one(kind: &str, value: Value) -> Content {
    let mut content = Map::new();
    content.insert(kind.to_owned(), value);
    content
}

pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(b) => *b,
        Value::String(s) => matches!(s.to_lowercase().as_str(), "true" | "yes" | "1"),
        _ => false,
    }
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
    let known = names
        .iter()
        .find(|(k, _)| *k == kind)
        .map(|(_, t)| (*t).to_owned());
    known.unwrap_or_else(|| {
        let mut chars = kind.chars();
        chars
            .next()
            .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
    })
}
