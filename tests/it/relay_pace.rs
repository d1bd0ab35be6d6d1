//! A customer who writes faster than he may, and everybody beside him.

use serde_json::Value;
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Mode, Stage,
    matrix::{on_every_database, on_every_stage},
    oracle::{Cast, judge},
    talk::{bytes, id},
    text,
};

const TOO_FAST: &str = "faster than messages can be passed on";
const NOT_PASSED_ON: &str = "⏳ messages not passed on, too many at once: ";

mod stages {
    use super::*;
    on_every_stage!(
        who_writes_too_fast_is_told_once_and_the_owner_reads_how_many,
        a_flood_holds_nobody_else_up,
    );
    on_every_database!(set(Webhook):
        everybody_is_limited_unless_told_otherwise,
        what_was_refused_stays_so_after_a_restart,
        what_was_admitted_stays_so_while_it_waits,
        what_was_written_slowly_may_come_all_at_once,
        an_album_counts_as_one_message,
        a_flood_of_commands_is_answered_calmly,
        nobody_is_refused_before_he_can_be_told,
        who_cannot_be_told_holds_nothing_up,
        a_count_comes_with_the_header_of_its_own,
        a_count_and_a_possible_repeat_stand_together,
    );
}

impl Stage {
    /// The same stage where customers may send so much.
    async fn paced(&mut self, rate: &str) {
        self.vary("CUSTOMER_RATE", rate);
        self.restart().await;
    }

    async fn sends_album(&self, customer: &Person, bot: &Bot, group: &str) -> Vec<i64> {
        let mut items = Vec::new();
        for n in 1..=4 {
            let photo = draft::photo(bytes(n, 900)).media_group_id(group);
            items.push(self.telegram.send(customer, bot, photo).await);
        }
        items
    }

    async fn floods(&self, customer: &Person, bot: &Bot, words: &str, times: usize) -> Vec<i64> {
        let mut sent = Vec::new();
        for n in 1..=times {
            let message = draft::text(format!("{words} {n}"));
            sent.push(self.telegram.send(customer, bot, message).await);
        }
        sent
    }
}

async fn who_writes_too_fast_is_told_once_and_the_owner_reads_how_many(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/3").await;
    let sent = stage.floods(&anna, &shop, "flood", 8).await;
    stage.answered(&anna, &shop, sent[3], TOO_FAST).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, "flood"), 3);
    // What was not passed on can't be changed, silently.
    stage.telegram.edit(&anna, &shop, sent[5], draft::text("flood changed")).await;
    stage.telegram.quiet().await;
    // The count outlives the process; it is said once.
    stage.restart().await;
    let (_, copy) = stage.asks_only(&anna, &shop, "slowly now").await;
    assert_eq!(text(&copy), format!("🆕 Anna @anna → @shop_bot\n{NOT_PASSED_ON}5\nslowly now"));
    let (_, copy) = stage.asks_only(&anna, &shop, "thank you").await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nthank you");
    assert_eq!(stage.times(&stage.owner, &stage.master, "flood"), 3);
    let reply = stage.answer(&copy, draft::text("you are welcome")).await;
    stage.copy_of_reply(reply).await;
    stage.curtain().await;
}

async fn a_flood_holds_nobody_else_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Cafe").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.sees(&anna, &cafe, "Hello").await;
    stage.paced("1/5").await;
    stage.floods(&anna, &shop, "flood", 120).await;
    let mut others = Vec::new();
    for n in 1..=5 {
        let message = draft::text(format!("Boris asks {n}"));
        others.push((&shop, &boris, stage.telegram.send(&boris, &shop, message).await));
        let message = draft::text(format!("Anna asks elsewhere {n}"));
        others.push((&cafe, &anna, stage.telegram.send(&anna, &cafe, message).await));
    }
    for (bot, person, message) in others {
        stage.copy_of(bot, person, message).await;
    }
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&boris, &shop, TOO_FAST), 0);
    assert_eq!(stage.times(&anna, &cafe, TOO_FAST), 0);
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&boris] };
    let cafes = Cast { owner: &stage.owner, bots: &[&cafe], customers: &[&anna] };
    let judged = judge(&stage, &[cast, cafes]).await;
    assert_eq!((judged.inbound, judged.lost, judged.disordered), (10, vec![], vec![]));
    // One comes through a minute, and one notice: what the flood cost Telegram and the owner.
    let passed_on = stage.times(&stage.owner, &stage.master, "flood");
    assert!((5..=10).contains(&passed_on), "{passed_on}");
    let notices = stage.times(&anna, &shop, TOO_FAST);
    assert!((1..=6).contains(&notices), "{notices}");
    stage.curtain().await;
}

async fn everybody_is_limited_unless_told_otherwise(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("").await;
    stage.floods(&anna, &shop, "flood", 60).await;
    stage.sees(&anna, &shop, TOO_FAST).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert!(stage.times(&stage.owner, &stage.master, "flood") >= 10);
    assert!(stage.times(&stage.owner, &stage.master, "flood") < 60);
    stage.curtain().await;
}

async fn what_was_written_slowly_may_come_all_at_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/2").await;
    stage.stop().await;
    for n in 1..=6 {
        stage.telegram.send(&anna, &shop, draft::text(format!("calmly {n}"))).await;
        stage.telegram.pass_time(std::time::Duration::from_mins(1));
    }
    stage.floods(&anna, &shop, "flood", 5).await;
    stage.start().await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "calmly"), 6);
    assert_eq!(stage.times(&stage.owner, &stage.master, "flood"), 2);
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1);
    stage.curtain().await;
}

async fn what_was_refused_stays_so_after_a_restart(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/1").await;
    stage.floods(&anna, &shop, "flood", 2).await;
    stage.sees(&anna, &shop, TOO_FAST).await;
    stage.redelivers_as(&shop, "message").await;
    stage.restart().await;
    stage.redelivers_as(&shop, "message").await;
    let (_, copy) = stage.asks_only(&anna, &shop, "slowly now").await;
    assert!(text(&copy).contains(&format!("{NOT_PASSED_ON}1\n")), "{copy}");
    stage.redelivers_as(&shop, "message").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "flood"), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, "slowly now"), 1);
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1);
    stage.curtain().await;
}

async fn what_was_admitted_stays_so_while_it_waits(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/1").await;
    let wait = Answer::TooManyRequests { retry_after: 60 };
    let held = Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id).answer(wait);
    stage.telegram.fault(held);
    let sent = stage.floods(&anna, &shop, "flood", 2).await;
    stage.reference_when((shop.id, anna.id, sent[0]), |row| row.state == "held").await;
    // Telegram comes again while it still has to wait; then another process takes it up.
    stage
        .telegram
        .wait("a second try", |view| {
            let tries = view.deliveries().iter().filter(|one| one.status == Some(503));
            (tries.count() >= 2).then_some(())
        })
        .await;
    stage.restart().await;
    let copy = stage.copy_of(&shop, &anna, sent[0]).await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nflood 1");
    stage.telegram.quiet().await;
    stage.stop().await;
}

async fn an_album_counts_as_one_message(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/2").await;
    for item in stage.sends_album(&anna, &shop, "g1").await {
        stage.copy_of(&shop, &anna, item).await;
    }
    stage.asks_only(&anna, &shop, "the second").await;
    let refused = stage.sends_album(&anna, &shop, "g2").await;
    stage.answered(&anna, &shop, refused[0], TOO_FAST).await;
    stage.nothing_waits().await;
    stage.restart().await;
    let (_, copy) = stage.asks_only(&anna, &shop, "slowly now").await;
    assert!(text(&copy).contains(&format!("{NOT_PASSED_ON}1\n")), "{copy}");
    // An album says so, too.
    stage.floods(&anna, &shop, "flood", 3).await;
    stage.telegram.quiet().await;
    stage.restart().await;
    let items = stage.sends_album(&anna, &shop, "g3").await;
    let first = stage.copy_of(&shop, &anna, items[0]).await;
    assert!(first["caption"].as_str().unwrap().ends_with(&format!("{NOT_PASSED_ON}2")), "{first}");
    stage.nothing_waits().await;
    let (_, copy) = stage.asks_only(&anna, &shop, "thank you").await;
    assert!(!text(&copy).contains(NOT_PASSED_ON), "{copy}");
    let photos = |message: &&Value| message["photo"].is_array();
    let shown = stage.telegram.chat(&stage.owner, &stage.master);
    assert_eq!(shown.iter().filter(photos).count(), 8);
    stage.curtain().await;
}

async fn a_flood_of_commands_is_answered_calmly(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/3").await;
    for _ in 0..12 {
        stage.telegram.send(&anna, &shop, draft::text("/help")).await;
    }
    stage.sees(&anna, &shop, TOO_FAST).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&anna, &shop, "Just write here"), 3);
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1);
    // They take nothing from his messages, and are none.
    let (_, copy) = stage.asks_only(&anna, &shop, "hello").await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nhello");
    stage.curtain().await;
}

async fn nobody_is_refused_before_he_can_be_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    stage.settled().await;
    stage.paced("1/1").await;
    let wait = Answer::TooManyRequests { retry_after: 40 };
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).chat(anna.id).answer(wait));
    let sent = stage.floods(&anna, &shop, "flood", 3).await;
    stage
        .telegram
        .wait("a 503", |view| {
            let last = view.deliveries().iter().rfind(|one| one.bot == shop.id)?;
            (last.status == Some(503)).then_some(())
        })
        .await;
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 0);
    // What one process was told to wait for, another does not know; nor has it counted.
    stage.restart().await;
    stage.copy_of(&shop, &anna, sent[1]).await;
    stage.answered(&anna, &shop, sent[2], TOO_FAST).await;
    stage.telegram.quiet().await;
    stage.restart().await;
    let (_, copy) = stage.asks_only(&anna, &shop, "slowly now").await;
    assert!(text(&copy).contains(&format!("{NOT_PASSED_ON}1\n")), "{copy}");
    stage.curtain().await;
}

async fn who_cannot_be_told_holds_nothing_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    stage.settled().await;
    stage.paced("1/1").await;
    let gone = Answer::Refuse(403, "Forbidden: bot was blocked by the user".into());
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).chat(anna.id).answer(gone));
    stage.floods(&anna, &shop, "flood", 4).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.telegram.faults_left(), 0);
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 0);
    assert_eq!(stage.times(&stage.owner, &stage.master, "flood"), 1);
    stage.stop().await;
}

async fn a_count_comes_with_the_header_of_its_own(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/1").await;
    stage.floods(&anna, &shop, "flood", 4).await;
    stage.telegram.quiet().await;
    stage.restart().await;
    let sticker = draft::sticker_static(bytes(3, 300));
    let sent = stage.telegram.send(&anna, &shop, sticker).await;
    let copy = stage.copy_of(&shop, &anna, sent).await;
    let header = copy["reply_to_message"]["message_id"].as_i64().unwrap();
    let header = stage.telegram.message(&stage.master, stage.owner.id, header).unwrap();
    assert_eq!(text(&header), format!("🆕 Anna @anna → @shop_bot\n{NOT_PASSED_ON}3"));
    assert!(id(&header) < id(&copy));
    stage.curtain().await;
}

async fn a_count_and_a_possible_repeat_stand_together(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.paced("1/1").await;
    stage.floods(&anna, &shop, "flood", 3).await;
    stage.telegram.quiet().await;
    stage.restart().await;
    let fault = Fault::on("sendMessage").bot(&stage.master).answer(Answer::ResetAfter);
    stage.telegram.fault(fault);
    let (_, copy) = stage.asks_only(&anna, &shop, "slowly now").await;
    let wanted =
        format!("🆕 Anna @anna → @shop_bot\n↻ possibly a repeat\n{NOT_PASSED_ON}2\nslowly now");
    assert_eq!(text(&copy), wanted);
    assert_eq!(stage.mode(), Mode::Webhook);
    stage.curtain().await;
}
