//! Telegram's Bot API server, emulated: as strict as the real one, in the same process as the test.
//!
//! A test adds bots and people, lets people write, and looks at what each of them then sees:
//!
//! ```no_run
//! # async fn example() {
//! use telegram_emulator::{Emulator, Person, draft};
//!
//! let telegram = Emulator::builder().speed(50.0).start().await.unwrap();
//! let shop = telegram.add_bot("shop_bot", "Shop");
//! let anna = telegram.add_person(Person::new("Anna").language("en"));
//! telegram.route("https://relay.test", "http://127.0.0.1:8080");
//! // ... the client under test talks to telegram.api_url() ...
//! telegram.send(&anna, &shop, draft::text("hi")).await;
//! telegram.quiet().await;
//! assert_eq!(telegram.complaints(), Vec::<String>::new());
//! # }
//! ```
//!
//! In reading order: [`people`] and [`draft`] (who, what), [`actions`] (what people do), `state`,
//! `updates`, `delivery` and `polling` (how a bot hears of it), `server` and `methods` (what a bot
//! can do), `files`, `text`, `rates`, [`faults`], [`ledger`], [`view`] and [`watch`] (what a
//! test, or a page, can see).
//!
//! Short names in the comments: SRV is the Bot API server's own source (tdlib/telegram-bot-api),
//! DOC the official documentation.

pub mod actions;
mod builder;
mod control;
mod delivery;
pub mod draft;
mod emulator;
mod error;
pub mod faults;
mod files;
mod html;
mod known;
pub mod ledger;
mod methods;
mod params;
pub mod people;
mod polling;
mod rates;
mod server;
mod shop;
mod state;
mod text;
mod updates;
pub mod view;
pub mod watch;

pub use builder::Builder;
pub use draft::Draft;
pub use emulator::Emulator;
pub use error::ApiError;
pub use faults::{Answer, Fault, Mix};
pub use ledger::{Arrival, Delivery, Effect};
pub use people::{Bot, Group, GroupKind, Membership, Person};
pub use text::{slice_utf16, utf16_len};
pub use view::View;
pub use watch::Changes;
