//! Whatever one owner sends, he reads and changes nothing of another's, and what he is answered does
//! not say whether it exists.
//!
//! Mallory tries what a person can send and what only a hostile peer could: commands, forged
//! presses with another owner's numbers, replies to copies in another's chat, changes, reactions,
//! payments; as a stranger, and as the second owner who is named, who is a customer of Victor's bot,
//! too. Everything is tried twice, with Victor's numbers and with numbers nobody has; the answers
//! have to be the same, and Victor's rows and chats stay as they were.
//!
//! - [`buttons`]: every button the program knows; [`numbers`]: what is put into them
//! - [`deeds`]: what is tried
//! - [`house`]: Victor and all that is his
//! - [`play`]: it is tried, and looked at
//! - [`reading`]: what an owner reads does not depend on another

mod buttons;
mod deeds;
mod house;
mod numbers;
mod play;
mod reading;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use self::{
    deeds::{any_deed, every_deed},
    house::Role,
    play::Play,
};
use crate::support::Backend;

/// Long plays, not many: each has a database and a Telegram of its own.
const PLAYS: u32 = 2;
/// After so many deeds everything stored is looked at.
const LOOK: usize = 10;

macro_rules! on_both {
    ($($sqlite:ident, $mysql:ident = $body:ident($role:ident);)*) => {$(
        #[test]
        fn $sqlite() {
            $body(Backend::Sqlite, Role::$role);
        }

        #[test]
        fn $mysql() {
            $body(Backend::MySql, Role::$role);
        }
    )*};
}

on_both! {
    a_stranger_tries_everything_once_on_sqlite,
    a_stranger_tries_everything_once_on_mysql = everything_once(Stranger);
    a_neighbour_tries_everything_once_on_sqlite,
    a_neighbour_tries_everything_once_on_mysql = everything_once(Neighbour);
    no_stranger_reads_or_changes_anything_of_an_owner_on_sqlite,
    no_stranger_reads_or_changes_anything_of_an_owner_on_mysql = any_play(Stranger);
    no_owner_reads_or_changes_anything_of_another_on_sqlite,
    no_owner_reads_or_changes_anything_of_another_on_mysql = any_play(Neighbour);
}

fn runtime() -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap()
}

fn everything_once(backend: Backend, role: Role) {
    runtime().block_on(async {
        let mut play = Play::begin(backend, role).await;
        let deeds = every_deed(role == Role::Neighbour);
        for some in deeds.chunks(LOOK) {
            for deed in some {
                play.tries(*deed).await.unwrap_or_else(|error| panic!("{deed:?}: {error}"));
            }
            play.is_untouched().await.unwrap_or_else(|error| panic!("one of {some:?}: {error}"));
        }
        play.ends().await;
    });
}

fn any_play(backend: Backend, role: Role) {
    let config = Config {
        cases: PLAYS,
        max_shrink_iters: 8,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = runtime();
    let plays = prop::collection::vec(any_deed(role == Role::Neighbour), 20..30);
    let played = TestRunner::new(config).run(&plays, |deeds| {
        runtime.block_on(async {
            let mut play = Play::begin(backend, role).await;
            for deed in deeds {
                play.tries(deed).await?;
                play.is_untouched().await?;
            }
            play.ends().await;
            Ok(())
        })
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}
