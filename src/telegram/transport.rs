//! One request, one answer, and the three ways it can end.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use url::Url;

use super::{
    CALL_TIMEOUT, Caller, Telegram,
    outcome::{CallError, Doubt, ErrorAnswer, Refusal, classify},
    traffic::Class,
    waiting::in_time,
};

#[derive(Deserialize)]
struct OkAnswer<'a> {
    ok: bool,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

impl Telegram {
    /// Calls a method with one of teloxide's payloads, or one of our own, as JSON.
    pub(super) async fn call<P>(&self, caller: &Caller, payload: &P) -> Result<P::Output, CallError>
    where
        P: Payload + Serialize,
        P::Output: DeserializeOwned,
    {
        self.call_json(caller, P::NAME, payload, CALL_TIMEOUT).await
    }

    /// Calls a method by name with JSON parameters.
    pub(super) async fn call_json<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        method: &str,
        parameters: &(impl Serialize + ?Sized),
        timeout: Duration,
    ) -> Result<T, CallError> {
        let body = serde_json::to_vec(parameters).map_err(|_| unserializable())?;
        let request = self
            .inner
            .http
            .post(self.method_url(caller, method))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body);
        let began = Instant::now();
        let done = answer(request, timeout, Has::Words).await;
        self.inner.traffic.note(Class::of(method), began.elapsed(), &done);
        done
    }

    /// Calls a method with a form that holds files.
    pub(super) async fn call_multipart<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        method: &str,
        form: reqwest::multipart::Form,
        timeout: Duration,
    ) -> Result<T, CallError> {
        let url = self.method_url(caller, method);
        let began = Instant::now();
        let done = answer(self.inner.http.post(url).multipart(form), timeout, Has::Files).await;
        self.inner.traffic.note(Class::Upload, began.elapsed(), &done);
        done
    }

    fn method_url(&self, caller: &Caller, method: &str) -> Url {
        self.address(&format!("/bot{}/{method}", caller.token.reveal()))
    }

    /// The address of a path beneath the Bot API's own. The host was read at the start: reading it for each call
    /// costs more than all the rest of the address.
    pub(super) fn address(&self, path: &str) -> Url {
        let mut url = self.inner.base.clone();
        let beneath = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&beneath);
        url
    }
}

/// What a request is full of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Has {
    Words,
    Files,
}

/// Sends the request and reads the answer. Its errors hold no URL: the path has the token.
async fn answer<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
    timeout: Duration,
    has: Has,
) -> Result<T, CallError> {
    let mut status = None;
    let exchange = Box::pin(async {
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        status = Some(response.status());
        response.bytes().await.map_err(|error| unanswered(&error))
    });
    let in_vain = Err(Doubt::TimedOut.into());
    let body = in_time(timeout, exchange).await.unwrap_or(in_vain);
    let body = match (body, status) {
        (Ok(body), _) => body,
        // What it would have said is not worth waiting for.
        (Err(_), Some(status)) if status.is_server_error() => {
            return Err(Doubt::ServerFault(status.as_u16()).into());
        }
        (Err(error), _) => return Err(error),
    };
    let status = status.map_or(0, |status| status.as_u16());
    if !(200..300).contains(&status) {
        return Err(refused(status, &body, has));
    }
    let unreadable = CallError::Unknown(Doubt::Unreadable);
    let parsed: OkAnswer<'_> = serde_json::from_slice(&body).map_err(|_| unreadable.clone())?;
    if !parsed.ok {
        return Err(refused(400, &body, has));
    }
    let result = parsed.result.ok_or_else(|| unreadable.clone())?;
    serde_json::from_str(result.get()).map_err(|_| unreadable)
}

/// What an answer that is no success means. Telegram's own refusals are JSON; a page in their place
/// is from somebody between (a proxy, a gateway), who says nothing about the message.
fn refused(status: u16, body: &[u8], has: Has) -> CallError {
    match serde_json::from_slice::<ErrorAnswer>(body) {
        Ok(said) if said.ok == Some(false) => classify(status, &said),
        // Before Telegram's servers there is one that takes no big files.
        _ if matches!(status, 429 | 500..) || (status == 413 && has == Has::Files) => {
            classify(status, &ErrorAnswer::default())
        }
        _ => Doubt::Unreadable.into(),
    }
}

/// No connection means the request certainly never left; anything later leaves it open.
pub(super) fn unanswered(error: &reqwest::Error) -> CallError {
    if error.is_connect() {
        Refusal::Unreachable.into()
    } else if error.is_timeout() {
        Doubt::TimedOut.into()
    } else {
        Doubt::Cut.into()
    }
}

fn unserializable() -> CallError {
    Refusal::Other { code: 0, description: "the request can't be written as JSON".to_owned() }
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_place_of_an_answer_refuses_nothing() {
        let page = b"<html>Blocked by gateway</html>";
        let refused = |status, body: &[u8]| refused(status, body, Has::Words);
        for status in [301, 302, 400, 401, 403, 404, 407, 413, 451] {
            assert_eq!(refused(status, page), Doubt::Unreadable.into(), "{status}");
            assert_eq!(refused(status, b"{}"), Doubt::Unreadable.into(), "{status}");
        }
        assert_eq!(refused(502, page), Doubt::ServerFault(502).into());
        let too_big = Refusal::FileTooBig.into();
        assert_eq!(super::refused(413, page, Has::Files), too_big);
        assert!(matches!(refused(429, page), CallError::NotSent(Refusal::TooFast { .. })));
        let said = br#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        assert_eq!(refused(403, said), Refusal::Blocked.into());
        assert_eq!(
            refused(401, br#"{"ok":false,"description":"Unauthorized"}"#),
            Refusal::TokenRevoked.into()
        );
    }
}
