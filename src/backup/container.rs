//! The outside of a backup: one readable line, then compressed chunks, each sealed.
//!
//! ```text
//! feedback-relay backup 1 <the key's number> <salt>\n
//! chunk chunk … chunk
//! ```
//!
//! A chunk is 64 KiB, sealed by XChaCha20-Poly1305 in the STREAM construction: none can be changed,
//! left out, moved or cut off without notice. The key of a file derives from the installation's and
//! the salt, so a backup may lie anywhere: without `secret.key` it is noise.

use std::io::{self, BufRead, Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, aead::Payload};
use rand::Rng as _;

use super::BackupError;
use crate::seal::Seal;

/// The one this program writes, and the only one so far.
const FORMAT: u32 = 1;
const WORDS: &str = "feedback-relay backup";
const LONGEST_HEADER: u64 = 200;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// Every file has a key of its own, so its nonces need not be random.
const NONCE: [u8; 19] = [0; 19];

/// Seals what is written into chunks.
pub(super) struct Sealing<W> {
    into: W,
    header: Vec<u8>,
    stream: EncryptorBE32<XChaCha20Poly1305>,
    chunk: Vec<u8>,
}

impl<W: Write> Sealing<W> {
    /// Begins a file.
    pub(super) fn begin(mut into: W, seal: &Seal) -> io::Result<Self> {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let salt = URL_SAFE_NO_PAD.encode(salt);
        let header = format!("{WORDS} {FORMAT} {} {salt}\n", seal.key_number()).into_bytes();
        into.write_all(&header)?;
        let stream = EncryptorBE32::from_aead(cipher(seal, &salt), &NONCE.into());
        Ok(Self { into, header, stream, chunk: Vec::with_capacity(CHUNK) })
    }

    /// Seals the last chunk. A file without it counts as cut off.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let last = Payload { msg: &self.chunk, aad: &self.header };
        let sealed = self.stream.encrypt_last(last).map_err(io::Error::other)?;
        self.into.write_all(&sealed)?;
        Ok(self.into)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits for the next byte: the last one is sealed otherwise.
        if self.chunk.len() == CHUNK {
            let chunk = Payload { msg: &self.chunk, aad: &self.header };
            let sealed = self.stream.encrypt_next(chunk).map_err(io::Error::other)?;
            self.into.write_all(&sealed)?;
            self.chunk.clear();
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Opens the chunks of a file, one after the other.
pub(super) struct Opening<R> {
    from: R,
    header: Vec<u8>,
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    sealed: Vec<u8>,
    chunk: Vec<u8>,
    given: usize,
}

impl<R: BufRead> Opening<R> {
    /// Reads the header.
    pub(super) fn begin(mut from: R, seal: &Seal) -> Result<Self, BackupError> {
        let mut header = Vec::new();
        let read = from.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut header);
        read.map_err(BackupError::Reading)?;
        let salt = salt_of(&header, &seal.key_number())?;
        let stream = DecryptorBE32::from_aead(cipher(seal, &salt), &NONCE.into());
        let (sealed, chunk) = (Vec::with_capacity(CHUNK + TAG), Vec::new());
        Ok(Self { from, header, stream: Some(stream), sealed, chunk, given: 0 })
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let Some(mut stream) = self.stream.take() else { return Ok(()) };
        self.sealed.clear();
        let limit = u64::try_from(CHUNK + TAG).unwrap_or(u64::MAX);
        self.from.by_ref().take(limit).read_to_end(&mut self.sealed)?;
        let is_last = self.from.fill_buf()?.is_empty();
        let payload = Payload { msg: &self.sealed, aad: &self.header };
        let damaged = |_| io::Error::new(io::ErrorKind::InvalidData, "it is damaged or cut off");
        self.chunk = if is_last {
            stream.decrypt_last(payload).map_err(damaged)?
        } else {
            let chunk = stream.decrypt_next(payload).map_err(damaged)?;
            self.stream = Some(stream);
            chunk
        };
        self.given = 0;
        Ok(())
    }
}

impl<R: BufRead> Read for Opening<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.chunk.len() && self.stream.is_some() {
            self.next_chunk()?;
        }
        let taken = into.len().min(self.chunk.len() - self.given);
        into[..taken].copy_from_slice(&self.chunk[self.given..self.given + taken]);
        self.given += taken;
        Ok(taken)
    }
}

fn salt_of(header: &[u8], key: &str) -> Result<String, BackupError> {
    let text = std::str::from_utf8(header).ok().and_then(|text| text.strip_suffix('\n'));
    let rest = text.and_then(|text| text.strip_prefix(WORDS)).ok_or(BackupError::Foreign)?;
    let mut fields = rest.split_whitespace();
    let format: u32 =
        fields.next().and_then(|format| format.parse().ok()).ok_or(BackupError::Foreign)?;
    if format != FORMAT {
        return Err(BackupError::Format(format));
    }
    let (Some(of_key), Some(salt)) = (fields.next(), fields.next()) else {
        return Err(BackupError::Foreign);
    };
    if of_key != key {
        return Err(BackupError::OtherKey);
    }
    Ok(salt.to_owned())
}

fn cipher(seal: &Seal, salt: &str) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&seal.key_of_backup(salt).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SecretKey;

    fn seal(byte: u8) -> Seal {
        Seal::new(SecretKey::from_bytes([byte; 32]))
    }

    fn sealed(content: &[u8]) -> Vec<u8> {
        let mut sealing = Sealing::begin(Vec::new(), &seal(7)).unwrap();
        sealing.write_all(content).unwrap();
        sealing.finish().unwrap()
    }

    fn opened(file: &[u8], key: u8) -> Result<Vec<u8>, String> {
        let mut content = Vec::new();
        let mut opening = Opening::begin(file, &seal(key)).map_err(|error| error.to_string())?;
        opening.read_to_end(&mut content).map_err(|error| error.to_string())?;
        Ok(content)
    }

    #[test]
    fn what_goes_in_comes_out_whatever_its_length() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7] {
            let content: Vec<u8> = (0..=250).cycle().take(length).collect();
            assert_eq!(opened(&sealed(&content), 7).unwrap(), content, "{length}");
        }
    }

    #[test]
    fn a_file_that_was_cut_or_changed_anywhere_does_not_open() {
        let file = sealed(&vec![9; 2 * CHUNK + 100]);
        let header = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let sealed_chunk = CHUNK + TAG;
        let cuts = [0, 10, header, header + 1, header + sealed_chunk, header + 2 * sealed_chunk];
        for cut in cuts.into_iter().chain([file.len() - 1]) {
            assert!(opened(&file[..cut], 7).is_err(), "cut at {cut}");
        }
        for at in (0..file.len()).step_by(997).chain([0, header - 1, header, file.len() - 1]) {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(opened(&changed, 7).is_err(), "changed at {at}");
        }
        let mut longer = file.clone();
        longer.push(0);
        assert!(opened(&longer, 7).is_err());
        let without_one = [&file[..header], &file[header + sealed_chunk..]].concat();
        assert!(opened(&without_one, 7).is_err());
    }

    #[test]
    fn the_reason_is_told_apart() {
        let file = sealed(b"content");
        assert_eq!(opened(&file, 8), Err(BackupError::OtherKey.to_string()));
        assert_eq!(opened(b"PK\x03\x04", 7), Err(BackupError::Foreign.to_string()));
        assert_eq!(opened(b"", 7), Err(BackupError::Foreign.to_string()));
        let later = b"feedback-relay backup 2 whatever comes\nthen";
        assert_eq!(opened(later, 7), Err(BackupError::Format(2).to_string()));
        assert!(!file.windows(7).any(|bytes| bytes == b"content"), "nothing is readable");
    }
}
