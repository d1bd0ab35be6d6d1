//! An announcement on its way to the owners, and news about suspensions: work in the background,
//! which one process does for all.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::{changed, composed, message, place};
use crate::{
    clock, failpoint,
    master::{Master, MasterError},
    model::OwnerId,
    relay::rich::RichText,
    store::{Announcement, Purpose, Whom},
    telegram::{CallError, Outgoing, Refusal},
    text::Language,
};

/// How often it is looked whether there is something to say, where nobody said so.
const PAUSE: Duration = Duration::from_secs(5);
/// How long to wait before an owner of whom nobody knows whether he was told is told once more.
const AFTER_DOUBT: Duration = Duration::from_secs(3);
/// Between two owners: a third of what the master bot may send is enough for it.
const BETWEEN: Duration = Duration::from_millis(100);
/// How often the operator sees how far it is.
const SHOWN_EVERY: Duration = Duration::from_secs(3);
/// How long one message may wait for Telegram's limits.
const HOLD: Duration = Duration::from_secs(20);
/// How often an owner is tried whose chat takes nothing for now; the others wait.
const TRIES: u32 = 3;
/// How long they all wait at most where Telegram asks for that.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// How telling one owner ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// He has it, or can't be told.
    For(bool),
    /// It is for later.
    Later,
    /// He is no owner any more.
    Gone,
}

/// How far the sending of announcements is in this process.
#[derive(Default)]
struct Course {
    shown: Option<Instant>,
    /// The owner who could not be told for now, and how often.
    held: Option<(OwnerId, u32)>,
    /// Until when Telegram asked to wait.
    rests_until: Option<Instant>,
}

impl Master {
    /// Tells owners what there is to tell until stopped, and what a process before this one left.
    pub async fn keep_telling_owners(&self, stop: CancellationToken) {
        let mut course = Course::default();
        loop {
            if self.inner.bots.may_work().await {
                let told = self.tell_suspensions(&stop).await;
                goes_on_later(told, "owners are told of suspensions later");
                let announced = self.announce_all(&stop, &mut course).await;
                goes_on_later(announced, "an announcement goes on later");
            }
            let news = async {
                tokio::select! {
                    () = self.inner.telling.notified() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
            };
            if stop.run_until_cancelled(news).await.is_none() {
                return;
            }
        }
    }

    async fn announce_all(
        &self,
        stop: &CancellationToken,
        course: &mut Course,
    ) -> Result<(), MasterError> {
        let store = &self.inner.store;
        if course.rests_until.is_some_and(|until| until > Instant::now()) {
            return Ok(());
        }
        while let Some(now) = store.announcement_under_way().await? {
            if stop.is_cancelled() || !self.inner.bots.may_work().await {
                return Ok(());
            }
            let words = self.said_by(&now);
            let next = if words.is_some() { store.next_owner(&now).await? } else { None };
            let (Some(words), Some((owner, language))) = (words, next) else {
                self.show_end(&now).await?;
                failpoint::at("announce", "shown");
                store.insist(|| store.end_announcement(&now, clock::now_ms())).await?;
                *course = Course::default();
                continue;
            };
            if self.announce_alone(&now, (owner, language), &words, course).await? == Told::Later {
                return Ok(());
            }
            self.show_progress(&now, course).await;
            if stop.run_until_cancelled(tokio::time::sleep(BETWEEN)).await.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Tells one owner while nobody, in whichever process, removes what is his: how far it has come is
    /// written with his number.
    async fn announce_alone(
        &self,
        now: &Announcement,
        (owner, language): (OwnerId, Option<String>),
        words: &RichText,
        course: &mut Course,
    ) -> Result<Told, MasterError> {
        let (store, master) = (&self.inner.store, self.inner.caller.bot);
        let Some(_present) = store.enter(Whom::Owner(owner)) else { return Ok(Told::Later) };
        let lane = (master, owner.chat());
        if !store.take_lease(lane, Purpose::Chat).await? {
            return Ok(Told::Later);
        }
        let telling = async {
            // He may have left since he was found.
            if store.owner(master, owner).await?.is_none() {
                return Ok(Told::Gone);
            }
            let language = Language::of(language.as_deref());
            let told = self.announce_to(now, (owner, language), words, course).await?;
            if let Told::For(is_told) = told {
                failpoint::at("announce", "told");
                store.insist(|| store.announcement_reached(now, owner, is_told)).await?;
            }
            Ok(told)
        };
        let told = telling.await;
        store.end_lease(lane, Purpose::Chat).await;
        told
    }

    /// Tells one owner. What may have been said once is said a second time, and says so.
    async fn announce_to(
        &self,
        now: &Announcement,
        (owner, language): (OwnerId, Language),
        words: &RichText,
        course: &mut Course,
    ) -> Result<Told, MasterError> {
        let store = &self.inner.store;
        let mut is_repeat = now.trying == Some(owner.0);
        store.announcement_goes(now, Some(owner)).await?;
        failpoint::at("announce", "begun");
        loop {
            let outgoing = message(composed(language, words, is_repeat));
            let refusal = match self.say_once(owner, &outgoing).await {
                Ok(()) => return Ok(Told::For(true)),
                Err(CallError::Unknown(_)) if is_repeat => return Ok(Told::For(false)),
                Err(CallError::Unknown(_)) => {
                    is_repeat = true;
                    // What cut the first one off would cut off the second one, too.
                    tokio::time::sleep(AFTER_DOUBT).await;
                    continue;
                }
                Err(CallError::NotSent(refusal)) => refusal,
            };
            let later = match refusal {
                Refusal::Unreachable | Refusal::TokenRevoked => true,
                Refusal::TooFast { retry_after } => {
                    course.rests_until = Some(Instant::now() + retry_after.min(LONGEST_WAIT));
                    course.is_held(owner) < TRIES
                }
                _ => false,
            };
            if !later {
                tracing::debug!(owner.id = %owner, %refusal, "an owner can't be told");
                return Ok(Told::For(false));
            }
            if now.trying.is_none() && !is_repeat {
                // It is certain that he did not get it.
                store.insist(|| store.announcement_goes(now, None)).await?;
            }
            return Ok(Told::Later);
        }
    }

    async fn say_once(&self, owner: OwnerId, outgoing: &Outgoing) -> Result<(), CallError> {
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        let deadline = Instant::now() + HOLD;
        telegram.deliver(caller, owner.chat(), outgoing, caller, deadline).await.map(drop)
    }

    /// Shows the operator how far it is, now and then. Nobody waits for that.
    async fn show_progress(&self, now: &Announcement, course: &mut Course) {
        if course.shown.get_or_insert_with(Instant::now).elapsed() < SHOWN_EVERY {
            return;
        }
        course.shown = Some(Instant::now());
        let language =
            self.language_of(OwnerId(now.operator_id), None).await.unwrap_or(Language::English);
        let done = (now.sent + now.failed + 1).to_string();
        let text = language.announce_progress(&done, &now.owners.to_string());
        if let Err(error) = self.send(place(now), changed(now.question_id, text)).await {
            tracing::debug!(%error, "how far an announcement is could not be shown");
        }
    }

    /// Shows the operator how it ended: where it said how far it is, else in a message of its own.
    async fn show_end(&self, now: &Announcement) -> Result<(), MasterError> {
        let language = self.language_of(OwnerId(now.operator_id), None).await?;
        let text = language.announce_done(&now.sent.to_string(), &now.failed.to_string());
        let shown = match self.send(place(now), changed(now.question_id, text.clone())).await {
            Err(MasterError::Answer(CallError::NotSent(Refusal::NotModified))) => Ok(()),
            Err(error) if !error.is_passing() => self.speak(place(now), &text).await,
            shown => shown,
        };
        match shown {
            // He blocked the bot: there is nobody to show it to.
            Err(error) if !error.is_passing() => Ok(()),
            shown => shown,
        }
    }
}

/// What passes by itself, such as a database that does not answer, is said elsewhere.
fn goes_on_later(done: Result<(), MasterError>, what: &'static str) {
    match done {
        Err(error) if error.is_passing() => tracing::debug!(%error, "{what}"),
        Err(error) => tracing::warn!(%error, "{what}"),
        Ok(()) => {}
    }
}

impl Course {
    /// How often this owner could not be told for now.
    fn is_held(&mut self, owner: OwnerId) -> u32 {
        let before = self.held.filter(|(held, _)| *held == owner).map_or(0, |(_, times)| times);
        self.held = Some((owner, before + 1));
        before + 1
    }
}
