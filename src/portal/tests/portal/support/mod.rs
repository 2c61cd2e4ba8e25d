//! A portal to test, a browser to visit it with, and cards to show it.

mod browser;
mod card;
mod clock;
mod portal;
mod postgres;
mod revocation;
mod service;
mod way;
mod writes;

pub(crate) use browser::{Answer, Browser};
pub(crate) use card::TestCard;
pub(crate) use clock::TestClock;
pub(crate) use portal::{TestPortal, on_both, on_both_with};
pub(crate) use revocation::TestRevocation;
pub(crate) use service::{TestService, claims};
pub(crate) use way::{Way, sign_in};
pub(crate) use writes::Writes;
