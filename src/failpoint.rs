//! The crash windows: places between two steps of a deed at which a test lets the process die, as
//! `kill -9` would end it there.
//!
//! `FAILPOINT=inbound-sent` ends the process the first time it comes by that place. Only a build
//! with the feature `failpoints` knows of it, which is what the tests build; in every other one
//! [`at`] is nothing. `docs/reliability.md` lists the windows, `tests/it/crash_windows.rs` opens
//! them.

/// The place after a step of a deed, such as `at("inbound", "sent")`.
#[cfg(feature = "failpoints")]
pub(crate) fn at(deed: &str, step: &str) {
    let is_here = |armed: &str| armed.split_once('-') == Some((deed, step));
    if ARMED.as_deref().is_some_and(is_here) {
        tracing::error!(deed, step, "the process ends at a failpoint");
        std::process::abort();
    }
}

/// The place after a step of a deed. Not in this build.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub(crate) fn at(_deed: &str, _step: &str) {}

#[cfg(feature = "failpoints")]
#[expect(clippy::disallowed_methods, reason = "it is no configuration: no build for use reads it")]
static ARMED: std::sync::LazyLock<Option<String>> =
    std::sync::LazyLock::new(|| std::env::var("FAILPOINT").ok());
