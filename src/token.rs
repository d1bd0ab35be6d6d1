//! Bot tokens: read, found in pasted text, and never printed.
//!
//! A token is `<bot id>:<secret>`. Whoever has it *is* the bot, so this type has no way to show it by accident:
//! `Debug` and `Display` print the bot's id, errors print nothing of the input, and the one way to the text is
//! [`BotToken::reveal`], which is easy to search for in a review.

use std::collections::HashSet;
use std::fmt;

use crate::model::BotId;

/// Telegram's ids have at most 52 significant bits, so that they survive a JSON number.
const ID_LIMIT: i64 = 1 << 52;
/// Decimal digits of the largest id below [`ID_LIMIT`].
const ID_MAX_DIGITS: usize = 16;
/// The longest token the Bot API server accepts.
const TOKEN_MAX: usize = 80;
const SECRET_MIN: usize = 20;
const SECRET_MAX: usize = 64;
/// In running text a shorter secret is more likely a time, a port or a hash than a token (secrets have 35 today).
const FOUND_SECRET_MIN: usize = 30;

/// A well-formed bot token. Only `getMe` can say whether it is a living one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BotToken {
    id: BotId,
    text: Box<str>,
}

/// Why a text is not a bot token. Never holds any of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Longer than the server accepts.
    #[error("it is longer than 80 characters")]
    TooLong,
    /// Not two parts.
    #[error("it has no colon between the bot's id and the secret")]
    NoColon,
    /// The part before the colon is not an id.
    #[error(
        "the part before the colon is not a bot's id, a number of up to 16 digits without a leading zero"
    )]
    Id,
    /// The part after the colon has a character no secret has.
    #[error("the part after the colon may hold only letters, digits, `_` and `-`")]
    SecretCharacters,
    /// The part after the colon is too short or too long.
    #[error("the part after the colon must have 20 to 64 characters")]
    SecretLength,
}

impl BotToken {
    /// Reads a token that stands alone, by the server's own rule plus the characters and lengths secrets have.
    ///
    /// The length is deliberately lenient: Telegram promises none, and `getMe` decides in the end.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > TOKEN_MAX {
            return Err(TokenError::TooLong);
        }
        let (id, secret) = text.split_once(':').ok_or(TokenError::NoColon)?;
        let id = parse_id(id).ok_or(TokenError::Id)?;
        if !secret.bytes().all(is_secret_byte) {
            return Err(TokenError::SecretCharacters);
        }
        if !(SECRET_MIN..=SECRET_MAX).contains(&secret.len()) {
            return Err(TokenError::SecretLength);
        }
        Ok(Self { id, text: text.into() })
    }

    /// The bot this token belongs to.
    pub fn bot_id(&self) -> BotId {
        self.id
    }

    /// The whole token, secret included: for a request to Telegram or for encryption, never for a message.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BotToken({}:…)", self.id)
    }
}

impl fmt::Display for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:…", self.id)
    }
}

fn parse_id(digits: &str) -> Option<BotId> {
    let well_formed = (1..=ID_MAX_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    let id = digits.parse().ok().filter(|id| well_formed && *id < ID_LIMIT)?;
    Some(BotId(id))
}

fn is_secret_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Every distinct token in whatever a person pasted, in the order of first appearance.
///
/// `BotFather`'s whole message, in any language, is as good as the bare token or a Bot API link. Around each colon at
/// most a token's length is looked at, so the work grows with the text alone, whatever the text is; a regular
/// expression was ruled out because it would skip the token in `12:34567890:AA…`.
pub fn find_tokens(text: &str) -> Vec<BotToken> {
    let mut seen = HashSet::new();
    text.match_indices(':')
        .filter_map(|(colon, _)| token_around(text, colon))
        .filter(|token| seen.insert(token.clone()))
        .collect()
}

fn token_around(text: &str, colon: usize) -> Option<BotToken> {
    let bytes = text.as_bytes();
    let digits = bytes[..colon]
        .iter()
        .rev()
        .take(ID_MAX_DIGITS + 1)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let after = &bytes[colon + 1..];
    let secret =
        after.iter().take(SECRET_MAX + 1).take_while(|byte| is_secret_byte(**byte)).count();
    let start = colon - digits;
    if secret < FOUND_SECRET_MIN || !may_precede_id(&bytes[..start]) {
        return None;
    }
    // All ends are ASCII, so the slice cannot split a character; one digit or letter too many fails in `parse`.
    BotToken::parse(text.get(start..=colon + secret)?).ok()
}

/// A Latin letter right before the digits means they are no id (`sha256:…`), unless the letters are a link's `bot`.
/// Other scripts may stand there: not every language puts spaces between words.
fn may_precede_id(before: &[u8]) -> bool {
    match before.last() {
        Some(byte) if byte.is_ascii_alphabetic() => {
            before.len() >= 3 && before[before.len() - 3..].eq_ignore_ascii_case(b"bot")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";
    const OTHER: &str = "7654321:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDs-_w";

    fn found(text: &str) -> Vec<String> {
        find_tokens(text).iter().map(|token| token.reveal().to_owned()).collect()
    }

    #[test]
    fn a_token_keeps_its_text_and_shows_its_id() {
        let token = BotToken::parse(TOKEN).unwrap();
        assert_eq!(token.reveal(), TOKEN);
        assert_eq!(token.bot_id(), BotId(1_234_567_890));
        assert_eq!(format!("{token}"), "1234567890:…");
        assert_eq!(format!("{token:?}"), "BotToken(1234567890:…)");
        assert_eq!(format!("{:#?}", Some(&token)).matches("AAHd").count(), 0);
    }

    #[test]
    fn malformed_tokens_are_refused_for_their_reason() {
        let secret = "A".repeat(35);
        let cases = [
            (String::new(), TokenError::NoColon),
            ("123456".into(), TokenError::NoColon),
            (format!(":{secret}"), TokenError::Id),
            (format!("0123:{secret}"), TokenError::Id),
            (format!("-123:{secret}"), TokenError::Id),
            (format!("+123:{secret}"), TokenError::Id),
            (format!(" 123:{secret}"), TokenError::Id),
            (format!("١٢٣:{secret}"), TokenError::Id),
            (format!("4503599627370496:{secret}"), TokenError::Id),
            (format!("99999999999999999:{secret}"), TokenError::Id),
            (format!("123:{secret}:x"), TokenError::SecretCharacters),
            (format!("123:{secret}/test"), TokenError::SecretCharacters),
            (format!("123:{secret} "), TokenError::SecretCharacters),
            (format!("123:{secret}é"), TokenError::SecretCharacters),
            ("123:".into(), TokenError::SecretLength),
            (format!("123:{}", "A".repeat(19)), TokenError::SecretLength),
            (format!("123:{}", "A".repeat(65)), TokenError::SecretLength),
            (format!("1234567890123456:{}", "A".repeat(64)), TokenError::TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(BotToken::parse(&text), Err(error), "{text}");
        }
        assert!(BotToken::parse(&format!("4503599627370495:{}", "A".repeat(63))).is_ok());
        assert!(BotToken::parse(&format!("1:{}", "A".repeat(20))).is_ok());
    }

    #[test]
    fn a_token_is_found_wherever_it_was_pasted() {
        let surroundings = [
            ("", ""),
            ("`", "`"),
            ("<", ">"),
            ("\"", "\","),
            ("«", "»."),
            ("(", ")!"),
            ("token:", ":"),
            ("TOKEN=", "\r\n"),
            ("Use this token to access the HTTP API:\n", "\nKeep your token secure"),
            ("Используйте этот токен для доступа к HTTP API:\n", "\nХраните токен в тайне"),
            ("令牌", "。请妥善保管"),
            ("https://api.telegram.org/bot", "/getMe"),
            ("https://api.telegram.org/file/bot", "/photos/1.jpg"),
            ("http://localhost:8081/BOT", "/getMe?x=1"),
            ("12:", "\u{200b}"),
            ("at 12:30:00 you got 5:", " 🎉"),
        ];
        for (before, after) in surroundings {
            assert_eq!(found(&format!("{before}{TOKEN}{after}")), [TOKEN], "{before:?} {after:?}");
        }
    }

    #[test]
    fn each_token_is_found_once_and_in_order() {
        assert_eq!(found(&format!("{OTHER} {TOKEN}\n{OTHER},{TOKEN}")), [OTHER, TOKEN]);
    }

    #[test]
    fn what_only_looks_like_a_token_is_left_alone() {
        let hash = "a".repeat(64);
        let lookalikes = [
            format!("sha256:{hash}"),
            format!("x123456:{}", "A".repeat(35)),
            format!("123456:{}", "A".repeat(29)),
            format!("123456:{}", "A".repeat(65)),
            format!("0123456:{}", "A".repeat(35)),
            format!("12345678901234567:{}", "A".repeat(35)),
            "10:30 12:45:59 ::: 1:".into(),
            "https://example.com:8443/bot123".into(),
        ];
        for text in lookalikes {
            assert!(found(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_megabyte_of_rubbish_is_read_at_once() {
        for unit in [
            ":",
            "1",
            "1:",
            "1234567890:",
            "a:",
            TOKEN,
            "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:",
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            let start = std::time::Instant::now();
            find_tokens(&text);
            // A quadratic search takes minutes here; the slack is for a loaded machine and a debug build.
            assert!(start.elapsed().as_secs() < 10, "{unit}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = BotToken::parse(&text);
            find_tokens(&text);
        }

        #[test]
        fn nearly_tokens_do_not_panic(text in "[0-9:A_é-]{0,120}") {
            let _ = BotToken::parse(&text);
            for token in find_tokens(&text) {
                prop_assert!(text.contains(token.reveal()));
            }
        }

        #[test]
        fn every_token_is_read_found_and_hidden(
            id in 1..ID_LIMIT, secret in "[A-Za-z0-9_-]{30,63}", before in "[^A-Za-z0-9]*", after in "[^A-Za-z0-9_-]*",
        ) {
            let text = format!("{id}:{secret}");
            let token = BotToken::parse(&text).unwrap();
            prop_assert_eq!(token.bot_id(), BotId(id));
            prop_assert_eq!(token.reveal(), &text);
            let shown = format!("{token} {token:?}");
            prop_assert!(!shown.contains(&secret));
            prop_assert_eq!(find_tokens(&format!("{before}{text}{after}")), vec![token]);
        }

        #[test]
        fn a_refusal_never_repeats_the_text(text in "[0-9]{3,5}:[A-Za-z0-9/]{8,90}") {
            if let Err(error) = BotToken::parse(&text) {
                let secret = text.split_once(':').unwrap().1;
                prop_assert!(!error.to_string().contains(secret));
            }
        }
    }
}
