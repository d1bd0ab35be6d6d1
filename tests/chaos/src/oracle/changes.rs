//! Is the last change to be seen, and is gone what was taken back?

use crate::{
    marker::{Key, Marker},
    script::Fate,
    stage::text,
    witness::Copy,
};

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
                "{key} should be at version {last}, shown are {versions:?}, told {told:?}\n{}\n{}",
                self.tell(&copies),
                self.tell_changes(&copies),
            );
            self.verdict.blame(Breach::LostEdit, what);
        }
    }

    /// Every call that changed one of these copies, for a person to read.
    fn tell_changes(&self, copies: &[Copy]) -> String {
        let Some(first) = copies.iter().map(|copy| copy.made).min() else { return String::new() };
        let changes = self.view.ledger().iter().filter(|effect| {
            let message = effect.params["message_id"].as_i64().unwrap_or_default();
            let at = (effect.bot, effect.chat().unwrap_or_default(), message);
            copies.iter().any(|copy| copy.at == at)
        });
        let lines = changes.map(|effect| {
            let after = effect.at.duration_since(first);
            let caller = effect.caller.clone().unwrap_or_default();
            let marker = Marker::read(text(&effect.params), &self.case.stage.secret);
            let shows = marker.map(|marker| format!(" to version {}", marker.version));
            let header: String = text(&effect.params).chars().take(1).collect();
            let result = effect.error_code().map_or("done".to_owned(), |code| code.to_string());
            let (method, shows) = (effect.method, shows.unwrap_or_default());
            format!("    +{after:.1?} {method}{shows} {header} by {caller}: {result}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
