//! Secrets at rest: sealing with the installation's key, and the values derived from it.
//!
//! XChaCha20-Poly1305 with a random nonce before each box; the context ("token of bot 7") is
//! authenticated, so a box cannot be moved to another row. Derived values are HMAC-SHA-256.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, Generate, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::{
    config::SecretKey,
    model::{BotId, OwnerId},
};

const NONCE_BYTES: usize = 24;

/// The box was not made with this key and context, or is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open with this key")]
pub struct WrongKey;

/// Seals and opens with the installation's key.
#[derive(Debug, Clone)]
pub struct Seal(SecretKey);

impl Seal {
    /// Takes the installation's key.
    pub fn new(key: SecretKey) -> Self {
        Self(key)
    }

    /// Encrypts `plain`, bound to `context`.
    ///
    /// # Errors
    /// Only when `plain` is longer than the cipher allows (256 GiB).
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, WrongKey> {
        let nonce = XNonce::generate();
        let message = Payload { msg: plain, aad: context.as_bytes() };
        let sealed = self.cipher().encrypt(&nonce, message).map_err(|_| WrongKey)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Seal::seal`] made for the same `context`.
    ///
    /// # Errors
    /// [`WrongKey`] when key or context differ, or the bytes are damaged.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, WrongKey> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(WrongKey)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| WrongKey)?;
        let message = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher().decrypt(&nonce, message).map_err(|_| WrongKey)
    }

    /// The secret Telegram sends with each update of this bot (43 characters of `A-Za-z0-9_-`).
    pub fn webhook_secret(&self, bot: BotId) -> String {
        self.derive(&format!("webhook secret of bot {bot}"))
    }

    /// What only this installation can answer to somebody's `nonce`: `check` asks whether it is this
    /// one that is reached.
    pub fn proof(&self, nonce: &str) -> String {
        self.derive(&format!("proof for {nonce}"))
    }

    /// The code in the claim link of an installation nobody has claimed, or whose last claimer left:
    /// `ended` differs for each of them, so that no link works twice.
    pub fn claim_code(&self, master: BotId, ended: Option<&[u8]>) -> String {
        let ended = ended.map_or_else(String::new, |ended| format!(" after {ended:?}"));
        let mut code = self.derive(&format!("claim code of master {master}{ended}"));
        code.truncate(32);
        code
    }

    /// What proves that an invoice with these words is ours.
    pub fn invoice_proof(&self, words: &str) -> String {
        let mut proof = self.derive(&format!("invoice {words}"));
        proof.truncate(32);
        proof
    }

    /// The mark that stays of a suspended owner who left. It says nothing about who he is.
    pub fn mark_of_suspended(&self, owner: OwnerId) -> String {
        let mut mark = self.derive(&format!("mark of suspended owner {owner}"));
        mark.truncate(32);
        mark
    }

    /// A number by which a backup tells with which key it was made. It says nothing about the key.
    pub fn key_number(&self) -> String {
        let mut number = self.derive("number of the key of backups");
        number.truncate(16);
        number
    }

    /// The key of one backup file.
    pub fn key_of_backup(&self, salt: &str) -> [u8; 32] {
        self.mac(&format!("key of backup {salt}"))
    }

    /// A fingerprint of something that must not be stored itself: without the key nobody can tell
    /// what it is of.
    pub fn mark(&self, of: &str) -> Vec<u8> {
        self.mac(&format!("mark of {of}")).to_vec()
    }

    fn derive(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose))
    }

    fn mac(&self, purpose: &str) -> [u8; 32] {
        // HMAC pads a key to its block of 64 bytes with zeros (RFC 2104).
        let mut key = [0; 64];
        key[..32].copy_from_slice(self.0.reveal());
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0.reveal()))
    }
}

/// A fingerprint of several values, to notice that one of them changed.
pub fn fingerprint(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(byte: u8) -> Seal {
        Seal::new(SecretKey::from_bytes([byte; 32]))
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let key = seal(7);
        let sealed = key.seal("token of 1", b"secret").unwrap();
        assert_eq!(key.open("token of 1", &sealed).unwrap(), b"secret");
        assert_eq!(key.open("token of 2", &sealed), Err(WrongKey));
        assert_eq!(seal(8).open("token of 1", &sealed), Err(WrongKey));
        assert_eq!(key.open("token of 1", &sealed[..10]), Err(WrongKey));
    }

    #[test]
    fn equal_secrets_look_different_at_rest() {
        let key = seal(7);
        assert_ne!(key.seal("c", b"secret").unwrap(), key.seal("c", b"secret").unwrap());
    }

    #[test]
    fn webhook_secrets_fit_telegrams_alphabet_and_differ_by_bot() {
        let key = seal(7);
        let secret = key.webhook_secret(BotId(1));
        assert_eq!(secret.len(), 43);
        assert!(secret.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'));
        assert_ne!(secret, key.webhook_secret(BotId(2)));
    }
}
