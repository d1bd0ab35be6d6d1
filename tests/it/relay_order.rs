//! P4: what one person writes arrives in the order written, whatever happens on the way.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Stage,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    talk::bytes,
};

mod stages {
    use super::*;
    on_every_stage!(
        thirty_quick_messages_and_replies_keep_their_order,
        order_is_kept_through_random_faults,
    );
}

async fn converse(stage: &Stage, bot: &Bot, faults: impl Fn()) -> telegram_emulator::Person {
    let anna = stage.customer("Anna", bot).await;
    let (_, question) = stage.asks(&anna, bot, "the first question").await;
    faults();
    for number in 0..30 {
        let text = draft::text(format!("question {number}"));
        let photo = draft::photo(bytes(number, 30_000)).caption(&format!("photo {number}"));
        let draft = match number % 10 {
            7 => photo,
            9 => draft::sticker_static(bytes(number + 90, 200)),
            _ => text,
        };
        stage.telegram.send(&anna, bot, draft.clone()).await;
        stage.answer(&question, draft).await;
    }
    stage.telegram.quiet().await;
    anna
}

async fn thirty_quick_messages_and_replies_keep_their_order(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = converse(&stage, &shop, || ()).await;
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(31, 30);
}

async fn order_is_kept_through_random_faults(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let seed = 20_261_121;
    let faults = || {
        let mut random = StdRng::seed_from_u64(seed);
        for bot in [&shop, &stage.master] {
            for method in ["sendMessage", "sendMessage", "sendMessage", "sendPhoto"] {
                let answer = match random.random_range(0..5) {
                    0 => Answer::TooManyRequests { retry_after: 1 },
                    1 => Answer::Internal,
                    2 => Answer::InternalAfter,
                    3 => Answer::ResetBefore,
                    _ => Answer::ResetAfter,
                };
                let skip = random.random_range(0..20) / if method == "sendPhoto" { 10 } else { 1 };
                stage.telegram.fault(Fault::on(method).bot(bot).after(skip).answer(answer));
            }
        }
    };
    let anna = converse(&stage, &shop, faults).await;
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.explained(31, 30);
}
