//! `/add`: whatever was pasted, whatever Telegram says to it, and whose the updates were before.

use feedback_relay::bots::{CLIENT_UPDATES, MASTER_UPDATES};
use serde_json::json;
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Mode, Stage, by_bot,
    http::call,
    matrix::{on_every_dark_stage, on_every_database, on_every_stage},
};

mod stages {
    use super::*;
    on_every_stage!(
        a_foreign_webhook_is_taken_only_when_asked_for,
        a_new_token_goes_on_with_the_old_conversations,
        removed_and_attached_again_it_goes_on,
        what_was_waiting_at_telegram_is_relayed,
    );
    on_every_database!(set(Webhook):
        a_token_is_found_in_whatever_was_pasted,
        a_token_that_will_not_do_is_refused_for_its_reason,
        another_owners_bot_is_refused_without_naming_him,
        the_message_with_the_token_is_deleted_or_that_is_asked_for,
        telegram_is_told_what_it_has_to_know_and_no_more,
        a_webhook_telegram_does_not_take_is_tried_again,
        an_attachment_delivered_again_happens_once,
        a_question_whose_sending_was_unclear_can_be_answered,
        an_old_token_touches_nothing_of_the_bots_new_owner,
    );
    on_every_dark_stage!(killed_in_the_middle_the_dialogue_goes_on);
}

const PROMPT: &str = "Paste it here";
const FOREIGN: &str = "https://bots.example.org/hook/secretpath";

/// The owner's own words that can still be seen in his chat with the master bot.
fn owners_words(stage: &Stage) -> Vec<String> {
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    let own = chat.iter().filter(|message| !by_bot(message));
    own.map(|message| crate::support::text(message).to_owned()).collect()
}

/// Shows that a bot's customer is heard.
async fn works(stage: &Stage, bot: &Bot, name: &str) {
    let customer = stage.customer(name, bot).await;
    let words = format!("{name} asks");
    stage.telegram.send(&customer, bot, draft::text(&words)).await;
    stage.owner_sees(&words).await;
}

async fn a_token_is_found_in_whatever_was_pasted(mut stage: Stage) {
    let english = |bot: &Bot| {
        format!(
            "Done! Congratulations on your new bot. You will find it at t.me/{}. You can now add a \
             description.\n\nUse this token to access the HTTP API:\n{}\nKeep your token secure and \
             store it safely, it can be used by anyone to control your bot.\n\nFor a description of \
             the Bot API, see this page: https://core.telegram.org/bots/api",
            bot.username, bot.token
        )
    };
    let russian = |bot: &Bot| {
        format!(
            "Готово! Поздравляю с новым ботом, он здесь: t.me/{}.\n\nТокен для доступа к HTTP \
             API:\n{}\nХраните токен в надёжном месте.",
            bot.username, bot.token
        )
    };
    let bot = |n: u32| stage.telegram.add_bot(&format!("bot{n}_bot"), &format!("Bot {n}"));
    let bots: Vec<Bot> = (0..8).map(bot).collect();
    let pastes = [
        draft::text(&bots[0].token),
        draft::text(english(&bots[1])),
        draft::text(russian(&bots[2])),
        draft::text(format!("here it is: `{}`, thanks", bots[3].token)),
        draft::text(&bots[4].token)
            .entities(json!([{"type": "code", "offset": 0, "length": bots[4].token.len()}])),
        draft::text(english(&bots[5])).forward_origin(json!({
            "type": "user", "date": 1, "sender_user": {"id": 93_372_553, "is_bot": true, "first_name": "BotFather"},
        })),
        draft::photo("a screenshot").caption(&format!("token {}", bots[6].token)),
        draft::text(format!("/add {}", bots[7].token)),
    ];
    for (bot, paste) in bots.iter().zip(pastes) {
        stage.owner_writes("/add").await;
        stage.telegram.send(&stage.owner, &stage.master, paste).await;
        stage.owner_sees(&format!("@{} is attached", bot.username)).await;
        assert!(!owners_words(&stage).iter().any(|words| words.contains(&bot.token)));
    }
    // Without /add, too: it can only mean one thing.
    let spontaneous = stage.attach_by("spontaneous_bot", |bot| draft::text(&bot.token)).await;
    for (bot, name) in [(&bots[2], "Anna"), (&spontaneous, "Ben")] {
        works(&stage, bot, name).await;
    }
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn a_token_that_will_not_do_is_refused_for_its_reason(mut stage: Stage) {
    let (first, second) =
        (stage.telegram.add_bot("one_bot", "One"), stage.telegram.add_bot("two_bot", "Two"));
    let dead = stage.telegram.add_bot("dead_bot", "Dead");
    stage.telegram.revoke_token(&dead);
    let secret = first.token.split_once(':').unwrap().1;
    let cases = [
        ("hello".to_owned(), "There is no bot token in this message"),
        (secret.to_owned(), "There is no bot token in this message"),
        (format!("0{}", first.token), "There is no bot token in this message"),
        (first.token[..30].to_owned(), "There is no bot token in this message"),
        (format!("{}\n{}", first.token, second.token), "several tokens"),
        (dead.token.clone(), "Telegram does not accept this token"),
        (format!("99999999:{secret}"), "Telegram does not accept this token"),
        (format!("123456789012:{secret}"), "Telegram does not accept this token"),
        (stage.master.token.clone(), "the bot you are talking to"),
    ];
    stage.owner_writes("/add").await;
    stage.owner_sees(PROMPT).await;
    for (paste, answer) in cases {
        let before = stage.times(&stage.owner, &stage.master, answer);
        stage.owner_writes(&paste).await;
        stage.sees_times(&stage.owner, &stage.master, answer, before + 1).await;
        let shown = owners_words(&stage);
        let is_secret = paste.contains(':') && paste.len() > 40 && !paste.starts_with('0');
        assert_eq!(shown.contains(&paste), !is_secret, "what holds a token is deleted: {answer}");
    }
    let answer = "Telegram does not answer just now";
    for fault in [
        Fault::on("getMe").bot(&first).answer(Answer::Internal),
        Fault::on("getMe").bot(&first).answer(Answer::ResetBefore),
        Fault::on("getMe").bot(&first).answer(Answer::HtmlBadGateway),
        Fault::on("getWebhookInfo").bot(&first).answer(Answer::TooManyRequests { retry_after: 3 }),
    ] {
        let before = stage.times(&stage.owner, &stage.master, answer);
        stage.telegram.fault(fault);
        stage.owner_writes(&first.token).await;
        stage.sees_times(&stage.owner, &stage.master, answer, before + 1).await;
    }
    // After all that the token is still expected.
    stage.owner_writes(&first.token).await;
    stage.owner_sees("@one_bot is attached").await;
    assert_eq!(stage.telegram.webhook_of(&second), None);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn another_owners_bot_is_refused_without_naming_him(mut stage: Stage) {
    let other = stage.person("Zacharias");
    let both = format!("{},{}", stage.owner.id, other.id);
    stage.vary("OWNER_IDS", &both);
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.telegram.start(&other, &stage.master, "").await;
    stage.telegram.send(&other, &stage.master, draft::text("/add")).await;
    stage.telegram.send(&other, &stage.master, draft::text(&shop.token)).await;
    let refusal = stage.sees(&other, &stage.master, "in use by somebody else").await.to_string();
    for name in ["Olga", "olga", &stage.owner.id.to_string(), "shop"] {
        assert!(!refusal.contains(&format!("\"{name}")), "{refusal}");
    }
    stage.telegram.send(&other, &stage.master, draft::text("/bots")).await;
    stage.sees(&other, &stage.master, "no client bots yet").await;
    works(&stage, &shop, "Anna").await;
    // Once it is detached, it is free.
    stage.owner_writes("/remove").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    stage.telegram.send(&other, &stage.master, draft::text(&shop.token)).await;
    stage.sees(&other, &stage.master, "@shop_bot is attached").await;
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn the_message_with_the_token_is_deleted_or_that_is_asked_for(mut stage: Stage) {
    let bots = ["one_bot", "two_bot"].map(|name| stage.telegram.add_bot(name, "Bot"));
    stage.owner_writes(&bots[0].token).await;
    stage.owner_sees("@one_bot is attached").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "could not delete"), 0);
    let refusal = Answer::Refuse(400, "Bad Request: message can't be deleted".into());
    stage.telegram.fault(Fault::on("deleteMessage").answer(refusal));
    stage.owner_writes(&bots[1].token).await;
    stage.owner_sees("@two_bot is attached").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Please delete it yourself"), 1);
    assert_eq!(owners_words(&stage).iter().filter(|words| words.contains(':')).count(), 1);
    stage.stop().await;
}

async fn telegram_is_told_what_it_has_to_know_and_no_more(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let hook = stage.telegram.webhook_of(&shop).unwrap();
    assert_eq!(hook["url"], format!("https://relay.test/hooks/telegram/{}", shop.id));
    assert_eq!(hook["allowed_updates"], json!(CLIENT_UPDATES));
    assert_eq!(hook["secret_token"].as_str().unwrap().len(), 43);
    let own = stage.telegram.webhook_of(&stage.master).unwrap();
    assert_eq!(own["allowed_updates"], json!(MASTER_UPDATES));
    assert_ne!(own["secret_token"], hook["secret_token"]);
    stage.owner_writes("/remove").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    assert_eq!(stage.telegram.webhook_of(&shop), None);
    let ledger = stage.telegram.ledger();
    for effect in ledger.iter().filter(|effect| effect.method.ends_with("Webhook")) {
        assert_eq!(effect.params.get("drop_pending_updates"), None, "{effect:?}");
    }
    stage.stop().await;
}

async fn a_webhook_telegram_does_not_take_is_tried_again(mut stage: Stage) {
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    let refusal = Answer::Refuse(400, "Bad Request: bad webhook: Failed to resolve host".into());
    stage.telegram.fault(Fault::on("setWebhook").bot(&shop).answer(refusal));
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("@shop_bot is attached, but Telegram did not accept the address").await;
    works(&stage, &shop, "Anna").await;
    stage.stop().await;
}

async fn an_attachment_delivered_again_happens_once(mut stage: Stage) {
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    stage.owner_writes("/add").await;
    stage.owner_sees(PROMPT).await;
    stage.redelivers("message").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, PROMPT), 1);
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("@shop_bot is attached").await;
    let calls = stage.telegram.ledger().len();
    stage.redelivers("message").await;
    assert_eq!(stage.telegram.ledger().len(), calls, "{}", stage.telegram.dump());
    stage.stop().await;
}

async fn a_foreign_webhook_is_taken_only_when_asked_for(mut stage: Stage) {
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    let foreign = json!({"url": FOREIGN, "secret_token": "theirs", "max_connections": 7});
    assert_eq!(call(&stage.telegram, &shop, "setWebhook", foreign).await.0, 200);
    let before = stage.telegram.webhook_of(&shop);
    let question = "@shop_bot already sends its messages to bots.example.org.";
    for (label, times) in [("Cancel", 1), ("/cancel", 2)] {
        stage.owner_writes("/add").await;
        stage.owner_writes(&shop.token).await;
        stage.owner_sees(question).await;
        assert_eq!(stage.times(&stage.owner, &stage.master, "secretpath"), 0);
        if label == "/cancel" {
            stage.owner_writes(label).await;
        } else {
            stage.presses(&stage.owner, label).await;
        }
        stage.sees_times(&stage.owner, &stage.master, "Cancelled.", times).await;
        stage.telegram.quiet().await;
        assert_eq!(stage.telegram.webhook_of(&shop), before);
        stage.owner_writes("/bots").await;
        stage.sees_times(&stage.owner, &stage.master, "no client bots yet", times).await;
    }
    // The button of the question that /cancel closed.
    stage.presses(&stage.owner, "Take it over").await;
    stage
        .telegram
        .wait("a word on the stale button", |view| {
            let last = view.answered_callbacks().last()?;
            (last["text"] == "This question is settled already.").then_some(())
        })
        .await;
    assert_eq!(stage.telegram.webhook_of(&shop), before);

    stage.owner_writes(&shop.token).await;
    stage.sees_times(&stage.owner, &stage.master, question, 2).await;
    let data = stage.presses(&stage.owner, "Take it over").await;
    stage.owner_sees("@shop_bot is attached").await;
    let hook = stage.telegram.webhook_of(&shop);
    match stage.mode() {
        Mode::Polling => assert_eq!(hook, None),
        Mode::Webhook => assert_ne!(hook.unwrap()["url"], FOREIGN),
    }
    works(&stage, &shop, "Anna").await;
    assert!(data.starts_with("takeover:") && data.len() <= 64);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

/// A question of his that is open still is no way to what waits in a bot of somebody else's.
async fn an_old_token_touches_nothing_of_the_bots_new_owner(mut stage: Stage) {
    let victor = stage.person("Victor");
    stage.vary("OWNER_IDS", &format!("{},{}", stage.owner.id, victor.id));
    stage.restart().await;
    stage.telegram.start(&victor, &stage.master, "").await;
    stage.sees(&victor, &stage.master, "/add attaches").await;
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    call(&stage.telegram, &shop, "setWebhook", json!({"url": FOREIGN})).await;
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("already sends its messages").await;
    stage.telegram.send(&victor, &stage.master, draft::text(&*shop.token)).await;
    stage.sees(&victor, &stage.master, "already sends its messages").await;
    stage.presses(&victor, "Take it over").await;
    stage.sees(&victor, &stage.master, "@shop_bot is attached").await;
    // What a newcomer wrote, and has not pressed the button for.
    let row = format!(
        "INSERT INTO parked (update_id, content, parked_at, bot_id, chat_id, message_id, kind) \
         VALUES (1, x'00', 9000000000000, {}, 1, 1, 'asked')",
        shop.id
    );
    stage.database.run(&row).await;
    stage.presses(&stage.owner, "Take it over").await;
    stage.owner_sees("in use by somebody else").await;
    assert_eq!(stage.database.count("parked").await, 1);
    stage.stop().await;
}

async fn a_question_whose_sending_was_unclear_can_be_answered(mut stage: Stage) {
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    call(&stage.telegram, &shop, "setWebhook", json!({"url": FOREIGN})).await;
    stage.telegram.fault(Fault::on("sendMessage").bot(&stage.master).answer(Answer::ResetAfter));
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("already sends its messages").await;
    stage.telegram.quiet().await;
    stage.presses(&stage.owner, "Take it over").await;
    stage.owner_sees("@shop_bot is attached").await;
    stage.stop().await;
}

async fn a_new_token_goes_on_with_the_old_conversations(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("first")).await;
    let copy = stage.owner_sees("first").await["message_id"].as_i64().unwrap();
    stage.telegram.quiet().await;
    let hook = stage.telegram.webhook_of(&shop);

    let renewed = stage.telegram.revoke_token(&shop);
    stage.telegram.send(&anna, &shop, draft::text("while the token was dead")).await;
    stage.owner_writes("/add").await;
    stage.owner_writes(&renewed.token).await;
    stage.owner_sees("The new token of @shop_bot is in use.").await;
    stage.owner_sees("while the token was dead").await;
    assert_eq!(
        stage.telegram.webhook_of(&shop).map(|new| new["url"].clone()),
        hook.map(|old| old["url"].clone())
    );
    stage.telegram.reply(&stage.owner, &stage.master, copy, draft::text("to the old copy")).await;
    stage.sees(&anna, &shop, "to the old copy").await;
    works(&stage, &shop, "Ben").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("🟢 @shop_bot (Shop)").await;
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn removed_and_attached_again_it_goes_on(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("first")).await;
    let copy = stage.owner_sees("first").await["message_id"].as_i64().unwrap();
    stage.owner_writes("/remove").await;
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached, its token is wiped.").await;
    stage.telegram.reply(&stage.owner, &stage.master, copy, draft::text("too late")).await;
    stage.owner_sees("wrote to is detached").await;
    assert_eq!(stage.times(&anna, &shop, "too late"), 0);
    stage.restart().await;
    stage.telegram.send(&anna, &shop, draft::text("is anybody there?")).await;
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("@shop_bot is attached").await;
    stage.owner_sees("is anybody there?").await;
    stage.telegram.reply(&stage.owner, &stage.master, copy, draft::text("back again")).await;
    stage.sees(&anna, &shop, "back again").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&anna, &shop, "too late"), 0);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn what_was_waiting_at_telegram_is_relayed(mut stage: Stage) {
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    let anna = stage.person("Anna");
    for words in ["one", "two", "three"] {
        stage.telegram.send(&anna, &shop, draft::text(words)).await;
    }
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("\nthree").await;
    let lines = stage.telegram.lines(&stage.owner, &stage.master);
    let copies: Vec<_> = lines.iter().filter(|line| line.contains("🆕")).collect();
    let ends = ["\none", "\ntwo", "\nthree"];
    assert!(copies.len() == 3 && copies.iter().zip(ends).all(|(copy, end)| copy.ends_with(end)));
    stage.stop().await;
}

async fn killed_in_the_middle_the_dialogue_goes_on(mut stage: Stage) {
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let shop = stage.telegram.add_bot("shop_bot", "Shop");
    call(&stage.telegram, &shop, "setWebhook", json!({"url": FOREIGN})).await;
    let process = stage.launch().await;
    stage.owner_writes("/add").await;
    stage.owner_sees(PROMPT).await;
    stage.telegram.quiet().await;
    process.kill();

    let process = stage.launch().await;
    stage.owner_writes("no token in here").await;
    stage.owner_sees("There is no bot token in this message").await;
    stage.owner_writes(&shop.token).await;
    stage.owner_sees("already sends its messages to bots.example.org").await;
    stage.telegram.quiet().await;
    process.kill();

    let process = stage.launch().await;
    stage.presses(&stage.owner, "Take it over").await;
    stage.owner_sees("@shop_bot is attached").await;
    works(&stage, &shop, "Anna").await;
    process.stop().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, PROMPT), 1);
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}
