//! A link to a bot as a QR code with its words below: a PNG for screens, an SVG for print. No I/O.
//!
//! - [`font`]: how wide words are, and their dots
//! - [`layout`]: where the words stand
//! - [`png`], [`svg`]: the two pictures
//!
//! Everything is measured in modules, the squares a code is made of.

mod font;
mod layout;
mod png;
mod svg;

pub use font::can_draw;
use qrcode::{Color, EcLevel, QrCode};

use crate::{label::Label, name::one_line};

/// The white border a reader needs around a code, in modules (ISO/IEC 18004).
const QUIET: u16 = 4;

/// What a code leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code<'a> {
    /// The bot's username, without `@`.
    pub username: &'a str,
    /// The bot's display name: its owner wrote it, so it may hold anything.
    pub name: &'a str,
    /// The label customers are to come with.
    pub label: Option<&'a Label>,
}

impl Code<'_> {
    /// The link the code holds.
    pub fn link(&self) -> String {
        let username = self.username;
        match self.label {
            Some(label) => format!("https://t.me/{username}?start={label}"),
            None => format!("https://t.me/{username}"),
        }
    }

    /// A picture for screens: black and white, each module a whole number of pixels. The display
    /// name is left out where the font lacks a letter of it. `None` when the link is too long.
    pub fn png(&self) -> Option<Vec<u8>> {
        let square = Square::of(&self.link())?;
        let words = self.words().into_iter().filter(|words| font::can_draw(words)).collect();
        png::draw(&square, &layout::below(square.width(), words))
    }

    /// A drawing for print, 60 mm wide. `None` when the link is too long.
    pub fn svg(&self) -> Option<String> {
        let link = self.link();
        let square = Square::of(&link)?;
        Some(svg::draw(&square, &layout::below(square.width(), self.words()), &link))
    }

    /// A name for the file, made of nothing but the username and the label.
    pub fn file_name(&self, extension: &str) -> String {
        match self.label {
            Some(label) => format!("{}-{label}.{extension}", self.username),
            None => format!("{}.{extension}", self.username),
        }
    }

    /// The lines below the code.
    fn words(&self) -> Vec<String> {
        let name = one_line(self.name);
        let username = format!("@{}", one_line(self.username));
        let label = self.label.map(|label| format!("#{label}"));
        Some(name)
            .filter(|name| !name.is_empty())
            .into_iter()
            .chain([username])
            .chain(label)
            .collect()
    }
}

/// The code itself: a square of dark and light modules.
struct Square {
    side: u16,
    dark: Vec<bool>,
}

impl Square {
    /// Error correction Q: a quarter of the code may be soiled.
    fn of(link: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(link, EcLevel::Q).ok()?;
        let side = u16::try_from(code.width()).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { side, dark })
    }

    /// With the quiet zone on both sides.
    fn width(&self) -> u16 {
        self.side + 2 * QUIET
    }

    /// The stretches of dark modules: left end and length, from the picture's corner.
    fn runs(&self) -> impl Iterator<Item = Run> + '_ {
        self.dark.chunks(usize::from(self.side)).zip(QUIET..).flat_map(|(row, y)| {
            let mut x = QUIET;
            row.chunk_by(PartialEq::eq).filter_map(move |same| {
                let length = u16::try_from(same.len()).unwrap_or(u16::MAX);
                let run = Run { x, y, length };
                x = x.saturating_add(length);
                same.first().is_some_and(|dark| *dark).then_some(run)
            })
        })
    }
}

/// Dark modules side by side.
#[derive(Debug, Clone, Copy)]
struct Run {
    x: u16,
    y: u16,
    length: u16,
}

#[cfg(test)]
mod tests;
