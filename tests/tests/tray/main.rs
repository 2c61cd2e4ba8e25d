//! The tray, as panels see it: over a D-Bus of the test's own, with the agent as a process, and once in a real panel.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do: at once"
)]

mod bus;
mod desktop;
mod footprint;
mod pictures;

use std::path::Path;
use std::process::Command;

use bus::{Bus, Item};
use desktop::{Browser, Screen};
use e2e::bench::{Bench, card};
use e2e::page::{ORIGIN, PATIENCE, Page};
use e2e::pcscd::Pcscd;

/// Runs the agent with its tray on this bus, in English.
fn with_tray(command: &mut Command, address: &str) {
    let program = command.get_program().to_owned();
    with_tray_of(Path::new(&program), command, address, "en_US.UTF-8");
}

/// Runs this build of the agent with its tray on this bus, for who speaks `language`.
fn with_tray_of(program: &Path, command: &mut Command, address: &str, language: &str) {
    let mut adjusted = Command::new(program);
    adjusted.args(command.get_args().filter(|argument| *argument != "--no-tray"));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => adjusted.env(name, value),
            None => adjusted.env_remove(name),
        };
    }
    adjusted.env("DBUS_SESSION_BUS_ADDRESS", address).env("LC_ALL", language);
    *command = adjusted;
}

fn bench_on(bus: &Bus) -> Bench {
    Bench::adjusted(Pcscd::start().unwrap(), |command| with_tray(command, bus.address())).unwrap()
}

/// The agent's item, on a bus with a panel.
fn item_of(bench: &Bench, bus: &Bus) -> Item {
    Item::of(&bus.connect(), &format!("org.kde.StatusNotifierItem-{}-1", bench.agent.id()))
}

#[test]
fn icon_tooltip_and_menu_follow_card_and_operation() {
    let bus = Bus::start();
    let panel = bus.panel();
    let mut bench = bench_on(&bus);
    assert_eq!(panel.item(), format!("org.kde.StatusNotifierItem-{}-1", bench.agent.id()));
    let item = item_of(&bench, &bus);
    item.says("Ready");
    assert_eq!((item.status().as_str(), item.tooltip().0.as_str()), ("Active", "JPKI Bridge"));
    let ready = item.icon();
    assert_eq!(
        ready.iter().map(|(width, height, _)| (*width, *height)).collect::<Vec<_>>(),
        [16, 22, 32, 48].map(|size| (size, size))
    );
    assert_eq!(item.lines()[1].label, "No request yet");

    bench.insert(card().unwrap()).unwrap();
    item.says("A card is in the reader");
    let with_card = item.icon();
    assert_ne!(ready, with_card);

    let (mut page, mut window) = bench.asked().unwrap();
    item.says("Request of shop.example: answer in the window");
    let working = item.icon();
    assert!(working != ready && working != with_card);
    window.accept("1234").unwrap();
    page.token().unwrap();
    item.says("A card is in the reader");
    assert!(item.lines()[1].label.starts_with("Last: identity check for shop.example, done "));
    assert_eq!(item.icon(), with_card);

    bench.remove().unwrap();
    item.says("Ready");
    assert_eq!(item.icon(), ready);

    bench.pcscd.stop();
    item.says("The smart card service is not running");
    assert_eq!(item.status(), "NeedsAttention");
}

#[test]
fn the_menus_choices_open_the_page_where_they_say() {
    let (bus, browser) = (Bus::start(), Browser::new());
    let panel = bus.panel();
    let bench = Bench::adjusted(Pcscd::start().unwrap(), |command| {
        with_tray(command, bus.address());
        command.env("PATH", browser.path());
    })
    .unwrap();
    panel.item();
    let item = item_of(&bench, &bus);
    let mut keys = Vec::new();
    let mut opens = |place: &str| {
        let address = browser.opened();
        let (found, key) = address.split_once("?key=").unwrap();
        assert_eq!(found, format!("http://127.0.0.1:{}{place}", bench.agent.port()));
        assert_eq!(key.len(), 43, "{address}");
        keys.push(key.to_owned());
    };
    item.click();
    opens("/status");
    for (label, place) in [
        ("Open status page", "/status"),
        ("Allowed sites", "/status/sites"),
        ("History", "/status/history"),
        ("Diagnose", "/status/diagnosis"),
        ("About JPKI Bridge", "/status/about"),
    ] {
        item.choose(label);
        opens(place);
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 6, "a key opens once");
}

#[test]
fn a_language_once_chosen_is_spoken_at_once_and_after_another_start() {
    let bus = Bus::start();
    let panel = bus.panel();
    let bench = bench_on(&bus);
    panel.item();
    let item = item_of(&bench, &bus);
    assert_eq!((item.line("日本語").ticked, item.line("English").ticked), (Some(false), Some(true)));
    item.choose("日本語");
    item.says("準備ができています");
    assert_eq!((item.line("日本語").ticked, item.line("English").ticked), (Some(true), Some(false)));
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    assert_eq!(bench.person.window().unwrap().until_type("open").unwrap()["lang"], "ja");
    drop(page);
    let chosen = bench.agent.home().join(".config/jpki-bridge/language");
    let again = Bench::adjusted(Pcscd::start().unwrap(), |command| {
        with_tray(command, bus.address());
        let home = command.get_envs().find(|(name, _)| *name == "HOME").and_then(|(_, home)| home).unwrap().to_owned();
        let folder = Path::new(&home).join(".config/jpki-bridge");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&chosen, folder.join("language")).unwrap();
    })
    .unwrap();
    panel.item();
    item_of(&again, &bus).says("準備ができています");
}

#[test]
fn starting_at_login_is_switched_on_and_off() {
    let bus = Bus::start();
    let panel = bus.panel();
    let bench = bench_on(&bus);
    panel.item();
    let item = item_of(&bench, &bus);
    let label = "Start at login";
    assert_eq!(item.line(label).ticked, Some(false));
    let folder = bench.agent.home().join(".config/autostart");
    for on in [true, false] {
        item.choose(label);
        item.until(label, |item| item.line(label).ticked == Some(on));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), usize::from(on));
    }
}

#[test]
fn quitting_cancels_what_is_under_way_and_ends_well() {
    let bus = Bus::start();
    let panel = bus.panel();
    let mut bench = bench_on(&bus);
    bench.insert(card().unwrap()).unwrap();
    panel.item();
    let item = item_of(&bench, &bus);
    let (mut page, window) = bench.asked().unwrap();
    item.choose("Quit");
    assert_eq!(page.close_code().unwrap(), Some(1001));
    window.ended().unwrap();
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success(), "{log}");
}

#[test]
fn a_history_that_a_command_erases_is_gone_from_the_menu_too() {
    let bus = Bus::start();
    let panel = bus.panel();
    let mut bench = bench_on(&bus);
    works(&mut bench);
    panel.item();
    let item = item_of(&bench, &bus);
    let last = |item: &Item| item.lines()[1].label.clone();
    item.until("the operation", |item| last(item).starts_with("Last:"));
    let mut command = Command::new(e2e::agent::program("jpki-bridge").unwrap());
    command.args(["history", "--clear", "--yes"]).env("HOME", bench.agent.home());
    command.env("XDG_RUNTIME_DIR", bench.agent.home().join(".config"));
    for own in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env_remove(own);
    }
    assert!(command.status().unwrap().success());
    item.until("nothing", |item| last(item) == "No request yet");
}

#[test]
fn a_panel_that_comes_later_or_comes_back_gets_the_icon() {
    let bus = Bus::start();
    let bench = bench_on(&bus);
    for _ in 0..3 {
        let panel = bus.panel();
        assert_eq!(panel.item(), format!("org.kde.StatusNotifierItem-{}-1", bench.agent.id()));
        item_of(&bench, &bus).says("Ready");
    }
}

#[test]
fn a_real_panel_shows_the_icon_again_after_it_crashed() {
    let bus = Bus::start();
    let screen = Screen::start();
    let bench = bench_on(&bus);
    for _ in 0..2 {
        let panel = screen.panel(&bus);
        let items = bus.items_of_real_panel();
        assert!(items.iter().any(|item| item.contains("StatusNotifierItem")), "{items:?}");
        item_of(&bench, &bus).says("Ready");
        drop(panel);
    }
}

#[track_caller]
fn works(bench: &mut Bench) {
    bench.insert(card().unwrap()).unwrap();
    let answer = bench.answer_to("1234").unwrap();
    assert!(answer["result"]["token"].is_object(), "{answer}");
}

#[test]
fn without_a_bus_and_after_its_end_the_agent_works() {
    let nowhere = "unix:path=/nonexistent/bus";
    let mut bench = Bench::adjusted(Pcscd::start().unwrap(), |command| with_tray(command, nowhere)).unwrap();
    works(&mut bench);

    let bus = Bus::start();
    let panel = bus.panel();
    let mut bench = bench_on(&bus);
    panel.item();
    drop((panel, bus));
    works(&mut bench);
    bench.agent.terminate().unwrap();
    assert!(bench.agent.ended().unwrap().0.success());
}

#[test]
fn no_tray_means_no_connection_and_no_thread_for_one() {
    let bus = Bus::start();
    let threads = |bench: &Bench| -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", bench.agent.id())).unwrap();
        tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap()).collect()
    };
    let panel = bus.panel();
    let with = bench_on(&bus);
    panel.item();
    assert!(threads(&with).iter().any(|name| name.trim() == "async-io"), "{:?}", threads(&with));
    drop(with);
    let without = Bench::adjusted(Pcscd::start().unwrap(), |command| {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus.address());
    })
    .unwrap();
    without.page().unwrap();
    assert!(!threads(&without).iter().any(|name| name.trim() == "async-io"), "{:?}", threads(&without));
    assert!(!bus.names().iter().any(|name| name.contains(&without.agent.id().to_string())), "{:?}", bus.names());
}

#[test]
fn a_missing_service_is_told_once_and_a_blocked_site_never() {
    let bus = Bus::start();
    let panel = bus.panel();
    let (_server, shown) = bus.notifications();
    let mut bench = bench_on(&bus);
    panel.item();
    let item = item_of(&bench, &bus);
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    window.say(&serde_json::json!({ "type": "block" })).unwrap();
    assert_eq!(page.error_word().unwrap(), "site_blocked");
    item.until("the end", |item| item.lines()[1].label.contains("declined"));
    assert!(Page::open(bench.agent.port(), ORIGIN).is_err());
    for _ in 0..2 {
        bench.pcscd.stop();
        item.says("The smart card service is not running");
        bench.pcscd.start_again().unwrap();
        item.says("Ready");
    }
    bench.agent.terminate().unwrap();
    assert!(bench.agent.ended().unwrap().0.success());
    // The bus hands over in order, so that everything of the agent comes before this.
    bus.notify("the end");
    let told: Vec<_> =
        std::iter::from_fn(|| shown.recv_timeout(PATIENCE).ok().filter(|title| title != "the end")).collect();
    assert_eq!(told, ["The smart card service is not running"]);
}
