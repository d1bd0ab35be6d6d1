//! The whole relay over HTTP against the emulated Bot API, on every database.
#![allow(missing_docs, reason = "a test's name is its documentation")]

mod support;

mod config;
mod relay_kinds;
mod relay_long;
mod relay_quotes;
mod relay_text;
mod telemetry;
