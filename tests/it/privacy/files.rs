//! What was removed is not in SQLite's files any more, neither in free room nor in the log.

use telegram_emulator::draft;

use super::{forgets, leaves_traces};
use crate::support::{Backend, Mode, Stage};

/// Whether a person's number stands in these bytes: in words, or as SQLite writes integers.
fn has_number(stored: &[u8], id: i64) -> bool {
    let bytes = id.to_be_bytes();
    assert!(bytes[..2] == [0; 2] && bytes[2..4] != [0; 2], "six bytes: {id}");
    has(stored, id.to_string().as_bytes()) || has(stored, &bytes[2..])
}

fn has(stored: &[u8], what: &[u8]) -> bool {
    stored.windows(what.len()).any(|window| window == what)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_show_nothing_of_a_customer_who_was_forgotten() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let [anna, boris] = [stage.customer("Anna", &shop).await, stage.customer("Boris", &shop).await];
    let label = "rhododendron-4711";
    stage.telegram.start(&anna, &shop, label).await;
    stage.asks(&boris, &shop, "coffee?").await;
    leaves_traces(&stage, &anna, &shop).await;
    for number in 0..30 {
        stage.asks_only(&anna, &shop, &format!("question {number}")).await;
        stage.asks_only(&boris, &shop, &format!("question {number}")).await;
    }
    let before = stage.database.dump().await;
    assert!(has(&before, label.as_bytes()) && has_number(&before, anna.id));
    forgets(&stage, &anna, &shop).await;
    let after = stage.database.dump().await;
    assert!(!has(&after, label.as_bytes()), "the label");
    assert!(!has_number(&after, anna.id), "the number");
    assert!(has_number(&after, boris.id), "he is still there");
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_show_nothing_of_an_owner_who_left() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("rhododendron_bot", "Rhododendron").await;
    let anna = stage.customer("Anna", &shop).await;
    leaves_traces(&stage, &anna, &shop).await;
    for number in 0..30 {
        stage.asks_only(&anna, &shop, &format!("question {number}")).await;
    }
    let shown = |stored: &[u8]| {
        [
            has(stored, b"rhododendron_bot"),
            has(stored, b"Rhododendron"),
            has_number(stored, stage.owner.id),
            has_number(stored, anna.id),
        ]
    };
    assert_eq!(shown(&stage.database.dump().await), [true; 4]);
    // As a customer of the master bot, so to say, she was refused: that is hers, and not the owner's.
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.sees(&anna, &shop, super::FORGOTTEN).await;
    stage.telegram.quiet().await;
    stage.owner_writes("/leave").await;
    stage.presses(&stage.owner, "Remove everything").await;
    stage.owner_sees("Everything of yours is removed").await;
    stage.telegram.quiet().await;
    assert_eq!(shown(&stage.database.dump().await), [false; 4]);
    stage.stop().await;
}
