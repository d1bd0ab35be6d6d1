//! The stage of the tests: a relay, a Telegram of our own, a database of its own for each test.

mod app;
mod database;
pub mod http;
pub mod matrix;
mod process;

pub use app::{Mode, Stage, button, by_bot, text};
pub use database::{Backend, Database};
pub use process::Process;
