//! What is paid: the plan is there however the process dies, and it is told.

use telegram_emulator::View;

use super::{Play, on_each_database};
use crate::plans::{MONTH, buys, now, offer};

/// Buys the plan; the process dies on the way.
async fn pays(play: &mut Play) {
    let (stage, owner) = (&play.stage, &play.stage.owner);
    let wants = |view: &View<'_>| view.wants(&stage.master, "subscription").then_some(());
    stage.telegram.wait("an order for payments", wants).await;
    let link = offer(stage, owner).await;
    let paid = stage.telegram.subscribe(owner, &stage.master, &link, now() + MONTH).await;
    paid.expect("it is let through");
}

async fn a_plan_that_is_paid(mut play: Play) {
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    play.stage.vary("PRO_PRICE_STARS", "250");
    for (point, told) in [("payment-stored", 1), ("payment-told", 2)] {
        play.dies_at(point, pays).await;
        play.stage.owner_writes("/plan").await;
        play.stage.owner_sees("⭐ Your plan: Pro").await;
        let times = play.stage.times(&owner, &master, "✅ Thank you!");
        assert_eq!(times, told, "{point}");
        assert_eq!(play.stage.database.count("payments").await, 1, "{point}");
        // For the next round nothing is paid.
        play.stage.database.run("DELETE FROM payments").await;
        if point == "payment-stored" {
            // What was told then is not counted in the next round.
            for message in play.stage.telegram.chat(&owner, &master) {
                if crate::support::text(&message).starts_with("✅ Thank you!") {
                    let id = crate::support::talk::id(&message);
                    play.stage.telegram.delete(&owner, &master, id);
                }
            }
        }
    }
    play.ends().await;
}

/// Given back is stopped as well, wherever the process dies, and said so.
async fn a_plan_that_is_given_back(mut play: Play) {
    let owner = play.stage.owner.clone();
    play.stage.vary("PRO_PRICE_STARS", "250");
    let points = ["refund-given", "refund-stopped", "refund-stored"];
    for (number, point) in points.into_iter().enumerate() {
        let charge = play.dies_at(point, async |play: &mut Play| {
            let stage = &play.stage;
            let wants = |view: &View<'_>| view.wants(&stage.master, "subscription").then_some(());
            stage.telegram.wait("an order for payments", wants).await;
            let charge = buys(stage, &owner, now() + MONTH).await;
            stage.owner_writes(&format!("/refund {charge}")).await;
            charge
        });
        let charge = charge.await;
        let stage = &play.stage;
        assert!(stage.telegram.is_refunded(&charge), "{point}");
        assert_eq!(stage.telegram.is_canceled(&charge), Some(true), "{point}");
        let unpaid = "payments WHERE refunded_at IS NULL";
        assert_eq!(stage.database.count(unpaid).await, 0, "{point}");
        let said = stage.times(&owner, &stage.master, "and it does not renew.");
        assert!(said > number, "{point}: {said}");
    }
    play.ends().await;
}

/// What somebody paid who has left goes back, and names nobody.
async fn a_payment_of_nobodys(mut play: Play) {
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    play.stage.vary("PRO_PRICE_STARS", "250");
    for (number, point) in ["payment-stored", "gone-returned"].into_iter().enumerate() {
        let charge = play.dies_at(point, async |play: &mut Play| {
            let stage = &play.stage;
            stage.owner_writes("/start").await;
            stage.sees_times(&owner, &master, "/add attaches", number + 2).await;
            let link = offer(stage, &owner).await;
            stage.owner_writes("/leave").await;
            stage.presses(&owner, "Remove everything").await;
            stage.sees_times(&owner, &master, "Everything of yours is removed", number + 1).await;
            let paid = stage.telegram.subscribe(&owner, &master, &link, now() + MONTH).await;
            paid.expect("it is let through")
        });
        let charge = charge.await;
        let back = "there is no account of yours here any more";
        play.stage.sees_times(&owner, &master, back, number + 1).await;
        play.rests().await;
        assert_eq!(play.stage.times(&owner, &master, back), number + 1, "{point}");
        assert!(play.stage.telegram.is_refunded(&charge), "{point}");
        assert_eq!(play.stage.telegram.is_canceled(&charge), Some(true), "{point}");
        play.stage.nothing_names(owner.id).await;
        let kept = "payments WHERE refunded_at IS NOT NULL AND owner_id IS NULL";
        let kept = play.stage.database.count(kept).await;
        assert_eq!(kept, i64::try_from(number).unwrap() + 1, "{point}");
    }
    play.ends().await;
}

on_each_database!(a_plan_that_is_paid, a_plan_that_is_given_back, a_payment_of_nobodys);
