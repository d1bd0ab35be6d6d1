//! What the master bot does with a command, an answer or a button.
//!
//! - [`commands`]: text to [`Command`]
//! - [`state`]: the dialogue as one enum, and `step`, which decides (pure)
//! - [`actions`]: carries a decision out
//! - [`admission`]: who is an owner
//! - [`people`]: what can be asked for about customers: commands and buttons (pure)
//! - [`acquaintance`], [`bans`], [`card`], [`inbox`], [`remind`]: that being done
//! - [`export`], [`leave`]: all that is an owner's sent to him, or removed
//! - [`health`]: owners are told when the database fails
//! - [`menu`]: the command menu in each language
//! - [`plans`]: the paid plan, its payments and their end
//! - [`operator`]: who runs the installation
//! - [`admin`]: what he can ask for (pure); [`tenants`], [`suspension`], [`announce`]: that done
//! - [`allowances`]: how much an owner may ask for
//! - [`reports`]: what can be asked about bots as a whole (pure); [`stats`], [`status`]: that shown
//! - [`settings`]: the pages of `/settings`, and `/language`
//! - [`tree`]: the handler tree
//!
//! A reply to a customer's copy never comes here: dispatch gives it to the relay.

mod acquaintance;
mod actions;
pub mod admin;
mod admission;
mod allowances;
mod announce;
mod bans;
mod card;
mod commands;
mod contact;
mod cut_off;
mod export;
mod health;
mod inbox;
mod leave;
mod menu;
mod operator;
pub mod people;
pub mod plans;
mod remind;
pub mod reports;
mod settings;
pub mod state;
mod stats;
mod status;
mod suspension;
mod tenants;
mod tree;

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
    time::Instant,
};

use dptree::prelude::{DependencyMap, Handler};
use quick_cache::sync::Cache;
use teloxide::types::ChatId;
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

pub use admission::Admission;
pub use commands::Command;
pub use state::MasterState;

use crate::{
    bots::Bots,
    config::OwnerRate,
    lanes::Lanes,
    model::{BotId, OwnerId, Reference},
    plan::Plans,
    seal::Seal,
    store::{Store, StoreError},
    telegram::{CallError, Caller, Telegram},
    text::Language,
    update::{Button, Message},
};

/// How many owners who left lately are known: what waited behind that is not taken for a beginning.
const LEFT: usize = 256;

/// Who may become an owner.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// `OWNER_IDS`.
    pub owners: BTreeSet<OwnerId>,
    /// The first of them: he runs the installation.
    pub operator: Option<OwnerId>,
    /// `REGISTRATION=open`.
    pub open: bool,
}

/// What the master bot says of the installation itself.
#[derive(Clone)]
pub struct Installation {
    /// Where updates come by webhook: the host of `PUBLIC_URL`.
    pub host: Option<String>,
    /// For how many days references are kept.
    pub retention_days: i64,
    /// Whether what is sent keeps Telegram's rates by itself.
    pub paces: bool,
    /// When the process began.
    pub began: Instant,
    /// What is sold, and what is free.
    pub plans: Plans,
}

/// The master bot's side of every dialogue with an owner. Cheap to clone.
#[derive(Clone)]
pub struct Master {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    telegram: Telegram,
    bots: Bots,
    seal: Seal,
    caller: Caller,
    doors: Doors,
    allowances: allowances::Allowances,
    installation: Installation,
    /// Something is to be told to owners in the background.
    telling: Notify,
    /// Places for reports being counted.
    reports: Semaphore,
    /// Places for exports being written.
    exports: Semaphore,
    username: OnceLock<String>,
    by_heart: health::ByHeart,
    tree: Handler<'static, Result<(), MasterError>>,
    side_work: TaskTracker,
    refusals: Lanes<OwnerId>,
    /// Who has left lately.
    left: Cache<OwnerId, ()>,
}

/// An owner who is talking to the master bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The tenant.
    pub id: OwnerId,
    /// The language he reads.
    pub language: Language,
}

/// The conversation an owner's message is about, by what it replies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The client bot.
    pub bot: BotId,
    /// The customer's chat with it.
    pub customer: ChatId,
    /// The message replied to: a copy of the customer's, or an earlier reply.
    pub reference: Reference,
}

impl From<Reference> for About {
    fn from(reference: Reference) -> Self {
        Self { bot: reference.client_bot(), customer: reference.customer(), reference }
    }
}

/// What an owner did, as the handler tree takes it.
#[derive(Debug, Clone)]
pub enum Said {
    /// He wrote, perhaps as a reply to what belongs to a conversation.
    Message(Message, Option<About>),
    /// He pressed a button.
    Button(Button),
}

/// Why something an owner asked for was not carried through. He is told, or Telegram delivers it
/// again.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The answer could not be sent.
    #[error("the owner could not be answered")]
    Answer(#[source] CallError),
    /// What is stored of the dialogue can't be written.
    #[error("the dialogue's state can't be written")]
    State(#[from] serde_json::Error),
    /// Something of this owner's is still under way.
    #[error("something of this owner's is still under way")]
    Busy,
    /// A file for the owner could not be written.
    #[error("a file could not be written")]
    File(#[source] std::io::Error),
    /// No branch of the tree took it.
    #[error("no handler took it")]
    Unhandled,
}

impl MasterError {
    /// Whether a later delivery of the same update can do better.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Store(_) | Self::Busy | Self::File(_) => true,
            Self::Answer(CallError::NotSent(refusal)) => refusal.may_pass(),
            Self::Answer(CallError::Unknown(_)) | Self::State(_) | Self::Unhandled => false,
        }
    }

    /// Whether nobody knows if it was said. Said twice is better than never, but not for ever.
    pub fn is_doubtful(&self) -> bool {
        matches!(self, Self::Answer(CallError::Unknown(_)))
    }
}

impl Master {
    /// Puts the rooms together and checks the handler tree.
    pub fn new(
        store: Store,
        telegram: Telegram,
        bots: Bots,
        seal: Seal,
        caller: Caller,
        (doors, owner_rate): (Doors, Option<OwnerRate>),
        installation: Installation,
    ) -> Self {
        let inner = Inner {
            store,
            telegram,
            bots,
            seal,
            caller,
            doors,
            allowances: allowances::Allowances::new(owner_rate, installation.paces),
            installation,
            telling: Notify::new(),
            reports: Semaphore::new(stats::AT_A_TIME),
            exports: Semaphore::new(export::AT_A_TIME),
            username: OnceLock::new(),
            by_heart: health::ByHeart::default(),
            tree: tree::checked(),
            side_work: TaskTracker::new(),
            refusals: Lanes::default(),
            left: Cache::new(LEFT),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Remembers the master bot's own username, once Telegram has said it.
    pub fn is_called(&self, username: &str) {
        let _ = self.inner.username.set(username.to_owned());
    }

    /// Carries out what an owner said.
    ///
    /// # Errors
    /// See [`MasterError`].
    pub async fn handle(&self, owner: Owner, said: Said) -> Result<(), MasterError> {
        let mut given = DependencyMap::new();
        given.insert_container(dptree::deps![self.clone(), owner, said]);
        match self.inner.tree.dispatch(given).await {
            std::ops::ControlFlow::Break(result) => result,
            std::ops::ControlFlow::Continue(_) => Err(MasterError::Unhandled),
        }
    }

    /// Waits for menus being set.
    pub async fn finish(&self) {
        self.inner.side_work.close();
        self.inner.side_work.wait().await;
    }
}
