//! What many ask of the store at the same moment, each with its own answer: MySQL gets it in groups,
//! SQLite commits it in groups.

use std::{collections::HashMap, sync::Arc};

use feedback_relay::{
    model::{
        BotId, Conversation, DeliveryState,
        DeliveryState::{Sending, Sent},
        Direction, Inbox, MessageKey, OwnerId, Part,
    },
    store::{Ban, Made, NewReference, Store, StoreError},
};
use futures::future::join_all;
use tcp_proxy::{Cut, Proxy};
use teloxide::types::{ChatId, MessageId};

use crate::support::{Backend, Mode, Stage, database::config_of, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(dark(Polling):
        of_one_key_one_begins_whatever_goes_with_it,
        a_refused_row_fails_alone,
        every_copy_is_recorded_whatever_goes_with_it,
        everybody_is_known_as_himself,
    );
}

const OWNER: OwnerId = OwnerId(5_000_000_001);
const BOT: BotId = BotId(7_000_000_001);
const MASTER: BotId = BotId(7_000_000_000);
const CUSTOMER: ChatId = ChatId(6_123_456_789);

async fn open(stage: &Stage) -> Arc<Store> {
    let store = Store::open(&config_of(&stage.variables()).database_url).await.unwrap();
    store.register_owner(OWNER, 1).await.unwrap();
    store.stay_alive().await.unwrap();
    Arc::new(store)
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

/// Does it for all at once, each in a task of its own.
async fn all_at_once<I, T, F>(
    store: &Arc<Store>,
    items: impl IntoIterator<Item = I>,
    deed: impl Fn(Arc<Store>, I) -> F,
) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks = items.into_iter().map(|item| tokio::spawn(deed(Arc::clone(store), item)));
    let ended = join_all(tasks.collect::<Vec<_>>()).await;
    ended.into_iter().map(Result::unwrap).collect()
}

async fn begin_all(
    store: &Arc<Store>,
    messages: impl IntoIterator<Item = i32>,
) -> Vec<(i32, Result<bool, StoreError>)> {
    all_at_once(store, messages, |store, message| async move {
        (message, store.begin_reference(new(message), Sending, i64::from(message)).await)
    })
    .await
}

async fn state_of(store: &Store, message: i32) -> (DeliveryState, Option<i32>) {
    let found = store.reference_of_source(OWNER, new(message).source, Part::Main).await;
    let found = found.unwrap().unwrap();
    (found.state, found.copy_message.map(|copy| copy.0))
}

/// How often a key was begun.
fn winners(begun: Vec<(i32, Result<bool, StoreError>)>) -> HashMap<i32, usize> {
    let mut winners = HashMap::new();
    for (message, begun) in begun {
        *winners.entry(message).or_default() += usize::from(begun.unwrap());
    }
    winners
}

async fn of_one_key_one_begins_whatever_goes_with_it(stage: Stage) {
    let store = open(&stage).await;
    for known in [3, 40, 77] {
        assert!(store.begin_reference(new(known), Sending, 1).await.unwrap());
    }
    // Every message three times, the later ones first.
    let messages = (1..=100).rev().chain(1..=100).chain((1..=100).rev());
    let winners = winners(begin_all(&store, messages).await);
    for message in 1..=100 {
        let expected = usize::from(![3, 40, 77].contains(&message));
        assert_eq!(winners[&message], expected, "{message}");
    }
    assert_eq!(stage.database.count("message_references").await, 100);
    store.close().await;
}

async fn a_refused_row_fails_alone(stage: Stage) {
    let store = open(&stage).await;
    stage.database.refuses_new("message_references", "source_message", 50).await;
    // Twice, because a database that refused a group once could be asked differently afterwards.
    for first in [1, 101] {
        let mut begun = begin_all(&store, (first..first + 100).chain([50])).await;
        let refused = begun.extract_if(.., |(message, _)| *message == 50);
        for (_, begun) in refused.collect::<Vec<_>>() {
            assert!(matches!(&begun, Err(error) if !error.is_passing()), "{begun:?}");
        }
        assert!(winners(begun).into_values().all(|times| times == 1));
    }
    assert_eq!(stage.database.count("message_references").await, 199);
    store.close().await;
}

async fn every_copy_is_recorded_whatever_goes_with_it(stage: Stage) {
    let store = open(&stage).await;
    begin_all(&store, 1..=100).await;
    // One that was forgotten meanwhile, and one whose holder has let it go.
    stage.database.run("DELETE FROM message_references WHERE source_message = 30").await;
    store.let_go(OWNER, new(60).source, false).await.unwrap();
    let messages = (1..=100).chain([7, 60]).rev();
    let finished = all_at_once(&store, messages, |store, message| async move {
        let made = Made { of: new(message), copy: MessageId(1000 + message) };
        store.finish_attempt(&made, Sent, None).await
    });
    assert!(finished.await.into_iter().all(|done| done.is_ok()));
    for message in (1..=100).filter(|message| *message != 30) {
        assert_eq!(state_of(&store, message).await, (Sent, Some(1000 + message)), "{message}");
    }
    assert_eq!(stage.database.count("message_references").await, 99, "none is made up");
    store.close().await;
}

async fn everybody_is_known_as_himself(stage: Stage) {
    let store = open(&stage).await;
    store.set_owner_language(OWNER, "uk").await.unwrap();
    let inbox = Inbox { bot: MASTER, chat: OWNER.chat(), thread: None };
    let conversation = |customer: i64| Conversation {
        owner: OWNER,
        bot: BOT,
        customer: ChatId(customer),
        label: Some(format!("table {customer}")),
        language: None,
    };
    for customer in (1..=100).filter(|customer| customer % 3 != 0) {
        store.begin_conversation(&conversation(customer), inbox, 1).await.unwrap();
    }
    let ban = Ban { customer: ChatId(50), only: None, seen_by: BOT, banned_at: 1 };
    assert!(store.ban(OWNER, ban).await.unwrap());
    let seen = all_at_once(&store, 1..=100_i64, |store, customer| async move {
        (customer, store.known(OWNER, BOT, ChatId(customer)).await.unwrap())
    });
    for (customer, known) in seen.await {
        let begun = (customer % 3 != 0).then(|| conversation(customer));
        assert_eq!(known.conversation, begun, "{customer}");
        assert_eq!(known.is_banned, customer == 50, "{customer}");
        assert_eq!(known.owner_language.as_deref(), Some("uk"));
        assert!(!known.has_parked);
    }
    let strangers = all_at_once(&store, 1..=50_i64, |store, customer| async move {
        store.known(OwnerId(OWNER.0 + 1), BOT, ChatId(customer)).await.unwrap()
    });
    assert!(strangers.await.iter().all(|known| known.owner_language.is_none()));
    store.close().await;
}

/// A store that reaches its server through a proxy.
async fn behind_a_proxy() -> (Arc<Store>, Proxy, Stage) {
    let mut stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let proxy = stage.proxy_the_database().await;
    (open(&stage).await, proxy, stage)
}

/// Nobody learns whether the group was written, and each finds out what became of his own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_was_cut_off_is_told_apart() {
    let (store, proxy, stage) = behind_a_proxy().await;
    for round in 0..4 {
        // The first of each line goes alone; the next ones together.
        for nth in 3..=5 {
            let cut = Cut::at("INSERT INTO message_references").nth(nth);
            proxy.cut(if round % 2 == 0 { cut.after_execution() } else { cut });
        }
        let first = round * 100;
        let begun = winners(begin_all(&store, first + 1..=first + 100).await);
        assert!(begun.values().all(|times| *times == 1), "{begun:?}");
        let again = winners(begin_all(&store, first + 1..=first + 100).await);
        assert!(again.values().all(|times| *times == 0), "{again:?}");
    }
    assert_eq!(stage.database.count("message_references").await, 400);
    store.close().await;
}

/// Two processes write the same keys, one from the first to the last, the other from the last to
/// the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_in_groups_do_not_get_in_each_others_way() {
    let stage = Stage::dark(Backend::MySql, Mode::Webhook, &[]).await;
    let (one, two) = (open(&stage).await, open(&stage).await);
    for round in 0..5 {
        let messages = round * 200 + 1..=round * 200 + 200;
        let (there, back) = tokio::join!(
            begin_all(&one, messages.clone()),
            begin_all(&two, messages.clone().rev())
        );
        let (there, back) = (winners(there), winners(back));
        for message in messages.clone() {
            assert_eq!(there[&message] + back[&message], 1, "{message}");
        }
        let finish = async |store: &Arc<Store>, mine: HashMap<i32, usize>| {
            let mine = mine.into_iter().filter(|(_, times)| *times == 1);
            let finished = all_at_once(store, mine, |store, (message, _)| async move {
                let made = Made { of: new(message), copy: MessageId(message) };
                store.finish_attempt(&made, Sent, None).await
            });
            assert!(finished.await.into_iter().all(|done| done.is_ok()));
        };
        tokio::join!(finish(&one, there), finish(&two, back));
        for message in messages {
            assert_eq!(state_of(&one, message).await, (Sent, Some(message)));
        }
    }
    assert_eq!(stage.database.count("message_references").await, 1000);
    one.close().await;
    two.close().await;
}
