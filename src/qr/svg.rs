//! The drawing for print.

use std::fmt::Write as _;

use super::{Square, layout::Below};

/// How wide it is on paper.
const MILLIMETRES: f32 = 60.0;

pub(super) fn draw(square: &Square, below: &Below, link: &str) -> String {
    let (width, height) = (f32::from(square.width()), below.height);
    let mut path = String::new();
    for run in square.runs() {
        // Writing to a string can't fail.
        let _ = write!(path, "M{} {}h{}v1h-{}z", run.x, run.y, run.length, run.length);
    }
    let mut words = String::new();
    for line in &below.lines {
        // The viewer has a font of its own; where there is no room to spare it must keep to ours.
        let kept = if line.is_tight {
            format!(" textLength=\"{:.3}\" lengthAdjust=\"spacingAndGlyphs\"", line.width)
        } else {
            String::new()
        };
        let _ = writeln!(
            words,
            "    <text x=\"{:.3}\" y=\"{:.3}\" font-size=\"{:.3}\"{kept}>{}</text>",
            width / 2.0,
            line.baseline,
            line.size,
            escaped(&line.words)
        );
    }
    format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{MILLIMETRES}mm" height="{:.3}mm" viewBox="0 0 {width} {height:.3}">
  <title>{}</title>
  <rect width="100%" height="100%" fill="#fff"/>
  <path d="{path}" fill="#000" shape-rendering="crispEdges"/>
  <g fill="#000" text-anchor="middle" font-family="Hack, 'DejaVu Sans Mono', Menlo, Consolas, monospace">
{words}  </g>
</svg>
"##,
        MILLIMETRES * height / width,
        escaped(link)
    )
}

/// Text as it may stand in XML: letters that XML does not know are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}
