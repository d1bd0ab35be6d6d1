//! What one customer wrote against what arrived of it, where he wrote faster than he may.

use crate::oracle::Breach;

/// How a copy's header says that messages before it were not passed on.
const NOT_PASSED_ON: &str = "messages not passed on, too many at once: ";
/// What a customer reads then.
pub const TOO_FAST: &str = "faster than messages can be passed on";

/// One conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// Messages he wrote.
    pub written: usize,
    /// Messages with a copy.
    pub copied: usize,
    /// Messages that copies say were not passed on.
    pub refused: usize,
    /// How often he was told so.
    pub notices: usize,
}

impl Account {
    /// What does not add up; he may be told once in each of so many minutes.
    pub fn fault(&self, minutes: usize) -> Option<(Breach, String)> {
        let missing = self.written - self.copied;
        if missing > self.refused {
            let what = format!("{} neither copied nor counted", missing - self.refused);
            return Some((Breach::Lost, what));
        }
        if missing < self.refused {
            let what = format!("{missing} not passed on, and {} are spoken of", self.refused);
            return Some((Breach::ToldWrongly, what));
        }
        if missing > 0 && self.notices == 0 {
            return Some((Breach::Lost, format!("{missing} refused without a word")));
        }
        let too_many = self.notices > minutes + 1;
        too_many.then(|| (Breach::Missed, format!("told {} times", self.notices)))
    }
}

/// How many messages before it a header says were not passed on.
pub fn refused(header: &str) -> usize {
    let count = header.split_once(NOT_PASSED_ON).map_or("", |(_, rest)| rest);
    let line = count.lines().next().unwrap_or_default();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Account, refused};
    use crate::oracle::Breach;

    #[test]
    fn a_header_says_how_many_were_not_passed_on() {
        let header = "🆕 Anna → @shop_bot\n⏳ messages not passed on, too many at once: 17\n";
        assert_eq!(refused(header), 17);
        assert_eq!(refused("🆕 Anna 12 → @shop_bot\n"), 0);
    }

    #[test]
    fn what_was_written_is_copied_or_counted_and_its_writer_told() {
        let good = Account { written: 30, copied: 12, refused: 18, notices: 2 };
        let fault = |account: Account| account.fault(1).map(|(breach, _)| breach);
        assert_eq!(fault(good), None);
        assert_eq!(fault(Account { written: 12, refused: 0, notices: 0, ..good }), None);
        assert_eq!(fault(Account { copied: 11, ..good }), Some(Breach::Lost));
        assert_eq!(fault(Account { copied: 13, ..good }), Some(Breach::ToldWrongly));
        assert_eq!(fault(Account { notices: 0, ..good }), Some(Breach::Lost));
        assert_eq!(fault(Account { notices: 3, ..good }), Some(Breach::Missed));
    }
}
