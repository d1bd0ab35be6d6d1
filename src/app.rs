//! Builds every room from the configuration, runs them, and stops them in order.
//!
//! Ready means: the database is open, the key fits, the listener listens. Telegram is asked nothing
//! before that, and nothing for each client bot.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use governor::Quota;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    bots::{Bots, host_of},
    clock,
    config::{Config, DatabaseUrl, Intake, Registration},
    dispatch::Dispatch,
    keyring::{self, KeyError},
    listener::{self, Terms},
    master::{Doors, Installation, Master},
    metrics::{self, Metrics},
    model::{BotState, OwnerId},
    plan::{Limits, Plans},
    polling,
    relay::Relay,
    seal::Seal,
    store::{SoleUse, Store, StoreError, sole_use},
    telegram::{Caller, Refusal, Telegram},
    webhook,
};

/// How long a stop waits for a database that does not work.
const STOP_PATIENCE: Duration = Duration::from_secs(16);
/// How often a start says that it waits for the database.
const WAITING_SAID_EVERY: Duration = Duration::from_secs(15);
/// How long a start waits for another process to give its SQLite file up: an update may start the
/// new one before the old one has ended.
const UPGRADE_OVERLAP: Duration = Duration::from_secs(10);
/// How long the database may take to prove that it is ready.
const READY_LIMIT: Duration = Duration::from_secs(5);
/// How long a stop waits for what runs; with what comes after it, less than 25 s.
const STOP_LIMIT: Duration = Duration::from_secs(20);
/// How long a stop waits for the database to close.
const CLOSING_LIMIT: Duration = Duration::from_secs(3);
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Why the relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key is missing or wrong.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database can't be used.
    #[error("DATABASE_URL: {0} can't be used")]
    Database(String, #[source] StoreError),
    /// Two processes on one SQLite file would repeat each other's messages.
    #[error("DATABASE_URL: another process uses {0}; stop it first")]
    InUse(String),
    /// Its owner would write to his own customers' bot.
    #[error(
        "MASTER_BOT_TOKEN: @{0} is attached here as a client bot; take a bot of its own for the master"
    )]
    MasterIsClient(String),
    /// An address can't be listened on.
    #[error("{0}: {1} can't be listened on")]
    Listen(&'static str, SocketAddr, #[source] std::io::Error),
    /// The HTTP client can't be set up.
    #[error("the HTTP client can't be set up")]
    Http(#[from] reqwest::Error),
}

impl StartError {
    /// Whether the configuration is at fault: exit code 2 instead of 1.
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Key(error) => error.is_configuration(),
            Self::MasterIsClient(_) => true,
            _ => false,
        }
    }

    /// Whether it passes by waiting.
    fn passes(&self) -> bool {
        match self {
            Self::Database(_, error) | Self::Key(KeyError::Store(error)) => {
                error.is_worth_waiting_for()
            }
            _ => false,
        }
    }
}

/// A relay that runs.
pub struct Running {
    /// Where updates and `/healthz` are listened for.
    pub address: SocketAddr,
    /// Where `/metrics` and `/readyz` are, if anywhere.
    pub metrics_address: Option<SocketAddr>,
    intake: CancellationToken,
    server: CancellationToken,
    tasks: TaskTracker,
    telegram: Telegram,
    dispatch: Dispatch,
    store: Store,
    /// Given up when all has ended.
    _sole_use: Option<SoleUse>,
}

/// The rooms a running relay is made of.
struct Rooms {
    telegram: Telegram,
    bots: Bots,
    master: Master,
    dispatch: Dispatch,
    metrics: Metrics,
    caller: Caller,
}

/// Opens the database.
///
/// # Errors
/// [`StartError::Database`].
pub async fn open_store(database: &DatabaseUrl) -> Result<Store, StartError> {
    let failed = |error| StartError::Database(database.to_string(), error);
    Store::open(database).await.map_err(failed)
}

/// Does what needs the database, for as long as it takes a server to answer: it may be starting
/// itself, or be out for maintenance. What waiting does not help ends the start.
async fn patiently<T, F>(database: &DatabaseUrl, work: impl Fn() -> F) -> Result<T, StartError>
where
    F: Future<Output = Result<T, StartError>>,
{
    let mut said: Option<Instant> = None;
    loop {
        let error = match work().await {
            Err(error) if error.passes() && matches!(database, DatabaseUrl::MySql(_)) => error,
            done => return done,
        };
        if said.is_none_or(|said| said.elapsed() >= WAITING_SAID_EVERY) {
            said = Some(Instant::now());
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "waiting for the database");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Takes an SQLite file for this process alone.
async fn use_alone(database: &DatabaseUrl) -> Result<Option<SoleUse>, StartError> {
    let DatabaseUrl::Sqlite(file) = database else { return Ok(None) };
    match sole_use(file.path(), UPGRADE_OVERLAP).await {
        Ok(None) => Err(StartError::InUse(database.to_string())),
        Ok(sole) => Ok(sole),
        // The database itself says better what is wrong with its folder.
        Err(error) => {
            tracing::warn!(%error, "the database's lock file can't be made");
            Ok(None)
        }
    }
}

/// Starts the relay. It runs until [`Running::stop`].
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: &Config) -> Result<Running, StartError> {
    let database = &config.database_url;
    let sole_use = use_alone(database).await?;
    let store = &patiently(database, || open_store(database)).await?;
    let seal =
        patiently(database, async || Ok(keyring::open(&config.secret_key, store, true).await?));
    let Some(seal) = seal.await? else { unreachable!("a key is made where there is none") };
    let failed = |error| StartError::Database(database.to_string(), error);
    let warnings =
        patiently(database, async || store.durability_warnings().await.map_err(failed)).await?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let master = config.master_bot_token.bot_id();
    let client = patiently(database, async || store.bot(master).await.map_err(failed)).await?;
    if let Some(client) = client.filter(|bot| bot.state != BotState::Removed) {
        return Err(StartError::MasterIsClient(client.username));
    }
    let rooms = &build(config, store, seal)?;
    let metrics = &rooms.metrics;
    let count = patiently(database, async || rooms.bots.load().await.map_err(failed)).await?;
    patiently(database, async || rooms.dispatch.take_up_parked().await.map_err(failed)).await?;
    let running = serve(config, rooms, (store, sole_use), metrics.clone()).await?;
    tracing::info!(address = %running.address, bots = count, version = env!("CARGO_PKG_VERSION"), "ready");
    run_background(config, rooms, store, metrics, &running);
    Ok(running)
}

fn build(config: &Config, store: &Store, seal: Seal) -> Result<Rooms, StartError> {
    let telegram = Telegram::new(config.telegram_api_url.url(), config.client_rate_limits)?;
    let token = config.master_bot_token.clone();
    let caller = Caller { bot: token.bot_id(), token };
    let bots = Bots::new(
        store.clone(),
        telegram.clone(),
        seal.clone(),
        config.intake.clone(),
        (caller.clone(), config.plans.is_some()),
    );
    let plans = Plans::new(store.clone(), config.plans.map(Limits::from), caller.bot);
    let named = || config.owner_ids.iter().filter_map(|id| i64::try_from(id.0).ok().map(OwnerId));
    let doors = Doors {
        owners: named().collect(),
        operator: named().next(),
        open: config.registration == Registration::Open,
    };
    let (store, telegram) = (store.clone(), telegram);
    let relay = Relay::new(
        store.clone(),
        telegram.clone(),
        bots.clone(),
        seal.clone(),
        (caller.clone(), plans.clone()),
        config.customer_rate.map(|rate| Quota::per_minute(rate.a_minute).allow_burst(rate.at_once)),
        i64::from(config.reference_retention_days),
    );
    let installation = Installation {
        host: config.public_url().map(|url| host_of(&url.to_string())),
        retention_days: i64::from(config.reference_retention_days),
        paces: config.client_rate_limits,
        began: Instant::now(),
        plans,
    };
    let doors = (doors, config.owner_rate);
    let (telegram_, bots_) = (telegram.clone(), bots.clone());
    let master =
        Master::new(store.clone(), telegram_, bots_, seal, caller.clone(), doors, installation);
    let parked = relay.clone();
    let metrics = Metrics::new(metrics::Rooms {
        database: store.vitals(),
        telegram: telegram.traffic(),
        relay: relay.tally(),
        parked: Box::new(move || parked.parked_queue()),
    });
    let rooms = (master.clone(), relay);
    let patience = config.turn_patience;
    let dispatch = Dispatch::new(store, bots.clone(), rooms, metrics.clone(), patience);
    Ok(Rooms { telegram, bots, master, dispatch, metrics, caller })
}

async fn serve(
    config: &Config,
    rooms: &Rooms,
    (store, sole_use): (&Store, Option<SoleUse>),
    metrics: Metrics,
) -> Result<Running, StartError> {
    let (server, tasks) = (CancellationToken::new(), TaskTracker::new());
    let prefix = config.public_url().map(|url| url.prefix().to_owned());
    let router = webhook::router(rooms.bots.clone(), rooms.dispatch.clone(), prefix.as_deref());
    let listen = async |name, address| {
        let failed = |error| StartError::Listen(name, address, error);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        Ok::<_, StartError>((listener, bound))
    };
    let (listener, address) = listen("LISTEN_ADDR", config.listen_addr).await?;
    let metrics_listener = match config.metrics_addr {
        Some(address) => Some(listen("METRICS_ADDR", address).await?),
        None => None,
    };
    tasks.spawn(listener::serve(listener, router, Terms::of_updates(), server.clone()));
    let metrics_address = metrics_listener.as_ref().map(|(_, address)| *address);
    if let Some((listener, _)) = metrics_listener {
        let (store, bots, dispatch) = (store.clone(), rooms.bots.clone(), rooms.dispatch.clone());
        let ready = move || {
            let (store, bots, dispatch) = (store.clone(), bots.clone(), dispatch.clone());
            async move { is_ready(&store, &bots, &dispatch).await }
        };
        let router = webhook::metrics_router(metrics, ready);
        tasks.spawn(listener::serve(listener, router, Terms::of_metrics(), server.clone()));
    }
    Ok(Running {
        address,
        metrics_address,
        intake: CancellationToken::new(),
        server,
        tasks,
        telegram: rooms.telegram.clone(),
        dispatch: rooms.dispatch.clone(),
        store: store.clone(),
        _sole_use: sole_use,
    })
}

/// Whether it can do its work; else why not. Telegram's silence is no reason: what cannot be passed
/// on now comes again, and another process would fare no better.
async fn is_ready(store: &Store, bots: &Bots, dispatch: &Dispatch) -> Result<(), &'static str> {
    if dispatch.is_stopping() {
        return Err("it is stopping");
    }
    if bots.master_state() == BotState::Revoked {
        return Err("Telegram does not accept MASTER_BOT_TOKEN");
    }
    if store.answers_in(READY_LIMIT).await {
        Ok(())
    } else {
        Err("the database does not take what it is asked to take")
    }
}

fn run_background(
    config: &Config,
    rooms: &Rooms,
    store: &Store,
    metrics: &Metrics,
    running: &Running,
) {
    let stop = &running.intake;
    running.tasks.spawn(greet_operator(
        rooms.telegram.clone(),
        rooms.bots.clone(),
        rooms.master.clone(),
        rooms.dispatch.clone(),
        rooms.caller.clone(),
        stop.clone(),
    ));
    let bots = rooms.bots.clone();
    let keeper = stop.clone();
    running.tasks.spawn(async move { bots.keep_orders(keeper).await });
    let (bots, every, watch) = (rooms.bots.clone(), config.watch_every, stop.clone());
    running.tasks.spawn(async move { bots.keep_watch(every, watch).await });
    let (bots, every, doubting) = (rooms.bots.clone(), config.watch_every, stop.clone());
    running.tasks.spawn(async move { bots.keep_doubting(every, doubting).await });
    let (bots, withdrawing) = (rooms.bots.clone(), stop.clone());
    running.tasks.spawn(async move { bots.keep_withdrawing(withdrawing).await });
    let (bots, telling) = (rooms.bots.clone(), stop.clone());
    running.tasks.spawn(async move { bots.keep_telling(telling).await });
    running.tasks.spawn(count_bots(rooms.bots.clone(), metrics.clone(), stop.clone()));
    let (dispatch, forgetting) = (rooms.dispatch.clone(), stop.clone());
    running.tasks.spawn(async move { dispatch.keep_forgetting(forgetting).await });
    let (master, reminding) = (rooms.master.clone(), stop.clone());
    running.tasks.spawn(async move { master.keep_reminding(reminding).await });
    let (master, patience, reach) = (rooms.master.clone(), config.watch_every * 10, stop.clone());
    running.tasks.spawn(async move { master.watch_reach(patience, reach).await });
    let (master, ending) = (rooms.master.clone(), stop.clone());
    running.tasks.spawn(async move { master.keep_plans(ending).await });
    let (master, telling) = (rooms.master.clone(), stop.clone());
    running.tasks.spawn(async move { master.keep_telling_owners(telling).await });
    let (master, watching) = (rooms.master.clone(), stop.clone());
    running.tasks.spawn(async move { master.watch_database(watching).await });
    if config.intake == Intake::Polling {
        running.tasks.spawn(polling::poll_clients(
            rooms.telegram.clone(),
            rooms.dispatch.clone(),
            rooms.bots.clone(),
            stop.clone(),
        ));
    }
    if store.is_shared() {
        let (living, end) = (store.clone(), stop.clone());
        running.tasks.spawn(async move { living.keep_alive(end).await });
        let (dispatch, end) = (rooms.dispatch.clone(), stop.clone());
        running.tasks.spawn(async move { dispatch.keep_looking_for_parked(end).await });
        let (bots, end) = (rooms.bots.clone(), stop.clone());
        running.tasks.spawn(async move { bots.keep_up(end).await });
    }
    let (dispatch, end) = (rooms.dispatch.clone(), stop.clone());
    running.tasks.spawn(async move { dispatch.keep_giving_asked_up(end).await });
    running.tasks.spawn(keep_house(
        store.clone(),
        rooms.telegram.clone(),
        i64::from(config.reference_retention_days),
        (config.watch_every, stop.clone()),
    ));
}

/// Asks Telegram who the master bot is, orders its updates, prints the claim link, and then polls
/// where there are no webhooks. Tries again while Telegram does not answer.
async fn greet_operator(
    telegram: Telegram,
    bots: Bots,
    master: Master,
    dispatch: Dispatch,
    caller: Caller,
    stop: CancellationToken,
) {
    let introduce = async {
        let mut pause = Duration::from_secs(1);
        loop {
            match introduce(&telegram, &bots, &master, &caller).await {
                Ok(()) => return,
                Err(None) => tracing::debug!("the master bot's token is still refused"),
                Err(Some(reason)) => tracing::error!(%reason, "the master bot can't work yet"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_mins(1));
        }
    };
    if stop.run_until_cancelled(introduce).await.is_none() {
        return;
    }
    if !bots.by_webhook() {
        polling::poll_master(telegram, dispatch, bots, caller, stop).await;
    }
}

/// Gives the reason when that can't be done yet; `None` where the log has it already.
async fn introduce(
    telegram: &Telegram,
    bots: &Bots,
    master: &Master,
    caller: &Caller,
) -> Result<(), Option<String>> {
    let identity = match telegram.identify(caller).await {
        Ok(identity) => identity,
        Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
            bots.master_fares(BotState::Revoked);
            return Err(None);
        }
        Err(error) => return Err(Some(error.to_string())),
    };
    bots.master_fares(BotState::Active);
    master.is_called(&identity.username);
    bots.order_master_updates().await.map_err(|error| error.to_string())?;
    tracing::info!(bot.id = identity.id.0, "the master bot is @{}", identity.username);
    if let Some(link) = master.claim_link().await.map_err(|error| error.to_string())? {
        print_claim_link(&link);
    }
    master.refresh_common_menu();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the operator has to see it whatever the log filter is")]
fn print_claim_link(link: &str) {
    println!(
        "\nNobody has claimed this installation yet. Open this link in Telegram to become its owner:\n\n    {link}\n"
    );
}

/// Keeps the metrics of how the bots fare.
async fn count_bots(bots: Bots, metrics: Metrics, stop: CancellationToken) {
    let mut changed = bots.watch();
    loop {
        changed.mark_unchanged();
        let master = bots.master_state();
        for (state, count) in bots.count_by_state() {
            metrics.bots(state.word(), count, master == state);
        }
        let news = async {
            // Not for each of many changes.
            tokio::time::sleep(Duration::from_millis(200)).await;
            let _ = changed.changed().await;
        };
        if stop.run_until_cancelled(news).await.is_none() {
            return;
        }
    }
}

/// Every hour, `first` after the start: removes what is too old, and forgets limits of chats that
/// were quiet.
async fn keep_house(
    store: Store,
    telegram: Telegram,
    days: i64,
    (first, stop): (Duration, CancellationToken),
) {
    let mut next = first;
    while stop.run_until_cancelled(tokio::time::sleep(next)).await.is_some() {
        next = Duration::from_hours(1);
        telegram.forget_quiet_chats();
        remove_old(&store, days).await;
        store.empty_log().await;
    }
}

/// Removes what is too old. What can't be removed keeps nothing else.
async fn remove_old(store: &Store, days: i64) {
    let before = |days: i64| clock::now_ms() - days * DAY_MS;
    for (what, removed) in [
        ("handled updates", store.forget_handled_before(before(2)).await),
        ("kept items", store.forget_kept_before(before(2)).await),
        ("announcements", store.forget_announcements_before(before(2)).await),
        ("albums", store.forget_albums_before(before(3)).await),
        ("marks of messages", store.forget_message_marks_before(before(2)).await),
        ("refusals", store.forget_refused_before(before(days)).await),
        ("processes", store.forget_processes_before(before(1)).await),
        ("references", store.forget_references_before(before(days)).await),
    ] {
        match removed {
            Ok(rows) => tracing::debug!(what, rows, "old rows removed"),
            Err(error) => tracing::warn!(what, %error, "old rows could not be removed"),
        }
    }
}

impl Running {
    /// Stops taking updates, lets what runs finish, closes the database. `false` when something
    /// did not finish in time; what is unfinished comes again after the next start.
    pub async fn stop(self) -> bool {
        tracing::info!("stopping");
        self.intake.cancel();
        self.server.cancel();
        self.dispatch.stop_waiting();
        self.telegram.stop_waiting();
        self.tasks.close();
        let finished = tokio::time::timeout(STOP_LIMIT, async {
            self.tasks.wait().await;
            self.dispatch.finish().await;
        });
        let impatient = async {
            tokio::time::sleep(STOP_PATIENCE).await;
            self.store.lose_patience();
            std::future::pending::<()>().await;
        };
        let in_time = tokio::select! {
            finished = finished => finished.is_ok(),
            () = impatient => false,
        };
        if !in_time {
            tracing::warn!("not everything finished in time; it goes on after the next start");
        }
        let _ = tokio::time::timeout(CLOSING_LIMIT, self.store.close()).await;
        in_time
    }
}
