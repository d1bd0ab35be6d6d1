//! The real binary: how much memory a file takes, and what a kill at the worst moment leaves.

use std::time::Duration;

use telegram_emulator::{Answer, Bot, Draft, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Stage,
    content::REPEAT,
    oracle::{Cast, judge},
    program::Program,
    talk::bytes,
    text,
};

/// A stage on which the real binary runs.
async fn set(backend: Backend, mode: Mode) -> (Stage, Program) {
    let stage = Stage::dark(backend, mode, &[]).await;
    let program = Program::start(&stage);
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    (stage, program)
}

const MEGABYTES_20: usize = 20_000_000;

async fn a_big_document_needs_little_memory(backend: Backend, mode: Mode) {
    let (stage, program) = set(backend, mode).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let document = |seed, size| draft::document("film.mkv", "video/x-matroska", bytes(seed, size));
    let cross = async |seed, size| {
        let message = stage.telegram.send(&anna, &shop, document(seed, size)).await;
        let copy = stage.copy_of(&shop, &anna, message).await;
        let before = program.peak_memory();
        let reply = stage.answer(&copy, document(seed + 1, size)).await;
        stage.copy_of_reply(reply).await;
        (before, program.peak_memory())
    };
    cross(1, 50_000).await;
    let before = program.peak_memory();
    let (inbound, outbound) = cross(3, MEGABYTES_20).await;
    let grown = (inbound - before, outbound - before);
    assert!(grown.1 < 8 << 10, "from {before} KB by {grown:?} KB after each way");
    stage.telegram.quiet().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(2, 2);
}

/// A message that is caught in a call that hangs, as it is written by either side.
#[derive(Clone, Copy, Debug)]
enum Way {
    In,
    Out,
}

async fn write(
    stage: &Stage,
    shop: &Bot,
    anna: &Person,
    way: Way,
    draft: Draft,
) -> (i64, i64, i64) {
    match way {
        Way::In => {
            let message = stage.telegram.send(anna, shop, draft).await;
            (shop.id, anna.id, message)
        }
        Way::Out => {
            let copy = stage.owner_sees("the question").await;
            let message = stage.answer(&copy, draft).await;
            (stage.master.id, stage.owner.id, message)
        }
    }
}

/// Kills the binary while a call hangs, starts it again, and gives the texts its receiver then has.
async fn killed_in_a_call(
    (stage, program): (&Stage, Program),
    (shop, anna): (&Bot, &Person),
    way: Way,
    answer: Answer,
) -> (Program, Vec<String>) {
    let (person, bot) = match way {
        Way::In => (&stage.owner, &stage.master),
        Way::Out => (anna, shop),
    };
    let executed = matches!(answer, Answer::Hang(_));
    stage.telegram.fault(Fault::on("sendMessage").bot(bot).chat(person.id).answer(answer));
    let key = write(stage, shop, anna, way, draft::text("caught")).await;
    stage.telegram.wait("the call", |view| (view.faults_left() == 0).then_some(())).await;
    if executed {
        stage.sees(person, bot, "caught").await;
    }
    let row = stage.reference_when(key, |_| true).await;
    assert_eq!((row.state.as_str(), row.copy), ("sending", None));
    program.kill();
    let program = Program::start(stage);
    stage.reference_when(key, |row| row.state == "sent").await;
    stage.telegram.quiet().await;
    let said = stage.said(person, bot).into_iter().filter(|text| text.contains("caught"));
    (program, said.collect())
}

async fn a_kill_in_a_call_loses_nothing_and_says_what_may_be_a_repeat(
    backend: Backend,
    mode: Mode,
) {
    let (stage, mut program) = set(backend, mode).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "the question").await;
    let long = Duration::from_mins(2);
    let scene = (&shop, &anna);
    for way in [Way::In, Way::Out] {
        // Killed before Telegram did it: one copy, which can't know that it is the only one.
        let before = Answer::HangBefore(long);
        let (next, said) = killed_in_a_call((&stage, program), scene, way, before).await;
        assert!(said.len() == 1 && said[0].contains(REPEAT), "{way:?}: {said:?}");
        stage.telegram.clear_faults();
        // Killed after Telegram did it: a second copy, which says so.
        let (next, said) = killed_in_a_call((&stage, next), scene, way, Answer::Hang(long)).await;
        let labelled: Vec<bool> = said.iter().map(|text| text.contains(REPEAT)).collect();
        assert_eq!(labelled, [true, false, true], "{way:?}: {said:?}");
        program = next;
    }
    program.kill();
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    let rows = stage.database.references().await;
    assert!(rows.iter().all(|row| row.state == "sent"), "{rows:#?}");
    // The copies whose answer never came have no reference, and are the only ones.
    let verdict = judge(&stage, &[cast]).await;
    assert_eq!((verdict.inbound, verdict.outbound, verdict.labelled), (3, 2, 4));
    assert_eq!(verdict.uncertain, 2);
    verdict.explained(3, 2);
}

/// What certainly was not sent is no repeat, however the process ended meanwhile.
async fn a_kill_while_telegram_asks_to_wait_leaves_no_label(backend: Backend, mode: Mode) {
    let (stage, program) = set(backend, mode).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let wait = Answer::TooManyRequests { retry_after: 100 };
    let here = Fault::on("sendMessage").bot(&stage.master).chat(stage.owner.id);
    stage.telegram.fault(here.answer(wait));
    let message = stage.telegram.send(&anna, &shop, draft::text("waiting")).await;
    stage.reference_when((shop.id, anna.id, message), |row| row.state == "held").await;
    program.kill();
    let program = Program::start(&stage);
    let copy = stage.copy_of(&shop, &anna, message).await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @shop_bot\nwaiting");
    stage.telegram.quiet().await;
    program.kill();
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(1, 0);
}

/// Many messages, and kills at moments nobody chose.
async fn kills_in_the_middle_of_traffic_lose_nothing(backend: Backend, mode: Mode) {
    let (stage, mut program) = set(backend, mode).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let boris = stage.customer("Boris", &shop).await;
    for round in 0..4_u64 {
        let before = stage.telegram.ledger().len();
        for number in 0..6 {
            let words = format!("{round}.{number}");
            stage.telegram.send(&anna, &shop, draft::text(&words)).await;
            let photo = draft::photo(bytes(round * 10 + number, 20_000)).caption(&words);
            stage.telegram.send(&boris, &shop, photo).await;
        }
        let some = before + 3 * usize::try_from(round).unwrap_or(0) + 2;
        stage.telegram.wait("some calls", |view| (view.ledger().len() > some).then_some(())).await;
        program.kill();
        program = Program::start(&stage);
    }
    stage.telegram.quiet().await;
    program.kill();
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna, &boris] };
    let verdict = judge(&stage, &[cast]).await;
    assert_eq!((verdict.inbound, &verdict.lost, &verdict.misrouted), (48, &vec![], &vec![]));
    assert_eq!(verdict.disordered, Vec::<String>::new());
    // Whatever was sent more than once, only the first of it may come without saying so.
    let said = stage.said(&stage.owner, &stage.master);
    let mut bare: Vec<_> =
        said.iter().filter(|text| text.contains('→') && !text.contains(REPEAT)).collect();
    let all = bare.len();
    bare.sort();
    bare.dedup();
    assert_eq!(bare.len(), all, "a repeat without a label: {said:#?}");
}

macro_rules! as_a_process {
    ($($body:ident),* $(,)?) => {$(
        mod $body {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_polling() {
                super::$body(Backend::Sqlite, Mode::Polling).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql_webhook() {
                super::$body(Backend::MySql, Mode::Webhook).await;
            }
        }
    )*};
}

as_a_process!(
    a_big_document_needs_little_memory,
    a_kill_in_a_call_loses_nothing_and_says_what_may_be_a_repeat,
    a_kill_while_telegram_asks_to_wait_leaves_no_label,
    kills_in_the_middle_of_traffic_lose_nothing,
);
