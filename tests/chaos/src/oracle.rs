//! The judge. It knows what people did (the script) and sees what Telegram was made to do (the ledger) and what chats
//! show in the end; it asks nobody else.

mod changes;
mod copies;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use telegram_emulator::View;

use crate::{
    history::History,
    marker::{Key, Marker},
    script::{Fate, Kind, Script},
    stage::{Stage, by_bot, id, text},
    witness::{self, Copy},
};

/// A broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breach {
    /// Neither a copy nor a word to whoever wrote it.
    Lost,
    /// Where it does not belong, or under somebody else's name.
    Misrouted,
    /// After what was written later.
    OutOfOrder,
    /// A second copy that nothing explains.
    Unexplained,
    /// A second copy that does not say that it may be one.
    Unlabelled,
    /// The last change is nowhere to be seen.
    LostEdit,
    /// It was taken back and is still there, and nobody was told.
    NotTakenBack,
    /// "Not delivered" was said of what was delivered.
    ToldWrongly,
    /// Secrets or message text where they must not be.
    Leaked,
    /// Telegram gave an update up, or a rule of the Bot API was broken.
    Rules,
    /// A figure that was to be reached was not.
    Missed,
}

impl Breach {
    /// All, in the order of the report.
    pub const ALL: [Self; 11] = [
        Self::Lost,
        Self::Misrouted,
        Self::OutOfOrder,
        Self::Unexplained,
        Self::Unlabelled,
        Self::LostEdit,
        Self::NotTakenBack,
        Self::ToldWrongly,
        Self::Leaked,
        Self::Rules,
        Self::Missed,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Misrouted => "misrouted",
            Self::OutOfOrder => "out of order",
            Self::Unexplained => "unexplained duplicates",
            Self::Unlabelled => "unlabelled repeats",
            Self::LostEdit => "lost edits",
            Self::NotTakenBack => "not taken back",
            Self::ToldWrongly => "told wrongly",
            Self::Leaked => "secrets or text leaked",
            Self::Rules => "rules of Telegram broken",
            Self::Missed => "figures missed",
        }
    }
}

/// What the judge found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Broken promises, each with what is known about it.
    pub breaches: Vec<(Breach, String)>,
    /// Customers' messages and owners' answers that were written.
    pub written: [usize; 2],
    /// Of those, how many have a copy.
    pub copied: [usize; 2],
    /// How many were given up, and whoever wrote them was told.
    pub told: usize,
    /// Second copies that are explained and say so.
    pub repeats: usize,
    /// Messages whose only copy says that it may be a repeat.
    pub labelled_alone: usize,
    /// Changes that are to be seen.
    pub changed: usize,
    /// Messages taken back.
    pub taken_back: usize,
}

impl Verdict {
    /// How often a promise was broken.
    pub fn count(&self, breach: Breach) -> usize {
        self.breaches.iter().filter(|(kind, _)| *kind == breach).count()
    }

    /// Whether something may only need more time.
    pub fn is_unfinished(&self) -> bool {
        [Breach::Lost, Breach::LostEdit, Breach::NotTakenBack]
            .into_iter()
            .any(|breach| self.count(breach) > 0)
    }

    fn blame(&mut self, breach: Breach, what: impl Into<String>) {
        self.breaches.push((breach, what.into()));
    }
}

/// Everything there is to judge by.
pub struct Case<'a> {
    /// Who is who.
    pub stage: &'a Stage,
    /// What was to happen.
    pub script: &'a Script,
    /// Which message ids the writers' own messages have.
    pub written: HashMap<Key, i64>,
    /// What was done to the relay.
    pub history: &'a History,
}

/// A case with what Telegram shows.
struct Trial<'a> {
    case: &'a Case<'a>,
    view: &'a View<'a>,
    copies: BTreeMap<Key, Vec<Copy>>,
    /// What chats show now, by (bot, chat, message).
    shown: HashMap<(i64, i64, i64), (Marker, String)>,
    /// What bots say about messages of people: (bot, chat, message) to their answers.
    answers: HashMap<(i64, i64, i64), Vec<String>>,
    verdict: Verdict,
}

/// Judges.
pub fn judge(case: &Case<'_>) -> Verdict {
    case.stage.telegram.view(|view| {
        let mut trial = Trial::open(case, view);
        trial.judge_places();
        for (line, fates) in case.script.fates.iter().enumerate() {
            trial.judge_line(line, fates);
        }
        trial.judge_rules(view);
        trial.verdict
    })
}

impl<'a> Trial<'a> {
    fn open(case: &'a Case<'a>, view: &'a View<'a>) -> Self {
        let mut copies: BTreeMap<Key, Vec<Copy>> = BTreeMap::new();
        for copy in witness::copies(case.stage, view) {
            copies.entry(copy.marker.key).or_default().push(copy);
        }
        let mut trial = Self {
            case,
            view,
            copies,
            shown: HashMap::new(),
            answers: HashMap::new(),
            verdict: Verdict::default(),
        };
        let stage = case.stage;
        for owner in &stage.owners {
            trial.look_at((stage.master.id, owner.id), &view.chat(owner, &stage.master), view);
        }
        for line in &stage.lines {
            let bot = &stage.bots[line.bot];
            trial.look_at((bot.id, line.person.id), &view.chat(&line.person, bot), view);
        }
        trial
    }

    fn look_at(&mut self, (bot, chat): (i64, i64), messages: &[Value], view: &View<'_>) {
        for message in messages.iter().filter(|message| by_bot(message)) {
            if let Some(marker) = witness::marker(self.case.stage, view, bot, message) {
                let words = text(message).to_owned();
                self.shown.insert((bot, chat, id(message)), (marker, words));
            } else if let Some(about) = message["reply_to_message"]["message_id"].as_i64() {
                let said = text(message).to_owned();
                self.answers.entry((bot, chat, about)).or_default().push(said);
            }
        }
    }

    /// The chat copies of a message belong to: (bot, chat).
    fn home(&self, key: Key) -> (i64, i64) {
        let stage = self.case.stage;
        if key.outbound {
            (stage.bot(key.line).id, stage.lines[key.line].person.id)
        } else {
            (stage.master.id, stage.owner(key.line).id)
        }
    }

    /// The chat it was written in.
    fn origin(&self, key: Key) -> (i64, i64) {
        self.home(Key { outbound: !key.outbound, ..key })
    }

    /// What its writer was told about it; of an album he is told once, as an answer to any of it.
    fn told(&self, key: Key) -> Vec<String> {
        let (bot, chat) = self.origin(key);
        let fates = self.case.script.fates.get(key.line);
        let kind = |key: Key| fates.and_then(|fates| Some(fates.get(key.number)?.kind));
        let own = kind(key);
        let is_album = !key.outbound && matches!(own, Some(Kind::AlbumItem { .. }));
        let others = (0..fates.map_or(0, Vec::len)).map(|number| Key { number, ..key });
        let together = others.filter(|other| *other == key || (is_album && kind(*other) == own));
        let messages = together.filter_map(|key| self.case.written.get(&key));
        let told = messages.filter_map(|message| self.answers.get(&(bot, chat, *message)));
        told.flatten().cloned().collect()
    }

    fn judge_line(&mut self, line: usize, fates: &[Fate]) {
        for outbound in [false, true] {
            let mut own: Vec<(Key, i64)> = Vec::new();
            for fate in fates {
                let key = Key { outbound, ..fate.key };
                // An answer exists only where the owner saw what he answers.
                let Some(written) = self.case.written.get(&key) else { continue };
                own.push((key, *written));
                self.verdict.written[usize::from(outbound)] += 1;
                self.judge_copies(key);
                self.judge_changes(fate, key);
            }
            // Owners answer when they see something, so their own order is that of their messages.
            own.sort_by_key(|(_, written)| *written);
            self.judge_order(line, &own);
        }
    }

    fn judge_rules(&mut self, view: &View<'_>) {
        for complaint in view.complaints() {
            self.verdict.blame(Breach::Rules, complaint.clone());
        }
        for bot in std::iter::once(&self.case.stage.master).chain(&self.case.stage.bots) {
            let waiting = view.pending(bot).len();
            if waiting > 0 {
                let what = format!("@{}: {waiting} updates are still waiting", bot.username);
                self.verdict.blame(Breach::Lost, what);
            }
            for update in view.dropped_updates(bot) {
                let what = format!("@{}: update {update} was given up by Telegram", bot.username);
                self.verdict.blame(Breach::Lost, what);
            }
        }
    }
}
