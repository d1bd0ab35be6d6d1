//! Telegram Stars: as much as selling a subscription needs.

use serde_json::{Map, json};

use super::{Call, Outcome};
use crate::{
    error::ApiError,
    params::Params,
    shop::{CHECKOUT_SECONDS, Charge, Invoice},
    state::ChatKey,
    text::utf16_len,
};

/// One of this file's methods.
pub(crate) fn call(c: &mut Call<'_>) -> Outcome {
    match c.method {
        "createInvoiceLink" => {
            check_invoice(c.p)?;
            check_subscription(c.p)?;
            let link = format!("https://t.me/$emulated{:x}", c.s.random());
            let price = c.p.list("prices").first().and_then(|price| price["amount"].as_i64());
            let invoice = Invoice {
                payload: c.p.text("payload").unwrap_or_default(),
                amount: price.unwrap_or(0),
                currency: c.p.text("currency").unwrap_or_default(),
                period: c.p.int("subscription_period"),
            };
            c.s.shop.invoices.insert(link.clone(), invoice);
            Ok(json!(link))
        }
        "answerPreCheckoutQuery" => answer_checkout(c),
        "getMyStarBalance" => Ok(json!({"amount": 0})),
        "getStarTransactions" => Ok(json!({"transactions": []})),
        "refundStarPayment" => refund(c),
        "editUserStarSubscription" => edit_subscription(c),
        _ => Ok(json!(true)),
    }
}

/// A checkout is answered once, and within ten seconds.
fn answer_checkout(c: &mut Call<'_>) -> Outcome {
    let too_old =
        || ApiError::bad("query is too old and response timeout expired or query ID is invalid");
    let id = c.p.text("pre_checkout_query_id").unwrap_or_default();
    let is_ok = c.p.flag("ok");
    let reason = c.p.text("error_message").unwrap_or_default();
    if !is_ok && reason.is_empty() {
        return Err(ApiError::bad("error message must be non-empty"));
    }
    let query = c.s.shop.checkouts.get_mut(&id).filter(|query| query.bot == c.bot);
    let query = query.ok_or_else(too_old)?;
    if query.answer.is_some() || query.asked.elapsed().as_secs() >= CHECKOUT_SECONDS {
        return Err(too_old());
    }
    query.answer = Some(if is_ok { Ok(()) } else { Err(reason) });
    Ok(json!(true))
}

/// The payment a call is about.
fn charge<'a>(c: &'a mut Call<'_>) -> Result<&'a mut Charge, ApiError> {
    let id = c.p.text("telegram_payment_charge_id").unwrap_or_default();
    let user = c.p.int("user_id");
    let found = c.s.shop.charges.get_mut(&id);
    found
        .filter(|charge| charge.bot == c.bot && Some(charge.user) == user)
        .ok_or_else(|| ApiError::bad("CHARGE_ID_INVALID"))
}

/// The Stars go back, and the chat says so.
fn refund(c: &mut Call<'_>) -> Outcome {
    let paid = charge(c)?;
    if paid.is_refunded {
        return Err(ApiError::bad("CHARGE_ALREADY_REFUNDED"));
    }
    paid.is_refunded = true;
    let paid = paid.clone();
    let mut content = Map::new();
    let refunded = json!({
        "currency": "XTR", "total_amount": paid.stars, "invoice_payload": paid.payload,
        "telegram_payment_charge_id": c.p.text("telegram_payment_charge_id"),
    });
    content.insert("refunded_payment".to_owned(), refunded);
    let key = ChatKey::Private { bot: c.bot, user: paid.user };
    let id = c.s.post(key, paid.user, content);
    let shown = c.shown(key, id);
    c.s.add_update(c.bot, "message", shown);
    Ok(json!(true))
}

fn edit_subscription(c: &mut Call<'_>) -> Outcome {
    let is_canceled = c.p.flag("is_canceled");
    let paid = charge(c)?;
    if paid.is_canceled.is_none() {
        return Err(ApiError::bad("CHARGE_ID_INVALID"));
    }
    paid.is_canceled = Some(is_canceled);
    Ok(json!(true))
}

/// Title, description, payload, and for Stars exactly one price and no provider.
pub(crate) fn check_invoice(p: &Params) -> Result<(), ApiError> {
    let refuse = |why: &str| Err(ApiError::complaint(400, format!("Bad Request: {why}")));
    for (key, limit) in [("title", 32), ("description", 255)] {
        let length = p.text(key).map_or(0, |t| utf16_len(&t));
        if !(1..=limit).contains(&length) {
            return refuse(&format!("invoice {key} must have 1-{limit} characters"));
        }
    }
    if !(1..=128).contains(&p.text("payload").map_or(0, |t| t.len())) {
        return refuse("INVOICE_PAYLOAD_INVALID");
    }
    let prices = p.list("prices");
    if prices.is_empty() {
        return refuse("there must be at least one price");
    }
    let has_provider = p.text("provider_token").is_some();
    if is_in_stars(p) && (prices.len() != 1 || has_provider) {
        return refuse("STARS_INVOICE_INVALID");
    }
    if !is_in_stars(p) && !has_provider {
        return refuse("PAYMENT_PROVIDER_INVALID");
    }
    if prices.iter().any(|price| price["amount"].as_i64().is_none() || !price["label"].is_string())
    {
        return refuse("can't parse labeled price");
    }
    Ok(())
}

fn is_in_stars(p: &Params) -> bool {
    p.text("currency").as_deref() == Some("XTR")
}

/// A subscription is for 30 days, in Stars, at one price of at most 10,000.
fn check_subscription(p: &Params) -> Result<(), ApiError> {
    if p.text("subscription_period").is_none() {
        return Ok(());
    }
    let price = p.list("prices").first().and_then(|p| p["amount"].as_i64()).unwrap_or(0);
    let is_month = p.int("subscription_period") == Some(2_592_000);
    if !is_month || !is_in_stars(p) || !(1..=10_000).contains(&price) {
        return Err(ApiError::complaint(400, "Bad Request: SUBSCRIPTION_PERIOD_INVALID"));
    }
    Ok(())
}
