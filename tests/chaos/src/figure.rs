//! One figure at a time, with the real program on the stage of a chaos run. Nothing fails but what the figure is about,
//! and Telegram takes its time as in life.

mod accounts;
mod overload;
mod pace;
mod recovery;
mod start;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    Found,
    arguments::{Arguments, Figure},
    fleet::Fleet,
    history::History,
    oracle::{Breach, Verdict},
    secrets,
    stage::Stage,
};

/// How often it is looked whether something has happened.
const LOOK: Duration = Duration::from_millis(2);

/// Measures one of them.
pub async fn measure(figure: Figure, arguments: &Arguments, folder: &Path) -> Result<Found> {
    match figure {
        Figure::Flood | Figure::Crowd => overload::measure(figure, arguments, folder).await,
        Figure::Recovery => recovery::measure(arguments, folder).await,
        Figure::Start => start::measure(arguments, folder).await,
    }
}

/// Everybody in his place, the relay running, all bots attached.
struct Scene {
    stage: Arc<Stage>,
    fleet: Fleet,
    history: History,
}

impl Scene {
    async fn set(arguments: &Arguments, folder: &Path, vary: &[(&str, &str)]) -> Result<Self> {
        let history = History::default();
        let stage = Stage::set(arguments).await?;
        let in_file = || format!("sqlite://{}/relay.db", folder.display());
        let url = arguments.database_url.clone().unwrap_or_else(in_file);
        let mut fleet = Fleet::new(arguments, &stage, (folder, url), history.clone())?;
        for (name, value) in vary {
            fleet.set(name, value);
        }
        fleet.start().await?;
        let began = Instant::now();
        stage.attach().await?;
        eprintln!("chaos: {} bots attached in {:.1?}", stage.bots.len(), began.elapsed());
        Ok(Self { stage: Arc::new(stage), fleet, history })
    }

    /// Looks after the processes for so long.
    async fn pass(&mut self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.fleet.look().await?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits until everything that was written is acknowledged; the time it took.
    async fn drained(&mut self, patience: Duration) -> Result<Duration> {
        let began = Instant::now();
        while self.stage.telegram.pending_updates() > 0 {
            if began.elapsed() > patience {
                bail!("{} updates still wait", self.stage.telegram.pending_updates());
            }
            self.pass(Duration::from_millis(20)).await?;
        }
        Ok(began.elapsed())
    }

    /// Ends the relay and searches what it leaves.
    fn end(self, arguments: &Arguments, folder: &Path, verdict: &mut Verdict) -> Result<()> {
        drop(self.fleet);
        let folders = [Some(folder.to_owned()), arguments.database_folder.clone()];
        let folders: Vec<_> = folders.into_iter().flatten().collect();
        let search = secrets::search(&self.stage, &folders)?;
        verdict.breaches.extend(search.found.into_iter().map(|what| (Breach::Leaked, what)));
        Ok(())
    }
}

/// Where the database is, as `scripts/chaos` is told.
fn database(arguments: &Arguments) -> &'static str {
    if arguments.database_url.is_some() { "mariadb" } else { "sqlite" }
}

/// The value below which so many of a hundred lie; of nothing 0.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

/// The middle one, the one of a hundred that is later than all others, and the latest.
fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let of = |percent| format!("{:.0} ms", percentile(times, percent).as_secs_f64() * 1e3);
    format!("p50 {}, p99 {}, most {} ({} of them)", of(50), of(99), of(100), times.len())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{percentile, spread};

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        for (percent, expected) in [(1, 2), (50, 100), (99, 198), (100, 200)] {
            assert_eq!(percentile(&times, percent), Duration::from_millis(expected));
        }
        assert_eq!(percentile(&[], 50), Duration::ZERO);
        let mut times = [3, 1, 2].map(Duration::from_secs);
        assert_eq!(spread(&mut times), "p50 2000 ms, p99 3000 ms, most 3000 ms (3 of them)");
    }
}
