//! Telegram, the owners with their bots, and the people who write to them.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use telegram_emulator::{Bot, Emulator, Person, View, draft};
use tokio::sync::Semaphore;

use crate::{arguments::Arguments, chance::Chance};

/// The origin of webhooks; deliveries to it are balanced over the replicas.
pub const ORIGIN: &str = "https://relay.test";
/// How long an owner waits for an answer while nothing fails yet.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much quicker than life Telegram's own waits are, unless something is measured.
const SPEED: f64 = 10.0;
/// How many owners attach their bots at the same time.
const ATTACHING: usize = 24;

/// One person's conversation with one bot.
#[derive(Debug, Clone)]
pub struct Line {
    /// The customer.
    pub person: Person,
    /// Index of the bot, and of its owner.
    pub bot: usize,
    /// Index of the owner.
    pub owner: usize,
}

/// Everybody.
pub struct Stage {
    /// Telegram.
    pub telegram: Emulator,
    /// The master bot.
    pub master: Bot,
    /// The owners.
    pub owners: Vec<Person>,
    /// The client bots.
    pub bots: Vec<Bot>,
    /// The conversations.
    pub lines: Vec<Line>,
    /// The word in every message by which message text is known wherever it turns up.
    pub secret: String,
}

impl Stage {
    /// Starts Telegram and lets everybody in; no bot is attached yet.
    pub async fn set(arguments: &Arguments) -> Result<Self> {
        let speed = if arguments.figure.is_some() { 1.0 } else { SPEED };
        let emulator = Emulator::builder().speed(speed).answer_limit(Duration::from_secs(60));
        let telegram = emulator.start().await.context("Telegram does not start")?;
        let master = telegram.add_bot("master_bot", "Master");
        let owners = (0..arguments.owners)
            .map(|n| {
                let person = Person::new(format!("Owner{n}")).username(format!("owner{n}"));
                telegram.add_person(person.language("en"))
            })
            .collect::<Vec<_>>();
        let bots = (0..arguments.bots)
            .map(|n| telegram.add_bot(&format!("client{n}_bot"), &format!("Client {n}")))
            .collect::<Vec<_>>();
        let mut lines: Vec<Line> = Vec::new();
        for n in 0..arguments.customers {
            let bot = n % bots.len();
            let person = match lines.last() {
                // Everybody has one name for two bots, so that nobody is known by his bot.
                Some(last) if n % 5 == 4 && last.bot != bot => last.person.clone(),
                _ => telegram.add_person(Person::new(format!("Customer{n}")).language("en")),
            };
            lines.push(Line { person, bot, owner: bot % owners.len() });
        }
        let secret = Chance::new(arguments.seed, "secret").word(12);
        Ok(Self { telegram, master, owners, bots, lines, secret })
    }

    /// Every owner attaches his bots, through the front door, many owners at the same time.
    pub async fn attach(&self) -> Result<()> {
        let mut attaching = tokio::task::JoinSet::new();
        let places = Arc::new(Semaphore::new(ATTACHING));
        for (index, owner) in self.owners.iter().enumerate() {
            let own = self.bots.iter().enumerate().filter(|(n, _)| n % self.owners.len() == index);
            let own: Vec<Bot> = own.map(|(_, bot)| bot.clone()).collect();
            let (telegram, owner, master) =
                (self.telegram.clone(), owner.clone(), self.master.clone());
            let places = Arc::clone(&places);
            attaching.spawn(async move {
                let _place = places.acquire_owned().await?;
                telegram.start(&owner, &master, "").await;
                sees(&telegram, &owner, &master, "/add attaches").await?;
                for bot in own {
                    telegram.send(&owner, &master, draft::text("/add")).await;
                    telegram.send(&owner, &master, draft::text(&*bot.token)).await;
                    let words = format!("@{} is attached", bot.username);
                    sees(&telegram, &owner, &master, &words).await?;
                }
                Ok::<_, anyhow::Error>(())
            });
        }
        while let Some(done) = attaching.join_next().await {
            done??;
        }
        Ok(())
    }

    /// The bot a customer of this conversation writes to.
    pub fn bot(&self, line: usize) -> &Bot {
        &self.bots[self.lines[line].bot]
    }

    /// Who owns that bot.
    pub fn owner(&self, line: usize) -> &Person {
        &self.owners[self.lines[line].owner]
    }

    /// Any bot by its id.
    pub fn bot_by_id(&self, id: i64) -> Option<&Bot> {
        std::iter::once(&self.master).chain(&self.bots).find(|bot| bot.id == id)
    }
}

/// Waits until a chat shows a message of the bot with these words.
async fn sees(telegram: &Emulator, person: &Person, bot: &Bot, words: &str) -> Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let there =
        |view: &View<'_>| view.chat(person, bot).iter().rev().any(|m| text(m).contains(words));
    while !telegram.view(there) {
        if tokio::time::Instant::now() > deadline {
            bail!("{} never read {words:?}\n{}", person.first_name, telegram.dump());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// A message's text or caption.
pub fn text(message: &Value) -> &str {
    message["text"].as_str().or_else(|| message["caption"].as_str()).unwrap_or_default()
}

/// Whether a bot wrote it.
pub fn by_bot(message: &Value) -> bool {
    message["from"]["is_bot"].as_bool().unwrap_or(false)
}

/// A message's id.
pub fn id(message: &Value) -> i64 {
    message["message_id"].as_i64().unwrap_or_default()
}
