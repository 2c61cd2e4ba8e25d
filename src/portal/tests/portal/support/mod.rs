//! A portal to test, and a browser to visit it with.

mod browser;
mod clock;
mod portal;
mod postgres;

pub use browser::Browser;
pub use clock::TestClock;
pub use portal::{TestPortal, on_both};
