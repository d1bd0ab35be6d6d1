//! What the phones show at one instant, in parts: a page is sent only the parts that differ.

use serde_json::{Value, json};
use telegram_emulator::{Bot, Person, View};

use crate::{stage::Stage, strip};

/// How many answered button presses are told: those of the last moments matter.
const ANSWERS: usize = 30;

/// Each part's name and contents.
pub(crate) fn parts(stage: &Stage, view: &View<'_>) -> Vec<(String, Value)> {
    let bots = view.bots();
    let mut parts = vec![("cast".to_owned(), cast(stage, &bots))];
    for person in stage.people() {
        for bot in stage.bots_of(person, &bots) {
            let chat = chat(view, person, &bot);
            parts.push((format!("chat:{}:{}", person.id, bot.id), chat));
        }
    }
    let answers = view.answered_callbacks();
    let recent = &answers[answers.len().saturating_sub(ANSWERS)..];
    parts.push(("answers".to_owned(), recent.iter().map(answer).collect()));
    parts
}

/// People and bots. Never a token.
fn cast(stage: &Stage, bots: &[Bot]) -> Value {
    let person = |person: &Person| {
        json!({
            "id": person.id, "name": person.first_name, "last_name": person.last_name,
            "username": person.username,
            "bots": stage.bots_of(person, bots).iter().map(|bot| bot.id).collect::<Vec<_>>(),
        })
    };
    let bot = |bot: &Bot| json!({"id": bot.id, "name": bot.name, "username": bot.username});
    json!({
        "owner": person(&stage.owner),
        "customers": stage.customers.iter().map(person).collect::<Vec<_>>(),
        "master": stage.master.id,
        "ready": strip::time(stage, stage.ready),
        "bots": bots.iter().map(bot).collect::<Vec<_>>(),
    })
}

fn chat(view: &View<'_>, person: &Person, bot: &Bot) -> Value {
    let topics = view.private_topics(person, bot);
    let topics: Vec<Value> =
        topics.iter().map(|(id, topic)| json!({"id": id, "name": topic["name"]})).collect();
    json!({
        "person": person.id,
        "bot": bot.id,
        "messages": view.chat(person, bot),
        "unacknowledged": view.unacknowledged(person, bot),
        "menu": view.menu(person, bot),
        "topics": topics,
        "started": view.has_started(person, bot),
        "blocked": view.has_blocked(person, bot),
    })
}

fn answer(answer: &Value) -> Value {
    json!({
        "id": answer["callback_query_id"], "text": answer["text"],
        "alert": answer["show_alert"] == true,
    })
}
