//! An alarm is told though the process that raised it is killed, and told once.

use std::time::Duration;

use telegram_emulator::{Answer, Fault, draft};

use crate::support::{Stage, matrix::on_every_dark_stage, matrix::on_every_stage};

mod stages {
    use super::*;
    on_every_dark_stage!(an_alarm_outlives_its_process);
    on_every_stage!(
        an_owner_who_cannot_be_told_is_not_pestered,
        a_stranger_is_refused_though_it_takes_two_tries
    );
}

const ALARM: &str = "🔴 Telegram no longer accepts the token of @shop_bot";

async fn an_alarm_outlives_its_process(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let process = stage.launch().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
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
