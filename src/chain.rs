//! An error and what caused it, in one line for a terminal.

use std::{error::Error, fmt::Write as _};

/// The words of an error and of its causes, except those that only say again what stands before
/// them: drivers of databases like to hand on the words of their cause as their own.
pub fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !words.ends_with(&said) {
            let _ = write!(words, ": {said}");
        }
        next = cause.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Outer {
        #[error("the file can't be read")]
        Plain(#[source] io::Error),
        #[error("the file can't be read: {0}")]
        Repeating(#[source] io::Error),
    }

    #[test]
    fn nothing_is_said_twice() {
        let cause = || io::Error::other("no such drive");
        let wanted = "the file can't be read: no such drive";
        for error in [Outer::Plain(cause()), Outer::Repeating(cause())] {
            assert_eq!(chain(&error), wanted);
        }
    }
}
