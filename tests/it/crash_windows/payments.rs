//! What is paid: the plan is there however the process dies, and it is told.

use telegram_emulator::View;

use super::{Play, on_each_database};
use crate::plans::{MONTH, now, offer};

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

on_each_database!(a_plan_that_is_paid);
