//! The one table of variables: `--help`, `.env.example`, the defaults and every error message read it.

/// What holds when a variable is unset or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// It must be set.
    Required,
    /// What it governs is off, or chosen in another way its meaning tells.
    Unset,
    /// As if it had been set to this text.
    Value(&'static str),
}

/// One environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name in the environment.
    pub name: &'static str,
    /// What holds without it.
    pub default: Fallback,
    /// What it does, for the person who runs the relay.
    pub meaning: &'static str,
    /// The form of a good value, with an example; follows "expected".
    pub expected: &'static str,
}

macro_rules! variables {
    ($($name:ident, $default:expr, $meaning:expr, $expected:expr;)*) => {
        $(pub(super) const $name: Variable = Variable {
            name: stringify!($name),
            default: $default,
            meaning: $meaning,
            expected: $expected,
        };)*
        /// Every variable the relay reads, in the order of `--help` and `.env.example`.
        pub const VARIABLES: &[Variable] = &[$($name),*];
    };
}

use Fallback::{Required, Unset, Value};

variables! {
    MASTER_BOT_TOKEN, Required,
        "The master bot's token, as @BotFather gave it.",
        "the token from @BotFather: the bot's id, a colon and the secret, for example 123456789:AAE…";
    DATABASE_URL, Value("sqlite://data/feedback-relay.db"),
        "Where everything is kept: sqlite://path or mysql://user:password@host:port/database. The schema is created \
         and migrated at start.",
        "sqlite://data/feedback-relay.db, or mysql://user:password@host:3306/database with special characters in the \
         password percent-encoded";
    PUBLIC_URL, Unset,
        "The address Telegram reaches this relay at: https://host[:port][/prefix]. Set, updates arrive by webhook; \
         unset, by long polling, which needs no public address.",
        "https://host[:port][/prefix], for example https://relay.example.org/feedback";
    LISTEN_ADDR, Value("127.0.0.1:8080"),
        "Where the HTTP listener binds: POST {prefix}/telegram/{bot_id} for webhooks, and GET /healthz.",
        "an IP address and a port, for example 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080";
    METRICS_ADDR, Unset,
        "Where a second listener binds, with GET /metrics for Prometheus and GET /readyz. Unset, there is none.",
        "an IP address and a port other than LISTEN_ADDR's, for example 127.0.0.1:9090";
    OWNER_IDS, Unset,
        "The Telegram user ids of the owners, separated by commas. If unset, and nobody has claimed the relay yet, a \
         one-time link is printed at start, and whoever opens it first becomes the owner.",
        "Telegram user ids separated by commas, for example 123456789,987654321";
    REGISTRATION, Value("closed"),
        "open: anyone who sends /start to the master bot becomes an owner, as in a service for many. closed: nobody \
         does.",
        "open or closed";
    SECRET_KEY, Unset,
        "The key that encrypts tokens and pending content: 32 random bytes in base64, as `openssl rand -base64 32` \
         prints them. Set, it is used instead of SECRET_KEY_FILE. Without the right key the database cannot be read.",
        "32 random bytes in base64, for example from `openssl rand -base64 32`";
    SECRET_KEY_FILE, Value("data/secret.key"),
        "The file with that key. It is created at the first start, readable by its owner only; keep a copy of it.",
        "the path of a file, for example data/secret.key";
    TELEGRAM_API_URL, Value("https://api.telegram.org"),
        "The Bot API server to talk to. A local one may use plain http.",
        "an http or https address, for example http://127.0.0.1:8081";
    WEBHOOK_CERTIFICATE_FILE, Unset,
        "A self-signed certificate (PEM) to hand to Telegram with each webhook. Read only if PUBLIC_URL is set.",
        "the path of a readable PEM file with a certificate and no private key, for example /etc/relay/public.pem";
    PRO_PRICE_STARS, Value("0"),
        "The price of the paid plan in Telegram Stars a month. At 0 there are no plans and nobody is limited.",
        "a whole number from 0 to 10000, for example 250";
    FREE_BOTS, Value("1"),
        "How many client bots an owner may attach without the paid plan.",
        "a whole number from 1 to 1000000, for example 1";
    FREE_REPLIES_PER_MONTH, Value("100"),
        "How many replies an owner may send in a month without the paid plan.",
        "a whole number from 0 to 1000000000, for example 100";
    CLIENT_RATE_LIMITS, Value("on"),
        "off: messages are not paced before Telegram asks for it, for load tests and special agreements.",
        "on or off";
    CUSTOMER_RATE, Value("20/10"),
        "How many messages a minute each customer of each bot may send on average, and how many at once. Who sends \
         more is told so, and the owner sees how many were not passed on. off: nobody is limited.",
        "a number a minute, a slash and a number at once, each from 1 to 10000, for example 20/10, or off";
    OWNER_RATE, Value("30/20"),
        "How many bot tokens each owner may have looked at in an hour, and how many bots he may attach or detach. Who \
         asks for more is told when it goes on. off: nobody is limited.",
        "a number of tokens, a slash and a number of bots, each from 1 to 10000, for example 30/20, or off";
    REFERENCE_RETENTION_DAYS, Value("400"),
        "After how many days a relayed message is forgotten, so that it can no longer be replied to.",
        "a whole number from 1 to 36500, for example 400";
    LOG, Value("info"),
        "What is logged: off, error, warn, info, debug or trace, or a `tracing` filter.",
        "a level, or a `tracing` filter of levels and target=level pairs, for example info,feedback_relay=debug";
    LOG_FORMAT, Value("text"),
        "How log lines are written to stderr: text or json.",
        "text or json";
}
