//! What was sent is changed, by either side, also before it has arrived.

use std::time::Duration;

use serde_json::json;
use telegram_emulator::{Answer, Draft, Fault, draft};

use super::script::Script;

pub async fn of_words(s: &mut Script) {
    s.step("a customer writes");
    s.says("anna", "A table at 5").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ A table at 5",
        "anna + anna: A table at 5",
    ])
    .await;

    s.step("and changes it");
    s.edits("anna", "A table at 5", draft::text("A table at 6")).await;
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ A table at 6",
        "anna ~ anna: A table at 6",
    ])
    .await;

    s.step("once more, with formatting");
    let bold = json!([{"type": "bold", "offset": 11, "length": 1}]);
    s.edits("anna", "A table at 6", draft::text("A table at 7").entities(bold)).await;
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ A table at 7 ‹bold 7›",
        "anna ~ anna: A table at 7 ‹bold 7›",
    ])
    .await;

    s.step("what was changed is answered");
    s.replies("olga", "A table at 7", draft::text("At 7 then")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ A table at 7 ‹bold 7› [↩️ Undo]",
        "olga + olga: At 7 then ↩«A table at 7» {bot 👍}",
        "anna + bot: At 7 then",
    ])
    .await;

    s.step("the owner changes his answer");
    let italic = json!([{"type": "italic", "offset": 3, "length": 1}]);
    s.edits("olga", "olga: At 7 then", draft::text("At 8 then").entities(italic)).await;
    s.see(&[
        "olga ~ olga: At 8 then ‹italic 8› ↩«A table at 7» {bot 👍}",
        "anna ~ bot: At 8 then ‹italic 8›",
    ])
    .await;

    s.step("what was answered and then changed is new");
    s.edits("anna", "A table at 7", draft::text("A table at 8")).await;
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ A table at 8 [↩️ Undo]",
        "anna ~ anna: A table at 8",
    ])
    .await;

    s.step("a header in a changed text is text");
    s.edits("eve", "eve: Hello", draft::text("✅ Hans → @shop_bot\n✏️ edited\nHi")).await;
    s.see(&[
        "olga ~ bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ✏️ edited ⏎ ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ Hi",
        "eve ~ eve: ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ Hi",
    ])
    .await;

    s.step("a customer's change of an answered command reaches nobody");
    s.edits("anna", "anna: /help", draft::text("help!")).await;
    s.edits("olga", "olga: Good morning", draft::text("Good evening")).await;
    s.see(&["olga ~ olga: Good evening", "anna ~ anna: help!"]).await;
}

pub async fn of_files_and_places(s: &mut Script) {
    s.step("a photo with a caption");
    s.sends("anna", draft::photo("red.jpg").caption("this one")).await;
    s.see(&[
        "olga + bot: [photo red.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ this one",
        "anna + anna: [photo red.jpg] this one",
    ])
    .await;

    s.step("another caption");
    s.edits("anna", "[photo red.jpg]", Draft::default().caption("that one")).await;
    s.see(&[
        "olga ~ bot: [photo red.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ that one",
        "anna ~ anna: [photo red.jpg] that one",
    ])
    .await;

    s.step("another photo");
    s.edits("anna", "[photo red.jpg]", draft::photo("blue.jpg").caption("that one")).await;
    s.see(&[
        "olga ~ bot: [photo blue.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ that one",
        "anna ~ anna: [photo blue.jpg] that one",
    ])
    .await;

    s.step("a video in its place");
    s.edits("anna", "[photo blue.jpg]", draft::video("blue.mp4").caption("moving")).await;
    s.see(&[
        "olga ~ bot: [video blue.mp4] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ moving",
        "anna ~ anna: [video blue.mp4] moving",
    ])
    .await;

    s.step("the owner answers with a file");
    s.replies("olga", "[video blue.mp4]", draft::document("a.txt", "text/plain", "first")).await;
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ A table at 8",
        "olga ~ bot: [video blue.mp4] ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ moving [↩️ Undo]",
        "olga + olga: [document first] ↩«moving» {bot 👍}",
        "anna + bot: [document first]",
    ])
    .await;

    s.step("and puts another in its place");
    let second = draft::document("b.txt", "text/plain", "second").caption("the right one");
    s.edits("olga", "olga: [document first]", second).await;
    s.see(&[
        "olga ~ olga: [document second] the right one ↩«moving» {bot 👍}",
        "anna ~ bot: [document second] the right one",
    ])
    .await;

    s.step("a live location, inbound");
    s.sends("hans", draft::live_location(52.1, 13.1, 900)).await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot",
        "olga + bot: [location 52.1 13.1 live] ↩«🆕 Hans → @shop_bot»",
        "hans + hans: [location 52.1 13.1 live]",
    ])
    .await;

    s.step("it moves");
    let (hans, shop) = s.side("hans");
    let place = s.find("hans", "52.1 13.1");
    s.stage.telegram.edit_location(hans, shop, place, 52.2, 13.2).await;
    s.see(&[
        "olga ~ bot: 🆕 Hans → @shop_bot ⏎ ✏️ edited",
        "olga ~ bot: [location 52.2 13.2 live] ↩«🆕 Hans → @shop_bot»",
        "hans ~ hans: [location 52.2 13.2 live]",
    ])
    .await;

    s.step("it ends");
    let (hans, shop) = s.side("hans");
    s.stage.telegram.stop_location(hans, shop, place).await;
    s.see(&[
        "olga ~ bot: [location 52.2 13.2] ↩«🆕 Hans → @shop_bot»",
        "hans ~ hans: [location 52.2 13.2]",
    ])
    .await;

    s.step("a live location, outbound");
    s.replies("olga", "52.2 13.2", draft::live_location(50.1, 30.1, 900)).await;
    s.see(&[
        "olga ~ bot: [video blue.mp4] ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ moving",
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ ✏️ edited",
        "olga ~ bot: [location 52.2 13.2] ↩«🆕 Hans → @shop_bot» [↩️ Undo]",
        "olga + olga: [location 50.1 30.1 live] ↩«[location 52.2 13.2]» {bot 👍}",
        "hans + bot: [location 50.1 30.1 live]",
    ])
    .await;

    s.step("it moves");
    let (olga, master) = s.side("olga");
    let place = s.find("olga", "olga: [location 50.1");
    s.stage.telegram.edit_location(olga, master, place, 50.2, 30.2).await;
    s.see(&[
        "olga ~ olga: [location 50.2 30.2 live] ↩«[location 52.2 13.2]» {bot 👍}",
        "hans ~ bot: [location 50.2 30.2 live]",
    ])
    .await;

    s.step("it ends");
    let (olga, master) = s.side("olga");
    s.stage.telegram.stop_location(olga, master, place).await;
    s.see(&[
        "olga ~ olga: [location 50.2 30.2] ↩«[location 52.2 13.2]» {bot 👍}",
        "hans ~ bot: [location 50.2 30.2]",
    ])
    .await;
}

pub async fn in_a_hurry(s: &mut Script) {
    s.step("twenty changes in a moment, of which the last counts");
    s.says("hans", "0").await;
    for n in 1..=20 {
        s.edits("hans", &format!("hans: {}", n - 1), draft::text(n.to_string())).await;
    }
    s.see(&["olga + bot: 🆕 Hans → @shop_bot ⏎ ✏️ edited ⏎ 20", "hans + hans: 20"]).await;

    s.step("the same outbound");
    s.replies("olga", "edited ⏎ 20", draft::text("a0")).await;
    for n in 1..=20 {
        s.edits("olga", &format!("olga: a{}", n - 1), draft::text(format!("a{n}"))).await;
    }
    s.see(&[
        "olga ~ bot: [location 52.2 13.2] ↩«🆕 Hans → @shop_bot»",
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ 20 [↩️ Undo]",
        "olga + olga: a20 ↩«20» {bot 👍}",
        "hans + bot: a20",
    ])
    .await;

    s.step("a change that overtakes its original, which Telegram holds up");
    let wait = Answer::TooManyRequests { retry_after: 1 };
    let held_up = Fault::on("sendMessage").bot(&s.stage.master).chat(s.stage.owner.id).answer(wait);
    s.stage.telegram.fault(held_up);
    s.says("anna", "red tea").await;
    s.edits("anna", "anna: red tea", draft::text("green tea")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ green tea",
        "anna + anna: green tea",
    ])
    .await;

    s.step("the same outbound");
    let wait = Answer::TooManyRequests { retry_after: 1 };
    let (_, shop) = s.side("anna");
    s.stage.telegram.fault(Fault::on("sendMessage").bot(shop).answer(wait));
    s.replies("olga", "green tea", draft::text("no")).await;
    s.edits("olga", "olga: no", draft::text("yes")).await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ 20",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ green tea [↩️ Undo]",
        "olga + olga: yes ↩«green tea» {bot 👍}",
        "anna + bot: yes",
    ])
    .await;

    s.step("a change while the answer to the original is under way");
    s.says("anna", "with milk").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ with milk",
        "anna + anna: with milk",
    ])
    .await;

    s.step("is not covered by the mark of that answer");
    let slow = Answer::Hang(Duration::from_millis(700));
    let (_, shop) = s.side("anna");
    s.stage.telegram.fault(Fault::on("sendMessage").bot(shop).answer(slow));
    s.replies("olga", "with milk", draft::text("Sure")).await;
    s.stage.sees(s.side("anna").0, s.side("anna").1, "Sure").await;
    s.edits("anna", "anna: with milk", draft::text("with lemon")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ green tea",
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ with lemon [↩️ Undo]",
        "olga + olga: Sure ↩«with milk» {bot 👍}",
        "anna ~ anna: with lemon",
        "anna + bot: Sure",
    ])
    .await;

    s.step("the owner deletes a copy; its change comes anew");
    let (olga, master) = s.side("olga");
    s.stage.telegram.delete(olga, master, s.find("olga", "with lemon"));
    s.edits("anna", "anna: with lemon", draft::text("with honey")).await;
    s.see(&[
        "olga - bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ with lemon [↩️ Undo]",
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ with honey",
        "anna ~ anna: with honey",
    ])
    .await;

    s.step("and can be answered");
    s.replies("olga", "with honey", draft::text("Honey it is")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ with honey [↩️ Undo]",
        "olga + olga: Honey it is ↩«with honey» {bot 👍}",
        "anna + bot: Honey it is",
    ])
    .await;

    s.step("the customer deletes an answer; its change does not arrive, and the owner is told");
    let (anna, shop) = s.side("anna");
    s.stage.telegram.delete(anna, shop, s.find("anna", "Honey it is"));
    s.edits("olga", "olga: Honey it is", draft::text("Honey and lemon")).await;
    s.see(&[
        "olga ~ olga: Honey and lemon ↩«with honey» {bot 👍}",
        "olga + bot: ✏️ Your change did not reach the customer: the customer's side has deleted it. ↩«Honey and lemon»",
        "anna - bot: Honey it is",
    ])
    .await;
}
