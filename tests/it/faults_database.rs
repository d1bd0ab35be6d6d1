//! A server that refuses, is cut off, stalls or is slow, in the middle of the real thing.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, MySqlConnection};
use tcp_proxy::{Cut, Proxy};
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Process, Stage, http,
    oracle::{Cast, judge},
};

/// A relay whose connections to its server go through a proxy.
struct Scene {
    stage: Stage,
    proxy: Proxy,
    shop: Bot,
    anna: Person,
}

impl Scene {
    async fn set(mode: Mode) -> Self {
        Self::set_with(mode, &[]).await
    }

    async fn set_with(mode: Mode, extra: &[(&str, &str)]) -> Self {
        let mut stage = Stage::dark(Backend::MySql, mode, extra).await;
        let proxy = stage.proxy_the_database().await;
        stage.vary("OWNER_IDS", &stage.owner.id.to_string());
        stage.start().await;
        stage.telegram.start(&stage.owner, &stage.master, "").await;
        stage.owner_sees("/add attaches").await;
        let shop = stage.attach("shop_bot", "Shop").await;
        let anna = stage.customer("Anna", &shop).await;
        stage.telegram.quiet().await;
        Self { stage, proxy, shop, anna }
    }

    async fn writes(&self, text: &str) -> i64 {
        self.stage.telegram.send(&self.anna, &self.shop, draft::text(text)).await
    }

    async fn arrives(&self, message: i64) -> serde_json::Value {
        self.stage.copy_of(&self.shop, &self.anna, message).await
    }

    /// Nothing was lost, repeated or called a repeat.
    async fn ends(mut self, inbound: usize, outbound: usize) {
        self.stage.curtain().await;
        let bots = [&self.shop];
        let cast = Cast { owner: &self.stage.owner, bots: &bots, customers: &[&self.anna] };
        judge(&self.stage, &[cast]).await.flawless(inbound, outbound);
    }

    /// Waits until all cuts have been made.
    async fn is_cut(&self) {
        let began = Instant::now();
        while self.proxy.cuts_waiting() > 0 {
            assert!(began.elapsed() < Duration::from_secs(20), "nothing was cut");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn goes_down_for(&self, time: Duration) {
        self.proxy.refuse();
        self.proxy.cut_all();
        tokio::time::sleep(time).await;
        self.proxy.pass();
    }
}

/// Longer than a statement is tried again by itself.
const OUTAGE: Duration = Duration::from_millis(2500);

async fn a_server_that_is_down_for_a_while(mode: Mode) {
    let scene = Scene::set_with(mode, &[("METRICS_ADDR", "127.0.0.1:0")]).await;
    let stage = &scene.stage;
    let (_, copy) = stage.asks(&scene.anna, &scene.shop, "before").await;
    let metrics = stage.running().metrics_address.unwrap();
    let ready = async || http::request(metrics, "GET", "/readyz", &[], b"").await.status;
    assert_eq!(ready().await, 200);
    scene.proxy.refuse();
    scene.proxy.cut_all();
    let mut waiting = Vec::new();
    for number in 0..5 {
        waiting.push(scene.writes(&format!("meanwhile {number}")).await);
    }
    let reply = stage.answer(&copy, draft::text("an answer meanwhile")).await;
    tokio::time::sleep(OUTAGE).await;
    assert_eq!(ready().await, 503);
    scene.proxy.pass();
    for message in waiting {
        scene.arrives(message).await;
    }
    stage.copy_of_reply(reply).await;
    assert_eq!(ready().await, 200);
    let text = http::request(metrics, "GET", "/metrics", &[], b"").await.text();
    assert!(text.contains("feedback_relay_store_up 1"), "{text}");
    assert!(!text.contains("feedback_relay_store_faults_total 0"), "{text}");
    scene.ends(6, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_for_a_while_polling() {
    a_server_that_is_down_for_a_while(Mode::Polling).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_for_a_while_webhook() {
    a_server_that_is_down_for_a_while(Mode::Webhook).await;
}

/// A restart leaves a pool full of dead connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_connections_cost_nobody_an_update() {
    let scene = Scene::set(Mode::Webhook).await;
    let stage = &scene.stage;
    let mut customers = Vec::new();
    for number in 0..8 {
        customers.push(stage.customer(&format!("Customer{number}"), &scene.shop).await);
    }
    let mut total = 0;
    for round in 0..3 {
        let mut sent = Vec::new();
        for customer in &customers {
            let text = format!("round {round}");
            let message = stage.telegram.send(customer, &scene.shop, draft::text(&text)).await;
            sent.push((customer, message));
        }
        total += sent.len();
        for (customer, message) in sent {
            stage.copy_of(&scene.shop, customer, message).await;
        }
        stage.telegram.quiet().await;
        scene.proxy.cut_all();
    }
    let failed: Vec<_> = stage
        .telegram
        .deliveries()
        .into_iter()
        .filter(|delivery| delivery.status.is_some_and(|status| status != 200))
        .collect();
    assert_eq!(failed.len(), 0, "{failed:?}");
    let people: Vec<&Person> = customers.iter().collect();
    let cast = Cast { owner: &stage.owner, bots: &[&scene.shop], customers: &people };
    judge(stage, &[cast]).await.flawless(total, 0);
}

/// The connection is cut at every request of one message, before and after its execution: what was
/// sent is known each time, so that nothing is lost, repeated, or called a repeat.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_at_any_statement_of_a_message() {
    let scene = Scene::set(Mode::Webhook).await;
    let stage = &scene.stage;
    let (_, copy) = stage.asks(&scene.anna, &scene.shop, "first").await;
    let (mut inbound, mut outbound) = (1, 0);
    for nth in 1..=10 {
        for cut in [Cut::at_any().nth(nth), Cut::at_any().nth(nth).after_execution()] {
            scene.proxy.cut(cut.clone());
            let message = scene.writes(&format!("cut at {nth}")).await;
            scene.arrives(message).await;
            scene.proxy.cut(cut);
            let reply = stage.answer(&copy, draft::text(format!("answer cut at {nth}"))).await;
            stage.copy_of_reply(reply).await;
            inbound += 1;
            outbound += 1;
        }
    }
    scene.ends(inbound, outbound).await;
}

/// Cut exactly at the statement before the send or after it, and the server stays away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_at_a_commit_with_an_outage_after_it() {
    let scene = Scene::set(Mode::Webhook).await;
    let stage = &scene.stage;
    let (_, copy) = stage.asks(&scene.anna, &scene.shop, "first").await;
    let mut told = 0;
    for statement in ["INSERT INTO message_references", "UPDATE message_references SET state"] {
        for cut in [Cut::at(statement), Cut::at(statement).after_execution()] {
            stage.telegram.quiet().await;
            scene.proxy.cut(cut.clone());
            let message = scene.writes(&format!("{statement} {told}")).await;
            scene.is_cut().await;
            scene.goes_down_for(OUTAGE).await;
            scene.arrives(message).await;
            stage.telegram.quiet().await;
            scene.proxy.cut(cut);
            let reply = stage.answer(&copy, draft::text(format!("{statement} {told}"))).await;
            scene.is_cut().await;
            scene.goes_down_for(OUTAGE).await;
            stage.copy_of_reply(reply).await;
            told += 1;
        }
    }
    scene.ends(1 + told, told).await;
}

/// The server goes away while a message is on its way to Telegram, for longer than Telegram waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_between_send_and_final_write() {
    let scene = Scene::set(Mode::Webhook).await;
    let stage = &scene.stage;
    stage.asks(&scene.anna, &scene.shop, "first").await;
    let slow = Fault::on("sendMessage").chat(stage.owner.id);
    stage.telegram.fault(slow.answer(Answer::Hang(Duration::from_millis(500))));
    let message = scene.writes("on its way").await;
    stage.owner_sees("on its way").await;
    // Telegram gives a request up after three seconds of its time here, and delivers again.
    scene.goes_down_for(Duration::from_secs(8)).await;
    scene.arrives(message).await;
    let next = scene.writes("and the next").await;
    scene.arrives(next).await;
    scene.ends(3, 0).await;
}

/// One of two processes loses the database in the middle of a delivery. It lives on, so that nobody
/// may take from it what it holds: it lets go of it, although no update comes to it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_broke_off_another_one_goes_on_with() {
    let mut scene = Scene::set(Mode::Webhook).await;
    let direct = scene.stage.database.url().to_owned();
    scene.stage.vary("DATABASE_URL", &direct);
    scene.stage.joins().await;
    let stage = &scene.stage;
    let (_, copy) = stage.asks(&scene.anna, &scene.shop, "first").await;
    let insert = "INSERT INTO message_references";
    for (number, statement) in [insert, insert, "INSERT INTO leases"].into_iter().enumerate() {
        stage.goes_to(0);
        scene.proxy.cut(Cut::at(statement).after_execution());
        let message = match number {
            0 => scene.writes("broken off").await,
            1 => stage.answer(&copy, draft::text("an answer broken off")).await,
            _ => stage.telegram.send(&stage.owner, &stage.master, draft::text("/bots")).await,
        };
        scene.is_cut().await;
        scene.proxy.refuse();
        scene.proxy.cut_all();
        // From now on the other one gets it, and by the end of the outage the first has given up.
        stage.goes_to(1);
        tokio::time::sleep(OUTAGE * 2).await;
        scene.proxy.pass();
        match number {
            0 => drop(scene.arrives(message).await),
            1 => drop(stage.copy_of_reply(message).await),
            _ => drop(stage.owner_sees("@shop_bot").await),
        }
    }
    scene.ends(2, 1).await;
}

/// Albums are written item by item and recorded at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn albums_survive_cuts_and_outages() {
    let scene = Scene::set(Mode::Webhook).await;
    let stage = &scene.stage;
    stage.asks(&scene.anna, &scene.shop, "first").await;
    let statements = [
        "INSERT INTO parked",
        "INSERT INTO message_references",
        "UPDATE message_references SET state",
        "DELETE FROM parked",
    ];
    let mut sent = 0;
    for (number, statement) in statements.into_iter().enumerate() {
        for cut in [Cut::at(statement).nth(2), Cut::at(statement).after_execution()] {
            scene.proxy.cut(cut);
            let group = format!("album {sent}");
            for item in 0..2_u64 {
                let seed = 10 * (sent as u64) + item;
                let photo =
                    draft::photo(crate::support::talk::bytes(seed, 2000)).media_group_id(&group);
                stage.telegram.send(&scene.anna, &scene.shop, photo).await;
            }
            sent += 2;
            if number == 1 {
                tokio::time::sleep(Duration::from_millis(1500)).await;
                scene.goes_down_for(OUTAGE).await;
            }
            stage.nothing_waits().await;
        }
    }
    scene.ends(1 + sent, 0).await;
}

/// Every answer takes long: slow, but everything arrives, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server() {
    let scene = Scene::set(Mode::Webhook).await;
    let stage = &scene.stage;
    let (_, copy) = stage.asks(&scene.anna, &scene.shop, "first").await;
    scene.proxy.delay_answers(Duration::from_millis(400));
    let began = Instant::now();
    let mut sent = Vec::new();
    for number in 0..3 {
        sent.push(scene.writes(&format!("slowly {number}")).await);
    }
    let reply = stage.answer(&copy, draft::text("slowly, too")).await;
    for message in sent {
        scene.arrives(message).await;
    }
    stage.copy_of_reply(reply).await;
    assert!(began.elapsed() > Duration::from_secs(1));
    scene.proxy.delay_answers(Duration::ZERO);
    scene.ends(4, 1).await;
}

/// A network without a farewell: what hangs is given up, and not used again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_network() {
    let scene = Scene::set(Mode::Webhook).await;
    scene.stage.asks(&scene.anna, &scene.shop, "first").await;
    scene.proxy.stall();
    let message = scene.writes("into the void").await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    scene.proxy.cut_all();
    scene.proxy.pass();
    scene.arrives(message).await;
    scene.ends(2, 0).await;
}

/// Somebody holds the table; somebody's deadlock costs us the statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_and_deadlocks() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let mut other = MySqlConnection::connect(stage.database.url()).await.unwrap();
    other.execute("LOCK TABLES message_references WRITE").await.unwrap();
    let held = stage.telegram.send(&anna, &shop, draft::text("held up")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    other.execute("UNLOCK TABLES").await.unwrap();
    stage.copy_of(&shop, &anna, held).await;

    // Every other statement on the references loses a deadlock; the count survives its undoing.
    other.execute("CREATE TABLE losses (lost INT) ENGINE = MyISAM").await.unwrap();
    other.execute("INSERT INTO losses VALUES (0)").await.unwrap();
    for (name, event) in [("inserted", "INSERT"), ("updated", "UPDATE")] {
        let trigger = format!(
            "CREATE TRIGGER {name} BEFORE {event} ON message_references FOR EACH ROW BEGIN \
             UPDATE losses SET lost = lost + 1; \
             IF (SELECT lost % 2 FROM losses) = 1 THEN \
             SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213; END IF; END"
        );
        other.execute(sqlx::AssertSqlSafe(trigger)).await.unwrap();
    }
    for number in 0..5 {
        let text = format!("after a deadlock {number}");
        let message = stage.telegram.send(&anna, &shop, draft::text(&text)).await;
        let copy = stage.copy_of(&shop, &anna, message).await;
        let reply = stage.answer(&copy, draft::text("and back")).await;
        stage.copy_of_reply(reply).await;
    }
    stage.curtain().await;
    let (lost,): (i32,) =
        sqlx::query_as("SELECT lost FROM losses").fetch_one(&mut other).await.unwrap();
    assert!(lost >= 20, "{lost}");
    let failed = stage.telegram.deliveries();
    let failed = failed.iter().filter(|delivery| delivery.status.is_some_and(|s| s != 200)).count();
    assert_eq!(failed, 0);
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(6, 5);
}

/// A start waits for its server as long as it takes, and says so; a stop ends the waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_waits_for_its_server() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let proxy = stage.proxy_the_database().await;
    proxy.refuse();
    let waits =
        |process: &Process| process.stderr().contains("waiting for the database").then_some(());
    let mut stopped = Process::start(stage.database.folder(), &[], &stage.variables());
    stopped.until("a line that says so", waits).await;
    let began = Instant::now();
    let finished = stopped.stop().await;
    assert!(began.elapsed() < Duration::from_secs(3));
    assert!(!stage.database.folder().join("secret.key").exists());
    assert_eq!(finished.stderr.matches("waiting for the database").count(), 1);

    let mut process = Process::start(stage.database.folder(), &[], &stage.variables());
    process.until("a line that says so", waits).await;
    assert!(stage.telegram.ledger().is_empty(), "nothing is asked of Telegram before it is ready");
    proxy.pass();
    process.ready().await;
    process.stop().await;
}

/// A server whose machine is there but not the server, and one that is nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_waits_where_nothing_listens_and_never_says_a_password() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    for host in ["127.0.0.1:9", "nowhere.invalid:3306"] {
        stage.vary("DATABASE_URL", &format!("mysql://relay:hunter2@{host}/relay"));
        let mut process = Process::start(stage.database.folder(), &[], &stage.variables());
        process
            .until("a line that says so", |process| {
                process.stderr().contains("waiting for the database").then_some(())
            })
            .await;
        let finished = process.stop().await;
        assert!(!finished.stderr.contains("hunter2"), "{}", finished.stderr);
    }
}

/// A stop while the server is away ends in time, and what was under way comes again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_during_an_outage_ends_in_time() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let proxy = stage.proxy_the_database().await;
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    proxy.stall();
    let message = stage.telegram.send(&anna, &shop, draft::text("at the end")).await;
    let began = Instant::now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    process.stop().await;
    assert!(began.elapsed() < Duration::from_secs(28), "{:?}", began.elapsed());
    proxy.cut_all();
    proxy.pass();
    let process = stage.launch().await;
    stage.copy_of(&shop, &anna, message).await;
    stage.telegram.quiet().await;
    process.stop().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(1, 0);
}
