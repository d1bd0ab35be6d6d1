//! The HTML parse mode: enough for the tags a bot's own sentences use.

use serde_json::{Value, json};

use crate::{
    error::ApiError,
    text::{Formatted, utf16_len},
};

/// Parses Telegram's HTML subset; an unknown or unclosed tag is the error the server gives.
pub(crate) fn parse(source: &str) -> Result<Formatted, ApiError> {
    let refuse =
        |why: String| ApiError::complaint(400, format!("Bad Request: can't parse entities: {why}"));
    let mut out = Formatted::default();
    let mut open: Vec<(String, usize, Value)> = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        match c {
            '<' => {
                let at = source.len() - rest.len();
                let end = rest
                    .find('>')
                    .ok_or_else(|| refuse(format!("Unclosed start tag at byte offset {at}")))?;
                let tag = &rest[1..end];
                rest = &rest[end + 1..];
                if let Some(name) = tag.strip_prefix('/') {
                    let Some((opened, start, mut entity)) = open.pop() else {
                        return Err(refuse(format!("Unexpected end tag at byte offset {at}")));
                    };
                    if opened != name.trim().to_lowercase() {
                        return Err(refuse(format!("Unmatched end tag at byte offset {at}")));
                    }
                    entity["offset"] = json!(start);
                    entity["length"] = json!(utf16_len(&out.text) - start);
                    out.entities.push(entity);
                } else {
                    let name = tag.split_whitespace().next().unwrap_or("").to_lowercase();
                    let entity = entity_of(&name, tag).ok_or_else(|| {
                        refuse(format!("Unsupported start tag \"{name}\" at byte offset {at}"))
                    })?;
                    open.push((name, utf16_len(&out.text), entity));
                }
            }
            '&' => {
                let known = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];
                let (length, c) = known
                    .iter()
                    .find(|(name, _)| rest.starts_with(name))
                    .map_or((1, '&'), |(name, c)| (name.len(), *c));
                out.text.push(c);
                rest = &rest[length..];
            }
            c => {
                out.text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    if let Some((name, ..)) = open.pop() {
        return Err(refuse(format!("Can't find end tag corresponding to start tag \"{name}\"")));
    }
    out.entities.sort_by_key(|e| (e["offset"].as_u64(), std::cmp::Reverse(e["length"].as_u64())));
    Ok(out)
}

fn entity_of(name: &str, tag: &str) -> Option<Value> {
    let kind = match name {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "blockquote" if tag.contains("expandable") => "expandable_blockquote",
        "blockquote" => "blockquote",
        "code" => "code",
        "pre" => "pre",
        "a" => {
            let url =
                tag.split_once("href=")?.1.trim().trim_matches(['"', '\'']).replace("&amp;", "&");
            return Some(json!({"type": "text_link", "url": url}));
        }
        _ => return None,
    };
    Some(json!({ "type": kind }))
}
