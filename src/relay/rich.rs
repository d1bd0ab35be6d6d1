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

    /// Reads a text and its entities out of a message or a part of one.
    pub fn read(json: &Value, text: &str, entities: &str) -> Option<Self> {
        let text = json.get(text)?.as_str()?.to_owned();
        let entities = json.get(entities).and_then(Value::as_array).cloned().unwrap_or_default();
        Some(Self { text, entities })
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

    proptest! {
        #[test]
        fn entities_cover_the_same_words_below_any_header(header in ".{0,40}", before in ".{0,20}", word in ".{1,20}") {
            let mut text = RichText::plain(before);
            text.push_bold(&word);
            let below = RichText::plain(header).above(text);
            prop_assert_eq!(covered(&below, &below.entities[0]), word);
        }
    }
}
