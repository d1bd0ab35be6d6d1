//! What names somebody's things: Victor's, nobody's, or the attacker's own.

use feedback_relay::{label::Label, model::BotId};

/// Numbers and names to try.
#[derive(Debug, Clone)]
pub struct Numbers {
    pub bot: i64,
    pub username: String,
    pub token: String,
    /// A customer who waits for an answer.
    pub customer: i64,
    /// One with *Accept* and *Ban* below his message.
    pub newcomer: i64,
    pub banned: i64,
    /// The copy of the customer's message in the owner's chat.
    pub message: i64,
    /// A reply of the owner's in his chat.
    pub reply: i64,
    /// The message that waits, in the customer's chat.
    pub theirs: i64,
    pub owner: i64,
    pub charge: String,
    pub label: String,
    /// What stands for the label in a button.
    pub tag: u32,
}

impl Numbers {
    /// What nobody has, and what no other text has in it.
    pub fn nobodys() -> Self {
        Self {
            bot: 7_999_999_999,
            username: "nobodys_bot".to_owned(),
            token: format!("7999999999:AAE{}", "x".repeat(32)),
            customer: 5_999_999_999,
            newcomer: 5_999_999_998,
            banned: 5_999_999_997,
            message: 777_777,
            reply: 777_778,
            theirs: 777_779,
            owner: 6_999_999_999,
            charge: "stx-nobodys".to_owned(),
            label: "nobodys9".to_owned(),
            tag: Label::parse("nobodys9").unwrap().tag(),
        }
    }

    /// Numbers of which templates are made.
    pub fn placeholders() -> Self {
        Self { tag: 4_026_531_839, ..Self::nobodys() }
    }

    pub fn bot(&self) -> BotId {
        BotId(self.bot)
    }

    /// What they are called in templates, the longer words first.
    fn named(&self) -> Vec<(String, &'static str)> {
        let numbers = [
            (self.token.clone(), "TOKEN"),
            (self.username.clone(), "NAME"),
            (self.charge.clone(), "CHARGE"),
            (self.label.clone(), "LABEL"),
            (self.tag.to_string(), "TAG"),
            (self.bot.to_string(), "BOT"),
            (self.owner.to_string(), "OWNER"),
            (self.customer.to_string(), "CUSTOMER"),
            (self.newcomer.to_string(), "NEWCOMER"),
            (self.banned.to_string(), "BANNED"),
            (self.message.to_string(), "MESSAGE"),
            (self.reply.to_string(), "REPLY"),
            (self.theirs.to_string(), "THEIRS"),
        ];
        numbers.into_iter().collect()
    }

    pub fn put_into(&self, template: &str) -> String {
        self.named()
            .iter()
            .fold(template.to_owned(), |words, (number, name)| words.replace(name, number))
    }

    /// The same words for everybody's numbers. Numbers of messages are too short to be told from
    /// dates and counts, unless they are nobody's.
    pub fn taken_from(&self, words: &str) -> String {
        self.named()
            .iter()
            .filter(|(number, _)| number.len() >= 6)
            .fold(words.to_owned(), |words, (number, name)| words.replace(number, name))
    }
}
