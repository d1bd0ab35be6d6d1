//! A plain client and a webhook receiver that answers as told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use telegram_emulator::{Bot, Emulator, Person, draft};

pub async fn emulator() -> Emulator {
    Emulator::builder().speed(100.0).patience(Duration::from_secs(10)).start().await.unwrap()
}

/// An emulator with a bot and a person who has written to it once.
pub async fn scene() -> (Emulator, Bot, Person) {
    let telegram = emulator().await;
    let shop = telegram.add_bot("shop_bot", "Shop");
    let anna = telegram.add_person(
        Person::new("Anna").last_name("P").username("anna").language("en").premium(true),
    );
    telegram.send(&anna, &shop, draft::text("hi")).await;
    (telegram, shop, anna)
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Calls a method with JSON; the whole answer.
pub async fn call(telegram: &Emulator, bot: &Bot, method: &str, params: Value) -> Value {
    let url = format!("{}/bot{}/{method}", telegram.api_url(), bot.token);
    let response =
        client().post(url).header("content-type", "application/json").body(params.to_string());
    let response = response.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let stated = if body["ok"] == true {
        200
    } else {
        u16::try_from(body["error_code"].as_u64().unwrap()).unwrap()
    };
    assert_eq!(status, stated, "the HTTP status is the error code");
    body
}

/// Calls a method that must work; its result.
pub async fn ok(telegram: &Emulator, bot: &Bot, method: &str, params: Value) -> Value {
    let body = call(telegram, bot, method, params).await;
    assert_eq!(body["ok"], true, "{method}: {body}");
    body["result"].clone()
}

/// Calls a method that must be refused; its description.
pub async fn refused(telegram: &Emulator, bot: &Bot, method: &str, params: Value) -> String {
    let body = call(telegram, bot, method, params).await;
    assert_eq!(body["ok"], false, "{method}: {body}");
    body["description"].as_str().unwrap().to_owned()
}

/// Calls a method with a file in multipart, as teloxide does: `attach://` and a part of that name.
pub async fn upload(
    telegram: &Emulator,
    bot: &Bot,
    method: &str,
    field: &str,
    name: &str,
    bytes: Vec<u8>,
    params: Value,
) -> Value {
    let mut form = reqwest::multipart::Form::new().text(field.to_owned(), "attach://f00d");
    for (key, value) in params.as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form = form.text(key.clone(), text);
    }
    form = form.part("f00d", reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned()));
    let url = format!("{}/bot{}/{method}", telegram.api_url(), bot.token);
    let response = client().post(url).multipart(form).send().await.unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

pub type Rule = dyn Fn(&Value, usize) -> (u16, Option<u64>, Duration) + Send + Sync;

/// A webhook receiver: keeps what came and answers by its rule (update, how often it came before).
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    pub got: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    pub async fn start(rule: Box<Rule>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let receiver = Self { url, got: got.clone() };
        let rule: Arc<Rule> = rule.into();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (got, rule) = (got.clone(), rule.clone());
                tokio::spawn(async move {
                    let service = service_fn(move |request: Request<Incoming>| {
                        let (got, rule) = (got.clone(), rule.clone());
                        async move {
                            let secret =
                                request.headers().get("X-Telegram-Bot-Api-Secret-Token").cloned();
                            let body = request.into_body().collect().await.unwrap().to_bytes();
                            let mut update: Value = serde_json::from_slice(&body).unwrap();
                            let before = {
                                let mut got = got.lock().unwrap();
                                let before = got
                                    .iter()
                                    .filter(|u| u["update_id"] == update["update_id"])
                                    .count();
                                if let Some(secret) = secret {
                                    update["secret"] = json!(secret.to_str().unwrap());
                                }
                                got.push(update.clone());
                                before
                            };
                            let (status, retry, wait) = rule(&update, before);
                            tokio::time::sleep(wait).await;
                            let mut response = Response::builder().status(status);
                            if let Some(seconds) = retry {
                                response = response.header("retry-after", seconds);
                            }
                            response.body(Full::new(bytes::Bytes::new()))
                        }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        receiver
    }

    pub async fn good() -> Self {
        Self::start(Box::new(|_, _| (200, None, Duration::ZERO))).await
    }

    /// Texts in order of arrival.
    pub fn texts(&self) -> Vec<String> {
        let got = self.got.lock().unwrap();
        got.iter().map(|u| u["message"]["text"].as_str().unwrap_or("-").to_owned()).collect()
    }
}

/// Sets a bot's webhook to a receiver.
pub async fn hook(telegram: &Emulator, bot: &Bot, receiver: &Receiver, extra: Value) {
    telegram.route("https://relay.test", &receiver.url);
    let mut params =
        json!({"url": format!("https://relay.test/telegram/{}", bot.id), "secret_token": "s3cret"});
    for (key, value) in extra.as_object().unwrap() {
        params[key] = value.clone();
    }
    ok(telegram, bot, "setWebhook", params).await;
}
