//! `feedback-relay check`: looks at configuration, database, key, tokens, the way in from Telegram
//! and the machine, and says what it found, with the fix where something is wrong.
//!
//! One fault hides no other: what can still be looked at is looked at. It changes nothing, not even
//! the schema: it may be run beside a relay of an older version.
//!
//! - [`database`]: the database, its files, the key
//! - [`telegram`]: Telegram's clock, the tokens; [`way_in`]: how updates come (pure)
//! - [`writing`]: whether files can be made; [`machine`]: disk, port, `healthy`

mod database;
mod machine;
mod telegram;
mod way_in;
mod writing;

use std::{fmt::Write, io::ErrorKind, net::SocketAddr};

pub use machine::is_alive;

use crate::{
    app::StartError, config::Config, model::BotState, seal::Seal, telegram::Telegram,
    webhook::ASKS_FOR_PROOF,
};
use machine::Port;
use way_in::Finding;

/// Less free room than this is soon none.
const SCARCE_BYTES: u64 = 1 << 30;
/// With less than this the database can't be relied on any more.
const TOO_FEW_BYTES: u64 = 64 << 20;

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// Line by line.
    pub text: String,
    /// The worst of it.
    pub verdict: Verdict,
}

/// Whether everything works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does.
    Good,
    /// Something has to be mended.
    Faulty,
    /// The configuration has to be: a key that does not fit.
    Misconfigured,
}

/// Looks at everything.
///
/// # Errors
/// When the HTTP client can't be set up.
pub async fn check(config: &Config) -> Result<Report, StartError> {
    let mut report = Report { text: String::new(), verdict: Verdict::Good };
    report.line("configuration", "valid");
    for name in &config.unknown {
        let found = format!("{name} in .env means nothing to the relay");
        report.warn("configuration", &found, "look at the spelling: feedback-relay --help");
    }
    let found = report.database(config).await;
    let telegram = Telegram::new(config.telegram_api_url.url(), config.client_rate_limits)?;
    report.clock(&telegram).await;
    let runs = report.ports(config).await;
    report.address(config, runs, found.as_ref().map(|(seal, _)| seal)).await;
    report.master(config, &telegram, runs).await;
    if let Some((seal, bots)) = found {
        let master = config.master_bot_token.bot_id();
        if bots.iter().any(|bot| bot.bot == master && bot.state != BotState::Removed) {
            report.fail(
                "MASTER_BOT_TOKEN",
                "this bot is attached here as a client bot",
                "take a bot of its own for the master: /newbot in @BotFather",
            );
        }
        report.clients((config, runs), &telegram, &seal, &bots).await;
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
        self.verdict = self.verdict.max(Verdict::Faulty);
        let _ = writeln!(self.text, "FAILED {what}: {found}\n       → {fix}");
    }

    fn misconfigured(&mut self) {
        self.verdict = Verdict::Misconfigured;
    }

    fn tell(&mut self, what: &str, finding: Finding) {
        match finding {
            Finding::Good(found) => self.line(what, &found),
            Finding::Note(found, fix) => self.warn(what, &found, fix),
            Finding::Fault(found, fix) => self.fail(what, &found, fix),
        }
    }

    /// Whether our addresses are free; gives whether a relay has them.
    async fn ports(&mut self, config: &Config) -> bool {
        let runs = matches!(self.port("LISTEN_ADDR", config.listen_addr, false).await, Port::Relay);
        if let Some(address) = config.metrics_addr {
            self.port("METRICS_ADDR", address, runs).await;
        }
        runs
    }

    /// Who answers at `PUBLIC_URL`.
    async fn address(&mut self, config: &Config, runs: bool, seal: Option<&Seal>) {
        let Some(url) = config.public_url() else { return };
        let nonce = format!("{:032x}", rand::random::<u128>());
        let (address, secret) =
            (url.webhook(config.master_bot_token.bot_id()), format!("{ASKS_FOR_PROOF}{nonce}"));
        let found = match machine::answer_at(&address, &secret).await {
            Ok(answer) => {
                let ours = seal.map(|seal| Some(seal.proof(&nonce)) == answer.proof);
                way_in::of_answer(answer.status, ours, runs)
            }
            Err(why) => runs.then(|| way_in::of_silence(&why)),
        };
        if let Some(found) = found {
            self.tell("PUBLIC_URL", found);
        }
    }

    /// `runs`: a relay runs, and has this address too.
    async fn port(&mut self, variable: &str, address: SocketAddr, runs: bool) -> Port {
        let found = machine::port(address).await;
        match &found {
            Port::Free => self.line(variable, &format!("{address} is free")),
            Port::Relay => self.line(variable, &format!("{address}, where a relay answers")),
            Port::Taken(_) if runs => {
                self.line(variable, &format!("{address} is in use, as by a relay that runs"));
            }
            Port::Taken(error) => self.fail(
                variable,
                &format!("{address} can't be listened on: {error}"),
                match error.kind() {
                    ErrorKind::AddrNotAvailable => {
                        "no network card of this machine has that address: take 127.0.0.1 where a \
                         proxy runs beside the relay, else 0.0.0.0"
                    }
                    ErrorKind::PermissionDenied => {
                        "ports below 1024 are the system's: take a higher one"
                    }
                    _ => "choose another port, or stop the program that has it: ss -ltnp",
                },
            ),
        }
        found
    }
}
