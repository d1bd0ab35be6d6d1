//! An alarm is told though the process that raised it is killed, and told once.

use std::time::Duration;

use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Stage,
    matrix::{on_every_dark_stage, on_every_stage},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_dark_stage!(an_alarm_outlives_its_process);
    on_every_stage!(
        with_the_owner_gone_every_kind_is_told_to_the_customer_once,
        with_the_customer_gone_every_kind_is_told_to_the_owner_once,
        an_owner_who_cannot_be_told_is_not_pestered,
        a_stranger_is_refused_though_it_takes_two_tries
    );
}

const ALARM: &str = "🔴 Telegram no longer accepts the token of @shop_bot";

async fn an_alarm_outlives_its_process(mut stage: Stage) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    let hang = Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id);
    stage.telegram.fault(hang.always().answer(Answer::HangBefore(Duration::from_mins(5))));
    stage.telegram.revoke_token(&shop);
    stage.answer(&copy, draft::text("hi")).await;
    stage.database.until("bot_health WHERE alarm = 'revoked' AND told_at IS NULL").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, ALARM), 0);
    process.kill();
    stage.telegram.clear_faults();

    let process = stage.launch().await;
    stage.owner_sees(ALARM).await;
    stage.telegram.quiet().await;
    stage.database.until("bot_health WHERE told_at IS NOT NULL").await;
    process.kill();
    let process = stage.launch().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🔴 @shop_bot (Shop)").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, ALARM), 1);
    process.stop().await;
}

async fn an_owner_who_cannot_be_told_is_not_pestered(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let blocked = Answer::Refuse(403, "Forbidden: bot was blocked by the user".to_owned());
    let fault = Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id);
    stage.telegram.fault(fault.always().answer(blocked));
    stage.telegram.revoke_token(&shop);
    stage.answer(&copy, draft::text("hi")).await;
    stage.database.until("bot_health WHERE told_at IS NOT NULL").await;
    stage.telegram.clear_faults();
    stage.restart().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🔴 @shop_bot (Shop)").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, ALARM), 0);
    stage.stop().await;
}

async fn a_stranger_is_refused_though_it_takes_two_tries(mut stage: Stage) {
    let mallory = stage.person("Mallory");
    let fault = Fault::on("sendMessage").bot(&stage.master).chat(mallory.id);
    stage.telegram.fault(fault.answer(Answer::TooManyRequests { retry_after: 100 }));
    stage.telegram.send(&mallory, &stage.master, draft::text("let me in")).await;
    stage.telegram.wait("the 429", |view| (view.faults_left() == 0).then_some(())).await;
    // What one process was told to wait for, another does not know.
    stage.restart().await;
    stage.sees(&mallory, &stage.master, "works for its owner only").await;
    stage.telegram.send(&mallory, &stage.master, draft::text("please")).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.said(&mallory, &stage.master).len(), 1);
    stage.curtain().await;
}

async fn with_the_owner_gone_every_kind_is_told_to_the_customer_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (first, copy) = stage.asks(&anna, &shop, "hello").await;
    let reply = stage.answer(&copy, draft::text("hi")).await;
    let seen = stage.copy_of_reply(reply).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.telegram.block(&stage.owner, &stage.master);
    let album = pictures(&stage, &anna, &shop, None).await;
    stage.answered(&anna, &shop, album[0], "could not be delivered").await;
    stage.telegram.edit(&anna, &shop, first, draft::text("hello, changed")).await;
    stage.telegram.react(&anna, &shop, id(&seen), Some("👍"));
    stage.telegram.start(&anna, &shop, "").await;
    stage.telegram.quiet().await;
    stage.nothing_waits().await;
    let told = stage.said(&anna, &shop);
    assert!(told.iter().filter(|text| text.contains("❌")).count() <= 2, "{told:#?}");
    assert_eq!(stage.count_answers(&anna, &shop, album[0], "❌"), 1);
    let calls = stage.telegram.ledger().len();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.telegram.ledger().len(), calls, "nothing is tried over and over");
    // Unblocked, all is as before.
    stage.telegram.unblock(&stage.owner, &stage.master);
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    let (_, copy) = stage.asks_only(&anna, &shop, "are you back?").await;
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    stage.curtain().await;
}

async fn with_the_customer_gone_every_kind_is_told_to_the_owner_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let reply = stage.answer(&copy, draft::text("hi")).await;
    stage.copy_of_reply(reply).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.telegram.block(&anna, &shop);
    let album = pictures(&stage, &stage.owner, &stage.master, Some(id(&copy))).await;
    let told = stage.answered(&stage.owner, &stage.master, album[0], "❌ Not delivered").await;
    assert!(text(&told).contains("blocked the bot"), "{told:#}");
    stage.telegram.edit(&stage.owner, &stage.master, reply, draft::text("hi, changed")).await;
    stage.telegram.react(&stage.owner, &stage.master, id(&copy), Some("👍"));
    stage.telegram.quiet().await;
    stage.settled().await;
    let failures = |stage: &Stage| stage.times(&stage.owner, &stage.master, "❌");
    let before = failures(&stage);
    assert!((1..=3).contains(&before), "{:#?}", stage.said(&stage.owner, &stage.master));
    let calls = stage.telegram.ledger().len();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.telegram.ledger().len(), calls, "nothing is tried over and over");
    stage.telegram.unblock(&anna, &shop);
    let answer = stage.answer(&copy, draft::text("there you are")).await;
    stage.copy_of_reply(answer).await;
    stage.asks_only(&anna, &shop, "here I am").await;
    assert_eq!(failures(&stage), before);
    stage.curtain().await;
}

/// An album, in answer to a message or not.
async fn pictures(stage: &Stage, person: &Person, bot: &Bot, to: Option<i64>) -> Vec<i64> {
    let mut ids = Vec::new();
    for words in ["one", "two"] {
        let item = draft::photo(words).caption(words).media_group_id("g1");
        let item = if let Some(to) = to { item.reply_to(to) } else { item };
        ids.push(stage.telegram.send(person, bot, item).await);
    }
    ids
}
