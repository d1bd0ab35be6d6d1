//! Files that can't cross, or only at the second attempt.

use telegram_emulator::{Answer, Bot, Draft, Fault, Person, draft};

use crate::support::{
    Stage,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    talk::bytes,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_file_over_20_mb_is_told_with_all_but_the_file,
        a_file_telegram_does_not_take_is_told_with_all_but_the_file,
        a_file_that_cannot_be_fetched_is_told,
        a_broken_transfer_is_done_again,
        a_refused_file_id_is_uploaded_anew,
        a_reply_whose_file_cannot_cross_is_told,
    );
}

const TOLD: &str = "❌ The file could not be passed on";

/// The customer sends a file that does not cross: what the owner sees is answered.
async fn told(stage: &Stage, shop: &Bot, anna: &Person, draft: Draft, words: &[&str]) {
    let message = stage.telegram.send(anna, shop, draft).await;
    let copy = stage.copy_of(shop, anna, message).await;
    for word in ["🆕 Anna @anna → @shop_bot"].iter().chain(words) {
        assert!(text(&copy).contains(word), "{word} in {copy:#}");
    }
    stage.answered(anna, shop, message, TOLD).await;
    let answer = stage.answer(&copy, draft::text("Please send a link")).await;
    assert_eq!(stage.copy_of_reply(answer).await["chat"]["id"], anna.id);
    stage.telegram.quiet().await;
    assert_eq!(stage.count_answers(anna, shop, message, TOLD), 1);
}

async fn finish(mut stage: Stage, shop: &Bot, anna: &Person, inbound: usize, outbound: usize) {
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[shop], customers: &[anna] };
    judge(&stage, &[cast]).await.flawless(inbound, outbound);
}

async fn a_file_over_20_mb_is_told_with_all_but_the_file(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let big = draft::big_document("film 🎬.mkv", 45 << 20).caption("my holiday");
    told(&stage, &shop, &anna, big, &["film 🎬.mkv", "45.0 MB", "20 MB at most", "my holiday"])
        .await;
    finish(stage, &shop, &anna, 1, 1).await;
}

async fn a_file_telegram_does_not_take_is_told_with_all_but_the_file(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let refused = Answer::Refuse(413, "Request Entity Too Large".to_owned());
    stage.telegram.fault(Fault::on("sendDocument").answer(refused));
    let draft = draft::document("a.zip", "application/zip", bytes(1, 3000)).caption("the plan");
    told(&stage, &shop, &anna, draft, &["a.zip", "3 KB", "too big", "the plan"]).await;
    finish(stage, &shop, &anna, 1, 1).await;
}

async fn a_file_that_cannot_be_fetched_is_told(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let refused = |text: &str| Answer::Refuse(400, format!("Bad Request: {text}"));
    let document = || draft::document("a.zip", "application/zip", bytes(2, 3000)).caption("look");
    stage.telegram.fault(Fault::on("getFile").answer(refused("wrong file_id")));
    told(&stage, &shop, &anna, document(), &["a.zip", "did not give the file out", "look"]).await;
    stage.telegram.fault(Fault::on("file").answer(Answer::Refuse(404, "Not Found".to_owned())));
    told(&stage, &shop, &anna, document(), &["a.zip", "did not give the file out", "look"]).await;
    // A kind without words.
    stage.telegram.fault(Fault::on("getFile").answer(refused("wrong file_id")));
    let note = draft::video_note(bytes(3, 3000));
    told(&stage, &shop, &anna, note, &["video_note.mp4", "did not give the file out"]).await;
    finish(stage, &shop, &anna, 3, 3).await;
}

async fn a_broken_transfer_is_done_again(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let faults = [
        ("getFile", Answer::Internal),
        ("getFile", Answer::ResetBefore),
        ("getFile", Answer::TooManyRequests { retry_after: 1 }),
        ("file", Answer::CutBody),
        ("file", Answer::ResetBefore),
        ("file", Answer::HtmlBadGateway),
    ];
    for (seed, (method, answer)) in faults.iter().enumerate() {
        stage.telegram.fault(Fault::on(*method).answer(answer.clone()));
        let draft = draft::document("a.zip", "application/zip", bytes(seed as u64, 300_000));
        let message = stage.telegram.send(&anna, &shop, draft).await;
        let copy = stage.copy_of(&shop, &anna, message).await;
        assert!(copy.get("document").is_some(), "{method} {answer:?}: {copy:#}");
    }
    finish(stage, &shop, &anna, faults.len(), 0).await;
}

async fn a_refused_file_id_is_uploaded_anew(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let draft = || draft::document("menu.pdf", "application/pdf", bytes(7, 5000));
    let uploads = || {
        let ledger = stage.telegram.ledger();
        let sent = ledger.into_iter().filter(|effect| effect.method == "sendDocument");
        sent.map(|effect| effect.params["document"].to_string().contains("$file"))
            .collect::<Vec<_>>()
    };
    for number in 1..=2 {
        let message = stage.telegram.send(&anna, &shop, draft()).await;
        stage.copy_of(&shop, &anna, message).await;
        assert_eq!(uploads().len(), number);
    }
    assert_eq!(uploads(), [true, false], "the second time the file is known");
    let refused = "Bad Request: wrong file identifier/HTTP URL specified".to_owned();
    stage.telegram.fault(Fault::on("sendDocument").answer(Answer::Refuse(400, refused)));
    let message = stage.telegram.send(&anna, &shop, draft()).await;
    stage.copy_of(&shop, &anna, message).await;
    assert_eq!(uploads(), [true, false, true]);
    finish(stage, &shop, &anna, 3, 0).await;
}

async fn a_reply_whose_file_cannot_cross_is_told(stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "the film please").await;
    let big = draft::big_document("film.mkv", 21 << 20).caption("here");
    let reply = stage.answer(&copy, big).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "❌ Not delivered").await;
    assert!(text(&told).contains("20 MB at most"), "{told:#}");
    assert_eq!(told.get("reply_markup"), None, "sending again can't help");
    // Half of it, then all of it.
    stage.telegram.fault(Fault::on("file").answer(Answer::CutBody));
    let small = draft::document("small.mkv", "video/x-matroska", bytes(8, 200_000));
    let reply = stage.answer(&copy, small).await;
    let seen = stage.copy_of_reply(reply).await;
    assert_eq!(seen["document"]["file_name"], "small.mkv");
    finish(stage, &shop, &anna, 1, 1).await;
}
