//! The words and buttons of `/stats`: pure.

use serde_json::{Map, Value};
use teloxide::types::MessageId;

use crate::{
    master::{
        reports::{ReportPress, View},
        state::Press,
    },
    spans::{answer_time, answered_within},
    stats::{
        Clock, Figures, Labelled, Period, Window, busiest, percent,
        picture::{Words, can_draw},
    },
    store::BotRow,
    telegram::Outgoing,
    text::Language,
};

/// UTF-16 units of a caption.
const CAPTION: usize = 1024;
/// Bots on a page of those to choose from.
const BOTS: usize = 6;
/// Hours and days that are called busiest.
const BUSIEST: (usize, usize) = (3, 2);

/// What is shown, and to whom.
pub(super) struct Page<'a> {
    pub(super) language: Language,
    pub(super) view: View,
    pub(super) window: &'a Window,
    pub(super) rows: &'a [BotRow],
    /// For how many days references are kept.
    pub(super) kept: i64,
}

impl Page<'_> {
    fn whose(&self) -> String {
        let row = self.rows.iter().find(|row| Some(row.bot) == self.view.bot);
        row.map_or_else(|| self.language.stats_all(), |row| format!("@{}", row.username))
    }

    fn days(&self) -> String {
        let (first, last) = self.window.days();
        if first == last { first } else { format!("{first} – {last}") }
    }

    /// The numbers in words: no more than a caption holds.
    pub(super) fn text(&self, figures: &Figures) -> String {
        let language = self.language;
        let title = language.stats_title(&self.whose(), &self.days(), &self.window.clock.shown());
        let mut lines = vec![title, String::new()];
        if figures.is_empty() {
            lines.push(language.stats_empty());
        } else {
            lines.extend(self.numbers(figures));
        }
        let is_cut = (self.window.until - self.window.from) / 86_400_000 > self.kept;
        lines.extend(is_cut.then(|| language.stats_kept(&self.kept.to_string())));
        let mut labels = figures.labels.iter().map(|label| self.label(label)).collect::<Vec<_>>();
        loop {
            let mut text = lines.join("\n");
            if !labels.is_empty() {
                text = format!("{text}\n\n{}\n{}", language.stats_labels(), labels.join("\n"));
            }
            if text.encode_utf16().count() <= CAPTION || labels.pop().is_none() {
                return text;
            }
        }
    }

    fn numbers(&self, figures: &Figures) -> Vec<String> {
        let language = self.language;
        let returning = figures.customers - figures.new;
        let mut lines = vec![
            language.stats_messages(&figures.wrote().to_string(), &figures.replied().to_string()),
            language.stats_customers(
                &figures.customers.to_string(),
                &figures.new.to_string(),
                &returning.to_string(),
            ),
        ];
        let share = percent(figures.answered, figures.questions);
        lines.extend(share.map(|share| {
            let (answered, questions) = (figures.answered, figures.questions);
            language.stats_answered(
                &share.to_string(),
                &answered.to_string(),
                &questions.to_string(),
            )
        }));
        lines.push(match figures.median.zip(figures.ninety) {
            Some((median, ninety)) => language
                .stats_times(&answer_time(language, median), &answered_within(language, ninety)),
            None => language.stats_unanswered(),
        });
        let hours = busiest(&figures.hours, BUSIEST.0).into_iter();
        let hours = hours.map(|hour| format!("{hour}–{}", hour + 1)).collect::<Vec<_>>();
        if !hours.is_empty() {
            let names = weekdays(language);
            let days = busiest(&figures.weekdays, BUSIEST.1).into_iter();
            let days = days.filter_map(|day| names.get(day).cloned()).collect::<Vec<_>>();
            lines.push(language.stats_busiest(&hours.join(", "), &days.join(", ")));
        }
        lines
    }

    fn label(&self, label: &Labelled) -> String {
        let share = percent(label.answered, label.questions);
        let share = share.map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
        self.language.stats_label(&label.label, &label.customers.to_string(), &share)
    }

    /// The words of the picture; in English, where the font lacks a letter of the owner's language.
    pub(super) fn words(&self, figures: &Figures) -> Words {
        let own = self.language;
        let drawable = |say: &dyn Fn(Language) -> String| {
            Some(say(own)).filter(|words| can_draw(words)).unwrap_or_else(|| say(Language::English))
        };
        let whose = drawable(&|language| Page { language, ..*self }.whose());
        let time = |language: Language| {
            figures.median.map_or_else(|| "–".to_owned(), |median| answer_time(language, median))
        };
        let share = percent(figures.answered, figures.questions);
        let share = share.map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
        let wrote = drawable(&|language| language.figure_wrote());
        let replied = drawable(&|language| language.figure_replied());
        let key_figures = vec![
            (wrote.clone(), figures.wrote().to_string()),
            (replied.clone(), figures.replied().to_string()),
            (drawable(&|language| language.figure_customers()), figures.customers.to_string()),
            (drawable(&|language| language.figure_answered()), share),
            (drawable(&|language| language.figure_median()), drawable(&time)),
        ];
        let title = format!("{whose} · {} · {}", self.days(), self.window.clock.shown());
        Words {
            title,
            key_figures,
            wrote,
            replied,
            hours: drawable(&|language| language.figure_hours()),
            weekdays: drawable(&|language| language.figure_weekdays()),
            days: drawable(&|language| language.weekdays()).split(' ').map(str::to_owned).collect(),
        }
    }

    /// Periods, bots and the clock to choose.
    pub(super) fn buttons(&self) -> Vec<Vec<(String, Press)>> {
        let (language, view) = (self.language, self.view);
        let stats = |view: View| Press::Report(ReportPress::Stats(view));
        let marked = |is_chosen: bool, name: String| {
            if is_chosen { format!("✓ {name}") } else { name }
        };
        let period = |period: Period| {
            let name = match period {
                Period::Today => language.stats_today(),
                Period::Week => language.stats_week(),
                Period::Month => language.stats_month(),
                Period::Year => language.stats_year(),
            };
            (marked(period == view.period, name), stats(View { period, ..view }))
        };
        let mut rows: Vec<Vec<(String, Press)>> =
            Period::ALL.chunks(2).map(|pair| pair.iter().copied().map(period).collect()).collect();
        if self.rows.len() > 1 {
            let all = (
                marked(view.bot.is_none(), language.stats_all()),
                stats(View { bot: None, ..view }),
            );
            rows.push(vec![all]);
            rows.extend(self.bots());
        }
        let clock = self.window.clock;
        let moved = |by: i64| {
            let to = Clock::of(clock.minutes() + by);
            Press::Report(ReportPress::Clock(view, to))
        };
        rows.push(vec![
            ("− 1 h".to_owned(), moved(-60)),
            (clock.shown(), stats(view)),
            ("+ 1 h".to_owned(), moved(60)),
        ]);
        rows
    }

    fn bots(&self) -> Vec<Vec<(String, Press)>> {
        let view = self.view;
        let stats = |view: View| Press::Report(ReportPress::Stats(view));
        let last = u16::try_from(self.rows.len().div_ceil(BOTS) - 1).unwrap_or(u16::MAX);
        let page = view.page.min(last);
        let shown = self.rows.iter().skip(usize::from(page) * BOTS).take(BOTS);
        let button = |row: &BotRow| {
            let name = format!("@{}", row.username);
            let name = if view.bot == Some(row.bot) { format!("✓ {name}") } else { name };
            (name, stats(View { bot: Some(row.bot), ..view }))
        };
        let buttons: Vec<_> = shown.map(button).collect();
        let mut rows: Vec<Vec<_>> = buttons.chunks(2).map(<[_]>::to_vec).collect();
        let mut turning = Vec::new();
        if let Some(before) = page.checked_sub(1) {
            turning.push(("◀".to_owned(), stats(View { page: before, ..view })));
        }
        if page < last {
            turning.push(("▶".to_owned(), stats(View { page: page + 1, ..view })));
        }
        rows.extend((!turning.is_empty()).then_some(turning));
        rows
    }
}

/// The days of the week from Monday on, short.
fn weekdays(language: Language) -> Vec<String> {
    language.weekdays().split(' ').map(str::to_owned).collect()
}

/// A message of words, or the change of one into them.
pub(super) fn words(instead_of: Option<MessageId>, text: &str, markup: &Value) -> Outgoing {
    let mut parameters = Map::new();
    parameters.insert("text".to_owned(), text.into());
    parameters.insert("reply_markup".to_owned(), markup.clone());
    let Some(message) = instead_of else { return Outgoing::new("sendMessage", parameters) };
    parameters.insert("message_id".to_owned(), message.0.into());
    Outgoing::new("editMessageText", parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BotId, BotState, OwnerId};

    fn row(number: i64) -> BotRow {
        BotRow {
            bot: BotId(number),
            owner: OwnerId(1),
            username: format!("a_bot_with_a_long_username_{number:02}_bot"),
            name: "Shop".to_owned(),
            token: None,
            state: BotState::Active,
            webhook: None,
            settings: None,
            changed_at: 0,
        }
    }

    fn full() -> Figures {
        let label = |number: usize| Labelled {
            label: format!("{number}{}", "x".repeat(63)),
            customers: 1_000_000,
            questions: 1_000_000,
            answered: 999_999,
        };
        Figures {
            parts: vec![(u64::MAX / 64, u64::MAX / 64); 12],
            customers: 12_000_000,
            new: 2_000_000,
            questions: 5_000_000,
            answered: 4_000_000,
            median: Some(86_400_000 * 400),
            ninety: Some(86_400_000 * 4000),
            hours: [u64::MAX / 64; 24],
            weekdays: [7; 7],
            labels: (1..=5).map(label).collect(),
        }
    }

    #[test]
    fn every_language_fits_a_caption_and_draws() {
        let window = Window::new(Period::Year, 1_795_294_499_000, Clock::of(-210));
        let rows: Vec<BotRow> = (0..40).map(row).collect();
        for language in Language::ALL {
            for bot in [None, Some(BotId(17))] {
                let view = View { bot, period: Period::Year, page: 90 };
                let page = Page { language, view, window: &window, rows: &rows, kept: 30 };
                for figures in [&full(), &Figures { parts: vec![(0, 0); 12], ..Figures::default() }]
                {
                    let text = page.text(figures);
                    assert!(text.encode_utf16().count() <= CAPTION, "{text}");
                    assert!(text.contains("30"), "{text}");
                    let words = page.words(figures);
                    assert_eq!(words.days.len(), 7, "{words:?}");
                    let all = words.key_figures.iter().flat_map(|(what, much)| [what, much]);
                    let all = all.chain([&words.title, &words.hours, &words.weekdays]);
                    assert!(all.chain(&words.days).all(|words| can_draw(words)), "{words:?}");
                }
                let buttons = page.buttons();
                assert!(buttons.iter().flatten().all(|(_, press)| press.data().len() <= 64));
                assert!(buttons.iter().flatten().count() < 20);
            }
        }
    }
}
