//! What the bots say and show is set, and people choose their languages.

use serde_json::json;
use telegram_emulator::draft;

use super::script::Script;

pub async fn greetings(s: &mut Script) {
    s.step("whose settings?");
    s.says("olga", "/settings").await;
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: Whose settings? [@shop_bot] [@cafe_bot] [Cancel]",
    ])
    .await;

    s.step("those of this bot");
    s.presses("olga", "@shop_bot").await;
    s.see(&[
        "olga ~ bot: ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: the standard text ⏎ Acknowledgement: once per conversation ⏎ Text of the acknowledgement: the standard text ⏎ …(357) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("the greeting");
    s.presses("olga", "Greeting").await;
    s.see(&[
        "olga ~ bot: ⚙️ Settings of @shop_bot ⏎  ⏎ What a customer reads first, on /start. It may hold a photo, a video or another file. Choose who is to read the new gree…(221) [All languages] [English] [Deutsch] [Español] [Русский] [Українська] [简体中文] [← Back]",
    ])
    .await;

    s.step("for everybody");
    s.presses("olga", "All languages").await;
    s.see(&[
        "olga ~ bot: ⚙️ Settings of @shop_bot ⏎  ⏎ Send the new greeting (All languages): text, or a photo, video, voice message or file with a caption. One message; of an…(194) [← Back]",
    ])
    .await;

    s.step("with formatting: it is shown before it is kept");
    let bold = json!([{"type": "bold", "offset": 11, "length": 4}]);
    s.sends("olga", draft::text("Welcome 🦊 here").entities(bold)).await;
    s.see(&[
        "olga + olga: Welcome 🦊 here ‹bold here›",
        "olga + bot: Welcome 🦊 here ‹bold here›",
        "olga + bot: ⚙️ Settings of @shop_bot ⏎  ⏎ ⬆️ Customers will see it like this: Greeting (All languages). Save it? ↩«Welcome 🦊 here» [Save] [Cancel]",
    ])
    .await;

    s.step("it is kept");
    s.presses("olga", "Save").await;
    s.see(&[
        "olga ~ bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages) ⏎ Acknowledgement: once per conversation ⏎ Text of the acknowledge…(383) ↩«Welcome 🦊 here» [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("a customer reads it");
    s.says("anna", "/start").await;
    s.see(&["anna + anna: /start", "anna + bot: Welcome 🦊 here ‹bold here›"]).await;

    s.step("a photo for Germans");
    s.says("olga", "/settings").await;
    for label in ["@shop_bot", "Greeting", "Deutsch"] {
        s.stage.telegram.quiet().await;
        s.presses("olga", label).await;
    }
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ⚙️ Settings of @shop_bot ⏎  ⏎ Send the new greeting (Deutsch): text, or a photo, video, voice message or file with a caption. One message; of an album…(188) [← Back]",
    ])
    .await;

    s.step("it is shown");
    let underlined = json!([{"type": "underline", "offset": 0, "length": 10}]);
    s.sends("olga", draft::photo("laden.jpg").caption("Willkommen").caption_entities(underlined))
        .await;
    s.see(&[
        "olga + olga: [photo laden.jpg] Willkommen ‹underline Willkommen›",
        "olga + bot: [photo laden.jpg] Willkommen ‹underline Willkommen›",
        "olga + bot: ⚙️ Settings of @shop_bot ⏎  ⏎ ⬆️ Customers will see it like this: Greeting (Deutsch). Save it? ↩«Willkommen» [Save] [Cancel]",
    ])
    .await;

    s.step("it is kept, too");
    s.presses("olga", "Save").await;
    s.see(&[
        "olga ~ bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: once per conversation ⏎ Text of the ac…(392) ↩«Willkommen» [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("a German reads it, and nobody else");
    s.says("hans", "/start").await;
    s.says("eve", "/start").await;
    s.see(&[
        "hans + hans: /start",
        "hans + bot: [photo laden.jpg] Willkommen ‹underline Willkommen›",
        "eve + eve: /start",
        "eve + bot: Welcome 🦊 here ‹bold here›",
    ])
    .await;
}

pub async fn rules(s: &mut Script) {
    s.step("every message is to be acknowledged");
    sets(s, &["Acknowledgement", "after every message", "Save"]).await;
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: after every message ⏎ Text of the ackn…(390) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("it is");
    s.says("anna", "First").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ First",
        "anna + anna: First",
        "anna + bot: ✅ Your message was passed on. The answer comes into this chat. ↩«First»",
    ])
    .await;

    s.step("by a reaction from now on");
    sets(s, &["Acknowledgement", "a reaction", "Save"]).await;
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: a reaction ⏎ Text of the acknowledgeme…(381) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("so it is");
    s.says("anna", "Second").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Second",
        "anna + anna: Second {bot 👍}",
    ])
    .await;

    s.step("the owner's reaction takes its place");
    s.reacts("olga", "⏎ Second", Some("🔥"));
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Second {Olga 🔥}",
        "anna ~ anna: Second {bot 🔥}",
    ])
    .await;

    s.step("and gives it back");
    s.reacts("olga", "⏎ Second", None);
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Second",
        "anna ~ anna: Second {bot 👍}",
    ])
    .await;

    s.step("never from now on");
    sets(s, &["Acknowledgement", "never", "Save"]).await;
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: never ⏎ Text of the acknowledgement: t…(376) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("so it is not");
    s.says("anna", "Third").await;
    s.see(&["olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Third", "anna + anna: Third"])
        .await;

    s.step("usernames are hidden, and what is sent is protected");
    sets(s, &["Usernames", "hidden", "Save"]).await;
    sets(s, &["Protect content", "on, no forwarding, no saving", "Save"]).await;
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: never ⏎ Text of the acknowledgement: t…(377) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
        "olga + olga: /settings",
        "olga + bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: never ⏎ Text of the acknowledgement: t…(370) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("no username above the next message");
    s.says("anna", "Fourth").await;
    s.see(&["olga + bot: 🆕 Anna Petrova → @shop_bot #table7 ⏎ Fourth", "anna + anna: Fourth"])
        .await;

    s.step("no saving of the answer");
    s.replies("olga", "⏎ Fourth", draft::text("Secret recipe")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova → @cafe_bot, waiting for a moment an odd header: [(\"mention\", \"@cafe_bot\")] ↩«one»",
        "olga ~ bot: ✅ Anna Petrova → @shop_bot #table7 ⏎ Fourth [↩️ Undo]",
        "olga + olga: Secret recipe ↩«Fourth» {bot 👍}",
        "anna + bot: Secret recipe (protected)",
    ])
    .await;

    s.step("a text for banned customers");
    sets(s, &["Banned customers", "All languages"]).await;
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ⚙️ Settings of @shop_bot ⏎  ⏎ Send the new text: Banned customers (All languages). Bold, links and other formatting are kept. /cancel stops. [← Back]",
    ])
    .await;

    s.step("it is shown");
    s.says("olga", "Closed for you.").await;
    s.see(&[
        "olga + olga: Closed for you.",
        "olga + bot: Closed for you.",
        "olga + bot: ⚙️ Settings of @shop_bot ⏎  ⏎ ⬆️ Customers will see it like this: Banned customers (All languages). Save it? ↩«Closed for you.» [Save] [Cancel]",
    ])
    .await;

    s.step("it is kept");
    s.presses("olga", "Save").await;
    s.see(&[
        "olga ~ bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: never ⏎ Text of the acknowledgement: t…(388) ↩«Closed for you.» [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("a customer is banned");
    s.replies("olga", "I am back", draft::text("/ban")).await;
    s.see(&[
        "olga + olga: /ban ↩«I am back»",
        "olga + bot: 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is banned from all your bots. ↩«/ban» [Delete his messages here too] [Only from @shop_bot] [Unban]",
    ])
    .await;

    s.step("who reads it");
    s.says("eve", "Let me in").await;
    s.see(&["eve + eve: Let me in", "eve + bot: Closed for you. (protected)"]).await;

    s.step("but once, and reaches nobody");
    s.says("eve", "/start").await;
    s.says("eve", "Please").await;
    s.see(&["eve + eve: /start", "eve + eve: Please"]).await;

    s.step("who is let in again");
    s.presses("olga", "Unban").await;
    s.see(&[
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is no longer banned and can write to you again. ↩«/ban»",
    ])
    .await;
}

/// The owner walks through the menu of the shop's settings.
async fn sets(s: &Script, way: &[&str]) {
    s.says("olga", "/settings").await;
    for label in ["@shop_bot"].iter().chain(way) {
        s.stage.telegram.quiet().await;
        s.presses("olga", label).await;
    }
    s.stage.telegram.quiet().await;
}

pub async fn languages(s: &mut Script) {
    s.step("a customer asks for another language");
    s.says("anna", "/language").await;
    s.see(&[
        "anna + anna: /language",
        "anna + bot: Which language shall I speak with you? [English] [Deutsch] [Español] [Русский] [Українська] [简体中文] [As in my app]",
    ])
    .await;

    s.step("and chooses it");
    s.presses("anna", "Deutsch").await;
    s.see(&["anna ~ bot: ✅ Ab jetzt spreche ich Deutsch mit Ihnen."]).await;

    s.step("the greeting is the one for it");
    s.says("anna", "/start").await;
    s.see(&[
        "anna + anna: /start",
        "anna + bot: [photo laden.jpg] Willkommen ‹underline Willkommen› (protected)",
    ])
    .await;

    s.step("the other bot does not know");
    s.says("anna@cafe", "/help").await;
    s.see(&[
        "anna@cafe + anna: /help",
        "anna@cafe + bot: Just write here, your message is passed on. The answer comes into this chat. /delete takes your last message back, /language changes the language, /pr…(204)",
    ])
    .await;

    s.step("the owner asks for another language");
    s.says("olga", "/language").await;
    s.see(&[
        "olga + olga: /language",
        "olga + bot: Which language shall I speak with you? [English] [Deutsch] [Español] [Русский] [Українська] [简体中文] [As in my app]",
    ])
    .await;

    s.step("and chooses it");
    s.presses("olga", "Español").await;
    s.see(&["olga ~ bot: ✅ A partir de ahora te hablo en español."]).await;

    s.step("what follows is in it");
    s.says("olga", "Good night").await;
    s.see(&[
        "olga + olga: Good night",
        "olga + bot: Para contestar a un cliente, desliza su mensaje hacia la izquierda o elige «Responder». Este mensaje no se envió a nadie. ↩«Good night»",
    ])
    .await;

    s.step("as in the app again");
    s.says("olga", "/language").await;
    s.stage.telegram.quiet().await;
    s.presses("olga", "Como en mi app").await;
    s.see(&["olga + olga: /language", "olga + bot: ✅ From now on I speak English with you."])
        .await;
}
