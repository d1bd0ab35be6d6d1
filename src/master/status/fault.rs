//! Why updates do not come, and what to do about it: pure.

use crate::{
    bots::Missed,
    clock::now_ms,
    spans::span,
    telegram::{CallError, Doubt, Hindrance, Refusal},
    text::Language,
};

/// Letters of Telegram's own words that are shown.
const WORDS: usize = 120;
/// A delivery that failed longer ago is over, in milliseconds.
pub(super) const RECENT_MS: i64 = 3600 * 1000;

/// What went wrong last on the way of a bot's updates.
pub(super) enum Fault<'a> {
    /// A delivery to the webhook: Telegram's words, and when, in UTC milliseconds.
    Delivery(&'a str, i64),
    /// A fetch.
    Fetch(&'a Missed),
}

impl Fault<'_> {
    fn ago(&self) -> i64 {
        let (Self::Delivery(_, at) | Self::Fetch(Missed { at_ms: at, .. })) = self;
        now_ms().saturating_sub(*at)
    }

    /// Whether it may still be so. `waits`: more waits at Telegram than should.
    pub(super) fn holds(&self, waits: bool) -> bool {
        match self {
            Self::Delivery(..) => self.ago() < RECENT_MS || waits,
            Self::Fetch(missed) => missed.holds(now_ms()),
        }
    }

    /// What went wrong, and when.
    pub(super) fn what(&self, language: Language) -> String {
        let ago = span(language, self.ago());
        match self {
            Self::Delivery(words, _) => language.status_error(&ago, &shown(words)),
            Self::Fetch(missed) => language.status_missed(&ago, &reason(language, &missed.error)),
        }
    }

    /// The same where it is over.
    pub(super) fn what_was(&self, language: Language) -> String {
        let ago = span(language, self.ago());
        match self {
            Self::Delivery(words, _) => language.status_error_over(&ago, &shown(words)),
            Self::Fetch(missed) => {
                language.status_missed_over(&ago, &reason(language, &missed.error))
            }
        }
    }

    /// What to do: whoever does not run the service is told to ask the one who does where only that
    /// one can mend it.
    pub(super) fn fix(&self, language: Language, is_operator: bool) -> String {
        match self {
            Self::Delivery(words, _) => fix_delivery(language, words, is_operator),
            Self::Fetch(missed) => fix_fetch(language, &missed.error, is_operator),
        }
    }
}

fn fix_delivery(language: Language, words: &str, is_operator: bool) -> String {
    match Hindrance::of(words) {
        Hindrance::Busy => language.fix_busy(),
        _ if !is_operator => language.fix_operator(),
        Hindrance::Certificate => language.fix_certificate(),
        Hindrance::Name | Hindrance::Unreachable => language.fix_unreachable(),
        Hindrance::Proxy | Hindrance::RelayGone | Hindrance::Answer => language.fix_wrong_answer(),
        Hindrance::Unknown => language.fix_look(),
    }
}

/// Why updates could not be fetched.
fn reason(language: Language, error: &CallError) -> String {
    match error {
        CallError::NotSent(Refusal::TokenRevoked) => language.missed_token(),
        CallError::NotSent(Refusal::Contested { webhook: true }) => language.missed_webhook(),
        CallError::NotSent(Refusal::Contested { webhook: false }) => language.missed_contested(),
        CallError::NotSent(Refusal::TooFast { .. }) => language.missed_too_fast(),
        CallError::NotSent(Refusal::Unreachable)
        | CallError::Unknown(Doubt::TimedOut | Doubt::Cut) => language.missed_unreachable(),
        CallError::Unknown(Doubt::ServerFault(code)) => language.missed_fault(&code.to_string()),
        CallError::Unknown(Doubt::Unreadable) => language.missed_unreadable(),
        CallError::NotSent(refusal) => language.missed_refused(&shown(&refusal.to_string())),
    }
}

fn fix_fetch(language: Language, error: &CallError, is_operator: bool) -> String {
    match error {
        CallError::NotSent(Refusal::TokenRevoked) => language.fix_token(),
        CallError::NotSent(Refusal::Contested { webhook: true }) => language.fix_webhook(),
        CallError::NotSent(Refusal::Contested { webhook: false }) => language.fix_contested(),
        CallError::NotSent(Refusal::TooFast { .. }) | CallError::Unknown(Doubt::ServerFault(_)) => {
            language.fix_again()
        }
        _ if !is_operator => language.fix_operator(),
        CallError::NotSent(Refusal::Unreachable) | CallError::Unknown(_) => {
            language.fix_connection()
        }
        CallError::NotSent(_) => language.fix_check(),
    }
}

/// Telegram's own words: one line, not too long.
pub(super) fn shown(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_does_not_run_the_service_is_not_told_how_to_mend_it() {
        let of = |words, is_operator| fix_delivery(Language::English, words, is_operator);
        assert_eq!(of("SSL error", true), Language::English.fix_certificate());
        assert_eq!(of("SSL error", false), Language::English.fix_operator());
        assert_eq!(of("Connection refused", true), Language::English.fix_unreachable());
        let wrong = "Wrong response from the webhook: 404 Not Found";
        assert_eq!(of(wrong, true), Language::English.fix_wrong_answer());
        let busy = "Wrong response from the webhook: 503 Service Unavailable";
        assert_eq!(of(busy, false), Language::English.fix_busy());
        let of = |error, is_operator| fix_fetch(Language::English, &error, is_operator);
        let unreachable = || CallError::NotSent(Refusal::Unreachable);
        assert_eq!(of(unreachable(), true), Language::English.fix_connection());
        assert_eq!(of(unreachable(), false), Language::English.fix_operator());
    }

    #[test]
    fn nothing_is_claimed_about_words_nobody_knows() {
        let fix = |words| fix_delivery(Language::English, words, true);
        assert!(fix("Wrong response from the webhook: 404 Not Found").contains("Something else"));
        assert!(fix("IP address is reserved").contains("DNS"));
        assert!(fix("Something new").contains("feedback-relay check"));
    }

    #[test]
    fn each_reason_for_a_fetch_that_fails_has_its_words_and_its_fix() {
        let too_fast = Refusal::TooFast { retry_after: Duration::from_secs(9) };
        let other = Refusal::Other { code: 400, description: "Bad\nRequest: new".to_owned() };
        let sent = CallError::NotSent;
        for (error, why, fix) in [
            (sent(Refusal::TokenRevoked), "does not accept the token", "@BotFather"),
            (sent(Refusal::Contested { webhook: true }), "a webhook is set", "by itself"),
            (sent(Refusal::Contested { webhook: false }), "another program", "stop it"),
            (sent(too_fast), "asked to wait", "by itself"),
            (sent(other), "“400 BadRequest: new”", "feedback-relay check"),
            (sent(Refusal::Unreachable), "could not be reached", "name server"),
            (CallError::Unknown(Doubt::TimedOut), "could not be reached", "name server"),
            (CallError::Unknown(Doubt::ServerFault(502)), "fault of its own (502)", "by itself"),
            (CallError::Unknown(Doubt::Unreadable), "made no sense", "name server"),
        ] {
            let missed = Missed { at_ms: now_ms() - 5 * 60_000, error, works_since: false };
            let fault = Fault::Fetch(&missed);
            let what = fault.what(Language::English);
            let expected = "⚠️ 5 min ago updates could not be fetched: ";
            assert!(what.starts_with(expected) && what.contains(why), "{what}");
            let how = fault.fix(Language::English, true);
            assert!(fault.holds(false) && how.contains(fix), "{what} {how}");
            let was = fault.what_was(Language::English);
            assert!(was.contains("5 min ago") && was.ends_with("That is over."), "{was}");
        }
    }
}
