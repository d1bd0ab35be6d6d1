//! What somebody sees who shows the chats on a screen.

use futures::FutureExt;
use serde_json::json;
use telegram_emulator::{Person, draft};

use crate::support::{ok, scene};

#[tokio::test]
async fn a_subscriber_looks_at_once_and_after_each_change() {
    let (telegram, shop, anna) = scene().await;
    let mut changes = telegram.changes();
    assert!(changes.next().await, "the first look is due at once");
    assert_eq!(changes.next().now_or_never(), None, "nothing changed since");
    telegram.send(&anna, &shop, draft::text("one")).await;
    telegram.send(&anna, &shop, draft::text("two")).await;
    assert!(changes.next().await);
    assert_eq!(telegram.lines(&anna, &shop), ["Anna: hi", "Anna: one", "Anna: two"]);
    assert_eq!(changes.next().now_or_never(), None, "changes that nobody waited for are one");
}

#[tokio::test]
async fn the_menu_is_that_of_the_narrowest_scope_and_the_persons_language() {
    let (telegram, shop, anna) = scene().await;
    let set = async |params| ok(&telegram, &shop, "setMyCommands", params).await;
    let commands = |name: &str| json!([{"command": name, "description": "it"}]);
    let offered = |person: &Person| {
        let menu = telegram.view(|view| view.menu(person, &shop));
        menu.iter().map(|it| it["command"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(offered(&anna).is_empty());
    set(json!({"commands": commands("all")})).await;
    assert_eq!(offered(&anna), ["all"]);
    set(json!({"commands": commands("english"), "language_code": "en"})).await;
    assert_eq!(offered(&anna), ["english"]);
    set(json!({"commands": commands("private"), "scope": {"type": "all_private_chats"}})).await;
    assert_eq!(offered(&anna), ["private"]);
    let mine = json!({"type": "chat", "chat_id": anna.id});
    set(json!({"commands": commands("hers"), "scope": mine})).await;
    assert_eq!(offered(&anna), ["hers"]);
    let boris = telegram.add_person(Person::new("Boris").language("de-AT"));
    assert_eq!(offered(&boris), ["private"]);
}

#[tokio::test]
async fn updates_are_on_record_and_acknowledged_ones_are_told_apart() {
    let (telegram, shop, anna) = scene().await;
    let arrivals = telegram.arrivals();
    let [first] = &arrivals[..] else { panic!("one update: {arrivals:?}") };
    assert_eq!((first.bot, first.kind.as_str()), (shop.id, "message"));
    assert_eq!((first.chat, first.person), (Some(anna.id), Some(anna.id)));
    let waiting = || telegram.view(|view| view.unacknowledged(&anna, &shop));
    assert_eq!(waiting(), [1]);
    ok(&telegram, &shop, "getUpdates", json!({"offset": first.update_id + 1, "timeout": 0})).await;
    assert!(waiting().is_empty());
}

#[tokio::test]
async fn topics_are_opened_by_people_only_where_the_bot_lets_them() {
    let (telegram, shop, anna) = scene().await;
    assert!(telegram.open_private_topic(&anna, &shop, "Orders").is_err());
    telegram.set_bot_flag(&shop, "has_topics_enabled", true);
    assert!(telegram.open_private_topic(&anna, &shop, "Orders").is_err());
    telegram.set_bot_flag(&shop, "allows_users_to_create_topics", true);
    let topic = telegram.open_private_topic(&anna, &shop, "Orders").unwrap();
    let known = telegram.view(|view| view.private_topics(&anna, &shop));
    assert_eq!(known[&topic]["name"], "Orders");
    let id = telegram.send(&anna, &shop, draft::text("tea").thread(topic)).await;
    let message = telegram.message(&shop, anna.id, id).unwrap();
    assert_eq!(message["message_thread_id"], topic);
    let told = telegram.pending(&shop);
    assert_eq!(told[1]["message"]["forum_topic_created"]["name"], "Orders");
    assert!(telegram.complaints().is_empty());
}

#[tokio::test]
async fn who_has_started_and_who_has_blocked() {
    let (telegram, shop, anna) = scene().await;
    let boris = telegram.add_person(Person::new("Boris"));
    let started = |person: &Person| telegram.view(|view| view.has_started(person, &shop));
    assert_eq!((started(&anna), started(&boris)), (true, false));
    telegram.block(&anna, &shop);
    assert!(telegram.view(|view| view.has_blocked(&anna, &shop)));
    telegram.unblock(&anna, &shop);
    assert!(!telegram.view(|view| view.has_blocked(&anna, &shop)));
    assert_eq!(telegram.bots(), [shop]);
}
