//! The judge: reads chats, ledger and database after a test, and finds what was lost, repeated, sent
//! to the wrong person or out of order.
//!
//! What should have happened is read from the chats alone (who wrote what, as a reply to what);
//! the database is then asked whether it says the same, and the copies are compared with what they
//! are copies of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use telegram_emulator::{Bot, Person, View};

use super::{
    Stage,
    content::{self, Content},
};

/// An owner with his bots and everybody who writes to them.
pub struct Cast<'a> {
    pub owner: &'a Person,
    pub bots: &'a [&'a Bot],
    pub customers: &'a [&'a Person],
}

/// A row of `message_references`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub owner: i64,
    pub source: (i64, i64, i64),
    pub part: i64,
    pub direction: String,
    pub copy_bot: i64,
    pub copy_chat: i64,
    pub copy: Option<i64>,
    pub state: String,
}

/// What the judge found. Everything but the counts should be empty.
#[derive(Debug, Default, PartialEq)]
pub struct Verdict {
    /// Messages of customers, and replies of owners, that have a copy.
    pub inbound: usize,
    pub outbound: usize,
    /// Neither copied nor told about.
    pub lost: Vec<String>,
    /// Sent although nothing asked for it: no reference, and the answer was not lost.
    pub duplicated: Vec<String>,
    /// In another chat than they belong, or with another content.
    pub misrouted: Vec<String>,
    pub disordered: Vec<String>,
    /// Sends whose answer was lost, so that a labelled repeat is right.
    pub uncertain: usize,
    /// Copies that say they may be a repeat.
    pub labelled: usize,
}

impl Verdict {
    /// No fault was played: nothing may be lost, repeated, misrouted, out of order or labelled.
    #[track_caller]
    pub fn flawless(&self, inbound: usize, outbound: usize) {
        let wanted = Verdict { inbound, outbound, ..Verdict::default() };
        assert_eq!(*self, wanted);
    }

    /// Faults were played: repeats are allowed where they say so.
    #[track_caller]
    pub fn explained(&self, inbound: usize, outbound: usize) {
        let Verdict { uncertain, labelled, .. } = *self;
        let wanted = Verdict { inbound, outbound, uncertain, labelled, ..Verdict::default() };
        assert_eq!(*self, wanted);
    }
}

/// Judges everything these people wrote.
pub async fn judge(stage: &Stage, casts: &[Cast<'_>]) -> Verdict {
    let rows = stage.database.references().await;
    stage.telegram.view(|view| {
        let mut judge =
            Judge { view, master: &stage.master, rows: &rows, verdict: Verdict::default() };
        for cast in casts {
            judge.customers(cast);
            judge.owner(cast);
        }
        judge.sends(casts);
        judge.verdict
    })
}

struct Judge<'a> {
    view: &'a View<'a>,
    master: &'a Bot,
    rows: &'a [Row],
    verdict: Verdict,
}

impl Judge<'_> {
    fn row(&self, owner: &Person, source: (i64, i64, i64)) -> Option<&Row> {
        self.rows.iter().find(|row| row.owner == owner.id && row.source == source && row.part == 0)
    }

    fn customers(&mut self, cast: &Cast<'_>) {
        for bot in cast.bots {
            for customer in cast.customers {
                let chat = self.view.chat(customer, bot);
                let mut last = 0;
                for message in chat.iter().filter(|message| is_content_of(message, customer)) {
                    if let Some(copy) = self.inbound(cast, bot, customer, message) {
                        if copy <= last {
                            let what = format!("{} {}", customer.first_name, short(message));
                            self.verdict.disordered.push(what);
                        }
                        last = copy;
                    }
                }
            }
        }
    }

    fn inbound(
        &mut self,
        cast: &Cast<'_>,
        bot: &Bot,
        customer: &Person,
        message: &Value,
    ) -> Option<i64> {
        let what = format!("{} → @{}: {}", customer.first_name, bot.username, short(message));
        let source = (bot.id, customer.id, id(message));
        let Some(row) = self.row(cast.owner, source).cloned() else {
            self.verdict.lost.push(what);
            return None;
        };
        let told = row.state == "told" && self.is_answered(customer, bot, id(message));
        if row.state != "sent" && !told {
            self.verdict.lost.push(format!("{what} ({})", row.state));
            return None;
        }
        let copy_id = row.copy?;
        let chat = (self.master.id, cast.owner.id);
        let copy = self.view.message(self.master, cast.owner.id, copy_id);
        let (Some(copy), true) = (copy, (row.copy_bot, row.copy_chat) == chat) else {
            self.verdict.misrouted.push(format!("{what}: no copy in the owner's chat"));
            return None;
        };
        let wanted = Content::read(self.view, bot, message);
        let seen = Content::read(self.view, self.master, &copy);
        // A name that is not harmless does not stand there as it is; its first letters do.
        let name = customer.first_name.split(|letter: char| !letter.is_alphanumeric()).next();
        let told = [name.unwrap_or_default().to_owned(), format!("→ @{}", bot.username)];
        let is_right = |line: &String| told.iter().all(|it| line.contains(it));
        // What looks like a header may be the customer's words, with the header above them.
        let header = self.header_of(&copy).filter(is_right);
        let header = header.or_else(|| self.header_above(cast.owner, &row, &copy));
        let shown = seen.without_header().shows(&wanted) || seen.shows(&wanted);
        if !header.as_ref().is_some_and(is_right) || (row.state == "sent" && !shown) {
            let what = format!("{what}: {header:?} {seen:?} instead of {wanted:?}");
            self.verdict.misrouted.push(what);
        }
        self.verdict.inbound += 1;
        self.verdict.labelled +=
            usize::from(header.is_some_and(|line| line.contains(content::REPEAT)));
        Some(copy_id)
    }

    /// The header of a copy in its own first lines.
    fn header_of(&self, copy: &Value) -> Option<String> {
        content::header_lines(super::app::text(copy)).map(str::to_owned)
    }

    /// The header of a copy as a message of its own, or in another item of its album.
    fn header_above(&self, owner: &Person, row: &Row, copy: &Value) -> Option<String> {
        let parts = self.rows.iter().filter(|r| r.source == row.source && r.owner == row.owner);
        if let Some(header) = parts.filter(|r| r.part > 0).max_by_key(|r| r.part) {
            let message = self.view.message(self.master, owner.id, header.copy?)?;
            return Some(super::app::text(&message).to_owned());
        }
        self.header_of_album(owner, copy)
    }

    /// The one header of an album: in one of its captions, or in the message it replies to.
    fn header_of_album(&self, owner: &Person, copy: &Value) -> Option<String> {
        let group = copy["media_group_id"].as_str()?;
        let chat = self.view.chat(owner, self.master);
        let items = chat.iter().filter(|item| item["media_group_id"] == group);
        let own = items.filter_map(|item| content::header_lines(super::app::text(item)));
        let above = || {
            let above = copy["reply_to_message"]["message_id"].as_i64()?;
            let above = self.view.message(self.master, owner.id, above)?;
            content::header_lines(super::app::text(&above)).map(str::to_owned)
        };
        own.map(str::to_owned).next().or_else(above)
    }

    fn is_answered(&self, person: &Person, bot: &Bot, message: i64) -> bool {
        let chat = self.view.chat(person, bot);
        chat.iter().any(|m| super::by_bot(m) && m["reply_to_message"]["message_id"] == message)
    }

    fn owner(&mut self, cast: &Cast<'_>) {
        let mut last: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        for message in self.view.chat(cast.owner, self.master) {
            if super::by_bot(&message) || super::app::text(&message).starts_with('/') {
                continue;
            }
            let Some(target) = self.target(cast, &message) else { continue };
            let what = format!("{} → {target:?}: {}", cast.owner.first_name, short(&message));
            let source = (self.master.id, cast.owner.id, id(&message));
            let Some(row) = self.row(cast.owner, source).cloned() else {
                self.verdict.lost.push(what);
                continue;
            };
            if (row.copy_bot, row.copy_chat) != target {
                self.verdict.misrouted.push(format!("{what}: {row:?}"));
                continue;
            }
            let told = row.state == "told" && self.is_answered(cast.owner, self.master, source.2);
            if row.state != "sent" && !told {
                self.verdict.lost.push(format!("{what} ({})", row.state));
                continue;
            }
            let Some(copy_id) = row.copy else { continue };
            self.answer(cast, &message, target, copy_id, &what);
            let before = last.insert(target, copy_id).unwrap_or(0);
            if copy_id <= before {
                self.verdict.disordered.push(what);
            }
        }
    }

    fn answer(
        &mut self,
        cast: &Cast<'_>,
        message: &Value,
        target: (i64, i64),
        copy: i64,
        what: &str,
    ) {
        let bot = cast.bots.iter().find(|bot| bot.id == target.0);
        let copy = bot.and_then(|bot| self.view.message(bot, target.1, copy));
        let (Some(bot), Some(copy)) = (bot, copy) else {
            self.verdict.misrouted.push(format!("{what}: it is not in the customer's chat"));
            return;
        };
        let wanted = Content::read(self.view, self.master, message);
        let seen = Content::read(self.view, bot, &copy);
        let labelled = seen.is_labelled();
        if !seen.without_label().shows(&wanted) {
            self.verdict.misrouted.push(format!("{what}: {seen:?} instead of {wanted:?}"));
        }
        self.verdict.outbound += 1;
        self.verdict.labelled += usize::from(labelled);
    }

    /// Whom a message of the owner must go to, by what it answers in his chat.
    fn target(&self, cast: &Cast<'_>, message: &Value) -> Option<(i64, i64)> {
        let answered = message["reply_to_message"]["message_id"].as_i64()?;
        let copy_of = |row: &&Row| {
            row.owner == cast.owner.id
                && row.direction == "in"
                && (row.copy_bot, row.copy_chat, row.copy)
                    == (self.master.id, cast.owner.id, Some(answered))
        };
        if let Some(row) = self.rows.iter().find(copy_of) {
            return Some((row.source.0, row.source.1));
        }
        let before = self.view.message(self.master, cast.owner.id, answered)?;
        if super::by_bot(&before) { None } else { self.target(cast, &before) }
    }

    /// Every message any bot put into a chat has a reference or is something it says by itself.
    fn sends(&mut self, casts: &[Cast<'_>]) {
        let known: BTreeSet<(i64, i64, i64)> = self
            .rows
            .iter()
            .filter_map(|row| Some((row.copy_bot, row.copy_chat, row.copy?)))
            .collect();
        for effect in self.view.ledger().iter().filter(|effect| effect.is_send()) {
            let chat = effect.chat().unwrap_or(0);
            for message in effect.message_ids() {
                if known.contains(&(effect.bot, chat, message)) {
                    continue;
                }
                let text = effect.params["text"].as_str().unwrap_or_default();
                let is_copy =
                    content::header_lines(text).is_some() || effect.method != "sendMessage";
                let to_owner =
                    effect.bot == self.master.id && casts.iter().any(|cast| cast.owner.id == chat);
                let own_words = if to_owner { !is_copy } else { is_own_saying(text) };
                if effect.answer_lost {
                    self.verdict.uncertain += 1;
                } else if !own_words {
                    let what = format!("{} to {chat} by {}: {text}", effect.method, effect.bot);
                    self.verdict.duplicated.push(what);
                }
            }
        }
    }
}

/// Whether a customer wrote this to be passed on.
fn is_content_of(message: &Value, customer: &Person) -> bool {
    const SERVICE: &[&str] = &["pinned_message", "write_access_allowed", "chat_background_set"];
    let text = message["text"].as_str().unwrap_or_default();
    let command = text.split_whitespace().next().unwrap_or_default();
    message["from"]["id"] == customer.id
        && !["/start", "/help", "/language"].contains(&command)
        && !SERVICE.iter().any(|key| message.get(key).is_some())
}

/// What client bots say by themselves.
fn is_own_saying(text: &str) -> bool {
    const SAYINGS: &[&str] = &[
        "👋",
        "Just write here",
        "✅ Your message was passed on",
        "✅ Ihre Nachricht wurde weitergeleitet",
        "Sorry, this bot works for its owner only",
        "❌",
        "⚠️",
        content::REPEAT,
    ];
    SAYINGS.iter().any(|start| text.starts_with(start))
}

fn id(message: &Value) -> i64 {
    message["message_id"].as_i64().unwrap_or(0)
}

fn short(message: &Value) -> String {
    let text: String = super::app::text(message).chars().take(60).collect();
    format!("#{} {text:?}", id(message))
}
