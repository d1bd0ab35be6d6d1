//! Why an update was not handled, and what follows from it.

use super::{AFTER_FAULT, Outcome};
use crate::{master::MasterError, store::StoreError};

/// Why a handler did not get through.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Master(#[from] MasterError),
    #[error("a handler panicked")]
    Panic,
}

impl Fault {
    /// For a log line.
    pub(super) fn shown(&self) -> &(dyn std::error::Error + 'static) {
        self
    }

    /// Whether the same update would fail again, and not for anything the world does.
    pub(super) fn is_ours(&self) -> bool {
        match self {
            Self::Store(error) | Self::Master(MasterError::Store(error)) => !error.is_passing(),
            Self::Master(error) => {
                matches!(error, MasterError::State(_) | MasterError::Unhandled)
            }
            Self::Panic => true,
        }
    }

    /// Whether the database could not be asked, for now.
    pub(super) fn is_of_database(&self) -> bool {
        matches!(self, Self::Store(error) | Self::Master(MasterError::Store(error)) if error.is_passing())
    }

    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self, Self::Master(error) if error.is_doubtful())
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Master(error) if !error.is_passing() => {
                tracing::warn!(error = error as &dyn std::error::Error, "an answer failed");
                Outcome::Handled
            }
            fault => {
                fault.log("an update waits");
                Outcome::TryLater(AFTER_FAULT)
            }
        }
    }

    pub(super) fn log(&self, what: &'static str) {
        let error = self as &dyn std::error::Error;
        match self {
            // The store says it now and then, not once for each update.
            Self::Store(store) | Self::Master(MasterError::Store(store)) if store.is_passing() => {
                tracing::debug!(error, "{what}");
            }
            Self::Master(MasterError::Busy) => tracing::debug!(error, "{what}"),
            _ => tracing::error!(error, "{what}"),
        }
    }
}
