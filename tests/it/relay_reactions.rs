//! Reactions, seen on the other side.

use serde_json::{Value, json};
use telegram_emulator::{Bot, Person, draft};

use crate::support::{
    Stage,
    matrix::{on_every_database, on_every_stage},
    talk::id,
};

mod stages {
    use super::*;
    on_every_stage!(reactions_are_seen_on_the_other_side_changed_and_taken_away);
    on_every_database!(set(Webhook):
        a_reaction_nobody_may_use_becomes_the_nearest,
        a_late_receipt_does_not_cover_a_reaction,
        reactions_to_what_was_never_relayed_change_nothing,
    );
}

/// Waits until a message shows exactly this emoji of the bot's.
async fn shows(stage: &Stage, person: &Person, bot: &Bot, message: i64, emoji: Option<&str>) {
    let wanted = emoji.map_or(Value::Null, |emoji| json!(emoji));
    stage
        .wait_for(person, bot, &format!("{emoji:?} on {message}"), |messages| {
            let shown = messages.iter().find(|shown| id(shown) == message)?;
            let reactions = shown["reactions"].as_array().cloned().unwrap_or_default();
            let own = reactions.iter().find(|reaction| reaction["actor"] == bot.id);
            let now = own.map_or(Value::Null, |own| own["reaction"]["emoji"].clone());
            (now == wanted).then_some(())
        })
        .await;
}

async fn reactions_are_seen_on_the_other_side_changed_and_taken_away(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "Tea?").await;
    let reply = stage.answer(&copy, draft::text("Yes.")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    let (owner, master) = (&stage.owner, &stage.master);
    shows(&stage, owner, master, reply, Some("👍")).await;
    // The customer on the owner's reply: in place of the receipt, which comes back.
    for emoji in ["❤", "🔥"] {
        stage.telegram.react(&anna, &shop, seen, Some(emoji));
        shows(&stage, owner, master, reply, Some(emoji)).await;
    }
    stage.telegram.react(&anna, &shop, seen, None);
    shows(&stage, owner, master, reply, Some("👍")).await;
    // The owner on the customer's message.
    for emoji in [Some("🙏"), Some("😁"), None] {
        stage.telegram.react(owner, master, id(&copy), emoji);
        shows(&stage, &anna, &shop, question, emoji).await;
    }
    // Each on what they wrote themselves. The owner's does not clash with the receipt.
    stage.telegram.react(owner, master, reply, Some("👍"));
    shows(&stage, &anna, &shop, seen, Some("👍")).await;
    stage.telegram.react(&anna, &shop, question, Some("🎉"));
    shows(&stage, owner, master, id(&copy), Some("🎉")).await;
    shows(&stage, owner, master, reply, Some("👍")).await;
    stage.curtain().await;
}

async fn a_reaction_nobody_may_use_becomes_the_nearest(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "Tea?").await;
    let (owner, master) = (&stage.owner, &stage.master);
    let custom = |emoji: &str| {
        let id = stage.telegram.add_custom_emoji(emoji);
        json!({"type": "custom_emoji", "custom_emoji_id": id})
    };
    for (emoji, nearest) in [("😂", "🤣"), ("💙", "❤"), ("🎉", "🎉")] {
        stage.telegram.react_with(&anna, &shop, question, &[custom(emoji)]);
        shows(&stage, owner, master, id(&copy), Some(nearest)).await;
    }
    // Several, with Premium: the latest.
    let several =
        [json!({"type": "emoji", "emoji": "👎"}), json!({"type": "emoji", "emoji": "🔥"})];
    stage.telegram.react_with(owner, master, id(&copy), &several);
    shows(&stage, &anna, &shop, question, Some("🔥")).await;
    stage.telegram.react_with(owner, master, id(&copy), &[json!({"type": "paid"})]);
    shows(&stage, &anna, &shop, question, Some("👍")).await;
    stage.telegram.react_with(owner, master, id(&copy), &[json!({"type": "hologram"})]);
    stage.telegram.quiet().await;
    stage.stop().await;
}

async fn a_late_receipt_does_not_cover_a_reaction(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Tea?").await;
    let (owner, master) = (&stage.owner, &stage.master);
    // The receipt has to wait; the customer reacts at once.
    let wait = telegram_emulator::Answer::TooManyRequests { retry_after: 2 };
    stage
        .telegram
        .fault(telegram_emulator::Fault::on("setMessageReaction").bot(master).answer(wait));
    let reply = stage.answer(&copy, draft::text("Yes.")).await;
    let seen = id(&stage.copy_of_reply(reply).await);
    stage.telegram.react(&anna, &shop, seen, Some("❤"));
    shows(&stage, owner, master, reply, Some("❤")).await;
    stage.settled().await;
    shows(&stage, owner, master, reply, Some("❤")).await;
    stage.curtain().await;
}

async fn reactions_to_what_was_never_relayed_change_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let greeting = id(&stage.telegram.chat(&anna, &shop)[1]);
    let welcome = id(&stage.telegram.chat(&stage.owner, &stage.master)[1]);
    let before = stage.telegram.ledger().len();
    stage.telegram.react(&anna, &shop, greeting, Some("❤"));
    stage.telegram.react(&stage.owner, &stage.master, welcome, Some("❤"));
    stage.telegram.quiet().await;
    stage.settled().await;
    let calls: Vec<_> = stage.telegram.ledger().split_off(before);
    assert!(calls.iter().all(|call| call.method != "setMessageReaction"), "{calls:?}");
    stage.curtain().await;
}
