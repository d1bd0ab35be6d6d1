//! What a suspended owner can still do, and how he learns that he is, and that he is no longer.
//!
//! ```text
//! @master_bot: ⏸ Your account is suspended by the person who runs this service: …
//! the owner:   /add
//! @master_bot: ⏸ Your account is suspended by the person who runs this service: …
//! @master_bot: ▶️ Your account works again: …
//! ```
//!
//! That he is told is remembered beside it, so that neither a restart nor a crash keeps it from
//! him. A person who leaves and comes back is suspended still: the installation keeps a mark that
//! says nothing but that.

use tokio_util::sync::CancellationToken;

use super::{Master, MasterError, Owner};
use crate::{
    clock,
    model::OwnerId,
    text::Language,
    update::{Button, Message},
};

/// The commands that work for a suspended owner, too: his money, his data, the terms.
pub(super) const COMMANDS: [&str; 7] =
    ["paysupport", "terms", "privacy", "export", "leave", "plan", "unsubscribe"];

/// What the data of their buttons begins with, up to its first colon.
const BUTTONS: [&str; 4] = ["leave", "stay", "renew", "answering"];

/// Whether a button belongs to one of these commands.
fn belongs_to_them(data: &str) -> bool {
    data.split(':').next().is_some_and(|word| BUTTONS.contains(&word))
}

impl Master {
    /// Whether a message of a suspended owner means the same as that of any other. All questions
    /// that stay open to him have buttons: no words answer them.
    pub fn hears_suspended(&self, message: &Message) -> bool {
        message.command().is_some_and(|(command, _)| COMMANDS.contains(&command.as_str()))
    }

    /// The same for a button.
    pub fn hears_suspended_press(&self, button: &Button) -> bool {
        belongs_to_them(&button.data)
    }

    /// Says to an owner that he is suspended.
    ///
    /// # Errors
    /// When it could not be said.
    pub async fn say_suspended(&self, owner: Owner) -> Result<(), MasterError> {
        self.speak(owner.id.chat(), &sentence(owner.language)).await
    }

    /// The same, over the chat in which he pressed a button.
    ///
    /// # Errors
    /// None: a button that can't be answered is let go.
    pub async fn show_suspended(&self, owner: Owner, button: &Button) -> Result<(), MasterError> {
        self.let_go(button, Some(owner.language.owner_suspended_short())).await;
        Ok(())
    }

    /// Suspends an owner, whatever he does next: also where he leaves and comes back.
    pub(super) async fn suspend(&self, owner: OwnerId) -> Result<(), MasterError> {
        let (store, now) = (&self.inner.store, clock::now_ms());
        store.put_fact(&self.mark_of(owner), now.to_le_bytes().to_vec()).await?;
        store.suspend_owner(owner, now).await?;
        self.inner.telling.notify_one();
        Ok(())
    }

    /// Lets an owner go on.
    pub(super) async fn resume(&self, owner: OwnerId) -> Result<(), MasterError> {
        let store = &self.inner.store;
        store.remove_fact(&self.mark_of(owner)).await?;
        store.resume_owner(owner).await?;
        self.inner.telling.notify_one();
        Ok(())
    }

    /// Makes a person an owner; one who was suspended before he left is so again.
    pub(super) async fn make_owner(&self, owner: OwnerId) -> Result<(), MasterError> {
        let (store, now) = (&self.inner.store, clock::now_ms());
        if store.installation_fact(&self.mark_of(owner)).await?.is_some() {
            store.register_suspended_owner(owner, now).await?;
        } else {
            store.register_owner(owner, now).await?;
        }
        Ok(())
    }

    /// The fact that a person is suspended, under a name that does not say who he is.
    fn mark_of(&self, owner: OwnerId) -> String {
        format!("suspended {}", self.inner.seal.mark_of_suspended(owner))
    }

    /// Tells everybody who does not know yet that he is suspended, or no longer.
    pub(super) async fn tell_suspensions(
        &self,
        stop: &CancellationToken,
    ) -> Result<(), MasterError> {
        let store = &self.inner.store;
        for (owner, since, language) in store.suspensions_to_tell().await? {
            if stop.is_cancelled() {
                return Ok(());
            }
            let language = Language::of(language.as_deref());
            let text = match since {
                Some(_) => sentence(language),
                None => language.owner_resumed(),
            };
            match self.speak(owner.chat(), &text).await {
                Err(error) if error.is_passing() => {
                    tracing::debug!(owner.id = %owner, %error, "an owner is told later");
                    continue;
                }
                Err(error) => {
                    tracing::warn!(owner.id = %owner, %error, "an owner can't be told");
                }
                Ok(()) => {}
            }
            store.insist(|| store.suspension_told(owner, since)).await?;
        }
        Ok(())
    }
}

fn sentence(language: Language) -> String {
    let commands = COMMANDS.map(|command| format!("/{command}")).join(" ");
    language.owner_suspended(&commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_are_known_by_their_first_word() {
        assert!(belongs_to_them("leave:0") && belongs_to_them("stay"));
        assert!(!belongs_to_them("leaver:1") && !belongs_to_them("") && !belongs_to_them("qr:1"));
    }
}
