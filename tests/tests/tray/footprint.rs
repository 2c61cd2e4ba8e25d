//! What the agent costs while nothing happens and while somebody looks on: memory, threads, and how often it wakes. The
//! figures are those of a release build on a machine at rest, so that `tests/measure` runs these and nothing else does.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use e2e::bench::{Bench, card};
use e2e::browser::{Browser, Options};
use e2e::visit::{address, visit};

use crate::bus::Bus;
use crate::desktop::Screen;
use crate::{bench_on, item_of};

/// The most memory with the tray, in bytes.
const IDLE: u64 = 12 << 20;
/// The most memory with the page open as well, in bytes.
const WATCHED: u64 = 16 << 20;
/// What may come and go: a few pages of the heap, in bytes.
const RIPPLE: u64 = 256 << 10;
/// How long nothing may wake.
const REST: Duration = Duration::from_secs(30);
/// How long the runtime keeps a thread that has nothing to do.
const SETTLED: Duration = Duration::from_secs(12);
/// The most entries of a history.
const MAX_ENTRIES: usize = 1_000;
/// How long the page is looked at.
const LONG: Duration = Duration::from_secs(600);

fn process(bench: &Bench) -> PathBuf {
    PathBuf::from(format!("/proc/{}", bench.agent.id()))
}

/// A number that the kernel gives for a process or a thread (proc(5)).
fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// What is in memory, in bytes; and how much of that no other process shares.
fn memory(bench: &Bench) -> (u64, u64) {
    let resident = number(&fs::read_to_string(process(bench).join("status")).unwrap(), "VmRSS") << 10;
    let rollup = fs::read_to_string(process(bench).join("smaps_rollup")).unwrap();
    (resident, (number(&rollup, "Private_Clean") + number(&rollup, "Private_Dirty")) << 10)
}

/// How often each thread was given the processor, by its number and name.
fn switches(bench: &Bench) -> BTreeMap<(String, String), u64> {
    let threads = fs::read_dir(process(bench).join("task")).unwrap().map(|thread| thread.unwrap());
    let switches = threads.map(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap();
        let name = fs::read_to_string(thread.path().join("comm")).unwrap().trim().to_owned();
        let count = number(&status, "voluntary_ctxt_switches") + number(&status, "nonvoluntary_ctxt_switches");
        ((thread.file_name().into_string().unwrap(), name), count)
    });
    switches.collect()
}

fn report(what: &str, bench: &Bench) -> u64 {
    let (resident, private) = memory(bench);
    let threads: Vec<_> = switches(bench).into_keys().map(|(_, name)| name).collect();
    println!("{what}: {} kB resident, {} kB its own, {}", resident >> 10, private >> 10, threads.join(" "));
    resident
}

/// No thread runs for as long as that.
#[track_caller]
fn sleeps(what: &str, bench: &Bench) {
    thread::sleep(SETTLED);
    let before = switches(bench);
    thread::sleep(REST);
    assert_eq!(switches(bench), before, "{what}: a thread woke");
    println!("{what}: nothing woke in {} s", REST.as_secs());
}

/// A desktop with a real panel, and an agent in its tray.
fn desktop() -> (Bus, Screen, impl Sized, Bench) {
    let (bus, screen) = (Bus::start(), Screen::start());
    let panel = screen.panel(&bus);
    let bench = bench_on(&bus);
    assert!(!bus.items_of_real_panel().is_empty());
    item_of(&bench, &bus).says("Ready");
    (bus, screen, panel, bench)
}

#[test]
#[ignore = "measures: tests/measure"]
fn in_the_tray_the_agent_is_small_and_sleeps() {
    let (bus, _screen, _panel, mut bench) = desktop();
    let resident = report("idle, just started", &bench);
    assert!(resident <= IDLE, "{resident} bytes");
    sleeps("idle, just started", &bench);
    bench.insert(card().unwrap()).unwrap();
    let answer = bench.answer_to("1234").unwrap();
    assert!(answer["result"]["token"].is_object(), "{answer}");
    item_of(&bench, &bus).says("A card is in the reader");
    sleeps("idle, after an operation", &bench);
    let resident = report("idle, after an operation", &bench);
    assert!(resident <= IDLE, "{resident} bytes");
}

#[test]
#[ignore = "measures: tests/measure"]
fn with_its_page_open_the_agent_is_small_and_sleeps() {
    let (_bus, _screen, _panel, mut bench) = desktop();
    bench.insert(card().unwrap()).unwrap();
    let mut browser = visit(&bench.agent, "/status", &Options::default()).unwrap();
    bench.answer_to("1234").unwrap();
    let resident = report("page open", &bench);
    assert!(resident <= WATCHED, "{resident} bytes");
    sleeps("page open", &bench);
    for section in ["sites", "history", "settings", "log", "about", "diagnosis"] {
        browser.open(&address(&bench.agent, &format!("/status/{section}"))).unwrap();
    }
    browser.click("document.querySelector('button[value=examine]')").unwrap();
    browser.wait_for_load(&address(&bench.agent, "/status/diagnosis")).unwrap();
    sleeps("page open, after every section and a diagnosis", &bench);
    let resident = report("page open, after every section and a diagnosis", &bench);
    assert!(resident <= WATCHED, "{resident} bytes");
}

/// Fills the history as far as it goes, with copies of what is in it.
fn fill_history(bench: &Bench) {
    let file = bench.agent.home().join(".local/share/jpki-bridge/history.jsonl");
    let history = fs::read_to_string(&file).unwrap();
    let entry = history.lines().last().unwrap();
    fs::write(&file, history.clone() + &format!("{entry}\n").repeat(MAX_ENTRIES - 1)).unwrap();
}

/// Loads the page anew and changes what it shows, once.
fn stir(bench: &mut Bench, browser: &mut Browser) {
    bench.insert(card().unwrap()).unwrap();
    for section in ["/status", "/status/history", "/status/sites"] {
        browser.open(&address(&bench.agent, section)).unwrap();
    }
    bench.answer_to("1234").unwrap();
    bench.remove().unwrap();
}

#[test]
#[ignore = "measures: tests/measure"]
fn whoever_looks_on_for_long_in_several_tabs_makes_the_agent_no_larger() {
    let (_bus, _screen, _panel, mut bench) = desktop();
    let mut browser = visit(&bench.agent, "/status", &Options::default()).unwrap();
    stir(&mut bench, &mut browser);
    fill_history(&bench);
    for section in ["/status", "/status/sites", "/status/history"] {
        browser.evaluate(&format!("return open({section:?}) !== null")).unwrap();
    }
    let (mut turns, mut warm) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        stir(&mut bench, &mut browser);
        turns += 1;
        if turns % 25 == 0 {
            let resident = report(&format!("several tabs, {turns} turns, {} s", begun.elapsed().as_secs()), &bench);
            assert!(resident <= WATCHED, "{resident} bytes");
            // The first turns fill what is kept for good.
            warm = if turns == 50 { resident } else { warm };
        }
    }
    assert!(turns > 100, "only {turns} turns in {} s: nothing was measured", LONG.as_secs());
    sleeps("several tabs, at the end", &bench);
    let resident = report("several tabs, at the end", &bench);
    assert!(resident <= warm + RIPPLE, "{warm} bytes grew to {resident}");
}
