//! Several processes on one database: wherever an update arrives, the same happens once.

use std::time::Duration;

use telegram_emulator::{Answer, Bot, Draft, Fault, Person, View, draft};

use crate::support::{
    Backend, Mode, Stage,
    content::REPEAT,
    oracle::{Cast, judge},
    talk::{bytes, id},
    text,
};

/// Three relays on one server.
async fn three() -> Stage {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    stage.joins().await;
    stage.joins().await;
    stage
}

/// Sends by way of one of the relays, and waits until it has taken it.
async fn by(stage: &Stage, relay: usize, person: &Person, bot: &Bot, draft: Draft) -> i64 {
    stage.goes_to(relay);
    let message = stage.telegram.send(person, bot, draft).await;
    stage.telegram.quiet().await;
    message
}

/// The newest update that Telegram tries to hand to a bot, once it has begun.
async fn under_way(stage: &Stage, bot: &Bot, method: &str) -> i64 {
    let reached = |view: &View<'_>| {
        view.ledger().iter().rfind(|effect| effect.method == method)?;
        view.pending(bot).last()?["update_id"].as_i64()
    };
    stage.telegram.wait("an update under way", reached).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_and_replies_arrive_by_whichever_process() {
    let mut stage = three().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.goes_to(1);
    let anna = stage.customer("Anna", &shop).await;
    let mut copies = Vec::new();
    for (number, relay) in [0, 1, 2, 1, 0].into_iter().enumerate() {
        let words = draft::text(format!("question {number}"));
        let message = by(&stage, relay, &anna, &shop, words).await;
        copies.push(stage.copy_of(&shop, &anna, message).await);
    }
    for (number, copy) in copies.iter().enumerate() {
        let reply = draft::text(format!("answer {number}")).reply_to(id(copy));
        let reply = by(&stage, (number + 1) % 3, &stage.owner, &stage.master, reply).await;
        stage.copy_of_reply(reply).await;
    }
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(5, 5);
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_album_spread_over_processes_arrives_whole_and_before_what_follows() {
    let mut stage = three().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let mut items = Vec::new();
    for relay in 0..3_usize {
        let item = draft::photo(bytes(relay as u64 + 1, 900)).media_group_id("g");
        items.push(by(&stage, relay, &anna, &shop, item).await);
    }
    let after = by(&stage, 0, &anna, &shop, draft::text("these three")).await;
    let after = stage.copy_of(&shop, &anna, after).await;
    let mut groups = Vec::new();
    for item in &items {
        let copy = stage.copy_of(&shop, &anna, *item).await;
        assert!(id(&copy) < id(&after), "the album comes first");
        groups.push(copy["media_group_id"].clone());
    }
    assert!(groups[0].is_string() && groups.iter().all(|group| *group == groups[0]));
    // The owner's, where nothing follows: whoever has the last item waits for the second of quiet.
    let mut replies = Vec::new();
    for relay in [2, 1] {
        let item = draft::photo(bytes(relay as u64 + 9, 900)).media_group_id("o");
        let item = item.reply_to(id(&after));
        replies.push(by(&stage, relay, &stage.owner, &stage.master, item).await);
    }
    let [first, second] = [replies[0], replies[1]];
    let (first, second) = (stage.copy_of_reply(first).await, stage.copy_of_reply(second).await);
    assert!(first["media_group_id"].is_string());
    assert_eq!(first["media_group_id"], second["media_group_id"]);
    stage.nothing_waits().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(4, 2);
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_of_quick_edits_wins_wherever_they_arrive() {
    let mut stage = three().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (message, copy) = stage.asks(&anna, &shop, "version 0").await;
    for version in 1..10_usize {
        stage.goes_to(version % 3);
        let words = draft::text(format!("version {version}"));
        stage.telegram.edit(&anna, &shop, message, words).await;
        stage.telegram.quiet().await;
    }
    let shown = |view: &View<'_>| {
        let now = view.message(&stage.master, stage.owner.id, id(&copy))?;
        text(&now).ends_with("version 9").then_some(())
    };
    stage.telegram.wait("the last version", shown).await;
    stage.nothing_waits().await;
    let now = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    assert!(text(&now).ends_with("version 9"), "{now}");
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_delivery_elsewhere_waits_for_the_first() {
    let mut stage = three().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    stage.goes_to(0);
    let slow = Answer::Hang(Duration::from_secs(3));
    stage.telegram.fault(Fault::on("sendPhoto").answer(slow));
    let photo = stage.telegram.send(&anna, &shop, draft::photo(bytes(1, 900))).await;
    let update = under_way(&stage, &shop, "sendPhoto").await;
    stage.goes_to(1);
    assert_eq!(stage.telegram.redeliver(&shop, update, 2, true).await, [Some(503); 2]);
    stage.copy_of(&shop, &anna, photo).await;
    stage.telegram.quiet().await;
    stage.goes_to(2);
    assert_eq!(stage.telegram.redeliver(&shop, update, 2, true).await, [Some(200); 2]);
    // A command, too, has its effect once.
    stage.goes_to(0);
    let slow = Answer::Hang(Duration::from_secs(3));
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(slow));
    let before = stage.times(&stage.owner, &stage.master, "@shop_bot");
    stage.owner_writes("/bots").await;
    stage.sees_times(&stage.owner, &stage.master, "@shop_bot", before + 1).await;
    let update = under_way(&stage, &stage.master, "sendMessage").await;
    stage.goes_to(1);
    assert_eq!(stage.telegram.redeliver(&stage.master, update, 1, false).await, [Some(503)]);
    stage.telegram.quiet().await;
    assert_eq!(stage.telegram.redeliver(&stage.master, update, 1, false).await, [Some(200)]);
    assert_eq!(stage.times(&stage.owner, &stage.master, "@shop_bot"), before + 1);
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(2, 0);
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_is_one_to_every_process() {
    let mut stage = three().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    for rule in [
        ["Button for newcomers", "on, press before the first message"],
        ["Ask me about newcomers", "on, Accept or Ban"],
    ] {
        stage.sets(&["Newcomers", rule[0], rule[1], "Save"]).await;
        stage.owner_sees(&format!("{}: {}", rule[0], rule[1])).await;
    }
    stage.goes_to(1);
    let anna = stage.customer("Anna", &shop).await;
    let mut sent = Vec::new();
    for (number, relay) in [1, 2, 0, 1].into_iter().enumerate() {
        sent.push(by(&stage, relay, &anna, &shop, draft::text(format!("word {number}"))).await);
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "word"), 0);
    stage.goes_to(2);
    stage.presses_on(&anna, &shop, "I am a person").await;
    stage.telegram.quiet().await;
    sent.push(by(&stage, 0, &anna, &shop, draft::text("word 4")).await);
    let mut copies = Vec::new();
    for message in sent {
        copies.push(id(&stage.copy_of(&shop, &anna, message).await));
    }
    assert!(copies.is_sorted(), "{copies:?}");
    stage.nothing_waits().await;
    stage.goes_to(1);
    stage.presses(&stage.owner, "Accept").await;
    stage.pops_up("✅ Anna is accepted.", 1).await;
    for relay in [0, 1, 2, 0, 1] {
        let message = by(&stage, relay, &anna, &shop, draft::text("more")).await;
        stage.copy_of(&shop, &anna, message).await;
    }
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(10, 0);
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_changes_holds_for_all() {
    let mut stage = three().await;
    stage.goes_to(1);
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.goes_to(2);
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.goes_to(0);
    stage.sets(&["Protect content", "on, no forwarding, no saving", "Save"]).await;
    stage.owner_sees("Protect content: on").await;
    let reply = draft::text("a secret").reply_to(id(&copy));
    let reply = by(&stage, 2, &stage.owner, &stage.master, reply).await;
    assert_eq!(stage.copy_of_reply(reply).await["has_protected_content"], true);
    stage.goes_to(1);
    stage.owner_writes("/remove").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    let reply = draft::text("still there?").reply_to(id(&copy));
    let reply = by(&stage, 0, &stage.owner, &stage.master, reply).await;
    stage.answered(&stage.owner, &stage.master, reply, "Not delivered").await;
    assert_eq!(stage.times(&anna, &shop, "still there?"), 0);
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_left_is_passed_on_by_another() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    let other = stage.launch().await;
    // It has an album, and a message that Telegram took without saying so.
    let mut items = Vec::new();
    for number in 0..2 {
        let item = draft::photo(bytes(number + 1, 900)).media_group_id("g");
        items.push(stage.telegram.send(&anna, &shop, item).await);
        stage.telegram.quiet().await;
    }
    let ben = stage.customer("Ben", &shop).await;
    let hang = Answer::Hang(Duration::from_secs(600));
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(hang));
    let message = stage.telegram.send(&ben, &shop, draft::text("are you there?")).await;
    stage.owner_sees("are you there?").await;
    other.kill();
    stage.goes_to(0);
    let copy = stage.copy_of(&shop, &ben, message).await;
    assert!(text(&copy).contains(REPEAT), "{copy}");
    for item in items {
        assert!(stage.copy_of(&shop, &anna, item).await["media_group_id"].is_string());
    }
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna, &ben] };
    let verdict = judge(&stage, &[cast]).await;
    verdict.explained(4, 0);
    // The first copy, whose sender was killed before he heard of it.
    assert_eq!((verdict.uncertain, verdict.labelled), (1, 1));
    stage.curtain().await;
}
