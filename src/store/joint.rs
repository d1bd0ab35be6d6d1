//! How several statements of one shape become one: pure.
//!
//! Their number is a power of two, so that there are few such statements and the server keeps them
//! prepared.

use std::{
    cmp::Ordering,
    ops::Range,
    sync::{Arc, OnceLock},
};

use super::statement::{Statement, Value};

/// Statements put together at most.
pub(super) const MOST: usize = 32;
/// The powers of two up to there, without one.
const SIZES: usize = MOST.ilog2() as usize;

/// Which statements wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A delivery begins.
    Begin,
    /// A delivery ends.
    Finish,
    /// What is known of a customer.
    Known,
}

/// The words around and between the rows of values that each statement brings.
pub(super) struct Joint {
    pub(super) line: Line,
    head: &'static str,
    row: &'static str,
    between: &'static str,
    tail: &'static str,
    /// Which of a row's values are its key, all of them integers. Rows go in the order of their
    /// keys: two such statements that wait for each other's rows would be a deadlock.
    key: Range<usize>,
    /// Whether each row begins with its place among them.
    is_placed: bool,
    texts: [OnceLock<Arc<str>>; SIZES],
}

impl Joint {
    /// Rows of values between words.
    pub(super) const fn new(
        line: Line,
        [head, row, between, tail]: [&'static str; 4],
        key: Range<usize>,
    ) -> Self {
        let texts = [const { OnceLock::new() }; SIZES];
        Self { line, head, row, between, tail, key, is_placed: false, texts }
    }

    /// The same, each row after its place: 0, 1, and so on.
    pub(super) const fn placed(mut self) -> Self {
        self.is_placed = true;
        self
    }

    /// The text for so many rows: a power of two.
    pub(super) fn text(&self, rows: usize) -> Arc<str> {
        let make = || {
            let rows = vec![self.row; rows].join(self.between);
            [self.head, &rows, self.tail].concat().into()
        };
        let size = rows.checked_ilog2().unwrap_or(0) as usize;
        let kept = size.checked_sub(1).and_then(|size| self.texts.get(size));
        kept.map_or_else(make, |kept| Arc::clone(kept.get_or_init(make)))
    }

    /// The values of all rows, one row after the other.
    pub(super) fn values(&self, rows: &[&Statement]) -> Vec<Value> {
        let length = rows.first().map_or(0, |row| row.row_values().len() + 1);
        let mut values = Vec::with_capacity(rows.len() * length);
        for (place, row) in (0_i64..).zip(rows) {
            if self.is_placed {
                values.push(place.into());
            }
            values.extend_from_slice(row.row_values());
        }
        values
    }

    /// Which of two statements goes first.
    pub(super) fn order(&self, one: &Statement, other: &Statement) -> Ordering {
        let key = |statement: &Statement| {
            let values = statement.row_values().get(self.key.clone()).unwrap_or_default().iter();
            let numbers = values.map(|value| match value {
                Value::Integer(number) => *number,
                Value::Text(_) | Value::Bytes(_) => None,
            });
            numbers.collect::<Vec<_>>()
        };
        key(one).cmp(&key(other))
    }
}

/// How many of those that wait go together: the largest power of two there is.
pub(super) fn size_of_group(waiting: usize) -> usize {
    waiting.min(MOST).checked_ilog2().map_or(0, |power| 1 << power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql;

    static ROWS: Joint =
        Joint::new(Line::Begin, ["INSERT INTO t VALUES ", "(?, ?)", ", ", ";"], 0..1);
    static PLACED: Joint =
        Joint::new(Line::Known, ["", "SELECT ?, ?", " UNION ALL ", ""], 0..1).placed();

    fn numbers(values: &[Value]) -> Vec<i64> {
        let number = |value: &Value| match value {
            Value::Integer(Some(number)) => *number,
            _ => -1,
        };
        values.iter().map(number).collect()
    }

    #[test]
    fn rows_are_put_between_the_words() {
        assert_eq!(&*ROWS.text(2), "INSERT INTO t VALUES (?, ?), (?, ?);");
        assert_eq!(ROWS.text(32).matches("(?, ?)").count(), 32);
        assert_eq!(&*PLACED.text(2), "SELECT ?, ? UNION ALL SELECT ?, ?");
        for rows in [1, 2, 4, 8, 16, 32, 64] {
            assert_eq!(ROWS.text(rows).matches('(').count(), rows, "{rows}");
        }
    }

    #[test]
    fn values_follow_their_rows() {
        let one = sql("").bind(7_i64).bind(8_i64).jointly(&ROWS);
        let two = sql("").bind(5_i64).bind(6_i64).jointly(&ROWS);
        assert_eq!(numbers(&ROWS.values(&[&one, &two])), [7, 8, 5, 6]);
        assert_eq!(ROWS.order(&one, &two), Ordering::Greater);
        let [one, two] =
            [3_i64, 4].map(|n| sql("").bind(9_i64).jointly_with(&PLACED, vec![n.into()]));
        assert_eq!(numbers(&PLACED.values(&[&one, &two])), [0, 3, 1, 4]);
        assert_eq!(PLACED.order(&one, &two), Ordering::Less);
    }

    #[test]
    fn a_group_is_a_power_of_two() {
        let sizes = [(0, 0), (1, 1), (2, 2), (3, 2), (7, 4), (31, 16), (32, 32), (1000, 32)];
        for (waiting, size) in sizes {
            assert_eq!(size_of_group(waiting), size, "{waiting}");
        }
    }
}
