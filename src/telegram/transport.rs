//! One request, one answer, and the three ways it can end.

use std::{pin::pin, time::Duration};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use teloxide::requests::Payload;

use super::{
    CALL_TIMEOUT, Caller, Telegram,
    outcome::{CallError, Doubt, ErrorAnswer, Refusal, classify},
};

/// How long an answer has that is there already, when the time for it is over.
const AFTER_STANDING_STILL: Duration = Duration::from_secs(1);

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
        in_time(timeout, answer(request)).await
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
        in_time(timeout, answer(self.inner.http.post(url).multipart(form))).await
    }

    fn method_url(&self, caller: &Caller, method: &str) -> String {
        format!("{}/bot{}/{method}", self.inner.base, caller.token.reveal())
    }
}

/// Waits for a call's end for so long. A process that stood still (`SIGSTOP`, a suspended machine)
/// finds its time over and the answer in its hands at once, so an answer that comes in a moment
/// counts.
async fn in_time<T>(
    timeout: Duration,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let mut call = pin!(call);
    for patience in [timeout, AFTER_STANDING_STILL] {
        if let Ok(ended) = tokio::time::timeout(patience, &mut call).await {
            return ended;
        }
    }
    Err(Doubt::TimedOut.into())
}

/// Sends the request and reads the answer. Its errors hold no URL: the path has the token.
async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, CallError> {
    let response = request.send().await.map_err(|error| unanswered(&error))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| unanswered(&error));
    if !status.is_success() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_is_there_when_the_time_is_over_counts() {
        let after = |time: Duration| async move {
            tokio::time::sleep(time).await;
            Ok(())
        };
        let limit = Duration::from_millis(50);
        assert_eq!(in_time(limit, after(limit * 2)).await, Ok(()));
        let late = after(limit + AFTER_STANDING_STILL * 2);
        assert_eq!(in_time(limit, late).await, Err(Doubt::TimedOut.into()));
    }
}
