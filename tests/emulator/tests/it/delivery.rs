use std::time::Duration;

use serde_json::json;
use telegram_emulator::{Person, draft};

use crate::support::{Receiver, emulator, hook, ok, refused, scene};

#[tokio::test]
async fn one_update_of_a_chat_at_a_time_and_retries_keep_the_order() {
    let telegram = emulator().await;
    let shop = telegram.add_bot("shop_bot", "Shop");
    let anna = telegram.add_person(Person::new("Anna"));
    let boris = telegram.add_person(Person::new("Boris"));
    // Anna's first update fails three times; Boris is not held up by it.
    let receiver = Receiver::start(Box::new(|update, before| {
        let fails = update["message"]["text"] == "a1" && before < 3;
        (if fails { 503 } else { 200 }, None, Duration::from_millis(1))
    }))
    .await;
    hook(&telegram, &shop, &receiver, json!({})).await;
    for text in ["a1", "a2", "a3"] {
        telegram.send(&anna, &shop, draft::text(text)).await;
    }
    telegram.send(&boris, &shop, draft::text("b1")).await;
    telegram.quiet().await;
    let texts = receiver.texts();
    let of = |who: char| texts.iter().filter(|t| t.starts_with(who)).cloned().collect::<Vec<_>>();
    assert_eq!(of('a'), ["a1", "a1", "a1", "a1", "a2", "a3"]);
    assert_eq!(of('b'), ["b1"]);
    assert!(texts.iter().position(|t| t == "b1") < texts.iter().position(|t| t == "a2"));
    assert_eq!(receiver.got.lock().unwrap()[0]["secret"], "s3cret");
    let deliveries = telegram.deliveries();
    let a1: Vec<_> = deliveries.iter().filter(|d| d.update_id == deliveries[0].update_id).collect();
    let gaps: Vec<_> = a1.windows(2).map(|w| w[1].started - w[0].started).collect();
    assert!(
        gaps[1] >= Duration::from_millis(20) && gaps[2] >= Duration::from_millis(40),
        "{gaps:?}"
    );
}

#[tokio::test]
async fn reactions_and_buttons_overtake_a_stuck_message() {
    let (telegram, shop, anna) = scene().await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]});
    let sent = ok(
        &telegram,
        &shop,
        "sendMessage",
        json!({"chat_id": anna.id, "text": "?", "reply_markup": keyboard}),
    )
    .await;
    let receiver = Receiver::start(Box::new(|update, _| {
        (if update["message"].is_object() { 500 } else { 200 }, None, Duration::ZERO)
    }))
    .await;
    hook(
        &telegram,
        &shop,
        &receiver,
        json!({"allowed_updates": ["message", "callback_query", "message_reaction"]}),
    )
    .await;
    let id = sent["message_id"].as_i64().unwrap();
    telegram.react(&anna, &shop, id, Some("👍"));
    let query = telegram.press(&anna, &shop, id, "go");
    telegram.wait("both to pass", |v| (v.pending(&shop).len() == 1).then_some(())).await;
    ok(&telegram, &shop, "answerCallbackQuery", json!({"callback_query_id": query})).await;
    let old =
        refused(&telegram, &shop, "answerCallbackQuery", json!({"callback_query_id": "1"})).await;
    assert_eq!(
        old,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
}

#[tokio::test]
async fn retry_after_is_honoured_and_a_hanging_peer_is_cut() {
    let (telegram, shop, anna) = scene().await;
    let receiver = Receiver::start(Box::new(|update, before| {
        match (update["message"]["text"].as_str(), before) {
            (Some("hi"), 0) => (503, Some(50), Duration::ZERO),
            (Some("slow"), 0) => (200, None, Duration::from_secs(5)),
            _ => (200, None, Duration::ZERO),
        }
    }))
    .await;
    hook(&telegram, &shop, &receiver, json!({})).await;
    telegram.quiet().await;
    let deliveries = telegram.deliveries();
    assert!(deliveries[1].started - deliveries[0].started >= Duration::from_millis(500));
    telegram.send(&anna, &shop, draft::text("slow")).await;
    telegram.quiet().await;
    let cut = &telegram.deliveries()[2];
    assert_eq!(cut.status, None);
    assert!(cut.duration >= Duration::from_millis(600), "60 s at speed 100");
}

#[tokio::test]
async fn redelivery_repeats_the_update_as_it_was() {
    let (telegram, shop, _) = scene().await;
    let receiver = Receiver::good().await;
    hook(&telegram, &shop, &receiver, json!({})).await;
    telegram.quiet().await;
    let update = telegram.deliveries()[0].update_id;
    assert_eq!(telegram.redeliver(&shop, update, 3, true).await, [Some(200); 3]);
    let got = receiver.got.lock().unwrap();
    assert!(got.iter().all(|u| *u == got[0]) && got.len() == 4);
}

#[tokio::test]
async fn webhooks_are_validated() {
    let (telegram, shop, _) = scene().await;
    let says = async |params| {
        tokio::time::sleep(Duration::from_millis(12)).await;
        refused(&telegram, &shop, "setWebhook", params).await
    };
    let https = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook";
    assert_eq!(says(json!({"url": "http://relay.test/x"})).await, https);
    let ports = "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443";
    assert_eq!(says(json!({"url": "https://relay.test:8080/x"})).await, ports);
    let secret = "Bad Request: secret token contains unallowed characters";
    assert_eq!(says(json!({"url": "https://relay.test/x", "secret_token": "ä"})).await, secret);
    let again =
        refused(&telegram, &shop, "setWebhook", json!({"url": "https://relay.test/x"})).await;
    assert_eq!(again, "Too Many Requests: retry after 1");
    tokio::time::sleep(Duration::from_millis(12)).await;
    ok(&telegram, &shop, "setWebhook", json!({"url": "https://relay.test/x"})).await;
    let conflict = refused(&telegram, &shop, "getUpdates", json!({})).await;
    assert!(conflict.starts_with("Conflict: can't use getUpdates method while webhook is active"));
    telegram
        .wait("the refused connection", |v| {
            v.webhook_of(&shop)?["last_error_message"]
                .as_str()
                .map(|e| assert_eq!(e, "Connection refused"))
        })
        .await;
}

#[tokio::test]
async fn a_second_poll_ends_the_first() {
    let (telegram, shop, _) = scene().await;
    let first = ok(&telegram, &shop, "getUpdates", json!({})).await;
    let offset = first[0]["update_id"].as_i64().unwrap() + 1;
    let waiting = tokio::spawn({
        let (telegram, shop) = (telegram.clone(), shop.clone());
        async move {
            refused(&telegram, &shop, "getUpdates", json!({"offset": offset, "timeout": 50})).await
        }
    });
    telegram.quiet().await;
    let second = ok(&telegram, &shop, "getUpdates", json!({"offset": offset, "timeout": 5})).await;
    assert_eq!(second, json!([]));
    let text = waiting.await.unwrap();
    assert!(text.starts_with("Conflict: terminated by other getUpdates request"), "{text}");
}
