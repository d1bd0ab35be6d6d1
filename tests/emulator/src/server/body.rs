//! Request bodies of every encoding.

use bytes::BytesMut;
use futures::StreamExt;
use http_body_util::BodyExt;
use hyper::{Request, body::Incoming};
use serde_json::{Value, json};

use super::wire::Cut;
use crate::{
    Emulator,
    files::Upload,
    params::{Params, add_form},
};

/// Parameters of the query and the body; true if the body was over the upload limit.
pub(super) async fn read_params(
    emulator: &Emulator,
    request: Request<Incoming>,
) -> Result<(Params, bool), Cut> {
    let limit = emulator.read(|s| s.settings.upload_limit);
    let mut params = Params::default();
    if let Some(query) = request.uri().query() {
        add_form(&mut params, query);
    }
    let kind = request
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if let Ok(boundary) = multer::parse_boundary(&kind) {
        let read = read_multipart(&mut params, request.into_body(), boundary, limit).await;
        let too_large = read.map_err(|_| Cut)?;
        return Ok((params, too_large));
    }
    let mut stream = request.into_body().into_data_stream();
    let mut body = BytesMut::new();
    let mut too_large = false;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Cut)?;
        too_large |= (body.len() + chunk.len()) as u64 > limit;
        if !too_large {
            body.extend_from_slice(&chunk);
        }
    }
    read_plain(&mut params, &kind, &body);
    Ok((params, too_large))
}

fn read_plain(params: &mut Params, kind: &str, body: &[u8]) {
    if body.iter().all(u8::is_ascii_whitespace) {
        return;
    }
    let text = String::from_utf8_lossy(body);
    if kind.starts_with("application/x-www-form-urlencoded") {
        return add_form(params, &text);
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(fields)) => {
            params.values.extend(fields.into_iter().filter(|(_, v)| !v.is_null()))
        }
        Ok(_) => params.faults.push("the body is JSON but not an object".into()),
        Err(e) => params.faults.push(format!("the body is not JSON ({kind}): {e}")),
    }
}

/// Reads every part; what is over the limit is read and thrown away, so that the sender gets to the
/// answer. An upload that breaks off is never executed: `Err`.
async fn read_multipart(
    params: &mut Params,
    body: Incoming,
    boundary: String,
    limit: u64,
) -> Result<bool, multer::Error> {
    let mut total = 0;
    let mut stream = body.into_data_stream();
    let mut parts = multer::Multipart::new(&mut stream, boundary);
    while let Some(mut field) = parts.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let mime = field.content_type().map(ToString::to_string);
        let mut bytes = BytesMut::new();
        while let Some(chunk) = field.chunk().await? {
            total += chunk.len() as u64;
            if total <= limit {
                bytes.extend_from_slice(&chunk);
            }
        }
        // td `HttpReader`: a part with a file name is a file, any other part is text.
        if file_name.is_some() {
            params.files.insert(
                name,
                Upload { name: file_name, mime, bytes: bytes.freeze(), declared: None },
            );
            continue;
        }
        if std::str::from_utf8(&bytes).is_err() {
            params.faults.push(format!("the part {name} is binary but has no file name"));
        }
        params.values.insert(name, json!(String::from_utf8_lossy(&bytes)));
    }
    drop(parts);
    // What follows the last boundary is read too: hyper closes a connection whose request it has not seen to the end.
    while let Some(Ok(_)) = stream.next().await {}
    Ok(total > limit)
}
