//! How wide words are, and their dots. The font is Hack: Latin, Cyrillic and Greek, and every
//! letter equally wide, so that words drawn by another such font take the same room.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, PxScale, point};
use epaint_default_fonts::HACK_REGULAR;

static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(HACK_REGULAR).ok());

/// As wide as the widest letters of other writings are, in their fonts: emoji.
const UNKNOWN: f32 = 1.3;

/// Whether the font has every letter, and each stands by itself: marks that belong above another
/// letter, and writings that run from the right, would be drawn wrong.
pub fn can_draw(words: &str) -> bool {
    let Some(font) = &*FONT else { return false };
    words.chars().all(|letter| has(font, letter).is_some())
}

/// How wide the words are, for letters of size 1.
pub(super) fn width(words: &str) -> f32 {
    words
        .chars()
        .map(|letter| FONT.as_ref().and_then(|font| advance(font, letter)).unwrap_or(UNKNOWN))
        .sum()
}

/// Draws words of a size in pixels from a point on: `dot` is given each pixel and how dark it is.
pub(super) fn draw(words: &str, size: f32, (x, y): (f32, f32), mut dot: impl FnMut(f32, f32, f32)) {
    let Some(font) = &*FONT else { return };
    // The crate measures letters by their line's height, everybody else by the em.
    let em = font.units_per_em().unwrap_or(1.0);
    let scale = PxScale::from(size * font.height_unscaled() / em);
    let mut x = x;
    for letter in words.chars() {
        let Some(id) = has(font, letter) else { continue };
        let glyph = Glyph { id, scale, position: point(x, y) };
        x += advance(font, letter).unwrap_or_default() * size;
        let Some(outline) = font.outline_glyph(glyph) else { continue };
        let corner = outline.px_bounds().min;
        outline.draw(|right, down, shade| {
            dot(corner.x + pixels(right), corner.y + pixels(down), shade);
        });
    }
}

fn has(font: &FontRef<'_>, letter: char) -> Option<GlyphId> {
    let alone =
        !matches!(letter, '\u{300}'..='\u{36f}' | '\u{590}'..='\u{8ff}' | '\u{fe00}'..='\u{feff}');
    Some(font.glyph_id(letter)).filter(|id| alone && id.0 != 0)
}

fn advance(font: &FontRef<'_>, letter: char) -> Option<f32> {
    let id = has(font, letter)?;
    Some(font.h_advance_unscaled(id) / font.units_per_em()?)
}

#[expect(clippy::cast_precision_loss, reason = "a glyph has few pixels")]
fn pixels(count: u32) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_the_letters_of_many_languages_and_no_others() {
        for words in
            ["Tea & Co. <7>…", "Café Ñandú Größe", "Чай Їжак Ґанок", "Τσάι", "@a_b", "#x-1"]
        {
            assert!(can_draw(words), "{words}");
        }
        for words in ["茶", "🦊", "שלום", "شاي", "e\u{301}"] {
            assert!(!can_draw(words), "{words}");
        }
    }

    #[test]
    fn every_letter_is_equally_wide() {
        let one = width("i");
        assert!((one - 0.602).abs() < 0.001, "{one}");
        assert!((width("WЖ…") - 3.0 * one).abs() < 0.001);
        assert!(width("茶") > 1.0);
    }
}
