//! What fails again and again by a fault of ours: told with a number, and the chat goes on.

use telegram_emulator::draft;

use crate::support::{
    Stage,
    matrix::on_every_database,
    oracle::{Cast, judge},
    talk::bytes,
    text,
};

const TOLD: &str = "something went wrong on our side";

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        a_message_the_database_refuses_is_told_and_holds_nothing_up,
        a_command_the_database_refuses_is_told_to_the_owner,
        an_album_the_database_refuses_is_told_once_and_let_go,
    );
}

fn number(words: &str) -> &str {
    let number = words.rsplit(' ').next().unwrap_or_default();
    assert_eq!((number.len(), number.as_bytes()[4]), (9, b'-'), "{words}");
    number
}

async fn a_message_the_database_refuses_is_told_and_holds_nothing_up(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (before, copy) = stage.asks(&anna, &shop, "one").await;
    stage.database.refuses_new("message_references", "source_message", before + 2).await;
    let poisoned = stage.telegram.send(&anna, &shop, draft::text("two teas")).await;
    assert_eq!(poisoned, before + 2);
    // Nobody else waits for it.
    let ben = stage.customer("Ben", &shop).await;
    stage.asks(&ben, &shop, "me too").await;
    let told = stage.answered(&anna, &shop, poisoned, TOLD).await;
    number(text(&told));
    stage.asks(&anna, &shop, "three").await;
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.count_answers(&anna, &shop, poisoned, TOLD), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, "two teas"), 0);
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna, &ben] };
    let mut verdict = judge(&stage, &[cast]).await;
    // It has no reference: the database takes none.
    assert_eq!(verdict.lost.len(), 1, "{verdict:?}");
    verdict.lost.clear();
    verdict.flawless(3, 1);
    stage.curtain().await;
}

async fn a_command_the_database_refuses_is_told_to_the_owner(mut stage: Stage) {
    stage.database.run("DELETE FROM dialogues").await;
    stage.database.refuses_new("dialogues", "owner_id", stage.owner.id).await;
    let asked = stage.owner_writes("/add").await;
    let told = stage.answered(&stage.owner, &stage.master, asked, TOLD).await;
    number(text(&told));
    stage.telegram.quiet().await;
    stage.curtain().await;
}

async fn an_album_the_database_refuses_is_told_once_and_let_go(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (before, _) = stage.asks(&anna, &shop, "one").await;
    stage.database.refuses_new("message_references", "source_message", before + 3).await;
    let mut items = Vec::new();
    for n in 0..2 {
        let item = draft::photo(bytes(n + 1, 900)).media_group_id("g");
        items.push(stage.telegram.send(&anna, &shop, item).await);
    }
    assert_eq!(items, [before + 2, before + 3]);
    stage.answered(&anna, &shop, items[0], TOLD).await;
    stage.nothing_waits().await;
    stage.asks(&anna, &shop, "and now?").await;
    assert_eq!(stage.times(&anna, &shop, TOLD), 1);
    stage.curtain().await;
}
