//! What is kept is said; a customer is forgotten everywhere; an owner leaves with all that is his.

mod export;
mod files;
mod killed;
mod leave;
mod processes;
mod retention;
mod withdrawn;

use std::time::Duration;

use serde_json::Value;
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Stage,
    matrix::{on_every_database, on_every_stage},
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(a_customer_is_forgotten_everywhere);
    on_every_database!(set(Webhook):
        what_is_kept_is_said_to_everybody,
        a_ban_holds_for_a_customer_who_was_forgotten,
        being_forgotten_has_its_effect_once,
        a_customer_may_change_her_mind,
        what_is_under_way_arrives_and_leaves_nothing,
        what_is_parked_arrives_and_leaves_nothing,
        an_album_under_way_elsewhere_leaves_nothing,
        what_cannot_arrive_is_told_and_leaves_nothing,
        a_reply_under_way_leaves_nothing,
        an_owner_who_is_a_customer_stays_an_owner,
        a_burst_of_commands_leaves_nothing,
    );
}

pub const FORGOTTEN: &str = "You are forgotten";
pub const TOLD: &str = "A customer asked to be forgotten";

/// One more owner with a bot.
pub async fn another_owner(stage: &mut Stage, bot: &str) -> (Person, Bot) {
    let otto = stage.person("Otto");
    let both = format!("{},{}", stage.owner.id, otto.id);
    stage.vary("OWNER_IDS", &both);
    stage.restart().await;
    stage.telegram.start(&otto, &stage.master, "").await;
    stage.sees(&otto, &stage.master, "/add attaches").await;
    let bot = stage.attach_as(&otto, bot, "Kiosk").await;
    (otto, bot)
}

/// A customer asks to be forgotten.
pub async fn forgets(stage: &Stage, anna: &Person, bot: &Bot) {
    stage.telegram.send(anna, bot, draft::text("/forget")).await;
    stage.presses_on(anna, bot, "Forget me").await;
    stage.sees(anna, bot, FORGOTTEN).await;
    stage.telegram.quiet().await;
}

/// Whatever leaves a row with a customer's number: of owner Olga's alone.
async fn leaves_traces(stage: &Stage, anna: &Person, shop: &Bot) -> Value {
    stage.telegram.start(anna, shop, "table7").await;
    let (_, copy) = stage.asks(anna, shop, "Do you have tea?").await;
    let reply = stage.answer(&copy, draft::text("Yes.")).await;
    stage.copy_of_reply(reply).await;
    let (_, copy) = stage.asks_only(anna, shop, "Green?").await;
    for number in 0..2 {
        let item = draft::photo(bytes(number, 900)).media_group_id("album");
        stage.telegram.send(anna, shop, item).await;
    }
    stage.nothing_waits().await;
    stage.telegram.send(anna, shop, draft::text("/language")).await;
    stage.presses_on(anna, shop, "English").await;
    stage.telegram.send(anna, &stage.master, draft::text("who are you?")).await;
    stage.sees(anna, &stage.master, "works for its owner only").await;
    let note = stage.answer(&copy, draft::text("/note likes green tea")).await;
    stage.answered(&stage.owner, &stage.master, note, "is kept").await;
    let card = stage.answer(&copy, draft::text("/info")).await;
    stage.answered(&stage.owner, &stage.master, card, "Anna").await;
    // A dialogue that is open about her.
    stage.answer(&copy, draft::text("/note")).await;
    stage.owner_sees("Send the note on").await;
    stage.telegram.quiet().await;
    copy
}

async fn a_customer_is_forgotten_everywhere(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (otto, kiosk) = another_owner(&mut stage, "kiosk_bot").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &shop).await;
    stage.asks(&boris, &shop, "coffee?").await;
    let before = stage.traces_of(boris.id).await;
    let copy = leaves_traces(&stage, &anna, &shop).await;
    stage.telegram.start(&anna, &kiosk, "").await;
    stage.asks(&anna, &kiosk, "newspapers?").await;
    let traces = stage.traces_of(anna.id).await;
    for column in [
        "conversations.customer_id",
        "conversation_states.customer_id",
        "labels.customer_id",
        "notes.customer_id",
        "languages.person_id",
        "refused_chats.chat_id",
        "dialogues.state",
        "album_items.source_chat",
        "message_references.source_chat",
        "message_references.copy_chat",
    ] {
        assert!(traces.iter().any(|trace| trace == column), "no {column} in {traces:?}");
    }
    forgets(&stage, &anna, &shop).await;
    stage.nothing_names(anna.id).await;
    for owner in [&stage.owner, &otto] {
        let told = stage.sees(owner, &stage.master, TOLD).await;
        assert!(!text(&told).contains("Anna") && !text(&told).contains("anna"), "{told}");
        assert_eq!(stage.times(owner, &stage.master, TOLD), 1);
    }
    assert_eq!(stage.traces_of(boris.id).await, before, "he is as he was");
    // Nobody knows her message any more.
    let reply = stage.answer(&copy, draft::text("Still there?")).await;
    stage.answered(&stage.owner, &stage.master, reply, "went to nobody").await;
    assert_eq!(stage.times(&anna, &shop, "Still there?"), 0);
    stage.nothing_names(anna.id).await;
    // She may begin anew.
    let (_, copy) = stage.asks_only(&anna, &shop, "It's me again").await;
    let reply = stage.answer(&copy, draft::text("Welcome")).await;
    stage.copy_of_reply(reply).await;
    stage.sees(&anna, &shop, "Welcome").await;
    stage.curtain().await;
}

async fn what_is_kept_is_said_to_everybody(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("/privacy")).await;
    let said = stage.sees(&anna, &shop, "What is kept about you").await;
    assert!(text(&said).contains("400 days") && text(&said).contains("/forget"), "{said}");
    assert_eq!(stage.traces_of(anna.id).await, Vec::<String>::new(), "asking leaves nothing");
    stage.owner_writes("/privacy").await;
    let said = stage.owner_sees("What is kept here").await;
    for words in ["400 days", "/export", "/leave"] {
        assert!(text(&said).contains(words), "{said}");
    }
    let stranger = stage.telegram.add_person(Person::new("Eve").language("de"));
    stage.telegram.send(&stranger, &stage.master, draft::text("/privacy")).await;
    stage.sees(&stranger, &stage.master, "Sie haben hier nichts").await;
    assert_eq!(stage.traces_of(stranger.id).await, Vec::<String>::new());
    stage.redelivers("message").await;
    assert_eq!(stage.times(&stranger, &stage.master, "Sie haben hier nichts"), 1);
    stage.curtain().await;
}

async fn a_ban_holds_for_a_customer_who_was_forgotten(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "spam").await;
    let command = stage.answer(&copy, draft::text("/ban")).await;
    stage.answered(&stage.owner, &stage.master, command, "is banned").await;
    // Although she is banned she may know what is kept, and have it removed.
    stage.telegram.send(&anna, &shop, draft::text("/privacy")).await;
    stage.sees(&anna, &shop, "What is kept about you").await;
    forgets(&stage, &anna, &shop).await;
    stage.nothing_names(anna.id).await;
    assert_eq!(stage.database.count("bans").await, 0);
    // What begins no conversation does not bring her number back.
    let asked = stage.sees(&anna, &shop, FORGOTTEN).await;
    stage.forges(&anna, &shop, Some(asked), "forget:yes").await;
    for command in ["/start", "/help", "/language", "/privacy", "/forget"] {
        stage.telegram.send(&anna, &shop, draft::text(command)).await;
    }
    stage.telegram.block(&anna, &shop);
    stage.telegram.unblock(&anna, &shop);
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.nothing_names(anna.id).await;
    for bot in [&cafe, &shop] {
        stage.telegram.send(&anna, bot, draft::text("more spam")).await;
        stage.telegram.quiet().await;
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "more spam"), 0);
    // And again, with the row she has by now.
    forgets(&stage, &anna, &cafe).await;
    stage.nothing_names(anna.id).await;
    stage.telegram.send(&anna, &shop, draft::text("even more spam")).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "more spam"), 0);
    // Lifted, it is lifted for good.
    stage.owner_writes("/banned").await;
    stage.presses(&stage.owner, "Unban Anna").await;
    stage.owner_sees("Nobody is banned").await;
    stage.asks_only(&anna, &shop, "sorry").await;
    forgets(&stage, &anna, &shop).await;
    stage.asks_only(&anna, &shop, "thank you").await;
    stage.curtain().await;
}

async fn being_forgotten_has_its_effect_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    let asked = stage.last_update_of(&shop, "message");
    forgets(&stage, &anna, &shop).await;
    stage.owner_sees(TOLD).await;
    stage.redelivers_as(&shop, "callback_query").await;
    stage.redelivers_as(&shop, "message").await;
    // What had been passed on before, too, however late it comes once more.
    assert_eq!(stage.telegram.redeliver(&shop, asked, 2, true).await, [Some(200); 2]);
    stage.settled().await;
    stage.nothing_names(anna.id).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "tea?"), 1);
    assert_eq!(stage.times(&stage.owner, &stage.master, TOLD), 1);
    assert_eq!(stage.times(&anna, &shop, FORGOTTEN), 1);
    // The question once more: nothing is left to forget, and nobody is told.
    forgets(&stage, &anna, &shop).await;
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, TOLD), 1);
    stage.curtain().await;
}

async fn a_customer_may_change_her_mind(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    let (question, _) = stage.presses_on(&anna, &shop, "Cancel").await;
    stage.sees(&anna, &shop, "Cancelled").await;
    // A button that is not there any more.
    let now = stage.telegram.message(&shop, anna.id, id(&question));
    stage.forges(&anna, &shop, now, "forget:yes").await;
    let reply = stage.answer(&copy, draft::text("Yes.")).await;
    stage.copy_of_reply(reply).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, TOLD), 0);
    stage.curtain().await;
}

/// She writes to one bot, and before that has arrived she is forgotten by another.
async fn what_is_under_way_arrives_and_leaves_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.telegram.quiet().await;
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    stage.sees(&anna, &shop, "Shall everything").await;
    let slow = Answer::Hang(Duration::from_secs(2));
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(slow));
    let message = stage.telegram.send(&anna, &cafe, draft::text("cake?")).await;
    stage.reference_when((cafe.id, anna.id, message), |_| true).await;
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.sees(&anna, &shop, FORGOTTEN).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.nothing_names(anna.id).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "cake?"), 1);
    stage.curtain().await;
}

/// She has just sent an album, here or to another bot: it is being collected.
async fn what_is_parked_arrives_and_leaves_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    for (bot, photos) in [(&shop, 2), (&cafe, 4)] {
        stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
        stage.telegram.quiet().await;
        for seed in [1, 2] {
            let item = draft::photo(bytes(seed, 900)).media_group_id(&bot.username);
            stage.telegram.send(&anna, bot, item).await;
        }
        stage.telegram.quiet().await;
        stage.presses_on(&anna, &shop, "Forget me").await;
        stage.sees_times(&anna, &shop, FORGOTTEN, photos / 2).await;
        stage.telegram.quiet().await;
        stage.settled().await;
        stage.nothing_names(anna.id).await;
        let chat = stage.telegram.chat(&stage.owner, &stage.master);
        let arrived = chat.iter().filter(|message| message.get("photo").is_some()).count();
        assert_eq!(arrived, photos, "an album to {}", bot.username);
    }
    stage.curtain().await;
}

/// Her album to another bot is being uploaded, for longer than what is parked may take.
async fn an_album_under_way_elsewhere_leaves_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    stage.sees(&anna, &shop, "Shall everything").await;
    stage.telegram.quiet().await;
    let slow = Answer::HangBefore(Duration::from_secs(6));
    stage.telegram.fault(Fault::on("sendMediaGroup").bot(&stage.master).answer(slow));
    let mut last = 0;
    for seed in [1, 2] {
        let item = draft::photo(bytes(seed, 900)).media_group_id("album");
        last = stage.telegram.send(&anna, &cafe, item).await;
    }
    stage.reference_when((cafe.id, anna.id, last), |row| row.state == "sending").await;
    // She has waited for a minute already.
    let (person, since) = (anna.id, crate::plans::now() * 1000 - 60_000);
    let begun = format!(
        "INSERT INTO forgettings (person_id, ticket, asked_at) VALUES ({person}, 7, {since})"
    );
    stage.database.run(&begun).await;
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.sees(&anna, &shop, FORGOTTEN).await;
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    assert_eq!(chat.iter().filter(|message| message.get("photo").is_some()).count(), 2);
    assert_eq!(stage.times(&anna, &cafe, "could not be delivered"), 0);
    stage.telegram.quiet().await;
    stage.settled().await;
    stage.curtain().await;
    stage.nothing_names(anna.id).await;
}

/// Telegram asks to wait for longer than anybody waits: she is told, and it does not come later.
async fn what_cannot_arrive_is_told_and_leaves_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.telegram.quiet().await;
    let message = {
        let later = Answer::TooManyRequests { retry_after: 3000 };
        stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(later).always());
        let message = stage.telegram.send(&anna, &cafe, draft::text("cake?")).await;
        stage.reference_when((cafe.id, anna.id, message), |row| row.state == "held").await;
        message
    };
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.sees(&anna, &shop, FORGOTTEN).await;
    stage.answered(&anna, &cafe, message, "could not be delivered").await;
    stage.nothing_names(anna.id).await;
    stage.telegram.clear_faults();
    stage.stop().await;
}

/// The owner answers her, and before that has arrived she is forgotten.
async fn a_reply_under_way_leaves_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.start(&anna, &cafe, "").await;
    let (_, copy) = stage.asks(&anna, &cafe, "cake?").await;
    stage.telegram.send(&anna, &shop, draft::text("/forget")).await;
    stage.sees(&anna, &shop, "Shall everything").await;
    let slow = Answer::Hang(Duration::from_secs(2));
    stage.telegram.fault(Fault::on("sendMessage").bot(&cafe).answer(slow));
    let reply = stage.answer(&copy, draft::text("Apple pie.")).await;
    stage.reference_when((stage.master.id, stage.owner.id, reply), |_| true).await;
    stage.presses_on(&anna, &shop, "Forget me").await;
    stage.sees(&anna, &shop, FORGOTTEN).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &cafe, "Apple pie."), 1);
    stage.nothing_names(anna.id).await;
    stage.curtain().await;
}

async fn an_owner_who_is_a_customer_stays_an_owner(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let (otto, kiosk) = another_owner(&mut stage, "kiosk_bot").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    let olga = stage.owner.clone();
    let before = stage.traces_of(olga.id).await;
    stage.telegram.start(&olga, &kiosk, "").await;
    stage.asks(&olga, &kiosk, "newspapers?").await;
    // To her own bot, too.
    stage.telegram.start(&olga, &shop, "").await;
    stage.asks(&olga, &shop, "is this thing on?").await;
    assert_ne!(stage.traces_of(olga.id).await, before);
    forgets(&stage, &olga, &kiosk).await;
    stage.sees(&olga, &kiosk, "You have bots here yourself").await;
    stage.sees(&otto, &stage.master, TOLD).await;
    stage.settled().await;
    let mut after = stage.traces_of(olga.id).await;
    after.retain(|trace| !trace.starts_with("forgotten_marks."));
    assert_eq!(after, before);
    assert_eq!(stage.times(&olga, &stage.master, TOLD), 0, "she knows");
    stage.asks_only(&anna, &shop, "still open?").await;
    stage.curtain().await;
}

/// At the pace everybody has who is not told otherwise.
async fn a_burst_of_commands_leaves_nothing(mut stage: Stage) {
    const TOO_FAST: &str = "You are writing faster than messages can be passed on";
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    stage.vary("CUSTOMER_RATE", "");
    stage.restart().await;
    forgets(&stage, &anna, &shop).await;
    stage.nothing_names(anna.id).await;
    for command in ["/help", "/privacy", "/language", "/forget"].into_iter().cycle().take(40) {
        stage.telegram.send(&anna, &shop, draft::text(command)).await;
    }
    stage.sees(&anna, &shop, TOO_FAST).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1, "once a minute");
    stage.redelivers_as(&shop, "message").await;
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1);
    stage.nothing_names(anna.id).await;
    stage.asks_only(&anna, &shop, "hello again").await;
    stage.curtain().await;
}
