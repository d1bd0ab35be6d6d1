//! Replies and quotes, seen from both sides.

use serde_json::{Value, json};
use telegram_emulator::draft;

use crate::support::{
    Stage,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_customers_reply_appears_as_a_reply_to_the_matching_message,
        a_customers_quote_is_kept_where_it_still_matches,
        the_owners_reply_quotes_what_is_not_the_latest,
        the_owners_quote_is_kept_where_it_is_the_customers_words,
    );
}

fn replied(message: &Value) -> Option<i64> {
    message["reply_to_message"]["message_id"].as_i64()
}

async fn a_customers_reply_appears_as_a_reply_to_the_matching_message(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let greeting = stage.said(&anna, &shop).len();
    assert_eq!(greeting, 1);
    let (first, first_copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    // To her own earlier message.
    let again = stage.telegram.reply(&anna, &shop, first, draft::text("Well?")).await;
    let again = stage.copy_of(&shop, &anna, again).await;
    assert_eq!(replied(&again), Some(id(&first_copy)));
    // To the owner's answer: a reply to what the owner wrote.
    let answer = stage.answer(&again, draft::text("Yes.")).await;
    let seen = stage.copy_of_reply(answer).await;
    let thanks = stage.telegram.reply(&anna, &shop, id(&seen), draft::text("Thanks!")).await;
    let thanks = stage.copy_of(&shop, &anna, thanks).await;
    assert_eq!(replied(&thanks), Some(answer));
    // A kind without words: the header replies, and the message itself too.
    let sticker = draft::sticker_static("smile");
    let sticker = stage.telegram.reply(&anna, &shop, id(&seen), sticker).await;
    let sticker = stage.copy_of(&shop, &anna, sticker).await;
    assert_eq!(replied(&sticker), Some(answer));
    // To the greeting, which has no copy.
    let hello = id(&stage.telegram.chat(&anna, &shop)[1]);
    let hi = stage.telegram.reply(&anna, &shop, hello, draft::text("Hi bot")).await;
    assert_eq!(replied(&stage.copy_of(&shop, &anna, hi).await), None);
    // To a message whose copy the owner has deleted.
    stage.telegram.delete(&stage.owner, &stage.master, id(&first_copy));
    let late = stage.telegram.reply(&anna, &shop, first, draft::text("Still there?")).await;
    assert_eq!(replied(&stage.copy_of(&shop, &anna, late).await), None);
    stage.curtain().await;
}

async fn a_customers_quote_is_kept_where_it_still_matches(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let words = "🦊 green tea, black tea";
    let first = draft::text(words).entities(json!([{"type": "bold", "offset": 3, "length": 5}]));
    let first = stage.telegram.send(&anna, &shop, first).await;
    let copy = stage.copy_of(&shop, &anna, first).await;
    let bold = json!([{"type": "bold", "offset": 0, "length": 5}]);
    let quoting = draft::text("this one").quote("green tea", 3, bold.clone());
    let quoting = stage.telegram.reply(&anna, &shop, first, quoting).await;
    let seen = stage.copy_of(&shop, &anna, quoting).await;
    assert_eq!(replied(&seen), Some(id(&copy)));
    assert_eq!((&seen["quote"]["text"], &seen["quote"]["entities"]), (&json!("green tea"), &bold));
    // What she quotes of the owner's answer.
    let answer = stage.answer(&seen, draft::text("It is 3 €, or 5 € with milk.")).await;
    let got = stage.copy_of_reply(answer).await;
    let quoting = draft::text("why?").quote("5 € with milk", 14, json!([]));
    let quoting = stage.telegram.reply(&anna, &shop, id(&got), quoting).await;
    let seen = stage.copy_of(&shop, &anna, quoting).await;
    assert_eq!((replied(&seen), &seen["quote"]["text"]), (Some(answer), &json!("5 € with milk")));
    // The owner changes his answer; her app still quotes the old words. The reply remains.
    let quoting = draft::text("but you said").quote("words that were never there", 0, json!([]));
    let quoting = stage.telegram.reply(&anna, &shop, id(&got), quoting).await;
    let seen = stage.copy_of(&shop, &anna, quoting).await;
    assert_eq!((replied(&seen), seen.get("quote")), (Some(answer), None));
    assert!(text(&seen).ends_with("but you said"));
    stage.curtain().await;
}

async fn the_owners_reply_quotes_what_is_not_the_latest(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (first, first_copy) = stage.asks(&anna, &shop, "Is it green?").await;
    let (_, second_copy) = stage.asks(&anna, &shop, "Is it black?").await;
    let cases = [(&first_copy, Some(first)), (&second_copy, None)];
    for (copy, quoted) in cases {
        let answer = stage.answer(copy, draft::text("Yes.")).await;
        assert_eq!(replied(&stage.copy_of_reply(answer).await), quoted);
    }
    // To his own earlier reply: the customer sees a reply to that one.
    let answer = stage.answer(&second_copy, draft::text("It is 3 €.")).await;
    let seen = stage.copy_of_reply(answer).await;
    let more = draft::text("With milk 4 €.");
    let more = stage.telegram.reply(&stage.owner, &stage.master, answer, more).await;
    let more_seen = stage.copy_of_reply(more).await;
    assert_eq!(
        (more_seen["chat"]["id"].as_i64(), replied(&more_seen)),
        (Some(anna.id), Some(id(&seen)))
    );
    // What the customer has deleted can't be quoted, and is answered all the same.
    stage.telegram.delete(&anna, &shop, first);
    let answer = stage.answer(&first_copy, draft::text("Very green.")).await;
    assert_eq!(replied(&stage.copy_of_reply(answer).await), None);
    // Another customer's message is nobody's latest but his own.
    let boris = stage.customer("Boris", &shop).await;
    stage.asks(&boris, &shop, "Hello").await;
    let answer = stage.answer(&second_copy, draft::text("Black, yes.")).await;
    assert_eq!(replied(&stage.copy_of_reply(answer).await), None);
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&boris] };
    judge(&stage, &[cast]).await.disordered.is_empty().then_some(()).expect("in order");
}

async fn the_owners_quote_is_kept_where_it_is_the_customers_words(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (first, copy) = stage.asks(&anna, &shop, "🦊 green tea or black tea?").await;
    let header = "🆕 Anna @anna → @shop_bot\n".encode_utf16().count();
    // The latest message, but a part of it is picked out.
    let quoting = draft::text("this").quote("black tea", header + 16, json!([]));
    let answer = stage.answer(&copy, quoting).await;
    let seen = stage.copy_of_reply(answer).await;
    assert_eq!((replied(&seen), &seen["quote"]["text"]), (Some(first), &json!("black tea")));
    // A quote of the header is ours to know; the customer sees a plain reply.
    let quoting = draft::text("you").quote("Anna @anna", 3, json!([]));
    let answer = stage.answer(&copy, quoting).await;
    let seen = stage.copy_of_reply(answer).await;
    assert_eq!((replied(&seen), seen.get("quote")), (Some(first), None));
    assert_eq!(text(&seen), "you");
    stage.curtain().await;
}
