//! A file that another program holds, that can't grow, or that another relay uses.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, SqliteConnection};
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Process, Stage, http,
    oracle::{Cast, judge},
};

/// Another program writes for a while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_program_holds_the_lock() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "before").await;
    stage.settled().await;
    let mut other = SqliteConnection::connect(stage.database.url()).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let message = stage.telegram.send(&anna, &shop, draft::text("meanwhile")).await;
    let reply = stage.answer(&copy, draft::text("an answer meanwhile")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "meanwhile"), 0);
    other.execute("COMMIT").await.unwrap();
    stage.copy_of(&shop, &anna, message).await;
    stage.copy_of_reply(reply).await;
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(2, 1);
}

/// A statement that the database refuses for good fails alone, not those it shares a commit with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_statement_fails_alone() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let mut customers = Vec::new();
    for number in 0..6 {
        customers.push(stage.customer(&format!("Customer{number}"), &shop).await);
    }
    let mut other = SqliteConnection::connect(stage.database.url()).await.unwrap();
    let cursed = customers.pop().unwrap();
    for action in ["ABORT", "FAIL", "ROLLBACK"] {
        let trigger = format!(
            "CREATE TRIGGER cursed_{action} BEFORE INSERT ON message_references \
             WHEN NEW.source_chat = {} BEGIN SELECT RAISE({action}, 'cursed'); END",
            cursed.id
        );
        other.execute(sqlx::AssertSqlSafe(trigger)).await.unwrap();
        stage.telegram.send(&cursed, &shop, draft::text("cursed")).await;
        let mut sent = Vec::new();
        for customer in &customers {
            let message = stage.telegram.send(customer, &shop, draft::text(action)).await;
            sent.push((customer, message));
        }
        for (customer, message) in sent {
            stage.copy_of(&shop, customer, message).await;
        }
        let drop = format!("DROP TRIGGER cursed_{action}");
        other.execute(sqlx::AssertSqlSafe(drop)).await.unwrap();
    }
    stage.curtain().await;
    let people: Vec<&Person> = customers.iter().collect();
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &people };
    judge(&stage, &[cast]).await.flawless(15, 0);
}

/// A child whose files can be kept from growing.
struct Tight {
    stage: Stage,
    process: Process,
    shop: Bot,
    anna: Person,
    metrics: std::net::SocketAddr,
}

impl Tight {
    async fn set() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let metrics = free.local_addr().unwrap();
        drop(free);
        let extra = [("METRICS_ADDR", metrics.to_string())];
        let extra = extra.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &extra).await;
        stage.vary("OWNER_IDS", &stage.owner.id.to_string());
        let mut process = Process::start_limited(stage.database.folder(), &stage.variables());
        let address = process.ready().await;
        stage.telegram.route("https://relay.test", &format!("http://{address}"));
        stage.telegram.start(&stage.owner, &stage.master, "").await;
        stage.owner_sees("/add attaches").await;
        let shop = stage.attach("shop_bot", "Shop").await;
        let anna = stage.customer("Anna", &shop).await;
        stage.telegram.quiet().await;
        Self { stage, process, shop, anna, metrics }
    }

    async fn ready(&self) -> u16 {
        http::request(self.metrics, "GET", "/readyz", &[], b"").await.status
    }

    async fn ends(self, inbound: usize, outbound: usize) {
        self.stage.telegram.quiet().await;
        let finished = self.process.stop().await;
        let lines = finished.stderr.lines().filter(|line| line.contains("the database fails"));
        assert!(lines.count() <= 4, "{}", finished.stderr);
        let cast = Cast { owner: &self.stage.owner, bots: &[&self.shop], customers: &[&self.anna] };
        judge(&self.stage, &[cast]).await.flawless(inbound, outbound);
    }
}

/// No room: nothing is passed on, nothing is lost; with room again everything goes on by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_can_not_grow() {
    let tight = Tight::set().await;
    let stage = &tight.stage;
    let (_, copy) = stage.asks(&tight.anna, &tight.shop, "before").await;
    stage.settled().await;
    tight.process.limit_files(Some(4096));
    let mut sent = Vec::new();
    for number in 0..4 {
        let text = format!("no room {number}");
        sent.push(stage.telegram.send(&tight.anna, &tight.shop, draft::text(text)).await);
    }
    let reply = stage.answer(&copy, draft::text("no room either")).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "no room"), 0);
    assert_eq!(stage.times(&tight.anna, &tight.shop, "no room"), 0);
    assert_eq!(tight.ready().await, 503);
    tight.process.limit_files(None);
    for message in sent {
        stage.copy_of(&tight.shop, &tight.anna, message).await;
    }
    stage.copy_of_reply(reply).await;
    assert_eq!(tight.ready().await, 200);
    tight.ends(5, 1).await;
}

/// The room ends between send and final write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_can_not_grow_once_a_message_is_out() {
    let tight = Tight::set().await;
    let stage = &tight.stage;
    stage.asks(&tight.anna, &tight.shop, "before").await;
    stage.settled().await;
    let slow = Fault::on("sendMessage").chat(stage.owner.id);
    stage.telegram.fault(slow.answer(Answer::Hang(Duration::from_millis(500))));
    let message = stage.telegram.send(&tight.anna, &tight.shop, draft::text("is out")).await;
    stage.owner_sees("is out").await;
    tight.process.limit_files(Some(4096));
    tokio::time::sleep(Duration::from_secs(5)).await;
    tight.process.limit_files(None);
    stage.copy_of(&tight.shop, &tight.anna, message).await;
    tight.ends(2, 0).await;
}

/// Two relays on one file would repeat each other's messages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_relay_on_one_file() {
    let stage = Stage::dark(Backend::Sqlite, Mode::Polling, &[]).await;
    let first = stage.launch().await;
    let folder = stage.database.folder();
    let check = Process::start(folder, &["check"], &stage.variables()).finished().await;
    assert_eq!(check.code, Some(0), "{}{}", check.stdout, check.stderr);
    let refused = Process::start(folder, &[], &stage.variables()).finished().await;
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("DATABASE_URL: another process uses"), "{}", refused.stderr);

    // An update starts the new one first.
    let mut second = Process::start(folder, &[], &stage.variables());
    second
        .until("a line that says it waits", |process| {
            process.stderr().contains("another process uses the database").then_some(())
        })
        .await;
    first.stop().await;
    second.ready().await;
    second.kill();
    let began = Instant::now();
    stage.launch().await.stop().await;
    assert!(began.elapsed() < Duration::from_secs(10));
}
