//! A customer's card: what is known of him, his photo, and the note the owner keeps on him.

use serde_json::{Map, Value, json};
use teloxide::types::ChatId;

use super::{
    Master, MasterError, Owner,
    acquaintance::{Customer, NAME_PATIENCE, as_reply, unknown},
    actions::{Done, Occasion, keyboard, plain},
    bans::{Bans, ban_buttons},
    inbox::message_id,
    people::{PeoplePress, Place, Whom},
    state::Press,
};
use crate::{
    clock,
    model::Part,
    relay::{header::clean, rich::RichText},
    spans::{answer_time, day, median_answer_time},
    telegram::{Attachment, CallError, Outgoing, Refusal, RemoteFile},
    text::Language,
    update::Button,
};

/// Messages and answers from which the usual time is taken.
const TIMES: i64 = 2000;
/// Labels that are shown.
const LABELS: usize = 20;
/// UTF-16 units of a caption.
const CAPTION: usize = 1024;

/// What a card says besides the customer himself.
struct Facts {
    labels: Vec<String>,
    first_seen: Option<i64>,
    wrote: i64,
    answered: i64,
    answer_time: Option<i64>,
    bans: Bans,
    /// The bots of bans that hold for some only.
    banned_from: String,
    note: Option<String>,
}

impl Master {
    /// `/info` as a reply.
    pub(super) async fn show_card(
        &self,
        owner: Owner,
        whom: Whom,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(unknown(owner)) };
        let (text, buttons) = self.card(owner, &customer, None).await?;
        let about = match occasion {
            Occasion::Words(message) => Some(message.id),
            _ => None,
        };
        let mut parameters = as_reply(about, true);
        parameters.insert("reply_markup".to_owned(), buttons);
        let sent = match self.show_photo(owner, &customer, &text, &parameters).await? {
            Some(sent) => sent,
            None => self.show_text(owner, text, parameters).await?,
        };
        // His name stands at the top of it, so a reply to it is meant for him.
        let latest = self.inner.store.latest_copy(owner.id, whom.bot, whom.customer).await?;
        if let Some((latest, card)) = latest.zip(message_id(&sent)) {
            self.record_pointer(owner, latest.source, Part::Pointer(card.0), Some(card)).await?;
        }
        Ok(Done::Shown)
    }

    async fn show_text(
        &self,
        owner: Owner,
        text: RichText,
        mut parameters: Map<String, Value>,
    ) -> Result<Value, MasterError> {
        with_text(&mut parameters, "text", "entities", text);
        let outgoing = Outgoing::new("sendMessage", parameters);
        let sent = self.send_from(owner.id.chat(), &outgoing, &self.inner.caller).await;
        sent.map_err(MasterError::Answer)
    }

    /// The card with the customer's photo; `None` where it has to do without.
    async fn show_photo(
        &self,
        owner: Owner,
        customer: &Customer,
        text: &RichText,
        parameters: &Map<String, Value>,
    ) -> Result<Option<Value>, MasterError> {
        let Some(client) = customer.client.as_ref().filter(|_| text.units() <= CAPTION) else {
            return Ok(None);
        };
        let asked = self.inner.telegram.profile_photo(&client.caller, customer.whom.customer);
        let sizes = tokio::time::timeout(NAME_PATIENCE, asked).await.ok().and_then(Result::ok);
        let Some(file) = sizes.and_then(|sizes| largest(&sizes)) else { return Ok(None) };
        let mut parameters = parameters.clone();
        with_text(&mut parameters, "caption", "caption_entities", text.clone());
        let attachment = Attachment { field: "photo", file };
        let outgoing = Outgoing::with_file("sendPhoto", parameters, attachment);
        match self.send_from(owner.id.chat(), &outgoing, &client.caller).await {
            Ok(sent) => Ok(Some(sent)),
            Err(error @ CallError::NotSent(Refusal::TooFast { .. })) => {
                Err(MasterError::Answer(error))
            }
            // Once too often is better than not at all: a card does no harm.
            Err(error) => {
                tracing::debug!(%error, "a card goes without its photo");
                Ok(None)
            }
        }
    }

    /// Shows a card anew where its button was pressed, with a remark below it.
    pub(super) async fn redraw_card(
        &self,
        owner: Owner,
        customer: &Customer,
        remark: Option<String>,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let (text, buttons) = self.card(owner, customer, remark).await?;
        let mut parameters = Map::new();
        parameters.insert("reply_markup".to_owned(), buttons);
        if let Some(edit) = edit_of(occasion, &text, &parameters) {
            match self.send(owner.id.chat(), edit).await {
                Err(MasterError::Answer(error)) => match error.refusal() {
                    Some(Refusal::NotModified) => return Ok(Done::Shown),
                    Some(Refusal::MessageGone | Refusal::MessageFixed | Refusal::Other { .. }) => {}
                    _ => return Err(MasterError::Answer(error)),
                },
                done => return done.map(|()| Done::Shown),
            }
        }
        self.show_text(owner, text, parameters).await?;
        Ok(Done::Shown)
    }

    async fn card(
        &self,
        owner: Owner,
        customer: &Customer,
        remark: Option<String>,
    ) -> Result<(RichText, Value), MasterError> {
        let facts = self.facts(owner, customer).await?;
        let mut text = written(owner.language, customer, &facts);
        if let Some(remark) = remark {
            text.push(&format!("\n\n{remark}"));
        }
        let mut rows = ban_buttons(owner.language, customer, &facts.bans, Place::Card);
        let note = Press::People(PeoplePress::Note(customer.whom));
        rows.push(vec![(owner.language.button_note(), note)]);
        Ok((text, keyboard(&rows)))
    }

    async fn facts(&self, owner: Owner, customer: &Customer) -> Result<Facts, MasterError> {
        let store = &self.inner.store;
        let (owner_id, bot, chat) = customer.whom.key(owner.id);
        let (wrote, answered) = store.counts_of(owner_id, bot, chat).await?;
        let (wrote_at, answered_at) = store.times_of(owner_id, bot, chat, TIMES).await?;
        let bans = self.bans_of_customer(owner, chat).await?;
        Ok(Facts {
            labels: store.labels_of(owner_id, bot, chat).await?,
            first_seen: store.first_seen(owner_id, bot, chat).await?,
            wrote,
            answered,
            answer_time: median_answer_time(&wrote_at, &answered_at),
            banned_from: self.usernames(owner, &bans.only).await?,
            bans,
            note: self.note(owner, chat).await?,
        })
    }

    async fn note(&self, owner: Owner, customer: ChatId) -> Result<Option<String>, MasterError> {
        let Some(sealed) = self.inner.store.note(owner.id, customer).await? else {
            return Ok(None);
        };
        let opened = self.inner.seal.open(&note_context(owner, customer), &sealed).ok();
        let note = opened.and_then(|note| String::from_utf8(note).ok());
        if note.is_none() {
            tracing::warn!(owner.id = %owner.id, "a stored note does not open");
        }
        Ok(note)
    }

    /// Asks for the note; the card that was pressed stays as it is.
    pub(super) async fn ask_note(
        &self,
        owner: Owner,
        whom: Whom,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let (name, _) = self.names(owner, whom.bot, whom.customer).await?;
        let text = owner.language.note_prompt(&name);
        let Occasion::Press(button) = occasion else { return Ok(Done::Say(plain(text))) };
        let mut parameters = as_reply(button.message.as_ref().map(|card| card.id), true);
        parameters.insert("text".to_owned(), text.into());
        self.send(owner.id.chat(), Outgoing::new("sendMessage", parameters)).await?;
        Ok(Done::Shown)
    }

    /// Keeps a note, sealed; a single `-` removes it.
    pub(super) async fn keep_note(
        &self,
        owner: Owner,
        whom: Whom,
        text: &str,
    ) -> Result<Done, MasterError> {
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(unknown(owner)) };
        let (store, language) = (&self.inner.store, owner.language);
        if text == "-" {
            let said = if store.remove_note(owner.id, whom.customer).await? {
                language.note_removed(&customer.name)
            } else {
                language.note_none(&customer.name)
            };
            return Ok(Done::Say(plain(said)));
        }
        let context = note_context(owner, whom.customer);
        let Ok(sealed) = self.inner.seal.seal(&context, text.as_bytes()) else {
            // Only what is far longer than a note can't be sealed.
            return Ok(Done::Say(plain(language.note_too_long())));
        };
        store.put_note(owner.id, whom.customer, sealed, clock::now_ms()).await?;
        Ok(Done::Say(plain(language.note_kept(&customer.name))))
    }
}

pub(super) fn note_context(owner: Owner, customer: ChatId) -> String {
    format!("note of owner {} on customer {customer}", owner.id)
}

/// The edit of the card that was pressed; `None` where a message of its own is needed.
fn edit_of(
    occasion: Occasion<'_>,
    text: &RichText,
    parameters: &Map<String, Value>,
) -> Option<Outgoing> {
    let Occasion::Press(Button { message: Some(card), .. }) = occasion else { return None };
    let mut parameters = parameters.clone();
    parameters.insert("message_id".to_owned(), card.id.0.into());
    if card.get("photo").is_none() {
        with_text(&mut parameters, "text", "entities", text.clone());
        return Some(Outgoing::new("editMessageText", parameters));
    }
    with_text(&mut parameters, "caption", "caption_entities", text.clone());
    (text.units() <= CAPTION).then(|| Outgoing::new("editMessageCaption", parameters))
}

fn with_text(
    parameters: &mut Map<String, Value>,
    text: &'static str,
    entities: &'static str,
    rich: RichText,
) {
    parameters.insert(text.to_owned(), rich.text.into());
    parameters.insert(entities.to_owned(), rich.entities.into());
}

/// The biggest of a photo's sizes.
fn largest(sizes: &[Value]) -> Option<RemoteFile> {
    let width = |size: &&Value| size.get("width").and_then(Value::as_i64).unwrap_or(0);
    let size = sizes.iter().max_by_key(width)?;
    let unique_id = size.get("file_unique_id").and_then(Value::as_str).unwrap_or_default();
    Some(RemoteFile {
        id: size.get("file_id")?.as_str()?.to_owned(),
        unique_id: unique_id.to_owned(),
        size: size.get("file_size").and_then(Value::as_u64),
        name: "photo.jpg".to_owned(),
        mime: Some("image/jpeg".to_owned()),
    })
}

/// The card's text. Built with entities, and with nothing of the customer's but his cleaned name.
fn written(language: Language, customer: &Customer, facts: &Facts) -> RichText {
    let mut text = RichText::default();
    text.push_bold(&customer.name);
    let username = customer.person.as_ref().and_then(|person| person.username.as_deref());
    let plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if let Some(username) = username.filter(plain) {
        text.push(&format!(" @{username}"));
    }
    text.push(&format!(" → @{}\nID: ", customer.bot));
    let id = customer.whom.customer.0.to_string();
    text.entities.push(json!({"type": "code", "offset": text.units(), "length": id.len()}));
    text.push(&id);
    for line in lines(language, customer, facts) {
        text.push(&format!("\n{line}"));
    }
    text
}

fn lines(language: Language, customer: &Customer, facts: &Facts) -> Vec<String> {
    let (known, mut lines) = (&customer.known, Vec::new());
    let spoken = known.customer_language(None).map(in_words);
    lines.extend(spoken.map(|spoken| language.card_language(&spoken)));
    lines.push(if known.state.is_premium {
        language.card_premium()
    } else {
        language.card_no_premium()
    });
    if !facts.labels.is_empty() {
        let shown = facts.labels.iter().take(LABELS).map(|label| format!("#{label}"));
        let more = (facts.labels.len() > LABELS).then(|| "…".to_owned());
        let labels = shown.chain(more).collect::<Vec<_>>().join(" ");
        lines.push(language.card_labels(&labels));
    }
    lines.extend(facts.first_seen.map(|at| language.card_first_seen(&day(at))));
    lines.push(language.card_messages(&facts.wrote.to_string(), &facts.answered.to_string()));
    lines.push(match facts.answer_time {
        Some(ms) => language.card_answer_time(&answer_time(language, ms)),
        None => language.card_unanswered(),
    });
    lines.push(match &facts.bans {
        Bans { everywhere: true, .. } => language.card_banned(),
        Bans { only, .. } if only.is_empty() => language.card_not_banned(),
        Bans { .. } => language.card_banned_only(&facts.banned_from),
    });
    lines.extend(known.state.blocked_at.map(|at| language.card_blocked(&day(at))));
    lines.extend(facts.note.as_ref().map(|note| language.card_note(note)));
    lines
}

/// A language by its own name where it is one of ours, else its tag.
fn in_words(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    let own = |language: &Language| language.code().eq_ignore_ascii_case(primary);
    match Language::ALL.into_iter().find(own) {
        Some(Language::English) => "English".to_owned(),
        Some(Language::German) => "Deutsch".to_owned(),
        Some(Language::Spanish) => "Español".to_owned(),
        Some(Language::Russian) => "Русский".to_owned(),
        Some(Language::Ukrainian) => "Українська".to_owned(),
        Some(Language::Chinese) => "中文".to_owned(),
        None => clean(tag),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{BotId, Conversation, Known, OwnerId},
        relay::header::shown_name,
        update::Person,
    };

    use super::*;

    fn customer(name: &str) -> Customer {
        let person = Person {
            id: 5,
            name: name.to_owned(),
            username: Some("anna".to_owned()),
            ..Person::default()
        };
        let whom = Whom { bot: BotId(7), customer: ChatId(5) };
        let conversation = Conversation {
            owner: OwnerId(1),
            bot: whom.bot,
            customer: whom.customer,
            label: None,
            language: Some("de-AT".to_owned()),
        };
        let known = Known { conversation: Some(conversation), ..Known::default() };
        let name = shown_name(&person, Language::English);
        let bot = "shop_bot".into();
        Customer { whom, bot, client: None, known, person: Some(person), name, _present: None }
    }

    fn facts() -> Facts {
        Facts {
            labels: vec!["table7".to_owned(), "door".to_owned()],
            first_seen: Some(0),
            wrote: 3,
            answered: 2,
            answer_time: Some(5 * 60_000),
            bans: Bans { everywhere: true, only: Vec::new() },
            banned_from: String::new(),
            note: Some("likes tea".to_owned()),
        }
    }

    #[test]
    fn a_card_says_what_is_known() {
        let text = written(Language::English, &customer("Anna 🦊"), &facts());
        let wanted = "Anna 🦊 @anna → @shop_bot\nID: 5\nLanguage: Deutsch\nPremium: no\n\
                      Labels: #table7 #door\nFirst seen: 1970-01-01\nMessages: 3 in, 2 out\n\
                      Median answer time: 5 min\n🚫 Banned from all your bots\n📝 likes tea";
        assert_eq!(text.text, wanted);
        let code = &text.entities[1];
        assert_eq!((&code["type"], &code["offset"]), (&json!("code"), &json!(30)));
    }

    #[test]
    fn a_name_cannot_write_lines_of_the_card() {
        let text = written(Language::English, &customer("Eve\nID: 1\u{202e} @x"), &facts());
        assert!(text.text.starts_with("Eve ID꞉ 1 ＠x @anna → @shop_bot\nID: 5\n"), "{}", text.text);
    }
}
