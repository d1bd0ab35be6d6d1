//! The words of `/status`: pure.

use std::time::Duration;

use super::fault::{Fault, shown};
use crate::{
    bots::{Cut, Missed},
    model::BotState,
    relay::header::clean,
    spans::span,
    store::Trouble,
    text::Language,
};

/// UTF-16 units of a message.
const MESSAGE: usize = 4096;
/// Updates that wait are nothing yet.
const MANY: i64 = 10;

/// What is shown.
pub(super) struct Facts {
    pub(super) version: &'static str,
    pub(super) runs_ms: i64,
    /// For how long the database is in trouble, and how.
    pub(super) trouble: Option<(i64, Trouble)>,
    pub(super) installation: Option<InstallationFacts>,
    pub(super) cut_off: bool,
    pub(super) count: usize,
    pub(super) in_trouble: usize,
    pub(super) bots: Vec<BotStatus>,
    /// Which page this is, and the last one, from 0 on.
    pub(super) pages: (u16, u16),
}

/// What concerns the installation as a whole.
pub(super) struct InstallationFacts {
    pub(super) engine: String,
    pub(super) size: Option<i64>,
    /// Owners and bots.
    pub(super) tenants: Option<(i64, i64)>,
    pub(super) memory: Option<u64>,
    pub(super) host: Option<String>,
    pub(super) cut: Option<(Duration, Cut)>,
    pub(super) master: BotState,
    pub(super) asked: Asked,
    pub(super) missed: Option<Missed>,
}

/// What Telegram said of a bot's updates.
pub(super) struct Said {
    pub(super) pending: i64,
    /// Whether they come to this installation.
    pub(super) is_ours: bool,
    /// What went wrong with a delivery to our webhook last, and when, in UTC milliseconds.
    pub(super) error: Option<(String, i64)>,
}

/// Whether Telegram was asked about a bot.
pub(super) enum Asked {
    Said(Said),
    /// It refuses the token.
    Refused,
    /// Its limits don't allow to ask now.
    NotNow,
    /// It did not answer in time.
    Silent,
    /// The answer is known, or nobody can ask.
    Needless,
}

/// How a bot fares.
pub(super) struct BotStatus {
    pub(super) username: String,
    pub(super) name: String,
    pub(super) state: BotState,
    /// How long ago something came from it last, in milliseconds.
    pub(super) ago: Option<i64>,
    /// Whether that is known.
    pub(super) is_ago_known: bool,
    pub(super) asked: Asked,
    pub(super) missed: Option<Missed>,
}

impl BotStatus {
    /// The state as of now: what Telegram says goes before what is stored.
    fn state(&self) -> BotState {
        match &self.asked {
            Asked::Refused => BotState::Revoked,
            Asked::Said(said) if !said.is_ours => BotState::Contested,
            _ => self.state,
        }
    }

    fn fault(&self) -> Option<Fault<'_>> {
        fault(&self.asked, self.missed.as_ref())
    }

    /// Whether what went wrong last may still be so.
    fn is_fault_on(&self) -> bool {
        self.fault().is_some_and(|fault| fault.holds(self.pending() > 0))
    }

    fn pending(&self) -> i64 {
        if let Asked::Said(said) = &self.asked { said.pending } else { 0 }
    }

    pub(super) fn is_in_trouble(&self) -> bool {
        self.state() != BotState::Active || self.is_fault_on() || self.pending() > MANY
    }
}

/// What went wrong last on the way of a bot's updates, whichever that is.
fn fault<'a>(asked: &'a Asked, missed: Option<&'a Missed>) -> Option<Fault<'a>> {
    let said = if let Asked::Said(said) = asked { said.error.as_ref() } else { None };
    let delivery = said.map(|(words, at)| Fault::Delivery(words, *at));
    missed.map(Fault::Fetch).or(delivery)
}

/// All of it, no longer than a message may be.
pub(super) fn text(language: Language, facts: &Facts) -> String {
    let mut lines = head(language, facts);
    lines.push(String::new());
    if facts.count == 0 {
        lines.push(language.no_bots());
    } else {
        let (count, in_trouble) = (facts.count.to_string(), facts.in_trouble.to_string());
        lines.push(language.status_bots(&count, &in_trouble));
        let (page, last) = facts.pages;
        if last > 0 {
            lines.push(language.status_page(&(page + 1).to_string(), &(last + 1).to_string()));
        }
    }
    let is_operator = facts.installation.is_some();
    for bot in &facts.bots {
        lines.push(String::new());
        lines.extend(of_bot(language, bot, is_operator));
    }
    cut(lines.join("\n"))
}

/// What can be said where the database does not answer.
pub(super) fn without_database(
    language: Language,
    runs_ms: i64,
    (since_ms, trouble): (i64, Trouble),
) -> String {
    let title = language.status_title(env!("CARGO_PKG_VERSION"), &span(language, runs_ms));
    format!("{title}\n{}", database_fails(language, since_ms, trouble))
}

fn database_fails(language: Language, since_ms: i64, trouble: Trouble) -> String {
    let since = language.status_database_fails(&span(language, since_ms));
    let fix = match trouble {
        Trouble::Silent => language.alarm_database_silent(),
        Trouble::ReadOnly => language.alarm_database_full(),
    };
    format!("{since} {}", fix.trim_start_matches("🔴 "))
}

fn head(language: Language, facts: &Facts) -> Vec<String> {
    let mut lines = vec![language.status_title(facts.version, &span(language, facts.runs_ms))];
    let Some(installation) = &facts.installation else {
        lines.push(match facts.trouble {
            Some((since, trouble)) => database_fails(language, since, trouble),
            None => language.status_service_works(),
        });
        lines.extend(facts.cut_off.then(|| language.status_cut_off_briefly()));
        return lines;
    };
    let size = installation.size.map_or_else(|| "?".to_owned(), megabytes);
    lines.push(facts.trouble.map_or_else(
        || language.status_database_works(&installation.engine, &size),
        |(since, trouble)| database_fails(language, since, trouble),
    ));
    lines.extend(match (&installation.cut, &installation.host) {
        (Some((_, Cut { host, reason })), _) => Some(language.alarm_cut_off(host, &shown(reason))),
        // That Telegram delivers is not said above the line that says it could not.
        (None, Some(host)) => {
            (!is_fault_of_master_on(installation)).then(|| language.status_webhook(host))
        }
        (None, None) => Some(language.status_polling()),
    });
    lines.extend(of_master(language, installation));
    let memory = installation.memory.and_then(|bytes| i64::try_from(bytes).ok());
    let memory = memory.map_or_else(|| "?".to_owned(), megabytes);
    let count =
        |count: Option<i64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    let (owners, bots) = installation.tenants.unzip();
    lines.push(language.status_installation(&memory, &count(owners), &count(bots)));
    lines
}

/// What is wrong with the master bot, and how many updates wait for it.
fn of_master(language: Language, facts: &InstallationFacts) -> Vec<String> {
    let (state, is_active) = match (&facts.asked, facts.master) {
        (Asked::Refused, _) | (_, BotState::Revoked) => (language.status_master_revoked(), false),
        (_, BotState::Contested) => (language.status_master_contested(), false),
        (Asked::Silent, _) => (language.status_silent_telegram(), true),
        (Asked::NotNow | Asked::Needless, _) => (language.status_master_not_asked(), true),
        (Asked::Said(said), _) => (language.status_master(&others_waiting(said).to_string()), true),
    };
    let mut lines = vec![state];
    let fault = fault(&facts.asked, facts.missed.as_ref());
    let is_on = is_fault_of_master_on(facts);
    lines.extend(fault.map(|fault| match (is_on, is_active) {
        (false, _) => fault.what_was(language),
        // What to do stands in the first line.
        (true, false) => fault.what(language),
        (true, true) => format!("{} {}", fault.what(language), fault.fix(language, true)),
    }));
    lines.extend((!is_on && is_much_waiting(facts)).then(|| language.fix_pending_here()));
    lines
}

/// The update that asked waits there itself, until it is answered.
fn others_waiting(said: &Said) -> i64 {
    said.pending.saturating_sub(1).max(0)
}

fn is_much_waiting(facts: &InstallationFacts) -> bool {
    matches!(&facts.asked, Asked::Said(said) if others_waiting(said) > MANY)
}

fn is_fault_of_master_on(facts: &InstallationFacts) -> bool {
    let fault = fault(&facts.asked, facts.missed.as_ref());
    fault.is_some_and(|fault| fault.holds(is_much_waiting(facts)))
}

fn of_bot(language: Language, bot: &BotStatus, is_operator: bool) -> Vec<String> {
    let (username, name) = (&bot.username, clean(&bot.name));
    let mut lines = vec![match bot.state() {
        BotState::Active | BotState::Removed if bot.is_in_trouble() => {
            language.status_bot_troubled(username, &name)
        }
        BotState::Active | BotState::Removed => language.bot_active(username, &name),
        BotState::Revoked => language.bot_revoked(username, &name),
        BotState::Contested => language.bot_contested(username, &name),
    }];
    lines.push(match bot.ago {
        Some(ago) => language.status_last(&span(language, ago)),
        None if bot.is_ago_known => language.status_never(),
        None => language.status_last("?"),
    });
    match &bot.asked {
        Asked::Said(said) => lines.push(language.status_pending(&said.pending.to_string())),
        Asked::NotNow => lines.push(language.status_not_asked()),
        Asked::Silent => lines.push(language.status_silent()),
        Asked::Refused | Asked::Needless => {}
    }
    lines.extend(bot.fault().map(|fault| match bot.state() {
        _ if !bot.is_fault_on() => fault.what_was(language),
        // What to do stands in the first line.
        BotState::Revoked | BotState::Contested => fault.what(language),
        BotState::Active | BotState::Removed => {
            format!("{} {}", fault.what(language), fault.fix(language, is_operator))
        }
    }));
    if !bot.is_fault_on() && bot.pending() > MANY {
        lines.push(if is_operator { language.fix_pending_here() } else { language.fix_pending() });
    }
    lines
}

fn megabytes(bytes: i64) -> String {
    let tenths = bytes.saturating_mul(10) >> 20;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

fn cut(text: String) -> String {
    if text.encode_utf16().count() <= MESSAGE {
        return text;
    }
    let mut units = 0;
    let fits = |letter: &char| {
        units += letter.len_utf16();
        units < MESSAGE
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::{super::fault::RECENT_MS, *};
    use crate::telegram::{CallError, Doubt, Refusal};

    fn bot(asked: Asked) -> BotStatus {
        BotStatus {
            username: "u".repeat(32),
            name: "🦊".repeat(64),
            state: BotState::Active,
            ago: Some(5 * 60_000),
            is_ago_known: true,
            asked,
            missed: None,
        }
    }

    fn failing() -> Asked {
        let now = crate::clock::now_ms();
        let error = Some(("SSL error {certificate verify failed}".repeat(40), now - 60_000));
        Asked::Said(Said { pending: i64::MAX, is_ours: true, error })
    }

    fn facts(bots: Vec<BotStatus>) -> Facts {
        let cut = Cut { host: "h".repeat(253), reason: "r".repeat(2000) };
        Facts {
            version: "0.1.0",
            runs_ms: i64::MAX,
            trouble: Some((90_000_000, Trouble::Silent)),
            installation: Some(InstallationFacts {
                engine: "MariaDB 11".to_owned(),
                size: Some(i64::MAX),
                tenants: Some((i64::MAX, i64::MAX)),
                memory: Some(u64::MAX),
                host: None,
                cut: Some((Duration::from_mins(1), cut)),
                master: BotState::Active,
                asked: failing(),
                missed: None,
            }),
            cut_off: true,
            count: 1_000_000,
            in_trouble: 999_999,
            bots,
            pages: (7, 99),
        }
    }

    #[test]
    fn the_longest_words_fit_a_message_in_every_language() {
        for language in Language::ALL {
            let bots = (0..8).map(|_| bot(failing())).collect();
            let text = text(language, &facts(bots));
            assert!(text.encode_utf16().count() <= MESSAGE, "{language:?}");
            assert!(text.contains("0.1.0"));
        }
    }

    #[test]
    fn telegram_delivers_or_could_not() {
        let mut facts = facts(Vec::new());
        let installation = facts.installation.as_mut().unwrap();
        (installation.cut, installation.host) = (None, Some("relay.example.org".to_owned()));
        let failing = text(Language::English, &facts);
        assert!(failing.contains("could not deliver") && !failing.contains("🟢 Telegram"));
        let said = Said { pending: 1, is_ours: true, error: None };
        facts.installation.as_mut().unwrap().asked = Asked::Said(said);
        let well = text(Language::English, &facts);
        assert!(well.contains("🟢 Telegram delivers to relay.example.org"), "{well}");
        assert!(well.contains("This bot: waiting at Telegram: 0"), "{well}");
    }

    #[test]
    fn trouble_is_what_needs_somebody() {
        let now = crate::clock::now_ms();
        let said = |pending, is_ours, error: Option<i64>| {
            let error = error.map(|ago| ("SSL error".to_owned(), now - ago));
            bot(Asked::Said(Said { pending, is_ours, error })).is_in_trouble()
        };
        assert!(!said(0, true, None) && !said(MANY, true, None) && said(MANY + 1, true, None));
        assert!(said(0, false, None));
        assert!(said(0, true, Some(60_000)) && !said(0, true, Some(RECENT_MS)));
        assert!(said(1, true, Some(RECENT_MS)));
        assert!(bot(Asked::Refused).is_in_trouble());
        // Nothing is known of these.
        assert!(!bot(Asked::NotNow).is_in_trouble() && !bot(Asked::Silent).is_in_trouble());
    }

    #[test]
    fn what_is_over_is_said_and_no_trouble() {
        let said = |pending, ago_ms| {
            let at = crate::clock::now_ms() - ago_ms;
            let error = Some(("Connection timed out".to_owned(), at));
            let bot = bot(Asked::Said(Said { pending, is_ours: true, error }));
            (bot.is_in_trouble(), of_bot(Language::English, &bot, true).pop().unwrap())
        };
        let (is_trouble, line) = said(0, 5 * RECENT_MS);
        assert!(!is_trouble && line.contains("5 h ago: “Connection timed out”. That is over."));
        for (pending, ago) in [(0, 60_000), (3, 5 * RECENT_MS)] {
            let (is_trouble, line) = said(pending, ago);
            assert!(is_trouble && line.contains("DNS, an A record"), "{line}");
        }
    }

    #[test]
    fn the_master_bot_s_line_says_what_to_do_in_every_case() {
        let line = |asked, master, missed| {
            let mut facts = facts(Vec::new());
            let installation = facts.installation.as_mut().unwrap();
            (installation.asked, installation.master) = (asked, master);
            installation.missed = missed;
            of_master(Language::English, installation).join("\n")
        };
        let said = |pending| Asked::Said(Said { pending, is_ours: true, error: None });
        let active = BotState::Active;
        assert_eq!(line(said(1), active, None), "This bot: waiting at Telegram: 0");
        let many = line(said(MANY + 2), active, None);
        assert!(many.contains("waiting at Telegram: 11\nMore waits than usual"), "{many}");
        assert!(many.contains("look into the log"), "{many}");
        assert!(line(Asked::NotNow, active, None).contains("look again later"));
        assert!(line(Asked::Silent, active, None).contains("reaches Telegram"));
        assert!(line(Asked::Silent, BotState::Revoked, None).contains("MASTER_BOT_TOKEN"));
        let missed = |webhook, works_since| {
            let error = CallError::NotSent(Refusal::Contested { webhook });
            Some(Missed { at_ms: crate::clock::now_ms(), error, works_since })
        };
        let contested = line(said(1), BotState::Contested, missed(false, true));
        assert!(contested.contains("Another program") && contested.contains("fetched them"));
        assert!(!contested.contains("If that goes on"), "{contested}");
        assert!(line(said(1), active, missed(false, true)).contains("If that goes on"));
        assert!(line(said(1), active, missed(true, true)).ends_with("That is over."));
    }

    #[test]
    fn a_fetch_that_fails_is_trouble_until_one_works() {
        let status = |works_since, state, asked| {
            let error = CallError::Unknown(Doubt::ServerFault(500));
            let missed = Missed { at_ms: crate::clock::now_ms() - 60_000, error, works_since };
            let bot = BotStatus { missed: Some(missed), state, ..bot(asked) };
            let last = of_bot(Language::English, &bot, false).pop().unwrap();
            (bot.is_in_trouble(), last)
        };
        for asked in [Asked::NotNow, Asked::Silent, failing()] {
            let (is_trouble, last) = status(false, BotState::Active, asked);
            assert!(is_trouble && last.contains("(500). It is tried again by itself"), "{last}");
        }
        let (is_trouble, last) = status(true, BotState::Active, Asked::NotNow);
        assert!(!is_trouble && last.ends_with("(500). That is over."), "{last}");
        let (is_trouble, last) = status(false, BotState::Revoked, Asked::Needless);
        assert!(is_trouble && last.ends_with("(500)."), "{last}");
    }
}
