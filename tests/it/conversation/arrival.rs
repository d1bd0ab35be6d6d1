//! The owner attaches two bots, and customers arrive.

use telegram_emulator::{Person, draft};

use super::script::Script;

/// A name that would like to be somebody else's header, and to be drawn over the lines around it.
fn hostile_name() -> Person {
    let last = format!("Z{}", "\u{301}".repeat(300));
    Person::new("Eve\u{202e}\n🆕 Bob @bob → @bank_bot #vip").last_name(last).username("eve_ok")
}

pub async fn bots(s: &mut Script) {
    let shop = s.stage.telegram.add_bot("shop_bot", "Shop");
    let cafe = s.stage.telegram.add_bot("cafe_bot", "Café");

    s.step("the owner asks to attach a bot");
    s.says("olga", "/add").await;
    s.see(&[
        "olga + olga: /add",
        "olga + bot: 1. Open @BotFather, send /newbot and follow its two questions (or take a bot you have: /mybots → API Token). ⏎ 2. Copy its answer with the token, it l…(274)",
    ])
    .await;

    s.step("its token is taken and wiped from the chat");
    s.says("olga", &shop.token).await;
    s.see(&[
        "olga + bot: ✅ @shop_bot is attached and works. ⏎  ⏎ Give customers this link: https://t.me/shop_bot ⏎ What they write appears here; reply to answer.",
    ])
    .await;

    s.step("another bot");
    s.says("olga", "/add").await;
    s.see(&[
        "olga + olga: /add",
        "olga + bot: 1. Open @BotFather, send /newbot and follow its two questions (or take a bot you have: /mybots → API Token). ⏎ 2. Copy its answer with the token, it l…(274)",
    ])
    .await;

    s.step("its token comes in the words of BotFather");
    s.says("olga", &format!("Use this token:\n{}\nKeep it secure", cafe.token)).await;
    s.see(&[
        "olga + bot: ✅ @cafe_bot is attached and works. ⏎  ⏎ Give customers this link: https://t.me/cafe_bot ⏎ What they write appears here; reply to answer.",
    ])
    .await;

    let anna = Person::new("Anna").last_name("Petrova").username("anna").language("en");
    let anna = s.stage.telegram.add_person(anna);
    let hans = s.stage.telegram.add_person(Person::new("Hans").language("de"));
    let eve = s.stage.telegram.add_person(hostile_name().language("en"));
    for (name, person, bot) in [
        ("anna", &anna, &shop),
        ("hans", &hans, &shop),
        ("eve", &eve, &shop),
        ("anna@cafe", &anna, &cafe),
    ] {
        s.enters(name, person, bot);
    }
    let master = s.stage.master.clone();
    s.enters("eve@master", &eve, &master);
}

pub async fn customers(s: &mut Script) {
    s.step("a bare /start is greeted, and nobody else hears of it");
    s.says("anna", "/start").await;
    s.see(&[
        "anna + anna: /start",
        "anna + bot: 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat.",
    ])
    .await;

    s.step("a link with a label");
    s.says("anna", "/start table7").await;
    s.see(&[
        "anna + anna: /start table7",
        "anna + bot: 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat.",
    ])
    .await;

    s.step("the first message has a header with the label, and is acknowledged");
    s.says("anna", "Do you have tea?").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ Do you have tea?",
        "anna + anna: Do you have tea?",
        "anna + bot: ✅ Your message was passed on. The answer comes into this chat.",
    ])
    .await;

    s.step("the second is not acknowledged");
    s.says("anna", "And cake?").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ And cake?",
        "anna + anna: And cake?",
    ])
    .await;

    s.step("help is given by the bot");
    s.says("anna", "/help").await;
    s.see(&[
        "anna + anna: /help",
        "anna + bot: Just write here, your message is passed on. The answer comes into this chat. /delete takes your last message back, /language changes the language, /pr…(204)",
    ])
    .await;

    s.step("a German is greeted in German");
    s.says("hans", "/start").await;
    s.see(&[
        "hans + hans: /start",
        "hans + bot: 👋 Hallo! Schreiben Sie Ihre Nachricht einfach hier: Text, Foto, Sprachnachricht, Datei, ganz wie Sie möchten. Die Antwort kommt in diesen Chat.",
    ])
    .await;

    s.step("he writes, and is told so in German");
    s.says("hans", "Haben Sie Kuchen?").await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot ⏎ Haben Sie Kuchen?",
        "hans + hans: Haben Sie Kuchen?",
        "hans + bot: ✅ Ihre Nachricht wurde weitergeleitet. Die Antwort kommt in diesen Chat.",
    ])
    .await;

    s.step("a customer with a hostile name and no label worth the word");
    s.says("eve", "/start <b>#vip</b>").await;
    s.see(&[
        "eve + eve: /start <b>#vip</b>",
        "eve + bot: 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat.",
    ])
    .await;

    s.step("her name stands in one line of harmless letters");
    s.says("eve", "Hello").await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ Hello",
        "eve + eve: Hello",
        "eve + bot: ✅ Your message was passed on. The answer comes into this chat.",
    ])
    .await;

    s.step("with another bot it is another conversation");
    s.says("anna@cafe", "/start").await;
    s.see(&[
        "anna@cafe + anna: /start",
        "anna@cafe + bot: 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat.",
    ])
    .await;

    s.step("what she writes there has no label");
    s.says("anna@cafe", "A table at 5?").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @cafe_bot ⏎ A table at 5?",
        "anna@cafe + anna: A table at 5?",
        "anna@cafe + bot: ✅ Your message was passed on. The answer comes into this chat.",
    ])
    .await;

    s.step("a stranger gets nothing from the master bot but one sentence");
    s.says("eve@master", "/start").await;
    s.see(&[
        "eve@master + eve: /start",
        "eve@master + bot: Sorry, this bot works for its owner only.",
    ])
    .await;

    s.step("what Telegram itself writes into a chat is nobody's message");
    let pin = draft::service("pinned_message", serde_json::json!({"message_id": 1}));
    s.sends("anna", pin).await;
    s.see(&["anna + anna: [pinned_message]"]).await;
}
