//! `/leave`: everything of an owner's is removed, and nothing of anybody else's.

use telegram_emulator::draft;

use super::{another_owner, leaves_traces};
use crate::master_claim::printed_code;
use crate::support::{
    Mode, Stage,
    matrix::{on_every_dark_stage, on_every_stage},
};

mod stages {
    use super::*;
    on_every_stage!(an_owner_leaves_and_nothing_of_his_stays);
    on_every_dark_stage!(who_has_left_can_claim_the_installation_again);
}

const LEFT: &str = "Everything of yours is removed";

async fn an_owner_leaves_and_nothing_of_his_stays(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (otto, kiosk) = another_owner(&mut stage, "kiosk_bot").await;
    let anna = stage.customer("Anna", &shop).await;
    leaves_traces(&stage, &anna, &shop).await;
    stage.sets(&["Reminder", "after 4 h", "Save"]).await;
    stage.owner_writes("/stats utc+2").await;
    // As a customer of somebody else's.
    let olga = stage.owner.clone();
    let as_customer = {
        stage.telegram.start(&anna, &kiosk, "").await;
        stage.asks(&anna, &kiosk, "newspapers?").await;
        let before = stage.traces_of(otto.id).await;
        stage.telegram.start(&olga, &kiosk, "").await;
        stage.asks(&olga, &kiosk, "newspapers, too?").await;
        before
    };
    let others = stage.traces_of(anna.id).await;
    assert!(!stage.traces_of(shop.id).await.is_empty());
    stage.owner_writes("/leave").await;
    let asked = stage.owner_sees("Remove everything of yours?").await;
    assert!(asked["text"].as_str().unwrap().contains("@shop_bot"), "{asked}");
    stage.presses(&olga, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    if stage.mode() == Mode::Webhook {
        assert!(stage.telegram.webhook_of(&shop).is_none_or(|hook| hook["url"] == ""));
        stage.redelivers("callback_query").await;
    }
    assert_eq!(stage.times(&olga, &stage.master, LEFT), 1);
    // What is left is what she wrote as a customer.
    for trace in stage.traces_of(olga.id).await {
        let customers = ["customer_id", "source_chat", "copy_chat"];
        assert!(customers.iter().any(|column| trace.ends_with(column)), "{trace}");
    }
    assert_eq!(
        stage.database.count(&format!("conversations WHERE customer_id = {}", olga.id)).await,
        1
    );
    // By which the tokens are counted that Telegram saw lately.
    let mut of_bot = stage.traces_of(shop.id).await;
    of_bot.retain(|trace| trace != "installation.value");
    assert_eq!(of_bot, Vec::<String>::new(), "nor of her bot");
    assert_eq!(stage.traces_of(otto.id).await, as_customer, "Otto's is as it was");
    assert!(stage.traces_of(anna.id).await.len() < others.len());
    stage.telegram.send(&olga, &kiosk, draft::text("/forget")).await;
    stage.presses_on(&olga, &kiosk, "Forget me").await;
    stage.sees(&olga, &kiosk, "You are forgotten").await;
    stage.telegram.quiet().await;
    stage.nothing_names(olga.id).await;
    // Her bot is free, and what customers write to it goes nowhere.
    stage.telegram.start(&olga, &stage.master, "").await;
    stage.sees_times(&olga, &stage.master, "/add attaches", 2).await;
    stage.curtain().await;
}

async fn who_has_left_can_claim_the_installation_again(stage: Stage) {
    let mut process = stage.launch().await;
    let payload = printed_code(&mut process).await;
    let olga = stage.owner.clone();
    stage.telegram.start(&olga, &stage.master, &payload).await;
    stage.owner_sees("This installation is yours now").await;
    stage.owner_writes("/leave").await;
    stage.presses(&olga, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    stage.telegram.quiet().await;
    stage.nothing_names(olga.id).await;
    // The button again: she is nobody, and nothing is written of her.
    let asked = stage.owner_sees(LEFT).await;
    stage.forges(&olga, &stage.master, Some(asked), "leave:0").await;
    stage.nothing_names(olga.id).await;
    stage.telegram.start(&olga, &stage.master, &payload).await;
    stage.sees_times(&olga, &stage.master, "This installation is yours now", 2).await;
    process.stop().await;
}
