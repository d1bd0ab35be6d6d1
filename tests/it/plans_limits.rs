//! What an owner may do without the paid plan, and that nothing changes where there is none.

use serde_json::Value;
use telegram_emulator::draft;

use crate::{
    plans::{MONTH, asks, buys, now, sells},
    support::{
        Stage, button,
        matrix::{on_every_database, on_every_stage},
        talk::id,
        text,
    },
};

mod stages {
    use super::*;
    on_every_stage!(the_refused_reply_says_so_and_goes_out_later);
    on_every_database!(set(Webhook):
        one_bot_more_is_refused,
        with_more_bots_than_allowed_the_owner_chooses,
        an_album_is_refused_as_a_whole,
        what_is_sent_again_counts_when_it_goes_out,
        few_left_is_said_once,
        without_plans_nobody_is_limited,
        a_token_of_ones_own_bot_is_always_taken,
    );
}

const USED_UP: &str = "❌ Not delivered: your free replies of this month are used up (2); left: 0.";

async fn the_refused_reply_says_so_and_goes_out_later(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    for number in 1..=2 {
        let reply = stage.answer(&copy, draft::text(format!("answer {number}"))).await;
        stage.copy_of_reply(reply).await;
    }
    let third = stage.answer(&copy, draft::text("answer 3")).await;
    let told = stage.answered(&stage.owner, &stage.master, third, USED_UP).await;
    assert!(text(&told).contains("/subscribe") && button(&told, "Send again").is_some(), "{told}");
    stage.redelivers_if_webhook("message").await;
    assert_eq!(stage.count_answers(&stage.owner, &stage.master, third, USED_UP), 1);
    // Once more changes nothing.
    stage.presses(&stage.owner, "Send again").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert!(!stage.said(&anna, &shop).contains(&"answer 3".to_owned()));
    // What customers write arrives.
    stage.asks_only(&anna, &shop, "and milk?").await;
    let shown = asks(&stage, &stage.owner, "/plan").await;
    assert!(text(&shown).contains("Replies this month: 2 of 2, left: 0."), "{shown}");
    // A restart forgets nothing.
    stage.restart().await;
    let fourth = stage.answer(&copy, draft::text("answer 4")).await;
    stage.answered(&stage.owner, &stage.master, fourth, USED_UP).await;
    // With the plan the same button sends it.
    buys(&stage, &stage.owner, now() + MONTH).await;
    let data = button(&told, "Send again").unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id(&told), &data);
    stage.sees(&anna, &shop, "answer 3").await;
    let fifth = stage.answer(&copy, draft::text("answer 5")).await;
    stage.copy_of_reply(fifth).await;
    stage.curtain().await;
}

/// What was refused last month is no way around this month's limit.
async fn what_is_sent_again_counts_when_it_goes_out(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let mut refused = Vec::new();
    for number in 0..5 {
        let reply = stage.answer(&copy, draft::text(format!("answer {number}"))).await;
        if number < 2 {
            stage.copy_of_reply(reply).await;
        } else {
            refused.push(stage.answered(&stage.owner, &stage.master, reply, USED_UP).await);
        }
    }
    stage.telegram.quiet().await;
    stage.settled().await;
    // A month later.
    let past = 40 * 24 * 3600 * 1000_i64;
    stage
        .database
        .run(&format!("UPDATE message_references SET created_at = created_at - {past}"))
        .await;
    for (number, told) in refused.iter().enumerate() {
        let shown = asks(&stage, &stage.owner, "/plan").await;
        let used = format!("Replies this month: {number} of 2");
        assert!(text(&shown).contains(&used), "{shown}");
        let data = button(told, "Send again").unwrap();
        stage.telegram.press(&stage.owner, &stage.master, id(told), &data);
        if number < 2 {
            stage.sees(&anna, &shop, &format!("answer {}", number + 2)).await;
            stage.settled().await;
        }
    }
    stage.telegram.quiet().await;
    stage.settled().await;
    assert!(!stage.said(&anna, &shop).contains(&"answer 4".to_owned()));
    stage.curtain().await;
}

async fn one_bot_more_is_refused(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    stage.attach("shop_bot", "Shop").await;
    let cafe = stage.telegram.add_bot("cafe_bot", "Café");
    let refused = "Your plan has no room for another bot. Free bots: 1. /subscribe";
    let secret = stage.owner_writes(&format!("/add {}", cafe.token)).await;
    stage.owner_sees(refused).await;
    stage.is_gone(&stage.owner, &stage.master, secret).await;
    assert_eq!(stage.database.count("bots").await, 1);
    // The question is closed: other words are no token.
    let answer = asks(&stage, &stage.owner, "hello").await;
    assert!(text(&answer).contains("This message went to nobody"), "{answer}");
    buys(&stage, &stage.owner, now() + MONTH).await;
    stage.attach_by("tea_bot", |bot| draft::text(format!("/add {}", bot.token))).await;
    stage.curtain().await;
}

async fn with_more_bots_than_allowed_the_owner_chooses(mut stage: Stage) {
    sells(&mut stage, &[("FREE_REPLIES_PER_MONTH", "50")]).await;
    buys(&stage, &stage.owner, now() + 8).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    let bert = stage.customer("Bert", &cafe).await;
    let (_, of_anna) = stage.asks(&anna, &shop, "tea?").await;
    let (_, of_bert) = stage.asks(&bert, &cafe, "coffee?").await;
    let over = stage.owner_sees("⏳ Pro ended on").await;
    assert!(text(&over).contains("can't answer now: @cafe_bot."), "{over}");
    assert_eq!(stage.database.count("bots WHERE state = 'active'").await, 2, "nothing is deleted");
    // The first answers, the other rests, and both bring messages.
    let replies = async |stage: &Stage, copy: &Value, words: &str| {
        stage.answer(copy, draft::text(words)).await
    };
    let reply = replies(&stage, &of_anna, "tea yes").await;
    stage.copy_of_reply(reply).await;
    let refused = replies(&stage, &of_bert, "coffee yes").await;
    let rests = "❌ Not delivered: @cafe_bot can't answer in your plan.";
    let told = stage.answered(&stage.owner, &stage.master, refused, rests).await;
    stage.asks_only(&bert, &cafe, "hello?").await;
    // Chosen, it answers, and the other rests.
    stage.presses(&stage.owner, "💤 @cafe_bot").await;
    let shown = stage.owner_sees("✅ @cafe_bot\n💤 @shop_bot").await;
    assert!(text(&shown).contains("Bots: 2 of 1"), "{shown}");
    let data = button(&told, "Send again").unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id(&told), &data);
    stage.sees(&bert, &cafe, "coffee yes").await;
    let refused = replies(&stage, &of_anna, "more tea").await;
    let rests = "❌ Not delivered: @shop_bot can't answer in your plan.";
    stage.answered(&stage.owner, &stage.master, refused, rests).await;
    stage.asks_only(&anna, &shop, "anybody?").await;
    // A button of somebody else's bot does nothing.
    let message = asks(&stage, &stage.owner, "/plan").await;
    stage.forges(&stage.owner, &stage.master, Some(message), "answering:1").await;
    stage.curtain().await;
}

async fn an_album_is_refused_as_a_whole(mut stage: Stage) {
    sells(&mut stage, &[("FREE_REPLIES_PER_MONTH", "0")]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "a picture?").await;
    for seed in 0..2_u8 {
        let photo = draft::photo(vec![seed; 50]).media_group_id("g1").reply_to(id(&copy));
        stage.telegram.send(&stage.owner, &stage.master, photo).await;
    }
    let told = stage.owner_sees("your free replies of this month are used up (0)").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    let times = stage.times(&stage.owner, &stage.master, "are used up");
    assert_eq!(times, 1, "once for all of it");
    buys(&stage, &stage.owner, now() + MONTH).await;
    let data = button(&told, "Send again").unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id(&told), &data);
    stage
        .wait_for(&anna, &shop, "both photos", |messages| {
            (messages.iter().filter(|m| m.get("photo").is_some()).count() == 2).then_some(())
        })
        .await;
    stage.curtain().await;
}

async fn few_left_is_said_once(mut stage: Stage) {
    sells(&mut stage, &[("FREE_REPLIES_PER_MONTH", "4")]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let few = "⏳ Free replies left this month: 1 of 4.";
    for number in 1..=4 {
        let reply = stage.answer(&copy, draft::text(format!("answer {number}"))).await;
        stage.copy_of_reply(reply).await;
        stage.telegram.quiet().await;
        stage.settled().await;
        let times = stage.times(&stage.owner, &stage.master, few);
        assert_eq!(times, usize::from(number >= 3), "after {number}");
    }
    stage.curtain().await;
}

async fn without_plans_nobody_is_limited(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    for number in 0..4 {
        let reply = stage.answer(&copy, draft::text(format!("yes {number}"))).await;
        stage.copy_of_reply(reply).await;
    }
    for command in ["/subscribe", "/plan", "/unsubscribe", "/terms", "/paysupport"] {
        let answer = asks(&stage, &stage.owner, command).await;
        assert!(text(&answer).starts_with("Nothing to pay here"), "{command}: {answer}");
    }
    let help = asks(&stage, &stage.owner, "/help").await;
    assert!(!text(&help).contains("/paysupport") && text(&help).contains("/subscribe: your plan"));
    let allowed = stage.telegram.webhook_of(&stage.master).unwrap()["allowed_updates"].clone();
    assert!(!allowed.to_string().contains("pre_checkout_query"), "{allowed}");
    stage.curtain().await;
}

async fn a_token_of_ones_own_bot_is_always_taken(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let renewed = stage.telegram.revoke_token(&shop);
    stage.owner_writes(&format!("/add {}", renewed.token)).await;
    stage.owner_sees("token of @shop_bot is in use").await;
    stage.curtain().await;
}
