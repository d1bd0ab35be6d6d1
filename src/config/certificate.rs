//! The self-signed certificate Telegram is to trust.

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::problems::Wrong;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// Telegram takes no larger one.
const SIZE_MAX: u64 = 3 << 20;

/// A PEM file that was looked at while the configuration was read: what was checked is what is uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookCertificate {
    path: PathBuf,
    pem: Bytes,
}

impl WebhookCertificate {
    pub(super) fn read(path: &Path) -> Result<Self, Wrong> {
        let unreadable = |error: std::io::Error| {
            Wrong::new(format!("the file cannot be read ({})", error.kind()))
        };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        // A pipe or a device could block the start for ever.
        if !metadata.is_file() {
            return Err(Wrong::new("it is not a file"));
        }
        if metadata.len() > SIZE_MAX {
            return Err(Wrong::new("the file is larger than the 3 MB Telegram takes"));
        }
        let pem = std::fs::read(path).map_err(unreadable)?;
        check(&pem)?;
        Ok(Self { path: path.to_owned(), pem: pem.into() })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's content.
    pub fn pem(&self) -> Bytes {
        self.pem.clone()
    }
}

impl fmt::Debug for WebhookCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebhookCertificate").field(&self.path).finish()
    }
}

fn check(pem: &[u8]) -> Result<(), Wrong> {
    let text = std::str::from_utf8(pem).map_err(|_| Wrong::new("the file is not PEM text"))?;
    // Many tools write both into one file; it would be uploaded whole.
    if text.contains("PRIVATE KEY-----") {
        return Err(Wrong::new("the file holds a private key, which must not leave this machine"));
    }
    let (_, after) =
        text.split_once(BEGIN).ok_or_else(|| Wrong::new("the file has no CERTIFICATE block"))?;
    let (body, _) = after
        .split_once(END)
        .ok_or_else(|| Wrong::new("the file's CERTIFICATE block has no end"))?;
    let body: String = body.split_whitespace().collect();
    match STANDARD.decode(body) {
        // Every certificate is a DER sequence.
        Ok(der) if der.first() == Some(&0x30) => Ok(()),
        _ => Err(Wrong::new("the file's CERTIFICATE block is damaged")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_certificate_alone_passes() {
        let block = format!("{BEGIN}\nMIIB\nAAAA\n{END}\n");
        assert_eq!(check(block.as_bytes()), Ok(()));
        assert_eq!(check(format!("{block}{block}").as_bytes()), Ok(()));
        let with_key =
            format!("{block}-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        for (bad, word) in [
            (with_key, "private key"),
            (String::new(), "no CERTIFICATE"),
            (format!("{BEGIN}\nMIIB\n"), "no end"),
            (format!("{BEGIN}\n{END}\n"), "damaged"),
            (format!("{BEGIN}\n%%%%\n{END}\n"), "damaged"),
            (format!("{BEGIN}\nAAAA\n{END}\n"), "damaged"),
        ] {
            assert!(check(bad.as_bytes()).unwrap_err().to_string().contains(word), "{bad}");
        }
        assert!(check(b"\x30\x82\xff").is_err());
    }
}
