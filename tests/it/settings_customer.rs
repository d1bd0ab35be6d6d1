//! What customers see of the settings: greetings, acknowledgements, bans, protection, usernames.

use feedback_relay::{
    model::{BotId, OwnerId},
    store::{Ban, Store},
};
use serde_json::json;
use telegram_emulator::{Answer, Bot, Fault, Person, draft};
use teloxide::types::ChatId;

use crate::support::{
    Stage, by_bot,
    content::Content,
    database::config_of,
    matrix::{on_every_database, on_every_stage},
    talk::{bytes, rich},
};

mod stages {
    use super::*;
    on_every_stage!(a_greeting_is_said_in_each_language, one_acknowledgement_a_conversation);
    on_every_database!(set(Webhook):
        a_greeting_with_a_file_arrives_whole,
        a_greeting_that_cannot_be_said_is_ours,
        a_greeting_that_hangs_delays_nothing,
        acknowledgements_as_they_are_set,
        a_banned_customer_sees_nothing_or_the_text,
        usernames_are_hidden_from_the_next_message_on,
    );
}

const PASSED_ON: &str = "✅ Your message was passed on.";

async fn speaking(stage: &Stage, name: &str, language: &str, bot: &Bot) -> Person {
    let person = stage.telegram.add_person(Person::new(name).language(language));
    stage.telegram.start(&person, bot, "").await;
    stage.telegram.quiet().await;
    person
}

/// All texts of a bot in a person's chat.
fn read(stage: &Stage, person: &Person, bot: &Bot) -> Vec<String> {
    stage.said(person, bot)
}

async fn a_greeting_is_said_in_each_language(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (text, entities) = rich(&[("Welcome 🦊 ", json!(null)), ("here", json!({"type": "bold"}))]);
    let draft = draft::text(&*text).entities(entities);
    let written = stage.saves_text(&["Greeting", "All languages"], draft).await;
    stage.saves_text(&["Greeting", "Deutsch"], draft::text("Willkommen")).await;
    let hans = speaking(&stage, "Hans", "de-at", &shop).await;
    assert_eq!(read(&stage, &hans, &shop), ["Willkommen"]);
    let juan = speaking(&stage, "Juan", "es", &shop).await;
    let greeting = stage.sees(&juan, &shop, "Welcome").await;
    let original = stage.telegram.message(&stage.master, stage.owner.id, written).unwrap();
    stage.telegram.view(|view| {
        let seen = Content::read(view, &shop, &greeting);
        assert!(seen.shows(&Content::read(view, &stage.master, &original)), "{seen:?}");
    });
    // Anna reads it the next time, also after a restart; /help stays as it is.
    stage.restart().await;
    stage.telegram.start(&anna, &shop, "").await;
    stage.sees(&anna, &shop, "Welcome").await;
    stage.telegram.send(&anna, &shop, draft::text("/help")).await;
    stage.sees(&anna, &shop, "Just write here").await;
    stage.sets(&["Greeting", "✓ All languages", "Remove", "Save"]).await;
    let ivan = speaking(&stage, "Ivan", "ru", &shop).await;
    stage.sees(&ivan, &shop, "👋 Здравствуйте!").await;
    stage.curtain().await;
}

async fn a_greeting_with_a_file_arrives_whole(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let files = [
        draft::photo(bytes(1, 70_000)).caption("Look").has_media_spoiler(),
        draft::video(bytes(2, 70_000)).caption("Look").show_caption_above_media(),
        draft::voice(bytes(3, 5_000)),
        draft::document("menu.pdf", "application/pdf", bytes(4, 5_000)).caption("Look"),
        draft::sticker_static(bytes(5, 5_000)),
        draft::location(52.5, 13.4),
    ];
    for (number, draft) in files.into_iter().enumerate() {
        let whose = if number == 0 { "All languages" } else { "✓ All languages" };
        let written = stage.saves_text(&["Greeting", whose], draft).await;
        let original = stage.telegram.message(&stage.master, stage.owner.id, written).unwrap();
        let anna = speaking(&stage, "Anna", "en", &shop).await;
        let greeting = stage.telegram.chat(&anna, &shop).into_iter().rfind(by_bot).unwrap();
        stage.telegram.view(|view| {
            let seen = Content::read(view, &shop, &greeting);
            let wanted = Content::read(view, &stage.master, &original);
            assert!(seen.shows(&wanted), "{seen:?} instead of {wanted:?}");
        });
        assert_ne!(greeting["has_protected_content"], true);
    }
    stage.sets(&["Protect content", "on, no forwarding, no saving", "Save"]).await;
    let anna = speaking(&stage, "Anna", "en", &shop).await;
    let greeting = stage.telegram.chat(&anna, &shop).into_iter().rfind(by_bot).unwrap();
    assert_eq!(greeting["has_protected_content"], true, "{greeting:#}");
    stage.curtain().await;
}

async fn a_greeting_that_cannot_be_said_is_ours(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.saves_text(&["Greeting", "All languages"], draft::photo(bytes(1, 5_000))).await;
    let gone = Answer::Refuse(400, "Bad Request: wrong file_id".to_owned());
    stage.telegram.fault(Fault::on("getFile").answer(gone));
    let anna = stage.customer("Anna", &shop).await;
    let said = read(&stage, &anna, &shop);
    assert!(said.len() == 1 && said[0].starts_with("👋 Hello!"), "{said:?}");
    // The next one gets the photo, although it is not there at once.
    stage.telegram.fault(Fault::on("getFile").answer(Answer::Internal));
    let bob = speaking(&stage, "Bob", "en", &shop).await;
    stage
        .wait_for(&bob, &shop, "a photo", |messages| {
            messages.iter().find(|message| message.get("photo").is_some()).map(drop)
        })
        .await;
    let chat = stage.telegram.chat(&bob, &shop);
    assert_eq!(chat.iter().filter(|message| by_bot(message)).count(), 1);
    stage.curtain().await;
}

async fn a_greeting_that_hangs_delays_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.fault(
        Fault::on("sendMessage")
            .bot(&shop)
            .answer(Answer::Hang(std::time::Duration::from_secs(20))),
    );
    stage.telegram.start(&anna, &shop, "").await;
    let message = stage.telegram.send(&anna, &shop, draft::text("Do you have tea?")).await;
    let began = std::time::Instant::now();
    stage.copy_of(&shop, &anna, message).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    stage.telegram.clear_faults();
    stage.stop().await;
}

async fn one_acknowledgement_a_conversation(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "one").await;
    let told = stage.sees(&anna, &shop, PASSED_ON).await;
    assert_eq!(told.get("reply_to_message"), None, "it quotes nothing");
    stage.asks(&anna, &shop, "two").await;
    stage.restart().await;
    stage.asks(&anna, &shop, "three").await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, PASSED_ON), 1);
    // Another bot is another conversation; another customer, too.
    stage.telegram.start(&anna, &cafe, "").await;
    stage.asks(&anna, &cafe, "hi").await;
    stage.sees(&anna, &cafe, PASSED_ON).await;
    let hans = speaking(&stage, "Hans", "de", &shop).await;
    stage.asks(&hans, &shop, "Guten Tag").await;
    stage.sees(&hans, &shop, "✅ Ihre Nachricht wurde weitergeleitet.").await;
    stage.curtain().await;
}

async fn acknowledgements_as_they_are_set(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    // Never.
    stage.sets(&["Acknowledgement", "never", "Save"]).await;
    stage.asks_only(&anna, &shop, "one").await;
    stage.settled().await;
    assert_eq!(read(&stage, &anna, &shop).len(), 1, "the greeting");
    // A reaction on each.
    stage.sets(&["Acknowledgement", "a reaction", "Save"]).await;
    for words in ["two", "three"] {
        let (message, _) = stage.asks_only(&anna, &shop, words).await;
        stage
            .telegram
            .wait("a reaction", |view| {
                let reacted = |effect: &&telegram_emulator::Effect| {
                    effect.method == "setMessageReaction"
                        && effect.bot == shop.id
                        && effect.params["message_id"] == message
                        && effect.params["reaction"].to_string().contains("👍")
                };
                view.ledger().iter().find(reacted).map(drop)
            })
            .await;
    }
    assert_eq!(read(&stage, &anna, &shop).len(), 1);
    // Each time, in the owner's words.
    stage.sets(&["Acknowledgement", "after every message", "Save"]).await;
    let way = ["Acknowledgement", "Text of the acknowledgement", "All languages"];
    let thanks =
        draft::text("Thanks!").entities(json!([{"type": "bold", "offset": 0, "length": 7}]));
    stage.saves_text(&way, thanks).await;
    for words in ["four", "five"] {
        let (message, _) = stage.asks_only(&anna, &shop, words).await;
        let told = stage.answered(&anna, &shop, message, "Thanks!").await;
        assert_eq!(told["entities"][0]["type"], "bold");
    }
    // A failing one costs nothing.
    let refused = Answer::Refuse(403, "Forbidden: bot was blocked by the user".to_owned());
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).answer(refused));
    stage.asks_only(&anna, &shop, "six").await;
    // Once: she has not been told so in this conversation.
    stage.sets(&["Acknowledgement", "once per conversation", "Save"]).await;
    stage.asks_only(&anna, &shop, "seven").await;
    stage.settled().await;
    stage.asks_only(&anna, &shop, "eight").await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, "Thanks!"), 3);
    assert_eq!(stage.times(&anna, &shop, PASSED_ON), 0);
    stage.curtain().await;
}

async fn a_banned_customer_sees_nothing_or_the_text(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "one").await;
    stage.sees(&anna, &shop, PASSED_ON).await;
    stage.telegram.send(&anna, &shop, draft::text("/language")).await;
    stage.sees(&anna, &shop, "Which language").await;
    let store = Store::open(&config_of(&stage.variables()).database_url).await.unwrap();
    let (owner, bot) = (OwnerId(stage.owner.id), BotId(shop.id));
    let ban = Ban { customer: ChatId(anna.id), only: None, seen_by: bot, banned_at: 1 };
    assert!(store.ban(owner, ban).await.unwrap());
    let before = stage.telegram.chat(&anna, &shop);
    let does_all = async || {
        for words in ["two", "/start", "/help", "/language"] {
            stage.telegram.send(&anna, &shop, draft::text(words)).await;
        }
        stage.presses_on(&anna, &shop, "Deutsch").await;
        stage.telegram.quiet().await;
        stage.settled().await;
    };
    does_all().await;
    assert_eq!(stage.telegram.chat(&anna, &shop).len(), before.len() + 4, "hers alone");
    assert_eq!(stage.telegram.answered_callbacks().len(), 1, "a press is answered");
    stage.saves_text(&["Banned customers", "All languages"], draft::text("Closed for you.")).await;
    does_all().await;
    does_all().await;
    assert_eq!(stage.times(&anna, &shop, "Closed for you."), 1, "at most once an hour");
    assert_eq!(stage.times(&anna, &shop, "Which language"), 1, "nothing is chosen");
    stage.saves_text(&["Banned customers", "English"], draft::text("Still closed.")).await;
    does_all().await;
    assert_eq!(stage.times(&anna, &shop, "Still closed."), 1, "a new text is told once more");
    assert_eq!(stage.times(&stage.owner, &stage.master, "\ntwo"), 0);
    stage.curtain().await;
}

async fn usernames_are_hidden_from_the_next_message_on(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "one").await;
    stage.owner_sees("🆕 Anna @anna → @shop_bot\none").await;
    stage.sets(&["Usernames", "hidden", "Save"]).await;
    stage.asks(&anna, &shop, "two").await;
    stage.owner_sees("🆕 Anna → @shop_bot\ntwo").await;
    stage.curtain().await;
}
