//! A relay in this process, in front of an emulated Telegram.

use std::{collections::HashMap, ffi::OsString, time::Duration};

use feedback_relay::{app, config::Config};
use serde_json::Value;
use tcp_proxy::Proxy;
use telegram_emulator::{Bot, Emulator, Person, draft};

use super::{Backend, Database, Process};

/// How the relay gets its updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Polling,
    Webhook,
}

/// The origin of webhooks, routed to the relay's real address.
pub(super) const ORIGIN: &str = "https://relay.test";

/// Everything a test needs: Telegram, a database, a relay that runs, an owner.
pub struct Stage {
    pub telegram: Emulator,
    pub database: Database,
    pub master: Bot,
    pub owner: Person,
    mode: Mode,
    extra: HashMap<String, String>,
    running: Option<app::Running>,
    others: Vec<app::Running>,
    watch_every: Option<Duration>,
    turn_patience: Option<Duration>,
}

impl Stage {
    /// A relay that runs, with an owner by `OWNER_IDS` who has sent `/start`.
    pub async fn set(backend: Backend, mode: Mode) -> Self {
        Self::set_with(backend, mode, &[]).await
    }

    /// The same with more configuration.
    pub async fn set_with(backend: Backend, mode: Mode, extra: &[(&str, &str)]) -> Self {
        let mut stage = Self::dark(backend, mode, extra).await;
        let id = stage.owner.id.to_string();
        stage.extra.entry("OWNER_IDS".to_owned()).or_insert(id);
        stage.start().await;
        stage.telegram.start(&stage.owner, &stage.master, "").await;
        stage.owner_sees("/add attaches").await;
        stage
    }

    /// A stage on which nothing runs yet, and nobody is an owner.
    pub async fn dark(backend: Backend, mode: Mode, extra: &[(&str, &str)]) -> Self {
        let telegram = Emulator::builder().speed(20.0).start().await.expect("an emulator");
        let master = telegram.add_bot("master_bot", "Master");
        let owner = telegram.add_person(Person::new("Olga").username("olga").language("en"));
        let database = Database::create(backend).await;
        let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let extra = extra.collect();
        Self {
            telegram,
            database,
            master,
            owner,
            mode,
            extra,
            running: None,
            others: Vec::new(),
            watch_every: None,
            turn_patience: None,
        }
    }

    /// The configuration as the environment would give it.
    pub fn variables(&self) -> HashMap<String, String> {
        let key = self.database.folder().join("secret.key");
        let mut variables = HashMap::from([
            ("MASTER_BOT_TOKEN".to_owned(), self.master.token.clone()),
            ("DATABASE_URL".to_owned(), self.database.url().to_owned()),
            ("SECRET_KEY_FILE".to_owned(), key.display().to_string()),
            ("TELEGRAM_API_URL".to_owned(), self.telegram.api_url()),
            ("LISTEN_ADDR".to_owned(), "127.0.0.1:0".to_owned()),
            ("CLIENT_RATE_LIMITS".to_owned(), "off".to_owned()),
            ("CUSTOMER_RATE".to_owned(), "off".to_owned()),
        ]);
        if self.mode == Mode::Webhook {
            variables.insert("PUBLIC_URL".to_owned(), format!("{ORIGIN}/hooks"));
        }
        variables.extend(self.extra.clone());
        variables
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub async fn start(&mut self) {
        let variables = self.variables();
        let config = Config::read(&|name: &str| variables.get(name).map(OsString::from));
        let mut config = config.unwrap_or_else(|errors| panic!("{errors}"));
        config.watch_every = self.watch_every.unwrap_or(config.watch_every);
        config.turn_patience = self.turn_patience.unwrap_or(config.turn_patience);
        let running = app::start(&config).await.expect("the relay starts");
        self.telegram.route(ORIGIN, &format!("http://{}", running.address));
        self.running = Some(running);
    }

    /// One more relay on the same database.
    pub async fn joins(&mut self) {
        let variables = self.variables();
        let config = Config::read(&|name: &str| variables.get(name).map(OsString::from));
        let config = config.unwrap_or_else(|errors| panic!("{errors}"));
        self.others.push(app::start(&config).await.expect("another relay starts"));
    }

    /// From now on Telegram's updates go to this one of the relays; 0 is the first.
    pub fn goes_to(&self, number: usize) {
        let relay = if number == 0 { self.running() } else { &self.others[number - 1] };
        self.telegram.route(ORIGIN, &format!("http://{}", relay.address));
    }

    /// A stop as by SIGTERM.
    pub async fn stop(&mut self) {
        for other in self.others.drain(..) {
            assert!(other.stop().await, "the other relay stops in time");
        }
        if let Some(running) = self.running.take() {
            assert!(running.stop().await, "the relay stops in time");
        }
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// The real binary on this stage, ready, in place of a relay in this process.
    pub async fn launch(&self) -> Process {
        let mut process = Process::start(self.database.folder(), &[], &self.variables());
        let address = process.ready().await;
        self.telegram.route(ORIGIN, &format!("http://{address}"));
        process
    }

    /// The same, with an owner who has been welcomed.
    pub async fn launch_welcomed(&mut self) -> Process {
        self.vary("OWNER_IDS", &self.owner.id.to_string());
        let process = self.launch().await;
        self.telegram.start(&self.owner, &self.master, "").await;
        self.owner_sees("/add attaches").await;
        process
    }

    /// Changes a variable of the configuration for the next start; an empty value is unset.
    pub fn vary(&mut self, name: &str, value: &str) {
        self.extra.insert(name.to_owned(), value.to_owned());
    }

    /// Has webhooks looked at so often, from the next start on.
    pub fn watch_every(&mut self, every: Duration) {
        self.watch_every = Some(every);
    }

    /// Has an update wait so long for those of its chat before it, from the next start on.
    pub fn turn_patience(&mut self, patience: Duration) {
        self.turn_patience = Some(patience);
    }

    /// Changes how updates come, from the next start on.
    pub fn switch(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// The relay as it runs in this process.
    pub fn running(&self) -> &app::Running {
        self.running.as_ref().expect("the relay runs")
    }

    /// One more person who may become an owner.
    pub fn person(&self, name: &str) -> Person {
        let username = name.to_lowercase();
        self.telegram.add_person(Person::new(name).username(username).language("en"))
    }

    /// Waits until a chat holds this many messages of the bot with these words.
    pub async fn sees_times(&self, person: &Person, bot: &Bot, words: &str, times: usize) {
        let what = format!("{times} times {words:?}");
        self.wait_for(person, bot, &what, |messages| {
            (count(messages, words) == times).then_some(())
        })
        .await;
    }

    /// From now on the database is reached through this proxy.
    pub async fn proxy_the_database(&mut self) -> Proxy {
        let mut url = url::Url::parse(self.database.url()).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let proxy = Proxy::start(server.parse().unwrap()).await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(proxy.address().port())).unwrap();
        self.vary("DATABASE_URL", url.as_str());
        proxy
    }

    /// How many messages of the bot with these words a chat holds now.
    pub fn times(&self, person: &Person, bot: &Bot, words: &str) -> usize {
        count(&self.telegram.chat(person, bot), words)
    }

    /// Presses the button with this label on the newest message that has one.
    pub async fn presses(&self, person: &Person, label: &str) -> String {
        let (message, data) = self
            .wait_for(person, &self.master, &format!("a button {label:?}"), |messages| {
                messages.iter().rev().find_map(|message| {
                    let data = button(message, label)?;
                    Some((message["message_id"].as_i64()?, data))
                })
            })
            .await;
        self.telegram.press(person, &self.master, message, &data);
        data
    }

    /// The number of the newest update of a kind that Telegram handed to the master bot's webhook.
    pub fn last_update(&self, kind: &str) -> i64 {
        self.last_update_of(&self.master, kind)
    }

    pub fn last_update_of(&self, bot: &Bot, kind: &str) -> i64 {
        let deliveries = self.telegram.deliveries();
        let of_kind = |delivery: &&telegram_emulator::Delivery| {
            delivery.bot == bot.id && delivery.kind == kind
        };
        deliveries.iter().rfind(of_kind).expect("an update").update_id
    }

    /// Delivers the newest update of a kind to the master bot three times more: two at once, then one.
    pub async fn redelivers(&self, kind: &str) {
        self.redelivers_as(&self.master, kind).await;
    }

    /// The same for any bot.
    pub async fn redelivers_as(&self, bot: &Bot, kind: &str) {
        self.telegram.quiet().await;
        let update = self.last_update_of(bot, kind);
        let mut answers = self.telegram.redeliver(bot, update, 2, true).await;
        answers.extend(self.telegram.redeliver(bot, update, 1, false).await);
        assert_eq!(answers, [Some(200); 3]);
    }

    /// The same where updates come by webhook.
    pub async fn redelivers_if_webhook(&self, kind: &str) {
        if self.mode == Mode::Webhook {
            self.redelivers(kind).await;
        }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.running.as_ref().expect("the relay runs").address
    }

    /// Attaches a new client bot through the master's `/add`.
    pub async fn attach(&self, username: &str, name: &str) -> Bot {
        self.attach_as(&self.owner, username, name).await
    }

    /// The same for another owner.
    pub async fn attach_as(&self, owner: &Person, username: &str, name: &str) -> Bot {
        let bot = self.telegram.add_bot(username, name);
        self.telegram.send(owner, &self.master, draft::text("/add")).await;
        self.sees(owner, &self.master, "Paste it here").await;
        self.telegram.send(owner, &self.master, draft::text(&*bot.token)).await;
        self.sees(owner, &self.master, &format!("@{username} is attached")).await;
        bot
    }

    /// Attaches a new client bot by whatever the owner sends.
    pub async fn attach_by(&self, username: &str, paste: impl Fn(&Bot) -> draft::Draft) -> Bot {
        let bot = self.telegram.add_bot(username, username);
        self.telegram.send(&self.owner, &self.master, paste(&bot)).await;
        self.owner_sees(&format!("@{username} is attached")).await;
        bot
    }

    /// A customer who has opened a chat with a bot.
    pub async fn customer(&self, name: &str, bot: &Bot) -> Person {
        let username = name.to_lowercase();
        let person = Person::new(name).username(&username).language("en");
        let person = self.telegram.add_person(person);
        self.telegram.start(&person, bot, "").await;
        let key = person.clone();
        self.wait_for(&person, bot, &format!("a greeting for {}", key.first_name), |messages| {
            messages.iter().any(|message| text(message).contains("Hello")).then_some(())
        })
        .await;
        person
    }

    pub async fn owner_writes(&self, text: &str) -> i64 {
        self.telegram.send(&self.owner, &self.master, draft::text(text)).await
    }

    /// Waits until the owner's chat with the master bot shows a message with these words.
    pub async fn owner_sees(&self, words: &str) -> Value {
        self.sees(&self.owner, &self.master, words).await
    }

    /// Waits until a person's chat with a bot shows a message of the bot with these words.
    pub async fn sees(&self, person: &Person, bot: &Bot, words: &str) -> Value {
        self.wait_for(person, bot, words, |messages| {
            messages
                .iter()
                .rfind(|message| by_bot(message) && text(message).contains(words))
                .cloned()
        })
        .await
    }

    /// Waits until a chat is as wanted.
    pub async fn wait_for<T>(
        &self,
        person: &Person,
        bot: &Bot,
        what: &str,
        wanted: impl Fn(&[Value]) -> Option<T>,
    ) -> T {
        self.telegram.wait(what, |view| wanted(&view.chat(person, bot))).await
    }
}

/// A message's text or caption.
pub fn text(message: &Value) -> &str {
    message["text"].as_str().or_else(|| message["caption"].as_str()).unwrap_or_default()
}

/// The data of a message's button with this label.
pub fn button(message: &Value, label: &str) -> Option<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    let button = buttons.find(|button| button["text"] == label)?;
    button["callback_data"].as_str().map(str::to_owned)
}

fn count(messages: &[Value], words: &str) -> usize {
    messages.iter().filter(|message| by_bot(message) && text(message).contains(words)).count()
}

/// Whether the bot wrote it.
pub fn by_bot(message: &Value) -> bool {
    message["from"]["is_bot"].as_bool().unwrap_or(false)
}
