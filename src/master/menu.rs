//! The command menu: what Telegram shows behind the "/" button, in each language.
//!
//! Owners get every command in their own chat; everybody else sees `/start` alone.

use teloxide::types::{BotCommand, BotCommandScope, Recipient};

use super::{
    Master, Owner,
    commands::{Audience, shown},
};
use crate::{seal::fingerprint, text::Language};

/// The installation's fact that holds the fingerprint of the menu everybody sees.
const COMMON_MENU: &str = "common menu";

impl Master {
    /// Sets the menu that people see who are no owners, without making anything wait for it; once,
    /// as long as it says the same.
    pub fn refresh_common_menu(&self) {
        let master = self.clone();
        self.inner.side_work.spawn(async move {
            let words = Language::ALL.map(Language::command_help);
            let bot = master.inner.caller.bot.to_string();
            let parts: Vec<&[u8]> = words.iter().chain([&bot]).map(String::as_bytes).collect();
            let mark = fingerprint(&parts);
            let store = &master.inner.store;
            if store.installation_fact(COMMON_MENU).await.ok().flatten().as_ref() == Some(&mark) {
                return;
            }
            let start =
                |language: Language| vec![BotCommand::new("start", language.command_help())];
            if master.set_in_every_language(BotCommandScope::AllPrivateChats, start).await
                && let Err(error) = store.put_fact(COMMON_MENU, mark).await
            {
                tracing::warn!(%error, "that the command menu is set could not be recorded");
            }
        });
    }

    /// Sets an owner's menu, without making him wait for it: in the language he chose, else in
    /// that of each of his apps.
    pub(super) fn refresh_menu(&self, owner: Owner) {
        let (master, chat) = (self.clone(), owner.id.chat());
        self.inner.side_work.spawn(async move {
            let scope = BotCommandScope::Chat { chat_id: Recipient::Id(chat) };
            let (store, bot) = (&master.inner.store, master.inner.caller.bot);
            let chosen = store.chosen_language(bot, chat).await.ok().flatten();
            let operator = master.is_operator(owner.id).await.unwrap_or(false);
            let audience = Audience { plans: master.sells(), operator };
            let chosen = chosen.map(|chosen| Language::of(Some(&chosen)));
            let all = |language| {
                let language = chosen.unwrap_or(language);
                let all = shown(audience);
                all.iter().map(|(name, does)| BotCommand::new(*name, does(language))).collect()
            };
            master.set_in_every_language(scope, all).await;
        });
    }

    async fn set_in_every_language(
        &self,
        scope: BotCommandScope,
        commands: impl Fn(Language) -> Vec<BotCommand>,
    ) -> bool {
        let (telegram, caller) = (&self.inner.telegram, &self.inner.caller);
        for language in Language::ALL {
            // English is also what Telegram falls back to.
            let code = (language != Language::English).then(|| language.code());
            let set = telegram.set_commands(caller, commands(language), scope.clone(), code).await;
            if let Err(error) = set {
                tracing::warn!(%error, "the command menu could not be set");
                return false;
            }
        }
        true
    }
}
