//! Updates as Telegram sent them, read leniently.
//!
//! The JSON stays as it came and is looked at field by field: a field that is missing, new or of
//! another type costs that field, never the message. (teloxide's `Update` empties a text with an
//! entity it does not know.)

use serde_json::{Map, Value};
use teloxide::types::{ChatId, MessageId};

/// One update.
#[derive(Debug, Clone)]
pub struct Update {
    /// Telegram's number for it, equal each time it is delivered.
    pub id: i64,
    /// What happened.
    pub kind: Kind,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A new message.
    Message(Message),
    /// A message was changed.
    Edited(Message),
    /// A button was pressed.
    Button(Button),
    /// The bot's place in a chat changed.
    Membership(Membership),
    /// Somebody changed his reaction to a message.
    Reaction(Reaction),
    /// Somebody is about to pay.
    Checkout(Checkout),
    /// Whether a subscription goes on has changed.
    Subscription(Subscription),
    /// Anything else.
    Other,
}

/// Somebody is about to pay; Telegram waits ten seconds for a yes or no.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The id to answer it by.
    pub query: String,
    /// Who pays.
    pub from: Person,
    /// `XTR`: Telegram Stars.
    pub currency: String,
    /// How much, in the currency's smallest unit.
    pub amount: i64,
    /// What the invoice says of itself.
    pub payload: String,
}

/// Whether somebody's subscription goes on.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Who subscribed.
    pub from: Person,
    /// What the invoice says of itself that it began with; empty where Telegram does not say.
    pub payload: String,
    /// `canceled`, `active`, `failed`, or a word that is new.
    pub state: String,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id in its chat.
    pub id: MessageId,
    /// Its chat.
    pub chat: Chat,
    /// Who sent it; absent in channels.
    pub from: Option<Person>,
    json: Value,
}

/// A chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// Whether it is a dialogue with one person.
    pub is_private: bool,
    /// The title of a group or channel.
    pub title: String,
}

/// A person or bot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The user id.
    pub id: i64,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// First and last name as the person typed them: to be cleaned before they are shown.
    pub name: String,
    /// The username, without `@`.
    pub username: Option<String>,
    /// The language of the person's app.
    pub language: Option<String>,
    /// Whether the person has Telegram Premium; absent where Telegram does not say.
    pub is_premium: Option<bool>,
}

/// A pressed button.
#[derive(Debug, Clone)]
pub struct Button {
    /// The id to answer it by.
    pub query: String,
    /// Who pressed it.
    pub from: Person,
    /// What it carries.
    pub data: String,
    /// The message it is on; absent when Telegram no longer gives it.
    pub message: Option<Message>,
}

/// A person's changed reaction to a message.
#[derive(Debug, Clone)]
pub struct Reaction {
    /// The chat.
    pub chat: Chat,
    /// The message.
    pub message: MessageId,
    /// Whose reaction; absent where it is anonymous.
    pub from: Option<Person>,
    /// All his reactions to it now, as they came (`ReactionType`); none when he took them away.
    pub now: Vec<Value>,
}

/// A bot's changed place in a chat.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The chat.
    pub chat: Chat,
    /// Who changed it.
    pub from: Option<Person>,
    /// Whether the bot is in it now.
    pub is_member: bool,
}

impl Update {
    /// Reads an update.
    ///
    /// `None` when it has no number, so that it can't be an update at all.
    pub fn read(json: Value) -> Option<Self> {
        let Value::Object(mut json) = json else { return None };
        let id = json.get("update_id")?.as_i64()?;
        Some(Self { id, kind: Kind::read(&mut json) })
    }

    /// The chat whose other updates wait for this one: messages, buttons and reactions by their
    /// chat, the rest by chat apart from them. (Telegram itself lets buttons and reactions overtake
    /// messages; here they wait until what they are about is recorded.)
    pub fn lane(&self) -> (u8, i64) {
        match &self.kind {
            Kind::Message(message) | Kind::Edited(message) => (0, message.chat.id.0),
            Kind::Button(button) => {
                let chat = button.message.as_ref().map(|message| message.chat.id.0);
                (0, chat.unwrap_or(button.from.id))
            }
            Kind::Reaction(reaction) => (0, reaction.chat.id.0),
            Kind::Membership(membership) => (1, membership.chat.id.0),
            // A person's chat has his id.
            Kind::Subscription(subscription) => (0, subscription.from.id),
            Kind::Checkout(_) | Kind::Other => (2, self.id),
        }
    }
}

impl Update {
    /// The chat it happened in, where it did in one.
    pub fn chat(&self) -> Option<ChatId> {
        match &self.kind {
            Kind::Message(message) | Kind::Edited(message) => Some(message.chat.id),
            Kind::Button(button) => button.message.as_ref().map(|message| message.chat.id),
            Kind::Reaction(reaction) => Some(reaction.chat.id),
            Kind::Membership(membership) => Some(membership.chat.id),
            Kind::Checkout(_) | Kind::Subscription(_) | Kind::Other => None,
        }
    }
}

impl Kind {
    fn read(json: &mut Map<String, Value>) -> Self {
        let mut take = |key: &str| json.remove(key);
        let read = if let Some(message) = take("message") {
            Message::read(message).map(Self::Message)
        } else if let Some(message) = take("edited_message") {
            Message::read(message).map(Self::Edited)
        } else if let Some(message) = take("channel_post") {
            Message::read(message).map(Self::Message)
        } else if let Some(query) = take("callback_query") {
            Button::read(query).map(Self::Button)
        } else if let Some(change) = take("my_chat_member") {
            Membership::read(&change).map(Self::Membership)
        } else if let Some(change) = take("message_reaction") {
            Reaction::read(&change).map(Self::Reaction)
        } else if let Some(query) = take("pre_checkout_query") {
            Checkout::read(&query).map(Self::Checkout)
        } else if let Some(change) = take("subscription") {
            Subscription::read(&change).map(Self::Subscription)
        } else {
            None
        };
        read.unwrap_or(Self::Other)
    }
}

impl Message {
    /// Reads a message; `None` without an id or a chat.
    pub fn read(json: Value) -> Option<Self> {
        let id = i32::try_from(json.get("message_id")?.as_i64()?).ok()?;
        let chat = Chat::read(json.get("chat")?)?;
        let from = json.get("from").and_then(Person::read);
        Some(Self { id: MessageId(id), chat, from, json })
    }

    /// All of it, as it came.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// A field as it came.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.json.get(key)
    }

    /// Its text.
    pub fn text(&self) -> Option<&str> {
        self.get("text")?.as_str()
    }

    /// Its text or caption.
    pub fn words(&self) -> Option<&str> {
        self.text().or_else(|| self.get("caption")?.as_str())
    }

    /// The message it replies to, in the same chat.
    pub fn reply_to(&self) -> Option<Message> {
        let replied = Message::read(self.get("reply_to_message")?.clone())?;
        (replied.chat.id == self.chat.id).then_some(replied)
    }

    /// The command it begins with, lower case and without `/` and `@bot`, and what follows it.
    pub fn command(&self) -> Option<(String, &str)> {
        let rest = self.text()?.strip_prefix('/')?;
        let (command, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let command = command.split('@').next().unwrap_or_default();
        let plain = !command.is_empty()
            && command.len() <= 32
            && command.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain.then(|| (command.to_ascii_lowercase(), argument.trim()))
    }
}

impl Chat {
    fn read(json: &Value) -> Option<Self> {
        let id = ChatId(json.get("id")?.as_i64()?);
        let is_private = json.get("type").and_then(Value::as_str) == Some("private");
        let title = json.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { id, is_private, title })
    }
}

impl Person {
    /// Reads a `User`, or a private `Chat`, which names a person alike.
    pub fn read(json: &Value) -> Option<Self> {
        let text = |key| json.get(key).and_then(Value::as_str).unwrap_or_default();
        let some = |key| Some(text(key)).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self {
            id: json.get("id")?.as_i64()?,
            is_bot: json.get("is_bot").and_then(Value::as_bool).unwrap_or(false),
            name: format!("{} {}", text("first_name"), text("last_name")).trim().to_owned(),
            username: some("username"),
            language: some("language_code"),
            is_premium: json.get("is_bot").map(|_| {
                // `true` or left out (Bot API `User`).
                json.get("is_premium").and_then(Value::as_bool).unwrap_or(false)
            }),
        })
    }
}

impl Button {
    /// Whether the button is still on its message, as far as Telegram says: what a press carries
    /// may be forged, or come from a keyboard that is gone.
    pub fn is_shown(&self) -> bool {
        self.on_its_message().unwrap_or(true)
    }

    /// The same, where Telegram has to say so: a message without a keyboard has no button.
    pub fn is_surely_shown(&self) -> bool {
        self.on_its_message().unwrap_or(false)
    }

    fn on_its_message(&self) -> Option<bool> {
        let message = self.message.as_ref()?;
        let Some(markup) = message.get("reply_markup") else {
            // Of a message that is too old Telegram shows nothing, and its date is 0.
            let is_accessible = message.get("date").and_then(Value::as_i64) != Some(0);
            return is_accessible.then_some(false);
        };
        let keyboard = markup.get("inline_keyboard")?;
        let mut buttons = keyboard.as_array()?.iter().filter_map(Value::as_array).flatten();
        Some(buttons.any(|button| {
            button.get("callback_data").and_then(Value::as_str) == Some(self.data.as_str())
        }))
    }

    fn read(mut json: Value) -> Option<Self> {
        let query = json.get("id")?.as_str()?.to_owned();
        let from = Person::read(json.get("from")?)?;
        let data = json.get("data").and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = json.get_mut("message").map(Value::take).and_then(Message::read);
        Some(Self { query, from, data, message })
    }
}

impl Membership {
    fn read(json: &Value) -> Option<Self> {
        let status = json.get("new_chat_member")?.get("status")?.as_str()?;
        let chat = Chat::read(json.get("chat")?)?;
        let from = json.get("from").and_then(Person::read);
        Some(Self { chat, from, is_member: !matches!(status, "left" | "kicked") })
    }
}

impl Reaction {
    fn read(json: &Value) -> Option<Self> {
        let message = i32::try_from(json.get("message_id")?.as_i64()?).ok()?;
        let now = json.get("new_reaction").and_then(Value::as_array).cloned().unwrap_or_default();
        Some(Self {
            chat: Chat::read(json.get("chat")?)?,
            message: MessageId(message),
            from: json.get("user").and_then(Person::read),
            now,
        })
    }
}

impl Checkout {
    /// Reads it; `None` without an id or a person.
    pub fn read(json: &Value) -> Option<Self> {
        let text = |key| json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self {
            query: json.get("id")?.as_str()?.to_owned(),
            from: json.get("from").and_then(Person::read)?,
            currency: text("currency"),
            amount: json.get("total_amount").and_then(Value::as_i64).unwrap_or_default(),
            payload: text("invoice_payload"),
        })
    }
}

impl Subscription {
    fn read(json: &Value) -> Option<Self> {
        let state = json.get("state").and_then(Value::as_str).unwrap_or_default().to_owned();
        let payload = json.get("invoice_payload").and_then(Value::as_str).unwrap_or_default();
        let from = json.get("user").and_then(Person::read)?;
        Some(Self { from, payload: payload.to_owned(), state })
    }
}

#[cfg(test)]
impl Message {
    /// A message of a private chat with these fields, for tests.
    pub(crate) fn with(extra: &Value) -> Self {
        let mut json =
            serde_json::json!({"message_id": 5, "chat": {"id": 7, "type": "private"}, "date": 1});
        for (key, value) in extra.as_object().unwrap() {
            json[key] = value.clone();
        }
        Self::read(json).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_fields_cost_themselves_only() {
        let read = Message::with(&json!({"text": 5, "from": "nobody", "caption": "hi"}));
        assert_eq!((read.text(), read.words(), read.from.is_none()), (None, Some("hi"), true));
    }

    #[test]
    fn what_is_no_update_is_none_and_what_is_new_is_other() {
        assert!(Update::read(json!([])).is_none());
        assert!(Update::read(json!({"message": {}})).is_none());
        let future = Update::read(json!({"update_id": 1, "brain_wave": {}})).unwrap();
        assert!(matches!(future.kind, Kind::Other));
        let huge =
            json!({"update_id": 1, "message": {"message_id": 1_i64 << 40, "chat": {"id": 1}}});
        assert!(matches!(Update::read(huge).unwrap().kind, Kind::Other));
    }

    #[test]
    fn commands_are_found_in_any_spelling() {
        let command = |text: &str| {
            let read = Message::with(&json!({ "text": text }));
            read.command().map(|(command, argument)| (command, argument.to_owned()))
        };
        assert_eq!(command("/Add@master_bot  1:x "), Some(("add".into(), "1:x".into())));
        assert_eq!(command("/start\nclaim"), Some(("start".into(), "claim".into())));
        assert_eq!(command("/"), None);
        assert_eq!(command("/usr/bin"), None);
        assert_eq!(command("hi /add"), None);
    }

    #[test]
    fn a_reply_to_another_chat_is_no_reply_here() {
        let foreign = json!({"message_id": 1, "chat": {"id": 8, "type": "private"}});
        assert!(Message::with(&json!({ "reply_to_message": foreign })).reply_to().is_none());
    }
}
