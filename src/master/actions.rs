//! Carries out what [`step`] decided.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{
    Master, MasterError, Owner,
    allowances::wait_in_words,
    commands::{self, Audience},
    leave, settings,
    state::{Action, Candidate, Check, Choice, Input, MasterState, Press, Purpose, Sentence, step},
};
use crate::{
    bots::{Attached, Parting, host_of},
    clock, failpoint,
    label::Label,
    model::{BotId, BotState, OwnerId},
    qr::Code,
    store::BotRow,
    telegram::{CallError, Caller, Document, Outgoing, Refusal},
    text::Language,
    token::BotToken,
    update::{Button, Message},
};

/// The answer to an action: words, and buttons below them.
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) buttons: Vec<Vec<(String, Press)>>,
}

/// What the owner did that is being answered.
#[derive(Clone, Copy)]
pub(super) enum Occasion<'a> {
    /// He sent a command: the answer stands for itself.
    Command,
    /// He wrote this: the answer is a reply to it.
    Words(&'a Message),
    /// He wrote this, and it has to vanish from the chat.
    Secret(&'a Message),
    /// He pressed this: the answer takes the place of the buttons.
    Press(&'a Button),
}

/// What an action led to.
pub(super) enum Done {
    Say(Answer),
    Next(Input),
    Shown,
    /// It is shown, and pops up in a word.
    Noted(String),
    Stale,
    /// It was so already: this shows how things stand.
    Settled(Answer),
}

impl Master {
    /// Steps through the dialogue from an input on: loads the state, decides, acts, answers, stores.
    pub(super) async fn run(
        &self,
        owner: Owner,
        input: Input,
        occasion: Occasion<'_>,
    ) -> Result<(), MasterError> {
        let before = self.load(owner).await?;
        let (mut state, mut input) = (before.clone(), input);
        let done = loop {
            let (next, action) = step(state, input);
            match self.act(owner, action, occasion).await {
                Ok(Done::Next(found)) => (state, input) = (next, found),
                Ok(done) => {
                    state = next;
                    break done;
                }
                Err(error) => {
                    if let Occasion::Press(button) = occasion
                        && !error.is_passing()
                    {
                        self.let_go(button, None).await;
                    }
                    return Err(error);
                }
            }
        };
        if let Occasion::Secret(secret) = occasion {
            self.wipe(owner, secret).await?;
        }
        let toast = match &done {
            Done::Stale | Done::Settled(_) => Some(owner.language.button_stale()),
            Done::Noted(words) => Some(words.clone()),
            Done::Say(_) | Done::Next(_) | Done::Shown => None,
        };
        let answered = match done {
            Done::Say(answer) | Done::Settled(answer) => self.answer(owner, answer, occasion).await,
            Done::Next(_) | Done::Shown | Done::Noted(_) | Done::Stale => Ok(()),
        };
        if answered.as_ref().is_err_and(MasterError::is_passing) {
            return answered;
        }
        failpoint::at("answer", "given");
        if let Occasion::Press(button) = occasion {
            self.let_go(button, toast).await;
        }
        // Also where Telegram did not say whether the question was shown: it may be answered.
        if state != before {
            self.save(owner, &state).await?;
        }
        failpoint::at("answer", "saved");
        answered
    }

    /// A button that means nothing here any more.
    pub(crate) async fn answer_stale(
        &self,
        owner: Owner,
        button: &Button,
    ) -> Result<(), MasterError> {
        self.let_go(button, Some(owner.language.button_stale())).await;
        Ok(())
    }

    pub(super) async fn load(&self, owner: Owner) -> Result<MasterState, MasterError> {
        let stored = self.inner.store.dialogue(owner.id).await?;
        let read = stored.map(|json| serde_json::from_str(&json));
        Ok(read.transpose().unwrap_or_else(|error| {
            tracing::warn!(owner.id = %owner.id, %error, "a stored dialogue can't be read; it starts anew");
            None
        }).unwrap_or_default())
    }

    async fn save(&self, owner: Owner, state: &MasterState) -> Result<(), MasterError> {
        let store = &self.inner.store;
        if *state == MasterState::Idle {
            store.insist(|| store.clear_dialogue(owner.id)).await?;
        } else {
            let json = serde_json::to_string(state)?;
            let now = clock::now_ms();
            store.insist(|| store.put_dialogue(owner.id, &json, now)).await?;
        }
        Ok(())
    }

    async fn act(
        &self,
        owner: Owner,
        action: Action,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let language = owner.language;
        Ok(match action {
            Action::Say(sentence) => Done::Say(plain(self.said(owner, sentence).await?)),
            Action::Plan(errand) => Box::pin(self.of_plan(owner, errand, occasion)).await?,
            Action::CheckLater(wait) => {
                Done::Say(plain(language.too_many_checks(&wait_in_words(language, wait))))
            }
            Action::Operator(errand) => Box::pin(self.of_operator(owner, errand, occasion)).await?,
            Action::Check(token) => Done::Next(Input::Checked(self.check(owner, &token).await?)),
            Action::AskTakeover(candidate, host) => Done::Say(Answer {
                text: language.takeover_question(&candidate.username, &host),
                buttons: yes_or_no(
                    language,
                    language.takeover_yes(),
                    Press::TakeOver,
                    candidate.bot,
                ),
            }),
            Action::Attach(candidate) => Done::Say(plain(self.attach(owner, &candidate).await?)),
            Action::LookUp(purpose) => {
                Done::Next(Input::Choices(purpose, self.choices(owner).await?))
            }
            Action::Find(purpose, bot) => {
                Done::Next(Input::Chosen(purpose, self.choice(owner, bot).await?))
            }
            Action::AskWhich(purpose, choices) => Done::Say(which(language, &purpose, choices)),
            Action::AskRemoval(choice) => Done::Say(Answer {
                text: language.remove_question(&choice.username),
                buttons: yes_or_no(language, language.remove_yes(), Press::Remove, choice.bot),
            }),
            Action::Remove(bot) => self.remove(owner, bot).await?,
            Action::DrawQr(choice, label) => self.draw_qr(owner, &choice, label.as_ref()).await?,
            Action::TellPrivacy => {
                let days = self.inner.installation.retention_days.to_string();
                Done::Say(plain(language.privacy(&days)))
            }
            Action::Export => Box::pin(self.export(owner)).await?,
            Action::AskLeave => Done::Say(self.leave_question(owner).await?),
            Action::AskLeaveLater => Done::Say(leave::question_later(language)),
            Action::Leave => Box::pin(self.leave(owner)).await?,
            Action::ListBots => Done::Say(plain(self.list_bots(owner).await?)),
            Action::People(errand) => self.of_people(owner, errand, occasion).await?,
            Action::Report(report) => Box::pin(self.report(owner, report, occasion)).await?,
            Action::Settings(choice, page) => self.settings_page(owner, &choice, page).await?,
            Action::Consider(bot, place) => {
                Done::Next(Input::Considered(self.consider(owner, bot, place, occasion).await?))
            }
            Action::SaveSetting(choice, change, sealed) => {
                self.save_setting(owner, &choice, change, &sealed).await?
            }
            Action::AskLanguage => Done::Say(settings::languages(language)),
            Action::Speak(chosen) => self.speak_language(owner, chosen, occasion).await?,
            Action::Stale => Done::Stale,
        })
    }

    async fn check(&self, owner: Owner, token: &BotToken) -> Result<Check, MasterError> {
        let inner = &self.inner;
        let bot = token.bot_id();
        if bot == inner.caller.bot {
            return Ok(Check::Master);
        }
        if let Err(wait) = inner.allowances.check(owner.id) {
            return Ok(Check::TooMany(wait));
        }
        let caller = Caller { bot, token: token.clone() };
        let identity = match inner.telegram.identify(&caller).await {
            Ok(identity) if identity.id == bot => identity,
            Ok(_) => return Ok(Check::Rejected),
            Err(error) if error.refusal() == Some(&Refusal::TokenRevoked) => {
                return Ok(Check::Rejected);
            }
            Err(_) => return Ok(Check::Unreachable),
        };
        let known = inner.store.bot(bot).await?;
        let attached = known.filter(|row| row.state != BotState::Removed);
        if attached.is_some_and(|row| row.owner != owner.id) {
            return Ok(Check::Taken);
        }
        if !self.plans().may_attach(owner.id, bot, clock::now_ms()).await? {
            return Ok(Check::Full);
        }
        let Ok(webhook) = inner.telegram.webhook_info(&caller).await else {
            return Ok(Check::Unreachable);
        };
        let sealed = inner.seal.seal(&pending_context(bot), token.reveal().as_bytes());
        let candidate = Candidate {
            bot,
            username: identity.username,
            name: identity.name,
            sealed_token: STANDARD.encode(sealed.unwrap_or_default()),
        };
        let ours = webhook.url.is_empty() || inner.bots.is_ours(&webhook.url);
        Ok(if ours {
            Check::Free(candidate)
        } else {
            Check::Elsewhere(candidate, host_of(&webhook.url))
        })
    }

    async fn attach(&self, owner: Owner, candidate: &Candidate) -> Result<String, MasterError> {
        let language = owner.language;
        let Some(token) = self.unseal(candidate) else {
            return Ok(language.token_missing());
        };
        if let Err(wait) = self.inner.allowances.change(owner.id) {
            return Ok(language.too_many_changes(&wait_in_words(language, wait)));
        }
        let identity = crate::telegram::BotIdentity {
            id: candidate.bot,
            username: candidate.username.clone(),
            name: candidate.name.clone(),
        };
        // The plan may have ended since the question.
        if !self.plans().may_attach(owner.id, candidate.bot, clock::now_ms()).await? {
            return Ok(self.no_room(owner).text);
        }
        let bot = candidate.username.as_str();
        Ok(match self.inner.bots.attach(owner.id, &token, &identity).await? {
            Attached::Taken => language.bot_taken(),
            Attached::Running { intake: Err(error), .. } => {
                language.webhook_pending(bot, &reason(language, &error))
            }
            Attached::Running { replaced: true, .. } => language.token_replaced(bot),
            Attached::Running { replaced: false, .. } => language.attached(bot),
        })
    }

    fn unseal(&self, candidate: &Candidate) -> Option<BotToken> {
        let sealed = STANDARD.decode(&candidate.sealed_token).ok()?;
        let token = self.inner.seal.open(&pending_context(candidate.bot), &sealed).ok()?;
        BotToken::parse(std::str::from_utf8(&token).ok()?).ok()
    }

    async fn choices(&self, owner: Owner) -> Result<Vec<Choice>, MasterError> {
        let rows = self.inner.store.bots_of(owner.id).await?;
        let choice = |row: BotRow| Choice { bot: row.bot, username: row.username, name: row.name };
        Ok(rows.into_iter().map(choice).collect())
    }

    pub(super) async fn choice(
        &self,
        owner: Owner,
        bot: BotId,
    ) -> Result<Option<Choice>, MasterError> {
        Ok(self.choices(owner).await?.into_iter().find(|choice| choice.bot == bot))
    }

    async fn remove(&self, owner: Owner, bot: BotId) -> Result<Done, MasterError> {
        let row = self.inner.store.bot(bot).await?.filter(|row| row.owner == owner.id);
        let Some(row) = row else { return Ok(Done::Stale) };
        // A process that was killed in between may have detached it without saying so.
        if row.state != BotState::Removed {
            if let Err(wait) = self.inner.allowances.change(owner.id) {
                let wait = wait_in_words(owner.language, wait);
                return Ok(Done::Say(plain(owner.language.too_many_changes(&wait))));
            }
            self.inner.bots.detach(owner.id, bot, Parting::Removed).await?;
        }
        Ok(Done::Say(plain(owner.language.removed(&row.username))))
    }

    async fn list_bots(&self, owner: Owner) -> Result<String, MasterError> {
        let language = owner.language;
        let rows = self.inner.store.bots_of(owner.id).await?;
        if rows.is_empty() {
            return Ok(language.no_bots());
        }
        let line = |row: &BotRow| match row.state {
            BotState::Active | BotState::Removed => language.bot_active(&row.username, &row.name),
            BotState::Revoked => language.bot_revoked(&row.username, &row.name),
            BotState::Contested => language.bot_contested(&row.username, &row.name),
        };
        let lines = rows.iter().map(line).collect::<Vec<_>>().join("\n");
        Ok(format!("{}\n\n{lines}\n\n{}", language.bots_title(), language.bots_hint()))
    }

    /// Sends the code twice: as a picture for screens, as a file for print.
    async fn draw_qr(
        &self,
        owner: Owner,
        choice: &Choice,
        label: Option<&Label>,
    ) -> Result<Done, MasterError> {
        let code = Code { username: &choice.username, name: &choice.name, label };
        let link = code.link();
        let (Some(picture), Some(drawing)) = (code.png(), code.svg()) else {
            return Ok(Done::Say(plain(link)));
        };
        let (telegram, caller, chat) = (&self.inner.telegram, &self.inner.caller, owner.id.chat());
        let caption = owner.language.qr_caption(&link);
        let shown = telegram.send_picture(caller, chat, picture, &caption).await;
        if let Err(error) = shown.map_err(MasterError::Answer) {
            if error.is_passing() || error.is_doubtful() {
                return Err(error);
            }
            tracing::warn!(error = &error as &dyn std::error::Error, "a code could not be shown");
            return Ok(Done::Say(plain(caption)));
        }
        let document = Document {
            name: code.file_name("svg"),
            mime: "image/svg+xml",
            bytes: drawing.into(),
            caption: owner.language.qr_print(),
        };
        telegram.send_document(caller, chat, &document).await.map_err(MasterError::Answer)?;
        Ok(Done::Shown)
    }

    /// Deletes the message with the token; says so where that does not work.
    async fn wipe(&self, owner: Owner, secret: &Message) -> Result<(), MasterError> {
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        match telegram.delete_message(caller, secret.chat.id, secret.id).await {
            Ok(()) => Ok(()),
            Err(error) if error.refusal() == Some(&Refusal::MessageGone) => Ok(()),
            Err(_) => self.speak(owner.id.chat(), &owner.language.delete_token_yourself()).await,
        }
    }

    /// Answers in the place of the buttons that were pressed, else with a message of its own.
    pub(super) async fn answer(
        &self,
        owner: Owner,
        answer: Answer,
        occasion: Occasion<'_>,
    ) -> Result<(), MasterError> {
        let mut parameters = Map::new();
        parameters.insert("text".to_owned(), answer.text.into());
        if !answer.buttons.is_empty() {
            parameters.insert("reply_markup".to_owned(), keyboard(&answer.buttons));
        }
        if let Occasion::Words(about) = occasion {
            let reply = json!({"message_id": about.id.0, "allow_sending_without_reply": true});
            parameters.insert("reply_parameters".to_owned(), reply);
        }
        let pressed = match occasion {
            Occasion::Press(button) => button.message.as_ref(),
            _ => None,
        };
        let Some(pressed) = pressed else {
            return self.send(owner.id.chat(), Outgoing::new("sendMessage", parameters)).await;
        };
        let mut edit = parameters.clone();
        edit.insert("message_id".to_owned(), pressed.id.0.into());
        match self.send(owner.id.chat(), Outgoing::new("editMessageText", edit)).await {
            Err(MasterError::Answer(error)) => match error.refusal() {
                Some(Refusal::NotModified) => Ok(()),
                Some(Refusal::MessageGone | Refusal::MessageFixed | Refusal::Other { .. }) => {
                    self.send(owner.id.chat(), Outgoing::new("sendMessage", parameters)).await
                }
                _ => Err(MasterError::Answer(error)),
            },
            done => done,
        }
    }

    /// Ends the waiting sign on a button that nobody may press here.
    pub(crate) async fn release(&self, button: &Button) {
        self.let_go(button, None).await;
    }

    /// Ends the waiting sign on a button.
    pub(super) async fn let_go(&self, button: &Button, text: Option<String>) {
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        if let Err(error) = telegram.answer_button(caller, &button.query, text).await {
            tracing::debug!(%error, "a button press could not be answered");
        }
    }
}

impl Master {
    /// What is said to a command that does not exist.
    pub(super) async fn unknown_command(&self, owner: Owner) -> Result<String, MasterError> {
        self.said(owner, Sentence::UnknownCommand).await
    }

    /// A sentence in his language.
    async fn said(&self, owner: Owner, sentence: Sentence) -> Result<String, MasterError> {
        let language = owner.language;
        Ok(match sentence {
            Sentence::Welcome => language.welcome(),
            Sentence::Help => language.help(&self.commands_of(owner).await?),
            Sentence::UnknownCommand => language.unknown_command(&self.commands_of(owner).await?),
            Sentence::AddPrompt => language.add_prompt(),
            Sentence::TokenMissing => language.token_missing(),
            Sentence::TokensSeveral => language.tokens_several(),
            Sentence::TokenRejected => language.token_rejected(),
            Sentence::TokenIsMaster => language.token_is_master(),
            Sentence::BotTaken => language.bot_taken(),
            Sentence::TelegramUnreachable => language.telegram_unreachable(),
            Sentence::Cancelled => language.cancelled(),
            Sentence::NothingToCancel => language.nothing_to_cancel(),
            Sentence::NoBots => language.no_bots(),
            Sentence::LabelUnusable => language.label_unusable(),
            Sentence::HowToReply => language.how_to_reply(),
            Sentence::UnfitGreeting => language.unfit_greeting(),
            Sentence::UnfitText => language.unfit_text(),
            Sentence::UnfitToken => language.unfit_token(),
            Sentence::UnfitFile => language.unfit_file(),
            Sentence::UnfitRefused => language.unfit_refused(),
            Sentence::SaveFirst => language.save_first(),
            Sentence::AnnouncePrompt => language.announce_prompt(),
            Sentence::AnnounceUnfit => language.announce_unfit(),
            Sentence::AnnounceTooLong => language.announce_too_long(),
            Sentence::AnnounceNobody => language.announce_nobody(),
            Sentence::ReplyToUnknown => language.reply_to_unknown(),
            Sentence::BanHow => language.ban_how(),
            Sentence::InfoHow => language.info_how(),
            Sentence::NoteHow => language.note_how(),
            Sentence::NoteMissing => language.note_missing(),
            Sentence::NoteTooLong => language.note_too_long(),
        })
    }

    /// The commands this owner has, as text.
    async fn commands_of(&self, owner: Owner) -> Result<String, MasterError> {
        Ok(commands::list(owner.language, self.audience(owner.id).await?))
    }

    /// Which commands this owner has.
    pub(super) async fn audience(&self, owner: OwnerId) -> Result<Audience, MasterError> {
        Ok(Audience { plans: self.sells(), operator: self.is_operator(owner).await? })
    }
}

/// Why Telegram did not take an order, in words.
fn reason(language: Language, error: &CallError) -> String {
    match error.refusal() {
        Some(Refusal::TooFast { .. }) => language.reason_too_fast(),
        Some(Refusal::TokenRevoked) => language.reason_token_revoked(),
        Some(Refusal::Unreachable) | None => language.reason_unreachable(),
        Some(_) => language.reason_refused(),
    }
}

fn pending_context(bot: BotId) -> String {
    format!("token of bot {bot} to be attached")
}

pub(super) fn plain(text: String) -> Answer {
    Answer { text, buttons: Vec::new() }
}

fn yes_or_no(
    language: Language,
    yes: String,
    press: fn(BotId) -> Press,
    bot: BotId,
) -> Vec<Vec<(String, Press)>> {
    vec![vec![(yes, press(bot)), (language.button_cancel(), Press::Cancel(bot))]]
}

fn which(language: Language, purpose: &Purpose, choices: Vec<Choice>) -> Answer {
    let text = match purpose {
        Purpose::Removal => language.remove_which(),
        Purpose::Qr(None) => language.qr_which(),
        Purpose::Qr(Some(label)) => language.qr_which_label(label.as_str()),
        Purpose::Settings(_) => language.settings_which(),
    };
    let press = |bot| match purpose {
        Purpose::Removal => Press::ChooseRemoval(bot),
        Purpose::Qr(None) => Press::Qr(bot),
        Purpose::Qr(Some(label)) => Press::QrLabel(bot, label.tag()),
        Purpose::Settings(knob) => Press::Settings(bot, *knob),
    };
    let mut buttons: Vec<_> = choices
        .into_iter()
        .map(|choice| vec![(format!("@{}", choice.username), press(choice.bot))])
        .collect();
    buttons.truncate(99);
    buttons.push(vec![(language.button_cancel(), Press::Close)]);
    Answer { text, buttons }
}

pub(super) fn keyboard(rows: &[Vec<(String, Press)>]) -> Value {
    let button =
        |(text, press): &(String, Press)| json!({"text": text, "callback_data": press.data()});
    let rows: Vec<Vec<Value>> = rows.iter().map(|row| row.iter().map(button).collect()).collect();
    json!({ "inline_keyboard": rows })
}
