//! Starting, stopping, and coming back under other circumstances, as a service manager sees it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    time::{Duration, Instant},
};

use feedback_relay::{
    config::SecretKey,
    model::{BotId, BotState, OwnerId},
    seal::Seal,
    store::{BotRow, Store},
};
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Backend, Mode, Process, Stage,
    database::config_of,
    matrix::{on_every_dark_stage, on_every_database},
};

mod stages {
    use super::*;
    on_every_dark_stage!(what_is_under_way_is_finished_before_the_end, check_says_what_it_finds);
    on_every_database!(dark(Webhook):
        a_restart_asks_telegram_nothing_for_client_bots,
        a_new_public_url_is_told_to_telegram,
        the_way_updates_come_can_change,
        ten_thousand_bots_are_no_reason_to_wait,
        a_wrong_or_missing_key_changes_nothing,
    );
}

async fn open_for_business(stage: &mut Stage) -> (Process, Bot) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.telegram.quiet().await;
    (process, shop)
}

/// The message of a start that is refused.
async fn refused(stage: &Stage, arguments: &[&str], code: i32) -> String {
    let process = Process::start(stage.database.folder(), arguments, &stage.variables());
    let finished = process.finished().await;
    assert_eq!(finished.code, Some(code), "{}{}", finished.stdout, finished.stderr);
    let secret = stage.master.token.split_once(':').unwrap().1;
    let said = finished.stdout + &finished.stderr;
    assert!(!said.contains(secret), "{said}");
    if arguments == ["check"] {
        // It looks at everything else all the same.
        let culprit = if code == 2 { "FAILED key: " } else { "FAILED database: " };
        assert!(said.contains(culprit) && said.contains("LISTEN_ADDR: "), "{said}");
    }
    said
}

async fn what_is_under_way_is_finished_before_the_end(mut stage: Stage) {
    let (process, shop) = open_for_business(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    let hook = stage.telegram.webhook_of(&shop);
    let slow = Fault::on("sendMessage").chat(stage.owner.id);
    stage.telegram.fault(slow.answer(Answer::Hang(Duration::from_secs(2))));
    stage.telegram.send(&anna, &shop, draft::text("just in time")).await;
    stage.owner_sees("just in time").await;
    let began = Instant::now();
    process.terminate();
    let finished = process.finished().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(began.elapsed() < Duration::from_secs(25));
    assert_eq!(stage.telegram.webhook_of(&shop), hook, "a stop takes no webhook away");
    stage.telegram.send(&anna, &shop, draft::text("while closed")).await;

    let process = stage.launch().await;
    stage.owner_sees("while closed").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "just in time"), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, "possibly a repeat"), 0);
    process.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn a_restart_asks_telegram_nothing_for_client_bots(mut stage: Stage) {
    let (process, shop) = open_for_business(&mut stage).await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    stage.telegram.quiet().await;
    process.stop().await;
    let calls = |stage: &Stage| {
        let ledger = stage.telegram.ledger();
        ledger.iter().filter(|call| [shop.id, cafe.id].contains(&call.bot)).count()
    };
    let before = calls(&stage);
    let process = stage.launch().await;
    stage.owner_writes("/help").await;
    stage.owner_sees("/subscribe").await;
    assert_eq!(calls(&stage), before);
    process.stop().await;
}

async fn a_new_public_url_is_told_to_telegram(mut stage: Stage) {
    let (process, shop) = open_for_business(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    process.stop().await;
    stage.telegram.unroute("https://relay.test");
    stage.telegram.send(&anna, &shop, draft::text("are you moving?")).await;
    stage.vary("PUBLIC_URL", "https://moved.test:8443/new");
    let mut process = Process::start(stage.database.folder(), &[], &stage.variables());
    let address = process.ready().await;
    stage.telegram.route("https://moved.test:8443", &format!("http://{address}"));
    stage.owner_sees("are you moving?").await;
    let hook = stage.telegram.webhook_of(&shop).unwrap();
    assert_eq!(hook["url"], format!("https://moved.test:8443/new/telegram/{}", shop.id));
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot").await;
    process.stop().await;
}

async fn the_way_updates_come_can_change(mut stage: Stage) {
    let (mut process, shop) = open_for_business(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    for (number, mode) in [Mode::Polling, Mode::Webhook, Mode::Polling].into_iter().enumerate() {
        stage.telegram.quiet().await;
        process.stop().await;
        let words = format!("in between {number}.");
        stage.telegram.send(&anna, &shop, draft::text(&words)).await;
        stage.switch(mode);
        process = stage.launch().await;
        stage.owner_sees(&words).await;
        stage.telegram.quiet().await;
        assert_eq!(stage.times(&stage.owner, &stage.master, &words), 1);
        assert_eq!(stage.telegram.webhook_of(&shop).is_some(), mode == Mode::Webhook);
        assert_eq!(stage.telegram.webhook_of(&stage.master).is_some(), mode == Mode::Webhook);
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "🟠"), 0, "{}", stage.telegram.dump());
    process.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn ten_thousand_bots_are_no_reason_to_wait(stage: Stage) {
    let key = stage.database.folder().join("secret.key");
    stage.launch().await.stop().await;
    let seal = Seal::new(SecretKey::parse(&fs::read_to_string(&key).unwrap()).unwrap());
    let store = Store::open(&config_of(&stage.variables()).database_url).await.unwrap();
    let attach = |number: i64| {
        let (seal, store) = (seal.clone(), store.clone());
        async move {
            let bot = BotId(6_000_000_000 + number);
            let token = format!("{bot}:{}", "A".repeat(35));
            let sealed = seal.seal(&format!("token of bot {bot}"), token.as_bytes()).unwrap();
            let row = BotRow {
                bot,
                owner: OwnerId(1),
                username: format!("bot{number}_bot"),
                name: format!("Bot {number}"),
                token: Some(sealed),
                state: BotState::Revoked,
                webhook: None,
                settings: None,
                changed_at: 0,
            };
            assert!(store.attach_bot(&row, number).await.unwrap());
        }
    };
    let all = futures::stream::iter((0..10_000).map(attach));
    futures::StreamExt::for_each_concurrent(all, 64, |attaching| attaching).await;
    store.close().await;
    let began = Instant::now();
    let process = stage.launch().await;
    let took = began.elapsed();
    assert!(process.stderr().contains("bots=10000"), "{}", process.stderr());
    // Two seconds are promised for a release build on a quiet machine.
    assert!(took < Duration::from_secs(10), "{took:?}");
    process.stop().await;
}

async fn a_wrong_or_missing_key_changes_nothing(mut stage: Stage) {
    let path = stage.database.folder().join("secret.key");
    stage.launch().await.stop().await;
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let right = fs::read_to_string(&path).unwrap();
    let facts = stage.database.count("installation").await;
    let asked = stage.telegram.ledger().len();

    let wrong = SecretKey::from_bytes([7; 32]).reveal_base64();
    for text in [wrong.as_str(), "not a key", ""] {
        fs::write(&path, text).unwrap();
        for arguments in [&[][..], &["check"][..]] {
            let message = refused(&stage, arguments, 2).await;
            assert!(message.contains("SECRET_KEY_FILE"), "{message}");
            assert!(text.is_empty() || !message.contains(text), "{message}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "nothing is overwritten");
    }
    stage.vary("SECRET_KEY", &wrong);
    stage.vary("SECRET_KEY_FILE", "");
    for arguments in [&[][..], &["check"][..]] {
        let message = refused(&stage, arguments, 2).await;
        assert!(message.contains("SECRET_KEY: ") && !message.contains(&wrong), "{message}");
    }
    stage.vary("SECRET_KEY", "");
    stage.vary("SECRET_KEY_FILE", &path.display().to_string());

    fs::remove_file(&path).unwrap();
    for arguments in [&[][..], &["check"][..]] {
        let message = refused(&stage, arguments, 2).await;
        assert!(message.contains("does not exist"), "{message}");
        assert!(!path.exists(), "no new key is made");
    }
    let calls = stage.telegram.ledger();
    let told = calls[asked..].iter().filter(|call| !call.method.starts_with("get"));
    assert_eq!(told.count(), 0, "nobody is told anything");
    assert_eq!(stage.database.count("installation").await, facts, "nothing is written");
    fs::write(&path, right).unwrap();
    stage.launch().await.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let stage = Stage::dark(Backend::Sqlite, Mode::Polling, &[("LISTEN_ADDR", &address)]).await;
    let message = refused(&stage, &[], 1).await;
    assert!(message.contains(&format!("LISTEN_ADDR: {address} can't be listened on")), "{message}");
    let extra = [("METRICS_ADDR", address.as_str())];
    let stage = Stage::dark(Backend::Sqlite, Mode::Polling, &extra).await;
    let message = refused(&stage, &[], 1).await;
    assert!(
        message.contains(&format!("METRICS_ADDR: {address} can't be listened on")),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_used_is_named_without_its_password() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Polling, &[]).await;
    let url = url::Url::parse(stage.database.url()).unwrap();
    let port = url.port().unwrap();
    let file = stage.database.folder().join("file");
    fs::write(&file, "not a folder").unwrap();
    for (url, arguments) in [
        (format!("mysql://relay:hunter2@127.0.0.1:{port}/relay"), &[][..]),
        (format!("mysql://relay:hunter2@127.0.0.1:{port}/relay"), &["check"][..]),
        ("mysql://relay:hunter2@127.0.0.1:9/relay".to_owned(), &["check"][..]),
        (format!("sqlite://{}/hunter.db", file.display()), &[][..]),
        (format!("sqlite://{}", file.display()), &[][..]),
    ] {
        stage.vary("DATABASE_URL", &url);
        let message = refused(&stage, arguments, 1).await;
        let named = if arguments == ["check"] {
            "FAILED database: mysql://relay@"
        } else {
            "DATABASE_URL: "
        };
        assert!(message.contains(named), "{url}: {message}");
        assert!(!message.contains("hunter2"), "{url}: {message}");
    }
    assert!(!stage.database.folder().join("secret.key").exists());
    assert_eq!(fs::read_to_string(&file).unwrap(), "not a folder");
}

async fn check_says_what_it_finds(mut stage: Stage) {
    let look = async |stage: &Stage| {
        let folder = stage.database.folder();
        Process::start(folder, &["check"], &stage.variables()).finished().await
    };
    let fresh = look(&stage).await;
    assert_eq!(fresh.code, Some(0), "{}{}", fresh.stdout, fresh.stderr);
    assert!(fresh.stdout.contains("key: none yet"), "{}", fresh.stdout);
    assert!(fresh.stdout.contains("MASTER_BOT_TOKEN: @master_bot"), "{}", fresh.stdout);
    assert!(!stage.database.folder().join("secret.key").exists(), "it only looks");

    let (process, shop) = open_for_business(&mut stage).await;
    process.stop().await;
    let used = look(&stage).await;
    assert_eq!(used.code, Some(0), "{}{}", used.stdout, used.stderr);
    assert!(used.stdout.contains("key: fits the database"), "{}", used.stdout);
    assert!(used.stdout.contains("client bots: 1 attached"), "{}", used.stdout);

    stage.telegram.revoke_token(&stage.master);
    let revoked = look(&stage).await;
    assert_eq!(revoked.code, Some(1));
    assert!(revoked.stdout.contains("FAILED MASTER_BOT_TOKEN: "), "{}", revoked.stdout);
    stage.vary("TELEGRAM_API_URL", "http://127.0.0.1:9");
    let unreachable = look(&stage).await;
    assert_eq!(unreachable.code, Some(1));
    assert!(unreachable.stdout.contains("FAILED TELEGRAM_API_URL: "), "{}", unreachable.stdout);
    for output in [fresh, used, revoked, unreachable] {
        let said = format!("{}{}", output.stdout, output.stderr);
        for token in [&stage.master.token, &shop.token] {
            assert!(!said.contains(token.split_once(':').unwrap().1), "{said}");
        }
    }
}

/// Ids and usernames stand in the database in clear.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_of_the_data_is_its_owner_s_alone() {
    let mut stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    let folder = stage.database.folder().join("some/data");
    stage.vary("DATABASE_URL", &format!("sqlite://{}/relay.db", folder.display()));
    stage.vary("SECRET_KEY_FILE", &folder.join("secret.key").display().to_string());
    stage.launch().await.stop().await;
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
