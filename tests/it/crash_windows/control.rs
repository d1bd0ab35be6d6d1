//! What owners order: attach, detach, ban.

use telegram_emulator::{Group, Membership, draft};

use super::{Play, on_each_database, popped_up};
use crate::support::{Mode, buttons::STALE, talk::id, text};

/// The places after the deed itself.
const ANSWERED: [&str; 3] = ["answer-given", "answer-saved", "answer-remembered"];

async fn bots_attached_and_detached(mut play: Play) {
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    for (number, point) in ["attach-stored", "attach-ordered"].iter().chain(&ANSWERED).enumerate() {
        let name = format!("cafe{number}_bot");
        let cafe = play.stage.telegram.add_bot(&name, "Café");
        play.stage.owner_writes("/add").await;
        play.rests().await;
        let said = |play: &Play| {
            play.stage.times(&owner, &master, &format!("@{name} is attached"))
                + play.stage.times(&owner, &master, &format!("token of @{name} is in use"))
        };
        let token = draft::text(&*cafe.token);
        let deed = async |play: &mut Play| play.stage.telegram.send(&owner, &master, token).await;
        let secret = play.dies_at(point, deed).await;
        assert!((1..=2).contains(&said(&play)), "{point}: {}", play.stage.telegram.dump());
        assert!(!play.stage.shows(&owner, &master, secret), "{point}: the token stays");
        let boris = play.stage.customer(&format!("Boris{number}"), &cafe).await;
        play.stage.asks(&boris, &cafe, "coffee?").await;
    }
    for (number, point) in ["detach-withdrawn", "detach-stored"].iter().chain(&ANSWERED).enumerate()
    {
        let name = format!("cafe{number}_bot");
        play.stage.owner_writes("/remove").await;
        play.rests().await;
        play.stage.walks(&[&format!("@{name}")]).await;
        let before = popped_up(&play, STALE);
        play.dies_at(point, async |play: &mut Play| {
            play.stage.presses(&owner, "Detach").await;
        })
        .await;
        let told = format!("@{name} is detached");
        assert_eq!(play.stage.times(&owner, &master, &told), 1, "{point}");
        // Told that the question is settled is who has been told already how it was.
        let settled = usize::from(*point == "answer-saved");
        assert_eq!(popped_up(&play, STALE) - before, settled, "{point}");
        let bots = play.stage.database.count("bots WHERE token IS NOT NULL").await;
        assert_eq!(bots, 5 - i64::try_from(number).unwrap(), "{point}: with shop_bot");
    }
    if play.stage.mode() == Mode::Webhook {
        let hooks = play.stage.telegram.ledger().into_iter();
        let hooks = hooks.filter(|effect| effect.method == "deleteWebhook");
        assert!(hooks.count() >= 5, "each is withdrawn");
    }
    play.ends().await;
}

async fn bans(mut play: Play) {
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let shop = play.shop.clone();
    let points = ["ban-stored", "answer-given", "answer-remembered"];
    for (number, point) in points.iter().enumerate() {
        let name = format!("Boris{number}");
        let boris = play.stage.customer(&name, &shop).await;
        let (_, copy) = play.stage.asks(&boris, &shop, "spam").await;
        let command = draft::text("/ban").reply_to(id(&copy));
        let deed = async |play: &mut Play| play.stage.telegram.send(&owner, &master, command).await;
        play.dies_at(point, deed).await;
        let times = play.stage.times(&owner, &master, "banned from all your bots");
        assert!((number + 1..=2 * number + 2).contains(&times), "{point}");
        play.stage.telegram.send(&boris, &shop, draft::text("more spam")).await;
        play.rests().await;
        assert_eq!(play.stage.times(&owner, &master, "more spam"), 0, "{point}");
    }
    let pressed = [
        ("ban-stored", "Only from @shop_bot", "is banned from @shop_bot"),
        ("ban-stored", "From all my bots", "Boris2 is banned from all your bots"),
        ("ban-lifted", "Unban", "Boris2 is no longer banned"),
    ];
    for (point, label, answer) in pressed {
        play.dies_at(point, async |play: &mut Play| {
            play.stage.presses(&owner, label).await;
        })
        .await;
        play.stage.owner_sees(answer).await;
    }
    play.stage.owner_writes("/banned").await;
    play.dies_at("ban-lifted", async |play: &mut Play| {
        play.stage.presses(&owner, "Unban Boris1").await;
    })
    .await;
    let list = play.stage.owner_sees("Banned customers").await;
    assert!(text(&list).contains("Boris0") && !text(&list).contains("Boris1"), "{list}");
    assert_eq!(play.stage.database.count("bans").await, 1, "Boris0");
    play.ends().await;
}

/// A client bot left a group: its owner knows.
async fn groups_left(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    for (point, times) in [("leave-left", 1), ("leave-told", 2)] {
        let title = format!("Tea club, {point}");
        let group = play.stage.telegram.add_group(Group::supergroup(&*title));
        play.dies_at(point, async |play: &mut Play| {
            play.stage.telegram.add_to_group(&anna, &group, &shop, Membership::Member);
        })
        .await;
        play.stage.owner_sees(&title).await;
        assert_eq!(play.stage.times(&owner, &master, &title), times, "{point}");
    }
    play.ends().await;
}

/// Owners suspended, and told something all together: each is told, and whoever may be told twice
/// reads that it may be so.
async fn owners_told(mut play: Play) {
    const WORDS: &str = "We move tonight.";
    play.rests().await;
    play.process.take().unwrap().kill();
    play.stage.vary("REGISTRATION", "open");
    play.process = Some(play.stage.launch().await);
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let mut tenants = Vec::new();
    for name in ["Boris", "Carl", "Dora"] {
        tenants.push(play.stage.tenant(name).await);
    }
    tenants.sort_by_key(|tenant| tenant.id);
    let points = ["announce-stored", "announce-begun", "announce-told", "announce-shown"];
    for (number, point) in points.into_iter().enumerate() {
        let words = format!("{WORDS} {point}");
        play.stage.owner_writes(&format!("/admin announce {words}")).await;
        play.stage.shows_button(&owner, &master, "Send to 3").await;
        play.dies_at(point, async |play: &mut Play| {
            play.stage.presses(&owner, "Send to 3").await;
        })
        .await;
        let ended = "Owners who got it: 3. Could not be reached: 0.";
        play.stage.sees_times(&owner, &master, ended, number + 1).await;
        for (place, tenant) in tenants.iter().enumerate() {
            let told = 1 + usize::from(place == 0 && point == "announce-told");
            assert_eq!(play.stage.times(tenant, &master, &words), told, "{point} {place}");
        }
        play.rests().await;
        assert_eq!(play.stage.times(&owner, &master, ended), number + 1, "{point}");
    }
    let labelled = play.stage.times(&tenants[0], &master, crate::support::content::REPEAT);
    assert_eq!(labelled, 2, "begun, and told");
    let order = format!("/admin suspend {}", tenants[1].id);
    play.stage.owner_writes(&order).await;
    play.stage.shows_button(&owner, &master, "Suspend").await;
    play.dies_at("admin-stored", async |play: &mut Play| {
        play.stage.presses(&owner, "Suspend").await;
    })
    .await;
    play.stage.owner_sees("⏸ Suspended since").await;
    play.stage.sees(&tenants[1], &master, "⏸ Your account is suspended").await;
    play.rests().await;
    assert_eq!(play.stage.times(&tenants[1], &master, "⏸ Your account is suspended"), 1);
    play.ends().await;
}

on_each_database!(bots_attached_and_detached, bans, groups_left, owners_told);
