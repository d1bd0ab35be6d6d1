//! Who waits for an answer: the list, the pointer, *Mark as answered*, the reminder.

use feedback_relay::{
    config::DatabaseUrl,
    model::{BotId, OwnerId},
    seal::Seal,
    settings::BotSettings,
    store::Store,
};
use serde_json::Value;
use telegram_emulator::{Bot, Person, draft};

use crate::support::{
    Stage, button,
    database::config_of,
    matrix::{on_every_database, on_every_stage},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(the_longest_waiting_is_first_and_one_tap_away);
    on_every_database!(set(Webhook):
        a_reply_to_the_pointer_reaches_the_customer,
        who_needs_no_answer_is_marked_as_answered,
        a_mark_ends_no_later_wait,
        the_pointer_finds_the_next_copy,
        many_conversations_have_pages,
        a_reminder_comes_once,
    );
}

async fn inbox(stage: &Stage) -> Value {
    let before = stage.telegram.chat(&stage.owner, &stage.master).len();
    stage.owner_writes("/inbox").await;
    let owner = &stage.owner;
    stage
        .wait_for(owner, &stage.master, "an answer to /inbox", |messages| {
            messages.iter().skip(before + 1).rfind(|m| m["from"]["is_bot"] == true).cloned()
        })
        .await
}

/// Presses a conversation in a list; gives the pointer.
async fn choose(stage: &Stage, list: &Value, name: &str) -> Value {
    let rows = list["reply_markup"]["inline_keyboard"].as_array().unwrap();
    let label = rows.iter().find_map(|row| row[0]["text"].as_str().filter(|l| l.contains(name)));
    let data = button(list, label.unwrap()).unwrap();
    let times = stage.times(&stage.owner, &stage.master, &format!("👆 {name}"));
    stage.telegram.press(&stage.owner, &stage.master, id(list), &data);
    stage.sees_times(&stage.owner, &stage.master, &format!("👆 {name}"), times + 1).await;
    stage.owner_sees(&format!("👆 {name}")).await
}

async fn the_longest_waiting_is_first_and_one_tap_away(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    assert_eq!(text(&inbox(&stage).await), "🎉 Nobody is waiting for an answer.");
    let (anna, bert) = (stage.customer("Anna", &shop).await, stage.customer("Bert", &cafe).await);
    let (_, first) = stage.asks(&anna, &shop, "tea?").await;
    let (_, of_bert) = stage.asks(&bert, &cafe, "coffee?").await;
    stage.asks(&anna, &shop, "hello?").await;
    stage.settled().await;
    let list = inbox(&stage).await;
    let wanted = "Waiting for your answer:\n\n1. Anna → @shop_bot, less than 1 min\n\
                  2. Bert → @cafe_bot, less than 1 min";
    assert_eq!(text(&list), wanted);
    stage.database.age_waiting(anna.id, 2 * 3600).await;
    let list = inbox(&stage).await;
    assert!(text(&list).contains("1. Anna → @shop_bot, 2 h\n"), "{list}");
    let pointer = choose(&stage, &list, "Anna").await;
    assert_eq!(text(&pointer), "👆 Anna → @shop_bot, waiting for 2 h");
    assert_eq!(pointer["reply_to_message"]["message_id"], first["message_id"]);
    // Pressed once more, it is there already.
    let data = list["reply_markup"]["inline_keyboard"][0][0]["callback_data"].as_str().unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id(&list), data);
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "👆 Anna"), 1);
    // Who is answered or banned waits no more.
    let reply = stage.answer(&first, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    stage.settled().await;
    assert!(!text(&inbox(&stage).await).contains("Anna"));
    stage.answer(&of_bert, draft::text("/ban")).await;
    stage.owner_sees("🚫 Bert").await;
    assert_eq!(text(&inbox(&stage).await), "🎉 Nobody is waiting for an answer.");
    stage.curtain().await;
}

async fn a_reply_to_the_pointer_reaches_the_customer(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (anna, bert) = (stage.customer("Anna", &shop).await, stage.customer("Bert", &shop).await);
    stage.asks(&anna, &shop, "tea?").await;
    stage.asks(&bert, &shop, "coffee?").await;
    let pointer = choose(&stage, &inbox(&stage).await, "Anna").await;
    stage.settled().await;
    let before = stage.said(&bert, &shop);
    let reply = stage.answer(&pointer, draft::text("green and black")).await;
    let copy = stage.copy_of_reply(reply).await;
    assert_eq!((copy["chat"]["id"].as_i64(), text(&copy)), (Some(anna.id), "green and black"));
    stage.settled().await;
    assert_eq!(stage.said(&bert, &shop), before);
    let list = inbox(&stage).await;
    assert!(!text(&list).contains("Anna") && text(&list).contains("1. Bert"), "{list}");
    let card = stage.answer(&pointer, draft::text("/info")).await;
    stage.answered(&stage.owner, &stage.master, card, "Anna @anna").await;
    stage.curtain().await;
}

async fn who_needs_no_answer_is_marked_as_answered(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "thanks!").await;
    let pointer = choose(&stage, &inbox(&stage).await, "Anna").await;
    stage.settled().await;
    let (said, messages) =
        (stage.said(&anna, &shop), stage.telegram.chat(&stage.owner, &stage.master));
    let data = button(&pointer, "Mark as answered").unwrap();
    stage.telegram.press_all(&stage.owner, &stage.master, id(&pointer), &[&*data; 2]);
    stage.owner_sees("✅ Anna → @shop_bot: marked as answered").await;
    stage.redelivers("callback_query").await;
    stage.settled().await;
    assert_eq!(stage.said(&anna, &shop), said, "the customer sees nothing of it");
    assert_eq!(stage.telegram.chat(&stage.owner, &stage.master).len(), messages.len());
    assert_eq!(text(&inbox(&stage).await), "🎉 Nobody is waiting for an answer.");
    stage.curtain().await;
}

async fn a_mark_ends_no_later_wait(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let pointer = choose(&stage, &inbox(&stage).await, "Anna").await;
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    stage.settled().await;
    stage.asks(&anna, &shop, "which?").await;
    let data = button(&pointer, "Mark as answered").unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id(&pointer), &data);
    stage.telegram.quiet().await;
    stage.settled().await;
    assert!(text(&inbox(&stage).await).contains("1. Anna"));
    stage.curtain().await;
}

async fn the_pointer_finds_the_next_copy(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, first) = stage.asks(&anna, &shop, "tea?").await;
    let (_, second) = stage.asks(&anna, &shop, "hello?").await;
    stage.telegram.delete(&stage.owner, &stage.master, id(&first));
    let pointer = choose(&stage, &inbox(&stage).await, "Anna").await;
    assert_eq!(pointer["reply_to_message"]["message_id"], second["message_id"]);
    stage.telegram.delete(&stage.owner, &stage.master, id(&second));
    let pointer = choose(&stage, &inbox(&stage).await, "Anna").await;
    assert!(pointer.get("reply_to_message").is_none());
    stage.curtain().await;
}

async fn many_conversations_have_pages(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let mut customers = Vec::new();
    for number in 1..=10 {
        let customer = stage.customer(&format!("Guest{number:02}"), &shop).await;
        stage.asks(&customer, &shop, "hi").await;
        customers.push(customer);
    }
    let list = inbox(&stage).await;
    assert!(text(&list).contains("8. Guest08") && !text(&list).contains("Guest09"), "{list}");
    stage.presses(&stage.owner, "▶").await;
    let second = stage.owner_sees("9. Guest09").await;
    assert_eq!(second["message_id"], list["message_id"]);
    assert!(text(&second).contains("10. Guest10") && button(&second, "▶").is_none());
    choose(&stage, &second, "Guest10").await;
    stage.presses(&stage.owner, "◀").await;
    stage.owner_sees("1. Guest01").await;
    stage.curtain().await;
}

/// Sets after how many hours the owner is reminded, as the menu would.
async fn set_reminder(stage: &Stage, bot: &Bot, hours: u32) {
    let config = config_of(&stage.variables());
    let database: &DatabaseUrl = &config.database_url;
    let store = Store::open(database).await.expect("the database opens");
    let seal: Seal = feedback_relay::keyring::open(&config.secret_key, &store, false)
        .await
        .expect("the key fits")
        .expect("there is a key");
    let settings = BotSettings { reminder_hours: hours, ..BotSettings::default() };
    let json = serde_json::to_vec(&settings).unwrap();
    let sealed = seal.seal(&format!("settings of bot {}", bot.id), &json).unwrap();
    let (owner, bot) = (OwnerId(stage.owner.id), BotId(bot.id));
    assert!(store.put_bot_settings(owner, bot, sealed, 1).await.unwrap());
    store.close().await;
}

async fn reminders(stage: &Stage, customer: &Person) -> usize {
    stage.times(&stage.owner, &stage.master, &format!("⏰ {}", customer.first_name))
}

async fn a_reminder_comes_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let (anna, bert) = (stage.customer("Anna", &shop).await, stage.customer("Bert", &shop).await);
    let carl = stage.customer("Carl", &cafe).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    stage.asks(&bert, &shop, "coffee?").await;
    stage.asks(&carl, &cafe, "cake?").await;
    for customer in [&anna, &bert, &carl] {
        let waits = format!(
            "conversation_states WHERE customer_id = {} AND waiting_since > 0",
            customer.id
        );
        stage.database.until(&waits).await;
    }
    stage.stop().await;
    set_reminder(&stage, &shop, 4).await;
    for (customer, hours) in [(&anna, 4), (&bert, 3), (&carl, 400)] {
        stage.database.age_waiting(customer.id, hours * 3600 + 60).await;
    }
    stage.start().await;
    let reminder = stage.owner_sees("⏰ Anna").await;
    assert_eq!(text(&reminder), "⏰ Anna → @shop_bot has been waiting for an answer for 4 h.");
    assert_eq!(reminder["reply_to_message"]["message_id"], copy["message_id"]);
    // Not again after a restart; nobody else, as it is off for the other bot.
    stage.restart().await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(reminders(&stage, &anna).await, 1);
    assert_eq!((reminders(&stage, &bert).await, reminders(&stage, &carl).await), (0, 0));
    let reply = stage.answer(&reminder, draft::text("yes, sorry")).await;
    assert_eq!(text(&stage.copy_of_reply(reply).await), "yes, sorry");
    stage.settled().await;
    // Who waits for long once more is worth another one, which can end the wait.
    stage.asks(&anna, &shop, "and cake?").await;
    stage.database.age_waiting(anna.id, 5 * 3600).await;
    stage.restart().await;
    stage.owner_sees("⏰ Anna → @shop_bot has been waiting for an answer for 5 h.").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "✅ Anna → @shop_bot has been waiting"), 1);
    stage.presses(&stage.owner, "Mark as answered").await;
    stage.owner_sees("✅ Anna → @shop_bot: marked as answered").await;
    stage.curtain().await;
}
