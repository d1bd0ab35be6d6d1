//! The emulator's rules, proved against a plain HTTP client.
#![allow(missing_docs)]

mod support;

mod calls;
mod delivery;
mod payments;
mod rules;
mod watching;
