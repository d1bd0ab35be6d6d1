//! What people see when Telegram refuses, is slow, or does not say.

use serde_json::Value;
use telegram_emulator::{Answer, Bot, Draft, Fault, draft};

use crate::support::{
    Backend, Mode, Stage,
    content::REPEAT,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_short_429_holds_one_chat_only,
        a_long_429_is_handed_back_and_delivered_later_without_a_label,
        an_unknown_outcome_is_repeated_with_a_label,
        an_unknown_answer_is_repeated_with_a_label,
        a_repeat_that_has_to_wait_is_still_labelled,
        a_refusal_after_an_unknown_outcome_is_told_as_uncertain,
        what_certainly_was_not_executed_by_a_refusal_is_not_labelled,
        the_owner_learns_the_true_reason_and_can_send_again,
        a_reply_held_too_long_can_be_sent_again,
        an_unreachable_owner_is_told_to_the_customer_once,
        a_revoked_token_is_told_once_and_shown,
        what_became_of_sending_again_is_said_in_the_end,
    );
}

/// Kinds whose copies look different: words, words below a file, no words at all.
fn three_kinds(seed: u64) -> Vec<Draft> {
    vec![
        draft::text(format!("a question {seed}")),
        draft::photo(bytes(seed, 3000)).caption(&format!("a photo {seed}")),
        draft::sticker_static(bytes(seed + 500, 300)),
    ]
}

async fn a_short_429_holds_one_chat_only(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &shop).await;
    let (_, annas) = stage.asks(&anna, &shop, "hello").await;
    let (_, borises) = stage.asks(&boris, &shop, "hello").await;
    let wait = Answer::TooManyRequests { retry_after: 2 };
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).chat(anna.id).answer(wait.clone()));
    let slow = stage.answer(&annas, draft::text("for Anna")).await;
    stage.answer(&borises, draft::text("for Boris")).await;
    // Both owners' replies are in one chat, whose order is kept; customers are not held.
    stage.asks(&boris, &shop, "and now?").await;
    stage.copy_of_reply(slow).await;
    stage.sees(&boris, &shop, "for Boris").await;
    // The inbox is held: the customer's message waits and arrives once.
    stage
        .telegram
        .fault(Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id).answer(wait));
    stage.telegram.send(&anna, &shop, draft::text("are you there?")).await;
    stage.owner_sees("are you there?").await;
    stage.curtain().await;
    assert!(stage.telegram.faults_left() == 0);
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna, &boris] };
    judge(&stage, &[cast]).await.flawless(4, 2);
}

async fn a_long_429_is_handed_back_and_delivered_later_without_a_label(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let wait = Answer::TooManyRequests { retry_after: 100 };
    stage
        .telegram
        .fault(Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id).answer(wait));
    let message = stage.telegram.send(&anna, &shop, draft::text("hello?")).await;
    stage.reference_when((shop.id, anna.id, message), |row| row.state == "held").await;
    if stage.mode() == Mode::Webhook {
        let handed_back = stage
            .telegram
            .wait("a 503", |view| {
                let last = view.deliveries().iter().rfind(|d| d.bot == shop.id)?;
                (last.status == Some(503)).then(|| last.clone())
            })
            .await;
        let after = handed_back.retry_after.expect("it says when to come again");
        assert!((90.0..=100.0).contains(&after), "{after}");
    }
    assert_eq!(stage.said(&anna, &shop).len(), 1, "only the greeting: nothing is lost yet");
    // What one process was told to wait for, another does not know.
    stage.restart().await;
    let copy = stage.copy_of(&shop, &anna, message).await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nhello?");
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(1, 0);
}

fn unknown_outcomes() -> Vec<Answer> {
    vec![
        Answer::Internal,
        Answer::InternalAfter,
        Answer::HtmlBadGateway,
        Answer::HtmlBadGatewayAfter,
        Answer::Page(403),
        Answer::ResetAfter,
    ]
}

async fn an_unknown_outcome_is_repeated_with_a_label(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let mut sent = 0;
    for (seed, answer) in unknown_outcomes().into_iter().enumerate() {
        let methods = ["sendMessage", "sendPhoto", "sendSticker"];
        for (method, draft) in methods.into_iter().zip(three_kinds(seed as u64)) {
            stage.telegram.fault(Fault::on(method).bot(&stage.master).answer(answer.clone()));
            let message = stage.telegram.send(&anna, &shop, draft).await;
            let copy = stage.copy_of(&shop, &anna, message).await;
            let label = if method == "sendSticker" {
                let header = copy["reply_to_message"]["message_id"].as_i64().unwrap();
                stage.telegram.message(&stage.master, stage.owner.id, header).unwrap()
            } else {
                copy.clone()
            };
            let wanted = format!("🆕 Anna @anna → @shop_bot\n{REPEAT}");
            assert!(text(&label).starts_with(&wanted), "{method} {answer:?}: {label:#}");
            // The labelled copy can be answered like any other.
            let reply = stage.answer(&copy, draft::text("I see")).await;
            stage.copy_of_reply(reply).await;
            sent += 1;
        }
    }
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    let verdict = judge(&stage, &[cast]).await;
    verdict.explained(sent, sent);
    assert_eq!((verdict.uncertain, verdict.labelled), (9, sent));
}

async fn an_unknown_answer_is_repeated_with_a_label(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, question) = stage.asks(&anna, &shop, "hello?").await;
    let mut sent = 0;
    for (seed, answer) in unknown_outcomes().into_iter().enumerate() {
        let methods = ["sendMessage", "sendPhoto", "sendSticker"];
        for (method, draft) in methods.into_iter().zip(three_kinds(seed as u64)) {
            stage.telegram.fault(Fault::on(method).bot(&shop).answer(answer.clone()));
            let reply = stage.answer(&question, draft).await;
            let seen = stage.copy_of_reply(reply).await;
            let chat = stage.telegram.chat(&anna, &shop);
            let at = chat.iter().position(|m| m["message_id"] == seen["message_id"]).unwrap();
            let label = if method == "sendSticker" { &chat[at - 1] } else { &seen };
            assert!(text(label).starts_with(REPEAT), "{method} {answer:?}: {label:#}");
            sent += 1;
        }
    }
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    let verdict = judge(&stage, &[cast]).await;
    verdict.explained(1, sent);
    assert_eq!(verdict.uncertain, 9);
}

/// First nobody knows, then Telegram asks to wait: whether the first one arrived is still unknown.
async fn a_repeat_that_has_to_wait_is_still_labelled(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let methods = ["sendMessage", "sendPhoto", "sendSticker"];
    for (method, draft) in methods.into_iter().zip(three_kinds(1)) {
        let fault = |method: &str| Fault::on(method).bot(&stage.master).chat(stage.owner.id);
        stage.telegram.fault(fault(method).answer(Answer::ResetAfter));
        let wait = Answer::TooManyRequests { retry_after: 100 };
        // A sticker's repeat begins with its header.
        let skip = usize::from(method == "sendSticker");
        let next = if method == "sendSticker" { "sendMessage" } else { method };
        stage.telegram.fault(fault(next).after(skip).answer(wait));
        let message = stage.telegram.send(&anna, &shop, draft).await;
        let key = (shop.id, anna.id, message);
        stage.telegram.wait("both faults", |view| (view.faults_left() == 0).then_some(())).await;
        stage.reference_when(key, |row| row.state == "held").await;
        stage.restart().await;
        let copy = stage.copy_of(&shop, &anna, message).await;
        let chat = stage.telegram.chat(&stage.owner, &stage.master);
        let at = chat.iter().position(|m| m["message_id"] == copy["message_id"]).unwrap();
        let label = if method == "sendSticker" { &chat[at - 1] } else { &copy };
        assert!(text(label).contains(REPEAT), "{method}: a second copy without a label: {label:#}");
    }
    stage.curtain().await;
}

/// A certain "no" says nothing about the attempt before it.
async fn a_refusal_after_an_unknown_outcome_is_told_as_uncertain(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let blocked = Answer::Refuse(403, "Forbidden: bot was blocked by the user".to_owned());
    let fault = |bot: &Bot| Fault::on("sendMessage").bot(bot);
    stage.telegram.fault(fault(&shop).answer(Answer::ResetAfter));
    stage.telegram.fault(fault(&shop).answer(blocked.clone()));
    let reply = stage.answer(&copy, draft::text("hi")).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "⚠️ May not have been").await;
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    becomes(&stage, &told, "✅ Delivered").await;
    assert_eq!(stage.said(&anna, &shop)[2..], ["hi".to_owned(), format!("{REPEAT}\nhi")]);
    stage.telegram.fault(fault(&stage.master).chat(stage.owner.id).answer(Answer::ResetAfter));
    stage.telegram.fault(fault(&stage.master).chat(stage.owner.id).answer(blocked));
    let message = stage.telegram.send(&anna, &shop, draft::text("and?")).await;
    stage.answered(&anna, &shop, message, "⚠️ Sorry, this message may not have been").await;
    stage.curtain().await;
}

/// A connection refused, or 429: nothing was executed, so nothing is repeated.
async fn what_certainly_was_not_executed_by_a_refusal_is_not_labelled(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for (number, method) in ["sendMessage", "sendPhoto", "sendSticker"].into_iter().enumerate() {
        let wait = Answer::TooManyRequests { retry_after: 1 };
        stage.telegram.fault(Fault::on(method).bot(&stage.master).times(2).answer(wait));
        let message = stage.telegram.send(&anna, &shop, three_kinds(7).swap_remove(number)).await;
        let copy = stage.copy_of(&shop, &anna, message).await;
        let reply = stage.answer(&copy, draft::text("I see")).await;
        stage.copy_of_reply(reply).await;
    }
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(3, 3);
}

async fn undelivered(stage: &Stage, reply: i64, reason: &str) -> Value {
    let told = stage.answered(&stage.owner, &stage.master, reply, "❌ Not delivered").await;
    assert!(text(&told).contains(reason), "{reason}: {told:#}");
    told
}

fn has_button(message: &Value) -> bool {
    message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "again"
}

async fn becomes(stage: &Stage, notice: &Value, words: &str) {
    let notice = id(notice);
    stage
        .telegram
        .wait(words, |view| {
            let now = view.message(&stage.master, stage.owner.id, notice)?;
            text(&now).contains(words).then_some(())
        })
        .await;
}

async fn the_owner_learns_the_true_reason_and_can_send_again(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let gone = stage.customer("Gone", &shop).await;
    let never = stage.customer("Never", &shop).await;
    let (_, annas) = stage.asks(&anna, &shop, "hello").await;
    let (_, gones) = stage.asks(&gone, &shop, "hello").await;
    let (_, nevers) = stage.asks(&never, &shop, "hello").await;
    stage.telegram.delete_account(&gone);
    let reply = stage.answer(&gones, draft::text("hi")).await;
    let told = undelivered(&stage, reply, "account is deleted").await;
    assert!(!has_button(&told), "nothing helps: {told:#}");
    let refused = "Forbidden: bot can't initiate conversation with a user".to_owned();
    stage.telegram.fault(
        Fault::on("sendMessage").bot(&shop).chat(never.id).answer(Answer::Refuse(403, refused)),
    );
    let reply = stage.answer(&nevers, draft::text("hi")).await;
    let told = undelivered(&stage, reply, "has not started this bot").await;
    assert!(has_button(&told), "{told:#}");
    stage.telegram.block(&anna, &shop);
    let reply = stage.answer(&annas, draft::photo(bytes(3, 500)).caption("the menu")).await;
    let told = undelivered(&stage, reply, "blocked the bot").await;
    // In vain, and in vain after a restart.
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    stage.telegram.quiet().await;
    becomes(&stage, &told, "blocked the bot").await;
    stage.restart().await;
    stage.telegram.unblock(&anna, &shop);
    // Pressed often, it is sent once.
    stage.telegram.press_all(&stage.owner, &stage.master, id(&told), &["again"; 4]);
    stage.sees(&anna, &shop, "the menu").await;
    becomes(&stage, &told, "✅ Delivered").await;
    stage.telegram.quiet().await;
    let got = stage.said(&anna, &shop);
    assert_eq!(got.iter().filter(|text| text.contains("the menu")).count(), 1, "{got:?}");
    assert!(!got.iter().any(|text| text.contains(REPEAT)), "{got:?}");
    let now = stage.telegram.message(&stage.master, stage.owner.id, id(&told)).unwrap();
    assert_eq!(now.get("reply_markup"), None, "the button is gone");
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna, &gone, &never] };
    judge(&stage, &[cast]).await.flawless(3, 1);
}

async fn a_reply_held_too_long_can_be_sent_again(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    let wait = Answer::TooManyRequests { retry_after: 60 };
    stage.telegram.fault(Fault::on("sendMessage").bot(&shop).chat(anna.id).answer(wait));
    let reply = stage.answer(&copy, draft::text("at last")).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "⏳ Not delivered yet").await;
    assert!(has_button(&told));
    stage.restart().await;
    stage.telegram.press_all(&stage.owner, &stage.master, id(&told), &["again"; 3]);
    becomes(&stage, &told, "✅ Delivered").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.said(&anna, &shop)[2..], ["at last"]);
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(1, 1);
}

async fn what_became_of_sending_again_is_said_in_the_end(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.telegram.block(&anna, &shop);
    let reply = stage.answer(&copy, draft::text("at last")).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "❌ Not delivered").await;
    stage.telegram.unblock(&anna, &shop);
    let edit = || Fault::on("editMessageText").bot(&stage.master).chat(stage.owner.id);
    stage.telegram.fault(edit().answer(Answer::HtmlBadGateway));
    stage.telegram.fault(edit().answer(Answer::ResetBefore));
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    becomes(&stage, &told, "✅ Delivered").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.telegram.faults_left(), 0);
    assert_eq!(stage.said(&anna, &shop)[2..], ["at last"]);
    stage.curtain().await;
}

/// One bot of an owner's gets no answer: what he writes to others goes on, and he learns of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_gets_no_answer_holds_up_no_other() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Cafe").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &cafe).await;
    let (_, annas) = stage.asks(&anna, &shop, "hello").await;
    let (_, borises) = stage.asks(&boris, &cafe, "hello").await;
    let out = Fault::on("*").bot(&shop).always().answer(Answer::HtmlBadGateway);
    stage.telegram.fault(out);
    let reply = stage.answer(&annas, draft::text("for Anna")).await;
    let other = stage.answer(&borises, draft::text("for Boris")).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "⚠️ May not have been").await;
    stage.copy_of_reply(other).await;
    stage.telegram.clear_faults();
    stage.telegram.press(&stage.owner, &stage.master, id(&told), "again");
    let copy = stage.copy_of_reply(reply).await;
    assert!(text(&copy).contains(REPEAT), "{copy}");
    stage.curtain().await;
}

/// For half a minute Telegram answers nothing but 502: what was written meanwhile is late, and
/// nobody is told that it is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_telegram_is_sat_out() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    // What was sent a moment ago would say that it is the message, and not Telegram.
    stage.restart().await;
    for bot in [&shop, &stage.master] {
        let out = Fault::on("sendMessage").bot(bot).answer(Answer::HtmlBadGateway);
        stage.telegram.fault(out.times(5));
    }
    let message = stage.telegram.send(&anna, &shop, draft::text("is anybody there?")).await;
    let reply = stage.answer(&copy, draft::text("here I am")).await;
    let late = stage.copy_of(&shop, &anna, message).await;
    assert!(text(&late).contains(REPEAT), "{late}");
    stage.copy_of_reply(reply).await;
    assert_eq!(stage.count_answers(&anna, &shop, message, "⚠️"), 0, "she has nothing to be told");
    stage.curtain().await;
}

/// What may not have been said is said again, to customers and to owners.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_may_be_lost_is_given_again() {
    let mut stage = Stage::set(Backend::Sqlite, Mode::Webhook).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.telegram.quiet().await;
    let fail = |bot: &Bot, chat: i64, times: usize| {
        let fault = Fault::on("sendMessage").bot(bot).chat(chat).answer(Answer::ResetBefore);
        stage.telegram.fault(fault.times(times));
    };
    // More often than a notice is tried at once.
    fail(&stage.master, stage.owner.id, 3);
    stage.telegram.block(&anna, &shop);
    let reply = stage.answer(&copy, draft::text("at last")).await;
    stage.answered(&stage.owner, &stage.master, reply, "❌ Not delivered").await;
    stage.telegram.unblock(&anna, &shop);
    stage.telegram.block(&stage.owner, &stage.master);
    fail(&shop, anna.id, 3);
    let message = stage.telegram.send(&anna, &shop, draft::text("hello again")).await;
    stage.answered(&anna, &shop, message, "could not be delivered").await;
    stage.telegram.unblock(&stage.owner, &stage.master);
    stage.telegram.quiet().await;
    // An answer of the master's own.
    fail(&stage.master, stage.owner.id, 3);
    stage.telegram.send(&stage.owner, &stage.master, draft::text("/bots")).await;
    stage.owner_sees("Your client bots").await;
    // What was to be taken back is, and he learns it.
    let reply = stage.answer(&copy, draft::text("a mistake")).await;
    stage.copy_of_reply(reply).await;
    fail(&stage.master, stage.owner.id, 3);
    let stays = Fault::on("deleteMessage").bot(&shop).answer(Answer::ResetBefore);
    stage.telegram.fault(stays.times(3));
    let delete = draft::text("/delete").reply_to(reply);
    stage.telegram.send(&stage.owner, &stage.master, delete).await;
    stage.owner_sees("Deleted").await;
    assert_eq!(stage.said(&anna, &shop).iter().filter(|said| *said == "a mistake").count(), 0);
    stage.curtain().await;
}

async fn an_unreachable_owner_is_told_to_the_customer_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.block(&stage.owner, &stage.master);
    for draft in three_kinds(3) {
        let message = stage.telegram.send(&anna, &shop, draft).await;
        stage.answered(&anna, &shop, message, "could not be delivered").await;
        stage.telegram.quiet().await;
        assert_eq!(stage.count_answers(&anna, &shop, message, "❌"), 1);
    }
    stage.telegram.unblock(&stage.owner, &stage.master);
    // He learns how many did not reach him, once.
    let missed = stage.owner_sees("messages of customers could not reach you").await;
    assert!(text(&missed).contains(": 3."), "{missed}");
    stage.telegram.block(&stage.owner, &stage.master);
    stage.telegram.unblock(&stage.owner, &stage.master);
    stage.asks(&anna, &shop, "again").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "could not reach you"), 1);
    stage.curtain().await;
}

async fn a_revoked_token_is_told_once_and_shown(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Cafe").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &cafe).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello").await;
    stage.telegram.revoke_token(&shop);
    let first = stage.answer(&copy, draft::text("hi")).await;
    undelivered(&stage, first, "no longer accepts the bot's token").await;
    let second = stage.answer(&copy, draft::text("hi again")).await;
    undelivered(&stage, second, "Send the current one with /add").await;
    stage.owner_sees("🔴 Telegram no longer accepts the token of @shop_bot").await;
    stage.owner_writes("/bots").await;
    let list = stage.owner_sees("Your client bots").await;
    assert!(
        text(&list).contains("🔴 @shop_bot") && text(&list).contains("🟢 @cafe_bot"),
        "{list:#}"
    );
    // The other bot goes on.
    stage.asks(&boris, &cafe, "hello").await;
    stage.settled().await;
    let alarms = stage.said(&stage.owner, &stage.master);
    let alarms =
        alarms.iter().filter(|text| text.contains("no longer accepts the token of @shop_bot"));
    assert_eq!(alarms.count(), 1);
    stage.stop().await;
}
