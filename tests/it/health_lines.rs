//! The log has one line for each update, with what became of it and how long that took.

use std::collections::BTreeMap;

use serde_json::Value;
use telegram_emulator::{Person, draft};

use crate::support::{Backend, Mode, Process, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_line_for_each_update_by_webhook() {
    one_line_for_each_update(Mode::Webhook).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_line_for_each_update_by_polling() {
    one_line_for_each_update(Mode::Polling).await;
}

/// The lines that close an update.
fn lines(process: &Process) -> Vec<Value> {
    let log = process.stderr();
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("a line is JSON");
    log.lines().map(read).filter(|line| line["message"] == "update").collect()
}

fn of_span<'a>(line: &'a Value, field: &str) -> &'a Value {
    &line["spans"][0][field]
}

async fn one_line_for_each_update(mode: Mode) {
    let mut stage = Stage::dark(Backend::Sqlite, mode, &[]).await;
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.vary("LOG_FORMAT", "json");
    let mut process = stage.launch().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (asked, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    let reply = stage.answer(&copy, draft::text("Yes, green tea")).await;
    stage.copy_of_reply(reply).await;
    stage.owner_writes("to nobody").await;
    stage.owner_sees("This message went to nobody").await;
    stage.telegram.react(&anna, &shop, asked, Some("❤"));
    let stranger = stage.telegram.add_person(Person::new("Mallory").language("en"));
    stage.telegram.start(&stranger, &stage.master, "").await;
    stage.sees(&stranger, &stage.master, "works for its owner only").await;
    stage.telegram.quiet().await;
    let wanted = BTreeMap::from([
        ("answered", 1),
        ("command", 2),
        ("ignored", 1),
        ("reacted", 1),
        ("relayed", 2),
        // The token, and what went to nobody.
        ("words", 2),
    ]);
    let counted = |process: &Process| {
        let mut counted = BTreeMap::new();
        for line in lines(process) {
            let outcome = line["outcome"].as_str().expect("an outcome").to_owned();
            *counted.entry(outcome).or_insert(0) += 1;
        }
        counted
    };
    let as_wanted = |counted: &BTreeMap<String, i32>| {
        counted.iter().map(|(word, times)| (word.as_str(), *times)).eq(wanted.clone())
    };
    process
        .until("the line of each update", |process| as_wanted(&counted(process)).then_some(()))
        .await;
    let mut seen = BTreeMap::new();
    for line in lines(&process) {
        let key = (of_span(&line, "bot.id").as_i64(), of_span(&line, "update.id").as_i64());
        assert!(key.0.is_some() && key.1.is_some(), "ids are numbers: {line}");
        assert!(of_span(&line, "chat.id").is_i64(), "{line}");
        let took = line["took_ms"].to_string();
        let tenths = took.split_once('.').filter(|(_, tenths)| tenths.len() == 1);
        assert!(line["took_ms"].is_f64() && tenths.is_some(), "{line}");
        assert!(seen.insert(key, ()).is_none(), "two lines for one update: {line}");
    }
    let of = |outcome: &'static str| {
        lines(&process).into_iter().filter(move |l| l["outcome"] == outcome)
    };
    assert!(of("ignored").all(|line| line["rule"] == "stranger"));
    let ways: Vec<_> = of("relayed").map(|line| line["direction"].clone()).collect();
    assert_eq!(ways, ["inbound", "outbound"]);
    for content in ["tea", "Anna", "Mallory", shop.token.as_str()] {
        assert!(!process.stderr().contains(content), "{content}");
    }
    assert_eq!(process.stop().await.code, Some(0));
}
