//! Who takes part: an owner, three customers, the master bot, a shop's bot, and the relay itself.

use std::{
    collections::HashMap,
    ffi::OsString,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use anyhow::Context;
use feedback_relay::{
    app::{self, Running},
    clock,
    config::Config,
};
use telegram_emulator::{Bot, Emulator, Person, draft};
use tempfile::TempDir;

use crate::references::References;

/// Where Telegram believes the relay to be; webhooks must be https, and the emulator knows the way.
const ORIGIN: &str = "https://relay.demo";

/// Everything that runs.
pub(crate) struct Stage {
    /// Telegram.
    pub(crate) telegram: Emulator,
    /// The owner's inbox and control panel.
    pub(crate) master: Bot,
    /// Who answers.
    pub(crate) owner: Person,
    /// Who asks.
    pub(crate) customers: Vec<Person>,
    /// What the relay writes about deliveries.
    pub(crate) references: References,
    /// When everything was ready for visitors.
    pub(crate) ready: Instant,
    /// One instant by both clocks, UTC in milliseconds.
    pub(crate) epoch: (Instant, i64),
    relay: Mutex<Option<(Running, TempDir)>>,
}

impl Stage {
    /// Starts Telegram and the relay, attaches the shop's bot, and lets three customers open it.
    pub(crate) async fn set(references: References) -> anyhow::Result<Self> {
        let telegram = Emulator::builder().start().await.context("the emulator does not start")?;
        let master = telegram.add_bot("master_bot", "Front Desk");
        // What the bot's maker switches on in @BotFather, so that topics can be tried.
        telegram.set_bot_flag(&master, "has_topics_enabled", true);
        telegram.set_bot_flag(&master, "allows_users_to_create_topics", true);
        let person = |name: &str, last: &str, username: &str, language: &str| {
            let person = Person::new(name).last_name(last).username(username).language(language);
            telegram.add_person(person)
        };
        let owner = person("Olga", "Keller", "olga", "en");
        let customers = vec![
            person("Anna", "Petrova", "anna", "en"),
            person("Boris", "Lind", "boris", "en"),
            person("Chloe", "Martin", "chloe", "en"),
        ];
        let (relay, folder) = start_relay(&telegram, &master, &owner).await?;
        let epoch = (Instant::now(), clock::now_ms());
        let relay = Mutex::new(Some((relay, folder)));
        let ready = epoch.0;
        let mut stage =
            Self { telegram, master, owner, customers, references, ready, epoch, relay };
        stage.attach_shop().await;
        stage.ready = Instant::now();
        Ok(stage)
    }

    /// As an owner does it: `/start`, `/add`, the token. The relay answers each step itself.
    async fn attach_shop(&self) {
        let shop = self.telegram.add_bot("shop_bot", "Tea Shop");
        self.telegram.start(&self.owner, &self.master, "").await;
        self.owner_reads("/add attaches").await;
        self.telegram.send(&self.owner, &self.master, draft::text("/add")).await;
        self.owner_reads("Paste it here").await;
        self.telegram.send(&self.owner, &self.master, draft::text(&*shop.token)).await;
        self.owner_reads("@shop_bot is attached").await;
        for customer in &self.customers {
            self.telegram.start(customer, &shop, "").await;
        }
        self.telegram.quiet().await;
    }

    async fn owner_reads(&self, words: &str) {
        let read = |view: &telegram_emulator::View<'_>| {
            let messages = view.chat(&self.owner, &self.master);
            let read = |text: Option<&str>| text.is_some_and(|text| text.contains(words));
            messages.iter().any(|message| read(message["text"].as_str())).then_some(())
        };
        self.telegram.wait(words, read).await;
    }

    /// Everybody with a phone, the owner last.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.customers.iter().chain([&self.owner])
    }

    /// The bots on a person's phone: the owner's has the master bot, customers' have all others.
    pub(crate) fn bots_of(&self, person: &Person, all: &[Bot]) -> Vec<Bot> {
        let is_owner = person.id == self.owner.id;
        all.iter().filter(|bot| (bot.id == self.master.id) == is_owner).cloned().collect()
    }

    /// Stops the relay as SIGTERM does, and removes its folder.
    pub(crate) async fn clear(&self) -> anyhow::Result<()> {
        let relay = self.relay.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((relay, folder)) = relay {
            let in_time = relay.stop().await;
            folder.close().context("the demo's folder could not be removed")?;
            anyhow::ensure!(in_time, "the relay did not stop in time");
        }
        Ok(())
    }
}

/// The relay as `feedback-relay` runs it, with webhooks and a database of its own.
async fn start_relay(
    telegram: &Emulator,
    master: &Bot,
    owner: &Person,
) -> anyhow::Result<(Running, TempDir)> {
    let folder = tempfile::Builder::new().prefix("feedback-relay-demo-").tempdir()?;
    let inside = |name: &str| folder.path().join(name).display().to_string();
    let variables = HashMap::from([
        ("MASTER_BOT_TOKEN", master.token.clone()),
        ("DATABASE_URL", format!("sqlite://{}", inside("demo.db"))),
        ("SECRET_KEY_FILE", inside("secret.key")),
        ("TELEGRAM_API_URL", telegram.api_url()),
        ("LISTEN_ADDR", "127.0.0.1:0".to_owned()),
        ("PUBLIC_URL", ORIGIN.to_owned()),
        ("OWNER_IDS", owner.id.to_string()),
        // Whoever tries everything at once is no flood.
        ("CUSTOMER_RATE", "off".to_owned()),
        ("OWNER_RATE", "off".to_owned()),
    ]);
    let config = Config::read(&|name: &str| variables.get(name).map(OsString::from));
    let config = config.map_err(|errors| anyhow::anyhow!("{errors}"))?;
    let relay = app::start(&config).await.context("the relay does not start")?;
    telegram.route(ORIGIN, &format!("http://{}", relay.address));
    Ok((relay, folder))
}
