//! Sagspost through its public doors, against real servers. One module per behaviour.

// A test may stop at whatever it did not expect.
#![allow(clippy::unwrap_used)]

// Shared with the benchmarks, which use other parts of it.
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

// As the tests within the library have it.
#[allow(dead_code)]
#[path = "../../src/growth.rs"]
mod growth;

#[macro_use]
mod on_both;

mod access;
mod access_matrix;
mod addin;
mod addin_calls;
mod api;
mod architecture;
mod attachments;
mod audit;
mod audit_calls;
mod case_templates;
mod cli;
mod connections;
mod contract;
mod demo;
mod describe;
mod documents;
mod dry_runs;
mod encryption;
mod eval;
mod faults;
mod filing_addresses;
mod filing_facts;
mod followed_threads;
mod generator;
mod hostile_mails;
mod housekeeping;
mod imap_session;
mod imap_sync;
mod kept_index;
mod kle;
mod lessons;
mod linked_folders;
mod mail_out;
mod mails_that_arrive;
mod migrations;
mod not_for_a_case;
mod outbox;
mod parse;
mod people;
mod proposals;
mod queue;
mod retention;
mod rule_records;
mod rules;
mod rules_that_run;
mod s3;
mod scan;
mod secrets;
mod sent_mail;
mod serve;
mod sign_in;
mod store;
mod stored_rules;
mod suggest;
mod templates;
mod token_attacks;
mod unseen;
