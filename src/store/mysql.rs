//! MySQL 8 and MariaDB 10.11 or newer.

use std::{
    io,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use deadpool::managed::{Manager, Metrics, RecycleResult};
use sqlx::{
    ConnectOptions, Connection, Executor, MySqlConnection, migrate::MigrateError,
    mysql::MySqlConnectOptions,
};

use super::{
    StoreError,
    connections::{Bounds, Connections, Keeper},
    gather::{Changed, Found, Gather, Work as _},
    joint::Line,
    schema, sql,
    statement::{Row, Rows, Statement, TakesRows},
};

/// Connections kept at most. A commit holds one for well under a millisecond.
const CONNECTIONS: usize = 16;
/// How long a statement may take. A slow server needs some seconds for each of the two steps of a
/// statement it sees for the first time; what takes longer hangs.
pub(super) const STATEMENT_LIMIT: Duration = Duration::from_secs(15);
/// How long to wait for a connection: making one takes a slow server three answers or more.
const CONNECTION_LIMIT: Duration = Duration::from_secs(25);
/// A connection that was used so lately is taken to be alive: a ping before each use would be a
/// third round trip of every message.
const ALIVE: Duration = Duration::from_secs(5);

/// A server. Cheap to clone.
#[derive(Clone)]
pub(super) struct Server {
    connections: Connections<Maker>,
    begins: Gather<Changed>,
    finishes: Gather<Changed>,
    knows: Gather<Found>,
}

/// Makes connections, and knows when one last turned out to be dead.
pub(super) struct Maker {
    options: MySqlConnectOptions,
    broke: Broke,
}

/// After a restart of the server every connection from before is dead. The first one that shows it
/// makes all that were idle then be looked at before they are used; the first one that does not
/// answer then makes the others go unasked, for each could take long not to answer.
#[derive(Default)]
struct Broke(Mutex<Moments>);

#[derive(Clone, Copy, Default)]
struct Moments {
    broke: Option<Instant>,
    unanswered: Option<Instant>,
}

/// What is known of an idle connection.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    Alive,
    Doubtful,
    Dead,
}

impl Broke {
    fn note(&self, note: impl FnOnce(&mut Moments)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// In what shape a connection is that has been idle for so long.
    fn shape(&self, idle: Duration) -> Shape {
        let Moments { broke, unanswered } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |moment: Option<Instant>| moment.is_some_and(|at| at.elapsed() <= idle);
        if since(unanswered) {
            Shape::Dead
        } else if idle > ALIVE || since(broke) {
            Shape::Doubtful
        } else {
            Shape::Alive
        }
    }
}

impl Manager for Maker {
    type Type = MySqlConnection;
    type Error = sqlx::Error;

    /// A server that is just starting is waited for, as long as whoever asks waits.
    async fn create(&self) -> sqlx::Result<MySqlConnection> {
        let mut pause = Duration::from_millis(10);
        loop {
            // Boxed, as the ping below: it is seldom done, and every statement would be the bigger for it.
            match Box::pin(connect(&self.options)).await {
                Err(error) if is_starting(&error) => tokio::time::sleep(pause).await,
                done => return done,
            }
            pause = (pause * 2).min(CONNECTION_LIMIT / 5);
        }
    }

    async fn recycle(
        &self,
        connection: &mut MySqlConnection,
        metrics: &Metrics,
    ) -> RecycleResult<sqlx::Error> {
        // Since its last use began, not ended: too early a look does no harm.
        match self.broke.shape(metrics.last_used()) {
            Shape::Alive => return Ok(()),
            Shape::Dead => return Err(sqlx::Error::PoolClosed.into()),
            Shape::Doubtful => {}
        }
        let answer = within(STATEMENT_LIMIT / 2, Box::pin(connection.ping())).await;
        if answer.is_err() {
            self.broke.note(|moments| moments.unanswered = Some(Instant::now()));
        }
        Ok(answer?)
    }
}

impl Keeper for Maker {
    fn broke(&self) {
        self.broke.note(|moments| moments.broke = Some(Instant::now()));
    }
}

impl Server {
    /// Connects and brings the schema up to date.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = options(url)?;
        // Tried once: whoever started the program is to learn soon that no server is there.
        let first = within(CONNECTION_LIMIT, connect(&options)).await;
        let mut first = first.map_err(StoreError::not_connected)?;
        migrate(&mut first).await?;
        let _ = first.close().await;
        let maker = Maker { options, broke: Broke::default() };
        let idle = Duration::from_mins(2);
        let bounds = Bounds { most: CONNECTIONS, idle, wait: CONNECTION_LIMIT };
        let connections = Connections::new(maker, bounds)?;
        let writes = || Gather::new(connections.clone());
        let (begins, finishes) = (writes(), writes());
        let knows = Gather::new(connections.clone());
        Ok(Self { connections, begins, finishes, knows })
    }

    /// Runs a statement that writes, and gives how many rows it matched.
    pub(super) async fn write(&self, statement: Statement) -> Result<u64, StoreError> {
        let Changed(rows) = match statement.joint().map(|joint| joint.line) {
            Some(Line::Begin) => self.begins.run(statement).await?,
            Some(Line::Finish) => self.finishes.run(statement).await?,
            _ => self.connections.run(|on| Changed::run(statement.mysql(), on)).await?,
        };
        Ok(rows)
    }

    /// Reads all rows a query finds.
    pub(super) async fn read(
        &self,
        query: Statement,
        into: &dyn TakesRows,
    ) -> Result<(), StoreError> {
        let Found(rows) = match query.joint().map(|joint| joint.line) {
            Some(Line::Known) => self.knows.run(query).await?,
            _ => self.connections.run(|on| Found::run(query.mysql(), on)).await?,
        };
        into.begin();
        rows.iter().try_for_each(|row| into.mysql(row))?;
        Ok(())
    }

    async fn list<T: Row>(&self, query: Statement) -> Result<Vec<T>, StoreError> {
        let rows = Rows::none();
        self.read(query, &*rows).await?;
        Ok(rows.take())
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
    }

    pub(super) async fn version(&self) -> Result<String, StoreError> {
        let rows = self.list::<(String,)>(sql("SELECT VERSION()")).await?;
        let version = rows.into_iter().next().map(|(version,)| version).unwrap_or_default();
        Ok(if version.contains("MariaDB") { version } else { format!("MySQL {version}") })
    }

    /// What about its settings could lose what it has committed, in words.
    pub(super) async fn durability_warnings(&self) -> Result<Vec<String>, StoreError> {
        let query = sql("SELECT CAST(@@innodb_flush_log_at_trx_commit AS SIGNED), \
                         CAST(@@log_bin AS SIGNED), CAST(@@sync_binlog AS SIGNED)");
        let settings = self.list(query).await?.pop();
        Ok(settings.map(durability_warnings).unwrap_or_default())
    }
}

async fn connect(options: &MySqlConnectOptions) -> sqlx::Result<MySqlConnection> {
    let mut connection = options.connect().await?;
    limit_locks(&mut connection).await?;
    Ok(connection)
}

/// Whether nobody listens there yet.
fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.is_transient_in_connect_phase(),
        _ => false,
    }
}

fn options(url: &str) -> Result<MySqlConnectOptions, StoreError> {
    Ok(MySqlConnectOptions::from_str(url)
        .map_err(StoreError::not_connected)?
        // Our SQL needs neither, and Vitess refuses the statement that would set them.
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        // A slow database would fill the log with them.
        .disable_statement_logging())
}

/// A connection by itself, for work that takes long.
pub(super) async fn connect_alone(url: &str) -> Result<MySqlConnection, StoreError> {
    let options = options(url)?;
    let connecting = within(CONNECTION_LIMIT, connect(&options)).await;
    connecting.map_err(StoreError::not_connected)
}

/// Waits for the database, but not for ever.
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {limit:?}"));
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late().into()))
}

/// Lets the server give up waiting for a lock before we give up waiting for the server: else a
/// statement nobody waits for any more would be carried out later. A server that knows no such
/// limits is taken as it is.
async fn limit_locks(connection: &mut MySqlConnection) -> sqlx::Result<()> {
    let limits = "SET SESSION lock_wait_timeout = 10, innodb_lock_wait_timeout = 10";
    match connection.execute(limits).await {
        Err(error) if error.as_database_error().is_none() => Err(error),
        _ => Ok(()),
    }
}

/// Brings the schema up to date. A start that was killed in the middle of a migration leaves it
/// marked as begun, because MySQL can't undo a change of the schema; each file may be run again (it
/// makes tables that are missing, and adds columns last), so the mark is taken away and the file is.
pub(super) async fn migrate(connection: &mut MySqlConnection) -> Result<(), StoreError> {
    let migrations = sqlx::migrate!("migrations/mysql");
    let mut again = None;
    loop {
        let version = match migrations.run(&mut *connection).await {
            Ok(()) => return Ok(()),
            Err(MigrateError::Dirty(version))
                if again != Some(version) && schema::knows_schema(version) =>
            {
                version
            }
            Err(MigrateError::ExecuteMigration(error, version)) if is_there(&error) => {
                // It was cut off after its change and before its mark.
                let mark = sql("UPDATE _sqlx_migrations SET success = TRUE WHERE version = ?");
                mark.bind(version).mysql().execute(&mut *connection).await?;
                continue;
            }
            Err(error) => return Err(schema::failed(error)),
        };
        tracing::warn!(version, "a migration was cut off; it is run again");
        let mark = sql("DELETE FROM _sqlx_migrations WHERE version = ? AND success = FALSE");
        mark.bind(version).mysql().execute(&mut *connection).await?;
        again = Some(version);
    }
}

/// Whether the column or index to be added exists (`ER_DUP_FIELDNAME`, `ER_DUP_KEYNAME`).
fn is_there(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    let error = error.and_then(|error| error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>());
    error.is_some_and(|error| matches!(error.number(), 1060 | 1061))
}

fn durability_warnings((flush, binlog, sync): (i64, i64, i64)) -> Vec<String> {
    let mut warnings = Vec::new();
    if flush != 1 {
        warnings.push(format!(
            "innodb_flush_log_at_trx_commit is {flush}: a power cut can lose the last references; set it to 1"
        ));
    }
    if binlog == 1 && sync != 1 {
        warnings.push(format!(
            "sync_binlog is {sync}: a power cut can lose the last references; set it to 1"
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_connections_are_looked_at_after_one_that_broke() {
        let broke = Broke::default();
        let idle = |millis| broke.shape(Duration::from_millis(millis));
        assert_eq!(
            (idle(0), idle(4000), idle(6000)),
            (Shape::Alive, Shape::Alive, Shape::Doubtful)
        );
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds));
        broke.note(|moments| moments.broke = ago(2));
        assert_eq!((idle(1000), idle(4000)), (Shape::Alive, Shape::Doubtful));
        broke.note(|moments| moments.unanswered = ago(3));
        assert_eq!(
            (idle(1000), idle(2500), idle(4000)),
            (Shape::Alive, Shape::Doubtful, Shape::Dead)
        );
    }
}
