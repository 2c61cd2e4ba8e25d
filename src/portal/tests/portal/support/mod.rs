//! A portal to test, and a browser to visit it with.

mod browser;
mod clock;
mod portal;
mod postgres;

pub(crate) use browser::Browser;
pub(crate) use clock::TestClock;
pub(crate) use portal::{TestPortal, on_both, on_both_with};
