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

/// The same for stages on which nothing runs yet and nobody is an owner.
macro_rules! on_every_dark_stage {
    ($($body:ident),* $(,)?) => {$(
        mod $body {
            use crate::support::{Backend, Mode, Stage};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_polling() {
                super::super::$body(Stage::dark(Backend::Sqlite, Mode::Polling, &[]).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_webhook() {
                super::super::$body(Stage::dark(Backend::Sqlite, Mode::Webhook, &[]).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql_polling() {
                super::super::$body(Stage::dark(Backend::MySql, Mode::Polling, &[]).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql_webhook() {
                super::super::$body(Stage::dark(Backend::MySql, Mode::Webhook, &[]).await).await;
            }
        }
    )*};
}

/// Makes `name::{sqlite,mysql}` of an `async fn(Stage)` that is about one way in only.
macro_rules! on_every_database {
    (set($mode:ident): $($body:ident),* $(,)?) => {
        $(on_every_database!(@ $body, |backend| Stage::set(backend, Mode::$mode));)*
    };
    (dark($mode:ident): $($body:ident),* $(,)?) => {
        $(on_every_database!(@ $body, |backend| Stage::dark(backend, Mode::$mode, &[]));)*
    };
    (@ $body:ident, |$backend:ident| $stage:expr) => {
        mod $body {
            use crate::support::{Backend, Mode, Stage};

            async fn stage($backend: Backend) -> Stage {
                $stage.await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::super::$body(stage(Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                super::super::$body(stage(Backend::MySql).await).await;
            }
        }
    };
}

pub(crate) use {on_every_dark_stage, on_every_database, on_every_stage};
