//! Bans: whom an owner no longer wants to hear. The relay keeps them out; here they are made,
//! shown and lifted.

use std::collections::BTreeSet;

use futures::future::{join_all, try_join_all};
use teloxide::types::{ChatId, MessageId};

use super::{
    Master, MasterError, Owner,
    acquaintance::{Customer, PAGE, unknown},
    actions::{Answer, Done, Occasion, plain},
    people::{Deed, PeoplePress, Place, Whom},
    state::Press,
};
use crate::{
    clock, failpoint,
    model::{BotId, DELETED, Part, Reference},
    spans::day,
    store::Ban,
    telegram::{CallError, Refusal},
    text::Language,
};

/// Copies of one conversation that are looked at: Telegram lets bots delete what is younger than
/// 48 hours, which is far less.
const COPIES: i64 = 10_000;
/// Messages in one `deleteMessages`.
const BATCH: usize = 100;
/// So many in a row that can't be deleted: older ones can't be, either.
const HOPELESS: usize = 10;

/// What the reference says of a copy that Telegram no longer deletes.
const KEPT: &str = "undeletable";

/// The bans of one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bans {
    /// From all bots.
    pub(super) everywhere: bool,
    /// From these.
    pub(super) only: Vec<BotId>,
}

impl Bans {
    fn is_empty(&self) -> bool {
        !self.everywhere && self.only.is_empty()
    }
}

/// How many messages are gone from the inbox, and how many stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wiped {
    gone: usize,
    kept: usize,
}

impl Master {
    /// `/ban` as a reply.
    pub(super) async fn ban(&self, owner: Owner, whom: Whom) -> Result<Done, MasterError> {
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(unknown(owner)) };
        let bans = self.bans_of_customer(owner, whom.customer).await?;
        let already = bans.everywhere.then(|| owner.language.ban_already(&customer.name));
        if already.is_none() {
            self.ban_everywhere(owner, whom, &bans).await?;
        }
        let mut answer = self.ban_answer(owner, &customer, None).await?;
        answer.text = already.unwrap_or(answer.text);
        Ok(Done::Say(answer))
    }

    /// A button about a ban. One that changes nothing says so and shows how things stand.
    pub(super) async fn change_ban(
        &self,
        owner: Owner,
        (deed, place): (Deed, Place),
        whom: Whom,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        let Some(customer) = self.customer(owner, whom).await? else { return Ok(Done::Stale) };
        let bans = self.bans_of_customer(owner, whom.customer).await?;
        let (mut remark, mut settled) = (None, false);
        match deed {
            Deed::Ban if !bans.everywhere || !bans.only.is_empty() => {
                self.ban_everywhere(owner, whom, &bans).await?;
            }
            Deed::Only if bans.everywhere => {
                self.put_ban(owner, whom, Some(whom.bot)).await?;
                self.inner.store.unban(owner.id, whom.customer, None).await?;
            }
            Deed::Unban if !bans.is_empty() => {
                for only in bans.only.iter().copied().map(Some).chain([None]) {
                    self.inner.store.unban(owner.id, whom.customer, only).await?;
                }
                failpoint::at("ban", "lifted");
            }
            Deed::Wipe if !bans.is_empty() => {
                let wiped = self.wipe_copies(owner, whom, &bans).await?;
                if wiped == Wiped::default() {
                    return Ok(Done::Stale);
                }
                remark = Some(wiped.in_words(owner.language));
            }
            Deed::Wipe => return Ok(Done::Stale),
            // A process that was killed in between may have done it without showing it.
            Deed::Ban | Deed::Only | Deed::Unban => settled = true,
        }
        if place == Place::Card {
            let shown = self.redraw_card(owner, &customer, remark, occasion).await?;
            return Ok(if settled { Done::Stale } else { shown });
        }
        let answer = self.ban_answer(owner, &customer, remark).await?;
        Ok(if settled { Done::Settled(answer) } else { Done::Say(answer) })
    }

    pub(super) async fn bans_of_customer(
        &self,
        owner: Owner,
        customer: ChatId,
    ) -> Result<Bans, MasterError> {
        let mut bans = Bans::default();
        for ban in self.inner.store.bans_of_customer(owner.id, customer).await? {
            bans.everywhere |= ban.only.is_none();
            bans.only.extend(ban.only);
        }
        Ok(bans)
    }

    pub(super) async fn ban_everywhere(
        &self,
        owner: Owner,
        whom: Whom,
        before: &Bans,
    ) -> Result<(), MasterError> {
        self.put_ban(owner, whom, None).await?;
        for bot in &before.only {
            self.inner.store.unban(owner.id, whom.customer, Some(*bot)).await?;
        }
        Ok(())
    }

    async fn put_ban(
        &self,
        owner: Owner,
        Whom { bot, customer }: Whom,
        only: Option<BotId>,
    ) -> Result<(), MasterError> {
        let ban = Ban { customer, only, seen_by: bot, banned_at: clock::now_ms() };
        self.inner.store.ban(owner.id, ban).await?;
        failpoint::at("ban", "stored");
        Ok(())
    }

    /// How a customer's bans stand, with what can be done about them.
    pub(super) async fn ban_answer(
        &self,
        owner: Owner,
        customer: &Customer,
        remark: Option<String>,
    ) -> Result<Answer, MasterError> {
        let (language, name) = (owner.language, customer.name.as_str());
        let bans = self.bans_of_customer(owner, customer.whom.customer).await?;
        let mut text = match bans {
            Bans { everywhere: true, .. } => language.ban_everywhere(name),
            Bans { ref only, .. } if only.is_empty() => language.unbanned(name),
            Bans { ref only, .. } => language.ban_only(name, &self.usernames(owner, only).await?),
        };
        let mut buttons = ban_buttons(language, customer, &bans, Place::Answer);
        if let Some(remark) = remark {
            text = format!("{text}\n\n{remark}");
            // They are deleted as far as that goes.
            buttons.drain(..buttons.len().min(1));
        }
        Ok(Answer { text, buttons })
    }

    /// Bots by their usernames.
    pub(super) async fn usernames(
        &self,
        owner: Owner,
        bots: &[BotId],
    ) -> Result<String, MasterError> {
        let mut names = Vec::new();
        for bot in bots {
            names.extend(self.own_bot(owner, *bot).await?.map(|row| format!("@{}", row.username)));
        }
        Ok(names.join(", "))
    }

    /// Deletes the copies of a banned customer's messages in the owner's chat, as far as the ban
    /// reaches.
    async fn wipe_copies(
        &self,
        owner: Owner,
        whom: Whom,
        bans: &Bans,
    ) -> Result<Wiped, MasterError> {
        let store = &self.inner.store;
        let mut bots: BTreeSet<BotId> = bans.only.iter().copied().collect();
        if bans.everywhere {
            bots.extend(store.bots_of_customer(owner.id, whom.customer).await?);
        }
        let mut all = Wiped::default();
        for bot in bots {
            let copies = store.copies_of_customer(owner.id, bot, whom.customer, COPIES).await?;
            let here = |copy: &Reference| {
                !Part::is_pointer(copy.part)
                    && copy.copy_bot == self.inner.caller.bot
                    && copy.copy_chat == owner.id.chat()
                    && copy.reason.as_deref() != Some(KEPT)
            };
            let copies: Vec<Reference> = copies.into_iter().filter(here).collect();
            let wiped = self.wipe_list(owner, &copies).await?;
            all = Wiped { gone: all.gone + wiped.gone, kept: all.kept + wiped.kept };
            store.recount_waiting((owner.id, bot, whom.customer)).await?;
        }
        Ok(all)
    }

    async fn wipe_list(&self, owner: Owner, copies: &[Reference]) -> Result<Wiped, MasterError> {
        let mut wiped = Wiped::default();
        let mut misses = 0;
        for batch in copies.chunks(BATCH) {
            let whole = misses < HOPELESS && self.delete_copies(owner, batch).await?;
            if whole {
                wiped.gone += self.note_fate(batch, DELETED).await?;
                continue;
            }
            // One that is too old fails its whole batch.
            for copy in batch.chunks(1) {
                if misses < HOPELESS && self.delete_copies(owner, copy).await? {
                    misses = 0;
                    wiped.gone += self.note_fate(copy, DELETED).await?;
                } else {
                    misses += 1;
                    wiped.kept += self.note_fate(copy, KEPT).await?;
                }
            }
        }
        Ok(wiped)
    }

    async fn delete_copies(&self, owner: Owner, copies: &[Reference]) -> Result<bool, MasterError> {
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        let ids: Vec<MessageId> = copies.iter().filter_map(|copy| copy.copy_message).collect();
        match telegram.delete_messages(caller, owner.id.chat(), &ids).await {
            Ok(()) => Ok(true),
            Err(error @ CallError::NotSent(Refusal::TooFast { .. } | Refusal::Unreachable)) => {
                Err(MasterError::Answer(error))
            }
            Err(error) => {
                tracing::debug!(%error, "copies could not be deleted");
                Ok(false)
            }
        }
    }

    /// Records what became of copies; gives for how many messages they stood.
    async fn note_fate(
        &self,
        copies: &[Reference],
        fate: &'static str,
    ) -> Result<usize, MasterError> {
        try_join_all(copies.iter().map(|copy| self.inner.store.set_copy_reason(copy, fate)))
            .await?;
        Ok(copies.iter().filter(|copy| copy.part == Part::Main.number()).count())
    }

    /// A page of `/banned`; one that is empty by now gives way to one before it.
    pub(super) async fn list_banned(&self, owner: Owner, page: u16) -> Result<Answer, MasterError> {
        let (store, language) = (&self.inner.store, owner.language);
        for page in [page, page.saturating_sub(1), 0] {
            let offset = i64::from(page) * i64::from(PAGE);
            let bans = store.bans_of(owner.id, i64::from(PAGE) + 1, offset).await?;
            if !bans.is_empty() {
                return self.banned_page(owner, page, bans).await;
            }
        }
        Ok(plain(language.nobody_banned()))
    }

    async fn banned_page(
        &self,
        owner: Owner,
        page: u16,
        mut bans: Vec<Ban>,
    ) -> Result<Answer, MasterError> {
        let language = owner.language;
        let has_more = bans.len() > usize::from(PAGE);
        bans.truncate(usize::from(PAGE));
        let names = bans.iter().map(|ban| self.names(owner, ban.seen_by, ban.customer));
        let mut lines = vec![language.banned_title(), String::new()];
        let mut buttons = Vec::new();
        for (ban, names) in bans.iter().zip(join_all(names).await) {
            let (name, _) = names?;
            let since = day(ban.banned_at);
            lines.push(match ban.only {
                None => language.banned_everywhere(&name, &since),
                Some(bot) => {
                    language.banned_only(&name, &self.usernames(owner, &[bot]).await?, &since)
                }
            });
            let lift = PeoplePress::Lift { customer: ban.customer, only: ban.only, page };
            buttons.push(vec![(language.button_unban_name(&name), Press::People(lift))]);
        }
        buttons.extend(pages(page, has_more, PeoplePress::Banned));
        Ok(Answer { text: lines.join("\n"), buttons })
    }

    /// Lifts one ban of the list and shows what is left of it.
    pub(super) async fn lift(
        &self,
        owner: Owner,
        customer: ChatId,
        only: Option<BotId>,
        page: u16,
    ) -> Result<Done, MasterError> {
        if !self.inner.store.unban(owner.id, customer, only).await? {
            if self.inner.store.bots_of_customer(owner.id, customer).await?.is_empty() {
                return Ok(Done::Stale);
            }
            return self.list_banned(owner, page).await.map(Done::Settled);
        }
        failpoint::at("ban", "lifted");
        self.list_banned(owner, page).await.map(Done::Say)
    }
}

impl Wiped {
    fn in_words(self, language: Language) -> String {
        let mut words = language.copies_deleted(&self.gone.to_string());
        if self.kept > 0 {
            words = format!("{words}\n{}", language.copies_kept(&self.kept.to_string()));
        }
        words
    }
}

/// What can be done about a customer's bans, a button a row.
pub(super) fn ban_buttons(
    language: Language,
    customer: &Customer,
    bans: &Bans,
    place: Place,
) -> Vec<Vec<(String, Press)>> {
    let button = |text: String, deed| {
        vec![(text, Press::People(PeoplePress::Ban(deed, place, customer.whom)))]
    };
    if bans.is_empty() {
        return match place {
            Place::Answer => Vec::new(),
            Place::Card => vec![button(language.button_ban(), Deed::Ban)],
        };
    }
    let reach = if bans.everywhere {
        button(language.button_ban_only(&customer.bot), Deed::Only)
    } else {
        button(language.button_ban_everywhere(), Deed::Ban)
    };
    vec![
        button(language.button_delete_copies(), Deed::Wipe),
        reach,
        button(language.button_unban(), Deed::Unban),
    ]
}

/// The row that leads to the pages before and after.
pub(super) fn pages(
    page: u16,
    has_more: bool,
    press: fn(u16) -> PeoplePress,
) -> Option<Vec<(String, Press)>> {
    let mut row = Vec::new();
    if let Some(before) = page.checked_sub(1) {
        row.push(("◀".to_owned(), Press::People(press(before))));
    }
    if let Some(after) = page.checked_add(1).filter(|_| has_more) {
        row.push(("▶".to_owned(), Press::People(press(after))));
    }
    (!row.is_empty()).then_some(row)
}
