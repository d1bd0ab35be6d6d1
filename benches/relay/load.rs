//! Updates posted over kept-alive connections: as many as go, or at a pace.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinSet};

use crate::{
    telegram::{Telegram, request},
    updates,
};

/// One update ready to be posted.
pub(crate) struct Post {
    pub(crate) mark: usize,
    pub(crate) bot: i64,
    pub(crate) secret: String,
    pub(crate) body: String,
}

/// When an update was posted, was sent on, and was acknowledged: nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage {
    pub(crate) to_send: u64,
    pub(crate) to_ack: u64,
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 10) })
    }

    async fn post(&mut self, post: &Post) -> Result<()> {
        let request_text = format!(
            "POST {prefix}/telegram/{bot} HTTP/1.1\r\nhost: relay.bench\r\ncontent-type: application/json\r\nx-telegram-bot-api-secret-token: {secret}\r\ncontent-length: {length}\r\n\r\n{body}",
            prefix = updates::PREFIX,
            bot = post.bot,
            secret = post.secret,
            length = post.body.len(),
            body = post.body,
        );
        self.stream.write_all(request_text.as_bytes()).await?;
        let answer = request(&mut self.stream, &mut self.buffer).await?;
        let (head, length) = answer.context("the program hung up")?;
        let status = self.buffer.get(9..12).unwrap_or_default().to_vec();
        self.buffer.drain(..head + length);
        ensure!(status == b"200", "an update was answered {}", String::from_utf8_lossy(&status));
        Ok(())
    }
}

/// Posts everything as fast as `concurrency` connections go; a lane's updates go one at a time over
/// one connection. Gives the time it took.
pub(crate) async fn flood(
    address: SocketAddr,
    posts: Vec<Post>,
    concurrency: usize,
) -> Result<Duration> {
    let posts = Arc::new(posts);
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = Vec::new();
    for _ in 0..concurrency {
        connections.push(Connection::open(address).await?);
    }
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for mut connection in connections {
        let (posts, next) = (Arc::clone(&posts), Arc::clone(&next));
        workers.spawn(async move {
            while let Some(post) = posts.get(next.fetch_add(1, Relaxed)) {
                connection.post(post).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(began.elapsed())
}

/// Posts `a_second` updates a second, whether or not the earlier ones are through, and times each
/// one. An update that had to wait for a free connection is timed from when it was due.
pub(crate) async fn paced(
    telegram: &Telegram,
    address: SocketAddr,
    posts: Vec<Post>,
    a_second: usize,
) -> Result<Vec<Passage>> {
    const CONNECTIONS: usize = 32;
    let count = posts.len();
    let mut queues: Vec<Vec<(u32, Post)>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
    for (number, post) in posts.into_iter().enumerate() {
        queues[number % CONNECTIONS].push((u32::try_from(number)?, post));
    }
    let interval = Duration::from_secs(1) / u32::try_from(a_second)?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let start = Instant::now() + Duration::from_millis(20);
    let mut workers = JoinSet::new();
    for (mut connection, queue) in connections.into_iter().zip(queues) {
        let telegram = telegram.clone();
        workers.spawn(async move {
            let mut passages = Vec::with_capacity(queue.len());
            for (number, post) in queue {
                let due = start + interval * number;
                let late = Instant::now() > due;
                tokio::time::sleep_until(due.into()).await;
                let posted = telegram.nanos(if late { due } else { Instant::now() });
                connection.post(&post).await?;
                let acknowledged = telegram.nanos(Instant::now());
                let Some(sent) = telegram.arrival(post.mark) else {
                    bail!("update {} was acknowledged, and nothing was sent", post.mark);
                };
                let to_send = sent.saturating_sub(posted);
                passages.push(Passage { to_send, to_ack: acknowledged.saturating_sub(posted) });
            }
            anyhow::Ok(passages)
        });
    }
    let mut passages = Vec::with_capacity(count);
    while let Some(worker) = workers.join_next().await {
        passages.extend(worker??);
    }
    Ok(passages)
}
