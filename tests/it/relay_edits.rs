//! Changed messages, as the other side sees them.

use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Draft, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Stage,
    content::REPEAT,
    matrix::{on_every_database, on_every_stage},
    program::Program,
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        words_change_with_their_entities_both_ways,
        quick_changes_become_one_and_the_last_wins,
    );
    on_every_database!(set(Webhook):
        a_replaced_file_is_replaced_both_ways,
        a_live_location_moves_and_ends_both_ways,
        what_cannot_be_changed_any_more_is_said_anew,
        the_owner_is_told_of_a_change_that_did_not_arrive,
        changes_of_what_was_never_relayed_change_nothing,
        a_change_never_comes_before_its_original,
        a_repeat_that_is_changed_still_says_so,
        an_owners_change_that_has_to_wait_holds_up_nothing_else,
    );
}

/// Waits until a message of a chat shows these words.
async fn becomes(stage: &Stage, person: &Person, bot: &Bot, message: i64, words: &str) -> Value {
    stage
        .wait_for(person, bot, &format!("{words:?} in {message}"), |messages| {
            let shown = messages.iter().find(|shown| id(shown) == message)?;
            text(shown).contains(words).then(|| shown.clone())
        })
        .await
}

async fn words_change_with_their_entities_both_ways(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "at 5").await;
    let bold = |offset| json!([{"type": "bold", "offset": offset, "length": 1}]);
    let changed = draft::text("at 6").entities(bold(3));
    stage.telegram.edit(&anna, &shop, question, changed).await;
    let shown = becomes(&stage, &stage.owner, &stage.master, id(&copy), "at 6").await;
    assert_eq!(text(&shown), "🆕 Anna @anna → @shop_bot\n✏️ edited\nat 6");
    let entities = shown["entities"].as_array().unwrap();
    let last = entities.last().unwrap();
    assert_eq!((&last["type"], &last["length"]), (&json!("bold"), &json!(1)));
    let reply = stage.answer(&copy, draft::text("ok, 6")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    let changed = draft::text("ok, 7").entities(bold(4));
    stage.telegram.edit(&stage.owner, &stage.master, reply, changed).await;
    let shown = becomes(&stage, &anna, &shop, seen, "ok, 7").await;
    assert_eq!(shown["entities"], bold(4));
    // A caption.
    let photo = stage.telegram.send(&anna, &shop, draft::photo(bytes(1, 99)).caption("a")).await;
    let copy = id(&stage.copy_of(&shop, &anna, photo).await);
    let uploads = stage.telegram.ledger().len();
    stage.telegram.edit(&anna, &shop, photo, Draft::default().caption("b")).await;
    let shown = becomes(&stage, &stage.owner, &stage.master, copy, "✏️ edited\nb").await;
    assert!(shown["photo"].is_array());
    let calls = stage.telegram.ledger().split_off(uploads);
    assert!(calls.iter().all(|call| call.method != "editMessageMedia"), "the file is the same");
    // A sticker's header, which is a message of its own, has nothing that could change; a long
    // text's has.
    let long = stage.telegram.send(&anna, &shop, draft::text("x".repeat(4096))).await;
    let copy = stage.copy_of(&shop, &anna, long).await;
    let header = copy["reply_to_message"]["message_id"].as_i64().unwrap();
    stage.telegram.edit(&anna, &shop, long, draft::text("y".repeat(4096))).await;
    becomes(&stage, &stage.owner, &stage.master, id(&copy), &"y".repeat(4096)).await;
    becomes(&stage, &stage.owner, &stage.master, header, "✏️ edited").await;
    stage.curtain().await;
}

async fn quick_changes_become_one_and_the_last_wins(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "0").await;
    let reply = stage.answer(&copy, draft::text("0")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.settled().await;
    let before = stage.telegram.ledger().len();
    for n in 1..=20 {
        stage.telegram.edit(&anna, &shop, question, draft::text(format!("in {n}"))).await;
        stage
            .telegram
            .edit(&stage.owner, &stage.master, reply, draft::text(format!("out {n}")))
            .await;
    }
    stage.telegram.quiet().await;
    becomes(&stage, &stage.owner, &stage.master, id(&copy), "✏️ edited\nin 20").await;
    becomes(&stage, &anna, &shop, seen, "out 20").await;
    let calls = stage.telegram.ledger().split_off(before);
    for message in [id(&copy), seen] {
        let edits = calls.iter().filter(|call| {
            call.method == "editMessageText" && call.params["message_id"] == message
        });
        let edits = edits.count();
        assert!(edits <= 3, "{edits} edits of {message}");
    }
    stage.settled().await;
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

async fn a_replaced_file_is_replaced_both_ways(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let bytes_of = |bot: &Bot, shown: &Value, kind: &str| {
        let object = &shown[kind];
        let object = object.as_array().and_then(|sizes| sizes.last()).unwrap_or(object);
        stage.telegram.file_bytes(bot, object["file_id"].as_str().unwrap())
    };
    let photo = stage.telegram.send(&anna, &shop, draft::photo(bytes(1, 500)).caption("a")).await;
    let copy = stage.copy_of(&shop, &anna, photo).await;
    let other = draft::photo(bytes(2, 600)).caption("b");
    stage.telegram.edit(&anna, &shop, photo, other).await;
    let shown = becomes(&stage, &stage.owner, &stage.master, id(&copy), "✏️ edited\nb").await;
    assert_eq!(bytes_of(&stage.master, &shown, "photo"), bytes(2, 600));
    // Another kind.
    stage.telegram.edit(&anna, &shop, photo, draft::video(bytes(3, 700)).caption("c")).await;
    let shown = becomes(&stage, &stage.owner, &stage.master, id(&copy), "✏️ edited\nc").await;
    assert_eq!(bytes_of(&stage.master, &shown, "video"), bytes(3, 700));
    let reply = draft::document("a.txt", "text/plain", "first");
    let reply = stage.answer(&copy, reply).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    let second = draft::document("b.txt", "text/plain", "second").caption("new");
    stage.telegram.edit(&stage.owner, &stage.master, reply, second).await;
    let shown = becomes(&stage, &anna, &shop, seen, "new").await;
    assert_eq!(shown["document"]["file_name"], "b.txt");
    assert_eq!(bytes_of(&shop, &shown, "document"), "second");
    stage.curtain().await;
}

async fn a_live_location_moves_and_ends_both_ways(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let place = stage.telegram.send(&anna, &shop, draft::live_location(1.0, 2.0, 900)).await;
    let copy = stage.copy_of(&shop, &anna, place).await;
    let at = |message: i64, latitude: f64, live: bool| {
        move |messages: &[Value]| {
            let shown = messages.iter().find(|shown| id(shown) == message)?;
            let location = &shown["location"];
            (location["latitude"] == latitude && location["live_period"].is_number() == live)
                .then_some(())
        }
    };
    stage.telegram.edit_location(&anna, &shop, place, 1.5, 2.5).await;
    let (owner, master) = (&stage.owner, &stage.master);
    stage.wait_for(owner, master, "it moved", at(id(&copy), 1.5, true)).await;
    stage.telegram.stop_location(&anna, &shop, place).await;
    stage.wait_for(owner, master, "it ended", at(id(&copy), 1.5, false)).await;
    let reply = stage.answer(&copy, draft::live_location(3.0, 4.0, 900)).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.telegram.edit_location(owner, master, reply, 3.5, 4.5).await;
    stage.wait_for(&anna, &shop, "it moved", at(seen, 3.5, true)).await;
    stage.telegram.stop_location(owner, master, reply).await;
    stage.wait_for(&anna, &shop, "it ended", at(seen, 3.5, false)).await;
    stage.curtain().await;
}

async fn what_cannot_be_changed_any_more_is_said_anew(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "at 5").await;
    stage.telegram.delete(&stage.owner, &stage.master, id(&copy));
    stage.telegram.edit(&anna, &shop, question, draft::text("at 6")).await;
    let anew = stage.owner_sees("✏️ edited\nat 6").await;
    assert!(text(&anew).starts_with("🆕 Anna @anna → @shop_bot"));
    // An answer to what was said anew reaches the customer.
    let reply = stage.answer(&anew, draft::text("6 it is")).await;
    assert_eq!(text(&stage.copy_of_reply(reply).await), "6 it is");
    stage.owner_sees("✅ Anna @anna → @shop_bot\n✏️ edited\nat 6").await;
    // Telegram does not let it be changed: it comes as a reply to the copy.
    let (other, copy) = stage.asks(&anna, &shop, "red").await;
    let refusal = Answer::Refuse(400, "Bad Request: message can't be edited".into());
    stage.telegram.fault(Fault::on("editMessageText").bot(&stage.master).answer(refusal));
    stage.telegram.edit(&anna, &shop, other, draft::text("blue")).await;
    let anew = stage.owner_sees("✏️ edited\nblue").await;
    assert_eq!(anew["reply_to_message"]["message_id"], id(&copy));
    stage.redelivers_as(&shop, "edited_message").await;
    stage.sees_times(&stage.owner, &stage.master, "blue", 1).await;
    // No room for the header any more: what changed follows with a header of its own.
    let (third, copy) = stage.asks(&anna, &shop, "short").await;
    stage.telegram.edit(&anna, &shop, third, draft::text("z".repeat(4096))).await;
    let anew = stage.owner_sees(&"z".repeat(4096)).await;
    let header = anew["reply_to_message"]["message_id"].clone();
    assert!(header == id(&copy) || header.is_number());
    let reply = stage.answer(&anew, draft::text("long!")).await;
    assert_eq!(text(&stage.copy_of_reply(reply).await), "long!");
    stage.curtain().await;
}

async fn the_owner_is_told_of_a_change_that_did_not_arrive(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "at 5?").await;
    let reply = stage.answer(&copy, draft::text("yes")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.telegram.delete(&anna, &shop, seen);
    stage.telegram.edit(&stage.owner, &stage.master, reply, draft::text("no")).await;
    stage.answered(&stage.owner, &stage.master, reply, "Your change did not reach").await;
    stage.curtain().await;
}

async fn changes_of_what_was_never_relayed_change_nothing(mut stage: Stage) {
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    let anna = stage.person("Anna");
    let before = stage.telegram.send(&anna, &shop, draft::text("too early")).await;
    stage.owner_writes("/add").await;
    stage.owner_sees("Paste it here").await;
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("@shop_bot is attached").await;
    stage.telegram.quiet().await;
    let service = draft::service("pinned_message", json!({"message_id": 1}));
    let service = stage.telegram.send(&anna, &shop, service).await;
    let start = stage.telegram.start(&anna, &shop, "").await;
    stage.telegram.quiet().await;
    let calls = stage.telegram.ledger().len();
    for message in [service, start] {
        stage.telegram.edit(&anna, &shop, message, draft::text("changed")).await;
    }
    let unrelated = stage.owner_writes("hello?").await;
    stage.telegram.edit(&stage.owner, &stage.master, unrelated, draft::text("hello!")).await;
    stage.telegram.quiet().await;
    let calls = stage.telegram.ledger().split_off(calls);
    assert!(calls.iter().all(|call| !call.method.starts_with("edit")), "{calls:?}");
    assert!(before > 0);
    stage.curtain().await;
}

async fn a_change_never_comes_before_its_original(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let wait = Answer::TooManyRequests { retry_after: 3 };
    stage
        .telegram
        .fault(Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id).answer(wait));
    let question = stage.telegram.send(&anna, &shop, draft::text("first")).await;
    stage.telegram.edit(&anna, &shop, question, draft::text("second")).await;
    let shown = stage.owner_sees("✏️ edited\nsecond").await;
    assert!(!text(&shown).contains('↻'));
    stage.sees_times(&stage.owner, &stage.master, "→ @shop_bot", 1).await;
    stage.curtain().await;
}

async fn an_owners_change_that_has_to_wait_holds_up_nothing_else(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &shop).await;
    let (_, annas) = stage.asks(&anna, &shop, "hello").await;
    let (_, borises) = stage.asks(&boris, &shop, "hello").await;
    let to_anna = stage.answer(&annas, draft::text("at nien")).await;
    let seen = stage.copy_of_reply(to_anna).await;
    let to_boris = stage.answer(&borises, draft::text("at tne")).await;
    let also = stage.copy_of_reply(to_boris).await;
    let wait = Answer::TooManyRequests { retry_after: 300 };
    stage.telegram.fault(Fault::on("editMessageText").bot(&shop).chat(anna.id).answer(wait));
    stage.telegram.edit(&stage.owner, &stage.master, to_anna, draft::text("at nine")).await;
    stage.telegram.edit(&stage.owner, &stage.master, to_boris, draft::text("at ten")).await;
    becomes(&stage, &boris, &shop, id(&also), "at ten").await;
    let more = stage.answer(&borises, draft::text("or later")).await;
    stage.copy_of_reply(more).await;
    assert!(text(&stage.telegram.message(&shop, anna.id, id(&seen)).unwrap()).contains("nien"));
    // Another process does not know how long it has to wait.
    stage.restart().await;
    becomes(&stage, &anna, &shop, id(&seen), "at nine").await;
    stage.curtain().await;
}

async fn a_repeat_that_is_changed_still_says_so(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let lost = |method: &str| Fault::on(method).bot(&stage.master).chat(stage.owner.id);
    stage.telegram.fault(lost("sendMessage").answer(Answer::ResetAfter));
    let question = stage.telegram.send(&anna, &shop, draft::text("first")).await;
    let repeat = stage.copy_of(&shop, &anna, question).await;
    assert!(text(&repeat).contains(REPEAT), "{repeat}");
    stage.telegram.edit(&anna, &shop, question, draft::text("second")).await;
    let words = format!("✏️ edited\n{REPEAT}\nsecond");
    becomes(&stage, &stage.owner, &stage.master, id(&repeat), &words).await;
    // A header of its own keeps it as well.
    stage.telegram.fault(lost("sendPhoto").answer(Answer::ResetAfter));
    let photo = draft::photo(bytes(1, 900)).caption(&"x".repeat(1020));
    let question = stage.telegram.send(&anna, &shop, photo).await;
    let repeat = stage.copy_of(&shop, &anna, question).await;
    let header = repeat["reply_to_message"]["message_id"].as_i64().expect("below its header");
    let photo = draft::photo(bytes(1, 900)).caption(&"y".repeat(1020));
    stage.telegram.edit(&anna, &shop, question, photo).await;
    becomes(&stage, &stage.owner, &stage.master, header, &format!("✏️ edited\n{REPEAT}")).await;
    // And at the customer's side.
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).answer(Answer::ResetAfter));
    let reply = stage.answer(&copy, draft::text("at nien")).await;
    let seen = stage.copy_of_reply(reply).await;
    assert!(text(&seen).contains(REPEAT), "{seen}");
    stage.telegram.edit(&stage.owner, &stage.master, reply, draft::text("at nine")).await;
    becomes(&stage, &anna, &shop, id(&seen), &format!("{REPEAT}\nat nine")).await;
    stage.curtain().await;
}

/// The real binary is killed between a change and its acknowledgement, and while one is parked.
async fn killed_between_change_and_acknowledgement(backend: Backend, mode: Mode) {
    let stage = Stage::dark(backend, mode, &[]).await;
    let program = Program::start(&stage);
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "0").await;
    stage.telegram.fault(
        Fault::on("editMessageText")
            .bot(&stage.master)
            .answer(Answer::Hang(std::time::Duration::from_secs(600))),
    );
    stage.telegram.edit(&anna, &shop, question, draft::text("1")).await;
    becomes(&stage, &stage.owner, &stage.master, id(&copy), "✏️ edited\n1").await;
    program.kill();
    let program = Program::start(&stage);
    stage.telegram.quiet().await;
    for n in 2..6 {
        stage.telegram.edit(&anna, &shop, question, draft::text(format!("{n}"))).await;
    }
    stage.telegram.quiet().await;
    program.kill();
    let _program = Program::start(&stage);
    becomes(&stage, &stage.owner, &stage.master, id(&copy), "✏️ edited\n5").await;
    stage.sees_times(&stage.owner, &stage.master, "→ @shop_bot", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_change_sqlite_webhook() {
    killed_between_change_and_acknowledgement(Backend::Sqlite, Mode::Webhook).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_change_mysql_polling() {
    killed_between_change_and_acknowledgement(Backend::MySql, Mode::Polling).await;
}
