//! `kill -9` while people write, and how long the next start takes until it passes the first message on.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::{
    LOOK, Scene, database,
    pace::{self, Diary},
    percentile,
};
use crate::{
    Found,
    arguments::Arguments,
    chance::Chance,
    oracle::{Breach, Case, judge},
    report,
    stage::Stage,
    witness,
};

/// How many messages all customers together write in a second.
const A_SECOND: f64 = 50.0;
/// The most time from a start to the first message it passes on, besides what Telegram waits.
const FIRST: Duration = Duration::from_secs(2);
/// How long a start may take at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures it.
pub async fn measure(arguments: &Arguments, folder: &Path) -> Result<Found> {
    let times = arguments.times.max(1);
    let mut scene = Scene::set(arguments, folder, &[]).await?;
    let lines = scene.stage.lines.len();
    let diary = Arc::new(Diary::new(lines));
    let every = Duration::from_secs_f64(lines as f64 / A_SECOND);
    let forever = Duration::from_hours(24);
    let people =
        pace::write(Arc::clone(&scene.stage), Arc::clone(&diary), vec![every; lines], forever);
    let writing = tokio::spawn(people);
    let mut chance = Chance::new(arguments.seed, "recovery");
    let (mut ready, mut first) = (Vec::new(), Vec::new());
    for _ in 0..times {
        scene.pass(Duration::from_secs_f64(chance.between(1.0, 3.0))).await?;
        let (listens, passed_on) = crash(&mut scene).await?;
        ready.push(listens);
        first.push(passed_on);
    }
    writing.abort();
    let drained = scene.drained(Duration::from_secs(arguments.patience)).await?;

    let (script, written) = diary.script();
    let case = Case { stage: &scene.stage, script: &script, written, history: &scene.history };
    let mut verdict = judge(&case);
    first.sort_unstable();
    ready.sort_unstable();
    if first.last().is_some_and(|last| *last > FIRST) {
        let what = format!("a start took {:.2?} to its first message", first[first.len() - 1]);
        verdict.breaches.push((Breach::Missed, what));
    }
    let rows = [
        ("messages", format!("{}, copied {}", diary.count(), verdict.copied[0])),
        ("kill -9", format!("{times} times")),
        ("labelled repeats", verdict.repeats.to_string()),
        ("from start to listening", range(&ready)),
        ("from start to first copy", range(&first)),
        ("until all had arrived", format!("{:.1} s more", drained.as_secs_f64())),
        ("most memory", format!("{} MiB", scene.history.most_memory())),
    ];
    scene.end(arguments, folder, &mut verdict)?;
    let (kind, seed) = (database(arguments), arguments.seed);
    let command = format!("--figure recovery --times {times} --seed {seed} --database {kind}");
    let sheet = report::sheet(&command, &rows, &verdict);
    Ok((verdict, sheet))
}

/// How long after its start the next process listened, and passed the first message on.
async fn crash(scene: &mut Scene) -> Result<(Duration, Duration)> {
    let before = scene.stage.telegram.view(|view| view.ledger().len());
    scene.fleet.kill(0)?;
    let (caller, launched, _) = scene.fleet.newest();
    let mut listens_after = None;
    loop {
        scene.fleet.look().await?;
        let (.., listens) = scene.fleet.newest();
        if listens {
            listens_after.get_or_insert_with(|| launched.elapsed());
        }
        if let (Some(ready), Some(at)) = (listens_after, first_copy(&scene.stage, before, &caller))
        {
            return Ok((ready, at.saturating_duration_since(launched)));
        }
        ensure!(launched.elapsed() < PATIENCE, "nothing is passed on after a start");
        tokio::time::sleep(LOOK).await;
    }
}

/// When a process first passed a message on.
fn first_copy(stage: &Stage, before: usize, caller: &str) -> Option<Instant> {
    stage.telegram.view(|view| {
        let own = view.ledger()[before..]
            .iter()
            .filter(|effect| effect.is_send() && effect.caller.as_deref() == Some(caller));
        let mut copies = own.filter(|effect| {
            let messages = witness::messages(effect).iter();
            messages.map(|it| witness::marker(stage, view, effect.bot, it)).any(|it| it.is_some())
        });
        copies.next().map(|effect| effect.at)
    })
}

fn range(sorted: &[Duration]) -> String {
    let of = |percent| format!("{:.0} ms", percentile(sorted, percent).as_secs_f64() * 1e3);
    format!("min {}, median {}, max {}", of(0), of(50), of(100))
}
