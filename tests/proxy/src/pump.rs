//! Connections, and the bytes that go through them.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

use crate::{Mode, Orders, Shared, mysql::Statements};

const LONGEST_READ: usize = 64 * 1024;

/// Accepts until the task is aborted.
pub(crate) async fn accept(listener: TcpListener, upstream: SocketAddr, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        // Closed without a farewell whenever it ends, as by a machine that died.
        let _ = client.set_zero_linger();
        if shared.orders.borrow().mode == Mode::Refuse {
            continue;
        }
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            shared.connections.fetch_add(1, Ordering::SeqCst);
            // How it ends is for both sides to notice.
            let _ = connection(client, upstream, &shared).await;
            shared.connections.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// What both directions of a connection know.
#[derive(Default)]
struct Link {
    statements: Mutex<Statements>,
    /// The next answer is not passed on; the connection ends instead.
    cut_at_answer: AtomicBool,
}

async fn connection(client: TcpStream, upstream: SocketAddr, shared: &Shared) -> io::Result<()> {
    let mut orders = shared.orders.subscribe();
    let generation = orders.borrow().generation;
    let link = Link::default();
    let passing = async {
        passes(&mut shared.orders.subscribe()).await;
        let server = TcpStream::connect(upstream).await?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
        }
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::select! {
            ended = requests(from_client, to_server, shared, &link) => ended,
            ended = answers(from_server, to_client, shared, &link) => ended,
        }
    };
    tokio::select! {
        ended = passing => ended,
        _ = orders.wait_for(|orders| orders.generation != generation) => Ok(()),
    }
}

/// Waits while nothing may pass. A connection there already goes on while new ones are refused.
async fn passes(orders: &mut watch::Receiver<Orders>) {
    let _ = orders.wait_for(|orders| orders.mode != Mode::Stall).await;
}

async fn requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    shared: &Shared,
    link: &Link,
) -> io::Result<()> {
    let mut orders = shared.orders.subscribe();
    let mut buffer = vec![0; LONGEST_READ];
    loop {
        let length = client.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        passes(&mut orders).await;
        if is_cut_before(&buffer[..length], shared, link) {
            return Ok(());
        }
        server.write_all(&buffer[..length]).await?;
    }
}

/// Whether the request is one to be cut at, before its execution; if after it, the link remembers.
fn is_cut_before(request: &[u8], shared: &Shared, link: &Link) -> bool {
    shared.requests.fetch_add(1, Ordering::SeqCst);
    let mut statements = link.statements.lock().unwrap_or_else(PoisonError::into_inner);
    let executed = statements.request(request);
    let mut cuts = shared.cuts.lock().unwrap_or_else(PoisonError::into_inner);
    // Each cut counts the request, so the one found first does not hide it from the others.
    let met: Vec<bool> = cuts.iter_mut().map(|cut| cut.meets(request, &executed)).collect();
    let Some(found) = met.iter().position(|met| *met) else { return false };
    let cut = cuts.remove(found);
    link.cut_at_answer.store(cut.is_after_execution(), Ordering::SeqCst);
    !cut.is_after_execution()
}

async fn answers(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    shared: &Shared,
    link: &Link,
) -> io::Result<()> {
    let mut orders = shared.orders.subscribe();
    let mut buffer = vec![0; LONGEST_READ];
    loop {
        let length = server.read(&mut buffer).await?;
        if length == 0 || link.cut_at_answer.load(Ordering::SeqCst) {
            return Ok(());
        }
        let delay = orders.borrow().delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        passes(&mut orders).await;
        let answer = &buffer[..length];
        link.statements.lock().unwrap_or_else(PoisonError::into_inner).answer(answer);
        client.write_all(answer).await?;
    }
}
