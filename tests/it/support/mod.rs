//! The stage of the tests: a relay, a Telegram of our own, a database of its own for each test.

mod app;
pub mod buttons;
pub mod content;
pub mod database;
pub mod http;
pub mod matrix;
pub mod oracle;
pub mod process;
pub mod program;
pub mod talk;
mod traces;
pub use app::{Mode, Stage, button, by_bot, text};
pub use database::{Backend, Database};
pub use process::Process;
