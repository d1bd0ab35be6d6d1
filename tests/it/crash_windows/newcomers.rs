//! Newcomers: asked to press a button, kept until they do, passed on, accepted.

use telegram_emulator::{Person, draft};

use super::{Play, on_each_database};
use crate::support::{button, talk::id, text};

const QUESTION: &str = "Please press the button";
const PERSON: &str = "I am a person";

async fn rule(play: &Play, rule: [&str; 2]) {
    play.stage.sets(&["Newcomers", rule[0], rule[1], "Save"]).await;
    play.stage.owner_sees(&format!("{}: {}", rule[0], rule[1])).await;
}

/// What a customer wrote, as the owner sees it.
fn arrived(play: &Play, customer: &Person) -> Vec<String> {
    let (owner, master) = (&play.stage.owner, &play.stage.master);
    let said = play.stage.said(owner, master);
    let header = format!("🆕 {}", customer.first_name);
    let of_him = said.iter().filter(|text| text.starts_with(&header));
    of_him.map(|text| text.lines().last().unwrap_or_default().to_owned()).collect()
}

async fn buttons_pressed(mut play: Play) {
    rule(&play, ["Button for newcomers", "on, press before the first message"]).await;
    let shop = play.shop.clone();
    for (number, point) in
        ["newcomer-asked", "newcomer-kept", "newcomer-brought", "newcomer-released"]
            .into_iter()
            .enumerate()
    {
        let boris = play.stage.customer(&format!("Boris{number}"), &shop).await;
        let one = draft::text("one");
        if point == "newcomer-asked" {
            play.dies_at(point, async |play: &mut Play| {
                play.stage.telegram.send(&boris, &shop, one).await
            })
            .await;
            assert_eq!(play.stage.times(&boris, &shop, QUESTION), 2, "asked twice, never not");
        } else {
            play.stage.telegram.send(&boris, &shop, one).await;
            play.stage.sees(&boris, &shop, QUESTION).await;
        }
        let two = draft::text("two");
        if point == "newcomer-kept" {
            play.dies_at(point, async |play: &mut Play| {
                play.stage.telegram.send(&boris, &shop, two).await
            })
            .await;
        } else {
            play.stage.telegram.send(&boris, &shop, two).await;
            play.rests().await;
        }
        assert_eq!(arrived(&play, &boris), Vec::<String>::new(), "{point}");
        if matches!(point, "newcomer-brought" | "newcomer-released") {
            play.dies_at(point, async |play: &mut Play| {
                play.stage.presses_on(&boris, &shop, PERSON).await;
            })
            .await;
        } else {
            play.stage.presses_on(&boris, &shop, PERSON).await;
        }
        play.stage.sees(&boris, &shop, "What you wrote is passed on").await;
        play.rests().await;
        assert_eq!(arrived(&play, &boris), ["one", "two"], "{point}");
        let (_, copy) = play.stage.asks_only(&boris, &shop, "three").await;
        assert!(text(&copy).ends_with("\nthree"), "{point}: {copy}");
    }
    assert_eq!(play.stage.database.count("parked").await, 0);
    play.ends().await;
}

async fn buttons_never_pressed(mut play: Play) {
    rule(&play, ["Button for newcomers", "on, press before the first message"]).await;
    let shop = play.shop.clone();
    let boris = play.stage.customer("Boris", &shop).await;
    play.stage.telegram.send(&boris, &shop, draft::text("one")).await;
    play.stage.sees(&boris, &shop, QUESTION).await;
    play.stage.telegram.send(&boris, &shop, draft::text("two")).await;
    play.rests().await;
    let words = "because the button was not pressed";
    play.dies_at("newcomer-expired", async |play: &mut Play| {
        play.stage.database.run("UPDATE parked SET parked_at = 0").await;
    })
    .await;
    play.stage.sees_times(&boris, &shop, words, 2).await;
    play.stage.database.until("owners WHERE NOT EXISTS (SELECT 1 FROM parked)").await;
    assert_eq!(arrived(&play, &boris), Vec::<String>::new());
    play.ends().await;
}

async fn newcomers_decided_about(mut play: Play) {
    rule(&play, ["Ask me about newcomers", "on, Accept or Ban"]).await;
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let shop = play.shop.clone();
    let boris = play.stage.customer("Boris", &shop).await;
    play.dies_at("newcomer-introduced", async |play: &mut Play| {
        play.stage.telegram.send(&boris, &shop, draft::text("one")).await
    })
    .await;
    let copy = play.stage.owner_sees("🆕 Boris").await;
    assert!(button(&copy, "Accept").is_some(), "{copy}");
    play.dies_at("contact-accepted", async |play: &mut Play| {
        play.stage.presses(&owner, "Accept").await;
    })
    .await;
    let copy = play.stage.telegram.message(&master, owner.id, id(&copy)).unwrap();
    assert!(button(&copy, "Accept").is_none(), "{copy}");
    for n in 0..6 {
        play.stage.asks_only(&boris, &shop, &format!("more {n}")).await;
    }
    play.ends().await;
}

on_each_database!(buttons_pressed, buttons_never_pressed, newcomers_decided_about);
