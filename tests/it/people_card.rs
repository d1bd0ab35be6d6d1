//! The customer's card and the note on him.

use serde_json::{Value, json};
use telegram_emulator::{Answer, Fault, Person, draft};

use crate::support::{
    Mode, Stage, button,
    matrix::{on_every_database, on_every_stage},
    talk::id,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(a_card_says_who_a_customer_is);
    on_every_database!(set(Webhook):
        the_photo_comes_from_the_customers_bot,
        a_card_goes_without_a_photo_that_fails,
        blocking_and_returning_are_shown_in_the_card_only,
        bans_are_made_and_lifted_on_the_card,
        a_note_is_kept_encrypted_and_shown,
        a_note_is_asked_for_and_replaced_and_removed,
        names_cannot_imitate_anything_here,
    );
}

async fn card(stage: &Stage, copy: &Value) -> Value {
    let command = stage.answer(copy, draft::text("/info")).await;
    stage.answered(&stage.owner, &stage.master, command, "ID: ").await
}

async fn a_card_says_who_a_customer_is(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna =
        Person::new("Anna").last_name("Petrova").username("anna").language("de").premium(true);
    let anna = stage.telegram.add_person(anna);
    stage.telegram.start(&anna, &shop, "table7").await;
    stage.telegram.start(&anna, &shop, "door").await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    stage.asks(&anna, &shop, "or coffee?").await;
    let reply = stage.answer(&copy, draft::text("both")).await;
    stage.copy_of_reply(reply).await;
    let shown = card(&stage, &copy).await;
    let lines: Vec<&str> = text(&shown).lines().collect();
    assert_eq!(lines[0], "Anna Petrova @anna → @shop_bot");
    assert_eq!(lines[1], format!("ID: {}", anna.id));
    assert_eq!(lines[2..5], ["Language: Deutsch", "Premium: yes", "Labels: #table7 #door"]);
    assert!(lines[5].starts_with("First seen: 20"), "{lines:?}");
    assert_eq!(lines[6], "Messages: 2 in, 1 out");
    assert!(lines[7].starts_with("Median answer time: less than 1 min"), "{lines:?}");
    assert_eq!(lines[8..], ["Bans: none"]);
    assert!(button(&shown, "Ban").is_some() && button(&shown, "Note").is_some());
    // What is written as a reply to it is meant for her; her card keeps its buttons.
    let reply_to_card = stage.answer(&shown, draft::text("anything else?")).await;
    assert_eq!(text(&stage.copy_of_reply(reply_to_card).await), "anything else?");
    stage.settled().await;
    let kept = stage.telegram.message(&stage.master, stage.owner.id, id(&shown)).unwrap();
    assert_eq!((kept["text"].as_str(), button(&kept, "Ban").is_some()), (Some(text(&shown)), true));
    // About the owner's own reply it is the same card, but for what was said since.
    let own = stage.telegram.message(&stage.master, stage.owner.id, reply).unwrap();
    let again = card(&stage, &own).await;
    assert_eq!(text(&again), text(&shown).replace("1 out", "2 out"));
    if stage.mode() == Mode::Webhook {
        stage.redelivers("message").await;
    }
    stage.settled().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "ID: "), 2);
    stage.curtain().await;
}

async fn the_photo_comes_from_the_customers_bot(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.set_profile_photo(&anna, b"old face".to_vec());
    stage.telegram.set_profile_photo(&anna, b"new face".to_vec());
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    for _ in 0..2 {
        let shown = card(&stage, &copy).await;
        let sizes = shown["photo"].as_array().expect("a photo");
        let file = sizes.last().unwrap()["file_id"].as_str().unwrap();
        assert_eq!(&stage.telegram.file_bytes(&stage.master, file)[..], b"new face");
        assert!(shown["caption"].as_str().unwrap().starts_with("Anna @anna → @shop_bot\nID: "));
    }
    // Too much for a caption: the words go first.
    let note = "x".repeat(1000);
    stage.answer(&copy, draft::text(format!("/note {note}"))).await;
    stage.owner_sees("The note on Anna is kept.").await;
    let shown = card(&stage, &copy).await;
    assert!(shown.get("photo").is_none() && text(&shown).ends_with(&note), "{shown}");
    stage.curtain().await;
}

async fn a_card_goes_without_a_photo_that_fails(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    for (number, method) in ["getUserProfilePhotos", "getFile", "sendPhoto"].into_iter().enumerate()
    {
        stage.telegram.set_profile_photo(&anna, vec![u8::try_from(number).unwrap()]);
        let refused = Answer::Refuse(400, "Bad Request: IMAGE_PROCESS_FAILED".to_owned());
        stage.telegram.fault(Fault::on(method).answer(refused));
        let shown = card(&stage, &copy).await;
        assert!(shown.get("photo").is_none() && text(&shown).contains("Messages: 1 in"), "{shown}");
    }
    // Where Telegram no longer names him, his id stands for him.
    stage.telegram.fault(
        Fault::on("getChat").answer(Answer::Refuse(400, "Bad Request: chat not found".to_owned())),
    );
    let shown = card(&stage, &copy).await;
    assert!(text(&shown).starts_with(&format!("customer {} → @shop_bot", anna.id)), "{shown}");
    stage.curtain().await;
}

async fn blocking_and_returning_are_shown_in_the_card_only(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let before = stage.said(&stage.owner, &stage.master);
    stage.telegram.block(&anna, &shop);
    stage.telegram.quiet().await;
    assert_eq!(stage.said(&stage.owner, &stage.master), before);
    let shown = card(&stage, &copy).await;
    assert!(text(&shown).contains("\n⛔ Blocked the bot on 20"), "{shown}");
    let before = stage.said(&stage.owner, &stage.master);
    stage.telegram.unblock(&anna, &shop);
    stage.telegram.quiet().await;
    assert_eq!(stage.said(&stage.owner, &stage.master), before);
    assert!(!text(&card(&stage, &copy).await).contains("Blocked"));
    stage.curtain().await;
}

async fn bans_are_made_and_lifted_on_the_card(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    for photo in [false, true] {
        if photo {
            stage.telegram.set_profile_photo(&anna, b"face".to_vec());
        }
        let (_, copy) = stage.asks(&anna, &shop, "spam").await;
        let shown = card(&stage, &copy).await;
        assert_eq!(shown.get("photo").is_some(), photo);
        let messages = stage.telegram.chat(&stage.owner, &stage.master).len();
        let ban = button(&shown, "Ban").unwrap();
        stage.telegram.press_all(&stage.owner, &stage.master, id(&shown), &[&*ban; 2]);
        stage.owner_sees("🚫 Banned from all your bots").await;
        stage.presses(&stage.owner, "Only from @shop_bot").await;
        stage.owner_sees("🚫 Banned from @shop_bot").await;
        stage.telegram.send(&anna, &shop, draft::text("hello?")).await;
        stage.telegram.quiet().await;
        assert_eq!(stage.telegram.chat(&stage.owner, &stage.master).len(), messages, "it is calm");
        stage.presses(&stage.owner, "Delete his messages here too").await;
        stage.owner_sees("Messages deleted here: 1").await;
        assert_eq!(stage.times(&stage.owner, &stage.master, "spam"), 0);
        stage.presses(&stage.owner, "Unban").await;
        stage.sees_times(&stage.owner, &stage.master, "🚫", 0).await;
        let shown = stage.telegram.message(&stage.master, stage.owner.id, id(&shown)).unwrap();
        assert!(text(&shown).contains("Bans: none"), "{shown}");
        assert!(button(&shown, "Ban").is_some() && button(&shown, "Unban").is_none());
    }
    stage.asks(&anna, &shop, "thanks").await;
    stage.curtain().await;
}

async fn a_note_is_kept_encrypted_and_shown(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Café").await;
    let other = stage.person("Other");
    stage.telegram.start(&other, &stage.master, "").await;
    stage.sees(&other, &stage.master, "/add attaches").await;
    let bank = stage.attach_as(&other, "bank_bot", "Bank").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let command = stage.answer(&copy, draft::text("/note owes us a jasmine teapot")).await;
    stage.answered(&stage.owner, &stage.master, command, "📝 The note on Anna is kept.").await;
    stage.redelivers("message").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "is kept"), 1);
    let stored = stage.database.dump().await;
    assert!(!stored.windows(7).any(|bytes| bytes == b"jasmine"), "a note is content");
    stage.restart().await;
    // The note is on the customer, whichever bot he writes to, and its owner's alone.
    let (_, at_cafe) = stage.asks(&anna, &cafe, "and here?").await;
    for copy in [&copy, &at_cafe] {
        assert!(text(&card(&stage, copy).await).ends_with("\n📝 owes us a jasmine teapot"));
    }
    let sent = stage.telegram.send(&anna, &bank, draft::text("to the bank")).await;
    let at_bank = stage.copy_of(&bank, &anna, sent).await;
    stage.telegram.reply(&other, &stage.master, id(&at_bank), draft::text("/info")).await;
    let shown = stage.sees(&other, &stage.master, "ID: ").await;
    assert!(!text(&shown).contains("📝"), "{shown}");
    stage.curtain().await;
}

async fn a_note_is_asked_for_and_replaced_and_removed(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let shown = card(&stage, &copy).await;
    let note = button(&shown, "Note").unwrap();
    stage.telegram.press_all(&stage.owner, &stage.master, id(&shown), &[&*note; 2]);
    stage.owner_sees("Send the note on Anna").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Send the note on Anna"), 1);
    stage.restart().await;
    stage.owner_writes(&"y".repeat(1001)).await;
    stage.owner_sees("This note is too long").await;
    // An answer in between goes where it belongs.
    let reply = stage.answer(&copy, draft::text("yes, tea")).await;
    assert_eq!(text(&stage.copy_of_reply(reply).await), "yes, tea");
    let words = stage.owner_writes("likes green tea").await;
    stage.answered(&stage.owner, &stage.master, words, "is kept").await;
    assert!(text(&card(&stage, &copy).await).ends_with("\n📝 likes green tea"));
    stage.answer(&copy, draft::text("/note")).await;
    stage.sees_times(&stage.owner, &stage.master, "Send the note on Anna", 2).await;
    stage.owner_writes("/cancel").await;
    stage.owner_sees("Cancelled.").await;
    stage.owner_writes("not a note").await;
    stage.owner_sees("To answer a customer").await;
    stage.answer(&copy, draft::text("/note likes black tea")).await;
    stage.sees_times(&stage.owner, &stage.master, "is kept", 2).await;
    assert!(text(&card(&stage, &copy).await).ends_with("\n📝 likes black tea"));
    stage.answer(&copy, draft::text("/note -")).await;
    stage.owner_sees("The note on Anna is removed.").await;
    stage.answer(&copy, draft::text("/note -")).await;
    stage.owner_sees("There is no note on Anna.").await;
    assert!(!text(&card(&stage, &copy).await).contains("📝"));
    stage.curtain().await;
}

async fn names_cannot_imitate_anything_here(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let name = "Eve\n✅ Bob @bob → @bank_bot\nID: 1 \u{202e}\u{2066}";
    let eve = stage.telegram.add_person(Person::new(name).last_name("\u{301}".repeat(300)));
    let (_, copy) = stage.asks(&eve, &shop, "tea?").await;
    let shown = card(&stage, &copy).await;
    assert_eq!(text(&shown).matches("\nID: ").count(), 1, "{shown}");
    assert!(text(&shown).contains(&format!("\nID: {}\n", eve.id)));
    let mentions =
        shown["entities"].as_array().unwrap().iter().filter(|e| e["type"] == json!("mention"));
    assert_eq!(mentions.count(), 1, "only that of the bot: {shown}");
    for (command, words) in
        [("/ban", "is banned"), ("/banned", "Banned customers"), ("/inbox", "Nobody")]
    {
        stage.answer(&copy, draft::text(command)).await;
        let said = stage.owner_sees(words).await;
        let said = text(&said);
        assert!(
            !said.contains('\u{202e}') && !said.contains("@bob") && !said.contains('✅'),
            "{said}"
        );
    }
    stage.curtain().await;
}
