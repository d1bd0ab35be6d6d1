//! The command line.

use std::{fmt, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::program::Kind;

/// The release binary cargo built beside this benchmark.
const RELAY: &str = env!("CARGO_BIN_EXE_feedback-relay");

/// Measures the relay beside a bare receive → insert → send program.
#[derive(Debug, Clone, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Which database; may be given twice.
    #[arg(long, value_enum, default_value = "sqlite")]
    pub(crate) database: Vec<Backend>,
    /// The server for `--database mysql`; its user creates and drops databases.
    #[arg(long, env = "TEST_MYSQL_URL", default_value = "mysql://root@127.0.0.1:3306/")]
    pub(crate) mysql: String,
    /// Messages of each program in each round's flood, and replies.
    #[arg(long, default_value_t = 5000)]
    pub(crate) messages: usize,
    /// Client bots.
    #[arg(long, default_value_t = 100)]
    pub(crate) bots: usize,
    /// Customers of each bot.
    #[arg(long, default_value_t = 10)]
    pub(crate) customers: usize,
    /// Measures, instead of messages, how long the relay takes to start and how much memory it has
    /// with so many bots; may be given several times.
    #[arg(long, value_name = "BOTS")]
    pub(crate) size: Vec<usize>,
    /// With `--size`: files of 20 MB that go through at the same time.
    #[arg(long, default_value_t = 16)]
    pub(crate) files: usize,
    /// Owners the bots belong to in turn; replies of one owner go one at a time, as Telegram
    /// delivers them.
    #[arg(long, default_value_t = 32)]
    pub(crate) owners: usize,
    /// Updates under way at a time in a flood.
    #[arg(long, default_value_t = 32)]
    pub(crate) concurrency: usize,
    /// Messages a second while latency is measured.
    #[arg(long, default_value_t = 300)]
    pub(crate) pace: usize,
    /// Seconds latency is measured in each round.
    #[arg(long, default_value_t = 4)]
    pub(crate) paced_seconds: usize,
    /// How often everything is measured; medians are reported.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Another binary of the relay to measure beside the others, to compare two builds; may be
    /// given several times. The first one given takes the place of the one cargo built.
    #[arg(long, value_name = "BINARY")]
    pub(crate) relay: Vec<PathBuf>,
    /// Leaves the bare programs out.
    #[arg(long)]
    pub(crate) no_bare: bool,
    /// Leaves owners' replies out.
    #[arg(long)]
    pub(crate) no_replies: bool,
    /// Prints JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Runs the bare program (the benchmark starts it by itself).
    #[command(hide = true)]
    Bare(Bare),
}

/// What the bare program needs to know.
#[derive(Debug, Clone, Args)]
pub(crate) struct Bare {
    #[arg(long)]
    pub(crate) database_url: String,
    #[arg(long)]
    pub(crate) listen: std::net::SocketAddr,
    #[arg(long)]
    pub(crate) telegram: String,
    /// 1: receive → insert → send. 2: and update, a second commit.
    #[arg(long)]
    pub(crate) commits: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    Sqlite,
    Mysql,
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Mysql => "mysql",
        })
    }
}

impl Arguments {
    /// What to do: as the command line says under `cargo bench`, else a smoke test. `cargo test`
    /// hands over filters and options meant for other test programs.
    pub(crate) fn read() -> Self {
        let mut given = std::env::args().skip(1);
        if given.any(|argument| argument == "--bench" || argument == "bare") {
            Self::parse()
        } else {
            Self::parse_from(["relay"]).smoke()
        }
    }

    /// A few messages on SQLite, which needs no server.
    fn smoke(&self) -> Self {
        Self {
            database: vec![Backend::Sqlite],
            messages: 40,
            bots: 2,
            customers: 3,
            owners: 2,
            concurrency: 4,
            pace: 100,
            paced_seconds: 1,
            rounds: 1,
            relay: Vec::new(),
            size: Vec::new(),
            ..self.clone()
        }
    }

    /// The binaries of the relay to measure.
    pub(crate) fn relays(&self) -> Vec<PathBuf> {
        if self.relay.is_empty() { vec![RELAY.into()] } else { self.relay.clone() }
    }

    /// The programs to measure. The bare ones come first: ratios are over them.
    pub(crate) fn programs(&self) -> Vec<Kind> {
        let mut programs = Vec::new();
        if !self.no_bare {
            programs.extend([Kind::Bare { commits: 1 }, Kind::Bare { commits: 2 }]);
        }
        programs.extend(self.relays().into_iter().map(Kind::Relay));
        programs
    }
}
