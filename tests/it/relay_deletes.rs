//! What was sent is taken back, by either side.

use std::time::Duration;

use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Stage, button, by_bot,
    matrix::{on_every_database, on_every_stage},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        the_owner_takes_a_reply_back_by_command,
        the_last_reply_can_be_undone_by_a_button,
        a_customer_takes_his_last_message_back,
    );
    on_every_database!(set(Webhook):
        after_48_hours_it_is_said_that_it_is_too_late,
        what_cannot_be_taken_back_is_told,
        undo_goes_with_the_last_reply_and_works_once,
        an_album_is_undone_whole,
        an_album_is_taken_back_whole_by_either_side,
        nobody_takes_back_what_is_not_his,
    );
}

fn emoji(stage: &Stage, person: &Person, bot: &Bot, message: i64) -> Value {
    let chat = stage.telegram.chat(person, bot);
    let shown = chat.iter().find(|shown| id(shown) == message).cloned().unwrap_or_default();
    shown["reactions"][0]["reaction"]["emoji"].clone()
}

async fn the_owner_takes_a_reply_back_by_command(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "How much?").await;
    let wrong = stage.answer(&copy, draft::text("1 Euro")).await;
    let wrong_copy = id(&stage.copy_of_reply(wrong).await);
    let right = stage.answer(&copy, draft::text("10 Euro")).await;
    let right_copy = id(&stage.copy_of_reply(right).await);
    stage.settled().await;
    stage.telegram.reply(&stage.owner, &stage.master, wrong, draft::text("/delete")).await;
    stage.is_gone(&anna, &shop, wrong_copy).await;
    stage.answered(&stage.owner, &stage.master, wrong, "the customer no longer sees it").await;
    assert!(stage.shows(&anna, &shop, right_copy));
    assert_eq!(emoji(&stage, &stage.owner, &stage.master, wrong), Value::Null, "no receipt");
    stage.redelivers_if_webhook("message").await;
    assert_eq!(stage.count_answers(&stage.owner, &stage.master, wrong, "no longer sees"), 1);
    // A change of it has nothing to change any more, and nobody is bothered.
    stage.telegram.edit(&stage.owner, &stage.master, wrong, draft::text("2 Euro")).await;
    stage.telegram.quiet().await;
    assert!(!stage.said(&anna, &shop).iter().any(|words| words.contains("2 Euro")));
    stage.curtain().await;
}

async fn the_last_reply_can_be_undone_by_a_button(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "How much?").await;
    let reply = stage.answer(&copy, draft::text("1 Euro")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.owner_sees("✅ Anna").await;
    stage.presses(&stage.owner, "↩️ Undo").await;
    stage.is_gone(&anna, &shop, seen).await;
    // It is unanswered again.
    let copy = stage.owner_sees("🆕 Anna").await;
    assert_eq!(button(&copy, "↩️ Undo"), None);
    stage.curtain().await;
}

async fn a_customer_takes_his_last_message_back(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, first) = stage.asks(&anna, &shop, "one").await;
    let (_, second) = stage.asks(&anna, &shop, "two").await;
    let (third_id, third) = stage.asks(&anna, &shop, "three").await;
    stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
    stage.is_gone(&stage.owner, &stage.master, id(&third)).await;
    stage.answered(&anna, &shop, third_id, "was taken back").await;
    // An earlier one, by a reply; a sticker goes with its header.
    let sticker = stage.telegram.send(&anna, &shop, draft::sticker_static("s")).await;
    let copy = stage.copy_of(&shop, &anna, sticker).await;
    let header = copy["reply_to_message"]["message_id"].as_i64().unwrap();
    stage.telegram.reply(&anna, &shop, sticker, draft::text("/delete")).await;
    stage.is_gone(&stage.owner, &stage.master, id(&copy)).await;
    stage.is_gone(&stage.owner, &stage.master, header).await;
    assert!(stage.shows(&stage.owner, &stage.master, id(&first)));
    assert!(stage.shows(&stage.owner, &stage.master, id(&second)));
    stage.telegram.quiet().await;
    assert!(!stage.said(&stage.owner, &stage.master).iter().any(|words| words.contains("/delete")));
    stage.curtain().await;
}

async fn after_48_hours_it_is_said_that_it_is_too_late(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "How much?").await;
    let reply = stage.answer(&copy, draft::text("1 Euro")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.settled().await;
    stage.telegram.pass_time(Duration::from_secs(49 * 3600));
    stage.telegram.reply(&stage.owner, &stage.master, reply, draft::text("/delete")).await;
    stage.answered(&stage.owner, &stage.master, reply, "48 hours only").await;
    assert!(stage.shows(&anna, &shop, seen));
    stage.telegram.reply(&anna, &shop, question, draft::text("/delete")).await;
    stage.answered(&anna, &shop, question, "48 hours only").await;
    assert!(stage.shows(&stage.owner, &stage.master, id(&copy)));
    stage.curtain().await;
}

async fn what_cannot_be_taken_back_is_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
    stage.sees(&anna, &shop, "no message of yours to take back").await;
    let (_, copy) = stage.asks(&anna, &shop, "How much?").await;
    stage.owner_writes("/delete").await;
    stage.owner_sees("reply to it with /delete").await;
    // A customer's message is not the owner's to take back.
    stage.answer(&copy, draft::text("/delete")).await;
    stage.answered(&stage.owner, &stage.master, id(&copy), "reply to it with /delete").await;
    let reply = stage.answer(&copy, draft::text("1 Euro")).await;
    stage.copy_of_reply(reply).await;
    let refusal = Answer::Refuse(400, "Bad Request: SOMETHING_NEW".into());
    stage.telegram.fault(Fault::on("deleteMessage").bot(&shop).answer(refusal));
    stage.telegram.reply(&stage.owner, &stage.master, reply, draft::text("/delete")).await;
    stage.answered(&stage.owner, &stage.master, reply, "❌ Not deleted").await;
    stage.curtain().await;
}

async fn undo_goes_with_the_last_reply_and_works_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let ben = stage.customer("Ben", &shop).await;
    let (_, of_anna) = stage.asks(&anna, &shop, "Tea?").await;
    let (_, of_ben) = stage.asks(&ben, &shop, "Coffee?").await;
    let has_undo = |copy: i64, wanted: bool| {
        move |messages: &[Value]| {
            let shown = messages.iter().find(|message| id(message) == copy)?;
            (button(shown, "↩️ Undo").is_some() == wanted).then(|| shown.clone())
        }
    };
    stage.answer(&of_anna, draft::text("Yes.")).await;
    let wait = async |copy, wanted| {
        let what = format!("Undo on {copy}: {wanted}");
        stage.wait_for(&stage.owner, &stage.master, &what, has_undo(copy, wanted)).await
    };
    wait(id(&of_anna), true).await;
    let reply = stage.answer(&of_ben, draft::text("No.")).await;
    let shown = wait(id(&of_ben), true).await;
    wait(id(&of_anna), false).await;
    let data = button(&shown, "↩️ Undo").unwrap();
    let seen = id(&stage.copy_of_reply(reply).await);
    // Pressed twice at once: one deletes, both are answered.
    stage.telegram.press_all(&stage.owner, &stage.master, id(&of_ben), &[&*data; 2]);
    stage.is_gone(&ben, &shop, seen).await;
    stage.telegram.quiet().await;
    let deletes = stage.telegram.ledger();
    assert_eq!(
        deletes
            .iter()
            .filter(|effect| effect.bot == shop.id && effect.method == "deleteMessage")
            .count(),
        1
    );
    assert_eq!(stage.telegram.answered_callbacks().len(), 2);
    assert!(stage.said(&anna, &shop).contains(&"Yes.".to_owned()), "Anna keeps hers");
    stage.curtain().await;
}

async fn an_album_is_undone_whole(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Show me").await;
    for n in 0..3_u8 {
        let photo = draft::photo(vec![n; 50]).media_group_id("o").reply_to(id(&copy));
        stage.telegram.send(&stage.owner, &stage.master, photo).await;
    }
    let photos = |messages: &[Value]| {
        messages.iter().filter(|message| by_bot(message) && message["photo"].is_array()).count()
    };
    stage.wait_for(&anna, &shop, "three photos", |m| (photos(m) == 3).then_some(())).await;
    stage.owner_sees("✅ Anna").await;
    stage.presses(&stage.owner, "↩️ Undo").await;
    stage.wait_for(&anna, &shop, "no photos", |m| (photos(m) == 0).then_some(())).await;
    stage.curtain().await;
}

async fn an_album_is_taken_back_whole_by_either_side(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Look").await;
    let album = async |person: &Person, bot: &Bot, reply_to: Option<i64>| {
        let mut last = 0;
        for n in 0..3_u8 {
            let mut photo = draft::photo(vec![n; 60]).media_group_id("a").caption(&format!("p{n}"));
            if let Some(to) = reply_to {
                photo = photo.reply_to(to);
            }
            last = stage.telegram.send(person, bot, photo).await;
        }
        last
    };
    let photos = |messages: &[Value]| {
        messages.iter().filter(|message| by_bot(message) && message["photo"].is_array()).count()
    };
    let (owner, master) = (&stage.owner, &stage.master);
    album(&anna, &shop, None).await;
    stage.wait_for(owner, master, "three photos", |m| (photos(m) == 3).then_some(())).await;
    stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
    stage.wait_for(owner, master, "no photos", |m| (photos(m) == 0).then_some(())).await;
    stage.sees(&anna, &shop, "was taken back").await;
    let left =
        stage.said(owner, master).iter().filter(|words| words.contains("→ @shop_bot")).count();
    assert_eq!(left, 1, "the album's header goes with it");
    let last = album(owner, master, Some(id(&copy))).await;
    stage.wait_for(&anna, &shop, "three photos", |m| (photos(m) == 3).then_some(())).await;
    stage.telegram.reply(owner, master, last, draft::text("/delete")).await;
    stage.wait_for(&anna, &shop, "no photos", |m| (photos(m) == 0).then_some(())).await;
    stage.curtain().await;
}

async fn nobody_takes_back_what_is_not_his(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "How much?").await;
    let reply = stage.answer(&copy, draft::text("1 Euro")).await;
    let seen = stage.copy_of_reply(reply).await;
    // The customer cannot delete the owner's answer.
    stage.telegram.reply(&anna, &shop, id(&seen), draft::text("/delete")).await;
    stage.sees(&anna, &shop, "Reply to your own message").await;
    assert!(text(&seen).contains("1 Euro") && stage.shows(&anna, &shop, id(&seen)));
    // Presses by somebody else, and with data that is on no button.
    stage.owner_sees("✅ Anna").await;
    let press = |from: &Person, data: &str| {
        let message = stage.telegram.shown_to(&stage.master, stage.owner.id, id(&copy));
        let query = json!({
            "id": data, "from": from.user(), "chat_instance": "1", "message": message, "data": data,
        });
        stage.telegram.push_update(&stage.master, json!({ "callback_query": query }));
    };
    press(&anna, &format!("undo:{reply}-{reply}"));
    press(&stage.owner, &format!("undo:{}-{reply}", reply - 1));
    press(&stage.owner, "undo:x");
    stage.telegram.quiet().await;
    assert!(stage.shows(&anna, &shop, id(&seen)));
    stage.stop().await;
}
