//! Messages and albums, both ways.

use telegram_emulator::{Bot, Draft, Person, draft};

use super::{Play, on_each_database};
use crate::support::talk::id;

/// Where the process dies, what is sent, and what its receiver then has.
type Row = (&'static str, What, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Text,
    /// It has no room for words: its header or label is a message of its own.
    Sticker,
    /// A photo with words too long for a bot's caption: they are a message of their own.
    LongPhoto,
    /// Two photos, and a text that ends their album.
    Album,
}

use What::{Album, LongPhoto, Sticker, Text};

const INBOUND: &[Row] = &[
    ("inbound-written", Text, &["↻ text"]),
    ("inbound-sent", Text, &["text", "↻ text"]),
    ("inbound-recorded", Text, &["text"]),
    ("inbound-written", Sticker, &["header", "sticker"]),
    ("header-written", Sticker, &["↻ header", "sticker"]),
    ("header-sent", Sticker, &["header", "↻ header", "sticker"]),
    ("header-recorded", Sticker, &["header", "sticker"]),
    ("inbound-begun", Sticker, &["header", "sticker"]),
    ("inbound-sent", Sticker, &["header", "sticker", "↻ header", "sticker"]),
    ("inbound-recorded", Sticker, &["header", "sticker"]),
];

const INBOUND_ALBUM: &[Row] = &[
    ("album-parked", Album, &["photo", "photo", "text"]),
    ("inbound-written", Album, &["photo", "photo", "text"]),
    ("album-written", Album, &["photo", "photo", "text"]),
    ("album-sent", Album, &["photo", "photo", "↻ photo", "photo", "text"]),
    ("album-recorded", Album, &["photo", "photo", "text"]),
    ("album-unparked", Album, &["photo", "photo", "text"]),
];

const OUTBOUND: &[Row] = &[
    ("outbound-written", Text, &["↻ text"]),
    ("outbound-sent", Text, &["text", "↻ text"]),
    ("outbound-recorded", Text, &["text"]),
    ("outbound-written", Sticker, &["sticker"]),
    ("outbound-sent", Sticker, &["sticker", "↻", "sticker"]),
    ("outbound-recorded", Sticker, &["sticker"]),
];

const OUTBOUND_LONG: &[Row] = &[
    ("words-written", LongPhoto, &["↻ text", "photo"]),
    ("words-sent", LongPhoto, &["text", "↻ text", "photo"]),
    ("words-recorded", LongPhoto, &["text", "photo"]),
    ("outbound-sent", LongPhoto, &["text", "photo", "↻ photo"]),
];

const OUTBOUND_ALBUM: &[Row] = &[
    ("album-parked", Album, &["photo", "photo", "text"]),
    ("outbound-written", Album, &["photo", "photo", "text"]),
    ("album-written", Album, &["photo", "photo", "text"]),
    ("album-sent", Album, &["photo", "photo", "↻ photo", "photo", "text"]),
    ("album-recorded", Album, &["photo", "photo", "text"]),
    ("album-unparked", Album, &["photo", "photo", "text"]),
];

impl What {
    fn drafts(self, group: &str) -> Vec<Draft> {
        let photo = |name: &'static str| draft::photo(name).media_group_id(group);
        match self {
            Text => vec![draft::text(group)],
            Sticker => vec![draft::sticker_static(b"webp".to_vec())],
            LongPhoto => vec![draft::photo("long.jpg").caption(&format!("{group} ").repeat(900))],
            Album => vec![photo("1.jpg"), photo("2.jpg"), draft::text(group)],
        }
    }
}

/// Plays the rows: somebody sends what they say, `seen_by` has to see what they say.
async fn all(play: &mut Play, rows: &[Row], by: (&Person, &Bot), seen_by: (&Person, &Bot)) {
    let copy = play.stage.owner_sees("the question").await;
    let is_reply = by.0.id == play.stage.owner.id;
    for (number, (point, what, wanted)) in rows.iter().enumerate() {
        let known = play.known(seen_by.0, seen_by.1);
        let drafts = what.drafts(&format!("{number}"));
        let sent = play
            .dies_at(point, async |play: &mut Play| {
                let mut sent = Vec::new();
                for draft in drafts {
                    let draft = if is_reply { draft.reply_to(id(&copy)) } else { draft };
                    sent.push(play.stage.telegram.send(by.0, by.1, draft).await);
                }
                sent
            })
            .await;
        let seen = play.since(seen_by.0, seen_by.1, &known);
        assert_eq!(seen, *wanted, "{point}, {what:?}\n{}", play.stage.telegram.dump());
        for message in sent {
            let key = (by.1.id, by.0.id, message);
            play.stage.reference_when(key, |row| row.state == "sent").await;
        }
        if is_reply {
            receipt_is_shown(play, by).await;
        }
        let copies = what.drafts("").len().min(2);
        play.orphans += if point.ends_with("-sent") { copies } else { 0 };
    }
}

/// Waits until the owner's last reply has its 👍.
async fn receipt_is_shown(play: &Play, (person, bot): (&Person, &Bot)) {
    play.stage
        .wait_for(person, bot, "a receipt", |messages| {
            let last = messages.iter().rfind(|message| !crate::support::by_bot(message))?;
            last["reactions"].as_array().filter(|reactions| !reactions.is_empty()).map(drop)
        })
        .await;
}

async fn a_customers_messages(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    all(&mut play, INBOUND, (&anna, &shop), (&owner, &master)).await;
    play.judged(1 + INBOUND.len(), 0).await;
}

async fn a_customers_albums(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    all(&mut play, INBOUND_ALBUM, (&anna, &shop), (&owner, &master)).await;
    play.judged(1 + 3 * INBOUND_ALBUM.len(), 0).await;
}

async fn replies_with_long_words(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    all(&mut play, OUTBOUND_LONG, (&owner, &master), (&anna, &shop)).await;
    play.ends().await;
}

async fn replies(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    all(&mut play, OUTBOUND, (&owner, &master), (&anna, &shop)).await;
    play.judged(1, OUTBOUND.len()).await;
}

async fn replies_by_album(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    all(&mut play, OUTBOUND_ALBUM, (&owner, &master), (&anna, &shop)).await;
    play.judged(1, 3 * OUTBOUND_ALBUM.len()).await;
}

/// What did not arrive is told, and told again only where nobody knows whether it was.
async fn what_did_not_arrive(mut play: Play) {
    let (anna, shop) = (play.anna.clone(), play.shop.clone());
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let copy = play.stage.owner_sees("the question").await;
    for (point, times) in [("inbound-failed", 1), ("inbound-told", 2)] {
        play.stage.telegram.block(&owner, &master);
        let deed = async |play: &mut Play| {
            play.stage.telegram.send(&anna, &shop, draft::text(point)).await
        };
        let sent = play.dies_at(point, deed).await;
        assert_eq!(play.stage.count_answers(&anna, &shop, sent, "❌"), times, "{point}");
        play.stage.telegram.unblock(&owner, &master);
    }
    for (point, times) in [("outbound-failed", 1), ("outbound-told", 2)] {
        play.stage.telegram.block(&anna, &shop);
        let reply = draft::text(point).reply_to(id(&copy));
        let deed = async |play: &mut Play| play.stage.telegram.send(&owner, &master, reply).await;
        let sent = play.dies_at(point, deed).await;
        assert_eq!(play.stage.count_answers(&owner, &master, sent, "❌"), times, "{point}");
        play.stage.telegram.unblock(&anna, &shop);
    }
    play.judged(1, 0).await;
}

/// A new customer learns once that his message was passed on, if it was.
async fn first_messages(mut play: Play) {
    let shop = play.shop.clone();
    for (number, point) in ["inbound-sent", "inbound-recorded"].iter().enumerate() {
        let boris = play.stage.customer(&format!("Boris{number}"), &shop).await;
        let first = draft::text(*point);
        let deed = async |play: &mut Play| play.stage.telegram.send(&boris, &shop, first).await;
        play.dies_at(point, deed).await;
        play.stage.sees(&boris, &shop, "✅").await;
        play.stage.asks_only(&boris, &shop, "and another").await;
        play.rests().await;
        assert_eq!(play.stage.times(&boris, &shop, "✅"), 1, "{point}");
    }
    let (owner, master) = (play.stage.owner.clone(), play.stage.master.clone());
    let eve = play.stage.customer("Eve", &shop).await;
    play.stage.telegram.block(&owner, &master);
    let first = draft::text("nobody there");
    let deed = async |play: &mut Play| play.stage.telegram.send(&eve, &shop, first).await;
    let sent = play.dies_at("inbound-told", deed).await;
    assert_eq!(play.stage.count_answers(&eve, &shop, sent, "❌"), 2);
    play.rests().await;
    assert_eq!(play.stage.times(&eve, &shop, "✅"), 0);
    play.stage.telegram.unblock(&owner, &master);
    play.ends().await;
}

on_each_database!(
    a_customers_messages,
    first_messages,
    a_customers_albums,
    replies,
    replies_with_long_words,
    replies_by_album,
    what_did_not_arrive,
);
