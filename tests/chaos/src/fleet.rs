//! The relay's processes: started, killed, frozen, started again, and known to Telegram while they listen.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use telegram_emulator::Emulator;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    arguments::{Arguments, Intake},
    chance::Chance,
    history::History,
    stage::{ORIGIN, Stage},
};

/// How often the processes are looked after.
const LOOK: Duration = Duration::from_millis(20);
/// How often metrics and memory are read.
const MEASURE: Duration = Duration::from_secs(2);
/// How long a start may take.
const START: Duration = Duration::from_secs(60);
/// How often a process may end by itself before the first one listens.
const TRIES: usize = 5;

/// One place of a process; who stands there changes.
struct Replica {
    address: SocketAddr,
    metrics: SocketAddr,
    child: Option<Child>,
    starts: usize,
    launched: Instant,
    listens: bool,
    frozen_until: Option<Instant>,
}

/// All processes.
pub struct Fleet {
    telegram: Emulator,
    history: History,
    relay: PathBuf,
    folder: PathBuf,
    intake: Intake,
    variables: HashMap<String, String>,
    replicas: Vec<Replica>,
    freeze_for: Option<Duration>,
    measured: Instant,
}

/// When the next one of something is due.
pub struct Clock {
    every: Option<Duration>,
    chance: Chance,
    next: Option<Instant>,
}

impl Clock {
    /// By chance within 40 to 100 % of `every`.
    pub fn new(every: Option<Duration>, seed: u64, purpose: &str) -> Self {
        let mut clock = Self { every, chance: Chance::new(seed, purpose), next: None };
        clock.wind();
        clock
    }

    fn wind(&mut self) {
        let wait = self.every.map(|every| every.mul_f64(self.chance.between(0.4, 1.0)));
        self.next = wait.map(|wait| Instant::now() + wait);
    }

    /// Whether it is time; if so, a number to choose by.
    pub fn rings(&mut self) -> Option<u64> {
        self.next.filter(|next| *next <= Instant::now())?;
        self.wind();
        Some(self.chance.number())
    }
}

impl Fleet {
    /// Nothing runs yet.
    pub fn new(
        arguments: &Arguments,
        stage: &Stage,
        (folder, database): (&Path, String),
        history: History,
    ) -> Result<Self> {
        let owners: Vec<String> = stage.owners.iter().map(|owner| owner.id.to_string()).collect();
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary)?;
        let mut variables = HashMap::from([
            ("MASTER_BOT_TOKEN".to_owned(), stage.master.token.clone()),
            ("DATABASE_URL".to_owned(), database),
            ("SECRET_KEY_FILE".to_owned(), folder.join("secret.key").display().to_string()),
            ("OWNER_IDS".to_owned(), owners.join(",")),
            ("TMPDIR".to_owned(), temporary.display().to_string()),
            // What is tested is that nothing is lost, not how patiently.
            ("CLIENT_RATE_LIMITS".to_owned(), "off".to_owned()),
            ("CUSTOMER_RATE".to_owned(), "off".to_owned()),
            ("OWNER_RATE".to_owned(), "off".to_owned()),
            ("LOG".to_owned(), arguments.log.clone()),
        ]);
        if arguments.intake == Intake::Webhook {
            variables.insert("PUBLIC_URL".to_owned(), format!("{ORIGIN}/hooks"));
        }
        let relay = std::fs::canonicalize(&arguments.relay);
        let relay = relay.with_context(|| format!("{} is not there", arguments.relay.display()))?;
        let replicas = (0..arguments.replicas).map(|_| Replica::place()).collect::<Result<_>>()?;
        Ok(Self {
            telegram: stage.telegram.clone(),
            history,
            relay,
            folder: folder.to_owned(),
            intake: arguments.intake,
            variables,
            replicas,
            freeze_for: arguments.freeze_for.map(Duration::from_secs),
            measured: Instant::now(),
        })
    }

    /// Sets a variable for every start from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Starts all of them, one after the other, and waits until they listen.
    pub async fn start(&mut self) -> Result<()> {
        for index in 0..self.replicas.len() {
            self.launch(index)?;
            let deadline = Instant::now() + START;
            while !self.replicas[index].listens {
                self.look().await?;
                if Instant::now() > deadline || self.replicas[index].starts > TRIES {
                    let log = std::fs::read_to_string(self.folder.join("replica-0.log"));
                    bail!("the relay does not start:\n{}", log.unwrap_or_default());
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    }

    /// Kills, freezes and starts again until told to stop; gives itself back with everyone running.
    pub async fn suffer(
        mut self,
        (mut kills, mut freezes): (Clock, Clock),
        mut stop: tokio::sync::watch::Receiver<bool>,
    ) -> Result<Self> {
        while !*stop.borrow_and_update() {
            if let Some(number) = kills.rings() {
                self.kill(number)?;
            }
            if let Some(number) = freezes.rings() {
                self.freeze(number)?;
            }
            self.look().await?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(self)
    }

    /// Keeps everyone alive and awake, for ever.
    pub async fn recover(&mut self) -> Result<()> {
        loop {
            self.look().await?;
            tokio::time::sleep(LOOK).await;
        }
    }

    fn launch(&mut self, index: usize) -> Result<()> {
        let log = self.log(index)?;
        let replica = &mut self.replicas[index];
        replica.starts += 1;
        replica.launched = Instant::now();
        let caller = caller(index, replica.starts);
        let mut variables = self.variables.clone();
        variables.insert("LISTEN_ADDR".to_owned(), replica.address.to_string());
        variables.insert("METRICS_ADDR".to_owned(), replica.metrics.to_string());
        let api = format!("{}/via/{caller}", self.telegram.api_url());
        variables.insert("TELEGRAM_API_URL".to_owned(), api);
        let child = Command::new(&self.relay)
            .env_clear()
            .envs(variables)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the relay does not start")?;
        replica.child = Some(child);
        replica.listens = false;
        replica.frozen_until = None;
        Ok(())
    }

    fn log(&self, index: usize) -> io::Result<File> {
        let path = self.folder.join(format!("replica-{index}.log"));
        OpenOptions::new().create(true).append(true).open(path)
    }

    /// Takes note of who died, starts him again, wakes who has been frozen for long enough.
    pub async fn look(&mut self) -> Result<()> {
        for index in 0..self.replicas.len() {
            let replica = &mut self.replicas[index];
            let Some(child) = &mut replica.child else { continue };
            if child.try_wait()?.is_some() {
                // Nobody asked it to: it gave up by itself, which a supervisor would answer with a new start.
                self.history.died(&caller(index, replica.starts));
                self.history.happened("ended by itself", &caller(index, replica.starts));
                replica.listens = false;
                self.route();
                tokio::time::sleep(Duration::from_millis(200)).await;
                self.launch(index)?;
                continue;
            }
            if replica.frozen_until.is_some_and(|until| until <= Instant::now()) {
                replica.frozen_until = None;
                signal(child.id(), "CONT")?;
            }
            if !replica.listens && TcpStream::connect(replica.address).await.is_ok() {
                replica.listens = true;
                self.route();
            }
        }
        if self.measured.elapsed() > MEASURE {
            self.measured = Instant::now();
            self.measure().await;
        }
        Ok(())
    }

    /// Kills one of them and starts it again at once.
    pub fn kill(&mut self, number: u64) -> Result<()> {
        let index = usize::try_from(number % self.replicas.len() as u64)?;
        let replica = &mut self.replicas[index];
        let Some(mut child) = replica.child.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        let caller = caller(index, replica.starts);
        self.history.died(&caller);
        self.history.happened("kill -9", &caller);
        replica.listens = false;
        self.route();
        self.launch(index)
    }

    /// The first one's present name, when it was started, and whether it listens.
    pub fn newest(&self) -> (String, Instant, bool) {
        let first = &self.replicas[0];
        (caller(0, first.starts), first.launched, first.listens)
    }

    /// Where the first one listens, for updates and for metrics.
    pub fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.replicas[0].address, self.replicas[0].metrics)
    }

    /// What the first one uses now, by its name in `/proc/<pid>/status`, in MiB.
    pub fn memory(&self, name: &str) -> u64 {
        self.replicas[0].child.as_ref().map_or(0, |child| memory(child.id(), name)) / 1024
    }

    fn freeze(&mut self, number: u64) -> Result<()> {
        let index = usize::try_from(number % self.replicas.len() as u64)?;
        let replica = &mut self.replicas[index];
        let Some(child) = &replica.child else { return Ok(()) };
        if replica.frozen_until.is_none() {
            signal(child.id(), "STOP")?;
            let by_chance = || Duration::from_millis(2000 + (number >> 8) % 6000);
            let time = self.freeze_for.unwrap_or_else(by_chance);
            replica.frozen_until = Some(Instant::now() + time);
            self.history.happened("SIGSTOP", &caller(index, replica.starts));
        }
        Ok(())
    }

    /// Telegram's deliveries go to those that listen. To one that is frozen as well: nobody can see it.
    fn route(&self) {
        if self.intake == Intake::Webhook {
            let listening = self.replicas.iter().filter(|replica| replica.listens);
            let targets: Vec<String> =
                listening.map(|replica| format!("http://{}", replica.address)).collect();
            self.telegram.balance(ORIGIN, &targets);
        }
    }

    /// Takes note of memory and metrics.
    pub async fn measure(&self) {
        for (index, replica) in self.replicas.iter().enumerate() {
            let Some(child) = replica.child.as_ref().filter(|_| replica.listens) else { continue };
            self.history.used_memory(memory(child.id(), "VmHWM"));
            let metrics =
                tokio::time::timeout(Duration::from_millis(500), get(replica.metrics, "/metrics"));
            if let Ok(Ok(metrics)) = metrics.await {
                let path = self.folder.join(format!("metrics-{index}-{}.txt", replica.starts));
                let _ = std::fs::write(path, metrics);
            }
        }
    }
}

impl Replica {
    fn place() -> Result<Self> {
        let free = || TcpListener::bind("127.0.0.1:0")?.local_addr();
        Ok(Self {
            address: free()?,
            metrics: free()?,
            child: None,
            starts: 0,
            launched: Instant::now(),
            listens: false,
            frozen_until: None,
        })
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for child in self.replicas.iter_mut().filter_map(|replica| replica.child.as_mut()) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The name by which Telegram's ledger tells one start of one replica from all others.
fn caller(index: usize, start: usize) -> String {
    format!("replica{index}-start{start}")
}

/// Sends a signal to a process.
pub fn signal(process: u32, name: &str) -> Result<()> {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).status()?;
    if !sent.success() {
        bail!("{name} does not reach process {process}");
    }
    Ok(())
}

/// One line of `/proc/<pid>/status`, in KiB.
fn memory(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What a path of one of our addresses answers, with its head.
pub async fn get(address: SocketAddr, path: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let asked = format!("GET {path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
