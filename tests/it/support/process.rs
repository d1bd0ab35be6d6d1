//! The real binary as a child process: what a terminal sees, signals, `kill -9`.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

const BINARY: &str = env!("CARGO_BIN_EXE_feedback-relay");
/// How long a child may take for anything.
const PATIENCE: Duration = Duration::from_secs(40);

/// A child that is killed when it is dropped.
pub struct Process {
    child: Child,
    stdout: Output,
    stderr: Output,
}

/// What a finished child left.
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

struct Output {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn of(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let (mut lines, into) = (BufReader::new(pipe), Arc::clone(&text));
        let reader = std::thread::spawn(move || {
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
                into.lock().unwrap().push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, reader: Some(reader) }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text()
    }
}

impl Process {
    /// Starts the binary in a folder, with these variables and no others.
    pub fn start(folder: &Path, arguments: &[&str], variables: &HashMap<String, String>) -> Self {
        Self::run(Command::new(BINARY), folder, arguments, variables)
    }

    /// The same, so that a limit of file sizes makes its writes fail instead of ending it.
    pub fn start_limited(folder: &Path, variables: &HashMap<String, String>) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$0\"", BINARY]);
        Self::run(shell, folder, &[], variables)
    }

    /// A command of the shell, in which `"$0"` is the binary.
    pub fn shell(folder: &Path, script: &str, variables: &HashMap<String, String>) -> Self {
        let mut variables = variables.clone();
        variables.insert("PATH".to_owned(), "/usr/bin:/bin".to_owned());
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script, BINARY]);
        Self::run(shell, folder, &[], &variables)
    }

    fn run(
        mut command: Command,
        folder: &Path,
        arguments: &[&str],
        variables: &HashMap<String, String>,
    ) -> Self {
        let mut child = command
            .args(arguments)
            .env_clear()
            .envs(variables)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stdout = Output::of(child.stdout.take().expect("a pipe"));
        let stderr = Output::of(child.stderr.take().expect("a pipe"));
        Self { child, stdout, stderr }
    }

    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// Waits until what it has printed is as wanted.
    pub async fn until<T>(&mut self, what: &str, wanted: impl Fn(&Self) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = wanted(self) {
                return found;
            }
            let alive = self.is_alive();
            assert!(
                alive && began.elapsed() < PATIENCE,
                "waited in vain for {what} (alive: {alive})\n{}\n{}",
                self.stdout(),
                self.stderr()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until it is ready; gives the address it listens on.
    pub async fn ready(&mut self) -> SocketAddr {
        self.until("readiness", |process| address_in(&process.stderr())).await
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Lets no file of its grow beyond so many bytes; `None`: any.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let arguments = [format!("--pid={}", self.child.id()), format!("--fsize={limit}:")];
        let set = Command::new("prlimit").args(arguments).status().expect("prlimit runs");
        assert!(set.success());
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }

    /// The most memory it ever had, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak.expect("VmHWM in KB") << 10
    }

    /// Waits for its end.
    pub async fn finished(mut self) -> Finished {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end:\n{}", self.stderr());
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let (stdout, stderr) = (self.stdout.whole(), self.stderr.whole());
        Finished { code: status.code(), stdout, stderr }
    }

    /// Stops it in good order.
    pub async fn stop(self) -> Finished {
        self.terminate();
        let finished = self.finished().await;
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        finished
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the line that says "ready", in either format of the log.
fn address_in(log: &str) -> Option<SocketAddr> {
    let line = log
        .lines()
        .find(|line| line.contains(" ready address=") || line.contains("\"message\":\"ready\""))?;
    let after = line.split_once("address=").or_else(|| line.split_once("\"address\":\""))?.1;
    after.split([' ', '"']).next()?.parse().ok()
}
