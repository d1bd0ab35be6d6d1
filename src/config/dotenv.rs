//! The `.env` file of the working directory, as values beneath the real environment.
//!
//! The process environment is never changed: what a file says stays inside [`Dotenv`], and child code that reads the
//! environment on its own (a proxy setting, say) does not see it.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use super::problems::{Problem, Wrong};

const EXPECTED_LINE: &str = "NAME=value on each line, with single quotes around a value that holds spaces, quotes, \
                             # or $, for example LOG='info'";
const EXPECTED_FILE: &str = "a readable text file, or none at all";

/// What a `.env` file says, and where it could not be understood.
#[derive(Default)]
pub(super) struct Dotenv {
    pub(super) values: HashMap<String, String>,
    pub(super) problems: Vec<Problem>,
}

/// Reads the file at `path`; that there is none is no problem.
///
/// Like `dotenvy` itself, the first of two lines for one variable wins. All lines are read even after a bad one, so
/// that one start tells every problem.
pub(super) fn read(path: &Path) -> Dotenv {
    let mut dotenv = Dotenv::default();
    match std::fs::read(path) {
        Ok(bytes) => dotenv.parse(&path.display().to_string(), bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => dotenv.problems.push(Problem::in_file(
            path.display().to_string(),
            Wrong::new(format!("it cannot be read ({})", error.kind())),
            EXPECTED_FILE,
        )),
    }
    dotenv
}

impl Dotenv {
    fn parse(&mut self, file: &str, bytes: Vec<u8>) {
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = 1 + String::from_utf8_lossy(good).matches('\n').count();
                self.fault(file, line, "it is not UTF-8 text");
                return;
            }
        };
        let mut lines = LineReader::new(&text);
        let current = Rc::clone(&lines.number);
        for entry in dotenvy::from_read_iter(&mut lines) {
            match entry {
                Ok((name, value)) => {
                    self.values.entry(name).or_insert(value);
                }
                Err(dotenvy::Error::LineParse(content, _)) => {
                    // The content of a value in quotes may span lines; the entry begins at the first.
                    let first = (current.get() + 1).saturating_sub(content.lines().count().max(1));
                    self.fault(
                        file,
                        first,
                        "it is not of the form NAME=value, or a quote is never closed",
                    );
                }
                Err(_) => self.fault(file, current.get(), "it cannot be read"),
            }
        }
    }

    /// Names the line only: its content may be half a token.
    fn fault(&mut self, file: &str, line: usize, wrong: &'static str) {
        self.problems.push(Problem::in_file(
            format!("{file} line {line}"),
            Wrong::new(wrong),
            EXPECTED_LINE,
        ));
    }
}

/// Hands out one line with each read, so that the number of the line `dotenvy` stands at is known: its errors have none.
///
/// It also drops a byte order mark and ends the last line, both of which `dotenvy`'s iterator would trip over (the
/// latter if blanks follow the last value).
struct LineReader {
    lines: std::vec::IntoIter<String>,
    number: Rc<Cell<usize>>,
    rest: io::Cursor<Vec<u8>>,
}

impl LineReader {
    fn new(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<_> = text.lines().map(|line| format!("{line}\n")).collect();
        Self { lines: lines.into_iter(), number: Rc::default(), rest: io::Cursor::default() }
    }
}

impl Read for LineReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        let Some(line) = self.lines.next() else {
            return Ok(0);
        };
        self.number.set(self.number.get() + 1);
        self.rest = io::Cursor::new(line.into_bytes());
        self.rest.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Dotenv {
        let mut dotenv = Dotenv::default();
        dotenv.parse(".env", text.into());
        dotenv
    }

    fn places(dotenv: &Dotenv) -> Vec<&str> {
        dotenv.problems.iter().map(Problem::subject).collect()
    }

    #[test]
    fn a_file_is_read_with_comments_quotes_marks_and_ragged_ends() {
        let dotenv =
            parse("\u{feff}LOG=debug\r\n\n# no\nexport A='x $y #z'\nB=\nLOG=warn\nC=last  ");
        assert!(dotenv.problems.is_empty(), "{:?}", dotenv.problems);
        assert_eq!(dotenv.values["LOG"], "debug");
        assert_eq!(dotenv.values["A"], "x $y #z");
        assert_eq!(dotenv.values["B"], "");
        assert_eq!(dotenv.values["C"], "last");
    }

    #[test]
    fn each_bad_line_is_named_by_its_number_only() {
        let dotenv = parse("# top\n\nsecret word\nA=1\n1B=hidden\nC=two words\n\nD=4\n");
        assert_eq!(places(&dotenv), [".env line 3", ".env line 5", ".env line 6"]);
        assert_eq!((&*dotenv.values["A"], &*dotenv.values["D"]), ("1", "4"));
        let told: String = dotenv.problems.iter().map(ToString::to_string).collect();
        for content in ["secret", "hidden", "words"] {
            assert!(!told.contains(content), "{told}");
        }
    }

    #[test]
    fn an_open_quote_is_named_where_it_begins() {
        assert_eq!(places(&parse("A=1\n\nB='x\ny\nz\n")), [".env line 3"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_their_line() {
        let mut dotenv = Dotenv::default();
        dotenv.parse(".env", b"A=1\nB=\xff\n".to_vec());
        assert_eq!(places(&dotenv), [".env line 2"]);
    }

    #[test]
    fn no_file_is_fine_and_a_folder_is_not() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(&dir.path().join(".env")).problems.is_empty());
        assert_eq!(read(dir.path()).problems.len(), 1);
    }

    proptest! {
        #[test]
        fn whatever_the_file_holds_it_is_read_to_its_end(text in "[A-C=# \\\\'\"$\r\n{}]{0,60}") {
            let dotenv = parse(&format!("{text}\n"));
            let lines = text.lines().count();
            prop_assert!(dotenv.problems.len() <= lines.max(1));
        }
    }
}
