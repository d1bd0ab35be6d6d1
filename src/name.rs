//! Names of people, bots and chats: foreign text that may hold anything.

/// Letters of a name that are shown.
pub const NAME_LENGTH: usize = 64;

/// A name as one short line: without control characters, without marks that turn the direction of
/// writing, without invisible letters.
pub fn one_line(name: &str) -> String {
    let spaced: String = name.chars().filter_map(visible).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joined = words.join(" ");
    if joined.chars().count() <= NAME_LENGTH {
        return joined;
    }
    let cut: String = joined.chars().take(NAME_LENGTH - 1).collect();
    format!("{}…", cut.trim_end())
}

fn visible(letter: char) -> Option<char> {
    match letter {
        '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        letter if letter.is_whitespace() => Some(' '),
        // Marks that turn the direction of writing, invisible letters, tags, letters that are none.
        '\u{61c}'
        | '\u{ad}'
        | '\u{180e}'
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
        assert_eq!(one_line("\u{200b}\u{202e}"), "");
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
