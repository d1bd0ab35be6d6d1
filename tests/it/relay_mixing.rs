//! Never to the wrong person: same people, same numbers, different chats and owners.

use serde_json::json;
use telegram_emulator::{Bot, Person, draft};

use crate::support::{
    Backend, Mode, Stage,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        one_person_writes_to_two_bots_of_one_owner,
        the_owner_is_a_customer_of_his_own_bot,
        equal_message_ids_in_different_chats_stay_apart,
        what_is_no_reply_to_a_customer_goes_to_nobody,
    );
}

async fn one_person_writes_to_two_bots_of_one_owner(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Cafe").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    let mut copies = Vec::new();
    for bot in [&shop, &cafe, &shop, &cafe] {
        let (_, copy) = stage.asks(&anna, bot, &format!("for {}", bot.name)).await;
        assert!(text(&copy).contains(&format!("→ @{}", bot.username)));
        copies.push((bot, copy));
    }
    for (bot, copy) in copies.iter().rev() {
        let answer = stage.answer(copy, draft::text(format!("from {}", bot.name))).await;
        stage.copy_of_reply(answer).await;
        stage.sees(&anna, bot, &format!("from {}", bot.name)).await;
    }
    stage.curtain().await;
    for bot in [&shop, &cafe] {
        let said = stage.said(&anna, bot);
        assert_eq!(said[2..], [format!("from {}", bot.name), format!("from {}", bot.name)]);
    }
    let cast = Cast { owner: &stage.owner, bots: &[&shop, &cafe], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(4, 4);
}

async fn the_owner_is_a_customer_of_his_own_bot(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let olga = stage.owner.clone();
    stage.telegram.start(&olga, &shop, "").await;
    let (question, copy) = stage.asks(&olga, &shop, "Does it work?").await;
    assert_eq!(text(&copy), "🆕 Olga @olga → @shop_bot\nDoes it work?");
    let answer = stage.answer(&copy, draft::text("It does.")).await;
    let seen = stage.copy_of_reply(answer).await;
    let reply = stage.telegram.reply(&olga, &shop, id(&seen), draft::text("Good.")).await;
    let good = stage.copy_of(&shop, &olga, reply).await;
    assert_eq!(good["reply_to_message"]["message_id"], answer);
    assert!(question > 0);
    stage.curtain().await;
    let cast = Cast { owner: &olga, bots: &[&shop], customers: &[&olga] };
    judge(&stage, &[cast]).await.flawless(2, 1);
}

/// Ids count by bot, so the chats of several bots have the same ones.
async fn equal_message_ids_in_different_chats_stay_apart(mut stage: Stage) {
    let bots = [stage.attach("shop_bot", "Shop").await, stage.attach("cafe_bot", "Cafe").await];
    let anna = stage.customer("Anna", &bots[0]).await;
    let boris = stage.customer("Boris", &bots[1]).await;
    let chats = [(&anna, &bots[0]), (&boris, &bots[1])];
    let mut questions = Vec::new();
    for round in 0..8 {
        for (person, bot) in chats {
            let words = format!("{} {round}", person.first_name);
            let (message, copy) = stage.asks(person, bot, &words).await;
            questions.push((person, bot, message, copy));
        }
    }
    let ids = |of: &Person| -> Vec<i64> {
        questions.iter().filter(|q| q.0.id == of.id).map(|q| q.2).collect()
    };
    assert_eq!(ids(&anna), ids(&boris), "the test is about equal ids");
    for (person, bot, _, copy) in questions.iter().rev() {
        let words = format!("to {}", text(copy).lines().last().unwrap_or_default());
        let answer = stage.answer(copy, draft::text(&words)).await;
        stage.copy_of_reply(answer).await;
        stage.sees(person, bot, &words).await;
    }
    stage.curtain().await;
    let bots: Vec<&Bot> = bots.iter().collect();
    let cast = Cast { owner: &stage.owner, bots: &bots, customers: &[&anna, &boris] };
    judge(&stage, &[cast]).await.flawless(16, 16);
}

async fn what_is_no_reply_to_a_customer_goes_to_nobody(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    let before = stage.said(&anna, &shop);
    let plain = stage.owner_writes("hello everybody").await;
    stage.owner_sees("To answer a customer, reply to").await;
    let unknown = |times: usize| {
        let (owner, master) = (&stage.owner, &stage.master);
        stage.wait_for(owner, master, "the notice", move |messages| {
            let told =
                messages.iter().filter(|m| text(m).starts_with("I don't know which customer"));
            (told.count() == times).then_some(())
        })
    };
    // To his own words, which went nowhere.
    stage.telegram.reply(&stage.owner, &stage.master, plain, draft::text("and more")).await;
    unknown(1).await;
    // To something the master said.
    let said = stage.owner_sees("is attached and works").await;
    stage.answer(&said, draft::photo(bytes(1, 100))).await;
    unknown(2).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.said(&anna, &shop), before);
    stage.curtain().await;
}

/// Two tenants of one installation, and everything one of them could try with the other's ids.
async fn two_owners_never_meet(backend: Backend, mode: Mode) {
    let mut stage = Stage::set_with(backend, mode, &[("REGISTRATION", "open")]).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let omar = Person::new("Omar").username("omar").language("en");
    let omar = stage.telegram.add_person(omar);
    stage.telegram.start(&omar, &stage.master, "").await;
    stage.sees(&omar, &stage.master, "/add attaches").await;
    let cafe = stage.attach_as(&omar, "cafe_bot", "Cafe").await;
    let boris = stage.customer("Boris", &cafe).await;
    // Omar is also a customer of Olga's bot, and Anna of his.
    stage.telegram.start(&omar, &shop, "").await;
    stage.telegram.start(&anna, &cafe, "").await;
    let (_, for_olga) = stage.asks(&anna, &shop, "to Olga").await;
    let (_, omars) = stage.asks(&omar, &shop, "Omar asks").await;
    let (_, for_omar) = stage.asks(&boris, &cafe, "to Omar").await;
    let (_, annas) = stage.asks(&anna, &cafe, "Anna to Omar").await;
    for (copy, owner) in
        [(&for_olga, &stage.owner), (&omars, &stage.owner), (&for_omar, &omar), (&annas, &omar)]
    {
        assert_eq!(copy["chat"]["id"], owner.id);
    }
    // Omar's replies carry the ids of Olga's copies: as a forged update, since no app would let him.
    let sends = || {
        stage.telegram.ledger().iter().filter(|e| e.is_send() && e.bot != stage.master.id).count()
    };
    let before = sends();
    for foreign in [&for_olga, &omars] {
        for (number, chat) in [(0, omar.id), (1, stage.owner.id)] {
            let mut replied = foreign.clone();
            replied["chat"]["id"] = json!(chat);
            let message = json!({
                "message_id": 500_000 + id(foreign) * 2 + number, "from": omar.user(), "chat": omar.chat(),
                "date": 1_795_000_000, "text": "gotcha", "reply_to_message": replied,
            });
            stage.telegram.push_update(&stage.master, json!({ "message": message }));
        }
    }
    stage.telegram.quiet().await;
    assert_eq!(sends(), before, "nothing may be sent");
    for (person, bot) in [(&anna, &shop), (&boris, &cafe), (&omar, &shop), (&anna, &cafe)] {
        assert!(!stage.said(person, bot).iter().any(|text| text.contains("gotcha")));
    }
    // Each to his own.
    for (owner, copy, person, bot) in [
        (&stage.owner, &for_olga, &anna, &shop),
        (&stage.owner, &omars, &omar, &shop),
        (&omar, &for_omar, &boris, &cafe),
        (&omar, &annas, &anna, &cafe),
    ] {
        let words = format!("{} to {}", owner.first_name, person.first_name);
        stage.telegram.reply(owner, &stage.master, id(copy), draft::text(&words)).await;
        stage.sees(person, bot, &words).await;
    }
    stage.curtain().await;
    let casts = [
        Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna, &omar] },
        Cast { owner: &omar, bots: &[&cafe], customers: &[&anna, &boris] },
    ];
    judge(&stage, &casts).await.flawless(4, 4);
}

mod two_owners {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite_polling() {
        two_owners_never_meet(Backend::Sqlite, Mode::Polling).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn mysql_webhook() {
        two_owners_never_meet(Backend::MySql, Mode::Webhook).await;
    }
}
