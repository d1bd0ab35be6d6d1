//! The label of a link: the `start` payload a customer came with, or is to come with.

use std::{fmt, sync::LazyLock};

use regex::Regex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A `start` payload (Bot API, "Deep linking").
static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^[A-Za-z0-9_-]{1,64}$").ok());

/// A label. Telegram allows 1 to 64 of `A-Z a-z 0-9 _ -` (Bot API, "Deep linking"); whatever else
/// stands in a payload is no label, so that nothing foreign reaches a link, a header or a file name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// The text is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a label has 1 to 64 letters a-z, digits, _ and -")]
pub struct NoLabel;

impl Label {
    /// Reads a label.
    ///
    /// # Errors
    /// When the text has another letter, none, or more than 64.
    pub fn parse(text: &str) -> Result<Self, NoLabel> {
        let fits = SHAPE.as_ref().is_some_and(|shape| shape.is_match(text));
        if fits { Ok(Self(text.to_owned())) } else { Err(NoLabel) }
    }

    /// As it stands in a link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Stands for the label where the label itself has no room: in a button's data.
    pub fn tag(&self) -> u32 {
        let digest = Sha256::digest(self.0.as_bytes());
        digest.iter().take(4).fold(0, |tag, byte| tag << 8 | u32::from(*byte))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Label {
    type Error = NoLabel;

    fn try_from(text: String) -> Result<Self, NoLabel> {
        Self::parse(&text)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_what_telegram_allows_and_nothing_else() {
        for text in ["table7", "_", "-", "A-z_0", &"x".repeat(64)] {
            assert_eq!(Label::parse(text).unwrap().as_str(), text);
        }
        for text in ["", " ", "a b", "a\n", "<b>", "ü", "#table7", "a=b", &"x".repeat(65)] {
            assert_eq!(Label::parse(text), Err(NoLabel), "{text}");
        }
    }

    #[test]
    fn a_stored_label_is_checked_again() {
        let label = Label::parse("table7").unwrap();
        assert_eq!(serde_json::to_string(&label).unwrap(), r#""table7""#);
        assert_eq!(serde_json::from_str::<Label>(r#""table7""#).unwrap(), label);
        assert!(serde_json::from_str::<Label>(r#""<b>""#).is_err());
    }

    #[test]
    fn tags_tell_labels_apart() {
        let tag = |text| Label::parse(text).unwrap().tag();
        assert_eq!(tag("table7"), tag("table7"));
        assert_ne!(tag("table7"), tag("table8"));
    }
}
