//! The whole conversation, told once from the first `/start` to the last button: after each step,
//! what every side sees.

mod albums;
mod arrival;
mod buttons;
mod changes;
mod contents;
mod deletes;
mod inbox;
mod killed;
mod line;
mod people;
mod reactions;
mod script;
mod settings;
mod talk;

use script::Script;

use crate::support::{Stage, matrix::on_every_stage};

mod stages {
    use super::*;
    on_every_stage!(the_whole_conversation);
}

async fn the_whole_conversation(stage: Stage) {
    let mut script = Script::begin(stage);
    arrival::bots(&mut script).await;
    arrival::customers(&mut script).await;
    talk::both_ways(&mut script).await;
    contents::every_kind(&mut script).await;
    contents::imitations(&mut script).await;
    script.judged().await;
    script.restarts().await;
    changes::of_words(&mut script).await;
    changes::of_files_and_places(&mut script).await;
    changes::in_a_hurry(&mut script).await;
    albums::inbound(&mut script).await;
    albums::outbound(&mut script).await;
    reactions::both_ways(&mut script).await;
    deletes::of_the_owner(&mut script).await;
    deletes::of_the_customer(&mut script).await;
    script.restarts().await;
    people::card_and_note(&mut script).await;
    people::bans(&mut script).await;
    people::blocked(&mut script).await;
    inbox::waiting(&mut script).await;
    inbox::codes(&mut script).await;
    settings::greetings(&mut script).await;
    settings::rules(&mut script).await;
    settings::languages(&mut script).await;
    buttons::of_the_owner(&mut script).await;
    buttons::of_bans_and_bots(&mut script).await;
    buttons::of_settings_and_languages(&mut script).await;
    assert!(script.steps >= 120, "{} steps", script.steps);
    script.stage.curtain().await;
}
