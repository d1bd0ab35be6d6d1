//! What a client bot says in its owner's words: a greeting, an acknowledgement, what a banned
//! customer reads.
//!
//! The words are the owner's message, kept with the settings; a file in it is with the master bot
//! and travels from there. Where it can't be said, our own sentence is.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use serde_json::Value;
use teloxide::types::{ChatId, MessageId};
use tokio::{task::JoinHandle, time::timeout};

use super::{
    NOTICE_TRIES, Relay, SIDE_HOLD,
    compose::{Composed, Reply, compose, plainer},
    content::{Reading, read},
    customer::Customer,
    outbound::with_protection,
    worth_telling_later,
};
use crate::{
    settings::Texts,
    telegram::{CallError, ClientBot, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// How long a customer's update waits for what it is answered; his next message waits behind it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Something to be said to a customer.
pub(super) struct Saying {
    client: ClientBot,
    chat: ChatId,
    language: Language,
    /// The owner's words.
    written: Option<Message>,
    /// Ours, in their place.
    ours: Option<String>,
    /// The message it answers.
    about: Option<MessageId>,
    /// The buttons below our sentence.
    keyboard: Option<Value>,
}

impl Saying {
    /// What the owner wrote for this customer's language, else our sentence.
    pub(super) fn of(customer: &Customer<'_>, texts: &Texts, ours: Option<String>) -> Self {
        let language = customer.language();
        let written = texts.read_by(language);
        let client = customer.client.clone();
        Self { client, chat: customer.chat, language, written, ours, about: None, keyboard: None }
    }

    /// A sentence of ours.
    pub(super) fn ours(customer: &Customer<'_>, sentence: String) -> Self {
        Self::of(customer, &Texts::default(), Some(sentence))
    }

    /// The same as a reply to a message.
    pub(super) fn about(self, message: MessageId) -> Self {
        Self { about: Some(message), ..self }
    }

    /// The same with buttons below our sentence.
    pub(super) fn with(self, keyboard: Value) -> Self {
        Self { keyboard: Some(keyboard), ..self }
    }

    /// Whether there is anything to say.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_none() && self.ours.is_none()
    }
}

impl Relay {
    /// Says it on the side, and waits a moment for that: gives after how long it is to be tried
    /// again, where that can help. What takes longer goes on by itself, and delays nothing.
    pub(super) async fn say_in_time(&self, saying: Saying) -> Option<Duration> {
        let relay = self.clone();
        let task = self.inner.side_work.spawn(async move { relay.say_written(&saying).await });
        wait_for(task).await
    }

    /// Says what the owner wrote, or our sentence where that is refused.
    pub(super) async fn say_written(&self, saying: &Saying) -> Result<(), CallError> {
        let refused = match &saying.written {
            Some(written) => match self.say_message(saying, written).await {
                Err(CallError::NotSent(refusal)) if is_its_own_fault(&refusal) => refusal,
                said => return said,
            },
            None => Refusal::FileUnavailable,
        };
        let Some(ours) = &saying.ours else { return Err(refused.into()) };
        if saying.written.is_some() {
            let bot = saying.client.id();
            tracing::warn!(bot.id = bot.0, error = %refused, "an owner's text could not be said");
        }
        let (caller, keyboard) = (&saying.client.caller, saying.keyboard.clone());
        self.say(caller, saying.chat, saying.about, ours, keyboard).await
    }

    async fn say_message(&self, saying: &Saying, written: &Message) -> Result<(), CallError> {
        let Reading::Content(content) = read(written, saying.language) else {
            return Err(Refusal::FileUnavailable.into());
        };
        let reply = saying.about.map(|message| Reply { message, quote: None });
        let Composed { header, main } = compose(&content, None, reply.as_ref());
        for outgoing in header.into_iter().chain([main]) {
            let outgoing = with_protection(outgoing, &saying.client);
            self.say_call(saying, &outgoing).await?;
        }
        Ok(())
    }

    async fn say_call(&self, saying: &Saying, outgoing: &Outgoing) -> Result<(), CallError> {
        let (caller, holder) = (&saying.client.caller, &self.inner.master);
        let deadline = Instant::now() + SIDE_HOLD;
        let mut outgoing = Cow::Borrowed(outgoing);
        let mut tries = 1;
        loop {
            let telegram = &self.inner.telegram;
            let said = telegram.deliver(caller, saying.chat, &outgoing, holder, deadline).await;
            match said {
                Ok(_) => return Ok(()),
                // It would rather be said twice than never; and a file may be there in a moment.
                Err(CallError::Unknown(_) | CallError::NotSent(Refusal::FileLater { .. }))
                    if tries < NOTICE_TRIES =>
                {
                    tries += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(CallError::NotSent(refusal)) => match plainer(&outgoing, &refusal) {
                    Some(plainer) => outgoing = Cow::Owned(plainer),
                    None => return Err(refusal.into()),
                },
                Err(error) => return Err(error),
            }
        }
    }
}

/// Waits a moment for side work that a customer's update asked for; see [`Relay::say_in_time`].
pub(super) async fn wait_for(task: JoinHandle<Result<(), CallError>>) -> Option<Duration> {
    match timeout(PATIENCE, task).await {
        Ok(Ok(said)) => worth_telling_later(&said),
        // A panic is logged where it happens, and trying once more would only repeat it.
        Ok(Err(_)) | Err(_) => None,
    }
}

/// Whether it is the text that Telegram refuses, and not the customer, the bot or the moment.
fn is_its_own_fault(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::FileTooBig
            | Refusal::FileUnavailable
            | Refusal::FileLater { .. }
            | Refusal::BadFileId
            | Refusal::Other { .. }
    )
}
