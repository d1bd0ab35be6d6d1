//! Which call copies which message.

use super::*;

fn read_json(extra: &Value) -> Reading {
    read(&Message::with(extra), Language::English)
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
