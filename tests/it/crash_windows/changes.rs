//! Changes, and what is taken back.

use std::time::Duration;

use telegram_emulator::{Bot, Person, draft};

use super::{Play, on_each_database, popped_up};
use crate::support::{buttons::STALE, talk::id, text};

/// The last of several changes shows, in the one copy there is.
async fn changes(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let points = ["edit-made", "edit-remembered", "edit-parked", "edit-passed"];
    for point in points {
        let words = format!("asked, {point}");
        let (message, copy) = play.stage.asks(&anna, &shop, &words).await;
        let last = changed(&mut play, point, (&anna, &shop), message).await;
        let copy = play.stage.telegram.message(&master, owner.id, id(&copy)).expect("a copy");
        assert!(text(&copy).ends_with(&format!("✏️ edited\n{last}")), "{point}: {copy}");
        assert_eq!(play.stage.times(&owner, &master, &last), 1, "{point}");

        let reply = play.stage.answer(&copy, draft::text(format!("said, {point}"))).await;
        let answer = play.stage.copy_of_reply(reply).await;
        let last = changed(&mut play, point, (&owner, &master), reply).await;
        let answer = play.stage.telegram.message(&shop, anna.id, id(&answer)).expect("a copy");
        assert_eq!(text(&answer), last, "{point}");
        assert_eq!(play.stage.times(&anna, &shop, &last), 1, "{point}");
    }
    play.judged(1 + points.len(), points.len()).await;
}

/// Changes a message until the process dies of it; gives its last words.
async fn changed(play: &mut Play, point: &str, by: (&Person, &Bot), message: i64) -> String {
    play.dies_at(point, async |play: &mut Play| {
        let mut number = 0;
        loop {
            number += 1;
            let words = format!("{point} {} number {number}", by.0.first_name);
            play.stage.telegram.edit(by.0, by.1, message, draft::text(&*words)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            if !play.is_alive() {
                return words;
            }
        }
    })
    .await
}

/// The reply is gone at the customer, and that is said.
async fn replies_taken_back(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let copy = play.stage.owner_sees("the question").await;
    for (point, times) in [("delete-made", 1), ("delete-marked", 1), ("answer-remembered", 1)] {
        let kept = play.stage.answer(&copy, draft::text(format!("kept, {point}"))).await;
        let kept = play.stage.copy_of_reply(kept).await;
        let reply = play.stage.answer(&copy, draft::text(point)).await;
        let answer = play.stage.copy_of_reply(reply).await;
        let command = draft::text("/delete").reply_to(reply);
        let deed = async |play: &mut Play| play.stage.telegram.send(&owner, &master, command).await;
        play.dies_at(point, deed).await;
        assert!(!play.stage.shows(&anna, &shop, id(&answer)), "{point}");
        assert!(play.stage.shows(&anna, &shop, id(&kept)), "{point}");
        assert_eq!(play.stage.count_answers(&owner, &master, reply, "🗑"), times, "{point}");
    }
    play.ends().await;
}

/// The customer's last message is gone, the one before it is not, and that is said.
async fn messages_taken_back(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    for (point, times) in [("delete-made", 1), ("delete-marked", 1), ("delete-told", 2)] {
        let (_, kept) = play.stage.asks(&anna, &shop, &format!("kept, {point}")).await;
        let (_, before) = play.stage.asks(&anna, &shop, &format!("before, {point}")).await;
        let (_, copy) = play.stage.asks(&anna, &shop, point).await;
        let said = play.stage.times(&anna, &shop, "taken back");
        play.dies_at(point, async |play: &mut Play| {
            play.stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
        })
        .await;
        let is_there = |copy| play.stage.shows(&owner, &master, id(copy));
        assert!(!is_there(&copy) && is_there(&before) && is_there(&kept), "{point}");
        assert_eq!(play.stage.times(&anna, &shop, "taken back"), said + times, "{point}");
        // The next one means the message before it.
        play.stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
        play.stage.is_gone(&owner, &master, id(&before)).await;
        play.rests().await;
        assert!(play.stage.shows(&owner, &master, id(&kept)), "{point}");
    }
    play.ends().await;
}

/// A button says what became of it, in the process before or in this one.
async fn replies_undone(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    for point in ["delete-made", "delete-marked", "answer-remembered"] {
        let (_, copy) = play.stage.asks(&anna, &shop, &format!("asked, {point}")).await;
        let reply = play.stage.answer(&copy, draft::text(point)).await;
        let answer = play.stage.copy_of_reply(reply).await;
        let said = popped_up(&play, "🗑 Deleted");
        play.dies_at(point, async |play: &mut Play| {
            play.stage.presses(&owner, "↩️ Undo").await;
        })
        .await;
        assert!(!play.stage.shows(&anna, &shop, id(&answer)), "{point}");
        assert_eq!(popped_up(&play, "🗑 Deleted"), said + 1, "{point}");
        assert_eq!(popped_up(&play, STALE), 0, "{point}");
        let copy = play.stage.telegram.message(&master, owner.id, id(&copy)).expect("a copy");
        assert!(text(&copy).starts_with("🆕"), "{point}: {copy}");
    }
    play.ends().await;
}

on_each_database!(changes, replies_taken_back, messages_taken_back, replies_undone);
