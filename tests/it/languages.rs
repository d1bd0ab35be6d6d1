//! `/language`, for owners with the master bot and for customers with client bots.

use serde_json::json;
use telegram_emulator::{Person, draft};

use crate::support::{
    Stage,
    matrix::{on_every_database, on_every_stage},
    talk::id,
};

mod stages {
    use super::*;
    on_every_stage!(an_owner_chooses_his_language, a_customer_chooses_his_language);
    on_every_database!(set(Webhook):
        everything_a_bot_says_to_a_customer_is_in_his_language,
        old_forged_and_foreign_presses_choose_nothing,
    );
}

const NAMES: [&str; 6] = ["English", "Deutsch", "Español", "Русский", "Українська", "简体中文"];

async fn an_owner_chooses_his_language(mut stage: Stage) {
    for (name, confirmed, help) in [
        ("Deutsch", "✅ Ab jetzt spreche ich Deutsch", "Antworten Sie"),
        ("Español", "✅ A partir de ahora te hablo en español", "/add: conectar"),
        ("Русский", "✅ Теперь я говорю с вами по-русски", "/add: подключить"),
        ("Українська", "✅ Відтепер я розмовляю з вами українською", "/add: підключити"),
        ("简体中文", "✅ 从现在起，我用简体中文和您交流", "/add: 绑定"),
        ("English", "✅ From now on I speak English", "/add: attach"),
    ] {
        stage.owner_writes("/language").await;
        stage.telegram.quiet().await;
        for label in NAMES {
            stage.shows_button(&stage.owner, &stage.master, label).await;
        }
        stage.presses_on(&stage.owner, &stage.master, name).await;
        let said = stage.owner_sees(confirmed).await;
        assert_eq!(said.get("reply_markup"), None);
        let before = stage.times(&stage.owner, &stage.master, "/add: ");
        stage.owner_writes("/help").await;
        stage.telegram.quiet().await;
        assert_eq!(stage.times(&stage.owner, &stage.master, "/add: "), before + 1);
        let said = stage.said(&stage.owner, &stage.master);
        assert!(name == "Deutsch" || said.last().unwrap().contains(help), "{said:?}");
    }
    stage.owner_writes("/language").await;
    stage.presses_on(&stage.owner, &stage.master, "Deutsch").await;
    stage.sees_times(&stage.owner, &stage.master, "✅ Ab jetzt", 2).await;
    // The menu is in it, in whichever language his apps are.
    let scope = format!("chat:{}", stage.owner.id);
    let menu_is = async |stage: &Stage, language: &str, words: &str| {
        stage
            .telegram
            .wait(words, |view| {
                let menu = view.commands(&stage.master, &scope, language);
                let is = menu.iter().any(|one| one["description"] == words);
                is.then_some(())
            })
            .await;
    };
    menu_is(&stage, "", "einen Kundenbot verbinden").await;
    menu_is(&stage, "ru", "einen Kundenbot verbinden").await;
    stage.restart().await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("Sie haben").await;
    stage.owner_writes("/language").await;
    stage.presses_on(&stage.owner, &stage.master, "Wie in meiner App").await;
    stage.sees_times(&stage.owner, &stage.master, "✅ From now on I speak English", 2).await;
    menu_is(&stage, "ru", "подключить клиентского бота").await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("You have no client bots yet.").await;
    stage.curtain().await;
}

async fn a_customer_chooses_his_language(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for (name, confirmed, greeting) in [
        ("Deutsch", "✅ Ab jetzt spreche ich Deutsch", "👋 Hallo!"),
        ("Español", "✅ A partir de ahora te hablo en español", "👋 ¡Hola!"),
        ("Русский", "✅ Теперь я говорю с вами по-русски", "👋 Здравствуйте!"),
        ("Українська", "✅ Відтепер я розмовляю з вами українською", "👋 Вітаємо!"),
        ("简体中文", "✅ 从现在起，我用简体中文和您交流", "👋 您好！"),
    ] {
        stage.telegram.send(&anna, &shop, draft::text("/language")).await;
        stage.telegram.quiet().await;
        stage.presses_on(&anna, &shop, name).await;
        let said = stage.sees(&anna, &shop, confirmed).await;
        assert_eq!(said.get("reply_markup"), None);
        stage.telegram.start(&anna, &shop, "").await;
        stage.sees(&anna, &shop, greeting).await;
    }
    stage.restart().await;
    stage.telegram.send(&anna, &shop, draft::text("/language")).await;
    stage.sees(&anna, &shop, "我应该用哪种语言").await;
    stage.presses_on(&anna, &shop, "与我的应用相同").await;
    stage.sees(&anna, &shop, "✅ From now on I speak English").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "🆕"), 0, "none of it is relayed");
    stage.curtain().await;
}

async fn everything_a_bot_says_to_a_customer_is_in_his_language(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.saves_text(&["Greeting", "Deutsch"], draft::text("Willkommen")).await;
    stage.telegram.send(&anna, &shop, draft::text("/language")).await;
    stage.presses_on(&anna, &shop, "Deutsch").await;
    stage.sees(&anna, &shop, "✅ Ab jetzt").await;
    stage.telegram.start(&anna, &shop, "").await;
    stage.sees(&anna, &shop, "Willkommen").await;
    stage.telegram.send(&anna, &shop, draft::text("/help")).await;
    stage.sees(&anna, &shop, "Schreiben Sie einfach hier").await;
    stage.asks(&anna, &shop, "tea?").await;
    stage.sees(&anna, &shop, "✅ Ihre Nachricht wurde weitergeleitet.").await;
    let sent =
        stage.telegram.send(&anna, &shop, draft::unknown("hologram", json!({"id": 1}))).await;
    stage.answered(&anna, &shop, sent, "❌ Diese Art von Nachricht").await;
    // Another bot does not know it, and neither does another customer.
    let cafe = stage.attach("cafe_bot", "Café").await;
    stage.telegram.start(&anna, &cafe, "").await;
    stage.sees(&anna, &cafe, "👋 Hello!").await;
    stage.customer("Bob", &shop).await;
    stage.curtain().await;
}

async fn old_forged_and_foreign_presses_choose_nothing(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let bob = stage.customer("Bob", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("/language")).await;
    stage.telegram.quiet().await;
    let (question, german) = stage.shows_button(&anna, &shop, "Deutsch").await;
    // Somebody else; nobody's message; another chat's; what is on no button.
    stage.forges(&bob, &shop, Some(question.clone()), &german).await;
    stage.forges(&anna, &shop, None, &german).await;
    let group = json!({"message_id": 3, "date": 1, "text": "x",
        "chat": {"id": -100_123, "type": "supergroup", "title": "G"}});
    stage.forges(&anna, &shop, Some(group), &german).await;
    for data in ["", "language:", "language:fr", "language:xx", "again", "set:1:menu", "\u{0}"] {
        stage.forges(&anna, &shop, Some(question.clone()), data).await;
    }
    for person in [&anna, &bob] {
        stage.telegram.start(person, &shop, "").await;
        stage.sees_times(person, &shop, "👋 Hello!", 2).await;
    }
    // Twice, and again when it has gone.
    stage.telegram.press_all(&anna, &shop, id(&question), &[&*german; 2]);
    stage.sees(&anna, &shop, "✅ Ab jetzt").await;
    stage.telegram.quiet().await;
    stage.telegram.send(&anna, &shop, draft::text("/language")).await;
    stage.presses_on(&anna, &shop, "Español").await;
    stage.sees(&anna, &shop, "✅ A partir de ahora").await;
    let now = stage.telegram.message(&shop, anna.id, id(&question)).unwrap();
    stage.forges(&anna, &shop, Some(now), &german).await;
    stage.telegram.start(&anna, &shop, "").await;
    stage.sees(&anna, &shop, "👋 ¡Hola!").await;
    // The same at the master bot.
    stage.owner_writes("/language").await;
    stage.telegram.quiet().await;
    let (question, german) = stage.shows_button(&stage.owner, &stage.master, "Deutsch").await;
    let stranger = stage.telegram.add_person(Person::new("Eve").language("en"));
    stage.forges(&stranger, &stage.master, Some(question.clone()), &german).await;
    stage.forges(&stage.owner, &stage.master, None, &german).await;
    stage.forges(&stage.owner, &stage.master, Some(question.clone()), "language:fr").await;
    stage.owner_writes("hello").await;
    stage.owner_sees("To answer a customer").await;
    stage.presses_on(&stage.owner, &stage.master, "Español").await;
    stage.owner_sees("✅ A partir de ahora").await;
    let now = stage.telegram.message(&stage.master, stage.owner.id, id(&question)).unwrap();
    stage.forges(&stage.owner, &stage.master, Some(now), &german).await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("Tus bots para clientes:").await;
    stage.stop().await;
}
