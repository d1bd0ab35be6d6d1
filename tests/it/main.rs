//! The whole relay over HTTP against the emulated Bot API, on every database.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::unwrap_used,
    reason = "a test stops where its stage cannot be set; its name is its documentation"
)]

mod support;

mod admin;
mod admin_announce;
mod admin_suspend;
mod backup;
mod check;
mod config;
mod conversation;
mod crash_windows;
mod door;
mod faults_database;
mod faults_sqlite;
mod health_alarms;
mod health_lines;
mod health_metrics;
mod health_refused;
mod health_start;
mod health_webhook;
mod intake_polling;
mod intake_webhook;
mod isolation;
mod languages;
mod limits_share;
mod master_add;
mod master_claim;
mod master_commands;
mod master_qr;
mod master_stats;
mod master_status;
mod people_ban;
mod people_card;
mod people_inbox;
mod plans;
mod plans_limits;
mod plans_store;
mod plans_subscriptions;
mod privacy;
mod relay_albums;
mod relay_delays;
mod relay_deletes;
mod relay_edits;
mod relay_files;
mod relay_ignored;
mod relay_kinds;
mod relay_long;
mod relay_mixing;
mod relay_order;
mod relay_outcomes;
mod relay_pace;
mod relay_process;
mod relay_quotes;
mod relay_reactions;
mod relay_redelivery;
mod relay_text;
mod relay_trouble;
mod relay_waiting;
mod replicas;
mod security_secrets;
mod settings_customer;
mod settings_menu;
mod start_stop;
mod store_contract;
mod store_login;
mod store_people;
mod store_takeover;
mod store_together;
mod telemetry;
mod trust;
mod upgrade;
