//! `feedback-relay backup` and `restore`: everything moves, between the databases, and nothing is
//! half there.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use feedback_relay::store::{OF_PROCESSES, TABLES};
use serde_json::Value;
use sqlx::{Connection as _, MySqlConnection};
use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Backend, Database, Mode, Process, Stage, by_bot, matrix::on_every_database, process::Finished,
    talk::bytes, text,
};

mod stages {
    use super::*;
    on_every_database!(dark(Webhook):
        everything_moves_to_the_other_database_and_back,
        what_a_relay_went_on_with_is_called_a_repeat,
        a_backup_is_made_while_the_relay_works,
        a_restore_replaces_only_what_it_is_told_to,
        a_file_that_is_no_whole_backup_changes_nothing,
        a_backup_goes_through_a_pipe,
    );
    on_every_database!(set(Webhook): every_table_and_column_is_in_a_backup);
}

const REPEAT: &str = "possibly a repeat";

fn kind(database: &Database) -> Backend {
    if database.url().starts_with("sqlite") { Backend::Sqlite } else { Backend::MySql }
}

fn other(backend: Backend) -> Backend {
    match backend {
        Backend::Sqlite => Backend::MySql,
        Backend::MySql => Backend::Sqlite,
    }
}

/// Runs the binary with these arguments until its end.
async fn run(stage: &Stage, arguments: &[&str]) -> Finished {
    Process::start(stage.database.folder(), arguments, &stage.variables()).finished().await
}

/// A backup of what the stage's database holds, in its folder.
async fn backs_up(stage: &Stage) -> PathBuf {
    let file = stage.database.folder().join("backup");
    let done = run(stage, &["backup", "--overwrite", &file.display().to_string()]).await;
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("secret.key"), "it says what else to keep: {}", done.stderr);
    file
}

/// Goes on with a new, empty database and the same key; gives the one before.
async fn moves(stage: &mut Stage, to: Backend) -> Database {
    let new = Database::create(to).await;
    let key = |database: &Database| database.folder().join("secret.key");
    fs::copy(key(&stage.database), key(&new)).expect("the key moves along");
    std::mem::replace(&mut stage.database, new)
}

async fn restores(stage: &Stage, file: &Path, more: &[&str]) -> Finished {
    let file = file.display().to_string();
    run(stage, &[&["restore", &file], more].concat()).await
}

/// The same where it is to work.
async fn is_restored(stage: &Stage, file: &Path) {
    let done = restores(stage, file, &[]).await;
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
}

async fn opens(stage: &mut Stage) -> (Process, Bot) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    (process, shop)
}

/// Two photos, acknowledged and waiting for a third.
async fn parks_an_album(stage: &Stage, person: &Person, bot: &Bot) -> Vec<i64> {
    let mut ids = Vec::new();
    for seed in [1, 2] {
        let photo = draft::photo(bytes(seed, 900)).media_group_id("album");
        ids.push(stage.telegram.send(person, bot, photo).await);
    }
    while stage.database.count("parked WHERE kind = 'item'").await < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    ids
}

/// How many messages of the owner's inbox are of albums.
fn album_items(stage: &Stage) -> Vec<Value> {
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    chat.into_iter().filter(|m| by_bot(m) && m["media_group_id"].is_string()).collect()
}

async fn everything_moves_to_the_other_database_and_back(mut stage: Stage) {
    let first = kind(&stage.database);
    let (process, shop) = opens(&mut stage).await;
    stage.saves_text(&["Greeting", "All languages"], draft::text("Hello from the old place")).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, tea) = stage.asks(&anna, &shop, "tea?").await;
    let note = stage.answer(&tea, draft::text("/note pays in coins")).await;
    stage.answered(&stage.owner, &stage.master, note, "is kept").await;
    let bob = stage.customer("Bob", &shop).await;
    let (_, spam) = stage.asks(&bob, &shop, "buy this").await;
    let ban = stage.answer(&spam, draft::text("/ban")).await;
    stage.answered(&stage.owner, &stage.master, ban, "banned").await;
    let carol = stage.customer("Carol", &shop).await;
    stage.telegram.quiet().await;
    // Killed while nobody knows whether Carol's message is out, and Anna's album is collected.
    let slow = Fault::on("sendMessage").chat(stage.owner.id);
    stage.telegram.fault(slow.answer(Answer::Hang(Duration::from_secs(20))));
    stage.telegram.send(&carol, &shop, draft::text("did it arrive?")).await;
    stage.database.until("message_references WHERE state = 'sending'").await;
    parks_an_album(&stage, &anna, &shop).await;
    process.kill();

    let mut file = backs_up(&stage).await;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let secret = shop.token.split_once(':').unwrap().1;
    for hidden in [secret, "shop_bot", "pays in coins", &anna.id.to_string()] {
        let content = fs::read(&file).unwrap();
        assert!(!content.windows(hidden.len()).any(|bytes| bytes == hidden.as_bytes()), "{hidden}");
    }
    let mut left = Vec::new();
    for to in [other(first), first] {
        left.push(moves(&mut stage, to).await);
        is_restored(&stage, &file).await;
        let before = left.last().unwrap();
        assert_eq!(stage.database.references().await, before.references().await);
        for table in TABLES {
            let (now, then) = (stage.database.count(table.name), before.count(table.name));
            assert_eq!(now.await, then.await, "{}", table.name);
        }
        file = backs_up(&stage).await;
    }

    // At another address, too: webhooks follow by themselves.
    stage.telegram.unroute("https://relay.test");
    stage.vary("PUBLIC_URL", "https://moved.test:8443/new");
    let mut process = Process::start(stage.database.folder(), &[], &stage.variables());
    let address = process.ready().await;
    stage.telegram.route("https://moved.test:8443", &format!("http://{address}"));
    stage
        .telegram
        .wait("the album", |view| {
            let chat = view.chat(&stage.owner, &stage.master);
            (chat.iter().filter(|m| m["media_group_id"].is_string()).count() == 2).then_some(())
        })
        .await;
    stage.sees_times(&stage.owner, &stage.master, REPEAT, 1).await;
    let reply = stage.answer(&tea, draft::text("with milk")).await;
    assert_eq!(text(&stage.copy_of_reply(reply).await), "with milk");
    stage.sees(&anna, &shop, "with milk").await;
    let card = stage.answer(&tea, draft::text("/info")).await;
    stage.answered(&stage.owner, &stage.master, card, "pays in coins").await;
    let hook = stage.telegram.webhook_of(&shop).unwrap();
    assert_eq!(hook["url"], format!("https://moved.test:8443/new/telegram/{}", shop.id));
    stage.telegram.send(&bob, &shop, draft::text("still there?")).await;
    let dora = stage.telegram.add_person(Person::new("Dora").username("dora").language("en"));
    stage.telegram.start(&dora, &shop, "").await;
    stage.sees(&dora, &shop, "Hello from the old place").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "still there?"), 0, "he is banned");
    let items = album_items(&stage);
    assert!(items.iter().all(|item| !text(item).contains(REPEAT)), "{items:?}");
    process.stop().await;
}

/// A backup that was made while the relay ran says nothing about what the relay did next.
async fn what_a_relay_went_on_with_is_called_a_repeat(mut stage: Stage) {
    let (process, shop) = opens(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    let bob = stage.customer("Bob", &shop).await;
    stage.telegram.quiet().await;
    stage.telegram.fault(Fault::on("getFile").answer(Answer::Hang(Duration::from_secs(20))));
    stage.telegram.send(&bob, &shop, draft::photo(bytes(9, 900)).caption("look")).await;
    stage.database.until("message_references WHERE state = 'held'").await;
    parks_an_album(&stage, &anna, &shop).await;
    process.kill();
    // As if it still ran.
    let backend = kind(&stage.database);
    let lock = stage.database.folder().join("relay.db.lock");
    let lock = fs::File::options().create(true).append(true).open(lock).unwrap();
    lock.try_lock().unwrap();
    let connection = match backend {
        Backend::MySql => Some(MySqlConnection::connect(stage.database.url()).await.unwrap()),
        Backend::Sqlite => None,
    };
    let announcement = format!(
        "INSERT INTO announcements (operator_id, question_id, text, made_at, owners, reached, \
         sent, failed) VALUES ({}, 1, x'00', 1, 9, 7, 1, 0)",
        stage.owner.id
    );
    stage.database.run(&announcement).await;
    let file = backs_up(&stage).await;
    drop(connection);
    let _old = moves(&mut stage, other(backend)).await;
    is_restored(&stage, &file).await;
    // Most owners have read it meanwhile.
    let ended = "announcements WHERE ended_at > 1 AND text IS NULL AND reached = 0";
    assert_eq!(stage.database.count(ended).await, 1);
    let process = stage.launch().await;
    stage.sees_times(&stage.owner, &stage.master, REPEAT, 2).await;
    let look = stage.owner_sees("look").await;
    assert!(text(&look).contains(REPEAT), "{look}");
    let items = album_items(&stage);
    assert_eq!(items.iter().filter(|item| text(item).contains(REPEAT)).count(), 1, "{items:?}");
    process.stop().await;
}

async fn a_backup_is_made_while_the_relay_works(mut stage: Stage) {
    let backend = kind(&stage.database);
    let (process, shop) = opens(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, tea) = stage.asks(&anna, &shop, "tea?").await;
    let writing = async {
        for number in 0..20 {
            stage.asks_only(&anna, &shop, &format!("number {number}.")).await;
        }
    };
    let (file, ()) = tokio::join!(backs_up(&stage), writing);
    // A restore is refused as long as it runs, and hurts nobody.
    for more in [&[][..], &["--replace"][..]] {
        let refused = restores(&stage, &file, more).await;
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains("a relay or another program uses"), "{}", refused.stderr);
    }
    stage.asks_only(&anna, &shop, "afterwards").await;
    process.stop().await;

    let _old = moves(&mut stage, backend).await;
    is_restored(&stage, &file).await;
    let process = stage.launch().await;
    let reply = stage.answer(&tea, draft::text("with milk")).await;
    stage.copy_of_reply(reply).await;
    stage.sees(&anna, &shop, "with milk").await;
    stage.asks_only(&anna, &shop, "and on it goes").await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, REPEAT), 0);
    process.stop().await;
}

async fn a_restore_replaces_only_what_it_is_told_to(mut stage: Stage) {
    let backend = kind(&stage.database);
    let nothing = run(&stage, &["backup", "backup"]).await;
    assert_eq!(nothing.code, Some(1));
    assert!(nothing.stderr.contains("nothing to back up"), "{}", nothing.stderr);
    let (process, shop) = opens(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    process.stop().await;
    let file = backs_up(&stage).await;
    let again = run(&stage, &["backup", &file.display().to_string()]).await;
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("exists") && again.stderr.contains("--overwrite"));

    // What came after it goes only when that is asked for.
    let process = stage.launch().await;
    stage.asks_only(&anna, &shop, "and cake").await;
    process.stop().await;
    let rows = stage.database.references().await;
    let refused = restores(&stage, &file, &[]).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("owners: 1, bots: 1"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--replace"), "{}", refused.stderr);
    assert_eq!(stage.database.references().await, rows);
    let replaced = restores(&stage, &file, &["--replace"]).await;
    assert_eq!(replaced.code, Some(0), "{}", replaced.stderr);
    assert_eq!(stage.database.references().await.len() + 1, rows.len());

    // A relay that was only started has nothing to lose.
    let mut kept = moves(&mut stage, backend).await;
    stage.vary("OWNER_IDS", "");
    stage.launch().await.stop().await;
    is_restored(&stage, &file).await;
    std::mem::swap(&mut kept, &mut stage.database);
    assert_eq!(kept.references().await, stage.database.references().await);
}

async fn a_file_that_is_no_whole_backup_changes_nothing(mut stage: Stage) {
    let backend = kind(&stage.database);
    let (process, shop) = opens(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    process.stop().await;
    let file = backs_up(&stage).await;
    let whole = fs::read(&file).unwrap();
    let rows = stage.database.references().await;
    let damaged = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let newer = String::from_utf8_lossy(&whole[..23]).replace("backup 1", "backup 2");
    let bad = stage.database.folder().join("bad");
    for (bytes, words) in [
        (whole[..whole.len() / 2].to_vec(), "damaged or cut off"),
        (whole[..whole.len() - 1].to_vec(), "damaged or cut off"),
        (damaged(whole.len() - 1), "damaged or cut off"),
        (damaged(100), "damaged or cut off"),
        (Vec::new(), "not a backup"),
        (b"-- MariaDB dump 10.19".to_vec(), "not a backup"),
        (format!("{newer} and more\n").into_bytes(), "format 2"),
    ] {
        fs::write(&bad, bytes).unwrap();
        let refused = restores(&stage, &bad, &["--replace"]).await;
        assert_eq!(refused.code, Some(1), "{words}: {}", refused.stderr);
        assert!(refused.stderr.contains(words), "{words}: {}", refused.stderr);
        assert_eq!(stage.database.references().await, rows, "{words}");
    }
    let missing = restores(&stage, Path::new("nowhere"), &["--replace"]).await;
    assert_eq!(missing.code, Some(1), "{}", missing.stderr);

    // Another key, or none.
    let _old = moves(&mut stage, backend).await;
    let key = stage.database.folder().join("secret.key");
    fs::remove_file(&key).unwrap();
    let none = restores(&stage, &file, &[]).await;
    assert_eq!(none.code, Some(2), "{}", none.stderr);
    assert!(none.stderr.contains("put the secret.key"), "{}", none.stderr);
    assert!(!key.exists(), "no key is made");
    fs::write(&key, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").unwrap();
    let wrong = restores(&stage, &file, &[]).await;
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("made with another key"), "{}", wrong.stderr);
    let left: Vec<_> = fs::read_dir(stage.database.folder()).unwrap().map(Result::unwrap).collect();
    let names: Vec<_> = left.iter().map(|file| file.file_name()).collect();
    assert_eq!(names, ["secret.key"], "nothing is left behind");
}

async fn a_backup_goes_through_a_pipe(mut stage: Stage) {
    let backend = kind(&stage.database);
    let (process, shop) = opens(&mut stage).await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "tea?").await;
    process.stop().await;
    let rows = stage.database.references().await;
    let script =
        |command: &str| Process::shell(stage.database.folder(), command, &stage.variables());
    let made = script("\"$0\" backup - > piped").finished().await;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let file = stage.database.folder().join("piped");
    let old = moves(&mut stage, other(backend)).await;
    let restore = |cut: &str| {
        let command = format!("head -c {cut} {} | \"$0\" restore -", file.display());
        Process::shell(stage.database.folder(), &command, &stage.variables()).finished()
    };
    let cut = restore("-1").await;
    assert_eq!(cut.code, Some(1), "{}", cut.stderr);
    let whole = restore("1G").await;
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
    assert_eq!(stage.database.references().await, rows);
    drop(old);
}

/// Whoever adds a table or a column names it in `store::TABLES`, or says there why not.
async fn every_table_and_column_is_in_a_backup(mut stage: Stage) {
    let mut found = stage.database.columns().await;
    found.retain(|(table, _)| !table.starts_with("_sqlx") && !table.starts_with("sqlite_"));
    found.retain(|(table, _)| !OF_PROCESSES.contains(&table.as_str()));
    let mut known: Vec<(String, String)> = TABLES
        .iter()
        .flat_map(|table| {
            let columns = table.columns.iter().map(|(name, _)| *name);
            columns.chain(table.left_out.iter().copied()).map(|name| (table.name, name))
        })
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect();
    found.sort();
    known.sort();
    assert_eq!(found, known);
    stage.curtain().await;
}
/// Something that was begun so long ago and never ended.
fn begun(path: &Path, ago: Duration) {
    fs::write(path, "half").unwrap();
    let then = std::time::SystemTime::now() - ago;
    fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_killed_ones_left_is_removed_by_the_next_one() {
    const HOURS: Duration = Duration::from_hours(2);
    let mut stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.launch().await.stop().await;
    let folder = stage.database.folder().to_owned();
    let (old, fresh) = (folder.join(".backup-aB3dEf"), folder.join(".backup-gH1jKl"));
    let other = folder.join(".backup-of-mine");
    begun(&old, HOURS);
    begun(&fresh, Duration::ZERO);
    begun(&other, HOURS);
    let file = backs_up(&stage).await;
    assert!(!old.exists() && fresh.exists() && other.exists());
    let (old, fresh) = (folder.join(".restoring-aB3dEf"), folder.join(".restoring-gH1jKl"));
    for (left, ago) in [(&old, HOURS), (&fresh, Duration::ZERO)] {
        fs::create_dir(left).unwrap();
        begun(&left.join("relay.db"), ago);
        let then = std::time::SystemTime::now() - ago;
        fs::File::open(left).unwrap().set_modified(then).unwrap();
    }
    let done = restores(&stage, &file, &["--replace"]).await;
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!old.exists() && fresh.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_is_replaced_when_that_is_said() {
    let mut stage = Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await;
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.launch().await.stop().await;
    let file = backs_up(&stage).await;
    fs::write(stage.database.folder().join("relay.db"), "garbage ".repeat(3000)).unwrap();
    let refused = restores(&stage, &file, &[]).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("--replace puts the backup in its place"),
        "{}",
        refused.stderr
    );
    let done = restores(&stage, &file, &["--replace"]).await;
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(stage.database.folder().join("relay.db.damaged").exists());
}
