//! The command line: almost nothing, since everything is in the environment.

use std::{fmt::Write as _, path::PathBuf};

use clap::{Parser, Subcommand};

use super::variables::{Fallback, VARIABLES, Variable};

const WIDTH: usize = 88;

/// A self-hosted Telegram feedback relay: customers write to your bots, you answer from one chat.
///
/// Without a command it runs until SIGTERM or SIGINT. All settings are environment variables; a file named .env in the
/// working directory is read first, and the real environment wins over it.
#[derive(Debug, Parser)]
#[command(name = "feedback-relay", version, after_help = variables_help())]
pub struct Cli {
    /// What to do instead of running.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the binary can do besides running.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Check the configuration, the database and the tokens, print what was found, and exit.
    Check,
    /// Write everything that is stored into a file, whether the relay runs or not.
    ///
    /// The file is sealed with the secret key, which is not in it: keep both, in two places.
    Backup {
        /// The file, or - for standard output.
        file: PathBuf,
        /// Replace the file if it exists.
        #[arg(long)]
        overwrite: bool,
    },
    /// Put a backup into the configured database, of either kind, while no relay uses it.
    ///
    /// The secret key has to be the one the backup was made with.
    Restore {
        /// The file, or - for standard input.
        file: PathBuf,
        /// Replace what is in the database.
        #[arg(long)]
        replace: bool,
    },
    /// Ask the relay on this machine whether it is alive, and exit with 0 or 1.
    Healthy,
}

fn variables_help() -> String {
    let mut help = String::from("Environment variables (an empty value counts as unset):\n");
    for variable in VARIABLES {
        let _ = write!(help, "\n  {} [{}]\n", variable.name, default_words(variable));
        for line in wrap(variable.meaning, WIDTH - 6) {
            let _ = writeln!(help, "      {line}");
        }
    }
    help.push_str(
        "\nExit codes: 0 stopped as asked, 1 failed, 2 bad configuration or command line.",
    );
    help
}

fn default_words(variable: &Variable) -> String {
    match variable.default {
        Fallback::Required => "required".into(),
        Fallback::Unset => "default: unset".into(),
        Fallback::Value(value) => format!("default: {value}"),
    }
}

/// Breaks a sentence at blanks into lines of at most `width` characters, longer words excepted.
pub(super) fn wrap(sentence: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
        assert_eq!(Cli::parse_from(["feedback-relay"]).command, None);
        assert_eq!(Cli::parse_from(["feedback-relay", "check"]).command, Some(Command::Check));
        let (file, replace) = (PathBuf::from("a b"), true);
        let restore = Cli::parse_from(["feedback-relay", "restore", "a b", "--replace"]);
        assert_eq!(restore.command, Some(Command::Restore { file, replace }));
        let no_file = Cli::try_parse_from(["feedback-relay", "backup"]);
        assert_eq!(no_file.unwrap_err().exit_code(), 2);
        assert_eq!(Cli::try_parse_from(["feedback-relay", "chekc"]).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn help_tells_every_variable_with_default_and_meaning() {
        for help in [Cli::command().render_help(), Cli::command().render_long_help()] {
            let help = help.to_string();
            let flat = help.split_whitespace().collect::<Vec<_>>().join(" ");
            for variable in VARIABLES {
                let entry =
                    format!("{} [{}] {}", variable.name, default_words(variable), variable.meaning);
                assert!(flat.contains(&entry), "{entry}\n{help}");
            }
            assert!(help.lines().skip(4).all(|line| line.chars().count() <= 100), "{help}");
        }
    }
}
