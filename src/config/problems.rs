//! What is wrong with a configuration, told whole and without repeating any value.

use std::borrow::Cow;
use std::fmt;

use super::variables::Variable;

/// What is wrong with one value.
///
/// It may hold fixed words and numbers of ours (a limit, the position of a list entry) and never a piece of the value:
/// the value that does not parse is often a secret in the wrong line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(Cow<'static, str>);

impl Wrong {
    pub(crate) fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self(words.into())
    }
}

/// One problem: where it is, what is wrong there, and what is expected instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    subject: Cow<'static, str>,
    wrong: Wrong,
    expected: &'static str,
}

impl Problem {
    pub(crate) fn of(variable: &Variable, wrong: Wrong) -> Self {
        Self { subject: variable.name.into(), wrong, expected: variable.expected }
    }

    pub(crate) fn in_file(place: String, wrong: Wrong, expected: &'static str) -> Self {
        Self { subject: place.into(), wrong, expected }
    }

    /// The variable's name, or the place in the `.env` file.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; expected {}", self.subject, self.wrong, self.expected)
    }
}

/// Every problem of a configuration, at least one. Displays as one message with a line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// The problems, those of the `.env` file first, then in the order of the variables' table.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "the configuration has {count} {noun}, so nothing was started:")?;
        for problem in &self.0 {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
