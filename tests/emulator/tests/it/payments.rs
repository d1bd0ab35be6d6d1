use serde_json::json;
use telegram_emulator::actions::Payment;

use crate::support::{ok, refused, scene};

#[tokio::test]
async fn a_subscription_is_sold_stopped_and_given_back() {
    let (telegram, shop, anna) = scene().await;
    let offer = json!({
        "title": "Pro", "description": "All of it", "payload": "p", "provider_token": "",
        "currency": "XTR", "prices": [{"label": "Pro", "amount": 250}],
        "subscription_period": 2_592_000,
    });
    let link = ok(&telegram, &shop, "createInvoiceLink", offer).await;
    let link = link.as_str().unwrap().to_owned();
    let payment = telegram.invoice(&link).unwrap();
    let id = telegram.checkout(&anna, &shop, &payment);
    let answer = |ok: bool| json!({"pre_checkout_query_id": id, "ok": ok});
    let method = "answerPreCheckoutQuery";
    let why = refused(&telegram, &shop, method, answer(false)).await;
    assert_eq!(why, "Bad Request: error message must be non-empty");
    ok(&telegram, &shop, method, answer(true)).await;
    assert_eq!(telegram.checkout_answer(&id), Some(Ok(())));
    let again = refused(&telegram, &shop, method, answer(true)).await;
    assert!(again.starts_with("Bad Request: query is too old"), "{again}");
    let (_, charge) = telegram.pay(&anna, &shop, &payment.recurring(true, 100)).await;
    let renewed = telegram.renew(&anna, &shop, &charge, 200).await;
    let about = |charge: &str| json!({"user_id": anna.id, "telegram_payment_charge_id": charge, "is_canceled": true});
    let method = "editUserStarSubscription";
    ok(&telegram, &shop, method, about(&charge)).await;
    assert_eq!(telegram.is_canceled(&charge), Some(true));
    assert_eq!(
        refused(&telegram, &shop, method, about(&renewed)).await,
        "Bad Request: CHARGE_ID_INVALID"
    );
    let back = json!({"user_id": anna.id, "telegram_payment_charge_id": renewed});
    ok(&telegram, &shop, "refundStarPayment", back.clone()).await;
    assert!(telegram.is_refunded(&renewed) && !telegram.is_refunded(&charge));
    let pending = telegram.pending(&shop);
    let told = &pending.last().unwrap()["message"]["refunded_payment"];
    assert_eq!(told["telegram_payment_charge_id"], renewed, "{pending:?}");
    let why = refused(&telegram, &shop, "refundStarPayment", back).await;
    assert_eq!(why, "Bad Request: CHARGE_ALREADY_REFUNDED");
    let other = Payment::stars("p", 1);
    let late = telegram.checkout(&anna, &shop, &other);
    assert_eq!(telegram.checkout_answer(&late), None);
}
