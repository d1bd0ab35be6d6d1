//! `/qr`: a code of a bot's link, with a label or without, and what the label is good for.

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg,
};
use serde_json::{Value, json};
use telegram_emulator::{Answer, Bot, Fault, draft};

use crate::support::{
    Stage, button, by_bot,
    matrix::{on_every_database, on_every_stage},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(a_label_goes_from_the_code_to_the_header);
    on_every_database!(set(Webhook):
        the_code_leads_to_the_bot,
        the_only_bot_needs_no_question,
        a_label_waits_for_its_bot_over_a_restart,
        late_and_forged_choices_draw_nothing,
        an_unusable_label_draws_nothing,
        an_unusable_payload_is_no_label,
        a_file_that_is_held_up_comes_later_and_once,
    );
}

const STALE: &str = "This question is settled already.";
const UNUSABLE: &str = "This can't be a label.";

fn decoded(width: usize, pixels: &[u8]) -> Vec<String> {
    let at = |x: usize, y: usize| pixels[y * width + x];
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, pixels.len() / width, at);
    picture.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}

fn shown(png: &[u8]) -> Vec<String> {
    let picture = image::load_from_memory(png).unwrap().to_luma8();
    decoded(picture.width() as usize, &picture.into_raw())
}

fn printed(svg: &[u8]) -> Vec<String> {
    let tree = usvg::Tree::from_data(svg, &usvg::Options::default()).unwrap();
    let size = tree.size();
    let (width, height) = (800, (800.0 * size.height() / size.width()) as u32);
    let mut pixmap = Pixmap::new(width, height).unwrap();
    let scale = 800.0 / size.width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let pixels: Vec<u8> = pixmap.pixels().iter().map(|pixel| pixel.red()).collect();
    decoded(width as usize, &pixels)
}

/// The photos and the files that the master bot has sent to the owner.
fn drawn(stage: &Stage) -> (Vec<Value>, Vec<Value>) {
    let chat = stage.telegram.chat(&stage.owner, &stage.master);
    let with =
        |kind: &str| chat.iter().filter(|m| by_bot(m) && m.get(kind).is_some()).cloned().collect();
    (with("photo"), with("document"))
}

/// Waits for the code and checks both files of it.
async fn sees_code(stage: &Stage, link: &str, file_name: &str) {
    let (photo, document) = stage
        .wait_for(&stage.owner, &stage.master, file_name, |messages| {
            let at = messages.iter().rposition(|m| m["document"]["file_name"] == file_name)?;
            Some((messages.get(at.checked_sub(1)?)?.clone(), messages[at].clone()))
        })
        .await;
    assert_eq!(text(&photo), link);
    assert!(text(&document).starts_with("For print"));
    assert_eq!(document["document"]["mime_type"], "image/svg+xml");
    let bytes =
        |file: &Value| stage.telegram.file_bytes(&stage.master, file["file_id"].as_str().unwrap());
    assert_eq!(shown(&bytes(photo["photo"].as_array().unwrap().last().unwrap())), [link]);
    assert_eq!(printed(&bytes(&document["document"])), [link]);
}

async fn pops_up(stage: &Stage, times: usize) {
    let stale = |answers: &[Value]| answers.iter().filter(|a| a["text"] == STALE).count();
    stage
        .telegram
        .wait("a stale button", |view| (stale(view.answered_callbacks()) == times).then_some(()))
        .await;
}

async fn two_bots(stage: &Stage) -> [Bot; 2] {
    [stage.attach("shop_bot", "Shop").await, stage.attach("cafe_bot", "Café <b>&").await]
}

async fn a_label_goes_from_the_code_to_the_header(mut stage: Stage) {
    let [_, cafe] = two_bots(&stage).await;
    stage.owner_writes("/qr table7").await;
    stage.owner_sees("Whose QR code shall carry the label #table7?").await;
    stage.presses(&stage.owner, "@cafe_bot").await;
    sees_code(&stage, "https://t.me/cafe_bot?start=table7", "cafe_bot-table7.svg").await;
    let anna = stage.person("Anna");
    stage.telegram.start(&anna, &cafe, "table7").await;
    stage.sees(&anna, &cafe, "Hello").await;
    let (_, copy) = stage.asks(&anna, &cafe, "the bill, please").await;
    assert_eq!(text(&copy), "🆕 Anna @anna → @cafe_bot #table7\nthe bill, please");
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn the_code_leads_to_the_bot(mut stage: Stage) {
    for bot in two_bots(&stage).await {
        stage.owner_writes("/qr").await;
        stage.owner_sees("Whose QR code?").await;
        stage.presses(&stage.owner, &format!("@{}", bot.username)).await;
        let link = format!("https://t.me/{}", bot.username);
        sees_code(&stage, &link, &format!("{}.svg", bot.username)).await;
    }
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn the_only_bot_needs_no_question(mut stage: Stage) {
    stage.attach("shop_bot", "茶 Shop").await;
    let label = "x".repeat(64);
    stage.owner_writes(&format!("/qr {label}")).await;
    let link = format!("https://t.me/shop_bot?start={label}");
    sees_code(&stage, &link, &format!("shop_bot-{label}.svg")).await;
    assert_eq!(stage.times(&stage.owner, &stage.master, "Whose QR code"), 0);
    // Nothing is open.
    stage.owner_writes("/cancel").await;
    stage.owner_sees("There is nothing to cancel.").await;
    stage.stop().await;
}

async fn a_label_waits_for_its_bot_over_a_restart(mut stage: Stage) {
    two_bots(&stage).await;
    let label = "A-z_9".repeat(13)[..64].to_owned();
    stage.owner_writes(&format!("/qr {label}")).await;
    let question = stage.owner_sees("Whose QR code shall carry").await;
    stage.telegram.quiet().await;
    stage.restart().await;
    stage.presses(&stage.owner, "@shop_bot").await;
    let link = format!("https://t.me/shop_bot?start={label}");
    sees_code(&stage, &link, &format!("shop_bot-{label}.svg")).await;
    // The question is answered now.
    let id = question["message_id"].as_i64().unwrap();
    let data = button(&question, "@cafe_bot").unwrap();
    stage.telegram.quiet().await;
    stage.telegram.press(&stage.owner, &stage.master, id, &data);
    pops_up(&stage, 1).await;
    assert_eq!(drawn(&stage).1.len(), 1);
    stage.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}

async fn late_and_forged_choices_draw_nothing(mut stage: Stage) {
    let [shop, _] = two_bots(&stage).await;
    stage.owner_writes("/qr one").await;
    let old = stage.owner_sees("the label #one?").await;
    stage.owner_writes("/qr two").await;
    let new = stage.owner_sees("the label #two?").await;
    let press = |message: &Value, data: &str| {
        let id = message["message_id"].as_i64().unwrap();
        stage.telegram.press(&stage.owner, &stage.master, id, data);
    };
    // The older list is not about the label that is asked about now.
    press(&old, &button(&old, "@shop_bot").unwrap());
    pops_up(&stage, 1).await;
    let data = button(&new, "@shop_bot").unwrap();
    // Another owner with a question of his own about the same label: he does not have this bot.
    let other = stage.person("Other");
    stage.vary("OWNER_IDS", &format!("{},{}", stage.owner.id, other.id));
    stage.restart().await;
    stage.telegram.start(&other, &stage.master, "").await;
    stage.sees(&other, &stage.master, "/add attaches").await;
    for (username, name) in [("tea_bot", "Tea"), ("toy_bot", "Toys")] {
        stage.attach_as(&other, username, name).await;
    }
    stage.telegram.send(&other, &stage.master, draft::text("/qr two")).await;
    let asked = stage.sees(&other, &stage.master, "the label #two?").await;
    let before = stage.telegram.chat(&other, &stage.master);
    for data in [data.as_str(), &data.replace(&shop.id.to_string(), "4711"), "qr-label:4711"] {
        let query = json!({"id": "4711", "from": other.user(), "chat_instance": "1", "message": asked, "data": data});
        stage.telegram.push_update(&stage.master, json!({ "callback_query": query }));
    }
    stage.telegram.quiet().await;
    assert_eq!(stage.telegram.chat(&other, &stage.master), before);
    assert_eq!(drawn(&stage), (vec![], vec![]));
    // His own question is still open for the owner.
    stage.presses(&stage.owner, "@shop_bot").await;
    sees_code(&stage, "https://t.me/shop_bot?start=two", "shop_bot-two.svg").await;
    stage.stop().await;
}

async fn an_unusable_label_draws_nothing(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    let long = "x".repeat(65);
    let labels = ["table 7", "<b>", "#7", "столик", "a&start=b", "'; DROP TABLE bots", &long];
    for (number, label) in labels.into_iter().enumerate() {
        stage.owner_writes(&format!("/qr {label}")).await;
        stage.sees_times(&stage.owner, &stage.master, UNUSABLE, number + 1).await;
    }
    stage.telegram.quiet().await;
    assert_eq!(drawn(&stage), (vec![], vec![]));
    stage.stop().await;
}

async fn an_unusable_payload_is_no_label(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let payloads = ["a b", &"x".repeat(65), "<b>", "$(reboot)", "table7\nx"];
    for (number, payload) in payloads.into_iter().enumerate() {
        let name = format!("Guest{number}");
        let guest = stage.person(&name);
        stage.telegram.start(&guest, &shop, payload).await;
        stage.sees(&guest, &shop, "Hello").await;
        let (_, copy) = stage.asks(&guest, &shop, "hi").await;
        let username = name.to_lowercase();
        assert_eq!(text(&copy), format!("🆕 {name} @{username} → @shop_bot\nhi"), "{payload}");
    }
    // Neither does it take away one that is there.
    let anna = stage.person("Anna");
    for payload in ["table7", "<b>"] {
        stage.telegram.start(&anna, &shop, payload).await;
    }
    let (_, copy) = stage.asks(&anna, &shop, "hi").await;
    assert!(text(&copy).contains("#table7"), "{copy}");
    stage.stop().await;
}

async fn a_file_that_is_held_up_comes_later_and_once(mut stage: Stage) {
    stage.attach("shop_bot", "Shop").await;
    let limited = Fault::on("sendDocument").chat(stage.owner.id);
    stage.telegram.fault(limited.answer(Answer::TooManyRequests { retry_after: 1 }));
    stage.owner_writes("/qr table7").await;
    sees_code(&stage, "https://t.me/shop_bot?start=table7", "shop_bot-table7.svg").await;
    stage.telegram.quiet().await;
    let (photos, documents) = drawn(&stage);
    assert_eq!((photos.len(), documents.len()), (1, 1));
    stage.stop().await;
}
