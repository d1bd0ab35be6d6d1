//! Whatever one owner sends, he reads and changes nothing of another's, and what he is answered does
//! not say whether it exists.
//!
//! Mallory tries what a person can send and what only a hostile peer could: commands, forged
//! presses with another owner's numbers, replies to copies in another's chat, changes, reactions.
//! Everything is tried twice, with Victor's numbers and with numbers nobody has; the answers have to
//! be the same, and Victor's rows and chats stay as they were.

use std::collections::BTreeSet;

use feedback_relay::store::{Cell, Snapshot, TABLES};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};
use telegram_emulator::{Bot, Person, draft};

use crate::plans::{MONTH, now};
use crate::support::{Backend, Mode, Stage, by_bot, database::config_of, talk::id, text};

#[test]
fn no_owner_reads_or_changes_anything_of_another_on_sqlite() {
    isolation(Backend::Sqlite);
}

#[test]
fn no_owner_reads_or_changes_anything_of_another_on_mysql() {
    isolation(Backend::MySql);
}

/// Long plays, not many: each has a database and a Telegram of its own.
const PLAYS: u32 = 3;

const PRESSES: &[&str] = &[
    "ban:BOT:CUSTOMER",
    "ban-only:BOT:CUSTOMER",
    "ban-wipe:BOT:CUSTOMER",
    "unban:BOT:CUSTOMER",
    "card-ban:BOT:CUSTOMER",
    "card-ban-wipe:BOT:CUSTOMER",
    "card-unban:BOT:CUSTOMER",
    "note:BOT:CUSTOMER",
    "jump:BOT:CUSTOMER",
    "answered:BOT:CUSTOMER:MESSAGE",
    "lift:CUSTOMER:BOT:0",
    "lift:CUSTOMER:0:0",
    "choose-removal:BOT",
    "remove:BOT",
    "takeover:BOT",
    "cancel:BOT",
    "qr:BOT",
    "qr-label:BOT:4026531839",
    "set:BOT:menu",
    "set:BOT:open.text.greeting",
    "set:BOT:ask.set.ack.never",
    "set:BOT:save.set.ack.never",
    "set:BOT:write.greeting.all",
    "stats:BOT:30:0",
    "undo:MESSAGE-MESSAGE",
    "again",
    "leave:0",
    "answering:BOT",
    "renew:0",
    "contact-accept:BOT:CUSTOMER",
    "admin:home",
    "admin:owners:0",
    "admin:owner:OWNER",
    "admin:suspend:OWNER",
    "admin:send:4026531839",
];

const COMMANDS: &[&str] = &[
    "/bots",
    "/inbox",
    "/banned",
    "/status",
    "/stats all 12m",
    "/stats @kiosk_bot",
    "/settings",
    "/qr",
    "/remove",
    "/export",
    "/privacy",
    "/leave",
    "/cancel",
    "/note",
    "hello",
    "/plan",
    "/subscribe",
    "/unsubscribe",
    "/paysupport where is my money?",
    "/admin",
    "/admin announce",
];

/// Of the operator, who is nobody here, with numbers.
const ORDERS: &[&str] =
    &["/refund CHARGE", "/admin OWNER", "/admin suspend OWNER", "/admin @kiosk_bot"];

const PAYMENTS: &[&str] = &["successful_payment", "refunded_payment"];

const REPLIES: &[&str] = &["Hi!", "/ban", "/info", "/note mine", "/delete"];

/// Something Mallory does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Says(&'static str),
    Presses(&'static str),
    /// To a message with the number of a copy in Victor's chat.
    Replies(&'static str),
    /// With a part of an album.
    RepliesAlbum,
    /// A message of Victor's customer.
    Forwards,
    Reacts,
    Changes,
    /// As the operator would, with numbers.
    Orders(&'static str),
    /// By a payment or refund with this charge id.
    Pays(&'static str),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => prop::sample::select(COMMANDS).prop_map(Deed::Says),
        6 => prop::sample::select(PRESSES).prop_map(Deed::Presses),
        3 => prop::sample::select(REPLIES).prop_map(Deed::Replies),
        1 => Just(Deed::Reacts),
        1 => Just(Deed::Changes),
        1 => Just(Deed::RepliesAlbum),
        1 => Just(Deed::Forwards),
        2 => prop::sample::select(ORDERS).prop_map(Deed::Orders),
        2 => prop::sample::select(PAYMENTS).prop_map(Deed::Pays),
    ]
}

fn isolation(backend: Backend) {
    let config = Config {
        cases: PLAYS,
        max_shrink_iters: 8,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
    let plays = prop::collection::vec(deed(), 20..30);
    let played = TestRunner::new(config).run(&plays, |deeds| {
        runtime.block_on(async {
            let mut play = Play::begin(backend).await;
            for deed in deeds {
                play.tries(deed).await?;
            }
            play.ends().await
        })
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}

/// Numbers to try.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    bot: i64,
    customer: i64,
    message: i64,
    owner: i64,
    charge: &'static str,
}

impl Numbers {
    fn put_into(self, template: &str) -> String {
        template
            .replace("BOT", &self.bot.to_string())
            .replace("CUSTOMER", &self.customer.to_string())
            .replace("MESSAGE", &self.message.to_string())
            .replace("OWNER", &self.owner.to_string())
            .replace("CHARGE", self.charge)
    }

    fn taken_from(self, words: &str) -> String {
        let numbers = [
            (self.customer, "CUSTOMER"),
            (self.bot, "BOT"),
            (self.message, "MESSAGE"),
            (self.owner, "OWNER"),
        ];
        let words = numbers.iter().fold(words.to_owned(), |words, (number, name)| {
            words.replace(&number.to_string(), name)
        });
        words.replace(self.charge, "CHARGE")
    }
}

/// What Telegram tells of a payment or a refund.
fn payment(of: &Person, message: i64, kind: &str, charge: &str) -> Value {
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

struct Play {
    stage: Stage,
    mallory: Person,
    bert: Person,
    kiosk: Bot,
    victims: Numbers,
    rows: BTreeSet<String>,
    chats: Vec<Value>,
    sent: i64,
}

impl Play {
    /// Victor has a bot, a customer, a note, a ban; Mallory has a bot and a customer of his own.
    async fn begin(backend: Backend) -> Self {
        let settings = [
            ("REGISTRATION", "open"),
            ("PRO_PRICE_STARS", "250"),
            ("FREE_BOTS", "1"),
            // What is refused for being too fast would tell nothing.
            ("OWNER_RATE", "off"),
        ];
        let mut stage = Stage::dark(backend, Mode::Webhook, &settings).await;
        stage.start().await;
        let (victor, master) = (stage.owner.clone(), stage.master.clone());
        let mallory = stage.person("Mallory");
        for owner in [&victor, &mallory] {
            stage.telegram.start(owner, &master, "").await;
            stage.sees(owner, &master, "/add attaches").await;
        }
        let kiosk = stage.attach("kiosk_bot", "Kiosk").await;
        let den = stage.attach_as(&mallory, "den_bot", "Den").await;
        let bert = stage.customer("Bert", &kiosk).await;
        let (_, copy) = stage.asks(&bert, &kiosk, "newspapers?").await;
        let reply = stage.answer(&copy, draft::text("Sold out.")).await;
        stage.copy_of_reply(reply).await;
        let (_, copy) = stage.asks_only(&bert, &kiosk, "Tomorrow?").await;
        let note = stage.answer(&copy, draft::text("/note reads a lot")).await;
        stage.answered(&victor, &master, note, "is kept").await;
        let spammer = stage.customer("Sam", &kiosk).await;
        let (_, spam) = stage.asks(&spammer, &kiosk, "spam").await;
        stage.answer(&spam, draft::text("/ban")).await;
        stage.owner_sees("is banned").await;
        let carl = stage.customer("Carl", &den).await;
        stage.asks(&carl, &den, "anybody there?").await;
        stage.telegram.quiet().await;
        stage.settled().await;
        let paid = payment(&victor, 9001, "successful_payment", "stx-victors");
        stage.telegram.push_update(&master, paid);
        stage.owner_sees("✅ Thank you!").await;
        stage.telegram.quiet().await;
        let victims = Numbers {
            bot: kiosk.id,
            customer: bert.id,
            message: id(&copy),
            owner: victor.id,
            charge: "stx-victors",
        };
        let (rows, chats) = (BTreeSet::new(), Vec::new());
        let mut play = Self { stage, mallory, bert, kiosk, victims, rows, chats, sent: 900_000 };
        play.rows = play.rows_of_victor().await;
        play.chats = play.chats_of_victor();
        assert!(play.rows.len() > 10, "{:?}", play.rows);
        play
    }

    /// Tries something with Victor's numbers and with nobody's.
    async fn tries(&mut self, deed: Deed) -> Result<(), TestCaseError> {
        let nobodys = Numbers {
            bot: 7_999_999_999,
            customer: 5_999_999_999,
            message: 777_777,
            owner: 6_999_999_999,
            charge: "stx-nobodys",
        };
        if let Deed::Pays(_) = deed {
            // What he paid himself he is told once. Victor's has to read as what he was told before.
            self.does(deed, nobodys).await;
        }
        let answers = [self.does(deed, self.victims).await, self.does(deed, nobodys).await];
        if !matches!(deed, Deed::Says(_)) {
            prop_assert_eq!(&answers[0], &answers[1], "{:?} tells what exists", deed);
        }
        if let Deed::Presses("leave:0") = deed {
            // Whoever has left by it begins anew.
            self.does(Deed::Says("/start"), nobodys).await;
        }
        let rows = self.rows_of_victor().await;
        let change: Vec<_> = rows.symmetric_difference(&self.rows).collect();
        prop_assert!(change.is_empty(), "{:?} changed {:#?}", deed, change);
        prop_assert_eq!(self.chats_of_victor(), self.chats.clone(), "{:?} is seen", deed);
        self.reads_nothing(deed)
    }

    /// Gives what Mallory was answered, without the numbers he had put in.
    async fn does(&mut self, deed: Deed, numbers: Numbers) -> Vec<String> {
        let before = self.stage.telegram.ledger().len();
        let (mallory, master) = (self.mallory.clone(), self.stage.master.clone());
        self.sent += 1;
        let chat = mallory.chat();
        let message = |id: i64, body: Value| {
            let mut message = json!({"message_id": id, "date": 1_900_000_000, "chat": chat});
            message.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            message
        };
        let from_master = json!({"id": master.id, "is_bot": true, "first_name": "Master"});
        match deed {
            Deed::Orders(template) => {
                let words = numbers.put_into(template);
                self.stage.telegram.send(&mallory, &master, draft::text(words)).await;
            }
            Deed::Pays(kind) => {
                let update = payment(&mallory, self.sent, kind, numbers.charge);
                self.stage.telegram.push_update(&master, update);
            }
            Deed::Forwards => {
                let bert = json!({"id": numbers.customer, "is_bot": false, "first_name": "Bert"});
                let forwarded = json!({
                    "from": mallory.user(), "text": "newspapers?",
                    "forward_origin": {"type": "user", "date": 1_900_000_000, "sender_user": bert},
                });
                let update = json!({"message": message(self.sent, forwarded)});
                self.stage.telegram.push_update(&master, update);
            }
            Deed::RepliesAlbum => {
                let copy =
                    message(numbers.message, json!({"from": from_master, "text": "🆕 Bert\nhi"}));
                let photo = json!([
                    {"file_id": "AgAC", "file_unique_id": "x", "width": 9, "height": 9},
                ]);
                let item = json!({
                    "from": mallory.user(), "photo": photo, "reply_to_message": copy,
                    "media_group_id": self.sent.to_string(),
                });
                let update = json!({"message": message(self.sent, item)});
                self.stage.telegram.push_update(&master, update);
                self.stage.telegram.quiet().await;
                self.stage.nothing_waits().await;
            }
            Deed::Says(words) => {
                self.stage.telegram.send(&mallory, &master, draft::text(words)).await;
            }
            Deed::Presses(template) => {
                let data = numbers.put_into(template);
                let keyboard = json!([[{"text": "x", "callback_data": &*data}]]);
                let shown = message(
                    self.sent,
                    json!({
                        "from": from_master, "text": "🆕 Bert → @kiosk_bot",
                        "reply_markup": {"inline_keyboard": keyboard},
                        "reply_to_message": message(numbers.message, json!({"from": mallory.user(), "text": "x"})),
                    }),
                );
                self.stage.forges(&mallory, &master, Some(shown), &data).await;
            }
            Deed::Replies(words) => {
                let copy =
                    message(numbers.message, json!({"from": from_master, "text": "🆕 Bert\nhi"}));
                let reply =
                    json!({"from": mallory.user(), "text": words, "reply_to_message": copy});
                let update = json!({"message": message(self.sent, reply)});
                self.stage.telegram.push_update(&master, update);
            }
            Deed::Reacts => {
                let update = json!({"message_reaction": {
                    "chat": chat, "message_id": numbers.message, "user": mallory.user(), "date": 1,
                    "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "🙏"}],
                }});
                self.stage.telegram.push_update(&master, update);
            }
            Deed::Changes => {
                let changed =
                    json!({"from": mallory.user(), "text": "changed", "edit_date": 1_900_000_001});
                let update = json!({"edited_message": message(numbers.message, changed)});
                self.stage.telegram.push_update(&master, update);
            }
        }
        self.stage.telegram.quiet().await;
        let ledger = self.stage.telegram.ledger();
        let calls = ledger[before..].iter().filter(|call| call.bot == master.id);
        calls
            .filter(|call| call.chat() == Some(mallory.id) || call.method == "answerCallbackQuery")
            .map(|call| {
                let said = format!("{} {}", call.method, call.params["text"]);
                numbers.taken_from(&said)
            })
            .collect()
    }

    /// Every row that has a number of Victor's, of his bot's or of his customer's in it.
    async fn rows_of_victor(&self) -> BTreeSet<String> {
        let config = config_of(&self.stage.variables());
        let snapshot = Snapshot::take(&config.database_url).await.unwrap();
        let mut snapshot = snapshot.expect("there is a database");
        let his = [self.stage.owner.id, self.kiosk.id, self.bert.id];
        let mut found = BTreeSet::new();
        for table in TABLES.iter().filter(|table| table.name != "handled_updates") {
            let columns = snapshot.columns(table).await.unwrap();
            let mut rows = snapshot.rows(table.name, &columns);
            while let Some(row) = rows.next().await.unwrap() {
                let is_his = |cell: &Cell| matches!(cell, Cell::Integer(id) if his.contains(id));
                if row.iter().any(is_his) {
                    found.insert(format!("{}: {row:?}", table.name));
                }
            }
        }
        snapshot.close().await;
        found
    }

    fn chats_of_victor(&self) -> Vec<Value> {
        let telegram = &self.stage.telegram;
        let mut chats = telegram.chat(&self.stage.owner, &self.stage.master);
        chats.extend(telegram.chat(&self.bert, &self.kiosk));
        chats
    }

    /// Nothing of Victor's was said to Mallory.
    fn reads_nothing(&self, deed: Deed) -> Result<(), TestCaseError> {
        let chat = self.stage.telegram.chat(&self.mallory, &self.stage.master);
        let secrets = ["kiosk", "Kiosk", "Bert", "Victor", "newspapers", "reads a lot", "Sam"];
        for message in chat.iter().filter(|message| by_bot(message)) {
            for secret in secrets {
                prop_assert!(!text(message).contains(secret), "{:?}: {}", deed, text(message));
            }
        }
        Ok(())
    }

    async fn ends(mut self) -> Result<(), TestCaseError> {
        // Victor goes on as if nothing had been.
        let (_, copy) = self.stage.asks_only(&self.bert, &self.kiosk, "Still open?").await;
        let reply = self.stage.answer(&copy, draft::text("Always.")).await;
        self.stage.copy_of_reply(reply).await;
        self.stage.stop().await;
        Ok(())
    }
}
