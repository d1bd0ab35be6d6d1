//! What `check` asks Telegram: its clock, and whether it takes the tokens.

use std::time::Duration;

use super::{Report, way_in};
use crate::{
    bots::{caller_of, client_mark},
    clock,
    config::Config,
    model::BotState,
    seal::Seal,
    store::BotRow,
    telegram::{CallError, Caller, Doubt, Refusal, Telegram},
};
use way_in::{Finding, Ordered, look};

/// Client bots of which Telegram is asked: it limits how many tokens an address may show it anew.
const ASKED: usize = 10;
/// How far the clock may be from Telegram's.
const CLOCK_S: u64 = 30;

/// What to do where the Bot API did not say who the master bot is.
fn fix(error: &CallError, address: &str) -> String {
    match error {
        CallError::NotSent(Refusal::TooFast { .. }) => "wait so long, and try again".to_owned(),
        CallError::Unknown(Doubt::ServerFault(_)) => {
            "it has a fault of its own: try again in some minutes".to_owned()
        }
        CallError::Unknown(Doubt::Unreadable) => format!(
            "what answers at {address} is no Bot API server, or a proxy before it; without \
             TELEGRAM_API_URL Telegram's own is taken"
        ),
        _ => format!(
            "the machine has to reach it: names (DNS), a firewall, a proxy; try curl -sS {address}"
        ),
    }
}

impl Report {
    /// Telegram's clock and ours: customers' rates and patience go by both.
    pub(super) async fn clock(&mut self, telegram: &Telegram) {
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

    pub(super) async fn master(&mut self, config: &Config, telegram: &Telegram, runs: bool) {
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
                let fix = fix(&error, &config.telegram_api_url.to_string());
                self.fail("TELEGRAM_API_URL", &error.to_string(), &fix);
                return;
            }
        }
        let what = if config.public_url().is_some() { "webhook" } else { "updates" };
        match telegram.webhook_info(&caller).await {
            Ok(info) => {
                let ordered = if runs { Ordered::Done } else { Ordered::ByTheNextStart };
                self.tell(what, look(&config.intake, caller.bot, &info, ordered, clock::now_ms()));
            }
            Err(error) => self.fail(what, &error.to_string(), "try again"),
        }
    }

    /// Whether Telegram takes the tokens of the first client bots, and can deliver to them.
    pub(super) async fn clients(
        &mut self,
        (config, runs): (&Config, bool),
        telegram: &Telegram,
        seal: &Seal,
        bots: &[BotRow],
    ) {
        let active = bots.iter().filter(|bot| bot.state == BotState::Active);
        let mut good = 0;
        for bot in active.take(ASKED) {
            let Some(caller) = caller_of(bot, seal) else {
                let found = format!("the token of @{} does not open", bot.username);
                let fix = "attach the bot again: its owner sends its token to the master bot";
                self.fail("client bot", &found, fix);
                continue;
            };
            match telegram.webhook_info(&caller).await {
                Ok(info) => {
                    good += 1;
                    let is_done = bot.webhook == client_mark(&config.intake, seal, bot.bot);
                    let ordered = match (runs, is_done) {
                        (true, true) => Ordered::Done,
                        (true, false) => Ordered::UnderWay,
                        (false, _) => Ordered::ByTheNextStart,
                    };
                    let found = look(&config.intake, bot.bot, &info, ordered, clock::now_ms());
                    if !matches!(found, Finding::Good(_)) {
                        self.tell(&format!("updates of @{}", bot.username), found);
                    }
                }
                Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                    let fix = "its owner gets the current one from @BotFather and sends it to the master bot";
                    let found = format!("the token of @{} was revoked", bot.username);
                    self.fail("client bot", &found, fix);
                }
                Err(error) => {
                    self.warn("client bot", &format!("@{}: {error}", bot.username), "try again");
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if good > 0 {
            let found = format!("Telegram accepts the tokens of {good} of {}", bots.len());
            self.line("client bots", &found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_reached_is_not_looked_for_in_the_network() {
        let of = |error: &CallError| fix(error, "https://api.example");
        let waits = CallError::NotSent(Refusal::TooFast { retry_after: Duration::from_secs(7) });
        assert!(of(&waits).starts_with("wait so long"));
        assert!(of(&CallError::Unknown(Doubt::ServerFault(500))).contains("in some minutes"));
        let page = of(&CallError::Unknown(Doubt::Unreadable));
        assert!(page.contains("https://api.example is no Bot API server"), "{page}");
        for away in [CallError::Unknown(Doubt::TimedOut), Refusal::Unreachable.into()] {
            assert!(of(&away).contains("curl -sS https://api.example"));
        }
    }
}
