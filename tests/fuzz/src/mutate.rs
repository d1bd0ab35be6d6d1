//! What is done to an update while it is JSON.

use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Map, Value, json};

use crate::{corpus::Corpus, strings};

/// Fields that hold entities, and the text they are about.
const ENTITIES: &[(&str, &str)] = &[
    ("entities", "text"),
    ("caption_entities", "caption"),
    ("text_entities", "text"),
    ("question_entities", "question"),
];

/// One to some changes somewhere in an update.
pub fn mutate(random: &mut StdRng, corpus: &Corpus, update: &mut Value) {
    for _ in 0..random.random_range(1..6) {
        change(random, corpus, update, 0);
    }
    if random.random_range(0..3) == 0 {
        upset_entities(random, update);
    }
}

/// Goes down by chance and changes what it comes to. The number of the update is left alone, most
/// of the time: without it nothing else is looked at.
fn change(random: &mut StdRng, corpus: &Corpus, value: &mut Value, depth: usize) {
    let stays = depth > 0 && random.random_range(0..4) == 0;
    match value {
        Value::Object(fields) if !fields.is_empty() && !stays => {
            let at = random.random_range(0..fields.len());
            let key = fields.keys().nth(at).cloned().unwrap_or_default();
            if key == "update_id" && random.random_range(0..50) > 0 {
                return;
            }
            match random.random_range(0..10) {
                0 => drop(fields.remove(&key)),
                1 => rename(random, corpus, fields, &key),
                2 => swap(random, fields),
                3 => graft(random, corpus, fields),
                _ => change(random, corpus, &mut fields[&key], depth + 1),
            }
        }
        Value::Array(items) if !items.is_empty() && !stays => {
            let at = random.random_range(0..items.len());
            match random.random_range(0..8) {
                0 => drop(items.remove(at)),
                1 => items.extend(vec![items[at].clone(); random.random_range(1..12)]),
                _ => change(random, corpus, &mut items[at], depth + 1),
            }
        }
        Value::String(text) if random.random_range(0..3) > 0 => {
            *text = strings::twisted(random, text);
        }
        Value::Number(_) if random.random_range(0..3) > 0 => *value = odd_number(random),
        value => *value = odd_value(random, corpus),
    }
}

fn rename(random: &mut StdRng, corpus: &Corpus, fields: &mut Map<String, Value>, key: &str) {
    let Some(value) = fields.get(key).cloned() else { return };
    if random.random() {
        fields.remove(key);
    }
    fields.insert(any_key(random, corpus), value);
}

fn swap(random: &mut StdRng, fields: &mut Map<String, Value>) {
    let (one, other) = (random.random_range(0..fields.len()), random.random_range(0..fields.len()));
    let at = |place: usize| fields.keys().nth(place).cloned().unwrap_or_default();
    let (one, other) = (at(one), at(other));
    let (a, b) = (fields[&one].take(), fields[&other].take());
    fields[&one] = b;
    fields[&other] = a;
}

/// Fields of another message beside those of this one.
fn graft(random: &mut StdRng, corpus: &Corpus, fields: &mut Map<String, Value>) {
    let Some(shape) = corpus.shapes.choose(random) else { return };
    let inner = shape.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_object());
    for (key, value) in inner.flatten() {
        if random.random_range(0..3) == 0 {
            fields.insert(key.clone(), value.clone());
        }
    }
}

fn any_key(random: &mut StdRng, corpus: &Corpus) -> String {
    match random.random_range(0..8) {
        0 => strings::odd(random),
        _ => corpus.keys.choose(random).cloned().unwrap_or_default(),
    }
}

fn odd_number(random: &mut StdRng) -> Value {
    let whole = [
        0,
        1,
        -1,
        41,
        255,
        4096,
        1 << 31,
        (1 << 31) - 1,
        -(1 << 31),
        1 << 52,
        i64::MAX,
        i64::MAX - 1,
        i64::MIN,
    ];
    match random.random_range(0..8) {
        0 => json!(u64::MAX),
        1 => json!(1e308),
        2 => json!(-0.5),
        3 => json!(random.random::<i64>()),
        _ => json!(whole[random.random_range(0..whole.len())]),
    }
}

fn odd_value(random: &mut StdRng, corpus: &Corpus) -> Value {
    match random.random_range(0..12) {
        0 => Value::Null,
        1 => json!(random.random::<bool>()),
        2 | 3 => odd_number(random),
        4 => json!([]),
        5 => json!({}),
        6 => nested(random.random_range(1..120)),
        7 => json!([null, 1, "x", {}, [[]]]),
        8 => corpus.shapes.choose(random).cloned().unwrap_or_default(),
        9 => json!(strings::button(random)),
        _ => json!(strings::odd(random)),
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!("x"), |inner, level| {
        if level % 2 == 0 { json!([inner]) } else { json!({ "id": inner }) }
    })
}

/// Entities in, at and beyond the ends of their texts, and in the middle of letters.
fn upset_entities(random: &mut StdRng, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (entities, text) in ENTITIES {
                let units = fields.get(*text).and_then(Value::as_str);
                let Some(units) = units.map(|text| text.encode_utf16().count()) else { continue };
                fields.insert((*entities).to_owned(), odd_entities(random, units));
            }
            fields.values_mut().for_each(|value| upset_entities(random, value));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| upset_entities(random, item)),
        _ => {}
    }
}

fn odd_entities(random: &mut StdRng, units: usize) -> Value {
    let kinds = [
        "bold",
        "text_link",
        "blockquote",
        "expandable_blockquote",
        "custom_emoji",
        "hologram",
        "pre",
        "",
    ];
    let place = |random: &mut StdRng| match random.random_range(0..6) {
        0 => odd_number(random),
        1 => json!(units),
        2 => json!(units + 1),
        _ => json!(random.random_range(0..=units)),
    };
    let entity = |random: &mut StdRng| {
        let kind = kinds[random.random_range(0..kinds.len())];
        json!({"type": kind, "offset": place(random), "length": place(random), "url": strings::odd(random)})
    };
    (0..random.random_range(0..12)).map(|_| entity(random)).collect()
}
