//! `/status`: what works and what does not, with what to do about it.

use std::time::{Duration, Instant};

use serde_json::Value;
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{Backend, Mode, Stage, button, by_bot, matrix::on_every_database, text};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        everything_works,
        trouble_comes_with_its_fix,
        a_bot_that_does_not_answer_holds_nobody_up,
        owners_see_their_own,
        telegrams_limits_hold,
    );
}

const TITLE: &str = "feedback-relay 0.1.0, running for ";

/// Asks for `/status`, and gives the answer.
async fn status_of(stage: &Stage, person: &Person) -> Value {
    let before = stage.telegram.chat(person, &stage.master).len();
    stage.telegram.send(person, &stage.master, draft::text("/status")).await;
    stage
        .wait_for(person, &stage.master, "an answer to /status", |messages| {
            messages.iter().skip(before).rfind(|m| by_bot(m) && text(m).starts_with(TITLE)).cloned()
        })
        .await
}

async fn status(stage: &Stage) -> String {
    text(&status_of(stage, &stage.owner).await).to_owned()
}

/// What stands below one bot's line, up to an empty line.
fn of_bot<'a>(status: &'a str, bot: &Bot) -> &'a str {
    let name = format!("@{}", bot.username);
    status.split("\n\n").find(|part| part.contains(&name)).unwrap_or_else(|| panic!("{status}"))
}

async fn everything_works(mut stage: Stage) {
    let first = status(&stage).await;
    assert!(first.contains("You have no client bots yet"), "{first}");
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    let is_file = stage.database.url().starts_with("sqlite");
    for times in 1..=2 {
        let now = status(&stage).await;
        assert!(now.contains("🟢 Database: ") && now.contains("SQLite") == is_file, "{now}");
        assert!(now.contains("🟢 Telegram delivers to relay.test (webhook)"), "{now}");
        assert!(now.contains("\nThis bot: waiting at Telegram: 0\n"), "{now}");
        assert!(
            now.contains("Memory: ") && now.contains(" MB. Owners: 1. Bots in all: 2"),
            "{now}"
        );
        assert!(now.contains("Your bots: 2, in trouble: 0"), "{now}");
        let of_shop = of_bot(&now, &shop);
        let wanted = "🟢 @shop_bot (Shop): works\nLast update: less than 1 min ago\n\
                      Waiting at Telegram: 0";
        assert_eq!(of_shop, wanted);
        assert!(of_bot(&now, &cafe).contains("Last update: none yet"), "{now}");
        // What came last is known after a restart, too.
        if times == 1 {
            let ago = "UPDATE message_references SET created_at = created_at - 300000";
            stage.restart().await;
            stage.database.run(ago).await;
            let now = status(&stage).await;
            assert!(of_bot(&now, &shop).contains("Last update: 5 min ago"), "{now}");
            stage.database.run(&ago.replace('-', "+")).await;
        }
    }
    stage.curtain().await;
}

async fn trouble_comes_with_its_fix(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    // A revoked token is noticed by asking.
    stage.telegram.revoke_token(&cafe);
    let now = status(&stage).await;
    let of_cafe = of_bot(&now, &cafe);
    assert!(of_cafe.starts_with("🔴 @cafe_bot (Café): Telegram no longer accepts"), "{now}");
    assert!(of_cafe.contains("send it with /add"), "{now}");
    assert!(now.find("@cafe_bot") < now.find("@shop_bot"), "trouble first: {now}");
    assert!(now.contains("Your bots: 2, in trouble: 1\n"), "{now}");
    // Updates that wait at Telegram, and why.
    stage.telegram.fault(Fault::on("sendPhoto").always().answer(Answer::Internal));
    stage.telegram.send(&anna, &shop, draft::photo(b"jpg".to_vec())).await;
    let began = Instant::now();
    loop {
        let now = status(&stage).await;
        let of_shop = of_bot(&now, &shop);
        if of_shop.contains("503") {
            assert!(of_shop.starts_with("🟠 @shop_bot (Shop): needs attention"), "{now}");
            assert!(of_shop.contains("Waiting at Telegram: 1\n"), "{now}");
            assert!(now.contains("Your bots: 2, in trouble: 2\n"), "found just now: {now}");
            assert!(
                of_shop.contains("ago Telegram could not deliver: “Wrong response from the"),
                "{now}"
            );
            assert!(of_shop.ends_with("It was asked to wait and comes again by itself."), "{now}");
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{now}");
    }
    stage.telegram.clear_faults();
    stage.curtain().await;
}

async fn a_bot_that_does_not_answer_holds_nobody_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let hang = Answer::Hang(Duration::from_hours(1));
    stage.telegram.fault(Fault::on("getWebhookInfo").bot(&shop).always().answer(hang));
    let began = Instant::now();
    let now = status(&stage).await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(of_bot(&now, &shop).contains("Waiting at Telegram: no answer"), "{now}");
    assert!(of_bot(&now, &cafe).ends_with("Waiting at Telegram: 0"), "{now}");
    stage.telegram.clear_faults();
    // The button asks once more, in place.
    let before = stage.telegram.chat(&stage.owner, &stage.master).len();
    stage.presses(&stage.owner, "Look again").await;
    stage
        .wait_for(&stage.owner, &stage.master, "an answer of all", |messages| {
            messages
                .iter()
                .any(|m| text(m).matches("Waiting at Telegram: 0").count() == 2)
                .then_some(())
        })
        .await;
    assert_eq!(stage.telegram.chat(&stage.owner, &stage.master).len(), before);
    stage.stop().await;
}

async fn owners_see_their_own(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let paula = stage.person("Paula");
    stage.telegram.start(&paula, &stage.master, "").await;
    stage.sees(&paula, &stage.master, "/add attaches").await;
    let own = stage.attach_as(&paula, "paulas_bot", "Paula's").await;
    let hers = text(&status_of(&stage, &paula).await).to_owned();
    assert!(hers.contains("🟢 The service works") && hers.contains("Your bots: 1"), "{hers}");
    assert!(of_bot(&hers, &own).contains("works"), "{hers}");
    for hidden in ["shop_bot", "Memory", "Owners", "Database", "relay.test"] {
        assert!(!hers.contains(hidden), "{hidden}: {hers}");
    }
    let his = status(&stage).await;
    assert!(his.contains("Owners: 2. Bots in all: 2") && his.contains("Your bots: 1"), "{his}");
    assert!(of_bot(&his, &shop).contains("works") && !his.contains("paulas_bot"), "{his}");
    stage.curtain().await;
}

async fn telegrams_limits_hold(mut stage: Stage) {
    for number in 1..=11 {
        stage.attach(&format!("shop{number:02}_bot"), "Shop").await;
    }
    // None has called since.
    stage.restart().await;
    let first = status_of(&stage, &stage.owner).await;
    assert_eq!(text(&first).matches("Waiting at Telegram: 0").count(), 8, "{first}");
    assert!(text(&first).contains("Your bots: 11, in trouble: 0\nPage 1 of 2"), "{first}");
    assert!(button(&first, "◀").is_none());
    stage.presses(&stage.owner, "▶").await;
    let second = stage.owner_sees("Page 2 of 2").await;
    assert_eq!(second["message_id"], first["message_id"]);
    let words = text(&second);
    assert!(words.contains("@shop11_bot") && !words.contains("@shop08_bot"), "{words}");
    assert!(words.contains("Waiting at Telegram: not asked."), "{words}");
    stage.presses(&stage.owner, "◀").await;
    stage.owner_sees("Page 1 of 2").await;
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_answer_is_an_answer() {
    let mut stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let proxy = stage.proxy_the_database().await;
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.start().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    stage.telegram.quiet().await;
    proxy.refuse();
    proxy.cut_all();
    let now = status(&stage).await;
    assert!(now.contains("🔴 The database has been failing for"), "{now}");
    assert!(now.contains("Look whether the database runs"), "{now}");
    proxy.pass();
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, TITLE), 1, "it was answered once");
    let began = Instant::now();
    while !status(&stage).await.contains("🟢 Database: ") {
        assert!(began.elapsed() < Duration::from_secs(60), "it works again");
    }
    stage.stop().await;
}
