//! The stage of the tests: a relay, a Telegram of our own, a database of its own for each test.

mod app;
mod database;
pub mod matrix;

pub use app::{Mode, Stage};
pub use database::{Backend, Database};
