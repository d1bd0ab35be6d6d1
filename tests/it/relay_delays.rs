//! What waits for long: whoever wrote it is told, once, and in the end that it failed.

use std::time::{Duration, Instant};

use telegram_emulator::{Answer, Draft, Fault, draft};

use crate::support::{
    Mode, Stage,
    matrix::{on_every_database, on_every_stage},
    talk::bytes,
    text,
};

const DELAYED: &str = "Your message is delayed";
const FAILED: &str = "could not be delivered";
const MAYBE: &str = "may not have been delivered";
/// Longer ago than anything may wait, in seconds.
const AGES: i64 = 22 * 3600 + 60;

mod stages {
    use super::*;
    on_every_stage!(who_waits_for_long_is_told_once, who_waited_too_long_is_told_that_it_failed,);
    on_every_database!(set(Webhook):
        what_is_old_is_passed_on_all_the_same,
        what_may_have_arrived_is_said_to_be_uncertain,
        telegram_comes_again_when_the_customer_is_to_be_told,
        an_album_that_waits_is_told_of_once,
        an_album_that_waited_too_long_is_told_of_once,
        a_change_that_waited_too_long_is_told_of,
        an_album_of_the_owner_that_is_held_can_be_sent_again,
    );
}

fn too_fast(seconds: u64) -> Answer {
    Answer::TooManyRequests { retry_after: seconds }
}

impl Stage {
    async fn all_faults_are_played(&self) {
        let began = Instant::now();
        while self.telegram.faults_left() > 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "{}", self.telegram.dump());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The inbox takes nothing.
    fn inbox_is_held(&self, method: &str) -> Fault {
        Fault::on(method).bot(&self.master).chat(self.owner.id)
    }
}

async fn who_waits_for_long_is_told_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let fault = stage.inbox_is_held("sendMessage").times(2).answer(too_fast(60));
    stage.telegram.fault(fault);
    let question = stage.telegram.send(&anna, &shop, draft::text("hello?").aged(400)).await;
    stage.answered(&anna, &shop, question, DELAYED).await;
    // The second process is refused, too, and knows that he was told.
    stage.restart().await;
    stage.all_faults_are_played().await;
    stage.reference_when((shop.id, anna.id, question), |row| row.state == "held").await;
    stage.restart().await;
    let copy = stage.copy_of(&shop, &anna, question).await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nhello?");
    stage.curtain().await;
    assert_eq!(stage.count_answers(&anna, &shop, question, DELAYED), 1);
    assert_eq!(stage.times(&anna, &shop, FAILED), 0);
}

async fn who_waited_too_long_is_told_that_it_failed(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.fault(stage.inbox_is_held("sendMessage").answer(too_fast(3600)));
    let question = stage.telegram.send(&anna, &shop, draft::text("hello?").aged(AGES)).await;
    stage.answered(&anna, &shop, question, FAILED).await;
    stage.reference_when((shop.id, anna.id, question), |row| row.state == "told").await;
    stage.restart().await;
    let (_, copy) = stage.asks(&anna, &shop, "and now?").await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nand now?");
    stage.curtain().await;
    assert_eq!(stage.times(&anna, &shop, FAILED), 1);
    assert_eq!(stage.times(&anna, &shop, DELAYED), 0);
    assert_eq!(stage.times(&stage.owner, &stage.master, "hello?"), 0);
}

async fn what_is_old_is_passed_on_all_the_same(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let question = stage.telegram.send(&anna, &shop, draft::text("hello?").aged(AGES)).await;
    let copy = stage.copy_of(&shop, &anna, question).await;
    let reply = stage.answer(&copy, draft::text("hello!").aged(AGES)).await;
    stage.copy_of_reply(reply).await;
    // An unknown outcome is tried again as ever.
    let fault = Fault::on("sendMessage").bot(&shop).chat(anna.id).answer(Answer::ResetAfter);
    stage.telegram.fault(fault);
    let reply = stage.answer(&copy, draft::text("welcome").aged(AGES)).await;
    stage.copy_of_reply(reply).await;
    stage.curtain().await;
    assert_eq!(stage.times(&anna, &shop, DELAYED) + stage.times(&anna, &shop, FAILED), 0);
    assert_eq!(stage.times(&stage.owner, &stage.master, "delivered"), 0);
}

async fn what_may_have_arrived_is_said_to_be_uncertain(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.fault(stage.inbox_is_held("sendMessage").answer(Answer::ResetAfter));
    stage.telegram.fault(stage.inbox_is_held("sendMessage").after(1).answer(too_fast(3600)));
    let question = stage.telegram.send(&anna, &shop, draft::text("hello?").aged(AGES)).await;
    stage.answered(&anna, &shop, question, MAYBE).await;
    stage.reference_when((shop.id, anna.id, question), |row| row.state == "told").await;
    stage.stop().await;
    assert_eq!(stage.times(&anna, &shop, FAILED), 0);
}

async fn telegram_comes_again_when_the_customer_is_to_be_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.fault(stage.inbox_is_held("sendMessage").answer(too_fast(3600)));
    stage.telegram.send(&anna, &shop, draft::text("hello?").aged(100)).await;
    let handed_back = stage
        .telegram
        .wait("a 503", |view| {
            let last = view.deliveries().iter().rfind(|one| one.bot == shop.id)?;
            (last.status == Some(503)).then(|| last.clone())
        })
        .await;
    let after = handed_back.retry_after.expect("it says when to come again");
    assert!((100.0..=200.0).contains(&after), "{after}");
    assert_eq!(stage.mode(), Mode::Webhook);
    stage.stop().await;
}

async fn album(stage: &Stage, age: i64, send: impl AsyncFn(Draft) -> i64) -> Vec<i64> {
    let mut items = Vec::new();
    for n in 0..3 {
        let photo = draft::photo(bytes(n + 1, 900)).media_group_id("g1").aged(age);
        items.push(send(photo).await);
    }
    stage.telegram.quiet().await;
    items
}

async fn an_album_that_waits_is_told_of_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let fault = stage.inbox_is_held("sendMediaGroup").times(2).answer(too_fast(100));
    stage.telegram.fault(fault);
    let items =
        album(&stage, 400, async |item| stage.telegram.send(&anna, &shop, item).await).await;
    stage.answered(&anna, &shop, items[0], DELAYED).await;
    stage.restart().await;
    stage.all_faults_are_played().await;
    stage.reference_when((shop.id, anna.id, items[0]), |row| row.state == "held").await;
    stage.restart().await;
    for item in &items {
        stage.copy_of(&shop, &anna, *item).await;
    }
    stage.nothing_waits().await;
    assert_eq!(stage.times(&anna, &shop, DELAYED), 1);
    assert_eq!(stage.times(&anna, &shop, FAILED), 0);
    stage.curtain().await;
}

async fn an_album_that_waited_too_long_is_told_of_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.fault(stage.inbox_is_held("sendMediaGroup").answer(too_fast(3600)));
    let items =
        album(&stage, AGES, async |item| stage.telegram.send(&anna, &shop, item).await).await;
    stage.answered(&anna, &shop, items[0], FAILED).await;
    stage.nothing_waits().await;
    assert_eq!(stage.times(&anna, &shop, DELAYED), 0);
    assert_eq!(stage.times(&anna, &shop, FAILED), 1);
    stage.stop().await;
}

async fn a_change_that_waited_too_long_is_told_of(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (question, copy) = stage.asks(&anna, &shop, "at 5").await;
    let reply = stage.answer(&copy, draft::text("good")).await;
    stage.copy_of_reply(reply).await;
    stage.settled().await;
    stage.telegram.fault(stage.inbox_is_held("editMessageText").answer(too_fast(3600)));
    stage.telegram.edit(&anna, &shop, question, draft::text("at 6").aged(AGES)).await;
    stage.answered(&anna, &shop, question, "your change of this message").await;
    // What one process was told to wait for, another does not know.
    stage.restart().await;
    let fault = Fault::on("editMessageText").bot(&shop).chat(anna.id).answer(too_fast(3600));
    stage.telegram.fault(fault);
    let change = draft::text("very good").aged(AGES);
    stage.telegram.edit(&stage.owner, &stage.master, reply, change).await;
    stage.answered(&stage.owner, &stage.master, reply, "Your change did not reach").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, "your change of this message"), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, "Your change did not reach"), 1);
    stage.stop().await;
}

async fn an_album_of_the_owner_that_is_held_can_be_sent_again(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello?").await;
    stage.settled().await;
    let fault = Fault::on("sendMediaGroup").bot(&shop).chat(anna.id).answer(too_fast(3600));
    stage.telegram.fault(fault);
    let items = album(&stage, 0, async |item| stage.answer(&copy, item).await).await;
    stage.answered(&stage.owner, &stage.master, items[0], "Not delivered yet").await;
    stage.settled().await;
    stage.restart().await;
    stage.presses(&stage.owner, "Send again").await;
    for item in items {
        stage.copy_of_reply(item).await;
    }
    stage.owner_sees("✅ Delivered").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Not delivered yet"), 0);
    stage.curtain().await;
}
