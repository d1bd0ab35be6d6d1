//! The only Bot API calls: one HTTP client for all bots, limits by destination, and what a failure
//! means.
//!
//! - [`outcome`]: sent, certainly not sent, unknown: the three ways a call ends
//! - [`transport`]: one request, one answer
//! - [`limits`]: Telegram's rates, kept by (bot, chat) and by bot
//! - [`deliver`]: a message to a chat: waits for the limits, obeys 429, streams files
//! - [`media`]: the same for albums and replaced media
//! - [`files`]: a file of one bot opened for reading, to be uploaded by another
//! - [`methods`]: the control calls by name; [`picture`]: a picture of ours, sent or put in place
//! - [`payments`]: invoices and subscriptions in Stars
//! - [`hindrance`]: what Telegram says keeps it from delivering
//! - [`traffic`]: what is counted of it
//!
//! teloxide's payload types are sent over a transport of our own: its client sleeps 10 s on every
//! 5xx, ends an upload after 17 s, and cannot tell "never left" from "answer lost".

mod deliver;
mod files;
mod hindrance;
mod limits;
mod media;
mod methods;
mod outcome;
mod payments;
mod picture;
mod traffic;
mod transport;
mod waiting;

use std::{
    sync::Arc,
    time::{Duration, Instant, UNIX_EPOCH},
};

pub use deliver::{Attachment, Errand, Outgoing, Watch};
use files::FileIds;
pub use files::RemoteFile;
pub use hindrance::Hindrance;
use limits::Limits;
pub use methods::{BotIdentity, Document, StoredFile, WebhookInfo, WebhookOrder};
pub use outcome::{CallError, Doubt, Refusal};
pub use payments::Invoice;
pub use picture::Picture;
use quick_cache::sync::Cache;
use serde_json::{Value, json};
use teloxide::types::ChatId;
pub use traffic::Traffic;
use url::Url;

use crate::{
    model::{BotId, BotState, OwnerId},
    settings::BotSettings,
    share::Room,
    token::BotToken,
};

/// How long one call may take, connection to last byte of the answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long moving one file from bot to bot may take.
const TRANSFER_TIMEOUT: Duration = Duration::from_mins(5);
/// Files moved at a time: each holds two connections and their buffers.
const TRANSFERS: usize = 16;

/// How long Telegram has to show that it answers.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// Chats of which it is remembered when something was sent there.
const DESTINATIONS: usize = 4096;

/// The Bot API. Cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base: Url,
    limits: Limits,
    file_ids: FileIds,
    traffic: Traffic,
    transfers: Room<ChatId>,
    /// When a message was last made for certain, by destination.
    worked: Cache<(BotId, ChatId), Instant>,
}

/// A bot that can make calls: its id and its token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The bot.
    pub bot: BotId,
    /// Its token. Printing it shows the id only.
    pub token: BotToken,
}

/// A running client bot: who it is, whose it is, and its token.
#[derive(Debug, Clone)]
pub struct ClientBot {
    /// The tenant it belongs to.
    pub owner: OwnerId,
    /// Its username, without `@`.
    pub username: String,
    /// Its display name.
    pub name: String,
    /// How it fares.
    pub state: BotState,
    /// Fingerprint of the webhook Telegram was told last.
    pub webhook: Option<Vec<u8>>,
    /// How its owner set it.
    pub settings: Arc<BotSettings>,
    /// When it was changed last, as far as this process knows: UTC milliseconds.
    pub changed_at: i64,
    /// Its id and token.
    pub caller: Caller,
}

impl ClientBot {
    /// Its Telegram id.
    pub fn id(&self) -> BotId {
        self.caller.bot
    }
}

impl Telegram {
    /// Prepares the one HTTP client. Nothing is sent yet.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new(base: &Url, rate_limits: bool) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(50))
            .pool_max_idle_per_host(32)
            .tcp_keepalive(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("feedback-relay/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let inner = Inner {
            http,
            base: base.clone(),
            limits: Limits::new(rate_limits),
            file_ids: FileIds::new(),
            traffic: Traffic::default(),
            transfers: Room::new(TRANSFERS),
            worked: Cache::new(DESTINATIONS),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether Telegram answers this bot anything at all, asked by a call that changes nothing.
    pub async fn answers(&self, caller: &Caller) -> bool {
        let nothing = json!({});
        let asked = self.call_json::<Value>(caller, "getMe", &nothing, PROBE_TIMEOUT).await;
        !matches!(asked, Err(CallError::Unknown(_) | CallError::NotSent(Refusal::Unreachable)))
    }

    /// What time it is at Telegram, in seconds since 1970; `None` when it does not say.
    pub async fn server_time(&self) -> Option<i64> {
        let asked =
            self.inner.http.head(self.inner.base.clone()).timeout(PROBE_TIMEOUT).send().await;
        let answer = asked.ok()?;
        let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
        let since = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    }

    /// How long ago a message of this bot's was last made for certain in this chat, as far
    /// as that is remembered.
    pub fn worked_ago(&self, bot: BotId, chat: ChatId) -> Option<Duration> {
        self.inner.worked.get(&(bot, chat)).map(|at| at.elapsed())
    }

    /// What `/metrics` says about requests.
    pub fn traffic(&self) -> Traffic {
        self.inner.traffic.clone()
    }

    /// The process stops: whoever waits for a limit, or would, is told at once that it is for later.
    pub fn stop_waiting(&self) {
        self.inner.limits.stop_waiting();
    }

    /// Waits before another try; `false` when the process stops meanwhile, so that there is none.
    pub async fn pause(&self, wait: Duration) -> bool {
        self.inner.limits.pause(wait).await
    }

    /// Forgets limits of chats that were quiet, so that memory stays bounded. Call it now and then.
    pub fn forget_quiet_chats(&self) {
        self.inner.limits.forget_quiet();
    }
}
