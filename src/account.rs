//! What became of an update, noted by whoever handles it, for the one line its log gets and for the
//! metrics.
//!
//! A note belongs to the task that handles the update: nothing is passed along for it, and where no
//! update is being handled (what was parked has its moment) it goes nowhere. The last one counts,
//! so whoever decides later says more.

use std::cell::Cell;

use crate::model::Direction;

tokio::task_local! {
    static FATE: Cell<Fate>;
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fate {
    /// Nobody said more.
    #[default]
    Handled,
    /// A message was copied.
    Relayed(Direction),
    /// A change of a message was carried over, or a message was taken back.
    Changed,
    /// A reaction was carried over.
    Reacted,
    /// It is kept until its moment comes: an album's item, a change that followed another.
    Parked,
    /// Its sender was told that it did not arrive.
    Told,
    /// It came faster than its sender may write; he was told within the minute.
    TooFast,
    /// A client bot answered by itself: a greeting, its language.
    Answered,
    /// An owner's command.
    Command,
    /// A button was pressed.
    Button,
    /// Other words of an owner.
    Words,
    /// Somebody blocked a bot or came back.
    Noted,
    /// A documented rule leaves it alone.
    Ignored(Rule),
    /// An earlier delivery had settled it.
    Repeated,
    /// Certainly not sent; it comes again.
    Held,
    /// Nobody knows whether it was sent; it comes again.
    Unknown,
}

/// Why an update concerns nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Its sender is banned.
    Banned,
    /// Telegram wrote it: somebody joined, something was pinned.
    Service,
    /// A bot wrote it.
    Bot,
    /// It did not happen in a private chat.
    Group,
    /// Its sender owns nothing here.
    Stranger,
    /// The operator suspended the owner it concerns.
    Suspended,
    /// A kind of update nothing follows from.
    Kind,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Banned,
        Self::Service,
        Self::Bot,
        Self::Group,
        Self::Stranger,
        Self::Suspended,
        Self::Kind,
    ];

    /// The word in logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Banned => "banned",
            Self::Service => "service",
            Self::Bot => "bot",
            Self::Group => "group",
            Self::Stranger => "stranger",
            Self::Suspended => "suspended",
            Self::Kind => "kind",
        }
    }
}

impl Fate {
    /// The word in logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Relayed(_) => "relayed",
            Self::Changed => "changed",
            Self::Reacted => "reacted",
            Self::Parked => "parked",
            Self::Told => "told",
            Self::TooFast => "too_fast",
            Self::Answered => "answered",
            Self::Command => "command",
            Self::Button => "button",
            Self::Words => "words",
            Self::Noted => "noted",
            Self::Ignored(_) => "ignored",
            Self::Repeated => "repeated",
            Self::Held => "held",
            Self::Unknown => "unknown",
        }
    }

    /// The rule that leaves it alone.
    pub fn rule(self) -> Option<&'static str> {
        match self {
            Self::Ignored(rule) => Some(rule.word()),
            _ => None,
        }
    }

    /// Which way it went.
    pub fn direction(self) -> Option<&'static str> {
        match self {
            Self::Relayed(direction) => Some(direction.word()),
            _ => None,
        }
    }

    /// What a line says of an update that is to come again: why, where that was noted.
    #[must_use]
    pub fn unsettled(self) -> &'static str {
        match self {
            Self::Held | Self::Unknown => self.word(),
            _ => "later",
        }
    }
}

/// Notes what became of the update being handled.
pub fn note(fate: Fate) {
    let _ = FATE.try_with(|noted| noted.set(fate));
}

/// Notes it unless something was noted before.
pub fn note_first(fate: Fate) {
    let _ = FATE.try_with(|noted| {
        if noted.get() == Fate::Handled {
            noted.set(fate);
        }
    });
}

/// Handles an update; gives what was noted about it, too.
pub async fn of<T>(handling: impl Future<Output = T>) -> (T, Fate) {
    let noting = async {
        let done = handling.await;
        (done, FATE.with(Cell::get))
    };
    FATE.scope(Cell::default(), noting).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_note_counts_and_belongs_to_its_task() {
        note(Fate::Held);
        let (done, fate) = of(async {
            note(Fate::Held);
            let other = tokio::spawn(of(async { note(Fate::Told) }));
            tokio::task::yield_now().await;
            note(Fate::Relayed(Direction::Inbound));
            note_first(Fate::Command);
            other.await.map(|((), fate)| fate)
        })
        .await;
        assert_eq!((done.unwrap(), fate), (Fate::Told, Fate::Relayed(Direction::Inbound)));
        assert_eq!(of(async {}).await.1, Fate::Handled);
        assert_eq!(of(async { note_first(Fate::Words) }).await.1, Fate::Words);
    }

    #[test]
    fn what_comes_again_says_why_where_that_is_known() {
        assert_eq!(Fate::Unknown.unsettled(), "unknown");
        assert_eq!(Fate::Command.unsettled(), "later");
    }
}
