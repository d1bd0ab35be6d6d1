use super::{Action as A, Command as C, Input as I, MasterState as S, Sentence as Say, *};

fn token(id: u32) -> BotToken {
    BotToken::parse(&format!("{}:{}", 100_000 + id, "A".repeat(35))).unwrap()
}

fn candidate(bot: i64) -> Candidate {
    Candidate { bot: BotId(bot), username: "b".into(), name: "B".into(), sealed_token: "x".into() }
}

fn choice(bot: i64) -> Choice {
    Choice { bot: BotId(bot), username: format!("b{bot}"), name: format!("B{bot}") }
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn words(tokens: &[u32], is_reply: bool) -> Input {
    I::Words { tokens: tokens.iter().copied().map(token).collect(), is_reply }
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn the_dialogue_as_a_table() {
    let removing = S::ConfirmingRemoval { bot: BotId(1) };
    let taking = S::ConfirmingTakeover(candidate(1));
    let add = |tokens: &[u32], pasted| {
        I::Command(C::Add { tokens: tokens.iter().copied().map(token).collect(), pasted })
    };
    let table = [
        (S::Idle, add(&[], false), S::AwaitingToken, A::Say(Say::AddPrompt)),
        (S::Idle, add(&[7], true), S::AwaitingToken, A::Check(token(7))),
        (S::Idle, add(&[], true), S::AwaitingToken, A::Say(Say::TokenMissing)),
        (S::AwaitingToken, words(&[7], false), S::AwaitingToken, A::Check(token(7))),
        (S::AwaitingToken, words(&[7], true), S::AwaitingToken, A::Check(token(7))),
        (S::AwaitingToken, words(&[], false), S::AwaitingToken, A::Say(Say::TokenMissing)),
        (S::AwaitingToken, words(&[7, 8], false), S::AwaitingToken, A::Say(Say::TokensSeveral)),
        (S::Idle, words(&[7], false), S::Idle, A::Check(token(7))),
        (S::Idle, words(&[], false), S::Idle, A::Say(Say::HowToReply)),
        (S::Idle, words(&[], true), S::Idle, A::Say(Say::ReplyToUnknown)),
        (
            S::AwaitingToken,
            I::Checked(Check::Rejected),
            S::AwaitingToken,
            A::Say(Say::TokenRejected),
        ),
        (S::Idle, I::Checked(Check::Taken), S::AwaitingToken, A::Say(Say::BotTaken)),
        (S::AwaitingToken, I::Checked(Check::Free(candidate(1))), S::Idle, A::Attach(candidate(1))),
        (
            S::AwaitingToken,
            I::Checked(Check::Elsewhere(candidate(1), "h".into())),
            taking.clone(),
            A::AskTakeover(candidate(1), "h".into()),
        ),
        (taking.clone(), I::Press(Press::TakeOver(BotId(1))), S::Idle, A::Attach(candidate(1))),
        (taking.clone(), I::Press(Press::TakeOver(BotId(2))), taking.clone(), A::Stale),
        (taking.clone(), I::Press(Press::Cancel(BotId(1))), S::Idle, A::Say(Say::Cancelled)),
        (S::Idle, I::Press(Press::TakeOver(BotId(1))), S::Idle, A::Stale),
        // The question was answered, or another one is open.
        (S::Idle, I::Press(Press::Cancel(BotId(1))), S::Idle, A::Stale),
        (taking.clone(), I::Press(Press::Cancel(BotId(2))), taking.clone(), A::Stale),
        (taking.clone(), I::Press(Press::Close), taking.clone(), A::Say(Say::Cancelled)),
        (S::Idle, I::Press(Press::Qr(BotId(1))), S::Idle, A::Find(Purpose::Qr(None), BotId(1))),
        (S::Idle, I::Chosen(Purpose::Qr(None), None), S::Idle, A::Stale),
        (
            S::Idle,
            I::Chosen(Purpose::Qr(None), Some(choice(1))),
            S::Idle,
            A::DrawQr(choice(1), None),
        ),
        (S::Idle, I::Command(C::Remove), S::Idle, A::LookUp(Purpose::Removal)),
        (S::Idle, I::Choices(Purpose::Removal, vec![]), S::Idle, A::Say(Say::NoBots)),
        (
            S::Idle,
            I::Choices(Purpose::Removal, vec![choice(1)]),
            removing.clone(),
            A::AskRemoval(choice(1)),
        ),
        (
            S::Idle,
            I::Choices(Purpose::Removal, vec![choice(1), choice(2)]),
            S::Idle,
            A::AskWhich(Purpose::Removal, vec![choice(1), choice(2)]),
        ),
        (
            S::Idle,
            I::Choices(Purpose::Qr(None), vec![choice(1)]),
            S::Idle,
            A::DrawQr(choice(1), None),
        ),
        (removing.clone(), I::Press(Press::Remove(BotId(1))), S::Idle, A::Remove(BotId(1))),
        (removing.clone(), I::Press(Press::Remove(BotId(2))), removing.clone(), A::Stale),
        (removing.clone(), I::Command(C::Cancel), S::Idle, A::Say(Say::Cancelled)),
        (S::Idle, I::Command(C::Cancel), S::Idle, A::Say(Say::NothingToCancel)),
        (S::AwaitingToken, I::Command(C::Unknown), S::AwaitingToken, A::Say(Say::UnknownCommand)),
    ];
    for (state, input, next, action) in table {
        let at = format!("{state:?} + {input:?}");
        assert_eq!(step(state, input), (next, action), "{at}");
    }
}

#[test]
fn a_label_waits_for_its_bot() {
    let asked = |text| S::ChoosingQr { label: label(text) };
    let with = |text| Purpose::Qr(Some(label(text)));
    let command = |text| I::Command(C::Qr { label: Some(label(text)) });
    let press = |bot, text| I::Press(Press::QrLabel(BotId(bot), label(text).tag()));
    let both = || vec![choice(1), choice(2)];
    let drawn = |text| A::DrawQr(choice(1), Some(label(text)));
    let table = [
        (S::Idle, command("t7"), S::Idle, A::LookUp(with("t7"))),
        (S::Idle, I::Choices(with("t7"), vec![]), S::Idle, A::Say(Say::NoBots)),
        (S::Idle, I::Choices(with("t7"), vec![choice(1)]), S::Idle, drawn("t7")),
        (S::Idle, I::Choices(with("t7"), both()), asked("t7"), A::AskWhich(with("t7"), both())),
        (asked("t7"), press(1, "t7"), asked("t7"), A::Find(with("t7"), BotId(1))),
        (asked("t7"), I::Chosen(with("t7"), Some(choice(1))), S::Idle, drawn("t7")),
        // Another owner's bot, or one that was removed.
        (asked("t7"), I::Chosen(with("t7"), None), asked("t7"), A::Stale),
        // The question was answered, or a later one asks about another label.
        (S::Idle, press(1, "t7"), S::Idle, A::Stale),
        (asked("t8"), press(1, "t7"), asked("t8"), A::Stale),
        (S::AwaitingToken, press(1, "t7"), S::AwaitingToken, A::Stale),
        // Without a label: the open question is not about this one.
        (asked("t7"), I::Command(C::Qr { label: None }), asked("t7"), A::LookUp(Purpose::Qr(None))),
        (
            asked("t7"),
            I::Press(Press::Qr(BotId(1))),
            asked("t7"),
            A::Find(Purpose::Qr(None), BotId(1)),
        ),
        (
            asked("t7"),
            I::Chosen(Purpose::Qr(None), Some(choice(1))),
            asked("t7"),
            A::DrawQr(choice(1), None),
        ),
        (asked("t7"), I::Press(Press::Close), S::Idle, A::Say(Say::Cancelled)),
        (asked("t7"), I::Command(C::QrUnusable), asked("t7"), A::Say(Say::LabelUnusable)),
    ];
    for (state, input, next, action) in table {
        let at = format!("{state:?} + {input:?}");
        assert_eq!(step(state, input), (next, action), "{at}");
    }
}

#[test]
fn cancel_ends_every_state() {
    for state in [
        S::AwaitingToken,
        S::ConfirmingTakeover(candidate(1)),
        S::ConfirmingRemoval { bot: BotId(1) },
        S::ChoosingQr { label: label("t7") },
    ] {
        assert_eq!(step(state, I::Command(C::Cancel)).0, S::Idle);
    }
}

#[test]
fn buttons_come_back_from_their_data_and_nothing_else_does() {
    let bot = BotId(9_999_999_999_999);
    for press in [
        Press::TakeOver(bot),
        Press::ChooseRemoval(bot),
        Press::Remove(bot),
        Press::Qr(bot),
        Press::QrLabel(BotId(i64::MIN), u32::MAX),
        Press::Cancel(bot),
        Press::Close,
    ] {
        assert!(press.data().len() <= 64);
        assert_eq!(press.data().parse(), Ok(press));
    }
    for data in [
        "",
        "remove",
        "remove:",
        "remove:x",
        ":1",
        "remove:99999999999999999999",
        "qr:1:2",
        "qr-label:1",
        "qr-label:1:x",
        "qr-label:1:-1",
        "qr-label:x:1",
        "qr-label:1:2:3",
    ] {
        assert_eq!(data.parse::<Press>(), Err(()), "{data}");
    }
}

#[test]
fn a_stored_state_reads_back() {
    for state in [
        S::Idle,
        S::AwaitingToken,
        S::ConfirmingTakeover(candidate(1)),
        S::ChoosingQr { label: label("t7") },
    ] {
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<S>(&json).unwrap(), state);
    }
    let stored = r#"{"state":"choosing_qr","label":"t7"}"#;
    assert_eq!(serde_json::from_str::<S>(stored).unwrap(), S::ChoosingQr { label: label("t7") });
}
