//! Which time is looked at, and in which parts it is shown: whole days of the owner's clock.

use crate::spans::day;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How far the owner's clock is from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    minutes: i64,
}

impl Clock {
    /// The westernmost and the easternmost clock on earth, in minutes.
    const ENDS: (i64, i64) = (-12 * 60, 14 * 60);

    /// A clock so many minutes before UTC; one that is nowhere is moved to the nearest that is.
    pub fn of(minutes: i64) -> Self {
        Self { minutes: minutes.clamp(Self::ENDS.0, Self::ENDS.1) }
    }

    /// How many minutes it is before UTC.
    pub fn minutes(self) -> i64 {
        self.minutes
    }

    /// Reads `utc`, `utc+2`, `UTC-3:30`.
    pub fn read(words: &str) -> Option<Self> {
        let words = words.to_ascii_lowercase();
        let offset = words.strip_prefix("utc").or_else(|| words.strip_prefix("gmt"))?;
        if offset.is_empty() {
            return Some(Self::default());
        }
        let mut letters = offset.chars();
        let sign = match letters.next()? {
            '+' => 1,
            '-' | '−' => -1,
            _ => return None,
        };
        let offset = letters.as_str();
        let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
        let number = |digits: &str, below: i64| {
            let all = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<i64>().ok().filter(|number| all && *number < below)
        };
        let minutes = sign * (number(hours, 15)? * 60 + number(minutes, 60)?);
        (Self::ENDS.0..=Self::ENDS.1).contains(&minutes).then_some(Self { minutes })
    }

    /// `UTC`, `UTC+2`, `UTC-3:30`.
    pub fn shown(self) -> String {
        let (sign, minutes) = (if self.minutes < 0 { '-' } else { '+' }, self.minutes.abs());
        match (minutes / 60, minutes % 60) {
            (0, 0) => "UTC".to_owned(),
            (hours, 0) => format!("UTC{sign}{hours}"),
            (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
        }
    }

    fn local(self, at: i64) -> i64 {
        at.saturating_add(self.minutes * MINUTE_MS)
    }

    /// When the day began in which a moment lies.
    fn midnight(self, at: i64) -> i64 {
        self.local(at).div_euclid(DAY_MS) * DAY_MS - self.minutes * MINUTE_MS
    }

    /// The day of the week (0: Monday) and the hour of a moment.
    pub fn weekday_and_hour(self, at: i64) -> (usize, usize) {
        let local = self.local(at);
        // 1970 began on a Thursday.
        let weekday = (local.div_euclid(DAY_MS) + 3).rem_euclid(7);
        let hour = local.rem_euclid(DAY_MS) / HOUR_MS;
        (usize::try_from(weekday).unwrap_or_default(), usize::try_from(hour).unwrap_or_default())
    }

    /// The day of a moment, as in `2026-11-21`.
    pub fn day(self, at: i64) -> String {
        day(self.local(at))
    }
}

/// How long back it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Period {
    /// Today.
    Today,
    /// Today and six days before.
    Week,
    /// Today and 29 days before.
    #[default]
    Month,
    /// This month and eleven before.
    Year,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Today, Self::Week, Self::Month, Self::Year];

    /// The word in a button's data, and what an owner may write.
    pub fn word(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "7",
            Self::Month => "30",
            Self::Year => "12m",
        }
    }

    /// Reads what an owner wrote, or a button's data.
    pub fn read(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "today" | "day" | "1" | "1d" => Some(Self::Today),
            "week" | "7" | "7d" => Some(Self::Week),
            "month" | "30" | "30d" => Some(Self::Month),
            "year" | "12" | "12m" | "365" | "365d" => Some(Self::Year),
            _ => None,
        }
    }
}

/// A period by a clock, cut into parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Which period it is.
    pub period: Period,
    /// By which clock.
    pub clock: Clock,
    /// Its first moment, in UTC milliseconds.
    pub from: i64,
    /// The moment after its last.
    pub until: i64,
    /// When each part begins.
    begins: Vec<i64>,
}

impl Window {
    /// The period that ends with the day of `now`.
    pub fn new(period: Period, now: i64, clock: Clock) -> Self {
        let today = clock.midnight(now);
        let days = |days: i64| (0..days).rev().map(|ago| today - ago * DAY_MS).collect();
        let begins: Vec<i64> = match period {
            Period::Today => (0..24).map(|hour| today + hour * HOUR_MS).collect(),
            Period::Week => days(7),
            Period::Month => days(30),
            Period::Year => months(today, clock),
        };
        let from = begins.first().copied().unwrap_or(today);
        Self { period, clock, from, until: today + DAY_MS, begins }
    }

    /// From when on messages are looked at, in UTC milliseconds: a question may have begun before the
    /// period. One that nobody answered for longer counts from its next message on.
    pub fn looked_at_from(&self) -> i64 {
        self.from - 30 * DAY_MS
    }

    /// How many parts it has: hours, days or months.
    pub fn parts(&self) -> usize {
        self.begins.len()
    }

    /// The part a moment lies in.
    pub fn part(&self, at: i64) -> Option<usize> {
        let after = self.begins.partition_point(|begins| *begins <= at);
        after.checked_sub(1).filter(|_| at < self.until)
    }

    /// What stands below a part in the picture: an hour, a day of the month, a month.
    pub fn part_name(&self, part: usize) -> String {
        let Some(begins) = self.begins.get(part) else { return String::new() };
        let day = self.clock.day(*begins);
        let name = match self.period {
            Period::Today => return part.to_string(),
            Period::Week | Period::Month => day.get(5..),
            Period::Year => day.get(..7),
        };
        name.unwrap_or_default().to_owned()
    }

    /// The first and the last day.
    pub fn days(&self) -> (String, String) {
        (self.clock.day(self.from), self.clock.day(self.until - 1))
    }
}

/// When the last twelve months began, this one included.
fn months(today: i64, clock: Clock) -> Vec<i64> {
    let mut begins = Vec::with_capacity(12);
    let mut at = today;
    while begins.len() < 12 {
        let date = clock.day(at);
        let of_month = date.get(8..).and_then(|day| day.parse::<i64>().ok()).unwrap_or(1);
        let first = at - (of_month - 1) * DAY_MS;
        begins.push(first);
        at = first - DAY_MS;
    }
    begins.reverse();
    begins
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-21 20:54:59 UTC, a Saturday.
    const NOW: i64 = 1_795_294_499_000;

    #[test]
    fn clocks_are_read_and_shown() {
        for (words, minutes, shown) in [
            ("utc", 0, "UTC"),
            ("UTC+2", 120, "UTC+2"),
            ("utc-3:30", -210, "UTC-3:30"),
            ("GMT+05:30", 330, "UTC+5:30"),
            ("utc+0", 0, "UTC"),
        ] {
            let clock = Clock::read(words).unwrap();
            assert_eq!((clock.minutes(), clock.shown().as_str()), (minutes, shown), "{words}");
        }
        for words in ["utc+15", "utc+14:30", "utc2", "utc+", "+2", "utc+-2", "utc+1:60", "utc−13"]
        {
            assert_eq!(Clock::read(words), None, "{words}");
        }
        assert_eq!(Clock::of(-9999).shown(), "UTC-12");
    }

    #[test]
    fn periods_are_whole_days_of_the_clock() {
        let window = |period, minutes| Window::new(period, NOW, Clock::of(minutes));
        let shown = |window: Window| (window.parts(), window.days());
        let days = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(shown(window(Period::Today, 0)), (24, days("2026-11-21", "2026-11-21")));
        assert_eq!(shown(window(Period::Today, 240)), (24, days("2026-11-22", "2026-11-22")));
        assert_eq!(shown(window(Period::Week, 0)), (7, days("2026-11-15", "2026-11-21")));
        assert_eq!(shown(window(Period::Month, 0)), (30, days("2026-10-23", "2026-11-21")));
        assert_eq!(shown(window(Period::Year, 0)), (12, days("2025-12-01", "2026-11-21")));
        let year = window(Period::Year, 0);
        assert_eq!((year.part_name(0), year.part_name(11)), ("2025-12".into(), "2026-11".into()));
        assert_eq!(window(Period::Week, 0).part_name(6), "11-21");
        assert_eq!(Clock::default().weekday_and_hour(NOW), (5, 20));
        assert_eq!(Clock::of(240).weekday_and_hour(NOW), (6, 0));
    }

    #[test]
    fn a_word_names_a_period() {
        for period in Period::ALL {
            assert_eq!(Period::read(period.word()), Some(period));
        }
        assert_eq!(Period::read("365"), Some(Period::Year));
        assert_eq!(Period::read("8"), None);
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_the_part_that_began_last(
            ago in 0_i64..400 * DAY_MS,
            minutes in -720_i64..840,
            now in 0_i64..4_000_000_000_000,
        ) {
            let clock = Clock::of(minutes);
            for period in Period::ALL {
                let window = Window::new(period, now, clock);
                prop_assert!(window.from <= now && now < window.until);
                prop_assert!(window.begins.is_sorted());
                let at = now - ago;
                match window.part(at) {
                    None => prop_assert!(at < window.from),
                    Some(part) => {
                        prop_assert!(window.begins[part] <= at);
                        prop_assert!(window.begins.get(part + 1).is_none_or(|next| at < *next));
                    }
                }
                prop_assert_eq!(window.part(window.until), None);
                prop_assert_eq!(Clock::read(&clock.shown()), Some(clock));
            }
        }
    }
}
