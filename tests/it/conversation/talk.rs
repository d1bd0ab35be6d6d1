//! Replies and quotes, both ways.

use serde_json::json;
use telegram_emulator::draft;

use super::script::Script;

pub async fn both_ways(s: &mut Script) {
    s.step("an answer to the latest message quotes nothing");
    s.replies("olga", "And cake?", draft::text("Apple cake.")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ And cake? [↩️ Undo]",
        "olga + olga: Apple cake. ↩«And cake?» {bot 👍}",
        "anna + bot: Apple cake.",
    ])
    .await;

    s.step("an answer to an older one is a reply to it, and Undo moves there");
    s.replies("olga", "Do you have tea?", draft::text("Green and black.")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ Do you have tea? [↩️ Undo]",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ And cake?",
        "olga + olga: Green and black. ↩«Do you have tea?» {bot 👍}",
        "anna + bot: Green and black. ↩«Do you have tea?»",
    ])
    .await;

    s.step("the owner picks out a part");
    let quote =
        draft::text("That one, yes.").quote("cake", 4 + header_units(s, "And cake?"), json!([]));
    s.replies("olga", "And cake?", quote).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ Do you have tea?",
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ And cake? [↩️ Undo]",
        "olga + olga: That one, yes. ↩«And cake?» ❝cake❞ {bot 👍}",
        "anna + bot: That one, yes. ↩«And cake?» ❝cake❞",
    ])
    .await;

    s.step("a part of the header is not the customer's to see");
    let quote = draft::text("You.").quote("Anna Petrova", 2, json!([]));
    s.replies("olga", "And cake?", quote).await;
    s.see(&[
        "olga + olga: You. ↩«And cake?» ❝Anna Petrova❞ {bot 👍}",
        "anna + bot: You. ↩«And cake?»",
    ])
    .await;

    s.step("the customer replies to the answer");
    s.replies("anna", "Apple cake.", draft::text("With cream?")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ With cream? ↩«Apple cake.»",
        "anna + anna: With cream? ↩«Apple cake.»",
    ])
    .await;

    s.step("she quotes a part of an answer");
    s.replies("anna", "Green and black.", draft::text("This one").quote("black", 10, json!([])))
        .await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ This one ↩«Green and black.» ❝black❞",
        "anna + anna: This one ↩«Green and black.» ❝black❞",
    ])
    .await;

    s.step("she replies to herself");
    s.replies("anna", "anna: Do you have tea?", draft::text("Still there?")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Still there? ↩«Do you have tea?»",
        "anna + anna: Still there? ↩«Do you have tea?»",
    ])
    .await;

    s.step("she replies to what the bot said itself");
    s.replies("anna", "was passed on", draft::text("Thank you, bot")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Thank you, bot",
        "anna + anna: Thank you, bot ↩«✅ Your message was passed on. »",
    ])
    .await;

    s.step("the owner goes on by a reply to his own answer");
    s.replies("olga", "olga: Green and black.", draft::text("And white.")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ And cake?",
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Thank you, bot [↩️ Undo]",
        "olga + olga: And white. ↩«Green and black.» {bot 👍}",
        "anna + bot: And white. ↩«Green and black.»",
    ])
    .await;

    s.step("each customer gets what is his");
    s.replies("olga", "Haben Sie Kuchen?", draft::text("Ja.")).await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ Haben Sie Kuchen? [↩️ Undo]",
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Thank you, bot",
        "olga + olga: Ja. ↩«Haben Sie Kuchen?» {bot 👍}",
        "hans + bot: Ja.",
    ])
    .await;

    s.step("also of two customers with the same words");
    s.says("hans", "Hello").await;
    s.see(&["olga + bot: 🆕 Hans → @shop_bot ⏎ Hello", "hans + hans: Hello"]).await;

    s.step("the answer goes to the one of them");
    s.replies("olga", "Eve Bob", draft::text("Hello Eve")).await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot ⏎ Haben Sie Kuchen?",
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ Hello [↩️ Undo]",
        "olga + olga: Hello Eve ↩«Hello» {bot 👍}",
        "eve + bot: Hello Eve",
    ])
    .await;

    s.step("by the bot the customer wrote to");
    s.replies("olga", "A table at 5?", draft::text("At 5, good.")).await;
    s.see(&[
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ Hello",
        "olga ~ bot: ✅ Anna Petrova @anna → @cafe_bot ⏎ A table at 5? [↩️ Undo]",
        "olga + olga: At 5, good. ↩«A table at 5?» {bot 👍}",
        "anna@cafe + bot: At 5, good.",
    ])
    .await;

    s.step("a message that answers nothing goes to nobody");
    s.says("olga", "Good morning").await;
    s.see(&[
        "olga + olga: Good morning",
        "olga + bot: To answer a customer, reply to the customer's message: swipe it to the left, or choose “Reply”. This message went to nobody. ↩«Good morning»",
    ])
    .await;

    s.step("nor does one that answers what is nobody's");
    s.replies("olga", "@cafe_bot is attached", draft::text("Hello?")).await;
    s.see(&[
        "olga + olga: Hello? ↩«What they write appears here; »",
        "olga + bot: I don't know which customer this should go to, so it went to nobody. Reply to a message that has a customer's name above it. ↩«Hello?»",
    ])
    .await;

    s.step("an unknown command of a customer is a message");
    s.says("hans", "/menu").await;
    s.see(&["olga + bot: 🆕 Hans → @shop_bot ⏎ /menu", "hans + hans: /menu"]).await;

    s.step("an unknown command of the owner is none, also as a reply");
    s.replies("olga", "/menu", draft::text("/dance")).await;
    s.see(&[
        "olga + olga: /dance ↩«/menu»",
        "olga + bot: I don't know this command. These exist: ⏎  ⏎ /add: attach a client bot ⏎ /bots: your bots and how they fare ⏎ /stats: how much customers write, and ho…(974)",
    ])
    .await;
}

/// How long the header of a copy is, its line break included.
fn header_units(s: &Script, words: &str) -> usize {
    let (owner, master) = s.side("olga");
    let copy = s.stage.telegram.message(master, owner.id, s.find("olga", words)).unwrap();
    let text = copy["text"].as_str().unwrap();
    telegram_emulator::utf16_len(&text[..=text.find('\n').unwrap()])
}
