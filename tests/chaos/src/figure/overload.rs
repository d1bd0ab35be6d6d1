//! More is written than can be passed on. Two owners of three have a full inbox; the customers of every third one write
//! now and then, and must not notice.
//!
//! In a **flood** three customers of a full inbox write ten times as fast as a customer may. What he may is what an
//! inbox takes from three of them, so that ten times as much arrives as it takes. Further customers of that inbox write
//! now and then. In a **crowd** nobody writes faster than he may, and all customers of an inbox together ten times as
//! much as it takes.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Result, ensure};

use super::{
    Scene,
    accounts::{self, Account, TOO_FAST},
    database,
    pace::{self, Diary},
    spread,
};
use crate::{
    Found,
    arguments::{Arguments, Figure, Switch},
    marker::inbound,
    oracle::{Breach, Case, Verdict, judge},
    report,
    stage::{Line, Stage, text},
    witness,
};

/// What a customer may write, as the relay has it by default.
const RATE: (&str, f64) = ("20/10", 20.0 / 60.0);
/// What an inbox takes in a second.
const INBOX: f64 = 1.0;
/// How much more is written.
const TIMES: f64 = 10.0;
/// How many customers flood one inbox.
const FLOODING: usize = 3;
/// The most memory.
const MEMORY: u64 = 256;
/// The most time until all has arrived.
const DRAINED: Duration = Duration::from_secs(150);
/// After this a customer who wrote too fast may write again.
const BREATH: Duration = Duration::from_secs(5);

/// Who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// He writes too much, or with too many others.
    Loud,
    /// He writes now and then to an inbox that is full.
    Neighbour,
    /// He writes now and then to another owner.
    Quiet,
}

/// Everybody's role, and how often he writes.
fn cast(figure: Figure, lines: &[Line]) -> Vec<(Role, Duration)> {
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut place = |owner| {
        let place = places.entry(owner).or_default();
        *place += 1;
        *place - 1
    };
    let places: Vec<usize> = lines.iter().map(|line| place(line.owner)).collect();
    let of_owner = |owner| lines.iter().filter(|line| line.owner == owner).count() as f64;
    let each = lines.iter().zip(places).map(|(line, place)| {
        let calm = (2.0 * of_owner(line.owner)).max(6.0);
        let (role, seconds) = match figure {
            _ if line.owner % 3 == 2 => (Role::Quiet, calm),
            Figure::Flood if place >= FLOODING => (Role::Neighbour, calm),
            Figure::Flood => (Role::Loud, 1.0 / (TIMES * RATE.1)),
            _ => (Role::Loud, of_owner(line.owner) / (TIMES * INBOX)),
        };
        (role, Duration::from_secs_f64(seconds))
    });
    each.collect()
}

/// What came out.
struct Outcome {
    waiting: usize,
    most_waiting: usize,
    drained: Duration,
    memory: u64,
    diary: Arc<Diary>,
}

/// Measures it.
pub async fn measure(figure: Figure, arguments: &Arguments, folder: &Path) -> Result<Found> {
    ensure!(arguments.replicas == 1 && arguments.owners >= 3, "one process, and three owners");
    let limits = if arguments.limits == Switch::On { "on" } else { "off" };
    let vary = [("CUSTOMER_RATE", RATE.0), ("CLIENT_RATE_LIMITS", limits)];
    let mut scene = Scene::set(arguments, folder, &vary).await?;
    let cast = cast(figure, &scene.stage.lines);
    let is_modest = |(_, every): &(Role, Duration)| every.as_secs_f64() >= 1.0 / RATE.1;
    let modest = figure == Figure::Flood || cast.iter().all(is_modest);
    ensure!(modest, "a crowd needs {} customers for each owner", TIMES / RATE.1);
    scene.stage.telegram.set_strict_rates(arguments.limits == Switch::On);
    let outcome = write(&mut scene, &cast, arguments).await?;
    let (mut verdict, accounts) = weigh(&scene, &outcome.diary, arguments);
    let rows = rows(&scene, &cast, &outcome, &accounts);
    let slow = figure == Figure::Flood && outcome.drained > DRAINED;
    if slow || outcome.memory > MEMORY {
        let what = format!("drained after {:.1?}, {} MiB", outcome.drained, outcome.memory);
        verdict.breaches.push((Breach::Missed, what));
    }
    scene.end(arguments, folder, &mut verdict)?;
    let command = format!(
        "--figure {} --for {} --limits {limits} --database {} --owners {} --bots {} --customers {}",
        if figure == Figure::Flood { "flood" } else { "crowd" },
        arguments.lasting,
        database(arguments),
        arguments.owners,
        arguments.bots,
        arguments.customers,
    );
    let sheet = report::sheet(&command, &rows, &verdict);
    Ok((verdict, sheet))
}

/// Everybody writes; then all of it arrives; then who was refused something writes once more, so that a copy can say how
/// much that was.
async fn write(
    scene: &mut Scene,
    cast: &[(Role, Duration)],
    arguments: &Arguments,
) -> Result<Outcome> {
    let diary = Arc::new(Diary::new(cast.len()));
    let periods = cast.iter().map(|(_, period)| *period).collect();
    let (stage, time) = (Arc::clone(&scene.stage), Duration::from_secs(arguments.lasting));
    let writing = tokio::spawn(pace::write(stage, Arc::clone(&diary), periods, time));
    let mut most_waiting = 0;
    while !writing.is_finished() {
        scene.pass(Duration::from_millis(200)).await?;
        most_waiting = most_waiting.max(scene.stage.telegram.pending_updates());
    }
    writing.await?;
    let waiting = scene.stage.telegram.pending_updates();
    eprintln!("chaos: {} messages written, {waiting} updates wait", diary.count());
    // Nobody is waited for longer than the inboxes need for all of it.
    let patience = time.mul_f64(TIMES) + Duration::from_secs(arguments.patience);
    let drained = scene.drained(patience).await?;
    scene.pass(BREATH).await?;
    for (line, (role, _)) in cast.iter().enumerate() {
        if *role == Role::Loud {
            pace::say(&scene.stage, &diary, line).await;
        }
    }
    scene.drained(patience).await?;
    let memory = scene.fleet.memory("VmHWM");
    Ok(Outcome { waiting, most_waiting, drained, memory, diary })
}

/// The judge's verdict on what was copied, and whether the rest is accounted for.
fn weigh(scene: &Scene, diary: &Diary, arguments: &Arguments) -> (Verdict, Vec<Account>) {
    let (stage, (script, mut written)) = (&scene.stage, diary.script());
    let mut accounts: Vec<Account> = Vec::new();
    stage.telegram.view(|view| {
        for (line, fates) in stage.lines.iter().zip(&script.fates) {
            let chat = view.chat(&line.person, &stage.bots[line.bot]);
            let notices = chat.iter().filter(|message| text(message).contains(TOO_FAST)).count();
            accounts.push(Account { written: fates.len(), notices, ..Account::default() });
        }
        let mut copied = std::collections::HashSet::new();
        for copy in witness::copies(stage, view) {
            let account = &mut accounts[copy.marker.key.line];
            account.copied += usize::from(copied.insert(copy.marker.key));
            account.refused += copy.header.as_deref().map_or(0, accounts::refused);
        }
        written.retain(|key, _| copied.contains(key));
    });
    let case = Case { stage, script: &script, written, history: &scene.history };
    let mut verdict = judge(&case);
    let minutes = usize::try_from(arguments.lasting / 60 + 1).unwrap_or(usize::MAX);
    for (line, account) in accounts.iter().enumerate() {
        let fault = account.fault(minutes);
        verdict.breaches.extend(
            fault.map(|(breach, what)| (breach, format!("line {line}: {what}; {account:?}"))),
        );
    }
    (verdict, accounts)
}

fn rows(
    scene: &Scene,
    cast: &[(Role, Duration)],
    outcome: &Outcome,
    accounts: &[Account],
) -> Vec<(&'static str, String)> {
    let sum = |of: fn(&Account) -> usize| accounts.iter().map(of).sum::<usize>();
    let people = |role| cast.iter().filter(|(other, _)| *other == role).count();
    let mut rows = vec![
        ("loud, neighbours, quiet", {
            let [loud, near, quiet] = [Role::Loud, Role::Neighbour, Role::Quiet].map(people);
            format!("{loud}, {near}, {quiet} customers")
        }),
        ("messages", format!("{}, copied {}", outcome.diary.count(), sum(|of| of.copied))),
        ("refused, as copies say", sum(|of| of.refused).to_string()),
        ("told that it is too fast", format!("{} times", sum(|of| of.notices))),
        ("updates waiting", format!("{}, at most {}", outcome.waiting, outcome.most_waiting)),
        ("until all had arrived", format!("{:.1} s more", outcome.drained.as_secs_f64())),
        ("most memory", format!("{} MiB", outcome.memory)),
    ];
    let mut times = relay_times(&scene.stage, &outcome.diary);
    for (role, name) in [
        (Role::Quiet, "from writing to copy: quiet"),
        (Role::Neighbour, "                      neighbours"),
        (Role::Loud, "                      loud"),
    ] {
        let of_role = cast.iter().zip(&mut times).filter(|((other, _), _)| *other == role);
        let mut of_role: Vec<Duration> = of_role.flat_map(|(_, times)| times.drain(..)).collect();
        if !of_role.is_empty() {
            rows.push((name, spread(&mut of_role)));
        }
    }
    rows
}

/// How long each message took to its first copy, by conversation.
fn relay_times(stage: &Stage, diary: &Diary) -> Vec<Vec<Duration>> {
    let mut first = HashMap::new();
    for copy in stage.telegram.view(|view| witness::copies(stage, view)) {
        first.entry(copy.marker.key).or_insert(copy.made);
    }
    let lines = diary.lines().into_iter().enumerate().map(|(line, messages)| {
        let times = messages.into_iter().enumerate().filter_map(|(number, (_, at))| {
            let made: &std::time::Instant = first.get(&inbound(line, number))?;
            Some(made.saturating_duration_since(at))
        });
        times.collect()
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use telegram_emulator::Person;

    use super::{Role, cast};
    use crate::{arguments::Figure, stage::Line};

    fn lines(owners: usize, each: usize) -> Vec<Line> {
        let line = |n| Line { person: Person::new("Anna"), bot: n, owner: n % owners };
        (0..owners * each).map(line).collect()
    }

    fn of_owner(cast: &[(Role, Duration)], owners: usize, owner: usize) -> Vec<(Role, Duration)> {
        cast.iter().skip(owner).step_by(owners).copied().collect()
    }

    #[test]
    fn three_of_a_full_inbox_write_ten_times_as_fast_as_they_may() {
        let cast = cast(Figure::Flood, &lines(3, 4));
        let full = of_owner(&cast, 3, 0);
        assert_eq!(full[..3], [(Role::Loud, Duration::from_millis(300)); 3]);
        assert_eq!(full[3], (Role::Neighbour, Duration::from_secs(8)));
        assert_eq!(of_owner(&cast, 3, 2), [(Role::Quiet, Duration::from_secs(8)); 4]);
    }

    #[test]
    fn a_crowd_writes_ten_times_what_its_inbox_takes() {
        let cast = cast(Figure::Crowd, &lines(3, 60));
        let full = of_owner(&cast, 3, 1);
        let a_second: f64 = full.iter().map(|(_, every)| 1.0 / every.as_secs_f64()).sum();
        assert!((a_second - 10.0).abs() < 0.01, "{a_second}");
        assert!(full.iter().all(|(role, _)| *role == Role::Loud));
        assert_eq!(of_owner(&cast, 3, 2)[0].0, Role::Quiet);
    }
}
