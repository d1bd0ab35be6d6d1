//! Messages that are neither words nor files: places, people, polls, and what can only be told.

use serde_json::{Map, Value};

use super::{Content, WordsPlace, pick};
use crate::{
    relay::{header::clean, rich::RichText},
    telegram::Outgoing,
    text::Language,
};

pub(super) fn place(json: &Value) -> Option<Content> {
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

pub(super) fn contact(json: &Value) -> Option<Content> {
    let contact = json.get("contact")?;
    let parameters = pick(contact, &["phone_number", "first_name", "last_name", "vcard"]);
    let rendition = ["first_name", "last_name", "phone_number"].map(|key| said(contact, key));
    Some(bare("sendContact", parameters, "contact", rendition.join(" ")))
}

pub(super) fn poll(json: &Value, language: Language) -> Option<Content> {
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
pub(super) fn told(json: &Value, language: Language) -> Option<Content> {
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

fn said(json: &Value, key: &str) -> String {
    json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
