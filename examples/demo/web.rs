//! The web server: the page, its stream, files of the chats, and what is done in the page.
//!
//! It listens on this machine only, and answers no other page: the host must be its own, and deeds
//! come as JSON, which a foreign page may not send without asking.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response, Sse, sse::KeepAlive},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    deeds::{self, Deed},
    page,
    stage::Stage,
    stream,
};

/// A deed with a file of 20 MB in base64, and some room.
const LARGEST_DEED: usize = 32 << 20;

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// A file somebody sent shows itself and does nothing.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// All addresses of the demo.
pub(crate) fn router(stage: Arc<Stage>, address: SocketAddr) -> Router {
    Router::new()
        .route("/", get(async || page_file("index.html")))
        .route("/page/{*name}", get(async |Path(name): Path<String>| page_file(&name)))
        .route("/events", get(events))
        .route("/deeds", post(deed))
        .route("/file/{bot}/{file}", get(chat_file))
        .layer(DefaultBodyLimit::max(LARGEST_DEED))
        .layer(middleware::from_fn_with_state(address, guard))
        .with_state(stage)
}

/// Refuses other hosts, and adds the headers every answer has.
async fn guard(State(address): State<SocketAddr>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let port = address.port();
    let own = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
    let mut response = if host.is_some_and(|host| own.iter().any(|own| own == host)) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "This is not the demo's address.").into_response()
    };
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        if !headers.contains_key(name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set("content-security-policy", PAGE_POLICY);
    set("permissions-policy", "microphone=(self), camera=(), geolocation=()");
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("cross-origin-opener-policy", "same-origin");
    set("cache-control", "no-cache");
    response
}

fn page_file(name: &str) -> Response {
    match page::file(name) {
        Some(file) => ([(header::CONTENT_TYPE, file.kind)], file.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn events(State(stage): State<Arc<Stage>>) -> Response {
    Sse::new(stream::events(stage)).keep_alive(KeepAlive::default()).into_response()
}

async fn deed(State(stage): State<Arc<Stage>>, headers: HeaderMap, body: Bytes) -> Response {
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if !json {
        return answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!({"error": "JSON, please."}));
    }
    let deed: Deed = match serde_json::from_slice(&body) {
        Ok(deed) => deed,
        Err(error) => return answer(StatusCode::BAD_REQUEST, &json!({"error": error.to_string()})),
    };
    // In a task of its own: where a message vanishes between the check and the deed, the emulator
    // panics as for a wrong test.
    let done = tokio::spawn(async move { deeds::carry_out(&stage, deed).await }).await;
    match done.unwrap_or_else(|_| Err("This is no longer possible.".to_owned())) {
        Ok(result) => answer(StatusCode::OK, &json!({ "result": result })),
        // An answer, too: an app that does not do something is no fault of the page.
        Err(why) => answer(StatusCode::OK, &json!({ "error": why })),
    }
}

fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// A file as a bot knows it.
async fn chat_file(
    State(stage): State<Arc<Stage>>,
    Path((bot, file)): Path<(i64, String)>,
) -> Response {
    let Some(bot) = stage.telegram.bot(bot) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(bytes) = stage.telegram.view(|view| view.file_bytes(&bot, &file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, kind_of(&bytes)),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
        (header::CACHE_CONTROL, "private, max-age=3600, immutable"),
    ];
    (headers, bytes).into_response()
}

/// What a file is by its first bytes; anything that a browser might run is only bytes.
fn kind_of(bytes: &[u8]) -> &'static str {
    let is_svg = || {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]);
        let start = start.trim_start();
        start.starts_with("<svg") || start.starts_with("<?xml") && start.contains("<svg")
    };
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "video/webm",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        _ if is_svg() => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
