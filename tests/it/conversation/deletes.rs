//! What was sent is taken back, by either side.

use telegram_emulator::draft;

use super::script::Script;

pub async fn of_the_owner(s: &mut Script) {
    s.step("a question");
    s.says("hans", "Wie viel?").await;
    s.see(&["olga + bot: 🆕 Hans → @shop_bot ⏎ Wie viel?", "hans + hans: Wie viel?"]).await;

    s.step("a wrong answer");
    s.replies("olga", "Wie viel?", draft::text("1 Euro")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga custom} {bot 🤣}",
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ Wie viel? [↩️ Undo]",
        "olga + olga: 1 Euro ↩«Wie viel?» {bot 👍}",
        "hans + bot: 1 Euro",
    ])
    .await;

    s.step("and the right one");
    s.replies("olga", "Wie viel?", draft::text("10 Euro")).await;
    s.see(&["olga + olga: 10 Euro ↩«Wie viel?» {bot 👍}", "hans + bot: 10 Euro"]).await;

    s.step("the wrong one is taken back by a command");
    s.replies("olga", "olga: 1 Euro", draft::text("/delete")).await;
    s.see(&[
        "olga ~ olga: 1 Euro ↩«Wie viel?»",
        "olga + olga: /delete ↩«1 Euro»",
        "olga + bot: 🗑 Deleted: the customer no longer sees it. ↩«1 Euro»",
        "hans - bot: 1 Euro",
    ])
    .await;

    s.step("twice is no harm");
    s.replies("olga", "olga: 1 Euro", draft::text("/delete")).await;
    s.see(&[
        "olga + olga: /delete ↩«1 Euro»",
        "olga + bot: 🗑 Deleted: the customer no longer sees it. ↩«1 Euro»",
    ])
    .await;

    s.step("a change of it changes nothing any more");
    s.edits("olga", "olga: 1 Euro", draft::text("2 Euro")).await;
    s.see(&["olga ~ olga: 2 Euro ↩«Wie viel?»"]).await;

    s.step("the other one by a button, and its question is open again");
    s.presses("olga", "↩️ Undo").await;
    s.see(&[
        "olga ~ bot: 🆕 Hans → @shop_bot ⏎ Wie viel?",
        "olga ~ olga: 10 Euro ↩«Wie viel?»",
        "hans - bot: 10 Euro",
    ])
    .await;

    s.step("which is answered anew");
    s.replies("olga", "Wie viel?", draft::text("5 Euro")).await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ Wie viel? [↩️ Undo]",
        "olga + olga: 5 Euro ↩«Wie viel?» {bot 👍}",
        "hans + bot: 5 Euro",
    ])
    .await;

    s.step("a customer's message is not the owner's to take back");
    s.replies("olga", "bot: ✅ Hans → @shop_bot ⏎ Wie viel?", draft::text("/delete")).await;
    s.see(&[
        "olga + olga: /delete ↩«Wie viel?»",
        "olga + bot: To take back an answer of yours, reply to it with /delete. It disappears at the customer's side. ↩«Wie viel?»",
    ])
    .await;

    s.step("nor is one that is named by nothing");
    s.says("olga", "/delete").await;
    s.see(&[
        "olga + olga: /delete",
        "olga + bot: To take back an answer of yours, reply to it with /delete. It disappears at the customer's side. ↩«/delete»",
    ])
    .await;

    s.step("an album goes as a whole");
    let to = s.find("olga", "Wie viel?");
    let items = ["l1.jpg", "l2.jpg"].map(|name| draft::photo(name).reply_to(to));
    s.sends_album("olga", "l", items.into()).await;
    s.see(&[
        "olga + olga: [photo l1.jpg] ↩«Wie viel?» (album) {bot 👍}",
        "olga + olga: [photo l2.jpg] ↩«Wie viel?» (album)",
        "hans + bot: [photo l1.jpg] (album)",
        "hans + bot: [photo l2.jpg] (album)",
    ])
    .await;

    s.step("by the button; what was answered before stays answered");
    // The button looks the same as it did for the answer before.
    s.stage.settled().await;
    s.presses("olga", "↩️ Undo").await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ Wie viel?",
        "olga ~ olga: [photo l1.jpg] ↩«Wie viel?» (album)",
        "hans - bot: [photo l1.jpg] (album)",
        "hans - bot: [photo l2.jpg] (album)",
    ])
    .await;
}

pub async fn of_the_customer(s: &mut Script) {
    s.step("two messages");
    s.says("anna@cafe", "one").await;
    s.says("anna@cafe", "two").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @cafe_bot ⏎ one",
        "olga + bot: 🆕 Anna Petrova @anna → @cafe_bot ⏎ two",
        "anna@cafe + anna: one",
        "anna@cafe + anna: two",
    ])
    .await;

    s.step("a customer takes back the last message");
    s.says("anna@cafe", "/delete").await;
    s.see(&[
        "olga - bot: 🆕 Anna Petrova @anna → @cafe_bot ⏎ two",
        "anna@cafe + anna: /delete",
        "anna@cafe + bot: 🗑 Your message was taken back. ↩«two»",
    ])
    .await;

    s.step("and an earlier one by a reply");
    s.replies("anna@cafe", "A table at 5?", draft::text("/delete")).await;
    s.see(&[
        "olga - bot: ✅ Anna Petrova @anna → @cafe_bot ⏎ A table at 5?",
        "anna@cafe + anna: /delete ↩«A table at 5?»",
        "anna@cafe + bot: 🗑 Your message was taken back. ↩«A table at 5?»",
    ])
    .await;

    s.step("a sticker goes with its header");
    s.sends("anna@cafe", draft::sticker_static("bye.webp")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @cafe_bot",
        "olga + bot: [sticker bye.webp] ↩«🆕 Anna Petrova @anna → @cafe_b»",
        "anna@cafe + anna: [sticker bye.webp]",
    ])
    .await;

    s.step("both of them");
    s.says("anna@cafe", "/delete").await;
    s.see(&[
        "olga - bot: 🆕 Anna Petrova @anna → @cafe_bot",
        "olga - bot: [sticker bye.webp] ↩«🆕 Anna Petrova @anna → @cafe_b»",
        "anna@cafe + anna: /delete",
        "anna@cafe + bot: 🗑 Your message was taken back. ↩«[sticker bye.webp]»",
    ])
    .await;

    s.step("what was taken back stays so when it is changed");
    s.edits("anna@cafe", "anna: two", draft::text("three")).await;
    s.see(&["anna@cafe ~ anna: three"]).await;

    s.step("the owner's words are not the customer's to take back");
    s.replies("anna@cafe", "bot: At 5, good.", draft::text("/delete")).await;
    s.see(&[
        "anna@cafe + anna: /delete ↩«At 5, good.»",
        "anna@cafe + bot: There is no message of yours to take back. Reply to your own message with /delete.",
    ])
    .await;

    s.step("everybody takes back his own only");
    s.says("eve", "/delete").await;
    s.see(&[
        "olga - bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ all of them",
        "eve + eve: /delete",
        "eve + bot: 🗑 Your message was taken back. ↩«all of them»",
    ])
    .await;
}
