//! A script: numbered steps, and after each what has changed in every chat, line by line.
//!
//! ```text
//! olga + bot: 🆕 Anna @anna → @shop_bot ⏎ Tea? ↩«Yes.» {bot 👍} [↩️ Undo]
//! ```
//!
//! A side is a person's chat with a bot, named after the person and, besides the usual bot, the bot.
//! `+` is new, `~` has changed to this, `-` is gone. What is not named has not changed, so that a
//! step says how all chats look now.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use serde_json::Value;
use telegram_emulator::{Bot, Draft, Effect, Person, View, draft};

use super::line::line;
use crate::support::{
    Stage,
    oracle::{Cast, judge},
    talk::id,
};

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(25);

struct Side {
    name: &'static str,
    person: Person,
    bot: Bot,
}

type Shown = BTreeMap<(usize, i64), String>;

/// The story so far.
pub struct Script {
    pub stage: Stage,
    pub steps: usize,
    title: &'static str,
    sides: Vec<Side>,
    shown: Shown,
    /// Buttons pressed so far: each press is to be answered.
    pressed: Cell<usize>,
}

impl Script {
    /// A script in which the owner is the only one yet.
    pub fn begin(stage: Stage) -> Self {
        let olga = Side { name: "olga", person: stage.owner.clone(), bot: stage.master.clone() };
        let sides = vec![olga];
        let mut script = Self {
            stage,
            steps: 0,
            title: "the beginning",
            sides,
            shown: Shown::new(),
            pressed: Cell::new(0),
        };
        script.shown = script.stage.telegram.view(|view| script.look(view));
        script
    }

    /// One more chat to be looked at, from now on.
    pub fn enters(&mut self, name: &'static str, person: &Person, bot: &Bot) {
        self.sides.push(Side { name, person: person.clone(), bot: bot.clone() });
        self.shown = self.stage.telegram.view(|view| self.look(view));
    }

    /// The relay stops and starts, which nobody sees.
    pub async fn restarts(&mut self) {
        self.step("the relay is restarted");
        self.stage.restart().await;
        self.see(&[]).await;
    }

    /// The judge looks at everything so far.
    pub async fn judged(&self) {
        let bots = [self.side("anna").1, self.side("anna@cafe").1];
        let customers = ["anna", "hans", "eve"].map(|name| self.side(name).0);
        let cast = Cast { owner: &self.stage.owner, bots: &bots, customers: &customers };
        let verdict = judge(&self.stage, &[cast]).await;
        verdict.flawless(verdict.inbound, verdict.outbound);
    }

    pub fn side(&self, name: &str) -> (&Person, &Bot) {
        let side = self.sides.iter().find(|side| side.name == name);
        side.map(|side| (&side.person, &side.bot)).unwrap_or_else(|| panic!("nobody is {name}"))
    }

    /// Begins the next step; nothing may have come since the last one.
    pub fn step(&mut self, title: &'static str) {
        let late = self.stage.telegram.view(|view| self.changes(&self.look(view)));
        assert!(late.is_empty(), "after step {} ({}): {late:#?}", self.steps, self.title);
        self.steps += 1;
        self.title = title;
    }

    pub async fn says(&self, side: &str, words: &str) -> i64 {
        self.sends(side, draft::text(words)).await
    }

    pub async fn sends(&self, side: &str, draft: Draft) -> i64 {
        let (person, bot) = self.side(side);
        self.stage.telegram.send(person, bot, draft).await
    }

    /// An album, item by item.
    pub async fn sends_album(&self, side: &str, group: &str, items: Vec<Draft>) {
        for item in items {
            self.sends(side, item.media_group_id(group)).await;
        }
    }

    /// Replies to the newest message that shows these words.
    pub async fn replies(&self, side: &str, to: &str, draft: Draft) -> i64 {
        let to = self.find(side, to);
        self.sends(side, draft.reply_to(to)).await
    }

    pub async fn edits(&self, side: &str, words: &str, draft: Draft) {
        let (person, bot) = self.side(side);
        self.stage.telegram.edit(person, bot, self.find(side, words), draft).await;
    }

    pub fn reacts(&self, side: &str, to: &str, emoji: Option<&str>) {
        let (person, bot) = self.side(side);
        self.stage.telegram.react(person, bot, self.find(side, to), emoji);
    }

    /// Presses the button with this label on the newest message that has one.
    pub async fn presses(&self, side: &str, label: &str) {
        let (person, bot) = self.side(side);
        self.stage.presses_on(person, bot, label).await;
        self.pressed.set(self.pressed.get() + 1);
    }

    /// Presses a button that is there twice, quicker than it can go.
    pub fn presses_twice(&self, side: &str, message: &Value, data: &str) {
        let (person, bot) = self.side(side);
        self.stage.telegram.press_all(person, bot, id(message), &[data; 2]);
        self.pressed.set(self.pressed.get() + 2);
    }

    /// A press that no button made, or one of long ago.
    pub async fn forges(&self, side: &str, message: Option<&Value>, data: &str) {
        let (person, bot) = self.side(side);
        self.stage.forges(person, bot, message.cloned(), data).await;
        self.pressed.set(self.pressed.get() + 1);
    }

    /// The newest message that has a button with this label, and the button's data.
    pub async fn button(&self, side: &str, label: &str) -> (Value, String) {
        let (person, bot) = self.side(side);
        self.stage.shows_button(person, bot, label).await
    }

    /// The newest message of a chat that shows these words, as it is now.
    pub fn message(&self, side: &str, words: &str) -> Value {
        let (person, bot) = self.side(side);
        let message = self.stage.telegram.message(bot, person.id, self.find(side, words));
        message.expect("it is there")
    }

    /// A message as it is now.
    pub fn now(&self, side: &str, message: &Value) -> Value {
        let (person, bot) = self.side(side);
        let now = self.stage.telegram.message(bot, person.id, id(message));
        now.expect("it is still there")
    }

    /// Waits until every press has been answered.
    async fn answered(&self) {
        let what = format!("step {}: {} answers to presses", self.steps, self.pressed.get());
        let is_answer = |effect: &&Effect| effect.method == "answerCallbackQuery";
        let wanted = self.pressed.get();
        let reached = |view: &View<'_>| {
            (view.ledger().iter().filter(is_answer).count() >= wanted).then_some(())
        };
        self.stage.telegram.wait(&what, reached).await;
    }

    /// The newest message of a chat that shows these words, not only as what it replies to.
    pub fn find(&self, side: &str, words: &str) -> i64 {
        let (person, bot) = self.side(side);
        let found = self.stage.telegram.view(|view| {
            let chat = view.chat(person, bot);
            let shows = |message: &&Value| {
                let line = line(view, person, bot, message);
                line.split(" ↩").next().is_some_and(|own| own.contains(words))
            };
            chat.iter().rfind(shows).map(id)
        });
        found.unwrap_or_else(|| panic!("step {}: {side} sees no {words:?}", self.steps))
    }

    /// Waits until the chats have changed like this since the step began, and in no other way.
    pub async fn see(&mut self, wanted: &[&str]) {
        let what = format!("step {}: {}", self.steps, self.title);
        self.answered().await;
        let telegram = &self.stage.telegram;
        let mut wanted: Vec<String> = wanted.iter().map(|&line| line.to_owned()).collect();
        wanted.sort_by_key(|line| self.place(line));
        let reached = |view: &View<'_>| (self.changes(&self.look(view)) == wanted).then_some(());
        let waited = tokio::time::timeout(PATIENCE, telegram.wait(&what, reached)).await;
        if waited.is_ok() {
            telegram.quiet().await;
            if !wanted.iter().any(|line| line.contains(" bot: ")) {
                // That nothing else comes shows only when everything has come to rest.
                self.stage.settled().await;
            }
        }
        let now = telegram.view(|view| self.look(view));
        let seen = self.changes(&now);
        assert!(seen == wanted, "{what}\n{}\n{}", compared(&wanted, &seen), telegram.dump());
        self.shown = now;
    }

    /// Where a line's side stands, to put lines in the order in which the chats are read.
    fn place(&self, line: &str) -> usize {
        let name = line.split(' ').next().unwrap_or_default();
        self.sides.iter().position(|side| side.name == name).unwrap_or_else(|| panic!("{line}?"))
    }

    fn look(&self, view: &View<'_>) -> Shown {
        let mut shown = Shown::new();
        for (place, side) in self.sides.iter().enumerate() {
            for message in view.chat(&side.person, &side.bot) {
                shown.insert((place, id(&message)), line(view, &side.person, &side.bot, &message));
            }
        }
        shown
    }

    fn changes(&self, now: &Shown) -> Vec<String> {
        let keys: std::collections::BTreeSet<_> = self.shown.keys().chain(now.keys()).collect();
        let change = |key| {
            let (sign, line) = match (self.shown.get(key), now.get(key)) {
                (None, Some(line)) => ('+', line),
                (Some(line), None) => ('-', line),
                (Some(before), Some(line)) if before != line => ('~', line),
                _ => return None,
            };
            Some(format!("{} {sign} {line}", self.sides[key.0].name))
        };
        keys.into_iter().filter_map(change).collect()
    }
}

/// What was wanted and what was seen, side by side.
fn compared(wanted: &[String], seen: &[String]) -> String {
    let missing = wanted.iter().filter(|line| !seen.contains(line));
    let missing = missing.map(|line| format!("  not seen: {line}\n"));
    let surplus = seen.iter().filter(|line| !wanted.contains(line));
    let surplus = surplus.map(|line| format!("  unasked:  {line}\n"));
    let both: String = missing.chain(surplus).collect();
    if both.is_empty() { format!("  in another order: {seen:#?}") } else { both }
}
