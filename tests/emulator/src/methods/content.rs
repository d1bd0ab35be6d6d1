//! From a call's parameters to what stands in the message.

mod media;
mod reply;

use serde_json::{Map, Value, json};

use super::Call;
use crate::{
    draft::poll_object,
    error::ApiError,
    text::{self, utf16_len},
};

pub(crate) type Content = Map<String, Value>;

const TEXT_LIMIT: usize = 4096;
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
        let formatted =
            text::format(&text, self.p.text("parse_mode").as_deref(), &self.p.list("entities"))?;
        if formatted.text.is_empty() {
            return Err(ApiError::complaint(400, "Bad Request: text must be non-empty"));
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
        let latitude =
            self.p.float("latitude").ok_or_else(|| ApiError::bad("latitude is empty"))?;
        let longitude =
            self.p.float("longitude").ok_or_else(|| ApiError::bad("longitude is empty"))?;
        if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
            return Err(ApiError::complaint(400, "Bad Request: wrong location specified"));
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
        for key in ["foursquare_id", "foursquare_type", "google_place_id", "google_place_type"] {
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
        let texts: Vec<&str> =
            given.iter().filter_map(|o| o.as_str().or(o["text"].as_str())).collect();
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
        let total: i64 = self.p.list("prices").iter().filter_map(|p| p["amount"].as_i64()).sum();
        let text = |key: &str| json!(self.p.text(key).unwrap_or_default());
        Ok(one(
            "invoice",
            json!({
                "title": text("title"), "description": text("description"),
                "start_parameter": text("start_parameter"), "currency": text("currency"), "total_amount": total,
            }),
        ))
    }
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
