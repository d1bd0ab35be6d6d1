//! The configuration: read from the environment once, checked whole, and refused whole.
//!
//! A person who starts the relay with five mistakes reads five lines:
//!
//! ```text
//! the configuration has 2 problems, so nothing was started:
//!   MASTER_BOT_TOKEN: it is not set; expected the token from @BotFather: the bot's id, a colon and the secret, …
//!   LOG_FORMAT: it is none of the two; expected text or json
//! ```
//!
//! Nothing here connects to anything or writes anything. The variables stand in one table, [`VARIABLES`]; what they
//! are read into are types that cannot hold a bad value, so nobody checks again.

mod certificate;
mod cli;
mod database_url;
mod dotenv;
mod problems;
mod reader;
mod secret_key;
mod urls;
mod values;
mod variables;

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use teloxide::types::UserId;
use tracing_subscriber::EnvFilter;

pub use certificate::WebhookCertificate;
pub use cli::{Cli, Command};
pub use database_url::{DatabaseUrl, MySqlUrl, SqliteUrl};
pub use problems::{ConfigErrors, Problem, Wrong};
pub use secret_key::{KeySource, SecretKey};
pub use urls::{ApiUrl, PublicUrl};
pub use variables::{Fallback, VARIABLES, Variable};

use crate::token::BotToken;
use reader::Reader;
use values::{
    bot_token, customer_rate, log_format, metrics_addr, on_or_off, owner_ids, owner_rate,
    registration, socket_addr, whole_number,
};

const DOTENV_FILE: &str = ".env";

/// Everything the relay is told from outside. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// `MASTER_BOT_TOKEN`
    pub master_bot_token: BotToken,
    /// `DATABASE_URL`
    pub database_url: DatabaseUrl,
    /// How updates arrive: `PUBLIC_URL` and `WEBHOOK_CERTIFICATE_FILE`.
    pub intake: Intake,
    /// `LISTEN_ADDR`; port 0 lets the system choose one.
    pub listen_addr: SocketAddr,
    /// `METRICS_ADDR`; without it there is no second listener.
    pub metrics_addr: Option<SocketAddr>,
    /// `OWNER_IDS`, each once, in the order given; empty means that the first to open the claim link is the owner.
    pub owner_ids: Vec<UserId>,
    /// `REGISTRATION`
    pub registration: Registration,
    /// `SECRET_KEY` or, without it, `SECRET_KEY_FILE`.
    pub secret_key: KeySource,
    /// `TELEGRAM_API_URL`
    pub telegram_api_url: ApiUrl,
    /// `PRO_PRICE_STARS`, `FREE_BOTS` and `FREE_REPLIES_PER_MONTH`; none at a price of 0, and then nobody is limited.
    pub plans: Option<Plans>,
    /// `CLIENT_RATE_LIMITS`: whether messages are paced before Telegram asks for it.
    pub client_rate_limits: bool,
    /// `CUSTOMER_RATE`; without it nobody is limited.
    pub customer_rate: Option<CustomerRate>,
    /// `OWNER_RATE`; without it nobody is limited.
    pub owner_rate: Option<OwnerRate>,
    /// `REFERENCE_RETENTION_DAYS`
    pub reference_retention_days: u32,
    /// `LOG`
    pub log: LogFilter,
    /// `LOG_FORMAT`
    pub log_format: LogFormat,
    /// How often it is looked where a bot's updates go. No variable sets it; tests do not wait so long.
    pub watch_every: Duration,
    /// How long an update waits for those of its chat before it. No variable sets it either.
    pub turn_patience: Duration,
    /// Names in the `.env` file that mean nothing to the relay: a typing mistake, most likely.
    pub unknown: Vec<String>,
}

/// What `docker-compose.yml` takes from the `.env` file.
const OF_COMPOSE: [&str; 2] = ["DOMAIN", "MYSQL_PASSWORD"];
/// How often it is looked where a bot's updates go.
const WATCH_EVERY: Duration = Duration::from_mins(1);
/// How long an update waits for those of its chat before it; Telegram hangs up after 60 s.
const TURN_PATIENCE: Duration = Duration::from_secs(50);

/// How updates come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intake {
    /// Telegram calls us.
    Webhook {
        /// Where.
        url: PublicUrl,
        /// What it is to trust there, if no public authority vouches for it.
        certificate: Option<WebhookCertificate>,
    },
    /// We ask Telegram.
    Polling,
}

/// Who may become an owner besides those in `OWNER_IDS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Nobody.
    Closed,
    /// Whoever sends `/start` to the master bot.
    Open,
}

/// What is sold, and what is free without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plans {
    /// Telegram Stars a month; never 0.
    pub price_stars: u32,
    /// Client bots an owner may attach for nothing.
    pub free_bots: u32,
    /// Replies an owner may send in a month for nothing.
    pub free_replies_per_month: u32,
}

/// How fast a customer may write to a client bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerRate {
    /// Messages a minute, on average.
    pub a_minute: NonZeroU32,
    /// Messages at once.
    pub at_once: NonZeroU32,
}

/// How much of Telegram's control calls an owner may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerRate {
    /// Tokens looked at in an hour.
    pub checks_an_hour: NonZeroU32,
    /// Bots attached and detached in an hour.
    pub changes_an_hour: NonZeroU32,
}

/// A filter that [`EnvFilter`] understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a person.
    Text,
    /// For a machine: one JSON object a line.
    Json,
}

impl Config {
    /// Reads the `.env` file of the working directory and, above it, the process environment.
    pub fn load() -> Result<Self, ConfigErrors> {
        Self::load_above(Path::new(DOTENV_FILE), &real_environment)
    }

    /// A variable the environment has, even as an empty text, hides the file's: that is how one is switched off.
    fn load_above(
        dotenv_file: &Path,
        env: &impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigErrors> {
        let dotenv = dotenv::read(dotenv_file);
        let layered = |name: &str| {
            env(name)
                .or_else(|| dotenv.values.get(name).map(|value| OsString::from(value.as_str())))
        };
        let mut problems = dotenv.problems.clone();
        match Self::read(&layered) {
            Ok(config) if problems.is_empty() => {
                Ok(Self { unknown: unknown(dotenv.values.keys()), ..config })
            }
            Ok(_) => Err(ConfigErrors::new(problems)),
            Err(errors) => {
                problems.extend_from_slice(errors.problems());
                Err(ConfigErrors::new(problems))
            }
        }
    }

    /// Reads every variable through `env`. Touches nothing else but the certificate file.
    pub fn read(env: &impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigErrors> {
        let mut reader = Reader { env, problems: Vec::new() };
        let config = Self::collect(&mut reader);
        match config {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(ConfigErrors::new(reader.in_order())),
        }
    }

    /// Looks at every variable before it gives up on any: whatever is `None` without leave has its problem on record.
    fn collect(reader: &mut Reader) -> Option<Self> {
        let master_bot_token = reader.required(&variables::MASTER_BOT_TOKEN, bot_token);
        let database_url = reader.required(&variables::DATABASE_URL, DatabaseUrl::parse);
        let telegram_api_url = reader.required(&variables::TELEGRAM_API_URL, ApiUrl::parse);
        let intake = reader.intake(telegram_api_url.as_ref());
        let listen_addr = reader.required(&variables::LISTEN_ADDR, socket_addr);
        let metrics_addr =
            reader.optional(&variables::METRICS_ADDR, |text| metrics_addr(text, listen_addr));
        let owner_ids = reader.optional(&variables::OWNER_IDS, owner_ids);
        let registration = reader.required(&variables::REGISTRATION, registration);
        let secret_key = reader.secret_key();
        let plans = reader.plans();
        let client_rate_limits = reader.required(&variables::CLIENT_RATE_LIMITS, on_or_off);
        let customer_rate = reader.required(&variables::CUSTOMER_RATE, customer_rate);
        let owner_rate = reader.required(&variables::OWNER_RATE, owner_rate);
        let reference_retention_days =
            reader.required(&variables::REFERENCE_RETENTION_DAYS, whole_number(1..=36_500));
        let log = reader.required(&variables::LOG, LogFilter::parse);
        let log_format = reader.required(&variables::LOG_FORMAT, log_format);
        Some(Self {
            master_bot_token: master_bot_token?,
            database_url: database_url?,
            intake,
            listen_addr: listen_addr?,
            metrics_addr,
            owner_ids: owner_ids.unwrap_or_default(),
            registration: registration?,
            secret_key: secret_key?,
            telegram_api_url: telegram_api_url?,
            plans,
            client_rate_limits: client_rate_limits?,
            customer_rate: customer_rate?,
            owner_rate: owner_rate?,
            reference_retention_days: reference_retention_days?,
            log: log?,
            log_format: log_format?,
            watch_every: WATCH_EVERY,
            turn_patience: TURN_PATIENCE,
            unknown: Vec::new(),
        })
    }

    /// Where Telegram reaches us, if updates come by webhook.
    pub fn public_url(&self) -> Option<&PublicUrl> {
        match &self.intake {
            Intake::Webhook { url, .. } => Some(url),
            Intake::Polling => None,
        }
    }
}

/// Names that are neither ours nor Compose's, which reads the same file.
fn unknown<'n>(names: impl Iterator<Item = &'n String>) -> Vec<String> {
    let is_known = |name: &String| {
        variables::VARIABLES.iter().any(|variable| variable.name == *name)
            || OF_COMPOSE.contains(&name.as_str())
            || name.starts_with("COMPOSE_")
    };
    let mut unknown: Vec<String> = names.filter(|name| !is_known(name)).cloned().collect();
    unknown.sort_unstable();
    unknown
}

impl LogFilter {
    /// Takes what [`EnvFilter`] takes, except a lone word that is no level.
    ///
    /// To `tracing`, `LOG=inof` asks for the target `inof` and silences all others: a typing mistake that would be
    /// noticed only when the log is needed.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        EnvFilter::builder()
            .parse(text)
            .map_err(|_| Wrong::new("it is not a filter `tracing` understands"))?;
        // Within the brackets of a span directive a comma separates fields.
        if !text.contains('[') && text.split(',').any(is_mistaken_level) {
            return Err(Wrong::new(
                "it has a word alone that is no level (write target=level for a target)",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The filter as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_mistaken_level(directive: &str) -> bool {
    let directive = directive.trim();
    let is_level = directive.parse::<tracing::level_filters::LevelFilter>().is_ok();
    !is_level && !directive.contains('=')
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The one place that looks at the process environment.
fn real_environment(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "config is where the environment is read")]
    std::env::var_os(name)
}

#[cfg(test)]
mod tests;
