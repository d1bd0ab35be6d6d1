//! The process dies between two steps of forgetting or leaving; the next start comes to the end.

use telegram_emulator::draft;

use super::{FORGOTTEN, TOLD};
use crate::crash_windows::{Play, on_each_database};

async fn forgotten(mut play: Play) {
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let points = [
        "forget-begun",
        "forget-noted",
        "forget-conversation",
        "forget-removed",
        "forget-ended",
        "forget-said",
        "forget-remembered",
        "forget-told",
    ];
    for (number, point) in points.into_iter().enumerate() {
        let words = format!("question {number}");
        play.stage.asks_only(&anna, &shop, &words).await;
        play.stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
        play.rests().await;
        let before = play.stage.times(&owner, &master, TOLD);
        play.dies_at(point, async |play: &mut Play| {
            play.stage.presses_on(&anna, &shop, "Forget me").await;
        })
        .await;
        play.stage.sees_times(&anna, &shop, FORGOTTEN, number + 1).await;
        play.stage.nothing_names(anna.id).await;
        assert_eq!(play.stage.times(&owner, &master, &words), 1, "{point}: passed on once");
        let told = play.stage.times(&owner, &master, TOLD) - before;
        // What a process had still to tell when it died is told by a later look.
        let late =
            matches!(point, "forget-ended" | "forget-said" | "forget-remembered" | "forget-told");
        let waits = play.stage.database.count("forgotten_notices").await > 0;
        assert!(told >= 1 || (late && waits), "{point}: told {told} times");
        assert!(told <= 2, "{point}: told {told} times");
    }
    play.ends().await;
}

async fn left(mut play: Play) {
    let owner = play.stage.owner.clone();
    let points =
        ["leave-detached", "leave-removed", "answer-given", "answer-saved", "answer-remembered"];
    for (number, point) in points.into_iter().enumerate() {
        if number > 0 {
            let name = format!("cafe{number}_bot");
            play.stage.telegram.start(&owner, &play.stage.master, "").await;
            play.rests().await;
            let cafe = play.stage.attach(&name, "Café").await;
            let anna = play.anna.clone();
            play.stage.telegram.start(&anna, &cafe, "").await;
            play.stage.asks_only(&anna, &cafe, "coffee?").await;
        }
        play.stage.owner_writes("/leave").await;
        play.rests().await;
        play.dies_at(point, async |play: &mut Play| {
            play.stage.presses(&owner, "Remove everything").await;
        })
        .await;
        let master = play.stage.master.clone();
        play.stage.sees_times(&owner, &master, "Everything of yours is removed", number + 1).await;
        play.stage.nothing_names(owner.id).await;
        play.stage.nothing_names(play.anna.id).await;
    }
    play.ends().await;
}

on_each_database!(forgotten, left);
