//! Counts over a time, turned into numbers, words and a picture: pure.
//!
//! - [`period`]: which days, in which clock
//! - [`picture`]: the numbers drawn
//!
//! A **question** is what a customer wrote from his first message on until he was answered: it
//! begins with the first message that nobody has answered, which may lie before the period, and
//! belongs to the moment it began. It is **answered** by the first reply to him after it, or by *Mark as answered*. The
//! **answer time** is the time from its first message to that reply, as on a customer's card
//! ([`median_answer_time`](crate::spans::median_answer_time)); a mark has none.

pub mod period;
pub mod picture;

use std::collections::{HashMap, HashSet};

use teloxide::types::ChatId;

pub use period::{Clock, Period, Window};

use crate::spans::{median, waits};

/// Labels that are told apart; those of fewer customers are left out.
pub const LABELS: usize = 5;

/// One conversation's part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk<'a> {
    /// When the customer wrote, in UTC milliseconds.
    pub wrote: Vec<i64>,
    /// When he was answered.
    pub answered: Vec<i64>,
    /// Until when all he wrote is settled by a mark, though it has no reply.
    pub settled: Option<i64>,
    /// Whether he is banned: what he wrote last needs no answer.
    pub is_banned: bool,
    /// When he came first.
    pub first_seen: Option<i64>,
    /// The label he came with last.
    pub label: Option<&'a str>,
}

/// What customers with one label did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The label.
    pub label: String,
    /// How many customers.
    pub customers: usize,
    /// Their questions.
    pub questions: usize,
    /// How many of these were answered.
    pub answered: usize,
}

/// The numbers of a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Messages of customers, and replies, by part of the period.
    pub parts: Vec<(u64, u64)>,
    /// Customers who wrote.
    pub customers: usize,
    /// Those of them who came first in the period.
    pub new: usize,
    /// Questions, and how many of them were answered.
    pub questions: usize,
    /// How many of them were answered.
    pub answered: usize,
    /// The median answer time, in milliseconds.
    pub median: Option<i64>,
    /// The time in which nine of ten answers were given, in milliseconds.
    pub ninety: Option<i64>,
    /// Messages of customers by hour of the day.
    pub hours: [u64; 24],
    /// Messages of customers by day of the week, from Monday on.
    pub weekdays: [u64; 7],
    /// The labels of most customers.
    pub labels: Vec<Labelled>,
}

impl Figures {
    /// Messages of customers.
    pub fn wrote(&self) -> u64 {
        self.parts.iter().map(|(wrote, _)| wrote).sum()
    }

    /// Replies.
    pub fn replied(&self) -> u64 {
        self.parts.iter().map(|(_, replied)| replied).sum()
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| *part == (0, 0))
    }
}

/// A share in whole percent, rounded; `None` of nothing. All alone are 100, none alone is 0.
pub fn percent(part: usize, whole: usize) -> Option<usize> {
    let rounded = (part * 100 + whole / 2).checked_div(whole)?;
    let lowest = usize::from(part > 0);
    let highest = 100 - usize::from(part < whole);
    Some(rounded.clamp(lowest, highest))
}

/// What is known of one label so far.
#[derive(Default)]
struct Label {
    customers: HashSet<ChatId>,
    questions: usize,
    answered: usize,
}

/// Counts, one conversation after the other.
pub struct Counting<'w> {
    window: &'w Window,
    figures: Figures,
    /// Who wrote, and whether he came before the period.
    customers: HashMap<ChatId, bool>,
    waits: Vec<i64>,
    labels: HashMap<String, Label>,
}

impl<'w> Counting<'w> {
    /// Nothing is counted yet.
    pub fn new(window: &'w Window) -> Self {
        let figures = Figures { parts: vec![(0, 0); window.parts()], ..Figures::default() };
        let (customers, labels) = (HashMap::new(), HashMap::new());
        Self { window, figures, customers, waits: Vec::new(), labels }
    }

    /// A reply was given.
    pub fn reply(&mut self, at: i64) {
        if let Some(part) = self.window.part(at) {
            self.figures.parts[part].1 += 1;
        }
    }

    /// A conversation in which the customer wrote or was answered, in the period or before it: what
    /// came before says which questions had begun by then. Its replies are counted by
    /// [`Counting::reply`].
    pub fn talk(&mut self, customer: ChatId, mut talk: Talk<'_>) {
        talk.wrote.sort_unstable();
        talk.answered.sort_unstable();
        let mut first = None;
        for at in &talk.wrote {
            let Some(part) = self.window.part(*at) else { continue };
            first.get_or_insert(*at);
            self.figures.parts[part].0 += 1;
            let (weekday, hour) = self.window.clock.weekday_and_hour(*at);
            self.figures.hours[hour] += 1;
            self.figures.weekdays[weekday] += 1;
        }
        let Some(first) = first else { return };
        let came_before =
            talk.first_seen.is_some_and(|seen| seen < self.window.from && seen < first);
        *self.customers.entry(customer).or_default() |= came_before;
        let (questions, answered) = self.questions(&talk);
        self.figures.questions += questions;
        self.figures.answered += answered;
        if let Some(label) = talk.label {
            let known = self.labels.entry(label.to_owned()).or_default();
            known.customers.insert(customer);
            known.questions += questions;
            known.answered += answered;
        }
    }

    /// How many questions began in the period, and how many of them were answered.
    fn questions(&mut self, talk: &Talk<'_>) -> (usize, usize) {
        let mut rest = talk.wrote.iter().copied().peekable();
        let began_here = |at: &i64| self.window.part(*at).is_some();
        let mut waits = waits(&mut rest, &talk.answered);
        waits.retain(|wait| began_here(&wait.since));
        let (mut questions, mut answered) = (waits.len(), waits.len());
        // What comes after the last reply is settled by a mark, or stands open. The mark may lie in
        // the midst of it: what came after it is a question of its own.
        let marked = rest.peek().copied();
        let mut is_marked = false;
        while rest.next_if(|at| talk.settled.is_some_and(|settled| *at <= settled)).is_some() {
            is_marked = true;
        }
        let counts = is_marked && marked.as_ref().is_some_and(began_here);
        questions += usize::from(counts);
        answered += usize::from(counts);
        let open = rest.next().as_ref().is_some_and(began_here);
        questions += usize::from(open && !talk.is_banned);
        self.waits.extend(waits.iter().map(|wait| wait.took));
        (questions, answered)
    }

    /// The numbers.
    pub fn finish(mut self) -> Figures {
        self.figures.customers = self.customers.len();
        self.figures.new = self.customers.values().filter(|came_before| !**came_before).count();
        self.waits.sort_unstable();
        self.figures.median = median(&self.waits);
        self.figures.ninety = ninety(&self.waits);
        let mut labels: Vec<Labelled> = self.labels.into_iter().map(labelled).collect();
        labels.sort_unstable_by(|one, other| {
            (other.customers, other.questions, &one.label).cmp(&(
                one.customers,
                one.questions,
                &other.label,
            ))
        });
        labels.truncate(LABELS);
        self.figures.labels = labels;
        self.figures
    }
}

fn labelled((label, known): (String, Label)) -> Labelled {
    let Label { customers, questions, answered } = known;
    Labelled { label, customers: customers.len(), questions, answered }
}

/// The smallest of the values in order that nine of ten do not exceed.
fn ninety(sorted: &[i64]) -> Option<i64> {
    let place = (sorted.len() * 9).div_ceil(10);
    sorted.get(place.checked_sub(1)?).copied()
}

/// The places of the highest counts, at most `most`, in their order; none where all are 0.
pub fn busiest(counts: &[u64], most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..counts.len()).filter(|place| counts[*place] > 0).collect();
    places.sort_by_key(|place| (std::cmp::Reverse(counts[*place]), *place));
    places.truncate(most);
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spans::median_answer_time;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn week() -> Window {
        Window::new(Period::Week, 20 * DAY + 12 * 60 * MINUTE, Clock::default())
    }

    fn at(day: i64, minute: i64) -> i64 {
        (14 + day) * DAY + minute * MINUTE
    }

    #[test]
    fn a_week_is_counted() {
        let window = week();
        let mut counting = Counting::new(&window);
        let replies = [at(0, 10), at(0, 40), at(2, 30)];
        for reply in replies {
            counting.reply(reply);
        }
        let talk = Talk {
            // Before the period; two in one question; a second question.
            wrote: vec![at(-1, 0), at(0, 0), at(0, 5), at(0, 30)],
            answered: vec![at(-1, 1), at(0, 10), at(0, 40)],
            first_seen: Some(at(-1, 0)),
            label: Some("door"),
            ..Talk::default()
        };
        counting.talk(ChatId(1), talk);
        let talk = Talk {
            // Answered after half an hour; marked; open.
            wrote: vec![at(2, 0), at(3, 0), at(4, 0)],
            answered: vec![at(2, 30)],
            settled: Some(at(3, 1)),
            first_seen: Some(at(2, 0)),
            label: Some("door"),
            ..Talk::default()
        };
        counting.talk(ChatId(2), talk);
        counting
            .talk(ChatId(3), Talk { is_banned: true, wrote: vec![at(5, 0)], ..Talk::default() });
        let figures = counting.finish();
        assert_eq!((figures.wrote(), figures.replied()), (7, 3));
        assert_eq!(figures.parts[0], (3, 2));
        assert_eq!((figures.customers, figures.new), (3, 2));
        assert_eq!((figures.questions, figures.answered), (5, 4));
        assert_eq!((figures.median, figures.ninety), (Some(10 * MINUTE), Some(30 * MINUTE)));
        assert_eq!(figures.hours[0], 7);
        let label = Labelled { label: "door".into(), customers: 2, questions: 5, answered: 4 };
        assert_eq!(figures.labels, [label]);
    }

    #[test]
    fn a_question_belongs_to_the_moment_it_began() {
        let figures = |wrote: &[i64], answered: &[i64], settled| {
            let window = week();
            let mut counting = Counting::new(&window);
            let (wrote, answered) = (wrote.to_vec(), answered.to_vec());
            counting.talk(ChatId(1), Talk { wrote, answered, settled, ..Talk::default() });
            let figures = counting.finish();
            (figures.wrote(), figures.questions, figures.answered, figures.median)
        };
        // Begun before the period and continued in it: answered, marked, open.
        let (before, within) = (at(-2, 0), at(1, 0));
        assert_eq!(figures(&[before, within], &[at(1, 5)], None), (1, 0, 0, None));
        assert_eq!(figures(&[before, within], &[], Some(at(1, 5))), (1, 0, 0, None));
        assert_eq!(figures(&[before, within], &[], None), (1, 0, 0, None));
        // Answered before the period: what comes then is a question of its own.
        let answered = figures(&[before, within], &[at(-2, 5), at(1, 5)], None);
        assert_eq!(answered, (1, 1, 1, Some(5 * MINUTE)));
        // Nothing in the period is nothing.
        assert_eq!(figures(&[before], &[at(1, 5)], None), (0, 0, 0, None));
    }

    #[test]
    fn shares_do_not_round_to_all_or_nothing() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(1, 1000), Some(1));
        assert_eq!(percent(999, 1000), Some(99));
        assert_eq!([percent(0, 7), percent(7, 7), percent(2, 3)], [Some(0), Some(100), Some(67)]);
    }

    #[test]
    fn the_busiest_come_in_their_order() {
        assert_eq!(busiest(&[0, 3, 9, 3, 1], 3), [1, 2, 3]);
        assert_eq!(busiest(&[0, 0], 3), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_a_naive_look(mut values in prop::collection::vec(0_i64..10_000_000, 0..200)) {
            values.sort_unstable();
            let naive = |share: usize| {
                values.iter().copied().find(|value| {
                    values.iter().filter(|other| *other <= value).count() * 10 >= values.len() * share
                })
            };
            prop_assert_eq!(ninety(&values), naive(9));
            match median(&values) {
                None => prop_assert!(values.is_empty()),
                Some(middle) => {
                    let below = values.iter().filter(|value| **value < middle).count();
                    let above = values.iter().filter(|value| **value > middle).count();
                    prop_assert!(below * 2 <= values.len() && above * 2 <= values.len());
                }
            }
        }

        #[test]
        fn answer_times_are_those_of_the_card(
            wrote in prop::collection::vec(0_i64..6 * DAY, 0..40),
            answered in prop::collection::vec(0_i64..6 * DAY, 0..40),
        ) {
            let window = week();
            let place = |times: Vec<i64>| times.into_iter().map(|time| window.from + time).collect::<Vec<_>>();
            let (mut wrote, mut answered) = (place(wrote), place(answered));
            let mut counting = Counting::new(&window);
            let talk = Talk { wrote: wrote.clone(), answered: answered.clone(), ..Talk::default() };
            counting.talk(ChatId(1), talk);
            let figures = counting.finish();
            wrote.sort_unstable();
            answered.sort_unstable();
            prop_assert_eq!(figures.median, median_answer_time(&wrote, &answered));
            prop_assert!(figures.answered <= figures.questions);
            prop_assert!(figures.questions <= wrote.len());
            prop_assert_eq!(figures.wrote(), u64::try_from(wrote.len()).unwrap());
            prop_assert_eq!(figures.hours.iter().sum::<u64>(), figures.weekdays.iter().sum::<u64>());
        }
    }
}
