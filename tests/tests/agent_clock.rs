//! An agent on a computer whose clock jumps by years: what waits goes on waiting, who looks on stays in, nothing is lost,
//! and what the clock decides, a certificate's validity, is decided again when it is right.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail as tests do: at once")]

use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::agent::program;
use e2e::bench::{Bench, card};
use e2e::pcscd::Pcscd;
use e2e::visit::{ask, key};
use serde_json::Value;
use tempfile::TempDir;

/// Debian's package `faketime`.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().filter_map(Result::ok);
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.exists()).expect("the Debian package faketime is needed")
}

/// A clock that the test sets; only what is told the time by it runs by it.
struct Clock(TempDir);

impl Clock {
    fn right() -> Self {
        let clock = Self(tempfile::tempdir().unwrap());
        clock.set("+0");
        clock
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("clock")
    }

    /// In the library's words: so much later or earlier than it is.
    fn set(&self, offset: &str) {
        let draft = self.0.path().join("draft");
        std::fs::write(&draft, offset).unwrap();
        std::fs::rename(draft, self.file()).unwrap();
    }

    /// The program goes by this clock. A system whose clock is set moves neither its count of seconds since it started nor
    /// the times of files.
    fn tell(&self, command: &mut Command) {
        command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", self.file()).env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
    }
}

fn history(home: &Path) -> Vec<Value> {
    let mut command = Command::new(program("jpki-bridge").unwrap());
    command.args(["history", "--json"]).env("HOME", home).env("XDG_RUNTIME_DIR", home.join(".config"));
    for own in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env_remove(own);
    }
    let document: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!(document["skipped"], 0);
    document["entries"].as_array().unwrap().clone()
}

#[test]
fn a_clock_that_jumps_loses_nothing_and_is_right_again() {
    let clock = Clock::right();
    let mut bench = Bench::adjusted(Pcscd::start().unwrap(), |command| clock.tell(command)).unwrap();
    bench.insert(card().unwrap()).unwrap();
    let entered = ask(&bench.agent, "GET", &format!("/status?key={}", key(&bench.agent).unwrap()), "", "").unwrap();
    let cookie = entered.split("Set-Cookie: ").nth(1).unwrap().split(';').next().unwrap();
    let sees = |section: &str| {
        let page = ask(&bench.agent, "GET", section, &format!("Cookie: {cookie}\r\n"), "").unwrap();
        assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
        page
    };

    // While the window is open: neither its time to answer nor the operation goes by this clock.
    for offset in ["+1y", "-2y"] {
        let (mut page, mut window) = bench.asked().unwrap();
        clock.set(offset);
        sees("/status");
        window.accept("1234").unwrap();
        page.token().unwrap();
        clock.set("+0");
    }
    assert_eq!(history(bench.agent.home()).len(), 2);

    // Before one: what the clock says of the certificate is told, and no PIN is asked for in vain.
    clock.set("+40y");
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    while window.until_type("status").unwrap()["problem"] != "certificate_expired" {}
    drop((page, window));
    sees("/status/history");

    clock.set("+0");
    assert!(bench.answer_to("1234").unwrap()["result"]["token"].is_object());
    let entries = history(bench.agent.home());
    assert_eq!(entries.iter().filter(|entry| entry["outcome"] == "done").count(), 3, "{entries:?}");
    bench.agent.terminate().unwrap();
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success() && !log.contains("panicked"), "{log}");
}
