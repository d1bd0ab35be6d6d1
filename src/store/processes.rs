//! Table `processes`: who else works on this database, and whether he still lives.
//!
//! Several processes may share one server. What one of them is doing carries the number of that
//! process, random for each start; whoever finds such a mark asks here whether its maker is still
//! at work. A process that works says so every second, for ten seconds ahead by the server's clock,
//! however long one piece of its work takes; one that has nothing to do says nothing. On the same
//! machine a process that is gone is known to be gone at once. A file of SQLite belongs to one
//! process at a time: there nobody else lives.

use std::{
    collections::{HashMap, HashSet},
    fs,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use teloxide::types::ChatId;
use tokio_util::sync::CancellationToken;

use super::{Pool, Purpose, Store, StoreError, sql, statement::twin};
use crate::{clock, lanes::Lanes, model::BotId};

/// How long a sign of life holds: longer than a slow server takes for it.
const LASTS: Duration = Duration::from_secs(10);
/// How long a process that can be seen, but gives no sign of life, is waited for.
const STANDS_STILL: Duration = Duration::from_mins(1);
/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(1);
/// How long after its last work a process goes on giving them.
const WORKING: Duration = Duration::from_mins(1);

/// This process, as others see it.
pub(super) struct Process {
    pub(super) id: i64,
    place: Option<Place>,
    state: Mutex<State>,
    renewing: tokio::sync::Mutex<()>,
    /// How often each lease is taken within this process.
    leases: Mutex<Held>,
    /// One at a time takes a lease or gives it back.
    pub(super) lease_turns: Lanes<Lease>,
    /// Those that could not be given back at their end.
    leases_left: Mutex<HashSet<Lease>>,
    /// How much is under way: see [`AtWork`].
    under_way: AtomicUsize,
    /// How often it may have been taken for dead: see [`Life`].
    lapses: AtomicU64,
}

/// A time in which nobody can have taken this process for dead. It ends with a long stop
/// (`SIGSTOP`, a suspended machine, a database that takes no signs of life), and what began in it
/// may then be in other hands, however alive the process is again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life(u64);

/// Something under way. As long as it exists this process is known to live, so that nobody takes
/// over what it holds.
pub struct AtWork(Arc<Process>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

type Lease = ((BotId, ChatId), Purpose);

/// Leases, and how often each is taken.
type Held = HashMap<Lease, u32>;

#[derive(Default)]
struct State {
    /// Until when nobody may take this process for dead.
    valid_until: Option<Instant>,
    last_work: Option<Instant>,
}

/// Where a process runs, for others on the same machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    machine: i64,
    pid: i64,
    started: i64,
}

impl Process {
    pub(super) fn new() -> Self {
        Self {
            // Positive, so that it reads the same in every tool.
            id: rand::random_range(1..i64::MAX),
            place: Place::here(),
            state: Mutex::default(),
            renewing: tokio::sync::Mutex::default(),
            leases: Mutex::default(),
            lease_turns: Lanes::default(),
            leases_left: Mutex::default(),
            under_way: AtomicUsize::new(0),
            lapses: AtomicU64::new(0),
        }
    }

    fn at_work(self: &Arc<Self>) -> AtWork {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        AtWork(Arc::clone(self))
    }

    /// Whether it has something to do, or had lately.
    fn works(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) > 0
            || self.leases().keys().any(|(_, purpose)| *purpose == Purpose::Chat)
            || self.state(|state| state.last_work).is_some_and(|last| last.elapsed() < WORKING)
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn leases(&self) -> MutexGuard<'_, Held> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn leases_left(&self) -> MutexGuard<'_, HashSet<Lease>> {
        self.leases_left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Others know that this process lived at this moment. Where the sign before did not last until
    /// now, a new life begins.
    fn gave_a_sign(&self, at: Instant) {
        self.state(|state| {
            if state.valid_until.is_some_and(|until| until <= Instant::now()) {
                self.lapses.fetch_add(1, Ordering::AcqRel);
            }
            state.valid_until = Some(at + LASTS);
        });
    }

    /// The life it is in.
    fn life(&self) -> Life {
        Life(self.lapses.load(Ordering::Acquire))
    }

    fn is_valid_for(&self, ahead: Duration) -> bool {
        self.state(|state| state.valid_until.is_some_and(|until| until > Instant::now() + ahead))
    }
}

impl Store {
    /// Whether nobody can take this process for dead just now.
    pub fn is_surely_alive(&self) -> bool {
        matches!(self.pool, Pool::Sqlite { .. }) || self.process.is_valid_for(Duration::ZERO)
    }

    /// Whether this process may act on what it took in this life: nobody can have taken it over.
    pub fn lives_on(&self, life: Life) -> bool {
        self.process.life() == life && self.is_surely_alive()
    }

    /// Something begins that may take long.
    pub fn at_work(&self) -> AtWork {
        self.process.at_work()
    }

    /// Sees to it that others know that this process is at work, and gives the life in which it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stay_alive(&self) -> Result<Life, StoreError> {
        if !matches!(self.pool, Pool::Sqlite { .. }) {
            self.process.state(|state| state.last_work = Some(Instant::now()));
            self.be_alive().await?;
        }
        Ok(self.process.life())
    }

    /// Sees to it that others know that this process lives, for now.
    pub(super) async fn be_alive(&self) -> Result<(), StoreError> {
        if self.process.is_valid_for(LASTS / 2) {
            return Ok(());
        }
        let _one = self.process.renewing.lock().await;
        if self.process.is_valid_for(LASTS / 2) {
            return Ok(());
        }
        self.renew().await
    }

    /// Gives signs of life while there is work, until stopped.
    pub async fn keep_alive(&self, stop: CancellationToken) {
        if matches!(self.pool, Pool::Sqlite { .. }) {
            return;
        }
        while stop.run_until_cancelled(tokio::time::sleep(BEAT)).await.is_some() {
            if self.process.works()
                && let Err(error) = self.renew().await
            {
                tracing::debug!(%error, "a sign of life could not be given");
            }
            self.end_leases_left().await;
        }
    }

    async fn renew(&self) -> Result<(), StoreError> {
        let asked = Instant::now();
        let lasts = clock::in_ms(LASTS);
        let process = &self.process;
        let update = twin(
            "UPDATE processes SET alive_until = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ? \
             WHERE process_id = ?",
            "UPDATE processes SET alive_until = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ? \
             WHERE process_id = ?",
        );
        if self.write(update.bind(lasts).bind(process.id)).await?.rows == 0 {
            let insert = twin(
                "INSERT INTO processes (process_id, machine, pid, pid_started, alive_until) \
                 VALUES (?, ?, ?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?)",
                "INSERT INTO processes (process_id, machine, pid, pid_started, alive_until) \
                 VALUES (?, ?, ?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?)",
            );
            let place = process.place;
            let insert = insert
                .bind(process.id)
                .bind(place.map(|place| place.machine))
                .bind(place.map(|place| place.pid))
                .bind(place.map(|place| place.started))
                .bind(lasts);
            self.insert_new(insert).await?;
        }
        process.gave_a_sign(asked);
        Ok(())
    }

    /// Whether a process still works on this database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lives(&self, process: i64) -> Result<bool, StoreError> {
        if process == self.process.id {
            return Ok(true);
        }
        if matches!(self.pool, Pool::Sqlite { .. }) {
            return Ok(false);
        }
        let query = twin(
            "SELECT machine, pid, pid_started, \
             CAST(alive_until - UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) \
             FROM processes WHERE process_id = ?",
            "SELECT machine, pid, pid_started, \
             CAST(alive_until - unixepoch('subsec') * 1000 AS INTEGER) \
             FROM processes WHERE process_id = ?",
        );
        let row = self.find::<Columns>(query.bind(process)).await?;
        let Some((machine, pid, started, left)) = row else { return Ok(false) };
        let place = machine.zip(pid).zip(started);
        let place = place.map(|((machine, pid), started)| Place { machine, pid, started });
        Ok(match place.and_then(|place| place.is_gone(self.process.place)) {
            Some(true) => false,
            // It is there, and frozen, or cut off from the database: it will go on.
            Some(false) => is_believed(left, STANDS_STILL),
            None => is_believed(left, Duration::ZERO),
        })
    }

    /// Takes back this process's marks: it ends in good order.
    pub(super) async fn leave(&self) -> Result<(), StoreError> {
        if matches!(self.pool, Pool::Sqlite { .. }) {
            return Ok(());
        }
        let id = self.process.id;
        self.write(sql("DELETE FROM leases WHERE holder = ?").bind(id)).await?;
        self.write(sql("DELETE FROM processes WHERE process_id = ?").bind(id)).await?;
        Ok(())
    }

    /// Removes what killed processes left, a day after their last sign of life.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_processes_before(&self, limit: i64) -> Result<u64, StoreError> {
        let delete = sql("DELETE FROM processes WHERE alive_until < ?").bind(limit);
        Ok(self.write(delete).await?.rows)
    }
}

type Columns = (Option<i64>, Option<i64>, Option<i64>, i64);

/// Whether a sign of life holds, or has not held for no longer than this: one from far ahead is of
/// a clock that was set back since.
fn is_believed(left: i64, longer: Duration) -> bool {
    (1 - clock::in_ms(longer)..=clock::in_ms(LASTS) + 1000).contains(&left)
}

impl Place {
    /// Where this process runs; `None` where that can't be told.
    fn here() -> Option<Self> {
        let boot = fs::read("/proc/sys/kernel/random/boot_id").ok()?;
        // Numbers of processes mean something in one namespace only.
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
        let hash =
            Sha256::new().chain_update(boot).chain_update(namespace.as_os_str().as_encoded_bytes());
        let hash = hash.finalize();
        let machine = hash.first_chunk().map(|bytes| i64::from_be_bytes(*bytes))?;
        let pid = i64::from(std::process::id());
        Some(Self { machine, pid, started: started(pid)? })
    }

    /// Whether the process is gone; `None` where that can't be seen from `here`.
    fn is_gone(self, here: Option<Self>) -> Option<bool> {
        let is_here = here.is_some_and(|here| here.machine == self.machine);
        is_here.then(|| started(self.pid) != Some(self.started))
    }
}

/// When a process of this machine started, in the kernel's ticks; `None` when it has ended.
fn started(pid: i64) -> Option<i64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it, in parentheses, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_sees_itself_and_not_one_that_has_ended() {
        let here = Place::here().unwrap();
        assert_eq!(here.is_gone(Some(here)), Some(false));
        let mut child = std::process::Command::new("sleep").arg("100").spawn().unwrap();
        let pid = i64::from(child.id());
        let other = Place { pid, started: started(pid).unwrap(), ..here };
        assert_eq!(other.is_gone(Some(here)), Some(false));
        child.kill().unwrap();
        // Before it is waited for it is a zombie: gone all the same.
        while started(pid).is_some() {
            std::thread::yield_now();
        }
        assert_eq!(other.is_gone(Some(here)), Some(true));
        child.wait().unwrap();
        assert_eq!(other.is_gone(Some(here)), Some(true));
        let elsewhere = Place { machine: here.machine ^ 1, ..here };
        assert_eq!((other.is_gone(Some(elsewhere)), other.is_gone(None)), (None, None));
    }

    #[test]
    fn a_sign_of_life_that_comes_too_late_begins_a_new_life() {
        let process = Process::new();
        let now = Instant::now();
        let first = process.life();
        process.gave_a_sign(now.checked_sub(LASTS / 2).unwrap());
        process.gave_a_sign(now.checked_sub(LASTS * 2).unwrap());
        assert_eq!(process.life(), first);
        assert!(!process.is_valid_for(Duration::ZERO));
        process.gave_a_sign(now);
        assert!(process.is_valid_for(Duration::ZERO));
        assert_ne!(process.life(), first, "what began before it may be in other hands");
    }

    #[test]
    fn what_takes_long_is_work_until_its_end() {
        let process = Arc::new(Process::new());
        assert!(!process.works());
        let (one, two) = (process.at_work(), process.at_work());
        drop(one);
        assert!(process.works());
        drop(two);
        assert!(!process.works());
        let chat = (BotId(1), ChatId(1));
        process.leases().insert((chat, Purpose::Duties), 1);
        assert!(!process.works(), "background work is asked for now and then");
        process.leases().insert((chat, Purpose::Chat), 1);
        assert!(process.works());
    }

    #[test]
    fn a_sign_of_life_from_a_clock_that_was_set_back_is_not_believed() {
        let believed = |left| is_believed(left, Duration::ZERO);
        assert!(believed(1) && believed(10_000));
        assert!(!believed(0) && !believed(-5) && !believed(3_600_000));
        assert!(is_believed(-5, STANDS_STILL) && !is_believed(-60_000, STANDS_STILL));
    }
}
