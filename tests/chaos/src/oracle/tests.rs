//! The judge before hand-played runs, each with one thing wrong.

use std::collections::HashMap;

use clap::Parser;
use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Fault, draft};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Breach, Case, Verdict, judge};
use crate::{
    arguments::Arguments,
    history::History,
    marker::{Key, inbound, outbound},
    script::{Answer as Reply, Fate, Kind, Script},
    stage::Stage,
};

/// A run in which the test is the relay. Lines 0 and 2 belong to owner 0, line 1 to owner 1.
struct Run {
    stage: Stage,
    script: Script,
    written: HashMap<Key, i64>,
    history: History,
}

impl Run {
    async fn begin() -> Self {
        let arguments =
            ["chaos", "--relay", "x", "--owners", "2", "--bots", "2", "--customers", "3"];
        let stage = Stage::set(&Arguments::parse_from(arguments)).await.unwrap();
        for owner in &stage.owners {
            stage.telegram.start(owner, &stage.master, "").await;
        }
        let script = Script { deeds: Vec::new(), fates: vec![Vec::new(); 3] };
        Self { stage, script, written: HashMap::new(), history: History::default() }
    }

    fn words(&self, key: Key, version: u32) -> String {
        key.version(version).write(&self.stage.secret)
    }

    /// A customer writes his next message in a line.
    async fn write(&mut self, line: usize) -> Key {
        let key = inbound(line, self.script.fates[line].len());
        let person = &self.stage.lines[line].person;
        let text = draft::text(self.words(key, 0));
        let id = self.stage.telegram.send(person, self.stage.bot(line), text).await;
        self.written.insert(key, id);
        let fate = Fate {
            key,
            kind: Kind::Text,
            version: 0,
            taken_back: false,
            answer: None,
            reaction: false,
        };
        self.script.fates[line].push(fate);
        key
    }

    fn fate(&mut self, key: Key) -> &mut Fate {
        &mut self.script.fates[key.line][key.number]
    }

    /// The owner answers a copy.
    async fn answer(&mut self, key: Key, copy: i64) -> Key {
        self.fate(key).answer = Some(Reply { kind: Kind::Text, edits: 0 });
        let answer = outbound(key.line, key.number);
        let owner = self.stage.owner(key.line);
        let text = draft::text(self.words(answer, 0));
        let id = self.stage.telegram.reply(owner, &self.stage.master, copy, text).await;
        self.written.insert(answer, id);
        answer
    }

    /// The words of a copy as it should be.
    fn copy(&self, key: Key, version: u32, label: &str) -> String {
        let (person, bot) = (&self.stage.lines[key.line].person, self.stage.bot(key.line));
        let words = self.words(key, version);
        format!("🆕 {} → @{}\n{label}{words}", person.first_name, bot.username)
    }

    /// Puts a copy into the inbox where it belongs; its id.
    async fn relay(&self, key: Key, label: &str) -> i64 {
        self.relay_as("a", key, label).await
    }

    async fn relay_as(&self, caller: &str, key: Key, label: &str) -> i64 {
        let owner = self.stage.owner(key.line).id;
        let text = self.copy(key, 0, label);
        let master = &self.stage.master;
        self.call(caller, master, "sendMessage", json!({"chat_id": owner, "text": text})).await
    }

    /// Tells a customer something about his message.
    async fn tell(&self, key: Key, words: &str) {
        let chat = self.stage.lines[key.line].person.id;
        let about = json!({"message_id": self.written[&key]});
        let parameters = json!({"chat_id": chat, "text": words, "reply_parameters": about});
        self.call("a", self.stage.bot(key.line), "sendMessage", parameters).await;
    }

    /// Calls a method; the id of the message it made, or 0.
    async fn call(&self, caller: &str, bot: &Bot, method: &str, parameters: Value) -> i64 {
        let host = self.stage.telegram.api_url().replace("http://", "");
        let body = parameters.to_string();
        let head = format!(
            "POST /via/{caller}/bot{}/{method} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            bot.token,
            body.len()
        );
        let mut stream = TcpStream::connect(&host).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A fault may cut it.
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("{}", |(_, body)| body);
        let answer: Value = serde_json::from_str(body).unwrap();
        answer["result"]["message_id"].as_i64().unwrap_or_default()
    }

    async fn end(self) -> Verdict {
        let everything = json!({"offset": 1_i64 << 40});
        for bot in std::iter::once(&self.stage.master).chain(&self.stage.bots) {
            self.call("a", bot, "getUpdates", everything.clone()).await;
        }
        self.end_as_it_is()
    }

    fn end_as_it_is(&self) -> Verdict {
        judge(&Case {
            stage: &self.stage,
            script: &self.script,
            written: self.written.clone(),
            history: &self.history,
        })
    }
}

/// Only this was broken, once.
#[track_caller]
fn only(verdict: &Verdict, breach: Breach) {
    let broken: Vec<Breach> = verdict.breaches.iter().map(|(breach, _)| *breach).collect();
    assert_eq!(broken, [breach], "{verdict:#?}");
}

#[track_caller]
fn flawless(verdict: &Verdict) {
    assert!(verdict.breaches.is_empty(), "{verdict:#?}");
}

const LABEL: &str = "↻ possibly a repeat\n";

#[tokio::test]
async fn a_good_run_is_flawless() {
    let mut run = Run::begin().await;
    for line in [0, 1, 2, 0] {
        let key = run.write(line).await;
        let copy = run.relay(key, "").await;
        let answer = run.answer(key, copy).await;
        let (chat, text) = (run.stage.lines[line].person.id, run.words(answer, 0));
        let bot = run.stage.bot(line);
        run.call("a", bot, "sendMessage", json!({"chat_id": chat, "text": text})).await;
    }
    let verdict = run.end().await;
    flawless(&verdict);
    assert_eq!((verdict.written, verdict.copied), ([4, 4], [4, 4]));
}

#[tokio::test]
async fn what_nobody_hears_of_is_lost_and_what_is_told_is_not() {
    let mut run = Run::begin().await;
    let told = run.write(0).await;
    run.tell(told, "❌ Sorry, this message could not be delivered. Please try again later.").await;
    let acknowledged = run.write(1).await;
    run.tell(acknowledged, "✅ Your message was passed on.").await;
    let verdict = run.end().await;
    only(&verdict, Breach::Lost);
    assert_eq!(verdict.told, 1);
}

#[tokio::test]
async fn of_an_album_it_is_told_once() {
    let mut run = Run::begin().await;
    let items = [run.write(0).await, run.write(0).await, run.write(0).await];
    run.fate(items[0]).kind = Kind::AlbumItem { album: 7 };
    run.fate(items[1]).kind = Kind::AlbumItem { album: 7 };
    run.tell(items[0], "❌ Sorry, this message could not be delivered.").await;
    let verdict = run.end().await;
    only(&verdict, Breach::Lost);
    assert_eq!(verdict.told, 2);
}

#[tokio::test]
async fn an_update_nobody_took_is_lost() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.relay(key, "").await;
    assert!(run.end_as_it_is().count(Breach::Lost) > 0);
}

#[tokio::test]
async fn another_owners_inbox_is_the_wrong_place() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    let (other, text) = (run.stage.owner(1).id, run.copy(key, 0, ""));
    let master = &run.stage.master;
    run.call("a", master, "sendMessage", json!({"chat_id": other, "text": text})).await;
    only(&run.end().await, Breach::Misrouted);
}

#[tokio::test]
async fn another_customers_name_is_wrong() {
    let mut run = Run::begin().await;
    let (key, other) = (run.write(0).await, run.write(2).await);
    run.relay(other, "").await;
    let text = run.copy(other, 0, "").replace(&run.words(other, 0), &run.words(key, 0));
    let (owner, master) = (run.stage.owner(0).id, &run.stage.master);
    run.call("a", master, "sendMessage", json!({"chat_id": owner, "text": text})).await;
    only(&run.end().await, Breach::Misrouted);
}

#[tokio::test]
async fn a_copy_over_another_copy_is_wrong() {
    let mut run = Run::begin().await;
    let (key, other) = (run.write(0).await, run.write(2).await);
    let copy = run.relay(key, "").await;
    run.relay(other, "").await;
    let owner = run.stage.owner(0).id;
    let edit = json!({"chat_id": owner, "message_id": copy, "text": run.copy(other, 0, "")});
    run.call("a", &run.stage.master, "editMessageText", edit).await;
    assert_eq!(run.end().await.count(Breach::Misrouted), 2, "seen from both sides");
}

#[tokio::test]
async fn an_answer_to_another_customer_is_wrong() {
    let mut run = Run::begin().await;
    let (key, other) = (run.write(0).await, run.write(2).await);
    let copy = run.relay(key, "").await;
    run.relay(other, "").await;
    let answer = run.answer(key, copy).await;
    let (chat, text) = (run.stage.lines[2].person.id, run.words(answer, 0));
    run.call("a", run.stage.bot(2), "sendMessage", json!({"chat_id": chat, "text": text})).await;
    only(&run.end().await, Breach::Misrouted);
}

#[tokio::test]
async fn the_order_of_one_conversation_counts() {
    let mut run = Run::begin().await;
    let (first, second) = (run.write(0).await, run.write(0).await);
    run.relay(second, "").await;
    run.relay(first, "").await;
    only(&run.end().await, Breach::OutOfOrder);
}

#[tokio::test]
async fn a_second_copy_needs_a_reason_and_a_label() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.relay_as("a", key, "").await;
    run.relay_as("b", key, LABEL).await;
    only(&run.end_as_it_is_without_waiting(), Breach::Unexplained);
    run.history.died("a");
    let late = run.end_as_it_is_without_waiting();
    only(&late, Breach::Unexplained);

    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.relay_as("a", key, "").await;
    run.history.died("a");
    run.relay_as("b", key, LABEL).await;
    let verdict = run.end_as_it_is_without_waiting();
    flawless(&verdict);
    assert_eq!(verdict.repeats, 1);
    run.history.died("b");
    run.relay_as("c", key, "").await;
    only(&run.end().await, Breach::Unlabelled);
}

impl Run {
    /// The verdict so far, whatever still waits.
    fn end_as_it_is_without_waiting(&self) -> Verdict {
        let mut verdict = self.end_as_it_is();
        verdict.breaches.retain(|(_, what)| !what.contains("still waiting"));
        verdict
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_reason() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.stage.telegram.fault(Fault::on("sendMessage").answer(Answer::ResetAfter));
    run.relay(key, "").await;
    run.relay(key, LABEL).await;
    let verdict = run.end().await;
    flawless(&verdict);
    assert_eq!(verdict.repeats, 1);
}

#[tokio::test]
async fn the_last_change_must_be_seen() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.fate(key).version = 2;
    let copy = run.relay(key, "").await;
    let (owner, text) = (run.stage.owner(0).id, run.copy(key, 1, ""));
    let edit = json!({"chat_id": owner, "message_id": copy, "text": text});
    run.call("a", &run.stage.master, "editMessageText", edit).await;
    only(&run.end_as_it_is_without_waiting(), Breach::LostEdit);
    let anew = json!({"chat_id": owner, "text": run.copy(key, 2, "✏️ edited\n")});
    run.call("a", &run.stage.master, "sendMessage", anew).await;
    let verdict = run.end().await;
    flawless(&verdict);
    assert_eq!(verdict.changed, 1);
}

#[tokio::test]
async fn what_is_taken_back_must_go() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.fate(key).taken_back = true;
    let copy = run.relay(key, "").await;
    only(&run.end_as_it_is_without_waiting(), Breach::NotTakenBack);
    let owner = run.stage.owner(0).id;
    let gone = json!({"chat_id": owner, "message_id": copy});
    run.call("a", &run.stage.master, "deleteMessage", gone).await;
    flawless(&run.end().await);
}

#[tokio::test]
async fn nobody_is_told_that_something_failed_that_did_not() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.relay(key, "").await;
    run.tell(key, "❌ Sorry, this message could not be delivered. Please try again later.").await;
    only(&run.end().await, Breach::ToldWrongly);
}

#[tokio::test]
async fn a_broken_rule_is_told() {
    let mut run = Run::begin().await;
    let key = run.write(0).await;
    run.relay(key, "").await;
    run.call("a", &run.stage.master, "getMe", json!({"no_such_parameter": 1})).await;
    only(&run.end().await, Breach::Rules);
}
