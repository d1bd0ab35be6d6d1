//! What the libraries beneath us print when everything is logged, seen from outside the process.

#![allow(clippy::expect_used, reason = "a test stops where its stage cannot be set")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::thread;

use feedback_relay::config::{LogFilter, LogFormat};

const CHILD: &str = "LOGS_EVERYTHING";
const SECRETS: [&str; 3] =
    ["AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0", "the-body-of-a-request", "a-bound-value"];

/// Logging is the process's, so the test runs itself again as a child and reads what that one prints.
#[test]
fn not_even_at_trace_does_a_library_print_tokens_bodies_or_bound_values() {
    if std::env::var_os(CHILD).is_some() {
        log_everything();
        return;
    }
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["telemetry::not_even_at_trace", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("a child");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    // Both libraries spoke, so the silence about secrets means something.
    assert!(log.contains("reqwest::"), "{log}");
    assert!(log.contains("sqlx::query"), "{log}");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{log}");
    }
}

fn log_everything() {
    let filter = "trace,reqwest::connect=info,reqwest::connect::verbose=trace,reqwest=trace";
    let filter = LogFilter::parse(filter).expect("a filter");
    feedback_relay::telemetry::init(&filter, LogFormat::Text).expect("logging begins");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        call_telegram(answer_once()).await;
        use_database().await;
    });
}

/// A server that answers one request.
fn answer_once() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    });
    address
}

async fn call_telegram(address: SocketAddr) {
    let client = reqwest::Client::builder().connection_verbose(true).no_proxy().build();
    let answer = client
        .expect("a client")
        .post(format!("http://{address}/bot1234567890:{}/sendMessage", SECRETS[0]))
        .body(SECRETS[1])
        .send()
        .await;
    answer.expect("an answer");
}

#[allow(
    clippy::disallowed_methods,
    reason = "no store is wanted here, only the library beneath it"
)]
async fn use_database() {
    let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.expect("a database");
    let statement = sqlx::query("select ?").bind(SECRETS[2]);
    statement.fetch_one(&pool).await.expect("a row");
    pool.close().await;
}
