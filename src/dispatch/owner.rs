//! The master bot's updates: which of them are the relay's, and which the master's.

use super::{BUSY, Dispatch, Fault};
use crate::{
    account::{Fate, Rule, note, note_first},
    clock, failpoint,
    master::{About, Admission, Command, MasterError, Owner, Said},
    model::OwnerId,
    relay::{
        Relay, SEND_AGAIN, Verdict,
        content::{self, Reading},
    },
    store::Whom,
    update::{Button, Kind, Message, Person, Update},
};

impl Dispatch {
    pub(super) async fn of_master(&self, update: Update) -> Result<Verdict, Fault> {
        if let Kind::Membership(change) = &update.kind {
            note(Fate::Noted);
            // He blocked the master bot and lets it write again.
            let is_back = change.is_member && change.chat.is_private;
            let owner = OwnerId(change.chat.id.0);
            return Ok(if is_back {
                self.inner.relay.is_back(owner).await?
            } else {
                Verdict::Done
            });
        }
        if let Some(verdict) = self.about_money(&update).await? {
            return Ok(verdict);
        }
        let (person, message) = match who(&update.kind) {
            Ok(found) => found,
            Err(rule) => {
                note(Fate::Ignored(rule));
                return Ok(Verdict::Done);
            }
        };
        let Some(person) = person.filter(|person| !person.is_bot) else {
            note(Fate::Ignored(Rule::Bot));
            return Ok(Verdict::Done);
        };
        let is_new = !matches!(update.kind, Kind::Edited(_));
        let asking = message.filter(|_| is_new);
        if matches!(update.kind, Kind::Reaction(_)) {
            note(Fate::Reacted);
            return self.reacted(OwnerId(person.id), update).await;
        }
        let (owner, is_suspended) =
            match self.inner.master.admit(&person, asking, update.id).await? {
                Admission::Owner(owner) => (owner, false),
                Admission::Suspended(owner) => (owner, true),
                Admission::Claimed => return self.claimed(update.id).await,
                Admission::Stranger => return self.of_stranger(&person, &update.kind).await,
            };
        let Some(_present) = self.inner.store.enter(Whom::Owner(owner.id)) else {
            return Ok(Verdict::TryLater(BUSY));
        };
        if is_suspended {
            return Box::pin(self.of_suspended(owner, update)).await;
        }
        match update.kind {
            Kind::Edited(message) => {
                let changed = self.inner.relay.outbound_edit(owner.id, &message, update.id).await;
                note_first(Fate::Changed);
                Ok(changed?)
            }
            Kind::Message(message) => Box::pin(self.of_owner(owner, message, update.id)).await,
            Kind::Button(button) => Box::pin(self.pressed(owner, button, update.id)).await,
            _ => Ok(Verdict::Done),
        }
    }

    /// Delivered again, it would come from an owner, who would be welcomed once more.
    async fn claimed(&self, update: i64) -> Result<Verdict, Fault> {
        note(Fate::Command);
        let master = self.inner.relay.master().bot;
        self.inner.store.insist_handled(master, update, clock::now_ms()).await?;
        Ok(Verdict::Done)
    }

    async fn of_stranger(&self, person: &Person, kind: &Kind) -> Result<Verdict, Fault> {
        note(Fate::Ignored(Rule::Stranger));
        if let Kind::Button(button) = kind {
            self.inner.master.answer_nobody(person, button).await?;
        }
        Ok(Verdict::Done)
    }

    /// What Telegram tells of payments. Whoever paid, owner or not: it is written down before
    /// anything is asked.
    async fn about_money(&self, update: &Update) -> Result<Option<Verdict>, Fault> {
        if let Some(payment) = self.inner.master.payment_of(update) {
            note(Fate::Noted);
            self.inner.master.note_payment(payment).await?;
            return Ok(Some(Verdict::Done));
        }
        let Kind::Subscription(subscription) = &update.kind else { return Ok(None) };
        note(Fate::Noted);
        let changed = self.inner.master.subscription_changed(subscription, update.id);
        self.once(update.id, Box::pin(changed)).await.map(Some)
    }

    /// A stranger's reaction finds nothing of his, so nobody has to be asked who he is.
    async fn reacted(&self, owner: OwnerId, update: Update) -> Result<Verdict, Fault> {
        let Kind::Reaction(reaction) = &update.kind else { return Ok(Verdict::Done) };
        if reaction.chat.id != owner.chat() {
            return Ok(Verdict::Done);
        }
        Ok(self.inner.relay.outbound_reaction(owner, reaction, update.id).await?)
    }

    /// A reply to a copy is the relay's, all else the master's.
    pub(super) async fn of_owner(
        &self,
        owner: Owner,
        message: Message,
        update: i64,
    ) -> Result<Verdict, Fault> {
        let relay = &self.inner.relay;
        let mut about = None;
        let command = Command::parse(&message);
        if command.is_some() {
            note(Fate::Command);
        }
        if command == Some(Command::Delete) {
            if self.inner.master.stop_if_too_fast(owner).await? {
                note(Fate::TooFast);
                return Ok(Verdict::Done);
            }
            let delete =
                async { relay.delete(owner.id, &message).await?.map_err(MasterError::Answer) };
            return self.once(update, Box::pin(delete)).await;
        }
        if command.is_some() {
            about = relay.about(owner.id, &message).await?.map(About::from);
        } else if let Some(verdict) = relay.outbound(owner.id, &message, update).await? {
            return Ok(verdict);
        }
        if matches!(content::read(&message, owner.language), Reading::Service) {
            // Telegram wrote it, such as that something was pinned: it asks for no answer.
            note(Fate::Ignored(Rule::Service));
            return Ok(Verdict::Done);
        }
        note_first(Fate::Words);
        if self.inner.master.stop_if_too_fast(owner).await? {
            note(Fate::TooFast);
            return Ok(Verdict::Done);
        }
        self.once(update, self.inner.master.handle(owner, Said::Message(message, about))).await
    }

    pub(super) async fn pressed(
        &self,
        owner: Owner,
        button: Button,
        update: i64,
    ) -> Result<Verdict, Fault> {
        note(Fate::Button);
        // Who presses it is its own chat's owner, and it is there.
        let chat = button.message.as_ref().map(|message| message.chat.id);
        if chat.is_some_and(|chat| chat != owner.id.chat()) || !button.is_shown() {
            return self.once(update, self.inner.master.answer_stale(owner, &button)).await;
        }
        if self.inner.master.stop_if_too_fast(owner).await? {
            note(Fate::TooFast);
            self.inner.master.release(&button).await;
            return Ok(Verdict::Done);
        }
        if button.data == SEND_AGAIN {
            let again = async {
                self.inner.relay.again(owner.id, &button).await?.map_err(MasterError::Answer)
            };
            return self.once(update, Box::pin(again)).await;
        }
        if Relay::is_undo(&button.data) {
            if !button.is_surely_shown() {
                return self.once(update, self.inner.master.answer_stale(owner, &button)).await;
            }
            let undo = async {
                self.inner.relay.undo(owner.id, &button, update).await?.map_err(MasterError::Answer)
            };
            return self.once(update, Box::pin(undo)).await;
        }
        self.once(update, self.inner.master.handle(owner, Said::Button(button))).await
    }

    /// Lets an update that leaves no reference have its effect once.
    pub(super) async fn once(
        &self,
        update: i64,
        work: impl Future<Output = Result<(), MasterError>>,
    ) -> Result<Verdict, Fault> {
        let (store, master) = (&self.inner.store, self.inner.relay.master().bot);
        if store.is_handled(master, update).await? {
            note(Fate::Repeated);
            return Ok(Verdict::Done);
        }
        if let Err(error) = work.await {
            let fault = Fault::from(error);
            let Fault::Master(error) = fault else { return Err(fault) };
            if error.is_passing() || error.is_doubtful() || matches!(error, MasterError::Store(_)) {
                return Err(error.into());
            }
            tracing::warn!(error = &error as &dyn std::error::Error, "an owner's request failed");
        }
        store.insist_handled(master, update, clock::now_ms()).await?;
        failpoint::at("answer", "remembered");
        Ok(Verdict::Done)
    }
}

/// Who did something in private, and by which message; or the rule by which it concerns nobody.
fn who(kind: &Kind) -> Result<(Option<Person>, Option<&Message>), Rule> {
    match kind {
        Kind::Message(message) | Kind::Edited(message) if message.chat.is_private => {
            Ok((message.from.clone(), Some(message)))
        }
        Kind::Button(button) => Ok((Some(button.from.clone()), None)),
        Kind::Reaction(reaction) if reaction.chat.is_private => Ok((reaction.from.clone(), None)),
        Kind::Checkout(_) | Kind::Subscription(_) | Kind::Other => Err(Rule::Kind),
        _ => Err(Rule::Group),
    }
}
