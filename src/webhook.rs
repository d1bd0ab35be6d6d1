//! HTTP in: Telegram's webhooks and `/healthz`.
//!
//! The secret is compared before a byte of the body is read; an unknown bot and a wrong secret look
//! alike. Every answer's body is empty, because Telegram would carry a body out as a call.
//!
//! Who has no secret costs a head and no more. With one, too, a body has its limits: in bytes, in
//! time, and in what all bodies may take together ([`load`](mod@load)).

mod load;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use load::Load;
use subtle::ConstantTimeEq;

use crate::{
    bots::Bots,
    dispatch::{Dispatch, Outcome, Tenant, WHEN_FULL},
    listener::Seat,
    metrics::Metrics,
    model::BotId,
    share::Taken,
    update::Update,
};

/// What a scraper that reads the newer format says.
const OPENMETRICS: &str = "application/openmetrics-text";
/// The header in which Telegram brings the secret.
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// What `check` sends in the secret's place: this, and a nonce. It goes the way of Telegram's secrets.
pub const ASKS_FOR_PROOF: &str = "check-";
/// The header in which it is answered.
pub const PROOF_HEADER: &str = "x-feedback-relay-proof";
/// The longest nonce.
const LONGEST_NONCE: usize = 64;
/// Telegram's updates are a few KB; the biggest keyboards reach some hundred.
const BODY_LIMIT: usize = 1 << 20;
/// Updates of a bot that sells at a time; Telegram has more connections for it, so that somebody who
/// is about to pay finds one.
const SELLING_LIMIT: usize = 60;
/// No checkout has more bytes; so little is read even where there is no place.
const CHECKOUT_LIMIT: usize = 16 << 10;
/// How long it may take then.
const CHECKOUT_TIME: Duration = Duration::from_secs(3);
/// How long a body may take from its first byte to its last.
const BODY_TIME: Duration = Duration::from_secs(20);

#[derive(Clone)]
struct Door {
    bots: Bots,
    dispatch: Dispatch,
    load: Load,
    /// Requests with updates of a bot that sells.
    selling: Arc<AtomicUsize>,
}

/// One of those requests.
struct Selling(Arc<AtomicUsize>);

impl Selling {
    /// `None` where there are so many that the next checkout might find no connection.
    fn take(door: &Door) -> Option<Self> {
        let taken = Self(Arc::clone(&door.selling));
        (taken.0.fetch_add(1, Ordering::Relaxed) < SELLING_LIMIT).then_some(taken)
    }
}

impl Drop for Selling {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The first listener: `POST {prefix}/telegram/{bot_id}` where there is a prefix to serve, and
/// `GET /healthz`.
pub fn router(bots: Bots, dispatch: Dispatch, prefix: Option<&str>) -> Router {
    let router = Router::new().route("/healthz", get(healthy));
    let Some(prefix) = prefix else { return router };
    let updates = post(update).with_state(Door {
        bots,
        dispatch,
        load: Load::default(),
        selling: Arc::default(),
    });
    router.route(&format!("{prefix}/telegram/{{bot_id}}"), updates)
}

/// The second listener: `GET /metrics` and `GET /readyz`, which says in words why it is not ready.
pub fn metrics_router<F, R>(metrics: Metrics, ready: F) -> Router
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<(), &'static str>> + Send,
{
    let readyz = move || async move {
        match ready().await {
            Ok(()) => StatusCode::OK.into_response(),
            Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
        }
    };
    Router::new()
        .route(
            "/metrics",
            get(move |headers: HeaderMap| async move { scraped(&metrics, &headers) }),
        )
        .route("/readyz", get(readyz))
}

/// All metrics, in the format the scraper asks for.
fn scraped(metrics: &Metrics, headers: &HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let (format, text) = if accepted.is_some_and(|formats| formats.contains(OPENMETRICS)) {
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", metrics.openmetrics())
    } else {
        ("text/plain; version=0.0.4; charset=utf-8", metrics.text())
    };
    ([(CONTENT_TYPE, format)], text).into_response()
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn update(State(door): State<Door>, Path(bot): Path<String>, request: Request) -> Response {
    let Some(bot) = known_sender(&door, &bot, &request) else {
        return proving(&door, &request, refused(StatusCode::UNAUTHORIZED));
    };
    door.bots.heard();
    if let Some(seat) = request.extensions().get::<Arc<Seat>>() {
        seat.is_known_now();
    }
    if door.dispatch.is_stopping() {
        return when_full(&door, bot, request).await;
    }
    let selling = door.dispatch.sells_by(bot).then(|| Selling::take(&door));
    if matches!(selling, Some(None)) {
        return when_full(&door, bot, request).await;
    }
    let length = match announced(&request) {
        Some(length) if length > BODY_LIMIT => return refused(StatusCode::PAYLOAD_TOO_LARGE),
        Some(length) => length,
        None => BODY_LIMIT,
    };
    let whose = door.dispatch.tenant_of(bot);
    let Some(place) = door.dispatch.place(whose) else {
        return when_full(&door, bot, request).await;
    };
    match door.bots.is_attached(bot).await {
        Ok(true) => {}
        // Nobody is there: Telegram keeps it for whoever attaches the bot next, and says so to him.
        Ok(false) => return refused(StatusCode::UNAUTHORIZED),
        Err(_) => return unread(later(WHEN_FULL)),
    }
    let Some(of_body) = door.load.take(whose, length) else {
        return when_full(&door, bot, request).await;
    };
    let body = match tokio::time::timeout(BODY_TIME, read(request.into_body(), length)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return refused(status),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT),
    };
    let (update, load) = match parse(&door, (bot, whose), &body) {
        Ok(read) => read,
        Err(StatusCode::SERVICE_UNAVAILABLE) => return checked_out(&door, bot, &body).await,
        Err(status) => return empty(status),
    };
    drop((body, of_body));
    if door.dispatch.is_checkout(bot, &update) {
        drop((place, load));
        door.dispatch.answer_checkout(&update).await;
        return empty(StatusCode::OK);
    }
    match door.dispatch.handle_in(place.with_load(load), bot, Arc::new(update)).await {
        Outcome::Handled => empty(StatusCode::OK),
        Outcome::TryLater(after) => later(after),
    }
}

/// What is answered where there is no place: to come again, except where somebody is about to pay,
/// for which Telegram does not wait.
async fn when_full(door: &Door, bot: BotId, request: Request) -> Response {
    let length = announced(&request).filter(|length| *length <= CHECKOUT_LIMIT);
    let Some(length) = length.filter(|_| door.dispatch.sells_by(bot)) else {
        return unread(later(WHEN_FULL));
    };
    match tokio::time::timeout(CHECKOUT_TIME, read(request.into_body(), length)).await {
        Ok(Ok(body)) => checked_out(door, bot, &body).await,
        _ => unread(later(WHEN_FULL)),
    }
}

/// Answers a checkout; anything else is to come again.
async fn checked_out(door: &Door, bot: BotId, body: &[u8]) -> Response {
    let small = Some(body).filter(|body| body.len() <= CHECKOUT_LIMIT);
    let update = small.and_then(|body| Update::read(serde_json::from_slice(body).ok()?));
    match update {
        Some(update) if door.dispatch.is_checkout(bot, &update) => {
            door.dispatch.answer_checkout(&update).await;
            empty(StatusCode::OK)
        }
        _ => later(WHEN_FULL),
    }
}

/// How long the body says it is.
fn announced(request: &Request) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The whole body, or why it is not taken.
async fn read(body: Body, length: usize) -> Result<Bytes, StatusCode> {
    let mut pieces = body.into_data_stream();
    let mut whole = BytesMut::with_capacity(length.min(64 << 10));
    while let Some(piece) = pieces.try_next().await.map_err(|_| StatusCode::BAD_REQUEST)? {
        if whole.len() + piece.len() > BODY_LIMIT {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

/// The update in a body, and the memory it is counted with; or why there is none.
fn parse(
    door: &Door,
    (bot, whose): (BotId, Tenant),
    body: &[u8],
) -> Result<(Update, Taken<Tenant>), StatusCode> {
    let weight = load::weight(body);
    if weight > load::HEAVIEST {
        tracing::warn!(
            bot.id = bot.0,
            bytes = body.len(),
            "a body has more values than any update"
        );
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let load = door.load.take(whose, weight).ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    let Ok(json) = serde_json::from_slice(body) else {
        tracing::warn!(bot.id = bot.0, bytes = body.len(), "a body is no JSON");
        return Err(StatusCode::BAD_REQUEST);
    };
    let update = Update::read(json).ok_or_else(|| {
        tracing::warn!(bot.id = bot.0, "a body is no update");
        StatusCode::BAD_REQUEST
    })?;
    Ok((update, load))
}

/// The bot an update claims to be for, if the secret proves it. The secret derives from the key and
/// the id, so that a stranger's guess costs no look-up.
fn known_sender(door: &Door, bot: &str, request: &Request) -> Option<BotId> {
    let bot = BotId(bot.parse().ok()?);
    let given = request.headers().get(SECRET_HEADER)?.as_bytes();
    let right = door.bots.webhook_secret(bot);
    bool::from(given.ct_eq(right.as_bytes())).then_some(bot)
}

/// Adds to a refusal what proves to `check` that it is ours, where it asks.
fn proving(door: &Door, request: &Request, mut refusal: Response) -> Response {
    let given = request.headers().get(SECRET_HEADER).and_then(|given| given.to_str().ok());
    let nonce = given.and_then(|given| given.strip_prefix(ASKS_FOR_PROOF));
    let proof =
        nonce.filter(|nonce| nonce.len() <= LONGEST_NONCE).map(|nonce| door.bots.proof(nonce));
    if let Some(proof) = proof.and_then(|proof| HeaderValue::try_from(proof).ok()) {
        refusal.headers_mut().insert(PROOF_HEADER, proof);
    }
    refusal
}

fn empty(status: StatusCode) -> Response {
    (status, Body::empty()).into_response()
}

fn later(after: Duration) -> Response {
    let mut response = empty(StatusCode::SERVICE_UNAVAILABLE);
    let seconds = after.as_secs().clamp(1, 3600);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn refused(status: StatusCode) -> Response {
    unread(empty(status))
}

/// Ends the connection with this answer: what is left of a body is not read to get at the next
/// request.
fn unread(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
