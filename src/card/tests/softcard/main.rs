//! The driver against the card in software, in process: what a person would notice, and what the card itself counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

mod attributes;
mod pins;
mod reader;
mod signing;
mod signing_in;
