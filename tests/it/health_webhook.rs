//! Updates that somebody else has sent elsewhere are noticed, taken back, and in the end given up.

use std::time::Duration;

use serde_json::{Value, json};
use telegram_emulator::{Bot, draft};

use crate::support::{
    Stage,
    http::{call, request},
    matrix::on_every_database,
};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        a_webhook_taken_away_is_taken_back_three_times_and_then_told,
        whatever_is_changed_about_a_webhook_is_put_right,
        a_token_revoked_is_noticed_though_nobody_writes,
        the_master_s_webhook_is_watched_too,
        an_address_nobody_reaches_is_told,
    );
}

const ELSEWHERE: &str = "https://elsewhere.example.org/x";

async fn watched(stage: &mut Stage) -> Bot {
    stage.vary("METRICS_ADDR", "127.0.0.1:0");
    stage.watch_every(Duration::from_millis(600));
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.telegram.quiet().await;
    shop
}

async fn take_away(stage: &Stage, bot: &Bot) {
    // Telegram allows it once a second.
    let mut done = (0, Value::Null);
    while done.0 != 200 {
        done = call(&stage.telegram, bot, "setWebhook", json!({ "url": ELSEWHERE })).await;
    }
}

async fn comes_back(stage: &Stage, bot: &Bot, ours: &Value) {
    stage
        .telegram
        .wait("our webhook", |view| {
            let now = view.webhook_of(bot)?;
            (now["url"] == ours["url"] && now["allowed_updates"] == ours["allowed_updates"])
                .then_some(())
        })
        .await;
}

/// Orders by the relay, in whose ledger those of the test stand, too.
fn orders(stage: &Stage, bot: &Bot) -> usize {
    let ours = |url: &Value| url.as_str().is_some_and(|url| url.starts_with("https://relay.test"));
    let ledger = stage.telegram.ledger();
    let of_bot = ledger.iter().filter(|call| call.bot == bot.id && call.method == "setWebhook");
    of_bot.filter(|call| call.result.is_ok() && ours(&call.params["url"])).count()
}

async fn metrics(stage: &Stage) -> String {
    let address = stage.running().metrics_address.expect("a second listener");
    request(address, "GET", "/metrics", &[], b"").await.text()
}

async fn metrics_show(stage: &Stage, line: &str) {
    let began = std::time::Instant::now();
    while !metrics(stage).await.contains(line) {
        let now = metrics(stage).await;
        assert!(began.elapsed() < Duration::from_secs(30), "no {line} in\n{now}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_webhook_taken_away_is_taken_back_three_times_and_then_told(mut stage: Stage) {
    let shop = watched(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    let ours = stage.telegram.webhook_of(&shop).unwrap();
    let before = orders(&stage, &shop);
    for number in 0..3 {
        take_away(&stage, &shop).await;
        let words = format!("still there {number}?");
        stage.telegram.send(&anna, &shop, draft::text(&words)).await;
        comes_back(&stage, &shop, &ours).await;
        stage.owner_sees(&words).await;
        // How often is not forgotten.
        stage.restart().await;
    }
    take_away(&stage, &shop).await;
    stage.owner_sees("🟠 Another program receives the messages of @shop_bot").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟠 @shop_bot (Shop): another program").await;
    metrics_show(&stage, "feedback_relay_bots{state=\"contested\"} 1").await;
    stage.restart().await;
    metrics_show(&stage, "feedback_relay_bots{state=\"contested\"} 1").await;
    // It is looked at some times more.
    let looks = |stage: &Stage| {
        let ledger = stage.telegram.ledger();
        let looks = |call: &&telegram_emulator::Effect| {
            call.bot == shop.id && call.method == "getWebhookInfo"
        };
        ledger.iter().filter(looks).count()
    };
    let then = looks(&stage) + 3;
    stage
        .telegram
        .wait("more looks", |view| {
            let ledger = view.ledger();
            let looks = ledger.iter().filter(|c| c.bot == shop.id && c.method == "getWebhookInfo");
            (looks.count() >= then).then_some(())
        })
        .await;
    assert_eq!(stage.telegram.webhook_of(&shop).unwrap()["url"], ELSEWHERE, "it is theirs now");
    assert_eq!(orders(&stage, &shop) - before, 3);
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠 Another program"), 1);

    // The owner has sent the new token.
    stage.telegram.send(&anna, &shop, draft::text("at last?")).await;
    let renewed = stage.telegram.revoke_token(&shop);
    stage.owner_writes(&renewed.token).await;
    stage.owner_sees("at last?").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    metrics_show(&stage, "feedback_relay_bots{state=\"contested\"} 0").await;
    take_away(&stage, &renewed).await;
    comes_back(&stage, &shop, &ours).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠 Another program"), 1);
    stage.curtain().await;
}

async fn whatever_is_changed_about_a_webhook_is_put_right(mut stage: Stage) {
    let shop = watched(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    let ours = stage.telegram.webhook_of(&shop).unwrap();
    call(&stage.telegram, &shop, "deleteWebhook", json!({})).await;
    stage.telegram.send(&anna, &shop, draft::text("is this on?")).await;
    stage.owner_sees("is this on?").await;
    comes_back(&stage, &shop, &ours).await;
    let mut fewer = json!({"url": ours["url"], "secret_token": ours["secret_token"]});
    fewer["allowed_updates"] = json!(["message"]);
    while call(&stage.telegram, &shop, "setWebhook", fewer.clone()).await.0 != 200 {}
    comes_back(&stage, &shop, &ours).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠"), 0);

    // Given up, and then given back by the other program.
    take_away(&stage, &shop).await;
    comes_back(&stage, &shop, &ours).await;
    take_away(&stage, &shop).await;
    stage.owner_sees("🟠 Another program receives the messages of @shop_bot").await;
    // The figures come a little later than the words.
    metrics_show(&stage, "feedback_relay_bots{state=\"contested\"} 1").await;
    let mut back = json!({"url": ours["url"], "secret_token": ours["secret_token"]});
    back["allowed_updates"] = ours["allowed_updates"].clone();
    while call(&stage.telegram, &shop, "setWebhook", back.clone()).await.0 != 200 {}
    metrics_show(&stage, "feedback_relay_bots{state=\"active\"} 1").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    stage.curtain().await;
}

async fn a_token_revoked_is_noticed_though_nobody_writes(mut stage: Stage) {
    let shop = watched(&mut stage).await;
    let renewed = stage.telegram.revoke_token(&shop);
    stage.owner_sees("🔴 Telegram no longer accepts the token of @shop_bot").await;
    metrics_show(&stage, "feedback_relay_bots{state=\"revoked\"} 1").await;
    stage.restart().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🔴 @shop_bot (Shop)").await;
    stage.owner_writes(&renewed.token).await;
    stage.owner_sees("The new token of @shop_bot is in use").await;
    metrics_show(&stage, "feedback_relay_bots{state=\"active\"} 1").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🔴 Telegram no longer accepts"), 1);
    stage.curtain().await;
}

async fn the_master_s_webhook_is_watched_too(mut stage: Stage) {
    let shop = watched(&mut stage).await;
    let master = stage.master.clone();
    let ours = stage.telegram.webhook_of(&master).unwrap();
    let before = orders(&stage, &master);
    for number in 0..3 {
        take_away(&stage, &master).await;
        stage.owner_writes("/bots").await;
        stage.sees_times(&stage.owner, &master, "Your client bots:", number + 1).await;
        comes_back(&stage, &master, &ours).await;
        // A start in which it is not ours counts as well.
        stage.restart().await;
    }
    take_away(&stage, &master).await;
    metrics_show(&stage, "feedback_relay_master_bot{state=\"contested\"} 1").await;
    stage.restart().await;
    metrics_show(&stage, "feedback_relay_master_bot{state=\"contested\"} 1").await;
    assert_eq!(stage.telegram.webhook_of(&master).unwrap()["url"], ELSEWHERE);
    assert_eq!(orders(&stage, &master) - before, 3);
    // Customers' messages still arrive, and it recovers without a restart.
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello?").await;
    let mut back = json!({"url": ours["url"], "secret_token": ours["secret_token"]});
    back["allowed_updates"] = ours["allowed_updates"].clone();
    while call(&stage.telegram, &master, "setWebhook", back.clone()).await.0 != 200 {}
    metrics_show(&stage, "feedback_relay_master_bot{state=\"active\"} 1").await;
    stage.owner_writes("/help").await;
    stage.owner_sees("/subscribe").await;
    stage.telegram.revoke_token(&master);
    metrics_show(&stage, "feedback_relay_master_bot{state=\"revoked\"} 1").await;
    stage.stop().await;
}

async fn an_address_nobody_reaches_is_told(mut stage: Stage) {
    stage.watch_every(Duration::from_millis(300));
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.telegram.route("https://relay.test", &format!("http://{closed}"));
    stage.telegram.send(&anna, &shop, draft::text("anybody there?")).await;
    let alarm = "🔴 Telegram can't deliver messages to relay.test: “Connection refused”";
    stage.owner_sees(alarm).await;
    let (works, arrives) = ("🟢 Telegram delivers messages again", "anybody there?");
    let times = |stage: &Stage, words| stage.times(&stage.owner, &stage.master, words);
    assert_eq!((times(&stage, works), times(&stage, arrives)), (0, 0));
    // Who was told is known to the next process, which Telegram reaches.
    stage.restart().await;
    stage.owner_sees(arrives).await;
    stage.owner_sees(works).await;
    stage.restart().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    assert_eq!((times(&stage, alarm), times(&stage, works)), (1, 1));
    stage.curtain().await;
}
