//! Long polling keeps the promises of webhooks: nothing lost, nothing twice, nobody held up.

use std::time::Duration;

use serde_json::json;
use telegram_emulator::{Answer, Fault, draft};

use crate::support::{Stage, http::call, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(set(Polling):
        a_stuck_customer_holds_nobody_up,
        a_revoked_token_is_told_once,
        a_second_poller_is_told_once_and_loses_nothing,
        a_webhook_set_elsewhere_is_taken_away_three_times_and_then_told,
        the_master_is_taken_back_from_a_webhook_too,
    );
    on_every_database!(dark(Polling): killed_in_the_middle_nothing_is_lost_or_doubled);
}

async fn killed_in_the_middle_nothing_is_lost_or_doubled(mut stage: Stage) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let (anna, ben) = (stage.customer("Anna", &shop).await, stage.customer("Ben", &shop).await);
    stage.telegram.quiet().await;
    // Anna's picture never gets through; what Ben writes after it does.
    stage.telegram.fault(
        Fault::on("getFile").bot(&shop).always().answer(Answer::HangBefore(Duration::from_mins(1))),
    );
    stage.telegram.send(&anna, &shop, draft::photo("picture").caption("Anna's picture")).await;
    stage.telegram.send(&anna, &shop, draft::text("Anna's words")).await;
    for number in 0..5 {
        // Until its reference is written: what was sent a moment before the end may come again.
        stage.asks(&ben, &shop, &format!("Ben {number}.")).await;
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "Anna's"), 0);
    assert_eq!(stage.telegram.pending(&shop).len(), 7, "nothing passes the unfinished one");
    process.kill();
    stage.telegram.clear_faults();

    let process = stage.launch().await;
    stage.owner_sees("Anna's words").await;
    stage.telegram.quiet().await;
    for words in
        ["Anna's picture", "Anna's words", "Ben 0.", "Ben 1.", "Ben 2.", "Ben 3.", "Ben 4."]
    {
        assert_eq!(
            stage.times(&stage.owner, &stage.master, words),
            1,
            "{words}\n{}",
            stage.telegram.dump()
        );
    }
    process.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn a_stuck_customer_holds_nobody_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (anna, ben) = (stage.customer("Anna", &shop).await, stage.customer("Ben", &shop).await);
    stage.telegram.quiet().await;
    let limited = Answer::TooManyRequests { retry_after: 2 };
    stage.telegram.fault(Fault::on("getFile").bot(&shop).always().answer(limited));
    stage.telegram.send(&anna, &shop, draft::photo("picture").caption("a picture")).await;
    for number in 0..120 {
        stage.telegram.send(&ben, &shop, draft::text(format!("Ben {number}."))).await;
    }
    stage.owner_sees("Ben 90.").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "a picture"), 0);
    stage.telegram.clear_faults();
    stage.owner_sees("a picture").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Ben 119."), 1);
    stage.stop().await;
}

async fn a_revoked_token_is_told_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let renewed = stage.telegram.revoke_token(&shop);
    stage.telegram.send(&anna, &shop, draft::text("anybody there?")).await;
    stage.owner_sees("🔴 Telegram no longer accepts the token of @shop_bot").await;
    stage.restart().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🔴 @shop_bot (Shop)").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🔴 Telegram no longer accepts"), 1);
    stage.owner_writes(&renewed.token).await;
    stage.owner_sees("anybody there?").await;
    stage.stop().await;
}

async fn a_second_poller_is_told_once_and_loses_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    // One conflict is a process that makes room, and no news.
    call(&stage.telegram, &shop, "getUpdates", json!({"offset": 0, "timeout": 2})).await;
    stage.telegram.send(&anna, &shop, draft::text("Anna 0.")).await;
    stage.owner_sees("Anna 0.").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠"), 0);
    let mut sent = 1;
    while stage.times(&stage.owner, &stage.master, "🟠") == 0 {
        // The other one only looks: it acknowledges nothing.
        call(&stage.telegram, &shop, "getUpdates", json!({"offset": 0, "timeout": 2})).await;
        if sent < 8 {
            stage.telegram.send(&anna, &shop, draft::text(format!("Anna {sent}."))).await;
            sent += 1;
        }
    }
    stage.owner_sees("🟠 Another program receives the messages of @shop_bot").await;
    stage.owner_sees(&format!("Anna {}.", sent - 1)).await;
    stage.telegram.quiet().await;
    for number in 0..sent {
        assert_eq!(stage.times(&stage.owner, &stage.master, &format!("Anna {number}.")), 1);
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠 Another program"), 1);
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟠 @shop_bot (Shop): another program").await;
    stage.stop().await;
}

async fn a_webhook_set_elsewhere_is_taken_away_three_times_and_then_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    let foreign = json!({"url": "https://elsewhere.example.org/x"});
    for number in 0..3 {
        while call(&stage.telegram, &shop, "setWebhook", foreign.clone()).await.0 != 200 {}
        let words = format!("still there {number}?");
        stage.telegram.send(&anna, &shop, draft::text(&words)).await;
        stage.owner_sees(&words).await;
        // How often is not forgotten.
        stage.restart().await;
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠"), 0);
    while call(&stage.telegram, &shop, "setWebhook", foreign.clone()).await.0 != 200 {}
    stage.telegram.send(&anna, &shop, draft::text("hello?")).await;
    stage.owner_sees("🟠 Another program receives the messages of @shop_bot").await;
    assert!(stage.telegram.webhook_of(&shop).is_some(), "it is theirs");
    call(&stage.telegram, &shop, "deleteWebhook", json!({})).await;
    stage.owner_sees("hello?").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠 Another program"), 1);
    stage.stop().await;
}

async fn the_master_is_taken_back_from_a_webhook_too(mut stage: Stage) {
    let master = stage.master.clone();
    let foreign = json!({"url": "https://elsewhere.example.org/x"});
    for number in 0..3 {
        while call(&stage.telegram, &master, "setWebhook", foreign.clone()).await.0 != 200 {}
        stage.owner_writes("/bots").await;
        stage.sees_times(&stage.owner, &master, "no client bots", number + 1).await;
    }
    while call(&stage.telegram, &master, "setWebhook", foreign.clone()).await.0 != 200 {}
    stage.owner_writes("/bots").await;
    stage.restart().await;
    assert!(stage.telegram.webhook_of(&master).is_some(), "it is theirs");
    call(&stage.telegram, &master, "deleteWebhook", json!({})).await;
    stage.sees_times(&stage.owner, &master, "no client bots", 4).await;
    stage.stop().await;
}
