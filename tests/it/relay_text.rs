//! Text there and back again.

use serde_json::json;
use telegram_emulator::draft;

use crate::support::{Stage, matrix::on_every_stage};

mod stages {
    use super::*;
    on_every_stage!(a_question_and_its_answer);
}

async fn a_question_and_its_answer(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("Do you have tea?")).await;
    let copy = stage.owner_sees("Do you have tea?").await;
    assert_eq!(copy["text"], "🆕 Anna @anna → @shop_bot\nDo you have tea?");
    let id = copy["message_id"].as_i64().unwrap();
    let reply = draft::text("Yes, green and black.");
    let answer = stage.telegram.reply(&stage.owner, &stage.master, id, reply).await;
    let seen = stage.sees(&anna, &shop, "Yes, green").await;
    assert_eq!(seen["text"], "Yes, green and black.");
    assert_eq!(seen.get("reply_to_message"), None);
    stage
        .telegram
        .wait("the receipt and the mark", |view| {
            let chat = view.chat(&stage.owner, &stage.master);
            let message = |id: i64| chat.iter().find(|message| message["message_id"] == json!(id));
            let receipt = message(answer)?["reactions"][0]["reaction"]["emoji"] == "👍";
            let mark = message(id)?["text"].as_str()?.starts_with("✅ Anna");
            (receipt && mark).then_some(())
        })
        .await;
    stage.telegram.quiet().await;
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}
