//! Bars side by side above names, with lines behind them at round numbers.

use plotters::{prelude::*, style::text_anchor::HPos};

use super::{Area, Drawn, FAINT, GRID, MARGIN, line};

/// Room below the bars for their names.
const NAMES: i32 = 56;
/// Room left of the bars for the numbers.
const NUMBERS: i32 = MARGIN + 62;
/// The lines behind the bars, at most.
const LINES: u64 = 5;

/// Draws groups of bars, one colour for each bar of a group.
pub(super) fn draw<const N: usize>(
    area: &Area<'_>,
    groups: &[[u64; N]],
    names: &[String],
    colours: [RGBColor; N],
) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    let (right, bottom) = (pixels(width) - 24, pixels(height) - NAMES);
    let highest = groups.iter().flatten().copied().max().unwrap_or(0);
    let step = round_step(highest);
    let top = highest.div_ceil(step).max(1) * step;
    let y = |count: u64| bottom - scaled(count, top, bottom - 14);
    for count in (0..=top / step).map(|times| times * step) {
        let at = y(count);
        area.draw(&PathElement::new([(NUMBERS, at), (right, at)], GRID.stroke_width(1)))?;
        line(area, &count.to_string(), (NUMBERS - 14, at - 12), 22, FAINT, HPos::Right)?;
    }
    let count = u64::try_from(groups.len().max(1)).unwrap_or(1);
    let x = |part: u64| NUMBERS + scaled(part, count, right - NUMBERS);
    let room = (right - NUMBERS) / i32::try_from(groups.len().max(1)).unwrap_or(1);
    let every = names_every(names, room);
    for ((place, group), name) in (0_u64..).zip(groups).zip(names) {
        let (from, to) = (x(place), x(place + 1));
        let gap = ((to - from) / 8).max(1);
        let bars = u64::try_from(N.max(1)).unwrap_or(1);
        for ((bar, count), colour) in (0..).zip(group).zip(colours) {
            let left = from + gap + scaled(bar, bars, to - from - 2 * gap);
            let end = from + gap + scaled(bar + 1, bars, to - from - 2 * gap);
            if *count > 0 {
                // What is there is seen, however little it is.
                let upper = y(*count).min(bottom - 2);
                let corners = [(left, upper), ((end - 1).max(left + 1), bottom)];
                area.draw(&Rectangle::new(corners, colour.filled()))?;
            }
        }
        if place.is_multiple_of(every) {
            line(area, name, (from.midpoint(to), bottom + 12), 22, FAINT, HPos::Center)?;
        }
    }
    Ok(())
}

/// Every how many bars have a name, so that names do not touch.
fn names_every(names: &[String], room: i32) -> u64 {
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let needed = i32::try_from(longest).unwrap_or(i32::MAX).saturating_mul(14).saturating_add(14);
    u64::try_from(needed.saturating_add(room - 1) / room.max(1)).unwrap_or(1).max(1)
}

/// A step of 1, 2 or 5 times a power of ten that needs few lines.
fn round_step(highest: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5].map(|digit| power.saturating_mul(digit)) {
            if highest.div_ceil(step) <= LINES {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// `part` of `whole` on a length in pixels.
fn scaled(part: u64, whole: u64, length: i32) -> i32 {
    let length = u128::try_from(length.max(0)).unwrap_or(0);
    let at = u128::from(part) * length / u128::from(whole.max(1));
    i32::try_from(at).unwrap_or(0)
}

fn pixels(length: u32) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_numbers() {
        let steps = [0, 1, 5, 6, 10, 11, 26, 99, 1000, u64::MAX].map(round_step);
        assert_eq!(steps[..9], [1, 1, 1, 2, 2, 5, 10, 20, 200]);
        assert!(steps[9] > 1 << 60);
    }

    #[test]
    fn names_leave_room() {
        let names = vec!["11-21".to_owned(); 30];
        assert_eq!(names_every(&names, 38), 3);
        assert_eq!(names_every(&["7".to_owned()], 200), 1);
    }

    #[test]
    fn lengths_are_shares() {
        assert_eq!((scaled(0, 5, 300), scaled(5, 5, 300), scaled(1, 3, 300)), (0, 300, 100));
        assert_eq!(scaled(u64::MAX, u64::MAX, 300), 300);
    }
}
