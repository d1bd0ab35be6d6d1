//! The whole relay over HTTP against the emulated Bot API, on every database.
#![allow(missing_docs, reason = "a test's name is its documentation")]

mod support;

mod config;
mod master_add;
mod master_claim;
mod relay_text;
mod telemetry;
