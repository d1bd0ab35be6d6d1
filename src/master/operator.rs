//! Who runs the installation: the first of `OWNER_IDS`, else whoever claimed it.

use super::{Master, MasterError, admission::CLAIMED};
use crate::model::OwnerId;

impl Master {
    /// Who runs the installation. `None` while nobody is named and nobody has claimed it, as where
    /// registration is open from the first moment on.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn operator(&self) -> Result<Option<OwnerId>, MasterError> {
        if let Some(named) = self.inner.doors.operator {
            return Ok(Some(named));
        }
        let claimer = self.inner.store.installation_fact(CLAIMED).await?;
        Ok(claimer.and_then(|id| read(&id)))
    }

    /// Whether this person runs the installation.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn is_operator(&self, person: OwnerId) -> Result<bool, MasterError> {
        Ok(self.operator().await? == Some(person))
    }
}

/// The claimer as the database keeps him.
fn read(id: &[u8]) -> Option<OwnerId> {
    Some(OwnerId(i64::from_le_bytes(id.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claimer_is_read_as_he_was_written() {
        assert_eq!(read(&4711_i64.to_le_bytes()), Some(OwnerId(4711)));
        assert_eq!(read(b"4711"), None);
    }
}
