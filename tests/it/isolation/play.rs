//! A deed played twice, with Victor's numbers and with nobody's, and what came of it.

use std::sync::LazyLock;

use feedback_relay::token::find_tokens;
use proptest::{prelude::*, test_runner::TestCaseError};
use regex::Regex;
use serde_json::{Value, json};
use telegram_emulator::{Bot, Effect, draft};

use super::{
    deeds::{Act, Deed, Place},
    house::{Chats, House, Role, Rows, payment},
    numbers::Numbers,
};
use crate::support::Backend;

/// Calls that change what a bot is, or where its updates go.
const OF_THE_BOT: &[&str] = &["setWebhook", "deleteWebhook", "logOut", "close", "setMyName"];

pub struct Play {
    house: House,
    victors: Numbers,
    nobodys: Numbers,
    rows: Rows,
    chats: Chats,
    sent: i64,
    read: usize,
}

impl Play {
    pub async fn begin(backend: Backend, role: Role) -> Self {
        let house = House::furnish(backend, role).await;
        let (rows, chats) = (house.rows().await, house.chats());
        let read = house.stage.telegram.view(|view| view.ledger().len());
        let (victors, nobodys) = (house.victors(), Numbers::nobodys());
        Self { house, victors, nobodys, rows, chats, sent: 900_000, read }
    }

    /// Tries something with Victor's numbers and with nobody's.
    pub async fn tries(&mut self, deed: Deed) -> Result<(), TestCaseError> {
        let (victors, nobodys) = (self.victors.clone(), self.nobodys.clone());
        if let Act::Pays(_) = deed.act {
            // What he paid himself he is told once. Victor's has to read as what he was told before.
            self.does(deed, &nobodys).await;
        }
        let answers = [self.does(deed, &victors).await, self.does(deed, &nobodys).await];
        if names_something(deed) {
            prop_assert_eq!(&answers[0], &answers[1], "{:?} tells what exists", deed);
        }
        if deed.act == Act::Presses("leave:0") {
            // Whoever has left by it begins anew.
            self.does(Deed { after: None, act: Act::Says("/start"), ..deed }, &nobodys).await;
        }
        if (deed.place, deed.act) == (Place::Kiosk, Act::Presses("forget:yes")) {
            self.house.becomes_a_customer().await;
        }
        self.reads_nothing(deed)
    }

    /// Nothing of Victor's is other than it was.
    pub async fn is_untouched(&self) -> Result<(), TestCaseError> {
        let rows = self.house.rows().await;
        let gone: Vec<_> = self.rows.keys().filter(|row| !rows.contains_key(*row)).collect();
        // A customer who wants to be forgotten leaves that with his owner.
        let forgotten = |row: &str| self.house.is_customer() && row.starts_with("forgotten_");
        let is_new = |(row, is_his): &(&String, &bool)| {
            **is_his && !self.rows.contains_key(*row) && !forgotten(row)
        };
        let new: Vec<_> = rows.iter().filter(is_new).map(|(row, _)| row).collect();
        prop_assert!(gone.is_empty() && new.is_empty(), "gone: {:#?}\nnew: {:#?}", gone, new);
        let chats = self.house.chats();
        for (place, message) in &self.chats {
            prop_assert_eq!(chats.get(place), Some(message), "a message changed");
        }
        let new = chats.iter().find(|(place, _)| !self.chats.contains_key(*place));
        prop_assert!(new.is_none(), "somebody was told: {:?}", new);
        Ok(())
    }

    pub async fn ends(mut self) {
        self.house.goes_on().await;
    }

    /// Gives what was answered, without the numbers that were put in.
    async fn does(&mut self, deed: Deed, numbers: &Numbers) -> Vec<String> {
        // What an earlier deed left open would be answered by the first of two.
        let is_compared = deed.place == Place::Master && names_something(deed);
        if is_compared {
            self.opens("/cancel").await;
        }
        if let Some(opening) = deed.after {
            self.opens(opening).await;
        }
        let before = self.house.stage.telegram.view(|view| view.ledger().len());
        match deed.act {
            Act::Says(template) => self.says(deed.place, &numbers.put_into(template)).await,
            Act::Presses(template) => {
                self.presses(deed.place, &numbers.put_into(template), numbers).await;
            }
            act => {
                let update = self.update(deed.place, act, numbers);
                self.house.stage.telegram.push_update(&self.bot(deed.place), update);
            }
        }
        self.house.stage.telegram.quiet().await;
        if matches!(deed.act, Act::RepliesAlbum | Act::Presses("newcomer")) {
            // What is parked goes its way by itself.
            let stage = &self.house.stage;
            let own = self.house.mallory.id;
            stage.database.until_none(&format!("parked WHERE chat_id = {own}")).await;
            stage.telegram.quiet().await;
            stage.settled().await;
        }
        self.since(before)
            .iter()
            .filter_map(|call| self.as_answer(call))
            .map(|said| self.without_numbers(deed.place, numbers, &said))
            .collect()
    }

    fn since(&self, before: usize) -> Vec<Effect> {
        self.house.stage.telegram.view(|view| view.ledger()[before..].to_vec())
    }

    /// What a call says to Mallory, or to Victor about him.
    fn as_answer(&self, call: &Effect) -> Option<String> {
        let whom = match call.chat() {
            Some(chat) if chat == self.house.mallory.id => "Mallory",
            Some(chat) if chat == self.house.victor.id => "Victor",
            _ if call.method == "answerCallbackQuery" => "the screen",
            _ => return None,
        };
        let words = |key: &str| call.params.get(key).map(Value::to_string).unwrap_or_default();
        let is_reply = call.params.get("reply_parameters").is_some();
        let (text, caption, keyboard) = (words("text"), words("caption"), words("reply_markup"));
        Some(format!("{} to {whom}: {text}{caption} {is_reply} {keyboard}", call.method))
    }

    /// What was said, without what differs though it tells nothing: the numbers that were put in,
    /// those of Mallory's own messages, and the bot he writes to.
    fn without_numbers(&self, place: Place, numbers: &Numbers, said: &str) -> String {
        static OWN: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(\.text\.\w+\.[\w-]+)\.\d+").unwrap());
        let said = numbers.taken_from(&OWN.replace_all(said, "$1"));
        match place {
            Place::Master => said,
            // His last label stands above what he writes next.
            Place::Kiosk => said
                .replace(&self.victors.label, "LABEL")
                .replace(&self.nobodys.label, "LABEL")
                .replace(&self.house.kiosk.username, "NAME")
                .replace(&self.house.kiosk.id.to_string(), "BOT"),
        }
    }

    /// A question about what is Mallory's own.
    async fn opens(&mut self, opening: &str) {
        let own = self.house.mallorys();
        let words = own.put_into(opening);
        if opening.starts_with('/') {
            self.says(Place::Master, &words).await;
        } else {
            self.presses(Place::Master, &words, &own).await;
        }
        self.house.stage.telegram.quiet().await;
    }

    fn bot(&self, place: Place) -> Bot {
        match place {
            Place::Master => self.house.stage.master.clone(),
            Place::Kiosk => self.house.kiosk.clone(),
        }
    }

    async fn says(&self, place: Place, words: &str) {
        let (telegram, bot) = (&self.house.stage.telegram, self.bot(place));
        telegram.send(&self.house.mallory, &bot, draft::text(words)).await;
    }

    async fn presses(&mut self, place: Place, data: &str, numbers: &Numbers) {
        let keyboard = json!([[{"text": "x", "callback_data": data}]]);
        let own = json!({"from": self.house.mallory.user(), "text": "x"});
        let replied = self.message(numbers.reply, own);
        self.sent += 1;
        let shown = json!({
            "from": by(&self.bot(place)), "text": "🆕 Bertram → @kiosk_bot",
            "reply_markup": {"inline_keyboard": keyboard}, "reply_to_message": replied,
        });
        let shown = self.message(self.sent, shown);
        let (mallory, bot) = (self.house.mallory.clone(), self.bot(place));
        self.house.stage.forges(&mallory, &bot, Some(shown), data).await;
    }

    /// A message in Mallory's chat.
    fn message(&self, id: i64, body: Value) -> Value {
        let chat = self.house.mallory.chat();
        let mut message = json!({"message_id": id, "date": 1_900_000_000, "chat": chat});
        message.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        message
    }

    fn update(&mut self, place: Place, act: Act, numbers: &Numbers) -> Value {
        self.sent += 1;
        let (sent, from) = (self.sent, self.house.mallory.user());
        let (theirs, own) = match place {
            Place::Master => (numbers.message, numbers.reply),
            Place::Kiosk => (numbers.theirs, numbers.theirs),
        };
        let copy = || {
            self.message(theirs, json!({"from": by(&self.bot(place)), "text": "🆕 Bertram\nhi"}))
        };
        match act {
            Act::Pays(kind) => payment(&self.house.mallory, sent, kind, &numbers.charge),
            Act::Forwards => {
                let author = json!({"id": numbers.customer, "is_bot": false, "first_name": "B"});
                let origin = json!({"type": "user", "date": 1_900_000_000, "sender_user": author});
                let body = json!({"from": from, "text": "hello?", "forward_origin": origin});
                json!({"message": self.message(sent, body)})
            }
            Act::RepliesAlbum => {
                let photo = json!([
                    {"file_id": "AgAC", "file_unique_id": "x", "width": 9, "height": 9},
                ]);
                let item = json!({
                    "from": from, "photo": photo, "reply_to_message": copy(),
                    "media_group_id": sent.to_string(),
                });
                json!({"message": self.message(sent, item)})
            }
            Act::Reacts => json!({"message_reaction": {
                "chat": self.house.mallory.chat(), "message_id": theirs, "user": from, "date": 1,
                "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "🙏"}],
            }}),
            Act::Changes => {
                let changed = json!({"from": from, "text": "changed", "edit_date": 1_900_000_001});
                json!({"edited_message": self.message(own, changed)})
            }
            Act::Replies(words) => {
                // What is taken back is one's own message.
                let replied = match words {
                    "/delete" => self.message(own, json!({"from": from, "text": "x"})),
                    _ => copy(),
                };
                let body = json!({"from": from, "text": words, "reply_to_message": replied});
                json!({"message": self.message(sent, body)})
            }
            Act::Says(_) | Act::Presses(_) => unreachable!("it is done another way"),
        }
    }

    /// Nothing of Victor's was said or sent to Mallory, and Victor's bots did nothing for him.
    fn reads_nothing(&mut self, deed: Deed) -> Result<(), TestCaseError> {
        let calls = self.since(self.read);
        self.read += calls.len();
        let mallory = self.house.mallory.id;
        for call in calls {
            let to_him = call.chat() == Some(mallory) || call.method == "answerCallbackQuery";
            if self.house.is_victors(call.bot) {
                let is_his_own = self.house.is_customer() && to_him && call.bot == self.victors.bot;
                let does_nothing = call.chat().is_none() && !OF_THE_BOT.contains(&call.method);
                prop_assert!(is_his_own || does_nothing, "{:?}: {:?}", deed, call);
            }
            if !to_him {
                continue;
            }
            let mut said = call.params.to_string();
            said.push_str(&self.document(&call));
            for secret in self.house.secrets(call.bot) {
                prop_assert!(!said.contains(&secret), "{:?} told {:?}: {}", deed, secret, said);
            }
            prop_assert!(find_tokens(&said).is_empty(), "{:?} told a token: {}", deed, said);
        }
        Ok(())
    }

    /// What is in a file that was sent.
    fn document(&self, call: &Effect) -> String {
        let Ok(message) = &call.result else { return String::new() };
        let Some(file) = message["document"]["file_id"].as_str() else { return String::new() };
        let name = message["document"]["file_name"].as_str().unwrap_or_default();
        assert!(!name.ends_with(".gz"), "it can't be read here: {name}");
        let bytes = self.house.stage.telegram.file_bytes(&self.house.stage.master, file);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn by(bot: &Bot) -> Value {
    json!({"id": bot.id, "is_bot": true, "first_name": bot.username})
}

/// Whether a deed is another one with other numbers, and is to be answered alike. Of a bot whose
/// token he has, he may learn that it is in use.
fn names_something(deed: Deed) -> bool {
    match deed.act {
        Act::Says(words) => !words.contains("TOKEN") && has_numbers(words),
        Act::Presses(data) => data == "again" || has_numbers(data),
        _ => true,
    }
}

fn has_numbers(template: &str) -> bool {
    Numbers::nobodys().put_into(template) != template
}
