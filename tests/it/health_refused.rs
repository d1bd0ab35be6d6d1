//! A token that Telegram refuses for a while: noticed, told, and noticed when it is over.

use std::time::Duration;

use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::{
    plans::asks,
    support::{
        Mode, Stage,
        matrix::{on_every_database, on_every_stage},
        talk::id,
        text,
    },
};

mod stages {
    use super::*;
    on_every_stage!(a_refusal_that_passes_is_told_of_twice);
    on_every_database!(set(Webhook):
        an_update_shows_that_the_token_works,
        what_customers_send_meanwhile_is_not_lost,
    );
}

const REFUSED: &str = "🔴 Telegram no longer accepts the token of @shop_bot";
const WORKS: &str = "🟢 @shop_bot works again";

fn refuse(stage: &Stage, bot: &Bot) {
    for method in ["*", "getUpdates"] {
        let refused = Answer::Refuse(401, "Unauthorized".to_owned());
        stage.telegram.fault(Fault::on(method).bot(bot).always().answer(refused));
    }
}

async fn a_refusal_that_passes_is_told_of_twice(mut stage: Stage) {
    stage.watch_every(Duration::from_millis(600));
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    refuse(&stage, &shop);
    let reply = stage.answer(&copy, draft::text("Yes.")).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "❌ Not delivered").await;
    stage.owner_sees(REFUSED).await;
    // A process that is started meanwhile looks at it, too, and tells nothing twice.
    stage.restart().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🔴 @shop_bot (Shop)").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, WORKS), 0);
    stage.telegram.clear_faults();

    stage.owner_sees(WORKS).await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    let answer = stage.copy_of_reply(reply).await;
    assert_eq!(text(&answer), "Yes.");
    stage.asks(&anna, &shop, "Green, please.").await;
    for words in [REFUSED, WORKS] {
        assert_eq!(stage.times(&stage.owner, &stage.master, words), 1, "{words}");
    }
    // Once more, in a process that goes on.
    refuse(&stage, &shop);
    stage.answer(&copy, draft::text("Green.")).await;
    stage.sees_times(&stage.owner, &stage.master, REFUSED, 2).await;
    stage.telegram.clear_faults();
    stage.sees_times(&stage.owner, &stage.master, WORKS, 2).await;
    let status = asks(&stage, &stage.owner, "/status").await;
    assert!(!text(&status).contains("Get the current token"), "{status}");
    stage.asks(&anna, &shop, "And black.").await;
    stage.restart().await;
    stage.asks(&anna, &shop, "That is all.").await;
    for words in [REFUSED, WORKS] {
        assert_eq!(stage.times(&stage.owner, &stage.master, words), 2, "{words}");
    }
    stage.curtain().await;
}

async fn an_update_shows_that_the_token_works(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    refuse(&stage, &shop);
    stage.answer(&copy, draft::text("Yes.")).await;
    stage.owner_sees(REFUSED).await;
    stage.telegram.clear_faults();
    // By itself that is looked at after a minute.
    stage.asks(&anna, &shop, "Hello?").await;
    stage.owner_sees(WORKS).await;
    stage.curtain().await;
}

async fn what_customers_send_meanwhile_is_not_lost(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    refuse(&stage, &shop);
    stage.answer(&copy, draft::text("Yes.")).await;
    stage.owner_sees(REFUSED).await;
    assert_eq!(stage.mode(), Mode::Webhook);
    let (_, copy) = stage.asks_only(&anna, &shop, "Hello?").await;
    assert!(text(&copy).ends_with("Hello?"), "{copy:#}");
    let picture = draft::photo("tea").caption("this one");
    let picture = stage.telegram.send(&anna, &shop, picture).await;
    let copy = stage.copy_of(&shop, &anna, picture).await;
    assert!(text(&copy).contains("this one") && text(&copy).contains("photo"), "{copy:#}");
    stage.asks_only(&anna, &shop, "Do you see it?").await;
    stage.telegram.quiet().await;
    stage.telegram.clear_faults();
    stage.curtain().await;
}
