//! Crash windows: the real binary dies between two steps of a deed, at a place named for it, and
//! the next start finishes the deed. `docs/reliability.md` lists the windows.
//!
//! A row says where the process dies and what the chat then shows: `text`, or `↻ text` where a copy
//! says that it may be a repeat. So it says exactly after which steps there is one.

mod changes;
mod control;
mod messages;
mod newcomers;
mod payments;

use std::collections::BTreeSet;

use serde_json::Value;
use telegram_emulator::{Bot, Person};

use crate::support::{
    Backend, Mode, Process, Stage, by_bot,
    content::{REPEAT, header_lines},
    oracle::{Cast, judge},
    talk::id,
    text,
};

/// A stage on which the binary runs: an owner, his bot, a customer who has asked something.
pub(crate) struct Play {
    pub(crate) stage: Stage,
    process: Option<Process>,
    pub(crate) shop: Bot,
    pub(crate) anna: Person,
    /// Copies of which Telegram told a process that died with it.
    orphans: usize,
}

impl Play {
    pub(crate) async fn begin(backend: Backend) -> Self {
        let mode = if backend == Backend::Sqlite { Mode::Polling } else { Mode::Webhook };
        let mut stage = Stage::dark(backend, mode, &[]).await;
        let owner = stage.owner.id.to_string();
        stage.vary("OWNER_IDS", &owner);
        let process = Some(stage.launch().await);
        stage.telegram.start(&stage.owner, &stage.master, "").await;
        stage.owner_sees("/add attaches").await;
        let shop = stage.attach("shop_bot", "Shop").await;
        let anna = stage.customer("Anna", &shop).await;
        stage.asks(&anna, &shop, "the question").await;
        Self { stage, process, shop, anna, orphans: 0 }
    }

    /// Has something done so that the process dies at this place, and starts it again.
    pub(crate) async fn dies_at<T>(
        &mut self,
        point: &str,
        deed: impl AsyncFnOnce(&mut Self) -> T,
    ) -> T {
        self.rests().await;
        if let Some(process) = self.process.take() {
            process.kill();
        }
        self.stage.vary("FAILPOINT", point);
        self.process = Some(self.stage.launch().await);
        let done = deed(self).await;
        let process = self.process.take().expect("it was started");
        let finished = process.finished().await;
        assert_eq!(finished.code, None, "{point}: {}", finished.stderr);
        assert!(finished.stderr.contains("at a failpoint"), "{point}: {}", finished.stderr);
        self.stage.vary("FAILPOINT", "");
        self.process = Some(self.stage.launch().await);
        self.rests().await;
        done
    }

    /// Waits until Telegram has nothing left for us, nothing is parked and no call is made.
    pub(crate) async fn rests(&self) {
        self.stage.nothing_waits().await;
    }

    fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_alive)
    }

    /// The messages of a chat that are its bot's, by their ids.
    fn known(&self, person: &Person, bot: &Bot) -> BTreeSet<i64> {
        let chat = self.stage.telegram.chat(person, bot);
        chat.iter().filter(|message| by_bot(message)).map(id).collect()
    }

    /// What the bot has written into a chat since, in the order of the chat.
    fn since(&self, person: &Person, bot: &Bot, known: &BTreeSet<i64>) -> Vec<String> {
        let chat = self.stage.telegram.chat(person, bot);
        let new = chat.iter().filter(|message| by_bot(message) && !known.contains(&id(message)));
        new.map(shape).collect()
    }

    /// Nothing lost, misrouted or out of order, and no copy nobody knows but the orphans.
    async fn judged(self, inbound: usize, outbound: usize) {
        self.rests().await;
        let cast = Cast { owner: &self.stage.owner, bots: &[&self.shop], customers: &[&self.anna] };
        let verdict = judge(&self.stage, &[cast]).await;
        let nothing = Vec::<String>::new();
        assert_eq!(
            (&verdict.lost, &verdict.misrouted, &verdict.disordered),
            (&nothing, &nothing, &nothing)
        );
        assert_eq!((verdict.inbound, verdict.outbound), (inbound, outbound));
        assert_eq!(verdict.duplicated.len(), self.orphans, "{:#?}", verdict.duplicated);
        self.ends().await;
    }

    /// The process stops in good order, and no rule of Telegram was broken.
    pub(crate) async fn ends(mut self) {
        self.process.take().expect("it runs").stop().await;
        assert_eq!(self.stage.telegram.complaints(), Vec::<String>::new());
    }
}

/// How often words that begin so have popped up over the chat.
fn popped_up(play: &Play, words: &str) -> usize {
    let begins = |answer: &&Value| answer["text"].as_str().is_some_and(|it| it.starts_with(words));
    play.stage.telegram.view(|view| view.answered_callbacks().iter().filter(begins).count())
}

/// A copy in a word: what it is, and whether it says that it may be a repeat.
fn shape(message: &Value) -> String {
    let words = text(message);
    let mut own = words.lines().filter(|line| *line != REPEAT);
    let is_header = header_lines(words).is_some() && own.by_ref().nth(1).is_none();
    let kind = match ["sticker", "photo"].iter().find(|kind| message.get(kind).is_some()) {
        Some(kind) => kind,
        None if words == REPEAT => return "↻".to_owned(),
        None if is_header => "header",
        None => "text",
    };
    if words.contains(REPEAT) { format!("↻ {kind}") } else { kind.to_owned() }
}

/// Makes `name::{sqlite,mysql}` of an `async fn(Play)`.
macro_rules! on_each_database {
    ($($body:ident),* $(,)?) => {$(
        mod $body {
            use crate::{crash_windows::Play, support::Backend};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$body(Play::begin(Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                super::$body(Play::begin(Backend::MySql).await).await;
            }
        }
    )*};
}

pub(crate) use on_each_database;
