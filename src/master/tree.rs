//! The handler tree of the master's dispatcher: what an owner did, turned into an input.

use dptree::{Type, prelude::Handler};

use super::{
    About, Command, Master, MasterError, Owner, Said,
    actions::Occasion,
    state::{Input, Press},
};
use crate::{
    token::find_tokens,
    update::{Button, Message},
};

/// What an owner wrote, and the conversation it is about.
type Written = (Message, Option<About>);
type Tree = Handler<'static, Result<(), MasterError>>;

/// The tree, type-checked: a handler that asks for what it is not given is found at start.
pub(super) fn checked() -> Tree {
    let tree = tree();
    let given = [Type::of::<Master>(), Type::of::<Owner>(), Type::of::<Said>()];
    dptree::type_check(tree.sig(), &dptree::deps![], &given);
    tree
}

fn tree() -> Tree {
    dptree::entry().branch(dptree::filter_map(pressed).endpoint(on_press)).branch(
        dptree::filter_map(written)
            .branch(dptree::filter_map(commanded).endpoint(on_command))
            .endpoint(on_words),
    )
}

fn pressed(said: Said) -> Option<Button> {
    match said {
        Said::Button(button) => Some(button),
        Said::Message(..) => None,
    }
}

fn written(said: Said) -> Option<Written> {
    match said {
        Said::Message(message, about) => Some((message, about)),
        Said::Button(_) => None,
    }
}

fn commanded((message, _): Written) -> Option<Command> {
    Command::parse(&message)
}

async fn on_press(master: Master, owner: Owner, button: Button) -> Result<(), MasterError> {
    let Ok(press) = button.data.parse::<Press>() else {
        return master.answer_stale(owner, &button).await;
    };
    let means_the_same = matches!(
        press,
        Press::Settings(..) | Press::Language(_) | Press::Answering(_) | Press::Renew
    );
    if means_the_same && !button.is_surely_shown() {
        // These mean the same at any time, so an old one must not be pressed once more.
        return master.answer_stale(owner, &button).await;
    }
    master.run(owner, Input::Press(press), Occasion::Press(&button)).await
}

async fn on_command(
    master: Master,
    owner: Owner,
    command: Command,
    (message, about): Written,
) -> Result<(), MasterError> {
    if matches!(command, Command::Start { .. } | Command::Help) {
        master.refresh_menu(owner);
    }
    let secret = matches!(&command, Command::Add { tokens, .. } if !tokens.is_empty());
    let is_about = matches!(command, Command::Ban | Command::Info | Command::Note { .. });
    let occasion = match &about {
        _ if secret => Occasion::Secret(&message),
        Some(_) if is_about => Occasion::Words(&message),
        _ if matches!(command, Command::PaySupport { .. }) => Occasion::Words(&message),
        _ => Occasion::Command,
    };
    let input = match &about {
        Some(about) => Input::CommandAbout(command, about.into()),
        None => Input::Command(command),
    };
    master.run(owner, input, occasion).await
}

async fn on_words(
    master: Master,
    owner: Owner,
    (message, _about): Written,
) -> Result<(), MasterError> {
    let text = message.words().unwrap_or_default().to_owned();
    let tokens = find_tokens(&text);
    let occasion =
        if tokens.is_empty() { Occasion::Words(&message) } else { Occasion::Secret(&message) };
    let is_reply = message.get("reply_to_message").is_some();
    master.run(owner, Input::Words { text, tokens, is_reply }, occasion).await
}
