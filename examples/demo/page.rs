//! The page's files, compiled in: plain HTML, CSS and modules as they are, nothing is built.

/// A file of the page and what it is.
pub(crate) struct File {
    /// Its contents.
    pub(crate) bytes: &'static [u8],
    /// Its media type.
    pub(crate) kind: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

macro_rules! files {
    ($($name:literal: $kind:expr,)*) => {
        /// The file of this name, as it stands in the address.
        pub(crate) fn file(name: &str) -> Option<File> {
            match name {
                $($name => {
                    Some(File { bytes: include_bytes!(concat!("page/", $name)), kind: $kind })
                })*
                _ => None,
            }
        }



    };
}

files! {
    "index.html": HTML,
    "frame.css": CSS,
    "phone.css": CSS,
    "bubbles.css": CSS,
    "main.js": JS,
    "state.js": JS,
    "dom.js": JS,
    "text.js": JS,
    "message.js": JS,
    "media.js": JS,
    "chat.js": JS,
    "composer.js": JS,
    "panels.js": JS,
    "voice.js": JS,
    "phone.js": JS,
    "topics.js": JS,
    "father.js": JS,
    "strip.js": JS,
    "tour.js": JS,
    "steps.js": JS,
    "icon.svg": "image/svg+xml",
    "pattern-light.svg": "image/svg+xml",
    "pattern-dark.svg": "image/svg+xml",
    "art/tea.jpg": "image/jpeg",
    "art/parcel.jpg": "image/jpeg",
    "art/cakes.jpg": "image/jpeg",
    "art/shop.jpg": "image/jpeg",
    "art/hello.webp": "image/webp",
    "art/thanks.webp": "image/webp",
    "art/love.webp": "image/webp",
    "art/oops.webp": "image/webp",
    "art/voice.ogg": "audio/ogg",
}
