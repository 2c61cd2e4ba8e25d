//! A portal to test, a browser to visit it with, and cards to show it.

mod browser;
mod caller;
mod card;
mod clock;
mod listener;
mod operator;
mod portal;
mod postgres;
mod revocation;
mod service;
mod way;
mod writes;

pub(crate) use browser::{Answer, Browser};
pub(crate) use caller::Caller;
pub(crate) use card::TestCard;
pub(crate) use clock::TestClock;
pub(crate) use listener::{Answers, Listener};
pub(crate) use operator::Operator;
pub(crate) use portal::{TestPortal, on_both, on_both_with};
pub(crate) use revocation::TestRevocation;
pub(crate) use service::{ASSERTION_TYPE, TestService, address, claims, code, get_as, post_as, userinfo};
pub(crate) use way::{Way, sign_in};
pub(crate) use writes::Writes;
