//! `/leave`: everything of an owner's is removed, and nothing of anybody else's.

use std::time::{Duration, Instant};

use serde_json::json;
use telegram_emulator::{Answer, Fault, draft};

use super::{another_owner, leaves_traces};
use crate::master_claim::printed_code;
use crate::plans::{MONTH, buys, now, offer, sells};
use crate::support::{
    Mode, Process, Stage,
    matrix::{on_every_dark_stage, on_every_database, on_every_stage},
    talk::bytes,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(an_owner_leaves_and_nothing_of_his_stays);
    on_every_database!(set(Webhook):
        who_pays_leaves_and_is_not_charged_again,
        who_is_named_begins_anew_by_start_alone,
        an_album_under_way_arrives_and_leaves_nothing,
        what_cannot_arrive_is_told_when_an_owner_leaves,
        an_owner_is_told_what_he_has_to_wait_for,
        what_is_paid_after_leaving_goes_back,
        an_announcement_on_its_way_to_who_leaves_leaves_nothing,
    );
    on_every_database!(dark(Webhook): what_waited_behind_the_press_writes_nobody_down);
    on_every_dark_stage!(who_has_left_can_claim_the_installation_again);
}

const LEFT: &str = "Everything of yours is removed";
const WAITS: &str = "Something of yours is still on its way";
const GONE: &str = "this bot is not in use any more";

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
    assert_eq!(stage.traces_of(shop.id).await, Vec::<String>::new(), "nor of her bot");
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
    assert_eq!(stage.traces_of(kiosk.id).await, Vec::<String>::new(), "nor of his bot");
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

/// The link that claims the installation, and the process that printed it.
async fn claims_and_leaves(stage: &Stage) -> (Process, String) {
    let mut process = stage.launch().await;
    let payload = printed_code(&mut process).await;
    stage.telegram.start(&stage.owner, &stage.master, &payload).await;
    stage.owner_sees("This installation is yours now").await;
    stage.owner_writes("/leave").await;
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    (process, payload)
}

async fn who_has_left_can_claim_the_installation_again(mut stage: Stage) {
    let (process, payload) = claims_and_leaves(&stage).await;
    let olga = stage.owner.clone();
    stage.telegram.quiet().await;
    stage.nothing_names(olga.id).await;
    // The button again: she is nobody, and nothing is written of her.
    let asked = stage.owner_sees(LEFT).await;
    stage.forges(&olga, &stage.master, Some(asked), "leave:0").await;
    stage.nothing_names(olga.id).await;
    process.stop().await;
    // Owners of an open time do not keep it from anybody; the link of before is nobody's any more.
    stage.vary("REGISTRATION", "open");
    let mut process = stage.launch().await;
    let open = printed_code(&mut process).await;
    let tenant = stage.tenant("Boris").await;
    process.stop().await;
    stage.vary("REGISTRATION", "closed");
    let mut process = stage.launch().await;
    let next = printed_code(&mut process).await;
    assert!(next == open && next != payload);
    stage.telegram.start(&olga, &stage.master, &payload).await;
    stage.owner_sees("Sorry, this bot works for its owner only.").await;
    stage.telegram.start(&tenant, &stage.master, &next).await;
    stage.sees(&tenant, &stage.master, "This installation is yours now").await;
    stage.telegram.start(&olga, &stage.master, &next).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&olga, &stage.master, "This installation is yours now"), 1);
    assert_eq!(process.stop().await.stdout.matches("?start=").count(), 1);
    let process = stage.launch().await;
    stage.telegram.quiet().await;
    assert_eq!(process.stop().await.stdout, "", "nothing is left to claim");
}

/// What waited behind the press does not make an owner of who has just left.
async fn who_is_named_begins_anew_by_start_alone(mut stage: Stage) {
    let olga = stage.owner.clone();
    stage.owner_writes("/leave").await;
    stage.presses(&olga, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    stage.owner_writes("and one more word").await;
    stage.owner_sees("Send /start to begin.").await;
    stage.redelivers("message").await;
    assert_eq!(stage.times(&olga, &stage.master, "Send /start to begin."), 1);
    stage.nothing_names(olga.id).await;
    stage.telegram.start(&olga, &stage.master, "").await;
    stage.sees_times(&olga, &stage.master, "/add attaches", 2).await;
    stage.curtain().await;
}

/// A customer's album takes longer than detaching its bot waits for.
async fn an_album_under_way_arrives_and_leaves_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.owner_writes("/leave").await;
    stage.owner_sees("Remove everything of yours?").await;
    stage.telegram.quiet().await;
    let slow = Answer::HangBefore(Duration::from_secs(8));
    stage.telegram.fault(Fault::on("sendMediaGroup").bot(&stage.master).answer(slow));
    let mut last = 0;
    for seed in [1, 2] {
        let item = draft::photo(bytes(seed, 900)).media_group_id("album");
        last = stage.telegram.send(&anna, &shop, item).await;
    }
    stage.reference_when((shop.id, anna.id, last), |row| row.state == "sending").await;
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    assert_eq!(chat.iter().filter(|message| message.get("photo").is_some()).count(), 2);
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.curtain().await;
    stage.nothing_names(anna.id).await;
    stage.nothing_names(stage.owner.id).await;
}

/// Anna's album has to wait: its files can't be had.
async fn what_cannot_arrive_is_told_when_an_owner_leaves(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    stage.owner_writes("/leave").await;
    stage.owner_sees("Remove everything of yours?").await;
    stage.telegram.quiet().await;
    let later = Answer::TooManyRequests { retry_after: 3600 };
    stage.telegram.fault(Fault::on("getFile").bot(&shop).answer(later).always());
    let mut items = Vec::new();
    for seed in [1, 2] {
        let item = draft::photo(bytes(seed, 900)).media_group_id("album");
        items.push(stage.telegram.send(&anna, &shop, item).await);
    }
    stage.reference_when((shop.id, anna.id, items[1]), |row| row.state == "held").await;
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    stage.answered(&anna, &shop, items[0], GONE).await;
    assert_eq!(stage.times(&anna, &shop, GONE), 1);
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.nothing_names(anna.id).await;
    stage.nothing_names(stage.owner.id).await;
    stage.curtain().await;
}

/// A change of his waits for an hour, in the chat in which he presses.
async fn an_owner_is_told_what_he_has_to_wait_for(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let reply = stage.answer(&copy, draft::text("At 5.")).await;
    stage.copy_of_reply(reply).await;
    stage.settled().await;
    let later = Answer::TooManyRequests { retry_after: 3600 };
    stage.telegram.fault(Fault::on("editMessageText").bot(&shop).answer(later));
    stage.telegram.edit(&stage.owner, &stage.master, reply, draft::text("At 6.")).await;
    stage.database.until("parked WHERE kind = 'edit'").await;
    stage.owner_writes("/leave").await;
    stage.owner_sees("Remove everything of yours?").await;
    stage.telegram.quiet().await;
    stage.database.run("UPDATE parked SET parked_at = parked_at - 60000").await;
    let pressed = Instant::now();
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees(WAITS).await;
    assert!(pressed.elapsed() < Duration::from_secs(10), "{:?}", pressed.elapsed());
    stage.telegram.quiet().await;
    assert!(stage.telegram.webhook_of(&shop).is_some_and(|hook| hook["url"] != ""));
    // Once nothing waits any more, the same button works.
    stage.database.run("DELETE FROM parked").await;
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees(LEFT).await;
    stage.nothing_names(stage.owner.id).await;
    stage.stop().await;
}

/// Where nobody can register, whoever claimed the installation is a stranger once he has left: what
/// he wrote before he knew it must not name him for as long as references are kept.
async fn what_waited_behind_the_press_writes_nobody_down(stage: Stage) {
    const STRANGER: &str = "Sorry, this bot works for its owner only.";
    let (process, _) = claims_and_leaves(&stage).await;
    let olga = stage.owner.clone();
    stage.owner_writes("is it done?").await;
    stage.owner_sees(STRANGER).await;
    stage.redelivers("message").await;
    assert_eq!(stage.times(&olga, &stage.master, STRANGER), 1);
    stage.nothing_names(olga.id).await;
    process.stop().await;
    // Another process knows it as well.
    let process = stage.launch().await;
    stage.owner_writes("hello?").await;
    stage.sees_times(&olga, &stage.master, STRANGER, 2).await;
    stage.telegram.quiet().await;
    stage.nothing_names(olga.id).await;
    // Later she is a stranger like any other.
    stage.telegram.pass_time(Duration::from_mins(15));
    for words in ["anybody?", "anybody there?"] {
        stage.owner_writes(words).await;
        stage.telegram.quiet().await;
    }
    assert_eq!(stage.times(&olga, &stage.master, STRANGER), 3);
    assert_eq!(stage.database.count("refused_chats").await, 1);
    process.stop().await;
}

/// It is being sent to Otto when he presses, and then waits for Zoe.
async fn an_announcement_on_its_way_to_who_leaves_leaves_nothing(mut stage: Stage) {
    stage.opens().await;
    let mut others = [stage.tenant("Otto").await, stage.tenant("Zoe").await];
    others.sort_by_key(|owner| owner.id);
    let [otto, zoe] = others;
    let master = stage.master.clone();
    stage.telegram.send(&otto, &master, draft::text("/leave")).await;
    stage.sees(&otto, &master, "Remove everything of yours?").await;
    stage.owner_writes("/admin announce We move tonight.").await;
    stage.owner_sees("This is how the owners will see it.").await;
    stage.telegram.quiet().await;
    let to =
        |owner: &telegram_emulator::Person| Fault::on("sendMessage").bot(&master).chat(owner.id);
    stage.telegram.fault(to(&otto).answer(Answer::Hang(Duration::from_secs(3))));
    stage.telegram.fault(to(&zoe).answer(Answer::TooManyRequests { retry_after: 100_000 }));
    stage.presses(&stage.owner, "Send to 2").await;
    stage.database.until(&format!("announcements WHERE trying = {}", otto.id)).await;
    stage.presses(&otto, "Remove everything").await;
    stage.sees(&otto, &master, LEFT).await;
    let tried = |view: &telegram_emulator::View<'_>| (view.faults_left() == 0).then_some(());
    stage.telegram.wait("Zoe is tried", tried).await;
    stage.settled().await;
    stage.nothing_names(otto.id).await;
    assert_eq!(stage.times(&otto, &master, "We move tonight."), 1);
    assert_eq!(stage.times(&zoe, &master, "We move tonight."), 0, "it waits");
    // Another process knows nothing of that wait.
    stage.restart().await;
    stage.sees(&zoe, &master, "We move tonight.").await;
    stage.owner_sees("📣 Announced.").await;
    stage.curtain().await;
}
