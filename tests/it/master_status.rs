//! `/status`: what works and what does not, with what to do about it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Stage, button, by_bot, http::call, matrix::on_every_database, text,
};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        everything_works,
        trouble_comes_with_its_fix,
        a_bot_that_does_not_answer_holds_nobody_up,
        owners_see_their_own,
        telegrams_limits_hold,
        what_telegram_says_of_the_master_bot_comes_with_its_fix,
    );
    on_every_database!(set(Polling):
        a_fetch_that_fails_comes_with_its_fix,
        a_token_refused_to_a_fetch_is_said_with_its_time,
        another_poller_is_told_of_either_bot,
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

/// Asks until the answer is as wanted, and gives it.
async fn status_with(stage: &Stage, what: &str, wanted: impl Fn(&str) -> bool) -> String {
    let began = Instant::now();
    loop {
        let now = status(stage).await;
        if wanted(&now) {
            return now;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "no {what} in\n{now}");
    }
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
        stage.telegram.quiet().await;
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

async fn what_telegram_says_of_the_master_bot_comes_with_its_fix(mut stage: Stage) {
    let refused = Answer::Refuse(401, "Unauthorized".to_owned());
    let later = Answer::TooManyRequests { retry_after: 100 };
    for (answer, said, fix) in [
        (refused, "🔴 Telegram does not accept this bot's own token", "set it as MASTER_BOT_TOKEN"),
        (later, "This bot: waiting at Telegram: not asked", "look again later"),
        (Answer::Hang(Duration::from_hours(1)), "⚠️ Telegram did not answer", "name server"),
    ] {
        let fault = Fault::on("getWebhookInfo").bot(&stage.master);
        stage.telegram.fault(fault.always().answer(answer));
        let now = status(&stage).await;
        let line = now.lines().find(|line| line.contains(said)).unwrap_or_else(|| panic!("{now}"));
        assert!(line.contains(fix), "{line}");
        stage.telegram.clear_faults();
    }
    stage.telegram.quiet().await;
    assert!(status(&stage).await.contains("\nThis bot: waiting at Telegram: 0\n"));
    stage.curtain().await;
}

const MISSED: &str = "ago updates could not be fetched: ";

async fn a_fetch_that_fails_comes_with_its_fix(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.quiet().await;
    let first = status(&stage).await;
    assert!(first.contains("🟢 Updates are fetched from Telegram (long polling)"), "{first}");
    assert!(of_bot(&first, &shop).ends_with("Waiting at Telegram: 0"), "{first}");
    let conflict = "Conflict: terminated by other getUpdates request; make sure that only one bot";
    for (number, (answer, why, fix)) in [
        (Answer::Internal, "Telegram had a fault of its own (500). ", "tried again by itself"),
        (Answer::TooManyRequests { retry_after: 2 }, "Telegram asked to wait. ", "again by itself"),
        (Answer::ResetBefore, "Telegram could not be reached. ", "network, its name server"),
        (Answer::Refuse(409, conflict.to_owned()), "another program fetched them. ", "stop it, or"),
    ]
    .into_iter()
    .enumerate()
    {
        let fault = Fault::on("getUpdates").bot(&shop).answer(answer);
        // With a third conflict in a row the other poller is told of.
        stage.telegram.fault(if number < 3 { fault.always() } else { fault.times(2) });
        // What comes ends the fetch that waits.
        let words = format!("tea {number}?");
        stage.telegram.send(&anna, &shop, draft::text(&words)).await;
        let now = status_with(&stage, why, |now| of_bot(now, &shop).contains(why)).await;
        stage.telegram.clear_faults();
        let of_shop = of_bot(&now, &shop);
        assert!(of_shop.starts_with("🟠 @shop_bot (Shop): needs attention\n"), "{now}");
        let line = of_shop.lines().last().unwrap();
        assert!(line.starts_with("⚠️ less than 1 min ") && line.contains(MISSED), "{line}");
        assert!(line.contains(fix), "{line}");
        assert!(of_bot(&now, &cafe).starts_with("🟢") && !of_bot(&now, &cafe).contains(MISSED));
        assert!(now.contains("Your bots: 2, in trouble: 1\n"), "{now}");
        stage.owner_sees(&words).await;
        if number < 3 {
            // Another poller is gone after a minute only.
            let over = format!("{why}That is over.");
            let now = status_with(&stage, &over, |now| of_bot(now, &shop).ends_with(&over)).await;
            assert!(of_bot(&now, &shop).starts_with("🟢 @shop_bot (Shop): works\n"), "{now}");
        }
    }
    // The master bot's own: that it answers means that it is over.
    stage.telegram.fault(Fault::on("getUpdates").bot(&stage.master).answer(Answer::Internal));
    let over = "less than 1 min ago: Telegram had a fault of its own (500). That is over.";
    let none_waits = "This bot: waiting at Telegram: 0\n";
    let now = status_with(&stage, over, |now| now.contains(over) && now.contains(none_waits)).await;
    assert!(now.split("\n\n").next().unwrap().contains(over), "{now}");
    stage.stop().await;
}

async fn a_token_refused_to_a_fetch_is_said_with_its_time(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let renewed = stage.telegram.revoke_token(&shop);
    stage.owner_sees("🔴 Telegram no longer accepts the token of @shop_bot").await;
    let now = status(&stage).await;
    let of_shop = of_bot(&now, &shop);
    assert!(of_shop.starts_with("🔴 @shop_bot (Shop): Telegram no longer accepts"), "{now}");
    assert!(of_shop.contains("send it with /add"), "{now}");
    let line = of_shop.lines().last().unwrap();
    let wanted = format!("⚠️ less than 1 min {MISSED}Telegram does not accept the token.");
    assert_eq!(line, wanted, "what to do stands in the first line");
    // With a new token what its old one met is forgotten.
    stage.owner_writes(&renewed.token).await;
    stage.owner_sees("The new token of @shop_bot is in use").await;
    let now = status(&stage).await;
    assert!(of_bot(&now, &shop).starts_with("🟢 @shop_bot (Shop): works\n"), "{now}");
    assert!(!of_bot(&now, &shop).contains("Telegram does not accept"), "{now}");
    stage.stop().await;
}

async fn another_poller_is_told_of_either_bot(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let conflicts = async |bot: &Bot, said: &str| {
        let began = Instant::now();
        loop {
            // The other one only looks: it acknowledges nothing.
            call(&stage.telegram, bot, "getUpdates", json!({"offset": 0, "timeout": 2})).await;
            let now = status(&stage).await;
            if now.contains(said) {
                return now;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "no {said:?} in {now}");
        }
    };
    let now = conflicts(&shop, "🟠 @shop_bot (Shop): another program receives").await;
    let of_shop = of_bot(&now, &shop);
    assert!(of_shop.contains("Stop that program, or revoke the token in @BotFather"), "{now}");
    assert!(of_shop.ends_with(&format!("{MISSED}another program fetched them.")), "{now}");
    let own = "🟠 Another program receives this bot's own messages";
    let now = conflicts(&stage.master, own).await;
    let own = now.lines().find(|line| line.starts_with(own)).unwrap();
    assert!(own.contains("set the new one as MASTER_BOT_TOKEN"), "{own}");
    stage.stop().await;
}

/// The server says by a number that it has no room, or that it may only be read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_nothing_more_is_an_answer() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for (number, words) in [(1114, "no room?"), (1290, "only read?")] {
        let refuses = format!(
            "CREATE TRIGGER refuses BEFORE INSERT ON message_references FOR EACH ROW \
             SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'no'"
        );
        stage.database.run(&refuses).await;
        stage.telegram.send(&anna, &shop, draft::text(words)).await;
        let now = status_with(&stage, "trouble", |now| now.contains("takes nothing more")).await;
        let line =
            now.lines().find(|line| line.starts_with("🔴 The database has been failing for"));
        assert!(line.is_some_and(|line| line.contains("Free some disk space")), "{now}");
        stage.database.run("DROP TRIGGER refuses").await;
        stage.owner_sees(words).await;
        status_with(&stage, "a database that works", |now| now.contains("🟢 Database: ")).await;
    }
    stage.curtain().await;
}
