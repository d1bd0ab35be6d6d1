//! What people on the stage do and see, in the words of a test.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use telegram_emulator::{Bot, Draft, Person, draft, utf16_len};

use super::{Stage, by_bot, oracle::Row};

impl Stage {
    /// Waits until a message has a copy; gives the copy as it is seen in its chat.
    pub async fn copy_of(&self, bot: &Bot, person: &Person, message: i64) -> Value {
        let key = (bot.id, person.id, message);
        let row = self.reference_when(key, |row| row.copy.is_some()).await;
        let copy_bot = self.telegram.bot(row.copy_bot).expect("the bot exists");
        let copy = self.telegram.message(&copy_bot, row.copy_chat, row.copy.unwrap_or(0));
        copy.expect("the copy is in its chat")
    }

    /// The same for a reply of the owner.
    pub async fn copy_of_reply(&self, message: i64) -> Value {
        self.copy_of(&self.master, &self.owner, message).await
    }

    /// Waits until the main reference of a message is as wanted.
    pub async fn reference_when(&self, key: (i64, i64, i64), wanted: impl Fn(&Row) -> bool) -> Row {
        let began = Instant::now();
        loop {
            let rows = self.database.references().await;
            let main = rows.iter().find(|row| row.source == key && row.part == 0);
            if let Some(row) = main.filter(|row| wanted(row)) {
                return row.clone();
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "waited in vain for a reference of {key:?}, it is {main:?}\n{}",
                self.telegram.dump()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The owner answers a copy; gives his message's id.
    pub async fn answer(&self, copy: &Value, reply: Draft) -> i64 {
        self.telegram.reply(&self.owner, &self.master, id(copy), reply).await
    }

    /// A customer's text and its copy; the first one is acknowledged, too.
    pub async fn asks(&self, customer: &Person, bot: &Bot, text: &str) -> (i64, Value) {
        let is_first = !self
            .telegram
            .chat(customer, bot)
            .iter()
            .any(|message| !by_bot(message) && !super::text(message).starts_with('/'));
        let asked = self.asks_only(customer, bot, text).await;
        if is_first {
            self.sees(customer, bot, "✅").await;
        }
        asked
    }

    /// A customer's text and its copy, however it is acknowledged.
    pub async fn asks_only(&self, customer: &Person, bot: &Bot, text: &str) -> (i64, Value) {
        let message = self.telegram.send(customer, bot, draft::text(text)).await;
        (message, self.copy_of(bot, customer, message).await)
    }

    /// Waits until a bot has answered this message of a person, and gives the answer.
    pub async fn answered(&self, person: &Person, bot: &Bot, message: i64, words: &str) -> Value {
        self.wait_for(person, bot, words, |messages| answers(messages, message, words).pop()).await
    }

    /// How many answers of the bot to this message contain these words.
    pub fn count_answers(&self, person: &Person, bot: &Bot, message: i64, words: &str) -> usize {
        answers(&self.telegram.chat(person, bot), message, words).len()
    }

    /// All texts and captions of the bot in a person's chat.
    pub fn said(&self, person: &Person, bot: &Bot) -> Vec<String> {
        let chat = self.telegram.chat(person, bot);
        chat.iter().filter(|m| by_bot(m)).map(|m| super::text(m).to_owned()).collect()
    }

    /// Whether a chat shows a message now.
    pub fn shows(&self, person: &Person, bot: &Bot, message: i64) -> bool {
        self.telegram.chat(person, bot).iter().any(|shown| id(shown) == message)
    }

    /// Waits until a chat does not show a message any more.
    pub async fn is_gone(&self, person: &Person, bot: &Bot, message: i64) {
        self.wait_for(person, bot, &format!("no message {message}"), |messages| {
            (!messages.iter().any(|shown| id(shown) == message)).then_some(())
        })
        .await;
    }

    /// Waits until nothing is parked any more, but for what waits for a customer, and what came of it
    /// is done.
    pub async fn nothing_waits(&self) {
        let began = Instant::now();
        self.telegram.quiet().await;
        while self.database.count("parked WHERE kind <> 'asked'").await > 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "something stays parked");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.settled().await;
    }

    /// Waits until no call has been made for a while: reactions and marks come by themselves.
    pub async fn settled(&self) {
        let mut before = usize::MAX;
        loop {
            let now = self.telegram.ledger().len();
            if now == before {
                return;
            }
            before = now;
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    /// Ends a test: everything acknowledged, the relay stopped, no rule of Telegram broken.
    pub async fn curtain(&mut self) {
        self.telegram.quiet().await;
        self.stop().await;
        assert_eq!(self.telegram.complaints(), Vec::<String>::new());
    }
}

fn answers(messages: &[Value], to: i64, words: &str) -> Vec<Value> {
    let answer = |m: &&Value| {
        by_bot(m) && m["reply_to_message"]["message_id"] == to && super::text(m).contains(words)
    };
    messages.iter().filter(answer).cloned().collect()
}

/// A message's id.
pub fn id(message: &Value) -> i64 {
    message["message_id"].as_i64().expect("a message has an id")
}

/// Text and its entities from words, each with what it is (`null`: plain).
pub fn rich(words: &[(&str, Value)]) -> (String, Value) {
    let mut text = String::new();
    let mut entities = Vec::new();
    for (word, entity) in words {
        if !entity.is_null() {
            let mut entity = entity.clone();
            entity["offset"] = json!(utf16_len(&text));
            entity["length"] = json!(utf16_len(word));
            entities.push(entity);
        }
        text.push_str(word);
    }
    (text, json!(entities))
}

/// Bytes that no other seed gives.
pub fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}
