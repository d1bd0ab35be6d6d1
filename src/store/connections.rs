//! Connections kept for the next statement, to either database.
//!
//! One is given back only after its statement has ended, with all it found or with a refusal of the
//! database; else it is dropped for good, because nobody knows what would come out of it next. So it
//! needs no ping when it comes back, which would be one more round trip of every statement.

use std::time::Duration;

use deadpool::managed::{Manager, Object, Pool, PoolConfig, PoolError, QueueMode, WeakPool};
use futures::future::{BoxFuture, join_all};
use sqlx::Connection;

use super::{
    StoreError,
    fault::Fault,
    mysql::{STATEMENT_LIMIT, within},
};

/// How connections are made, and looked at before they are used again.
pub(super) trait Keeper:
    Manager<Type: Connection, Error = sqlx::Error> + Send + Sync + 'static
{
    /// A connection turned out to be dead.
    fn broke(&self) {}
}

/// How many connections, and how long.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Connections at most.
    pub(super) most: usize,
    /// How long one is kept that nobody uses.
    pub(super) idle: Duration,
    /// How long somebody waits for one, its making included.
    pub(super) wait: Duration,
}

/// The connections. Cheap to clone.
pub(super) struct Connections<K: Keeper> {
    pool: Pool<K>,
    wait: Duration,
}

impl<K: Keeper> Clone for Connections<K> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), wait: self.wait }
    }
}

/// A connection in use. Unless it is given back it is dropped for good.
struct Borrowed<K: Keeper>(Option<Object<K>>);

impl<K: Keeper> Borrowed<K> {
    fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl<K: Keeper> Drop for Borrowed<K> {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

impl<K: Keeper> Connections<K> {
    /// None yet; they are made when they are needed.
    pub(super) fn new(keeper: K, bounds: Bounds) -> Result<Self, StoreError> {
        // The one used last is the likeliest to be alive, and the others can go.
        let mut config = PoolConfig::new(bounds.most);
        config.queue_mode = QueueMode::Lifo;
        let unable = |error| sqlx::Error::Configuration(Box::new(error));
        let pool = Pool::builder(keeper).config(config).build().map_err(unable)?;
        tokio::spawn(close_idle(pool.weak(), bounds.idle));
        Ok(Self { pool, wait: bounds.wait })
    }

    /// Uses a connection for one statement, as long as that may take.
    pub(super) async fn run<T>(
        &self,
        statement: impl for<'c> FnOnce(&'c mut K::Type) -> BoxFuture<'c, sqlx::Result<T>>,
    ) -> Result<T, StoreError> {
        let mut borrowed = Borrowed(Some(self.get().await.map_err(StoreError::not_connected)?));
        let Some(connection) = &mut borrowed.0 else { return Err(sqlx::Error::PoolClosed.into()) };
        let done = within(STATEMENT_LIMIT, statement(connection)).await;
        match &done {
            Ok(_) => borrowed.give_back(),
            Err(error @ sqlx::Error::Database(_)) if Fault::of(error) != Fault::Doubtful => {
                borrowed.give_back();
            }
            Err(_) => self.pool.manager().broke(),
        }
        Ok(done?)
    }

    async fn get(&self) -> sqlx::Result<Object<K>> {
        let got = tokio::time::timeout(self.wait, self.pool.get()).await;
        match got.unwrap_or(Err(PoolError::Backend(sqlx::Error::PoolTimedOut))) {
            Ok(connection) => Ok(connection),
            Err(PoolError::Backend(error)) => Err(error),
            Err(PoolError::Timeout(_)) => Err(sqlx::Error::PoolTimedOut),
            Err(_) => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Closes those that nobody uses; those in use go when they are given back.
    pub(super) async fn close(&self) {
        let kept = self.pool.retain(|_, _| false).removed;
        self.pool.close();
        say_goodbye(kept).await;
    }
}

/// Closes what nobody has used for a while, as long as there is a pool.
async fn close_idle<K: Keeper>(pool: WeakPool<K>, idle: Duration) {
    loop {
        tokio::time::sleep(idle / 2).await;
        let Some(pool) = pool.upgrade().filter(|pool| !pool.is_closed()) else { return };
        let unused = pool.retain(|_, metrics| metrics.last_used() < idle).removed;
        drop(pool);
        say_goodbye(unused).await;
    }
}

/// Tells the database, where it listens: else it takes note of clients that vanish.
async fn say_goodbye<C: Connection>(connections: Vec<C>) {
    let closing = connections.into_iter().map(Connection::close);
    let _ = tokio::time::timeout(Duration::from_secs(5), join_all(closing)).await;
}
