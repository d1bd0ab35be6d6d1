//! What the store promises, the same on both databases.

use std::{collections::BTreeSet, fs, path::Path};

use feedback_relay::{
    model::{
        BotId, BotState, Conversation, DeliveryState, Direction, Inbox, MessageKey, OwnerId, Part,
    },
    store::{BotRow, Made, NewReference, Store, StoreError},
};
use teloxide::types::{ChatId, MessageId};

use crate::support::{Stage, database::config_of, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(dark(Polling):
        facts_are_settled_once_or_replaced,
        owners_are_registered_once,
        a_dialogue_is_kept_until_it_is_cleared,
        an_update_is_handled_and_a_chat_refused_once,
        a_bot_belongs_to_one_owner_at_a_time,
        the_end_of_an_alarm_is_told_where_the_alarm_was,
        a_conversation_begins_once_and_keeps_its_last_label,
        a_reference_is_found_by_its_source_and_by_its_copy,
        only_one_attempt_resumes_a_reference,
        old_references_go_and_young_ones_stay,
        opening_it_again_changes_nothing,
        of_many_at_once_one_wins,
    );
}

const OWNER: OwnerId = OwnerId(5_000_000_001);
const OTHER: OwnerId = OwnerId(5_000_000_002);
const BOT: BotId = BotId(7_000_000_001);
const MASTER: BotId = BotId(7_000_000_000);
/// Ids of today's chats need more than 32 bits.
const CUSTOMER: ChatId = ChatId(6_123_456_789);

async fn open(stage: &Stage) -> Store {
    Store::open(&config_of(&stage.variables()).database_url).await.unwrap()
}

fn row(owner: OwnerId, token: &[u8]) -> BotRow {
    BotRow {
        bot: BOT,
        owner,
        username: "shop_bot".into(),
        name: "Café „Zum 🦊“".into(),
        token: Some(token.to_vec()),
        state: BotState::Active,
        webhook: None,
        settings: None,
        changed_at: 0,
    }
}

fn source(message: i32) -> MessageKey {
    MessageKey { bot: BOT, chat: CUSTOMER, message: MessageId(message) }
}

fn inbound(owner: OwnerId, message: i32) -> NewReference {
    NewReference {
        owner,
        direction: Direction::Inbound,
        source: source(message),
        part: Part::Main,
        copy_bot: MASTER,
        copy_chat: owner.chat(),
    }
}

async fn facts_are_settled_once_or_replaced(stage: Stage) {
    let store = open(&stage).await;
    assert_eq!(store.installation_fact("a").await.unwrap(), None);
    assert!(store.settle_fact("a", vec![0, 255]).await.unwrap());
    assert!(!store.settle_fact("a", vec![1]).await.unwrap());
    assert_eq!(store.installation_fact("a").await.unwrap(), Some(vec![0, 255]));
    for value in [vec![2], vec![], vec![3; 500]] {
        store.put_fact("b", value.clone()).await.unwrap();
        assert_eq!(store.installation_fact("b").await.unwrap(), Some(value));
    }
    // Names differ by case on both.
    assert_eq!(store.installation_fact("A").await.unwrap(), None);
    assert!(!store.engine().await.unwrap().is_empty());
    assert_eq!(store.durability_warnings().await.unwrap(), Vec::<String>::new());
}

async fn owners_are_registered_once(stage: Stage) {
    let store = open(&stage).await;
    assert!(!store.has_owner().await.unwrap());
    assert!(store.owner(MASTER, OWNER).await.unwrap().is_none());
    assert!(store.register_owner(OWNER, 1).await.unwrap());
    assert!(!store.register_owner(OWNER, 2).await.unwrap());
    assert!(store.has_owner().await.unwrap());
    assert_eq!(store.owner_language(OWNER).await.unwrap(), None);
    for language in ["de", "de", "ru"] {
        store.set_owner_language(OWNER, language).await.unwrap();
        assert_eq!(store.owner_language(OWNER).await.unwrap().as_deref(), Some(language));
    }
    assert_eq!(store.owner(MASTER, OWNER).await.unwrap().unwrap().language.as_deref(), Some("ru"));
    assert!(store.owner(MASTER, OTHER).await.unwrap().is_none());
}

async fn a_dialogue_is_kept_until_it_is_cleared(stage: Stage) {
    let store = open(&stage).await;
    assert_eq!(store.dialogue(OWNER).await.unwrap(), None);
    let long = "🦊".repeat(2_000);
    for state in ["{\"state\":\"idle\"}", "{\"state\":\"idle\"}", long.as_str()] {
        store.put_dialogue(OWNER, state, 1).await.unwrap();
        assert_eq!(store.dialogue(OWNER).await.unwrap().as_deref(), Some(state));
    }
    assert_eq!(store.dialogue(OTHER).await.unwrap(), None);
    store.clear_dialogue(OWNER).await.unwrap();
    store.clear_dialogue(OWNER).await.unwrap();
    assert_eq!(store.dialogue(OWNER).await.unwrap(), None);
}

async fn an_update_is_handled_and_a_chat_refused_once(stage: Stage) {
    let store = open(&stage).await;
    assert!(!store.is_handled(BOT, 7).await.unwrap());
    store.mark_handled(BOT, 7, 100).await.unwrap();
    store.mark_handled(BOT, 7, 200).await.unwrap();
    store.mark_handled(BOT, 8, 200).await.unwrap();
    assert!(store.is_handled(BOT, 7).await.unwrap());
    assert!(!store.is_handled(MASTER, 7).await.unwrap(), "numbers repeat across bots");
    assert_eq!(store.forget_handled_before(200).await.unwrap(), 1);
    assert!(!store.is_handled(BOT, 7).await.unwrap());
    assert!(store.is_handled(BOT, 8).await.unwrap());

    assert!(store.refuse_once(BOT, CUSTOMER, 100).await.unwrap());
    assert!(!store.refuse_once(BOT, CUSTOMER, 200).await.unwrap());
    assert!(store.refuse_once(MASTER, CUSTOMER, 200).await.unwrap());
    assert_eq!(store.forget_refused_before(200).await.unwrap(), 1);
    assert!(store.refuse_once(BOT, CUSTOMER, 300).await.unwrap());
    assert!(!store.refuse_once(MASTER, CUSTOMER, 300).await.unwrap());
}

async fn a_bot_belongs_to_one_owner_at_a_time(stage: Stage) {
    let store = open(&stage).await;
    assert!(store.bot(BOT).await.unwrap().is_none());
    assert!(store.attach_bot(&row(OWNER, b"first"), 1).await.unwrap());
    assert!(!store.attach_bot(&row(OTHER, b"thief"), 2).await.unwrap());
    assert_eq!(
        store.bot(BOT).await.unwrap(),
        Some(BotRow { changed_at: 1, ..row(OWNER, b"first") })
    );

    store.set_bot_webhook(BOT, Some(vec![1, 2, 3])).await.unwrap();
    assert_eq!(store.bot(BOT).await.unwrap().unwrap().webhook, Some(vec![1, 2, 3]));
    assert!(store.attach_bot(&row(OWNER, b"second"), 3).await.unwrap());
    assert_eq!(
        store.bot(BOT).await.unwrap(),
        Some(BotRow { changed_at: 3, ..row(OWNER, b"second") }),
        "the order is to be renewed"
    );
    store.set_bot_webhook(BOT, Some(vec![4])).await.unwrap();
    store.set_bot_webhook(BOT, None).await.unwrap();
    assert_eq!(store.bot(BOT).await.unwrap().unwrap().webhook, None);

    assert!(store.set_bot_state(BOT, BotState::Revoked, 4).await.unwrap());
    assert!(!store.set_bot_state(BOT, BotState::Revoked, 5).await.unwrap(), "it was known");
    assert!(store.set_bot_state(BOT, BotState::Active, 6).await.unwrap());
    assert_eq!(
        store.all_bots().await.unwrap(),
        [BotRow { changed_at: 6, ..row(OWNER, b"second") }]
    );
    assert_eq!(store.bots_of(OTHER).await.unwrap(), []);

    assert!(!store.remove_bot(OTHER, BOT, 7).await.unwrap());
    assert!(store.remove_bot(OWNER, BOT, 8).await.unwrap());
    assert!(!store.remove_bot(OWNER, BOT, 9).await.unwrap());
    let removed = store.bot(BOT).await.unwrap().unwrap();
    assert_eq!((removed.state, removed.token), (BotState::Removed, None));
    assert_eq!(store.bots_of(OWNER).await.unwrap(), []);
    assert_eq!(store.all_bots().await.unwrap(), []);
    assert!(
        !store.set_bot_state(BOT, BotState::Active, 10).await.unwrap(),
        "removed stays removed"
    );

    assert!(store.attach_bot(&row(OTHER, b"theirs"), 11).await.unwrap());
    let theirs = BotRow { changed_at: 11, ..row(OTHER, b"theirs") };
    assert_eq!(store.bots_of(OTHER).await.unwrap(), [theirs]);
    let mut earlier = row(OTHER, b"x");
    earlier.bot = BotId(BOT.0 + 1);
    assert!(store.attach_bot(&earlier, 0).await.unwrap());
    let bots: Vec<BotId> = store.bots_of(OTHER).await.unwrap().iter().map(|row| row.bot).collect();
    assert_eq!(bots, [earlier.bot, BOT], "oldest first");
}

async fn the_end_of_an_alarm_is_told_where_the_alarm_was(stage: Stage) {
    let store = open(&stage).await;
    store.attach_bot(&row(OWNER, b"sealed"), 1).await.unwrap();
    let to_tell = async || {
        let alarms = store.alarms_to_tell().await.unwrap();
        alarms.into_iter().map(|alarm| alarm.state).collect::<Vec<_>>()
    };
    let refused = BotState::Revoked;
    store.raise_alarm(BOT, refused).await.unwrap();
    let alarm = store.alarms_to_tell().await.unwrap().remove(0);
    store.end_told_alarm(BOT, refused).await.unwrap();
    assert_eq!(to_tell().await, [], "nobody was told");
    assert!(!store.alarm_told(&alarm, 2).await.unwrap(), "it ended while it was told");
    store.raise_if_over(BOT).await.unwrap();
    assert_eq!(to_tell().await, [BotState::Active]);

    store.raise_alarm(BOT, refused).await.unwrap();
    assert!(store.alarm_told(&alarm, 3).await.unwrap());
    store.raise_if_over(BOT).await.unwrap();
    assert_eq!(to_tell().await, [], "it is not over");
    for _ in 0..2 {
        store.end_told_alarm(BOT, refused).await.unwrap();
        assert_eq!(to_tell().await, [BotState::Active]);
    }
    let alarm = store.alarms_to_tell().await.unwrap().remove(0);
    assert!(store.alarm_told(&alarm, 4).await.unwrap());
    store.end_told_alarm(BOT, refused).await.unwrap();
    assert_eq!(to_tell().await, []);
    store.close().await;
}

async fn a_conversation_begins_once_and_keeps_its_last_label(stage: Stage) {
    let store = open(&stage).await;
    let conversation = |label: Option<&str>| Conversation {
        owner: OWNER,
        bot: BOT,
        customer: CUSTOMER,
        label: label.map(str::to_owned),
        language: Some("pt-br".into()),
    };
    let ask = async |owner, bot, customer| {
        let known = store.known(owner, bot, customer).await.unwrap();
        (known.conversation, known.owner_language)
    };
    let find = async || ask(OWNER, BOT, CUSTOMER).await;
    let inbox = Inbox { bot: MASTER, chat: OWNER.chat(), thread: None };
    assert_eq!(find().await, (None, None));
    store.register_owner(OWNER, 1).await.unwrap();
    store.set_owner_language(OWNER, "uk").await.unwrap();
    assert_eq!(find().await, (None, Some("uk".into())));
    assert!(store.begin_conversation(&conversation(None), inbox, 1).await.unwrap());
    assert!(!store.begin_conversation(&conversation(Some("x")), inbox, 2).await.unwrap());
    assert_eq!(find().await, (Some(conversation(None)), Some("uk".into())));
    let longest = "x".repeat(64);
    for label in ["table7", "table7", longest.as_str()] {
        store.set_label(&conversation(Some(label))).await.unwrap();
        assert_eq!(find().await.0, Some(conversation(Some(label))));
    }
    assert_eq!(ask(OTHER, BOT, CUSTOMER).await, (None, None));
    assert_eq!(ask(OWNER, MASTER, CUSTOMER).await.0, None);
    assert_eq!(ask(OWNER, BOT, ChatId(1)).await.0, None);
}

async fn a_reference_is_found_by_its_source_and_by_its_copy(stage: Stage) {
    let store = open(&stage).await;
    let copy = MessageId(i32::MAX);
    let at = MessageKey { bot: MASTER, chat: OWNER.chat(), message: copy };
    assert!(store.begin_reference(inbound(OWNER, 5), DeliveryState::Sending, 1).await.unwrap());
    assert!(!store.begin_reference(inbound(OWNER, 5), DeliveryState::Held, 2).await.unwrap());
    assert!(store.is_sending_to(OWNER, (MASTER, OWNER.chat()), 2).await.unwrap());
    assert!(!store.is_sending_to(OTHER, (MASTER, OWNER.chat()), 2).await.unwrap());
    assert!(!store.is_sending_to(OWNER, (MASTER, OWNER.chat()), 1).await.unwrap());
    let found = store.reference_of_source(OWNER, source(5), Part::Main).await.unwrap().unwrap();
    assert_eq!(
        (found.state, found.attempts, found.copy_message),
        (DeliveryState::Sending, 1, None)
    );
    assert_eq!(
        (found.direction, found.client_bot(), found.customer()),
        (Direction::Inbound, BOT, CUSTOMER)
    );

    let sent = DeliveryState::Sent;
    let made = Made { of: inbound(OWNER, 5), copy };
    store.finish_attempt(&made, sent, None).await.unwrap();
    let found = store.reference_of_copy(OWNER, at).await.unwrap().unwrap();
    assert_eq!((found.source, found.copy_message, found.state), (source(5), Some(copy), sent));
    assert!(!store.is_sending_to(OWNER, (MASTER, OWNER.chat()), 2).await.unwrap());
    // Every part of the key and the tenant count.
    assert!(store.reference_of_copy(OTHER, at).await.unwrap().is_none());
    for wrong in [
        MessageKey { bot: BOT, ..at },
        MessageKey { chat: OTHER.chat(), ..at },
        MessageKey { message: MessageId(5), ..at },
    ] {
        assert!(store.reference_of_copy(OWNER, wrong).await.unwrap().is_none());
        assert!(store.reference_of_source(OWNER, wrong, Part::Main).await.unwrap().is_none());
    }
    assert!(store.reference_of_source(OTHER, source(5), Part::Main).await.unwrap().is_none());
    // The same ids at another tenant are another reference.
    assert!(store.begin_reference(inbound(OTHER, 5), DeliveryState::Sending, 3).await.unwrap());

    let (told, reason) = (DeliveryState::Told, Some("too_big"));
    let tell = async || store.set_reference_state(OWNER, source(5), Part::Main, told, reason).await;
    let find = async || store.reference_of_source(OWNER, source(5), Part::Main).await;
    tell().await.unwrap();
    assert_eq!(find().await.unwrap().unwrap().state, sent, "what was sent is not told to be lost");
    store.finish_attempt(&made, DeliveryState::Failed, reason).await.unwrap();
    tell().await.unwrap();
    let found = find().await.unwrap().unwrap();
    assert_eq!((found.state, found.reason.as_deref()), (told, Some("too_big")));
    assert_eq!(found.copy_message, Some(copy), "a state leaves the copy");
    assert_eq!(store.latest_source(OWNER, BOT, CUSTOMER).await.unwrap(), Some(MessageId(5)));
    store.begin_reference(inbound(OWNER, 90), DeliveryState::Sending, 4).await.unwrap();
    assert_eq!(store.latest_source(OWNER, BOT, CUSTOMER).await.unwrap(), Some(MessageId(90)));
    assert_eq!(store.latest_source(OWNER, BOT, ChatId(1)).await.unwrap(), None);
}

async fn only_one_attempt_resumes_a_reference(stage: Stage) {
    let store = open(&stage).await;
    store.begin_reference(inbound(OWNER, 1), DeliveryState::Sending, 1).await.unwrap();
    let find =
        async || store.reference_of_source(OWNER, source(1), Part::Main).await.unwrap().unwrap();
    let seen = find().await;
    let (sending, held) = (DeliveryState::Sending, DeliveryState::Held);
    let tries = (0..8).map(|_| store.resume_reference(&seen, Part::Main, sending));
    let won = futures::future::join_all(tries).await;
    assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
    assert_eq!(find().await.attempts, 2, "an attempt whose end is unknown counts");
    store.set_reference_state(OWNER, source(1), Part::Main, held, Some("too_fast")).await.unwrap();
    let seen = find().await;
    assert!(store.resume_reference(&seen, Part::Main, sending).await.unwrap());
    let resumed = find().await;
    assert_eq!((resumed.attempts, resumed.reason), (2, None), "one that sent nothing does not");
    assert!(!store.resume_reference(&seen, Part::Main, sending).await.unwrap());
}

async fn old_references_go_and_young_ones_stay(stage: Stage) {
    let store = open(&stage).await;
    for (number, owner) in [OWNER, OTHER, OWNER, OTHER].into_iter().enumerate() {
        let message = i32::try_from(number).unwrap() + 1;
        let at = i64::from(message) * 100;
        store.begin_reference(inbound(owner, message), DeliveryState::Sent, at).await.unwrap();
    }
    assert_eq!(store.forget_references_before(300).await.unwrap(), 2);
    assert_eq!(store.forget_references_before(300).await.unwrap(), 0);
    for (message, owner, stays) in
        [(1, OWNER, false), (2, OTHER, false), (3, OWNER, true), (4, OTHER, true)]
    {
        let found = store.reference_of_source(owner, source(message), Part::Main).await.unwrap();
        assert_eq!(found.is_some(), stays, "{message}");
    }
}

async fn opening_it_again_changes_nothing(stage: Stage) {
    let store = open(&stage).await;
    store.register_owner(OWNER, 1).await.unwrap();
    store.close().await;
    let closed = store.has_owner().await;
    assert!(matches!(closed, Err(StoreError::NotConnected(_))), "{closed:?}");
    assert!(store.register_owner(OTHER, 1).await.is_err());
    let (first, second) = tokio::join!(open(&stage), open(&stage));
    assert!(first.has_owner().await.unwrap() && second.has_owner().await.unwrap());
    first.register_owner(OTHER, 2).await.unwrap();
    assert!(second.owner(MASTER, OTHER).await.unwrap().is_some(), "two processes see the same");
}

async fn of_many_at_once_one_wins(stage: Stage) {
    let store = open(&stage).await;
    let tries = (0..100_i64).map(|number| {
        let store = store.clone();
        tokio::spawn(
            async move { store.settle_fact("claimed by", number.to_le_bytes().to_vec()).await },
        )
    });
    let won = futures::future::join_all(tries).await;
    assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap().as_ref().unwrap()).count(), 1);
    let puts = (0..50_u8).map(|number| store.put_fact("newest", vec![number]));
    for put in futures::future::join_all(puts).await {
        put.unwrap();
    }
    assert_eq!(store.installation_fact("newest").await.unwrap().map(|value| value.len()), Some(1));
}

#[test]
fn migrations_are_twins() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let tables = |database: &str| -> Vec<(String, BTreeSet<String>)> {
        let folder = fs::read_dir(root.join(database)).unwrap();
        let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
        files.sort();
        let read = |path: &std::path::PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(path).unwrap();
            let lines = text.lines().filter(|line| line.starts_with("    "));
            let columns = lines.filter_map(|line| {
                let line = line.trim_start().trim_start_matches("ADD COLUMN");
                let mut words = line.split_whitespace();
                let column = words
                    .next()
                    .filter(|word| word.chars().all(|c| c == '_' || c.is_ascii_lowercase()))?;
                let nullable = if line.contains("NOT NULL") { "NOT NULL" } else { "NULL" };
                Some(format!("{column} {nullable}"))
            });
            let key = text.lines().filter_map(|line| line.trim().strip_prefix("PRIMARY KEY "));
            let key = key.map(|key| format!("key {}", key.trim_end_matches(',')));
            (name, columns.chain(key).collect())
        };
        files.iter().map(read).collect()
    };
    let (mut mysql, mut sqlite) = (tables("mysql"), tables("sqlite"));
    // SQLite's integers are wide from the start.
    for tables in [&mut mysql, &mut sqlite] {
        tables.retain(|(name, _)| name != "0016_wide_parts.sql");
    }
    assert!(mysql.len() >= 8 && mysql.iter().all(|(_, columns)| !columns.is_empty()), "{mysql:?}");
    assert_eq!(mysql, sqlite);
}
