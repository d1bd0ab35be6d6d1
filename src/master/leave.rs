//! `/leave`: everything of an owner's is removed.
//!
//! ```text
//! the owner:   /leave
//! master bot:  Remove everything of yours? This can't be undone. …  [Remove everything]  [Cancel]
//! the owner presses Remove everything
//! master bot:  ✅ Everything of yours is removed, and your bots are detached. …
//! ```
//!
//! Nothing new begins for him meanwhile, and what is under way ends first; what can't end, his
//! customers are told of. The row that makes him an owner goes last. Pressed once more after that, the button of somebody
//! who is nobody here says the same again.

use std::time::{Duration, Instant};

use super::{
    Master, MasterError, Owner,
    actions::{Answer, Done, Occasion, plain},
    admission::CLAIMED,
    state::{Input, Press},
};
use crate::{
    bots::Parting,
    clock, failpoint,
    model::OwnerId,
    store::{Closed, ParkedKind, StoreError, Whom},
    text::Language,
    update::{Button, Person},
};

/// How long it waits for what is under way; then the owner is told.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it waits for other processes to see that the bots are detached.
const GRACE: Duration = Duration::from_millis(1500);
/// Between two looks meanwhile.
const PAUSE: Duration = Duration::from_millis(50);
/// What is parked for longer than this waits for more than its moment, in milliseconds.
const SHORT_MS: i64 = 15_000;

impl Master {
    /// Asks whether everything is to be removed.
    pub(super) async fn leave_question(&self, owner: Owner) -> Result<Answer, MasterError> {
        let language = owner.language;
        let rows = self.inner.store.bots_of(owner.id).await?;
        let names: Vec<String> = rows.iter().map(|row| format!("@{}", row.username)).collect();
        let names = if names.is_empty() { "–".to_owned() } else { names.join(", ") };
        let mut text = language.leave_question(&names);
        if let Some(until) = self.paid_until(owner.id).await? {
            text = format!("{text}\n\n{}", language.leave_plan(&until));
        }
        Ok(Answer { text, buttons: buttons(language) })
    }

    /// Removes everything of an owner's. Where what is under way takes too long he is told so, and
    /// may press again: none of it is cut off.
    pub(super) async fn leave(&self, owner: Owner) -> Result<Done, MasterError> {
        let (store, id) = (&self.inner.store, owner.id);
        let Some(closed) = store.close_to(Whom::Owner(id)) else { return Err(MasterError::Busy) };
        let later = Ok(Done::Next(Input::StillUnderWay));
        // It goes on in its turn, which is this press's now.
        match self.parked_since(id).await? {
            Some(since) if clock::now_ms().saturating_sub(since) > SHORT_MS => return later,
            Some(_) => return Err(MasterError::Busy),
            None => {}
        }
        let bots: Vec<_> = store.bots_of(id).await?.into_iter().map(|row| row.bot).collect();
        self.inner.bots.lets_parked_pass(&bots).await?;
        if !self.is_alone(&closed).await {
            return later;
        }
        self.end_subscription(id).await?;
        for bot in bots {
            self.inner.bots.detach(id, bot, Parting::Left).await?;
            failpoint::at("leave", "detached");
        }
        if !self.others_are_done(id).await? {
            return later;
        }
        let master = self.inner.caller.bot;
        self.end_claim(id).await?;
        self.note_leaving().await?;
        self.inner.left.insert(id, ());
        self.inner.bots.forget_woken(&store.bots_ever_of(id).await?).await?;
        store.insist(|| store.forget_owner(id, master, CLAIMED)).await?;
        store.empty_log().await;
        failpoint::at("leave", "removed");
        tracing::info!("an owner left");
        Ok(Done::Say(plain(owner.language.left())))
    }

    /// Waits until nothing but the caller is at work for an owner here, and lets nothing go on from
    /// then; `false` where that takes too long.
    async fn is_alone(&self, closed: &Closed) -> bool {
        let until = Instant::now() + PATIENCE;
        while !closed.shuts(1) {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(PAUSE).await;
        }
        true
    }

    /// Waits until other processes, which know by now that his bots are detached, have ended what
    /// they were at; `false` where that takes too long.
    async fn others_are_done(&self, owner: OwnerId) -> Result<bool, StoreError> {
        let (store, until) = (&self.inner.store, Instant::now() + PATIENCE);
        if !store.is_shared() {
            return Ok(true);
        }
        tokio::time::sleep(GRACE).await;
        while store.others_work_for(owner).await? {
            if Instant::now() >= until {
                return Ok(false);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(true)
    }

    /// Since when something waits for its moment in an owner's chat, if anything does.
    async fn parked_since(&self, owner: OwnerId) -> Result<Option<i64>, StoreError> {
        let rows = self.inner.store.parked_in(self.inner.caller.bot, owner.chat()).await?;
        let waits = rows.into_iter().filter(|row| row.kind != ParkedKind::Kept);
        Ok(waits.map(|row| row.parked_at).min())
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

/// Says that it has to wait, and asks again.
pub(super) fn question_later(language: Language) -> Answer {
    Answer { text: language.leave_waits(), buttons: buttons(language) }
}

fn buttons(language: Language) -> Vec<Vec<(String, Press)>> {
    let yes = vec![(language.leave_yes(), Press::Leave)];
    vec![yes, vec![(language.button_cancel(), Press::Stay)]]
}
