//! What keeps Telegram from delivering updates, as far as its own words
//! (`getWebhookInfo.last_error_message`) tell: pure.

/// What is in Telegram's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// The relay said "later".
    Busy,
    /// The certificate at our address.
    Certificate,
    /// The name does not lead to an address.
    Name,
    /// Nobody can be reached there.
    Unreachable,
    /// The server in front answers in the relay's place.
    Proxy,
    /// The server in front does not reach the relay.
    RelayGone,
    /// Another answer than the relay gives.
    Answer,
    /// Words that nobody knows.
    Unknown,
}

/// The words by which each is known; the first that fits counts.
const KNOWN: &[(&[&str], Hindrance)] = &[
    (&["503", "too many"], Hindrance::Busy),
    (&["certificate", "ssl", "tls"], Hindrance::Certificate),
    (&["resolve", "hostname", "ip address", "name or service"], Hindrance::Name),
    (&["401", "403", "404", "405", "301", "302", "308"], Hindrance::Proxy),
    (&["502", "504"], Hindrance::RelayGone),
    (
        &["refused", "timed out", "timeout", "unreachable", "no route", "connect"],
        Hindrance::Unreachable,
    ),
    (&["wrong response"], Hindrance::Answer),
    (&["host"], Hindrance::Name),
];

impl Hindrance {
    /// What Telegram's words mean.
    pub fn of(words: &str) -> Self {
        let words = words.to_lowercase();
        let fits = |(known, _): &&(&[&str], Self)| known.iter().any(|part| words.contains(part));
        KNOWN.iter().find(fits).map_or(Self::Unknown, |(_, hindrance)| *hindrance)
    }
}

#[cfg(test)]
mod tests {
    use super::Hindrance::{
        self, Answer, Busy, Certificate, Name, Proxy, RelayGone, Unknown, Unreachable,
    };

    #[test]
    fn telegram_s_words_are_understood() {
        for (words, hindrance) in [
            ("Wrong response from the webhook: 503 Service Unavailable", Busy),
            ("Too many requests", Busy),
            ("SSL error {error:1416F086:certificate verify failed}", Certificate),
            ("Failed to resolve host: Name or service not known", Name),
            ("IP address 10.0.0.1 is reserved", Name),
            ("Bad host", Name),
            ("Connection refused", Unreachable),
            ("Connection timed out", Unreachable),
            ("No route to host", Unreachable),
            ("Wrong response from the webhook: 404 Not Found", Proxy),
            ("Wrong response from the webhook: 502 Bad Gateway", RelayGone),
            ("Wrong response from the webhook: 504 Gateway Timeout", RelayGone),
            ("Wrong response from the webhook: 500 Internal Server Error", Answer),
            ("Something new", Unknown),
        ] {
            assert_eq!(Hindrance::of(words), hindrance, "{words}");
        }
    }
}
