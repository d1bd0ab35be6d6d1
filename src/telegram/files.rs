//! A file one bot has, opened for reading, and the file ids another bot already has for it.
//!
//! File ids belong to one bot. The content goes from bot to bot as a stream: a chunk read is a
//! chunk written, whatever the file's size.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use quick_cache::sync::Cache;
use serde::Deserialize;
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::{
    CALL_TIMEOUT, Caller, TRANSFER_TIMEOUT, Telegram,
    outcome::{CallError, Refusal},
    transport::unanswered,
};
use crate::model::BotId;

/// How long a file's next piece may take.
const STALL: Duration = Duration::from_secs(30);
/// File ids remembered. In memory only: a file id is content.
const REMEMBERED: usize = 2048;

/// A file as a message names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// The id for the bot that got the message.
    pub id: String,
    /// The id that is equal for every bot.
    pub unique_id: String,
    /// Its size in bytes, where Telegram says.
    pub size: Option<u64>,
    /// The name it had, or one that fits its kind.
    pub name: String,
    /// Its MIME type, where Telegram says.
    pub mime: Option<String>,
}

type ByteStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// An open file.
pub(super) struct OpenFile {
    pub(super) content: ByteStream,
    pub(super) length: Option<u64>,
}

#[derive(Deserialize)]
struct FilePath {
    file_path: Option<String>,
}

impl Telegram {
    /// Asks where a file is (`getFile`) and begins to read it.
    pub(super) async fn open_file(
        &self,
        caller: &Caller,
        file: &RemoteFile,
    ) -> Result<OpenFile, CallError> {
        let path = self.locate(caller, file).await?;
        self.open_located(caller, &path).await
    }

    /// Asks where a file is (`getFile`): its path.
    pub(super) async fn locate(
        &self,
        caller: &Caller,
        file: &RemoteFile,
    ) -> Result<String, CallError> {
        let asked = json!({ "file_id": file.id });
        let found: FilePath = self.call_json(caller, "getFile", &asked, CALL_TIMEOUT).await?;
        Ok(found.file_path.ok_or(Refusal::FileUnavailable)?)
    }

    /// Begins to read a file at its path.
    pub(super) async fn open_located(
        &self,
        caller: &Caller,
        path: &str,
    ) -> Result<OpenFile, CallError> {
        if path.starts_with('/') {
            open_local(path).await
        } else {
            self.open_http(caller, path).await
        }
    }

    async fn open_http(&self, caller: &Caller, path: &str) -> Result<OpenFile, CallError> {
        let token = caller.token.reveal();
        let url = self.address(&format!("/file/bot{token}/{path}"));
        let request = self.inner.http.get(url).timeout(TRANSFER_TIMEOUT);
        // Reading has no effect at Telegram, so nothing about it is uncertain: it is done again.
        let response = request.send().await.map_err(|error| match unanswered(&error) {
            CallError::NotSent(refusal) => refusal,
            CallError::Unknown(_) => Refusal::FileLater { retry_after: None },
        })?;
        let status = response.status();
        if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
            return Err(Refusal::FileLater { retry_after: None }.into());
        }
        if !status.is_success() {
            return Err(Refusal::FileUnavailable.into());
        }
        let length = response.content_length();
        Ok(OpenFile { content: Box::pin(chunks(response)), length })
    }
}

/// The body piece by piece. One that stands still for long counts as broken off: it would hold its
/// place, and the messages behind it.
fn chunks(response: reqwest::Response) -> impl Stream<Item = std::io::Result<Bytes>> {
    futures::stream::try_unfold(response, |mut response| async move {
        let next = tokio::time::timeout(STALL, response.chunk()).await;
        let chunk = next.map_err(|_| std::io::ErrorKind::TimedOut)?;
        let chunk = chunk.map_err(|error| std::io::Error::other(error.without_url()))?;
        Ok(chunk.map(|chunk| (chunk, response)))
    })
}

/// A Bot API server run with `--local` on this machine gives a path instead of an address.
async fn open_local(path: &str) -> Result<OpenFile, CallError> {
    let file = tokio::fs::File::open(path).await.map_err(|_| Refusal::FileUnavailable)?;
    let length = file.metadata().await.ok().map(|about| about.len());
    Ok(OpenFile { content: Box::pin(ReaderStream::new(file)), length })
}

/// Passes a stream on and remembers whether reading it failed: then the upload it fed was cut
/// short by us, and Telegram certainly has no whole request.
pub(super) struct Watched {
    content: ByteStream,
    failed: Arc<AtomicBool>,
}

impl Watched {
    pub(super) fn new(content: ByteStream) -> (Self, Arc<AtomicBool>) {
        let failed = Arc::new(AtomicBool::new(false));
        (Self::by(content, Arc::clone(&failed)), failed)
    }

    /// The same with a mark that several streams share.
    pub(super) fn by(content: ByteStream, failed: Arc<AtomicBool>) -> Self {
        Self { content, failed }
    }
}

impl Stream for Watched {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.content.as_mut().poll_next(context);
        if matches!(next, Poll::Ready(Some(Err(_)))) {
            self.failed.store(true, Ordering::Relaxed);
        }
        next
    }
}

/// What a file is called by a bot that sent it before: (bot, kind of media, unique id) → file id.
pub(super) struct FileIds(Cache<(BotId, &'static str, String), String>);

impl FileIds {
    pub(super) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    pub(super) fn get(&self, bot: BotId, kind: &'static str, file: &RemoteFile) -> Option<String> {
        self.0.get(&(bot, kind, file.unique_id.clone()))
    }

    pub(super) fn put(&self, bot: BotId, kind: &'static str, file: &RemoteFile, id: String) {
        if !file.unique_id.is_empty() {
            self.0.insert((bot, kind, file.unique_id.clone()), id);
        }
    }

    pub(super) fn forget(&self, bot: BotId, kind: &'static str, file: &RemoteFile) {
        self.0.remove(&(bot, kind, file.unique_id.clone()));
    }
}
