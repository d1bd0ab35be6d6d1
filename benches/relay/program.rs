//! A program under measurement: started, warmed up, driven.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    arguments::Arguments,
    database::Database,
    figures::{Flood, Latency, Round},
    load::{self, Post},
    process::{Process, free_address},
    telegram::Telegram,
    updates,
};

/// Which program.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Bare { commits: u8 },
    Relay(PathBuf),
}

pub(crate) struct Program {
    pub(crate) kind: Kind,
    pub(crate) process: Process,
    /// Memory in use before the first message, in MiB.
    pub(crate) idle_memory: f64,
    telegram: Telegram,
    /// The webhook secret of each bot; empty for the bare program, which looks at none.
    secrets: Vec<String>,
    master_secret: String,
}

impl Program {
    pub(crate) async fn start(
        kind: Kind,
        database: &mut Database,
        arguments: &Arguments,
    ) -> Result<Self> {
        let telegram = Telegram::start().await?;
        let (folder, url) = database.create().await?;
        let mut program = match &kind {
            Kind::Bare { commits } => {
                let process = start_bare(*commits, &url, &telegram).await?;
                Self::new(kind, process, telegram)
            }
            Kind::Relay(binary) => {
                let binary = binary.clone();
                let process =
                    start_relay(&binary, &url, &folder, &telegram, arguments.owners).await?;
                let mut relay = Self::new(kind, process, telegram);
                relay.attach_bots(arguments).await?;
                // Again, so that ready time and idle memory are those of an everyday start.
                relay.process.stop().await?;
                relay.process =
                    start_relay(&binary, &url, &folder, &relay.telegram, arguments.owners).await?;
                relay
            }
        };
        tokio::time::sleep(Duration::from_millis(500)).await;
        program.idle_memory = program.process.memory()?;
        Ok(program)
    }

    fn new(kind: Kind, process: Process, telegram: Telegram) -> Self {
        let (secrets, master_secret) = Default::default();
        Self { kind, process, idle_memory: 0.0, telegram, secrets, master_secret }
    }

    pub(crate) fn name(&self) -> String {
        match &self.kind {
            Kind::Bare { commits: 1 } => "bare, 1 commit".to_owned(),
            Kind::Bare { commits } => format!("bare, {commits} commits"),
            Kind::Relay(binary) => {
                let name = binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if name == "feedback-relay" { "relay".to_owned() } else { name }
            }
        }
    }

    pub(crate) fn is_relay(&self) -> bool {
        matches!(self.kind, Kind::Relay(_))
    }

    /// Lets each customer write once, so that what happens only at first has happened.
    pub(crate) async fn warm_up(&mut self, arguments: &Arguments) -> Result<()> {
        let posts = self.inbound(arguments.bots * arguments.customers, arguments);
        load::flood(self.process.address, posts, arguments.concurrency).await?;
        // Nobody waits for the acknowledgement of a customer's first message; the figures must.
        let mut called = 0;
        while self.telegram.calls() != called {
            called = self.telegram.calls();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// One round of everything.
    pub(crate) async fn round(&mut self, arguments: &Arguments) -> Result<Round> {
        self.process.forget_peak()?;
        let posts = self.inbound(arguments.messages, arguments);
        let marks: Vec<usize> = posts.iter().map(|post| post.mark).collect();
        let inbound = self.flood(posts, 1, 0, arguments.concurrency).await?;
        for mark in &marks {
            ensure!(self.telegram.arrival(*mark).is_some(), "message {mark} was lost");
        }
        let posts = self.inbound(arguments.pace * arguments.paced_seconds, arguments);
        let telegram = &self.telegram;
        let address = self.process.address;
        let passages = load::paced(telegram, address, posts, arguments.pace).await?;
        let latency = Latency::of(&passages);
        let outbound = if self.is_relay() && !arguments.no_replies {
            let posts = self.replies(&marks, arguments);
            // 👍, ✅ with Undo, and Undo taken off the copy before belong to a reply; they are not
            // waited for, but they cost. An owner's first reply has no copy before.
            let concurrency = arguments.owners.min(arguments.concurrency);
            Some(self.flood(posts, 4, arguments.owners, concurrency).await?)
        } else {
            None
        };
        Ok(Round { inbound, latency, outbound, peak_memory: self.process.peak_memory()? })
    }

    /// Passes messages on as fast as they go. Gives the most memory in use meanwhile, in MiB.
    pub(crate) async fn busiest(&mut self, arguments: &Arguments) -> Result<f64> {
        self.process.forget_peak()?;
        let posts = self.inbound(arguments.messages, arguments);
        load::flood(self.process.address, posts, arguments.concurrency).await?;
        self.process.peak_memory()
    }

    /// Passes a file of each of so many customers on, all at the same time where they go to as many
    /// owners. Gives the most memory in use meanwhile, in MiB.
    pub(crate) async fn files(&mut self, count: usize, arguments: &Arguments) -> Result<f64> {
        self.process.forget_peak()?;
        self.telegram.expect_files(count.min(arguments.bots).min(arguments.owners));
        let posts = self.telegram.marks(count).enumerate().map(|(number, mark)| {
            let bot = number % arguments.bots;
            let body = updates::document(mark, bot, number / arguments.bots);
            let secret = self.secrets.get(bot).cloned().unwrap_or_default();
            Post { mark, bot: updates::bot_id(bot), secret, body }
        });
        load::flood(self.process.address, posts.collect(), count).await?;
        self.process.peak_memory()
    }

    async fn flood(
        &self,
        posts: Vec<Post>,
        calls: usize,
        fewer: usize,
        concurrency: usize,
    ) -> Result<Flood> {
        let count = posts.len();
        let called = self.telegram.calls();
        let before = self.process.cpu()?;
        let took = load::flood(self.process.address, posts, concurrency).await?;
        let expected = called + u64::try_from(count * calls)?;
        for _ in 0..5000 {
            if self.telegram.calls() >= expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let (made, fewest) = (self.telegram.calls(), expected - u64::try_from(fewer)?);
        ensure!(
            (fewest..=expected).contains(&made),
            "there were {} calls where {} were expected",
            made - called,
            expected - called
        );
        Ok(Flood::new(count, took, before, self.process.cpu()?))
    }

    fn inbound(&self, count: usize, arguments: &Arguments) -> Vec<Post> {
        let marks = self.telegram.marks(count);
        marks
            .map(|mark| {
                let bot = mark % arguments.bots;
                let customer = mark / arguments.bots % arguments.customers;
                let secret = self.secrets.get(bot).cloned().unwrap_or_default();
                let body = updates::inbound(mark, bot, customer);
                Post { mark, bot: updates::bot_id(bot), secret, body }
            })
            .collect()
    }

    /// A reply to each of these messages, of different owners in turn.
    fn replies(&self, answered: &[usize], arguments: &Arguments) -> Vec<Post> {
        let marks = self.telegram.marks(answered.len());
        let replies = marks.zip(answered).map(|(mark, answered)| {
            let owner = answered % arguments.bots % arguments.owners;
            let body = updates::reply(mark, owner, self.telegram.copy(*answered));
            Post { mark, bot: updates::MASTER, secret: self.master_secret.clone(), body }
        });
        replies.collect()
    }

    /// Attaches the bots as their owners would: `/add` and the token.
    async fn attach_bots(&mut self, arguments: &Arguments) -> Result<()> {
        for _ in 0..2000 {
            if let Some(secret) = self.telegram.secret(updates::MASTER_TOKEN) {
                self.master_secret = secret;
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut posts = Vec::new();
        for (bot, mark) in self.telegram.marks(arguments.bots).enumerate() {
            let text = format!("/add {}", updates::bot_token(bot));
            let body = updates::of_owner(mark, bot % arguments.owners, &text, None);
            let secret = self.master_secret.clone();
            posts.push(Post { mark, bot: updates::MASTER, secret, body });
        }
        load::flood(self.process.address, posts, 16).await?;
        for bot in 0..arguments.bots {
            let secret = self.telegram.secret(&updates::bot_token(bot));
            self.secrets.push(secret.context("a bot was not attached")?);
        }
        Ok(())
    }
}

async fn start_bare(commits: u8, database_url: &str, telegram: &Telegram) -> Result<Process> {
    let address = free_address().await?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["bare", "--commits", &commits.to_string(), "--database-url", database_url])
        .args(["--listen", &address.to_string()])
        .args(["--telegram", &format!("http://{}", telegram.address)]);
    Process::start(&mut command, address).await
}

async fn start_relay(
    binary: &Path,
    database_url: &str,
    folder: &Path,
    telegram: &Telegram,
    owners: usize,
) -> Result<Process> {
    let address = free_address().await?;
    let owners: Vec<String> =
        (0..owners).map(|owner| updates::owner_id(owner).to_string()).collect();
    let mut command = Command::new(binary);
    command.current_dir(folder).env_clear().envs([
        ("MASTER_BOT_TOKEN", updates::MASTER_TOKEN.to_owned()),
        ("DATABASE_URL", database_url.to_owned()),
        ("PUBLIC_URL", format!("https://relay.bench{}", updates::PREFIX)),
        ("LISTEN_ADDR", address.to_string()),
        ("OWNER_IDS", owners.join(",")),
        ("SECRET_KEY_FILE", folder.join("secret.key").display().to_string()),
        ("TELEGRAM_API_URL", format!("http://{}", telegram.address)),
        ("CLIENT_RATE_LIMITS", "off".to_owned()),
        ("CUSTOMER_RATE", "off".to_owned()),
        ("OWNER_RATE", "off".to_owned()),
        ("LOG", "warn".to_owned()),
    ]);
    Process::start(&mut command, address).await
}
