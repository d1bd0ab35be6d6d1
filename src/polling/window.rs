//! Which updates of one bot are under way: the offset never passes an unfinished one. Pure.

use std::collections::BTreeSet;

/// Which updates were seen and which are finished: the offset stands before the first unfinished.
#[derive(Default)]
pub(super) struct Window {
    running: BTreeSet<i64>,
    finished: BTreeSet<i64>,
    offset: i64,
}

impl Window {
    /// Takes note of an update; `false` when it is known.
    pub(super) fn begin(&mut self, id: i64) -> bool {
        let news = id >= self.offset && !self.finished.contains(&id);
        news && self.running.insert(id)
    }

    /// Whether an update is under way or finished.
    pub(super) fn knows(&self, id: i64) -> bool {
        id < self.offset || self.running.contains(&id) || self.finished.contains(&id)
    }

    pub(super) fn finish(&mut self, id: i64) {
        if self.running.remove(&id) {
            self.finished.insert(id);
        }
        let first_running = self.running.first().copied().unwrap_or(i64::MAX);
        while let Some(done) = self.finished.first().copied().filter(|done| *done < first_running) {
            self.finished.remove(&done);
            self.offset = done + 1;
        }
    }

    /// The `offset` parameter; 0 before anything was finished.
    pub(super) fn offset(&self) -> i64 {
        self.offset
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.running.len() + self.finished.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_offset_never_passes_an_unfinished_update() {
        let mut window = Window::default();
        for id in [5, 6, 9] {
            assert!(window.begin(id));
            assert!(!window.begin(id));
        }
        window.finish(9);
        window.finish(6);
        assert_eq!((window.offset(), window.is_empty()), (0, false));
        assert!(!window.begin(9), "it is finished and must not begin again");
        window.finish(5);
        assert_eq!((window.offset(), window.is_empty()), (10, true));
        assert!(!window.begin(6));
    }

    proptest! {
        #[test]
        fn in_whatever_order_updates_finish(order in Just((1..40_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut window = Window::default();
            for id in 1..40 {
                window.begin(id);
            }
            for (count, id) in order.iter().enumerate() {
                window.finish(*id);
                let unfinished = order[count + 1..].iter().min().copied().unwrap_or(40);
                prop_assert!(window.offset() <= unfinished);
            }
            prop_assert_eq!(window.offset(), 40);
        }
    }
}
