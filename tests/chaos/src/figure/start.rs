//! A start with many bots attached: how soon it is ready, whether it asks Telegram anything before that, and how many
//! tokens it shows afterwards, also where all webhooks have to be ordered anew and the process is killed again and again.

use std::{
    collections::HashSet,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::{LOOK, Scene, database};
use crate::{
    Found,
    arguments::Arguments,
    fleet::get,
    oracle::{Breach, Verdict},
    report,
    stage::{ORIGIN, Stage},
};

/// The most time to be ready.
const READY: Duration = Duration::from_secs(2);
/// The most tokens in any minute that Telegram has not seen from us.
const TOKENS: usize = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// How often the process is killed while tokens are counted.
const KILLED: Duration = Duration::from_secs(50);
/// How long a start may take at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// One start.
struct Start {
    healthy: Duration,
    ready: Duration,
    /// Calls while it was certainly not ready.
    early: usize,
    memory: u64,
}

/// Measures it.
pub async fn measure(arguments: &Arguments, folder: &Path) -> Result<Found> {
    let mut scene = Scene::set(arguments, folder, &[]).await?;
    scene.drained(Duration::from_secs(arguments.patience)).await?;
    let everyday = begin_again(&mut scene).await?;
    scene.pass(Duration::from_secs(5)).await?;
    // As if it had moved: each webhook is to be ordered anew.
    scene.fleet.set("PUBLIC_URL", &format!("{ORIGIN}/moved"));
    let before = scene.stage.telegram.view(|view| view.ledger().len());
    let watched = Instant::now();
    let moved = begin_again(&mut scene).await?;
    let time = Duration::from_secs(arguments.lasting);
    let mut starts = 1;
    while watched.elapsed() < time {
        scene.pass(KILLED.min(time.saturating_sub(watched.elapsed()))).await?;
        if watched.elapsed() < time {
            scene.fleet.kill(0)?;
            starts += 1;
        }
    }
    let shown = shown(&scene.stage, before, watched);
    let most = most_in_a_minute(&shown);

    let mut verdict = Verdict::default();
    for start in [&everyday, &moved] {
        if start.ready.max(start.healthy) > READY || start.early > 0 {
            let what = format!("ready after {:.2?}, {} calls before", start.ready, start.early);
            verdict.breaches.push((Breach::Missed, what));
        }
    }
    if most > TOKENS {
        verdict.breaches.push((Breach::Missed, format!("{most} new tokens in a minute")));
    }
    let minutes = watched.elapsed().as_secs_f64() / 60.0;
    let rows = [
        ("bots attached", scene.stage.bots.len().to_string()),
        ("everyday start", everyday.line()),
        ("start at another address", moved.line()),
        ("starts after that", format!("{starts} in {minutes:.1} minutes")),
        ("client bots' tokens shown", format!("{}, at most {most} in a minute", shown.len())),
        ("most memory", format!("{} MiB", scene.fleet.memory("VmHWM"))),
    ];
    scene.end(arguments, folder, &mut verdict)?;
    let command = format!(
        "--figure start --bots {} --owners {} --for {} --database {}",
        arguments.bots,
        arguments.owners,
        arguments.lasting,
        database(arguments),
    );
    let sheet = report::sheet(&command, &rows, &verdict);
    Ok((verdict, sheet))
}

impl Start {
    fn line(&self) -> String {
        format!(
            "/healthz after {:.0} ms, /readyz after {:.0} ms, {} calls before, {} MiB",
            self.healthy.as_secs_f64() * 1e3,
            self.ready.as_secs_f64() * 1e3,
            self.early,
            self.memory,
        )
    }
}

/// Kills the process and starts it again.
async fn begin_again(scene: &mut Scene) -> Result<Start> {
    let before = scene.stage.telegram.view(|view| view.ledger().len());
    scene.fleet.kill(0)?;
    let (_, launched, _) = scene.fleet.newest();
    let (updates, metrics) = scene.fleet.addresses();
    let answers = async {
        tokio::join!(
            says_yes(updates, "/healthz", launched),
            says_yes(metrics, "/readyz", launched)
        )
    };
    let (healthy, ready) = answers.await;
    let ((not_yet, healthy), (_, ready)) = (healthy?, ready?);
    let memory = scene.fleet.memory("VmRSS");
    let early = scene.stage.telegram.view(|view| {
        let made = view.ledger()[before..].iter();
        made.filter(|effect| effect.at.saturating_duration_since(launched) < not_yet).count()
    });
    Ok(Start { healthy, ready, early, memory })
}

/// When an address did not answer well yet, and when it did, after the launch.
async fn says_yes(
    address: SocketAddr,
    path: &str,
    launched: Instant,
) -> Result<(Duration, Duration)> {
    let mut not_yet = Duration::ZERO;
    loop {
        let asked = launched.elapsed();
        if get(address, path).await.is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200")) {
            return Ok((not_yet, launched.elapsed()));
        }
        not_yet = asked;
        ensure!(asked < PATIENCE, "{path} does not answer");
        tokio::time::sleep(LOOK).await;
    }
}

/// When each client bot's token was shown for the first time.
fn shown(stage: &Stage, before: usize, since: Instant) -> Vec<Duration> {
    stage.telegram.view(|view| {
        let mut seen = HashSet::from([stage.master.id]);
        let made = view.ledger()[before..].iter();
        let new = made.filter(|effect| seen.insert(effect.bot));
        new.map(|effect| effect.at.saturating_duration_since(since)).collect()
    })
}

/// Of moments in their order.
fn most_in_a_minute(moments: &[Duration]) -> usize {
    let within = |first: &Duration| {
        moments.iter().filter(|it| *it >= first && it.saturating_sub(*first) < MINUTE).count()
    };
    moments.iter().map(within).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::most_in_a_minute;

    #[test]
    fn a_minute_may_begin_at_any_moment() {
        let moments = [0, 50, 59, 60, 100, 109, 110].map(Duration::from_secs);
        assert_eq!(most_in_a_minute(&moments), 5);
        assert_eq!(most_in_a_minute(&moments[..3]), 3);
        assert_eq!(most_in_a_minute(&[]), 0);
    }
}
