use proptest::prelude::*;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg,
};

use super::*;

const HOSTILE: &[&str] = &[
    "Shop",
    "",
    "</text><script>alert('1')</script>",
    "Tom & \"Jerry\" ]]>",
    "\u{202e}gpj.exe\u{0}\n\u{fffe}\u{85}",
    "Чайная «Самовар» Їжак",
    "茶馆 🦊 مقهى",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
];

/// A grey picture.
struct Grey {
    width: usize,
    pixels: Vec<u8>,
}

impl Grey {
    fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    fn decoded(&self) -> Vec<String> {
        let (width, height) = (self.width, self.height());
        let at = |x: usize, y: usize| self.pixels[y * width + x];
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
        picture
            .detect_grids()
            .iter()
            .map(|grid| {
                let (about, text) = grid.decode().unwrap();
                // As the format writes Q.
                assert_eq!(about.ecc_level, 3);
                text
            })
            .collect()
    }

    /// How wide the white border is: left, top, right, and between the code and what is below it.
    fn border(&self, side: usize) -> [usize; 3] {
        let dark = |x: usize, y: usize| self.pixels[y * self.width + x] < 128;
        let (left, top) = (0..self.width)
            .flat_map(|y| (0..self.width).map(move |x| (x, y)))
            .find(|(x, y)| dark(*x, *y))
            .unwrap();
        let right = (0..self.width).rev().find(|x| dark(*x, top)).unwrap();
        let below =
            (top + side..self.height()).take_while(|y| (0..self.width).all(|x| !dark(x, *y)));
        assert_eq!(left, top);
        [left, self.width - 1 - right, below.count()]
    }
}

fn seen(png: &[u8]) -> Grey {
    let picture = image::load_from_memory(png).unwrap().to_luma8();
    Grey { width: picture.width() as usize, pixels: picture.into_raw() }
}

/// As a printer would draw it, so many pixels for each module. Without words: there is no font.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a picture has a size")]
fn printed(svg: &str, pixels: u16) -> Grey {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).unwrap();
    let modules: f32 = root_width(svg);
    let width = modules * f32::from(pixels);
    let scale = width / tree.size().width();
    let (across, down) = (width as u32, (tree.size().height() * scale) as u32);
    let mut pixmap = Pixmap::new(across, down).unwrap();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let pixels = pixmap.pixels().iter().map(|pixel| {
        assert_eq!(pixel.alpha(), 255, "paper is white, not transparent");
        pixel.red()
    });
    Grey { width: across as usize, pixels: pixels.collect() }
}

fn root_width(svg: &str) -> f32 {
    let document = roxmltree::Document::parse(svg).unwrap();
    let view_box = document.root_element().attribute("viewBox").unwrap();
    view_box.split(' ').nth(2).unwrap().parse().unwrap()
}

/// The words of a drawing.
fn words(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|text| text.text().unwrap_or_default().to_owned()).collect()
}

fn every_code() -> Vec<(&'static str, Option<Label>)> {
    let labels = [None, Some("table7".to_owned()), Some("W".repeat(64))];
    let labels = labels.map(|label| label.map(|label| Label::parse(&label).unwrap()));
    HOSTILE.iter().flat_map(|name| labels.clone().map(|label| (*name, label))).collect()
}

#[test]
fn both_pictures_hold_the_link() {
    for (name, label) in every_code() {
        let code = Code { username: "shop_bot", name, label: label.as_ref() };
        let link = match &label {
            None => "https://t.me/shop_bot".to_owned(),
            Some(label) => format!("https://t.me/shop_bot?start={label}"),
        };
        for picture in [seen(&code.png().unwrap()), printed(&code.svg().unwrap(), 8)] {
            assert_eq!(picture.decoded(), [link.as_str()], "{name:?}");
        }
    }
}

#[test]
fn four_white_modules_surround_the_code() {
    for (name, label) in every_code() {
        let code = Code { username: "shop_bot", name, label: label.as_ref() };
        let side = usize::from(Square::of(&code.link()).unwrap().side);
        let picture = seen(&code.png().unwrap());
        assert!(picture.width >= 512);
        assert_eq!(picture.width % (side + 8), 0, "modules are whole pixels");
        let module = picture.width / (side + 8);
        let [left, right, below] = picture.border(side * module);
        assert_eq!((left, right), (4 * module, 4 * module));
        assert!(below >= 4 * module, "{below} pixels below {name:?}, a module has {module}");
        let svg = code.svg().unwrap();
        assert_eq!(printed(&svg, 8).border(side * 8)[..2], [32, 32]);
        let width = f32::from(code_width(&code));
        for text in roxmltree::Document::parse(&svg).unwrap().descendants() {
            if text.has_tag_name("text") {
                let number = |name| text.attribute(name).unwrap().parse::<f32>().unwrap();
                assert!(number("y") - number("font-size") >= width - 0.01);
            }
        }
    }
}

fn code_width(code: &Code<'_>) -> u16 {
    Square::of(&code.link()).unwrap().width()
}

#[test]
fn words_stay_within_the_picture() {
    for (name, label) in every_code() {
        let code = Code { username: "shop_bot", name, label: label.as_ref() };
        let picture = seen(&code.png().unwrap());
        let (width, height) = (picture.width, picture.height());
        let dark = |x: usize, y: usize| picture.pixels[y * width + x] < 250;
        assert!((0..height).all(|y| !dark(0, y) && !dark(width - 1, y)), "{name:?} {label:?}");
        assert!((0..width).all(|x| !dark(x, height - 1)), "{name:?} {label:?}");
        assert!((width..height).any(|y| (0..width).any(|x| dark(x, y))), "there are words");
    }
}

#[test]
fn the_drawing_says_whose_code_it_is() {
    let label = Label::parse("table7").unwrap();
    let code = Code { username: "tea_bot", name: "Tea & <b>\u{202e}", label: Some(&label) };
    let svg = code.svg().unwrap();
    assert!(svg.contains("Tea &amp; &lt;b&gt;</text>") && !svg.contains("<b>"), "{svg}");
    assert_eq!(words(&svg), ["Tea & <b>", "@tea_bot", "#table7"]);
    assert!(svg.contains("width=\"60mm\""));
    assert_eq!(code.file_name("svg"), "tea_bot-table7.svg");
    let bare = Code { label: None, name: "\u{200b}", ..code };
    assert_eq!(words(&bare.svg().unwrap()), ["@tea_bot"]);
    assert_eq!(bare.file_name("svg"), "tea_bot.svg");
}

#[test]
fn a_name_the_font_lacks_is_left_to_the_drawing() {
    let height = |name| seen(&Code { username: "b", name, label: None }.png().unwrap()).height();
    assert_eq!(height("茶馆"), height(""));
    assert!(height("Чай") > height(""));
    let svg = Code { username: "b", name: "茶馆", label: None }.svg().unwrap();
    assert_eq!(words(&svg), ["茶馆", "@b"]);
}

#[test]
fn a_link_that_is_too_long_has_no_code() {
    let code = Code { username: &"x".repeat(5000), name: "", label: None };
    assert_eq!((code.png(), code.svg()), (None, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_name_gives_a_drawing_with_nothing_of_its_own(
        name in prop_oneof!["\\PC*", "(?s).*", "[<>&\"'\\]!\u{0}-\u{20}\u{202e}\u{fffe}a]*"],
        username in "(?s).{0,32}",
    ) {
        let svg = Code { username: &username, name: &name, label: None }.svg().unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let known = ["svg", "title", "rect", "path", "g", "text"];
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            prop_assert!(known.contains(&node.tag_name().name()));
        }
        prop_assert!(words(&svg).len() <= 2);
    }
}
