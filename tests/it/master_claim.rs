//! Who gets in: by the claim link, by `OWNER_IDS`, by open registration; and everybody else.

use serde_json::json;
use telegram_emulator::{Person, draft};

use crate::support::{
    Process, Stage,
    matrix::{on_every_dark_stage, on_every_database, on_every_stage},
};

mod stages {
    use super::*;
    on_every_dark_stage!(whoever_opens_the_link_first_owns_the_installation);
    on_every_database!(dark(Webhook):
        two_people_race_for_the_link,
        a_link_opened_again_says_nothing_more,
        with_open_registration_everybody_is_an_owner,
    );
    on_every_database!(set(Webhook): with_owner_ids_there_is_no_link);
    on_every_stage!(a_stranger_is_refused_once_and_nothing_works_for_him);
}

const REFUSAL: &str = "Sorry, this bot works for its owner only.";

/// The payload of the claim link on a child's stdout.
pub async fn printed_code(process: &mut Process) -> String {
    let line = process
        .until("the claim link", |process| {
            let stdout = process.stdout();
            stdout.lines().find(|line| line.contains("?start=claim_")).map(str::to_owned)
        })
        .await;
    let (address, code) = line.trim().split_once("?start=").unwrap();
    assert_eq!(address, "https://t.me/master_bot");
    code.to_owned()
}

async fn whoever_opens_the_link_first_owns_the_installation(stage: Stage) {
    let mut process = stage.launch().await;
    let code = printed_code(&mut process).await;
    let (telegram, master) = (&stage.telegram, &stage.master);
    let (late, guesser) = (stage.person("Late"), stage.person("Guesser"));
    let last = if code.ends_with('x') { 'y' } else { 'x' };
    let wrong = format!("{}{last}", &code[..code.len() - 1]);
    for payload in [wrong.as_str(), "claim_", "claim", &code[6..], ""] {
        telegram.start(&guesser, master, payload).await;
    }
    stage.sees(&guesser, master, REFUSAL).await;
    telegram.start(&stage.owner, master, &code).await;
    stage.owner_sees("This installation is yours now.").await;
    telegram.start(&late, master, &code).await;
    stage.sees(&late, master, REFUSAL).await;
    telegram.quiet().await;
    assert_eq!(stage.times(&guesser, master, ""), 1);
    assert_eq!(stage.times(&late, master, ""), 1);
    let finished = process.stop().await;
    assert!(!finished.stderr.contains(&code[6..]), "the code is for the terminal, not for the log");

    let process = stage.launch().await;
    telegram.start(&late, master, &code).await;
    stage.owner_writes("/bots").await;
    stage.owner_sees("no client bots yet").await;
    telegram.quiet().await;
    assert_eq!(stage.times(&late, master, ""), 1);
    let finished = process.stop().await;
    assert_eq!(finished.stdout, "", "nothing is left to claim");
    assert_eq!(telegram.complaints(), Vec::<String>::new());
}

async fn two_people_race_for_the_link(stage: Stage) {
    let mut process = stage.launch().await;
    let code = printed_code(&mut process).await;
    let people: Vec<Person> = (0..6).map(|n| stage.person(&format!("Racer{n}"))).collect();
    let openings = people.iter().map(|person| stage.telegram.start(person, &stage.master, &code));
    futures::future::join_all(openings).await;
    stage.telegram.quiet().await;
    let winners = people
        .iter()
        .filter(|person| stage.times(person, &stage.master, "is yours now") == 1)
        .count();
    let losers =
        people.iter().filter(|person| stage.times(person, &stage.master, REFUSAL) == 1).count();
    assert_eq!((winners, losers), (1, 5), "{}", stage.telegram.dump());
    process.stop().await;
}

async fn a_link_opened_again_says_nothing_more(stage: Stage) {
    let mut process = stage.launch().await;
    let code = printed_code(&mut process).await;
    stage.telegram.start(&stage.owner, &stage.master, &code).await;
    stage.owner_sees("is yours now").await;
    stage.redelivers("message").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, ""), 1, "{}", stage.telegram.dump());
    process.stop().await;
}

async fn with_open_registration_everybody_is_an_owner(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    stage.start().await;
    let (master, other) = (stage.master.clone(), stage.person("Other"));
    stage.telegram.send(&other, &master, draft::text("hello")).await;
    stage.sees(&other, &master, "Send /start to begin.").await;
    stage.telegram.send(&other, &master, draft::text("/privacy")).await;
    stage.sees(&other, &master, "nothing is kept about you").await;
    stage.telegram.quiet().await;
    stage.nothing_names(other.id).await;
    for person in [stage.owner.clone(), other.clone()] {
        stage.telegram.start(&person, &master, "").await;
        stage.sees(&person, &master, "/add attaches").await;
        stage.redelivers("message").await;
        assert_eq!(stage.times(&person, &master, "/add attaches"), 1);
    }
    stage.stop().await;
}

async fn with_owner_ids_there_is_no_link(mut stage: Stage) {
    stage.stop().await;
    let fresh = stage.database.folder().join("fresh.db");
    stage.vary("DATABASE_URL", &format!("sqlite://{}", fresh.display()));
    stage.vary("SECRET_KEY_FILE", &stage.database.folder().join("fresh.key").display().to_string());
    let process = stage.launch().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.sees_times(&stage.owner, &stage.master, "/add attaches", 2).await;
    assert_eq!(process.stop().await.stdout, "");
}

async fn a_stranger_is_refused_once_and_nothing_works_for_him(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.telegram.send(&anna, &shop, draft::text("Do you have tea?")).await;
    let copy = stage.owner_sees("Do you have tea?").await;
    // A question that is open at the owner's: nobody else may answer it.
    stage.owner_writes("/remove").await;
    let question = stage.owner_sees("Detach @shop_bot?").await;

    let (telegram, master) = (stage.telegram.clone(), stage.master.clone());
    let stranger = stage.person("Stranger");
    let own = telegram.add_bot("strangers_bot", "Own");
    for command in ["/start", "/help", "/add", "/bots", "/remove", "/qr", "/subscribe", "/cancel"] {
        telegram.send(&stranger, &master, draft::text(command)).await;
    }
    let words = telegram.send(&stranger, &master, draft::text(&own.token)).await;
    telegram.edit(&stranger, &master, words, draft::text("/bots")).await;
    telegram.send(&stranger, &master, draft::text(format!("/add {}", own.token))).await;
    telegram.send(&stranger, &master, draft::photo("bytes")).await;
    let chat = stranger.chat();
    for id in [&copy, &question].map(|message| message["message_id"].clone()) {
        let replied = json!({"message_id": id, "date": 1, "chat": chat, "from": {"id": master.id, "is_bot": true, "first_name": "M"}, "text": "x"});
        let reply = json!({"message": {"message_id": 900, "date": 1, "chat": chat, "from": stranger.user(), "text": "let me in", "reply_to_message": replied}});
        telegram.push_update(&master, reply);
        for data in ["remove", "choose-removal", "qr", "takeover", "cancel"] {
            for chat in [&chat, &stage.owner.chat()] {
                let message = json!({"message_id": id, "date": 1, "chat": chat, "text": "x"});
                let data = format!("{data}:{}", shop.id);
                let query = json!({"id": "4711", "from": stranger.user(), "chat_instance": "1", "message": message, "data": data});
                telegram.push_update(&master, json!({ "callback_query": query }));
            }
        }
        let query =
            json!({"id": "4712", "from": stranger.user(), "chat_instance": "1", "data": "again"});
        telegram.push_update(&master, json!({ "callback_query": query }));
    }
    telegram.quiet().await;
    stage.restart().await;
    telegram.send(&stranger, &master, draft::text("/start claim_me")).await;
    telegram.send(&stranger, &master, draft::text("hello?")).await;
    telegram.quiet().await;

    assert_eq!(stage.times(&stranger, &master, ""), 1, "{}", telegram.dump());
    assert_eq!(stage.times(&stranger, &master, REFUSAL), 1);
    assert_eq!(stage.times(&anna, &shop, "let me in"), 0);
    let touched = |bot: i64| telegram.ledger().iter().filter(|effect| effect.bot == bot).count();
    assert_eq!(touched(own.id), 0, "his token is not even tried");
    let shown = telegram.message(&master, stage.owner.id, question["message_id"].as_i64().unwrap());
    assert_eq!(shown.as_ref().map(|shown| &shown["text"]), Some(&question["text"]));
    stage.presses(&stage.owner, "Detach").await;
    stage.owner_sees("@shop_bot is detached").await;
    stage.stop().await;
    assert_eq!(telegram.complaints(), Vec::<String>::new());
}
