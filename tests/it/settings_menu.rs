//! `/settings` as the owner sees it: every change is previewed, can be cancelled, and is kept.

use serde_json::json;
use telegram_emulator::draft;

use crate::support::{
    Stage,
    buttons::STALE,
    content::Content,
    matrix::{on_every_database, on_every_stage},
    talk::{bytes, id, rich},
};

mod stages {
    use super::*;
    on_every_stage!(every_choice_is_previewed_cancelled_and_kept);
    on_every_database!(set(Webhook):
        a_text_is_previewed_cancelled_and_kept,
        an_open_question_survives_a_restart,
        what_cannot_be_a_text_is_refused_and_the_question_stays_open,
        a_bot_among_several_is_chosen_and_the_other_stays_as_it_is,
        old_forged_and_foreign_buttons_change_nothing,
        a_reply_to_a_customer_is_no_greeting,
        no_text_can_be_read_in_the_database,
    );
}

/// A topic, a choice in it, its preview, and how its line reads then.
const CHOICES: [(&str, &str, &str, &str); 18] = [
    (
        "Acknowledgement",
        "after every message",
        "told after every message",
        "Acknowledgement: after every",
    ),
    ("Acknowledgement", "a reaction", "see 👍 on each message", "Acknowledgement: a reaction"),
    ("Acknowledgement", "never", "will not be told that a message", "Acknowledgement: never"),
    ("Acknowledgement", "once per conversation", "told once", "Acknowledgement: once per"),
    ("Reminder", "after 1 h", "waited 1 h", "Reminder: after 1 h"),
    ("Reminder", "after 48 h", "waited 48 h", "Reminder: after 48 h"),
    ("Reminder", "off", "not be reminded", "Reminder: off"),
    ("Reminder", "after 24 h", "waited 24 h", "Reminder: after 24 h"),
    (
        "Protect content",
        "on, no forwarding, no saving",
        "not be able to forward",
        "Protect content: on",
    ),
    (
        "Protect content",
        "off, customers may forward and save",
        "will be able to forward",
        "Protect content: off",
    ),
    ("Usernames", "hidden", "🆕 Anna → @shop_bot", "Usernames: hidden"),
    ("Usernames", "shown", "🆕 Anna @anna → @shop_bot", "Usernames: shown"),
    (
        "Careful with newcomers",
        "on, no links, files or forwards",
        "will not be able to send links",
        "Careful with newcomers: on",
    ),
    ("Careful with newcomers", "off", "will be able to send everything", "with newcomers: off"),
    (
        "Ask me about newcomers",
        "on, Accept or Ban",
        "will come with “Accept” and “Ban”",
        "Ask me about newcomers: on",
    ),
    ("Ask me about newcomers", "off", "will come like any other", "about newcomers: off"),
    (
        "Button for newcomers",
        "on, press before the first message",
        "will be asked to press a button",
        "Button for newcomers: on",
    ),
    ("Button for newcomers", "off", "will not have to press", "Button for newcomers: off"),
];

async fn every_choice_is_previewed_cancelled_and_kept(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    stage.owner_writes("/settings").await;
    let first = stage.owner_sees("⚙️ Settings of @shop_bot").await;
    for line in [
        "Greeting: the standard text",
        "Acknowledgement: once per conversation",
        "Text of the acknowledgement: the standard text",
        "Reminder: off",
        "Banned customers: see nothing",
        "Protect content: off",
        "Usernames: shown",
        "Careful with newcomers: off",
        "Ask me about newcomers: off",
        "Button for newcomers: off",
    ] {
        assert!(first["text"].as_str().unwrap().contains(&format!("\n{line}")), "{line}");
    }
    for (topic, choice, preview, line) in CHOICES {
        let before = stage.menu().await;
        // The present choice has a mark; choosing it again is no harm.
        let label =
            |menu: &str| if menu.contains(line) { format!("✓ {choice}") } else { choice.into() };
        if topic.ends_with("newcomers") {
            stage.walks(&["Newcomers"]).await;
        }
        stage.walks(&[topic, &label(&before)]).await;
        assert!(stage.menu().await.contains(preview), "{choice}: {}", stage.menu().await);
        stage.walks(&["Cancel"]).await;
        let cancelled = stage.menu().await;
        assert!(cancelled.starts_with("Nothing was changed."), "{cancelled}");
        let overview = |menu: &str| menu[menu.find('⚙').unwrap()..].to_owned();
        assert_eq!(overview(&cancelled), overview(&before));
        if topic.ends_with("newcomers") {
            stage.walks(&["Newcomers"]).await;
        }
        stage.walks(&[topic, &label(&before), "Save"]).await;
        let saved = stage.menu().await;
        assert!(saved.starts_with("✅ Saved.") && saved.contains(line), "{saved}");
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, "⚙️"), 1, "one message, changed in place");
    stage.walks(&["Close"]).await;
    let closed = stage.telegram.message(&stage.master, stage.owner.id, id(&first)).unwrap();
    assert_eq!(closed.get("reply_markup"), None);
    stage.restart().await;
    stage.owner_writes("/settings").await;
    stage.sees_times(&stage.owner, &stage.master, "Reminder: after 24 h", 2).await;
    stage.curtain().await;
}

async fn a_text_is_previewed_cancelled_and_kept(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    let (text, entities) = rich(&[
        ("Welcome 🦊 to the ", json!(null)),
        ("shop", json!({"type": "bold"})),
        (", see ", json!(null)),
        ("here", json!({"type": "text_link", "url": "https://shop.example/"})),
    ]);
    let shown = |stage: &Stage, written: i64| {
        let chat = stage.telegram.chat(&stage.owner, &stage.master);
        let at = chat.iter().position(|message| id(message) == written).unwrap();
        let preview = chat[at + 1].clone();
        stage.telegram.view(|view| {
            let wanted = Content::read(view, &stage.master, &chat[at]);
            let seen = Content::read(view, &stage.master, &preview);
            assert!(seen.shows(&wanted), "{seen:?} instead of {wanted:?}");
        });
        let question = chat[at + 2]["text"].as_str().unwrap();
        assert!(question.contains("Customers will see it like this"), "{question}");
    };
    // Cancelled by the button, and by the command.
    for cancel in ["Cancel", "/cancel"] {
        stage.sets(&["Greeting", "All languages"]).await;
        let draft = draft::text(&*text).entities(entities.clone());
        let written = stage.telegram.send(&stage.owner, &stage.master, draft).await;
        stage.telegram.quiet().await;
        shown(&stage, written);
        if cancel == "Cancel" {
            stage.walks(&["Cancel"]).await;
            assert!(stage.menu().await.starts_with("Nothing was changed."));
        } else {
            stage.owner_writes("/cancel").await;
            stage.owner_sees("Cancelled.").await;
        }
        stage.sets(&[]).await;
        assert!(stage.menu().await.contains("Greeting: the standard text"));
    }
    let photo = draft::photo(bytes(1, 4000))
        .caption("Look")
        .caption_entities(json!([{"type": "italic", "offset": 0, "length": 4}]));
    let written = stage.saves_text(&["Greeting", "Deutsch"], photo).await;
    shown_photo(&stage, written);
    let saved = stage.menu().await;
    assert!(saved.starts_with("✅ Saved."), "{saved}");
    assert!(saved.contains("Greeting: your own text (Deutsch)"), "{saved}");
    stage.saves_text(&["Banned customers", "All languages"], draft::text("Go away.")).await;
    let way = ["Acknowledgement", "Text of the acknowledgement", "English"];
    stage.saves_text(&way, draft::text("Got it.")).await;
    stage.restart().await;
    stage.sets(&[]).await;
    let menu = stage.menu().await;
    for line in [
        "\nGreeting: your own text (Deutsch)",
        "\nBanned customers: your own text (All languages)",
        "\nText of the acknowledgement: your own text (English)",
    ] {
        assert!(menu.contains(line), "{menu}");
    }
    // Taken away again, after a question.
    stage.walks(&["Greeting", "✓ Deutsch", "Remove"]).await;
    assert!(stage.menu().await.contains("will be removed: Greeting (Deutsch)"));
    stage.walks(&["Cancel", "Greeting", "✓ Deutsch", "Remove", "Save"]).await;
    assert!(stage.menu().await.contains("Greeting: the standard text"));
    stage.curtain().await;
}

fn shown_photo(stage: &Stage, written: i64) {
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    let at = chat.iter().position(|message| id(message) == written).unwrap();
    stage.telegram.view(|view| {
        let wanted = Content::read(view, &stage.master, &chat[at]);
        let seen = Content::read(view, &stage.master, &chat[at + 1]);
        assert!(seen.shows(&wanted), "{seen:?} instead of {wanted:?}");
    });
}

async fn an_open_question_survives_a_restart(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    stage.sets(&["Greeting", "All languages"]).await;
    stage.restart().await;
    stage.owner_writes("Welcome!").await;
    stage.owner_sees("Customers will see it like this").await;
    stage.restart().await;
    stage.walks(&["Save"]).await;
    assert!(stage.menu().await.contains("Greeting: your own text"));
    stage.walks(&["Protect content", "on, no forwarding, no saving"]).await;
    stage.restart().await;
    stage.walks(&["Save"]).await;
    assert!(stage.menu().await.contains("Protect content: on"));
    stage.curtain().await;
}

async fn what_cannot_be_a_text_is_refused_and_the_question_stays_open(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    stage.sets(&["Greeting", "All languages"]).await;
    let kind = "This kind of message can't be a greeting.";
    let refused = [
        (draft::poll("Tea?", &["yes", "no"]), kind),
        (draft::dice("🎲", 3), kind),
        (draft::unknown("hologram", json!({"id": 1})), kind),
        (draft::big_document("film.mkv", 21 << 20), "The file is too big for a greeting"),
    ];
    for (number, (draft, words)) in refused.into_iter().enumerate() {
        let sent = stage.telegram.send(&stage.owner, &stage.master, draft).await;
        stage.answered(&stage.owner, &stage.master, sent, words).await;
        assert_eq!(stage.times(&stage.owner, &stage.master, "Save it?"), 0, "{number}");
    }
    let token = stage.telegram.add_bot("other_bot", "Other").token;
    let sent = stage.owner_writes(&format!("Hello {token}")).await;
    stage.owner_sees("There is a bot token in this message").await;
    assert_eq!(stage.telegram.message(&stage.master, stage.owner.id, sent), None, "it is wiped");
    stage.owner_writes("/bots").await;
    stage.owner_sees("Your client bots:").await;
    stage.owner_writes("Welcome!").await;
    stage.owner_sees("Save it?").await;
    // Something else while the question is open: it is not taken for an answer.
    stage.owner_writes("Or rather this").await;
    stage.owner_sees("Press “Save” or “Cancel”").await;
    stage.walks(&["Save"]).await;
    assert!(stage.menu().await.contains("Greeting: your own text"));
    // Only a greeting may hold a file.
    stage.sets(&["Banned customers", "All languages"]).await;
    let sent = stage.telegram.send(&stage.owner, &stage.master, draft::photo(bytes(2, 900))).await;
    stage.answered(&stage.owner, &stage.master, sent, "Only text can stand here.").await;
    stage.owner_writes("/cancel").await;
    stage.owner_sees("Cancelled.").await;
    stage.owner_writes("hello").await;
    stage.owner_sees("To answer a customer").await;
    stage.curtain().await;
}

async fn a_bot_among_several_is_chosen_and_the_other_stays_as_it_is(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    stage.attach("cafe_bot", "Café").await;
    stage.owner_writes("/settings").await;
    stage.owner_sees("Whose settings?").await;
    stage.walks(&["@cafe_bot", "Usernames", "hidden", "Save"]).await;
    assert!(stage.menu().await.contains("⚙️ Settings of @cafe_bot"));
    assert!(stage.menu().await.contains("Usernames: hidden"));
    stage.sets(&["@shop_bot"]).await;
    assert!(stage.menu().await.contains("Usernames: shown"));
    stage.curtain().await;
}

async fn old_forged_and_foreign_buttons_change_nothing(mut stage: Stage) {
    let other = stage.person("Other");
    stage.vary("OWNER_IDS", &format!("{},{}", stage.owner.id, other.id));
    stage.restart().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    stage.sets(&["Protect content", "on, no forwarding, no saving"]).await;
    let (question, save) = stage.shows_button(&stage.owner, &stage.master, "Save").await;
    // Another owner presses what is not in his chat, and what is not his bot's.
    let foreign = json!({"message_id": 3, "date": 1, "chat": other.chat(), "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": "Save", "callback_data": save}]]}});
    for message in [Some(question.clone()), Some(foreign), None] {
        stage.forges(&other, &stage.master, message, &save).await;
    }
    assert_eq!(stage.times(&other, &stage.master, "⚙️"), 0);
    // Twice: the second is too late.
    let id = id(&question);
    stage.telegram.press_all(&stage.owner, &stage.master, id, &[&*save; 2]);
    stage.telegram.quiet().await;
    stage.pops_up(STALE, 1).await;
    assert!(stage.menu().await.contains("Protect content: on"));
    // Switched off again, the old press is replayed: on the message as it was, as it is, and when
    // the same question is open once more for another choice.
    let off = "off, customers may forward and save";
    stage.walks(&["Protect content", off, "Save"]).await;
    let now = stage.telegram.message(&stage.master, stage.owner.id, id).unwrap();
    for message in [question.clone(), now] {
        stage.forges(&stage.owner, &stage.master, Some(message), &save).await;
    }
    stage.walks(&["Usernames", "hidden"]).await;
    stage.forges(&stage.owner, &stage.master, Some(question.clone()), &save).await;
    let cancel = save.replace("save", "cancel");
    stage.forges(&stage.owner, &stage.master, Some(question.clone()), &cancel).await;
    stage.walks(&["Save"]).await;
    let menu = stage.menu().await;
    assert!(menu.contains("Protect content: off") && menu.contains("Usernames: hidden"), "{menu}");
    // A bare message has no buttons, whatever is said to have been pressed on it.
    stage.walks(&["Close"]).await;
    let bare = stage.telegram.message(&stage.master, stage.owner.id, id).unwrap();
    for data in ["menu", "write.greeting.all", "ask.set.protect.on", "open.ack", "x", "save"] {
        let data = format!("set:{}:{data}", shop.id);
        stage.forges(&stage.owner, &stage.master, Some(bare.clone()), &data).await;
    }
    stage.forges(&stage.owner, &stage.master, None, &format!("set:{}:menu", shop.id)).await;
    assert_eq!(stage.telegram.message(&stage.master, stage.owner.id, id).unwrap(), bare);
    stage.owner_writes("this is no greeting").await;
    stage.owner_sees("To answer a customer").await;
    // A press delivered again.
    stage.sets(&["Reminder", "after 4 h", "Save"]).await;
    stage.redelivers("callback_query").await;
    assert!(stage.menu().await.contains("Reminder: after 4 h"));
    stage.stop().await;
}

async fn a_reply_to_a_customer_is_no_greeting(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "Do you have tea?").await;
    stage.sets(&["Greeting", "All languages"]).await;
    stage.answer(&copy, draft::text("Yes, green")).await;
    stage.sees(&anna, &shop, "Yes, green").await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Save it?"), 0);
    stage.owner_writes("Welcome!").await;
    stage.owner_sees("Save it?").await;
    stage.curtain().await;
}

async fn no_text_can_be_read_in_the_database(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    let photo = draft::photo(bytes(3, 900)).caption("pumpernickel");
    let written = stage.saves_text(&["Greeting", "All languages"], photo).await;
    let photo = stage.telegram.message(&stage.master, stage.owner.id, written).unwrap();
    let file = photo["photo"][0]["file_id"].as_str().unwrap().to_owned();
    stage.sets(&["Banned customers", "Español"]).await;
    stage.owner_writes("marzipan").await;
    stage.owner_sees("Save it?").await;
    for asked in [true, false] {
        let stored = stage.database.dump().await;
        for secret in ["pumpernickel", "marzipan", &file] {
            let found = stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
            assert!(!found, "{secret} in the database, asked: {asked}");
        }
        if asked {
            stage.walks(&["Save"]).await;
        }
    }
    stage.curtain().await;
}
