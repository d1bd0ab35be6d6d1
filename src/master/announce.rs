//! What the operator says to all owners: written, looked at, confirmed, and sent in the background.
//!
//! ```text
//! the operator:  /admin, [Announce], "We move to a new server tonight."
//! @master_bot:   📣 From the person who runs this service:
//!                We move to a new server tonight.
//! @master_bot:   This is how the owners will see it. Send it? Owners: 340   [Send to 340] [Cancel]
//! @master_bot:   📣 Sending: 120 of 340            (the same message, changed as it goes)
//! ```
//!
//! Owners are told one after the other, in the order of their ids. Whom it has reached is written
//! after each, and who is next before: a process that was killed leaves at most one owner of whom
//! nobody knows, and what he gets then says that it may be a repeat. [`sending`] does that.

mod sending;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use teloxide::types::ChatId;

use super::{
    Master, MasterError, Owner,
    actions::{Answer, Done, Occasion, plain},
    admin::{AdminPress, Drafted, tag},
    state::{Input, Press, Sentence},
};
use crate::{
    clock, failpoint,
    relay::rich::RichText,
    store::Announcement,
    telegram::{CallError, Outgoing, Refusal},
    text::Language,
};

/// The most UTF-16 units of a message.
const MOST: usize = 4096;

impl Master {
    /// Looks at what was written as an announcement, and shows it as the owners will see it.
    pub(super) async fn consider_announcement(
        &self,
        owner: Owner,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let written = match occasion {
            Occasion::Words(message) => message.text().map(|text| RichText {
                text: text.to_owned(),
                entities: message
                    .get("entities")
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            }),
            _ => None,
        };
        match written.filter(|written| !written.text.trim().is_empty()) {
            // Read once more, so that an entity that stands on no letters costs itself.
            Some(written) => self.draft(owner, reread(&written)).await,
            None => Ok(unfit(Sentence::AnnounceUnfit)),
        }
    }

    /// The same for a text that stood behind `/admin announce`.
    pub(super) async fn draft_announcement(
        &self,
        owner: Owner,
        text: String,
    ) -> Result<Done, MasterError> {
        self.draft(owner, RichText::plain(text)).await
    }

    async fn draft(&self, owner: Owner, words: RichText) -> Result<Done, MasterError> {
        let longest = Language::ALL.map(|language| composed(language, &words, true).units());
        if longest.into_iter().any(|units| units > MOST) {
            return Ok(unfit(Sentence::AnnounceTooLong));
        }
        let (all, _) = self.inner.store.count_owners().await?;
        let others = all - 1;
        if others < 1 {
            return Ok(unfit(Sentence::AnnounceNobody));
        }
        let shown = message(composed(owner.language, &words, false));
        match self.send(owner.id.chat(), shown).await {
            Err(MasterError::Answer(CallError::NotSent(Refusal::Other { .. }))) => {
                return Ok(unfit(Sentence::UnfitRefused));
            }
            // It may have been shown: the question is asked all the same.
            Err(error) if !error.is_doubtful() => return Err(error),
            _ => {}
        }
        let json = serde_json::to_vec(&json!({"text": words.text, "entities": words.entities}))?;
        let sealed = self.inner.seal.seal(CONTEXT, &json).unwrap_or_default();
        Ok(Done::Next(Input::Drafted(Drafted::Fit(STANDARD.encode(sealed), others))))
    }

    pub(super) fn ask_to_send(owner: Owner, sealed: &str, owners: i64) -> Answer {
        let (language, tag, owners) = (owner.language, tag(sealed), owners.to_string());
        let press = |text, press| (text, Press::Admin(press));
        Answer {
            text: language.announce_question(&owners),
            buttons: vec![vec![
                press(language.button_admin_send(&owners), AdminPress::Send(tag)),
                press(language.button_cancel(), AdminPress::Drop(tag)),
            ]],
        }
    }

    /// Begins to send an announcement. The question becomes the place that shows how far it is.
    pub(super) async fn begin_announcing(
        &self,
        owner: Owner,
        sealed: &str,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let question = match occasion {
            Occasion::Press(button) => button.message.as_ref(),
            _ => None,
        };
        let (Some(question), Ok(text)) = (question, STANDARD.decode(sealed)) else {
            return Ok(Done::Stale);
        };
        let (all, _) = self.inner.store.count_owners().await?;
        let new = Announcement {
            operator_id: owner.id.0,
            question_id: question.id.0.into(),
            text: Some(text),
            made_at: clock::now_ms(),
            owners: all - 1,
            reached: 0,
            trying: None,
            sent: 0,
            failed: 0,
        };
        if self.inner.store.has_announcement(&new).await? {
            // By this very press, in a process that was killed. What is shown is newer.
            return Ok(Done::Shown);
        }
        // Before it begins, or it might say after the end that it begins.
        let begins = owner.language.announce_progress("0", &new.owners.to_string());
        self.answer(owner, plain(begins), occasion).await?;
        self.inner.store.announce(&new).await?;
        failpoint::at("announce", "stored");
        self.inner.telling.notify_one();
        Ok(Done::Shown)
    }

    /// What an announcement says; `None` where it can't be read any more.
    fn said_by(&self, announcement: &Announcement) -> Option<RichText> {
        let json = self.inner.seal.open(CONTEXT, announcement.text.as_ref()?).ok()?;
        RichText::read(&serde_json::from_slice(&json).ok()?, "text", "entities")
    }
}

/// What an announcement is sealed as.
const CONTEXT: &str = "announcement";

fn unfit(sentence: Sentence) -> Done {
    Done::Next(Input::Drafted(Drafted::Unfit(sentence)))
}

fn reread(words: &RichText) -> RichText {
    let json = json!({"text": words.text, "entities": words.entities});
    RichText::read(&json, "text", "entities").unwrap_or_default()
}

/// The words with their heading.
fn composed(language: Language, words: &RichText, is_repeat: bool) -> RichText {
    let mut whole = RichText::default();
    whole.push_bold(&language.announce_heading());
    if is_repeat {
        whole.push("\n");
        whole.push(&language.repeat());
    }
    whole.push("\n\n");
    whole.append(words.clone());
    whole
}

fn message(words: RichText) -> Outgoing {
    let mut parameters = Map::new();
    parameters.insert("text".to_owned(), words.text.into());
    parameters.insert("entities".to_owned(), words.entities.into());
    Outgoing::new("sendMessage", parameters)
}

/// A message of ours with other words.
fn changed(message: i64, text: String) -> Outgoing {
    let mut parameters = Map::new();
    parameters.insert("message_id".to_owned(), message.into());
    parameters.insert("text".to_owned(), text.into());
    Outgoing::new("editMessageText", parameters)
}

/// The chat an announcement is shown in.
fn place(of: &Announcement) -> ChatId {
    ChatId(of.operator_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_says_who_speaks_and_keeps_its_entities_on_their_words() {
        let bold = json!([{"type": "italic", "offset": 3, "length": 4}]);
        let words =
            RichText { text: "We move".to_owned(), entities: bold.as_array().unwrap().clone() };
        let whole = composed(Language::English, &words, true);
        let heading = Language::English.announce_heading();
        let repeat = Language::English.repeat();
        assert_eq!(whole.text, format!("{heading}\n{repeat}\n\nWe move"));
        let at = crate::relay::rich::RichText::plain(format!("{heading}\n{repeat}\n\nWe ")).units();
        assert_eq!(whole.entities[1]["offset"], at);
    }
}
