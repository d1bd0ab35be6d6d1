//! What waits for MySQL at the same moment goes there in one statement, and in one commit.
//!
//! A lone statement goes at once, as it is. While as many are under way as may be, the next ones
//! wait, and what has gathered by then goes together ([`super::joint`]). Each gets the answer it
//! would have had alone: where a group fails by a row, each of it goes by itself.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};
use sqlx::{
    MySql, MySqlConnection, Row as _,
    mysql::{MySqlArguments, MySqlRow},
    query::Query,
};
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    StoreError,
    connections::Connections,
    fault::Fault,
    joint::{Joint, size_of_group},
    mysql::{Maker, STATEMENT_LIMIT, within},
    statement::{Statement, joined},
};

/// Statements of one line under way at a time, each for one or for many.
const AT_ONCE: usize = 2;

/// What comes of a statement, alone or for many.
pub(super) trait Work: Sized + Send + 'static {
    /// Runs one to its end.
    fn run<'a>(
        query: Query<'static, MySql, MySqlArguments>,
        on: &'a mut MySqlConnection,
    ) -> BoxFuture<'a, sqlx::Result<Self>>;

    /// Each one's share; `None` where that can't be told.
    fn shares(self, among: usize) -> Option<Vec<Self>>;
}

/// How many rows were changed.
pub(super) struct Changed(pub(super) u64);

impl Work for Changed {
    fn run<'a>(
        query: Query<'static, MySql, MySqlArguments>,
        on: &'a mut MySqlConnection,
    ) -> BoxFuture<'a, sqlx::Result<Self>> {
        async { Ok(Self(query.execute(on).await?.rows_affected())) }.boxed()
    }

    /// One each, or nobody knows whose is missing.
    fn shares(self, among: usize) -> Option<Vec<Self>> {
        let is_whole = usize::try_from(self.0).is_ok_and(|changed| changed == among);
        is_whole.then(|| (0..among).map(|_| Self(1)).collect())
    }
}

/// The rows that were found.
pub(super) struct Found(pub(super) Vec<MySqlRow>);

impl Work for Found {
    fn run<'a>(
        query: Query<'static, MySql, MySqlArguments>,
        on: &'a mut MySqlConnection,
    ) -> BoxFuture<'a, sqlx::Result<Self>> {
        async { Ok(Self(query.fetch_all(on).await?)) }.boxed()
    }

    fn shares(self, among: usize) -> Option<Vec<Self>> {
        let mut shares: Vec<_> = (0..among).map(|_| Self(Vec::new())).collect();
        for row in self.0 {
            let place = usize::try_from(row.try_get::<i64, _>("place").ok()?).ok()?;
            shares.get_mut(place)?.0.push(row);
        }
        Some(shares)
    }
}

struct Job<W> {
    statement: Statement,
    done: oneshot::Sender<Result<W, StoreError>>,
}

/// When it is a statement's turn.
enum Place<W: Work> {
    Now(Statement, Turn<W>),
    Later(oneshot::Receiver<Result<W, StoreError>>),
}

/// A line of statements of one kind. Cheap to clone.
pub(super) struct Gather<W>(Arc<Inner<W>>);

struct Inner<W> {
    connections: Connections<Maker>,
    line: Mutex<Line<W>>,
    /// The server does not take them together, but alone.
    is_unable: AtomicBool,
}

struct Line<W> {
    under_way: usize,
    waiting: VecDeque<Job<W>>,
}

impl<W> Clone for Gather<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Work> Gather<W> {
    pub(super) fn new(connections: Connections<Maker>) -> Self {
        let line = Mutex::new(Line { under_way: 0, waiting: VecDeque::new() });
        Self(Arc::new(Inner { connections, line, is_unable: AtomicBool::new(false) }))
    }

    /// Runs a statement: at once, or with those that wait as well.
    pub(super) async fn run(&self, statement: Statement) -> Result<W, StoreError> {
        if self.0.is_unable.load(Ordering::Relaxed) {
            return self.alone(statement).await;
        }
        let answer = match self.queue(statement) {
            Place::Now(statement, _turn) => return self.alone(statement).await,
            Place::Later(answer) => answer,
        };
        let answer =
            async { Ok(answer.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))) };
        within(STATEMENT_LIMIT * 2, answer).await?
    }

    fn queue(&self, statement: Statement) -> Place<W> {
        let mut line = self.line();
        if line.under_way < AT_ONCE {
            line.under_way += 1;
            return Place::Now(statement, Turn(self.clone()));
        }
        let (done, answer) = oneshot::channel();
        line.waiting.push_back(Job { statement, done });
        Place::Later(answer)
    }

    fn line(&self) -> MutexGuard<'_, Line<W>> {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn alone(&self, statement: Statement) -> Result<W, StoreError> {
        self.0.connections.run(|on| W::run(statement.mysql(), on)).await
    }

    async fn pass(&self, mut group: Vec<Job<W>>) {
        let joint = group.first().and_then(|job| job.statement.joint());
        let Some(joint) = joint.filter(|_| group.len() > 1) else {
            return self.one_by_one(group, false).await;
        };
        group.sort_by(|one, other| joint.order(&one.statement, &other.statement));
        let error = match self.together(joint, &group).await {
            Ok(Some(shares)) => return answer(group, shares.into_iter().map(Ok)),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        match error {
            // All of them would fare alike, or already have.
            Some(error) if !matches!(error.fault(), Fault::Again | Fault::Refused) => {
                let errors = vec![error; group.len()];
                answer(group, errors.into_iter().map(Err));
            }
            error => {
                // Aside, because one of them may be what takes long.
                let is_strange = error.is_some_and(|error| {
                    error.fault() == Fault::Refused && !matches!(error, StoreError::Duplicate)
                });
                let gather = self.clone();
                tokio::spawn(async move { gather.one_by_one(group, is_strange).await });
            }
        }
    }

    async fn together(
        &self,
        joint: &'static Joint,
        group: &[Job<W>],
    ) -> Result<Option<Vec<W>>, StoreError> {
        let statements: Vec<_> = group.iter().map(|job| &job.statement).collect();
        let query = joined(joint, &statements);
        let done = self.0.connections.run(|on| W::run(query, on)).await?;
        Ok(done.shares(group.len()))
    }

    /// Each by itself. `were_refused`: the server did not like them together; where it takes every
    /// one of them alone, it is not asked so again.
    async fn one_by_one(&self, group: Vec<Job<W>>, were_refused: bool) {
        let each = group.into_iter().map(async |Job { statement, done }| {
            let result = self.alone(statement).await;
            let worked = result.is_ok();
            let _ = done.send(result);
            worked
        });
        let all_worked = join_all(each).await.into_iter().all(|worked| worked);
        if were_refused && all_worked && !self.0.is_unable.swap(true, Ordering::Relaxed) {
            tracing::warn!("the database takes statements one by one only; that is slower");
        }
    }
}

fn answer<W>(group: Vec<Job<W>>, results: impl Iterator<Item = Result<W, StoreError>>) {
    for (job, result) in group.into_iter().zip(results) {
        let _ = job.done.send(result);
    }
}

/// One of those under way. However it ends, those that wait by then go next.
struct Turn<W: Work>(Gather<W>);

impl<W: Work> Turn<W> {
    fn next_group(&self) -> Option<Vec<Job<W>>> {
        let mut line = self.0.line();
        let size = size_of_group(line.waiting.len());
        let group: Vec<_> = line.waiting.drain(..size).collect();
        (!group.is_empty()).then_some(group)
    }
}

impl<W: Work> Drop for Turn<W> {
    fn drop(&mut self) {
        let mut line = self.0.line();
        match Handle::try_current() {
            Ok(runtime) if !line.waiting.is_empty() => {
                drop(line);
                runtime.spawn(go_on(self.0.clone()));
            }
            _ => {
                // Without a runtime nobody is there to wait.
                line.waiting.clear();
                line.under_way = line.under_way.saturating_sub(1);
            }
        }
    }
}

async fn go_on<W: Work>(gather: Gather<W>) {
    let turn = Turn(gather);
    while let Some(group) = turn.next_group() {
        turn.0.pass(group).await;
    }
}
