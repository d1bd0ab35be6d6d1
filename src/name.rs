//! Names of people, bots and chats: foreign text that may hold anything.

use unicode_normalization::char::is_combining_mark;

/// Marks on one letter that are shown. Tibetan and Hebrew pile up to four.
const PILE: usize = 4;
/// Letters of a name that are shown.
pub const NAME_LENGTH: usize = 64;

/// A name as one short line: without control characters, without marks that turn the direction of
/// writing, without invisible letters.
pub fn one_line(name: &str) -> String {
    let spaced: String = unstacked(name.chars().filter_map(visible)).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joined = words.join(" ");
    if joined.chars().count() <= NAME_LENGTH {
        return joined;
    }
    let cut: String = joined.chars().take(NAME_LENGTH - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Leaves out marks piled on one letter beyond what any script needs: they would be drawn over the
/// lines above and below.
fn unstacked(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut pile = 0;
    letters.filter(move |letter| {
        pile = if is_combining_mark(*letter) { pile + 1 } else { 0 };
        pile <= PILE
    })
}

/// Whether a letter takes no room that could be seen.
pub fn is_blank(letter: char) -> bool {
    visible(letter).is_none_or(char::is_whitespace)
}

fn visible(letter: char) -> Option<char> {
    match letter {
        '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        letter if letter.is_whitespace() => Some(' '),
        // Marks that turn the direction of writing, invisible letters, tags, letters that are none.
        '\u{61c}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{feff}'
        | '\u{200b}'
        | '\u{200c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        letter if letter.is_control() => None,
        letter => Some(letter),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_dropped() {
        assert_eq!(one_line(" Tea\n& \u{202e}Co\u{2066}\u{0}\u{ffff} "), "Tea & Co");
        assert_eq!(one_line("\u{200b}\u{202e}\u{3164}\u{2800}"), "");
        let zalgo = format!("Z{}e", "\u{301}".repeat(300));
        assert_eq!(one_line(&zalgo), "Z\u{301}\u{301}\u{301}\u{301}e");
        assert_eq!(
            one_line("Nguyễn Thị \u{915}\u{94d}\u{937}"),
            "Nguyễn Thị \u{915}\u{94d}\u{937}"
        );
        assert_eq!(one_line(&"x".repeat(500)).chars().count(), NAME_LENGTH);
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_short_line(name in "\\PC*|(?s).*") {
            let line = one_line(&name);
            prop_assert!(line.chars().count() <= NAME_LENGTH);
            prop_assert!(!line.chars().any(char::is_control));
        }
    }
}
