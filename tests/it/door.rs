//! The listener under attack and at its end: what slow, greedy and many connections get, and what
//! Telegram still gets beside them.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use telegram_emulator::{Answer as Reaction, Bot, Fault};

use feedback_relay::{config::SecretKey, seal::Seal};

use crate::support::{
    Backend, Mode, Process, Stage,
    http::{Wire, request},
};

const SECRET: &str = "x-telegram-bot-api-secret-token";
const MEGABYTE: usize = 1 << 20;

/// The real binary, and what is needed to speak to it as Telegram does.
struct Door {
    stage: Stage,
    process: Process,
    address: SocketAddr,
    shop: Bot,
    secret: String,
}

impl Door {
    async fn open() -> Self {
        let mut stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
        stage.vary("OWNER_IDS", &stage.owner.id.to_string());
        let mut process = stage.launch().await;
        let address = process.ready().await;
        stage.telegram.start(&stage.owner, &stage.master, "").await;
        stage.owner_sees("/add attaches").await;
        let shop = stage.attach("shop_bot", "Shop").await;
        stage.telegram.quiet().await;
        let hook = stage.telegram.webhook_of(&shop).expect("a webhook");
        let secret = hook["secret_token"].as_str().expect("a secret").to_owned();
        Self { stage, process, address, shop, secret }
    }

    fn head(&self, more: &str) -> String {
        let (bot, secret) = (self.shop.id, &self.secret);
        format!(
            "POST /hooks/telegram/{bot} HTTP/1.1\r\nhost: relay.test\r\n{SECRET}: {secret}\r\n{more}\r\n"
        )
    }

    /// A request with a message of a customer of his own for each number.
    fn message(&self, number: usize) -> Vec<u8> {
        let person =
            json!({"id": 900_000 + number, "is_bot": false, "first_name": format!("P{number}")});
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let body = json!({"update_id": 5_000_000 + number, "message": {
            "message_id": 1, "date": now, "from": person, "text": format!("question {number}"),
            "chat": {"id": 900_000 + number, "type": "private", "first_name": "P"},
        }})
        .to_string();
        (self.head(&format!("content-length: {}\r\n", body.len())) + &body).into_bytes()
    }

    async fn post(&self, body: &[u8]) -> u16 {
        let path = format!("/hooks/telegram/{}", self.shop.id);
        request(self.address, "POST", &path, &[(SECRET, &self.secret)], body).await.status
    }
}

/// The many sockets of these tests pass the usual limit of open files.
fn allow_many_files() {
    rlimit::increase_nofile_limit(1 << 16).expect("more open files");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_slow_is_cut_off() {
    let door = Door::open().await;
    let second = Duration::from_secs(1);
    let begun = |bytes: String| async {
        let mut wire = Wire::open(door.address).await;
        assert!(wire.say(bytes).await);
        wire
    };
    let head = begun(door.head("").trim_end().to_owned()).await;
    let after_one = {
        let mut wire = begun("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".into()).await;
        assert_eq!(wire.answer().await.status, 200);
        wire
    };
    let body = begun(door.head("content-length: 1000000\r\n")).await;
    let chunks = begun(door.head("transfer-encoding: chunked\r\n")).await;
    let silent = begun(String::new()).await;
    let (head, after_one, body, chunks, silent) = tokio::join!(
        head.drip(b"x", second),
        after_one.drip(b"x", second),
        body.drip(b" ", second),
        chunks.drip(b"1\r\n \r\n", second),
        silent.drip(b"", second),
    );
    for (what, (took, said)) in [("head", head), ("second head", after_one), ("silence", silent)] {
        assert_eq!(said, "", "{what}");
        assert!((9..16).contains(&took.as_secs()), "{what}: {took:?}");
    }
    for (what, (took, said)) in [("body", body), ("chunks", chunks)] {
        assert!(said.starts_with("HTTP/1.1 408 "), "{what}: {said}");
        assert!(said.contains("connection: close"), "{what}: {said}");
        assert!((19..26).contains(&took.as_secs()), "{what}: {took:?}");
    }
    door.process.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_wanted_is_not_read() {
    let door = Door::open().await;
    let wrong = door.head("content-length: 900000\r\n").replace(&door.secret, "wrong");
    let long = door.head(&format!("content-length: {}\r\n", MEGABYTE + 1));
    let endless = door.head("transfer-encoding: chunked\r\n") + "200000\r\n";
    for (what, head, status) in [("secret", wrong, 401), ("length", long, 413)] {
        let mut wire = Wire::open(door.address).await;
        assert!(wire.say(head).await);
        let answer = wire.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (status, Some("close")), "{what}");
        let (took, _) = wire.drip(b"", Duration::from_secs(1)).await;
        assert!(took < Duration::from_secs(5), "{what}: it is closed, not drained");
    }
    let mut wire = Wire::open(door.address).await;
    assert!(wire.say(endless).await);
    let mut sent = 0;
    while sent < 64 * MEGABYTE && wire.say([b' '; 0x10000]).await {
        sent += 0x10000;
    }
    assert!(sent < 64 * MEGABYTE, "an endless body is not read to its end");
    let many = format!("GET /healthz HTTP/1.1\r\n{}", "a: b\r\n".repeat(10_000));
    let mut wire = Wire::open(door.address).await;
    wire.say(many).await;
    assert_eq!(wire.answer().await.status, 431);
    // One connection after the other request, as Telegram does it.
    let mut wire = Wire::open(door.address).await;
    for number in 0..3 {
        assert!(wire.say(door.message(number)).await);
        assert_eq!(wire.answer().await.status, 200);
    }
    door.process.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_take_little_memory() {
    let door = Door::open().await;
    assert_eq!(door.post(b"{}").await, 400);
    let before = door.process.peak_memory();
    let filled = |unit: &str| format!("[{}0]", unit.repeat((MEGABYTE - 8) / unit.len()));
    let text = json!({"update_id": 1, "poll": {"x": "a".repeat(MEGABYTE - 100)}}).to_string();
    let bombs = [
        (filled("[],"), 413),
        (filled("0,"), 413),
        (filled("{\"a\":0},"), 413),
        ("[".repeat(MEGABYTE), 413),
        (format!("{{\"update_id\":1,\"message\":{}", "[".repeat(200)), 400),
        (filled(r#""\ud83d\ude42","#), 413),
        (format!("[{}0]", "[],".repeat(25_000)), 400),
        (text, 200),
    ];
    for _ in 0..5 {
        let all = bombs.iter().map(|(body, wanted)| {
            let door = &door;
            async move { (door.post(body.as_bytes()).await, *wanted) }
        });
        for (status, wanted) in futures::future::join_all(all).await {
            assert_eq!(status, wanted);
        }
    }
    let most = door.process.peak_memory() - before;
    assert!(most < 48 << 20, "{most} bytes more than before");
    // Too many big ones at a time are asked to come again, with no harm done.
    let text = &bombs[7].0;
    let all = (0..80).map(|_| door.post(text.as_bytes()));
    let statuses = futures::future::join_all(all).await;
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
    let most = door.process.peak_memory() - before;
    assert!(most < 160 << 20, "{most} bytes more than before");
    assert_eq!(door.post(text.as_bytes()).await, 200);
    door.process.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_at_the_door_keeps_nobody_out() {
    allow_many_files();
    let door = Door::open().await;
    let before = door.process.peak_memory();
    let mut crowd = Vec::new();
    for number in 0..2_000 {
        let mut wire = Wire::open(door.address).await;
        if number % 2 == 0 {
            wire.say("POST /hooks/telegram/1 HTTP/1.1\r\nhost: x\r\nx-pad: ").await;
            wire.say([b'a'; 8_000]).await;
        }
        crowd.push(wire);
    }
    let began = Instant::now();
    let telegram = (0..300).map(|number| {
        let door = &door;
        async move {
            let mut wire = Wire::open(door.address).await;
            assert!(wire.say(door.message(number)).await);
            wire.answer().await.status
        }
    });
    let statuses = futures::future::join_all(telegram).await;
    assert_eq!(statuses, [200; 300], "after {:?}", began.elapsed());
    let grown = door.process.peak_memory() - before;
    assert!(grown < 96 << 20, "{grown} bytes more than before");
    for number in [0, 299] {
        door.stage.owner_sees(&format!("question {number}")).await;
    }
    drop(crowd);
    door.process.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_answered_at_the_end() {
    allow_many_files();
    let mut door = Door::open().await;
    let inbox = || Fault::on("sendMessage").chat(door.stage.owner.id);
    let (hangs, later) = (Reaction::Hang(Duration::from_secs(60)), 40);
    door.stage.telegram.fault(inbox().answer(hangs));
    door.stage
        .telegram
        .fault(inbox().always().answer(Reaction::TooManyRequests { retry_after: later }));
    let mut rested = Wire::open(door.address).await;
    assert!(rested.say("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await);
    assert_eq!(rested.answer().await.status, 200);
    let mut wires = Vec::new();
    for number in 0..200 {
        let mut wire = Wire::open(door.address).await;
        assert!(wire.say(door.message(number)).await);
        wires.push(wire);
    }
    door.stage
        .telegram
        .wait("a send that hangs", |view| {
            let ledger = view.ledger();
            ledger
                .iter()
                // Below its header; the master bot speaks of questions, too.
                .any(|call| {
                    call.params["text"].as_str().is_some_and(|text| text.contains("\nquestion "))
                })
                .then_some(())
        })
        .await;
    let began = Instant::now();
    door.process.terminate();
    let (rest, _) = rested.drip(b"", Duration::from_millis(100)).await;
    assert!(rest < Duration::from_secs(5), "an idle connection is closed at once");
    let answers = futures::future::join_all(wires.iter_mut().map(Wire::answer)).await;
    let answered = began.elapsed();
    let count = |wanted: u16| answers.iter().filter(|answer| answer.status == wanted).count();
    assert_eq!(count(200) + count(503), 200, "{:?}", answers.iter().find(|a| a.status / 100 != 2));
    assert!(count(503) > 150, "they waited for a limit: {}", count(503));
    assert!(answers.iter().all(|a| a.status == 200 || a.header("retry-after").is_some()));
    let finished = door.process.finished().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(began.elapsed() < Duration::from_secs(25), "{answered:?}, {:?}", began.elapsed());
    // What was asked to come again comes again, and only what hung may have been there before.
    door.stage.telegram.clear_faults();
    door.process = door.stage.launch().await;
    door.address = door.process.ready().await;
    let again = (0..200).map(|number| {
        let door = &door;
        async move {
            let mut wire = Wire::open(door.address).await;
            assert!(wire.say(door.message(number)).await);
            wire.answer().await.status
        }
    });
    assert_eq!(futures::future::join_all(again).await, [200; 200]);
    let times = |words| door.stage.times(&door.stage.owner, &door.stage.master, words);
    assert_eq!((times("question "), times("possibly a repeat")), (201, 1));
    door.process.stop().await;
}

/// Whoever answers at `PUBLIC_URL` can say 401; only who has the key can prove that he is this relay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_a_proof_gets_one_that_needs_the_key() {
    let door = Door::open().await;
    let path = format!("/hooks/telegram/{}", door.shop.id);
    let asks = async |secret: &str| {
        let answer = request(door.address, "POST", &path, &[(SECRET, secret)], b"{}").await;
        assert_eq!((answer.status, answer.body.len()), (401, 0));
        answer.header("x-feedback-relay-proof").map(str::to_owned)
    };
    let key = std::fs::read_to_string(door.stage.database.folder().join("secret.key")).unwrap();
    let seal = Seal::new(SecretKey::parse(&key).unwrap());
    assert_eq!(asks("check-0123").await, Some(seal.proof("0123")));
    assert_ne!(seal.proof("0123"), seal.proof("0124"));
    for nothing in ["", "0123", &format!("check-{}", "0".repeat(65))] {
        assert_eq!(asks(nothing).await, None);
    }
    door.process.stop().await;
}
