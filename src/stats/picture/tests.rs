use proptest::prelude::*;

use super::*;
use crate::stats::{Clock, Period};

fn words() -> Words {
    let own = str::to_owned;
    Words {
        title: own("@shop_bot · 2026-10-23 – 2026-11-21 · UTC+2"),
        key_figures: ["in", "out", "customers", "answered", "median"]
            .map(|what| (own(what), own("123")))
            .to_vec(),
        wrote: own("Messages in"),
        replied: own("Replies"),
        hours: own("By hour"),
        weekdays: own("By weekday"),
        days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(own).to_vec(),
    }
}

fn decoded(png: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(png, ImageFormat::Png).unwrap().into_rgb8()
}

fn count(picture: &RgbImage, RGBColor(r, g, b): RGBColor) -> usize {
    picture.pixels().filter(|pixel| pixel.0 == [r, g, b]).count()
}

/// Relative luminance, as WCAG has it.
fn luminance(RGBColor(r, g, b): RGBColor) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn contrast(one: RGBColor, other: RGBColor) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn what_is_read_stands_out() {
    for ink in [INK, FAINT, INBOUND, OUTBOUND] {
        assert!(contrast(ink, BACKGROUND) > 4.5, "{ink:?}: {}", contrast(ink, BACKGROUND));
    }
}

#[test]
fn bars_are_as_high_as_their_counts() {
    let window = Window::new(Period::Week, 20 * 86_400_000, Clock::default());
    let mut figures = Figures { parts: vec![(0, 0); 7], ..Figures::default() };
    figures.parts[2] = (40, 0);
    figures.parts[4] = (20, 40);
    let picture = decoded(&draw(&figures, &window, &words()).unwrap());
    let (width, height) = SIZE;
    // In the middle of the picture, below the legend and above the small diagrams.
    let column = |colour: RGBColor, x: u32| {
        let RGBColor(r, g, b) = colour;
        (262..622).filter(|y| picture.get_pixel(x, *y).0 == [r, g, b]).count()
    };
    let highest = |colour| {
        let mut heights: Vec<usize> = (0..width).map(|x| column(colour, x)).collect();
        heights.sort_unstable();
        heights.dedup();
        heights
    };
    assert_eq!((picture.width(), picture.height()), (width, height));
    let (inbound, outbound) = (highest(INBOUND), highest(OUTBOUND));
    assert_eq!((inbound.len(), outbound.len()), (3, 2), "{inbound:?} {outbound:?}");
    assert!(inbound[2].abs_diff(outbound[1]) <= 1);
    assert!((2 * inbound[1]).abs_diff(inbound[2]) <= 3, "{inbound:?}");
}

#[test]
fn every_corner_is_the_card() {
    let window = Window::new(Period::Year, 20 * 86_400_000, Clock::default());
    let figures = Figures { parts: vec![(1, 1); 12], ..Figures::default() };
    let picture = decoded(&draw(&figures, &window, &words()).unwrap());
    let (width, height) = SIZE;
    let RGBColor(r, g, b) = BACKGROUND;
    for (x, y) in [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)] {
        assert_eq!(picture.get_pixel(x, y).0, [r, g, b]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_numbers_there_is_a_picture_of_the_same_size(
        counts in prop::collection::vec((0..u64::MAX / 64, 0..u64::MAX / 64), 30),
        hours in prop::array::uniform24(0..u64::MAX / 64),
        weekdays in prop::array::uniform7(0_u64..5),
        which in 0_usize..4,
        title in "\\PC{0,80}",
    ) {
        let window = Window::new(Period::ALL[which], 20 * 86_400_000, Clock::default());
        let parts = counts.into_iter().take(window.parts()).collect();
        let figures = Figures { parts, hours, weekdays, ..Figures::default() };
        let words = Words { title, ..words() };
        let picture = decoded(&draw(&figures, &window, &words).unwrap());
        prop_assert_eq!((picture.width(), picture.height()), SIZE);
        prop_assert!(count(&picture, BACKGROUND) > 300_000);
        prop_assert!(count(&picture, INBOUND) >= 22 * 22 && count(&picture, OUTBOUND) >= 22 * 22);
    }
}
