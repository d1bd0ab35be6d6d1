//! The pages of `/settings`, in words and buttons. Pure.

use crate::{
    master::{
        actions::{Answer, plain},
        state::{
            Choice, Press,
            settings::{Change, Knob, Page, Place, TextKind, Topic, Value},
        },
    },
    settings::{Acknowledgement, BotSettings, Texts},
    text::Language,
};

type Buttons = Vec<Vec<(String, Press)>>;

/// A bot's settings before the eyes of its owner.
pub(super) struct View<'a> {
    pub language: Language,
    pub choice: &'a Choice,
    pub settings: &'a BotSettings,
}

impl View<'_> {
    /// A page.
    pub(super) fn page(&self, page: Page) -> Answer {
        match page {
            Page::Menu => self.menu(None),
            Page::Unchanged => self.menu(Some(self.language.settings_unchanged())),
            Page::Closed => plain(self.overview()),
            Page::Topic(Topic::Text(kind)) => self.texts(kind),
            Page::Topic(Topic::Newcomers) => self.newcomers(),
            Page::Topic(topic) => self.choices(topic),
            Page::Prompt(place) => self.prompt(place),
            Page::Question(change) => self.question(change),
        }
    }

    /// All settings, perhaps with news above them.
    pub(super) fn menu(&self, news: Option<String>) -> Answer {
        let topics = [
            [Topic::Text(TextKind::Greeting), Topic::Acknowledgement],
            [Topic::Reminder, Topic::Text(TextKind::Banned)],
            [Topic::Protect, Topic::Usernames],
        ];
        let open = |topic: Topic| self.button(self.name(topic), Knob::Open(topic));
        let mut buttons: Buttons = topics.map(|row| row.map(open).to_vec()).to_vec();
        buttons.push(vec![open(Topic::Newcomers)]);
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
            Topic::Careful,
            Topic::AskFirst,
            Topic::Check,
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
            Topic::Careful => language.about_careful(),
            Topic::AskFirst => language.about_ask_first(),
            Topic::Check => language.about_check(),
            Topic::Usernames | Topic::Newcomers | Topic::Text(_) => language.about_usernames(),
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
        let above = match topic {
            Topic::Careful | Topic::AskFirst | Topic::Check => Knob::Open(Topic::Newcomers),
            _ => Knob::Menu,
        };
        buttons.push(vec![self.back(above)]);
        let text = format!("{}\n\n{about}\n\n{}", self.title(), self.line(topic));
        Answer { text, buttons }
    }

    /// The three rules for newcomers.
    fn newcomers(&self) -> Answer {
        let rules = [Topic::Careful, Topic::AskFirst, Topic::Check];
        let open = |topic: Topic| vec![self.button(self.name(topic), Knob::Open(topic))];
        let mut buttons: Buttons = rules.map(open).to_vec();
        buttons.push(vec![self.back(Knob::Menu)]);
        let (about, lines) = (self.language.about_newcomers(), rules.map(|rule| self.line(rule)));
        Answer { text: format!("{}\n\n{about}\n\n{}", self.title(), lines.join("\n")), buttons }
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
            Value::Careful(true) => language.preview_careful_on(),
            Value::Careful(false) => language.preview_careful_off(),
            Value::AskFirst(true) => language.preview_ask_first_on(),
            Value::AskFirst(false) => language.preview_ask_first_off(),
            Value::Check(true) => language.preview_check_on(),
            Value::Check(false) => language.preview_check_off(),
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
            Topic::Newcomers => language.setting_newcomers(),
            Topic::Careful => language.setting_careful(),
            Topic::AskFirst => language.setting_ask_first(),
            Topic::Check => language.setting_check(),
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
            Topic::Text(_) | Topic::Newcomers => return None,
            Topic::Acknowledgement => Value::Acknowledgement(settings.acknowledgement),
            Topic::Reminder => Value::Reminder(settings.reminder_hours),
            Topic::Protect => Value::Protect(settings.protect_content),
            Topic::Usernames => Value::HideUsernames(settings.hide_usernames),
            Topic::Careful => Value::Careful(settings.newcomers.careful),
            Topic::AskFirst => Value::AskFirst(settings.newcomers.ask_first),
            Topic::Check => Value::Check(settings.newcomers.check),
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
        Value::Careful(true) => language.careful_on(),
        Value::Careful(false) => language.careful_off(),
        Value::AskFirst(true) => language.ask_first_on(),
        Value::AskFirst(false) => language.ask_first_off(),
        Value::Check(true) => language.check_on(),
        Value::Check(false) => language.check_off(),
    }
}
