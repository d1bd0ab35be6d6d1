//! The proxy in front of a server that says back what it hears, in capitals, and remembers what it heard.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tcp_proxy::{Cut, Proxy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for bytes that were let through to arrive.
const A_WHILE: Duration = Duration::from_millis(100);

type Heard = Arc<Mutex<Vec<String>>>;

async fn echo() -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let heard = Arc::clone(&all);
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                    let words = String::from_utf8_lossy(&buffer[..length]).into_owned();
                    let answer = words.to_uppercase();
                    heard.lock().unwrap().push(words);
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, heard)
}

async fn start() -> (Proxy, Heard) {
    let (upstream, heard) = echo().await;
    (Proxy::start(upstream).await.unwrap(), heard)
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

/// The answer, or `None` if the connection ended instead.
async fn ask(stream: &mut TcpStream, words: &str) -> Option<String> {
    stream.write_all(words.as_bytes()).await.ok()?;
    answer(stream).await
}

async fn answer(stream: &mut TcpStream) -> Option<String> {
    let mut buffer = [0; 1024];
    match timeout(PATIENCE, stream.read(&mut buffer)).await.expect("an answer or an end") {
        Ok(length @ 1..) => Some(String::from_utf8_lossy(&buffer[..length]).into_owned()),
        _ => None,
    }
}

#[tokio::test]
async fn bytes_pass_both_ways() {
    let (proxy, _) = start().await;
    let (mut one, mut two) = (connect(&proxy).await, connect(&proxy).await);
    assert_eq!(ask(&mut one, "hello").await.as_deref(), Some("HELLO"));
    assert_eq!(ask(&mut two, "you").await.as_deref(), Some("YOU"));
    assert_eq!((proxy.requests(), proxy.connections()), (2, 2));
}

#[tokio::test]
async fn refusing_leaves_the_connections_there_are() {
    let (proxy, _) = start().await;
    let mut old = connect(&proxy).await;
    assert!(ask(&mut old, "a").await.is_some());
    proxy.refuse();
    let refused = TcpStream::connect(proxy.address()).await;
    if let Ok(mut refused) = refused {
        assert_eq!(ask(&mut refused, "b").await, None);
    }
    assert_eq!(ask(&mut old, "c").await.as_deref(), Some("C"));
    proxy.pass();
    assert!(ask(&mut connect(&proxy).await, "d").await.is_some());
}

#[tokio::test]
async fn all_connections_are_cut_at_once_and_new_ones_work() {
    let (proxy, _) = start().await;
    let (mut one, mut two) = (connect(&proxy).await, connect(&proxy).await);
    assert!(ask(&mut one, "a").await.is_some() && ask(&mut two, "b").await.is_some());
    proxy.cut_all();
    assert_eq!((answer(&mut one).await, answer(&mut two).await), (None, None));
    assert!(ask(&mut connect(&proxy).await, "c").await.is_some());
}

#[tokio::test]
async fn a_stalled_connection_goes_on_later() {
    let (proxy, heard) = start().await;
    let mut stream = connect(&proxy).await;
    assert!(ask(&mut stream, "a").await.is_some());
    proxy.stall();
    let mut fresh = connect(&proxy).await;
    stream.write_all(b"b").await.unwrap();
    fresh.write_all(b"c").await.unwrap();
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(*heard.lock().unwrap(), ["a"]);
    proxy.pass();
    assert_eq!(answer(&mut stream).await.as_deref(), Some("B"));
    assert_eq!(answer(&mut fresh).await.as_deref(), Some("C"));
}

#[tokio::test]
async fn answers_are_delayed_and_requests_are_not() {
    let (proxy, heard) = start().await;
    let delay = Duration::from_millis(300);
    proxy.delay_answers(delay);
    let mut stream = connect(&proxy).await;
    let began = Instant::now();
    assert!(ask(&mut stream, "a").await.is_some());
    assert!(began.elapsed() >= delay);
    proxy.delay_answers(Duration::from_secs(3600));
    stream.write_all(b"b").await.unwrap();
    let was_heard = async {
        while heard.lock().unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, was_heard).await.expect("the request passes");
}

#[tokio::test]
async fn a_request_cut_before_its_execution_is_never_heard() {
    let (proxy, heard) = start().await;
    proxy.cut(Cut::at("insert").nth(2));
    let mut stream = connect(&proxy).await;
    assert!(ask(&mut stream, "insert 1").await.is_some());
    assert!(ask(&mut stream, "select").await.is_some());
    assert_eq!(proxy.cuts_waiting(), 1);
    assert_eq!(ask(&mut stream, "insert 2").await, None);
    assert_eq!(proxy.cuts_waiting(), 0);
    assert!(ask(&mut connect(&proxy).await, "insert 3").await.is_some());
    assert_eq!(*heard.lock().unwrap(), ["insert 1", "select", "insert 3"]);
}

#[tokio::test]
async fn a_request_cut_after_its_execution_is_heard_and_not_answered() {
    let (proxy, heard) = start().await;
    proxy.cut(Cut::at("commit").after_execution());
    let mut other = connect(&proxy).await;
    let mut stream = connect(&proxy).await;
    assert_eq!(ask(&mut stream, "commit").await, None);
    assert_eq!(*heard.lock().unwrap(), ["commit"]);
    assert!(ask(&mut other, "commit").await.is_some(), "only its own connection is cut");
    proxy.cut(Cut::at_any());
    proxy.forget_cuts();
    assert!(ask(&mut other, "anything").await.is_some(), "the cut is forgotten");
}

#[tokio::test]
async fn dropping_the_proxy_ends_everything() {
    let (proxy, _) = start().await;
    let mut stream = connect(&proxy).await;
    assert!(ask(&mut stream, "a").await.is_some());
    let address = proxy.address();
    drop(proxy);
    assert_eq!(answer(&mut stream).await, None);
    let gone = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(PATIENCE, gone).await.expect("nobody listens");
}
