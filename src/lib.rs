//! feedback-relay: customers write to your bots, you answer from one chat.
//!
//! Modules in reading order:
//!
//! - [`app`] builds every room from the configuration, runs it, stops it; [`check`] only looks
//! - [`backup`]: everything stored into one file, and back
//! - [`config`], [`telemetry`]: the environment, read once; the log
//! - [`webhook`], [`polling`]: updates in; [`listener`]: the connections they come by
//! - [`dispatch`]: an update to its one handler ([`lanes`] keeps each chat in order)
//! - [`master`]: commands, answers and buttons of owners
//! - [`relay`]: customer → inbox and back
//! - [`bots`]: which client bots run; [`plan`]: what an owner may do without paying
//! - [`telegram`]: the only Bot API calls; [`store`]: the only SQL
//! - [`account`]: what became of an update, for its log line
//! - [`text`]: every sentence, every language; [`spans`] of time in words; [`qr`], [`stats`], [`metrics`]
//! - [`update`], [`model`], [`payment`], [`settings`], [`label`], [`name`], [`token`], [`seal`], [`clock`]:
//!   plain values; [`chain`]: an error in one line; [`folder`]: made for us alone; [`share`]: room that tenants share; [`failpoint`]: where a test lets the process die
//!
//! Calls go down this list, values come up; `master` and `relay` never call each other.
//! `ARCHITECTURE.md` walks through it.

pub mod account;
pub mod app;
pub mod backup;
pub mod bots;
pub mod chain;
pub mod check;
pub mod clock;
pub mod config;
pub mod dispatch;
mod failpoint;
mod folder;
pub mod keyring;
pub mod label;
pub mod lanes;
pub mod listener;
pub mod master;
pub mod metrics;
pub mod model;
pub mod name;
pub mod payment;
pub mod plan;
pub mod polling;
pub mod qr;
pub mod relay;
pub mod seal;
pub mod settings;
pub mod share;
pub mod spans;
pub mod stats;
pub mod store;
pub mod telegram;
pub mod telemetry;
pub mod text;
pub mod token;
pub mod update;
pub mod webhook;
