//! What bodies may take of the memory together.

use crate::{
    dispatch::Tenant,
    share::{Room, Taken},
};

/// All bodies and what was read from them, in KiB.
const TOGETHER_KIB: usize = 48 << 10;
/// The most one may take. An update of Telegram's takes some ten KiB.
pub(super) const HEAVIEST: usize = 8 << 20;
/// Bytes a value takes beside its text: its place in a list or an object, and a key's.
const A_VALUE: usize = 128;

/// The memory left for bodies. Cheap to clone.
#[derive(Clone)]
pub(super) struct Load(Room<Tenant>);

impl Default for Load {
    fn default() -> Self {
        Self(Room::new(TOGETHER_KIB))
    }
}

impl Load {
    /// So many bytes until this is dropped; `None` where they are not left for him.
    pub(super) fn take(&self, whose: Tenant, bytes: usize) -> Option<Taken<Tenant>> {
        self.0.take(whose, bytes.div_ceil(1 << 10).max(1))
    }
}

/// What a body takes at most once it is read: its text once, and room for each value it can have.
/// A value needs a bracket or a comma before it, so those are counted, those in strings too.
pub(super) fn weight(body: &[u8]) -> usize {
    let values = body.iter().filter(|byte| matches!(byte, b'[' | b'{' | b',')).count();
    body.len() + (values + 1) * A_VALUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OwnerId;

    #[test]
    fn the_heaviest_has_room_and_one_tenant_does_not_take_all() {
        let load = Load::default();
        let whose = |id| Tenant::Owner(OwnerId(id));
        let his: Vec<_> = std::iter::from_fn(|| load.take(whose(1), HEAVIEST)).collect();
        assert_eq!(his.len(), 4);
        assert!(load.take(whose(2), HEAVIEST).is_some());
    }

    #[test]
    fn a_bomb_is_heavy_and_a_long_text_is_not() {
        let bomb = "[],".repeat((1 << 20) / 3);
        assert!(weight(bomb.as_bytes()) > HEAVIEST);
        let text = "a".repeat(1 << 20);
        assert!(weight(text.as_bytes()) < 2 << 20);
    }
}
