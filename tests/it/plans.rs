//! The paid plan: offered, paid, renewed, stopped, ended, given back.

use std::{
    ffi::OsString,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use feedback_relay::{config::Config, model::OwnerId, store::Store};
use serde_json::{Value, json};
use telegram_emulator::{Answer, Fault, Person, View, actions::Payment, draft};

use crate::support::{
    Backend, Mode, Process, Stage, by_bot,
    matrix::{on_every_database, on_every_stage},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(the_life_of_a_subscription, payments_in_any_order_and_number);
    on_every_database!(set(Webhook):
        a_refund_ends_what_it_paid,
        a_refund_stops_the_renewal_in_the_end,
        each_subscription_is_stopped,
        a_failure_told_late_is_none,
        who_is_not_reached_holds_up_nobody,
        what_is_changed_in_telegram_is_known,
        who_may_not_pay_is_told_why,
        questions_reach_the_operator,
        questions_do_not_drown_the_operator,
        every_update_about_money_has_its_effect_once,
        a_payment_is_never_given_up,
    );
}

pub const MONTH: i64 = 30 * 24 * 3600;

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// Plans are sold from now on: one bot and two replies are free.
pub async fn sells(stage: &mut Stage, more: &[(&str, &str)]) {
    let all = [("PRO_PRICE_STARS", "250"), ("FREE_BOTS", "1"), ("FREE_REPLIES_PER_MONTH", "2")];
    for (name, value) in all.iter().chain(more) {
        stage.vary(name, value);
    }
    stage.restart().await;
    let master = stage.master.clone();
    let wants = |view: &View<'_>| view.wants(&master, "subscription").then_some(());
    stage.telegram.wait("an order for payments", wants).await;
}

/// What the master bot answers to a command.
pub async fn asks(stage: &Stage, person: &Person, command: &str) -> Value {
    let before = stage.telegram.chat(person, &stage.master).len();
    stage.telegram.send(person, &stage.master, draft::text(command)).await;
    stage
        .wait_for(person, &stage.master, &format!("an answer to {command}"), |messages| {
            messages.iter().skip(before + 1).find(|m| by_bot(m)).cloned()
        })
        .await
}

async fn plan(stage: &Stage) -> String {
    text(&asks(stage, &stage.owner, "/plan").await).to_owned()
}

/// `/subscribe`, and the link it gives.
pub async fn offer(stage: &Stage, person: &Person) -> String {
    let offer = asks(stage, person, "/subscribe").await;
    let button = &offer["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["text"], "Subscribe for 250 ⭐", "{offer}");
    button["url"].as_str().unwrap().to_owned()
}

/// Buys the plan; gives the charge id.
pub async fn buys(stage: &Stage, person: &Person, until: i64) -> String {
    let link = offer(stage, person).await;
    let charge = stage.telegram.subscribe(person, &stage.master, &link, until).await.unwrap();
    stage.sees(person, &stage.master, "✅ Thank you! You have Pro until").await;
    charge
}

async fn the_life_of_a_subscription(mut stage: Stage) {
    assert!(text(&asks(&stage, &stage.owner, "/subscribe").await).contains("no limits"));
    sells(&mut stage, &[]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let free = plan(&stage).await;
    assert!(free.starts_with("Your plan: free\n\nBots: 1 of 1\n"), "{free}");
    assert!(free.contains("Replies this month: 0 of 2, left: 2."), "{free}");
    assert!(text(&asks(&stage, &stage.owner, "/unsubscribe").await).contains("no subscription"));
    // Bought, for some seconds.
    let ends = now() + 3;
    let charge = buys(&stage, &stage.owner, ends).await;
    // A subscription is for 30 days, in Stars, by no provider.
    let ledger = stage.telegram.ledger();
    let asked = ledger.iter().rfind(|call| call.method == "createInvoiceLink").unwrap();
    assert_eq!(asked.params["subscription_period"], MONTH, "{:?}", asked.params);
    assert_eq!(asked.params["currency"], "XTR", "{:?}", asked.params);
    assert_eq!(asked.params["provider_token"].as_str().unwrap_or_default(), "");
    let pro = plan(&stage).await;
    assert!(pro.starts_with("⭐ Your plan: Pro\nPaid until 20"), "{pro}");
    assert!(pro.contains("renews then for 250 ⭐") && pro.contains("Bots: 1, no limit"), "{pro}");
    assert!(text(&asks(&stage, &stage.owner, "/subscribe").await).starts_with("You have Pro."));
    // Renewed before it ended.
    stage.telegram.renew(&stage.owner, &stage.master, &charge, ends + 2).await;
    stage.owner_sees("✅ Pro was renewed.").await;
    // Stopped, and what is paid stays.
    let stopped = asks(&stage, &stage.owner, "/unsubscribe").await;
    assert!(text(&stopped).starts_with("✅ Pro does not renew any more"), "{stopped}");
    assert_eq!(stage.telegram.is_canceled(&charge), Some(true));
    let again = asks(&stage, &stage.owner, "/unsubscribe").await;
    assert!(text(&again).starts_with("The renewal is stopped already."), "{again}");
    assert!(plan(&stage).await.contains("does not renew") || now() >= ends + 2);
    // Ended: told once, also after a restart.
    let over = stage.owner_sees("⏳ Pro ended on").await;
    assert!(now() >= ends + 2, "not before");
    assert!(text(&over).contains("bots that answer: 1, replies a month: 2"), "{over}");
    stage.restart().await;
    let free = plan(&stage).await;
    assert!(free.starts_with("Your plan: free\nPro ended on"), "{free}");
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "⏳ Pro ended on"), 1);
    // Bought once more.
    buys(&stage, &stage.owner, now() + MONTH).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    for number in 0..4 {
        let reply = stage.answer(&copy, draft::text(format!("yes {number}"))).await;
        stage.copy_of_reply(reply).await;
    }
    stage.curtain().await;
}

/// The plan is the same whatever comes first, and however often.
async fn payments_in_any_order_and_number(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let message = |id: i64, kind: &str, charge: &str, until: i64| {
        let mut paid = json!({
            "currency": "XTR", "total_amount": 250, "invoice_payload": "pro",
            "telegram_payment_charge_id": charge,
        });
        if kind == "successful_payment" {
            paid["provider_payment_charge_id"] = json!("");
            paid["subscription_expiration_date"] = json!(until);
            paid["is_recurring"] = json!(true);
            paid["is_first_recurring"] = json!(charge == "c0");
        }
        json!({"message": {
            "message_id": id, "date": now(), "chat": owner.chat(), "from": owner.user(),
            kind: paid,
        }})
    };
    let (soon, late) = (now() + MONTH, now() + 2 * MONTH);
    let told = [
        message(9001, "refunded_payment", "c1", 0),
        message(9002, "successful_payment", "c1", late),
        message(9003, "successful_payment", "c0", soon),
        message(9004, "successful_payment", "c1", late),
        message(9005, "refunded_payment", "c1", 0),
        message(9006, "successful_payment", "c0", soon),
    ];
    for update in told {
        stage.telegram.push_update(&master, update);
    }
    stage.telegram.quiet().await;
    stage.owner_sees("✅ Thank you! You have Pro until").await;
    assert_eq!(stage.times(&owner, &master, "✅ Thank you!"), 1);
    assert_eq!(stage.times(&owner, &master, "✅ Pro was renewed."), 0);
    assert_eq!(stage.times(&owner, &master, "↩️ 250 Stars"), 1);
    assert_eq!(stage.database.count("payments").await, 2);
    let variables = stage.variables();
    let config = Config::read(&|name: &str| variables.get(name).map(OsString::from)).unwrap();
    stage.stop().await;
    let store = Store::open(&config.database_url).await.unwrap();
    assert_eq!(store.paid_until(OwnerId(owner.id)).await.unwrap(), Some(soon * 1000));
    store.close().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

/// Whatever the database says, and however often.
async fn a_payment_is_never_given_up(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let refusal = if stage.database.url().starts_with("sqlite") {
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
    } else {
        "FOR EACH ROW SIGNAL SQLSTATE '45000'"
    };
    stage.database.run(&format!("CREATE TRIGGER no BEFORE INSERT ON payments {refusal}")).await;
    let paid = json!({
        "currency": "XTR", "total_amount": 250, "invoice_payload": "pro", "is_recurring": true,
        "is_first_recurring": true, "telegram_payment_charge_id": "c0",
        "provider_payment_charge_id": "", "subscription_expiration_date": now() + MONTH,
    });
    let message = json!({
        "message_id": 9001, "date": now(), "chat": owner.chat(), "from": owner.user(),
        "successful_payment": paid,
    });
    let update = stage.telegram.push_update(&master, json!({ "message": message }));
    let answers = stage.telegram.redeliver(&master, update, 7, false).await;
    assert_eq!(answers, [Some(503); 7]);
    stage.database.run("DROP TRIGGER no").await;
    assert_eq!(stage.telegram.redeliver(&master, update, 1, false).await, [Some(200)]);
    stage.owner_sees("✅ Thank you! You have Pro until").await;
    assert_eq!(stage.times(&owner, &master, "went wrong"), 0);
    assert_eq!(stage.database.count("payments").await, 1);
    stage.stop().await;
}

async fn a_refund_ends_what_it_paid(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    let charge = buys(&stage, &paula, now() + MONTH).await;
    // For her there is no such command.
    let refused = asks(&stage, &paula, &format!("/refund {charge}")).await;
    assert!(text(&refused).starts_with("I don't know this command."), "{refused}");
    assert!(!stage.telegram.is_refunded(&charge));
    assert!(text(&asks(&stage, &stage.owner, "/refund").await).contains("/refund <id>"));
    let unknown = asks(&stage, &stage.owner, "/refund stx0").await;
    assert!(text(&unknown).starts_with("There is no payment"), "{unknown}");
    let done = asks(&stage, &stage.owner, &format!("/refund {charge}")).await;
    assert!(text(&done).starts_with("↩️ 250 Stars were given back to"), "{done}");
    assert!(stage.telegram.is_refunded(&charge));
    assert_eq!(stage.telegram.is_canceled(&charge), Some(true), "nothing more is charged");
    stage.sees(&paula, &stage.master, "↩️ 250 Stars were given back to you, and Pro").await;
    let free = asks(&stage, &paula, "/plan").await;
    assert!(text(&free).starts_with("Your plan: free"), "{free}");
    // Given back is given back.
    let again = asks(&stage, &stage.owner, &format!("/refund {charge}")).await;
    assert!(text(&again).starts_with("↩️ 250 Stars"), "{again}");
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&paula, &stage.master, "↩️ 250 Stars"), 1);
    assert_eq!(stage.times(&paula, &stage.master, "⏳ Pro ended"), 0);
    stage.curtain().await;
}

/// Telegram stops it only later, when it has told of the refund itself.
async fn a_refund_stops_the_renewal_in_the_end(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    let charge = buys(&stage, &paula, now() + MONTH).await;
    let method = "editUserStarSubscription";
    stage.telegram.fault(Fault::on(method).always().answer(Answer::Internal));
    stage.owner_writes(&format!("/refund {charge}")).await;
    stage.sees(&paula, &stage.master, "↩️ 250 Stars were given back to you").await;
    assert_eq!(stage.database.count("payments WHERE refunded_at IS NOT NULL").await, 1);
    assert_eq!(stage.telegram.is_canceled(&charge), Some(false));
    stage.telegram.clear_faults();
    stage.owner_sees("and it does not renew.").await;
    assert_eq!(stage.telegram.is_canceled(&charge), Some(true));
    // Where Telegram refuses, nobody says that it is stopped.
    let charge = buys(&stage, &paula, now() + MONTH).await;
    stage.sees_times(&paula, &stage.master, "✅ Thank you!", 2).await;
    let refusal = Answer::Refuse(400, "Bad Request: CHARGE_ID_INVALID".to_owned());
    stage.telegram.fault(Fault::on(method).always().answer(refusal));
    stage.owner_writes(&format!("/refund {charge}")).await;
    stage.owner_sees("Telegram refused to stop the renewal").await;
    stage.telegram.clear_faults();
    stage.sees_times(&paula, &stage.master, "↩️ 250 Stars were given back to you", 2).await;
    // It goes on, and whoever asks can stop it.
    assert_eq!(stage.telegram.is_canceled(&charge), Some(false));
    let stopped = asks(&stage, &paula, "/unsubscribe").await;
    assert!(text(&stopped).starts_with("✅ Nothing renews any more"), "{stopped}");
    assert_eq!(stage.telegram.is_canceled(&charge), Some(true));
    stage.curtain().await;
}

/// Two links, both paid, are two subscriptions.
async fn each_subscription_is_stopped(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let links = [offer(&stage, &owner).await, offer(&stage, &owner).await];
    let mut charges = Vec::new();
    for (number, link) in links.iter().enumerate() {
        let until = now() + MONTH;
        let paid = stage.telegram.subscribe(&owner, &master, link, until).await;
        charges.push(paid.unwrap());
        stage.sees_times(&owner, &master, "✅ Thank you!", number + 1).await;
    }
    let states = |stage: &Stage| {
        let state = |charge: &String| stage.telegram.is_canceled(charge).unwrap();
        charges.iter().map(state).collect::<Vec<_>>()
    };
    // The older one is given back, by its renewal: the other goes on.
    let renewal = stage.telegram.renew(&owner, &master, &charges[0], now() + 2 * MONTH).await;
    stage.owner_sees("✅ Pro was renewed.").await;
    stage.owner_writes(&format!("/refund {renewal}")).await;
    stage.owner_sees("and it does not renew.").await;
    stage.owner_sees("↩️ 250 Stars were given back to you. Pro is still yours").await;
    assert_eq!(states(&stage), [true, false]);
    let shown = plan(&stage).await;
    assert!(shown.contains("renews then for 250 ⭐"), "{shown}");
    stage.telegram.change_subscription(&owner, &master, &charges[0], "active");
    stage.telegram.quiet().await;
    assert_eq!(states(&stage), [false, false]);
    // Where Telegram refuses one of them, nobody says that nothing more is charged.
    let refusal = Answer::Refuse(400, "Bad Request: CHARGE_ID_INVALID".to_owned());
    stage.telegram.fault(Fault::on("editUserStarSubscription").answer(refusal));
    let refused = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&refused).starts_with("Telegram refuses to do it."), "{refused}");
    assert_eq!(states(&stage).iter().filter(|is_canceled| **is_canceled).count(), 1);
    assert!(plan(&stage).await.contains("renews then for 250 ⭐"));
    let stopped = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&stopped).starts_with("✅ Pro does not renew any more"), "{stopped}");
    assert_eq!(states(&stage), [true, true]);
    // Also where it is said to be stopped.
    stage.telegram.change_subscription(&owner, &master, &charges[0], "active");
    stage.owner_sees("✅ Pro goes on").await;
    stage.telegram.change_subscription(&owner, &master, &charges[0], "canceled");
    stage.owner_sees("Pro does not renew any more. It stays yours until").await;
    let again = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&again).starts_with("The renewal is stopped already."), "{again}");
    assert_eq!(states(&stage), [true, true]);
    stage.curtain().await;
}

/// Telegram could not take the Stars, then it could; the first is heard last.
async fn a_failure_told_late_is_none(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let charge = buys(&stage, &owner, now() + MONTH).await;
    stage.telegram.change_subscription(&owner, &master, &charge, "failed");
    stage.owner_sees("⚠️ Telegram could not take the Stars").await;
    stage.telegram.renew(&owner, &master, &charge, now() + 2 * MONTH).await;
    stage.owner_sees("✅ Pro was renewed.").await;
    stage.telegram.quiet().await;
    // As if it had not been heard before; by its date alone it would be later than the payment.
    stage.database.run("DELETE FROM renewals").await;
    stage.database.run("DELETE FROM handled_updates").await;
    stage.database.run("UPDATE payments SET paid_at = paid_at - 300000").await;
    stage.redelivers("subscription").await;
    assert!(plan(&stage).await.contains("renews then for 250 ⭐"));
    let shown = asks(&stage, &owner, "/subscribe").await;
    assert!(text(&shown).starts_with("You have Pro."), "{shown}");
    assert_eq!(stage.times(&owner, &master, "⚠️ Telegram could not take"), 1);
    stage.curtain().await;
}

/// A refund that can't be told for now keeps nobody from learning that his plan ended.
async fn who_is_not_reached_holds_up_nobody(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    let charge = buys(&stage, &paula, now() + MONTH).await;
    buys(&stage, &stage.owner, now() + 4).await;
    stage.telegram.quiet().await;
    let limit = Answer::TooManyRequests { retry_after: 600 };
    let fault = Fault::on("sendMessage").chat(paula.id).always().answer(limit);
    stage.telegram.fault(fault);
    let refund = "UPDATE payments SET refunded_at = seen_at - 60000 WHERE charge_id =";
    stage.database.run(&format!("{refund} '{charge}'")).await;
    stage.owner_sees("⏳ Pro ended on").await;
    stage.telegram.clear_faults();
    stage.stop().await;
}

async fn what_is_changed_in_telegram_is_known(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let charge = buys(&stage, &owner, now() + MONTH).await;
    let change = |state: &str| stage.telegram.change_subscription(&owner, &master, &charge, state);
    change("canceled");
    stage.owner_sees("Pro does not renew any more. It stays yours until").await;
    stage.redelivers("subscription").await;
    let offered = asks(&stage, &owner, "/subscribe").await;
    assert!(text(&offered).contains("it does not renew"), "{offered}");
    // The button lets it go on.
    stage.presses(&owner, "Renew again").await;
    stage.owner_sees("✅ Pro goes on").await;
    assert_eq!(stage.telegram.is_canceled(&charge), Some(false));
    change("canceled");
    stage.sees_times(&owner, &master, "Pro does not renew any more. It stays yours", 2).await;
    change("active");
    stage.sees_times(&owner, &master, "✅ Pro goes on", 2).await;
    change("failed");
    stage.owner_sees("⚠️ Telegram could not take the Stars").await;
    assert!(plan(&stage).await.contains("⚠️ Telegram could not take the Stars"));
    // A payment after all shows that it goes on.
    stage.telegram.renew(&owner, &master, &charge, now() + 2 * MONTH).await;
    stage.owner_sees("✅ Pro was renewed.").await;
    assert!(plan(&stage).await.contains("renews then for 250 ⭐"));
    stage.curtain().await;
}

async fn who_may_not_pay_is_told_why(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let link = offer(&stage, &stage.owner).await;
    let paula = stage.person("Paula");
    let answer = async |stage: &Stage, person: &Person, payment: &Payment| {
        let id = stage.telegram.checkout(person, &stage.master, payment);
        stage.telegram.wait("an answer", |view| view.checkout_answer(&id)).await
    };
    let payment = stage.telegram.invoice(&link).unwrap();
    let foreign = answer(&stage, &paula, &payment).await.unwrap_err();
    assert!(foreign.starts_with("This link was made for somebody else."), "{foreign}");
    for payment in [Payment::stars("pro", 250), Payment::stars(&payment.payload, 1)] {
        let unknown = answer(&stage, &stage.owner, &payment).await.unwrap_err();
        assert!(unknown.starts_with("This invoice is not valid."), "{unknown}");
    }
    assert_eq!(answer(&stage, &stage.owner, &payment).await, Ok(()));
    stage.vary("PRO_PRICE_STARS", "300");
    stage.restart().await;
    let outdated = answer(&stage, &stage.owner, &payment).await.unwrap_err();
    assert!(outdated.starts_with("This link is out of date."), "{outdated}");
    stage.curtain().await;
}

async fn questions_reach_the_operator(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    let charge = buys(&stage, &paula, now() + MONTH).await;
    let terms = asks(&stage, &paula, "/terms").await;
    assert!(text(&terms).contains("250 Telegram Stars") && text(&terms).contains("/paysupport"));
    assert!(text(&asks(&stage, &paula, "/paysupport").await).starts_with("Write your question"));
    let sent = asks(&stage, &paula, "/paysupport I paid twice").await;
    assert!(text(&sent).starts_with("✅ Passed on"), "{sent}");
    let question = stage.owner_sees("💬 Question about a payment, from Paula @paula (id").await;
    assert!(text(&question).contains("I paid twice"), "{question}");
    let listed = format!("250 ⭐, to give back: /refund {charge}");
    assert!(text(&question).contains(&listed), "{question}");
    // It is answered in Telegram; the words are kept nowhere.
    let stored = stage.database.dump().await;
    assert!(!String::from_utf8_lossy(&stored).contains("I paid twice"));
    stage.curtain().await;
}

async fn questions_do_not_drown_the_operator(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    let asked = "💬 Question about a payment, from Paula";
    for number in 0..5 {
        // What has to be tried again counts once.
        let busy = Answer::TooManyRequests { retry_after: 1 };
        stage.telegram.fault(Fault::on("sendMessage").chat(stage.owner.id).answer(busy));
        asks(&stage, &paula, &format!("/paysupport question {number}")).await;
        stage.sees_times(&paula, &stage.master, "✅ Passed on", number + 1).await;
    }
    let refused = asks(&stage, &paula, "/paysupport one more").await;
    assert!(text(&refused).starts_with("⏳ You have asked five times"), "{refused}");
    assert!(text(&refused).contains("within 24 h"), "{refused}");
    assert_eq!(stage.times(&stage.owner, &stage.master, asked), 5);
    // Everybody has his own.
    let quentin = stage.person("Quentin");
    stage.telegram.start(&quentin, &stage.master, "").await;
    stage.sees(&quentin, &stage.master, "/add attaches").await;
    let sent = asks(&stage, &quentin, "/paysupport what does it cost?").await;
    assert!(text(&sent).starts_with("✅ Passed on"), "{sent}");
    stage.curtain().await;
}

async fn every_update_about_money_has_its_effect_once(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let charge = buys(&stage, &owner, now() + MONTH).await;
    stage.redelivers("message").await;
    stage.telegram.renew(&owner, &master, &charge, now() + 2 * MONTH).await;
    stage.owner_sees("✅ Pro was renewed.").await;
    stage.redelivers("message").await;
    stage.redelivers("pre_checkout_query").await;
    asks(&stage, &owner, &format!("/refund {charge}")).await;
    stage.owner_sees("↩️ 250 Stars were given back to you. Pro is still yours until").await;
    stage.redelivers("message").await;
    for words in ["✅ Thank you!", "✅ Pro was renewed.", "↩️ 250 Stars were given back to you."]
    {
        assert_eq!(stage.times(&owner, &master, words), 1, "{words}");
    }
    assert_eq!(stage.database.count("payments").await, 2);
    stage.stop().await;
}

/// The answer to a checkout comes while the database does not.
async fn a_checkout_without_the_database(mode: Mode, hangs: bool) {
    let mut stage = Stage::dark(Backend::MySql, mode, &[]).await;
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.vary("PRO_PRICE_STARS", "250");
    let proxy = stage.proxy_the_database().await;
    stage.start().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let link = offer(&stage, &stage.owner).await;
    if hangs {
        proxy.stall();
    } else {
        proxy.refuse();
        proxy.cut_all();
    }
    // What waits for the database does not hold it up.
    for _ in 0..5 {
        stage.owner_writes("/plan").await;
    }
    let until = now() + MONTH;
    let paid = stage.telegram.subscribe(&stage.owner, &stage.master, &link, until).await;
    paid.expect("let through within Telegram's ten seconds");
    proxy.pass();
    stage.owner_sees("✅ Thank you! You have Pro until").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_without_the_database_polling() {
    a_checkout_without_the_database(Mode::Polling, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_without_the_database_webhook() {
    a_checkout_without_the_database(Mode::Webhook, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_while_the_database_hangs() {
    a_checkout_without_the_database(Mode::Webhook, true).await;
}

/// Telegram's first answers are lost: the checkout is answered all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_is_answered_until_it_arrives() {
    a_checkout_is_answered_after(Answer::Internal).await;
}

/// Telegram asks to wait: the checkout is answered all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_is_answered_after_telegram_asks_to_wait() {
    a_checkout_is_answered_after(Answer::TooManyRequests { retry_after: 1 }).await;
}

async fn a_checkout_is_answered_after(fault: Answer) {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    sells(&mut stage, &[]).await;
    let link = offer(&stage, &stage.owner).await;
    stage.telegram.fault(Fault::on("answerPreCheckoutQuery").times(3).answer(fault));
    stage.telegram.subscribe(&stage.owner, &stage.master, &link, now() + MONTH).await.unwrap();
    stage.owner_sees("✅ Thank you!").await;
    stage.curtain().await;
}

/// More of the master bot's updates wait than Telegram has connections for by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_finds_a_connection() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    sells(&mut stage, &[]).await;
    let link = offer(&stage, &stage.owner).await;
    stage.telegram.quiet().await;
    let payment = stage.telegram.invoice(&link).unwrap();
    let hang = Answer::Hang(Duration::from_secs(6));
    stage.telegram.fault(Fault::on("sendMessage").always().answer(hang));
    for number in 0..90_i64 {
        let person = json!({"id": 50_000 + number, "is_bot": false, "first_name": "X"});
        let chat = json!({"id": 50_000 + number, "type": "private", "first_name": "X"});
        stage.telegram.push_update(
            &stage.master,
            json!({"message": {
                "message_id": 70_000 + number, "date": now(), "chat": chat, "from": person,
                "text": "hello",
            }}),
        );
    }
    let id = stage.telegram.checkout(&stage.owner, &stage.master, &payment);
    // By then Telegram would have given up on the first of them twice.
    let limit = Duration::from_secs(5);
    let answer = stage.telegram.wait_for(limit, "an answer", |view| view.checkout_answer(&id));
    assert_eq!(answer.await, Ok(()));
    stage.telegram.clear_faults();
    stage.stop().await;
}

/// By long polling nobody else fetches it while the process ends what it has begun.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_is_answered_while_the_process_stops() {
    let mut stage = Stage::dark(Backend::Sqlite, Mode::Polling, &[]).await;
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.vary("PRO_PRICE_STARS", "250");
    let mut process = stage.launch().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let link = offer(&stage, &stage.owner).await;
    stage.telegram.quiet().await;
    let payment = stage.telegram.invoice(&link).unwrap();
    let hang = Answer::Hang(Duration::from_secs(8));
    stage.telegram.fault(Fault::on("sendMessage").always().answer(hang));
    stage.owner_writes("/terms").await;
    stage.owner_sees("Telegram Stars").await;
    process.terminate();
    let stops = |process: &Process| {
        let said = process.stderr() + &process.stdout();
        said.contains("stopping").then_some(())
    };
    process.until("word that it stops", stops).await;
    let id = stage.telegram.checkout(&stage.owner, &stage.master, &payment);
    let limit = Duration::from_secs(5);
    let answer = stage.telegram.wait_for(limit, "an answer", |view| view.checkout_answer(&id));
    assert_eq!(answer.await, Ok(()));
    assert!(process.is_alive(), "it has not stopped yet");
    stage.telegram.clear_faults();
    assert_eq!(process.finished().await.code, Some(0));
    // What was left is not lost.
    stage.launch().await.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}
