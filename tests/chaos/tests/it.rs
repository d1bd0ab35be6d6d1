//! The program as it is called.

use std::process::{Command, Output};

fn chaos(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chaos")).args(arguments).output().unwrap()
}

#[test]
fn a_run_that_cannot_be_is_not_taken_for_a_good_one() {
    let impossible: [&[&str]; 4] = [
        &["--relay", "/nowhere/at/all"],
        &["--relay", "x", "--replicas", "3"],
        &["--relay", "x", "--bots", "0"],
        &["--relay", "x", "--kill", "never"],
    ];
    for arguments in impossible {
        let output = chaos(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_relay_that_relays_nothing_is_found_out() {
    // It listens nowhere, so that not even the set-up works.
    let output = chaos(&["--relay", "/bin/true", "--messages", "1"]);
    assert_eq!(output.status.code(), Some(2));
}
