//! Text there and back again.

use std::time::Duration;

use serde_json::json;
use telegram_emulator::{Answer, Fault, draft};

use crate::support::{Stage, matrix::on_every_stage, talk::id};

mod stages {
    use super::*;
    on_every_stage!(a_question_and_its_answer, an_edit_during_an_answer_is_not_undone);
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

/// The answer carries the copy as it was when the owner wrote.
async fn an_edit_during_an_answer_is_not_undone(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "A table at 5?").await;
    let slow = Answer::Hang(Duration::from_millis(700));
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).answer(slow));
    let answer = stage.answer(&copy, draft::text("Yes.")).await;
    stage.sees(&anna, &shop, "Yes.").await;
    stage.telegram.edit(&anna, &shop, question, draft::text("A table at 6?")).await;
    let edited = stage.owner_sees("A table at 6?").await;
    stage.copy_of_reply(answer).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    let now = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    assert_eq!(now["text"], "🆕 Anna @anna → @shop_bot\n✏️ edited\nA table at 6?");
    stage.answer(&edited, draft::text("At 6 as well.")).await;
    stage.owner_sees("✅ Anna @anna → @shop_bot\n✏️ edited\nA table at 6?").await;
    stage.curtain().await;
}
