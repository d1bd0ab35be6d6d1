//! Telegram Stars: as much as selling a subscription needs.

use serde_json::json;

use super::{Call, Outcome};
use crate::{error::ApiError, params::Params, text::utf16_len};

/// One of this file's methods.
pub(crate) fn call(c: &mut Call<'_>) -> Outcome {
    match c.method {
        "createInvoiceLink" => {
            check_invoice(c.p)?;
            check_subscription(c.p)?;
            let slug = c.s.random();
            Ok(json!(format!("https://t.me/$emulated{slug:x}")))
        }
        "getMyStarBalance" => Ok(json!({"amount": 0})),
        "getStarTransactions" => Ok(json!({"transactions": []})),
        "refundStarPayment" => {
            let charge = c.p.text("telegram_payment_charge_id").unwrap_or_default();
            let refunded = format!("refund:{charge}");
            if c.s.bot(c.bot).settings.contains_key(&refunded) {
                return Err(ApiError::bad("CHARGE_ALREADY_REFUNDED"));
            }
            c.s.bot_mut(c.bot).settings.insert(refunded, json!(true));
            Ok(json!(true))
        }
        _ => Ok(json!(true)),
    }
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
    let stars = p.text("currency").as_deref() == Some("XTR");
    if stars && prices.len() != 1 {
        return refuse("STARS_INVOICE_INVALID");
    }
    if !stars && p.text("provider_token").is_none() {
        return refuse("PAYMENT_PROVIDER_INVALID");
    }
    if prices.iter().any(|price| price["amount"].as_i64().is_none() || !price["label"].is_string())
    {
        return refuse("can't parse labeled price");
    }
    Ok(())
}

fn check_subscription(p: &Params) -> Result<(), ApiError> {
    let Some(period) = p.int("subscription_period") else {
        return Ok(());
    };
    let price = p.list("prices").first().and_then(|p| p["amount"].as_i64()).unwrap_or(0);
    if period != 2_592_000 || !(1..=10_000).contains(&price) {
        return Err(ApiError::complaint(400, "Bad Request: SUBSCRIPTION_PERIOD_INVALID"));
    }
    Ok(())
}
