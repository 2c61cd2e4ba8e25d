//! The history as the person finds it: what the agent keeps of each operation, what it never keeps, and that neither a
//! crash nor a full disk costs more than the last line.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use e2e::agent::program;
use e2e::bench::{Bench, card};
use e2e::page::{CHALLENGE, ORIGIN, Page};
use e2e::pcscd::Pcscd;
use e2e::person::Window;
use e2e::served::ServedCard;
use jpki_softcard::Holder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The file in a person's home folder.
fn file(home: &Path) -> PathBuf {
    home.join(".local/share/jpki-bridge/history.jsonl")
}

/// `jpki-bridge history` in this home folder, for somebody in Japan who reads English.
fn command(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program("jpki-bridge").unwrap());
    command
        .arg("history")
        .args(arguments)
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home.join(".config"))
        .env("TZ", "Asia/Tokyo")
        .env("LC_ALL", "en_US.UTF-8");
    for own in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env_remove(own);
    }
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What the command prints when it ends well.
fn shown(home: &Path, arguments: &[&str]) -> String {
    let output = command(home, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says when it fails.
fn refused(home: &Path, arguments: &[&str]) -> String {
    let output = command(home, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

/// The entries, and how many lines were skipped.
fn entries(home: &Path) -> (Vec<Value>, u64) {
    let mut document: Value = serde_json::from_str(&shown(home, &["--json"])).unwrap();
    let skipped = document["skipped"].as_u64().unwrap();
    (document["entries"].as_array_mut().map(std::mem::take).unwrap(), skipped)
}

/// The same without the moments.
fn deeds(home: &Path) -> Vec<Value> {
    let without = |mut entry: Value| {
        assert!(entry["at"].take().as_str().is_some_and(|at| at.ends_with('Z')));
        entry.as_object_mut().unwrap().remove("at");
        entry
    };
    entries(home).0.into_iter().map(without).collect()
}

fn bench() -> Bench {
    Bench::with(card().unwrap()).unwrap()
}

/// A page of `origin` asks; the window shows the card.
fn asked(bench: &Bench, origin: &str, method: &str, params: &Value) -> (Page, Window) {
    let mut page = Page::open(bench.agent.port(), origin).unwrap();
    page.request(method, params).unwrap();
    let mut window = bench.person.window().unwrap();
    window.until_ready().unwrap();
    (page, window)
}

fn sign_in(bench: &Bench) {
    assert!(bench.answer_to("1234").unwrap()["result"].is_object());
}

#[test]
fn what_was_asked_is_kept_by_name_and_never_by_value() {
    const OTHER: &str = "https://other.example";
    let mut bench = bench();
    let home = bench.agent.home().to_owned();
    let challenge = json!({ "challenge": CHALLENGE, "purpose": "口座を開くため" });

    sign_in(&bench);
    let (mut page, mut window) = asked(&bench, ORIGIN, "authenticate", &challenge);
    window.accept("9999").unwrap();
    window.until_type("pinRejected").unwrap();
    window.accept("1234").unwrap();
    page.token().unwrap();

    let attributes = json!({ "challenge": CHALLENGE, "attributes": ["name", "address", "birthdate", "gender"] });
    let (mut page, mut window) = asked(&bench, ORIGIN, "readAttributes", &attributes);
    window.accept("1234").unwrap();
    window.until_ready().unwrap();
    window.accept("1234").unwrap();
    assert!(page.answer().unwrap()["result"].is_object());

    let digest = "A".repeat(43) + "=";
    let document = |name| json!({ "name": name, "digest": digest, "algorithm": "SHA-256" });
    let documents = json!({ "documents": [document("契約書.pdf"), document("別紙.pdf")], "format": "raw" });
    let (mut page, mut window) = asked(&bench, ORIGIN, "sign", &documents);
    window.accept("ABC123").unwrap();
    assert!(page.answer().unwrap()["result"].is_object());

    let (mut page, mut window) = asked(&bench, ORIGIN, "authenticate", &challenge);
    window.cancel().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    let (mut page, mut window) = asked(&bench, OTHER, "authenticate", &challenge);
    window.say(&json!({ "type": "block" })).unwrap();
    assert_eq!(page.error_word().unwrap(), "site_blocked");

    let all = ["name", "address", "birthdate", "gender"];
    let expected = [
        json!({ "site": ORIGIN, "asked": "authenticate", "outcome": "done" }),
        json!({ "site": ORIGIN, "asked": "authenticate", "outcome": "done" }),
        json!({ "site": ORIGIN, "asked": "readAttributes", "attributes": all, "source": "card", "outcome": "done" }),
        json!({ "site": ORIGIN, "asked": "sign", "attributes": all, "documents": 2, "outcome": "done" }),
        json!({ "site": ORIGIN, "asked": "authenticate", "outcome": "user_cancelled" }),
        json!({ "site": OTHER, "asked": "authenticate", "outcome": "site_blocked" }),
    ];
    assert_eq!(deeds(&home), expected);

    let kept = std::fs::read_to_string(file(&home)).unwrap();
    let holder = Holder::default();
    let birth = holder.birthdate.to_string();
    let digits: String = birth.chars().filter(char::is_ascii_digit).collect();
    let values = [&holder.name, &holder.address, &holder.my_number, &birth, &digits, &digest];
    for value in values.into_iter().map(String::as_str).chain(["ABC123", "9999", CHALLENGE, "契約書", "口座", "female"])
    {
        assert!(!kept.contains(value), "{value}");
    }
    assert!(kept.is_ascii(), "no name of a person, a place or a document is written in ASCII alone");
    let mode = std::fs::metadata(file(&home)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    bench.remove().unwrap();
}

#[test]
fn who_is_refused_before_a_window_opens_writes_nothing() {
    let bench = bench();
    let home = bench.agent.home();
    assert!(Page::open(bench.agent.port(), "http://evil.example").is_err());
    let sites = home.join(".config/jpki-bridge/sites.json");
    std::fs::write(&sites, r#"{"version":1,"sites":{"https://blocked.example":"block"}}"#).unwrap();
    assert!(Page::open(bench.agent.port(), "https://blocked.example").is_err());
    assert!(!home.join(".local").exists());

    let (mut first, mut window) = bench.asked().unwrap();
    let mut second = bench.page().unwrap();
    second.authenticate().unwrap();
    assert_eq!(second.error_word().unwrap(), "busy");
    second.request("authenticate", &json!({ "challenge": "short" })).unwrap();
    assert_eq!(second.error_word().unwrap(), "invalid_request");
    assert!(!home.join(".local").exists());
    window.accept("1234").unwrap();
    first.token().unwrap();
    assert_eq!(deeds(home).len(), 1);
}

#[test]
fn erasing_while_the_agent_runs_leaves_room_for_what_comes() {
    let bench = bench();
    let home = bench.agent.home();
    sign_in(&bench);
    sign_in(&bench);
    assert!(refused(home, &["--clear"]).contains("--yes"), "not without being asked at a terminal");
    assert_eq!(deeds(home).len(), 2);
    assert_eq!(shown(home, &["--clear", "--yes"]), "Erased: 2 entries.\n");
    assert_eq!(shown(home, &[]), "There is nothing in the history.\n");
    sign_in(&bench);
    assert_eq!(deeds(home).len(), 1);
}

#[test]
fn an_agent_that_is_killed_loses_nothing_that_it_answered() {
    let home = tempfile::tempdir().unwrap();
    let again = || {
        let adjust = |command: &mut Command| {
            command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path().join(".config"));
        };
        let mut bench = Bench::adjusted(Pcscd::start().unwrap(), adjust).unwrap();
        bench.insert(card().unwrap()).unwrap();
        bench
    };
    let bench = again();
    sign_in(&bench);
    sign_in(&bench);
    let (_page, window) = bench.asked().unwrap();
    // Killed, as the test harness ends it.
    drop(bench);
    assert_eq!(entries(home.path()).0.len(), 2);
    drop(window);

    // What a crash in the middle of a line leaves.
    let path = file(home.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{{\"at\":\"2026-11-2")).unwrap();
    assert_eq!((entries(home.path()).0.len(), entries(home.path()).1), (2, 0));
    sign_in(&again());
    assert_eq!((entries(home.path()).0.len(), entries(home.path()).1), (3, 0));
}

#[test]
fn a_history_that_can_not_be_kept_stops_nobody_and_is_said_once() {
    let bench = bench();
    let folder = bench.agent.home().join(".local/share");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("jpki-bridge"), "in the way").unwrap();
    sign_in(&bench);
    sign_in(&bench);
    bench.agent.terminate().unwrap();
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success());
    assert_eq!(log.matches("the history is not kept").count(), 1, "{log}");
    assert!(log.contains(".local/share/jpki-bridge/history.jsonl"), "{log}");
}

const HEAD: &str = "{\"format\":\"jpki-bridge history\",\"version\":1}\n";

/// A home folder with these lines in the history.
fn home_with(lines: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = file(home.path());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, lines).unwrap();
    home
}

/// A disk of two pages, one for the history and one that is full; then the same disk, not to be written at all.
const NO_ROOM: &str = r#"
folder="$HOME/.local/share/jpki-bridge"
cp "$folder/history.jsonl" "$HOME/before"
mount -t tmpfs -o size=8k,mode=700 tmpfs "$folder" || exit
cp "$HOME/before" "$folder/history.jsonl"
head -c 4096 /dev/zero >"$folder/filler"
echo FULL
"$1" pin change auth --prompt "$2"
cmp "$HOME/before" "$folder/history.jsonl" && echo KEPT
mount -o remount,ro "$folder"
echo READ-ONLY
"$1" pin change auth --prompt "$2"
"$1" history --csv | tail -n 1
mount -o remount,rw "$folder"
echo ERASED
"$1" history --clear --yes
wc -c <"$folder/history.jsonl"
"#;

#[test]
fn on_a_full_or_read_only_disk_nothing_is_lost_and_all_can_be_erased() {
    let line = |second: usize| {
        format!("{{\"at\":\"2026-01-01T00:00:{second:02}Z\",\"asked\":\"authenticate\",\"outcome\":\"done\"}}\n")
    };
    let mut lines: String = (0..55).map(line).collect();
    lines.insert_str(0, HEAD);
    // The next line begins on this page and ends on the one that isn't there.
    lines += &format!("{}\n", " ".repeat(4095 - 20 - lines.len()));
    let home = home_with(&lines);
    let pcscd = Pcscd::start().unwrap();
    let _card = ServedCard::insert(card().unwrap(), &pcscd).unwrap();
    std::fs::write(home.path().join("script"), "change 1234 1234").unwrap();
    let mut command = pcscd.command("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--mount", "sh", "-c", NO_ROOM, "sh"]).arg(program("jpki-bridge").unwrap());
    command.arg(env!("CARGO_BIN_EXE_auto-prompt")).env("AUTO_PROMPT_SCRIPT", home.path().join("script"));
    command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path().join(".config")).env("LC_ALL", "en_US.UTF-8");
    let output = command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").output().unwrap();
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    let expected = format!(
        "FULL\nThe PIN is changed.\nKEPT\nREAD-ONLY\nThe PIN is changed.\n\
         2026-01-01T00:00:54Z,,authenticate,,,0,,done\r\nERASED\nErased: 55 entries.\n{}\n",
        HEAD.len()
    );
    assert_eq!(said, expected, "{errors}");
    assert!(errors.contains("No space left") && errors.contains("Read-only"), "{errors}");
}

/// Three entries, the second of them of a command, and a line that is none.
const THREE: &str = r#"{"at":"2026-11-20T14:59:59Z","site":"https://a.example","asked":"authenticate","outcome":"done"}
{"at":"2026-11-20T15:00:00Z","asked":"changePin","pin":"sign","outcome":"pin_blocked"}
{"at":"2026-11-
{"at":"2026-11-21T01:00:00Z","site":"https://b.example","asked":"readAttributes","attributes":["name"],"outcome":"user_cancelled"}
"#;

#[test]
fn the_command_shows_local_times_and_what_was_asked_for() {
    let home = home_with(&format!("{HEAD}{THREE}"));
    let output = command(home.path(), &[]);
    assert_eq!(
        text(&output.stdout),
        "When              Outcome             Who                What\n\
         2026-11-20 23:59  Done                https://a.example  Identity\n\
         2026-11-21 00:00  Failed pin_blocked  A command here     Change of the signature password\n\
         2026-11-21 10:00  Cancelled           https://b.example  Information: name\n"
    );
    let aside = text(&output.stderr);
    assert!(aside.contains("history.jsonl") && aside.contains("1 lines"), "{aside}");
    let rows = |arguments: &[&str]| shown(home.path(), &[&["--csv"], arguments].concat()).lines().count() - 1;
    assert_eq!(rows(&[]), 3);
    assert_eq!(rows(&["--since", "2026-11-21"]), 2, "the day begins where the person is");
    assert_eq!(rows(&["--since", "2026-11-21T10:00:00+09:00"]), 1);
    assert_eq!(rows(&["--site", "https://a.example"]), 1);
    assert_eq!(rows(&["--site", "https://a.example", "--since", "2026-11-21"]), 0);
    for wrong in [
        &["--since", "yesterday"][..],
        &["--site", "a.example"],
        &["--json", "--csv"],
        &["--clear", "--site", "https://a.example"],
        &["--yes"],
    ] {
        assert_eq!(command(home.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_file_that_is_no_history_is_named_and_left_alone() {
    for foreign in ["notes of mine\n", "{\"format\":\"jpki-bridge history\",\"version\":2}\n"] {
        let home = home_with(foreign);
        for arguments in [&[][..], &["--json"], &["--clear", "--yes"]] {
            assert!(refused(home.path(), arguments).contains("history.jsonl"));
        }
        assert_eq!(std::fs::read_to_string(file(home.path())).unwrap(), foreign);
    }
}
