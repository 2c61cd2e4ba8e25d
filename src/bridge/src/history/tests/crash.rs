//! Processes that die, and processes that work at the same time.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{History, KEPT_ENTRIES};
use super::{entry, history, others};

/// Names the folder to the process that [`a_writer`] starts; it can be started by nothing else.
const FOLDER: &str = "HISTORY_TEST_FOLDER";

/// A process of its own that adds the entries 0, 1, 2 … to the history in `folder` and says each number afterwards.
fn a_writer(history: &History) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "history::tests::crash::writes_for_another_test", "--nocapture"]);
    command.env(FOLDER, history.path().parent().unwrap()).stdout(Stdio::piped()).spawn().unwrap()
}

/// The numbers that a writer says.
fn numbers(writer: &mut Child) -> impl Iterator<Item = i64> + use<> {
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).filter_map(|line| line.parse().ok())
}

/// Not a test by itself: what [`a_writer`] runs.
#[test]
fn writes_for_another_test() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let history = History::in_folder(&PathBuf::from(folder));
    for number in 0.. {
        history.append(&entry(number)).unwrap();
        println!("{number}");
    }
}

#[test]
fn a_process_that_is_killed_loses_at_most_the_last_line() {
    // Some of them while the file is replaced, since it is shortened again and again.
    for said_last in [0, 1, 7, 998, 1000, 1001, 1260] {
        let (_folder, history) = history();
        let mut writer = a_writer(&history);
        let mut said = numbers(&mut writer);
        let last = said.find(|number| *number >= said_last).unwrap();
        writer.kill().unwrap();
        writer.wait().unwrap();
        let read = history.read().unwrap();
        assert_eq!(read.skipped, 0);
        let newest = read.entries.last().unwrap();
        assert!(newest.at >= entry(last).at, "what was said to be kept is kept");
        let first = read.entries[0].at;
        let seconds: Vec<_> = read.entries.iter().map(|entry| entry.at.as_second() - first.as_second()).collect();
        assert_eq!(seconds, (0..read.entries.len() as i64).collect::<Vec<_>>(), "none is missing in between");
        assert!(first == entry(0).at || read.entries.len() >= KEPT_ENTRIES);
        history.append(&entry(0)).unwrap();
        assert_eq!(history.read().unwrap().skipped, 0);
        history.clear().unwrap();
        assert!(others(history.path()).is_empty());
    }
}

#[test]
fn processes_that_add_and_one_that_erases_do_not_disturb_each_other() {
    let (_folder, history) = history();
    let mut writers = [a_writer(&history), a_writer(&history)];
    let mut said: Vec<_> = writers.iter_mut().map(numbers).collect();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert_eq!(history.read().unwrap().skipped, 0);
                history.clear().unwrap();
            }
        });
        for numbers in &mut said {
            assert!(numbers.any(|number| number >= 300));
        }
        done.store(true, Ordering::Relaxed);
    });
    for writer in &mut writers {
        writer.kill().unwrap();
        writer.wait().unwrap();
    }
    assert_eq!(history.read().unwrap().skipped, 0);
}
