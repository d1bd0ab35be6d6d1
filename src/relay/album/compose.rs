//! The items of an album put together into one call. Pure.

use serde_json::{Map, Value, json};

use crate::{
    relay::{
        compose::{Composed, Reply, replying, text_message},
        content::{Content, WordsPlace},
        header::set_apart,
        rich::RichText,
    },
    telegram::{Attachment, Outgoing},
};

/// The most bytes of a file that a bot can fetch (Bot API, `getFile`). Bigger ones may still come
/// from a Bot API server of one's own, but not as a part of something that would fail as a whole.
const FETCHED: u64 = 20 << 20;

/// What may stand together in one album (Bot API, `sendMediaGroup`).
const TOGETHER: &[&[&str]] = &[&["photo", "video"], &["document"], &["audio"]];

/// The content as one object of `media`, and its file; `None` where it is no such content.
pub(in crate::relay) fn as_media(
    content: &Content,
    words: &RichText,
) -> Option<(Value, Attachment)> {
    let attachment = content.outgoing.attachment.clone()?;
    let mut item = Map::new();
    item.insert("type".to_owned(), attachment.field.into());
    item.insert("media".to_owned(), "".into());
    item.extend(content.outgoing.parameters.clone());
    if content.place == WordsPlace::Caption && !words.text.is_empty() {
        item.insert("caption".to_owned(), words.text.clone().into());
        if !words.entities.is_empty() {
            item.insert("caption_entities".to_owned(), json!(words.entities));
        }
    }
    Some((item.into(), attachment))
}

/// The album as one call, with the header in a caption where that shows it, else as a message of
/// its own. `None` where Telegram would not take these items as one album.
pub(in crate::relay) fn compose_album(
    contents: &[Content],
    header: Option<RichText>,
    reply: Option<&Reply>,
) -> Option<Composed> {
    if contents.len() < 2 || !fit_together(contents) {
        return None;
    }
    let mut words: Vec<RichText> = contents.iter().map(|content| content.words.clone()).collect();
    let header = header.and_then(|header| join(&mut words, header));
    if header.is_some() {
        words = words.into_iter().map(set_apart).collect();
    }
    let items = contents.iter().zip(&words);
    let (media, files): (Vec<Value>, Vec<Attachment>) = items
        .map(|(content, words)| as_media(content, words))
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .unzip();
    let mut parameters = Map::new();
    parameters.insert("media".to_owned(), media.into());
    let main = Outgoing { media: files, ..Outgoing::new("sendMediaGroup", parameters) };
    let header = header.map(|header| text_message(header, reply));
    Some(Composed { header, main: replying(main, reply) })
}

/// The same with the header in a message of its own in any case: one that has buttons.
pub(in crate::relay) fn compose_album_below(
    contents: &[Content],
    header: RichText,
    reply: Option<&Reply>,
) -> Option<Composed> {
    let apart =
        |content: &Content| Content { words: set_apart(content.words.clone()), ..content.clone() };
    let contents: Vec<Content> = contents.iter().map(apart).collect();
    let Composed { main, .. } = compose_album(&contents, None, reply)?;
    Some(Composed { header: Some(text_message(header, reply)), main })
}

fn fit_together(contents: &[Content]) -> bool {
    let together = |kinds: &&&[&str]| contents.iter().all(|content| kinds.contains(&content.kind));
    let fits = |content: &Content| {
        let file = content.outgoing.attachment.as_ref().map(|attachment| &attachment.file);
        content.words.units() <= WordsPlace::Caption.limit()
            && file.is_some_and(|file| file.size.is_none_or(|size| size <= FETCHED))
    };
    TOGETHER.iter().any(|kinds| together(&kinds)) && contents.iter().all(fits)
}

/// Puts the header above a caption; gives it back where it would not be seen. Telegram shows a
/// caption below an album only while it is the only one.
fn join(words: &mut [RichText], header: RichText) -> Option<RichText> {
    let captioned: Vec<usize> = (0..words.len()).filter(|at| !words[*at].text.is_empty()).collect();
    if captioned.len() > 1 {
        return Some(header);
    }
    let at = captioned.first().copied().unwrap_or(0);
    let joined = header.clone().above(words[at].clone());
    if joined.units() > WordsPlace::Caption.limit() {
        return Some(header);
    }
    words[at] = joined;
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        relay::content::{Reading, read},
        text::Language,
        update::Message,
    };

    fn content(kind: &str, caption: &str) -> Content {
        let object = json!({"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1});
        let object = if kind == "photo" { json!([object]) } else { object };
        let message = Message::with(&json!({ kind: object, "caption": caption }));
        let Reading::Content(content) = read(&message, Language::English) else { panic!() };
        *content
    }

    fn captions(composed: &Composed) -> Vec<String> {
        let media = composed.main.parameters["media"].as_array().unwrap();
        media.iter().map(|item| item["caption"].as_str().unwrap_or("").to_owned()).collect()
    }

    fn album(captions: &[&str]) -> Vec<Content> {
        captions.iter().map(|caption| content("photo", caption)).collect()
    }

    #[test]
    fn the_header_stands_where_telegram_shows_it() {
        let header = || Some(RichText::plain("H"));
        let plain = compose_album(&album(&["", ""]), header(), None).unwrap();
        assert_eq!(captions(&plain), ["H", ""]);
        let one = compose_album(&album(&["", "x"]), header(), None).unwrap();
        assert_eq!(
            (captions(&one), one.header.is_none()),
            (vec![String::new(), "H\nx".into()], true)
        );
        let several = compose_album(&album(&["a", "b"]), header(), None).unwrap();
        assert_eq!(
            (captions(&several), several.header.is_some()),
            (vec!["a".into(), "b".into()], true)
        );
        let long = "x".repeat(1023);
        let long = compose_album(&album(&[&long, ""]), header(), None).unwrap();
        assert!(long.header.is_some());
    }

    #[test]
    fn only_what_telegram_takes_together_is_one_album() {
        let is_album = |kinds: &[&str]| {
            let contents: Vec<_> = kinds.iter().map(|kind| content(kind, "")).collect();
            compose_album(&contents, None, None).is_some()
        };
        assert!(is_album(&["photo", "video"]) && is_album(&["audio", "audio"]));
        assert!(is_album(&["document", "document"]));
        assert!(!is_album(&["photo", "document"]) && !is_album(&["photo"]));
        assert!(!is_album(&["animation", "animation"]));
        let long = album(&[&"x".repeat(1025), ""]);
        assert!(compose_album(&long, None, None).is_none());
    }

    #[test]
    fn each_item_keeps_its_own_fields() {
        let composed = compose_album(&[content("video", "v"), content("photo", "")], None, None);
        let main = composed.unwrap().main;
        let video = &main.parameters["media"][0];
        assert_eq!((&video["type"], &video["supports_streaming"]), (&json!("video"), &json!(true)));
        assert_eq!(main.media.len(), 2);
        assert_eq!(main.parameters["media"][1].get("caption"), None);
    }
}
