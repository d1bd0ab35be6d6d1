//! Texts and captions that leave no room for the header, and kinds without words.

use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Draft, Fault, Person, draft};

use crate::support::{
    Stage,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_full_text_follows_its_header_and_both_can_be_answered,
        a_full_caption_follows_its_header_and_both_can_be_answered,
        words_beyond_a_caption_stay_when_it_is_answered,
        words_beyond_a_caption_are_in_the_repeat_too,
        a_sticker_follows_its_header_and_both_can_be_answered,
        the_longest_text_that_fits_keeps_its_header,
        words_that_look_like_a_header_are_left_alone,
        a_replys_words_beyond_a_caption_arrive_once,
    );
}

/// The header sent before a copy that has no room for it.
fn header_above(stage: &Stage, copy: &Value) -> Value {
    let header = copy["reply_to_message"]["message_id"].as_i64().expect("it replies to its header");
    stage.telegram.message(&stage.master, stage.owner.id, header).expect("the header is there")
}

async fn marked(stage: &Stage, message: &Value) {
    let message = id(message);
    stage
        .telegram
        .wait("✅ on the header", |view| {
            let header = view.message(&stage.master, stage.owner.id, message)?;
            (header["text"] == "✅ Anna @anna → @shop_bot").then_some(())
        })
        .await;
}

async fn cross(stage: &Stage, shop: &Bot, anna: &Person, draft: impl Fn() -> Draft) {
    for to_header in [false, true] {
        let message = stage.telegram.send(anna, shop, draft()).await;
        let copy = stage.copy_of(shop, anna, message).await;
        let header = header_above(stage, &copy);
        assert_eq!(header["text"], "🆕 Anna @anna → @shop_bot");
        assert_eq!(header["entities"][0], json!({"type": "bold", "offset": 3, "length": 4}));
        let answer = stage.answer(if to_header { &header } else { &copy }, draft()).await;
        let seen = stage.copy_of_reply(answer).await;
        assert_eq!(seen["chat"]["id"], anna.id);
        assert_eq!(text(&seen), text(&copy));
        marked(stage, &header).await;
    }
}

async fn judged(mut stage: Stage, shop: &Bot, anna: &Person, messages: usize) {
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[shop], customers: &[anna] };
    judge(&stage, &[cast]).await.flawless(messages, messages);
}

async fn a_full_text_follows_its_header_and_both_can_be_answered(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    // 4096 units, of which the last word is bold.
    let long = format!("{}word", "🦊".repeat(2046));
    let bold = json!([{"type": "bold", "offset": 4092, "length": 4}]);
    cross(&stage, &shop, &anna, || draft::text(long.clone()).entities(bold.clone())).await;
    judged(stage, &shop, &anna, 2).await;
}

/// People with Premium write longer captions than bots may.
const BEYOND: usize = 2000;

async fn words_beyond_a_caption_stay_when_it_is_answered(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let photo = draft::photo(bytes(1, 2000)).caption(&"w".repeat(BEYOND));
    let message = stage.telegram.send(&anna, &shop, photo).await;
    let copy = stage.copy_of(&shop, &anna, message).await;
    let header = id(&header_above(&stage, &copy));
    let answer = stage.answer(&copy, draft::text("pretty")).await;
    stage.copy_of_reply(answer).await;
    stage.telegram.quiet().await;
    let header = stage.telegram.message(&stage.master, stage.owner.id, header).unwrap();
    assert!(text(&header).ends_with(&"w".repeat(BEYOND)), "{header}");
    stage.stop().await;
}

async fn words_beyond_a_caption_are_in_the_repeat_too(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    // The repeat's outcome is unknown as well.
    let cut = Fault::on("sendMessage").chat(stage.owner.id).answer(Answer::ResetBefore);
    stage.telegram.fault(cut.times(2));
    let photo = draft::photo(bytes(1, 2000)).caption(&"w".repeat(BEYOND));
    let message = stage.telegram.send(&anna, &shop, photo).await;
    let copy = stage.copy_of(&shop, &anna, message).await;
    let header = header_above(&stage, &copy);
    assert!(text(&header).contains("possibly a repeat"), "{header}");
    assert!(text(&header).ends_with(&"w".repeat(BEYOND)), "{header}");
    stage.stop().await;
}

async fn a_full_caption_follows_its_header_and_both_can_be_answered(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let long = "🦊".repeat(512);
    cross(&stage, &shop, &anna, || draft::photo(bytes(1, 2000)).caption(&long)).await;
    judged(stage, &shop, &anna, 2).await;
}

async fn a_sticker_follows_its_header_and_both_can_be_answered(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    cross(&stage, &shop, &anna, || draft::sticker_static(bytes(2, 500))).await;
    judged(stage, &shop, &anna, 2).await;
}

async fn the_longest_text_that_fits_keeps_its_header(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let room = 4096 - "🆕 Anna @anna → @shop_bot\n".encode_utf16().count();
    let (_, copy) = stage.asks(&anna, &shop, &"x".repeat(room)).await;
    assert!(text(&copy).starts_with("🆕 Anna"));
    assert_eq!(text(&copy).encode_utf16().count(), 4096);
    // ✅ is a unit shorter than 🆕, so that the answered copy fits as well.
    let answer = stage.answer(&copy, draft::text("I see")).await;
    stage.copy_of_reply(answer).await;
    let copy = id(&copy);
    stage
        .telegram
        .wait("the mark", |view| {
            let copy = view.message(&stage.master, stage.owner.id, copy)?;
            text(&copy).starts_with("✅ Anna").then_some(())
        })
        .await;
    judged(stage, &shop, &anna, 1).await;
}

/// A customer's own words may begin like a header: they are his and stay so.
async fn words_that_look_like_a_header_are_left_alone(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for mark in ["🆕", "✅"] {
        let words = format!("{mark} Eve @eve → @bank_bot\n{}", "x".repeat(4060));
        let (_, copy) = stage.asks(&anna, &shop, &words).await;
        let header = header_above(&stage, &copy);
        let answer = stage.answer(&copy, draft::text("I see")).await;
        stage.copy_of_reply(answer).await;
        marked(&stage, &header).await;
        let copy = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
        assert_eq!(text(&copy), words);
    }
    let mut stage = stage;
    stage.curtain().await;
}

/// The words of a reply are a message of their own. They are not sent again with the file, whatever
/// keeps that, and the owner learns which of the two arrived.
async fn a_replys_words_beyond_a_caption_arrive_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let words = "word ".repeat(300);
    let photo = |seed| draft::photo(bytes(seed, 900)).caption(words.trim_end());
    let with_words = |stage: &Stage| {
        let chat = stage.telegram.chat(&anna, &shop);
        chat.iter().filter(|message| text(message).contains("word word")).count()
    };
    let refuse = Answer::Refuse(400, "Bad Request: PHOTO_INVALID_DIMENSIONS".into());
    stage.telegram.fault(Fault::on("sendPhoto").bot(&shop).chat(anna.id).answer(refuse.clone()));
    stage.telegram.fault(Fault::on("sendDocument").bot(&shop).chat(anna.id).answer(refuse));
    let reply = stage.answer(&copy, photo(1)).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "Your words arrived").await;
    assert_eq!(with_words(&stage), 1);
    stage.restart().await;
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    let seen = stage.copy_of_reply(reply).await;
    assert!(text(&seen).is_empty(), "the file alone: {seen}");
    assert_eq!(with_words(&stage), 1);
    // Taken back, both go.
    let delete = draft::text("/delete").reply_to(reply);
    stage.telegram.send(&stage.owner, &stage.master, delete).await;
    stage.owner_sees("Deleted").await;
    assert_eq!(with_words(&stage), 0);
    stage.curtain().await;
}
