use serde_json::{Value, json};
use telegram_emulator::{Answer, Fault, Person, draft};

use crate::support::{call, client, ok, refused, scene, upload};

#[tokio::test]
async fn a_bot_answers_and_a_person_sees_it() {
    let (telegram, shop, anna) = scene().await;
    let updates = ok(&telegram, &shop, "GetUpdates", json!({})).await;
    assert_eq!(updates[0]["message"]["text"], "hi");
    assert_eq!(updates[0]["message"]["from"]["language_code"], "en");
    assert_eq!(updates[0]["message"]["chat"]["id"], anna.id);
    let sent = ok(&telegram, &shop, "SendMessage", json!({
        "chat_id": anna.id, "text": "hello /start", "reply_parameters": {"message_id": updates[0]["message"]["message_id"], "quote": "hi"},
    }))
    .await;
    assert_eq!(sent["message_id"], 2);
    assert_eq!(sent["entities"][0]["type"], "bot_command");
    assert_eq!(sent["reply_to_message"]["text"], "hi");
    assert_eq!(sent["quote"]["text"], "hi");
    assert_eq!(telegram.lines(&anna, &shop), ["Anna: hi", "Shop: hello /start"]);
    ok(
        &telegram,
        &shop,
        "getUpdates",
        json!({"offset": updates[0]["update_id"].as_i64().unwrap() + 1}),
    )
    .await;
    telegram.quiet().await;
    assert_eq!(telegram.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn refusals_have_the_real_texts() {
    let (telegram, shop, anna) = scene().await;
    let stranger = telegram.add_person(Person::new("Stranger"));
    let message = |chat: i64, text: &str| json!({"chat_id": chat, "text": text});
    let says = async |params| refused(&telegram, &shop, "sendMessage", params).await;
    assert_eq!(says(message(anna.id, "")).await, "Bad Request: message text is empty");
    assert_eq!(says(message(anna.id, &"x".repeat(4097))).await, "Bad Request: message is too long");
    assert_eq!(says(message(1, "x")).await, "Bad Request: chat not found");
    assert_eq!(
        says(message(stranger.id, "x")).await,
        "Forbidden: bot can't initiate conversation with a user"
    );
    let reply = |extra: Value| json!({"chat_id": anna.id, "text": "x", "reply_parameters": extra});
    assert_eq!(
        says(reply(json!({"message_id": 99}))).await,
        "Bad Request: message to be replied not found"
    );
    assert_eq!(
        says(reply(json!({"message_id": 1, "quote": "ho"}))).await,
        "Bad Request: QUOTE_TEXT_INVALID"
    );
    ok(
        &telegram,
        &shop,
        "sendMessage",
        reply(json!({"message_id": 99, "allow_sending_without_reply": true})),
    )
    .await;
    let data = "d".repeat(65);
    let keyboard = json!({"inline_keyboard": [[{"text": "a", "callback_data": data}]]});
    let params = json!({"chat_id": anna.id, "text": "x", "reply_markup": keyboard});
    assert_eq!(says(params).await, "Bad Request: BUTTON_DATA_INVALID");
    telegram.block(&anna, &shop);
    assert_eq!(says(message(anna.id, "x")).await, "Forbidden: bot was blocked by the user");
    telegram.unblock(&anna, &shop);
    telegram.delete_account(&anna);
    assert_eq!(says(message(anna.id, "x")).await, "Forbidden: user is deactivated");
    let unknown = refused(&telegram, &shop, "sendMesage", json!({})).await;
    assert_eq!(unknown, "Not Found: method not found");
    assert!(telegram.complaints().iter().any(|c| c.contains("sendMesage")));
}

#[tokio::test]
async fn tokens_are_checked() {
    let (telegram, shop, _) = scene().await;
    let renewed = telegram.revoke_token(&shop);
    let body = call(&telegram, &shop, "getMe", json!({})).await;
    assert_eq!(
        (body["error_code"].clone(), body["description"].clone()),
        (json!(401), json!("Unauthorized"))
    );
    assert_eq!(ok(&telegram, &renewed, "getMe", json!({})).await["username"], "shop_bot");
    let response =
        client().get(format!("{}/botnonsense/getMe", telegram.api_url())).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 404);
}

#[tokio::test]
async fn files_belong_to_their_bot() {
    let (telegram, shop, anna) = scene().await;
    let master = telegram.add_bot("master_bot", "Master");
    telegram.start(&anna, &master, "").await;
    let id = telegram
        .send(&anna, &shop, draft::document("a.pdf", "application/pdf", vec![7; 100_000]))
        .await;
    let got = telegram.message(&shop, anna.id, id).unwrap();
    let file_id = got["document"]["file_id"].as_str().unwrap();
    let params = json!({"chat_id": anna.id, "document": file_id});
    let foreign = refused(&telegram, &master, "sendDocument", params.clone()).await;
    assert_eq!(foreign, "Bad Request: wrong file identifier/HTTP URL specified");
    let again = ok(&telegram, &shop, "sendDocument", params).await;
    assert_eq!(again["document"]["file_name"], "a.pdf");
    let file = ok(&telegram, &shop, "getFile", json!({"file_id": file_id})).await;
    let path = file["file_path"].as_str().unwrap().replace('/', "%2F");
    let url = format!("{}/file/bot{}/{path}", telegram.api_url(), shop.token);
    let bytes = client().get(url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, vec![7; 100_000]);
    let sent = upload(
        &telegram,
        &master,
        "SendDocument",
        "document",
        "a.pdf",
        bytes.to_vec(),
        json!({"chat_id": anna.id}),
    )
    .await;
    let sent = &sent["result"]["document"];
    assert_eq!(sent["file_unique_id"], got["document"]["file_unique_id"]);
    assert_ne!(sent["file_id"], got["document"]["file_id"]);
    assert_eq!(telegram.file_bytes(&master, sent["file_id"].as_str().unwrap()), vec![7; 100_000]);
    let id = telegram.send(&anna, &shop, draft::big_document("film.mkv", 30 << 20)).await;
    let big = telegram.message(&shop, anna.id, id).unwrap();
    let why =
        refused(&telegram, &shop, "getFile", json!({"file_id": big["document"]["file_id"]})).await;
    assert_eq!(why, "Bad Request: file is too big");
}

#[tokio::test]
async fn profile_photos_are_shown_to_bots_that_met_the_person() {
    let (telegram, shop, anna) = scene().await;
    let asked = json!({"user_id": anna.id, "limit": 1});
    let none = ok(&telegram, &shop, "getUserProfilePhotos", asked.clone()).await;
    assert_eq!(none, json!({"total_count": 0, "photos": []}));
    telegram.set_profile_photo(&anna, b"old".to_vec());
    telegram.set_profile_photo(&anna, b"new".to_vec());
    let shown = ok(&telegram, &shop, "getUserProfilePhotos", asked.clone()).await;
    assert_eq!((&shown["total_count"], shown["photos"].as_array().unwrap().len()), (&json!(2), 1));
    let sizes = shown["photos"][0].as_array().unwrap();
    let largest = sizes.last().unwrap();
    assert_eq!((&largest["width"], &largest["height"]), (&json!(640), &json!(640)));
    assert_eq!(telegram.file_bytes(&shop, largest["file_id"].as_str().unwrap())[..], *b"new");
    let master = telegram.add_bot("master_bot", "Master");
    let why = refused(&telegram, &master, "getUserProfilePhotos", asked).await;
    assert_eq!(why, "Bad Request: user not found");
}

#[tokio::test]
async fn faults_hit_before_or_after_execution() {
    let (telegram, shop, anna) = scene().await;
    let send = async |text: &str| {
        let url = format!("{}/bot{}/sendMessage", telegram.api_url(), shop.token);
        let body = json!({"chat_id": anna.id, "text": text}).to_string();
        client().post(url).header("content-type", "application/json").body(body).send().await
    };
    telegram.fault(Fault::on("sendMessage").answer(Answer::ResetBefore));
    assert!(send("before").await.is_err());
    telegram.fault(Fault::on("sendMessage").answer(Answer::ResetAfter));
    assert!(send("after").await.is_err());
    telegram.fault(Fault::on("sendMessage").answer(Answer::HtmlBadGateway));
    assert_eq!(send("html").await.unwrap().status().as_u16(), 502);
    telegram.fault(Fault::on("sendMessage").answer(Answer::TooManyRequests { retry_after: 3 }));
    let response = send("429").await.unwrap();
    assert_eq!(response.headers()["retry-after"], "3");
    assert_eq!(telegram.lines(&anna, &shop), ["Anna: hi", "Shop: after"]);
    let ledger = telegram.ledger();
    assert_eq!(ledger.len(), 1);
    assert!(ledger[0].answer_lost && ledger[0].is_send());
    assert_eq!(telegram.faults_left(), 0);
}
