//! The bare program: receive → insert → send (→ update), and nothing of the protocol.
//!
//! The same HTTP server, database crate and HTTP client as the relay, used plainly: no secret, no
//! order, no tenant, no second delivery, no entities, no limits, no log. What the relay costs more
//! than this is what its promises cost.

use std::sync::Arc;

use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use sqlx::{
    MySqlPool, SqlitePool,
    mysql::MySqlPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{arguments, updates};

const TABLE: &str = "CREATE TABLE bare (bot BIGINT NOT NULL, chat BIGINT NOT NULL, \
                     message BIGINT NOT NULL, copy BIGINT NULL, PRIMARY KEY (bot, chat, message))";
const INSERT: &str = "INSERT INTO bare (bot, chat, message) VALUES (?, ?, ?)";
const UPDATE: &str = "UPDATE bare SET copy = ? WHERE bot = ? AND chat = ? AND message = ?";

struct Bare {
    pool: Pool,
    http: reqwest::Client,
    send: String,
    two_commits: bool,
}

enum Pool {
    MySql(MySqlPool),
    Sqlite(SqlitePool),
}

#[derive(Deserialize)]
struct Update {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "message_id")]
    id: i64,
    chat: Chat,
    text: String,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

#[derive(Deserialize)]
struct Answer {
    result: Sent,
}

#[derive(Deserialize)]
struct Sent {
    message_id: i64,
}

/// Serves until it is killed.
pub(crate) async fn run(arguments: &arguments::Bare) -> Result<()> {
    let pool = Pool::open(&arguments.database_url).await?;
    pool.execute(TABLE, &[]).await?;
    let bare = Bare {
        pool,
        http: reqwest::Client::builder().build()?,
        send: format!("{}/bot{}/sendMessage", arguments.telegram, updates::MASTER_TOKEN),
        two_commits: arguments.commits == 2,
    };
    let path = format!("{}/telegram/{{bot}}", updates::PREFIX);
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route(&path, post(update))
        .with_state(Arc::new(bare));
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn update(State(bare): State<Arc<Bare>>, Path(bot): Path<i64>, body: Bytes) -> StatusCode {
    match bare.relay(bot, &body).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            eprintln!("bare: {error:#}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

impl Bare {
    async fn relay(&self, bot: i64, body: &[u8]) -> Result<()> {
        let Update { message } = serde_json::from_slice(body)?;
        let key = [bot, message.chat.id, message.id];
        self.pool.execute(INSERT, &key).await?;
        let owner = updates::owner_of_bot(bot);
        let call = serde_json::json!({ "chat_id": owner, "text": message.text });
        let request = self.http.post(&self.send).body(serde_json::to_vec(&call)?);
        let request = request.header("content-type", "application/json");
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        let answer: Answer = serde_json::from_slice(&answer)?;
        if self.two_commits {
            let [bot, chat, message] = key;
            self.pool.execute(UPDATE, &[answer.result.message_id, bot, chat, message]).await?;
        }
        Ok(())
    }
}

impl Pool {
    async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            // SQLite has one writer; more connections would only wait for each other's lock.
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            return Ok(Self::Sqlite(pool));
        }
        let options = MySqlPoolOptions::new().max_connections(16).test_before_acquire(false);
        Ok(Self::MySql(options.connect(url).await?))
    }

    #[expect(clippy::disallowed_methods, reason = "the bare program has no store")]
    async fn execute(&self, statement: &'static str, values: &[i64]) -> Result<()> {
        match self {
            Self::MySql(pool) => {
                let query = values.iter().fold(sqlx::query(statement), |query, it| query.bind(*it));
                query.execute(pool).await?;
            }
            Self::Sqlite(pool) => {
                let query = values.iter().fold(sqlx::query(statement), |query, it| query.bind(*it));
                query.execute(pool).await?;
            }
        }
        Ok(())
    }
}
