//! A bot is detached while Telegram stumbles: its webhook goes all the same, and what its customers
//! write meanwhile is not swallowed.

use std::time::{Duration, Instant};

use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{Stage, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        a_webhook_is_removed_however_telegram_stumbles,
        a_removal_is_insisted_on_and_its_owner_does_not_wait,
        what_comes_for_a_detached_bot_is_refused_and_kept,
        an_owner_is_told_of_a_webhook_that_stays,
    );
}

const LEFT: &str = "Everything of yours is removed";
/// How long an owner may be kept waiting by a webhook that can't be removed.
const SOON: Duration = Duration::from_secs(8);

async fn detaches(stage: &Stage, bot: &Bot) {
    stage.owner_writes("/remove").await;
    stage.owner_sees(&format!("Detach @{}?", bot.username)).await;
    let pressed = Instant::now();
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees(&format!("@{} is detached", bot.username)).await;
    assert!(pressed.elapsed() < SOON, "{:?}", pressed.elapsed());
}

async fn webhook_goes(stage: &Stage, bot: &Bot) {
    let gone = |view: &telegram_emulator::View<'_>| {
        view.webhook_of(bot).is_none_or(|hook| hook["url"] == "").then_some(())
    };
    stage.telegram.wait("no webhook", gone).await;
}

/// Told to wait for longer than an owner waits, then faults.
async fn a_webhook_is_removed_however_telegram_stumbles(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let limited = Answer::TooManyRequests { retry_after: 8 };
    stage.telegram.fault(Fault::on("deleteWebhook").bot(&shop).answer(limited));
    stage.telegram.fault(Fault::on("deleteWebhook").bot(&shop).answer(Answer::Internal).times(2));
    stage.owner_writes("/leave").await;
    stage.owner_sees("Remove everything of yours?").await;
    let pressed = Instant::now();
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    assert!(pressed.elapsed() < SOON, "{:?}", pressed.elapsed());
    assert!(stage.telegram.webhook_of(&shop).is_some(), "it was asked to wait");
    stage.telegram.quiet().await;
    stage.nothing_names(stage.owner.id).await;
    stage.nothing_names(shop.id).await;
    webhook_goes(&stage, &shop).await;
    assert!(pressed.elapsed() >= Duration::from_secs(8), "Telegram's wish was obeyed");
    assert_eq!(stage.telegram.faults_left(), 0);
    stage.curtain().await;
}

async fn a_removal_is_insisted_on_and_its_owner_does_not_wait(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let slow = Answer::HangBefore(Duration::from_secs(60));
    stage.telegram.fault(Fault::on("deleteWebhook").bot(&shop).answer(slow));
    detaches(&stage, &shop).await;
    webhook_goes(&stage, &shop).await;
    stage.curtain().await;
}

async fn what_comes_for_a_detached_bot_is_refused_and_kept(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    let down = Fault::on("deleteWebhook").bot(&shop).answer(Answer::Internal).always();
    stage.telegram.fault(down);
    detaches(&stage, &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("is anybody there?")).await;
    let refused = |view: &telegram_emulator::View<'_>| {
        let last = view.deliveries().iter().rfind(|one| one.bot == shop.id)?;
        (last.status == Some(401)).then_some(())
    };
    stage.telegram.wait("a refusal", refused).await;
    let hook = stage.telegram.webhook_of(&shop).expect("it could not be removed");
    assert!(hook["last_error_message"].as_str().is_some_and(|said| said.contains("401")), "{hook}");
    assert_eq!(stage.telegram.pending(&shop).len(), 1);
    // Attached anew, it brings what was kept, and nobody takes its webhook away.
    stage.owner_writes(&shop.token).await;
    stage.sees_times(&stage.owner, &stage.master, "@shop_bot is attached", 2).await;
    stage.telegram.clear_faults();
    stage.owner_sees("is anybody there?").await;
    stage.asks_only(&anna, &shop, "and now?").await;
    assert!(stage.telegram.webhook_of(&shop).is_some_and(|hook| hook["url"] != ""));
    stage.curtain().await;
}

async fn an_owner_is_told_of_a_webhook_that_stays(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let refusal = Answer::Refuse(400, "Bad Request: not now".to_owned());
    stage.telegram.fault(Fault::on("deleteWebhook").bot(&shop).answer(refusal).times(3));
    detaches(&stage, &shop).await;
    stage.owner_sees("Telegram refused to end the delivery of its messages").await;
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Telegram refused to end"), 1);
    assert_eq!(stage.telegram.faults_left(), 0);
    stage.stop().await;
}
