//! HTTP by hand: what Telegram, or somebody else, may put on the wire.

use std::{fmt::Write as _, net::SocketAddr, time::Duration};

use serde_json::Value;
use telegram_emulator::{Bot, Emulator};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Lower case names; without `date`, which differs from second to second.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection on which a test says what it likes, when it likes.
pub struct Wire(TcpStream);

impl Wire {
    pub async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    /// Sends these bytes; `false` when the other side is gone.
    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// The next answer.
    pub async fn answer(&mut self) -> Answer {
        let answer = tokio::time::timeout(Duration::from_secs(30), read_answer(&mut self.0));
        answer.await.expect("an answer in time")
    }

    /// Sends a byte every now and then until the other side has had enough; gives how long that was
    /// and what it said.
    pub async fn drip(mut self, byte: &[u8], pause: Duration) -> (Duration, String) {
        let began = std::time::Instant::now();
        let (mut said, mut piece) = (Vec::new(), [0; 1024]);
        while began.elapsed() < Duration::from_secs(60) {
            let _ = self.0.write_all(byte).await;
            match tokio::time::timeout(pause, self.0.read(&mut piece)).await {
                Ok(Ok(read)) if read > 0 => said.extend_from_slice(&piece[..read]),
                Ok(_) => break,
                Err(_) => {}
            }
        }
        (began.elapsed(), String::from_utf8_lossy(&said).into_owned())
    }
}

/// A request with a body, and its answer.
pub async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: relay.test\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    exchange(address, &[head.as_bytes(), body].concat()).await
}

/// Sends these bytes as they are and reads one answer. The sending side stays open.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // A refusal may come, and the connection end, while a big body is still on its way.
    let _ = stream.write_all(bytes).await;
    let answer = tokio::time::timeout(Duration::from_secs(30), read_answer(&mut stream));
    answer.await.expect("an answer in time")
}

async fn read_answer(stream: &mut TcpStream) -> Answer {
    let (mut got, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(answer) = parse(&got) {
            return answer;
        }
        let read = stream.read(&mut piece).await.unwrap_or(0);
        assert!(read > 0, "the connection ended in the middle: {}", String::from_utf8_lossy(&got));
        got.extend_from_slice(&piece[..read]);
    }
}

fn parse(got: &[u8]) -> Option<Answer> {
    let end = got.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&got[..end]).expect("a head");
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .filter(|(name, _)| name != "date")
        .collect();
    let answer = Answer { status, headers, body: got[end + 4..].to_vec() };
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    (answer.body.len() >= length).then_some(answer)
}

/// A Bot API call by somebody who has the token; gives status and answer.
pub async fn call(telegram: &Emulator, bot: &Bot, method: &str, parameters: Value) -> (u16, Value) {
    let address = telegram.api_url().trim_start_matches("http://").parse().expect("an address");
    let path = format!("/bot{}/{method}", bot.token);
    let json = [("content-type", "application/json")];
    let answer = request(address, "POST", &path, &json, parameters.to_string().as_bytes()).await;
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}
