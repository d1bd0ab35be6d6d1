//! A small JSON interface under `/_control/`, for programs that are not Rust.
//!
//! `POST /_control/<deed>` with a JSON object; people, bots and groups are named by their ids.
//! A draft is `{"kind": "text", "text": "hi"}`, with `hex` for the bytes of a file, `name`, `mime`,
//! `reply_to`, `extra` (fields of the message) and `meta` (fields of the media object).

use serde_json::{Value, json};

use crate::{Bot, Draft, Emulator, Group, Membership, Person, actions::Payment, draft};

type Answer = Result<Value, String>;

/// Carries out one request.
pub(crate) async fn call(telegram: &Emulator, path: &str, body: &[u8]) -> Answer {
    let args: Value = match body {
        [] => json!({}),
        body => serde_json::from_slice(body).map_err(|e| e.to_string())?,
    };
    let deed = path.trim_matches('/');
    if let Some(answer) = make(telegram, deed, &args) {
        return answer;
    }
    if let Some(answer) = look(telegram, deed, &args) {
        return answer;
    }
    act(telegram, deed, &args).await
}

fn text<'a>(args: &'a Value, key: &str) -> Result<&'a str, String> {
    args[key].as_str().ok_or_else(|| format!("{key} is missing"))
}

fn number(args: &Value, key: &str) -> Result<i64, String> {
    args[key].as_i64().ok_or_else(|| format!("{key} is missing"))
}

fn person(telegram: &Emulator, args: &Value) -> Result<Person, String> {
    telegram.person(number(args, "person")?).ok_or_else(|| "no such person".into())
}

fn bot(telegram: &Emulator, args: &Value) -> Result<Bot, String> {
    telegram.bot(number(args, "bot")?).ok_or_else(|| "no such bot".into())
}

fn group(telegram: &Emulator, args: &Value) -> Result<Group, String> {
    telegram.group(number(args, "group")?).ok_or_else(|| "no such group".into())
}

/// Adding and setting up.
fn make(telegram: &Emulator, deed: &str, args: &Value) -> Option<Answer> {
    let made = || -> Answer {
        Ok(match deed {
            "add_bot" => {
                let bot = telegram.add_bot(text(args, "username")?, text(args, "name")?);
                for (flag, value) in args["flags"].as_object().into_iter().flatten() {
                    telegram.set_bot_flag(&bot, flag, value.clone());
                }
                json!({"id": bot.id, "token": bot.token, "username": bot.username, "name": bot.name})
            }
            "add_person" => {
                let mut person = Person::new(text(args, "first_name")?);
                person.last_name = args["last_name"].as_str().map(str::to_owned);
                person.username = args["username"].as_str().map(str::to_owned);
                person.language_code = args["language_code"].as_str().map(str::to_owned);
                person.is_premium = args["is_premium"] == true;
                person.hides_forwards = args["hides_forwards"] == true;
                person.id = args["id"].as_i64().unwrap_or(0);
                json!({"id": telegram.add_person(person).id})
            }
            "add_group" => {
                let title = text(args, "title")?;
                let mut group = match text(args, "kind")? {
                    "channel" => Group::channel(title),
                    "supergroup" => Group::supergroup(title),
                    _ => Group::basic(title),
                };
                group.is_forum = args["is_forum"] == true;
                group.username = args["username"].as_str().map(str::to_owned);
                json!({"id": telegram.add_group(group).id})
            }
            "route" => {
                telegram.route(text(args, "origin")?, text(args, "target")?);
                json!(true)
            }
            "set_bot_standing" => {
                let standing = match text(args, "standing")? {
                    "administrator" => Membership::Administrator,
                    "member" => Membership::Member,
                    "kicked" => Membership::Kicked,
                    _ => Membership::Left,
                };
                let (person, group, bot) =
                    (person(telegram, args)?, group(telegram, args)?, bot(telegram, args)?);
                telegram.set_bot_standing(&person, &group, &bot, standing);
                json!(true)
            }
            "set_profile_photo" => {
                telegram.set_profile_photo(&person(telegram, args)?, bytes_of(args)?);
                json!(true)
            }
            "revoke_token" => json!({"token": telegram.revoke_token(&bot(telegram, args)?).token}),
            "push_update" => {
                json!(telegram.push_update(&bot(telegram, args)?, args["update"].clone()))
            }
            _ => return Err(String::new()),
        })
    };
    match made() {
        Err(why) if why.is_empty() => None,
        answer => Some(answer),
    }
}

/// Looking.
fn look(telegram: &Emulator, deed: &str, args: &Value) -> Option<Answer> {
    let seen = || -> Answer {
        Ok(match deed {
            "chat" => json!(telegram.chat(&person(telegram, args)?, &bot(telegram, args)?)),
            "group_chat" => json!(telegram.group_chat(&group(telegram, args)?, &bot(telegram, args)?)),
            "pending" => json!(telegram.pending(&bot(telegram, args)?)),
            "complaints" => json!(telegram.complaints()),
            "dump" => json!(telegram.dump()),
            "file" => {
                let bot = bot(telegram, args)?;
                let bytes = telegram.view(|v| v.file_bytes(&bot, args["file_id"].as_str().unwrap_or_default()));
                let bytes = bytes.ok_or("no such file")?;
                json!({"size": bytes.len(), "hex": bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()})
            }
            "ledger" => telegram
                .ledger()
                .iter()
                .map(|e| {
                    let result = match &e.result {
                        Ok(value) => json!({"ok": true, "result": value}),
                        Err(why) => why.body(),
                    };
                    json!({"bot": e.bot, "method": e.method, "params": e.params, "answer": result})
                })
                .collect(),
            "deliveries" => telegram
                .deliveries()
                .iter()
                .map(|d| json!({"bot": d.bot, "update_id": d.update_id, "kind": d.kind, "status": d.status}))
                .collect(),
            _ => return Err(String::new()),
        })
    };
    match seen() {
        Err(why) if why.is_empty() => None,
        answer => Some(answer),
    }
}

/// What people do.
async fn act(telegram: &Emulator, deed: &str, args: &Value) -> Answer {
    if deed == "send_to_group" {
        let (person, group) = (person(telegram, args)?, group(telegram, args)?);
        return Ok(json!(telegram.send_to_group(&person, &group, draft_of(&args["draft"])?).await));
    }
    if deed == "edit_in_group" {
        let (person, group, bot) =
            (person(telegram, args)?, group(telegram, args)?, bot(telegram, args)?);
        let draft = draft_of(&args["draft"])?;
        telegram.edit_in_group(&person, &group, &bot, number(args, "message_id")?, draft).await;
        return Ok(json!(true));
    }
    let (person, bot) = (person(telegram, args)?, bot(telegram, args)?);
    let id = number(args, "message_id");
    let payment = || {
        Payment::stars(
            args["payload"].as_str().unwrap_or("payload"),
            args["amount"].as_i64().unwrap_or(1),
        )
    };
    Ok(match deed {
        "send" => json!(telegram.send(&person, &bot, draft_of(&args["draft"])?).await),
        "edit" => {
            telegram.edit(&person, &bot, id?, draft_of(&args["draft"])?).await;
            json!(true)
        }
        "start" => {
            json!(telegram.start(&person, &bot, args["payload"].as_str().unwrap_or("")).await)
        }
        "react" => {
            telegram.react(&person, &bot, id?, args["emoji"].as_str());
            json!(true)
        }
        "press" => json!(telegram.press(&person, &bot, id?, text(args, "data")?)),
        "block" | "unblock" => {
            if deed == "block" {
                telegram.block(&person, &bot);
            } else {
                telegram.unblock(&person, &bot);
            }
            json!(true)
        }
        "checkout" => json!(telegram.checkout(&person, &bot, &payment())),
        "pay" => json!(telegram.pay(&person, &bot, &payment()).await.0),
        "subscribe" => {
            let until = number(args, "until")?;
            json!(telegram.subscribe(&person, &bot, text(args, "link")?, until).await?)
        }
        "renew" => {
            let until = number(args, "until")?;
            json!(telegram.renew(&person, &bot, text(args, "charge")?, until).await)
        }
        "change_subscription" => {
            telegram.change_subscription(
                &person,
                &bot,
                text(args, "charge")?,
                text(args, "state")?,
            );
            json!(true)
        }
        "make_managed_bot" => {
            let made = telegram
                .make_managed_bot(&person, &bot, text(args, "username")?, text(args, "name")?)
                .await;
            json!({"id": made.id})
        }
        _ => return Err(format!("no such deed: {deed}")),
    })
}

fn bytes_of(given: &Value) -> Result<Vec<u8>, String> {
    let hex = given["hex"].as_str().unwrap_or("");
    let byte = |n: usize| {
        let two = hex.get(2 * n..2 * n + 2).ok_or("this is no hex")?;
        u8::from_str_radix(two, 16).map_err(|_| "this is no hex".to_owned())
    };
    (0..hex.len() / 2).map(byte).collect()
}

fn draft_of(given: &Value) -> Result<Draft, String> {
    let bytes = bytes_of(given)?;
    let string = |key: &str, default: &str| given[key].as_str().unwrap_or(default).to_owned();
    let place =
        (given["latitude"].as_f64().unwrap_or(0.0), given["longitude"].as_f64().unwrap_or(0.0));
    let options = ["one", "two"];
    let mut made = match text(given, "kind")? {
        "text" => draft::text(string("text", "")),
        "photo" => draft::photo(bytes),
        "video" => draft::video(bytes),
        "animation" => draft::animation(bytes),
        "audio" => draft::audio(bytes),
        "voice" => draft::voice(bytes),
        "video_note" => draft::video_note(bytes),
        "document" => draft::document(
            &string("name", "file.bin"),
            &string("mime", "application/octet-stream"),
            bytes,
        ),
        "big_document" => draft::big_document(
            &string("name", "big.bin"),
            given["size"].as_u64().unwrap_or(30 << 20),
        ),
        "sticker_static" => draft::sticker_static(bytes),
        "sticker_animated" => draft::sticker_animated(bytes),
        "sticker_video" => draft::sticker_video(bytes),
        "location" => draft::location(place.0, place.1),
        "live_location" => draft::live_location(place.0, place.1, 900),
        "venue" => draft::venue(
            place.0,
            place.1,
            &string("title", "Place"),
            &string("address", "Street 1"),
        ),
        "contact" => draft::contact(
            &string("phone", "+100"),
            &string("first_name", "C"),
            given["last_name"].as_str(),
        ),
        "poll" => draft::poll(&string("question", "?"), &options),
        "dice" => draft::dice(&string("emoji", "🎲"), 4),
        "checklist" => draft::checklist(&string("title", "To do"), &options),
        "story" => draft::story(given["chat"].clone(), 1),
        other => draft::unknown(other, given["value"].clone()),
    };
    if let Some(id) = given["reply_to"].as_i64() {
        made = made.reply_to(id);
    }
    if let Some(quote) = given["quote"].as_str() {
        let position = usize::try_from(given["quote_position"].as_u64().unwrap_or(0)).unwrap_or(0);
        made = made.quote(quote, position, json!([]));
    }
    for (key, value) in given["extra"].as_object().into_iter().flatten() {
        made = made.extra(key, value.clone());
    }
    for (key, value) in given["meta"].as_object().into_iter().flatten() {
        made = made.meta(key, value.clone());
    }
    Ok(made)
}
