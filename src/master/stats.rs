//! `/stats`: how much customers write and how fast they are answered, in words and as a picture.
//!
//! ```text
//! [picture]
//! 📊 @shop_bot, 2026-10-23 – 2026-11-21 (UTC+2)
//! Messages: 120 in, 95 out …
//! [Today] [7 days] [✓ 30 days] [12 months]
//! [All bots] [✓ @shop_bot] …
//! ```
//!
//! One message, changed in place. [`view`]: its words and buttons (pure).

mod view;

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use teloxide::types::ChatId;

use super::{
    Master, MasterError, Owner,
    actions::{Done, Occasion, keyboard, plain},
    reports::{Report, ReportPress, View, read},
};
use crate::{
    clock,
    model::BotId,
    stats::{Clock, Counting, Figures, Talk, Window, picture},
    store::{
        BotRow, StoreError,
        stats::{Known, Question, is_last_page},
    },
    telegram::{CallError, Picture, Refusal},
};
use view::Page;

/// Reports made at a time: each takes memory for its counts.
pub(super) const AT_A_TIME: usize = 2;

/// Replies to customers, by conversation.
type Replies = HashMap<(BotId, i64), Vec<i64>>;

impl Master {
    /// Shows a report.
    pub(super) async fn report(
        &self,
        owner: Owner,
        report: Report,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let view = match report {
            Report::Status => return self.status(owner, 0).await.map(Done::Say),
            Report::Press(ReportPress::Status(page)) => {
                return self.status(owner, page).await.map(Done::Say);
            }
            Report::Press(ReportPress::Stats(view)) => Some((view, None)),
            Report::Press(ReportPress::Clock(view, clock)) => Some((view, Some(clock))),
            Report::Stats(_) => None,
        };
        let rows = self.inner.store.bots_of(owner.id).await?;
        if rows.is_empty() {
            return Ok(Done::Say(plain(owner.language.no_bots())));
        }
        let named = || rows.iter().map(|row| (row.username.as_str(), row.bot)).collect::<Vec<_>>();
        let (view, clock) = match (view, report) {
            (Some(view), _) => view,
            (None, Report::Stats(words)) => match read(&words, &named()) {
                Some(found) => found,
                None => return Ok(Done::Say(plain(owner.language.stats_how()))),
            },
            (None, _) => return Ok(Done::Stale),
        };
        if view.bot.is_some_and(|bot| rows.iter().all(|row| row.bot != bot)) {
            return Ok(Done::Stale);
        }
        self.show_stats(owner, (view, clock), &rows, occasion).await
    }

    async fn show_stats(
        &self,
        owner: Owner,
        (view, clock): (View, Option<Clock>),
        rows: &[BotRow],
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let store = &self.inner.store;
        let clock = if let Some(clock) = clock {
            store.set_owner_clock(owner.id, clock.minutes()).await?;
            clock
        } else {
            Clock::of(store.owner_clock(owner.id).await?.unwrap_or(0))
        };
        let window = Window::new(view.period, clock::now_ms(), clock);
        let figures = {
            // Nobody closes it, so waiting for it does not fail.
            let _turn = self.inner.reports.acquire().await.ok();
            self.figures(owner, view.bot, &window).await?
        };
        let kept = self.inner.installation.retention_days;
        let page = Page { language: owner.language, view, window: &window, rows, kept };
        let (text, markup) = (page.text(&figures), keyboard(&page.buttons()));
        let drawn = if figures.is_empty() {
            None
        } else {
            let (words, window) = (page.words(&figures), window.clone());
            let drawing = move || picture::draw(&figures, &window, &words);
            tokio::task::spawn_blocking(drawing).await.ok().flatten()
        };
        let shown = match drawn {
            Some(png) => {
                let picture = Picture { png, caption: text.clone(), markup: markup.clone() };
                match self.show_picture(owner, picture, occasion).await {
                    // The words say the same, and more gets in the way of a picture.
                    Err(error) if words_may_do(&error) => {
                        tracing::warn!(%error, "a report's picture could not be shown");
                        self.show_words(owner, text, markup, occasion).await
                    }
                    done => done,
                }
            }
            None => self.show_words(owner, text, markup, occasion).await,
        };
        shown.map_err(MasterError::Answer)?;
        Ok(Done::Shown)
    }

    /// The picture in the place of the message that was pressed, else as a new one.
    async fn show_picture(
        &self,
        owner: Owner,
        picture: Picture,
        occasion: Occasion<'_>,
    ) -> Result<(), CallError> {
        let (telegram, caller, chat) = (&self.inner.telegram, &self.inner.caller, owner.id.chat());
        let pressed = pressed(occasion);
        let Some((message, _)) = pressed else {
            return telegram.show_picture(caller, chat, None, &picture).await;
        };
        match telegram.show_picture(caller, chat, Some(message), &picture).await {
            Err(error) if gives_way(&error) => {
                telegram.show_picture(caller, chat, None, &picture).await
            }
            done => done,
        }
    }

    /// The words in the place of the message that was pressed. A picture can't become words: it goes,
    /// and they come as a new message.
    async fn show_words(
        &self,
        owner: Owner,
        text: String,
        markup: Value,
        occasion: Occasion<'_>,
    ) -> Result<(), CallError> {
        let (chat, caller) = (owner.id.chat(), &self.inner.caller);
        if let Some((message, is_picture)) = pressed(occasion) {
            if is_picture {
                if let Err(error) = self.inner.telegram.delete_message(caller, chat, message).await
                {
                    tracing::debug!(%error, "an older report stays");
                }
            } else {
                match self
                    .send_from(chat, &view::words(Some(message), &text, &markup), caller)
                    .await
                {
                    Err(CallError::NotSent(Refusal::NotModified)) => return Ok(()),
                    Err(error) if gives_way(&error) => {}
                    done => return done.map(drop),
                }
            }
        }
        self.send_from(chat, &view::words(None, &text, &markup), caller).await.map(drop)
    }

    /// The numbers of one bot, or of all an owner has or had.
    async fn figures(
        &self,
        owner: Owner,
        only: Option<BotId>,
        window: &Window,
    ) -> Result<Figures, StoreError> {
        let store = &self.inner.store;
        let mut counting = Counting::new(window);
        let mut replies = self.replies(owner, only, window, &mut counting).await?;
        let banned: HashSet<_> = store.banned_by(owner.id).await?.into_iter().collect();
        let bots = match only {
            Some(bot) => vec![bot],
            None => store.bots_ever_of(owner.id).await?,
        };
        for bot in bots {
            let mut known = Conversations::default();
            let (mut after, mut talk) = ((i64::MIN, 0), Vec::new());
            loop {
                let page =
                    store.questions_since(owner.id, bot, window.looked_at_from(), after).await?;
                let is_last = is_last_page(page.len());
                for question in page {
                    after = (question.source_chat, question.source_message);
                    let other =
                        talk.last().is_some_and(|last: &Question| last.source_chat != after.0);
                    if other {
                        let told = Told { owner, bot, banned: &banned, replies: &mut replies };
                        self.count_talk(told, std::mem::take(&mut talk), &mut known, &mut counting)
                            .await?;
                    }
                    talk.push(question);
                }
                if is_last {
                    break;
                }
            }
            let told = Told { owner, bot, banned: &banned, replies: &mut replies };
            self.count_talk(told, talk, &mut known, &mut counting).await?;
        }
        Ok(counting.finish())
    }

    /// All replies of the period, each of which is counted, and those before it that may have ended a question.
    async fn replies(
        &self,
        owner: Owner,
        only: Option<BotId>,
        window: &Window,
        counting: &mut Counting<'_>,
    ) -> Result<Replies, StoreError> {
        let (store, master) = (&self.inner.store, self.inner.caller.bot);
        let (mut replies, mut after) = (Replies::new(), 0);
        loop {
            let page =
                store.replies_since(owner.id, master, window.looked_at_from(), after).await?;
            let is_last = is_last_page(page.len());
            for given in page {
                after = given.source_message;
                let bot = BotId(given.copy_bot);
                if only.is_none_or(|only| only == bot) {
                    if given.is_taken_back == 0 {
                        counting.reply(given.created_at);
                    }
                    replies.entry((bot, given.copy_chat)).or_default().push(given.created_at);
                }
            }
            if is_last {
                return Ok(replies);
            }
        }
    }

    /// Counts all that one customer wrote.
    async fn count_talk(
        &self,
        told: Told<'_>,
        questions: Vec<Question>,
        known: &mut Conversations,
        counting: &mut Counting<'_>,
    ) -> Result<(), StoreError> {
        let Some(chat) = questions.first().map(|question| question.source_chat) else {
            return Ok(());
        };
        let Told { owner, bot, banned, replies } = told;
        if known.is_behind(chat) {
            let store = &self.inner.store;
            let page = store.conversations_after(owner.id, bot, chat - 1).await?;
            known.page = page.into_iter().collect();
        }
        let known = known.find(chat);
        let is_banned =
            [None, Some(bot)].iter().any(|from| banned.contains(&(ChatId(chat), *from)));
        let talk = Talk {
            settled: known.and_then(|known| settled(known, &questions)),
            wrote: questions.iter().map(|question| question.created_at).collect(),
            answered: replies.remove(&(bot, chat)).unwrap_or_default(),
            is_banned,
            first_seen: known.map(|known| known.first_seen_at),
            label: known.and_then(|known| known.label.as_deref()),
        };
        counting.talk(ChatId(chat), talk);
        Ok(())
    }
}

/// Whose conversation is counted, and what is known besides it.
struct Told<'a> {
    owner: Owner,
    bot: BotId,
    banned: &'a HashSet<(ChatId, Option<BotId>)>,
    replies: &'a mut Replies,
}

/// A page of a bot's conversations, by customer: asked for in the same order.
#[derive(Default)]
struct Conversations {
    page: std::collections::VecDeque<Known>,
}

impl Conversations {
    fn is_behind(&self, chat: i64) -> bool {
        self.page.back().is_none_or(|last| last.customer_id < chat)
    }

    fn find(&mut self, chat: i64) -> Option<&Known> {
        while self.page.front().is_some_and(|first| first.customer_id < chat) {
            self.page.pop_front();
        }
        self.page.front().filter(|first| first.customer_id == chat)
    }
}

/// Until when all that a customer wrote needs no answer: what came before the message that waits,
/// or before the end of the last wait.
fn settled(known: &Known, questions: &[Question]) -> Option<i64> {
    if known.waiting_since.is_none() {
        return known.answered_at;
    }
    let waits = known.waiting_message?;
    let before = questions.iter().filter(|question| question.source_message < waits);
    before.map(|question| question.created_at).max()
}

/// The message whose button was pressed, and whether it shows a picture.
fn pressed(occasion: Occasion<'_>) -> Option<(teloxide::types::MessageId, bool)> {
    let Occasion::Press(button) = occasion else { return None };
    button.message.as_ref().map(|message| (message.id, message.get("photo").is_some()))
}

/// Whether what failed may have failed because of the picture: Telegram can be reached, and may
/// have refused or dropped this.
fn words_may_do(error: &CallError) -> bool {
    match error.refusal() {
        None => true,
        Some(refusal) => {
            let of_all = [Refusal::Unreachable, Refusal::TokenRevoked, Refusal::NotModified];
            !matches!(refusal, Refusal::TooFast { .. }) && !of_all.contains(refusal)
        }
    }
}

/// Whether a new message can do what this change could not.
fn gives_way(error: &CallError) -> bool {
    matches!(
        error.refusal(),
        Some(Refusal::MessageGone | Refusal::MessageFixed | Refusal::Other { .. })
    )
}
