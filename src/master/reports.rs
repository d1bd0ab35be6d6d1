//! What an owner can ask for about his bots as a whole, as commands and buttons say it. Pure.
//!
//! A button's data says all there is to know, so it works after any restart. Whether its bot is
//! this owner's is looked up when it is pressed, whatever it says.

use std::str::FromStr;

use crate::{
    model::BotId,
    stats::{Clock, Period},
};

/// Which numbers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct View {
    /// Of which bot; `None`: of all.
    pub bot: Option<BotId>,
    /// Of which period.
    pub period: Period,
    /// The page of the bots to choose from.
    pub page: u16,
}

/// A button below a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportPress {
    /// Shows these numbers.
    Stats(View),
    /// Remembers the owner's clock, and shows these numbers by it.
    Clock(View, Clock),
    /// Shows a page of how the bots fare.
    Status(u16),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Numbers, as these words name them: `@bot`, a period, a clock.
    Stats(String),
    /// By a button.
    Press(ReportPress),
    /// How everything fares.
    Status,
}

impl FromStr for ReportPress {
    type Err = ();

    fn from_str(data: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = data.split(':').collect();
        let page = |word: &str| word.parse().map_err(|_| ());
        let view = |bot: &str, period: &str, number: &str| {
            let bot: i64 = bot.parse().map_err(|_| ())?;
            let bot = (bot != 0).then_some(BotId(bot));
            Ok(View { bot, period: Period::read(period).ok_or(())?, page: page(number)? })
        };
        match parts.as_slice() {
            ["stats", bot, period, number] => Ok(Self::Stats(view(bot, period, number)?)),
            ["clock", bot, period, number, minutes] => {
                let clock = Clock::of(minutes.parse().map_err(|_| ())?);
                Ok(Self::Clock(view(bot, period, number)?, clock))
            }
            ["status", number] => Ok(Self::Status(page(number)?)),
            _ => Err(()),
        }
    }
}

impl ReportPress {
    /// The button's data.
    pub fn data(self) -> String {
        let shown = |view: View| {
            let bot = view.bot.map_or(0, |bot| bot.0);
            format!("{bot}:{}:{}", view.period.word(), view.page)
        };
        match self {
            Self::Stats(view) => format!("stats:{}", shown(view)),
            Self::Clock(view, clock) => format!("clock:{}:{}", shown(view), clock.minutes()),
            Self::Status(page) => format!("status:{page}"),
        }
    }
}

/// What typed words ask for: the view, and the clock where one is named.
pub(super) fn read(words: &str, bots: &[(&str, BotId)]) -> Option<(View, Option<Clock>)> {
    let (mut view, mut clock) = (View::default(), None);
    for word in words.split_whitespace() {
        let name = word.trim_start_matches('@');
        let own = bots.iter().find(|(username, _)| username.eq_ignore_ascii_case(name));
        if let Some((_, bot)) = own {
            view.bot = Some(*bot);
        } else if let Some(period) = Period::read(word) {
            view.period = period;
        } else if let Some(named) = Clock::read(word) {
            clock = Some(named);
        } else if word.eq_ignore_ascii_case("all") {
            view.bot = None;
        } else {
            return None;
        }
    }
    Some((view, clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_comes_back_and_fits_telegrams_limit() {
        let view = View { bot: Some(BotId(i64::MAX)), period: Period::Today, page: u16::MAX };
        for press in [
            ReportPress::Stats(view),
            ReportPress::Stats(View::default()),
            ReportPress::Clock(view, Clock::of(-720)),
            ReportPress::Status(3),
        ] {
            assert!(press.data().len() <= 64, "{}", press.data());
            assert_eq!(press.data().parse(), Ok(press));
        }
        for wrong in
            ["stats", "stats:x:7:0", "stats:1:8:0", "clock:1:7:0", "status:-1", "stats:1:7:0:9"]
        {
            assert_eq!(wrong.parse::<ReportPress>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn words_are_read_in_any_order() {
        let bots = [("shop_bot", BotId(1)), ("Week", BotId(2))];
        let view = |bot, period| View { bot, period, page: 0 };
        assert_eq!(read("", &bots), Some((View::default(), None)));
        let wanted = view(Some(BotId(1)), Period::Week);
        for words in ["@Shop_bot 7", "7 shop_bot", "7d @shop_bot"] {
            assert_eq!(read(words, &bots), Some((wanted, None)), "{words}");
        }
        let wanted = (view(Some(BotId(2)), Period::Year), Some(Clock::of(330)));
        assert_eq!(read("@week 12m utc+5:30", &bots), Some(wanted));
        for words in ["@other_bot", "8", "@shop_bot nonsense"] {
            assert_eq!(read(words, &bots), None, "{words}");
        }
    }
}
