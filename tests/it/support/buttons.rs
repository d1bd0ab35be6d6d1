//! Buttons, pressed as people do, as a hostile peer would, and what pops up then.

use serde_json::{Value, json};
use telegram_emulator::{Bot, Person};

use super::{Stage, button};

/// What a button says whose question is closed.
pub const STALE: &str = "This question is settled already.";

impl Stage {
    /// The newest message of a bot that has a button with this label, and its data.
    pub async fn shows_button(&self, person: &Person, bot: &Bot, label: &str) -> (Value, String) {
        self.wait_for(person, bot, &format!("a button {label:?}"), |messages| {
            messages
                .iter()
                .rev()
                .find_map(|message| Some((message.clone(), button(message, label)?)))
        })
        .await
    }

    /// Presses the button with this label on the newest message of a bot that has one.
    pub async fn presses_on(&self, person: &Person, bot: &Bot, label: &str) -> (Value, String) {
        let (message, data) = self.shows_button(person, bot, label).await;
        self.telegram.press(person, bot, message["message_id"].as_i64().unwrap(), &data);
        (message, data)
    }

    /// The owner walks through buttons, one after the other.
    pub async fn walks(&self, labels: &[&str]) {
        for label in labels {
            self.presses_on(&self.owner, &self.master, label).await;
            self.telegram.quiet().await;
        }
    }

    /// `/settings`, and the way from there.
    pub async fn sets(&self, labels: &[&str]) {
        self.owner_writes("/settings").await;
        self.telegram.quiet().await;
        self.walks(labels).await;
    }

    /// The owner writes a text for a place in the settings and saves it.
    pub async fn saves_text(&self, way: &[&str], draft: telegram_emulator::Draft) -> i64 {
        self.sets(way).await;
        let written = self.telegram.send(&self.owner, &self.master, draft).await;
        self.telegram.quiet().await;
        self.walks(&["Save"]).await;
        written
    }

    /// A press that no button of Telegram made, on whatever message.
    pub async fn forges(&self, person: &Person, bot: &Bot, message: Option<Value>, data: &str) {
        let mut query = json!({
            "id": "4711", "from": person.user(), "chat_instance": "1", "data": data,
        });
        if let Some(message) = message {
            query["message"] = message;
        }
        self.telegram.push_update(bot, json!({ "callback_query": query }));
        self.telegram.quiet().await;
    }

    /// Waits for a word that has popped up over chats so many times.
    pub async fn pops_up(&self, words: &str, times: usize) {
        self.telegram
            .wait(words, |view| {
                let shown = view.answered_callbacks();
                let count = shown.iter().filter(|answer| answer["text"] == words).count();
                (count == times).then_some(())
            })
            .await;
    }

    /// The newest message of the master bot in the owner's chat that shows settings.
    pub async fn menu(&self) -> String {
        self.telegram.quiet().await;
        let shown = self.owner_sees("⚙️ Settings of").await;
        shown["text"].as_str().unwrap_or_default().to_owned()
    }
}
