//! The database server behind a proxy: killed and started again, cut off, slow, mute.

use std::{
    fs::OpenOptions,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tcp_proxy::{Cut, Proxy};
use tokio::net::TcpStream;

use crate::{arguments::Arguments, fleet::Clock, fleet::signal, history::History};

/// How long the server may take to end or to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database server and the way to it.
pub struct Database {
    address: SocketAddr,
    proxy: Proxy,
    history: History,
    server: Option<Server>,
}

/// What is needed to start a server again.
struct Server {
    pid_file: PathBuf,
    command: Vec<String>,
}

impl Database {
    /// Puts the proxy in front of the server; gives the URL that goes through it.
    pub async fn reach(
        arguments: &Arguments,
        url: &str,
        history: History,
    ) -> Result<(Self, String)> {
        let (before, rest) = url.split_once("@").context("a database URL has a user")?;
        let (host, name) = rest.split_once('/').context("a database URL names a database")?;
        let address = tokio::net::lookup_host(host).await?.next();
        let address = address.with_context(|| format!("{host} has no address"))?;
        let proxy = Proxy::start(address).await?;
        let through = format!("{before}@{}/{name}", proxy.address());
        let server = arguments.database_pid_file.as_deref().map(Server::find).transpose()?;
        Ok((Self { address, proxy, history, server }, through))
    }

    /// Restarts and disturbs until told to stop; then all is well again.
    pub async fn suffer(
        self,
        (mut restarts, mut troubles): (Clock, Clock),
        mut stop: tokio::sync::watch::Receiver<bool>,
    ) -> Result<Self> {
        while !*stop.borrow_and_update() {
            if let Some(number) = restarts.rings()
                && let Some(server) = &self.server
            {
                self.history.happened("database restart", "");
                server.restart(number, self.address).await?;
            }
            if let Some(number) = troubles.rings() {
                self.disturb(number).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.proxy.forget_cuts();
        Ok(self)
    }

    async fn disturb(&self, number: u64) {
        let nth = usize::try_from(1 + (number >> 8) % 40).unwrap_or(1);
        let kind = match number % 6 {
            0 => {
                self.proxy.cut_all();
                "database: all connections cut"
            }
            1 => {
                self.proxy.delay_answers(Duration::from_millis(40 + (number >> 8) % 400));
                tokio::time::sleep(Duration::from_secs(2)).await;
                self.proxy.delay_answers(Duration::ZERO);
                "database: slow"
            }
            2 => {
                self.proxy.stall();
                tokio::time::sleep(Duration::from_millis(500 + (number >> 8) % 3000)).await;
                self.proxy.pass();
                "database: mute"
            }
            3 => {
                self.proxy.cut(Cut::at("COMMIT").nth(nth).after_execution());
                "database: cut after a commit"
            }
            4 => {
                self.proxy.cut(Cut::at("message_references").nth(nth).after_execution());
                "database: cut after a statement"
            }
            _ => {
                self.proxy.cut(Cut::at("message_references").nth(nth));
                "database: cut before a statement"
            }
        };
        self.history.happened(kind, "");
    }
}

impl Server {
    fn find(pid_file: &Path) -> Result<Self> {
        let process = process(pid_file)?;
        let command = std::fs::read(format!("/proc/{process}/cmdline"))?;
        let command = command.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        let command = command.map(|part| String::from_utf8_lossy(part).into_owned());
        // Users and databases are there already.
        let command = command.filter(|part| !part.starts_with("--init-file")).collect();
        Ok(Self { pid_file: pid_file.to_owned(), command })
    }

    /// Ends the server, mostly without a word, and starts it again.
    async fn restart(&self, number: u64, address: SocketAddr) -> Result<()> {
        let process = process(&self.pid_file)?;
        let before = status(process);
        signal(process, if number.is_multiple_of(4) { "TERM" } else { "KILL" })?;
        let deadline = Instant::now() + PATIENCE;
        while is_running(process) && status(process) == before {
            if Instant::now() > deadline {
                bail!("the database server does not end");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis((number >> 8) % 3000)).await;
        let log = self.pid_file.with_file_name("log");
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let (program, arguments) = self.command.split_first().context("an empty command")?;
        // Its process id goes into the file, by which whoever started the first one ends this one.
        Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the database server does not start again")?;
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).await.is_err() {
            if Instant::now() > deadline {
                bail!("the database server does not come up again");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

fn process(pid_file: &Path) -> Result<u32> {
    let text = std::fs::read_to_string(pid_file)
        .with_context(|| format!("{} can't be read", pid_file.display()))?;
    Ok(text.trim().parse()?)
}

/// A child that nobody waits for stays as a zombie, which is dead enough.
fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}

/// When it was started: another process may get its number.
fn status(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.split(' ').nth(19)?.to_owned())
}
