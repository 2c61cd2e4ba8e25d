//! `jpki-bridge doctor` on computers that are broken in a way the test has made: it names the fault, and what it says to do mends
//! it. The rooms: `patient` is the computer, the others are what can be wrong with it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

mod agent;
mod card;
mod patient;
mod report;
mod service;
mod settings;
mod surroundings;
