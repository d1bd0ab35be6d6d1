//! Reactions, seen on the other side.

use serde_json::json;
use telegram_emulator::draft;

use super::script::Script;

pub async fn both_ways(s: &mut Script) {
    s.step("a new question");
    s.says("anna", "Is it open?").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open?",
        "anna + anna: Is it open?",
    ])
    .await;

    s.step("a customer's reaction to an answer takes the place of the receipt");
    s.reacts("anna", "bot: Apple cake.", Some("❤"));
    s.see(&["olga ~ olga: Apple cake. ↩«And cake?» {bot ❤}", "anna ~ bot: Apple cake. {Anna ❤}"])
        .await;

    s.step("another one");
    s.reacts("anna", "bot: Apple cake.", Some("🔥"));
    s.see(&["olga ~ olga: Apple cake. ↩«And cake?» {bot 🔥}", "anna ~ bot: Apple cake. {Anna 🔥}"])
        .await;

    s.step("taken away, the receipt is back");
    s.reacts("anna", "bot: Apple cake.", None);
    s.see(&["olga ~ olga: Apple cake. ↩«And cake?» {bot 👍}", "anna ~ bot: Apple cake."]).await;

    s.step("the owner's reaction to a message");
    s.reacts("olga", "Is it open?", Some("🙏"));
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga 🙏}",
        "anna ~ anna: Is it open? {bot 🙏}",
    ])
    .await;

    s.step("another one");
    s.reacts("olga", "Is it open?", Some("😁"));
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga 😁}",
        "anna ~ anna: Is it open? {bot 😁}",
    ])
    .await;

    s.step("taken away");
    s.reacts("olga", "Is it open?", None);
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open?",
        "anna ~ anna: Is it open?",
    ])
    .await;

    s.step("a custom emoji of the customer becomes the nearest standard one");
    let emoji = s.stage.telegram.add_custom_emoji("😂");
    let custom = json!({"type": "custom_emoji", "custom_emoji_id": emoji});
    let (anna, shop) = s.side("anna");
    s.stage.telegram.react_with(anna, shop, s.find("anna", "anna: Is it open?"), &[custom]);
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {bot 🤣}",
        "anna ~ anna: Is it open? {Anna custom}",
    ])
    .await;

    s.step("the same outbound");
    let emoji = s.stage.telegram.add_custom_emoji("💙");
    let custom = json!({"type": "custom_emoji", "custom_emoji_id": emoji});
    let (olga, master) = s.side("olga");
    s.stage.telegram.react_with(olga, master, s.find("olga", "Is it open?"), &[custom]);
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga custom} {bot 🤣}",
        "anna ~ anna: Is it open? {Anna custom} {bot ❤}",
    ])
    .await;

    s.step("each on his own words");
    s.reacts("olga", "olga: Apple cake.", Some("👌"));
    s.reacts("anna", "anna: And cake?", Some("🎉"));
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ And cake? {bot 🎉}",
        "olga ~ olga: Apple cake. ↩«And cake?» {Olga 👌} {bot 👍}",
        "anna ~ anna: And cake? {Anna 🎉}",
        "anna ~ bot: Apple cake. {bot 👌}",
    ])
    .await;

    s.step("on an item of an album, both ways");
    s.reacts("olga", "[photo a2.jpg]", Some("👀"));
    s.reacts("anna", "bot: [photo h3.jpg]", Some("😍"));
    s.see(&[
        "olga ~ bot: [photo a2.jpg] (album) {Olga 👀}",
        "olga ~ olga: [photo h3.jpg] due ↩«soon» (album) {bot 😍}",
        "anna ~ anna: [photo a2.jpg] (album) {bot 👀}",
        "anna ~ bot: [photo h3.jpg] due (album) {Anna 😍}",
    ])
    .await;

    s.step("on the header of a message that has no room for it");
    let header = s.find("olga", "bot: [sticker fox.webp]") - 1;
    let (olga, master) = s.side("olga");
    s.stage.telegram.react(olga, master, header, Some("🦄"));
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 {Olga 🦄}",
        "anna ~ anna: [sticker fox.webp] {bot 🦄}",
    ])
    .await;

    s.step("what nobody wrote has no other side");
    s.reacts("anna", "bot: 👋", Some("👎"));
    s.reacts("olga", "went to nobody", Some("👎"));
    s.see(&[
        "olga ~ bot: To answer a customer, reply to the customer's message: swipe it to the left, or choose “Reply”. This message went to nobody. ↩«[photo k1.jpg]» {Olga 👎}",
        "anna ~ bot: 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat. {Anna 👎}",
    ])
    .await;

    s.step("an answer to what was reacted to leaves the reaction");
    s.replies("olga", "Is it open?", draft::text("It is open.")).await;
    s.see(&[
        "olga ~ bot: [audio d2.mp3] ✅ Hans → @shop_bot ⏎ loud (album)",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga custom} {bot 🤣} [↩️ Undo]",
        "olga + olga: It is open. ↩«Is it open?» {bot 👍}",
        "anna + bot: It is open.",
    ])
    .await;
}
