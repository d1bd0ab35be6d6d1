use proptest::prelude::*;
use serde_json::json;

use super::{
    offer::{Objection, Offer},
    *,
};
use crate::{config::SecretKey, model::OwnerId, seal::Seal, update::Checkout};

const DAY: i64 = DAY_MS;

fn paid(charge: &str, kind: PaymentKind, at: i64, until: i64) -> Payment {
    Payment {
        charge: charge.to_owned(),
        stars: 250,
        kind,
        paid_at: at,
        paid_until: Some(until),
        refunded_at: None,
        seen_at: at,
        offered_at: None,
        update: None,
        stopped_at: None,
        lapsed_at: None,
    }
}

fn refund(charge: &str, at: i64) -> Payment {
    Payment { paid_until: None, refunded_at: Some(at), ..paid(charge, PaymentKind::Refund, at, 0) }
}

/// What is told in the life of a subscription: each month paid, some of them given back.
fn story() -> impl Strategy<Value = Vec<Payment>> {
    prop::collection::vec((any::<bool>(), 1..4_i64, 1..40_i64), 1..6).prop_map(|months| {
        let mut told = Vec::new();
        for (number, (is_refunded, kind, length)) in (0_i64..).zip(months) {
            let kind = match (number, kind) {
                (0, _) | (_, 1) => PaymentKind::First,
                (_, 2) => PaymentKind::Renewal,
                _ => PaymentKind::Once,
            };
            let (charge, at) = (format!("c{number}"), number * 30 * DAY);
            told.push(paid(&charge, kind, at, at + length * DAY));
            if is_refunded {
                told.push(refund(&charge, at + DAY));
            }
        }
        told
    })
}

/// The same told in another order, with repetitions.
fn retold() -> impl Strategy<Value = (Vec<Payment>, Vec<Payment>)> {
    story().prop_flat_map(|told| {
        let more = prop::collection::vec(0..told.len(), 0..12);
        (Just(told), more).prop_flat_map(|(told, more)| {
            let mut again = told.clone();
            again.extend(more.into_iter().map(|index| told[index].clone()));
            (Just(told), Just(again).prop_shuffle())
        })
    })
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_plan((told, again) in retold(), now in 0..300 * DAY) {
        let (once, often): (Ledger, Ledger) =
            (told.into_iter().collect(), again.into_iter().collect());
        prop_assert_eq!(&once, &often);
        let (plan, same) = (once.standing(None), often.standing(None));
        prop_assert_eq!((plan, plan.is_paid(now)), (same, same.is_paid(now)));
        prop_assert_eq!(once.subscription(), often.subscription());
    }

    #[test]
    fn what_is_given_back_counts_for_nothing((told, again) in retold()) {
        let refunded = |charge: &str| {
            told.iter().any(|event| event.charge == charge && event.refunded_at.is_some())
        };
        let wanted = told.iter().filter(|event| !refunded(&event.charge));
        let wanted = wanted.filter_map(|event| event.paid_until).max();
        let ledger: Ledger = again.into_iter().collect();
        prop_assert_eq!(ledger.until(), wanted);
    }

    #[test]
    fn a_month_holds_its_moment(now in -100_000 * DAY..100_000 * DAY) {
        let (begin, end) = month(now);
        prop_assert!(begin <= now && now < end && (28..=31).contains(&((end - begin) / DAY)));
        prop_assert!(day(begin).ends_with("-01") && day(end).ends_with("-01"));
    }

    #[test]
    fn no_text_passes_for_an_offer(text in "\\PC*", owner: i64, stars: i64, made_at: i64) {
        let seal = seal(7);
        let offer = Offer { owner: OwnerId(owner), stars, made_at };
        let payload = offer.payload(&seal);
        prop_assert!(payload.len() <= 128);
        prop_assert_eq!(Offer::read(&payload, &seal), Some(offer));
        prop_assert_eq!(Offer::read(&payload, &super::tests::seal(8)), None);
        prop_assert_eq!(Offer::read(&text, &seal), None);
    }

    #[test]
    fn few_are_left_once(replies in 0..500_i64, steps in prop::collection::vec(1..10_i64, 1..400)) {
        let limits = Limits { price: 1, bots: 1, replies };
        let (mut used, mut told) = (0, 0);
        for step in steps {
            used += step;
            told += i32::from(limits.runs_low(used, step));
        }
        prop_assert!(told <= 1);
    }
}

fn seal(byte: u8) -> Seal {
    Seal::new(SecretKey::from_bytes([byte; 32]))
}

#[test]
fn a_subscription_is_known_by_its_first_payment() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.standing(None), Standing { until: None, renewing: Renewing::Never });
    ledger.note(paid("b", PaymentKind::Renewal, 30 * DAY, 60 * DAY));
    assert_eq!(ledger.subscription().unwrap().charge, "b", "as far as it is known");
    ledger.note(paid("a", PaymentKind::First, 0, 30 * DAY));
    assert_eq!(ledger.subscription().unwrap().charge, "a");
    let standing = ledger.standing(None);
    assert!(standing.is_paid(60 * DAY - 1) && !standing.is_paid(60 * DAY));
    ledger.note(refund("b", 31 * DAY));
    assert_eq!(ledger.until(), Some(30 * DAY));
    // A second subscription.
    ledger.note(paid("c", PaymentKind::First, 90 * DAY, 120 * DAY));
    assert_eq!(ledger.subscription().unwrap().charge, "c");
}

#[test]
fn a_renewal_is_known_by_the_offer_that_was_paid() {
    let of = |offered_at, payment: Payment| Payment { offered_at, ..payment };
    let first = |charge, at| paid(charge, PaymentKind::First, at * DAY, (at + 30) * DAY);
    let renewal = |charge, at| paid(charge, PaymentKind::Renewal, at * DAY, (at + 30) * DAY);
    let told = [
        of(Some(1), first("a", 0)),
        of(Some(2), first("b", 1)),
        of(Some(1), renewal("a2", 30)),
        renewal("x", 31),
    ];
    let mut ledger: Ledger = told.into_iter().collect();
    let charges = |payments: Vec<&Payment>| -> Vec<String> {
        payments.into_iter().map(|payment| payment.charge.clone()).collect()
    };
    let belongs = |ledger: &Ledger, charge: &str| {
        let payment = ledger.payments().into_iter().find(|payment| payment.charge == charge);
        charges(ledger.subscription_of(payment.unwrap()))
    };
    assert_eq!(belongs(&ledger, "a2"), ["a"]);
    assert_eq!(belongs(&ledger, "b"), ["b"]);
    assert_eq!(belongs(&ledger, "x"), ["a", "b"], "it says of none");
    assert!(!ledger.has_another(&["a".to_owned(), "b".to_owned()], 40 * DAY));
    assert!(ledger.has_another(&["b".to_owned()], 40 * DAY));
    // Given back, it is to be stopped all the same.
    ledger.note(first("c", 90));
    ledger.note(refund("a", 31 * DAY));
    assert_eq!(charges(ledger.subscriptions()), ["a", "b", "c"]);
    assert_eq!(belongs(&ledger, "a2"), ["a"]);
}

#[test]
fn what_was_said_before_a_payment_is_no_news_after_it() {
    let payment = paid("a", PaymentKind::Renewal, 5 * DAY, 35 * DAY);
    let payment = Payment { update: Some(7), offered_at: Some(1), ..payment };
    let ledger: Ledger = [payment].into_iter().collect();
    let now = 5 * DAY + 1;
    let is_paid_since = |update, offered_at| ledger.is_paid_since(update, offered_at, now);
    assert!(is_paid_since(6, None) && is_paid_since(6, Some(1)) && !is_paid_since(8, None));
    assert!(!is_paid_since(6, Some(2)), "another subscription");
    assert!(!ledger.is_paid_since(6, None, now + 2 * DAY), "numbers begin anew");
}

#[test]
fn each_subscription_goes_on_by_itself() {
    let of = |offered_at, payment: Payment| Payment { offered_at: Some(offered_at), ..payment };
    let first = |charge, at| paid(charge, PaymentKind::First, at * DAY, (at + 30) * DAY);
    let begun = [of(1, first("a", 0)), of(2, first("b", 2)), of(2, first("c", 3))];
    let ledger = |change: &dyn Fn(&mut Payment)| -> Ledger {
        let mut begun = begun.clone();
        begun.iter_mut().for_each(change);
        begun.into_iter().collect()
    };
    let going = |ledger: &Ledger, now| -> Vec<(String, i64)> {
        let found = ledger.going_on(now).into_iter();
        found.map(|(first, until)| (first.charge.clone(), until / DAY)).collect()
    };
    let all = ledger(&|_| {});
    let named = |charges: &[(&str, i64)]| -> Vec<(String, i64)> {
        charges.iter().map(|(charge, until)| ((*charge).to_owned(), *until)).collect()
    };
    assert_eq!(going(&all, 5 * DAY), named(&[("a", 30), ("b", 32), ("c", 33)]));
    assert_eq!(going(&all, 31 * DAY), named(&[("b", 32), ("c", 33)]), "paid no more");
    // Telegram said that one was canceled; the other of its link is told of next.
    let lapsed = |payment: &mut Payment| {
        payment.lapsed_at = (payment.charge == "b").then_some(4 * DAY);
    };
    let mut one_less = ledger(&lapsed);
    assert_eq!(going(&one_less, 5 * DAY), named(&[("a", 30), ("c", 33)]));
    let told_of = |ledger: &Ledger, offer, goes_on| {
        ledger.told_of(Some(offer), goes_on).unwrap().charge.clone()
    };
    assert_eq!(told_of(&one_less, 2, false), "c");
    assert_eq!(told_of(&one_less, 2, true), "b");
    assert_eq!(told_of(&one_less, 1, true), "a", "it is as told");
    assert!(one_less.told_of(Some(3), true).is_none() && one_less.told_of(None, true).is_none());
    assert!(one_less.has_another(&["a".to_owned()], 5 * DAY));
    assert!(!one_less.has_another(&["a".to_owned(), "c".to_owned()], 5 * DAY));
    // A payment after that shows that it goes on.
    let renewal = paid("a2", PaymentKind::Renewal, 30 * DAY, 60 * DAY);
    one_less.note(of(1, renewal.clone()));
    assert_eq!(going(&one_less, 40 * DAY), named(&[("a", 60)]));
    assert_eq!(one_less.stopped_before(&of(1, renewal.clone())), Vec::<String>::new());
    // What we stopped was charged all the same; not where it may be another.
    let stopped =
        ledger(&|payment| payment.stopped_at = (payment.charge != "c").then_some(9 * DAY));
    assert_eq!(stopped.stopped_before(&of(1, renewal.clone())), ["a"]);
    assert_eq!(stopped.stopped_before(&of(2, renewal.clone())), Vec::<String>::new());
    let before = Payment { paid_at: 8 * DAY, ..of(1, renewal) };
    assert_eq!(stopped.stopped_before(&before), Vec::<String>::new(), "stopped after it");
    assert_eq!(going(&stopped, 10 * DAY), named(&[("c", 33)]));
}

#[test]
fn months_without_a_first_one_are_one_subscription() {
    let month = |charge, at| {
        let paid = paid(charge, PaymentKind::Renewal, at * DAY, (at + 31) * DAY);
        Payment { offered_at: Some(1), ..paid }
    };
    let ledger: Ledger = [month("a", 0), month("b", 30)].into_iter().collect();
    let going: Vec<_> = ledger.going_on(30 * DAY).into_iter().map(|(it, _)| &it.charge).collect();
    assert_eq!(going, ["b"]);
    let told_of = ledger.told_of(Some(1), false).unwrap();
    assert!(told_of.charge == "b" && !ledger.has_another(&["b".to_owned()], 30 * DAY));
}

#[test]
fn a_payment_after_it_was_stopped_shows_that_it_goes_on() {
    let stopped = |changed_at| Some(Renewal { state: Renewing::Stopped, changed_at });
    let mut ledger = Ledger::default();
    ledger.note(paid("a", PaymentKind::First, 0, 30 * DAY));
    let renewing = |ledger: &Ledger, mark| ledger.standing(mark).renewing;
    assert_eq!(renewing(&ledger, stopped(DAY)), Renewing::Stopped);
    assert_eq!(renewing(&ledger, stopped(-DAY)), Renewing::Yes);
    // Within a minute the clocks say nothing: what we learned last holds.
    let late = Payment { seen_at: 900, ..paid("b", PaymentKind::Renewal, 0, 60 * DAY) };
    ledger.note(late);
    assert_eq!(renewing(&ledger, stopped(800)), Renewing::Yes);
    assert_eq!(renewing(&ledger, stopped(950)), Renewing::Stopped);
    // Told late, an old payment changes nothing.
    let late = Payment { seen_at: 9 * DAY, ..paid("c", PaymentKind::Renewal, DAY, 90 * DAY) };
    ledger.note(late);
    assert_eq!(renewing(&ledger, stopped(2 * DAY)), Renewing::Stopped);
}

#[test]
fn without_the_plan_there_are_limits() {
    let limits = Limits { price: 250, bots: 2, replies: 100 };
    assert!(limits.has_room(1) && !limits.has_room(2));
    assert_eq!(limits.refuses(1, 99), None);
    assert_eq!(limits.refuses(1, 100), Some(Refused::RepliesUsed));
    assert_eq!(limits.refuses(2, 0), Some(Refused::Resting));
    assert_eq!((limits.left(30), limits.left(105)), (70, 0));
    let low = |used| limits.runs_low(used, 1);
    assert!(!low(89) && low(90) && !low(91));
    assert!(limits.runs_low(93, 5) && !limits.runs_low(95, 5));
    let one = Limits { replies: 1, ..limits };
    assert!(!one.runs_low(1, 1), "the refusal says it");
}

#[test]
fn moments_are_said_by_their_readers_clock() {
    let at = 1_795_219_140_000;
    assert_eq!(moment(at, Clock::default()), "2026-11-20 23:59 (UTC)");
    assert_eq!(moment(at, Clock::of(150)), "2026-11-21 02:29 (UTC+2:30)");
    assert_eq!(moment(at, Clock::of(-60)), "2026-11-20 22:59 (UTC-1)");
}

#[test]
fn what_may_be_paid() {
    let (seal, now) = (seal(7), 40 * DAY);
    let limits = Some(Limits { price: 250, bots: 1, replies: 1 });
    let offer = Offer { owner: OwnerId(5), stars: 250, made_at: now - 1000 };
    let checkout = |offer: Offer, from: i64, amount: i64, currency: &str| {
        let query = json!({
            "id": "q", "from": {"id": from, "is_bot": false, "first_name": "O"},
            "currency": currency, "total_amount": amount, "invoice_payload": offer.payload(&seal),
        });
        Checkout::read(&query).unwrap()
    };
    let says = |checkout: &Checkout| Objection::to(checkout, &seal, limits, now);
    let good = checkout(offer, 5, 250, "XTR");
    assert_eq!(says(&good), None);
    assert_eq!(Objection::to(&good, &seal, None, now), Some(Objection::NotSold));
    assert_eq!(says(&checkout(offer, 6, 250, "XTR")), Some(Objection::Foreign));
    assert_eq!(says(&checkout(offer, 5, 1, "XTR")), Some(Objection::Unknown));
    assert_eq!(says(&checkout(offer, 5, 250, "USD")), Some(Objection::Unknown));
    let cheap = Offer { stars: 1, ..offer };
    assert_eq!(says(&checkout(cheap, 5, 1, "XTR")), Some(Objection::Outdated));
    let old = Offer { made_at: 0, ..offer };
    assert_eq!(says(&checkout(old, 5, 250, "XTR")), Some(Objection::Outdated));
    let forged = Checkout { payload: "pro.5.250.0.AAAA".to_owned(), ..good };
    assert_eq!(says(&forged), Some(Objection::Unknown));
}
