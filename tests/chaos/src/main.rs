//! Many people talk through the relay while everything around it fails: it is killed and frozen, Telegram's answers
//! are lost, the database dies. Then everything calms down, and a judge compares what was written with what arrived.
//!
//! In reading order: [`script`] (what people do, from the seed), [`stage`] and [`people`] (who they are, how they do
//! it), [`fleet`] and [`database`] (what is done to the relay), [`marker`] and [`witness`] (how a message is known
//! again), [`oracle`] and [`secrets`] (the judge), [`report`]. [`figure`] measures one thing alone on the same stage.

mod arguments;
mod chance;
mod database;
mod figure;
mod fleet;
mod history;
mod marker;
mod oracle;
mod people;
mod report;
mod script;
mod secrets;
mod stage;
mod witness;

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use clap::Parser;
use telegram_emulator::Mix;
use tokio::sync::watch;

use crate::{
    arguments::{Arguments, Intake, Switch},
    database::Database,
    fleet::{Clock, Fleet},
    history::History,
    oracle::{Breach, Case, Verdict, judge},
    people::Written,
    report::Figures,
    script::Script,
    stage::Stage,
};

/// Nothing has been called for so long: all is quiet.
const QUIET: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let judged = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&arguments)));
    match judged {
        Ok((verdict, sheet)) => {
            print!("{sheet}");
            for line in report::ledger(&verdict).lines().take(60) {
                println!("{line}");
            }
            if verdict.breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("chaos: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// What was found, and the sheet that says so.
type Found = (Verdict, String);

async fn run(arguments: &Arguments) -> Result<Found> {
    let several = arguments.replicas > 1;
    ensure!(
        !several || (arguments.intake == Intake::Webhook && arguments.database_url.is_some()),
        "several replicas need webhooks and a database server"
    );
    ensure!(
        arguments.owners.min(arguments.bots).min(arguments.customers).min(arguments.replicas) > 0,
        "there must be at least one of each"
    );
    let folder = tempfile::Builder::new().prefix("relay-chaos.").tempdir()?;
    let kept = arguments.keep.then(|| folder.path().to_owned());
    let result = match arguments.figure {
        Some(figure) => figure::measure(figure, arguments, folder.path()).await,
        None => run_in(arguments, folder.path()).await,
    };
    if let Some(path) = kept {
        let _ = folder.keep();
        eprintln!("chaos: everything is kept in {}", path.display());
    }
    result
}

async fn run_in(arguments: &Arguments, folder: &Path) -> Result<Found> {
    let history = History::default();
    let stage = Stage::set(arguments).await?;
    let script = script::write(arguments.seed, arguments.customers, arguments.messages);
    let (database, url) = match &arguments.database_url {
        Some(url) => {
            let (database, url) = Database::reach(arguments, url, history.clone()).await?;
            (Some(database), url)
        }
        None => (None, format!("sqlite://{}/relay.db", folder.display())),
    };
    let mut fleet = Fleet::new(arguments, &stage, (folder, url), history.clone())?;
    fleet.start().await?;
    let began = Instant::now();
    stage.attach().await?;
    eprintln!("chaos: {} bots attached in {:.1?}", stage.bots.len(), began.elapsed());

    let written = Written::default();
    let case = |written: &Written| Case {
        stage: &stage,
        script: &script,
        written: written.all(),
        history: &history,
    };
    let began = Instant::now();
    let talk = talk(arguments, (&stage, &script, &written), fleet, database);
    let (mut fleet, database, (faults, undone)) = talk.await?;
    let writing = began.elapsed();
    eprintln!("chaos: everybody has written after {writing:.1?}; waiting for what is under way");

    let began = Instant::now();
    let settled = settle(arguments, &stage, || judge(&case(&written)));
    let mut verdict = tokio::select! {
        verdict = settled => verdict,
        () = people::owners(&stage, &script, &written) => Verdict::default(),
        failed = fleet.recover() => { failed?; Verdict::default() }
    };
    let settling = began.elapsed();
    if undone > 0 {
        let what = format!("nothing went on any more: {undone} deeds of customers were not done");
        verdict.breaches.push((Breach::Lost, what));
    }
    drop(fleet);
    drop(database);
    let folders = [Some(folder.to_owned()), arguments.database_folder.clone()];
    let folders: Vec<_> = folders.into_iter().flatten().collect();
    let search = secrets::search(&stage, &folders)?;
    verdict.breaches.extend(search.found.into_iter().map(|what| (Breach::Leaked, what)));
    if let Some(path) = &arguments.ledger {
        std::fs::write(path, report::ledger(&verdict))?;
    }
    let figures = Figures {
        writing,
        settling,
        calls: stage.telegram.view(|view| {
            view.ledger().iter().filter(|call| call.method != "getWebhookInfo").count()
        }),
        faults,
        history: history.counts(),
        most_memory: history.most_memory(),
        searched: search.bytes,
    };
    let sheet = report::table(arguments, &verdict, &figures);
    Ok((verdict, sheet))
}

/// The faults that were played, and how many deeds were not done because nothing went on any more.
type Played = (std::collections::BTreeMap<&'static str, usize>, usize);

/// Everybody talks and everything fails, until the last customer has written.
async fn talk(
    arguments: &Arguments,
    (stage, script, written): (&Stage, &Script, &Written),
    fleet: Fleet,
    database: Option<Database>,
) -> Result<(Fleet, Option<Database>, Played)> {
    let seed = arguments.seed;
    if arguments.faults == Switch::On {
        let longest_hang = Duration::from_secs(arguments.longest_hang.max(1));
        stage.telegram.set_fault_mix(Some(Mix { seed, longest_hang, ..Mix::default() }));
    }
    let (stop, stopped) = watch::channel(false);
    let kills = Clock::new(arguments.kill.0, seed, "kills");
    let freezes = Clock::new(arguments.freeze.0, seed, "freezes");
    let fleet = tokio::spawn(fleet.suffer((kills, freezes), stopped.clone()));
    let restarts = Clock::new(arguments.database_restart.0, seed, "restarts");
    let troubles = Clock::new(arguments.database_trouble.0, seed, "troubles");
    let database =
        database.map(|database| tokio::spawn(database.suffer((restarts, troubles), stopped)));
    let limits = (arguments.pending, Duration::from_secs(arguments.patience));
    let undone = tokio::select! {
        undone = people::customers(stage, script, written, limits) => undone,
        () = people::owners(stage, script, written) => 0,
    };
    let _ = stop.send(true);
    let faults = stage.telegram.faults_played();
    stage.telegram.set_fault_mix(None);
    let database = match database {
        Some(database) => Some(database.await??),
        None => None,
    };
    Ok((fleet.await??, database, (faults, undone)))
}

/// Waits until nothing is under way and nothing is missing, or patience ends; the last verdict.
async fn settle(arguments: &Arguments, stage: &Stage, judge: impl Fn() -> Verdict) -> Verdict {
    let deadline = Instant::now() + Duration::from_secs(arguments.patience);
    // The watch over webhooks goes on for ever.
    let calls = || {
        stage.telegram.view(|view| {
            let done = view.ledger().iter().filter(|call| call.method != "getWebhookInfo");
            (done.count(), view.pending_updates())
        })
    };
    let mut before = (0, 1);
    let mut since = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = calls();
        if now != before {
            (before, since) = (now, Instant::now());
        }
        let is_quiet = now.1 == 0 && since.elapsed() > QUIET;
        if !is_quiet && Instant::now() < deadline {
            continue;
        }
        let verdict = judge();
        if !verdict.is_unfinished() || Instant::now() > deadline {
            return verdict;
        }
        // What is parked, or waits for its next attempt, may come later.
        since = Instant::now();
    }
}
