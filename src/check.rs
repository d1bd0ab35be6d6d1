//! `feedback-relay check`: looks at configuration, database, key, tokens, the way in from Telegram
//! and the machine, and says what it found, with the fix where something is wrong.
//!
//! It changes nothing, not even the schema: it may be run beside a relay of an older version.

mod machine;

use std::{fmt::Write, time::Duration};

pub use machine::is_alive;

use crate::{
    app::{self, StartError},
    bots::token_context,
    clock,
    config::{Config, DatabaseUrl, Intake},
    keyring,
    model::BotState,
    seal::Seal,
    spans,
    store::{BotRow, Snapshot, Store, newest_schema},
    telegram::{Caller, Refusal, Telegram},
    text::Language,
    token::BotToken,
};

/// Client bots of which Telegram is asked: it limits how many tokens an address may show it anew.
const ASKED: usize = 10;
/// Less free room than this is soon none.
const SCARCE_BYTES: u64 = 1 << 30;
/// With less than this the database can't be relied on any more.
const TOO_FEW_BYTES: u64 = 64 << 20;
/// How far the clock may be from Telegram's.
const CLOCK_S: u64 = 30;

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
    report.line("configuration", "valid");
    report.room(config);
    let found = report.database(config).await?;
    let telegram = Telegram::new(&config.telegram_api_url.to_string(), config.client_rate_limits)?;
    report.clock(&telegram).await;
    report.port(config).await;
    report.master(config, &telegram).await;
    if let Some((seal, bots)) = found {
        report.clients(&telegram, &seal, &bots).await;
    }
    Ok(report)
}

impl Report {
    fn line(&mut self, what: &str, found: &str) {
        let _ = writeln!(self.text, "ok     {what}: {found}");
    }

    /// Something that works, but not for long, or not as well as it could.
    fn warn(&mut self, what: &str, found: &str, fix: &str) {
        let _ = writeln!(self.text, "note   {what}: {found}\n       → {fix}");
    }

    fn fail(&mut self, what: &str, found: &str, fix: &str) {
        self.good = false;
        let _ = writeln!(self.text, "FAILED {what}: {found}\n       → {fix}");
    }

    /// How much room there is for an SQLite file.
    fn room(&mut self, config: &Config) {
        let DatabaseUrl::Sqlite(file) = &config.database_url else { return };
        let Some(free) = machine::free_bytes(file.path()) else { return };
        let words = format!("{} MiB free for the database", free >> 20);
        if free < TOO_FEW_BYTES {
            self.fail("disk", &words, "make room: nothing is relayed on a full disk");
        } else if free < SCARCE_BYTES {
            self.warn("disk", &words, "make room before it is full");
        } else {
            self.line("disk", &words);
        }
    }

    /// Gives the key and the client bots where the database has both.
    async fn database(
        &mut self,
        config: &Config,
    ) -> Result<Option<(Seal, Vec<BotRow>)>, StartError> {
        let url = &config.database_url;
        let failed = |error| StartError::Database(url.to_string(), error);
        let Some(mut snapshot) = Snapshot::take(url).await.map_err(failed)? else {
            self.line("database", &format!("{url}, empty; the first start makes its tables"));
            self.line(
                "key",
                match keyring::given(&config.secret_key)? {
                    Some(_) => "there; the first start begins to use it",
                    None => "none yet; the first start makes one",
                },
            );
            return Ok(None);
        };
        let (schema, known) =
            (snapshot.schema(), snapshot.fact(keyring::FACT).await.map_err(failed)?);
        snapshot.close().await;
        let seal = match known {
            Some(known) => Some(keyring::fitting(&config.secret_key, &known)?),
            None => None,
        };
        if schema < newest_schema() {
            let found = format!("{url}, schema {schema}; this version has {}", newest_schema());
            let fix = "the next start brings it up to date; make a backup before: feedback-relay backup FILE";
            self.warn("database", &found, fix);
            self.key(seal.is_some());
            return Ok(None);
        }
        let store = app::open_store(url).await?;
        let engine = store.engine().await.map_err(failed)?;
        self.line("database", &format!("{url} ({engine}, schema {schema})"));
        for warning in store.durability_warnings().await.map_err(failed)? {
            self.warn("database", &warning, "set it in the server's configuration and restart it");
        }
        self.key(seal.is_some());
        let bots = self.counted(&store).await.map_err(failed)?;
        store.close().await;
        Ok(seal.map(|seal| (seal, bots)))
    }

    fn key(&mut self, fits: bool) {
        self.line(
            "key",
            if fits { "fits the database" } else { "none yet; the first start makes one" },
        );
    }

    async fn counted(&mut self, store: &Store) -> Result<Vec<BotRow>, crate::store::StoreError> {
        let bots = store.all_bots().await?;
        let count = |state| bots.iter().filter(|bot| bot.state == state).count();
        let (revoked, contested) = (count(BotState::Revoked), count(BotState::Contested));
        let text = format!(
            "{} attached, {revoked} of them with a revoked token, {contested} contested",
            bots.len()
        );
        if revoked + contested == 0 {
            self.line("client bots", &text);
        } else {
            self.warn("client bots", &text, "their owners see with /bots what to do");
        }
        Ok(bots)
    }

    /// Telegram's clock and ours: customers' rates and patience go by both.
    async fn clock(&mut self, telegram: &Telegram) {
        let Some(theirs) = telegram.server_time().await else { return };
        let ours = clock::now_ms() / 1000;
        let apart = ours.abs_diff(theirs);
        if apart <= CLOCK_S {
            self.line("clock", &format!("{apart} s from Telegram's"));
        } else {
            let found = format!("{apart} s from Telegram's");
            self.fail("clock", &found, "let the system set it: timedatectl set-ntp true");
        }
    }

    async fn port(&mut self, config: &Config) {
        let address = config.listen_addr;
        match machine::port(address).await {
            machine::Port::Free => self.line("LISTEN_ADDR", &format!("{address} is free")),
            machine::Port::Relay => {
                self.line("LISTEN_ADDR", &format!("{address}, where a relay answers"));
            }
            machine::Port::Taken(error) => self.fail(
                "LISTEN_ADDR",
                &format!("{address} can't be listened on: {error}"),
                "choose another port, or stop the program that has it: ss -ltnp",
            ),
        }
    }

    async fn master(&mut self, config: &Config, telegram: &Telegram) {
        let token = config.master_bot_token.clone();
        let caller = Caller { bot: token.bot_id(), token };
        match telegram.identify(&caller).await {
            Ok(identity) => self.line("MASTER_BOT_TOKEN", &format!("@{}", identity.username)),
            Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                let fix = "get the current one from @BotFather: /mybots → the bot → API Token";
                self.fail("MASTER_BOT_TOKEN", "Telegram does not accept it", fix);
                return;
            }
            Err(error) => {
                let fix = "the machine has to reach it: names (DNS), a firewall, a proxy; \
                           try curl -sS https://api.telegram.org";
                self.fail("TELEGRAM_API_URL", &error.to_string(), fix);
                return;
            }
        }
        self.way_in(config, telegram, &caller).await;
    }

    /// How updates come, as Telegram sees it.
    async fn way_in(&mut self, config: &Config, telegram: &Telegram, caller: &Caller) {
        let info = match telegram.webhook_info(caller).await {
            Ok(info) => info,
            Err(error) => return self.fail("webhook", &error.to_string(), "try again"),
        };
        let waiting = info.pending_update_count;
        let Intake::Webhook { url, .. } = &config.intake else {
            if info.url.is_empty() {
                return self.line("updates", &format!("by long polling, {waiting} waiting"));
            }
            let fix =
                "the next start takes it away; if it comes back, another program uses this token";
            return self.warn("updates", "by long polling, but a webhook is set", fix);
        };
        let wanted = url.webhook(caller.bot);
        let age_ms = clock::now_ms().saturating_sub(info.last_error_date.saturating_mul(1000));
        match info.last_error_message {
            _ if info.url.is_empty() => {
                self.line("webhook", &format!("{wanted}, set at the next start"));
            }
            _ if info.url != wanted => {
                self.line("webhook", "another address is set; the next start sets ours");
            }
            Some(error) if waiting > 0 => {
                let found = format!("{wanted}: {waiting} updates wait; Telegram says: {error}");
                self.fail("webhook", &found, fix_of(&error));
            }
            Some(error) => {
                let ago = spans::span(Language::English, age_ms.max(0));
                let found =
                    format!("{wanted}; the last delivery that failed was {ago} ago: {error}");
                self.line("webhook", &found);
            }
            None => self.line("webhook", &format!("{wanted}, {waiting} waiting")),
        }
    }

    /// Whether Telegram takes the tokens of the first client bots.
    async fn clients(&mut self, telegram: &Telegram, seal: &Seal, bots: &[BotRow]) {
        let active = bots.iter().filter(|bot| bot.state == BotState::Active);
        let mut good = 0;
        for bot in active.take(ASKED) {
            let opened = bot
                .token
                .as_ref()
                .and_then(|sealed| seal.open(&token_context(bot.bot), sealed).ok());
            let token = opened.and_then(|plain| String::from_utf8(plain).ok());
            let Some(token) = token.and_then(|token| BotToken::parse(&token).ok()) else {
                let fix = "attach the bot again: its owner sends its token to the master bot";
                self.fail(
                    "client bot",
                    &format!("the token of @{} does not open", bot.username),
                    fix,
                );
                continue;
            };
            let caller = Caller { bot: bot.bot, token };
            match telegram.identify(&caller).await {
                Ok(_) => good += 1,
                Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                    let fix = "its owner gets the current one from @BotFather and sends it to the master bot";
                    self.fail(
                        "client bot",
                        &format!("the token of @{} was revoked", bot.username),
                        fix,
                    );
                }
                Err(error) => {
                    self.warn("client bot", &format!("@{}: {error}", bot.username), "try again");
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if good > 0 {
            self.line(
                "client bots",
                &format!("Telegram accepts the tokens of {good} of {}", bots.len()),
            );
        }
    }
}

/// What helps against Telegram's reason for not delivering.
fn fix_of(reason: &str) -> &'static str {
    let reason = reason.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["certificate", "ssl", "tls"]) {
        "the certificate has to be valid for PUBLIC_URL's name, with its whole chain; a self-signed \
         one has to stand in WEBHOOK_CERTIFICATE_FILE"
    } else if has(&["resolve", "hostname", "ip address"]) {
        "PUBLIC_URL's name has to lead to this machine, by an A record (IPv4)"
    } else if has(&["refused", "timed out", "timeout", "unreachable", "no route"]) {
        "the port of PUBLIC_URL (443, 80, 88 or 8443) has to be open from outside and lead to the \
         proxy before the relay"
    } else if has(&["401", "403", "404", "405", "301", "302", "308"]) {
        "the proxy before the relay has to pass PUBLIC_URL's path on unchanged, with all headers"
    } else if has(&["502", "504"]) {
        "the proxy does not reach the relay: is it running, and at LISTEN_ADDR?"
    } else {
        "look into the log of the relay and of the proxy before it"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_reasons_have_a_fix() {
        for (reason, fix) in [
            ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "certificate"),
            ("Failed to resolve host: Name or service not known", "A record"),
            ("Connection refused", "open from outside"),
            ("Connection timed out", "open from outside"),
            ("Wrong response from the webhook: 404 Not Found", "unchanged"),
            ("Wrong response from the webhook: 502 Bad Gateway", "LISTEN_ADDR"),
            ("Something new", "the log"),
        ] {
            assert!(fix_of(reason).contains(fix), "{reason}");
        }
    }
}
