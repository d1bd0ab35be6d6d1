//! `/stats`: the numbers of a conversation with known times, in words and as a picture.

use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use feedback_relay::{
    clock,
    stats::{Clock, picture},
};

use crate::support::{
    Stage, button,
    buttons::STALE,
    by_bot,
    matrix::{on_every_database, on_every_stage},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(the_numbers_are_those_of_the_conversation);
    on_every_database!(set(Webhook):
        buttons_change_one_message_over_restarts,
        strangers_to_a_bot_see_nothing_of_it,
        the_clock_is_kept,
        words_come_where_a_picture_does_not,
    );
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Two days ago at nine, by UTC.
fn base() -> i64 {
    clock::now_ms().div_euclid(DAY) * DAY - 2 * DAY + 9 * HOUR
}

/// Lets a message, or a reply, have been written at a moment.
async fn written_at(stage: &Stage, (bot, chat, message): (i64, i64, i64), at: i64) {
    stage.reference_when((bot, chat, message), |row| row.copy.is_some()).await;
    let update = format!(
        "UPDATE message_references SET created_at = {at} \
         WHERE source_bot = {bot} AND source_chat = {chat} AND source_message = {message}"
    );
    stage.database.run(&update).await;
}

async fn asks_at(stage: &Stage, person: &Person, bot: &Bot, at: i64) -> (i64, Value) {
    let (message, copy) = stage.asks_only(person, bot, "hello?").await;
    written_at(stage, (bot.id, person.id, message), at).await;
    (message, copy)
}

async fn answers_at(stage: &Stage, copy: &Value, at: i64) {
    let reply = stage.answer(copy, draft::text("yes")).await;
    written_at(stage, (stage.master.id, stage.owner.id, reply), at).await;
}

/// The newest message of the master bot with these words, as soon as there is one.
async fn report(stage: &Stage, words: &str) -> Value {
    stage
        .wait_for(&stage.owner, &stage.master, words, |messages| {
            messages
                .iter()
                .rfind(|m| by_bot(m) && text(m).starts_with("📊") && text(m).contains(words))
                .cloned()
        })
        .await
}

/// The picture of a report, which has the size and the colours it should have.
fn picture_of(stage: &Stage, report: &Value) -> Vec<u8> {
    let sizes = report["photo"].as_array().expect("a picture");
    let file = sizes.last().unwrap()["file_id"].as_str().unwrap();
    let png = stage.telegram.file_bytes(&stage.master, file);
    let drawn = image::load_from_memory(&png).expect("it decodes").into_rgb8();
    assert_eq!((drawn.width(), drawn.height()), picture::SIZE);
    let count = |plotters::style::RGBColor(r, g, b)| {
        drawn.pixels().filter(|pixel| pixel.0 == [r, g, b]).count()
    };
    assert!(count(picture::INBOUND) > 5000 && count(picture::OUTBOUND) > 1000);
    assert!(count(picture::BACKGROUND) > 500_000);
    png.to_vec()
}

/// A shop with three customers and known times.
async fn conversation(stage: &Stage) -> Bot {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (anna, carl) = (stage.customer("Anna", &shop).await, stage.customer("Carl", &shop).await);
    let bert = stage.telegram.add_person(Person::new("Bert").language("en"));
    stage.telegram.start(&bert, &shop, "table7").await;
    stage.sees(&bert, &shop, "Hello").await;
    let base = base();
    // Two messages in one question, answered after ten minutes; another one after half an hour.
    asks_at(stage, &anna, &shop, base).await;
    let (_, copy) = asks_at(stage, &anna, &shop, base + 5 * MINUTE).await;
    answers_at(stage, &copy, base + 10 * MINUTE).await;
    let (_, copy) = asks_at(stage, &anna, &shop, base + HOUR).await;
    answers_at(stage, &copy, base + HOUR + 30 * MINUTE).await;
    stage.settled().await;
    // One that is marked as answered, and one that is open.
    asks_at(stage, &bert, &shop, base + 2 * HOUR).await;
    stage.owner_writes("/inbox").await;
    stage.presses(&stage.owner, "1. Bert · less than 1 min").await;
    stage.presses(&stage.owner, "Mark as answered").await;
    stage.owner_sees("✅ Bert → @shop_bot: marked as answered").await;
    asks_at(stage, &carl, &shop, base + 3 * HOUR).await;
    let before = base - 60 * DAY;
    let update = format!(
        "UPDATE conversations SET first_seen_at = {before} WHERE customer_id = {}",
        carl.id
    );
    stage.database.run(&update).await;
    stage.settled().await;
    shop
}

fn weekday(at: i64) -> &'static str {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][Clock::default().weekday_and_hour(at).0]
}

async fn the_numbers_are_those_of_the_conversation(mut stage: Stage) {
    stage.owner_writes("/stats").await;
    stage.owner_sees("You have no client bots yet").await;
    conversation(&stage).await;
    stage.owner_writes("/stats").await;
    let shown = report(&stage, "Messages").await;
    let now = clock::now_ms();
    let days = (Clock::default().day(now - 29 * DAY), Clock::default().day(now));
    let wanted = format!(
        "📊 All bots, {} – {} (UTC)\n\nMessages: 5 in, 2 out\nCustomers: 3 (2 new, 1 returning)\n\
         Answered: 75 % (3 of 4)\nAnswer time: median 20 min, nine of ten within 30 min\n\
         Busiest: 9–10, 10–11, 11–12 h; {}\n\nLabels, by customers:\n#table7: 1, answered 100 %",
        days.0,
        days.1,
        weekday(base()),
    );
    assert_eq!(text(&shown), wanted);
    picture_of(&stage, &shown);
    // The same in typed words; ones nobody knows are said so.
    stage.owner_writes("/stats 12m @SHOP_bot").await;
    let year = report(&stage, "📊 @shop_bot, ").await;
    assert!(
        text(&year).contains("Messages: 5 in, 2 out") && button(&year, "✓ 12 months").is_some()
    );
    stage.owner_writes("/stats @other_bot").await;
    stage.owner_sees("I don't understand that").await;
    // A reply that was taken back is no message any more, but it did answer.
    stage
        .database
        .run("UPDATE message_references SET reason = 'deleted' WHERE direction = 'out'")
        .await;
    stage.owner_writes("/stats 7").await;
    let shown = report(&stage, "Messages: 5 in, 0 out").await;
    assert!(text(&shown).contains("Answered: 75 % (3 of 4)"), "{shown}");
    assert!(text(&shown).contains("Answer time: median 20 min"), "{shown}");
    stage.curtain().await;
}

async fn buttons_change_one_message_over_restarts(mut stage: Stage) {
    let shop = conversation(&stage).await;
    stage.attach("cafe_bot", "Café").await;
    stage.owner_writes("/stats").await;
    let first = report(&stage, "Messages: 5 in").await;
    let all = picture_of(&stage, &first);
    stage.restart().await;
    stage.presses(&stage.owner, "7 days").await;
    let week = report(&stage, &Clock::default().day(clock::now_ms() - 6 * DAY)).await;
    assert_eq!(week["message_id"], first["message_id"]);
    assert_ne!(picture_of(&stage, &week), all);
    stage.presses(&stage.owner, "@shop_bot").await;
    let of_shop = report(&stage, "📊 @shop_bot").await;
    assert_eq!(of_shop["message_id"], first["message_id"]);
    assert!(button(&of_shop, "✓ @shop_bot").is_some() && button(&of_shop, "✓ 7 days").is_some());
    stage.redelivers("callback_query").await;
    // Nothing to draw: words, and the picture is gone.
    stage.presses(&stage.owner, "@cafe_bot").await;
    let empty = report(&stage, "Nobody wrote").await;
    assert!(empty.get("photo").is_none() && empty["message_id"] != first["message_id"]);
    stage.is_gone(&stage.owner, &stage.master, id(&first)).await;
    stage.presses(&stage.owner, "Today").await;
    stage.owner_sees("Nobody wrote").await;
    stage.presses(&stage.owner, "All bots").await;
    stage.presses(&stage.owner, "30 days").await;
    let again = report(&stage, "Messages: 5 in").await;
    picture_of(&stage, &again);
    // A bot that is no longer there.
    stage.presses(&stage.owner, "✓ All bots").await;
    let update = format!("UPDATE bots SET state = 'removed' WHERE bot_id = {}", shop.id);
    stage.database.run(&update).await;
    let data = button(&again, "@shop_bot").unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id(&again), &data);
    stage.pops_up(STALE, 1).await;
    stage.stop().await;
}

async fn strangers_to_a_bot_see_nothing_of_it(mut stage: Stage) {
    let shop = conversation(&stage).await;
    stage.vary("REGISTRATION", "open");
    stage.restart().await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    stage.attach_as(&paula, "paulas_bot", "Paula's").await;
    stage.telegram.send(&paula, &stage.master, draft::text("/stats")).await;
    let own = stage.sees(&paula, &stage.master, "Nobody wrote").await;
    stage.telegram.send(&paula, &stage.master, draft::text("/stats @shop_bot")).await;
    stage.sees(&paula, &stage.master, "I don't understand that").await;
    let before = stage.telegram.chat(&paula, &stage.master).len();
    // Below a message of hers that bears such a button, whoever put it there.
    for data in [format!("stats:{}:30:0", shop.id), format!("clock:{}:7:0:60", shop.id)] {
        let mut message = own.clone();
        message["reply_markup"] =
            json!({"inline_keyboard": [[{"text": "?", "callback_data": data}]]});
        stage.forges(&paula, &stage.master, Some(message), &data).await;
    }
    stage.settled().await;
    assert_eq!(stage.telegram.chat(&paula, &stage.master).len(), before);
    let said = stage.said(&paula, &stage.master);
    assert!(
        !said.iter().any(|words| words.contains("5 in") || words.contains("@shop_bot,")),
        "{said:?}"
    );
    stage.curtain().await;
}

async fn the_clock_is_kept(mut stage: Stage) {
    conversation(&stage).await;
    stage.owner_writes("/stats utc+5:30").await;
    let shown = report(&stage, "(UTC+5:30)").await;
    assert!(text(&shown).contains("Busiest: 14–15, 15–16, 16–17 h"), "{shown}");
    stage.presses(&stage.owner, "− 1 h").await;
    let shown = report(&stage, "(UTC+4:30)").await;
    assert!(text(&shown).contains("Busiest: 13–14, 14–15, 15–16 h"), "{shown}");
    stage.restart().await;
    stage.owner_writes("/stats 7").await;
    let kept = stage
        .wait_for(&stage.owner, &stage.master, "a new report", |messages| {
            messages.iter().rfind(|m| button(m, "✓ 7 days").is_some()).cloned()
        })
        .await;
    assert!(text(&kept).contains("(UTC+4:30)"), "{kept}");
    stage.curtain().await;
}

async fn words_come_where_a_picture_does_not(mut stage: Stage) {
    conversation(&stage).await;
    for answer in [
        Answer::Refuse(400, "Bad Request: IMAGE_PROCESS_FAILED".to_owned()),
        Answer::Refuse(400, "Bad Request: not enough rights to send photos to the chat".to_owned()),
        Answer::Internal,
    ] {
        stage.telegram.fault(Fault::on("sendPhoto").always().answer(answer));
        let before = stage.times(&stage.owner, &stage.master, "Messages: 5 in, 2 out");
        stage.owner_writes("/stats").await;
        stage
            .wait_for(&stage.owner, &stage.master, "the words", |messages| {
                let shown =
                    messages.iter().filter(|m| by_bot(m) && text(m).contains("Messages: 5 in"));
                (shown.count() > before).then_some(())
            })
            .await;
        stage.telegram.quiet().await;
        assert_eq!(stage.times(&stage.owner, &stage.master, "Messages: 5 in, 2 out"), before + 1);
        stage.telegram.clear_faults();
    }
    stage.stop().await;
}
