//! The real binary as a process of its own: it can be killed, and its memory can be read.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use super::{Stage, app::ORIGIN};

/// A running `feedback-relay`. Dropping it kills it.
pub struct Program {
    child: Child,
}

impl Program {
    /// Starts the binary with the stage's configuration; the stage's owner is its owner.
    pub fn start(stage: &Stage) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let mut variables = stage.variables();
        variables.insert("LISTEN_ADDR".to_owned(), address.to_string());
        variables.insert("OWNER_IDS".to_owned(), stage.owner.id.to_string());
        let log = std::fs::File::create(stage.database.folder().join("log")).expect("a log file");
        let child = Command::new(env!("CARGO_BIN_EXE_feedback-relay"))
            .env_clear()
            .envs(variables)
            .current_dir(stage.database.folder())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        stage.telegram.route(ORIGIN, &format!("http://{address}"));
        Self { child }
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is gone");
    }

    /// The most memory it ever had, in KB.
    pub fn peak_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the process's status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("VmHWM in KB")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
