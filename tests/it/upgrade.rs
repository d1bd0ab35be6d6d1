//! A newer version on what an older one left, and an older one on what a newer one made.

use std::{fs, path::Path};

use feedback_relay::store::{TABLES, newest_schema};
use sqlx::{
    Connection as _, MySqlConnection, SqliteConnection,
    migrate::{MigrationType, Migrator},
};
use telegram_emulator::{Bot, Person, draft};

use crate::support::{
    Backend, Database, Process, Stage, matrix::on_every_database, process::Finished, text,
};

mod stages {
    use super::*;
    on_every_database!(dark(Webhook):
        what_an_older_version_left_goes_on,
        a_backup_of_an_older_version_goes_into_either_database,
        a_database_of_a_newer_version_is_left_alone,
        a_migration_that_was_cut_off_is_gone_on_with,
    );
}

/// Before, there was nothing to relay with.
const OLDEST: i64 = 6;

fn is_sqlite(database: &Database) -> bool {
    database.url().starts_with("sqlite")
}

/// The migrations as files, so that a test can stop in the middle of them.
async fn migrations(database: &Database) -> Migrator {
    let folder = if is_sqlite(database) { "sqlite" } else { "mysql" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    Migrator::new(path).await.unwrap()
}

pub async fn migrate_to(database: &Database, version: i64) {
    let migrations = migrations(database).await;
    if is_sqlite(database) {
        fs::File::create(database.folder().join("relay.db")).unwrap();
        let mut connection = SqliteConnection::connect(database.url()).await.unwrap();
        migrations.run_to(version, &mut connection).await.unwrap();
    } else {
        let mut connection = MySqlConnection::connect(database.url()).await.unwrap();
        migrations.run_to(version, &mut connection).await.unwrap();
    }
}

/// Puts the stage on a database as it would be, had a version with this schema been used.
async fn goes_back(stage: &mut Stage, version: i64) -> Database {
    let backend = if is_sqlite(&stage.database) { Backend::Sqlite } else { Backend::MySql };
    let old = Database::create(backend).await;
    migrate_to(&old, version).await;
    let from = if is_sqlite(&old) {
        let file = stage.database.folder().join("relay.db");
        format!("ATTACH DATABASE '{}' AS newer", file.display())
    } else {
        String::new()
    };
    let prefix = if is_sqlite(&old) {
        "newer".to_owned()
    } else {
        url::Url::parse(stage.database.url()).unwrap().path().trim_start_matches('/').to_owned()
    };
    let there = old.columns().await;
    let mut script = from;
    for table in TABLES {
        let known = |name: &str| there.contains(&(table.name.to_owned(), name.to_owned()));
        let columns: Vec<_> =
            table.columns.iter().map(|(name, _)| *name).filter(|name| known(name)).collect();
        if !columns.is_empty() {
            let (name, columns) = (table.name, columns.join(", "));
            script +=
                &format!(";INSERT INTO {name} ({columns}) SELECT {columns} FROM {prefix}.{name}");
        }
    }
    old.run(script.trim_start_matches(';')).await;
    let key = |database: &Database| database.folder().join("secret.key");
    fs::copy(key(&stage.database), key(&old)).unwrap();
    std::mem::replace(&mut stage.database, old)
}

/// A conversation, and a relay that was stopped after it.
async fn talks(stage: &mut Stage) -> (Bot, Person, serde_json::Value) {
    let process = stage.launch_welcomed().await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, tea) = stage.asks(&anna, &shop, "tea?").await;
    stage.telegram.quiet().await;
    process.stop().await;
    (shop, anna, tea)
}

/// The old copy still leads to its customer, and a new message to the owner.
async fn goes_on(stage: &Stage, (shop, anna, tea): &(Bot, Person, serde_json::Value), word: &str) {
    let process = stage.launch().await;
    let reply = stage.answer(tea, draft::text(format!("with {word}"))).await;
    assert_eq!(text(&stage.copy_of_reply(reply).await), format!("with {word}"));
    stage.sees(anna, shop, &format!("with {word}")).await;
    stage.asks_only(anna, shop, &format!("thanks for the {word}")).await;
    stage.telegram.quiet().await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "possibly a repeat"), 0);
    process.stop().await;
}

async fn run(stage: &Stage, arguments: &[&str]) -> Finished {
    Process::start(stage.database.folder(), arguments, &stage.variables()).finished().await
}

async fn what_an_older_version_left_goes_on(mut stage: Stage) {
    let talk = talks(&mut stage).await;
    let versions: Vec<i64> = migrations(&stage.database)
        .await
        .iter()
        .filter(|migration| migration.migration_type == MigrationType::Simple)
        .map(|migration| migration.version)
        .filter(|version| (OLDEST..newest_schema()).contains(version))
        .collect();
    let newest = stage.database.columns().await.len();
    // Every third one, and the last one before ours.
    for version in versions.iter().rev().step_by(3) {
        let kept = goes_back(&mut stage, *version).await;
        goes_on(&stage, &talk, &format!("number {version}")).await;
        assert_eq!(stage.database.columns().await.len(), newest, "from {version}");
        stage.database = kept;
    }
}

async fn a_backup_of_an_older_version_goes_into_either_database(mut stage: Stage) {
    let talk = talks(&mut stage).await;
    for version in [OLDEST, 17] {
        let newest = goes_back(&mut stage, version).await;
        let done = run(&stage, &["backup", "backup"]).await;
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let file = stage.database.folder().join("backup");
        for backend in [Backend::Sqlite, Backend::MySql] {
            let into = Database::create(backend).await;
            let key = |database: &Database| database.folder().join("secret.key");
            fs::copy(key(&stage.database), key(&into)).unwrap();
            let older = std::mem::replace(&mut stage.database, into);
            let done = run(&stage, &["restore", &file.display().to_string()]).await;
            assert_eq!(done.code, Some(0), "{}", done.stderr);
            goes_on(&stage, &talk, &format!("{backend:?} from {version}")).await;
            stage.database = older;
        }
        stage.database = newest;
    }
}

async fn a_database_of_a_newer_version_is_left_alone(mut stage: Stage) {
    let talk = talks(&mut stage).await;
    let file = stage.database.folder().join("backup").display().to_string();
    assert_eq!(run(&stage, &["backup", &file]).await.code, Some(0));
    let mark = "INSERT INTO _sqlx_migrations \
                (version, description, success, checksum, execution_time) \
                VALUES (9999, 'of the future', TRUE, 'x', 0)";
    let mark = if is_sqlite(&stage.database) { mark.replace("'x'", "x'00'") } else { mark.into() };
    stage.database.run(&mark).await;
    for success in ["TRUE", "FALSE"] {
        stage
            .database
            .run(&format!("UPDATE _sqlx_migrations SET success = {success} WHERE version = 9999"))
            .await;
        for arguments in [&[][..], &["check"], &["backup", "new"]] {
            let refused = run(&stage, arguments).await;
            assert_eq!(refused.code, Some(1), "{arguments:?} {}", refused.stderr);
            let said = format!("{}{}", refused.stdout, refused.stderr);
            assert!(said.contains("newer version of feedback-relay"), "{arguments:?} {said}");
        }
        assert_eq!(stage.database.count("_sqlx_migrations WHERE version = 9999").await, 1);
    }
    // The old version and the backup from before it: the way back.
    stage.database.run("UPDATE _sqlx_migrations SET success = TRUE WHERE version = 9999").await;
    if is_sqlite(&stage.database) {
        let done = run(&stage, &["restore", "--replace", &file]).await;
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        goes_on(&stage, &talk, "milk").await;
    } else {
        let refused = run(&stage, &["restore", "--replace", &file]).await;
        assert_eq!(refused.code, Some(1), "a server's schema can't go back: {}", refused.stderr);
    }
}

/// On a server a killed start leaves a migration marked as begun, with none, some or all of its
/// changes made. In SQLite a migration is a transaction: there it is as if it had not begun.
async fn a_migration_that_was_cut_off_is_gone_on_with(mut stage: Stage) {
    let talk = talks(&mut stage).await;
    let all = migrations(&stage.database).await;
    for version in [18, 26, 27, 28, 29, 30] {
        let migration = all.iter().find(|migration| migration.version == version).unwrap();
        let statements: Vec<&str> = migration.sql.as_str().split_inclusive(';').collect();
        let mut made = vec![0, 1, statements.len() - 1];
        if is_sqlite(&stage.database) {
            made.truncate(1);
        }
        made.sort_unstable();
        made.dedup();
        for made in made {
            let kept = goes_back(&mut stage, version - 1).await;
            if !is_sqlite(&stage.database) {
                for statement in &statements[..made] {
                    stage.database.run(statement).await;
                }
                let mark = format!(
                    "INSERT INTO _sqlx_migrations \
                     (version, description, success, checksum, execution_time) \
                     VALUES ({version}, 'x', FALSE, 'x', -1)"
                );
                stage.database.run(&mark).await;
                let refused = run(&stage, &["backup", "backup"]).await;
                assert_eq!(refused.code, Some(1));
                assert!(refused.stderr.contains("was cut off"), "{}", refused.stderr);
            }
            goes_on(&stage, &talk, &format!("milk {version}.{made}")).await;
            stage.database = kept;
        }
    }
}
