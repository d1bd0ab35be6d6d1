use super::{super::*, *};
use crate::master::state::{Action as A, Command as C, Input as I, MasterState as S, Purpose as P};

const BOT: BotId = BotId(9_999_999_999_999);
const PROTECT: Change = Change::Choose(Value::Protect(true));
const GERMAN: Place = Place { text: TextKind::Greeting, language: Some(Language::German) };

fn choice() -> Choice {
    Choice { bot: BOT, username: "shop_bot".into(), name: "Shop".into() }
}

fn editing() -> S {
    S::EditingSetting { bot: BOT, place: GERMAN }
}

fn asked(change: Change, sealed: &str) -> S {
    S::ConfirmingSetting { bot: BOT, change, sealed: sealed.into() }
}

fn knob(knob: Knob) -> Input {
    I::Chosen(P::Settings(knob), Some(choice()))
}

fn page(page: Page) -> Action {
    A::Settings(choice(), page)
}

fn words(token: bool) -> Input {
    let token = token.then(|| BotToken::parse(&format!("100007:{}", "A".repeat(35))).unwrap());
    I::Words { tokens: token.into_iter().collect(), text: String::new(), is_reply: false }
}

fn knobs() -> Vec<Knob> {
    let languages = || Language::ALL.into_iter().map(Some).chain([None]);
    let places = || {
        TextKind::ALL
            .into_iter()
            .flat_map(move |text| languages().map(move |language| Place { text, language }))
    };
    let topics = [
        Topic::Acknowledgement,
        Topic::Reminder,
        Topic::Protect,
        Topic::Usernames,
        Topic::Newcomers,
        Topic::Careful,
        Topic::AskFirst,
        Topic::Check,
    ];
    let topics = topics.into_iter().chain(TextKind::ALL.map(Topic::Text));
    let asked: Vec<_> =
        Value::all().map(Change::Choose).chain(places().map(Change::Remove)).collect();
    let changes: Vec<_> =
        asked.iter().copied().chain(places().map(|it| Change::Write(it, i32::MAX))).collect();
    [Knob::Menu, Knob::Close]
        .into_iter()
        .chain(topics.map(Knob::Open))
        .chain(places().map(Knob::Write))
        .chain(asked.into_iter().map(Knob::Ask))
        .chain(changes.iter().copied().map(Knob::Save))
        .chain(changes.iter().copied().map(Knob::Cancel))
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn the_settings_as_a_table() {
    let written = Change::Write(GERMAN, 7);
    let fit = || I::Considered(Considered::Fit(choice(), 7, "box".into()));
    let table = [
        (S::Idle, I::Command(C::Settings), S::Idle, A::LookUp(P::Settings(Knob::Menu))),
        (editing(), I::Command(C::Settings), S::Idle, A::LookUp(P::Settings(Knob::Menu))),
        (
            S::Idle,
            I::Press(Press::Settings(BOT, Knob::Menu)),
            S::Idle,
            A::Find(P::Settings(Knob::Menu), BOT),
        ),
        // A bot that is not his, or no longer.
        (S::Idle, I::Chosen(P::Settings(Knob::Write(GERMAN)), None), S::Idle, A::Stale),
        (
            asked(PROTECT, ""),
            I::Chosen(P::Settings(Knob::Menu), None),
            asked(PROTECT, ""),
            A::Stale,
        ),
        (S::Idle, knob(Knob::Menu), S::Idle, page(Page::Menu)),
        (S::AwaitingToken, knob(Knob::Menu), S::AwaitingToken, page(Page::Menu)),
        (S::Idle, knob(Knob::Open(Topic::Protect)), S::Idle, page(Page::Topic(Topic::Protect))),
        (editing(), knob(Knob::Menu), S::Idle, page(Page::Menu)),
        (asked(PROTECT, ""), knob(Knob::Close), S::Idle, page(Page::Closed)),
        // A choice.
        (S::Idle, knob(Knob::Ask(PROTECT)), asked(PROTECT, ""), page(Page::Question(PROTECT))),
        (
            asked(PROTECT, ""),
            knob(Knob::Save(PROTECT)),
            S::Idle,
            A::SaveSetting(choice(), PROTECT, String::new()),
        ),
        (asked(PROTECT, ""), knob(Knob::Cancel(PROTECT)), S::Idle, page(Page::Unchanged)),
        // Another question is open, or none.
        (asked(PROTECT, ""), knob(Knob::Save(written)), asked(PROTECT, ""), A::Stale),
        (asked(PROTECT, ""), knob(Knob::Cancel(written)), asked(PROTECT, ""), A::Stale),
        (S::Idle, knob(Knob::Save(PROTECT)), S::Idle, A::Stale),
        (S::Idle, knob(Knob::Cancel(PROTECT)), S::Idle, A::Stale),
        (editing(), knob(Knob::Save(written)), editing(), A::Stale),
        // A text.
        (S::Idle, knob(Knob::Write(GERMAN)), editing(), page(Page::Prompt(GERMAN))),
        (editing(), words(false), editing(), A::Consider(BOT, GERMAN)),
        (editing(), words(true), editing(), A::Say(Sentence::UnfitToken)),
        (
            editing(),
            I::Considered(Considered::Unfit(Sentence::UnfitGreeting)),
            editing(),
            A::Say(Sentence::UnfitGreeting),
        ),
        (editing(), I::Considered(Considered::Gone), S::Idle, A::Say(Sentence::Cancelled)),
        (editing(), fit(), asked(written, "box"), page(Page::Question(written))),
        (S::Idle, fit(), S::Idle, A::Stale),
        (asked(written, "box"), words(false), asked(written, "box"), A::Say(Sentence::SaveFirst)),
        (
            asked(written, "box"),
            knob(Knob::Save(written)),
            S::Idle,
            A::SaveSetting(choice(), written, "box".into()),
        ),
        (
            asked(written, "box"),
            knob(Knob::Save(Change::Write(GERMAN, 6))),
            asked(written, "box"),
            A::Stale,
        ),
        (asked(written, "box"), I::Command(C::Cancel), S::Idle, A::Say(Sentence::Cancelled)),
        (editing(), I::Command(C::Cancel), S::Idle, A::Say(Sentence::Cancelled)),
        // Languages leave what is open open.
        (editing(), I::Command(C::Language), editing(), A::AskLanguage),
        (
            editing(),
            I::Press(Press::Language(Some(Language::German))),
            editing(),
            A::Speak(Some(Language::German)),
        ),
    ];
    for (state, input, next, action) in table {
        let at = format!("{state:?} + {input:?}");
        assert_eq!(step(state, input), (next, action), "{at}");
    }
}

#[test]
fn a_question_about_another_bot_is_not_answered() {
    let other = S::ConfirmingSetting { bot: BotId(1), change: PROTECT, sealed: String::new() };
    assert_eq!(step(other.clone(), knob(Knob::Save(PROTECT))), (other, A::Stale));
}

#[test]
fn every_button_comes_back_from_its_data_and_nothing_else_does() {
    for knob in knobs() {
        let press = Press::Settings(BOT, knob);
        let data = press.data();
        assert!(data.len() <= 64, "{data}");
        assert_eq!(data.parse(), Ok(press), "{data}");
    }
    for language in Language::ALL.into_iter().map(Some).chain([None]) {
        let press = Press::Language(language);
        assert_eq!(press.data().parse(), Ok(press));
    }
    for data in [
        "set",
        "set:1",
        "set:x:menu",
        "set:1:",
        "set:1:menu.x",
        "set:1:open",
        "set:1:open.text",
        "set:1:open.text.all",
        "set:1:write.greeting",
        "set:1:write.greeting.fr",
        "set:1:write.greeting.DE",
        "set:1:ask.set.reminder.5",
        "set:1:ask.set.reminder.-1",
        "set:1:ask.set.protect.maybe",
        "set:1:ask.text.greeting.de.7",
        "set:1:save.text.greeting.de.0",
        "set:1:save.text.greeting.de.99999999999",
        "set:1:save.text.greeting.7",
        "set:1:save",
        "language:fr",
        "language:",
        "language",
    ] {
        assert_eq!(data.parse::<Press>(), Err(()), "{data}");
    }
}

#[test]
fn an_open_question_survives_a_restart() {
    for state in [editing(), asked(PROTECT, ""), asked(Change::Write(GERMAN, 7), "box")] {
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<S>(&json).unwrap(), state);
    }
    let stored = serde_json::to_value(asked(Change::Write(GERMAN, 7), "box")).unwrap();
    let words = serde_json::json!({"state": "confirming_setting", "bot": BOT.0,
        "change": "text.greeting.de.7", "sealed": "box"});
    assert_eq!(stored, words, "these words lie in databases");
}
