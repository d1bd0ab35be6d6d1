//! Broken, hostile and odd updates, made from a corpus of real shapes, against everything in the
//! relay that only decides: what reads a body, a name, a label, a token, a button, and what makes
//! calls of them.
//!
//! - [`corpus`]: updates as Telegram sends them, one file per shape
//! - [`mutate`]: what is done to an update while it is JSON; [`garble`]: what is done to its bytes
//! - [`targets`]: what a body is given to
//! - [`invariants`]: what must be true of everything made from it
//! - [`run`](mod@run): a case, many cases
//!
//! A case is its seed and its number: nothing else decides what it does.

pub mod corpus;
pub mod garble;
pub mod invariants;
pub mod mutate;
pub mod run;
pub mod strings;
pub mod targets;
