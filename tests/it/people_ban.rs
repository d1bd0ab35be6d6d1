//! Bans: who is banned reaches nobody, and is not told.

use std::time::Duration;

use serde_json::{Value, json};
use telegram_emulator::{Bot, Person, draft};

use crate::support::{
    Stage, button,
    matrix::{on_every_database, on_every_stage},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(a_banned_customer_reaches_nobody_and_is_not_told);
    on_every_database!(set(Webhook):
        a_ban_holds_for_all_bots_of_its_owner_only,
        a_ban_can_hold_for_one_bot,
        his_messages_can_be_deleted_here_too,
        what_is_too_old_is_counted,
        the_list_of_bans_lifts_them,
        buttons_of_bans_have_their_effect_once,
        nobody_changes_the_bans_of_another_owner,
        a_command_without_a_customer_says_how,
    );
}

async fn ban(stage: &Stage, copy: &Value) -> Value {
    let command = stage.answer(copy, draft::text("/ban")).await;
    stage.answered(&stage.owner, &stage.master, command, "banned").await
}

/// What is in the owner's chat that is not his own.
fn inbox(stage: &Stage) -> Vec<String> {
    stage.said(&stage.owner, &stage.master)
}

async fn shown(stage: &Stage, message: &Value) -> Value {
    stage.telegram.quiet().await;
    let id = id(message);
    stage.telegram.message(&stage.master, stage.owner.id, id).expect("it is there")
}

async fn pops_up(stage: &Stage, times: usize) {
    let words = "This question is settled already.";
    stage
        .telegram
        .wait(words, |view| {
            let shown = view.answered_callbacks();
            (shown.iter().filter(|answer| answer["text"] == words).count() == times).then_some(())
        })
        .await;
}

async fn a_banned_customer_reaches_nobody_and_is_not_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "tea?").await;
    let answer = ban(&stage, &copy).await;
    assert_eq!(answer["text"], "🚫 Anna is banned from all your bots.");
    stage.settled().await;
    let (before, said) = (inbox(&stage), stage.said(&anna, &shop));
    let sent = stage.telegram.send(&anna, &shop, draft::text("are you there?")).await;
    stage.telegram.edit(&anna, &shop, sent, draft::text("hello?")).await;
    stage.telegram.edit(&anna, &shop, question, draft::text("coffee?")).await;
    stage.telegram.react(&anna, &shop, question, Some("👎"));
    stage.telegram.start(&anna, &shop, "table7").await;
    let message = json!({"message_id": 2, "date": 1, "chat": anna.chat(), "text": "x"});
    let query = json!({"id": "4711", "from": anna.user(), "chat_instance": "1", "message": message, "data": "again"});
    stage.telegram.push_update(&shop, json!({ "callback_query": query }));
    stage.telegram.send(&anna, &shop, draft::photo(b"jpg".to_vec())).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(inbox(&stage), before, "{}", stage.telegram.dump());
    assert_eq!(stage.said(&anna, &shop), said, "he is not told");
    // The same after a restart, and everything works again once he is unbanned.
    stage.restart().await;
    stage.telegram.send(&anna, &shop, draft::text("please")).await;
    stage.telegram.quiet().await;
    assert_eq!(inbox(&stage), before);
    stage.presses(&stage.owner, "Unban").await;
    stage.owner_sees("✅ Anna is no longer banned").await;
    let (_, copy) = stage.asks(&anna, &shop, "thank you").await;
    assert!(text(&copy).ends_with("\nthank you"));
    stage.curtain().await;
}

async fn a_ban_holds_for_all_bots_of_its_owner_only(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let (other, bank) = other_owner(&stage).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    ban(&stage, &copy).await;
    stage.settled().await;
    let before = inbox(&stage);
    stage.telegram.send(&anna, &cafe, draft::text("and here?")).await;
    stage.telegram.send(&anna, &bank, draft::text("to the bank")).await;
    stage.sees(&other, &stage.master, "to the bank").await;
    stage.telegram.quiet().await;
    assert_eq!(inbox(&stage), before);
    // Once more says that it is so.
    assert_eq!(ban(&stage, &copy).await["text"], "🚫 Anna is already banned from all your bots.");
    stage.curtain().await;
}

async fn other_owner(stage: &Stage) -> (Person, Bot) {
    let other = stage.person("Other");
    stage.telegram.start(&other, &stage.master, "").await;
    stage.sees(&other, &stage.master, "/add attaches").await;
    let bank = stage.attach_as(&other, "bank_bot", "Bank").await;
    (other, bank)
}

async fn a_ban_can_hold_for_one_bot(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let answer = ban(&stage, &copy).await;
    stage.presses(&stage.owner, "Only from @shop_bot").await;
    stage.owner_sees("🚫 Anna is banned from @shop_bot.").await;
    stage.asks(&anna, &cafe, "here I may").await;
    let before = inbox(&stage);
    stage.telegram.send(&anna, &shop, draft::text("here I may not")).await;
    stage.telegram.quiet().await;
    assert_eq!(inbox(&stage), before);
    stage.presses(&stage.owner, "From all my bots").await;
    stage.owner_sees("🚫 Anna is banned from all your bots.").await;
    stage.telegram.send(&anna, &cafe, draft::text("nor here")).await;
    let answer = shown(&stage, &answer).await;
    assert!(button(&answer, "Only from @shop_bot").is_some(), "{answer}");
    assert_eq!(stage.times(&stage.owner, &stage.master, "nor here"), 0);
    stage.curtain().await;
}

async fn his_messages_can_be_deleted_here_too(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let (anna, bert) = (stage.customer("Anna", &shop).await, stage.customer("Bert", &cafe).await);
    let (_, copy) = stage.asks(&anna, &shop, "spam 1").await;
    let sticker = stage.telegram.send(&anna, &shop, draft::sticker_static(b"webp".to_vec())).await;
    stage.copy_of(&shop, &anna, sticker).await;
    stage.asks(&anna, &cafe, "spam 2").await;
    stage.asks(&bert, &cafe, "a good word").await;
    let reply = stage.answer(&copy, draft::text("stop it")).await;
    stage.copy_of_reply(reply).await;
    ban(&stage, &copy).await;
    stage.settled().await;
    stage.presses(&stage.owner, "Delete his messages here too").await;
    stage.owner_sees("Messages deleted here: 3").await;
    stage.settled().await;
    let left = stage.telegram.chat(&stage.owner, &stage.master);
    let anna_is_in = |m: &Value| text(m).contains("Anna @") || m.get("sticker").is_some();
    assert!(!left.iter().any(anna_is_in), "{}", stage.telegram.dump());
    assert_eq!(stage.times(&stage.owner, &stage.master, "a good word"), 1);
    let at_anna = stage.telegram.chat(&anna, &shop);
    assert!(at_anna.iter().any(|m| text(m) == "stop it"), "his own chat stays as it is");
    // Who is unbanned then does not wait for what is gone.
    stage.presses(&stage.owner, "Unban").await;
    stage.owner_sees("no longer banned").await;
    stage.owner_writes("/inbox").await;
    let list = stage.owner_sees("Waiting for your answer").await;
    assert!(!text(&list).contains("Anna") && text(&list).contains("Bert"), "{list}");
    stage.curtain().await;
}

async fn what_is_too_old_is_counted(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for number in 0..3 {
        stage.asks(&anna, &shop, &format!("old {number}")).await;
    }
    stage.telegram.pass_time(Duration::from_hours(49));
    let (_, copy) = stage.asks(&anna, &shop, "new").await;
    ban(&stage, &copy).await;
    stage.presses(&stage.owner, "Delete his messages here too").await;
    let answer = stage.owner_sees("Messages deleted here: 1\nMessages left: 3.").await;
    assert!(text(&answer).contains("48 hours"), "{answer}");
    assert_eq!(stage.times(&stage.owner, &stage.master, "old"), 4, "three, and the words for it");
    stage.curtain().await;
}

async fn the_list_of_bans_lifts_them(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.owner_writes("/banned").await;
    stage.owner_sees("Nobody is banned.").await;
    let mut customers = Vec::new();
    for number in 0..9 {
        let customer = stage.customer(&format!("Customer{number}"), &shop).await;
        let (_, copy) = stage.asks(&customer, &shop, "hi").await;
        ban(&stage, &copy).await;
        customers.push(customer);
    }
    stage.owner_writes("/banned").await;
    let list = stage.owner_sees("Banned customers:").await;
    assert!(text(&list).contains("🚫 Customer8: from all your bots, since 20"), "{list}");
    assert!(button(&list, "Unban Customer0").is_none() && button(&list, "▶").is_some());
    stage.presses(&stage.owner, "▶").await;
    stage.owner_sees("🚫 Customer0:").await;
    stage.presses(&stage.owner, "Unban Customer0").await;
    // The page is empty now, so the one before it is shown.
    stage.owner_sees("🚫 Customer8:").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Banned customers:"), 1);
    stage.asks(&customers[0], &shop, "back again").await;
    let list = shown(&stage, &list).await;
    let lift = button(&list, "Unban Customer3").unwrap();
    stage.telegram.press_all(&stage.owner, &stage.master, id(&list), &[&*lift; 2]);
    pops_up(&stage, 1).await;
    stage.redelivers("callback_query").await;
    stage.asks(&customers[3], &shop, "me too").await;
    stage.curtain().await;
}

async fn buttons_of_bans_have_their_effect_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let answer = ban(&stage, &copy).await;
    stage.redelivers("message").await;
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "banned"), 1);
    for (label, result) in [
        ("Delete his messages here too", "Messages deleted here: 1"),
        ("Unban", "no longer banned"),
    ] {
        let now = shown(&stage, &answer).await;
        let data = button(&now, label).unwrap();
        stage.telegram.press_all(&stage.owner, &stage.master, id(&answer), &[&*data; 2]);
        let now = stage.owner_sees(result).await;
        pops_up(&stage, if label == "Unban" { 2 } else { 1 }).await;
        stage.redelivers("callback_query").await;
        assert_eq!(shown(&stage, &answer).await["text"], now["text"]);
    }
    // What was pressed once is replayed when the ban is made anew.
    let (_, copy) = stage.asks(&anna, &shop, "again").await;
    ban(&stage, &copy).await;
    stage.redelivers("callback_query").await;
    stage.telegram.send(&anna, &shop, draft::text("am I banned?")).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "am I banned?"), 0);
    stage.curtain().await;
}

async fn nobody_changes_the_bans_of_another_owner(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let (other, bank) = other_owner(&stage).await;
    let anna = stage.customer("Anna", &shop).await;
    let bert = stage.customer("Bert", &shop).await;
    let (_, of_anna) = stage.asks(&anna, &shop, "tea?").await;
    stage.asks(&bert, &shop, "coffee?").await;
    ban(&stage, &of_anna).await;
    stage.settled().await;
    let before = (inbox(&stage), stage.said(&other, &stage.master));
    let mut forged = vec!["lift:x".to_owned(), "ban".to_owned(), "inbox:99999999".to_owned()];
    for bot in [&shop, &bank] {
        for word in [
            "ban",
            "ban-only",
            "ban-wipe",
            "unban",
            "card-ban",
            "card-ban-only",
            "card-ban-wipe",
            "card-unban",
            "note",
            "jump",
        ] {
            forged.extend([&anna, &bert].map(|of| format!("{word}:{}:{}", bot.id, of.id)));
        }
        forged.push(format!("answered:{}:{}:2", bot.id, bert.id));
        forged.push(format!("lift:{}:0:0", anna.id));
        forged.push(format!("lift:{}:{}:0", anna.id, bot.id));
    }
    for data in &forged {
        let message = json!({"message_id": 3, "date": 1, "chat": other.chat(), "text": "x"});
        for message in [message, json!(null)] {
            let mut query =
                json!({"id": "4711", "from": other.user(), "chat_instance": "1", "data": data});
            if message.is_object() {
                query["message"] = message;
            }
            stage.telegram.push_update(&stage.master, json!({ "callback_query": query }));
        }
    }
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!((inbox(&stage), stage.said(&other, &stage.master)), before);
    stage.telegram.send(&anna, &shop, draft::text("still banned")).await;
    stage.asks(&bert, &shop, "still not banned").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "still banned"), 0);
    // A note was asked for by none of these.
    stage.telegram.send(&other, &stage.master, draft::text("words")).await;
    stage.sees(&other, &stage.master, "To answer a customer").await;
    stage.owner_writes("/inbox").await;
    stage.owner_sees("1. Bert → @shop_bot").await;
    stage.curtain().await;
}

async fn a_command_without_a_customer_says_how(mut stage: Stage) {
    for (command, answer) in [
        ("/ban", "To ban a customer, reply"),
        ("/info", "To see who a customer is, reply"),
        ("/note tea", "To keep a note on a customer, reply"),
    ] {
        stage.owner_writes(command).await;
        let how = stage.owner_sees(answer).await;
        // The same where the reply is to what is nobody's.
        stage.answer(&how, draft::text(command)).await;
        stage.sees_times(&stage.owner, &stage.master, answer, 2).await;
    }
    stage.curtain().await;
}
