//! Buttons forged, replayed, pressed by another person, pressed twice: each press is answered, and
//! none has an effect.

use telegram_emulator::draft;

use super::script::Script;

pub async fn of_the_owner(s: &mut Script) {
    s.step("a question and an answer that can be undone");
    s.says("anna", "Last one?").await;
    s.stage.owner_sees("Last one?").await;
    s.replies("olga", "⏎ Last one?", draft::text("The very last")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova → @shop_bot #table7 ⏎ Fourth",
        "olga + bot: ✅ Anna Petrova → @shop_bot #table7 ⏎ Last one? [↩️ Undo]",
        "olga + olga: The very last ↩«Last one?» {bot 👍}",
        "anna + anna: Last one?",
        "anna + bot: The very last (protected)",
    ])
    .await;

    let (copy, undo) = s.button("olga", "↩️ Undo").await;
    s.step("a stranger presses it, on the owner's message and on none");
    s.forges("eve@master", Some(&copy), &undo).await;
    s.forges("eve@master", None, &undo).await;
    s.see(&[]).await;

    s.step("the owner with data that is on no button");
    for data in ["undo:x", "undo:1-2", "undo:9999-1", "undo:", "again", "", "\u{0}"] {
        s.forges("olga", Some(&copy), data).await;
    }
    s.see(&[]).await;

    s.step("customers with the master's data at the client bot");
    let greeting = s.message("anna", "Welcome");
    for data in [&*undo, "again", "set:1:menu"] {
        s.forges("anna", Some(&greeting), data).await;
        s.forges("anna", None, data).await;
    }
    s.see(&[]).await;

    s.step("pressed twice it has its effect once");
    s.presses_twice("olga", &copy, &undo);
    s.see(&[
        "olga ~ bot: 🆕 Anna Petrova → @shop_bot #table7 ⏎ Last one?",
        "olga ~ olga: The very last ↩«Last one?»",
        "anna - bot: The very last (protected)",
    ])
    .await;

    s.step("replayed, it has none");
    s.forges("olga", Some(&s.now("olga", &copy)), &undo).await;
    s.see(&[]).await;

    s.step("the question is answered anew");
    s.replies("olga", "⏎ Last one?", draft::text("Really")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova → @shop_bot #table7 ⏎ Last one? [↩️ Undo]",
        "olga + olga: Really ↩«Last one?» {bot 👍}",
        "anna + bot: Really (protected)",
    ])
    .await;

    s.step("and the button of long ago is replayed once more");
    s.forges("olga", Some(&s.now("olga", &copy)), &undo).await;
    s.see(&[]).await;
}

pub async fn of_bans_and_bots(s: &mut Script) {
    let shop = s.side("anna").1.id;
    let anna = s.side("anna").0.id;

    s.step("a stranger bans nobody, reads no card, marks nothing");
    let own = s.message("eve@master", "for its owner only");
    for word in ["ban", "ban-only", "ban-wipe", "unban", "note", "jump", "card-ban"] {
        for message in [None, Some(&own)] {
            s.forges("eve@master", message, &format!("{word}:{shop}:{anna}")).await;
        }
    }
    s.forges("eve@master", Some(&own), &format!("set:{shop}:write.greeting.all")).await;
    s.see(&[]).await;

    s.step("is a bot to be detached?");
    s.says("olga", "/remove").await;
    s.see(&[
        "olga + olga: /remove",
        "olga + bot: Which bot shall I detach? [@shop_bot] [@cafe_bot] [Cancel]",
    ])
    .await;

    s.step("this one?");
    s.presses("olga", "@cafe_bot").await;
    s.see(&[
        "olga ~ bot: Detach @cafe_bot? Customers can no longer reach you through it. Conversations are kept: attach it again and they go on. [Detach] [Cancel]",
    ])
    .await;

    let (question, detach) = s.button("olga", "Detach").await;
    s.step("a stranger says so");
    s.forges("eve@master", Some(&question), &detach).await;
    s.see(&[]).await;

    s.step("the owner does not");
    s.presses("olga", "Cancel").await;
    s.see(&["olga ~ bot: Cancelled."]).await;

    s.step("a replay does not, either");
    s.forges("olga", Some(&s.now("olga", &question)), &detach).await;
    s.see(&[]).await;

    s.step("a customer who is banned");
    s.says("eve", "Ban me").await;
    s.see(&[
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ → @shop_bot ⏎ Ban me",
        "eve + eve: Ban me",
    ])
    .await;

    s.step("by the owner");
    s.replies("olga", "⏎ Ban me", draft::text("/ban")).await;
    s.see(&[
        "olga + olga: /ban ↩«Ban me»",
        "olga + bot: 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is banned from all your bots. ↩«/ban» [Delete his messages here too] [Only from @shop_bot] [Unban]",
    ])
    .await;

    let (answer, unban) = s.button("olga", "Unban").await;
    s.step("does not lift the ban");
    s.forges("eve@master", Some(&answer), &unban).await;
    s.forges("eve@master", None, &unban).await;
    let greeting = s.message("eve", "Welcome");
    s.forges("eve", Some(&greeting), &unban).await;
    s.says("eve", "Ha!").await;
    s.see(&["eve + eve: Ha!", "eve + bot: Closed for you. (protected)"]).await;

    s.step("the owner does, by two presses");
    s.presses_twice("olga", &answer, &unban);
    s.see(&[
        "olga ~ bot: ✅ Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is no longer banned and can write to you again. ↩«/ban»",
    ])
    .await;

    s.step("and a replay after the next ban lifts nothing");
    s.replies("olga", "⏎ Ban me", draft::text("/ban")).await;
    s.see(&[
        "olga + olga: /ban ↩«Ban me»",
        "olga + bot: 🚫 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ is banned from all your bots. ↩«/ban» [Delete his messages here too] [Only from @shop_bot] [Unban]",
    ])
    .await;

    s.step("although the data is the same");
    s.forges("olga", Some(&s.now("olga", &answer)), &unban).await;
    s.says("eve", "Ha ha!").await;
    s.see(&["eve + eve: Ha ha!", "eve + bot: Closed for you. (protected)"]).await;
}

pub async fn of_settings_and_languages(s: &mut Script) {
    s.step("shall usernames be shown?");
    s.says("olga", "/settings").await;
    for label in ["@shop_bot", "Usernames", "shown"] {
        s.stage.telegram.quiet().await;
        s.presses("olga", label).await;
    }
    s.see(&[
        "olga + olga: /settings",
        "olga + bot: ⚙️ Settings of @shop_bot ⏎  ⏎ You will see: 🆕 Anna @anna → @shop_bot [Save] [Cancel]",
    ])
    .await;

    let (question, save) = s.button("olga", "Save").await;
    s.step("a stranger says so");
    s.forges("eve@master", Some(&question), &save).await;
    s.see(&[]).await;

    s.step("the owner says so, twice");
    s.presses_twice("olga", &question, &save);
    s.see(&[
        "olga ~ bot: ✅ Saved. ⏎  ⏎ ⚙️ Settings of @shop_bot ⏎  ⏎ Greeting: your own text (All languages, Deutsch) ⏎ Acknowledgement: never ⏎ Text of the acknowledgement: t…(387) [Greeting] [Acknowledgement] [Reminder] [Banned customers] [Protect content] [Usernames] [Newcomers] [Close]",
    ])
    .await;

    s.step("and it is replayed");
    s.forges("olga", Some(&s.now("olga", &question)), &save).await;
    s.see(&[]).await;

    s.step("a customer is asked for his language");
    s.says("hans", "/language").await;
    s.see(&[
        "hans + hans: /language",
        "hans + bot: In welcher Sprache soll ich mit Ihnen sprechen? [English] [Deutsch] [Español] [Русский] [Українська] [简体中文] [Wie in meiner App]",
    ])
    .await;

    let (question, spanish) = s.button("hans", "Español").await;
    s.step("another customer chooses, and he himself what is no language");
    s.forges("anna", Some(&question), &spanish).await;
    s.forges("hans", Some(&question), "language:xx").await;
    s.forges("hans", None, &spanish).await;
    s.see(&[]).await;

    s.step("he chooses twice");
    s.presses_twice("hans", &question, &spanish);
    s.see(&["hans ~ bot: ✅ A partir de ahora te hablo en español."]).await;

    s.step("everybody hears his own language");
    s.says("hans", "/help").await;
    s.says("anna", "/help").await;
    s.see(&[
        "anna + anna: /help",
        "anna + bot: Schreiben Sie einfach hier, Ihre Nachricht wird weitergeleitet. Die Antwort kommt in diesen Chat. /delete zieht Ihre letzte Nachricht zurück, /languag…(235)",
        "hans + hans: /help",
        "hans + bot: Escribe aquí y haremos llegar tu mensaje. La respuesta llegará a este chat. /delete retira tu último mensaje, /language cambia el idioma, /privacy dic…(193)",
    ])
    .await;

    s.step("what was not delivered");
    let (hans, shop) = s.side("hans");
    s.stage.telegram.block(hans, shop);
    s.replies("olga", "⏎ Danke", draft::text("Adiós")).await;
    s.see(&[
        "olga + olga: Adiós ↩«Danke»",
        "olga + bot: ❌ Not delivered: the customer blocked the bot. ↩«Adiós» [Send again]",
    ])
    .await;

    s.step("is sent again once by two presses");
    let (hans, shop) = s.side("hans");
    s.stage.telegram.unblock(hans, shop);
    let (told, again) = s.button("olga", "Send again").await;
    s.presses_twice("olga", &told, &again);
    s.see(&[
        "olga ~ bot: 🆕 Hans → @shop_bot ⏎ Danke [↩️ Undo]",
        "olga ~ bot: ✅ Anna Petrova → @shop_bot #table7 ⏎ Last one?",
        "olga ~ olga: Adiós ↩«Danke» {bot 👍}",
        "olga ~ bot: ✅ Delivered. ↩«Adiós»",
        "hans + bot: Adiós (protected)",
    ])
    .await;

    s.step("and not by a replay or a stranger");
    s.forges("olga", Some(&s.now("olga", &told)), &again).await;
    s.forges("eve@master", Some(&told), &again).await;
    s.see(&[]).await;
}
