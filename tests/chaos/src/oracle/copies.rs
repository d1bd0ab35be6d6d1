//! Is there a copy, is it where it belongs, is there one too many, are they in order?

use std::time::{Duration, Instant};

use crate::{marker::Key, witness::Copy};

use super::{Breach, Trial};

/// How long Telegram waits for the answer to an update.
const IN_HAND: Duration = Duration::from_secs(60);
/// What notices begin with that say: not delivered, perhaps not, not yet.
const NOTICES: [&str; 3] = ["❌", "⚠", "⏳"];
/// Notices that are certain.
const CERTAIN: [&str; 2] = ["❌ Not delivered", "❌ Sorry, this message could not be delivered"];
/// What an owner reads who answers a message that belongs to nobody.
const ASTRAY: [&str; 2] = ["I don't know which customer", "To answer a customer, reply"];

impl Trial<'_> {
    /// No copy in a wrong chat, under a wrong name, or over another one.
    pub(super) fn judge_places(&mut self) {
        let copies: Vec<Copy> = self.copies.values().flatten().cloned().collect();
        for copy in copies {
            let key = copy.marker.key;
            let known = key.line < self.case.stage.lines.len();
            if !known || (copy.at.0, copy.at.1) != self.home(key) {
                let what = format!("{} is in the chat {:?}", copy.marker, copy.at);
                self.verdict.blame(Breach::Misrouted, what);
                continue;
            }
            if let Some(shown) = self.shown.get(&copy.at).filter(|shown| shown.0.key != key) {
                let what = format!("the copy of {} shows {}", copy.marker, shown.0);
                self.verdict.blame(Breach::Misrouted, what);
            }
            let stage = self.case.stage;
            let person = &stage.lines[key.line].person.first_name;
            let rights = [format!(" {person} "), format!("→ @{}", stage.bot(key.line).username)];
            let is_right = |header: &String| rights.iter().all(|right| header.contains(right));
            if !key.outbound && copy.header.as_ref().is_some_and(|header| !is_right(header)) {
                let what = format!("{} stands under {:?}", copy.marker, copy.header);
                self.verdict.blame(Breach::Misrouted, what);
            }
        }
        let astray = self.shown.iter().filter(|(at, (marker, _))| {
            let made = self.copies.get(&marker.key).into_iter().flatten();
            !made.into_iter().any(|copy| copy.at == **at)
        });
        let astray: Vec<String> =
            astray.map(|(at, (marker, _))| format!("{marker} is shown at {at:?}")).collect();
        for what in astray {
            self.verdict.blame(Breach::Misrouted, what);
        }
    }

    pub(super) fn judge_copies(&mut self, key: Key) {
        let copies = self.copies.get(&key).cloned().unwrap_or_default();
        let is_notice = |said: &String| {
            NOTICES.iter().chain(&ASTRAY).any(|beginning| said.starts_with(beginning))
        };
        let told = self.told(key);
        if copies.is_empty() {
            if told.iter().any(is_notice) {
                self.verdict.told += 1;
            } else {
                let what = format!("{key} (message {:?})", self.case.written.get(&key));
                self.verdict.blame(Breach::Lost, what);
            }
            return;
        }
        self.verdict.copied[usize::from(key.outbound)] += 1;
        let certain =
            told.iter().find(|said| CERTAIN.iter().any(|beginning| said.starts_with(beginning)));
        if let Some(said) = certain {
            let what = format!("{key}: {said:?}\n{}", self.tell(&copies));
            self.verdict.blame(Breach::ToldWrongly, what);
        }
        // Each version is sent once: later ones where a copy could not be changed any more.
        let mut versions: Vec<u32> = copies.iter().map(|copy| copy.marker.version).collect();
        versions.sort_unstable();
        versions.dedup();
        for version in versions {
            let of_version = |copy: &&Copy| copy.marker.version == version;
            let same: Vec<Copy> = copies.iter().filter(of_version).cloned().collect();
            self.judge_repeats(key, &same);
        }
        self.verdict.labelled_alone += usize::from(copies.len() == 1 && copies[0].labelled);
    }

    fn judge_repeats(&mut self, key: Key, copies: &[Copy]) {
        for (place, copy) in copies.iter().enumerate().skip(1) {
            let earlier = &copies[..place];
            let is_explained = earlier.iter().any(|earlier| self.explains(earlier, copy));
            if !is_explained {
                let what = format!("{key}\n{}", self.tell(copies));
                self.verdict.blame(Breach::Unexplained, what);
            } else if copy.labelled {
                self.verdict.repeats += 1;
            }
            if !copy.labelled {
                let what = format!("{key}\n{}", self.tell(copies));
                self.verdict.blame(Breach::Unlabelled, what);
            }
        }
    }

    /// Whether nobody could know of the earlier copy: its answer was lost, or who made it died before the later one,
    /// and while it still had the update in hand.
    fn explains(&self, earlier: &Copy, later: &Copy) -> bool {
        let death = self.case.history.death_of(&earlier.caller);
        let in_hand = |death: &Instant| death.duration_since(earlier.made) <= IN_HAND;
        let death = death.filter(in_hand);
        earlier.answer_lost || death.is_some_and(|death| death <= later.made)
    }

    /// All copies of a message, for a person to read.
    pub(super) fn tell(&self, copies: &[Copy]) -> String {
        let made = copies.iter().map(|copy| copy.made);
        let (Some(first), Some(last)) = (made.clone().min(), made.max()) else {
            return String::new();
        };
        let lines = copies.iter().map(|copy| {
            let after = copy.made.duration_since(first);
            let death = self.case.history.death_of(&copy.caller);
            let death = death.map(|death| {
                let after = death.checked_duration_since(copy.made);
                after.map_or("dead already".to_owned(), |after| format!("died {after:.1?} later"))
            });
            format!(
                "    +{after:.1?} {} {} by {} at {:?}{}{} [{}]",
                copy.marker,
                copy.method,
                copy.caller,
                copy.at,
                if copy.answer_lost { ", answer lost" } else { "" },
                if copy.labelled { ", labelled" } else { "" },
                death.unwrap_or_default(),
            )
        });
        let events = self.case.history.between(first, last);
        let mut lines: Vec<String> = lines.collect();
        if !events.is_empty() && copies.len() > 1 {
            lines.push(format!("    meanwhile: {}", events.join(", ")));
        }
        lines.join("\n")
    }

    /// First copies stand in the order in which their originals were written.
    pub(super) fn judge_order(&mut self, line: usize, written: &[(Key, i64)]) {
        let mut before: Option<Copy> = None;
        for (key, _) in written {
            let Some(first) = self.copies.get(key).and_then(|copies| copies.first()) else {
                continue;
            };
            let first = first.clone();
            if let Some(earlier) = before.as_ref().filter(|earlier| earlier.place > first.place) {
                let pair = [earlier.clone(), first.clone()];
                let what =
                    format!("line {line}: {key} before {}\n{}", pair[0].marker, self.tell(&pair));
                self.verdict.blame(Breach::OutOfOrder, what);
                continue;
            }
            before = Some(first);
        }
    }
}
