//! The HTTP side: connections that can be cut, bodies of every encoding, answers with real statuses.

mod body;
mod wire;

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::StreamExt;
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response,
    body::{Frame, Incoming},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::{
    body::read_params,
    wire::{Cut, Wire},
};

use crate::{
    Emulator,
    error::ApiError,
    faults::{Answer, BAD_GATEWAY, chat_of, refusal},
    known, methods,
    params::{Params, percent_decode},
};

type Body = BoxBody<Bytes, io::Error>;

/// Accepts until the emulator is shut down.
pub(crate) async fn run(emulator: Emulator, listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let reset = Arc::new(AtomicBool::new(false));
        let wire = Wire { stream, reset: reset.clone() };
        let emulator = emulator.clone();
        tokio::spawn(async move {
            let service =
                service_fn(move |request| serve(emulator.clone(), reset.clone(), request));
            // A broken connection is the peer's business or a fault's doing.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(wire), service)
                .await;
        });
    }
}

fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed()
}

fn response(status: u16, kind: &str, retry_after: Option<u64>, body: Body) -> Response<Body> {
    let mut builder = Response::builder().status(status).header("content-type", kind);
    if let Some(seconds) = retry_after {
        builder = builder.header("retry-after", seconds);
    }
    builder.body(body).unwrap_or_else(|_| Response::new(full("")))
}

fn answer(result: &Result<Value, ApiError>) -> Response<Body> {
    match result {
        Ok(value) => {
            let body = json!({"ok": true, "result": value}).to_string();
            response(200, "application/json", None, full(body))
        }
        Err(e) => response(e.code, "application/json", e.retry_after, full(e.body().to_string())),
    }
}

async fn serve(
    emulator: Emulator,
    reset: Arc<AtomicBool>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let cut = || {
        reset.store(true, Ordering::SeqCst);
        Cut
    };
    let (caller, path) = split_caller(request.uri().path());
    if let Some(rest) = path.strip_prefix("/_control") {
        let rest = rest.to_owned();
        let body = request.into_body().collect().await.map_err(|_| Cut)?.to_bytes();
        let result = crate::control::call(&emulator, &rest, &body).await;
        let status = if result.is_ok() { 200 } else { 400 };
        let value = result.unwrap_or_else(|why| json!({ "error": why }));
        return Ok(response(status, "application/json", None, full(value.to_string())));
    }
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return download(&emulator, rest).await.map_err(|()| cut());
    }
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|p| p.split_once('/')) else {
        return Ok(answer(&Err(ApiError::new(404, "Not Found"))));
    };
    let (token, method) = (percent_decode(token, false), method.trim_matches('/').to_owned());
    let (params, too_large) = read_params(&emulator, request).await?;
    let bot = match authorize(&emulator, &token) {
        Ok(bot) => bot,
        Err(e) => return Ok(answer(&Err(e))),
    };
    if too_large {
        return Ok(answer(&Err(ApiError::new(413, "Request Entity Too Large"))));
    }
    call(&emulator, bot, &method, params, caller).await.map_err(|()| cut())
}

/// Takes `/via/NAME` off a path: several programs that use one bot can so be told apart.
fn split_caller(path: &str) -> (Option<String>, String) {
    let named = path.strip_prefix("/via/").and_then(|rest| rest.split_once('/'));
    match named {
        Some((name, rest)) => (Some(name.to_owned()), format!("/{rest}")),
        None => (None, path.to_owned()),
    }
}

/// The bot behind a token: 404 if it cannot be one, 401 if it is not (or no longer) valid.
fn authorize(emulator: &Emulator, token: &str) -> Result<i64, ApiError> {
    let shaped = token.split_once(':').is_some_and(|(id, secret)| {
        !id.starts_with('0') && id.parse::<i64>().is_ok() && !secret.is_empty() && token.len() <= 80
    });
    if !shaped {
        return Err(ApiError::new(404, "Not Found"));
    }
    emulator.read_mut(|s| {
        if s.settings.start_limits {
            s.rates.start(token)?;
        }
        s.tokens.get(token).copied().ok_or_else(|| ApiError::new(401, "Unauthorized"))
    })
}

/// One API call with its fault, if it meets one. `Err` cuts the connection.
async fn call(
    emulator: &Emulator,
    bot: i64,
    method: &str,
    mut params: Params,
    caller: Option<String>,
) -> Result<Response<Body>, ()> {
    let mut record = params.record();
    let (latency, fault) =
        emulator.read_mut(|s| (s.settings.latency, s.meet_fault(bot, method, chat_of(&record))));
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if let Some(refused) = fault.as_ref().and_then(refusal) {
        return Ok(answer(&Err(refused)));
    }
    match &fault {
        Some(Answer::ResetBefore | Answer::CutBody) => return Err(()),
        Some(Answer::HtmlBadGateway) => return Ok(bad_gateway()),
        Some(Answer::Page(status)) => return Ok(page(*status)),
        Some(Answer::HangBefore(time)) => tokio::time::sleep(*time).await,
        Some(Answer::Without(place)) => {
            let mut media = params.list("media");
            let left_out = media.remove(*place);
            if let Some(part) =
                left_out["media"].as_str().and_then(|it| it.strip_prefix("attach://"))
            {
                params.files.remove(part);
            }
            params.values.insert("media".to_owned(), Value::Array(media));
            record = params.record();
        }
        _ => {}
    }
    let lost = matches!(
        fault,
        Some(
            Answer::ResetAfter
                | Answer::InternalAfter
                | Answer::HtmlBadGatewayAfter
                | Answer::Hang(_)
        )
    );
    let call = Call { bot, method, record, answer_lost: lost, caller };
    let (result, recorded) = execute(emulator, &params, call).await;
    match fault {
        Some(Answer::ResetAfter) => Err(()),
        Some(Answer::InternalAfter) => {
            Ok(answer(&Err(ApiError::new(500, "Internal Server Error"))))
        }
        Some(Answer::HtmlBadGatewayAfter) => Ok(bad_gateway()),
        Some(Answer::Hang(time)) => {
            // Whoever hangs up meanwhile drops this call here.
            tokio::time::sleep(time).await;
            emulator.read_mut(|s| s.answered_at_last(recorded));
            Ok(answer(&result))
        }
        _ => Ok(answer(&result)),
    }
}

fn page(status: u16) -> Response<Body> {
    response(status, "text/html", None, full("<html><body>Access denied</body></html>"))
}

fn bad_gateway() -> Response<Body> {
    response(502, "text/html", None, full(BAD_GATEWAY))
}

/// What the ledger keeps of a call besides its result.
struct Call<'a> {
    bot: i64,
    method: &'a str,
    record: Value,
    answer_lost: bool,
    caller: Option<String>,
}

/// The result, and the call's place in the ledger if it has one.
async fn execute(
    emulator: &Emulator,
    params: &Params,
    call: Call<'_>,
) -> (Result<Value, ApiError>, Option<usize>) {
    let Call { bot, method, .. } = call;
    let Some((name, known)) = known::method(method) else {
        emulator.write(|s| s.complain(bot, format!("called the unknown method {method}")));
        return (Err(ApiError::new(404, "Not Found: method not found")), None);
    };
    if name == "getUpdates" {
        return (emulator.get_updates(bot, params).await, None);
    }
    emulator.write(|s| {
        methods::check_parameters(s, bot, name, known, params);
        let result = methods::call(s, bot, name, params);
        if let Err(e) = &result
            && e.complain
        {
            s.complain(bot, format!("{name}: {}", e.description));
        }
        let recorded = s.settings.keep_records.then_some(s.ledger.len());
        if recorded.is_some() {
            s.ledger.push(crate::Effect {
                bot,
                method: name,
                params: call.record,
                at: Instant::now(),
                result: result.clone(),
                answer_lost: call.answer_lost,
                caller: call.caller,
            });
        }
        (result, recorded)
    })
}

async fn download(emulator: &Emulator, rest: &str) -> Result<Response<Body>, ()> {
    let missing = || answer(&Err(ApiError::new(404, "Not Found")));
    let Some((token, path)) = rest.split_once('/') else {
        return Ok(missing());
    };
    let bot = match authorize(emulator, &percent_decode(token, false)) {
        Ok(bot) => bot,
        Err(e) => return Ok(answer(&Err(e))),
    };
    let path = percent_decode(path, false);
    let (latency, fault, bytes) = emulator.read_mut(|s| {
        let fault = s.meet_fault(bot, "file", None);
        (s.settings.latency, fault, s.files.download(bot, &path, s.now()))
    });
    tokio::time::sleep(latency).await;
    if let Some(refused) = fault.as_ref().and_then(refusal) {
        return Ok(answer(&Err(refused)));
    }
    let Some(bytes) = bytes else {
        return Ok(missing());
    };
    match fault {
        Some(Answer::ResetBefore | Answer::ResetAfter) => return Err(()),
        Some(Answer::HtmlBadGateway | Answer::HtmlBadGatewayAfter) => return Ok(bad_gateway()),
        Some(Answer::Page(status)) => return Ok(page(status)),
        Some(Answer::Hang(time) | Answer::HangBefore(time)) => tokio::time::sleep(time).await,
        Some(Answer::CutBody) => return Ok(half(&bytes)),
        _ => {}
    }
    let length = bytes.len();
    let mut response = response(200, "application/octet-stream", None, full(bytes));
    response.headers_mut().insert("content-length", length.into());
    Ok(response)
}

/// The whole length announced, half of it sent.
fn half(bytes: &Bytes) -> Response<Body> {
    let parts = [Ok(Frame::data(bytes.slice(..bytes.len() / 2))), Err(io::Error::other("cut"))];
    let body = StreamBody::new(futures::stream::iter(parts).then(|part| async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        part
    }));
    let mut response =
        response(200, "application/octet-stream", None, BodyExt::boxed(SyncBody(Box::pin(body))));
    response.headers_mut().insert("content-length", bytes.len().into());
    response
}

/// `BoxBody` wants `Sync`; the stream is only ever polled by its connection.
struct SyncBody(Pin<Box<dyn hyper::body::Body<Data = Bytes, Error = io::Error> + Send + Sync>>);

impl hyper::body::Body for SyncBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.as_mut().poll_frame(cx)
    }
}
