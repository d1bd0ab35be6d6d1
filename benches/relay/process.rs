//! A child process, and what the kernel says it used.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Kernel ticks a second, as /proc counts processor time.
const TICKS: f64 = 100.0;

/// A running program; killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) ready_after: Duration,
}

/// Processor seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu {
    pub(crate) user: f64,
    pub(crate) system: f64,
}

impl Process {
    /// Starts a program that listens at `address`, and waits until it does.
    pub(crate) async fn start(command: &mut Command, address: SocketAddr) -> Result<Self> {
        let began = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut process = Self { child, address, ready_after: Duration::ZERO };
        while !healthy(address).await {
            ensure!(process.child.try_wait()?.is_none(), "the program ended");
            ensure!(began.elapsed() < Duration::from_mins(1), "the program does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        process.ready_after = began.elapsed();
        Ok(process)
    }

    pub(crate) fn cpu(&self) -> Result<Cpu> {
        let stat = self.read("stat")?;
        // The second field is a name that may hold anything, in parentheses.
        let rest = stat.rsplit_once(')').context("no name in stat")?.1;
        let mut ticks = rest.split_whitespace().skip(11).map(str::parse::<f64>);
        let mut next = || ticks.next().context("stat is short").and_then(|it| Ok(it?));
        Ok(Cpu { user: next()? / TICKS, system: next()? / TICKS })
    }

    /// Memory in use now, in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        self.status("VmRSS:")
    }

    /// The most memory in use since [`Process::forget_peak`], in MiB.
    pub(crate) fn peak_memory(&self) -> Result<f64> {
        self.status("VmHWM:")
    }

    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// Stops it as an operator would, and waits for its end.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        ensure!(Command::new("kill").args(["-TERM", &id]).status()?.success(), "no kill");
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(began.elapsed() < Duration::from_secs(30), "the program does not stop");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    fn status(&self, name: &str) -> Result<f64> {
        let status = self.read("status")?;
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes / 1024.0)
    }

    fn read(&self, name: &str) -> Result<String> {
        let path = format!("/proc/{}/{name}", self.child.id());
        std::fs::read_to_string(path).context("the figures are read from Linux's /proc")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address nobody listens on just now.
pub(crate) async fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

async fn healthy(address: SocketAddr) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200"))
    };
    asked.await.unwrap_or(false)
}
