//! What waits, fails or comes twice, and must not do harm.

use std::time::Duration;

use serde_json::{Value, json};
use telegram_emulator::{Answer, Fault, draft};

use crate::support::{
    Stage,
    content::REPEAT,
    matrix::on_every_database,
    talk::{bytes, id},
};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        a_change_that_waits_does_not_bring_back_what_was_deleted,
        a_taking_back_that_cannot_be_confirmed_takes_nothing_else_back,
        a_reaction_that_has_to_wait_holds_nothing_up,
        an_album_for_nobody_is_told_once_however_its_items_are_redelivered,
        a_press_whose_answer_fails_is_let_go,
        an_item_delivered_again_does_not_undo_its_change,
        undo_stays_below_a_copy_that_changes,
        a_location_that_never_moved_is_not_said_anew,
        a_failed_album_is_told_of_once,
        a_changed_reply_that_is_not_out_holds_nothing_up,
        a_change_of_what_was_given_up_holds_nothing_up,
        a_banned_album_reaches_nobody,
    );
}

async fn a_change_that_waits_does_not_bring_back_what_was_deleted(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "call me").await;
    let reply = stage.answer(&copy, draft::text("when?")).await;
    stage.copy_of_reply(reply).await;
    stage.settled().await;
    for n in 1..=3 {
        stage.telegram.edit(&anna, &shop, question, draft::text(format!("secret in {n}"))).await;
        let text = draft::text(format!("secret out {n}"));
        stage.telegram.edit(&stage.owner, &stage.master, reply, text).await;
    }
    stage.telegram.reply(&anna, &shop, question, draft::text("/delete")).await;
    stage.telegram.reply(&stage.owner, &stage.master, reply, draft::text("/delete")).await;
    stage.is_gone(&stage.owner, &stage.master, id(&copy)).await;
    stage.answered(&stage.owner, &stage.master, reply, "no longer sees it").await;
    stage.nothing_waits().await;
    let said = stage.said(&stage.owner, &stage.master);
    assert!(!said.iter().any(|words| words.contains("secret in")), "{said:?}");
    assert!(!said.iter().any(|words| words.contains("change")), "{said:?}");
    let said = stage.said(&anna, &shop);
    assert!(!said.iter().any(|words| words.contains("secret out")), "{said:?}");
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

async fn a_taking_back_that_cannot_be_confirmed_takes_nothing_else_back(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, first) = stage.asks(&anna, &shop, "one").await;
    let (_, second) = stage.asks(&anna, &shop, "two").await;
    stage.settled().await;
    let wait = Answer::TooManyRequests { retry_after: 40 };
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).answer(wait));
    stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
    stage.is_gone(&stage.owner, &stage.master, id(&second)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(stage.shows(&stage.owner, &stage.master, id(&first)));
    stage.stop().await;
}

async fn a_reaction_that_has_to_wait_holds_nothing_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "one").await;
    stage.settled().await;
    let wait = Answer::TooManyRequests { retry_after: 15 };
    stage.telegram.fault(Fault::on("setMessageReaction").times(2).answer(wait));
    stage.telegram.react(&anna, &shop, question, Some("❤"));
    stage.telegram.react(&stage.owner, &stage.master, id(&copy), Some("🙏"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = std::time::Instant::now();
    stage.asks(&anna, &shop, "two").await;
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    stage.stop().await;
}

async fn an_album_for_nobody_is_told_once_however_its_items_are_redelivered(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    let mut updates = Vec::new();
    for n in 0..3 {
        let photo = draft::photo(bytes(n + 1, 900)).media_group_id("o1");
        stage.telegram.send(&stage.owner, &stage.master, photo).await;
        stage.telegram.quiet().await;
        updates.push(stage.last_update("message"));
    }
    stage.owner_sees("This message went to nobody").await;
    for update in updates.into_iter().rev() {
        stage.telegram.redeliver(&stage.master, update, 1, false).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "This message went to nobody"), 1);
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

async fn a_press_whose_answer_fails_is_let_go(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "one").await;
    stage.owner_writes("/inbox").await;
    stage.owner_sees("1. Anna").await;
    stage.settled().await;
    let answered = || {
        let ledger = stage.telegram.ledger();
        ledger.iter().filter(|call| call.method == "answerCallbackQuery").count()
    };
    let before = answered();
    let refusal = Answer::Refuse(400, "Bad Request: SOMETHING_NEW".into());
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(refusal));
    stage.presses(&stage.owner, "1. Anna · less than 1 min").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(answered(), before + 1);
    stage.stop().await;
}

async fn an_item_delivered_again_does_not_undo_its_change(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let photo = draft::photo(bytes(1, 900)).caption("red").media_group_id("g1");
    let item = stage.telegram.send(&anna, &shop, photo).await;
    stage.telegram.quiet().await;
    let update = {
        let deliveries = stage.telegram.deliveries();
        let newest = deliveries.iter().rfind(|one| one.bot == shop.id && one.kind == "message");
        newest.unwrap().update_id
    };
    stage
        .telegram
        .edit(&anna, &shop, item, telegram_emulator::Draft::default().caption("blue"))
        .await;
    stage.telegram.redeliver(&shop, update, 1, false).await;
    let copy = stage.copy_of(&shop, &anna, item).await;
    let caption: &Value = &copy["caption"];
    assert!(caption.as_str().unwrap().ends_with("blue"), "{caption}");
    stage.curtain().await;
}

async fn undo_stays_below_a_copy_that_changes(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "How much?").await;
    let reply = stage.answer(&copy, draft::text("1 Euro")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.owner_sees("✅ Anna").await;
    stage.settled().await;
    stage.telegram.edit(&anna, &shop, question, draft::text("How much is it?")).await;
    stage.owner_sees("How much is it?").await;
    stage.presses(&stage.owner, "↩️ Undo").await;
    stage.is_gone(&anna, &shop, seen).await;
    stage.settled().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    stage.telegram.edit(&anna, &shop, question, draft::text("What does it cost?")).await;
    let shown = stage.owner_sees("What does it cost?").await;
    assert!(shown["reply_markup"].is_null(), "{shown}");
    stage.curtain().await;
}

async fn a_location_that_never_moved_is_not_said_anew(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let here = stage.telegram.send(&anna, &shop, draft::location(1.0, 2.0)).await;
    let copy = stage.copy_of(&shop, &anna, here).await;
    let reply = stage.answer(&copy, draft::location(3.0, 4.0)).await;
    stage.copy_of_reply(reply).await;
    stage.settled().await;
    let before = stage.said(&stage.owner, &stage.master).len();
    // Telegram says so, too, where only a reaction came.
    stage.telegram.edit(&anna, &shop, here, telegram_emulator::Draft::default()).await;
    stage
        .telegram
        .edit(&stage.owner, &stage.master, reply, telegram_emulator::Draft::default())
        .await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.said(&stage.owner, &stage.master).len(), before);
    stage.curtain().await;
}

async fn a_failed_album_is_told_of_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    stage.settled().await;
    stage.telegram.block(&stage.owner, &stage.master);
    for n in 0..4 {
        let photo = draft::photo(bytes(n + 1, 900)).media_group_id("g1");
        stage.telegram.send(&anna, &shop, photo).await;
    }
    stage.sees(&anna, &shop, "could not be delivered").await;
    stage.nothing_waits().await;
    let said = stage.said(&anna, &shop);
    let told = said.iter().filter(|words| words.contains("could not be delivered")).count();
    assert_eq!(told, 1, "{said:#?}");
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

async fn a_banned_album_reaches_nobody(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let (late, _) = stage.asks(&anna, &shop, "late 0").await;
    stage.settled().await;
    let before = stage.said(&stage.owner, &stage.master).len();
    for n in 0..4 {
        let photo = draft::photo(bytes(n + 1, 900)).media_group_id("g1");
        stage.telegram.send(&anna, &shop, photo).await;
    }
    stage.telegram.quiet().await;
    stage.answer(&copy, draft::text("/ban")).await;
    stage.owner_sees("banned").await;
    stage.telegram.edit(&anna, &shop, late, draft::text("late 1")).await;
    stage.telegram.react(&anna, &shop, late, Some("❤"));
    stage.nothing_waits().await;
    assert_eq!(stage.said(&stage.owner, &stage.master).len(), before + 1);
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

/// Nobody knows whether *Send again* worked; what its owner does next must not wait for that.
async fn a_changed_reply_that_is_not_out_holds_nothing_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let never = "Forbidden: bot can't initiate conversation with a user".to_owned();
    let at_anna = || Fault::on("sendMessage").bot(&shop).chat(anna.id);
    stage.telegram.fault(at_anna().answer(Answer::Refuse(403, never)));
    let reply = stage.answer(&copy, draft::text("at five")).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "has not started").await;
    stage.telegram.fault(at_anna());
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    stage.answered(&stage.owner, &stage.master, reply, "May not have been delivered").await;
    stage.telegram.edit(&stage.owner, &stage.master, reply, draft::text("at six")).await;
    stage.owner_writes("/help").await;
    stage.nothing_waits().await;
    // Pressed once more it goes, and says that it may be a repeat.
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    stage.answered(&stage.owner, &stage.master, reply, "✅ Delivered").await;
    assert!(stage.said(&anna, &shop).iter().any(|words| words.contains(REPEAT)));
    stage.curtain().await;
}

/// After five faults of ours a message is given up; what is written of it may stay unfinished.
async fn a_change_of_what_was_given_up_holds_nothing_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, _) = stage.asks(&anna, &shop, "hello").await;
    stage.settled().await;
    let unfinished = "UPDATE message_references SET state = 'sending', copy_message = NULL";
    stage.database.run(unfinished).await;
    let mut changed = stage.telegram.message(&shop, anna.id, question).unwrap();
    let now = changed["date"].as_i64().unwrap();
    changed["date"] = (now - 400).into();
    changed["edit_date"] = (now - 360).into();
    changed["text"] = "good evening".into();
    stage.telegram.push_update(&shop, json!({ "edited_message": changed }));
    stage.sees(&anna, &shop, "could not be passed on").await;
    stage.nothing_waits().await;
    stage.asks(&anna, &shop, "and now?").await;
    stage.stop().await;
}
