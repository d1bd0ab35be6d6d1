//! Bad configuration, as a person at a terminal meets it: the real binary in an empty folder.

#![allow(clippy::expect_used, reason = "a test stops where its stage cannot be set")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use feedback_relay::config::VARIABLES;
use tempfile::TempDir;

const TOKEN: &str = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

/// Runs the binary with these variables and no others.
fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_feedback-relay"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .expect("the binary starts")
}

/// What a refused start says, once its exit code and the empty stdout are checked.
fn refused(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(folder, arguments, variables);
    let message = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    message
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn every_problem_is_told_in_one_message_and_nothing_is_written() {
    let folder = folder();
    let variables = [
        ("MASTER_BOT_TOKEN", "1234567890:hunter2"),
        ("DATABASE_URL", "mysql://relay:hunter2@db"),
        ("PUBLIC_URL", "http://relay.example.org"),
        ("METRICS_ADDR", "127.0.0.1:8080"),
        ("SECRET_KEY", "hunter2="),
        ("LOG", "inof"),
    ];
    for arguments in [&[][..], &["check"][..]] {
        let message = refused(folder.path(), arguments, &variables);
        for (name, _) in variables {
            assert_eq!(message.matches(&format!("\n  {name}: ")).count(), 1, "{message}");
        }
        assert!(message.contains("6 problems"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn without_anything_the_token_is_asked_for() {
    let folder = folder();
    let message = refused(folder.path(), &[], &[]);
    assert!(message.contains("MASTER_BOT_TOKEN: it is not set"), "{message}");
    assert!(message.contains("@BotFather"), "{message}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn the_file_of_the_folder_is_read_beneath_the_environment() {
    let folder = folder();
    let file =
        format!("# mine\nMASTER_BOT_TOKEN={TOKEN}\nLOG=inof\nLOG_FORMAT=xml\nFREE_BOTS=none\n");
    fs::write(folder.path().join(".env"), file).expect("a file");
    let message = refused(folder.path(), &[], &[("LOG", "info"), ("FREE_BOTS", "")]);
    assert!(message.contains("LOG_FORMAT: "), "{message}");
    for fine in ["MASTER_BOT_TOKEN: ", "LOG: ", "FREE_BOTS: "] {
        assert!(!message.contains(fine), "{message}");
    }
    assert_eq!(names(folder.path()), [".env"]);
}

#[test]
fn a_malformed_file_is_named_with_its_line_and_the_other_problems() {
    let folder = folder();
    let file = format!("MASTER_BOT_TOKEN={TOKEN}\n\nhunter2 hunter2\nFREE_BOTS=none\n");
    fs::write(folder.path().join(".env"), file).expect("a file");
    let message = refused(folder.path(), &[], &[]);
    assert!(message.contains("\n  .env line 3: "), "{message}");
    assert!(message.contains("\n  FREE_BOTS: "), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn a_file_in_a_parent_folder_is_not_ours() {
    let folder = folder();
    fs::write(folder.path().join(".env"), format!("MASTER_BOT_TOKEN={TOKEN}\n")).expect("a file");
    let child = folder.path().join("child");
    fs::create_dir(&child).expect("a folder");
    let message = refused(&child, &[], &[]);
    assert!(message.contains("MASTER_BOT_TOKEN: it is not set"), "{message}");
}

#[test]
fn help_names_each_variable_and_needs_no_configuration() {
    let folder = folder();
    for flag in ["--help", "-h"] {
        let output = run(folder.path(), &[flag], &[]);
        let help = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success(), "{help}");
        for variable in VARIABLES {
            assert!(help.contains(&format!("\n  {} [", variable.name)), "{help}");
        }
    }
    let output = run(folder.path(), &["--version"], &[]);
    let version = String::from_utf8(output.stdout).expect("text");
    assert_eq!(version.trim(), concat!("feedback-relay ", env!("CARGO_PKG_VERSION")));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_wrong_command_line_is_refused_like_a_wrong_configuration() {
    let folder = folder();
    let message = refused(folder.path(), &["chekc"], &[("MASTER_BOT_TOKEN", TOKEN)]);
    assert!(message.contains("chekc"), "{message}");
    assert!(names(folder.path()).is_empty());
}
