//! SQLite: the embedded default. Readers share a small pool; one writer commits in groups.
//!
//! SQLite has one writer at a time anyway. Giving it a queue of its own turns waiting for a lock
//! into waiting in line, and lets all that waits share one `fsync`: under load a commit costs each
//! message a fraction of one, while a lone message still commits at once.
//!
//! The writer outlives whatever happens to the file: a full disk, a lock of another program, a
//! failing drive. Those who wait are told that their statement failed, and it goes on with the next.

use std::{panic::AssertUnwindSafe, path::Path, sync::Arc, time::Duration};

use deadpool::managed::{Manager, Metrics, RecycleResult};
use futures::{FutureExt, TryStreamExt as _};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::{mpsc, oneshot};

use super::{
    StoreError,
    connections::{Bounds, Connections, Keeper},
    mysql::{STATEMENT_LIMIT, within},
    schema, sql,
    statement::{Statement, TakesRows},
};

/// Connections that read, at most.
const READERS: usize = 4;
/// How many statements may wait for the writer; more wait at the door.
const WAITING: usize = 1024;
/// How many of them share one commit at most.
const GROUP: usize = 256;
/// How long another program may hold its lock before a statement fails.
const BUSY: Duration = Duration::from_secs(10);
/// How long a statement may wait for its commit: its turn, and another program's lock.
const COMMIT_LIMIT: Duration = Duration::from_secs(30);

/// How long a reader may be in the way of emptying the log so that nothing removed stays there: all
/// that is written waits meanwhile. Two statements, as [`BUSY`] is what holds otherwise.
const IN_THE_WAY: [&str; 2] = ["PRAGMA busy_timeout = 250", "PRAGMA busy_timeout = 10000"];

/// Brings what was written since the last checkpoint into the database, and empties its log.
const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

type Done = Result<u64, StoreError>;
type Group = Vec<(Statement, oneshot::Sender<Done>)>;

enum Job {
    Run(Statement, oneshot::Sender<Done>),
    EmptyLog(oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

/// The one writer. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Job>);

/// Opens (or creates) the file with its schema up to date, and starts the writer.
pub(super) async fn open(path: &Path) -> Result<(Connections<Reader>, Writer), StoreError> {
    if let Some(folder) = path.parent() {
        // Nothing to wait for: whoever chose the path has to mend it.
        let failed = |error| StoreError::not_connected(sqlx::Error::Configuration(Box::new(error)));
        crate::folder::make(folder).map_err(failed)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        // What is removed is overwritten, not only unlinked: the file must not show it.
        .pragma("secure_delete", "ON")
        // The default keeps up to 2 MB for each connection.
        .pragma("cache_size", "-512")
        // A slow disk would fill the log with them.
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    schema::SQLITE.run(&mut connection).await.map_err(schema::failed)?;
    // What is in the log at the start takes its room in the database now: on a disk that fills up,
    // the log could not be emptied any more.
    let _ = execute(&mut connection, sql(EMPTY_LOG)).await;
    // A file that vanishes is not made anew, empty.
    let options = options.create_if_missing(false);
    let bounds = Bounds { most: READERS, idle: Duration::from_mins(1), wait: STATEMENT_LIMIT };
    let read = Connections::new(Reader(options.clone().read_only(true)), bounds)?;
    let (sender, jobs) = mpsc::channel(WAITING);
    let pen = Pen { options, connection: Some(connection) };
    tokio::spawn(write_in_groups(pen, jobs));
    Ok((read, Writer(sender)))
}

/// Makes connections that read.
pub(super) struct Reader(SqliteConnectOptions);

impl Manager for Reader {
    type Type = SqliteConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<SqliteConnection> {
        self.0.connect().await
    }

    async fn recycle(&self, _: &mut SqliteConnection, _: &Metrics) -> RecycleResult<sqlx::Error> {
        // Nobody at the other end could have hung up.
        Ok(())
    }
}

impl Keeper for Reader {}

impl Writer {
    /// Runs one statement and waits for its commit.
    pub(super) async fn run(&self, statement: Statement) -> Done {
        let (done, result) = oneshot::channel();
        let closed = || StoreError::not_connected(sqlx::Error::PoolClosed);
        let waiting = async {
            self.0.send(Job::Run(statement, done)).await.map_err(|_| closed())?;
            result.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
        };
        match within(COMMIT_LIMIT, async { Ok(waiting.await) }).await {
            Ok(done) => done,
            Err(late) => Err(late.into()),
        }
    }

    /// Lets what waits be written, then empties the log, in which what was removed stands still. Where
    /// a reader is in the way, it stays until it is asked for again.
    pub(super) async fn empty_log(&self) {
        let (done, emptied) = oneshot::channel();
        if self.0.send(Job::EmptyLog(done)).await.is_ok() {
            let _ = emptied.await;
        }
    }

    /// Lets what waits be written, then closes the connection.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Job::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

async fn write_in_groups(mut pen: Pen, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut batch, GROUP).await > 0 {
        let mut group = Vec::with_capacity(batch.len());
        let (mut closing, mut emptying) = (None, Vec::new());
        for job in batch.drain(..) {
            match job {
                Job::Run(statement, done) => group.push((statement, done)),
                Job::EmptyLog(done) => emptying.push(done),
                Job::Close(done) => closing = Some(done),
            }
        }
        // A panic costs this group; who waits for it learns that nobody knows.
        if AssertUnwindSafe(pen.commit(group)).catch_unwind().await.is_err() {
            tracing::error!("the writer panicked; it goes on with a new connection");
            pen.connection = None;
        }
        if !emptying.is_empty() {
            pen.leave_nothing_in_log().await;
            for done in emptying {
                let _ = done.send(());
            }
        }
        if let Some(done) = closing {
            pen.put_down().await;
            let _ = done.send(());
            return;
        }
    }
}

/// The writer's connection, and how to get another one.
struct Pen {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
}

impl Pen {
    async fn put_down(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
    }

    async fn connected(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if self.connection.is_none() {
            self.connection =
                Some(self.options.connect().await.map_err(StoreError::not_connected)?);
        }
        self.connection.as_mut().ok_or_else(|| sqlx::Error::PoolClosed.into())
    }

    /// Runs a group in one transaction. Nobody is answered before the commit.
    async fn commit(&mut self, group: Group) {
        if group.len() > 1 {
            let mut results = self.together(&group).await;
            if matches!(&results, Err(error) if error.is_about_writing()) {
                self.make_room().await;
                results = self.together(&group).await;
            }
            match results {
                Ok(results) => return answer(group, results),
                Err(error) if error.is_passing() => {
                    let results = vec![Err(error); group.len()];
                    return answer(group, results);
                }
                // One of them is refused for good: alone, each gets its own answer.
                Err(_) => {}
            }
        }
        for (statement, done) in group {
            let _ = done.send(self.alone(statement).await);
        }
    }

    async fn alone(&mut self, statement: Statement) -> Done {
        let mut done = execute(self.connected().await?, statement.clone()).await;
        if matches!(&done, Err(error) if error.is_about_writing()) {
            self.make_room().await;
            done = execute(self.connected().await?, statement).await;
        }
        if matches!(&done, Err(StoreError::Database(error)) if error.as_database_error().is_none())
        {
            self.put_down().await;
        }
        done
    }

    /// Where the disk is full, the log of what was written since the last checkpoint may be what
    /// fills it: it is brought into the database and emptied.
    async fn make_room(&mut self) {
        if let Ok(connection) = self.connected().await {
            let emptied = execute(connection, sql(EMPTY_LOG)).await;
            tracing::debug!(done = emptied.is_ok(), "the database's log was to be emptied");
        }
    }

    /// Empties the log unless somebody reads what is in it.
    async fn leave_nothing_in_log(&mut self) {
        let [briefly, as_ever] = IN_THE_WAY;
        let Ok(connection) = self.connected().await else { return };
        let mut emptied = execute(connection, sql(briefly)).await;
        if emptied.is_ok() {
            emptied = execute(connection, sql(EMPTY_LOG)).await;
        }
        tracing::debug!(done = emptied.is_ok(), "the database's log was to be emptied");
        if execute(connection, sql(as_ever)).await.is_err() {
            self.put_down().await;
        }
    }

    /// Runs all or none of a group. A statement refused for its key fails alone: SQLite undoes just
    /// that statement.
    async fn together(&mut self, group: &Group) -> Result<Vec<Done>, StoreError> {
        let connection = self.connected().await?;
        let done = run_together(connection, group).await;
        // An error inside may have ended the transaction or not: only this makes it sure.
        if done.is_err() && execute(connection, sql("ROLLBACK")).await.is_err() {
            self.put_down().await;
        }
        done
    }
}

fn answer(group: Group, results: Vec<Done>) {
    for (result, (_, done)) in results.into_iter().zip(group) {
        let _ = done.send(result);
    }
}

async fn run_together(
    connection: &mut SqliteConnection,
    group: &Group,
) -> Result<Vec<Done>, StoreError> {
    let around = async |connection: &mut SqliteConnection, word| match sql(word)
        .sqlite()
        .execute(connection)
        .await
    {
        Ok(_) => Ok(()),
        Err(error) => {
            let error = StoreError::from(error);
            // No statement is to blame for what goes wrong around it.
            let blame = |_| StoreError::from(sqlx::Error::WorkerCrashed);
            Err(if error.is_passing() { error } else { blame(error) })
        }
    };
    around(connection, "BEGIN IMMEDIATE").await?;
    let mut results = Vec::with_capacity(group.len());
    for (statement, _) in group {
        match execute(connection, statement.clone()).await {
            Err(error) if !matches!(error, StoreError::Duplicate) => return Err(error),
            done => results.push(done),
        }
    }
    around(connection, "COMMIT").await?;
    Ok(results)
}

async fn execute(connection: &mut SqliteConnection, statement: Statement) -> Done {
    Ok(statement.sqlite().execute(connection).await?.rows_affected())
}

/// Reads all rows a query finds, one after the other: each is big while it is `SQLite`'s.
pub(super) async fn read(
    query: Statement,
    on: &mut SqliteConnection,
    into: Arc<dyn TakesRows>,
) -> sqlx::Result<()> {
    into.begin();
    let mut rows = query.sqlite().fetch(on);
    while let Some(row) = rows.try_next().await? {
        into.sqlite(&row)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::statement::Rows;

    async fn pen(folder: &Path) -> Pen {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("relay.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let mut pen = Pen { options, connection: None };
        let table = sql("CREATE TABLE t (id INTEGER PRIMARY KEY, content BLOB)");
        pen.alone(table).await.unwrap();
        pen
    }

    fn insert(id: i64, size: usize) -> Statement {
        sql("INSERT INTO t (id, content) VALUES (?, ?)").bind(id).bind(vec![7; size])
    }

    async fn commit(pen: &mut Pen, statements: Vec<Statement>) -> Vec<Done> {
        let (group, answers): (Vec<_>, Vec<_>) = statements
            .into_iter()
            .map(|statement| {
                let (done, answer) = oneshot::channel();
                ((statement, done), answer)
            })
            .unzip();
        pen.commit(group).await;
        futures::future::join_all(answers).await.into_iter().map(Result::unwrap).collect()
    }

    /// A disk with room for so many pages, for every connection to come.
    async fn limit_pages(pen: &mut Pen, pages: &'static str) {
        pen.options = pen.options.clone().pragma("max_page_count", pages);
        pen.put_down().await;
    }

    async fn count(pen: &mut Pen) -> i64 {
        let (query, rows) = (sql("SELECT COUNT(*) FROM t"), Rows::<(i64,)>::none());
        read(query, pen.connected().await.unwrap(), rows.clone()).await.unwrap();
        rows.take()[0].0
    }

    #[tokio::test]
    async fn in_a_group_each_gets_its_own_answer() {
        for action in [
            "CREATE TRIGGER c BEFORE INSERT ON t WHEN NEW.id = 2 BEGIN SELECT RAISE(ABORT, 'c'); END",
            "CREATE TRIGGER c BEFORE INSERT ON t WHEN NEW.id = 2 BEGIN SELECT RAISE(FAIL, 'c'); END",
            "CREATE TRIGGER c BEFORE INSERT ON t WHEN NEW.id = 2 BEGIN SELECT RAISE(ROLLBACK, 'c'); END",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut pen = pen(folder.path()).await;
            pen.alone(sql(action)).await.unwrap();
            let group = vec![insert(1, 1), insert(2, 1), insert(1, 1), insert(3, 1)];
            let answers = commit(&mut pen, group).await;
            assert!(matches!(answers[0], Ok(1)), "{answers:?}");
            assert!(matches!(&answers[1], Err(error) if !error.is_passing()), "{answers:?}");
            assert!(matches!(answers[2], Err(StoreError::Duplicate)), "{answers:?}");
            assert!(matches!(answers[3], Ok(1)), "{answers:?}");
            assert_eq!(count(&mut pen).await, 2);
        }
    }

    #[tokio::test]
    async fn a_full_disk_fails_the_whole_group_and_nothing_of_it_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut pen = pen(folder.path()).await;
        limit_pages(&mut pen, "8").await;
        let group = || vec![insert(1, 1), insert(2, 1 << 20), insert(3, 1)];
        let answers = commit(&mut pen, group()).await;
        for answer in &answers {
            let full =
                matches!(answer, Err(error) if error.is_about_writing() && error.is_passing());
            assert!(full, "{answers:?}");
        }
        assert_eq!(count(&mut pen).await, 0);
        limit_pages(&mut pen, "100000").await;
        let answers = commit(&mut pen, group()).await;
        assert!(answers.iter().all(|answer| matches!(answer, Ok(1))), "{answers:?}");
        assert_eq!(count(&mut pen).await, 3);
    }

    #[tokio::test]
    async fn the_writer_goes_on_after_a_file_that_was_away() {
        let folder = tempfile::tempdir().unwrap();
        let mut pen = pen(folder.path()).await;
        pen.put_down().await;
        pen.options = pen.options.clone().create_if_missing(false);
        let (file, away) = (folder.path().join("relay.db"), folder.path().join("away.db"));
        std::fs::rename(&file, &away).unwrap();
        let answers = commit(&mut pen, vec![insert(1, 1), insert(2, 1)]).await;
        let passing = |answer: &Done| matches!(answer, Err(error) if error.is_passing());
        assert!(answers.iter().all(passing), "{answers:?}");
        assert!(!file.exists(), "no new file is made");
        std::fs::rename(&away, &file).unwrap();
        let answers = commit(&mut pen, vec![insert(1, 1), insert(2, 1)]).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
}
