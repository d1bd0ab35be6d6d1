//! A short run with every test run; the long one is by hand, see docs/reliability.md.

use fuzz::run::Fuzzer;

#[test]
fn odd_bodies_find_nothing() {
    let fuzzer = Fuzzer::new().expect("the corpus");
    assert!(fuzzer.shapes() >= 60);
    let done = fuzzer.cases(1, 10_000, 2);
    if let Err(failure) = done {
        let body = String::from_utf8_lossy(&failure.body);
        panic!("body {} of seed 1: {}\n{body}", failure.number, failure.what);
    }
}

#[test]
fn a_case_is_its_seed_and_its_number() {
    let (one, other) = (Fuzzer::new().expect("the corpus"), Fuzzer::new().expect("the corpus"));
    for number in [0, 7, 1_000] {
        assert_eq!(one.body_of(5, number), other.body_of(5, number));
    }
    assert_ne!(one.body_of(5, 1_000), one.body_of(6, 1_000));
}
