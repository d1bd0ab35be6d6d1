//! What can't be shown, what is ignored by rule, and where client bots do not stay.

use serde_json::json;
use telegram_emulator::{Group, GroupKind, Membership, draft};

use crate::support::{
    Mode, Stage,
    matrix::on_every_stage,
    oracle::{Cast, judge},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_kind_from_the_future_is_told_to_both,
        a_reply_of_an_unknown_kind_is_told,
        service_messages_and_bots_are_ignored,
        a_client_bot_leaves_groups_and_its_owner_is_told_once,
    );
}

async fn a_kind_from_the_future_is_told_to_both(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let kinds =
        [("brain_wave", "brain wave"), ("paid_media", "paid media"), ("giveaway", "giveaway")];
    for (kind, words) in kinds {
        let wave = draft::unknown(kind, json!({"strength": 5, "title": "🧠"})).caption("for you");
        let message = stage.telegram.send(&anna, &shop, wave).await;
        let copy = stage.copy_of(&shop, &anna, message).await;
        let told = format!("Anna sent something that can't be shown here ({words}).");
        assert_eq!(text(&copy), format!("🆕 Anna @anna → @shop_bot\n{told}"));
        stage.answered(&anna, &shop, message, "This kind of message can't be passed on").await;
        let answer = stage.answer(&copy, draft::text("What was that?")).await;
        assert_eq!(stage.copy_of_reply(answer).await["chat"]["id"], anna.id);
        stage.telegram.quiet().await;
        assert_eq!(stage.count_answers(&anna, &shop, message, "❌"), 1);
    }
    stage.curtain().await;
    let cast = Cast { owner: &stage.owner, bots: &[&shop], customers: &[&anna] };
    judge(&stage, &[cast]).await.flawless(3, 3);
}

async fn a_reply_of_an_unknown_kind_is_told(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "hello?").await;
    let before = stage.said(&anna, &shop).len();
    let reply = stage.answer(&copy, draft::unknown("brain_wave", json!({}))).await;
    let told = stage.answered(&stage.owner, &stage.master, reply, "❌ Not delivered").await;
    assert!(text(&told).contains("(brain wave)"), "{told:#}");
    assert_eq!(told.get("reply_markup"), None, "sending again can't help");
    stage.telegram.quiet().await;
    assert_eq!(stage.said(&anna, &shop).len(), before);
    stage.curtain().await;
}

async fn service_messages_and_bots_are_ignored(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let before = (stage.said(&anna, &shop), stage.said(&stage.owner, &stage.master));
    for kind in ["pinned_message", "write_access_allowed", "chat_background_set", "users_shared"] {
        stage.telegram.send(&anna, &shop, draft::service(kind, json!({}))).await;
    }
    let robot = json!({"id": 9_000_000_001_i64, "is_bot": true, "first_name": "Robot", "username": "robot_bot"});
    let message = json!({
        "message_id": 77_777, "from": robot, "date": 1_795_000_000, "text": "beep",
        "chat": {"id": 9_000_000_001_i64, "type": "private", "first_name": "Robot"},
    });
    stage.telegram.push_update(&shop, json!({ "message": message }));
    stage.telegram.quiet().await;
    let after = (stage.said(&anna, &shop), stage.said(&stage.owner, &stage.master));
    assert_eq!(after, before);
    assert!(stage.database.references().await.is_empty());
    stage.curtain().await;
}

async fn a_client_bot_leaves_groups_and_its_owner_is_told_once(mut stage: Stage) {
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let groups =
        [Group::basic("Tea friends"), Group::supergroup("Tea club"), Group::channel("Tea news")];
    for (number, group) in groups.into_iter().enumerate() {
        let group = stage.telegram.add_group(group);
        let standing = if group.kind == GroupKind::Channel {
            Membership::Administrator
        } else {
            Membership::Member
        };
        stage.telegram.add_to_group(&anna, &group, &shop, standing);
        stage.telegram.send_to_group(&anna, &group, draft::text("hello @shop_bot")).await;
        let told = stage.owner_sees(&group.title).await;
        let words = format!("@shop_bot was added to “{}” and left again", group.title);
        assert!(text(&told).starts_with(&words), "{told:#}");
        stage.telegram.quiet().await;
        assert_eq!(stage.telegram.left_chats(&shop).len(), number + 1);
        if stage.mode() == Mode::Webhook {
            let updates = stage.telegram.deliveries();
            let of_group =
                updates.iter().filter(|d| d.bot == shop.id && d.attempt == 1).rev().take(2);
            for delivery in of_group {
                stage.telegram.redeliver(&shop, delivery.update_id, 3, true).await;
                stage.telegram.redeliver(&shop, delivery.update_id, 3, false).await;
            }
        }
        let said = stage.said(&stage.owner, &stage.master);
        assert_eq!(said.iter().filter(|text| text.contains(&group.title)).count(), 1, "{said:?}");
    }
    assert!(stage.database.references().await.is_empty());
    stage.curtain().await;
}
