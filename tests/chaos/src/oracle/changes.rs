//! Is the last change to be seen, and is gone what was taken back?

use crate::{marker::Key, script::Fate};

use super::{Breach, Trial};

impl Trial<'_> {
    pub(super) fn judge_changes(&mut self, fate: &Fate, key: Key) {
        let Some(copies) = self.copies.get(&key) else { return };
        let copies = copies.clone();
        let taken_back = fate.taken_back && !key.outbound;
        let visible = copies.iter().filter_map(|copy| self.shown.get(&copy.at));
        let versions: Vec<u32> = visible.map(|(marker, _)| marker.version).collect();
        let told = self.told(key).join(" | ");
        if taken_back {
            // Of several copies only the last one is known to the relay.
            if versions.len() == copies.len() && !told.contains("could not be taken back") {
                let what = format!("{key}, told {told:?}\n{}", self.tell(&copies));
                self.verdict.blame(Breach::NotTakenBack, what);
            } else {
                self.verdict.taken_back += 1;
            }
            return;
        }
        let last = match (key.outbound, fate.answer) {
            (true, Some(answer)) => answer.edits,
            _ => fate.version,
        };
        if last == 0 {
            return;
        }
        if versions.contains(&last) {
            self.verdict.changed += 1;
        } else if !told.contains("✏️") {
            let what = format!(
                "{key} should be at version {last}, shown are {versions:?}, told {told:?}\n{}",
                self.tell(&copies)
            );
            self.verdict.blame(Breach::LostEdit, what);
        }
    }
}
