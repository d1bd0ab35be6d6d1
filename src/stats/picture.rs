//! The numbers of a period as a picture: a card of its own colours, which looks the same on a light
//! and on a dark chat.
//!
//! The two series are blue and orange of Okabe and Ito, which people with any colour vision tell
//! apart; they also differ in brightness, and the legend stands in the title. All words come in,
//! and those the font can't draw are the caller's to replace: see [`can_draw`].

mod bars;

use std::{io::Cursor, sync::LazyLock};

use epaint_default_fonts::HACK_REGULAR;
use image::{ImageFormat, RgbImage};
use plotters::{
    coord::Shift,
    prelude::*,
    style::{
        FontStyle, register_font,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{Figures, Window};
pub use crate::qr::can_draw;

/// How wide and how high it is, in pixels: read on a phone without opening it.
pub const SIZE: (u32, u32) = (1280, 1000);
/// The card.
pub const BACKGROUND: RGBColor = RGBColor(24, 34, 45);
/// What customers wrote.
pub const INBOUND: RGBColor = RGBColor(86, 180, 233);
/// Replies.
pub const OUTBOUND: RGBColor = RGBColor(230, 159, 0);
const INK: RGBColor = RGBColor(236, 240, 244);
const FAINT: RGBColor = RGBColor(150, 163, 176);
const GRID: RGBColor = RGBColor(55, 68, 82);

/// The name under which plotters knows the font.
const FONT: &str = "hack";
/// From the card's edge to what stands on it.
const MARGIN: i32 = 48;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Drawn =
    Result<(), DrawingAreaErrorKind<<BitMapBackend<'static> as DrawingBackend>::ErrorType>>;

static HAS_FONT: LazyLock<bool> =
    LazyLock::new(|| register_font(FONT, FontStyle::Normal, HACK_REGULAR).is_ok());

/// The words of a picture, each drawable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Which bot and which days.
    pub title: String,
    /// Key figures: what, and how much.
    pub key_figures: Vec<(String, String)>,
    /// What customers wrote, for the legend.
    pub wrote: String,
    /// Replies, for the legend.
    pub replied: String,
    /// Above the messages by hour.
    pub hours: String,
    /// Above the messages by day of the week.
    pub weekdays: String,
    /// The days of the week, from Monday on.
    pub days: Vec<String>,
}

/// Draws the picture, as a PNG. `None` where it can't be drawn.
pub fn draw(figures: &Figures, window: &Window, words: &Words) -> Option<Vec<u8>> {
    if !*HAS_FONT {
        return None;
    }
    let (width, height) = SIZE;
    let mut pixels = vec![0; usize::try_from(width * height * 3).ok()?];
    {
        let root = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
        paint(&root, figures, window, words).ok()?;
        root.present().ok()?;
    }
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_raw(width, height, pixels)?.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

fn paint(root: &Area<'_>, figures: &Figures, window: &Window, words: &Words) -> Drawn {
    root.fill(&BACKGROUND)?;
    let width = i32::try_from(SIZE.0).unwrap_or(0) - 2 * MARGIN;
    line(root, &words.title, (MARGIN, 34), fitting(&words.title, width, 34), INK, HPos::Left)?;
    key_figures(root, words)?;
    legend(root, words)?;
    let names: Vec<String> = (0..window.parts()).map(|part| window.part_name(part)).collect();
    let parts: Vec<_> = figures.parts.iter().map(|(wrote, replied)| [*wrote, *replied]).collect();
    let (_, below) = root.split_vertically(262);
    let (middle, below) = below.split_vertically(360);
    bars::draw(&middle, &parts, &names, [INBOUND, OUTBOUND])?;
    let (left, right) = below.split_horizontally(800);
    line(&left, &words.hours, (MARGIN, 22), 24, FAINT, HPos::Left)?;
    line(&right, &words.weekdays, (8, 22), 24, FAINT, HPos::Left)?;
    let hours: Vec<_> = figures.hours.iter().map(|count| [*count]).collect();
    let names: Vec<String> = (0..24).map(|hour| hour.to_string()).collect();
    bars::draw(&left.split_vertically(52).1, &hours, &names, [INBOUND])?;
    let weekdays: Vec<_> = figures.weekdays.iter().map(|count| [*count]).collect();
    bars::draw(&right.split_vertically(52).1, &weekdays, &words.days, [INBOUND])
}

fn key_figures(root: &Area<'_>, words: &Words) -> Drawn {
    let count = i32::try_from(words.key_figures.len().max(1)).unwrap_or(1);
    let width = (i32::try_from(SIZE.0).unwrap_or(0) - 2 * MARGIN) / count;
    for (place, (what, number)) in (0..).zip(&words.key_figures) {
        let left = MARGIN + place * width;
        line(root, number, (left, 100), fitting(number, width, 52), INK, HPos::Left)?;
        line(root, what, (left, 166), fitting(what, width, 24), FAINT, HPos::Left)?;
    }
    Ok(())
}

/// The size at which words have room, and no more than is asked for: every letter of the font is
/// six tenths as wide as it is high.
fn fitting(words: &str, width: i32, most: i32) -> i32 {
    let letters = i32::try_from(words.chars().count().max(1)).unwrap_or(i32::MAX);
    ((width - 16) * 10 / 6 / letters).clamp(12, most)
}

fn legend(root: &Area<'_>, words: &Words) -> Drawn {
    let mut left = MARGIN;
    for (what, colour) in [(&words.wrote, INBOUND), (&words.replied, OUTBOUND)] {
        let square = [(left, 220), (left + 22, 242)];
        root.draw(&Rectangle::new(square, colour.filled()))?;
        line(root, what, (left + 34, 224), 24, FAINT, HPos::Left)?;
        let letters = i32::try_from(what.chars().count()).unwrap_or(0);
        left += 34 + letters * 15 + 50;
    }
    Ok(())
}

/// Words whose upper corner, or the middle of their upper edge, is at a point.
fn line(
    area: &Area<'_>,
    words: &str,
    at: (i32, i32),
    size: i32,
    colour: RGBColor,
    from: HPos,
) -> Drawn {
    let style = (FONT, size).into_font().color(&colour).pos(Pos::new(from, VPos::Top));
    area.draw(&Text::new(words.to_owned(), at, style))
}

#[cfg(test)]
mod tests;
