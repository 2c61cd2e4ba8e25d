//! The tray in a real panel, as pictures for people: `assets/screenshots/make` runs these and nothing else does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use e2e::agent::program;
use e2e::bench::{Bench, card};
use e2e::page::PATIENCE;
use e2e::pcscd::Pcscd;
use jpki_softcard::{CardOptions, SoftCard};

use crate::bus::{Bus, Item};
use crate::desktop::{RealPanel, Screen};
use crate::{item_of, with_tray_of};

/// Where the pictures go.
const FOLDER: &str = "TRAY_SHOTS";
/// An agent that was built with the feature `virtual-card`.
const TEST_CARD_AGENT: &str = "TEST_CARD_AGENT";
/// Two pictures in a row that are the same show what stays.
const PAUSE: Duration = Duration::from_millis(300);
/// The middle of the only icon in the panel.
const ICON: [&str; 2] = ["25", "16"];

/// A desktop of somebody who speaks `language`.
struct Desktop {
    bus: Bus,
    screen: Screen,
    _panel: RealPanel,
    language: &'static str,
}

impl Desktop {
    fn of(language: &'static str) -> Self {
        let (bus, screen) = (Bus::start(), Screen::start());
        let panel = screen.panel(&bus);
        Self { bus, screen, _panel: panel, language }
    }

    /// An agent in the panel.
    fn bench(&self, pcscd: Pcscd, agent: &Path, adjust: impl FnOnce(&mut Command)) -> Bench {
        let bench = Bench::adjusted(pcscd, |command| {
            with_tray_of(agent, command, self.bus.address(), &format!("{}.UTF-8", self.language));
            command.env("TZ", "Asia/Tokyo");
            adjust(command);
        });
        let bench = bench.unwrap();
        let name = format!("-{}-", bench.agent.id());
        while !self.bus.items_of_real_panel().iter().any(|item| item.contains(&name)) {
            thread::sleep(PAUSE);
        }
        bench
    }

    fn item(&self, bench: &Bench) -> Item {
        item_of(bench, &self.bus)
    }

    fn point(&self, arguments: &[&str]) {
        assert!(self.screen.command("xdotool").args(arguments).status().unwrap().success());
    }

    /// Takes a picture of a part of the screen as soon as it stays as it is.
    fn shoot(&self, name: &str, part: &str) {
        let language = &self.language[..2];
        let file = PathBuf::from(std::env::var_os(FOLDER).unwrap()).join(format!("tray-{name}-{language}.png"));
        let until = Instant::now() + PATIENCE;
        let mut before = Vec::new();
        loop {
            let mut import = self.screen.command("import");
            import.args([
                "-window",
                "root",
                "-crop",
                part,
                "+repage",
                "-strip",
                "-define",
                "png:exclude-chunks=date,time",
            ]);
            assert!(import.arg(&file).status().unwrap().success());
            let now = fs::read(&file).unwrap();
            if now == before {
                return;
            }
            assert!(Instant::now() < until, "the screen doesn't come to rest");
            before = now;
            thread::sleep(PAUSE);
        }
    }

    /// The icon in its panel.
    fn state(&self, name: &str) {
        self.shoot(name, "40x32+5+0");
    }

    /// The menu over the panel.
    fn menu(&self, name: &str) {
        self.point(&["mousemove", ICON[0], ICON[1], "click", "3"]);
        self.shoot(name, "480x340+0+0");
        self.point(&["key", "Escape", "mousemove", "700", "500"]);
    }

    /// What is said beside the icon.
    fn tooltip(&self, name: &str) {
        self.point(&["mousemove", "24", "14", "mousemove", ICON[0], ICON[1]]);
        // Panels say nothing to a pointer that only passes.
        thread::sleep(Duration::from_secs(2));
        self.shoot(name, "440x110+0+0");
        self.point(&["mousemove", "700", "500"]);
    }
}

fn pictures_for(language: &'static str, words: [&str; 6]) {
    let agent = program("jpki-bridge").unwrap();
    let desktop = Desktop::of(language);
    let [no_reader, ready, with_card, working, attention, test_card] = words;

    let bench = desktop.bench(Pcscd::start_without_reader().unwrap(), &agent, |_| ());
    desktop.item(&bench).says(no_reader);
    desktop.state("no-reader");
    drop(bench);

    let mut bench = desktop.bench(Pcscd::start().unwrap(), &agent, |_| ());
    let item = desktop.item(&bench);
    item.says(ready);
    desktop.state("ready");
    bench.insert(card().unwrap()).unwrap();
    item.says(with_card);
    desktop.state("card");
    let (mut page, mut window) = bench.asked().unwrap();
    item.says(working);
    desktop.state("working");
    desktop.tooltip("tooltip");
    window.accept("1234").unwrap();
    page.token().unwrap();
    item.says(with_card);
    desktop.menu("menu");
    bench.pcscd.stop();
    item.says(attention);
    desktop.state("attention");
    drop(bench);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("card.json");
    SoftCard::for_tests(&CardOptions::default()).unwrap().file().save_new(&file).unwrap();
    let test_card_agent = PathBuf::from(std::env::var_os(TEST_CARD_AGENT).unwrap());
    let bench = desktop.bench(Pcscd::start().unwrap(), &test_card_agent, |command| {
        command.arg("--virtual-card").arg(&file);
    });
    let item = desktop.item(&bench);
    item.until("the test card", |item| item.tooltip().0.contains(test_card));
    desktop.state("test-card");
    desktop.menu("menu-test-card");
}

#[test]
#[ignore = "takes pictures: assets/screenshots/make"]
fn in_japanese() {
    let words =
        ["カードリーダーが", "準備ができています", "カードがリーダーに", "答えてください", "サービスが", "テスト用"];
    pictures_for("ja_JP", words);
}

#[test]
#[ignore = "takes pictures: assets/screenshots/make"]
fn in_english() {
    let words = ["No card reader", "Ready", "A card is in", "answer in the window", "is not running", "test card"];
    pictures_for("en_US", words);
}
