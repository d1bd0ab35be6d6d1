//! Every other command of an owner, its buttons, and the menu behind the "/" button.

use std::collections::BTreeSet;

use serde_json::json;
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Stage, button,
    http::call,
    matrix::{on_every_database, on_every_stage},
};

mod stages {
    use super::*;
    on_every_stage!(a_bot_among_several_is_chosen_and_removed, every_command_is_answered);
    on_every_database!(set(Webhook):
        cancel_ends_whatever_is_open,
        bots_are_listed_with_how_they_fare,
        buttons_pressed_twice_or_late_change_nothing,
        a_button_of_another_owner_does_nothing,
        each_command_and_button_counts_once,
        the_menu_is_set_for_everybody_in_every_language,
        a_removal_leaves_a_webhook_of_somebody_else_alone,
        an_owner_who_is_limited_is_answered_later,
    );
}

const LANGUAGES: [&str; 6] = ["", "de", "es", "ru", "uk", "zh"];
/// Every command, in the order of the menu.
const COMMANDS: &str = "add bots stats status remove qr inbox info note ban banned delete settings language \
                        privacy export leave subscribe help cancel";
const STALE: &str = "This question is settled already.";

/// Waits for a word that pops up over the chat.
async fn pops_up(stage: &Stage, words: &str, times: usize) {
    stage
        .telegram
        .wait(words, |view| {
            let shown = view.answered_callbacks();
            (shown.iter().filter(|answer| answer["text"] == words).count() == times).then_some(())
        })
        .await;
}

async fn remove(stage: &Stage, bot: &Bot) {
    stage.owner_writes("/remove").await;
    stage.owner_sees(&format!("Detach @{}?", bot.username)).await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees(&format!("@{} is detached", bot.username)).await;
}

async fn every_command_is_answered(mut stage: Stage) {
    for (command, answer) in [
        ("/help", "Reply to a customer's message"),
        ("/HELP@master_bot", "Reply to a customer's message"),
        ("/dance", "I don't know this command."),
        ("/add_bot now", "I don't know this command."),
        ("/subscribe", "Nothing to pay here"),
        ("/privacy", "What is kept here"),
        ("/bots", "You have no client bots yet."),
        ("/remove", "You have no client bots yet."),
        ("/qr", "You have no client bots yet."),
        ("/settings", "You have no client bots yet."),
        ("/language", "Which language shall I speak with you?"),
        ("/cancel", "There is nothing to cancel."),
        ("hello", "To answer a customer"),
        ("/start whatever", "Customers' messages appear here"),
    ] {
        let before = stage.times(&stage.owner, &stage.master, answer);
        stage.owner_writes(command).await;
        stage.sees_times(&stage.owner, &stage.master, answer, before + 1).await;
    }
    let help = stage.owner_sees("Reply to a customer's message").await;
    let unknown = stage.owner_sees("I don't know this command.").await;
    for command in COMMANDS.split(' ') {
        for text in [&help["text"], &unknown["text"]] {
            assert!(text.as_str().unwrap().contains(&format!("\n/{command}: ")), "{text}");
        }
    }
    // A reply to something that is nobody's copy goes to nobody.
    let id = help["message_id"].as_i64().unwrap();
    stage.telegram.reply(&stage.owner, &stage.master, id, draft::text("to whom?")).await;
    stage.owner_sees("I don't know which customer").await;
    // What Telegram writes by itself in the chat is nobody's question.
    let before = stage.telegram.chat(&stage.owner, &stage.master).len();
    let pinned = draft::service("pinned_message", help);
    stage.telegram.send(&stage.owner, &stage.master, pinned).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.telegram.chat(&stage.owner, &stage.master).len(), before + 1);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn a_bot_among_several_is_chosen_and_removed(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &cafe).await;
    stage.owner_writes("/remove").await;
    stage.owner_sees("Which bot shall I detach?").await;
    stage.presses(&stage.owner, "Cancel").await;
    stage.owner_sees("Cancelled.").await;
    stage.owner_writes("/remove").await;
    stage.owner_sees("Which bot shall I detach?").await;
    stage.presses(&stage.owner, "@shop_bot").await;
    stage.owner_sees("Detach @shop_bot?").await;
    stage.presses(&stage.owner, "Cancel").await;
    stage.sees_times(&stage.owner, &stage.master, "Cancelled.", 2).await;
    assert_eq!(
        stage.times(&stage.owner, &stage.master, "Which bot"),
        0,
        "questions end in answers"
    );
    stage.owner_writes("/remove").await;
    stage.owner_sees("Which bot shall I detach?").await;
    stage.presses(&stage.owner, "@shop_bot").await;
    stage.owner_sees("Detach @shop_bot?").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    stage.owner_writes("/bots").await;
    let list = stage.owner_sees("Your client bots:").await;
    let list = list["text"].as_str().unwrap();
    assert!(list.contains("🟢 @cafe_bot (Café)") && !list.contains("shop_bot"), "{list}");
    stage.telegram.send(&anna, &cafe, draft::text("still open?")).await;
    stage.owner_sees("still open?").await;
    remove(&stage, &cafe).await;
    stage.restart().await;
    // Nobody listens any more, in no way.
    stage.telegram.send(&anna, &cafe, draft::text("and now?")).await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("You have no client bots yet.").await;
    assert_eq!(stage.telegram.pending(&cafe).len(), 1);
    assert_eq!(stage.telegram.webhook_of(&shop), None);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn cancel_ends_whatever_is_open(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let foreign = stage.telegram.add_bot("foreign_bot", "Foreign");
    call(
        &stage.telegram,
        &foreign,
        "setWebhook",
        json!({"url": "https://elsewhere.example.org/x"}),
    )
    .await;
    for (number, (opens, question)) in [
        ("/add", "Paste it here"),
        ("/remove", "Detach @shop_bot?"),
        (foreign.token.as_str(), "already sends its messages"),
    ]
    .into_iter()
    .enumerate()
    {
        stage.owner_writes(opens).await;
        stage.owner_sees(question).await;
        stage.owner_writes("/cancel").await;
        stage.sees_times(&stage.owner, &stage.master, "Cancelled.", number + 1).await;
        stage.owner_writes("hello").await;
        stage.sees_times(&stage.owner, &stage.master, "To answer a customer", number + 1).await;
        stage.owner_writes("/cancel").await;
        stage.sees_times(&stage.owner, &stage.master, "nothing to cancel", number + 1).await;
    }
    for (label, times) in [("Detach", 1), ("Take it over", 2)] {
        stage.presses(&stage.owner, label).await;
        pops_up(&stage, STALE, times).await;
    }
    assert!(stage.telegram.webhook_of(&shop).is_some());
    stage.stop().await;
}

async fn bots_are_listed_with_how_they_fare(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("hi")).await;
    let copy = stage.owner_sees("\nhi").await["message_id"].as_i64().unwrap();
    let renewed = stage.telegram.revoke_token(&shop);
    for words in ["one", "two"] {
        stage.telegram.reply(&stage.owner, &stage.master, copy, draft::text(words)).await;
    }
    stage.sees_times(&stage.owner, &stage.master, "no longer accepts the bot's token", 2).await;
    stage.owner_sees("no longer accepts the token of @shop_bot").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🔴 @shop_bot (Shop)").await;
    stage.owner_sees("🟢 @cafe_bot (Café): works").await;
    stage.restart().await;
    stage.owner_writes("hello").await;
    stage.owner_sees("To answer a customer").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🔴 Telegram no longer accepts"), 1);
    stage.owner_writes(&renewed.token).await;
    stage.owner_sees("The new token of @shop_bot is in use.").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop): works").await;
    stage.stop().await;
}

async fn buttons_pressed_twice_or_late_change_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.owner_writes("/remove").await;
    let question = stage.owner_sees("Detach @shop_bot?").await;
    let id = question["message_id"].as_i64().unwrap();
    let (yes, no) = (button(&question, "Detach").unwrap(), button(&question, "Cancel").unwrap());
    stage.telegram.press_all(&stage.owner, &stage.master, id, &[&*yes, &*yes, &*no, &*yes]);
    stage.owner_sees("@shop_bot is detached").await;
    pops_up(&stage, STALE, 3).await;
    stage.telegram.quiet().await;
    let shown = stage.telegram.message(&stage.master, stage.owner.id, id).unwrap();
    assert_eq!(shown["text"], "@shop_bot is detached, its token is wiped.");
    assert_eq!(shown.get("reply_markup"), None);

    // Two questions are open; the older one's buttons do not answer the newer one.
    let others = [stage.attach("one_bot", "One").await, stage.attach("two_bot", "Two").await];
    let mut questions = Vec::new();
    for bot in &others {
        stage.owner_writes("/remove").await;
        let list = stage.owner_sees("Which bot shall I detach?").await;
        let data = button(&list, &format!("@{}", bot.username)).unwrap();
        let id = list["message_id"].as_i64().unwrap();
        stage.telegram.press(&stage.owner, &stage.master, id, &data);
        questions.push(stage.owner_sees(&format!("Detach @{}?", bot.username)).await);
    }
    let old = questions[0]["message_id"].as_i64().unwrap();
    for (label, times) in [("Detach", 4), ("Cancel", 5)] {
        let data = button(&questions[0], label).unwrap();
        stage.telegram.press(&stage.owner, &stage.master, old, &data);
        pops_up(&stage, STALE, times).await;
    }
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@two_bot is detached").await;
    assert!(stage.telegram.webhook_of(&others[0]).is_some());

    // A list may show a bot that is gone by now.
    let third = stage.attach("three_bot", "Three").await;
    stage.owner_writes("/qr").await;
    stage.owner_sees("Whose QR code?").await;
    stage.owner_writes("/remove").await;
    stage.owner_sees("Which bot shall I detach?").await;
    stage.presses(&stage.owner, "@three_bot").await;
    stage.owner_sees("Detach @three_bot?").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@three_bot is detached").await;
    stage.presses(&stage.owner, "@three_bot").await;
    pops_up(&stage, STALE, 6).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "no client bots yet"), 0);
    assert_eq!(stage.telegram.webhook_of(&third), None);
    assert_eq!(stage.telegram.webhook_of(&shop), None);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn a_button_of_another_owner_does_nothing(mut stage: Stage) {
    let other = stage.person("Other");
    stage.vary("OWNER_IDS", &format!("{},{}", stage.owner.id, other.id));
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.telegram.start(&other, &stage.master, "").await;
    stage.sees(&other, &stage.master, "/add attaches").await;
    let hook = stage.telegram.webhook_of(&shop);
    for data in ["remove", "choose-removal", "qr", "qr-label", "takeover", "cancel"] {
        let message = json!({"message_id": 3, "date": 1, "chat": other.chat(), "text": "x"});
        let query = json!({"id": "4711", "from": other.user(), "chat_instance": "1", "message": message, "data": format!("{data}:{}", shop.id)});
        stage.telegram.push_update(&stage.master, json!({ "callback_query": query }));
    }
    for data in
        ["", "remove", "remove:-1", "remove:99999999999999999999", "again", "close:x", "\u{0}"]
    {
        let query = json!({"id": "4711", "from": other.user(), "chat_instance": "1", "data": data});
        stage.telegram.push_update(&stage.master, json!({ "callback_query": query }));
    }
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&other, &stage.master, ""), 1, "{}", stage.telegram.dump());
    assert_eq!(stage.telegram.webhook_of(&shop), hook);
    stage.stop().await;
}

async fn each_command_and_button_counts_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    for command in [
        "/start",
        "/help",
        "/add",
        "/cancel",
        "/bots",
        "/qr",
        "/qr table7",
        "/subscribe",
        "/what",
        "hi",
        "/remove",
    ] {
        stage.owner_writes(command).await;
        stage.telegram.quiet().await;
        let before = stage.telegram.chat(&stage.owner, &stage.master);
        stage.redelivers("message").await;
        assert_eq!(stage.telegram.chat(&stage.owner, &stage.master), before, "{command}");
    }
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    let before = stage.telegram.chat(&stage.owner, &stage.master);
    stage.redelivers("callback_query").await;
    // A removal delivered again does not undo what was done since.
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("@shop_bot is attached").await;
    let update = stage.last_update("callback_query");
    stage.telegram.redeliver(&stage.master, update, 3, false).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.telegram.chat(&stage.owner, &stage.master).len(), before.len() + 1);
    assert!(stage.telegram.webhook_of(&shop).is_some());
    stage.stop().await;
}

async fn the_menu_is_set_for_everybody_in_every_language(mut stage: Stage) {
    let owners = format!("chat:{}", stage.owner.id);
    let names = |view: &telegram_emulator::View<'_>, scope: &str, language: &str| -> Vec<String> {
        let commands = view.commands(&stage.master, scope, language);
        commands.iter().map(|command| command["command"].as_str().unwrap().to_owned()).collect()
    };
    // He runs the installation, too.
    let full: Vec<&str> = COMMANDS.split(' ').chain(["admin"]).collect();
    stage
        .telegram
        .wait("every menu", |view| {
            let set = LANGUAGES.iter().all(|language| {
                names(view, "all_private_chats", language) == ["start"]
                    && names(view, &owners, language) == full
            });
            set.then_some(())
        })
        .await;
    let described: BTreeSet<String> = LANGUAGES
        .iter()
        .map(|language| stage.telegram.commands(&stage.master, &owners, language))
        .map(|commands| commands[0]["description"].to_string())
        .collect();
    assert_eq!(described.len(), LANGUAGES.len(), "each in its own language: {described:?}");
    // An owner is answered in the language of his app.
    let mut german = stage.owner.clone();
    german.language_code = Some("de-AT".into());
    stage.telegram.update_person(&german);
    stage.owner_writes("/cancel").await;
    stage.owner_sees("Es gibt nichts abzubrechen").await;
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn a_removal_leaves_a_webhook_of_somebody_else_alone(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let foreign = json!({"url": "https://elsewhere.example.org/x"});
    assert_eq!(call(&stage.telegram, &shop, "setWebhook", foreign).await.0, 200);
    remove(&stage, &shop).await;
    stage.telegram.quiet().await;
    let hook = stage.telegram.webhook_of(&shop).expect("theirs");
    assert_eq!(hook["url"], "https://elsewhere.example.org/x");
    stage.stop().await;
}

async fn an_owner_who_is_limited_is_answered_later(mut stage: Stage) {
    let limited = Fault::on("sendMessage").chat(stage.owner.id);
    stage.telegram.fault(limited.answer(Answer::TooManyRequests { retry_after: 1 }));
    stage.owner_writes("/add").await;
    stage.owner_sees("Paste it here").await;
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    stage.telegram.quiet().await;
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("@shop_bot is attached").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Paste it here"), 1);
    stage.stop().await;
}
