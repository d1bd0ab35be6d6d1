//! Albums: collected item by item, seen as albums on the other side.

use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Draft, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Stage, by_bot,
    matrix::{on_every_database, on_every_stage},
    oracle::{Cast, judge},
    program::Program,
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        an_album_arrives_as_an_album_with_its_captions_and_quote,
        the_owners_album_arrives_as_an_album,
    );
    on_every_database!(set(Webhook):
        every_kind_of_album_arrives_whole,
        what_follows_an_album_arrives_after_it,
        an_album_telegram_refuses_arrives_one_by_one,
        a_file_too_big_costs_only_itself,
        an_album_that_is_no_reply_goes_to_nobody_and_is_told_once,
        an_undelivered_album_is_sent_again_whole,
        an_item_changed_while_it_waits_arrives_changed,
        what_telegram_leaves_out_of_an_album_comes_by_itself,
        an_album_whose_answer_is_lost_says_so_when_it_repeats,
        nothing_of_an_album_stays_in_the_database,
        what_was_not_passed_on_when_its_bot_was_detached_is_told,
        an_album_that_is_being_collected_comes_before_its_bot_is_detached,
    );
}

/// Sends drafts as one album; gives their ids.
async fn sends(
    stage: &Stage,
    person: &Person,
    bot: &Bot,
    group: &str,
    items: Vec<Draft>,
) -> Vec<i64> {
    let mut ids = Vec::new();
    for item in items {
        ids.push(stage.telegram.send(person, bot, item.media_group_id(group)).await);
    }
    ids
}

fn photos(count: u64) -> Vec<Draft> {
    (0..count).map(|n| draft::photo(bytes(n + 1, 900))).collect()
}

/// Waits for the copies of these messages, and that they are one album.
async fn as_album(stage: &Stage, bot: &Bot, person: &Person, items: &[i64]) -> Vec<Value> {
    let mut copies = Vec::new();
    for item in items {
        copies.push(stage.copy_of(bot, person, *item).await);
    }
    let group = &copies[0]["media_group_id"];
    assert!(group.is_string(), "{copies:?}");
    assert!(copies.iter().all(|copy| copy["media_group_id"] == *group), "{copies:?}");
    let ids: Vec<i64> = copies.iter().map(id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "in order: {ids:?}");
    copies
}

async fn an_album_arrives_as_an_album_with_its_captions_and_quote(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (first, first_copy) = stage.asks(&anna, &shop, "Which of these?").await;
    let mut items = photos(3);
    let bold = json!([{"type": "bold", "offset": 0, "length": 3}]);
    items[1] = draft::video(bytes(50, 2_000)).caption("the blue one").caption_entities(bold);
    let items: Vec<Draft> =
        items.into_iter().map(|item| item.reply_to(first).quote("Which", 0, json!([]))).collect();
    let ids = sends(&stage, &anna, &shop, "g1", items).await;
    let copies = as_album(&stage, &shop, &anna, &ids).await;
    assert_eq!(copies.len(), 3);
    assert!(text(&copies[1]).contains("Anna @anna → @shop_bot\nthe blue one"), "{copies:?}");
    assert_eq!([text(&copies[0]), text(&copies[2])], ["", ""]);
    assert_eq!(copies[0]["reply_to_message"]["message_id"], id(&first_copy));
    assert_eq!(copies[0]["quote"]["text"], "Which");
    // Replying to any item works.
    for (copy, item) in copies.iter().zip(&ids) {
        let answer = stage.answer(copy, draft::text(format!("about {item}"))).await;
        let seen = stage.copy_of_reply(answer).await;
        assert_eq!(text(&seen), format!("about {item}"));
    }
    let ids = sends(&stage, &anna, &shop, "g2", photos(10)).await;
    let copies = as_album(&stage, &shop, &anna, &ids).await;
    assert!(text(&copies[0]).contains("Anna @anna → @shop_bot"));
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(14, 3);
    stage.curtain().await;
}

async fn the_owners_album_arrives_as_an_album(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Show me").await;
    let items = photos(2).into_iter().enumerate();
    let items =
        items.map(|(n, item)| item.caption(&format!("no {n}")).reply_to(id(&copy))).collect();
    let ids = sends(&stage, &stage.owner, &stage.master, "o1", items).await;
    let seen = as_album(&stage, &stage.master, &stage.owner, &ids).await;
    assert_eq!([text(&seen[0]), text(&seen[1])], ["no 0", "no 1"]);
    stage
        .wait_for(&stage.owner, &stage.master, "a receipt on the first item", |messages| {
            let first = messages.iter().find(|message| id(message) == ids[0])?;
            (first["reactions"][0]["reaction"]["emoji"] == "👍").then_some(())
        })
        .await;
    // The customer answers one of them.
    let thanks = draft::text("This one");
    let thanks = stage.telegram.reply(&anna, &shop, id(&seen[1]), thanks).await;
    let thanks = stage.copy_of(&shop, &anna, thanks).await;
    assert_eq!(thanks["reply_to_message"]["message_id"], ids[1]);
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(2, 2);
    stage.curtain().await;
}

async fn every_kind_of_album_arrives_whole(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let documents = (0..3).map(|n| {
        draft::document(&format!("{n}.txt"), "text/plain", bytes(n, 300)).caption(&format!("d{n}"))
    });
    let audios = (0..2).map(|n| draft::audio(bytes(n + 30, 400)));
    let mixed =
        vec![draft::video(bytes(80, 500)).has_media_spoiler(), draft::photo(bytes(81, 500))];
    let mut sent = 0;
    for (group, items) in
        [("d", documents.collect()), ("a", audios.collect::<Vec<_>>()), ("m", mixed)]
    {
        sent += items.len();
        let ids = sends(&stage, &anna, &shop, group, items).await;
        as_album(&stage, &shop, &anna, &ids).await;
    }
    // Several captions: the header is a message of its own, and the album is a reply to it.
    stage.owner_sees("Anna @anna → @shop_bot").await;
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(sent, 0);
    stage.curtain().await;
}

async fn what_follows_an_album_arrives_after_it(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let first = sends(&stage, &anna, &shop, "g1", photos(2)).await;
    let second = sends(&stage, &anna, &shop, "g2", photos(2)).await;
    let last = stage.telegram.send(&anna, &shop, draft::text("all of them")).await;
    let last = id(&stage.copy_of(&shop, &anna, last).await);
    let first = as_album(&stage, &shop, &anna, &first).await;
    let second = as_album(&stage, &shop, &anna, &second).await;
    assert!(id(&first[1]) < id(&second[0]) && id(&second[1]) < last);
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(5, 0);
    stage.curtain().await;
}

async fn an_album_telegram_refuses_arrives_one_by_one(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let refusal = Answer::Refuse(400, "Bad Request: MEDIA_INVALID".into());
    stage.telegram.fault(Fault::on("sendMediaGroup").answer(refusal.clone()));
    let ids = sends(&stage, &anna, &shop, "g1", photos(3)).await;
    let mut copies = Vec::new();
    for item in &ids {
        copies.push(stage.copy_of(&shop, &anna, *item).await);
    }
    assert!(copies.iter().all(|copy| copy["media_group_id"].is_null()));
    assert!(!copies.iter().any(|copy| text(copy).contains('↻')), "nothing is uncertain");
    stage.telegram.fault(Fault::on("sendMediaGroup").answer(refusal));
    let answer: Vec<Draft> =
        photos(2).into_iter().map(|item| item.reply_to(id(&copies[0]))).collect();
    for item in sends(&stage, &stage.owner, &stage.master, "o", answer).await {
        stage.copy_of_reply(item).await;
    }
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(3, 2);
    stage.curtain().await;
}

async fn a_file_too_big_costs_only_itself(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let small = || draft::document("small.txt", "text/plain", "small");
    let items = vec![small(), draft::big_document("film.mkv", 30 << 20), small()];
    let ids = sends(&stage, &anna, &shop, "g1", items).await;
    for item in [ids[0], ids[2]] {
        let copy = stage.copy_of(&shop, &anna, item).await;
        assert_eq!(copy["document"]["file_name"], "small.txt");
    }
    stage.owner_sees("film.mkv (30.0 MB) can't be shown").await;
    stage.answered(&anna, &shop, ids[1], "could not be passed on").await;
    stage.curtain().await;
}

async fn an_album_that_is_no_reply_goes_to_nobody_and_is_told_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let ids = sends(&stage, &stage.owner, &stage.master, "o1", photos(3)).await;
    stage.answered(&stage.owner, &stage.master, ids[0], "This message went to nobody").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "This message went to nobody"), 1);
    assert_eq!(stage.said(&anna, &shop).len(), 1, "the greeting alone");
    stage.curtain().await;
}

async fn an_undelivered_album_is_sent_again_whole(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Show me").await;
    stage.telegram.block(&anna, &shop);
    let items = photos(3).into_iter().map(|item| item.reply_to(id(&copy))).collect();
    let ids = sends(&stage, &stage.owner, &stage.master, "o1", items).await;
    stage.answered(&stage.owner, &stage.master, ids[0], "Not delivered").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Not delivered"), 1);
    stage.telegram.unblock(&anna, &shop);
    // Also after a restart.
    stage.restart().await;
    stage.presses(&stage.owner, "Send again").await;
    stage.owner_sees("✅ Delivered.").await;
    as_album(&stage, &stage.master, &stage.owner, &ids).await;
    stage.redelivers("callback_query").await;
    let chat = stage.telegram.chat(&anna, &shop);
    assert_eq!(
        chat.iter().filter(|message| by_bot(message) && message["photo"].is_array()).count(),
        3
    );
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

async fn an_item_changed_while_it_waits_arrives_changed(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let ids = sends(&stage, &anna, &shop, "g1", photos(2)).await;
    stage.telegram.edit(&anna, &shop, ids[1], Draft::default().caption("blue")).await;
    let copies = as_album(&stage, &shop, &anna, &ids).await;
    assert!(text(&copies[1]).ends_with("blue"), "{copies:?}");
    stage.curtain().await;
}

async fn an_album_whose_answer_is_lost_says_so_when_it_repeats(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.fault(Fault::on("sendMediaGroup").answer(Answer::ResetAfter));
    let ids = sends(&stage, &anna, &shop, "g1", photos(2)).await;
    let copies = as_album(&stage, &shop, &anna, &ids).await;
    assert!(text(&copies[0]).contains("↻ possibly a repeat"), "{copies:?}");
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.explained(2, 0);
    stage.curtain().await;
}

async fn what_telegram_leaves_out_of_an_album_comes_by_itself(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, question) = stage.asks(&anna, &shop, "hello").await;
    let leave_out = |place| {
        let album = Fault::on("sendMediaGroup");
        stage.telegram.fault(album.answer(Answer::Without(place)));
    };
    leave_out(2);
    let ids = sends(&stage, &anna, &shop, "g1", photos(3)).await;
    for item in &ids {
        stage.copy_of(&shop, &anna, *item).await;
    }
    leave_out(2);
    let items = photos(3).into_iter().map(|item| item.reply_to(id(&question))).collect();
    for item in sends(&stage, &stage.owner, &stage.master, "o1", items).await {
        stage.copy_of_reply(item).await;
    }
    stage.nothing_waits().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(4, 3);
    // The first one bears the header: without it, the next one does.
    leave_out(0);
    let ids = sends(&stage, &anna, &shop, "g2", photos(3)).await;
    let mut copies = Vec::new();
    for item in &ids {
        copies.push(stage.copy_of(&shop, &anna, *item).await);
    }
    stage.nothing_waits().await;
    let shown = |copy: &Value| stage.telegram.message(&stage.master, stage.owner.id, id(copy));
    let shown: Vec<Value> = copies.iter().filter_map(shown).collect();
    let named = |copy: &Value| text(copy).contains("Anna @anna → @shop_bot");
    assert_eq!(shown.iter().map(named).collect::<Vec<_>>(), [true, true, false], "{shown:?}");
    let sizes = |message: &Value| message["photo"][1]["file_unique_id"].clone();
    for (copy, item) in shown.iter().zip(&ids) {
        let item = stage.telegram.message(&shop, anna.id, *item).unwrap();
        assert_eq!(sizes(copy), sizes(&item));
    }
    stage.curtain().await;
}

/// What was acknowledged and could not be passed on any more is not forgotten without a word.
async fn what_was_not_passed_on_when_its_bot_was_detached_is_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let wait = Answer::TooManyRequests { retry_after: 100 };
    stage.telegram.fault(Fault::on("sendMediaGroup").answer(wait));
    let items = sends(&stage, &anna, &shop, "g1", photos(2)).await;
    for item in items {
        stage.reference_when((shop.id, anna.id, item), |row| row.state == "held").await;
    }
    stage.telegram.wait("a 429", |view| (view.faults_left() == 0).then_some(())).await;
    stage.stop().await;
    stage.database.run("UPDATE bots SET state = 'removed', token = NULL").await;
    stage.start().await;
    let told = stage.owner_sees("had not been passed on yet").await;
    assert!(text(&told).contains("@shop_bot") && text(&told).contains("Anna"), "{told}");
    stage
        .database
        .until("(SELECT COUNT(*) AS items FROM parked) AS left_over WHERE items = 0")
        .await;
    stage.curtain().await;
}

/// What is passed on in a moment is, before the token that its files need is wiped.
async fn an_album_that_is_being_collected_comes_before_its_bot_is_detached(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.owner_writes("/remove").await;
    stage.owner_sees("Detach @shop_bot?").await;
    let items = sends(&stage, &anna, &shop, "g1", photos(2)).await;
    stage.database.until("parked").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    as_album(&stage, &shop, &anna, &items).await;
    stage.curtain().await;
}

async fn nothing_of_an_album_stays_in_the_database(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let items = photos(2).into_iter().map(|item| item.caption("a secret caption")).collect();
    let ids = sends(&stage, &anna, &shop, "g1", items).await;
    as_album(&stage, &shop, &anna, &ids).await;
    stage.settled().await;
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

/// The real binary is killed between two items, and after the last before anything was sent.
async fn killed_between_items(backend: Backend, mode: Mode) {
    let stage = Stage::dark(backend, mode, &[]).await;
    let mut program = Program::start(&stage);
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let items = photos(3);
    let mut ids = Vec::new();
    for item in items {
        ids.push(stage.telegram.send(&anna, &shop, item.media_group_id("g1")).await);
        stage.telegram.quiet().await;
        program.kill();
        program = Program::start(&stage);
    }
    let copies = as_album(&stage, &shop, &anna, &ids).await;
    assert!(!copies.iter().any(|copy| text(copy).contains('↻')));
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(3, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_items_loses_nothing_sqlite_webhook() {
    killed_between_items(Backend::Sqlite, Mode::Webhook).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_items_loses_nothing_mysql_polling() {
    killed_between_items(Backend::MySql, Mode::Polling).await;
}
