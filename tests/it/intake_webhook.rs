//! The webhook's door: who is let in, what hostile bodies do, and what the other addresses say.

use std::fmt::Write as _;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Map, Value, json};
use telegram_emulator::{Bot, draft};

use crate::support::{
    Stage,
    http::{Answer, exchange, request},
    matrix::on_every_database,
};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        without_the_right_secret_nothing_is_told_apart,
        the_secret_is_looked_at_before_the_body,
        a_body_over_the_limit_is_refused,
        other_methods_and_addresses_are_not_there,
        metrics_know_no_people,
        no_prefix_is_needed,
    );
    on_every_database!(dark(Webhook): hostile_bodies_do_no_harm);
}

const SECRET: &str = "x-telegram-bot-api-secret-token";

fn path(bot: &Bot) -> String {
    format!("/hooks/telegram/{}", bot.id)
}

fn secret_of(stage: &Stage, bot: &Bot) -> String {
    let hook = stage.telegram.webhook_of(bot).expect("a webhook");
    hook["secret_token"].as_str().expect("a secret").to_owned()
}

fn update(stage: &Stage, id: i64, text: &str) -> Value {
    let person = &stage.owner;
    json!({"update_id": id, "message": {
        "message_id": id % 1_000_000, "date": 1_790_000_000, "chat": person.chat(), "from": person.user(), "text": text,
    }})
}

async fn without_the_right_secret_nothing_is_told_apart(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let body = update(&stage, 5, "forged").to_string();
    let (right, masters) = (secret_of(&stage, &shop), secret_of(&stage, &stage.master));
    let almost = format!("{}{}", &right[..42], if right.ends_with('A') { 'B' } else { 'A' });
    let (shorter, longer) = (&right[..42], format!("{right}A"));
    let mut answers = Vec::new();
    for secret in ["", "x", &almost, shorter, &longer, &masters, &shop.token] {
        let headers = [(SECRET, secret), ("content-type", "application/json")];
        answers
            .push(request(stage.address(), "POST", &path(&shop), &headers, body.as_bytes()).await);
    }
    answers.push(request(stage.address(), "POST", &path(&shop), &[], body.as_bytes()).await);
    for bot in ["1", "0", "-1", "x", "99999999999999999999", "%00", "7001000003%2F", "\u{fc}"] {
        let unknown = format!("/hooks/telegram/{bot}");
        answers.push(
            request(stage.address(), "POST", &unknown, &[(SECRET, &right)], body.as_bytes()).await,
        );
    }
    for answer in &answers {
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{answer:?}");
        assert_eq!(answer.headers, answers[0].headers);
    }
    // The right secret is right whatever the name's case is.
    let headers = [("X-Telegram-Bot-Api-Secret-Token", right.as_str())];
    let answer = request(stage.address(), "POST", &path(&shop), &headers, body.as_bytes()).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(stage.times(&stage.owner, &stage.master, "forged"), 1);
    stage.stop().await;
}

async fn the_secret_is_looked_at_before_the_body(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    for secret in ["", "wrong"] {
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: relay.test\r\n{SECRET}: {secret}\r\ncontent-length: 1000000000000\r\n\r\n",
            path(&shop)
        );
        let answer = exchange(stage.address(), head.as_bytes()).await;
        assert_eq!((answer.status, answer.body.len()), (401, 0));
    }
    stage.stop().await;
}

async fn a_body_over_the_limit_is_refused(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let secret = secret_of(&stage, &shop);
    let send = async |body: Vec<u8>| {
        request(stage.address(), "POST", &path(&shop), &[(SECRET, &secret)], &body).await
    };
    let fits = update(&stage, 6, "just fits").to_string();
    let padded = |length: usize| format!("{fits}{}", " ".repeat(length - fits.len())).into_bytes();
    assert_eq!(send(padded(1 << 20)).await.status, 200);
    let answer = send(padded((1 << 20) + 1)).await;
    assert_eq!((answer.status, answer.body.len()), (413, 0));
    // Without a length it is counted.
    let mut chunked = format!(
        "POST {} HTTP/1.1\r\nhost: relay.test\r\n{SECRET}: {secret}\r\ntransfer-encoding: chunked\r\n\r\n",
        path(&shop)
    );
    for _ in 0..33 {
        let _ = write!(chunked, "8000\r\n{}\r\n", " ".repeat(0x8000));
    }
    chunked.push_str("0\r\n\r\n");
    assert_eq!(exchange(stage.address(), chunked.as_bytes()).await.status, 413);
    stage.stop().await;
}

async fn other_methods_and_addresses_are_not_there(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let secret = secret_of(&stage, &shop);
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let headers = [(SECRET, secret.as_str())];
        let answer = request(stage.address(), method, &path(&shop), &headers, b"{}").await;
        assert_eq!((answer.status, answer.body.len()), (405, 0), "{method}");
    }
    for path in [
        format!("/telegram/{}", shop.id),
        "/hooks/telegram/".into(),
        "/".into(),
        "/metrics".into(),
        "/readyz".into(),
    ] {
        let answer = request(stage.address(), "POST", &path, &[(SECRET, &secret)], b"{}").await;
        assert_eq!((answer.status, answer.body.len()), (404, 0), "{path}");
    }
    let healthy = request(stage.address(), "GET", "/healthz", &[], b"").await;
    assert_eq!((healthy.status, healthy.text().trim()), (200, "ok"));
    stage.stop().await;
}

async fn no_prefix_is_needed(mut stage: Stage) {
    stage.vary("PUBLIC_URL", "https://relay.test");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let hook = stage.telegram.webhook_of(&shop).unwrap();
    assert_eq!(hook["url"], format!("https://relay.test/telegram/{}", shop.id));
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("short way")).await;
    stage.owner_sees("short way").await;
    stage.stop().await;
}

async fn metrics_know_no_people(mut stage: Stage) {
    stage.vary("METRICS_ADDR", "127.0.0.1:0");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("Do you have tea?")).await;
    stage.owner_sees("Do you have tea?").await;
    stage.telegram.quiet().await;
    let address = stage.running().metrics_address.expect("a second listener");
    let ready = request(address, "GET", "/readyz", &[], b"").await;
    assert_eq!((ready.status, ready.body.len()), (200, 0));
    let metrics = request(address, "GET", "/metrics", &[], b"").await;
    assert_eq!(metrics.status, 200);
    let text = metrics.text();
    assert!(text.contains("feedback_relay_updates_total{outcome=\"relayed\"} 1\n"), "{text}");
    for private in [
        anna.id.to_string(),
        stage.owner.id.to_string(),
        "Anna".into(),
        "anna".into(),
        "tea".into(),
        shop.token.clone(),
    ] {
        assert!(!text.contains(&private), "{private}: {text}");
    }
    assert_eq!(request(address, "GET", "/healthz", &[], b"").await.status, 404);
    stage.stop().await;
}

/// A seeded source of everything a hostile or confused sender may put into a body.
struct Hostile {
    random: StdRng,
    real: Vec<Value>,
}

impl Hostile {
    fn pick(&mut self, below: usize) -> usize {
        self.random.random_range(0..below)
    }

    fn odd_value(&mut self) -> Value {
        let big = "ж\u{202e}🙂\u{0}".repeat(50_000);
        let values = [
            Value::Null,
            json!(true),
            json!(-1),
            json!(0),
            json!(i64::MAX),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(1e308),
            json!(0.5),
            json!(1_i64 << 31),
            json!(""),
            json!("\u{0}\u{ffff}\u{202e}"),
            json!(big),
            json!([]),
            json!({}),
            json!([[[[]]]]),
            json!([null, 1, "x", {}]),
            json!({"id": {"id": {"id": []}}}),
            nested(100),
        ];
        let at = self.pick(values.len());
        values[at].clone()
    }

    fn odd_entities(&mut self) -> Value {
        let mut entities = Vec::new();
        for _ in 0..self.pick(40) {
            let kinds =
                ["bold", "text_link", "custom_emoji", "date_time", "spoiler", "", "blockquote"];
            let kind = kinds[self.pick(kinds.len())];
            let offset = [0, -1, 1, 4096, i64::MAX, i64::from(i32::MIN)][self.pick(6)];
            let length = [0, -1, 1, 3, i64::MAX][self.pick(5)];
            entities.push(
                json!({"type": kind, "offset": offset, "length": length, "url": "tg://user?id=1"}),
            );
        }
        json!(entities)
    }

    /// Replaces or removes something somewhere in a value.
    fn mutate(&mut self, value: &mut Value) {
        let deeper = self.pick(4) > 0;
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let at = self.pick(fields.len());
                let key = fields.keys().nth(at).cloned().unwrap_or_default();
                if key == "update_id" {
                    return;
                }
                match (deeper, self.pick(5)) {
                    (true, _) => self.mutate(&mut fields[&key]),
                    (false, 0) => drop(fields.remove(&key)),
                    (false, 1) => drop(fields.insert("brain_wave".to_owned(), self.odd_value())),
                    (false, 2) => drop(fields.insert("entities".to_owned(), self.odd_entities())),
                    (false, _) => drop(fields.insert(key, self.odd_value())),
                }
            }
            Value::Array(items) if !items.is_empty() && deeper => {
                let at = self.pick(items.len());
                self.mutate(&mut items[at]);
            }
            value => *value = self.odd_value(),
        }
    }

    #[expect(clippy::too_many_lines, reason = "it is a list")]
    fn body(&mut self, number: usize) -> Vec<u8> {
        let id = 1_000_000 + number;
        let at = self.pick(self.real.len());
        let mut value = self.real[at].clone();
        value["update_id"] = json!(id);
        let whole = value.to_string();
        match number % 10 {
            0 => whole.as_bytes()[..self.pick(whole.len())].to_vec(),
            1 => {
                let mut bytes = whole.into_bytes();
                for _ in 0..=self.pick(8) {
                    let at = self.pick(bytes.len());
                    bytes[at] = self.random.random();
                }
                bytes
            }
            2 => {
                let odd = [
                    "",
                    "null",
                    "[]",
                    "{}",
                    "0",
                    "\"x\"",
                    "{\"update_id\":\"5\"}",
                    "{\"update_id\":1e400}",
                    "{\"update_id\":1,\"message\":\"\\ud800\"}",
                    "{\"update_id\":99999999999999999999}",
                    "\u{feff}{}",
                    "{\"update_id\":1}{\"update_id\":2}",
                    "{\"message\":{}}",
                ];
                odd[self.pick(odd.len())].as_bytes().to_vec()
            }
            3 => {
                let deep = [127, 128, 10_000, 200_000][self.pick(4)];
                format!(
                    "{{\"update_id\":{id},\"message\":{}{}}}",
                    "[".repeat(deep),
                    "]".repeat(deep)
                )
                .into_bytes()
            }
            4 => {
                let ids = [i64::from(i32::MAX) + 1, -1, 0, i64::MAX, i64::MIN];
                for kind in ["message", "edited_message"] {
                    if value[kind].is_object() {
                        value[kind]["message_id"] = json!(ids[self.pick(ids.len())]);
                    }
                }
                value.to_string().into_bytes()
            }
            5 => {
                let mut fields = Map::new();
                fields.insert("update_id".into(), json!(id));
                let kinds = [
                    "message_reaction",
                    "guest_message",
                    "managed_bot",
                    "subscription",
                    "poll",
                    "inline_query",
                    "chat_boost",
                    "business_message",
                    "callback_query",
                    "my_chat_member",
                    "channel_post",
                    "pre_checkout_query",
                ];
                fields.insert(kinds[self.pick(kinds.len())].into(), self.odd_value());
                Value::Object(fields).to_string().into_bytes()
            }
            _ => {
                for _ in 0..=self.pick(4) {
                    self.mutate(&mut value);
                }
                value["update_id"] = json!(id);
                value.to_string().into_bytes()
            }
        }
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!("x"), |inner, _| json!([inner]))
}

/// Updates as Telegram sends them, of every shape the relay looks into.
fn real_updates(stage: &Stage, shop: &Bot) -> Vec<Value> {
    let (owner, master) = (&stage.owner, &stage.master);
    let message = |extra: Value| {
        let mut message = json!({
            "message_id": 4711, "date": 1_790_000_000, "chat": owner.chat(), "from": owner.user(),
        });
        for (key, value) in extra.as_object().into_iter().flatten() {
            message[key] = value.clone();
        }
        message
    };
    let file =
        json!({"file_id": "f", "file_unique_id": "u", "file_size": 10, "width": 1, "height": 1});
    let replied = message(json!({"message_id": 1, "text": "earlier"}));
    let member =
        json!({"user": {"id": shop.id, "is_bot": true, "first_name": "Shop"}, "status": "member"});
    vec![
        json!({"update_id": 1, "message": message(json!({"text": "hello world", "entities": [{"type": "bold", "offset": 0, "length": 5}]}))}),
        json!({"update_id": 1, "message": message(json!({"text": "/start table7"}))}),
        json!({"update_id": 1, "edited_message": message(json!({"text": "changed", "edit_date": 1_790_000_001}))}),
        json!({"update_id": 1, "message": message(json!({"photo": [file], "caption": "look", "has_media_spoiler": true}))}),
        json!({"update_id": 1, "message": message(json!({"document": file, "media_group_id": "5"}))}),
        json!({"update_id": 1, "message": message(json!({"location": {"latitude": 1.0, "longitude": 2.0}, "venue": {"title": "t", "address": "a"}}))}),
        json!({"update_id": 1, "message": message(json!({"poll": {"id": "1", "question": "?", "options": [{"text": "a", "voter_count": 0}], "type": "quiz"}}))}),
        json!({"update_id": 1, "message": message(json!({"checklist": {"title": "t", "tasks": [{"id": 1, "text": "x"}]}}))}),
        json!({"update_id": 1, "message": message(json!({"contact": {"phone_number": "1", "first_name": "C"}}))}),
        json!({"update_id": 1, "message": message(json!({"text": "yes", "reply_to_message": replied, "quote": {"text": "ear", "position": 0}}))}),
        json!({"update_id": 1, "callback_query": {"id": "9", "from": owner.user(), "message": message(json!({"from": {"id": master.id, "is_bot": true, "first_name": "M"}, "text": "?"})), "chat_instance": "1", "data": format!("remove:{}", shop.id)}}),
        json!({"update_id": 1, "my_chat_member": {"chat": {"id": -100_123, "type": "supergroup", "title": "G"}, "from": owner.user(), "date": 1, "old_chat_member": member, "new_chat_member": member}}),
    ]
}

async fn hostile_bodies_do_no_harm(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let mut process = stage.launch().await;
    let address = process.ready().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.set_strict_calls(false);

    let random = StdRng::seed_from_u64(7);
    let mut hostile = Hostile { random, real: real_updates(&stage, &shop) };
    let bodies: Vec<Vec<u8>> = (0..240).map(|number| hostile.body(number)).collect();
    let secrets = [&shop, &stage.master].map(|bot| (path(bot), secret_of(&stage, bot)));
    let answers = bodies.iter().enumerate().map(|(number, body)| {
        let (path, secret) = &secrets[number % 2];
        async move { request(address, "POST", path, &[(SECRET, secret)], body).await }
    });
    let answers: Vec<Answer> = futures::StreamExt::collect(futures::StreamExt::buffered(
        futures::stream::iter(answers),
        8,
    ))
    .await;
    for (answer, body) in answers.iter().zip(&bodies) {
        let start = String::from_utf8_lossy(&body[..body.len().min(300)]);
        assert!(matches!(answer.status, 200 | 400 | 413 | 503), "{answer:?} to {start}");
        assert!(answer.body.is_empty(), "{answer:?} to {start}");
    }
    assert!(process.is_alive());
    stage.telegram.send(&anna, &shop, draft::text("Do you still have tea?")).await;
    stage.owner_sees("Do you still have tea?").await;
    stage.owner_writes("/help").await;
    stage.owner_sees("/subscribe").await;
    let log = process.stop().await.stderr;
    for word in ["panicked", "broke off", "RUST_BACKTRACE"] {
        assert!(!log.contains(word), "{log}");
    }
}
