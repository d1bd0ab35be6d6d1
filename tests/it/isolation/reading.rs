//! What an owner reads is the same whatever another one does, also with the same customer.

use serde_json::Value;
use telegram_emulator::{Person, draft};

use crate::support::{
    Stage, by_bot,
    matrix::on_every_database,
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_database!(set(Webhook): what_an_owner_reads_does_not_depend_on_another);
}

const COMMANDS: &[&str] = &[
    "/bots",
    "/inbox",
    "/banned",
    "/stats all 12m",
    "/stats all today",
    "/settings",
    "/qr",
    "/qr door1",
    "/remove",
    "/cancel",
    "/privacy",
    "/help",
    "/export",
];

/// What an owner is answered: words, buttons and files.
async fn answers(stage: &Stage, owner: &Person, about: Option<i64>, words: &str) -> Vec<String> {
    let before = stage.telegram.chat(owner, &stage.master).last().map_or(0, id);
    let draft = draft::text(words);
    match about {
        Some(copy) => stage.telegram.reply(owner, &stage.master, copy, draft).await,
        None => stage.telegram.send(owner, &stage.master, draft).await,
    };
    stage
        .wait_for(owner, &stage.master, &format!("an answer to {words}"), |messages| {
            messages.iter().any(|m| by_bot(m) && id(m) > before).then_some(())
        })
        .await;
    stage.telegram.quiet().await;
    stage.settled().await;
    let chat = stage.telegram.chat(owner, &stage.master);
    let new = chat.iter().filter(|message| by_bot(message) && id(message) > before);
    new.map(|message| {
        let file = message["document"]["file_id"].as_str();
        let file = file.map(|file| stage.telegram.file_bytes(&stage.master, file));
        let file = file.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let words = format!("{}{}", text(message), message["reply_markup"]);
        // How long somebody has waited goes on meanwhile.
        let words = words.replace("less than 1 min", "a while").replace("1 min", "a while");
        format!("{words}{}", without_its_time(file))
    })
    .collect()
}

/// An export says when it was made.
fn without_its_time(file: Option<String>) -> String {
    let Some(file) = file else { return String::new() };
    let mut export: Value = serde_json::from_str(&file).unwrap();
    export["owner"][0]["exported_at"] = Value::Null;
    export.to_string()
}

async fn reads(stage: &Stage, owner: &Person) -> Vec<String> {
    let mut all = Vec::new();
    for command in COMMANDS {
        all.push(command.to_string());
        all.extend(answers(stage, owner, None, command).await);
    }
    all
}

async fn what_an_owner_reads_does_not_depend_on_another(mut stage: Stage) {
    stage.opens().await;
    let mallory = stage.tenant("Mallory").await;
    let den = stage.attach_as(&mallory, "den_bot", "Den").await;
    stage.attach_as(&mallory, "cellar_bot", "Cellar").await;
    let kiosk = stage.attach("kiosk_bot", "Kiosk").await;
    let carl = stage.customer("Carl", &den).await;
    stage.telegram.start(&carl, &den, "door1").await;
    let (_, copy) = stage.asks(&carl, &den, "anybody there?").await;
    // It leaves a reference, which is in the next export.
    let card = answers(&stage, &mallory, Some(id(&copy)), "/info").await;
    let first = reads(&stage, &mallory).await;
    // Victor's words on the same customer are his own, and so are his numbers.
    stage.telegram.start(&carl, &kiosk, "door1").await;
    stage.telegram.start(&carl, &kiosk, "window9").await;
    let (_, asked) = stage.asks_only(&carl, &kiosk, "newspapers?").await;
    let reply = stage.answer(&asked, draft::text("Sold out.")).await;
    stage.copy_of_reply(reply).await;
    let note = stage.answer(&asked, draft::text("/note reads a lot")).await;
    stage.answered(&stage.owner, &stage.master, note, "is kept").await;
    let photo = stage.telegram.send(&carl, &kiosk, draft::photo(bytes(1, 900))).await;
    stage.copy_of(&kiosk, &carl, photo).await;
    stage.answer(&asked, draft::text("/ban")).await;
    stage.owner_sees("is banned").await;
    let bertram = stage.customer("Bertram", &kiosk).await;
    stage.asks(&bertram, &kiosk, "me too").await;
    stage.settled().await;
    assert_eq!(reads(&stage, &mallory).await, first);
    assert_eq!(answers(&stage, &mallory, Some(id(&copy)), "/info").await, card);
    // And he may write to Mallory.
    stage.asks_only(&carl, &den, "still there?").await;
    stage.curtain().await;
}
