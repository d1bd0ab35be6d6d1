//! How a bot's updates come, as Telegram sees it: pure.

use crate::{
    bots::host_of,
    config::Intake,
    model::BotId,
    spans,
    telegram::{Hindrance, WebhookInfo},
    text::Language,
};

/// What was found, and what helps where something is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// As it should be.
    Good(String),
    /// It passes by itself, or may.
    Note(String, &'static str),
    /// Somebody has to mend it.
    Fault(String, &'static str),
}

/// Whether Telegram was told already where this bot's updates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ordered {
    /// No relay runs here.
    ByTheNextStart,
    /// The relay that runs is about to.
    UnderWay,
    /// It was: what is different now is somebody else's.
    Done,
}

/// What `getWebhookInfo` means at a moment, in UTC milliseconds.
pub(super) fn look(
    intake: &Intake,
    bot: BotId,
    info: &WebhookInfo,
    ordered: Ordered,
    now_ms: i64,
) -> Finding {
    match intake {
        Intake::Polling => by_polling(info),
        Intake::Webhook { url, .. } => by_webhook(&url.webhook(bot), info, ordered, now_ms),
    }
}

fn by_polling(info: &WebhookInfo) -> Finding {
    if info.url.is_empty() {
        return Finding::Good(format!("by long polling, {} waiting", info.pending_update_count));
    }
    let found = format!("by long polling, but a webhook is set, to {}", host_of(&info.url));
    Finding::Note(
        found,
        "a relay that runs takes it away; if it comes back, another program uses this token: \
         revoke the token in @BotFather",
    )
}

fn by_webhook(wanted: &str, info: &WebhookInfo, ordered: Ordered, now_ms: i64) -> Finding {
    if info.url != wanted {
        return elsewhere(wanted, &info.url, ordered);
    }
    let waiting = info.pending_update_count;
    match &info.last_error_message {
        Some(error) if waiting > 0 => {
            let found = format!("{wanted}: {waiting} updates wait; Telegram says: {error}");
            let fix = fix_of(error);
            if fix == WAIT { Finding::Note(found, fix) } else { Finding::Fault(found, fix) }
        }
        Some(error) => {
            let age_ms = now_ms.saturating_sub(info.last_error_date.saturating_mul(1000));
            let ago = spans::span(Language::English, age_ms.max(0));
            Finding::Good(format!("{wanted}; the last delivery that failed was {ago} ago: {error}"))
        }
        None => Finding::Good(format!("{wanted}, {waiting} waiting")),
    }
}

/// What it means that a request to our address without Telegram's secret was answered so, by us
/// as far as a proof says so. A relay says 401.
pub(super) fn of_answer(status: u16, is_ours: Option<bool>, runs: bool) -> Option<Finding> {
    const FIX: &str = "the proxy before the relay has to pass PUBLIC_URL's path and /telegram/ below \
                       it on unchanged, and to answer 404 to what it does not pass on";
    match status {
        200..=299 => Some(Finding::Fault(
            format!(
                "something else answers there, with {status}: Telegram takes that for delivered, and updates are lost"
            ),
            FIX,
        )),
        401 if runs && is_ours != Some(false) => {
            Some(Finding::Good("leads to the relay".to_owned()))
        }
        401 if runs => Some(Finding::Fault(
            "401 is said there, but not by this relay".to_owned(),
            "another relay, or a password of the web server, is in the way; or the proxy does not \
             pass the header X-Telegram-Bot-Api-Secret-Token on",
        )),
        _ if runs => Some(Finding::Fault(
            format!("from here it is answered with {status}, where the relay says 401"),
            FIX,
        )),
        _ => None,
    }
}

/// What it means that nobody answers at our address, as seen from here.
pub(super) fn of_silence(why: &str) -> Finding {
    Finding::Note(
        format!("nobody answers there, as seen from this machine: {why}"),
        "some networks do not let a machine reach itself from outside: look what the line of the \
         webhook says; else the name (an A record), the port and the proxy",
    )
}

/// Of a foreign address the host alone is shown: others write tokens into its path.
fn elsewhere(wanted: &str, set: &str, ordered: Ordered) -> Finding {
    let other = host_of(set);
    match ordered {
        Ordered::ByTheNextStart if set.is_empty() => {
            Finding::Good(format!("{wanted}, set at the next start"))
        }
        Ordered::ByTheNextStart => Finding::Note(
            format!("another address is set, at {other}"),
            "a relay that runs sets ours; if another one comes back, another program uses this \
             token: revoke the token in @BotFather",
        ),
        Ordered::UnderWay => Finding::Note(
            if set.is_empty() {
                "no address is set yet".to_owned()
            } else {
                format!("another address is set, at {other}")
            },
            "the relay that runs sets ours, ten bots a minute; after a change of PUBLIC_URL, \
             restart it",
        ),
        Ordered::Done => Finding::Fault(
            if set.is_empty() {
                "the address was taken away: updates don't come here".to_owned()
            } else {
                format!("another address is set, at {other}: updates go there")
            },
            "after a change of PUBLIC_URL, restart the relay; else another program uses this \
             token: the relay sets ours again, three times a day; stop that program, or revoke the \
             token in @BotFather",
        ),
    }
}

/// What helps where the relay itself said "later".
const WAIT: &str = "it was asked to wait and comes again by itself; if it stays so, look into the \
                    log of the relay and of the proxy before it";

/// What helps against Telegram's reason for not delivering.
fn fix_of(reason: &str) -> &'static str {
    match Hindrance::of(reason) {
        Hindrance::Busy => WAIT,
        Hindrance::Certificate => {
            "the certificate has to be valid for PUBLIC_URL's name, with its whole chain; a \
             self-signed one has to stand in WEBHOOK_CERTIFICATE_FILE"
        }
        Hindrance::Name => "PUBLIC_URL's name has to lead to this machine, by an A record (IPv4)",
        Hindrance::Unreachable => {
            "the port of PUBLIC_URL (443, 80, 88 or 8443) has to be open from outside and lead to \
             the proxy before the relay"
        }
        Hindrance::Proxy => {
            "the proxy before the relay has to pass PUBLIC_URL's path on unchanged, with all headers"
        }
        Hindrance::RelayGone => {
            "the proxy does not reach the relay: is it running, and at LISTEN_ADDR?"
        }
        Hindrance::Answer | Hindrance::Unknown => {
            "look into the log of the relay and of the proxy before it"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://relay.example.org/telegram/1";

    fn info(url: &str, waiting: i64, error: Option<&str>) -> WebhookInfo {
        WebhookInfo {
            url: url.to_owned(),
            last_error_message: error.map(str::to_owned),
            last_error_date: 1_000,
            pending_update_count: waiting,
            allowed_updates: None,
        }
    }

    fn found(info: &WebhookInfo, ordered: Ordered) -> Finding {
        by_webhook(OURS, info, ordered, 1_060_000)
    }

    #[test]
    fn somebody_else_s_address_is_a_fault_once_ours_was_set() {
        let theirs = info("https://else.example.org/bot1:secret", 0, None);
        for ordered in [Ordered::ByTheNextStart, Ordered::UnderWay] {
            assert!(matches!(found(&theirs, ordered), Finding::Note(..)));
        }
        let Finding::Fault(words, _) = found(&theirs, Ordered::Done) else {
            panic!("a fault");
        };
        assert!(words.contains("else.example.org") && !words.contains("secret"), "{words}");
        let none = info("", 0, None);
        assert!(matches!(found(&none, Ordered::ByTheNextStart), Finding::Good(_)));
        assert!(matches!(found(&none, Ordered::UnderWay), Finding::Note(..)));
        assert!(matches!(found(&none, Ordered::Done), Finding::Fault(..)));
        assert!(matches!(by_polling(&theirs), Finding::Note(..)));
        assert!(matches!(by_polling(&none), Finding::Good(_)));
    }

    #[test]
    fn who_answers_in_the_relay_s_place_swallows_updates() {
        for runs in [true, false] {
            assert!(matches!(of_answer(200, None, runs), Some(Finding::Fault(..))));
        }
        for is_ours in [None, Some(true)] {
            assert!(matches!(of_answer(401, is_ours, true), Some(Finding::Good(_))));
            assert!(of_answer(401, is_ours, false).is_none());
        }
        assert!(matches!(of_answer(401, Some(false), true), Some(Finding::Fault(..))));
        assert!(matches!(of_answer(404, Some(false), true), Some(Finding::Fault(..))));
        assert!(of_answer(502, None, false).is_none());
    }

    #[test]
    fn what_failed_is_a_fault_while_something_waits() {
        let of = |waiting, error| found(&info(OURS, waiting, error), Ordered::Done);
        assert!(matches!(of(7, Some("Connection timed out")), Finding::Fault(..)));
        let later = Some("Wrong response from the webhook: 503 Service Unavailable");
        assert!(matches!(of(7, later), Finding::Note(..)));
        let Finding::Good(words) = of(0, Some("Connection timed out")) else {
            panic!("it is over");
        };
        assert!(words.contains("1 min ago"), "{words}");
        assert!(matches!(of(7, None), Finding::Good(_)));
    }

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
