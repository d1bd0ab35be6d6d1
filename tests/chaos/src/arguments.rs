//! The command line.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use clap::{Parser, ValueEnum};

/// Lets many people talk through the relay while everything around it fails, and judges what arrived.
///
/// The exit code is 0 if every promise was kept, 1 if one was broken, 2 if the run itself failed.
#[derive(Debug, Clone, Parser)]
// The last one counts, so that a script can have defaults.
#[command(name = "chaos", args_override_self = true)]
pub struct Arguments {
    /// The relay's binary.
    #[arg(long)]
    pub relay: PathBuf,
    /// Measures one figure instead of playing a script. `docs/reliability.md` says what each of them means.
    #[arg(long, value_enum)]
    pub figure: Option<Figure>,
    /// For so many seconds people write more than can be passed on (`--figure flood` and `crowd`).
    #[arg(long = "for", default_value_t = 300)]
    pub lasting: u64,
    /// How often the relay is killed (`--figure recovery`).
    #[arg(long, default_value_t = 20)]
    pub times: usize,
    /// Whether Telegram refuses more than its rates and the relay keeps them (`--figure flood` and `crowd`).
    #[arg(long, value_enum, default_value = "on")]
    pub limits: Switch,
    /// Messages of customers.
    #[arg(long, default_value_t = 2000)]
    pub messages: usize,
    /// The same seed: the same people doing the same things, and the same faults for the n-th call of each method.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Owners; the bots are theirs in turn.
    #[arg(long, default_value_t = 4)]
    pub owners: usize,
    /// Client bots.
    #[arg(long, default_value_t = 8)]
    pub bots: usize,
    /// Conversations; some people have two of them, with different bots.
    #[arg(long, default_value_t = 60)]
    pub customers: usize,
    /// Processes of the relay. Several need webhooks and a database server.
    #[arg(long, default_value_t = 1)]
    pub replicas: usize,
    /// How updates reach the relay.
    #[arg(long, value_enum, default_value = "webhook")]
    pub intake: Intake,
    /// `mysql://...` of an empty database; without it a SQLite file is used.
    #[arg(long)]
    pub database_url: Option<String>,
    /// The file with the process id of the server behind `--database-url`, so that it can be killed and started again.
    #[arg(long)]
    pub database_pid_file: Option<PathBuf>,
    /// Where that server keeps its files: they are searched for secrets and message text.
    #[arg(long)]
    pub database_folder: Option<PathBuf>,
    /// `kill -9` of a process by chance within 40 to 100 % of so many seconds, again and again.
    #[arg(long, default_value = "5")]
    pub kill: Every,
    /// SIGSTOP of a process for 2 to 8 seconds, again and again.
    #[arg(long, default_value = "25")]
    pub freeze: Every,
    /// How many seconds each of them lasts instead.
    #[arg(long)]
    pub freeze_for: Option<u64>,
    /// Kills the database server and starts it again.
    #[arg(long, default_value = "60")]
    pub database_restart: Every,
    /// Cuts, slows and stalls connections to the database server.
    #[arg(long, default_value = "10")]
    pub database_trouble: Every,
    /// Whether calls of the Bot API fail: 2 % 429, 1 % 500, 1 % HTML 502, 1 % reset before and 1 % after execution,
    /// 0.5 % hang.
    #[arg(long, value_enum, default_value = "on")]
    pub faults: Switch,
    /// The longest a call hangs, in seconds. The relay gives up after 30.
    #[arg(long, default_value_t = 40)]
    pub longest_hang: u64,
    /// How many updates may wait at Telegram before people pause.
    #[arg(long, default_value_t = 64)]
    pub pending: usize,
    /// How many seconds everything may take to arrive after the last message.
    #[arg(long, default_value_t = 240)]
    pub patience: u64,
    /// Where every violation is written, with what is known about it.
    #[arg(long)]
    pub ledger: Option<PathBuf>,
    /// What the relay logs. `debug` says most, so that most is searched for secrets.
    #[arg(long, default_value = "info")]
    pub log: String,
    /// Keeps the run's folder (database, logs, metrics) and says where it is.
    #[arg(long)]
    pub keep: bool,
}

/// What is measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Figure {
    /// A few customers write ten times as fast as they may.
    Flood,
    /// Many customers keep to what they may, together ten times what an inbox takes.
    Crowd,
    /// `kill -9`, and how long it takes until the next start passes a message on.
    Recovery,
    /// A start with all of `--bots` attached.
    Start,
}

/// How updates reach the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Intake {
    /// Telegram posts them; each to a replica by chance.
    Webhook,
    /// The relay asks for them.
    Polling,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// So many seconds, or `off`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Every(pub Option<Duration>);

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let seconds = text.parse().ok().filter(|seconds: &f64| *seconds > 0.0 && *seconds < 1e6);
        let seconds = seconds.ok_or_else(|| format!("{text:?} is neither seconds nor off"))?;
        Ok(Self(Some(Duration::from_secs_f64(seconds))))
    }
}

impl fmt::Display for Every {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => write!(formatter, "{} s", time.as_secs_f64()),
            None => formatter.write_str("off"),
        }
    }
}
