//! The screen with the window, when it goes away: the page hears it, and the agent lives and asks again where there is one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do: at once"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use e2e::agent::{Agent, program};
use e2e::bench::card;
use e2e::page::{ORIGIN, Page};
use e2e::pcscd::Pcscd;
use e2e::served::ServedCard;

/// A screen that nobody sees; ends when dropped.
struct Screen {
    server: Child,
    name: String,
}

impl Screen {
    /// One with this name, or with any that is free.
    fn start(name: Option<&str>) -> Self {
        let mut server = Command::new("Xvfb")
            .args(name)
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the Debian package xvfb is needed");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, name: format!(":{}", number.trim()) }
    }

    /// Waits for the agent's window, gives it the focus and presses these keys.
    fn press(&self, keys: &[&str]) {
        let xdotool = |arguments: &[&str]| {
            let output = Command::new("xdotool").args(arguments).env("DISPLAY", &self.name).output().unwrap();
            assert!(output.status.success(), "xdotool {arguments:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let window = xdotool(&["search", "--sync", "--onlyvisible", "--name", "JPKI Bridge"]);
        xdotool(&["windowfocus", "--sync", window.trim()]);
        xdotool(&[&["key", "--delay", "20"], keys].concat());
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A page that asks, with the window on the screen.
fn asked(agent: &Agent, screen: &Screen) -> Page {
    let mut page = Page::open(agent.port(), ORIGIN).unwrap();
    page.authenticate().unwrap();
    screen.press(&["1"]);
    page
}

#[test]
fn a_screen_that_goes_away_ends_the_request_and_not_the_agent() {
    let pcscd = Pcscd::start().unwrap();
    let _card = ServedCard::insert(card().unwrap(), &pcscd).unwrap();
    let screen = Screen::start(None);
    let agent = Agent::start_with(&pcscd, &program("jpki-prompt").unwrap(), |command| {
        command.env("DISPLAY", &screen.name).env_remove("WAYLAND_DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
    })
    .unwrap();
    let mut page = asked(&agent, &screen);
    let name = screen.name.clone();
    drop(screen);
    assert_eq!(page.error_word().unwrap(), "internal");

    // Nobody declined anything: the site waits for no pause, and the log, at the end, says what to do.
    let mut page = Page::open(agent.port(), ORIGIN).unwrap();
    page.authenticate().unwrap();
    assert_eq!(page.error_word().unwrap(), "internal");

    let screen = Screen::start(Some(&name));
    assert_eq!(screen.name, name);
    let mut page = asked(&agent, &screen);
    screen.press(&["Escape"]);
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    agent.terminate().unwrap();
    let (status, log) = agent.ended().unwrap();
    // The log has what the window's toolkit says too, which may be anything when its screen breaks.
    assert!(status.success(), "{log}");
    assert_eq!(log.matches("jpki-bridge doctor says what it lacks").count(), 2, "{log}");
}
