//! The card, the note, bans, and customers who leave.

use telegram_emulator::draft;

use super::script::Script;

pub async fn card_and_note(s: &mut Script) {
    s.step("who is it?");
    s.replies("olga", "Is it open?", draft::text("/info")).await;
    s.see(&[
        "olga + olga: /info ↩«Is it open?»",
        "olga + bot: Anna Petrova @anna → @shop_bot ⏎ ID: … ⏎ Language: English ⏎ Premium: no ⏎ Labels: #table7 ⏎ First seen: a day ⏎ Messages: 24 in, 18 out ⏎ Median answ…(180) ‹bold Anna Petrova› ‹code …› ↩«/info» [Ban] [Note]",
    ])
    .await;

    s.step("a note");
    s.replies("olga", "Is it open?", draft::text("/note likes green tea")).await;
    s.see(&[
        "olga + olga: /note likes green tea ↩«Is it open?»",
        "olga + bot: 📝 The note on Anna Petrova is kept. /info shows it. ↩«/note likes green tea»",
    ])
    .await;

    s.step("another one, asked for by the button on the card");
    s.presses("olga", "Note").await;
    s.see(&[
        "olga + bot: 📝 Send the note on Anna Petrova, up to 1,000 characters. Only you see it. “-” removes the note, /cancel stops. ↩«Bans: none»",
    ])
    .await;

    s.step("a reply in between goes to the customer");
    s.replies("olga", "Is it open?", draft::text("Until 8")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga custom} {bot 🤣} [↩️ Undo]",
        "olga + olga: Until 8 ↩«Is it open?» {bot 👍}",
        "anna + bot: Until 8",
    ])
    .await;

    s.step("the note itself");
    s.says("olga", "likes black tea").await;
    s.see(&[
        "olga + olga: likes black tea",
        "olga + bot: 📝 The note on Anna Petrova is kept. /info shows it. ↩«likes black tea»",
    ])
    .await;

    s.step("it stands on the card, whichever bot she writes to");
    s.replies("olga", "→ @cafe_bot ⏎ one", draft::text("/info")).await;
    s.see(&[
        "olga + olga: /info ↩«one»",
        "olga + bot: Anna Petrova @anna → @cafe_bot ⏎ ID: … ⏎ Language: English ⏎ Premium: no ⏎ First seen: a day ⏎ Messages: 4 in, 1 out ⏎ Median answer time: a moment ⏎ …(180) ‹bold Anna Petrova› ‹code …› ↩«/info» [Ban] [Note]",
    ])
    .await;

    s.step("and is removed");
    s.replies("olga", "Is it open?", draft::text("/note -")).await;
    s.see(&[
        "olga + olga: /note - ↩«Is it open?»",
        "olga + bot: The note on Anna Petrova is removed. ↩«/note -»",
    ])
    .await;

    s.step("a hostile name is harmless on its card");
    s.replies("olga", "My card is 1234", draft::text("/info")).await;
    s.see(&[
        "olga + olga: /info ↩«My card is 1234»",
        "olga + bot: Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ID: … ⏎ Language: English ⏎ Premium: no ⏎ First seen: a day ⏎ Messages: 12 in, 3 out ⏎ Me…(189) ‹bold Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩› ‹code …› ↩«/info» [Ban] [Note]",
    ])
    .await;
}

pub async fn bans(s: &mut Script) {
    s.step("a customer is banned, who is not told");
    s.replies("olga", "My card is 1234", draft::text("/ban")).await;
    s.see(&[
        "olga + olga: /ban ↩«My card is 1234»",
        "olga + bot: 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is banned from all your bots. ↩«/ban» [Delete his messages here too] [Only from @shop_bot] [Unban]",
    ])
    .await;

    s.step("messages of a banned customer reach nobody");
    s.says("eve", "Are you there?").await;
    s.sends("eve", draft::photo("rude.jpg")).await;
    s.says("eve", "/start door").await;
    s.says("eve", "/help").await;
    s.see(&[
        "eve + eve: Are you there?",
        "eve + eve: [photo rude.jpg]",
        "eve + eve: /start door",
        "eve + eve: /help",
    ])
    .await;

    s.step("nor do changes, reactions, albums");
    s.edits("eve", "eve: all of them", draft::text("none of them")).await;
    s.reacts("eve", "bot: I know it is you", Some("👎"));
    s.sends_album("eve", "m", vec![draft::photo("m1.jpg"), draft::photo("m2.jpg")]).await;
    s.says("eve", "/delete").await;
    s.see(&[
        "eve ~ bot: I know it is you, Eve {Eve 👎}",
        "eve ~ eve: none of them",
        "eve + eve: [photo m1.jpg] (album)",
        "eve + eve: [photo m2.jpg] (album)",
        "eve + eve: /delete",
    ])
    .await;

    s.step("other customers are still heard");
    s.says("hans", "Danke").await;
    s.see(&["olga + bot: 🆕 Hans → @shop_bot ⏎ Danke", "hans + hans: Danke"]).await;

    s.step("the list of the banned");
    s.says("olga", "/banned").await;
    s.see(&[
        "olga + olga: /banned",
        "olga + bot: Banned customers: ⏎  ⏎ 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩: from all your bots, since a day [Unban Eve Bob ＠bob › ＠bank_bot ＃vip Z\u{301}\u{301}\u{301}\u{301}]",
    ])
    .await;

    s.step("the copies of the banned customer's messages are deleted");
    s.presses("olga", "Delete his messages here too").await;
    s.see(&[
        "olga - bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ✏️ edited ⏎ ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ Hi",
        "olga - bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ My card is 1234",
        "olga - bot: [photo eve.jpg] 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ✅ Hans → @shop_bot ⏎ ✏️ edited ⏎ ↻ possibly a repeat",
        "olga - bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ 🆕 Hans → @shop_bot ‹bold Hans›",
        "olga - bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ⟨202e×1⟩toor⟨2066×1⟩ Z⟨301×300⟩",
        "olga - bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot",
        "olga - bot: 🆕 Hans → @shop_bot ⏎ yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…(4091) a quote ↩«🆕 Eve Bob ＠bob › ＠bank_bot ＃vi» [↩️ Undo]",
        "olga - bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ ❌ Not delivered: the customer blocked the bot.",
        "olga - bot: [photo e1.jpg] 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot (album)",
        "olga - bot: [photo e2.jpg] (album)",
        "olga - bot: [photo f1.jpg] 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot (album)",
        "olga - bot: [photo f2.jpg] (album)",
        "olga ~ bot: 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is banned from all your bots. ⏎  ⏎ Messages deleted here: 11 ↩«/ban» [Only from @shop_bot] [Unban]",
    ])
    .await;

    s.step("the ban is lifted in the list");
    let lift = "Unban Eve Bob ＠bob › ＠bank_bot ＃vip Z\u{301}\u{301}\u{301}\u{301}";
    s.presses("olga", lift).await;
    s.see(&[
        "olga ~ bot: Nobody is banned. To ban a customer, reply to one of the customer's messages with /ban.",
    ])
    .await;

    s.step("who may write again");
    s.says("eve", "I am back").await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ I am back",
        "eve + eve: I am back",
    ])
    .await;

    s.step("a second ban, lifted below its own words");
    s.replies("olga", "I am back", draft::text("/ban")).await;
    s.see(&[
        "olga + olga: /ban ↩«I am back»",
        "olga + bot: 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is banned from all your bots. ↩«/ban» [Delete his messages here too] [Only from @shop_bot] [Unban]",
    ])
    .await;

    s.step("by the button there");
    s.presses("olga", "Unban").await;
    s.see(&[
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is no longer banned and can write to you again. ↩«/ban»",
    ])
    .await;
}

pub async fn blocked(s: &mut Script) {
    s.step("that a customer blocks the bot is nobody's news");
    let (hans, shop) = s.side("hans");
    s.stage.telegram.block(hans, shop);
    s.see(&[]).await;

    s.step("an answer to him is told as undelivered");
    s.replies("olga", "⏎ Danke", draft::text("Bitte")).await;
    s.see(&[
        "olga + olga: Bitte ↩«Danke»",
        "olga + bot: ❌ Not delivered: the customer blocked the bot. ↩«Bitte» [Send again]",
    ])
    .await;

    s.step("his card says why");
    s.replies("olga", "⏎ Danke", draft::text("/info")).await;
    s.see(&[
        "olga + olga: /info ↩«Danke»",
        "olga + bot: Hans → @shop_bot ⏎ ID: … ⏎ Language: Deutsch ⏎ Premium: no ⏎ First seen: a day ⏎ Messages: 17 in, 17 out ⏎ Median answer time: a moment ⏎ Bans: none ⏎…(177) ‹bold Hans› ‹code …› ↩«/info» [Ban] [Note]",
    ])
    .await;

    s.step("he comes back, which is no news either");
    let (hans, shop) = s.side("hans");
    s.stage.telegram.unblock(hans, shop);
    s.see(&[]).await;

    s.step("the answer is sent again");
    s.presses("olga", "Send again").await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ Is it open? {Olga custom} {bot 🤣}",
        "olga ~ bot: 🆕 Hans → @shop_bot ⏎ Danke [↩️ Undo]",
        "olga ~ olga: Bitte ↩«Danke» {bot 👍}",
        "olga ~ bot: ✅ Delivered. ↩«Bitte»",
        "hans + bot: Bitte",
    ])
    .await;
}
