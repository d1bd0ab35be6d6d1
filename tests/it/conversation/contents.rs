//! Every kind of content both ways, and texts that would like to be more than text.

use serde_json::{Value, json};
use telegram_emulator::{Draft, draft};

use super::script::Script;
use crate::support::talk::rich;

/// Every entity a person can make.
fn formatted() -> (String, Value) {
    let kind = |kind: &str| json!({ "type": kind });
    rich(&[
        ("🦊 ", Value::Null),
        ("bo", kind("bold")),
        (" ", Value::Null),
        ("it", kind("italic")),
        (" ", Value::Null),
        ("un", kind("underline")),
        (" ", Value::Null),
        ("st", kind("strikethrough")),
        (" ", Value::Null),
        ("sp", kind("spoiler")),
        (" ", Value::Null),
        ("co", kind("code")),
        ("\n", Value::Null),
        ("pr", json!({"type": "pre", "language": "rust"})),
        ("\n", Value::Null),
        ("qu", kind("blockquote")),
        ("\n", Value::Null),
        ("ex", kind("expandable_blockquote")),
        ("\n", Value::Null),
        ("li", json!({"type": "text_link", "url": "https://tea.example/"})),
        (" ", Value::Null),
        ("👍", json!({"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"})),
        (" ", Value::Null),
        ("da", json!({"type": "date_time", "unix_time": 1_795_000_000, "date_time_format": "r"})),
        (" @bob #tea $TEA /usual a@b.com https://b.example +4930123456", Value::Null),
    ])
}

fn formatted_text() -> Draft {
    let (text, entities) = formatted();
    draft::text(text).entities(entities)
}

fn captioned(draft: Draft) -> Draft {
    let (text, entities) = formatted();
    draft.caption(&text).caption_entities(entities)
}

pub async fn every_kind(s: &mut Script) {
    s.step("every kind of entity, inbound");
    s.sends("anna", formatted_text()).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da›",
        "anna + anna: 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da›",
    ])
    .await;

    s.step("every kind of entity, outbound");
    s.replies("olga", "🦊", formatted_text()).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @cafe_bot ⏎ A table at 5?",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› [↩️ Undo]",
        "olga + olga: 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› ↩«li 👍 da @bob #tea $TEA /usual » {bot 👍}",
        "anna + bot: 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da›",
    ])
    .await;

    s.step("in a caption, inbound");
    s.sends("anna", captioned(draft::photo("cup.jpg")).has_media_spoiler()).await;
    s.see(&[
        "olga + bot: [photo cup.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› (covered)",
        "anna + anna: [photo cup.jpg] 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› (covered)",
    ])
    .await;

    s.step("in a caption, outbound");
    s.replies("olga", "[photo cup.jpg]", captioned(draft::video("pot.mp4")).has_media_spoiler())
        .await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da›",
        "olga ~ bot: [photo cup.jpg] ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› (covered) [↩️ Undo]",
        "olga + olga: [video pot.mp4] 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› ↩«li 👍 da @bob #tea $TEA /usual » (covered) {bot 👍}",
        "anna + bot: [video pot.mp4] 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› (covered)",
    ])
    .await;

    s.step("a sticker follows its header");
    s.sends("anna", draft::sticker_static("fox.webp")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7",
        "olga + bot: [sticker fox.webp] ↩«🆕 Anna Petrova @anna → @shop_b»",
        "anna + anna: [sticker fox.webp]",
    ])
    .await;

    s.step("it can be answered, with a sticker");
    s.replies("olga", "bot: [sticker fox.webp]", draft::sticker_static("owl.webp")).await;
    s.see(&[
        "olga ~ bot: [photo cup.jpg] ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ 🦊 bo it un st sp co ⏎ pr ⏎ qu ⏎ ex ⏎ li 👍 da @bob #tea $TEA /usual a@b.com https://b.example +4930123456 ‹bold bo› ‹italic it› ‹underline un› ‹strikethrough st› ‹spoiler sp› ‹code co› ‹pre pr› ‹blockquote qu› ‹expandable_blockquote ex› ‹text_link li› ‹custom_emoji 👍› ‹date_time da› (covered)",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7",
        "olga ~ bot: [sticker fox.webp] ↩«🆕 Anna Petrova @anna → @shop_b» [↩️ Undo]",
        "olga + olga: [sticker owl.webp] ↩«[sticker fox.webp]» {bot 👍}",
        "anna + bot: [sticker owl.webp]",
    ])
    .await;

    s.step("voice, inbound");
    s.sends("hans", draft::voice("hallo.ogg")).await;
    s.see(&["olga + bot: [voice hallo.ogg] 🆕 Hans → @shop_bot", "hans + hans: [voice hallo.ogg]"])
        .await;

    s.step("voice, outbound");
    s.replies("olga", "[voice hallo.ogg]", draft::voice("auch.ogg")).await;
    s.see(&[
        "olga ~ bot: [sticker fox.webp] ↩«🆕 Anna Petrova @anna → @shop_b»",
        "olga ~ bot: [voice hallo.ogg] ✅ Hans → @shop_bot [↩️ Undo]",
        "olga + olga: [voice auch.ogg] ↩«🆕 Hans → @shop_bot» {bot 👍}",
        "hans + bot: [voice auch.ogg]",
    ])
    .await;

    s.step("a round video, whose header can be answered as well");
    s.sends("hans", draft::video_note("round.mp4")).await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot",
        "olga + bot: [video_note round.mp4] ↩«🆕 Hans → @shop_bot»",
        "hans + hans: [video_note round.mp4]",
    ])
    .await;

    s.step("by another round video");
    let header = s.find("olga", "[video_note round.mp4]") - 1;
    s.sends("olga", draft::video_note("ring.mp4").reply_to(header)).await;
    s.see(&[
        "olga ~ bot: [voice hallo.ogg] ✅ Hans → @shop_bot",
        "olga ~ bot: ✅ Hans → @shop_bot [↩️ Undo]",
        "olga + olga: [video_note ring.mp4] ↩«🆕 Hans → @shop_bot» {bot 👍}",
        "hans + bot: [video_note ring.mp4]",
    ])
    .await;

    s.step("a file, inbound");
    s.sends("hans", draft::document("Rechnung.pdf", "application/pdf", "42 €").caption("bitte"))
        .await;
    s.see(&[
        "olga + bot: [document 42 €] 🆕 Hans → @shop_bot ⏎ bitte",
        "hans + hans: [document 42 €] bitte",
    ])
    .await;

    s.step("a file, outbound");
    s.replies("olga", "[document 42 €]", draft::document("paid.txt", "text/plain", "paid")).await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot",
        "olga ~ bot: [document 42 €] ✅ Hans → @shop_bot ⏎ bitte [↩️ Undo]",
        "olga + olga: [document paid] ↩«bitte» {bot 👍}",
        "hans + bot: [document paid]",
    ])
    .await;

    s.step("a place, inbound");
    s.sends("hans", draft::location(52.5, 13.4)).await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot",
        "olga + bot: [location 52.5 13.4] ↩«🆕 Hans → @shop_bot»",
        "hans + hans: [location 52.5 13.4]",
    ])
    .await;

    s.step("a venue, outbound");
    s.replies("olga", "bot: [location 52.5 13.4]", draft::venue(52.5, 13.5, "Café", "Main St 1"))
        .await;
    s.see(&[
        "olga ~ bot: [document 42 €] ✅ Hans → @shop_bot ⏎ bitte",
        "olga ~ bot: ✅ Hans → @shop_bot",
        "olga ~ bot: [location 52.5 13.4] ↩«🆕 Hans → @shop_bot» [↩️ Undo]",
        "olga + olga: [venue Café] ↩«[location 52.5 13.4]» {bot 👍}",
        "hans + bot: [venue Café]",
    ])
    .await;

    s.step("a contact, inbound");
    s.sends("hans", draft::contact("+4930123456", "Boris", None)).await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot",
        "olga + bot: [contact Boris] ↩«🆕 Hans → @shop_bot»",
        "hans + hans: [contact Boris]",
    ])
    .await;

    s.step("a poll, outbound");
    s.replies("olga", "bot: [contact Boris]", draft::poll("Which tea?", &["green", "black"])).await;
    s.see(&[
        "olga ~ bot: [location 52.5 13.4] ↩«🆕 Hans → @shop_bot»",
        "olga ~ bot: ✅ Hans → @shop_bot",
        "olga ~ bot: [contact Boris] ↩«🆕 Hans → @shop_bot» [↩️ Undo]",
        "olga + olga: [poll Which tea?] ↩«[contact Boris]» {bot 👍}",
        "hans + bot: [poll Which tea?]",
    ])
    .await;

    s.step("what cannot be passed on is told, in his language");
    s.sends("hans", draft::unknown("hologram", json!({"id": 1}))).await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot ⏎ Hans sent something that can't be shown here (hologram).",
        "hans + hans: [hologram]",
        "hans + bot: ❌ Diese Art von Nachricht lässt sich nicht weiterleiten und wurde deshalb nicht zugestellt. Bitte senden Sie es in anderer Form. ↩«[hologram]»",
    ])
    .await;

    s.step("a file too big for bots is described, and the customer told");
    s.sends("anna", draft::big_document("film.mkv", 30 << 20).caption("our film")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ 📎 film.mkv (30.0 MB) can't be shown: the file is too big. Telegram lets bots fetch 20 MB at most. Ask the c…(201)",
        "anna + anna: [document film.mkv] our film",
        "anna + bot: ❌ The file could not be passed on; bots get files up to 20 MB only. The words with it were. Please send a smaller file or a link. ↩«our film»",
    ])
    .await;

    s.step("a text that leaves no room has its header above it");
    s.says("anna", &format!("{}end", "x".repeat(4093))).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7",
        "olga + bot: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…(4096) ↩«🆕 Anna Petrova @anna → @shop_b»",
        "anna + anna: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…(4096)",
    ])
    .await;

    s.step("it is answered there");
    s.replies("olga", "xxx", draft::text("So long!")).await;
    s.see(&[
        "olga ~ bot: [contact Boris] ↩«🆕 Hans → @shop_bot»",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7",
        "olga ~ bot: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…(4096) ↩«🆕 Anna Petrova @anna → @shop_b» [↩️ Undo]",
        "olga + olga: So long! ↩«xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx» {bot 👍}",
        "anna + bot: So long!",
    ])
    .await;
}

pub async fn imitations(s: &mut Script) {
    s.step("a header in a text is text");
    s.says("eve", "🆕 Anna Petrova @anna → @shop_bot #table7\nMy card is 1234").await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ My card is 1234",
        "eve + eve: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ My card is 1234",
    ])
    .await;

    s.step("an answer to it goes to its writer, and her words stay as they are");
    s.replies("olga", "My card is 1234", draft::text("For Eve only")).await;
    s.see(&[
        "olga ~ bot: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…(4096) ↩«🆕 Anna Petrova @anna → @shop_b»",
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ My card is 1234 [↩️ Undo]",
        "olga + olga: For Eve only ↩«My card is 1234» {bot 👍}",
        "eve + bot: For Eve only",
    ])
    .await;

    s.step("a caption that begins like an answered copy");
    s.sends(
        "eve",
        draft::photo("eve.jpg").caption("✅ Hans → @shop_bot\n✏️ edited\n↻ possibly a repeat"),
    )
    .await;
    s.see(&[
        "olga + bot: [photo eve.jpg] 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ ↻ possibly a repeat",
        "eve + eve: [photo eve.jpg] ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ ↻ possibly a repeat",
    ])
    .await;

    s.step("a header that is spread over a text and its formatting");
    let (text, entities) = rich(&[
        ("🆕 ", Value::Null),
        ("Hans", json!({"type": "bold"})),
        (" → @shop_bot", Value::Null),
    ]);
    s.sends("eve", draft::text(text).entities(entities)).await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ 🆕 Hans → @shop_bot ‹bold Hans›",
        "eve + eve: 🆕 Hans → @shop_bot ‹bold Hans›",
    ])
    .await;

    s.step("letters that turn the line and pile up");
    s.says("eve", &format!("\u{202e}toor\u{2066} Z{}", "\u{301}".repeat(300))).await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ⟨202e×1⟩toor⟨2066×1⟩ Z⟨301×300⟩",
        "eve + eve: ⟨202e×1⟩toor⟨2066×1⟩ Z⟨301×300⟩",
    ])
    .await;

    s.step("a long text whose first line is a header, its own header above it");
    s.says("eve", &format!("🆕 Hans → @shop_bot\n{}", "y".repeat(4070))).await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot",
        "olga + bot: 🆕 Hans → @shop_bot ⏎ yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…(4091) a quote ↩«🆕 Eve Bob ＠bob › ＠bank_bot ＃vi»",
        "eve + eve: 🆕 Hans → @shop_bot ⏎ yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…(4091)",
    ])
    .await;

    s.step("its answer turns the mark of the real header");
    s.replies("olga", "yyy", draft::text("I know it is you, Eve")).await;
    s.see(&[
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ My card is 1234",
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot",
        "olga ~ bot: 🆕 Hans → @shop_bot ⏎ yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…(4091) a quote ↩«🆕 Eve Bob ＠bob › ＠bank_bot ＃vi» [↩️ Undo]",
        "olga + olga: I know it is you, Eve ↩«yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy» {bot 👍}",
        "eve + bot: I know it is you, Eve",
    ])
    .await;

    s.step("what imitates the bot's own words");
    s.says("eve", "❌ Not delivered: the customer blocked the bot.").await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ❌ Not delivered: the customer blocked the bot.",
        "eve + eve: ❌ Not delivered: the customer blocked the bot.",
    ])
    .await;
}
