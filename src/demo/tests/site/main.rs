//! The example site as a browser's requests see it, with a card's keys at hand instead of a card.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

mod attributes;
mod card;
mod document;
mod every_page;
mod sign_in;
mod visitor;
