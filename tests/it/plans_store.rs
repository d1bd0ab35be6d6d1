//! The ledger in a database is the ledger as it is thought of: in any order, however often.

use std::ffi::OsString;

use feedback_relay::{
    config::Config,
    model::{BotId, OwnerId},
    plan::{Ledger, Payment, PaymentKind, Renewal, Renewing},
    store::Store,
};
use rand::seq::SliceRandom as _;

use crate::support::{Stage, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(dark(Webhook):
        any_order_and_repetition_gives_the_same_ledger,
        an_end_is_to_be_told_once,
        an_older_update_says_nothing_new,
        nothing_is_noted_of_who_has_left,
    );
}

const OWNER: OwnerId = OwnerId(7);

async fn open(stage: &Stage) -> Store {
    let variables = stage.variables();
    let config = Config::read(&|name: &str| variables.get(name).map(OsString::from)).unwrap();
    Store::open(&config.database_url).await.unwrap()
}

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
    let paid = paid(charge, PaymentKind::Refund, at, 0);
    Payment { paid_until: None, refunded_at: Some(at), ..paid }
}

async fn any_order_and_repetition_gives_the_same_ledger(stage: Stage) {
    let store = open(&stage).await;
    for round in 0..60_i64 {
        let owner = OwnerId(round + 1);
        let charge = |name: &str| format!("{name}{round}");
        let mut told = vec![
            paid(&charge("a"), PaymentKind::First, 10, 100),
            paid(&charge("b"), PaymentKind::Renewal, 100, 200),
            refund(&charge("b"), 150),
            paid(&charge("c"), PaymentKind::Renewal, 200, 300),
            refund(&charge("d"), 250),
        ];
        told.extend(told.clone());
        told.shuffle(&mut rand::rng());
        for payment in &told {
            store.note_payment(Some(owner), payment).await.unwrap();
        }
        let wanted: Ledger = told.into_iter().collect();
        let stored: Ledger = store.payments_of(owner).await.unwrap().into_iter().collect();
        assert_eq!(stored, wanted, "round {round}");
        assert_eq!(store.paid_until(owner).await.unwrap(), Some(300));
        assert_eq!(stored.until(), Some(300));
    }
}

async fn an_end_is_to_be_told_once(stage: Stage) {
    let store = open(&stage).await;
    store.register_owner(OWNER, 5).await.unwrap();
    let ends = async |now: i64| -> Vec<i64> {
        let ends = store.ends_to_tell(0, now).await.unwrap();
        ends.into_iter().map(|end| end.until).collect()
    };
    store.note_payment(Some(OWNER), &paid("a", PaymentKind::First, 10, 100)).await.unwrap();
    assert_eq!(store.next_end(50).await.unwrap(), Some(100));
    assert_eq!((ends(99).await, ends(100).await), (vec![], vec![100]));
    store.end_is_told(OWNER, 100).await.unwrap();
    assert_eq!(ends(150).await, Vec::<i64>::new());
    // Paid once more, it ends once more.
    store.note_payment(Some(OWNER), &paid("b", PaymentKind::First, 150, 250)).await.unwrap();
    assert_eq!((ends(200).await, ends(250).await), (vec![], vec![250]));
    store.note_payment(Some(OWNER), &refund("b", 200)).await.unwrap();
    assert_eq!(ends(300).await, Vec::<i64>::new(), "that end was told");
    assert_eq!(store.count_replies(OWNER, BotId(1), 0, 5).await.unwrap(), 0);
}

async fn nothing_is_noted_of_who_has_left(stage: Stage) {
    let store = open(&stage).await;
    let said = Renewal { state: Renewing::Stopped, changed_at: 1000 };
    for update in [None, Some(7)] {
        store.put_renewal(OWNER, said, update).await.unwrap();
        assert_eq!(store.renewal(OWNER).await.unwrap(), None);
    }
    store.end_is_told(OWNER, 100).await.unwrap();
    assert_eq!(stage.database.count("plan_notices").await, 0);
}

async fn an_older_update_says_nothing_new(stage: Stage) {
    let store = open(&stage).await;
    store.register_owner(OWNER, 5).await.unwrap();
    let put = async |state, changed_at, update| {
        store.put_renewal(OWNER, Renewal { state, changed_at }, update).await.unwrap();
        store.renewal(OWNER).await.unwrap().unwrap().state
    };
    assert_eq!(put(Renewing::Stopped, 1000, Some(10)).await, Renewing::Stopped);
    assert_eq!(put(Renewing::Yes, 2000, Some(12)).await, Renewing::Yes);
    assert_eq!(put(Renewing::Stopped, 3000, Some(11)).await, Renewing::Yes);
    // The owner's own word has no number.
    assert_eq!(put(Renewing::Stopped, 4000, None).await, Renewing::Stopped);
    assert_eq!(put(Renewing::Yes, 5000, Some(11)).await, Renewing::Stopped);
    // After a quiet time Telegram's numbers begin anew.
    let later = 4000 + 2 * 24 * 3600 * 1000;
    assert_eq!(put(Renewing::Yes, later, Some(3)).await, Renewing::Yes);
}
