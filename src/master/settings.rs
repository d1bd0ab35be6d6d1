//! `/settings` and `/language`, as the owner sees them.
//!
//! ```text
//! ⚙️ Settings of @shop_bot
//! Greeting: the standard text          [Greeting] [Acknowledgement]
//! Acknowledgement: once per …          [Reminder] [Banned customers]
//! …                                    [Close]
//! ```
//!
//! One message, changed in place. What customers will see is shown before it is kept: a text as the
//! very message they will get, a choice in words.
//!
//! - [`view`]: the pages (pure)

mod view;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Map;

use view::View;

use super::{
    Master, MasterError, Owner,
    actions::{Answer, Done, Occasion, plain},
    state::{
        Choice, Press, Sentence,
        settings::{Change, Considered, Page, Place, TextKind, Value},
    },
};
use crate::{
    clock,
    model::BotId,
    settings::{BotSettings, Texts},
    telegram::{CallError, Outgoing, Refusal},
    text::Language,
    update::Message,
};

/// The most bytes of a sealed text: what is stored of a dialogue has room for 65,535.
const MOST_SEALED: usize = 60_000;

type Buttons = Vec<Vec<(String, Press)>>;

impl Master {
    /// A page of a bot's settings, as they are stored now.
    pub(super) async fn settings_page(
        &self,
        owner: Owner,
        choice: &Choice,
        page: Page,
    ) -> Result<Done, MasterError> {
        let settings = self.inner.bots.stored_settings(owner.id, choice.bot).await?;
        let Some(settings) = settings else { return Ok(Done::Stale) };
        let view = View { language: owner.language, choice, settings: &settings };
        Ok(Done::Say(view.page(page)))
    }

    /// Looks at a message that is to be a text customers read, and shows it as they will see it.
    pub(super) async fn consider(
        &self,
        owner: Owner,
        bot: BotId,
        place: Place,
        occasion: Occasion<'_>,
    ) -> Result<Considered, MasterError> {
        let Some(choice) = self.choice(owner, bot).await? else { return Ok(Considered::Gone) };
        let Occasion::Words(message) = occasion else {
            return Ok(Considered::Unfit(Sentence::UnfitText));
        };
        if let Some(unfit) = self.unfit(place, message).await? {
            return Ok(Considered::Unfit(unfit));
        }
        let mut texts = Texts::default();
        texts.put(None, message);
        let json = serde_json::to_vec(&texts)?;
        let sealed = self.inner.seal.seal(&draft_context(bot), &json).unwrap_or_default();
        let sealed = STANDARD.encode(sealed);
        if sealed.is_empty() || sealed.len() > MOST_SEALED {
            return Ok(Considered::Unfit(Sentence::UnfitRefused));
        }
        if !self.show_again(owner, message).await? {
            return Ok(Considered::Unfit(Sentence::UnfitRefused));
        }
        Ok(Considered::Fit(choice, message.id.0, sealed))
    }

    /// Why a message can't be this text, if it can't.
    async fn unfit(
        &self,
        place: Place,
        message: &Message,
    ) -> Result<Option<Sentence>, MasterError> {
        if place.text != TextKind::Greeting {
            return Ok(message.text().is_none().then_some(Sentence::UnfitText));
        }
        if !Texts::can_hold(message) {
            return Ok(Some(Sentence::UnfitGreeting));
        }
        let Some(file) = Texts::file_in(message) else { return Ok(None) };
        // It has to travel from this bot to the client bot.
        match self.inner.telegram.can_fetch(&self.inner.caller, &file).await {
            Err(CallError::NotSent(Refusal::FileTooBig)) => Ok(Some(Sentence::UnfitFile)),
            Err(CallError::NotSent(refusal)) if !is_passing(&refusal) => {
                Ok(Some(Sentence::UnfitRefused))
            }
            // Nobody is kept from a greeting because Telegram did not answer this question.
            Ok(()) | Err(_) => Ok(None),
        }
    }

    /// The same message once more, from the bot; `false` when Telegram refuses that.
    async fn show_again(&self, owner: Owner, message: &Message) -> Result<bool, MasterError> {
        let mut parameters = Map::new();
        parameters.insert("from_chat_id".to_owned(), message.chat.id.0.into());
        parameters.insert("message_id".to_owned(), message.id.0.into());
        let copy = Outgoing::new("copyMessage", parameters);
        match self.send(owner.id.chat(), copy).await {
            Err(MasterError::Answer(CallError::NotSent(refusal))) if !is_passing(&refusal) => {
                Ok(false)
            }
            // It may have been shown: the question is asked all the same.
            Ok(()) | Err(MasterError::Answer(CallError::Unknown(_))) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Makes a change that was agreed to.
    pub(super) async fn save_setting(
        &self,
        owner: Owner,
        choice: &Choice,
        change: Change,
        sealed: &str,
    ) -> Result<Done, MasterError> {
        let bots = &self.inner.bots;
        let Some(mut settings) = bots.stored_settings(owner.id, choice.bot).await? else {
            return Ok(Done::Stale);
        };
        match change {
            Change::Choose(value) => choose(&mut settings, value),
            Change::Remove(place) => texts_of(&mut settings, place.text).remove(place.language),
            Change::Write(place, _) => {
                // Only another key keeps it from opening: what was written is gone then.
                let Some(written) = self.unseal_draft(choice.bot, sealed) else {
                    return Ok(Done::Stale);
                };
                texts_of(&mut settings, place.text).put(place.language, &written);
            }
        }
        let view = View { language: owner.language, choice, settings: &settings };
        let answer = view.menu(Some(owner.language.settings_saved()));
        if !bots.set_settings(owner.id, choice.bot, settings).await? {
            return Ok(Done::Stale);
        }
        if let Change::Write(Place { text: TextKind::Banned, .. }, _)
        | Change::Remove(Place { text: TextKind::Banned, .. }) = change
        {
            self.inner.store.forget_ban_told(owner.id).await?;
        }
        Ok(Done::Say(answer))
    }

    fn unseal_draft(&self, bot: BotId, sealed: &str) -> Option<Message> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let json = self.inner.seal.open(&draft_context(bot), &sealed).ok()?;
        serde_json::from_slice::<Texts>(&json).ok()?.of(None)
    }

    /// Speaks another language with an owner from now on.
    pub(super) async fn speak_language(
        &self,
        owner: Owner,
        chosen: Option<Language>,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let of_app = match occasion {
            Occasion::Press(button) => Language::of(button.from.language.as_deref()),
            _ => owner.language,
        };
        let language = chosen.unwrap_or(of_app);
        let (store, master) = (&self.inner.store, self.inner.caller.bot);
        let code = chosen.map(Language::code);
        store.choose_language(master, owner.id.chat(), code, clock::now_ms()).await?;
        store.set_owner_language(owner.id, language.code()).await?;
        self.refresh_menu(owner);
        Ok(Done::Say(plain(language.language_chosen())))
    }
}

/// The languages as buttons.
pub(super) fn languages(language: Language) -> Answer {
    let button = |one: &Language| (one.name().to_owned(), Press::Language(Some(*one)));
    let mut buttons: Buttons =
        Language::ALL.chunks(2).map(|pair| pair.iter().map(button).collect()).collect();
    buttons.push(vec![(language.language_app(), Press::Language(None))]);
    Answer { text: language.language_question(), buttons }
}

fn is_passing(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::TooFast { .. } | Refusal::Unreachable)
}

fn draft_context(bot: BotId) -> String {
    format!("text for the settings of bot {bot}")
}

fn choose(settings: &mut BotSettings, value: Value) {
    match value {
        Value::Acknowledgement(value) => settings.acknowledgement = value,
        Value::Reminder(hours) => settings.reminder_hours = hours,
        Value::Protect(is) => settings.protect_content = is,
        Value::HideUsernames(are) => settings.hide_usernames = are,
        Value::Careful(is) => settings.newcomers.careful = is,
        Value::AskFirst(is) => settings.newcomers.ask_first = is,
        Value::Check(is) => settings.newcomers.check = is,
    }
}

fn texts_of(settings: &mut BotSettings, kind: TextKind) -> &mut Texts {
    match kind {
        TextKind::Greeting => &mut settings.greeting,
        TextKind::Acknowledgement => &mut settings.acknowledgement_text,
        TextKind::Banned => &mut settings.banned_text,
    }
}
