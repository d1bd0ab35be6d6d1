//! The places in which updates are handled, shared among tenants.

use crate::{
    model::{BotId, OwnerId},
    share::Taken,
};

/// Who shares this process with others, so that a flood of one leaves room for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// An owner, with all of his client bots.
    Owner(OwnerId),
    /// The master bot, or one whose owner is not looked up yet.
    Bot(BotId),
}

/// One of the places in which updates are handled.
pub struct Place {
    pub(super) _place: Taken<Tenant>,
    /// The memory the update takes, where somebody counts it.
    pub(super) _load: Option<Taken<Tenant>>,
}

impl Place {
    /// Keeps this taken, too, until the update is handled.
    #[must_use]
    pub fn with_load(self, load: Taken<Tenant>) -> Self {
        Self { _load: Some(load), ..self }
    }
}
