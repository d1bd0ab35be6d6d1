//! The connections to one of our addresses: who may hold one, and for how long.
//!
//! A head (method, path, headers) has ten seconds from its first byte, a new connection ten until
//! that. Between two requests a connection may rest for a good minute, because Telegram uses it
//! again. A body's time is its reader's to keep ([`webhook`](crate::webhook)).
//!
//! There are so many [seats](Seat) and no more. In a full house a newcomer gets the seat of the one
//! that has been there longest without having shown a secret, then of the one that has rested
//! longest; who is being served stays. So nobody is limited by his address: Telegram's bursts come
//! from few of them, and an attacker's may come from many.
//!
//! hyper is used directly because `axum::serve` has none of these limits.

mod seat;

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request, header::CONNECTION},
    response::Response,
};
use futures::FutureExt as _;
use hyper::{body::Incoming, server::conn::http1, service::Service as _, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
pub use seat::Seat;
use seat::{Heard, House};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Bytes a head may have; also what a connection's buffer takes at most.
const HEAD_LIMIT: usize = 16 << 10;
/// How long a connection may still send a request it began when the process was told to stop.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long after a failed `accept` the next one is tried.
const BREATH: Duration = Duration::from_millis(100);
/// Open files asked of the system. Its usual 1024 would be used up by connections alone.
const FILES: u64 = 1 << 16;

/// How many connections there may be, and how long each may wait.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Connections at a time.
    pub seats: usize,
    /// For the head of a request.
    pub head: Duration,
    /// For a rest between two requests.
    pub rest: Duration,
}

impl Terms {
    /// For Telegram: as many connections as it wants to have for many busy bots.
    pub fn of_updates() -> Self {
        // A part of the open files is for the database and for calls to Telegram.
        let files = rlimit::increase_nofile_limit(FILES).unwrap_or(1024);
        let seats = usize::try_from(files / 2).unwrap_or(usize::MAX).clamp(64, 2048);
        Self { seats, head: Duration::from_secs(10), rest: Duration::from_secs(75) }
    }

    /// For whoever reads the metrics.
    pub fn of_metrics() -> Self {
        Self { seats: 64, head: Duration::from_secs(10), rest: Duration::from_secs(75) }
    }
}

/// Answers on one listener until stopped; then what is under way is finished, and nothing else.
pub async fn serve(listener: TcpListener, router: Router, terms: Terms, stop: CancellationToken) {
    let house = House::new(terms.seats);
    let connections = TaskTracker::new();
    let welcome = |stream| {
        let Some(seat) = House::seat(&house) else {
            tracing::debug!("a connection was refused: every seat is taken by a request");
            return;
        };
        let connection = Connection { seat, terms, router: router.clone(), stop: stop.clone() };
        connections.spawn(connection.run(stream));
    };
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => welcome(stream),
            Err(error) if is_of_peer(&error) => {}
            Err(error) => {
                tracing::error!(%error, "a connection could not be taken");
                House::free_one(&house);
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    // Whoever was through to us before the end gets an answer.
    while let Some(Ok((stream, _))) = listener.accept().now_or_never() {
        welcome(stream);
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Whether a failed `accept` is the peer's doing: he had gone already.
fn is_of_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// One connection.
struct Connection {
    seat: seat::Taken,
    terms: Terms,
    router: Router,
    stop: CancellationToken,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let Self { seat, terms, router, stop } = self;
        // Answers are small and complete: waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let router = TowerToHyperService::new(router);
        let service = service_fn(|request: Request<Incoming>| {
            let (seat, router, stop) = (Arc::clone(&seat), router.clone(), stop.clone());
            async move {
                Ok::<_, std::convert::Infallible>(answer(&seat, &router, &stop, request).await)
            }
        });
        let io = TokioIo::new(Heard::new(stream, Arc::clone(&seat)));
        let mut http = http1::Builder::new();
        // The seat keeps the time: hyper's limit would be one for heads and rests alike.
        http.header_read_timeout(None).max_buf_size(HEAD_LIMIT);
        let mut connection = std::pin::pin!(http.serve_connection(io, service));
        let mut stopping = false;
        loop {
            let look_again = seat.deadline(&terms).min(Instant::now() + terms.head);
            tokio::select! {
                biased;
                _ = connection.as_mut() => return,
                () = seat.leaves() => return,
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    if !seat.is_served()
                        && tokio::time::timeout(LAST_WORDS, connection.as_mut()).await.is_ok()
                    {
                        return;
                    }
                    connection.as_mut().graceful_shutdown();
                    if !seat.is_served() {
                        return;
                    }
                }
                () = tokio::time::sleep_until(look_again.into()) => {
                    if seat.deadline(&terms) <= Instant::now() {
                        return;
                    }
                }
            }
        }
    }
}

async fn answer(
    seat: &Arc<Seat>,
    router: &TowerToHyperService<Router>,
    stop: &CancellationToken,
    request: Request<Incoming>,
) -> Response {
    let _service = seat.serve();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Arc::clone(seat));
    let Ok(mut response) = router.call(request).await;
    if stop.is_cancelled() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    struct Guest(TcpStream);

    impl Guest {
        /// Asks; whether an answer came.
        async fn asks(&mut self) -> bool {
            let mut piece = [0; 1024];
            self.0.write_all(REQUEST).await.is_ok()
                && self.0.read(&mut piece).await.is_ok_and(|read| read > 0)
        }

        async fn is_sent_away(&mut self) -> Duration {
            let began = Instant::now();
            let mut rest = Vec::new();
            let rest = self.0.read_to_end(&mut rest);
            let _ = tokio::time::timeout(Duration::from_secs(20), rest).await.expect("an end");
            began.elapsed()
        }
    }

    async fn opened(terms: Terms) -> (impl AsyncFn() -> Guest, CancellationToken, impl Future) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(async || "a word"));
        let serving = tokio::spawn(serve(listener, router, terms, stop.clone()));
        (async move || Guest(TcpStream::connect(address).await.unwrap()), stop, serving)
    }

    fn terms(seats: usize, head: u64, rest: u64) -> Terms {
        Terms { seats, head: Duration::from_millis(head), rest: Duration::from_millis(rest) }
    }

    #[tokio::test]
    async fn a_rest_is_longer_than_a_head_and_ends_too() {
        let (guest, _stop, _serving) = opened(terms(9, 200, 2_000)).await;
        let (mut silent, mut resting) = (guest().await, guest().await);
        assert!(resting.asks().await);
        assert!(silent.is_sent_away().await < Duration::from_millis(1_500));
        assert!(resting.asks().await, "it may rest");
        let rested = resting.is_sent_away().await;
        assert!(rested > Duration::from_millis(1_500), "{rested:?}");
    }

    #[tokio::test]
    async fn a_newcomer_gets_the_seat_of_who_only_sits() {
        let (guest, _stop, _serving) = opened(terms(2, 60_000, 60_000)).await;
        let (mut first, mut second) = (guest().await, guest().await);
        assert!(first.asks().await && second.asks().await);
        let mut third = guest().await;
        assert!(third.asks().await);
        assert!(first.is_sent_away().await < Duration::from_secs(10));
        assert!(second.asks().await, "the others stay");
    }

    #[tokio::test]
    async fn a_stop_leaves_nobody_sitting() {
        let (guest, stop, serving) = opened(terms(9, 60_000, 60_000)).await;
        let (mut silent, mut resting) = (guest().await, guest().await);
        assert!(resting.asks().await);
        let mut just_come = guest().await;
        just_come.0.write_all(REQUEST).await.unwrap();
        stop.cancel();
        let mut said = String::new();
        just_come.0.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!(said.contains("connection: close"), "{said}");
        silent.is_sent_away().await;
        resting.is_sent_away().await;
        serving.await;
    }
}
