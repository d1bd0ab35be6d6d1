//! Text with entities, counted as Telegram counts: in UTF-16 units.

use serde_json::{Value, json};

/// Text and its entities, which stay JSON as they came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RichText {
    /// The text.
    pub text: String,
    /// Its entities.
    pub entities: Vec<Value>,
}

impl RichText {
    /// Text without entities.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), entities: Vec::new() }
    }

    /// Reads a text and its entities out of a message or a part of one. An entity that does not
    /// stand on letters of the text costs itself: sent along, it would cost the whole message.
    pub fn read(json: &Value, text: &str, entities: &str) -> Option<Self> {
        let text = json.get(text)?.as_str()?.to_owned();
        let entities = json.get(entities).and_then(Value::as_array).cloned().unwrap_or_default();
        Some(Self { text, entities }.with_entities_on_letters())
    }

    fn with_entities_on_letters(mut self) -> Self {
        if self.entities.is_empty() {
            return self;
        }
        let mut edges = vec![true];
        for letter in self.text.chars() {
            edges.resize(edges.len() + letter.len_utf16() - 1, false);
            edges.push(true);
        }
        let is_edge = |at: usize| edges.get(at).copied().unwrap_or(false);
        self.entities.retain(|entity| {
            place(entity).is_some_and(|(from, to)| from < to && is_edge(from) && is_edge(to))
        });
        self
    }

    /// The same text with its beginning replaced; `None` where it begins otherwise. Entities stay
    /// on their words, and one on the beginning on that.
    pub fn with_beginning(mut self, old: &str, new: &str) -> Option<Self> {
        let rest = self.text.strip_prefix(old)?;
        let (before, now) = (units(old), units(new));
        let moved = |at: usize| if at < before { at.min(now) } else { at - before + now };
        for entity in &mut self.entities {
            let Some((from, to)) = place(entity) else { continue };
            let (from, to) = (moved(from), moved(to));
            entity["offset"] = from.into();
            entity["length"] = to.saturating_sub(from).into();
        }
        self.text = format!("{new}{rest}");
        Some(self)
    }

    /// The words up to so many units, and those after them. An entity on both goes on both.
    fn split(self, units: usize) -> (Self, Self) {
        let mut at = (0, 0);
        for (bytes, letter) in self.text.char_indices() {
            let end = at.1 + letter.len_utf16();
            if end > units {
                break;
            }
            at = (bytes + letter.len_utf8(), end);
        }
        let (bytes, cut) = at;
        let (first, rest) = self.text.split_at(bytes);
        let part = |from: usize, to: usize| -> Vec<Value> {
            self.entities.iter().filter_map(|entity| within(entity, from, to)).collect()
        };
        let (before, after) = (part(0, cut), part(cut, usize::MAX));
        let [first, rest] = [first, rest].map(str::to_owned);
        (Self { text: first, entities: before }, Self { text: rest, entities: after })
    }

    /// Two texts of the lengths there is room for. What no room is left for goes, and an ellipsis
    /// says so; Telegram lets nobody write as much.
    #[must_use]
    pub fn over_two(self, first: usize, second: usize) -> (Self, Self) {
        if self.units() <= first {
            return (self, Self::default());
        }
        let (start, rest) = self.split(first);
        (start, rest.cut(second))
    }

    /// The text with no more than so many units.
    #[must_use]
    pub fn cut(self, units: usize) -> Self {
        if self.units() <= units {
            return self;
        }
        let Some(room) = units.checked_sub(1) else { return Self::default() };
        let (mut kept, _) = self.split(room);
        kept.push("…");
        kept
    }

    /// Its length in UTF-16 units.
    pub fn units(&self) -> usize {
        units(&self.text)
    }

    /// Adds text of ours.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds text of ours in bold.
    pub fn push_bold(&mut self, text: &str) {
        let bold = json!({"type": "bold", "offset": self.units(), "length": units(text)});
        self.entities.push(bold);
        self.text.push_str(text);
    }

    /// Adds another text, whose entities keep their places in it.
    pub fn append(&mut self, other: Self) {
        let by = i64::try_from(self.units()).unwrap_or(i64::MAX);
        self.entities.extend(other.entities.into_iter().map(|entity| shifted(entity, by)));
        self.text.push_str(&other.text);
    }

    /// `self`, a line break, and `other` below it.
    #[must_use]
    pub fn above(mut self, other: Self) -> Self {
        if self.text.is_empty() {
            return other;
        }
        if !other.text.is_empty() {
            self.push("\n");
            self.append(other);
        }
        self
    }
}

/// Where an entity begins and ends.
fn place(entity: &Value) -> Option<(usize, usize)> {
    let number = |key: &str| usize::try_from(entity.get(key)?.as_u64()?).ok();
    let from = number("offset")?;
    Some((from, from.checked_add(number("length")?)?))
}

/// The part of an entity that is between two places, counted from the first; `None` where there is
/// nothing of it.
fn within(entity: &Value, from: usize, to: usize) -> Option<Value> {
    let (begins, ends) = place(entity)?;
    let (begins, ends) = (begins.max(from), ends.min(to));
    let length = ends.checked_sub(begins).filter(|length| *length > 0)?;
    let mut part = entity.clone();
    part["offset"] = (begins - from).into();
    part["length"] = length.into();
    Some(part)
}

/// The length of a text in UTF-16 units.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// An entity moved by some units; one without an offset stays.
pub fn shifted(mut entity: Value, by: i64) -> Value {
    if let Some(offset) = entity.get("offset").and_then(Value::as_i64) {
        entity["offset"] = offset.saturating_add(by).into();
    }
    entity
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn covered(rich: &RichText, entity: &Value) -> String {
        let number = |key: &str| usize::try_from(entity[key].as_u64().unwrap()).unwrap();
        let units: Vec<u16> = rich.text.encode_utf16().collect();
        let (from, length) = (number("offset"), number("length"));
        String::from_utf16(&units[from..from + length]).unwrap()
    }

    #[test]
    fn an_entity_beside_its_text_costs_itself() {
        let bold =
            |offset: i64, length: i64| json!({"type": "bold", "offset": offset, "length": length});
        let odd = [
            bold(0, 2),
            bold(0, 1),
            bold(1, 2),
            bold(2, 9),
            bold(-1, 2),
            bold(2, 0),
            bold(3, i64::MAX),
        ];
        let entities: Vec<Value> =
            odd.into_iter().chain([json!({"type": "bold"}), json!(1)]).collect();
        let read =
            RichText::read(&json!({"text": "🦊ab", "entities": entities}), "text", "entities");
        assert_eq!(read.unwrap().entities, [bold(0, 2)]);
    }

    #[test]
    fn a_text_is_split_between_letters_and_its_entities_with_it() {
        let mut text = RichText::plain("ab");
        text.push_bold("🦊🦊");
        let (first, rest) = text.clone().over_two(5, 9);
        assert_eq!((first.text.as_str(), rest.text.as_str()), ("ab🦊", "🦊"));
        let bold = |offset, length| json!({"type": "bold", "offset": offset, "length": length});
        assert_eq!((first.entities, rest.entities), (vec![bold(2, 2)], vec![bold(0, 2)]));
        let (first, rest) = text.over_two(2, 1);
        assert_eq!((first.entities.len(), rest.text.as_str(), rest.entities.len()), (0, "…", 0));
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_there_is_room(text in "(?s).{0,60}", first in 0..40_usize, second in 0..40_usize) {
            let (start, rest) = RichText::plain(text.clone()).over_two(first, second);
            prop_assert!(start.units() <= first && rest.units() <= second);
            let whole = format!("{}{}", start.text, rest.text);
            prop_assert!(whole == text || units(&text) > first);
        }

        #[test]
        fn entities_cover_the_same_words_below_any_header(header in ".{0,40}", before in ".{0,20}", word in ".{1,20}") {
            let mut text = RichText::plain(before);
            text.push_bold(&word);
            let below = RichText::plain(header).above(text);
            prop_assert_eq!(covered(&below, &below.entities[0]), word);
        }
    }
}
