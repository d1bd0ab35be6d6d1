//! The key that everything secret in the database hangs on.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

use super::problems::Wrong;

const LENGTH: usize = 32;

/// 32 random bytes. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; LENGTH]);

impl SecretKey {
    /// Takes bytes that come from a source of randomness.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// Reads base64 in either alphabet, with or without padding, blanks around it ignored.
    ///
    /// The variable and the key file have the same form, so both are read by this.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let url_safe = text.trim().replace('+', "-").replace('/', "_");
        let padding =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(&URL_SAFE, padding)
            .decode(url_safe)
            .map_err(|_| Wrong::new("it is not base64"))?;
        let length = bytes.len();
        let bytes: [u8; LENGTH] = bytes
            .try_into()
            .map_err(|_| Wrong::new(format!("it holds {length} bytes instead of 32")))?;
        Ok(Self(bytes))
    }

    /// The key itself: for ciphers and key derivation, never for a message.
    pub fn reveal(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The text [`SecretKey::parse`] reads: for the key file, never for a message.
    pub fn reveal_base64(&self) -> String {
        general_purpose::STANDARD.encode(self.0)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// `SECRET_KEY` holds it.
    Given(SecretKey),
    /// It is read from this file, which is created if it does not exist.
    File(PathBuf),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_does_not_show_itself() {
        let mut bytes = [7; 32];
        bytes[0] = 8;
        let shown = format!("{:#?}", KeySource::Given(SecretKey::from_bytes(bytes)));
        assert!(!shown.contains('7') && !shown.contains("Bw"), "{shown}");
    }

    proptest! {
        #[test]
        fn both_alphabets_are_read_with_and_without_padding(bytes in any::<[u8; 32]>()) {
            let forms = [
                general_purpose::STANDARD.encode(bytes),
                general_purpose::STANDARD_NO_PAD.encode(bytes),
                general_purpose::URL_SAFE.encode(bytes),
                general_purpose::URL_SAFE_NO_PAD.encode(bytes) + "\n",
                SecretKey::from_bytes(bytes).reveal_base64(),
            ];
            for form in forms {
                let key = SecretKey::parse(&form).unwrap();
                prop_assert_eq!(key.reveal(), &bytes);
            }
        }

        #[test]
        fn another_length_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assume!(bytes.len() != 32);
            prop_assert!(SecretKey::parse(&general_purpose::STANDARD.encode(bytes)).is_err());
        }
    }
}
