//! A start with thousands of bots, and starts over and over, flood nobody.

use std::{
    collections::HashSet,
    fs,
    time::{Duration, Instant},
};

use feedback_relay::{
    app::{self, StartError},
    config::SecretKey,
    model::{BotId, BotState, OwnerId},
    seal::Seal,
    store::{BotRow, Store},
};
use telegram_emulator::{Bot, draft};

use crate::support::{
    Stage,
    database::config_of,
    matrix::{on_every_dark_stage, on_every_stage},
};

mod stages {
    use super::*;
    on_every_stage!(thousands_of_bots_are_woken_ten_a_minute);
    on_every_dark_stage!(a_process_that_dies_again_and_again_says_nothing_twice);
}

/// Bots attached in an earlier life, by the rows it left.
async fn seed(stage: &Stage, count: usize) -> Vec<Bot> {
    let key = fs::read_to_string(stage.database.folder().join("secret.key")).unwrap();
    let seal = Seal::new(SecretKey::parse(&key).unwrap());
    let store = Store::open(&config_of(&stage.variables()).database_url).await.unwrap();
    let bots: Vec<Bot> =
        (0..count).map(|n| stage.telegram.add_bot(&format!("b{n}_bot"), "Bot")).collect();
    let attach = |bot: Bot| {
        let (seal, store, owner) = (seal.clone(), store.clone(), OwnerId(stage.owner.id));
        async move {
            let id = BotId(bot.id);
            let sealed = seal.seal(&format!("token of bot {id}"), bot.token.as_bytes()).unwrap();
            let row = BotRow {
                bot: id,
                owner,
                username: bot.username,
                name: bot.name,
                token: Some(sealed),
                state: BotState::Active,
                webhook: None,
                settings: None,
                changed_at: 0,
            };
            assert!(store.attach_bot(&row, 1).await.unwrap());
        }
    };
    let all = futures::stream::iter(bots.clone().into_iter().map(attach));
    futures::StreamExt::for_each_concurrent(all, 64, |attaching| attaching).await;
    store.close().await;
    bots
}

fn woken(stage: &Stage, bots: &[Bot]) -> usize {
    let ledger = stage.telegram.ledger();
    let called: HashSet<i64> = ledger.iter().map(|call| call.bot).collect();
    let woken = |bot: &&Bot| called.contains(&bot.id) || stage.telegram.has_polled(bot);
    bots.iter().filter(woken).count()
}

async fn thousands_of_bots_are_woken_ten_a_minute(mut stage: Stage) {
    stage.stop().await;
    let bots = seed(&stage, 2_000).await;
    stage.watch_every(Duration::from_millis(300));
    // A start that gets as far as its last step asks Telegram nothing.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let calls = stage.telegram.ledger().len();
    stage.vary("LISTEN_ADDR", &taken.local_addr().unwrap().to_string());
    let refused = app::start(&config_of(&stage.variables())).await;
    assert!(matches!(refused.err(), Some(StartError::Listen(..))));
    assert_eq!((stage.telegram.ledger().len(), woken(&stage, &bots)), (calls, 0));
    stage.vary("LISTEN_ADDR", "127.0.0.1:0");
    stage.start().await;
    let began = Instant::now();
    while woken(&stage, &bots) < 10 {
        assert!(began.elapsed() < Duration::from_secs(30), "{} woken", woken(&stage, &bots));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The eleventh may not follow within a minute; of that minute, some seconds are looked at.
    let (newest, oldest) = (bots.last().unwrap(), &bots[0]);
    let anna = stage.customer("Anna", newest).await;
    stage.asks(&anna, newest, "hello?").await;
    let looked = Instant::now().min(began + Duration::from_secs(50));
    tokio::time::sleep_until((looked + Duration::from_secs(2)).into()).await;
    assert_eq!(woken(&stage, &bots), 10, "{:?}", began.elapsed());
    // Started anew at once, it wakes no others.
    stage.watch_every(Duration::from_mins(1));
    stage.restart().await;
    stage.owner_writes("/help").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(woken(&stage, &bots), 10);
    assert!(!stage.telegram.has_polled(oldest));
    stage.stop().await;
}

async fn a_process_that_dies_again_and_again_says_nothing_twice(mut stage: Stage) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let lost = stage.attach("lost_bot", "Lost").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &lost, "hello").await;
    // With the old token nothing can be acknowledged any more.
    stage.telegram.quiet().await;
    stage.telegram.revoke_token(&lost);
    stage.answer(&copy, draft::text("hi")).await;
    stage.owner_sees("🔴 Telegram no longer accepts the token of @lost_bot").await;
    stage.telegram.send(&stage.person("Mallory"), &stage.master, draft::text("let me in")).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    process.kill();

    let before = stage.telegram.ledger().len();
    for _ in 0..5 {
        let mut process = stage.launch().await;
        process
            .until("the master's name", |p| p.stderr().contains("the master bot is").then_some(()))
            .await;
        tokio::time::sleep(Duration::from_millis(700)).await;
        process.kill();
    }
    let mut process = stage.launch().await;
    stage.asks_only(&anna, &shop, "still open?").await;
    assert!(process.is_alive());
    let ledger = stage.telegram.ledger();
    let calls: Vec<_> = ledger[before..]
        .iter()
        .filter(|call| call.chat() != Some(anna.id))
        .filter(|call| !call.params["text"].as_str().is_some_and(|t| t.contains("still open")))
        .map(|call| call.method)
        .collect();
    let quiet = ["getMe", "getWebhookInfo"];
    assert!(calls.iter().all(|method| quiet.contains(method)), "{calls:?}");
    assert_eq!(calls.iter().filter(|method| **method == "getMe").count(), 6);
    process.stop().await;
}
