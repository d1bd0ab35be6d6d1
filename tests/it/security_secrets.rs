//! Tokens, keys and people's words: in no log line, not even at `trace`, and in no database.

use std::fmt::Write as _;

use serde_json::json;
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{Backend, Mode, Stage, http::request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_is_logged_or_stored_by_webhook_on_sqlite() {
    nothing_secret_is_logged_or_stored(Backend::Sqlite, Mode::Webhook, "text").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_is_logged_or_stored_by_polling_on_mysql() {
    nothing_secret_is_logged_or_stored(Backend::MySql, Mode::Polling, "json").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_is_logged_or_stored_by_webhook_on_mysql() {
    nothing_secret_is_logged_or_stored(Backend::MySql, Mode::Webhook, "json").await;
}

/// The owner chose it: it is kept, but not logged.
const LABEL: &str = "table9secretlabel";
/// What must be found nowhere.
const WORDS: [&str; 14] = [
    "pumpernickel",
    "marzipan",
    "salary-list",
    "kumquat",
    "artichoke",
    "Xanthippe",
    "xanthippe",
    "Quasimodo",
    "zucchini",
    "rutabaga",
    LABEL,
    "hostileword",
    "Oleander",
    "oleander",
];

async fn nothing_secret_is_logged_or_stored(backend: Backend, mode: Mode, format: &str) {
    let mut stage = Stage::dark(backend, mode, &[("LOG", "trace"), ("LOG_FORMAT", format)]).await;
    stage.owner = stage.person("Oleander");
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    let mut process = stage.launch().await;
    let address = process.ready().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
    let (shop, renewed) = talk(&stage).await;
    let mut secrets: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    if mode == Mode::Webhook {
        for bot in [&shop, &stage.master] {
            let hook = stage.telegram.webhook_of(bot).expect("a webhook");
            let secret = hook["secret_token"].as_str().unwrap().to_owned();
            let path = format!("/hooks/telegram/{}", bot.id);
            for body in [
                "{\"hostileword\":",
                "{\"update_id\":1,\"message\":\"hostileword\"}",
                "[\"hostileword\"]",
            ] {
                let headers = [("x-telegram-bot-api-secret-token", secret.as_str())];
                request(address, "POST", &path, &headers, body.as_bytes()).await;
                let wrong = [("x-telegram-bot-api-secret-token", "zucchini-secret")];
                request(address, "POST", &path, &wrong, body.as_bytes()).await;
            }
            secrets.push(secret);
        }
    }
    let tokens = [&shop.token, &renewed.token, &stage.master.token];
    secrets.extend(tokens.iter().map(|token| token.split_once(':').unwrap().1.to_owned()));
    let key = std::fs::read_to_string(stage.database.folder().join("secret.key")).unwrap();
    secrets.push(key.trim().to_owned());
    for message in stage.telegram.chat(&stage.owner, &stage.master) {
        secrets.extend(message["document"]["file_id"].as_str().map(str::to_owned));
    }

    let stored = stage.database.dump().await;
    let finished = process.stop().await;
    assert!(finished.stderr.contains("TRACE"), "it said everything");
    assert!(finished.stderr.contains("outcome"), "{}", finished.stderr.len());
    for secret in &secrets {
        for (place, text) in [("log", &finished.stderr), ("stdout", &finished.stdout)] {
            let found = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(found, None, "{secret} in the {place}");
        }
        if secret == LABEL {
            continue;
        }
        let found = stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!found, "{secret} in the database");
    }
}

/// Everything that can happen to a message, also what goes wrong.
async fn talk(stage: &Stage) -> (Bot, Bot) {
    let (telegram, master) = (&stage.telegram, &stage.master);
    stage.owner_writes("12345678:pumpernickelpumpernickelpumpernickel").await;
    stage.owner_sees("Telegram does not accept this token").await;
    stage.owner_writes("/cancel").await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = Person::new("Xanthippe").last_name("Quasimodo").username("xanthippe").language("en");
    let anna = telegram.add_person(anna);
    // Kept, previewed, said, and one that is still being asked about.
    let greeting = draft::photo("kumquat").caption("marzipan for all");
    stage.saves_text(&["Greeting", "All languages"], greeting).await;
    stage.sets(&["Banned customers", "All languages"]).await;
    stage.owner_writes("artichoke for the banned").await;
    stage.owner_sees("Save it?").await;
    telegram.start(&anna, &shop, LABEL).await;
    stage.sees(&anna, &shop, "marzipan for all").await;
    let file = draft::document("salary-list.pdf", "application/pdf", "kumquat kumquat")
        .caption("marzipan cake");
    telegram.send(&anna, &shop, file).await;
    stage.owner_sees("marzipan").await;
    let text = telegram.send(&anna, &shop, draft::text("pumpernickel please")).await;
    let copy = stage.owner_sees("pumpernickel").await["message_id"].as_i64().unwrap();
    telegram.edit(&anna, &shop, text, draft::text("rutabaga please")).await;
    stage.owner_sees("rutabaga").await;
    telegram.reply(&stage.owner, master, copy, draft::text("artichoke instead")).await;
    stage.sees(&anna, &shop, "artichoke").await;

    for answer in [
        Answer::TooManyRequests { retry_after: 1 },
        Answer::Internal,
        Answer::ResetAfter,
        Answer::HtmlBadGateway,
        Answer::Refuse(400, "Bad Request: can't parse entities: artichoke".into()),
        Answer::Refuse(403, "Forbidden: bot was blocked by the user".into()),
    ] {
        telegram.fault(Fault::on("sendMessage").bot(&shop).answer(answer.clone()));
        telegram.fault(Fault::on("sendMessage").bot(master).answer(answer));
        telegram.send(&anna, &shop, draft::text("zucchini maybe")).await;
        telegram.quiet().await;
        telegram.reply(&stage.owner, master, copy, draft::text("artichoke again")).await;
        telegram.quiet().await;
        telegram.clear_faults();
    }
    telegram.push_update(&shop, json!({"message": {"message_id": 9_999_999_999_i64, "chat": anna.chat(), "text": "hostileword"}}));
    telegram.push_update(&shop, json!({"hostileword": {"text": "hostileword"}}));
    telegram.quiet().await;
    let renewed = telegram.revoke_token(&shop);
    telegram.reply(&stage.owner, master, copy, draft::text("artichoke once more")).await;
    stage.owner_sees("no longer accepts the token of @shop_bot").await;
    stage.owner_writes(&format!("here: {}", renewed.token)).await;
    stage.owner_sees("The new token of @shop_bot is in use").await;
    telegram.quiet().await;
    (shop, renewed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_that_cannot_be_reached_is_no_reason_to_name_the_token() {
    for (format, url) in [("text", "http://127.0.0.1:9"), ("json", "http://no-such-host.invalid")] {
        let mut stage = Stage::dark(Backend::Sqlite, Mode::Polling, &[("LOG", "trace")]).await;
        stage.vary("LOG_FORMAT", format);
        stage.vary("TELEGRAM_API_URL", url);
        let mut process = stage.launch().await;
        let said = "the master bot can't work yet";
        process.until(said, |process| process.stderr().contains(said).then_some(())).await;
        let finished = process.stop().await;
        let secret = stage.master.token.split_once(':').unwrap().1;
        assert!(!finished.stderr.contains(secret) && !finished.stdout.contains(secret));
        let mut variables = String::new();
        let _ = write!(variables, "{:?}", stage.variables());
        assert!(variables.contains(secret), "the secret looked for is the right one");
    }
}
