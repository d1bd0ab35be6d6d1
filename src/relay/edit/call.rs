//! The call that changes a copy. Pure.

use serde_json::{Map, Value};

use crate::{
    relay::{
        album::as_media,
        compose::{Composed, compose},
        content::{Content, LOCATION, WordsPlace, pick},
        rich::RichText,
    },
    telegram::Outgoing,
    update::Message,
};

/// Kinds of media that can take each other's place (Bot API, `editMessageMedia`).
const REPLACEABLE: &[&str] = &["photo", "video", "animation", "audio", "document"];

/// The method that ends a live location.
const END: &str = "stopMessageLiveLocation";

/// Whether a call ends a live location, and says nothing else.
pub(super) fn is_end_of_location(edit: &Outgoing) -> bool {
    edit.method == END
}

/// The call for a live location that moved, or that ended and so has no period any more.
pub(in crate::relay) fn moved_location(message: &Message) -> Option<Outgoing> {
    let location = message.get("location").filter(|_| message.get("venue").is_none())?;
    if location.get("live_period").is_none() {
        return Some(Outgoing::new(END, Map::new()));
    }
    let mut parameters = pick(location, LOCATION);
    parameters.remove("live_period");
    Some(Outgoing::new("editMessageLiveLocation", parameters))
}

/// The call for changed content, with the header above its words; `None` for kinds that can't
/// change. Where the file is the same, only its caption is changed.
pub(in crate::relay) fn changed_content(
    content: &Content,
    header: Option<RichText>,
    is_same_file: bool,
) -> Option<Composed> {
    let is_replaceable = REPLACEABLE.contains(&content.kind);
    let (method, kept) = match content.place {
        WordsPlace::None => return None,
        WordsPlace::Text => ("editMessageText", &["link_preview_options"][..]),
        WordsPlace::Caption if is_same_file || !is_replaceable => {
            ("editMessageCaption", &["show_caption_above_media"][..])
        }
        WordsPlace::Caption => return changed_media(content, header),
    };
    let kept: Map<_, _> = kept
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), content.outgoing.parameters.get(*key)?.clone())))
        .collect();
    let edit = Content { outgoing: Outgoing::new(method, kept), ..content.clone() };
    Some(compose(&edit, header, None))
}

fn changed_media(content: &Content, header: Option<RichText>) -> Option<Composed> {
    let bare = Content {
        outgoing: Outgoing { attachment: None, ..content.outgoing.clone() },
        ..content.clone()
    };
    let Composed { header, main } = compose(&bare, header, None);
    let words = RichText::read(&Value::Object(main.parameters), "caption", "caption_entities");
    let (media, file) = as_media(content, &words.unwrap_or_default())?;
    let mut parameters = Map::new();
    parameters.insert("media".to_owned(), media);
    let main = Outgoing { media: vec![file], ..Outgoing::new("editMessageMedia", parameters) };
    Some(Composed { header, main })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        relay::content::{Reading, read},
        text::Language,
    };

    fn content(json: &Value) -> Content {
        let Reading::Content(content) = read(&Message::with(json), Language::English) else {
            panic!("{json} has no content")
        };
        *content
    }

    #[test]
    fn a_location_moves_while_it_lives_and_then_stops() {
        let live = json!({"latitude": 1.0, "longitude": 2.0, "live_period": 60, "heading": 9});
        let moved = moved_location(&Message::with(&json!({ "location": live }))).unwrap();
        assert_eq!(moved.method, "editMessageLiveLocation");
        assert_eq!(
            Value::Object(moved.parameters),
            json!({"latitude": 1.0, "longitude": 2.0, "heading": 9})
        );
        let ended = json!({"latitude": 1.0, "longitude": 2.0});
        let ended = moved_location(&Message::with(&json!({ "location": ended }))).unwrap();
        assert_eq!(ended.method, "stopMessageLiveLocation");
    }

    #[test]
    fn changed_words_keep_what_belongs_to_them() {
        let options = json!({"is_disabled": true});
        let text = content(&json!({"text": "at 6", "link_preview_options": options}));
        let edit = changed_content(&text, None, false).unwrap().main;
        assert_eq!(edit.method, "editMessageText");
        assert_eq!(edit.parameters["text"], "at 6");
        assert_eq!(edit.parameters["link_preview_options"], options);
        let sticker = content(&json!({"sticker": {"file_id": "x"}}));
        assert!(changed_content(&sticker, None, false).is_none());
    }

    #[test]
    fn another_file_takes_the_place_of_the_first_with_its_caption() {
        let photo = json!({"photo": [{"file_id": "f", "file_unique_id": "u"}], "caption": "new"});
        let header = || Some(RichText::plain("H"));
        let edit = changed_content(&content(&photo), header(), false).unwrap().main;
        assert_eq!((edit.method, edit.media.len()), ("editMessageMedia", 1));
        assert_eq!(edit.parameters["media"]["type"], "photo");
        assert_eq!(edit.parameters["media"]["caption"], "H\nnew");
        let edit = changed_content(&content(&photo), header(), true).unwrap().main;
        assert_eq!((edit.method, edit.media.len()), ("editMessageCaption", 0));
        assert_eq!(edit.parameters["caption"], "H\nnew");
        let voice = json!({"voice": {"file_id": "v"}, "caption": "x"});
        assert_eq!(
            changed_content(&content(&voice), None, false).unwrap().main.method,
            "editMessageCaption"
        );
    }
}
