//! The handle: locking, setting up, and the knobs that can be turned while it runs.

use std::{
    cell::Cell,
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};
use tokio::{net::TcpListener, runtime::Handle, sync::watch};

use crate::{
    Bot, Builder, Fault, Group, Mix, Person,
    faults::{Armed, Mixing},
    people::GroupKind,
    state::{BotState, GroupState, Settings, State},
};

pub(crate) struct Inner {
    state: Mutex<State>,
    pub(crate) changed: watch::Sender<u64>,
    pub(crate) runtime: Handle,
    pub(crate) http: reqwest::Client,
    address: SocketAddr,
}

/// A running emulator. Clones are the same one.
#[derive(Clone)]
pub struct Emulator {
    pub(crate) inner: Arc<Inner>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Emulator({})", self.inner.address)
    }
}

thread_local! {
    /// Set while a closure sees the state; calling the emulator from there would wait for itself.
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

/// Holds the lock and says so.
struct Guard<'a>(MutexGuard<'a, State>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        LOOKING.set(false);
    }
}

impl Emulator {
    /// The knobs, at the real server's values.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn launch(settings: Settings, listener: TcpListener) -> io::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let emulator = Self {
            inner: Arc::new(Inner {
                state: Mutex::new(State::new(settings)),
                changed: watch::Sender::new(0),
                runtime: Handle::current(),
                http,
                address: listener.local_addr()?,
            }),
        };
        tokio::spawn(crate::server::run(emulator.clone(), listener));
        Ok(emulator)
    }

    fn lock(&self) -> Guard<'_> {
        assert!(
            !LOOKING.get(),
            "the emulator was called from inside one of its own closures; use the View there"
        );
        let guard = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        LOOKING.set(true);
        Guard(guard)
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock().0)
    }

    /// A change nobody waits for.
    pub(crate) fn read_mut<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.lock().0)
    }

    /// A change: afterwards what became deliverable is sent and everyone who waits looks again.
    pub(crate) fn write<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut guard = self.lock();
        let result = change(&mut guard.0);
        let (jobs, timers) = guard.0.take_jobs();
        drop(guard);
        self.inner.changed.send_modify(|n| *n += 1);
        self.pump(jobs, timers);
        result
    }

    /// `http://127.0.0.1:PORT`, the base of both `/bot<token>/` and `/file/bot<token>/`.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// Where webhooks of an https origin really go: the path is kept. An origin without a route
    /// behaves like a host that refuses connections.
    pub fn route(&self, origin: &str, target: &str) {
        self.balance(origin, &[target.to_owned()]);
    }

    /// The same for an origin with several servers behind it: each delivery goes to one of them by chance. Without
    /// any, connections are refused.
    pub fn balance(&self, origin: &str, targets: &[String]) {
        let tidy = |url: &str| url.trim_end_matches('/').to_owned();
        self.write(|s| {
            s.routes.retain(|(from, _)| *from != tidy(origin));
            s.routes.push((tidy(origin), targets.iter().map(|target| tidy(target)).collect()));
        });
    }

    /// Takes a route away: the host is down.
    pub fn unroute(&self, origin: &str) {
        self.write(|s| s.routes.retain(|(from, _)| from != origin.trim_end_matches('/')));
    }

    /// A new bot with a valid token.
    pub fn add_bot(&self, username: &str, name: &str) -> Bot {
        self.write(|s| {
            let id = 7_000_000_000 + i64::try_from(s.next()).unwrap_or(0) * 1_000_003;
            let token = make_token(id, s.random());
            let bot =
                Bot { id, token: token.clone(), username: username.into(), name: name.into() };
            s.tokens.insert(token, id);
            // Not 0: update and message ids of a living bot are never small, and never equal.
            let first = i64::try_from(s.random() % 900_000_000).unwrap_or(0) + 100_000_000;
            let state = BotState {
                bot: bot.clone(),
                flags: Map::new(),
                last_message_id: 0,
                last_update_id: first,
                allowed_updates: None,
                pending: Default::default(),
                webhook: None,
                webhook_generation: 0,
                last_error: None,
                set_webhook_at: None,
                poll: Default::default(),
                history: Default::default(),
                commands: Default::default(),
                texts: Default::default(),
                settings: Default::default(),
                left: Vec::new(),
                dropped: Vec::new(),
                started: Default::default(),
                blocked: Default::default(),
            };
            s.bots.insert(id, state);
            bot
        })
    }

    /// Sets a field of the bot's `getMe`, such as `has_topics_enabled` or `can_manage_bots`.
    pub fn set_bot_flag(&self, bot: &Bot, flag: &str, value: impl Into<Value>) {
        self.write(|s| {
            s.bot_mut(bot.id).flags.insert(flag.into(), value.into());
        });
    }

    /// What @BotFather's /revoke does: the old token is 401 from now on, the webhook is gone, updates stay.
    pub fn revoke_token(&self, bot: &Bot) -> Bot {
        self.write(|s| {
            s.renew_token(bot.id);
            s.bot(bot.id).bot.clone()
        })
    }

    /// A new user; an id is made up unless he has one.
    pub fn add_person(&self, mut person: Person) -> Person {
        self.write(|s| {
            if person.id == 0 {
                // Above 2^32, where today's new accounts are.
                person.id = 5_000_000_000 + i64::try_from(s.next()).unwrap_or(0) * 1_009;
            }
            assert!(!s.people.contains_key(&person.id), "user {} exists already", person.id);
            s.people.insert(person.id, person.clone());
            person
        })
    }

    /// A new group, supergroup or channel without members.
    pub fn add_group(&self, mut group: Group) -> Group {
        self.write(|s| {
            if group.id == 0 {
                let n = i64::try_from(s.next()).unwrap_or(0) * 1_013;
                group.id = if group.kind == GroupKind::Basic {
                    -4_000_000_000 - n
                } else {
                    -1_002_000_000_000 - n
                };
            }
            s.groups
                .insert(group.id, GroupState { group: group.clone(), members: Default::default() });
            group
        })
    }

    /// Puts a fault in place; several are tried in order.
    pub fn fault(&self, fault: Fault) {
        self.write(|s| s.faults.push(Armed::new(fault)));
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.write(|s| s.faults.clear());
    }

    /// Lets calls that meet no other fault meet one by chance, or, without a mix, no longer.
    pub fn set_fault_mix(&self, mix: Option<Mix>) {
        self.write(|s| s.mixing = mix.map(Mixing::new));
    }

    /// How many faults of each kind the present mix has played.
    pub fn faults_played(&self) -> BTreeMap<&'static str, usize> {
        self.read(|s| s.mixing.as_ref().map_or_else(BTreeMap::new, Mixing::played))
    }

    /// Whether unknown parameters become complaints; on unless switched off.
    pub fn set_strict_calls(&self, on: bool) {
        self.write(|s| s.settings.strict_calls = on);
    }

    /// Rate limits while it runs.
    pub fn set_strict_rates(&self, on: bool) {
        self.write(|s| s.settings.strict_rates = on);
    }

    /// Moves the server's clock ahead: dates, the 48 h rule, how long updates and file links live.
    pub fn pass_time(&self, time: std::time::Duration) {
        self.write(|s| s.clock_offset += i64::try_from(time.as_secs()).unwrap_or(0));
    }

    /// Queues any update; `update_id` is filled in if missing. Gives the update's id.
    ///
    /// # Panics
    /// If it isn't an object with one kind.
    pub fn push_update(&self, bot: &Bot, update: Value) -> i64 {
        assert!(
            update.is_object() && !crate::updates::kind_of(&update).is_empty(),
            "not an update: {update}"
        );
        self.write(|s| s.add_raw_update(bot.id, update))
    }

    /// The bot's handle with its present token.
    pub fn bot(&self, id: i64) -> Option<Bot> {
        self.read(|s| s.bots.get(&id).map(|b| b.bot.clone()))
    }

    /// The person with an id.
    pub fn person(&self, id: i64) -> Option<Person> {
        self.read(|s| s.people.get(&id).cloned())
    }

    /// The group with an id.
    pub fn group(&self, id: i64) -> Option<Group> {
        self.read(|s| s.groups.get(&id).map(|g| g.group.clone()))
    }
}

impl State {
    /// A new token; the old one and its webhook are gone, updates stay.
    pub(crate) fn renew_token(&mut self, bot: i64) {
        let token = make_token(bot, self.random());
        self.tokens.retain(|_, id| *id != bot);
        self.tokens.insert(token.clone(), bot);
        let me = self.bot_mut(bot);
        me.bot.token = token;
        me.webhook = None;
        me.webhook_generation += 1;
    }
}

/// `<id>:` and 35 characters of today's alphabet.
fn make_token(id: i64, seed: u64) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let mut secret = String::from("AA");
    let mut z = seed;
    while secret.len() < 35 {
        z = z.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        secret.push(char::from(LETTERS[usize::try_from(z >> 58).unwrap_or(0)]));
    }
    format!("{id}:{secret}")
}
