//! How long something took and on which day it was, in words people read. Pure.

use std::iter::Peekable;

use crate::text::Language;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MINUTES: i64 = 24 * 60;

/// A span of time in the largest unit that says enough: minutes, hours, from two days on days.
pub fn span(language: Language, ms: i64) -> String {
    let minutes = ms / MINUTE_MS;
    if minutes < 1 {
        language.span_moment()
    } else if minutes < 60 {
        language.span_minutes(&minutes.to_string())
    } else if minutes < 2 * DAY_MINUTES {
        language.span_hours(&(minutes / 60).to_string())
    } else {
        language.span_days(&(minutes / DAY_MINUTES).to_string())
    }
}

/// How long an answer took: below a day in hours and minutes.
pub fn answer_time(language: Language, ms: i64) -> String {
    let minutes = ms / MINUTE_MS;
    let (hours, rest) = (minutes / 60, minutes % 60);
    if rest == 0 || !(60..DAY_MINUTES).contains(&minutes) {
        return span(language, ms);
    }
    let hours = language.span_hours(&hours.to_string());
    format!("{hours} {}", language.span_minutes(&rest.to_string()))
}

/// The same where it is to be no less than it was: rounded up to the unit it is said in, so that
/// "within" can stand before it in every language.
pub fn answered_within(language: Language, ms: i64) -> String {
    let ms = ms.max(1);
    let unit = match ms / MINUTE_MS {
        ..DAY_MINUTES => MINUTE_MS,
        DAY_MINUTES.. if ms / MINUTE_MS < 2 * DAY_MINUTES => 60 * MINUTE_MS,
        _ => DAY_MINUTES * MINUTE_MS,
    };
    let over = ms % unit;
    answer_time(language, if over == 0 { ms } else { ms.saturating_add(unit - over) })
}

/// The day a time in UTC milliseconds falls on, as in `2026-11-21`.
pub fn day(ms: i64) -> String {
    // Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day ends one.
    let days = ms.div_euclid(DAY_MINUTES * MINUTE_MS) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The median time from the first message that waited to the answer that ended the wait; `None`
/// where nothing was answered yet. Both lists are in order, in UTC milliseconds.
pub fn median_answer_time(wrote: &[i64], answered: &[i64]) -> Option<i64> {
    let waits = waits(&mut wrote.iter().copied().peekable(), answered);
    let mut took: Vec<i64> = waits.iter().map(|wait| wait.took).collect();
    took.sort_unstable();
    median(&took)
}

/// A wait that an answer ended, in UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// When the first message that waited was written.
    pub since: i64,
    /// How long the answer took.
    pub took: i64,
}

/// Each wait that an answer ended. Takes what was answered from the messages; both are in order, in UTC
/// milliseconds.
pub fn waits(wrote: &mut Peekable<impl Iterator<Item = i64>>, answered: &[i64]) -> Vec<Wait> {
    let mut waits = Vec::new();
    for answer in answered {
        let mut first = None;
        while let Some(at) = wrote.next_if(|at| at <= answer) {
            first.get_or_insert(at);
        }
        waits.extend(first.map(|since| Wait { since, took: answer.saturating_sub(since) }));
    }
    waits
}

/// The value in the middle, or between the two there, of values in order.
pub fn median(sorted: &[i64]) -> Option<i64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) { *sorted.get(middle - 1)? } else { upper };
    Some(lower.midpoint(upper))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_are_said_in_the_unit_that_fits() {
        let said = |minutes: i64| span(Language::English, minutes * MINUTE_MS);
        let all = [0, 1, 59, 60, 119, 47 * 60 + 59, 48 * 60, 10 * DAY_MINUTES].map(said);
        let wanted = ["less than 1 min", "1 min", "59 min", "1 h", "1 h", "47 h", "2 d", "10 d"];
        assert_eq!(all, wanted);
        assert_eq!(span(Language::English, -5), "less than 1 min", "clocks may differ");
    }

    #[test]
    fn answers_took_hours_and_minutes() {
        const S: i64 = 1000;
        for (seconds, took, within) in [
            (0, "less than 1 min", "1 min"),
            (59, "less than 1 min", "1 min"),
            (1680, "28 min", "28 min"),
            (1681, "28 min", "29 min"),
            (3599, "59 min", "1 h"),
            (7200, "2 h", "2 h"),
            (10_710, "2 h 58 min", "2 h 59 min"),
            (86_399, "23 h 59 min", "24 h"),
            (30 * 3600 + 3540, "30 h", "31 h"),
            (47 * 3600 + 60, "47 h", "2 d"),
            (86_400 * 10, "10 d", "10 d"),
            (86_400 * 10 + 1, "10 d", "11 d"),
        ] {
            let of = |say: fn(Language, i64) -> String| say(Language::English, seconds * S);
            assert_eq!((of(answer_time).as_str(), of(answered_within).as_str()), (took, within));
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, wanted) in [
            (0_i64, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_709_251_200, "2024-03-01"),
            (1_795_219_199, "2026-11-20"),
            (-1, "1969-12-31"),
        ] {
            assert_eq!(day(seconds * 1000), wanted);
        }
    }

    #[test]
    fn the_median_counts_from_the_first_message_that_waits() {
        assert_eq!(median_answer_time(&[], &[5]), None);
        assert_eq!(median_answer_time(&[1, 2], &[]), None);
        // 10 waited 20; the second answer to it counts for nothing; 50 waited 4.
        assert_eq!(median_answer_time(&[10, 15, 50], &[30, 40, 54]), Some(12));
        assert_eq!(median_answer_time(&[10, 20, 30], &[11, 23, 35]), Some(3));
    }

    proptest! {
        #[test]
        fn no_time_panics(mut wrote: Vec<i64>, mut answered: Vec<i64>, ms: i64) {
            wrote.sort_unstable();
            answered.sort_unstable();
            let _ = median_answer_time(&wrote, &answered);
            let _ = (day(ms), span(Language::German, ms), answered_within(Language::German, ms));
        }
    }
}
