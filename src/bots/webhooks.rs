//! Tells Telegram where updates go, and only when that changed.
//!
//! What was ordered last is remembered as a fingerprint of everything in the order. A start asks
//! Telegram nothing for bots whose fingerprint is right; the others are put right at the pace at which
//! Telegram lets an address wake tokens.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::Bots;
use crate::{
    config::{Intake, WebhookCertificate},
    model::{BotId, BotState},
    seal::{Seal, fingerprint},
    settings::BotSettings,
    store::StoreError,
    telegram::{CallError, Caller, ClientBot, Refusal, WebhookInfo, WebhookOrder},
};

/// The kinds of update client bots ask for.
pub const CLIENT_UPDATES: &[&str] =
    &["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"];
/// The kinds of update the master bot asks for.
pub const MASTER_UPDATES: &[&str] = CLIENT_UPDATES;
/// The same where there are paid plans.
pub const SELLING_UPDATES: &[&str] = &[
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "pre_checkout_query",
    "subscription",
];

/// How many updates of the master bot Telegram delivers at a time where there are paid plans.
const SELLING_CONNECTIONS: u8 = 100;
/// Between two bots whose orders are put right in the background.
const PACE: Duration = Duration::from_millis(200);
/// Until failed orders are tried again: at first, and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));
/// The longest wait for Telegram's permission that an owner who attaches a bot is made to sit out.
/// `setWebhook` is allowed once a second.
const SHORT_WAIT: Duration = Duration::from_secs(3);
/// The installation's fact that holds the master's fingerprint.
const MASTER_FACT: &str = "master webhook";

impl Bots {
    /// Whether updates come by webhook.
    pub fn by_webhook(&self) -> bool {
        matches!(self.inner.intake, Intake::Webhook { .. })
    }

    /// The kinds of update the master bot asks for here.
    pub fn master_updates(&self) -> &'static [&'static str] {
        if self.inner.sells { SELLING_UPDATES } else { MASTER_UPDATES }
    }

    /// Whether a webhook's address is one of this installation's.
    pub fn is_ours(&self, address: &str) -> bool {
        match &self.inner.intake {
            Intake::Polling => false,
            Intake::Webhook { url, .. } => {
                let ours = url.to_string();
                address.strip_prefix(&ours).is_some_and(|rest| rest.starts_with('/'))
            }
        }
    }

    /// The secret that proves an update of this bot is Telegram's.
    pub fn webhook_secret(&self, bot: BotId) -> String {
        self.inner.seal.webhook_secret(bot)
    }

    /// What only this installation can answer to a `nonce`.
    pub fn proof(&self, nonce: &str) -> String {
        self.inner.seal.proof(nonce)
    }

    /// Orders the master's updates, if the order changed or Telegram has another. An order of
    /// somebody else is changed three times a day; then he is left to it, and the log says so.
    /// Gives what Telegram had before.
    ///
    /// # Errors
    /// What Telegram or the database said.
    pub async fn order_master_updates(&self) -> Result<WebhookInfo, OrderError> {
        let inner = &self.inner;
        let master = &inner.master;
        // A start and the watch would count one change twice.
        let _turn = inner.master_order.lock().await;
        let mut order = self.order(master.bot, self.master_updates());
        if let Some(order) = order.as_mut().filter(|_| inner.sells) {
            // Some of them stay free for whoever is about to pay.
            order.max_connections = Some(SELLING_CONNECTIONS);
        }
        let wanted = order.as_ref().map(mark).unwrap_or_default();
        let known = inner.store.installation_fact(MASTER_FACT).await?.unwrap_or_default();
        let info = inner.telegram.webhook_info(master).await?;
        let is_ours = known == wanted;
        if is_ours && is_right(&info, order.as_ref()) {
            self.master_fares(BotState::Active);
            return Ok(info);
        }
        if is_ours {
            let is_lost = self.master_state() == BotState::Contested;
            if !self.take_reset(master.bot, is_lost).await? {
                self.master_fares(BotState::Contested);
                return Ok(info);
            }
            tracing::warn!(
                "another program changed where the master bot's updates go; they are ordered anew"
            );
        }
        if let Err(error) = self.give_order(master, order.as_ref()).await {
            if is_ours && error.refusal().is_some() {
                inner.store.return_reset(master.bot).await?;
            }
            return Err(error.into());
        }
        if !is_ours {
            inner.store.put_fact(MASTER_FACT, wanted).await?;
        }
        Ok(info)
    }

    /// Orders a client bot's updates now.
    pub(super) async fn order_updates(&self, client: &ClientBot) -> Result<(), CallError> {
        let inner = &self.inner;
        let order = self.client_order(client.id());
        self.give_order(&client.caller, order.as_ref()).await?;
        let mark = order.as_ref().map(mark);
        if let Err(error) = inner.store.set_bot_webhook(client.id(), mark).await {
            // Unrecorded, the order is given once more later, which changes nothing.
            tracing::warn!(bot.id = client.id().0, %error, "an order could not be recorded");
        }
        Ok(())
    }

    async fn give_order(
        &self,
        caller: &Caller,
        order: Option<&WebhookOrder>,
    ) -> Result<(), CallError> {
        let telegram = &self.inner.telegram;
        let give = async || match order {
            None => telegram.delete_webhook(caller).await,
            Some(order) => telegram.set_webhook(caller, order).await,
        };
        match give().await {
            Err(CallError::NotSent(Refusal::TooFast { retry_after }))
                if retry_after <= SHORT_WAIT =>
            {
                tokio::time::sleep(retry_after).await;
                give().await
            }
            done => done,
        }
    }

    /// Ends the order to send us a bot's updates. Somebody else's order is left alone.
    pub(super) async fn withdraw_order(&self, client: &ClientBot) -> Result<(), CallError> {
        let telegram = &self.inner.telegram;
        let ours = if self.by_webhook() {
            self.is_ours(&telegram.webhook_info(&client.caller).await?.url)
        } else {
            client.webhook.is_some()
        };
        if ours { telegram.delete_webhook(&client.caller).await } else { Ok(()) }
    }

    /// The client bot as it is after an order that went well, or as it is.
    pub(super) fn with_order(&self, client: ClientBot, ordered: bool) -> ClientBot {
        let order = self.client_order(client.id());
        let webhook = if ordered { order.as_ref().map(mark) } else { None };
        ClientBot { webhook, ..client }
    }

    /// Puts right the orders that changed, at Telegram's pace, until stopped. (Polling withdraws an old
    /// order as it meets it.)
    pub async fn keep_orders(&self, stop: CancellationToken) {
        if !self.by_webhook() {
            return;
        }
        let mut changed = self.watch();
        let mut again = AGAIN.0;
        loop {
            changed.mark_unchanged();
            let mut failed = false;
            for client in self.wrongly_ordered().await {
                let woken = self.wait_to_wake(client.id());
                if stop.run_until_cancelled(woken).await.is_none() {
                    return;
                }
                failed |= self.put_right(&client).await.is_err();
                if stop.run_until_cancelled(tokio::time::sleep(PACE)).await.is_none() {
                    return;
                }
            }
            let wait = if failed { again } else { AGAIN.1 };
            again = if failed { (again * 2).min(AGAIN.1) } else { AGAIN.0 };
            let pause = async {
                tokio::select! {
                    _ = changed.changed() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            };
            if stop.run_until_cancelled(pause).await.is_none() {
                return;
            }
        }
    }

    /// The bots whose orders changed, newest first, so that each start wakes the same ones.
    async fn wrongly_ordered(&self) -> Vec<Arc<ClientBot>> {
        if !self.may_work().await {
            return Vec::new();
        }
        let mut all = self.all();
        all.retain(|client| client.state != BotState::Revoked && self.is_wrongly_ordered(client));
        all.sort_unstable_by_key(|client| Reverse(client.id()));
        all
    }

    /// Whether Telegram was told something else, or nothing, of where a bot's updates go.
    pub(super) fn is_wrongly_ordered(&self, client: &ClientBot) -> bool {
        client.webhook != self.client_order(client.id()).as_ref().map(mark)
    }

    async fn wait_to_wake(&self, bot: BotId) {
        while !self.may_wake(bot).await {
            tokio::time::sleep(self.wake_wait()).await;
        }
    }

    /// Orders a client bot's updates once more.
    pub(crate) async fn put_right(&self, client: &ClientBot) -> Result<(), CallError> {
        let ordered = self.order_updates(client).await;
        if let Err(error) = &ordered {
            tracing::warn!(bot.id = client.id().0, %error, "where its updates go could not be ordered");
            if error.refusal() == Some(&Refusal::TokenRevoked)
                && let Err(error) = self.token_refused(client).await
            {
                tracing::warn!(bot.id = client.id().0, %error, "its state could not be recorded");
            }
        } else if let Some(current) = self.same(client) {
            self.insert(Arc::new(self.with_order((*current).clone(), true)));
        }
        ordered
    }

    pub(super) fn client_order(&self, bot: BotId) -> Option<WebhookOrder> {
        self.order(bot, CLIENT_UPDATES)
    }

    fn order(&self, bot: BotId, allowed_updates: &'static [&'static str]) -> Option<WebhookOrder> {
        order_of(&self.inner.intake, &self.inner.seal, bot, allowed_updates)
    }
}

/// Where a bot's updates are to go; `None` by long polling.
fn order_of(
    intake: &Intake,
    seal: &Seal,
    bot: BotId,
    allowed_updates: &'static [&'static str],
) -> Option<WebhookOrder> {
    let Intake::Webhook { url, certificate } = intake else { return None };
    Some(WebhookOrder {
        url: url.webhook(bot),
        secret: seal.webhook_secret(bot),
        allowed_updates,
        certificate: certificate.as_ref().map(WebhookCertificate::pem),
        max_connections: None,
    })
}

/// What is remembered of a client bot whose updates were ordered as these settings say.
pub(crate) fn client_mark(intake: &Intake, seal: &Seal, bot: BotId) -> Option<Vec<u8>> {
    order_of(intake, seal, bot, CLIENT_UPDATES).as_ref().map(mark)
}

/// Why the master's updates could not be ordered.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// Telegram's answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether Telegram has what was ordered. It keeps silent on kinds of update as they are at first,
/// which ours are not, but so may a server that says less.
pub(super) fn is_right(info: &WebhookInfo, order: Option<&WebhookOrder>) -> bool {
    let Some(order) = order else { return info.url.is_empty() };
    let same_kinds = info.allowed_updates.as_ref().is_none_or(|kinds| {
        kinds.len() == order.allowed_updates.len()
            && kinds.iter().all(|kind| order.allowed_updates.contains(&kind.as_str()))
    });
    info.url == order.url && same_kinds
}

fn mark(order: &WebhookOrder) -> Vec<u8> {
    let allowed = order.allowed_updates.join(",");
    let certificate = order.certificate.as_deref().unwrap_or_default();
    let most = order.max_connections.map(|most| [most]);
    let mut parts =
        vec![order.url.as_bytes(), order.secret.as_bytes(), allowed.as_bytes(), certificate];
    // Orders without it keep the mark they have.
    parts.extend(most.as_ref().map(<[u8; 1]>::as_slice));
    fingerprint(&parts)
}

/// The host of a webhook's address, as people read it.
pub(crate) fn host_of(url: &str) -> String {
    let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "?".to_owned())
}

impl super::ClientBot {
    /// A stored bot with its token opened.
    pub(super) fn of(
        row: &crate::store::BotRow,
        settings: Arc<BotSettings>,
        caller: Caller,
    ) -> Self {
        Self {
            owner: row.owner,
            username: row.username.clone(),
            name: row.name.clone(),
            state: row.state,
            webhook: row.webhook.clone(),
            settings,
            changed_at: row.changed_at,
            caller,
        }
    }
}
