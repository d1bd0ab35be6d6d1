//! `/leave`: everything of an owner's is removed, and nothing of anybody else's.

use serde_json::json;
use telegram_emulator::{Answer, Fault, draft};

use super::{another_owner, leaves_traces};
use crate::master_claim::printed_code;
use crate::plans::{MONTH, buys, now, offer, sells};
use crate::support::{
    Mode, Stage,
    matrix::{on_every_dark_stage, on_every_database, on_every_stage},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(an_owner_leaves_and_nothing_of_his_stays);
    on_every_database!(set(Webhook):
        who_pays_leaves_and_is_not_charged_again,
        what_is_paid_after_leaving_goes_back,
    );
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

/// Neither what he paid nor what he was told of by the operator leads to him afterwards, whatever
/// Telegram delivers late.
async fn who_pays_leaves_and_is_not_charged_again(mut stage: Stage) {
    let (otto, kiosk) = another_owner(&mut stage, "kiosk_bot").await;
    let (both, master) = (format!("{},{}", stage.owner.id, otto.id), stage.master.clone());
    sells(&mut stage, &[("OWNER_IDS", both.as_str())]).await;
    let charge = buys(&stage, &otto, now() + MONTH).await;
    stage.owner_writes("/admin announce").await;
    stage.owner_sees("Send the text that all owners are to read.").await;
    stage.owner_writes("We move tonight.").await;
    stage.owner_sees("This is how the owners will see it.").await;
    stage.presses(&stage.owner, "Send to 1").await;
    stage.sees(&otto, &master, "We move tonight.").await;
    stage.owner_sees("📣 Announced.").await;
    stage.telegram.send(&otto, &master, draft::text("/leave")).await;
    let asked = stage.sees(&otto, &master, "Remove everything of yours?").await;
    assert!(text(&asked).contains("Your paid plan, until 20"), "{asked}");
    stage.presses(&otto, "Remove everything").await;
    stage.sees(&otto, &master, LEFT).await;
    assert_eq!(stage.telegram.is_canceled(&charge), Some(true), "nothing more is charged");
    stage.telegram.quiet().await;
    stage.nothing_names(otto.id).await;
    let mut of_bot = stage.traces_of(kiosk.id).await;
    of_bot.retain(|trace| trace != "installation.value");
    assert_eq!(of_bot, Vec::<String>::new(), "nor of his bot");
    assert_eq!(stage.database.count("payments WHERE owner_id IS NULL").await, 1);
    // The same payment once more, and what he changes in Telegram itself.
    let paid = json!({
        "currency": "XTR", "total_amount": 250, "invoice_payload": "pro", "is_recurring": true,
        "is_first_recurring": true, "telegram_payment_charge_id": charge,
        "provider_payment_charge_id": "", "subscription_expiration_date": now() + MONTH,
    });
    let message = json!({
        "message_id": 9001, "date": now(), "chat": otto.chat(), "from": otto.user(),
        "successful_payment": paid,
    });
    stage.telegram.push_update(&master, json!({ "message": message }));
    let changed = json!({"user": otto.user(), "invoice_payload": "pro", "state": "active"});
    stage.telegram.push_update(&master, json!({ "subscription": changed }));
    stage.telegram.quiet().await;
    stage.nothing_names(otto.id).await;
    assert_eq!(stage.times(&otto, &master, "Thank you!"), 1);
    stage.curtain().await;
}

/// He left with an offer open, and with a subscription that Telegram would not end.
async fn what_is_paid_after_leaving_goes_back(mut stage: Stage) {
    let (otto, _) = another_owner(&mut stage, "kiosk_bot").await;
    let (both, master) = (format!("{},{}", stage.owner.id, otto.id), stage.master.clone());
    sells(&mut stage, &[("OWNER_IDS", both.as_str())]).await;
    let link = offer(&stage, &otto).await;
    let first = buys(&stage, &otto, now() + MONTH).await;
    let refusal = Answer::Refuse(400, "Bad Request: CHARGE_ID_INVALID".to_owned());
    stage.telegram.fault(Fault::on("editUserStarSubscription").answer(refusal));
    stage.telegram.send(&otto, &master, draft::text("/leave")).await;
    stage.sees(&otto, &master, "Remove everything of yours?").await;
    stage.presses(&otto, "Remove everything").await;
    stage.sees(&otto, &master, LEFT).await;
    stage.telegram.quiet().await;
    let back = "↩️ 250 Stars were given back to you: there is no account of yours here";
    let renewal = stage.telegram.renew(&otto, &master, &first, now() + 2 * MONTH).await;
    stage.sees(&otto, &master, back).await;
    assert_eq!(stage.telegram.is_canceled(&first), Some(true));
    let late = stage.telegram.subscribe(&otto, &master, &link, now() + MONTH).await.unwrap();
    stage.sees_times(&otto, &master, back, 2).await;
    assert_eq!(stage.telegram.is_canceled(&late), Some(true));
    assert!([&renewal, &late].iter().all(|charge| stage.telegram.is_refunded(charge)));
    assert!(!stage.telegram.is_refunded(&first), "that month was his");
    stage.redelivers("message").await;
    stage.telegram.quiet().await;
    stage.nothing_names(otto.id).await;
    assert_eq!(stage.times(&otto, &master, back), 2);
    assert_eq!(stage.times(&otto, &master, "✅ Thank you!"), 1);
    let kept = "payments WHERE owner_id IS NULL AND refunded_at IS NOT NULL";
    assert_eq!(stage.database.count(kept).await, 2);
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
