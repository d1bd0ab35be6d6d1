//! Victor, who has everything an owner can have; and Mallory, who is to get none of it.

use std::collections::{BTreeMap, BTreeSet};

use feedback_relay::{
    label::Label,
    store::{Cell, Snapshot, TABLES},
};
use serde_json::{Value, json};
use telegram_emulator::{Bot, Person, draft};

use super::numbers::Numbers;
use crate::plans::{MONTH, now};
use crate::support::{
    Backend, Mode, Stage, button, by_bot,
    database::config_of,
    talk::{bytes, id},
    text,
};

/// What Mallory is to Victor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing: he came by open registration.
    Stranger,
    /// Named beside him in `OWNER_IDS`, and a customer of his bot.
    Neighbour,
}

/// Words that only Victor and his customers may read. Of his bot Mallory knows the name where he is
/// its customer.
const SECRETS: &[&str] = &[
    "Victor",
    "victor",
    "Bertram",
    "bertram",
    "Xenia",
    "xenia",
    "Quentin",
    "quentin",
    "Zdenka",
    "zdenka",
    "Wharf",
    "wharf",
    "newspapers",
    "Sold out",
    "reads a lot",
    "Marigold",
    "hatch4",
    "stx-victors",
];

pub struct House {
    pub stage: Stage,
    pub role: Role,
    pub victor: Person,
    pub mallory: Person,
    pub kiosk: Bot,
    wharf: Bot,
    /// Waits for an answer.
    bertram: Person,
    /// A newcomer, about whom Victor is asked.
    xenia: Person,
    /// Banned.
    quentin: Person,
    /// A newcomer, whose words wait for a button.
    zdenka: Person,
    /// Mallory's bots, and his customer.
    dens: [Bot; 2],
    carl: Person,
    /// The copy of the message that waits, an earlier reply to it, and that message.
    numbers: [i64; 3],
}

/// What Telegram tells of a payment or a refund.
pub fn payment(of: &Person, message: i64, kind: &str, charge: &str) -> Value {
    let expires = now() + MONTH;
    let paid = json!({
        "currency": "XTR", "total_amount": 250, "invoice_payload": "pro", "is_recurring": true,
        "is_first_recurring": true, "telegram_payment_charge_id": charge,
        "provider_payment_charge_id": "", "subscription_expiration_date": expires,
    });
    json!({"message": {
        "message_id": message, "date": now(), "chat": of.chat(), "from": of.user(), kind: paid,
    }})
}

/// Rows by their tables, and whether they are Victor's.
pub type Rows = BTreeMap<String, bool>;
/// Messages by the chat and number.
pub type Chats = BTreeMap<(String, i64), Value>;

impl House {
    pub async fn furnish(backend: Backend, role: Role) -> Self {
        let settings = [
            ("PRO_PRICE_STARS", "250"),
            ("FREE_BOTS", "2"),
            // What is refused for being too fast would tell nothing.
            ("OWNER_RATE", "off"),
        ];
        let mut stage = Stage::dark(backend, Mode::Webhook, &settings).await;
        stage.owner = stage.person("Victor");
        let (victor, mallory) = (stage.owner.clone(), stage.person("Mallory"));
        match role {
            Role::Stranger => stage.vary("REGISTRATION", "open"),
            Role::Neighbour => stage.vary("OWNER_IDS", &format!("{},{}", victor.id, mallory.id)),
        }
        stage.start().await;
        for owner in [&victor, &mallory] {
            stage.telegram.start(owner, &stage.master, "").await;
            stage.sees(owner, &stage.master, "/add attaches").await;
        }
        let kiosk = stage.attach("kiosk_bot", "Kiosk").await;
        let wharf = stage.attach("wharf_bot", "Wharf").await;
        let den = stage.attach_as(&mallory, "den_bot", "Den").await;
        let cellar = stage.attach_as(&mallory, "cellar_bot", "Cellar").await;
        let carl = stage.customer("Carl", &den).await;
        stage.asks(&carl, &den, "anybody there?").await;
        let bertram = stage.customer("Bertram", &kiosk).await;
        let quentin = stage.customer("Quentin", &kiosk).await;
        let xenia =
            stage.telegram.add_person(Person::new("Xenia").username("xenia").language("en"));
        let zdenka =
            stage.telegram.add_person(Person::new("Zdenka").username("zdenka").language("en"));
        let mut house = Self {
            stage,
            role,
            victor,
            mallory,
            kiosk,
            wharf,
            bertram,
            xenia,
            quentin,
            zdenka,
            dens: [den, cellar],
            carl,
            numbers: [0; 3],
        };
        house.talks().await;
        if role == Role::Neighbour {
            house.becomes_a_customer().await;
        }
        house.minds_newcomers().await;
        house.pays_and_begins_a_note().await;
        house.has_everything().await;
        house
    }

    /// Messages, a reply, an album, labels, a ban, a note.
    async fn talks(&mut self) {
        let (stage, kiosk, bertram) = (&self.stage, &self.kiosk, &self.bertram);
        for label in ["hatch4", "window9"] {
            stage.telegram.start(bertram, kiosk, label).await;
        }
        let (_, copy) = stage.asks(bertram, kiosk, "newspapers?").await;
        let reply = stage.answer(&copy, draft::text("Sold out.")).await;
        stage.copy_of_reply(reply).await;
        for number in 0..2 {
            let item = draft::photo(bytes(number, 900)).media_group_id("album");
            stage.telegram.send(bertram, kiosk, item).await;
        }
        stage.nothing_waits().await;
        let reply = stage.answer(&copy, draft::text("But tomorrow.")).await;
        stage.copy_of_reply(reply).await;
        let (asked, copy) = stage.asks_only(bertram, kiosk, "When?").await;
        let note = stage.answer(&copy, draft::text("/note reads a lot")).await;
        stage.answered(&self.victor, &stage.master, note, "is kept").await;
        let (_, spam) = stage.asks(&self.quentin, kiosk, "spam").await;
        stage.answer(&spam, draft::text("/ban")).await;
        stage.owner_sees("is banned").await;
        self.numbers = [id(&copy), reply, asked];
    }

    /// Mallory writes to Victor's bot, is answered, and waits again.
    pub async fn becomes_a_customer(&self) {
        let (stage, mallory, kiosk) = (&self.stage, &self.mallory, &self.kiosk);
        let sent = stage.telegram.send(mallory, kiosk, draft::text("It is me, Mallory")).await;
        let copy = stage.copy_of(kiosk, mallory, sent).await;
        let reply = stage.answer(&copy, draft::text("Welcome, Mallory")).await;
        stage.copy_of_reply(reply).await;
        stage.asks_only(mallory, kiosk, "Mallory says thank you").await;
        stage.telegram.quiet().await;
        stage.settled().await;
    }

    /// A greeting of his own; a newcomer he is asked about; one who has not pressed his button.
    async fn minds_newcomers(&self) {
        let stage = &self.stage;
        stage
            .saves_text(&["@wharf_bot", "Greeting", "All languages"], draft::text("Marigold"))
            .await;
        for (bot, rule, on) in [
            ("@kiosk_bot", "Ask me about newcomers", "on, Accept or Ban"),
            ("@wharf_bot", "Button for newcomers", "on, press before the first message"),
        ] {
            stage.sets(&[bot, "Newcomers", rule, on, "Save"]).await;
            stage.owner_sees(&format!("{rule}: {on}")).await;
        }
        let sent = stage.telegram.send(&self.xenia, &self.kiosk, draft::text("new here")).await;
        let copy = stage.copy_of(&self.kiosk, &self.xenia, sent).await;
        assert!(button(&copy, "Accept").is_some(), "{copy}");
        for words in ["boats?", "sails?"] {
            stage.telegram.send(&self.zdenka, &self.wharf, draft::text(words)).await;
        }
        stage.database.until("parked WHERE kind = 'asked'").await;
    }

    async fn pays_and_begins_a_note(&self) {
        let stage = &self.stage;
        let paid = payment(&self.victor, 9001, "successful_payment", "stx-victors");
        stage.telegram.push_update(&stage.master, paid);
        stage.owner_sees("✅ Thank you!").await;
        let copy = stage.telegram.message(&stage.master, self.victor.id, self.numbers[0]).unwrap();
        stage.answer(&copy, draft::text("/note")).await;
        stage.owner_sees("Send the note on").await;
        stage.telegram.quiet().await;
        stage.settled().await;
    }

    /// What Victor does not have, nobody could take from him.
    async fn has_everything(&self) {
        let rows = self.rows().await;
        for table in [
            "owners",
            "bots",
            "bot_settings",
            "dialogues",
            "conversations",
            "conversation_states",
            "labels",
            "bans",
            "notes",
            "message_references",
            "album_items",
            "parked",
            "payments",
        ] {
            let is_it =
                |(row, is_his): (&String, &bool)| *is_his && row.starts_with(&format!("{table}: "));
            assert!(rows.iter().any(is_it), "Victor has no row in {table}");
        }
    }

    pub fn is_customer(&self) -> bool {
        self.role == Role::Neighbour
    }

    /// What names Victor's things.
    pub fn victors(&self) -> Numbers {
        let [message, reply, theirs] = self.numbers;
        Numbers {
            bot: self.kiosk.id,
            username: "kiosk_bot".to_owned(),
            token: self.kiosk.token.clone(),
            customer: self.bertram.id,
            newcomer: self.xenia.id,
            banned: self.quentin.id,
            message,
            reply,
            theirs,
            owner: self.victor.id,
            charge: "stx-victors".to_owned(),
            label: "window9".to_owned(),
            tag: Label::parse("window9").unwrap().tag(),
        }
    }

    /// What names Mallory's.
    pub fn mallorys(&self) -> Numbers {
        Numbers {
            bot: self.dens[0].id,
            username: "den_bot".to_owned(),
            token: self.dens[0].token.clone(),
            customer: self.carl.id,
            owner: self.mallory.id,
            ..self.victors()
        }
    }

    /// Everything stored that is not Mallory's. Where he is no customer, what has a number of his
    /// and one of Victor's is Victor's.
    pub async fn rows(&self) -> Rows {
        let config = config_of(&self.stage.variables());
        let snapshot = Snapshot::take(&config.database_url).await.unwrap();
        let mut snapshot = snapshot.expect("there is a database");
        let mallorys = [self.mallory.id, self.carl.id, self.dens[0].id, self.dens[1].id];
        let victors = self.ids();
        let mut found = Rows::new();
        for table in TABLES.iter().filter(|table| table.name != "handled_updates") {
            let columns = snapshot.columns(table).await.unwrap();
            let mut rows = snapshot.rows(table.name, &columns);
            while let Some(row) = rows.next().await.unwrap() {
                let names = |ids: &[i64]| {
                    let is_it = |cell: &Cell| matches!(cell, Cell::Integer(id) if ids.contains(id));
                    row.iter().any(is_it)
                };
                let is_victors = names(&victors);
                if !names(&mallorys) || (is_victors && !self.is_customer()) {
                    found.insert(format!("{}: {row:?}", table.name), is_victors);
                }
            }
        }
        snapshot.close().await;
        found
    }

    /// Victor's numbers, and those of his bots and customers.
    fn ids(&self) -> [i64; 7] {
        let people = [&self.victor, &self.bertram, &self.xenia, &self.quentin, &self.zdenka];
        let [victor, bertram, xenia, quentin, zdenka] = people.map(|person| person.id);
        [victor, bertram, xenia, quentin, zdenka, self.kiosk.id, self.wharf.id]
    }

    /// The chats of Victor and of his customers, without what Mallory wrote to his bot.
    pub fn chats(&self) -> Chats {
        let (telegram, master) = (&self.stage.telegram, &self.stage.master);
        let mut chats = Chats::new();
        for (person, bot) in [
            (&self.victor, master),
            (&self.bertram, &self.kiosk),
            (&self.xenia, &self.kiosk),
            (&self.quentin, &self.kiosk),
            (&self.zdenka, &self.wharf),
        ] {
            let shown = telegram.chat(person, bot).into_iter();
            let others = shown.filter(|message| !self.is_of_mallory(message));
            chats
                .extend(others.map(|message| ((person.first_name.clone(), id(&message)), message)));
        }
        chats
    }

    /// Whether a message in Victor's chat is about Mallory as his customer.
    fn is_of_mallory(&self, message: &Value) -> bool {
        let about = |message: &Value| {
            ["Mallory", "A customer asked to be forgotten"]
                .iter()
                .any(|words| text(message).contains(words))
        };
        self.is_customer() && (about(message) || about(&message["reply_to_message"]))
    }

    /// What Mallory may not read from a bot.
    pub fn secrets(&self, bot: i64) -> BTreeSet<String> {
        let mut secrets: BTreeSet<String> =
            SECRETS.iter().map(|secret| (*secret).to_owned()).collect();
        secrets.extend(self.ids().map(|id| id.to_string()));
        for bot in [&self.kiosk, &self.wharf] {
            secrets.extend(bot.token.split_once(':').map(|(_, secret)| secret.to_owned()));
        }
        if bot == self.kiosk.id {
            secrets.remove(&self.kiosk.id.to_string());
        } else {
            secrets.extend(["kiosk", "Kiosk"].map(str::to_owned));
        }
        secrets
    }

    /// Whether a bot is Victor's.
    pub fn is_victors(&self, bot: i64) -> bool {
        [self.kiosk.id, self.wharf.id].contains(&bot)
    }

    /// Victor goes on as if nothing had been.
    pub async fn goes_on(&mut self) {
        let stage = &self.stage;
        stage.owner_writes("reads even more").await;
        stage.sees_times(&self.victor, &stage.master, "is kept", 2).await;
        let (_, copy) = stage.asks_only(&self.bertram, &self.kiosk, "Still open?").await;
        let reply = stage.answer(&copy, draft::text("Always.")).await;
        stage.copy_of_reply(reply).await;
        let (asked, data) = stage.shows_button(&self.victor, &stage.master, "Accept").await;
        assert!(by_bot(&asked) && data.contains(&self.xenia.id.to_string()), "{asked}");
        stage.telegram.press(&self.victor, &stage.master, id(&asked), &data);
        stage.pops_up("✅ Xenia is accepted.", 1).await;
        stage.presses_on(&self.zdenka, &self.wharf, "I am a person").await;
        stage.owner_sees("boats?").await;
        stage.owner_sees("sails?").await;
        self.stage.stop().await;
    }
}
