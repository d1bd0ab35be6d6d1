//! One test body on every database, by polling and by webhook.

/// Makes `name::{sqlite,mysql}_{polling,webhook}` of an `async fn(Stage)`.
macro_rules! on_every_stage {
    ($($body:ident),* $(,)?) => {$(
        mod $body {
            use crate::support::{Backend, Mode, Stage};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_polling() {
                super::super::$body(Stage::set(Backend::Sqlite, Mode::Polling).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_webhook() {
                super::super::$body(Stage::set(Backend::Sqlite, Mode::Webhook).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql_polling() {
                super::super::$body(Stage::set(Backend::MySql, Mode::Polling).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql_webhook() {
                super::super::$body(Stage::set(Backend::MySql, Mode::Webhook).await).await;
            }
        }
    )*};
}

pub(crate) use on_every_stage;
