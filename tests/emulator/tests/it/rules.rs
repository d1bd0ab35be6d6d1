use std::time::{Duration, Instant};

use serde_json::{Value, json};
use telegram_emulator::{Answer, Emulator, Fault, Group, Membership, Person, draft};

use crate::support::{Receiver, call, client, hook, ok, refused, scene, upload};

#[tokio::test]
async fn edits_are_for_the_bots_own_messages() {
    let (telegram, shop, anna) = scene().await;
    let sent = ok(&telegram, &shop, "sendMessage", json!({"chat_id": anna.id, "text": "a"})).await;
    let id = sent["message_id"].as_i64().unwrap();
    let edit = |id: i64, text: &str| json!({"chat_id": anna.id, "message_id": id, "text": text});
    let says = async |params| refused(&telegram, &shop, "editMessageText", params).await;
    assert_eq!(
        says(edit(id, "a")).await,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same \
         as a current content and reply markup of the message"
    );
    assert_eq!(says(edit(99, "b")).await, "Bad Request: message to edit not found");
    assert_eq!(says(edit(1, "b")).await, "Bad Request: message can't be edited");
    ok(&telegram, &shop, "editMessageText", edit(id, "b")).await;
    assert_eq!(telegram.lines(&anna, &shop), ["Anna: hi", "Shop: b"]);
    let photo = upload(
        &telegram,
        &shop,
        "sendPhoto",
        "photo",
        "p.jpg",
        vec![1; 10],
        json!({"chat_id": anna.id}),
    )
    .await;
    let photo = photo["result"]["message_id"].as_i64().unwrap();
    assert_eq!(
        says(edit(photo, "b")).await,
        "Bad Request: there is no text in the message to edit"
    );
    let caption = json!({"chat_id": anna.id, "message_id": photo, "caption": "c"});
    assert_eq!(ok(&telegram, &shop, "editMessageCaption", caption).await["caption"], "c");
}

#[tokio::test]
async fn deleting_has_a_48_hour_limit() {
    let (telegram, shop, anna) = scene().await;
    let delete = |id: i64| json!({"chat_id": anna.id, "message_id": id});
    ok(&telegram, &shop, "deleteMessage", delete(1)).await;
    assert_eq!(
        refused(&telegram, &shop, "deleteMessage", delete(1)).await,
        "Bad Request: message to delete not found"
    );
    let id = telegram.send(&anna, &shop, draft::text("old")).await;
    telegram.pass_time(Duration::from_secs(49 * 3600));
    let why = refused(&telegram, &shop, "deleteMessage", delete(id)).await;
    assert_eq!(why, "Bad Request: message can't be deleted for everyone");
}

#[tokio::test]
async fn updates_die_after_a_day() {
    let (telegram, shop, _) = scene().await;
    telegram.pass_time(Duration::from_secs(25 * 3600));
    assert_eq!(ok(&telegram, &shop, "getUpdates", json!({})).await, json!([]));
    assert_eq!(telegram.dropped_updates(&shop).len(), 1);
}

#[tokio::test]
async fn albums_have_rules() {
    let (telegram, shop, anna) = scene().await;
    let album = |kinds: &[&str]| {
        let media: Vec<Value> = kinds.iter().map(|k| json!({"type": k, "media": "x"})).collect();
        json!({"chat_id": anna.id, "media": media})
    };
    let says =
        async |kinds: &[&str]| refused(&telegram, &shop, "sendMediaGroup", album(kinds)).await;
    assert!(says(&["photo"]).await.contains("2-10"));
    let mixed = "Bad Request: can't use the media of the specified type in the album";
    assert_eq!(says(&["photo", "document"]).await, mixed);
    assert_eq!(says(&["voice", "voice"]).await, mixed);
    assert_eq!(
        says(&["photo", "video"]).await,
        "Bad Request: wrong file identifier/HTTP URL specified"
    );
}

#[tokio::test]
async fn copies_leave_no_trace_and_forwards_do() {
    let (telegram, shop, anna) = scene().await;
    let boris = telegram.add_person(Person::new("Boris").hides_forwards(true));
    let id = telegram.send(&boris, &shop, draft::photo("picture").caption("see")).await;
    let from = json!({"chat_id": anna.id, "from_chat_id": boris.id, "message_id": id});
    let copy = ok(&telegram, &shop, "copyMessage", from.clone()).await;
    assert_eq!(copy.as_object().unwrap().len(), 1);
    let seen = telegram.message(&shop, anna.id, copy["message_id"].as_i64().unwrap()).unwrap();
    assert!(seen["forward_origin"].is_null() && seen["caption"] == "see");
    let forward = ok(&telegram, &shop, "forwardMessage", from).await;
    assert_eq!(forward["forward_origin"]["type"], "hidden_user");
    assert_eq!(forward["forward_origin"]["sender_user_name"], "Boris");
    let missing = json!({"chat_id": anna.id, "from_chat_id": boris.id, "message_id": 99});
    assert_eq!(
        refused(&telegram, &shop, "copyMessage", missing).await,
        "Bad Request: message to copy not found"
    );
    let unordered = json!({"chat_id": anna.id, "from_chat_id": boris.id, "message_ids": [2, 1]});
    assert!(
        refused(&telegram, &shop, "copyMessages", unordered).await.contains("strictly increasing")
    );
}

#[tokio::test]
async fn groups_count_for_all_and_private_chats_for_each_bot() {
    let (telegram, shop, anna) = scene().await;
    let master = telegram.add_bot("master_bot", "Master");
    let team = telegram.add_group(Group::supergroup("Team").forum());
    assert_eq!(
        refused(&telegram, &shop, "sendMessage", json!({"chat_id": team.id, "text": "x"})).await,
        "Forbidden: bot is not a member of the supergroup chat"
    );
    telegram.add_to_group(&anna, &team, &shop, Membership::Administrator);
    telegram.add_to_group(&anna, &team, &master, Membership::Member);
    let id = telegram.send_to_group(&anna, &team, draft::text("to all")).await;
    assert_eq!(id, 3, "after the two service messages");
    let texts =
        |bot| telegram.pending(bot).iter().filter(|u| u["message"]["text"] == "to all").count();
    assert_eq!(
        (texts(&shop), texts(&master)),
        (1, 0),
        "privacy mode hides it from an ordinary member"
    );
    let boris = telegram.add_person(Person::new("Boris"));
    assert_eq!(
        telegram.send(&boris, &shop, draft::text("x")).await,
        2,
        "one counter for all private chats"
    );
    telegram.set_bot_standing(&anna, &team, &shop, Membership::Kicked);
    assert_eq!(
        refused(&telegram, &shop, "sendMessage", json!({"chat_id": team.id, "text": "x"})).await,
        "Forbidden: bot was kicked from the supergroup chat"
    );
}

#[tokio::test]
async fn default_updates_leave_out_reactions() {
    let (telegram, shop, anna) = scene().await;
    telegram.react(&anna, &shop, 1, Some("👍"));
    assert_eq!(telegram.pending(&shop).len(), 1);
    ok(&telegram, &shop, "getUpdates", json!({"allowed_updates": ["message_reaction"]})).await;
    telegram.react(&anna, &shop, 1, None);
    telegram.send(&anna, &shop, draft::text("not wanted")).await;
    assert_eq!(telegram.pending(&shop).len(), 2);
    assert_eq!(telegram.chat(&anna, &shop)[0].get("reactions"), None);
    let last = ok(&telegram, &shop, "getUpdates", json!({"offset": -1})).await;
    assert_eq!(last[0]["message_reaction"]["old_reaction"][0]["emoji"], "👍");
    assert_eq!(telegram.pending(&shop).len(), 1, "a negative offset forgets all before");
}

#[tokio::test]
async fn rates_are_limited_when_asked() {
    let (telegram, shop, anna) = scene().await;
    telegram.set_strict_rates(true);
    let send = json!({"chat_id": anna.id, "text": "x"});
    for _ in 0..5 {
        ok(&telegram, &shop, "sendMessage", send.clone()).await;
    }
    let body = call(&telegram, &shop, "sendMessage", send).await;
    assert_eq!(body["error_code"], 429);
    assert!(body["parameters"]["retry_after"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn starts_are_limited_when_asked() {
    let telegram = Emulator::builder().start_limits(true).start().await.unwrap();
    let mut codes = Vec::new();
    for n in 0..21 {
        let bot = telegram.add_bot(&format!("bot{n}"), "B");
        codes.push(call(&telegram, &bot, "getMe", json!({})).await["error_code"].clone());
    }
    assert!(codes[..20].iter().all(Value::is_null) && codes[20] == 429);
}

#[tokio::test]
async fn a_20_mb_file_goes_down_and_up() {
    let (telegram, shop, anna) = scene().await;
    let bytes: Vec<u8> = (0..20 << 20).map(|n: u32| (n % 251) as u8).collect();
    let id = telegram.send(&anna, &shop, draft::video(bytes.clone())).await;
    let got = telegram.message(&shop, anna.id, id).unwrap();
    let file = ok(&telegram, &shop, "getFile", json!({"file_id": got["video"]["file_id"]})).await;
    let url = format!(
        "{}/file/bot{}/{}",
        telegram.api_url(),
        shop.token,
        file["file_path"].as_str().unwrap()
    );
    let down = client().get(url.clone()).send().await.unwrap().bytes().await.unwrap();
    assert!(down == bytes, "byte for byte");
    // Chunked, as a stream of unknown length arrives.
    let body = reqwest::Body::wrap_stream(futures::stream::iter(
        bytes.chunks(60_000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>(),
    ));
    let part = reqwest::multipart::Part::stream(body).file_name("v.mp4");
    let form = reqwest::multipart::Form::new()
        .text("chat_id", anna.id.to_string())
        .text("video", "attach://v")
        .part("v", part);
    let up = format!("{}/bot{}/SendVideo", telegram.api_url(), shop.token);
    let answer = client().post(up).multipart(form).send().await.unwrap().bytes().await.unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["result"]["video"]["file_unique_id"], got["video"]["file_unique_id"]);
    telegram.fault(Fault::on("file").answer(Answer::CutBody));
    let cut = client().get(url).send().await.unwrap().bytes().await;
    assert!(cut.is_err(), "half a file is an error, not a short file");
}

#[tokio::test]
async fn too_much_is_413() {
    let telegram = Emulator::builder().upload_limit(1000).download_limit(10).start().await.unwrap();
    let shop = telegram.add_bot("shop_bot", "Shop");
    let anna = telegram.add_person(Person::new("Anna"));
    telegram.start(&anna, &shop, "table7").await;
    let answer = upload(
        &telegram,
        &shop,
        "sendDocument",
        "document",
        "d",
        vec![1; 1001],
        json!({"chat_id": anna.id}),
    )
    .await;
    assert_eq!(
        (answer["error_code"].clone(), answer["description"].clone()),
        (json!(413), json!("Request Entity Too Large"))
    );
    assert_eq!(telegram.lines(&anna, &shop), ["Anna: /start table7"]);
}

#[tokio::test]
async fn a_stuck_chat_fills_the_window() {
    let (telegram, shop, anna) = scene().await;
    let boris = telegram.add_person(Person::new("Boris"));
    let receiver = Receiver::start(Box::new(|update, before| {
        let anna = update["message"]["from"]["first_name"] == "Anna";
        (if anna && before < 4 { 503 } else { 200 }, None, Duration::ZERO)
    }))
    .await;
    for n in 0..3 {
        telegram.send(&anna, &shop, draft::text(format!("a{n}"))).await;
    }
    telegram.send(&boris, &shop, draft::text("b")).await;
    hook(&telegram, &shop, &receiver, json!({"max_connections": 1})).await;
    telegram.quiet().await;
    let texts = receiver.texts();
    let boris = texts.iter().position(|t| t == "b").unwrap();
    assert!(
        boris > texts.iter().rposition(|t| t == "a0").unwrap(),
        "2 of Anna's fill the window of 1 × 2: {texts:?}"
    );
}

#[tokio::test]
async fn an_unknown_parameter_is_a_complaint() {
    let (telegram, shop, anna) = scene().await;
    ok(&telegram, &shop, "sendMessage", json!({"chat_id": anna.id, "text": "x", "chatid": 5}))
        .await;
    assert_eq!(
        telegram.complaints(),
        [format!("bot {}: sendMessage: unknown parameter chatid", shop.id)]
    );
}

#[tokio::test]
async fn a_hanging_answer_comes_late_but_is_executed() {
    let (telegram, shop, anna) = scene().await;
    telegram.fault(
        Fault::on("sendMessage").chat(anna.id).answer(Answer::Hang(Duration::from_millis(300))),
    );
    let started = Instant::now();
    let params = json!({"chat_id": anna.id, "text": "late"});
    let calling = ok(&telegram, &shop, "sendMessage", params);
    let seen =
        telegram.wait("the message before its answer", |v| v.lines(&anna, &shop).get(1).cloned());
    let (_, line) = tokio::join!(calling, async {
        let line = seen.await;
        assert!(started.elapsed() < Duration::from_millis(250));
        line
    });
    assert_eq!(line, "Shop: late");
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn forms_and_queries_work_like_json() {
    let (telegram, shop, anna) = scene().await;
    let url = format!(
        "{}/bot{}/sendmessage?chat_id={}&text=a%20b%2Bc+d",
        telegram.api_url(),
        shop.token,
        anna.id
    );
    assert!(client().get(url).send().await.unwrap().status().is_success());
    let url = format!("{}/bot{}/SENDMESSAGE", telegram.api_url(), shop.token);
    let form = format!("chat_id={}&text=f&reply_parameters=%7B%22message_id%22%3A1%7D", anna.id);
    let request =
        client().post(url).header("content-type", "application/x-www-form-urlencoded").body(form);
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(telegram.lines(&anna, &shop), ["Anna: hi", "Shop: a b+c d", "Shop: f"]);
    assert_eq!(telegram.chat(&anna, &shop)[2]["reply_to_message"]["text"], "hi");
}

#[tokio::test]
async fn a_body_in_the_answer_is_a_complaint() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (telegram, shop, _) = scene().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    telegram.route("https://relay.test", &format!("http://{}", listener.local_addr().unwrap()));
    ok(&telegram, &shop, "setWebhook", json!({"url": "https://relay.test/x"})).await;
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = vec![0; 4096];
    let length = stream.read(&mut request).await.unwrap();
    assert!(String::from_utf8_lossy(&request[..length]).starts_with("POST /x HTTP/1.1"));
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
    telegram.quiet().await;
    assert!(telegram.complaints()[0].contains("has a body of 2 bytes"));
}

#[tokio::test]
async fn a_group_can_become_a_supergroup() {
    let (telegram, shop, anna) = scene().await;
    let team = telegram.add_group(Group::basic("Team"));
    telegram.add_to_group(&anna, &team, &shop, Membership::Administrator);
    let new = telegram.upgrade_group(&anna, &team);
    let body =
        call(&telegram, &shop, "sendMessage", json!({"chat_id": team.id, "text": "x"})).await;
    assert_eq!(body["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(body["parameters"]["migrate_to_chat_id"], new.id);
    ok(&telegram, &shop, "sendMessage", json!({"chat_id": new.id, "text": "x"})).await;
    let told: Vec<_> = telegram.pending(&shop);
    assert!(told.iter().any(|u| u["message"]["migrate_to_chat_id"] == new.id));
    assert!(told.iter().any(|u| u["message"]["migrate_from_chat_id"] == team.id));
}
