//! A server's account with a password, as people have it: no TLS, signs that need escaping.

use feedback_relay::{config::DatabaseUrl, store::Store};

use crate::support::{Backend, Database};

#[tokio::test]
async fn an_account_with_a_password_logs_in() {
    let database = Database::create(Backend::MySql).await;
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    let account = std::env::var("TEST_MYSQL_PASSWORD_URL")
        .expect("TEST_MYSQL_PASSWORD_URL names no account: run scripts/test");
    let url = DatabaseUrl::parse(&format!("{}/{name}", account.trim_end_matches('/'))).unwrap();
    assert!(!url.to_string().contains("s3cret"), "{url}");
    let store = Store::open(&url).await.unwrap();
    let engine = store.engine().await.unwrap();
    assert!(engine.contains("MariaDB") || engine.contains("MySQL"), "{engine}");
    store.close().await;
}
