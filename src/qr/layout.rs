//! Where the words below a code stand. They never leave the picture.

use super::font;

/// The picture below the code's quiet zone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Below {
    /// The lines, from top to bottom.
    pub(super) lines: Vec<Line>,
    /// The whole picture's height.
    pub(super) height: f32,
}

/// A line in the middle of the picture, in modules.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The words.
    pub(super) words: String,
    /// The letters' size.
    pub(super) size: f32,
    /// How wide the words are.
    pub(super) width: f32,
    /// Where the letters stand on.
    pub(super) baseline: f32,
    /// Whether the letters had to be made smaller.
    pub(super) is_tight: bool,
}

/// Left and right of the words, and below them.
const MARGIN: f32 = 2.0;
/// How many letters of the largest size fit into a line, were they as wide as high.
const LARGEST: f32 = 15.0;
/// The same for the smallest: a label's 64 letters and its `#`, which are 0.6 wide.
const SMALLEST: f32 = 40.0;

/// Puts the lines below a code that is so wide with its quiet zone.
pub(super) fn below(width: u16, lines: Vec<String>) -> Below {
    let mut height = f32::from(width);
    let room = height - 2.0 * MARGIN;
    let lines = lines.into_iter().map(|words| {
        let mut line = fit(words, room);
        line.baseline = height + line.size;
        height += line.size * 1.35;
        line
    });
    let lines = lines.collect();
    Below { lines, height: height + MARGIN }
}

/// As large as there is room; what is too long even for the smallest letters is cut.
fn fit(mut words: String, room: f32) -> Line {
    let (largest, smallest) = (room / LARGEST, room / SMALLEST);
    if font::width(&words) * smallest > room {
        while words.pop().is_some() && (font::width(&words) + font::width("…")) * smallest > room
        {
        }
        words.truncate(words.trim_end().len());
        words.push('…');
    }
    let width = font::width(&words);
    let size = if width > 0.0 { (room / width).min(largest) } else { largest };
    Line { words, size, width: width * size, baseline: 0.0, is_tight: size < largest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_shrink_and_are_cut_where_they_are_too_long() {
        let label = format!("#{}", "W".repeat(64));
        let lines = ["Tea".to_owned(), label.clone(), "茶".repeat(64), String::new()];
        let below = below(29, lines.to_vec());
        let [tea, long, cut, none] = below.lines.as_slice() else { panic!("{below:?}") };
        assert_eq!((tea.words.as_str(), tea.is_tight), ("Tea", false));
        assert_eq!((&long.words, long.is_tight), (&label, true));
        assert!(cut.words.ends_with("茶…") && cut.words.chars().count() < 64, "{cut:?}");
        assert_eq!(none.words, "");
        for line in &below.lines {
            assert!(line.width <= 25.01 && line.size > 0.0, "{line:?}");
            assert!(line.baseline < below.height && line.baseline - line.size > 28.99, "{line:?}");
        }
    }
}
