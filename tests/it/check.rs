//! What an operator asks: `check`, `healthy`, `/healthz` and `/readyz`.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use serde_json::json;
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Backend, Mode, Process, Stage,
    http::{call, request},
    matrix::on_every_database,
    process::Finished,
};

mod stages {
    use super::*;
    on_every_database!(dark(Webhook):
        check_says_how_telegram_reaches_us_and_what_helps,
        check_looks_and_changes_nothing,
        check_asks_for_each_token,
        a_client_bot_is_no_master,
        check_looks_at_the_webhooks_of_client_bots,
        check_looks_at_both_ports,
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
    let process = stage.launch_welcomed().await;
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
    let process = stage.launch_welcomed().await;
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

async fn a_client_bot_is_no_master(mut stage: Stage) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    process.stop().await;
    stage.vary("MASTER_BOT_TOKEN", &shop.token);
    let text = looks(&stage, 1).await;
    assert!(text.contains("FAILED MASTER_BOT_TOKEN: this bot is attached here"), "{text}");
    let refused = run(&stage, &[]).await;
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("MASTER_BOT_TOKEN: @shop_bot is attached"),
        "{}",
        refused.stderr
    );
}

/// What `check` says helps, word by word.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_may_not_make_tables_is_told_how_it_may() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Polling, &[]).await;
    let mut url = url::Url::parse(stage.database.url()).unwrap();
    let (database, user) = (url.path().trim_start_matches('/').to_owned(), "few_rights");
    let user = format!("{user}_{:08x}", rand::random::<u32>());
    let make = format!("CREATE USER '{user}'@'%' IDENTIFIED BY 's3cret'");
    stage.database.run(&make).await;
    stage.database.run(&format!("GRANT SELECT ON {database}.* TO '{user}'@'%'")).await;
    url.set_username(&user).unwrap();
    url.set_password(Some("s3cret")).unwrap();
    stage.vary("DATABASE_URL", url.as_str());
    let text = looks(&stage, 1).await;
    let lacks =
        format!("'{user}'@'%' may not INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX there");
    assert!(text.contains(&lacks), "{text}");
    let fix = text.lines().find_map(|line| line.split_once("on the server: ")).expect("a fix").1;
    stage.database.run(fix).await;
    let text = looks(&stage, 0).await;
    assert!(text.contains("empty; the first start makes its tables"), "{text}");
    stage.database.run(&format!("DROP USER '{user}'@'%'")).await;
}

/// Somebody who has a bot's token has its updates sent to himself.
async fn take_away(stage: &Stage, bot: &Bot) {
    let elsewhere = json!({ "url": "https://elsewhere.example.org/hidden-path" });
    // Telegram allows it once a second.
    while call(&stage.telegram, bot, "setWebhook", elsewhere.clone()).await.0 != 200 {}
}

async fn check_looks_at_the_webhooks_of_client_bots(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    // The relay is not to put right first what check is to find.
    stage.watch_every(Duration::from_hours(1));
    stage.start().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &cafe).await;
    stage.telegram.quiet().await;
    stage.vary("LISTEN_ADDR", &stage.running().address.to_string());
    assert!(!looks(&stage, 0).await.contains("updates of @"));

    take_away(&stage, &shop).await;
    stage.telegram.unroute("https://relay.test");
    stage.telegram.send(&anna, &cafe, draft::text("tea?")).await;
    while stage.telegram.webhook_of(&cafe).unwrap()["last_error_message"].is_null() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let text = looks(&stage, 1).await;
    let of_shop = "FAILED updates of @shop_bot: another address is set, at elsewhere.example.org";
    assert!(text.contains(of_shop) && !text.contains("hidden-path"), "{text}");
    assert!(text.contains("FAILED updates of @cafe_bot: https://relay.test/hooks/"), "{text}");
    assert!(text.contains(": 1 updates wait; Telegram says: "), "{text}");
    take_away(&stage, &stage.master).await;
    let text = looks(&stage, 1).await;
    assert!(text.contains("FAILED webhook: another address is set, at elsewhere."), "{text}");
    stage.stop().await;
    // A start puts it right: nobody has to do anything but that.
    stage.vary("LISTEN_ADDR", "127.0.0.1:0");
    let text = looks(&stage, 1).await;
    assert!(text.contains("note   updates of @shop_bot: another address is set"), "{text}");
    assert!(text.contains("note   webhook: another address is set"), "{text}");
}

async fn check_looks_at_both_ports(mut stage: Stage) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    stage.vary("METRICS_ADDR", &taken.local_addr().unwrap().to_string());
    let text = looks(&stage, 1).await;
    assert!(text.contains("ok     LISTEN_ADDR: "), "{text}");
    assert!(text.contains("FAILED METRICS_ADDR: "), "{text}");
    drop(taken);
    looks(&stage, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_misspelt_name_is_pointed_at() {
    let stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    let file = "PUBLIK_URL=https://relay.example.org\nDOMAIN=relay.example.org\nLOG=info\n";
    fs::write(stage.database.folder().join(".env"), file).unwrap();
    let text = looks(&stage, 0).await;
    assert!(text.contains("note   configuration: PUBLIK_URL in .env"), "{text}");
    assert_eq!(text.matches("in .env").count(), 1, "{text}");
}

/// One fault hides no other: everything but the database is still looked at.
fn all_but_the_database(text: &str) {
    for found in ["configuration: valid", "clock: ", "LISTEN_ADDR: ", "MASTER_BOT_TOKEN: @"] {
        assert!(text.contains(&format!("ok     {found}")), "{found} of {text}");
    }
    assert!(!text.contains("ok     database"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_be_used_is_a_fault_with_its_fix() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let url = url::Url::parse(stage.database.url()).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let faults = [
        (&url[..url::Position::AfterPort], "nobody", "CREATE USER 'nobody'@'%'"),
        (&format!("mysql://root@127.0.0.1:{free}"), "root", "start the server"),
        (&format!("mysql://root@nowhere.invalid:{free}"), "root", "has to be known here"),
    ];
    for (server, user, fix) in faults {
        let mut url = url::Url::parse(&format!("{server}/relay")).unwrap();
        url.set_username(user).unwrap();
        url.set_password(Some("hunter2hunter2").filter(|_| user == "nobody")).unwrap();
        stage.vary("DATABASE_URL", url.as_str());
        let text = looks(&stage, 1).await;
        let line = text.lines().find(|line| line.starts_with("FAILED database: mysql://")).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(line.matches("denied").count() <= 1, "nothing is said twice: {line}");
        assert!(text.contains("       → ") && text.contains(fix), "{text}");
        all_but_the_database(&text);
    }
    let mut missing = url.clone();
    missing.set_path("none_of_ours");
    stage.vary("DATABASE_URL", missing.as_str());
    let text = looks(&stage, 1).await;
    assert!(text.contains("CREATE DATABASE `none_of_ours`; GRANT ALL ON"), "{text}");
    all_but_the_database(&text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_nobody_can_write_to_is_a_fault() {
    let mut stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    stage.vary("DATABASE_URL", "sqlite:///proc/relay/relay.db");
    let text = looks(&stage, 1).await;
    assert!(text.contains("FAILED database: ") && text.contains("/proc"), "{text}");
    assert!(!text.contains("disk"), "{text}");
    all_but_the_database(&text);

    // As somebody who is not root: root may write everywhere.
    let folder = stage.database.folder();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    stage.vary("DATABASE_URL", "sqlite://data/relay.db");
    stage.vary("SECRET_KEY_FILE", "data/secret.key");
    let as_nobody = "[ $(id -u) != 0 ] || exec setpriv --reuid=10001 --regid=10001 --clear-groups \
                     \"$0\" check; exec \"$0\" check";
    let looked = Process::shell(stage.database.folder(), as_nobody, &stage.variables());
    let looked = looked.finished().await;
    assert_eq!(looked.code, Some(1), "{}{}", looked.stdout, looked.stderr);
    let text = looked.stdout;
    assert!(text.contains("no file can be made in ") && text.contains("mode 555"), "{text}");
    assert!(text.contains("       → ") && text.contains("sudo install -d -o "), "{text}");
    all_but_the_database(&text);
    fs::set_permissions(stage.database.folder(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_database_is_a_fault_with_its_way_out() {
    let stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    fs::write(stage.database.folder().join("relay.db"), "garbage ".repeat(3000)).unwrap();
    let text = looks(&stage, 1).await;
    assert!(text.contains("file is not a database"), "{text}");
    assert!(text.contains("feedback-relay restore --replace FILE"), "{text}");
    all_but_the_database(&text);
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
