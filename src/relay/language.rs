//! `/language` of a customer.
//!
//! ```text
//! Anna:      /language
//! @shop_bot: Which language shall I speak with you?
//!            [English] [Deutsch] …  [As in my app]
//! ```
//!
//! What the bot says by itself is in that language from then on.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{Relay, SIDE_HOLD, Verdict, customer::Customer, newcomers::CHECK, written::wait_for};
use crate::{
    clock,
    store::StoreError,
    telegram::{CallError, Caller, Outgoing, Refusal},
    text::{Language, LanguageChoice},
    update::{Button, Message},
};

/// The languages as buttons.
pub(super) fn keyboard(language: Language) -> Value {
    let button = |label: String, choice: LanguageChoice| json!({"text": label, "callback_data": choice.data()});
    let own = |one: &Language| button(one.name().to_owned(), LanguageChoice(Some(*one)));
    let mut rows: Vec<Vec<Value>> =
        Language::ALL.chunks(2).map(|pair| pair.iter().map(own).collect()).collect();
    rows.push(vec![button(language.language_app(), LanguageChoice(None))]);
    json!({ "inline_keyboard": rows })
}

impl Relay {
    /// A customer pressed a button of a client bot: a language, or that he is a person.
    ///
    /// # Errors
    /// When the database fails; the press then is to be delivered again.
    pub(super) async fn pressed(
        &self,
        customer: &Customer<'_>,
        button: &Button,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        let (store, bot) = (&self.inner.store, customer.client.id());
        if store.is_handled(bot, update).await? {
            return Ok(Verdict::Done);
        }
        let chosen = LanguageChoice::read(&button.data).filter(|_| button.is_surely_shown());
        if let (Some(LanguageChoice(chosen)), Some(question)) = (chosen, &button.message) {
            let code = chosen.map(Language::code);
            store.choose_language(bot, customer.chat, code, clock::now_ms()).await?;
            let language = chosen.unwrap_or_else(|| customer.app_language());
            // What is chosen is kept, said or not: there is nothing to try again.
            let words = language.language_chosen();
            let _ = self.settle_question(customer, button, question, words).await;
        } else if button.data == CHECK && button.is_shown() {
            Box::pin(self.check_pressed(customer, button, update)).await?;
        } else {
            let stale = customer.language().button_stale();
            self.dismiss(&customer.client.caller, button, Some(stale)).await;
        }
        store.insist_handled(bot, update, clock::now_ms()).await?;
        Ok(Verdict::Done)
    }

    /// Puts words in the place of a question; gives when that is to be tried again.
    pub(super) async fn settle_question(
        &self,
        customer: &Customer<'_>,
        button: &Button,
        question: &Message,
        words: String,
    ) -> Option<Duration> {
        let mut parameters = Map::new();
        parameters.insert("message_id".to_owned(), question.id.0.into());
        parameters.insert("text".to_owned(), words.as_str().into());
        let edit = Outgoing::new("editMessageText", parameters);
        let (relay, caller, chat) = (self.clone(), customer.client.caller.clone(), customer.chat);
        let button = button.clone();
        let task = self.inner.side_work.spawn(async move {
            relay.dismiss(&caller, &button, None).await;
            let deadline = Instant::now() + SIDE_HOLD;
            let edited =
                relay.inner.telegram.deliver(&caller, chat, &edit, &caller, deadline).await;
            match edited {
                // It says so already.
                Err(CallError::NotSent(Refusal::NotModified)) => Ok(()),
                Err(CallError::NotSent(
                    Refusal::MessageGone | Refusal::MessageFixed | Refusal::Other { .. },
                )) => relay.say(&caller, chat, None, &words, None).await,
                edited => edited.map(drop),
            }
        });
        wait_for(task).await
    }

    /// Ends the waiting sign on a button.
    pub(super) async fn dismiss(&self, caller: &Caller, button: &Button, text: Option<String>) {
        let answered = self.inner.telegram.answer_button(caller, &button.query, text).await;
        if let Err(error) = answered {
            tracing::debug!(%error, "a button press could not be answered");
        }
    }
}
