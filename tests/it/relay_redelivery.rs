//! Telegram delivers an update again and again: the effect is one.

use std::time::Duration;

use serde_json::Value;
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Backend, Mode, Stage,
    oracle::{Cast, judge},
    talk::{bytes, id},
};

/// Everything a bot was told, three times more: one after another, then at once.
async fn again(stage: &Stage, bot: &Bot) {
    let mut updates: Vec<i64> = stage
        .telegram
        .deliveries()
        .iter()
        .filter(|d| d.bot == bot.id && d.attempt > 0)
        .map(|d| d.update_id)
        .collect();
    updates.dedup();
    assert!(!updates.is_empty());
    for update in updates {
        for overlapping in [false, true] {
            let statuses = stage.telegram.redeliver(bot, update, 3, overlapping).await;
            assert_eq!(statuses, [Some(200); 3]);
        }
    }
}

fn chats(stage: &Stage, of: &[(&telegram_emulator::Person, &Bot)]) -> Vec<Vec<Value>> {
    of.iter().map(|(person, bot)| stage.telegram.chat(person, bot)).collect()
}

/// Calls that change what somebody sees.
fn effects(stage: &Stage) -> Vec<(i64, &'static str)> {
    let looks = ["getMe", "getChat", "getWebhookInfo", "setWebhook", "getFile"];
    let ledger = stage.telegram.ledger();
    ledger.iter().filter(|e| !looks.contains(&e.method)).map(|e| (e.bot, e.method)).collect()
}

async fn every_update_comes_again(backend: Backend) {
    let mut stage = Stage::set(backend, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("/help")).await;
    let (first, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    let photo = draft::photo(bytes(1, 20_000)).caption("this one");
    let photo = stage.telegram.send(&anna, &shop, photo).await;
    let sticker = stage.telegram.send(&anna, &shop, draft::sticker_static("smile")).await;
    let wave = draft::unknown("brain_wave", serde_json::json!({}));
    let wave = stage.telegram.send(&anna, &shop, wave).await;
    for message in [photo, sticker, wave] {
        stage.copy_of(&shop, &anna, message).await;
    }
    stage.telegram.edit(&anna, &shop, first, draft::text("Do you have green tea?")).await;
    stage.owner_sees("Do you have green tea?").await;
    let answer = stage.answer(&copy, draft::text("Yes.")).await;
    stage.copy_of_reply(answer).await;
    let file =
        stage.answer(&copy, draft::document("menu.pdf", "application/pdf", bytes(2, 9000))).await;
    stage.copy_of_reply(file).await;
    let lost = stage.answer(&copy, draft::unknown("brain_wave", serde_json::json!({}))).await;
    stage.answered(&stage.owner, &stage.master, lost, "❌").await;
    stage.owner_writes("to nobody").await;
    stage.owner_sees("This message went to nobody").await;
    for message in [answer, file] {
        receipt(&stage, message).await;
    }
    stage.telegram.quiet().await;
    stage.settled().await;
    let people = [(&anna, &shop), (&stage.owner, &stage.master)];
    let before = (chats(&stage, &people), effects(&stage));
    again(&stage, &shop).await;
    again(&stage, &stage.master).await;
    stage.settled().await;
    let edits = |all: &[(i64, &'static str)]| {
        all.iter().filter(|(_, method)| !method.starts_with("edit")).copied().collect::<Vec<_>>()
    };
    assert_eq!(
        edits(&effects(&stage)),
        edits(&before.1),
        "an edit changes nothing the second time"
    );
    assert_eq!(chats(&stage, &people), before.0);
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(4, 2);
}

async fn receipt(stage: &Stage, message: i64) {
    stage
        .telegram
        .wait("👍", |view| {
            let reply = view.message(&stage.master, stage.owner.id, message)?;
            (reply["reactions"][0]["reaction"]["emoji"] == "👍").then_some(())
        })
        .await;
}

/// The first attempt hangs while the second comes.
async fn a_second_delivery_waits_for_the_first(backend: Backend) {
    let mut stage = Stage::set(backend, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let slow = Answer::Hang(Duration::from_millis(400));
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(slow.clone()));
    let message = stage.telegram.send(&anna, &shop, draft::text("slow")).await;
    let update = stage
        .telegram
        .wait("the update to be under way", |view| {
            let copy = view.chat(&stage.owner, &stage.master).pop()?;
            copy["text"].as_str()?.contains("slow").then_some(())?;
            view.pending(&shop).first()?["update_id"].as_i64()
        })
        .await;
    let statuses = stage.telegram.redeliver(&shop, update, 5, true).await;
    assert_eq!(statuses, [Some(200); 5]);
    let copy = stage.copy_of(&shop, &anna, message).await;
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).answer(slow));
    let reply = stage.answer(&copy, draft::text("slow as well")).await;
    let update = stage
        .telegram
        .wait("the reply to be under way", |view| {
            let seen = view.chat(&anna, &shop).pop()?;
            (seen["text"] == "slow as well").then_some(())?;
            view.pending(&stage.master).first()?["update_id"].as_i64()
        })
        .await;
    let statuses = stage.telegram.redeliver(&stage.master, update, 5, true).await;
    assert_eq!(statuses, [Some(200); 5]);
    let seen = stage.copy_of_reply(reply).await;
    assert!(id(&seen) > 0);
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(1, 1);
}

/// Telegram hangs up after a minute: who waits for the one before is asked to come again before.
async fn who_waits_long_for_his_turn_comes_again(backend: Backend) {
    let mut stage = Stage::set(backend, Mode::Webhook).await;
    stage.turn_patience(Duration::from_millis(500));
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let hang = Answer::HangBefore(Duration::from_secs(5));
    stage.telegram.fault(Fault::on("getFile").bot(&shop).answer(hang));
    let photo = stage.telegram.send(&anna, &shop, draft::photo("a").caption("a picture")).await;
    stage.telegram.wait("the hanging call", |view| (view.faults_left() == 0).then_some(())).await;
    let update = stage.telegram.view(|view| view.pending(&shop)[0]["update_id"].as_i64()).unwrap();
    assert_eq!(stage.telegram.redeliver(&shop, update, 1, false).await, [Some(503)]);
    let deliveries = stage.telegram.deliveries();
    let second = deliveries.iter().find(|delivery| delivery.kind == "redelivered").unwrap();
    assert_eq!(second.retry_after, Some(5.0));
    stage.copy_of(&shop, &anna, photo).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "a picture"), 1);
    stage.curtain().await;
}

macro_rules! by_webhook {
    ($($body:ident),* $(,)?) => {$(
        mod $body {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$body(Backend::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                super::$body(Backend::MySql).await;
            }
        }
    )*};
}

by_webhook!(
    every_update_comes_again,
    a_second_delivery_waits_for_the_first,
    who_waits_long_for_his_turn_comes_again,
);
