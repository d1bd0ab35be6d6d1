//! The standard reaction nearest to an emoji. Pure.

/// The emoji a bot may react with (Bot API, `ReactionTypeEmoji`).
const STANDARD: &[&str] = &[
    "❤",
    "👍",
    "👎",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤‍🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨‍💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷‍♂",
    "🤷",
    "🤷‍♀",
    "😡",
];

/// What says about the same as a standard one.
const ALIKE: &[(&str, &[&str])] = &[
    (
        "❤",
        &[
            "🧡", "💛", "💚", "💙", "💜", "🖤", "🤍", "🤎", "🩷", "🩵", "🩶", "💗", "💖", "💕",
            "💞", "💓", "❣", "🫶", "💝", "💟", "🌹",
        ],
    ),
    ("😁", &["😀", "😃", "😄", "😆", "😅", "🙂", "😊", "☺", "🤭", "😸", "😺", "😉", "😌", "🙃"]),
    ("🤣", &["😂", "😹", "😛", "😝", "😜"]),
    ("😢", &["🙁", "☹", "😞", "😔", "😟", "😥", "😿", "🥺", "😕", "😪", "😓"]),
    ("😭", &["😩", "😫", "😖", "😣"]),
    ("😡", &["😠", "😤", "👿", "💢", "🗯"]),
    ("🤬", &["☠", "💀"]),
    ("👍", &["✅", "✔", "☑", "🆗", "💪", "👊", "✊", "🤙", "➕"]),
    ("👎", &["❌", "✖", "🚫", "➖", "⛔"]),
    ("👏", &["🙌", "👐", "🤲"]),
    ("🎉", &["🥳", "🎊", "🎁", "🎂", "🎈", "✨", "🌟", "⭐", "💫"]),
    ("🤩", &["😻", "🤑"]),
    ("😱", &["😮", "😯", "😲", "😳", "🙀", "😧", "😦", "❗", "‼", "⚠"]),
    ("😨", &["😰", "🥶"]),
    ("🤔", &["❓", "❔", "🧐", "💭"]),
    ("😐", &["😑", "😶", "😒", "🙄", "😬"]),
    ("🔥", &["💥", "🚀", "🌶", "☀"]),
    ("👀", &["👁", "🔎", "🔍"]),
    ("🙏", &["🤞", "🕯", "🛐"]),
    ("👌", &["🤌", "🫰", "😋"]),
    ("🤮", &["🤢", "🤧", "😷", "🤒"]),
    ("🥱", &["😵", "💤"]),
    ("🏆", &["🥇", "🏅", "👑", "🎖", "🎯"]),
    ("🤝", &["👋", "🫱", "✌"]),
    ("✍", &["📝", "✏", "🖊"]),
    ("😎", &["🕶", "🤠"]),
    ("🤡", &["🎭", "🤥"]),
    ("🍾", &["🍻", "🥂", "🍷", "🍺", "☕", "🍵"]),
    ("👻", &["🦇"]),
    ("😴", &["🛌", "🌙"]),
    ("😇", &["👼", "🥲"]),
];

/// Where nothing is alike: that it was seen, and well taken.
const OTHERWISE: &str = "👍";

/// The standard reaction nearest to an emoji: itself, one that says about the same, else 👍.
pub(in crate::relay) fn nearest(emoji: &str) -> &'static str {
    let wanted = bare(emoji);
    let same = STANDARD.iter().find(|standard| bare(standard) == wanted);
    let alike = || {
        let (standard, _) =
            ALIKE.iter().find(|(_, alike)| alike.iter().any(|one| bare(one) == wanted))?;
        Some(standard)
    };
    same.or_else(alike).copied().unwrap_or(OTHERWISE)
}

/// An emoji without the marks that choose its look or its skin.
fn bare(emoji: &str) -> String {
    let is_look =
        |letter: &char| matches!(letter, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    emoji.chars().filter(|letter| !is_look(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_finds_itself_or_its_like() {
        for (emoji, found) in [
            ("❤️", "❤"),
            ("👍🏽", "👍"),
            ("💙", "❤"),
            ("😂", "🤣"),
            ("🙁", "😢"),
            ("❤️‍🔥", "❤‍🔥"),
            ("❌", "👎"),
            ("🤷‍♂️", "🤷‍♂"),
            ("", "👍"),
            ("🪗", "👍"),
        ] {
            assert_eq!(nearest(emoji), found, "{emoji}");
        }
    }

    #[test]
    fn everything_alike_leads_to_a_standard_one_and_is_none_itself() {
        for (standard, alike) in ALIKE {
            assert!(STANDARD.contains(standard), "{standard}");
            assert!(alike.iter().all(|one| !STANDARD.contains(one)), "{standard}");
        }
    }
}
