//! Calls whose files stand in `media`: albums (`sendMediaGroup`) and replaced media
//! (`editMessageMedia`).
//!
//! A file the calling bot has sent before goes by its id; the others are read from the bot that has
//! them, one after the other, each opened when its turn in the form comes.

use std::sync::{Arc, atomic::AtomicBool, atomic::Ordering};

use futures::{StreamExt, TryStreamExt};
use reqwest::{Body, multipart};
use serde_json::{Map, Value};
use teloxide::types::ChatId;

use super::{
    CALL_TIMEOUT, Caller, TRANSFER_TIMEOUT, Telegram,
    deliver::{Attachment, Errand, Outgoing, file_id_in, of_holder, text_fields, typed},
    files::Watched,
    outcome::{CallError, Refusal},
};

impl Telegram {
    pub(super) async fn attempt_media(
        &self,
        (caller, chat): (&Caller, ChatId),
        parameters: Map<String, Value>,
        outgoing: &Outgoing,
        errand: Errand<'_>,
    ) -> Result<Value, CallError> {
        let holder = errand.holder;
        let media = &outgoing.media;
        let ids: Vec<_> = media.iter().map(|item| self.known_id(caller, item, holder)).collect();
        let any_known = ids.iter().any(Option::is_some);
        let mut result = self.send_media((caller, chat), &parameters, outgoing, &ids, errand).await;
        if any_known && matches!(result, Err(CallError::NotSent(Refusal::BadFileId))) {
            // Telegram does not say which of them it does not know.
            for item in media {
                self.forget_id(caller, item);
            }
            let none = vec![None; media.len()];
            result = self.send_media((caller, chat), &parameters, outgoing, &none, errand).await;
        }
        if let Ok(answer) = &result {
            self.remember_ids(caller, media, answer);
        }
        result
    }

    async fn send_media(
        &self,
        (caller, chat): (&Caller, ChatId),
        parameters: &Map<String, Value>,
        outgoing: &Outgoing,
        ids: &[Option<String>],
        errand: Errand<'_>,
    ) -> Result<Value, CallError> {
        let parameters = parameters.clone();
        let known: Vec<String> = ids.iter().flatten().cloned().collect();
        if known.len() == ids.len() {
            let by_id = with_media(parameters, known.into_iter());
            errand.goes().await?;
            return self.call_json(caller, outgoing.method, &by_id, CALL_TIMEOUT).await;
        }
        self.upload_media((caller, chat), parameters, outgoing, ids, errand).await
    }

    fn known_id(&self, caller: &Caller, item: &Attachment, holder: &Caller) -> Option<String> {
        let known = self.inner.file_ids.get(caller.bot, item.field, &item.file);
        known.or_else(|| (holder.bot == caller.bot).then(|| item.file.id.clone()))
    }

    fn forget_id(&self, caller: &Caller, item: &Attachment) {
        self.inner.file_ids.forget(caller.bot, item.field, &item.file);
    }

    fn remember_ids(&self, caller: &Caller, media: &[Attachment], answer: &Value) {
        // Where some are missing, the others stand in places that are not theirs.
        if answer.as_array().is_some_and(|list| list.len() != media.len()) {
            return;
        }
        for (place, item) in media.iter().enumerate() {
            let message = answer.as_array().map_or(Some(answer), |list| list.get(place));
            if let Some(id) = message.and_then(|message| file_id_in(message, item.field)) {
                self.inner.file_ids.put(caller.bot, item.field, &item.file, id);
            }
        }
    }

    async fn upload_media(
        &self,
        (caller, chat): (&Caller, ChatId),
        parameters: Map<String, Value>,
        outgoing: &Outgoing,
        ids: &[Option<String>],
        errand: Errand<'_>,
    ) -> Result<Value, CallError> {
        let _slot = self.transfer_slot(chat).await?;
        let failed = Arc::new(AtomicBool::new(false));
        let (mut parts, mut names) = (Vec::new(), Vec::new());
        for (place, item) in outgoing.media.iter().enumerate() {
            if let Some(id) = ids.get(place).cloned().flatten() {
                names.push(id);
                continue;
            }
            let part = format!("file{place}");
            names.push(format!("attach://{part}"));
            parts.push((part, self.lazy_part(errand.holder, item, &failed).await?));
        }
        let form = text_fields(with_media(parameters, names.into_iter()));
        let form = parts.into_iter().fold(form, |form, (name, part)| form.part(name, part));
        errand.goes().await?;
        let result = self.call_multipart(caller, outgoing.method, form, TRANSFER_TIMEOUT).await;
        match result {
            Err(CallError::Unknown(_)) if failed.load(Ordering::Relaxed) => {
                Err(Refusal::FileLater { retry_after: None }.into())
            }
            result => result,
        }
    }

    /// A part whose file is found now, so that one that is too big is known before anything is
    /// sent, and read when its turn comes.
    async fn lazy_part(
        &self,
        holder: &Caller,
        item: &Attachment,
        failed: &Arc<AtomicBool>,
    ) -> Result<multipart::Part, CallError> {
        let path = self.locate(holder, &item.file).await.map_err(of_holder)?;
        let (telegram, holder) = (self.clone(), holder.clone());
        let open = async move {
            let opened = telegram.open_located(&holder, &path).await;
            opened.map(|open| open.content).map_err(std::io::Error::other)
        };
        let content = futures::stream::once(open).try_flatten().boxed();
        let content = Watched::by(content, Arc::clone(failed));
        let part = multipart::Part::stream(Body::wrap_stream(content));
        Ok(typed(part.file_name(item.file.name.clone()), &item.file))
    }
}

/// Names the files in `media`: a list of objects, or one.
fn with_media(
    mut parameters: Map<String, Value>,
    names: impl Iterator<Item = String>,
) -> Map<String, Value> {
    let media = parameters.get_mut("media");
    let items: Vec<&mut Value> = match media {
        Some(Value::Array(items)) => items.iter_mut().collect(),
        Some(item) => vec![item],
        None => Vec::new(),
    };
    for (item, name) in items.into_iter().zip(names) {
        item["media"] = name.into();
    }
    parameters
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_go_to_their_places_in_a_list_or_an_object() {
        let parameters = |media: Value| json!({ "media": media }).as_object().unwrap().clone();
        let names = || ["a".to_owned(), "b".to_owned()].into_iter();
        let list = with_media(parameters(json!([{"type": "photo"}, {"type": "video"}])), names());
        assert_eq!(list["media"][1], json!({"type": "video", "media": "b"}));
        let one = with_media(parameters(json!({"type": "photo"})), names());
        assert_eq!(one["media"]["media"], "a");
    }
}
