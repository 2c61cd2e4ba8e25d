//! The portal as a whole, in process, on SQLite and on PostgreSQL: every test runs on both.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests end where something unexpected happens")]

mod account;
mod applications;
mod flow;
mod home;
mod hours;
mod identity;
mod introspection;
mod logout;
mod my;
mod notices;
mod oauth;
mod observe;
mod registration;
mod session;
mod status;
mod store;
mod support;
