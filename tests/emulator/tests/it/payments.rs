use serde_json::{Value, json};
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

#[tokio::test]
async fn an_invoice_says_how_it_is_paid() {
    let (telegram, shop, anna) = scene().await;
    let asked = |more: Value| {
        let mut asked = json!({
            "title": "Pro", "description": "All of it", "payload": "p", "currency": "XTR",
            "prices": [{"label": "Pro", "amount": 250}],
        });
        for (key, value) in more.as_object().unwrap() {
            asked[key] = value.clone();
        }
        asked
    };
    let two = json!([{"label": "a", "amount": 1}, {"label": "b", "amount": 1}]);
    let month = 2_592_000;
    for (more, why) in [
        (json!({"provider_token": "1:TEST"}), "STARS_INVOICE_INVALID"),
        (json!({"prices": two}), "STARS_INVOICE_INVALID"),
        (json!({"currency": "EUR"}), "PAYMENT_PROVIDER_INVALID"),
        (json!({"currency": "EUR", "provider_token": ""}), "PAYMENT_PROVIDER_INVALID"),
        (json!({"subscription_period": 86_400}), "SUBSCRIPTION_PERIOD_INVALID"),
        (
            json!({"subscription_period": month, "currency": "EUR", "provider_token": "1:TEST"}),
            "SUBSCRIPTION_PERIOD_INVALID",
        ),
        (
            json!({"subscription_period": month, "prices": [{"label": "Pro", "amount": 10_001}]}),
            "SUBSCRIPTION_PERIOD_INVALID",
        ),
    ] {
        let said = refused(&telegram, &shop, "createInvoiceLink", asked(more)).await;
        assert_eq!(said, format!("Bad Request: {why}"));
    }
    let elsewhere = json!({"currency": "EUR", "provider_token": "1:TEST"});
    let link = ok(&telegram, &shop, "createInvoiceLink", asked(elsewhere)).await;
    assert_eq!(telegram.invoice(link.as_str().unwrap()).unwrap().currency, "EUR");
    // Without a period it is paid once, and nothing renews.
    for (more, is_subscription) in
        [(json!({}), false), (json!({"subscription_period": month}), true)]
    {
        let link = ok(&telegram, &shop, "createInvoiceLink", asked(more)).await;
        let link = link.as_str().unwrap();
        let answers = async {
            let asks =
                |update: &Value| update["pre_checkout_query"]["id"].as_str().map(str::to_owned);
            let id = telegram
                .wait("a checkout", |view| view.pending(&shop).iter().rev().find_map(asks))
                .await;
            let yes = json!({"pre_checkout_query_id": id, "ok": true});
            ok(&telegram, &shop, "answerPreCheckoutQuery", yes).await;
        };
        let (charge, ()) = tokio::join!(telegram.subscribe(&anna, &shop, link, 100), answers);
        assert_eq!(telegram.is_canceled(&charge.unwrap()).is_some(), is_subscription);
        let pending = telegram.pending(&shop);
        let paid = &pending.last().unwrap()["message"]["successful_payment"];
        assert_eq!(paid["is_first_recurring"] == true, is_subscription, "{paid}");
        assert_eq!(paid.get("subscription_expiration_date").is_some(), is_subscription);
    }
}
