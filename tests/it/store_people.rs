//! What the store promises of customers: who waits, who is banned, what was noted, what was sent.

use feedback_relay::{
    model::{BotId, BotState, DeliveryState, Direction, MessageKey, OwnerId, Part, Reference},
    store::{Ban, BotRow, Made, NewReference, Store},
};
use teloxide::types::{ChatId, MessageId};

use crate::support::{Stage, database::config_of, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(dark(Polling):
        a_wait_begins_and_ends_with_its_message,
        copies_are_found_from_a_message_on_and_counted,
        a_pointer_is_one_more_copy_of_its_message,
        bans_and_notes_are_their_owners,
        a_refused_message_counts_once_until_it_is_shown,
    );
}

const OWNER: OwnerId = OwnerId(5_000_000_001);
const OTHER: OwnerId = OwnerId(5_000_000_002);
const BOT: BotId = BotId(7_000_000_001);
const MASTER: BotId = BotId(7_000_000_000);
const CUSTOMER: ChatId = ChatId(6_123_456_789);

async fn open(stage: &Stage) -> Store {
    Store::open(&config_of(&stage.variables()).database_url).await.unwrap()
}

fn source(message: i32) -> MessageKey {
    MessageKey { bot: BOT, chat: CUSTOMER, message: MessageId(message) }
}

/// A message of the customer's (or its part) with this copy.
async fn relayed(store: &Store, message: i32, part: Part, copy: i32) {
    let new = NewReference {
        owner: OWNER,
        direction: Direction::Inbound,
        source: source(message),
        part,
        copy_bot: MASTER,
        copy_chat: OWNER.chat(),
    };
    let sent = DeliveryState::Sent;
    assert!(store.begin_reference(new, sent, i64::from(message)).await.unwrap());
    let made = Made { of: new, copy: MessageId(copy) };
    store.finish_attempt(&made, sent, None).await.unwrap();
}

fn copies(found: &[Reference]) -> Vec<i32> {
    found.iter().map(|found| found.copy_message.unwrap().0).collect()
}

async fn a_wait_begins_and_ends_with_its_message(stage: Stage) {
    let store = open(&stage).await;
    let bot = BotRow {
        bot: BOT,
        owner: OWNER,
        username: "shop_bot".into(),
        name: "Shop".into(),
        token: Some(vec![1]),
        state: BotState::Active,
        webhook: None,
        settings: None,
        changed_at: 0,
    };
    assert!(store.attach_bot(&bot, 1).await.unwrap());
    let key = (OWNER, BOT, CUSTOMER);
    store.begin_waiting(key, MessageId(5), 100).await.unwrap();
    store.begin_waiting(key, MessageId(6), 200).await.unwrap();
    let waiting = store.waiting_of(OWNER, 10, 0).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].message, waiting[0].since), (1, MessageId(5), 100));
    for wrong in [(OTHER, BOT, CUSTOMER), (OWNER, MASTER, CUSTOMER), (OWNER, BOT, ChatId(1))] {
        assert!(!store.end_waiting_of(wrong, MessageId(5), 300).await.unwrap());
    }
    assert!(!store.end_waiting_of(key, MessageId(6), 300).await.unwrap());
    assert!(store.mark_reminded(key, 250).await.unwrap());
    assert!(!store.mark_reminded(key, 260).await.unwrap());
    assert!(store.end_waiting_of(key, MessageId(5), 300).await.unwrap());
    assert!(!store.end_waiting_of(key, MessageId(5), 300).await.unwrap());
    assert!(store.waiting_of(OWNER, 10, 0).await.unwrap().is_empty());
    store.begin_waiting(key, MessageId(7), 400).await.unwrap();
    assert_eq!(
        store.forgotten_by(OWNER, BOT, 400).await.unwrap().len(),
        1,
        "a new wait counts anew"
    );
    assert!(store.forgotten_by(OWNER, BOT, 399).await.unwrap().is_empty());
    assert!(store.forgotten_by(OTHER, BOT, 400).await.unwrap().is_empty());
    store.close().await;
}

async fn copies_are_found_from_a_message_on_and_counted(stage: Stage) {
    let store = open(&stage).await;
    for message in 1..=4 {
        relayed(&store, message, Part::Main, 10 + message).await;
    }
    relayed(&store, 3, Part::Header, 20).await;
    let found = store.copies_since(OWNER, source(2), 10).await.unwrap();
    assert_eq!(copies(&found), [12, 13, 14]);
    store.set_copy_reason(&found[0], "deleted").await.unwrap();
    store.set_copy_reason(&found[1], "undeletable").await.unwrap();
    let found = store.copies_since(OWNER, source(2), 10).await.unwrap();
    assert_eq!(copies(&found), [13, 14]);
    assert_eq!(found[0].reason.as_deref(), Some("undeletable"));
    assert_eq!(copies(&store.copies_since(OWNER, source(1), 1).await.unwrap()), [11]);
    assert!(store.copies_since(OTHER, source(1), 10).await.unwrap().is_empty());
    let all = store.copies_of_customer(OWNER, BOT, CUSTOMER, 10).await.unwrap();
    assert_eq!(copies(&all), [14, 13, 20, 11], "newest first, with headers");
    let reply = NewReference {
        owner: OWNER,
        direction: Direction::Outbound,
        source: MessageKey { bot: MASTER, chat: OWNER.chat(), message: MessageId(30) },
        part: Part::Main,
        copy_bot: BOT,
        copy_chat: CUSTOMER,
    };
    store.begin_reference(reply, DeliveryState::Sending, 9).await.unwrap();
    assert_eq!(store.counts_of(OWNER, BOT, CUSTOMER).await.unwrap(), (4, 0));
    let sent = DeliveryState::Sent;
    let made = Made { of: reply, copy: MessageId(5) };
    store.finish_attempt(&made, sent, None).await.unwrap();
    assert_eq!(store.counts_of(OWNER, BOT, CUSTOMER).await.unwrap(), (4, 1));
    assert_eq!(store.counts_of(OTHER, BOT, CUSTOMER).await.unwrap(), (0, 0));
    assert_eq!(store.counts_of(OWNER, MASTER, CUSTOMER).await.unwrap(), (0, 0));
    store.close().await;
}

async fn a_pointer_is_one_more_copy_of_its_message(stage: Stage) {
    let store = open(&stage).await;
    relayed(&store, 5, Part::Main, 50).await;
    relayed(&store, 5, Part::Pointer(i32::MAX), 60).await;
    let at = MessageKey { bot: MASTER, chat: OWNER.chat(), message: MessageId(60) };
    let found = store.reference_of_copy(OWNER, at).await.unwrap().unwrap();
    assert_eq!(found.source, source(5));
    assert!(Part::is_pointer(found.part) && Part::main_of(found.part) == Part::Main);
    assert!(!Part::is_pointer(Part::ChangeRepeatNotice(i64::from(i32::MAX)).number()));
    assert!(store.reference_of_copy(OTHER, at).await.unwrap().is_none());
    assert_eq!(store.counts_of(OWNER, BOT, CUSTOMER).await.unwrap(), (1, 0));
    store.close().await;
}

async fn bans_and_notes_are_their_owners(stage: Stage) {
    let store = open(&stage).await;
    let ban = |only, banned_at| Ban { customer: CUSTOMER, only, seen_by: BOT, banned_at };
    assert!(store.ban(OWNER, ban(None, 1)).await.unwrap());
    assert!(!store.ban(OWNER, ban(None, 2)).await.unwrap());
    assert!(store.ban(OWNER, ban(Some(BOT), 3)).await.unwrap());
    assert_eq!(store.bans_of(OWNER, 10, 0).await.unwrap(), [ban(Some(BOT), 3), ban(None, 1)]);
    assert!(store.bans_of_customer(OTHER, CUSTOMER).await.unwrap().is_empty());
    assert!(!store.unban(OTHER, CUSTOMER, None).await.unwrap());
    assert!(store.unban(OWNER, CUSTOMER, None).await.unwrap());
    assert!(!store.unban(OWNER, CUSTOMER, None).await.unwrap());
    assert_eq!(store.bans_of_customer(OWNER, CUSTOMER).await.unwrap(), [ban(Some(BOT), 3)]);

    store.put_note(OWNER, CUSTOMER, vec![0, 255], 1).await.unwrap();
    store.put_note(OWNER, CUSTOMER, vec![7; 1100], 2).await.unwrap();
    assert_eq!(store.note(OWNER, CUSTOMER).await.unwrap(), Some(vec![7; 1100]));
    assert_eq!(store.note(OTHER, CUSTOMER).await.unwrap(), None);
    assert!(!store.remove_note(OTHER, CUSTOMER).await.unwrap());
    assert!(store.remove_note(OWNER, CUSTOMER).await.unwrap());
    assert!(!store.remove_note(OWNER, CUSTOMER).await.unwrap());
    store.close().await;
}

async fn a_refused_message_counts_once_until_it_is_shown(stage: Stage) {
    let store = open(&stage).await;
    store.register_owner(OWNER, 1).await.unwrap();
    let key = (OWNER, BOT, CUSTOMER);
    let state = async || store.known(OWNER, BOT, CUSTOMER).await.unwrap().state;
    for _ in 0..2 {
        store.refuse(key, MessageId(5), true, Some(100)).await.unwrap();
    }
    store.refuse(key, MessageId(7), true, None).await.unwrap();
    store.refuse(key, MessageId(6), true, Some(999)).await.unwrap();
    store.refuse(key, MessageId(8), false, None).await.unwrap();
    let now = state().await;
    assert_eq!((now.refused, now.refused_upto), (2, Some(MessageId(8))));
    assert_eq!(now.refused_told_at, Some(100));
    // Others have their own.
    assert_eq!(store.known(OWNER, MASTER, CUSTOMER).await.unwrap().state.refused, 0);
    store.refusals_shown((OWNER, MASTER, CUSTOMER), 2).await.unwrap();
    store.refusals_shown(key, 2).await.unwrap();
    store.refusals_shown(key, 2).await.unwrap();
    store.begin_waiting(key, MessageId(9), 5).await.unwrap();
    store.refuse(key, MessageId(10), true, Some(200)).await.unwrap();
    let now = state().await;
    assert_eq!((now.refused, now.waiting_since), (1, Some(5)));
    assert_eq!(now.refused_told_at, Some(200));
    store.close().await;
}
