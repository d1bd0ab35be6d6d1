//! What is too old goes by itself, and what is young stays.

use std::time::{Duration, Instant};

use crate::plans::now;
use crate::support::{Stage, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(set(Webhook): what_is_too_old_goes_whatever_else_can_not);
}

const HOUR: i64 = 3600 * 1000;

/// A table, its rows of this test, their age, after how many days they go, and how one is written.
type Kind = (&'static str, &'static str, &'static str, i64, &'static str);

const KINDS: [Kind; 7] = [
    (
        "album_items",
        "owner_id = 1",
        "sent_at",
        3,
        "(owner_id, source_bot, source_chat, source_message, first_message, sent_at) \
         VALUES (1, 1, 1, {n}, 1, {at})",
    ),
    (
        "forgotten_marks",
        "owner_id = 1",
        "marked_at",
        2,
        "(owner_id, mark, bot_id, kind, marked_at) VALUES (1, X'0{n}', 1, 'message', {at})",
    ),
    (
        "announcements",
        "operator_id = 1",
        "ended_at",
        2,
        "(operator_id, question_id, made_at, owners, reached, sent, failed, ended_at) \
         VALUES (1, {n}, {at}, 1, 0, 1, 0, {at})",
    ),
    (
        "parked",
        "bot_id = 1",
        "parked_at",
        2,
        "(bot_id, chat_id, message_id, kind, update_id, content, parked_at) \
         VALUES (1, 1, {n}, 'kept', 1, X'00', {at})",
    ),
    (
        "processes",
        "process_id < 3",
        "alive_until",
        1,
        "(process_id, alive_until) VALUES ({n}, {at})",
    ),
    (
        "refused_chats",
        "bot_id = 1",
        "refused_at",
        400,
        "(bot_id, chat_id, refused_at) VALUES (1, {n}, {at})",
    ),
    (
        "message_references",
        "owner_id = 1",
        "created_at",
        400,
        "(owner_id, source_bot, source_chat, source_message, part, direction, copy_bot, \
         copy_chat, copy_message, state, attempts, created_at) \
         VALUES (1, 1, 1, {n}, 0, 'in', 1, 1, {n}, 'sent', 1, {at})",
    ),
];

impl Stage {
    async fn writes(&self, table: &str, row: &str, number: i64, at: i64) {
        let row = row.replace("{n}", &number.to_string()).replace("{at}", &at.to_string());
        self.database.run(&format!("INSERT INTO {table} {row}")).await;
    }

    /// Lets the database refuse to remove anything from a table.
    async fn keeps_all_of(&self, table: &str) {
        let refuse = if self.database.url().starts_with("mysql") {
            "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
        } else {
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        };
        let trigger = format!("CREATE TRIGGER keeps BEFORE DELETE ON {table} {refuse}");
        self.database.run(&trigger).await;
    }
}

async fn what_is_too_old_goes_whatever_else_can_not(mut stage: Stage) {
    stage.stop().await;
    let now = now() * 1000;
    for (table, _, _, days, row) in KINDS {
        let limit = now - days * 24 * HOUR;
        stage.writes(table, row, 1, limit - HOUR).await;
        stage.writes(table, row, 2, limit + HOUR).await;
    }
    // What stands for a ban has no age.
    let ban = "(owner_id, mark, bot_id, kind, marked_at) VALUES (2, X'0{n}', 1, 'ban', {at})";
    stage.writes("forgotten_marks", ban, 3, now - 1000 * 24 * HOUR).await;
    // The first that is asked for fails.
    let handled = "(bot_id, update_id, handled_at) VALUES (1, {n}, {at})";
    stage.writes("handled_updates", handled, 1, 1).await;
    stage.keeps_all_of("handled_updates").await;
    stage.watch_every(Duration::from_millis(300));
    stage.start().await;
    let began = Instant::now();
    for (table, ours, age, days, _) in KINDS {
        let old = format!("{table} WHERE {ours} AND {age} < {}", now - days * 24 * HOUR);
        while stage.database.count(&old).await > 0 {
            assert!(began.elapsed() < Duration::from_secs(20), "{table} keeps what is old");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let left = format!("{table} WHERE {ours}");
        assert_eq!(stage.database.count(&left).await, 1, "{table}: what is young stays");
    }
    assert_eq!(stage.database.count("forgotten_marks WHERE kind = 'ban'").await, 1);
    assert_eq!(stage.database.count("handled_updates WHERE bot_id = 1").await, 1, "it can't go");
    stage.stop().await;
}
