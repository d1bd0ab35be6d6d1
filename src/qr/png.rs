//! The picture for screens.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};

use super::{Square, font, layout::Below};

/// The picture is at least so wide: enough for a 64-letter label to be read.
const WIDTH: u32 = 1024;

pub(super) fn draw(square: &Square, below: &Below) -> Option<Vec<u8>> {
    let modules = square.width();
    let scale = u16::try_from(WIDTH.div_ceil(u32::from(modules))).ok()?;
    let factor = f32::from(scale);
    let (width, height) = (u32::from(modules) * u32::from(scale), whole(below.height * factor)?);
    let mut picture = GrayImage::from_pixel(width, height, Luma([255]));
    for run in square.runs() {
        let [left, top, right] =
            [run.x, run.y, run.x + run.length].map(|at| u32::from(at) * u32::from(scale));
        for y in top..top + u32::from(scale) {
            for x in left..right {
                darken(&mut picture, x, y, 1.0);
            }
        }
    }
    for line in &below.lines {
        let left = (f32::from(modules) - line.width) / 2.0;
        let from = (left * factor, line.baseline * factor);
        font::draw(&line.words, line.size * factor, from, |x, y, shade| {
            if let (Some(x), Some(y)) = (whole(x), whole(y)) {
                darken(&mut picture, x, y, shade);
            }
        });
    }
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// Letters may touch, so a pixel only gets darker. What lies outside of the picture is not there.
fn darken(picture: &mut GrayImage, x: u32, y: u32, shade: f32) {
    if let Some(Luma([light])) = picture.get_pixel_mut_checked(x, y) {
        let left = whole((1.0 - shade) * 255.0).and_then(|light| u8::try_from(light).ok());
        *light = (*light).min(left.unwrap_or(0));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast stops at the ends of its type, and below zero there is no pixel"
)]
fn whole(number: f32) -> Option<u32> {
    (number >= 0.0).then_some(number.ceil() as u32)
}
