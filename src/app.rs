//! Builds every room from the configuration, runs them, and stops them in order.
//!
//! Ready means: the database is open, the key fits, the listener listens. Telegram is asked nothing
//! before that, and nothing for each client bot.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    bots::Bots,
    clock,
    config::{Config, DatabaseUrl, Intake, Registration},
    dispatch::Dispatch,
    keyring::{self, KeyError},
    master::{Doors, Master},
    metrics::Metrics,
    model::{BotState, OwnerId},
    polling,
    relay::Relay,
    seal::Seal,
    store::{Store, StoreError},
    telegram::{Caller, Refusal, Telegram},
    webhook,
};

/// How long a stop waits for what runs.
const STOP_LIMIT: Duration = Duration::from_secs(25);
/// How long a start waits for the database.
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);
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
        matches!(
            self,
            Self::Key(KeyError::Wrong(_) | KeyError::Missing(_) | KeyError::Malformed(..))
        )
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
    dispatch: Dispatch,
    store: Store,
}

/// The rooms a running relay is made of.
struct Rooms {
    telegram: Telegram,
    bots: Bots,
    master: Master,
    dispatch: Dispatch,
    caller: Caller,
}

/// Opens the database, waiting for a server that is just starting.
///
/// # Errors
/// [`StartError::Database`].
pub async fn open_store(database: &DatabaseUrl, patience: Duration) -> Result<Store, StartError> {
    let began = std::time::Instant::now();
    loop {
        match Store::open(database).await {
            Ok(store) => return Ok(store),
            Err(StoreError::Database(error))
                if error.as_database_error().is_none()
                    && began.elapsed() < patience
                    && matches!(database, DatabaseUrl::MySql(_)) =>
            {
                tracing::warn!(%database, "the database does not answer yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(StartError::Database(database.to_string(), error)),
        }
    }
}

/// Starts the relay. It runs until [`Running::stop`].
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: &Config) -> Result<Running, StartError> {
    let store = open_store(&config.database_url, DATABASE_PATIENCE).await?;
    let seal = keyring::open(&config.secret_key, &store, true).await?;
    let Some(seal) = seal else { unreachable!("a key is made where there is none") };
    let failed = |error| StartError::Database(config.database_url.to_string(), error);
    for warning in store.durability_warnings().await.map_err(failed)? {
        tracing::warn!("{warning}");
    }
    let metrics = Metrics::new();
    let rooms = build(config, &store, seal, &metrics)?;
    let count = rooms.bots.load().await.map_err(failed)?;
    rooms.dispatch.take_up_parked().await.map_err(failed)?;
    let running = serve(config, &rooms, &store, metrics.clone()).await?;
    tracing::info!(address = %running.address, bots = count, version = env!("CARGO_PKG_VERSION"), "ready");
    run_background(config, &rooms, &store, &metrics, &running);
    Ok(running)
}

fn build(
    config: &Config,
    store: &Store,
    seal: Seal,
    metrics: &Metrics,
) -> Result<Rooms, StartError> {
    let telegram = Telegram::new(&config.telegram_api_url.to_string(), config.client_rate_limits)?;
    let token = config.master_bot_token.clone();
    let caller = Caller { bot: token.bot_id(), token };
    let bots = Bots::new(
        store.clone(),
        telegram.clone(),
        seal.clone(),
        config.intake.clone(),
        caller.clone(),
    );
    let doors = Doors {
        owners: config
            .owner_ids
            .iter()
            .filter_map(|id| i64::try_from(id.0).ok().map(OwnerId))
            .collect(),
        open: config.registration == Registration::Open,
    };
    let (store, telegram) = (store.clone(), telegram);
    let relay =
        Relay::new(store.clone(), telegram.clone(), bots.clone(), seal.clone(), caller.clone());
    let master =
        Master::new(store.clone(), telegram.clone(), bots.clone(), seal, caller.clone(), doors);
    let dispatch = Dispatch::new(store, bots.clone(), master.clone(), relay, metrics.clone());
    Ok(Rooms { telegram, bots, master, dispatch, caller })
}

async fn serve(
    config: &Config,
    rooms: &Rooms,
    store: &Store,
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
    tasks.spawn(serve_on(listener, router, server.clone()));
    let metrics_address = metrics_listener.as_ref().map(|(_, address)| *address);
    if let Some((listener, _)) = metrics_listener {
        let store = store.clone();
        let ready = move || {
            let store = store.clone();
            async move { store.has_owner().await.is_ok() }
        };
        let router = webhook::metrics_router(metrics, ready);
        tasks.spawn(serve_on(listener, router, server.clone()));
    }
    Ok(Running {
        address,
        metrics_address,
        intake: CancellationToken::new(),
        server,
        tasks,
        dispatch: rooms.dispatch.clone(),
        store: store.clone(),
    })
}

/// Answers on one listener until stopped.
async fn serve_on(listener: TcpListener, router: Router, stop: CancellationToken) {
    let serving =
        axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
    if let Err(error) = serving.await {
        tracing::error!(%error, "a listener failed");
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
    let (bots, telling) = (rooms.bots.clone(), stop.clone());
    running.tasks.spawn(async move { bots.keep_telling(telling).await });
    running.tasks.spawn(count_bots(rooms.bots.clone(), metrics.clone(), stop.clone()));
    let (master, reminding) = (rooms.master.clone(), stop.clone());
    running.tasks.spawn(async move { master.keep_reminding(reminding).await });
    if config.intake == Intake::Polling {
        running.tasks.spawn(polling::poll_clients(
            rooms.telegram.clone(),
            rooms.dispatch.clone(),
            rooms.bots.clone(),
            stop.clone(),
        ));
    }
    running.tasks.spawn(keep_house(
        store.clone(),
        rooms.telegram.clone(),
        i64::from(config.reference_retention_days),
        stop.clone(),
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
    tracing::info!(bot.id = %identity.id, "the master bot is @{}", identity.username);
    if let Some(link) = master.claim_link().await.map_err(|error| error.to_string())? {
        print_claim_link(&link);
    }
    master.refresh_common_menu();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the operator has to see it whatever the log filter is")]
fn print_claim_link(link: &str) {
    println!(
        "\nNobody owns this installation yet. Open this link in Telegram to become its owner:\n\n    {link}\n"
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

/// Every hour: removes what is too old, and forgets limits of chats that were quiet.
async fn keep_house(store: Store, telegram: Telegram, days: i64, stop: CancellationToken) {
    let mut next = Duration::from_mins(1);
    while stop.run_until_cancelled(tokio::time::sleep(next)).await.is_some() {
        next = Duration::from_hours(1);
        telegram.forget_quiet_chats();
        let now = clock::now_ms();
        let cleaned = async {
            store.forget_handled_before(now - 2 * DAY_MS).await?;
            store.forget_kept_before(now - 2 * DAY_MS).await?;
            store.forget_albums_before(now - 3 * DAY_MS).await?;
            store.forget_refused_before(now - days * DAY_MS).await?;
            store.forget_references_before(now - days * DAY_MS).await
        };
        match cleaned.await {
            Ok(references) => tracing::debug!(references, "old references removed"),
            Err(error) => tracing::warn!(%error, "old rows could not be removed"),
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
        self.tasks.close();
        let finished = tokio::time::timeout(STOP_LIMIT, async {
            self.tasks.wait().await;
            self.dispatch.finish().await;
        });
        let in_time = finished.await.is_ok();
        if !in_time {
            tracing::warn!("not everything finished in time; it goes on after the next start");
        }
        let _ = tokio::time::timeout(Duration::from_secs(3), self.store.close()).await;
        in_time
    }
}
