//! Subscriptions by themselves: several of one owner, charged after they were stopped, asked about
//! by people who have left; and what nobody else may do with a payment.

use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use telegram_emulator::{Answer, Fault, Person, actions::Payment, draft};

use crate::{
    plans::{MONTH, asks, buys, now, offer, sells},
    support::{Backend, Mode, Stage, matrix::on_every_database, text},
};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        each_subscription_is_told_of_by_itself,
        what_is_charged_after_it_was_stopped_is_stopped_again,
        somebody_elses_payment_is_nobody_elses_business,
        who_is_suspended_pays_nothing,
        what_telegram_does_not_do_now_keeps_nothing_waiting,
        who_has_left_may_ask_about_a_payment,
        the_first_who_is_named_is_the_operator_and_nobody_else,
        what_runs_is_shown_where_nothing_is_sold_any_more,
    );
}

/// One more owner, who may buy.
async fn paula(stage: &Stage) -> Person {
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    paula
}

async fn shown_plan(stage: &Stage, person: &Person) -> String {
    text(&asks(stage, person, "/plan").await).to_owned()
}

/// How often Telegram was asked to stop a subscription or to let it go on.
fn changes(stage: &Stage) -> usize {
    let ledger = stage.telegram.ledger();
    ledger.iter().filter(|call| call.method == "editUserStarSubscription").count()
}

async fn each_subscription_is_told_of_by_itself(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    let links = [offer(&stage, &owner).await, offer(&stage, &owner).await];
    let mut charges = Vec::new();
    for (number, link) in links.iter().enumerate() {
        let until = now() + MONTH;
        charges.push(stage.telegram.subscribe(&owner, &master, link, until).await.unwrap());
        stage.sees_times(&owner, &master, "✅ Thank you!", number + 1).await;
        let several = stage.times(&owner, &master, "You have more than one subscription now");
        assert_eq!(several, number, "the first one is alone");
    }
    assert!(shown_plan(&stage, &owner).await.contains("You have more than one subscription now"));
    let change = |number: usize, state| {
        stage.telegram.change_subscription(&owner, &master, &charges[number], state)
    };
    // One is canceled: the other goes on, and nobody says anything else.
    change(0, "canceled");
    stage.owner_sees("One of your subscriptions does not renew any more").await;
    stage.redelivers("subscription").await;
    assert_eq!(stage.times(&owner, &master, "One of your subscriptions"), 1);
    assert_eq!(stage.times(&owner, &master, "Pro does not renew any more"), 0);
    let shown = shown_plan(&stage, &owner).await;
    assert!(
        shown.contains("renews then for 250 ⭐") && !shown.contains("more than one"),
        "{shown}"
    );
    // Telegram could not take the Stars for the other one: then nothing does.
    change(1, "failed");
    stage.owner_sees("⚠️ Telegram could not take the Stars for the next month").await;
    assert!(shown_plan(&stage, &owner).await.contains("⚠️ Telegram could not take"));
    change(1, "active");
    stage.owner_sees("✅ Pro goes on").await;
    assert!(shown_plan(&stage, &owner).await.contains("renews then for 250 ⭐"));
    change(1, "canceled");
    stage.owner_sees("Pro does not renew any more. It stays yours until").await;
    assert!(shown_plan(&stage, &owner).await.contains("does not renew"));
    // Also where one link was paid twice.
    change(0, "active");
    stage.sees_times(&owner, &master, "✅ Pro goes on", 2).await;
    let twice = stage.telegram.subscribe(&owner, &master, &links[0], now() + MONTH).await.unwrap();
    stage.sees_times(&owner, &master, "✅ Thank you!", 3).await;
    assert_eq!(stage.times(&owner, &master, "You have more than one subscription now"), 3);
    change(0, "canceled");
    stage.sees_times(&owner, &master, "One of your subscriptions", 2).await;
    stage.telegram.change_subscription(&owner, &master, &twice, "canceled");
    stage.sees_times(&owner, &master, "Pro does not renew any more. It stays yours", 2).await;
    stage.curtain().await;
}

/// Telegram charges for a month although the renewal was stopped.
async fn what_is_charged_after_it_was_stopped_is_stopped_again(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let (owner, master) = (stage.owner.clone(), stage.master.clone());
    // By the operator, who gave a payment back.
    let paula = paula(&stage).await;
    let charge = buys(&stage, &paula, now() + MONTH).await;
    stage.owner_writes(&format!("/refund {charge}")).await;
    stage.owner_sees("and it does not renew.").await;
    stage.sees(&paula, &master, "↩️ 250 Stars were given back to you").await;
    assert_eq!(changes(&stage), 1);
    stage.telegram.renew(&paula, &master, &charge, now() + 2 * MONTH).await;
    let told = stage.sees(&paula, &master, "that subscription is stopped again").await;
    assert!(text(&told).contains("/paysupport"), "{told}");
    assert_eq!(changes(&stage), 2);
    stage.redelivers("message").await;
    assert_eq!(stage.times(&paula, &master, "that subscription is stopped again"), 1);
    let shown = shown_plan(&stage, &paula).await;
    assert!(shown.starts_with("⭐ Your plan: Pro") && shown.contains("does not renew"), "{shown}");
    // Where Telegram refuses, nobody says that it is stopped.
    let refusal = Answer::Refuse(400, "Bad Request: CHARGE_ID_INVALID".to_owned());
    stage.telegram.fault(Fault::on("editUserStarSubscription").answer(refusal));
    stage.telegram.renew(&paula, &master, &charge, now() + 3 * MONTH).await;
    stage.sees(&paula, &master, "and refuses to stop it now").await;
    assert!(shown_plan(&stage, &paula).await.contains("renews then for 250 ⭐"));
    // By himself.
    let charge = buys(&stage, &owner, now() + MONTH).await;
    let stopped = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&stopped).starts_with("✅ Pro does not renew any more"), "{stopped}");
    stage.telegram.renew(&owner, &master, &charge, now() + 2 * MONTH).await;
    stage.owner_sees("that subscription is stopped again").await;
    assert!(shown_plan(&stage, &owner).await.contains("does not renew"));
    // What he lets go on again is renewed as before.
    stage.presses(&owner, "Renew again").await;
    stage.owner_sees("✅ Pro goes on").await;
    assert_eq!(stage.telegram.is_canceled(&charge), Some(false));
    stage.telegram.renew(&owner, &master, &charge, now() + 3 * MONTH).await;
    stage.owner_sees("✅ Pro was renewed.").await;
    assert_eq!(stage.telegram.is_canceled(&charge), Some(false));
    stage.curtain().await;
}

/// Another owner's payment with the same id, while the first one has not been told yet.
async fn somebody_elses_payment_is_nobody_elses_business(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let (victor, master) = (stage.owner.clone(), stage.master.clone());
    let mallory = paula(&stage).await;
    let paid = |of: &Person, message: i64| {
        json!({"message": {
            "message_id": message, "date": now(), "chat": of.chat(), "from": of.user(),
            "successful_payment": {
                "currency": "XTR", "total_amount": 250, "invoice_payload": "pro",
                "is_recurring": true, "is_first_recurring": true,
                "telegram_payment_charge_id": "stx-victors", "provider_payment_charge_id": "",
                "subscription_expiration_date": now() + MONTH,
            },
        }})
    };
    let busy = Answer::TooManyRequests { retry_after: 1 };
    stage.telegram.fault(Fault::on("sendMessage").chat(victor.id).always().answer(busy));
    stage.telegram.push_update(&master, paid(&victor, 9001));
    stage.database.until("payments").await;
    let update = stage.telegram.push_update(&master, paid(&mallory, 9002));
    let answers = stage.telegram.redeliver(&master, update, 1, false).await;
    assert_eq!(answers, [Some(200)]);
    assert_eq!(stage.times(&mallory, &master, "✅ Thank you!"), 0);
    assert_eq!(stage.database.count("payments WHERE told_at IS NOT NULL").await, 0);
    stage.telegram.clear_faults();
    stage.owner_sees("✅ Thank you! You have Pro until").await;
    stage.telegram.quiet().await;
    let his = format!("payments WHERE owner_id = {}", victor.id);
    assert_eq!((stage.database.count(&his).await, stage.database.count("payments").await), (1, 1));
    assert_eq!(stage.times(&mallory, &master, "✅ Thank you!"), 0);
    assert!(shown_plan(&stage, &mallory).await.starts_with("Your plan: free"));
    stage.curtain().await;
}

async fn who_is_suspended_pays_nothing(mut stage: Stage) {
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    let paula = paula(&stage).await;
    let link = offer(&stage, &paula).await;
    stage.suspends(&paula).await;
    let until = now() + MONTH;
    let refused = stage.telegram.subscribe(&paula, &stage.master, &link, until).await;
    let refused = refused.unwrap_err();
    assert!(refused.starts_with("Your account here is suspended"), "{refused}");
    stage.owner_writes(&format!("/admin resume {}", paula.id)).await;
    stage.sees(&paula, &stage.master, "▶️ Your account works again").await;
    stage.telegram.subscribe(&paula, &stage.master, &link, until).await.unwrap();
    stage.sees(&paula, &stage.master, "✅ Thank you!").await;
    stage.curtain().await;
}

/// The entity that makes a name lead to a person.
fn leads_to(message: &Value, person: &Person) -> bool {
    let entities = message["entities"].as_array().into_iter().flatten();
    let mut mentions = entities.filter(|entity| entity["type"] == "text_mention");
    mentions.any(|entity| entity["user"]["id"] == person.id)
}

async fn who_has_left_may_ask_about_a_payment(mut stage: Stage) {
    let stranger = stage.person("Stanley");
    let asks_last = async |stage: &Stage, person: &Person, words: &str| {
        let told = asks(stage, person, words).await;
        text(&told).to_owned()
    };
    let refused = asks_last(&stage, &stranger, "/paysupport hello").await;
    assert!(refused.starts_with("Sorry, this bot works for its owner only."), "{refused}");
    sells(&mut stage, &[("REGISTRATION", "open")]).await;
    // Nobody can write to somebody without a username, if his name does not lead to him.
    let nora = stage.telegram.add_person(Person::new("Nora").language("en"));
    stage.telegram.start(&nora, &stage.master, "").await;
    stage.sees(&nora, &stage.master, "/add attaches").await;
    asks(&stage, &nora, "/paysupport what does it cost?").await;
    let question = stage.owner_sees("💬 Question about a payment, from Nora (id").await;
    assert!(leads_to(&question, &nora), "{question}");
    stage.telegram.send(&nora, &stage.master, draft::text("/leave")).await;
    stage.sees(&nora, &stage.master, "Remove everything of yours?").await;
    stage.presses(&nora, "Remove everything").await;
    stage.sees(&nora, &stage.master, "Everything of yours is removed").await;
    let how = asks_last(&stage, &nora, "/paysupport").await;
    assert!(how.starts_with("Write your question behind the command"), "{how}");
    for number in 1..5 {
        let sent = asks_last(&stage, &nora, &format!("/paysupport charged again {number}")).await;
        assert_eq!(sent, "✅ Passed on to whoever runs this service.");
    }
    stage.redelivers("message").await;
    let question = stage.owner_sees("who has no account here:\n\ncharged again 4").await;
    assert!(leads_to(&question, &nora), "{question}");
    let refused = asks_last(&stage, &nora, "/paysupport one more").await;
    assert!(refused.starts_with("⏳ You have asked five times"), "{refused}");
    assert_eq!(stage.times(&stage.owner, &stage.master, "charged again"), 4);
    stage.nothing_names(nora.id).await;
    // Also whoever never had one.
    let sent = asks_last(&stage, &stranger, "/paysupport what is it?").await;
    assert_eq!(sent, "✅ Passed on to whoever runs this service.");
    stage.curtain().await;
}

async fn the_first_who_is_named_is_the_operator_and_nobody_else(mut stage: Stage) {
    let (olga, paula) = (stage.owner.clone(), stage.person("Paula"));
    sells(&mut stage, &[]).await;
    let charge = buys(&stage, &olga, now() + MONTH).await;
    for (operator, other) in [(&olga, &paula), (&paula, &olga)] {
        stage.vary("OWNER_IDS", &format!("{},{}", operator.id, other.id));
        stage.restart().await;
        for person in [operator, other] {
            stage.telegram.start(person, &stage.master, "").await;
        }
        stage.telegram.quiet().await;
        let unknown = asks(&stage, other, "/dance").await;
        let orders = [
            "/admin".to_owned(),
            format!("/admin suspend {}", operator.id),
            "/refund".to_owned(),
            format!("/refund {charge}"),
        ];
        for words in &orders {
            let answer = asks(&stage, other, words).await;
            assert_eq!(text(&answer), text(&unknown), "{words}");
        }
        assert!(!stage.telegram.is_refunded(&charge));
        let home = asks(&stage, operator, "/admin").await;
        assert!(text(&home).contains("This installation"), "{home}");
        assert!(text(&asks(&stage, operator, "/refund").await).contains("/refund <id>"));
    }
    stage.curtain().await;
}

/// Another program holds the file's lock: the checkout is answered, the payment written down later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_does_not_wait_for_the_lock() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    sells(&mut stage, &[]).await;
    let link = offer(&stage, &stage.owner).await;
    let payment: Payment = stage.telegram.invoice(&link).unwrap();
    stage.telegram.quiet().await;
    stage.settled().await;
    let mut other = SqliteConnection::connect(stage.database.url()).await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    // What waits for the lock does not hold it up.
    for _ in 0..3 {
        stage.owner_writes("/add").await;
    }
    let asked = std::time::Instant::now();
    let id = stage.telegram.checkout(&stage.owner, &stage.master, &payment);
    let answer = stage.telegram.wait("an answer", |view| view.checkout_answer(&id)).await;
    assert_eq!(answer, Ok(()));
    assert!(asked.elapsed().as_secs() < 5, "{:?}", asked.elapsed());
    let paid = payment.recurring(true, now() + MONTH);
    stage.telegram.pay(&stage.owner, &stage.master, &paid).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "✅ Thank you!"), 0);
    other.execute("COMMIT").await.unwrap();
    stage.owner_sees("✅ Thank you! You have Pro until").await;
    stage.curtain().await;
}

/// An owner's replies to customers would wait behind a command that waits for Telegram.
async fn what_telegram_does_not_do_now_keeps_nothing_waiting(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let owner = stage.owner.clone();
    for method in ["createInvoiceLink", "editUserStarSubscription"] {
        stage.telegram.fault(Fault::on(method).always().answer(Answer::Internal));
    }
    let later = "Telegram can't do that at the moment.";
    let offered = asks(&stage, &owner, "/subscribe").await;
    assert!(text(&offered).starts_with(later), "{offered}");
    stage.telegram.clear_faults();
    let charge = buys(&stage, &owner, now() + MONTH).await;
    let method = "editUserStarSubscription";
    let busy = Answer::TooManyRequests { retry_after: 3600 };
    stage.telegram.fault(Fault::on(method).always().answer(busy));
    let stopped = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&stopped).starts_with(later), "{stopped}");
    assert!(shown_plan(&stage, &owner).await.contains("renews then for 250 ⭐"));
    stage.telegram.clear_faults();
    let stopped = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&stopped).starts_with("✅ Pro does not renew any more"), "{stopped}");
    assert_eq!(stage.telegram.is_canceled(&charge), Some(true));
    stage.curtain().await;
}

async fn what_runs_is_shown_where_nothing_is_sold_any_more(mut stage: Stage) {
    sells(&mut stage, &[]).await;
    let owner = stage.owner.clone();
    buys(&stage, &owner, now() + MONTH).await;
    stage.vary("PRO_PRICE_STARS", "0");
    stage.restart().await;
    let shown = shown_plan(&stage, &owner).await;
    assert!(shown.contains("renews then for 250 ⭐"), "{shown}");
    let stopped = asks(&stage, &owner, "/unsubscribe").await;
    assert!(text(&stopped).starts_with("✅ Pro does not renew any more"), "{stopped}");
    let shown = shown_plan(&stage, &owner).await;
    assert!(shown.starts_with("Nothing to pay here") && !shown.contains('⭐'), "{shown}");
    stage.curtain().await;
}
