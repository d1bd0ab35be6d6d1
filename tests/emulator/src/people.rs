//! Who takes part: people, bots, groups. Plain values; a test keeps them and passes them back.

use serde_json::{Map, Value, json};

/// A Telegram user. A person's private chat has his own id with every bot.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// User id; 0 until [`crate::Emulator::add_person`] gives one, unless chosen with [`Person::id`].
    pub id: i64,
    /// First name, the only one a user must have.
    pub first_name: String,
    /// Last name.
    pub last_name: Option<String>,
    /// Public name without `@`.
    pub username: Option<String>,
    /// IETF tag of his app's language; Telegram sends it only in `from`.
    pub language_code: Option<String>,
    /// Telegram Premium.
    pub is_premium: bool,
    /// Whether a forward hides his account (`message_origin_hidden_user`).
    pub hides_forwards: bool,
}

impl Person {
    /// A person with a first name only.
    pub fn new(first_name: impl Into<String>) -> Self {
        Self {
            id: 0,
            first_name: first_name.into(),
            last_name: None,
            username: None,
            language_code: None,
            is_premium: false,
            hides_forwards: false,
        }
    }

    /// Chooses the user id.
    #[must_use]
    pub fn id(mut self, id: i64) -> Self {
        self.id = id;
        self
    }

    /// Sets the last name.
    #[must_use]
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.last_name = Some(name.into());
        self
    }

    /// Sets the username, without `@`.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    /// Sets the app's language.
    #[must_use]
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.language_code = Some(code.into());
        self
    }

    /// Telegram Premium or not.
    #[must_use]
    pub fn premium(mut self, premium: bool) -> Self {
        self.is_premium = premium;
        self
    }

    /// Hides his account in forwards of his messages.
    #[must_use]
    pub fn hides_forwards(mut self, hides: bool) -> Self {
        self.hides_forwards = hides;
        self
    }

    /// The `User` object, as it stands in `from`.
    pub fn user(&self) -> Value {
        let mut user = Map::new();
        user.insert("id".into(), json!(self.id));
        user.insert("is_bot".into(), json!(false));
        self.names(&mut user);
        if let Some(code) = &self.language_code {
            user.insert("language_code".into(), json!(code));
        }
        if self.is_premium {
            user.insert("is_premium".into(), json!(true));
        }
        Value::Object(user)
    }

    /// The `Chat` object of his private chat.
    pub fn chat(&self) -> Value {
        let mut chat = Map::new();
        chat.insert("id".into(), json!(self.id));
        self.names(&mut chat);
        chat.insert("type".into(), json!("private"));
        Value::Object(chat)
    }

    fn names(&self, into: &mut Map<String, Value>) {
        into.insert("first_name".into(), json!(self.first_name));
        if let Some(name) = &self.last_name {
            into.insert("last_name".into(), json!(name));
        }
        if let Some(name) = &self.username {
            into.insert("username".into(), json!(name));
        }
    }
}

/// A bot as its maker knows it. A clone keeps the token it was made with, also after a revocation.
#[derive(Clone, PartialEq)]
pub struct Bot {
    /// User id, 10 digits as today's bots have.
    pub id: i64,
    /// `<id>:<35 characters>`.
    pub token: String,
    /// Username without `@`.
    pub username: String,
    /// First name.
    pub name: String,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bot({} @{})", self.id, self.username)
    }
}

/// What kind of chat a [`Group`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// Small group: message ids come from each bot's own counter.
    Basic,
    /// Supergroup: one counter for everyone.
    Supergroup,
    /// Channel: one counter, posts come as `channel_post`.
    Channel,
}

/// A group, supergroup or channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Chat id, negative; 0 until added.
    pub id: i64,
    /// What it is.
    pub kind: GroupKind,
    /// Title.
    pub title: String,
    /// Public name without `@`.
    pub username: Option<String>,
    /// Topics switched on.
    pub is_forum: bool,
}

impl Group {
    fn new(kind: GroupKind, title: impl Into<String>) -> Self {
        Self { id: 0, kind, title: title.into(), username: None, is_forum: false }
    }

    /// A basic group.
    pub fn basic(title: impl Into<String>) -> Self {
        Self::new(GroupKind::Basic, title)
    }

    /// A supergroup.
    pub fn supergroup(title: impl Into<String>) -> Self {
        Self::new(GroupKind::Supergroup, title)
    }

    /// A channel.
    pub fn channel(title: impl Into<String>) -> Self {
        Self::new(GroupKind::Channel, title)
    }

    /// Switches topics on.
    #[must_use]
    pub fn forum(mut self) -> Self {
        self.is_forum = true;
        self
    }

    /// Makes it public.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    /// The `Chat` object.
    pub fn chat(&self) -> Value {
        let mut chat = Map::new();
        chat.insert("id".into(), json!(self.id));
        chat.insert("title".into(), json!(self.title));
        if let Some(name) = &self.username {
            chat.insert("username".into(), json!(name));
        }
        chat.insert("type".into(), json!(self.kind_name()));
        if self.is_forum {
            chat.insert("is_forum".into(), json!(true));
        }
        Value::Object(chat)
    }

    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            GroupKind::Basic => "group",
            GroupKind::Supergroup => "supergroup",
            GroupKind::Channel => "channel",
        }
    }
}

/// What someone is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// Its maker.
    Creator,
    /// Administrator with every right a bot can have.
    Administrator,
    /// Ordinary member; a bot then sees only what privacy mode lets through.
    Member,
    /// Was there and went.
    Left,
    /// Was thrown out.
    Kicked,
}

impl Membership {
    pub(crate) fn inside(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked)
    }

    /// The `ChatMember` object of a user with this standing.
    pub(crate) fn object(self, user: &Value, kind: GroupKind) -> Value {
        match self {
            Self::Creator => json!({"user": user, "status": "creator", "is_anonymous": false}),
            Self::Administrator => administrator(user, kind),
            Self::Member => json!({"user": user, "status": "member"}),
            Self::Left => json!({"user": user, "status": "left"}),
            Self::Kicked => json!({"user": user, "status": "kicked", "until_date": 0}),
        }
    }
}

fn administrator(user: &Value, kind: GroupKind) -> Value {
    let mut member = json!({
        "user": user, "status": "administrator", "can_be_edited": false, "is_anonymous": false,
        "can_manage_chat": true, "can_delete_messages": true, "can_manage_video_chats": true,
        "can_restrict_members": true, "can_promote_members": false, "can_change_info": true,
        "can_invite_users": true, "can_post_stories": false, "can_edit_stories": false,
        "can_delete_stories": false, "can_send_welcome_messages": false,
    });
    if kind == GroupKind::Channel {
        member["can_post_messages"] = json!(true);
        member["can_edit_messages"] = json!(true);
    } else {
        member["can_pin_messages"] = json!(true);
        member["can_manage_topics"] = json!(kind == GroupKind::Supergroup);
    }
    member
}
