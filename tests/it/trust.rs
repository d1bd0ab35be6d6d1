//! Newcomers: customers whom the owner has neither answered nor accepted, and the three rules that
//! can hold for them.

use serde_json::{Value, json};
use telegram_emulator::{Bot, Draft, Person, draft};

use crate::support::{
    Mode, Stage, button,
    matrix::{on_every_database, on_every_stage},
    talk::{bytes, id, rich},
    text,
};

mod albums;

mod stages {
    use super::*;
    on_every_stage!(
        links_files_and_forwards_are_refused_until_the_owner_has_answered,
        the_first_message_comes_with_accept_and_ban,
        the_button_brings_what_was_written_in_its_order,
    );
    on_every_database!(set(Webhook):
        without_rules_a_newcomer_is_like_everybody,
        newcomers_write_slower_than_others,
        a_flood_of_links_is_told_calmly,
        what_was_refused_stays_so_when_it_comes_again,
        a_change_cannot_bring_what_is_refused,
        who_was_answered_before_the_rule_is_no_newcomer,
        an_answer_through_another_bot_is_enough,
        marking_as_answered_is_no_answer,
        ban_holds_in_every_bot_and_before_the_first_message,
        accept_lifts_the_rules_and_says_so,
        buttons_of_a_newcomer_have_their_effect_once,
        nobody_accepts_for_another_owner,
        an_album_comes_with_accept_and_ban,
        a_sticker_and_a_change_keep_accept_and_ban,
        a_newcomer_waits_after_some_messages,
        an_album_waits_for_the_button_as_a_whole,
        what_waits_for_the_button_survives_a_restart,
        the_button_is_offered_again,
        what_waits_can_be_taken_back,
        a_press_has_its_effect_once,
        a_deleted_message_is_asked_for_again,
        without_a_press_it_is_told_in_the_end,
        what_waits_for_the_button_is_told_when_the_bot_is_removed,
        a_rule_that_ends_lets_what_waited_through,
        the_rules_speak_the_customers_language,
        all_three_rules_together,
    );
}

const CAREFUL: [&str; 2] = ["Careful with newcomers", "on, no links, files or forwards"];
const ASK: [&str; 2] = ["Ask me about newcomers", "on, Accept or Ban"];
const CHECK: [&str; 2] = ["Button for newcomers", "on, press before the first message"];

const LINK: &str = "it holds a link";
const FILE: &str = "can be sent here after a first answer";
const FORWARD: &str = "can be forwarded here after a first answer";
const TOO_FAST: &str = "up to 5 messages can be sent here in a minute";
const WAIT: &str = "more can be sent after a first answer";
const QUESTION: &str = "Please press the button";
const PERSON: &str = "I am a person";

/// What of the owner's chat shows these words.
fn arrived(stage: &Stage, words: &str) -> usize {
    stage.times(&stage.owner, &stage.master, words)
}

async fn rule(stage: &Stage, rule: [&str; 2]) {
    stage.sets(&["Newcomers", rule[0], rule[1], "Save"]).await;
    stage.owner_sees(&format!("{}: {}", rule[0], rule[1])).await;
}

fn link() -> Draft {
    let (text, entities) = rich(&[
        ("look at ", Value::Null),
        ("this", json!({"type": "text_link", "url": "https://evil.example"})),
    ]);
    draft::text(&*text).entities(entities)
}

/// A tag that opens a channel.
fn tag() -> Draft {
    let hashtag = json!({"type": "hashtag", "offset": 4, "length": 13});
    draft::text("see #tea@evilshop").entities(json!([hashtag]))
}

fn forward() -> Draft {
    let origin = json!({"type": "hidden_user", "sender_user_name": "Eve", "date": 1});
    draft::text("buy now").forward_origin(origin)
}

async fn sends(stage: &Stage, person: &Person, bot: &Bot, draft: Draft) -> i64 {
    stage.telegram.send(person, bot, draft).await
}

async fn rests(stage: &Stage) {
    stage.telegram.quiet().await;
    stage.settled().await;
}

async fn links_files_and_forwards_are_refused_until_the_owner_has_answered(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let refused = [
        (link(), LINK),
        (draft::text("see http://evil.example now"), LINK),
        (tag(), LINK),
        (draft::photo(bytes(1, 900)).caption("look"), FILE),
        (draft::document("a.pdf", "application/pdf", bytes(2, 900)), FILE),
        (draft::voice(bytes(3, 900)), FILE),
        (forward(), FORWARD),
    ];
    let kinds = refused.len();
    for (draft, words) in refused {
        let sent = sends(&stage, &anna, &shop, draft).await;
        stage.answered(&anna, &shop, sent, words).await;
    }
    rests(&stage).await;
    assert_eq!(arrived(&stage, "Anna"), 0, "{}", stage.telegram.dump());
    let (_, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    assert!(copy.get("reply_markup").is_none(), "{copy}");
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    // At once, and after a restart.
    for number in 0..2 {
        for draft in [link(), draft::photo(bytes(9, 900)), forward()] {
            let sent = sends(&stage, &anna, &shop, draft).await;
            stage.copy_of(&shop, &anna, sent).await;
        }
        if number == 0 {
            stage.restart().await;
        }
    }
    assert_eq!(stage.times(&anna, &shop, "not passed on"), kinds);
    stage.curtain().await;
}

async fn without_rules_a_newcomer_is_like_everybody(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for draft in [link(), draft::photo(bytes(1, 900)), forward()] {
        let sent = sends(&stage, &anna, &shop, draft).await;
        let copy = stage.copy_of(&shop, &anna, sent).await;
        assert!(copy.get("reply_markup").is_none(), "{copy}");
    }
    let menu = {
        stage.owner_writes("/settings").await;
        stage.menu().await
    };
    for line in
        ["Careful with newcomers: off", "Ask me about newcomers: off", "Button for newcomers: off"]
    {
        assert!(menu.contains(line), "{menu}");
    }
    stage.curtain().await;
}

async fn newcomers_write_slower_than_others(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let bob = stage.customer("Bob", &shop).await;
    let (_, copy) = stage.asks(&bob, &shop, "hi").await;
    let reply = stage.answer(&copy, draft::text("hi")).await;
    stage.copy_of_reply(reply).await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let mut sent = Vec::new();
    for n in 1..=12 {
        sent.push(sends(&stage, &anna, &shop, draft::text(format!("flood {n}"))).await);
        sends(&stage, &bob, &shop, draft::text(format!("quick {n}"))).await;
    }
    stage.sees(&anna, &shop, TOO_FAST).await;
    rests(&stage).await;
    let passed = arrived(&stage, "flood");
    assert!((5..=7).contains(&passed), "{passed}");
    assert_eq!(arrived(&stage, "quick"), 12);
    assert_eq!(stage.times(&anna, &shop, TOO_FAST), 1);
    // The owner reads how many there were with the next one that comes through.
    stage.telegram.pass_time(std::time::Duration::from_mins(3));
    let (_, copy) = stage.asks_only(&anna, &shop, "slowly now").await;
    assert!(text(&copy).contains(&format!("too many at once: {}\n", 12 - passed)), "{copy}");
    stage.curtain().await;
}

async fn a_flood_of_links_is_told_calmly(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    for _ in 0..40 {
        sends(&stage, &anna, &shop, link()).await;
    }
    rests(&stage).await;
    let told = stage.times(&anna, &shop, "not passed on");
    assert!((1..=4).contains(&told), "{told}");
    assert_eq!(arrived(&stage, "look at"), 0);
    stage.curtain().await;
}

async fn what_was_refused_stays_so_when_it_comes_again(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.answered(&anna, &shop, sent, LINK).await;
    stage.redelivers_as(&shop, "message").await;
    stage.restart().await;
    stage.redelivers_as(&shop, "message").await;
    rests(&stage).await;
    assert_eq!(stage.times(&anna, &shop, LINK), 1);
    assert_eq!(arrived(&stage, "look at"), 0);
    // What was admitted before the rule stays so, too.
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.redelivers_as(&shop, "message").await;
    assert_eq!(arrived(&stage, "hello"), 1, "{copy}");
    stage.curtain().await;
}

async fn a_change_cannot_bring_what_is_refused(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let (message, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.telegram.edit(&anna, &shop, message, draft::text("hello https://evil.example")).await;
    stage.answered(&anna, &shop, message, "Your change was not passed on").await;
    stage.redelivers_as(&shop, "edited_message").await;
    assert_eq!(stage.times(&anna, &shop, "Your change was not passed on"), 1);
    let now = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    assert_eq!(text(&now), text(&copy));
    stage.telegram.edit(&anna, &shop, message, draft::text("hello again")).await;
    stage.owner_sees("hello again").await;
    stage.curtain().await;
}

async fn who_was_answered_before_the_rule_is_no_newcomer(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let bob = stage.customer("Bob", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.asks(&bob, &shop, "good day").await;
    let reply = stage.answer(&copy, draft::text("hi")).await;
    stage.copy_of_reply(reply).await;
    rests(&stage).await;
    // As a version before this one left it.
    stage.database.run("UPDATE conversation_states SET trusted_at = NULL").await;
    for one in [CAREFUL, ASK, CHECK] {
        rule(&stage, one).await;
    }
    let sent = sends(&stage, &anna, &shop, link()).await;
    let copy = stage.copy_of(&shop, &anna, sent).await;
    assert!(button(&copy, "Accept").is_none(), "{copy}");
    let sent = sends(&stage, &bob, &shop, link()).await;
    stage.answered(&bob, &shop, sent, LINK).await;
    stage.curtain().await;
}

async fn an_answer_through_another_bot_is_enough(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let anna = stage.customer("Anna", &cafe).await;
    let (_, copy) = stage.asks(&anna, &cafe, "hello").await;
    let reply = stage.answer(&copy, draft::text("hi")).await;
    stage.copy_of_reply(reply).await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.copy_of(&shop, &anna, sent).await;
    stage.curtain().await;
}

async fn marking_as_answered_is_no_answer(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "hello").await;
    stage.owner_writes("/inbox").await;
    stage.owner_sees("Waiting for your answer").await;
    stage.telegram.quiet().await;
    let list = stage.owner_sees("Waiting for your answer").await;
    let jump = &list["reply_markup"]["inline_keyboard"][0][0];
    stage.telegram.press(
        &stage.owner,
        &stage.master,
        id(&list),
        jump["callback_data"].as_str().unwrap(),
    );
    stage.presses(&stage.owner, "Mark as answered").await;
    stage.owner_sees("marked as answered").await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.answered(&anna, &shop, sent, LINK).await;
    stage.curtain().await;
}

async fn the_first_message_comes_with_accept_and_ban(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    assert!(button(&copy, "Accept").is_some() && button(&copy, "Ban").is_some(), "{copy}");
    let (_, second) = stage.asks(&anna, &shop, "do you have tea?").await;
    assert!(second.get("reply_markup").is_none(), "{second}");
    stage.presses(&stage.owner, "Accept").await;
    stage.pops_up("✅ Anna is accepted.", 1).await;
    rests(&stage).await;
    let copy = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    assert!(button(&copy, "Accept").is_none() && button(&copy, "Ban").is_none(), "{copy}");
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nhello");
    for n in 0..8 {
        stage.asks(&anna, &shop, &format!("more {n}")).await;
    }
    // An answer takes the place of the decision.
    let bob = stage.customer("Bob", &shop).await;
    let (_, copy) = stage.asks(&bob, &shop, "good day").await;
    let reply = stage.answer(&copy, draft::text("hi")).await;
    stage.copy_of_reply(reply).await;
    rests(&stage).await;
    let copy = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    assert!(button(&copy, "Accept").is_none() && button(&copy, "↩️ Undo").is_some(), "{copy}");
    stage.curtain().await;
}

async fn ban_holds_in_every_bot_and_before_the_first_message(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "spam").await;
    stage.presses(&stage.owner, "Ban").await;
    let answer = stage.owner_sees("🚫 Anna is banned from all your bots.").await;
    assert_eq!(answer["reply_to_message"]["message_id"], copy["message_id"]);
    assert!(button(&answer, "Unban").is_some(), "{answer}");
    rests(&stage).await;
    let copy = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    assert!(copy.get("reply_markup").is_none(), "{copy}");
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nspam");
    // A bot that did not exist then, to which he never wrote.
    let cafe = stage.attach("cafe_bot", "Café").await;
    stage.telegram.start(&anna, &cafe, "").await;
    sends(&stage, &anna, &cafe, draft::text("spam again")).await;
    sends(&stage, &anna, &shop, draft::text("spam again")).await;
    rests(&stage).await;
    assert_eq!(arrived(&stage, "spam again"), 0);
    assert_eq!(stage.said(&anna, &cafe), Vec::<String>::new(), "he is not told");
    // Lifted, he is a newcomer still.
    stage.presses(&stage.owner, "Unban").await;
    stage.owner_sees("no longer banned").await;
    stage.asks_only(&anna, &cafe, "sorry").await;
    stage.curtain().await;
}

async fn accept_lifts_the_rules_and_says_so(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    rule(&stage, CAREFUL).await;
    let anna = stage.customer("Anna", &shop).await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.answered(&anna, &shop, sent, LINK).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    assert!(button(&copy, "Accept").is_some(), "what is refused is no first contact: {copy}");
    stage.presses(&stage.owner, "Accept").await;
    stage.sees(&anna, &shop, "You can now send everything here").await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.copy_of(&shop, &anna, sent).await;
    // Who was refused nothing is told nothing.
    let bob = stage.customer("Bob", &shop).await;
    stage.asks(&bob, &shop, "good day").await;
    stage.presses(&stage.owner, "Accept").await;
    stage.pops_up("✅ Bob is accepted.", 1).await;
    rests(&stage).await;
    assert_eq!(stage.times(&bob, &shop, "You can now"), 0);
    stage.curtain().await;
}

async fn buttons_of_a_newcomer_have_their_effect_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let ban = button(&copy, "Ban").unwrap();
    stage.presses(&stage.owner, "Accept").await;
    stage.redelivers("callback_query").await;
    stage.pops_up("✅ Anna is accepted.", 1).await;
    // The other button of a keyboard that is gone does nothing.
    let shown = stage.telegram.message(&stage.master, stage.owner.id, id(&copy)).unwrap();
    stage.forges(&stage.owner, &stage.master, Some(shown), &ban).await;
    stage.asks(&anna, &shop, "still here").await;
    assert_eq!(stage.database.count("bans").await, 0);
    let bob = stage.customer("Bob", &shop).await;
    stage.asks(&bob, &shop, "spam").await;
    stage.presses(&stage.owner, "Ban").await;
    stage.owner_sees("🚫 Bob is banned").await;
    stage.redelivers("callback_query").await;
    rests(&stage).await;
    assert_eq!(arrived(&stage, "🚫 Bob is banned"), 1);
    stage.curtain().await;
}

async fn nobody_accepts_for_another_owner(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CAREFUL).await;
    rule(&stage, ASK).await;
    let other = stage.person("Other");
    stage.telegram.start(&other, &stage.master, "").await;
    stage.sees(&other, &stage.master, "/add attaches").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    for label in ["Accept", "Ban"] {
        let data = button(&copy, label).unwrap();
        let foreign = json!({"message_id": 1, "date": 1, "chat": other.chat(), "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": label, "callback_data": data}]]}});
        stage.forges(&other, &stage.master, Some(foreign), &data).await;
    }
    assert_eq!(stage.database.count("bans").await, 0);
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.answered(&anna, &shop, sent, LINK).await;
    stage.curtain().await;
}

async fn sends_album(stage: &Stage, person: &Person, bot: &Bot, group: &str) -> Vec<i64> {
    let mut items = Vec::new();
    for n in 1..=3 {
        let photo = draft::photo(bytes(n, 900)).media_group_id(group);
        items.push(sends(stage, person, bot, photo).await);
    }
    items
}

async fn an_album_comes_with_accept_and_ban(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    let items = sends_album(&stage, &anna, &shop, "g").await;
    let mut groups = std::collections::HashSet::new();
    for item in items {
        let copy = stage.copy_of(&shop, &anna, item).await;
        groups.insert(copy["media_group_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(groups.len(), 1, "it is one album");
    let (header, _) = stage.shows_button(&stage.owner, &stage.master, "Accept").await;
    assert_eq!(text(&header), "🆕 Anna @anna → @shop_bot");
    // It counts as one message.
    for n in 1..=4 {
        stage.asks_only(&anna, &shop, &format!("more {n}")).await;
    }
    let sent = sends(&stage, &anna, &shop, draft::text("too much")).await;
    stage.answered(&anna, &shop, sent, WAIT).await;
    stage.presses(&stage.owner, "Accept").await;
    stage.pops_up("✅ Anna is accepted.", 1).await;
    stage.asks_only(&anna, &shop, "thank you").await;
    stage.curtain().await;
}

async fn a_sticker_and_a_change_keep_accept_and_ban(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    let sticker = draft::sticker_static(bytes(3, 300));
    let sent = sends(&stage, &anna, &shop, sticker).await;
    let copy = stage.copy_of(&shop, &anna, sent).await;
    assert!(button(&copy, "Accept").is_some(), "{copy}");
    let bob = stage.customer("Bob", &shop).await;
    let (message, _) = stage.asks(&bob, &shop, "good day").await;
    stage.telegram.edit(&bob, &shop, message, draft::text("good evening")).await;
    let copy = stage.owner_sees("good evening").await;
    assert!(button(&copy, "Accept").is_some(), "{copy}");
    stage.curtain().await;
}

async fn a_newcomer_waits_after_some_messages(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    for n in 1..=5 {
        stage.asks(&anna, &shop, &format!("word {n}")).await;
    }
    for n in 6..=9 {
        sends(&stage, &anna, &shop, draft::text(format!("word {n}"))).await;
    }
    stage.sees(&anna, &shop, WAIT).await;
    rests(&stage).await;
    assert_eq!(stage.times(&anna, &shop, WAIT), 1);
    assert_eq!(arrived(&stage, "word"), 5);
    stage.redelivers_as(&shop, "message").await;
    stage.restart().await;
    stage.redelivers_as(&shop, "message").await;
    assert_eq!(arrived(&stage, "word"), 5);
    let latest = stage.owner_sees("word 5").await;
    let reply = stage.answer(&latest, draft::text("one moment")).await;
    stage.copy_of_reply(reply).await;
    stage.asks(&anna, &shop, "thank you").await;
    stage.curtain().await;
}

/// The texts of a customer in the owner's chat, in their order.
fn order(stage: &Stage, words: &[&str]) -> Vec<String> {
    let said = stage.said(&stage.owner, &stage.master);
    let last = |text: &String| text.lines().last().unwrap_or_default().to_owned();
    said.iter().map(last).filter(|line| words.contains(&line.as_str())).collect()
}

async fn the_button_brings_what_was_written_in_its_order(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    let first = sends(&stage, &anna, &shop, draft::text("one")).await;
    let question = stage.answered(&anna, &shop, first, QUESTION).await;
    assert!(button(&question, PERSON).is_some(), "{question}");
    assert_eq!(stage.database.count("parked").await, 0, "the button carries it");
    for word in ["two", "three"] {
        sends(&stage, &anna, &shop, draft::text(word)).await;
    }
    let photo = sends(&stage, &anna, &shop, draft::photo(bytes(1, 900)).caption("four")).await;
    rests(&stage).await;
    assert_eq!(arrived(&stage, "Anna"), 0, "{}", stage.telegram.dump());
    assert_eq!(stage.times(&anna, &shop, QUESTION), 1, "he is asked calmly");
    stage.presses_on(&anna, &shop, PERSON).await;
    stage.copy_of(&shop, &anna, photo).await;
    stage.sees(&anna, &shop, "What you wrote is passed on").await;
    sends(&stage, &anna, &shop, draft::text("five")).await;
    stage.owner_sees("five").await;
    rests(&stage).await;
    let words = ["one", "two", "three", "four", "five"];
    assert_eq!(order(&stage, &words), words);
    assert_eq!(stage.database.count("parked").await, 0);
    assert_eq!(stage.times(&anna, &shop, QUESTION), 0, "the question has become the thanks");
    // He is asked once in his life.
    stage.restart().await;
    stage.asks(&anna, &shop, "six").await;
    stage.curtain().await;
}

async fn an_album_waits_for_the_button_as_a_whole(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    rule(&stage, ASK).await;
    let anna = stage.customer("Anna", &shop).await;
    let items = sends_album(&stage, &anna, &shop, "g").await;
    let after = sends(&stage, &anna, &shop, draft::photo(bytes(7, 900))).await;
    let last = sends(&stage, &anna, &shop, draft::photo(bytes(8, 900))).await;
    rests(&stage).await;
    assert_eq!(stage.times(&anna, &shop, QUESTION), 1);
    stage.presses_on(&anna, &shop, PERSON).await;
    let mut groups = std::collections::HashSet::new();
    for item in items {
        let copy = stage.copy_of(&shop, &anna, item).await;
        groups.insert(copy["media_group_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(groups.len(), 1, "it is one album");
    for single in [after, last] {
        let copy = stage.copy_of(&shop, &anna, single).await;
        assert!(copy.get("media_group_id").is_none(), "{copy}");
    }
    let (header, _) = stage.shows_button(&stage.owner, &stage.master, "Accept").await;
    assert_eq!(text(&header), "🆕 Anna @anna → @shop_bot");
    stage.nothing_waits().await;
    stage.curtain().await;
}

async fn what_waits_for_the_button_survives_a_restart(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    sends(&stage, &anna, &shop, draft::text("one")).await;
    stage.sees(&anna, &shop, QUESTION).await;
    let two = sends(&stage, &anna, &shop, draft::text("a secret two")).await;
    rests(&stage).await;
    let dump = stage.database.dump().await;
    assert!(!dump.windows(12).any(|bytes| bytes == b"a secret two"), "it is sealed");
    stage.redelivers_as(&shop, "message").await;
    stage.restart().await;
    stage.redelivers_as(&shop, "message").await;
    // Changed before the press, it comes as it is then.
    stage.telegram.edit(&anna, &shop, two, draft::text("two")).await;
    rests(&stage).await;
    assert_eq!(arrived(&stage, "Anna"), 0);
    stage.presses_on(&anna, &shop, PERSON).await;
    stage.copy_of(&shop, &anna, two).await;
    stage.nothing_waits().await;
    assert_eq!(order(&stage, &["one", "two", "a secret two"]), ["one", "two"]);
    stage.curtain().await;
}

async fn the_button_is_offered_again(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    let first = sends(&stage, &anna, &shop, draft::text("one")).await;
    let question = stage.answered(&anna, &shop, first, QUESTION).await;
    stage.telegram.delete(&anna, &shop, id(&question));
    // What was said a while ago, and by another process.
    stage.restart().await;
    let second = sends(&stage, &anna, &shop, draft::text("two")).await;
    stage.answered(&anna, &shop, first, QUESTION).await;
    stage.presses_on(&anna, &shop, PERSON).await;
    stage.copy_of(&shop, &anna, second).await;
    assert_eq!(order(&stage, &["one", "two"]), ["one", "two"]);
    stage.curtain().await;
}

async fn what_waits_can_be_taken_back(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    let mut sent = Vec::new();
    for word in ["w1", "w2", "w3", "w4"] {
        sent.push(sends(&stage, &anna, &shop, draft::text(word)).await);
    }
    sends(&stage, &anna, &shop, draft::text("/delete").reply_to(sent[1])).await;
    stage.answered(&anna, &shop, sent[1], "taken back").await;
    sends(&stage, &anna, &shop, draft::text("/delete")).await;
    stage.answered(&anna, &shop, sent[3], "taken back").await;
    stage.presses_on(&anna, &shop, PERSON).await;
    stage.copy_of(&shop, &anna, sent[2]).await;
    stage.nothing_waits().await;
    assert_eq!(order(&stage, &["w1", "w2", "w3", "w4"]), ["w1", "w3"]);
    stage.curtain().await;
}

async fn a_press_has_its_effect_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    let first = sends(&stage, &anna, &shop, draft::text("one")).await;
    let question = stage.answered(&anna, &shop, first, QUESTION).await;
    let data = button(&question, PERSON).unwrap();
    stage.telegram.press_all(&anna, &shop, id(&question), &[&*data, &*data, &*data]);
    stage.copy_of(&shop, &anna, first).await;
    stage.redelivers_as(&shop, "callback_query").await;
    stage.restart().await;
    stage.redelivers_as(&shop, "callback_query").await;
    stage.nothing_waits().await;
    assert_eq!(order(&stage, &["one"]), ["one"]);
    // Nobody else's press counts.
    let eve = stage.customer("Eve", &shop).await;
    let sent = sends(&stage, &eve, &shop, draft::text("spam")).await;
    let question = stage.answered(&eve, &shop, sent, QUESTION).await;
    stage.forges(&anna, &shop, Some(question), &data).await;
    assert_eq!(arrived(&stage, "spam"), 0);
    stage.curtain().await;
}

async fn a_deleted_message_is_asked_for_again(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    let first = sends(&stage, &anna, &shop, draft::text("one")).await;
    let mut question = stage.answered(&anna, &shop, first, QUESTION).await;
    stage.telegram.delete(&anna, &shop, first);
    // Telegram may still have it, or not.
    question.as_object_mut().unwrap().remove("reply_to_message");
    let data = button(&question, PERSON).unwrap();
    stage.forges(&anna, &shop, Some(question), &data).await;
    stage.sees(&anna, &shop, "Please write it once more").await;
    stage.asks(&anna, &shop, "two").await;
    stage.curtain().await;
}

async fn without_a_press_it_is_told_in_the_end(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    let first = sends(&stage, &anna, &shop, draft::text("one")).await;
    stage.answered(&anna, &shop, first, QUESTION).await;
    let second = sends(&stage, &anna, &shop, draft::text("two")).await;
    rests(&stage).await;
    assert_eq!(stage.database.count("parked").await, 1);
    stage.stop().await;
    stage.database.run("UPDATE parked SET parked_at = 0").await;
    stage.start().await;
    stage.answered(&anna, &shop, second, "was not passed on, because the button").await;
    stage.nothing_waits().await;
    assert_eq!(arrived(&stage, "Anna"), 0);
    let third = sends(&stage, &anna, &shop, draft::text("three")).await;
    stage.answered(&anna, &shop, third, QUESTION).await;
    stage.presses_on(&anna, &shop, PERSON).await;
    stage.copy_of(&shop, &anna, third).await;
    assert_eq!(stage.mode(), Mode::Webhook);
    stage.curtain().await;
}

async fn what_waits_for_the_button_is_told_when_the_bot_is_removed(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.telegram.add_person(Person::new("Anna").language("de"));
    stage.telegram.start(&anna, &shop, "").await;
    sends(&stage, &anna, &shop, draft::text("one")).await;
    rests(&stage).await;
    let second = sends(&stage, &anna, &shop, draft::text("two")).await;
    sends(&stage, &anna, &shop, draft::text("three")).await;
    rests(&stage).await;
    assert_eq!(stage.database.count("parked").await, 2);
    stage.owner_writes("/remove").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("is detached").await;
    stage.answered(&anna, &shop, second, "Dieser Bot ist nicht mehr in Betrieb").await;
    assert_eq!(stage.times(&anna, &shop, "nicht mehr in Betrieb"), 1);
    assert_eq!(stage.database.count("parked").await, 0);
    stage.curtain().await;
}

async fn a_rule_that_ends_lets_what_waited_through(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    let anna = stage.customer("Anna", &shop).await;
    sends(&stage, &anna, &shop, draft::text("one")).await;
    stage.sees(&anna, &shop, QUESTION).await;
    sends(&stage, &anna, &shop, draft::text("two")).await;
    rests(&stage).await;
    stage.sets(&["Newcomers", "Button for newcomers", "off", "Save"]).await;
    let three = sends(&stage, &anna, &shop, draft::text("three")).await;
    stage.copy_of(&shop, &anna, three).await;
    stage.nothing_waits().await;
    assert_eq!(order(&stage, &["one", "two", "three"]), ["two", "three"]);
    // The first one is with its button still.
    stage.presses_on(&anna, &shop, PERSON).await;
    stage.owner_sees("one").await;
    stage.curtain().await;
}

async fn the_rules_speak_the_customers_language(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    rule(&stage, CHECK).await;
    rule(&stage, CAREFUL).await;
    let words = [
        ("de", "Das wurde nicht weitergeleitet", "Ich bin ein Mensch"),
        ("es", "Esto no se ha transmitido", "Soy una persona"),
        ("ru", "Это не передано", "Я человек"),
        ("uk", "Це не передано", "Я людина"),
        ("zh-hans", "这条消息没有转达", "我是真人"),
    ];
    for (language, refused, label) in words {
        let person = stage.telegram.add_person(Person::new("Kim").language(language));
        stage.telegram.start(&person, &shop, "").await;
        let sent = sends(&stage, &person, &shop, link()).await;
        stage.answered(&person, &shop, sent, refused).await;
        let sent = sends(&stage, &person, &shop, draft::text("hello")).await;
        stage.presses_on(&person, &shop, label).await;
        stage.copy_of(&shop, &person, sent).await;
    }
    stage.curtain().await;
}

async fn all_three_rules_together(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    for one in [CAREFUL, ASK, CHECK] {
        rule(&stage, one).await;
    }
    let anna = stage.customer("Anna", &shop).await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.answered(&anna, &shop, sent, LINK).await;
    let one = sends(&stage, &anna, &shop, draft::text("one")).await;
    stage.answered(&anna, &shop, one, QUESTION).await;
    let sent = sends(&stage, &anna, &shop, draft::photo(bytes(1, 900))).await;
    stage.answered(&anna, &shop, sent, FILE).await;
    // What was written first may change like what follows, but not into what is refused.
    stage.telegram.edit(&anna, &shop, one, draft::text("one https://evil.example")).await;
    stage.answered(&anna, &shop, one, "Your change was not passed on").await;
    stage.telegram.edit(&anna, &shop, one, draft::text("one tea")).await;
    rests(&stage).await;
    stage.presses_on(&anna, &shop, PERSON).await;
    let copy = stage.copy_of(&shop, &anna, one).await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\none tea");
    assert!(button(&copy, "Accept").is_some(), "{copy}");
    let (_, copy) = stage.asks_only(&anna, &shop, "two").await;
    assert!(button(&copy, "Accept").is_none(), "{copy}");
    let sent = sends(&stage, &anna, &shop, forward()).await;
    stage.answered(&anna, &shop, sent, FORWARD).await;
    stage.presses(&stage.owner, "Accept").await;
    stage.sees(&anna, &shop, "You can now send everything here").await;
    let sent = sends(&stage, &anna, &shop, link()).await;
    stage.copy_of(&shop, &anna, sent).await;
    stage.curtain().await;
}
