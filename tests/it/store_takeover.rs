//! Several processes at the same messages: what one of them did stays known whatever the other does.

use feedback_relay::{
    model::{
        BotId, DeliveryState,
        DeliveryState::{Held, Sending, Sent, Told},
        Direction, MessageKey, OwnerId, Part,
    },
    store::{Made, NewReference, Purpose, Store},
};
use teloxide::types::{ChatId, MessageId};

use crate::support::{Backend, Mode, Stage, database::config_of};

const OWNER: OwnerId = OwnerId(5_000_000_001);
const BOT: BotId = BotId(7_000_000_001);
const MASTER: BotId = BotId(7_000_000_000);
const CUSTOMER: ChatId = ChatId(6_123_456_789);

/// Two processes on one server.
async fn two() -> (Store, Store, Stage) {
    let stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let url = config_of(&stage.variables()).database_url;
    let (one, two) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
    one.stay_alive().await.unwrap();
    two.stay_alive().await.unwrap();
    (one, two, stage)
}

fn new(message: i32) -> NewReference {
    NewReference {
        owner: OWNER,
        direction: Direction::Inbound,
        source: MessageKey { bot: BOT, chat: CUSTOMER, message: MessageId(message) },
        part: Part::Main,
        copy_bot: MASTER,
        copy_chat: OWNER.chat(),
    }
}

fn made(message: i32, copy: i32) -> Made {
    Made { of: new(message), copy: MessageId(copy) }
}

async fn main_copy(store: &Store, message: i32) -> (DeliveryState, Option<i32>) {
    let found = store.reference_of_source(OWNER, new(message).source, Part::Main).await;
    let found = found.unwrap().unwrap();
    (found.state, found.copy_message.map(|copy| copy.0))
}

async fn source_of(store: &Store, copy: i32) -> Option<MessageKey> {
    let key = MessageKey { bot: MASTER, chat: OWNER.chat(), message: MessageId(copy) };
    store.reference_of_copy(OWNER, key).await.unwrap().map(|found| found.source)
}

/// The other process takes over what the first one is at, as if that had stood still for long.
async fn takes_over(store: &Store, message: i32) {
    let seen = store.reference_of_source(OWNER, new(message).source, Part::Main).await;
    assert!(store.resume_reference(&seen.unwrap().unwrap(), Part::Main, Sending).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_copies_are_known_whoever_records_his_first() {
    let (frozen, other, _stage) = two().await;
    for (message, frozen_first) in [(1, false), (2, true)] {
        let (late, new_copy) = (message * 10, message * 10 + 1);
        assert!(frozen.begin_reference(new(message), Sending, 1).await.unwrap());
        takes_over(&other, message).await;
        assert!(!frozen.mark_state(OWNER, new(message).source, Part::Main, Sending).await.unwrap());
        if frozen_first {
            frozen.finish_attempt(&made(message, late), Sent, None).await.unwrap();
        }
        other.finish_attempt(&made(message, new_copy), Sent, None).await.unwrap();
        // Written twice, as after a cut connection.
        for _ in 0..2 {
            frozen.finish_attempt(&made(message, late), Sent, None).await.unwrap();
            other.finish_attempt(&made(message, new_copy), Sent, None).await.unwrap();
        }
        assert_eq!(main_copy(&other, message).await, (Sent, Some(new_copy)));
        for copy in [late, new_copy] {
            assert_eq!(source_of(&other, copy).await, Some(new(message).source), "{copy}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_album_that_was_taken_over_in_part_every_copy_is_known() {
    let (frozen, other, _stage) = two().await;
    for message in 1..=3 {
        assert!(frozen.begin_reference(new(message), Sending, 1).await.unwrap());
    }
    takes_over(&other, 2).await;
    other.finish_attempt(&made(2, 50), Sent, None).await.unwrap();
    frozen.finish_attempts(&[made(1, 11), made(2, 12), made(3, 13)]).await.unwrap();
    assert_eq!(main_copy(&other, 1).await, (Sent, Some(11)));
    assert_eq!(main_copy(&other, 2).await, (Sent, Some(50)));
    assert_eq!(main_copy(&other, 3).await, (Sent, Some(13)));
    assert_eq!(source_of(&other, 12).await, Some(new(2).source));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_lets_go_of_another_one_takes_up() {
    let (one, other, _stage) = two().await;
    for (message, unsent, state) in [(1, true, Held), (2, false, Sending)] {
        assert!(one.begin_reference(new(message), Sending, 1).await.unwrap());
        let source = new(message).source;
        let seen = async || other.reference_of_source(OWNER, source, Part::Main).await.unwrap();
        assert!(other.is_held_elsewhere(&seen().await.unwrap()).await.unwrap());
        one.let_go(OWNER, source, unsent).await.unwrap();
        let free = seen().await.unwrap();
        assert!(!other.is_held_elsewhere(&free).await.unwrap());
        assert_eq!(free.state, state, "what was not sent is not called a repeat");
        takes_over(&other, message).await;
        // It is the other's now.
        one.let_go(OWNER, source, unsent).await.unwrap();
        assert!(one.is_held_elsewhere(&seen().await.unwrap()).await.unwrap());
    }
    one.finish_attempt(&made(2, 9), Sent, None).await.unwrap();
    one.set_reference_state(OWNER, new(2).source, Part::Main, Told, None).await.unwrap();
    one.let_go(OWNER, new(2).source, true).await.unwrap();
    assert_eq!(main_copy(&other, 2).await.0, Told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_is_one_processs_until_its_last_user_gives_it_back() {
    let (one, other, _stage) = two().await;
    let chat = (BOT, CUSTOMER);
    assert!(one.take_lease(chat, Purpose::Chat).await.unwrap());
    assert!(one.take_lease(chat, Purpose::Chat).await.unwrap());
    assert!(!other.take_lease(chat, Purpose::Chat).await.unwrap());
    one.end_lease(chat, Purpose::Chat).await;
    assert!(!other.take_lease(chat, Purpose::Chat).await.unwrap());
    one.end_lease(chat, Purpose::Chat).await;
    assert!(other.take_lease(chat, Purpose::Chat).await.unwrap());
}
