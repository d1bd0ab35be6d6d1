//! The two addresses of HTTP: ours, as Telegram sees it, and Telegram's, as we see it.

use std::fmt;
use std::net::Ipv4Addr;

use url::{Host, Url};

use super::problems::Wrong;
use crate::model::BotId;

/// The ports Telegram's own servers send webhooks to.
const WEBHOOK_PORTS: [u16; 4] = [443, 80, 88, 8443];
const OFFICIAL_HOST: &str = "api.telegram.org";

/// Where Telegram reaches the relay: an https origin and a path prefix that fits into a route as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    prefix: String,
    port: u16,
    host: Option<Host>,
}

impl PublicUrl {
    /// Reads `https://host[:port][/prefix]`. Which addresses are good depends on the Bot API server: see
    /// [`PublicUrl::check_reach`].
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let url = plain_url(text)?;
        if url.scheme() != "https" {
            return Err(Wrong::new("it is not https, which Telegram demands"));
        }
        let prefix = url.path().trim_end_matches('/');
        check_prefix(prefix)?;
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            prefix: prefix.to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            host: url.host().map(|host| host.to_owned()),
        })
    }

    /// Telegram's own servers send webhooks to four ports only, by IPv4, and into no private network;
    /// a Bot API server of one's own has no such rules.
    pub fn check_reach(&self, api: &ApiUrl) -> Result<(), Wrong> {
        if !api.is_official() {
            return Ok(());
        }
        if !WEBHOOK_PORTS.contains(&self.port) {
            return Err(Wrong::new(
                "its port is none of 443, 80, 88 and 8443, the ones Telegram sends webhooks to",
            ));
        }
        match &self.host {
            Some(Host::Ipv4(address)) if is_private(*address) => Err(Wrong::new(
                "its address is not of the internet: Telegram can't reach it; leave PUBLIC_URL \
                 unset for long polling",
            )),
            Some(Host::Ipv6(_)) => {
                Err(Wrong::new("its address is of IPv6, and Telegram sends webhooks by IPv4 only"))
            }
            Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
                Err(Wrong::new("its host is this machine itself: Telegram can't reach it"))
            }
            _ => Ok(()),
        }
    }

    /// `https://host` or `https://host:port`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Empty, or `/prefix` without a slash at the end: what our routes begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The address Telegram is to send a bot's updates to. It holds the bot's id and nothing secret.
    pub fn webhook(&self, bot: BotId) -> String {
        format!("{self}/telegram/{bot}")
    }
}

/// The whole address without a slash at the end.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

/// Whether an address leads nowhere on the internet. Those of documentation are let through: they
/// stand in examples, and a file is looked at before its address is filled in.
fn is_private(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    // The last two: shared by customers of a provider, and "this network".
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || first >= 240
        || (first == 100 && second & 0xc0 == 64)
        || first == 0
}

/// Only what an axum route takes literally: braces would be captures, and a percent sign would never match.
fn check_prefix(prefix: &str) -> Result<(), Wrong> {
    let literal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    let good = prefix.split('/').skip(1).all(|part| !part.is_empty() && part.chars().all(literal));
    if good {
        Ok(())
    } else {
        Err(Wrong::new("its path may hold only letters, digits, - . _ ~ and single slashes"))
    }
}

/// The Bot API server to talk to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl(Url);

impl ApiUrl {
    /// Reads an http or https address; a path is kept, for a server behind a proxy.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut url = plain_url(text)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Wrong::new("it is neither http nor https"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        // A token in clear text over the internet is a stolen bot.
        if url.scheme() == "http" && url.host_str() == Some(OFFICIAL_HOST) {
            return Err(Wrong::new("Telegram's own server must be reached by https"));
        }
        Ok(Self(url))
    }

    /// Whether this is Telegram's own server, with the rules only that one has.
    pub fn is_official(&self) -> bool {
        self.0.host_str() == Some(OFFICIAL_HOST)
    }

    /// The address as a URL; without a path it ends, as every URL does, in a slash.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// The address without a slash at the end.
impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// What both addresses have in common: a host, and nothing in places where secrets hide or get lost.
fn plain_url(text: &str) -> Result<Url, Wrong> {
    // The parser drops or turns these in silence.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(Wrong::new("it holds a blank or a backslash"));
    }
    if !text.contains("://") {
        return Err(Wrong::new("it has no scheme such as https://"));
    }
    let url = Url::parse(text).map_err(|error| Wrong::new(format!("it is not a URL ({error})")))?;
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return Err(Wrong::new("it has no host"));
    };
    // The parser lets braces and much else through. Underscores stand in the names of compose services.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !host.starts_with('[') && !host.chars().all(plain) {
        return Err(Wrong::new("its host has a character no host name has"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Wrong::new("it must not hold a user name or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Wrong::new("it must not hold a query (?) or a fragment (#)"));
    }
    if url.port() == Some(0) {
        return Err(Wrong::new("its port is 0"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn official() -> ApiUrl {
        ApiUrl::parse("https://api.telegram.org").unwrap()
    }

    #[test]
    fn a_public_address_is_normalised() {
        for (text, origin, prefix) in [
            ("https://relay.example.org", "https://relay.example.org", ""),
            ("https://relay.example.org/", "https://relay.example.org", ""),
            ("HTTPS://Relay.Example.org:443//", "https://relay.example.org", ""),
            (
                "https://relay.example.org:8443/a/b-c_d.~1/",
                "https://relay.example.org:8443",
                "/a/b-c_d.~1",
            ),
            ("https://192.0.2.7:88/x", "https://192.0.2.7:88", "/x"),
            ("https://bücher.example", "https://xn--bcher-kva.example", ""),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.origin(), url.prefix()), (origin, prefix), "{text}");
            assert_eq!(url.to_string(), format!("{origin}{prefix}"));
            assert_eq!(url.webhook(BotId(42)), format!("{origin}{prefix}/telegram/42"));
        }
    }

    #[test]
    fn a_route_takes_every_prefix_that_passes() {
        let url = PublicUrl::parse("https://h.example/~a/.b/-c/_d/telegram").unwrap();
        let route = format!("{}/telegram/{{bot_id}}", url.prefix());
        let _: axum::Router = axum::Router::new().route(&route, axum::routing::post(|| async {}));
    }

    #[test]
    fn only_telegrams_own_server_minds_the_port() {
        let url = PublicUrl::parse("https://relay.example.org:9443").unwrap();
        assert!(url.check_reach(&official()).is_err());
        assert!(url.check_reach(&ApiUrl::parse("http://127.0.0.1:8081").unwrap()).is_ok());
        for port in WEBHOOK_PORTS {
            let url = PublicUrl::parse(&format!("https://relay.example.org:{port}")).unwrap();
            assert!(url.check_reach(&official()).is_ok());
        }
    }

    #[test]
    fn only_telegrams_own_server_minds_the_network() {
        let local = ApiUrl::parse("http://127.0.0.1:8081").unwrap();
        for (host, is_reached) in [
            ("relay.example.org", true),
            ("8.8.8.8", true),
            ("203.0.113.7", true),
            ("100.63.0.1", true),
            ("10.0.0.1", false),
            ("192.168.1.2", false),
            ("172.16.0.9", false),
            ("127.0.0.1", false),
            ("169.254.1.1", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("[2001:db8::1]", false),
            ("localhost", false),
        ] {
            let url = PublicUrl::parse(&format!("https://{host}:8443/x")).unwrap();
            assert_eq!(url.check_reach(&official()).is_ok(), is_reached, "{host}");
            assert!(url.check_reach(&local).is_ok(), "{host}");
        }
    }

    #[test]
    fn an_api_address_is_normalised() {
        for (text, shown, url, official) in [
            (
                "https://api.telegram.org/",
                "https://api.telegram.org",
                "https://api.telegram.org/",
                true,
            ),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081", "http://127.0.0.1:8081/", false),
            ("http://bot-api/x/", "http://bot-api/x", "http://bot-api/x", false),
        ] {
            let api = ApiUrl::parse(text).unwrap();
            assert_eq!(
                (api.to_string().as_str(), api.url().as_str(), api.is_official()),
                (shown, url, official)
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_prefixes_are_routes(text in "https?://[ -~é]{0,30}") {
            let _ = ApiUrl::parse(&text);
            if let Ok(url) = PublicUrl::parse(&text) {
                prop_assert!(url.prefix().is_empty() || url.prefix().starts_with('/'));
                prop_assert!(!url.prefix().ends_with('/'));
                prop_assert!(!url.to_string().contains(['@', '?', '#', '%', '{']), "{}", url);
            }
        }
    }
}
