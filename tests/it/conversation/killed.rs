//! The same with a process that is killed: between the items of albums, and between a change and
//! its acknowledgement.

use std::time::Duration;

use telegram_emulator::{Answer, Draft, Fault, draft};

use super::script::Script;
use crate::support::{Backend, Mode, Stage, program::Program};

async fn a_story_with_kills(backend: Backend, mode: Mode) {
    let stage = Stage::dark(backend, mode, &[]).await;
    let program = Program::start(&stage);
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let mut s = Script::begin(stage);
    s.enters("anna", &anna, &shop);
    let item = |name: &'static str| draft::photo(name).media_group_id("a");

    s.step("a question");
    s.says("anna", "Which one?").await;
    s.see(&[
        "anna + anna: Which one?",
        "anna + bot: ✅ Your message was passed on. The answer comes into this chat.",
        "olga + bot: 🆕 Anna @anna → @shop_bot ⏎ Which one?",
    ])
    .await;

    s.step("an album, and a kill between its items");
    s.sends("anna", item("a1.jpg")).await;
    s.stage.telegram.quiet().await;
    program.kill();
    let program = Program::start(&s.stage);
    s.sends("anna", item("a2.jpg").caption("or this")).await;
    s.stage.telegram.quiet().await;
    program.kill();
    let program = Program::start(&s.stage);
    s.see(&[
        "anna + anna: [photo a1.jpg] (album)",
        "anna + anna: [photo a2.jpg] or this (album)",
        "olga + bot: [photo a1.jpg] (album)",
        "olga + bot: [photo a2.jpg] 🆕 Anna @anna → @shop_bot ⏎ or this (album)",
    ])
    .await;

    s.step("the owner's album, and a kill between its items");
    let to = s.find("olga", "⏎ or this");
    let item = |name: &'static str| draft::photo(name).media_group_id("b").reply_to(to);
    s.sends("olga", item("b1.jpg")).await;
    s.stage.telegram.quiet().await;
    program.kill();
    let program = Program::start(&s.stage);
    s.sends("olga", item("b2.jpg").caption("this")).await;
    s.see(&[
        "olga ~ bot: [photo a2.jpg] ✅ Anna @anna → @shop_bot ⏎ or this (album) [↩️ Undo]",
        "olga + olga: [photo b1.jpg] ↩«or this» (album) {bot 👍}",
        "olga + olga: [photo b2.jpg] this ↩«or this» (album)",
        "anna + bot: [photo b1.jpg] (album)",
        "anna + bot: [photo b2.jpg] this (album)",
    ])
    .await;

    s.step("a change, and a kill before it is acknowledged");
    let hangs = Answer::Hang(Duration::from_secs(600));
    let master = s.stage.master.clone();
    s.stage.telegram.fault(Fault::on("editMessageText").bot(&master).answer(hangs.clone()));
    s.edits("anna", "Which one?", draft::text("Which ones?")).await;
    s.stage.owner_sees("Which ones?").await;
    program.kill();
    let program = Program::start(&s.stage);
    s.see(&[
        "anna ~ anna: Which ones?",
        "olga ~ bot: 🆕 Anna @anna → @shop_bot ⏎ ✏️ edited ⏎ Which ones?",
    ])
    .await;

    s.step("changes of which the last waits, and a kill");
    for words in ["Which two?", "Which three?", "Which four?"] {
        s.edits("anna", "anna: Which", draft::text(words)).await;
    }
    s.stage.telegram.quiet().await;
    program.kill();
    let program = Program::start(&s.stage);
    s.see(&[
        "anna ~ anna: Which four?",
        "olga ~ bot: 🆕 Anna @anna → @shop_bot ⏎ ✏️ edited ⏎ Which four?",
    ])
    .await;

    s.step("the owner's change, and a kill before it is acknowledged");
    s.stage.telegram.fault(Fault::on("editMessageCaption").bot(&shop).answer(hangs));
    s.edits("olga", "olga: [photo b2.jpg]", Draft::default().caption("that")).await;
    s.stage.sees(&anna, &shop, "that").await;
    program.kill();
    let _program = Program::start(&s.stage);
    s.see(&[
        "olga ~ olga: [photo b2.jpg] that ↩«or this» (album)",
        "anna ~ bot: [photo b2.jpg] that (album)",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_webhook() {
    a_story_with_kills(Backend::Sqlite, Mode::Webhook).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mysql_polling() {
    a_story_with_kills(Backend::MySql, Mode::Polling).await;
}
