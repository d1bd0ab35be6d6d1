//! The dialogue with an owner as one enum, and what each input makes of it.
//!
//! [`step`] is pure and total. What it decides is carried out elsewhere; some actions find
//! something out and give it back as the next input. A state is stored after its action worked.
//!
//! - [`press`]: the buttons and their data; [`sentence`]: what needs nothing to be filled in
//! - [`settings`]: the buttons of `/settings`

mod press;
mod sentence;
pub mod settings;

use std::time::Duration;

pub use press::Press;
pub use sentence::Sentence;
use serde::{Deserialize, Serialize};
use teloxide::types::ChatId;

use self::settings::{Change, Considered, Knob, Page, Place, on_considered, on_knob};
use super::{
    Command,
    admin::{AdminErrand, AdminPress, Drafted, tag},
    people::{Errand, NOTE_LENGTH, PeoplePress, Whom},
    plans::PlanErrand,
    reports::Report,
};
use crate::{label::Label, model::BotId, text::Language, token::BotToken};

/// Where a dialogue stands. It survives restarts, so a variant is never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MasterState {
    /// Nothing is open.
    #[default]
    Idle,
    /// `/add` was said; a token is to come.
    AwaitingToken,
    /// The bot's updates go to somebody else; may they be taken over?
    ConfirmingTakeover(Candidate),
    /// Is this bot really to be detached?
    ConfirmingRemoval {
        /// The bot.
        bot: BotId,
    },
    /// The note on this customer is to come.
    AwaitingNote {
        /// The client bot he wrote to.
        bot: BotId,
        /// His chat with it.
        customer: ChatId,
    },
    /// Whose code is to carry this label? A button has no room for it.
    ChoosingQr {
        /// The label.
        label: Label,
    },
    /// Is everything of the owner's to be removed?
    ConfirmingLeave,
    /// A text of a bot is to come.
    EditingSetting {
        /// The bot.
        bot: BotId,
        /// Which text, and for whom.
        place: Place,
    },
    /// The text of an announcement is to come.
    AwaitingAnnouncement,
    /// Is this announcement to be sent?
    ConfirmingAnnouncement {
        /// What was written, sealed and in base64.
        sealed: String,
    },
    /// Is this change of a bot's settings to be made?
    ConfirmingSetting {
        /// The bot.
        bot: BotId,
        /// The change.
        change: Change,
        /// What was written, sealed and in base64.
        sealed: String,
    },
}

/// A bot that can be attached, with its token sealed: a state may lie in the database for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id.
    pub bot: BotId,
    /// Its username.
    pub username: String,
    /// Its name.
    pub name: String,
    /// Its token, sealed and in base64.
    pub sealed_token: String,
}

/// A bot to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub bot: BotId,
    /// Its username.
    pub username: String,
    /// Its name.
    pub name: String,
}

/// What comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The owner sent a command.
    Command(Command),
    /// The owner sent a command as a reply to what belongs to a conversation.
    CommandAbout(Command, Whom),
    /// The owner wrote something else that is no reply to a copy.
    Words {
        /// The text or caption.
        text: String,
        /// The tokens in it.
        tokens: Vec<BotToken>,
        /// Whether it replies to something.
        is_reply: bool,
    },
    /// The owner pressed a button.
    Press(Press),
    /// What became of a token that was looked at.
    Checked(Check),
    /// The bots a command can be about.
    Choices(Purpose, Vec<Choice>),
    /// The bot a button is about, if the owner still has it.
    Chosen(Purpose, Option<Choice>),
    /// The customer a note is to be about, if he is this owner's.
    NoteAbout(Option<Whom>),
    /// What became of the message a text was awaited in.
    Considered(Considered),
    /// What became of an announcement being written.
    Drafted(Drafted),
    /// He wants to leave, and something of his is still under way.
    StillUnderWay,
}

/// What a choice among bots is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Detaching one.
    Removal,
    /// Drawing the code of one, with this label in its link.
    Qr(Option<Label>),
    /// Pressing this button in the settings of one.
    Settings(Knob),
}

/// What Telegram says about a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It can be attached.
    Free(Candidate),
    /// It can be attached, but its updates go to this host.
    Elsewhere(Candidate, String),
    /// Telegram does not accept it.
    Rejected,
    /// It is the master's own.
    Master,
    /// The bot is another owner's.
    Taken,
    /// The owner's plan has no room for another bot.
    Full,
    /// Telegram does not answer.
    Unreachable,
    /// He had so many looked at that the next one waits for this long.
    TooMany(Duration),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Say one of the plain sentences.
    Say(Sentence),
    /// Ask Telegram about a token; gives [`Input::Checked`].
    Check(BotToken),
    /// Ask whether to take a bot over from this host.
    AskTakeover(Candidate, String),
    /// Attach the bot.
    Attach(Candidate),
    /// Look up which bots there are; gives [`Input::Choices`].
    LookUp(Purpose),
    /// Look up a bot that was chosen; gives [`Input::Chosen`].
    Find(Purpose, BotId),
    /// Let the owner choose.
    AskWhich(Purpose, Vec<Choice>),
    /// Ask whether to detach this bot.
    AskRemoval(Choice),
    /// Detach the bot.
    Remove(BotId),
    /// Draw the code, with this label in its link.
    DrawQr(Choice, Option<Label>),
    /// Say what is kept.
    TellPrivacy,
    /// Send all that is stored of the owner's.
    Export,
    /// Ask whether everything of the owner's is to be removed.
    AskLeave,
    /// Say that this has to wait, and ask again.
    AskLeaveLater,
    /// Remove everything of the owner's.
    Leave,
    /// List the bots and how they fare.
    ListBots,
    /// Do something about customers.
    People(Errand),
    /// Do something for the operator of the installation.
    Operator(AdminErrand),
    /// Say when a token can be looked at again.
    CheckLater(Duration),
    /// Show numbers, or how everything fares.
    Report(Report),
    /// Do something about the owner's plan.
    Plan(PlanErrand),
    /// Show a page of the settings.
    Settings(Choice, Page),
    /// Look at the message a text of this bot was awaited in; gives [`Input::Considered`].
    Consider(BotId, Place),
    /// Make a change, with what was written for it.
    SaveSetting(Choice, Change, String),
    /// Ask which language to speak.
    AskLanguage,
    /// Speak this language from now on; `None`: the app's.
    Speak(Option<Language>),
    /// The button's question is closed. What its message says by now stays: it may be the answer.
    Stale,
}

/// What an input makes of a state.
pub fn step(state: MasterState, input: Input) -> (MasterState, Action) {
    match input {
        Input::Command(command) => on_command(state, command),
        Input::CommandAbout(command, whom) => on_command_about(state, command, whom),
        Input::Words { text, tokens, is_reply } => on_words(state, &text, tokens, is_reply),
        Input::Press(press) => on_press(state, press),
        Input::Checked(check) => on_check(state, check),
        Input::Choices(purpose, choices) => on_choices(state, purpose, choices),
        Input::Chosen(purpose, Some(choice)) => on_choice(state, purpose, choice),
        Input::NoteAbout(Some(whom)) => {
            let Whom { bot, customer } = whom;
            (MasterState::AwaitingNote { bot, customer }, Action::People(Errand::AskNote(whom)))
        }
        Input::Chosen(_, None) | Input::NoteAbout(None) => (state, Action::Stale),
        Input::Considered(considered) => on_considered(state, considered),
        Input::Drafted(drafted) => on_drafted(state, drafted),
        Input::StillUnderWay => (MasterState::ConfirmingLeave, Action::AskLeaveLater),
    }
}

fn on_command(state: MasterState, command: Command) -> (MasterState, Action) {
    use MasterState::{AwaitingToken, Idle};
    match command {
        Command::Start { .. } => (Idle, Action::Say(Sentence::Welcome)),
        Command::Help => (state, Action::Say(Sentence::Help)),
        // Taking back is the relay's.
        Command::Delete | Command::Unknown => (state, Action::Say(Sentence::UnknownCommand)),
        Command::Add { pasted: false, .. } => (AwaitingToken, Action::Say(Sentence::AddPrompt)),
        Command::Add { tokens, pasted: true } => on_tokens(AwaitingToken, tokens),
        Command::Bots => (state, Action::ListBots),
        Command::Stats { words } => (state, Action::Report(Report::Stats(words))),
        Command::Status => (state, Action::Report(Report::Status)),
        Command::Remove => (Idle, Action::LookUp(Purpose::Removal)),
        Command::Inbox => (state, Action::People(Errand::Inbox(0))),
        Command::Banned => (state, Action::People(Errand::Banned(0))),
        Command::Ban => (state, Action::Say(Sentence::BanHow)),
        Command::Info => (state, Action::Say(Sentence::InfoHow)),
        Command::Note { .. } => (state, Action::Say(Sentence::NoteHow)),
        Command::Qr { label } => (state, Action::LookUp(Purpose::Qr(label))),
        Command::QrUnusable => (state, Action::Say(Sentence::LabelUnusable)),
        Command::Admin { words } => (state, Action::Operator(AdminErrand::Command(words))),
        Command::Settings => (Idle, Action::LookUp(Purpose::Settings(Knob::Menu))),
        Command::Language => (state, Action::AskLanguage),
        Command::Subscribe => (state, Action::Plan(PlanErrand::Subscribe)),
        Command::Unsubscribe => (state, Action::Plan(PlanErrand::Unsubscribe)),
        Command::Plan => (state, Action::Plan(PlanErrand::Show)),
        Command::PaySupport { words } => (state, Action::Plan(PlanErrand::PaySupport(words))),
        Command::Terms => (state, Action::Plan(PlanErrand::Terms)),
        Command::Refund { words } => (state, Action::Plan(PlanErrand::Refund(words))),
        Command::Privacy => (state, Action::TellPrivacy),
        Command::Export => (state, Action::Export),
        Command::Leave => (MasterState::ConfirmingLeave, Action::AskLeave),
        Command::Cancel if state == Idle => (Idle, Action::Say(Sentence::NothingToCancel)),
        Command::Cancel => (Idle, Action::Say(Sentence::Cancelled)),
    }
}

/// A command that is about the customer whose message it replies to; any other means the same there.
fn on_command_about(state: MasterState, command: Command, whom: Whom) -> (MasterState, Action) {
    match command {
        Command::Ban => (state, Action::People(Errand::Ban(whom))),
        Command::Info => (state, Action::People(Errand::Card(whom))),
        Command::Note { text } if text.is_empty() => {
            (state, Action::People(Errand::FindForNote(whom)))
        }
        // A question that is open stays open.
        Command::Note { text } => (state, note(whom, text)),
        command => on_command(state, command),
    }
}

fn note(whom: Whom, text: String) -> Action {
    if text.chars().count() > NOTE_LENGTH {
        return Action::Say(Sentence::NoteTooLong);
    }
    Action::People(Errand::KeepNote(whom, text))
}

/// What was written when a note had been asked for. What is none is asked for again.
fn on_note(asked: MasterState, whom: Whom, text: &str) -> (MasterState, Action) {
    if text.trim().is_empty() {
        return (asked, Action::Say(Sentence::NoteMissing));
    }
    match note(whom, text.trim().to_owned()) {
        kept @ Action::People(_) => (MasterState::Idle, kept),
        refused => (asked, refused),
    }
}

fn on_words(
    state: MasterState,
    text: &str,
    tokens: Vec<BotToken>,
    is_reply: bool,
) -> (MasterState, Action) {
    match state {
        MasterState::AwaitingToken => on_tokens(MasterState::AwaitingToken, tokens),
        MasterState::EditingSetting { bot, place } => {
            let action = if tokens.is_empty() {
                Action::Consider(bot, place)
            } else {
                Action::Say(Sentence::UnfitToken)
            };
            (state, action)
        }
        state
        @ (MasterState::AwaitingAnnouncement | MasterState::ConfirmingAnnouncement { .. }) => {
            let action = if tokens.is_empty() {
                Action::Operator(AdminErrand::Consider)
            } else {
                Action::Say(Sentence::UnfitToken)
            };
            (state, action)
        }
        // A token pasted out of the blue can only mean one thing.
        state if !tokens.is_empty() => on_tokens(state, tokens),
        MasterState::AwaitingNote { bot, customer } => {
            let asked = MasterState::AwaitingNote { bot, customer };
            on_note(asked, Whom { bot, customer }, text)
        }
        MasterState::ConfirmingSetting { .. } => (state, Action::Say(Sentence::SaveFirst)),
        state if is_reply => (state, Action::Say(Sentence::ReplyToUnknown)),
        state => (state, Action::Say(Sentence::HowToReply)),
    }
}

fn on_tokens(state: MasterState, mut tokens: Vec<BotToken>) -> (MasterState, Action) {
    match (tokens.pop(), tokens.is_empty()) {
        (None, _) => (state, Action::Say(Sentence::TokenMissing)),
        (Some(token), true) => (state, Action::Check(token)),
        (Some(_), false) => (state, Action::Say(Sentence::TokensSeveral)),
    }
}

fn on_check(state: MasterState, check: Check) -> (MasterState, Action) {
    let refused = match check {
        Check::Free(candidate) => return (MasterState::Idle, Action::Attach(candidate)),
        Check::Elsewhere(candidate, host) => {
            let asked = MasterState::ConfirmingTakeover(candidate.clone());
            return (asked, Action::AskTakeover(candidate, host));
        }
        // No other token would do.
        Check::Full => return (MasterState::Idle, Action::Plan(PlanErrand::Full)),
        Check::Rejected => Sentence::TokenRejected,
        Check::Master => Sentence::TokenIsMaster,
        Check::Taken => Sentence::BotTaken,
        Check::Unreachable => Sentence::TelegramUnreachable,
        Check::TooMany(wait) => return (state, Action::CheckLater(wait)),
    };
    // The refusals ask for another token, so one is awaited even where none had been asked for.
    let state = if state == MasterState::Idle { MasterState::AwaitingToken } else { state };
    (state, Action::Say(refused))
}

fn on_press(state: MasterState, press: Press) -> (MasterState, Action) {
    match (press, state) {
        (Press::TakeOver(bot), MasterState::ConfirmingTakeover(asked)) if asked.bot == bot => {
            (MasterState::Idle, Action::Attach(asked))
        }
        (Press::Remove(bot), MasterState::ConfirmingRemoval { bot: asked }) if asked == bot => {
            (MasterState::Idle, Action::Remove(bot))
        }
        (Press::Cancel(bot), MasterState::ConfirmingTakeover(asked)) if asked.bot == bot => {
            (MasterState::Idle, Action::Say(Sentence::Cancelled))
        }
        (Press::Cancel(bot), MasterState::ConfirmingRemoval { bot: asked }) if asked == bot => {
            (MasterState::Idle, Action::Say(Sentence::Cancelled))
        }
        (Press::Leave, MasterState::ConfirmingLeave) => (MasterState::Idle, Action::Leave),
        (Press::Stay, MasterState::ConfirmingLeave)
        | (Press::Close, MasterState::ChoosingQr { .. }) => {
            (MasterState::Idle, Action::Say(Sentence::Cancelled))
        }
        (Press::Leave | Press::Stay, state) => (state, Action::Stale),
        (Press::ChooseRemoval(bot), state) => (state, Action::Find(Purpose::Removal, bot)),
        (Press::Qr(bot), state) => (state, Action::Find(Purpose::Qr(None), bot)),
        (Press::QrLabel(bot, tag), MasterState::ChoosingQr { label }) if label.tag() == tag => {
            let purpose = Purpose::Qr(Some(label.clone()));
            (MasterState::ChoosingQr { label }, Action::Find(purpose, bot))
        }
        (Press::Settings(bot, knob), state) => (state, Action::Find(Purpose::Settings(knob), bot)),
        (Press::Admin(AdminPress::Send(asked)), MasterState::ConfirmingAnnouncement { sealed })
            if tag(&sealed) == asked =>
        {
            (MasterState::Idle, Action::Operator(AdminErrand::Send(sealed)))
        }
        (Press::Admin(AdminPress::Drop(asked)), MasterState::ConfirmingAnnouncement { sealed })
            if tag(&sealed) == asked =>
        {
            (MasterState::Idle, Action::Say(Sentence::Cancelled))
        }
        (Press::Admin(press), state) => (state, Action::Operator(AdminErrand::Press(press))),
        (Press::Report(press), state) => (state, Action::Report(Report::Press(press))),
        (Press::Answering(bot), state) => (state, Action::Plan(PlanErrand::Choose(bot))),
        (Press::Renew, state) => (state, Action::Plan(PlanErrand::Renew)),
        (Press::Language(language), state) => (state, Action::Speak(language)),
        (Press::Close, state) => (state, Action::Say(Sentence::Cancelled)),
        (
            Press::People(PeoplePress::Note(Whom { bot, customer })),
            MasterState::AwaitingNote { bot: asked, customer: of },
        ) if (asked, of) == (bot, customer) => {
            // Pressed twice: it has been asked for.
            (MasterState::AwaitingNote { bot, customer }, Action::Stale)
        }
        (Press::People(PeoplePress::Note(whom)), state) => {
            (state, Action::People(Errand::FindForNote(whom)))
        }
        (Press::People(press), state) => (state, Action::People(Errand::Press(press))),
        (Press::TakeOver(_) | Press::Remove(_) | Press::Cancel(_) | Press::QrLabel(..), state) => {
            (state, Action::Stale)
        }
    }
}

/// What became of an announcement being written.
fn on_drafted(state: MasterState, drafted: Drafted) -> (MasterState, Action) {
    match drafted {
        Drafted::Awaited => {
            (MasterState::AwaitingAnnouncement, Action::Say(Sentence::AnnouncePrompt))
        }
        Drafted::Fit(sealed, owners) => {
            let asked = MasterState::ConfirmingAnnouncement { sealed: sealed.clone() };
            (asked, Action::Operator(AdminErrand::Question(sealed, owners)))
        }
        Drafted::Unfit(sentence) => (state, Action::Say(sentence)),
        Drafted::NotHis => (MasterState::Idle, Action::Say(Sentence::HowToReply)),
    }
}

fn on_choices(
    state: MasterState,
    purpose: Purpose,
    mut choices: Vec<Choice>,
) -> (MasterState, Action) {
    if choices.len() > 1 {
        let state = match &purpose {
            Purpose::Qr(Some(label)) => MasterState::ChoosingQr { label: label.clone() },
            Purpose::Qr(None) | Purpose::Removal | Purpose::Settings(_) => state,
        };
        return (state, Action::AskWhich(purpose, choices));
    }
    match choices.pop() {
        Some(only) => on_choice(state, purpose, only),
        None => (state, Action::Say(Sentence::NoBots)),
    }
}

fn on_choice(state: MasterState, purpose: Purpose, choice: Choice) -> (MasterState, Action) {
    match purpose {
        Purpose::Removal => {
            (MasterState::ConfirmingRemoval { bot: choice.bot }, Action::AskRemoval(choice))
        }
        Purpose::Qr(label) => {
            let question = label.clone().map(|label| MasterState::ChoosingQr { label });
            let is_answered = question.as_ref() == Some(&state);
            (if is_answered { MasterState::Idle } else { state }, Action::DrawQr(choice, label))
        }
        Purpose::Settings(knob) => on_knob(state, choice, knob),
    }
}

#[cfg(test)]
mod tests;
