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

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Map;

use super::{
    Master, MasterError, Owner,
    actions::{Answer, Done, Occasion, plain},
    state::{
        Choice, Press, Sentence,
        settings::{Change, Considered, Knob, Page, Place, TextKind, Topic, Value},
    },
};
use crate::{
    clock,
    model::BotId,
    settings::{Acknowledgement, BotSettings, Texts},
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
    }
}

fn texts_of(settings: &mut BotSettings, kind: TextKind) -> &mut Texts {
    match kind {
        TextKind::Greeting => &mut settings.greeting,
        TextKind::Acknowledgement => &mut settings.acknowledgement_text,
        TextKind::Banned => &mut settings.banned_text,
    }
}

/// A bot's settings before the eyes of its owner.
struct View<'a> {
    language: Language,
    choice: &'a Choice,
    settings: &'a BotSettings,
}

impl View<'_> {
    fn page(&self, page: Page) -> Answer {
        match page {
            Page::Menu => self.menu(None),
            Page::Unchanged => self.menu(Some(self.language.settings_unchanged())),
            Page::Closed => plain(self.overview()),
            Page::Topic(Topic::Text(kind)) => self.texts(kind),
            Page::Topic(topic) => self.choices(topic),
            Page::Prompt(place) => self.prompt(place),
            Page::Question(change) => self.question(change),
        }
    }

    fn menu(&self, news: Option<String>) -> Answer {
        let topics = [
            [Topic::Text(TextKind::Greeting), Topic::Acknowledgement],
            [Topic::Reminder, Topic::Text(TextKind::Banned)],
            [Topic::Protect, Topic::Usernames],
        ];
        let open = |topic: Topic| self.button(self.name(topic), Knob::Open(topic));
        let mut buttons: Buttons = topics.map(|row| row.map(open).to_vec()).to_vec();
        buttons.push(vec![self.button(self.language.settings_close(), Knob::Close)]);
        let overview = self.overview();
        let text = news.map_or(overview.clone(), |news| format!("{news}\n\n{overview}"));
        Answer { text, buttons }
    }

    /// Every setting with its value, in words.
    fn overview(&self) -> String {
        let topics = [
            Topic::Text(TextKind::Greeting),
            Topic::Acknowledgement,
            Topic::Text(TextKind::Acknowledgement),
            Topic::Reminder,
            Topic::Text(TextKind::Banned),
            Topic::Protect,
            Topic::Usernames,
        ];
        let lines = topics.map(|topic| self.line(topic)).join("\n");
        format!("{}\n\n{lines}", self.title())
    }

    /// The choices of a setting; ✓ marks the present one.
    fn choices(&self, topic: Topic) -> Answer {
        let language = self.language;
        let about = match topic {
            Topic::Acknowledgement => language.about_acknowledgement(),
            Topic::Reminder => language.about_reminder(),
            Topic::Protect => language.about_protect(),
            Topic::Usernames | Topic::Text(_) => language.about_usernames(),
        };
        let present = self.present(topic);
        let choice = |value: Value| {
            let mark = if Some(value) == present { "✓ " } else { "" };
            let label = format!("{mark}{}", value_in_words(language, value));
            vec![self.button(label, Knob::Ask(Change::Choose(value)))]
        };
        let mut buttons: Buttons =
            Value::all().filter(|value| value.topic() == topic).map(choice).collect();
        if topic == Topic::Acknowledgement {
            let text = Topic::Text(TextKind::Acknowledgement);
            buttons.push(vec![self.button(self.name(text), Knob::Open(text))]);
        }
        buttons.push(vec![self.back(Knob::Menu)]);
        let text = format!("{}\n\n{about}\n\n{}", self.title(), self.line(topic));
        Answer { text, buttons }
    }

    /// For whom a text can be written; ✓ marks where one is.
    fn texts(&self, kind: TextKind) -> Answer {
        let language = self.language;
        let about = match kind {
            TextKind::Greeting => language.about_greeting(),
            TextKind::Acknowledgement => language.about_acknowledgement_text(),
            TextKind::Banned => language.about_banned(),
        };
        let texts = self.texts_of(kind);
        let button = |whose: Option<Language>| {
            let mark = if texts.of(whose).is_some() { "✓ " } else { "" };
            let label = format!("{mark}{}", self.whose(whose));
            self.button(label, Knob::Write(Place { text: kind, language: whose }))
        };
        let mut buttons = vec![vec![button(None)]];
        for pair in Language::ALL.chunks(2) {
            buttons.push(pair.iter().map(|one| button(Some(*one))).collect());
        }
        let above = match kind {
            TextKind::Acknowledgement => Knob::Open(Topic::Acknowledgement),
            TextKind::Greeting | TextKind::Banned => Knob::Menu,
        };
        buttons.push(vec![self.back(above)]);
        let line = self.line(Topic::Text(kind));
        Answer { text: format!("{}\n\n{about}\n\n{line}", self.title()), buttons }
    }

    fn prompt(&self, place: Place) -> Answer {
        let topic = Topic::Text(place.text);
        let whose = self.whose(place.language);
        let asked = match place.text {
            TextKind::Greeting => self.language.prompt_greeting(&whose),
            TextKind::Acknowledgement | TextKind::Banned => {
                self.language.prompt_text(&self.name(topic), &whose)
            }
        };
        let mut buttons = Vec::new();
        if self.texts_of(place.text).of(place.language).is_some() {
            let remove = Knob::Ask(Change::Remove(place));
            buttons.push(vec![self.button(self.language.settings_remove(), remove)]);
        }
        buttons.push(vec![self.back(Knob::Open(topic))]);
        Answer { text: format!("{}\n\n{asked}", self.title()), buttons }
    }

    fn question(&self, change: Change) -> Answer {
        let language = self.language;
        let about = |place: Place| (self.name(Topic::Text(place.text)), self.whose(place.language));
        let asked = match change {
            Change::Choose(value) => self.preview(value),
            Change::Write(place, _) => {
                let (what, whose) = about(place);
                language.question_text(&what, &whose)
            }
            Change::Remove(place) => {
                let (what, whose) = about(place);
                language.preview_remove(&what, &whose)
            }
        };
        let buttons = vec![vec![
            self.button(language.settings_save(), Knob::Save(change)),
            self.button(language.button_cancel(), Knob::Cancel(change)),
        ]];
        Answer { text: format!("{}\n\n{asked}", self.title()), buttons }
    }

    /// What a choice will do, in words.
    fn preview(&self, value: Value) -> String {
        let (language, bot) = (self.language, &self.choice.username);
        match value {
            Value::Acknowledgement(Acknowledgement::Once) => language.preview_once(),
            Value::Acknowledgement(Acknowledgement::Always) => language.preview_always(),
            Value::Acknowledgement(Acknowledgement::Reaction) => language.preview_reaction(),
            Value::Acknowledgement(Acknowledgement::Never) => language.preview_never(),
            Value::Reminder(0) => language.preview_reminder_off(),
            Value::Reminder(hours) => language.preview_reminder(&hours.to_string()),
            Value::Protect(true) => language.preview_protected(),
            Value::Protect(false) => language.preview_unprotected(),
            Value::HideUsernames(true) => language.preview_usernames_hidden(bot),
            Value::HideUsernames(false) => language.preview_usernames_shown(bot),
        }
    }

    fn title(&self) -> String {
        self.language.settings_title(&self.choice.username)
    }

    fn name(&self, topic: Topic) -> String {
        let language = self.language;
        match topic {
            Topic::Text(TextKind::Greeting) => language.setting_greeting(),
            Topic::Text(TextKind::Acknowledgement) => language.setting_acknowledgement_text(),
            Topic::Text(TextKind::Banned) => language.setting_banned(),
            Topic::Acknowledgement => language.setting_acknowledgement(),
            Topic::Reminder => language.setting_reminder(),
            Topic::Protect => language.setting_protect(),
            Topic::Usernames => language.setting_usernames(),
        }
    }

    /// A setting and its present value.
    fn line(&self, topic: Topic) -> String {
        let value = match (topic, self.present(topic)) {
            (_, Some(value)) => value_in_words(self.language, value),
            (Topic::Text(kind), None) => self.text_in_words(kind),
            (_, None) => String::new(),
        };
        format!("{}: {value}", self.name(topic))
    }

    fn present(&self, topic: Topic) -> Option<Value> {
        let settings = self.settings;
        Some(match topic {
            Topic::Text(_) => return None,
            Topic::Acknowledgement => Value::Acknowledgement(settings.acknowledgement),
            Topic::Reminder => Value::Reminder(settings.reminder_hours),
            Topic::Protect => Value::Protect(settings.protect_content),
            Topic::Usernames => Value::HideUsernames(settings.hide_usernames),
        })
    }

    fn text_in_words(&self, kind: TextKind) -> String {
        let texts = self.texts_of(kind);
        if !texts.is_empty() {
            let whose: Vec<String> = texts.languages().map(|one| self.whose(one)).collect();
            return self.language.value_own(&whose.join(", "));
        }
        match kind {
            TextKind::Banned => self.language.value_nothing(),
            TextKind::Greeting | TextKind::Acknowledgement => self.language.value_standard(),
        }
    }

    fn texts_of(&self, kind: TextKind) -> &Texts {
        match kind {
            TextKind::Greeting => &self.settings.greeting,
            TextKind::Acknowledgement => &self.settings.acknowledgement_text,
            TextKind::Banned => &self.settings.banned_text,
        }
    }

    fn whose(&self, language: Option<Language>) -> String {
        language.map_or_else(|| self.language.settings_everybody(), |one| one.name().to_owned())
    }

    fn back(&self, knob: Knob) -> (String, Press) {
        self.button(self.language.settings_back(), knob)
    }

    fn button(&self, label: String, knob: Knob) -> (String, Press) {
        (label, Press::Settings(self.choice.bot, knob))
    }
}

fn value_in_words(language: Language, value: Value) -> String {
    match value {
        Value::Acknowledgement(Acknowledgement::Once) => language.acknowledgement_once(),
        Value::Acknowledgement(Acknowledgement::Always) => language.acknowledgement_always(),
        Value::Acknowledgement(Acknowledgement::Reaction) => language.acknowledgement_reaction(),
        Value::Acknowledgement(Acknowledgement::Never) => language.acknowledgement_never(),
        Value::Reminder(0) => language.reminder_off(),
        Value::Reminder(hours) => language.reminder_after(&hours.to_string()),
        Value::Protect(true) => language.protect_on(),
        Value::Protect(false) => language.protect_off(),
        Value::HideUsernames(true) => language.usernames_hidden(),
        Value::HideUsernames(false) => language.usernames_shown(),
    }
}
