//! setWebhook, deleteWebhook (SRV `process_set_webhook_query`, `WebhookActor::start_up`).

use std::time::Instant;

use serde_json::json;

use super::{Call, Outcome};
use crate::{delivery::Webhook, error::ApiError};

/// What of a URL the server's checks are about.
struct Url<'a> {
    https: bool,
    host: &'a str,
    port: Option<u32>,
}

fn parse(url: &str) -> Option<Url<'_>> {
    let (https, rest) = match url.split_once("://") {
        Some(("https", rest)) => (true, rest),
        Some(("http", rest)) => (false, rest),
        Some(_) => return None,
        None => (true, url),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, h)| h);
    let (host, port) = match host_port.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (host_port, None),
    };
    let plain = !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    plain.then_some(Url { https, host, port })
}

fn reserved(host: &str) -> bool {
    let quad: Vec<u8> = host.split('.').filter_map(|p| p.parse().ok()).collect();
    match quad[..] {
        [127 | 10 | 0, ..] | [192, 168, ..] | [169, 254, ..] => quad.len() == 4,
        [172, second, ..] => quad.len() == 4 && (16..32).contains(&second),
        _ => host == "localhost",
    }
}

/// Why the webhook is refused after the old one is already gone.
fn verify(url: &Url<'_>) -> Result<(), ApiError> {
    let bad = |why: &str| Err(ApiError::complaint(400, format!("Bad Request: bad webhook: {why}")));
    if !url.https {
        return bad("An HTTPS URL must be provided for webhook");
    }
    if url.port.is_some_and(|p| ![443, 80, 88, 8443].contains(&p)) {
        return bad("Webhook can be set up only on ports 80, 88, 443 or 8443");
    }
    if reserved(url.host) {
        return bad(&format!("IP address {} is reserved", url.host));
    }
    Ok(())
}

/// setWebhook; without a URL it is deleteWebhook.
pub(crate) fn set(c: &mut Call<'_>) -> Outcome {
    let url = c.p.text("url").unwrap_or_default();
    if url.is_empty() {
        return delete(c);
    }
    let pause = c.s.settings.wait(1.0);
    let now = Instant::now();
    let me = c.s.bot_mut(c.bot);
    if me.set_webhook_at.is_some_and(|at| now.duration_since(at) < pause) {
        return Err(ApiError::too_many_requests(1));
    }
    me.set_webhook_at = Some(now);
    let secret = c.p.text("secret_token").unwrap_or_default();
    let connections =
        usize::try_from(c.p.int("max_connections").unwrap_or(40).clamp(1, 100)).unwrap_or(40);
    let certificate = c.upload("certificate", &c.p.value("certificate"))?;
    let ip = c.p.text("ip_address");
    let drop = c.p.flag("drop_pending_updates");
    let names = c.p.allowed_updates();
    let me = c.s.bot_mut(c.bot);
    let same = me.webhook.as_ref().is_some_and(|h| {
        h.url == url
            && !h.has_certificate
            && certificate.is_none()
            && h.max_connections == connections
            && h.secret == secret
            && h.ip_address == ip
            && !drop
    });
    if same {
        if let Some(names) = names {
            me.allowed_updates = names;
        }
        return Ok(json!(true));
    }
    // From here on the old webhook is gone, whatever comes of the new one.
    me.webhook = None;
    me.webhook_generation += 1;
    me.last_error = None;
    if drop {
        forget_pending(c);
    }
    let parsed = parse(&url)
        .ok_or_else(|| ApiError::complaint(400, "Bad Request: invalid webhook URL specified"))?;
    if secret.len() > 256 {
        return Err(ApiError::complaint(400, "Bad Request: secret token is too long"));
    }
    if !secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return Err(ApiError::complaint(
            400,
            "Bad Request: secret token contains unallowed characters",
        ));
    }
    if let Some(file) = &certificate
        && file.size() > 3 << 20
    {
        let why = format!("Bad Request: certificate size is too big ({} bytes)", file.size());
        return Err(ApiError::complaint(400, why));
    }
    verify(&parsed)?;
    let me = c.s.bot_mut(c.bot);
    if let Some(names) = names {
        me.allowed_updates = names;
    }
    let mut hook = Webhook::new(url, secret, connections, me.webhook_generation);
    hook.has_certificate = certificate.is_some();
    hook.ip_address = ip;
    me.webhook = Some(hook);
    c.s.dirty.insert(c.bot);
    Ok(json!(true))
}

/// deleteWebhook: pending updates stay, unless told otherwise.
pub(crate) fn delete(c: &mut Call<'_>) -> Outcome {
    if c.p.flag("drop_pending_updates") {
        forget_pending(c);
    }
    let me = c.s.bot_mut(c.bot);
    me.webhook = None;
    me.webhook_generation += 1;
    me.last_error = None;
    Ok(json!(true))
}

fn forget_pending(c: &mut Call<'_>) {
    let me = c.s.bot_mut(c.bot);
    let gone: Vec<i64> = me.pending.keys().copied().collect();
    me.pending.clear();
    me.dropped.extend(gone);
}
