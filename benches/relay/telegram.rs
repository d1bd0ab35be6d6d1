//! A Bot API without delay: each call is answered at once, with a growing message id.
//!
//! Written on sockets, because whatever it costs is taken from the programs it measures on the same
//! processor cores. It knows no rule of Telegram; the emulator under `tests/` does.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Barrier,
};

use crate::updates;

/// Marks remembered at a time; a phase has no more messages.
pub(crate) const REMEMBERED: usize = 1 << 20;

/// The server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Telegram {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    began: Instant,
    next_message: AtomicI64,
    next_mark: AtomicUsize,
    /// When the message with a mark was sent to us, in nanoseconds since `began`.
    arrivals: Vec<AtomicU64>,
    /// The id it got.
    copies: Vec<AtomicI64>,
    calls: AtomicU64,
    secrets: Mutex<HashMap<String, Hook>>,
    /// Where files that are read stop half-way until so many are.
    gate: Mutex<Option<Arc<Barrier>>>,
}

#[derive(Clone, Default)]
struct Hook {
    url: String,
    secret: String,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    chat_id: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    entities: Option<&'a RawValue>,
    #[serde(default)]
    url: String,
    #[serde(default)]
    secret_token: String,
}

impl Telegram {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let inner = Inner {
            began: Instant::now(),
            next_message: AtomicI64::new(1),
            next_mark: AtomicUsize::new(0),
            arrivals: (0..REMEMBERED).map(|_| AtomicU64::new(0)).collect(),
            copies: (0..REMEMBERED).map(|_| AtomicI64::new(0)).collect(),
            calls: AtomicU64::new(0),
            secrets: Mutex::default(),
            gate: Mutex::default(),
        };
        let telegram = Self { address: listener.local_addr()?, inner: Arc::new(inner) };
        let serving = telegram.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move {
                    if let Err(error) = serving.serve(stream).await {
                        eprintln!("telegram: {error:#}");
                    }
                });
            }
        });
        Ok(telegram)
    }

    /// The secret a bot's webhook was set with.
    pub(crate) fn secret(&self, token: &str) -> Option<String> {
        let secrets = self.inner.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.get(token).map(|hook| hook.secret.clone())
    }

    /// Numbers for `count` updates.
    pub(crate) fn marks(&self, count: usize) -> std::ops::Range<usize> {
        let first = self.inner.next_mark.fetch_add(count, Relaxed);
        for mark in first..first + count {
            self.inner.arrivals[mark % REMEMBERED].store(0, Relaxed);
        }
        first..first + count
    }

    pub(crate) fn nanos(&self, instant: Instant) -> u64 {
        u64::try_from(instant.duration_since(self.inner.began).as_nanos()).unwrap_or(u64::MAX)
    }

    /// When the message with this mark came, in nanoseconds as [`Telegram::nanos`] counts them.
    pub(crate) fn arrival(&self, mark: usize) -> Option<u64> {
        let nanos = self.inner.arrivals[mark % REMEMBERED].load(Relaxed);
        (nanos > 0).then_some(nanos)
    }

    /// The id of the copy of the message with this mark.
    pub(crate) fn copy(&self, mark: usize) -> i64 {
        self.inner.copies[mark % REMEMBERED].load(Relaxed)
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        self.inner.calls.load(Relaxed)
    }

    /// From now on so many files are read at the same time.
    pub(crate) fn expect_files(&self, count: usize) {
        let mut gate = self.inner.gate.lock().unwrap_or_else(PoisonError::into_inner);
        *gate = Some(Arc::new(Barrier::new(count)));
    }

    async fn read_file(&self, stream: &mut TcpStream) -> Result<()> {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", updates::FILE_SIZE);
        stream.write_all(head.as_bytes()).await?;
        let half = vec![0; updates::FILE_SIZE / 2];
        stream.write_all(&half).await?;
        let gate = self.inner.gate.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(gate) = gate {
            tokio::time::timeout(Duration::from_secs(20), gate.wait())
                .await
                .context("files are not read at the same time")?;
        }
        Ok(stream.write_all(&half).await?)
    }

    async fn serve(&self, mut stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::with_capacity(16 << 10);
        loop {
            let Some((head, length)) = request(&mut stream, &mut buffer).await? else {
                return Ok(());
            };
            if buffer.starts_with(b"GET /file/") {
                buffer.drain(..head + length);
                self.read_file(&mut stream).await?;
                continue;
            }
            let answer = self.answer(&buffer[..head], &buffer[head..head + length])?;
            buffer.drain(..head + length);
            let response = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            );
            stream.write_all(response.as_bytes()).await?;
        }
    }

    fn answer(&self, head: &[u8], body: &[u8]) -> Result<String> {
        let head = std::str::from_utf8(head)?;
        let path = head.split(' ').nth(1).unwrap_or_default();
        let called = path.strip_prefix("/bot").and_then(|path| path.split_once('/'));
        let (token, method) = called.context("a path that is no call")?;
        // A form, which nobody here needs to read.
        let body = if method.eq_ignore_ascii_case("senddocument") { b"" } else { body };
        let call: Call<'_> = serde_json::from_slice(if body.is_empty() { b"{}" } else { body })?;
        // Now and then the relay looks after its webhooks, which belongs to no message.
        let is_upkeep = method.eq_ignore_ascii_case("getwebhookinfo");
        self.inner.calls.fetch_add(u64::from(!is_upkeep), Relaxed);
        // Telegram does not look at the case of a method's name.
        Ok(match method.to_ascii_lowercase().as_str() {
            "sendmessage" => self.message(&call, true)?,
            "editmessagetext" => self.message(&call, false)?,
            "getme" => {
                let id = token.split(':').next().unwrap_or_default();
                format!(
                    r#"{{"ok":true,"result":{{"id":{id},"is_bot":true,"first_name":"Bot {id}","username":"b{id}_bot"}}}}"#
                )
            }
            "getwebhookinfo" => {
                let hooks = self.inner.secrets.lock().unwrap_or_else(PoisonError::into_inner);
                let url = hooks.get(token).cloned().unwrap_or_default().url;
                format!(
                    r#"{{"ok":true,"result":{{"url":"{url}","has_custom_certificate":false,"pending_update_count":0}}}}"#
                )
            }
            "setwebhook" => {
                let hook = Hook { url: call.url, secret: call.secret_token };
                let mut hooks = self.inner.secrets.lock().unwrap_or_else(PoisonError::into_inner);
                hooks.insert(token.to_owned(), hook);
                TRUE.to_owned()
            }
            "setmycommands" | "setmessagereaction" | "deletemessage" | "editmessagereplymarkup" => {
                TRUE.to_owned()
            }
            "getfile" => r#"{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_path":"documents/f.bin"}}"#.to_owned(),
            "senddocument" => {
                let id = self.inner.next_message.fetch_add(1, Relaxed);
                format!(
                    r#"{{"ok":true,"result":{{"message_id":{id},"chat":{{"id":1,"type":"private"}},"date":1770000000,"document":{{"file_id":"d{id}","file_unique_id":"u{id}"}}}}}}"#
                )
            }
            method => bail!("nobody told me about {method}"),
        })
    }

    fn message(&self, call: &Call<'_>, new: bool) -> Result<String> {
        let id = self.inner.next_message.fetch_add(1, Relaxed);
        let text = call.text.context("no text")?.get();
        if let Some(mark) = new.then(|| updates::mark_in(text)).flatten() {
            let slot = mark % REMEMBERED;
            self.inner.copies[slot].store(id, Relaxed);
            let before = self.inner.arrivals[slot].swap(self.nanos(Instant::now()), Relaxed);
            if before != 0 {
                bail!("the message with mark {mark} was sent twice");
            }
        }
        let chat = call.chat_id.context("no chat_id")?.get();
        let entities = call.entities.map_or("[]", RawValue::get);
        Ok(format!(
            r#"{{"ok":true,"result":{{"message_id":{id},"from":{{"id":{master},"is_bot":true,"first_name":"Master","username":"master_bot"}},"chat":{{"id":{chat},"first_name":"Olga","username":"olga","type":"private"}},"date":1770000000,"text":{text},"entities":{entities}}}}}"#,
            master = updates::MASTER,
        ))
    }
}

const TRUE: &str = r#"{"ok":true,"result":true}"#;

/// Reads until the buffer begins with a whole message; gives the lengths of its head and body.
/// `None` when the peer ended the connection between two messages.
pub(crate) async fn request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> Result<Option<(usize, usize)>> {
    loop {
        if let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = head + 4;
            let length = content_length(&buffer[..head]);
            while buffer.len() < head + length {
                if stream.read_buf(buffer).await? == 0 {
                    bail!("a connection ended within a message");
                }
            }
            return Ok(Some((head, length)));
        }
        match stream.read_buf(buffer).await {
            // A killed program's connections end with an error.
            Ok(0) | Err(_) if buffer.is_empty() => return Ok(None),
            Ok(0) => bail!("a connection ended within a message"),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let lines = std::str::from_utf8(head).unwrap_or_default().lines();
    let mut fields = lines.filter_map(|line| line.split_once(':'));
    let field = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    field.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0)
}
