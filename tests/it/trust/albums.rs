//! Albums of newcomers to a careful bot.

use super::{CAREFUL, FILE, FORWARD, arrived, forward, rests, rule, sends, sends_album};
use crate::support::{
    Stage,
    matrix::on_every_database,
    talk::{bytes, id},
    text,
};
use telegram_emulator::{Bot, Person, draft};

mod stages {
    use super::*;
    on_every_database!(set(Webhook):
        an_album_of_photos_is_refused_as_one_and_passes_after_an_answer,
        an_album_of_documents_is_refused_as_one_and_passes_after_an_answer,
        a_forwarded_album_is_refused_as_one,
    );
}

async fn sends_documents(stage: &Stage, person: &Person, bot: &Bot, group: &str) -> Vec<i64> {
    let mut items = Vec::new();
    for n in 1..=3 {
        let name = format!("{n}.pdf");
        let document = draft::document(&name, "application/pdf", bytes(n, 900));
        items.push(sends(stage, person, bot, document.media_group_id(group)).await);
    }
    items
}

/// An album that was refused; it is told once, and nothing of it is kept.
async fn is_refused(stage: &Stage, anna: &Person, shop: &Bot, items: &[i64], words: &str) {
    let told = stage.sees(anna, shop, words).await;
    assert_eq!(told["reply_to_message"]["message_id"], items[0], "{told}");
    rests(stage).await;
    assert_eq!(stage.times(anna, shop, "not passed on"), 1, "{}", stage.telegram.dump());
    stage.redelivers_as(shop, "message").await;
    rests(stage).await;
    assert_eq!(stage.times(anna, shop, "not passed on"), 1);
    assert_eq!(arrived(stage, "Anna"), 0, "{}", stage.telegram.dump());
    for table in ["parked", "album_items", "message_references"] {
        assert_eq!(stage.database.count(table).await, 0, "{table}");
    }
}

/// After one answer the same arrives as one album.
async fn passes(stage: &Stage, anna: &Person, shop: &Bot, items: &[i64]) {
    let mut groups = std::collections::HashSet::new();
    let mut copies = Vec::new();
    for item in items {
        let copy = stage.copy_of(shop, anna, *item).await;
        groups.insert(copy["media_group_id"].as_str().unwrap().to_owned());
        copies.push(id(&copy));
    }
    assert_eq!(groups.len(), 1, "it is one album");
    assert!(copies.is_sorted(), "{copies:?}");
    stage.nothing_waits().await;
    assert_eq!(stage.times(anna, shop, "not passed on"), 1);
}

async fn is_answered(stage: &Stage, anna: &Person, shop: &Bot) {
    let (_, copy) = stage.asks(anna, shop, "May I send you something?").await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nMay I send you something?");
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
}

async fn an_album_of_photos_is_refused_as_one_and_passes_after_an_answer(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let items = sends_album(&stage, &anna, &shop, "photos").await;
    is_refused(&stage, &anna, &shop, &items, FILE).await;
    is_answered(&stage, &anna, &shop).await;
    let items = sends_album(&stage, &anna, &shop, "again").await;
    passes(&stage, &anna, &shop, &items).await;
    stage.curtain().await;
}

async fn an_album_of_documents_is_refused_as_one_and_passes_after_an_answer(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let items = sends_documents(&stage, &anna, &shop, "documents").await;
    is_refused(&stage, &anna, &shop, &items, FILE).await;
    is_answered(&stage, &anna, &shop).await;
    let items = sends_documents(&stage, &anna, &shop, "again").await;
    passes(&stage, &anna, &shop, &items).await;
    stage.curtain().await;
}

async fn a_forwarded_album_is_refused_as_one(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let origin = serde_json::json!({"type": "hidden_user", "sender_user_name": "Eve", "date": 1});
    let mut items = Vec::new();
    for n in 1..=3 {
        let photo = draft::photo(bytes(n, 900)).media_group_id("forwarded");
        items.push(sends(&stage, &anna, &shop, photo.forward_origin(origin.clone())).await);
    }
    is_refused(&stage, &anna, &shop, &items, FORWARD).await;
    // So is what was forwarded beside it.
    sends(&stage, &anna, &shop, forward()).await;
    rests(&stage).await;
    assert_eq!(arrived(&stage, "buy now"), 0);
    stage.curtain().await;
}
