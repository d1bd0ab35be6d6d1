//! HTTP in: Telegram's webhooks and `/healthz`.
//!
//! The secret is compared before a byte of the body is read; an unknown bot and a wrong secret look
//! alike. Every answer's body is empty, because Telegram would carry a body out as a call.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use subtle::ConstantTimeEq;

use crate::{
    bots::Bots,
    dispatch::{Dispatch, Outcome},
    metrics::Metrics,
    model::BotId,
};

const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Telegram's updates are a few KB; the biggest keyboards reach some hundred.
const BODY_LIMIT: usize = 1 << 20;

#[derive(Clone)]
struct Door {
    bots: Bots,
    dispatch: Dispatch,
}

/// The first listener: `POST {prefix}/telegram/{bot_id}` where there is a prefix to serve, and
/// `GET /healthz`.
pub fn router(bots: Bots, dispatch: Dispatch, prefix: Option<&str>) -> Router {
    let router = Router::new().route("/healthz", get(healthy));
    let Some(prefix) = prefix else { return router };
    let updates = post(update).with_state(Door { bots, dispatch });
    router.route(&format!("{prefix}/telegram/{{bot_id}}"), updates)
}

/// The second listener: `GET /metrics` and `GET /readyz`.
pub fn metrics_router<F, R>(metrics: Metrics, ready: F) -> Router
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = bool> + Send,
{
    let readyz = move || async move {
        if ready().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    };
    Router::new()
        .route("/metrics", get(move || async move { metrics.text() }))
        .route("/readyz", get(readyz))
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn update(State(door): State<Door>, Path(bot): Path<String>, request: Request) -> Response {
    let Some(bot) = known_sender(&door, &bot, &request) else {
        return empty(StatusCode::UNAUTHORIZED);
    };
    let Ok(body) = to_bytes(request.into_body(), BODY_LIMIT).await else {
        return empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let Ok(json) = serde_json::from_slice(&body) else {
        tracing::warn!(bot.id = %bot, bytes = body.len(), "a body is no JSON");
        return empty(StatusCode::BAD_REQUEST);
    };
    drop(body);
    match door.dispatch.handle_json(bot, json).await {
        Some(Outcome::Handled) => empty(StatusCode::OK),
        Some(Outcome::TryLater(after)) => later(after.as_secs().clamp(1, 3600)),
        None => {
            tracing::warn!(bot.id = %bot, "a body is no update");
            empty(StatusCode::BAD_REQUEST)
        }
    }
}

/// The bot an update claims to be for, if the secret proves it. The secret derives from the key and
/// the id, so that a stranger's guess costs no look-up.
fn known_sender(door: &Door, bot: &str, request: &Request) -> Option<BotId> {
    let bot = BotId(bot.parse().ok()?);
    let given = request.headers().get(SECRET_HEADER)?.as_bytes();
    let right = door.bots.webhook_secret(bot);
    bool::from(given.ct_eq(right.as_bytes())).then_some(bot)
}

fn empty(status: StatusCode) -> Response {
    (status, Body::empty()).into_response()
}

fn later(seconds: u64) -> Response {
    let mut response = empty(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
