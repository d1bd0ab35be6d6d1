//! A TCP proxy that fails on request: a database that refuses, stalls, slows down, or is cut off at a commit.
//!
//! ```no_run
//! # async fn example(database: std::net::SocketAddr) -> std::io::Result<()> {
//! use std::time::Duration;
//! use tcp_proxy::{Cut, Proxy};
//!
//! let proxy = Proxy::start(database).await?;
//! // ... the client under test connects to proxy.address() ...
//! proxy.delay_answers(Duration::from_secs(4)); // a slow database
//! proxy.refuse(); // new connections are reset
//! proxy.cut_all(); // those there are, too
//! proxy.pass(); // all is well again
//! proxy.cut(Cut::at("COMMIT").after_execution()); // executed, and nobody learns of it
//! proxy.cut(Cut::at("INSERT INTO message_references").nth(3)); // never executed
//! # Ok(())
//! # }
//! ```
//!
//! A **request** is what one read from the client gives. Clients that wait for each answer, as those of databases do,
//! send a request at once, so that it is one read up to 64 KiB. MySQL's prepared statements are sent as a number when
//! they are executed; the proxy remembers the text each number stands for, so a pattern matches there, too.

mod cut;
mod mysql;
mod pump;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use cut::Cut;

/// What happens to bytes and to new connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    #[default]
    Pass,
    Refuse,
    Stall,
}

/// What every connection follows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Orders {
    pub(crate) mode: Mode,
    pub(crate) delay: Duration,
    /// A connection ends when this is no longer what it was at its beginning.
    pub(crate) generation: u64,
}

pub(crate) struct Shared {
    pub(crate) orders: watch::Sender<Orders>,
    pub(crate) cuts: Mutex<Vec<Cut>>,
    pub(crate) connections: AtomicUsize,
    pub(crate) requests: AtomicUsize,
}

/// A running proxy. It ends, with all its connections, when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({})", self.address)
    }
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 and passes everything on to `upstream`, which may be down meanwhile.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            orders: watch::Sender::default(),
            cuts: Mutex::default(),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(pump::accept(listener, upstream, Arc::clone(&shared)));
        Ok(Self { address, shared, accepting })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything passes again: what was stalled goes on, and new connections are taken. Delays and cuts stay.
    pub fn pass(&self) {
        self.shared.orders.send_modify(|orders| orders.mode = Mode::Pass);
    }

    /// New connections are reset at once. Those there are go on; [`Proxy::cut_all`] ends them.
    pub fn refuse(&self) {
        self.shared.orders.send_modify(|orders| orders.mode = Mode::Refuse);
    }

    /// Connections are accepted, and not a byte passes in either direction, until [`Proxy::pass`].
    pub fn stall(&self) {
        self.shared.orders.send_modify(|orders| orders.mode = Mode::Stall);
    }

    /// Resets every connection there is, now.
    pub fn cut_all(&self) {
        self.shared.orders.send_modify(|orders| orders.generation += 1);
    }

    /// Each piece of an answer comes this much later; zero takes it back.
    pub fn delay_answers(&self, delay: Duration) {
        self.shared.orders.send_modify(|orders| orders.delay = delay);
    }

    /// Cuts the connection of a request to come. Several cuts wait for their requests independently.
    pub fn cut(&self, cut: Cut) {
        self.shared.cuts.lock().unwrap_or_else(PoisonError::into_inner).push(cut);
    }

    /// Forgets the cuts that still wait for their request.
    pub fn forget_cuts(&self) {
        self.shared.cuts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many cuts still wait for their request.
    pub fn cuts_waiting(&self) -> usize {
        self.shared.cuts.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Connections open now.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Requests seen since the start.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut_all();
    }
}
