//! `/metrics`: what each outcome counts, and that documents and dashboard name what there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use telegram_emulator::{Answer, Fault, draft};

use crate::support::{Stage, http::request, matrix::on_every_database};

mod stages {
    use super::*;
    on_every_database!(dark(Webhook): every_outcome_is_counted, what_waits_grows_old);
}

async fn scrape(stage: &Stage, formats: &[(&str, &str)]) -> crate::support::http::Answer {
    let address = stage.running().metrics_address.expect("a second listener");
    request(address, "GET", "/metrics", formats, b"").await
}

/// Samples by their name with labels.
async fn samples(stage: &Stage) -> BTreeMap<String, f64> {
    let text = scrape(stage, &[]).await.text();
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect()
}

/// Waits until samples are as wanted.
async fn show(stage: &Stage, what: &str, wanted: impl Fn(&dyn Fn(&str) -> f64) -> bool) {
    let began = Instant::now();
    loop {
        let now = samples(stage).await;
        let of = |name: &str| {
            *now.get(&format!("feedback_relay_{name}")).unwrap_or_else(|| panic!("no {name}"))
        };
        if wanted(&of) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "waited in vain for {what}: {now:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn begin(stage: &mut Stage) {
    stage.vary("METRICS_ADDR", "127.0.0.1:0");
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.start().await;
    stage.telegram.start(&stage.owner, &stage.master, "").await;
    stage.owner_sees("/add attaches").await;
}

async fn every_outcome_is_counted(mut stage: Stage) {
    begin(&mut stage).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    show(&stage, "a start at zero", |of| {
        of("relayed_total{direction=\"inbound\"}") == 0.0
            && of("updates_total{outcome=\"answered\"}") == 1.0
            && of("updates_total{outcome=\"command\"}") == 2.0
            && of("failed_total{direction=\"outbound\",reason=\"blocked\"}") == 0.0
    })
    .await;
    // Sent, in and out.
    let (_, copy) = stage.asks(&anna, &shop, "tea?").await;
    let reply = stage.answer(&copy, draft::text("yes")).await;
    stage.copy_of_reply(reply).await;
    show(&stage, "one message each way", |of| {
        of("relayed_total{direction=\"inbound\"}") == 1.0
            && of("relayed_total{direction=\"outbound\"}") == 1.0
            && of("sends_total{direction=\"inbound\",outcome=\"sent\"}") == 1.0
            && of("send_duration_seconds_count{direction=\"outbound\"}") == 1.0
            && of("updates_total{outcome=\"relayed\"}") == 2.0
            && of("telegram_requests_total{class=\"send\",outcome=\"ok\"}") >= 2.0
            && of("store_statement_duration_seconds_count{does=\"write\"}") >= 4.0
    })
    .await;
    // Not now, then again.
    stage.telegram.fault(
        Fault::on("sendMessage")
            .chat(stage.owner.id)
            .answer(Answer::TooManyRequests { retry_after: 100 }),
    );
    let held = stage.telegram.send(&anna, &shop, draft::text("coffee?")).await;
    show(&stage, "a message held", |of| {
        of("held_total{direction=\"inbound\"}") == 1.0
            && of("sends_total{direction=\"inbound\",outcome=\"not_now\"}") == 1.0
            && of("updates_total{outcome=\"held\"}") == 1.0
    })
    .await;
    stage.restart().await;
    stage.copy_of(&shop, &anna, held).await;
    // Never.
    stage.telegram.block(&anna, &shop);
    let refused = stage.answer(&copy, draft::text("hello?")).await;
    stage.answered(&stage.owner, &stage.master, refused, "❌").await;
    show(&stage, "a reply that failed", |of| {
        of("failed_total{direction=\"outbound\",reason=\"blocked\"}") == 1.0
            && of("sends_total{direction=\"outbound\",outcome=\"never\"}") == 1.0
            && of("updates_total{outcome=\"told\"}") == 1.0
            && of("updates_total{outcome=\"noted\"}") == 1.0
    })
    .await;
    stage.telegram.unblock(&anna, &shop);
    // Unknown, then again.
    stage
        .telegram
        .fault(Fault::on("sendMessage").chat(stage.owner.id).answer(Answer::InternalAfter));
    let doubted = stage.telegram.send(&anna, &shop, draft::text("cake?")).await;
    stage.copy_of(&shop, &anna, doubted).await;
    show(&stage, "a send of unknown outcome", |of| {
        of("sends_total{direction=\"inbound\",outcome=\"unknown\"}") == 1.0
            && of("updates_total{outcome=\"unknown\"}") == 1.0
            && of("retried_total{direction=\"inbound\"}") == 2.0
    })
    .await;
    // Left alone.
    stage.answer(&copy, draft::text("/ban")).await;
    stage.owner_sees("🚫 Anna").await;
    stage.telegram.send(&anna, &shop, draft::text("let me in")).await;
    show(&stage, "an update left alone", |of| {
        of("ignored_total{rule=\"banned\"}") == 1.0
            && of("updates_total{outcome=\"ignored\"}") == 1.0
            && of("queue_age_seconds{queue=\"in_flight\"}") == 0.0
    })
    .await;
    formats_and_names(&stage).await;
    stage.stop().await;
}

async fn what_waits_grows_old(mut stage: Stage) {
    begin(&mut stage).await;
    let shop = stage.attach("shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let hang = Answer::HangBefore(Duration::from_secs(2));
    stage.telegram.fault(Fault::on("sendMessage").chat(stage.owner.id).answer(hang));
    let message = stage.telegram.send(&anna, &shop, draft::text("tea?")).await;
    show(&stage, "an update in flight", |of| {
        of("queue_age_seconds{queue=\"in_flight\"}") > 0.0
            && of("queue_length{queue=\"in_flight\"}") == 1.0
    })
    .await;
    stage.copy_of(&shop, &anna, message).await;
    stage
        .telegram
        .fault(Fault::on("sendMessage").chat(stage.owner.id).always().answer(Answer::Internal));
    stage.telegram.send(&anna, &shop, draft::text("coffee?")).await;
    show(&stage, "a message held", |of| {
        of("queue_length{queue=\"held\"}") == 1.0 && of("queue_age_seconds{queue=\"held\"}") > 0.0
    })
    .await;
    stage.telegram.clear_faults();
    stage.owner_sees("coffee?").await;
    // More of an album may come.
    let item = draft::photo("cake").caption("cake?").media_group_id("g1");
    stage.telegram.send(&anna, &shop, item).await;
    show(&stage, "an item parked", |of| {
        of("queue_length{queue=\"parked\"}") == 1.0
            && of("queue_age_seconds{queue=\"parked\"}") > 0.0
    })
    .await;
    stage.owner_sees("cake?").await;
    show(&stage, "nothing that waits", |of| {
        ["held", "in_flight", "parked"].into_iter().all(|queue| {
            of(&format!("queue_length{{queue=\"{queue}\"}}")) == 0.0
                && of(&format!("queue_age_seconds{{queue=\"{queue}\"}}")) == 0.0
        })
    })
    .await;
    stage.stop().await;
}

/// The names of all metrics, as a query names them.
fn names(text: &str) -> BTreeSet<String> {
    let head = |line: &str| {
        let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
        assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
        Some(name.to_owned())
    };
    text.lines().filter_map(head).collect()
}

async fn formats_and_names(stage: &Stage) {
    let classic = scrape(stage, &[]).await;
    assert_eq!(classic.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = classic.text();
    assert!(!text.contains("# EOF") && !text.contains("# UNIT"), "{text}");
    let accepted = [("Accept", "application/openmetrics-text; version=1.0.0,text/plain;q=0.5")];
    let newer = scrape(stage, &accepted).await;
    assert!(newer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    assert!(newer.text().ends_with("# EOF\n"));
    let version = env!("CARGO_PKG_VERSION");
    assert!(text.contains(&format!("feedback_relay_build_info{{version=\"{version}\"}} 1\n")));
    let exported = names(&text);
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds"]
    {
        assert!(exported.contains(name), "{name} of {exported:?}");
    }
    let documented = named_in(&file("docs/monitoring.md"), &exported);
    assert_eq!(documented, exported, "docs/monitoring.md names each metric and no other");
    let drawn = named_in(&file("deploy/grafana.json"), &exported);
    assert!(drawn.is_subset(&exported), "{drawn:?}");
    let own = |name: &&String| name.starts_with("feedback_relay_");
    let missing: Vec<_> = exported.difference(&drawn).filter(own).collect();
    assert_eq!(missing, Vec::<&String>::new(), "deploy/grafana.json has a panel for each");
}

fn file(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every word in a text that looks like one of our metrics, without what a histogram adds.
fn named_in(text: &str, exported: &BTreeSet<String>) -> BTreeSet<String> {
    let word = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    let ours = |name: &&str| name.starts_with("feedback_relay_") || name.starts_with("process_");
    let plain = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        match parts {
            Some(whole) if exported.contains(whole) => whole.to_owned(),
            _ => name.to_owned(),
        }
    };
    text.split(word).filter(ours).map(plain).collect()
}

#[test]
fn the_dashboard_can_be_imported_anywhere() {
    let dashboard: serde_json::Value = serde_json::from_str(&file("deploy/grafana.json")).unwrap();
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert!(
        variables.iter().any(|one| one["type"] == "datasource" && one["query"] == "prometheus")
    );
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{panel}");
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{panel}");
        assert!(panel["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert!(!panel["targets"].as_array().unwrap().is_empty(), "{panel}");
    }
    assert!(ids.len() > 10);
    assert!(dashboard["id"].is_null() && dashboard["uid"].is_string());
}

/// Prometheus itself has metrics called `process_…`, too.
#[test]
fn the_dashboard_shows_relays_alone() {
    let dashboard: serde_json::Value = serde_json::from_str(&file("deploy/grafana.json")).unwrap();
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let instance = variables.iter().find(|one| one["name"] == "instance").unwrap();
    assert_eq!(instance["query"]["query"], "label_values(feedback_relay_build_info, instance)");
    assert!(instance["allValue"].is_null(), "all are those that are relays: {instance}");
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let of_process = targets.filter_map(|target| target["expr"].as_str());
    let of_process = of_process.filter(|expr| expr.contains("process_"));
    let unbound: Vec<_> = of_process.filter(|expr| !expr.contains("instance=~")).collect();
    assert_eq!(unbound, Vec::<&str>::new());
}
