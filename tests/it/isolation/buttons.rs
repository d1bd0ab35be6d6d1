//! Every button the program makes, with somebody's numbers in it.
//!
//! A kind of button that is new does not compile here until it has examples, and a test finds a
//! place in the source that makes buttons of its own.

use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

use feedback_relay::{
    master::{
        admin::AdminPress,
        people::{Deed, PeoplePress, Place as Below, Whom},
        reports::{ReportPress, View},
        state::{
            Press,
            settings::{Change, Knob, Place, TextKind, Topic, Value},
        },
    },
    model::{Contact, OwnerId},
    relay::{Relay, SEND_AGAIN},
    stats::{Clock, Period},
    text::{Language, LanguageChoice},
};
use teloxide::types::{ChatId, MessageId};

use super::numbers::Numbers;

/// Examples of every variant of an enum.
macro_rules! examples {
    ($name:ident($numbers:ident) -> $type:ty { $($pattern:pat => $examples:expr),+ $(,)? }) => {
        fn $name($numbers: &Numbers) -> Vec<$type> {
            let _ = |one: $type| match one { $($pattern => ()),+ };
            let mut all: Vec<$type> = Vec::new();
            $(for example in $examples {
                assert!(matches!(example, $pattern), "an example of another kind");
                all.push(example);
            })+
            all
        }
    };
}

examples!(presses(numbers) -> Press {
    Press::TakeOver(_) => [Press::TakeOver(numbers.bot())],
    Press::ChooseRemoval(_) => [Press::ChooseRemoval(numbers.bot())],
    Press::Remove(_) => [Press::Remove(numbers.bot())],
    Press::Qr(_) => [Press::Qr(numbers.bot())],
    Press::QrLabel(..) => [Press::QrLabel(numbers.bot(), numbers.tag)],
    Press::Cancel(_) => [Press::Cancel(numbers.bot())],
    Press::Answering(_) => [Press::Answering(numbers.bot())],
    Press::Renew => [Press::Renew],
    Press::Stay => [Press::Stay],
    Press::Close => [Press::Close],
    Press::People(_) => people(numbers).into_iter().map(Press::People),
    Press::Admin(_) => admin(numbers).into_iter().map(Press::Admin),
    Press::Report(_) => reports(numbers).into_iter().map(Press::Report),
    Press::Settings(..) =>
        knobs(numbers).into_iter().map(|knob| Press::Settings(numbers.bot(), knob)),
    Press::Language(_) =>
        Language::ALL.into_iter().map(Some).chain([None]).map(Press::Language),
    // The last one: whoever has left by it has nothing more to press.
    Press::Leave => [Press::Leave],
});

examples!(people(numbers) -> PeoplePress {
    PeoplePress::Ban(..) => deeds(numbers).into_iter().flat_map(|deed| {
        belows(numbers).into_iter().flat_map(move |below| {
            everybody(numbers).map(move |whom| PeoplePress::Ban(deed, below, whom))
        })
    }),
    PeoplePress::Note(_) => everybody(numbers).map(PeoplePress::Note),
    PeoplePress::Jump(_) => everybody(numbers).map(PeoplePress::Jump),
    PeoplePress::Contact(..) => Contact::BOTH.into_iter().flat_map(|contact| {
        everybody(numbers).map(move |whom| PeoplePress::Contact(contact, whom))
    }),
    PeoplePress::Answered(..) =>
        everybody(numbers).map(|whom| PeoplePress::Answered(whom, message(numbers.theirs))),
    PeoplePress::Inbox(_) => [PeoplePress::Inbox(0), PeoplePress::Inbox(1)],
    PeoplePress::Banned(_) => [PeoplePress::Banned(0), PeoplePress::Banned(1)],
    PeoplePress::Lift { .. } => everybody(numbers).flat_map(|whom| {
        [None, Some(whom.bot)].map(|only| PeoplePress::Lift { customer: whom.customer, only, page: 0 })
    }),
});

examples!(deeds(_numbers) -> Deed {
    Deed::Ban => [Deed::Ban],
    Deed::Only => [Deed::Only],
    Deed::Wipe => [Deed::Wipe],
    Deed::Unban => [Deed::Unban],
});

examples!(belows(_numbers) -> Below {
    Below::Answer => [Below::Answer],
    Below::Card => [Below::Card],
});

examples!(admin(numbers) -> AdminPress {
    AdminPress::Home => [AdminPress::Home],
    AdminPress::Owners(_) => [AdminPress::Owners(0)],
    AdminPress::Owner(_) => [AdminPress::Owner(OwnerId(numbers.owner))],
    AdminPress::Ask(_) => [AdminPress::Ask(OwnerId(numbers.owner))],
    AdminPress::Suspend(_) => [AdminPress::Suspend(OwnerId(numbers.owner))],
    AdminPress::Resume(_) => [AdminPress::Resume(OwnerId(numbers.owner))],
    AdminPress::Announce => [AdminPress::Announce],
    AdminPress::Send(_) => [AdminPress::Send(numbers.tag)],
    AdminPress::Drop(_) => [AdminPress::Drop(numbers.tag)],
});

examples!(reports(numbers) -> ReportPress {
    ReportPress::Stats(_) => views(numbers).map(ReportPress::Stats),
    ReportPress::Clock(..) => views(numbers).map(|view| ReportPress::Clock(view, Clock::of(120))),
    ReportPress::Status(_) => [ReportPress::Status(0), ReportPress::Status(1)],
});

examples!(knobs(numbers) -> Knob {
    Knob::Menu => [Knob::Menu],
    Knob::Open(_) => topics(numbers).into_iter().map(Knob::Open),
    Knob::Write(_) => places().map(Knob::Write),
    Knob::Ask(_) => changes(numbers)
        .into_iter()
        .filter(|change| !matches!(change, Change::Write(..)))
        .map(Knob::Ask),
    Knob::Save(_) => changes(numbers).into_iter().map(Knob::Save),
    Knob::Cancel(_) => changes(numbers).into_iter().map(Knob::Cancel),
    Knob::Close => [Knob::Close],
});

examples!(topics(_numbers) -> Topic {
    Topic::Text(_) => TextKind::ALL.map(Topic::Text),
    Topic::Acknowledgement => [Topic::Acknowledgement],
    Topic::Reminder => [Topic::Reminder],
    Topic::Protect => [Topic::Protect],
    Topic::Usernames => [Topic::Usernames],
    Topic::Newcomers => [Topic::Newcomers],
    Topic::Careful => [Topic::Careful],
    Topic::AskFirst => [Topic::AskFirst],
    Topic::Check => [Topic::Check],
});

examples!(changes(numbers) -> Change {
    // The last value of each: what is on would be off, and the other way round.
    Change::Choose(_) => {
        let last: BTreeMap<String, Value> =
            Value::all().map(|value| (value.topic().to_string(), value)).collect();
        last.into_values().map(Change::Choose)
    },
    Change::Write(..) =>
        places().map(|place| Change::Write(place, message(numbers.message).0)),
    Change::Remove(_) => places().map(Change::Remove),
});

fn places() -> impl Iterator<Item = Place> {
    TextKind::ALL.into_iter().map(|text| Place { text, language: None })
}

fn views(numbers: &Numbers) -> impl Iterator<Item = View> {
    let all = View { bot: None, period: Period::Year, page: 0 };
    [all, View { bot: Some(numbers.bot()), ..all }, View { page: 1, ..all }].into_iter()
}

fn everybody(numbers: &Numbers) -> impl Iterator<Item = Whom> {
    let bot = numbers.bot();
    let all = [numbers.customer, numbers.newcomer, numbers.banned];
    all.into_iter().map(move |customer| Whom { bot, customer: ChatId(customer) })
}

fn message(number: i64) -> MessageId {
    MessageId(i32::try_from(number).unwrap())
}

/// The data of buttons that are no [`Press`]: below replies, and in client bots.
fn others(numbers: &Numbers) -> Vec<String> {
    let undo = |first: i64, last: i64| format!("undo:{first}-{last}");
    assert!(Relay::is_undo(&undo(1, 1)));
    let languages = Language::ALL.into_iter().map(Some).chain([None]);
    let mut all: Vec<String> = languages.map(|language| LanguageChoice(language).data()).collect();
    all.extend([
        SEND_AGAIN.to_owned(),
        undo(numbers.reply, numbers.reply),
        undo(numbers.message, numbers.message),
        "newcomer".to_owned(),
        "forget:no".to_owned(),
        "forget:yes".to_owned(),
    ]);
    all
}

/// All buttons, with placeholders for numbers.
pub fn templates() -> &'static [String] {
    static TEMPLATES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let numbers = Numbers::placeholders();
        let data = presses(&numbers).into_iter().map(Press::data).chain(others(&numbers));
        let mut all: Vec<String> = data.map(|data| numbers.taken_from(&data)).collect();
        all.sort();
        all.dedup();
        all
    });
    &TEMPLATES
}

/// Where the source makes buttons, and how many kinds: each has its examples above.
const MAKERS: &[(&str, usize)] = &[
    // `Press`.
    ("src/master/actions.rs", 1),
    // `Contact`.
    ("src/relay/customer.rs", 1),
    // `undo:`.
    ("src/relay/delete.rs", 1),
    // `forget:yes` and `forget:no`.
    ("src/relay/forget.rs", 1),
    // `LanguageChoice`.
    ("src/relay/language.rs", 1),
    // `newcomer`.
    ("src/relay/newcomers/button.rs", 1),
    // `SEND_AGAIN`.
    ("src/relay/outbound.rs", 1),
];

#[test]
fn every_place_that_makes_buttons_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut made = BTreeMap::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let program = source.split("#[cfg(test)]").next().unwrap_or_default();
                let makes = program.matches("\"callback_data\":").count();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                made.extend((makes > 0).then_some((name, makes)));
            }
        }
    }
    let known: BTreeMap<_, _> =
        MAKERS.iter().map(|(path, makes)| ((*path).to_owned(), *makes)).collect();
    assert_eq!(made, known, "give what is new examples in this file");
}

#[test]
fn every_button_is_read_again_by_the_program() {
    let numbers = Numbers::placeholders();
    for press in presses(&numbers) {
        assert_eq!(press.data().parse(), Ok(press));
    }
    let templates = templates();
    for known in ["ban:BOT:CUSTOMER", "qr-label:BOT:TAG", "set:BOT:menu", "undo:REPLY-REPLY"] {
        assert!(templates.iter().any(|template| template == known), "{known} in {templates:?}");
    }
}
