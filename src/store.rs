//! The only SQL. One [`Store`] over MySQL/MariaDB or SQLite; each statement is written once.
//!
//! - [`statement`]: a statement as plain data, run on either database
//! - [`fault`]: what an error means: passing or not, executed or not (pure)
//! - [`cause`]: what somebody has to mend where it can't be used (pure)
//! - [`again`]: how a statement is tried again
//! - [`connections`]: kept for the next statement
//! - [`pulse`]: whether the database works
//! - [`lock`]: one process on one SQLite file
//! - [`sqlite`]: opening SQLite, and its one writer, which commits in groups
//! - [`mysql`]: opening MySQL or MariaDB
//! - [`joint`], [`gather`]: what waits for it at the same moment goes in one statement
//! - [`tables`]: every table and column; [`dump`], [`load`]: all of them out and in, for a backup
//! - [`schema`]: which migrations a database has had
//! - [`presence`]: who is at work about whom, so that somebody can be forgotten
//! - one file per table: the row's shape and its statements
//!
//! Not found is `None`. A unique key already taken is [`StoreError::Duplicate`], which is how a
//! second delivery of the same message is noticed: both databases report it alike, while the row
//! counts of their upserts differ.

mod again;
mod albums;
mod announcements;
mod bots;
mod cause;
mod connections;
mod conversations;
mod dialogues;
mod dump;
pub mod export;
mod fault;
mod forgotten;
mod gather;
mod handled;
mod health;
mod installation;
mod joint;
mod leases;
mod leaving;
mod load;
mod lock;
mod mysql;
mod newcomers;
mod owners;
mod parked;
mod payments;
mod people;
mod presence;
mod processes;
mod pulse;
mod references;
mod rights;
mod schema;
mod sqlite;
mod statement;
mod states;
pub mod stats;
mod suspensions;
mod tables;
mod tenants;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{FutureExt, future::BoxFuture};
use tokio_util::sync::CancellationToken;

use again::{Inserted, Tries, Written};
pub use announcements::Announcement;
pub use bots::{BotRow, Change};
pub use cause::Cause;
use connections::Connections;
pub use dump::{Cell, Snapshot};
use fault::Fault;
pub use fault::StoreError;
pub use forgotten::{Mark, Marked};
pub use health::Alarm;
pub use leases::Purpose;
pub use load::{Claim, LoadError, Loading, Occupants, RESTORING, is_busy};
pub use lock::{SoleUse, sole_use};
use mysql::Server;
pub use owners::OwnerRow;
pub use parked::{ParkedKind, ParkedRow};
pub use payments::{PaymentRow, PlanEnd};
pub use people::Ban;
use presence::Presence;
pub use presence::{Closed, Present, Whom};
use processes::Process;
pub use processes::{AtWork, Life};
use pulse::{Half, Pulse};
pub use pulse::{Trouble, Vitals};
pub use references::{Made, NewReference};
pub use rights::{Lacking, lacking};
pub use schema::{knows_schema, newest_schema};
use sqlite::{Reader, Writer};
use statement::{Row, Rows, Statement, TakesRows, sql};
pub use states::ConversationKey;
pub use tables::{Kind, OF_PROCESSES, TABLES, Table, table};
pub use tenants::{Tenant, Volume, Volumes};

use crate::config::DatabaseUrl;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    process: Arc<Process>,
    presence: Presence,
    pulse: Pulse,
    /// Ends all waiting for a database that does not work: the process is to end.
    patience: CancellationToken,
}

#[derive(Clone)]
enum Pool {
    MySql(Server),
    Sqlite { read: Connections<Reader>, write: Writer },
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// When it can't be reached or created, or a migration fails.
    pub async fn open(database: &DatabaseUrl) -> Result<Self, StoreError> {
        let pool = match database {
            DatabaseUrl::MySql(server) => Pool::MySql(Server::open(server.reveal()).await?),
            DatabaseUrl::Sqlite(file) => {
                let (read, write) = sqlite::open(file.path()).await?;
                Pool::Sqlite { read, write }
            }
        };
        let (pulse, patience) = (Pulse::default(), CancellationToken::new());
        Ok(Self {
            pool,
            process: Arc::new(Process::new()),
            presence: Presence::default(),
            pulse,
            patience,
        })
    }

    /// "SQLite" or what the server says it is, for `check` and the log.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engine(&self) -> Result<String, StoreError> {
        match &self.pool {
            Pool::MySql(server) => server.version().await,
            Pool::Sqlite { .. } => Ok("SQLite".to_owned()),
        }
    }

    /// What about this server's settings could lose a committed row in a power cut, in words.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn durability_warnings(&self) -> Result<Vec<String>, StoreError> {
        match &self.pool {
            Pool::MySql(server) => server.durability_warnings().await,
            Pool::Sqlite { .. } => Ok(Vec::new()),
        }
    }

    /// Whether other processes may work on the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.pool, Pool::MySql(_))
    }

    /// Lets what was begun finish, then closes all connections.
    pub async fn close(&self) {
        if let Err(error) = self.leave().await {
            tracing::debug!(%error, "this process could not sign off");
        }
        match &self.pool {
            Pool::MySql(server) => server.close().await,
            Pool::Sqlite { read, write } => {
                write.close().await;
                read.close().await;
            }
        }
    }

    /// Takes what was removed out of `SQLite`'s log, where it stands still. Best effort: it is asked for
    /// after somebody's rows were removed, and every hour.
    pub async fn empty_log(&self) {
        if let Pool::Sqlite { write, .. } = &self.pool {
            write.empty_log().await;
        }
    }

    /// The process is to end: nobody waits any longer for a database that does not work.
    pub fn lose_patience(&self) {
        self.patience.cancel();
    }

    /// What is wrong with the database, and since when.
    pub fn trouble(&self) -> Option<(Instant, Trouble)> {
        self.pulse.trouble()
    }

    /// Whether what was asked of the database last worked.
    pub fn is_well(&self) -> bool {
        self.pulse.is_well()
    }

    /// Whether the database answers in this time. One that is known to fail gets a moment only.
    pub async fn answers_in(&self, limit: Duration) -> bool {
        const MOMENT: Duration = Duration::from_millis(300);
        let limit = if self.is_well() { limit } else { limit.min(MOMENT) };
        let answer = tokio::time::timeout(limit, self.has_owner()).await;
        if answer.is_err() {
            self.pulse.note_silence();
        }
        answer.is_ok_and(|found| found.is_ok()) && self.is_well()
    }

    /// What `/metrics` says about it.
    pub fn vitals(&self) -> Vitals {
        self.pulse.vitals.clone()
    }

    /// Repeats what must not be forgotten (a message is out, a person was told) until the database
    /// has taken it, for as long as the process lives. A refusal for good ends it.
    ///
    /// # Errors
    /// When the database refuses it for good, or the process is to end.
    pub async fn insist<T, F>(&self, write: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        const LONGEST: Duration = Duration::from_secs(5);
        let mut pause = Duration::from_millis(50);
        let mut refused = 0;
        loop {
            let error = match write().await {
                Err(error) if !matches!(error, StoreError::Duplicate) => error,
                done => return done,
            };
            refused += u8::from(!error.is_passing());
            if refused >= 5 || !self.waits(pause).await {
                return Err(error);
            }
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Once nobody waits any longer, what is asked for still gets the time of one answer.
    async fn patience_is_over(&self) {
        self.patience.cancelled().await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    /// Waits; `false` when nobody waits any longer.
    async fn waits(&self, pause: Duration) -> bool {
        self.patience.run_until_cancelled(tokio::time::sleep(pause)).await.is_some()
    }

    /// Runs something until it works, fails for good, or has had its tries. `doubt` is set when one
    /// that failed may have been carried out all the same. Callers box it: it is big, and in every
    /// handler many times.
    async fn tried<T, F>(
        &self,
        half: Half,
        doubt: &mut bool,
        work: impl Fn() -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let (mut tries, began) = (Tries::begin(), Instant::now());
        let done = loop {
            let done = tokio::select! {
                done = work() => done,
                () = self.patience_is_over() => {
                    *doubt = true;
                    Err(StoreError::not_connected(sqlx::Error::PoolClosed))
                }
            };
            let Err(error) = &done else { break done };
            *doubt |= error.fault() == Fault::Doubtful;
            match tries.next(error.fault()) {
                Some(pause) if self.waits(pause).await => {}
                _ => break done,
            }
        };
        self.pulse.note(half, began, &done);
        done
    }

    /// Runs one statement in a commit of its own. It is repeated after a connection that broke, so it
    /// has to be one that changes nothing more when it is carried out twice.
    async fn write(&self, statement: Statement) -> Result<Written, StoreError> {
        let mut doubt = false;
        let rows = self.write_noting(&statement, &mut doubt).await?;
        Ok(Written { rows, doubt })
    }

    async fn write_noting(
        &self,
        statement: &Statement,
        doubt: &mut bool,
    ) -> Result<u64, StoreError> {
        let work = || async {
            let statement = statement.clone();
            match &self.pool {
                Pool::MySql(server) => server.write(statement).await,
                Pool::Sqlite { write, .. } => write.run(statement).await,
            }
        };
        Box::pin(self.tried(Half::Writes, doubt, work)).await
    }

    /// Gives the first row a query finds, if there is one. All of them are read, because what is left
    /// unread would be in the way of the connection's next statement.
    async fn find<T: Row>(&self, query: Statement) -> Result<Option<T>, StoreError> {
        Ok(self.list(query).await?.into_iter().next())
    }

    /// Gives all rows a query finds.
    async fn list<T: Row>(&self, query: Statement) -> Result<Vec<T>, StoreError> {
        let rows = Rows::none();
        self.read(query, rows.clone()).await?;
        Ok(rows.take())
    }

    /// Reads all rows a query finds.
    fn read(
        &self,
        query: Statement,
        into: Arc<dyn TakesRows>,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        let read = async move {
            let work = || async {
                let (query, into) = (query.clone(), into.clone());
                match &self.pool {
                    Pool::MySql(server) => server.read(query, &*into).await,
                    Pool::Sqlite { read, .. } => {
                        read.run(|on| sqlite::read(query, on, into).boxed()).await
                    }
                }
            };
            self.tried(Half::Reads, &mut false, work).await
        };
        Box::pin(read)
    }

    /// Inserts unless the key is taken.
    async fn insert_new(&self, insert: Statement) -> Result<Inserted, StoreError> {
        let mut doubt = false;
        match self.write_noting(&insert, &mut doubt).await {
            Ok(_) => Ok(Inserted::Now),
            Err(StoreError::Duplicate) if doubt => Ok(Inserted::NowOrBefore),
            Err(StoreError::Duplicate) => Ok(Inserted::Before),
            Err(error) => Err(error),
        }
    }

    /// Updates the row of a key, or inserts it where there is none.
    async fn put(&self, update: Statement, insert: Statement) -> Result<(), StoreError> {
        if self.write(update.clone()).await?.rows == 0 && !self.insert_new(insert).await?.is_ours()
        {
            self.write(update).await?;
        }
        Ok(())
    }
}
