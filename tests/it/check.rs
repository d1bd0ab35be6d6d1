//! What an operator asks: `check`, `healthy`, `/healthz` and `/readyz`.

use std::time::Duration;

use telegram_emulator::{Answer, Fault, draft};

use crate::support::{
    Backend, Mode, Process, Stage, http::request, matrix::on_every_database, process::Finished,
};

mod stages {
    use super::*;
    on_every_database!(dark(Webhook):
        check_says_how_telegram_reaches_us_and_what_helps,
        check_looks_and_changes_nothing,
        check_asks_for_each_token,
        who_is_alive_says_so,
        who_cannot_work_is_not_ready,
    );
}

async fn run(stage: &Stage, arguments: &[&str]) -> Finished {
    Process::start(stage.database.folder(), arguments, &stage.variables()).finished().await
}

async fn looks(stage: &Stage, code: i32) -> String {
    let looked = run(stage, &["check"]).await;
    assert_eq!(looked.code, Some(code), "{}{}", looked.stdout, looked.stderr);
    looked.stdout
}

async fn check_says_how_telegram_reaches_us_and_what_helps(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let process = stage.launch().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    let text = looks(&stage, 0).await;
    assert!(text.contains("ok     webhook: https://relay.test/hooks/telegram/"), "{text}");
    assert!(text.contains("ok     clock: 0 s") || text.contains("ok     clock: 1 s"), "{text}");
    if stage.database.url().starts_with("sqlite") {
        assert!(text.contains("MiB free for the database"), "{text}");
    }
    process.stop().await;

    stage.telegram.unroute("https://relay.test");
    stage.owner_writes("/help").await;
    let info = async || stage.telegram.webhook_of(&stage.master).unwrap();
    while info().await["last_error_message"].is_null() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let text = looks(&stage, 1).await;
    assert!(text.contains("FAILED webhook: "), "{text}");
    assert!(text.contains("1 updates wait; Telegram says: "), "{text}");
    assert!(text.contains("       → "), "the fix: {text}");
}

/// Beside a relay of an older version it must not change the schema under it.
async fn check_looks_and_changes_nothing(stage: Stage) {
    let text = looks(&stage, 0).await;
    assert!(text.contains("empty; the first start makes its tables"), "{text}");
    assert!(stage.database.columns_if_any().await.is_empty(), "no table is made");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stage = stage;
    stage.vary("LISTEN_ADDR", &taken.local_addr().unwrap().to_string());
    let text = looks(&stage, 1).await;
    assert!(text.contains("FAILED LISTEN_ADDR: "), "{text}");
}

async fn check_asks_for_each_token(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let process = stage.launch().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.attach("cafe_bot", "Café").await;
    process.stop().await;
    let text = looks(&stage, 0).await;
    assert!(text.contains("Telegram accepts the tokens of 2 of 2"), "{text}");
    stage.telegram.revoke_token(&shop);
    let text = looks(&stage, 1).await;
    assert!(text.contains("the token of @shop_bot was revoked"), "{text}");
    assert!(!text.contains(shop.token.split_once(':').unwrap().1), "{text}");
}

async fn who_is_alive_says_so(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let mut process = Process::start(stage.database.folder(), &[], &stage.variables());
    let address = process.ready().await;
    stage.vary("LISTEN_ADDR", &format!("0.0.0.0:{}", address.port()));
    assert_eq!(run(&stage, &["healthy"]).await.code, Some(0));
    let text = looks(&stage, 0).await;
    assert!(text.contains("where a relay answers"), "{text}");
    process.stop().await;
    let dead = run(&stage, &["healthy"]).await;
    assert_eq!(dead.code, Some(1));
    assert!(!dead.stderr.is_empty());
}

async fn who_cannot_work_is_not_ready(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.vary("METRICS_ADDR", "127.0.0.1:0");
    // Telegram's silence is no reason to send nobody here.
    let silent = Fault::on("getMe").times(1000);
    stage.telegram.fault(silent.answer(Answer::Internal));
    stage.start().await;
    let (address, other) = (stage.running().address, stage.running().metrics_address.unwrap());
    let ready = async || {
        let answer = request(other, "GET", "/readyz", &[], b"").await;
        (answer.status, answer.text().trim().to_owned())
    };
    assert_eq!(ready().await, (200, String::new()));
    stage.telegram.clear_faults();
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    stage.telegram.revoke_token(&stage.master);
    stage.telegram.send(&stage.owner, &stage.master, draft::text("/help")).await;
    while ready().await.0 == 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ready().await.1, "Telegram does not accept MASTER_BOT_TOKEN");
    // Restarting would mend nothing: it is alive.
    let alive = request(address, "GET", "/healthz", &[], b"").await;
    assert_eq!((alive.status, alive.text().trim()), (200, "ok"));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_old_version_uses_is_not_changed_by_a_look() {
    let stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    crate::upgrade::migrate_to(&stage.database, 17).await;
    let before = stage.database.columns().await;
    let text = looks(&stage, 0).await;
    assert!(text.contains("note   database: ") && text.contains("schema 17"), "{text}");
    assert!(text.contains("feedback-relay backup FILE"), "{text}");
    assert_eq!(stage.database.columns().await, before);
}
