//! `/leave`: everything of an owner's is removed.
//!
//! ```text
//! the owner:   /leave
//! master bot:  Remove everything of yours? This can't be undone. …  [Remove everything]  [Cancel]
//! the owner presses Remove everything
//! master bot:  ✅ Everything of yours is removed, and your bots are detached. …
//! ```
//!
//! The row that makes him an owner goes last. Pressed once more after that, the button of somebody
//! who is nobody here says the same again.

use std::time::{Duration, Instant};

use super::{
    Master, MasterError, Owner,
    actions::{Answer, Done, Occasion, plain},
    admission::CLAIMED,
    state::Press,
};
use crate::{
    failpoint,
    model::OwnerId,
    store::{Closed, StoreError, Whom},
    text::Language,
    update::{Button, Person},
};

/// How long it waits for what is under way; then the press is delivered again.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it waits for other processes to see that the bots are detached.
const GRACE: Duration = Duration::from_millis(1500);

impl Master {
    /// Asks whether everything is to be removed.
    pub(super) async fn leave_question(&self, owner: Owner) -> Result<Answer, MasterError> {
        let language = owner.language;
        let rows = self.inner.store.bots_of(owner.id).await?;
        let names: Vec<String> = rows.iter().map(|row| format!("@{}", row.username)).collect();
        let names = if names.is_empty() { "–".to_owned() } else { names.join(", ") };
        let yes = vec![(language.leave_yes(), Press::Leave)];
        let no = vec![(language.button_cancel(), Press::Stay)];
        let mut text = language.leave_question(&names);
        if let Some(until) = self.paid_until(owner.id).await? {
            text = format!("{text}\n\n{}", language.leave_plan(&until));
        }
        Ok(Answer { text, buttons: vec![yes, no] })
    }

    /// Removes everything of an owner's.
    pub(super) async fn leave(&self, owner: Owner) -> Result<Done, MasterError> {
        let (store, id) = (&self.inner.store, owner.id);
        let Some(closed) = store.close_to(Whom::Owner(id)) else { return Err(MasterError::Busy) };
        self.is_quiet(id, &closed).await?;
        self.end_subscription(id).await?;
        for row in store.bots_of(id).await? {
            self.inner.bots.detach(id, row.bot).await?;
            failpoint::at("leave", "detached");
        }
        if store.is_shared() {
            tokio::time::sleep(GRACE).await;
        }
        self.is_quiet(id, &closed).await?;
        let master = self.inner.caller.bot;
        self.end_claim(id).await?;
        store.insist(|| store.forget_owner(id, master, CLAIMED)).await?;
        failpoint::at("leave", "removed");
        tracing::info!("an owner left");
        Ok(Done::Say(plain(owner.language.left())))
    }

    /// Waits until nothing but the caller is at work for an owner.
    async fn is_quiet(&self, owner: OwnerId, closed: &Closed) -> Result<(), MasterError> {
        let (store, until) = (&self.inner.store, Instant::now() + PATIENCE);
        while closed.at_work() > 1
            || self.has_parked(owner).await?
            || store.others_work_for(owner).await?
        {
            if Instant::now() >= until {
                return Err(MasterError::Busy);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn has_parked(&self, owner: OwnerId) -> Result<bool, StoreError> {
        let rows = self.inner.store.parked_in(self.inner.caller.bot, owner.chat()).await?;
        Ok(rows.iter().any(|row| row.kind != crate::store::ParkedKind::Kept))
    }

    /// Answers a button that somebody presses who is no owner: one who has left is told so again.
    ///
    /// # Errors
    /// When he could not be answered.
    pub async fn answer_nobody(&self, person: &Person, button: &Button) -> Result<(), MasterError> {
        let has_left = button.data.parse() == Ok(Press::Leave) && button.is_surely_shown();
        if has_left {
            let language = Language::of(person.language.as_deref());
            let owner = Owner { id: OwnerId(person.id), language };
            self.answer(owner, plain(language.left()), Occasion::Press(button)).await?;
        }
        self.release(button).await;
        Ok(())
    }
}
