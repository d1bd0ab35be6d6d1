//! What a suspended owner does: his money, his data and the terms are his still; to all else one
//! sentence is the answer. His replies are refused as any that can't be delivered.

use super::{Dispatch, Fault};
use crate::{
    account::{Fate, Rule, note},
    master::Owner,
    relay::{
        SEND_AGAIN, Verdict,
        content::{self, Reading},
    },
    update::{Button, Kind, Message, Update},
};

impl Dispatch {
    pub(super) async fn of_suspended(
        &self,
        owner: Owner,
        update: Update,
    ) -> Result<Verdict, Fault> {
        let Update { id, kind } = update;
        match kind {
            Kind::Message(message) => self.written_by_suspended(owner, message, id).await,
            Kind::Edited(message) => {
                // What he changes does not reach his customer; a location only moves on.
                let is_reply = self.inner.relay.about(owner.id, &message).await?.is_some();
                if !is_reply || message.get("location").is_some() {
                    return Ok(ignored());
                }
                self.refused(owner, id).await
            }
            Kind::Button(button) => self.pressed_by_suspended(owner, button, id).await,
            // What is about money was done before.
            Kind::Membership(_)
            | Kind::Reaction(_)
            | Kind::Checkout(_)
            | Kind::Subscription(_)
            | Kind::Other => Ok(ignored()),
        }
    }

    async fn written_by_suspended(
        &self,
        owner: Owner,
        message: Message,
        update: i64,
    ) -> Result<Verdict, Fault> {
        if self.inner.master.hears_suspended(&message) {
            return self.of_owner(owner, message, update).await;
        }
        if message.command().is_none()
            && let Some(verdict) = self.inner.relay.outbound(owner.id, &message, update).await?
        {
            return Ok(verdict);
        }
        if matches!(content::read(&message, owner.language), Reading::Service) {
            note(Fate::Ignored(Rule::Service));
            return Ok(Verdict::Done);
        }
        self.refused(owner, update).await
    }

    async fn pressed_by_suspended(
        &self,
        owner: Owner,
        button: Button,
        update: i64,
    ) -> Result<Verdict, Fault> {
        // What is to be sent again is refused in its place.
        if button.data == SEND_AGAIN || self.inner.master.hears_suspended_press(&button) {
            return self.pressed(owner, button, update).await;
        }
        note(Fate::Ignored(Rule::Suspended));
        if self.inner.master.stop_if_too_fast(owner).await? {
            note(Fate::TooFast);
            self.inner.master.release(&button).await;
            return Ok(Verdict::Done);
        }
        self.once(update, self.inner.master.show_suspended(owner, &button)).await
    }

    async fn refused(&self, owner: Owner, update: i64) -> Result<Verdict, Fault> {
        note(Fate::Ignored(Rule::Suspended));
        if self.inner.master.stop_if_too_fast(owner).await? {
            note(Fate::TooFast);
            return Ok(Verdict::Done);
        }
        self.once(update, self.inner.master.say_suspended(owner)).await
    }
}

fn ignored() -> Verdict {
    note(Fate::Ignored(Rule::Suspended));
    Verdict::Done
}
