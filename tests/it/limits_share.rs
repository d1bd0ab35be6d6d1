//! What one owner may ask for, and what he leaves to the others; and bots that talk with bots.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use telegram_emulator::{Bot, Person, draft};

use crate::support::{
    Stage,
    matrix::{on_every_database, on_every_stage},
    talk::id,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_flood_of_one_owners_customers_delays_no_other_owner,
        a_flood_of_one_owners_commands_delays_no_other_owner,
        a_flood_of_a_suspended_owner_delays_no_other_owner,
        bots_that_talk_with_bots_fall_silent,
    );
    on_every_database!(set(Webhook):
        tokens_are_looked_at_so_often_in_an_hour,
        bots_are_attached_and_detached_so_often_in_an_hour,
    );
}

/// How long somebody else's flood may delay an owner and his customers.
const DELAY: Duration = Duration::from_secs(2);

/// An owner, his bot, a customer of his.
struct House {
    owner: Person,
    bot: Bot,
    customer: Person,
}

impl Stage {
    async fn house(&self, owner: Person, bot: &str, customer: &str) -> House {
        let bot = self.attach_as(&owner, bot, bot).await;
        let customer = self.customer(customer, &bot).await;
        House { owner, bot, customer }
    }

    /// Everything that happens in a house: a question, its answer, a command. Gives the longest
    /// that anything took.
    async fn lives(&self, house: &House, round: usize) -> Duration {
        let House { owner, bot, customer } = house;
        let began = Instant::now();
        let question = draft::text(format!("question {round}"));
        let question = self.telegram.send(customer, bot, question).await;
        let copy = self.copy_of(bot, customer, question).await;
        let asked = began.elapsed();
        let began = Instant::now();
        let words = format!("answer {round}");
        let answer = draft::text(words.as_str());
        self.telegram.reply(owner, &self.master, id(&copy), answer).await;
        self.sees(customer, bot, &words).await;
        let answered = began.elapsed();
        let began = Instant::now();
        let before = self.times(owner, &self.master, "To answer a customer");
        self.telegram.send(owner, &self.master, draft::text("how?")).await;
        self.sees_times(owner, &self.master, "To answer a customer", before + 1).await;
        asked.max(answered).max(began.elapsed())
    }

    async fn two_houses(&mut self) -> (House, House) {
        self.vary("CLIENT_RATE_LIMITS", "on");
        self.opens().await;
        let boris = self.tenant("Boris").await;
        let flooded = self.house(boris, "shop_bot", "Anna").await;
        let calm = self.house(self.owner.clone(), "cafe_bot", "Carl").await;
        (flooded, calm)
    }
}

async fn a_flood_of_one_owners_customers_delays_no_other_owner(mut stage: Stage) {
    let (flooded, calm) = stage.two_houses().await;
    for number in 0..300 {
        let words = draft::text(format!("flood {number}"));
        stage.telegram.send(&flooded.customer, &flooded.bot, words).await;
    }
    // As many as a chat gets at once are through; from now on the flood waits.
    let burst = |view: &telegram_emulator::View<'_>| {
        let chat = view.chat(&flooded.owner, &stage.master);
        let copies = chat.iter().filter(|message| crate::support::text(message).contains("flood"));
        (copies.count() >= 15).then_some(())
    };
    stage.telegram.wait("the flood", burst).await;
    for round in 0..3 {
        let longest = stage.lives(&calm, round).await;
        assert!(longest < DELAY, "round {round}: {longest:?}");
    }
    let through = stage.times(&flooded.owner, &stage.master, "flood");
    assert!(through < 200, "the flood was still under way: {through}");
    stage.stop().await;
}

async fn a_flood_of_one_owners_commands_delays_no_other_owner(mut stage: Stage) {
    let (flooded, calm) = stage.two_houses().await;
    for _ in 0..250 {
        stage.telegram.send(&flooded.owner, &stage.master, draft::text("/bots")).await;
    }
    for round in 0..3 {
        let longest = stage.lives(&calm, round).await;
        assert!(longest < DELAY, "round {round}: {longest:?}");
    }
    stage.sees(&flooded.owner, &stage.master, "more than I can answer at once").await;
    stage.stop().await;
}

/// He has a motive. With long polling all that is written to the master bot comes in one line.
async fn a_flood_of_a_suspended_owner_delays_no_other_owner(mut stage: Stage) {
    let (flooded, calm) = stage.two_houses().await;
    for _ in 0..125 {
        stage.telegram.send(&flooded.owner, &stage.master, draft::text("/delete")).await;
    }
    let longest = stage.lives(&calm, 0).await;
    assert!(longest < DELAY, "/delete: {longest:?}");
    stage.sees(&flooded.owner, &stage.master, "more than I can answer at once").await;
    stage.suspends(&flooded.owner).await;
    for _ in 0..125 {
        stage.telegram.send(&flooded.owner, &stage.master, draft::text("let me in")).await;
    }
    for round in 1..3 {
        let longest = stage.lives(&calm, round).await;
        assert!(longest < DELAY, "round {round}: {longest:?}");
    }
    stage.stop().await;
}

async fn tokens_are_looked_at_so_often_in_an_hour(mut stage: Stage) {
    stage.vary("OWNER_RATE", "3/20");
    stage.opens().await;
    let boris = stage.tenant("Boris").await;
    let token = |number: usize| format!("123456789{number}:AAE{}", "x".repeat(32));
    stage.telegram.send(&boris, &stage.master, draft::text("/add")).await;
    for number in 0..3 {
        stage.telegram.send(&boris, &stage.master, draft::text(token(number))).await;
        stage.sees_times(&boris, &stage.master, "does not accept this token", number + 1).await;
    }
    let one_more = stage.telegram.send(&boris, &stage.master, draft::text(token(4))).await;
    stage.sees(&boris, &stage.master, "I can look at the next one within 20 min").await;
    stage.is_gone(&boris, &stage.master, one_more).await;
    // Everybody has his own.
    stage.attach("shop_bot", "Shop").await;
    stage.curtain().await;
}

async fn bots_are_attached_and_detached_so_often_in_an_hour(mut stage: Stage) {
    stage.vary("OWNER_RATE", "100/2");
    stage.opens().await;
    let boris = stage.tenant("Boris").await;
    let shop = stage.attach_as(&boris, "shop_bot", "Shop").await;
    stage.attach_as(&boris, "cafe_bot", "Cafe").await;
    let third = stage.telegram.add_bot("third_bot", "Third");
    stage.telegram.send(&boris, &stage.master, draft::text(&*third.token)).await;
    stage.sees(&boris, &stage.master, "It goes on within 30 min").await;
    stage.telegram.send(&boris, &stage.master, draft::text("/remove")).await;
    stage.presses(&boris, "@shop_bot").await;
    stage.presses(&boris, "Detach").await;
    stage.sees_times(&boris, &stage.master, "It goes on within 30 min", 2).await;
    assert_eq!(stage.database.count("bots WHERE token IS NOT NULL").await, 2);
    // His bots work all the while, and everybody has his own.
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "still open?").await;
    stage.attach("third_bot_too", "Third").await;
    stage.curtain().await;
}

/// What a bot would send to another one: each kind of update there is in a private chat.
fn from_bot(from: &Bot, number: i64) -> Vec<Value> {
    let who = json!({
        "id": from.id, "is_bot": true, "first_name": from.username, "username": from.username,
    });
    let chat = json!({"id": from.id, "type": "private", "username": from.username});
    let message = |id: i64, text: &str| {
        json!({"message_id": id, "date": 1_800_000_000, "from": who, "chat": chat, "text": text,
               "entities": if text.starts_with('/') {
                   json!([{"type": "bot_command", "offset": 0, "length": text.len()}])
               } else { json!([]) }})
    };
    let id = 1000 + number * 10;
    let emoji = json!({"type": "emoji", "emoji": "👍"});
    vec![
        json!({"message": message(id, "/start")}),
        json!({"message": message(id + 1, "Hello! Write your message.")}),
        json!({"message": message(id + 2, "/help")}),
        json!({"edited_message": message(id + 1, "Hello again!")}),
        json!({"message_reaction": {"chat": chat, "message_id": id, "user": who, "date": 1,
                                    "old_reaction": [], "new_reaction": [emoji]}}),
        json!({"callback_query": {"id": "1", "from": who, "chat_instance": "1", "data": "x",
                                  "message": message(id + 3, "a button")}}),
    ]
}

async fn bots_that_talk_with_bots_fall_silent(mut stage: Stage) {
    stage.opens().await;
    let boris = stage.tenant("Boris").await;
    let shop = stage.attach_as(&boris, "shop_bot", "Shop").await;
    let cafe = stage.attach("cafe_bot", "Cafe").await;
    let master = stage.master.clone();
    let bots = [&shop, &cafe, &master];
    let pairs = || {
        let all = bots.iter().flat_map(|from| bots.iter().map(move |to| (*from, *to)));
        all.filter(|(from, to)| from.id != to.id)
    };
    for (number, (from, to)) in (0..).zip(pairs()) {
        for update in from_bot(from, number) {
            stage.telegram.push_update(to, update);
        }
    }
    let mut seen = stage.telegram.ledger().len();
    for turn in 0..3 {
        stage.telegram.quiet().await;
        stage.settled().await;
        // Whatever a bot says to a bot comes back to it as that bot's answer.
        let ledger = stage.telegram.ledger();
        let said = ledger[seen..].iter().filter_map(|effect| {
            let to = bots.iter().find(|bot| effect.chat() == Some(bot.id))?;
            let from = bots.iter().find(|bot| effect.bot == bot.id)?;
            (effect.method != "getChat").then_some((*from, *to))
        });
        let said: Vec<_> = said.collect();
        seen = ledger.len();
        if said.is_empty() {
            break;
        }
        assert!(turn < 2, "they still talk: {said:?}");
        for (from, to) in said {
            for update in from_bot(from, 100 + turn) {
                stage.telegram.push_update(to, update);
            }
        }
    }
    let chats = [&shop, &cafe, &master].map(|bot| bot.id.to_string()).join(", ");
    for (table, chat) in [("message_references", "source_chat"), ("conversations", "customer_id")] {
        let rows = format!("{table} WHERE {chat} IN ({chats})");
        assert_eq!(stage.database.count(&rows).await, 0, "{rows}");
    }
    // People are heard all the same.
    let anna = stage.customer("Anna", &shop).await;
    let sent = stage.telegram.send(&anna, &shop, draft::text("a person")).await;
    stage.copy_of(&shop, &anna, sent).await;
    stage.stop().await;
}
