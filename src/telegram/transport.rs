//! One request, one answer, and the three ways it can end.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use teloxide::requests::Payload;

use super::{
    CALL_TIMEOUT, Caller, Telegram,
    outcome::{CallError, Doubt, ErrorAnswer, Refusal, classify},
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
        answer(request, timeout).await
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
        answer(self.inner.http.post(url).multipart(form), timeout).await
    }

    fn method_url(&self, caller: &Caller, method: &str) -> String {
        format!("{}/bot{}/{method}", self.inner.base, caller.token.reveal())
    }
}

/// Sends the request and reads the answer. Its errors hold no URL: the path has the token.
async fn answer<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
    timeout: Duration,
) -> Result<T, CallError> {
    let mut status = None;
    let exchange = Box::pin(async {
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        status = Some(response.status());
        response.bytes().await.map_err(|error| unanswered(&error))
    });
    let in_vain = Err(Doubt::TimedOut.into());
    let body = in_time(timeout, exchange).await.unwrap_or(in_vain);
    if let Some(status) = status.filter(|status| !status.is_success()) {
        let said = body.ok().and_then(|body| serde_json::from_slice::<ErrorAnswer>(&body).ok());
        return Err(classify(status.as_u16(), &said.unwrap_or_default()));
    }
    let body = body?;
    let unreadable = CallError::Unknown(Doubt::Unreadable);
    let parsed: OkAnswer<'_> = serde_json::from_slice(&body).map_err(|_| unreadable.clone())?;
    if !parsed.ok {
        let said = serde_json::from_slice(&body).unwrap_or_default();
        return Err(classify(400, &said));
    }
    let result = parsed.result.ok_or_else(|| unreadable.clone())?;
    serde_json::from_str(result.get()).map_err(|_| unreadable)
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
