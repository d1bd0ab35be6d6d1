//! `/export`: all that is an owner's, as files in his chat, and nothing else.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value;
use telegram_emulator::{Person, draft};

use super::{another_owner, leaves_traces};
use crate::plans::{MONTH, buys, now, sells};
use crate::support::{
    Stage,
    matrix::{on_every_database, on_every_stage},
};

mod stages {
    use super::*;
    on_every_stage!(an_owner_gets_all_that_is_his_and_nothing_else);
    on_every_database!(set(Webhook):
        what_is_big_is_packed,
        customers_of_a_bot_that_is_somebody_elses_now_are_there,
    );
}

/// The files of an export, as they are in somebody's chat.
async fn exported(stage: &Stage, owner: &Person) -> Vec<Value> {
    stage.telegram.send(owner, &stage.master, draft::text("/export")).await;
    stage.sees(owner, &stage.master, "📦").await;
    stage.telegram.quiet().await;
    let files = stage.telegram.chat(owner, &stage.master);
    let files = files.iter().filter(|message| message.get("document").is_some());
    let read = |message: &Value| {
        let document = &message["document"];
        let id = document["file_id"].as_str().unwrap();
        let bytes = stage.telegram.file_bytes(&stage.master, id);
        let mut text = String::new();
        if document["file_name"].as_str().unwrap().ends_with(".gz") {
            GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes.to_vec()).unwrap();
        }
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    files.map(read).collect()
}

async fn an_owner_gets_all_that_is_his_and_nothing_else(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (otto, kiosk) = another_owner(&mut stage, "kiosk_bot").await;
    let both = format!("{},{}", stage.owner.id, otto.id);
    sells(&mut stage, &[("OWNER_IDS", both.as_str())]).await;
    let [charge, ottos] =
        [buys(&stage, &stage.owner, now() + MONTH).await, buys(&stage, &otto, now() + MONTH).await];
    let anna = stage.customer("Anna", &shop).await;
    leaves_traces(&stage, &anna, &shop).await;
    stage.owner_writes("/cancel").await;
    let way = ["Greeting", "All languages"];
    stage.saves_text(&way, draft::text("Welcome to the shop")).await;
    let bert = stage.customer("Bert", &kiosk).await;
    stage.asks(&bert, &kiosk, "newspapers?").await;
    let files = exported(&stage, &stage.owner).await;
    let [export] = &files[..] else { panic!("{} files", files.len()) };
    assert_eq!(export["owner"][0]["id"], stage.owner.id);
    assert_eq!(export["bots"].as_array().unwrap().len(), 1);
    assert_eq!(export["bots"][0]["username"], "shop_bot");
    assert_eq!(export["bots"][0]["settings"]["greeting"]["*"], "Welcome to the shop");
    assert_eq!(export["customers"][0]["customer"], anna.id);
    assert_eq!(export["customers"][0]["labels"][0], "table7");
    assert_eq!(export["payments"][0]["charge"], charge);
    assert_eq!(export["payments"][0]["stars"], 250);
    assert_eq!(export["notes"][0]["note"], "likes green tea");
    let references = export["references"].as_array().unwrap();
    assert_eq!(
        references.len() as i64,
        stage
            .database
            .count(&format!("message_references WHERE owner_id = {}", stage.owner.id))
            .await
    );
    assert!(references.iter().any(|row| row["direction"] == "out"));
    let all = export.to_string();
    let secret = shop.token.split_once(':').unwrap().1;
    for absent in [
        secret,
        "Do you have tea?",
        "Green?",
        "Yes.",
        "Anna",
        "kiosk",
        &kiosk.id.to_string(),
        &bert.id.to_string(),
        &otto.id.to_string(),
        &ottos,
    ] {
        assert!(!all.contains(absent), "{absent} in {all}");
    }
    stage.redelivers_if_webhook("message").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "📦"), 1);
    let files = exported(&stage, &otto).await;
    assert_eq!(files[0]["customers"][0]["customer"], bert.id);
    assert!(!files[0].to_string().contains(&anna.id.to_string()));
    stage.curtain().await;
}

async fn what_is_big_is_packed(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.database.fill_references(stage.owner.id, shop.id, stage.master.id, 30_000).await;
    let files = exported(&stage, &stage.owner).await;
    let rows: usize = files.iter().map(|file| file["references"].as_array().unwrap().len()).sum();
    assert_eq!(rows, 30_000);
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    let file = chat.iter().find_map(|message| message.get("document")).unwrap();
    assert_eq!(file["file_name"], "feedback-relay-1.json.gz");
    assert!(file["file_size"].as_i64().unwrap() < 1 << 20, "{file}");
    stage.curtain().await;
}

async fn customers_of_a_bot_that_is_somebody_elses_now_are_there(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (otto, _) = another_owner(&mut stage, "kiosk_bot").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &shop, "table7").await;
    stage.asks(&anna, &shop, "tea?").await;
    stage.owner_writes("/remove").await;
    stage.owner_sees("Detach @shop_bot?").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    stage.telegram.send(&otto, &stage.master, draft::text(&*shop.token)).await;
    stage.sees(&otto, &stage.master, "@shop_bot is attached").await;
    let bert = stage.customer("Bert", &shop).await;
    let asked = stage.telegram.send(&bert, &shop, draft::text("newspapers?")).await;
    stage.copy_of(&shop, &bert, asked).await;
    let files = exported(&stage, &stage.owner).await;
    let customers = files[0]["customers"].as_array().unwrap();
    assert_eq!(customers.len(), 1, "{customers:?}");
    assert_eq!(customers[0]["customer"], anna.id);
    assert_eq!(customers[0]["bot"], shop.id);
    assert_eq!(customers[0]["labels"][0], "table7");
    assert_eq!(files[0]["references"].as_array().unwrap().len(), 1);
    let files = exported(&stage, &otto).await;
    let customers = files[0]["customers"].as_array().unwrap();
    assert_eq!(customers.len(), 1, "{customers:?}");
    assert_eq!(customers[0]["customer"], bert.id);
    stage.curtain().await;
}
