//! What a body is given to: everything that only decides.

use std::sync::Arc;

use feedback_relay::{
    label::Label,
    master::{
        Command, MasterState,
        state::{
            Candidate, Choice, Input, Press, Purpose,
            settings::{Change, Knob, Place, TextKind},
            step,
        },
    },
    model::{BotId, BotState, Conversation, OwnerId},
    relay::{
        Relay,
        content::read,
        pure::{Scene, nearest_reaction},
    },
    settings::{BotSettings, Texts},
    telegram::{Caller, ClientBot},
    text::Language,
    token::{BotToken, find_tokens},
    update::{Button, Kind, Message, Update},
};
use rand::{RngExt as _, rngs::StdRng};
use serde_json::Value;

use crate::{
    invariants::{self, Finding},
    strings,
};

/// More calls than one message leads to, refusals included: then making it plainer never ends.
const ENDLESS: usize = 2_000;

/// The world a body comes into.
pub struct World {
    clients: [ClientBot; 2],
    conversation: Conversation,
    states: Vec<MasterState>,
}

impl World {
    /// The same for every case. `None` when a name in it is not accepted any more.
    pub fn new() -> Option<Self> {
        let token = BotToken::parse("7200000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0").ok()?;
        let bot = token.bot_id();
        let client = |settings| ClientBot {
            owner: OwnerId(7_100_000_002),
            username: "shop_bot".to_owned(),
            name: "Shop".to_owned(),
            state: BotState::Active,
            webhook: None,
            settings: Arc::new(settings),
            changed_at: 0,
            caller: Caller { bot, token: token.clone() },
        };
        let strict =
            BotSettings { protect_content: true, hide_usernames: true, ..BotSettings::default() };
        let conversation = Conversation {
            owner: OwnerId(7_100_000_002),
            bot,
            customer: serde_json::from_value(Value::from(7_100_000_001_i64)).ok()?,
            label: Some("table7".to_owned()),
            language: None,
        };
        let clients = [client(BotSettings::default()), client(strict)];
        Some(Self { states: states(bot, &conversation)?, clients, conversation })
    }
}

/// A dialogue in each of its states.
fn states(bot: BotId, conversation: &Conversation) -> Option<Vec<MasterState>> {
    let place = Place { text: TextKind::Greeting, language: None };
    let candidate = Candidate {
        bot,
        username: "shop_bot".to_owned(),
        name: "Shop".to_owned(),
        sealed_token: "c2VhbGVk".to_owned(),
    };
    let customer = conversation.customer;
    let change = Change::Write(place, 41);
    Some(vec![
        MasterState::Idle,
        MasterState::AwaitingToken,
        MasterState::ConfirmingTakeover(candidate),
        MasterState::ConfirmingRemoval { bot },
        MasterState::AwaitingNote { bot, customer },
        MasterState::ChoosingQr { label: Label::parse("table7").ok()? },
        MasterState::EditingSetting { bot, place },
        MasterState::ConfirmingSetting { bot, change, sealed: "c2VhbGVk".to_owned() },
    ])
}

/// A body, as it comes through the door.
pub fn body(random: &mut StdRng, world: &World, bytes: &[u8]) -> Finding {
    let Ok(json) = serde_json::from_slice::<Value>(bytes) else { return Ok(()) };
    let Some(update) = Update::read(json) else { return Ok(()) };
    let _ = update.lane();
    match &update.kind {
        Kind::Message(written) | Kind::Edited(written) => message(random, world, written),
        Kind::Button(pressed) => button(world, pressed),
        Kind::Reaction(reaction) => {
            invariants::name(&reaction.chat.title)?;
            let emoji =
                |now: &Value| now.get("emoji").and_then(Value::as_str).map(nearest_reaction);
            reaction.now.iter().filter_map(emoji).for_each(drop);
            Ok(())
        }
        Kind::Membership(membership) => invariants::name(&membership.chat.title),
        Kind::Checkout(_) | Kind::Subscription(_) | Kind::Other => Ok(()),
    }
}

fn message(random: &mut StdRng, world: &World, message: &Message) -> Finding {
    let client = &world.clients[random.random_range(0..world.clients.len())];
    let conversation = random.random::<bool>().then_some(&world.conversation);
    let language = Language::ALL[random.random_range(0..Language::ALL.len())];
    let scene = Scene { client, conversation, language };
    invariants::header(&scene.header(message))?;
    let calls = scene.calls(message);
    if calls.len() > ENDLESS {
        return Err(format!("{} calls for one message", calls.len()));
    }
    calls.iter().try_for_each(invariants::call)?;
    let mut album = vec![message.clone(); random.random_range(2..4)];
    album.extend(message.reply_to());
    scene.album_calls(&album).iter().try_for_each(invariants::call)?;
    invariants::name(&message.chat.title)?;
    let words = message.words().unwrap_or_default();
    text(words)?;
    if let Some((_, argument)) = message.command() {
        text(argument)?;
    }
    dialogue(random, world, message, words)?;
    greeting(message, language)
}

/// An owner's message in whatever state his dialogue is in.
fn dialogue(random: &mut StdRng, world: &World, message: &Message, words: &str) -> Finding {
    let input = Command::parse(message).map_or_else(
        || Input::Words {
            text: words.to_owned(),
            tokens: find_tokens(words),
            is_reply: message.reply_to().is_some(),
        },
        Input::Command,
    );
    let state = world.states[random.random_range(0..world.states.len())].clone();
    stored(&step(state, input).0)
}

/// What a state is stored as is read as the same state.
fn stored(state: &MasterState) -> Finding {
    let json = serde_json::to_string(state).map_err(|error| error.to_string())?;
    let again: MasterState = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    if again == *state { Ok(()) } else { Err(format!("{json} is stored as another state")) }
}

/// A message kept as a greeting, and read again.
fn greeting(message: &Message, language: Language) -> Finding {
    if !Texts::can_hold(message) {
        return Ok(());
    }
    let mut texts = Texts::default();
    texts.put(None, message);
    let _ = Texts::file_in(message);
    let kept = texts.read_by(language).ok_or("a greeting is not kept")?;
    let _ = read(&kept, language);
    Ok(())
}

fn button(world: &World, button: &Button) -> Finding {
    let _ = (button.is_shown(), button.is_surely_shown());
    if let Some(message) = &button.message {
        invariants::name(&message.chat.title)?;
    }
    data(world, &button.data)
}

/// What a button carries.
pub fn data(world: &World, data: &str) -> Finding {
    invariants::press(data)?;
    let _ = Relay::is_undo(data);
    if let Some(knob) = Knob::read(data)
        && Knob::read(&knob.to_string()) != Some(knob)
    {
        return Err(format!("{data:?} is {knob:?}, then another"));
    }
    let Ok(press) = data.parse::<Press>() else { return Ok(()) };
    for state in &world.states {
        stored(&step(state.clone(), Input::Press(press)).0)?;
        if let Press::Settings(bot, knob) = press {
            let choice = Choice { bot, username: "shop_bot".to_owned(), name: "Shop".to_owned() };
            let chosen = Input::Chosen(Purpose::Settings(knob), Some(choice));
            stored(&step(state.clone(), chosen).0)?;
        }
    }
    Ok(())
}

/// A text, wherever it is from: as a name, as a label, and as what a token may stand in.
pub fn text(text: &str) -> Finding {
    invariants::name(text)?;
    invariants::label(text)?;
    invariants::tokens(text)
}

/// Texts and buttons that stand in no body.
pub fn loose(random: &mut StdRng, world: &World) -> Finding {
    text(&strings::odd(random))?;
    data(world, &strings::button(random))
}
