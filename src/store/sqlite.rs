//! SQLite: the embedded default. Readers share a small pool; one writer commits in groups.
//!
//! SQLite has one writer at a time anyway. Giving it a queue of its own turns waiting for a lock
//! into waiting in line, and lets all that waits share one `fsync`: under load a commit costs each
//! message a fraction of one, while a lone message still commits at once.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{mpsc, oneshot};

use super::{StoreError, statement::Statement};

/// How many statements may wait for the writer; more wait at the door.
const WAITING: usize = 1024;
/// How many of them share one commit at most.
const GROUP: usize = 256;

type Done = Result<u64, StoreError>;

enum Job {
    Run(Statement, oneshot::Sender<Done>),
    Close(oneshot::Sender<()>),
}

/// The one writer. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Job>);

/// Opens (or creates) the file with its schema up to date, and starts the writer.
pub(super) async fn open(path: &Path) -> Result<(SqlitePool, Writer), StoreError> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(sqlx::Error::Io)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        // The default keeps up to 2 MB for each connection.
        .pragma("cache_size", "-512");
    let mut connection = options.connect().await?;
    sqlx::migrate!("migrations/sqlite")
        .run(&mut connection)
        .await
        .map_err(|error| StoreError::Migration(Arc::new(error)))?;
    let read = SqlitePoolOptions::new()
        .max_connections(4)
        .idle_timeout(Duration::from_mins(1))
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options.read_only(true).create_if_missing(false))
        .await?;
    let (sender, jobs) = mpsc::channel(WAITING);
    tokio::spawn(write_in_groups(connection, jobs));
    Ok((read, Writer(sender)))
}

impl Writer {
    /// Runs one statement and waits for its commit.
    pub(super) async fn run(&self, statement: Statement) -> Done {
        let (done, result) = oneshot::channel();
        self.0.send(Job::Run(statement, done)).await.map_err(|_| closed())?;
        result.await.map_err(|_| closed())?
    }

    /// Lets what waits be written, then closes the connection.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Job::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

fn closed() -> StoreError {
    sqlx::Error::PoolClosed.into()
}

async fn write_in_groups(mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut batch, GROUP).await > 0 {
        let mut group = Vec::with_capacity(batch.len());
        let mut closing = None;
        for job in batch.drain(..) {
            match job {
                Job::Run(statement, done) => group.push((statement, done)),
                Job::Close(done) => closing = Some(done),
            }
        }
        commit_group(&mut connection, group).await;
        if let Some(done) = closing {
            let _ = connection.close().await;
            let _ = done.send(());
            return;
        }
    }
}

/// Runs a group in one transaction. A statement refused for its key fails alone: SQLite undoes
/// just that statement. Nobody is answered before the commit.
async fn commit_group(
    connection: &mut SqliteConnection,
    mut group: Vec<(Statement, oneshot::Sender<Done>)>,
) {
    if group.len() == 1 {
        if let Some((statement, done)) = group.pop() {
            let _ = done.send(execute(connection, statement).await);
        }
        return;
    }
    let mut transaction = match connection.begin().await {
        Ok(transaction) => transaction,
        Err(error) => return fail_all(group.into_iter().map(|(_, done)| done), &error.into()),
    };
    let mut results = Vec::with_capacity(group.len());
    for (statement, done) in group {
        results.push((execute(&mut transaction, statement).await, done));
    }
    match transaction.commit().await {
        Ok(()) => {
            for (result, done) in results {
                let _ = done.send(result);
            }
        }
        Err(error) => fail_all(results.into_iter().map(|(_, done)| done), &error.into()),
    }
}

async fn execute(connection: &mut SqliteConnection, statement: Statement) -> Done {
    Ok(statement.sqlite().execute(connection).await?.rows_affected())
}

fn fail_all(waiting: impl Iterator<Item = oneshot::Sender<Done>>, error: &StoreError) {
    for done in waiting {
        let _ = done.send(Err(error.clone()));
    }
}
