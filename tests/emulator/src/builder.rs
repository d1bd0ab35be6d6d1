//! The knobs.

use std::{io, time::Duration};

use tokio::net::TcpListener;

use crate::{Emulator, state::Settings};

/// Made by [`Emulator::builder`].
#[derive(Clone, Debug)]
pub struct Builder {
    settings: Settings,
    port: u16,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            settings: Settings {
                speed: 1.0,
                strict_rates: false,
                start_limits: false,
                strict_calls: true,
                download_limit: 20 << 20,
                upload_limit: 50 << 20,
                latency: Duration::ZERO,
                answer_limit: None,
                patience: Duration::from_secs(30),
                keep_records: true,
            },
            port: 0,
        }
    }
}

impl Builder {
    /// Divides every wait of the server (back-off, `Retry-After`, the 60 s cut, long polls, conflict
    /// pauses). Rate limits and message dates stay as they are.
    #[must_use]
    pub fn speed(mut self, speed: f64) -> Self {
        assert!(speed > 0.0, "speed divides waits, so it is above 0");
        self.settings.speed = speed;
        self
    }

    /// 429 for more than 1 message a second in a chat (after a burst of 5), 20 a minute in a group, 30 a second.
    #[must_use]
    pub fn strict_rates(mut self, on: bool) -> Self {
        self.settings.strict_rates = on;
        self
    }

    /// 429 for more than 20 newly seen tokens a minute or 600 an hour (SRV `ClientManager`).
    #[must_use]
    pub fn start_limits(mut self, on: bool) -> Self {
        self.settings.start_limits = on;
        self
    }

    /// Largest file getFile gives out; 20 MiB.
    #[must_use]
    pub fn download_limit(mut self, bytes: u64) -> Self {
        self.settings.download_limit = bytes;
        self
    }

    /// Largest request body; 50 MiB.
    #[must_use]
    pub fn upload_limit(mut self, bytes: u64) -> Self {
        self.settings.upload_limit = bytes;
        self
    }

    /// Every call and download takes at least this long.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// When an unanswered webhook is cut, if not after 60 s divided by the speed. The peer keeps running.
    #[must_use]
    pub fn answer_limit(mut self, limit: Duration) -> Self {
        self.settings.answer_limit = Some(limit);
        self
    }

    /// How long `wait` and `quiet` wait; 30 s.
    #[must_use]
    pub fn patience(mut self, limit: Duration) -> Self {
        self.settings.patience = limit;
        self
    }

    /// Off for long load runs: no ledger, no delivery log, no old updates.
    #[must_use]
    pub fn keep_records(mut self, on: bool) -> Self {
        self.settings.keep_records = on;
        self
    }

    /// A fixed port instead of a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Binds to 127.0.0.1 and serves on the current runtime.
    pub async fn start(self) -> io::Result<Emulator> {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        Emulator::launch(self.settings, listener)
    }
}
