//! The real program with the keys a person would press: in a window on a screen in memory, and on a
//! pseudo-terminal. The test is the agent at the other end of its pipes.
#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accessibility;
mod desktop;
mod keyboard;
mod reader;
mod screen;
mod support;
mod terminal;
mod window;
