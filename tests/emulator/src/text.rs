//! Text as Telegram counts it: UTF-16 units, entities checked and detected.

use serde_json::{Map, Value, json};

use crate::error::ApiError;

/// Length in UTF-16 code units, the unit of every Telegram text limit and entity offset.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The byte position of a UTF-16 offset; `None` beyond the end or inside a surrogate pair.
fn byte_at(text: &str, offset: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units == offset {
            return Some(at);
        }
        units += c.len_utf16();
    }
    (units == offset).then_some(text.len())
}

/// The part of a text an entity covers.
pub fn slice_utf16(text: &str, offset: usize, length: usize) -> Option<&str> {
    text.get(byte_at(text, offset)?..byte_at(text, offset + length)?)
}

/// A text with its checked entities, ready to be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Value>,
}

/// Types a client may give. The others are found by the server and ignored in a request
/// (`Client::get_text_entity_type` returns nothing for them).
const GIVEN: &[&str] = &[
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];
const FOUND: &[&str] = &[
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bank_card_number",
];

/// Checks entities as TDLib's `fix_formatted_text` does, except that crossing entities are an
/// error here: the server splits them silently, and a relay that produces them has a bug.
pub(crate) fn format(
    text: &str,
    parse_mode: Option<&str>,
    entities: &[Value],
) -> Result<Formatted, ApiError> {
    let mode = parse_mode.map(str::to_lowercase).unwrap_or_default();
    let mut formatted = match mode.as_str() {
        "" | "none" => Formatted { text: text.to_owned(), entities: given(text, entities)? },
        "html" => crate::html::parse(text)?,
        "markdown" | "markdownv2" => {
            return Err(ApiError::complaint(
                400,
                "Bad Request: the emulator does not parse Markdown; send entities",
            ));
        }
        _ => {
            return Err(ApiError::complaint(400, "Bad Request: unsupported parse_mode"));
        }
    };
    trim(&mut formatted);
    detect(&mut formatted);
    Ok(formatted)
}

fn given(text: &str, entities: &[Value]) -> Result<Vec<Value>, ApiError> {
    let refuse = |why: String| ApiError::complaint(400, format!("Bad Request: {why}"));
    let mut kept = Vec::new();
    for entity in entities {
        let Some(object) = entity.as_object() else {
            return Err(refuse("can't parse MessageEntity: expected an Object".into()));
        };
        let Some(kind) = object.get("type").and_then(Value::as_str) else {
            return Err(refuse("can't parse MessageEntity: Can't find field \"type\"".into()));
        };
        let (Some(offset), Some(length)) = (
            object.get("offset").and_then(Value::as_i64),
            object.get("length").and_then(Value::as_i64),
        ) else {
            return Err(refuse("can't parse MessageEntity: Can't find field \"offset\"".into()));
        };
        if FOUND.contains(&kind) {
            continue;
        }
        if !GIVEN.contains(&kind) {
            return Err(refuse("can't parse MessageEntity: Unsupported type specified".into()));
        }
        check_fields(kind, object).map_err(refuse)?;
        check_bounds(text, offset, length).map_err(refuse)?;
        if length > 0 {
            kept.push(entity.clone());
        }
    }
    kept.sort_by_key(order);
    check_nesting(&kept).map_err(refuse)?;
    Ok(kept)
}

fn check_fields(kind: &str, object: &Map<String, Value>) -> Result<(), String> {
    let needed = match kind {
        "text_link" => "url",
        "text_mention" => "user",
        "custom_emoji" => "custom_emoji_id",
        "date_time" => "unix_time",
        _ => return Ok(()),
    };
    if object.contains_key(needed) {
        return Ok(());
    }
    Err(format!("can't parse MessageEntity: Can't find field \"{needed}\""))
}

fn check_bounds(text: &str, offset: i64, length: i64) -> Result<(), String> {
    let total = i64::try_from(utf16_len(text)).unwrap_or(i64::MAX);
    if offset < 0 {
        return Err(format!("receive an entity with incorrect offset {offset}"));
    }
    if length < 0 {
        return Err(format!("receive an entity with incorrect length {length}"));
    }
    let end = offset + length;
    if end > total {
        return Err(format!(
            "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
        ));
    }
    let splits = |at: i64| byte_at(text, usize::try_from(at).unwrap_or(usize::MAX)).is_none();
    if splits(offset) {
        return Err(format!(
            "entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}"
        ));
    }
    if splits(end) {
        return Err(format!(
            "entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol at UTF-16 offset {end}"
        ));
    }
    Ok(())
}

fn span(entity: &Value) -> (usize, usize) {
    let number = |key: &str| usize::try_from(entity[key].as_u64().unwrap_or(0)).unwrap_or(0);
    (number("offset"), number("offset") + number("length"))
}

fn order(entity: &Value) -> (usize, std::cmp::Reverse<usize>) {
    let (start, end) = span(entity);
    (start, std::cmp::Reverse(end))
}

fn check_nesting(sorted: &[Value]) -> Result<(), String> {
    for (at, outer) in sorted.iter().enumerate() {
        for inner in &sorted[at + 1..] {
            let ((a, b), (c, d)) = (span(outer), span(inner));
            let monospace = |e: &Value| matches!(e["type"].as_str(), Some("code" | "pre"));
            if c < b && d > b {
                return Err(format!("entities [{a},{b}) and [{c},{d}) intersect without nesting"));
            }
            if c < b && monospace(outer) && monospace(inner) {
                return Err(format!("entity [{c},{d}) can't be nested in the code at [{a},{b})"));
            }
        }
    }
    Ok(())
}

/// White space at both ends goes, entities follow.
fn trim(formatted: &mut Formatted) {
    let first = formatted.entities.first().map_or(usize::MAX, |e| span(e).0);
    let blank = |c: &char| matches!(c, ' ' | '\n' | '\r' | '\t');
    let lead = formatted.text.chars().take_while(blank).count().min(first);
    if lead > 0 {
        formatted.text.drain(..lead);
        for entity in &mut formatted.entities {
            entity["offset"] = json!(span(entity).0 - lead);
        }
    }
    let kept = formatted.text.trim_end_matches([' ', '\n', '\r', '\t']).len();
    formatted.text.truncate(kept);
    let total = utf16_len(&formatted.text);
    for entity in &mut formatted.entities {
        let (start, end) = span(entity);
        entity["length"] = json!(end.min(total).saturating_sub(start));
    }
    formatted.entities.retain(|e| e["length"].as_u64() != Some(0));
}

/// Adds the entities the server finds by itself: commands, mentions, links, hashtags, addresses.
pub(crate) fn detect(formatted: &mut Formatted) {
    let text = formatted.text.clone();
    let bytes = text.as_bytes();
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !text.is_char_boundary(at) {
            at += 1;
            continue;
        }
        let fresh = text[..at].chars().next_back().is_none_or(|c| {
            let is_tag = bytes[at] == b'/' && matches!(c, '<' | '>');
            !(c.is_alphanumeric() || c == '_' || c == '/' || is_tag)
        });
        let hit = if fresh { detect_at(&text, bytes, at) } else { None };
        match hit {
            Some((kind, end)) => {
                found.push((kind, at, end));
                at = end;
            }
            None => at += 1,
        }
    }
    let mut units = 0;
    let mut last = 0;
    let blocked: Vec<_> = formatted
        .entities
        .iter()
        .filter(|e| {
            matches!(
                e["type"].as_str(),
                Some("code" | "pre" | "text_link" | "text_mention" | "custom_emoji")
            )
        })
        .map(span)
        .collect();
    for (kind, start, end) in found {
        units += utf16_len(&text[last..start]);
        last = start;
        let length = utf16_len(&text[start..end]);
        let taken = formatted.entities.iter().any(|e| {
            let (a, b) = span(e);
            let crosses = a < units + length
                && units < b
                && !(a <= units && units + length <= b)
                && !(units <= a && b <= units + length);
            crosses || (e["type"] == *kind && a == units)
        });
        if taken || blocked.iter().any(|(a, b)| *a < units + length && units < *b) {
            continue;
        }
        formatted.entities.push(json!({"type": kind, "offset": units, "length": length}));
    }
    formatted.entities.sort_by_key(order);
}

fn detect_at(text: &str, bytes: &[u8], at: usize) -> Option<(&'static str, usize)> {
    let run = |from: usize, ok: fn(u8) -> bool| {
        from + bytes[from..].iter().take_while(|b| ok(**b)).count()
    };
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    match bytes[at] {
        b'/' => {
            let end = run(at + 1, word);
            if !(2..=65).contains(&(end - at)) {
                return None;
            }
            if bytes.get(end) == Some(&b'@') {
                let named = run(end + 1, word);
                if named - end > 3 {
                    return Some(("bot_command", named));
                }
            }
            (!matches!(bytes.get(end), Some(b'/' | b'<' | b'>'))).then_some(("bot_command", end))
        }
        b'@' => {
            let end = run(at + 1, word);
            (5..=33).contains(&(end - at)).then_some(("mention", end))
        }
        b'#' => {
            let length: usize = text[at + 1..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .map(char::len_utf8)
                .sum();
            let tag = &text[at + 1..at + 1 + length];
            (!tag.is_empty() && tag.chars().any(|c| !c.is_ascii_digit()))
                .then_some(("hashtag", at + 1 + length))
        }
        _ => address_at(text, at),
    }
}

/// A link with its scheme, a bare `host.tld/path`, or an e-mail address.
fn address_at(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let rest = &text[at..];
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»'))
        .unwrap_or(rest.len());
    let piece = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
    let (scheme, bare) = match piece.split_once("://") {
        Some((scheme @ ("http" | "https" | "ftp" | "tg"), bare)) => (scheme, bare),
        Some(_) => return None,
        None => ("", piece),
    };
    if scheme == "tg" && !bare.is_empty() {
        return Some(("url", at + piece.len()));
    }
    let host_end = bare.find(['/', '?', '#', ':']).unwrap_or(bare.len());
    let (host, mail) = match bare[..host_end].split_once('@') {
        Some((user, host)) if !user.is_empty() => (host, true),
        _ => (&bare[..host_end], false),
    };
    let top = host.rsplit_once('.').map(|(_, top)| top)?;
    let labels = host
        .split('.')
        .all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let common = [
        "com", "org", "net", "me", "io", "ru", "de", "uk", "dev", "app", "test", "info", "co",
        "xyz", "ly",
    ];
    let top_ok = top.len() >= 2
        && top.chars().all(char::is_alphabetic)
        && (!scheme.is_empty() || common.contains(&top));
    if !labels || !top_ok {
        return None;
    }
    if mail && scheme.is_empty() {
        return Some(("email", at + host_end));
    }
    Some(("url", at + piece.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(String, String)> {
        let formatted = format(text, None, &[]).unwrap();
        formatted
            .entities
            .iter()
            .map(|e| {
                let (a, b) = span(e);
                (
                    e["type"].as_str().unwrap().to_owned(),
                    slice_utf16(&formatted.text, a, b - a).unwrap().to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn finds_what_the_server_finds() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(kinds("/start table7"), [pair("bot_command", "/start")]);
        assert_eq!(
            kinds("🙂 @anna_shop, see https://a.example/x?y=1."),
            [pair("mention", "@anna_shop"), pair("url", "https://a.example/x?y=1"),]
        );
        assert_eq!(
            kinds("#заказ 5 and a@b.com or t.me/shop"),
            [pair("hashtag", "#заказ"), pair("email", "a@b.com"), pair("url", "t.me/shop"),]
        );
        assert_eq!(kinds("1/2 and 3.14 a/b"), []);
        assert_eq!(kinds("<script>1</script> /b> >/i"), []);
    }

    #[test]
    fn refuses_bad_entities() {
        let bad = |entities: Value| {
            format("a🙂b", None, entities.as_array().unwrap()).unwrap_err().description
        };
        assert!(
            bad(json!([{"type":"bold","offset":2,"length":1}]))
                .contains("middle of a UTF-16 symbol")
        );
        assert!(bad(json!([{"type":"bold","offset":0,"length":9}])).contains("after the end"));
        assert!(bad(json!([{"type":"bald","offset":0,"length":1}])).contains("Unsupported type"));
        assert!(
            bad(json!([{"type":"bold","offset":0,"length":3},{"type":"italic","offset":1,"length":3}]))
                .contains("intersect")
        );
    }
}
