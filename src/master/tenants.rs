//! `/admin`: the operator looks at the installation's owners, suspends one, lets him go on.
//!
//! ```text
//! 🛠 This installation
//! Owners: 12 (suspended: 1)
//! Client bots: 🟢 13 🔴 1
//! Messages from customers: …            [Owners] [Announce]
//! ```
//!
//! Numbers, names and the usernames of bots; never what anybody writes.

use std::time::Duration;

use futures::future::join_all;
use teloxide::types::ChatId;

use super::{
    Master, MasterError, Owner,
    acquaintance::{NAME_PATIENCE, PAGE},
    actions::{Answer, Done, Occasion, plain},
    admin::{AdminErrand, AdminPress, Drafted, Named, Order},
    state::{Input, Press},
};
use crate::{
    clock, failpoint,
    model::{BotState, OwnerId},
    relay::header::{clean, shown_name},
    spans::day,
    store::{BotRow, Tenant, Volumes},
    text::Language,
    update::Person,
};

/// How long counting messages may take: the other numbers are shown without them.
const COUNTING: Duration = Duration::from_secs(20);

type Buttons = Vec<Vec<(String, Press)>>;

impl Master {
    /// Does what the operator asked for. To everybody else there is no such command and no such
    /// button.
    pub(super) async fn of_operator(
        &self,
        owner: Owner,
        errand: AdminErrand,
        occasion: Occasion<'_>,
    ) -> Result<Done, MasterError> {
        if !self.is_operator(owner.id).await? {
            return Ok(match errand {
                AdminErrand::Command(_) => Done::Say(plain(self.unknown_command(owner).await?)),
                AdminErrand::Consider => Done::Next(Input::Drafted(Drafted::NotHis)),
                _ => Done::Stale,
            });
        }
        match errand {
            AdminErrand::Command(words) => self.ordered(owner, Order::read(&words)).await,
            AdminErrand::Press(press) => self.pressed_by_operator(owner, press).await,
            AdminErrand::Consider => self.consider_announcement(owner, occasion).await,
            AdminErrand::Question(sealed, owners) => {
                Ok(Done::Say(Self::ask_to_send(owner, &sealed, owners)))
            }
            AdminErrand::Send(sealed) => self.begin_announcing(owner, &sealed, occasion).await,
        }
    }

    async fn ordered(&self, owner: Owner, order: Order) -> Result<Done, MasterError> {
        let named = match order {
            Order::Home => return self.admin_home(owner).await.map(Done::Say),
            Order::Announce(text) if text.is_empty() => {
                return Ok(Done::Next(Input::Drafted(Drafted::Awaited)));
            }
            Order::Announce(text) => return self.draft_announcement(owner, text).await,
            Order::Unknown => return Ok(Done::Say(plain(owner.language.admin_how()))),
            Order::Show(ref named) | Order::Suspend(ref named) | Order::Resume(ref named) => named,
        };
        let id = match named {
            Named::Id(id) => Some(*id),
            Named::Bot(username) => self.inner.store.owner_of_bot(username).await?,
        };
        let unknown = || Done::Say(plain(owner.language.admin_owner_unknown()));
        let Some(id) = id else { return Ok(unknown()) };
        let press = match order {
            Order::Suspend(_) if id == owner.id => {
                return Ok(Done::Say(plain(owner.language.admin_not_yourself())));
            }
            Order::Suspend(_) => AdminPress::Ask(id),
            Order::Resume(_) => AdminPress::Resume(id),
            _ => AdminPress::Owner(id),
        };
        match self.pressed_by_operator(owner, press).await? {
            Done::Stale => Ok(unknown()),
            // What was so before is shown as it is.
            Done::Settled(answer) => Ok(Done::Say(answer)),
            done => Ok(done),
        }
    }

    async fn pressed_by_operator(
        &self,
        owner: Owner,
        press: AdminPress,
    ) -> Result<Done, MasterError> {
        let (id, is_change) = match press {
            AdminPress::Home => return self.admin_home(owner).await.map(Done::Say),
            AdminPress::Owners(page) => return self.list_owners(owner, page).await.map(Done::Say),
            AdminPress::Announce => return Ok(Done::Next(Input::Drafted(Drafted::Awaited))),
            // The dialogue takes them before they come here.
            AdminPress::Send(_) | AdminPress::Drop(_) => return Ok(Done::Stale),
            AdminPress::Owner(id) => (id, false),
            AdminPress::Ask(id) | AdminPress::Suspend(id) | AdminPress::Resume(id) => (id, true),
        };
        let Some(tenant) = self.inner.store.tenant(id).await? else { return Ok(Done::Stale) };
        if is_change && id == owner.id {
            return Ok(Done::Stale);
        }
        let is_suspended = tenant.suspended_at.is_some();
        match press {
            AdminPress::Ask(_) if !is_suspended => return self.ask_suspension(owner, id).await,
            AdminPress::Suspend(_) if !is_suspended => {
                self.suspend(id).await?;
                tracing::info!(owner.id = %id, "an owner was suspended");
            }
            AdminPress::Resume(_) if is_suspended => {
                self.resume(id).await?;
                tracing::info!(owner.id = %id, "a suspended owner goes on");
            }
            _ => {
                let shown = self.show_owner(owner, &tenant).await?;
                return Ok(if is_change { Done::Settled(shown) } else { Done::Say(shown) });
            }
        }
        failpoint::at("admin", "stored");
        let now = self.inner.store.tenant(id).await?.unwrap_or(tenant);
        self.show_owner(owner, &now).await.map(Done::Say)
    }

    async fn admin_home(&self, owner: Owner) -> Result<Answer, MasterError> {
        let (store, language) = (&self.inner.store, owner.language);
        let (owners, suspended) = store.count_owners().await?;
        let bots = fare(&store.count_bots().await?);
        let counting = tokio::time::timeout(COUNTING, store.volumes(clock::now_ms()));
        let messages = match counting.await {
            Ok(counted) => volumes(language, &counted?),
            Err(_) => "…".to_owned(),
        };
        let [owners, suspended] = [owners, suspended].map(|number| number.to_string());
        let press = |text, press| (text, Press::Admin(press));
        Ok(Answer {
            text: language.admin_home(&owners, &suspended, &bots, &messages),
            buttons: vec![vec![
                press(language.button_admin_owners(), AdminPress::Owners(0)),
                press(language.button_admin_announce(), AdminPress::Announce),
            ]],
        })
    }

    /// A page of the owners; one that is empty by now gives way to one before it.
    async fn list_owners(&self, owner: Owner, page: u16) -> Result<Answer, MasterError> {
        let (store, language) = (&self.inner.store, owner.language);
        let (count, _) = store.count_owners().await?;
        let last = u16::try_from((count - 1).max(0) / i64::from(PAGE)).unwrap_or(u16::MAX);
        let page = page.min(last);
        let offset = i64::from(page) * i64::from(PAGE);
        let tenants = store.owners_page(i64::from(PAGE), offset).await?;
        let named = join_all(tenants.iter().map(|tenant| self.called(language, tenant))).await;
        let mut lines = vec![language.admin_owners(&count.to_string()), String::new()];
        let mut buttons: Buttons = Vec::new();
        for (tenant, name) in tenants.iter().zip(named) {
            let id = OwnerId(tenant.owner_id);
            let bots = store.bots_of(id).await?.len();
            let mark = if tenant.suspended_at.is_some() { "⏸ " } else { "" };
            let line = language.admin_owner_line(&name, &id.to_string(), &bots.to_string());
            lines.push(format!("{mark}{line}"));
            buttons.push(vec![(format!("{mark}{name}"), Press::Admin(AdminPress::Owner(id)))]);
        }
        let mut ways = Vec::new();
        if let Some(before) = page.checked_sub(1) {
            ways.push(("◀".to_owned(), Press::Admin(AdminPress::Owners(before))));
        }
        ways.push((language.button_admin_back(), Press::Admin(AdminPress::Home)));
        if page < last {
            ways.push(("▶".to_owned(), Press::Admin(AdminPress::Owners(page + 1))));
        }
        buttons.push(ways);
        Ok(Answer { text: lines.join("\n"), buttons })
    }

    async fn show_owner(&self, owner: Owner, tenant: &Tenant) -> Result<Answer, MasterError> {
        let (store, language) = (&self.inner.store, owner.language);
        let id = OwnerId(tenant.owner_id);
        let name = self.called(language, tenant).await;
        let bots = store.bots_of(id).await?;
        let bots = if bots.is_empty() {
            language.admin_no_bots()
        } else {
            bots.iter().map(marked).collect::<Vec<_>>().join(", ")
        };
        let customers = store.count_customers(id).await?.to_string();
        let written = volumes(language, &store.volumes_of((id, id), clock::now_ms()).await?);
        let since = day(tenant.registered_at);
        let about =
            language.admin_owner(&name, &id.to_string(), &since, &bots, &customers, &written);
        let press = |text, press| vec![(text, Press::Admin(press))];
        let (standing, change) = match tenant.suspended_at {
            None => (
                language.admin_owner_works(),
                press(language.button_admin_suspend(), AdminPress::Ask(id)),
            ),
            Some(since) => (
                language.admin_owner_rests(&day(since)),
                press(language.button_admin_resume(), AdminPress::Resume(id)),
            ),
        };
        let back = press(language.button_admin_back(), AdminPress::Owners(0));
        let buttons = if id == owner.id { vec![back] } else { vec![change, back] };
        Ok(Answer { text: format!("{about}\n\n{standing}"), buttons })
    }

    async fn ask_suspension(&self, owner: Owner, id: OwnerId) -> Result<Done, MasterError> {
        let language = owner.language;
        let Some(tenant) = self.inner.store.tenant(id).await? else { return Ok(Done::Stale) };
        let name = self.called(language, &tenant).await;
        let press = |text, press| (text, Press::Admin(press));
        Ok(Done::Say(Answer {
            text: language.admin_suspend_question(&name, &id.to_string()),
            buttons: vec![vec![
                press(language.button_admin_suspend(), AdminPress::Suspend(id)),
                press(language.button_admin_back(), AdminPress::Owner(id)),
            ]],
        }))
    }

    /// An owner's name and username as Telegram has them now.
    async fn called(&self, language: Language, tenant: &Tenant) -> String {
        let (inner, chat) = (&self.inner, ChatId(tenant.owner_id));
        let asked = tokio::time::timeout(NAME_PATIENCE, inner.telegram.person(&inner.caller, chat));
        let person = asked.await.ok().and_then(Result::ok).as_ref().and_then(Person::read);
        let nobody = Person { id: tenant.owner_id, ..Person::default() };
        let person = person.unwrap_or(nobody);
        let name = shown_name(&person, language);
        match &person.username {
            Some(username) => format!("{name} @{}", clean(username)),
            None => name,
        }
    }
}

/// A bot with how it fares.
fn marked(row: &BotRow) -> String {
    let mark = match row.state {
        BotState::Active | BotState::Removed => "",
        BotState::Revoked => "🔴 ",
        BotState::Contested => "🟠 ",
    };
    format!("{mark}@{}", row.username)
}

/// How many bots fare how.
fn fare(counts: &[(BotState, i64)]) -> String {
    let of = |state| counts.iter().find(|(is, _)| *is == state).map_or(0, |(_, count)| *count);
    let mut shown = vec![format!("🟢 {}", of(BotState::Active))];
    for (mark, count) in [("🔴", of(BotState::Revoked)), ("🟠", of(BotState::Contested))] {
        if count > 0 {
            shown.push(format!("{mark} {count}"));
        }
    }
    shown.join(" ")
}

fn volumes(language: Language, counted: &Volumes) -> String {
    let Volumes { inbound, outbound } = counted;
    let number = |number: i64| number.to_string();
    language.admin_volumes(
        &number(inbound.day),
        &number(inbound.month),
        &number(inbound.all),
        &number(outbound.day),
        &number(outbound.month),
        &number(outbound.all),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_are_counted_by_how_they_fare() {
        assert_eq!(fare(&[]), "🟢 0");
        assert_eq!(fare(&[(BotState::Contested, 2), (BotState::Active, 5)]), "🟢 5 🟠 2");
    }
}
