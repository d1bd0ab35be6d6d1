//! What each message carries so that it is known wherever it turns up.
//!
//! ```text
//! kqzvmwhtrpxo_i12_34_v0_       customer's message 34 in conversation 12, as first written
//! kqzvmwhtrpxo_o12_34_v1_       the owner's answer to it, changed once
//! ```
//!
//! The word in front is a secret of the run: where it stands, message text stands.

use std::fmt;

/// One side's message in a conversation, in one of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Marker {
    /// Who wrote it, and which message it is.
    pub key: Key,
    /// 0 as first written, then counted up by each change.
    pub version: u32,
}

/// Which message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Whether an owner wrote it.
    pub outbound: bool,
    /// The conversation.
    pub line: usize,
    /// The customer's message, or the one an owner answers.
    pub number: usize,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.outbound { 'o' } else { 'i' };
        write!(f, "{side}{}_{}", self.line, self.number)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_v{}", self.key, self.version)
    }
}

/// A customer's message.
pub fn inbound(line: usize, number: usize) -> Key {
    Key { outbound: false, line, number }
}

/// The owner's answer to it.
pub fn outbound(line: usize, number: usize) -> Key {
    Key { outbound: true, line, number }
}

impl Key {
    /// The marker of a version.
    pub fn version(self, version: u32) -> Marker {
        Marker { key: self, version }
    }
}

impl Marker {
    /// As it stands in a message.
    pub fn write(self, secret: &str) -> String {
        format!("{secret}_{self}_")
    }

    /// The first marker in a text.
    pub fn read(text: &str, secret: &str) -> Option<Self> {
        let (_, rest) = text.split_once(secret)?;
        let mut parts = rest.strip_prefix('_')?.splitn(4, '_');
        let (line, number, version) = (parts.next()?, parts.next()?, parts.next()?);
        let outbound = match line.get(..1)? {
            "i" => false,
            "o" => true,
            _ => return None,
        };
        let key =
            Key { outbound, line: line.get(1..)?.parse().ok()?, number: number.parse().ok()? };
        Some(key.version(version.strip_prefix('v')?.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for marker in [inbound(3, 0).version(0), outbound(1204, 77).version(3)] {
            let text = format!("🆕 Anna → @bot\n{} and so on", marker.write("abc"));
            assert_eq!(Marker::read(&text, "abc"), Some(marker));
        }
    }

    #[test]
    fn other_words_are_no_markers() {
        for text in ["", "abc", "abc_", "abc_x1_2_v0_", "abc_i1_2_", "abd_i1_2_v0_", "abc_i_2_v0_"]
        {
            assert_eq!(Marker::read(text, "abc"), None, "{text}");
        }
    }
}
