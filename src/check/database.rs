//! What `check` finds out about the database, its files and the key.

use std::fmt::Display;

use super::{Report, SCARCE_BYTES, TOO_FEW_BYTES, machine, writing};
use crate::{
    chain::chain,
    config::{Config, DatabaseUrl, KeySource},
    keyring::{self, KeyError},
    model::BotState,
    seal::Seal,
    store::{BotRow, Cause, Lacking, Snapshot, Store, StoreError, lacking, newest_schema},
};

/// What `SQLite` keeps beside a database.
const BESIDE: &[&str] = &["-wal", "-shm"];

/// Why there is nothing more to look at.
enum Stop {
    Store(StoreError),
    Key(KeyError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyError> for Stop {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => Self::Store(error),
            error => Self::Key(error),
        }
    }
}

impl Report {
    /// Gives the key and the client bots where the database has both.
    pub(super) async fn database(&mut self, config: &Config) -> Option<(Seal, Vec<BotRow>)> {
        if !self.room(&config.database_url) {
            return None;
        }
        match self.look_into(config).await {
            Ok(found) => found,
            Err(Stop::Store(error)) => {
                let url = &config.database_url;
                let found = format!("{url} can't be used: {}", chain(&error));
                self.fail("database", &found, &fix_of(error.cause(), url));
                None
            }
            Err(Stop::Key(error)) => {
                self.misfit(&error);
                None
            }
        }
    }

    /// Whether an `SQLite` file can be made and written, and how much room there is for it.
    fn room(&mut self, database: &DatabaseUrl) -> bool {
        let DatabaseUrl::Sqlite(file) = database else { return true };
        if let Some(obstacle) = writing::obstacle(file.path(), BESIDE, "DATABASE_URL") {
            let found = format!("{database} can't be used: {}", obstacle.found);
            self.fail("database", &found, &obstacle.fix);
            return false;
        }
        let Some(free) = machine::free_bytes(file.path()) else { return true };
        let words = format!("{} MiB free for the database", free >> 20);
        if free < TOO_FEW_BYTES {
            self.fail("disk", &words, "make room: nothing is relayed on a full disk");
        } else if free < SCARCE_BYTES {
            self.warn("disk", &words, "make room before it is full");
        } else {
            self.line("disk", &words);
        }
        true
    }

    async fn look_into(&mut self, config: &Config) -> Result<Option<(Seal, Vec<BotRow>)>, Stop> {
        let url = &config.database_url;
        let Some(mut snapshot) = Snapshot::take(url).await? else {
            if self.may_make_tables(url).await? {
                self.line("database", &format!("{url}, empty; the first start makes its tables"));
            }
            self.new_key(&config.secret_key)?;
            return Ok(None);
        };
        let (schema, known) = (snapshot.schema(), snapshot.fact(keyring::FACT).await?);
        snapshot.close().await;
        if schema < newest_schema() {
            let found = format!("{url}, schema {schema}; this version has {}", newest_schema());
            let fix = "the next start brings it up to date; make a backup before: feedback-relay backup FILE";
            if self.may_make_tables(url).await? {
                self.warn("database", &found, fix);
            }
            self.key(config, known.as_deref())?;
            return Ok(None);
        }
        let store = Store::open(url).await?;
        let engine = store.engine().await?;
        self.line("database", &format!("{url} ({engine}, schema {schema})"));
        for warning in store.durability_warnings().await? {
            self.warn("database", &warning, "set it in the server's configuration and restart it");
        }
        let bots = self.counted(&store).await?;
        store.close().await;
        let seal = self.key(config, known.as_deref())?;
        Ok(seal.map(|seal| (seal, bots)))
    }

    /// Whether the account may do all that the relay does there; else says what it may not.
    async fn may_make_tables(&mut self, url: &DatabaseUrl) -> Result<bool, StoreError> {
        let Some(Lacking { account, rights }) = lacking(url).await? else { return Ok(true) };
        let DatabaseUrl::MySql(server) = url else { return Ok(true) };
        let found = format!("{url}: {account} may not {} there", rights.join(", "));
        let fix = format!("on the server: GRANT ALL ON `{}`.* TO {account};", server.database());
        self.fail("database", &found, &fix);
        Ok(false)
    }

    /// The key, proven against what the database remembers of it.
    fn key(&mut self, config: &Config, known: Option<&[u8]>) -> Result<Option<Seal>, KeyError> {
        let Some(known) = known else {
            self.new_key(&config.secret_key)?;
            return Ok(None);
        };
        let seal = keyring::fitting(&config.secret_key, known)?;
        self.line("key", "fits the database");
        Ok(Some(seal))
    }

    /// The key where the database knows none yet.
    fn new_key(&mut self, source: &KeySource) -> Result<(), KeyError> {
        if keyring::given(source)?.is_some() {
            self.line("key", "there; the first start begins to use it");
            return Ok(());
        }
        let KeySource::File(path) = source else { return Ok(()) };
        match writing::obstacle(path, &[], "SECRET_KEY_FILE") {
            None => self.line("key", "none yet; the first start makes one"),
            Some(obstacle) => {
                let found = format!("none yet, and none can be made: {}", obstacle.found);
                self.fail("key", &found, &obstacle.fix);
            }
        }
        Ok(())
    }

    fn misfit(&mut self, error: &KeyError) {
        let fix = match error {
            KeyError::Wrong(_) | KeyError::Missing(_) => {
                "put this installation's own key in place, or name the database that was made with \
                 this one; no other key opens anything"
                    .to_owned()
            }
            KeyError::Malformed(..) => {
                "put the file back as it was made: 32 bytes in base64, on one line".to_owned()
            }
            KeyError::File(path, _) => {
                let chown = writing::chown(path);
                format!("the user who runs the relay has to be able to read it: {chown}")
            }
            KeyError::Store(_) => "try again".to_owned(),
        };
        self.fail("key", &chain(error), &fix);
        if error.is_configuration() {
            self.misconfigured();
        }
    }

    async fn counted(&mut self, store: &Store) -> Result<Vec<BotRow>, StoreError> {
        let bots = store.all_bots().await?;
        let count = |state| bots.iter().filter(|bot| bot.state == state).count();
        let (revoked, contested) = (count(BotState::Revoked), count(BotState::Contested));
        let text = format!(
            "{} attached, {revoked} of them with a revoked token, {contested} contested",
            bots.len()
        );
        if revoked + contested == 0 {
            self.line("client bots", &text);
        } else {
            self.warn("client bots", &text, "their owners see with /bots what to do");
        }
        Ok(bots)
    }
}

/// What helps where the database can't be used.
fn fix_of(cause: Cause, database: &DatabaseUrl) -> String {
    match (cause, database) {
        (Cause::Newer, _) => "run that version, or restore a backup from before it".to_owned(),
        (Cause::HalfMigrated, _) => "start the relay once".to_owned(),
        (Cause::Full, _) => "make room".to_owned(),
        (Cause::Damaged, _) => "feedback-relay restore --replace FILE puts a backup in its place \
                                and keeps this file as <name>.damaged"
            .to_owned(),
        (_, DatabaseUrl::Sqlite(file)) => format!(
            "the user who runs the relay has to be able to read and write it: {}",
            writing::chown(file.path())
        ),
        (cause, DatabaseUrl::MySql(server)) => {
            let address = format!("{}:{}", server.host(), server.port());
            let grant = grant(server.database(), &server.user());
            match cause {
                Cause::NobodyThere => format!(
                    "start the server; it has to listen at {address}, as seen from here (in a \
                     container 127.0.0.1 is the container itself)"
                ),
                Cause::NoSuchHost => {
                    "the server's name has to be known here (DNS, /etc/hosts, the container's \
                     network)"
                        .to_owned()
                }
                Cause::NoAnswer => format!(
                    "look whether the server works, and whether a firewall lets {address} through"
                ),
                Cause::Account => format!(
                    "look at the account and the password (in DATABASE_URL signs such as @ : / ? # \
                     are percent-encoded); a new one: CREATE USER '{}'@'%' IDENTIFIED BY \
                     'password'; {grant}",
                    server.user()
                ),
                Cause::Rights => format!("on the server: {grant} {HOST_OF_ACCOUNT}"),
                Cause::NoSuchDatabase => {
                    format!("on the server: CREATE DATABASE `{}`; {grant}", server.database())
                }
                Cause::Certificate => "ssl-mode and ssl-ca in DATABASE_URL have to fit the \
                                       server's certificate"
                    .to_owned(),
                _ => "look into the server's log".to_owned(),
            }
        }
    }
}

/// Which host an account is for, its own connection would say.
const HOST_OF_ACCOUNT: &str =
    "(in place of % the account's own host, see SELECT user, host FROM mysql.user)";

fn grant(database: impl Display, user: &str) -> String {
    format!("GRANT ALL ON `{database}`.* TO '{user}'@'%';")
}
