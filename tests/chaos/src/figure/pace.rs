//! People who write at an even pace, whatever becomes of what they write.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use telegram_emulator::draft;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, timeout_at},
};

use crate::{
    chance::Chance,
    marker::{Key, inbound},
    people::words,
    script::{Fate, Kind, Script},
    stage::Stage,
};

/// What was written in each conversation: the message's id, and when.
#[derive(Debug)]
pub struct Diary(Mutex<Vec<Vec<(i64, Instant)>>>);

impl Diary {
    /// Nothing is written yet.
    pub fn new(lines: usize) -> Self {
        Self(Mutex::new(vec![Vec::new(); lines]))
    }

    fn change<R>(&self, change: impl FnOnce(&mut Vec<Vec<(i64, Instant)>>) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many messages that is.
    pub fn count(&self) -> usize {
        self.change(|lines| lines.iter().map(Vec::len).sum())
    }

    /// A copy of all of it.
    pub fn lines(&self) -> Vec<Vec<(i64, Instant)>> {
        self.change(|lines| lines.clone())
    }

    /// The same for the judge: texts that nobody answers or changes.
    pub fn script(&self) -> (Script, HashMap<Key, i64>) {
        let mut script = Script { deeds: Vec::new(), fates: Vec::new() };
        let mut written = HashMap::new();
        for (line, messages) in self.lines().into_iter().enumerate() {
            let mut fates = Vec::new();
            for (number, (id, _)) in messages.into_iter().enumerate() {
                let key = inbound(line, number);
                written.insert(key, id);
                fates.push(Fate {
                    key,
                    kind: Kind::Text,
                    version: 0,
                    taken_back: false,
                    answer: None,
                    reaction: false,
                });
            }
            script.fates.push(fates);
        }
        (script, written)
    }
}

/// Somebody writes the next message of a conversation.
pub async fn say(stage: &Stage, diary: &Diary, line: usize) {
    let number = diary.change(|lines| lines[line].len());
    let words = words(stage, inbound(line, number).version(0), Kind::Text);
    let (person, at) = (&stage.lines[line].person, Instant::now());
    let id = stage.telegram.send(person, stage.bot(line), draft::text(words)).await;
    diary.change(|lines| lines[line].push((id, at)));
}

/// Everybody writes once in his time, for so long; who was held up makes up for it.
pub async fn write(stage: Arc<Stage>, diary: Arc<Diary>, periods: Vec<Duration>, time: Duration) {
    let began = tokio::time::Instant::now();
    let mut people = JoinSet::new();
    for (line, period) in periods.into_iter().enumerate() {
        let (stage, diary) = (Arc::clone(&stage), Arc::clone(&diary));
        let mut chance = Chance::new(line as u64, "pace");
        let first = began + period.mul_f64(chance.between(0.0, 1.0));
        people.spawn(async move {
            let mut due = tokio::time::interval_at(first, period);
            due.set_missed_tick_behavior(MissedTickBehavior::Burst);
            while timeout_at(began + time, due.tick()).await.is_ok() {
                say(&stage, &diary, line).await;
            }
        });
    }
    people.join_all().await;
}
