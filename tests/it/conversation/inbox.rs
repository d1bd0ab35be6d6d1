//! Who waits for an answer, and the codes that bring them.

use telegram_emulator::draft;

use super::script::Script;

pub async fn waiting(s: &mut Script) {
    s.step("who waits");
    s.says("olga", "/inbox").await;
    s.see(&[
        "olga + olga: /inbox",
        "olga + bot: Waiting for your answer: ⏎  ⏎ 1. Anna Petrova → @cafe_bot, a moment ⏎ 2. Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ → @shop_bot, a moment [1. Anna Petrova · a moment] [2. Eve Bob ＠bob › ＠bank_bot ＃vip Z\u{301}\u{301}\u{301}\u{301} · a moment]",
    ])
    .await;

    s.step("a pointer at the message that waits");
    s.presses("olga", "1. Anna Petrova · less than 1 min").await;
    s.see(&[
        "olga + bot: 👆 Anna Petrova → @cafe_bot, waiting for a moment ↩«one» [Mark as answered]",
    ])
    .await;

    s.step("an answer through the pointer goes to the customer");
    s.replies("olga", "bot: 👆", draft::text("Now it is your turn")).await;
    s.see(&[
        "olga ~ bot: 🆕 Hans → @shop_bot ⏎ Danke",
        "olga ~ bot: ✅ Anna Petrova → @cafe_bot, waiting for a moment an odd header: [(\"mention\", \"@cafe_bot\")] ↩«one» [↩️ Undo]",
        "olga + olga: Now it is your turn ↩«👆 Anna Petrova → @cafe_bot, wa» {bot 👍}",
        "anna@cafe + bot: Now it is your turn ↩«one»",
    ])
    .await;
}

pub async fn codes(s: &mut Script) {
    s.step("a code with a label, of which bot?");
    s.says("olga", "/qr door").await;
    s.see(&[
        "olga + olga: /qr door",
        "olga + bot: Whose QR code shall carry the label #door? [@shop_bot] [@cafe_bot] [Cancel]",
    ])
    .await;

    s.step("of this one");
    s.presses("olga", "@cafe_bot").await;
    s.see(&[
        "olga + bot: [photo …] https://t.me/cafe_bot?start=door",
        "olga + bot: [document …] For print: this file stays sharp at any size.",
    ])
    .await;

    s.step("what is no label");
    s.says("olga", "/qr no way").await;
    s.see(&[
        "olga + olga: /qr no way",
        "olga + bot: This can't be a label. A label has 1 to 64 characters: letters a–z, digits, _ and -. For example: /qr table7",
    ])
    .await;

    s.step("the link is opened");
    s.says("anna@cafe", "/start door").await;
    s.see(&[
        "anna@cafe + anna: /start door",
        "anna@cafe + bot: 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat.",
    ])
    .await;

    s.step("its label is in the header");
    s.says("anna@cafe", "I came by the door").await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @cafe_bot #door ⏎ I came by the door",
        "anna@cafe + anna: I came by the door",
    ])
    .await;
}
