//! Several processes on one database: she is forgotten by one while others are at work.

use std::time::{Duration, Instant};

use telegram_emulator::{Answer, Fault, draft};

use super::{FORGOTTEN, TOLD, another_owner};
use crate::support::{Backend, Mode, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_is_at_arrives_and_leaves_nothing() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    stage.joins().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    stage.telegram.quiet().await;
    let slow = Answer::Hang(Duration::from_secs(2));
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(slow));
    stage.goes_to(1);
    let message = stage.telegram.send(&anna, &cafe, draft::text("cake?")).await;
    stage.reference_when((cafe.id, anna.id, message), |_| true).await;
    stage.goes_to(0);
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.sees(&anna, &shop, FORGOTTEN).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.nothing_names(anna.id).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "cake?"), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, TOLD), 1);
    stage.curtain().await;
}

/// Pressed in two bots at once, by way of two processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_them_forget_the_same_customer() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    stage.joins().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.asks(&anna, &shop, "tea?").await;
    stage.asks(&anna, &cafe, "cake?").await;
    for bot in [&shop, &cafe] {
        stage.telegram.send(&anna, bot, draft::text("/forget")).await;
        stage.sees(&anna, bot, "Shall everything").await;
    }
    stage.telegram.quiet().await;
    stage.goes_to(1);
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.goes_to(0);
    stage.presses_on(&anna, &cafe, "Forget me").await;
    for bot in [&shop, &cafe] {
        stage.sees(&anna, bot, FORGOTTEN).await;
    }
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.nothing_names(anna.id).await;
    stage.curtain().await;
}

/// A newcomer is asked for his button by one process, which leaves no reference, while his owner
/// leaves by another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_whom_another_process_asks_leaves_nothing() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    stage.joins().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let way = ["Button for newcomers", "on, press before the first message"];
    stage.sets(&["Newcomers", way[0], way[1], "Save"]).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.owner_writes("/leave").await;
    stage.owner_sees("Remove everything of yours?").await;
    stage.telegram.quiet().await;
    let slow = Answer::Hang(Duration::from_secs(5));
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).answer(slow));
    stage.goes_to(1);
    stage.telegram.send(&anna, &shop, draft::text("tea?")).await;
    stage.sees(&anna, &shop, "Please press the button").await;
    stage.goes_to(0);
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees("Everything of yours is removed").await;
    stage.stop().await;
    stage.nothing_names(anna.id).await;
    stage.nothing_names(stage.owner.id).await;
}

/// One process has woken the bot of an owner who then leaves by way of the other, and writes down
/// what it woke once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_woke_names_no_bot_of_who_left() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    let (otto, kiosk) = another_owner(&mut stage, "kiosk_bot").await;
    stage.watch_every(Duration::from_millis(600));
    stage.restart().await;
    woken(&stage, kiosk.id).await;
    stage.joins().await;
    stage.goes_to(1);
    stage.telegram.send(&otto, &stage.master, draft::text("/leave")).await;
    stage.sees(&otto, &stage.master, "Remove everything of yours?").await;
    stage.presses(&otto, "Remove everything").await;
    stage.sees(&otto, &stage.master, "Everything of yours is removed").await;
    stage.telegram.quiet().await;
    stage.nothing_names(kiosk.id).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    woken(&stage, shop.id).await;
    stage.nothing_names(kiosk.id).await;
    stage.nothing_names(otto.id).await;
    stage.curtain().await;
}

/// Waits until it is written down that a bot was woken.
async fn woken(stage: &Stage, bot: i64) {
    let began = Instant::now();
    while !stage.traces_of(bot).await.contains(&"installation.value".to_owned()) {
        assert!(began.elapsed() < Duration::from_secs(30), "{bot} is not woken");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
