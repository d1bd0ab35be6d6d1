//! `feedback-relay check`: looks at configuration, key, database and tokens, and says what it
//! found. Changes nothing but the database's schema.

use std::{
    fmt::Write,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    app::{self, StartError},
    config::{Config, Intake},
    keyring,
    model::BotState,
    telegram::{Caller, Refusal, Telegram},
};

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// Line by line.
    pub text: String,
    /// Whether everything works.
    pub good: bool,
}

/// Looks at everything.
///
/// # Errors
/// When the database or the key can't be used at all.
pub async fn check(config: &Config) -> Result<Report, StartError> {
    let mut report = Report { text: String::new(), good: true };
    report.line(true, "configuration", "valid");
    let store = app::open_store(&config.database_url).await?;
    let failed = |error| StartError::Database(config.database_url.to_string(), error);
    let engine = store.engine().await.map_err(failed)?;
    report.line(true, "database", &format!("{} ({engine})", config.database_url));
    for warning in store.durability_warnings().await.map_err(failed)? {
        report.line(true, "database", &format!("warning: {warning}"));
    }
    match keyring::open(&config.secret_key, &store, false).await? {
        Some(_) => report.line(true, "key", "fits the database"),
        None => report.line(true, "key", "none yet; the first start makes one"),
    }
    let telegram = Telegram::new(&config.telegram_api_url.to_string(), config.client_rate_limits)?;
    report.master(config, &telegram).await;
    let bots = store.all_bots().await.map_err(failed)?;
    let count = |state| bots.iter().filter(|bot| bot.state == state).count();
    let text = format!(
        "{} attached, {} of them with a revoked token, {} contested",
        bots.len(),
        count(BotState::Revoked),
        count(BotState::Contested)
    );
    report.line(true, "client bots", &text);
    store.close().await;
    Ok(report)
}

impl Report {
    fn line(&mut self, good: bool, what: &str, found: &str) {
        self.good &= good;
        let mark = if good { "ok" } else { "FAILED" };
        let _ = writeln!(self.text, "{mark:<7}{what}: {found}");
    }

    async fn master(&mut self, config: &Config, telegram: &Telegram) {
        let token = config.master_bot_token.clone();
        let caller = Caller { bot: token.bot_id(), token };
        match telegram.identify(&caller).await {
            Ok(identity) => {
                self.line(true, "MASTER_BOT_TOKEN", &format!("@{}", identity.username));
            }
            Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                self.line(false, "MASTER_BOT_TOKEN", "Telegram does not accept it");
                return;
            }
            Err(error) => {
                self.line(false, "TELEGRAM_API_URL", &error.to_string());
                return;
            }
        }
        match (&config.intake, telegram.webhook_info(&caller).await) {
            (_, Err(error)) => self.line(false, "webhook", &error.to_string()),
            (Intake::Polling, Ok(_)) => self.line(true, "updates", "by long polling"),
            (Intake::Webhook { url, .. }, Ok(info)) => {
                let wanted = url.webhook(caller.bot);
                let found = match info.last_error_message {
                    _ if info.url.is_empty() => format!("{wanted}, set at the next start"),
                    _ if info.url != wanted => {
                        "another address is set; the next start sets ours".into()
                    }
                    Some(error) => format!("{wanted}; Telegram's last delivery failed: {error}"),
                    None => wanted,
                };
                self.line(true, "webhook", &found);
            }
        }
    }
}

/// How long a relay may take to say that it is alive.
const ALIVE_LIMIT: Duration = Duration::from_secs(4);

/// Asks the relay that listens on an address of this machine whether it is alive, as a container's
/// health check does.
///
/// # Errors
/// When it does not answer, or with anything but 200.
pub async fn is_alive(address: SocketAddr) -> io::Result<()> {
    let asking = async {
        let mut connection = TcpStream::connect(reachable(address)).await?;
        connection.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await?;
        let is_good = answer.starts_with(b"HTTP/1.") && answer.ends_with(b" 200");
        is_good.then_some(()).ok_or_else(|| io::Error::other("it answers, but not with 200"))
    };
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    tokio::time::timeout(ALIVE_LIMIT, asking).await.map_err(late)?
}

/// Who listens everywhere is reached here.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
}
