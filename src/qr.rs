//! A link as a QR code. No I/O.

use std::io::Cursor;

use image::{ImageFormat, Luma};
use qrcode::{EcLevel, QrCode};

/// The link as a black and white PNG with its quiet zone, at least 512 pixels wide. Error
/// correction Q: a quarter of the code may be soiled. `None` when the link is too long for a code.
pub fn png(link: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(link, EcLevel::Q).ok()?;
    let picture = code.render::<Luma<u8>>().quiet_zone(true).min_dimensions(512, 512).build();
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_picture() {
        let picture = image::load_from_memory(&png("https://t.me/shop_bot").unwrap()).unwrap();
        assert!(picture.width() >= 512 && picture.width() == picture.height());
        assert_eq!(png(&"x".repeat(5000)), None);
    }
}
