//! What bodies may take of the memory together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All bodies and what was read from them, in KiB.
const TOGETHER_KIB: usize = 48 << 10;
/// The most one may take. An update of Telegram's takes some ten KiB.
pub(super) const HEAVIEST: usize = 8 << 20;
/// Bytes a value takes beside its text: its place in a list or an object, and a key's.
const A_VALUE: usize = 128;

/// The memory left for bodies. Cheap to clone.
#[derive(Clone)]
pub(super) struct Load(Arc<Semaphore>);

impl Default for Load {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(TOGETHER_KIB)))
    }
}

impl Load {
    /// So many bytes until the permit is dropped; `None` where they are not left.
    pub(super) fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(bytes.div_ceil(1 << 10).max(1)).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(kib).ok()
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

    #[test]
    fn what_is_not_left_is_not_given() {
        let load = Load::default();
        let whole = load.take(TOGETHER_KIB << 10).unwrap();
        assert!(load.take(1).is_none());
        drop(whole);
        assert!(load.take(1).is_some());
    }

    #[test]
    fn a_bomb_is_heavy_and_a_long_text_is_not() {
        let bomb = "[],".repeat((1 << 20) / 3);
        assert!(weight(bomb.as_bytes()) > HEAVIEST);
        let text = "a".repeat(1 << 20);
        assert!(weight(text.as_bytes()) < 2 << 20);
    }
}
