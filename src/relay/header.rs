//! The first line of a copy: who wrote it, to which bot, and whether it was answered.
//!
//! ```text
//! 🆕 Anna Petrova @anna → @shop_bot #table7
//! ```
//!
//! Made of entities, never of markup around foreign text. A name is cleaned, so that no customer
//! can imitate a header, a mention, a label or a link.

use serde_json::{Value, json};
use teloxide::types::ChatId;

use super::{
    customer::Customer,
    rich::{RichText, units},
};
use crate::{
    model::Conversation,
    name::{is_blank, one_line},
    telegram::ClientBot,
    text::Language,
    update::Person,
};

/// The mark of a copy nobody has answered.
pub const NEW: &str = "🆕";
/// The mark of an answered copy.
pub const ANSWERED: &str = "✅";

/// Everything a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The state mark.
    pub mark: &'static str,
    /// The cleaned name.
    pub name: String,
    /// The username, without `@`.
    pub username: Option<String>,
    /// The client bot's username.
    pub bot: String,
    /// The label the customer came with.
    pub label: Option<String>,
    /// Remarks, one a line: possibly a repeat, edited, messages that were not passed on.
    pub remark: Option<String>,
}

impl Header {
    /// The header for what a customer does now.
    pub(super) fn of(customer: &Customer<'_>) -> Self {
        let conversation = customer.known.conversation.as_ref();
        Self::new(customer.from, customer.client, conversation, customer.owner_language())
    }

    /// The header for a customer's message.
    pub fn new(
        person: &Person,
        client: &ClientBot,
        conversation: Option<&Conversation>,
        language: Language,
    ) -> Self {
        let username = person.username.as_deref().filter(|name| is_username(name));
        let username = username.filter(|_| !client.settings.hide_usernames);
        Self {
            mark: NEW,
            name: shown_name(person, language),
            username: username.map(str::to_owned),
            bot: client.username.clone(),
            label: conversation.and_then(|conversation| conversation.label.clone()),
            remark: None,
        }
    }

    /// The same with one more remark, above those it has.
    #[must_use]
    pub fn remarked(&self, remark: String) -> Self {
        let remark = match &self.remark {
            Some(below) => format!("{remark}\n{below}"),
            None => remark,
        };
        Self { remark: Some(remark), ..self.clone() }
    }

    /// The line, with its remarks below it.
    pub fn rich(&self) -> RichText {
        let mut line = RichText::plain(format!("{} ", self.mark));
        line.push_bold(&self.name);
        if let Some(username) = &self.username {
            line.push(&format!(" @{username}"));
        }
        line.push(&format!(" → @{}", self.bot));
        if let Some(label) = &self.label {
            line.push(&format!(" #{label}"));
        }
        if let Some(remark) = &self.remark {
            line.push(&format!("\n{remark}"));
        }
        line
    }
}

/// Words that stand in a message without our header. Where they begin like one, they are set as a
/// quote, so that nobody takes them for ours; not a letter of them is changed.
pub(super) fn set_apart(mut words: RichText) -> RichText {
    let begun = words.text.trim_start_matches(is_blank);
    if ![NEW, ANSWERED].iter().any(|mark| begun.starts_with(mark)) {
        return words;
    }
    let number = |entity: &Value, key: &str| entity.get(key).and_then(Value::as_u64).unwrap_or(0);
    let is_quote = |entity: &&Value| {
        let kind = entity.get("type").and_then(Value::as_str).unwrap_or_default();
        matches!(kind, "blockquote" | "expandable_blockquote")
    };
    // Quotes can't stand in one another; one of the customer's own may follow ours.
    let own = words.entities.iter().filter(is_quote).map(|quote| number(quote, "offset")).min();
    let all = u64::try_from(units(words.text.trim_end())).unwrap_or(u64::MAX);
    let end = own.unwrap_or(all).min(all);
    let crosses = |entity: &Value| {
        let from = number(entity, "offset");
        from < end && from.saturating_add(number(entity, "length")) > end
    };
    if end > 0 && (own.is_none() || !words.entities.iter().any(crosses)) {
        words.entities.insert(0, json!({"type": "blockquote", "offset": 0, "length": end}));
    }
    words
}

/// A person's cleaned name, or words for a person without one.
pub fn shown_name(person: &Person, language: Language) -> String {
    let name = clean(&person.name);
    if name.is_empty() { language.no_name(&ChatId(person.id).0.to_string()) } else { name }
}

/// A name or title as it may stand in a line of ours.
pub fn clean(name: &str) -> String {
    one_line(&name.chars().filter_map(harmless).collect::<String>())
}

/// What becomes of a letter in a name: kept, replaced by a look-alike that Telegram makes no link,
/// mention or command of, or dropped.
fn harmless(letter: char) -> Option<char> {
    match letter {
        '@' => Some('＠'),
        '#' => Some('＃'),
        '.' => Some('․'),
        '/' => Some('∕'),
        ':' => Some('꞉'),
        '→' => Some('›'),
        // Our marks.
        '🆕' | '✅' | '↻' | '✏' | '⏳' => None,
        letter => Some(letter),
    }
}

fn is_username(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::NAME_LENGTH;

    fn client() -> ClientBot {
        let token = crate::token::BotToken::parse(&format!("7:{}", "x".repeat(35))).unwrap();
        ClientBot {
            owner: crate::model::OwnerId(1),
            username: "shop_bot".into(),
            name: "Shop".into(),
            state: crate::model::BotState::Active,
            webhook: None,
            settings: std::sync::Arc::default(),
            changed_at: 0,
            caller: crate::telegram::Caller { bot: token.bot_id(), token },
        }
    }

    #[test]
    fn a_header_says_who_wrote_where() {
        let header = Header {
            label: Some("table7".into()),
            ..Header::new(
                &Person {
                    id: 1,
                    name: "Anna 🦊 P".into(),
                    username: Some("anna".into()),
                    ..Person::default()
                },
                &client(),
                None,
                Language::English,
            )
        };
        let rich = header.rich();
        assert_eq!(rich.text, "🆕 Anna 🦊 P @anna → @shop_bot #table7");
        assert_eq!(rich.entities, [serde_json::json!({"type": "bold", "offset": 3, "length": 9})]);
    }

    #[test]
    fn words_that_begin_like_a_header_are_set_apart() {
        let apart = |text: &str, entities: Value| {
            let words =
                RichText { text: text.into(), entities: entities.as_array().unwrap().clone() };
            let apart = set_apart(words);
            assert_eq!(apart.text, text);
            json!(apart.entities)
        };
        let quote = |length| json!({"type": "blockquote", "offset": 0, "length": length});
        assert_eq!(apart("🆕 Eve → @b\nhi ", json!([])), json!([quote(14)]));
        assert_eq!(apart("\u{200b} ✅ Eve", json!([])), json!([quote(7)]));
        assert_eq!(apart("Hi 🆕", json!([])), json!([]));
        let own = json!([{"type": "blockquote", "offset": 0, "length": 2}]);
        assert_eq!(apart("🆕 Eve", own.clone()), own);
        let later = json!({"type": "blockquote", "offset": 6, "length": 2});
        assert_eq!(apart("🆕 Eve\nhi", json!([later])), json!([quote(6), later]));
    }

    #[test]
    fn names_cannot_imitate_anything() {
        assert_eq!(clean("Bob\n🆕 Eve @eve → @bank_bot #vip"), "Bob Eve ＠eve › ＠bank_bot ＃vip");
        assert_eq!(clean("\u{202e}evil.com/start\u{2066}"), "evil․com∕start");
        assert_eq!(clean("x".repeat(500).as_str()).chars().count(), NAME_LENGTH);
        let nobody = Person { id: 7, name: "\u{200b}\u{202e}".into(), ..Person::default() };
        assert_eq!(shown_name(&nobody, Language::English), "customer 7");
    }

    proptest! {
        #[test]
        fn a_cleaned_name_is_one_short_line(name in "\\PC*|.*") {
            let clean = clean(&name);
            prop_assert!(clean.chars().count() <= NAME_LENGTH);
            let foreign = ['\n', '\r', '@', '#', '→', '🆕', '\u{202e}'];
            prop_assert!(!clean.contains(foreign));
        }
    }
}
